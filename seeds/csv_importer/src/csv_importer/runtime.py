"""Time, numbers of imports, and log records."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol

MILLISECONDS = 1000


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, with its zone."""


class SystemClock:
    """The time of the machine."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 4, 7, 8, 30, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment at which the clock stands."""
        return self._now

    def advance(
        self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: float = 0
    ) -> None:
        """Move the clock on."""
        self._now += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


class Numbers:
    """Hands out consecutive numbers."""

    def __init__(self, last: int = 0) -> None:
        self._last = last
        self._lock = Lock()

    def next(self) -> int:
        """A number that nobody else got."""
        with self._lock:
            self._last += 1
            return self._last


def milliseconds(start: datetime, end: datetime) -> int:
    """The time from start to end."""
    return round((end - start).total_seconds() * MILLISECONDS)


def log(
    logger: logging.Logger, message: str, import_id: str, line: int = 0, **facts: object
) -> None:
    """Write one structured record."""
    logger.info(message, extra={"import_id": import_id, "line": line, **facts})
