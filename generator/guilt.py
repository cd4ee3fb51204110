"""Where in its file a mutant is at fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator import edits, outline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.records import Edit, Mutant


def guilty_lines(source: bytes, mutant: Mutant, others: Iterable[Edit] = ()) -> tuple[int, int]:
    """First and last changed line of the guilty function, in the text that has the mutant and `others`, edits of the same file.

    What goes along with it elsewhere in the file does not count: the import that nobody needs any more is not where one looks.
    Of a mutant outside of functions it is the guilty statement.
    """
    own = mutant.edits_of(mutant.path)
    function = outline.enclosing(outline.functions(source), mutant.line)
    at_home = (function.start, function.last) if function else _statement(mutant)
    guilty = [edit for edit in own if at_home[0] <= _line(source, edit) <= at_home[1]]
    along = [edit for edit in own if edit not in guilty]
    return edits.changed_lines(source, guilty or own, [*along, *others])


def _statement(mutant: Mutant) -> tuple[int, int]:
    spans = (span for span in mutant.touched if span.path == mutant.path)
    around = (span for span in spans if span.first <= mutant.line <= span.last)
    return next(((span.first, span.last) for span in around), (mutant.line, mutant.line))


def _line(source: bytes, edit: Edit) -> int:
    return source.count(b"\n", 0, edit.start) + 1
