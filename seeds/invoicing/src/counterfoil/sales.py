"""The sales clerk: customers and their agreements, invoices from the first line to the day they are issued, and quarrels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterfoil.documents import Invoice
from counterfoil.money import Money, decimals_of, percent_of
from counterfoil.problems import DateError, LimitError, NothingError, WordingError
from counterfoil.sheet import Item, Line, Rebate, Sheet, draw_up
from counterfoil.terms import Agreement, EarlyTerms, Terms, Wishes, day_of, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from counterfoil.records import Files, Unit
    from counterfoil.runtime import Diary
    from counterfoil.stamping import Stamping

SERIES_AT_MOST = 6
RESERVED = frozenset({"CN", "PAY", "REF"})
"""Series that the house numbers its other papers with."""


class SalesClerk:
    """Does what has to do with selling."""

    def __init__(self, files: Files, diary: Diary, stamping: Stamping) -> None:
        self._files = files
        self._diary = diary
        self._stamping = stamping

    def enrol(self, name: str, currency: str, wishes: Wishes) -> None:
        """Enter a customer with what was agreed."""
        if not tidy(name):
            raise NothingError("a customer's name")
        code = currency.strip().upper()
        decimals_of(code)
        agreement = Agreement(tidy(name), code).changed(wishes)
        with self._files.unit() as unit:
            unit.customers.add(agreement)

    def amend(self, name: str, wishes: Wishes) -> None:
        """Change an agreement. What was issued before keeps what held then."""
        with self._files.unit() as unit:
            agreement = unit.customers.get(name)
            unit.customers.save(agreement.changed(wishes))

    def close_on(self, day: str) -> None:
        """Make a day a holiday. Days that were promised already stay."""
        with self._files.unit() as unit:
            unit.almanac.close_on(day_of(day))

    def set_tax(self, code: str, percent: str, since: str) -> None:
        """Have a tax hold from a day on; the rates before stay known."""
        name = code.strip().casefold()
        if not name:
            raise NothingError("a code for the tax")
        with self._files.unit() as unit:
            unit.almanac.set_rate(name, percent_of(percent, "tax"), day_of(since))

    def draft(self, customer: str, items: Sequence[Item], series: str, currency: str | None) -> int:
        """Begin an invoice."""
        today = self._diary.today()
        with self._files.unit() as unit:
            agreement = unit.customers.get(customer)
            invoice = Invoice(
                unit.numbers.next_id("invoices"),
                agreement.key,
                agreement.currency_for(currency),
                number="",
                series=series_of(series),
            )
            for item in items:
                self._add(unit, invoice, item)
            invoice.note("invoice.drafted", today)
            unit.invoices.save(invoice)
            return invoice.id

    def add(self, draft: int, item: Item) -> None:
        """Write one more line on a draft."""
        with self._files.unit() as unit:
            invoice = unit.invoices.draft(draft)
            self._add(unit, invoice, item)
            unit.invoices.save(invoice)

    def allow(self, draft: int, discount: str) -> None:
        """Take something off a whole draft."""
        with self._files.unit() as unit:
            invoice = unit.invoices.draft(draft)
            invoice.allow(Rebate.parse(discount, invoice.currency))
            unit.invoices.save(invoice)

    def discard(self, draft: int) -> None:
        """Throw a draft away."""
        with self._files.unit() as unit:
            invoice = unit.invoices.draft(draft)
            invoice.discard(self._diary.today())
            unit.invoices.save(invoice)

    def preview(self, draft: int) -> Sheet:
        """What a draft would come to today."""
        with self._files.unit() as unit:
            invoice = unit.invoices.draft(draft)
            invoice.check_complete()
            agreement = unit.customers.get(invoice.customer)
            return _sheet(unit, invoice, agreement, self._diary.today())

    def issue(self, draft: int, on: str | None) -> str:
        """Issue a draft: number, stamp and dates, all at once or not at all."""
        today = self._diary.today()
        with self._files.unit() as unit:
            invoice = unit.invoices.draft(draft)
            invoice.check_complete()
            day = day_of(on) if on is not None else today
            if day > today:
                raise DateError("an invoice", today, day)
            agreement = unit.customers.get(invoice.customer)
            sheet = _sheet(unit, invoice, agreement, day)
            _check_credit(unit, agreement, sheet.total)
            calendar = unit.almanac.calendar()
            if agreement.early:
                early = EarlyTerms.parse(agreement.early)
                invoice.grant_early(early, early.last_day(day, calendar))
            due_on = Terms.parse(agreement.terms).due(day, calendar)
            number = unit.numbers.draw(invoice.series, day)
            stamp = self._stamping.stamp(number, sheet.total)
            invoice.issue(number, stamp, day, due_on, sheet, agreement.manner.rounding)
            unit.accounts.post(invoice.customer, day, "invoice", number, sheet.total)
            unit.invoices.save(invoice)
            return number

    def dispute(self, number: str, reason: str) -> None:
        """Put an invoice aside that the customer objects to."""
        if not tidy(reason):
            raise NothingError("a reason")
        with self._files.unit() as unit:
            invoice = unit.invoices.get(number)
            invoice.dispute(tidy(reason), self._diary.today())
            unit.invoices.save(invoice)

    def resolve(self, number: str) -> None:
        """Go on with an invoice after a quarrel."""
        with self._files.unit() as unit:
            invoice = unit.invoices.get(number)
            invoice.resolve(self._diary.today())
            unit.invoices.save(invoice)

    def _add(self, unit: Unit, invoice: Invoice, item: Item) -> None:
        """Write a line on a draft; the tax on it has to be known."""
        line = Line.read(item)
        unit.almanac.rate(line.code, self._diary.today())
        invoice.add(line)


def _sheet(unit: Unit, invoice: Invoice, agreement: Agreement, on: date) -> Sheet:
    """What an invoice comes to, with the taxes of a day."""
    codes = {line.code for line in invoice.lines}
    rates = {code: unit.almanac.rate(code, on) for code in codes}
    return draw_up(invoice.lines, invoice.currency, invoice.rebate, rates, agreement.manner)


def _check_credit(unit: Unit, agreement: Agreement, total: Money) -> None:
    """Whether the customer may owe as much more. The limit is for invoices in the customer's own currency."""
    limit = agreement.credit_limit
    if limit is None or total.currency != agreement.currency:
        return
    owed = unit.accounts.balance(agreement.key, total.currency) + total
    if limit < owed:
        raise LimitError(f"credit of {agreement.name}", str(limit), str(owed))


def series_of(text: str) -> str:
    """A series by its name: up to six letters."""
    name = text.strip().upper()
    if not (name.isascii() and name.isalpha()) or len(name) > SERIES_AT_MOST or name in RESERVED:
        raise WordingError("series", text)
    return name
