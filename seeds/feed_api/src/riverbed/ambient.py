"""What surrounds every call: time, delivery keys, request ids and the log.

Time is whole milliseconds throughout. `now` is the time of day and may be put back by an operator; `monotonic` only ever goes forward,
and is what durations are measured with. Seconds appear in settings, and in what people are told.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from riverbed.cache import Shelf
from riverbed.problems import FeedError, Problem
from riverbed.records import Settings

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_request: ContextVar[str] = ContextVar("request", default="-")


class Clock(Protocol):
    """Both kinds of time, and waiting."""

    def now(self) -> int:
        """The time of day."""
        ...

    def monotonic(self) -> int:
        """Time since some moment or other."""
        ...

    def sleep(self, span: int) -> None:
        """Let a span go by."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> int:
        """The time of day."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> int:
        """Time since some moment or other."""
        return time.monotonic_ns() // 1_000_000

    def sleep(self, span: int) -> None:
        """Let a span go by."""
        time.sleep(span / SECOND)


class FixedClock:
    """Stands still until somebody moves it. Starts on Monday, 4 May 2026, 09:00 UTC."""

    def __init__(self, start: str = "2026-05-04T09:00") -> None:
        self._now = read_time(start)
        self._elapsed = 0

    def now(self) -> int:
        """The time of day."""
        return self._now

    def monotonic(self) -> int:
        """Time since some moment or other."""
        return self._elapsed

    def sleep(self, span: int) -> None:
        """Let a span go by."""
        self._now += span
        self._elapsed += span

    def advance(self, *, hours: int = 0, minutes: int = 0, seconds: float = 0) -> None:
        """Let time go by."""
        self.sleep(hours * HOUR + minutes * MINUTE + round(seconds * SECOND))

    def put_to(self, text: str) -> None:
        """Set the time of day, as an operator does. No time goes by."""
        self._now = read_time(text)


class Keys(Protocol):
    """Where the keys of deliveries come from."""

    def new_key(self) -> str:
        """A key that was never given before."""
        ...


class RandomKeys:
    """Keys nobody can guess."""

    def new_key(self) -> str:
        """A key that was never given before."""
        return secrets.token_hex(8)


class CountingKeys:
    """Keys in a row, for trying things out."""

    def __init__(self) -> None:
        self._last = 0

    def new_key(self) -> str:
        """A key that was never given before."""
        self._last += 1
        return f"key-{self._last}"


class Env(NamedTuple):
    """Handed down to everything that needs more than the database."""

    clock: Clock
    keys: Keys
    secret: bytes
    settings: Settings
    shelf: Shelf


def read_time(text: str) -> int:
    """Read an ISO date and time; one without a zone is UTC."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise FeedError(Problem.BAD_TIME, f"'{text}' is not a date and time") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return round(at.timestamp() * SECOND)


def say_time(at: int) -> str:
    """The moment as it stands on cards."""
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat()


def whole_seconds(span: int) -> int:
    """How many seconds to wait so that the span is over."""
    return -(-span // SECOND)


@contextmanager
def request_scope(request_id: str) -> Iterator[None]:
    """Everything logged inside carries this id."""
    token = _request.set(request_id)
    try:
        yield
    finally:
        _request.reset(token)


def note(
    log: logging.Logger, event: str, fields: Mapping[str, object], level: int = logging.INFO
) -> None:
    """Write one structured record: the event, the request it belongs to, and its fields."""
    log.log(level, event, extra={"request": _request.get(), "fields": dict(fields)})
