"""A debrief in sentences. Pure; the terminal and the page say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from generator.debrief import NO_CALL, NO_EXCEPTION, NO_LINE, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.debrief import Debrief, Distance, Wrong

_ROOM = 60
"""Characters of one value."""
_LEAD = 20
"""Of these before the place where two values differ."""


@dataclass(frozen=True, slots=True)
class Row:
    """A call on the way from the test to the first difference, and what was wrong there."""

    depth: int
    where: str
    function: str
    said: str
    is_first: bool = False


def rows(debrief: Debrief) -> list[Row]:
    """From the test down to the first difference. What only passes through calls is told in the deepest of them."""
    *around, last = [link.wrong for link in debrief.chain] or [None]
    wrongs = [*around, debrief.first or last]
    return [
        Row(
            depth,
            f"{link.path}:{link.line}",
            f"{link.function}{_case(debrief.test)}" if depth == 0 else link.function,
            "" if wrong is None or _passes(wrong, wrongs[depth + 1 :]) else sentence(wrong),
            is_first=depth == len(debrief.chain) - 1,
        )
        for depth, (link, wrong) in enumerate(zip(debrief.chain, wrongs, strict=False))
    ]


def _passes(wrong: Wrong, below: Sequence[Wrong | None]) -> bool:
    """Whether the next call down that has something wrong has the same, as far as it is shown."""
    other = next((one for one in below if one), None)
    shown = beside(wrong.expected, wrong.actual)
    return other is not None and shown == beside(other.expected, other.actual)


def _case(test: str) -> str:
    """Of a parametrised test `[3-day]`."""
    _, bracket, case = test.partition("[")
    return bracket + case


def sentence(wrong: Wrong) -> str:
    """What is wrong, and what would be right: `total is 10, and should be 12`."""
    expected, actual = beside(wrong.expected, wrong.actual)
    return _SENTENCES[wrong.kind](wrong, expected, actual)


@dataclass(frozen=True, slots=True)
class Pair:
    """What is wrong in four pieces, uncut: `total`, `is 10`, `should be 12`."""

    name: str
    """"" where it needs none."""
    does: str
    actual: str
    should: str
    expected: str


def pair(wrong: Wrong) -> Pair:
    """The same as `sentence` for where two values stand one below the other."""
    actual, expected = (
        _NOTHING.get(value, value) if wrong.kind in _MAY_LACK else value
        for value in without_signs(wrong.expected, wrong.actual)[::-1]
    )
    does, should = _VERBS[wrong.kind]
    name = wrong.name if wrong.kind in _HAS_NAME else ""
    return Pair(name, does, actual, should, expected)


_HAS_NAME = (Kind.LOCAL, Kind.ATTRIBUTE, Kind.ARGUMENT)
_MAY_LACK = (Kind.BRANCH, Kind.EXCEPTION, Kind.CALL)
_NOTHING = {NO_EXCEPTION: "nothing", NO_CALL: "nothing", NO_LINE: "its end"}
_VERBS = {
    Kind.LOCAL: ("is", "should be"),
    Kind.ATTRIBUTE: ("is", "should be"),
    Kind.ARGUMENT: ("is given as", "should be"),
    Kind.RETURN: ("gives back", "should give back"),
    Kind.BRANCH: ("goes on to", "should go on to"),
    Kind.EXCEPTION: ("raises", "should raise"),
    Kind.CALL: ("calls", "should call"),
}


def _named(wrong: Wrong, expected: str, actual: str) -> str:
    return f"{wrong.name} is {actual}, and should be {expected}"


def _given(wrong: Wrong, expected: str, actual: str) -> str:
    return f"is given {wrong.name} = {actual}, and should be given {expected}"


def _returned(_: Wrong, expected: str, actual: str) -> str:
    return f"gives back {actual}, and should give back {expected}"


def _branch(_: Wrong, expected: str, actual: str) -> str:
    does = "ends here" if actual == NO_LINE else f"goes on to {actual}"
    should = "end here" if expected == NO_LINE else f"go on to {expected}"
    return f"{does}, and should {should}"


def _raised(_: Wrong, expected: str, actual: str) -> str:
    if actual == NO_EXCEPTION:
        return f"raises nothing, and should raise {expected}"
    if expected == NO_EXCEPTION:
        return f"raises {actual}, and should raise nothing"
    return f"raises {actual}, and should raise {expected}"


def _called(_: Wrong, expected: str, actual: str) -> str:
    if actual == NO_CALL:
        return f"calls nothing, and should call {expected}"
    if expected == NO_CALL:
        return f"calls {actual}, and should call nothing"
    return f"calls {actual}, and should call {expected}"


_SENTENCES = {
    Kind.LOCAL: _named,
    Kind.ATTRIBUTE: _named,
    Kind.ARGUMENT: _given,
    Kind.RETURN: _returned,
    Kind.BRANCH: _branch,
    Kind.EXCEPTION: _raised,
    Kind.CALL: _called,
}


def beside(expected: str, actual: str) -> tuple[str, str]:
    """Two values, cut so that the place where they differ is in what is left."""
    expected, actual = without_signs(expected, actual)
    same = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(expected, actual, strict=False))
    )
    begin = max(0, same - _LEAD) if max(len(expected), len(actual)) > _ROOM else 0
    first, second = (_cut(text, begin) for text in (expected, actual))
    return first, second


def without_signs(expected: str, actual: str) -> tuple[str, str]:
    """Long texts end in a sign by which two of them are told apart. Where they differ before it, nobody needs it."""
    first, second = (_SIGN.sub("…", text) for text in (expected, actual))
    return (first, second) if first != second else (expected, actual)


_SIGN = re.compile(r"… \d+ characters, #[0-9a-f]{8}")


def _cut(text: str, begin: int) -> str:
    head = "…" if begin else ""
    tail = "…" if len(text) > begin + _ROOM else ""
    return f"{head}{text[begin : begin + _ROOM]}{tail}"


def travelled(debrief: Debrief) -> str:
    """How far it went from the fault to the first wrong value, and from there to the failure; "" where that is not known."""
    if debrief.first_to_failure is None:
        return ""
    return " ".join(
        filter(
            None,
            [
                _from_the_fault(debrief),
                _to_the_failure(debrief.first_to_failure),
                _SPARSE if debrief.sparse else "",
            ],
        )
    )


_SPARSE = "The test does too much to be recorded to its end: from some place on only calls are known, and what they gave back."


def _from_the_fault(debrief: Debrief) -> str:
    distance = debrief.fault_to_first
    if distance is None and debrief.sparse:
        return ""
    if distance is None:
        return "The faulty line is not executed while the test runs: what it made was there before."
    if distance.lines == 0:
        return "The faulty line makes the first wrong value."
    return f"From the faulty line to the first wrong value {_executed(distance)}."


def _to_the_failure(distance: Distance) -> str:
    if distance.lines == 0:
        return "There the test fails."
    return f"From the first wrong value to the failure {_executed(distance)}."


def _executed(distance: Distance) -> str:
    verb = "is" if distance.lines == 1 else "are"
    calls = f", in {_counted(distance.calls, 'call')}" if distance.calls else ""
    return f"{_counted(distance.lines, 'line')} {verb} executed{calls}"


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
