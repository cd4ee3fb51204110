"""Whether one failing test makes a good ticket: one that can be followed to the answer it quotes. Pure."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from generator.challenge.tickets.narrate import (
    STEPS_AT_MOST,
    left_unsaid,
    length,
)
from generator.challenge.tickets.symptom import boundary, is_told, symptom
from generator.challenge.tickets.told import is_verbatim
from generator.records import texts_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from generator.challenge.tickets.symptom import Symptom
    from generator.records import Call, Trace, Words


class Flaw(Enum):
    """What keeps a ticket from being followed, or from being to the point."""

    NO_ANSWER = "no told answer differs"
    THREADS = "several do it at the same time"
    UNTOLD = "something without words is done"
    UNSAID = "something that matters is not said"
    MANY = "the steps are too many to tell each"
    ALIKE = "both answers read the same"
    VERBATIM = "a text can't be quoted as it is"
    WORDING = "only the words of a refusal differ"
    EARLY = "more is done after the first wrong answer"


FATAL = frozenset(Flaw) - {Flaw.EARLY}
"""Where the last step is not the test's last, the ticket can still be followed; it only leaves out the test's rule."""


def flaws(words: Words, clean: Trace, buggy: Trace) -> frozenset[Flaw]:
    """The flaws of the ticket that these traces of one test, on the clean and on the buggy code, would make."""
    index = boundary(words, clean, buggy)
    if index is None:
        return frozenset({Flaw.NO_ANSWER})
    calls = buggy.calls[: index + 1]
    rules: dict[Flaw, Callable[[], bool]] = {
        Flaw.THREADS: lambda: buggy.threaded,
        Flaw.UNTOLD: lambda: (
            any(_is_untold(words, call) for call in calls) or begins_again(words, calls)
        ),
        Flaw.UNSAID: lambda: leaves_unsaid(words, calls),
        Flaw.MANY: lambda: length(words, calls) > STEPS_AT_MOST,
        Flaw.ALIKE: lambda: _reads_alike(symptom(words, clean, buggy)),
        Flaw.VERBATIM: lambda: not all(map(is_verbatim, _quoted(words, calls, clean.calls[index]))),
        Flaw.WORDING: lambda: clean.calls[index].raised == buggy.calls[index].raised is not None,
        Flaw.EARLY: lambda: _goes_on(words, clean.calls[index + 1 :]),
    }
    return frozenset(flaw for flaw, holds in rules.items() if holds())


def _reads_alike(seen: Symptom) -> bool:
    return seen.kind in {"value", "reason"} and seen.saw == seen.expected


def _quoted(words: Words, calls: Sequence[Call], right: Call) -> Iterator[str]:
    """The texts that the steps and both answers quote."""
    for call in calls:
        if is_told(words, call):
            yield from texts_in(dict(call.arguments))
    yield from (*texts_in(calls[-1].result), *texts_in(right.result))


def _is_untold(words: Words, call: Call) -> bool:
    bare = call.operation.rpartition(".")[2]
    special = bare.startswith("__") and bare.endswith("__")
    return not (special or call.operation in words.silent or is_told(words, call))


def begins_again(words: Words, calls: Sequence[Call]) -> bool:
    """Whether what a customer has used is made once more, as it is after a restart."""
    used: set[str] = set()
    for call in calls:
        owner, _, bare = call.operation.rpartition(".")
        if bare == "__init__" and owner in used:
            return True
        if is_told(words, call):
            used.add(owner)
    return False


def leaves_unsaid(words: Words, calls: Sequence[Call]) -> bool:
    """Whether a step leaves something out that nobody can know from the answers before it."""
    known: set[str] = set()
    for call in calls:
        if is_told(words, call) and left_unsaid(words, call, known):
            return True
        known.update(texts_in(call.result))
    return False


def _goes_on(words: Words, calls: Sequence[Call]) -> bool:
    """Looking at what has become of it is no going on."""
    return any(is_told(words, call) and not words.operations[call.operation].asks for call in calls)


_COMMON = frozenset(
    "the and for are its was can may not that this what which when with where from into each same other every their there "
    "they have been were will would only also than then them does done more most less who whose all any one two but out "
    "does without again after before about".split()
)
_ENDINGS = re.compile(r"(ies|ed|ing|es|s|e)$")
_LETTERS_THAT_TELL = 6


def is_about(rule: str, purpose: str, seen: Symptom) -> bool:
    """Whether a rule shares two words with what a function is for, or one with what differs between both answers. One word
    of the purpose is chance: that "the overview … changes nothing" gave the reason for a sign, since both change something."""
    saw, expected = _stems(seen.saw), _stems(seen.expected)
    said = _stems(rule)
    return len(said & _stems(purpose)) > 1 or bool(said & (saw ^ expected))


def _stems(text: str) -> frozenset[str]:
    """The words of a text and of the names in it that say something, without their endings."""
    words = re.findall(r"[^\W\d_]{3,}", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower())
    return frozenset(
        _ENDINGS.sub("", word)[:_LETTERS_THAT_TELL] for word in words if word not in _COMMON
    )
