"""Records in one SQLite file, as production keeps them."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from ledger.accounts import Account, Kind, Side, Status
from ledger.events import Event
from ledger.exchange import Quote, Rate
from ledger.holds import Hold, HoldStatus
from ledger.journal import Entry, Posting, Remembered, Transfer
from ledger.money import Money
from ledger.periods import Close, Period
from ledger.store import Key, T

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    position INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (kind, key)
);
CREATE TABLE IF NOT EXISTS about (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (account, kind, key)
);
"""
RECORDS: tuple[type, ...] = (
    *(Account, Close, Entry, Event, Hold, Money),
    *(Period, Posting, Quote, Rate, Remembered, Transfer),
)
ENUMS: tuple[type, ...] = (HoldStatus, Kind, Side, Status)
READERS: dict[str, Any] = {kind.__name__: kind for kind in (*RECORDS, *ENUMS, Decimal, tuple)} | {
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def encode(value: Any) -> Any:
    """Turn a record into what JSON can express."""
    name = type(value).__name__
    if is_dataclass(value):
        return {"is": name, "of": {f.name: encode(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, Enum):
        return {"is": name, "of": value.value}
    if isinstance(value, date):
        return {"is": name, "of": value.isoformat()}
    if isinstance(value, Decimal):
        return {"is": name, "of": str(value)}
    if isinstance(value, tuple):
        return {"is": name, "of": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"is": name, "of": {key: encode(item) for key, item in value.items()}}
    return value


def decode(data: Any) -> Any:
    """Turn the expression of a record back into the record."""
    if isinstance(data, list):
        return [decode(item) for item in data]
    if not isinstance(data, dict):
        return data
    name, content = data["is"], data["of"]
    if not isinstance(content, dict):
        return READERS[name](decode(content))
    members = {key: decode(item) for key, item in content.items()}
    return READERS[name](**members) if name in READERS else members


class SqliteRecords:
    """Records in a SQLite file, or in a database that ends with the connection."""

    def __init__(self, path: str = ":memory:") -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes of a block last together or not at all."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._db.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._db.execute("COMMIT")
            finally:
                self._depth -= 1

    def _bodies(self, sql: str, *values: str) -> list[Any]:
        with self._lock:
            rows = self._db.execute(sql, values).fetchall()
        return [decode(json.loads(body)) for (body,) in rows]

    def put(self, key: Key, record: Any, about: tuple[str, ...] = ()) -> None:
        """Keep a record, in the place of an older one with the same key."""
        kind, name = type(record).__name__, json.dumps(key)
        with self.transaction():
            self._db.execute(
                "INSERT INTO records (kind, key, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
                (kind, name, json.dumps(encode(record))),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO about VALUES (?, ?, ?)",
                [(account, kind, name) for account in about],
            )

    def get(self, kind: type[T], key: Key) -> T | None:
        """Return a record or None."""
        found = self._bodies(
            "SELECT body FROM records WHERE kind = ? AND key = ?", kind.__name__, json.dumps(key)
        )
        return found[0] if found else None

    def drop(self, kind: type, key: Key) -> None:
        """Forget a record."""
        with self.transaction():
            for table in ("records", "about"):
                self._db.execute(
                    f"DELETE FROM {table} WHERE kind = ? AND key = ?",
                    (kind.__name__, json.dumps(key)),
                )

    def all(self, kind: type[T], about: str | None = None) -> list[T]:
        """Return the records of a kind, perhaps only those about one account."""
        if about is None:
            return self._bodies(
                "SELECT body FROM records WHERE kind = ? ORDER BY position", kind.__name__
            )
        return self._bodies(
            "SELECT body FROM records JOIN about USING (kind, key)"
            " WHERE kind = ? AND account = ? ORDER BY position",
            kind.__name__,
            about,
        )

    def count(self, kind: type) -> int:
        """Return how many records of a kind there are."""
        sql = "SELECT count(*) FROM records WHERE kind = ?"
        with self._lock:
            number: int = self._db.execute(sql, (kind.__name__,)).fetchone()[0]
        return number

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
