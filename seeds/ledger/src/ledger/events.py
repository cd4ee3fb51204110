"""The outbox of booked events, its delivery, and the balances kept from them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from ledger.errors import ProjectionError
from ledger.money import Money
from ledger.runtime import Clock, log_event

MOST_ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=5)
logger = logging.getLogger("ledger.events")


@dataclass(frozen=True)
class Event:
    """Something that was booked and that others want to hear of."""

    seq: int
    kind: str
    payload: dict[str, Any]
    at: datetime
    attempts: int = 0
    due_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def parked(self) -> bool:
        """Whether delivery was given up."""
        return self.delivered_at is None and self.attempts >= MOST_ATTEMPTS

    def is_due(self, now: datetime) -> bool:
        """Tell whether the pause after a failure is over."""
        return self.due_at is None or self.due_at <= now


class EventLog(Protocol):
    """The part of the store that events live in."""

    def events(self, after: int = 0, limit: int | None = None) -> list[Event]:
        """Return events in the order they happened."""

    def save_event(self, event: Event) -> None:
        """Keep the new state of an event."""


@dataclass(frozen=True)
class Delivery:
    """What one delivery run achieved."""

    sent: int
    failed: int
    parked: int


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts."""
    doublings = attempts - 1
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


class Relay:
    """Hands events to a receiver, in order, until each was accepted."""

    def __init__(self, log: EventLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock

    def deliver(self, receiver: Callable[[Event], None], limit: int) -> Delivery:
        """Offer what is due; a refused event blocks those behind it until it is parked."""
        sent = failed = parked = 0
        for event in self._log.events():
            if event.delivered_at is not None or event.parked:
                continue
            if sent >= limit or not event.is_due(self._clock.now()):
                break
            outcome = self._offer(event, receiver)
            self._log.save_event(outcome)
            if outcome.delivered_at is not None:
                sent += 1
                continue
            failed += 1
            if not outcome.parked:
                break
            parked += 1
        return Delivery(sent, failed, parked)

    def _offer(self, event: Event, receiver: Callable[[Event], None]) -> Event:
        attempts = event.attempts + 1
        try:
            receiver(event)
        except Exception as error:  # noqa: BLE001 - receivers are other teams' code
            log_event(
                logger, "delivery failed", level=logging.WARNING, seq=event.seq, reason=str(error)
            )
            due_at = self._clock.now() + retry_delay(attempts)
            return replace(event, attempts=attempts, due_at=due_at)
        return replace(event, attempts=attempts, delivered_at=self._clock.now())

    def parked(self) -> list[Event]:
        """Return the events whose delivery was given up."""
        return [event for event in self._log.events() if event.parked]


@dataclass
class BalanceProjection:
    """Balances and monthly turnovers kept up to date from events."""

    log: EventLog
    batch: int = 50
    position: int = 0
    _balances: dict[str, Money] = field(default_factory=dict)
    _turnovers: dict[tuple[str, str], Money] = field(default_factory=dict)

    def apply(self, event: Event) -> bool:
        """Take one event in; say whether it was news."""
        if event.seq <= self.position:
            return False
        if event.seq > self.position + 1:
            raise ProjectionError(f"event {event.seq} came after {self.position}: one is missing")
        if event.kind == "booked":
            self._book(event.payload)
        self.position = event.seq
        return True

    def _book(self, payload: dict[str, Any]) -> None:
        month = payload["value_date"][:7]
        for account_id, minor, currency in payload["effects"]:
            amount = Money(minor, currency)
            zero = Money.zero(currency)
            self._balances[account_id] = self._balances.get(account_id, zero) + amount
            key = (account_id, month)
            self._turnovers[key] = self._turnovers.get(key, zero) + abs(amount)

    def catch_up(self, limit: int | None = None) -> int:
        """Apply what happened since, batch by batch; return how many events were taken in."""
        taken = 0
        while limit is None or taken < limit:
            size = self.batch if limit is None else min(self.batch, limit - taken)
            events = self.log.events(after=self.position, limit=size)
            if not events:
                break
            for event in events:
                taken += self.apply(event)
        return taken

    def rebuild(self) -> int:
        """Start over from the first event."""
        self._balances.clear()
        self._turnovers.clear()
        self.position = 0
        return self.catch_up()

    def lag(self) -> int:
        """Return how many events have not been taken in yet."""
        return len(self.log.events(after=self.position))

    def turnover(self, account_id: str, month: str, currency: str) -> Money:
        """Return what moved on an account in a month, in both directions together."""
        return self._turnovers.get((account_id, month), Money.zero(currency))

    def balances(self) -> dict[str, Money]:
        """Return all balances."""
        return dict(self._balances)
