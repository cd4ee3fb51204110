"""Leave a loop where one round was meant, or go on where it was to be left: `continue`, `break` and `return` change places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove, replace
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

Loop = cst.For | cst.While
COMMENT = re.compile(r"#.*")
WORD = re.compile(r"[a-z]+")
WAYS = frozenset(
    "again next skip more other rest try stop done leave break continue found last first ignore".split()
)
"""Words of comments that would contradict what is done."""


@operator(
    family="iteration",
    change="structure",
    story="The loop was tried out with one such item, the last one; what has to become of the others after it was not looked at.",
    symptom="After a certain item the rest is not dealt with, or items are dealt with that should not be.",
    hint="Put the special item first, in the middle and last, and see how many of the others are dealt with.",
    evidence=[
        "marshmallow: a field that is not there ended the check of all that follow, until a fix wrote `continue` for `return`",
        "written from experience: no study at hand counts loops that end too soon or too late",
    ],
    examples=[
        Example(
            "def check(names, fields):\n    for name in names:\n        if name not in fields:\n            continue  # größe\n        fields[name].check()\n",
            "def check(names, fields):\n    for name in names:\n        if name not in fields:\n            return  # größe\n        fields[name].check()\n",
        ),
        Example(
            "def check(names, fields):\n    for name in names:\n        if name not in fields:\n            continue\n        fields[name].check()\n",
            "def check(names, fields):\n    for name in names:\n        if name not in fields:\n            break\n        fields[name].check()\n",
        ),
        Example(
            "def total(rows):\n\tn = 0\n\tfor row in rows:\n\t\tif row.ends: break\n\t\tn += row.n\n\treturn n\n",
            "def total(rows):\n\tn = 0\n\tfor row in rows:\n\t\tif row.ends: continue\n\t\tn += row.n\n\treturn n\n",
        ),
        Example(
            "def first(rows):\n    found = None\n    for row in rows:\n        if row.open:\n            found = row\n            # one will do\n            break\n\n    return found\n",
            "def first(rows):\n    found = None\n    for row in rows:\n        if row.open:\n            found = row\n\n    return found\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    while True:\n        if g():\n            break\n        rows += 1\n",
        "def f(rows):\n    for row in rows:\n        if row:\n            break\n    else:\n        g()\n",
        "def f(rows):\n    for row in rows:\n        if row:\n            break\n    return row\n",
        "def f(rows):\n    return [row for row in rows if row]\n",
        "def f(n):\n    while n > 0:\n        n = g(n)\n        if n == 3:\n            break\n        h(n)\n",
    ],
)
def break_for_continue(target: cst.Break | cst.Continue, at: Context) -> Iterator[Change]:
    """Yield what could stand in the place of the jump."""
    loop = at.around(cst.For, cst.While)
    if at.function is None or not isinstance(loop, cst.For) or loop.orelse is not None:
        return
    if _is_explained(target, at):
        return
    if isinstance(target, cst.Break):
        yield from _goes_on(target, loop, at)
        return
    if _is_last(target, loop, at):
        return
    yield replace(target, "break")
    if not _answers(at.function, at):
        yield replace(target, "return")


def _is_explained(target: cst.CSTNode, at: Context) -> bool:
    """Whether a comment beside the jump says where it goes."""
    start, end = at.source.lines_of(at.statement(target))
    said = " ".join(COMMENT.findall(at.source.data[start:end].decode().lower()))
    return not WAYS.isdisjoint(WORD.findall(said))


def _goes_on(target: cst.Break, loop: Loop, at: Context) -> Iterator[Change]:
    """The loop is not left: this round ends, or just goes on where nothing comes after in it."""
    line = at.statement(target)
    if not _is_last(target, loop, at):
        yield replace(target, "continue")
    elif (
        isinstance(line, cst.SimpleStatementLine)
        and len(line.body) == 1
        and removal.can_go(at, line)
    ):
        yield remove(line)


def _is_last(target: cst.CSTNode, loop: Loop, at: Context) -> bool:
    """Whether nothing would come after in the same round anyway."""
    node: cst.CSTNode = target
    for around in at.ancestors(target):
        if around is loop:
            return True
        if isinstance(around, cst.IndentedBlock) and around.body[-1] is not node:
            return False
        node = around
    return True


def _answers(function: cst.FunctionDef, at: Context) -> bool:
    """Whether a function returns values, or says that it does."""
    told = at.text(function.returns.annotation) if function.returns is not None else "None"
    yields = next(at.within(function.body, cst.Yield), None) is not None
    values = (each.value for each in at.within(function.body, cst.Return))
    return any(each is not None for each in values) or (told != "None" and not yields)
