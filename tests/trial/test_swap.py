from __future__ import annotations
import __future__

import argparse
import ast
import asyncio.base_events
import collections
import dataclasses
import enum
import functools
import inspect
import tarfile
import tempfile
import types
import typing
import unittest.mock
from typing import TYPE_CHECKING

import pytest

from generator.records import Baseline, ChangeKind, Edit, Family, Mutant
from generator.trial.swap import Swap, swaps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.records import Seed

MODULES = [
    argparse,
    asyncio.base_events,
    collections,
    dataclasses,
    enum,
    functools,
    inspect,
    tarfile,
    tempfile,
    typing,
    unittest.mock,
]
BASELINE = Baseline((), (), {}, {}, {}, 0.0, 0, "")
PATH = "shop/core.py"
SHOP = '''\
from __future__ import annotations

import os

RATE = 3


def lent(n, most=RATE):
    """Up to the rate."""
    if n < most:
        return [each for each in range(n)]
    return []


class Till:
    opened = False

    @property
    def __secret(self):
        return 1

    class Drawer:
        @staticmethod
        def take(n):
            def inner():
                return n - 1

            return inner()

        def __count(self):
            return super().__hash__()


if os.sep == "/":

    def only_here(a):
        return a

else:

    def only_here(a):
        return -a


short = lambda n: n + 1


def one_line(n): return n + 1


async def last(n):
    return n'''


@pytest.fixture
def shop(make_seed: Callable[..., Seed]) -> Callable[[str], Seed]:
    def make(source: str = SHOP) -> Seed:
        return make_seed({"shop/__init__.py": "", PATH: source, "tests/test_a.py": "import shop"})

    return make


def mutant(source: str, *changes: tuple[str, str]) -> Mutant:
    edits = []
    for old, new in changes:
        assert source.count(old) == 1
        start = len(source[: source.index(old)].encode())
        edits.append(Edit(PATH, start, start + len(old.encode()), new))
    return Mutant("o", Family.LOGIC, ChangeKind.NAME, PATH, 1, "", tuple(edits), ())


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from codes(each)


def compiled(swap: Swap, source: str) -> types.CodeType:
    flags = sum(getattr(__future__, name).compiler_flag for name in swap.futures)
    text = imports(source) + swap.text
    module = compile(text, "core.py", "exec", flags=flags, dont_inherit=True)
    return the_one(module, swap)


def shape(code: types.CodeType) -> tuple[object, ...]:
    """All of a code object but its instructions: how a call of `super` is compiled hangs on what else the file says of that
    name, and does the same; that a class has type parameters is a flag of its methods."""
    flags = code.co_flags & ~inspect.CO_NESTED
    constants = [
        shape(each) if isinstance(each, types.CodeType) else repr(each) for each in code.co_consts
    ]
    return (
        *(code.co_name, code.co_firstlineno, flags, code.co_varnames),
        *(code.co_freevars, code.co_cellvars, sorted(set(code.co_names)), constants),
        sorted({line for _, _, line in code.co_lines() if line}),
    )


@functools.cache
def imports(source: str) -> str:
    """The compiler wants to know whether `os` is imported: it calls a module's function in another way than a method."""

    def names(node: ast.AST) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield from (each.asname or each.name.partition(".")[0] for each in child.names)
            elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from names(child)

    found = ", ".join(names(ast.parse(source)))
    return found and f"import {found}"


def the_one(module: types.CodeType, swap: Swap) -> types.CodeType:
    place = (swap.name, swap.new_line)
    (found,) = (code for code in codes(module) if (code.co_name, code.co_firstlineno) == place)
    return found


def in_whole_file(source: str, swap: Swap) -> types.CodeType:
    return the_one(compile(source, "core.py", "exec", dont_inherit=True), swap)


@pytest.mark.parametrize(
    "change",
    [
        ("n < most", "n <= most"),
        ("range(n)", "range(\n        n + 1\n    )"),
        ("return 1", "return 2"),
        ("return n - 1", "return n"),
        ("super().__hash__()", "hash(self)"),
        ("return a\n", "return a + 1\n"),
        ("return -a", "return a"),
        ("return n + 1", "return n + 2"),
        ("    return n", "    return -n"),
    ],
    ids=lambda change: change[1],
)
def test_a_function_alone_compiles_to_what_the_whole_file_makes_of_it(
    shop: Callable[..., Seed], change: tuple[str, str]
) -> None:
    old, new = change
    at = SHOP.rindex(old)
    edit = Edit(PATH, at, at + len(old), new)
    one = Mutant("o", Family.LOGIC, ChangeKind.NAME, PATH, 1, "", (edit,), ())
    found = swaps(shop(), BASELINE, one)
    assert found is not None
    (swap,) = found
    whole = SHOP[:at] + new + SHOP[at + len(old) :]
    assert compiled(swap, whole) == in_whole_file(whole, swap)


@pytest.mark.parametrize("change", [("RATE = 3", "RATE = 4"), ("most=RATE", "most=2")])
def test_what_runs_at_import_has_to_be_imported(
    shop: Callable[..., Seed], change: tuple[str, str]
) -> None:
    assert swaps(shop(), BASELINE, mutant(SHOP, change)) is None


@pytest.mark.parametrize(
    "change",
    [
        ("opened = False", "opened = True"),
        ("@staticmethod", "@classmethod"),
        ("lambda n: n", "lambda n: -n"),
    ],
)
def test_class_bodies_decorators_and_lambdas_outside_functions_have_to_be_imported(
    shop: Callable[..., Seed], change: tuple[str, str]
) -> None:
    assert swaps(shop(), BASELINE, mutant(SHOP, change)) is None


def test_a_function_that_ran_before_the_tests_has_to_be_imported(shop: Callable[..., Seed]) -> None:
    seed, change = shop(), mutant(SHOP, ("n < most", "n <= most"))
    line = SHOP[: SHOP.index("return []")].count("\n") + 1
    ran = dataclasses.replace(BASELINE, import_lines={PATH: frozenset({line})})
    beside = dataclasses.replace(BASELINE, import_lines={PATH: frozenset({line + 3})})
    assert swaps(seed, ran, change) is None
    assert swaps(seed, beside, change) is not None


DECORATOR = """\
def twice(call):
    name = call.__name__

    class Twice:
        def __call__(self, *given):
            return call(*given) + call(*given)

    def inner(*given):
        if given:
            return Twice()(*given)
        else:
            return name

    if call is None:
        inner = None
        # nothing to call
    return inner
"""
RAN = frozenset({2, 4, 5, 8, 14, 17})


def that_ran(*lines: int) -> Baseline:
    return dataclasses.replace(BASELINE, import_lines={PATH: RAN | {*lines}})


def test_what_a_function_made_before_the_tests_is_swapped_where_that_alone_changes(
    shop: Callable[..., Seed],
) -> None:
    changes = [
        ("return call(", "return (\n                1\n            ) + call("),
        ("Twice()(", "3 * Twice()("),
        ("inner = None", "inner = call"),
    ]
    one = mutant(DECORATOR, *changes)
    (swap,) = swaps(shop(DECORATOR), that_ran(9, 10), mutant(DECORATOR, changes[0])) or ()
    assert swap.made == (("__call__", 5, 5, False),)
    assert swaps(shop(DECORATOR), that_ran(9, 10), one) is None
    (swap,) = swaps(shop(DECORATOR), that_ran(9, 12), one) or ()
    assert swap.made == (("__call__", 5, 5, False), ("inner", 8, 10, True))
    assert compiled(swap, "") == in_whole_file(swap.text, swap)
    assert swap.was == DECORATOR


@pytest.mark.parametrize(
    "change",
    [
        ("call.__name__", "call"),
        ("return inner", "return call"),
        ("class Twice:", "class Twice(int):"),
        ("if call is None", "if call is not None"),
        # At the end of a block, maybe beyond it.
        ("    return inner\n", ""),
        ("        # nothing to call\n", "        # nothing to call\n    return call\n"),
        ("inner = None\n", "inner = None\n    return call\n"),
        # Whole lines of it, which leave it.
        ("        inner = None\n", "    inner = None\n"),
        ("        inner = None", "    inner = None"),
        ("        if given:\n", "    inner = 1\n    if given:\n"),
    ],
)
def test_what_ran_before_the_tests_is_not_changed_by_a_swap(
    shop: Callable[..., Seed], change: tuple[str, str]
) -> None:
    assert swaps(shop(DECORATOR), that_ran(), mutant(DECORATOR, change)) is None
    assert swaps(shop(DECORATOR), BASELINE, mutant(DECORATOR, change)) is not None


def test_several_changes_of_one_file_know_of_each_others_lines(shop: Callable[..., Seed]) -> None:
    changes = [
        ("n < most", "(\n        n < most\n    )"),
        ("hash__()", "hash__() + 1"),
        ("    return []\n", ""),
    ]
    found = swaps(shop(), BASELINE, mutant(SHOP, *changes))
    assert found is not None
    whole = functools.reduce(lambda text, change: text.replace(*change), changes, SHOP)
    assert [(each.name, each.longer) for each in found] == [("lent", 1), ("__count", 0)]
    for each in found:
        assert compiled(each, whole) == in_whole_file(whole, each)


def test_a_file_whose_lines_are_not_those_of_its_bytes_has_to_be_imported(
    shop: Callable[..., Seed],
) -> None:
    change = mutant(SHOP, ("n < most", "n <= most"))
    for source in (
        SHOP + "\r# end",
        "# coding: latin-1\n" + SHOP[17:],
    ):
        assert swaps(shop(source), BASELINE, change) is None


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_function_of_real_modules_compiles_alone_as_in_its_file(
    module: types.ModuleType, make_seed: Callable[..., Seed]
) -> None:
    source = inspect.getsource(module)
    seed = make_seed({"shop/__init__.py": "", PATH: source, "tests/test_a.py": "import shop"})
    whole = compile(source, "core.py", "exec", dont_inherit=True)
    lines = source.encode().splitlines(keepends=True)
    checked = 0
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        last = node.body[-1]
        offset = sum(map(len, lines[: last.lineno - 1])) + last.col_offset
        nothing = Edit(PATH, offset, offset, "")
        one = Mutant("o", Family.LOGIC, ChangeKind.NAME, PATH, 1, "", (nothing,), ())
        found = swaps(seed, BASELINE, one)
        assert found is not None
        (swap,) = found
        alone, there = compiled(swap, source), the_one(whole, swap)
        if alone.co_freevars != there.co_freevars:
            # It uses its class's type parameters: such a function is not swapped but imported.
            continue
        assert shape(alone) == shape(there)
        checked += 1
    assert checked > 5
