"""Move a check below the write that it is there to prevent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import move
from generator.operators import Example, operator
from generator.operators.nodes import jumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

WRITES = frozenset(
    """
    append add save insert post update put write push extend remove discard delete pop store set commit register record
    enqueue send publish apply debit credit withdraw deposit reserve release charge transfer book hold open close cancel
    appendleft setdefault clear execute mark
    """.split()
)
MAKERS = frozenset({"__init__", "__new__", "__post_init__"})
PLACES = (cst.Attribute, cst.Subscript)
REACH = 4
"""How many statements below the check the write may lie."""


@operator(
    family="transaction",
    change="structure",
    story="The write and its check were two steps in the right order, until somebody tidied the function and put the step that matters first.",
    symptom="The request is refused, and yet something has changed.",
    hint="After a refused call, compare the whole state with the state before it.",
    evidence=[
        "written from experience: no study at hand counts checks that come after their write",
    ],
    examples=[
        Example(
            "def take(self, n):\n    if n > self.balance:\n        raise Overdrawn(n)\n    self.balance -= n\n    return n\n",
            "def take(self, n):\n    self.balance -= n\n    if n > self.balance:\n        raise Overdrawn(n)\n    return n\n",
        ),
        Example(
            "def take(self, n):\n    row = self.row(n)\n\n    # too much\n    if n > self.left:\n        raise Full  # sorry\n\n    self.rows.append(row)\n    self.left -= n\n\n    return row\n",
            "def take(self, n):\n    row = self.row(n)\n\n    self.rows.append(row)\n    self.left -= n\n    # too much\n    if n > self.left:\n        raise Full  # sorry\n\n    return row\n",
        ),
        Example(
            "def take(self, n):\n\tif n > self.left: raise Full\n\twith self.lock:\n\t\tself.left -= n\n",
            "def take(self, n):\n\twith self.lock:\n\t\tself.left -= n\n\tif n > self.left: raise Full\n",
        ),
    ],
    untouched=[
        "def told(self, n):\n    if n < self.next:\n        return\n    self.rows.append(n)\n    self.next = n\n",
        "def f(self, n):\n    if n > 1:\n        raise ValueError\n    m = n\n    return m\n",
        "def f(self, row):\n    if row is None:\n        raise KeyError\n    row.seen = True\n    return row\n",
        "def f(self, k):\n    if k not in self.rows:\n        raise KeyError\n    self.rows[k] += 1\n",
        "def __init__(self, n):\n    if n < 0:\n        raise ValueError\n    self.n = n\n",
        "def f(self, n):\n    if n > self.left:\n        raise Full\n    rows = []\n    rows.append(n)\n    return rows\n",
        "def f(self, n):\n    if n > self.left:\n        n = self.left\n    self.left -= n\n",
        "def f(self, n):\n    if n > self.left:\n        raise Full\n    n = n + 1\n    self.left -= n\n",
    ],
)
def validate_after_mutate(target: cst.If, at: Context) -> Iterator[Change]:
    """Yield the move of the check below each write that directly follows it."""
    if target.orelse is not None or not _refuses(target) or _makes_a_new_object(at):
        return
    needed = at.names(target)
    jumped: list[cst.CSTNode] = []
    for statement in at.after(target)[:REACH]:
        if not _can_be_jumped(statement) or at.bound(statement) & needed:
            return
        jumped.append(statement)
        if _would_crash(target, jumped, at):
            return
        made = frozenset().union(*map(at.bound, jumped))
        if _writes(statement, made, at):
            yield move(target, after=statement)


def _makes_a_new_object(at: Context) -> bool:
    """Whatever is written to an object that is refused while it is made, nobody ever sees."""
    return at.function is not None and at.function.name.value in MAKERS


def _refuses(target: cst.If) -> bool:
    """Whether it raises, or returns an answer. A bare `return` passes over something, and is seen to come too late."""
    if not jumps(target.body):
        return False
    last = target.body.body[-1]
    last = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
    return isinstance(last, cst.Raise) or (isinstance(last, cst.Return) and last.value is not None)


def _can_be_jumped(statement: cst.CSTNode) -> bool:
    match statement:
        case cst.SimpleStatementLine(body=body):
            return not any(
                isinstance(each, cst.Return | cst.Raise | cst.Break | cst.Continue) for each in body
            )
        case cst.If(orelse=None, body=body):
            return jumps(body)
    return isinstance(statement, cst.With) and not jumps(statement.body)


def _writes(statement: cst.CSTNode, made: frozenset[str], at: Context) -> bool:
    """Whether a statement changes something that outlives the function. What was `made` on the way does not."""
    match statement:
        case cst.SimpleStatementLine(body=body):
            return any(_outlives(target, made, at) for each in body for target in _written(each))
        case cst.With(body=cst.IndentedBlock(body=body)):
            return any(_writes(each, made, at) for each in body)
    return False


def _written(statement: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The attributes, items and receivers that a statement changes."""
    match statement:
        case cst.Assign(targets=targets):
            yield from (each.target for each in targets if isinstance(each.target, PLACES))
        case cst.AugAssign(target=target) | cst.AnnAssign(target=target) | cst.Del(target=target):
            if isinstance(target, PLACES):
                yield target
        case cst.Expr(value=cst.Call(func=cst.Attribute(attr=cst.Name(value=name)) as func)):
            if name.lstrip("_").split("_")[0] in WRITES:
                yield func


def _outlives(target: cst.CSTNode, made: frozenset[str], at: Context) -> bool:
    root = target
    while isinstance(root, cst.Attribute | cst.Subscript | cst.Call):
        root = root.func if isinstance(root, cst.Call) else root.value
    if not isinstance(root, cst.Name):
        return True
    local = at.variables(target).get(root.value)
    value = getattr(local.binding.owner, "value", None) if local else None
    fresh = isinstance(
        value, cst.List | cst.Dict | cst.Set | cst.ListComp | cst.DictComp | cst.SetComp
    )
    return (
        root.value not in made
        and not fresh
        and not root.value.endswith(("log", "logger", "metrics"))
    )


def _would_crash(target: cst.If, jumped: list[cst.CSTNode], at: Context) -> bool:
    """Whether the check protects the very access that it would come after: None, a type, a missing key."""
    protected = set(_protected(target.test, at))
    text = "\n".join(at.text(each) for each in jumped)
    return any(f"{each}." in text or f"{each}[" in text for each in protected)


def _protected(test: cst.BaseExpression, at: Context) -> Iterator[str]:
    match test:
        case cst.BooleanOperation():
            yield from _protected(test.left, at)
            yield from _protected(test.right, at)
        case cst.UnaryOperation(operator=cst.Not()):
            yield from _protected(test.expression, at)
            yield at.text(test.expression)
        case cst.Comparison(
            left=left, comparisons=[cst.ComparisonTarget(operator=sign, comparator=right)]
        ):
            if isinstance(sign, cst.Is | cst.IsNot):
                yield at.text(left)
            elif isinstance(sign, cst.In | cst.NotIn):
                yield at.text(right)
        case cst.Call(
            func=cst.Name(value="isinstance" | "hasattr"), args=[cst.Arg(value=value), *_]
        ):
            yield at.text(value)
