"""Read another attribute of the same object: one of the same type, its twin in role, or one that is used in the same way."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, fits, replace
from generator.operators import Example, operator
from generator.operators.conditions import checked, tests_in
from generator.operators.nodes import is_annotated, is_read, last_name
from generator.operators.repetition import would_ask_twice
from generator.operators.uses import uses
from generator.operators.words import same_role, share_a_word, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.operators.context import Context
    from generator.source import Source

EVERYDAY = frozenset(
    "int str bool float bytes dict list set tuple object Any Iterator Callable None".split()
)
"""Types that say too little to make two attributes look alike."""


@operator(
    family="dataflow",
    change="name",
    story="The object has two attributes that sound alike; the one that was wanted was not looked up again.",
    symptom="A number, date or name of the right kind turns up, yet it is the one beside the right one.",
    hint="List what else the object carries of the same type, and what each of them means.",
    evidence=[
        "wrong identifier or attribute: over a third of labelled single-statement fixes in Python",
        "werkzeug: self.x_for where self.x_prefix was right",
        "QuixBugs topological_ordering: outgoing_nodes where incoming_nodes was right",
    ],
    examples=[
        Example(
            "@dataclass\nclass Account:\n    balance: Money\n    held: Money\n    owner: str\n\n    def spendable(self) -> Money:\n        return self.balance  # é\n",
            "@dataclass\nclass Account:\n    balance: Money\n    held: Money\n    owner: str\n\n    def spendable(self) -> Money:\n        return self.held  # é\n",
        ),
        Example(
            "class Proxy:\n    def __init__(self, x_for, x_prefix):\n        self.x_for = x_for\n        self.x_prefix = x_prefix\n\n    def prefix(self):\n        f(self.x_for)\n        return g(\n            self . x_prefix,\n            2,\n        )\n",
            "class Proxy:\n    def __init__(self, x_for, x_prefix):\n        self.x_for = x_for\n        self.x_prefix = x_prefix\n\n    def prefix(self):\n        f(self.x_for)\n        return g(\n            self . x_for,\n            2,\n        )\n",
        ),
        Example(
            "def ready(node, nextnode):\n    use(node.outgoing_nodes)\n    return nextnode.incoming_nodes\n",
            "def ready(node, nextnode):\n    use(node.outgoing_nodes)\n    return nextnode.outgoing_nodes\n",
        ),
        Example(
            "class Proxy:\n    def __init__(self, trusted=1, path_prefix=0):\n        self.trusted = trusted\n        self.path_prefix = path_prefix\n\n    def read(self, env):\n        host = self._part(self.trusted, env['HOST'])\n        path = self._part(self.path_prefix,  env['PATH'])  # é\n        return host, path\n",
            "class Proxy:\n    def __init__(self, trusted=1, path_prefix=0):\n        self.trusted = trusted\n        self.path_prefix = path_prefix\n\n    def read(self, env):\n        host = self._part(self.trusted, env['HOST'])\n        path = self._part(self.trusted,  env['PATH'])  # é\n        return host, path\n",
        ),
        Example(
            "class Entry:\n    start_at: Day | None\n    end_at: Day | None\n\n    def over(self, now):\n        return self.end_at is not None and self.end_at < now\n",
            "class Entry:\n    start_at: Day | None\n    end_at: Day | None\n\n    def over(self, now):\n        return self.start_at is not None and self.start_at < now\n",
        ),
        Example(
            "class Task:\n    _app = None\n\n    @property\n    def app(self):\n        if self._app is None:\n            return current()\n        return self._app\n\n    def name(self):\n        return self.app.name\n",
            "class Task:\n    _app = None\n\n    @property\n    def app(self):\n        if self._app is None:\n            return current()\n        return self._app\n\n    def name(self):\n        return self._app.name\n",
        ),
    ],
    untouched=[
        "@dataclass\nclass Plan:\n    started_on: date\n    paused_on: date\n\n    def last(self, today: date) -> date:\n        if self.paused_on:\n            return self.paused_on\n        return today\n",
        "class Entry:\n    start_at = None\n    end_at = None\n\n    def over(self, now):\n        if self.end_at is None:\n            return False\n        return check(self.end_at, now, self.start_at)\n",
        "class Task:\n    def __init__(self, app):\n        self._app = app\n\n    @property\n    def app(self):\n        return self._app\n\n    def name(self):\n        return self.app.name\n",
        "@dataclass\nclass Counter:\n    count_now: int\n    count_then: int\n\n\ndef f(a: Counter):\n    if a.count_now:\n        return 1\n    return 2 if a.count_then else 0\n",
        "@dataclass\nclass Span:\n    start: date\n    end: date\n\n    def is_empty(self):\n        return self.start == self.end\n",
        "@dataclass\nclass Account:\n    balance: Money\n    owner: str\n\n    def spendable(self) -> Money:\n        return self.balance\n",
        "@dataclass\nclass P:\n    name: str\n    city: str\n\n    def label(self):\n        return self.name\n",
        "def f(a):\n    return a.start_time()\n",
        "@dataclass\nclass Run:\n    started_at: datetime\n    finished_at: datetime | None = None\n\n    def day(self):\n        return self.started_at\n",
        "class Column:\n    first: date | None\n    last: date | None\n\n    def check(self, day: date) -> bool:\n        if self.first is None:\n            return False\n        return day < self.first\n",
        "import errno\n\n\ndef f(a):\n    use(errno.start_at)\n    return errno.end_at\n",
        "def f(a):\n    a.start = 1\n    a.end = 2\n",
    ],
)
def wrong_attribute(target: cst.Attribute, at: Context) -> Iterator[Change]:
    """Yield one change for each attribute that could be taken for this one."""
    if not _is_value(target, at):
        return
    others = _others(target, at)
    described = at.facts.types.class_of(at.source, target.value)
    missing = at.facts.nullability.nullable(described) if described is not None else frozenset()
    places = _everywhere(target, at)
    for other, kind in others.items():
        if not _is_alike(target, (other, kind), others, at):
            continue
        alone = [] if _is_a_safeguard(target, at) or _is_guarded(target, at) else [target]
        for some in (alone, places):
            if other in missing and (target.attr.value not in missing or _is_made_sure(some, at)):
                continue
            if some and all(_fits(each, other, at) for each in some):
                yield Change(
                    tuple(step for each in some for step in replace(each.attr, other).steps)
                )


def _is_made_sure(some: list[cst.Attribute], at: Context) -> bool:
    """Whether a typed function asks, outside these places, whether the attribute is there."""
    if at.function is None or not is_annotated(at.function) or not some:
        return False
    tests = (*tests_in(at, at.function), *at.within(at.function, cst.BooleanOperation))
    asked = (each for test in tests for each in checked(test) if each not in some)
    return at.text(some[0]) in map(at.text, asked)


def _everywhere(target: cst.Attribute, at: Context) -> list[cst.Attribute]:
    """Where a statement reads the attribute, if it is more than once and this is the first."""
    some = at.within(at.alongside(target), cst.Attribute)
    here = [each for each in some if at.text(each) == at.text(target) and at.is_read(each)]
    here.sort(key=at.source.span)
    return here if len(here) > 1 and here[0] is target else []


def _is_alike(
    target: cst.Attribute,
    other: tuple[str, str | None],
    others: Mapping[str, str | None],
    at: Context,
) -> bool:
    """Whether another attribute could be taken for this one."""
    mine, kind = target.attr.value, others.get(target.attr.value)
    if at.function is not None and at.function.name.value in {other[0], mine}:
        return False  # the property that is being worked out
    if other[0].lstrip("_") == mine.lstrip("_"):
        return other[0] != mine and _works_it_out(target, {mine, other[0]}, at)
    if kind and kind == other[1]:
        return _could_be((mine, kind), other) or _are_used_alike(target, other[0], at)
    if not _has_the_member(target, other[0], at) or (kind and other[1]):
        return False
    return _could_be((mine, kind), other) or _are_used_alike(target, other[0], at)


def _fits(target: cst.Attribute, other: str, at: Context) -> bool:
    """Whether another attribute could stand in one place."""
    text = f"{at.text(target.value)}.{other}"
    beside = at.text(at.alongside(target))
    return (
        not _occurs(text, beside)
        and fits(at.source, target.attr, other)
        and not would_ask_twice(at, target, text)
    )


def _is_a_safeguard(target: cst.Attribute, at: Context) -> bool:
    """Whether it is asked for so that it can be used: nobody asks for one and uses the other."""
    parent = at.parent(target)
    none = isinstance(parent, cst.Comparison) and at.text(parent).endswith("None")
    first = isinstance(parent, cst.BooleanOperation) and parent.left is target
    if at.function is None or not (at.is_tested(target) or none or first):
        return False
    text = at.text(target)
    some = at.within(at.function, cst.Attribute)
    uses_of = [each for each in some if at.text(each) == text and at.is_read(each)]
    return len(uses_of) > 1


def _is_guarded(target: cst.Attribute, at: Context) -> bool:
    """The other way round: whether a condition right before has asked for it."""
    asked = at.text(target)
    inner: cst.CSTNode = target
    for around in at.ancestors(target):
        test = _asked_before(around)
        if test is not None and test is not inner:
            attributes = at.within(test, cst.Attribute)
            if any(at.text(each) == asked for each in attributes):
                return True
        inner = around
    return False


def _asked_before(around: cst.CSTNode) -> cst.CSTNode | None:
    """The condition on which the rest of a node depends."""
    match around:
        case cst.If(test=test) | cst.IfExp(test=test) | cst.While(test=test):
            return test
        case cst.BooleanOperation(left=left):
            return left
    return None


def _has_the_member(target: cst.Attribute, other: str, at: Context) -> bool:
    """Whether what is taken of the value is taken of the other one too, somewhere in the module."""
    parent = at.parent(target)
    if not isinstance(parent, cst.Attribute):
        return True
    found = uses(at.source, at.source.module)
    return ("takes", parent.attr.value) in found.roles[f"{at.text(target.value)}.{other}"]


def _works_it_out(target: cst.Attribute, names: set[str], at: Context) -> bool:
    """Whether one of `self.app` and `self._app` is a property that does more than give back the other."""
    described = at.facts.types.class_of(at.source, target.value)
    methods = described.methods if described is not None else {}
    for name in names & methods.keys():
        lines = methods[name][1].body.body
        if len(lines) > 2 or any(isinstance(each, cst.BaseCompoundStatement) for each in lines):
            return True
    return False


def _is_value(target: cst.Attribute, at: Context) -> bool:
    """Whether it is read, by itself and not as a function."""
    return at.is_read(target) and not any(
        isinstance(each, cst.Import | cst.ImportFrom | cst.Decorator | cst.Annotation)
        for each in at.ancestors()
    )


def _could_be(mine: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Whether two attributes, told as name and type, are easily confused."""
    if other[0].startswith("_") > mine[0].startswith("_") or mine[0].startswith("__"):
        return False
    if mine[1] is not None and mine[1] == other[1]:
        telling = "[" not in mine[1] and mine[1] not in EVERYDAY
        if telling or share_a_word(mine[0], other[0]):
            return True
    return same_role(mine[0], other[0]) or _sound_alike(mine[0], other[0])


def _are_used_alike(target: cst.Attribute, other: str, at: Context) -> bool:
    """Whether the class or the function hands both to the same parameter, or compares or reckons with both."""
    own = isinstance(target.value, cst.Name) and target.value.value in {"self", "cls"}
    within = at.klass if own else at.function
    if within is None or other.startswith("_") > target.attr.value.startswith("_"):
        return False
    found = uses(at.source, within)
    mine, theirs = at.text(target), f"{at.text(target.value)}.{other}"
    given = any(role[0] in {"given", "key"} for role in found.shared(mine, theirs))
    return given or found.are_partners(mine, theirs)


def _sound_alike(one: str, other: str) -> bool:
    """`x_for`/`x_prefix`, `exc`/`excs`, `valid_after`/`valid_after_utc`."""
    mine, theirs = words(one), words(other)
    head = len(mine) == len(theirs) > 1 and mine[:-1] == theirs[:-1]
    longer, shorter = max(mine, theirs, key=len), min(mine, theirs, key=len)
    return head or longer[:-1] == shorter != () or one in {f"{other}s", other.removesuffix("s")}


def _occurs(text: str, within: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(text)}(?!\w)", within) is not None


def _others(target: cst.Attribute, at: Context) -> Mapping[str, str | None]:
    """The attributes that the object has, as far as it shows, with their types."""
    known = at.attributes(target.value)
    own = isinstance(target.value, cst.Name) and target.value.value in {"self", "cls"}
    if (known and not own) or at.is_module(target.value) or not target.attr.value.islower():
        return known
    return {**dict.fromkeys(_seen_beside(target, at, own=own)), **known}


def _seen_beside(target: cst.Attribute, at: Context, *, own: bool) -> Iterator[str]:
    """The attributes that the module, of `self` the class, reads of what has the same name."""
    name = last_name(target.value)
    first, last = at.source.span(at.klass if own and at.klass else at.source.module)
    for other, attribute, start in _reads(at.source):
        alike = name and (name.endswith(other) or other.endswith(name))
        if alike and first <= start < last and (not own or other == name):
            yield attribute


@functools.lru_cache(maxsize=4)
def _reads(source: Source) -> tuple[tuple[str, str, int], ...]:
    """Every attribute that a module reads: the name of what it is read from, its own, and where."""
    found = (node for node in source.nodes(cst.Attribute) if isinstance(node, cst.Attribute))
    return tuple(
        (last_name(node.value), node.attr.value, source.span(node)[0])
        for node in found
        if last_name(node.value) and is_read(source, node)
    )
