"""Move a check out of the function that does the work, to one of those who call it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, import_name, insert, remove
from generator.operators import Example, operator, removal
from generator.operators.callers import argument, parameters, uses
from generator.operators.nodes import jumps, last_name
from generator.operators.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.operators.call_graph import Call
    from generator.operators.context import Context
    from generator.source import Source

CHECKS = frozenset("check validate require ensure assert verify refuse reject forbid".split())
"""First words of functions that raise or do nothing."""
PLAIN = (cst.Name, cst.Attribute, cst.Integer)
"""What may be written once more in front of a call."""


@operator(
    family="transaction",
    change="structure",
    story="The check was to answer early, where requests come in, so it was moved there; that the same work is also started from elsewhere was not thought of.",
    symptom="One way in refuses what another one lets through.",
    hint="List all callers of the function that does the work, and look for the check in each of them.",
    evidence=[
        "a missing early exit is the commonest class of fix in BugsInPy",
        "13 % of 499 fixes in BugsInPy touch two source files or more",
        "written from experience: the batch path goes past what the form checks",
    ],
    examples=[
        Example(
            "from money import Money\nfrom payments import Payments\n\n\nclass Api:\n    def __init__(self, payments: Payments):\n        self.payments = payments\n\n    def pay(self, source: str, sum_: Money):\n        with self.call('pay'):\n            return self.payments.pay(source.strip(), sum_)\n",
            "from money import Money, check_positive\nfrom payments import Payments\n\n\nclass Api:\n    def __init__(self, payments: Payments):\n        self.payments = payments\n\n    def pay(self, source: str, sum_: Money):\n        with self.call('pay'):\n            check_positive(sum_, 'a payment')  # never nought\n            return self.payments.pay(source.strip(), sum_)\n",
            path="api.py",
            others=(
                (
                    "payments.py",
                    "from money import check_positive\n\n\nclass Payments:\n    def pay(self, source, amount):\n        check_positive(amount, 'a payment')  # never nought\n        return source, amount\n\n    def batch(self, lines):\n        return [self.pay(line.source, line.amount) for line in lines]\n",
                    "class Payments:\n    def pay(self, source, amount):\n        return source, amount\n\n    def batch(self, lines):\n        return [self.pay(line.source, line.amount) for line in lines]\n",
                ),
                (
                    "money.py",
                    "class Money:\n    pass\n\n\ndef check_positive(amount, what):\n    assert amount, what\n",
                    "class Money:\n    pass\n\n\ndef check_positive(amount, what):\n    assert amount, what\n",
                ),
            ),
        ),
        Example(
            'MOST = 31\n\n\ndef place(amount, days):\n    """Put aside."""\n    # not for ever\n    if days < 1 or days > MOST:\n        raise ValueError(f\'{days} days, é\')\n\n    save(amount, days)\n\n\ndef one(amount, days):\n    log(amount)\n    place(amount, days)\n\n\ndef many(lines):\n    for line in lines:\n        place(line.amount, line.days)\n',
            'MOST = 31\n\n\ndef place(amount, days):\n    """Put aside."""\n\n    save(amount, days)\n\n\ndef one(amount, days):\n    log(amount)\n    # not for ever\n    if days < 1 or days > MOST:\n        raise ValueError(f\'{days} days, é\')\n    place(amount, days)\n\n\ndef many(lines):\n    for line in lines:\n        place(line.amount, line.days)\n',
        ),
        Example(
            "def place(amount, days):\n\tif not amount: raise ValueError\n\tsave(amount, days)\n\n\ndef one(amount, days):\n\tplace(amount, days)\n\n\ndef many(lines):\n\tfor line in lines:\n\t\tplace(line.sum, line.days)\n",
            "def place(amount, days):\n\tsave(amount, days)\n\n\ndef one(amount, days):\n\tplace(amount, days)\n\n\ndef many(lines):\n\tfor line in lines:\n\t\tif not line.sum: raise ValueError\n\t\tplace(line.sum, line.days)\n",
        ),
    ],
    untouched=[
        "def place(amount):\n    if not amount:\n        raise ValueError\n    save(amount)\n\n\ndef one(amount):\n    place(amount)\n",
        "def place(store, amount):\n    left = store.left\n    if amount > left:\n        raise ValueError\n    save(amount, left, store)\n\n\ndef one(store, amount):\n    place(store, amount)\n\n\ndef two(store, amount):\n    place(store, amount)\n",
        "def place(amount):\n    if not amount:\n        return None\n    return save(amount)\n\n\ndef one(amount):\n    place(amount)\n\n\ndef two(amount):\n    place(amount)\n",
        "def place(amount):\n    if not amount:\n        raise ValueError\n    save(amount)\n\n\ndef one(amount):\n    place(amount.strip())\n\n\ndef two(amount):\n    place(amount.lower())\n",
        "def place(amount):\n    amount = int(amount)\n    if not amount:\n        raise ValueError\n    save(amount)\n\n\ndef one(amount):\n    place(amount)\n\n\ndef two(amount):\n    place(amount)\n",
    ],
)
def guard_relocation(target: cst.If | cst.SimpleStatementLine, at: Context) -> Iterator[Change]:
    """Yield the move of the check to each of several callers that can make it as well."""
    function = at.function
    if function is None or at.parent() is not function.body or not _is_a_check(target):
        return
    calls = at.facts.call_graph.calls(at.source, function) or ()
    callers: dict[cst.FunctionDef, list[Call]] = defaultdict(list)
    for call in calls:
        around = at.elsewhere(call.source, call.node).function
        if around is not None and around is not function:
            callers[around].append(call)
    if len(callers) < 2 or not removal.can_go(at, target) or not at.after(target):
        return
    if any(not isinstance(each.scope.node, cst.Module) for each in removal.orphans(at, target)):
        return
    for some in callers.values():
        moved = _moved(target, some[0], at) if len(some) == 1 else None
        clearing = (
            Change(())
            if some[0].source is at.source
            else removal.clearing(at, *_borrowed(target, at))
        )
        if moved is not None and clearing is not None:
            yield remove(target) + moved + clearing


def _borrowed(target: cst.CSTNode, at: Context) -> tuple[cst.Name, ...]:
    """The names in a check that its module imports: what is of its own, the caller can import from there."""
    found = at.source.module_scope.bindings
    return tuple(
        name
        for name in at.source.names_in(target)
        if any(each.kind == "import" for each in found.get(name.value, ()))
    )


def _is_a_check(target: cst.If | cst.SimpleStatementLine) -> bool:
    """Whether a statement raises, or does nothing."""
    match target:
        case cst.If(orelse=None, body=body) if jumps(body):
            last = body.body[-1]
            last = last.body[-1] if isinstance(last, cst.SimpleStatementLine) else last
            return isinstance(last, cst.Raise) and len(body.body) == 1
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Call(func=func))]):
            return not CHECKS.isdisjoint(words(last_name(func))[:1])
    return False


def _moved(target: cst.CSTNode, call: Call, at: Context) -> Change | None:
    """The check in front of a call, told of what the call gives; None where it can't be made there."""
    there = at.elsewhere(call.source, call.node)
    statement = there.statement()
    scope = call.source.scope(call.node)
    if not there.block(statement) or not isinstance(scope.node, cst.FunctionDef):
        return None
    names = _translated(target, call, there, at)
    if names is None:
        return None
    imports = _imported(target, call.source, at)
    text = _written(target, names, at)
    room = call.source.width - len(call.source.indent(statement).expandtabs())
    if imports is None or text is None or max(map(len, text.splitlines())) > room:
        return None
    return insert(text, before=statement) + imports


def _translated(
    target: cst.CSTNode, call: Call, there: Context, at: Context
) -> Mapping[cst.Name, str] | None:
    """What stands for each parameter in the caller."""
    function = at.function
    assert function is not None  # noqa: S101  # asked by whoever calls
    told: dict[cst.Name, str] = {}
    for param in parameters(function):
        mine = [each for each in uses(param, function, at) if _is_inside(each, target, at)]
        if param.name.value == "self" or not mine:
            continue
        arg = argument(call.node, param, function, at)
        if arg is None or not isinstance(arg.value, PLAIN):
            return None
        told.update((each, there.text(arg.value)) for each in mine if isinstance(each, cst.Name))
    owners = (
        at.source.scope(name).owner(name.value)
        for name in at.source.names_in(target)
        if name not in told
    )
    local = any(owner is not None and owner is not at.source.module_scope for owner in owners)
    return told if told and not local else None


def _is_inside(node: cst.CSTNode, target: cst.CSTNode, at: Context) -> bool:
    (start, end), (first, last) = at.source.outer(target), at.source.outer(node)
    return start <= first and last <= end


def _imported(target: cst.CSTNode, caller: Source, at: Context) -> Change | None:
    """What the caller's module has to import for the check."""
    change = Change(())
    if caller is at.source:
        return change
    for name in dict.fromkeys(each.value for each in at.source.names_in(target)):
        bindings = at.source.module_scope.bindings.get(name, ())
        for binding in bindings[:1]:
            module = at.project.name(at.source)
            if binding.kind == "import":
                statement = at.parent(binding.owner)
                plain = getattr(binding.owner, "asname", None) is None
                if not isinstance(statement, cst.ImportFrom) or not plain or statement.relative:
                    return None
                module = at.text(statement.module) if statement.module is not None else ""
            added = import_name(caller, module, name) if not name.startswith("_") else None
            if added is None:
                return None
            change += added
    return change


def _written(target: cst.CSTNode, names: Mapping[cst.Name, str], at: Context) -> str | None:
    """The lines of the check with other names in it, without indentation."""
    source = at.source
    start, end = source.lines_of(target)
    if any(start < line < end for line in source.inside_strings):
        return None
    pieces: list[bytes] = []
    place = start
    for name in sorted(names, key=source.span):
        first, last = source.span(name)
        pieces += [source.data[place:first], names[name].encode()]
        place = last
    text = b"".join([*pieces, source.data[place:end]]).decode()
    indent = source.indent(target)
    return "\n".join(row.removeprefix(indent) for row in text.splitlines())
