"""The answer as a person wants to see it: the fix, how one comes to write such a bug, and how it could have been found."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.challenge.hiding import cut as hiding
from generator.records import function_of

if TYPE_CHECKING:
    from generator.debrief import Debrief
    from generator.key import AnswerKey, Bug

YOURS = "tests/test_yours.py"
"""Where no failing test was handed out and none was written."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One bug, told."""

    n: int
    operator: str
    family: str
    story: str
    path: str
    function: str
    lines: tuple[int, int]
    diff: str
    """The fix, as a unified diff against what was handed out."""
    failing: tuple[str, ...]
    witness: str | None
    """Where no failing test was handed out: a file with one that fails."""
    post_mortem: str
    """The shell command that stops where the test fails."""
    trace: str
    """The shell command that stops at the test's first line; the session of the debrief follows."""
    debrief: Debrief


@dataclass(frozen=True, slots=True)
class Revelation:
    """All bugs of a challenge, told."""

    id: str
    level: int
    answers: tuple[Answer, ...]


def reveal(key: AnswerKey, own: str = "") -> Revelation:
    """What the opened key says, in the order of its bugs. Nothing is run.

    `own` is the learner's test that shows the bug, where there is one.
    """
    answers = tuple(_answer(n, bug, key, own or YOURS) for n, bug in enumerate(key.bugs, start=1))
    return Revelation(key.id, key.level, answers)


def _answer(n: int, bug: Bug, key: AnswerKey, own: str) -> Answer:
    test = shlex.quote(bug.failing[0] if bug.failing else own)
    return Answer(
        n=n,
        operator=bug.operator,
        family=bug.family,
        story=bug.story,
        path=bug.path,
        function=bug.function,
        lines=bug.lines,
        diff=bug.fix_patch,
        failing=bug.failing,
        witness=None if bug.failing else _alone(key, bug.hidden[0]),
        post_mortem=f"python -m pytest --pdb {test}",
        trace=f"python -m pytest --trace {test}",
        debrief=bug.debrief,
    )


def _alone(key: AnswerKey, test: str) -> str:
    """The file that a hidden test stands in, with nothing but this test and what it needs."""
    path, function = test.partition("::")[0], function_of(test)
    others = {function_of(each) for each in key.tests if each.startswith(f"{path}::")} - {function}
    cuttable = hiding.cuttable(key.originals)
    left = hiding.cut(key.originals, others & cuttable).get(path) or key.originals[path]
    return left.decode("utf-8", "replace").strip("\n")
