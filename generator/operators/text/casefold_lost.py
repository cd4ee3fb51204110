"""Look something up as it was written: the `lower()` or `casefold()` of a key goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

FOLDS = frozenset({"lower", "casefold", "upper", "title", "swapcase"})
LOOKS_UP = frozenset("get pop setdefault add discard remove index".split())
"""Methods whose first argument is what is looked for."""

WRITTEN_OUT = cst.BaseString | cst.Tuple | cst.Set | cst.List


@operator(
    family="text",
    change="call",
    story="All that came by during the tests was in small letters already.",
    symptom="What differs in capital letters only is not found, or is kept twice.",
    hint="For everything that is looked up, find where it is stored, and compare how the two spell the key.",
    evidence=[
        "missing conversion, wrapper or method call: 9.9 % of one-line fixes in payment-like libraries",
        "celery: a setting looked up as time_zone where it is kept as TIME_ZONE",
    ],
    examples=[
        Example(
            "def find(self, name):\n    return self.rows.get(name.strip().lower())  # é\n",
            "def find(self, name):\n    return self.rows.get(name.strip())  # é\n",
        ),
        Example(
            "def find(rows, name):\n    return rows[\n        # as it is kept\n        name . casefold()\n    ]\n",
            "def find(rows, name):\n    return rows[\n        # as it is kept\n        name\n    ]\n",
        ),
        Example(
            "def known(self, code):\n\tif code.upper( ) not in self.codes: raise Unknown(code)\n\treturn code\n",
            "def known(self, code):\n\tif code not in self.codes: raise Unknown(code)\n\treturn code\n",
        ),
        Example(
            "def side(word):\n    if word.upper() in SIDES:\n        return SIDES[word.upper()]  # é\n    return None\n",
            "def side(word):\n    if word in SIDES:\n        return SIDES[word]  # é\n    return None\n",
        ),
        Example(
            "def find(rows, name):\n    wanted = name.lower()\n    for row in rows:\n        if row.name.lower() == wanted:\n            return row\n    return None\n",
            "def find(rows, name):\n    wanted = name.lower()\n    for row in rows:\n        if row.name == wanted:\n            return row\n    return None\n",
        ),
    ],
    untouched=[
        "def f(name):\n    return name.lower()\n",
        "def f(name):\n    show(name.upper())\n",
        "def f(rows, name):\n    return rows.get(name)\n",
        "def f(row, name):\n    return row.name.lower() == name.lower()\n",
        "def f(rows, name):\n    show(name.lower())\n    return rows.get(name.lower())\n",
        "def f(rows, name):\n    return rows.get(0, name.lower())\n",
        "def f(row):\n    return row.lower() == 'yes'\n",
    ],
)
def casefold_lost(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the key as it was written."""
    match target:
        case cst.Call(func=cst.Attribute(value=text, attr=cst.Name(value=how)), args=[]):
            every = _alike(target, at) if how in FOLDS else []
            if not every or every[0] is not target:
                return
            if not all(_is_looked_up(each, at) for each in every):
                return
            changes = [removal.unwrapped(at, each, text) for each in every]
            done = [each for each in changes if each is not None]
            if len(done) == len(every):
                yield Change(tuple(step for each in done for step in each.steps))


def _alike(target: cst.Call, at: Context) -> list[cst.Call]:
    """The calls of the function that read the same: whoever forgets one of them forgets them all."""
    if at.function is None:
        return [target]
    some = [each for each in at.within(at.function, cst.Call) if at.text(each) == at.text(target)]
    return sorted(some, key=at.source.span)


def _is_looked_up(target: cst.CSTNode, at: Context) -> bool:
    """Whether something is searched by it: as a key, as a member, or by comparing it with another text of its kind."""
    parent = at.parent(target)
    match parent:
        case cst.Index():
            return True
        case cst.Arg(keyword=None):
            call = at.parent(parent)
            if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
                return False
            return call.func.attr.value in LOOKS_UP and call.args[0] is parent
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=how, comparator=other)]
        ):
            plain = not isinstance(other, WRITTEN_OUT) and not _folds(other)
            return left is target and plain and isinstance(how, cst.In | cst.NotIn | cst.Equal)
        case cst.ComparisonTarget(operator=cst.Equal()):
            whole = at.parent(parent)
            beside: cst.CSTNode = whole.left if isinstance(whole, cst.Comparison) else target
            return not isinstance(beside, WRITTEN_OUT) and not _folds(beside)
    return False


def _folds(node: cst.CSTNode) -> bool:
    """Whether the other side shows what this side lacks."""
    return isinstance(node, cst.Call) and last_name(node.func) in FOLDS
