"""Leave out an argument for which the callee has a default."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import drop_item
from generator.operators import Example, operator, removal
from generator.operators.words import speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context
    from generator.operators.signatures import Signature

FEWEST = {
    "get": 1, "pop": 1, "getattr": 2, "round": 1, "sum": 1, "next": 1, "split": 1, "rsplit": 1, "int": 1,
    "enumerate": 1, "strip": 0, "lstrip": 0, "rstrip": 0, "encode": 0, "decode": 0, "replace": 2, "find": 1, "index": 1,
    "quantize": 1, "sub": 2, "open": 1, "splitlines": 0, "insert_many": 1, "astimezone": 0, "fromtimestamp": 1,
    "iter": 1,
}  # fmt: skip
"""How many positional arguments well-known functions and methods can do with; `pop` and `replace` of anything."""
NEEDED = frozenset(
    """
    dict partial namedtuple update replace _replace evolve format TypeVar timedelta relativedelta datetime date time
    SimpleNamespace Mock
    """.split()
)
"""Callees whose keywords are content and not options."""
ORDERED = frozenset({"sorted", "sort", "min", "max", "groupby", "nlargest", "nsmallest"})
"""Without its key, what is ordered is another thing; nobody forgets that."""
FIELDS = {"field": frozenset({"default", "default_factory"}), "ContextVar": frozenset({"default"})}
"""Without these what is declared has no default, which those that stand below it, or that call it, rely on."""
UNSEEN = frozenset({"frozen", "kw_only", "repr", "slots", "stacklevel", "strict", "weakref_slot"})
"""Options without which a program that is right goes on as before."""
CHANGES = frozenset("change update set edit patch modify amend configure".split())
"""A call of these without any option would do nothing at all, and nobody writes that."""


@operator(
    family="arguments",
    change="argument",
    story="The default looked good enough, or the option came later than the call; nothing complains of an option that is not given.",
    symptom="An option that was asked for is ignored; the default is used in its stead.",
    hint="Compare what the callee accepts with what its callers hand over.",
    evidence=[
        "arguments missing: 11.4 % of one-line fixes in payment-like libraries, with wrong ones",
        "celery: GroupResult.restore(gid) without app=app",
        "werkzeug: Stats(p) without stream=self._stream",
    ],
    examples=[
        Example(
            "def total(rows, digits=2):\n    return round(sum(rows), digits)\n\n\nprint(total(ROWS, 3))\n",
            "def total(rows, digits=2):\n    return round(sum(rows), digits)\n\n\nprint(total(ROWS))\n",
        ),
        Example(
            "rows = sorted( found , key=by_age, reverse=True )\n",
            "rows = sorted( found , key=by_age )\n",
        ),
        Example(
            "send(\n    message,\n    # twice is enough\n    retries=2,  # see above\n    timeout=5,\n)\n",
            "send(\n    message,\n    timeout=5,\n)\n",
        ),
        Example("send(message,\n     timeout=5)\n", "send(message)\n"),
        Example("connect(\n    timeout=5,\n)\n", "connect()\n"),
        Example(
            "value = settings.get('é', DEFAULT)\nuse(DEFAULT)\n",
            "value = settings.get('é')\nuse(DEFAULT)\n",
        ),
    ],
    untouched=[
        "def f(a, b):\n    return a, b\n\n\nf(1, b=2)\n",
        "f(1, 2)\n",
        "WEEK = timedelta(days=7)\n",
        "@dataclass(frozen=True)\nclass P:\n    x: int\n",
        "@dataclass(frozen=True, slots=True)\nclass P:\n    x: int\n",
        "log_event(logger, 'paid', amount=1)\n",
        "def g(timeout):\n    send(timeout=timeout)\n",
        "raise Refused(1, amount=2)\n",
        "logger.info('x', extra=1)\n",
        "rows = sorted(found, key=by_age)\n",
        "pairs = zip(rows, shares, strict=True)\n",
        "class Records(Generic[T]):\n    def find(self, account, id):\n        return id\n\n\nrows = Records[int]()\nrows.find(1, 2)\n",
        "def change(id, status=None, limit=None):\n    save(id, status, limit)\n\n\nchange(1, status=2)\n",
        "from dataclasses import dataclass\n\n\n@dataclass\nclass P:\n    x: int\n    y: int\n\n\nP(x=1, y=2)\n",
    ],
)
def drop_argument(target: cst.Call, at: Context) -> Iterator[Change]:
    """Yield one change for each argument that the call can do without."""
    if len(target.args) == 1 and isinstance(at.parent(), cst.Decorator):
        return  # `@dataclass()` is not what anybody writes
    signature = at.signature(target)
    if _does_nothing_without(target, signature):
        return
    for n, arg in enumerate(target.args):
        if arg.star or _makes_it_what_it_is(arg, _name(target)) or _is_unseen(arg):
            continue
        optional = (
            _keyword_can_go(arg, target, signature)
            if arg.keyword
            else _positional_can_go(n, target, signature)
        )
        if not optional:
            continue
        clearing = removal.clearing(at, arg)
        if clearing is not None:
            yield drop_item(arg, target.args, target) + clearing


def _makes_it_what_it_is(arg: cst.Arg, callee: str) -> bool:
    """Whether what comes out is another thing without that keyword."""
    keyword = arg.keyword.value if arg.keyword else ""
    return keyword in FIELDS.get(callee, ()) or (keyword == "key" and callee in ORDERED)


def _is_unseen(arg: cst.Arg) -> bool:
    return arg.keyword is not None and arg.keyword.value in UNSEEN


def _keyword_can_go(arg: cst.Arg, call: cst.Call, signature: Signature | None) -> bool:
    if signature is None or arg.keyword is None:
        return _name(call) not in NEEDED
    parameter = signature.keyword(arg.keyword.value)
    if parameter is not None:
        return parameter.has_default
    return any(each.kind == "stars" for each in signature.parameters)


def _positional_can_go(n: int, call: cst.Call, signature: Signature | None) -> bool:
    """Only the last positional argument can go without the others changing their meaning."""
    if any(not each.keyword or each.star for each in call.args[n + 1 :]) or any(
        each.star for each in call.args[:n]
    ):
        return False
    if signature is not None:
        parameter = signature.positional(n)
        return parameter is not None and parameter.has_default
    fewest = FEWEST.get(_name(call))
    if _name(call) == "pop" and not call.args[n].keyword and n == 0:
        return False
    return fewest is not None and n >= fewest


def _does_nothing_without(call: cst.Call, signature: Signature | None) -> bool:
    """Whether the call's only option is all that it is about."""
    options = sum(each.has_default for each in signature.parameters) if signature else 0
    given = sum(each.keyword is not None for each in call.args)
    return options > 1 and given == 1 and speaks_of(_name(call), CHANGES)


def _name(call: cst.Call) -> str:
    match call.func:
        case cst.Name(value=value):
            return value
        case cst.Attribute(attr=attr):
            return attr.value
    return ""
