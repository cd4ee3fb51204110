"""Of 100 points, what a session has come to. Pure. The README explains it; `check --explain` prints it.

| part | mode ticket | other modes |
| --- | --- | --- |
| reproduction: a test of one's own that fails on the buggy source and passes on the clean one | 30 | |
| root cause: file and function stated rightly before the answer was seen | 30 | 43 |
| fix | 25 | 36 |
| no regressions, once something is fixed | 15 | 21 |

Of several bugs each has its share. A fix after the time counts half. The rungs of the hints are taken off, down to nothing.
Whether a root cause is right is told once it is over: before, one could guess until it is. Once it is solved, the points stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.practice import hints
from generator.records import Mode

if TYPE_CHECKING:
    from generator.key import AnswerKey, Bug
    from generator.practice.session import Event, Session

REPRODUCTION, CAUSE, FIX, NO_REGRESSIONS = (
    "reproduction",
    "root cause",
    "fix",
    "no regressions",
)
_WITH_TICKET = {REPRODUCTION: 30, CAUSE: 30, FIX: 25, NO_REGRESSIONS: 15}
_ELSE = {CAUSE: 43, FIX: 36, NO_REGRESSIONS: 21}
"""The same without reproduction, scaled to a hundred."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the things that points are given for, and why so many."""

    name: str
    points: int | None
    """None while it is a secret."""
    of: int
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """The parts, and what the hints cost."""

    parts: tuple[Part, ...]
    hints: int

    @property
    def total(self) -> int:
        """Points, of 100, without those that are a secret."""
        return max(0, sum(part.points or 0 for part in self.parts) - self.hints)

    @property
    def secret(self) -> tuple[str, ...]:
        """The parts whose points are not told yet."""
        return tuple(part.name for part in self.parts if part.points is None)


def score(session: Session, key: AnswerKey) -> Score:
    """What the session's checks and statements are worth by the key."""
    weights = _WITH_TICKET if key.mode is Mode.TICKET else _ELSE
    told = {
        REPRODUCTION: _reproduction(session),
        CAUSE: _cause(session, key),
        FIX: _fix(session, key),
        NO_REGRESSIONS: _no_regressions(session, key),
    }
    parts = (_part(name, of, *told[name]) for name, of in weights.items())
    return Score(tuple(parts), sum(hints.COSTS[: session.rung]))


def _part(name: str, of: int, share: float | None, why: str) -> Part:
    return Part(name, None if share is None else round(of * share), of, why)


def _reproduction(session: Session) -> tuple[float, str]:
    if any(event.facts.get("reproduced") for event in session.checks):
        return 1.0, "a test of yours fails on the buggy source and passes on the clean one"
    return 0.0, "no test of yours shows it yet"


def _cause(session: Session, key: AnswerKey) -> tuple[float | None, str]:
    # Stated again, a cause counts where it was stated last.
    by_place = {_place(event): event for event in reversed(session.causes)}
    stated = list(by_place.values())[: len(key.bugs)]
    if not stated:
        todo = "" if session.closed else ': bugsquash note --cause FILE:FUNCTION "why"'
        return 0.0, f"not stated{todo}"
    if session.ended is None:
        return None, "stated: whether rightly is told when it is over"
    right = [bug for bug in key.bugs if any(is_cause(event, bug) for event in stated)]
    share = len(right) / len(key.bugs)
    return (
        share,
        "file and function are right" if share == 1 else f"{len(right)} of {len(key.bugs)} right",
    )


def _place(stated: Event) -> tuple[str, str]:
    return stated.facts["path"], stated.facts["function"]


def is_cause(stated: Event, bug: Bug) -> bool:
    """Whether a stated cause names the bug's file and function."""
    return _place(stated) == (bug.path, bug.function)


def _fix(session: Session, key: AnswerKey) -> tuple[float, str]:
    judged = _judged(session)
    if judged is None or not judged.facts["fixed"]:
        return 0.0, "not yet"
    first = {
        n: next(event for event in session.checks if n in event.facts["fixed"])
        for n in judged.facts["fixed"]
    }
    worth = sum(1.0 if session.in_time(event) else 0.5 for event in first.values())
    late = sum(not session.in_time(event) for event in first.values())
    told = f"{len(first)} of {len(key.bugs)}" if len(key.bugs) > 1 else "it is gone"
    return worth / len(key.bugs), told + (", after the time: half" if late else "")


def _no_regressions(session: Session, key: AnswerKey) -> tuple[float, str]:
    judged = _judged(session)
    if judged is None or not judged.facts["fixed"]:
        return 0.0, "nothing is fixed yet"
    broke = judged.facts["broke"]
    if broke:
        return 0.0, f"{broke} other {'test fails' if broke == 1 else 'tests fail'} now"
    return len(judged.facts["fixed"]) / len(key.bugs), "all other tests pass"


def _judged(session: Session) -> Event | None:
    """The check whose findings count: the last one, and once it is solved the one that found that."""
    return session.solved or next(reversed(session.checks), None)
