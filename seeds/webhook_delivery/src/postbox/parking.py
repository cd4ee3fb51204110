"""Dead letters: what was given up on, and how it is sent after all."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from postbox.ambient import Clock, Trail, to_ms
from postbox.attempts import Page, cut
from postbox.backlog import Backlog, Delivery, DeliveryState
from postbox.endpoints import EndpointBook, EndpointState
from postbox.errors import ConfigurationError, EndpointError
from postbox.messages import matches
from postbox.schedule import spread

trail = Trail("postbox.parking")


@dataclass(slots=True)
class Replayer:
    """Looks after dead letters."""

    backlog: Backlog
    book: EndpointBook
    clock: Clock

    def parked(
        self,
        tenant: str,
        *,
        endpoint_id: str | None,
        kind: str | None,
        after: str | None,
        limit: int,
    ) -> Page[Delivery]:
        """List dead letters of a tenant, oldest first."""
        letters = self._select(tenant, endpoint_id, kind)
        return cut(letters, attrgetter("number"), after=after, limit=limit)

    def replay(self, tenant: str, delivery_id: str) -> Delivery:
        """Send one dead letter again, at once."""
        row = self.backlog.get(delivery_id, tenant)
        self._check_open(row.endpoint_id)
        now = self.clock.monotonic()
        queued = self.backlog.requeue(delivery_id, now, now)
        trail.note("delivery replayed", tenant=tenant, delivery=delivery_id)
        return queued

    def replay_all(
        self,
        tenant: str,
        *,
        endpoint_id: str | None,
        kind: str | None,
        over_s: float,
    ) -> int:
        """Send dead letters again in the order of their publication; all of them or none."""
        if over_s < 0:
            raise ConfigurationError("dead letters cannot be spread over less than no time")
        chosen = self._select(tenant, endpoint_id, kind)
        now = self.clock.monotonic()
        offsets = spread(len(chosen), to_ms(over_s))
        with self.backlog.transaction():
            for row, offset in zip(chosen, offsets, strict=True):
                self._check_open(row.endpoint_id)
                self.backlog.requeue(row.delivery_id, now, now + offset)
        trail.note("deliveries replayed", tenant=tenant, count=len(chosen))
        return len(chosen)

    def discard(self, tenant: str, delivery_id: str) -> Delivery:
        """Give one dead letter up for good."""
        self.backlog.get(delivery_id, tenant)
        dropped = self.backlog.discard(delivery_id)
        trail.note("delivery discarded", tenant=tenant, delivery=delivery_id)
        return dropped

    def _select(self, tenant: str, endpoint_id: str | None, kind: str | None) -> list[Delivery]:
        rows = self.backlog.rows(tenant, endpoint_id=endpoint_id, state=DeliveryState.PARKED)
        return [row for row in rows if kind is None or matches(kind, row.event.kind)]

    def _check_open(self, endpoint_id: str) -> None:
        endpoint = self.book.get(endpoint_id)
        if endpoint.state is EndpointState.DISABLED:
            raise EndpointError(f"{endpoint_id} is disabled: enable it first")
