"""The learner's own hour, moment by moment, against the shortest way. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.practice import hints
from generator.practice.score import is_cause
from generator.practice.session import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.key import AnswerKey
    from generator.practice.session import Event, Session


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that the learner did."""

    at: float
    """Seconds on the clock."""
    kind: Kind
    said: str
    is_right: bool | None = None
    """Of a cause that was stated, and of a check."""


def moments(session: Session, key: AnswerKey) -> tuple[Moment, ...]:
    """What happened, in order, up to the answer."""
    return tuple(
        Moment(session.spent(event.at), event.kind, said, _is_right(event, key))
        for event in session.events
        if session.counts(event)
        for said in _told(event, key)
    )


def _told(event: Event, key: AnswerKey) -> Iterator[str]:
    if event.kind in _TOLD:
        yield _TOLD[event.kind](event.facts, event, key)


def _is_right(event: Event, key: AnswerKey) -> bool | None:
    if event.kind is Kind.CAUSE:
        return any(is_cause(event, bug) for bug in key.bugs)
    return bool(event.facts["solved"]) if event.kind is Kind.CHECKED else None


def _cause(facts: Mapping[str, object], event: Event, key: AnswerKey) -> str:
    where = f"{facts['function']}, {facts['path']}" if facts["function"] else facts["path"]
    judged = "rightly" if _is_right(event, key) else "wrongly"
    return f"the cause {judged} placed in {where}: {facts['text']}"


def _checked(facts: Mapping[str, object], *_: object) -> str:
    if facts["solved"]:
        return "a check: solved"
    broke = f", {facts['broke']} others broken" if facts["broke"] else ""
    return f"a check: not solved{broke}"


_TOLD: Mapping[Kind, Callable[..., str]] = {
    Kind.REPRODUCED: lambda *_: "a test was seen to fail",
    Kind.NOTED: lambda facts, *_: f"noted: {facts['text']}",
    Kind.CAUSE: _cause,
    Kind.HINTED: lambda facts, *_: f"a hint: {hints.KINDS[facts['rung'] - 1]}",
    Kind.CHECKED: _checked,
    Kind.RESET: lambda *_: "files put back as they were handed out",
}
