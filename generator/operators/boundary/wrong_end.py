"""Take hold of a sequence at the wrong end: the first for the last, a slice without its bound or with the other one."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, cut, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.repetition import would_repeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

ENDS = {"0": "-1", "-1": "0"}
NO_SEQUENCES = (
    "dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "tuple[", "Tuple[",
)  # fmt: skip
"""Beginnings of types that have no two ends of the same kind."""
FIXED = frozenset({"shape", "size", "argv", "version_info", "exc_info"})
"""Names of what has its places told apart by meaning."""


NAMED = (cst.Name, cst.Attribute)
"""Bounds that may as well be the other one."""
OTHER_SIDE = {"1:": ":-1", ":-1": "1:"}
"""What leaves out the first, or the last."""


@operator(
    family="boundary",
    change="expression",
    story="Which end the newest lies at, and which part had been dealt with already, was remembered the wrong way round.",
    symptom="The first is taken for the last, or what was already handled is handled again.",
    hint="Print the sequence and what is taken from it, once with one item and once with three.",
    evidence=[
        "QuixBugs kheapsort: the whole list instead of arr[k:]; longest_common_subsequence: b instead of b[1:]",
        "tinydb: a path was used and not a copy of it, without [:]",
        "change of a slice or an index: part of the 14.8 % of fixes to operands in Python",
    ],
    examples=[
        Example("opened = events[0].at\n", "opened = events[-1].at\n"),
        Example("closed = events [ -1 ]  # é\n", "closed = events [ 0 ]  # é\n"),
        Example("for x in arr[k:]:\n    push(x)\n", "for x in arr:\n    push(x)\n"),
        Example("rest = match(a[1:], b[1:])\n", "rest = match(a[1:], b)\n"),
        Example("page = rows[:size]\n", "page = rows[size:]\n"),
        Example(
            "page = rows[\n    start : start + size  # one page\n]\n",
            "page = rows[\n    start :  # one page\n]\n",
        ),
        Example("part = rows[start:end]\n", "part = rows[:end]\n"),
    ],
    untouched=[
        "pair = split(x)\nuse(pair[0], pair[1])\n",
        "def f(names: dict[int, str]):\n    return names[0]\n",
        "rows[0] = 1\ndel rows[:3]\n",
        "name = sys.argv[0]\n",
        "x: list[int] = []\n",
        "value = table[key]\n",
        "value = rows.get(key, (None, ()))[0]\n",
        "quoted = cell[0] == quote and cell[-1] == quote\n",
    ],
)
def wrong_end(target: cst.Subscript, at: Context) -> Iterator[Change]:
    """Yield what else could be taken from the sequence."""
    if len(target.slice) != 1 or not at.is_read(target) or _is_no_sequence(target, at):
        return
    inside = target.slice[0].slice
    if isinstance(inside, cst.Index):
        other = ENDS.get("".join(at.text(inside.value).split()))
        becomes = f"{at.text(target.value)}[{other}]"
        if other and not _has_places(target, at) and not would_repeat(at, target, becomes):
            yield replace(inside.value, other)
    elif isinstance(inside, cst.Slice):
        yield from _whole(target, inside, at)
        yield from _other_bounds(inside, at)


def _is_no_sequence(target: cst.Subscript, at: Context) -> bool:
    kind = at.type_of(target.value) or ""
    return kind.startswith(NO_SEQUENCES) or last_name(target.value) in FIXED


def _has_places(target: cst.Subscript, at: Context) -> bool:
    """Whether the module takes the second of it too, or it may be a tuple: its places then mean different things."""
    name, whole = at.text(target.value), target.value
    if isinstance(whole, cst.Call) and any(isinstance(arg.value, cst.Tuple) for arg in whole.args):
        return True
    return not _indexed(at.source).isdisjoint(f"{name}[{n}]" for n in (1, 2, -2))


@functools.lru_cache(maxsize=4)
def _indexed(source: Source) -> frozenset[str]:
    """Everything that a module takes by a place, as text."""
    return frozenset(source.text(node) for node in source.nodes(cst.Subscript))


def _whole(target: cst.Subscript, inside: cst.Slice, at: Context) -> Iterator[Change]:
    """`arr[k:]` → `arr`."""
    both = inside.lower is not None and inside.upper is not None
    unpacked = isinstance(at.parent(), cst.Element) and at.around(cst.Assign) is not None
    if not both and not unpacked and isinstance(target.value, TIGHT):
        change = removal.unwrapped(at, target, target.value)
        if change is not None:
            yield change


def _other_bounds(inside: cst.Slice, at: Context) -> Iterator[Change]:
    """`[start:end]` → `[start:]`, `[:end]`; `[:n]` → `[n:]`."""
    if inside.step is not None:
        return
    text = "".join(at.text(inside).split())
    lower, upper = inside.lower, inside.upper
    if text in OTHER_SIDE:
        yield replace(inside, OTHER_SIDE[text])
    elif lower is not None and upper is not None:
        yield from _one_bound_less(inside, lower, upper, at)
    elif isinstance(lower, NAMED):
        yield replace(inside, f":{' ' * (' ' in at.text(inside))}{at.text(lower)}")
    elif isinstance(upper, NAMED):
        yield replace(inside, f"{at.text(upper)}{' ' * (' ' in at.text(inside))}:")


def _one_bound_less(
    inside: cst.Slice, lower: cst.BaseExpression, upper: cst.BaseExpression, at: Context
) -> Iterator[Change]:
    clearing = removal.clearing(at, upper)
    if clearing is not None:
        yield cut(inside.first_colon, upper, after=True) + clearing
    clearing = removal.clearing(at, lower)
    if clearing is not None:
        yield cut(lower, inside.first_colon, upto=True) + clearing
