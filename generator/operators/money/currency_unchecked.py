"""Let the comparison of two currencies or units go: the check, or the part of a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_operand, operands, remove
from generator.operators import Example, operator, removal
from generator.operators.nodes import jumps, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

KINDS = frozenset({"currency", "currencies", "ccy", "unit", "units", "commodity", "asset", "iso"})
"""Words for what an amount is an amount of."""
CHECKS = frozenset("check require ensure assert verify validate must expect guard".split())


@operator(
    family="money",
    change="condition",
    story="All amounts were of one currency when this was written; that a second one might meet them here was not thought of.",
    symptom="Amounts of different currencies are taken together as if they were one.",
    hint="Give every operation that takes two amounts one of each currency, and see which of them refuses.",
    evidence=[
        "condition too narrow or too wide: 12.6 % of one-line fixes in payment-like libraries",
        "written from experience: no study at hand counts currencies that are not compared",
    ],
    examples=[
        Example(
            "def add(self, other):\n    if other.currency != self.currency:\n        raise CurrencyError(other)\n    return Money(self.minor + other.minor, self.currency)\n",
            "def add(self, other):\n    return Money(self.minor + other.minor, self.currency)\n",
        ),
        Example(
            "def pay(payer, payee, amount):\n    payer.check_can_send()\n    # é: both\n    payer.check_currency(amount)\n    book(payer, payee, amount)\n",
            "def pay(payer, payee, amount):\n    payer.check_can_send()\n    book(payer, payee, amount)\n",
        ),
        Example(
            "def fits(quote, payer, payee, now):\n    return (\n        quote.until > now\n        and quote.source == payer.currency  # from\n        and payer.to == payee.id\n    )\n",
            "def fits(quote, payer, payee, now):\n    return (\n        quote.until > now\n        and payer.to == payee.id\n    )\n",
        ),
        Example(
            "def mix(a, b):\n\tif a.unit is not b.unit: raise ValueError(a, b)\n\treturn a.n + b.n\n",
            "def mix(a, b):\n\treturn a.n + b.n\n",
        ),
    ],
    untouched=[
        "def f(a):\n    if a.currency is None:\n        raise ValueError(a)\n    return a\n",
        "def f(a, b):\n    if a.owner != b.owner:\n        raise ValueError(a)\n    return a\n",
        "def f(a, b):\n    if a.currency != b.currency:\n        a = a.to(b.currency)\n    return a\n",
        "def f(a, currency):\n    return a.currency == currency\n",
        "def f(a, code):\n    return code is None or a.currency == code\n",
        "def f(a, currency):\n    if a.currency != currency:\n        raise ValueError(a)\n    return a\n",
    ],
)
def currency_unchecked(
    target: cst.If | cst.BooleanOperation | cst.SimpleStatementLine, at: Context
) -> Iterator[Change]:
    """Yield the code without the check, or without one part of it."""
    if isinstance(target, cst.BooleanOperation):
        yield from _parts(target, at)
        return
    checks = (
        _compares(target.test) and target.orelse is None and jumps(target.body)
        if isinstance(target, cst.If)
        else _is_a_check(target)
    )
    if not checks or not at.block(target) or not removal.can_go(at, target) or not at.after(target):
        return
    clearing = removal.clearing(at, target)
    if clearing is not None:
        yield remove(target) + clearing


def _parts(target: cst.BooleanOperation, at: Context) -> Iterator[Change]:
    parent = at.parent()
    if isinstance(parent, cst.BooleanOperation) and parent.left is target and not target.lpar:
        return
    every = operands(target)
    if isinstance(target.operator, cst.Or) and any(
        at.text(each).endswith("None") for each in every
    ):
        return  # what is there for the sake of the comparison would stay
    for n, operand in enumerate(every):
        clearing = removal.clearing(at, operand) if _compares(operand) else None
        if clearing is not None:
            yield drop_operand(target, n) + clearing


def _compares(test: cst.BaseExpression) -> bool:
    """Whether two currencies are compared."""
    match test:
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(comparator=right)]):
            both = left, right
            named = any(not KINDS.isdisjoint(words(last_name(each))) for each in both)
            return (
                named
                and all(isinstance(each, cst.Name | cst.Attribute) for each in both)
                and not (isinstance(right, cst.Name) and right.value == "None")
            )
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return _compares(inner)
        case cst.BooleanOperation(operator=cst.Or(), left=left, right=right):
            return _compares(left) and _compares(right)
    return False


def _is_a_check(line: cst.SimpleStatementLine) -> bool:
    """`payer.check_currency(amount)`"""
    match line.body:
        case [cst.Expr(value=cst.Call(func=func))]:
            said = set(words(last_name(func)))
            return bool(said & CHECKS) and bool(said & KINDS)
    return False
