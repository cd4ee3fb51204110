"""Import a name as a careful author would: beside the others of its module, or on a line of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes.change import Change
from generator.changes.layout import has_room
from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.source import Source


@dataclass(frozen=True, slots=True)
class _AddName:
    """One more name in an import from the same module, in order with the others."""

    anchor: cst.ImportFrom
    name: str

    def edits(self, source: Source) -> Iterator[Edit]:
        aliases = self.anchor.names
        if isinstance(aliases, cst.ImportStar):
            raise ValueError("everything is imported already")  # noqa: TRY004  # not a wrong type
        after = next((each for each in aliases if _rank(_name(each)) > _rank(self.name)), None)
        if after is not None:
            start = source.span(after)[0]
            alone = source.is_blank(source.line_start(start), start)
            indent = source.data[source.line_start(start) : start].decode()
            gap = f",{source.newline}{indent}" if alone and _one_a_line(source, aliases) else ", "
            yield Edit(source.path, start, start, self.name + gap)
            return
        end = source.span(aliases[-1])[1]
        start = source.span(aliases[-1])[0]
        alone = source.is_blank(source.line_start(start), start)
        indent = source.data[source.line_start(start) : start].decode()
        gap = f",{source.newline}{indent}" if alone and _one_a_line(source, aliases) else ", "
        yield Edit(source.path, end, end, gap + self.name)


def _one_a_line(source: Source, aliases: Sequence[cst.ImportAlias]) -> bool:
    lines = [source.line(source.span(each)[0]) for each in aliases]
    return len(set(lines)) == len(lines)


def _name(alias: cst.ImportAlias) -> str:
    return alias.name.value if isinstance(alias.name, cst.Name) else ""


def _rank(name: str) -> tuple[int, str]:
    """Constants come first, then classes, then functions, as formatters sort them."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def import_name(source: Source, module: str, name: str) -> Change | None:
    """Import a name from a module, where it is not there yet. None where there is no place for it."""
    statements = [
        each
        for each in source.nodes(cst.ImportFrom)
        if isinstance(each, cst.ImportFrom)
        and source.parent(source.parent(each) or each) is source.module
    ]
    if name in source.module_scope.bindings:
        known = source.module_scope.bindings[name][0].owner
        same = any(
            known in each.names
            for each in statements
            if _from(source, each) == module and not isinstance(each.names, cst.ImportStar)
        )
        return Change(()) if same else None
    for each in statements:
        if _from(source, each) == module and not isinstance(each.names, cst.ImportStar):
            start, end = source.span(each)
            fits = each.lpar is not None or has_room(source, end, end, f", {name}")
            return Change((_AddName(each, name),)) if fits and start < end else None
    later = next(
        (
            each
            for each in statements
            if _from(source, each) > module and _near(_from(source, each), module)
        ),
        None,
    )
    earlier = [each for each in statements if _near(_from(source, each), module)]
    text = f"from {module} import {name}"
    if later is not None:
        return Change((_Beside(later, text, after=False),))
    return Change((_Beside(earlier[-1], text, after=True),)) if earlier else None


def _near(one: str, other: str) -> bool:
    """Whether two modules are of the same package."""
    return one.partition(".")[0] == other.partition(".")[0]


def _from(source: Source, statement: cst.ImportFrom) -> str:
    if statement.relative or statement.module is None:
        return ""
    return source.text(statement.module)


@dataclass(frozen=True, slots=True)
class _Beside:
    """A line of its own, right before or after another import."""

    anchor: cst.ImportFrom
    text: str
    after: bool

    def edits(self, source: Source) -> Iterator[Edit]:
        line = source.parent(self.anchor)
        start, end = source.lines_of(line if line is not None else self.anchor)
        place = end if self.after else start
        yield Edit(source.path, place, place, self.text + source.newline)
