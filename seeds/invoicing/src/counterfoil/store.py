"""The archive: one SQLite database, and units of work on it.

Whatever belongs together is done in one unit. A unit inside a unit is part of it, but can fail alone; nothing counts
before the outermost one ends well.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

SCHEMA = """
BEGIN;
CREATE TABLE IF NOT EXISTS customers (key PRIMARY KEY, name, currency, terms, early, by_line, rounding, reminders, credit_limit);
CREATE TABLE IF NOT EXISTS rates (code, since, rate, PRIMARY KEY (code, since));
CREATE TABLE IF NOT EXISTS holidays (day PRIMARY KEY);
CREATE TABLE IF NOT EXISTS series (name, year, last, last_on, PRIMARY KEY (name, year));
CREATE TABLE IF NOT EXISTS invoices (
    id INTEGER PRIMARY KEY, customer, currency, number UNIQUE, series, stage, rebate_rate, rebate_amount, issued_on,
    due_on, early_rate, early_until, rounding, stamp, level, reminded_on, total, paid, credited, rebated, written_off,
    taken_back
);
CREATE TABLE IF NOT EXISTS lines (invoice, place, text, price, quantity, code, discount, PRIMARY KEY (invoice, place));
CREATE TABLE IF NOT EXISTS charges (
    invoice, place, net, tax, pieces_credited, net_credited, tax_credited, PRIMARY KEY (invoice, place)
);
CREATE TABLE IF NOT EXISTS vouchers (
    id INTEGER PRIMARY KEY, customer, currency, number UNIQUE, kind, amount, unspent, day, about, stamp, bounced,
    refunded
);
CREATE TABLE IF NOT EXISTS allocations (seq INTEGER PRIMARY KEY, voucher, invoice, amount, discount);
CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY, customer, currency, day, kind, about, amount);
CREATE TABLE IF NOT EXISTS letters (seq INTEGER PRIMARY KEY, customer, currency, day, level, numbers, amount);
CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY, kind, about, day, details);
CREATE TABLE IF NOT EXISTS rounds (receiver PRIMARY KEY, position, failures, rests_until);
CREATE TABLE IF NOT EXISTS parked (receiver, seq, PRIMARY KEY (receiver, seq));
CREATE TABLE IF NOT EXISTS trail (seq INTEGER PRIMARY KEY, moment, request, about, what);
CREATE TABLE IF NOT EXISTS keys (customer, key, mark, answer, kept_until, PRIMARY KEY (customer, key));
CREATE TABLE IF NOT EXISTS taxes (seq, month, currency, code, net, tax, PRIMARY KEY (seq, code));
COMMIT;
"""
"""Columns have no types: what is written is what is read."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Archive:
    """The database and its one writer's lock."""

    def __init__(self, path: str = ":memory:") -> None:
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.executescript(SCHEMA)
        self._lock = threading.RLock()
        self._depth = 0
        self._changed: set[str] = set()
        self._listeners: list[Callable[[str], None]] = []

    def on_change(self, listener: Callable[[str], None]) -> None:
        """Have somebody told whose affairs have changed, after each unit of work."""
        self._listeners.append(listener)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """All that is done inside, or nothing of it."""
        with self._lock:
            mark = f"unit_{self._depth}"
            self.db.execute(f"SAVEPOINT {mark}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self.db.execute(f"ROLLBACK TO {mark}")
                raise
            finally:
                self.db.execute(f"RELEASE {mark}")
                self._depth -= 1
                if not self._depth:
                    self._tell()

    def touch(self, customer: str) -> None:
        """Note that a customer's affairs change in this unit."""
        self._changed.add(customer)

    def is_touched(self, customer: str) -> bool:
        """Whether they have changed in the unit that is under way, and might still change back."""
        return customer in self._changed

    def close(self) -> None:
        """Let go of the database."""
        self.db.close()

    def _tell(self) -> None:
        """Tell the listeners whose affairs have changed."""
        changed = sorted(self._changed)
        self._changed.clear()
        for customer in changed:
            for listener in self._listeners:
                listener(customer)


class Shelf(Generic[K, V]):
    """Answers that were worked out lately, for as long as nothing changes; those not asked for longest go first.

    Answers are about somebody, whose affairs may change. To be used within a unit of work, by one at a time.
    """

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._answers: OrderedDict[tuple[str, K], V] = OrderedDict()

    def fetch(self, whose: str, key: K, work_out: Callable[[], V]) -> V:
        """The answer from the shelf, or else worked out and put there."""
        place = (whose, key)
        if place in self._answers:
            self._answers.move_to_end(place)
            return self._answers[place]
        answer = work_out()
        self._answers[place] = answer
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)
        return answer

    def forget(self, whose: str) -> None:
        """Clear away all about somebody."""
        for place in list(self._answers):
            if place[0] == whose:
                del self._answers[place]

    def __len__(self) -> int:
        return len(self._answers)
