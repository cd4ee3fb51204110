"""Take one out of a list that commas separate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes.change import Change
from generator.changes.layout import has_room, is_comment
from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.source import Source


@dataclass(frozen=True, slots=True)
class _DropItem:
    """One of a list that commas separate: an argument, an element, an imported name."""

    anchor: cst.CSTNode
    items: tuple[cst.CSTNode, ...]
    brackets: cst.CSTNode | None

    def edits(self, source: Source) -> Iterator[Edit]:
        at = next(n for n, item in enumerate(self.items) if item is self.anchor)
        tidy = self._on_one_line(source)
        if tidy is not None:
            yield tidy
            return
        for start, end in self._ranges(source, at):
            yield Edit(source.path, start, end, "")

    def _end(self, source: Source, at: int) -> int:
        comma = _comma(self.items[at])
        return source.span(comma)[1] if comma is not None else source.outer(self.items[at])[1]

    def _ranges(self, source: Source, at: int) -> Iterator[tuple[int, int]]:
        start, own_end = source.outer(self.items[at])
        end, last = self._end(source, at), at == len(self.items) - 1
        own_line = source.is_blank(source.line_start(start), start) and source.is_quiet(
            end, source.line_end(end)
        )
        if last and at and _comma(self.items[at]) is None:
            before = self._end(source, at - 1)
            comma = _comma(self.items[at - 1])
            if comma is not None:
                yield source.span(comma)
            leads = source.is_blank(source.line_start(start), start)
            yield (source.line_end(before) if leads else before), own_end
        elif own_line:
            previous = self._end(source, at - 1) if at else self._opening(source, start)
            yield source.line_end(previous), source.line_end(end)
        elif not last and source.line(source.outer(self.items[at + 1])[0]) == source.line(end):
            yield start, source.outer(self.items[at + 1])[0]
        elif at:
            yield self._end(source, at - 1), end
        elif not last:
            yield start, source.outer(self.items[at + 1])[0]
        else:
            yield start, end

    def _opening(self, source: Source, start: int) -> int:
        """The end of the line that the list is opened on; comments of the first item's own go with it."""
        line = source.line_start(start)
        while line and is_comment(source, source.line_start(line - 1)):
            line = source.line_start(line - 1)
        return source.line_start(max(line - 1, 0))

    def _on_one_line(self, source: Source) -> Edit | None:
        """A call spread over lines without a comma at its end, written on one line where it now fits."""
        call = self.brackets
        if not isinstance(call, cst.Call):
            return None
        start, end = source.span(call.whitespace_before_args)[0], source.span(call)[1] - 1
        inside = source.data[start:end]
        texts = [source.text(item) for item in self.items if item is not self.anchor]
        if not texts:
            return Edit(source.path, start, end, "") if b"#" not in inside else None
        opened = inside.lstrip(b" \t").startswith((b"\n", b"\r"))
        text = ", ".join(part.removesuffix(",").rstrip() for part in texts)
        magic = _comma(self.items[-1]) is not None
        if not opened or magic or b"#" in inside or "\n" in text:
            return None
        return Edit(source.path, start, end, text) if has_room(source, start, end, text) else None


def _comma(item: cst.CSTNode) -> cst.Comma | None:
    comma = getattr(item, "comma", None)
    return comma if isinstance(comma, cst.Comma) else None


def drop_item(
    item: cst.CSTNode, items: Sequence[cst.CSTNode], brackets: cst.CSTNode | None = None
) -> Change:
    """Let one of a comma-separated list go, with its comma and, where it has one of its own, its line.

    `brackets` is the call or literal around the items; without it an only item can't be told from its brackets.
    """
    return Change((_DropItem(item, tuple(items), brackets),))
