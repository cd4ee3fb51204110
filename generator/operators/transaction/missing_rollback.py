"""Let half a change stay: no rollback on an error, no transaction, or a write outside of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, drop_item, move, remove, unwrap
from generator.operators import Example, operator, removal
from generator.operators.nodes import jumps, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

TRANSACTIONS = frozenset({"transaction", "atomic", "savepoint", "uow"})
PHRASES = ("begin_nested", "unit_of_work", "in_transaction", "all_or_nothing")
WRITES = frozenset(
    """
    add save insert update put create book carry remove delete store write post execute executemany record set append
    send publish transfer debit credit withdraw deposit reserve charge refund cancel close open drop replace remember
    """.split()
)
"""First words of calls that change something."""
BACK = frozenset({"rollback", "abort", "undo", "revert", "restore", "compensate"})
"""Words for taking back."""
UNDOING = BACK | frozenset(
    "unlink remove delete discard pop cancel refund reset rmtree rmdir truncate unregister".split()
)
"""Words for taking back in a handler that passes the failure on."""
SQL = re.compile(r"""[bfr]{0,2}["']+\s*rollback\b""", re.IGNORECASE)


@operator(
    family="transaction",
    change="structure",
    story="The steps were written and tried one by one, each of them worked, and what happens when a later one fails was not thought of.",
    symptom="After a failure, half of the change is there.",
    hint="Let the second of two writes fail, and compare everything with what was there before.",
    evidence=[
        "written from experience: no study at hand counts changes that are not taken back",
    ],
    examples=[
        Example(
            "def pay(self, n):\n    with self.store.transaction():\n        # both\n        self.store.save(n)\n        self.book(n)\n    return n\n",
            "def pay(self, n):\n    # both\n    self.store.save(n)\n    self.book(n)\n    return n\n",
        ),
        Example(
            "def pay(self, n):\n    with self.store.transaction():\n        made = self.book(n)\n        self.store.save(\n            made, n\n        )  # once\n\n    return made\n",
            "def pay(self, n):\n    with self.store.transaction():\n        made = self.book(n)\n    self.store.save(\n        made, n\n    )  # once\n\n    return made\n",
        ),
        Example(
            "def pay(self, n):\n    with self.lock, self.db.atomic():\n        self.save(n)\n        self.book(n)\n",
            "def pay(self, n):\n    with self.lock:\n        self.save(n)\n        self.book(n)\n",
        ),
        Example(
            "def pay(self, n):\n    with self.db.transaction() as t:\n        t.save(n)\n        self.audit.add(n)\n",
            "def pay(self, n):\n    with self.db.transaction() as t:\n        t.save(n)\n    self.audit.add(n)\n",
        ),
        Example(
            "def pay(db, n):\n    try:\n        db.save(n)\n        db.commit()\n    except Exception:\n        db.rollback()\n        log(n)\n        raise\n",
            "def pay(db, n):\n    try:\n        db.save(n)\n        db.commit()\n    except Exception:\n        log(n)\n        raise\n",
        ),
        Example(
            "@contextmanager\ndef begun(self):\n    self.depth += 1\n    before = dict(self.rows)\n    try:\n        yield\n    except BaseException:\n        # as it was\n        if self.depth == 1:\n            self.rows = before\n        raise\n    finally:\n        self.depth -= 1\n",
            "@contextmanager\ndef begun(self):\n    self.depth += 1\n    try:\n        yield\n    finally:\n        self.depth -= 1\n",
        ),
        Example(
            "@contextmanager\ndef begun(db):\n    try:\n        yield\n    except BaseException:\n        db.execute('ROLLBACK')\n        raise\n    else:\n        # it went well\n        db.execute('COMMIT')\n    tell(db)\n",
            "@contextmanager\ndef begun(db):\n    yield\n    # it went well\n    db.execute('COMMIT')\n    tell(db)\n",
        ),
    ],
    untouched=[
        "def f(self, n):\n    with self.lock:\n        self.save(n)\n        self.book(n)\n",
        "def f(self, n):\n    with self.db.transaction() as t:\n        t.save(n)\n        t.book(n)\n",
        "def f(self, key):\n    with self.db.transaction():\n        row = self.read(key)\n        return row\n",
        "def f(self, key):\n    with self.db.transaction():\n        self.db.execute(DELETE, key)\n",
        "def f(e, ctx):\n    try:\n        g()\n    except OSError as e:\n        e.ctx = ctx\n        log(e)\n        raise\n",
        "def f(db):\n    try:\n        db.save()\n    except OSError:\n        db.close()\n        raise\n",
        "def f(db):\n    try:\n        db.save()\n    except OSError:\n        db.rollback()\n",
        "def f(rows):\n    try:\n        g()\n    except OSError:\n        rows.remove(1)\n",
    ],
)
def missing_rollback(target: cst.With | cst.ExceptHandler, at: Context) -> Iterator[Change]:
    """Yield a block without its transaction, with its first or last write outside, and a handler that takes nothing back."""
    if isinstance(target, cst.ExceptHandler):
        yield from _without_undoing(target, at)
        return
    items = [each for each in target.items if _is_a_transaction(each.item)]
    if len(items) != 1 or not _is_several(target.body, at):
        return
    if items[0].asname is not None:
        yield from _outside(target, at)
        return
    clearing = removal.clearing(at, items[0].item)
    if clearing is None or not at.block(target):
        return
    if len(target.items) > 1:
        yield drop_item(items[0], target.items) + clearing
    elif isinstance(target.body, cst.IndentedBlock):
        yield unwrap(target, target.body) + clearing
        yield from _outside(target, at)


def _is_a_transaction(item: cst.BaseExpression) -> bool:
    name = last_name(item)
    return not TRANSACTIONS.isdisjoint(words(name)) or name.lstrip("_") in PHRASES


def _is_several(body: cst.CSTNode, at: Context) -> bool:
    """Whether a block writes more than once."""
    every = body.body if isinstance(body, cst.IndentedBlock) else ()
    writing = [each for each in every if _writes(each, at)]
    loops = any(isinstance(each, cst.For | cst.While) for each in writing)
    return len(writing) > 1 or loops


def _writes(statement: cst.CSTNode, at: Context) -> bool:
    """Whether a statement calls something for its effect, or something that is named after one."""
    if any(isinstance(each.value, cst.Call | cst.Await) for each in at.within(statement, cst.Expr)):
        return True
    told = (words(last_name(each.func))[:1] for each in at.within(statement, cst.Call))
    return any(WRITES.issuperset(each) for each in told if each)


def _outside(target: cst.With, at: Context) -> Iterator[Change]:
    """The first or the last of several statements leaves the block, if it needs no name that the block makes."""
    statements = target.body.body if isinstance(target.body, cst.IndentedBlock) else ()
    if len(target.items) > 1 or len(statements) < 2:
        return
    first, last = statements[0], statements[-1]
    if not isinstance(first, cst.SimpleStatementLine):
        return
    opened = {at.text(item.asname.name) for item in target.items if item.asname is not None}
    if _is_a_write(last, at) and not jumps(target.body) and not _needs(last, opened, at):
        yield move(last, after=target)
    writes_on = any(_writes(each, at) for each in statements[1:])
    if _is_a_write(first, at) and writes_on and not _needs(first, opened, at):
        yield move(first, before=target)


def _needs(statement: cst.CSTNode, opened: set[str], at: Context) -> bool:
    """Whether a statement uses what the transaction is called within its block."""
    return any(each.value in opened for each in at.within(statement, cst.Name))


def _is_a_write(statement: cst.CSTNode, at: Context) -> bool:
    """Whether a statement is nothing but a write."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call() | cst.Await())]):
            return True
        case cst.SimpleStatementLine(body=[cst.Assign(value=cst.Call())]):
            return _writes(statement, at)
    return False


# -- handlers ---------------------------------------------------------------------------------------------------------


def _without_undoing(target: cst.ExceptHandler, at: Context) -> Iterator[Change]:
    around = at.parent()
    body = target.body.body
    if not isinstance(around, cst.Try) or not isinstance(target.body, cst.IndentedBlock):
        return
    passes_on = jumps(target.body) and _is_a_raise(body[-1])
    before = at.variables(around).items()
    made = {name for name, each in before if each.binding.kind == "assignment"}
    made -= (
        {target.name.name.value}
        if target.name and isinstance(target.name.name, cst.Name)
        else set()
    )
    for statement in body:
        if not _undoes(statement, made if passes_on else frozenset(), at, strong=not passes_on):
            continue
        rest = [each for each in body if each is not statement]
        if not rest:
            continue
        if passes_on and len(rest) == 1 and at.text(rest[0]).strip() == "raise":
            yield from _without_handler(target, around, at)
            continue
        gone = (statement, *removal.companions(at, statement))
        clearing = removal.clearing(at, *gone)
        if clearing is not None and removal.can_go(at, statement):
            yield remove(*gone) + clearing


def _is_a_raise(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(
        statement.body[-1], cst.Raise
    )


def _undoes(
    statement: cst.CSTNode, made: frozenset[str] | set[str], at: Context, *, strong: bool
) -> bool:
    """Whether a statement takes something back: by name, by SQL, or by putting back a value kept before."""
    match statement:
        case cst.SimpleStatementLine(body=[cst.Expr(value=value)]):
            call = value.expression if isinstance(value, cst.Await) else value
            return isinstance(call, cst.Call) and _takes_back(call, BACK if strong else UNDOING, at)
        case cst.SimpleStatementLine(
            body=[cst.Assign(targets=[cst.AssignTarget(target=place)], value=cst.Name(name))]
        ):
            local = {each.value for each in at.within(place, cst.Name)} & made
            return isinstance(place, cst.Attribute | cst.Subscript) and name in made and not local
        case cst.SimpleStatementLine(body=[cst.Del(target=cst.Subscript())]):
            return not strong
        case cst.SimpleStatementLine(body=[cst.AugAssign(operator=cst.SubtractAssign())]):
            return not strong
        case (
            cst.If(orelse=None, body=cst.IndentedBlock(body=inner))
            | cst.For(orelse=None, body=cst.IndentedBlock(body=inner))
        ):
            return all(_undoes(each, made, at, strong=strong) for each in inner)
    return False


def _takes_back(call: cst.Call, about: frozenset[str], at: Context) -> bool:
    told = words(last_name(call.func))
    if not about.isdisjoint(told) or told[:2] == ("roll", "back") or told[-1:] == ("back",):
        return True
    return bool(call.args) and SQL.match(at.text(call.args[0].value)) is not None


def _without_handler(target: cst.ExceptHandler, around: cst.Try, at: Context) -> Iterator[Change]:
    """The handler goes: nothing is left of it but passing the failure on."""
    made = removal.companions(at, target)
    clearing = removal.clearing(at, target, *made)
    if clearing is None or not all(removal.can_go(at, each) for each in made):
        return
    also = remove(*made) + clearing
    others, ending = len(around.handlers) > 1, around.orelse
    if others or (around.finalbody is not None and ending is None):
        yield remove(target) + also
        return
    inner = [each.body for each in (around, ending) if each is not None]
    blocks = [each for each in inner if isinstance(each, cst.IndentedBlock)]
    if len(blocks) != len(inner) or not at.block(around):
        return
    if around.finalbody is None:
        yield unwrap(around, *blocks) + also
    elif ending is not None:
        steps = [move(each, after=blocks[0].body[-1]) for each in blocks[1].body]
        moved = Change(tuple(step for each in steps for step in each.steps))
        yield remove(target) + moved + remove(ending) + also
