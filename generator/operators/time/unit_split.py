"""Count a time in another unit where it is made, and convert it at all but one of the places that use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import TIGHT, Change, import_name, replace
from generator.operators import Example, operator, removal
from generator.operators.callers import answers
from generator.operators.nodes import last_name
from generator.operators.words import TIMES, speaks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.operators.context import Context
    from generator.source import Source

SPANS = TIMES | frozenset(
    "delay interval wait pause sleep backoff patience grace lifetime period span reset".split()
)
"""Words for what is measured in seconds or in milliseconds."""
UNITS = frozenset(
    """
    second seconds sec secs s ms msec msecs milli millis millisecond milliseconds minute minutes hour hours day days
    week weeks month months date dates datetime timestamp at
    """.split()
)
"""Words that name the unit, which would then be a lie, or a moment."""
THOUSAND = frozenset({"1000", "1_000"})
FACTORS = frozenset({"SECOND", "SECONDS", "MILLISECONDS", "MS", "MS_PER_SECOND", "MILLIS"})
"""Names of the number of milliseconds in a second."""


@dataclass(frozen=True, slots=True)
class _Use:
    """One place where the time is used."""

    source: Source
    node: cst.BaseExpression


@operator(
    family="time",
    change="expression",
    story="The module went over from one unit of time to another. The places that use the number were converted one by one, and one of them was overlooked.",
    symptom="In one place something lasts a thousand times too long or too short, while the same setting works elsewhere.",
    hint="Write down the unit at every place through which the number passes, on both sides of each call.",
    evidence=[
        "57 % of 499 fixes in BugsInPy change more than one place, 13 % more than one source file",
        "written from experience: no study at hand counts units of time",
    ],
    examples=[
        Example(
            "from clock import SECOND\n\nPAUSE = 2 * SECOND  # é\n",
            "PAUSE = 2  # é\n",
            path="settings.py",
            others=(
                (
                    "clock.py",
                    "SECOND = 1_000\n\n\ndef sleep(span):\n    pass\n",
                    "SECOND = 1_000\n\n\ndef sleep(span):\n    pass\n",
                ),
                (
                    "relay.py",
                    "from clock import SECOND, sleep\nfrom settings import PAUSE\n\n\ndef wait(limit):\n    waited = 0\n    while waited < limit * SECOND:\n        sleep(PAUSE)\n        waited += PAUSE\n",
                    "from clock import SECOND, sleep\nfrom settings import PAUSE\n\n\ndef wait(limit):\n    waited = 0\n    while waited < limit * SECOND:\n        sleep(PAUSE)\n        waited += PAUSE * SECOND\n",
                ),
            ),
        ),
        Example(
            "import time\n\n\ndef backoff(tries: int) -> float:\n    return 0.5 * 2 ** tries\n\n\ndef retry(tries):\n    time.sleep( backoff(tries) )\n\n\ndef due(now, tries):\n    return now + backoff(tries)\n",
            "import time\n\n\ndef backoff(tries: int) -> float:\n    return 0.5 * 2 ** tries * 1000\n\n\ndef retry(tries):\n    time.sleep( backoff(tries) / 1000 )\n\n\ndef due(now, tries):\n    return now + backoff(tries)\n",
        ),
        Example(
            "from datetime import timedelta\n\nTTL = 60\n\n\ndef fresh(at, now):\n\treturn now - at < timedelta(seconds=TTL)\n\n\ndef expires(at):\n\treturn at + timedelta(\n\t\tseconds=TTL,  # from then\n\t)\n",
            "from datetime import timedelta\n\nTTL = 60_000\n\n\ndef fresh(at, now):\n\treturn now - at < timedelta(seconds=TTL)\n\n\ndef expires(at):\n\treturn at + timedelta(\n\t\tmilliseconds=TTL,  # from then\n\t)\n",
        ),
    ],
    untouched=[
        "import time\n\nPAUSE = 2\n\n\ndef f():\n    time.sleep(PAUSE)\n",
        "import time\n\nPAUSE_SECONDS = 2\n\n\ndef f():\n    time.sleep(PAUSE_SECONDS)\n\n\ndef g(now):\n    return now + PAUSE_SECONDS\n",
        "LIMIT = 2\n\n\ndef f(n):\n    return n > LIMIT\n\n\ndef g(n):\n    return n < LIMIT\n",
        "import time\n\nPAUSE = 2\n\n\ndef f():\n    time.sleep(PAUSE)\n\n\ndef g():\n    return f'{PAUSE} s'\n",
        "PAUSE = 2\n\n\ndef f(n):\n    return n > PAUSE\n\n\ndef g(n):\n    return n + PAUSE\n",
    ],
)
def unit_split(target: cst.FunctionDef | cst.Assign, at: Context) -> Iterator[Change]:
    """Yield the other unit, with each of the places that were left as they are."""
    if isinstance(target, cst.FunctionDef):
        name, values, uses = target.name.value, answers(target, at), _calls(target, at)
    else:
        name, values, uses = _constant(target, at)
    if not speaks_of(name, SPANS) or speaks_of(name, UNITS) or not values or len(uses) < 2:
        return
    factor = _factor(values[0], at)
    for made, convert in (
        (_without_factor(values, factor, uses, at), f"* {factor}"),
        (_with_factor(values, uses, at), _divided(values, at)),
    ):
        if made is None or (convert.startswith("*") and factor is None):
            continue
        converted = [_converted(use, convert, at) for use in uses]
        for n, own in enumerate(converted):
            rest = [each for i, each in enumerate(converted) if i != n]
            if own is not None and all(each is not None for each in rest):
                yield _together([made, *(each for each in rest if each is not None)])


def _together(changes: Sequence[Change]) -> Change:
    return Change(tuple(step for change in changes for step in change.steps))


def _calls(function: cst.FunctionDef, at: Context) -> tuple[_Use, ...]:
    calls = at.facts.call_graph.calls(at.source, function) or ()
    if any(at.elsewhere(call.source, call.node).function is function for call in calls):
        return ()
    return tuple(_Use(call.source, call.node) for call in calls)


def _constant(
    target: cst.Assign, at: Context
) -> tuple[str, tuple[cst.BaseExpression, ...], tuple[_Use, ...]]:
    """The name of a module's constant, its value, and where the project reads it."""
    match target:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            if at.constants.get(name) is not value:
                return "", (), ()
        case _:
            return "", (), ()
    found: list[_Use] = []
    for source, node in at.facts.call_graph.mentions(name):
        if isinstance(node, cst.Attribute) or not isinstance(node, cst.Name):
            return "", (), ()
        if source is at.source or _comes_from(source, name, at):
            found.append(_Use(source, node))
    return name, (value,), tuple(found)


def _comes_from(source: Source, name: str, at: Context) -> bool:
    """Whether a module imports a name from the module looked at."""
    for binding in source.module_scope.bindings.get(name, ()):
        statement = source.parent(binding.owner)
        if isinstance(statement, cst.ImportFrom) and statement.module is not None:
            return source.text(statement.module) == at.project.name(at.source)
    return False


# -- where it is made -------------------------------------------------------------------------------------------------


def _factor(value: cst.BaseExpression, at: Context) -> str | None:
    """The number of milliseconds in a second, as it stands in a product."""
    match value:
        case cst.BinaryOperation(operator=cst.Multiply(), right=right):
            text = at.text(right)
            return text if text in THOUSAND or text in FACTORS else None
    return None


def _without_factor(
    values: Sequence[cst.BaseExpression], factor: str | None, uses: Sequence[_Use], at: Context
) -> Change | None:
    """The value in seconds, where it was multiplied to milliseconds."""
    if factor is None or any(_factor(each, at) != factor for each in values):
        return None
    gone = [each.right for each in values if isinstance(each, cst.BinaryOperation)]
    clearing = removal.clearing(at, *gone)
    needed_here = any(use.source is at.source for use in uses)
    if clearing is None or (clearing.steps and needed_here):
        return None
    made = [
        replace(each, at.text(each.left))
        for each in values
        if isinstance(each, cst.BinaryOperation)
    ]
    return _together([*made, clearing])


def _with_factor(
    values: Sequence[cst.BaseExpression], uses: Sequence[_Use], at: Context
) -> Change | None:
    """The value in milliseconds, where something shows that it is in seconds."""
    known = any(_is_in_seconds(at.elsewhere(use.source, use.node)) for use in uses)
    if not known or any(_factor(each, at) is not None for each in values):
        return None
    made: list[Change] = []
    for each in values:
        match each:
            case cst.Integer(value=digits) if digits.isdigit():
                made.append(replace(each, f"{digits}_000"))
            case cst.BinaryOperation(operator=cst.Multiply() | cst.Divide()):
                made.append(replace(each, f"{at.source.inner_text(each)} * 1000"))
            case cst.Name() | cst.Attribute() | cst.Call() | cst.Float():
                made.append(replace(each, f"{at.source.inner_text(each)} * 1000"))
            case _:
                return None
    return _together(made)


def _is_in_seconds(there: Context) -> bool:
    """Whether the place where a time is used counts in seconds."""
    arg = there.parent()
    call = there.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(arg, cst.Arg) or not isinstance(call, cst.Call):
        return False
    if last_name(call.func) == "timedelta":
        return arg.keyword is not None and arg.keyword.value == "seconds"
    return there.text(call.func) in {"time.sleep", "asyncio.sleep"}


def _divided(values: Sequence[cst.BaseExpression], at: Context) -> str:
    """How the number is brought back to seconds: as a whole number where it was one."""
    return "// 1000" if all(at.type_of(each) == "int" for each in values) else "/ 1000"


# -- where it is used -------------------------------------------------------------------------------------------------


def _converted(use: _Use, convert: str, at: Context) -> Change | None:
    """The time in its old unit where it is used; None where a conversion would read oddly."""
    there = at.elsewhere(use.source, use.node)
    node, parent = use.node, there.parent()
    factor = convert.partition(" ")[2]
    imported: Change | None = Change(())
    if not factor.isdigit() and factor not in THOUSAND:
        imported = _imported(factor, use.source, at)
    text = f"{there.text(node)} {convert}"
    fitting = False
    match parent:
        case cst.Arg(keyword=cst.Name("seconds") as unit) if convert.startswith("/"):
            return replace(unit, "milliseconds")
        case cst.Arg() | cst.Return() | cst.Assign() | cst.AugAssign() | cst.AnnAssign():
            fitting = True
        case cst.Param() | cst.Comparison() | cst.ComparisonTarget() | cst.IfExp():
            fitting = True
        case cst.BinaryOperation(operator=cst.Add() | cst.Subtract()):
            fitting = True
        case cst.BinaryOperation(left=left, operator=cst.Multiply()):
            fitting = left is node and convert.startswith("*")
    plain = fitting and isinstance(node, TIGHT) and imported is not None
    return replace(node, text) + imported if plain and imported is not None else None


def _imported(factor: str, source: Source, at: Context) -> Change | None:
    """What makes the name of the factor known where the time is used."""
    if source is at.source:
        return Change(())
    binding = next(iter(at.source.module_scope.bindings.get(factor, ())), None)
    if binding is None:
        return None
    statement = at.parent(binding.owner)
    module = at.project.name(at.source)
    if isinstance(statement, cst.ImportFrom):
        module = at.text(statement.module) if statement.module is not None else ""
    return import_name(source, module, factor)
