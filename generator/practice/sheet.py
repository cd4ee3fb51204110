"""For a practice partner in the interviewer's chair: what the bug is, what to say when, what to ask, and how to mark it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.challenge import texts
from generator.practice import hints
from generator.practice.writing import beside
from generator.records import Mode

if TYPE_CHECKING:
    from generator.key import AnswerKey
    from generator.records import Words

_ENVIRONMENT = texts.environment("generator.practice")
_REACHED = {
    Mode.TICKET: "a test of their own, or a session, that shows what the ticket says",
    Mode.FAILING_TEST: "said in one sentence what the failing test expects and what it gets",
    Mode.MULTI: "said of each failing test in one sentence what it expects and what it gets",
}
_RUBRIC = (
    ("reproduces", "never", "with help", "alone", "alone, and as small as it can be"),
    ("forms hypotheses", "changes code to see what happens", "some, not said", "says each before testing it", "says what would refute it"),
    ("uses the debugger", "prints at random", "steps line by line", "breakpoints where it matters", "conditions and expressions that halve what is left"),
    ("states the cause", "not", "the symptom", "the line", "the line, why it is wrong, and why no test saw it"),
    ("mends it", "not", "the one case", "the cause", "the cause, no line too many, and a test beside it"),
    ("speaks", "silence", "what was done", "what is being done", "what will be done next, and why"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nudge:
    """At this minute: how far they should be, and what to say where they are not."""

    minute: int
    reached: str
    say: str


def sheet(key: AnswerKey, words: Words | None) -> str:
    """The sheet as Markdown."""
    text: str = _ENVIRONMENT.get_template("sheet.md.j2").render(
        id=key.id,
        level=key.level,
        minutes=key.request.minutes,
        bugs=key.bugs,
        nudges=nudges(key, words),
        questions=questions(key),
        answers=beside(key, {}),
        rubric=_RUBRIC,
    )
    return text


def nudges(key: AnswerKey, words: Words | None) -> tuple[Nudge, ...]:
    """From the first sixth of the time to the last, the rungs of the hints one after the other."""
    told = [" ".join(hints.rung(key, words, number)) for number in range(1, 5)]
    steps = (
        (_REACHED[key.mode], "What do you see, what should be there, and which step is the first that differs?"),
        ("a first hypothesis, and a way to refute it", told[0]),
        ("looked at values in the debugger, not only at code", told[1]),
        ("the file", told[2]),
        ("the function, and the cause in one sentence", told[3]),
    )  # fmt: skip
    parts = len(steps) + 1
    return tuple(
        Nudge(key.request.minutes * number // parts, reached, say)
        for number, (reached, say) in enumerate(steps, start=1)
    )


def questions(key: AnswerKey) -> tuple[str, ...]:
    """What to ask, before the fix and after it."""
    passing = len(key.visible) - len(key.failing)
    return (
        "Before the first change: what is your hypothesis, and what would you see if it were wrong?",
        f"Why do the other {passing:,} tests pass?",
        "How would you have found it with half the time?",
        "What else runs through the lines you changed, and how do you know that it still does?",
        "Where else in this code could somebody have made the same mistake?",
        "Which test would you add, and what would it be called?",
    )
