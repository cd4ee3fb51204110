"""Take out a variable that only remembers what was done before: where it starts, where it is kept up, where it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import Change, drop_operand, operands, remove, unwrap
from generator.operators import Example, operator, removal
from generator.operators.nodes import jumps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context

KEEPING = frozenset("add append discard remove pop update clear extend insert appendleft".split())
"""Methods that only keep a collection up."""
MAKERS = frozenset("set list dict deque defaultdict Counter OrderedDict".split())
MOST = 2
"""Where more is decided by it, a variable is more than bookkeeping."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What goes at one place: `asked` where a decision is made on what was remembered."""

    change: Change
    gone: cst.CSTNode
    asked: bool
    kept: tuple[cst.CSTNode, ...] = ()


@operator(
    family="state",
    change="structure",
    story="That something can come twice, or too often, turned out later. Here it is the version from before anybody kept count of it.",
    symptom="What should happen once, or only so often, happens again.",
    hint="Do the same thing twice in a row, and ask what in the code could know of the first time.",
    evidence=[
        "57 % of 499 fixes in BugsInPy change more than one place: a start value, an update and a check come together",
        "celery: a search for the next date gave up after so many tries only since a fix",
        "written from experience: retries without a count, repeats without a memory",
    ],
    examples=[
        Example(
            "def read(words):\n    found = {}\n    seen = set()\n    for word in words:\n        if word.name in seen:\n            raise ValueError(word)\n        found[word.name] = word.value\n        seen.add(word.name)  # once\n    return found\n",
            "def read(words):\n    found = {}\n    for word in words:\n        found[word.name] = word.value\n    return found\n",
        ),
        Example(
            "class Visit:\n    def __init__(self, gate):\n        self.gate = gate\n        self._undone = False\n\n    def undo(self):\n        # both may call\n        if self.gate.counts and not self._undone:\n            self._undone = True\n            self.gate.back()\n",
            "class Visit:\n    def __init__(self, gate):\n        self.gate = gate\n\n    def undo(self):\n        # both may call\n        if self.gate.counts:\n            self.gate.back()\n",
        ),
        Example(
            "@dataclass\nclass Visit:\n\tgate: str\n\tdone: bool = False\n\n\tdef undo(self):\n\t\tif self.done:\n\t\t\treturn\n\t\tself.done = True\n\t\tback(self.gate)\n",
            "@dataclass\nclass Visit:\n\tgate: str\n\n\tdef undo(self):\n\t\tback(self.gate)\n",
        ),
        Example(
            "from errors import GaveUp, Lost\n\n\ndef send(message, most=3):\n    tries = 0\n    for way in ways(message, most):\n        tries += 1\n        if tries > most:\n            raise GaveUp(message)\n        if way.send():\n            return way\n    raise Lost(message)\n",
            "from errors import Lost\n\n\ndef send(message, most=3):\n    for way in ways(message, most):\n        if way.send():\n            return way\n    raise Lost(message)\n",
        ),
        Example(
            "class Relay:\n    def __init__(self):\n        self.open = True\n        self._last: dict[str, int] = {}\n\n    def take(self, event):\n        if event.seq <= self._last.get(event.source, 0):\n            return False\n        self._last[event.source] = event.seq\n        return self.hand_on(event)\n",
            "class Relay:\n    def __init__(self):\n        self.open = True\n\n    def take(self, event):\n        return self.hand_on(event)\n",
        ),
        Example(
            "def unique(rows):\n    seen = set()\n    for row in rows:\n        if row.id not in seen:\n            seen.add(row.id)\n\n            yield row  # é\n    done(rows)\n",
            "def unique(rows):\n    for row in rows:\n        yield row  # é\n    done(rows)\n",
        ),
    ],
    untouched=[
        "def f(rows):\n    n = 0\n    for row in rows:\n        n += 1\n        if n > 3:\n            break\n        go(row)\n    return n\n",
        "def f(rows):\n    seen = set()\n    for row in rows:\n        seen.add(row)\n        go(row)\n",
        "def f(rows):\n    n = start()\n    for row in rows:\n        n = n + 1\n        if n > 3:\n            raise ValueError\n        go(row)\n",
        "class A:\n    def __init__(self):\n        self.x = 1\n        self.done = False\n\n    def go(self):\n        if self.done:\n            return\n        self.done = True\n        work(self.x)\n\n\ndef f(a):\n    return a.done\n",
        "def f(rows):\n    n = 0\n    while n < 3:\n        n += 1\n        go(rows)\n",
        "def f(rows, most):\n    n = 0\n    for row in rows:\n        if n > most:\n            raise ValueError\n        n += 1\n        go(row)\n",
    ],
)
def bookkeeping_gone(target: cst.Assign | cst.AnnAssign, at: Context) -> Iterator[Change]:
    """Yield the code without the variable that a statement gives its first value."""
    name, value = _started(target)
    if name is None or value is None or not _is_a_beginning(value, at):
        return
    found = _occurrences(name, at)
    parts = [part for each in found if (part := _part(each, at)) is not None]
    asked = {part.gone for part in parts if part.asked}
    if len(parts) != len(found) or not 0 < len(asked) <= MOST:
        return
    kept_up = [part for part in parts if not part.asked]
    if len({part.gone for part in kept_up}) < 2 or not _is_first(target, kept_up, at):
        return
    gone = [part.gone for part in parts]
    stay = tuple(kept for part in parts for kept in part.kept)
    clearing = removal.clearing(at, *gone, kept=stay)
    change = _all_of(parts, at) if _leaves_blocks(kept_up, parts, at) else None
    if clearing is not None and change is not None and not removal.strands(at, *gone, kept=stay):
        yield change + clearing


def _all_of(parts: Sequence[_Part], at: Context) -> Change | None:
    """The changes at all places, the questions first. None where one place lies within another that is rebuilt."""
    change = Change(())
    inside: set[_Part] = set()
    for part in parts:
        if not part.kept:
            continue
        within = [each for each in parts if each is not part and _is_inside(each, part, at)]
        if any(each.asked for each in within) or not isinstance(part.gone, cst.If):
            return None
        body = part.gone.body
        lines = [each.gone for each in within]
        if not isinstance(body, cst.IndentedBlock) or (lines and not removal.can_go(at, *lines)):
            return None
        change += unwrap(part.gone, body, without=lines)
        inside.update(within)
    for part in sorted(parts, key=lambda part: not part.asked):
        if not part.kept and part not in inside:
            change += part.change
    return change


def _is_inside(part: _Part, other: _Part, at: Context) -> bool:
    start, end = at.source.span(other.gone)
    return start <= at.source.span(part.gone)[0] < end


def _started(
    target: cst.Assign | cst.AnnAssign,
) -> tuple[cst.Name | cst.Attribute | None, cst.BaseExpression | None]:
    """The one variable, or attribute of `self`, that a statement gives a value."""
    match target:
        case cst.Assign(targets=[cst.AssignTarget(target=place)], value=value):
            pass
        case cst.AnnAssign(target=place, value=value):
            pass
        case _:
            return None, None
    own = isinstance(place, cst.Attribute) and isinstance(place.value, cst.Name)
    if own and isinstance(place, cst.Attribute) and isinstance(place.value, cst.Name):
        return (place if place.value.value == "self" else None), value
    return (place if isinstance(place, cst.Name) else None), value


def _is_a_beginning(value: cst.BaseExpression, at: Context) -> bool:
    """Whether nothing has been remembered yet: nought, nothing, no, or an empty collection."""
    match value:
        case cst.Integer() | cst.Name("None" | "False" | "True"):
            return True
        case cst.List(elements=[]) | cst.Dict(elements=[]):
            return True
        case cst.Call(func=func, args=[]):
            return at.text(func).rpartition(".")[2] in MAKERS
    return False


def _occurrences(name: cst.Name | cst.Attribute, at: Context) -> Sequence[cst.CSTNode]:
    """Every place where the variable is written or read; none where they can't all be seen."""
    scope = at.source.scope(name)
    if isinstance(name, cst.Name) and isinstance(scope.node, cst.FunctionDef):
        bindings = scope.bindings.get(name.value, [])
        plain = all(each.kind in {"assignment", "augmented"} for each in bindings)
        places = [each.node for each in bindings]
        return [*places, *scope.uses.get(name.value, ())] if plain else []
    field = isinstance(name, cst.Name) and isinstance(scope.node, cst.ClassDef)
    if not field and not isinstance(name, cst.Attribute):
        return []
    attribute = name.value if isinstance(name, cst.Name) else name.attr.value
    mentioned = at.facts.call_graph.mentions(attribute)
    around = at.klass
    every = [node for _, node in mentioned if isinstance(node, cst.Attribute)]
    own = all(
        source is at.source
        and isinstance(node, cst.Attribute)
        and at.text(node.value) == "self"
        and at.around(cst.ClassDef, node=node) is around
        for source, node in mentioned
    )
    if not own or (field and not _is_last_field(name, at)):
        return []
    return [name, *every] if field else every


def _is_last_field(name: cst.CSTNode, at: Context) -> bool:
    """Whether a record can be made without the field: nobody who makes one has to count on."""
    described = at.facts.types.describe(at.source, at.klass) if at.klass is not None else None
    if described is None or not described.fields or not isinstance(name, cst.Name):
        return False
    named = any(
        arg.keyword is not None and arg.keyword.value == name.value
        for source in at.project.readable()
        for arg in source.nodes(cst.Arg)
        if isinstance(arg, cst.Arg)
    )
    return described.fields[-1].name == name.value and not named


def _is_first(target: cst.CSTNode, kept_up: Sequence[_Part], at: Context) -> bool:
    """Whether the statement is where the variable starts, so that each is found once."""
    start = min(at.source.span(part.gone)[0] for part in kept_up)
    return at.source.span(at.statement(target))[0] == start


def _part(node: cst.CSTNode, at: Context) -> _Part | None:
    """What to do about one place where the variable is written or read."""
    line = at.statement(node)
    if isinstance(line, cst.SimpleStatementLine):
        only = len(line.body) == 1 and at.block(line)
        return _Part(remove(line), line, asked=False) if only and _keeps(line, node, at) else None
    return _asked(node, line, at) if isinstance(line, cst.If) else None


def _keeps(line: cst.SimpleStatementLine, node: cst.CSTNode, at: Context) -> bool:
    """Whether a line does nothing but keep the variable up."""
    text = at.text(node)
    match line.body[0]:
        case cst.Assign(targets=[cst.AssignTarget(target=place)]):
            pass
        case cst.AnnAssign(target=place) | cst.AugAssign(target=place):
            pass
        case cst.Del(target=place):
            pass
        case cst.Expr(value=cst.Call(func=cst.Attribute(value=place, attr=cst.Name(how)))):
            return how in KEEPING and at.text(place) == text
        case _:
            return False
    whole = place.value if isinstance(place, cst.Subscript) else place
    return at.text(whole) == text


def _asked(node: cst.CSTNode, statement: cst.If, at: Context) -> _Part | None:
    """What becomes of an `if` that asks what was remembered."""
    test = statement.test
    start, end = at.source.outer(test)
    first, last = at.source.outer(node)
    if not (start <= first and last <= end) or not at.block(statement):
        return None
    if isinstance(test, cst.BooleanOperation):
        return _in_chain(node, statement, test, at)
    body = statement.body
    if statement.orelse is not None or not isinstance(body, cst.IndentedBlock):
        return None
    answer = _answered(test, node, at)
    if jumps(body) or answer is False:
        return _Part(remove(statement), statement, asked=True)
    if answer is None or _is_explained(statement, body):
        return None
    return _Part(unwrap(statement, body), statement, asked=True, kept=(body,))


def _is_explained(statement: cst.If, body: cst.IndentedBlock) -> bool:
    """Whether a comment tells why it is asked, which would stay behind."""
    lines = (*statement.leading_lines, *getattr(body.body[0], "leading_lines", ()))
    return any(each.comment is not None for each in lines)


def _in_chain(
    node: cst.CSTNode, statement: cst.If, test: cst.BooleanOperation, at: Context
) -> _Part | None:
    """The condition without the operand that asks."""
    every = operands(test)
    mine = [n for n, each in enumerate(every) if _mentions(each, node, at)]
    if len(mine) != 1:
        return None
    asking = every[mine[0]]
    decides = _answered(asking, node, at) is isinstance(test.operator, cst.Or)
    if decides and not jumps(statement.body):
        return None
    return _Part(drop_operand(test, mine[0]), asking, asked=True)


def _answered(test: cst.CSTNode, node: cst.CSTNode, at: Context) -> bool | None:
    """What a condition says as long as nothing was remembered; None where that does not show."""
    asked = at.text(node)
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner) if at.text(inner) == asked:
            return not _starts_true(at)
        case cst.Comparison(comparisons=[cst.ComparisonTarget(operator=how, comparator=some)]):
            if at.text(some) == asked and isinstance(how, cst.In | cst.NotIn):
                return isinstance(how, cst.NotIn)
        case _ if at.text(test) == asked:
            return _starts_true(at)
    return None


def _starts_true(at: Context) -> bool:
    """Whether the variable is true before anything has happened."""
    value = getattr(at.node, "value", None)
    return value is not None and at.text(value) not in {"0", "None", "False"}


def _mentions(operand: cst.CSTNode, node: cst.CSTNode, at: Context) -> bool:
    text = at.text(node)
    return any(at.text(each) == text for each in at.within(operand, cst.Name, cst.Attribute))


def _leaves_blocks(kept_up: Sequence[_Part], parts: Sequence[_Part], at: Context) -> bool:
    """Whether every block that loses lines stays a block."""
    whole = [part.gone for part in parts if isinstance(part.gone, cst.If) and not part.kept]
    gone = [*(part.gone for part in kept_up), *whole]
    return all(removal.can_go(at, each, *gone) for each in gone)
