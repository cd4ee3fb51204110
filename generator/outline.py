"""The functions of a Python file: names and line spans. Parsed, never run."""

from __future__ import annotations

import ast
import bisect
import functools
import operator
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


@functools.lru_cache(maxsize=1024)
def statements(source: str | bytes) -> tuple[range, ...]:
    """The lines of every statement that does something when it is reached; of a compound one, and of an `except`, those
    before its body. What only type checkers read is left out.

    Raises SyntaxError where the text does not parse.
    """
    return tuple(_doing(ast.parse(source)))


_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _doing(tree: ast.Module) -> Iterator[range]:
    never = {id(node) for node in _for_type_checkers(tree)}
    for node in ast.walk(tree):
        says_only = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if id(node) in never or says_only or isinstance(node, ast.Global | ast.Nonlocal):
            continue
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            first, last = header(node)
            yield range(first, last + 1)


def _for_type_checkers(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in _CHECKING:
            for statement in node.body:
                yield from ast.walk(statement)


def header(statement: ast.stmt | ast.ExceptHandler) -> tuple[int, int]:
    """First and last line of a statement; of a compound one of what stands before its body."""
    blocks = [getattr(statement, name, None) for name in ("body", "cases")]
    inside = [block[0] for block in blocks if isinstance(block, list) and block]
    last = statement.end_lineno or statement.lineno
    if inside:
        # A match's cases have no line of their own, their patterns do.
        begins = getattr(inside[0], "lineno", None) or inside[0].pattern.lineno
        last = max(statement.lineno, begins - 1)
    return statement.lineno, last


def names_read(statement: ast.stmt) -> Iterator[str]:
    """The local names of a statement and their attributes (`limit`, `self.limit`), in its order, some twice; of a compound one
    those before its body."""
    yield from _names(statement, range(statement.lineno, header(statement)[1] + 1))


def _names(node: ast.AST, lines: range) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if getattr(child, "lineno", lines.start) not in lines:
            continue
        if isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name):
            yield f"{child.value.id}.{child.attr}"
        elif isinstance(child, ast.Name):
            yield child.id
        elif isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute | ast.Name):
            # What is called is no value worth showing; what it is called on may be.
            yield from _names(child.func, lines)
            for argument in [*child.args, *(keyword.value for keyword in child.keywords)]:
                yield from _names(ast.Expr(argument), lines)
        else:
            yield from _names(child, lines)


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
    begun = bisect.bisect_right(outline, line, key=operator.attrgetter("first"))
    return next((each for each in reversed(outline[:begun]) if line <= each.last), None)
