from datetime import date

import pytest
from perennial.catalogue import Coupon, Plan, Terms, terms_of
from perennial.values import BillingDay, Interval, Money, Period, parse_rate, total_of
from storefront import Interruption, code


class TestMoney:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("29 EUR", "29.00 EUR"),
            (" 29.5 eur ", "29.50 EUR"),
            ("0.05 EUR", "0.05 EUR"),
            ("-0.05 EUR", "-0.05 EUR"),
            ("1200 JPY", "1200 JPY"),
            ("-7 JPY", "-7 JPY"),
            ("1.234 KWD", "1.234 KWD"),
        ],
        ids=["whole", "untidy", "cents", "less-than-nothing", "no-decimals", "yen-owed", "three-decimals"],
    )
    def test_read_and_said(self, text, said):
        """An amount is said with as many decimals as its currency has."""
        assert str(Money.parse(text)) == said

    @pytest.mark.parametrize("currency", ["EUR", "USD", "GBP", "CHF", "SEK"])
    def test_currencies(self, currency):
        """Most currencies have two decimals."""
        assert str(Money.parse(f"1 {currency}")) == f"1.00 {currency}"

    def test_in_two_currencies(self):
        """Amounts in two currencies are neither added nor compared."""
        francs, euros = Money.parse("5 CHF"), Money.parse("5 EUR")
        assert code(lambda: francs + euros) == "currency_mismatch"
        assert code(lambda: francs - euros) == "currency_mismatch"
        assert code(lambda: min(francs, euros)) == "currency_mismatch"

    @pytest.mark.parametrize(
        ("minor", "part", "whole", "shared"),
        [(100, 1, 3, 33), (200, 1, 3, 67), (5, 1, 2, 3), (-5, 1, 2, -3), (-100, 1, 3, -33), (7, 0, 9, 0), (7, 9, 9, 7)],
    )
    def test_shares(self, minor, part, whole, shared):
        """A share is rounded to the nearest cent, halves away from zero."""
        assert Money(minor, "EUR").share(part, whole) == Money(shared, "EUR")

    @pytest.mark.parametrize(
        ("minor", "weights", "parts"),
        [
            (100, [1, 1, 1], [34, 33, 33]),
            (101, [1, 1, 1], [34, 34, 33]),
            (100, [1, 2, 4], [14, 29, 57]),
            (1, [5, 5], [1, 0]),
            (-100, [1, 1, 1], [-33, -33, -34]),
            (90, [3, 0, 6], [30, 0, 60]),
        ],
    )
    def test_allocation(self, minor, weights, parts):
        """An amount is divided to the last cent, by the largest fractions."""
        assert [part.minor for part in Money(minor, "EUR").allocate(weights)] == parts

    def test_sums(self):
        """The sum of nothing is nothing in the currency asked for."""
        assert total_of([], "EUR") == Money.parse("0 EUR")
        assert total_of([Money(3, "EUR"), Money(-5, "EUR")], "EUR") == Money(-2, "EUR")

    @pytest.mark.parametrize(
        ("text", "rate"),
        [("0", 0), ("7", 700), ("7.5", 750), ("7.05 %", 705), (" 100% ", 10_000)],
        ids=["nothing", "whole", "half", "signed", "all"],
    )
    def test_rates(self, text, rate):
        """A percentage is read in hundredths of a per cent."""
        assert parse_rate(text) == rate


class TestPeriods:
    @pytest.mark.parametrize(
        ("day", "left"),
        [("2026-12-31", 31), ("2027-01-01", 31), ("2027-01-31", 1), ("2027-02-01", 0), ("2027-02-02", 0)],
    )
    def test_days_left(self, day, left):
        """A day counts among the days that are left of its period."""
        period = Period(date(2027, 1, 1), date(2027, 2, 1))
        assert period.days_left(date.fromisoformat(day)) == left

    def test_by_month(self):
        """A period is divided by the first days of months."""
        period = Period(date(2027, 1, 31), date(2027, 3, 2))
        assert [days for _, days in period.by_month()] == [1, 28, 1]

    def test_a_whole_month(self):
        """A period that ends with its month lies in one month."""
        period = Period(date(2027, 1, 1), date(2027, 2, 1))
        assert period.by_month() == [(date(2027, 1, 1), 31)]

    def test_the_day_bills_fall_on(self):
        """The 31st is the last day of every month."""
        day = BillingDay(31)
        assert [day.within(2028, month).day for month in (1, 2, 4, 12)] == [31, 29, 30, 31]

    def test_december(self):
        """After December comes January."""
        assert Interval.of("month", 1).after(date(2027, 12, 15), BillingDay(15)) == date(2028, 1, 15)
        assert Interval.of("month", 11).after(date(2027, 1, 15), BillingDay(15)) == date(2027, 12, 15)


class TestCouponsAtTheSameTime:
    def test_the_last_one(self):
        """Of two who want the last coupon at the same time, one gets it."""
        plan = Plan("lumen", "basic", "basic", Interval.of("month", 1), Money.parse("30 EUR"), None, 0, None)
        coupon = Coupon("lumen", "A", terms_of(1000, None, 1, None), None, 1, ())
        today = date(2027, 1, 1)
        coupon.lock = Interruption(lambda: coupon.redeem(plan, today))
        assert code(coupon.redeem, plan, today) == "coupon_used_up"
        assert coupon.redeemed == 1

    def test_none_at_all(self):
        """A coupon that can be redeemed no times is used up from the beginning."""
        plan = Plan("lumen", "basic", "basic", Interval.of("month", 1), Money.parse("30 EUR"), None, 0, None)
        coupon = Coupon("lumen", "A", terms_of(1000, None, 1, None), None, 0, ())
        assert code(coupon.redeem, plan, date(2027, 1, 1)) == "coupon_used_up"

    def test_both_count(self):
        """Two who redeem a coupon at the same time are counted both."""
        plan = Plan("lumen", "basic", "basic", Interval.of("month", 1), Money.parse("30 EUR"), None, 0, None)
        coupon = Coupon("lumen", "A", Terms(1000, None, 1, None), None, 5, ())
        today = date(2027, 1, 1)
        coupon.lock = Interruption(lambda: coupon.redeem(plan, today))
        coupon.redeem(plan, today)
        assert coupon.redeemed == 2
