"""Let two parameters of a private function, a callback or a lambda change places."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import swap
from generator.operators import Example, operator
from generator.operators.words import look_alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context

FIRST = frozenset({"self", "cls", "_", "__"})
"""Parameters that have their place."""


@operator(
    family="arguments",
    change="argument",
    story="The parameters were written down in the order in which one thinks of them; whoever calls the function goes by another one.",
    symptom="Inside the function two values turn up in each other's place.",
    hint="Look for who calls the function, and in which order the values come.",
    evidence=[
        "arguments missing, extra or swapped: 15.3 % of labelled single-statement fixes in Python",
        "peewee: the function behind the REGEXP operator took the value first, and the database handed it the pattern first",
    ],
    examples=[
        Example(
            "def _matches( pattern , value ):  # é\n    return re.search(pattern, value)\n\n\ndb.create_function('REGEXP', 2, _matches)\n",
            "def _matches( value , pattern ):  # é\n    return re.search(pattern, value)\n\n\ndb.create_function('REGEXP', 2, _matches)\n",
        ),
        Example(
            "rows.sort(key=cmp_to_key(lambda a, b: a.due - b.due))\n",
            "rows.sort(key=cmp_to_key(lambda b, a: a.due - b.due))\n",
        ),
        Example(
            "class Book:\n    def _book(self, debit: Money, credit: Money, note: str = ''):\n        self.rows += [(debit, credit, note)]\n",
            "class Book:\n    def _book(self, credit: Money, debit: Money, note: str = ''):\n        self.rows += [(debit, credit, note)]\n",
        ),
        Example(
            "def _span(\n    # from\n    start,\n    end,  # not included\n    /,\n):\n\treturn end - start\n",
            "def _span(\n    # from\n    end,\n    start,  # not included\n    /,\n):\n\treturn end - start\n",
        ),
        Example(
            "def older(one, other):\n    return one.at < other.at\n\n\nuse(merge(rows, older))\n",
            "def older(other, one):\n    return one.at < other.at\n\n\nuse(merge(rows, older))\n",
        ),
    ],
    untouched=[
        "def move(payer, payee):\n    return payer - payee\n",
        "def _move(payer, payee=None):\n    return payer - payee\n",
        "def _move(payer: Account, amount: Money):\n    return payer - amount\n",
        "def _move(self, _, amount):\n    return amount\n",
        "class Book(Base):\n    def _move(self, payer, payee):\n        return payer - payee\n",
        "@hook\ndef _move(payer, payee):\n    return payer - payee\n",
        "total = reduce(lambda a, b: a + b, rows)\n",
        "def _move(payer, payee):\n    return payer - payee\n\n\n_move(payer=a, payee=b)\n",
    ],
)
def swap_parameters(target: cst.FunctionDef | cst.Lambda, at: Context) -> Iterator[Change]:
    """Yield one change for each two neighbours that could be mixed up."""
    handed_over = isinstance(target, cst.Lambda) or _is_handed_over(target, at)
    if isinstance(target, cst.FunctionDef) and not _may_be_changed(target, at):
        return
    for some in (target.params.posonly_params, target.params.params):
        for one, other in pairwise(_in_order(some)):
            both = (one.name.value, other.name.value)
            fit = _are_of_one_type(one, other, at) and (handed_over or look_alike(*both))
            if fit and set(both) <= at.names(target.body) and not _is_even(target.body, both, at):
                yield swap(one.name, other.name)


def _in_order(params: Sequence[cst.Param]) -> list[cst.Param]:
    return [each for each in params if each.default is None and each.name.value not in FIRST]


def _may_be_changed(function: cst.FunctionDef, at: Context) -> bool:
    """Whether nothing but its callers has to do with the order of its parameters, and they go by it."""
    name, around = function.name.value, at.around(cst.ClassDef, cst.FunctionDef, node=function)
    if function.decorators or (name.startswith("__") and name.endswith("__")):
        return False
    if isinstance(around, cst.ClassDef):
        return name.startswith("_") and not around.bases
    calls = [_call_of(use, at) for use in at.source.scope(function).uses[name]]
    if any(call is not None and any(arg.keyword for arg in call.args) for call in calls):
        return False
    return (
        name.startswith("_") or _is_handed_over(function, at) or isinstance(around, cst.FunctionDef)
    )


def _is_handed_over(function: cst.FunctionDef, at: Context) -> bool:
    """Whether a function is called by nobody here, and given to somebody else."""
    uses = at.source.scope(function).uses[function.name.value]
    given = bool(uses) and all(isinstance(at.parent(use), cst.Arg) for use in uses)
    return given and function.name.value not in at.strings  # nor told to be for everybody


def _call_of(use: cst.CSTNode, at: Context) -> cst.Call | None:
    """The call that a name is called by; None where the function is handed over."""
    parent = at.parent(use)
    return parent if isinstance(parent, cst.Call) and parent.func is use else None


def _are_of_one_type(one: cst.Param, other: cst.Param, at: Context) -> bool:
    if one.annotation is not None and other.annotation is not None:
        return at.text(one.annotation.annotation) == at.text(other.annotation.annotation)
    return one.annotation is other.annotation


def _is_even(body: cst.CSTNode, both: tuple[str, str], at: Context) -> bool:
    """Whether it makes no difference which of two values comes first: `a + b`."""
    match body:
        case cst.BinaryOperation(left=left, right=right, operator=operator):
            even = isinstance(operator, cst.Add | cst.Multiply | cst.BitOr | cst.BitAnd)
            return even and {at.text(left), at.text(right)} == set(both)
    return False
