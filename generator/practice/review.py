"""Which family of bugs is due for practice again: spaced repetition, one card for each family. Pure.

Cards are not kept: they are the history, replayed. The scheduler is FSRS as its authors ship it, but for two things. Its
steps of minutes are for a stack of flashcards, and this is an evening's hour, so the shortest interval is a day. And it is
told to leave chance out, so that the same history always gives the same days.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from fsrs import Card, Rating, Scheduler

from generator.practice.record import GIVEN_UP, LATE, SEEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, tzinfo

    from generator.practice.record import Record

_SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
_TELLS_WHERE = 3
"""From this rung of the hints on the place is told, not how to find it."""
_RATINGS: tuple[tuple[Rating, Callable[[Record], bool]], ...] = (
    (Rating.Again, lambda one: one.outcome in {SEEN, GIVEN_UP}),
    (Rating.Hard, lambda one: one.outcome == LATE or one.hints >= _TELLS_WHERE),
    (Rating.Easy, lambda one: not one.hints and one.spent < one.minutes * 60 / 2),
    (Rating.Good, lambda _: True),
)
"""What a result is worth: the first that holds."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a family's next challenge is due, and what that is judged by."""

    family: str
    at: datetime
    practised: int
    """Challenges of it that are over."""
    last: date
    """The day of the latest."""
    rating: str
    """What the latest was: again, hard, good or easy."""

    @property
    def day(self) -> date:
        """It is due from the first hour of this day on: who practises in the evening does not wait for last time's minute."""
        return self.at.date()


def rating(record: Record) -> Rating:
    """What the result of a challenge that is over says of how well its families are known."""
    return next(rated for rated, holds in _RATINGS if holds(record))


def schedule(records: Iterable[Record], zone: tzinfo | None = None) -> tuple[Due, ...]:
    """Every family of the challenges that are over, the one that is due first at the head. Days are those of the time zone,
    the machine's own where none is given."""
    over = [(one.ended, one) for one in records if one.ended is not None]
    played: defaultdict[str, list[tuple[float, Record]]] = defaultdict(list)
    for ended, one in sorted(over, key=lambda each: each[0]):
        for family in one.families:
            played[family].append((ended, one))
    dues = (_due(family, played[family], zone) for family in sorted(played))
    return tuple(sorted(dues, key=attrgetter("at")))


def due(dues: Iterable[Due], today: date) -> tuple[Due, ...]:
    """Those of them that are due on a day, in their order."""
    return tuple(one for one in dues if one.day <= today)


def _due(family: str, played: Iterable[tuple[float, Record]], zone: tzinfo | None) -> Due:
    # It would be numbered by the clock, and wait a millisecond so that no other gets that number.
    card, logs = Card(card_id=0), []
    for ended, one in played:
        card, log = _SCHEDULER.review_card(card, rating(one), datetime.fromtimestamp(ended, UTC))
        logs.append(log)
    last = logs[-1]
    return Due(
        family=family,
        at=card.due.astimezone(zone),
        practised=len(logs),
        last=last.review_datetime.astimezone(zone).date(),
        rating=last.rating.name.lower(),
    )
