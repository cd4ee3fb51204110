"""Let go of a lock between the check and the act that it holds together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import insert, unwrap
from generator.operators import Example, operator, removal
from generator.operators.concurrency.lock_late import is_a_lock
from generator.operators.nodes import jumps, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

CHANGES = frozenset(
    """
    append add save insert post update put write push extend remove discard delete pop store set commit register record
    enqueue publish book reserve release drop clear setdefault popitem move mark open close
    """.split()
)
"""First words of methods that change something."""
DEPTH = 2
"""How many calls deep it is looked for the lock of a callee."""


@operator(
    family="concurrency",
    change="structure",
    story="Every step was safe by itself, so it looked as though one lock around all of them was not needed; it was held for a shorter time, or left to the callee.",
    symptom="When two come at the same moment, both find the place free and both take it.",
    hint="For every check, ask whether what it found can change before the code acts on it.",
    evidence=[
        "written from experience: no study at hand counts locks that are let go too early",
        "celery: a buffer was cleared of what other threads had added in the meantime",
    ],
    examples=[
        Example(
            "class Seats:\n    def take(self, seat, name):\n        with self._lock:\n            if seat in self._taken:\n                raise Taken(seat)\n            self._taken[seat] = name\n",
            "class Seats:\n    def take(self, seat, name):\n        with self._lock:\n            if seat in self._taken:\n                raise Taken(seat)\n        with self._lock:\n            self._taken[seat] = name\n",
        ),
        Example(
            "def pay(self, id, n):\n\tlog(id)\n\twith self.locks.holding(id):  # alone\n\t\taccount = self.store.account(id)\n\t\tif account.left < n:\n\t\t\treturn None\n\n\t\t# é\n\t\tself.store.save(account.less(n))\n\treturn account\n",
            "def pay(self, id, n):\n\tlog(id)\n\twith self.locks.holding(id):  # alone\n\t\taccount = self.store.account(id)\n\t\tif account.left < n:\n\t\t\treturn None\n\n\twith self.locks.holding(id):\n\t\t# é\n\t\tself.store.save(account.less(n))\n\treturn account\n",
        ),
        Example(
            "from store import Store\n\n\nclass Desk:\n    def __init__(self, store: Store, lock):\n        self.store = store\n        self._lock = lock\n\n    def open(self, name):\n        account = name.strip()\n        with self._lock:\n            if self.store.find(account) is not None:\n                raise ValueError(account)\n            self.store.add(account)\n        return account\n\n    def close(self):\n        with self._lock:\n            self.store = None\n",
            "from store import Store\n\n\nclass Desk:\n    def __init__(self, store: Store, lock):\n        self.store = store\n        self._lock = lock\n\n    def open(self, name):\n        account = name.strip()\n        if self.store.find(account) is not None:\n            raise ValueError(account)\n        self.store.add(account)\n        return account\n\n    def close(self):\n        with self._lock:\n            self.store = None\n",
            path="desk.py",
            others=(
                (
                    "store.py",
                    "class Store:\n    def find(self, name):\n        with self._lock:\n            return self._rows.get(name)\n\n    def add(self, name):\n        with self._lock:\n            self._rows[name] = 1\n",
                    "class Store:\n    def find(self, name):\n        with self._lock:\n            return self._rows.get(name)\n\n    def add(self, name):\n        with self._lock:\n            self._rows[name] = 1\n",
                ),
            ),
        ),
    ],
    untouched=[
        "def f(self, n):\n    with self._lock:\n        self.rows.append(n)\n        self.n += 1\n",
        "def f(self, n):\n    with self._lock:\n        if n in self.rows:\n            return True\n        return False\n",
        "def f(self, n):\n    with open(n) as file:\n        if not file:\n            return\n        self.rows.append(n)\n",
        "def f(self, n):\n    with self._lock:\n        if n < 0:\n            raise ValueError\n        self.rows.append(n)\n",
        "def f(self, n):\n    with self._lock:\n        if n in self.rows:\n            return\n        with self.db.transaction():\n            self.rows.append(n)\n",
        "def f(self, n):\n    with self._lock as held:\n        if n in self.rows:\n            return\n        self.rows.append(held)\n",
    ],
)
def split_lock(target: cst.With, at: Context) -> Iterator[Change]:
    """Yield the lock taken twice, once for the check and once for the act; and no lock where the callees have their own."""
    if not at.block(target) or not isinstance(target.body, cst.IndentedBlock):
        return
    if not _takes_a_lock(target) or any(each.asname is not None for each in target.items):
        return
    act = _acts_on_a_check(target.body.body, at)
    if act is None:
        return
    start, end = at.source.span(target.items[0])[0], at.source.outer(target.items[-1].item)[1]
    header = f"with {at.source.data[start:end].decode()}:"
    nested = isinstance(act, cst.With) and not at.after(act)
    if "\n" not in header and target.asynchronous is None and not nested:
        yield insert(header, before=act, level=target)
    if _all_lock_themselves(target, at):
        clearing = removal.clearing(at, target, kept=(target.body,))
        if clearing is not None:
            yield unwrap(target, target.body) + clearing


def _takes_a_lock(statement: cst.With) -> bool:
    return any(is_a_lock(each.item) for each in statement.items)


def _acts_on_a_check(statements: Sequence[cst.CSTNode], at: Context) -> cst.CSTNode | None:
    """The first statement that changes something, behind a check of what others may change."""
    checked = False
    for statement in statements:
        if checked and _changes(statement, at):
            return statement
        test = _test(statement)
        if test is not None:
            checked = checked or _looks_at_shared(test, at)
        elif _changes(statement, at):
            return None
    return None


def _test(statement: cst.CSTNode) -> cst.BaseExpression | None:
    """What a statement makes sure of: the condition of a guard, or the call of a function that refuses."""
    match statement:
        case cst.If(test=test, orelse=None, body=body) if jumps(body):
            return test
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=func) as call)]):
            return call if words(last_name(func))[:1] == ("check",) else None
    return None


def _looks_at_shared(check: cst.BaseExpression, at: Context) -> bool:
    """Whether a check reads an attribute of the object, or what was read from one under the lock."""
    lock = at.source.span(at.node)[0]
    for name in at.source.names_in(check):
        if name.value == "self":
            return True
        local = at.variables(check).get(name.value)
        if local is not None and local.binding.kind == "assignment":
            made = local.binding.owner
            read = isinstance(made, cst.Assign) and "self" in at.names(made.value)
            if read and at.source.span(made)[0] > lock:
                return True
    return False


def _changes(statement: cst.CSTNode, at: Context) -> bool:
    """Whether a statement changes an attribute, an item, or asks another object to."""
    targets = [
        *(each.target for each in at.within(statement, cst.AssignTarget)),
        *(each.target for each in at.within(statement, cst.AugAssign)),
        *(each.target for each in at.within(statement, cst.Del)),
    ]
    if any(isinstance(each, cst.Attribute | cst.Subscript) for each in targets):
        return True
    return any(
        isinstance(call.func, cst.Attribute)
        and not CHANGES.isdisjoint(words(last_name(call.func))[:1])
        and not _is_of_its_own(call.func.value, at)
        for call in at.within(statement, cst.Call)
    )


def _is_of_its_own(receiver: cst.BaseExpression, at: Context) -> bool:
    """Whether an object was made in the function, so that nobody else knows of it."""
    local = at.variables(receiver).get(receiver.value) if isinstance(receiver, cst.Name) else None
    made = getattr(local.binding.owner, "value", None) if local is not None else None
    return isinstance(made, cst.List | cst.Dict | cst.Set | cst.ListComp | cst.DictComp)


def _all_lock_themselves(target: cst.With, at: Context) -> bool:
    """Whether the check and the act both call what takes a lock of its own."""
    locking = 0
    for call in at.within(target.body, cst.Call):
        reached = at.facts.call_graph.callee(at.source, call)
        if reached is not None and _holds_a_lock(*reached, at, DEPTH):
            locking += 1
    return locking > 1


def _holds_a_lock(source: Source, function: cst.FunctionDef, at: Context, depth: int) -> bool:
    there = at.elsewhere(source, function)
    if any(_takes_a_lock(each) for each in there.within(function.body, cst.With)):
        return True
    if not depth:
        return False
    called = (
        at.facts.call_graph.callee(source, call) for call in there.within(function.body, cst.Call)
    )
    return any(each is not None and _holds_a_lock(*each, at, depth - 1) for each in called)
