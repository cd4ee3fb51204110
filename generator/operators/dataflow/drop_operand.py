"""Let one term of a calculation or of a joined text go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator import changes
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.repetition import would_only_copy, would_repeat
from generator.operators.type_inference import BUILTINS
from generator.operators.words import TEXTS, TIMES, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

EITHER = cst.Add | cst.Multiply | cst.BitOr | cst.BitAnd | cst.BitXor
"""Operators whose left side can be what was added to the right one later."""
JOINED = frozenset({"str", "bytes", "list", "tuple"})
TYPES = frozenset({"None", *BUILTINS})
MOMENTS = frozenset({"datetime", "date", "time"})
UNITS = frozenset("ms millisecond second minute hour day week".split())
PRESENT = frozenset("now today time monotonic utcnow time_ns".split())
"""A moment that is over at once: nobody waits until now."""
PLAIN = cst.BaseNumber | cst.SimpleString | cst.Tuple
"""What says nothing by itself: nobody writes `1` where a place was meant."""


@operator(
    family="dataflow",
    change="expression",
    story="The calculation was written down for the plain case; the term that the odd case needs was not thought of yet.",
    symptom="A number or a text is nearly right: what is missing is always the same part.",
    hint="Work one value out by hand, and ask of each term in the code where it came in.",
    evidence=[
        "operand or operator in an expression: 14.8 % of labelled single-statement fixes in Python",
        "arrow: the quarter of a month, without the - 1; celery: a weekday without % 7",
        "QuixBugs find_in_sorted, kth, powerset and sqrt: one term missing in each",
    ],
    examples=[
        Example("due = subtotal + tax - discount\n", "due = subtotal + tax\n"),
        Example("due = subtotal + tax - discount\n", "due = subtotal - discount\n"),
        Example("due = subtotal + tax - discount\n", "due = tax - discount\n"),
        Example("quarter = (self.month-1)/PER_QUARTER\n", "quarter = self.month/PER_QUARTER\n"),
        Example("at = now.isoweekday() % 7  # é\n", "at = now.isoweekday()  # é\n"),
        Example("url = join(base, './' + path)\n", "url = join(base, path)\n"),
        Example(
            "due = (\n    goods\n    + freight  # abroad\n    # from here on it is ours\n    - voucher  # see above\n)\n",
            "due = (\n    goods\n    + freight  # abroad\n)\n",
        ),
        Example(
            "while abs(x - guess ** 2) > least:\n    go()\n",
            "while abs(x - guess) > least:\n    go()\n",
        ),
        Example(
            "found = rest + [[first] + each for each in rest]\n",
            "found = [[first] + each for each in rest]\n",
        ),
        Example("x = rate * (\n\tnet\n\t+ tax\n)\n", "x = rate * net\n"),
    ],
    untouched=[
        "count = count + 1\n",
        "line = 'x' * 3\n",
        "text = '%s of %s' % (a, b)\n",
        "def f(start: datetime, end: datetime):\n    return end - start\n",
        "def f(price, tax):\n    return price + tax\n",
        "rows = [0] * n\n",
        "use(paid, paid + 1)\n",
        "days = 24 * 60\n",
        "level = queue.level - cost\n",
        "account.hold(self.clock.now() + 60)\n",
        "rest_ms = MINUTE_MS * REST_MINUTES[tries]\n",
        "def f(n: int | None):\n    return n - START if n is not None else None\n",
        "def f(limit: int | None = None):\n    return limit\n",
        "Value = str | Money\n",
        "def f(bought: int, rate):\n    return (bought * rate).quantize(rate)\n",
    ],
    general=True,
)
def drop_operand(target: cst.BinaryOperation, at: Context) -> Iterator[Change]:
    """Yield one change for each term that could be missing."""
    if changes.continues(target, at.parent()) or _is_whole(target, at):
        return
    every, between = changes.operands(target), changes.operators(target)
    for n, gone in enumerate(every):
        rest = [each for each in every if each is not gone]
        if all(map(_says_nothing, rest)) or not _leaves_its_kind(n, rest, between, at):
            continue
        if _is_a_unit(gone) or all(map(_is_a_unit, rest)):
            continue
        clearing = removal.clearing(at, gone)
        if clearing is None or (len(rest) == 1 and _is_absurd(target, rest[0], at)):
            continue
        yield changes.drop_operand(target, n) + clearing


def _is_a_unit(gone: cst.BaseExpression) -> bool:
    """Whether it turns a time into another unit, as in `minutes * MINUTE_MS`: seconds_for_milliseconds knows when that shows."""
    name = last_name(gone)
    return name.isupper() and speaks_of(name, UNITS)


def _is_absurd(target: cst.BinaryOperation, left: cst.BaseExpression, at: Context) -> bool:
    """Whether nobody would write the one term that is left in the place of the whole."""
    until_now = last_name(left) in PRESENT
    return until_now or would_repeat(at, target, at.text(left)) or would_only_copy(at, target, left)


def _is_whole(target: cst.BinaryOperation, at: Context) -> bool:
    """Whether it makes no sense without one of its sides: values put into a text, something repeated, types."""
    text = at.type_of(target.left) == "str" or speaks_of(last_name(target.left), TEXTS)
    filled = isinstance(target.right, cst.Tuple | cst.Dict)
    match target.operator:
        case cst.Modulo():
            return text or filled or last_name(target.left).isupper()
        case cst.Multiply():
            return any(_is_joined(each, at) for each in changes.operands(target))
        case cst.BitOr():
            return any(_is_a_type(each) for each in changes.operands(target))
    return False


def _is_a_type(node: cst.BaseExpression) -> bool:
    """Whether an expression names a type, as in `int | None`."""
    name = last_name(node)
    return name in TYPES or (name[:1].isupper() and not name.isupper())


def _is_joined(node: cst.BaseExpression, at: Context) -> bool:
    """Whether a value is one of those that `+` joins."""
    return (at.type_of(node) or "").partition("[")[0] in JOINED


def _says_nothing(node: cst.BaseExpression) -> bool:
    """Whether a term is the same in every run."""
    match node:
        case cst.UnaryOperation(expression=inner):
            return _says_nothing(inner)
        case cst.List(elements=elements):
            return all(_says_nothing(each.value) for each in elements)
    return isinstance(node, PLAIN)


def _leaves_its_kind(
    gone: int,
    rest: list[cst.BaseExpression],
    between: tuple[cst.CSTNode, ...],
    at: Context,
) -> bool:
    """Whether what stays is of the kind that the whole was."""
    if at.type_of(rest[0]) == "int" and isinstance(at.parent(), cst.Attribute):
        return False
    if gone == 0:
        return isinstance(between[0], EITHER) and _agree(rest, at)
    span = isinstance(between[gone - 1], cst.Subtract) and len(rest) == 1
    return not (span and _is_a_moment(rest[0], at))


def _agree(rest: list[cst.BaseExpression], at: Context) -> bool:
    """Whether the first term that stays can stand for the one that went: it is not known to be a mere factor."""
    kind = at.type_of(rest[0])
    span = "timedelta" in {kind, last_name(rest[0])}
    return not span and not (kind == "int" and len(rest) == 1)


def _is_a_moment(node: cst.BaseExpression, at: Context) -> bool:
    """Whether a value is a point in time, from which another one was taken to find how long it is."""
    kind = at.type_of(node)
    return kind in MOMENTS or (kind not in {"int", "float"} and speaks_of(last_name(node), TIMES))
