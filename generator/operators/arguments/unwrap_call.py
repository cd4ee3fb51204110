"""Use a value as it is where a function made something else of it: `f(x)` becomes `x`, `map(f, xs)` becomes `xs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import rewrite
from generator.operators import Example, operator, removal
from generator.operators.callers import given_to
from generator.operators.nodes import assigned, last_name
from generator.operators.repetition import would_repeat
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.source import Source

WRAPPERS = frozenset(
    """
    int float str unicode bytes list tuple set frozenset dict sorted reversed iter Decimal Fraction Path PurePath deque
    OrderedDict Counter array asarray Markup mark_safe text_type SQL staticmethod defaultdict UUID bytearray memoryview
    """.split()
)
"""Functions and classes whose result often does as well as what they were given, until it does not."""
UNIQUE = frozenset({"set", "frozenset", "sorted", "reversed"})
"""Those of them that matter where the type of the result does not."""
EACH = frozenset({"map", "filter"})
TELLING = frozenset(
    """
    normalize normalise canonical canonicalize clean sanitize escape unescape quote unquote encode decode strip trim
    coerce convert ensure maybe force safe expand flatten dedupe unique uniq simplify fix truncate shorten native fold
    prepare adapt wrap resolve freeze to bytes text str unicode process transform translate serialize
    deserialize serializable validated checked sorted filter cast signature proxy
    """.split()
)
"""Words that a function has in its name when it makes of a value what goes on in its place."""
ASKING = frozenset(
    "is has can get find load read make create build open new len count any all sum add set send log print".split()
)
"""First words of functions that answer a question, or do something: nobody forgets those."""
PICKY = frozenset(
    """
    join len range sum min max round abs sha1 sha256 sha512 md5 new write b64encode b64decode loads int float str
    isinstance timedelta Path list tuple sleep hasattr getattr
    """.split()
)
"""Callees that refuse what has another type, or to which the type makes no difference."""
NUMBERS = frozenset({"int", "float", "Decimal"})
RECKONING = cst.BinaryOperation | cst.Comparison | cst.ComparisonTarget
LITERAL = cst.BaseNumber | cst.BaseList | cst.BaseDict | cst.BaseSet | cst.Tuple
VIEWS = frozenset({"items", "keys", "values", "map", "filter", "zip"})


@operator(
    family="arguments",
    change="call",
    story="With the values at hand it worked just as well without the call, so it was never written.",
    symptom="A value goes on in the shape it came in, and somebody further on can't do with that.",
    hint="For each value, ask where it gets the form that its users expect.",
    evidence=[
        "missing conversion, wrapper or method call: 11.9 % of labelled single-statement fixes in Python",
        "celery: map(signature, tasks) and safe_str(banner) were added by fixes",
        "agate: tuple(...) around a generator; werkzeug: staticmethod(...) around a stored function",
    ],
    examples=[
        Example(
            "key = tuple(row[n] for n in names)\n",
            "key = (row[n] for n in names)\n",
        ),
        Example(
            "tasks = map( to_task, expanded(given) )  # é\nto_task\n",
            "tasks = expanded(given)  # é\nto_task\n",
        ),
        Example(
            "class Cookie:\n\thash_with = staticmethod(_usual)  # not a method\n\tother = _usual\n",
            "class Cookie:\n\thash_with = _usual  # not a method\n\tother = _usual\n",
        ),
        Example(
            "print(safe_str(''.join([\n    head,\n    tail,\n])), file=out)\n",
            "print(''.join([\n    head,\n    tail,\n]), file=out)\n",
        ),
        Example(
            "def read(row):\n    # the old form\n    row = upgrade(row)\n    return row\n",
            "def read(row):\n    return row\n",
        ),
        Example(
            "def fresh(row):\n    if row.new:\n        return row\n    return row.again()\n\n\nuse(fresh(found))\n",
            "def fresh(row):\n    if row.new:\n        return row\n    return row.again()\n\n\nuse(found)\n",
        ),
        Example(
            "names = sorted( row.name for row in rows(day) )\n",
            "names = [row.name for row in rows(day)]\n",
        ),
        Example("ok = start - 60 < int(stamp)\n", "ok = start - 60 < stamp\n"),
    ],
    untouched=[
        "n = len(rows)\n",
        "send(row)\n",
        "found = find(row)\n",
        "if bool(rows):\n    go()\n",
        "text = str(row).upper()\n",
        "for row in list(rows):\n    go(row)\n",
        "text = 'a' + str(n)\n",
        "rows = list([1, 2])\n",
        "def f(n: int):\n    use(str(n))\n",
        "from m import to_key\n\n\ndef f(x):\n    return to_other(x, 1)\n",
        "key = name.decode(self.encoding)\n",
        "def f(rows) -> Key:\n    return Key(tuple(row.id for row in rows))\n",
        "asked = clean_route(route)\n",
        "pairs = dict(zip(names, row))\n",
        "names = list(name for name in names)\n",
        "text = ', '.join(str(row.get(n)) for n in names)\n",
        "found = {clean(k): v for k, v in rows.items()}\n",
        "def late(text: str) -> bool:\n    return int(text.strip()) > 14\n",
        "step = amount.quantize(Decimal('0.01'))\n",
    ],
    general=True,
)
def unwrap_call(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield the value by itself."""
    kept = _value(target)
    if kept is None or isinstance(kept, LITERAL) or isinstance(at.parent(), cst.Expr | cst.Await):
        return
    if not _could_be_forgotten(target, kept, at) or not _may_stand_there(target, kept, at):
        return
    if isinstance(kept, cst.GeneratorExp) and last_name(target.func) in UNIQUE:
        listed = f"[{at.source.inner_text(kept)}]"
        if not would_repeat(at, target, listed):
            yield rewrite(target, listed)
        return
    change = removal.unwrapped(at, target, kept)
    if change is not None:
        yield change


def _value(call: cst.Call) -> cst.BaseExpression | None:
    """What goes into a call: its only argument, or what `map` and `filter` take one by one."""
    args, name = call.args, last_name(call.func)
    if any(arg.keyword or arg.star for arg in args):
        return None
    if name in EACH and isinstance(call.func, cst.Name):
        return args[1].value if len(args) == 2 else None
    return args[0].value if len(args) == 1 else None


def _could_be_forgotten(call: cst.Call, kept: cst.BaseExpression, at: Context) -> bool:
    """Whether what comes out can be taken for what goes in."""
    name = last_name(call.func)
    if name in WRAPPERS | EACH:
        empty = name == "dict" and isinstance(kept, cst.Call)  # pairs are no dictionary
        return not empty and not (name == "iter" and isinstance(kept, cst.GeneratorExp))
    if isinstance(kept, cst.BaseString | cst.GeneratorExp) or name[:1].isupper():
        return False
    first = next(iter(words(name)), "")
    places = [at.text(each) for each in assigned(at.parent(call) or call)]
    if first in ASKING or not _is_by_itself(call.func, at):
        return False
    return (
        places == [at.text(kept)] or not TELLING.isdisjoint(words(name)) or _hands_it_back(call, at)
    )


def _is_by_itself(func: cst.BaseExpression, at: Context) -> bool:
    """Whether a function works on its argument, and not on the object that it is a method of."""
    if not isinstance(func, cst.Attribute):
        return isinstance(func, cst.Name)
    name = last_name(func.value)
    return at.is_module(func.value) or name in {"self", "cls"} or name[:1].isupper()


def _hands_it_back(call: cst.Call, at: Context) -> bool:
    """Whether the function, one of the project, gives back what it got in some cases, or something of the same type."""
    signature, found = at.signature(call), _definition(call, at)
    if signature is not None and signature.returns and signature.parameters:
        return signature.returns == signature.parameters[0].type
    if found is None or signature is None or not signature.parameters:
        return False
    source, function = found
    name = signature.parameters[0].name
    return any(
        isinstance(each, cst.Return)
        and isinstance(each.value, cst.Name)
        and each.value.value == name
        for each in source.nodes(cst.Return)
        if function in source.ancestors(each)
    )


def _definition(call: cst.Call, at: Context) -> tuple[Source, cst.FunctionDef] | None:
    match call.func:
        case cst.Name(value=name):
            found = at.project.definition(at.source, name)
            if found is not None and isinstance(found[1], cst.FunctionDef):
                return found[0], found[1]
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            described = at.facts.types.class_of(at.source, owner)
            return described.methods.get(name) if described else None
    return None


def _may_stand_there(call: cst.Call, kept: cst.BaseExpression, at: Context) -> bool:
    """Whether nothing and nobody objects to the value at that place before the code runs, and it makes a difference."""
    name, parent = last_name(call.func), at.parent()
    if _is_of_another_type(call, kept, at) or removal.is_all_that_is_done(at, call, kept):
        return False
    if name == "staticmethod":
        return isinstance(parent, cst.Assign) and at.klass is not None
    if name not in WRAPPERS:
        odd = isinstance(parent, cst.Attribute) or _is_a_second_name(parent, kept, at)
        return not odd and not at.is_tested(call)
    return _suits(call, kept, parent, at)


def _is_of_another_type(call: cst.Call, kept: cst.BaseExpression, at: Context) -> bool:
    """Whether the value is known, or seen by a type checker, to be of a type that does not belong there."""
    name, mine, theirs = last_name(call.func), at.type_of(call), at.type_of(kept)
    named = isinstance(kept, cst.Name | cst.Attribute | cst.Call)
    if named and mine and theirs and mine.partition("[")[0] != theirs.partition("[")[0]:
        return True
    number = name in NUMBERS
    if at.function is None or at.function.returns is None:
        return number and isinstance(kept, cst.BaseString)
    reckoned = number and isinstance(at.parent(), RECKONING)
    return reckoned or name == "iter" or isinstance(kept, cst.GeneratorExp | cst.BaseString)


def _is_a_second_name(parent: cst.CSTNode | None, kept: cst.BaseExpression, at: Context) -> bool:
    """Whether a name would be given to nothing but another name: `asked = route`."""
    if not isinstance(parent, cst.Assign | cst.AnnAssign) or not isinstance(kept, cst.Name):
        return False
    return [at.text(each) for each in assigned(parent)] != [kept.value]


def _suits(
    call: cst.Call, kept: cst.BaseExpression, parent: cst.CSTNode | None, at: Context
) -> bool:
    """The same for a wrapper of the language."""
    name = last_name(call.func)
    match parent:
        case cst.Attribute() | cst.FormattedStringExpression():
            return False
        case cst.BinaryOperation():
            return name in {"float", "Decimal"} or isinstance(kept, cst.BaseString)
        case cst.Subscript():
            return isinstance(kept, cst.Call) and last_name(kept.func) in VIEWS
        case cst.For() | cst.CompFor():
            return name in UNIQUE or (isinstance(kept, cst.Call) and last_name(kept.func) in VIEWS)
        case cst.Arg() | cst.GeneratorExp() | cst.ListComp():
            return given_to(call, at) not in PICKY or name in UNIQUE
    alone = isinstance(kept, cst.GeneratorExp) and at.text(kept.elt) == at.text(kept.for_in.target)
    sought_in = isinstance(parent, cst.ComparisonTarget) and isinstance(
        parent.operator, cst.In | cst.NotIn
    )
    return not at.is_tested() and not alone and (not sought_in or name in UNIQUE)
