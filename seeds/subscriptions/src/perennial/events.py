"""Domain events: noted by entities, published once the change is through, kept as a timeline, heard by listeners.

Listeners hear every event at least once and in order. One that fails hears the event again with the next delivery; after five failures
the event is passed over, so that one bad event does not silence a listener for good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from perennial.runtime import log_event

if TYPE_CHECKING:
    from perennial.invoices import Customer

TRIES_MOST = 5

logger = logging.getLogger("perennial.events")


@dataclass(frozen=True)
class Event:
    """Something that happened to one thing of a merchant. Numbers grow by one with each event of the merchant."""

    seq: int
    merchant: str
    subject: str
    customer: str
    name: str
    on: date
    facts: dict[str, object]


@dataclass(frozen=True)
class Noted:
    """An event before it is published."""

    name: str
    on: date
    facts: dict[str, object]


@dataclass
class Aggregate:
    """An entity that notes what happens to it."""

    merchant: str
    id: str
    customer: str
    noted: list[Noted] = field(default_factory=list, kw_only=True)

    def note(self, name: str, on: date, **facts: object) -> None:
        """Remember that something happened, for the timeline."""
        self.noted.append(Noted(name, on, facts))

    def release(self) -> list[Noted]:
        """Hand over what was noted so far, and forget it."""
        released = list(self.noted)
        self.noted.clear()
        return released


Listener = Callable[[Event], None]


@dataclass
class Subscriber:
    """A listener, and how far it has come."""

    merchant: str
    hear: Listener
    position: int
    failures: int = 0

    def take(self, event: Event) -> None:
        """Have the listener hear an event, and remember how far it has come."""
        self.hear(event)
        self.position = event.seq
        self.failures = 0

    def skip(self, event: Event) -> None:
        """Pass over an event that the listener has failed on too often."""
        self.position = event.seq
        self.failures = 0


class Outbox:
    """The events of all merchants."""

    def __init__(self) -> None:
        self._events: dict[str, list[Event]] = {}
        self._subscribers: list[Subscriber] = []

    def publish(self, aggregates: Iterable[Aggregate]) -> None:
        """Put what these have noted into the timeline."""
        for aggregate in aggregates:
            row = self._events.setdefault(aggregate.merchant, [])
            about = aggregate.merchant, aggregate.id, aggregate.customer
            for noted in aggregate.release():
                row.append(Event(len(row) + 1, *about, noted.name, noted.on, noted.facts))

    def of(self, merchant: str) -> list[Event]:
        """All events of a merchant, oldest first."""
        return self._events.get(merchant, [])

    def listen(self, merchant: str, hear: Listener) -> None:
        """Let somebody hear what happens from now on."""
        self._subscribers.append(Subscriber(merchant, hear, len(self.of(merchant))))

    def relay(self) -> int:
        """Let listeners hear events they have not heard; tell how many of them failed."""
        return sum(not self._deliver(each) for each in self._subscribers)

    def _deliver(self, subscriber: Subscriber) -> bool:
        """Let one listener hear what happened since; those behind an event it failed on wait."""
        waiting = [e for e in self.of(subscriber.merchant) if e.seq > subscriber.position]
        for event in waiting:
            try:
                subscriber.take(event)
            except Exception as error:  # noqa: BLE001 - a listener may be anybody's
                subscriber.failures += 1
                fields = {"name": event.name, "seq": event.seq, "error": repr(error)}
                log_event(logger, "listener.failed", logging.WARNING, tries=subscriber.failures, **fields)
                if subscriber.failures < TRIES_MOST:
                    return False
                subscriber.skip(event)
        return True


CustomerKey = tuple[str, str]
EventKey = tuple[str, int]

TEXTS = {
    "trial.ending": "Your trial ends on {ends}.",
    "subscription.renewed": "Your subscription goes on: {period}.",
    "subscription.paused": "Your subscription is paused until {until}.",
    "subscription.cancel_scheduled": "Your subscription ends on {ends}.",
    "subscription.ended": "Your subscription has ended ({why}).",
    "invoice.paid": "We have received {amount} for invoice {invoice}.",
    "invoice.payment_failed": "We could not collect {amount} for invoice {invoice}; next attempt: {next_try}.",
}


class Mailbox:
    """The notices that events give rise to. Hearing an event twice gives one notice."""

    def __init__(self) -> None:
        self._notices: dict[CustomerKey, list[str]] = {}
        self._seen: set[EventKey] = set()

    def hear(self, event: Event) -> None:
        """Write the customer a notice, where the event calls for one."""
        if event.name not in TEXTS or (event.merchant, event.seq) in self._seen:
            return
        notice = f"{event.on}: {TEXTS[event.name].format(**event.facts)}"
        self._notices.setdefault((event.merchant, event.customer), []).append(notice)
        self._seen.add((event.merchant, event.seq))

    def of(self, customer: Customer) -> list[str]:
        """The notices a customer was sent, oldest first."""
        return list(self._notices.get((customer.merchant, customer.id), []))
