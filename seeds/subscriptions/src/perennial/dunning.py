"""Dunning: what happens when a bill can't be collected.

Each bill that was declined has a case. The card is tried again after three, five and seven more days (a merchant may have agreed on
other pauses); a card that is blocked for good is not, the customer then has as long to bring another one. A payment nobody knows the
outcome of is no failure: it is asked for again the next day.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from perennial.invoices import Invoice
from perennial.payments import CardDeclinedError, Cashier, GatewayTimeoutError
from perennial.runtime import log_event
from perennial.values import Money

if TYPE_CHECKING:
    from perennial.store import Store

logger = logging.getLogger("perennial.dunning")


@dataclass
class DunningCase:
    """The attempts to collect one invoice, by whose number it goes."""

    id: str
    merchant: str
    opened_on: date
    failures: int = 0
    next_try: date | None = None
    gives_up_on: date | None = None

    def fail(self, on: date, retry_days: Sequence[int], *, final: bool) -> None:
        """Count a declined attempt and say when the card is tried again, if at all."""
        self.failures += 1
        self.next_try = self.gives_up_on = None
        if self.failures > len(retry_days):
            self.gives_up_on = on
        elif final:
            self.gives_up_on = self.opened_on + timedelta(days=sum(retry_days))
        else:
            self.next_try = on + timedelta(days=retry_days[self.failures - 1])

    def postpone(self, on: date) -> None:
        """Ask again the next day, since there was no answer."""
        self.next_try = on + timedelta(days=1)

    def close(self) -> None:
        """There is no bill to collect any more."""
        self.next_try = self.gives_up_on = None

    def is_due(self, on: date) -> bool:
        """Whether the card is to be tried again on a day."""
        return self.next_try is not None and self.next_try <= on

    def is_lost(self, on: date) -> bool:
        """Whether it is time to give a bill up."""
        return self.gives_up_on is not None and self.gives_up_on <= on


class Collections:
    """Collects invoices, and deals with it when that fails."""

    def __init__(self, store: Store, cashier: Cashier) -> None:
        self._store = store
        self._cashier = cashier

    def collect(self, invoice: Invoice, on: date) -> bool:
        """Ask the customer's card for what is due on a bill; tell whether it was paid."""
        customer = self._store.customers.get(invoice.merchant, invoice.customer)
        if not invoice.due:
            self._paid(invoice, on, None)
            return True
        if customer.card is None:
            self._failed(invoice, on, final=True)
            return False
        try:
            receipt = self._cashier.take(invoice, customer.card)
        except CardDeclinedError as declined:
            self._failed(invoice, on, final=declined.final)
            return False
        except GatewayTimeoutError:
            self._case(invoice, on).postpone(on)
            return False
        self._paid(invoice, on, receipt.id)
        return True

    def give_up(self, invoice: Invoice, on: date) -> None:
        """Write a bill off. The subscription ends with it, unless the merchant lets it go on."""
        subscription = self._store.subscriptions.get(invoice.merchant, invoice.subscription)
        invoice.write_off(on)
        if self._store.merchant(invoice.merchant).ends_unpaid and not subscription.has_ended:
            subscription.end(on, "unpaid")
        self._forgive(invoice, on)

    def void(self, invoice: Invoice, on: date) -> None:
        """Take a bill back; credit that was set off against it is the customer's again."""
        invoice.void(on)
        customer = self._store.customers.get(invoice.merchant, invoice.customer)
        customer.give_credit(invoice.credit)
        self._forgive(invoice, on)

    def open_invoices(self, merchant: str, subscription_id: str) -> list[Invoice]:
        """The bills of a subscription that are still to be paid."""
        invoices = self._store.invoices.all(merchant)
        return [each for each in invoices if each.subscription == subscription_id and each.is_open]

    def send_back(self, invoice: Invoice, wanted: Money, on: date) -> Money:
        """Refund some of a payment to its card, no more than it brought. What could not be returned becomes credit again."""
        customer = self._store.customers.get(invoice.merchant, invoice.customer)
        amount = customer.take_credit(min(wanted, invoice.refundable()))
        if not amount or invoice.receipt is None:
            return amount
        try:
            self._cashier.give_back(invoice.receipt, amount)
        except GatewayTimeoutError:
            customer.give_credit(amount)
            log_event(logger, "refund.failed", logging.ERROR, invoice=invoice.id)
            raise
        invoice.refund(amount, on)
        return amount

    def _case(self, invoice: Invoice, on: date) -> DunningCase:
        """The attempts to collect a bill so far."""
        case = self._store.cases.find(invoice.merchant, invoice.id)
        if case is None:
            case = DunningCase(invoice.id, invoice.merchant, on)
            self._store.cases.add(invoice.merchant, case)
        return case

    def _paid(self, invoice: Invoice, on: date, receipt: str | None) -> None:
        """A bill was paid."""
        invoice.settle(on, receipt)
        self._close(invoice, on)

    def _forgive(self, invoice: Invoice, on: date) -> None:
        """A bill will not be paid: nothing of its period is given back, and the subscription may go on."""
        # Where something of a period was not paid for, nothing of it is given back.
        subscription = self._store.subscriptions.get(invoice.merchant, invoice.subscription)
        ends = {line.period.end for line in invoice.lines if line.period is not None}
        if subscription.period.end in ends:
            subscription.book(Money.zero(invoice.currency), subscription.rates)
        self._close(invoice, on)

    def _failed(self, invoice: Invoice, on: date, *, final: bool) -> None:
        """A bill was declined: plan the next attempt, or give up."""
        merchant = self._store.merchant(invoice.merchant)
        case = self._case(invoice, on)
        case.fail(on, merchant.retry_days, final=final)
        next_try = "none" if case.next_try is None else str(case.next_try)
        invoice.note("invoice.payment_failed", on, invoice=invoice.id, amount=invoice.due, next_try=next_try)
        fields = {"invoice": invoice.id, "next_try": next_try}
        log_event(logger, "collection.failed", logging.WARNING, failures=case.failures, **fields)
        if case.is_lost(on):
            self.give_up(invoice, on)
        else:
            self._store.subscriptions.get(invoice.merchant, invoice.subscription).fall_behind(on)

    def _close(self, invoice: Invoice, on: date) -> None:
        """Make no more attempts at a bill, and let its subscription be active again once no other bill is open."""
        case = self._store.cases.find(invoice.merchant, invoice.id)
        if case is not None:
            case.close()
        if not self.open_invoices(invoice.merchant, invoice.subscription):
            self._store.subscriptions.get(invoice.merchant, invoice.subscription).catch_up(on)
