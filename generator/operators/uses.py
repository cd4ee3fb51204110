"""How code uses its values: what shows that two of them are of one kind, so that one could be taken for the other."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from generator.operators.nodes import assigned, is_read, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.source import Source

ANYTHING = frozenset(
    """
    len str repr print isinstance issubclass type bool id hash getattr setattr hasattr callable int float format super
    list tuple dict set frozenset append add extend update get pop put join cast deepcopy copy
    """.split()
)
"""Callees that take values of every kind: that two are handed to them says nothing."""
ROUNDS = frozenset("enumerate reversed sorted zip iter".split())
"""Callees that go over what they are given."""
KEEPING = frozenset(
    """
    min max abs round sorted reversed strip lstrip rstrip lower upper casefold title replace removeprefix removesuffix
    normalize normalise clean quantize copy deepcopy astimezone with_suffix resolve absolute expanduser realpath abspath
    normpath quote unquote escape ljust rjust zfill expandtabs
    """.split()
)
"""Functions and methods that give back what they are given, changed."""
LOOKING = frozenset("get pop setdefault getattr isinstance len next index find".split())
"""Functions and methods that find something in a value, or tell something of it."""
FROM = (cst.Call, cst.Subscript, cst.BooleanOperation, cst.IfExp, cst.BinaryOperation, cst.Await)
"""What makes a value of another."""


@dataclass(slots=True)
class Uses:
    """The plain values (`a`, `a.b`) inside a node, by their text: what is done with each of them."""

    roles: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    made_of: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    kept: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    partners: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def shared(self, one: str, other: str) -> set[tuple[str, ...]]:
        """What is done with both: the same attribute is taken, the same parameter filled, …"""
        return self.roles[one] & self.roles[other]

    def are_related(self, one: str, other: str) -> bool:
        """Whether one is made of the other."""
        return one in self.made_of[other] or other in self.made_of[one]

    def keep_their_kind(self, one: str, other: str) -> bool:
        """Whether one is made of the other in a way that leaves its type: `b = a.strip()`, `b = a or 1`, `b = abs(a)`."""
        return one in self.kept[other] or other in self.kept[one]

    def are_partners(self, one: str, other: str) -> bool:
        """Whether they are compared or reckoned with each other."""
        return other in self.partners[one]


@functools.lru_cache(maxsize=64)
def uses(source: Source, within: cst.CSTNode) -> Uses:
    """What a function, class or module does with its values."""
    found = Uses()
    for name in source.names_in(within):
        node: cst.BaseExpression = name
        _note(source, node, found)
        while isinstance(around := source.parent(node), cst.Attribute) and around.value is node:
            found.roles[source.text(node)].add(("takes", around.attr.value))
            if is_read(source, around):
                found.roles[source.text(node)].add(("holds", around.attr.value))
            node = around
            _note(source, node, found)
    return found


def _note(source: Source, node: cst.BaseExpression, found: Uses) -> None:
    text = source.text(node)
    found.roles[text].update(roles(source, node))
    partner = _partner(source, node)
    if partner is not None:
        found.partners[text].add(partner)
        found.partners[partner].add(text)
    for target, role, few, kept in _made_of(source, node):
        if few:
            found.made_of[target].add(text)
        if few and kept:
            found.kept[target].add(text)
        if role:
            found.roles[target].add(role)


def roles(source: Source, node: cst.BaseExpression) -> Iterator[tuple[str, ...]]:
    """What is done with a value in one place: of which kind it is, and its particulars."""
    parent = source.parent(node)
    match parent:
        case cst.For(iter=whole) | cst.CompFor(iter=whole):
            if whole is node:
                yield ("gone over",)
        case cst.Arg(keyword=keyword):
            call = source.parent(parent)
            if isinstance(call, cst.Call):
                yield from _given(call, parent, keyword.value if keyword else "")
        case cst.Subscript(value=whole, slice=items):
            if whole is node:
                yield ("item", *(source.text(each) for each in items))
        case cst.SubscriptElement() | cst.Index():
            around = next(a for a in source.ancestors(node) if isinstance(a, cst.Subscript))
            yield ("key", source.text(around.value))


def _given(call: cst.Call, arg: cst.Arg, keyword: str) -> Iterator[tuple[str, ...]]:
    callee = last_name(call.func)
    if callee in ROUNDS:
        yield ("gone over",)
    elif callee not in ANYTHING and not arg.star:
        place = next(n for n, each in enumerate(call.args) if each is arg)
        yield ("given", callee, keyword or str(place))


def _partner(source: Source, node: cst.BaseExpression) -> str | None:
    """What a plain value is compared with or added to."""
    parent = source.parent(node)
    match parent:
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=how, comparator=other)]
        ):
            alike = left is node and not isinstance(how, cst.In | cst.NotIn | cst.Is | cst.IsNot)
            return source.text(other) if alike and _is_plain(other) else None
        case cst.BinaryOperation(left=left, right=other, operator=cst.Add() | cst.Subtract()):
            return source.text(other) if left is node and _is_plain(other) else None
    return None


def _is_plain(node: cst.CSTNode) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name) and node.value not in {"None", "True", "False"}


def _made_of(
    source: Source, node: cst.BaseExpression
) -> Iterator[tuple[str, tuple[str, ...], bool, bool]]:
    """The plain names that an assignment makes of a value; how; whether of little else; whether they are of its type."""
    inner: cst.CSTNode = node
    kept = True
    for around in source.ancestors(node):
        if isinstance(around, cst.Assign | cst.AnnAssign):
            if around.value is not inner or inner is node:
                return
            few = len(_values(source, inner)) < 3
            for target in assigned(around):
                alone = isinstance(target, cst.Name | cst.Attribute)
                role = _how(source, inner, alone=alone)
                for each in _names(target):
                    yield each, role, few, kept and alone
            return
        if not isinstance(around, (*FROM, cst.Arg, cst.Attribute)) or _looks_up(around, inner):
            return
        kept = kept and _keeps(around, inner)
        inner = around


def _values(source: Source, node: cst.CSTNode) -> set[str]:
    """The names inside an expression that stand for values and not for functions."""
    some = ((each, source.parent(each)) for each in source.names_in(node))
    return {
        each.value
        for each, parent in some
        if not (isinstance(parent, cst.Call) and parent.func is each)
    }


def _looks_up(around: cst.CSTNode, inner: cst.CSTNode) -> bool:
    """Whether a value is only where another is looked for, or says which one is wanted: `rows.get(key)`, `rows[0]`."""
    match around:
        case cst.Call(func=func):
            return last_name(func) in LOOKING
        case cst.Subscript():
            return not _keeps(around, inner)
    return False


def _keeps(around: cst.CSTNode, inner: cst.CSTNode) -> bool:
    """Whether an expression is of the type of a part of it."""
    match around:
        case cst.IfExp(test=other):
            return other is not inner
        case cst.Attribute(attr=attr):
            return attr.value in KEEPING
        case cst.Call(func=func):
            return func is inner or last_name(func) in KEEPING
        case (
            cst.BinaryOperation(left=same)
            | cst.Subscript(value=same, slice=[cst.SubscriptElement(slice=cst.Slice())])
        ):
            return same is inner
    return isinstance(around, cst.Arg | cst.BooleanOperation)


def _names(target: cst.BaseExpression) -> Iterator[str]:
    """`a`, `self.b` and the parts of `a, b`."""
    match target:
        case cst.Name(value=value):
            yield value
        case cst.Attribute(value=cst.Name(value=owner), attr=attr):
            yield f"{owner}.{attr.value}"
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for each in elements:
                yield from _names(each.value)


def _how(source: Source, value: cst.CSTNode, *, alone: bool) -> tuple[str, ...]:
    """How a value is made, as far as two that are made so are of one kind: by the same call, of the same list."""
    match value:
        case cst.Call(func=func) if last_name(func) not in ANYTHING:
            return ("made by" if alone else "part of", source.text(func))
        case cst.Subscript(value=whole):
            return ("made by", source.text(whole))
    return ()
