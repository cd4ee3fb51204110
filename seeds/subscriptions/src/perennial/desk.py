"""The public face: a desk for each merchant, in front of one billing service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from perennial import commands
from perennial.billing import Biller, BillingRun, Office, RunReport
from perennial.commands import Command, CommandBus, RequestMemory, RunBilling
from perennial.dunning import Collections
from perennial.events import Event, Mailbox, Outbox
from perennial.handlers import HANDLERS
from perennial.payments import Cashier, Gateway
from perennial.runtime import Clock, Ids, ManualClock, request_scope
from perennial.store import Cache, Store
from perennial.values import parse_date
from perennial.views import Enquiries


class Billing:
    """The service, put together."""

    def __init__(self, gateway: Gateway, clock: Clock) -> None:
        ids = Ids()
        store = Store()
        self.clock = clock
        self.outbox = Outbox()
        self.mailbox = Mailbox()
        self.memory = RequestMemory(clock)
        self.cache = Cache(clock)
        self.office = Office(store, clock, ids, self.outbox, self.cache)
        self.biller = Biller(store)
        collections = Collections(store, Cashier(gateway, clock, ids))
        self.bus = CommandBus(self.outbox, self.memory)
        for kind, handler in HANDLERS.items():
            self.bus.register(kind, handler(self.office, self.biller, collections))
        self.bus.register(RunBilling, BillingRun(self.office, self.biller, collections))
        self._desks: dict[str, Desk] = {}

    def desk(self, merchant: str) -> Desk:
        """The desk of a merchant. Opening it for the first time is signing up."""
        if merchant not in self._desks:
            self.outbox.listen(merchant, self.mailbox.hear)
            self._desks[merchant] = Desk(self, merchant)
        return self._desks[merchant]


class Desk(Enquiries):
    """What one merchant can do."""

    def __init__(self, billing: Billing, merchant: str) -> None:
        super().__init__(merchant, billing.office, billing.biller, billing.mailbox)
        self._billing = billing

    def __str__(self) -> str:
        return self.merchant

    def configure(
        self,
        *,
        tax: str | None = None,
        utc_offset: int | None = None,
        invoice_limit: str | None = None,
        retry_days: Sequence[int] | None = None,
        ends_unpaid: bool | None = None,
    ) -> None:
        """Agree on taxes, the time zone, and what to do about bills that are not paid."""
        days = tuple(retry_days) if retry_days is not None else None
        self._do(commands.ConfigureMerchant(self.merchant, tax, utc_offset, invoice_limit, days, ends_unpaid))

    def add_plan(
        self,
        plan: str,
        price: str,
        *,
        name: str = "",
        interval: str = "month",
        every: int = 1,
        seats_most: int | None = None,
        trial_days: int = 0,
        setup_fee: str | None = None,
    ) -> None:
        """Offer a plan, at a price per seat: `29.00 EUR`."""
        about = name, interval, every, seats_most, trial_days, setup_fee
        self._do(commands.AddPlan(self.merchant, plan, price, *about))

    def archive_plan(self, plan: str) -> None:
        """Stop offering a plan."""
        self._do(commands.ArchivePlan(self.merchant, plan))

    def add_coupon(
        self,
        code: str,
        *,
        percent: str | None = None,
        amount: str | None = None,
        bills: int | None = 1,
        redeem_by: str | None = None,
        ends_on: str | None = None,
        limit: int | None = None,
        plans: Sequence[str] = (),
    ) -> None:
        """Offer a coupon: a percentage or an amount off, for one bill, for some, or, with None, for all."""
        terms = percent, amount, bills, redeem_by, ends_on, limit, tuple(plans)
        self._do(commands.AddCoupon(self.merchant, code, *terms))

    def add_customer(self, customer: str, *, card: str | None = None) -> None:
        """Get to know a customer."""
        self._do(commands.AddCustomer(self.merchant, customer, card))

    def change_card(self, customer: str, card: str) -> int:
        """Charge another card from now on, at once where something is open; the number of bills it paid comes back."""
        paid: int = self._do(commands.ChangeCard(self.merchant, customer, card))
        return paid

    def subscribe(
        self,
        customer: str,
        plan: str,
        *,
        seats: int = 1,
        trial_days: int | None = None,
        coupon: str | None = None,
        key: str | None = None,
    ) -> str:
        """Start a subscription and get its id. A request key makes it safe to ask twice."""
        sub_id: str = self._do(commands.Subscribe(self.merchant, customer, plan, seats, trial_days, coupon), key)
        return sub_id

    def redeem(self, subscription: str, code: str) -> None:
        """Add a coupon to a subscription."""
        self._do(commands.RedeemCoupon(self.merchant, subscription, code))

    def change(
        self,
        subscription: str,
        *,
        plan: str | None = None,
        seats: int | None = None,
        at_renewal: bool = False,
        key: str | None = None,
    ) -> None:
        """Change plan or seats, at once or when the next period begins."""
        self._do(commands.ChangePlan(self.merchant, subscription, plan, seats, at_renewal), key)

    def pause(self, subscription: str, *, resumes_on: str | None = None) -> None:
        """Pause a subscription; without a date for as long as that is possible."""
        self._do(commands.Pause(self.merchant, subscription, resumes_on))

    def resume(self, subscription: str) -> None:
        """Go on at once."""
        self._do(commands.Resume(self.merchant, subscription))

    def cancel(self, subscription: str, *, at_once: bool = False, refund: bool = False, key: str | None = None) -> str:
        """End a subscription with its period, or at once for credit or a refund. What went back to the card comes back."""
        back: str = self._do(commands.Cancel(self.merchant, subscription, at_once, refund), key)
        return back

    def keep(self, subscription: str) -> None:
        """Take a cancellation back."""
        self._do(commands.Keep(self.merchant, subscription))

    def void(self, invoice: str) -> None:
        """Take an invoice back."""
        self._do(commands.VoidInvoice(self.merchant, invoice))

    def run(self, *, limit: int | None = None) -> RunReport:
        """Do what is due today: renewals, ends, attempts to collect bills."""
        report: RunReport = self._do(RunBilling(self.merchant, limit))
        return report

    def listen(self, hear: Callable[[Event], None]) -> None:
        """Hear of everything that happens from now on."""
        self._billing.outbox.listen(self.merchant, hear)

    @contextmanager
    def request(self, request_id: str) -> Iterator[None]:
        """Whatever is done inside is logged with this request id."""
        with request_scope(request_id):
            yield

    def _do(self, command: Command, key: str | None = None) -> Any:
        return self._billing.bus.dispatch(command, key)


class Rehearsal:
    """Lets days go by for a desk on a manual clock, with a run each morning."""

    def __init__(self, desk: Desk, clock: ManualClock) -> None:
        self._desk = desk
        self._clock = clock

    def until(self, day: str) -> None:
        """Go on up to and with a day."""
        last = parse_date(day)
        while self._clock.now().date() < last:
            self._clock.advance(days=1)
            self._desk.run()
