from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import machine, process, views
from generator.errors import UsageError
from generator.process import Ended, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

SH = "/bin/sh"


def python(code: str, cwd: Path, limits: Limits | None = None, **more: str) -> process.Finished:
    env = process.environment(cwd / "env", **more)
    return process.run(
        [sys.executable, "-c", code], cwd=cwd, limits=limits or Limits(wall=20), env=env
    )


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        return True
    return state != "Z"


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_alive(pid)


def test_output_and_status_come_back(tmp_path: Path) -> None:
    done = process.run(
        [SH, "-c", "echo out; echo err >&2; exit 3"], cwd=tmp_path, limits=Limits(wall=9)
    )
    assert (done.stdout, done.stderr, done.status, done.ended, done.ok) == (
        b"out\n",
        b"err\n",
        3,
        Ended.EXITED,
        False,
    )
    assert done.last_words == "err"


def test_standard_input_is_what_was_given_and_nothing_by_default(tmp_path: Path) -> None:
    limits = Limits(wall=9)
    assert process.run(["cat"], cwd=tmp_path, limits=limits, stdin=b"fed").stdout == b"fed"
    assert process.run(["cat"], cwd=tmp_path, limits=limits).stdout == b""


def test_a_missing_program_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no program nothing-of-this-name"):
        process.run(["nothing-of-this-name"], cwd=tmp_path, limits=Limits(wall=9))


def test_a_busy_loop_ends_at_the_cpu_limit(tmp_path: Path) -> None:
    done = python("while True: pass", tmp_path, Limits(wall=30, cpu=1))
    assert done.ended is Ended.CPU


def test_a_sleeper_ends_at_the_wall_limit(tmp_path: Path) -> None:
    begun = time.monotonic()
    done = process.run(["sleep", "60"], cwd=tmp_path, limits=Limits(wall=0.3))
    assert done.ended is Ended.WALL
    assert not done.ok
    assert time.monotonic() - begun < 20


def test_a_signal_is_told_from_a_limit(tmp_path: Path) -> None:
    done = process.run([SH, "-c", "kill -9 $$"], cwd=tmp_path, limits=Limits(wall=9, cpu=5))
    assert (done.ended, done.status) == (Ended.SIGNALLED, -signal.SIGKILL)


@pytest.mark.parametrize("ends", ["exit 0", "sleep 60"])
def test_grandchildren_die_with_their_group(tmp_path: Path, ends: str) -> None:
    done = process.run(
        [SH, "-c", f"sleep 300 & echo $!; {ends}"], cwd=tmp_path, limits=Limits(wall=0.5)
    )
    assert gone(int(done.stdout))


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit memory")
def test_the_memory_limit_is_a_memory_error_inside(tmp_path: Path) -> None:
    done = python("x = bytearray(900 << 20)", tmp_path, Limits(wall=20, memory=512 << 20))
    assert done.last_words == "MemoryError"
    assert python("x = bytearray(9 << 20)", tmp_path, Limits(wall=20, memory=512 << 20)).ok


def test_of_a_flood_of_output_the_beginning_is_kept(tmp_path: Path) -> None:
    flood = "import sys\nfor n in range(3000): sys.stdout.write('x' * 1023 + chr(10))"
    assert len(python(flood, tmp_path).stdout) == 1 << 20
    done = process.run(
        [sys.executable, "-c", flood], cwd=tmp_path, limits=Limits(wall=20), kept=2000
    )
    assert len(done.stdout) == 2000


@pytest.mark.parametrize("name", ["a-file", "/dev/stdout"])
def test_no_file_grows_beyond_its_limit(tmp_path: Path, name: str) -> None:
    done = process.run(
        ["dd", "if=/dev/zero", f"of={name}", "bs=1024", "count=5000"],
        cwd=tmp_path,
        limits=Limits(wall=20, file=1 << 20),
        kept=9 << 20,
    )
    assert not done.ok
    written = [path.stat().st_size for path in tmp_path.iterdir()] or [len(done.stdout)]
    assert written == [1 << 20]


def test_a_limit_above_the_one_already_in_force_is_no_failure(tmp_path: Path) -> None:
    inner = "from generator.process import *; from pathlib import Path; print(run(['true'], cwd=Path('/'), limits=Limits(wall=9, cpu=900, memory=1 << 50, file=1 << 40)).ok)"
    root = str(Path(process.__file__).parents[1])
    done = python(
        inner,
        tmp_path,
        Limits(wall=20, cpu=60, memory=2 << 30, file=1 << 20),
        PYTHONPATH=root,
    )
    assert done.stdout == b"True\n"


def test_the_environment_holds_nothing_of_the_callers_but_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    monkeypatch.setenv("SECRET", "x")
    env = process.environment(tmp_path, MORE="1")
    assert env["PATH"] == os.environ["PATH"]
    assert env["MORE"] == "1"
    assert not {"PYTEST_ADDOPTS", "SECRET", "PYTHONPATH"} & set(env)
    for name in ("HOME", "TMPDIR"):
        assert Path(env[name]).is_dir()
        assert Path(env[name]).is_relative_to(tmp_path)


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[list[BaseException | process.Finished]]:
    """A program that sleeps in another thread until it is stopped; how its call ended."""
    ended: list[BaseException | process.Finished] = []

    def run() -> None:
        try:
            ended.append(
                process.run(
                    [SH, "-c", "touch began; exec sleep 60"], cwd=tmp_path, limits=Limits(wall=60)
                )
            )
        except process.StoppedError as stopped:
            ended.append(stopped)

    thread = threading.Thread(target=run)
    thread.start()
    while not (tmp_path / "began").exists():
        time.sleep(0.01)
    yield ended
    process.stop_all()
    thread.join(20)
    assert [type(one) for one in ended] == [process.StoppedError]


def test_who_waits_learns_that_all_was_ended(
    sleeper: list[BaseException | process.Finished],
) -> None:
    assert sleeper == []


def test_a_stop_ends_what_it_covers_and_nothing_else(
    tmp_path: Path, sleeper: list[BaseException | process.Finished]
) -> None:
    stop = process.Stop()
    threading.Timer(0.3, stop.stop).start()
    with stop.covers(), pytest.raises(process.StoppedError):
        process.run(["sleep", "60"], cwd=tmp_path, limits=Limits(wall=60))
    with stop.covers(), pytest.raises(process.StoppedError):
        process.run(["touch", "too-late"], cwd=tmp_path, limits=Limits(wall=60))
    assert not (tmp_path / "too-late").exists()
    assert process.run(["true"], cwd=tmp_path, limits=Limits(wall=60)).ok
    assert sleeper == []


def test_all_can_be_ended_while_a_program_is_being_started() -> None:
    # A signal's handler runs in the thread that it interrupts, lock or no lock.
    with process._LOCK:
        process.stop_all()


ECHO = "while read line; do echo $line; done"


def echo(tmp_path: Path) -> process.Service:
    """It says what it hears, and has done so once."""
    scratch = tmp_path / "scratch"
    env = process.environment(scratch)
    started = process.Service(
        [SH, "-c", ECHO],
        cwd=scratch,
        limits=Limits(wall=60),
        env=env,
        errors=tmp_path / "errors",
        view=views.View(machine.walls(), scratch, ()),
    )
    started.say(b"ready")
    assert started.hear(10) == b"ready\n"
    return started


@pytest.fixture
def service(tmp_path: Path) -> Iterator[process.Service]:
    """One that another thread has started, which is gone."""
    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(echo, tmp_path).result()
    yield started
    started.close()


def test_a_service_outlives_the_thread_that_started_it(service: process.Service) -> None:
    time.sleep(0.2)
    service.say(b"here")
    assert service.hear(10) == b"here\n"


def test_a_stop_ends_a_service_only_while_who_is_covered_waits_for_its_answer(
    service: process.Service,
) -> None:
    stop = process.Stop()
    with stop.covers():
        service.say(b"here")
        assert service.hear(10) == b"here\n"
    stop.stop()
    service.say(b"still here")
    assert service.hear(10) == b"still here\n"
    with stop.covers(), pytest.raises(process.StoppedError):
        service.hear(10)
    another = process.Stop()
    threading.Timer(0.3, another.stop).start()
    begun = time.monotonic()
    with another.covers(), pytest.raises(process.StoppedError):
        service.hear(10)
    assert time.monotonic() - begun < 5


def test_what_a_service_took_is_counted_once_it_is_closed(tmp_path: Path) -> None:
    def taken() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before, service = taken(), echo(tmp_path)
    for _ in range(20_000):
        service.say(b"here")
        service.hear(10)
    service.close()
    assert taken() - before > 0.05


@pytest.fixture
def many_files(tmp_path: Path) -> Iterator[None]:
    """More are open than `select` takes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    opened = [os.open(tmp_path, os.O_RDONLY) for _ in range(1100)]
    yield
    for descriptor in opened:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_service_answers_however_many_files_are_open(many_files: None, tmp_path: Path) -> None:
    service = echo(tmp_path)
    service.say(b"here")
    assert service.hear(10) == b"here\n"
    service.close()


def test_how_many_run_at_once_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUGSQUASH_JOBS", "7")
    assert machine.workers() == 7
    monkeypatch.setenv("BUGSQUASH_JOBS", "")
    assert machine.workers() > 0


@pytest.mark.parametrize("asked", ["0", "four", "-1", "1.5", "²"])
def test_what_is_no_number_of_jobs_is_refused_with_what_mends_it(
    monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setenv("BUGSQUASH_JOBS", asked)
    with pytest.raises(
        UsageError, match=f"BUGSQUASH_JOBS is '{asked}'.* Set it to 1 or more"
    ) as told:
        machine.workers()
    assert "\n" not in str(told.value)


INTERRUPTED_AT_ITS_FIRST_PROGRAM = """
import threading, sys
from pathlib import Path
from generator import process

start = threading.Thread.start

def interrupted(thread):
    start(thread)
    raise KeyboardInterrupt

threading.Thread.start = interrupted
try:
    process.run(["true"], cwd=Path.cwd(), limits=process.Limits(wall=9))
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_an_interrupt_while_the_first_program_starts_does_not_hold_up_the_end(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", INTERRUPTED_AT_ITS_FIRST_PROGRAM]
    assert subprocess.run(command, cwd=tmp_path, timeout=20, check=False).returncode == 130
