"""Number from where Python does: `enumerate(rows, start=1)` loses its start, or starts one too early."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item, replace
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context


@operator(
    family="iteration",
    change="argument",
    story="People count from one and Python from nought; which of them reads the number was not thought of.",
    symptom="Every number that is shown or stored is off by one.",
    hint="Compare the first number that comes out with what a reader would call the first.",
    evidence=[
        "tqdm: the start of tenumerate was handed to the wrong one of two calls",
        "arguments missing: 11.4 % of one-line fixes in payment-like libraries, with wrong ones",
    ],
    examples=[
        Example(
            "for number, row in enumerate(rows, start=1):  # é\n    print(number, row)\n",
            "for number, row in enumerate(rows):  # é\n    print(number, row)\n",
        ),
        Example(
            "found = [\n    (n, row)\n    for n, row in enumerate( rows , 1 )\n]\n",
            "found = [\n    (n, row)\n    for n, row in enumerate( rows  )\n]\n",
        ),
        Example(
            "def lines(text):\n    next(text)\n    yield from enumerate(text, start=2)\n",
            "def lines(text):\n    next(text)\n    yield from enumerate(text, start=1)\n",
        ),
    ],
    untouched=[
        "for n, row in enumerate(rows):\n    print(n)\n",
        "for n, row in enumerate(rows, start=first):\n    print(n)\n",
        "for n, row in enumerate(rows, 0):\n    print(n)\n",
        "for n, row in enum(rows, start=1):\n    print(n)\n",
    ],
)
def enumerate_start(target: cst.Call, _at: Context) -> Iterator[Change]:
    """Yield the call that numbers from one less."""
    match target:
        case cst.Call(
            func=cst.Name("enumerate"), args=[_, cst.Arg(value=cst.Integer() as first) as start]
        ):
            number = first.evaluated_value
            if number == 1:
                yield drop_item(start, target.args, target)
            elif number > 1:
                yield replace(first, str(number - 1))
