"""Put an expression in the place of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes.change import Change
from generator.changes.layout import BINDING, LOOSE, has_room, needs_no_brackets, one_line, shifted
from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.source import Source

LONE = (cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.Arg, cst.Element, cst.CompIf)
"""Where an expression needs no parentheses once it is on one line."""


@dataclass(frozen=True, slots=True)
class _Replace:
    anchor: cst.CSTNode
    text: str
    whole: bool

    def edits(self, source: Source) -> Iterator[Edit]:
        start, end = (source.outer if self.whole else source.span)(self.anchor)
        yield Edit(source.path, start, end, self.text)


@dataclass(frozen=True, slots=True)
class _Swap:
    anchor: cst.CSTNode
    other: cst.CSTNode

    def edits(self, source: Source) -> Iterator[Edit]:
        yield Edit(source.path, *source.outer(self.anchor), source.text(self.other))
        yield Edit(source.path, *source.outer(self.other), source.text(self.anchor))


@dataclass(frozen=True, slots=True)
class _Cut:
    """Remove what lies between a side of one node and a side of another, in one file."""

    anchor: cst.CSTNode
    after: bool
    last: cst.CSTNode
    upto: bool
    text: str = ""

    def edits(self, source: Source) -> Iterator[Edit]:
        start = source.outer(self.anchor)[1 if self.after else 0]
        end = source.outer(self.last)[0 if self.upto else 1]
        yield Edit(source.path, start, end, self.text)


def replace(node: cst.CSTNode, new: cst.CSTNode | str, *, parentheses: bool = False) -> Change:
    """Write `new` in the place of a node. The node's own parentheses stay, unless `parentheses` says they go too."""
    text = new if isinstance(new, str) else cst.Module(body=[]).code_for_node(new)
    return Change((_Replace(node, text, parentheses),))


def swap(one: cst.CSTNode, other: cst.CSTNode) -> Change:
    """Let two nodes of one file change places, each with its own parentheses."""
    return Change((_Swap(one, other),))


def cut(
    first: cst.CSTNode,
    last: cst.CSTNode,
    *,
    after: bool = False,
    upto: bool = False,
    text: str = "",
) -> Change:
    """Put `text` in place of everything from `first` (or `after` it) to the end of `last` (or `upto` its start)."""
    return Change((_Cut(first, after, last, upto, text),))


@dataclass(frozen=True, slots=True)
class _Rewrite:
    anchor: cst.CSTNode
    text: str

    def edits(self, source: Source) -> Iterator[Edit]:
        start, end = source.span(self.anchor)
        edit = Edit(source.path, start, end, self.text)
        for around in source.ancestors(self.anchor):
            if not isinstance(around, cst.BaseExpression | cst.BaseElement | cst.Arg):
                break
            if isinstance(around, cst.BaseExpression) and _is_spread(source, around):
                wider = _fitting(source, around, edit)
                if wider is None:
                    break
                edit = wider
        yield edit


def _is_spread(source: Source, node: cst.BaseExpression) -> bool:
    """Whether an expression lies on several lines, within brackets of its own."""
    start, end = source.outer(node)
    brackets = bool(node.lpar) or not isinstance(node, BINDING)
    return brackets and b"\n" in source.data[start:end]


def _fitting(source: Source, around: cst.BaseExpression, edit: Edit) -> Edit | None:
    """An expression that was spread over lines for its length, on one line, where it fits with the edit done."""
    start, end = source.outer(around)
    before = one_line(source.data[start:end].decode())
    if before is not None and has_room(source, start, end, before):
        return None
    lone = isinstance(source.parent(around), LONE) and not isinstance(around, LOOSE)
    first, last = source.span(around) if around.lpar and lone else (start, end)
    if edit.start < first or last < edit.end:
        return None
    text = source.data[first : edit.start].decode() + edit.text
    joined = one_line((text + source.data[edit.end : last].decode()).strip())
    if joined is None or not has_room(source, start, end, joined):
        return None
    return Edit(source.path, start, end, joined)


def rewrite(node: cst.CSTNode, text: str) -> Change:
    """Write `text` in the place of a node, and on one line what was spread over lines only because it was too long."""
    return Change((_Rewrite(node, text),))


def carried(source: Source, node: cst.BaseExpression, kept: cst.BaseExpression) -> str:
    """The text of a part of an expression as it would stand in the place of the whole, in parentheses where it must."""
    text = shifted(source, source.span(node)[0], source.span(kept))
    joined = one_line(text)
    if joined is not None and has_room(source, *source.span(node), joined):
        text = joined
    parent = source.parent(node)
    beside = isinstance(parent, BINDING) and not node.lpar and not needs_no_brackets(kept, parent)
    alone = isinstance(parent, cst.Arg) and len(getattr(source.parent(parent), "args", ())) == 1
    bare = node.lpar or (isinstance(kept, cst.GeneratorExp) and alone)
    return f"({text})" if beside or (isinstance(kept, LOOSE) and not bare) else text
