"""Read another name of the same kind: its twin in role, or one that shares a word with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.words import same_role, share_a_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context, Variable

EVERYDAY = frozenset(
    {
        "int",
        "str",
        "bool",
        "float",
        "bytes",
        "dict",
        "list",
        "set",
        "tuple",
        "object",
        "Any",
        "Iterator",
    }
)
"""Types that say too little to make two values look alike."""


@operator(
    family="dataflow",
    change="name",
    story="Two values of the same kind were in scope, and the completion list offered the wrong one first.",
    symptom="A value turns up where its counterpart belongs.",
    hint="Read the names on the lines that handle the wrong value aloud, one by one.",
    evidence=[
        "wrong identifier: over a third of labelled single-statement fixes in Python",
        "werkzeug: url_quote(query) where the fragment was meant",
        "QuixBugs hanoi: `helper` where `end` was meant",
    ],
    examples=[
        Example(
            "def move(source, target, n):\n    source.take(n)\n    target.give(n)\n    log(source)\n    return target\n",
            "def move(source, target, n):\n    source.take(n)\n    source.give(n)\n    log(source)\n    return target\n",
        ),
        Example(
            "def same(price_currency: str, cost_currency: str) -> bool:\n    check(price_currency, cost_currency)\n    return price_currency in KNOWN\n",
            "def same(price_currency: str, cost_currency: str) -> bool:\n    check(price_currency, cost_currency)\n    return cost_currency in KNOWN\n",
        ),
        Example(
            "def span(rows):\n    first = rows[0]\n    last = rows[-1]\n    return ( last . at - first.at, first, last )\n",
            "def span(rows):\n    first = rows[0]\n    last = rows[-1]\n    return ( first . at - first.at, first, last )\n",
        ),
        Example(
            "def pay(payer: Account, bank: Account, n: int) -> None:\n    payer.take(n)\n    bank.give(n)\n    settle(bank, n)\n",
            "def pay(payer: Account, bank: Account, n: int) -> None:\n    payer.take(n)\n    bank.give(n)\n    settle(payer, n)\n",
        ),
    ],
    untouched=[
        "def latest(rows) -> Close | None:\n    return rows[-1] if rows else None\n\n\ndef shut(rows):\n    last_close = latest(rows)\n    new_close = Close(rows, last_close)\n    return new_close\n",
        "def keep(states, key, change):\n    before = states.get(key)\n    after = change(before)\n    if after is None:\n        return 0\n    return 1 if before is None and states else 2\n",
        "def f(start, end):\n    if start:\n        return 1\n    return 2 if end else 0\n",
        "def f(start, end):\n    return start == end\n",
        "def f(start, end):\n    return g(start, end)\n",
        "def f(start, end):\n    if not start and end:\n        return start != end\n    return [start.at, end.at]\n",
        "def f(start: int, end: str):\n    return start, h(start), h(end), end\n",
        "def f(start):\n    g(start)\n    if start:\n        end = 1\n    return start\n",
        "def f(start, end):\n    return start + 1\n",
    ],
)
def wrong_variable(target: cst.Name, at: Context) -> Iterator[Change]:
    """Yield one change for each name that could be taken for this one."""
    if not at.source.is_read(target) or not _is_a_value(target, at):
        return
    variables = at.variables(target)
    mine = variables.get(target.value)
    if mine is None:
        return
    others = [
        each
        for each in variables.values()
        if _could_be(mine, each) and not _may_newly_be_none(mine, each, at)
    ]
    if not others or at.is_only_use(target):
        return
    for other in others:
        if not (
            _stands_there_twice(target, other.name, at) or at.would_ask_twice(target, other.name)
        ):
            yield replace(target, other.name)


def _is_a_value(target: cst.Name, at: Context) -> bool:
    parent = at.parent()
    called = isinstance(parent, cst.Call) and parent.func is target
    return target.value not in {"self", "cls"} and not called and not isinstance(parent, cst.Del)


def _could_be(mine: Variable, other: Variable) -> bool:
    if other.name in {mine.name, "self", "cls"} or "_" in {mine.name, other.name}:
        return False
    if "function" in {mine.binding.kind, other.binding.kind}:
        return False
    if mine.type and other.type and mine.type != other.type:
        return False
    known = mine.type is not None and mine.type == other.type
    if known and (_is_telling(str(mine.type)) or share_a_word(mine.name, other.name)):
        return True
    return same_role(mine.name, other.name)


def _may_newly_be_none(mine: Variable, other: Variable, at: Context) -> bool:
    """Whether None may stand where it never stood: a type checker sees it, and so does the first who looks."""
    mine_may, other_may = (
        at.facts.may_bind_none(at.source, each.binding.owner) for each in (mine, other)
    )
    return other_may and not mine_may


def _is_telling(kind: str) -> bool:
    """Whether two values of a type are of one kind: accounts are, texts and numbers are not."""
    return "[" not in kind and not {part.strip() for part in kind.split("|")} <= EVERYDAY


def _stands_there_twice(target: cst.Name, name: str, at: Context) -> bool:
    """Whether the result is absurd: `x == x`, `f(a, a)`, `a = a`, `a.start, a.start`."""
    node: cst.CSTNode = target
    start = at.source.span(target)[0]
    for around in at.ancestors():
        if isinstance(around, cst.ComparisonTarget):
            continue
        if isinstance(around, cst.BaseSmallStatement | cst.BaseCompoundStatement | cst.CompFor):
            bound = [] if isinstance(around, cst.AugAssign) else at.bound_here(around)
            return name in bound and getattr(around, "value", None) is target
        text, at_byte = at.text(node).encode(), start - at.source.outer(node)[0]
        becomes = text[:at_byte] + name.encode() + text[at_byte + len(target.value.encode()) :]
        if _bare(becomes.decode()) in {_bare(at.text(each)) for each in _beside(node, around)}:
            return True
        node = around
    return False


def _bare(text: str) -> str:
    return text.strip(" ,").removeprefix("not ").strip("()")


def _beside(node: cst.CSTNode, around: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What must not look the same as `node`, one of the parts of `around`."""
    match around:
        case cst.Call(args=parts):
            if isinstance(node, cst.Arg) and node.keyword is None:
                yield from (each for each in parts if each is not node)
        case cst.Tuple(elements=parts) | cst.List(elements=parts) | cst.Set(elements=parts):
            yield from (each for each in parts if each is not node)
        case (
            cst.BinaryOperation(left=left, right=right)
            | cst.BooleanOperation(left=left, right=right)
        ):
            yield right if node is left else left
        case cst.Comparison(left=left, comparisons=comparisons):
            sides = [left, *(each.comparator for each in comparisons)]
            yield from (each for each in sides if each is not node)
        case cst.IfExp(body=body, orelse=orelse):
            yield orelse if node is body else body
