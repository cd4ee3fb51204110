from storefront import code, refusal


class TestSigningUp:
    def test_the_first_bill(self, shop):
        """A subscription is billed on the day it starts."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        bill = shop.bill(1)
        assert (bill.issued_on, bill.status, bill.total) == ("2027-01-01", "paid", "30.00 EUR")

    def test_the_card(self, shop):
        """The first bill is charged to the card."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.gateway.statement("visa") == ["paid 30.00 EUR"]

    def test_how_it_stands(self, shop):
        """A new subscription is active up to the day it renews."""
        shop.offers("basic", "30.00 EUR")
        view = shop.desk.subscription(shop.subscribes("ada", "basic"))
        assert (view.status, view.period, view.renews_on) == (
            "active",
            "2027-01-01 to 2027-01-31",
            "2027-02-01",
        )
        assert (view.ends_on, view.resumes_on, view.changes_to, view.coupons) == (None, None, None, [])

    def test_nothing_to_pay(self, shop):
        """A plan that costs nothing is paid for without a card."""
        shop.offers("free", "0 EUR")
        shop.subscribes("ada", "free", card=None)
        bill = shop.bill(1)
        assert (bill.status, bill.paid_on, bill.due) == ("paid", "2027-01-01", "0.00 EUR")

    def test_setup_fees(self, shop):
        """A setup fee is on the first bill only."""
        shop.offers("basic", "30.00 EUR", setup_fee="12.00 EUR")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-02-01")
        assert shop.bill(1).lines == ["basic: 30.00 EUR", "Setup: 12.00 EUR"]
        assert shop.bill(2).lines == ["basic: 30.00 EUR"]

    def test_setup_fees_of_nothing(self, shop):
        """A setup fee of nothing is on the bill all the same."""
        shop.offers("basic", "30.00 EUR", setup_fee="0.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.bill(1).lines == ["basic: 30.00 EUR", "Setup: 0.00 EUR"]

    def test_unknown_customers(self, shop):
        """Somebody nobody knows cannot subscribe."""
        shop.offers("basic", "30.00 EUR")
        assert refusal(shop.desk.subscribe, "ada", "basic") == ("not_found", "there is no customer ada")

    def test_unknown_plans(self, shop):
        """A plan that is not there cannot be subscribed to."""
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "gold") == "not_found"

    def test_customers_of_others(self, shop):
        """A customer of one merchant is not known to another one."""
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        oriel = shop.billing.desk("oriel")
        oriel.add_plan("basic", "50.00 EUR")
        assert code(oriel.subscribe, "ada", "basic") == "not_found"

    def test_known_already(self, shop):
        """A customer can be added once."""
        shop.knows("ada")
        assert code(shop.desk.add_customer, "ada") == "exists"

    def test_without_a_card(self, shop):
        """Who is entered without a card has none to charge."""
        shop.offers("basic", "30.00 EUR")
        shop.desk.add_customer("ada")
        assert shop.status(shop.desk.subscribe("ada", "basic")) == "past_due"

    def test_two_subscriptions(self, shop):
        """A customer can have two subscriptions, billed apart."""
        shop.offers("basic", "30.00 EUR")
        shop.offers("extra", "5.00 EUR")
        shop.subscribes("ada", "basic")
        shop.subscribes("ada", "extra")
        assert shop.bills("ada") == ["30.00 EUR", "5.00 EUR"]


class TestTrials:
    def test_no_bill_yet(self, shop):
        """A trial costs nothing until it is over."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-14")
        assert (shop.status(sub), shop.period(sub)) == ("trialing", "2027-01-01 to 2027-01-14")
        assert shop.bills() == []

    def test_the_day_it_is_over(self, shop):
        """The first bill falls on the day after the trial."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-15")
        assert (shop.status(sub), shop.period(sub)) == ("active", "2027-01-15 to 2027-02-14")
        assert shop.dates() == ["2027-01-15"]

    def test_the_setup_fee_waits(self, shop):
        """The setup fee is on the bill that follows the trial."""
        shop.offers("basic", "30.00 EUR", trial_days=14, setup_fee="12.00 EUR")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-15")
        assert shop.bills() == ["42.00 EUR"]

    def test_longer_ones(self, shop):
        """A customer can be given a longer trial than the plan has."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic", trial_days=30)
        assert shop.desk.subscription(sub).renews_on == "2027-01-31"

    def test_none_at_all(self, shop):
        """A customer can do without the trial of a plan."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic", trial_days=0)
        assert (shop.status(sub), shop.bills()) == ("active", ["30.00 EUR"])

    def test_too_long(self, shop):
        """Nobody is given more than ninety days for trying out."""
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic", trial_days=91) == "bad_trial"
        assert code(shop.desk.subscribe, "ada", "basic", trial_days=90) is None

    def test_the_second_time(self, shop):
        """Who has had a plan before gets no trial of it."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        first = shop.subscribes("ada", "basic")
        shop.desk.cancel(first, at_once=True)
        again = shop.subscribes("ada", "basic")
        assert (shop.status(again), shop.bills()) == ("active", ["30.00 EUR"])

    def test_trials_of_other_plans(self, shop):
        """Who has had a trial of one plan gets one of another plan."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        shop.offers("pro", "60.00 EUR", trial_days=7)
        shop.subscribes("ada", "basic")
        assert shop.status(shop.subscribes("ada", "pro")) == "trialing"

    def test_trials_of_others(self, shop):
        """A trial that somebody else has had does not count."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        shop.subscribes("ada", "basic")
        assert shop.status(shop.subscribes("bo", "basic")) == "trialing"

    def test_a_reminder(self, shop):
        """A customer is told of the end of a trial three days before."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-11")
        assert shop.desk.notices("ada") == []
        shop.lives_until("2027-01-12")
        assert shop.desk.notices("ada") == ["2027-01-12: Your trial ends on 2027-01-15."]

    def test_one_reminder(self, shop):
        """A customer is reminded of the end of a trial once."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-14")
        assert len(shop.desk.notices("ada")) == 1

    def test_no_reminder_afterwards(self, shop):
        """Nobody is reminded of a trial that is over."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        shop.subscribes("ada", "basic")
        shop.opens_again_on("2027-01-15")
        assert not any("trial" in notice for notice in shop.desk.notices("ada"))

    def test_no_reminder_of_what_was_cancelled(self, shop):
        """Nobody is reminded of a trial that will not be followed by anything."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.lives_until("2027-01-13")
        assert not any("trial" in notice for notice in shop.desk.notices("ada"))

    def test_cancelled_in_time(self, shop):
        """A trial that is cancelled ends without a bill."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.lives_until("2027-01-16")
        assert (shop.status(sub), shop.bills()) == ("ended", [])

    def test_another_plan_meanwhile(self, shop):
        """A change of plan in a trial costs nothing and keeps the trial."""
        shop.offers("basic", "30.00 EUR", trial_days=14)
        shop.offers("yearly", "300.00 EUR", interval="year")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, plan="yearly")
        assert (shop.status(sub), shop.bills()) == ("trialing", [])
        shop.lives_until("2027-01-15")
        assert (shop.period(sub), shop.bills()) == ("2027-01-15 to 2028-01-14", ["300.00 EUR"])


class TestRequestKeys:
    def test_sent_again(self, shop):
        """A sign-up that is sent again under its key is not carried out twice."""
        shop.offers("basic", "30.00 EUR")
        first = shop.subscribes("ada", "basic", key="k1")
        assert shop.subscribes("ada", "basic", key="k1") == first
        assert shop.bills() == ["30.00 EUR"]

    def test_without_a_key(self, shop):
        """Without a key every sign-up counts."""
        shop.offers("basic", "30.00 EUR")
        assert shop.subscribes("ada", "basic") != shop.subscribes("ada", "basic")

    def test_for_something_else(self, shop):
        """A key that was used for something else is refused."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", key="k1")
        refused = refusal(shop.desk.subscribe, "ada", "basic", seats=2, key="k1")
        assert refused == ("key_reused", "the key k1 was used for something else")

    def test_for_another_kind_of_request(self, shop):
        """A key of one kind of request is refused for another kind."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", key="k1")
        assert code(shop.desk.cancel, sub, key="k1") == "key_reused"

    def test_keys_of_others(self, shop):
        """Two merchants can choose the same key."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", key="k1")
        oriel = shop.billing.desk("oriel")
        oriel.add_plan("basic", "50.00 EUR")
        oriel.add_customer("ada", card="amex")
        oriel.subscribe("ada", "basic", key="k1")
        assert shop.gateway.statement("amex") == ["paid 50.00 EUR"]

    def test_after_a_refusal(self, shop):
        """A key whose request was refused can be used again."""
        shop.offers("basic", "30.00 EUR")
        code(shop.desk.subscribe, "ada", "basic", key="k1")
        shop.knows("ada")
        assert shop.desk.subscribe("ada", "basic", key="k1") is not None
        assert shop.bills() == ["30.00 EUR"]

    def test_just_within_a_day(self, shop):
        """A key holds for a second less than a day."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", key="k1")
        shop.clock.advance(hours=23, minutes=59, seconds=59)
        shop.subscribes("ada", "basic", key="k1")
        assert shop.bills() == ["30.00 EUR"]

    def test_a_day_later(self, shop):
        """A key can be used anew when a day has passed."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", key="k1")
        shop.clock.advance(days=1)
        shop.subscribes("ada", "basic", key="k1")
        assert shop.bills() == ["30.00 EUR", "30.00 EUR"]

    def test_repeating_makes_it_last_no_longer(self, shop):
        """A key that is sent again does not last any longer for it."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", key="k1")
        shop.clock.advance(hours=20)
        shop.subscribes("ada", "basic", key="k1")
        shop.clock.advance(hours=20)
        shop.subscribes("ada", "basic", key="k1")
        assert shop.bills() == ["30.00 EUR", "30.00 EUR"]

    def test_old_ones_are_forgotten(self, shop):
        """Keys that have run out are not kept."""
        shop.offers("basic", "30.00 EUR")
        for key in ("k1", "k2", "k3"):
            shop.subscribes("ada", "basic", key=key)
        shop.clock.advance(days=1)
        shop.subscribes("ada", "basic", key="k4")
        assert len(shop.billing.memory) == 1

    def test_how_long_a_key_may_be(self, shop):
        """A key has forty characters at most."""
        shop.offers("basic", "30.00 EUR")
        shop.knows("ada")
        assert code(shop.desk.subscribe, "ada", "basic", key="k" * 41) == "bad_key"
        assert code(shop.desk.subscribe, "ada", "basic", key=" ") == "bad_key"
        assert code(shop.desk.subscribe, "ada", "basic", key="k" * 40) is None

    def test_changes(self, shop):
        """A change that is sent again under its key is billed once."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=3, key="k1")
        shop.desk.change(sub, seats=3, key="k1")
        assert shop.bills() == ["31.00 EUR", "62.00 EUR"]

    def test_cancellations(self, shop):
        """A cancellation that is sent again under its key gets the answer of the first."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        first = shop.desk.cancel(sub, at_once=True, refund=True, key="k1")
        assert shop.desk.cancel(sub, at_once=True, refund=True, key="k1") == first == "31.00 EUR"
