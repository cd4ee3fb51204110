"""Lines, of the books and of the bank: how they are read, and by what they are told apart."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Final

from crosscheck.measures import Amount, read_amount, read_day
from crosscheck.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from crosscheck.terms import Style

FEWEST_COLUMNS: Final = 2
MOST_COLUMNS: Final = 4
PARTS_OF_A_REFERENCE: Final = re.compile(r"\d+|[^\W\d_]+")

LineKey = tuple[str, str]
"""Account and name of a line."""
Identity = tuple[str, str, str, int, str, date]
"""Account, side, key, amount, currency and day: what two lines have in common when one is there twice."""


class Side(Enum):
    """Who wrote a line."""

    BOOKS = "books"
    BANK = "bank"


class State(Enum):
    """What has become of a line."""

    OPEN = "open"
    MATCHED = "matched"
    ACCEPTED = "accepted"


LETTERS: Final = {Side.BOOKS: "B", Side.BANK: "S"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A line as it was written, before it has a place."""

    day: date
    amount: Amount
    reference: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line in its place. `key` is what its counterpart is looked for by."""

    account: str
    side: Side
    number: int
    day: date
    amount: Amount
    key: str
    reference: str
    text: str
    source: str

    @property
    def name(self) -> str:
        """What people call it."""
        return line_name(self.side, self.number)


def line_name(side: Side, number: int) -> str:
    """`B4` is the fourth line of the books, `S4` the fourth of the bank."""
    return f"{LETTERS[side]}{number}"


def read_lines(rows: Iterable[str], style: Style) -> Iterator[Draft]:
    """Read lines one after the other; empty ones are passed over."""
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        try:
            draft = read_line(row, style)
        except Refused as error:
            raise Refused("R301", number=number, why=error) from error
        yield draft


def read_line(row: str, style: Style) -> Draft:
    """Read `2027-03-01 | 120.00 EUR | INV-2207 | Rent`; reference and text may be missing."""
    columns = [" ".join(column.split()) for column in row.split("|")]
    if not FEWEST_COLUMNS <= len(columns) <= MOST_COLUMNS:
        raise Refused("R302", count=len(columns))
    day, amount, reference, text = [*columns, "", ""][:MOST_COLUMNS]
    draft = Draft(read_day(day, style.offset), read_amount(amount, style.mark), reference, text)
    if not draft.amount.minor:
        raise Refused("R303", amount=draft.amount)
    return draft


def plain_reference(reference: str) -> str:
    """A reference without what people write differently: capitals, what separates, zeros in front."""
    folded = unicodedata.normalize("NFKC", reference).casefold()
    parts = PARTS_OF_A_REFERENCE.findall(folded)
    return "-".join(part.lstrip("0") or "0" for part in parts)


def key_of(draft: Draft) -> str:
    """What a counterpart is looked for by: the reference, or else the amount."""
    return plain_reference(draft.reference) or f"={draft.amount}"


def has_reference(key: str) -> bool:
    """Whether a key was made of a reference."""
    return not key.startswith("=")


def identity(line: Line) -> Identity:
    """What a line has in common with another one that says the same."""
    amount = line.amount
    return line.account, line.side.value, line.key, amount.minor, amount.currency, line.day


def order(line: Line) -> tuple[str, date]:
    """The order in which both sides are gone through; within a day lines stay as they came."""
    return line.key, line.day


def packed(line: Line) -> str:
    """A line as one line of a file."""
    amount = line.amount.minor, line.amount.currency
    place = line.account, line.side.value, line.number, line.day.isoformat()
    return json.dumps([*place, *amount, line.key, line.reference, line.text, line.source])


def unpacked(row: str) -> Line:
    """The line that was packed."""
    account, side, number, day, minor, currency, *words = json.loads(row)
    return Line(
        account, Side(side), number, date.fromisoformat(day), Amount(minor, currency), *words
    )
