"""The office: what other programs call. Each call is an errand that goes through the door to whoever does it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Unpack

from counterfoil.dunning import DunningClerk
from counterfoil.enquiries import Enquiries, InvoiceView, Preview, Statement, VoucherView
from counterfoil.postroom import Postroom, Receiver, Relayed, TaxBook
from counterfoil.records import Files
from counterfoil.runtime import Clock, Diary, Door, request_scope
from counterfoil.sales import SalesClerk
from counterfoil.settlement import Cashier
from counterfoil.stamping import Stamping, StampOffice
from counterfoil.store import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from counterfoil.sheet import Item
    from counterfoil.terms import Wishes


class Office:
    """Invoices from draft to paid."""

    def __init__(
        self, clock: Clock, stamps: StampOffice, *, minutes_east: int = 0, path: str = ":memory:"
    ) -> None:
        diary = Diary(clock, minutes_east)
        stamping = Stamping(stamps, clock)
        self._archive = Archive(path)
        files = Files(self._archive, diary)
        self._door = Door()
        self._sales = SalesClerk(files, diary, stamping)
        self._cashier = Cashier(files, diary, stamping)
        self._dunning = DunningClerk(files, diary)
        self._enquiries = Enquiries(files, diary, self._sales)
        self._postroom = Postroom(files, diary)
        self._postroom.subscribe(TaxBook(files))

    def close(self) -> None:
        """Let go of the database."""
        self._archive.close()

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Have all that is done inside count as one: it all happens, or none of it."""
        with self._archive.unit():
            yield

    @contextmanager
    def request(self, request: str) -> Iterator[None]:
        """Have all that is done inside logged and recorded under this request id."""
        with request_scope(request):
            yield

    # Customers and the calendar

    def enrol(self, customer: str, *, currency: str = "EUR", **wishes: Unpack[Wishes]) -> None:
        """Enter a customer. Without wishes: thirty days, taxes on the total, halves go up, no limit, no discount."""
        self._door.serve("enrol", self._sales.enrol, customer, currency, wishes)

    def amend(self, customer: str, **wishes: Unpack[Wishes]) -> None:
        """Change what was agreed, from now on."""
        self._door.serve("amend", self._sales.amend, customer, wishes)

    def set_tax(self, code: str, percent: str, since: str) -> None:
        """Have a tax hold from a day on."""
        self._door.serve("set_tax", self._sales.set_tax, code, percent, since)

    def close_on(self, day: str) -> None:
        """Make a day a holiday."""
        self._door.serve("close_on", self._sales.close_on, day)

    # Invoices

    def draft(
        self, customer: str, *items: Item, series: str = "INV", currency: str | None = None
    ) -> int:
        """Begin an invoice, and get the id of the draft."""
        return self._door.serve("draft", self._sales.draft, customer, items, series, currency)

    def add(self, draft: int, item: Item) -> None:
        """Write one more line."""
        self._door.serve("add", self._sales.add, draft, item)

    def allow(self, draft: int, discount: str) -> None:
        """Take something off the whole invoice: `10%`, or an amount."""
        self._door.serve("allow", self._sales.allow, draft, discount)

    def discard(self, draft: int) -> None:
        """Throw a draft away."""
        self._door.serve("discard", self._sales.discard, draft)

    def preview(self, draft: int) -> Preview:
        """What a draft would come to today."""
        return self._door.serve("preview", self._enquiries.preview, draft)

    def issue(self, draft: int, *, on: str | None = None) -> str:
        """Issue a draft, today or on a day before, and get the number of the invoice."""
        return self._door.serve("issue", self._sales.issue, draft, on)

    def dispute(self, invoice: str, reason: str) -> None:
        """Put an invoice aside that the customer objects to."""
        self._door.serve("dispute", self._sales.dispute, invoice, reason)

    def resolve(self, invoice: str) -> None:
        """Go on with a disputed invoice."""
        self._door.serve("resolve", self._sales.resolve, invoice)

    def write_off(self, invoice: str, reason: str) -> None:
        """Give up what is still owed."""
        self._door.serve("write_off", self._cashier.write_off, invoice, reason)

    # Credit and money

    def credit(self, invoice: str, line: int, *, quantity: str | None = None, reason: str) -> str:
        """Credit a line, all that is left of it or so much, and get the number of the credit note."""
        return self._door.serve("credit", self._cashier.credit, invoice, line, quantity, reason)

    def credit_all(self, invoice: str, *, reason: str) -> str:
        """Credit all that is left of an invoice."""
        return self._door.serve("credit_all", self._cashier.credit_all, invoice, reason)

    def receive(
        self,
        customer: str,
        amount: str,
        *,
        currency: str | None = None,
        on: str | None = None,
        against: str | None = None,
        key: str | None = None,
    ) -> str:
        """Take a payment and get its number. It settles what is named, then what has been due longest."""
        return self._door.serve(
            "receive", self._cashier.receive, customer, amount, currency, on, against, key
        )

    def apply(self, customer: str) -> None:
        """Settle what is owed with what waits on account."""
        self._door.serve("apply", self._cashier.apply, customer)

    def bounce(self, payment: str) -> None:
        """Take a payment back out, as the bank has done."""
        self._door.serve("bounce", self._cashier.bounce, payment)

    def refund(self, customer: str, amount: str, *, currency: str | None = None) -> str:
        """Pay out what waits on account, and get the number of the refund."""
        return self._door.serve("refund", self._cashier.refund, customer, amount, currency)

    # Letters and news

    def remind(self) -> int:
        """Write the reminders of the day; the number of letters comes back."""
        return self._door.serve("remind", self._dunning.run)

    def subscribe(self, receiver: Receiver) -> None:
        """Have somebody told what happens, from the beginning on."""
        self._door.serve("subscribe", self._postroom.subscribe, receiver)

    def relay(self, *, limit: int | None = None) -> Relayed:
        """Have the postroom make its round. Not for inside a unit: receivers would hear of what may come to nothing."""
        return self._door.serve("relay", self._postroom.relay, limit)

    # Questions

    def invoice(self, number: str) -> InvoiceView:
        """An invoice."""
        return self._door.serve("invoice", self._enquiries.invoice, number)

    def look_at(self, draft: int) -> InvoiceView:
        """A draft, or what has become of it."""
        return self._door.serve("look_at", self._enquiries.draft, draft)

    def voucher(self, number: str) -> VoucherView:
        """A payment or a credit note, and what it was set off against."""
        return self._door.serve("voucher", self._enquiries.voucher, number)

    def outstanding(self, customer: str, *, currency: str | None = None) -> list[str]:
        """What a customer has not settled."""
        return self._door.serve("outstanding", self._enquiries.outstanding, customer, currency)

    def balance(self, customer: str, *, currency: str | None = None, on: str | None = None) -> str:
        """What a customer owes, now or at the end of a day."""
        return self._door.serve("balance", self._enquiries.balance, customer, currency, on)

    def statement(
        self,
        customer: str,
        *,
        currency: str | None = None,
        since: str | None = None,
        until: str | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> Statement:
        """A page of a customer's account; `after` is the `next` of the page before."""
        span = since, until
        return self._door.serve(
            "statement", self._enquiries.statement, customer, currency, span, limit, after
        )

    def letters(self, customer: str) -> list[str]:
        """The reminders that a customer was sent."""
        return self._door.serve("letters", self._enquiries.letters, customer)

    def taxes(self, month: str) -> list[str]:
        """The tax book's page for a month."""
        return self._door.serve("taxes", self._enquiries.taxes, month)

    def history(self, document: str) -> list[str]:
        """What was done to an invoice, a payment or a draft."""
        return self._door.serve("history", self._enquiries.history, document)

    def parked(self) -> list[str]:
        """Messages that could not be delivered."""
        return self._door.serve("parked", self._enquiries.parked)
