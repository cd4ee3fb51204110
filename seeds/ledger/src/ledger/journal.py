"""Journal entries and postings, and the records of payments made from them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ledger.accounts import Account, Side
from ledger.errors import EntryError
from ledger.money import Money, check_positive

LONGEST_TEXT = 80
LONGEST_DESCRIPTION = 160


@dataclass(frozen=True)
class Posting:
    """One side of one account moving by a positive amount."""

    account_id: str
    side: Side
    amount: Money

    def mirrored(self) -> Posting:
        """Return the posting that undoes this one."""
        return Posting(self.account_id, self.side.opposite, self.amount)


@dataclass(frozen=True)
class Entry:
    """Postings that are booked together or not at all."""

    id: str
    booked_at: datetime
    value_date: date
    description: str
    postings: tuple[Posting, ...]
    reference: str = ""
    reverses: str | None = None
    seq: int = 0

    def effect_on(self, account: Account) -> Money:
        """Return the change of an account's balance, as its owner sees it."""
        moves = (
            account.signed(posting.side, posting.amount)
            for posting in self.postings
            if posting.account_id == account.id
        )
        return Money.total(moves, account.currency)

    @property
    def account_ids(self) -> list[str]:
        """The accounts in order of first appearance."""
        return list(dict.fromkeys(posting.account_id for posting in self.postings))


@dataclass(frozen=True)
class Transfer:
    """A payment from one account to another."""

    id: str
    entry_id: str
    source: str
    target: str
    amount: Money
    reference: str
    sent_at: datetime
    refunded: Money

    @property
    def refundable(self) -> Money:
        """What has not been paid back yet."""
        return self.amount - self.refunded

    def __str__(self) -> str:
        return f"{self.amount} from {self.source} to {self.target}"


@dataclass(frozen=True)
class Remembered:
    """A request that was carried out, kept so that it is not carried out twice."""

    owner: str
    key: str
    fingerprint: str
    transfer_id: str
    made_at: datetime


def debit(account: Account, amount: Money) -> Posting:
    """Post on the left."""
    return Posting(account.id, Side.DEBIT, amount)


def credit(account: Account, amount: Money) -> Posting:
    """Post on the right."""
    return Posting(account.id, Side.CREDIT, amount)


def clean_text(text: str, limit: int = LONGEST_TEXT) -> str:
    """Tidy a free text that will stand on a statement."""
    tidy = " ".join(text.split())
    if len(tidy) > limit:
        raise EntryError(f"a text on a statement has at most {limit} characters, not {len(tidy)}")
    return tidy


def check_postings(postings: Sequence[Posting], accounts: Mapping[str, Account]) -> None:
    """Refuse postings that would leave the books crooked."""
    if not postings:
        raise EntryError("an entry without postings says nothing")
    debits: dict[str, int] = {}
    credits_: dict[str, int] = {}
    for posting in postings:
        account = accounts[posting.account_id]
        check_positive(posting.amount, "a posting")
        account.check_currency(posting.amount)
        sums = debits if posting.side is Side.DEBIT else credits_
        sums[account.currency] = sums.get(account.currency, 0) + posting.amount.minor
    for currency in sorted(debits.keys() | credits_.keys()):
        left = Money(debits.get(currency, 0), currency)
        right = Money(credits_.get(currency, 0), currency)
        if left != right:
            raise EntryError(f"debits of {left} and credits of {right} do not agree")


def fingerprint(
    source: str, target: str, amount: Money, reference: str, value_date: date | None
) -> str:
    """Condense what a transfer request asks for."""
    day = value_date.isoformat() if value_date is not None else ""
    parts = [source, target, str(amount.minor), amount.currency, reference, day]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
