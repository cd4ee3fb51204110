import pytest
from storefront import code, refusal


class TestMonthEnds:
    def test_from_the_31st(self, shop):
        """A subscription of the 31st is billed on the last day of shorter months and comes back to the 31st."""
        shop.is_at("2027-01-31")
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-05-31")
        assert shop.dates() == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]

    def test_from_the_30th(self, shop):
        """A subscription of the 30th skips nothing in February."""
        shop.is_at("2027-01-30")
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-02-28")
        assert shop.period(sub) == "2027-02-28 to 2027-03-29"

    def test_leap_years(self, shop):
        """In a leap year February has a 29th to bill on."""
        shop.is_at("2028-01-31")
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.lives_until("2028-03-01")
        assert shop.dates() == ["2028-01-31", "2028-02-29"]

    def test_from_the_29th_of_february(self, shop):
        """A yearly subscription of a 29th of February comes back to it in the next leap year."""
        shop.is_at("2028-02-29")
        shop.offers("yearly", "300.00 EUR", interval="year")
        shop.subscribes("ada", "yearly")
        shop.opens_again_on("2032-02-29")
        assert [shop.bill(n).lines for n in (1, 5)] == [["yearly: 300.00 EUR"]] * 2
        assert shop.desk.subscription("sub_1").period == "2032-02-29 to 2033-02-27"

    def test_trials_that_end_on_the_31st(self, shop):
        """The day a trial is over is the day that bills fall on."""
        shop.is_at("2027-01-01")
        shop.offers("basic", "30.00 EUR", trial_days=30)
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-03-31")
        assert shop.dates() == ["2027-01-31", "2027-02-28", "2027-03-31"]

    def test_several_months(self, shop):
        """A quarter that begins on 30 November ends at the end of February."""
        shop.is_at("2027-11-30")
        shop.offers("season", "80.00 EUR", every=3)
        sub = shop.subscribes("ada", "season")
        assert shop.period(sub) == "2027-11-30 to 2028-02-28"

    def test_across_the_year(self, shop):
        """A month that begins in December ends in January."""
        shop.is_at("2027-12-31")
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert shop.period(sub) == "2027-12-31 to 2028-01-30"

    @pytest.mark.parametrize(
        ("interval", "every", "renews_on"),
        [
            ("week", 1, "2027-01-08"),
            ("week", 2, "2027-01-15"),
            ("month", 1, "2027-02-01"),
            ("month", 6, "2027-07-01"),
            ("month", 12, "2028-01-01"),
            ("year", 1, "2028-01-01"),
            ("year", 2, "2029-01-01"),
        ],
    )
    def test_intervals(self, shop, interval, every, renews_on):
        """A period is as long as the interval of the plan."""
        shop.offers("plan", "30.00 EUR", interval=interval, every=every)
        assert shop.desk.subscription(shop.subscribes("ada", "plan")).renews_on == renews_on


class TestRuns:
    def test_the_day_before(self, shop):
        """Nothing is renewed before its day."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        report = shop.opens_again_on("2027-01-31")
        assert (report.attended, report.failed, report.left) == (0, 0, 0)

    def test_on_the_day(self, shop):
        """A subscription is renewed on its day."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        report = shop.opens_again_on("2027-02-01")
        assert (report.attended, report.failed, report.left) == (1, 0, 0)
        assert shop.period(sub) == "2027-02-01 to 2027-02-28"

    def test_twice_a_day(self, shop):
        """A second run on the same day bills nobody again."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.opens_again_on("2027-02-01")
        assert shop.desk.run().attended == 0
        assert len(shop.bills()) == 2

    def test_after_an_outage(self, shop):
        """Periods that were missed are billed one by one, dated on the day of the run."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.opens_again_on("2027-04-10")
        assert shop.dates() == ["2027-01-01", "2027-04-10", "2027-04-10", "2027-04-10"]
        assert shop.period(sub) == "2027-04-01 to 2027-04-30"

    def test_who_waits_longest(self, shop):
        """The run bills those first whose period ended first."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("weekly", "5.00 EUR", interval="week")
        shop.subscribes("ada", "basic")
        shop.subscribes("bo", "weekly")
        shop.subscribes("cy", "weekly", trial_days=10)
        shop.opens_again_on("2027-02-02")
        assert [bill.customer for bill in shop.desk.invoices(after="LUMEN-0002").items] == [
            "bo",
            "bo",
            "bo",
            "bo",
            "cy",
            "cy",
            "cy",
            "cy",
            "ada",
        ]

    def test_who_came_first(self, shop):
        """Of those whose period ends on one day, the run bills the one first who came first."""
        shop.is_at("2027-01-02")
        shop.offers("yearly", "300.00 EUR", interval="year", every=2)
        shop.offers("monthly", "30.00 EUR", every=12)
        shop.is_at("2028-01-02")
        shop.subscribes("ada", "monthly")
        shop.is_at("2027-01-02")
        shop.subscribes("bo", "yearly")
        shop.opens_again_on("2029-01-02")
        assert [bill.customer for bill in shop.desk.invoices().items] == ["ada", "bo", "bo", "ada"]

    def test_who_is_due_first(self, shop):
        """Whose period ended first is billed first, even if somebody else came earlier."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("weekly", "5.00 EUR", interval="week")
        shop.subscribes("ada", "basic")
        shop.is_at("2027-01-20")
        shop.subscribes("bo", "weekly")
        shop.opens_again_on("2027-02-02")
        assert [bill.customer for bill in shop.desk.invoices(after="LUMEN-0002").items] == ["bo", "ada"]

    def test_a_part_of_them(self, shop):
        """A run can be limited, and leaves the rest to the next one."""
        shop.offers("basic", "30.00 EUR")
        for customer in ("ada", "bo", "cy"):
            shop.subscribes(customer, "basic")
        shop.is_at("2027-02-01")
        first = shop.desk.run(limit=2)
        assert (first.attended, first.left) == (2, 1)
        second = shop.desk.run(limit=2)
        assert (second.attended, second.left) == (1, 0)

    def test_a_limit_of_nothing(self, shop):
        """A run for nobody is refused."""
        assert refusal(shop.desk.run, limit=0) == ("bad_limit", "a run is for one subscription at least")

    def test_other_merchants(self, shop):
        """A merchant's run bills no customers of others."""
        oriel = shop.billing.desk("oriel")
        oriel.add_plan("basic", "50.00 EUR")
        oriel.add_customer("ada", card="amex")
        oriel.subscribe("ada", "basic")
        shop.opens_again_on("2027-02-01")
        assert shop.gateway.statement("amex") == ["paid 50.00 EUR"]

    def test_one_that_fails(self, shop):
        """A subscription that cannot be billed does not keep the next ones waiting."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", seats=5)
        shop.subscribes("bo", "basic")
        shop.desk.configure(invoice_limit="100.00 EUR")
        report = shop.opens_again_on("2027-02-01")
        assert (report.attended, report.failed) == (2, 1)
        assert shop.bills("bo") == ["30.00 EUR", "30.00 EUR"]

    def test_it_is_as_it_was(self, shop):
        """A renewal that fails leaves the subscription as it was, and it is tried again."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=5)
        shop.desk.configure(invoice_limit="100.00 EUR")
        shop.opens_again_on("2027-02-01")
        assert shop.period(sub) == "2027-01-01 to 2027-01-31"
        shop.desk.configure(invoice_limit="150.00 EUR")
        shop.opens_again_on("2027-02-03")
        assert (shop.period(sub), shop.bills()) == ("2027-02-01 to 2027-02-28", ["150.00 EUR", "150.00 EUR"])

    def test_where_the_merchant_is(self, shop):
        """Bills fall on the days of the merchant, not on those of our servers."""
        shop.desk.configure(utc_offset=600)
        shop.offers("basic", "30.00 EUR")
        shop.clock.set("2027-01-01T14:00")
        sub = shop.subscribes("ada", "basic")
        assert shop.period(sub) == "2027-01-02 to 2027-02-01"

    def test_just_before_midnight_there(self, shop):
        """Until midnight at the merchant's it is still the same day."""
        shop.desk.configure(utc_offset=-300)
        shop.offers("basic", "30.00 EUR")
        shop.clock.set("2027-01-02T04:59")
        sub = shop.subscribes("ada", "basic")
        assert shop.desk.subscription(sub).renews_on == "2027-02-01"

    def test_the_zone_stays(self, shop):
        """Another agreement leaves the time zone alone."""
        shop.desk.configure(utc_offset=600)
        shop.desk.configure(tax="10")
        shop.offers("basic", "30.00 EUR")
        shop.clock.set("2027-01-01T14:00")
        shop.subscribes("ada", "basic")
        assert shop.bill(1).issued_on == "2027-01-02"

    def test_where_nothing_was_agreed(self, shop):
        """Without an agreement bills fall on the days of UTC, up to the last minute."""
        shop.offers("basic", "30.00 EUR")
        shop.clock.set("2027-01-01T23:59")
        sub = shop.subscribes("ada", "basic")
        assert shop.desk.subscription(sub).renews_on == "2027-02-01"

    @pytest.mark.parametrize(("minutes", "why"), [(840, None), (841, "bad_offset"), (-840, None), (-841, "bad_offset")])
    def test_possible_zones(self, shop, minutes, why):
        """Clocks differ by fourteen hours at most."""
        assert code(shop.desk.configure, utc_offset=minutes) == why

    def test_before_the_run(self, shop):
        """What is due for renewal cannot be changed before the run has been."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-02-01")
        assert refusal(shop.desk.change, sub, seats=2) == ("renewal_due", "sub_1 is being renewed")
        assert code(shop.desk.pause, sub) == "renewal_due"
        shop.desk.run()
        assert code(shop.desk.change, sub, seats=2) is None
