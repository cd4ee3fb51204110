"""Programs in each of the views that this machine has: the same for the well-behaved, and no way out for others."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from generator import machine, process, views
from generator.errors import UnfitError, UsageError
from generator.process import Ended, Limits
from generator.views import View, Walls
from tests.conftest import left_running

SH = "/bin/sh"
linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells what has left its group by its environment"
)
LIBRARIES = (Path(sys.prefix), Path(sys.base_prefix))


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    path = tmp_path / "own"
    path.mkdir()
    return path


def run(
    walls: Walls, scratch: Path, *command: str, limits: Limits | None = None
) -> process.Finished:
    return process.run(
        command,
        cwd=scratch,
        limits=limits or Limits(wall=30),
        env=process.environment(scratch),
        view=View(walls, scratch, LIBRARIES),
    )


def python(
    walls: Walls, scratch: Path, code: str, limits: Limits | None = None
) -> process.Finished:
    return run(walls, scratch, sys.executable, "-c", code, limits=limits)


SEEN = """
import json, locale, multiprocessing, os, pty, resource, signal, socket, sqlite3, subprocess, sys, time
from multiprocessing import shared_memory

server = socket.create_server(("localhost", 0))
client = socket.create_connection(server.getsockname())
server.accept()[0].send(b"x")
memory = shared_memory.SharedMemory(create=True, size=4096)
memory.close()
memory.unlink()
sqlite3.connect(os.path.expanduser("~/a.db")).execute("create table t(a)")
with open("/tmp/bugsquash-by-habit", "w") as file:
    file.write("x")
os.remove("/tmp/bugsquash-by-habit")
multiprocessing.set_start_method("fork")

def status(*command):
    return subprocess.run(command, capture_output=True).returncode

print(json.dumps({
    "who": [os.getuid(), os.geteuid(), os.getgid(), os.getegid()],
    "leads": [os.getpgrp() == os.getpid(), os.getsid(0) == os.getpid()],
    "where": [os.getcwd(), os.listdir(os.environ["TMPDIR"]), os.path.realpath("/proc/self/cwd")],
    "environment": sorted(os.environ.items()),
    "time": [time.tzname, locale.getlocale(), sys.getfilesystemencoding()],
    "host": [socket.gethostname(), client.recv(1).decode()],
    "workers": multiprocessing.Pool(2).map(abs, [1, -2]),
    "programs": [status(sys.executable, "-c", "import pytest"), status("git", "init", "-q", "g")],
    "terminal": len(pty.openpty()),
    "signals": [str(signal.getsignal(n)) for n in range(1, 30)],
    "limits": [resource.getrlimit(getattr(resource, n)) for n in dir(resource) if n[:7] == "RLIMIT_"],
    "input": sys.stdin.read(),
    "argv": sys.argv[1:],
}))
"""


def test_the_well_behaved_see_no_difference(walls: Walls, scratch: Path) -> None:
    def seen(walls: Walls) -> dict[str, object]:
        limits = Limits(wall=60, cpu=20, memory=2 << 30)
        done = run(walls, scratch, sys.executable, "-c", SEEN, "a b", "", "$c", limits=limits)
        (scratch / "home" / "a.db").unlink()
        assert (done.stderr, done.status) == (b"", 0)
        told: dict[str, object] = json.loads(done.stdout)
        return told

    assert seen(walls) == seen(Walls.PLAIN)


@pytest.mark.parametrize(
    ("code", "status", "ended"),
    [
        ("exit 0", 0, Ended.EXITED),
        ("exit 3", 3, Ended.EXITED),
        ("kill -TERM $$", -signal.SIGTERM, Ended.SIGNALLED),
        ("kill -KILL $$", -signal.SIGKILL, Ended.SIGNALLED),
        ("kill -SEGV $$", -signal.SIGSEGV, Ended.SIGNALLED),
        ("while :; do :; done", -signal.SIGXCPU, Ended.CPU),
    ],
)
def test_the_end_of_a_program_is_told_as_what_it_is(
    walls: Walls, scratch: Path, code: str, status: int, ended: Ended
) -> None:
    done = run(walls, scratch, SH, "-c", code, limits=Limits(wall=30, cpu=1))
    assert (done.status, done.ended, done.stderr) == (status, ended, b"")


def test_what_takes_too_long_is_stopped_with_all_it_has_started(
    walls: Walls, scratch: Path
) -> None:
    done = run(walls, scratch, SH, "-c", "sleep 300 & sleep 300", limits=Limits(wall=0.5))
    assert done.ended is Ended.WALL
    assert left_running(scratch) == []


def test_a_stop_ends_what_runs_behind_walls(walls: Walls, scratch: Path) -> None:
    stop = process.Stop()
    threading.Timer(0.5, stop.stop).start()
    with stop.covers(), pytest.raises(process.StoppedError):
        run(walls, scratch, SH, "-c", "sleep 300 & sleep 300")
    assert left_running(scratch) == []


def test_memory_is_limited_behind_walls(walls: Walls, scratch: Path) -> None:
    if sys.platform == "darwin":
        pytest.skip("macOS does not limit memory")
    done = python(walls, scratch, "bytearray(1 << 30)", Limits(wall=30, memory=512 << 20))
    assert done.last_words == "MemoryError"


LEAVES = "setsid sleep 300 & sleep 0.3;"


@linux
def test_what_leaves_the_group_ends_with_the_run(walls: Walls, scratch: Path) -> None:
    begun = time.monotonic()
    assert run(walls, scratch, SH, "-c", LEAVES).ok
    assert time.monotonic() - begun < 20
    assert left_running(scratch) == []


@linux
def test_what_leaves_the_group_ends_with_a_stop(walls: Walls, scratch: Path) -> None:
    stop = process.Stop()
    threading.Timer(0.5, stop.stop).start()
    with stop.covers(), pytest.raises(process.StoppedError):
        run(walls, scratch, SH, "-c", f"{LEAVES} sleep 300")
    assert left_running(scratch) == []


@pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)
def test_nothing_outlives_bubblewrap_though_it_drops_its_environment(
    walls: Walls, scratch: Path
) -> None:
    name = "300.25"
    assert run(walls, scratch, SH, "-c", f"env -i setsid sleep {name} &").ok
    commands = (file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline"))
    assert not [command for command in commands if name.encode() in command]


@pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)
def test_bubblewrap_dies_with_what_started_it(walls: Walls, scratch: Path) -> None:
    # Where nobody is left to kill the group: the walls alone are killed.
    ended: list[process.Finished] = []
    waiting = threading.Thread(
        target=lambda: ended.append(
            run(walls, scratch, SH, "-c", "setsid sleep 300 & touch began; sleep 300")
        )
    )
    waiting.start()
    while not (scratch / "began").exists():
        time.sleep(0.01)
    os.kill(process._RUNNING[-1].child.pid, signal.SIGKILL)
    waiting.join(20)
    assert [one.ended for one in ended] == [Ended.SIGNALLED]
    assert left_running(scratch) == []


@pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)
@pytest.mark.parametrize("path", [sys.prefix, "/", "/etc", "/var", "/sys/kernel"])
def test_only_its_own_directory_can_be_written_to(walls: Walls, scratch: Path, path: str) -> None:
    done = run(walls, scratch, SH, "-c", 'touch ok && touch "$0/bugsquash-was-here"', path)
    assert done.status == 1
    assert (scratch / "ok").exists()
    assert not os.path.lexists(f"{path}/bugsquash-was-here")


@pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)
@pytest.mark.parametrize("place", ["/tmp", "/var/tmp", "/dev/shm"])  # noqa: S108
def test_temporary_places_are_its_own(walls: Walls, scratch: Path, place: str) -> None:
    file = f"{place}/bugsquash-{os.getpid()}"
    assert run(walls, scratch, SH, "-c", 'echo mine > "$0" && cat "$0"', file).stdout == b"mine\n"
    assert not os.path.lexists(file)


@pytest.mark.parametrize("walls", ["bubblewrap"], indirect=True)
def test_not_even_root_takes_the_walls_down(walls: Walls, scratch: Path) -> None:
    for command in (
        "mount -o remount,rw,bind /",
        "umount /proc",
        "mount -t tmpfs none /mnt",
        "ulimit -H -f unlimited",
    ):
        done = run(walls, scratch, SH, "-c", command, limits=Limits(wall=30))
        assert not done.ok, command


def test_the_best_walls_are_taken_unless_others_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("BUGSQUASH_ISOLATION", raising=False)
    monkeypatch.setattr(machine, "_why_not", {Walls.BUBBLEWRAP: "no"}.get)
    assert machine.walls() is Walls.NETWORK
    monkeypatch.setenv("BUGSQUASH_ISOLATION", "plain")
    assert machine.walls() is Walls.PLAIN


def test_walls_that_are_not_to_be_had_are_refused_with_what_mends_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "_why_not", lambda _: "bwrap: not allowed")
    monkeypatch.setenv("BUGSQUASH_ISOLATION", "bubblewrap")
    with pytest.raises(
        UnfitError, match=r"bubblewrap, which does not work here \(bwrap: .*or unset it"
    ):
        machine.walls()
    monkeypatch.setenv("BUGSQUASH_ISOLATION", "bublewrap")
    with pytest.raises(UsageError, match="Did you mean 'bubblewrap'"):
        machine.walls()


def test_why_walls_do_not_stand_is_told_in_the_words_of_who_says_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(views._BEFORE, Walls.NETWORK, lambda _: iter(("no-such-walls",)))
    machine._why_not.cache_clear()
    try:
        why_not = machine._why_not(Walls.NETWORK)
    finally:
        machine._why_not.cache_clear()
    assert why_not is not None
    assert "no-such-walls" in why_not
