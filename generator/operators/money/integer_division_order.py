"""Divide a whole number before it is multiplied: `amount * share // 100` becomes `amount // 100 * share`."""

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

PLAIN = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber)


@operator(
    family="money",
    change="expression",
    story="On paper it does not matter what is done first; that a whole-number division throws something away each time was forgotten.",
    symptom="Amounts come out a little too small, and the more so the less round they are.",
    hint="Work an odd amount out by hand, and look for the step that drops its fraction too early.",
    evidence=[
        "operand or operator in an expression: 14.8 % of labelled single-statement fixes in Python",
        "written from experience: no study at hand counts the order of whole-number division",
    ],
    examples=[
        Example(
            "def fee(amount, points):\n    return amount * points // 10_000\n",
            "def fee(amount, points):\n    return amount // 10_000 * points\n",
        ),
        Example(
            "def share(self, n):  # é\n    return (self.minor  *  n) // self.whole\n",
            "def share(self, n):  # é\n    return self.minor // self.whole * n\n",
        ),
        Example(
            "def left(rows, used):\n    return [\n        row.limit - row.limit * used // row.parts  # down\n        for row in rows\n    ]\n",
            "def left(rows, used):\n    return [\n        row.limit - row.limit // row.parts * used  # down\n        for row in rows\n    ]\n",
        ),
    ],
    untouched=[
        "def f(a, b):\n    return a * b / 100\n",
        "def f(a, b):\n    return a // 100 * b\n",
        "def f(a, b):\n    return (a + b) // 100\n",
        "def f(a):\n    return 100 * a // 3\n",
        "def f(a, b):\n    return (a * b + 50) // 100\n",
        "def f(a, b):\n    return a * b // b\n",
    ],
)
def integer_division_order(target: cst.BinaryOperation, at: Context) -> Iterator[Change]:
    """Yield the division done first."""
    match target:
        case cst.BinaryOperation(
            left=cst.BinaryOperation(left=amount, operator=cst.Multiply() as times, right=factor),
            operator=cst.FloorDivide() as by,
            right=divisor,
        ) if all(isinstance(each, PLAIN) for each in (amount, factor, divisor)):
            if isinstance(amount, cst.BaseNumber) or at.text(divisor) in {
                at.text(amount),
                at.text(factor),
            }:
                return
            if not last_name(amount) and not isinstance(amount, cst.Call):
                return
            signs = [_sign(each, at) for each in (by, times)]
            parts = at.text(amount), signs[0], at.text(divisor), signs[1], at.text(factor)
            yield replace(target, " ".join(parts) if " " in at.text(target) else "".join(parts))


def _sign(operator: cst.CSTNode, at: Context) -> str:
    return at.text(operator).strip()
