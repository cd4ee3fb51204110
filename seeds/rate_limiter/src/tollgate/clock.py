"""Time as whole milliseconds; seconds, words and dates only at the rims."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Protocol

from tollgate.errors import DurationError

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

NOON = 1_780_315_200_000  # Monday, 1 June 2026, 12:00:00 UTC

UNITS = {
    "ms": 1,
    "s": SECOND,
    "sec": SECOND,
    "second": SECOND,
    "m": MINUTE,
    "min": MINUTE,
    "minute": MINUTE,
    "h": HOUR,
    "hour": HOUR,
    "d": DAY,
    "day": DAY,
    "week": WEEK,
}
_SPOKEN = (("day", DAY), ("hour", HOUR), ("minute", MINUTE))
_PIECE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*")


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> int:
        """Return the current moment."""

    def sleep(self, pause: int) -> None:
        """Return once the pause is over."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> int:
        """Return the current moment."""
        return time.time_ns() // 1_000_000

    def sleep(self, pause: int) -> None:
        """Return once the pause is over."""
        time.sleep(pause / SECOND)


class FixedClock:
    """A clock that stands still until it is moved, for rehearsals."""

    def __init__(self, start: int = NOON) -> None:
        self._now = start

    def now(self) -> int:
        """Return the moment the clock stands at."""
        return self._now

    def sleep(self, pause: int) -> None:
        """Move on by the pause."""
        self._now += max(pause, 0)

    def advance(
        self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Move on by the given time."""
        self._now += to_ms(seconds)
        self._now += round(minutes * MINUTE) + round(hours * HOUR) + round(days * DAY)


def to_ms(seconds: float) -> int:
    """Turn seconds into milliseconds."""
    return round(seconds * SECOND)


def whole_seconds(span: int) -> int:
    """Return the seconds after which the span is certainly over."""
    return max(0, divide_up(span, SECOND))


def divide_up(amount: int, by: int) -> int:
    """Divide and round up."""
    return -(-amount // by)


def unit_of(word: str) -> int | None:
    """Return the length of a unit of time by its name, singular or plural."""
    if word in UNITS:
        return UNITS[word]
    return UNITS.get(word.removesuffix("s"))


def parse_duration(text: str) -> int:
    """Read a length of time such as "90s", "2 minutes" or "1h 30m"."""
    lowered = text.strip().lower()
    if not lowered:
        raise DurationError("a length of time is missing")
    return sum(_pieces(text, lowered))


def _pieces(text: str, lowered: str) -> Iterator[int]:
    position = 0
    while position < len(lowered):
        piece = _PIECE.match(lowered, position)
        if piece is None:
            raise DurationError(f"“{text}” is not a length of time")
        number, word = piece.groups()
        unit = unit_of(word)
        if unit is None:
            raise DurationError(f"“{word}” is not a unit of time")
        yield round(float(number) * unit)
        position = piece.end()


def say(span: int) -> str:
    """Tell a length of time in words."""
    rest = max(span, 0)
    parts = []
    for word, unit in _SPOKEN:
        count, rest = divmod(rest, unit)
        if count:
            parts.append(_counted(str(count), word))
    if rest or not parts:
        seconds, millis = divmod(rest, SECOND)
        number = f"{seconds}.{millis:03d}".rstrip("0").rstrip(".")
        parts.append(_counted(number, "second"))
    return " ".join(parts)


def _counted(number: str, word: str) -> str:
    return f"{number} {word}" if number == "1" else f"{number} {word}s"


def moment(at: int) -> str:
    """Write a moment as a date with a time."""
    return datetime.fromtimestamp(at / SECOND, UTC).strftime("%Y-%m-%d %H:%M:%S")


def http_date(at: int) -> str:
    """Write a moment as headers have it."""
    return format_datetime(datetime.fromtimestamp(at // SECOND, UTC), usegmt=True)


def read_http_date(text: str) -> int | None:
    """Read a moment out of a header."""
    try:
        parsed = parsedate_to_datetime(text)
    except ValueError:
        return None
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    return round(parsed.timestamp()) * SECOND


def read_day(text: str) -> int | None:
    """Return the first moment after a day written as year-month-day."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return round(day.timestamp()) * SECOND + DAY
