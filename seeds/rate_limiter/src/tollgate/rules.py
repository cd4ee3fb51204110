"""Rules and the text they are written in: "100/minute burst 20 by token bucket"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from tollgate.clock import DAY, HOUR, MINUTE, SECOND, WEEK, unit_of
from tollgate.errors import RuleError

LONGEST_PERIOD = 30 * DAY
LARGEST_LIMIT = 1_000_000_000
_TOKEN = re.compile(r"\s*(/|[^\s/]+)")
_UNIT_NAMES = ((WEEK, "week"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second"))


class Algorithm(StrEnum):
    """How requests are counted."""

    TOKEN_BUCKET = "token bucket"
    LEAKY_BUCKET = "leaky bucket"
    FIXED_WINDOW = "fixed window"
    SLIDING_LOG = "sliding log"
    SLIDING_COUNTER = "sliding counter"


BUCKETS = frozenset({Algorithm.TOKEN_BUCKET, Algorithm.LEAKY_BUCKET})


@dataclass(frozen=True)
class Rule:
    """At most `limit` requests per `period` milliseconds."""

    limit: int
    period: int
    burst: int | None = None
    algorithm: Algorithm = Algorithm.TOKEN_BUCKET
    name: str = ""

    @property
    def title(self) -> str:
        """What the rule is called in logs and headers."""
        return self.name or str(self)

    @property
    def capacity(self) -> int:
        """The most that can be taken at one moment."""
        if self.algorithm is Algorithm.LEAKY_BUCKET:
            return 1 + (self.burst if self.burst is not None else 0)
        return self.burst if self.burst is not None else self.limit

    def __str__(self) -> str:
        parts = [f"{self.limit}/{_unit_text(self.period)}"]
        if self.burst is not None:
            parts.append(f"burst {self.burst}")
        if self.algorithm is not Algorithm.TOKEN_BUCKET:
            parts.append(f"by {self.algorithm}")
        if self.name:
            parts.append(f"as {self.name}")
        return " ".join(parts)


def _unit_text(period: int) -> str:
    for length, name in _UNIT_NAMES:
        count, rest = divmod(period, length)
        if not rest:
            return name if count == 1 else f"{count} {name}s"
    return f"{period} ms"


class Token(NamedTuple):
    """A word of a rule and the column it starts at."""

    word: str
    column: int


class Words:
    """The words of a rule, read from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = [
            Token(match.group(1).lower(), match.start(1) + 1) for match in _TOKEN.finditer(text)
        ]
        self._next = 0

    def peek(self) -> Token:
        """Return the next word, or an empty one behind the end."""
        if self._next < len(self._tokens):
            return self._tokens[self._next]
        return Token("", len(self.text.rstrip()) + 1)

    def take(self) -> Token:
        """Return the next word and go past it."""
        token = self.peek()
        self._next += 1
        return token

    def rest(self) -> Iterator[Token]:
        """Go through the words that are left."""
        while self.peek().word:
            yield self.take()

    def wrong(self, token: Token, problem: str) -> RuleError:
        """Make the error for one word."""
        return RuleError(self.text, token.column, problem)


def parse_rule(text: str) -> Rule:
    """Read one rule."""
    words = Words(text)
    limit = _number(words, "a number of requests", most=LARGEST_LIMIT)
    rule = Rule(limit, _period(words))
    seen: set[str] = set()
    for token in words.rest():
        option = _OPTIONS.get(token.word)
        if option is None:
            raise words.wrong(token, f"“{token.word}” is not understood")
        if token.word in seen:
            raise words.wrong(token, f"“{token.word}” is given twice")
        rule = option(words, rule)
        seen.add(token.word)
    return _checked(text, rule)


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read several rules with semicolons between them."""
    rules: list[Rule] = []
    column = 0
    for piece in text.split(";"):
        if piece.strip():
            rules.append(_one_of(text, piece, column, rules))
        column += len(piece) + 1
    if not rules:
        raise RuleError(text, 1, "a rule is missing")
    return tuple(rules)


def _one_of(text: str, piece: str, column: int, earlier: Sequence[Rule]) -> Rule:
    try:
        rule = parse_rule(piece)
    except RuleError as error:
        raise RuleError(text, column + error.position, error.problem) from None
    if any(rule.title == other.title for other in earlier):
        start = column + len(piece) - len(piece.lstrip()) + 1
        raise RuleError(text, start, f"“{rule.title}” is there already")
    return rule


def _number(words: Words, what: str, *, least: int = 0, most: int = LARGEST_LIMIT) -> int:
    token = words.take()
    digits = token.word.replace(",", "").replace("_", "")
    factor = 1
    if digits.endswith("k"):
        digits, factor = digits[:-1], 1_000
    if not (digits.isascii() and digits.isdigit()):
        raise words.wrong(token, f"{what} is missing")
    number = int(digits) * factor
    if number < least:
        raise words.wrong(token, f"{what} must be {least} or more")
    if number > most:
        raise words.wrong(token, f"{what} must be {most} or less")
    return number


def _period(words: Words) -> int:
    separator = words.take()
    if separator.word not in ("/", "per"):
        raise words.wrong(separator, "“/” or “per” is missing")
    first = words.peek()
    count = _number(words, "a period", least=1) if first.word[:1].isdigit() else 1
    token = words.take()
    unit = unit_of(token.word)
    if unit is None:
        raise words.wrong(token, "a unit of time is missing")
    if count * unit > LONGEST_PERIOD:
        raise words.wrong(first, "a period is 30 days at most")
    return count * unit


def _burst(words: Words, rule: Rule) -> Rule:
    return replace(rule, burst=_number(words, "a number of requests behind “burst”"))


def _algorithm(words: Words, rule: Rule) -> Rule:
    first, second = words.take(), words.take()
    name = f"{first.word} {second.word}".strip()
    for algorithm in Algorithm:
        if algorithm.value == name:
            return replace(rule, algorithm=algorithm)
    raise words.wrong(first, f"“{name}” is not a way of counting")


def _name(words: Words, rule: Rule) -> Rule:
    token = words.take()
    if not token.word:
        raise words.wrong(token, "a name is missing behind “as”")
    return replace(rule, name=token.word)


_OPTIONS: dict[str, Callable[[Words, Rule], Rule]] = {
    "burst": _burst,
    "by": _algorithm,
    "as": _name,
}


def _checked(text: str, rule: Rule) -> Rule:
    if rule.burst is None:
        return rule
    column = text.lower().find("burst") + 1
    if rule.algorithm not in BUCKETS:
        raise RuleError(text, column, f"a {rule.algorithm} has no burst")
    if rule.algorithm is Algorithm.TOKEN_BUCKET and rule.burst < 1:
        raise RuleError(text, column, "a token bucket needs a burst of 1 or more")
    return rule
