"""Keep or hand out the very object where a copy of it was made: `list(self._rows)` becomes `self._rows`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, is_annotated, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

COPIERS = {
    "list": ("list", "List", "MutableSequence"), "dict": ("dict", "Dict", "MutableMapping", "defaultdict", "OrderedDict"),
    "set": ("set", "Set", "MutableSet"), "tuple": ("list", "List"), "bytearray": ("bytearray",), "deque": ("deque",),
    "frozenset": ("set", "Set"), "bytes": ("bytearray",),
}  # fmt: skip
"""What makes a copy, and the types for which that is all it does."""
FREEZING = frozenset({"tuple", "frozenset", "bytes"})
"""Those of them whose copy is of another type than the original."""
CHANGES = frozenset(
    """
    append extend insert remove pop clear sort reverse update setdefault popitem add discard appendleft popleft
    difference_update intersection_update symmetric_difference_update rotate move_to_end
    """.split()
)
"""Methods that change what they are called on."""
KEEPERS = frozenset(
    "append add insert put put_nowait appendleft setdefault push save store record".split()
)
"""Methods that keep what they are given."""


@operator(
    family="dataflow",
    change="call",
    story="The copy was taken for a leftover: nothing seemed to be changed afterwards, and the tests of the day agreed.",
    symptom="Something changes that nobody touched: two places share one object.",
    hint="When a value changes by itself, find out who else holds the same object.",
    evidence=[
        "tinydb: path = self._path[:] was added by a fix; printing a query altered it",
        "missing conversion, wrapper or method call: 11.9 % of labelled single-statement fixes in Python",
    ],
    examples=[
        Example(
            "class Book:\n    def rows(self):\n        return list(self._rows)  # é\n",
            "class Book:\n    def rows(self):\n        return self._rows  # é\n",
        ),
        Example(
            "def f(path):\n    path = [*path]\n    new = path[:]\n    new.append(1)\n    return path, new\n",
            "def f(path):\n    path = [*path]\n    new = path\n    new.append(1)\n    return path, new\n",
        ),
        Example(
            "def walk(path, found):\n    if path:\n        found.append(\n            path.copy()\n        )\n    path.pop()\n",
            "def walk(path, found):\n    if path:\n        found.append(\n            path\n        )\n    path.pop()\n",
        ),
        Example(
            "class Book:\n    def __init__(self, rows: list[int]):\n        self._rows = list(rows)\n",
            "class Book:\n    def __init__(self, rows: list[int]):\n        self._rows = rows\n",
        ),
        Example(
            "import copy\n\n\ndef put(self, row):\n    self.rows[row.id] = copy.deepcopy(row)\n\n\ndef get(x):\n    return copy.copy(x)\n",
            "import copy\n\n\ndef put(self, row):\n    self.rows[row.id] = copy.copy(row)\n\n\ndef get(x):\n    return copy.copy(x)\n",
        ),
        Example(
            "def f(base, **more):\n    merged = { **base }\n    merged.update(more)\n    return merged\n",
            "def f(base, **more):\n    merged = base\n    merged.update(more)\n    return merged\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    new = list(rows)\n    return len(new)\n",
        "def f(text: str):\n    letters = list(text)\n    letters.reverse()\n    return letters\n",
        "def f(rows):\n    return list(row.id for row in rows)\n",
        "def f(self):\n    for key in list(self.rows):\n        self.rows.pop(key)\n",
        "def f(rows):\n    new = rows[1:]\n    new.append(1)\n    return new\n",
        "def f(rows):\n    rows.append(1)\n    return Book(tuple(rows))\n",
        "def f():\n    # work on a copy\n    new = rows[:]\n    new.append(1)\n",
        "def f(rows: Iterable[int]):\n    self.rows = list(rows)\n",
        "class Book:\n    def rows(self) -> tuple[int, ...]:\n        return tuple(self._rows)\n",
    ],
)
def alias_not_copy(
    target: cst.Call | cst.Subscript | cst.List | cst.Dict, at: Context
) -> Iterator[Change]:
    """Yield the object itself where a copy stands, if one of the two is changed or kept."""
    original = _original(target, at)
    if original is None or _is_explained(at) or not _matters(original, at):
        return
    deep = isinstance(target, cst.Call) and at.text(target.func) == "copy.deepcopy"
    if deep and isinstance(target, cst.Call):
        yield replace(target.func, "copy.copy")
    change = removal.unwrapped(at, target, original)
    if change is not None:
        yield change


def _original(target: cst.BaseExpression, at: Context) -> cst.BaseExpression | None:
    """What is copied; None where something else happens, or where it is no list, dict or set."""
    found: cst.BaseExpression | None = None
    kinds: tuple[str, ...] = ()
    match target:
        case cst.Call(
            func=cst.Name(value=name), args=[cst.Arg(value=found, keyword=None, star="")]
        ):
            typed = at.function is not None and is_annotated(at.function)
            kinds = () if typed and name in FREEZING else COPIERS.get(name, ())
            known = name in {"copy", "deepcopy"}
        case cst.Call(func=cst.Attribute(attr=cst.Name("copy"), value=found), args=[]):
            known = at.text(found) != "copy"
        case cst.Call(args=[cst.Arg(value=found)]):
            known = at.text(target.func) in {"copy.copy", "copy.deepcopy"}
        case _:
            found, known = _spread(target), True
    if not isinstance(found, cst.Name | cst.Attribute | cst.Subscript):
        return None
    kind = (at.type_of(found) or "").partition("[")[0].rpartition(".")[2]
    return found if known or (kinds and kind in {"", *kinds}) else None


def _spread(target: cst.BaseExpression) -> cst.BaseExpression | None:
    """`x[:]`, `[*x]`, `{**x}` → x."""
    match target:
        case cst.Subscript(
            value=found,
            slice=[cst.SubscriptElement(slice=cst.Slice(lower=None, upper=None, step=None))],
        ):
            return found
        case cst.List(elements=[cst.StarredElement(value=found)]):
            return found
        case cst.Dict(elements=[cst.StarredDictElement(value=found)]):
            return found
    return None


def _matters(original: cst.BaseExpression, at: Context) -> bool:
    """Whether the copy or the original is changed later, or outlives the function together with the other."""
    parent = at.parent()
    inner = isinstance(original, cst.Attribute | cst.Subscript)
    if isinstance(parent, cst.Return):
        return inner
    if isinstance(parent, cst.Arg):
        call = at.parent(parent)
        keeps = isinstance(call, cst.Call) and (
            last_name(call.func) in KEEPERS or last_name(call.func)[:1].isupper()
        )
        return keeps and (inner or _is_changed(at.text(original), at))
    places = assigned(parent) if parent is not None else ()
    if len(places) != 1 or isinstance(parent, cst.AugAssign):
        return False
    if isinstance(places[0], cst.Attribute | cst.Subscript):
        return True
    return _is_changed(at.text(places[0]), at) or _is_changed(at.text(original), at)


def _is_changed(text: str, at: Context) -> bool:
    """Whether the function changes what has that name after the copy was made, or in the next round of its loop."""
    loop = at.around(cst.For, cst.While)
    first = at.source.span(loop or at.node)[0]
    last = at.source.span(at.function)[1] if at.function is not None else 0
    kinds: tuple[type[cst.CSTNode], ...] = (cst.Call, cst.AssignTarget, cst.AugAssign, cst.Del)
    return any(
        first <= at.source.span(node)[0] < last and text in _changed_by(node, at)
        for kind in kinds
        for node in at.source.nodes(kind)
    )


def _is_explained(at: Context) -> bool:
    """Whether a comment above says that a copy is made."""
    lines = getattr(at.statement(), "leading_lines", ())
    return any(line.comment is not None and "cop" in line.comment.value for line in lines)


def _changed_by(node: cst.CSTNode, at: Context) -> tuple[str, ...]:
    match node:
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=name))):
            return (at.text(value),) if name in CHANGES else ()
        case cst.AugAssign(target=cst.Name() as value):
            return (at.text(value),)
        case (
            cst.AssignTarget(target=cst.Subscript(value=value))
            | cst.AugAssign(target=cst.Subscript(value=value))
            | cst.Del(target=cst.Subscript(value=value))
        ):
            return (at.text(value),)
    return ()
