"""One pass over the backlog: claim, carry, judge, settle."""

from __future__ import annotations

from dataclasses import dataclass

from postbox.ambient import Clock, Trail, request_scope
from postbox.attempts import Attempt, AttemptLedger, Outcome
from postbox.backlog import Backlog, Delivery
from postbox.endpoints import Endpoint, EndpointBook, Warden
from postbox.errors import (
    ConnectionBrokenError,
    LeaseLostError,
    TransportError,
    UnknownDeliveryError,
    UnknownEndpointError,
)
from postbox.messages import Response, advised_pause
from postbox.schedule import Scheduler, spread, waves
from postbox.signing import Signer
from postbox.transport import Transport

GONE = 410
THROTTLING = (429, 503)
HOPELESS = (400, 413, 415, 422)
trail = Trail("postbox.dispatcher")


@dataclass(frozen=True, slots=True)
class Finding:
    """What an attempt showed."""

    outcome: Outcome
    detail: str
    status: int | None = None
    pause_ms: int | None = None


@dataclass(slots=True)
class TickReport:
    """What one pass achieved."""

    delivered: int = 0
    deferred: int = 0
    parked: int = 0
    released: int = 0

    def __str__(self) -> str:
        return (
            f"{self.delivered} delivered, {self.deferred} to be tried again, "
            f"{self.parked} parked, {self.released} put back"
        )

    def add(self, other: TickReport) -> None:
        """Count another pass in."""
        self.delivered += other.delivered
        self.deferred += other.deferred
        self.parked += other.parked
        self.released += other.released


def judge(response: Response, wall_ms: int) -> Finding:
    """Tell what an answer means for its delivery."""
    status = response.status
    pause = advised_pause(response, wall_ms)
    if 200 <= status < 300:
        return Finding(Outcome.DELIVERED, "", status)
    if status == GONE:
        return Finding(Outcome.GONE, "the endpoint is gone", status)
    if status in HOPELESS:
        return Finding(Outcome.REJECTED, f"the endpoint rejected it with {status}", status)
    if status in THROTTLING and pause is not None:
        return Finding(Outcome.THROTTLED, "the endpoint asked for a pause", status, pause)
    return Finding(Outcome.FAILED, f"the endpoint answered {status}", status)


@dataclass(slots=True)
class Courier:
    """Carries one delivery to its endpoint, once."""

    transport: Transport
    clock: Clock
    signer: Signer
    quick_retries: int

    def carry(self, delivery: Delivery, endpoint: Endpoint) -> Finding:
        """Send the request and tell what came back.

        A connection that breaks before anything was read is opened again at once, with the very
        same request: to the endpoint it is idempotent.
        """
        request = self.signer.seal(
            delivery.event,
            endpoint.url,
            endpoint.keys,
            attempt=delivery.attempts,
            request_id=delivery.request_id,
        )
        retries = 0
        while True:
            try:
                response = self.transport.send(request)
                return judge(response, self.clock.wall())
            except ConnectionBrokenError as failure:
                if retries >= self.quick_retries:
                    return Finding(Outcome.FAILED, str(failure))
                retries += 1
            except TransportError as failure:
                return Finding(Outcome.FAILED, str(failure))


@dataclass(slots=True)
class Dispatcher:
    """Works the backlog down."""

    backlog: Backlog
    book: EndpointBook
    warden: Warden
    courier: Courier
    scheduler: Scheduler
    ledger: AttemptLedger
    clock: Clock
    batch: int
    ramp_ms: int
    expire_ms: int

    def tick(self) -> TickReport:
        """Attempt what is due, as far as limits allow."""
        report = TickReport()
        for endpoint_id in self.warden.reopen():
            trail.note("endpoint on probation", endpoint=endpoint_id)
        ready = [endpoint for endpoint in self.book.all() if endpoint.slots > 0]
        claimed = self.backlog.claim(self.clock.monotonic(), ready, self.batch)
        for delivery in claimed:
            now = self.clock.monotonic()
            with request_scope(delivery.request_id):
                self._dispatch(delivery, now, report)
        return report

    def _dispatch(self, delivery: Delivery, now: int, report: TickReport) -> None:
        try:
            endpoint = self.book.get(delivery.endpoint_id)
        except UnknownEndpointError:
            report.released += 1
            return
        if now - delivery.enqueued_ms >= self.expire_ms:
            self.backlog.park(delivery.delivery_id, "expired before it could be delivered")
            report.parked += 1
            return
        if endpoint.slots == 0:
            self.backlog.release(delivery.delivery_id)
            report.released += 1
            return
        finding = self.courier.carry(delivery, endpoint)
        self._enter(delivery, endpoint, finding, now)
        try:
            self._settle(delivery, finding, report)
        except (LeaseLostError, UnknownDeliveryError, UnknownEndpointError) as lost:
            trail.note("settled already", delivery=delivery.delivery_id, problem=str(lost))

    def _enter(
        self, delivery: Delivery, endpoint: Endpoint, finding: Finding, started_ms: int
    ) -> None:
        took = self.clock.monotonic() - started_ms
        line = Attempt(
            endpoint.tenant,
            endpoint.endpoint_id,
            delivery.event.event_id,
            delivery.attempts,
            self.clock.wall(),
            took,
            finding.outcome,
            finding.status,
            finding.detail,
        )
        self.ledger.enter(line)
        trail.note(
            "attempt made",
            tenant=endpoint.tenant,
            endpoint=endpoint.endpoint_id,
            delivery=delivery.delivery_id,
            outcome=finding.outcome.value,
            took_ms=took,
        )

    def _settle(self, delivery: Delivery, finding: Finding, report: TickReport) -> None:
        match finding.outcome:
            case Outcome.DELIVERED:
                self.backlog.complete(delivery.delivery_id)
                report.delivered += 1
                if self.warden.praise(delivery.endpoint_id):
                    self.ramp_up(delivery.endpoint_id)
            case Outcome.GONE:
                self.warden.disable(delivery.endpoint_id, finding.detail)
                self._park(delivery, finding.detail, report)
            case Outcome.REJECTED:
                self._park(delivery, finding.detail, report)
            case Outcome.THROTTLED:
                self._try_again(delivery, finding, report)
            case _:
                self.warden.blame(delivery.endpoint_id)
                self._try_again(delivery, finding, report)

    def _try_again(self, delivery: Delivery, finding: Finding, report: TickReport) -> None:
        now = self.clock.monotonic()
        due = self.scheduler.next_due(now, delivery.attempts, finding.pause_ms)
        if due is None:
            self._park(delivery, finding.detail, report)
        else:
            self.backlog.defer(delivery.delivery_id, due, finding.detail)
            report.deferred += 1

    def _park(self, delivery: Delivery, reason: str, report: TickReport) -> None:
        self.backlog.park(delivery.delivery_id, reason)
        report.parked += 1
        trail.warn("delivery parked", delivery=delivery.delivery_id, reason=reason)

    def ramp_up(self, endpoint_id: str) -> None:
        """Let what has piled up for an endpoint go out over a while, a wave at a time."""
        endpoint = self.book.get(endpoint_id)
        depth = self.backlog.depth(endpoint_id)
        starts = spread(waves(depth, endpoint.max_in_flight), self.ramp_ms)
        offsets = [start for start in starts for _ in range(endpoint.max_in_flight)]
        self.backlog.stagger(endpoint_id, offsets, self.clock.monotonic())
