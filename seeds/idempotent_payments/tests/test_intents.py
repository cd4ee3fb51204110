import pytest
from builders import listed, message, paid, refusal, wanted


class TestCreate:
    def test_a_purchase_begins(self, shop):
        """A new intent waits for a card."""
        intent = shop.intents.create(2000, "eur").body
        assert (intent["status"], intent["attempts"]) == ("requires_card", 0)

    def test_what_is_shown(self, shop):
        """A new intent shows all that was asked for."""
        answer = shop.intents.create(2000, "eur")
        assert answer.status == 201
        assert answer.body == {
            "id": "in_1",
            "object": "intent",
            "created": 1_773_651_600,
            "amount": 2000,
            "currency": "eur",
            "attempts": 0,
            "charge": None,
            "last_error": None,
            "status": "requires_card",
            "metadata": {},
            "expires_at": 1_773_655_200,
        }

    def test_amount_is_required(self, shop):
        """An intent needs an amount."""
        answer = shop.intents.create(currency="eur")
        assert refusal(answer) == (400, "parameter_missing", "amount")

    def test_negative_amounts(self, shop):
        """An intent cannot be over less than nothing."""
        answer = shop.intents.create(-1, "eur")
        assert refusal(answer) == (400, "parameter_invalid", "amount")

    def test_it_lasts_an_hour(self, shop):
        """A new intent can be paid within an hour."""
        intent = shop.intents.create(2000, "eur").body
        assert intent["expires_at"] - intent["created"] == 3600

    def test_least_amount(self, shop):
        """An intent over less than the least amount is refused."""
        assert refusal(shop.intents.create(49, "eur")) == (400, "amount_too_small", "amount")

    def test_nothing_is_charged(self, shop):
        """A new intent charges nothing."""
        wanted(shop)
        assert shop.charges.list().body["data"] == []

    def test_notes_are_kept(self, shop):
        """Notes on an intent come back with it."""
        intent = wanted(shop, metadata={"cart": "88", "coupon": None})
        assert shop.intents.retrieve(intent).body["metadata"] == {"cart": "88"}

    def test_intents_of_others(self, shop, other):
        """An intent of another shop is not found."""
        assert refusal(other.intents.retrieve(wanted(shop))) == (404, "resource_missing", "id")


class TestConfirm:
    def test_a_good_card(self, shop):
        """An intent that is confirmed with a good card succeeds."""
        intent = shop.intents.confirm(wanted(shop, 2300), "visa").body
        assert (intent["status"], intent["attempts"]) == ("succeeded", 1)

    def test_the_charge(self, shop):
        """A confirmed intent names the charge that paid for it."""
        intent = shop.intents.confirm(wanted(shop, 2300), "visa").body
        charge = shop.charges.retrieve(intent["charge"]).body
        assert (charge["amount"], charge["status"]) == (2300, "captured")

    def test_the_charge_names_the_intent(self, shop):
        """The charge of an intent names the intent."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "visa")
        assert listed(shop.charges.list(), "intent") == [intent]

    def test_notes_go_on(self, shop):
        """Notes on an intent are also on its charge."""
        shop.intents.confirm(wanted(shop, metadata={"cart": "88"}), "visa")
        assert listed(shop.charges.list(), "metadata") == [{"cart": "88"}]

    def test_currency_goes_on(self, shop, network):
        """An intent in yen is charged in yen."""
        shop.intents.confirm(wanted(shop, 5000, "jpy"), "visa")
        assert network.statement("visa")[-1] == "paid 5000 JPY"

    def test_a_decline(self, shop):
        """A declined card is told at once."""
        answer = shop.intents.confirm(wanted(shop), "declined_stolen")
        assert refusal(answer) == (402, "card_declined", "card")

    def test_a_decline_is_noted(self, shop):
        """An intent notes that a card was declined and why."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "declined_stolen")
        shown = shop.intents.retrieve(intent).body
        assert (shown["attempts"], shown["status"]) == (1, "requires_card")
        assert shown["last_error"] == "The card was declined: stolen."

    def test_another_card(self, shop):
        """After a declined card another one can be tried."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "declined_stolen")
        assert shop.intents.confirm(intent, "visa").body["attempts"] == 2

    def test_two_declines(self, shop):
        """An intent stays open after two declined cards."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "declined_stolen")
        shop.intents.confirm(intent, "declined_lost")
        assert shop.intents.retrieve(intent).body["status"] == "requires_card"

    def test_three_declines(self, shop):
        """An intent is canceled after three declined cards."""
        intent = wanted(shop)
        for reason in ("stolen", "lost", "expired"):
            shop.intents.confirm(intent, f"declined_{reason}")
        answer = shop.intents.confirm(intent, "visa")
        assert refusal(answer) == (400, "intent_not_open", "intent")
        assert message(answer) == "The intent in_1 is canceled."

    def test_paid_only_once(self, shop):
        """An intent that has succeeded cannot be confirmed again."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "visa")
        answer = shop.intents.confirm(intent, "visa")
        assert message(answer) == "The intent in_1 is succeeded."

    def test_on_the_last_second(self, shop, clock):
        """An intent can be confirmed one second before its hour is over."""
        intent = wanted(shop)
        clock.advance(hours=1, seconds=-1)
        assert shop.intents.confirm(intent, "visa").status == 200

    def test_too_late(self, shop, clock):
        """An intent cannot be confirmed when its hour is over."""
        intent = wanted(shop)
        clock.advance(hours=1)
        answer = shop.intents.confirm(intent, "visa")
        assert message(answer) == "The intent in_1 is expired."

    def test_a_decline_gives_more_time(self, shop, clock):
        """A declined card gives the buyer another full hour."""
        intent = wanted(shop)
        clock.advance(minutes=50)
        shop.intents.confirm(intent, "declined_lost")
        clock.advance(minutes=59)
        assert shop.intents.confirm(intent, "visa").status == 200

    def test_looking_gives_no_time(self, shop, clock):
        """Looking at an intent does not give the buyer more time."""
        intent = wanted(shop)
        clock.advance(minutes=50)
        shop.intents.retrieve(intent)
        clock.advance(minutes=10)
        assert message(shop.intents.confirm(intent, "visa")) == "The intent in_1 is expired."

    def test_card_is_required(self, shop):
        """An intent cannot be confirmed without a card."""
        answer = shop.intents.confirm(wanted(shop))
        assert refusal(answer) == (400, "parameter_missing", "card")

    def test_intents_of_others(self, shop, other):
        """An intent of another shop cannot be confirmed."""
        answer = other.intents.confirm(wanted(shop), "visa")
        assert refusal(answer) == (404, "resource_missing", "id")

    def test_silent_network(self, shop, network):
        """A silent network is no declined card."""
        intent = wanted(shop)
        network.go_dead(3)
        shop.intents.confirm(intent, "visa")
        assert shop.intents.retrieve(intent).body["attempts"] == 0


class TestCancel:
    def test_a_purchase_is_called_off(self, shop):
        """An open intent can be canceled."""
        assert shop.intents.cancel(wanted(shop)).body["status"] == "canceled"

    def test_no_card_after_that(self, shop):
        """A canceled intent takes no card."""
        intent = wanted(shop)
        shop.intents.cancel(intent)
        assert message(shop.intents.confirm(intent, "visa")) == "The intent in_1 is canceled."

    def test_paid_intents(self, shop):
        """An intent that has succeeded cannot be canceled."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "visa")
        answer = shop.intents.cancel(intent)
        assert refusal(answer) == (400, "intent_not_open", "intent")

    def test_lapsed_intents(self, shop, clock):
        """An intent whose time is over can still be canceled."""
        intent = wanted(shop)
        clock.advance(hours=2)
        assert shop.intents.cancel(intent).body["status"] == "canceled"

    def test_no_time_is_told(self, shop):
        """A canceled intent has no time to be paid within."""
        assert "expires_at" not in shop.intents.cancel(wanted(shop)).body

    def test_intents_of_others(self, shop, other):
        """An intent of another shop cannot be canceled."""
        assert refusal(other.intents.cancel(wanted(shop))) == (404, "resource_missing", "id")

    def test_other_charges_have_no_intent(self, shop):
        """A charge without an intent names none."""
        assert shop.charges.retrieve(paid(shop)).body["intent"] is None

    @pytest.mark.parametrize("tries", [1, 2])
    def test_events(self, shop, tries):
        """A canceled intent leaves one event however many cards were declined before."""
        intent = wanted(shop)
        for _ in range(tries):
            shop.intents.confirm(intent, "declined_lost")
        shop.intents.cancel(intent)
        assert listed(shop.events.list(), "type") == ["intent.canceled"]

    def test_event_of_too_many_cards(self, shop):
        """An intent that ends by its third declined card leaves an event."""
        intent = wanted(shop)
        for reason in ("stolen", "lost", "expired"):
            shop.intents.confirm(intent, f"declined_{reason}")
        assert listed(shop.events.list(), "type") == ["intent.canceled"]
