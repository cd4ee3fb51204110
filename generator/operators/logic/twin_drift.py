"""Weaken one of two functions that are nearly the same, where both have the same guard, condition or bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_operand, operands, remove
from generator.operators import Example, operator, removal
from generator.operators.nodes import jumps, last_name
from generator.operators.twins import TOKEN, twins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.twins import Twin

BOUNDS = frozenset({"min", "max"})
TIDYING = frozenset(
    "strip lower upper casefold rstrip lstrip sorted list dict set abs round str copy clean normalise normalize".split()
)
"""Calls that bring a value into the form that is wanted."""


@operator(
    family="logic",
    change="structure",
    story="The function was copied, or written after another one. What was found out later was put right in one of the two.",
    symptom="Of two things that should behave alike, one lets through, or counts, what the other does not.",
    hint="Find the function's twin, lay the two side by side and explain every difference.",
    evidence=[
        "written from experience: no study at hand counts copies that drift apart",
        "a missing early exit is the commonest class of fix in BugsInPy",
    ],
    examples=[
        Example(
            'from rules import same\n\n\ndef give_back(rule, state, now, cost):\n    """Undo it."""\n    window = same(rule, state, now)\n    level = max(0, window.level - cost * rule.period)  # é\n    return Window(level, window.at, window.at + level)\n',
            'from rules import same\n\n\ndef give_back(rule, state, now, cost):\n    """Undo it."""\n    window = same(rule, state, now)\n    level = window.level - cost * rule.period  # é\n    return Window(level, window.at, window.at + level)\n',
            path="windows.py",
            others=(
                (
                    "queues.py",
                    "from rules import same\n\n\ndef give_back(rule, state, now, cost):\n    queue = same(rule, state, now)\n    level = max(0, queue.level - cost * rule.period)\n    return Queue(level, queue.at, queue.at + level)\n",
                    "from rules import same\n\n\ndef give_back(rule, state, now, cost):\n    queue = same(rule, state, now)\n    level = max(0, queue.level - cost * rule.period)\n    return Queue(level, queue.at, queue.at + level)\n",
                ),
            ),
        ),
        Example(
            "def _plan(draft, number, rest):\n    name = rest.strip()\n    # once only\n    if name in draft.plans:\n        raise PolicyError(number, name)\n    draft.plans = {**draft.plans, name: number}\n\n\ndef _tenant(draft, number, rest):\n    name = rest.strip()\n    if name in draft.tenants:\n        raise PolicyError(number, name)\n    draft.tenants = {**draft.tenants, name: ()}\n",
            "def _plan(draft, number, rest):\n    name = rest.strip()\n    draft.plans = {**draft.plans, name: number}\n\n\ndef _tenant(draft, number, rest):\n    name = rest.strip()\n    if name in draft.tenants:\n        raise PolicyError(number, name)\n    draft.tenants = {**draft.tenants, name: ()}\n",
        ),
        Example(
            "def incoming(rows, account):\n\tfound = []\n\tfor row in rows:\n\t\tif row.target == account and not row.void and row.amount > 0:\n\t\t\tfound.append(row)\n\treturn found\n\n\ndef outgoing(rows, account):\n\tfound = []\n\tfor row in rows:\n\t\tif row.source == account and not row.void and row.amount > 0:\n\t\t\tfound.append(row)\n\treturn found\n",
            "def incoming(rows, account):\n\tfound = []\n\tfor row in rows:\n\t\tif row.target == account and not row.void and row.amount > 0:\n\t\t\tfound.append(row)\n\treturn found\n\n\ndef outgoing(rows, account):\n\tfound = []\n\tfor row in rows:\n\t\tif row.source == account and row.amount > 0:\n\t\t\tfound.append(row)\n\treturn found\n",
        ),
    ],
    untouched=[
        "def give_back(rule, state, now, cost):\n    window = same(rule, state, now)\n    level = max(0, window.level - cost * rule.period)\n    return Window(level, window.at, window.at + level)\n",
        "def one(rule, state):\n    return max(0, rule.level - state)\n\n\ndef two(rule, state):\n    return max(0, rule.level + state)\n",
        "def one(draft, number, rest):\n    name = rest.strip()\n    if name in draft.plans:\n        raise PolicyError(number, name)\n    draft.plans = {**draft.plans, name: ()}\n\n\ndef two(self, path):\n    with open(path) as file:\n        for line in file:\n            self.lines.append(line)\n    self.sort(key=len)\n    self.path = path\n",
        "def one(rows, account):\n    found = []\n    for row in rows:\n        if row.target == account and not row.void:\n            found.append(row)\n    return found\n\n\ndef two(rows, account):\n    found = []\n    for row in rows:\n        if row.source == account or row.open:\n            found.append(row)\n    return found\n",
    ],
)
def twin_drift(target: cst.If | cst.BooleanOperation | cst.Call, at: Context) -> Iterator[Change]:
    """Yield the loss of a guard, an operand, a bound or a tidying call that the twin has as well."""
    function = at.function
    some = twins(at.facts).get(function, ()) if function is not None else ()
    if not some:
        return
    match target:
        case cst.If():
            if _shared(target, some, at):
                yield from _without_guard(target, at)
        case cst.BooleanOperation():
            yield from _without_operand(target, some, at)
        case cst.Call():
            if _shared(target, some, at):
                yield from _without_call(target, at)


def _shared(node: cst.CSTNode, some: tuple[Twin, ...], at: Context) -> bool:
    """Whether a twin has the same, with its own names."""
    return _is_in_a_twin(at.text(node), some)


def _is_in_a_twin(text: str, some: tuple[Twin, ...]) -> bool:
    tokens = TOKEN.findall(text)
    for twin in some:
        here = " ".join(twin.renamed.get(token, token) for token in tokens)
        there = " ".join(TOKEN.findall(twin.source.text(twin.node.body)))
        if f" {here} " in f" {there} ":
            return True
    return False


def _without_guard(target: cst.If, at: Context) -> Iterator[Change]:
    if target.orelse is not None or not jumps(target.body) or not removal.can_go(at, target):
        return
    clearing = removal.clearing(at, target)
    if _tells_types_apart(target, at):
        return
    if clearing is not None and at.block(target) and at.after(target):
        yield remove(target) + clearing


def _tells_types_apart(target: cst.If, at: Context) -> bool:
    """Whether what follows can be what it is only because of the guard."""
    text = at.text(target.test)
    names = at.names(target.test)
    return ("isinstance(" in text or " is None" in text) and any(
        names & at.names(each) for each in at.after(target)
    )


def _without_operand(
    target: cst.BooleanOperation, some: tuple[Twin, ...], at: Context
) -> Iterator[Change]:
    parent = at.parent()
    if isinstance(parent, cst.BooleanOperation) and parent.left is target and not target.lpar:
        return
    if not at.is_tested(target) and not isinstance(target.right, cst.Comparison):
        return
    word = at.source.inner_text(target.operator).strip()
    for n, operand in enumerate(operands(target)):
        clearing = removal.clearing(at, operand)
        text = f"{word} {at.text(operand)}" if n else f"{at.text(operand)} {word}"
        if clearing is not None and _is_in_a_twin(text, some):
            yield drop_operand(target, n) + clearing


def _without_call(target: cst.Call, at: Context) -> Iterator[Change]:
    """`max(0, x)` → x, `x.strip()` → x, `sorted(x)` → x."""
    name = last_name(target.func)
    kept: cst.BaseExpression | None = None
    match target:
        case cst.Call(func=cst.Name("min" | "max"), args=[cst.Arg(value=one), cst.Arg(value=two)]):
            constant = isinstance(one, cst.Integer | cst.Float)
            kept = two if constant else one
        case cst.Call(func=cst.Attribute(value=value), args=[]) if name in TIDYING:
            kept = value
        case cst.Call(func=cst.Name(), args=[cst.Arg(value=value, keyword=None)]):
            kept = value if name in TIDYING else None
    known = at.type_of(kept) if kept is not None else None
    same = known is None or known == at.type_of(target) or name in BOUNDS
    change = removal.unwrapped(at, target, kept) if kept is not None and same else None
    if change is not None:
        yield change
