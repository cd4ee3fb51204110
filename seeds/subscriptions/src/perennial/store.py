"""Where things are kept: repositories behind a protocol, here in memory, and a cache for what is read often.

Repositories hand out the entities themselves, so that a command sees its own changes. A command that changes more than one of them does
so in a transaction.
"""

from __future__ import annotations

import copy
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar

from perennial.catalogue import Coupon, Plan
from perennial.dunning import DunningCase
from perennial.errors import ConflictError, NotFoundError
from perennial.invoices import Customer, Invoice, Merchant
from perennial.runtime import MINUTE_MS, Clock
from perennial.subscription import Subscription

CACHE_MINUTES = 5
CACHE_SIZE = 500


class Kept(Protocol):
    """Anything that a repository can keep."""

    @property
    def id(self) -> str:
        """Its own name among those of one merchant."""
        ...


T = TypeVar("T", bound=Kept)
V = TypeVar("V")


class Repository(Protocol[T]):
    """Things of one kind, each belonging to a merchant."""

    def add(self, merchant: str, row: T) -> None:
        """Keep a new one."""
        ...

    def replace(self, merchant: str, row: T) -> None:
        """Keep another one in place of the one with its id."""
        ...

    def get(self, merchant: str, row_id: str) -> T:
        """The one with this id; `NotFoundError` where there is none."""
        ...

    def find(self, merchant: str, row_id: str) -> T | None:
        """The one with this id, if there is one."""
        ...

    def all(self, merchant: str) -> list[T]:
        """All of a merchant's, in the order they were added."""
        ...


class Table(Generic[T]):
    """A repository in memory."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.rows: dict[tuple[str, str], T] = {}

    def add(self, merchant: str, row: T) -> None:
        """Keep a new one; there can be only one of an id."""
        if (merchant, row.id) in self.rows:
            raise ConflictError("exists", f"there is a {self.what} {row.id} already")
        self.rows[merchant, row.id] = row

    def replace(self, merchant: str, row: T) -> None:
        """Keep another one in place of the one with its id."""
        self.rows[merchant, row.id] = row

    def get(self, merchant: str, row_id: str) -> T:
        """The one with this id."""
        row = self.rows.get((merchant, row_id))
        if row is None:
            raise NotFoundError("not_found", f"there is no {self.what} {row_id}")
        return row

    def find(self, merchant: str, row_id: str) -> T | None:
        """The one with this id, if there is one."""
        return self.rows.get((merchant, row_id))

    def all(self, merchant: str) -> list[T]:
        """All of a merchant's, in the order they were added."""
        return [row for (owner, _), row in self.rows.items() if owner == merchant]


class Store:
    """The repositories."""

    def __init__(self) -> None:
        self._tables: list[Table[Any]] = []
        self.merchants: Repository[Merchant] = self._table("merchant")
        self.plans: Repository[Plan] = self._table("plan")
        self.coupons: Repository[Coupon] = self._table("coupon")
        self.customers: Repository[Customer] = self._table("customer")
        self.subscriptions: Repository[Subscription] = self._table("subscription")
        self.invoices: Repository[Invoice] = self._table("invoice")
        self.cases: Repository[DunningCase] = self._table("dunning case")

    def _table(self, what: str) -> Table[Any]:
        self._tables.append(Table(what))
        return self._tables[-1]

    def merchant(self, merchant: str) -> Merchant:
        """A merchant and its agreements. One nobody has heard of has the usual ones."""
        try:
            return self.merchants.get(merchant, merchant)
        except NotFoundError:
            made = Merchant(merchant)
            self.merchants.add(merchant, made)
            return made

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what happens inside, or nothing, if it is refused."""
        before = [copy.deepcopy(table.rows) for table in self._tables]
        try:
            yield
        except BaseException:
            for table, rows in zip(self._tables, before, strict=True):
                table.rows = rows
            raise


CacheKey = tuple[str, str, str]
"""Merchant, kind of view, and whose."""


class Cache:
    """Views that were worked out a moment ago. What is kept and what is handed out are copies."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[CacheKey, tuple[int, object]] = {}
        self._writes: Counter[str] = Counter()

    def fetch(self, merchant: str, kind: str, about: str, work_out: Callable[[], V]) -> V:
        """The view from the cache, or worked out anew. It gets no younger by being read, and is the reader's own."""
        key = (merchant, kind, about)
        now = self._clock.monotonic()
        with self._lock:
            kept = self._entries.get(key)
            if kept is not None and now < kept[0]:
                return copy.deepcopy(kept[1])  # type: ignore[return-value]
            writes = self._writes[merchant]
        view = work_out()
        with self._lock:
            # What was overtaken by a write is out of date already.
            if self._writes[merchant] == writes:
                self._make_room(now)
                self._entries[key] = (now + CACHE_MINUTES * MINUTE_MS, copy.deepcopy(view))
        return view

    def forget(self, merchant: str, about: str) -> None:
        """Let go of all views of something."""
        with self._lock:
            self._writes[merchant] += 1
            for key in list(self._entries):
                if key[0] == merchant and key[2] == about:
                    del self._entries[key]

    def __len__(self) -> int:
        return len(self._entries)

    def _make_room(self, now: int) -> None:
        """Let go of entries that are too old, and of the oldest where there are too many."""
        for key, (until, _) in list(self._entries.items()):
            if until <= now:
                del self._entries[key]
        while len(self._entries) >= CACHE_SIZE:
            del self._entries[next(iter(self._entries))]
