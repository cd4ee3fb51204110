"""How a person would lay out what a change leaves: on one line where it fits, with the spaces and brackets it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from generator.source import Source

TIGHT = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString)
"""Expressions that need parentheses nowhere (but for attributes of whole numbers)."""
LOOSE = (cst.Yield, cst.NamedExpr, cst.Tuple, cst.GeneratorExp, cst.Lambda)
"""Expressions whose parentheses are better left alone."""
BINDING = (
    cst.BooleanOperation, cst.UnaryOperation, cst.BinaryOperation, cst.Comparison, cst.ComparisonTarget, cst.IfExp,
    cst.Attribute, cst.Subscript, cst.Await, cst.NamedExpr, cst.CompFor, cst.CompIf, cst.StarredElement,
)  # fmt: skip
"""Where an expression stands directly beside an operator that might take hold of a part of it."""
MAGIC = re.compile(r",\s*[\r\n]\s*[)\]}]")
"""A comma at the end of a list tells a formatter to leave one thing a line."""


def one_line(text: str) -> str | None:
    """Code spread over lines inside brackets, on one line; None where its comments, strings or commas forbid it."""
    if "\n" not in text and "\r" not in text:
        return text
    if "#" in text or "\\" in text or '"""' in text or "'''" in text or MAGIC.search(text):
        return None
    text = re.sub(r"(?<=[(\[{])\s*[\r\n]\s*", "", text)
    text = re.sub(r"\s*[\r\n]\s*(?=[)\]}.])", "", text)
    return re.sub(r"\s*[\r\n]\s*", " ", text)


def shifted(source: Source, place: int, span: tuple[int, int]) -> str:
    """A piece of the file with its further lines as far to the left as its first line moves."""
    start, end = span
    here, there = source.line_start(place), source.line_start(start)
    if here == there:
        least, shift = start - there, start - place
    else:
        least = _indent(source, there)
        shift = least - _indent(source, here)
    first = source.data[start : min(source.next_line(start), end)]
    rows = [first.decode()]
    at = start + len(first)
    while at < end:
        following = min(source.next_line(at), end)
        row = source.data[at:following]
        movable = at not in source.inside_strings and _indent(source, at) >= least
        rows.append((row[shift:] if movable else row).decode())
        at = following
    return "".join(rows)


def _indent(source: Source, line: int) -> int:
    text = source.data[line : source.line_end(line)]
    return len(text) - len(text.lstrip(b" \t"))


def fits(source: Source, node: cst.CSTNode, text: str) -> bool:
    """Whether a line stays within the length that the author keeps to, with `text` in the place of a node."""
    start, end = source.span(node)
    return len(text.encode()) <= end - start or has_room(source, start, end, text)


def needs_no_brackets(node: cst.BaseExpression, parent: cst.CSTNode | None) -> bool:
    """Whether an expression can stand below a node without parentheses."""
    compared = isinstance(node, cst.Comparison) and isinstance(parent, cst.BooleanOperation)
    return isinstance(node, TIGHT) or compared


def pad(source: Source, start: int, end: int) -> tuple[str, str]:
    """The spaces that keep a word apart from its neighbours once parentheses between them are gone."""
    before, after = source.data[:start][-1:], source.data[end : end + 1]
    gone = source.data[start:end]
    return (
        " " if before.isalnum() and gone.startswith(b"(") else "",
        " " if after.isalnum() and gone.endswith(b")") else "",
    )


def has_room(source: Source, start: int, end: int, text: str) -> bool:
    """Whether a line stays within the author's length with `text` in place of what lies from start to end."""
    line = source.data[source.line_start(start) : start] + source.data[end : source.line_end(end)]
    return len(line.decode()) + len(text) <= source.width


def is_comment(source: Source, line: int) -> bool:
    """Whether nothing but a comment stands in the line that starts at a byte."""
    return source.data[line : source.line_end(line)].lstrip().startswith(b"#")
