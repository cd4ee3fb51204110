"""Counters that begin anew: with the clock, minute by minute or month by month, or for a span that moves along.

A window says to which slot of time a moment belongs, and which slots still count. Slots that do not are dropped when the counter is next
used, counters without slots by the sweep.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta

from sandglass.names import clean_key
from sandglass.outcomes import SpanError, Tally
from sandglass.runtime import DAY, HOUR, MINUTE, parse_span, to_datetime, to_ms

SLOTS = 10

_UNITS = {"minute": MINUTE, "hour": HOUR, "day": DAY}


class Window(ABC):
    """Divides time into slots."""

    @abstractmethod
    def slot(self, now: int) -> int:
        """When the slot begins in which a moment lies."""

    @abstractmethod
    def counts(self, slot: int, now: int) -> bool:
        """Whether what was counted in a slot still counts."""

    @abstractmethod
    def ends(self, slot: int) -> int:
        """When a slot stops to count."""


class Steady(Window):
    """Minutes, hours and days of the wall clock, where the space is."""

    __slots__ = ("_length", "_offset")

    def __init__(self, length: int, offset: int) -> None:
        self._length = length
        self._offset = offset

    def slot(self, now: int) -> int:
        """When the minute, hour or day began."""
        return now - (now + self._offset) % self._length

    def counts(self, slot: int, now: int) -> bool:
        """Only the present one does."""
        return slot == self.slot(now)

    def ends(self, slot: int) -> int:
        """When the next one begins."""
        return slot + self._length


class Monthly(Steady):
    """Months of the calendar, where the space is."""

    __slots__ = ()

    def __init__(self, offset: int) -> None:
        super().__init__(DAY, offset)

    def slot(self, now: int) -> int:
        """When the month began."""
        midnight = super().slot(now)
        local = to_datetime(midnight + self._offset)
        return to_ms(local.replace(day=1)) - self._offset

    def ends(self, slot: int) -> int:
        """When the next month begins."""
        local = to_datetime(slot + self._offset)
        return self.slot(to_ms(local + timedelta(days=31)) - self._offset)


class Moving(Window):
    """The last so many milliseconds, to a tenth of them."""

    __slots__ = ("_span", "_step")

    def __init__(self, span: int) -> None:
        self._span = span
        self._step = span // SLOTS

    def slot(self, now: int) -> int:
        """When the present tenth began."""
        return now - now % self._step

    def counts(self, slot: int, now: int) -> bool:
        """Those that began within the span do."""
        return slot > now - self._span

    def ends(self, slot: int) -> int:
        """When the slot has left the span."""
        return slot + self._span


def window(per: str, utc_offset: int) -> Window:
    """The window with a name: `minute`, `hour`, `day`, `month`, or a span such as `10m`."""
    offset = utc_offset * MINUTE
    if per == "month":
        return Monthly(offset)
    if per in _UNITS:
        return Steady(_UNITS[per], offset)
    span = parse_span(per)
    if span < SLOTS:
        raise SpanError(f"a window has {SLOTS} ms at least")
    return Moving(span)


CounterKey = tuple[str, str, str]
"""Space, name and window."""


def counter_key(space: str, name: str, per: str) -> CounterKey:
    """Where a counter is kept. The same name counts apart in each window."""
    return space, clean_key(name), per.strip().casefold()


class Counters:
    """All counters: for each window of each name, what was counted by slot."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[CounterKey, tuple[Window, dict[int, int]]] = {}

    def bump(self, key: CounterKey, by: int, limit: int | None, utc_offset: int, now: int) -> Tally:
        """Count something, unless that would pass the limit."""
        frame = window(key[2], utc_offset)
        slots = self._counting(key, frame, now)
        value = sum(slots.values())
        if limit is not None and value + by > limit:
            return _tally(False, value, limit, frame, slots, now)
        slot = frame.slot(now)
        slots[slot] = slots.get(slot, 0) + by
        self._rows[key] = frame, slots
        return _tally(True, value + by, limit, frame, slots, now)

    def read(self, key: CounterKey, utc_offset: int, now: int) -> Tally:
        """What was counted, without counting."""
        frame = window(key[2], utc_offset)
        slots = self._counting(key, frame, now)
        return _tally(True, sum(slots.values()), None, frame, slots, now)

    def forget(self, space: str, name: str) -> int:
        """Forget all windows of a name."""
        keys = [key for key in self._rows if key[:2] == (space, name)]
        for key in keys:
            del self._rows[key]
        return len(keys)

    def sweep(self, now: int) -> int:
        """Forget counters in which nothing counts any more."""
        dead = [
            key
            for key, (frame, slots) in self._rows.items()
            if not any(frame.counts(slot, now) for slot in slots)
        ]
        for key in dead:
            del self._rows[key]
        return len(dead)

    def __len__(self) -> int:
        return len(self._rows)

    def _counting(self, key: CounterKey, frame: Window, now: int) -> dict[int, int]:
        """The slots that still count; those that do not are dropped."""
        _, slots = self._rows.get(key, (frame, {}))
        for slot in list(slots):
            if not frame.counts(slot, now):
                del slots[slot]
        return slots


def _tally(
    ok: bool, value: int, limit: int | None, frame: Window, slots: dict[int, int], now: int
) -> Tally:
    """`resets_in` is how long it takes until something of the count falls away."""
    oldest = min(slots, default=frame.slot(now))
    left = None if limit is None else max(0, limit - value)
    return Tally(ok, value, left, frame.ends(oldest) - now)
