"""Let a function act as though one of its options were never given, and take the option out of its signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import (
    Change,
    carried,
    drop_item,
    drop_operand,
    operands,
    remove,
    rewrite,
    unwrap,
)
from generator.operators import Example, operator, removal
from generator.operators.callers import (
    argument,
    given,
    is_option,
    leaving,
    parameters,
    uses,
)
from generator.operators.repetition import would_repeat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

CONSTANTS = {"None": None, "False": False, "True": True}
"""Defaults that switch an option off, or on."""

SIMPLE = cst.Name | cst.BaseNumber | cst.BaseString | cst.BaseList | cst.BaseDict
"""What nobody gives another name."""


@dataclass(frozen=True, slots=True)
class _Settled:
    """What becomes of one place once an option has its default: the change, what goes, and what stays of that."""

    change: Change
    gone: cst.CSTNode
    kept: tuple[cst.CSTNode, ...] = ()


@operator(
    family="contract",
    change="structure",
    story="Two versions of the function were merged, and the one from before the option won; the callers further out still offer it.",
    symptom="An option is accepted and has no effect.",
    hint="Give the option and leave it out, and see where the two ways through the code part. If they never do, that is it.",
    evidence=[
        "57 % of 499 fixes in BugsInPy change more than one place, 13 % more than one source file",
        "celery: a detached worker did not get the host name that its command was given",
        "celery: a control command had an option, and the function behind it took none",
    ],
    examples=[
        Example(
            "from books import Books\n\n\nclass Api:\n    def __init__(self, books: Books):\n        self.books = books\n\n    def rename(self, id, name, *, version=None):\n        return self.books.change(\n            id, name, expected=version\n        )\n",
            "from books import Books\n\n\nclass Api:\n    def __init__(self, books: Books):\n        self.books = books\n\n    def rename(self, id, name, *, version=None):\n        return self.books.change(id, name)\n",
            path="api.py",
            others=(
                (
                    "books.py",
                    "from errors import Conflict, Missing\n\n\nclass Books:\n    def change(self, id, name, *, expected=None):\n        account = self.find(id)\n        # somebody else was here\n        if expected is not None and account.version != expected:\n            raise Conflict(id)\n        account.name = name\n        return account\n\n    def find(self, id):\n        raise Missing(id)\n",
                    "from errors import Missing\n\n\nclass Books:\n    def change(self, id, name):\n        account = self.find(id)\n        account.name = name\n        return account\n\n    def find(self, id):\n        raise Missing(id)\n",
                ),
            ),
        ),
        Example(
            "def _rows(accounts, empty):\n    return [a for a in accounts if a.balance or empty]  # é\n\n\ndef trial(accounts, *, empty=False):\n    return _rows(accounts, empty)\n",
            "def _rows(accounts):\n    return [a for a in accounts if a.balance]  # é\n\n\ndef trial(accounts, *, empty=False):\n    return _rows(accounts)\n",
        ),
        Example(
            "def due(holds, limit: int | None):\n\tover = [h for h in holds if h.over]\n\treturn over if limit is None else over[:limit]\n\n\ndef expire(holds, limit: int | None = None):\n\treturn len(due(holds, limit))\n",
            "def due(holds):\n\tover = [h for h in holds if h.over]\n\treturn over\n\n\ndef expire(holds, limit: int | None = None):\n\treturn len(due(holds))\n",
        ),
        Example(
            "def report(rows, tenant=None):\n    total = 0\n    for row in rows:\n        if tenant is not None and row.tenant != tenant:\n            continue\n        total += row.count\n    return total\n\n\ndef busiest(rows, *, tenant=None):\n    return report(rows, tenant=tenant)\n",
            "def report(rows):\n    total = 0\n    for row in rows:\n        total += row.count\n    return total\n\n\ndef busiest(rows, *, tenant=None):\n    return report(rows)\n",
        ),
        Example(
            "def _write(rows, strict):\n    if strict:\n        check(rows)\n    else:\n        warn(rows)\n    save(rows)\n\n\ndef write(rows, strict=False):\n    _write(rows, strict)\n",
            "def _write(rows):\n    warn(rows)\n    save(rows)\n\n\ndef write(rows, strict=False):\n    _write(rows)\n",
        ),
    ],
    untouched=[
        "def _write(rows, strict=None):\n    if strict or (strict is None and rows.strict):\n        check(rows)\n    save(rows)\n\n\ndef write(rows, strict=None):\n    _write(rows, strict=strict)\n",
        "def _write(rows, strict):\n    print(strict)\n    save(rows)\n\n\ndef write(rows, strict=False):\n    _write(rows, strict)\n",
        "def _write(rows, strict):\n    if strict:\n        check(rows)\n    save(rows)\n\n\ndef write(rows, strict):\n    _write(rows, strict)\n",
        "def write(rows, strict=False):\n    if strict:\n        check(rows)\n    save(rows)\n",
        "def _write(rows, unit=None):\n    unit = unit or 1\n    save(rows, unit)\n\n\ndef write(rows, unit=None):\n    _write(rows, unit)\n",
        "def _write(rows, unit=None):\n    code = 1 if unit is None else read(unit)\n    save(rows, code)\n\n\ndef write(rows, unit=None):\n    _write(rows, unit)\n",
        "class A:\n    def _write(self, rows, strict):\n        if strict:\n            self._check(rows)\n        self.save(rows)\n\n    def _check(self, rows):\n        print(rows)\n\n    def write(self, rows, strict=False):\n        self._write(rows, strict)\n",
        "def _write(rows, unit=None):\n    code = None if unit is None else read(unit)\n    save(rows, code)\n\n\ndef write(rows, unit=None):\n    _write(rows, unit)\n",
        "def _write(rows, strict):\n    if strict:\n        check(rows)\n    save(rows)\n\n\ndef write(rows, strict=False):\n    _write(rows, strict)\n\n\nTABLE = [_write]\n",
    ],
)
def option_gone(target: cst.FunctionDef, at: Context) -> Iterator[Change]:
    """Yield the function without each option that its callers hand on from their own."""
    for param in parameters(target):
        handed_on = [
            each
            for each in given(param, target, at)
            if each.arg is not None
            and is_option(each.arg.value, at.elsewhere(each.call.source, each.arg.value))
        ]
        default = _default(param, at) if handed_on else None
        if default is None and handed_on and handed_on[0].arg is not None:
            outer = at.elsewhere(handed_on[0].call.source, handed_on[0].arg.value)
            default = _default_of(handed_on[0].arg.value, outer)
        if default in CONSTANTS:
            yield from _without(param, target, CONSTANTS[default], at)


def _default(param: cst.Param, at: Context) -> str | None:
    return at.text(param.default) if param.default is not None else None


def _default_of(node: cst.CSTNode, at: Context) -> str | None:
    """The default of the parameter that a name stands for."""
    local = at.variables(node).get(node.value) if isinstance(node, cst.Name) else None
    owner = local.binding.owner if local is not None else None
    return _default(owner, at) if isinstance(owner, cst.Param) else None


def _without(
    param: cst.Param, function: cst.FunctionDef, value: bool | None, at: Context
) -> Iterator[Change]:
    some = uses(param, function, at)
    settled = [each for use in some if (each := _settle(use, value, at)) is not None]
    if not some or not all(any(_covers(each, use, at) for each in settled) for use in some):
        return
    if all(isinstance(each.gone, cst.Arg) for each in settled):
        return  # merely handed on
    parts = [
        at.statement(each.gone) for each in settled if isinstance(each.gone, cst.BaseExpression)
    ]
    if len(set(parts)) < len(parts):
        return  # `strict or (strict is None and rows.strict)`: one answer would have to be written into the other
    rest = leaving(
        param, function, at, [e.gone for e in settled], [k for e in settled for k in e.kept]
    )
    if rest is not None:
        change = Change(())
        for each in settled:
            change += each.change
        yield change + rest


def _covers(settled: _Settled, use: cst.CSTNode, at: Context) -> bool:
    """Whether a use goes with one place."""
    start, end = at.source.outer(use)
    inside = _holds(settled.gone, start, end, at)
    return inside and not any(_holds(each, start, end, at) for each in settled.kept)


def _holds(node: cst.CSTNode, start: int, end: int, at: Context) -> bool:
    first, last = at.source.outer(node)
    return first <= start and end <= last


def _settle(node: cst.CSTNode, value: bool | None, at: Context) -> _Settled | None:
    """What a person makes of the code around an expression that always has the same value."""
    parent = at.parent(node)
    found: _Settled | None = None
    match parent:
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=how)]):
            about_none = left is node and at.text(parent).endswith(" None")
            if about_none and isinstance(how, cst.Is | cst.IsNot):
                found = _settle(parent, (value is None) is isinstance(how, cst.Is), at)
        case cst.UnaryOperation(operator=cst.Not()):
            found = _settle(parent, not value, at)
        case cst.BooleanOperation():
            found = _in_chain(node, parent, value, at)
        case cst.IfExp(test=test, body=body, orelse=orelse) if test is node:
            found = _one_arm(parent, body if value else orelse, at)
        case cst.If(test=test) if test is node:
            found = _one_branch(parent, at, taken=bool(value))
        case cst.Arg():
            found = _default_elsewhere(parent, value, at)
    return found


def _in_chain(
    node: cst.CSTNode, chain: cst.BooleanOperation, value: bool | None, at: Context
) -> _Settled | None:
    """`False and x` decides the whole, `True and x` is x."""
    decides = bool(value) is isinstance(chain.operator, cst.Or)
    if decides:
        return _settle(chain, value, at)
    whole = chain
    while isinstance(around := at.parent(whole), cst.BooleanOperation):
        same = type(around.operator) is type(chain.operator)
        if around.left is not whole or whole.lpar or not same:
            break
        whole = around
    every = operands(whole)
    n = next((n for n, each in enumerate(every) if each is node), None)
    return _Settled(drop_operand(whole, n), node) if n is not None else None


def _one_arm(whole: cst.IfExp, kept: cst.BaseExpression, at: Context) -> _Settled | None:
    given_a_name = isinstance(at.parent(whole), cst.Assign | cst.AnnAssign)
    if at.text(kept) in CONSTANTS or (given_a_name and isinstance(kept, SIMPLE)):
        return None
    text = carried(at.source, whole, kept)
    if would_repeat(at, whole, text):
        return None
    return _Settled(rewrite(whole, text), whole, (kept,))


def _one_branch(statement: cst.If, at: Context, *, taken: bool) -> _Settled | None:
    """The branch of an `if` that is always taken, in its place; nothing, where there is none."""
    if not at.block(statement) or isinstance(statement.orelse, cst.If):
        return None
    branch = statement.body if taken else getattr(statement.orelse, "body", None)
    if branch is None:
        return _Settled(remove(statement), statement) if removal.can_go(at, statement) else None
    if not isinstance(branch, cst.IndentedBlock) or (taken and at.after(statement)):
        return None
    return _Settled(unwrap(statement, branch), statement, (branch,))


def _default_elsewhere(arg: cst.Arg, value: bool | None, at: Context) -> _Settled | None:
    """An argument that can be left out because it says what the default says."""
    call = at.parent(arg)
    reached = at.facts.call_graph.callee(at.source, call) if isinstance(call, cst.Call) else None
    if reached is None or not isinstance(call, cst.Call) or arg.keyword is None:
        return None
    there = at.elsewhere(*reached)
    for param in parameters(reached[1]):
        if argument(call, param, reached[1], there) is arg and param.default is not None:
            same = CONSTANTS.get(there.text(param.default), "other") is value
            return _Settled(drop_item(arg, call.args, call), arg) if same else None
    return None
