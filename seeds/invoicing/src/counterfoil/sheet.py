"""What an invoice comes to: lines, discounts, taxes. Works out, keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from counterfoil.money import WHOLE, Money, Rounding, decimals_of, figure_of, percent_of, rounded
from counterfoil.problems import LimitError, NothingError
from counterfoil.terms import Manner, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PIECE = 1_000
"""Quantities are kept in thousandths, prices with up to four decimals: a kilowatt-hour costs 0.1275."""
PRICE_DECIMALS = 4
TEXT_AT_MOST = 80


@dataclass(frozen=True)
class Item:
    """One line as callers write it, in plain text."""

    text: str
    price: str
    quantity: str = "1"
    tax: str = "standard"
    discount: str = "0%"

    def __str__(self) -> str:
        less = "" if self.discount == "0%" else f", less {self.discount}"
        return f"{self.quantity} x {self.text} at {self.price} ({self.tax} tax{less})"


@dataclass(frozen=True)
class Line:
    """One line that was read and found sensible."""

    text: str
    price: Decimal
    quantity: int
    code: str
    discount: int

    @classmethod
    def read(cls, item: Item) -> Line:
        """Take a caller's item over."""
        text = tidy(item.text)
        if not text:
            raise NothingError("a text for each line")
        if len(text) > TEXT_AT_MOST:
            raise LimitError("characters of a line", str(TEXT_AT_MOST), str(len(text)))
        price = figure_of(item.price, "price", PRICE_DECIMALS)
        quantity = pieces_of(item.quantity)
        discount = percent_of(item.discount, "discount")
        return cls(text, price, quantity, item.tax.strip().casefold(), discount)

    def net(self, currency: str, how: Rounding) -> Money:
        """What the line costs without taxes, its own discount taken off. Rounded once, at the end."""
        exact = self.price * self.quantity * (WHOLE - self.discount) / (PIECE * WHOLE)
        return Money(rounded(exact.scaleb(decimals_of(currency)), how), currency)

    def __str__(self) -> str:
        return f"{said(self.quantity)} x {self.text}"


def pieces_of(text: str) -> int:
    """`1.5` → 1500 thousandths."""
    pieces = int(figure_of(text, "quantity", 3) * PIECE)
    if pieces == 0:
        raise NothingError("a quantity")
    return pieces


def said(pieces: int) -> str:
    """1500 thousandths → `1.5`."""
    return f"{Decimal(pieces) / PIECE:f}"


@dataclass(frozen=True)
class Rebate:
    """Something off the whole of an invoice: a percentage, or an amount."""

    rate: int = 0
    amount: Money | None = None

    @classmethod
    def parse(cls, text: str, currency: str) -> Rebate:
        """`10%`, or `25.00` in the currency of the invoice."""
        if text.strip().endswith("%"):
            return cls(rate=percent_of(text, "discount"))
        return cls(amount=Money.parse(text, currency))

    def off(self, subtotal: Money, how: Rounding) -> Money:
        """What it takes off a subtotal; never more than there is."""
        if self.amount is None:
            return subtotal.share(self.rate, WHOLE, how)
        if subtotal < self.amount:
            raise LimitError("discount", str(subtotal), str(self.amount))
        return self.amount


@dataclass(frozen=True)
class Charge:
    """What one line comes to in the end: its share of the invoice's discount is taken off."""

    net: Money
    tax: Money


@dataclass(frozen=True)
class Sheet:
    """The figures of an invoice. The charges add up to net and tax, to the last unit."""

    charges: tuple[Charge, ...]
    discount: Money
    net: Money
    tax: Money

    @property
    def total(self) -> Money:
        """What is to be paid."""
        return self.net + self.tax


def draw_up(
    lines: Sequence[Line], currency: str, rebate: Rebate, rates: Mapping[str, int], manner: Manner
) -> Sheet:
    """Work out an invoice. The discount is spread over the lines by what they cost, and taxes are on what it leaves."""
    nets = [line.net(currency, manner.rounding) for line in lines]
    discount = rebate.off(Money.total(nets, currency), manner.rounding)
    spread = discount.apportion([net.minor for net in nets])
    reduced = [net - part for net, part in zip(nets, spread, strict=True)]
    codes = [line.code for line in lines]
    levy = _line_by_line if manner.by_line else _on_the_total
    taxes = levy(reduced, codes, rates, manner.rounding)
    charges = tuple(Charge(net, tax) for net, tax in zip(reduced, taxes, strict=True))
    net, tax = Money.total(reduced, currency), Money.total(taxes, currency)
    return Sheet(charges, discount, net, tax)


def _line_by_line(
    nets: Sequence[Money], codes: Sequence[str], rates: Mapping[str, int], how: Rounding
) -> list[Money]:
    """A tax for each line, each rounded."""
    pairs = zip(nets, codes, strict=True)
    return [net.share(rates[code], WHOLE, how) for net, code in pairs]


def _on_the_total(
    nets: Sequence[Money], codes: Sequence[str], rates: Mapping[str, int], how: Rounding
) -> list[Money]:
    """One tax for all lines of a code, divided among them so that each line knows its part."""
    taxes = [Money.nought(net.currency) for net in nets]
    places: dict[str, list[int]] = {}
    for place, code in enumerate(codes):
        places.setdefault(code, []).append(place)
    for code, own in places.items():
        bases = [nets[place] for place in own]
        tax = Money.total(bases, bases[0].currency).share(rates[code], WHOLE, how)
        parts = tax.apportion([base.minor for base in bases])
        for place, part in zip(own, parts, strict=True):
            taxes[place] = part
    return taxes
