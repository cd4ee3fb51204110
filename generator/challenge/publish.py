"""A challenge appears whole or not at all: written aside, key first, then renamed into place.

What is being made holds a lock below `<out>/.making`. The kernel drops the lock of a command that was killed, and the
next command that comes by removes what that one left, its key included.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from generator import index, places
from generator.errors import UnfitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Place:
    """Where one challenge is made (`aside`) and where it goes (`directory`, `key`)."""

    id: str
    aside: Path
    directory: Path
    key: Path

    def clear(self) -> None:
        """Forget what was written aside: it did not stand its test."""
        places.remove_tree(self.aside)

    def publish(self, sealed: bytes, python: Path, remembered: Mapping[str, Any]) -> None:
        """Key first, then the directory, then the index: at no moment is there a challenge without its key."""
        places.write_whole(self.key, sealed, mode=0o600)
        self.aside.rename(self.directory)
        # The index only saves looking: the key beside the challenge is found without it.
        with contextlib.suppress(OSError):
            index.remember(self.id, self.key, self.directory, python, **remembered)


@contextmanager
def place(out: Path, challenge: str) -> Iterator[Place]:
    """A place below `out` for this challenge, ours alone until the end.

    Raises UsageError where it exists or is being made, UnfitError where nothing can be written.
    """
    out = out.absolute()
    making = out / ".making"
    own = Place(challenge, making / challenge, out / challenge, out / ".keys" / f"{challenge}.age")
    try:
        sweep(out)
        with _held(making / f"{challenge}.lock"):
            if own.directory.exists():
                raise UsageError(
                    f"{own.directory} exists. Work on it, remove it, or make another with another --seed or --out."
                )
            try:
                yield own
            finally:
                own.clear()
    except OSError as error:
        if error.filename is not None and not Path(error.filename).is_relative_to(out):
            raise
        raise UnfitError(
            f"the challenge can't be written to {out}: {error.strerror or error}. Choose another --out."
        ) from error
    finally:
        for directory in (making, out / ".keys", out):
            _remove_if_empty(directory)


def sweep(out: Path) -> None:
    """Remove what killed commands left below `out`."""
    for lock in (out / ".making").glob("*.lock"):
        challenge = lock.stem
        with contextlib.suppress(UsageError), _held(lock):
            places.remove_tree(out / ".making" / challenge)
            if not (out / challenge).exists() and index.find(challenge) is None:
                (out / ".keys" / f"{challenge}.age").unlink(missing_ok=True)


@contextmanager
def _held(lock: Path) -> Iterator[None]:
    with _locked(lock):
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _locked(lock: Path) -> IO[str]:
    """The lock's open file, held. Another command that ends removes file and directory, maybe between any two lines here;
    a lock on a file that is no longer the one at its path holds nothing."""
    for _ in range(100):
        lock.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            file = lock.open("w")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if lock.stat().st_ino == os.fstat(file.fileno()).st_ino:
                    return file
            except BlockingIOError as error:
                file.close()
                raise UsageError(
                    f"{lock.stem} is being made by another command. Wait for it."
                ) from error
            file.close()
    raise UnfitError(f"{lock.parent} vanishes while it is used.")


def _remove_if_empty(directory: Path) -> None:
    with contextlib.suppress(OSError):
        directory.rmdir()
