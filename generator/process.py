"""The one door to other programs: every one runs in its own process group, with limits, and the group does not outlive its call.

Code under test runs in the best view that works here, or in the one that `BUGSQUASH_ISOLATION` names; all else runs plainly.
What of it leaves the group is ended as far as the view goes: see `views`.

Limits are set by `sh` before the program starts (`ulimit` is in POSIX; where a system can't limit memory, as macOS, the
rest holds), so that nothing runs between fork and exec in a parent that may have threads.
"""

from __future__ import annotations

import contextlib
import contextvars
import functools
import math
import os
import queue
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from generator import leftover, views
from generator.views import Walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

    from generator.views import View

_OUTPUT_KEPT = 1 << 20
_LEAVE = 1
"""Seconds that a program which stays has to end by itself."""


class Ended(Enum):
    """How a program came to its end."""

    EXITED = "by itself"
    SIGNALLED = "by a signal"
    CPU = "at the CPU limit"
    WALL = "at the wall-clock limit"
    IDLE = "after it had neither worked nor waited for a core"


class StoppedError(Exception):
    """The program was killed because the command that wanted it ends. It says nothing about the program."""


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU and wall seconds, bytes of address space, bytes of any one file written. None: not limited."""

    wall: float
    cpu: float | None = None
    memory: int | None = None
    file: int | None = 256 << 20

    def longer(self, times: int) -> Limits:
        """The same with that many times the seconds."""
        cpu = None if self.cpu is None else self.cpu * times
        return replace(self, wall=self.wall * times, cpu=cpu)


@dataclass(frozen=True, slots=True)
class Finished:
    """What is left of a program: exit status (negative: the signal), and the beginning of its output."""

    status: int
    stdout: bytes
    stderr: bytes
    ended: Ended

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with status 0."""
        return self.ended is Ended.EXITED and self.status == 0

    @property
    def last_words(self) -> str:
        """The last line it wrote to stderr, or to stdout."""
        text = (self.stderr.strip() or self.stdout.strip()).decode(errors="replace")
        return text.splitlines()[-1] if text else ""


def run(
    command: Sequence[str],
    *,
    cwd: Path,
    limits: Limits,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    kept: int = _OUTPUT_KEPT,
    view: View | None = None,
) -> Finished:
    """Run a program to its end or its limit; afterwards its whole process group is gone, and of code under test, which needs
    a view, also what has left the group, as far as that view goes.

    Of its output the first `kept` bytes come back, the rest is gone too. Raises FileNotFoundError when there is no such
    program or directory, StoppedError when `stop_all` or its `Stop` cut it short.
    """
    path = (os.environ if env is None else env).get("PATH")
    if shutil.which(command[0], path=path) is None:
        raise FileNotFoundError(f"there is no program {command[0]}")
    walls = view.walls if view else Walls.PLAIN
    command = views.contained(command, view) if view else command
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, _fed(stdin) as given:
        running = _started(
            _limited(command, limits),
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=given,
            stdout=out,
            stderr=err,
            view=view,
        )
        child = running.child
        with _reaped(running):
            # A timer, since waiting with a limit polls, and sleeps up to 50 ms beyond the end of every program.
            late = threading.Event()
            timer = threading.Timer(limits.wall, _time_out, [child, late])
            timer.daemon = True
            timer.start()
            try:
                status = views.exit_status(walls, child.wait())
            finally:
                timer.cancel()
            ended = Ended.WALL if late.is_set() else _how(status)
        if running.was_stopped:
            raise StoppedError
        # Only now: grandchildren write to the same files until the group is killed.
        out.seek(0)
        err.seek(0)
        return Finished(status, out.read(kept), err.read(kept), ended)


def on_terminal(command: Sequence[str], *, cwd: Path) -> int:
    """Run a program on the person's own terminal, as they would themselves, to its end: its exit status.

    No limits, no walls. Ctrl-C is for the program, which asks no further question of ours.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return subprocess.call(command, cwd=cwd)
    finally:
        signal.signal(signal.SIGINT, before)


class _HasEnded(Protocol):
    @property
    def ended(self) -> Ended:
        """How it came to its end."""


_Ran = TypeVar("_Ran", bound=_HasEnded)


def retried_if_killed(ran: Callable[[], _Ran]) -> _Ran:
    """Run something, and once again where a signal ended it: a machine short of memory kills what it likes."""
    first = ran()
    return ran() if first.ended is Ended.SIGNALLED else first


class GoneError(Exception):
    """A service has ended, or was ended since its answer did not come in time."""


class Service:
    """A program that stays: a line in, a line out. It ends with `close` and with the command, and with a `Stop` that covers
    whoever waits for its answer."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: Path,
        limits: Limits,
        env: Mapping[str, str],
        errors: Path,
        view: View,
    ) -> None:
        """Start it. What it says on standard error goes to the file `errors`; `limits` are those of each of its processes,
        where they don't set narrower ones; their `wall` is not used.

        Raises StoppedError like `run`.
        """
        # Appended: it can be emptied at any time.
        with errors.open("ab") as err:
            self._running = _started(
                _limited(views.contained(command, view), limits),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
                view=view,
            )
        # `Popen` says of its pipes only that there may be some.
        self._in = cast("IO[bytes]", self._running.child.stdin)
        self._out = cast("IO[bytes]", self._running.child.stdout)

    @property
    def pid(self) -> int:
        """Its process id, which is its group's too."""
        return self._running.child.pid

    def hear(self, wall: float) -> bytes:
        """The next line it says, within `wall` seconds. Raises GoneError, or StoppedError where it was ended from here."""
        with _waited_for(self._running):
            line = self._out.readline() if _has_something(self._out, wall) else b""
        if self._running.was_stopped:
            raise StoppedError
        if not line.endswith(b"\n"):
            raise GoneError("no answer came")
        return line

    def say(self, line: bytes) -> None:
        """Hand it a line. That it is gone shows in the next `hear`."""
        with contextlib.suppress(BrokenPipeError):
            self._in.write(line + b"\n")
            self._in.flush()

    def close(self) -> None:
        """End it, and all that it has started, as `run` does. Who reads that nobody asks any more may end by itself: only then
        does the system count what it took as ours."""
        with contextlib.suppress(BrokenPipeError):
            self._in.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._running.child.wait(_LEAVE)
        _reap(self._running)
        self._out.close()


def stop_all() -> None:
    """Kill every program that is running: the command that started them is about to end."""
    _stop(list(_RUNNING))


@dataclass(slots=True, eq=False)
class Stop:
    """Ends what was started for one purpose and keeps more of it from starting; what else runs goes on."""

    stopped: bool = False

    @contextmanager
    def covers(self) -> Iterator[None]:
        """Whatever this thread runs in this block ends with the stop."""
        token = _STOP.set(self)
        try:
            yield
        finally:
            _STOP.reset(token)

    def stop(self) -> None:
        """Now: the calls that wait raise StoppedError, and so do those that come."""
        with _LOCK:
            self.stopped = True
            _stop([running for running in _RUNNING if running.stop is self])


def environment(home: Path, **more: str) -> dict[str, str]:
    """What code under test gets to see: nothing of the caller's but PATH, and a home and temporary directory below `home`."""
    (home / "home").mkdir(parents=True, exist_ok=True)
    (home / "tmp").mkdir(exist_ok=True)
    views.prepare(home)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        # Nobody sits there to debug: breakpoint() does nothing.
        "PYTHONBREAKPOINT": "0",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        **more,
    }


@dataclass(slots=True, eq=False)
class _Running:
    child: subprocess.Popen[bytes]
    stop: Stop | None
    leaves_in: Path | None
    """The scratch directory by which what leaves the group is told; None where nothing is to be looked for."""
    was_stopped: bool = field(default=False, init=False)


_RUNNING: list[_Running] = []
_STOP: contextvars.ContextVar[Stop | None] = contextvars.ContextVar("_STOP", default=None)
# A signal's handler may call `stop_all` while its own thread holds the lock.
_LOCK = threading.RLock()
_TO_START: queue.SimpleQueue[tuple[Callable[[], _Running], Future[_Running]]] = queue.SimpleQueue()


@functools.cache
def _starter() -> threading.Thread:
    """The thread that starts every program: bubblewrap's die with the thread that started them, which for one that stays may be
    done long before. A daemon, and no pool: a pool that is interrupted while it starts its thread waits for it for ever at exit."""
    thread = threading.Thread(target=_start_them, name="starter", daemon=True)
    thread.start()
    return thread


def _start_them() -> None:
    while True:
        start, starting = _TO_START.get()
        if starting.set_running_or_notify_cancel():
            try:
                starting.set_result(start())
            except BaseException as error:  # noqa: BLE001 - it is for whoever asked
                starting.set_exception(error)
        del start, starting


def _started(
    command: Sequence[str],
    *,
    cwd: Path,
    env: dict[str, str] | None,
    stdin: IO[bytes] | int,
    stdout: IO[bytes] | int,
    stderr: IO[bytes] | int,
    view: View | None,
) -> _Running:
    stop = _STOP.get()
    # Nothing leaves bubblewrap, and what is not under test stays in its group.
    leaves_in = view.scratch if view and view.walls is not Walls.BUBBLEWRAP else None
    with _LOCK:
        # Under the lock: what is started is known to whoever stops it, and what was stopped starts nothing.
        if stop is not None and stop.stopped:
            raise StoppedError

        def started() -> _Running:
            child = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
            running = _Running(child, stop, leaves_in)
            _RUNNING.append(running)
            return running

        starting: Future[_Running] = Future()
        try:
            _starter()
            _TO_START.put((started, starting))
            return starting.result()
        except BaseException:
            _stop_at_once(starting)
            raise


def _stop_at_once(starting: Future[_Running]) -> None:
    """Of a program whose caller was interrupted while it started; one that is starting is waited for, or it would outlive us."""
    if not starting.cancel() and starting.exception() is None:
        _stop([starting.result()])


@contextmanager
def _waited_for(running: _Running) -> Iterator[None]:
    """It ends with this thread's `Stop` while the block runs."""
    with _LOCK:
        running.stop = _STOP.get()
        if running.stop is not None and running.stop.stopped:
            raise StoppedError
    try:
        yield
    finally:
        running.stop = None


@contextmanager
def _reaped(running: _Running) -> Iterator[None]:
    try:
        yield
    finally:
        _reap(running)


def _reap(running: _Running) -> None:
    with _LOCK:
        _RUNNING.remove(running)
    _kill_group(running.child)
    running.child.wait()
    if running.leaves_in:
        leftover.end(running.leaves_in)


def _stop(some: list[_Running]) -> None:
    with _LOCK:
        for running in some:
            running.was_stopped = True
            _kill_group(running.child)
            if running.leaves_in:
                leftover.kill(running.leaves_in)


def _time_out(child: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _kill_group(child)


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # macOS answers PermissionError for a group that has only zombies left.
        return


def _has_something(stream: IO[bytes], seconds: float) -> bool:
    """Whether there is something to read within that time, or its end."""
    # Not `select.select`, which takes no descriptor beyond 1023: of 256 jobs each has several.
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return bool(selector.select(seconds))


@contextmanager
def _fed(stdin: bytes) -> Iterator[int]:
    with tempfile.TemporaryFile() as file:
        file.write(stdin)
        file.seek(0)
        yield file.fileno()


def _how(status: int) -> Ended:
    if status == -signal.SIGXCPU:
        return Ended.CPU
    return Ended.SIGNALLED if status < 0 else Ended.EXITED


def _limited(command: Sequence[str], limits: Limits) -> list[str]:
    settings = ["ulimit -c 0"]
    if limits.cpu is not None:
        seconds = max(1, math.ceil(limits.cpu))
        # Soft first: the kernel sends SIGXCPU there, which tells a limit from any other kill.
        settings += [f"ulimit -S -t {seconds}", f"ulimit -H -t {seconds + 2}"]
    if limits.memory is not None:
        settings.append(f"ulimit -v {limits.memory >> 10}")
    if limits.file is not None:
        settings.append(f"ulimit -f {limits.file >> 9}")
    # A limit that can't be set (macOS has none for memory) or is lower already is no reason to fail.
    tolerant = [f"{setting} 2>/dev/null || :" for setting in settings]
    return ["/bin/sh", "-c", "; ".join([*tolerant, 'exec "$@"']), "sh", *map(str, command)]
