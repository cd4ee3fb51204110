"""Two executions of one test, call beside call and line beside line.

Calls are laid side by side by who made them, lines through the edit; nothing is counted. In lines that the edit reaches
different things may be done: what counts is what they leave behind.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from generator.debrief import DEEDS, NO_CALL, NO_EXCEPTION, NO_LINE, Kind, Wrong
from generator.execution import (
    Deed,
    End,
    Entry,
    Execution,
    Function,
    Given,
    Invocation,
    Step,
    Stream,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from generator.divergence.alignment import Alignment

_DIFFERENCES = 5000
"""Of one stream that are looked at. The first is nearly always the one."""
_MATCHED = 300
"""Calls of one edited line that are matched as a text is; of more, only those at the start."""

Place: TypeAlias = tuple[str, str, Kind, str, int]
"""Path, function, kind, name, clean line of what has no name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two executions differ."""

    wrong: Wrong
    call: int
    """Of the buggy execution."""
    line: int
    at: int
    """Where in the record of the buggy execution."""
    is_edit: bool = False
    """No more than what the edit says: another call in a changed line."""

    @property
    def place(self) -> Place:
        """By which the same difference is known again between two other executions."""
        wrong = self.wrong
        where = wrong.clean_line if wrong.kind in DEEDS else 0
        return wrong.path, wrong.function, wrong.kind, wrong.name, where


def _streams(clean: Execution, other: Execution) -> Iterator[tuple[Stream, Stream]]:
    """Those that run the same, in the order in which they began."""
    waiting: dict[tuple[str, str, str], list[Stream]] = {}
    for stream in clean.streams:
        waiting.setdefault((stream.kind, stream.path, stream.name), []).append(stream)
    for stream in other.streams:
        same = waiting.get((stream.kind, stream.path, stream.name))
        if same:
            yield same.pop(0), stream


@dataclass(frozen=True, slots=True)
class Fault:
    """Lines that the edit changes, executed once; where it took lines away, the place at which they were."""

    call: int
    begin: int
    end: int
    """Where in the record of the buggy execution."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A call of either execution, that begins or goes on."""

    clean: Invocation
    other: Invocation
    resumed: bool = False


class _Pause(Enum):
    """Both calls of a pair wait."""

    PAUSE = "pause"


_Found: TypeAlias = Difference | _Pair | _Pause


class Walk:
    """Goes through two executions together."""

    def __init__(self, clean: Execution, other: Execution, alignment: Alignment) -> None:
        self.executions = clean, other
        self.alignment = alignment
        self.faults: list[Fault] = []
        """Each time that lines were reached that the edit changes or takes away."""
        self._names = _names(clean), _names(other)
        self._walking: dict[tuple[int, int], Iterator[_Found]] = {}

    def differences(self) -> list[Difference]:
        """All there are, as they came about."""
        found = [
            one
            for mine, theirs in _streams(*self.executions)
            for one in islice(self._between(mine, theirs), _DIFFERENCES)
        ]
        return sorted(found, key=lambda one: one.at)

    def _between(self, clean: Stream, other: Stream) -> Iterator[Difference]:
        """Of two streams, as far as their roots are calls of the same functions."""
        for mine, theirs in zip(clean.roots, other.roots, strict=False):
            pair = self.pair(Entry(mine, resumed=False), Entry(theirs, resumed=False))
            if _same(pair.clean.function) != _same(pair.other.function):
                return
            yield from self._inside(pair)

    def _inside(self, root: _Pair) -> Iterator[Difference]:
        # On a stack of ours: calls can lie deeper in each other than Python lets us follow.
        stack: list[_Pair] = []
        found: _Found | None = root
        while found is not root or not stack:
            if isinstance(found, Difference):
                yield found
            elif isinstance(found, _Pair) and self._begins(found):
                stack.append(found)
            elif found is None or found is _Pause.PAUSE:
                stack.pop()
            if not stack:
                return
            found = self._next(stack[-1])

    def _begins(self, pair: _Pair) -> bool:
        """Whether there is something to go on with: what waits in one may be another call than what waits in the other."""
        key = pair.clean.number, pair.other.number
        if not pair.resumed:
            self._walking[key] = _Comparison(self, pair).run()
        return key in self._walking

    def _next(self, pair: _Pair) -> _Found | None:
        key = pair.clean.number, pair.other.number
        found = next(self._walking[key], None)
        if found is None:
            del self._walking[key]
        return found

    def pair(self, mine: Entry, theirs: Entry) -> _Pair:
        """The two calls."""
        clean, other = self.executions
        return _Pair(clean.calls[mine.call], other.calls[theirs.call], mine.resumed)

    def call(self, deed: Entry) -> Invocation:
        """That of the other execution which is meant."""
        return self.executions[1].calls[deed.call]

    def shown(self, side: int, deed: Deed) -> tuple[Function, bool] | None:
        """What there is to know of a deed beside values: whom it calls, or goes on with; None where it gives a value."""
        if isinstance(deed, Given):
            return None
        return _same(self.executions[side].calls[deed.call].function), deed.resumed

    def knows(self, function: Function, name: str) -> bool:
        """Whether a function has such a name in both executions: a new one says no more than the edit does."""
        return all(name in names[_same(function)] for names in self._names)


def _names(execution: Execution) -> dict[Function, set[str]]:
    names: dict[Function, set[str]] = {}
    for call in execution.calls:
        of_function = names.setdefault(_same(call.function), set())
        of_function.update(call.arguments or (), *(step.changed for step in call.steps))
    return names


def _same(function: Function) -> Function:
    """What is the same of it in both: not its line."""
    return Function(function.path, function.name, 0)


class _Mode(Enum):
    """How two blocks are compared."""

    SAME = "they are the same lines"
    EDITED = "they are different lines: only what they leave behind counts"
    THIN = "lines are missing: only calls count, and what is left at the end"


@dataclass(frozen=True, slots=True)
class _Block:
    """Steps of one call that are compared as one."""

    steps: Sequence[Step]

    def deeds(self) -> list[Deed]:
        return [deed for step in self.steps for deed in step.deeds]

    def changed(self) -> dict[str, str | None]:
        return {name: text for step in self.steps for name, text in step.changed.items()}

    def raised(self) -> tuple[str, int] | None:
        return next((step.raised for step in self.steps if step.raised), None)


class _Comparison:
    """Of two calls of one function."""

    def __init__(self, walk: Walk, pair: _Pair) -> None:
        self._walk, self._clean, self._other = walk, pair.clean, pair.other
        self._mine: dict[str, str | None] = dict(pair.clean.arguments or {})
        self._theirs: dict[str, str | None] = dict(pair.other.arguments or {})
        self._lines = pair.clean.function.line, pair.other.function.line
        """Of the clean and the buggy file, executed last."""
        self._at = pair.other.at
        self._next: tuple[Step | None, Step | None] = None, None
        """Where the two go on after they parted."""
        self._parted = False

    def run(self) -> Iterator[_Found]:
        """Differences, pairs of calls whose own come first, and pauses."""
        if self._clean.arguments is not None and self._other.arguments is not None:
            yield from self._unlike([*self._theirs, *self._mine], lambda _: Kind.ARGUMENT)
        for mine, theirs, mode in self._blocks():
            if mode is _Mode.EDITED:
                self._walk.faults.append(self._fault(theirs))
            self._stand_at(mine, theirs)
            yield from self._deeds(mine, theirs, mode)
            if not self._parted:
                yield from self._outcome(mine, theirs, mode)
            if self._parted:
                break
        if self._branched():
            yield self._difference(Kind.BRANCH, *map(_next_line, self._next))
        yield from self._ending()

    def _branched(self) -> bool:
        """They went on to other lines. Where one was left instead by an exception, that is what parted them."""
        mine, theirs = self._next
        raised = (mine is None and self._clean.end is End.RAISED) or (
            theirs is None and self._other.end is End.RAISED
        )
        return any(self._next) and not raised

    def _blocks(self) -> Iterator[tuple[_Block, _Block, _Mode]]:
        """What is compared with what, until the two part."""
        clean, other, align = self._clean, self._other, self._walk.alignment
        path = clean.function.path
        mine = theirs = 0
        while not (_is_thin(clean, mine) or _is_thin(other, theirs)):
            to = (
                _past(clean.steps, mine, lambda step: align.is_edited(path, step.line)),
                _past(other.steps, theirs, lambda step: align.is_edited_buggy(path, step.line)),
            )
            mode = _Mode.EDITED
            if to == (mine, theirs):
                heads = _at(clean.steps, mine), _at(other.steps, theirs)
                if not self._goes_on(*heads):
                    return
                to, mode = (mine + 1, theirs + 1), _Mode.SAME
            yield _Block(clean.steps[mine : to[0]]), _Block(other.steps[theirs : to[1]]), mode
            mine, theirs = to
        yield _Block(clean.steps[mine:]), _Block(other.steps[theirs:]), _Mode.THIN

    def _goes_on(self, mine: Step | None, theirs: Step | None) -> bool:
        """Whether both come to the same line next. Where they do not, `_next` has what they come to."""
        if mine is None or theirs is None:
            ended = self._clean if mine is None else self._other
            if (mine or theirs) and ended.end is not End.OPEN:
                self._next = mine, theirs
            return False
        path = self._clean.function.path
        if self._walk.alignment.clean_line(path, theirs.line) == mine.line:
            return True
        self._next = mine, theirs
        return False

    def _fault(self, theirs: _Block) -> Fault:
        steps = theirs.steps
        spans = (steps[0].at, steps[-1].until) if steps else (self._at, self._at)
        return Fault(self._other.number, *spans)

    def _stand_at(self, mine: _Block, theirs: _Block) -> None:
        clean, line = self._lines
        self._lines = (
            next((step.line for step in reversed(mine.steps) if step.line), clean),
            next((step.line for step in reversed(theirs.steps) if step.line), line),
        )
        self._at = theirs.steps[-1].at if theirs.steps else self._at

    def _deeds(self, mine: _Block, theirs: _Block, mode: _Mode) -> Iterator[_Found]:
        ours, others = mine.deeds(), theirs.deeds()
        shown = (
            [self._walk.shown(0, deed) for deed in ours],
            [self._walk.shown(1, deed) for deed in others],
        )
        done = 0, 0
        loosely = mode is _Mode.EDITED or (
            mode is _Mode.THIN and self._clean.function.path in self._walk.alignment.files
        )
        for a, b, size in _matches(*shown, loosely=loosely):
            alone = shown[0][done[0] : a], shown[1][done[1] : b]
            if any(alone) and (mine.raised() is None) is not (theirs.raised() is None):
                # What is not done any more is not done because of that.
                return
            self._stand_before(others[done[1] : b], others[: done[1]])
            yield from self._unmatched(*alone, is_edit=loosely)
            if self._parted:
                return
            for one, other in zip(ours[a : a + size], others[b : b + size], strict=True):
                yield from self._deed(one, other)
            done = a + size, b + size

    def _stand_before(self, alone: Sequence[Deed], done: Sequence[Deed]) -> None:
        """A call that only one makes comes after what both did before it in the same line."""
        begun = [self._walk.call(deed).at for deed in alone if isinstance(deed, Entry)]
        ended = [self._walk.call(deed).ended_at for deed in done if isinstance(deed, Entry)]
        self._at = begun[0] if begun else max([self._at, *ended])

    def _unmatched(
        self,
        mine: Sequence[tuple[Function, bool] | None],
        theirs: Sequence[tuple[Function, bool] | None],
        *,
        is_edit: bool,
    ) -> Iterator[Difference]:
        if not mine and not theirs:
            return
        ends = [call.end for call, some in ((self._clean, mine), (self._other, theirs)) if not some]
        if End.OPEN in ends and not is_edit:
            self._parted = True
            return
        names = _called(mine), _called(theirs)
        yield self._difference(
            Kind.CALL,
            *(name or NO_CALL for name in names),
            name=names[1] or names[0],
            is_edit=is_edit,
        )
        self._parted = not is_edit

    def _deed(self, mine: Deed, theirs: Deed) -> Iterator[_Found]:
        if isinstance(mine, Entry) and isinstance(theirs, Entry):
            yield self._walk.pair(mine, theirs)
        if isinstance(mine, Given) and isinstance(theirs, Given):
            self._at = theirs.at
            if None not in (mine.value, theirs.value) and mine.value != theirs.value:
                yield self._difference(Kind.RETURN, mine.value, theirs.value)
            yield _Pause.PAUSE

    def _outcome(self, mine: _Block, theirs: _Block, mode: _Mode) -> Iterator[Difference]:
        """What two blocks leave behind."""
        raised = mine.raised(), theirs.raised()
        texts = [each[0] if each else NO_EXCEPTION for each in raised]
        changed = mine.changed(), theirs.changed()
        self._mine.update(changed[0])
        self._theirs.update(changed[1])
        self._at = theirs.steps[-1].until if theirs.steps else self._at
        if texts[0] != texts[1]:
            self._at = raised[1][1] if raised[1] else self._at
            yield self._difference(Kind.EXCEPTION, *texts)
            self._parted = None in raised
        elif mode is not _Mode.THIN or (self._clean.looked and self._other.looked):
            yield from self._unlike([*changed[1], *changed[0]], _kind_of)

    def _unlike(self, names: Iterable[str], kind: Callable[[str], Kind]) -> Iterator[Difference]:
        for name in dict.fromkeys(names):
            mine, theirs = self._mine.get(name), self._theirs.get(name)
            if mine == theirs or not self._is_comparable(name, mine, theirs):
                continue
            texts = ("nothing" if text is None else text for text in (mine, theirs))
            yield self._difference(kind(name), *texts, name=name)

    def _is_comparable(self, name: str, mine: str | None, theirs: str | None) -> bool:
        """A local name that is set here in one of them may be set later in the other; that is when it is seen."""
        owner, dot, _ = name.partition(".")
        is_set = mine is not None and theirs is not None
        return bool(dot or is_set) and self._walk.knows(self._clean.function, owner)

    def _ending(self) -> Iterator[Difference]:
        clean, other = self._clean, self._other
        if End.OPEN in (clean.end, other.end):
            return
        self._lines, self._at = (clean.end_line, other.end_line), other.ended_at
        results = _result(clean, other), _result(other, clean)
        if clean.end is not other.end:
            # What was raised has been told where it was, unless the two had parted before.
            if any(self._next) or not self._parted:
                yield self._difference(Kind.EXCEPTION, *results)
        elif None not in (clean.returned, other.returned) and results[0] != results[1]:
            yield self._difference(Kind.RETURN, *results)

    def _difference(
        self, kind: Kind, expected: object, actual: object, *, name: str = "", is_edit: bool = False
    ) -> Difference:
        function, (clean_line, line) = self._other.function, self._lines
        wrong = Wrong(
            kind,
            function.path,
            function.title,
            line,
            clean_line,
            name,
            str(expected),
            str(actual),
        )
        return Difference(wrong, self._other.number, line, self._at, is_edit)


def _kind_of(name: str) -> Kind:
    return Kind.ATTRIBUTE if "." in name else Kind.LOCAL


def _next_line(step: Step | None) -> str:
    return NO_LINE if step is None else f"line {step.line}"


def _result(call: Invocation, beside: Invocation) -> str | None:
    if call.end is End.RETURNED:
        no_value = beside.end is End.RAISED and call.returned in (None, "None")
        return NO_EXCEPTION if no_value else call.returned
    raised = [step.raised[0] for step in call.steps if step.raised]
    return raised[-1] if raised else "an exception"


def _called(some: Sequence[tuple[Function, bool] | None]) -> str:
    return next((one[0].name for one in some if one), "")


def _is_thin(call: Invocation, index: int) -> bool:
    return call.thin_from is not None and index >= call.thin_from


def _past(steps: Sequence[Step], index: int, edited: Callable[[Step], bool]) -> int:
    while index < len(steps) and edited(steps[index]):
        index += 1
    return index


def _at(steps: Sequence[Step], index: int) -> Step | None:
    return steps[index] if index < len(steps) else None


def _matches(
    mine: Sequence[object], theirs: Sequence[object], *, loosely: bool
) -> Iterator[tuple[int, int, int]]:
    """Where both run alike: where each begins and how long; at last the two ends, of length 0. Loosely, also after they did
    not."""
    if mine == theirs:
        yield 0, 0, len(mine)
    elif loosely and max(len(mine), len(theirs)) <= _MATCHED:
        matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
        yield from matcher.get_matching_blocks()
        return
    else:
        pairs = enumerate(zip(mine, theirs, strict=False))
        yield 0, 0, next((n for n, (a, b) in pairs if a != b), min(len(mine), len(theirs)))
    yield len(mine), len(theirs), 0
