"""What surrounds a call: the clock, the id of the request, the log; and stand-ins for rehearsals."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_REQUEST = "-"

_request: ContextVar[str] = ContextVar("crosscheck_request", default=NO_REQUEST)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        ...


def today(clock: Clock, offset: int) -> date:
    """The day it is for somebody whose clock is so many minutes ahead of UTC."""
    return (clock.now() + timedelta(minutes=offset)).date()


def current_request() -> str:
    """The id of the request that is being worked on."""
    return _request.get()


@contextmanager
def request_scope(request_id: str) -> Iterator[None]:
    """Whatever is done inside belongs to this request."""
    token = _request.set(request_id.strip() or NO_REQUEST)
    try:
        yield
    finally:
        _request.reset(token)


def log_event(
    logger: logging.Logger, event: str, level: int = logging.INFO, **fields: object
) -> None:
    """Log an event with its facts as fields, under the id of the request."""
    logger.log(level, event, extra={"request_id": current_request(), "fields": fields})


class FixedClock:
    """Stands still until it is told to go on. Rehearsals begin on Monday, 1 March 2027, at nine."""

    def __init__(self, start: str = "2027-03-01T09:00") -> None:
        self._now = datetime.fromisoformat(start).replace(tzinfo=UTC)

    def now(self) -> datetime:
        """This moment, in UTC."""
        return self._now

    def advance(self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Let time go by."""
        self._now += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


class Inbox:
    """Takes notices in a rehearsal; is out of order as often as it is told to be."""

    def __init__(self) -> None:
        self._failures = 0
        self._taken: list[str] = []

    def break_down(self, times: int) -> None:
        """Fail so many times from now on."""
        self._failures = times

    def take(self, notice: str) -> None:
        """Take a notice, or fail with `ConnectionError`."""
        if self._failures > 0:
            self._failures -= 1
            raise ConnectionError("the inbox is out of order")
        self._taken.append(notice)

    def taken(self) -> list[str]:
        """All notices so far."""
        return list(self._taken)
