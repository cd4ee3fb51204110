"""What was agreed for each account: how far lines may be apart, and how its bank writes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from crosscheck.measures import (
    Amount,
    days_between,
    portion,
    read_amount_in,
    read_currency,
)
from crosscheck.refusals import Refused
from crosscheck.shelf import begin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from crosscheck.shelf import Shelf

T = TypeVar("T", "Style", "Terms")
MOST_DAYS: Final = 60
MOST_BASIS_POINTS: Final = 1_000
MOST_OFFSET: Final = 840
MARKS: Final = (".", ",")
PERCENTAGE: Final = re.compile(r"[0-9]+(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody writes amounts, and which time it is for them when they date a moment."""

    mark: str = "."
    offset: int = 0


HOUSE: Final = Style()


@dataclass(frozen=True, slots=True)
class Terms:
    """The agreement on one account. `version` counts the changes of how lines are matched."""

    currency: str
    tolerance: int = 0
    basis_points: int = 0
    early: int = 0
    late: int = 3
    working_days: bool = False
    style: Style = HOUSE
    confirm_above: int | None = None
    version: int = 1


def account_id(name: str) -> str:
    """What an account goes by: capitals and blanks make no difference."""
    return " ".join(name.split()).casefold()


def open_account(shelf: Shelf, name: str, currency: str) -> None:
    """Begin with an account, on the usual terms."""
    account = account_id(name)
    if not account:
        raise Refused("R103")
    if account in shelf.terms:
        raise Refused("R102", account=account)
    shelf.terms[account] = Terms(read_currency(currency))
    begin(shelf, account)


def known_account(shelf: Shelf, name: str) -> str:
    """The id of an account that is there."""
    account = account_id(name)
    if account not in shelf.terms:
        raise Refused("R101", account=account or "without a name")
    return account


def changed(agreed: T, wishes: Mapping[str, Any]) -> T:
    """What was agreed, with what is wished for and not None."""
    return replace(agreed, **{name: wish for name, wish in wishes.items() if wish is not None})


def amend(shelf: Shelf, account: str, wishes: Mapping[str, Any]) -> None:
    """Change how lines are matched, in what is not None. Where all is as before, so is the version."""
    terms = shelf.terms[account]
    wanted = changed(terms, wishes)
    if wanted != terms:
        shelf.terms[account] = replace(wanted, version=terms.version + 1)


def read_tolerance(terms: Terms, account: str, text: str) -> int:
    """How far amounts may be apart, in the smallest unit of the account."""
    tolerance = read_amount_in(terms.currency, text, account).minor
    if tolerance < 0:
        raise Refused("R112")
    return tolerance


def read_percentage(text: str) -> int:
    """Read `0.25` or `0.25 %`, in hundredths of a per cent."""
    plain = text.strip().removesuffix("%").strip()
    whole, _, part = plain.partition(".")
    basis_points = int(whole + part.ljust(2, "0")) if PERCENTAGE.fullmatch(plain) else None
    if basis_points is None or basis_points > MOST_BASIS_POINTS:
        raise Refused("R116", text=text.strip() or "nothing")
    return basis_points


def check_days(days: int) -> int:
    """A number of days that a window may have."""
    if not 0 <= days <= MOST_DAYS:
        raise Refused("R111", most=MOST_DAYS, days=days)
    return days


def set_style(shelf: Shelf, account: str, mark: str | None, offset: int | None) -> None:
    """Say how the bank writes from now on; what is None stays as it is."""
    if mark is not None and mark not in MARKS:
        raise Refused("R114", mark=mark or "nothing")
    if offset is not None and abs(offset) > MOST_OFFSET:
        raise Refused("R115", most=MOST_OFFSET, offset=offset)
    terms = shelf.terms[account]
    style = changed(terms.style, {"mark": mark, "offset": offset})
    shelf.terms[account] = replace(terms, style=style)


def set_limit(shelf: Shelf, account: str, above: str | None) -> None:
    """Have larger differences confirmed by somebody else, or, with None, none at all."""
    terms = shelf.terms[account]
    limit = None if above is None else read_tolerance(terms, account, above)
    shelf.terms[account] = replace(terms, confirm_above=limit)


def allowance(terms: Terms, amount: Amount) -> int:
    """How far the bank may be away from an amount in the books.

    The larger of tolerance and percentage counts; the tolerance is one in the account's own currency.
    """
    fixed = terms.tolerance if amount.currency == terms.currency else 0
    return max(fixed, portion(amount, terms.basis_points))


def in_window(terms: Terms, booked: date, banked: date) -> bool:
    """Whether a day at the bank is near enough to one in the books."""
    apart = days_between(booked, banked, working=terms.working_days)
    return -terms.early <= apart <= terms.late


def needs_confirmation(terms: Terms, amount: Amount) -> bool:
    """Whether a second person has to look at a difference; other currencies are always looked at twice."""
    if terms.confirm_above is None:
        return False
    return amount.currency != terms.currency or abs(amount.minor) > terms.confirm_above
