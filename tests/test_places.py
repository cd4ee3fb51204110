from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import places
from generator.errors import UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(places.__file__).parents[1]


@pytest.fixture
def command(home: Path) -> Iterator[list[str]]:
    """A living command with a scratch directory of its own: that directory."""
    code = (
        "import time; from generator import places\n"
        "with places.scratch() as own: print(own, flush=True); time.sleep(60)"
    )
    env = {**os.environ, "TMPDIR": tempfile.gettempdir(), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        yield [child.stdout.readline().decode().strip(), str(child.pid)]
        child.kill()


def kill(command: list[str]) -> None:
    os.kill(int(command[1]), signal.SIGKILL)
    os.waitpid(int(command[1]), 0)


def test_home_holds_what_is_kept(home: Path) -> None:
    kept = [places.data(), places.cache(), places.state()]
    assert kept == [home / "data", home / "cache", home / "state"]


def test_without_a_home_the_users_own_directories_serve(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("BUGSQUASH_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("DATA", "CACHE", "STATE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    for place in (places.data(), places.cache(), places.state()):
        assert place.is_relative_to(tmp_path)
        assert "bugsquash" in place.parts


def test_a_file_is_written_with_its_directory_and_mode(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b"
    places.write_whole(file, b"old")
    places.write_whole(file, b"new", mode=0o600)
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_where_the_disk_is_full_the_old_file_stays_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    places.write_whole(file, b"old")
    code = (
        "import resource, sys; from pathlib import Path; from generator import places\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "places.write_whole(Path(sys.argv[1]), b'n' * 5000)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    failed = subprocess.run(
        [sys.executable, "-c", code, str(file)], env=env, capture_output=True, check=False
    )
    assert b"File too large" in failed.stderr
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    code = (
        "import itertools, sys; from pathlib import Path; from generator import places\n"
        "for n in itertools.count():\n"
        "    places.write_whole(Path(sys.argv[1]), str(n % 10).encode() * 100_000)\n"
        "    n == 0 and print(flush=True)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(file)], env=env, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            child.stdout.readline()
            child.kill()
        content = file.read_bytes()
        assert content == content[:1] * 100_000


def test_who_writes_a_new_file_second_changes_nothing(tmp_path: Path) -> None:
    places.write_new(tmp_path / "file", b"first")
    places.write_new(tmp_path / "file", b"second")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"first"]


def test_scratch_is_gone_at_the_end(home: Path) -> None:
    with places.scratch() as own, places.scratch() as other:
        assert own != other
        (own / "file").write_bytes(b"x")
    assert not own.exists()
    assert not other.exists()


def test_scratch_is_gone_after_an_error(home: Path) -> None:
    def fail() -> None:
        with places.scratch() as own:
            paths.append(own)
            raise KeyError

    paths: list[Path] = []
    with pytest.raises(KeyError):
        fail()
    assert not paths[0].exists()


def test_what_a_killed_command_left_the_next_sweep_removes(command: list[str]) -> None:
    left = Path(command[0])
    kill(command)
    assert left.is_dir()
    places.sweep()
    assert not left.exists()


def test_a_sweep_leaves_a_living_commands_scratch_alone(command: list[str]) -> None:
    with places.scratch() as own:
        places.sweep()
        assert own.is_dir()
        assert Path(command[0]).is_dir()


def test_a_sweep_removes_what_was_made_and_never_locked(home: Path) -> None:
    with places.scratch() as own:
        left = own.parent / "left"
        left.mkdir()
        places.sweep()
        assert not left.exists()


def test_scratch_of_somebody_else_is_refused(home: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    Path(tempfile.gettempdir(), f"bugsquash-{os.getuid()}").symlink_to(theirs)
    with pytest.raises(UnfitError, match="belongs to somebody else"), places.scratch():
        pass


REMOVE = "import sys; from pathlib import Path; from generator import places; places.remove_tree(Path(sys.argv[1]))"


@pytest.mark.parametrize("mode", [0o500, 0o000])
def test_directories_without_write_permission_are_removed(tmp_path: Path, mode: int) -> None:
    tree = tmp_path / "tree"
    inner = tree / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").write_bytes(b"x")
    inner.chmod(mode)
    inner.parent.chmod(mode)
    tree.chmod(mode)
    command = [sys.executable, "-c", REMOVE, str(tree)]
    if os.getuid() == 0:
        # Permissions mean nothing to root, unless that privilege is dropped.
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv to test this as root")
        drop = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}", *command]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    assert not tree.exists()


def test_what_a_link_in_scratch_points_to_stays_as_it_is(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir(mode=0o750)
    (outside / "file").write_bytes(b"x")
    tree = tmp_path / "tree"
    (tree / "locked").mkdir(parents=True)
    (tree / "link").symlink_to(outside)
    (tree / "locked" / "link").symlink_to(outside)
    (tree / "locked").chmod(0o500)
    places.remove_tree(tree)
    assert not tree.exists()
    assert (outside / "file").exists()
    assert outside.stat().st_mode & 0o777 == 0o750


def test_what_a_dying_process_still_writes_is_removed_too(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    code = (
        "import sys, time\n"
        "end = time.monotonic() + 1\n"
        "while time.monotonic() < end:\n"
        "    open(f'{sys.argv[1]}/{time.monotonic()}', 'w').close()\n"
        "    print(flush=True)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "scratch")]
    with (
        (tmp_path / "told").open("wb") as told,
        subprocess.Popen(command, stdout=told, stderr=subprocess.DEVNULL),
    ):
        while not (tmp_path / "told").stat().st_size:
            time.sleep(0.01)
        places.remove_tree(tmp_path / "scratch")
    assert not (tmp_path / "scratch").exists()


def test_an_interrupt_while_scratch_is_removed_leaves_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = shutil.rmtree, itertools.count()

    def interrupted(path: Path, *, ignore_errors: bool) -> None:
        if not next(calls):
            raise KeyboardInterrupt
        real(path, ignore_errors=ignore_errors)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt), places.scratch() as own:
        (own / "file").touch()
    assert not own.exists()
