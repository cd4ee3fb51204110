"""Do without the lock: what stood under `with lock` stays, and nobody is kept out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item, unwrap
from generator.operators import Example, operator, removal
from generator.operators.concurrency.lock_late import is_a_lock
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context


@operator(
    family="concurrency",
    change="structure",
    story="This one access looked harmless, or was added later by somebody who did not know that all others take the lock.",
    symptom="All is well as long as one does it at a time; under load, changes get lost.",
    hint="List everything that touches the shared value, and look for the one that does it without the lock.",
    evidence=[
        "celery: events appended by other threads during a publish got lost",
        "written from experience: no study at hand counts locks that are not taken",
    ],
    examples=[
        Example(
            "class Tally:\n    def add(self, n):\n        with self._lock:\n            # é\n            self.n += n\n        return self\n\n    def take(self):\n        with self._lock:\n            return self.n\n",
            "class Tally:\n    def add(self, n):\n        # é\n        self.n += n\n        return self\n\n    def take(self):\n        with self._lock:\n            return self.n\n",
        ),
        Example(
            "class Tally:\n    def add(self, n):\n        with self.store.begin() as db,  self._lock:  # alone\n            self.n += db.save(n)\n\n    def take(self):\n        with self._lock:\n            return self.n\n",
            "class Tally:\n    def add(self, n):\n        with self.store.begin() as db:  # alone\n            self.n += db.save(n)\n\n    def take(self):\n        with self._lock:\n            return self.n\n",
        ),
        Example(
            "def move(self, a, b, n):\n\twith self.locks.holding(a, b):\n\t\tself.rows[a] -= n\n\t\tself.rows[b] += n\n\n\ndef put(self, a, n):\n\twith self.locks.holding(a):\n\t\tself.rows[a] = n\n",
            "def move(self, a, b, n):\n\tself.rows[a] -= n\n\tself.rows[b] += n\n\n\ndef put(self, a, n):\n\twith self.locks.holding(a):\n\t\tself.rows[a] = n\n",
        ),
    ],
    untouched=[
        "class A:\n    def add(self, n):\n        with self._lock:\n            self.n += n\n",
        "def f(self):\n    with open(self.path) as file:\n        return file.read()\n\n\ndef g(self):\n    with open(self.path):\n        pass\n",
        "def f(self):\n    with self.lock as held:\n        return held.take()\n\n\ndef g(self):\n    with self.lock:\n        return self.n\n",
        "def f(self):\n    with self.lock:\n        self.ready.wait()\n\n\ndef g(self):\n    with self.lock:\n        pass\n",
    ],
)
def lock_dropped(target: cst.With, at: Context) -> Iterator[Change]:
    """Yield the section without its lock."""
    if not isinstance(target.body, cst.IndentedBlock) or not at.block(target) or _waits(target, at):
        return
    for item in target.items:
        if not is_a_lock(item.item) or item.asname is not None or not _is_taken_elsewhere(item, at):
            continue
        clearing = removal.clearing(at, item)
        if clearing is None or not _does_something(target.body, at):
            continue
        if len(target.items) == 1:
            yield unwrap(target, target.body) + clearing
        else:
            yield drop_item(item, target.items) + clearing


def _is_taken_elsewhere(item: cst.WithItem, at: Context) -> bool:
    """Whether the lock is taken in another place too, so that it does not stand about unused."""
    lock = item.item.func if isinstance(item.item, cst.Call) else item.item
    some = [each for one in at.within(at.source.module, cst.With) for each in one.items]
    return any(each is not item and at.text(each.item).startswith(at.text(lock)) for each in some)


def _waits(target: cst.With, at: Context) -> bool:
    """Whether something in the section works only while the lock is held: a condition that is waited for or told."""
    calls = (last_name(each.func) for each in at.within(target.body, cst.Call))
    return any(name in {"wait", "wait_for", "notify", "notify_all"} for name in calls)


def _does_something(body: cst.IndentedBlock, at: Context) -> bool:
    """Whether the section writes, or asks others, and does not only look at one value."""
    written = (each.target for each in at.within(body, cst.AssignTarget))
    return next(at.within(body, cst.AugAssign, cst.Del, cst.Call), None) is not None or any(
        isinstance(each, cst.Attribute | cst.Subscript) for each in written
    )
