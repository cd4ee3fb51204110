"""Write `and` where `or` was right, or the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import continues, operands, operators, replace
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

PLAIN = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.NamedExpr)
"""What the next condition may rest on: a value that has to be there."""
SAME = cst.Equal | cst.NotEqual | cst.Is | cst.IsNot


@operator(
    family="logic",
    change="condition",
    story="The rule was spoken with an and; turned round for the code it needed an or, and that step was left out.",
    symptom="With one of two things the case the wrong way is taken; with both, or with neither, all is well.",
    hint="Write the four cases of two conditions down, and what should happen in each.",
    evidence=[
        "redis-py: a value was taken for plain when it lacked a comma or an equals sign, not both",
        "condition too narrow or too wide: 12.6 % of one-line fixes in payment-like libraries",
    ],
    examples=[
        Example(
            'if "," not in text and "=" not in text:\n    go()\n',
            'if "," not in text or "=" not in text:\n    go()\n',
        ),
        Example(
            "if  amount < 0  or  amount > most:  # é\n    refuse()\n",
            "if  amount < 0  and  amount > most:  # é\n    refuse()\n",
        ),
        Example(
            "ok = (\n    due <= today  # today counts\n    and left > 0\n    and not void\n)\n",
            "ok = (\n    due <= today  # today counts\n    or left > 0\n    or not void\n)\n",
        ),
        Example("if paid and shipped:\n\tclose()\n", "if paid or shipped:\n\tclose()\n"),
    ],
    untouched=[
        "name = given or default\n",
        "if row and row.paid:\n    go()\n",
        "if x is not None and x > 3:\n    go()\n",
        "if kind == 'a' or kind == 'b':\n    go()\n",
        "if (a or b) and c:\n    go()\n",
        "if isinstance(x, str) and x.strip():\n    go()\n",
    ],
)
def and_for_or(target: cst.BooleanOperation, at: Context) -> Iterator[Change]:
    """Yield the conditions joined by the other word."""
    parent = at.parent()
    if continues(target, parent) or isinstance(parent, cst.BooleanOperation | cst.UnaryOperation):
        return
    every = operands(target)
    if any(isinstance(each, cst.BooleanOperation) for each in every):
        return
    if (
        not _are_conditions(every, at)
        or _are_one_question(every, at)
        or _rest_on_the_first(every, at)
    ):
        return
    word = "or" if isinstance(target.operator, cst.And) else "and"
    first, *others = (replace(each, word) for each in operators(target))
    for each in others:
        first += each
    yield first


def _are_conditions(every: tuple[cst.BaseExpression, ...], at: Context) -> bool:
    """Whether the parts are true or false, and none is a value to fall back on."""
    if at.is_tested():
        return True
    return all(
        isinstance(each, cst.Comparison)
        or (isinstance(each, cst.UnaryOperation) and isinstance(each.operator, cst.Not))
        for each in every
    )


def _are_one_question(every: tuple[cst.BaseExpression, ...], at: Context) -> bool:
    """Whether one thing is compared with several: with the other word that is always, or never, so."""
    asked = [
        at.text(each.left)
        for each in every
        if isinstance(each, cst.Comparison) and isinstance(each.comparisons[0].operator, SAME)
    ]
    return len(set(asked)) < len(asked)


def _rest_on_the_first(every: tuple[cst.BaseExpression, ...], at: Context) -> bool:
    """Whether a part only makes sure that a later one can be asked at all."""
    for n, each in enumerate(every):
        later = " ".join(at.text(one) for one in every[n + 1 :])
        if any(at.text(value) in later for value in _made_sure_of(each)):
            return True
    return False


def _made_sure_of(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What a condition looks at to see whether it is there, or of which kind it is."""
    match node:
        case cst.UnaryOperation(expression=inner):
            yield from _made_sure_of(inner)
        case cst.NamedExpr(target=inner):
            yield inner
        case cst.Call(args=[cst.Arg(value=first), *_]):
            yield from (first, node.func)
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=sign, comparator=right)]
        ):
            if isinstance(sign, SAME):
                yield from _names_of(left)
            elif isinstance(sign, cst.In | cst.NotIn) and not isinstance(left, cst.BaseString):
                yield from (left, right)
            yield from _measured(left)
        case _ if isinstance(node, PLAIN):
            yield node


def _names_of(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    yield node
    yield from _measured(node)


def _measured(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """`len(rows)` → rows."""
    if isinstance(node, cst.Call) and node.args:
        yield node.args[0].value
