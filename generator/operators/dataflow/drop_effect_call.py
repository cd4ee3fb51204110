"""Leave out a call that is made for what it does, and not for what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ENDING = frozenset(
    "exit _exit abort fail skip main exec eval execute_from_command_line overload".split()
)
"""Calls that end things or are all that a program does."""
PAIRED = frozenset("acquire release lock unlock __enter__ __exit__".split())
"""Calls of which one shows that the other is missing."""
FILLING = (cst.List, cst.Dict, cst.Set, cst.ListComp)


@operator(
    family="dataflow",
    change="call",
    general=True,
    story="The step returns nothing, so that nothing is seen to be missing where it was not written down.",
    symptom="Something stays as it was: not moved on, not noted, not emptied, not passed on.",
    hint="Go through what has to have happened by the end, and look for the call that makes each of it happen.",
    evidence=[
        "QuixBugs depth_first_search and shunting_yard: what has been seen is not noted, what is open is not pushed",
        "celery: a pending result was taken off the list by a fix, the events left over were drained by another",
        "missing conversion, wrapper or method call: 11.9 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "def read(file):\n    head = file.read(9)\n    file.seek(0)  # once more from the start\n    return head, file.read()\n",
            "def read(file):\n    head = file.read(9)\n    return head, file.read()\n",
        ),
        Example(
            "def visit(node, seen):\n\tif node in seen:\n\t\treturn\n\n\t# never twice\n\tseen.add( node )\n\n\tvisit(node.next, seen)\n",
            "def visit(node, seen):\n\tif node in seen:\n\t\treturn\n\n\tvisit(node.next, seen)\n",
        ),
        Example(
            "from bank import notify, post\n\n\ndef pay(konto, größe):\n    post(konto, größe)\n    notify(\n        konto,  # whoever it is\n        größe,\n    )\n",
            "from bank import post\n\n\ndef pay(konto, größe):\n    post(konto, größe)\n",
        ),
        Example(
            "async def close(self):\n    self.open = False; await self.pool.drain()\n    await self.pool.close()\n",
            "async def close(self):\n    self.open = False; await self.pool.drain()\n",
        ),
        Example(
            "def forget(self, id):\n    key = self.key(id)\n    self.cache.pop(key, None)\n    return self.rows.pop(id)\n",
            "def forget(self, id):\n    return self.rows.pop(id)\n",
        ),
    ],
    untouched=[
        "def f(self, a):\n    self.last = a.paid\n    self.outbox.add('a.paid', a)\n    return a\n",
        "def f(a):\n    a.go()\n",
        "def f(a):\n    logger.info('x')\n    print(a)\n    return a\n",
        "def f(a):\n    super().__init__()\n    return a\n",
        "def f(rows):\n    made = []\n    for row in rows:\n        row = row.next\n        made.append(row)\n    return made\n",
        "def f(a, b):\n    check(b)\n    return a\n",
        "def f(rows, out):\n    made = []\n    for row in rows:\n        made.append(row.n)\n    out.send(made)\n    return out\n",
        "def f(self):\n    self._empty()\n    return 1\n\n\ndef _empty(self):\n    return 2\n",
        "start()\nstop()\n",
        "def f(a):\n    sys.exit(2)\n    return a\n",
        "def f(a, lock):\n    lock.acquire()\n    a += 1\n    lock.release()\n    return a\n",
    ],
)
def drop_effect_call(target: cst.Expr, at: Context) -> Iterator[Change]:
    """Yield the removal of the call, with what only it needed."""
    line = at.parent()
    call = target.value.expression if isinstance(target.value, cst.Await) else target.value
    if not isinstance(call, cst.Call) or not isinstance(line, cst.SimpleStatementLine):
        return
    if at.function is None or len(line.body) > 1 or removal.only_tells(at, line):
        return
    if last_name(call.func) in ENDING | PAIRED or _is_inherited(call, at) or _fills(call, at):
        return
    if any(removal.is_a_name(each.value, at) for each in call.args):
        return
    change = removal.removed(at, line)
    if change is not None:
        yield change


def _is_inherited(call: cst.Call, at: Context) -> bool:
    """Whether what a base does is called: `super().close()`, `Base.__init__(self)`."""
    inner = call.func.value if isinstance(call.func, cst.Attribute) else call.func
    asks = isinstance(inner, cst.Call) and at.text(inner.func) == "super"
    return asks or bool(
        call.args and at.text(call.args[0].value) == "self" and at.text(inner)[:1].isupper()
    )


def _fills(call: cst.Call, at: Context) -> bool:
    """Whether a local collection would stay empty and be handed back as it is: nobody overlooks that."""
    receiver = call.func.value if isinstance(call.func, cst.Attribute) else None
    if not isinstance(receiver, cst.Name):
        return False
    scope = at.source.scope(call).owner(receiver.value)
    if scope is None or not any(_is_new(each.owner) for each in scope.bindings[receiver.value]):
        return False
    others = [each for each in scope.uses[receiver.value] if each is not receiver]
    return not any(_is_looked_into(each, at) for each in others)


def _is_new(owner: cst.CSTNode) -> bool:
    match owner:
        case cst.Assign(value=value) | cst.AnnAssign(value=value):
            made = isinstance(value, cst.Call) and not value.args
            return made or isinstance(value, FILLING)
    return False


def _is_looked_into(use: cst.CSTNode, at: Context) -> bool:
    """Whether something depends on what a collection holds, or something else is put into it."""
    parent = at.parent(use)
    if isinstance(parent, cst.Attribute | cst.Subscript | cst.ComparisonTarget | cst.For):
        return True
    return at.is_tested(use) if isinstance(use, cst.Name) else False
