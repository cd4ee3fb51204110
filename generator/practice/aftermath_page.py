"""The answer as one HTML page, for after the hour. Pure: somebody else writes it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from generator import html
from generator.html import code
from generator.judge.reveal import YOURS
from generator.practice import drawings, in_words
from generator.practice.session import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from generator.debrief import Debrief, Wrong
    from generator.html.charts import Chart
    from generator.html.code import FileDiff
    from generator.judge.own_change import OwnChange
    from generator.judge.reveal import Answer, Revelation
    from generator.practice.hour import Moment
    from generator.practice.record import Record
    from generator.practice.writing import Beside

_ENVIRONMENT = html.environment("generator.practice")


@dataclass(frozen=True, slots=True)
class Aftermath:
    """All that is told after the hour."""

    revelation: Revelation
    own: OwnChange
    moments: Sequence[Moment]
    record: Record
    written: Sequence[Beside] = ()
    """The learner's sentences beside the key's own."""
    python: str = "python"
    """How the shell comes to the interpreter of the challenge, from wherever it is."""


@dataclass(frozen=True, slots=True)
class _Values:
    """What was, and what should have been, with what differs marked."""

    name: str
    does: str
    actual: Markup
    should: str
    expected: Markup


@dataclass(frozen=True, slots=True)
class _Step:
    """A call on the way from the test to the first wrong value."""

    function: str
    where: str
    values: _Values | None
    is_first: bool
    is_likewise: bool
    """Whether the same is wrong in the call below."""


@dataclass(frozen=True, slots=True)
class _Bug:
    """One bug, ready to be put down."""

    answer: Answer
    where: str
    steps: tuple[_Step, ...]
    travelled: str
    way: Chart | None
    command: str
    session: Markup
    witness: Markup
    own_file: str
    """Where the witness goes."""
    fix: tuple[FileDiff, ...]
    own: tuple[FileDiff, ...]
    """The learner's change of the same files."""
    beside: tuple[tuple[str, str], ...]
    elsewhere: tuple[tuple[str, str, Markup], ...]


def page(told: Aftermath) -> str:
    """The page of one challenge."""
    bugs = [_bug(answer, told) for answer in told.revelation.answers]
    guilty = {file.path for bug in bugs for file in bug.fix}
    own = code.diff(told.own.patch)
    text: str = _ENVIRONMENT.get_template("aftermath.html.j2").render(
        revelation=told.revelation,
        record=told.record,
        spent=clock(told.record.spent),
        bugs=bugs,
        is_changed=bool(told.own.patch),
        rest=[file for file in own if file.path not in guilty],
        rest_beside=[one for one in told.own.beside if one[0] not in guilty],
        hour=drawings.timeline(told.moments, told.record),
        compared=list(_compared(told, bugs)),
        written=told.written,
    )
    return text


def _bug(answer: Answer, told: Aftermath) -> _Bug:
    debrief, fix = answer.debrief, code.diff(answer.diff)
    paths = {answer.path, *(file.path for file in fix)}
    return _Bug(
        answer=answer,
        where=_lines(answer.lines),
        steps=tuple(_steps(debrief)),
        travelled=in_words.travelled(debrief),
        way=drawings.way(debrief),
        command=told.python + answer.trace.removeprefix("python"),
        session=code.session([(typed.command, typed.shows) for typed in debrief.session]),
        witness=code.python(answer.witness) if answer.witness else Markup(),
        own_file=YOURS if YOURS in answer.trace else "",
        fix=fix,
        own=tuple(file for file in code.diff(told.own.patch) if file.path in paths),
        beside=_within(told.own, paths),
        elsewhere=tuple(
            (f"{place.path}:{place.line}", place.function, code.python(place.text))
            for place in debrief.elsewhere
        ),
    )


def _lines(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _within(own: OwnChange, paths: Collection[str]) -> tuple[tuple[str, str], ...]:
    """What was changed in these files and is at no fault."""
    return tuple(one for one in own.beside if one[0] in paths)


def _steps(debrief: Debrief) -> Iterator[_Step]:
    wrongs = [*(link.wrong for link in debrief.chain[:-1]), debrief.first]
    below = [*wrongs[1:], None]
    for row, wrong, other in zip(in_words.rows(debrief), wrongs, below, strict=False):
        is_likewise = wrong is not None and other is not None and _what(wrong) == _what(other)
        values = _values(wrong) if wrong else None
        yield _Step(row.function, row.where, values, row.is_first, is_likewise)


def _what(wrong: Wrong) -> tuple[str, ...]:
    return wrong.kind, wrong.name, wrong.expected, wrong.actual


def _values(wrong: Wrong) -> _Values:
    pair = in_words.pair(wrong)
    expected, actual = code.beside(pair.expected, pair.actual)
    return _Values(pair.name, pair.does, actual, pair.should, expected)


def _compared(told: Aftermath, bugs: Sequence[_Bug]) -> Iterator[tuple[str, str, str]]:
    """Step by step, when the learner had come to it, and what the shortest way to it takes."""
    record, own = told.record, code.diff(told.own.patch)
    typed = [len(bug.answer.debrief.session) for bug in bugs]
    in_pdb = " and ".join(str(number) for number in typed if number)
    command = "one command for each bug" if len(bugs) > 1 else "one command"
    yield "seen to fail", _at(record.reproduced), command
    yield "located", _at(record.located), f"{in_pdb} lines typed in pdb" if in_pdb else "not known"
    yield "fixed", _at(record.fixed), "with the fix above"
    yield "lines", _size(own), _size([file for bug in bugs for file in bug.fix])
    yield "hints", str(record.hints or "none"), "none"


def _at(seconds: float | None) -> str:
    return "not" if seconds is None else clock(seconds)


def _size(files: Sequence[FileDiff]) -> str:
    signs = Counter(line.sign for file in files for hunk in file.hunks for line in hunk.lines)
    return f"{signs['+']:,} added, {signs['-']:,} taken off"
