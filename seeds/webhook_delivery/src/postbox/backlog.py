"""What was published and what of it still has to be delivered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from postbox.ambient import Ids
from postbox.endpoints import Endpoint
from postbox.errors import (
    BacklogFullError,
    EventConflictError,
    LeaseLostError,
    NotParkedError,
    UnknownDeliveryError,
)
from postbox.messages import Event, fingerprint
from postbox.schedule import deal


class DeliveryState(Enum):
    """How far a delivery is."""

    WAITING = "waiting"
    UNDER_WAY = "under way"
    DELIVERED = "delivered"
    PARKED = "parked"
    DISCARDED = "discarded"


OPEN_STATES = (DeliveryState.WAITING, DeliveryState.UNDER_WAY)


@dataclass(slots=True)
class Delivery:
    """One event on its way to one endpoint."""

    delivery_id: str
    number: int
    event: Event
    endpoint_id: str
    request_id: str
    enqueued_ms: int
    due_ms: int
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    leased_until_ms: int = 0
    reason: str = ""

    def __str__(self) -> str:
        note = f" ({self.reason})" if self.reason else ""
        return (
            f"{self.delivery_id} of {self.event.kind} {self.event.subject} #{self.event.sequence} "
            f"for {self.endpoint_id}: {self.state.value} after {self.attempts} attempt(s){note}"
        )

    @property
    def lane(self) -> tuple[str, str]:
        """What has to stay in order: everything about one object for one endpoint."""
        return self.endpoint_id, self.event.subject

    def ready(self, now_ms: int) -> bool:
        """Tell whether somebody may take the delivery now."""
        if self.state is DeliveryState.UNDER_WAY:
            return self.leased_until_ms <= now_ms
        return self.state is DeliveryState.WAITING and self.due_ms <= now_ms


Mark: TypeAlias = tuple[str, str]
"""A tenant, and an event id or an object of theirs."""
Memento: TypeAlias = tuple[dict[Mark, Event], dict[Mark, str], dict[Mark, int]]


class Outbox:
    """Events by id, and the number of the last event of every object."""

    def __init__(self) -> None:
        self._events: dict[Mark, Event] = {}
        self._prints: dict[Mark, str] = {}
        self._last: dict[Mark, int] = {}

    def known(self, tenant: str, event_id: str, mark: str) -> Event | None:
        """Return the event of this id if the same was published before."""
        seen = self._prints.get((tenant, event_id))
        if seen is None:
            return None
        if seen != mark:
            raise EventConflictError(f"the event id {event_id} was used for something else")
        return self._events[tenant, event_id]

    def add(self, event: Event) -> Event:
        """Number an event among those of its object and keep it."""
        counter = (event.tenant, event.subject)
        numbered = replace(
            event, sequence=self._last.get(counter, 0) + 1, data=deepcopy(event.data)
        )
        self._last[counter] = numbered.sequence
        self._events[event.tenant, event.event_id] = numbered
        self._prints[event.tenant, event.event_id] = fingerprint(event)
        return numbered

    def memento(self) -> Memento:
        """Return what `restore` needs to bring this state back."""
        return self._events.copy(), self._prints.copy(), self._last.copy()

    def restore(self, memento: Memento) -> None:
        """Go back to an earlier state."""
        events, prints, last = memento
        self._events = events
        self._prints = prints
        self._last = last


class Backlog:
    """Deliveries, in the order in which they came in."""

    def __init__(
        self, ids: Ids, lock: AbstractContextManager[object], *, capacity: int, lease_ms: int
    ) -> None:
        self._ids = ids
        self._lock = lock
        self._capacity = capacity
        self._lease_ms = lease_ms
        self._rows: dict[str, Delivery] = {}
        self._outbox = Outbox()
        self._count = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what is done inside the block, or nothing of it."""
        with self._lock:
            before = {name: replace(row) for name, row in self._rows.items()}
            outbox = self._outbox.memento()
            try:
                yield
            except BaseException:
                self._rows = before
                self._outbox.restore(outbox)
                raise

    def known(self, event: Event) -> Event | None:
        """Return the event if it was published before."""
        return self._outbox.known(event.tenant, event.event_id, fingerprint(event))

    def add(
        self, event: Event, endpoints: Sequence[Endpoint], now_ms: int, request_id: str
    ) -> tuple[Event, list[Delivery]]:
        """Take an event in, with a delivery for every endpoint, or nothing of it."""
        with self.transaction():
            numbered = self._outbox.add(event)
            made = []
            for endpoint in endpoints:
                if self.depth(endpoint.endpoint_id) >= self._capacity:
                    raise BacklogFullError(f"{endpoint.endpoint_id} has {self._capacity} waiting")
                made.append(self._enqueue(numbered, endpoint, now_ms, request_id))
        return numbered, made

    def _enqueue(self, event: Event, endpoint: Endpoint, now_ms: int, request_id: str) -> Delivery:
        self._count += 1
        row = Delivery(
            self._ids.next("dlv"),
            self._count,
            event,
            endpoint.endpoint_id,
            request_id,
            enqueued_ms=now_ms,
            due_ms=now_ms,
        )
        self._rows[row.delivery_id] = row
        return replace(row)

    def get(self, delivery_id: str, tenant: str) -> Delivery:
        """Look a tenant's delivery up."""
        row = self._row(delivery_id)
        if row.event.tenant != tenant:
            raise UnknownDeliveryError(f"there is no delivery {delivery_id}")
        return replace(row)

    def _row(self, delivery_id: str) -> Delivery:
        row = self._rows.get(delivery_id)
        if row is None:
            raise UnknownDeliveryError(f"there is no delivery {delivery_id}")
        return row

    def rows(
        self,
        tenant: str,
        *,
        endpoint_id: str | None = None,
        event_id: str | None = None,
        state: DeliveryState | None = None,
    ) -> list[Delivery]:
        """List a tenant's deliveries, oldest first."""
        return [
            replace(row)
            for row in self._rows.values()
            if row.event.tenant == tenant
            and (endpoint_id is None or row.endpoint_id == endpoint_id)
            and (event_id is None or row.event.event_id == event_id)
            and (state is None or row.state is state)
        ]

    def depth(self, endpoint_id: str) -> int:
        """Return how many deliveries an endpoint still has to get."""
        return sum(
            row.endpoint_id == endpoint_id and row.state in OPEN_STATES
            for row in self._rows.values()
        )

    def in_flight(self, endpoint_id: str, now_ms: int) -> int:
        """Return how many attempts at an endpoint are under way."""
        return sum(
            row.endpoint_id == endpoint_id
            and row.state is DeliveryState.UNDER_WAY
            and row.leased_until_ms > now_ms
            for row in self._rows.values()
        )

    def claim(self, now_ms: int, endpoints: Sequence[Endpoint], batch: int) -> list[Delivery]:
        """Take out what may be attempted now, so that nobody else takes it."""
        with self._lock:
            ready = {endpoint.endpoint_id: self._ready(endpoint, now_ms) for endpoint in endpoints}
            shares = deal(batch, {name: len(rows) for name, rows in ready.items()})
            claimed = [row for name, share in shares.items() for row in ready[name][:share]]
            for row in claimed:
                row.state = DeliveryState.UNDER_WAY
                row.leased_until_ms = now_ms + self._lease_ms
                row.attempts += 1
            return [replace(row) for row in sorted(claimed, key=lambda row: row.number)]

    def _ready(self, endpoint: Endpoint, now_ms: int) -> list[Delivery]:
        """Return the first of every lane that is due, the longest overdue first, as slots allow."""
        heads = self._heads(endpoint)
        free = max(0, endpoint.slots - self.in_flight(endpoint.endpoint_id, now_ms))
        due = sorted(
            (row for row in heads if row.ready(now_ms)), key=lambda row: (row.due_ms, row.number)
        )
        return due[:free]

    def _heads(self, endpoint: Endpoint) -> list[Delivery]:
        blocking = (*OPEN_STATES, DeliveryState.PARKED) if endpoint.strict else OPEN_STATES
        heads: dict[tuple[str, str], Delivery] = {}
        for row in self._rows.values():
            if row.endpoint_id != endpoint.endpoint_id or row.state not in blocking:
                continue
            head = heads.get(row.lane)
            if head is None or row.event.sequence < head.event.sequence:
                heads[row.lane] = row
        return list(heads.values())

    def complete(self, delivery_id: str) -> None:
        """Note that the endpoint has it."""
        self._move(delivery_id, DeliveryState.DELIVERED)

    def defer(self, delivery_id: str, due_ms: int, reason: str) -> None:
        """Put a delivery back until it is due again."""
        row = self._move(delivery_id, DeliveryState.WAITING, reason)
        row.due_ms = due_ms

    def release(self, delivery_id: str) -> None:
        """Put a delivery back that was taken, but not attempted."""
        row = self._move(delivery_id, DeliveryState.WAITING)
        row.attempts -= 1

    def park(self, delivery_id: str, reason: str) -> None:
        """Set a delivery aside for somebody to look at."""
        self._move(delivery_id, DeliveryState.PARKED, reason)

    def _move(self, delivery_id: str, state: DeliveryState, reason: str = "") -> Delivery:
        with self._lock:
            row = self._row(delivery_id)
            if row.state is not DeliveryState.UNDER_WAY:
                raise LeaseLostError(f"{delivery_id} is {row.state.value} by now")
            row.state = state
            row.reason = reason
            return row

    def requeue(self, delivery_id: str, now_ms: int, due_ms: int) -> Delivery:
        """Give a parked delivery all its attempts again."""
        with self._lock:
            row = self._parked(delivery_id)
            row.state = DeliveryState.WAITING
            row.attempts = 0
            row.enqueued_ms = now_ms
            row.due_ms = due_ms
            row.reason = ""
            return replace(row)

    def discard(self, delivery_id: str) -> Delivery:
        """Give a parked delivery up for good."""
        with self._lock:
            row = self._parked(delivery_id)
            row.state = DeliveryState.DISCARDED
            return replace(row)

    def _parked(self, delivery_id: str) -> Delivery:
        row = self._row(delivery_id)
        if row.state is not DeliveryState.PARKED:
            raise NotParkedError(f"{delivery_id} is {row.state.value}, not parked")
        return row

    def stagger(self, endpoint_id: str, offsets: Sequence[int], now_ms: int) -> None:
        """Spread what waits for an endpoint, as it is ordered, over the offsets."""
        with self._lock:
            waiting = [
                row
                for row in self._rows.values()
                if row.endpoint_id == endpoint_id and row.state is DeliveryState.WAITING
            ]
            waiting.sort(key=lambda row: row.due_ms)
            for row, offset in zip(waiting, offsets, strict=False):
                row.due_ms = max(row.due_ms, now_ms + offset)

    def forget(self, endpoint_id: str) -> int:
        """Drop everything meant for an endpoint, and tell how much that was."""
        with self._lock:
            dropped = 0
            for delivery_id, row in list(self._rows.items()):
                if row.endpoint_id == endpoint_id:
                    del self._rows[delivery_id]
                    dropped += row.state in OPEN_STATES
            return dropped
