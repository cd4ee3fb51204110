"""One fork: what it may take, how its end is awaited, and that nothing of it is left.

On Linux nothing is, whatever session it is in: what loses its parent becomes a child of this process. Elsewhere its group ends
with it, and what has left that stays.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import time
import traceback
from typing import TYPE_CHECKING, Any, Callable, NoReturn

from bugsquash_child import usage, watchdog

if TYPE_CHECKING:
    from collections.abc import Collection

_TICK = 0.1
_AT_ONCE = 0.001
_SETTLED = 70
"""Exit status of a fork whose body raised."""


class _GivenUpError(Exception):
    """Nobody waits for the answer any more."""


def begin(limits: dict[str, Any], given_up: int, *, alone: bool) -> dict[str, Any] | None:
    """Fork. In the fork, which has the limits (`cpu`, `wall`, `idle` seconds) from now on, it returns None; `end` is its last call.
    It gives itself less for one test (`pace`).

    In this process it returns when the fork has ended: `ended`, which is "exited", "signalled", "cpu", "wall" or "idle", and
    `status`. Whoever waits for the answer goes away when `given_up`, a descriptor, has something to read: then the fork is
    killed, and so is this process. `alone`: there is nothing in this process id namespace but what this process has started.
    """
    me, ours = os.getpid(), _children()
    watchdog.adopt_orphans()
    child = os.fork()
    if not child:
        try:
            _contain(limits, me)
        except BaseException:  # noqa: BLE001 - whoever called is another process
            _fail()
        return None
    try:
        return _awaited(child, limits, given_up)
    except _GivenUpError:
        _kill(child)
        end_descendants()
        os._exit(_SETTLED)
    finally:
        _kill_group(child)
        if alone and not ours:
            _kill_all()
        end_descendants(ours)


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
    watchdog.die_with(parent, limits["wall"])
    # Those of memory and files are this process's own already.
    _limit_cpu(int(limits["cpu"]) + 2)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, limits["cpu"])


def pace(limits: dict[str, Any]) -> None:
    """In a fork, before a test: end it when that has taken the CPU seconds that one may take (`each`), or all together have theirs."""
    left = limits["cpu"] - usage.cpu()
    signal.setitimer(signal.ITIMER_PROF, max(_AT_ONCE, min(limits["each"], left)))


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
    # Not `select.select`, which takes no descriptor beyond 1023.
    told = select.poll()
    for descriptor in (given_up, *ends):
        told.register(descriptor, select.POLLIN)
    try:
        while True:
            ready = told.poll(1000 * (_TICK if ends else 0.005))
            if given_up in dict(ready):
                raise _GivenUpError
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
    """However fast they start others: all but this process and the namespace's first."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def end_descendants(spared: Collection[int] = ()) -> None:
    """Kill this process's children until none is left but those that are spared: what loses its parent becomes one."""
    while any(_is_killed(child) for child in _children().difference(spared)):
        pass


def _is_killed(child: int) -> bool:
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except PermissionError:
        # It has another user's rights.
        return False
    except (ProcessLookupError, ChildProcessError):
        # Where the project ignores the signal that says so, it is gone already.
        pass
    return True


def _children() -> set[int]:
    """Of this process; none where the system does not tell."""
    found = "/proc/{0}/task/{0}/children".format(os.getpid())
    try:
        with open(found, "rb") as file:  # noqa: PTH123
            return set(map(int, file.read().split()))
    except OSError:
        return set()
