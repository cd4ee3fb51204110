"""Where things lie: data (keys' identity, index), cache (baselines, verdicts), state (what was used lately), scratch.

`BUGSQUASH_HOME` puts the first three below one directory; scratch follows `TMPDIR`.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import secrets
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from generator import leftover
from generator.errors import UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator

_APP = "bugsquash"
_DYING = 2
"""Seconds that killed processes may take to be gone."""


def _place(kind: str) -> Path:
    home = os.environ.get("BUGSQUASH_HOME")
    return Path(home).expanduser().absolute() / kind if home else _ours(kind)


@functools.cache
def _ours(kind: str) -> Path:
    # Asked of the environment once: every verdict is looked up below the cache.
    directories = platformdirs.PlatformDirs(_APP, appauthor=False)
    return Path(getattr(directories, f"user_{kind}_dir"))


def data() -> Path:
    """What must not be lost: the identity that opens keys, and the index of challenges."""
    return _place("data")


def cache() -> Path:
    """What can be measured again."""
    return _place("cache")


def state() -> Path:
    """What was used lately."""
    return _place("state")


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file so that readers see all of it or none: aside, then renamed. Makes the directory."""
    with _written_aside(path, content, mode) as aside:
        aside.replace(path)


def write_new(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Like `write_whole`, but whoever wrote the file first is right, and the file stays as it is."""
    with _written_aside(path, content, mode) as aside, contextlib.suppress(FileExistsError):
        path.hardlink_to(aside)


@contextmanager
def _written_aside(path: Path, content: bytes, mode: int) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        aside.chmod(mode)
        yield aside
    finally:
        aside.unlink(missing_ok=True)


def _scratch_root() -> Path:
    root = Path(tempfile.gettempdir()).resolve() / f"{_APP}-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    if root.is_symlink() or root.stat().st_uid != os.getuid():
        raise UnfitError(
            f"{root} belongs to somebody else. Remove it, or name another place with TMPDIR."
        )
    return root


@contextmanager
def scratch() -> Iterator[Path]:
    """A temporary directory of this command's own, removed at the end; `sweep` removes it should the end never come."""
    root = _scratch_root()
    # Named before it is made: an interrupt can come between the two.
    own, held = root / secrets.token_hex(8), None
    try:
        with locked(root / ".lock"):
            own.mkdir(mode=0o700)
            held = os.open(own / ".lock", os.O_CREAT | os.O_RDWR)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield own
    finally:
        try:
            remove_tree(own)
        except BaseException:
            # An interrupt that comes just then waits until nothing is left.
            remove_tree(own)
            raise
        finally:
            if held is not None:
                os.close(held)


def sweep() -> None:
    """Remove the scratch directories whose command is gone, and end what still runs of what it had started. The kernel drops a
    dead command's lock, so a held lock means alive."""
    root = _scratch_root()
    with locked(root / ".lock"):
        for left in [path for path in root.iterdir() if path.is_dir() and not path.is_symlink()]:
            if _unlocked(left / ".lock"):
                leftover.end(left)
                remove_tree(left)


def remove_tree(path: Path) -> None:
    """Remove a directory, also where code under test took away its own write permission."""
    deadline = time.monotonic() + _DYING
    while not _removed(path) and time.monotonic() < deadline:
        # What was killed may still be dying, and may write until then.
        time.sleep(0.02)


def _removed(path: Path) -> bool:
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        path.chmod(0o700)
        for directory, below, _ in os.walk(path):
            # Before the walk enters them. Never through a link: that would be somebody else's directory.
            for inside in [Path(directory, name) for name in below]:
                if not inside.is_symlink():
                    inside.chmod(0o700)
        shutil.rmtree(path, ignore_errors=True)
    return not path.exists()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """While nobody else holds the same lock file; it is made where there is none."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _unlocked(path: Path) -> bool:
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except FileNotFoundError:
        return True
    return True
