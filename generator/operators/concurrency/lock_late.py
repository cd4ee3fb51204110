"""Take the lock after the read that it is there to protect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, move
from generator.operators import Example, operator
from generator.operators.nodes import last_name
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context

LOCKS = frozenset(
    "lock locks locked rlock mutex guard semaphore condition holding exclusive exclusively synchronized".split()
)
"""Words for what keeps others out."""
UNSHARED = frozenset(
    {"now", "time", "monotonic", "perf_counter", "utcnow", "today", "uuid4", "uuid1", "get_ident"}
)
"""Calls whose answer does not depend on who comes in between."""
PURE = frozenset(
    "len int str float bool list tuple dict set frozenset sorted min max sum abs round type isinstance getattr".split()
)
"""Builtins that read nothing but what they are given."""


@operator(
    family="concurrency",
    change="structure",
    story="The locked section was to be as short as possible, so the reading at its start was moved in front of it.",
    symptom="Under load, a change that somebody else made in between is lost or overlooked.",
    hint="Ask of every value used under the lock whether it may be out of date by then.",
    evidence=[
        "written from experience: no study at hand counts reads in front of their lock",
    ],
    examples=[
        Example(
            "def take(self, n):\n    with self._lock:\n        left = self.left - n\n        check(left)\n        self.left = left\n",
            "def take(self, n):\n    left = self.left - n\n    with self._lock:\n        check(left)\n        self.left = left\n",
        ),
        Example(
            "def take(self, key):\n    log(key)\n\n    with self.locks.holding(key):  # alone\n        # as it stands\n        row = self.rows.get(\n            key\n        )\n\n        row.n += 1\n        self.rows[key] = row\n",
            "def take(self, key):\n    log(key)\n\n    # as it stands\n    row = self.rows.get(\n        key\n    )\n    with self.locks.holding(key):  # alone\n        row.n += 1\n        self.rows[key] = row\n",
        ),
        Example(
            "def add(self):\n\tself._lock.acquire()\n\ttry:\n\t\tn = self.n\n\t\tself.n = n + 1\n\tfinally:\n\t\tself._lock.release()\n",
            "def add(self):\n\tn = self.n\n\tself._lock.acquire()\n\ttry:\n\t\tself.n = n + 1\n\tfinally:\n\t\tself._lock.release()\n",
        ),
        Example(
            "def add(self, key):\n    with self._locks.setdefault(key, Lock()):\n        n = self.rows[key]\n        self.rows[key] = n + 1\n",
            "def add(self, key):\n    n = self.rows[key]\n    with self._locks.setdefault(key, Lock()):\n        self.rows[key] = n + 1\n",
        ),
        Example(
            "async def add(self, n):\n    async with self.lock:\n        old = await self.store.read(n)\n        new = old + self.step\n        await self.store.write(n, new)\n",
            "async def add(self, n):\n    old = await self.store.read(n)\n    new = old + self.step\n    async with self.lock:\n        await self.store.write(n, new)\n",
        ),
    ],
    untouched=[
        "def f(self):\n    with self.lock:\n        n = self.n\n    return n\n",
        "def f(self):\n    with self.lock:\n        now = self.clock.now()\n        self.rows.append(now)\n",
        "def f(self):\n    with self.lock:\n        self.n += 1\n        return self.n\n",
        "def f(self):\n    with open(self.path) as file:\n        n = file.read()\n        self.n = n\n",
        "def f(self):\n    with self.lock as held:\n        n = held.count\n        self.n = n\n",
        "def f(self, a, b):\n    with self.lock:\n        n = a + b\n        self.n = n\n",
    ],
)
def lock_late(target: cst.With | cst.Try, at: Context) -> Iterator[Change]:
    """Yield the move of the reads that a locked section begins with in front of it: the first, the first two ..."""
    home = _locking(target, at)
    if home is None or not isinstance(target.body, cst.IndentedBlock):
        return
    statements = target.body.body
    held = _held(target)
    moved: list[cst.CSTNode] = []
    for n, statement in enumerate(statements[:-1]):
        if not _is_a_read(statement) or at.names(statement) & held:
            return
        moved.append(statement)
        rest = statements[n + 1 :]
        made = frozenset().union(*map(at.bound, moved))
        shared = any(_reads_shared(each, at) for each in moved)
        if shared and any(at.names(each) & made for each in rest) and _does_something(rest, at):
            yield _together([move(each, before=home) for each in moved])


def _together(steps: list[Change]) -> Change:
    return Change(tuple(step for change in steps for step in change.steps))


def _locking(target: cst.With | cst.Try, at: Context) -> cst.CSTNode | None:
    """The statement that takes the lock: the `with` itself, or the `acquire()` right above a `try`."""
    if isinstance(target, cst.With):
        if at.block(target) and any(is_a_lock(each.item) for each in target.items):
            return target
        return None
    above = next(iter(at.before(target)), None)
    match above:
        case cst.SimpleStatementLine(
            body=[cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name("acquire"))))]
        ) if target.finalbody is not None:
            return above
    return None


def is_a_lock(item: cst.BaseExpression) -> bool:
    """Whether what a `with` enters is named for keeping others out: `self._lock`, `locks.holding(a)`,
    `self._locks.setdefault(a, Lock())`."""
    match item:
        case cst.Call(func=cst.Attribute(value=kept, attr=cst.Name("setdefault" | "get"))):
            return is_a_lock(kept)
    return speaks_of(last_name(item), LOCKS)


def _held(target: cst.With | cst.Try) -> frozenset[str]:
    """What a `with` gives a name."""
    items = target.items if isinstance(target, cst.With) else ()
    named = (each.asname.name for each in items if each.asname is not None)
    return frozenset(each.value for each in named if isinstance(each, cst.Name))


def _is_a_read(statement: cst.CSTNode) -> bool:
    """Whether a statement does nothing but give names a value."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Assign(targets=targets)]):
            return all(_is_plain(each.target) for each in targets)
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(), value=value)]):
            return value is not None
    return False


def _is_plain(target: cst.BaseExpression) -> bool:
    if isinstance(target, cst.Tuple):
        return all(_is_plain(each.value) for each in target.elements)
    return isinstance(target, cst.Name)


def _reads_shared(statement: cst.CSTNode, at: Context) -> bool:
    """Whether what is read can be another moment's: an attribute, an item or the answer of a call."""
    calls = list(at.within(statement, cst.Call))
    names = {last_name(each.func) for each in calls}
    if names & UNSHARED:
        return False
    local = at.variables(statement).keys() - {"self", "cls"}
    for each in at.within(statement, cst.Attribute):
        if isinstance(at.parent(each), cst.Attribute):
            continue
        called = isinstance(at.parent(each), cst.Call)
        if _root(each) not in local or (called and _root(each) not in PURE):
            return not last_name(each).isupper()
    return any(
        isinstance(each.value, cst.Name) and each.value.value not in local
        for each in at.within(statement, cst.Subscript)
    )


def _root(node: cst.CSTNode) -> str:
    while isinstance(node, cst.Attribute | cst.Subscript | cst.Call):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else ""


def _does_something(rest: Sequence[cst.CSTNode], at: Context) -> bool:
    """Whether the section goes on to write, or to ask others, and not only to compute an answer."""
    return any(
        next(at.within(each, cst.AugAssign, cst.Del, cst.Expr), None) is not None
        or any(
            isinstance(place.target, cst.Attribute | cst.Subscript)
            for place in at.within(each, cst.AssignTarget)
        )
        or next(at.within(each, cst.Call), None) is not None
        for each in rest
    )
