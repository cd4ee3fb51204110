"""Hand over a sequence or a mapping as one argument where it was spread out: `f(*rows)` becomes `f(rows)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.repetition import would_repeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.signatures import Signature

EITHER_WAY = frozenset(
    "max min set list tuple frozenset sorted super partial range slice datetime date time timedelta".split()
)
"""Callees to which it makes no difference, or that nobody calls in the other way."""
SPREAD = cst.Name | cst.Attribute | cst.Call | cst.Subscript | cst.BooleanOperation


@operator(
    family="arguments",
    change="argument",
    story="The value was handed on under the name it came by, and the star that takes it apart again was forgotten.",
    symptom="What should be many things is handled as a single one.",
    hint="For each star in a signature, look whether the callers have one too.",
    evidence=[
        "arguments missing, extra or swapped: 15.3 % of labelled single-statement fixes in Python",
        "werkzeug: get_many(keys) where get_many(*keys) was right",
        "celery: dict(kwargs, options) where the options had to be spread out",
    ],
    examples=[
        Example(
            "def get_dict(self, *keys):\n    return dict(zip(keys, self.get_many( *keys )))  # é\n",
            "def get_dict(self, *keys):\n    return dict(zip(keys, self.get_many( keys )))  # é\n",
        ),
        Example(
            "rows = list(\n    chain(\n        # one for each day\n        *self.pages,  # in order\n    )\n)\n",
            "rows = list(\n    chain(\n        # one for each day\n        self.pages,  # in order\n    )\n)\n",
        ),
        Example("both = dict(given, **self.more or {})\n", "both = dict(given, self.more or {})\n"),
        Example("row = Row( ** found )\n", "row = Row( found )\n"),
        Example(
            "def book(*entries): ...\n\n\nbook(first, *rest(first))\n",
            "def book(*entries): ...\n\n\nbook(first, rest(first))\n",
        ),
        Example("columns = zip(*rows, strict=True)\n", "columns = zip(rows, strict=True)\n"),
    ],
    untouched=[
        "top = max(*rows)\n",
        "def inner(*args, **kwargs):\n    return func(*args, **kwargs)\n",
        "post(*[a, b])\n",
        "post(*rows, *more)\n",
        "rows = [*found]\n",
        "def book(*, entries): ...\n\n\nbook(*rows)\n",
        "def book(name: str, amount: int) -> None: ...\n\n\nbook(*row)\n",
        "def book(*entries: Entry) -> None: ...\n\n\nbook(*rows)\n",
        "post(key=1, **rest)\n",
        "raise Refused(*found)\n",
    ],
)
def drop_star(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the call without its only star."""
    stars = [arg for arg in target.args if arg.star]
    if len(stars) != 1 or not isinstance(stars[0].value, SPREAD):
        return
    if last_name(target.func) in EITHER_WAY or not _takes(target, stars[0], at.signature(target)):
        return
    value = at.text(stars[0].value)
    if not would_repeat(at, stars[0], value):
        yield replace(stars[0], value)


def _takes(call: cst.Call, star: cst.Arg, signature: Signature | None) -> bool:
    """Whether the callee takes a positional argument there, and no annotation says what it has to be."""
    before = list(call.args[: call.args.index(star)])
    if star.star == "**" and not _is_a_mapping(call, before):
        return False
    if any(arg.keyword for arg in before):
        return False
    if signature is None:
        return True
    takes = [each for each in signature.parameters if each.kind in {"positional", "star"}]
    rest = [arg for arg in call.args if arg is not star]
    open_ended = bool(takes) and takes[-1].kind == "star"
    fits = open_ended or (
        len(before) < len(takes) and signature.suffices([*rest, cst.Arg(star.value)])
    )
    typed = signature.returns is not None and last_name(call.func)[:1].islower()
    return fits and not typed and not any(each.type for each in takes)


def _is_a_mapping(call: cst.Call, before: list[cst.Arg]) -> bool:
    """Whether a call looks the same with a mapping in place of keywords: `dict(a, b)`, `Row(found)`."""
    if last_name(call.func) == "dict":
        return True
    return not before and len(call.args) == 1 and last_name(call.func)[:1].isupper()
