"""What surrounds the machinery: clocks, ids, chance and the log trail.

Two kinds of time are kept apart on purpose. Wall time (milliseconds since 1970) is what people and
signatures see; it may be set back or forward at any moment. Monotonic time (milliseconds since some
arbitrary start) is what waiting is measured in.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Protocol

from postbox.errors import ConfigurationError

SECOND = 1_000
LAUNCH = 1_793_520_000_000  # Sunday, 1 November 2026, 08:00 UTC
NO_REQUEST = "-"

_request_id: ContextVar[str] = ContextVar("postbox_request_id", default=NO_REQUEST)


class Clock(Protocol):
    """Both kinds of time, and the only way to wait."""

    def wall(self) -> int:
        """Return the time of day."""

    def monotonic(self) -> int:
        """Return a time that never goes back."""

    def sleep(self, pause_ms: int) -> None:
        """Wait."""


class SystemClock:
    """The machine's clocks."""

    def wall(self) -> int:
        """Return the time of day."""
        return to_ms(datetime.now(UTC).timestamp())

    def monotonic(self) -> int:
        """Return a time that never goes back."""
        return time.monotonic_ns() // 1_000_000

    def sleep(self, pause_ms: int) -> None:
        """Wait."""
        time.sleep(pause_ms / SECOND)


class ManualClock:
    """Stands still until moved; both times move together unless the wall clock is set."""

    def __init__(self, wall: int = LAUNCH) -> None:
        self._wall = wall
        self._uptime = 0

    def wall(self) -> int:
        """Return the time of day."""
        return self._wall

    def monotonic(self) -> int:
        """Return how long the clock has been moved in all."""
        return self._uptime

    def sleep(self, pause_ms: int) -> None:
        """Move on instead of waiting."""
        passed = max(pause_ms, 0)
        self._wall += passed
        self._uptime += passed

    def advance(
        self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Move on by a span of time."""
        self.sleep(to_ms(seconds + 60 * (minutes + 60 * (hours + 24 * days))))

    def set_wall(self, seconds: float) -> None:
        """Correct the time of day alone, as a time server would."""
        self._wall += to_ms(seconds)


def to_ms(seconds: float) -> int:
    """Turn seconds into milliseconds."""
    return round(seconds * SECOND)


def stamp(wall_ms: int) -> str:
    """Write a wall time the way it travels in events and logs."""
    return datetime.fromtimestamp(wall_ms / SECOND, UTC).isoformat(timespec="milliseconds")


def read_stamp(text: str) -> int:
    """Read back what `stamp` wrote."""
    return to_ms(datetime.fromisoformat(text).timestamp())


class Ids(Protocol):
    """Hands out identifiers."""

    def next(self, prefix: str) -> str:
        """Return one that was never handed out before."""


class RandomIds:
    """Identifiers that cannot be guessed."""

    def next(self, prefix: str) -> str:
        """Return one that was never handed out before."""
        return f"{prefix}_{uuid.uuid4().hex}"


class CountingIds:
    """Identifiers that can be said over the phone, for rehearsals."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, prefix: str) -> str:
        """Count on for this prefix."""
        self._last[prefix] = self._last.get(prefix, 0) + 1
        return f"{prefix}_{self._last[prefix]}"


class Chance(Protocol):
    """Where jitter comes from."""

    def draw(self) -> float:
        """Return a number from 0 up to, but not including, 1."""


class SeededChance:
    """A source of chance that repeats itself for the same seed."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - spreads load, protects nothing

    def draw(self) -> float:
        """Return the next number of the sequence."""
        return self._random.random()


class LoadedChance:
    """Draws what it was told to draw, over and over, for rehearsals."""

    def __init__(self, draws: Sequence[float] = (0.0,)) -> None:
        if not draws:
            raise ConfigurationError("chance needs at least one number to draw")
        self._draws = list(draws)
        self._turn = 0

    def __str__(self) -> str:
        return "chance at " + ", ".join(str(drawn) for drawn in self._draws)

    def draw(self) -> float:
        """Return the next number, beginning anew after the last."""
        drawn = self._draws[self._turn % len(self._draws)]
        self._turn += 1
        return drawn


@contextmanager
def request_scope(request_id: str) -> Iterator[str]:
    """Put everything that is logged inside the block under one request id."""
    token = _request_id.set(request_id)
    try:
        yield request_id
    finally:
        _request_id.reset(token)


def current_request() -> str:
    """Return the id of the request that is being served."""
    return _request_id.get()


class Trail:
    """Writes structured records under one logger."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def note(self, happened: str, **facts: object) -> None:
        """Record that something happened."""
        self._write(logging.INFO, happened, facts)

    def warn(self, happened: str, **facts: object) -> None:
        """Record something that somebody may want to look into."""
        self._write(logging.WARNING, happened, facts)

    def _write(self, level: int, happened: str, facts: dict[str, object]) -> None:
        request_id = facts.pop("request_id", None) or current_request()
        self._logger.log(level, happened, extra={"request_id": request_id, **facts})
