"""What comes in: batches for the books, statements of the bank. Either comes in whole, once, or not at all."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from crosscheck.ambient import Clock, log_event
from crosscheck.audit import note
from crosscheck.lines import Line, Side, read_lines
from crosscheck.measures import Amount, read_amount_in, total
from crosscheck.outcomes import names
from crosscheck.refusals import Refused
from crosscheck.shelf import add_line, closed_through
from crosscheck.terms import HOUSE, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from crosscheck.shelf import Shelf

KEY_LONGEST: Final = 24

logger = logging.getLogger("crosscheck.intake")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch that has come in under a key, and the lines it has become."""

    digest: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of the bank that has come in, and the lines it has become."""

    account: str
    number: str
    digest: str
    lines: tuple[str, ...]
    opening: Amount | None
    closing: Amount | None


def digest_of(rows: Iterable[str], *balances: Amount | None) -> str:
    """What was sent, condensed. Blanks and empty lines make no difference."""
    written = [" ".join(row.split()) for row in rows if row.strip()]
    return hashlib.sha256("\n".join([*map(str, balances), *written]).encode()).hexdigest()


def post(
    shelf: Shelf, clock: Clock, account: str, rows: Sequence[str], key: str
) -> tuple[str, ...]:
    """Enter lines into the books. Sent again under its key, a batch is not entered again."""
    key = key.strip()
    if len(key) > KEY_LONGEST:
        raise Refused("R306", most=KEY_LONGEST)
    digest = digest_of(rows)
    if (account, key) in shelf.batches:
        known = shelf.batches[account, key]
        if known.digest != digest:
            raise Refused("R305", key=key)
        log_event(logger, "batch.repeated", account=account, key=key)
        return known.lines
    with shelf.transaction():
        made = names(_enter(shelf, account, Side.BOOKS, rows, HOUSE))
        if key:
            shelf.batches[account, key] = Batch(digest, made)
        note(shelf, clock, account, "post", ", ".join(made))
    log_event(logger, "batch.entered", account=account, lines=len(made))
    return made


def receive(
    shelf: Shelf,
    clock: Clock,
    account: str,
    number: str,
    rows: Sequence[str],
    balances: tuple[str | None, str | None],
) -> Statement:
    """Take in a statement. The same one again changes nothing."""
    number = number.strip()
    if not number:
        raise Refused("R402")
    terms = shelf.terms[account]
    opening, closing = (
        None if text is None else read_amount_in(terms.currency, text, account) for text in balances
    )
    digest = digest_of(rows, opening, closing)
    if (account, number.casefold()) in shelf.statements:
        known = shelf.statements[account, number.casefold()]
        if known.digest != digest:
            raise Refused("R401", number=known.number)
        log_event(logger, "statement.repeated", account=account, statement=number)
        return known
    _check_continued(shelf, account, opening)
    with shelf.transaction():
        lines = _enter(shelf, account, Side.BANK, rows, terms.style, number)
        _check_sum(opening, lines, closing)
        statement = Statement(account, number, digest, names(lines), opening, closing)
        shelf.statements[account, number.casefold()] = statement
        note(shelf, clock, account, "receive", number)
    log_event(logger, "statement.entered", account=account, lines=len(lines))
    return statement


def statements_of(shelf: Shelf, account: str) -> list[Statement]:
    """The statements of an account in the order they came."""
    return [one for (owner, _), one in shelf.statements.items() if owner == account]


def _enter(
    shelf: Shelf, account: str, side: Side, rows: Sequence[str], style: Style, source: str = ""
) -> list[Line]:
    """Give each line its place, those of closed months excepted."""
    closed = closed_through(shelf, account)
    entered = []
    for draft in read_lines(rows, style):
        _check_open(closed, draft.day)
        entered.append(add_line(shelf, account, side, draft, source))
    if not entered:
        raise Refused("R304")
    return entered


def _check_open(closed: date | None, day: date) -> None:
    """Refuse a line that belongs to a closed month."""
    if closed is not None and day <= closed:
        raise Refused("R704", day=day)


def _check_continued(shelf: Shelf, account: str, opening: Amount | None) -> None:
    """A statement opens with what the last one that told its end has closed with."""
    closings = [one.closing for one in statements_of(shelf, account) if one.closing is not None]
    if opening is not None and closings and opening != closings[-1]:
        raise Refused("R403", opening=opening, closing=closings[-1])


def _check_sum(opening: Amount | None, lines: Sequence[Line], closing: Amount | None) -> None:
    """The lines lead from the balance before to the one after, where both are told."""
    if opening is None or closing is None:
        return
    reached = opening + total((line.amount for line in lines), opening.currency)
    if reached != closing:
        raise Refused("R404", opening=opening, reached=reached, closing=closing)
