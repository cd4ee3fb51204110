"""Leave out one of several positional arguments, so that those behind it move up a place."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.signatures import Signature

ANY_NUMBER = {
    "execute_command": 1, "join": 1, "joinpath": 1, "chain": 0, "union": 0, "intersection": 0, "difference": 0, "gather": 0,
    "Command": 1, "And": 0, "Or": 0, "and_": 0, "or_": 0, "concat": 0, "call_command": 1, "filter_by": 0, "order_by": 0,
    "group_by": 0, "select": 0, "add_all": 0, "product": 0, "compose": 0, "pipe": 1, "log_event": 1, "sh": 1, "git": 1,
    "max": 0, "min": 0,
}  # fmt: skip
"""Callees that take as many arguments as they are given, and how many of the first can't go."""


@operator(
    family="arguments",
    change="argument",
    story="One value in a row of them was overlooked when the call was typed; the callee can do with fewer, and nothing complained.",
    symptom="A value is missing, and any that stand behind it are taken for what they are not.",
    hint="Count the arguments, and say for each of them what the callee takes it for.",
    evidence=[
        "arguments missing, extra or swapped: 15.3 % of labelled single-statement fixes in Python",
        "redis-py: a command was sent without the word in front of its value",
    ],
    examples=[
        Example(
            "self.execute_command( CREATE , key, 'SIZE', size )  # é\n",
            "self.execute_command( CREATE , key, size )  # é\n",
        ),
        Example(
            "path = os.path.join(\n    root,\n    # one for each customer\n    tenant,\n    name,\n)\n",
            "path = os.path.join(\n    root,\n    name,\n)\n",
        ),
        Example(
            "def post(account, amount, note='', tags=''): ...\n\n\npost(main, 5, 'fee', 'bank', )\n",
            "def post(account, amount, note='', tags=''): ...\n\n\npost(main, 5, 'bank', )\n",
        ),
        Example(
            "def every(*rules): ...\n\n\ncheck = every(known, paid, *more)\n",
            "def every(*rules): ...\n\n\ncheck = every(known, *more)\n",
        ),
        Example(
            "longest = max(floor, given, least)\n",
            "longest = max(floor, given)\n",
        ),
    ],
    untouched=[
        "post(main, 5, 'fee')\n",
        "def post(account, amount, note): ...\n\n\npost(main, 5, 'fee')\n",
        "def post(account, note: str = '', days: int = 0): ...\n\n\npost(main, 'fee', 5)\n",
        "def told(text, *parts): ...\n\n\ntold('%s of %s', n, total)\n",
        "path = os.path.join(root, name)\n",
        "longest = max(floor, given)\n",
        "def f(root, name):\n    return os.path.join(root, root, name, name)\n",
        "def post(account, amount, note=''): ...\n\n\npost(main, 5, 'fee')\n",
    ],
)
def positional_shift(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield one change for each argument that can be overlooked."""
    if target.args and _is_a_template(target.args[0].value):
        return
    signature = at.signature(target)
    several = [arg for arg in target.args if not arg.keyword and arg.star != "**"]
    for n, arg in enumerate(several):
        rest = [each for each in several if each is not arg]
        if arg.star or len(rest) < 2 or _are_told_twice(rest, at):
            continue
        if signature is None:
            least = ANY_NUMBER.get(last_name(target.func))
            fits = least is not None and n >= least
        else:
            gone = [each for each in target.args if each is not arg]
            fits = signature.suffices(gone) and _move_up(n, several, signature, at)
        clearing = removal.clearing(at, arg) if fits else None
        if clearing is not None:
            yield drop_item(arg, target.args, target) + clearing


def _move_up(n: int, several: Sequence[cst.Arg], signature: Signature, at: Context) -> bool:
    """Whether the callee has a place for each argument behind, one that takes its type."""
    own = signature.positional(n)
    spread = any(each.kind == "star" for each in signature.parameters)
    if n == 0 or (not spread and several[-1].star):
        return False
    if own is not None and (not own.has_default or n == len(several) - 1):
        return False  # needed, or for drop_argument
    for place, arg in enumerate(several[n + 1 :], start=n):
        parameter, kind = signature.positional(place), at.type_of(arg.value)
        if parameter is not None and parameter.type and kind and parameter.type != kind:
            return False
    return True


def _is_a_template(node: cst.BaseExpression) -> bool:
    """Whether a text has holes that the other arguments fill."""
    match node:
        case cst.ConcatenatedString(left=left, right=right):
            return _is_a_template(left) or _is_a_template(right)
        case cst.SimpleString(value=value):
            return "%" in value
    return False


def _are_told_twice(rest: Sequence[cst.Arg], at: Context) -> bool:
    return any(at.text(one) == at.text(other) for one, other in pairwise(rest))
