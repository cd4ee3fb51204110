"""Billing as time goes by: bills for periods and changes, and the run that does each day what is due.

The run is safe to repeat: what was done is not due any more. One subscription that can't be billed does not keep the others waiting; it
is as it was before, and tried again with the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from perennial.catalogue import Plan, Proration, Redemption, in_order, lowered, prorate
from perennial.commands import RunBilling
from perennial.dunning import Collections
from perennial.errors import BillingError, InvalidRequestError
from perennial.events import Aggregate, Outbox
from perennial.invoices import Invoice, Line, LineKind, draft
from perennial.runtime import Clock, Ids, log_event
from perennial.store import Cache, Store
from perennial.subscription import Subscription
from perennial.values import BillingDay, Money, Period, total_of

EVERYTHING = "*"
"""Views that are about all of a merchant's subscriptions."""

logger = logging.getLogger("perennial.billing")


class Office:
    """What handlers work with: the merchant's day, and the way out for what they did."""

    def __init__(self, store: Store, clock: Clock, ids: Ids, outbox: Outbox, cache: Cache) -> None:
        self.store = store
        self.clock = clock
        self.ids = ids
        self.outbox = outbox
        self.cache = cache

    def today(self, merchant: str) -> date:
        """The day it is where the merchant is."""
        offset = timedelta(minutes=self.store.merchant(merchant).utc_offset)
        return (self.clock.now() + offset).date()

    def publish(self, *changed: Aggregate) -> None:
        """Let views of what has changed be worked out anew, and everybody hear of it."""
        for aggregate in changed:
            self.cache.forget(aggregate.merchant, aggregate.id)
            self.cache.forget(aggregate.merchant, EVERYTHING)
        self.outbox.publish(changed)


class Biller:
    """Writes invoices for subscriptions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def quote(self, subscription: Subscription, plan: Plan, seats: int, on: date) -> Proration:
        """What a change today comes to. With another interval, a whole new period is charged."""
        price = lowered(plan.cost(seats), subscription.rates)
        left = subscription.days_left(on)
        quoted = prorate(subscription.period, left, subscription.charged, price)
        if plan.interval == subscription.plan.interval:
            return quoted
        whole = plan.interval.after(on, BillingDay(on.day)) - on
        return Proration(quoted.credit, price, whole.days)

    def period_lines(self, subscription: Subscription, plan: Plan, seats: int) -> list[Line]:
        """The lines of a bill for one period."""
        start = subscription.period.start
        period = Period(start, plan.interval.after(start, subscription.billing_day))
        text = plan.name if seats == 1 else f"{plan.name}, {seats} seats"
        lines = [Line(LineKind.PLAN, text, plan.cost(seats), period)]
        if plan.setup_fee is not None and not subscription.setup_billed:
            lines.append(Line(LineKind.SETUP, "Setup", plan.setup_fee))
        return lines

    def bill_period(self, subscription: Subscription, on: date) -> Invoice:
        """The bill for the period that has just begun."""
        day = subscription.period.start
        lines = self.period_lines(subscription, subscription.plan, subscription.seats)
        working = [each for each in in_order(subscription.redemptions) if each.works_on(day)]
        rates = tuple(each.terms.rate for each in working if each.terms.rate is not None)
        invoice = self._issue(subscription, lines, subscription.redemptions, on)
        for redemption in working:
            redemption.use()
        subscription.setup_billed = True
        plan_lines = [line.net for line in invoice.lines if line.kind is LineKind.PLAN]
        subscription.book(total_of(plan_lines, invoice.currency), rates)
        return invoice

    def bill_change(self, subscription: Subscription, quoted: Proration, on: date) -> Invoice | None:
        """The bill for something that was changed today, if it comes to anything."""
        period = Period.of(on, max(1, quoted.days_left))
        lines = [
            Line(LineKind.CREDIT, "Unused time", -quoted.credit, period),
            Line(LineKind.CHANGE, f"{subscription.plan.name}, remaining time", quoted.charge, period),
        ]
        written = [line for line in lines if line.amount]
        if not written:
            return None
        return self._issue(subscription, written, [], on)

    def credit_rest(self, subscription: Subscription, on: date) -> Invoice | None:
        """Give credit for what was paid and will not be had."""
        nothing = Money.zero(subscription.plan.currency)
        left = subscription.days_left(on)
        return self.bill_change(subscription, prorate(subscription.period, left, subscription.charged, nothing), on)

    def _issue(self, subscription: Subscription, lines: list[Line], redemptions: list[Redemption], on: date) -> Invoice:
        """Write an invoice: number, coupons, taxes, and credit set off."""
        merchant = self._store.merchant(subscription.merchant)
        drafted = draft(lines, redemptions, subscription.period.start, merchant.tax_rate)
        customer = self._store.customers.get(subscription.merchant, subscription.customer)
        number = merchant.next_number()
        merchant.check_limit(drafted.total)
        customer.give_credit((-drafted.total).at_least_zero())
        credit = customer.take_credit(drafted.total.at_least_zero())
        about = subscription.merchant, number, subscription.customer, subscription.id
        invoice = Invoice(*about, on, drafted.lines, drafted.tax, credit)
        invoice.note("invoice.issued", on, invoice=number, total=invoice.total)
        self._store.invoices.add(subscription.merchant, invoice)
        return invoice


@dataclass(frozen=True)
class RunReport:
    """How a run went: how many subscriptions were looked after, how many of them in vain, how many are still to be."""

    attended: int
    failed: int
    left: int


class BillingRun:
    """Handles `RunBilling`."""

    def __init__(self, office: Office, biller: Biller, collections: Collections) -> None:
        self._office = office
        self._store = office.store
        self._biller = biller
        self._collections = collections

    def __call__(self, command: RunBilling) -> RunReport:
        """Look after all subscriptions where something is due, those that wait longest first."""
        if command.limit is not None and command.limit < 1:
            raise InvalidRequestError("bad_limit", "a run is for one subscription at least")
        today = self._office.today(command.merchant)
        every = self._store.subscriptions.all(command.merchant)
        waiting = [each for each in every if self._wants(each, today)]
        waiting.sort(key=lambda each: (each.period.end, each.started_on))
        batch = waiting if command.limit is None else waiting[: command.limit]
        failed = self._attend_all([each.id for each in batch], command.merchant, today)
        self._dun(command.merchant, today)
        report = RunReport(len(batch), failed, len(waiting) - len(batch))
        log_event(logger, "run.done", attended=report.attended, failed=failed, left=report.left)
        return report

    def _wants(self, sub: Subscription, today: date) -> bool:
        """Whether a subscription is due for something: a renewal, an end, the end of a pause, a reminder."""
        return sub.pause_ends <= today or sub.wants_reminder(today) or sub.is_over(today) or sub.is_due(today)

    def _attend_all(self, ids: Iterable[str], merchant: str, today: date) -> int:
        """Look after these subscriptions, each for itself, and count those that can't be billed."""
        failed = 0
        for sub_id in ids:
            try:
                self._attend(merchant, sub_id, today)
            except BillingError as error:
                failed += 1
                fields = {"subscription": sub_id, "code": error.code}
                log_event(logger, "run.failed", logging.ERROR, **fields)
        return failed

    def _attend(self, merchant: str, sub_id: str, today: date) -> None:
        """Bring one subscription up to the day: end its pause or trial, renew it, end it if it was cancelled."""
        subscription = self._store.subscriptions.get(merchant, sub_id)
        if subscription.pause_ends <= today:
            subscription.resume(subscription.pause_ends)
        if subscription.wants_reminder(today):
            subscription.remind(today)
        self._office.publish(subscription)
        while subscription.is_due(today) and not subscription.is_over(today):
            self._renew(subscription, today)
        if subscription.is_over(today):
            subscription.end(subscription.period.end, "cancelled")
            self._office.publish(subscription)

    def _renew(self, subscription: Subscription, today: date) -> None:
        """Begin the next period of a subscription, bill it and collect the bill."""
        with self._store.transaction():
            subscription.begin_next_period(today)
            invoice = self._biller.bill_period(subscription, today)
        self._office.publish(subscription, invoice)
        self._collections.collect(invoice, today)
        self._office.publish(invoice, subscription)

    def _dun(self, merchant: str, today: date) -> None:
        """Try cards again for bills that were not paid, and give up those that are lost."""
        for case in self._store.cases.all(merchant):
            if not (case.is_due(today) or case.is_lost(today)):
                continue
            invoice = self._store.invoices.get(merchant, case.id)
            if case.is_due(today):
                self._collections.collect(invoice, today)
            else:
                self._collections.give_up(invoice, today)
            subscription = self._store.subscriptions.get(merchant, invoice.subscription)
            self._office.publish(invoice, subscription)
