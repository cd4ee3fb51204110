import pytest
from storefront import code, refusal


class TestPercentages:
    def test_once(self, shop):
        """A coupon for one bill lowers the first bill only."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("SPRING", percent="20")
        shop.subscribes("ada", "basic", coupon="SPRING")
        shop.lives_until("2027-02-01")
        assert (shop.bill(1).discount, shop.bills()) == ("6.00 EUR", ["24.00 EUR", "30.00 EUR"])
        assert shop.bill(1).lines == ["basic: 30.00 EUR"]

    def test_repeating(self, shop):
        """A coupon for three bills lowers three bills."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("SPRING", percent="20", bills=3)
        shop.subscribes("ada", "basic", coupon="SPRING")
        shop.lives_until("2027-04-01")
        assert shop.bills() == ["24.00 EUR", "24.00 EUR", "24.00 EUR", "30.00 EUR"]

    def test_for_good(self, shop):
        """A coupon without a number of bills lowers all of them."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("FRIEND", percent="50", bills=None)
        shop.subscribes("ada", "basic", coupon="FRIEND")
        shop.lives_until("2027-04-01")
        assert shop.bills() == ["15.00 EUR"] * 4

    def test_everything(self, shop):
        """A coupon can take a bill down to nothing."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("GIFT", percent="100")
        shop.subscribes("ada", "basic", card=None, coupon="GIFT")
        assert (shop.bill(1).total, shop.bill(1).status) == ("0.00 EUR", "paid")

    def test_parts_of_a_percent(self, shop):
        """A percentage can have two decimals."""
        shop.offers("basic", "80.00 EUR")
        shop.gives("ODD", percent="12.25 %")
        shop.subscribes("ada", "basic", coupon="ODD")
        assert shop.bill(1).discount == "9.80 EUR"

    def test_after_the_trial(self, shop):
        """A trial does not use a coupon up."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        shop.gives("SPRING", percent="20")
        shop.subscribes("ada", "basic", coupon="SPRING")
        shop.lives_until("2027-01-15")
        assert shop.bills() == ["24.00 EUR"]

    def test_upgrades(self, shop):
        """An upgrade gets the percentage that the period was billed with."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        shop.gives("HALF", percent="50")
        sub = shop.subscribes("ada", "basic", coupon="HALF")
        shop.is_at("2027-01-11")
        shop.desk.change(sub, plan="pro")
        assert shop.bill(2).lines == ["Unused time: -10.50 EUR", "pro, remaining time: 21.00 EUR"]

    def test_upgrades_later(self, shop):
        """An upgrade in a period without a discount gets none."""
        shop.offers("basic", "28.00 EUR")
        shop.gives("HALF", percent="50")
        sub = shop.subscribes("ada", "basic", coupon="HALF")
        shop.lives_until("2027-02-01")
        shop.desk.change(sub, seats=2)
        assert shop.bill(3).total == "28.00 EUR"

    def test_upgrades_do_not_use_it_up(self, shop):
        """A change in the middle of a period does not count as a bill for a coupon."""
        shop.offers("basic", "31.00 EUR")
        shop.gives("HALF", percent="50", bills=2)
        sub = shop.subscribes("ada", "basic", coupon="HALF")
        shop.desk.change(sub, seats=2)
        shop.lives_until("2027-02-01")
        assert shop.bill(3).total == "31.00 EUR"

    def test_unused_time(self, shop):
        """What is given back is what was paid, not what the plan costs."""
        shop.offers("basic", "31.00 EUR")
        shop.gives("HALF", percent="50")
        sub = shop.subscribes("ada", "basic", coupon="HALF")
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.credit("ada") == ["15.50 EUR"]


class TestAmounts:
    def test_off_the_bill(self, shop):
        """A coupon over an amount takes it off the bill."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("FIVE", amount="5.00 EUR", bills=2)
        shop.subscribes("ada", "basic", coupon="FIVE")
        shop.lives_until("2027-03-01")
        assert shop.bills() == ["25.00 EUR", "25.00 EUR", "30.00 EUR"]

    def test_more_than_the_bill(self, shop):
        """A coupon takes no more off than there is."""
        shop.offers("basic", "3.00 EUR")
        shop.gives("FIVE", amount="5.00 EUR")
        shop.subscribes("ada", "basic", coupon="FIVE")
        assert (shop.bill(1).discount, shop.bill(1).total) == ("3.00 EUR", "0.00 EUR")
        assert shop.desk.credit("ada") == []

    def test_setup_fees(self, shop):
        """A coupon lowers the setup fee along with the plan."""
        shop.offers("basic", "20.00 EUR", setup_fee="10.00 EUR")
        shop.gives("NINE", amount="9.00 EUR")
        sub = shop.subscribes("ada", "basic", coupon="NINE")
        assert shop.bill(1).total == "21.00 EUR"
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.credit("ada") == ["14.00 EUR"]

    def test_the_last_cent(self, shop):
        """A discount over two lines is spread to the last cent."""
        shop.offers("basic", "10.00 EUR", setup_fee="20.00 EUR")
        shop.gives("TEN", amount="10.00 EUR")
        sub = shop.subscribes("ada", "basic", coupon="TEN")
        assert shop.bill(1).discount == "10.00 EUR"
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.credit("ada") == ["6.67 EUR"]

    def test_another_currency(self, shop):
        """A coupon over an amount is for bills in its currency."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("FIVE", amount="5.00 CHF")
        shop.knows("ada")
        assert refusal(shop.desk.subscribe, "ada", "basic", coupon="FIVE") == ("coupon_currency", "FIVE is in CHF")

    def test_upgrades(self, shop):
        """An amount that was taken off the period is not taken off an upgrade again."""
        shop.offers("basic", "31.00 EUR")
        shop.gives("FIVE", amount="3.10 EUR", bills=None)
        sub = shop.subscribes("ada", "basic", coupon="FIVE")
        shop.desk.change(sub, seats=2)
        assert shop.bill(2).lines == ["Unused time: -27.90 EUR", "basic, remaining time: 62.00 EUR"]


class TestTwoCoupons:
    def test_percentages_first(self, shop):
        """Percentages are taken off before amounts, whichever was redeemed first."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("FIVE", amount="5.00 EUR")
        shop.gives("HALF", percent="50", bills=2)
        sub = shop.subscribes("ada", "basic", trial_days=3, coupon="FIVE")
        shop.desk.redeem(sub, "HALF")
        shop.lives_until("2027-01-04")
        assert shop.bills() == ["10.00 EUR"]

    def test_one_after_the_other(self, shop):
        """A second percentage is of what the first one left."""
        shop.offers("basic", "100.00 EUR")
        shop.gives("A", percent="50", bills=None)
        shop.gives("B", percent="10", bills=None)
        sub = shop.subscribes("ada", "basic", coupon="A")
        shop.desk.redeem(sub, "B")
        shop.lives_until("2027-02-01")
        assert shop.bill(2).total == "45.00 EUR"
        shop.desk.change(sub, seats=2)
        assert shop.bill(3).total == "45.00 EUR"

    def test_the_earlier_one_first(self, shop):
        """Of two percentages the one that was redeemed first is taken off first."""
        shop.offers("tiny", "0.10 EUR")
        shop.gives("Z", percent="25", bills=None)
        shop.gives("A", percent="50", bills=None)
        sub = shop.subscribes("ada", "tiny", trial_days=3, coupon="Z")
        shop.is_at("2027-01-02")
        shop.desk.redeem(sub, "A")
        assert shop.desk.next_bill(sub) == "0.03 EUR"

    def test_on_the_same_day(self, shop):
        """Two percentages that were redeemed on one day are taken off by their codes."""
        shop.offers("tiny", "0.10 EUR")
        shop.gives("Z", percent="25", bills=None)
        shop.gives("A", percent="50", bills=None)
        sub = shop.subscribes("ada", "tiny", trial_days=3, coupon="Z")
        shop.desk.redeem(sub, "A")
        assert shop.desk.next_bill(sub) == "0.04 EUR"

    def test_a_third(self, shop):
        """A third coupon is refused while two work."""
        shop.offers("basic", "30.00 EUR")
        for name in ("A", "B", "C"):
            shop.gives(name, percent="10", bills=None)
        sub = shop.subscribes("ada", "basic", coupon="A")
        shop.desk.redeem(sub, "B")
        assert refusal(shop.desk.redeem, sub, "C") == ("too_many_coupons", "sub_1 has 2 coupons already")

    def test_a_third_later(self, shop):
        """A coupon that is used up makes room for another one."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10")
        shop.gives("B", percent="10", bills=None)
        shop.gives("C", percent="50")
        sub = shop.subscribes("ada", "basic", coupon="A")
        shop.desk.redeem(sub, "B")
        shop.desk.redeem(sub, "C")
        assert shop.desk.next_bill(sub) == "13.50 EUR"

    def test_the_same_twice(self, shop):
        """A subscription can redeem a coupon once."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10")
        sub = shop.subscribes("ada", "basic", coupon="A")
        assert refusal(shop.desk.redeem, sub, "a") == ("coupon_already_used", "sub_1 has had A already")
        assert shop.desk.subscription(sub).coupons == ["A"]


class TestRedeeming:
    def test_any_case(self, shop):
        """A code can be typed in any case."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("Spring", percent="20")
        sub = shop.subscribes("ada", "basic", coupon=" sPRING ")
        assert shop.desk.subscription(sub).coupons == ["SPRING"]

    def test_unknown(self, shop):
        """A code nobody has heard of is refused."""
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        refused = refusal(shop.desk.subscribe, "ada", "basic", coupon="nix")
        assert refused == ("no_such_coupon", "there is no coupon NIX")

    def test_an_empty_code(self, shop):
        """An empty code is no code."""
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic", coupon="") == "no_such_coupon"

    def test_codes_of_others(self, shop):
        """A merchant's coupon is no good with another merchant."""
        shop.offers("basic", "30.00 EUR")
        shop.billing.desk("oriel").add_coupon("A", percent="10")
        sub = shop.subscribes("ada", "basic")
        assert code(shop.desk.redeem, sub, "A") == "no_such_coupon"

    @pytest.mark.parametrize(("day", "why"), [("2027-01-20", None), ("2027-01-21", "coupon_expired")])
    def test_the_last_day(self, shop, day, why):
        """A coupon can be redeemed up to and on its last day."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10", redeem_by="2027-01-20")
        sub = shop.subscribes("ada", "basic")
        shop.is_at(day)
        assert code(shop.desk.redeem, sub, "A") == why

    def test_redeemed_in_time(self, shop):
        """A coupon that was redeemed in time works after the last day for redeeming it."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10", bills=2, redeem_by="2027-01-01")
        shop.subscribes("ada", "basic", coupon="A")
        shop.lives_until("2027-02-01")
        assert shop.bills() == ["27.00 EUR", "27.00 EUR"]

    def test_the_end(self, shop):
        """From its end on a coupon lowers no bill, even one that begins on that day."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10", bills=None, ends_on="2027-03-01")
        shop.subscribes("ada", "basic", coupon="A")
        shop.lives_until("2027-03-01")
        assert shop.bills() == ["27.00 EUR", "27.00 EUR", "30.00 EUR"]

    def test_bills_written_late(self, shop):
        """A bill that is written late is lowered if its period began before the end of the coupon."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10", bills=None, ends_on="2027-02-02")
        shop.subscribes("ada", "basic", coupon="A")
        shop.opens_again_on("2027-02-05")
        assert shop.bills() == ["27.00 EUR", "27.00 EUR"]

    def test_so_many_times(self, shop):
        """A coupon can be redeemed as often as its limit says."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10", limit=2)
        shop.subscribes("ada", "basic", coupon="A")
        shop.subscribes("bo", "basic", coupon="A")
        shop.knows("cy")
        assert refusal(shop.desk.subscribe, "cy", "basic", coupon="A") == (
            "coupon_used_up",
            "A has been redeemed too often",
        )

    def test_refused_sign_ups(self, shop):
        """A sign-up that is refused does not use a coupon up."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10", limit=1)
        shop.desk.configure(invoice_limit="100.00 EUR")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic", seats=9, coupon="A") == "invoice_too_large"
        assert code(shop.desk.subscribe, "ada", "basic", coupon="A") is None

    def test_refused_codes_start_nothing(self, shop):
        """A sign-up with a code that is refused starts nothing."""
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        code(shop.desk.subscribe, "ada", "basic", coupon="nix")
        assert shop.desk.summary().counts["active"] == 0

    def test_certain_plans(self, shop):
        """A coupon can be for certain plans only."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("pro", "60.00 EUR")
        shop.gives("A", percent="10", plans=["pro"])
        shop.knows("ada")
        assert refusal(shop.desk.subscribe, "ada", "basic", coupon="A") == (
            "coupon_not_for_plan",
            "A is not for basic",
        )
        assert code(shop.desk.subscribe, "ada", "pro", coupon="A") is None

    def test_what_has_ended(self, shop):
        """A subscription that is over redeems nothing."""
        shop.offers("basic", "30.00 EUR")
        shop.gives("A", percent="10")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        assert refusal(shop.desk.redeem, sub, "A") == ("ended", "sub_1 ended on 2027-01-01")


class TestOfferingCoupons:
    def test_the_same_code(self, shop):
        """A code is given out once, in whatever case."""
        shop.gives("A", percent="10")
        assert code(shop.desk.add_coupon, "a", percent="20") == "exists"

    @pytest.mark.parametrize(
        "terms",
        [
            {},
            {"percent": "10", "amount": "1.00 EUR"},
            {"percent": "0"},
            {"amount": "0.00 EUR"},
            {"amount": "-1.00 EUR"},
            {"percent": "10", "bills": 0},
            {"percent": "10", "limit": 0},
        ],
        ids=["nothing", "both", "no-percent", "no-amount", "negative", "no-bills", "no-limit"],
    )
    def test_terms(self, shop, terms):
        """A coupon takes a percentage or an amount off a bill or more."""
        assert code(shop.desk.add_coupon, "A", **terms) == "bad_coupon"

    def test_no_code(self, shop):
        """A coupon has a code."""
        assert code(shop.desk.add_coupon, " ", percent="10") == "bad_coupon"

    @pytest.mark.parametrize(
        ("percent", "why"),
        [("ten", "bad_percentage"), ("100.01", "bad_percentage"), ("5.125", "bad_percentage"), ("100", None)],
    )
    def test_percentages(self, shop, percent, why):
        """A percentage is a number up to a hundred."""
        assert code(shop.desk.add_coupon, "A", percent=percent) == why

    def test_dates(self, shop):
        """A day that does not exist is refused."""
        refused = refusal(shop.desk.add_coupon, "A", percent="10", redeem_by="2027-02-29")
        assert refused == ("bad_date", "“2027-02-29” is not a date")

    def test_unknown_plans(self, shop):
        """A coupon for a plan that is not there is refused."""
        assert code(shop.desk.add_coupon, "A", percent="10", plans=["gold"]) == "not_found"
        assert code(shop.desk.add_coupon, "A", percent="10") is None
