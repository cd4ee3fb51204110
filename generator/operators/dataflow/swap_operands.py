"""Let the two sides of an operator that is not the same both ways change places, or the two arms of a choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import continues, swap
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.repetition import would_repeat
from generator.operators.words import TEXTS, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ORDERED = cst.LessThan | cst.LessThanEqual | cst.GreaterThan | cst.GreaterThanEqual
REACHED = cst.Subtract | cst.Divide | cst.FloorDivide | cst.Modulo
JOINED = frozenset({"str", "bytes", "list", "tuple"})
SIDES = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.BinaryOperation)
"""What can stand on either side."""
SINGLE = frozenset({"None", "True", "False"})
NAMED_FOR_IT = frozenset(
    "__sub__ __rsub__ __truediv__ __rtruediv__ __lt__ __gt__ __le__ __ge__ __mod__".split()
)
"""Nobody mistakes the order in the method that is named after the operator."""


@operator(
    family="dataflow",
    change="expression",
    story="The formula was remembered and not looked up, and it reads just as well the other way round.",
    symptom="The result has the wrong sign, order or size, or the exception is handled as if it were the rule.",
    hint="Put numbers of very different size in, and read the expression aloud with them.",
    evidence=[
        "QuixBugs to_base: a digit was put at the wrong end; next_permutation: compared the wrong way round",
        "arrow: years before and after 2000 were told apart by the right test, with the answers swapped",
    ],
    examples=[
        Example("wait = deadline  -  started  # é\n", "wait = started  -  deadline  # é\n"),
        Example("digits = alphabet[i] + result\n", "digits = result + alphabet[i]\n"),
        Example("if row[i] < row[j]:\n    go()\n", "if row[j] < row[i]:\n    go()\n"),
        Example("share = part / (whole + rest)\n", "share = (whole + rest) / part\n"),
        Example(
            "year = (\n    1900 + y\n    if y > 68  # as in POSIX\n    else 2000 + y\n)\n",
            "year = (\n    2000 + y\n    if y > 68  # as in POSIX\n    else 1900 + y\n)\n",
        ),
        Example("side = 'debit' if out else 'credit'\n", "side = 'credit' if out else 'debit'\n"),
    ],
    untouched=[
        "x = n - 1\n",
        "total = price + tax\n",
        "name = x.name if x else 'é'\n",
        "text = message % values\n",
        "if n < 3:\n    go()\n",
        "def f(start: datetime, size: timedelta):\n    return start - size\n",
        "x = a if b else None\n",
        "made = Terms(0 if by_month else count, count if by_month else 0)\n",
        "x = a == b\n",
        "since = now() - WINDOW\n",
        "start = now - (now & mask)\n",
        "cmd = 'CWD ' + path\n",
        "if used + n > self.limit:\n    go()\n",
    ],
    general=True,
)
def swap_operands(
    target: cst.BinaryOperation | cst.Comparison | cst.IfExp, at: Context
) -> Iterator[Change]:
    """Yield the expression the other way round."""
    if at.function is not None and at.function.name.value in NAMED_FOR_IT:
        return
    match target:
        case cst.BinaryOperation(left=left, right=right):
            other = (
                _joins(target, at) if isinstance(target.operator, cst.Add) else _reaches(target, at)
            )
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=sign, comparator=right)]
        ):
            other = isinstance(sign, ORDERED) and _are_of_a_kind(left, right, at)
        case cst.IfExp(body=left, orelse=right):
            other = _are_two_answers(target, at)
        case _:
            return
    if other and at.text(left) != at.text(right):
        yield swap(left, right)


def _could_be_either(left: cst.BaseExpression, right: cst.BaseExpression, at: Context) -> bool:
    spans = not {"timedelta", "len"}.isdisjoint({last_name(left), last_name(right)})
    part = not at.names(left).isdisjoint(at.names(right)) and type(left) is not type(right)
    sides = isinstance(left, SIDES) and isinstance(right, SIDES)
    return sides and not spans and not part and len(_kinds(at, left, right)) <= 1


def _are_of_a_kind(left: cst.BaseExpression, right: cst.BaseExpression, at: Context) -> bool:
    """Whether two sides look alike, as `row[i]` and `row[j]` do; a limit stays on its side."""
    alike = type(left) is type(right) and not isinstance(left, cst.Call)
    fixed = any(last_name(each).isupper() for each in (left, right))
    return alike and not fixed and _could_be_either(left, right, at)


def _kinds(at: Context, *nodes: cst.BaseExpression) -> frozenset[str]:
    """The types of some expressions, as far as they are known, without what is in them."""
    kinds = (at.type_of(each) for each in nodes)
    return frozenset(each.partition("[")[0] for each in kinds if each is not None)


def _is_chained(target: cst.BinaryOperation) -> bool:
    return isinstance(target.left, cst.BinaryOperation) and continues(target.left, target)


def _reaches(target: cst.BinaryOperation, at: Context) -> bool:
    """Whether a difference or a quotient could be taken the other way round; texts are filled and paths joined instead."""
    left, right = target.left, target.right
    if not isinstance(target.operator, REACHED) or _is_chained(target):
        return False
    if last_name(left).isupper() or last_name(right).isupper():
        return False
    written = speaks_of(last_name(left), TEXTS)
    joined = written or not _kinds(at, left, right).isdisjoint(JOINED)
    subtracted = isinstance(target.operator, cst.Subtract)
    return _could_be_either(left, right, at) and (subtracted or not joined)


def _joins(target: cst.BinaryOperation, at: Context) -> bool:
    """Whether two texts or lists are joined, and no more than two."""
    written = isinstance(target.left, cst.BaseString) or isinstance(target.right, cst.BaseString)
    if written or _is_chained(target) or continues(target, at.parent()):
        return False
    kinds = _kinds(at, target.left, target.right)
    if kinds:
        return len(kinds) == 1 and kinds <= JOINED
    return any(speaks_of(last_name(each), TEXTS) for each in (target.left, target.right))


def _are_two_answers(target: cst.IfExp, at: Context) -> bool:
    """Whether either arm could be the answer: none is empty, a further choice, or guarded by the question."""
    arms = (target.body, target.orelse)
    turned = f"{at.text(arms[1])} if {at.text(target.test)} else {at.text(arms[0])}"
    if would_repeat(at, target, turned):
        return False
    asks = target.test.comparisons if isinstance(target.test, cst.Comparison) else ()
    measured = any(isinstance(each.operator, ORDERED) for each in asks)
    asked = at.names(target.test)
    guarded = len({asked.isdisjoint(at.names(each)) for each in arms}) > 1
    if any(at.text(each) in SINGLE or isinstance(each, cst.IfExp) for each in arms):
        return False
    return len(_kinds(at, *arms)) <= 1 and (measured or not guarded)
