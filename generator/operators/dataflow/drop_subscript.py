"""Hand over the whole where one item of it was meant: `d["sub"][key]` becomes `d[key]`, `f(rows[n])` becomes `f(rows)`."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

PLACES = frozenset({"argv", "environ", "shape", "version_info"})
"""Names of what is never handed over as a whole."""


@operator(
    family="dataflow",
    change="expression",
    story="The function was called with all of it at first; that it now wants one item at a time was seen too late, or not here.",
    symptom="Something is looked up in, or checked against, all the data and not the part that it belongs to.",
    hint="Say for each value on the way whether it is one thing, a list of them or a table of lists.",
    evidence=[
        "marshmallow: the validator of each item was given all the original data, without [idx]",
        "celery: stamps were looked up in the whole request, without ['stamps']",
    ],
    examples=[
        Example("check(item, original[ n ], fields)\n", "check(item, original, fields)\n"),
        Example("rate = table['é'][ code ]\n", "rate = table[ code ]\n"),
        Example(
            "settle(\n    payer=row.id,  # who\n    amount=parse(row)[1],\n)\n",
            "settle(\n    payer=row.id,  # who\n    amount=parse(row),\n)\n",
        ),
        Example("return_to(\n\tseen[key],\n\tkey)\n", "return_to(\n\tseen,\n\tkey)\n"),
    ],
    untouched=[
        "def f(names: list[str]):\n    use(names[0])\n",
        "x: Dict[str, List[int]] = g(Dict[str, int])\n",
        "rate = table[code]\n",
        "print(len(rows[0]))\n",
        "use(rows, rows[0])\n",
        "use(rows[1:])\n",
        "use(row[0], row[1])\n",
        "year = int(match[2])\n",
        "d['a'][k] = 1\n",
    ],
)
def drop_subscript(target: cst.Subscript, at: Context) -> Iterator[Change]:
    """Yield the whole in the place of the item, where either could stand."""
    whole = target.value
    if len(target.slice) != 1 or not isinstance(target.slice[0].slice, cst.Index):
        return
    if not isinstance(whole, TIGHT) or not at.is_read(target) or _has_a_known_type(target, at):
        return
    if _is_a_step(target, at) or _is_handed_over(at):
        change = removal.unwrapped(at, target, whole)
        if change is not None:
            yield change


def _has_a_known_type(target: cst.Subscript, at: Context) -> bool:
    """Whether a reader or a type checker sees that the whole doesn't fit; classes with parameters are types."""
    name = last_name(target.value)
    typed = at.type_of(target.value) is not None or name[:1].isupper() or hasattr(builtins, name)
    return typed or name in PLACES or _is_taken_apart(target, at)


def _is_taken_apart(target: cst.Subscript, at: Context) -> bool:
    """Whether the statement takes something else out of it too."""
    whole = at.text(target.value)
    return any(
        each is not target and at.text(each.value) == whole
        for each in at.within(at.alongside(target), cst.Subscript)
    )


def _is_a_step(target: cst.Subscript, at: Context) -> bool:
    """Whether something is looked up by name in a table, and further in what is found there."""
    parent = at.parent()
    inner = target.slice[0].slice
    key = isinstance(inner, cst.Index) and isinstance(inner.value, cst.SimpleString)
    outer = isinstance(parent, cst.Subscript) and parent.value is target and at.is_read(parent)
    return outer and key


def _is_handed_over(at: Context) -> bool:
    """Whether the item is an argument of a function that doesn't say what it takes."""
    argument = at.parent()
    call = at.parent(argument) if isinstance(argument, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(argument, cst.Arg) or argument.star:
        return False
    signature = at.signature(call)
    typed = signature is not None and any(each.type for each in signature.parameters)
    return not typed and not hasattr(builtins, at.text(call.func))
