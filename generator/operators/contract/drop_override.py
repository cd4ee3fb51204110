"""Take out a method that does something else than the same method of the base: the base's answers in its stead."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove
from generator.operators import Example, operator, removal
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

DEFAULTS = frozenset(
    "__eq__ __hash__ __bool__ __copy__ __deepcopy__ __reduce__ __reduce_ex__ __getstate__".split()
)
"""Methods that every object has, or can do without."""
NEEDED = frozenset(
    "__init__ __new__ __call__ __enter__ __exit__ __aenter__ __aexit__ __repr__ run main handle forward".split()
)
"""What a class is about: nobody forgets to write it."""
ABSTRACT = frozenset(
    """
    ABC Protocol Mapping MutableMapping Sequence MutableSequence Set MutableSet Iterator Iterable Generator Hashable Sized
    Container Collection Thread Process Enum NamedTuple TypedDict object NodeVisitor CSTVisitor CSTTransformer TestCase
    """.split()
)
"""Bases that give no answer of their own, or whose methods are there to be filled in."""
MARKED = frozenset(
    "abstractmethod overload setter getter deleter override validator fixture".split()
)
LONGEST = 15
"""Lines of a method that a person could have not thought of."""


@operator(
    family="contract",
    change="structure",
    story="What is inherited seemed to do. That this class has something more, or wants something else, came up later.",
    symptom="An object does what its kind does in general, and not what it is supposed to do itself.",
    hint="Go through the methods of the base, and ask of each whether it is right for this class as well.",
    evidence=[
        "celery: pickling of a backend with a URL of its own, and copying of a set of results, were added by fixes",
        "agate: writing numbers as numbers, and not as text, was added by a fix",
        "peewee: turning any sequence into a list before it is stored was added by a fix",
    ],
    examples=[
        Example(
            "class Type:\n    def write(self, value):\n        return str(value)\n\n\nclass Number(Type):\n    def read(self, text):\n        return int(text)\n\n    # as it is\n    def write(self, value):\n        return value  # größe\n\n    def sort(self):\n        return 1\n",
            "class Type:\n    def write(self, value):\n        return str(value)\n\n\nclass Number(Type):\n    def read(self, text):\n        return int(text)\n\n    def sort(self):\n        return 1\n",
        ),
        Example(
            "class Files(Backend):\n    def __init__(self, url):\n        self.url = url\n\n    def __reduce__(self):\n        return (Files,\n            (self.url,))\n",
            "class Files(Backend):\n    def __init__(self, url):\n        self.url = url\n",
        ),
        Example(
            "class Amount:\n\tdef __init__(self, n):\n\t\tself.n = n\n\n\tdef __bool__(self):\n\t\treturn self.n != 0\n\n\tdef text(self):\n\t\treturn str(self.n)\n",
            "class Amount:\n\tdef __init__(self, n):\n\t\tself.n = n\n\n\tdef text(self):\n\t\treturn str(self.n)\n",
        ),
        Example(
            "class Later(Retrying):\n    def __call__(self):\n        return self.go()\n\n    def __iter__(self):\n        raise TypeError('not this one')\n",
            "class Later(Retrying):\n    def __call__(self):\n        return self.go()\n",
        ),
        Example(
            "from base import Field, flat\n\n\nclass Array(Field):\n    kind = 'array'\n\n    def value(self, rows):\n        return flat(rows)\n",
            "from base import Field\n\n\nclass Array(Field):\n    kind = 'array'\n",
        ),
    ],
    untouched=[
        "class A:\n    a = 1\n\n    def f(self):\n        return 1\n",
        "class A(B):\n    def f(self):\n        return 1\n",
        "class A(B):\n    a = 1\n\n    def f(self):\n        return 1\n\n    def _g(self):\n        return self.f()\n",
        "class A:\n    a = 1\n\n    def __eq__(self, other):\n        return 1\n\n    def __hash__(self):\n        return 1\n",
        "class A(B):\n    a = 1\n\n    @property\n    def f(self):\n        return 1\n\n    @f.setter\n    def f(self, f):\n        pass\n",
        "class A(ABC):\n    @abstractmethod\n    def f(self): ...\n\n\nclass C(A):\n    a = 1\n\n    def f(self):\n        return 1\n",
        "class A(B):\n    a = 1\n\n    def f(self):\n        self.b = 1\n\n    def _g(self):\n        return self.b\n",
        "class A(Mapping):\n    a = 1\n\n    def __len__(self):\n        return 1\n",
    ],
)
def drop_override(target: cst.FunctionDef, at: Context) -> Iterator[Change]:
    """Yield the removal of the method."""
    block = at.parent()
    klass = at.parent(block) if block is not None else None
    if not isinstance(klass, cst.ClassDef) or not removal.can_go(at, target):
        return
    name = target.name.value
    if name in NEEDED or _lines(target, at) > LONGEST or _is_part_of_more(target, at):
        return
    if not _has_another(name, klass, at) or _alone_sets(target, klass, at):
        return
    clearing = removal.clearing(at, target)
    if clearing is not None and not removal.abandons(at, target):
        yield remove(target) + clearing


def _lines(target: cst.FunctionDef, at: Context) -> int:
    first, last = at.source.span(target)
    return at.source.data[first:last].strip().count(b"\n") + 1


def _is_part_of_more(target: cst.FunctionDef, at: Context) -> bool:
    """Whether a method belongs to something that would fall apart: a property with a setter, `__eq__` with `__hash__`."""
    scope = at.source.scope(target)
    several = len(scope.bindings[target.name.value]) > 1 or bool(scope.uses[target.name.value])
    marks = {
        at.text(each.decorator).partition("(")[0].rpartition(".")[2] for each in target.decorators
    }
    twins = {"__eq__": "__hash__", "__hash__": "__eq__"}
    twin = twins.get(target.name.value)
    return several or bool(marks & MARKED) or (twin is not None and twin in scope.bindings)


def _has_another(name: str, klass: cst.ClassDef, at: Context) -> bool:
    """Whether something else answers once the method is gone: a base, or what every object has."""
    if name in DEFAULTS:
        return True
    strange = False
    for base in klass.bases:
        if base.keyword is not None or base.star:
            return False
        if last_name(base.value) in ABSTRACT:
            continue
        found = at.project.definition(at.source, at.text(base.value))
        if found is None or not isinstance(found[1], cst.ClassDef):
            strange = strange or not _is_of_python(base.value, at)
            continue
        described = at.facts.types.describe(found[0], found[1])
        inherited = described.methods.get(name) if described is not None else None
        if inherited is not None:
            return not _gives_no_answer(inherited[1])
        if name in (described.attributes if described is not None else ()):
            return False
        strange = strange or any(last_name(each.value) not in ABSTRACT for each in found[1].bases)
    if name.startswith("__"):
        return strange and _refuses(at)
    return strange and not name.startswith("_") and not _is_used_here(name, at)


def _refuses(at: Context) -> bool:
    """Whether a method is only there so that the base's can't be called."""
    body = at.node.body.body if isinstance(at.node, cst.FunctionDef) else ()
    match body:
        case [cst.SimpleStatementLine(body=[cst.Raise()])]:
            return True
    return False


def _is_of_python(base: cst.BaseExpression, at: Context) -> bool:
    """Whether a class comes with Python: what that has is known, and what it has not would be missed."""
    first = at.text(base).partition(".")[0]
    if hasattr(builtins, first):
        return True
    for binding in at.source.module_scope.bindings.get(first, ()):
        statement = at.parent(binding.owner)
        if isinstance(statement, cst.ImportFrom) and statement.module is not None:
            first = "" if statement.relative else at.text(statement.module)
        elif isinstance(binding.owner, cst.ImportAlias):
            first = at.text(binding.owner.name)
    return first.partition(".")[0] in sys.stdlib_module_names


def _gives_no_answer(function: cst.FunctionDef) -> bool:
    """Whether a method of the base is only there to be filled in."""
    if any(last_name(each.decorator) == "abstractmethod" for each in function.decorators):
        return True
    body = function.body.body
    last = body[-1] if body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1]
    empty = isinstance(last, cst.Expr) and isinstance(last.value, cst.Ellipsis | cst.BaseString)
    return empty or isinstance(last, cst.Raise)


def _is_used_here(name: str, at: Context) -> bool:
    """Whether the module calls a method of that name on this object, or the base's from another method."""
    return any(each.attr.value == name for each in at.within(at.source.module, cst.Attribute))


def _alone_sets(target: cst.FunctionDef, klass: cst.ClassDef, at: Context) -> bool:
    """Whether only this method gives the object an attribute that is read elsewhere."""
    start, end = at.source.span(target)

    def inside(node: cst.CSTNode) -> bool:
        return start <= at.source.span(node)[0] < end

    own = [
        each
        for each in at.within(klass, cst.Attribute)
        if isinstance(each.value, cst.Name) and each.value.value == "self"
    ]
    written = {each.attr.value for each in own if inside(each) and not at.is_read(each)}
    outside = {each.attr.value: at.is_read(each) for each in own if not inside(each)}
    kept = {each.attr.value for each in own if not inside(each) and not at.is_read(each)}
    return any(name in outside and name not in kept for name in written)
