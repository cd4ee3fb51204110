"""Read another name of the same kind: its twin in role, one that is used in the same way, or one that is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, replace
from generator.operators import Example, operator, removal
from generator.operators.nodes import assigned, is_annotated
from generator.operators.repetition import bare, beside, is_continued, would_ask_twice
from generator.operators.uses import Uses, roles, uses
from generator.operators.words import extends, same_role, share_a_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context, Variable

EVERYDAY = frozenset(
    "int str bool float bytes dict list set tuple object Any Iterator Callable None".split()
)
"""Types that say too little to make two values look alike."""
TELLING = frozenset({"given", "key", "takes"})
"""What is done only with values of one type."""


@operator(
    family="dataflow",
    change="name",
    story="Two values that are easily taken for each other were in scope, and the wrong one was typed or completed.",
    symptom="A value turns up where another one belongs.",
    hint="Read the names on the lines that handle the wrong value aloud, one by one.",
    evidence=[
        "wrong identifier: over a third of labelled single-statement fixes in Python",
        "werkzeug: url_quote(query) where the fragment was meant",
        "QuixBugs hanoi: `helper` where `end` was meant",
    ],
    examples=[
        Example(
            "def move(source, target, n):\n    source.take(n)\n    target.give(n)\n    log(source)\n    return target\n",
            "def move(source, target, n):\n    source.take(n)\n    source.give(n)\n    log(source)\n    return target\n",
        ),
        Example(
            "def same(price_currency: str, cost_currency: str) -> bool:\n    check(price_currency, cost_currency)\n    return price_currency in KNOWN\n",
            "def same(price_currency: str, cost_currency: str) -> bool:\n    check(price_currency, cost_currency)\n    return cost_currency in KNOWN\n",
        ),
        Example(
            "def span(rows, since):\n    first = rows[0]\n    last = rows[-1]\n    return ( last . at - since, first.at, last )\n",
            "def span(rows, since):\n    first = rows[0]\n    last = rows[-1]\n    return ( first . at - since, first.at, last )\n",
        ),
        Example(
            "def pay(payer: Account, bank: Account, n: int) -> None:\n    payer.take(n)\n    bank.give(n)\n    settle(bank, n)\n",
            "def pay(payer: Account, bank: Account, n: int) -> None:\n    payer.take(n)\n    bank.give(n)\n    settle(payer, n)\n",
        ),
        Example(
            "def key_of(text):\n    found = text.strip()  # é\n    if found in SEEN:\n        return None\n    return make(\n        found,  # as it was read\n        n=1,\n    )\n",
            "def key_of(text):\n    found = text.strip()  # é\n    if found in SEEN:\n        return None\n    return make(\n        text,  # as it was read\n        n=1,\n    )\n",
        ),
        Example(
            "def sums(rows, size):\n    counts = [0] * size\n    for row in rows:\n        counts[row] += 1\n    for n, each in enumerate(counts):\n        print(n, each)\n",
            "def sums(rows, size):\n    counts = [0] * size\n    for row in rows:\n        counts[row] += 1\n    for n, each in enumerate(rows):\n        print(n, each)\n",
        ),
        Example(
            "def label(new_rule, rule):\n    show(new_rule)\n    return  new_rule.tag and new_rule.tag + rule.end\n",
            "def label(new_rule, rule):\n    show(new_rule)\n    return  rule.tag and rule.tag + rule.end\n",
        ),
    ],
    untouched=[
        "def path(old_key: str, new_key: str, width: int) -> str:\n    print(old_key, new_key)\n    return old_key + new_key.rjust(width)\n",
        "def latest(rows) -> Close | None:\n    return rows[-1] if rows else None\n\n\ndef shut(rows):\n    last_close = latest(rows)\n    new_close = Close(rows, last_close)\n    return new_close\n",
        "def keep(states, key, change):\n    before = states.get(key)\n    after = change(before)\n    if after is None:\n        return 0\n    return 1 if before is None and states else 2\n",
        "def f(start, end):\n    if start:\n        return 1\n    return 2 if end else 0\n",
        "def f(start, end):\n    return start == end\n",
        "def f(start, end):\n    return g(start, end)\n",
        "def f(start, end):\n    if not start and end:\n        return start != end\n    return [start.at, end.at]\n",
        "def f(start: int, end: str):\n    return start, h(start), h(end), end\n",
        "def f(start):\n    g(start)\n    if start:\n        end = 1\n    return start\n",
        "def f(start, end):\n    return start + 1\n",
        "def f(old: Plan, new: Plan):\n    old.price = new.price\n    return old, new\n",
        "def f(day, text):\n    day = text or day\n    return day.startswith(text + '/')\n",
        "def f(quote: Quote, n):\n    quote_id = make(n)\n    return save(quote), quote_id, quote\n",
        "def f(*rows, **opts):\n    made = build(rows, opts)\n    return made, rows, opts\n",
    ],
)
def wrong_variable(target: cst.Name, at: Context) -> Iterator[Change]:
    """Yield one change for each name that could be taken for this one: here, and in the whole statement."""
    if not at.source.is_read(target) or not _is_a_value(target, at):
        return
    variables = at.variables(target)
    mine = variables.get(target.value)
    if mine is None:
        return
    others = [
        each
        for each in variables.values()
        if _could_be(target, mine, each, at) and not _may_newly_be_none(mine, each, at)
    ]
    for some in ([target], _everywhere(target, at)):
        if some and not removal.is_only_use(at, *some):
            for other in others:
                if all(_fits(each, mine, other, at) for each in some):
                    yield _renamed(some, other.name)


def _everywhere(target: cst.Name, at: Context) -> list[cst.Name]:
    """Where a statement reads the same of a name, or asks for it first, if it is more than once and this is the first."""
    names = at.source.names_in(at.alongside(target))
    here = [each for each in names if each.value == target.value]
    scopes = {at.source.scope(each).owner(target.value) for each in here}
    if len(here) < 2 or here[0] is not target or len(scopes) > 1:
        return []
    taken = {at.text(at.parent(each) or each) for each in here}
    same = len(taken) == 1 and isinstance(at.parent(target), cst.Attribute)
    return here if same or any(map(at.is_tested, here)) else []


def _renamed(names: Sequence[cst.Name], other: str) -> Change:
    return Change(tuple(step for each in names for step in replace(each, other).steps))


def _fits(name: cst.Name, mine: Variable, other: Variable, at: Context) -> bool:
    """Whether another name could stand in one place."""
    return (
        _does_the_same(name, mine, other, at)
        and _is_asked_alike(name, mine, other, at)
        and not _stands_there_twice(name, other.name, at)
        and not _is_given_to_itself(name, other.name, at)
        and not would_ask_twice(at, name, other.name)
        and (name is at.node or _could_be(name, mine, other, at))
    )


def _does_the_same(name: cst.Name, mine: Variable, other: Variable, at: Context) -> bool:
    """Whether what is done with the value there is done with the other one too, as far as that can be known."""
    if (mine.type and mine.type == other.type) or same_role(mine.name, other.name):
        return True
    roles = uses(at.source, at.function).roles[other.name] if at.function else set()
    parent = at.parent(name)
    match parent:
        case cst.Attribute(attr=attr):
            return ("takes", attr.value) in roles
        case cst.Subscript(value=whole) if whole is name:
            return any(role[0] in {"item", "gone over"} for role in roles)
        case cst.For() | cst.CompFor():
            return any(role[0] in {"item", "gone over"} for role in roles)
    return True


def _is_asked_alike(name: cst.Name, mine: Variable, other: Variable, at: Context) -> bool:
    """Whether a question about a value that may be missing still is one."""
    parent = at.parent(name)
    asked = at.is_tested(name) or (
        isinstance(parent, cst.Comparison) and at.text(parent).endswith("None")
    )
    may = [
        at.facts.nullability.may_bind_none(at.source, each.binding.owner) for each in (mine, other)
    ]
    return not asked or may[0] == may[1]


def _is_given_to_itself(name: cst.Name, other: str, at: Context) -> bool:
    """Whether a method would be called with the very object: `a.starts_with(a)`, `a.add(a.b)`."""
    for call in at.ancestors(name):
        match call:
            case cst.BaseSmallStatement():
                return False
            case cst.Call(func=cst.Attribute(value=owner), args=args):
                given = [at.text(each.value) for each in args]
                if at.text(owner) == other or (owner is name and other in given):
                    return True
    return False


def _is_a_value(target: cst.Name, at: Context) -> bool:
    parent = at.parent()
    called = isinstance(parent, cst.Call) and parent.func is target
    return target.value not in {"self", "cls"} and not called and not isinstance(parent, cst.Del)


def _could_be(name: cst.Name, mine: Variable, other: Variable, at: Context) -> bool:
    if other.name in {mine.name, "self", "cls"} or "_" in {mine.name, other.name}:
        return False
    if "function" in {mine.binding.kind, other.binding.kind} or _is_starred(other, at):
        return False
    if mine.type and other.type and mine.type != other.type:
        return False
    known = mine.type is not None and mine.type == other.type
    if known and (_is_telling(str(mine.type)) or share_a_word(mine.name, other.name)):
        return True
    if same_role(mine.name, other.name) or extends(mine.name, other.name):
        return True
    return _are_used_alike(name, mine, other, at)


def _is_starred(other: Variable, at: Context) -> bool:
    """Whether a name stands for all further arguments."""
    params = at.parent(other.binding.owner)
    return isinstance(params, cst.Parameters) and other.binding.owner in {
        params.star_arg,
        params.star_kwarg,
    }


def _are_used_alike(name: cst.Name, mine: Variable, other: Variable, at: Context) -> bool:
    """Whether the function itself shows that two values are of one kind."""
    if at.function is None or _is_the_same(mine, other) or _is_the_same(other, mine):
        return False
    found = uses(at.source, at.function)
    names = mine.name, other.name
    taken = isinstance(at.parent(name), cst.Attribute)
    if found.are_partners(*names) or found.keep_their_kind(*names):
        return True
    known = mine.type is not None and mine.type == other.type
    # Of an annotated function a type checker knows what can only be guessed at here.
    sure = known or not is_annotated(at.function)
    if found.are_related(*names):
        return sure
    return any(
        (sure or role[0] in TELLING) and (taken or role[0] not in {"takes", "holds"})
        for role in found.shared(*names)
        if role[0] != "part of" or _is_used_so(name, other.name, at)
    )


def _is_used_so(name: cst.Name, other: str, at: Context) -> bool:
    """Whether what is done with a value in one place is done somewhere with another."""
    found = uses(at.source, at.function) if at.function else Uses()
    ways = {role[0] for role in roles(at.source, name)}
    return not ways.isdisjoint(role[0] for role in found.roles[other])


def _is_the_same(one: Variable, other: Variable) -> bool:
    """Whether one is but another name of the other: `one = other`."""
    value = getattr(one.binding.owner, "value", None)
    return isinstance(value, cst.Name) and value.value == other.name


def _may_newly_be_none(mine: Variable, other: Variable, at: Context) -> bool:
    """Whether None may stand where it never stood: a type checker sees it, and so does the first who looks."""
    mine_may, other_may = (
        at.facts.nullability.may_bind_none(at.source, each.binding.owner) for each in (mine, other)
    )
    return other_may and not mine_may


def _is_telling(kind: str) -> bool:
    """Whether two values of a type are of one kind: accounts are, texts and numbers are not."""
    return "[" not in kind and not {part.strip() for part in kind.split("|")} <= EVERYDAY


def _stands_there_twice(target: cst.Name, name: str, at: Context) -> bool:
    """Whether the result is absurd: `x == x`, `f(a, a)`, `a = a`, `a.start, a.start`, `key + key.of(x)`."""
    node: cst.CSTNode = target
    start = at.source.span(target)[0]
    for around in at.ancestors(target):
        if isinstance(around, cst.ComparisonTarget | cst.AssignTarget):
            continue
        text, at_byte = at.text(node).encode(), start - at.source.outer(node)[0]
        becomes = text[:at_byte] + name.encode() + text[at_byte + len(target.value.encode()) :]
        if isinstance(around, cst.BaseSmallStatement | cst.BaseCompoundStatement | cst.CompFor):
            if isinstance(around, cst.AugAssign):
                return False
            value = getattr(around, "value", None)
            sides = [each for each in (*assigned(around), value) if each not in (None, node)]
            same = becomes.decode() in map(at.text, sides)
            alone = name in at.bound_here(around) and value is target
            return same or alone or _is_its_own_share(target, name, around, at)
        others = tuple(_others_beside(node, around))
        if _closed_up(becomes.decode()) in {_closed_up(_converted(at, each)) for each in others}:
            return True
        if isinstance(around, cst.BinaryOperation) and any(
            name in at.names(each) if node is target else _is_named(each, name) for each in others
        ):
            return True
        if not is_continued(around, at):
            node = around
    return False


def _is_its_own_share(target: cst.Name, name: str, around: cst.CSTNode, at: Context) -> bool:
    """Whether one of several would get itself: `best, score = row, score`."""
    match around:
        case cst.Assign(
            targets=[cst.AssignTarget(target=cst.Tuple(elements=places))],
            value=cst.Tuple(elements=values),
        ):
            return any(
                each.value is target and at.text(place.value) == name
                for place, each in zip(places, values, strict=False)
            )
    return False


def _converted(at: Context, node: cst.CSTNode) -> str:
    """The text of an expression, of `int(a)` that of what it is made of."""
    match node:
        case cst.Arg(value=cst.Call(func=cst.Name(), args=[cst.Arg(value=inner)])):
            return at.text(inner)
    return at.text(node)


def _closed_up(text: str) -> str:
    return bare(text).replace(" ", "")


def _is_named(node: cst.CSTNode, name: str) -> bool:
    return isinstance(node, cst.Name) and node.value == name


def _others_beside(node: cst.CSTNode, around: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """What must not look the same as a name, or what it is part of: here more than elsewhere."""
    yield from beside(node, around)
    match around:
        case (
            cst.BinaryOperation(left=cst.BinaryOperation(right=nearest), right=right)
            | cst.BooleanOperation(left=cst.BinaryOperation(right=nearest), right=right)
        ):
            if node is right:
                yield nearest
        case cst.IfExp(test=test, body=body):
            if node is test:
                yield body
        case cst.Subscript(slice=parts) | cst.FormattedString(parts=parts):
            yield from (each for each in parts if each is not node)
