"""What can be asked. Answers are plain values in the customer's words: amounts and days as text."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from counterfoil.dunning import LADDER, days_overdue
from counterfoil.money import Money
from counterfoil.problems import DateError, NothingError, WordingError
from counterfoil.runtime import log_event
from counterfoil.store import Shelf
from counterfoil.terms import day_of, month_of

if TYPE_CHECKING:
    from counterfoil.documents import Invoice
    from counterfoil.records import Entry, Files, Unit
    from counterfoil.runtime import Diary
    from counterfoil.sales import SalesClerk


logger = logging.getLogger("counterfoil.enquiries")


@dataclass(frozen=True)
class InvoiceView:
    """An invoice as the customer sees it."""

    name: str
    customer: str
    stage: str
    issued_on: str
    due_on: str
    lines: tuple[str, ...]
    net: str
    tax: str
    total: str
    open: str
    discount_until: str
    stamp: str


@dataclass(frozen=True)
class Preview:
    """What a draft would come to: for each line net and tax, and the sums."""

    lines: tuple[str, ...]
    discount: str
    net: str
    tax: str
    total: str


@dataclass(frozen=True)
class VoucherView:
    """A payment or a credit note, and what it was set off against."""

    kind: str
    on: str
    amount: str
    spent_on: tuple[str, ...]
    left: str
    about: str
    stamp: str
    bounced: bool


@dataclass(frozen=True)
class Statement:
    """A page of a customer's account. `next` is where the next page begins, None on the last one."""

    opening: str
    lines: tuple[str, ...]
    closing: str
    next: str | None


class Enquiries:
    """Answers questions; changes nothing."""

    def __init__(self, files: Files, diary: Diary, sales: SalesClerk, shelf_size: int = 64) -> None:
        self._files = files
        self._diary = diary
        self._sales = sales
        self._shelf: Shelf[str, list[Entry]] = Shelf(shelf_size)
        files.archive.on_change(self._shelf.forget)

    def invoice(self, number: str) -> InvoiceView:
        """An invoice by its number."""
        with self._files.unit() as unit:
            return self._view(unit, unit.invoices.get(number))

    def draft(self, draft: int) -> InvoiceView:
        """A draft by its id, or what has become of it."""
        with self._files.unit() as unit:
            return self._view(unit, unit.invoices.draft(draft))

    def preview(self, draft: int) -> Preview:
        """What a draft would come to if it were issued today."""
        sheet = self._sales.preview(draft)
        lines = tuple(f"{charge.net} + {charge.tax}" for charge in sheet.charges)
        return Preview(lines, *map(str, (sheet.discount, sheet.net, sheet.tax, sheet.total)))

    def voucher(self, number: str) -> VoucherView:
        """A payment or a credit note by its number."""
        with self._files.unit() as unit:
            voucher = unit.vouchers.get(number)
            parts = [
                f"{unit.invoices.draft(part.invoice).number}: {part.amount}"
                + (f", discount {part.discount}" if part.discount else "")
                for part in unit.vouchers.allocations(voucher)
            ]
            return VoucherView(
                kind=voucher.kind,
                on=voucher.day.isoformat(),
                amount=str(voucher.amount),
                spent_on=tuple(parts),
                left=str(voucher.unspent),
                about=voucher.about,
                stamp=voucher.stamp,
                bounced=voucher.bounced,
            )

    def outstanding(self, customer: str, currency: str | None) -> list[str]:
        """What a customer has not settled, the longest due first."""
        today = self._diary.today()
        with self._files.unit() as unit:
            agreement = unit.customers.get(customer)
            code = agreement.currency_for(currency)
            owed = unit.invoices.owed(agreement.key, code)
            late = [max(0, days_overdue(invoice, today)) for invoice in owed]
            return [
                f"{invoice.number}: {invoice.outstanding}, {invoice.stage.value}, {days} day(s) overdue"
                for invoice, days in zip(owed, late, strict=True)
            ]

    def balance(self, customer: str, currency: str | None, on: str | None) -> str:
        """What a customer owes, at the end of a day; with a minus where we owe them."""
        with self._files.unit() as unit:
            agreement = unit.customers.get(customer)
            code = agreement.currency_for(currency)
            until = day_of(on) if on is not None else date.max
            entries = self._entries(unit, agreement.key, code)
            counted = [entry.amount for entry in entries if entry.day <= until]
            return str(Money.total(counted, code))

    def statement(
        self,
        customer: str,
        currency: str | None,
        span: tuple[str | None, str | None],
        limit: int,
        after: str | None,
    ) -> Statement:
        """The movements from one day to another, both included, with what was owed before and after each page."""
        since = day_of(span[0]) if span[0] is not None else date.min
        until = day_of(span[1]) if span[1] is not None else date.max
        if until < since:
            raise DateError("the end of a statement", since, until)
        if limit < 1:
            raise NothingError("a line for each page")
        with self._files.unit() as unit:
            agreement = unit.customers.get(customer)
            code = agreement.currency_for(currency)
            entries = self._entries(unit, agreement.key, code)
        asked = [entry for entry in entries if entry.day <= until]
        place = _place(after)
        page = [e for e in asked if e.day >= since and (e.day, e.seq) > place]
        shown = page[:limit]
        skipped = asked[: len(asked) - len(page)]
        opening = owed = Money.total([entry.amount for entry in skipped], code)
        lines = []
        for entry in shown:
            owed += entry.amount
            lines.append(f"{entry.day} {entry.kind} {entry.about}: {entry.amount}, {owed}")
        more = f"{shown[-1].day}/{shown[-1].seq}" if len(page) > limit else None
        return Statement(str(opening), tuple(lines), str(owed), more)

    def letters(self, customer: str) -> list[str]:
        """The reminders that a customer was sent, oldest first."""
        with self._files.unit() as unit:
            written = unit.letters.of(unit.customers.get(customer).key)
        return [
            f"{letter.day} {LADDER[letter.level - 1].name}: {', '.join(letter.numbers)}: {letter.amount}"
            for letter in written
        ]

    def taxes(self, month: str) -> list[str]:
        """Net and tax of a month by code, as far as the postroom has carried the news."""
        with self._files.unit() as unit:
            found = unit.taxes.of(month_of(month))
        return [f"{code}: {tax} on {net}" for code, net, tax in found]

    def history(self, document: str) -> list[str]:
        """What was done to a document, with the moment and the request."""
        with self._files.unit() as unit:
            return unit.trail.of(document)

    def parked(self) -> list[str]:
        """Messages that their receivers could not take."""
        with self._files.unit() as unit:
            return [f"{receiver}: message {seq}" for receiver, seq in unit.outbox.parked()]

    def _entries(self, unit: Unit, customer: str, currency: str) -> list[Entry]:
        """The movements, from the shelf where nothing has changed."""
        work_out = partial(_look_up, unit, customer, currency)
        if self._files.archive.is_touched(customer):
            return work_out()
        return self._shelf.fetch(customer, currency, work_out)

    def _view(self, unit: Unit, invoice: Invoice) -> InvoiceView:
        """An invoice as its customer sees it: days, lines, amounts."""
        code = invoice.currency
        net = [billed.charge.net for billed in invoice.billed]
        tax = [billed.charge.tax for billed in invoice.billed]
        return InvoiceView(
            name=invoice.name,
            customer=unit.customers.get(invoice.customer).name,
            stage=invoice.stage.value,
            issued_on=_said(invoice.issued_on),
            due_on=_said(invoice.due_on),
            lines=tuple(map(str, invoice.lines)),
            net=str(Money.total(net, code)),
            tax=str(Money.total(tax, code)),
            total=str(Money(invoice.balance.total, code)),
            open=str(invoice.outstanding),
            discount_until=_said(invoice.early_until),
            stamp=invoice.stamp,
        )


def _look_up(unit: Unit, customer: str, currency: str) -> list[Entry]:
    """The movements as they are on file."""
    log_event(logger, "entries.read", logging.DEBUG, customer=customer, currency=currency)
    return unit.accounts.entries(customer, currency)


def _said(day: date | None) -> str:
    """A day as text; nothing where there is none."""
    return day.isoformat() if day is not None else ""


def _place(after: str | None) -> tuple[date, int]:
    """Where a page ended: the day and the number of its last line."""
    if after is None:
        return date.min, 0
    day, _, seq = after.partition("/")
    if not seq.isdecimal():
        raise WordingError("place in a statement", after)
    return day_of(day), int(seq)
