"""One handler for each command: load, check, change, publish.

Handlers that change several things do so in a transaction and talk to the gateway only after it: money that has moved can't be rolled
back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from perennial import commands
from perennial.billing import Biller, Office
from perennial.catalogue import Coupon, Plan, Redemption, check_trial, lowered, normal_code, terms_of
from perennial.dunning import Collections
from perennial.errors import ConflictError, CouponError, InvalidRequestError, NotFoundError
from perennial.invoices import Customer, Invoice
from perennial.payments import GatewayTimeoutError
from perennial.subscription import Subscription
from perennial.values import Interval, Money, parse_date, parse_rate

RETRIES_MOST = 8
OFFSET_MOST = 14 * 60


class Handler:
    """What all handlers have in common."""

    def __init__(self, office: Office, biller: Biller, collections: Collections) -> None:
        self.office = office
        self.store = office.store
        self.biller = biller
        self.collections = collections

    def subscription(self, merchant: str, sub_id: str) -> Subscription:
        """A subscription whose period has not run out: what is to be done to others has to wait for the run."""
        subscription = self.store.subscriptions.get(merchant, sub_id)
        if subscription.is_due(self.office.today(merchant)):
            raise ConflictError("renewal_due", f"{sub_id} is being renewed")
        return subscription

    def offered(self, merchant: str, plan_id: str) -> Plan:
        """A plan that can be subscribed to."""
        plan = self.store.plans.get(merchant, plan_id)
        if plan.archived:
            raise ConflictError("plan_archived", f"{plan.name} is not offered any more")
        return plan

    def redemption(self, subscription: Subscription, code: str) -> Redemption:
        """Redeem a coupon for a subscription."""
        today = self.office.today(subscription.merchant)
        wanted = normal_code(code)
        try:
            coupon = self.store.coupons.get(subscription.merchant, wanted)
        except NotFoundError as error:
            raise CouponError("no_such_coupon", f"there is no coupon {wanted}") from error
        subscription.check_can_redeem(coupon.id, today)
        return coupon.redeem(subscription.plan, today)

    def collect(self, invoice: Invoice) -> bool:
        """Collect an invoice, and let everybody know how it went."""
        paid = self.collections.collect(invoice, self.office.today(invoice.merchant))
        subscription = self.store.subscriptions.get(invoice.merchant, invoice.subscription)
        self.office.publish(invoice, subscription)
        return paid


class HandleConfigureMerchant(Handler):
    """Agreements with a merchant."""

    def __call__(self, command: commands.ConfigureMerchant) -> None:
        """Take over what a merchant agrees to: tax, time zone, limits, attempts. All of it, or nothing."""
        merchant = self.store.merchant(command.merchant)
        changed = replace(merchant)
        if command.tax is not None:
            changed.tax_rate = parse_rate(command.tax)
        if command.utc_offset is not None:
            if abs(command.utc_offset) > OFFSET_MOST:
                raise InvalidRequestError("bad_offset", f"clocks differ by {OFFSET_MOST} minutes at most")
            changed.utc_offset = command.utc_offset
        if command.invoice_limit is not None:
            changed.invoice_limit = Money.parse(command.invoice_limit).minor
        if command.retry_days is not None:
            if len(command.retry_days) > RETRIES_MOST or any(days < 1 for days in command.retry_days):
                raise InvalidRequestError("bad_schedule", f"up to {RETRIES_MOST} retries, a day or more apart")
            changed.retry_days = command.retry_days
        if command.ends_unpaid is not None:
            changed.ends_unpaid = command.ends_unpaid
        self.store.merchants.replace(command.merchant, changed)


class HandleAddPlan(Handler):
    """New plans."""

    def __call__(self, command: commands.AddPlan) -> None:
        """Offer a plan at its price."""
        fee = Money.parse(command.setup_fee) if command.setup_fee is not None else None
        name = command.name.strip() or command.plan
        interval = Interval.of(command.interval, command.every)
        terms = Money.parse(command.price), command.seats_most, command.trial_days, fee
        plan = Plan(command.merchant, command.plan, name, interval, *terms)
        self.store.plans.add(command.merchant, plan)
        self.office.cache.forget(command.merchant, "plans")


class HandleArchivePlan(Handler):
    """Plans that are not offered any more."""

    def __call__(self, command: commands.ArchivePlan) -> None:
        """Take a plan off the list; those who have it keep it."""
        plan = self.store.plans.get(command.merchant, command.plan)
        self.store.plans.replace(command.merchant, replace(plan, archived=True))
        self.office.cache.forget(command.merchant, "plans")


class HandleAddCoupon(Handler):
    """New coupons."""

    def __call__(self, command: commands.AddCoupon) -> None:
        """Offer a coupon."""
        code = normal_code(command.code)
        if not code:
            raise InvalidRequestError("bad_coupon", "a coupon has a code")
        if command.limit is not None and command.limit < 1:
            raise InvalidRequestError("bad_coupon", "a coupon can be redeemed once at least")
        rate = parse_rate(command.percent) if command.percent is not None else None
        amount = Money.parse(command.amount) if command.amount is not None else None
        ends_on = parse_date(command.ends_on) if command.ends_on is not None else None
        redeem_by = parse_date(command.redeem_by) if command.redeem_by is not None else None
        terms = terms_of(rate, amount, command.bills, ends_on)
        for plan in command.plans:
            self.store.plans.get(command.merchant, plan)
        coupon = Coupon(command.merchant, code, terms, redeem_by, command.limit, command.plans)
        self.store.coupons.add(command.merchant, coupon)


class HandleAddCustomer(Handler):
    """New customers."""

    def __call__(self, command: commands.AddCustomer) -> None:
        """Add a customer, with or without a card."""
        self.store.customers.add(command.merchant, Customer(command.merchant, command.customer, command.card))


class HandleChangeCard(Handler):
    """Customers who pay with another card."""

    def __call__(self, command: commands.ChangeCard) -> int:
        """Keep the new card, and try it on every bill that is open; tell how many were paid."""
        customer = self.store.customers.get(command.merchant, command.customer)
        customer.card = command.card
        every = self.store.invoices.all(command.merchant)
        owed = [invoice for invoice in every if invoice.customer == customer.id and invoice.is_open]
        return sum(self.collect(invoice) for invoice in owed)


class HandleSubscribe(Handler):
    """New subscriptions."""

    def __call__(self, command: commands.Subscribe) -> str:
        """Start a subscription to a plan, with its trial or its first bill."""
        today = self.office.today(command.merchant)
        customer = self.store.customers.get(command.merchant, command.customer)
        plan = self.offered(command.merchant, command.plan)
        trial_days = self._trial_days(command, plan)
        invoice = None
        with self.store.transaction():
            sub_id = self.office.ids.next("sub")
            subscription = Subscription.start(
                command.merchant, sub_id, customer.id, plan, command.seats, today, trial_days
            )
            self.store.subscriptions.add(command.merchant, subscription)
            if command.coupon is not None:
                subscription.redeem(self.redemption(subscription, command.coupon), today)
            if not subscription.in_trial:
                invoice = self.biller.bill_period(subscription, today)
        self.office.publish(subscription)
        if invoice is not None:
            self.collect(invoice)
        return sub_id

    def _trial_days(self, command: commands.Subscribe, plan: Plan) -> int:
        """How long a trial the customer gets: what was asked for or what the plan has, and none the second time."""
        wanted = plan.trial_days if command.trial_days is None else command.trial_days
        check_trial(wanted)
        every = self.store.subscriptions.all(command.merchant)
        before = [each for each in every if each.customer == command.customer]
        had_it = any(each.plan.id == plan.id for each in before)
        return 0 if had_it else wanted


class HandleRedeemCoupon(Handler):
    """Coupons for subscriptions that run."""

    def __call__(self, command: commands.RedeemCoupon) -> None:
        """Redeem a coupon for a subscription."""
        subscription = self.subscription(command.merchant, command.subscription)
        redemption = self.redemption(subscription, command.code)
        subscription.redeem(redemption, self.office.today(command.merchant))
        self.office.publish(subscription)


class HandleChangePlan(Handler):
    """Upgrades, downgrades, more seats and fewer."""

    def __call__(self, command: commands.ChangePlan) -> None:
        """Change plan or seats at once and bill the difference, or leave the change to the renewal."""
        today = self.office.today(command.merchant)
        subscription = self.subscription(command.merchant, command.subscription)
        plan, seats = self._wanted(subscription, command)
        if (plan.id, seats) == (subscription.plan.id, subscription.seats):
            subscription.unschedule(today)
            self.office.publish(subscription)
            return
        if command.at_renewal:
            subscription.schedule(plan, seats, today)
            self.office.publish(subscription)
            return
        if self.collections.open_invoices(command.merchant, subscription.id):
            raise ConflictError("unpaid", f"{subscription.id} has an invoice that is not paid")
        invoice = None
        with self.store.transaction():
            quoted = self.biller.quote(subscription, plan, seats, today)
            subscription.switch(plan, seats, today)
            if not subscription.in_trial:
                invoice = self.biller.bill_change(subscription, quoted, today)
                subscription.book(lowered(plan.cost(seats), subscription.rates), subscription.rates)
        self.office.publish(subscription)
        if invoice is not None:
            self.collect(invoice)

    def _wanted(self, subscription: Subscription, command: commands.ChangePlan) -> tuple[Plan, int]:
        """The plan and the seats after the change."""
        plan = subscription.plan
        if command.plan is not None and command.plan != plan.id:
            plan = self.offered(command.merchant, command.plan)
        return plan, subscription.seats if command.seats is None else command.seats


class HandlePause(Handler):
    """Pauses."""

    def __call__(self, command: commands.Pause) -> None:
        """Pause a subscription."""
        until = parse_date(command.resumes_on) if command.resumes_on is not None else None
        subscription = self.subscription(command.merchant, command.subscription)
        subscription.pause(self.office.today(command.merchant), until)
        self.office.publish(subscription)


class HandleResume(Handler):
    """Ends of pauses."""

    def __call__(self, command: commands.Resume) -> None:
        """End a pause before its time."""
        subscription = self.store.subscriptions.get(command.merchant, command.subscription)
        subscription.resume(self.office.today(command.merchant))
        self.office.publish(subscription)


class HandleCancel(Handler):
    """Cancellations."""

    def __call__(self, command: commands.Cancel) -> str:
        """End a subscription, now or with its period; tell how much was refunded to the card."""
        today = self.office.today(command.merchant)
        subscription = self.subscription(command.merchant, command.subscription)
        if not command.at_once:
            if command.refund:
                raise InvalidRequestError("nothing_to_refund", "what is used up is not refunded")
            subscription.cancel_later(today)
            self.office.publish(subscription)
            return str(Money.zero(subscription.plan.currency))
        owed = self.collections.open_invoices(command.merchant, subscription.id)
        with self.store.transaction():
            rest = self.biller.credit_rest(subscription, today) if not owed else None
            subscription.end(today, "cancelled")
            for invoice in owed:
                self.collections.void(invoice, today)
        self.office.publish(subscription, *owed)
        back = Money.zero(subscription.plan.currency)
        if rest is not None:
            self.collect(rest)
            back = self._sent_back(subscription, rest) if command.refund else back
        return str(back)

    def _sent_back(self, subscription: Subscription, rest: Invoice) -> Money:
        """Refund what is left to the card, the last payment first; what cards did not pay stays as credit."""
        wanted = -rest.total
        back = Money.zero(wanted.currency)
        for invoice in reversed(self.store.invoices.all(subscription.merchant)):
            if invoice.subscription == subscription.id:
                try:
                    back += self.collections.send_back(invoice, wanted - back, rest.issued_on)
                except GatewayTimeoutError:
                    continue
                finally:
                    self.office.publish(invoice)
        return back


class HandleKeep(Handler):
    """Changes of mind."""

    def __call__(self, command: commands.Keep) -> None:
        """Take a cancellation back: the subscription goes on."""
        subscription = self.subscription(command.merchant, command.subscription)
        subscription.keep(self.office.today(command.merchant))
        self.office.publish(subscription)


class HandleVoidInvoice(Handler):
    """Invoices that were mistakes."""

    def __call__(self, command: commands.VoidInvoice) -> None:
        """Take an invoice back."""
        invoice = self.store.invoices.get(command.merchant, command.invoice)
        self.collections.void(invoice, self.office.today(command.merchant))
        subscription = self.store.subscriptions.get(command.merchant, invoice.subscription)
        self.office.publish(invoice, subscription)


HANDLERS: Mapping[type[commands.Command], Callable[[Office, Biller, Collections], Callable[[Any], Any]]] = {
    commands.ConfigureMerchant: HandleConfigureMerchant,
    commands.AddPlan: HandleAddPlan,
    commands.ArchivePlan: HandleArchivePlan,
    commands.AddCoupon: HandleAddCoupon,
    commands.AddCustomer: HandleAddCustomer,
    commands.ChangeCard: HandleChangeCard,
    commands.Subscribe: HandleSubscribe,
    commands.RedeemCoupon: HandleRedeemCoupon,
    commands.ChangePlan: HandleChangePlan,
    commands.Pause: HandlePause,
    commands.Resume: HandleResume,
    commands.Cancel: HandleCancel,
    commands.Keep: HandleKeep,
    commands.VoidInvoice: HandleVoidInvoice,
}
