"""What a merchant offers: plans with their prices, and coupons that lower them.

Plans are values: a subscription keeps the plan it was sold, whatever becomes of the offer later. Coupons are entities, because they
count how often they were redeemed; what a subscription keeps of one is its `Redemption`.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from perennial.errors import CouponError, InvalidRequestError, LimitError
from perennial.values import Interval, Money, Period, Unit, Value

TRIAL_DAYS_MOST = 90
COUPONS_MOST = 2


def check_trial(days: int) -> None:
    """Refuse trials that are too long, or shorter than none."""
    if not 0 <= days <= TRIAL_DAYS_MOST:
        raise InvalidRequestError("bad_trial", f"a trial has 0 to {TRIAL_DAYS_MOST} days")


@dataclass(frozen=True)
class Plan(Value):
    """Something to subscribe to."""

    merchant: str
    id: str
    name: str
    interval: Interval
    price: Money
    seats_most: int | None
    trial_days: int
    setup_fee: Money | None
    archived: bool = False

    def __post_init__(self) -> None:
        check_trial(self.trial_days)
        if self.price.minor < 0:
            raise InvalidRequestError("bad_amount", "a price can't be negative")
        if self.setup_fee is not None and self.setup_fee.currency != self.currency:
            raise InvalidRequestError("currency_mismatch", f"the setup fee is not in {self.currency}")

    @property
    def currency(self) -> str:
        """The currency it is billed in."""
        return self.price.currency

    def cost(self, seats: int) -> Money:
        """The price of so many seats for one interval."""
        if seats < 1:
            raise InvalidRequestError("bad_seats", "a subscription has one seat at least")
        if self.seats_most is not None and seats > self.seats_most:
            raise LimitError("too_many_seats", f"{self.name} is for up to {self.seats_most} seats")
        return self.price * seats

    def monthly(self, seats: int) -> Money:
        """The price as if it were billed by the month; a year has 52 weeks."""
        if self.interval.unit is Unit.WEEK:
            return self.cost(seats).share(52, 12 * self.interval.every)
        return self.cost(seats).share(1, self.interval.months)


@dataclass(frozen=True)
class Proration:
    """What a change in the middle of a period comes to."""

    credit: Money
    charge: Money
    days_left: int

    @property
    def net(self) -> Money:
        """What a change comes to; negative where something is given back."""
        return self.charge - self.credit


def prorate(period: Period, left: int, paid: Money, price: Money) -> Proration:
    """Give back what was paid for the days of a period that are left, and charge the new price for them."""
    return Proration(paid.share(left, period.days), price.share(left, period.days), left)


@dataclass(frozen=True)
class Terms(Value):
    """What a coupon promises: a rate or an amount off, for how many bills, and up to when."""

    rate: int | None
    amount: Money | None
    bills: int | None
    ends_on: date | None

    def off(self, base: Money) -> Money:
        """The discount on an amount, never more than the amount."""
        if self.amount is not None:
            return min(self.amount, base)
        return base.percent(self.rate if self.rate is not None else 0)


@dataclass
class Redemption:
    """A coupon in a subscription."""

    code: str
    terms: Terms
    redeemed_on: date
    bills_left: int | None

    def works_on(self, day: date) -> bool:
        """Whether a coupon lowers a bill of this day."""
        if self.terms.ends_on is not None and day >= self.terms.ends_on:
            return False
        return self.bills_left is None or self.bills_left > 0

    def use(self) -> None:
        """A coupon has lowered one bill more."""
        if self.bills_left is not None:
            self.bills_left -= 1


def in_order(redemptions: Sequence[Redemption]) -> list[Redemption]:
    """How several coupons are taken off: rates before amounts, earlier ones first."""
    return sorted(redemptions, key=lambda each: (each.terms.rate is None, each.redeemed_on, each.code))


def discount(redemptions: Sequence[Redemption], day: date, base: Money) -> Money:
    """The discount that coupons together take off a bill of this day."""
    rest = base
    for redemption in in_order(redemptions):
        if redemption.works_on(day):
            rest -= redemption.terms.off(rest)
    return base - rest


def lowered(price: Money, rates: Sequence[int]) -> Money:
    """The price with these percentages taken off, one after the other."""
    for rate in rates:
        price -= price.percent(rate)
    return price


def normal_code(code: str) -> str:
    """A coupon's code as it is kept: people type it in any case."""
    return code.strip().upper()


@dataclass
class Coupon:
    """An offer that can be redeemed so many times, up to and on some day."""

    merchant: str
    id: str
    terms: Terms
    redeem_by: date | None
    limit: int | None
    plans: tuple[str, ...]
    redeemed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __deepcopy__(self, _memo: dict[int, object]) -> Coupon:
        return replace(self, lock=self.lock)

    def redeem(self, plan: Plan, on: date) -> Redemption:
        """Redeem the coupon once more, for a subscription of this plan."""
        self._check_fits(plan, on)
        with self.lock:
            taken = self.redeemed + 1
            if self.limit is not None and taken > self.limit:
                raise CouponError("coupon_used_up", f"{self.id} has been redeemed too often")
            self.redeemed = taken
        return Redemption(self.id, self.terms, on, self.terms.bills)

    def _check_fits(self, plan: Plan, on: date) -> None:
        """Whether a coupon can be redeemed for a plan on a day."""
        if self.redeem_by is not None and on > self.redeem_by:
            raise CouponError("coupon_expired", f"{self.id} could be redeemed until {self.redeem_by}")
        if self.plans and plan.id not in self.plans:
            raise CouponError("coupon_not_for_plan", f"{self.id} is not for {plan.name}")
        amount = self.terms.amount
        if amount is not None and amount.currency != plan.currency:
            raise CouponError("coupon_currency", f"{self.id} is in {amount.currency}")


def terms_of(rate: int | None, amount: Money | None, bills: int | None, ends_on: date | None) -> Terms:
    """The terms of a coupon, if they make sense: a percentage or an amount off one bill or more."""
    if (rate is None) == (amount is None):
        raise InvalidRequestError("bad_coupon", "a coupon has either a percentage or an amount")
    if rate == 0 or (amount is not None and amount.minor <= 0):
        raise InvalidRequestError("bad_coupon", "a coupon takes something off")
    if bills is not None and bills < 1:
        raise InvalidRequestError("bad_coupon", "a coupon is good for one bill at least")
    return Terms(rate, amount, bills, ends_on)
