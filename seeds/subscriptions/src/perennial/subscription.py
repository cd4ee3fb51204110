"""The subscription: what a customer has agreed to, and where it stands.

States and the ways between them are a table. Everything that happens to a subscription is a method here that checks first and changes
afterwards, and notes a domain event; amounts are worked out elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from perennial.catalogue import COUPONS_MOST, Plan, Redemption
from perennial.errors import ConflictError, CouponError, InvalidRequestError
from perennial.events import Aggregate
from perennial.values import BillingDay, Money, Period

PAUSE_DAYS_MOST = 90
REMINDER_DAYS = 3


class Status(Enum):
    """Where a subscription stands."""

    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    ENDED = "ended"


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.TRIALING: frozenset({Status.ACTIVE, Status.ENDED}),
    Status.ACTIVE: frozenset({Status.PAST_DUE, Status.PAUSED, Status.ENDED}),
    Status.PAST_DUE: frozenset({Status.ACTIVE, Status.ENDED}),
    Status.PAUSED: frozenset({Status.ACTIVE, Status.ENDED}),
    Status.ENDED: frozenset(),
}


@dataclass(frozen=True)
class PendingChange:
    """A change that waits for the next period."""

    plan: Plan
    seats: int


@dataclass
class Subscription(Aggregate):
    """One customer's subscription to one plan at a time."""

    plan: Plan
    seats: int
    status: Status
    billing_day: BillingDay
    period: Period
    started_on: date
    charged: Money
    """What the running period cost for the plan, discounts taken off, taxes not added."""
    rates: tuple[int, ...] = ()
    """The rates that were taken off for it; a change in the middle gets them as well."""
    redemptions: list[Redemption] = field(default_factory=list)
    pending: PendingChange | None = None
    cancel_at_end: bool = False
    paused_on: date | None = None
    resumes_on: date | None = None
    ended_on: date | None = None
    reminded: bool = False
    setup_billed: bool = False

    @classmethod
    def start(
        cls, merchant: str, sub_id: str, customer: str, plan: Plan, seats: int, on: date, trial_days: int
    ) -> Subscription:
        """A new subscription, in its trial or in its first period."""
        plan.cost(seats)
        trial_end = on + timedelta(days=trial_days)
        billing_day = BillingDay(trial_end.day)
        if trial_days:
            status, period = Status.TRIALING, Period(on, trial_end)
        else:
            status, period = Status.ACTIVE, Period(on, plan.interval.after(on, billing_day))
        nothing = Money.zero(plan.currency)
        made = cls(merchant, sub_id, customer, plan, seats, status, billing_day, period, on, nothing)
        made.note("subscription.started", on, plan=plan.id, status=status.value)
        return made

    @property
    def in_trial(self) -> bool:
        """Whether nothing has been billed so far."""
        return self.status is Status.TRIALING

    @property
    def has_ended(self) -> bool:
        """Whether it is over for good."""
        return self.status is Status.ENDED

    def is_due(self, on: date) -> bool:
        """Whether the period is over and the next one may be billed. Those that owe something wait until it is paid."""
        return self.status in (Status.TRIALING, Status.ACTIVE) and self.period.end <= on

    def is_over(self, on: date) -> bool:
        """Whether it was cancelled for the end of its period, and that has come."""
        return self.cancel_at_end and not self.has_ended and self.period.end <= on

    def days_left(self, on: date) -> int:
        """How many days of the period are left. While it is paused, none goes by."""
        return self.period.days_left(on if self.paused_on is None else self.paused_on)

    def wants_reminder(self, on: date) -> bool:
        """Whether the customer is to be told that the trial ends soon."""
        if self.reminded or not self.in_trial or self.cancel_at_end:
            return False
        return self.period.end - timedelta(days=REMINDER_DAYS) <= on < self.period.end

    def remind(self, on: date) -> None:
        """Remind the customer that the trial ends soon; once is enough."""
        self.reminded = True
        self.note("trial.ending", on, ends=self.period.end)

    def begin_next_period(self, on: date) -> None:
        """Renew it: move on to the period that starts where this one ends, with the change that was waiting for it."""
        if self.in_trial:
            self._move_to(Status.ACTIVE)
        start = self.period.end
        if self.pending is not None:
            if self.pending.plan.interval != self.plan.interval:
                self.billing_day = BillingDay(start.day)
            self.plan, self.seats = self.pending.plan, self.pending.seats
            self.pending = None
        self.period = Period(start, self.plan.interval.after(start, self.billing_day))
        self.note("subscription.renewed", on, period=self.period)

    def book(self, charged: Money, rates: tuple[int, ...]) -> None:
        """Keep what was paid for the running period, and with what percentages off."""
        self.charged, self.rates = charged, rates

    def switch(self, plan: Plan, seats: int, on: date) -> None:
        """Change plan or seats at once. With another interval a new period starts today."""
        self._check_changeable(plan, seats)
        if plan.interval != self.plan.interval and not self.in_trial:
            self.billing_day = BillingDay(on.day)
            self.period = Period(on, plan.interval.after(on, self.billing_day))
        self.plan, self.seats = plan, seats
        self.pending = None
        self.note("subscription.changed", on, plan=plan.id, seats=seats)

    def schedule(self, plan: Plan, seats: int, on: date) -> None:
        """Change plan or seats when the next period begins. A later wish replaces an earlier one."""
        self._check_changeable(plan, seats)
        if self.cancel_at_end:
            raise ConflictError("already_cancelled", f"{self.id} ends with this period")
        self.pending = PendingChange(plan, seats)
        self.note("subscription.change_scheduled", on, plan=plan.id, seats=seats)

    def unschedule(self, on: date) -> None:
        """Drop the change that was waiting for the next period."""
        if self.pending is None:
            raise ConflictError("nothing_to_change", f"{self.id} is like that already")
        self.pending = None
        self.note("subscription.change_dropped", on)

    def pause(self, on: date, resumes_on: date | None) -> None:
        """Pause in the middle of the period, for ninety days at most. The rest of it is kept for later."""
        latest = on + timedelta(days=PAUSE_DAYS_MOST)
        until = resumes_on if resumes_on is not None else latest
        if not on < until <= latest:
            raise InvalidRequestError("bad_pause", f"a pause ends between tomorrow and {latest}, not on {until}")
        if self.cancel_at_end:
            raise ConflictError("already_cancelled", f"{self.id} ends with this period")
        self._move_to(Status.PAUSED)
        self.paused_on, self.resumes_on = on, until
        self.note("subscription.paused", on, until=until)

    def resume(self, on: date) -> None:
        """End the pause: the period ends so many days later, and so do all that follow."""
        if self.paused_on is None:
            raise ConflictError("not_paused", f"{self.id} is not paused")
        self._move_to(Status.ACTIVE)
        self.period = self.period.later((on - self.paused_on).days)
        self.billing_day = BillingDay(self.period.end.day) if on > self.paused_on else self.billing_day
        self.paused_on = self.resumes_on = None
        self.note("subscription.resumed", on, period=self.period)

    @property
    def pause_ends(self) -> date:
        """The day on which the pause ends by itself; never, where it is not paused."""
        return self.resumes_on if self.resumes_on is not None else date.max

    def cancel_later(self, on: date) -> None:
        """Cancel it for the end of the period. What was to change then does not any more."""
        self._check_not_ended()
        if self.cancel_at_end:
            raise ConflictError("already_cancelled", f"{self.id} ends with this period")
        if self.status is Status.PAUSED:
            raise ConflictError("paused", f"{self.id} is paused and has no end to wait for")
        self.cancel_at_end = True
        self.pending = None
        self.note("subscription.cancel_scheduled", on, ends=self.period.end)

    def keep(self, on: date) -> None:
        """Take a cancellation back while there is time."""
        if self.has_ended or not self.cancel_at_end:
            raise ConflictError("not_cancelled", f"{self.id} is not about to end")
        self.cancel_at_end = False
        self.note("subscription.kept", on)

    def end(self, on: date, why: str) -> None:
        """End the subscription for good."""
        self._move_to(Status.ENDED)
        self.ended_on = on
        self.pending = None
        self.paused_on = self.resumes_on = None
        self.note("subscription.ended", on, why=why)

    def fall_behind(self, on: date) -> None:
        """Be past due: a bill could not be collected."""
        if self.status is Status.ACTIVE:
            self._move_to(Status.PAST_DUE)
            self.note("subscription.past_due", on)

    def catch_up(self, on: date) -> None:
        """Be active again: no bill is open any more."""
        if self.status is Status.PAST_DUE:
            self._move_to(Status.ACTIVE)
            self.note("subscription.recovered", on)

    def check_can_redeem(self, code: str, on: date) -> None:
        """Each coupon can be redeemed once, and no more than two work at a time."""
        self._check_not_ended()
        if any(each.code == code for each in self.redemptions):
            raise CouponError("coupon_already_used", f"{self.id} has had {code} already")
        working = [each for each in self.redemptions if each.works_on(on)]
        if len(working) >= COUPONS_MOST:
            raise CouponError("too_many_coupons", f"{self.id} has {COUPONS_MOST} coupons already")

    def redeem(self, redemption: Redemption, on: date) -> None:
        """Redeem a coupon for the bills that come."""
        self.redemptions.append(redemption)
        self.note("coupon.redeemed", on, code=redemption.code)

    def _check_changeable(self, plan: Plan, seats: int) -> None:
        """Whether the plan can be changed to another one."""
        if self.status not in (Status.TRIALING, Status.ACTIVE):
            raise ConflictError("not_changeable", f"{self.id} is {self.status.value}")
        if plan.currency != self.plan.currency:
            raise ConflictError("currency_mismatch", f"{self.id} is billed in {self.plan.currency}")
        plan.cost(seats)

    def _check_not_ended(self) -> None:
        """Refuse what can't be done to a subscription that is over."""
        if self.has_ended:
            raise ConflictError("ended", f"{self.id} ended on {self.ended_on}")

    def _move_to(self, status: Status) -> None:
        """Change the state, if the table has a way there."""
        if status not in TRANSITIONS[self.status]:
            raise ConflictError("bad_transition", f"{self.id} is {self.status.value} and can't become {status.value}")
        self.status = status
