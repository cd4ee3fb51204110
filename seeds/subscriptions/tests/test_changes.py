from storefront import code, refusal


class TestUpgrades:
    def test_in_the_middle(self, shop):
        """An upgrade in the middle of a period charges the difference for the days that are left."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        shop.desk.change(sub, plan="pro")
        assert shop.bill(2).lines == ["Unused time: -21.00 EUR", "pro, remaining time: 42.00 EUR"]
        assert shop.bill(2).total == "21.00 EUR"

    def test_on_the_first_day(self, shop):
        """An upgrade on the first day charges the whole difference."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, plan="pro")
        assert shop.bill(2).total == "31.00 EUR"

    def test_on_the_last_day(self, shop):
        """An upgrade on the last day charges one day."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-31")
        shop.desk.change(sub, plan="pro")
        assert shop.bill(2).total == "1.00 EUR"

    def test_the_next_period(self, shop):
        """After an upgrade the next period costs what the new plan costs."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, plan="pro")
        shop.lives_until("2027-02-01")
        assert shop.bill(3).lines == ["pro: 62.00 EUR"]
        assert shop.period(sub) == "2027-02-01 to 2027-02-28"

    def test_twice_in_a_period(self, shop):
        """A second change gives back what is unused of the first."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        shop.offers("max", "93.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        shop.desk.change(sub, plan="pro")
        shop.is_at("2027-01-21")
        shop.desk.change(sub, plan="max")
        assert shop.bill(3).lines == ["Unused time: -22.00 EUR", "max, remaining time: 33.00 EUR"]

    def test_cents(self, shop):
        """Halves of a cent are rounded away from zero, in credits as in charges."""
        shop.is_at("2027-04-01")
        shop.offers("basic", "0.30 EUR")
        shop.offers("pro", "0.90 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-04-16")
        shop.desk.change(sub, seats=3)
        assert shop.bill(2).lines == ["Unused time: -0.15 EUR", "basic, remaining time: 0.45 EUR"]

    def test_half_a_cent(self, shop):
        """Half a cent is billed as one."""
        shop.is_at("2027-04-01")
        shop.offers("tiny", "0.01 EUR")
        sub = shop.subscribes("ada", "tiny")
        shop.is_at("2027-04-16")
        shop.desk.change(sub, seats=3)
        assert shop.bill(2).lines == ["Unused time: -0.01 EUR", "tiny, remaining time: 0.02 EUR"]

    def test_it_is_paid_at_once(self, shop):
        """The difference is charged to the card at once."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2)
        assert shop.gateway.statement("visa") == ["paid 31.00 EUR", "paid 31.00 EUR"]

    def test_plan_and_seats(self, shop):
        """Plan and seats can be changed together."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=2)
        shop.desk.change(sub, plan="pro", seats=3)
        view = shop.desk.subscription(sub)
        assert (view.plan, view.seats, shop.bill(2).total) == ("pro", 3, "124.00 EUR")

    def test_the_seats_stay(self, shop):
        """A change of plan keeps the seats."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=2)
        shop.desk.change(sub, plan="pro")
        assert shop.desk.subscription(sub).seats == 2

    def test_no_setup_fee(self, shop):
        """A change asks for no setup fee."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR", setup_fee="10.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, plan="pro")
        shop.lives_until("2027-02-01")
        assert shop.bills() == ["31.00 EUR", "31.00 EUR", "62.00 EUR"]


class TestDowngrades:
    def test_credit(self, shop):
        """A downgrade gives credit for the difference and asks for nothing."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "pro")
        shop.is_at("2027-01-11")
        shop.desk.change(sub, plan="basic")
        bill = shop.bill(2)
        assert (bill.total, bill.due, bill.status) == ("-21.00 EUR", "0.00 EUR", "paid")
        assert shop.desk.credit("ada") == ["21.00 EUR"]

    def test_the_next_bill(self, shop):
        """Credit is set off against the next bill."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "pro")
        shop.is_at("2027-01-11")
        shop.desk.change(sub, plan="basic")
        shop.lives_until("2027-02-01")
        bill = shop.bill(3)
        assert (bill.total, bill.credit, bill.due) == ("31.00 EUR", "21.00 EUR", "10.00 EUR")
        assert shop.gateway.statement("visa")[-1] == "paid 10.00 EUR"
        assert shop.desk.timeline("LUMEN-0003").items[0].endswith("total 31.00 EUR)")
        assert shop.desk.credit("ada") == []

    def test_more_than_one_bill(self, shop):
        """Credit that a bill does not use up is there for the next one."""
        shop.offers("basic", "10.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "pro")
        shop.desk.change(sub, plan="basic")
        shop.lives_until("2027-02-01")
        assert shop.bill(3).due == "0.00 EUR"
        assert shop.desk.credit("ada") == ["42.00 EUR"]

    def test_fewer_seats(self, shop):
        """Fewer seats give credit as well."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=3)
        shop.is_at("2027-01-30")
        shop.desk.change(sub, seats=1)
        assert shop.desk.credit("ada") == ["4.00 EUR"]

    def test_credit_of_others(self, shop):
        """One customer's credit does not pay another one's bill."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=3)
        shop.desk.change(sub, seats=1)
        shop.subscribes("bo", "basic")
        assert shop.bill(3).due == "31.00 EUR"

    def test_credit_in_another_currency(self, shop):
        """Credit in one currency does not pay a bill in another."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("swiss", "20.00 CHF")
        sub = shop.subscribes("ada", "basic", seats=3)
        shop.desk.change(sub, seats=1)
        shop.subscribes("ada", "swiss")
        assert shop.bill(3).due == "20.00 CHF"
        assert shop.desk.credit("ada") == ["62.00 EUR"]


class TestOtherIntervals:
    def test_a_new_period(self, shop):
        """A change to another interval begins a new period today."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("yearly", "300.00 EUR", interval="year")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        shop.desk.change(sub, plan="yearly")
        assert shop.bill(2).lines == ["Unused time: -21.00 EUR", "yearly, remaining time: 300.00 EUR"]
        assert shop.period(sub) == "2027-01-11 to 2028-01-10"

    def test_a_new_day(self, shop):
        """After a change to another interval, bills fall on the day of the change."""
        shop.offers("yearly", "300.00 EUR", interval="year")
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "yearly")
        shop.is_at("2027-01-31")
        shop.desk.change(sub, plan="basic")
        shop.lives_until("2027-03-31")
        assert shop.dates()[1:] == ["2027-01-31", "2027-02-28", "2027-03-31"]

    def test_the_same_length(self, shop):
        """Plans of the same interval keep the period."""
        shop.offers("basic", "30.00 EUR", every=3)
        shop.offers("pro", "60.00 EUR", every=3)
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-02-15")
        shop.desk.change(sub, plan="pro")
        assert shop.period(sub) == "2027-01-01 to 2027-03-31"
        assert shop.bill(2).total == "15.00 EUR"


class TestQuotes:
    def test_as_it_will_be_billed(self, shop):
        """A quote says what an upgrade would be billed at."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        quote = shop.desk.quote(sub, plan="pro")
        assert (str(quote.credit), str(quote.charge), quote.days_left) == ("21.00 EUR", "42.00 EUR", 21)
        assert str(quote.net) == "21.00 EUR"

    def test_a_longer_interval(self, shop):
        """A quote for another interval is over the whole of it."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("yearly", "300.00 EUR", interval="year")
        sub = shop.subscribes("ada", "basic")
        quote = shop.desk.quote(sub, plan="yearly")
        assert (str(quote.net), quote.days_left) == ("269.00 EUR", 365)

    def test_seats(self, shop):
        """A quote can be for a number of seats."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert str(shop.desk.quote(sub, seats=4).charge) == "124.00 EUR"
        assert str(shop.desk.quote(sub).net) == "0.00 EUR"
        assert code(shop.desk.quote, sub, seats=0) == "bad_seats"

    def test_it_changes_nothing(self, shop):
        """A quote bills nothing."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.quote(sub, seats=4)
        assert (shop.desk.subscription(sub).seats, len(shop.bills())) == (1, 1)

    def test_what_is_not_active(self, shop):
        """There is no quote for a subscription that is paused."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        assert refusal(shop.desk.quote, sub) == ("not_changeable", "sub_1 is paused")


class TestAtRenewal:
    def test_nothing_now(self, shop):
        """A change for the next period costs nothing today."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "pro")
        shop.desk.change(sub, plan="basic", at_renewal=True)
        view = shop.desk.subscription(sub)
        assert (view.plan, view.changes_to) == ("pro", "basic, 1 seat(s)")
        assert shop.bills() == ["62.00 EUR"]

    def test_then(self, shop):
        """A change for the next period takes place when it begins."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "pro")
        shop.desk.change(sub, plan="basic", seats=2, at_renewal=True)
        shop.lives_until("2027-02-01")
        view = shop.desk.subscription(sub)
        assert (view.plan, view.seats, view.changes_to) == ("basic", 2, None)
        assert shop.bill(2).lines == ["basic, 2 seats: 62.00 EUR"]

    def test_only_once(self, shop):
        """A change for the next period is over with it."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "pro")
        shop.desk.change(sub, plan="basic", at_renewal=True)
        shop.lives_until("2027-02-01")
        shop.desk.change(sub, plan="pro")
        shop.lives_until("2027-03-01")
        assert shop.bill(4).lines == ["pro: 62.00 EUR"]

    def test_another_interval(self, shop):
        """A change to another interval keeps to the day on which the old period ends."""
        shop.is_at("2027-01-31")
        shop.offers("basic", "31.00 EUR")
        shop.offers("yearly", "300.00 EUR", interval="year")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, plan="yearly", at_renewal=True)
        shop.lives_until("2027-02-28")
        assert shop.period(sub) == "2027-02-28 to 2028-02-27"

    def test_the_same_interval(self, shop):
        """A change to a plan of the same interval keeps the day of the month."""
        shop.is_at("2027-01-31")
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, plan="pro", at_renewal=True)
        shop.lives_until("2027-02-28")
        assert shop.period(sub) == "2027-02-28 to 2027-03-30"

    def test_the_last_word_counts(self, shop):
        """A later wish for the next period replaces an earlier one."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2, at_renewal=True)
        shop.desk.change(sub, seats=3, at_renewal=True)
        assert shop.desk.subscription(sub).changes_to == "basic, 3 seat(s)"

    def test_at_once_after_all(self, shop):
        """A change at once replaces what was to change at the renewal."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2, at_renewal=True)
        shop.desk.change(sub, seats=3)
        shop.lives_until("2027-02-01")
        assert shop.desk.subscription(sub).seats == 3

    def test_dropped(self, shop):
        """Who asks for what they have drops the change that was waiting."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2, at_renewal=True)
        shop.desk.change(sub, seats=1)
        assert shop.desk.subscription(sub).changes_to is None
        shop.lives_until("2027-02-01")
        assert shop.bills() == ["31.00 EUR", "31.00 EUR"]

    def test_the_next_bill(self, shop):
        """The next bill is foretold with the change that waits for it."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert shop.desk.next_bill(sub) == "31.00 EUR"
        shop.desk.change(sub, seats=2, at_renewal=True)
        assert shop.desk.next_bill(sub) == "62.00 EUR"

    def test_too_many_seats(self, shop):
        """What the plan does not allow cannot be wished for either."""
        shop.offers("team", "31.00 EUR", seats_most=5)
        sub = shop.subscribes("ada", "team")
        assert code(shop.desk.change, sub, seats=6, at_renewal=True) == "too_many_seats"
        assert shop.desk.subscription(sub).changes_to is None

    def test_after_a_cancellation(self, shop):
        """What is about to end is not changed for later."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        assert code(shop.desk.change, sub, seats=2, at_renewal=True) == "already_cancelled"


class TestRefusedChanges:
    def test_nothing_to_change(self, shop):
        """A change to what there is already is refused."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert refusal(shop.desk.change, sub, plan="basic", seats=1) == (
            "nothing_to_change",
            "sub_1 is like that already",
        )

    def test_another_currency(self, shop):
        """A subscription keeps its currency."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("swiss", "31.00 CHF")
        sub = shop.subscribes("ada", "basic")
        refused = ("currency_mismatch", "sub_1 is billed in EUR")
        assert refusal(shop.desk.change, sub, plan="swiss") == refused
        assert refusal(shop.desk.change, sub, plan="swiss", at_renewal=True) == refused

    def test_what_is_paused(self, shop):
        """A paused subscription is not changed."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        assert code(shop.desk.change, sub, seats=2) == "not_changeable"

    def test_what_has_ended(self, shop):
        """A subscription that is over is not changed."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        assert code(shop.desk.change, sub, seats=2) == "not_changeable"

    def test_what_is_not_paid(self, shop):
        """As long as a bill is open, nothing is changed at once."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        assert code(shop.desk.change, sub, seats=2) == "unpaid"

    def test_what_is_not_answered(self, shop):
        """A payment that was not answered has to be cleared up before a change."""
        shop.offers("basic", "31.00 EUR")
        shop.gateway.script("visa", "silent")
        sub = shop.subscribes("ada", "basic")
        assert (shop.status(sub), code(shop.desk.change, sub, seats=2)) == ("active", "unpaid")

    def test_no_seats(self, shop):
        """A change to no seats at all is refused and changes nothing."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=2)
        assert code(shop.desk.change, sub, seats=0) == "bad_seats"
        assert shop.desk.subscription(sub).seats == 2

    def test_above_the_limit(self, shop):
        """A change whose bill is refused does not take place."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.configure(invoice_limit="100.00 EUR")
        assert code(shop.desk.change, sub, seats=9) == "invoice_too_large"
        assert (shop.desk.subscription(sub).seats, shop.bills()) == (1, ["31.00 EUR"])

    def test_no_plan(self, shop):
        """A change to a plan without a name is a change to nothing."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert code(shop.desk.change, sub, plan="", seats=2) == "not_found"

    def test_unknown(self, shop):
        """What is not there cannot be changed."""
        assert refusal(shop.desk.change, "sub_7") == ("not_found", "there is no subscription sub_7")

    def test_those_of_others(self, shop):
        """A merchant cannot change subscriptions of another merchant."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert code(shop.billing.desk("oriel").change, sub, seats=2) == "not_found"
