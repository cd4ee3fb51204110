"""Take what comes last for what is newest: the comparison of times or versions before an update goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_operand, operands, remove
from generator.operators import Example, operator, removal
from generator.operators.nodes import jumps, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ORDERS = frozenset(
    """
    version versions revision rev sequence seq serial generation epoch stamp timestamp at when updated modified changed
    created offset position number sent received clock
    """.split()
)
"""Words for what tells which of two came first."""
EARLIER_LATER = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)
STOPS = cst.Return | cst.Continue


@operator(
    family="state",
    change="condition",
    story="Messages always came in the order in which they were sent, as long as one sent them all from one place.",
    symptom="Once in a while an old state comes back, after the new one had been there already.",
    hint="Hand in two updates of the same thing the wrong way round, and one of them twice.",
    evidence=[
        "a missing early exit is the commonest class of fix in BugsInPy",
        "written from experience: no study at hand counts updates that overtake each other",
    ],
    examples=[
        Example(
            "def apply(self, event):\n    known = self.rows[event.id]\n    if event.version <= known.version:\n        return\n    self.rows[event.id] = event.row, known\n",
            "def apply(self, event):\n    known = self.rows[event.id]\n    self.rows[event.id] = event.row, known\n",
        ),
        Example(
            "def apply(self, events):\n    for event in events:\n        # é: late\n        if event.sent_at < self.updated_at: continue\n        self.state = event.state\n        self.updated_at = event.sent_at\n",
            "def apply(self, events):\n    for event in events:\n        self.state = event.state\n        self.updated_at = event.sent_at\n",
        ),
        Example(
            "def apply(self, row):\n\tif row.ok and row.seq > self.seq:\n\t\tself.seq = row.seq\n\t\tself.row = row\n",
            "def apply(self, row):\n\tif row.ok:\n\t\tself.seq = row.seq\n\t\tself.row = row\n",
        ),
        Example(
            "def apply(self, row):\n    old = self.rows.get(row.id)\n    if old is not None and old.stamp >= row.stamp:\n        return False\n    self.rows[row.id] = row\n    return True\n",
            "def apply(self, row):\n    self.rows[row.id] = row\n    return True\n",
        ),
    ],
    untouched=[
        "def f(self, row):\n    if row.version <= 0:\n        return\n    self.row = row\n",
        "def f(self, row):\n    if row.version <= self.version:\n        return 1\n    return 2\n",
        "def f(self, row):\n    if row.version <= self.version:\n        raise ValueError\n    return row\n",
        "def f(self, row):\n    if row.name <= self.name:\n        return\n    self.row = row\n",
        "def f(self, row):\n    if row.version == self.version:\n        return\n    self.row = row\n",
    ],
)
def out_of_order(target: cst.If, at: Context) -> Iterator[Change]:
    """Yield the update that asks nothing of the order."""
    every = _chain(target.test)
    if not any(map(_compares, every)):
        return
    if target.orelse is None and jumps(target.body) and _leaves_quietly(target.body):
        below = at.after(target)
        if at.block(target) and below and any(_stores(each, at) for each in below):
            yield from _guard(target, at)
    elif isinstance(target.test, cst.BooleanOperation) and _stores(target.body, at):
        for n, operand in enumerate(every):
            if _compares(operand) and not any(at.text(each).endswith("None") for each in every):
                clearing = removal.clearing(at, operand)
                if clearing is not None:
                    yield drop_operand(target.test, n) + clearing


def _chain(test: cst.BaseExpression) -> tuple[cst.BaseExpression, ...]:
    both = isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And)
    return operands(test) if isinstance(test, cst.BooleanOperation) and both else (test,)


def _guard(target: cst.If, at: Context) -> Iterator[Change]:
    alone = [each for each in removal.companions(at, target) if at.block(each)]
    gone = (*alone, target)
    clearing = removal.clearing(at, *gone)
    if (
        clearing is not None
        and removal.can_go(at, target)
        and all(removal.can_go(at, each) for each in alone)
    ):
        yield remove(target, *alone) + clearing


def _compares(test: cst.BaseExpression) -> bool:
    """Whether two times or versions are put in order."""
    match test:
        case cst.Comparison(
            left=left,
            comparisons=[cst.ComparisonTarget(operator=how, comparator=right)],
        ):
            sides = left, right
            if not isinstance(how, EARLIER_LATER):
                return False
            plain = all(isinstance(each, cst.Name | cst.Attribute) for each in sides)
            return plain and all(not ORDERS.isdisjoint(words(last_name(each))) for each in sides)
    return False


def _leaves_quietly(body: cst.CSTNode) -> bool:
    """Whether a guard lets an update be, and does not complain of it."""
    last = body.body[-1] if isinstance(body, cst.IndentedBlock | cst.SimpleStatementSuite) else body
    last = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    return isinstance(last, STOPS)


def _stores(statement: cst.CSTNode, at: Context) -> bool:
    """Whether something outlives the function that is set there."""
    written = (each.target for each in at.within(statement, cst.AssignTarget))
    return any(isinstance(each, cst.Attribute | cst.Subscript) for each in written)
