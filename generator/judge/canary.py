"""Tests that the judge adds to a run, since code under test sits in the process that reports on it.

A canary has to fail: a run in which it does not says nothing. Where it lies, what it is called and when it runs is drawn
for each run. An honest test asks, beside what its original asks, whether a compared value claims to equal anything at all.

What remains possible: code that looks through the frames of the running pytest for the judge's own plans, and tells of
each test what would be right. Who does this has not solved an exercise in an hour either.
"""

from __future__ import annotations

import ast
import re
import secrets
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.records import function_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_TEXT = '''"""{about}"""


def {function}():
    left, right = "{left}", "{right}"
    assert left == right, right
'''
_HONEST = "_bugsquash_honest"
_HONEST_TEXT = f"""

def {_HONEST}(value, depth=3):
    class Nothing:
        __hash__ = None

    nothing = Nothing()
    try:
        equal = bool(value == nothing) or bool(nothing == value)
    except Exception:
        equal = False
    assert not equal, "a value that claims to equal anything"
    if depth and type(value) in (list, tuple, set, frozenset):
        [{_HONEST}(item, depth - 1) for item in list(value)[:50]]
    elif depth and type(value) is dict:
        [{_HONEST}(item, depth - 1) for item in list(value.values())[:50]]
    return value
"""
_WORD = re.compile(r"[a-z]{3,12}")
_UNITTEST = frozenset({"assertEqual", "assertEquals", "assertListEqual", "assertDictEqual"})


@dataclass(frozen=True, slots=True)
class Canary:
    """One test that must fail, in a file of its own."""

    path: str
    content: bytes
    test: str
    right: str
    """A text that only its failure message can hold."""

    def among(self, tests: Sequence[str]) -> tuple[str, ...]:
        """The tests with the canary somewhere between them, where the file changes: what a file's tests share stays whole."""
        edges = [
            place
            for place in range(len(tests) + 1)
            if place in (0, len(tests)) or _file(tests[place - 1]) != _file(tests[place])
        ]
        place = secrets.choice(edges)
        return (*tests[:place], self.test, *tests[place:])


def draw(tests: Sequence[str], paths: Collection[str]) -> Canary:
    """A canary for a run of these tests (at least one) in a tree with these files. It borrows its names from the tests."""
    directory = PurePosixPath(_file(secrets.choice(tests))).parent
    names = [_name(test) for test in tests]
    words = sorted({word for name in names for word in _WORD.findall(name.lower())}) or ["case"]
    taken = {PurePosixPath(path).name for path in paths}
    name = next(name for name in iter(lambda: _file_name(words), "") if name not in taken)
    # What is collected there as a function is collected here, whatever the project calls its tests.
    function = secrets.choice([_name(test) for test in tests if test.count("::") == 1] or names)
    left, right = secrets.token_hex(8), secrets.token_hex(8)
    about = " ".join(secrets.choice(words) for _ in range(3)).capitalize() + "."
    path = (directory / name).as_posix()
    text = _TEXT.format(about=about, function=function, left=left, right=right)
    return Canary(path, text.encode(), f"{path}::{function}", right)


def _file_name(words: Sequence[str]) -> str:
    return (
        "test_" + "_".join(secrets.choice(words) for _ in range(2 + secrets.randbelow(3))) + ".py"
    )


def _name(test: str) -> str:
    return function_of(test).split("::")[-1]


def _file(test: str) -> str:
    return test.split("::", maxsplit=1)[0]


def honest(originals: Mapping[str, bytes], tests: Collection[str]) -> dict[str, bytes]:
    """The files of these tests, in which every value that is compared for equality is asked first whether it equals anything.

    Files that can't be rewritten are left out.
    """
    files = {_file(test) for test in tests} & originals.keys()
    rewritten = {path: _rewritten(originals[path]) for path in sorted(files)}
    return {path: content for path, content in rewritten.items() if content is not None}


def _rewritten(content: bytes) -> bytes | None:
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError):
        return None
    text = ast.unparse(ast.fix_missing_locations(_AskFirst().visit(tree)))
    return (text + _HONEST_TEXT).encode("utf-8", "surrogatepass")


class _AskFirst(ast.NodeTransformer):
    """`assert a == b` → `assert honest(a) == honest(b)`, and likewise what unittest compares."""

    def __init__(self) -> None:
        self.asserting = False

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        self.asserting = True
        node.test = self.visit(node.test)
        self.asserting = False
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if not self.asserting or not all(isinstance(operator, ast.Eq) for operator in node.ops):
            return node
        node.left = _asked(node.left)
        node.comparators = [_asked(value) for value in node.comparators]
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr in _UNITTEST:
            plain = [not isinstance(value, ast.Starred) for value in node.args[:2]]
            if all(plain):
                node.args[:2] = [_asked(value) for value in node.args[:2]]
        return node


def _asked(value: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(_HONEST, ast.Load()), [value], [])
