"""The rules of the house, one exception class for each.

`rule` is for programs and never changes; the message is for the person at the desk. Whatever a rule was measured by
stands on the exception as an attribute: `problem.limit`, `problem.stage`, `problem.given`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


class InvoicingError(Exception):
    """A rule that was not kept. When it reaches the caller, nothing has been written."""

    rule = "rule"


class UnknownError(InvoicingError):
    """Something goes by a name or number that nobody has heard of."""

    rule = "unknown"

    def __init__(self, what: str, given: str) -> None:
        super().__init__(f"there is no {what} {given}")
        self.what = what
        self.given = given


class TakenError(InvoicingError):
    """A name that somebody else has already."""

    rule = "taken"

    def __init__(self, what: str, given: str) -> None:
        super().__init__(f"there is a {what} {given} already")
        self.what = what
        self.given = given


class WordingError(InvoicingError):
    """A text that can't be read as what it is meant to be."""

    rule = "wording"

    def __init__(self, what: str, given: str) -> None:
        super().__init__(f"“{given}” is no {what}")
        self.what = what
        self.given = given


class StageError(InvoicingError):
    """A document that has come too far for this, or not far enough."""

    rule = "stage"

    def __init__(self, document: str, stage: str, wish: str) -> None:
        super().__init__(f"{document} is {stage} and can't be {wish}")
        self.document = document
        self.stage = stage


class CurrencyError(InvoicingError):
    """Two currencies where one is wanted."""

    rule = "currency"

    def __init__(self, expected: str, given: str) -> None:
        super().__init__(f"{expected} is wanted here, not {given}")
        self.expected = expected
        self.given = given


class LimitError(InvoicingError):
    """More than there is, or than was agreed on."""

    rule = "limit"

    def __init__(self, what: str, limit: str, given: str) -> None:
        super().__init__(f"{what}: {limit} at most, {given} asked for")
        self.what = what
        self.limit = limit
        self.given = given


class NothingError(InvoicingError):
    """An amount, a quantity or a document over nothing where something is wanted."""

    rule = "nothing"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is needed")
        self.what = what


class DateError(InvoicingError):
    """A day before the first or after the last that is possible."""

    rule = "date"

    def __init__(self, what: str, limit: date, given: date) -> None:
        side = "earlier" if given < limit else "later"
        super().__init__(f"{what} can't be {side} than {limit}, {given} was asked for")
        self.what = what
        self.limit = limit
        self.given = given


class RepeatError(InvoicingError):
    """A request key that came with another request before."""

    rule = "repeat"

    def __init__(self, key: str) -> None:
        super().__init__(f"the key {key} belongs to another request")
        self.key = key


class StampError(InvoicingError):
    """No fiscal stamp to be had for a document."""

    rule = "stamp"

    def __init__(self, number: str, attempts: int) -> None:
        super().__init__(f"{number} got no stamp in {attempts} attempt(s)")
        self.number = number
        self.attempts = attempts
