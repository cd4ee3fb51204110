"""The customer's ticket of a built-in seed: who met it, what they did, saw and expected, how often. Pure.

Every number in it was measured and every step is in the failing test; nothing of the code is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.challenge import texts
from generator.challenge.tickets import phrases
from generator.challenge.tickets.narrate import steps
from generator.challenge.tickets.person import Person, person
from generator.challenge.tickets.symptom import Symptom, boundary, symptom, told_calls
from generator.challenge.tickets.telling import Flaw, flaws

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.records import Trace, Words

TITLE_AT_MOST = 80
_SHORT = 24
_IDENTIFIER = re.compile(r"_|\.|[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_PROPER = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December I".split()
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket: its number (`LED-418`), its title, and the whole of TICKET.md."""

    number: str
    title: str
    text: str


def ticket(
    words: Words,
    *,
    rule: str | None,
    clean: Trace,
    buggy: Trace,
    number: int,
    variant: int,
) -> Ticket:
    """Write the ticket of one failing test.

    `rule` is the test's docstring, None where it is beside the point; `clean` and `buggy` are that test's traces. `variant`
    picks person and wording: no sentence is shared between two variants, whatever else they have in common.
    """
    who = person(words, variant)
    seen = symptom(words, clean, buggy)
    told = told_calls(words, clean, buggy)
    facts = {
        "first": who.first,
        "full": who.full,
        "role": who.role,
        "company": who.company,
        "noun": seen.noun,
    }
    opening = who.frame(phrases.OPENINGS, 1).format(**facts)
    often = who.frame(phrases.OFTEN, 2).format(**facts)
    quote = who.frame(phrases.QUOTES, 3).format(**facts)
    pointed = quotes_its_rule(words, clean, buggy)
    outcome = [
        _saw(seen, who, variant, facts),
        _expected(seen, who, variant, rule if pointed else None, facts),
    ]
    sentences = _Sentences(opening, outcome, often, quote)
    blocks = _layout(variant, sentences, _story(steps(words, told, who), who, facts))
    title = _title(seen, who)
    label = f"{words.ticket}-{number}"
    text = texts.render("TICKET.md.j2", number=label, title=title, blocks=blocks)
    return Ticket(label, title, text)


def quotes_its_rule(words: Words, clean: Trace, buggy: Trace) -> bool:
    """Whether the ticket of these traces quotes the test's rule: not where the test goes on after the first wrong answer,
    nor where only another reason was due."""
    return (
        boundary(words, clean, buggy) is not None
        and symptom(words, clean, buggy).kind != "reason"
        and Flaw.EARLY not in flaws(words, clean, buggy)
    )


@dataclass(frozen=True, slots=True)
class _Sentences:
    opening: str
    outcome: list[str]
    often: str
    quote: str


def _story(steps: Sequence[str], who: Person, facts: Mapping[str, str]) -> str:
    """One sentence: what the person does hangs on a word about the person."""
    if len(steps) == 1:
        return who.frame(phrases.ONLY, 0).format(**facts, does=steps[0])
    listed = (f"{number}. {step}" for number, step in enumerate(steps, start=1))
    return who.frame(phrases.LEADS, 0).format(**facts) + "\n\n" + "\n".join(listed)


def _layout(variant: int, told: _Sentences, steps: str) -> list[str]:
    """The paragraphs and the steps, in one of several orders."""
    opening, often, quote = told.opening, told.often, told.quote
    outcome = " ".join(told.outcome)
    layouts = (
        (opening, steps, outcome, f"{often} {quote}"),
        (opening, steps, f"{outcome} {often}"),
        (opening, steps, outcome, often),
        (opening, steps, outcome, often),
        (opening, steps, f"{outcome} {quote}", often),
        (opening, steps, f"{outcome} {often}"),
    )
    chosen = layouts[(variant * 5 + variant // len(layouts)) % len(layouts)]
    return [block for block in chosen if block]


def _saw(seen: Symptom, who: Person, variant: int, facts: dict[str, str]) -> str:
    cores = _worded(phrases.OUTCOMES, seen.kind, seen.saw)
    what = cores[variant % len(cores)].format(saw=seen.saw)
    return who.frame(phrases.SAW, 4).format(**facts, what=what)


def _worded(table: Mapping[str, tuple[str, ...]], kind: str, given: str) -> tuple[str, ...]:
    """The phrases of a kind, where there are such those that quote what is given."""
    gives = f"{kind}, with what it gives"
    return table[gives if given and gives in table else kind]


def _expected(
    seen: Symptom, who: Person, variant: int, rule: str | None, facts: dict[str, str]
) -> str:
    cores = _worded(phrases.WANTED, seen.kind, seen.expected)
    wanted = cores[variant % len(cores)].format(expected=seen.expected)
    if rule is None:
        return who.frame(phrases.EXPECTED_AT_ONCE, 6).format(**facts, wanted=wanted)
    return who.frame(phrases.EXPECTED, 6).format(**facts, wanted=wanted, rule=_woven(rule))


def _woven(rule: str) -> str:
    """The docstring's sentence as part of another one."""
    rule = " ".join(rule.split()).rstrip(".") or "this is what was agreed"
    first = rule.split()[0]
    plain = first.rstrip(",;:'s")
    is_word = first[1:] == first[1:].lower() and plain not in _PROPER
    return (first[:1].lower() + rule[1:]) if is_word else rule


def _title(seen: Symptom, who: Person) -> str:
    noun = seen.noun
    long, short = phrases.TITLES[seen.kind][who.title % len(phrases.TITLES[seen.kind])]
    values = {
        "company": who.company,
        "noun": noun,
        "Noun": noun[:1].upper() + noun[1:],
        "saw": seen.short[0],
        "expected": seen.short[1],
    }
    brief = max(map(len, seen.short)) <= _SHORT
    title = long.format(**values) if brief else short.format(**values)
    if len(title) > TITLE_AT_MOST:
        title = short.format(**values)
    if len(title) > TITLE_AT_MOST:
        title = title[: TITLE_AT_MOST - 1].rsplit(" ", 1)[0] + "…"
    return title[:1].upper() + title[1:]


def leaks(text: str, forbidden: Iterable[str]) -> tuple[str, ...]:
    """Those of the names that the text gives away: with an underscore, a dot or capitals inside; ordinary words that
    are also somebody's function are none."""
    telling = {name for name in forbidden if _IDENTIFIER.search(name)}
    return tuple(
        sorted(name for name in telling if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    )
