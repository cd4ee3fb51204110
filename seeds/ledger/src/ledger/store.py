"""What the ledger keeps, and the seam to whatever keeps it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

from ledger.accounts import Account
from ledger.errors import ConflictError
from ledger.events import Event
from ledger.exchange import Quote, Rate
from ledger.holds import Hold
from ledger.journal import Entry, Remembered, Transfer
from ledger.periods import Close, Period

Key = str | tuple[str, str]
T = TypeVar("T")


class Records(Protocol):
    """Keeps records of several kinds by key, in order of arrival."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make the writes of a block last together or not at all."""

    def put(self, key: Key, record: Any, about: tuple[str, ...] = ()) -> None:
        """Keep a record, in the place of an older one with the same key."""

    def get(self, kind: type[T], key: Key) -> T | None:
        """Return a record or None."""

    def drop(self, kind: type, key: Key) -> None:
        """Forget a record."""

    def all(self, kind: type[T], about: str | None = None) -> list[T]:
        """Return the records of a kind, perhaps only those about one account."""

    def count(self, kind: type) -> int:
        """Return how many records of a kind there are."""

    def close(self) -> None:
        """Let go of files and connections."""


class MemoryRecords:
    """Records for rehearsals and tests; gone when the process ends."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._rows: dict[tuple[type, Key], tuple[Any, tuple[str, ...]]] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes of a block last together or not at all."""
        with self._lock:
            before = dict(self._rows)
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._rows = before
                raise
            finally:
                self._depth -= 1

    def put(self, key: Key, record: Any, about: tuple[str, ...] = ()) -> None:
        """Keep a record, in the place of an older one with the same key."""
        with self._lock:
            self._rows[type(record), key] = record, about

    def get(self, kind: type[T], key: Key) -> T | None:
        """Return a record or None."""
        record: T | None = self._rows.get((kind, key), (None, ()))[0]
        return record

    def drop(self, kind: type, key: Key) -> None:
        """Forget a record."""
        with self._lock:
            self._rows.pop((kind, key), None)

    def all(self, kind: type[T], about: str | None = None) -> list[T]:
        """Return the records of a kind, perhaps only those about one account."""
        with self._lock:
            rows = list(self._rows.items())
        return [
            record
            for (row_kind, _key), (record, accounts) in rows
            if row_kind is kind and (about is None or about in accounts)
        ]

    def count(self, kind: type) -> int:
        """Return how many records of a kind there are."""
        return len(self.all(kind))

    def close(self) -> None:
        """Let go of nothing."""


class Store:
    """The ledger's records by their proper types."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def transaction(self) -> AbstractContextManager[None]:
        """Make the writes of a block last together or not at all."""
        return self._records.transaction()

    def close(self) -> None:
        """Let go of the records."""
        self._records.close()

    def add_account(self, account: Account) -> None:
        """Keep a new account."""
        self._records.put(account.id, account)

    def save_account(self, account: Account) -> None:
        """Replace an account by its next version."""
        with self.transaction():
            current = self.account(account.id)
            if current is None or current.version != account.version - 1:
                raise ConflictError(f"{account.name} was changed by somebody else")
            self._records.put(account.id, account)

    def account(self, id_: str) -> Account | None:
        """Find an account."""
        return self._records.get(Account, id_)

    def accounts(self) -> list[Account]:
        """Return all accounts in order of opening."""
        return self._records.all(Account)

    def add_entry(self, entry: Entry) -> Entry:
        """Keep an entry and number it."""
        with self.transaction():
            numbered = replace(entry, seq=self._records.count(Entry) + 1)
            self._records.put(entry.id, numbered, tuple(entry.account_ids))
        return numbered

    def entry(self, id_: str) -> Entry | None:
        """Find an entry."""
        return self._records.get(Entry, id_)

    def entries(self, account_id: str | None = None, after: date | None = None) -> list[Entry]:
        """Return entries in order of booking, perhaps of one account or after a day."""
        entries: list[Entry] = self._records.all(Entry, about=account_id)
        if after is None:
            return entries
        return [entry for entry in entries if entry.value_date > after]

    def save_hold(self, hold: Hold) -> None:
        """Keep the state of a hold."""
        self._records.put(hold.id, hold, (hold.account_id,))

    def hold(self, id_: str) -> Hold | None:
        """Find a hold."""
        return self._records.get(Hold, id_)

    def holds(self, account_id: str | None = None) -> list[Hold]:
        """Return holds in order of placing, perhaps of one account."""
        return self._records.all(Hold, about=account_id)

    def save_transfer(self, transfer: Transfer) -> None:
        """Keep the state of a transfer."""
        self._records.put(transfer.id, transfer, (transfer.source,))

    def transfer(self, id_: str) -> Transfer | None:
        """Find a transfer."""
        return self._records.get(Transfer, id_)

    def transfers(self, source: str) -> list[Transfer]:
        """Return the transfers out of an account."""
        return self._records.all(Transfer, about=source)

    def remember(self, request: Remembered) -> None:
        """Keep a request, in place of an older one with the same key."""
        self._records.put((request.owner, request.key), request)

    def remembered(self, owner: str, key: str) -> Remembered | None:
        """Find a request."""
        return self._records.get(Remembered, (owner, key))

    def save_rate(self, rate: Rate) -> None:
        """Keep the latest rate of a pair."""
        self._records.put((rate.source, rate.target), rate)

    def rates(self) -> dict[tuple[str, str], Rate]:
        """Return the latest rates."""
        return {(rate.source, rate.target): rate for rate in self._records.all(Rate)}

    def save_quote(self, quote: Quote) -> None:
        """Keep the state of a quote."""
        self._records.put(quote.id, quote)

    def quote(self, id_: str) -> Quote | None:
        """Find a quote."""
        return self._records.get(Quote, id_)

    def save_close(self, close: Close) -> None:
        """Keep a closed month."""
        self._records.put(str(close.period), close)

    def drop_close(self, period: Period) -> None:
        """Forget that a month was closed."""
        self._records.drop(Close, str(period))

    def closes(self) -> list[Close]:
        """Return the closed months in order of closing."""
        return self._records.all(Close)

    def add_event(self, kind: str, payload: dict[str, Any], at: datetime) -> Event:
        """Keep a new event and number it."""
        with self.transaction():
            event = Event(self._records.count(Event) + 1, kind, payload, at)
            self.save_event(event)
        return event

    def save_event(self, event: Event) -> None:
        """Keep the state of an event."""
        self._records.put(str(event.seq), event)

    def events(self, after: int = 0, limit: int | None = None) -> list[Event]:
        """Return events in order, perhaps only some after a number."""
        later = [event for event in self._records.all(Event) if event.seq > after]
        return later if limit is None else later[:limit]
