"""The functions of a Python file: names and line spans. Parsed, never run."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method: qualified name, line of its first decorator, of `def`, of the body, the last line, docstring."""

    name: str
    start: int
    first: int
    body: int
    last: int
    docstring: str = ""


@functools.lru_cache(maxsize=1024)
def functions(source: str | bytes) -> tuple[Function, ...]:
    """Every function of the file, outer before inner.

    Raises SyntaxError where the text does not parse.
    """
    return tuple(_walk(ast.parse(source), ""))


@functools.lru_cache(maxsize=1024)
def texts(source: str | bytes) -> tuple[tuple[int, str], ...]:
    """Every string of the file that is no docstring, by line; of f-strings the parts between their values.

    Raises SyntaxError where the text does not parse.
    """
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return tuple(
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    )


def _walk(node: ast.AST, prefix: str) -> Iterator[Function]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            name = prefix + child.name
            last = child.end_lineno or child.lineno
            yield Function(
                name,
                _start(child),
                child.lineno,
                child.body[0].lineno,
                last,
                ast.get_docstring(child) or "",
            )
            yield from _walk(child, f"{name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _walk(child, f"{prefix}{child.name}.")
        else:
            yield from _walk(child, prefix)


def _start(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def enclosing(outline: tuple[Function, ...], line: int) -> Function | None:
    """The innermost function whose lines contain `line`, or None at module or class level."""
    around = [function for function in outline if function.first <= line <= function.last]
    return around[-1] if around else None
