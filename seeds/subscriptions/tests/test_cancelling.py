from storefront import code, refusal


class TestWithThePeriod:
    def test_it_runs_on(self, shop):
        """A cancelled subscription runs to the end of its period."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.lives_until("2027-01-31")
        view = shop.desk.subscription(sub)
        assert (view.status, view.renews_on, view.ends_on) == ("active", None, "2027-02-01")

    def test_it_ends(self, shop):
        """At the end of its period a cancelled subscription is over and not billed again."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.lives_until("2027-02-01")
        assert (shop.status(sub), shop.bills()) == ("ended", ["30.00 EUR"])
        assert shop.desk.notices("ada")[-1] == "2027-02-01: Your subscription has ended (cancelled)."

    def test_afterwards(self, shop):
        """What has ended is not looked after again."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.lives_until("2027-02-01")
        assert shop.opens_again_on("2027-02-02").attended == 0

    def test_a_late_run(self, shop):
        """A subscription that was cancelled ends on its day, however late the run."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.opens_again_on("2027-02-10")
        assert (shop.status(sub), shop.desk.subscription(sub).ends_on) == ("ended", "2027-02-01")
        assert len(shop.bills()) == 1

    def test_twice(self, shop):
        """What is cancelled already cannot be cancelled for later again."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        assert refusal(shop.desk.cancel, sub) == ("already_cancelled", "sub_1 ends with this period")

    def test_what_is_paused(self, shop):
        """A paused subscription has no end to wait for."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.pause(sub)
        assert code(shop.desk.cancel, sub) == "paused"
        assert shop.desk.subscription(sub).ends_on is None

    def test_what_was_to_change(self, shop):
        """A cancellation drops the change that waited for the next period."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2, at_renewal=True)
        shop.desk.cancel(sub)
        shop.desk.keep(sub)
        assert shop.desk.subscription(sub).changes_to is None

    def test_no_next_bill(self, shop):
        """What is about to end has no next bill."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        assert shop.desk.next_bill(sub) is None

    def test_no_next_bill_afterwards(self, shop):
        """What has ended at once has no next bill either."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.next_bill(sub) is None

    def test_no_refund(self, shop):
        """Who stays to the end of the period gets nothing back."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert code(shop.desk.cancel, sub, refund=True) == "nothing_to_refund"
        assert shop.desk.cancel(sub) == "0.00 EUR"

    def test_when_nothing_is_paid(self, shop):
        """A subscription that owes something ends with its period as well."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "declined")
        shop.lives_until("2027-02-02")
        shop.desk.cancel(sub)
        shop.opens_again_on("2027-03-01")
        assert shop.desk.subscription(sub).ends_on == "2027-03-01"


class TestKeeping:
    def test_it_goes_on(self, shop):
        """A cancellation that was taken back has no effect."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.desk.keep(sub)
        shop.lives_until("2027-02-01")
        assert (shop.status(sub), len(shop.bills())) == ("active", 2)

    def test_what_was_not_cancelled(self, shop):
        """What was not cancelled cannot be taken back."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert refusal(shop.desk.keep, sub) == ("not_cancelled", "sub_1 is not about to end")

    def test_too_late(self, shop):
        """What is over cannot be taken back."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.lives_until("2027-02-01")
        assert code(shop.desk.keep, sub) == "not_cancelled"

    def test_on_the_last_day(self, shop):
        """A cancellation can be taken back on the last day of the period."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.is_at("2027-01-31")
        shop.desk.keep(sub)
        assert shop.desk.subscription(sub).ends_on is None


class TestAtOnce:
    def test_credit(self, shop):
        """Who ends at once gets credit for the days that are left."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        assert shop.desk.cancel(sub, at_once=True) == "0.00 EUR"
        assert shop.desk.credit("ada") == ["21.00 EUR"]
        assert shop.desk.subscription(sub).ends_on == "2027-01-11"

    def test_the_note(self, shop):
        """The credit is written down as an invoice over less than nothing."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-31")
        shop.desk.cancel(sub, at_once=True)
        note = shop.bill(2)
        assert (note.lines, note.total, note.due, note.status) == (
            ["Unused time: -1.00 EUR"],
            "-1.00 EUR",
            "0.00 EUR",
            "paid",
        )

    def test_refunds(self, shop):
        """What is left can go back to the card."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        assert shop.desk.cancel(sub, at_once=True, refund=True) == "21.00 EUR"
        assert shop.gateway.statement("visa") == ["paid 31.00 EUR", "refunded 21.00 EUR"]
        assert (shop.bill(1).refunded, shop.desk.credit("ada")) == ("21.00 EUR", [])

    def test_no_more_than_was_paid(self, shop):
        """No more goes back to the card than came from it; the rest stays as credit."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        first = shop.subscribes("ada", "pro")
        shop.desk.cancel(first, at_once=True)
        second = shop.subscribes("ada", "basic", seats=3)
        assert shop.desk.cancel(second, at_once=True, refund=True) == "31.00 EUR"
        assert shop.desk.credit("ada") == ["62.00 EUR"]

    def test_several_payments(self, shop):
        """A refund comes from the last payment first, and from the one before as far as needed."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2)
        assert shop.desk.cancel(sub, at_once=True, refund=True) == "62.00 EUR"
        assert [shop.bill(n).refunded for n in (1, 2)] == ["31.00 EUR", "31.00 EUR"]

    def test_no_more_than_is_left(self, shop):
        """A refund from two payments is no larger than what is left, whatever credit there is."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("big", "200.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2)
        shop.desk.cancel(shop.subscribes("ada", "big"), at_once=True)
        shop.is_at("2027-01-11")
        assert shop.desk.cancel(sub, at_once=True, refund=True) == "42.00 EUR"
        assert shop.desk.credit("ada") == ["200.00 EUR"]

    def test_the_last_payment_is_enough(self, shop):
        """A refund that the last payment covers leaves earlier ones alone."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2)
        shop.is_at("2027-01-22")
        shop.desk.cancel(sub, at_once=True, refund=True)
        assert [shop.bill(n).refunded for n in (1, 2)] == [None, "20.00 EUR"]

    def test_taxes(self, shop):
        """What is given back is given back with its tax."""
        shop.desk.configure(tax="10")
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        assert shop.desk.cancel(sub, at_once=True, refund=True) == "34.10 EUR"

    def test_a_refund_that_fails(self, shop):
        """What could not be returned to the card stays as credit."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "silent")
        assert shop.desk.cancel(sub, at_once=True, refund=True) == "0.00 EUR"
        assert shop.desk.credit("ada") == ["31.00 EUR"]
        assert (shop.status(sub), shop.bill(1).refunded) == ("ended", None)

    def test_an_answer_that_got_lost(self, shop):
        """A refund whose answer got lost is not made twice."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "lost", "ok")
        shop.desk.cancel(sub, at_once=True, refund=True)
        assert shop.gateway.statement("visa") == ["paid 31.00 EUR", "refunded 31.00 EUR"]

    def test_trials(self, shop):
        """A trial that ends at once leaves nothing to give back."""
        shop.offers("basic", "31.00 EUR", trial_days=14)
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        assert (shop.status(sub), shop.desk.credit("ada"), shop.bills()) == ("ended", [], [])

    def test_free_plans(self, shop):
        """What cost nothing gives no credit."""
        shop.offers("free", "0.00 EUR")
        sub = shop.subscribes("ada", "free")
        shop.desk.cancel(sub, at_once=True)
        assert (shop.status(sub), shop.bills()) == ("ended", ["0.00 EUR"])

    def test_what_is_paused(self, shop):
        """Who ends a pause for good gets back what was left when it began."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-11")
        shop.desk.pause(sub)
        shop.is_at("2027-02-20")
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.credit("ada") == ["21.00 EUR"]
        assert shop.desk.subscription(sub).resumes_on is None

    def test_what_is_not_paid(self, shop):
        """An open bill is taken back when a subscription ends at once."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        shop.desk.cancel(sub, at_once=True)
        assert (shop.bill(1).status, shop.desk.credit("ada")) == ("void", [])
        assert shop.status(sub) == "ended"

    def test_no_attempts_afterwards(self, shop):
        """Nobody tries to collect what was taken back."""
        shop.offers("basic", "31.00 EUR")
        shop.gateway.script("visa", "declined", "ok")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        shop.lives_until("2027-01-10")
        assert shop.gateway.statement("visa") == []

    def test_what_was_to_change(self, shop):
        """An end at once drops the change that waited for the next period."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.change(sub, seats=2, at_renewal=True)
        shop.desk.cancel(sub, at_once=True)
        assert shop.desk.subscription(sub).changes_to is None

    def test_after_a_cancellation(self, shop):
        """What was to end with its period can be ended at once."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub)
        shop.desk.cancel(sub, at_once=True)
        assert (shop.status(sub), shop.desk.credit("ada")) == ("ended", ["31.00 EUR"])

    def test_what_has_ended(self, shop):
        """What is over cannot be ended again."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        assert code(shop.desk.cancel, sub, at_once=True) == "bad_transition"
        assert code(shop.desk.cancel, sub) == "ended"
        assert shop.desk.credit("ada") == ["31.00 EUR"]

    def test_the_customer_is_told(self, shop):
        """A customer is told that a subscription has ended, and why."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.desk.cancel(sub, at_once=True)
        assert "2027-01-01: Your subscription has ended (cancelled)." in shop.desk.notices("ada")
