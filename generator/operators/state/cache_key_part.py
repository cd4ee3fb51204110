"""Let the key under which something is kept lose one of its parts, wherever it is used."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, Change, cut, drop_item, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context

KEYS = frozenset({"key", "cachekey"})
"""Words for what something is kept under."""
OTHER_KEYS = frozenset(
    "sort sorting sorted cmp compare order human natural parse read split iter skip private public".split()
)
"""Words for keys that nothing is kept under."""
ASKING = frozenset(
    {
        "get",
        "pop",
        "setdefault",
        "add",
        "discard",
        "remove",
        "delete",
        "set",
        "put",
        "has",
        "exists",
        "invalidate",
    }
)
"""Methods of what is kept that take the key first."""
WHOLE = frozenset({"clear", "values", "copy"})
"""Methods that do not look at the keys."""
Key = cst.Tuple | cst.Subscript
Scope = cst.FunctionDef | cst.ClassDef | cst.Module


@dataclass(frozen=True)
class _Place:
    """One place where a key is written: the node and its parts; or where its type is declared, `tuple[str, int]`."""

    node: Key
    parts: tuple[cst.BaseExpression, ...]
    declares: bool = False


@operator(
    family="state",
    change="element",
    story="The key was chosen when one part of it was enough to tell everything apart, and it was not widened when that changed.",
    symptom="One is given what belongs to another.",
    hint="Ask for two things that differ in a single respect, one right after the other.",
    evidence=[
        "element missing from a collection: 3.6 % of labelled single-statement fixes in Python",
        "written from experience: no study at hand counts parts missing from keys",
    ],
    examples=[
        Example(
            "def rate(self, source, target):\n    key = (source, target)\n    if key not in self._cache:\n        self._cache[key] = self.ask(source, target)\n    return self._cache[key]\n",
            "def rate(self, source, target):\n    key = source\n    if key not in self._cache:\n        self._cache[key] = self.ask(source, target)\n    return self._cache[key]\n",
        ),
        Example(
            "class Rates:\n    def put(self, day, pair, rate):\n        self._rates[day, pair] = rate\n        log(day, pair)\n\n    def get(self, day, pair):\n        check(day, pair)\n        return self._rates.get((day, pair))\n",
            "class Rates:\n    def put(self, day, pair, rate):\n        self._rates[pair] = rate\n        log(day, pair)\n\n    def get(self, day, pair):\n        check(day, pair)\n        return self._rates.get(pair)\n",
        ),
        Example(
            "def fetch(self, user, query):\n    cache_key = (\n        user.tenant,\n        user.id,  # each his own\n        query.text,\n    )\n    return self.cached(cache_key, user, query)\n",
            "def fetch(self, user, query):\n    cache_key = (\n        user.tenant,\n        query.text,\n    )\n    return self.cached(cache_key, user, query)\n",
        ),
        Example(
            "def key_for(order):\n    return f'order:{order.shop}:{order.number}'  # as printed\n",
            "def key_for(order):\n    return f'order:{order.number}'  # as printed\n",
        ),
        Example(
            "def unique(rows):\n    seen = set()\n    for row in rows:\n        if (row.date, row.amount) in seen:\n            continue\n        seen.add((row.date, row.amount))\n        yield row\n",
            "def unique(rows):\n    seen = set()\n    for row in rows:\n        if row.date in seen:\n            continue\n        seen.add(row.date)\n        yield row\n",
        ),
        Example(
            "class Sums:\n    _kept: dict[tuple[str, str], int] = field(default_factory=dict)\n\n    def of(self, book, day):\n        if (book, day) not in self._kept:\n            self._kept[book, day] = self.count(book, day)\n        return self._kept[book, day]\n",
            "class Sums:\n    _kept: dict[str, int] = field(default_factory=dict)\n\n    def of(self, book, day):\n        if book not in self._kept:\n            self._kept[book] = self.count(book, day)\n        return self._kept[book]\n",
        ),
        Example(
            "class Seen:\n    def __init__(self):\n        self.seen: set[tuple[str, date, int]] = set()\n\n    def add(self, book, day, n):\n        if (book, day, n) in self.seen:\n            raise Twice(book, day, n)\n        self.seen.add((book, day, n))\n",
            "class Seen:\n    def __init__(self):\n        self.seen: set[tuple[str, date]] = set()\n\n    def add(self, book, day, n):\n        if (book, day) in self.seen:\n            raise Twice(book, day, n)\n        self.seen.add((book, day))\n",
        ),
    ],
    untouched=[
        "def f(rates, a, b):\n    g(a, b)\n    if (a, b) in rates:\n        return rates[a, b]\n    return None\n",
        "def sort_key(row):\n    return row.day, row.id\n",
        "def f(a, b):\n    pair = (a, b)\n    g(a, b)\n    return pair\n",
        "def f(self, a, b):\n    g(a, b)\n    self.rows[a, b] = 1\n    for (x, y), n in self.rows.items():\n        print(x, y, n)\n",
        "def f(self, a):\n    key = ('user', a)\n    return self.rows[key]\n",
        "def f(self, a, b):\n    self.rows[a, b] = 1\n",
        "def f(self, a, b, c):\n    g(a, b)\n    self.rows[a, b] = self.rows[c]\n",
        "def f(rows):\n    return sorted(rows, key=lambda row: (row.a, row.b))\n",
        "class C:\n    def __init__(self):\n        self.rows: dict[tuple[str, str], int] = {}\n\n    def f(self, a, b):\n        g(a, b)\n        self.rows[a, b] = 1\n",
        "class C:\n    def __init__(self):\n        self.rows: dict[str, tuple[str, str]] = {}\n\n    def f(self, a, b):\n        g(a, b)\n        if (a, b) not in self.rows:\n            self.rows[a, b] = g(a, b)\n",
    ],
)
def cache_key_part(
    target: cst.Tuple | cst.Subscript | cst.FormattedString, at: Context
) -> Iterator[Change]:
    """Yield the key without each of its parts; where it is written in several places, without it in all of them."""
    if at.function is None:
        return
    if isinstance(target, cst.FormattedString):
        yield from _without_field(target, at)
        return
    own = _place(target)
    if own is None:
        return
    places = _together(own, at)
    if not places or places[0].node is not target:
        return
    for n in range(len(own.parts)):
        parts = [place.parts[n] for place in places]
        left = [part for i, part in enumerate(own.parts) if i != n]
        if _is_constant(own.parts[n]) or all(map(_is_constant, left)):
            continue
        clearing = removal.clearing(at, *parts)
        if clearing is not None:
            change = Change(())
            for place in places:
                change += _shorter(place, n, at)
            yield change + clearing


def _place(node: cst.CSTNode) -> _Place | None:
    """A tuple of two or more, or what stands in the brackets of `x[a, b]`."""
    if isinstance(node, cst.Tuple):
        parts = [each.value for each in node.elements if isinstance(each, cst.Element)]
        whole = len(parts) == len(node.elements)
    elif isinstance(node, cst.Subscript):
        inner = [each.slice for each in node.slice]
        parts = [each.value for each in inner if isinstance(each, cst.Index) and not each.star]
        whole = len(parts) == len(inner)
    else:
        return None
    return _Place(node, tuple(parts)) if whole and len(parts) > 1 else None


def _is_constant(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.BaseString | cst.BaseNumber) and not isinstance(
        node, cst.FormattedString
    )


def _shorter(place: _Place, gone: int, at: Context) -> Change:
    node, rest = place.node, [each for n, each in enumerate(place.parts) if n != gone]
    if place.declares:
        return _retyped(place.node, rest, at)
    if len(rest) > 1:
        some = node.elements if isinstance(node, cst.Tuple) else node.slice
        return drop_item(some[gone], some)
    text = at.text(rest[0])
    if isinstance(node, cst.Tuple):
        bare = isinstance(rest[0], TIGHT) or isinstance(
            at.parent(node), cst.Arg | cst.Assign | cst.Index | cst.Return
        )
        return replace(node, text if bare else f"({text})", parentheses=True)
    return cut(node.slice[0], node.slice[-1], text=text)


def _retyped(key: Key, rest: list[cst.BaseExpression], at: Context) -> Change:
    """The whole annotation, since no edit may lie within one, with fewer types in the tuple."""
    annotation = at.around(cst.Annotation, node=key)
    left = ", ".join(map(at.text, rest))
    if annotation is None or not isinstance(key, cst.Subscript):
        return Change(())
    told = left if len(rest) == 1 else f"{at.text(key.value)}[{left}]"
    return replace(annotation, at.text(annotation).replace(at.text(key), told, 1))


# -- where a key is used ----------------------------------------------------------------------------------------------


def _together(own: _Place, at: Context) -> list[_Place]:
    """All places that have to agree with a key, in order, declarations last; empty where they can't be found or are no
    keys."""
    containers = {at.text(each): each for each in _kept_in(own.node, at)}
    named = _is_named(own.node, at)
    if not containers:
        return [own] if named else []
    if not named and not _is_only_a_key(own.node, at):
        return []
    found: dict[cst.CSTNode, _Place] = {own.node: own}
    for container in containers.values():
        if _comes_from_a_caller(container, at):
            return []
        declared = list(_declared(container, at))
        accesses = list(_accesses(container, at))
        if len(accesses) < 2 or ("uple[" in (at.type_of(container) or "") and not declared):
            return []
        used = (None if access is None else _written(access, at) for access in accesses)
        for place in (*declared, *used):
            if place is None or len(place.parts) != len(own.parts):
                return []
            found[place.node] = place
    places = sorted(found.values(), key=lambda place: at.source.span(place.node))
    apart = all(
        at.source.outer(one.node)[1] <= at.source.outer(other.node)[0]
        for one, other in pairwise(places)
    )
    return sorted(places, key=lambda place: place.declares) if apart else []


def _is_only_a_key(node: cst.CSTNode, at: Context) -> bool:
    """Whether a variable that holds a tuple is used for nothing but to look something up."""
    match at.parent(node):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            return all(_asked(use, at) is not None for use in at.source.scope(node).uses[name])
    return True


def _is_named(node: cst.CSTNode, at: Context) -> bool:
    """Whether a name says that this is a key: of the variable, or of the function that returns it."""
    name = ""
    match at.parent(node):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value))]):
            name = value if value not in at.names(node) else ""
        case cst.Return():
            around = at.around(cst.FunctionDef, node=node)
            name = around.name.value if around is not None and not _orders(around, at) else ""
    told = set(words(name))
    return not KEYS.isdisjoint(told) and OTHER_KEYS.isdisjoint(told)


def _orders(function: cst.FunctionDef, at: Context) -> bool:
    """Whether the key that a function returns is there to put things in order."""
    name, around = function.name.value, at.around(cst.ClassDef, node=function)
    methods = around.body.body if around is not None else ()
    named = (
        each.keyword is not None and each.keyword.value == "key" and last_name(each.value) == name
        for each in at.within(at.source.module, cst.Arg)
    )
    return any(named) or any(
        isinstance(each, cst.FunctionDef) and each.name.value == "__lt__" for each in methods
    )


def _kept_in(node: cst.CSTNode, at: Context) -> Iterator[cst.BaseExpression]:
    """What a key, or the variable that holds it, is looked up in."""
    if isinstance(node, cst.Subscript):
        if _can_hold(node.value):
            yield node.value
        return
    direct = _asked(node, at)
    if direct is not None:
        yield direct
    match at.parent(node):
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(name))]):
            for use in at.source.scope(node).uses[name]:
                asked = _asked(use, at)
                if asked is not None:
                    yield asked


def _can_hold(node: cst.CSTNode) -> bool:
    """Whether an expression can be a collection: a variable, or an attribute of the object itself."""
    own = not isinstance(node, cst.Attribute) or (
        isinstance(node.value, cst.Name) and node.value.value in {"self", "cls"}
    )
    named = isinstance(node, cst.Name | cst.Attribute) and last_name(node).lstrip("_")[:1]
    return own and bool(named) and str(named).islower()


def _asked(node: cst.CSTNode, at: Context) -> cst.BaseExpression | None:
    """The container in which an expression is looked up right where it stands."""
    parent = at.parent(node)
    match parent:
        case cst.Index():
            around = at.around(cst.Subscript, node=parent)
            return around.value if around is not None and _can_hold(around.value) else None
        case cst.Comparison(
            left=left,
            comparisons=[cst.ComparisonTarget(operator=cst.In() | cst.NotIn(), comparator=some)],
        ) if left is node:
            return some if _can_hold(some) else None
        case cst.Arg():
            call = at.parent(parent)
            if isinstance(call, cst.Call) and isinstance(call.func, cst.Attribute):
                first = call.args[0] is parent and call.func.attr.value in ASKING
                return call.func.value if first and _can_hold(call.func.value) else None
    return None


def _accesses(container: cst.BaseExpression, at: Context) -> Iterator[cst.CSTNode | None]:
    """The key at each place where a container is used; None where it is used in another way."""
    text = at.text(container)
    for each in at.within(_home(container, at), type(container)):
        if at.text(each) == text and not _is_about_the_whole(each, at):
            yield _key_at(each, at)


def _is_about_the_whole(use: cst.CSTNode, at: Context) -> bool:
    """Whether a container is made, measured or emptied, which is the same for all keys."""
    parent = at.parent(use)
    match parent:
        case cst.AssignTarget() | cst.AnnAssign():
            return True
        case cst.Attribute(attr=cst.Name(name)):
            return name in WHOLE
        case cst.Arg():
            call = at.parent(parent)
            return isinstance(call, cst.Call) and at.text(call.func) in {"len", "bool"}
    return False


def _key_at(use: cst.CSTNode, at: Context) -> cst.CSTNode | None:
    """What is looked up in a container where it is used."""
    parent = at.parent(use)
    match parent:
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return key if value is use else None
        case cst.Subscript(value=value):
            return parent if value is use else None
        case cst.ComparisonTarget(operator=cst.In() | cst.NotIn()):
            around = at.parent(parent)
            return around.left if isinstance(around, cst.Comparison) else None
        case cst.Attribute(attr=cst.Name(name)) if name in ASKING:
            call = at.parent(parent)
            return call.args[0].value if isinstance(call, cst.Call) and call.args else None
    return None


def _declared(container: cst.BaseExpression, at: Context) -> Iterator[_Place | None]:
    """Where the type of a container says what its keys are made of; None where that is not to be seen."""
    name = last_name(container)
    for each in at.within(_home(container, at), cst.AnnAssign):
        told = each.annotation.annotation
        if at.text(each.target) in {at.text(container), name} and "uple[" in at.text(told):
            yield _key_type(told)


def _key_type(told: cst.BaseExpression) -> _Place | None:
    """The `tuple[...]` that comes first in `dict[tuple[...], V]` or `set[tuple[...]]`."""
    match told:
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key)), *_]):
            if isinstance(key, cst.Subscript) and last_name(key.value) in {"tuple", "Tuple"}:
                place = _place(key)
                return place and dataclasses.replace(place, declares=True)
    return None


def _comes_from_a_caller(container: cst.BaseExpression, at: Context) -> bool:
    """Whether a container is a parameter: who filled it, and under which keys, is not to be seen."""
    local = at.variables(container).get(at.text(container))
    return local is not None and local.binding.kind == "parameter" and local.name != "self"


def _home(container: cst.BaseExpression, at: Context) -> cst.CSTNode:
    """Where a container is known by this name: the class of `self`, the function of a local, the module."""
    around = at.around(cst.ClassDef, node=container)
    if isinstance(container, cst.Attribute) and around is not None:
        return around
    local = isinstance(container, cst.Name) and container.value in at.variables(container)
    return at.function if local and at.function is not None else at.source.module


def _written(access: cst.CSTNode, at: Context) -> _Place | None:
    """Where the parts of a key are written: on the spot, or where its variable gets its only value."""
    if isinstance(access, cst.Name):
        scope = at.source.scope(access).owner(access.value)
        bindings = scope.bindings.get(access.value, ()) if scope else ()
        owner = bindings[0].owner if len(bindings) == 1 else None
        return _place(owner.value) if isinstance(owner, cst.Assign) else None
    return _place(access)


# -- keys that are text -----------------------------------------------------------------------------------------------


def _without_field(target: cst.FormattedString, at: Context) -> Iterator[Change]:
    """`f"{a}:{b}"` without each of its fields, and without what parts it from the next."""
    if not _is_named(target, at) and not _is_looked_up(target, at):
        return
    fields = [n for n, each in enumerate(target.parts) if _is_field(each)]
    for n in fields if len(fields) > 1 else ():
        gone = _with_separator(target.parts, n, at)
        clearing = removal.clearing(at, target.parts[n])
        if gone is None or clearing is None:
            continue
        left = [each for each in target.parts if each not in gone]
        text = "".join(at.text(each) for each in left)
        whole = left[0] if len(left) == 1 else None
        if isinstance(whole, cst.FormattedStringExpression):
            plain = whole.conversion is None and whole.format_spec is None
            known = at.type_of(whole.expression) == "str"
            if not plain or not isinstance(whole.expression, TIGHT):
                continue
            inner = at.text(whole.expression)
            yield replace(target, inner if known else f"str({inner})", parentheses=True) + clearing
        else:
            yield replace(target, f"{target.start}{text}{target.end}") + clearing


def _is_field(part: cst.CSTNode) -> bool:
    return isinstance(part, cst.FormattedStringExpression)


def _is_looked_up(target: cst.FormattedString, at: Context) -> bool:
    asked = _asked(target, at)
    return asked is not None and "cache" in "".join(words(last_name(asked)))


def _with_separator(
    parts: Sequence[cst.BaseFormattedStringContent], n: int, at: Context
) -> list[cst.CSTNode] | None:
    """A field with the separator behind it, or the last one with the separator before it."""
    after = parts[n + 1] if n + 1 < len(parts) else None
    before = parts[n - 1] if n else None
    if after is not None and n + 2 < len(parts):
        return [parts[n], after] if _parts_only(after, at) else None
    if after is None and before is not None:
        return [parts[n], before] if n > 1 and _parts_only(before, at) else None
    return None


def _parts_only(part: cst.CSTNode, at: Context) -> bool:
    text = at.text(part)
    return isinstance(part, cst.FormattedStringText) and not any(map(str.isalnum, text))
