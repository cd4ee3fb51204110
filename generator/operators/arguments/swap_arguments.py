"""Let two positional arguments of a call change places."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import swap
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.repetition import would_repeat
from generator.operators.words import look_alike, same_role, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.signatures import Parameter

EITHER_WAY = frozenset(
    """
    min max gcd lcm hypot isclose compare_digest isdisjoint print add mul and_ or_ xor eq ne union symmetric_difference
    intersection product gather wait assert_ allclose array_equal samefile chain
    """.split()
)
"""Callees to which the order makes no difference, or hardly any."""
FIXED = frozenset(
    """
    isinstance issubclass getattr setattr hasattr delattr super type open cast namedtuple TypeVar partial map filter
    reduce zip enumerate range round int str bytes pow sorted iter next property apply apply_async execute executemany
    render render_template Popen run call format sum
    """.split()
)
"""Callees whose arguments everybody knows the places of, or whose arguments are too unlike to be mixed up."""
UNLIKE = frozenset("args kwargs self cls options request response ctx context app settings".split())
"""Names of things that are never mixed up with anything else."""
VALUE = cst.Name | cst.Attribute | cst.Subscript | cst.BinaryOperation | cst.Call
PLAIN = cst.Name | cst.Attribute


@operator(
    family="arguments",
    change="argument",
    story="Both values look alike and the call takes them by their places; they were handed over in the order in which they came to mind.",
    symptom="Two values of the same kind turn up in each other's place.",
    hint="Hold each call against the parameters of what it calls, one place after the other.",
    evidence=[
        "arguments missing, extra or swapped: 15.3 % of labelled single-statement fixes in Python",
        "redis-py: a helper for places handed latitude and longitude over the wrong way round",
        "QuixBugs gcd and rpn_eval: two arguments in each other's place",
    ],
    examples=[
        Example(
            "def pay(payer, payee):\n    book.move( payer , payee )  # é\n",
            "def pay(payer, payee):\n    book.move( payee , payer )  # é\n",
        ),
        Example(
            "def gcd(a, b):\n    if b == 0:\n        return a\n    return gcd(b, a % b)\n",
            "def gcd(a, b):\n    if b == 0:\n        return a\n    return gcd(a % b, b)\n",
        ),
        Example(
            "place = Place(\n    row.lon,  # east\n    row.lat,\n    # in km\n    radius=5,\n)\n",
            "place = Place(\n    row.lat,  # east\n    row.lon,\n    # in km\n    radius=5,\n)\n",
        ),
        Example(
            "def moved(gross: Money, when: date, net: Money) -> Entry:\n    return Entry(gross, when, net)\n",
            "def moved(gross: Money, when: date, net: Money) -> Entry:\n    return Entry(net, when, gross)\n",
        ),
        Example("stack.append(op(token, b, a))\n", "stack.append(op(token, a, b))\n"),
        Example(
            "def span(start, end): ...\n\n\nspan(row.opened_at,\n\t(row.closed_at))\n",
            "def span(start, end): ...\n\n\nspan((row.closed_at),\n\trow.opened_at)\n",
        ),
    ],
    untouched=[
        "best = max(a, b)\n",
        "ok = isinstance(row, kind)\n",
        "post(amount, 2)\n",
        "post(*parts, amount)\n",
        "post(amount, key=amount)\n",
        "def pay(amount: int, name: str):\n    post(amount, name)\n",
        "def post(amount: int, name: str): ...\n\n\npost(left, right)\n",
        "post(self, row)\n",
        "post(Row, rows)\n",
        "post(row, rows)\n",
        "same = post(a, b) == post(b, a)\n",
        "def f(side, name, left, right):\n    if side:\n        return Row(name, left, right)\n    return Row(name, right, left)\n",
        "logger.info(start, end)\n",
        "post(a, (\n    b +\n    c))\n",
    ],
)
def swap_arguments(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield one change for each pair that could be mixed up."""
    name, signature = last_name(target.func), at.signature(target)
    if name.startswith("assert") or (signature is None and name in EITHER_WAY | FIXED):
        return
    places = list(itertools.takewhile(lambda arg: not arg.keyword and not arg.star, target.args))
    for (n, one), (m, other) in itertools.combinations(enumerate(places), 2):
        known = (signature.positional(n), signature.positional(m)) if signature else None
        if (
            (known is None or _take_the_same(*known))
            and _could_be_mixed_up(one.value, other.value, known, at, near=m == n + 1)
            and not _would_repeat(target, one, other, at)
        ):
            yield swap(one.value, other.value)


def _take_the_same(one: Parameter | None, other: Parameter | None) -> bool:
    """Whether the callee takes values of one type at both places; where neither is one of its own, both are of `*args`."""
    if one is None or other is None:
        return one is other
    return one.type == other.type


def _could_be_mixed_up(
    one: cst.BaseExpression,
    other: cst.BaseExpression,
    known: tuple[Parameter | None, Parameter | None] | None,
    at: Context,
    *,
    near: bool,
) -> bool:
    """Whether two arguments are of one kind, as far as their types and names tell."""
    both = (one, other)
    fit = not any("\n" in at.text(each) or _is_unlike(each, at) for each in both)
    if not fit or at.text(one) == at.text(other) or at.can_be_none(one) != at.can_be_none(other):
        return False
    types = {kind for each in both if (kind := at.type_of(each)) is not None}
    if len(types) > 1:
        return False
    called = (last_name(one), last_name(other))
    names = tuple(each.name for each in known or () if each is not None)
    plain = all(isinstance(each, PLAIN) for each in both)
    return (
        (near and all(at.type_of(each) for each in both))
        or (near and len(names) == len(both) and look_alike(*names))
        or (near and plain and look_alike(*called))
        or (plain and same_role(*called))
    )


def _is_unlike(node: cst.BaseExpression, at: Context) -> bool:
    """Whether a name stands for a class, a module, a constant, or something else that has one place."""
    name = last_name(node)
    return (
        not isinstance(node, VALUE)
        or not UNLIKE.isdisjoint(words(name))
        or name.lstrip("_")[:1].isupper()
        or at.is_module(node)
        or _is_defined(node, at)
    )


def _is_defined(node: cst.BaseExpression, at: Context) -> bool:
    """Whether a name is that of a function, a class or an import."""
    scope = at.source.scope(node).owner(node.value) if isinstance(node, cst.Name) else None
    kinds = {each.kind for each in scope.bindings[last_name(node)]} if scope else set()
    return not kinds.isdisjoint({"function", "class", "import"})


def _would_repeat(call: cst.Call, one: cst.Arg, other: cst.Arg, at: Context) -> bool:
    """Whether the same call stands beside it already, with the arguments in the other order, or on another branch."""
    whole = at.text(call).encode()
    start = at.source.outer(call)[0]
    (a, b), (c, d) = at.source.outer(one.value), at.source.outer(other.value)
    a, b, c, d = (each - start for each in (a, b, c, d))
    becomes = whole[:a] + whole[c:d] + whole[b:c] + whole[a:b] + whole[d:]
    text = becomes.decode()
    around = at.within(at.function, cst.Call) if at.function is not None else ()
    return would_repeat(at, call, text) or text in {at.text(each) for each in around}
