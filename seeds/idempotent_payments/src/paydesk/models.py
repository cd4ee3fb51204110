"""The records behind the API. All are immutable; what happens to one is a changed copy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from paydesk.runtime import DAY, HOUR

AUTHORIZATION_LASTS = 7 * DAY
REFUND_WINDOW_DAYS = 180
INTENT_LASTS = HOUR
INTENT_ATTEMPTS = 3
MOST_PERCENT = 100


@dataclass(frozen=True)
class Stored:
    """The store counts records by `serial` and their changes by `revision`."""

    id: str
    account_id: str
    created: int
    serial: int = field(default=0, kw_only=True)
    revision: int = field(default=0, kw_only=True)


R = TypeVar("R", bound=Stored)


@dataclass(frozen=True)
class Account(Stored):
    """A customer of ours. Its `account_id` is its own id."""

    name: str
    version: str
    fee_basis_points: int


@dataclass(frozen=True)
class ApiKey(Stored):
    """A secret that stands for an account. Its id is the secret's digest."""

    read_only: bool
    expires_at: int | None = None

    def expired(self, now: int) -> bool:
        """Whether the key is good no longer."""
        return self.expires_at is not None and now >= self.expires_at


class ChargeStatus(StrEnum):
    """Where a charge stands."""

    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Split:
    """A part of a charge, in per cent, that belongs to another account."""

    account_id: str
    percent: int


@dataclass(frozen=True)
class Charge(Stored):
    """Money asked of a card."""

    amount: int
    currency: str
    card: str
    network_reference: str
    status: ChargeStatus = ChargeStatus.AUTHORIZED
    amount_captured: int = 0
    amount_refunded: int = 0
    description: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    splits: tuple[Split, ...] = ()
    intent: str | None = None

    @property
    def capture_before(self) -> int:
        """When the authorization lapses."""
        return self.created + AUTHORIZATION_LASTS

    @property
    def capturable(self) -> int:
        """What was not captured yet."""
        return self.amount - self.amount_captured

    @property
    def refundable(self) -> int:
        """What of the captured money was not paid back yet."""
        return self.amount_captured - self.amount_refunded

    def captured(self, amount: int, *, final: bool) -> Charge:
        """Take part of the authorization; a final capture, or one of all that is left, lets go of the rest."""
        total = self.amount_captured + amount
        done = final or total == self.amount
        status = ChargeStatus.CAPTURED if done else ChargeStatus.AUTHORIZED
        return replace(self, amount_captured=total, status=status)

    def ended(self, status: ChargeStatus) -> Charge:
        """Give up what is left of the authorization; what was captured on the way stays captured."""
        if self.amount_captured > 0:
            status = ChargeStatus.CAPTURED
        return replace(self, status=status)

    def refunded(self, amount: int) -> Charge:
        """Pay some of it back."""
        return replace(self, amount_refunded=self.amount_refunded + amount)


@dataclass(frozen=True)
class Capture(Stored):
    """One taking of money under an authorization."""

    charge: str
    amount: int
    currency: str
    fee: int


@dataclass(frozen=True)
class Refund(Stored):
    """Money that went back to a card."""

    charge: str
    amount: int
    currency: str
    reason: str | None


class IntentStatus(StrEnum):
    """Where an intent stands."""

    REQUIRES_CARD = "requires_card"
    SUCCEEDED = "succeeded"
    CANCELED = "canceled"


@dataclass(frozen=True)
class Intent(Stored):
    """A purchase for which several cards may be tried."""

    amount: int
    currency: str
    expires_at: int
    status: IntentStatus = IntentStatus.REQUIRES_CARD
    attempts: int = 0
    last_error: str | None = None
    charge: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)

    def open_at(self, now: int) -> bool:
        """Whether another card may be tried."""
        return self.status is IntentStatus.REQUIRES_CARD and now < self.expires_at

    def declined(self, reason: str, now: int) -> Intent:
        """Note a card that was declined. The buyer gets the full time again to find another one."""
        attempts = self.attempts + 1
        exhausted = attempts >= INTENT_ATTEMPTS
        return replace(
            self,
            attempts=attempts,
            last_error=reason,
            status=IntentStatus.CANCELED if exhausted else self.status,
            expires_at=now + INTENT_LASTS,
        )


@dataclass(frozen=True)
class Entry(Stored):
    """A line in an account's balance. Money received counts as available some days after."""

    currency: str
    amount: int
    fee: int
    kind: str
    source: str
    available_on: int

    @property
    def net(self) -> int:
        """What the line adds to the balance."""
        return self.amount - self.fee


@dataclass(frozen=True)
class Summary:
    """The balance of an account in one currency. It holds until the next pending line becomes available."""

    available: int
    pending: int
    valid_until: int | None


@dataclass(frozen=True)
class Payout(Stored):
    """Money on its way to an account's bank, in one or more transfers."""

    amount: int
    currency: str
    parts: tuple[int, ...]
    sent: int = 0

    @property
    def paid(self) -> bool:
        """Whether every transfer was taken by the bank."""
        return self.sent == len(self.parts)


@dataclass(frozen=True)
class Event(Stored):
    """Something that happened, with the object as it stood then."""

    type: str
    data: Mapping[str, Any]
