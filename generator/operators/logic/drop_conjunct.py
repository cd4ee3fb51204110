"""Take one operand out of a chain of `and` or `or`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_operand, operands
from generator.operators import Example, operator, removal
from generator.operators.conditions import settles
from generator.operators.nodes import jumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context


LITERAL = cst.BaseNumber | cst.BaseString | cst.BaseList | cst.BaseDict | cst.Tuple
"""Nobody writes `0` where a value was meant."""


@operator(
    family="logic",
    change="condition",
    story="The rule was written down for the usual case; the second thing that has to hold came up later and was never added.",
    symptom="Something is allowed, or refused, in one state in which it should not be.",
    hint="For every part of the condition, ask which test would notice if it were missing.",
    evidence=[
        "condition too narrow or too wide: 12.6 % of one-line fixes in payment-like libraries",
        "QuixBugs detect_cycle and possible_change: one half of an `or` missing",
        "redis-py: a scheme that may also be empty; peewee: a table that must also exist",
    ],
    examples=[
        Example("if paid and not shipped:\n    ship()\n", "if paid:\n    ship()\n"),
        Example("if paid and not shipped:\n    ship()\n", "if not shipped:\n    ship()\n"),
        Example(
            "if (\n    order.paid\n    and order.stock\n    # the customer may have moved\n    and order.address  # checked\n    and warehouse.has_a_free_slot(order.weight, order.volume)\n):\n    ship()\n",
            "if (\n    order.paid\n    and order.stock\n    and warehouse.has_a_free_slot(order.weight, order.volume)\n):\n    ship()\n",
        ),
        Example("ok = known and (cheap or trusted)\n", "ok = cheap or trusted\n"),
        Example("ok = known and (cheap or trusted)\n", "ok = known and cheap\n"),
        Example("if a  and \\\n        b:\n    go()\n", "if a:\n    go()\n"),
        Example("if (a and\n        b):\n    go()\n", "if b:\n    go()\n"),
    ],
    untouched=[
        "wait = longest or 0\n",
        "if paid:\n    ship()\n",
        "label = 'paid and shipped'\n",
        "ok = not paid\n",
        "from m import cheap\n\n\ndef f(a, b):\n    return a and b\n",
        "def f(a: Row | None) -> bool:\n    return a is None or a.n > 3\n",
        "def f(a: Row | None, b: bool) -> int:\n    if a is None or a.n:\n        return 1\n    return a.m\n",
    ],
)
def drop_conjunct(target: cst.BooleanOperation, at: Context) -> Iterator[Change]:
    """Yield one change for each operand that can go."""
    if _is_part_of_a_chain(target, at):
        return
    every = operands(target)
    for n, operand in enumerate(every):
        rest = tuple(each for each in every if each is not operand)
        if _binds_a_name(operand) or any(at.text(each) == at.text(operand) for each in rest):
            continue
        if settles(at, operand, *every[n + 1 :], *_guarded(target, at)):
            continue
        if len(rest) == 1 and (
            isinstance(rest[0], LITERAL)
            or _only_prepares(rest[0], operand, at)
            or _is_an_alias(rest[0], at)
        ):
            continue
        clearing = removal.clearing(at, operand)
        if clearing is not None:
            yield drop_operand(target, n) + clearing


def _is_part_of_a_chain(target: cst.BooleanOperation, at: Context) -> bool:
    parent = at.parent()
    return (
        isinstance(parent, cst.BooleanOperation)
        and parent.left is target
        and not target.lpar
        and type(parent.operator) is type(target.operator)
    )


def _guarded(target: cst.BooleanOperation, at: Context) -> tuple[cst.CSTNode, ...]:
    """What runs only after the whole condition came out one way."""
    parent = at.parent()
    match parent, target.operator:
        case cst.If(test=test, body=body) | cst.IfExp(test=test, body=body), cst.And():
            return (body,) if test is target else ()
        case cst.If(test=test, body=body), cst.Or() if test is target and jumps(body):
            return at.after(parent)
    return ()


def _only_prepares(rest: cst.BaseExpression, operand: cst.BaseExpression, at: Context) -> bool:
    """Whether what would stay is there for the sake of what would go: `start is not None` before `day < start`."""
    match rest:
        case cst.Comparison(
            left=checked, comparisons=[cst.ComparisonTarget(comparator=cst.Name("None"))]
        ):
            return at.text(checked) in at.text(operand)
    return False


def _is_an_alias(rest: cst.BaseExpression, at: Context) -> bool:
    """Whether a name would be given to nothing but another name: `done = final`."""
    return isinstance(rest, cst.Name) and isinstance(at.parent(), cst.Assign | cst.AnnAssign)


def _binds_a_name(operand: cst.BaseExpression) -> bool:
    return isinstance(operand, cst.NamedExpr)
