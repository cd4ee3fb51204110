"""What somebody who chooses a seed wants to know of it. Pure: nothing is run."""

from __future__ import annotations

import ast
import contextlib
import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.records import Seed

_NO_CODE = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
    }
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Size and subject of one seed."""

    name: str
    title: str
    about: str
    modules: int
    lines: int
    """Of code: blank ones, comments and docstrings left out."""
    tests: int
    """Test functions, parametrised ones counted once."""
    areas: Mapping[str, tuple[str, ...]]
    """A customer's name for a part of it → further words for it."""


def profile(seed: Seed) -> Profile:
    """Of a seed without words of its own, title and name are the same and nothing is said about it. A file that does not
    parse, such as a template, counts as a module without lines or tests."""
    words = seed.words
    return Profile(
        name=seed.name,
        title=words.title if words else seed.name,
        about=words.about if words else "",
        modules=len(seed.source),
        lines=sum(map(lines_of_code, _read(seed, seed.source))),
        tests=sum(
            function.name.rpartition(".")[2].startswith("test")
            for source in _read(seed, seed.tests)
            for function in outline.functions(source)
        ),
        areas=dict(sorted(words.areas.values())) if words else {},
    )


def _read(seed: Seed, paths: Iterable[str]) -> Iterator[bytes]:
    """The files that parse."""
    for path in paths:
        with contextlib.suppress(SyntaxError, ValueError):
            ast.parse(seed.contents[path])
            yield seed.contents[path]


def lines_of_code(source: bytes) -> int:
    """The lines that hold code: no blank ones, comments or docstrings."""
    tokens = tokenize.tokenize(io.BytesIO(source).readline)
    held = {
        line
        for token in tokens
        if token.type not in _NO_CODE
        for line in range(token.start[0], token.end[0] + 1)
    }
    return len(held - _docstrings(source))


def _docstrings(source: bytes) -> set[int]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(ast.parse(source)) if isinstance(node, owners))
    return {
        line
        for body in bodies
        if body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
        for line in range(body[0].lineno, (body[0].end_lineno or body[0].lineno) + 1)
    }
