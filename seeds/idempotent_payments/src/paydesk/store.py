"""Where records are kept: tables in memory, transactions over them, locks beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Generic, Protocol

from paydesk import errors, models
from paydesk.errors import Failure
from paydesk.models import Account, ApiKey, Charge, ChargeStatus, Payout, R
from paydesk.runtime import Rehearsal

PAGE_DEFAULT = 10
PAGE_MOST = 100
LOCK_PATIENCE_MS = 1500


@dataclass(frozen=True)
class PageRequest:
    """Which part of a list is wanted: newest first, from one end or from a known object on."""

    limit: int = PAGE_DEFAULT
    starting_after: str | None = None
    ending_before: str | None = None


@dataclass(frozen=True)
class Page(Generic[R]):
    """A part of a list, and whether there is more in the direction of reading."""

    rows: list[R]
    has_more: bool


class Records(Generic[R]):
    """Records by id. Every look-up by a customer says for which account."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._rows: dict[str, R] = {}
        self._serial = 0

    def add(self, row: R) -> R:
        """Keep a new record, and number it in the order in which they come."""
        if row.id in self._rows:
            raise errors.DuplicateRecordError(row.id)
        self._serial += 1
        kept = replace(row, serial=self._serial, revision=1)
        self._rows[row.id] = kept
        return kept

    def save(self, row: R) -> R:
        """Keep a changed record, provided that nobody else changed it since it was read."""
        if self._rows[row.id].revision != row.revision:
            raise errors.StaleRecordError(row.id)
        kept = replace(row, revision=row.revision + 1)
        self._rows[row.id] = kept
        return kept

    def find(self, account_id: str, row_id: str, param: str = "id", status: int = 404) -> R | Failure:
        """Look up a record of an account; other accounts' records are not there."""
        row = self._rows.get(row_id)
        if row is None or row.account_id != account_id:
            return errors.no_such(self._kind, row_id, param, status)
        return row

    def of(self, account_id: str) -> list[R]:
        """Return an account's records, oldest first."""
        return [row for row in self._rows.values() if row.account_id == account_id]

    def copied(self) -> tuple[dict[str, R], int]:
        """Return what `restore` needs to come back to this moment."""
        return dict(self._rows), self._serial

    def restore(self, before: tuple[dict[str, R], int]) -> None:
        """Come back to an earlier moment."""
        self._rows, self._serial = before

    def page(
        self, account_id: str, wanted: PageRequest, where: Callable[[R], bool] = lambda _row: True
    ) -> Page[R] | Failure:
        """Return a part of an account's records, newest first.

        The object that a cursor names need not meet the filter itself.
        """
        rows = sorted(filter(where, self.of(account_id)), key=_place, reverse=True)
        if wanted.starting_after is not None:
            known = self.find(account_id, wanted.starting_after, "starting_after", 400)
            if isinstance(known, Failure):
                return known
            cursor = _place(known)
            rows = [row for row in rows if _place(row) < cursor]
        if wanted.ending_before is not None:
            known = self.find(account_id, wanted.ending_before, "ending_before", 400)
            if isinstance(known, Failure):
                return known
            cursor = _place(known)
            rows = [row for row in rows if _place(row) > cursor]
            return Page(rows[-wanted.limit :], has_more=len(rows) > wanted.limit)
        return Page(rows[: wanted.limit], has_more=len(rows) > wanted.limit)


def _place(row: R) -> tuple[int, int]:
    return row.created, row.serial


class ChargeRecords(Records[Charge]):
    """Charges, also across accounts for the nightly jobs."""

    def under(self, account_id: str, reference: str) -> Charge | None:
        """Look up the charge that the card network knows by a reference."""
        return next((row for row in self.of(account_id) if row.network_reference == reference), None)

    def lapsed(self, now: int) -> list[Charge]:
        """Return the authorizations that have run out, those that waited longest first."""
        due = [
            row for row in self._rows.values() if row.status is ChargeStatus.AUTHORIZED and row.capture_before <= now
        ]
        return sorted(due, key=lambda row: row.capture_before)

    def mark_ended(self, charge: Charge) -> None:
        """Note that an authorization is over."""
        self.save(charge)


class PayoutRecords(Records[Payout]):
    """Payouts, also across accounts for the nightly jobs."""

    def pending(self) -> list[Payout]:
        """Return the payouts that the bank has not taken in full, oldest first."""
        return [row for row in self._rows.values() if not row.paid]

    def mark_sent(self, payout_id: str) -> None:
        """Note that the bank took one more part."""
        payout = self._rows[payout_id]
        self.save(replace(payout, sent=payout.sent + 1))


class KeyRecords(Records[ApiKey]):
    """API keys, found by the digest of their secret before the account is known."""

    def by_digest(self, digest: str) -> ApiKey | None:
        """Look a key up."""
        return self._rows.get(digest)


class Lock(Protocol):
    """What a lock has to offer."""

    def acquire(self, *, timeout: float) -> bool:
        """Wait some seconds for the lock; tell whether it was got."""

    def release(self) -> None:
        """Let go of it."""


class Locks:
    """A lock for each object that is worked on."""

    def __init__(self, make_lock: Callable[[str], Lock] = lambda _name: threading.RLock()) -> None:
        self._make_lock = make_lock
        self._guard = threading.Lock()
        self._locks: dict[str, Lock] = {}

    def _named(self, name: str) -> Lock:
        with self._guard:
            lock = self._locks.get(name)
            if lock is None:
                lock = self._locks[name] = self._make_lock(name)
            return lock

    @contextmanager
    def holding(self, *names: str) -> Iterator[None]:
        """Keep others off the named objects; always taken in one order, so that no two wait for each other."""
        with ExitStack() as taken:
            for name in sorted(names):
                lock = self._named(name)
                if not lock.acquire(timeout=LOCK_PATIENCE_MS / 1000):
                    raise errors.LockTimeoutError(name)
                taken.callback(lock.release)
            yield


class RehearsalLocks(Locks, Rehearsal):
    """Locks for trying out what happens when two requests meet at one object: what is planned happens before the next lock is had."""

    def __init__(self) -> None:
        Locks.__init__(self, lambda name: _RehearsalLock(name, self))
        Rehearsal.__init__(self)
        self.taken: list[str] = []
        self.held = 0
        self.patience: float | None = None
        self._busy = False

    def keep_busy(self, *, busy: bool = True) -> None:
        """Let nobody have a lock from now on, or let them again."""
        self._busy = busy

    def ask(self, name: str) -> bool:
        """Tell whether a lock can be had now."""
        self.play()
        self.taken.append(name)
        self.held += not self._busy
        return not self._busy


@dataclass
class _RehearsalLock:
    name: str
    locks: RehearsalLocks

    def acquire(self, *, timeout: float) -> bool:
        self.locks.patience = timeout
        return self.locks.ask(self.name)

    def release(self) -> None:
        self.locks.held -= 1


class Store:
    """All tables, with transactions over them."""

    def __init__(self, locks: Locks | None = None) -> None:
        self.locks = Locks() if locks is None else locks
        self.accounts = Records[Account]("account")
        self.keys = KeyRecords("API key")
        self.charges = ChargeRecords("charge")
        self.captures = Records[models.Capture]("capture")
        self.refunds = Records[models.Refund]("refund")
        self.intents = Records[models.Intent]("intent")
        self.entries = Records[models.Entry]("balance entry")
        self.payouts = PayoutRecords("payout")
        self.events = Records[models.Event]("event")
        self._tables = [each for each in vars(self).values() if isinstance(each, Records)]
        self._writing = threading.RLock()

    def account(self, account_id: str) -> Account:
        """Look up an account by its id."""
        account = self.accounts.find(account_id, account_id)
        if isinstance(account, Failure):
            raise errors.UnknownAccountError(account_id)
        return account

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes made inside the block, or none. A transaction in a transaction can fail on its own."""
        with self._writing:
            before = [table.copied() for table in self._tables]
            try:
                yield
            except BaseException:
                for table, state in zip(self._tables, before, strict=True):
                    table.restore(state)
                raise
