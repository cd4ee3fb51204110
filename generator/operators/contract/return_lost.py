"""Forget a `return`: what was to be handed back is computed and dropped, or the way on is not left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import is_annotated, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

PLAIN = frozenset(
    """
    dict list tuple set frozenset str int float bool bytes len sorted sum min max any all isinstance hasattr getattr repr
    zip map filter reversed enumerate range type abs round Decimal format join NotImplemented
    """.split()
)
"""Calls that do nothing but make a value: nobody overlooks that it goes nowhere."""


@operator(
    family="contract",
    change="structure",
    story="The line does its work, and that its result also has to be handed back, or that nothing may follow it, was overlooked.",
    symptom="A caller gets None, or something is done a second time in another way.",
    hint="Follow every way through the function to its end, and note what the caller has in hand there.",
    evidence=[
        "werkzeug: the line that was read is handed back only since a fix that added the `return`",
        "celery: a function that answers on two other ways ended without an answer, until a fix",
        "celery: replies written as JSON were followed by the usual text, until a fix added an early `return`",
    ],
    examples=[
        Example(
            "def read(path):\n    for name in path:\n        with open(name) as f:\n            return f.readline().strip()  # größe\n    return ''\n",
            "def read(path):\n    for name in path:\n        with open(name) as f:\n            f.readline().strip()  # größe\n    return ''\n",
        ),
        Example(
            "def fit(error):\n    near = nearest(error)\n    if near:\n        return near\n\n    # as it is\n    return error\n",
            "def fit(error):\n    near = nearest(error)\n    if near:\n        return near\n",
        ),
        Example(
            "def show(replies, json):\n\tif json:\n\t\techo(dumps(replies))\n\t\treturn\n\n\techo(len(replies))\n",
            "def show(replies, json):\n\tif json:\n\t\techo(dumps(replies))\n\n\techo(len(replies))\n",
        ),
        Example(
            "def get(self, key):\n    if key in self.rows:\n        return self.rows[key]\n    return self . load(\n        key,\n    )\n",
            "def get(self, key):\n    if key in self.rows:\n        return self.rows[key]\n    self . load(\n        key,\n    )\n",
        ),
    ],
    untouched=[
        "def f(a):\n    return a\n",
        "def f(a) -> str:\n    if a:\n        return g(a)\n    return h(a)\n",
        "def f(a):\n    return len(a)\n",
        "def f(a):\n    if a:\n        g(a)\n        return\n",
        "def f(a):\n    if a:\n        return\n    g(a)\n",
        "def f(a):\n    for b in a:\n        if b:\n            g(b)\n        return\n",
        "def f(a):\n    if a:\n        return 1\n    b = g(a)\n    return b\n",
    ],
)
def return_lost(target: cst.Return, at: Context) -> Iterator[Change]:
    """Yield the line without its `return`, or the function without the line."""
    line, function = at.parent(), at.function
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1 or function is None:
        return
    value = target.value
    if value is None:
        if _keeps_from_more(line, at) and removal.can_go(at, line):
            yield remove(line)
    elif is_annotated(function) or at.source.scope(line).node is not function:
        return
    elif not removal.can_go(at, line) and at.parent(line) is function.body:
        return  # that one line does nothing but answer
    elif isinstance(value, cst.Call) and last_name(value.func) not in PLAIN:
        if (
            last_name(value.func)[:1].islower()
            and not value.lpar
            and not _is_generator(function, at)
        ):
            yield replace(target, at.text(value))
    elif isinstance(value, cst.Name) and _ends(line, function) and _answers_otherwise(function, at):
        clearing = removal.clearing(at, line)
        if clearing is not None and removal.can_go(at, line):
            yield remove(line) + clearing


def _keeps_from_more(line: cst.SimpleStatementLine, at: Context) -> bool:
    """Whether a branch does its work and then leaves, where more would come: `if a: work(); return`."""
    block = at.parent(line)
    branch = at.parent(block) if block is not None else None
    if not isinstance(branch, cst.If) or branch.orelse is not None or at.after(line):
        return False
    return bool(at.after(branch)) and not removal.only_tells(at, *at.before(line))


def _is_generator(function: cst.FunctionDef, at: Context) -> bool:
    return next(at.within(function.body, cst.Yield), None) is not None


def _ends(line: cst.CSTNode, function: cst.FunctionDef) -> bool:
    return function.body.body[-1] is line


def _answers_otherwise(function: cst.FunctionDef, at: Context) -> bool:
    """Whether a function returns a value on another way."""
    found = [
        each
        for each in at.within(function.body, cst.Return)
        if each.value is not None and at.around(cst.FunctionDef, node=each) is function
    ]
    return len(found) > 1
