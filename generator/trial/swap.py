"""A mutant → the functions it changes, each as a text that compiles alone, or nothing where it changes more than functions.

What runs while a module is imported (its own body, a class's, defaults, decorators), and functions that ran before the
first test, leave their traces in objects that no swap reaches. Such mutants have to be imported, but for changes in a block
of such a function that did not run: in a branch that it did not take, or in a function that it only made, as decorators do.
Pure, and decided before any line map of a test is looked at.
"""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator import edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.records import Baseline, Edit, Mutant, Seed


@dataclass(frozen=True, slots=True)
class Swap:
    """One function: where it lies in the clean file, and its text as it is to be."""

    path: str
    name: str
    """Bare."""
    line: int
    """The first, decorators included, in the clean file."""
    new_line: int
    """The same in the mutant's file."""
    text: str
    """Compiles to a module in which the function stands on its own lines, within classes of the right names."""
    futures: tuple[str, ...]
    """The features that its module imports from `__future__`."""
    last: int
    """The last line in the clean file."""
    longer: int
    """By how many lines it is longer in the mutant's file."""
    was: str = ""
    """Where the function ran before the first test: its text as it was."""
    made: tuple[tuple[str, int, int, bool], ...] = ()
    """Then also the functions within it that change, of which it may have made some: bare name, first line in the clean file,
    first line in the mutant's, whether it ran too."""


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    around: tuple[tuple[bytes, str], ...]
    """Indentation and head of each block that it lies in, from outside in."""
    first: int
    body: int
    last: int
    start: int
    """Offset of the first line."""
    inside: int
    """Offset of the first statement, with its indentation."""
    end: int
    """Offset of the line after the last."""
    within: tuple[_Block, ...]
    """Those in its body, but not those in theirs."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Statements that one other, which is no part of them, lets run or not."""

    function: str
    """Whose body it is, or ""."""
    first: int
    """The first line of that function, decorators included."""
    body: int
    last: int
    inside: int
    """Offset of the first line."""
    end: int
    """Offset of the line after the last."""
    indent: bytes
    within: tuple[_Block, ...]


@dataclass(frozen=True, slots=True)
class _Outline:
    functions: tuple[_Function, ...]
    futures: tuple[str, ...]


def swaps(seed: Seed, baseline: Baseline, mutant: Mutant) -> tuple[Swap, ...] | None:
    """The functions that the mutant changes, or None where it has to be imported."""
    found: list[Swap] = []
    for path in dict.fromkeys(edit.path for edit in mutant.edits):
        of_file = _swaps_of_file(
            path,
            seed.contents[path],
            mutant.edits_of(path),
            baseline.lines_outside_tests(path),
        )
        if of_file is None:
            return None
        found += of_file
    return tuple(found)


def _swaps_of_file(
    path: str, source: bytes, changes: Sequence[Edit], imported: frozenset[int]
) -> list[Swap] | None:
    outline = _outline(source)
    by_function: dict[_Function, list[Edit]] = {}
    ran: dict[_Function, dict[_Block, None]] = {}
    for edit in sorted(changes, key=lambda edit: edit.start):
        function = _around(outline, edit)
        if function is None:
            return None
        by_function.setdefault(function, []).append(edit)
        if _ran(function, imported):
            blocks = _down_to_what_did_not_run(function, edit, source, imported)
            if blocks is None:
                return None
            ran.setdefault(function, {}).update(dict.fromkeys(blocks))
    found: list[Swap] = []
    for function, some in by_function.items():
        moved = [_from(function.start, edit) for edit in some]
        clean = source[function.start : function.end]
        text = edits.apply_to_file(clean, moved)
        above = sum(swap.longer for swap in found)
        line = function.first + above
        found.append(
            Swap(
                path=path,
                name=function.name,
                line=function.first,
                new_line=line,
                text=(_heads(function, line) + text).decode(),
                futures=outline.futures,
                last=function.last,
                longer=text.count(b"\n") - clean.count(b"\n"),
                was=(_heads(function, function.first) + clean).decode() if function in ran else "",
                made=tuple(
                    (block.function, block.first, line, _ran(block, imported))
                    for block in ran.get(function, ())
                    if block.function
                    for line in [block.first + above + _longer(source, some, block.inside)]
                ),
            )
        )
    return found


def _around(outline: _Outline, edit: Edit) -> _Function | None:
    """The outermost function that holds the edit in its body."""
    return next(
        (each for each in outline.functions if each.inside <= edit.start and edit.end <= each.end),
        None,
    )


def _ran(where: _Function | _Block, imported: frozenset[int]) -> bool:
    return not imported.isdisjoint(range(where.body, where.last + 1))


def _down_to_what_did_not_run(
    function: _Function, edit: Edit, source: bytes, imported: frozenset[int]
) -> list[_Block] | None:
    """The blocks of the function that hold the edit, from outside in, to the first of which no line ran; None where all did."""
    blocks: list[_Block] = []
    within = function.within
    while block := next((each for each in within if _holds(each, edit, source)), None):
        blocks.append(block)
        if not _ran(block, imported):
            return blocks
        within = block.within
    return None


def _holds(block: _Block, edit: Edit, source: bytes) -> bool:
    """Also once it is changed: whole lines are refused, since they may come to stand outside."""
    before = source[source.rfind(b"\n", 0, edit.start) + 1 : edit.start]
    _, *gone = source[edit.start : edit.end].split(b"\n")
    first, *more = edit.text.encode().split(b"\n")
    starts_within = bool(before.strip()) or (
        before.startswith(block.indent) and bool(first.strip())
    )
    ends_within = all(lines[-1].strip() for lines in (gone, more) if lines)
    stays = all(line.startswith(block.indent) or not line.strip() for line in more)
    inside = block.inside <= edit.start and edit.end < block.end
    return inside and starts_within and ends_within and stays


def _longer(source: bytes, changes: Sequence[Edit], end: int) -> int:
    """By how many lines the changes before an offset lengthen the file."""
    return sum(
        edit.text.count("\n") - source.count(b"\n", edit.start, edit.end)
        for edit in changes
        if edit.end <= end
    )


def _from(offset: int, edit: Edit) -> Edit:
    return replace(edit, start=edit.start - offset, end=edit.end - offset)


def _heads(function: _Function, line: int) -> bytes:
    """What stands above a function for its text to compile: each of the blocks around it has a line of its own there."""
    heads = b"".join(indent + head.encode() + b"\n" for indent, head in function.around)
    return b"\n" * (line - 1 - len(function.around)) + heads


@functools.lru_cache(maxsize=256)
def _outline(source: bytes) -> _Outline:
    if re.search(rb"\r(?!\n)", source) or not _is_utf8(source):
        # Lines and columns are not those of the bytes.
        return _Outline((), ())
    tree = ast.parse(source)
    starts = [0, *(match.end() for match in re.finditer(rb"\n", source)), len(source)]
    futures = tuple(
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    )
    return _Outline(tuple(_outermost(tree, source, starts, ())), futures)


def _is_utf8(source: bytes) -> bool:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return encoding in ("utf-8", "utf-8-sig")


def _outermost(
    node: ast.AST, source: bytes, starts: Sequence[int], around: tuple[tuple[bytes, str], ...]
) -> Iterator[_Function]:
    """The functions below a node that lie in no other function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield _function(child, source, starts, around)
        elif isinstance(child, ast.stmt):
            start = starts[child.lineno - 1]
            indent = source[start : start + child.col_offset]
            head = f"class {child.name}:" if isinstance(child, ast.ClassDef) else "if 1:"
            yield from _outermost(child, source, starts, (*around, (indent, head)))
        else:
            # The handlers of a try and the cases of a match are no statements.
            yield from _outermost(child, source, starts, around)


def _function(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    source: bytes,
    starts: Sequence[int],
    around: tuple[tuple[bytes, str], ...],
) -> _Function:
    first = _first_line(node)
    last = node.end_lineno or node.lineno
    body = node.body[0]
    line = starts[body.lineno - 1]
    indent = source[line : line + body.col_offset]
    return _Function(
        name=node.name,
        around=around,
        first=first,
        body=body.lineno,
        last=last,
        start=starts[first - 1],
        inside=line + body.col_offset if indent.strip() else line,
        end=starts[last],
        within=tuple(_blocks(node.body, source, starts)),
    )


def _blocks(nodes: Sequence[ast.AST], source: bytes, starts: Sequence[int]) -> Iterator[_Block]:
    """Those of these statements, handlers and cases."""
    for node in nodes:
        for _, some in ast.iter_fields(node):
            if not isinstance(some, list) or not some:
                continue
            if isinstance(some[0], ast.stmt):
                yield _block(node, some, source, starts)
            elif isinstance(some[0], ast.ExceptHandler | ast.match_case):
                yield from _blocks(some, source, starts)


def _block(
    node: ast.AST, statements: Sequence[ast.stmt], source: bytes, starts: Sequence[int]
) -> _Block:
    function = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
    start = statements[0]
    body, last = _first_line(start), statements[-1].end_lineno or statements[-1].lineno
    return _Block(
        function=function.name if function else "",
        first=_first_line(function) if function else 0,
        body=body,
        last=last,
        inside=starts[body - 1],
        end=starts[last],
        indent=source[starts[body - 1] :][: start.col_offset],
        within=tuple(_blocks(statements, source, starts)),
    )


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])
