"""Holds: money set aside on an account until it is captured, released or the hold runs out."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from ledger.errors import HoldError
from ledger.journal import clean_text, credit, debit
from ledger.money import Money, check_positive
from ledger.runtime import log_event

if TYPE_CHECKING:
    from ledger.bookkeeping import Books

DEFAULT_DAYS = 7
LONGEST_DAYS = 31
logger = logging.getLogger("ledger.holds")


class HoldStatus(Enum):
    """Stages in a hold's life."""

    ACTIVE = "active"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Hold:
    """Money set aside for one purpose."""

    id: str
    account_id: str
    amount: Money
    captured: Money
    placed_at: datetime
    expires_at: datetime
    reference: str = ""
    status: HoldStatus = HoldStatus.ACTIVE

    @property
    def remaining(self) -> Money:
        """What is set aside and not yet captured."""
        return self.amount - self.captured

    def is_active(self, now: datetime) -> bool:
        """Tell whether the hold still reduces what can be spent."""
        return self.status is HoldStatus.ACTIVE and now < self.expires_at

    def check_active(self, now: datetime) -> None:
        """Refuse to work on a hold that is over."""
        if self.status is HoldStatus.ACTIVE and now >= self.expires_at:
            raise HoldError(f"{self.id} ran out on {self.expires_at:%Y-%m-%d %H:%M}")
        if self.status is not HoldStatus.ACTIVE:
            raise HoldError(f"{self.id} is already {self.status.value}")

    def with_captured(self, amount: Money, *, final: bool) -> Hold:
        """Return the hold after part or all of it was taken."""
        check_positive(amount, "a captured amount")
        if amount > self.remaining:
            raise HoldError(f"only {self.remaining} of {self.id} can be captured, not {amount}")
        captured = self.captured + amount
        done = final or captured == self.amount
        return replace(self, captured=captured, status=HoldStatus.CAPTURED if done else self.status)


def total_held(holds: Iterable[Hold], currency: str, now: datetime) -> Money:
    """Add up what active holds set aside."""
    return Money.total((hold.remaining for hold in holds if hold.is_active(now)), currency)


class HoldDesk:
    """Places holds and moves them on."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._store = books.store

    def place(self, account: str, amount: Money, *, days: int, reference: str) -> Hold:
        """Set money aside."""
        check_positive(amount, "a hold")
        if days < 1 or days > LONGEST_DAYS:
            raise HoldError(f"a hold lasts 1 to {LONGEST_DAYS} days, not {days}")
        with self._books.locks.holding(account):
            owner = self._books.account(account)
            owner.check_can_send()
            owner.check_currency(amount)
            self._books.check_funds(owner, amount)
            now = self._books.clock.now()
            hold_id, end = self._books.ids.next("hold"), now + timedelta(days=days)
            nothing = Money.zero(amount.currency)
            hold = Hold(hold_id, owner.id, amount, nothing, now, end, clean_text(reference))
            self._store.save_hold(hold)
        log_event(logger, "hold placed", hold=hold.id, account=owner.id, amount=str(amount))
        return hold

    def find(self, hold_id: str) -> Hold:
        """Return a hold as it stands."""
        hold = self._store.hold(hold_id)
        if hold is None:
            raise HoldError(f"there is no hold {hold_id}")
        return hold

    def capture(self, hold_id: str, target: str, amount: Money | None, *, final: bool) -> Hold:
        """Pay held money out to another account."""
        account_id = self.find(hold_id).account_id
        with self._books.locks.holding(account_id, target):
            hold = self.find(hold_id)
            hold.check_active(self._books.clock.now())
            taken = hold.remaining if amount is None else amount
            changed = hold.with_captured(taken, final=final)
            payer, payee = self._books.account(account_id), self._books.account(target)
            payee.check_can_receive()
            with self._store.transaction():
                self._store.save_hold(changed)
                self._books.book(
                    [debit(payer, taken), credit(payee, taken)],
                    description=f"Capture of {hold.id}",
                    reference=hold.reference,
                )
        log_event(logger, "hold captured", hold=hold_id, amount=str(taken))
        return changed

    def release(self, hold_id: str) -> Hold:
        """Give the held money free."""
        account_id = self.find(hold_id).account_id
        with self._books.locks.holding(account_id):
            hold = self.find(hold_id)
            hold.check_active(self._books.clock.now())
            released = replace(hold, status=HoldStatus.RELEASED)
            self._store.save_hold(released)
        log_event(logger, "hold released", hold=hold_id)
        return released

    def expire_due(self, limit: int | None = None) -> list[Hold]:
        """Mark the holds whose time is over, oldest first."""
        now = self._books.clock.now()
        over = [
            hold
            for hold in self._store.holds()
            if hold.status is HoldStatus.ACTIVE and not hold.is_active(now)
        ]
        over.sort(key=lambda hold: (hold.expires_at, hold.account_id))
        due = over if limit is None else over[:limit]
        expired = [replace(hold, status=HoldStatus.EXPIRED) for hold in due]
        with self._store.transaction():
            for hold in expired:
                self._store.save_hold(hold)
        log_event(logger, "holds expired", count=len(expired))
        return expired
