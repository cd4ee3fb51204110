"""The cashier: what customers pay, what they are credited, and which invoices that settles.

Payments and credit notes are vouchers. A voucher is set off against invoices, the longest due first; what is left of it
waits on the customer's account.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from counterfoil import problems
from counterfoil.documents import Invoice, Stage, Voucher, taxes_of
from counterfoil.money import Money
from counterfoil.sheet import pieces_of
from counterfoil.terms import Agreement, day_of, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from counterfoil.records import Files, Unit
    from counterfoil.runtime import Diary
    from counterfoil.stamping import Stamping

KEY_DAYS = 30
"""A request key is good for so many days after the day of the request."""


class Cashier:
    """Takes money in, gives credit, and settles invoices with both."""

    def __init__(self, files: Files, diary: Diary, stamping: Stamping) -> None:
        self._files = files
        self._diary = diary
        self._stamping = stamping

    def receive(
        self,
        customer: str,
        amount: str,
        currency: str | None,
        on: str | None,
        against: str | None,
        key: str | None,
    ) -> str:
        """Take a payment, once for each key, and settle with it what has been due longest."""
        today = self._diary.today()
        with self._files.unit() as unit:
            agreement = unit.customers.get(customer)
            money = Money.parse(amount, agreement.currency_for(currency))
            day = day_of(on) if on is not None else None
            mark = mark_of(money, day, against)
            if key is not None:
                known = unit.keys.answer(agreement.key, key, today)
                if known is not None:
                    if known[0] != mark:
                        raise problems.RepeatError(key)
                    return known[1]
            number = self._take(unit, agreement, money, day or today, against)
            if key is not None:
                until = today + timedelta(days=KEY_DAYS)
                unit.keys.keep(agreement.key, key, mark, number, until)
            return number

    def apply(self, customer: str) -> None:
        """Settle what is owed with what waits on account, the oldest money first."""
        today = self._diary.today()
        with self._files.unit() as unit:
            key = unit.customers.get(customer).key
            for currency in unit.vouchers.currencies(key):
                for voucher in unit.vouchers.unspent(key, currency):
                    self._settle_oldest(unit, voucher, today)
                    unit.vouchers.save(voucher)

    def bounce(self, number: str) -> None:
        """The bank has taken a payment back: all that it settled is owed again, the last first."""
        today = self._diary.today()
        with self._files.unit() as unit:
            payment = unit.vouchers.get(number)
            payment.bounce(today)
            for part in reversed(unit.vouchers.allocations(payment)):
                invoice = unit.invoices.draft(part.invoice)
                lost = invoice.unpay(part.amount, part.discount, today)
                unit.accounts.post(
                    invoice.customer, today, "discount taken back", invoice.number, lost
                )
                unit.invoices.save(invoice)
            unit.vouchers.release(payment)
            unit.accounts.post(payment.customer, today, "bounced", payment.number, payment.amount)
            unit.vouchers.save(payment)

    def refund(self, customer: str, amount: str, currency: str | None) -> str:
        """Pay out what waits on account, the oldest money first."""
        today = self._diary.today()
        with self._files.unit() as unit:
            agreement = unit.customers.get(customer)
            left = Money.parse(amount, agreement.currency_for(currency))
            _check_something(left, "a refund")
            vouchers = unit.vouchers.unspent(agreement.key, left.currency)
            there = Money.total([each.unspent for each in vouchers], left.currency)
            if there < left:
                raise problems.LimitError("refund", str(there), str(left))
            number = unit.numbers.draw("REF", today)
            unit.accounts.post(agreement.key, today, "refund", number, left)
            for voucher in vouchers:
                part = min(left, voucher.unspent)
                voucher.pay_out(part)
                left -= part
                unit.vouchers.save(voucher)
            return number

    def credit(self, number: str, place: int, quantity: str | None, reason: str) -> str:
        """Credit a line of an invoice, all that is left of it or so much."""
        pieces = pieces_of(quantity) if quantity is not None else None
        with self._files.unit() as unit:
            invoice = unit.invoices.get(number)
            return self._credit(unit, invoice, [(place, pieces)], reason)

    def credit_all(self, number: str, reason: str) -> str:
        """Credit all that is left of an invoice."""
        with self._files.unit() as unit:
            invoice = unit.invoices.get(number)
            left = [
                (place, None)
                for place, billed in enumerate(invoice.billed, start=1)
                if billed.pieces_left
            ]
            return self._credit(unit, invoice, left, reason)

    def write_off(self, number: str, reason: str) -> None:
        """Give up what is owed on an invoice."""
        today = self._diary.today()
        if not tidy(reason):
            raise problems.NothingError("a reason")
        with self._files.unit() as unit:
            invoice = unit.invoices.get(number)
            lost = invoice.write_off(tidy(reason), today)
            unit.accounts.post(invoice.customer, today, "write-off", invoice.number, -lost)
            unit.invoices.save(invoice)

    def _take(
        self, unit: Unit, agreement: Agreement, amount: Money, on: date, against: str | None
    ) -> str:
        """Take a payment in and settle invoices with it."""
        today = self._diary.today()
        _check_something(amount, "a payment")
        if on > today:
            raise problems.DateError("a payment", today, on)
        payment = _voucher(
            unit, "payment", unit.numbers.draw("PAY", today), agreement.key, amount, on
        )
        unit.accounts.post(agreement.key, on, "payment", payment.number, -amount)
        if against is not None:
            self._settle(unit, payment, self._meant(unit, payment, against), today)
        self._settle_oldest(unit, payment, today)
        payment.note("payment.received", today, amount=str(amount), left=str(payment.unspent))
        unit.vouchers.save(payment)
        return payment.number

    def _meant(self, unit: Unit, payment: Voucher, against: str) -> Invoice:
        """The invoice that a customer names with a payment: their own, and in the same currency."""
        invoice = unit.invoices.get(against)
        if invoice.customer != payment.customer:
            raise problems.UnknownError("invoice of this customer", against)
        if invoice.currency != payment.currency:
            raise problems.CurrencyError(invoice.currency, payment.currency)
        return invoice

    def _settle_oldest(self, unit: Unit, voucher: Voucher, today: date) -> None:
        """Set a voucher off against what has been due longest. What is in dispute has to be named to be paid."""
        for invoice in unit.invoices.owed(voucher.customer, voucher.currency):
            if voucher.unspent and invoice.stage is not Stage.DISPUTED:
                self._settle(unit, voucher, invoice, today)

    def _settle(self, unit: Unit, voucher: Voucher, invoice: Invoice, today: date) -> None:
        """Set a voucher off against one invoice, with the discount for paying early where it is earned."""
        discount = Money.nought(voucher.currency)
        if voucher.is_payment:
            discount = invoice.early_discount(voucher.day)
        if voucher.unspent < invoice.outstanding - discount:
            discount = Money.nought(voucher.currency)
        part = min(voucher.unspent, invoice.outstanding - discount)
        voucher.spend(part)
        invoice.pay(part, discount, today)
        unit.vouchers.allocate(voucher, invoice, part, discount)
        unit.accounts.post(invoice.customer, voucher.day, "discount", invoice.number, -discount)
        unit.invoices.save(invoice)

    def _credit(
        self,
        unit: Unit,
        invoice: Invoice,
        places: Sequence[tuple[int, int | None]],
        reason: str,
    ) -> str:
        """Write a credit note over parts of an invoice, and set it off."""
        today = self._diary.today()
        if not tidy(reason):
            raise problems.NothingError("a reason")
        charges = invoice.take_back(places)
        amount = Money.total([part.net + part.tax for part in charges], invoice.currency)
        _check_something(amount, "something to credit")
        note = _voucher(
            unit, "credit note", unit.numbers.draw("CN", today), invoice.customer, amount, today
        )
        note.about = invoice.number
        note.stamp = self._stamping.stamp(note.number, amount)
        lost, used = invoice.set_off(amount, today)
        note.spend(used)
        codes = [invoice.lines[place - 1].code for place, _ in places]
        taxes = taxes_of(codes, charges)
        told = {"currency": note.currency, "taxes": taxes, "reason": tidy(reason)}
        note.note("credit.issued", today, amount=str(amount), **told)
        unit.accounts.post(invoice.customer, today, "discount taken back", invoice.number, lost)
        unit.accounts.post(invoice.customer, today, "credit note", note.number, -amount)
        unit.invoices.save(invoice)
        unit.vouchers.save(note)
        return note.number


def mark_of(amount: Money, on: date | None, against: str | None) -> str:
    """What a request is told from others by, in short."""
    told = {
        "amount": amount.minor,
        "currency": amount.currency,
        "day": on.isoformat() if on is not None else "",
        "against": against,
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _voucher(
    unit: Unit, kind: str, number: str, customer: str, amount: Money, day: date
) -> Voucher:
    """A new payment or credit note, nothing of it spent."""
    new_id = unit.numbers.next_id("vouchers")
    return Voucher(new_id, customer, amount.currency, number, kind, amount, amount, day)


def _check_something(amount: Money, what: str) -> None:
    """Refuse an amount of nothing."""
    if not amount:
        raise problems.NothingError(what)
