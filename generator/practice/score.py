"""Of 100 points, what a session has come to. Pure. The README explains it; `check --explain` prints it.

| part | mode ticket | other modes |
| --- | --- | --- |
| reproduction: a test of one's own that fails on the buggy source and passes on the clean one | 30 | |
| root cause: file and function stated rightly before the answer was seen | 30 | 43 |
| fix | 25 | 36 |
| no regressions, once something is fixed | 15 | 21 |

Of several bugs each has its share. A fix after the time counts half. The rungs of the hints are taken off, down to nothing.
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
    points: int
    of: int
    why: str


@dataclass(frozen=True, slots=True)
class Score:
    """The parts, and what the hints cost."""

    parts: tuple[Part, ...]
    hints: int

    @property
    def total(self) -> int:
        """Points, of 100."""
        return max(0, sum(part.points for part in self.parts) - self.hints)


def score(session: Session, key: AnswerKey) -> Score:
    """What the session's checks and statements are worth by the key."""
    weights = _WITH_TICKET if key.mode is Mode.TICKET else _ELSE
    told = {
        REPRODUCTION: _reproduction(session),
        CAUSE: _cause(session, key),
        FIX: _fix(session, key),
        NO_REGRESSIONS: _no_regressions(session, key),
    }
    parts = (
        Part(name, round(of * told[name][0]), of, told[name][1]) for name, of in weights.items()
    )
    return Score(tuple(parts), sum(hints.COSTS[: session.rung]))


def _reproduction(session: Session) -> tuple[float, str]:
    if any(event.facts.get("reproduced") for event in session.checks):
        return 1.0, "a test of yours fails on the buggy source and passes on the clean one"
    return 0.0, "no test of yours shows it yet"


def _cause(session: Session, key: AnswerKey) -> tuple[float, str]:
    # Stated again, a cause counts where it was stated last.
    by_place = {_place(event): event for event in reversed(session.causes)}
    stated = list(by_place.values())[: len(key.bugs)]
    if not stated:
        return 0.0, 'not stated: bugsquash note --cause FILE:FUNCTION "why"'
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
    checks = session.checks
    if not checks or not checks[-1].facts["fixed"]:
        return 0.0, "not yet"
    first = {
        n: next(event for event in checks if n in event.facts["fixed"])
        for n in checks[-1].facts["fixed"]
    }
    worth = sum(1.0 if session.in_time(event) else 0.5 for event in first.values())
    late = sum(not session.in_time(event) for event in first.values())
    told = f"{len(first)} of {len(key.bugs)}" if len(key.bugs) > 1 else "it is gone"
    return worth / len(key.bugs), told + (", after the time: half" if late else "")


def _no_regressions(session: Session, key: AnswerKey) -> tuple[float, str]:
    checks = session.checks
    if not checks or not checks[-1].facts["fixed"]:
        return 0.0, "nothing is fixed yet"
    broke = checks[-1].facts["broke"]
    if broke:
        return 0.0, f"{broke} other {'test fails' if broke == 1 else 'tests fail'} now"
    return len(checks[-1].facts["fixed"]) / len(key.bugs), "all other tests pass"
