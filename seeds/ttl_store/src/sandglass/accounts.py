"""What spaces hold and may hold, and how often they were of use."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from sandglass.names import MAIN
from sandglass.outcomes import Change, Stats, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Limits:
    """The terms of a space. None means no limit, 0 that nothing is let in; times are milliseconds."""

    entries: int | None = None
    size: int | None = None
    ttl: int | None = None
    longest: int | None = None
    evicts: bool = True
    utc_offset: int = 0


USUAL = Limits()
"""The terms of spaces for which nothing was agreed."""


@dataclass(slots=True)
class Meter:
    """Counts of what happened."""

    hits: int = 0
    misses: int = 0
    written: int = 0
    deleted: int = 0
    expired: int = 0
    evicted: int = 0

    def add(self, kind: str) -> None:
        """Count one more of a kind."""
        setattr(self, kind, getattr(self, kind) + 1)

    def stats(self) -> Stats:
        """The counts as they are, and the rate of hits, half a tenth of a per cent rounded up."""
        reads = self.hits + self.misses
        rate = "-"
        if reads:
            share = Decimal(100 * self.hits) / reads
            rate = f"{share.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)} %"
        counts = {field.name: getattr(self, field.name) for field in fields(self)}
        return Stats(**counts, rate=rate)


class Account:
    """One space: its limits, if it has any, what it holds, and its counts."""

    __slots__ = ("entries", "limits", "meter", "size")

    def __init__(self) -> None:
        self.limits: Limits | None = None
        self.entries = 0
        self.size = 0
        self.meter = Meter()


class Accounts:
    """The accounts of all spaces and of the whole box. A space without entries and limits of its own has none."""

    __slots__ = ("_meter", "_rows", "_touched", "entries", "size", "whole")

    def __init__(self) -> None:
        self.whole = Limits()
        self.entries = 0
        self.size = 0
        self._meter = Meter()
        self._rows: dict[str, Account] = {}
        self._touched: set[str] = set()
        self.agree(MAIN, USUAL)

    def agree(self, space: str, limits: Limits) -> None:
        """Give a space limits of its own, in place of those it had."""
        self._row(space).limits = limits

    def lift(self, space: str) -> None:
        """Take a space's limits away. The main one keeps the usual ones."""
        self._row(space).limits = USUAL if space == MAIN else None

    def limits(self, space: str) -> Limits:
        """The limits of a space."""
        row = self._rows.get(space)
        return USUAL if row is None or row.limits is None else row.limits

    def agreed(self) -> dict[str, Limits]:
        """The limits of all spaces that have any of their own, by name."""
        return {
            space: row.limits
            for space, row in sorted(self._rows.items())
            if row.limits is not None and (space, row.limits) != (MAIN, USUAL)
        }

    def charge(self, space: str, entries: int, size: int) -> None:
        """Book what came, or with less than nothing what went."""
        row = self._row(space)
        row.entries += entries
        row.size += size
        self.entries += entries
        self.size += size

    def crowded(self, space: str, entries: int, size: int) -> str | None:
        """Which of the limits would be passed if so much came: `space`, `box` or None."""
        row = self._row(space)
        if _passes(self.limits(space), row.entries + entries, row.size + size):
            return "space"
        if _passes(self.whole, self.entries + entries, self.size + size):
            return "box"
        return None

    def is_over(self, space: str | None) -> bool:
        """Whether a space, or the whole box, holds more than it may: limits can be lowered at any time."""
        if space is None:
            return _passes(self.whole, self.entries, self.size)
        row = self._row(space)
        return _passes(self.limits(space), row.entries, row.size)

    def usage(self, space: str) -> Usage:
        """What a space holds and how much more its limits let in."""
        row = self._rows.get(space, Account())
        limits = self.limits(space)
        return Usage(
            entries=row.entries,
            size=row.size,
            entries_left=_rest(limits.entries, row.entries),
            size_left=_rest(limits.size, row.size),
        )

    def count(self, space: str, kind: str) -> None:
        """Count something that happened in a space. Those nobody knows are counted with the whole only."""
        self._meter.add(kind)
        row = self._rows.get(space)
        if row is not None:
            row.meter.add(kind)

    def tally(self, changes: Iterable[Change]) -> None:
        """Count changes."""
        for change in changes:
            self.count(change.space, change.kind)

    def stats(self, space: str | None) -> Stats:
        """The counts of one space, or of all there ever were."""
        if space is None:
            return self._meter.stats()
        return self._rows.get(space, Account()).meter.stats()

    def reset(self) -> None:
        """Begin to count anew."""
        self._meter = Meter()
        for row in self._rows.values():
            row.meter = Meter()

    def tidy(self) -> None:
        """Forget spaces that were emptied and have no limits of their own."""
        for space in self._touched:
            row = self._rows[space]
            if row.entries == 0 and row.limits is None:
                del self._rows[space]
        self._touched.clear()

    def names(self) -> list[str]:
        """The spaces there are."""
        return sorted(self._rows)

    def _row(self, space: str) -> Account:
        self._touched.add(space)
        return self._rows.setdefault(space, Account())


def _passes(limits: Limits, entries: int, size: int) -> bool:
    too_many = limits.entries is not None and entries > limits.entries
    return too_many or (limits.size is not None and size > limits.size)


def _rest(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)
