"""Write over what a key already holds: `d[k] = [v]` for `d.setdefault(k, []).append(v)`, `=` for `+=`, a fresh `{}` for what is
there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace, rewrite
from generator.operators import Example, operator, removal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ONE = {"append": "[{}]", "add": "{{{}}}", "extend": "list({})", "update": "dict({})"}
"""What a container with one thing in it looks like, by how the thing would be put in."""
FITTING = {"append": "[]", "add": "set()"}
EMPTY = frozenset({"{}", "[]", "set()", "dict()", "list()", "0", "()"})


@operator(
    family="dataflow",
    change="expression",
    story="Every key was thought to come up once, so that there was nothing yet to add to.",
    symptom="Of several things that belong together, only the last one is kept.",
    hint="Give the code two rows with the same key.",
    evidence=[
        "marshmallow: errors = {} for an index that already had errors, where self.errors.get(index, {}) was right",
        "written from experience: no study at hand counts entries that are written over",
    ],
    examples=[
        Example(
            "def group(rows):\n    found = {}\n    for row in rows:\n        found.setdefault(row.day, []).append(row)  # é\n    return found\n",
            "def group(rows):\n    found = {}\n    for row in rows:\n        found[row.day] = [row]  # é\n    return found\n",
        ),
        Example(
            "def total(rows):\n    sums = defaultdict(int)\n    for row in rows:\n        # cents\n        sums[row.day]  +=  row.amount\n    return sums\n",
            "def total(rows):\n    sums = defaultdict(int)\n    for row in rows:\n        # cents\n        sums[row.day]  =  row.amount\n    return sums\n",
        ),
        Example(
            "def note(self, index, text):\n    errors = self.errors.get(index, {})\n    errors[text] = 1\n    self.errors[index] = errors\n",
            "def note(self, index, text):\n    errors = {}\n    errors[text] = 1\n    self.errors[index] = errors\n",
        ),
        Example(
            "def total(rows, sums):\n    for row in rows:\n        sums[row.day] = sums.get(row.day, 0) + row.amount\n",
            "def total(rows, sums):\n    for row in rows:\n        sums[row.day] = row.amount\n",
        ),
        Example(
            "def group(rows, found):\n    for row in rows:\n        found.setdefault(\n            row.day, set()\n        ).add(row.id)\n",
            "def group(rows, found):\n    for row in rows:\n        found[row.day] = {row.id}\n",
        ),
    ],
    untouched=[
        "def f(d, k):\n    d.setdefault(k, make()).append(1)\n",
        "def f(d, k):\n    d.setdefault('k', []).append(1)\n",
        "def f(d, k):\n    d[0] += 1\n",
        "def f(d, k):\n    found = d.get(k, {})\n    return found\n",
        "def f(d, rows):\n    for row in rows:\n        d[row] += 1\n",
        "def f(d, k):\n    n = d.setdefault(k, []).append(1)\n    return n\n",
        "def f(d, k, v):\n    if k in d:\n        d[k] += v\n    else:\n        d[k] = v\n",
        "def f(d, k, v):\n    d[k] = d.get(v, 0) + 1\n",
    ],
)
def dict_overwrite(
    target: cst.Expr | cst.AugAssign | cst.Assign | cst.AnnAssign, at: Context
) -> Iterator[Change]:
    """Yield the statement that keeps nothing of what is there."""
    match target:
        case cst.Expr(value=cst.Call() as call):
            yield from _put(target, call, at)
        case cst.AugAssign(
            target=cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]),
            operator=cst.AddAssign() | cst.BitOrAssign() as operator,
            value=value,
        ):
            if (
                _varies(key)
                and not isinstance(value, cst.BaseNumber)
                and not _is_known_to_be_new_elsewhere(target, at)
            ):
                yield replace(operator, _without_its_sign(at.text(operator)))
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript() as place)], value=value):
            yield from _sum(place, value, at)
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            yield from _anew(target, name, value, at)


def _without_its_sign(text: str) -> str:
    return text.replace("+=", "=").replace("|=", "=")


def _is_known_to_be_new_elsewhere(target: cst.AugAssign, at: Context) -> bool:
    """Whether the other branch, for a key that is new, says what this one would say."""
    around = at.around(cst.If)
    orelse = around.orelse if around is not None else None
    becomes = f"{at.text(target.target)} = {at.text(target.value)}"
    return orelse is not None and becomes in at.text(orelse)


def _put(target: cst.Expr, call: cst.Call, at: Context) -> Iterator[Change]:
    """`d.setdefault(k, []).append(v)`"""
    match call:
        case cst.Call(
            func=cst.Attribute(
                value=cst.Call(
                    func=cst.Attribute(value=whole, attr=cst.Name("setdefault")),
                    args=[cst.Arg(value=key, star=""), cst.Arg(value=empty)],
                ),
                attr=cst.Name(value=how),
            ),
            args=[cst.Arg(value=value, keyword=None, star="")],
        ) if FITTING.get(how) == at.text(empty) and _varies(key):
            new = ONE[how].format(at.text(value))
            yield rewrite(target, f"{at.text(whole)}[{at.text(key)}] = {new}")


def _sum(place: cst.Subscript, value: cst.BaseExpression, at: Context) -> Iterator[Change]:
    """`d[k] = d.get(k, 0) + v`"""
    match value:
        case cst.BinaryOperation(
            left=cst.Call(
                func=cst.Attribute(value=whole, attr=cst.Name("get")),
                args=[cst.Arg(value=key), cst.Arg()],
            ),
            operator=cst.Add() | cst.BitOr(),
            right=added,
        ):
            same = f"{at.text(whole)}[{at.text(key)}]" == at.text(place)
            if same and _varies(key) and not isinstance(added, cst.BaseNumber):
                change = removal.unwrapped(at, value, added)
                if change is not None:
                    yield change


def _anew(
    target: cst.Assign, name: str, value: cst.BaseExpression, at: Context
) -> Iterator[Change]:
    """`errors = self.errors.get(i, {})`, where it is put back afterwards."""
    match value:
        case cst.Call(
            func=cst.Attribute(value=whole, attr=cst.Name("get" | "setdefault")),
            args=[cst.Arg(value=key), cst.Arg(value=empty)],
        ) if at.text(empty) in EMPTY:
            back = f"{at.text(whole)}[{at.text(key)}]"
            for each in at.after(at.statement(target)):
                for one in at.within(each, cst.Assign):
                    if [at.text(t.target) for t in one.targets] == [back] and name in at.names(one):
                        clearing = removal.clearing(at, value)
                        if clearing is not None:
                            yield rewrite(value, at.text(empty)) + clearing
                        return


def _varies(key: cst.BaseExpression) -> bool:
    """Whether a key can be another one each time."""
    return not isinstance(key, cst.BaseString | cst.BaseNumber | cst.UnaryOperation)
