"""Leave out what hands out the rest of a division, or rounds it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, Change, cut, remove, replace, rewrite
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.words import NUMBERS, TIMES, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context
    from generator.scopes import Binding

RESTS = frozenset({"remainder", "leftover", "leftovers", "residue", "residual"})
"""Words that leave no doubt."""
SIZES = frozenset(
    {
        "width",
        "height",
        "column",
        "columns",
        "col",
        "cols",
        "indent",
        "pad",
        "padding",
        "bits",
        "bytes",
    }
)
"""What is divided for its looks."""


@operator(
    family="money",
    change="structure",
    story="The division was written first. What it leaves over was to be dealt with afterwards, and in the test it came out even.",
    symptom="The parts add up to a little less than the whole.",
    hint="Divide something that does not come out even, and add the parts up.",
    evidence=[
        "written from experience: no study at hand counts what is lost in divisions",
    ],
    examples=[
        Example(
            "def split(total, n):\n    share, rest = divmod(total, n)\n    shares = [share] * n\n    # the first ones pay more\n    for i in range(rest):\n        shares[i] += 1  # each\n    return shares\n",
            "def split(total, n):\n    share = total // n\n    return [share] * n\n",
        ),
        Example(
            "def split(total, weights):\n    whole = sum(weights)\n    parts = [total * weight // whole for weight in weights]\n    left = total - sum(parts)\n    order = sorted(\n        range(len(weights)), key=weights.__getitem__\n    )\n    for index in order[:left]:\n        parts[index] += 1\n    return parts\n",
            "def split(total, weights):\n    whole = sum(weights)\n    return [total * weight // whole for weight in weights]\n",
        ),
        Example(
            "def split(cents, n):\n    base = cents // n\n    extra = cents % n\n    return [base + (1 if i < extra else 0) for i in range(n)]\n",
            "def split(cents, n):\n    base = cents // n\n    return [base for _ in range(n)]\n",
        ),
        Example(
            "def split(total, names):\n\tshare, rest = divmod(total, len(names))\n\tbill = {}\n\tfor n, name in enumerate(names):\n\t\tbill[name] = share\n\t\tif n < rest:\n\t\t\tbill[name] += 1\n\treturn bill\n",
            "def split(total, names):\n\tshare = total // len(names)\n\tbill = {}\n\tfor name in names:\n\t\tbill[name] = share\n\treturn bill\n",
        ),
        Example(
            "def split(total, n):\n    parts = [round(total / n, 2)] * n\n    parts[-1] += total - sum(parts)\n    return parts\n",
            "def split(total, n):\n    return [round(total / n, 2)] * n\n",
        ),
        Example(
            "def split(total, n):\n    share = total // n\n    return [share] * (n - 1) + [total - share * (n - 1)]\n",
            "def split(total, n):\n    share = total // n\n    return [share] * n\n",
        ),
        Example(
            "def pages(lines, size):\n    whole, rest = divmod(lines + 1, size)\n    return whole + (1 if rest else 0)  # at least one\n",
            "def pages(lines, size):\n    return (lines + 1) // size  # at least one\n",
        ),
        Example("fee = -(-amount // rate)  # up\n", "fee = amount // rate  # up\n"),
        Example(
            "import math\n\nfee = math.ceil( amount / rate ) + math.pi\n",
            "import math\n\nfee = amount // rate + math.pi\n",
        ),
    ],
    untouched=[
        "def f(rows, rest):\n    rows[0] += rest\n    return rows\n",
        "def f(total, n):\n    minutes, seconds = divmod(total, n)\n    return f'{minutes}:{seconds}'\n",
        "def f(n, width):\n    columns = -(-n // width)\n    return columns\n",
        "def f(a, b):\n    left = a - b\n    rows[0] += left\n",
        "def f(position, size):\n    pad = position % size\n    position += pad\n    return position\n",
        "def f(xs, i):\n    return xs[0] + (1 if i < 3 else 0)\n",
    ],
)
def remainder_dropped(
    target: cst.AugAssign | cst.Assign | cst.BinaryOperation | cst.UnaryOperation | cst.Call,
    at: Context,
) -> Iterator[Change]:
    """Yield the code without the statement or the term that deals with the rest, and without what only that needs."""
    match target:
        case cst.AugAssign(operator=cst.AddAssign(), target=place, value=value):
            yield from _without_statement(place, value, at)
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript() as place)], value=value):
            if _is_what_is_missing(value, at):
                yield from _without_statement(place, value, at)
        case cst.BinaryOperation(operator=cst.Add()):
            yield from _without_term(target, at)
        case _:
            yield from _rounded_down(target, at)


# -- what is a rest ---------------------------------------------------------------------------------------------------


def _is_a_rest(node: cst.CSTNode, at: Context) -> bool:
    """Whether an expression is what a division leaves over."""
    if isinstance(node, cst.Name):
        scope = at.source.scope(node).owner(node.value)
        bindings = scope.bindings.get(node.value, ()) if scope else ()
        return speaks_of(node.value, RESTS) or any(_binds_a_rest(each, at) for each in bindings)
    if isinstance(node, cst.Attribute):
        return speaks_of(node.attr.value, RESTS)
    return _is_modulo(node) or _is_what_is_missing(node, at)


def _binds_a_rest(binding: Binding, at: Context) -> bool:
    match binding.owner:
        case cst.Assign(
            targets=[cst.AssignTarget(target=cst.Tuple(elements=[_, cst.Element(value=second)]))],
            value=cst.Call(func=cst.Name("divmod")),
        ):
            return second is binding.node
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name())], value=value):
            return _is_modulo(value) or _is_what_is_missing(value, at)
    return False


def _is_modulo(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.BinaryOperation)
        and isinstance(node.operator, cst.Modulo)
        and not isinstance(node.left, cst.BaseString | cst.Call)
        and not isinstance(node.right, cst.Dict | cst.Tuple)
    )


def _is_what_is_missing(node: cst.CSTNode, at: Context) -> bool:
    """`total - sum(parts)`, `total - share * count`."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Subtract):
        return False
    match node.right:
        case cst.Call(func=cst.Name("sum")):
            return True
        case cst.BinaryOperation(operator=cst.Multiply(), left=left, right=right):
            return any(_is_a_quotient(each, at) for each in (left, right))
    return False


def _is_a_quotient(node: cst.CSTNode, at: Context) -> bool:
    if isinstance(node, cst.Name):
        scope = at.source.scope(node).owner(node.value)
        bindings = scope.bindings.get(node.value, ()) if scope else ()
        return any(
            _is_a_quotient(getattr(each.owner, "value", node), at)
            for each in bindings
            if not isinstance(getattr(each.owner, "value", node), cst.Name)
        )
    return any(
        isinstance(each.operator, cst.Divide | cst.FloorDivide)
        for each in at.within(node, cst.BinaryOperation)
    )


def _mentions_a_rest(node: cst.CSTNode, at: Context, depth: int = 2) -> bool:
    """Whether a rest decides something: `range(rest)`, `i < rest`, `name in lucky`, where `lucky` goes by the rest."""
    for name in at.within(node, cst.Name):
        if not at.source.is_read(name):
            continue
        if _is_a_rest(name, at):
            return True
        scope = at.source.scope(name).owner(name.value)
        bindings = scope.bindings.get(name.value, []) if scope and depth else []
        made = bindings[0].owner if len(bindings) == 1 else None
        if not isinstance(made, cst.Assign) or not isinstance(bindings[0].node, cst.Name):
            continue
        if _mentions_a_rest(made.value, at, depth - 1):
            return not isinstance(at.parent(name), cst.Attribute)
    return False


# -- what goes --------------------------------------------------------------------------------------------------------


def _without_statement(
    place: cst.BaseExpression, value: cst.BaseExpression, at: Context
) -> Iterator[Change]:
    line = at.statement()
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
        return
    if isinstance(place, cst.Name) and not speaks_of(place.value, NUMBERS):
        return
    holder = _holder(line, at)
    if not _is_a_rest(value, at) and (holder is line or not isinstance(value, cst.Integer)):
        return
    if not isinstance(value, cst.Integer) and not _comes_from_here(value, at):
        return
    yield from _some(_gone(holder, at))


def _comes_from_here(value: cst.BaseExpression, at: Context) -> bool:
    """Whether the rest is one of this function's own divisions."""
    if isinstance(value, cst.Name):
        local = at.variables(value).get(value.value)
        return local is not None and local.binding.kind == "assignment"
    return isinstance(value, cst.BinaryOperation)


def _holder(line: cst.CSTNode, at: Context) -> cst.CSTNode:
    """The statement, or the loop or question around it that is only there to hand out the rest."""
    holder = line
    while True:
        block = at.parent(holder)
        around = at.parent(block) if isinstance(block, cst.IndentedBlock) else None
        if not isinstance(around, cst.For | cst.If) or len(at.block(holder)) > 1:
            return holder
        header = around.iter if isinstance(around, cst.For) else around.test
        if around.orelse is not None or not _mentions_a_rest(header, at) or not at.block(around):
            return holder
        holder = around


def _gone(statement: cst.CSTNode, at: Context) -> Change | None:
    """The removal of a statement and of what only it needs."""
    clearing = _without_needs(statement, at)
    if clearing is None or not removal.can_go(at, statement):
        return None
    return remove(statement) + clearing + _returned_at_once(statement, at)


def _returned_at_once(gone: cst.CSTNode, at: Context) -> Change:
    """What is then only given a name to be returned in the next line is returned without one."""
    made = removal.companions(at, gone)
    above = next((each for each in at.before(gone) if each not in made), None)
    below = next(iter(at.after(gone)), None)
    match above, below:
        case (
            cst.SimpleStatementLine(
                body=[
                    cst.Assign(
                        targets=[cst.AssignTarget(target=cst.Name(name) as first)], value=value
                    )
                ]
            ),
            cst.SimpleStatementLine(body=[cst.Return(value=cst.Name(returned))]),
        ) if name == returned and removal.orphans(at, gone, *made, below):
            return cut(first, value, upto=True, text="return ") + remove(below)
    return Change(())


def _without_needs(
    gone: cst.CSTNode, at: Context, kept: tuple[cst.CSTNode, ...] = ()
) -> Change | None:
    made = removal.companions(at, gone)
    if not all(removal.can_go(at, each) for each in made):
        return None
    change, settled = remove(*made), [gone, *made]
    for orphan in removal.orphans(at, gone, *made, kept=kept):
        change_of_one = _unbound(orphan, at)
        if change_of_one is not None:
            change += change_of_one
            settled.append(orphan.node)
    clearing = removal.clearing(at, *settled, kept=kept)
    return None if clearing is None else change + clearing


def _unbound(orphan: Binding, at: Context) -> Change | None:
    """A name that nobody reads any more, gone from a `divmod`, an `enumerate` or a loop."""
    match orphan.owner:
        case cst.Assign(
            targets=[
                cst.AssignTarget(
                    target=cst.Tuple(
                        elements=[cst.Element(value=first), cst.Element(value=second)]
                    ) as both
                )
            ],
            value=cst.Call(func=cst.Name("divmod"), args=[left, right]) as call,
        ) if second is orphan.node:
            quotient = f"{_factor(left.value, at, first=True)} // {_factor(right.value, at)}"
            return replace(both, at.text(first), parentheses=True) + replace(call, quotient)
        case cst.For(target=place, iter=some) | cst.CompFor(target=place, iter=some):
            match place, some:
                case cst.Name(), _:
                    return replace(place, "_")
                case (
                    cst.Tuple(elements=[cst.Element(value=first), cst.Element(value=second)]),
                    cst.Call(func=cst.Name("enumerate"), args=[inner, *_]),
                ) if first is orphan.node:
                    text = at.text(second)
                    return replace(place, text, parentheses=True) + replace(
                        some, at.text(inner.value)
                    )
    return None


def _factor(node: cst.BaseExpression, at: Context, *, first: bool = False) -> str:
    """An operand of `//`, in parentheses where it needs them."""
    text = at.text(node)
    product = isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Multiply)
    bare = isinstance(node, TIGHT) or node.lpar or (first and product)
    return text if bare else f"({text})"


def _without_term(target: cst.BinaryOperation, at: Context) -> Iterator[Change]:
    match target.left, target.right:
        case (
            cst.BinaryOperation(
                operator=cst.Multiply(), left=cst.List(elements=[_]) as one, right=count
            ),
            cst.List(elements=[cst.Element(value=last)]),
        ) if _is_what_is_missing(last, at) and (n := _one_more(count)) is not None:
            clearing = removal.clearing(at, target, kept=(one, n))
            if clearing is not None:
                yield rewrite(target, f"{at.text(one)} * {at.text(n)}") + clearing
        case left, (cst.IfExp() | cst.Comparison() | cst.Call()) as right:
            test = right.test if isinstance(right, cst.IfExp) else right
            if isinstance(right, cst.Call) and not (
                last_name(right.func) == "int" and isinstance(right.args[0].value, cst.Comparison)
            ):
                return
            if not _mentions_a_rest(test, at) or _mentions_a_rest(left, at):
                return
            short = _at_once(target, left, at)
            clearing = _without_needs(right, at) if short is None else None
            if short is not None:
                yield short
            elif clearing is not None:
                lone = target.lpar and isinstance(left, TIGHT)
                yield replace(target, at.text(left), parentheses=bool(lone)) + clearing


def _at_once(target: cst.BinaryOperation, left: cst.BaseExpression, at: Context) -> Change | None:
    """`whole, rest = divmod(a, b)`, `return whole + bool(rest)` → `return a // b`."""
    line = at.statement()
    above = next(iter(at.before(line)), None)
    if not isinstance(at.parent(), cst.Return) or not isinstance(left, cst.Name) or above is None:
        return None
    match above:
        case cst.SimpleStatementLine(
            body=[
                cst.Assign(
                    targets=[cst.AssignTarget(target=cst.Tuple(elements=[first, _]))],
                    value=cst.Call(func=cst.Name("divmod"), args=[one, other]),
                )
            ]
        ) if at.text(first.value) == left.value and len(removal.orphans(at, target)) == 2:
            quotient = f"{_factor(one.value, at, first=True)} // {_factor(other.value, at)}"
            return replace(target, quotient, parentheses=True) + remove(above)
    return None


def _one_more(count: cst.BaseExpression) -> cst.BaseExpression | None:
    """`n` of `n - 1`."""
    match count:
        case cst.BinaryOperation(operator=cst.Subtract(), left=left, right=cst.Integer("1")):
            return left if isinstance(left, TIGHT) else None
    return None


def _rounded_down(
    target: cst.UnaryOperation | cst.Call | cst.BaseExpression | cst.BaseSmallStatement, at: Context
) -> Iterator[Change]:
    """`-(-a // b)`, `math.ceil(a / b)` → `a // b`."""
    match target:
        case cst.UnaryOperation(
            operator=cst.Minus(),
            expression=cst.BinaryOperation(
                operator=cst.FloorDivide(),
                left=cst.UnaryOperation(operator=cst.Minus(), expression=left),
                right=right,
            ),
        ):
            pass
        case cst.Call(
            func=func,
            args=[
                cst.Arg(value=cst.BinaryOperation(operator=cst.Divide(), left=left, right=right))
            ],
        ) if last_name(func) == "ceil":
            pass
        case _:
            return
    names = [last_name(left), last_name(right)]
    about = [*names, at.function.name.value if at.function is not None else ""]
    if not any(speaks_of(each, NUMBERS) for each in names) or any(
        speaks_of(each, TIMES - NUMBERS | SIZES) for each in about
    ):
        return
    clearing = removal.clearing(at, target, kept=(left, right))
    if clearing is not None:
        quotient = f"{_factor(left, at, first=True)} // {_factor(right, at)}"
        yield rewrite(target, quotient if _stands_alone(at) else f"({quotient})") + clearing


def _stands_alone(at: Context) -> bool:
    """Whether nothing beside it can take hold of a part of the quotient."""
    match at.parent():
        case cst.BinaryOperation(operator=cst.Add() | cst.Subtract()):
            return True
        case cst.BinaryOperation() | cst.UnaryOperation() | cst.Attribute() | cst.Subscript():
            return False
    return True


def _some(change: Change | None) -> Iterator[Change]:
    if change is not None:
        yield change
