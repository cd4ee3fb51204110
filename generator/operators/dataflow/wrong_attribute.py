"""Read another attribute of the same object: one of the same type, or its twin in role."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import fits, replace
from generator.operators import Example, operator
from generator.operators.context import is_read, last_name
from generator.operators.words import same_role, share_a_word, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.changes import Change
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
    ],
    untouched=[
        "@dataclass\nclass Counter:\n    count_now: int\n    count_then: int\n\n\ndef f(a: Counter):\n    if a.count_now:\n        return 1\n    return 2 if a.count_then else 0\n",
        "@dataclass\nclass Span:\n    start: date\n    end: date\n\n    def is_empty(self):\n        return self.start == self.end\n",
        "@dataclass\nclass Account:\n    balance: Money\n    owner: str\n\n    def spendable(self) -> Money:\n        return self.balance\n",
        "@dataclass\nclass P:\n    name: str\n    city: str\n\n    def label(self):\n        return self.name\n",
        "def f(a):\n    return a.start_time()\n",
        "@dataclass\nclass Run:\n    started_at: datetime\n    finished_at: datetime | None = None\n\n    def day(self):\n        return self.started_at\n",
        "import errno\n\n\ndef f(a):\n    use(errno.start_at)\n    return errno.end_at\n",
        "def f(a):\n    a.start = 1\n    a.end = 2\n",
    ],
)
def wrong_attribute(target: cst.Attribute, at: Context) -> Iterator[Change]:
    """Yield one change for each attribute that could be taken for this one."""
    if not _is_value(target, at):
        return
    mine, owner = target.attr.value, at.text(target.value)
    others = _others(target, at)
    described = at.facts.class_of(at.source, target.value)
    missing = at.facts.nullable(described) if described is not None else frozenset()
    beside = at.text(at.alongside(target))
    for other, kind in others.items():
        if _is_itself(other, mine, at) or not _could_be((mine, others.get(mine)), (other, kind)):
            continue
        if mine not in missing and other in missing:
            continue
        if at.would_ask_twice(target, f"{owner}.{other}"):
            continue
        if not _occurs(f"{owner}.{other}", beside) and fits(at.source, target.attr, other):
            yield replace(target.attr, other)


def _is_value(target: cst.Attribute, at: Context) -> bool:
    """Whether it is read, by itself and not as a function."""
    return at.is_read(target) and not any(
        isinstance(each, cst.Import | cst.ImportFrom | cst.Decorator | cst.Annotation)
        for each in at.ancestors()
    )


def _is_itself(other: str, mine: str, at: Context) -> bool:
    """Whether it is the same attribute, or the property that is being computed."""
    inside = at.function is not None and at.function.name.value == other
    return inside or other.lstrip("_") == mine.lstrip("_")


def _could_be(mine: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Whether two attributes, told as name and type, are easily confused."""
    if mine[1] and other[1] and mine[1] != other[1]:
        return False
    if other[0].startswith("_") > mine[0].startswith("_") or mine[0].startswith("__"):
        return False
    if mine[1] is not None and mine[1] == other[1]:
        telling = "[" not in mine[1] and mine[1] not in EVERYDAY
        return telling or share_a_word(mine[0], other[0]) or same_role(mine[0], other[0])
    return same_role(mine[0], other[0]) or _sound_alike(mine[0], other[0])


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
