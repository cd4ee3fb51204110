"""Take everything where some were to be left out: a comprehension loses its `if`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import cut, one_line, replace
from generator.changes.layout import has_room
from generator.operators import Example, operator, removal
from generator.operators.conditions import settles
from generator.operators.nodes import is_annotated, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

MADE: dict[type[cst.BaseComp], str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.DictComp: "dict",
    cst.GeneratorExp: "",
}
"""What makes a copy of a collection; nobody writes a generator that only hands on what it gets."""
CHOOSING = frozenset({"next", "any", "all"})
"""Where the condition is what is asked: nobody forgets it."""


@operator(
    family="iteration",
    change="condition",
    story="All that was in the collection then was wanted. What should be left out came into it later.",
    symptom="Something turns up that should have been left out, or one item for which the rest is not made ends everything.",
    hint="Ask of each collection that is built from another one what must not get into it.",
    evidence=[
        "peewee: a column of an index that is an expression is left out, since a fix added an `if` to the comprehension",
        "marshmallow: of the declared fields only those that are wanted are returned, since a fix",
    ],
    examples=[
        Example(
            "def names(index, columns):\n    return [columns[name].text\n            for name in index\n            if name in columns]  # größe\n",
            "def names(index, columns):\n    return [columns[name].text\n            for name in index]  # größe\n",
        ),
        Example(
            "def moves(rows, side):\n    return (\n        row.signed(side)\n        for row in rows\n        if row.open\n    )\n",
            "def moves(rows, side):\n    return (row.signed(side) for row in rows)\n",
        ),
        Example(
            "def total(rows):\n    return sum( row.n for row in rows  if not row.void )\n",
            "def total(rows):\n    return sum( row.n for row in rows )\n",
        ),
        Example(
            "def wanted(rows):\n\tkept = [row for row in rows if row.open]\n\treturn kept\n",
            "def wanted(rows):\n\tkept = list(rows)\n\treturn kept\n",
        ),
        Example(
            "def letters(text):\n    return ''.join(c for c in text if c != '-')\n",
            "def letters(text):\n    return ''.join(text)\n",
        ),
        Example(
            "def fields(self, names):\n    self.names = names\n    return {k: v for k, v in self.all.items() if k in names}\n",
            "def fields(self, names):\n    self.names = names\n    return self.all\n",
        ),
        Example(
            "def fields(self, names):\n    return {k: v for k, v in self.all.items() if k in names}, names\n",
            "def fields(self, names):\n    return dict(self.all), names\n",
        ),
        Example(
            "def pairs(a, b):\n    return {\n        (x, y)\n        for x in a\n        if x.open\n        for y in b\n        # never itself\n        if y is not x\n    }\n",
            "def pairs(a, b):\n    return {(x, y) for x in a if x.open for y in b}\n",
        ),
    ],
    untouched=[
        "def f(a):\n    return [x.n for x in a]\n",
        "def f(a):\n    return next((x for x in a if x.n), None)\n",
        "def f(a, b):\n    return [x for x in a if x in b]\n",
        "def f(a):\n    return sum(1 for x in a if x.n)\n",
        "def f(a: list[str | None]) -> list[str]:\n    return [x.strip() for x in a if x is not None]\n",
        "def f(a):\n    return all(x.n for x in a if x)\n",
        "def f(rows, after):\n    if after is None:\n        return rows\n    return [row for row in rows if row.day > after]\n",
    ],
)
def drop_filter(target: cst.CompFor, at: Context) -> Iterator[Change]:
    """Yield the comprehension without each of its conditions."""
    whole = at.around(cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
    if whole is None or not target.ifs or at.function is None:
        return
    if _is_asked(whole, at) or _is_answered_before(target.iter, at):
        return
    for gone in target.ifs:
        clearing = removal.clearing(at, gone)
        if clearing is None or settles(at, gone.test, whole) or _binds(gone, at):
            continue
        copies = _copies(whole, target, at) if len(target.ifs) == 1 else ()
        for text in copies:
            yield (
                replace(whole, text, parentheses=not isinstance(whole, cst.GeneratorExp)) + clearing
            )
        if not copies:
            first = gone is target.ifs[0]
            before = target.iter if first else target.ifs[target.ifs.index(gone) - 1]
            joined = _on_one_line(whole, before, gone, at)
            shorter = cut(before, gone, after=True) if joined is None else joined
            yield shorter + clearing


def _on_one_line(
    whole: cst.BaseComp, before: cst.CSTNode, gone: cst.CSTNode, at: Context
) -> Change | None:
    """A comprehension that a formatter had spread over lines, where what is left of it fits on one."""
    source = at.source
    start, end = source.outer(whole)
    first, last = source.outer(before)[1], source.outer(gone)[1]
    text = one_line((source.data[start:first] + source.data[last:end]).decode())
    opened = source.data[start + 1 : end].lstrip(b" \t").startswith((b"\n", b"\r"))
    if not opened or text is None or not has_room(source, start, end, text):
        return None
    return replace(whole, text, parentheses=True)


def _is_asked(whole: cst.BaseComp, at: Context) -> bool:
    """Whether a condition is what the comprehension is for: `next(x for x in rows if x.open)`."""
    arg = at.parent(whole)
    call = at.parent(arg) if arg is not None else None
    return isinstance(call, cst.Call) and last_name(call.func) in CHOOSING


def _is_answered_before(every: cst.BaseExpression, at: Context) -> bool:
    """Whether the function gives everything where nothing is asked for: `if after is None: return rows`. The question would then
    decide nothing."""
    given = (each.value for each in at.within(at.function or every, cst.Return) if each.value)
    return at.text(every) in {at.text(value) for value in given}


def _binds(gone: cst.CompIf, at: Context) -> bool:
    return next(at.within(gone, cst.NamedExpr), None) is not None


def _copies(whole: cst.BaseComp, loop: cst.CompFor, at: Context) -> tuple[str, ...]:
    """What a person writes for all that there is: `list(rows)` or just `rows`, and not `[row for row in rows]`."""
    if not isinstance(whole, cst.BaseSimpleComp | cst.DictComp) or whole.for_in is not loop:
        return ()
    if loop.inner_for_in is not None or loop.asynchronous is not None:
        return ()
    pair = isinstance(whole, cst.DictComp)
    parts = (whole.key, whole.value) if isinstance(whole, cst.DictComp) else (whole.elt,)
    each = ", ".join(at.text(part) for part in parts)
    if each.strip("()") != at.text(loop.target).strip("()"):
        return ()
    items, made = at.text(loop.iter).removesuffix(".items()" if pair else ""), MADE[type(whole)]
    plain = isinstance(at.parent(whole), cst.Return) and not isinstance(whole, cst.SetComp)
    checked = at.function is not None and is_annotated(at.function)
    itself = (items,) if not made or (plain and not checked) else ()
    return (*itself, *([f"{made}({items})"] if made else ()))
