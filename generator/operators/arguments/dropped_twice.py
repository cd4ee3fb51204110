"""Leave out the same conversion at two or more places of one statement."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, Change, carried, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.repetition import would_repeat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context

RESULTS = {
    "str": "str", "int": "int", "float": "float", "list": "list", "set": "set", "tuple": "tuple", "dict": "dict",
    "sorted": "list", "abs": "int", "bytes": "bytes", "unicode": "str", "Decimal": "Decimal",
}  # fmt: skip
"""Conversions, and what they make."""
NUMBERS = frozenset({"int", "float", "Decimal"})
TIDYING = frozenset("decode encode normalize normalise clean quote unquote escape unescape".split())
"""First words of functions that bring a value into another form."""


@operator(
    family="arguments",
    change="call",
    story="The lines were written one after the other in the same way, and what one of them did not need the others seemed not to need either.",
    symptom="Several values arrive in the form in which they came, and not in the one that is wanted.",
    hint="Ask of every value in a row of similar lines what type it has, and in what form the reader expects it.",
    evidence=[
        "missing conversion, wrapper or method call: 11.9 % of labelled single-statement fixes in Python",
        "celery: two fields of a stored result were not decoded",
        "werkzeug: two entries of a table were iterators and not lists",
    ],
    examples=[
        Example(
            "row = {\n    'id': row.id,\n    'args': list(row.args()),\n    'form': list(row.form()),  # é\n}\n",
            "row = {\n    'id': row.id,\n    'args': row.args(),\n    'form': row.form(),  # é\n}\n",
        ),
        Example(
            "def load(self, meta):\n    return Result(self.decode(meta['value']), meta['at'], self.decode( meta['trace'] ))\n",
            "def load(self, meta):\n    return Result(meta['value'], meta['at'], meta['trace'])\n",
        ),
        Example(
            "same = str(a.id) == str(b.id)\n",
            "same = a.id == b.id\n",
        ),
        Example(
            "def load(self, meta):\n\treturn [\n\t\tself.decode(meta['value']),\n\t\tself.decode(meta['trace']),\n\t\tself.decode(meta['kids']),\n\t]\n",
            "def load(self, meta):\n\treturn [\n\t\tself.decode(meta['value']),\n\t\tmeta['trace'],\n\t\tmeta['kids'],\n\t]\n",
        ),
    ],
    untouched=[
        "row = {'args': list(row.args())}\n",
        "same = str(a) == str(a)\n",
        "def f(a: int, b: int):\n    return [str(a), str(b)]\n",
        "def f(a, b):\n    return [len(a), len(b)]\n",
        "def f(self, a, b):\n    return self.put(a), self.put(b)\n",
    ],
    general=True,
)
def dropped_twice(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the values as they are: in all places, and in all but the first or the last of three and more."""
    if _converted(target, at) is None:
        return
    alike = [
        each
        for each in at.within(at.alongside(target), cst.Call)
        if at.text(each.func) == at.text(target.func) and _converted(each, at) is not None
    ]
    alike.sort(key=at.source.span)
    apart = all(at.source.outer(a)[1] <= at.source.outer(b)[0] for a, b in pairwise(alike))
    if len(alike) < 2 or alike[0] is not target or not apart:
        return
    groups = [alike] if len(alike) == 2 else [alike, alike[1:], alike[:-1]]
    for group in groups:
        change = _as_they_are(group, at)
        if change is not None:
            yield change


def _converted(call: cst.Call, at: Context) -> cst.BaseExpression | None:
    """What a call makes into another form of the same."""
    match call.args:
        case [cst.Arg(value=value, keyword=None, star="")] if isinstance(value, TIGHT):
            pass
        case _:
            return None
    name = last_name(call.func)
    known = at.type_of(value)
    if name in RESULTS and isinstance(call.func, cst.Name):
        read = name in NUMBERS and not isinstance(value, cst.Name | cst.Attribute)
        same = known is None or known.partition("[")[0] == RESULTS[name]
        shows = _is_calculated_with(call, at) or _is_told(call, at)
        return value if same and not read and not shows else None
    signature = at.signature(call)
    typed = signature is not None and signature.returns is not None and signature.returns != known
    tidies = name.lstrip("_").split("_")[0] in TIDYING
    return value if tidies and not typed else None


def _is_calculated_with(call: cst.Call, at: Context) -> bool:
    """Whether it shows at once that a value is of another type, or, where it is only printed, never."""
    around = (at.parent(call), *at.ancestors(at.parent(call)))
    formatted = any(
        isinstance(each, cst.BinaryOperation) and isinstance(each.operator, cst.Modulo)
        for each in around
    )
    return formatted or isinstance(around[0], cst.BinaryOperation | cst.Attribute | cst.Subscript)


def _is_told(call: cst.Call, at: Context) -> bool:
    """Whether the type that is wanted stands in the signature of a function that takes the value."""
    arg = at.parent(call)
    taker = at.parent(arg) if isinstance(arg, cst.Arg) else None
    signature = at.signature(taker) if isinstance(taker, cst.Call) else None
    return signature is not None and any(each.type is not None for each in signature.parameters)


def _as_they_are(group: Sequence[cst.Call], at: Context) -> Change | None:
    values = [value for each in group if (value := _converted(each, at)) is not None]
    clearing = removal.clearing(at, *group, kept=tuple(values))
    texts = [at.text(each) for each in values]
    if clearing is None or len(set(texts)) < len(texts):
        return None
    change = clearing
    for call, value in zip(group, values, strict=True):
        text = carried(at.source, call, value)
        if would_repeat(at, call, text):
            return None
        change = Change((*replace(call, text, parentheses=True).steps, *change.steps))
    return change
