"""Take out a whole `if bad: raise`, `return`, `continue` or `break`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove
from generator.operators import Example, operator, removal
from generator.operators.conditions import is_one_of_a_row, settles
from generator.operators.nodes import jumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context


@operator(
    family="logic",
    change="structure",
    story="The function was written for input that had already been checked. Later it was called from somewhere else.",
    symptom="What should have been refused or left alone goes through.",
    hint="List what each caller may pass, and look for the line that turns the odd ones away.",
    evidence=[
        "a missing early exit is the commonest class of fix in BugsInPy",
        "celery: `if producer is None: return` was added by a fix",
        "marshmallow: `if value is None: return self.default` was added by a fix",
    ],
    examples=[
        Example(
            "def pay(amount):\n    if amount <= 0:\n        raise ValueError(amount)\n    post(amount)\n",
            "def pay(amount):\n    post(amount)\n",
        ),
        Example(
            "def pay(amount):\n    start()\n\n    # nothing to do\n    if not amount:\n        return None  # yet\n\n    post(amount)\n",
            "def pay(amount):\n    start()\n\n    post(amount)\n",
        ),
        Example(
            "for row in rows:\n\tif row.void: continue\n\ttotal += row.amount\n",
            "for row in rows:\n\ttotal += row.amount\n",
        ),
        Example(
            "from errors import Refused, Unknown\n\n\ndef pay(a):\n    if not a:\n        raise Refused\n    return Unknown(a)\n",
            "from errors import Unknown\n\n\ndef pay(a):\n    return Unknown(a)\n",
        ),
        Example(
            "def pay(store, key):\n    done = store.get(key)\n    if done is not None:\n        return done\n    return store.put(key)\n",
            "def pay(store, key):\n    return store.put(key)\n",
        ),
        Example(
            "def f(a: int) -> int:\n    if not a:\n        return 0\n    return 60 // a\n",
            "def f(a: int) -> int:\n    return 60 // a\n",
        ),
    ],
    untouched=[
        "def f(a):\n    if odd(a.n):\n        return 1\n    if odd(a.m):\n        return 2\n    if odd(a.o):\n        return 3\n    return a\n",
        "def f(a):\n    if a:\n        return 1\n    else:\n        return 2\n",
        "def f(a):\n    if a:\n        log(a)\n    return a\n",
        "def f(a):\n    if a > 0:\n        raise ValueError\n    return 1\n",
        "def f(a):\n    if a:\n        return 1\n    elif a is None:\n        return 2\n    return a\n",
        "def f(a: Row | None) -> int:\n    if a is None:\n        return 0\n    return a.n\n",
        "@dataclass\nclass Order:\n    later: bool\n\n\ndef f(order):\n    if order.later:\n        return keep(order)\n    return go(order)\n",
        "def f(a):\n    print(a)\n    while True:\n        if a.done():\n            break\n",
    ],
)
def drop_guard(target: cst.If, at: Context) -> Iterator[Change]:
    """Yield the removal of the guard, with what only it needed."""
    if target.orelse is not None or not jumps(target.body) or not at.block(target):
        return
    if not removal.can_go(at, target) or not (at.after(target) or _gives_an_answer(target.body)):
        return
    if settles(at, target.test, *at.after(target)) or is_one_of_a_row(at, target):
        return
    gone = (*_only_for(target, at), target)
    clearing = removal.clearing(at, *gone)
    if removal.forgets_a_field(at, *gone):
        return
    if clearing is not None and removal.can_go(at, *gone):
        yield remove(target, *gone[:-1]) + clearing


def _gives_an_answer(body: cst.CSTNode) -> bool:
    """At the end of a block, `raise` and `return x` do something that falling out of it does not."""
    last = body.body[-1] if isinstance(body, cst.IndentedBlock | cst.SimpleStatementSuite) else body
    last = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    return isinstance(last, cst.Raise) or (isinstance(last, cst.Return) and last.value is not None)


def _only_for(target: cst.If, at: Context) -> tuple[cst.CSTNode, ...]:
    """The assignments right above that nothing but the guard reads."""
    above: list[cst.CSTNode] = []
    for statement in at.before(target):
        names = _assigned(statement)
        orphans = {each.name for each in removal.orphans(at, target, *above)}
        if not names or not names <= orphans:
            break
        above.append(statement)
    return tuple(above)


def _assigned(statement: cst.CSTNode) -> frozenset[str]:
    """The one plain name that a statement assigns."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return frozenset()
    match statement.body[0]:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return frozenset({name})
        case cst.AnnAssign(target=cst.Name(value=name)):
            return frozenset({name})
    return frozenset()
