"""One fork: what it may take, how its end is awaited, and that nothing of it is left."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import resource
import select
import signal
import sys
import time
import traceback
from typing import Any, Callable, NoReturn

_TICK = 0.1
_SETTLED = 70
"""Exit status of a fork whose body raised."""
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def begin(limits: dict[str, Any], given_up: int, *, alone: bool) -> dict[str, Any] | None:
    """Fork. In the fork, which has the limits (`cpu`, `wall`, `idle` seconds) from now on, it returns None; `end` is its last call.

    In this process it returns when the fork has ended: `ended`, which is "exited", "signalled", "cpu", "wall" or "idle", and
    `status`. Whoever waits for the answer goes away when `given_up`, a descriptor, has something to read: then the fork is
    killed, and so is this process. `alone`: there is nothing in this process id namespace but what this process has started.
    """
    me = os.getpid()
    child = os.fork()
    if not child:
        try:
            _contain(limits, me)
        except BaseException:  # noqa: BLE001 - whoever called is another process
            _fail()
        return None
    try:
        return _awaited(child, limits, given_up)
    finally:
        _kill_group(child)
        if alone:
            _kill_all()


def end(body: Callable[[], int]) -> NoReturn:
    """Run the rest of a fork, which ends with the status that `body` returns: what stands above it is not the fork's to do."""
    try:
        os._exit(body())
    except BaseException:  # noqa: BLE001 - this frame is the fork's last
        _fail()


def _fail() -> NoReturn:
    traceback.print_exc()
    os._exit(_SETTLED)


def _contain(limits: dict[str, Any], parent: int) -> None:
    os.setsid()
    _die_with(parent, limits["wall"])
    # Those of memory and files are this process's own already.
    _limit_cpu(int(limits["cpu"]) + 2)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, limits["cpu"])


def _die_with(parent: int, wall: float) -> None:
    """Should the server be killed, nobody else is left to end a test that hangs."""
    if _libc is None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        faulthandler.dump_traceback_later(wall + 5, exit=True, file=nowhere)
        return
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(_SETTLED)


def _limit_cpu(seconds: int) -> None:
    # What is lower already is no reason to fail.
    with contextlib.suppress(OSError, ValueError):
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        least = seconds if hard == resource.RLIM_INFINITY else min(seconds, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (least, hard))


def _awaited(child: int, limits: dict[str, Any], given_up: int) -> dict[str, Any]:
    started = time.monotonic()
    idle, spent = 0.0, None
    ends = _descriptor(child)
    try:
        while True:
            ready, _, _ = select.select([given_up, *ends], [], [], _TICK if ends else 0.005)
            if given_up in ready:
                _kill(child)
                os._exit(_SETTLED)
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return _told(status)
            now = time.monotonic()
            if ends:
                before, spent = spent, _cpu(child)
                idle = 0.0 if spent != before else idle + _TICK
            late = now - started > limits["wall"]
            if late or idle > limits["idle"]:
                _kill(child)
                os.waitpid(child, 0)
                return {"ended": "wall" if late else "idle", "status": -int(signal.SIGKILL)}
    finally:
        for descriptor in ends:
            os.close(descriptor)


def _descriptor(child: int) -> list[int]:
    """What can be waited on until the child ends, where the system has it."""
    opened = getattr(os, "pidfd_open", None)
    try:
        return [opened(child)] if opened else []
    except OSError:
        return []


def _cpu(child: int) -> Any:
    """CPU time so far, in the kernel's ticks; something else each time while it waits for a core, since that is no idling."""
    try:
        with open("/proc/{}/stat".format(child), "rb") as file:  # noqa: PTH123
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return time.monotonic() if fields[0] in b"RD" else fields[11:13]


def _told(status: int) -> dict[str, Any]:
    if not os.WIFSIGNALED(status):
        return {"ended": "exited", "status": os.WEXITSTATUS(status)}
    number = os.WTERMSIG(status)
    ended = "cpu" if number in (signal.SIGPROF, signal.SIGXCPU) else "signalled"
    return {"ended": ended, "status": -number}


def _kill(child: int) -> None:
    # It may not have a group of its own yet.
    os.kill(child, signal.SIGKILL)
    _kill_group(child)


def _kill_group(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _kill_all() -> None:
    """Also what has left the group. All but this process and the namespace's first."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return
