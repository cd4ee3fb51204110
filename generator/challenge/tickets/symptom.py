"""What a customer noticed: the first call whose outcome differs between the clean and the buggy run. Pure."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from generator.challenge.texts import ENVIRONMENT, counted
from generator.challenge.tickets.told import Difference, first_difference, say, told
from generator.crashes import NOT_OUR_ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jinja2 import Template
    from jinja2.environment import TemplateModule

    from generator.challenge.tickets.told import Value
    from generator.records import Call, Trace, Words

_QUOTED_AT_MOST = 320
_READ_AT_A_GLANCE = 100
_LINES = re.compile(r"( \| |; )")
_PARTS = re.compile(r"(, )")
_BESIDE = 2
"""A part and what separates it from the next."""
_SENTENCE_END = re.compile(r"\. (?=[A-Z])")
_INNER_QUOTES = str.maketrans("“”", "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}")


@dataclass(frozen=True, slots=True)
class Symptom:
    """One of the kinds in `phrases.OUTCOMES`, the operation's noun, what was seen and what was expected."""

    kind: str
    noun: str
    saw: str = ""
    expected: str = ""
    short: tuple[str, str] = ("", "")


def rendered(words: Words, phrase: str, values: Mapping[str, Value]) -> str | None:
    """A phrase of the seed over described values, or None where a value that it tells was not there."""
    try:
        macros = _compiled(words.macros).make_module(dict(values))
        text = _compiled(phrase).render({**values, **_exported(macros)})
    except (TemplateError, TypeError, AttributeError, ValueError, LookupError):
        return None
    text = counted(" ".join(text.split()))
    return None if not text or "None" in text.split() else text


@functools.lru_cache(maxsize=4096)
def _compiled(template: str) -> Template:
    # A phrase is rendered once for each of its arguments to see which it tells.
    return ENVIRONMENT.from_string(template)


def _exported(macros: TemplateModule) -> dict[str, object]:
    return {name: macro for name, macro in vars(macros).items() if not name.startswith("_")}


def arguments(call: Call) -> dict[str, Value]:
    """The call's arguments for a template."""
    return {name: told(value) for name, value in call.arguments.items()}


def message(call: Call) -> str:
    """What the exception said, fit for quotation marks: one line, no stop."""
    return _quoted(say(told(call.result)))


def _quoted(text: str) -> str:
    text = " ".join(text.split()).rstrip(".")
    text = _SENTENCE_END.sub("; ", text.translate(_INNER_QUOTES))
    return text if len(text) <= _QUOTED_AT_MOST else text[: _QUOTED_AT_MOST - 1] + "…"


def boundary(words: Words, clean: Trace, buggy: Trace) -> int | None:
    """The index of the call whose answer the ticket quotes, or None where none goes otherwise than it should.

    The first that is refused and should not be, or the other way round: what comes after it nobody can follow. Else
    the last one before the test fails: what the test is about, and farthest from the cause. What a customer can see, an
    answer in the seed's words, comes before what only the code sees.
    """
    unlike = [
        (index, right, wrong)
        for index, right, wrong in _unlike(clean, buggy)
        if is_told(words, wrong)
    ]
    for index, right, wrong in unlike:
        if (right.raised is None) != (wrong.raised is None):
            return index
    visible = [index for index, *calls in unlike if _is_visible(words, *calls)]
    return max(visible or (index for index, *_ in unlike), default=None)


def seen_wrong(
    words: Words, clean: Trace, buggy: Trace, before: int
) -> tuple[tuple[Call, Call], ...]:
    """The calls before an index whose answer a customer sees to be wrong."""
    return tuple(
        (right, wrong)
        for index, right, wrong in _unlike(clean, buggy)
        if index < before and is_told(words, wrong) and _is_visible(words, right, wrong)
    )


def last_unlike(clean: Trace, buggy: Trace) -> int | None:
    """The same where there are no words: any difference counts."""
    return max((index for index, _, _ in _unlike(clean, buggy)), default=None)


def _unlike(clean: Trace, buggy: Trace) -> Iterator[tuple[int, Call, Call]]:
    pairs = takewhile(
        lambda pair: _same_question(*pair), zip(clean.calls, buggy.calls, strict=False)
    )
    for index, (right, wrong) in enumerate(pairs):
        if (right.raised, right.result) != (wrong.raised, wrong.result):
            yield index, right, wrong


def _is_visible(words: Words, right: Call, wrong: Call) -> bool:
    if right.raised or wrong.raised:
        return True
    return _shown(words, right) != _shown(words, wrong)


def _same_question(right: Call, wrong: Call) -> bool:
    return (right.operation, right.arguments) == (wrong.operation, wrong.arguments)


def is_told(words: Words, call: Call) -> bool:
    """Whether the seed has words for the call."""
    return call.operation in words.operations and call.operation not in words.silent


def told_calls(words: Words, clean: Trace, buggy: Trace) -> Sequence[Call]:
    """The buggy run's calls up to the first wrong answer. Whether somebody altered what they gave is told by the clean run,
    which gives copies."""
    index = boundary(words, clean, buggy)
    calls = buggy.calls if index is None else buggy.calls[: index + 1]
    altered = [call.altered for call in clean.calls]
    return [
        replace(call, altered=index < len(altered) and altered[index])
        for index, call in enumerate(calls)
    ]


def symptom(words: Words, clean: Trace, buggy: Trace) -> Symptom:
    """What the customer saw, and what the clean run shows in its place."""
    index = boundary(words, clean, buggy)
    if index is None:
        raise ValueError("no told answer of this test differs")
    return _at(words, clean.calls[index], buggy.calls[index])


def _at(words: Words, right: Call, wrong: Call) -> Symptom:
    noun = words.operations[wrong.operation].noun
    shown = _shown(words, right) if right.raised is None else None
    if right.raised and wrong.raised:
        breaks = wrong.raised in NOT_OUR_ERRORS and right.raised not in NOT_OUR_ERRORS
        kind = "crash for a refusal" if breaks else "reason"
        return Symptom(kind, noun, message(wrong), message(right))
    if right.raised:
        return Symptom("accepted", noun, _quoted(_shown(words, wrong) or ""), message(right))
    if wrong.raised:
        kind = "crash" if wrong.raised in NOT_OUR_ERRORS else "refused"
        return Symptom(kind, noun, message(wrong), _quoted(shown or ""))
    saw = _shown(words, wrong)
    found = first_difference(wrong.result, right.result)
    told = apart(saw, shown) if saw and shown and saw != shown else ("", "")
    brief = all(told) and max(map(len, told)) <= _QUOTED_AT_MOST
    return _valued(noun, found, told if brief else apart(found.saw, found.expected))


def _valued(noun: str, found: Difference, told: tuple[str, str]) -> Symptom:
    saw, expected = told
    short = found.short[0] or "nothing", found.short[1] or "nothing"
    return Symptom("value", noun, _quoted(saw), _quoted(expected), short)


def apart(saw: str, expected: str) -> tuple[str, str]:
    """Two long answers without what both have, but for the part on either side of where they differ."""
    if max(len(saw), len(expected)) <= _READ_AT_A_GLANCE:
        return saw, expected
    between = _LINES if _LINES.search(saw + expected) else _PARTS
    one, other = between.split(saw), between.split(expected)
    alike = _in_common(one, other)
    ending = _in_common(one[alike:][::-1], other[alike:][::-1])
    first, last = (max(0, count - _BESIDE - count % 2) for count in (alike, ending))
    return _part(one, first, last), _part(other, first, last)


def _in_common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts are the same from the beginning on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _part(parts: Sequence[str], first: int, last: int) -> str:
    text = "".join(parts[first : len(parts) - last])
    return ("… " if first else "") + text + (" …" if last else "")


def _shown(words: Words, call: Call) -> str | None:
    template = words.operations[call.operation].shows
    if template is None:
        return None
    return rendered(words, template, {**arguments(call), "result": told(call.result)})
