"""Ask whether something is empty where the rule asks whether it is there at all, or the other way round."""

from __future__ import annotations

import operator as operations
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import LOOSE, TIGHT, replace, rewrite
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.type_inference import Class

ALWAYS_TRUE = frozenset(
    "datetime date time tzinfo Path Pattern Match Lock RLock Callable type".split()
)
"""Types whose values are never false, so that both questions have the same answer."""
MAPPINGS = frozenset("dict Dict Mapping MutableMapping defaultdict OrderedDict".split())
PLAIN_BASES = frozenset(
    "object ABC Protocol Generic Enum Exception ValueError RuntimeError".split()
)
"""Bases that leave their classes' values true."""


ORDER = {
    cst.LessThan: operations.lt,
    cst.LessThanEqual: operations.le,
    cst.GreaterThan: operations.gt,
    cst.GreaterThanEqual: operations.ge,
    cst.Equal: operations.eq,
    cst.NotEqual: operations.ne,
}


@operator(
    family="logic",
    change="condition",
    story="Nothing there and nothing in it were taken for the same thing; zero and the empty text did not come to mind.",
    symptom="Zero, an empty text or an empty list is treated as if it had not been given, or the other way round.",
    hint="Try zero and empty where a value may be missing, and missing where it may be empty.",
    evidence=[
        "peewee: `if field_data` where `is not None` was right",
        "celery: filter(None, ...) dropped zeros as well",
        "tinydb: `if self.cache.get(key)` where `key in self.cache` was right",
        "celery: `if self.expires is not None` where `if self.expires` was right",
    ],
    examples=[
        Example("if limit is not None:\n    cut(limit)\n", "if limit:\n    cut(limit)\n"),
        Example("if day is None or day == today: go()\n", "if not day or day == today: go()\n"),
        Example(
            "if (\n    day  is  not  None  # é\n    and day < today\n):\n    go()\n",
            "if (\n    day  # é\n    and day < today\n):\n    go()\n",
        ),
        Example("n = 7 if given is None else given  # a week\n", "n = given or 7  # a week\n"),
        Example("x = given if given is not None else self.limit\n", "x = given or self.limit\n"),
        Example("open_ended = end is None\n", "open_ended = not end\n"),
        Example("known = end is not None\n", "known = bool(end)\n"),
        Example(
            "while (row := next_row()) is not None:\n    use(row)\n",
            "while row := next_row():\n    use(row)\n",
        ),
        Example(
            "rows = list(filter(lambda row: row is not None, rows))\n",
            "rows = list(filter(None, rows))\n",
        ),
        Example(
            "if key in self.seen:\n    use(self.seen[key])\n",
            "if self.seen.get(key):\n    use(self.seen[key])\n",
        ),
        Example(
            "def f(rows=None):\n    if not rows and f.all: return 0\n",
            "def f(rows=None):\n    if rows is None and f.all: return 0\n",
        ),
        Example(
            "if getattr(o, 'n', None):\n    go()\n",
            "if getattr(o, 'n', None) is not None:\n    go()\n",
        ),
        Example("if known.get(name):\n    go()\n", "if name in known:\n    go()\n"),
    ],
    untouched=[
        "if limit is not other:\n    go()\n",
        "def f(at: datetime | None):\n    if at is not None:\n        go(at)\n",
        "if n is not None and n > 0:\n    go(n)\n",
        "if n is None or n <= 0:\n    go(n)\n",
        "def f(rows):\n    if rows:\n        go(rows)\n",
        "if key in seen:\n    go()\n",
        "class Node:\n    pass\n\n\ndef f(node: Node | None):\n    if node is None:\n        go()\n",
        "def f(flag: bool | None = None):\n    if flag:\n        go()\n",
        "class Kept(Generic[T]):\n    pass\n\n\nclass Row(Kept[int]):\n    pass\n\n\ndef f(rows: dict[str, Row], k):\n    row = rows.get(k)\n    if row is None:\n        go()\n",
        "class Place(NamedTuple):\n    key: int\n\n\ndef f(at: Place | None):\n    if at is None:\n        go()\n",
        "class Row:\n    pass\n\n\ndef f(rows: dict[tuple[str, int], Row], k):\n    if k in rows:\n        go(rows[k])\n",
        "found = SHAPE.fullmatch(text)\nif found is None:\n    go()\n",
    ],
)
def truthy_for_none(
    target: cst.Comparison | cst.IfExp | cst.Lambda | cst.Name | cst.Attribute | cst.Call,
    at: Context,
) -> Iterator[Change]:
    """Yield the other question."""
    if isinstance(target, cst.Comparison):
        yield from _of_comparison(target, at)
    elif isinstance(target, cst.IfExp):
        chosen = _chosen(target, at)
        if chosen is not None and _can_be_false(chosen[0], at):
            yield rewrite(target, " or ".join(_operand(each, at) for each in chosen))
    elif isinstance(target, cst.Lambda):
        yield from _of_filter(target, at)
    elif at.is_tested() and at.can_be_none(target) and _may_be_empty(target, at):
        yield _explicit(target, at)


def _of_comparison(target: cst.Comparison, at: Context) -> Iterator[Change]:
    if len(target.comparisons) != 1 or isinstance(at.parent(), cst.UnaryOperation | cst.Assert):
        return
    sign, right = target.comparisons[0].operator, target.comparisons[0].comparator
    if _asks_for_none(target):
        within = isinstance(at.parent(), cst.IfExp) and _chosen(at.parent(), at) is not None
        if not within and _can_be_false(target.left, at) and not _says_so_of_zero(target, at):
            yield _implicit(target, isinstance(sign, cst.Is), at)
    elif isinstance(sign, cst.In | cst.NotIn) and at.is_tested() and _looks_up(target, right, at):
        word = "not " if isinstance(sign, cst.NotIn) else ""
        yield replace(target, f"{word}{at.text(right)}.get({at.text(target.left)})")


def _says_so_of_zero(target: cst.Comparison, at: Context) -> bool:
    """Whether what follows answers for zero as the other question would: `x is not None and x > 0`."""
    parent = at.parent()
    if not isinstance(parent, cst.BooleanOperation) or parent.left is not target:
        return False
    match parent.right:
        case cst.Comparison(
            left=left,
            comparisons=[cst.ComparisonTarget(operator=sign, comparator=cst.Integer() as number)],
        ) if at.text(left) == at.text(target.left) and type(sign) in ORDER:
            of_zero: bool = ORDER[type(sign)](0, number.evaluated_value)
            return of_zero is isinstance(parent.operator, cst.Or)
    return False


def _of_filter(target: cst.Lambda, at: Context) -> Iterator[Change]:
    """`filter(lambda x: x is not None, xs)` → `filter(None, xs)`."""
    match target:
        case cst.Lambda(
            params=cst.Parameters(params=[cst.Param(name=cst.Name(value=name))]),
            body=cst.Comparison(left=cst.Name(value=left)) as body,
        ) if name == left and _asks_for_none(body):
            call = at.parent(at.parent())
            negative = isinstance(body.comparisons[0].operator, cst.IsNot)
            if isinstance(call, cst.Call) and at.text(call.func) == "filter" and negative:
                yield replace(target, "None")


def _asks_for_none(test: cst.BaseExpression) -> bool:
    match test:
        case cst.Comparison(
            comparisons=[
                cst.ComparisonTarget(operator=cst.Is() | cst.IsNot(), comparator=cst.Name("None"))
            ]
        ):
            return True
    return False


def _chosen(node: cst.CSTNode | None, at: Context) -> tuple[cst.BaseExpression, ...] | None:
    """`d if x is None else x` → x, d."""
    if not isinstance(node, cst.IfExp) or not isinstance(node.test, cst.Comparison):
        return None
    if not _asks_for_none(node.test):
        return None
    absent = isinstance(node.test.comparisons[0].operator, cst.Is)
    value, default = (node.orelse, node.body) if absent else (node.body, node.orelse)
    return (value, default) if at.text(value) == at.text(node.test.left) else None


def _implicit(target: cst.Comparison, absent: bool, at: Context) -> Change:
    """`x is None` → `not x`, `x is not None` → `x`."""
    value, parent = target.left, at.parent()
    if absent:
        return rewrite(target, f"not {_operand(value, at)}")
    if not at.is_tested() and not isinstance(parent, cst.BooleanOperation):
        return rewrite(target, f"bool({at.source.inner_text(value)})")
    heads = isinstance(parent, cst.If | cst.While)
    if heads and isinstance(value, cst.NamedExpr):
        return rewrite(target, at.source.inner_text(value))
    tight = isinstance(value, TIGHT) and "\n" not in at.text(target)
    return replace(target, at.text(value), parentheses=bool(target.lpar) and tight)


def _explicit(target: cst.BaseExpression, at: Context) -> Change:
    """`x` → `x is not None`, `not x` → `x is None`, `d.get(k)` → `k in d`."""
    parent = at.parent()
    negative = isinstance(parent, cst.UnaryOperation)
    whole = parent if isinstance(parent, cst.UnaryOperation) else target
    match target:
        case cst.Call(func=cst.Attribute(value=mapping, attr=cst.Name("get")), args=[only]):
            text = f"{at.text(only.value)} {'not in' if negative else 'in'} {at.text(mapping)}"
        case _:
            text = f"{at.text(target)} {'is None' if negative else 'is not None'}"
    return replace(whole, text)


def _operand(node: cst.BaseExpression, at: Context) -> str:
    """What stands beside `or` or behind `not`."""
    loose = isinstance(node, (*LOOSE, cst.IfExp, cst.BooleanOperation)) and not node.lpar
    return f"({at.text(node)})" if loose else at.text(node)


def _looks_up(target: cst.Comparison, right: cst.BaseExpression, at: Context) -> bool:
    """Whether a key is looked for where what it leads to may be false."""
    return _is_mapping(target, right, at) and _may_hold_false(right, at)


def _is_mapping(target: cst.Comparison, right: cst.BaseExpression, at: Context) -> bool:
    kind = (at.type_of(right) or "").partition("[")[0]
    if kind or not isinstance(right, cst.Name | cst.Attribute):
        return kind in MAPPINGS and isinstance(right, cst.Name | cst.Attribute)
    item = f"{at.text(right)}[{at.text(target.left)}]"
    return item in at.text(at.function or at.statement())


def _may_be_empty(node: cst.BaseExpression, at: Context) -> bool:
    return at.type_of(node) != "bool" and _can_be_false(node, at)


def _can_be_false(node: cst.BaseExpression, at: Context) -> bool:
    """Whether there may be a value that is not None, and false."""
    if isinstance(node, cst.NamedExpr):
        return _can_be_false(node.value, at)
    return _type_can_be_false(at.type_of(node), at.facts.types.class_of(at.source, node), at)


def _may_hold_false(mapping: cst.BaseExpression, at: Context) -> bool:
    """Whether one of the values of a mapping may be false: where types don't tell, it may."""
    types = at.facts.types
    held = types.value(at.type_of(mapping))
    return held is None or _type_can_be_false(held, types.class_named(at.source, held), at)


def _type_can_be_false(name: str | None, described: Class | None, at: Context) -> bool:
    if (name or "").partition("[")[0] in ALWAYS_TRUE:
        return False
    if described is None:
        return True
    tells = not {"__bool__", "__len__"}.isdisjoint(described.methods)
    return tells or not _is_plain(described, at)


def _is_plain(described: Class, at: Context) -> bool:
    """Whether no base outside of the project has a say in whether a value is true."""
    types, known = at.facts.types, [described]  # grows by its own bases
    for each in known:
        for base in each.node.bases:
            parent = types.class_named(each.source, each.source.text(base.value))
            name = last_name(base.value)
            if parent is not None:
                known += [parent] if parent not in known else []
            elif name not in PLAIN_BASES and not (name == "NamedTuple" and each.fields):
                return False
    return True
