from builders import held, listed, paid, wanted


class TestList:
    def test_a_charge(self, shop):
        """A charge that is captured at once leaves two events, newest first."""
        paid(shop)
        assert listed(shop.events.list(), "type") == ["charge.captured", "charge.authorized"]

    def test_a_refund(self, shop):
        """A refund leaves an event that shows the charge."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 600)
        event = shop.events.list(limit=1).body["data"][0]
        assert (event["type"], event["data"]["amount_refunded"]) == ("charge.refunded", 600)

    def test_a_void(self, shop):
        """A voided charge leaves an event that shows it as voided."""
        shop.charges.void(held(shop))
        event = shop.events.list(limit=1).body["data"][0]
        assert (event["type"], event["data"]["status"]) == ("charge.voided", "voided")

    def test_an_expiry(self, api, shop, clock):
        """An authorization that ran out leaves an event."""
        held(shop)
        clock.advance(days=7)
        api.expire_authorizations()
        assert listed(shop.events.list(limit=1), "type") == ["charge.expired"]

    def test_an_intent(self, shop):
        """An intent that succeeds leaves its event after those of its charge."""
        shop.intents.confirm(wanted(shop), "visa")
        assert listed(shop.events.list(), "type") == [
            "intent.succeeded",
            "charge.captured",
            "charge.authorized",
        ]

    def test_an_intent_as_it_is(self, shop):
        """The event of an intent that succeeds shows the card that was tried."""
        shop.intents.confirm(wanted(shop), "visa")
        event = shop.events.list(limit=1).body["data"][0]
        assert (event["data"]["attempts"], event["data"]["charge"]) == (1, "ch_1")

    def test_a_payout(self, shop, clock):
        """A payout leaves an event when it is asked for."""
        paid(shop)
        clock.advance(days=2)
        shop.payouts.create("eur")
        assert listed(shop.events.list(limit=1), "type") == ["payout.created"]

    def test_as_it_was_then(self, shop):
        """An event shows the charge as it was then."""
        charge = held(shop)
        shop.charges.capture(charge)
        event = shop.events.list(type="charge.authorized").body["data"][0]
        assert event["data"]["status"] == "authorized"

    def test_one_kind(self, shop):
        """Events can be listed by their kind."""
        paid(shop)
        held(shop)
        assert listed(shop.events.list(type="charge.captured"), "type") == ["charge.captured"]

    def test_events_of_others(self, shop, other):
        """Events of another shop are not listed."""
        paid(shop)
        assert listed(other.events.list(), "type") == []

    def test_repetitions_leave_no_event(self, shop):
        """A repeated request leaves no second event."""
        shop.charges.create(2000, "eur", "visa", capture=False, key="order-1")
        shop.charges.create(2000, "eur", "visa", capture=False, key="order-1")
        assert listed(shop.events.list(), "type") == ["charge.authorized"]

    def test_when_it_was(self, shop, clock):
        """An event is dated when it happened and not when its charge was made."""
        charge = held(shop)
        clock.advance(hours=3)
        shop.charges.void(charge)
        newest, oldest = listed(shop.events.list(), "created")
        assert newest - oldest == 10_800

    def test_pages(self, shop):
        """Events come in pages."""
        paid(shop)
        last = shop.events.list(limit=1).body["data"][0]["id"]
        assert listed(shop.events.list(starting_after=last), "type") == ["charge.authorized"]

    def test_going_back(self, shop):
        """One can page back to newer events."""
        paid(shop)
        oldest = shop.events.list().body["data"][-1]["id"]
        assert listed(shop.events.list(ending_before=oldest), "type") == ["charge.captured"]
