"""Take a value from another place: the local for the attribute of the same name, the attribute for the local, or a member of
another object that has it as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, fits, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned
from generator.operators.repetition import would_ask_twice, would_repeat
from generator.operators.uses import uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context

OWN = frozenset({"self", "cls"})


@operator(
    family="dataflow",
    change="name",
    story="The same name lives in two places here, and the value was taken from the wrong one of them.",
    symptom="An old, raw or foreign value turns up under the right name.",
    hint="For every name that exists twice, as a local and on an object or on two objects, ask which one is up to date.",
    evidence=[
        "wrong identifier, attribute, function or receiver: over a third of labelled single-statement fixes in Python",
        "arrow: tzinfo as it was passed in where dt.tzinfo was right",
        "celery: service.max_interval where scheduler.max_interval was right",
    ],
    examples=[
        Example(
            "def at(stamp, zone):\n    zone = zone or UTC\n    day = made(stamp, zone)\n    return Day(\n        day.year, # 4 digits\n        day.zone,\n    )\n",
            "def at(stamp, zone):\n    zone = zone or UTC\n    day = made(stamp, zone)\n    return Day(\n        day.year, # 4 digits\n        zone,\n    )\n",
        ),
        Example(
            "class Cart:\n    def __init__(self):\n        self.total = 0\n\n    def add(self, price):\n        total = self.total+price  # é\n        check(total)\n        self.total = total\n        return total\n",
            "class Cart:\n    def __init__(self):\n        self.total = 0\n\n    def add(self, price):\n        total = self.total+price  # é\n        check(self.total)\n        self.total = total\n        return total\n",
        ),
        Example(
            "class Relay:\n    def __init__(self, inbox, outbox):\n        self.inbox = inbox\n        self.outbox = outbox\n\n    def pump(self):\n        for each in self.inbox.rows():\n            self.outbox.put(each)\n        return len(self.outbox.rows())\n",
            "class Relay:\n    def __init__(self, inbox, outbox):\n        self.inbox = inbox\n        self.outbox = outbox\n\n    def pump(self):\n        for each in self.outbox.rows():\n            self.outbox.put(each)\n        return len(self.outbox.rows())\n",
        ),
        Example(
            "def link(rule, subdomain):\n    show(rule.subdomain, rule)\n    name = shorten(subdomain)\n    return  subdomain and subdomain + name\n",
            "def link(rule, subdomain):\n    show(rule.subdomain, rule)\n    name = shorten(subdomain)\n    return  rule.subdomain and rule.subdomain + name\n",
        ),
    ],
    untouched=[
        "class A:\n    def __init__(self, extra):\n        self.extra = extra\n        use(extra)\n",
        "class A:\n    def go(self):\n        extra = self.extra\n        use(extra)\n        return self.extra\n",
        "class A:\n    def go(self):\n        return self.extra\n",
        "def f(meta):\n    return meta.result\n",
        "class A:\n    def go(self, client):\n        self.client = client\n        client.get(1)\n        return self.session.post(client)\n",
        "def f(rule, name):\n    return same(rule.name, name)\n",
    ],
)
def wrong_receiver(target: cst.Name | cst.Attribute, at: Context) -> Iterator[Change]:
    """Yield one change for each other place that the value could be taken from: here, and in the whole statement."""
    if at.function is None or not _is_a_value(target, at):
        return
    texts = _elsewhere(target, at) if isinstance(target, cst.Attribute) else _on_objects(target, at)
    for text in texts:
        for some in ([target], _everywhere(target, at)):
            if (
                some
                and not removal.is_only_use(at, *some)
                and all(_fits(each, text, at) for each in some)
            ):
                yield Change(tuple(step for each in some for step in replace(each, text).steps))


def _is_a_value(target: cst.Name | cst.Attribute, at: Context) -> bool:
    if isinstance(target, cst.Name) and not at.source.is_read(target):
        return False
    return at.is_read(target) and not any(
        isinstance(each, cst.Decorator | cst.Annotation) for each in at.ancestors()
    )


def _elsewhere(target: cst.Attribute, at: Context) -> Iterator[str]:
    """Where the value of an attribute could be taken from by mistake."""
    name, owner = target.attr.value, target.value
    variables = at.variables(target)
    local = variables.get(name)
    is_plain = isinstance(owner, cst.Name) and (owner.value in OWN or owner.value in variables)
    if is_plain and local is not None and not _are_one(target, name, at):
        kinds = local.type, at.type_of(target)
        if None in kinds or kinds[0] == kinds[1]:
            yield name
    yield from _twins(target, at)


def _twins(target: cst.Attribute, at: Context) -> Iterator[str]:
    """The other attributes of the same object of which the same is taken in the class: `self.client` for `self.session`."""
    around = at.parent()
    if not isinstance(around, cst.Attribute) or at.klass is None:
        return
    owner = at.text(target.value)
    if owner not in OWN:
        return
    found = uses(at.source, at.klass)
    mine = at.type_of(target)
    for text, roles in tuple(found.roles.items()):
        same = text.startswith(f"{owner}.") and text.count(".") == 1 and text != at.text(target)
        if not same or ("takes", around.attr.value) not in roles:
            continue
        kind = at.attributes(target.value).get(text.partition(".")[2])
        if mine is None or kind is None or mine == kind:
            yield text


def _on_objects(target: cst.Name, at: Context) -> Iterator[str]:
    """The attributes of the name of a local: of `self`, or of another local of which it is read in the function."""
    variables = at.variables(target)
    mine = variables.get(target.value)
    if mine is None or at.function is None:
        return
    found = uses(at.source, at.function)
    for owner in variables:
        text = f"{owner}.{target.value}"
        read = ("holds", target.value) in found.roles[owner] and owner != target.value
        known = _is_held(owner, target, at) if owner in OWN else read
        if not known or _are_one(target, text, at):
            continue
        kind = _type_on(owner, target, at) if owner in OWN else None
        if kind is None or mine.type is None or kind == mine.type:
            yield text


def _is_held(owner: str, target: cst.Name, at: Context) -> bool:
    """Whether the object has an attribute of that name, set before the function runs."""
    begins = at.function is not None and at.function.name.value in {"__init__", "__new__"}
    return owner == "self" and not begins and target.value in _held(at)


def _held(at: Context) -> frozenset[str]:
    described = at.facts.types.describe(at.source, at.klass) if at.klass is not None else None
    return frozenset(described.attributes) if described is not None else frozenset()


def _type_on(owner: str, target: cst.Name, at: Context) -> str | None:
    described = at.facts.types.describe(at.source, at.klass) if at.klass is not None else None
    known = described.attributes if described is not None and owner in OWN else {}
    return known.get(target.value)


def _are_one(target: cst.Name | cst.Attribute, other: str, at: Context) -> bool:
    """Whether the function has made one of the other as it is, so that it does not matter which is taken."""
    if at.function is None:
        return False
    start = at.source.span(target)[0]
    both = {at.text(target), other}
    some: list[cst.Assign | cst.AnnAssign] = [
        *at.within(at.function, cst.Assign),
        *at.within(at.function, cst.AnnAssign),
    ]
    made = (
        pair
        for each in some
        if at.source.span(each)[0] < start and each.value is not None
        for one in assigned(each)
        for pair in _pairs(one, each.value)
    )
    return any({at.text(left), at.text(right)} == both for left, right in made)


def _pairs(
    target: cst.BaseExpression, value: cst.BaseExpression
) -> Iterator[tuple[cst.BaseExpression, cst.BaseExpression]]:
    """What is given the value of what: `a, b = c, d` is two."""
    both = target, value
    if all(isinstance(each, cst.Tuple) for each in both):
        left, right = (each.elements for each in both if isinstance(each, cst.Tuple))
        yield from ((one.value, other.value) for one, other in zip(left, right, strict=False))
    else:
        yield target, value


def _has_the_member(target: cst.Name | cst.Attribute, text: str, at: Context) -> bool:
    """Whether what is taken of the value is taken of the other one too, somewhere in the module."""
    parent = at.parent(target)
    if not isinstance(parent, cst.Attribute):
        return True
    return ("takes", parent.attr.value) in uses(at.source, at.source.module).roles[text]


def _everywhere(
    target: cst.Name | cst.Attribute, at: Context
) -> Sequence[cst.Name | cst.Attribute]:
    """Where a statement reads the same value, if it is more than once and this is the first."""
    some = at.within(at.alongside(target), type(target))
    here = [each for each in some if at.text(each) == at.text(target) and _is_read_so(each, at)]
    here.sort(key=at.source.span)
    return here if len(here) > 1 and here[0] is target else []


def _is_read_so(each: cst.Name | cst.Attribute, at: Context) -> bool:
    return at.is_read(each) and (isinstance(each, cst.Attribute) or at.source.is_read(each))


def _fits(each: cst.Name | cst.Attribute, text: str, at: Context) -> bool:
    """Whether another value could stand in one place."""
    statement = at.alongside(each)
    beside = {at.text(one) for one in at.within(statement, cst.Attribute)}
    names = {one.value for one in at.source.names_in(statement)}
    called = (
        isinstance(at.parent(each), cst.Call) and getattr(at.parent(each), "func", None) is each
    )
    return (
        not called
        and text not in beside
        and (text not in names or "." in text)
        and fits(at.source, each, text)
        and _has_the_member(each, text, at)
        and not _is_a_safeguard(each, at)
        and not would_repeat(at, each, text)
        and not would_ask_twice(at, each, text)
    )


def _is_a_safeguard(each: cst.Name | cst.Attribute, at: Context) -> bool:
    """Whether it is only asked whether the value is there: nobody asks for one and uses the other."""
    parent = at.parent(each)
    none = isinstance(parent, cst.Comparison) and at.text(parent).endswith("None")
    return (none or at.is_tested(each)) and not _everywhere(each, at)
