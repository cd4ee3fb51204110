"""The surroundings of every command: time, numbers, request ids and the log."""

from __future__ import annotations

import itertools
import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Protocol

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS

_request_id: ContextVar[str] = ContextVar("request_id", default="-")


class Clock(Protocol):
    """The time of day, and time as it goes by. Only the second is fit for measuring."""

    def now(self) -> datetime:
        """The time of day, in UTC."""
        ...

    def monotonic(self) -> int:
        """Milliseconds since some moment in the past."""
        ...

    def sleep_ms(self, span: int) -> None:
        """Let time go by."""
        ...


class ManualClock:
    """Stands still unless somebody moves it."""

    def __init__(self, start: str = "2027-01-01T06:00") -> None:
        self._now = datetime.fromisoformat(start).replace(tzinfo=UTC)
        self._elapsed_ms = 0

    def now(self) -> datetime:
        """The time of day, in UTC."""
        return self._now

    def monotonic(self) -> int:
        """Milliseconds since some moment in the past."""
        return self._elapsed_ms

    def sleep_ms(self, span: int) -> None:
        """Let time go by."""
        self._now += timedelta(milliseconds=span)
        self._elapsed_ms += span

    def advance(self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> None:
        """Let a while go by."""
        hours += 24 * days
        self.sleep_ms((hours * 60 + minutes) * MINUTE_MS + seconds * SECOND_MS)

    def set(self, moment: str) -> None:
        """Put the time of day right, as an administrator does. No time goes by."""
        self._now = datetime.fromisoformat(moment).replace(tzinfo=UTC)


class Ids:
    """Numbers in a row, one row for each kind of thing."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def next(self, kind: str) -> str:
        """The next one of its kind: `sub_1`, `sub_2`."""
        return f"{kind}_{next(self._rows[kind])}"


@contextmanager
def request_scope(request_id: str) -> Iterator[None]:
    """Whatever is logged inside carries this id."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


def log_event(logger: logging.Logger, event: str, level: int = logging.INFO, **fields: object) -> None:
    """One structured record: what happened, in which request, and the facts."""
    logger.log(level, event, extra={"request_id": _request_id.get(), "fields": fields})
