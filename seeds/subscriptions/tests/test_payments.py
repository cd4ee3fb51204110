class TestUnansweredRequests:
    def test_tried_again(self, shop):
        """A request that is not answered is repeated within seconds."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "silent", "silent", "ok")
        sub = shop.subscribes("ada", "basic")
        assert (shop.status(sub), shop.gateway.requests("visa")) == ("active", [0, 2, 5])

    def test_one_payment(self, shop):
        """A payment whose answer got lost is not made twice."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "lost", "ok")
        shop.subscribes("ada", "basic")
        assert shop.gateway.statement("visa") == ["paid 30.00 EUR"]

    def test_three_times(self, shop):
        """After three requests without an answer we wait for the next day."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "silent")
        sub = shop.subscribes("ada", "basic")
        assert len(shop.gateway.requests("visa")) == 3
        assert (shop.status(sub), shop.bill(1).status, shop.desk.notices("ada")) == ("active", "open", [])

    def test_the_next_day(self, shop):
        """The next day we ask again, and a payment that did happen counts."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "silent", "silent", "lost", "ok")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-02")
        assert (shop.bill(1).paid_on, shop.gateway.statement("visa")) == ("2027-01-02", ["paid 30.00 EUR"])

    def test_not_on_the_same_day(self, shop):
        """After requests without an answer another run on the same day asks no more."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "silent")
        shop.subscribes("ada", "basic")
        shop.desk.run()
        assert len(shop.gateway.requests("visa")) == 3

    def test_no_failure(self, shop):
        """Days without an answer do not count as failures."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", *["silent"] * 9, "declined")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-04")
        assert shop.desk.notices("ada") == [
            "2027-01-04: We could not collect 30.00 EUR for invoice LUMEN-0001; next attempt: 2027-01-07."
        ]

    def test_declined_and_then_silent(self, shop):
        """A second attempt that is not answered is made again the next day."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "silent", "silent", "silent", "ok")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-05")
        assert shop.bill(1).paid_on == "2027-01-05"

    def test_a_new_card(self, shop):
        """A payment that was not answered is not made a second time with a new card."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "lost")
        shop.subscribes("ada", "basic")
        assert shop.desk.change_card("ada", "amex") == 1
        assert (shop.gateway.statement("visa"), shop.gateway.statement("amex")) == (["paid 30.00 EUR"], [])

    def test_after_a_refusal(self, shop):
        """Once a card is declined, the next attempt is a new one."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "silent", "declined", "ok")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-04")
        assert shop.gateway.statement("visa") == ["paid 30.00 EUR"]

    def test_slow_answers(self, shop):
        """We stop asking when the next request would begin after thirty seconds."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.slow_down(15)
        shop.gateway.script("visa", "silent")
        shop.subscribes("ada", "basic")
        assert shop.gateway.requests("visa") == [0, 17]

    def test_just_in_time(self, shop):
        """A request that begins after thirty seconds to the dot is still made."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.slow_down(28)
        shop.gateway.script("visa", "silent")
        shop.subscribes("ada", "basic")
        assert shop.gateway.requests("visa") == [0, 30]

    def test_too_slow(self, shop):
        """A request that would begin after thirty-one seconds is not made."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.slow_down(29)
        shop.gateway.script("visa", "silent")
        shop.subscribes("ada", "basic")
        assert shop.gateway.requests("visa") == [0]

    def test_bills_have_payments_of_their_own(self, shop):
        """Two bills over the same amount are two payments."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.subscribes("ada", "basic")
        assert shop.gateway.statement("visa") == ["paid 30.00 EUR", "paid 30.00 EUR"]

    def test_no_pause_at_the_end(self, shop):
        """After the last request without an answer nobody is kept waiting."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "silent")
        shop.subscribes("ada", "basic")
        shop.desk.change_card("ada", "amex")
        assert (shop.gateway.requests("visa"), shop.gateway.requests("amex")) == ([0, 2, 5], [5])

    def test_refunds(self, shop):
        """A refund that is not answered is asked for three times."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "silent", "silent", "ok")
        assert shop.desk.cancel(sub, at_once=True, refund=True) == "30.00 EUR"
        assert shop.gateway.requests("visa") == [0, 0, 2, 5]

    def test_statements_are_the_holders_own(self, shop):
        """What somebody does with a card's statement changes nothing on it."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.gateway.statement("visa").clear()
        assert shop.gateway.statement("visa") == ["paid 30.00 EUR"]


class TestReceipts:
    def test_free_of_charge(self, shop):
        """A bill that credit pays in full is not charged to the card."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=3)
        shop.desk.change(sub, seats=1)
        shop.lives_until("2027-02-01")
        assert shop.bill(3).status == "paid"
        assert shop.gateway.statement("visa") == ["paid 93.00 EUR"]

    def test_paid_with_credit(self, shop):
        """What credit paid for does not go back to the card."""
        shop.offers("basic", "31.00 EUR")
        shop.offers("pro", "62.00 EUR")
        first = shop.subscribes("ada", "pro")
        shop.desk.cancel(first, at_once=True)
        second = shop.subscribes("ada", "basic")
        assert shop.desk.cancel(second, at_once=True, refund=True) == "0.00 EUR"
        assert shop.desk.credit("ada") == ["62.00 EUR"]

    def test_told(self, shop):
        """A customer is told what was received for which bill."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.desk.notices("ada") == ["2027-01-01: We have received 30.00 EUR for invoice LUMEN-0001."]
