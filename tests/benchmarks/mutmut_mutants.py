"""What mutmut wrote of a module → the same mutants as ours. mutmut 3 puts each beside the function that it is of, as a whole
function with a name of its own."""

from __future__ import annotations

import ast
import itertools
import re
from typing import TYPE_CHECKING

from generator.records import ChangeKind, Edit, Family, Mutant, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r"(?:x_|xǁ\w+?ǁ)(\w+)__mutmut_(?:\d+)$")


def mutants(path: str, clean: str, written: str) -> Iterator[Mutant]:
    """Each mutant of the module `path`, which reads `clean`, that lies in what mutmut has written."""
    there = {(classes, node.name): node for classes, node in _functions(ast.parse(clean))}
    for classes, node in _functions(ast.parse(written)):
        found = _NAME.match(node.name)
        if found is not None:
            text = _text(written, node).replace(f"def {node.name}(", f"def {found[1]}(", 1)
            yield _mutant(path, clean, there[classes, found[1]], text)


def _functions(
    tree: ast.AST, classes: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield classes, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, (*classes, node.name))
        else:
            yield from _functions(node, classes)


def _text(source: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """From its `def` to its end."""
    return "".join(source.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno])


def _mutant(
    path: str, clean: str, node: ast.FunctionDef | ast.AsyncFunctionDef, text: str
) -> Mutant:
    before = _text(clean, node)
    same = _alike(before, text)
    rest = _alike(before[same:][::-1], text[same:][::-1])
    above = "".join(clean.splitlines(keepends=True)[: node.lineno - 1]) + before[:same]
    gone, come = before[same : len(before) - rest], text[same : len(text) - rest]
    start = len(above.encode())
    edit = Edit(path, start, start + len(gone.encode()), come)
    first = above.count("\n") + 1
    span = Span(path, *_statement(node, first, first + gone.count("\n")))
    return Mutant(
        "mutmut", Family.LOGIC, ChangeKind.NAME, path, span.first, node.name, (edit,), (span,)
    )


def _alike(one: str, other: str) -> int:
    """How many characters at the beginning are the same."""
    return sum(
        1
        for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    )


def _statement(node: ast.stmt, first: int, last: int) -> tuple[int, int]:
    """The first and last line of the innermost statement around these lines; of one with a block, of what stands above it."""
    blocks = (getattr(node, name, []) for name in ("body", "orelse", "finalbody", "handlers"))
    for inner in itertools.chain.from_iterable(blocks):
        if inner.lineno <= first and last <= inner.end_lineno:
            return _statement(inner, first, last)
    return min(node.lineno, first), max(last, _header(node))


def _header(node: ast.stmt) -> int:
    body = getattr(node, "body", None)
    return max(node.lineno, body[0].lineno - 1) if body else node.end_lineno or node.lineno
