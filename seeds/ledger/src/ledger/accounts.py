"""Accounts: what they are called, which side they grow on, and what they may be used for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from ledger.errors import AccountError, CurrencyError
from ledger.money import Money

HOUSE = "house"
SHORTEST_NAME = 3
LONGEST_NAME = 60


class Side(Enum):
    """The two sides of the books."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def opposite(self) -> Side:
        """The other side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


class Kind(Enum):
    """What an account stands for, in the order of a trial balance."""

    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"

    @property
    def normal_side(self) -> Side:
        """The side on which such an account grows."""
        return Side.DEBIT if self in (Kind.ASSET, Kind.EXPENSE) else Side.CREDIT

    @property
    def rank(self) -> int:
        """Position in a trial balance."""
        return list(Kind).index(self)


class Status(Enum):
    """Stages in an account's life."""

    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


class House(Enum):
    """The accounts the house keeps for itself, one per currency."""

    BANK = "Bank"
    POSITION = "Exchange position"
    FEES = "Fees"
    ROUNDING = "Rounding"

    @property
    def kind(self) -> Kind:
        """What the house account stands for."""
        if self is House.BANK:
            return Kind.ASSET
        return Kind.EQUITY if self is House.POSITION else Kind.INCOME


@dataclass(frozen=True)
class Account:
    """One account as agreed with its owner."""

    id: str
    name: str
    owner: str
    currency: str
    kind: Kind
    opened_at: datetime
    overdraft: Money
    daily_limit: Money | None = None
    status: Status = Status.OPEN
    version: int = 1

    def signed(self, side: Side, amount: Money) -> Money:
        """Return the amount as this account's owner sees it."""
        return amount if side is self.kind.normal_side else -amount

    def spendable(self, balance: Money, held: Money) -> Money:
        """Return what can be paid out at once."""
        return balance - held + self.overdraft

    def check_currency(self, amount: Money) -> None:
        """Refuse money the account is not kept in."""
        if amount.currency != self.currency:
            raise CurrencyError(f"{self.name} is kept in {self.currency}, not {amount.currency}")

    def check_can_send(self) -> None:
        """Refuse outgoing money while the account is not in normal use."""
        if self.status is not Status.OPEN:
            raise AccountError(f"{self.name} is {self.status.value} and cannot send money")

    def check_can_receive(self) -> None:
        """Refuse incoming money once the account has ended."""
        if self.status is Status.CLOSED:
            raise AccountError(f"{self.name} is closed and cannot receive money")

    def revised(self, **changes: Any) -> Account:
        """Return the next version of the account."""
        return replace(self, version=self.version + 1, **changes)

    def __str__(self) -> str:
        return self.name


def clean_name(text: str) -> str:
    """Tidy an account name as typed."""
    name = " ".join(text.split())
    if len(name) < SHORTEST_NAME or len(name) > LONGEST_NAME:
        raise AccountError(
            f"an account name has {SHORTEST_NAME} to {LONGEST_NAME} characters, “{name}” has {len(name)}"
        )
    return name


def account_id(name: str) -> str:
    """Return the identifier under which an account name is found."""
    folded = unicodedata.normalize("NFKD", name.strip().casefold())
    letters = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def listing_order(account: Account) -> tuple[str, str]:
    """Sort key of account lists."""
    return account.name.casefold(), account.currency
