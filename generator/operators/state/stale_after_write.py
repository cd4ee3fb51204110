"""Keep what was remembered although what it was made of has changed: the invalidation goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove
from generator.operators import Example, operator, removal
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

MEMORY = frozenset(
    """
    cache cached caches memo memoized lru remembered snapshot snapshots prefetched computed balances totals index
    indexes turnovers views stale dirty
    """.split()
)
"""Words for what is kept because it takes time to find out."""
FORGETS = frozenset(
    "invalidate evict clear discard forget expire purge pop popitem refresh reset bump delete remove drop".split()
)
OUTRIGHT = frozenset({"invalidate", "evict", "forget", "uncache"})
"""Words that say it all, whatever they are said of."""
EMPTY = frozenset({"{}", "[]", "None", "set()", "dict()", "OrderedDict()"})


@operator(
    family="state",
    change="structure",
    story="The value is kept in two places, and whoever wrote this change knew of one of them.",
    symptom="After a change, the old value is still shown for a while, or for ever.",
    hint="For everything that is remembered, list what it is made of, and check that each change of that forgets it.",
    evidence=[
        "tinydb: the list of recently used queries was not emptied when the others were",
        "peewee: the models that a dataset had generated were kept after its tables had changed",
        "celery: a pending result was never taken out of its table",
    ],
    examples=[
        Example(
            "class Store:\n    def put(self, key, row):\n        self.rows[key] = row\n        self._cache.pop(key, None)  # é\n\n    def get(self, key):\n        return self._cache.get(key)\n",
            "class Store:\n    def put(self, key, row):\n        self.rows[key] = row\n\n    def get(self, key):\n        return self._cache.get(key)\n",
        ),
        Example(
            "class Table:\n    def drop(self, name):\n        self.db.drop(name)\n        # all of them\n        self._cached = None\n        return name\n\n    def all(self):\n        return self._cached\n",
            "class Table:\n    def drop(self, name):\n        self.db.drop(name)\n        return name\n\n    def all(self):\n        return self._cached\n",
        ),
        Example(
            "def rename(self, key, name):\n\tself.rows[key].name = name\n\tself.invalidate(\n\t\tkey,\n\t)\n",
            "def rename(self, key, name):\n\tself.rows[key].name = name\n",
        ),
        Example(
            "class Rates:\n    def set(self, key, rate):\n        self.rates[key] = rate\n        if key in self.cache:\n            del self.cache[key]\n        return self.cache\n",
            "class Rates:\n    def set(self, key, rate):\n        self.rates[key] = rate\n        return self.cache\n",
        ),
    ],
    untouched=[
        "class A:\n    def __init__(self):\n        self.rows = 1\n        self._cache = {}\n",
        "class A:\n    def clear(self):\n        self._cache.clear()\n",
        "class A:\n    def take(self, key):\n        self.rows.pop(key)\n        self.names.pop(key)\n",
        "class A:\n    def take(self, key):\n        self.n = 1\n        row = self._cache.pop(key)\n        return row\n",
        "class A:\n    def evict(self, key):\n        self._cache.pop(key)\n        self.n -= 1\n",
    ],
)
def stale_after_write(target: cst.SimpleStatementLine | cst.If, at: Context) -> Iterator[Change]:
    """Yield the removal of what makes the code forget."""
    if at.function is None or not _is_about_something_else(at.function):
        return
    if not _forgets(_inner(target), at) or not removal.can_go(at, target):
        return
    others = [each for each in at.block(target) if each is not target]
    if not any(_writes(each, at) for each in others):
        return
    clearing = removal.clearing(at, target)
    if clearing is not None:
        yield remove(target) + clearing


def _is_about_something_else(function: cst.FunctionDef) -> bool:
    """Whether forgetting is not what the function is for, and there can be something to forget."""
    said = set(words(function.name.value))
    return (
        function.name.value not in {"__init__", "__new__"}
        and not (said & FORGETS & MEMORY)
        and not (said & (OUTRIGHT | {"clear", "reset", "purge", "refresh"}))
    )


def _inner(target: cst.SimpleStatementLine | cst.If) -> cst.BaseSmallStatement | None:
    """The one thing that a statement does, also under `if key in self.cache:`."""
    match target:
        case cst.SimpleStatementLine(body=[one]):
            return one
        case cst.If(
            orelse=None, body=cst.IndentedBlock(body=[cst.SimpleStatementLine(body=[one])])
        ):
            return one
    return None


def _forgets(one: cst.BaseSmallStatement | None, at: Context) -> bool:
    match one:
        case cst.Expr(value=cst.Call(func=cst.Attribute(value=owner, attr=attr))):
            said = set(words(attr.value))
            kept = _speaks_of_memory(owner, at) or bool(said & MEMORY)
            return bool(said & OUTRIGHT) or (bool(said & FORGETS) and kept)
        case cst.Expr(value=cst.Call(func=cst.Name(value=name))):
            return bool(set(words(name)) & OUTRIGHT)
        case cst.Del(target=cst.Subscript(value=owner)) | cst.Del(target=cst.Attribute() as owner):
            return _speaks_of_memory(owner, at)
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() as owner)], value=value):
            return at.text(value) in EMPTY and _speaks_of_memory(owner, at)
    return False


def _speaks_of_memory(owner: cst.BaseExpression, at: Context) -> bool:
    return not MEMORY.isdisjoint(words(at.text(owner)))


def _writes(statement: cst.CSTNode, at: Context) -> bool:
    """Whether something else is changed there."""
    written = (each.target for each in at.within(statement, cst.AssignTarget))
    stored = any(isinstance(each, cst.Attribute | cst.Subscript) for each in written)
    called = any(isinstance(each.value, cst.Call) for each in at.within(statement, cst.Expr))
    return stored or called or next(at.within(statement, cst.AugAssign, cst.Del), None) is not None
