"""Where events go: endpoints, what they subscribed to, and whether they are fit to be sent to."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeAlias

from postbox.ambient import Clock, Ids, Trail, to_ms
from postbox.errors import (
    ConfigurationError,
    EndpointError,
    EndpointExistsError,
    UnknownEndpointError,
)
from postbox.messages import ANYTHING, check_pattern, matches
from postbox.signing import KeyRing

MOST_IN_FLIGHT = 50
Key: TypeAlias = tuple[str, str]
"""A tenant and a kind of event."""
trail = Trail("postbox.endpoints")


class EndpointState(Enum):
    """Whether an endpoint is sent anything."""

    OPEN = "open"
    PROBATION = "on probation"
    TRIPPED = "tripped"
    DISABLED = "disabled"


@dataclass(slots=True)
class Endpoint:
    """One URL of a tenant."""

    endpoint_id: str
    tenant: str
    url: str
    kinds: list[str]
    keys: KeyRing
    max_in_flight: int = 2
    strict: bool = False
    state: EndpointState = EndpointState.OPEN
    failures: int = 0
    trips: int = 0
    reopens_ms: int | None = None
    reason: str = ""

    def __str__(self) -> str:
        note = f" ({self.reason})" if self.reason else ""
        return f"{self.endpoint_id} {self.url} [{', '.join(self.kinds)}] {self.state.value}{note}"

    @property
    def slots(self) -> int:
        """How many attempts may be under way at a time."""
        match self.state:
            case EndpointState.OPEN:
                return self.max_in_flight
            case EndpointState.PROBATION:
                return 1
            case _:
                return 0

    def copy(self) -> Endpoint:
        """Return a record that can be changed without changing this one."""
        return replace(self, kinds=list(self.kinds), keys=self.keys.copy())


class EndpointBook:
    """All endpoints, by id; only copies leave the book."""

    def __init__(self, ids: Ids, lock: AbstractContextManager[object]) -> None:
        self._ids = ids
        self._lock = lock
        self._rows: dict[str, Endpoint] = {}
        self._fan_out_cache: dict[Key, list[str]] = {}

    def enter(
        self,
        tenant: str,
        url: str,
        kinds: Iterable[str],
        keys: KeyRing,
        *,
        max_in_flight: int,
        strict: bool,
    ) -> Endpoint:
        """Register an endpoint."""
        wanted = _usual(kinds)
        address = _address(url)
        if not 1 <= max_in_flight <= MOST_IN_FLIGHT:
            raise ConfigurationError(f"between 1 and {MOST_IN_FLIGHT} attempts can be under way")
        with self._lock:
            if any(row.tenant == tenant and row.url == address for row in self._rows.values()):
                raise EndpointExistsError(f"{address} is registered already")
            row = Endpoint(
                self._ids.next("ep"), tenant, address, wanted, keys, max_in_flight, strict
            )
            self._rows[row.endpoint_id] = row
            self._fan_out_cache.clear()
        return row.copy()

    def get(self, endpoint_id: str, tenant: str | None = None) -> Endpoint:
        """Look an endpoint up; where a tenant is named, only among that tenant's."""
        row = self._rows.get(endpoint_id)
        if row is None or (tenant is not None and row.tenant != tenant):
            raise UnknownEndpointError(f"there is no endpoint {endpoint_id}")
        return row.copy()

    def resubscribe(self, endpoint_id: str, tenant: str, kinds: Iterable[str]) -> Endpoint:
        """Replace what an endpoint subscribed to."""
        wanted = _usual(kinds)
        with self._lock:
            row = self.get(endpoint_id, tenant)
            row.kinds = wanted
            self._rows[endpoint_id] = row.copy()
            self._fan_out_cache.clear()
            return row

    def save(self, row: Endpoint) -> None:
        """Write a changed record back."""
        with self._lock:
            self._rows[row.endpoint_id] = row.copy()

    def strike(self, endpoint_id: str) -> None:
        """Take an endpoint out of the book."""
        with self._lock:
            del self._rows[endpoint_id]
            self._fan_out_cache.clear()

    def all(self, tenant: str | None = None) -> list[Endpoint]:
        """List endpoints in the order of their registration."""
        return [row.copy() for row in self._rows.values() if tenant in (None, row.tenant)]

    def subscribers(self, tenant: str, kind: str) -> list[Endpoint]:
        """List the tenant's endpoints that want this kind of event."""
        key = (tenant, kind)
        with self._lock:
            if key not in self._fan_out_cache:
                self._fan_out_cache[key] = [
                    row.endpoint_id
                    for row in self._rows.values()
                    if row.tenant == tenant and any(matches(each, kind) for each in row.kinds)
                ]
            return [self._rows[endpoint_id].copy() for endpoint_id in self._fan_out_cache[key]]


def _usual(kinds: Iterable[str]) -> list[str]:
    wanted = {check_pattern(kind) for kind in kinds}
    if not wanted:
        raise ConfigurationError("an endpoint has to subscribe to something")
    return [ANYTHING] if ANYTHING in wanted else sorted(wanted)


def _address(url: str) -> str:
    address = url.strip().rstrip("/")
    if not address.startswith(("https://", "http://localhost")):
        raise ConfigurationError(f"“{url}” is no address that can be sent to safely")
    return address


@dataclass(frozen=True, slots=True)
class HealthRules:
    """When an endpoint is given a rest, and how long it rests."""

    trip_after: int = 5
    rest_s: float = 60
    longest_rest_s: float = 3600
    disable_after_trips: int = 6

    def __str__(self) -> str:
        return (
            f"a rest after {self.trip_after} failure(s), from {self.rest_s:g} s "
            f"up to {self.longest_rest_s:g} s, disabled after {self.disable_after_trips}"
        )

    def rest_ms(self, trips: int) -> int:
        """Return how long to leave an endpoint alone that was tripped so many times in a row."""
        return to_ms(min(self.rest_s * 2 ** (trips - 1), self.longest_rest_s))


@dataclass(slots=True)
class Warden:
    """Trips endpoints that fail, and opens them again."""

    book: EndpointBook
    clock: Clock
    rules: HealthRules = field(default_factory=HealthRules)

    def praise(self, endpoint_id: str) -> bool:
        """Note that an attempt went well; say whether that ended a probation."""
        row = self.book.get(endpoint_id)
        if row.state is EndpointState.DISABLED:
            return False
        recovered = row.state is not EndpointState.OPEN
        self._settle(row)
        if recovered:
            trail.note("endpoint recovered", tenant=row.tenant, endpoint=endpoint_id)
        return recovered

    def blame(self, endpoint_id: str) -> EndpointState:
        """Note that an attempt failed."""
        row = self.book.get(endpoint_id)
        row.failures += 1
        on_probation = row.state is EndpointState.PROBATION
        fails_anew = row.state is EndpointState.OPEN and row.failures >= self.rules.trip_after
        if on_probation or fails_anew:
            self._trip(row)
        self.book.save(row)
        return row.state

    def _trip(self, row: Endpoint) -> None:
        row.trips += 1
        row.failures = 0
        if row.trips >= self.rules.disable_after_trips:
            row.state = EndpointState.DISABLED
            row.reason = f"tripped {row.trips} times in a row"
        else:
            row.state = EndpointState.TRIPPED
            row.reopens_ms = self.clock.monotonic() + self.rules.rest_ms(row.trips)
        trail.warn("endpoint tripped", tenant=row.tenant, endpoint=row.endpoint_id)

    def reopen(self) -> list[str]:
        """Put endpoints whose rest is over on probation, and name them."""
        now = self.clock.monotonic()
        rested = [
            row for row in self.book.all() if row.reopens_ms is not None and row.reopens_ms <= now
        ]
        for row in rested:
            row.state = EndpointState.PROBATION
            row.reopens_ms = None
            self.book.save(row)
        return [row.endpoint_id for row in rested]

    def disable(self, endpoint_id: str, reason: str) -> Endpoint:
        """Send nothing more until somebody enables the endpoint."""
        row = self.book.get(endpoint_id)
        row.state = EndpointState.DISABLED
        row.reopens_ms = None
        row.reason = reason
        self.book.save(row)
        trail.warn("endpoint disabled", tenant=row.tenant, endpoint=endpoint_id, reason=reason)
        return row

    def enable(self, endpoint_id: str) -> Endpoint:
        """Open an endpoint by hand and forget its failures."""
        row = self.book.get(endpoint_id)
        if row.state is EndpointState.OPEN:
            raise EndpointError(f"{endpoint_id} is open already")
        return self._settle(row)

    def _settle(self, row: Endpoint) -> Endpoint:
        row.state = EndpointState.OPEN
        row.failures = row.trips = 0
        row.reopens_ms = None
        row.reason = ""
        self.book.save(row)
        return row
