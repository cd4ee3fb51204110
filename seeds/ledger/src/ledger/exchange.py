"""Rates, quotes and conversions between currencies."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from ledger.accounts import House
from ledger.errors import AmountError, CurrencyError, QuoteError
from ledger.journal import Posting, credit, debit
from ledger.money import BASIS, EXPONENTS, Money, check_positive, decimal_from
from ledger.runtime import log_event

if TYPE_CHECKING:
    from ledger.accounts import Account
    from ledger.bookkeeping import Books

RATE_DIGITS = Decimal("0.00000001")
RATE_LIFETIME = timedelta(hours=1)
LONGEST_QUOTE = 300
logger = logging.getLogger("ledger.exchange")


@dataclass(frozen=True)
class Rate:
    """Units of the target currency for one unit of the source currency."""

    source: str
    target: str
    value: Decimal
    set_at: datetime

    def inverse(self) -> Rate:
        """Return the rate seen from the other side."""
        flipped = (1 / self.value).quantize(RATE_DIGITS, rounding=ROUND_DOWN)
        return Rate(self.target, self.source, flipped, self.set_at)


@dataclass(frozen=True)
class Quote:
    """A rate promised for a short while, for one conversion."""

    id: str
    source: str
    target: str
    rate: Decimal
    quoted_at: datetime
    expires_at: datetime
    used: bool = False

    def __str__(self) -> str:
        return f"{self.source}/{self.target} {self.rate}"


@dataclass(frozen=True)
class FeeSchedule:
    """A fee in basis points that stays between a floor and a ceiling."""

    basis_points: int = 0
    minimum: Money | None = None
    maximum: Money | None = None

    def fee_for(self, amount: Money) -> Money:
        """Return the fee on an amount."""
        fee = amount.portion(self.basis_points, rounding=ROUND_HALF_UP)
        if self.minimum is not None:
            fee = max(fee, self.minimum)
        if self.maximum is not None:
            fee = min(fee, self.maximum)
        return fee


@dataclass(frozen=True)
class Conversion:
    """What left one account and reached another in a different currency."""

    sold: Money
    fee: Money
    remainder: Money
    bought: Money
    entry_id: str = ""


def find_rate(rates: Mapping[tuple[str, str], Rate], source: str, target: str) -> Rate | None:
    """Look a rate up, the other way round if need be."""
    if (source, target) in rates:
        return rates[source, target]
    if (target, source) in rates:
        return rates[target, source].inverse()
    return None


def convert_at(amount: Money, rate: Decimal, target: str) -> tuple[Money, Money]:
    """Return what an amount buys and the part of it that was too small to buy anything."""
    shift = EXPONENTS[target] - EXPONENTS[amount.currency]
    per_minor = rate.scaleb(shift)
    bought = int((amount.minor * per_minor).to_integral_value(rounding=ROUND_DOWN))
    spent = int((bought / per_minor).to_integral_value(rounding=ROUND_CEILING))
    return Money(bought, target), amount - Money(min(spent, amount.minor), amount.currency)


class ExchangeDesk:
    """Keeps rates and fees, gives quotes and converts."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._store = books.store
        self._fees: dict[str, FeeSchedule] = {}

    def set_rate(self, source: str, target: str, value: str) -> Rate:
        """Publish a new rate."""
        number = decimal_from(value)
        if number <= 0:
            raise QuoteError(f"a rate must be more than zero, not {value}")
        if source == target:
            raise CurrencyError(f"{source} needs no rate to itself")
        rate = Rate(source, target, number, self._books.clock.now())
        self._store.save_rate(rate)
        return rate

    def set_fee(
        self, currency: str, basis_points: int, minimum: Money | None, maximum: Money | None
    ) -> FeeSchedule:
        """Agree on the fee for selling a currency."""
        if basis_points < 0 or basis_points > BASIS:
            raise AmountError(f"a fee lies between 0 and {BASIS} basis points")
        if minimum is not None and maximum is not None and minimum > maximum:
            raise AmountError(f"the lowest fee {minimum} is above the highest fee {maximum}")
        schedule = FeeSchedule(basis_points, minimum, maximum)
        self._fees[currency] = schedule
        return schedule

    def quote(self, source: str, target: str, *, markup: int, seconds: int) -> Quote:
        """Promise a rate for a while."""
        if seconds < 1 or seconds > LONGEST_QUOTE:
            raise QuoteError(f"a quote is good for 1 to {LONGEST_QUOTE} seconds, not {seconds}")
        now = self._books.clock.now()
        rate = find_rate(self._store.rates(), source, target)
        if rate is None:
            raise QuoteError(f"there is no rate from {source} to {target}")
        if now - rate.set_at > RATE_LIFETIME:
            raise QuoteError(f"the rate from {source} to {target} is too old to quote")
        value = (rate.value * (BASIS - markup) / BASIS).quantize(RATE_DIGITS, rounding=ROUND_DOWN)
        end = now + timedelta(seconds=seconds)
        quote = Quote(self._books.ids.next("quote"), source, target, value, now, end)
        self._store.save_quote(quote)
        return quote

    def _usable(self, quote_id: str, payer: Account, payee: Account) -> Quote:
        quote = self._store.quote(quote_id)
        if quote is None:
            raise QuoteError(f"there is no quote {quote_id}")
        if quote.used:
            raise QuoteError(f"{quote_id} has been used already")
        if self._books.clock.now() >= quote.expires_at:
            raise QuoteError(f"{quote_id} has run out")
        if quote.source != payer.currency or quote.target != payee.currency:
            raise QuoteError(f"{quote_id} is for {quote.source} to {quote.target}")
        return quote

    def convert(
        self, source: str, target: str, amount: Money, quote_id: str, reference: str
    ) -> Conversion:
        """Sell an amount of one account's currency into another account."""
        check_positive(amount)
        with self._books.locks.holding(source, target):
            payer, payee = self._books.account(source), self._books.account(target)
            payer.check_can_send()
            payee.check_can_receive()
            payer.check_currency(amount)
            quote = self._usable(quote_id, payer, payee)
            fee = self._fees.get(amount.currency, FeeSchedule()).fee_for(amount)
            bought, remainder = convert_at(amount - fee, quote.rate, payee.currency)
            if bought.minor <= 0:
                raise AmountError(f"{amount} is too little to buy any {payee.currency}")
            self._books.check_funds(payer, amount)
            deal = Conversion(amount, fee, remainder, bought)
            with self._store.transaction():
                self._store.save_quote(replace(quote, used=True))
                entry = self._books.book(
                    self._postings(payer, payee, deal),
                    description=f"Conversion at {quote.rate}",
                    reference=reference,
                )
        log_event(logger, "converted", entry=entry.id, sold=str(amount), bought=str(bought))
        return replace(deal, entry_id=entry.id)

    def _postings(self, payer: Account, payee: Account, deal: Conversion) -> list[Posting]:
        taken_in = self._books.house(House.POSITION, payer.currency)
        paid_out = self._books.house(House.POSITION, payee.currency)
        postings = [
            debit(payer, deal.sold),
            credit(taken_in, deal.sold - deal.fee - deal.remainder),
            debit(paid_out, deal.bought),
            credit(payee, deal.bought),
        ]
        for role, part in ((House.FEES, deal.fee), (House.ROUNDING, deal.remainder)):
            if part.minor > 0:
                postings.append(credit(self._books.house(role, payer.currency), part))
        return postings
