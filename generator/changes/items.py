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


@dataclass(frozen=True, slots=True)
class _DropParameter:
    """One parameter of a function, with the `*` in front of it where nothing would stand behind that any more."""

    anchor: cst.Param
    function: cst.FunctionDef

    def edits(self, source: Source) -> Iterator[Edit]:
        every = _parameters(self.function.params)
        last = next(n for n, each in enumerate(every) if each is self.anchor)
        lone = len(self.function.params.kwonly_params) == 1 and isinstance(
            every[last - 1], cst.ParamStar
        )
        first = last - 1 if last and lone else last
        rest = [each for n, each in enumerate(every) if not first <= n <= last]
        tidy = self._on_one_line(source, rest)
        if tidy is not None:
            yield tidy
            return
        start, end = self._range(source, every, first, last)
        yield Edit(source.path, start, end, "")

    def _range(
        self, source: Source, every: Sequence[cst.CSTNode], first: int, last: int
    ) -> tuple[int, int]:
        start, end = source.span(every[first])[0], _end_of(source, every[last])
        own_line = source.is_blank(source.line_start(start), start) and source.is_quiet(
            end, source.line_end(end)
        )
        if own_line and first:
            return source.line_end(_end_of(source, every[first - 1])), source.line_end(end)
        if last + 1 < len(every):
            return start, source.span(every[last + 1])[0]
        if first and _comma(every[last]) is None:
            return _bare_end(source, every[first - 1]), end
        return (_end_of(source, every[first - 1]) if first else start), end

    def _on_one_line(self, source: Source, rest: Sequence[cst.CSTNode]) -> Edit | None:
        """A signature spread over lines without a comma at its end, written on one line where it now fits."""
        start = source.span(self.function.whitespace_before_params)[0]
        every = _parameters(self.function.params)
        closing = source.data.find(b")", _end_of(source, every[-1]))
        inside = source.data[start:closing]
        if (
            not inside.lstrip(b" \t").startswith((b"\n", b"\r"))
            or b"#" in inside
            or _comma(every[-1])
        ):
            return None
        texts = [source.data[source.span(e)[0] : _bare_end(source, e)].decode() for e in rest]
        text = ", ".join(texts)
        if "\n" in text or not has_room(source, start, closing, text):
            return None
        return Edit(source.path, start, closing, text)


def _parameters(params: cst.Parameters) -> tuple[cst.CSTNode, ...]:
    """What stands between the brackets of a signature, in order."""
    slash = (params.posonly_ind,) if isinstance(params.posonly_ind, cst.ParamSlash) else ()
    star = (params.star_arg,) if isinstance(params.star_arg, cst.Param | cst.ParamStar) else ()
    stars = (params.star_kwarg,) if params.star_kwarg is not None else ()
    return (*params.posonly_params, *slash, *params.params, *star, *params.kwonly_params, *stars)


def _end_of(source: Source, item: cst.CSTNode) -> int:
    """Where one of them ends, with its comma."""
    comma = _comma(item)
    return source.span(comma)[1] if comma is not None else _bare_end(source, item)


def _bare_end(source: Source, item: cst.CSTNode) -> int:
    """Where one of them ends: the span of a parameter is that of its name, the one of `*` takes the comma in."""
    if isinstance(item, cst.ParamStar | cst.ParamSlash):
        return source.span(item)[0] + 1
    parts = [item, getattr(item, "annotation", None), getattr(item, "default", None)]
    return max(source.outer(part)[1] for part in parts if part is not None)


def drop_parameter(param: cst.Param, function: cst.FunctionDef) -> Change:
    """Let a parameter go from a signature, with its comma, its line where it has one, and a `*` that stands there only
    for its sake."""
    return Change((_DropParameter(param, function),))
