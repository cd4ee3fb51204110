"""What the service takes from its surroundings: clocks, identifiers and the request log."""

from __future__ import annotations

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

logger = logging.getLogger("paydesk.runtime")
_current_request: ContextVar[str] = ContextVar("paydesk_request", default="-")


class Clock(Protocol):
    """Two clocks in one: the wall clock dates records, the steady one measures how long something takes."""

    def now(self) -> int:
        """Return the time of day in whole seconds since 1970."""

    def steady_ms(self) -> int:
        """Return milliseconds from some fixed point; never goes back, whatever happens to the wall clock."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class SystemClock:
    """The clocks of the machine."""

    def now(self) -> int:
        """Return the time of day in whole seconds since 1970."""
        return int(time.time())

    def steady_ms(self) -> int:
        """Return milliseconds from some fixed point."""
        return time.monotonic_ns() // 1_000_000

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class ManualClock:
    """Clocks that are moved by hand, for rehearsals and for the sandbox."""

    def __init__(self, now: int) -> None:
        self._wall_ms = now * 1000
        self._steady_ms = 0
        self.slept: list[float] = []

    def now(self) -> int:
        """Return the time of day in whole seconds since 1970."""
        return self._wall_ms // 1000

    def steady_ms(self) -> int:
        """Return milliseconds since the clock was made."""
        return self._steady_ms

    def sleep(self, seconds: float) -> None:
        """Move on at once, and remember for how long somebody wanted to wait."""
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Let time go by on both clocks."""
        passed = seconds + minutes * MINUTE + hours * HOUR + days * DAY
        self._wall_ms += round(passed * 1000)
        self._steady_ms += round(passed * 1000)

    def set_wall(self, now: int) -> None:
        """Correct the wall clock; the steady clock does not notice."""
        self._wall_ms = now * 1000


class Ids(Protocol):
    """Hands out identifiers."""

    def next(self, prefix: str) -> str:
        """Return an identifier that was never handed out before."""


class RandomIds:
    """Identifiers that cannot be guessed."""

    def next(self, prefix: str) -> str:
        """Return an identifier that was never handed out before."""
        return f"{prefix}_{uuid.uuid4().hex[:24]}"


class CountingIds:
    """Identifiers that can be read out over the phone: each prefix is counted from one."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def next(self, prefix: str) -> str:
        """Return an identifier that was never handed out before."""
        self._counts[prefix] += 1
        return f"{prefix}_{self._counts[prefix]}"


@contextmanager
def serving(request_id: str) -> Iterator[None]:
    """Mark everything logged inside the block with the id of the request."""
    token = _current_request.set(request_id)
    try:
        yield
    finally:
        _current_request.reset(token)


def log_event(logger: logging.Logger, event: str, *, level: int = logging.INFO, **facts: object) -> None:
    """Write one structured record: the event is the message, the facts are attributes of the record."""
    logger.log(level, event, extra={"request_id": _current_request.get(), **facts})


class Rehearsal:
    """Lets things happen in between, for trying out what requests do to each other."""

    def __init__(self) -> None:
        self._planned: list[Callable[[], object]] = []
        self._results: list[object] = []

    def meanwhile(self, what: str, action: Callable[..., object], *args: Any, **options: Any) -> None:
        """Plan something for the next moment at which somebody else could come in between; the log tells in words what."""
        log_event(logger, "rehearsal.planned", what=what)
        self._planned.append(partial(action, *args, **options))

    def came_of_it(self) -> Any:
        """Return the result of what happened last."""
        return self._results[-1]

    def play(self) -> None:
        """Let what was planned happen, once and in order."""
        planned, self._planned = self._planned, []
        for action in planned:
            self._results.append(action())
