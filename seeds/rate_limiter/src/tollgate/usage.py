"""Who used how much: counts per tenant, key, route and minute, and the reports made of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tollgate.clock import MINUTE
from tollgate.policy import clean_route, same_name


class Slot(NamedTuple):
    """One minute of one key on one route."""

    minute: int
    tenant: str
    key: str
    route: str


@dataclass(frozen=True)
class Usage:
    """What was asked for under one name."""

    name: str
    passed: int = 0
    refused: int = 0
    cost: int = 0

    @property
    def asked(self) -> int:
        """All requests, passed or not."""
        return self.passed + self.refused

    def __str__(self) -> str:
        return f"{self.name}: {self.passed} passed, {self.refused} refused, {self.cost} counted"

    def plus(self, other: Usage) -> Usage:
        """Add up two lines under this line's name."""
        return Usage(
            self.name,
            self.passed + other.passed,
            self.refused + other.refused,
            self.cost + other.cost,
        )


class Tally:
    """Counts what the gate answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._slots: dict[Slot, Usage] = {}

    def count(self, tenant: str, key: str, route: str, at: int, cost: int, allowed: bool) -> None:
        """Note one answer."""
        slot = Slot(at - at % MINUTE, tenant, key, clean_route(route))
        one = Usage(key, passed=1, cost=cost) if allowed else Usage(key, refused=1)
        with self._lock:
            self._slots[slot] = self._slots.get(slot, Usage(key)).plus(one)

    def lines(self) -> list[tuple[Slot, Usage]]:
        """Return a copy of all counts, oldest first."""
        with self._lock:
            return sorted(self._slots.items())

    def drop_before(self, moment: int) -> int:
        """Forget minutes that were over before a moment, and tell how many counts that were."""
        with self._lock:
            old = [slot for slot in self._slots if slot.minute + MINUTE <= moment]
            for slot in old:
                del self._slots[slot]
            return len(old)


def report(
    tally: Tally,
    *,
    tenant: str | None = None,
    by: str = "key",
    since: int | None = None,
    until: int | None = None,
) -> list[Usage]:
    """Add up the counts by key, route or tenant; most requests first."""
    totals: dict[str, Usage] = {}
    for slot, usage in tally.lines():
        if tenant is not None and slot.tenant != same_name(tenant):
            continue
        if not _within(slot.minute, since, until):
            continue
        name = _name_of(slot, by)
        totals[name] = totals.get(name, Usage(name)).plus(usage)
    return sorted(totals.values(), key=lambda line: (-line.asked, line.name))


def _within(minute: int, since: int | None, until: int | None) -> bool:
    if since is not None and minute < since:
        return False
    return until is None or minute < until


def _name_of(slot: Slot, by: str) -> str:
    match by:
        case "tenant":
            return slot.tenant
        case "route":
            return slot.route
        case _:
            return slot.key


def busiest(tally: Tally, count: int = 3, *, tenant: str | None = None) -> list[Usage]:
    """Return the keys with the most requests."""
    return report(tally, tenant=tenant)[:count]


def peak(tally: Tally, *, tenant: str | None = None) -> tuple[int, int]:
    """Return the busiest minute, the earliest of several, and how many requests it had."""
    minutes: dict[int, int] = {}
    for slot, usage in tally.lines():
        if tenant is None or slot.tenant == same_name(tenant):
            minutes[slot.minute] = minutes.get(slot.minute, 0) + usage.asked
    if not minutes:
        return 0, 0
    return min(minutes.items(), key=lambda item: (-item[1], item[0]))


def refusal_rate(lines: Iterable[Usage]) -> int:
    """Return how many of a hundred requests were refused, rounded half up."""
    total = Usage("all")
    for line in lines:
        total = total.plus(line)
    if not total.asked:
        return 0
    return (200 * total.refused + total.asked) // (2 * total.asked)


def shares(lines: Sequence[Usage], whole: int = 100) -> dict[str, int]:
    """Divide a whole by what each line has counted; shares always add up to the whole."""
    total = sum(line.cost for line in lines)
    if total == 0:
        return {line.name: 0 for line in lines}
    parts = {line.name: divmod(whole * line.cost, total) for line in lines}
    left = whole - sum(share for share, _ in parts.values())
    by_rest = sorted(parts, key=lambda name: (-parts[name][1], name))
    lucky = set(by_rest[:left])
    return {name: share + (name in lucky) for name, (share, _) in parts.items()}


def batches(lines: Iterable[Usage], size: int) -> list[list[str]]:
    """Cut a report into packs of lines for the billing department."""
    packs: list[list[str]] = []
    pack: list[str] = []
    for line in lines:
        pack.append(f"{line.name};{line.passed};{line.refused};{line.cost}")
        if len(pack) >= size:
            packs.append(pack)
            pack = []
    if pack:
        packs.append(pack)
    return packs
