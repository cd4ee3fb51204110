"""Turn the sign of an amount where it is made, and back again at all but one of the places that use it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, Change, replace
from generator.operators import Example, operator
from generator.operators.callers import answers
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.call_graph import Call
    from generator.operators.context import Context

SIGNED = frozenset(
    "move movement effect effects signed net delta flow change impact due owed gain profit difference".split()
)
"""Words for what goes both ways, and whose sign is a matter of agreement."""
NUMBERS = frozenset({"int", "float", "Decimal"})
ARITHMETIC: dict[type[cst.CSTNode], str] = {
    cst.Add: "-",
    cst.Subtract: "+",
    cst.AddAssign: "-=",
    cst.SubtractAssign: "+=",
}
"""What an operator becomes where the sign of its right side turns."""


@operator(
    family="money",
    change="expression",
    story="It was agreed anew which way round the amount is told, and the places that use it were adapted. All but one.",
    symptom="In one place what came in shows as what went out, and the other way round; elsewhere all is well.",
    hint="Follow one amount from where it is made to every place that shows or adds it, and note its sign at each step.",
    evidence=[
        "57 % of 499 fixes in BugsInPy change more than one place, 13 % more than one source file",
        "written from experience: no study at hand counts signs that were agreed anew",
    ],
    examples=[
        Example(
            "from journal import Entry\n\n\ndef lines(entries: list[Entry], account):\n    balance = 0\n    for entry in entries:\n        balance += entry.effect_on(account)\n        yield balance\n\n\ndef change(entry: Entry, account):\n    return entry.effect_on(account)  # as told\n",
            "from journal import Entry\n\n\ndef lines(entries: list[Entry], account):\n    balance = 0\n    for entry in entries:\n        balance += entry.effect_on(account)\n        yield balance\n\n\ndef change(entry: Entry, account):\n    return -entry.effect_on(account)  # as told\n",
            path="books.py",
            others=(
                (
                    "journal.py",
                    "class Entry:\n    def effect_on(self, account) -> int:\n        return sum(account.signed(each) for each in self.postings)\n",
                    "class Entry:\n    def effect_on(self, account) -> int:\n        return -sum(account.signed(each) for each in self.postings)\n",
                ),
            ),
        ),
        Example(
            "def net(row) -> int:\n    return row.credit - row.debit\n\n\ndef total(rows, start):\n    return start + sum(  net(row) for row in rows)\n\n\ndef spent(rows, budget):\n    for row in rows:\n        budget = budget + net(row)\n    return budget\n",
            "def net(row) -> int:\n    return row.debit - row.credit\n\n\ndef total(rows, start):\n    return start + sum(  net(row) for row in rows)\n\n\ndef spent(rows, budget):\n    for row in rows:\n        budget = budget - net(row)\n    return budget\n",
        ),
        Example(
            "def signed(side, amount: float) -> float:\n\tif not amount:\n\t\treturn 0\n\treturn amount if side == 'haben' else -amount  # é\n\n\ndef one(side, amount):\n\tprint(-signed(side, amount))\n\n\ndef two(side, amount):\n\tif signed(side, amount) == 0:\n\t\treturn 0\n\treturn abs(signed(side, amount)) + signed(side, amount)\n",
            "def signed(side, amount: float) -> float:\n\tif not amount:\n\t\treturn 0\n\treturn -amount if side == 'haben' else amount  # é\n\n\ndef one(side, amount):\n\tprint(-signed(side, amount))\n\n\ndef two(side, amount):\n\tif signed(side, amount) == 0:\n\t\treturn 0\n\treturn abs(signed(side, amount)) - signed(side, amount)\n",
        ),
    ],
    untouched=[
        "def net(row) -> int:\n    return row.credit - row.debit\n\n\ndef total(rows):\n    return sum(net(row) for row in rows)\n",
        "def name(row) -> str:\n    return row.name\n\n\ndef one(row):\n    return name(row)\n\n\ndef two(row):\n    print(name(row))\n",
        "def net(row) -> int:\n    return row.credit - row.debit\n\n\ndef one(row):\n    return f'{net(row)}'\n\n\ndef two(row):\n    return net(row)\n",
        "def net(row) -> int:\n    if row.void:\n        return\n    return row.credit - row.debit\n\n\ndef one(row):\n    return 1 + net(row)\n\n\ndef two(row):\n    return net(row)\n",
        "def net(row) -> int:\n    return row.credit - row.debit\n\n\ndef one(row):\n    return 1 + net(row)\n\n\ndef two(row):\n    return net(row)\n\n\nSUMS = {'net': net}\n",
    ],
)
def sign_convention(target: cst.FunctionDef, at: Context) -> Iterator[Change]:
    """Yield the turned sign, forgotten at each place where it matters."""
    if not speaks_of(target.name.value, SIGNED) or not _is_an_amount(target, at):
        return
    values = answers(target, at)
    turned = [_turned(each, at) for each in values]
    calls = at.facts.call_graph.calls(at.source, target) or ()
    inside = {at.elsewhere(call.source, call.node).function for call in calls}
    if not values or len(inside) < 2 or target in inside or None in turned:
        return
    change = Change(())
    for each in turned:
        change += each or Change(())
    uses = [(call, _made_good(call, at)) for call in calls]
    if not change.steps or any(made_good is None for _, made_good in uses):
        return
    for forgotten, own in uses:
        rest = [made_good for call, made_good in uses if call is not forgotten]
        if own is not None and own.steps and any(each is not None and each.steps for each in rest):
            yield _together([change, *(each for each in rest if each is not None)])


def _together(changes: Sequence[Change]) -> Change:
    return Change(tuple(step for change in changes for step in change.steps))


def _is_an_amount(target: cst.FunctionDef, at: Context) -> bool:
    """Whether a function is told to return something that can be negated."""
    if target.returns is None:
        return False
    told = at.text(target.returns.annotation).strip("\"'")
    found = at.project.definition(at.source, told)
    if found is None or not isinstance(found[1], cst.ClassDef):
        return told in NUMBERS
    described = at.facts.types.describe(found[0], found[1])
    return described is not None and "__neg__" in described.methods


def _turned(value: cst.BaseExpression, at: Context) -> Change | None:
    """An answer with the other sign."""
    text = at.source.inner_text(value)
    change: Change | None = None
    match value:
        case cst.Integer(value="0"):
            change = Change(())
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
            change = replace(value, at.text(inner), parentheses=True)
        case cst.IfExp(body=body, orelse=orelse):
            one, other = at.text(body), at.text(orelse)
            if f"-{one}" == other or f"-{other}" == one:
                change = replace(body, other) + replace(orelse, one)
        case cst.BinaryOperation(left=left, operator=cst.Subtract(), right=right) if isinstance(
            left, TIGHT
        ) and isinstance(right, TIGHT):
            change = replace(left, at.text(right)) + replace(right, at.text(left))
        case cst.BinaryOperation(operator=cst.Add() | cst.Subtract()):
            change = replace(value, f"-({text})", parentheses=True)
        case cst.Name() | cst.Attribute() | cst.Call() | cst.Subscript():
            change = replace(value, f"-{text}")
    return change


def _made_good(call: Call, at: Context) -> Change | None:
    """What turns the sign back where the amount is used; nothing to do where no sign matters; None where it can't be."""
    there = at.elsewhere(call.source, call.node)
    node, parent = call.node, there.parent()
    negative = replace(node, f"-{there.text(node)}")
    change: Change | None = Change(()) if there.is_tested() else None
    match parent:
        case cst.UnaryOperation(operator=cst.Minus()):
            change = replace(parent, there.text(node), parentheses=True)
        case cst.BinaryOperation(operator=how, right=right) if right is node:
            change = replace(how, ARITHMETIC[type(how)]) if type(how) in ARITHMETIC else None
        case cst.AugAssign(operator=how):
            change = replace(how, ARITHMETIC[type(how)]) if type(how) in ARITHMETIC else None
        case cst.Arg():
            around = there.parent(parent)
            unsigned = isinstance(around, cst.Call) and there.text(around.func) in {"abs", "bool"}
            change = Change(()) if unsigned else negative
        case cst.BinaryOperation(operator=cst.Add() | cst.Subtract()) | cst.Return():
            change = negative
        case cst.Assign() | cst.Element() | cst.DictElement() | cst.GeneratorExp() | cst.ListComp():
            change = negative
        case cst.Comparison():
            change = Change(()) if _is_about_nought(parent) else negative
    return change


def _is_about_nought(comparison: cst.Comparison) -> bool:
    """`x == 0`, which is the same for both signs."""
    match comparison.comparisons:
        case [cst.ComparisonTarget(operator=how, comparator=cst.Integer("0"))]:
            return isinstance(how, cst.Equal | cst.NotEqual)
    return False
