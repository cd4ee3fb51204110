"""Forget the `not` in front of a flag that is handed on or that is one of several conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

KINDS = ("not isinstance(", "not issubclass(")
FLAGS = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)


@operator(
    family="logic",
    change="condition",
    story="One side speaks of what is allowed and the other of what is forbidden, and the turn between them was overlooked.",
    symptom="An option does the opposite of what it is called, or only the exceptions are let through.",
    hint="Put true in the place of each flag, and say aloud what the line then does.",
    evidence=[
        "condition too narrow or too wide: 12.6 % of one-line fixes in payment-like libraries",
        "written from experience: no study at hand counts a missing not by itself",
    ],
    examples=[
        Example("send(message, quiet=not verbose)\n", "send(message, quiet=verbose)\n"),
        Example("ok = paid and not  shipped  # é\n", "ok = paid and shipped  # é\n"),
        Example(
            "def f(self):\n    return not self.is_open(1)\n",
            "def f(self):\n    return self.is_open(1)\n",
        ),
        Example(
            "if (\n    paid  # in full\n    and not (\n        order.void\n    )\n):\n    ship()\n",
            "if (\n    paid  # in full\n    and order.void\n):\n    ship()\n",
        ),
    ],
    untouched=[
        "if not paid:\n    refuse()\n",
        "ok = not (a and b)\n",
        "quiet = not quiet\n",
        "ok = not rows or rows.open\n",
        "x = -y\n",
        "def f(x) -> bool:\n    return not x.strip()\n",
        "ok = a or not isinstance(b, int)\n",
        "x = ~y\n",
    ],
    general=True,
)
def negate_lost(target: cst.UnaryOperation, at: Context) -> Iterator[Change]:
    """Yield the flag as it is."""
    flag = target.expression
    if not isinstance(target.operator, cst.Not) or not isinstance(flag, FLAGS):
        return
    if at.type_of(flag) not in {None, "bool"}:
        return
    if not _could_be_either(target, at) or at.would_ask_twice(target, at.text(flag)):
        return
    if at.text(flag) in _beside(target, at) or at.text(target).startswith(KINDS):
        return
    change = at.unwrapped(target, flag)
    if change is not None:
        yield change


def _could_be_either(target: cst.UnaryOperation, at: Context) -> bool:
    """Whether the flag is handed on, or is one of several conditions."""
    match at.parent():
        case cst.Arg() | cst.Return() | cst.BooleanOperation() | cst.CompIf():
            return True
        case cst.Assign(value=value) | cst.AnnAssign(value=value):
            return value is target
    return False


def _beside(target: cst.UnaryOperation, at: Context) -> str:
    """The other conditions: where they speak of the flag too, its `not` is what they rest on."""
    parent = at.parent()
    if not isinstance(parent, cst.BooleanOperation):
        return ""
    return at.text(parent.right if parent.left is target else parent.left)
