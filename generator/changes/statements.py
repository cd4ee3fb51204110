"""Take out, move and insert whole statements and branches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes.change import Change
from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.source import Source


@dataclass(frozen=True, slots=True)
class _Remove:
    anchor: cst.CSTNode

    def edits(self, source: Source) -> Iterator[Edit]:
        parent = source.parent(self.anchor)
        if isinstance(self.anchor, cst.BaseSmallStatement) and parent is not None:
            yield from self._small(source, parent)
            return
        start, end = source.lines_of(self.anchor)
        yield Edit(source.path, *_with_blank_lines(source, self.anchor, start, end), "")

    def _small(self, source: Source, parent: cst.CSTNode) -> Iterator[Edit]:
        """One of several on a line: `a; b`."""
        every = list(getattr(parent, "body", ()))
        if len(every) == 1 and isinstance(parent, cst.SimpleStatementLine):
            yield from _Remove(parent).edits(source)
            return
        if len(every) == 1:
            raise ValueError("the only statement of a block can't go")
        at = next(n for n, each in enumerate(every) if each is self.anchor)
        if at + 1 < len(every):
            yield Edit(source.path, source.span(every[at])[0], source.span(every[at + 1])[0], "")
        else:
            yield Edit(source.path, source.span(every[at - 1])[1], source.span(every[at])[1], "")


def _with_blank_lines(
    source: Source, statement: cst.CSTNode, start: int, end: int
) -> tuple[int, int]:
    """The lines to remove so that the blank lines left are those a person would leave."""
    above, below = start, end
    while above and source.is_blank(source.line_start(above - 1), above):
        above = source.line_start(above - 1)
    while below < len(source.data) and source.is_blank(below, source.next_line(below)):
        below = source.next_line(below)
    before, after = source.line(start) - source.line(above), source.line(below) - source.line(end)
    siblings = block_of(source, statement)
    if siblings and siblings[-1] is statement:
        return above, end
    if siblings and siblings[0] is statement:
        return start, below
    return (start, below) if after <= before else (above, end)


@dataclass(frozen=True, slots=True)
class _DropBranch:
    """One `if`, `elif`, `case` or `except` of several: what follows takes its place."""

    anchor: cst.If | cst.MatchCase | cst.ExceptHandler

    def edits(self, source: Source) -> Iterator[Edit]:
        start, end = source.span(self.anchor)
        after = self.anchor.orelse if isinstance(self.anchor, cst.If) else None
        if after is not None and not source.data.startswith(b"elif", start):
            if isinstance(self.anchor, cst.If):
                yield Edit(source.path, start, source.span(after)[0] + len("el"), "")
            return
        start, end = source.lines_of(self.anchor)
        if after is not None:
            end = source.lines_of(after)[0]
        while after is None and source.is_blank(source.line_start(start - 1), start):
            start = source.line_start(start - 1)
        yield Edit(source.path, start, end, "")


def drop_branch(branch: cst.If | cst.MatchCase | cst.ExceptHandler) -> Change:
    """Take out one `elif`, `case` or `except` of several, or the first `if` where an `elif` follows that takes its place."""
    return Change((_DropBranch(branch),))


def block_of(source: Source, statement: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """The statements of the block that a whole-line statement stands in; empty where it has no lines of its own."""
    parent = source.parent(statement)
    return tuple(parent.body) if isinstance(parent, cst.IndentedBlock | cst.Module) else ()


@dataclass(frozen=True, slots=True)
class _Insert:
    anchor: cst.CSTNode
    text: str
    after: bool
    level: cst.CSTNode

    def edits(self, source: Source) -> Iterator[Edit]:
        lines = source.lines_of(self.anchor)
        place = lines[1] if self.after else lines[0]
        indent = source.indent(self.level)
        rows = [indent + row if row.strip() else row for row in self.text.splitlines()]
        yield _whole_lines(source, place, source.newline.join(rows))


@dataclass(frozen=True, slots=True)
class _Move:
    anchor: cst.CSTNode
    to: cst.CSTNode
    after: bool

    def edits(self, source: Source) -> Iterator[Edit]:
        yield from _Remove(self.anchor).edits(source)
        start, end = source.lines_of(self.anchor)
        lines = source.lines_of(self.to)
        place = lines[1] if self.after else lines[0]
        text = _indented(source, start, end, source.indent(self.anchor), source.indent(self.to))
        yield _whole_lines(source, place, text)


def _indented(source: Source, start: int, end: int, old: str, new: str) -> str:
    """Lines of the file with another indentation; what lies inside strings stays."""
    rows: list[str] = []
    while start < end:
        following = min(source.next_line(start), end)
        row = source.data[start:following].decode()
        if old and row.startswith(old) and start not in source.inside_strings:
            row = new + row.removeprefix(old)
        elif not old and row.strip() and start not in source.inside_strings:
            row = new + row
        rows.append(row)
        start = following
    return re.sub(r"(\r\n|\n|\r)\Z", "", "".join(rows))


def _whole_lines(source: Source, place: int, text: str) -> Edit:
    """Put lines where a line starts; at the end of a file without a last line end, leave it without one."""
    unended = place == len(source.data) and not source.data.endswith((b"\n", b"\r"))
    text = source.newline + text if unended else text + source.newline
    return Edit(source.path, place, place, text)


def remove(*statements: cst.CSTNode) -> Change:
    """Take out whole statements with their lines, the comments directly above and blank lines that lose their sense."""
    return Change(tuple(_Remove(statement) for statement in statements))


def insert(
    text: str,
    *,
    before: cst.CSTNode | None = None,
    after: cst.CSTNode | None = None,
    level: cst.CSTNode | None = None,
) -> Change:
    """Put lines of code, written without indentation, before or after a statement, indented as that one is, or as
    `level` is."""
    anchor = before if after is None else after
    if anchor is None:
        raise TypeError("insert needs `before` or `after`")
    return Change((_Insert(anchor, text, after is not None, level or anchor),))


def move(
    statement: cst.CSTNode, *, before: cst.CSTNode | None = None, after: cst.CSTNode | None = None
) -> Change:
    """Take a statement with its comments to before or after another one of the same file, indented as that one is."""
    to = before if after is None else after
    if to is None:
        raise TypeError("move needs `before` or `after`")
    return Change((_Move(statement, to, after is not None),))


@dataclass(frozen=True, slots=True)
class _Unwrap:
    anchor: cst.CSTNode
    blocks: tuple[cst.IndentedBlock, ...]
    without: tuple[cst.CSTNode, ...] = ()

    def edits(self, source: Source) -> Iterator[Edit]:
        indent = source.indent(self.anchor)
        start = source.span(self.anchor)[0] - len(indent.encode())
        end = source.lines_of(self.anchor)[1]
        texts = [text for block in self.blocks if (text := self._text(source, block, indent))]
        ended = source.data[start:end].endswith((b"\n", b"\r"))
        text = source.newline.join(texts) + (source.newline if ended else "")
        yield Edit(source.path, start, end, text)

    def _text(self, source: Source, block: cst.IndentedBlock, indent: str) -> str:
        """The lines of a block, but those of the statements that go."""
        place, end = _lines_inside(source, block)
        gone = [_with_blank_lines(source, s, *source.lines_of(s)) for s in self.without]
        pieces: list[str] = []
        for first, last in [*sorted(each for each in gone if place <= each[0] < end), (end, end)]:
            if place < first:
                pieces.append(_indented(source, place, first, source.indent(block.body[0]), indent))
            place = max(place, last)
        return source.newline.join(pieces)


def _lines_inside(source: Source, block: cst.IndentedBlock) -> tuple[int, int]:
    """The whole lines of a block, comments at its start and its end included."""
    end = source.lines_of(block.body[-1])[1]
    comments = [line for line in block.footer if line.comment is not None]
    end = max([end, *(source.span(line)[1] for line in comments)])
    return source.next_line(source.span(block.header)[0]), end


def unwrap(
    statement: cst.CSTNode, *blocks: cst.IndentedBlock, without: Sequence[cst.CSTNode] = ()
) -> Change:
    """Put the lines of blocks inside a compound statement in its place, indented as it is, leaving out the statements
    `without`."""
    return Change((_Unwrap(statement, blocks, tuple(without)),))
