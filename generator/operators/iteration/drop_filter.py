"""Take everything where some were to be left out: a comprehension loses its `if`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import cut, replace
from generator.operators import Example, operator
from generator.operators.context import last_name

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
        "agate: a filter on names was added to a comprehension by a fix",
    ],
    examples=[
        Example(
            "def names(index, columns):\n    return [columns[name].text\n            for name in index\n            if name in columns]  # größe\n",
            "def names(index, columns):\n    return [columns[name].text\n            for name in index]  # größe\n",
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
            "def fields(self, names):\n    return {k: v for k, v in self.all.items() if k in names}, names\n",
            "def fields(self, names):\n    return dict(self.all), names\n",
        ),
        Example(
            "def pairs(a, b):\n    return {\n        (x, y)\n        for x in a\n        if x.open\n        for y in b\n        # never itself\n        if y is not x\n    }\n",
            "def pairs(a, b):\n    return {\n        (x, y)\n        for x in a\n        if x.open\n        for y in b\n    }\n",
        ),
    ],
    untouched=[
        "def f(a):\n    return [x.n for x in a]\n",
        "def f(a):\n    return next((x for x in a if x.n), None)\n",
        "def f(a, b):\n    return [x for x in a if x in b]\n",
        "def f(a):\n    return sum(1 for x in a if x.n)\n",
        "def f(a: list[str | None]) -> list[str]:\n    return [x.strip() for x in a if x is not None]\n",
        "def f(a):\n    return all(x.n for x in a if x)\n",
    ],
)
def drop_filter(target: cst.CompFor, at: Context) -> Iterator[Change]:
    """Yield the comprehension without each of its conditions."""
    whole = at.around(cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
    if whole is None or not target.ifs or at.function is None or _is_asked(whole, at):
        return
    for gone in target.ifs:
        clearing = at.clearing(gone)
        if clearing is None or at.settles(gone.test, whole) or _binds(gone, at):
            continue
        copied = _copied(whole, target, at) if len(target.ifs) == 1 else None
        if copied is not None:
            yield (
                replace(whole, copied, parentheses=not isinstance(whole, cst.GeneratorExp))
                + clearing
            )
        else:
            before = (
                target.ifs[target.ifs.index(gone) - 1] if gone is not target.ifs[0] else target.iter
            )
            yield cut(before, gone, after=True) + clearing


def _is_asked(whole: cst.BaseComp, at: Context) -> bool:
    """Whether a condition is what the comprehension is for: `next(x for x in rows if x.open)`."""
    arg = at.parent(whole)
    call = at.parent(arg) if arg is not None else None
    return isinstance(call, cst.Call) and last_name(call.func) in CHOOSING


def _binds(gone: cst.CompIf, at: Context) -> bool:
    return next(at.within(gone, cst.NamedExpr), None) is not None


def _copied(whole: cst.BaseComp, loop: cst.CompFor, at: Context) -> str | None:
    """What a person writes for all that there is: `list(rows)` and not `[row for row in rows]`."""
    made, plain = MADE.get(type(whole)), loop.inner_for_in is None and loop.asynchronous is None
    if not isinstance(whole, cst.BaseSimpleComp | cst.DictComp) or not plain or made is None:
        return None
    target, items = at.text(loop.target).strip("()"), at.text(loop.iter)
    if whole.for_in is not loop:
        return None
    if isinstance(whole, cst.DictComp):
        same = f"{at.text(whole.key)}, {at.text(whole.value)}" == target
        return f"dict({items.removesuffix('.items()')})" if same else None
    same = at.text(whole.elt).strip("()") == target
    return (f"{made}({items})" if made else items) if same else None
