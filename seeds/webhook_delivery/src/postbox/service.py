"""The postbox as other teams call it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields
from typing import Any

from postbox.ambient import (
    NO_REQUEST,
    Chance,
    Clock,
    Ids,
    RandomIds,
    SeededChance,
    SystemClock,
    Trail,
    current_request,
    request_scope,
    to_ms,
)
from postbox.attempts import USUAL_PAGE, Attempt, AttemptLedger, Outcome, Page, Record
from postbox.backlog import Backlog, Delivery
from postbox.dispatcher import Courier, Dispatcher, TickReport
from postbox.endpoints import Endpoint, EndpointBook, HealthRules, Warden
from postbox.errors import ConfigurationError, PayloadTooLargeError, PostboxError, PublishError
from postbox.messages import ANYTHING, Event, check_kind, encode
from postbox.parking import Replayer
from postbox.schedule import RetrySchedule, Scheduler
from postbox.signing import KeyRing, Signer, SigningKey, check_secret
from postbox.transport import Transport

OVERLAP_S = 86_400
REPLAY_WINDOW_S = 60
PING = "postbox.ping"
USUAL_SCHEDULE = RetrySchedule()
USUAL_HEALTH = HealthRules()
trail = Trail("postbox.service")


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set when a postbox is opened."""

    schedule: RetrySchedule = USUAL_SCHEDULE
    health: HealthRules = USUAL_HEALTH
    batch: int = 100
    capacity: int = 10_000
    lease_s: float = 120
    expire_s: float = 259_200
    ramp_s: float = 30
    largest_body: int = 65_536
    quick_retries: int = 1
    poll_s: float = 1

    def __str__(self) -> str:
        usual = {each.name: each.default for each in fields(self)}
        told = [(name, getattr(self, name)) for name in self.__slots__]
        return "; ".join(f"{name} {value}" for name, value in told if value != usual[name])

    def __post_init__(self) -> None:
        if self.batch < 1 or self.capacity < 1:
            raise ConfigurationError("a postbox has to hold and send at least one delivery")
        if min(self.lease_s, self.expire_s, self.poll_s) <= 0:
            raise ConfigurationError("spans of time have to be longer than nothing")


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a publication."""

    event_id: str
    sequence: int
    deliveries: int
    repeated: bool = False

    def __str__(self) -> str:
        again = ", published before" if self.repeated else ""
        return f"{self.event_id} no. {self.sequence}, for {self.deliveries} endpoint(s){again}"


class Postbox:
    """Takes events in and sees that endpoints get them, at least once."""

    def __init__(
        self,
        transport: Transport,
        *,
        settings: Settings | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
        chance: Chance | None = None,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        settings = Settings() if settings is None else settings
        clock = SystemClock() if clock is None else clock
        ids = RandomIds() if ids is None else ids
        self._settings = settings
        self._clock = clock
        self._ids = ids
        guard = threading.RLock() if lock is None else lock
        self._book = EndpointBook(ids, guard)
        self._backlog = Backlog(
            ids, guard, capacity=settings.capacity, lease_ms=to_ms(settings.lease_s)
        )
        self._ledger = AttemptLedger()
        self._warden = Warden(self._book, clock, settings.health)
        self._courier = Courier(transport, clock, Signer(clock), settings.quick_retries)
        self._dispatcher = Dispatcher(
            self._backlog,
            self._book,
            self._warden,
            self._courier,
            Scheduler(settings.schedule, SeededChance() if chance is None else chance),
            self._ledger,
            clock,
            batch=settings.batch,
            ramp_ms=to_ms(settings.ramp_s),
            expire_ms=to_ms(settings.expire_s),
        )
        self._replayer = Replayer(self._backlog, self._book, clock)

    def request(self, request_id: str) -> AbstractContextManager[str]:
        """Put everything done inside the block under one request id."""
        return request_scope(request_id)

    @contextmanager
    def _call(self, name: str, tenant: str) -> Iterator[str]:
        known = current_request()
        request_id = self._ids.next("req") if known == NO_REQUEST else known
        with request_scope(request_id):
            try:
                yield request_id
            except PostboxError as error:
                trail.warn("refused", call=name, tenant=tenant, problem=str(error))
                raise

    # endpoints

    def register(
        self,
        tenant: str,
        url: str,
        *kinds: str,
        secret: str | None = None,
        max_in_flight: int = 2,
        strict: bool = False,
    ) -> Endpoint:
        """Register an endpoint for some kinds of events, or for all.

        For a strict endpoint an object is held up while one of its events is parked.
        """
        with self._call("register", tenant):
            first = self._ids.next("secret") if secret is None else check_secret(secret)
            endpoint = self._book.enter(
                tenant,
                url,
                kinds or (ANYTHING,),
                KeyRing([SigningKey(first)]),
                max_in_flight=max_in_flight,
                strict=strict,
            )
            trail.note("endpoint registered", tenant=tenant, endpoint=endpoint.endpoint_id)
            return endpoint

    def endpoint(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Look an endpoint up."""
        return self._book.get(endpoint_id, tenant)

    def endpoints(self, tenant: str) -> list[Endpoint]:
        """List a tenant's endpoints."""
        return self._book.all(tenant)

    def subscribe(self, tenant: str, endpoint_id: str, *kinds: str) -> Endpoint:
        """Change what an endpoint is sent from now on."""
        with self._call("subscribe", tenant):
            return self._book.resubscribe(endpoint_id, tenant, kinds)

    def unregister(self, tenant: str, endpoint_id: str) -> int:
        """Remove an endpoint, and tell how many deliveries were dropped with it."""
        with self._call("unregister", tenant):
            self._book.get(endpoint_id, tenant)
            self._book.strike(endpoint_id)
            return self._backlog.forget(endpoint_id)

    def rotate_secret(
        self, tenant: str, endpoint_id: str, secret: str, *, overlap_s: float = OVERLAP_S
    ) -> Endpoint:
        """Sign with a new secret, and for a while with those before it as well."""
        with self._call("rotate_secret", tenant):
            endpoint = self._book.get(endpoint_id, tenant)
            endpoint.keys.rotate(secret, self._clock.wall(), to_ms(overlap_s))
            self._book.save(endpoint)
            return endpoint

    def disable(self, tenant: str, endpoint_id: str, *, reason: str = "by hand") -> Endpoint:
        """Stop sending; what is published meanwhile waits."""
        with self._call("disable", tenant):
            self._book.get(endpoint_id, tenant)
            return self._warden.disable(endpoint_id, reason)

    def enable(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Send again, what has piled up a little at a time."""
        with self._call("enable", tenant):
            self._book.get(endpoint_id, tenant)
            endpoint = self._warden.enable(endpoint_id)
            self._dispatcher.ramp_up(endpoint_id)
            return endpoint

    def ping(self, tenant: str, endpoint_id: str, *, tries: int = 1) -> list[str]:
        """Try an endpoint out without any event, and tell what each try showed."""
        with self._call("ping", tenant) as request_id:
            endpoint = self._book.get(endpoint_id, tenant)
            findings = []
            message_id = self._ids.next("ping")
            for attempt in range(1, tries + 1):
                event = Event(message_id, tenant, PING, endpoint_id, 0, self._clock.wall())
                probe = Delivery("ping", 0, event, endpoint_id, request_id, 0, 0, attempts=attempt)
                finding = self._courier.carry(probe, endpoint)
                findings.append(finding.detail or "fine")
                if finding.outcome is Outcome.DELIVERED:
                    break
            return findings

    # events

    def publish(
        self,
        tenant: str,
        kind: str,
        subject: str,
        data: Mapping[str, Any] | None = None,
        *,
        event_id: str | None = None,
    ) -> Receipt:
        """Take an event in for all endpoints that subscribed to its kind.

        Publishing the same event again under the same id changes nothing.
        """
        with self._call("publish", tenant) as request_id:
            event = Event(
                self._ids.next("evt") if event_id is None else event_id.strip(),
                tenant,
                check_kind(kind),
                subject.strip(),
                0,
                self._clock.wall(),
                dict(data or {}),
            )
            self._check(event)
            known = self._backlog.known(event)
            if known is not None:
                sent = self._backlog.rows(tenant, event_id=known.event_id)
                return Receipt(known.event_id, known.sequence, len(sent), repeated=True)
            endpoints = self._book.subscribers(tenant, event.kind)
            numbered, made = self._backlog.add(
                event, endpoints, self._clock.monotonic(), request_id
            )
            trail.note("event published", tenant=tenant, event=numbered.event_id)
            return Receipt(numbered.event_id, numbered.sequence, len(made))

    def publish_all(
        self, tenant: str, kind: str, *subjects: str, data: Mapping[str, Any] | None = None
    ) -> list[Receipt]:
        """Take in the same event about several objects, all of them or none."""
        with self._call("publish_all", tenant), self._backlog.transaction():
            return [self.publish(tenant, kind, subject, data) for subject in subjects]

    def _check(self, event: Event) -> None:
        if not event.event_id or not event.subject:
            raise PublishError("an event needs an id and an object")
        size = len(encode(event))
        if size > self._settings.largest_body:
            raise PayloadTooLargeError(f"{size} bytes are more than {self._settings.largest_body}")

    def deliveries(self, tenant: str, event_id: str) -> list[Delivery]:
        """List how far an event has come with each endpoint."""
        return self._backlog.rows(tenant, event_id=event_id)

    def depth(self, tenant: str, endpoint_id: str) -> int:
        """Tell how much an endpoint still has to get."""
        self._book.get(endpoint_id, tenant)
        return self._backlog.depth(endpoint_id)

    # the loop

    def tick(self) -> TickReport:
        """Make one pass over the backlog."""
        return self._dispatcher.tick()

    def run_for(self, seconds: float) -> TickReport:
        """Make passes, at the usual distance, for so long."""
        total = TickReport()
        ends = self._clock.monotonic() + to_ms(seconds)
        while True:
            total.add(self._dispatcher.tick())
            left = ends - self._clock.monotonic()
            if left <= 0:
                return total
            self._clock.sleep(min(to_ms(self._settings.poll_s), left))

    # what happened

    def attempts(
        self,
        tenant: str,
        *,
        endpoint_id: str | None = None,
        outcome: str | None = None,
        since_ms: int | None = None,
        until_ms: int | None = None,
        after: str | None = None,
        limit: int = USUAL_PAGE,
        newest_first: bool = False,
    ) -> Page[Attempt]:
        """Read the log of attempts, page by page."""
        return self._ledger.page(
            tenant,
            endpoint_id=endpoint_id,
            outcome=None if outcome is None else _outcome(outcome),
            since_ms=since_ms,
            until_ms=until_ms,
            after=after,
            limit=limit,
            newest_first=newest_first,
        )

    def record(self, tenant: str, endpoint_id: str | None = None) -> Record:
        """Sum up how an endpoint has done, or all of a tenant's together."""
        if endpoint_id is not None:
            self._book.get(endpoint_id, tenant)
        return self._ledger.record(tenant, endpoint_id)

    def archive(self, keep: Callable[[list[Attempt]], None], *, size: int = 50) -> int:
        """Hand the log's new lines to an archive, and tell how many it has kept."""
        with self._call("archive", NO_REQUEST):
            return self._ledger.archive(keep, size)

    def trim_log(self, older_than_s: float) -> int:
        """Drop archived attempts that were made longer ago than this, and tell how many."""
        return self._ledger.trim(self._clock.wall() - to_ms(older_than_s))

    # dead letters

    def parked(
        self,
        tenant: str,
        *,
        endpoint_id: str | None = None,
        kind: str | None = None,
        after: str | None = None,
        limit: int = USUAL_PAGE,
    ) -> Page[Delivery]:
        """List deliveries that were given up on."""
        return self._replayer.parked(
            tenant, endpoint_id=endpoint_id, kind=kind, after=after, limit=limit
        )

    def replay(self, tenant: str, delivery_id: str) -> Delivery:
        """Send one dead letter again."""
        with self._call("replay", tenant):
            return self._replayer.replay(tenant, delivery_id)

    def replay_all(
        self,
        tenant: str,
        *,
        endpoint_id: str | None = None,
        kind: str | None = None,
        over_s: float = REPLAY_WINDOW_S,
    ) -> int:
        """Send dead letters again, spread over a while."""
        with self._call("replay_all", tenant):
            return self._replayer.replay_all(
                tenant, endpoint_id=endpoint_id, kind=kind, over_s=over_s
            )

    def discard(self, tenant: str, delivery_id: str) -> Delivery:
        """Give one dead letter up for good."""
        with self._call("discard", tenant):
            return self._replayer.discard(tenant, delivery_id)


def _outcome(name: str) -> Outcome:
    try:
        return Outcome(name.strip().lower())
    except ValueError:
        raise ConfigurationError(f"“{name}” is no outcome of an attempt") from None


def open_postbox(
    transport: Transport,
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    chance: Chance | None = None,
) -> Postbox:
    """Open a postbox with settings of its own."""
    return Postbox(transport, settings=settings, clock=clock, ids=ids, chance=chance)
