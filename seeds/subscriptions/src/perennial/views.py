"""What can be read: subscriptions, invoices, timelines and figures, as plain values fit for a screen or for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from perennial.billing import EVERYTHING, Biller, Office
from perennial.catalogue import Proration, lowered
from perennial.errors import ConflictError, InvalidRequestError
from perennial.events import Event, Mailbox
from perennial.invoices import Invoice, by_month, draft
from perennial.subscription import Status, Subscription
from perennial.values import Money

PAGE = 10
PAGE_MOST = 50

T = TypeVar("T")


@dataclass(frozen=True)
class SubscriptionView:
    """A subscription as the merchant's screens show it."""

    id: str
    customer: str
    plan: str
    seats: int
    status: str
    period: str
    renews_on: str | None
    ends_on: str | None
    resumes_on: str | None
    changes_to: str | None
    coupons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class InvoiceView:
    """An invoice as it is printed."""

    number: str
    customer: str
    status: str
    issued_on: str
    lines: list[str]
    discount: str
    tax: str
    total: str
    credit: str
    due: str
    paid_on: str | None
    refunded: str | None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list; `next` is where to go on, where there is more."""

    items: list[T]
    next: str | None


@dataclass(frozen=True)
class Summary:
    """How many subscriptions stand where, and what they bring in a month."""

    counts: dict[str, int]
    monthly: dict[str, str]


class Enquiries:
    """Everything that a merchant can ask. Questions change nothing."""

    def __init__(self, merchant: str, office: Office, biller: Biller, mailbox: Mailbox) -> None:
        self.merchant = merchant
        self._office = office
        self._store = office.store
        self._biller = biller
        self._mailbox = mailbox

    def subscription(self, sub_id: str) -> SubscriptionView:
        """How a subscription stands."""
        subscription = self._store.subscriptions.get(self.merchant, sub_id)
        return self._office.cache.fetch(self.merchant, "state", sub_id, lambda: subscription_view(subscription))

    def invoice(self, number: str) -> InvoiceView:
        """One invoice, as it is printed."""
        invoice = self._store.invoices.get(self.merchant, number)
        return self._office.cache.fetch(self.merchant, "invoice", number, lambda: invoice_view(invoice))

    def plans(self) -> list[str]:
        """The list of plans that are offered at the moment, the cheapest first."""

        def listed() -> list[str]:
            offered = [plan for plan in self._store.plans.all(self.merchant) if not plan.archived]
            offered.sort(key=lambda plan: (plan.currency, plan.price.minor, plan.id))
            return [f"{plan.name}: {plan.price} per {plan.interval}" for plan in offered]

        return self._office.cache.fetch(self.merchant, "list", "plans", listed)

    def invoices(
        self,
        customer: str | None = None,
        *,
        status: str | None = None,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page[InvoiceView]:
        """A page of the list of invoices, by number, from the one after `after` on."""
        size = page_size(limit)
        found = [
            invoice
            for invoice in self._store.invoices.all(self.merchant)
            if (customer is None or invoice.customer == customer)
            and (status is None or invoice.status.value == status)
            and (after is None or invoice.id > after)
        ]
        more = len(found) > size
        shown = [invoice_view(invoice) for invoice in found[:size]]
        return Page(shown, shown[-1].number if more else None)

    def timeline(self, about: str, *, after: str | None = None, limit: int | None = None) -> Page[str]:
        """A page of what happened to a subscription or an invoice, oldest first, after the event with the number `after`."""
        size = page_size(limit)
        start = event_number(after) if after is not None else 0
        events = self._office.outbox.of(self.merchant)
        found = [event for event in events if event.subject == about and event.seq > start]
        more = len(found) > size
        return Page([told(event) for event in found[:size]], str(found[size - 1].seq) if more else None)

    def quote(self, sub_id: str, *, plan: str | None = None, seats: int | None = None) -> Proration:
        """What a change of plan or seats would come to today, taxes not added."""
        subscription = self._store.subscriptions.get(self.merchant, sub_id)
        if subscription.status is not Status.ACTIVE:
            raise ConflictError("not_changeable", f"{sub_id} is {subscription.status.value}")
        other = self._store.plans.get(self.merchant, plan) if plan is not None else subscription.plan
        wanted = subscription.seats if seats is None else seats
        return self._biller.quote(subscription, other, wanted, self._office.today(self.merchant))

    def next_bill(self, sub_id: str) -> str | None:
        """What the bill for the next period will be, taxes added; None where there will be none."""
        subscription = self._store.subscriptions.get(self.merchant, sub_id)
        if subscription.has_ended or subscription.cancel_at_end:
            return None
        plan, seats = subscription.plan, subscription.seats
        if subscription.pending is not None:
            plan, seats = subscription.pending.plan, subscription.pending.seats
        lines = self._biller.period_lines(subscription, plan, seats)
        rate = self._store.merchant(self.merchant).tax_rate
        return str(draft(lines, subscription.redemptions, subscription.period.end, rate).total)

    def credit(self, customer: str) -> list[str]:
        """A customer's credit, in each currency that there is some of."""
        kept = self._store.customers.get(self.merchant, customer).credit
        return [str(kept[currency]) for currency in sorted(kept) if kept[currency]]

    def earnings(self, number: str) -> dict[str, str]:
        """In which months an invoice is earned, taxes left out."""
        invoice = self._store.invoices.get(self.merchant, number)
        return {f"{month:%Y-%m}": str(amount) for month, amount in by_month(invoice)}

    def notices(self, customer: str) -> list[str]:
        """The notices that a customer was sent."""
        return self._mailbox.of(self._store.customers.get(self.merchant, customer))

    def summary(self) -> Summary:
        """The summary: how many subscriptions stand where, and what they bring in a month."""
        return self._office.cache.fetch(
            self.merchant, "summary", EVERYTHING, lambda: summed(self._store.subscriptions.all(self.merchant))
        )


def page_size(limit: int | None) -> int:
    """How many entries a page has: what is asked for, within reason."""
    if limit is None:
        return PAGE
    if limit < 1:
        raise InvalidRequestError("bad_limit", "a page has one entry at least")
    return min(limit, PAGE_MOST)


def event_number(text: str) -> int:
    """Read a place in a timeline."""
    if not text.strip().isdecimal():
        raise InvalidRequestError("bad_cursor", f"“{text}” is no place in a timeline")
    return int(text)


def told(event: Event) -> str:
    """An event of a timeline in a line."""
    facts = ", ".join(f"{name} {value}" for name, value in event.facts.items())
    return f"{event.on} {event.name}" + (f" ({facts})" if facts else "")


def subscription_view(subscription: Subscription) -> SubscriptionView:
    """A subscription with everything put into words."""
    goes_on = not subscription.cancel_at_end
    runs = subscription.status in (Status.TRIALING, Status.ACTIVE, Status.PAST_DUE)
    ended_on, end = subscription.ended_on, subscription.period.end
    leaves = ended_on if ended_on is not None else None if goes_on else end
    pending = subscription.pending
    return SubscriptionView(
        id=subscription.id,
        customer=subscription.customer,
        plan=subscription.plan.id,
        seats=subscription.seats,
        status=subscription.status.value,
        period=str(subscription.period),
        renews_on=str(end) if runs and goes_on else None,
        ends_on=str(leaves) if leaves is not None else None,
        resumes_on=str(subscription.resumes_on) if subscription.resumes_on is not None else None,
        changes_to=f"{pending.plan.id}, {pending.seats} seat(s)" if pending is not None else None,
        coupons=[each.code for each in subscription.redemptions],
    )


def invoice_view(invoice: Invoice) -> InvoiceView:
    """An invoice with everything put into words."""
    return InvoiceView(
        number=invoice.id,
        customer=invoice.customer,
        status=invoice.status.value,
        issued_on=str(invoice.issued_on),
        lines=[f"{line.text}: {line.amount}" for line in invoice.lines],
        discount=str(invoice.discount),
        tax=str(invoice.tax),
        total=str(invoice.total),
        credit=str(invoice.credit),
        due=str(invoice.due),
        paid_on=str(invoice.paid_on) if invoice.paid_on is not None else None,
        refunded=str(invoice.refunded) if invoice.refunded is not None else None,
    )


def summed(subscriptions: Sequence[Subscription]) -> Summary:
    """Count subscriptions by how they stand, and add up what those who pay bring in a month."""
    counts = {status.value: 0 for status in Status}
    monthly: dict[str, Money] = {}
    for subscription in subscriptions:
        counts[subscription.status.value] += 1
        if subscription.status in (Status.ACTIVE, Status.PAST_DUE):
            currency = subscription.plan.currency
            price = lowered(subscription.plan.monthly(subscription.seats), subscription.rates)
            monthly[currency] = monthly.get(currency, Money.zero(currency)) + price
    return Summary(counts, {currency: str(monthly[currency]) for currency in sorted(monthly)})
