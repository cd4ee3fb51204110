"""Commands, and the bus that brings each of them to its handler.

A command says what somebody wants, in plain values. It may carry a request key: sent again under the same key within a day, it is not
carried out again, and its result is that of the first time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from perennial.errors import BillingError, ConflictError, InvalidRequestError
from perennial.events import Outbox
from perennial.runtime import Clock, log_event

KEY_LASTS = timedelta(hours=24)
KEY_LONGEST = 40

logger = logging.getLogger("perennial.commands")


@dataclass(frozen=True)
class Command:
    """Whatever can be asked of us, always by a merchant."""

    merchant: str


@dataclass(frozen=True)
class ConfigureMerchant(Command):
    """Agree on something; what is None stays as it is."""

    tax: str | None
    utc_offset: int | None
    invoice_limit: str | None
    retry_days: tuple[int, ...] | None
    ends_unpaid: bool | None


@dataclass(frozen=True)
class AddPlan(Command):
    """Offer a plan, at a price per seat."""

    plan: str
    price: str
    name: str
    interval: str
    every: int
    seats_most: int | None
    trial_days: int
    setup_fee: str | None


@dataclass(frozen=True)
class ArchivePlan(Command):
    """Stop offering a plan."""

    plan: str


@dataclass(frozen=True)
class AddCoupon(Command):
    """Offer a coupon, for so many bills or, with None, for all."""

    code: str
    percent: str | None
    amount: str | None
    bills: int | None
    redeem_by: str | None
    ends_on: str | None
    limit: int | None
    plans: tuple[str, ...]


@dataclass(frozen=True)
class AddCustomer(Command):
    """Get to know a customer."""

    customer: str
    card: str | None


@dataclass(frozen=True)
class ChangeCard(Command):
    """Charge another card from now on."""

    customer: str
    card: str


@dataclass(frozen=True)
class Subscribe(Command):
    """Start a subscription."""

    customer: str
    plan: str
    seats: int
    trial_days: int | None
    coupon: str | None


@dataclass(frozen=True)
class RedeemCoupon(Command):
    """Add a coupon to a subscription."""

    subscription: str
    code: str


@dataclass(frozen=True)
class ChangePlan(Command):
    """Change plan, seats or both; now, or with the next period."""

    subscription: str
    plan: str | None
    seats: int | None
    at_renewal: bool


@dataclass(frozen=True)
class Pause(Command):
    """Pause a subscription."""

    subscription: str
    resumes_on: str | None


@dataclass(frozen=True)
class Resume(Command):
    """Go on with a paused subscription."""

    subscription: str


@dataclass(frozen=True)
class Cancel(Command):
    """End a subscription with its period, or at once."""

    subscription: str
    at_once: bool
    refund: bool


@dataclass(frozen=True)
class Keep(Command):
    """Take a cancellation back."""

    subscription: str


@dataclass(frozen=True)
class VoidInvoice(Command):
    """Take an invoice back."""

    invoice: str


@dataclass(frozen=True)
class RunBilling(Command):
    """Do what is due, for so many subscriptions at most."""

    limit: int | None


Handler = Callable[[Any], Any]


def fingerprint(command: Command) -> str:
    """What a command asks for, condensed."""
    content = json.dumps(asdict(command))
    return hashlib.sha256(f"{type(command).__name__}:{content}".encode()).hexdigest()


@dataclass(frozen=True)
class Remembered:
    """A request key in use."""

    fingerprint: str
    result: object
    expires_at: datetime


class RequestMemory:
    """The request keys of the last day. They belong to merchants: two of them may choose the same."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, str], Remembered] = {}

    def recall(self, merchant: str, key: str) -> Remembered | None:
        """What a request with this key was answered, if the key has not run out."""
        kept = self._kept.get((merchant, key))
        if kept is None or kept.expires_at <= self._clock.now():
            return None
        return kept

    def keep(self, merchant: str, key: str, mark: str, result: object) -> None:
        """Keep the answer to a request under its key for a day, and forget keys that have run out."""
        now = self._clock.now()
        for scoped, kept in list(self._kept.items()):
            if kept.expires_at <= now:
                del self._kept[scoped]
        self._kept[merchant, key] = Remembered(mark, result, now + KEY_LASTS)

    def __len__(self) -> int:
        return len(self._kept)


class CommandBus:
    """Brings commands to handlers, one at a time, and sees to it that their events get out."""

    def __init__(self, outbox: Outbox, memory: RequestMemory) -> None:
        self._outbox = outbox
        self._memory = memory
        self._lock = threading.RLock()
        self._handlers: dict[type[Command], Handler] = {}

    def register(self, kind: type[Command], handler: Handler) -> None:
        """Say who handles a kind of command."""
        self._handlers[kind] = handler

    def dispatch(self, command: Command, key: str | None) -> Any:
        """Carry out a command; a request that is sent again under its key is not carried out twice."""
        if key is None:
            with self._lock:
                return self._carry_out(command)
        if not key.strip() or len(key) > KEY_LONGEST:
            raise InvalidRequestError("bad_key", f"a request key has 1 to {KEY_LONGEST} characters")
        mark = fingerprint(command)
        with self._lock:
            known = self._memory.recall(command.merchant, key)
            if known is None:
                result = self._carry_out(command)
                self._memory.keep(command.merchant, key, mark, result)
                return result
        if known.fingerprint != mark:
            raise ConflictError("key_reused", f"the key {key} was used for something else")
        log_event(logger, "command.repeated", command=type(command).__name__)
        return known.result

    def _carry_out(self, command: Command) -> Any:
        """Have a command handled, and let listeners hear of its events."""
        name = type(command).__name__
        try:
            result = self._handlers[type(command)](command)
        except BillingError as error:
            log_event(logger, "command.refused", command=name, code=error.code)
            raise
        self._outbox.relay()
        log_event(logger, "command.done", command=name)
        return result
