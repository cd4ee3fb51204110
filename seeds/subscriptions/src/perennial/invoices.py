"""Invoices, and the two parties on them.

An invoice is put together from lines: coupons lower what may be lowered, taxes come on top of what is left, and the customer's credit
is set off last. An invoice that comes to less than nothing asks for nothing; what is over becomes credit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum

from perennial.catalogue import Redemption, discount
from perennial.errors import ConflictError, LimitError
from perennial.events import Aggregate
from perennial.values import Money, Period, Value, total_of


@dataclass
class Merchant:
    """Who bills."""

    id: str
    tax_rate: int = 0
    utc_offset: int = 0
    """Minutes by which the merchant's clocks are ahead of UTC: bills fall on the merchant's days."""
    invoice_limit: int | None = None
    retry_days: tuple[int, ...] = (3, 5, 7)
    ends_unpaid: bool = True
    last_number: int = 0

    def next_number(self) -> str:
        """The next number for an invoice; there are no gaps."""
        self.last_number += 1
        return f"{self.id.upper()}-{self.last_number:04d}"

    def check_limit(self, total: Money) -> None:
        """Refuse a bill that is larger than the merchant's limit."""
        if self.invoice_limit is not None and total.minor > self.invoice_limit:
            raise LimitError("invoice_too_large", f"{total} is more than an invoice may ask for")


@dataclass
class Customer:
    """Who is billed. Credit is kept by currency."""

    merchant: str
    id: str
    card: str | None = None
    credit: dict[str, Money] = field(default_factory=dict)

    def credit_in(self, currency: str) -> Money:
        """The customer's credit in a currency."""
        return self.credit.get(currency, Money.zero(currency))

    def give_credit(self, amount: Money) -> None:
        """Put something to the customer's credit."""
        self.credit[amount.currency] = self.credit_in(amount.currency) + amount

    def take_credit(self, wanted: Money) -> Money:
        """Use up credit, as much as is wanted or as there is."""
        taken = min(wanted, self.credit_in(wanted.currency))
        self.give_credit(-taken)
        return taken


class LineKind(Enum):
    """What a line is about."""

    PLAN = "plan"
    SETUP = "setup"
    CHANGE = "change"
    CREDIT = "credit"


DISCOUNTED = frozenset({LineKind.PLAN, LineKind.SETUP})


@dataclass(frozen=True)
class Line(Value):
    """One line: what, how much, for which days, and what coupons took off it."""

    kind: LineKind
    text: str
    amount: Money
    period: Period | None = None
    discount: Money | None = None

    @property
    def net(self) -> Money:
        """The amount without the discount."""
        return self.amount if self.discount is None else self.amount - self.discount


class InvoiceStatus(Enum):
    """Where an invoice stands."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


@dataclass
class Invoice(Aggregate):
    """A bill. Its id is its number."""

    subscription: str
    issued_on: date
    lines: list[Line]
    tax: Money
    credit: Money
    status: InvoiceStatus = InvoiceStatus.OPEN
    paid_on: date | None = None
    receipt: str | None = None
    unsettled_key: str | None = None
    """Under which key a payment was asked for that nobody knows the outcome of."""
    refunded: Money | None = None

    @property
    def currency(self) -> str:
        """The currency it is billed in."""
        return self.tax.currency

    @property
    def discount(self) -> Money:
        """The discount: what coupons took off."""
        given = [line.discount for line in self.lines if line.discount is not None]
        return total_of(given, self.currency)

    @property
    def total(self) -> Money:
        """All lines and the tax; negative where more is given back than asked for."""
        return total_of((line.net for line in self.lines), self.currency) + self.tax

    @property
    def due(self) -> Money:
        """What is to be paid of the bill once credit is set off."""
        return self.total.at_least_zero() - self.credit

    @property
    def is_open(self) -> bool:
        """Whether it is still to be paid."""
        return self.status is InvoiceStatus.OPEN

    def settle(self, on: date, receipt: str | None) -> None:
        """The bill has been paid."""
        self.status, self.paid_on, self.receipt = InvoiceStatus.PAID, on, receipt
        self.note("invoice.paid" if self.due else "invoice.settled", on, invoice=self.id, amount=self.due)

    def void(self, on: date) -> None:
        """Take the invoice back: it was a mistake, or has lost its reason."""
        if not self.is_open:
            raise ConflictError("not_open", f"invoice {self.id} is {self.status.value}")
        self.status = InvoiceStatus.VOID
        self.note("invoice.voided", on, invoice=self.id)

    def write_off(self, on: date) -> None:
        """Write the bill off: nobody expects it to be paid any more."""
        self.status = InvoiceStatus.UNCOLLECTIBLE
        self.note("invoice.uncollectible", on, invoice=self.id, amount=self.due)

    def refund(self, amount: Money, on: date) -> None:
        """Note a refund to the card."""
        self.refunded = amount
        self.note("invoice.refunded", on, invoice=self.id, amount=amount)

    def refundable(self) -> Money:
        """How much of the bill may go back to the card: no more than came from it."""
        return self.due if self.receipt is not None else Money.zero(self.currency)


@dataclass(frozen=True)
class Draft:
    """An invoice before it has a number."""

    lines: list[Line]
    tax: Money

    @property
    def total(self) -> Money:
        """All lines and the tax."""
        return total_of((line.net for line in self.lines), self.tax.currency) + self.tax


def draft(lines: list[Line], redemptions: Sequence[Redemption], on: date, tax_rate: int) -> Draft:
    """Take the discount of coupons off and put the taxes on. A discount is spread over the lines that it is for."""
    given = lines
    currency = given[0].amount.currency
    lowered = [line for line in given if line.kind in DISCOUNTED]
    base = total_of((line.amount for line in lowered), currency)
    off = discount(redemptions, on, base)
    if off:
        shares = iter(off.allocate([line.amount.minor for line in lowered]))
        given = [replace(line, discount=next(shares)) if line.kind in DISCOUNTED else line for line in given]
    net = total_of((line.net for line in given), currency)
    return Draft(given, net.percent(tax_rate))


def by_month(invoice: Invoice) -> list[tuple[date, Money]]:
    """In which months a bill is earned: each line by the days of its period, others when they were billed."""
    earned: dict[date, Money] = {}
    for line in invoice.lines:
        period = line.period if line.period is not None else Period.of(invoice.issued_on, 1)
        months = period.by_month()
        shares = line.net.allocate([days for _, days in months])
        for (month, _), share in zip(months, shares, strict=True):
            earned[month] = earned.get(month, Money.zero(invoice.currency)) + share
    return sorted(earned.items(), key=lambda item: item[0])
