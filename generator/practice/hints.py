"""The rungs of the hints: from the part of the system down to the line. Pure."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.operators import discover
from generator.records import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.key import AnswerKey, Bug
    from generator.records import Words

COSTS = (3, 5, 8, 12, 20)
"""Points of each rung, from the first."""
KINDS = ("the area", "how to look for this kind", "the file", "the function", "the line")
"""What each rung tells, as it is said before it is taken."""


def rung(key: AnswerKey, words: Words | None, number: int) -> tuple[str, ...]:
    """What the rung with this number, from 1, says: one sentence for each bug."""
    told = _RUNGS[number - 1]
    if len(key.bugs) == 1:
        return (told(key, key.bugs[0], words),)
    return tuple(f"bug {n}: {told(key, bug, words)}" for n, bug in enumerate(key.bugs, start=1))


def _area(key: AnswerKey, bug: Bug, words: Words | None) -> str:
    """Where the first wrong value comes up, in a customer's words where the seed has them and they don't name the guilty file;
    else how far below the test."""
    first = bug.debrief.first
    stem = PurePosixPath(first.path if first else bug.path).stem
    guilty = PurePosixPath(bug.path).stem
    if words is not None and stem in words.areas:
        name, others = words.areas[stem]
        ways = (name, _listed(word for word in others if not _names(word, guilty)))
        spared = next((told for told in ways if told and not _names(told, guilty)), None)
        if spared and first:
            return f"The first wrong value comes up in the part that deals with {spared}."
        if spared:
            return f"Look at the part that deals with {spared}."
    return _depth(key, bug)


def _depth(key: AnswerKey, bug: Bug) -> str:
    measured, chain = bug.measurements, bug.debrief.chain
    what = "The first wrong value comes up" if chain else "The fault lies"
    depth = len(chain) - 1 if chain else measured.depth
    calls = {0: "in", 1: "one call below"}.get(depth, f"{depth} calls below")
    asked = "what the customer does" if key.mode is Mode.TICKET else "the test's own lines"
    earlier = (
        ", in an earlier step than the one that answers wrongly" if measured.later_call else ""
    )
    return f"{what} {calls} {asked}{earlier}."


def _kind(_: AnswerKey, bug: Bug, __: Words | None) -> str:
    return discover()[bug.operator].hint


def _file(_: AnswerKey, bug: Bug, __: Words | None) -> str:
    return f"It is in {bug.path}."


def _function(_: AnswerKey, bug: Bug, __: Words | None) -> str:
    return (
        f"It is in {bug.function}, {bug.path}."
        if bug.function
        else f"It is outside of every function of {bug.path}."
    )


def _line(_: AnswerKey, bug: Bug, __: Words | None) -> str:
    first, last = bug.lines
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    return f"It is in {where} of {bug.path}."


_RUNGS = (_area, _kind, _file, _function, _line)


def _listed(words: Iterable[str]) -> str:
    *first, last = [*words] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def _names(text: str, stem: str) -> bool:
    """Whether a text holds the name of a file, be it in the singular."""
    return stem.replace("_", " ").removesuffix("s").lower() in text.lower()
