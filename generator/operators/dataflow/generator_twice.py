"""Make a list that is gone over twice, or kept by others, a generator that can be gone over once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

EATERS = frozenset(
    """
    sum any all sorted max min set list tuple dict frozenset join enumerate zip map filter extend update fsum fromkeys
    writelines executemany chain Counter deque iter
    """.split()
)
"""Callees that go over what they are given, and ask nothing else of it."""
HOLDING = frozenset({"list", "tuple"})
LAZY = ("Iterable", "Iterator", "Generator")
"""What a function says it returns where a generator will do as well."""


@operator(
    family="dataflow",
    change="expression",
    story="A list that seemed to be read only once was to be made lazily; the second reader further down was overlooked.",
    symptom="The first who goes over the rows gets them all; everyone after that gets none.",
    hint="Look for what can be gone over only once, and count who goes over it.",
    evidence=[
        "agate: a key made with tuple(..) had been a bare generator, which equals nothing but itself",
        "werkzeug: Cache.get_many returned map(..) where a list was expected",
        "werkzeug: request.args.lists() was handed over without list(..)",
    ],
    examples=[
        Example(
            "def post(rows):\n    due = [row for row in rows if row.due]  # é\n    total = sum(row.amount for row in due)\n    for row in due:\n        pay(row, total)\n",
            "def post(rows):\n    due = (row for row in rows if row.due)  # é\n    total = sum(row.amount for row in due)\n    for row in due:\n        pay(row, total)\n",
        ),
        Example(
            "def match(rows, names):\n    wanted = [\n        # as they are kept\n        name.strip()\n        for name in names\n    ]\n    for row in rows:\n        if row.name in wanted:\n            yield row\n",
            "def match(rows, names):\n    wanted = (\n        # as they are kept\n        name.strip()\n        for name in names\n    )\n    for row in rows:\n        if row.name in wanted:\n            yield row\n",
        ),
        Example(
            "def fresh(rows, names, seen):\n    for row in rows:\n        key = tuple(row[n] for n in names)\n        if key not in seen:\n            seen.add(key)\n            yield row\n",
            "def fresh(rows, names, seen):\n    for row in rows:\n        key = (row[n] for n in names)\n        if key not in seen:\n            seen.add(key)\n            yield row\n",
        ),
        Example(
            "def key(row, names):\n    return tuple( row[n] for n in names )\n",
            "def key(row, names):\n    return ( row[n] for n in names )\n",
        ),
        Example(
            "def read(self, rows) -> Iterable[Row]:\n    return [Row(each) for each in rows]\n",
            "def read(self, rows) -> Iterable[Row]:\n    return (Row(each) for each in rows)\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    due = [row for row in rows if row]\n    return sum(due)\n",
        "def f(rows):\n    due = [row for row in rows if row]\n    print(len(due))\n    for row in due:\n        pay(row)\n    for row in due:\n        pay(row)\n",
        "def f(rows, n):\n    return tuple(row[:n]\n                 for row in rows)\n",
        "def f(rows) -> list[int]:\n    return [row.n for row in rows]\n",
        "def f(rows):\n    if rows:\n        due = [row for row in rows]\n        a = sum(due)\n    else:\n        a = max(rows)\n    return a\n",
        "def f(rows):\n    due: list[int] = [row for row in rows]\n    return sum(due), max(due)\n",
    ],
)
def generator_twice(target: cst.ListComp | cst.Call, at: Context) -> Iterator[Change]:
    """Yield the generator in the place of the list or tuple."""
    lazy = _lazily(target, at)
    if lazy is None or at.function is None:
        return
    match at.parent():
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            if _is_eaten_twice(name, target, at) or _is_a_key(name, target, at):
                yield lazy
        case cst.Return():
            told = at.text(at.function.returns.annotation) if at.function.returns else ""
            plain = not at.function.returns and isinstance(target, cst.Call) and _is_plain(at)
            if plain or told.rpartition(".")[2].startswith(LAZY):
                yield lazy


def _lazily(target: cst.ListComp | cst.Call, at: Context) -> Change | None:
    match target:
        case cst.ListComp(lpar=[]):
            return replace(target, f"({at.text(target)[1:-1]})")
        case cst.Call(
            func=cst.Name(value=name) as func, args=[cst.Arg(value=cst.GeneratorExp(lpar=[]))]
        ):
            hangs = "\n" in at.text(target) and not at.text(target).endswith(("\n)", " )"))
            return replace(func, "") if name in HOLDING and not hangs else None
    return None


def _is_plain(at: Context) -> bool:
    """Whether nothing is told of types in the function."""
    params = at.function.params.params if at.function is not None else ()
    return not any(each.annotation is not None for each in params)


def _is_a_key(name: str, target: cst.CSTNode, at: Context) -> bool:
    """Whether a tuple serves as a key, where nothing is told of types: a generator does too, and is never found again."""
    if not isinstance(target, cst.Call) or not _is_plain(at):
        return False
    reads = at.source.scope(target).uses[name]
    keys = [
        each for each in reads if isinstance(at.parent(each), cst.Index) or _is_sought(each, at)
    ]
    return bool(keys) and all(each in keys or _is_handed_on(each, at) for each in reads)


def _is_sought(use: cst.CSTNode, at: Context) -> bool:
    """`key in seen`"""
    match at.parent(use):
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=how)]):
            return left is use and isinstance(how, cst.In | cst.NotIn)
    return False


def _is_handed_on(use: cst.CSTNode, at: Context) -> bool:
    """Whether a value is only given to something that asks nothing of it: `seen.add(key)`."""
    parent = at.parent(use)
    call = at.parent(parent) if isinstance(parent, cst.Arg) else None
    return isinstance(call, cst.Call) and last_name(call.func) in {"add", "append", "get", "pop"}


def _is_eaten_twice(name: str, target: cst.CSTNode, at: Context) -> bool:
    """Whether a local is only ever gone over, and that more than once."""
    scope = at.source.scope(target)
    if len(scope.bindings[name]) != 1 or scope.node is not at.function:
        return False
    reads = scope.uses[name]
    if not reads or not all(_goes_over(each, at) for each in reads):
        return False
    again = [each for each in reads if _is_repeated(each, target, at)]
    return len(reads) > 1 or bool(again)


def _goes_over(use: cst.CSTNode, at: Context) -> bool:
    parent = at.parent(use)
    match parent:
        case cst.For(iter=whole) | cst.CompFor(iter=whole):
            return whole is use
        case cst.Arg(star=star):
            call = at.parent(parent)
            return isinstance(call, cst.Call) and (last_name(call.func) in EATERS or star == "*")
        case cst.ComparisonTarget(operator=cst.In() | cst.NotIn()):
            return True
        case cst.StarredElement():
            return True
    return False


def _is_repeated(use: cst.CSTNode, target: cst.CSTNode, at: Context) -> bool:
    """Whether a read lies in a loop, and the list was made outside of it."""
    outside = set(at.ancestors(target))
    inner = use
    for around in at.ancestors(use):
        if around in outside:
            return False
        looping = isinstance(around, cst.For | cst.CompFor | cst.While)
        if looping and getattr(around, "iter", None) is not inner:
            return True
        if isinstance(around, cst.ListComp | cst.SetComp | cst.DictComp | cst.GeneratorExp):
            first = around.for_in.iter
            if first is not inner and inner is not around.for_in:
                return True
        inner = around
    return False
