import pytest
from storefront import code, refusal


class TestOffering:
    def test_the_cheapest_first(self, shop):
        """Offered plans are listed by price, the cheapest first."""
        shop.offers("pro", "60.00 EUR")
        shop.offers("zen", "9.50 EUR")
        assert shop.desk.plans() == ["zen: 9.50 EUR per month", "pro: 60.00 EUR per month"]

    def test_currencies(self, shop):
        """Plans of one currency stand together."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("swiss", "60.00 CHF")
        assert shop.desk.plans() == ["swiss: 60.00 CHF per month", "basic: 30.00 EUR per month"]

    def test_the_same_price(self, shop):
        """Plans of the same price are listed by their ids."""
        shop.offers("wide", "30.00 EUR")
        shop.offers("deep", "30.00 EUR")
        assert shop.desk.plans() == ["deep: 30.00 EUR per month", "wide: 30.00 EUR per month"]

    def test_other_intervals(self, shop):
        """The list says how often a plan is billed."""
        shop.offers("yearly", "300.00 EUR", interval="year")
        shop.offers("season", "80.00 EUR", every=3)
        assert shop.desk.plans() == ["season: 80.00 EUR per 3 months", "yearly: 300.00 EUR per year"]

    def test_a_name(self, shop):
        """A plan is listed under its name."""
        shop.offers("p1", "30.00 EUR", name=" Pantry Box ")
        assert shop.desk.plans() == ["Pantry Box: 30.00 EUR per month"]

    def test_right_after_an_offer(self, shop):
        """A plan is on the list as soon as it is offered."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.plans()
        shop.offers("pro", "60.00 EUR")
        assert len(shop.desk.plans()) == 2

    def test_right_after_archiving(self, shop):
        """An archived plan is off the list at once."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.plans()
        shop.desk.archive_plan("basic")
        assert shop.desk.plans() == []

    def test_lists_are_the_readers_own(self, shop):
        """What a reader does with a list of plans is no concern of the next reader."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.plans().clear()
        shop.desk.plans().clear()
        assert shop.desk.plans() == ["basic: 30.00 EUR per month"]

    def test_the_same_id(self, shop):
        """A second plan of the same id is refused."""
        shop.offers("basic", "30.00 EUR")
        assert refusal(shop.desk.add_plan, "basic", "40.00 EUR") == (
            "exists",
            "there is a plan basic already",
        )

    def test_the_same_id_elsewhere(self, shop):
        """Two merchants can offer plans of the same id."""
        shop.offers("basic", "30.00 EUR")
        oriel = shop.billing.desk("oriel")
        oriel.add_plan("basic", "50.00 CHF")
        assert shop.desk.plans() == ["basic: 30.00 EUR per month"]
        assert oriel.plans() == ["basic: 50.00 CHF per month"]


class TestRefusedPlans:
    @pytest.mark.parametrize(
        ("price", "why"),
        [
            ("thirty EUR", "bad_amount"),
            ("30.00", "bad_amount"),
            ("30.001 EUR", "bad_amount"),
            ("30.5 JPY", "bad_amount"),
            ("-1.00 EUR", "bad_amount"),
            ("30.00 XYZ", "bad_currency"),
            (".50 EUR", "bad_amount"),
            ("30.00 EURO", "bad_amount"),
            ("30.00EUR", "bad_amount"),
        ],
        ids=[
            "words",
            "no-currency",
            "three-decimals",
            "one-decimal",
            "negative",
            "unknown-currency",
            "no-units",
            "four-letters",
            "no-blank",
        ],
    )
    def test_prices(self, shop, price, why):
        """A plan needs a price in a currency we bill in."""
        assert code(shop.desk.add_plan, "basic", price) == why

    @pytest.mark.parametrize(("interval", "every"), [("day", 1), ("month", 0), ("year", 4), ("month", 37)])
    def test_intervals(self, shop, interval, every):
        """A plan is billed by weeks, months or years, every three years at least."""
        assert code(shop.desk.add_plan, "basic", "1 EUR", interval=interval, every=every) == "bad_interval"

    @pytest.mark.parametrize(
        ("interval", "every"), [(" Year ", 3), ("month", 36), ("week", 52)], ids=["years", "months", "weeks"]
    )
    def test_longest_intervals(self, shop, interval, every):
        """An interval of three years can be billed."""
        assert code(shop.desk.add_plan, "basic", "1 EUR", interval=interval, every=every) is None

    @pytest.mark.parametrize(("days", "why"), [(-1, "bad_trial"), (0, None), (90, None), (91, "bad_trial")])
    def test_trials(self, shop, days, why):
        """A trial takes ninety days at most."""
        assert code(shop.desk.add_plan, "basic", "1 EUR", trial_days=days) == why

    def test_setup_fees_in_another_currency(self, shop):
        """A setup fee is in the currency of the price."""
        refused = refusal(shop.desk.add_plan, "basic", "30.00 EUR", setup_fee="5.00 CHF")
        assert refused == ("currency_mismatch", "the setup fee is not in EUR")
        assert code(shop.desk.add_plan, "basic", "30.00 EUR", setup_fee="0.00 CHF") == "currency_mismatch"

    def test_no_setup_fee(self, shop):
        """A setup fee is an amount, if there is one."""
        assert code(shop.desk.add_plan, "basic", "30.00 EUR", setup_fee="") == "bad_amount"


class TestArchivedPlans:
    def test_new_subscriptions(self, shop):
        """Nobody can subscribe to an archived plan."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.archive_plan("basic")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic") == "plan_archived"

    def test_those_who_have_it(self, shop):
        """Who has an archived plan keeps it and is billed for it."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.archive_plan("basic")
        shop.lives_until("2027-02-01")
        assert shop.bills() == ["30.00 EUR", "30.00 EUR"]

    def test_more_seats_of_it(self, shop):
        """Who has an archived plan can take more seats of it."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.archive_plan("basic")
        shop.desk.change(sub, seats=2)
        assert shop.desk.subscription(sub).seats == 2

    def test_changes_to_it(self, shop):
        """Nobody can change to an archived plan."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("pro", "60.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.archive_plan("pro")
        assert code(shop.desk.change, sub, plan="pro") == "plan_archived"

    def test_unknown(self, shop):
        """A plan that was never offered cannot be archived."""
        assert refusal(shop.desk.archive_plan, "gold") == ("not_found", "there is no plan gold")


class TestSeats:
    def test_each_has_its_price(self, shop):
        """Each seat is billed at the price of the plan."""
        shop.offers("team", "7.50 EUR")
        shop.subscribes("ada", "team", seats=4)
        assert shop.bill(1).lines == ["team, 4 seats: 30.00 EUR"]

    @pytest.mark.parametrize(("seats", "why"), [(0, "bad_seats"), (1, None), (10, None), (11, "too_many_seats")])
    def test_limits(self, shop, seats, why):
        """A plan can be limited to a number of seats."""
        shop.offers("team", "7.50 EUR", seats_most=10)
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "team", seats=seats) == why

    def test_nobody(self, shop):
        """Nobody can subscribe to a plan for no seats."""
        shop.offers("team", "7.50 EUR", seats_most=0)
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "team") == "too_many_seats"

    def test_refused_seats_use_no_number(self, shop):
        """A sign-up that is refused leaves no subscription behind."""
        shop.offers("team", "7.50 EUR", seats_most=10)
        shop.knows("ada")
        code(shop.desk.subscribe, "ada", "team", seats=11)
        assert shop.desk.summary().counts["active"] == 0
        assert shop.bills() == []
