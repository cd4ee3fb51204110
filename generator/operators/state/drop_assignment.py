"""Don't write down a new value: an attribute, an item or a variable keeps the one that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, is_annotated, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.type_inference import Class

BUILDING = frozenset(
    "__init__ __new__ __post_init__ __setstate__ __attrs_post_init__ setUp".split()
)
"""Methods in which attributes get their first values."""
OPTIONS = frozenset({"Meta", "Config"})
"""Classes whose attributes are all optional, by convention."""
LISTED = frozenset(
    "Enum IntEnum StrEnum Flag IntFlag NamedTuple TypedDict Protocol Structure".split()
)
"""Bases of classes whose attributes are what the class is."""
EMPTY = (cst.List, cst.Dict, cst.Set)


@operator(
    family="state",
    change="structure",
    general=True,
    story="One of several things that change together was not thought of when the others were written down.",
    symptom="Something keeps an earlier value: the one from before, from the round before, or that of the parent.",
    hint="For each value that lives on, list the moments at which it has to change, and look for each of them.",
    evidence=[
        "tinydb: of two parts of a cache only one was emptied, until a fix; peewee: a cache of tables was not emptied at all",
        "tenacity: one of the statistics was not set back when a run began, until a fix",
        "QuixBugs reverse_linked_list: the previous node does not move on",
        "celery: an interval that is not given was not replaced by the usual one, until a fix",
    ],
    examples=[
        Example(
            "class Table:\n    rows = ()\n\n    def clear(self):\n        self.cache = {}\n        self.rows = []  # for größe\n",
            "class Table:\n    rows = ()\n\n    def clear(self):\n        self.cache = {}\n",
        ),
        Example(
            "def begin(self):\n    self.stats['since'] = now()\n\n    # nothing yet\n    self.stats[ 'delay' ] = 0\n\n    self.run()\n",
            "def begin(self):\n    self.stats['since'] = now()\n\n    self.run()\n",
        ),
        Example(
            "def turn(node):\n\tbefore = None\n\twhile node:\n\t\tafter = node.next\n\t\tnode.next = before\n\t\tbefore = node\n\t\tnode = after\n\treturn before\n",
            "def turn(node):\n\tbefore = None\n\twhile node:\n\t\tafter = node.next\n\t\tnode.next = before\n\t\tnode = after\n\treturn before\n",
        ),
        Example(
            "def wait(rows, interval=0.5):\n    interval = (\n        0.5 if interval is None\n        else interval\n    )\n    return [row.wait(interval) for row in rows]\n",
            "def wait(rows, interval=0.5):\n    return [row.wait(interval) for row in rows]\n",
        ),
        Example(
            "def count(rows, head):\n    n, void = head.n, 0\n    for row in rows:\n        n += 1\n        void += row.void\n    return n, void\n",
            "def count(rows, head):\n    n, void = head.n, 0\n    for row in rows:\n        void += row.void\n    return n, void\n",
        ),
        Example(
            "class Command:\n    name = 'run'\n\n\nclass Worker(Command):\n    # as in the manual\n    name = 'worker'\n    short = 'w'\n",
            "class Command:\n    name = 'run'\n\n\nclass Worker(Command):\n    short = 'w'\n",
        ),
        Example(
            "class Masked(Layer):\n    def __init__(self, size):\n        super().__init__()\n        self.size = size\n        self.masked = True\n",
            "class Masked(Layer):\n    def __init__(self, size):\n        super().__init__()\n        self.size = size\n",
        ),
    ],
    untouched=[
        "def f():\n    a = 1\n    return a\n",
        "class A:\n    def __init__(self):\n        self.a = 1\n        self.b = 2\n",
        "def f(rows):\n    made = {}\n    for row in rows:\n        key = row.key\n        made[key] = 1\n    return made\n",
        "def f(a: str) -> int:\n    a = int(a)\n    return a\n",
        "def f(node):\n    while node:\n        g(node)\n        node = node.next\n",
        "class A:\n    stage = 0\n\n    def move(self, stage):\n        if stage not in self.ways:\n            raise ValueError\n        self.stage = stage\n",
        "class A(Enum):\n    a = 1\n    b = 2\n",
        "class A:\n    a = 1\n    b = 2\n",
        "def f(a, b):\n    a = b\n    return a\n",
        "def f(rows):\n    n = void = 0\n    for row in rows:\n        n += 1\n        void += row.void\n    return n, void\n",
        "class A:\n    def go(self):\n        self.depth += 1\n        work(self)\n        self.depth -= 1\n",
        "def f(a):\n    global total\n    total = a.n\n    return a\n",
    ],
)
def drop_assignment(target: cst.Assign | cst.AugAssign, at: Context) -> Iterator[Change]:
    """Yield the removal of the assignment, with what only it needed."""
    line, written = at.parent(), assigned(target)
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1 or len(written) > 1:
        return
    in_class = at.around(cst.FunctionDef, cst.ClassDef, cst.Lambda)
    if isinstance(in_class, cst.ClassDef):
        if isinstance(target, cst.Assign) and _is_inherited_otherwise(target, in_class, at):
            clearing = removal.clearing(at, line)
            if clearing is not None and removal.can_go(at, line):
                yield remove(line) + clearing
        return
    if at.function is None or not _has_a_value(written[0], target, at):
        return
    if _is_undone_here(written[0], target, at.function, at) or _would_never_move(target, at):
        return
    change = removal.removed(at, line)
    if change is not None:
        yield change


def _is_undone_here(
    written: cst.BaseExpression,
    target: cst.Assign | cst.AugAssign,
    function: cst.FunctionDef,
    at: Context,
) -> bool:
    """Whether it is one half of a pair, `depth += 1` and `depth -= 1`: nobody sees the one and overlooks the other."""
    if not isinstance(target, cst.AugAssign):
        return False
    return any(
        at.text(each.target) == at.text(written)
        and type(each.operator) is not type(target.operator)
        for each in at.within(function, cst.AugAssign)
    )


def _would_never_move(target: cst.Assign | cst.AugAssign, at: Context) -> bool:
    """Whether a counter would be what it began with for ever."""
    if not isinstance(target, cst.AugAssign) or not isinstance(target.target, cst.Name):
        return False
    bindings = at.source.scope(target).bindings[target.target.value]
    others = [each.owner for each in bindings if each.owner is not target]
    return all(
        isinstance(each, cst.Assign) and isinstance(each.value, cst.BaseNumber) for each in others
    )


def _has_a_value(
    written: cst.BaseExpression, target: cst.Assign | cst.AugAssign, at: Context
) -> bool:
    """Whether what is written to has another value, which it would keep."""
    match written:
        case cst.Name():
            return _is_bound(written, target, at)
        case cst.Attribute(value=cst.Name("self"), attr=cst.Name(value=name)):
            return _is_set_elsewhere(name, target, at)
        case cst.Attribute():
            return not _is_new_here(written.value, at)
        case cst.Subscript():
            return not _is_new_here(written.value, at)
    return False


# -- variables --------------------------------------------------------------------------------------------------------


def _is_bound(written: cst.Name, target: cst.Assign | cst.AugAssign, at: Context) -> bool:
    """Whether a variable surely has a value of the same kind, and the loop around it ends all the same."""
    variable = at.variables(target).get(written.value)
    if (
        variable is None
        or variable.binding.owner is target
        or variable.binding.kind in {"for", "with"}
    ):
        return False
    if isinstance(variable.binding.owner, cst.Assign) and _is_right_above(
        variable.binding.owner, target, at
    ):
        return False
    loop = at.around(cst.While)
    if (
        loop is not None
        and written.value in at.names(loop.test)
        and not _moves_otherwise(written, loop, at)
    ):
        return False
    mine, others = at.type_of(target.value), variable.type
    if isinstance(target, cst.Assign) and mine and others and mine != others:
        return False
    strict = at.function is not None and is_annotated(at.function)
    return not (strict and at.facts.nullability.may_bind_none(at.source, variable.binding.owner))


def _is_right_above(owner: cst.CSTNode, target: cst.CSTNode, at: Context) -> bool:
    """Whether the value that would stay is one that only this line reads: a first step."""
    above = at.before(at.statement(target))
    return (
        bool(above)
        and above[0] is at.statement(owner)
        and isinstance(getattr(owner, "value", None), cst.Call)
    )


def _moves_otherwise(written: cst.Name, loop: cst.While, at: Context) -> bool:
    found = [
        each
        for each in at.within(loop.body, cst.Assign, cst.AugAssign)
        for one in assigned(each)
        if at.text(one) == written.value
    ]
    return len(found) > 1


# -- attributes and items ---------------------------------------------------------------------------------------------


def _is_new_here(owner: cst.BaseExpression, at: Context) -> bool:
    """Whether something made in this function would stay as it was made: nobody overlooks that."""
    if not isinstance(owner, cst.Name):
        return False
    scope = at.source.scope(owner).owner(owner.value)
    made = scope.bindings[owner.value] if scope is not None else []
    return any(
        isinstance(getattr(each.owner, "value", None), (cst.Call, *EMPTY, cst.DictComp))
        for each in made
    )


def _is_set_elsewhere(name: str, target: cst.CSTNode, at: Context) -> bool:
    """Whether an attribute of this object has a value without this line."""
    klass, function = at.klass, at.function
    if klass is None or function is None:
        return True
    if isinstance(target, cst.AugAssign):
        return True
    others = [
        at.around(cst.FunctionDef, node=each)
        for each in at.within(klass, cst.Assign, cst.AnnAssign)
        for written in assigned(each)
        if each is not target and at.text(written) in {f"self.{name}", name}
    ]
    if any(each is not function for each in others):
        return True
    if _inherits(name, klass, at):
        return True
    described = at.facts.types.describe(at.source, klass)
    fields = {each.name for each in described.fields} if described else set()
    if name in fields:
        return True
    return _has_a_strange_base(klass, at) and not _is_read_here(name, at)


def _inherits(name: str, klass: cst.ClassDef, at: Context) -> bool:
    """Whether a base that is known gives an attribute of that name."""
    return any(name in each.attributes or name in _own(each) for each in _bases(klass, at))


def _own(described: Class) -> frozenset[str]:
    """The plain attributes in the body of a class."""
    return frozenset(
        last_name(written)
        for line in described.node.body.body
        if isinstance(line, cst.SimpleStatementLine)
        for each in line.body
        for written in assigned(each)
    )


def _bases(klass: cst.ClassDef, at: Context) -> Iterator[Class]:
    for base in klass.bases:
        found = at.project.definition(at.source, at.text(base.value))
        if found is not None and isinstance(found[1], cst.ClassDef):
            described = at.facts.types.describe(found[0], found[1])
            if described is not None:
                yield described


def _has_a_strange_base(klass: cst.ClassDef, at: Context) -> bool:
    """Whether there is a base that nothing is known of."""
    names = [at.text(each.value) for each in klass.bases]
    plain = {"object", "ABC", "abc.ABC"} | LISTED
    return any(
        at.project.definition(at.source, name) is None
        and name not in plain
        and last_name(base.value) not in plain
        for name, base in zip(names, klass.bases, strict=True)
    )


def _is_read_here(name: str, at: Context) -> bool:
    return any(
        each.attr.value == name and at.is_read(each)
        for each in at.within(at.source.module, cst.Attribute)
    )


def _is_inherited_otherwise(target: cst.Assign, klass: cst.ClassDef, at: Context) -> bool:
    """Whether an attribute of a class has another value in a base, or an option its usual one."""
    written = target.targets[0].target
    if not isinstance(written, cst.Name) or written.value.startswith("__"):
        return False
    if at.source.scope(target).uses.get(written.value):
        return False
    bases = {last_name(each.value) for each in klass.bases}
    if bases & LISTED or any(each.endswith(("Enum", "Flag")) for each in bases):
        return False
    if isinstance(target.value, cst.Call) and last_name(target.value.func)[:1].isupper():
        return False
    if klass.name.value in OPTIONS or _inherits(written.value, klass, at):
        return True
    return _has_a_strange_base(klass, at) and not _is_read_here(written.value, at)
