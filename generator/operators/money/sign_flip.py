"""Turn a sum round: `+=` and `-=`, `a - b` and `b - a`, `+` and `-`, a lost minus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace, swap
from generator.operators import Example, operator
from generator.operators.callers import given_to
from generator.operators.repetition import would_repeat
from generator.operators.words import MONEY, NUMBERS, TEXTS, TIMES, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

AUGMENTED: dict[type[cst.CSTNode], str] = {cst.AddAssign: "-=", cst.SubtractAssign: "+="}
PLAIN: dict[type[cst.CSTNode], str] = {cst.Add: "-", cst.Subtract: "+"}
NUMERIC = frozenset({"int", "float", "Decimal", "Money", "Fraction", "Amount"})
NAMED_FOR_IT = frozenset(
    "__add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __neg__ __pos__".split()
)
"""Nobody misses a `+` in the method that is called minus."""
JOINED = frozenset(
    {"str", "bytes", "list", "tuple", "set", "dict", "datetime", "date", "timedelta", "Path"}
)


@operator(
    family="money",
    change="expression",
    story="Debit and credit were told apart in the head of the author, not in the names, and one of the lines went the other way.",
    symptom="A balance moves in the wrong direction, or by twice the amount.",
    hint="Work one booking out by hand and compare the sign at every step.",
    evidence=[
        "comparison and arithmetic operators: 2.2 % of labelled single-statement fixes in Python",
        "written from experience: no study at hand counts debits booked as credits",
    ],
    examples=[
        Example("account.balance += amount\n", "account.balance -= amount\n"),
        Example(
            "left = (total  -  used)  # what is left\n", "left = (used  -  total)  # what is left\n"
        ),
        Example("net = gross - fee*2\n", "net = gross + fee*2\n"),
        Example("post(debit, -amount)\n", "post(debit, amount)\n"),
        Example("due = price + tax\n", "due = price - tax\n"),
        Example("off = abs(price - paid)\n", "off = abs(price + paid)\n"),
    ],
    untouched=[
        "class Money:\n    def __sub__(self, other):\n        return Money(self.minor - other.minor)\n",
        "i += 1\n",
        "name = first_name + last_name\n",
        "x = rows[n - 1]\n",
        "lines += ['total']\n",
        "balance = -1\n",
        "applied = 0\napplied += 1\ncount = 0\ncount += len(found)\n",
        "def catch_up(taken: int, more: int) -> int:\n    taken += more\n    return taken\n",
        "def off(price, paid):\n    return abs(-paid)\n",
    ],
)
def sign_flip(
    target: cst.AugAssign | cst.BinaryOperation | cst.UnaryOperation, at: Context
) -> Iterator[Change]:
    """Yield the other sign and, for a difference, the other order."""
    if at.function is not None and at.function.name.value in NAMED_FOR_IT:
        return
    match target:
        case cst.AugAssign():
            sign = AUGMENTED.get(type(target.operator))
            sides = (target.target, target.value)
            if sign and _is_sum(sides, at) and not _is_count(sides, at):
                yield replace(target.operator, sign)
        case cst.BinaryOperation():
            yield from _of_two(target, at)
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
            text = at.text(inner)
            if _is_number(inner) or _is_an_index(at) or would_repeat(at, target, text):
                return
            if not _loses_its_sign(target, at) and _is_sum((inner,), at):
                yield replace(target, text)


def _is_count(sides: tuple[cst.CSTNode, ...], at: Context) -> bool:
    """Whether things are counted: nobody books three of them as minus three, and everybody would see it."""
    if any(map(_is_number, sides)):
        return True
    types = {at.type_of(each) for each in sides}
    money = any(speaks_of(name, MONEY) for side in sides for name in _names(side))
    return not money and types <= {"int", "bool", None}


def _of_two(target: cst.BinaryOperation, at: Context) -> Iterator[Change]:
    sign = PLAIN.get(type(target.operator))
    sides = (target.left, target.right)
    if sign is None or any(map(_is_number, sides)) or _is_an_index(at) or not _is_sum(sides, at):
        return
    bare = isinstance(target.left, cst.BinaryOperation) and type(target.left.operator) in PLAIN
    turns = isinstance(target.operator, cst.Subtract) and not _loses_its_sign(target, at)
    if turns and (not bare or target.left.lpar):
        yield swap(target.left, target.right)
    yield replace(target.operator, sign)


def _is_sum(sides: tuple[cst.CSTNode, ...], at: Context) -> bool:
    """Whether the operands are numbers by their types or, where these are not known, by their names."""
    types = [at.type_of(each) for each in sides]
    if any(kind in JOINED or (kind or "").partition("[")[0] in JOINED for kind in types):
        return False
    if any(isinstance(each, cst.BaseString | cst.List | cst.Tuple | cst.Dict) for each in sides):
        return False
    if any(kind in NUMERIC for kind in types):
        return True
    names = [each for side in sides for each in _names(side)]
    if any(speaks_of(each, TEXTS) for each in names):
        return False
    counts = any(speaks_of(each, NUMBERS) for each in names)
    return counts and not any(speaks_of(each, TIMES - NUMBERS) for each in names)


def _names(node: cst.CSTNode) -> Iterator[str]:
    match node:
        case cst.Name(value=value):
            yield value
        case cst.Attribute(attr=attr):
            yield attr.value
        case cst.Call(func=func):
            yield from _names(func)
        case cst.Subscript(value=value):
            yield from _names(value)
        case cst.BinaryOperation(left=left, right=right):
            yield from _names(left)
            yield from _names(right)
        case cst.UnaryOperation(expression=inner):
            yield from _names(inner)


def _is_number(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.BaseNumber)


def _loses_its_sign(value: cst.CSTNode, at: Context) -> bool:
    return given_to(value, at) == "abs"


def _is_an_index(at: Context) -> bool:
    """Whether the result picks a place in a sequence."""
    for around in at.ancestors():
        if isinstance(around, cst.SubscriptElement):
            return True
        if isinstance(around, cst.Call):
            return at.text(around.func) in {"range", "islice", "itertools.islice"}
        if isinstance(around, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            break
    return False
