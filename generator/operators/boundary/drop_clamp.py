"""Take a value as it comes where it was kept within a bound: `min(capacity, x)` becomes `x`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, last_name
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

BOUNDS = frozenset(
    """
    limit limits max maximum min minimum cap capacity bound bounds lower upper floor ceiling quota burst longest shortest
    largest smallest biggest highest lowest latest earliest top bottom most least budget allowed allowance remaining available size
    width height len length total best worst now today deadline end stop left rest outstanding
    """.split()
)
"""Words for what a value is kept within."""
ORDERED = cst.LessThan | cst.LessThanEqual | cst.GreaterThan | cst.GreaterThanEqual


@operator(
    family="boundary",
    change="call",
    story="The value came out right in every case that was tried, so nobody thought of keeping it within its bounds.",
    symptom="All is well in everyday use; after something large, long or idle, a value runs past its bound.",
    hint="Ask of each computed amount how large and how small it can get, and what stops it there.",
    evidence=[
        "arrow: min(..., 6) around the number of subsecond digits was added by a fix",
        "QuixBugs max_sublist_sum: x for max(0, x); lis: x for max(longest, x)",
    ],
    examples=[
        Example("tokens = min(self.capacity, tokens + gained)\n", "tokens = tokens + gained\n"),
        Example("delay = 2 * max(0, due - now)  # s\n", "delay = 2 * (due - now)  # s\n"),
        Example(
            "self.tokens = min(\n    capacity,\n    self.tokens + (now - self.seen_at) * self.rate,  # refill\n)\n",
            "self.tokens = self.tokens + (now - self.seen_at) * self.rate\n",
        ),
        Example(
            "def take(size):\n    size = fixed(size)\n\n    # never more than fits\n    if size > CAP:\n        size = CAP\n    return size, CAP\n",
            "def take(size):\n    size = fixed(size)\n\n    return size, CAP\n",
        ),
        Example("n = LIMIT if wanted > LIMIT else wanted\n", "n = wanted\n"),
        Example("end = min(len(rows), max(0, start + n))\n", "end = max(0, start + n)\n"),
    ],
    untouched=[
        "low = min(prices)\n",
        "low = min(a, b, key=by_age)\n",
        "low = min(*prices, top)\n",
        "low = min(start, limit=3)\n",
        "if size > CAP:\n    size = CAP\nelse:\n    grow()\n",
        "def clamp(x):\n    return x if x > 0 else None\n",
        "def f(cap, x):\n    return min(cap, x)\n",
    ],
)
def drop_clamp(target: cst.Call | cst.If | cst.IfExp, at: Context) -> Iterator[Change]:
    """Yield one change for each bound that could be missing."""
    if isinstance(target, cst.If):
        clearing = removal.clearing(at, target)
        if _puts_right(target, at) and removal.can_go(at, target) and clearing is not None:
            yield remove(target) + clearing
        return
    values = _kept_within(target, at)
    for kept in _unbounded(values, target, at) if values else ():
        if change := removal.unwrapped(at, target, kept):
            yield change


def _kept_within(
    target: cst.Call | cst.IfExp, at: Context
) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The value and its bound, in either order."""
    match target:
        case cst.Call(func=cst.Name("min" | "max"), args=[first, second]):
            plain = not any(arg.star or arg.keyword for arg in target.args)
            return (first.value, second.value) if plain else None
        case cst.IfExp(test=cst.Comparison() as test, body=body, orelse=orelse):
            sided = _sides(test, at) == {at.text(body), at.text(orelse)}
            return (body, orelse) if sided else None
    return None


def _unbounded(
    values: tuple[cst.BaseExpression, cst.BaseExpression], target: cst.CSTNode, at: Context
) -> tuple[cst.BaseExpression, ...]:
    """What is kept within the other one; both, where neither or each could be the bound."""
    written = {at.text(each) for each in assigned(at.parent(target) or target)}
    for tells in (_is_fixed, lambda bound: at.text(bound) in written, _is_bound, _is_plain):
        loose = tuple(each for each in values if not tells(each))
        if len(loose) == 1:
            return loose
    return values


def _is_fixed(node: cst.BaseExpression) -> bool:
    """Whether it is a number or a constant."""
    bare = node.expression if isinstance(node, cst.UnaryOperation) else node
    return isinstance(bare, cst.BaseNumber) or last_name(bare).isupper()


def _is_bound(node: cst.BaseExpression) -> bool:
    named = isinstance(node, cst.Name | cst.Attribute | cst.Call | cst.Subscript)
    return _is_fixed(node) or (named and speaks_of(last_name(node), BOUNDS))


def _is_plain(node: cst.BaseExpression) -> bool:
    """Whether it is taken from somewhere, and not computed."""
    return not isinstance(node, cst.BinaryOperation)


def _sides(test: cst.Comparison, at: Context) -> set[str]:
    """The two values that are compared by size."""
    if len(test.comparisons) != 1 or not isinstance(test.comparisons[0].operator, ORDERED):
        return set()
    return {at.text(test.left), at.text(test.comparisons[0].comparator)}


def _puts_right(target: cst.If, at: Context) -> bool:
    """Whether it is `if a > b: a = b` and nothing else."""
    match target:
        case (
            cst.If(
                test=cst.Comparison() as test,
                body=cst.IndentedBlock(
                    body=[cst.SimpleStatementLine(body=[cst.Assign(targets=[only], value=value)])]
                ),
                orelse=None,
            )
            | cst.If(
                test=cst.Comparison() as test,
                body=cst.SimpleStatementSuite(body=[cst.Assign(targets=[only], value=value)]),
                orelse=None,
            )
        ):
            return {at.text(only.target), at.text(value)} == _sides(test, at)
    return False
