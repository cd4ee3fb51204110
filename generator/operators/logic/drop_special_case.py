"""Take out what is done in some cases only: an `if` without `else` that doesn't leave, a `try` whose failures are passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.operators import Example, operator, removal
from generator.operators.conditions import checked, settles
from generator.operators.nodes import assigned, jumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

LONGEST = 12
"""Lines of a special case that a person could have not thought of."""
ORDERED = cst.LessThan | cst.LessThanEqual | cst.GreaterThan | cst.GreaterThanEqual
FILLED = (cst.Return, cst.Yield, cst.Raise, cst.Nonlocal, cst.Global)
"""What makes a function another kind of function: no special case."""


@operator(
    family="logic",
    change="structure",
    general=True,
    story="The usual case was written first and worked; the odd one was not known of yet, or was left for later.",
    symptom="Usual input is dealt with as ever; one kind of input is not prepared, converted or noted as it should be.",
    hint="Ask of each step which kind of input it can't take as it comes, and who makes that input fit.",
    evidence=[
        "BugsInPy keras: a trailing axis of length one was taken off by a fix, in an `if` of its own",
        "redis-py: a plan that arrives as bytes was decoded by a fix",
        "celery: an option of the detached worker was passed on by a fix, where it is set",
    ],
    examples=[
        Example(
            "def explain(plan):\n    rows = plan.rows\n    if isinstance(rows[0], bytes):  # old servers\n        rows = [row.decode() for row in rows]\n    return '\\n'.join(rows)\n",
            "def explain(plan):\n    rows = plan.rows\n    return '\\n'.join(rows)\n",
        ),
        Example(
            "def start(options):\n\targs = ['run']\n\n\t# the host is not always known\n\tif options.host: args.append(options.host)\n\n\treturn options, args\n",
            "def start(options):\n\targs = ['run']\n\n\treturn options, args\n",
        ),
        Example(
            "def post(entry, book):\n    amount = entry.amount\n    kind = entry.kind.lower()\n    if kind == 'rückzahlung':\n        amount = -amount\n        book.refunds += 1\n    book.add(amount)\n",
            "def post(entry, book):\n    amount = entry.amount\n    book.add(amount)\n",
        ),
        Example(
            "def load(path, found):\n    found.update(read(path))\n    try:\n        found.update(read(path.local))\n    except OSError:\n        pass  # there need not be one\n    return found\n",
            "def load(path, found):\n    found.update(read(path))\n    return found\n",
        ),
        Example(
            "from text import fold, strip\n\n\ndef key(name, strict):\n    name = strip(name)\n    if not strict or len(name) > 3:\n        name = fold(name)\n    return name, strict\n",
            "from text import strip\n\n\ndef key(name, strict):\n    name = strip(name)\n    return name, strict\n",
        ),
    ],
    untouched=[
        "def f(a):\n    if a:\n        b(a)\n    else:\n        c()\n    return a\n",
        "def f(a):\n    if a:\n        return 1\n    return a\n",
        "def f(a):\n    if a:\n        b = 1\n    return a, b\n",
        "def f(a, strict):\n    if strict:\n        a = check(a)\n    return a\n",
        "def f(a):\n    if a > 3:\n        logger.info('large')\n    return a\n",
        "def f(self):\n    if self.rows is None:\n        self.rows = load()\n    return self.rows\n",
        "def f(a: str | None = None) -> str:\n    if a is None:\n        a = 'x'\n    return a.strip()\n",
        "for a in b:\n    if a:\n        c(a)\n",
        "import sys\n\nif sys.platform == 'win32':\n    prepare()\n",
    ],
)
def drop_special_case(target: cst.If | cst.Try, at: Context) -> Iterator[Change]:
    """Yield the removal of the special case, with what only it needed."""
    if at.function is None or not at.block(target) or not _is_a_special_case(target, at):
        return
    if _lines(target, at) > LONGEST or _is_another_function(target, at):
        return
    change = removal.removed(at, target)
    if change is not None:
        yield change


def _is_a_special_case(target: cst.If | cst.Try, at: Context) -> bool:
    if isinstance(target, cst.Try):
        ends = target.orelse is None and target.finalbody is None
        return ends and all(_is_passed_over(each) for each in target.handlers)
    if target.orelse is not None or jumps(target.body) or removal.only_tells(at, *target.body.body):
        return False
    return not (_makes_what_is_missing(target, at) or _picks(target, at) or _fits(target, at))


def _is_passed_over(handler: cst.ExceptHandler) -> bool:
    match handler.body.body:
        case [cst.SimpleStatementLine(body=[cst.Pass()])]:
            return True
        case [cst.Pass()]:
            return True
    return False


def _lines(target: cst.CSTNode, at: Context) -> int:
    first, last = at.source.span(target)
    return at.source.data[first:last].strip().count(b"\n") + 1


def _is_another_function(target: cst.CSTNode, at: Context) -> bool:
    """Whether the only answers of a function, or all that it yields, would go."""
    function = at.function
    inside = {type(each) for each in at.within(target, *FILLED)}
    return function is not None and any(
        len(list(at.within(function, kind))) == len(list(at.within(target, kind)))
        for kind in inside
        if kind is not cst.Raise
    )


def _makes_what_is_missing(target: cst.If, at: Context) -> bool:
    """Whether it is `if not made: made = make()`: nothing would ever be made. (A parameter has a value all the same.)"""
    asked = {at.text(each) for each in checked(target.test)}
    variables = at.variables(target)
    for each in at.within(target.body, cst.Assign):
        for written in assigned(each):
            text = at.text(written)
            variable = variables.get(text)
            given = variable is not None and variable.binding.kind == "parameter"
            if text in asked and not given and text not in at.text(each.value):
                return True
    return False


def _picks(target: cst.If, at: Context) -> bool:
    """Whether it is what a loop is there for: `if n > best: best = n`."""
    sized = any(
        isinstance(each.operator, ORDERED) for each in at.within(target.test, cst.ComparisonTarget)
    )
    if at.around(cst.For, cst.While) is None or not sized:
        return False
    written = {at.text(w) for each in at.within(target.body, cst.Assign) for w in assigned(each)}
    return not written.isdisjoint(at.names(target.test))


def _fits(target: cst.If, at: Context) -> bool:
    """Whether a type checker needs it: what comes after may then be of another kind."""
    later = at.after(target)
    written = {at.text(w) for each in at.within(target.body, cst.Assign) for w in assigned(each)}
    asked = {at.text(each) for each in checked(target.test)}
    return bool(written & asked) and settles(at, target.test, *later)
