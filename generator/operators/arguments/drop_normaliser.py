"""Use a value as it came where it was brought into its usual form: `name.strip()` becomes `name`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import remove
from generator.operators import Example, operator, removal
from generator.operators.callers import given_to
from generator.operators.nodes import is_annotated, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

ON_IT = frozenset(
    """
    strip lstrip rstrip lower upper casefold title capitalize swapcase expandtabs removeprefix removesuffix zfill ljust
    rjust quantize astimezone resolve absolute normalize as_posix
    """.split()
)
"""Methods that give back what they are called on in another form, of the same type."""
TAKING = frozenset(
    "strip lstrip rstrip removeprefix removesuffix zfill ljust rjust quantize astimezone".split()
)
"""Those of them that take arguments."""
WITH_IT = frozenset(
    """
    abs round normcase normpath abspath realpath expanduser expandvars escape unescape quote unquote quote_plus
    unquote_plus floor ceil trunc dedent cleandoc sub
    """.split()
)
"""Functions that give back what they are given in another form, of the same type."""
TURNS_INTO = {
    "int": "int", "float": "float", "Decimal": "Decimal", "str": "str", "unicode": "str", "bool": "bool", "list": "list",
    "sorted": "list", "tuple": "tuple", "set": "set", "frozenset": "frozenset", "fspath": "str",
}  # fmt: skip
"""Functions that give back another type, which is often, and not always, as good."""
TURNED_INTO = {"decode": "str", "encode": "bytes", "date": "date", "isoformat": "str"}
"""Methods that do so."""
TELLING = frozenset(
    """
    normalize normalise normalized normalised canonical canonicalize clean sanitize escape unescape quote unquote encode
    encoded decode decoded strip trim coerce convert ensure maybe force safe expand flatten dedupe unique uniq rounded to
    simplify fix truncate shorten native fold
    """.split()
)
"""Words that a function has in its name when it brings a value into another form."""
NUMBERS = frozenset({"int", "float", "Decimal", "Money", "Fraction"})
FIXED = frozenset({"tuple", "frozenset"})
"""Types that no other one is taken for."""
DISPLAYS = (cst.List, cst.ListComp, cst.Set, cst.SetComp)
"""What is as good as a fixed one to all that only look at it."""
PLAIN = frozenset({"int", "float", "decimal", "str", "bytes", "bool"})
WHOLE = frozenset({"int", "round", "floor", "ceil", "trunc"})
TIED = (
    cst.BinaryOperation,
    cst.UnaryOperation,
    cst.Attribute,
    cst.Subscript,
    cst.FormattedStringExpression,
)
"""Where a value of another type makes no sense, or no difference."""
PICKY = frozenset(
    """
    join len range sum min max round abs sha1 sha256 sha512 md5 new update write b64encode b64decode urlsafe_b64encode
    urlsafe_b64decode loads int float str isinstance timedelta dict Path print sorted list tuple set sleep
    """.split()
)
"""Callees that refuse what has another type, or to which the type makes no difference."""
LITERAL = cst.BaseString | cst.BaseNumber | cst.GeneratorExp


@operator(
    family="arguments",
    change="call",
    story="The values in the tests were in their usual form already, so the step that brings them into it looked needless and was left out.",
    symptom="Tidy input works; the same value written another way is not recognised, or is stored as it came.",
    hint="Compare what comes in with what is compared or stored: same case, same blanks, same type?",
    evidence=[
        "missing conversion, wrapper or method call: 9.9 % of one-line fixes in payment-like libraries",
        "redis-py: int(port) was added by a fix",
        "celery: bytes_to_str(key), meta_from_decoded(meta) and servers.rstrip('/') were added by fixes",
        "werkzeug: escape(self.plaintext) was added by a fix",
    ],
    examples=[
        Example("code = text.strip().upper()\n", "code = text.strip()\n"),
        Example("code = text.strip().upper()\n", "code = text.upper()\n"),
        Example("self.port = int( port )  # é\n", "self.port = port  # é\n"),
        Example(
            "def find(self, name):\n    # blanks and case don't matter\n    name = name.strip()\n    return self.rows[name]\n",
            "def find(self, name):\n    return self.rows[name]\n",
        ),
        Example(
            "rows.append(\n    sorted(\n        found[name]\n        if name in found\n        else wanted,\n    )\n)\n",
            "rows.append(found[name] if name in found else wanted)\n",
        ),
        Example(
            "from keys import known, to_key\n\nvalue = known[to_key(name)]\n",
            "from keys import known\n\nvalue = known[name]\n",
        ),
        Example(
            "def store(key, value):\n    if isinstance(key, bytes):\n        key = key.decode()\n    cache[key] = value\n",
            "def store(key, value):\n    cache[key] = value\n",
        ),
        Example(
            "def tag(name: str) -> str:\n    return name\n\n\nx = tag(y) + 'a'\n",
            "def tag(name: str) -> str:\n    return name\n\n\nx = y + 'a'\n",
        ),
        Example("text = re.sub(r'\\s+', ' ', text.strip())\nre.X\n", "text = text.strip()\nre.X\n"),
    ],
    untouched=[
        "n = int(text) + 1\n",
        "text = str(n) + 'x'\n",
        "first = list(rows)[0]\n",
        "n = len(list(rows))\n",
        "rows = sorted()\n",
        "text = ' a '.strip()\n",
        "from m import to_key\n\n\ndef f(x):\n    return other(x)\n",
        "x = to_key\n",
        "def f(key):\n    ensure_text(key)\n    return known[key]\n",
        "KINDS = frozenset({'a', 'b'})\n",
        "def f(rows: list[int]) -> Book:\n    return Book(tuple(rows))\n",
        "def whole(t) -> int:\n    return t // 1000\n\n\ndef f(t):\n    return [('Reset', str(whole(t)))]\n",
    ],
)
def drop_normaliser(target: cst.Call | cst.If, at: Context) -> Iterator[Change]:
    """Yield the value without the step."""
    if isinstance(target, cst.If):
        clearing = removal.clearing(at, target)
        if _only_reshapes(target, at) and removal.can_go(at, target) and clearing is not None:
            yield remove(target) + clearing
        return
    found = None if isinstance(at.parent(), cst.Expr) else _input(target, at)
    if found is None or isinstance(found[0], LITERAL) or _is_lazy(found[0]):
        return
    kept, becomes = found
    if removal.is_all_that_is_done(at, target, kept):
        return
    if becomes is None or _suits(target, kept, becomes, at):
        change = removal.unwrapped(at, target, kept)
        if change is not None:
            yield change


def _input(call: cst.Call, at: Context) -> tuple[cst.BaseExpression, str | None] | None:
    """The value that a call brings into another form, and the type that it gets where it gets another one."""
    name, func, args = last_name(call.func), call.func, call.args
    if isinstance(func, cst.Attribute) and not at.is_module(func.value):
        if name in ON_IT and (not args or name in TAKING):
            return func.value, None
        if name in TURNED_INTO and len(args) < 2 and last_name(func.value) not in {"self", "cls"}:
            return func.value, TURNED_INTO[name]
    if not args or args[0].star or args[0].keyword:
        return None
    if name in FIXED and isinstance(args[0].value, DISPLAYS):
        return None
    if name in TURNS_INTO:
        return (args[0].value, TURNS_INTO[name]) if len(args) == 1 else None
    return _in_another_form(call, name, at) if name in WITH_IT else _reshaped(call, name, at)


def _in_another_form(
    call: cst.Call, name: str, at: Context
) -> tuple[cst.BaseExpression, str | None] | None:
    args = call.args
    place = 2 if at.text(call.func) == "re.sub" else int(name == "sub")
    taken = place < len(args) and not any(arg.star or arg.keyword for arg in args[: place + 1])
    return (args[place].value, None) if taken else None


def _reshaped(
    call: cst.Call, name: str, at: Context
) -> tuple[cst.BaseExpression, str | None] | None:
    """The same for a function of the project's own, as far as its annotations or its name tell."""
    value = call.args[0].value
    telling = not TELLING.isdisjoint(words(name)) and not name.lstrip("_")[:1].isupper()
    signature = at.signature(call)
    if signature is not None and signature.returns is not None and signature.parameters:
        fits = signature.returns == signature.parameters[0].type and len(signature.parameters) == 1
        return (value, None) if fits and (telling or isinstance(call.func, cst.Name)) else None
    return (value, "?") if telling and not isinstance(at.parent(), cst.Await) else None


def _suits(call: cst.Call, kept: cst.BaseExpression, becomes: str, at: Context) -> bool:
    """Whether the value as it came can stand where the one of another type did, and differ from it."""
    kind = (at.type_of(kept) or "").partition("[")[0].lower()
    name, parent = last_name(call.func), at.parent()
    if name in WHOLE and _is_number(kept, kind):
        return not isinstance(parent, cst.Index) and given_to(call, at) != "range"
    if kind == becomes:
        return name == "sorted"  # the others are copies: for alias_not_copy
    if kind in PLAIN and becomes.lower() in PLAIN:
        return False  # annotated so, a type checker sees it
    if kind and becomes in FIXED and at.function is not None and is_annotated(at.function):
        return False
    if isinstance(parent, TIED) or at.is_tested(call) or given_to(call, at) in PICKY:
        return False
    return _may_be_there(becomes, name, parent, at) and not _is_ordered(parent, at)


def _may_be_there(becomes: str, name: str, parent: cst.CSTNode | None, at: Context) -> bool:
    """Whether the place takes a value of another type without complaint."""
    match parent:
        case cst.Index():
            return becomes in {"str", "?"}
        case cst.For() | cst.CompFor():
            return name not in {"list", "tuple"}
        case cst.Element():  # texts in a list are there to be joined
            return becomes != "str" or not isinstance(at.parent(parent), cst.List)
    return True


def _is_ordered(node: cst.CSTNode | None, at: Context) -> bool:
    """Whether a node is a side of a comparison by size, or what another value is looked for in."""
    comparison = at.parent(node) if isinstance(node, cst.ComparisonTarget) else node
    if isinstance(node, cst.ComparisonTarget) and isinstance(node.operator, cst.In | cst.NotIn):
        return True
    return isinstance(comparison, cst.Comparison) and any(
        isinstance(
            each.operator, cst.LessThan | cst.LessThanEqual | cst.GreaterThan | cst.GreaterThanEqual
        )
        for each in comparison.comparisons
    )


def _is_number(node: cst.BaseExpression, kind: str) -> bool:
    sums = isinstance(node, cst.BinaryOperation) and not isinstance(node.operator, cst.Modulo)
    return sums or kind in {each.lower() for each in NUMBERS}


def _is_lazy(node: cst.BaseExpression) -> bool:
    """Whether values come one by one: what happens to them then is for generator_twice."""
    return isinstance(node, cst.Call) and last_name(node.func) in {"map", "filter", "zip", "iter"}


def _only_reshapes(target: cst.If, at: Context) -> bool:
    """Whether it is `if odd: x = usual(x)` and nothing else."""
    body = target.body.body
    inner = body[0] if len(body) == 1 and target.orelse is None else None
    inner = inner.body[0] if isinstance(inner, cst.SimpleStatementLine) else inner
    match inner:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            return _is_made_of(value, name, at)
        case cst.AugAssign(target=cst.Name(), operator=cst.AddAssign(), value=cst.BaseString()):
            return True
    return False


def _is_made_of(value: cst.BaseExpression, name: str, at: Context) -> bool:
    """Whether an expression is a variable in another form: `x.strip()`, `str(x)`, `x[1:]`, `"_" + x`, `-x`."""
    match value:
        case cst.Call(func=cst.Attribute(value=inner)) if at.text(inner) == name:
            return last_name(value.func) in ON_IT or last_name(value.func) in TURNED_INTO
        case cst.Call(args=[cst.Arg(value=inner, keyword=None), *_]):
            return at.text(inner) == name
        case cst.Subscript(value=inner, slice=[cst.SubscriptElement(slice=cst.Slice())]):
            return at.text(inner) == name
        case cst.BinaryOperation(left=left, right=right, operator=cst.Add()):
            return name in {at.text(left), at.text(right)} and (
                isinstance(left, cst.BaseString) or isinstance(right, cst.BaseString)
            )
        case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
            return at.text(inner) == name
    return False
