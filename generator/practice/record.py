"""What is told of a past session: how long it took to reproduce, to locate and to fix, and what it came to. Pure."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.practice.score import is_cause, score
from generator.practice.session import Kind
from generator.records import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from generator.key import AnswerKey
    from generator.practice.session import Event, Session

OPEN, OVER, SOLVED, LATE = "open", "time over", "solved", "solved late"
SEEN, GIVEN_UP = "answer seen", "given up"


@dataclass(frozen=True, slots=True)
class Record:
    """One session. Times are seconds on its clock; None where it did not come to that."""

    challenge: str
    begun: float
    """Seconds since the epoch."""
    ended: float | None
    """Likewise; None while it goes on."""
    minutes: int
    """What it was to take."""
    level: int | None
    families: tuple[str, ...]
    """Of its bugs, once they are no secret."""
    outcome: str
    reproduced: float | None
    """When a failing test was first seen to fail, or in ticket mode the first check with an own test that shows the bug."""
    located: float | None
    """The first root cause that was stated rightly. Told once it is no secret."""
    fixed: float | None
    spent: float
    hints: int
    points: int | None
    """Of 100. Told once there is nothing more to gain."""


def record(session: Session, key: AnswerKey | None, now: float) -> Record:
    """What is known of a session that has begun; of one that goes on, nothing that the key alone knows."""
    over = session.ended is not None
    known = key if over else None
    return Record(
        challenge=session.challenge,
        begun=session.begun or 0.0,
        ended=session.ended.at if session.ended else None,
        minutes=session.minutes,
        level=session.level,
        families=_families(session, known),
        outcome=_outcome(session, now),
        reproduced=_reproduced(session),
        located=_located(session, known) if known else None,
        fixed=session.spent(session.solved.at) if session.solved else None,
        spent=session.spent(now),
        hints=session.rung,
        points=score(session, known).total if known else None,
    )


def _families(session: Session, known: AnswerKey | None) -> tuple[str, ...]:
    """By the key, and where that is gone as they were kept when the answer was seen."""
    if known:
        return tuple(sorted({bug.family for bug in known.bugs}))
    return tuple(
        sorted(set(session.revealed.facts.get("families", ())) if session.revealed else ())
    )


def _outcome(session: Session, now: float) -> str:
    if session.solved:
        return SOLVED if session.in_time(session.solved) else LATE
    if session.ended is None:
        return OPEN if session.left(now) >= 0 else OVER
    return SEEN if session.ended.kind is Kind.REVEALED else GIVEN_UP


def _reproduced(session: Session) -> float | None:
    if session.mode == Mode.TICKET:
        return _first(session, session.checks, lambda event: bool(event.facts["reproduced"]))
    seen = session.of(Kind.REPRODUCED, Kind.CHECKED)
    return _first(
        session,
        seen,
        lambda event: event.kind is Kind.REPRODUCED or bool(event.facts.get("failed")),
    )


def _located(session: Session, key: AnswerKey) -> float | None:
    return _first(
        session, session.causes, lambda event: any(is_cause(event, bug) for bug in key.bugs)
    )


def _first(
    session: Session, events: Iterable[Event], fits: Callable[[Event], bool]
) -> float | None:
    return next((session.spent(event.at) for event in events if fits(event)), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one family or level: how many, how many of them solved in time, and the median seconds to each step."""

    name: str
    count: int
    solved: int
    reproduced: float | None
    located: float | None
    fixed: float | None


def groups(
    records: Iterable[Record], names: Callable[[Record], Iterable[str]]
) -> tuple[Group, ...]:
    """Those that are over, if only for want of time, by whatever `names` says they belong to, in the order of the names."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for one in records:
        if one.outcome != OPEN:
            for name in names(one):
                found[name].append(one)
    return tuple(_group(name, found[name]) for name in sorted(found))


def _group(name: str, records: list[Record]) -> Group:
    return Group(
        name,
        len(records),
        sum(one.outcome == SOLVED for one in records),
        median(one.reproduced for one in records),
        median(one.located for one in records),
        median(one.fixed for one in records),
    )


def median(times: Iterable[float | None]) -> float | None:
    """Of those that there are; None where there are none."""
    return statistics.median(there) if (there := [at for at in times if at is not None]) else None
