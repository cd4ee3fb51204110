"""Go over a collection itself while it is changed: the copy that was gone over, `list(d)`, becomes `d`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import rewrite
from generator.operators import Example, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

COPIES = frozenset({"list", "tuple", "set", "dict", "frozenset"})
CHANGES = frozenset(
    "pop popitem remove discard add append insert extend update clear setdefault popleft appendleft".split()
)


@operator(
    family="concurrency",
    change="call",
    story="The copy looked like a waste, and with nothing to take out nothing goes wrong without it.",
    symptom="As soon as something is taken out on the way, the loop fails or skips the next one.",
    hint="Look for loops whose body changes what they go over, also through a method of the same object.",
    evidence=[
        "celery: events that came in during a publish were cleared with those that had been sent",
        "written from experience: no study at hand counts loops over what they change",
    ],
    examples=[
        Example(
            "def purge(self, now):\n    for key in list(self.rows):  # é\n        if self.rows[key].end < now:\n            del self.rows[key]\n",
            "def purge(self, now):\n    for key in self.rows:  # é\n        if self.rows[key].end < now:\n            del self.rows[key]\n",
        ),
        Example(
            "def purge(rows):\n    for key, row in tuple( rows.items() ):\n        if row.old:\n            rows.pop(key, None)\n",
            "def purge(rows):\n    for key, row in rows.items():\n        if row.old:\n            rows.pop(key, None)\n",
        ),
        Example(
            "def purge(waiting):\n\tfor each in waiting[:]:\n\t\tif each.done: waiting.remove(each)\n",
            "def purge(waiting):\n\tfor each in waiting:\n\t\tif each.done: waiting.remove(each)\n",
        ),
        Example(
            "def purge(rows, ends):\n    for key in list(rows):\n        del ends[key], rows[key]\n",
            "def purge(rows, ends):\n    for key in rows:\n        del ends[key], rows[key]\n",
        ),
        Example(
            "def purge(rows):\n    for key in list(rows.keys()):\n        rows.pop(key)\n",
            "def purge(rows):\n    for key in rows:\n        rows.pop(key)\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    for key in list(rows):\n        print(key)\n",
        "def f(rows, done):\n    for key in list(rows):\n        done.append(key)\n",
        "def f(rows):\n    for key in sorted(rows):\n        rows.pop(key)\n",
        "def f(rows):\n    for key in list(reversed(rows)):\n        rows.pop(key)\n",
    ],
)
def mutate_while_iterating(target: cst.For, at: Context) -> Iterator[Change]:
    """Yield the loop over the collection itself."""
    whole = _copied(target.iter)
    if whole is None:
        return
    shown = _itself(whole)
    if _is_changed(shown, target.body, at):
        yield rewrite(target.iter, at.text(shown if _is_keys(whole) else whole))


def _copied(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """What a copy is a copy of: `list(d)`, `d.copy()`, `d[:]`."""
    match node:
        case cst.Call(
            func=cst.Name(value=name), args=[cst.Arg(value=value, star="", keyword=None)]
        ):
            return value if name in COPIES and _is_plain(_itself(value)) else None
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name("copy")), args=[]):
            return value if _is_plain(value) else None
        case cst.Subscript(
            value=value,
            slice=[cst.SubscriptElement(slice=cst.Slice(lower=None, upper=None, step=None))],
        ):
            return value if _is_plain(value) else None
    return None


def _itself(whole: cst.BaseExpression) -> cst.BaseExpression:
    """The collection that a view shows: of `d.items()` it is `d`."""
    match whole:
        case cst.Call(
            func=cst.Attribute(value=value, attr=cst.Name("items" | "keys" | "values")), args=[]
        ):
            return value
    return whole


def _is_keys(whole: cst.BaseExpression) -> bool:
    match whole:
        case cst.Call(func=cst.Attribute(attr=cst.Name("keys"))):
            return True
    return False


def _is_plain(node: cst.CSTNode) -> bool:
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _is_changed(whole: cst.BaseExpression, body: cst.CSTNode, at: Context) -> bool:
    """Whether something is put into a collection or taken out of it."""
    text = at.text(whole)
    for call in at.within(body, cst.Call):
        match call.func:
            case cst.Attribute(value=owner, attr=attr):
                if at.text(owner) == text and attr.value in CHANGES:
                    return True
    return any(at.text(each.value) == text for each in _taken_out(body, at))


def _taken_out(body: cst.CSTNode, at: Context) -> Iterator[cst.Subscript]:
    """What `del` takes out of a collection: `del a[k]`, `del a[k], b[k]`."""
    for each in at.within(body, cst.Del):
        target = each.target
        several = target.elements if isinstance(target, cst.Tuple) else [cst.Element(target)]
        yield from (one.value for one in several if isinstance(one.value, cst.Subscript))
