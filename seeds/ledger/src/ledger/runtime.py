"""What the ledger takes from the world around it: time, ids, locks and the log."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Protocol

NO_REQUEST = "-"
_request_id: ContextVar[str] = ContextVar("ledger_request_id", default=NO_REQUEST)


class Clock(Protocol):
    """Tells the time, always in UTC."""

    def now(self) -> datetime:
        """Return the current moment."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Return the current moment."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved, for rehearsals and month-end dry runs."""

    def __init__(self, start: datetime) -> None:
        self._now = in_utc(start)

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self._now

    def advance(
        self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Move on by the given time."""
        self._now += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def in_utc(moment: datetime) -> datetime:
    """Bring a moment with a time zone to UTC."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def business_date(moment: datetime, zone: tzinfo) -> date:
    """Return the calendar day of a moment where the books are kept."""
    return moment.astimezone(zone).date()


class Ids(Protocol):
    """Hands out identifiers that are never handed out twice."""

    def next(self, prefix: str) -> str:
        """Return a new identifier that starts with the prefix."""


class RandomIds:
    """Identifiers for production."""

    def next(self, prefix: str) -> str:
        """Return a new identifier that starts with the prefix."""
        return f"{prefix}-{uuid.uuid4().hex[:20]}"


class CountingIds:
    """Identifiers that can be read aloud: one count per prefix."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def next(self, prefix: str) -> str:
        """Return a new identifier that starts with the prefix."""
        count = self._counts.get(prefix, 0) + 1
        self._counts[prefix] = count
        return f"{prefix}-{count}"


def _new_lock(_account_id: str) -> AbstractContextManager[object]:
    return threading.RLock()


class AccountLocks:
    """One lock per account, so that checks and writes on it do not interleave."""

    def __init__(
        self, make_lock: Callable[[str], AbstractContextManager[object]] = _new_lock
    ) -> None:
        self._make_lock = make_lock
        self._guard = threading.Lock()
        self._locks: dict[str, AbstractContextManager[object]] = {}

    def _lock_for(self, account_id: str) -> AbstractContextManager[object]:
        with self._guard:
            if account_id not in self._locks:
                self._locks[account_id] = self._make_lock(account_id)
            return self._locks[account_id]

    @contextmanager
    def holding(self, *account_ids: str) -> Iterator[None]:
        """Keep other writers off the accounts."""
        with ExitStack() as stack:
            for account_id in sorted(set(account_ids)):
                stack.enter_context(self._lock_for(account_id))
            yield


@contextmanager
def request_scope(request_id: str) -> Iterator[str]:
    """Attach a request id to everything logged inside the block."""
    token = _request_id.set(request_id)
    try:
        yield request_id
    finally:
        _request_id.reset(token)


def current_request() -> str:
    """Return the id of the request being served."""
    return _request_id.get()


def log_event(
    logger: logging.Logger, event: str, *, level: int = logging.INFO, **fields: object
) -> None:
    """Write one structured record."""
    logger.log(level, event, extra={"request_id": current_request(), **fields})
