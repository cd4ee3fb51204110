"""States in one SQLite file that several nodes share."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from tollgate.clock import SECOND
from tollgate.decisions import Bucket, Counter, Entry, Log, Queue, State, Window
from tollgate.errors import StoreError
from tollgate.stores import Change, Key

T = TypeVar("T")
PAUSE = 20
PATIENCE = 2 * SECOND
_SCHEMA = """
create table if not exists states (
    tenant text not null,
    key text not null,
    rule text not null,
    state text not null,
    ends integer not null,
    primary key (tenant, key, rule)
) without rowid
"""


_KINDS: dict[str, type[Bucket | Queue | Window | Counter]] = {
    "bucket": Bucket,
    "queue": Queue,
    "window": Window,
    "counter": Counter,
}


def _pause(span: int) -> None:
    time.sleep(span / SECOND)


class SqliteStore:
    """Keeps states in a file. Every change is a transaction that holds the file from its first read."""

    def __init__(
        self,
        path: str | Path,
        *,
        patience: int = PATIENCE,
        pause: Callable[[int], None] = _pause,
    ) -> None:
        self._patience = patience
        self._pause = pause
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        # Counts that are lost when the machine dies are no harm; waiting for the disk at each request is.
        self._db.execute("pragma synchronous = off")
        try:
            with self._transaction():
                self._db.execute(_SCHEMA)
        except StoreError:
            self._db.close()
            raise

    @classmethod
    def shared(
        cls,
        path: str | Path,
        *,
        patience: int = PATIENCE,
        pause: Callable[[int], None] = _pause,
    ) -> SqliteStore:
        """Open the counts that nodes share, and make the file when it is not there."""
        return cls(path, patience=patience, pause=pause)

    def update(self, key: Key, change: Change[T]) -> T:
        """Replace the state by what the change makes of it."""
        with self._transaction():
            after, answer = change(self._read(key))
            if after is None:
                self._db.execute(
                    "delete from states where tenant = ? and key = ? and rule = ?", key
                )
            else:
                self._db.execute(
                    "insert or replace into states values (?, ?, ?, ?, ?)",
                    (*key, encode(after), after.until),
                )
        return answer

    def read(self, key: Key) -> State | None:
        """Return the state as it stands."""
        with self._transaction():
            return self._read(key)

    def forget(self, tenant: str, key: str | None = None) -> int:
        """Drop the states of a tenant, or of one key, and tell how many."""
        with self._transaction():
            if key is None:
                cursor = self._db.execute("delete from states where tenant = ?", (tenant,))
            else:
                cursor = self._db.execute(
                    "delete from states where tenant = ? and key = ?", (tenant, key)
                )
            return cursor.rowcount

    def sweep(self, now: int) -> int:
        """Drop the states that say nothing any more, and tell how many."""
        with self._transaction():
            return self._db.execute("delete from states where ends <= ?", (now,)).rowcount

    def close(self) -> None:
        """Let go of what is open."""
        with self._lock:
            self._db.close()

    def _read(self, key: Key) -> State | None:
        row = self._db.execute(
            "select state from states where tenant = ? and key = ? and rule = ?", key
        ).fetchone()
        return decode(row[0]) if row is not None else None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._begin()
            try:
                yield
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def _begin(self) -> None:
        waited = 0
        while True:
            try:
                self._db.execute("begin immediate")
            except sqlite3.OperationalError as error:
                if waited >= self._patience:
                    raise StoreError("the counters are busy") from error
            except sqlite3.ProgrammingError as error:
                raise StoreError("the counters are closed") from error
            else:
                return
            self._pause(PAUSE)
            waited += PAUSE


def encode(state: State) -> str:
    """Write a state as text."""
    fields: dict[str, Any] = {"kind": type(state).__name__.lower(), **asdict(state)}
    return json.dumps(fields, separators=(",", ":"), sort_keys=True)


def decode(text: str) -> State | None:
    """Read a state from text; what cannot be read counts as nothing."""
    try:
        fields = dict(json.loads(text))
        kind = fields.pop("kind")
        if kind == "log":
            entries = tuple(Entry(at, cost) for at, cost in fields["entries"])
            return Log(entries, fields["until"])
        return _KINDS[kind](**fields)
    except (ValueError, KeyError, TypeError):
        return None
