"""Cuts test functions out of test files, with what only they used. Bytes in, bytes out; all else stays as it was."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from generator.challenge.hiding.web import UncuttableError, Web

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from generator.challenge.hiding.pieces import Alias, Parsed

__all__ = ["UncuttableError", "cut", "cuttable"]

_DIRECTIVE = re.compile(rb"^#\s*(!|-\*-|(fmt|ruff|pylint|mypy|flake8|isort|yapf|pragma|type)\b)")
_REST_OF_NAME = re.compile(rb"^\s*,?\s*(#.*)?$")
_STARTS_DEFINITION = (b"def ", b"class ", b"async ", b"@", b"#")


def cuttable(contents: Mapping[str, bytes]) -> frozenset[str]:
    """The test functions, as `path::Class::name`, that `cut` can take out one by one: defined where they are collected,
    inherited by no other class, called by no other code."""
    return frozenset(Web(contents).cuttable())


def cut(contents: Mapping[str, bytes], hide: Collection[str]) -> dict[str, bytes | None]:
    """Take the test functions `hide` (node ids without their parameters) out of the test files `contents`.

    Only changed files are in the answer; None says that the file goes, as nothing to test is left in it. Raises
    UncuttableError for a name that is not in `cuttable(contents)`.
    """
    web = Web(contents)
    kept, going = web.without(web.keys_of(hide)) if hide else (frozenset(web.pieces), frozenset())
    changed: dict[str, bytes | None] = {}
    for path, parsed in web.files.items():
        dropped = {piece.index for piece in parsed.pieces if (path, piece.index) not in kept}
        if path in going:
            changed[path] = None
        elif dropped:
            changed[path] = _rewritten(parsed, dropped)
    return changed


def _rewritten(parsed: Parsed, dropped: Collection[int]) -> bytes:
    lines: list[bytes | None] = list(parsed.lines)
    removed: set[int] = set()
    ends: set[int] = set()
    for suite in parsed.suites:
        if suite.inner is not None and suite.inner in dropped:
            continue
        ends.add(suite.header)
        gone = [
            (first, last)
            for pieces, first, last in suite.statements
            if all(piece in dropped for piece in pieces)
        ]
        for first, last in gone:
            top, end = (
                _comments_above(parsed.lines, first),
                _comments_inside(parsed.lines, first, last),
            )
            removed.update(range(top, end + 1))
        if len(gone) == len(suite.statements) and suite.inner is not None:
            line = suite.statements[0][1]
            removed.discard(line)
            lines[line - 1] = suite.indent + b"pass" + _ending(parsed.lines[line - 1])
        for pieces, _, _ in suite.statements:
            names = [parsed.pieces[piece].alias for piece in pieces]
            if any(piece in dropped for piece in pieces) and not all(
                piece in dropped for piece in pieces
            ):
                keep = [piece not in dropped for piece in pieces]
                _shorten(lines, [name for name in names if name], keep)
    text = b"".join(_tidied(lines, removed, ends, parsed.docstring))
    return parsed.bom + text.decode().encode(parsed.encoding)


def _ending(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]


def _comments_above(lines: Sequence[bytes], first: int) -> int:
    """Where the comment directly above begins; one that opens the file, or that speaks to a tool, is not part of it."""
    top = first
    while top > 1 and _is_comment_like(lines[top - 2], lines[first - 1]):
        top -= 1
    block = lines[top - 1 : first - 1]
    if top == 1 or any(_DIRECTIVE.match(line.strip()) for line in block):
        return first
    return top


def _comments_inside(lines: Sequence[bytes], first: int, last: int) -> int:
    """Where the statement's own comments below its last line end: those indented deeper than it is."""
    end = last
    for number in range(last + 1, len(lines) + 1):
        line = lines[number - 1]
        if not line.strip():
            continue
        if not line.lstrip().startswith(b"#") or _indent(line) <= _indent(lines[first - 1]):
            break
        end = number
    return end


def _is_comment_like(line: bytes, below: bytes) -> bool:
    indent = len(line) - len(line.lstrip())
    return line.lstrip().startswith(b"#") and indent == len(below) - len(below.lstrip())


def _shorten(lines: list[bytes | None], names: Sequence[Alias], keep: Sequence[bool]) -> None:
    """Take names out of an import of which others stay. From the end, so that what is left keeps its place."""
    last = max(index for index, kept in enumerate(keep) if kept)
    trailing = range(last + 1, len(names))
    if trailing and not all(_has_own_line(lines, names[index]) for index in trailing):
        _splice(lines, names[last].end, names[-1].end)
        trailing = range(0)
    for index in reversed(range(len(names))):
        name = names[index]
        if keep[index] or (index > last and index not in trailing):
            continue
        if _has_own_line(lines, name):
            for number in range(name.start[0], name.end[0] + 1):
                lines[number - 1] = None
        else:
            _splice(lines, name.start, names[index + 1].start)


def _has_own_line(lines: Sequence[bytes | None], name: Alias) -> bool:
    first, last = lines[name.start[0] - 1] or b"", lines[name.end[0] - 1] or b""
    return not first[: name.start[1]].strip() and bool(_REST_OF_NAME.match(last[name.end[1] :]))


def _splice(lines: list[bytes | None], start: tuple[int, int], end: tuple[int, int]) -> None:
    head = (lines[start[0] - 1] or b"")[: start[1]]
    tail = (lines[end[0] - 1] or b"")[end[1] :]
    for number in range(start[0], end[0]):
        lines[number] = None
    lines[start[0] - 1] = head + tail


def _tidied(
    lines: Sequence[bytes | None], removed: set[int], headers: set[int], docstring: int
) -> Iterator[bytes]:
    """The lines that stay; where some went, as many blank ones as a formatter would leave."""
    number, count = 1, len(lines)
    while number <= count:
        end = number
        while end <= count and (end in removed or _is_blank(lines[end - 1])):
            end += 1
        if end == number:
            line = lines[number - 1]
            if line is not None:
                yield line
            number += 1
            continue
        hole = range(number, end)
        if any(line in removed for line in hole):
            following = (lines[end - 1] or b"") if end <= count else b""
            yield from _gap(lines, hole, removed, headers, docstring, following)
        else:
            yield from (line for line in lines[number - 1 : end - 1] if line is not None)
        number = end


def _gap(
    lines: Sequence[bytes | None],
    hole: range,
    removed: set[int],
    headers: set[int],
    docstring: int,
    following: bytes,
) -> Iterator[bytes]:
    before = hole.start - 1
    if not following or before in headers or before == 0:
        return
    blanks = _blank_runs(hole, removed)
    first_gone = next(line for line in hole if line in removed)
    outdented = _indent(following) < _indent(lines[first_gone - 1] or b"")
    wanted = max(blanks[1:] if outdented else blanks, default=0)
    if before == docstring and not following.startswith(_STARTS_DEFINITION):
        wanted = min(wanted, 1)
    yield from [_ending(following) or b"\n"] * wanted


def _blank_runs(hole: range, removed: set[int]) -> list[int]:
    """How many blank lines stood before, between and after the removed ones."""
    marks = [hole.start - 1, *(line for line in hole if line in removed), hole.stop]
    return [after - before - 1 for before, after in pairwise(marks)]


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _is_blank(line: bytes | None) -> bool:
    return line is not None and not line.strip()
