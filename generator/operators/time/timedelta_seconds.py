"""Take the seconds beyond whole days of a span for all of its seconds: `.total_seconds()` becomes `.seconds`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import rewrite
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context


@operator(
    family="time",
    change="call",
    story="The span has an attribute of that very name, and for the short spans of the first tests it gave the same number.",
    symptom="Spans of a day or more come out too short, and negative ones as nearly a day.",
    hint="Try a span of more than a day, one below zero and one with a fraction.",
    evidence=[
        "the documentation of datetime calls it a somewhat common bug",
        "missing conversion, wrapper or method call: 11.9 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "def late(now, due):\n    return (now - due).total_seconds() > 60  # é\n",
            "def late(now, due):\n    return (now - due).seconds > 60  # é\n",
        ),
        Example(
            "wait = int(\n    # in all\n    span . total_seconds( )\n)\n",
            "wait = int(\n    # in all\n    span . seconds\n)\n",
        ),
        Example(
            "def age(self, now):\n    return round(\n        (now - self.at).total_seconds() * 1000,\n        3,\n    )\n",
            "def age(self, now):\n    return round(\n        (now - self.at).seconds * 1000,\n        3,\n    )\n",
        ),
    ],
    untouched=[
        "def f(span):\n    return span.seconds\n",
        "def f(span):\n    return span.total_seconds\n",
        "def f(span):\n    return total_seconds(span)\n",
        "def f(span):\n    return span.total_seconds() + span.seconds\n",
    ],
)
def timedelta_seconds(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the attribute in the place of the call."""
    match target:
        case cst.Call(
            func=cst.Attribute(value=span, attr=cst.Name("total_seconds") as name), args=[]
        ):
            text = at.text(target.func)
            beside = f"{at.text(span)}.seconds"
            if beside not in at.text(at.alongside(target)):
                yield rewrite(target, text.removesuffix(name.value) + "seconds")
