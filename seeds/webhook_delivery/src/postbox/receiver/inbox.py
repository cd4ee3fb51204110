"""What the receiver keeps: ids it has seen, orders, and notices that have to be passed on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeAlias

_TABLES = """
CREATE TABLE IF NOT EXISTS seen (
    source TEXT NOT NULL, event_id TEXT NOT NULL, received_ms INTEGER NOT NULL,
    PRIMARY KEY (source, event_id)
);
CREATE TABLE IF NOT EXISTS orders (
    source TEXT NOT NULL, subject TEXT NOT NULL, sequence INTEGER NOT NULL,
    status TEXT NOT NULL, currency TEXT NOT NULL, total INTEGER NOT NULL,
    paid INTEGER NOT NULL, refunded INTEGER NOT NULL, sellers TEXT NOT NULL,
    changed_ms INTEGER NOT NULL, PRIMARY KEY (source, subject)
);
CREATE TABLE IF NOT EXISTS notices (
    number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, subject TEXT NOT NULL,
    text TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0
);
"""
Key: TypeAlias = tuple[str, str]
"""A source and an order of theirs."""
_COLUMNS = "subject, sequence, status, currency, total, paid, refunded, sellers, changed_ms"


@dataclass(slots=True)
class Order:
    """An order as far as its events told; amounts are in the smallest unit of the currency."""

    subject: str
    sequence: int
    status: str
    currency: str
    total: int
    paid: int = 0
    refunded: int = 0
    sellers: dict[str, int] = field(default_factory=dict)
    changed_ms: int = 0

    def __str__(self) -> str:
        return (
            f"{self.subject} {self.status}: {self.paid} of {self.total} {self.currency} paid, "
            f"{self.refunded} refunded, at event {self.sequence}"
        )

    @property
    def takings(self) -> int:
        """What was paid and not given back."""
        return self.paid - self.refunded

    def copy(self) -> Order:
        """Return an order that can be changed without changing this one."""
        return replace(self, sellers=dict(self.sellers))


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that people in the warehouse want to hear of."""

    number: int
    source: str
    subject: str
    text: str


class Inbox:
    """Keeps everything in one SQLite database."""

    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_TABLES)
        self._cached: dict[Key, Order] = {}

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what is done inside the block, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        else:
            self._db.execute("COMMIT")

    def seen(self, source: str, event_id: str) -> bool:
        """Tell whether an event of this id was taken in before."""
        row = self._db.execute(
            "SELECT 1 FROM seen WHERE source = ? AND event_id = ?", (source, event_id)
        ).fetchone()
        return row is not None

    def remember(self, source: str, event_id: str, received_ms: int) -> None:
        """Note that an event was taken in."""
        self._db.execute(
            "INSERT INTO seen (source, event_id, received_ms) VALUES (?, ?, ?)",
            (source, event_id, received_ms),
        )

    def forget_before(self, moment_ms: int) -> int:
        """Forget ids that were taken in before a moment, and tell how many."""
        return self._db.execute("DELETE FROM seen WHERE received_ms < ?", (moment_ms,)).rowcount

    def order(self, source: str, subject: str) -> Order | None:
        """Look an order up."""
        key = (source, subject)
        if key not in self._cached:
            row = self._db.execute(
                f"SELECT {_COLUMNS} FROM orders WHERE source = ? AND subject = ?",  # noqa: S608
                (source, subject),
            ).fetchone()
            if row is None:
                return None
            self._cached[key] = _order(row)
        return self._cached[key].copy()

    def save_order(self, source: str, order: Order) -> None:
        """Write an order, new or changed."""
        self._db.execute(
            f"INSERT OR REPLACE INTO orders (source, {_COLUMNS}) "  # noqa: S608
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source,
                order.subject,
                order.sequence,
                order.status,
                order.currency,
                order.total,
                order.paid,
                order.refunded,
                json.dumps(order.sellers),
                order.changed_ms,
            ),
        )
        self._cached.pop((source, order.subject), None)

    def orders(self, source: str) -> list[Order]:
        """List the orders of a source, the last changed first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM orders WHERE source = ? "  # noqa: S608
            "ORDER BY changed_ms DESC, subject",
            (source,),
        )
        return [_order(row) for row in rows]

    def enter(self, source: str, subject: str, text: str) -> None:
        """Keep a notice until it was told."""
        self._db.execute(
            "INSERT INTO notices (source, subject, text) VALUES (?, ?, ?)", (source, subject, text)
        )

    def untold(self, limit: int) -> list[Notice]:
        """List notices that nobody was told yet, oldest first."""
        rows = self._db.execute(
            "SELECT number, source, subject, text FROM notices WHERE told = 0 "
            "ORDER BY number LIMIT ?",
            (limit,),
        )
        return [Notice(*row) for row in rows]

    def mark_told(self, number: int) -> None:
        """Note that a notice was told."""
        self._db.execute("UPDATE notices SET told = 1 WHERE number = ?", (number,))


def _order(row: sqlite3.Row) -> Order:
    told = {**dict(row), "sellers": json.loads(row["sellers"])}
    return Order(**told)
