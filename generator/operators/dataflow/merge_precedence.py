"""Merge two dictionaries the other way round, so that the wrong one has the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace, swap
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context

DICTS = ("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "Counter", "defaultdict")

WRITTEN_OUT = cst.Dict | cst.DictComp
"""What shows its keys: whoever wrote them knows whether they meet."""


@operator(
    family="dataflow",
    change="expression",
    story="Which of the two wins where both have a key is told by their order only, and the order was taken for a matter of taste.",
    symptom="A value that was given explicitly is overruled by a default, but only where both are there.",
    hint="For every merge, ask which side should win, and try one key that is on both sides.",
    evidence=[
        "thefuck: dict(self) updated with the arguments where dict(kwargs) updated with self was right",
        "written from experience: no study at hand counts merges the wrong way round",
    ],
    examples=[
        Example(
            "def options(base, given):\n    return {**base, **given}\n",
            "def options(base, given):\n    return {**given, **base}\n",
        ),
        Example(
            "def headers(self, given):\n    return {\n        'Accept': 'é',\n        **given,\n    }\n",
            "def headers(self, given):\n    return {\n        **given,\n        'Accept': 'é',\n    }\n",
        ),
        Example(
            "def settings(self, given):\n    found = dict(self)  # ours\n    found.update(given)\n    return found\n",
            "def settings(self, given):\n    found = dict(given)  # ours\n    found.update(self)\n    return found\n",
        ),
        Example(
            "def options(base: dict[str, int], given: dict[str, int]):\n    return base  | given\n",
            "def options(base: dict[str, int], given: dict[str, int]):\n    return given  | base\n",
        ),
        Example(
            "look = ChainMap(given, defaults)\n",
            "look = ChainMap(defaults, given)\n",
        ),
    ],
    untouched=[
        "def f(a):\n    return {**a}\n",
        "def f(a, b):\n    return a | b\n",
        "def f(a):\n    return {'x': 1, 'y': 2}\n",
        "def f(a, b):\n    found = dict(a)\n    found.update(b, c=1)\n    return found\n",
        "def f(a, key):\n    return {**a, key: 1}\n",
        "def f(a, b):\n    return {\n        **a,  # ours\n        **b,\n    }\n",
        "def f(a, b: dict[str, int]):\n    found = list(a)\n    found.extend(b)\n    return found\n",
    ],
)
def merge_precedence(
    target: cst.Dict | cst.BinaryOperation | cst.Call, at: Context
) -> Iterator[Change]:
    """Yield the merge in the other order."""
    match target:
        case cst.Dict(elements=elements):
            yield from _literal(elements, at)
        case cst.BinaryOperation(operator=cst.BitOr(), left=left, right=right):
            kinds = [at.type_of(each) or "" for each in (left, right)]
            told = all(kind.partition("[")[0] in DICTS for kind in kinds)
            if told and not isinstance(left, WRITTEN_OUT) and not isinstance(right, WRITTEN_OUT):
                yield swap(left, right)
        case cst.Call(func=func, args=[cst.Arg() as one, cst.Arg() as other]):
            if last_name(func) == "ChainMap" and not one.star and not other.star:
                yield swap(one.value, other.value)
        case cst.Call(func=cst.Attribute(attr=cst.Name("update")), args=[cst.Arg() as given]):
            yield from _update(target, given, at)


def _literal(elements: Sequence[cst.BaseDictElement], at: Context) -> Iterator[Change]:
    """`{**a, **b}`, and `{'x': 1, **a}`: what stands before and what after a `**` that is the last."""
    if len(elements) != 2 or not isinstance(elements[1], cst.StarredDictElement):
        return
    one, other = elements
    if any(isinstance(each.value, WRITTEN_OUT) for each in elements):
        return
    if isinstance(one, cst.DictElement) and not isinstance(one.key, cst.BaseString):
        return
    texts = [at.text(each) for each in elements]
    if texts[0] != texts[1] and "#" not in at.text(at.node):
        yield swap(one, other)


def _update(target: cst.Call, given: cst.Arg, at: Context) -> Iterator[Change]:
    """`found = dict(a); found.update(b)`"""
    line = at.statement()
    above = next(iter(at.before(line)), None)
    match above, at.parent():
        case (
            cst.SimpleStatementLine(
                body=[
                    cst.Assign(
                        targets=[cst.AssignTarget(target=cst.Name(value=name))],
                        value=cst.Call(
                            func=cst.Name("dict"), args=[cst.Arg(keyword=None, star="") as first]
                        ),
                    )
                ]
            ),
            cst.Expr(),
        ):
            mine = isinstance(target.func, cst.Attribute) and at.text(target.func.value) == name
            plain = given.keyword is None and not given.star
            named = all(isinstance(each.value, cst.Name | cst.Attribute) for each in (first, given))
            if mine and plain and named and at.text(first.value) != at.text(given.value):
                yield replace(first.value, at.text(given.value)) + replace(
                    given.value, at.text(first.value)
                )
