"""What surrounds every errand: the clock, the calendar day of the house, request ids, the log, and the one door."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar, TypeVarTuple

from counterfoil.problems import InvoicingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS

_request: ContextVar[str] = ContextVar("request", default="-")

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Clock(Protocol):
    """Tells the time, and lets some of it go by."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        ...

    def sleep_ms(self, span: int) -> None:
        """Wait for so many milliseconds."""
        ...


class FixedClock:
    """A clock for rehearsals: moves only when it is moved."""

    def __init__(self, start: str = "2026-03-02T09:00") -> None:
        self._now = datetime.fromisoformat(start).replace(tzinfo=UTC)

    def now(self) -> datetime:
        """The moment, in UTC."""
        return self._now

    def sleep_ms(self, span: int) -> None:
        """Go on by so many milliseconds, at once."""
        self._now += timedelta(milliseconds=span)

    def advance(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> None:
        """Go on by a while."""
        self._now += timedelta(days=days, hours=hours, minutes=minutes)

    def turn_to(self, moment: str) -> None:
        """Show another time: `2026-12-31T23:30`, in UTC."""
        self._now = datetime.fromisoformat(moment).replace(tzinfo=UTC)


class Diary:
    """The house's own days. They begin at its midnight, so many minutes before or after that of UTC."""

    def __init__(self, clock: Clock, minutes_east: int = 0) -> None:
        self._clock = clock
        self._east = timedelta(minutes=minutes_east)

    def today(self) -> date:
        """The day it is where the house stands."""
        return (self._clock.now() + self._east).date()

    def stamp(self) -> str:
        """The moment as it goes into records, in UTC."""
        return self._clock.now().isoformat(timespec="minutes")

    def now_ms(self) -> int:
        """Milliseconds since 1970, for measuring."""
        return int(self._clock.now().timestamp() * SECOND_MS)


@contextmanager
def request_scope(request: str) -> Iterator[None]:
    """Whatever is done inside is logged and recorded under this request id."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


def current_request() -> str:
    """The id of the request being served, or a dash."""
    return _request.get()


def log_event(
    logger: logging.Logger, event: str, level: int = logging.INFO, **facts: object
) -> None:
    """One structured record."""
    logger.log(level, event, extra={"request": current_request(), "facts": facts})


class Door:
    """The one way into the house: every errand comes and goes through it, and is logged."""

    def __init__(self) -> None:
        self._logger = logging.getLogger("counterfoil.door")

    def serve(self, errand: str, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """Have an errand done; a rule that was not kept is logged and goes on to the caller."""
        try:
            result = work(*args)
        except InvoicingError as problem:
            facts = {"errand": errand, "rule": problem.rule}
            log_event(self._logger, "errand.refused", logging.WARNING, **facts)
            raise
        log_event(self._logger, "errand.done", errand=errand)
        return result
