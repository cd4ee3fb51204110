"""The ledger of attempts: what was sent when, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from operator import attrgetter
from typing import Generic, TypeAlias, TypeVar

from postbox.errors import ConfigurationError, CursorError

SMALLEST_PAGE = 1
LARGEST_PAGE = 100
USUAL_PAGE = 20

T = TypeVar("T")
Key: TypeAlias = tuple[str, str | None]
"""A tenant and an endpoint, or all of them."""


class Outcome(Enum):
    """What came of an attempt."""

    DELIVERED = "delivered"
    FAILED = "failed"
    THROTTLED = "throttled"
    REJECTED = "rejected"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of the ledger."""

    tenant: str
    endpoint_id: str
    event_id: str
    tried: int
    at_ms: int
    took_ms: int
    outcome: Outcome
    status: int | None = None
    detail: str = ""
    number: int = 0

    def __str__(self) -> str:
        answer = f" {self.status}" if self.status is not None else ""
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.event_id} try {self.tried} {self.outcome.value}{answer}{detail}"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a longer list, and where the next part begins."""

    items: list[T]
    cursor: str | None

    @property
    def has_more(self) -> bool:
        """Tell whether another page follows."""
        return self.cursor is not None


def cut(
    rows: Sequence[T],
    place: Callable[[T], int],
    *,
    after: str | None,
    limit: int,
    newest_first: bool = False,
) -> Page[T]:
    """Cut a page out of rows that are ordered by their place."""
    size = max(SMALLEST_PAGE, min(limit, LARGEST_PAGE))
    ordered = sorted(rows, key=place, reverse=newest_first)
    if after is not None:
        marker = _place_of(after)
        if newest_first:
            ordered = [row for row in ordered if place(row) < marker]
        else:
            ordered = [row for row in ordered if place(row) > marker]
    items = ordered[:size]
    has_more = len(ordered) > size
    return Page(items, f"c{place(items[-1])}" if has_more else None)


def _place_of(cursor: str) -> int:
    number = cursor.removeprefix("c")
    if number == cursor or not number.isdecimal():
        raise CursorError(f"“{cursor}” is not a place in this list")
    return int(number)


@dataclass(frozen=True, slots=True)
class Record:
    """How an endpoint has done so far."""

    attempts: int
    delivered: int
    slowest_ms: int
    typical_ms: int
    last_failure: str

    @property
    def success_percent(self) -> int:
        """How many of a hundred attempts went well, rounded half up; of none, all."""
        if self.attempts == 0:
            return 100
        return (200 * self.delivered + self.attempts) // (2 * self.attempts)

    def __str__(self) -> str:
        told = f"{self.delivered} of {self.attempts} delivered ({self.success_percent} %)"
        failure = f", last failure {self.last_failure}" if self.last_failure else ""
        return f"{told}, typically {self.typical_ms} ms, {self.slowest_ms} ms at most{failure}"


class AttemptLedger:
    """Lines are added at the end and never changed."""

    def __init__(self) -> None:
        self._lines: list[Attempt] = []
        self._count = 0
        self._cached: dict[Key, Record] = {}
        self._acknowledged = 0

    def enter(self, line: Attempt) -> None:
        """Add a line under the next number."""
        self._count += 1
        self._lines.append(replace(line, number=self._count))
        self._forget(line)

    def _forget(self, line: Attempt) -> None:
        self._cached.pop((line.tenant, line.endpoint_id), None)
        self._cached.pop((line.tenant, None), None)

    def page(
        self,
        tenant: str,
        *,
        endpoint_id: str | None,
        outcome: Outcome | None,
        since_ms: int | None,
        until_ms: int | None,
        after: str | None,
        limit: int,
        newest_first: bool,
    ) -> Page[Attempt]:
        """Read part of a tenant's lines."""
        if since_ms is not None and until_ms is not None and until_ms < since_ms:
            raise ConfigurationError("the end of the time asked for lies before its beginning")
        found = [
            line
            for line in self._lines
            if line.tenant == tenant
            and (endpoint_id is None or line.endpoint_id == endpoint_id)
            and (outcome is None or line.outcome is outcome)
            and (since_ms is None or line.at_ms >= since_ms)
            and (until_ms is None or line.at_ms < until_ms)
        ]
        numbers = attrgetter("number")
        return cut(found, numbers, after=after, limit=limit, newest_first=newest_first)

    def record(self, tenant: str, endpoint_id: str | None) -> Record:
        """Sum up how an endpoint has done, or all of a tenant's together."""
        key = (tenant, endpoint_id)
        if key not in self._cached:
            self._cached[key] = self._sum_up(tenant, endpoint_id)
        return self._cached[key]

    def _sum_up(self, tenant: str, endpoint_id: str | None) -> Record:
        lines = [
            line
            for line in self._lines
            if line.tenant == tenant and endpoint_id in (None, line.endpoint_id)
        ]
        times = sorted(line.took_ms for line in lines)
        failed = [line for line in lines if line.outcome is not Outcome.DELIVERED]
        return Record(
            attempts=len(lines),
            delivered=len(lines) - len(failed),
            slowest_ms=max(times, default=0),
            typical_ms=times[(len(times) - 1) // 2] if times else 0,
            last_failure=failed[-1].detail if failed else "",
        )

    def archive(self, keep: Callable[[list[Attempt]], None], size: int) -> int:
        """Hand lines that are new to an archive, in packs, and tell how many it has kept."""
        if size < 1:
            raise ConfigurationError("a pack holds at least one line")
        fresh = [line for line in self._lines if line.number > self._acknowledged]
        pack: list[Attempt] = []
        for line in fresh:
            pack.append(line)
            if len(pack) == size:
                self._hand_over(pack, keep)
                pack.clear()
        if pack:
            self._hand_over(pack, keep)
        return len(fresh)

    def _hand_over(self, pack: list[Attempt], keep: Callable[[list[Attempt]], None]) -> None:
        keep(list(pack))
        self._acknowledged = pack[-1].number

    def trim(self, before_ms: int) -> int:
        """Drop lines from before a wall time that are in the archive, and tell how many."""
        dropped = 0
        for line in list(self._lines):
            if line.at_ms < before_ms and line.number <= self._acknowledged:
                self._lines.remove(line)
                self._forget(line)
                dropped += 1
        return dropped
