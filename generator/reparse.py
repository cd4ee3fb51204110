"""Whether a file still parses after some edits, and to something else. Asked of the smallest piece that can be read alone: of a
module of some thousand lines it is asked some thousand times."""

from __future__ import annotations

import ast
import bisect
import functools
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from generator.edits import apply_to_file
from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.source import Source
    from generator.statements import Statements

LEADING: Mapping[type[cst.CSTNode], bytes] = {
    cst.If: b"",
    cst.While: b"",
    cst.For: b"",
    cst.With: b"",
    cst.FunctionDef: b"",
    cst.Else: b"if 1: pass\n",
    cst.ExceptHandler: b"try: pass\n",
    cst.MatchCase: b"match 1:\n ",
}
"""What stands before the header of a compound statement, so that it can be read without what stands around it."""


class _Piece(NamedTuple):
    """A piece of a file: whole lines, or, with what stands before it, the header of a compound statement."""

    start: int
    end: int
    leading: bytes | None = None


@dataclass(frozen=True, eq=False)
class Reparse:
    """The pieces of one file, and what they mean."""

    source: Source
    statements: Statements
    _trees: dict[_Piece, ast.Module] = field(default_factory=dict)

    @functools.cached_property
    def _units(self) -> list[tuple[int, int]]:
        """Whole lines that parse alone: statements outside of functions, in order, none overlapping."""
        return [self.source.lines_of(each) for each in _outside_of_functions(self.source.module)]

    @functools.cached_property
    def _statements_of_the_module(self) -> list[tuple[int, int]]:
        return [self.source.lines_of(each) for each in self.source.module.body]

    def _cover(self, node: cst.Module | cst.ClassDef) -> Iterator[tuple[int, int]]:
        body = node.body if isinstance(node, cst.Module) else node.body.body
        for each in body:
            if isinstance(each, cst.ClassDef) and isinstance(each.body, cst.IndentedBlock):
                yield from self._cover(each)
            elif isinstance(each, cst.BaseCompoundStatement | cst.SimpleStatementLine):
                yield self.source.lines_of(each)

    def differs(self, edits: list[Edit]) -> bool:
        """Whether the file parses after the edits, and means something else."""
        pieces = {edit: self._piece(edit) for edit in edits}
        whole = _Piece(0, len(self.source.data))
        places = {whole} if None in pieces.values() else set(pieces.values())
        try:
            changed = [
                self._differs(place, [edit for edit in edits if place in (pieces[edit], whole)])
                for place in places
                if place is not None
            ]
        except SyntaxError:
            return False
        return any(changed)

    def _differs(self, piece: _Piece, edits: list[Edit]) -> bool:
        """Whether the piece means something else after the edits. Raises SyntaxError where it means nothing."""
        text, start = self.source.data[piece.start : piece.end], piece.start
        if piece not in self._trees:
            self._trees[piece] = _tree(text, piece.leading)
        moved = [Edit(e.path, e.start - start, e.end - start, e.text) for e in edits]
        return not _same(_tree(apply_to_file(text, moved), piece.leading), self._trees[piece])

    def _piece(self, edit: Edit) -> _Piece | None:
        """The smallest piece around the edit that parses alone, and whose surroundings the edit leaves as they are."""
        around = self.statements.around(edit)
        if around is not None and "\n" not in edit.text:
            if isinstance(around[2], cst.SimpleStatementLine):
                start, end = self.source.lines_of(around[2])
                if start <= edit.start and edit.end < end:
                    return _Piece(start, end)
            start, end = self.statements.executed(around)
            leading = self._leading(around[2], start)
            if leading is not None and start < edit.start and edit.end < end:
                return _Piece(start, end, leading)
        return self._unit(edit)

    def _leading(self, statement: cst.CSTNode, start: int) -> bytes | None:
        """What has to stand before a statement's header, or None where the header can't be read alone."""
        if getattr(statement, "decorators", ()):
            return None
        if self.source.data.startswith(b"elif", start):
            return LEADING[cst.Else]
        return LEADING.get(type(statement))

    def _unit(self, edit: Edit) -> _Piece | None:
        whole_lines = not edit.text or edit.text.endswith("\n")
        for units, can_be_empty in ((self._units, False), (self._statements_of_the_module, True)):
            before = bisect.bisect_right(units, edit.start, key=itemgetter(0))
            start, end = units[before - 1] if before else (0, 0)
            up_to_the_end = edit.end == end and whole_lines and (edit.text or can_be_empty)
            if edit.end < end or up_to_the_end:
                return _Piece(start, end)
        return None


def _outside_of_functions(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The statements of a module and of its classes, without those that hold others of them."""
    for each in node.children:
        if isinstance(each, cst.ClassDef | cst.If | cst.Try | cst.TryStar):
            yield from _outside_of_functions(each)
        elif isinstance(each, cst.BaseCompoundStatement | cst.SimpleStatementLine):
            yield each
        elif isinstance(each, cst.IndentedBlock | cst.Else | cst.ExceptHandler | cst.Finally):
            yield from _outside_of_functions(each)


def _tree(text: bytes, leading: bytes | None) -> ast.Module:
    """The syntax tree of whole lines, or of the header of a compound statement. Raises SyntaxError."""
    if leading is not None:
        return ast.parse(leading + text + b" pass")
    indented = _first_code(text)[:1] in {b" ", b"\t"}
    return ast.parse(b"if 1:\n" + text if indented else text)


def _same(one: object, other: object) -> bool:
    """Whether two trees mean the same, wherever their nodes lie: `ast.dump` is equal, found out sooner."""
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return all(
            _same(getattr(one, name, None), getattr(other, name, None)) for name in one._fields
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return repr(one) == repr(other)


def _first_code(text: bytes) -> bytes:
    rows = (row for row in text.splitlines() if row.strip() and not row.lstrip().startswith(b"#"))
    return next(rows, b"")
