"""Leave one out: an element of a tuple, list, set or dict, a base class, a target of `a = b = None`."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import cut, drop_item
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

FEWEST: dict[type[cst.CSTNode], int] = {cst.Tuple: 2, cst.List: 1, cst.Set: 1, cst.Dict: 1}
"""How many have to be left."""
TABLES = ("dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "OrderedDict")
"""Beginnings of types of tables that may have any keys."""
KINDS = frozenset(
    "Enum IntEnum StrEnum Flag IntFlag NamedTuple TypedDict Generic object type Exception BaseException".split()
)
"""Bases that make a class what it is: it doesn't work without them, or they say nothing."""


KEEPERS = frozenset("append appendleft add put push insert heappush remove discard index".split())
"""Methods of collections whose rows all have the same shape."""


@operator(
    family="dataflow",
    change="element",
    story="The list was put together when there was one fewer of them; the newcomer was added in other places, and not here.",
    symptom="One thing of several is treated as if it did not exist.",
    hint="Compare each list in the code with the others that speak of the same things.",
    evidence=[
        "element missing from a collection: 3.6 % of labelled single-statement fixes in Python",
        "celery: the app was missing among the arguments for pickling; agate: the blank among the delimiters",
        "redis-py: a pipeline class without its last base class",
    ],
    examples=[
        Example(
            "def state(self):\n    return self.id, self.app, self.parent\n",
            "def state(self):\n    return self.id, self.parent\n",
        ),
        Example("DELIMITERS = [',', '\\t', ' ', 'é']\n", "DELIMITERS = [',', '\\t', 'é']\n"),
        Example(
            "send({\n    'to': payee,\n    # as agreed\n    'amount': amount,  # gross\n    'note': note,\n})\n",
            "send({\n    'to': payee,\n    'note': note,\n})\n",
        ),
        Example(
            "class Pipeline(AsyncCommands, Base, ):\n    x = 1\n",
            "class Pipeline(Base, ):\n    x = 1\n",
        ),
        Example(
            "def f():\n    first = last = found = None\n    first = g()\n    last, found = h()\n    return first, last, found\n",
            "def f():\n    first = last = None\n    first = g()\n    last, found = h()\n    return first, last, found\n",
        ),
        Example(
            "for kind in ( 'paid','held','void' ):\n    go(kind)\n",
            "for kind in ( 'paid','void' ):\n    go(kind)\n",
        ),
    ],
    untouched=[
        "a, b, c = x, y, z\n",
        "text = '%s %s %s' % (a, b, c)\n",
        "def f(a, b, c):\n    return a, b, c\n",
        "def f():\n    return x.a, x.b, x.c\n\n\na, b, c = f()\n",
        "ROWS = [(1, 'a', x), (2, 'b', y)][0]\n",
        "def f() -> tuple[int, int, str]:\n    return x.a, x.b, x.c\n",
        "class Kind(str, Enum):\n    A = 'a'\n",
        "first = last = None\n",
        "def f():\n    sent = held = 0\n    sent += 1\n    held += 1\n    return sent, held\n",
        "use([only])\n",
        "group.append((tag, start, end))\n",
        "PRIMES = [2, 3, 5, 7]\n",
    ],
    general=True,
)
def drop_element(
    target: cst.Tuple | cst.List | cst.Set | cst.Dict | cst.ClassDef | cst.Assign, at: Context
) -> Iterator[Change]:
    """Yield one change for each that could be missing."""
    match target:
        case cst.Assign(targets=[_, _, *_]):
            yield from _targets(target, at)
        case cst.ClassDef(bases=[_, _, *_] as bases):
            items = (*bases, *target.keywords)
            if KINDS.isdisjoint(last_name(each.value) for each in bases):
                yield from _one_less(bases, items, at)
        case cst.Tuple() | cst.List() | cst.Set() | cst.Dict():
            elements = target.elements
            if len(elements) > FEWEST[type(target)] and _may_be_any_length(target, at):
                yield from _one_less(elements, elements, at)


def _one_less(
    some: Sequence[cst.CSTNode], items: Sequence[cst.CSTNode], at: Context
) -> Iterator[Change]:
    for gone in some:
        clearing = removal.clearing(at, gone)
        if clearing is not None:
            yield drop_item(gone, items) + clearing


def _targets(target: cst.Assign, at: Context) -> Iterator[Change]:
    """`a = b = None` → `a = None`, where `b` is given a value elsewhere too."""
    following = [*(each.target for each in target.targets[1:]), target.value]
    for each, after in zip(target.targets, following, strict=True):
        if _is_written_elsewhere(each.target, at):
            yield cut(each.target, after, upto=True)


def _is_written_elsewhere(node: cst.BaseExpression, at: Context) -> bool:
    match node:
        case cst.Name(value=name):
            scope = at.source.scope(node).owner(name)
            bindings = scope.bindings[name] if scope is not None and at.function else ()
            others = [each for each in bindings if each.node is not node]
            return any(not isinstance(each.owner, cst.AugAssign) for each in others)
        case cst.Attribute(value=cst.Name("self")) if at.klass is not None:
            text = at.text(node)
            places = at.within(at.klass, cst.AssignTarget)
            return any(each.target is not node and at.text(each.target) == text for each in places)
    return False


def _may_be_any_length(target: cst.Tuple | cst.List | cst.Set | cst.Dict, at: Context) -> bool:
    """Whether nothing around a literal tells how many there have to be."""
    parent = at.parent()
    free = not isinstance(target, cst.Tuple)
    if not isinstance(target, cst.Dict) and _are_figures(target):
        return False
    match parent:
        case cst.Return():
            free = _is_returned_freely(target, at)
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name() | cst.Attribute() as name)]):
            free = free or last_name(name).isupper()
        case cst.Arg(star=""):
            call = at.parent(parent)
            free = free or (isinstance(call, cst.Call) and last_name(call.func) not in KEEPERS)
        case cst.For(iter=some) | cst.CompFor(iter=some):
            free = some is target and isinstance(parent.target, cst.Name)
        case cst.DictElement() | cst.BinaryOperation(operator=cst.Add()) | cst.Param():
            pass
        case _:
            free = False
    return free


def _are_figures(target: cst.Tuple | cst.List | cst.Set) -> bool:
    """Whether a literal holds nothing but numbers, or further literals that are alike: nobody forgets one of a column."""
    kinds = {type(each.value) for each in target.elements}
    return kinds <= {cst.Integer, cst.Float} or kinds == {cst.Tuple}


def _is_returned_freely(target: cst.BaseExpression, at: Context) -> bool:
    """Whether neither the function, nor its type, nor a caller says how many it returns."""
    function = at.function
    if function is None:
        return False
    told = function.returns is not None
    if isinstance(target, cst.Dict):
        kind = at.text(function.returns.annotation) if function.returns else ""
        return not told or kind.rpartition(".")[2].startswith(TABLES)
    if not isinstance(target, cst.Tuple):
        return True
    tuples = [each for each in at.within(function, cst.Return) if isinstance(each.value, cst.Tuple)]
    return not told and len(tuples) == 1 and function.name.value not in _taken_apart(at.source)


@functools.lru_cache(maxsize=4)
def _taken_apart(source: Source) -> frozenset[str]:
    """The functions whose results the module assigns to several names, or takes one of."""
    found: set[str] = set()
    for node in (*source.nodes(cst.Assign), *source.nodes(cst.Subscript)):
        match node:
            case cst.Assign(
                targets=[cst.AssignTarget(target=cst.Tuple() | cst.List())],
                value=cst.Call() as call,
            ):
                found.add(last_name(call))
            case cst.Subscript(value=cst.Call() as call):
                found.add(last_name(call))
    return frozenset(found)
