"""Forget one of several cases: an `elif`, a `case`, a member of what a value is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_branch, drop_item, replace, rewrite
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context

KINDS = {"isinstance": 1, "issubclass": 1, "startswith": 0, "endswith": 0}
"""Calls that take several cases in a tuple, and where."""
FEWEST = 2
"""How many cases have to be left in a table for the missing one not to be seen at once."""
LONGEST = 5
"""Lines of a branch that a person could have forgotten to write."""
SINGLE = frozenset({"None", "True", "False"})

Group = cst.Tuple | cst.List | cst.Set


@operator(
    family="logic",
    change="element",
    story="The cases were listed from memory, and the one that comes up least was not among them.",
    symptom="All cases but one are handled; that one is taken for something else, or for nothing.",
    hint="List every kind of value that can arrive here, and follow each of them through the branches.",
    evidence=[
        "black: token in ('def', 'for') where a fix added 'for'",
        "peewee: `elif not primary_keys` was added by a fix",
        "element missing from a collection: 3.6 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "if a:\n    one()\nelif b:\n    # why\n    two()\n\n# what is left\nelif c: three()\nelse:\n    four()\n",
            "if a:\n    one()\n# what is left\nelif c: three()\nelse:\n    four()\n",
        ),
        Example(
            "if a:\n    one()\nelif b:\n    two()\n\n# what is left\nelif c: three()\nelse:\n    four()\n",
            "if b:\n    two()\n\n# what is left\nelif c: three()\nelse:\n    four()\n",
        ),
        Example(
            "if a:\n    one()\nelif b:\n    two()\nelif c:\n    three()\nmore()\n",
            "if a:\n    one()\nelif b:\n    two()\nmore()\n",
        ),
        Example(
            "if isinstance(x, (int, float)):\n    go()\n", "if isinstance(x, int):\n    go()\n"
        ),
        Example("ok = token in ('def', 'for')\n", "ok = token == 'def'\n"),
        Example(
            "a = x is Kind.ASSET\nok = kind in (Kind.ASSET, Kind.EXPENSE)\n",
            "a = x is Kind.ASSET\nok = kind is Kind.EXPENSE\n",
        ),
        Example("ok = status not in {OPEN,HELD, 'é'}\n", "ok = status not in {OPEN,'é'}\n"),
        Example(
            "RETRIED = frozenset(\n    {\n        500,\n        502,  # gateway\n        503,\n    }\n)\nagain = code in RETRIED\n",
            "RETRIED = frozenset(\n    {\n        500,\n        503,\n    }\n)\nagain = code in RETRIED\n",
        ),
        Example(
            "match event:\n    case 'a':\n        one()\n    # rare\n    case 'b':\n        two()\n    case _:\n        pass\n",
            "match event:\n    case 'a':\n        one()\n    case _:\n        pass\n",
        ),
        Example(
            "NEXT = {'a': 1, 'b': 2, 'c': 3}\n\n\ndef f(x):\n    return NEXT.get(x)\n",
            "NEXT = {'a': 1, 'b': 2}\n\n\ndef f(x):\n    return NEXT.get(x)\n",
        ),
    ],
    untouched=[
        "if a:\n    one()\nelse:\n    two()\n",
        "def f(a, b):\n    if a:\n        x = 1\n    elif b:\n        x = 2\n    return x, a, b\n",
        "ok = x in (1,)\n",
        "ok = isinstance(x, int)\n",
        "for x in (1, 2):\n    go(x)\n",
        "NEXT = {'a': 1, 'b': 2, 'c': 3}\n\n\ndef f(x):\n    return NEXT[x]\n",
        "COLOURS = ['red', 'green', 'blue']\n",
    ],
)
def drop_case(
    target: cst.If | cst.MatchCase | cst.Call | cst.ComparisonTarget | cst.Assign | cst.AnnAssign,
    at: Context,
) -> Iterator[Change]:
    """Yield one change for each case that could be missing."""
    match target:
        case cst.If() | cst.MatchCase():
            yield from _branch(target, at)
        case cst.Call(args=args):
            place = KINDS.get(last_name(target.func), len(args))
            if place < len(args):
                yield from _kinds(args[place].value, at)
        case cst.ComparisonTarget(
            operator=cst.In() | cst.NotIn(),
            comparator=cst.Tuple() | cst.List() | cst.Set() as group,
        ):
            yield from _compared(target, group, at)
        case cst.Assign(value=value) | cst.AnnAssign(value=value) if value is not None:
            yield from _table(target, value, at)


def _branch(target: cst.If | cst.MatchCase, at: Context) -> Iterator[Change]:
    parent = at.parent()
    nested = isinstance(parent, cst.If) and parent.orelse is target
    if isinstance(target, cst.If) and not nested and not _has_a_twin(target):
        return
    if _lines(target.body, at) > LONGEST:
        return
    if isinstance(target, cst.MatchCase) and _is_indispensable(target, at):
        return
    gone = (
        (target.test, target.body) if isinstance(target, cst.If) else (target.pattern, target.body)
    )
    clearing = removal.clearing(at, *gone)
    if clearing is not None and not _is_missed(target, at):
        yield drop_branch(target) + clearing


def _has_a_twin(target: cst.If) -> bool:
    """Whether an `elif` follows that can do without what is asked first: it is not about None."""
    asks = target.test.comparisons if isinstance(target.test, cst.Comparison) else ()
    absent = any(isinstance(each.operator, cst.Is) for each in asks)
    return isinstance(target.orelse, cst.If) and not absent


def _lines(body: cst.BaseSuite, at: Context) -> int:
    first, last = at.source.span(body)
    return at.source.data[first:last].strip().count(b"\n") + 1


def _is_indispensable(target: cst.MatchCase, at: Context) -> bool:
    around = at.parent()
    wild = isinstance(target.pattern, cst.MatchAs) and target.pattern.pattern is None
    return wild or not isinstance(around, cst.Match) or len(around.cases) <= FEWEST


def _is_missed(target: cst.If | cst.MatchCase, at: Context) -> bool:
    """Whether a name that the branch gives a value is read below, and may have none without the branch."""
    whole: cst.CSTNode = target
    while isinstance(parent := at.parent(whole), cst.If | cst.Match) and whole in _parts(parent):
        whole = parent
    names = at.bound(target.body)
    first, last = at.source.outer(whole)
    scope = at.source.scope(target.body)
    known = at.variables(whole) if at.function is not None else {}
    later = {
        name
        for name in names
        for use in scope.uses.get(name, ())
        if not first <= at.source.span(use)[0] < last
    }
    return bool(later - set(known)) and not _ends_in_else(whole)


def _parts(node: cst.If | cst.Match) -> tuple[cst.CSTNode | None, ...]:
    return (node.orelse,) if isinstance(node, cst.If) else tuple(node.cases)


def _ends_in_else(node: cst.CSTNode) -> bool:
    while isinstance(node, cst.If) and node.orelse is not None:
        node = node.orelse
    return isinstance(node, cst.Else)


def _kinds(group: cst.BaseExpression, at: Context) -> Iterator[Change]:
    """`(int, float)` → `int`."""
    if not isinstance(group, cst.Tuple):
        return
    for gone, rest in _one_less(group):
        clearing = removal.clearing(at, gone)
        if clearing is not None:
            alone = len(rest) == 1
            yield (
                replace(group, at.text(rest[0].value), parentheses=True)
                if alone
                else drop_item(gone, group.elements, group)
            ) + clearing


def _compared(target: cst.ComparisonTarget, group: Group, at: Context) -> Iterator[Change]:
    """`x in (1, 2)` → `x == 1`; `x in (1, 2, 3)` → `x in (1, 2)`."""
    comparison = at.parent()
    if not isinstance(comparison, cst.Comparison) or len(comparison.comparisons) != 1:
        return
    for gone, rest in _one_less(group):
        clearing = removal.clearing(at, gone)
        if clearing is None:
            continue
        if len(rest) > 1:
            yield drop_item(gone, group.elements, group) + clearing
            continue
        left, other = at.text(comparison.left), at.text(rest[0].value)
        negative = isinstance(target.operator, cst.NotIn)
        equals, same = ("!=", "is not") if negative else ("==", "is")
        if other not in SINGLE - {"None"}:
            single = other in SINGLE or _is_asked_by_identity(rest[0].value, at)
            yield rewrite(comparison, f"{left} {same if single else equals} {other}") + clearing


def _is_asked_by_identity(member: cst.BaseExpression, at: Context) -> bool:
    """Whether the module compares what is named like this one with `is`, as members of an enum are, and never with `==`."""
    asked = {
        type(each.operator)
        for each in at.within(at.source.module, cst.ComparisonTarget)
        if _is_member(each.comparator)
    }
    return _is_member(member) and cst.Is in asked and cst.Equal not in asked


def _is_member(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value.isupper()


def _one_less(group: Group) -> Iterator[tuple[cst.BaseElement, Sequence[cst.BaseElement]]]:
    """Each member that can go, with the others."""
    for gone in group.elements:
        rest = [each for each in group.elements if each is not gone]
        if (
            rest
            and isinstance(gone, cst.Element)
            and all(isinstance(each, cst.Element) for each in rest)
        ):
            yield gone, rest


def _table(
    target: cst.Assign | cst.AnnAssign, value: cst.BaseExpression, at: Context
) -> Iterator[Change]:
    """A constant of the module that values are looked up in loses a member."""
    places = assigned(target)
    name = last_name(places[0])
    if at.around(cst.FunctionDef) or len(places) > 1 or not name.isupper():
        return
    inner = _inside(value)
    looked_up = {_how(use, at) for use in at.source.module_scope.uses.get(name, ())}
    if isinstance(inner, cst.Dict):
        if len(inner.elements) > FEWEST and "get" in looked_up and "item" not in looked_up:
            yield from _members(inner.elements, inner, at)
        for each in inner.elements:
            group = _inside(each.value)
            if looked_up and isinstance(group, cst.Set) and len(group.elements) > 1:
                yield from _members(group.elements, group, at)
    elif (
        isinstance(inner, cst.Tuple | cst.List | cst.Set)
        and looked_up == {"in"}
        and len(inner.elements) > FEWEST
    ):
        yield from _members(inner.elements, inner, at)


def _inside(value: cst.BaseExpression) -> cst.BaseExpression:
    """`frozenset({...})` → `{...}`."""
    match value:
        case cst.Call(func=cst.Name("frozenset" | "set" | "MappingProxyType"), args=[only]):
            return only.value
    return value


def _how(use: cst.CSTNode, at: Context) -> str:
    """How a table is used: in, get, item or otherwise."""
    match at.parent(use):
        case cst.ComparisonTarget(operator=cst.In() | cst.NotIn()):
            return "in"
        case cst.Attribute(attr=cst.Name("get")):
            return "get"
        case cst.Subscript():
            return "item"
    return ""


def _members(
    elements: Sequence[cst.BaseElement | cst.BaseDictElement],
    group: cst.BaseExpression,
    at: Context,
) -> Iterator[Change]:
    for gone in elements:
        clearing = removal.clearing(at, gone)
        if isinstance(gone, cst.Element | cst.DictElement) and clearing is not None:
            yield drop_item(gone, elements, group) + clearing
