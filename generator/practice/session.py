"""One practice session: what happened, in order, and what follows from it. Pure; `history` keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def clock(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Kind(StrEnum):
    """What can happen in a session."""

    BEGUN = "begun"
    """The clock starts."""
    PAUSED = "paused"
    RESUMED = "resumed"
    NOTED = "noted"
    """`text`: a hypothesis or a finding."""
    CAUSE = "cause"
    """`path`, `function` and `text`: where the learner holds the fault to be, and why."""
    HINTED = "hinted"
    """`rung`, from 1, and its `cost` in points."""
    REPRODUCED = "reproduced"
    """A test of those that were handed out was seen to fail, by `watch` or under the debugger."""
    CHECKED = "checked"
    """`solved`, `fixed` (numbers of bugs), `broke` (how many tests), `reproduced` and by which `own` test (in ticket mode),
    `visible` (whether all visible tests pass), `failed` (whether a test that fails as handed out was seen to)."""
    RESET = "reset"
    """`paths`: files that were put back as they were handed out."""
    WROTE = "wrote"
    """`cause`, `unseen` and `safe`: a sentence each, before the answer was seen."""
    REVEALED = "revealed"
    """`families` of its bugs, which are no secret any more."""
    ABANDONED = "abandoned"


ENDS = (Kind.REVEALED, Kind.ABANDONED)
NEEDED = {
    Kind.NOTED: ("text",),
    Kind.CAUSE: ("path", "function", "text"),
    Kind.HINTED: ("rung", "cost"),
    Kind.CHECKED: ("solved", "fixed", "broke", "visible", "reproduced"),
}
"""The facts without which an event of the kind is none."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""

    at: float
    """Seconds since the epoch."""
    kind: Kind
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Session:
    """A learner's work on one challenge."""

    number: int
    """In the history; 0 before anything has happened."""
    challenge: str
    path: str
    """Where the challenge lies."""
    mode: str
    minutes: int
    level: int | None
    """None where the key could not be opened."""
    events: tuple[Event, ...] = ()

    def of(self, *kinds: Kind) -> Iterator[Event]:
        """The events of these kinds, in order."""
        return (event for event in self.events if event.kind in kinds)

    @property
    def begun(self) -> float | None:
        """When the clock started."""
        return next((event.at for event in self.of(Kind.BEGUN)), None)

    @property
    def paused(self) -> bool:
        """The clock stands still until it is resumed."""
        last = list(self.of(Kind.PAUSED, Kind.RESUMED))[-1:]
        return [event.kind for event in last] == [Kind.PAUSED]

    @property
    def solved(self) -> Event | None:
        """The check that first found everything fixed and nothing broken, while it counted."""
        return next((event for event in self.checks if event.facts["solved"]), None)

    @property
    def checks(self) -> tuple[Event, ...]:
        """Those that count."""
        return tuple(event for event in self.of(Kind.CHECKED) if self.counts(event))

    @property
    def revealed(self) -> Event | None:
        """When the answer was first seen."""
        return next(self.of(Kind.REVEALED), None)

    @property
    def closed(self) -> Event | None:
        """When the answer was seen, or it was given up: what comes after that counts no more."""
        return next(self.of(*ENDS), None)

    @property
    def ended(self) -> Event | None:
        """What stopped the clock for good: solved, revealed or abandoned, whichever came first."""
        ends = [event for event in (self.solved, self.closed) if event]
        return min(ends, key=lambda event: event.at, default=None)

    @property
    def rung(self) -> int:
        """The last rung of the hints that was taken; 0 for none."""
        return max((event.facts["rung"] for event in self.of(Kind.HINTED)), default=0)

    @property
    def causes(self) -> tuple[Event, ...]:
        """Every root cause that was stated while it counted."""
        return tuple(event for event in self.of(Kind.CAUSE) if self.counts(event))

    def counts(self, event: Event) -> bool:
        """Whether it came before the answer was seen, since what is done afterwards was copied, and before it was given up."""
        return self.closed is None or event.at <= self.closed.at

    def spent(self, now: float) -> float:
        """Seconds on the clock, pauses left out; it stands still from the end on."""
        if self.begun is None:
            return 0.0
        until = min(now, self.ended.at) if self.ended else now
        total, since = 0.0, None
        for event in self.events:
            if event.kind in (Kind.BEGUN, Kind.RESUMED) and since is None:
                since = event.at
            elif event.kind is Kind.PAUSED and since is not None:
                total += max(0.0, min(event.at, until) - since)
                since = None
        return total + (max(0.0, until - since) if since is not None else 0.0)

    def left(self, now: float) -> float:
        """Seconds that remain, below zero where the time is over."""
        return self.minutes * 60 - self.spent(now)

    def in_time(self, event: Event) -> bool:
        """Whether something happened before the time was over."""
        return self.left(event.at) >= 0
