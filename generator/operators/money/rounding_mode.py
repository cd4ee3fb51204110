"""Round in another way: the rounding argument goes, or becomes another of the decimal module's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item, fits, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

SIBLINGS = {
    "ROUND_HALF_UP": ("ROUND_HALF_EVEN",),
    "ROUND_HALF_EVEN": ("ROUND_HALF_UP",),
    "ROUND_HALF_DOWN": ("ROUND_HALF_UP",),
    "ROUND_DOWN": ("ROUND_FLOOR", "ROUND_HALF_UP"),
    "ROUND_FLOOR": ("ROUND_DOWN",),
    "ROUND_UP": ("ROUND_CEILING", "ROUND_HALF_UP"),
    "ROUND_CEILING": ("ROUND_UP",),
}
"""What each way of rounding is taken for."""
ROUNDING = frozenset({"quantize", "to_integral_value", "to_integral", "to_integral_exact", "round"})
"""Methods that can do without being told how to round."""


@operator(
    family="money",
    change="argument",
    story="How halves and negative amounts are rounded was left to the default, or to the name that came to mind first.",
    symptom="Single amounts are off by the smallest unit, and only where they fall on a half or below zero.",
    hint="Try an amount that ends on exactly half of the smallest unit, and its negative.",
    evidence=[
        "arguments missing or wrong: 11.4 % of one-line fixes in payment-like libraries",
        "written from experience: no study at hand counts ways of rounding",
    ],
    examples=[
        Example(
            "from decimal import ROUND_HALF_UP, Decimal\n\n\ndef tax(net):\n    return (net * RATE).quantize(CENT, rounding=ROUND_HALF_UP)  # é\n",
            "from decimal import Decimal\n\n\ndef tax(net):\n    return (net * RATE).quantize(CENT)  # é\n",
        ),
        Example(
            "from decimal import ROUND_HALF_UP, Decimal\n\n\ndef tax(net):\n    return (net * RATE).quantize(CENT, rounding=ROUND_HALF_UP)  # é\n",
            "from decimal import ROUND_HALF_EVEN, Decimal\n\n\ndef tax(net):\n    return (net * RATE).quantize(CENT, rounding=ROUND_HALF_EVEN)  # é\n",
        ),
        Example(
            "import decimal\n\n\ndef fee(n):\n    return n.to_integral_value(\n        # in our favour\n        rounding = decimal.ROUND_CEILING,\n    )\n",
            "import decimal\n\n\ndef fee(n):\n    return n.to_integral_value(\n        # in our favour\n        rounding = decimal.ROUND_UP,\n    )\n",
        ),
        Example(
            "from decimal import ROUND_DOWN, ROUND_HALF_UP\n\n\ndef split(n):\n    return n.quantize(CENT, ROUND_DOWN), n.quantize(CENT, ROUND_HALF_UP)\n",
            "from decimal import ROUND_HALF_UP\n\n\ndef split(n):\n    return n.quantize(CENT, ROUND_HALF_UP), n.quantize(CENT, ROUND_HALF_UP)\n",
        ),
    ],
    untouched=[
        "def f(n):\n    return n.quantize(CENT)\n",
        "def f(n, rounding):\n    return n.quantize(CENT, rounding=rounding)\n",
        "from mine import ROUND_SPECIAL\n\n\ndef f(n):\n    return show(ROUND_SPECIAL, n)\n",
        "from decimal import ROUND_HALF_UP\n\n\nWAYS = {'up': ROUND_HALF_UP}\n",
    ],
)
def rounding_mode(target: cst.Arg, at: Context) -> Iterator[Change]:
    """Yield the call without the way of rounding, and with each other way that could be meant."""
    call = at.parent()
    mine = last_name(target.value) if isinstance(target.value, cst.Name | cst.Attribute) else ""
    if mine not in SIBLINGS or not isinstance(call, cst.Call):
        return
    last = call.args[-1] is target or target.keyword is not None
    if last_name(call.func) in ROUNDING and last and mine != "ROUND_HALF_EVEN":
        clearing = removal.clearing(at, target)
        if clearing is not None:
            yield drop_item(target, call.args, call) + clearing
    for other in SIBLINGS[mine]:
        named = target.value.attr if isinstance(target.value, cst.Attribute) else target.value
        change = _instead(target.value, other, at) if fits(at.source, named, other) else None
        if change is not None:
            yield change


def _instead(value: cst.BaseExpression, other: str, at: Context) -> Change | None:
    """Another way of rounding in the place of one, imported as that one is."""
    if isinstance(value, cst.Attribute):
        return replace(value.attr, other)
    if not isinstance(value, cst.Name):
        return None
    bindings = at.source.module_scope.bindings
    alone = len(at.source.module_scope.uses[value.value]) == 1
    if other in bindings:
        clearing = removal.clearing(at, value)
        return replace(value, other) + clearing if clearing is not None else None
    imported = [each.owner for each in bindings[value.value] if each.kind == "import"]
    match imported:
        case [cst.ImportAlias(name=cst.Name() as name, asname=None)] if alone:
            return replace(value, other) + replace(name, other)
    return None
