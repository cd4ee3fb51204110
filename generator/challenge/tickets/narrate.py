"""The steps of a ticket: the calls of the failing test in the customer's words. Pure."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from generator.challenge.tickets.symptom import arguments, is_told, message, rendered
from generator.challenge.tickets.told import told

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from generator.challenge.tickets.person import Person
    from generator.challenge.tickets.told import Value
    from generator.records import Call, Words

STEPS_AT_MOST = 12
_STEPS_WITH_LOOKS = 9
"""Of a longer story only what changes something is told."""
_NEVER = "\N{REPLACEMENT CHARACTER}"
"""No argument has this value."""


def steps(words: Words, calls: Sequence[Call], who: Person) -> tuple[str, ...]:
    """What the person does, one clause for each call. The last call's outcome is told elsewhere; that of the others only
    where it was a refusal."""
    kept = repeated(worth_telling(words, calls))
    clauses = (
        _step(words, call, times, who.rank, last=index == len(kept) - 1)
        for index, (call, times) in enumerate(kept)
    )
    return tuple(filter(None, clauses))


def length(words: Words, calls: Sequence[Call]) -> int:
    """How many steps they make."""
    return len(repeated(worth_telling(words, calls)))


def repeated(calls: Iterable[Call]) -> list[tuple[Call, int]]:
    """The calls, and how many times each comes in a row with the same arguments, refused alike or not at all."""
    runs = (list(same) for _, same in itertools.groupby(calls, _as_it_is_told))
    return [(run[-1], len(run)) for run in runs]


def _as_it_is_told(call: Call) -> tuple[object, ...]:
    return call.operation, call.arguments, call.raised and call.result, call.altered


def worth_telling(words: Words, calls: Sequence[Call]) -> list[Call]:
    """The calls that have words. Where these are many, those go that only looked at something else than the last one
    does, and were answered."""
    told = [call for call in calls if is_told(words, call)]
    if len(repeated(told)) <= _STEPS_WITH_LOOKS:
        return told
    last = told[-1].operation
    return [
        call
        for call in told
        if call.raised or call.operation == last or not words.operations[call.operation].asks
    ]


def left_unsaid(words: Words, call: Call, known: Container[str] = ()) -> list[str]:
    """The call's arguments that even the fullest of its phrases does not tell, though they are not the default. Of a text of
    which a phrase only tells that there is one, as of a page marker, it has to be known which."""
    phrases = words.operations[call.operation].does
    return min((_untold(words, phrase, call, known) for phrase in phrases), key=len)


def _untold(words: Words, phrase: str, call: Call, known: Container[str]) -> list[str]:
    unsaid = _unsaid(words, phrase, call)
    values = arguments(call)
    text = rendered(words, phrase, values)
    guessed = (
        name
        for name, value in call.arguments.items()
        if isinstance(value, str) and name in call.defaults and value != call.defaults[name]
        if name not in unsaid and value not in known
        if rendered(words, phrase, {**values, name: _NEVER}) == text
    )
    return [*unsaid, *guessed]


def _unsaid(words: Words, phrase: str, call: Call) -> list[str]:
    """An argument is told where the phrase would read otherwise with another value."""
    values = arguments(call)
    given = [name for name in values if call.arguments[name] != call.defaults.get(name, _NEVER)]
    text = rendered(words, phrase, values)
    return [
        name
        for name in given
        if rendered(words, phrase, {**values, name: _other(call, name)}) == text
    ]


def _other(call: Call, name: str) -> Value:
    return told(call.defaults[name]) if name in call.defaults else _NEVER


def _step(words: Words, call: Call, times: int, turn: int, *, last: bool) -> str | None:
    operation = words.operations[call.operation]
    values = arguments(call)
    count = len(operation.does)
    ordered = [operation.does[(turn + index) % count] for index in range(count)]
    # Whatever tells the most comes first; among equals it is this ticket's turn that decides.
    ordered.sort(key=lambda phrase: len(_unsaid(words, phrase, call)))
    does = next(filter(None, (rendered(words, phrase, values) for phrase in ordered)), None)
    if does is None:
        return None
    does = does.rstrip(".") + _times(times)
    if call.altered and not last:
        does += ", and alters the copy that came back"
    if call.raised and not last:
        does += f" and is refused: “{message(call)}”"
    return does


def _times(times: int) -> str:
    return {1: "", 2: ", twice in a row"}.get(times, f", {times} times in a row")
