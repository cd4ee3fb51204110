"""The steps of a ticket: the calls of the failing test in the customer's words, few enough to read. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import cycle, groupby
from typing import TYPE_CHECKING

from generator.challenge.tickets import phrases
from generator.challenge.tickets.symptom import arguments, is_told, message, rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.challenge.tickets.person import Person
    from generator.records import Call, Words

STEPS_AT_MOST = 9
_HEAD, _TAIL = 3, 5


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the customer did, or several that are told as one (`count`, and `kinds` where they differ)."""

    noun: str
    does: str
    count: int = 1
    kinds: str = ""


def steps(words: Words, calls: Sequence[Call], who: Person) -> tuple[str, ...]:
    """The sentences, at most STEPS_AT_MOST of them. The last call's outcome is told elsewhere; that of the others only
    where it was a refusal."""
    told = [
        step
        for index, call in enumerate(calls)
        if (step := _step(words, call, who.rank + index, last=index == len(calls) - 1))
    ]
    return _sentences(_shortened(told), who)


def _step(words: Words, call: Call, turn: int, *, last: bool) -> Step | None:
    if not is_told(words, call):
        return None
    operation = words.operations[call.operation]
    values = arguments(call)
    count = len(operation.does)
    ordered = (operation.does[(turn + index) % count] for index in range(count))
    does = next(filter(None, (rendered(template, values) for template in ordered)), None)
    if does is None:
        return None
    does = does.rstrip(".")
    if call.raised and not last:
        does += f" and is refused: “{message(call)}”"
    return Step(operation.noun, does)


def _shortened(told: list[Step]) -> list[Step]:
    if len(told) <= STEPS_AT_MOST:
        return told
    runs = [list(run) for _, run in groupby(told, key=lambda step: step.noun)]
    for shown in (2, 1):
        for run in sorted(runs, key=len, reverse=True):
            if sum(map(len, runs)) > STEPS_AT_MOST and len(run) > shown + 2:
                hidden = run[shown:-1]
                run[shown:-1] = [Step(run[0].noun, "", sum(step.count for step in hidden))]
    flat = [step for run in runs for step in run]
    if len(flat) <= STEPS_AT_MOST:
        return flat
    middle = flat[_HEAD:-_TAIL]
    kinds: Counter[str] = Counter()
    for step in middle:
        kinds[step.noun] += step.count
    names = ", ".join(f"{noun} {count}" for noun, count in kinds.items())
    return [*flat[:_HEAD], Step("", "", kinds.total(), names), *flat[-_TAIL:]]


def _sentences(told: list[Step], who: Person) -> tuple[str, ...]:
    first, *between, final = who.frame(phrases.STEPS, 0)
    lines: list[str] = []
    turns = cycle(between)
    for index, step in enumerate(told):
        if step.kinds:
            frame = who.frame(phrases.FOLDS, 0)
        elif step.count > 1:
            frame = who.frame(phrases.REPEATS, 0)
        elif len(told) == 1:
            frame = who.frame(phrases.ONLY, 0)
        elif index == 0:
            frame = first
        else:
            frame = final if index == len(told) - 1 else next(turns)
        more = "once more" if step.count == 1 else f"{step.count} more times"
        lines.append(
            frame.format(
                first=who.first,
                full=who.full,
                company=who.company,
                does=step.does,
                more=more,
                count=step.count,
                kinds=step.kinds,
            )
        )
    return tuple(lines)
