"""Clocks, spans, deadlines, and dates as HTTP writes them.

Milliseconds inside the house, seconds at its door. `now` never goes back and is what waiting is measured by; `wall` is the time
of day, which somebody may set.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Protocol

SECOND = 1000


class Clock(Protocol):
    """Both times, a way to wait, and the event loop on which that way works."""

    def now(self) -> int:
        """Milliseconds since some moment in the past."""

    def wall(self) -> int:
        """Milliseconds since the epoch."""

    async def sleep(self, pause_ms: int) -> None:
        """Wait."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Make a loop that goes by this clock."""


class SystemClock:
    """The machine's."""

    def now(self) -> int:
        """Milliseconds since some moment in the past."""
        return int(time.monotonic() * SECOND)

    def wall(self) -> int:
        """Milliseconds since the epoch."""
        return int(time.time() * SECOND)

    async def sleep(self, pause_ms: int) -> None:
        """Wait."""
        await asyncio.sleep(to_seconds(pause_ms))

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Make an ordinary loop."""
        return asyncio.new_event_loop()


def to_ms(seconds: float) -> int:
    """Turn what callers say into what we count in."""
    return round(seconds * SECOND)


def to_seconds(span_ms: int) -> float:
    """Turn what we count in into what callers and the event loop expect."""
    return span_ms / SECOND


@dataclass(frozen=True)
class Deadline:
    """The moment on the monotonic clock at which the caller stops caring."""

    at_ms: int

    def left(self, now: int) -> int:
        """How much time remains; nought once it is over."""
        return max(0, self.at_ms - now)

    def allows(self, pause_ms: int, now: int) -> bool:
        """Whether something can still be done after a pause."""
        return now + pause_ms < self.at_ms


def read_date(text: str) -> int | None:
    """Read an HTTP date as milliseconds since the epoch; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return to_ms(moment.timestamp())


def read_pause(text: str, wall: int) -> int | None:
    """Read a Retry-After, which is a number of seconds or the date when the pause ends."""
    text = text.strip()
    if text.isdecimal():
        return int(text) * SECOND
    until = read_date(text)
    return None if until is None else max(0, until - wall)
