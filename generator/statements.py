"""Which statements of a file an edit lies in: the line that a person would name, and the lines that a test must reach."""

from __future__ import annotations

import bisect
import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import libcst as cst

from generator.records import Span
from generator.source import concrete

if TYPE_CHECKING:
    from generator.records import Edit
    from generator.source import Source

Statement: TypeAlias = "tuple[int, int, cst.CSTNode]"
"""Start, end and node."""


@dataclass(frozen=True, eq=False)
class Statements:
    """The statements of one file."""

    source: Source

    @functools.cached_property
    def _all(self) -> list[Statement]:
        """Everything that has a line of its own to execute, as (start, end, node)."""
        kinds: tuple[type[cst.CSTNode], ...] = (
            *concrete((cst.BaseSmallStatement,)), *concrete((cst.BaseCompoundStatement,)),
            cst.SimpleStatementLine, cst.ExceptHandler, cst.ExceptStarHandler, cst.Else, cst.Finally, cst.MatchCase,
        )  # fmt: skip
        found = [
            (*self.source.span(node), node) for kind in kinds for node in self.source.nodes(kind)
        ]
        return sorted(found, key=lambda each: (each[0], -each[1]))

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [start for start, _, _ in self._all]

    def covered(self, edit: Edit) -> list[tuple[int, int]]:
        """The whole statements that an edit takes out, none inside another."""
        outermost: list[tuple[int, int]] = []
        first = bisect.bisect_left(self._starts, edit.start)
        for start, end, _ in itertools.islice(self._all, first, None):
            if start >= edit.end:
                break
            if end <= edit.end and not (outermost and end <= outermost[-1][1]):
                outermost.append((start, end))
        return outermost

    def around(self, edit: Edit) -> Statement | None:
        """The innermost statement that an edit lies in."""
        last = bisect.bisect_right(self._starts, edit.start)
        some = (self._all[n] for n in range(last - 1, -1, -1))
        return next((each for each in some if edit.end <= each[1]), None)

    def line(self, edit: Edit) -> int:
        """The line that a person would name: where the first statement taken out starts, or the text changed."""
        covered = self.covered(edit)
        if covered:
            return self.source.line(covered[0][0])
        gone = self.source.data[edit.start : edit.end]
        return self.source.line(
            edit.start + len(gone) - len(gone.lstrip()) if gone.strip() else edit.start
        )

    def touched(self, edit: Edit) -> tuple[Span, ...]:
        """The lines of the statements (of compound ones, the header) that an edit lies in."""
        covered = self.covered(edit)
        if covered:
            return tuple(self._lines(start, end) for start, end in covered)
        if edit.start == edit.end and edit.start == self.source.line_start(edit.start):
            return (self._beside(edit),)
        home = self.around(edit)
        if home is None:
            return (self._lines(edit.start, edit.end),)
        start, end = self.executed(home)
        return (self._lines(start, end) if edit.end <= end else self._lines(edit.start, edit.end),)

    def _beside(self, edit: Edit) -> Span:
        """New lines are reached when what stands above them in their block is; at its start, when what stands below is. What is
        never executed, as a docstring, is neither."""
        place, text = edit.start, edit.text.lstrip("\r\n")
        column = len(text) - len(text.lstrip())
        begun = (each for each in reversed(self._all) if each[0] < place and _is_executed(each[2]))
        beside = next((each for each in begun if self._column(each[0]) <= column), None)
        if beside is None or self._column(beside[0]) < column:
            below = (each for each in self._all if each[0] >= place and _is_executed(each[2]))
            beside = next(below, beside)
        return self._lines(*self.executed(beside)) if beside else self._lines(place, place)

    def _column(self, offset: int) -> int:
        return offset - self.source.line_start(offset)

    def executed(self, statement: Statement) -> tuple[int, int]:
        """Where it starts and what is executed when it is reached ends: of a compound one its header."""
        start, end, node = statement
        header = self._header_end(node)
        return start, end if header is None else header

    def _header_end(self, node: cst.CSTNode) -> int | None:
        body = getattr(node, "body", None)
        if isinstance(body, cst.IndentedBlock):
            return self.source.span(body.header)[0]
        return self.source.span(body)[0] if isinstance(body, cst.SimpleStatementSuite) else None

    def _lines(self, start: int, end: int) -> Span:
        source = self.source
        return Span(source.path, source.line(start), source.line(max(start, end - 1)))


def _is_executed(statement: cst.CSTNode) -> bool:
    """Whether Python has anything to do there: no docstring, no declaration."""
    match statement:
        case cst.SimpleStatementLine(body=body):
            return any(map(_is_executed, body))
        case cst.Global() | cst.Nonlocal() | cst.AnnAssign(target=cst.Name(), value=None):
            return False
        case cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString()):
            return False
    return True
