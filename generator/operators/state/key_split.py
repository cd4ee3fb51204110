"""Let a composite key lose a part where it is made, or at one of the places that look something up under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, drop_item, remove, replace
from generator.operators import Example, operator, removal
from generator.operators.callers import leaving, parameters, uses
from generator.operators.nodes import last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context

KEYS = frozenset(
    "key keys cachekey fingerprint digest hash checksum signature etag scope place slot".split()
)
"""Words for what something is found, or recognised, by."""
ASKING = frozenset("get pop discard delete invalidate forget evict expire has exists".split())
"""Methods that say nothing where a key is not there."""
PUTTING = frozenset("put set add store setdefault save".split())
"""Methods that keep something under a key."""
LEAST = 2
"""How many parts must be left of a collection."""


@operator(
    family="state",
    change="element",
    story="The key was widened when one part no longer told everything apart; one of those who make or use it still goes by the old one.",
    symptom="Something is not found again, not forgotten, or taken for something else that differs in one respect only.",
    hint="Put side by side all places that make, keep, look up and drop the same key, and compare them part by part.",
    evidence=[
        "element missing from a collection: 3.6 % of labelled single-statement fixes in Python",
        "57 % of 499 fixes in BugsInPy change more than one place, 13 % more than one source file",
        "written from experience: no study at hand counts parts missing from keys",
    ],
    examples=[
        Example(
            "from keys import fingerprint\n\n\ndef transfer(seen, source, amount, day=None):\n    mark = fingerprint(source, amount, day)\n    if mark in seen:\n        return seen[mark]\n    seen[mark] = book(source, amount, day)\n    return seen[mark]\n",
            "from keys import fingerprint\n\n\ndef transfer(seen, source, amount, day=None):\n    mark = fingerprint(source, amount)\n    if mark in seen:\n        return seen[mark]\n    seen[mark] = book(source, amount, day)\n    return seen[mark]\n",
            path="payments.py",
            others=(
                (
                    "keys.py",
                    'def fingerprint(source, amount, day):\n    """Condense a request."""\n    told = day.isoformat() if day is not None else \'\'\n    parts = [source, str(amount), told]\n    return \'|\'.join(parts)\n',
                    'def fingerprint(source, amount):\n    """Condense a request."""\n    parts = [source, str(amount)]\n    return \'|\'.join(parts)\n',
                ),
            ),
        ),
        Example(
            "def _key(tenant, id):\n    return f'{tenant}:{id}'\n\n\ndef put(cache, tenant, id, row):\n    log(tenant)\n    cache.put(_key(tenant, id), row)\n\n\ndef drop(cache, tenant, id):\n    log(tenant)\n    cache.delete( _key(tenant, id) )  # é\n",
            "def _key(tenant, id):\n    return f'{tenant}:{id}'\n\n\ndef put(cache, tenant, id, row):\n    log(tenant)\n    cache.put(_key(tenant, id), row)\n\n\ndef drop(cache, tenant, id):\n    log(tenant)\n    cache.delete( id )  # é\n",
        ),
        Example(
            "class Rates:\n\tdef put(self, day, pair, rate):\n\t\tself._rates[day, pair] = rate\n\n\tdef drop(self, day, pair):\n\t\tlog(day, pair)\n\t\tself._rates.pop((day, pair), None)\n",
            "class Rates:\n\tdef put(self, day, pair, rate):\n\t\tself._rates[day, pair] = rate\n\n\tdef drop(self, day, pair):\n\t\tlog(day, pair)\n\t\tself._rates.pop(pair, None)\n",
        ),
    ],
    untouched=[
        "def _key(tenant, id):\n    return f'{tenant}:{id}'\n\n\ndef put(cache, tenant, id, row):\n    cache.put(_key(tenant, id), row)\n",
        "class Rates:\n    def put(self, day, pair, rate):\n        self._rates[day, pair] = rate\n\n    def drop(self, day, pair):\n        log(day, pair)\n        del self._rates[day, pair]\n",
        "class Rates:\n    def __init__(self):\n        self._rates: dict[tuple[str, str], int] = {}\n\n    def put(self, day, pair, rate):\n        self._rates[day, pair] = rate\n\n    def drop(self, day, pair):\n        log(day, pair)\n        self._rates.pop((day, pair), None)\n",
        "def row(source, amount, day):\n    return [source, str(amount), day]\n\n\ndef one(a, b, c):\n    log(a, b, c)\n    return row(a, b, c)\n",
        "def fingerprint(source, amount, day):\n    check(day)\n    return [source, str(amount), day]\n\n\ndef one(a, b, c):\n    return fingerprint(a, b, c)\n",
    ],
)
def key_split(target: cst.FunctionDef | cst.Call | cst.Tuple, at: Context) -> Iterator[Change]:
    """Yield the key without each of its parts: where a function makes it, and where one is looked up and not where it is put."""
    if isinstance(target, cst.FunctionDef):
        if _is_a_key(target.name.value):
            yield from _without_parameter(target, at)
    elif isinstance(target, cst.Call):
        yield from _bare(target, at)
    else:
        yield from _shorter(target, at)


def _is_a_key(name: str) -> bool:
    return not KEYS.isdisjoint(words(name))


# -- where a function makes it ----------------------------------------------------------------------------------------


def _without_parameter(function: cst.FunctionDef, at: Context) -> Iterator[Change]:
    for param in parameters(function):
        lines: list[cst.CSTNode] = []
        elements: list[cst.Element] = []
        for use in uses(param, function, at):
            if not _find_parts(use, at, lines, elements):
                break
        else:
            change = _dropped(elements, at)
            rest = leaving(param, function, at, [*lines, *elements]) if change else None
            if change is not None and rest is not None and elements:
                yield change + remove(*lines) + rest


def _find_parts(
    use: cst.CSTNode, at: Context, lines: list[cst.CSTNode], elements: list[cst.Element]
) -> bool:
    """Find the parts of the key that a value is made into, and the lines that only make it."""
    around = next(
        (a for a in at.ancestors(use) if isinstance(a, cst.Element | cst.BaseSmallStatement)), None
    )
    if isinstance(around, cst.Element):
        if around not in elements:
            elements.append(around)
        return isinstance(at.parent(around), cst.List | cst.Tuple)
    match around:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            line = at.statement(around)
            scope = at.source.scope(around)
            if len(scope.bindings[name]) != 1 or not removal.can_go(at, line):
                return False
            if line not in lines:
                lines.append(line)
            return all(_find_parts(each, at, lines, elements) for each in scope.uses[name])
    return False


def _dropped(elements: Sequence[cst.Element], at: Context) -> Change | None:
    """The collections without these elements; None where too little would be left."""
    change = Change(())
    gone: dict[cst.CSTNode, int] = {}
    for each in elements:
        whole = at.parent(each)
        if not isinstance(whole, cst.List | cst.Tuple):
            return None
        gone[whole] = gone.get(whole, 0) + 1
        if len(whole.elements) - gone[whole] < LEAST:
            return None
        change += drop_item(each, whole.elements, whole)
    return change


# -- where it is looked up --------------------------------------------------------------------------------------------


def _bare(target: cst.Call, at: Context) -> Iterator[Change]:
    """One part of the key in the place of the call that makes it."""
    reached = at.facts.call_graph.callee(at.source, target)
    if reached is None or not _is_a_key(reached[1].name.value) or len(target.args) < LEAST:
        return
    if not _is_asked_for(target, at) or not _is_put_elsewhere(reached[1].name.value, target, at):
        return
    signature = at.signature(target)
    for arg in target.args:
        kind = at.type_of(arg.value)
        same = kind is None or signature is None or signature.returns in {None, kind}
        clearing = removal.clearing(at, target, kept=(arg.value,))
        if same and isinstance(arg.value, cst.Name | cst.Attribute) and clearing is not None:
            yield replace(target, at.text(arg.value), parentheses=True) + clearing


def _is_asked_for(key: cst.CSTNode, at: Context) -> bool:
    """Whether something is looked up under a key, and nothing happens where there is none."""
    return _method(key, at) in ASKING


def _method(key: cst.CSTNode, at: Context) -> str:
    """The method that takes an expression first."""
    arg = at.parent(key)
    call = at.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call) or call.args[0] is not arg:
        return ""
    name = last_name(call.func) if isinstance(call.func, cst.Attribute) else ""
    return "" if name == "pop" and len(call.args) == 1 else name.lstrip("_").split("_")[0]


def _is_put_elsewhere(name: str, target: cst.Call, at: Context) -> bool:
    """Whether something is kept under what the same function makes."""
    return any(
        isinstance(call := source.parent(mention), cst.Call)
        and call is not target
        and _method(call, at.elsewhere(source, call)) in PUTTING
        for source, mention in at.facts.call_graph.mentions(name)
    )


def _shorter(target: cst.Tuple, at: Context) -> Iterator[Change]:
    """A tuple that something is looked up under, without each of its parts."""
    parts = [each.value for each in target.elements]
    arg = at.parent()
    call = at.parent(arg) if isinstance(arg, cst.Arg) else None
    if len(parts) < LEAST or not isinstance(call, cst.Call) or not _is_asked_for(target, at):
        return
    kept_in = call.func.value if isinstance(call.func, cst.Attribute) else None
    if kept_in is None or not _is_kept(kept_in, len(parts), at):
        return
    for n, gone in enumerate(parts):
        rest = [at.text(each) for each in parts if each is not gone]
        clearing = removal.clearing(at, gone)
        if clearing is None or not isinstance(gone, cst.Name | cst.Attribute):
            continue
        if len(rest) == 1:
            yield replace(target, rest[0], parentheses=True) + clearing
        else:
            yield drop_item(target.elements[n], target.elements) + clearing


def _is_kept(kept_in: cst.BaseExpression, parts: int, at: Context) -> bool:
    """Whether a collection of unknown keys is filled under keys of so many parts elsewhere in the class."""
    around = at.klass
    text = at.text(kept_in)
    if around is None or not text.startswith("self.") or "uple[" in (at.type_of(kept_in) or ""):
        return False
    return any(
        at.text(each.value) == text
        and isinstance(at.parent(each), cst.AssignTarget)
        and len(each.slice) == parts
        for each in at.within(around, cst.Subscript)
    )
