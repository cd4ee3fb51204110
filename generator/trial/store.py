"""What was measured once for the same content is not measured again: JSON by kind and name, in one sqlite3 file of the
cache directory that any number of threads and commands share.

What was saved outlives its process from then on. What can't be read counts as absent. A file that is damaged, or laid out
by another version, is set aside with a note. A cache that can't be kept costs time, nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import itertools
import json
import logging
import sqlite3
import threading
import time
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from generator import places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NOTES = logging.getLogger(__name__)
_LAYOUT = 1
"""Of the file. What the values look like hangs on the code that makes them, and their names do too."""
_BEGIN = f"""
PRAGMA journal_mode = WAL;
BEGIN IMMEDIATE;
CREATE TABLE results (kind TEXT, name TEXT, value BLOB, PRIMARY KEY (kind, name));
PRAGMA user_version = {_LAYOUT};
COMMIT;
"""
_PATIENCE = 10
"""Seconds to wait for other commands' writing."""
_REST = 30
"""Seconds without a cache once one fails: a disk that is full, or another's lock that outlasts all patience, would cost
every result its own wait."""
_LARGE = 1 << 30
"""Bytes: more than a million verdicts."""
_SIDES = ("", "-wal", "-shm")
"""The files that sqlite3 keeps one database in, by the ends of their names."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR})
"""The last is said where our table, or a column of it, is not there."""


def key(*parts: object) -> str:
    """A name for the result that hangs on these parts, and on nothing else."""
    return hashlib.sha256(json.dumps(parts, default=str, sort_keys=True).encode()).hexdigest()


def code(files: Iterable[Path]) -> str:
    """What a result hangs on that this code has made: a digest of its files."""
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in sorted(files))).hexdigest()


def load(kind: str, name: str) -> Any:
    """The stored JSON, or None."""
    found = _ask("SELECT value FROM results WHERE kind = ? AND name = ?", kind, name)
    return _unpacked(kind, name, found[0][0]) if found else None


def save(kind: str, name: str, value: Any) -> None:
    """Keep the JSON, if it can be kept."""
    packed = _packed(kind, name, value)
    _ask("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", kind, name, packed)


def _packed(kind: str, name: str, value: Any) -> bytes:
    # A baseline of 650 KB becomes 45 KB in a fifth of the time that its JSON takes; more effort saves little more.
    return zlib.compress(json.dumps([kind, name, value], separators=(",", ":")).encode(), level=1)


def _unpacked(kind: str, name: str, packed: Any) -> Any:
    # sqlite3 has no sums over its pages: a damaged one can give other bytes, or, in the index, another row.
    try:
        *names, value = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError, TypeError):
        return None
    return value if names == [kind, name] else None


class _UnfitError(sqlite3.DatabaseError):
    """The file is of no use, and why."""


class _Database:
    """A file and this process's connection to it, opened when first asked, and anew once somebody moved or removed the
    file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._inode: int | None = None
        self._rests_until = 0.0

    def ask(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        """The rows; none where no answer is to be had."""
        if time.monotonic() < self._rests_until:
            return []
        try:
            return self._answer_even_if_damaged(statement, values)
        except (sqlite3.Error, OSError):
            self._drop()
            self._rests_until = time.monotonic() + _REST
            return []

    def close(self) -> None:
        """At the end. Not while another sets the file aside: whoever closes it last removes its -wal, by name, and that
        name may be the next file's by then."""
        if self._connection:
            with contextlib.suppress(OSError), self._alone():
                self._drop()

    def _answer_even_if_damaged(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        try:
            return self._answer(statement, values)
        except _UnfitError as why:
            self._set_aside(why)
            return self._answer(statement, values)

    def _answer(self, statement: str, values: tuple[Any, ...]) -> list[Any]:
        with _damage_told_apart():
            # All rows: as long as a statement is not read to its end, nobody can empty the -wal.
            return self._opened().execute(statement, values).fetchall()

    def _opened(self) -> sqlite3.Connection:
        if self._connection and _inode(self.path) != self._inode:
            self._drop()
        if not self._connection:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._alone():
                self._connection = self._prepared()
        return self._connection

    def _prepared(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        try:
            self._inode = _inode(self.path)
            _begin(connection)
            _thin_out(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, why: _UnfitError) -> None:
        with self._alone():
            # Of two commands that find the same damage, the second finds another file here.
            first = _inode(self.path) == self._inode
            self._drop()
            if first:
                aside = _free_name(self.path)
                for side in _SIDES:
                    with contextlib.suppress(FileNotFoundError):
                        self.path.with_name(self.path.name + side).rename(f"{aside}{side}")
                _NOTES.warning(
                    "%s is %s. It is set aside as %s, which may be removed; what it held is measured again.",
                    *(self.path, why, aside.name),
                )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else opens the file or sets it aside. Between the two, an old file would be read with a new one's -wal."""
        with places.locked(self.path.with_suffix(".lock")):
            yield

    def _drop(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None


def _begin(connection: sqlite3.Connection) -> None:
    # What a killed process wrote stays written; only where the power fails can the last results be lost.
    connection.execute("PRAGMA synchronous = NORMAL")
    ((layout,),) = connection.execute("PRAGMA user_version")
    ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
    if not (layout or tables):
        connection.executescript(_BEGIN)
    elif layout != _LAYOUT:
        raise _UnfitError(f"laid out by another version of bugsquash ({layout}, here {_LAYOUT})")


def _thin_out(connection: sqlite3.Connection) -> None:
    """The older half goes once the whole is large: rows are numbered as they come. The file keeps its size, and the next
    results fill it."""
    (pages,), (free,), (size,) = (
        connection.execute(f"PRAGMA {name}").fetchone()
        for name in ("page_count", "freelist_count", "page_size")
    )
    if (pages - free) * size > _LARGE:
        connection.execute(
            "DELETE FROM results WHERE rowid <= (SELECT (min(rowid) + max(rowid)) / 2 FROM results)"
        )


@contextmanager
def _damage_told_apart() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
            raise _UnfitError(f"damaged ({error})") from error
        raise


def _inode(path: Path) -> int | None:
    # Never by opening it: to close a file again lets go of all locks that this process has on it.
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _free_name(path: Path) -> Path:
    names = (path.with_stem(f"{path.stem}-aside-{number}") for number in itertools.count(1))
    return next(name for name in names if not name.exists())


# One connection for all threads: with one each they were no faster.
_LOCK = threading.Lock()
_OPEN: dict[Path, _Database] = {}
"""At most one; `BUGSQUASH_HOME` may change, as it does from test to test."""


def _ask(statement: str, *values: Any) -> list[Any]:
    path = places.cache() / "results.sqlite3"
    with _LOCK:
        if path not in _OPEN:
            _close()
            _OPEN[path] = _Database(path)
        return _OPEN[path].ask(statement, values)


def _close() -> None:
    while _OPEN:
        _OPEN.popitem()[1].close()


atexit.register(_close)
