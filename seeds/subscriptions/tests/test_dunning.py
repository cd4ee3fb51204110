import pytest
from storefront import code, refusal


class TestAttempts:
    def test_past_due(self, shop):
        """A subscription whose bill is declined is past due."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        sub = shop.subscribes("ada", "basic")
        assert (shop.status(sub), shop.bill(1).status) == ("past_due", "open")
        assert shop.desk.subscription(sub).renews_on == "2027-02-01"

    def test_the_days(self, shop):
        """A declined card is tried again after three, five and seven more days."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-30")
        days = [second // 86_400 for second in shop.gateway.requests("visa")]
        assert days == [0, 3, 8, 15]

    def test_recovery(self, shop):
        """A subscription whose card works again is active again."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "declined", "ok")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-08")
        assert shop.status(sub) == "past_due"
        shop.lives_until("2027-01-09")
        assert (shop.status(sub), shop.bill(1).paid_on) == ("active", "2027-01-09")

    def test_no_attempts_after_payment(self, shop):
        """A bill that was paid is not asked for again."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "ok")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-20")
        assert shop.gateway.statement("visa") == ["paid 30.00 EUR"]

    def test_a_missed_day(self, shop):
        """An attempt whose day was missed is made with the next run, and the next one counts from there."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        shop.subscribes("ada", "basic")
        shop.opens_again_on("2027-01-06")
        assert shop.desk.notices("ada")[-1].endswith("next attempt: 2027-01-11.")

    def test_the_end(self, shop):
        """After the last attempt the bill is written off and the subscription is over."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-15")
        assert shop.status(sub) == "past_due"
        shop.lives_until("2027-01-16")
        assert (shop.status(sub), shop.bill(1).status) == ("ended", "uncollectible")

    def test_what_the_customer_reads(self, shop):
        """A customer is told of each failure and of the next attempt."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-20")
        failed = "We could not collect 30.00 EUR for invoice LUMEN-0001; next attempt:"
        assert shop.desk.notices("ada") == [
            f"2027-01-01: {failed} 2027-01-04.",
            f"2027-01-04: {failed} 2027-01-09.",
            f"2027-01-09: {failed} 2027-01-16.",
            f"2027-01-16: {failed} none.",
            "2027-01-16: Your subscription has ended (unpaid).",
        ]

    def test_two_at_a_time(self, shop):
        """Who is due for an attempt gets it, whoever else is not due yet."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        shop.gateway.script("amex", "declined", "ok")
        shop.subscribes("ada", "basic")
        shop.is_at("2027-01-02")
        sub = shop.subscribes("bo", "basic", card="amex")
        shop.lives_until("2027-01-05")
        assert shop.status(sub) == "active"

    def test_what_is_lost(self, shop):
        """What is written off is what was still due, credit set off."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic", seats=2)
        shop.is_at("2027-01-22")
        shop.desk.change(sub, seats=1)
        shop.gateway.script("visa", "stolen")
        shop.lives_until("2027-02-16")
        assert shop.desk.timeline("LUMEN-0003").items[-1].endswith("amount 21.00 EUR)")
        assert any("could not collect 21.00 EUR" in notice for notice in shop.desk.notices("ada"))

    def test_no_renewal_meanwhile(self, shop):
        """A subscription that is past due is not renewed until it has paid."""
        shop.offers("weekly", "5.00 EUR", interval="week")
        sub = shop.subscribes("ada", "weekly")
        shop.gateway.script("visa", "declined", "declined", "ok")
        shop.lives_until("2027-01-15")
        assert shop.bills() == ["5.00 EUR", "5.00 EUR"]
        shop.lives_until("2027-01-16")
        assert shop.status(sub) == "active"
        shop.lives_until("2027-01-17")
        assert shop.bills() == ["5.00 EUR"] * 3

    def test_the_first_failure_stops_it(self, shop):
        """Of several periods that are due, no other is billed when one is not paid."""
        shop.offers("weekly", "5.00 EUR", interval="week")
        sub = shop.subscribes("ada", "weekly")
        shop.gateway.script("visa", "declined")
        shop.opens_again_on("2027-01-29")
        assert (shop.period(sub), len(shop.bills())) == ("2027-01-08 to 2027-01-14", 2)

    def test_those_of_others(self, shop):
        """A card that is declined for one customer holds up no other."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        shop.subscribes("ada", "basic")
        sub = shop.subscribes("bo", "basic", card="amex")
        assert shop.status(sub) == "active"


class TestCardsBlockedForGood:
    def test_no_attempts(self, shop):
        """A stolen card is not tried again."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "stolen")
        shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-20")
        assert len(shop.gateway.requests("visa")) == 1

    def test_as_much_time(self, shop):
        """Who has no usable card has fifteen days to bring one."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "stolen")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-15")
        assert shop.status(sub) == "past_due"
        shop.lives_until("2027-01-16")
        assert (shop.status(sub), shop.bill(1).status) == ("ended", "uncollectible")

    def test_no_card(self, shop):
        """Who has no card at all is treated alike."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        shop.lives_until("2027-01-15")
        assert (shop.status(sub), shop.desk.notices("ada")) == (
            "past_due",
            ["2027-01-01: We could not collect 30.00 EUR for invoice LUMEN-0001; next attempt: none."],
        )
        shop.lives_until("2027-01-16")
        assert shop.status(sub) == "ended"

    def test_stolen_on_the_way(self, shop):
        """A card that turns out stolen at the second attempt gets no more time than others."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "stolen")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-15")
        assert shop.status(sub) == "past_due"
        shop.lives_until("2027-01-16")
        assert shop.status(sub) == "ended"


class TestNewCards:
    def test_at_once(self, shop):
        """A new card is tried at once on what is open."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "stolen")
        sub = shop.subscribes("ada", "basic")
        assert shop.desk.change_card("ada", "amex") == 1
        assert (shop.status(sub), shop.gateway.statement("amex")) == ("active", ["paid 30.00 EUR"])

    def test_nothing_open(self, shop):
        """A new card is charged nothing when nothing is open."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        assert shop.desk.change_card("ada", "amex") == 0
        assert shop.gateway.statement("amex") == []

    def test_from_then_on(self, shop):
        """From a change of cards on, bills go to the new card."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic")
        shop.desk.change_card("ada", "amex")
        shop.lives_until("2027-02-01")
        assert [shop.gateway.statement(card) for card in ("visa", "amex")] == [["paid 30.00 EUR"]] * 2

    def test_one_that_is_declined(self, shop):
        """A new card that is declined is tried again as if it were the old one's next attempt."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "stolen")
        shop.gateway.script("amex", "declined")
        shop.subscribes("ada", "basic")
        shop.is_at("2027-01-10")
        assert shop.desk.change_card("ada", "amex") == 0
        assert shop.desk.notices("ada")[-1].endswith("next attempt: 2027-01-15.")

    def test_time_for_a_new_card(self, shop):
        """A new card that is declined has its attempts, longer than the time there was for bringing it."""
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "stolen")
        shop.gateway.script("amex", "declined")
        sub = shop.subscribes("ada", "basic")
        shop.is_at("2027-01-10")
        shop.desk.change_card("ada", "amex")
        shop.lives_until("2027-01-21")
        assert shop.status(sub) == "past_due"

    def test_not_what_is_given_up(self, shop):
        """What was written off is not charged to a new card."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", card=None)
        shop.lives_until("2027-01-16")
        assert shop.desk.change_card("ada", "amex") == 0

    def test_only_ones_own(self, shop):
        """A new card pays the bills of its owner only."""
        shop.offers("basic", "30.00 EUR")
        shop.subscribes("ada", "basic", card=None)
        shop.subscribes("bo", "basic", card=None)
        assert shop.desk.change_card("bo", "amex") == 1
        assert shop.bills(status="open") == ["30.00 EUR"]

    def test_two_bills(self, shop):
        """A new card pays all that is open, and only then is the subscription active."""
        shop.offers("basic", "31.00 EUR")
        sub = shop.subscribes("ada", "basic")
        shop.gateway.script("visa", "silent", "silent", "silent", "declined")
        shop.desk.change(sub, seats=2)
        shop.opens_again_on("2027-02-01")
        shop.gateway.script("amex", "ok", "declined")
        assert shop.desk.change_card("ada", "amex") == 1
        assert shop.status(sub) == "past_due"
        shop.gateway.script("amex", "ok")
        assert shop.desk.change_card("ada", "amex") == 1
        assert shop.status(sub) == "active"

    def test_unknown_customers(self, shop):
        """Somebody nobody knows has no card to change."""
        assert code(shop.desk.change_card, "ada", "amex") == "not_found"


class TestAgreements:
    def test_other_days(self, shop):
        """A merchant can have other pauses between attempts."""
        shop.desk.configure(retry_days=[1, 2])
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-03")
        assert shop.status(sub) == "past_due"
        shop.lives_until("2027-01-04")
        assert (shop.status(sub), len(shop.gateway.requests("visa"))) == ("ended", 3)

    def test_no_attempts(self, shop):
        """A merchant can do without further attempts."""
        shop.desk.configure(retry_days=[])
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        assert shop.status(shop.subscribes("ada", "basic")) == "ended"

    @pytest.mark.parametrize(("days", "why"), [([1] * 8, None), ([1] * 9, "bad_schedule"), ([1, 0], "bad_schedule")])
    def test_sensible_days(self, shop, days, why):
        """Up to eight attempts can be agreed on, a day or more apart."""
        assert code(shop.desk.configure, retry_days=days) == why

    def test_going_on(self, shop):
        """A merchant can let subscriptions go on after a bill was written off."""
        shop.desk.configure(ends_unpaid=False)
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined", "declined", "declined", "declined", "ok")
        sub = shop.subscribes("ada", "basic")
        shop.lives_until("2027-01-16")
        assert (shop.status(sub), shop.bill(1).status) == ("active", "uncollectible")
        shop.lives_until("2027-02-01")
        assert shop.bill(2).status == "paid"

    def test_ending_again(self, shop):
        """What was agreed about unpaid bills can be changed back."""
        shop.desk.configure(ends_unpaid=False)
        shop.desk.configure(ends_unpaid=True, retry_days=[])
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        assert shop.status(shop.subscribes("ada", "basic")) == "ended"

    def test_agreements_of_others(self, shop):
        """What one merchant agrees on does not hold for another one."""
        shop.billing.desk("oriel").configure(retry_days=[])
        shop.offers("basic", "30.00 EUR")
        shop.gateway.script("visa", "declined")
        assert shop.status(shop.subscribes("ada", "basic")) == "past_due"


class TestEndedMeanwhile:
    def test_cancelled(self, shop):
        """A bill of a subscription that has ended is still collected."""
        shop.offers("weekly", "5.00 EUR", interval="week")
        shop.gateway.script("visa", "declined", "declined", "ok")
        sub = shop.subscribes("ada", "weekly")
        shop.desk.cancel(sub)
        shop.lives_until("2027-01-09")
        assert (shop.status(sub), shop.bill(1).status) == ("ended", "paid")

    def test_given_up(self, shop):
        """A bill of a subscription that has ended can be written off."""
        shop.offers("weekly", "5.00 EUR", interval="week")
        sub = shop.subscribes("ada", "weekly", card=None)
        shop.desk.cancel(sub)
        shop.lives_until("2027-01-16")
        assert (shop.bill(1).status, shop.desk.subscription(sub).ends_on) == ("uncollectible", "2027-01-08")

    def test_voided(self, shop):
        """What has been taken back is not written off later."""
        shop.offers("basic", "30.00 EUR")
        sub = shop.subscribes("ada", "basic", card=None)
        shop.desk.void("LUMEN-0001")
        shop.lives_until("2027-01-20")
        assert (shop.bill(1).status, shop.status(sub)) == ("void", "active")
        assert refusal(shop.desk.void, "LUMEN-0001") == ("not_open", "invoice LUMEN-0001 is void")
