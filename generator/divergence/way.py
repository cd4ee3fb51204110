"""The shortest way to see a difference in pdb: where to stop, on what condition, what to ask there. Pure: somebody else types it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import outline
from generator.debrief import DEEDS, Kind, Typed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from generator.debrief import Wrong
    from generator.divergence.find import Divergence
    from generator.divergence.side_by_side import Difference
    from generator.execution import Execution, Invocation

_ASKED = 4
"""Names beside the wrong one, at most."""
_CONDITION = 40
"""Characters of a value that a condition compares with."""
_COMPARED = 200
"""Times that a line was executed before: of more no condition is looked for."""
_STEPS = 3
"""Lines of one statement that are gone through."""
_NO_ANSWER = ("***", "*Blank", "End of file")
"""How pdb begins when it has none."""


@dataclass(frozen=True, slots=True)
class Way:
    """What to type, from the test's first line on, and what is seen last."""

    commands: tuple[str, ...]
    wrong: Wrong
    before: str
    """What the name in question stands for before it goes wrong."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Files by path, as the bug made them and as they were."""

    buggy: Mapping[str, bytes]
    clean: Mapping[str, bytes]


def ways(divergence: Divergence, buggy: Execution, sources: Sources) -> Iterator[Way]:
    """The ways to what differs first, then to what came of it, as far as pdb stops there: it does in no thread but the
    test's own."""
    aside = buggy.in_threads()
    for one in _values_first(divergence.seen):
        if one.call not in aside:
            yield from _to(one, buggy, aside, sources)


def shows(way: Way, said: Sequence[str | None]) -> tuple[Typed, ...] | None:
    """The session, where pdb, asked in this way, said something to each command, and to the last what it was asked for; or
    None."""
    told = [text for text in said if text is not None and is_answer(text)]
    if len(told) < len(way.commands):
        return None
    if not _is_seen(way, told[-1].strip()):
        return None
    return tuple(Typed(*both) for both in zip(way.commands, told, strict=True))


def is_answer(said: str) -> bool:
    """Whether pdb did what it was asked for."""
    return not said.startswith(_NO_ANSWER)


def _is_seen(way: Way, text: str) -> bool:
    """What is done is seen in where pdb stands next. A class may write its objects otherwise than the record does: then it is
    enough that it is neither the right value nor that from before."""
    wrong = way.wrong
    if wrong.kind in DEEDS or text == wrong.actual:
        return bool(text)
    return text not in ("", wrong.expected, way.before)


def _values_first(seen: Sequence[Difference]) -> list[Difference]:
    """A call that is made or not is seen in what comes of it."""
    return sorted(seen, key=lambda one: one.wrong.kind is Kind.CALL)


def _to(
    one: Difference, buggy: Execution, aside: Collection[int], sources: Sources
) -> Iterator[Way]:
    call = buggy.calls[one.call]
    stop = _stop(one, call)
    if stop is None:
        return
    path, line = call.function.path, call.steps[stop].line
    known = _known(call, stop)
    # What the right line reads shows what the wrong one passes over.
    reads = dict.fromkeys(
        [*_reads(sources.buggy[path], line), *_reads(sources.clean[path], one.wrong.clean_line)]
    )
    beside = [name for name in reads if name in known and name != one.wrong.name]
    asked = [command for name in beside for command in _ask(name, known[name])][:_ASKED]
    there = (*_break(call, stop, [each for each in buggy.calls if each.number not in aside]), "c")
    for last in _LAST[one.wrong.kind](one.wrong, _around(sources.buggy[path], line)[-1]):
        yield Way((*there, *asked, *last), one.wrong, known.get(one.wrong.name, ""))


def _ask(name: str, value: str) -> Iterator[str]:
    """What is too large to be read is asked for its length, if it has one."""
    if "…" not in value:
        yield f"p {name}"
    elif value.startswith(("[", "(", "{")):
        yield f"p len({name})"


def _stop(one: Difference, call: Invocation) -> int | None:
    """Index of the step before which pdb has to stand: the last that had begun when the difference was seen."""
    begun = [n for n, step in enumerate(call.steps) if step.line and step.at < one.at]
    first = next((n for n, step in enumerate(call.steps) if step.line), None)
    return begun[-1] if begun and one.wrong.kind is not Kind.ARGUMENT else first


def _break(call: Invocation, stop: int, calls: Sequence[Invocation]) -> tuple[str, ...]:
    """The breakpoint, and what keeps it from stopping earlier: a value that only this time is there, or a number of times."""
    path, step = call.function.path, call.steps[stop]
    here = f"b {path}:{step.line}"
    earlier = [
        (other, n)
        for other in calls
        if other.function.path == path
        for n, each in enumerate(other.steps)
        if each.line == step.line and each.at < step.at
    ]
    if not earlier:
        return (here,)
    value = _only_here(_known(call, stop), earlier) if len(earlier) <= _COMPARED else None
    return (f"{here}, {value}",) if value else (here, f"ignore 1 {len(earlier)}")


def _only_here(known: Mapping[str, str], earlier: Sequence[tuple[Invocation, int]]) -> str | None:
    """A condition that did not hold before: on a plain name rather than on an attribute, short rather than long."""
    states = [_known(other, n) for other, n in earlier]
    for name in sorted(known, key=lambda name: ("._" in name, "." in name, len(known[name]))):
        told_apart = all(name in state and state[name] != known[name] for state in states)
        if told_apart and _is_literal(known[name]):
            return f"{name} == {known[name]}"
    return None


def _known(call: Invocation, stop: int) -> dict[str, str]:
    """Name → value as text, before a step of the call."""
    known: dict[str, str | None] = dict(call.arguments or {})
    for step in call.steps[:stop]:
        known.update(step.changed)
    return {name: text for name, text in known.items() if text is not None and _is_name(name)}


def _is_name(name: str) -> bool:
    return all(part.isidentifier() for part in name.split("."))


def _is_literal(value: str) -> bool:
    if len(value) > _CONDITION:
        return False
    try:
        return isinstance(ast.literal_eval(value), int | str)
    except (ValueError, SyntaxError):
        return False


def _around(source: bytes, line: int) -> list[ast.stmt]:
    """The statements that the line belongs to, the innermost last; of a compound one, also the lines of its body count."""
    around = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    return sorted(around, key=lambda node: (node.lineno, -(node.end_lineno or node.lineno)))


def _reads(source: bytes, line: int) -> list[str]:
    """The names that a line reads; of one that reads none, like `break`, those on which it hangs whether it is reached."""
    found = (list(outline.names_read(node)) for node in reversed(_around(source, line)))
    return next((names for names in found if names), [])


def _afterwards(wrong: Wrong, _: ast.stmt) -> Iterator[tuple[str, ...]]:
    """A statement of several lines takes several steps."""
    for steps in range(1, _STEPS + 1):
        yield (*["n"] * steps, f"p {wrong.name}")


def _value_given(_: Wrong, statement: ast.stmt) -> Iterator[tuple[str, ...]]:
    """What a call gives back: by asking for the expression, where nothing happens by that, or by going on to the return."""
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Yield):
        value = value.value
    if isinstance(value, ast.expr) and not isinstance(value, ast.Name) and _is_harmless(value):
        yield (f"p {ast.unparse(value)}",)
    yield "r", "retval"


def _branch(_: Wrong, statement: ast.stmt) -> Iterator[tuple[str, ...]]:
    test = getattr(statement, "test", None)
    asked = (f"p {ast.unparse(test)}",) if isinstance(test, ast.expr) and _is_harmless(test) else ()
    yield (*asked, "n")


def _is_harmless(value: ast.expr) -> bool:
    """Whether to evaluate it once more changes nothing."""
    acting = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)
    return not any(isinstance(node, acting) for node in ast.walk(value))


_LAST = {
    Kind.LOCAL: _afterwards,
    Kind.ATTRIBUTE: _afterwards,
    Kind.ARGUMENT: lambda wrong, _: [(f"p {wrong.name}",)],
    Kind.RETURN: _value_given,
    Kind.BRANCH: _branch,
    Kind.EXCEPTION: lambda *_: [("n",)],
    Kind.CALL: lambda *_: [("n",)],
}
"""How each kind is seen, once pdb stands before the line."""
