"""Another attempt, after a pause."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from random import Random
from typing import Protocol
from uuid import uuid4

from gleaner.faults import DeadlineError, GivenUpError, GleanerError, SettingsError
from gleaner.metering import Meter, facts
from gleaner.timing import Clock, to_ms
from gleaner.wire import Request, Response, Send

log = logging.getLogger("gleaner.retrying")


class Chance(Protocol):
    """Spreads pauses."""

    def draw(self) -> float:
        """A number from 0 on, below 1."""


class Ids(Protocol):
    """Makes names that nothing else has."""

    def next(self, prefix: str) -> str:
        """A new name."""


class SeededChance:
    """Ordinary chance; with a seed, the same each time."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = Random(seed)  # noqa: S311 - pauses are no secret

    def draw(self) -> float:
        """A number from 0 on, below 1."""
        return self._random.random()


class RandomIds:
    """Random ones."""

    def next(self, prefix: str) -> str:
        """A new name."""
        return f"{prefix}_{uuid4().hex}"


@dataclass(frozen=True)
class Backoff:
    """How often, and with which pauses in between."""

    attempts: int = 4
    first_s: float = 0.5
    factor: float = 2
    longest_s: float = 20
    jitter_percent: int = 0
    patience_s: float = 60
    """A server that asks for a longer pause than this is not waited for."""

    def check(self) -> None:
        """Refuse what makes no sense."""
        if self.attempts < 1:
            raise SettingsError("there has to be one attempt at least")
        if self.first_s < 0 or self.factor < 1:
            raise SettingsError("pauses do not shrink")
        if not 0 <= self.jitter_percent <= 100:
            raise SettingsError("the jitter is a percentage")

    def pause_ms(self, attempt: int, drawn: float) -> int:
        """The pause after an attempt, counted from 1."""
        pause = to_ms(min(self.longest_s, self.first_s * self.factor ** (attempt - 1)))
        return pause - int(pause * self.jitter_percent / 100 * drawn)


@dataclass
class Retrying:
    """Repeats what may be repeated, under the same key."""

    send: Send
    backoff: Backoff
    clock: Clock
    chance: Chance
    ids: Ids
    meter: Meter

    async def __call__(self, request: Request) -> Response:
        """Make attempts, with pauses between, until one is answered or nobody cares any more."""
        key = request.key if request.key is not None else self.ids.next("key")
        attempt = 1
        ambiguous = False
        while True:
            try:
                return await self.send(request.with_headers(_marks(request, key, attempt)))
            except GleanerError as error:
                ambiguous = ambiguous or error.ambiguous
                if not self._may_repeat(request, error):
                    raise
                failure = error
            if attempt >= self.backoff.attempts:
                self.meter.count(request.account, "failed")
                raise GivenUpError(attempt, failure, ambiguous=ambiguous) from failure
            pause = self._pause(attempt, failure)
            now = self.clock.now()
            if request.deadline is not None and not request.deadline.allows(pause, now):
                raise DeadlineError(request.target, ambiguous=ambiguous) from failure
            self.meter.count(request.account, "retries")
            self.meter.count(request.account, "waited_ms", pause)
            log.info("trying again", extra=facts(attempt=attempt, pause_ms=pause, why=str(failure)))
            await self.clock.sleep(pause)
            attempt += 1

    def _may_repeat(self, request: Request, error: GleanerError) -> bool:
        """Whether a failure is worth another attempt, and a write can be repeated after it."""
        if not error.retryable:
            return False
        if error.ambiguous and not (request.safe or request.repeatable):
            return False
        return error.advised_ms is None or error.advised_ms <= to_ms(self.backoff.patience_s)

    def _pause(self, attempt: int, failure: GleanerError) -> int:
        """The pause that the server asked for, else that of the backoff."""
        advised = failure.advised_ms
        return self.backoff.pause_ms(attempt, self.chance.draw()) if advised is None else advised


def _marks(request: Request, key: str, attempt: int) -> dict[str, str]:
    """The number of the attempt, and the key by which the server knows a write again."""
    marks = {"Attempt": str(attempt)}
    if not request.safe and request.repeatable:
        marks["Idempotency-Key"] = key
    return marks
