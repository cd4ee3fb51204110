"""Circuit breakers: a host that fails again and again gets a rest."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from gleaner.faults import (
    ConnectionLostError,
    RefusedError,
    RestingError,
    SettingsError,
    ThrottledError,
    TimedOutError,
    UnavailableError,
)
from gleaner.metering import facts
from gleaner.timing import Clock, to_ms
from gleaner.wire import Request, Response, Send

log = logging.getLogger("gleaner.breaking")
FAILURES = (UnavailableError, TimedOutError, ConnectionLostError)
"""What a host has to answer for."""
ANSWERS = (RefusedError, ThrottledError)
"""What shows that a host is alive."""


class State(Enum):
    """Of one breaker."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


@dataclass(frozen=True)
class BreakerRules:
    """When to trip, for how long, and what it takes to come back."""

    failures: int = 5
    window_s: float = 60
    rest_s: float = 30
    longest_rest_s: float = 240
    probes: int = 1
    proofs: int = 1

    def check(self) -> None:
        """Refuse what makes no sense."""
        if min(self.failures, self.probes, self.proofs) < 1:
            raise SettingsError("breakers count from one")
        if self.rest_s <= 0 or self.longest_rest_s < self.rest_s:
            raise SettingsError("a rest takes time, the longest one as long as the first at least")


@dataclass(frozen=True)
class BreakerReport:
    """What an operator wants to know of a breaker."""

    host: str
    state: State
    failures: int
    trips: int
    opens_in_ms: int


@dataclass(frozen=True)
class Pass:
    """What a request is let through with, and hands in when it is done."""

    epoch: int
    probe: bool


@dataclass
class Breaker:
    """The breaker of one host. Whoever enters leaves by one of the three doors."""

    host: str
    rules: BreakerRules
    state: State = State.CLOSED
    trips: int = 0
    until: int = 0
    epoch: int = 0
    probing: int = 0
    proven: int = 0
    failed_at: deque[int] = field(default_factory=deque)

    def enter(self, now: int) -> Pass:
        """Let a request through, or not; after a rest, so many probes at a time."""
        if self.state is State.OPEN:
            if now < self.until:
                raise RestingError(self.host, self.until - now)
            self.state = State.HALF_OPEN
            self.probing = 0
            self.proven = 0
        if self.state is State.HALF_OPEN:
            if self.probing >= self.rules.probes:
                raise RestingError(self.host, 0)
            self.probing += 1
        return Pass(self.epoch, probe=self.state is State.HALF_OPEN)

    def succeed(self, done: Pass) -> None:
        """An answer is there. What was asked before the last trip proves nothing any more."""
        if done.epoch < self.epoch:
            return
        if done.probe:
            self.probing -= 1
            self.proven += 1
            if self.proven < self.rules.proofs:
                return
            self.state = State.CLOSED
            self.trips = 0
        self.failed_at.clear()

    def fail(self, done: Pass, now: int) -> None:
        """Count a failure that the host has to answer for. Old failures are forgotten."""
        if done.epoch < self.epoch:
            return
        if self.state is State.HALF_OPEN:
            self._trip(now)
            return
        self.failed_at.append(now)
        while self.failed_at[0] <= now - to_ms(self.rules.window_s):
            self.failed_at.popleft()
        if len(self.failed_at) >= self.rules.failures:
            self._trip(now)

    def withdraw(self, done: Pass) -> None:
        """A request or a probe was broken off, and nobody is to blame."""
        if done.probe and done.epoch == self.epoch:
            self.probing -= 1

    def report(self, now: int) -> BreakerReport:
        """Tell failures, rests and how much of a rest is left."""
        left = max(0, self.until - now)
        return BreakerReport(self.host, self.state, len(self.failed_at), self.trips, left)

    def _trip(self, now: int) -> None:
        """Begin a rest. Rests grow from trip to trip."""
        rest = to_ms(min(self.rules.longest_rest_s, self.rules.rest_s * 2**self.trips))
        self.state = State.OPEN
        self.until = now + rest
        self.trips += 1
        self.epoch += 1
        self.failed_at.clear()
        log.warning("breaker tripped", extra=facts(host=self.host, rest_ms=rest, at=now))


@dataclass
class Board:
    """The breakers of all hosts."""

    rules: BreakerRules
    _breakers: dict[str, Breaker] = field(default_factory=dict)

    def of(self, host: str) -> Breaker:
        """The breaker of a host."""
        return self._breakers.setdefault(host, Breaker(host, self.rules))

    def reports(self, now: int) -> list[BreakerReport]:
        """All of them, by host."""
        return [self._breakers[host].report(now) for host in sorted(self._breakers)]


@dataclass
class Breaking:
    """Asks the breaker first, and tells it what came of it."""

    send: Send
    board: Board
    clock: Clock

    async def __call__(self, request: Request) -> Response:
        """Send, unless the host rests; tell an answer from a failure."""
        breaker = self.board.of(request.host)
        entered = breaker.enter(self.clock.now())
        try:
            response = await self.send(request)
        except BaseException as error:
            if isinstance(error, FAILURES):
                breaker.fail(entered, self.clock.now())
            elif isinstance(error, ANSWERS):
                breaker.succeed(entered)
            else:
                breaker.withdraw(entered)
            raise
        breaker.succeed(entered)
        return response
