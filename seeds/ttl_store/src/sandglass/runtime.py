"""Time, in whole milliseconds, and the log."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Protocol

from sandglass.outcomes import SpanError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterator

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNITS = {"ms": 1, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
_PART = r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)"
_SPAN = re.compile(rf"{_PART}(?:\s*{_PART})*")

_current: ContextVar[str] = ContextVar("sandglass_request", default="-")


class Clock(Protocol):
    """Whoever tells the time."""

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...

    def pause(self, span: int) -> float:
        """For how many seconds somebody has to wait until the span is over."""
        ...


class SystemClock:
    """The time of the machine, or of whatever else counts seconds since 1970."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self._read = read

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return int(self._read() * SECOND)

    def pause(self, span: int) -> float:
        """For how many seconds somebody has to wait until the span is over."""
        return span / SECOND


class ManualClock:
    """Stands still unless it is moved; whoever has to wait moves it."""

    __slots__ = ("_now",)

    def __init__(self, start: str = "2027-03-01T08:00") -> None:
        self._now = to_ms(datetime.fromisoformat(start).replace(tzinfo=UTC))

    def now(self) -> int:
        """Milliseconds since 1970, UTC."""
        return self._now

    def pause(self, span: int) -> float:
        """Nobody has to wait: the span is over at once."""
        self._now += span
        return 0.0

    def advance(
        self, ms: int = 0, *, seconds: int = 0, minutes: int = 0, hours: int = 0, days: int = 0
    ) -> None:
        """Let time go by."""
        self._now += ms + seconds * SECOND + minutes * MINUTE + hours * HOUR + days * DAY


def to_datetime(ms: int) -> datetime:
    """The moment so many milliseconds after 1970."""
    return EPOCH + timedelta(milliseconds=ms)


def to_ms(moment: datetime) -> int:
    """Milliseconds from 1970 to a moment."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def parse_span(span: int | str) -> int:
    """Milliseconds of a span: a number of them, or text such as `90s`, `1h 30m`, `1.5h`."""
    if isinstance(span, int):
        if span < 0:
            raise SpanError(f"{span} ms is less than nothing")
        return span
    text = span.strip().lower()
    if not _SPAN.fullmatch(text):
        raise SpanError(f"'{span}' is no span of time")
    exact = sum(Decimal(number) * _UNITS[unit] for number, unit in re.findall(_PART, text))
    return int(Decimal(exact).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def show_span(ms: int) -> str:
    """A span as text, largest units first: `1h 30m`."""
    parts = []
    for unit, length in reversed(_UNITS.items()):
        count, ms = divmod(ms, length)
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts)


@contextmanager
def request_scope(request_id: str) -> Iterator[None]:
    """Mark all records of the log that are written inside."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


def note(logger: logging.Logger, event: str, **facts: object) -> None:
    """Write one record: the event, the facts, and whose request it was."""
    logger.info(event, extra={"request_id": _current.get(), "facts": facts})
