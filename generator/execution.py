"""One test as it was recorded step by step: who called whom, which lines ran, what they changed and what came back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.records import Failure


@dataclass(frozen=True, slots=True)
class Function:
    """A function that ran: its file, its qualified name, the first line of its definition in the tree that ran."""

    path: str
    name: str
    line: int

    @property
    def title(self) -> str:
        """The name as a person would say it: a comprehension is part of the function that it stands in."""
        return _COMPREHENSION.sub("", self.name)

    @property
    def is_comprehension(self) -> bool:
        """It is one of those that are functions of their own before Python 3.12."""
        return self.title != self.name


_COMPREHENSION = re.compile(r"(?:\.<(?:list|set|dict)comp>)+$")


@dataclass(frozen=True, slots=True)
class Entry:
    """A call is made, or, where it waited, goes on."""

    call: int
    resumed: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A generator gives a value and waits."""

    value: str | None
    line: int
    at: int


Deed: TypeAlias = Entry | Given


@dataclass(frozen=True, slots=True)
class Step:
    """One line of one call, executed once."""

    line: int
    at: int
    """Where in the record: steps, calls and what comes back are numbered in the order in which they happened."""
    deeds: tuple[Deed, ...] = ()
    raised: tuple[str, int] | None = None
    """The exception that was raised there, or came through, as text, and where in the record."""
    changed: Mapping[str, str | None] = field(default_factory=dict)
    """Name (`total`, `self.total`) → value as text, or None where it is gone, of what is another than before the line."""
    until: int = 0
    """Where in the record the call went on to its next line, or ended."""


class End(Enum):
    """How a call ended."""

    RETURNED = "it returned"
    RAISED = "it was left by an exception"
    OPEN = "it had not ended when the record did"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of a function."""

    number: int
    """Its index among all."""
    function: Function
    caller: int | None
    """Number of the call that made it, or below which its event loop runs."""
    site: int
    """The line of that which was running; 0 where there is none."""
    at: int
    arguments: Mapping[str, str] | None
    """What it began with, None in the sparse part of a record."""
    steps: tuple[Step, ...]
    """Where the record has no lines of it, one step of line 0 holds its deeds."""
    thin_from: int | None
    """Index of the step from which on its lines are missing."""
    end: End
    end_line: int
    ended_at: int
    returned: str | None
    looked: bool
    """Whether its names were looked at when it ended."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What runs in turn: the test itself, a thread, a task."""

    kind: str
    path: str
    name: str
    roots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Execution:
    """One test, recorded."""

    calls: tuple[Invocation, ...]
    streams: tuple[Stream, ...]
    """The first is the test's own."""
    length: int
    sparse: str | None
    """Why lines are missing from some place on: `time`, `size`."""
    is_cut: bool
    """It ends before the test did."""
    failure: Failure | None = None
    finished: bool = True
    """False for a test that did not come to its end within its limits: nothing may be concluded from it."""

    def in_threads(self) -> set[int]:
        """The calls that other threads made than the test's own."""
        found: set[int] = set()
        left = [root for one in self.streams if one.kind == "thread" for root in one.roots]
        while left:
            call = left.pop()
            found.add(call)
            deeds = (deed for step in self.calls[call].steps for deed in step.deeds)
            left += [deed.call for deed in deeds if isinstance(deed, Entry) and not deed.resumed]
        return found


@dataclass(frozen=True, slots=True)
class Executions:
    """What has to be known of a test to say what a bug did to it."""

    clean: Execution
    again: Execution
    """The clean code under another hash seed."""
    buggy: Execution


NOTHING = Execution((), (), 0, None, is_cut=True, finished=False)
"""Of a test that left no record."""


def read(record: Mapping[str, Any], failure: Failure | None) -> Execution:
    """From what the child has told (see its `steps`), and how the test failed."""
    reader = _Reader(record)
    for at, (kind, call, *rest) in enumerate(record["events"]):
        _READS[kind](reader, at, call, *rest)
    length = len(record["events"])
    return Execution(
        calls=tuple(each.frozen(length) for each in reader.calls.values()),
        streams=tuple(
            Stream(kind, path, name, tuple(roots))
            for (kind, path, name), roots in zip(record["streams"], reader.roots, strict=True)
        ),
        length=length,
        sparse=record["why_sparse"] or None,
        is_cut=record["ended"] or bool(record["lost"]),
        failure=failure,
    )


class _Open:
    """A call while its events come."""

    def __init__(
        self, number: int, function: Function, caller: int | None, site: int, at: int
    ) -> None:
        self.number, self.function, self.at = number, function, at
        self.caller, self.site = caller, site
        self.arguments: dict[str, str] | None = None
        self.steps: list[Step] = []
        self.deeds: list[Deed] = []
        self.raised: tuple[str, int] | None = None
        self.changed: dict[str, str | None] = {}
        self.line, self.begun = 0, at
        self.thin_from: int | None = None
        self.end, self.end_line, self.ended_at = End.OPEN, 0, at
        self.returned: str | None = None
        self.looked = False

    def change(self, changes: Mapping[str, str | None] | None) -> None:
        self.changed.update(changes or {})

    def next_step(self, line: int, at: int) -> None:
        self._close(at)
        self.line, self.begun = line, at

    def _close(self, at: int) -> None:
        is_line = self.line > 0
        if is_line or self.deeds or self.raised or self.changed:
            self.steps.append(
                Step(
                    self.line,
                    self.begun,
                    tuple(self.deeds),
                    self.raised,
                    dict(self.changed),
                    at,
                )
            )
        self.deeds, self.raised, self.changed = [], None, {}

    def frozen(self, length: int) -> Invocation:
        self._close(length if self.end is End.OPEN else self.ended_at)
        thin_from = self.thin_from
        if self.arguments is None:
            thin_from = 0
        return Invocation(
            self.number,
            self.function,
            self.caller,
            self.site,
            self.at,
            self.arguments,
            tuple(self.steps),
            thin_from,
            self.end,
            self.end_line or self.line,
            self.ended_at,
            self.returned,
            self.looked,
        )


class _Reader:
    """By the numbers that the child gave them: some are left out, where it came to nothing, and threads take them in turns."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.functions = [Function(*code) for code in record["codes"]]
        self.names: Sequence[str] = record["names"]
        self.texts: Sequence[str] = record["texts"]
        self.calls: dict[int, _Open] = {}
        self.roots: list[list[int]] = [[] for _ in record["streams"]]

    def text(self, number: int) -> str | None:
        return self.texts[number] if number >= 0 else None

    def changes(self, told: Sequence[int] | None) -> dict[str, str | None] | None:
        if told is None:
            return None
        pairs = zip(told[::2], told[1::2], strict=True)
        return {self.names[name]: self.text(text) for name, text in pairs}

    def called(  # noqa: PLR0917 - as the event has them
        self,
        at: int,
        number: int,
        caller: int,
        site: int,
        code: int,
        stream: int,
        arguments: Sequence[int] | None,
    ) -> None:
        above = self.calls.get(caller)
        call = _Open(
            len(self.calls), self.functions[code], above.number if above else None, site, at
        )
        self.calls[number] = call
        told = self.changes(arguments)
        if told is not None:
            call.arguments = {name: text for name, text in told.items() if text is not None}
        if stream >= 0:
            self.roots[stream].append(call.number)
        elif above:
            above.deeds.append(Entry(call.number, resumed=False))

    def line(self, at: int, number: int, line: int, changes: Sequence[int]) -> None:
        call = self.calls[number]
        call.change(self.changes(changes))
        call.next_step(line, at)

    def returned(
        self, at: int, number: int, line: int, text: int, changes: Sequence[int] | None
    ) -> None:
        call = self.calls[number]
        call.returned, call.end_line = self.text(text), line
        self._ended(at, call, End.RETURNED, changes)

    def gave(
        self, at: int, number: int, line: int, text: int, changes: Sequence[int] | None
    ) -> None:
        call = self.calls[number]
        call.change(self.changes(changes))
        call.deeds.append(Given(self.text(text), line, at))

    def resumed(self, _at: int, number: int, caller: int, changes: Sequence[int] | None) -> None:
        call = self.calls[number]
        call.change(self.changes(changes))
        if caller in self.calls:
            self.calls[caller].deeds.append(Entry(call.number, resumed=True))

    def raised(self, at: int, number: int, line: int, text: int) -> None:
        call = self.calls[number]
        call.raised, call.end_line = (self.texts[text], at), line

    def left(self, at: int, number: int, changes: Sequence[int] | None) -> None:
        self._ended(at, self.calls[number], End.RAISED, changes)

    def thinned(self, at: int, number: int) -> None:
        call = self.calls[number]
        call.next_step(call.line, at)
        call.thin_from = len(call.steps)

    def _ended(self, at: int, call: _Open, end: End, changes: Sequence[int] | None) -> None:
        call.change(self.changes(changes))
        call.end, call.ended_at, call.looked = end, at, changes is not None


_READS: Sequence[Any] = (
    _Reader.called,
    _Reader.line,
    _Reader.returned,
    _Reader.gave,
    _Reader.resumed,
    _Reader.raised,
    _Reader.left,
    _Reader.thinned,
)
"""By the kinds of event, as the child's `steps` numbers them."""
