"""Leave the old end where it was: what is used or renewed keeps its first expiry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item, remove
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ENDS = frozenset(
    "expires expiry expire expiration deadline until ttl lease valid_until touched seen last_seen last_used renewed end".split()
)
"""Words for the moment until which something holds, or from which that is counted."""
RENEWS = frozenset(
    {"touch", "expire", "expireat", "pexpire", "renew", "extend", "prolong", "keepalive"}
)
COPIES = frozenset({"replace", "_replace", "evolve", "model_copy", "copy"})
"""Callees that change the fields they are given, and keep the others."""
BEGINS = frozenset({"__init__", "__new__", "__post_init__", "create", "open", "new"})


@operator(
    family="state",
    change="structure",
    story="The value was brought up to date; that the time it holds for has to be set anew was a second step, and it is missing.",
    symptom="What was used a moment ago ends as if nobody had touched it since it was made.",
    hint="Use something shortly before its end, and look at it shortly after.",
    evidence=[
        "tenacity: a time in the statistics was not set anew when a call began",
        "written from experience: no study at hand counts expiries that stay where they were",
    ],
    examples=[
        Example(
            "def put(self, key, value, now):\n    entry = self.rows[key]\n    entry.value = value\n    entry.expires_at = now + self.ttl  # é\n    self.order.append((now, key))\n",
            "def put(self, key, value, now):\n    entry = self.rows[key]\n    entry.value = value\n    self.order.append((now, key))\n",
        ),
        Example(
            "def renew(self, lease, now):\n    log(now)\n    return replace(\n        lease,\n        count=lease.count + 1,\n        # from here\n        until=now + HOUR,\n    )\n",
            "def renew(self, lease, now):\n    log(now)\n    return replace(\n        lease,\n        count=lease.count + 1,\n    )\n",
        ),
        Example(
            "def use(self, key):\n\trow = self.db.get(key)\n\tself.db.expire( key, 60 )\n\treturn row\n",
            "def use(self, key):\n\trow = self.db.get(key)\n\treturn row\n",
        ),
        Example(
            "def put(self, key, value, now):\n    self.rows[key] = value, now\n    self.ends[key] = 1\n    self.expiry[key] = now + self.ttl\n",
            "def put(self, key, value, now):\n    self.rows[key] = value, now\n    self.ends[key] = 1\n",
        ),
    ],
    untouched=[
        "class A:\n    def __init__(self, now):\n        self.n = now\n        self.expires = now + 1\n",
        "def f(self, now):\n    self.expires = now + 1\n",
        "def f(self, row):\n    self.rows.extend(row)\n    return row\n",
        "def f(lease, now):\n    return replace(lease, until=now)\n",
        "def f(self, row, now):\n    self.row = row\n    until = now + 1\n    return until\n",
    ],
)
def expiry_not_refreshed(
    target: cst.SimpleStatementLine | cst.Call, at: Context
) -> Iterator[Change]:
    """Yield the code that does not set the end anew."""
    if at.function is None or at.function.name.value in BEGINS:
        return
    if isinstance(target, cst.Call):
        yield from _kept(target, at)
    elif _sets_an_end(target, at) and removal.can_go(at, target):
        others = [each for each in at.block(target) if each is not target]
        clearing = removal.clearing(at, target)
        if clearing is not None and any(_does_more(each, at) for each in others):
            yield remove(target) + clearing


def _kept(call: cst.Call, at: Context) -> Iterator[Change]:
    """`replace(lease, count=1, until=now)` without the last."""
    named = [each for each in call.args if each.keyword is not None]
    if last_name(call.func) not in COPIES or len(named) < 2:
        return
    for arg in named:
        if arg.keyword is not None and _is_an_end(arg.keyword.value):
            clearing = removal.clearing(at, arg)
            if clearing is not None:
                yield drop_item(arg, call.args, call) + clearing


def _is_an_end(name: str) -> bool:
    return name in ENDS or not ENDS.isdisjoint(words(name))


def _sets_an_end(line: cst.SimpleStatementLine, at: Context) -> bool:
    match line.body:
        case [cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute(attr=attr))], value=value)]:
            return _is_an_end(attr.value) and _is_new(value)
        case [
            cst.Assign(
                targets=[cst.AssignTarget(target=cst.Subscript(value=cst.Attribute(attr=attr)))],
                value=value,
            )
        ]:
            return _is_an_end(attr.value) and _is_new(value)
        case [cst.Expr(value=cst.Call(func=cst.Attribute(attr=attr), args=args))]:
            told = attr.value in RENEWS - {"extend"} or (attr.value == "extend" and len(args) > 1)
            return told and at.text(args[0].value if args else line) != ""
    return False


def _is_new(value: cst.BaseExpression) -> bool:
    """Whether a moment is worked out, and not taken away."""
    return (
        isinstance(value, cst.BinaryOperation | cst.Name | cst.Call) and last_name(value) != "None"
    )


def _does_more(statement: cst.CSTNode, at: Context) -> bool:
    """Whether a statement changes or fetches something too."""
    return next(at.within(statement, cst.Assign, cst.AugAssign, cst.Expr), None) is not None
