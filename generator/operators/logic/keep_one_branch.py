"""Keep one of two branches for good: the condition goes, and the other branch with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, Change, replace, unwrap
from generator.operators import Example, operator, removal
from generator.operators.conditions import checked, is_one_of_a_row, settles
from generator.operators.nodes import assigned, jumps, last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.operators.context import Context

PLATFORMS = (
    "version_info",
    "PY2",
    "PY3",
    "TYPE_CHECKING",
    "__name__",
    "platform",
    "os.name",
    "DEBUG",
)
"""What conditions mention that are about the machine, and not about what the code is given."""
LITERAL = cst.BaseNumber | cst.BaseString | cst.BaseList | cst.BaseDict | cst.Tuple
EMPTY = frozenset({"None", "True", "False"})
LONGEST = 12
"""Lines of a branch that a person could have not thought of."""


@operator(
    family="logic",
    change="condition",
    general=True,
    story="There was only one way to do it at first. The case that wants it done otherwise, or not at all, came up later.",
    symptom="What is right in most cases is done in all of them.",
    hint="Look for a step that is always taken, and ask whether there are cases in which it must not be.",
    evidence=[
        "condition too narrow or too wide: 12.6 % of one-line fixes in payment-like libraries",
        "thefuck: the second word of a command is looked at only where there is one, since a fix",
        "werkzeug: a buffer that may still be missing has length nought, since a fix",
        "peewee: text is encoded before it is hashed only where it is text, since a fix",
    ],
    examples=[
        Example(
            "def fee(order):\n    n = order.n\n    return rate(n) if order.foreign else rate(0)\n",
            "def fee(order):\n    n = order.n\n    return rate(n)\n",
        ),
        Example(
            "def size(buf):\n    ends = 0 if buf is None else ( len(buf)\n        + 1 )\n    return ends\n",
            "def size(buf):\n    ends = len(buf) + 1\n    return ends\n",
        ),
        Example(
            "def home(env):\n    # where things are kept\n    if 'HOME' in env:\n        path = env['HOME']  # set by hand\n    else:\n        # the usual place\n        path = usual(env)\n\n    return path\n",
            "def home(env):\n    # where things are kept\n    # the usual place\n    path = usual(env)\n\n    return path\n",
        ),
        Example(
            "def home(env):\n    if 'HOME' in env:\n        path = env['HOME']  # set by hand\n    else:\n        path = usual(env)\n    return path\n",
            "def home(env):\n    path = env['HOME']  # set by hand\n    return path\n",
        ),
        Example(
            "def store(rows, größe):\n\tfor row in rows:\n\t\tif row.size <  größe:\n\t\t\trow.text = '''a\n  b'''\n\t\t\trow.save()\n\t\ttell(row)\n\treturn größe\n",
            "def store(rows, größe):\n\tfor row in rows:\n\t\trow.text = '''a\n  b'''\n\t\trow.save()\n\t\ttell(row)\n\treturn größe\n",
        ),
        Example(
            "def match(parts):\n    if len(parts) > 1:\n        return parts[1] == 'stash'\n    else:\n        return False\n",
            "def match(parts):\n    return parts[1] == 'stash'\n",
        ),
    ],
    untouched=[
        "def f(a):\n    if a:\n        raise ValueError\n    return 1\n",
        "def f(a):\n    if a:\n        b(a)\n    elif a is None:\n        c(a)\n    return a\n",
        "def f(a):\n    return 1 if a else None\n",
        "def f(a):\n    return '-' if a < 0 else ''\n",
        "def f(a):\n    if sys.version_info > (3,):\n        b(a)\n    return a\n",
        "def f(a, strict):\n    if strict:\n        a = check(a)\n    return a\n",
        "def f(a: str | None) -> str:\n    return a.strip() if a is not None else b()\n",
        "def f(a, b):\n    if a > 1:\n        print('many')\n    return a, b\n",
        "def f(a, b):\n    if m := g(a):\n        h(m)\n    return a, b\n",
        "KEEP = one() if two() else three()\n",
    ],
)
def keep_one_branch(target: cst.If | cst.IfExp, at: Context) -> Iterator[Change]:
    """Yield one change for each branch that could be the only one."""
    if at.function is None or _is_about_the_machine(target.test, at):
        return
    if isinstance(target, cst.IfExp):
        yield from _expressions(target, at)
    elif (
        at.block(target)
        and not isinstance(target.orelse, cst.If)
        and not is_one_of_a_row(at, target)
    ):
        yield from _blocks(target, at)


def _is_about_the_machine(test: cst.BaseExpression, at: Context) -> bool:
    text = at.text(test)
    binds = next(at.within(test, cst.NamedExpr), None)
    return binds is not None or any(word in text for word in PLATFORMS)


# -- a if c else b ----------------------------------------------------------------------------------------------------


def _expressions(target: cst.IfExp, at: Context) -> Iterator[Change]:
    both = (target.body, target.orelse)
    for kept in both:
        other = next(each for each in both if each is not kept)
        if isinstance(kept, LITERAL) or (_is_fixed(kept) and not _is_fixed(other)):
            continue
        if (
            _says_nothing(kept)
            or settles(at, target.test, kept)
            or removal.abandons(at, target, kept=(kept,))
        ):
            continue
        if _only_what_is_missing(target, kept, at):
            continue
        change = removal.unwrapped(at, target, kept)
        if change is None:
            continue
        if target.lpar and isinstance(kept, TIGHT) and "\n" not in at.text(target):
            alone = replace(target, at.source.inner_text(kept), parentheses=True)
            change = Change(alone.steps + change.steps[1:])
        yield change


def _is_fixed(node: cst.BaseExpression) -> bool:
    named = isinstance(node, cst.Name | cst.Attribute) and last_name(node).isupper()
    return named or isinstance(node, LITERAL) or _says_nothing(node)


def _says_nothing(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value in EMPTY


def _only_what_is_missing(target: cst.IfExp, kept: cst.BaseExpression, at: Context) -> bool:
    """Whether what would stay is nothing but what the condition finds missing: `x` of `x if x is None else x.y`."""
    other = target.orelse if kept is target.body else target.body
    asked = {at.text(each) for each in checked(target.test)}
    return at.text(kept) in asked and at.text(kept) in at.text(other)


# -- if c: ... else: ... ----------------------------------------------------------------------------------------------


def _blocks(target: cst.If, at: Context) -> Iterator[Change]:
    other = target.orelse.body if isinstance(target.orelse, cst.Else) else None
    for kept, lost in ((target.body, other), (other, target.body)):
        if not isinstance(kept, cst.IndentedBlock) or _lines(lost, at) > LONGEST:
            continue
        if _would_be_absurd(target, kept, at) or settles(at, target.test, kept):
            continue
        clearing = removal.clearing(
            at, target, kept=(kept,), parameters=removal.parameters_are_imposed(at)
        )
        if clearing is None or removal.unbound(at, target, kept=(kept,)):
            continue
        if not removal.abandons(at, target, kept=(kept,)):
            yield unwrap(target, kept) + clearing


def _lines(node: cst.CSTNode | None, at: Context) -> int:
    if node is None:
        return 0
    first, last = at.source.span(node)
    return at.source.data[first:last].strip().count(b"\n") + 1


def _would_be_absurd(target: cst.If, kept: cst.IndentedBlock, at: Context) -> bool:
    """Whether nobody would write a branch unconditionally: it does nothing, leaves before more comes, or is a loop's end."""
    if removal.only_tells(at, *kept.body) or _is_fixed_alone(kept, at) or _only_raises_again(kept):
        return True
    if jumps(kept):
        return target.orelse is None or bool(at.after(target)) or _is_in_a_loop(at)
    return target.orelse is None and _writes_what_it_asks(target, at)


def _is_fixed_alone(kept: cst.IndentedBlock, at: Context) -> bool:
    """Whether a branch does nothing but give something a fixed value."""
    match kept.body:
        case [cst.SimpleStatementLine(body=[cst.Assign(value=value) | cst.Return(value=value)])]:
            return value is None or (_is_fixed(value) and all(map(str.isupper, at.names(value))))
    return False


def _only_raises_again(kept: cst.IndentedBlock) -> bool:
    match kept.body:
        case [cst.SimpleStatementLine(body=[cst.Raise(exc=None)])]:
            return True
    return False


def _is_in_a_loop(at: Context) -> bool:
    return at.around(cst.For, cst.While, cst.FunctionDef) is not at.function


def _writes_what_it_asks(target: cst.If, at: Context) -> bool:
    """Whether it is `if x is None: x = make()`: the value that is there would be thrown away."""
    asked = {at.text(each) for each in checked(target.test)}
    written = {
        at.text(each)
        for statement in at.within(target.body, cst.Assign)
        if not any(text in at.text(statement.value) for text in asked)
        for each in assigned(statement)
    }
    return not written.isdisjoint({*at.names(target.test), *asked})
