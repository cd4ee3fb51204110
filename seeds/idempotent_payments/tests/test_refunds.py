import pytest
from builders import available, held, listed, message, paid, refusal


class TestCreate:
    def test_all_of_it(self, shop):
        """A refund gives everything back by default."""
        refund = shop.refunds.create(paid(shop, 2000)).body
        assert (refund["amount"], refund["currency"]) == (2000, "eur")

    def test_what_is_shown(self, shop):
        """A refund shows all that was asked for."""
        charge = paid(shop, 2000)
        assert shop.refunds.create(charge, 600, reason="duplicate").body == {
            "id": "re_1",
            "object": "refund",
            "created": 1_773_651_600,
            "charge": charge,
            "amount": 600,
            "currency": "eur",
            "reason": "duplicate",
        }

    def test_nothing(self, shop):
        """A refund is over one cent at least."""
        answer = shop.refunds.create(paid(shop), 0)
        assert refusal(answer) == (400, "parameter_invalid", "amount")

    def test_status_of_the_response(self, shop):
        """A new refund is answered with status 201."""
        assert shop.refunds.create(paid(shop)).status == 201

    def test_a_part(self, shop):
        """A part of a charge can be refunded."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 600)
        assert shop.charges.retrieve(charge).body["amount_refunded"] == 600

    def test_parts_add_up(self, shop):
        """Refunds of one charge add up."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 600)
        shop.refunds.create(charge, 300)
        assert shop.charges.retrieve(charge).body["amount_refunded"] == 900

    def test_the_rest_by_default(self, shop):
        """A refund without an amount gives back what earlier ones left."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 600)
        assert shop.refunds.create(charge).body["amount"] == 1400

    def test_more_than_there_is(self, shop):
        """One cent more than was captured cannot be refunded."""
        answer = shop.refunds.create(paid(shop, 2000), 2001)
        assert refusal(answer) == (400, "amount_too_large", "amount")

    def test_more_than_the_rest(self, shop):
        """One cent more than earlier refunds left cannot be refunded."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 600)
        answer = shop.refunds.create(charge, 1401)
        assert message(answer) == "The amount must be at most 14.00 EUR."

    def test_exactly_the_rest(self, shop):
        """Exactly what earlier refunds left can be refunded."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 600)
        assert shop.refunds.create(charge, 1400).status == 201

    def test_nothing_left(self, shop):
        """A charge that was refunded in full cannot be refunded again."""
        charge = paid(shop)
        shop.refunds.create(charge)
        answer = shop.refunds.create(charge)
        assert refusal(answer) == (400, "charge_already_refunded", "charge")

    def test_only_what_was_captured(self, shop):
        """Only captured money can be refunded, not what was merely authorized."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 1500)
        answer = shop.refunds.create(charge, 1501)
        assert message(answer) == "The amount must be at most 15.00 EUR."

    def test_authorized_charges(self, shop):
        """A charge that was never captured cannot be refunded."""
        answer = shop.refunds.create(held(shop))
        assert refusal(answer) == (400, "charge_not_refundable", "charge")
        assert message(answer) == "The charge ch_1 is authorized."

    def test_between_two_captures(self, shop):
        """A charge can be refunded in part while the rest of it waits for its capture."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 800, final=False)
        shop.refunds.create(charge, 300)
        shop.charges.capture(charge, 700)
        assert shop.refunds.create(charge).body["amount"] == 1200

    def test_card_gets_it_back(self, shop, network):
        """The holder of the card sees the money returned."""
        shop.refunds.create(paid(shop, 2000), 600)
        assert network.statement("visa")[-1] == "returned 6.00 EUR"

    @pytest.mark.parametrize("reason", ["duplicate", "fraudulent", "requested_by_buyer"])
    def test_reasons(self, shop, reason):
        """The reason of a refund is one of three and comes back with it."""
        assert shop.refunds.create(paid(shop), reason=reason).body["reason"] == reason

    def test_other_reasons(self, shop):
        """Other reasons than the three there are cannot be given."""
        answer = shop.refunds.create(paid(shop), reason="bored")
        assert refusal(answer) == (400, "parameter_invalid", "reason")

    def test_no_reason(self, shop):
        """A refund needs no reason."""
        assert shop.refunds.create(paid(shop)).body["reason"] is None

    def test_charge_is_required(self, shop):
        """A refund needs a charge."""
        assert refusal(shop.refunds.create(amount=100)) == (400, "parameter_missing", "charge")

    def test_unknown_charge(self, shop):
        """A charge that does not exist cannot be refunded."""
        answer = shop.refunds.create("ch_77")
        assert refusal(answer) == (404, "resource_missing", "charge")
        assert message(answer) == "No such charge: ch_77."

    def test_charges_of_others(self, shop, other):
        """A charge of another shop cannot be refunded."""
        assert refusal(other.refunds.create(paid(shop))) == (404, "resource_missing", "charge")

    def test_on_the_last_day(self, shop, clock):
        """A charge can be refunded for 180 days to the second."""
        charge = paid(shop)
        clock.advance(days=180)
        assert shop.refunds.create(charge).status == 201

    def test_too_late(self, shop, clock):
        """A charge cannot be refunded one second after its 180 days."""
        charge = paid(shop)
        clock.advance(days=180, seconds=1)
        answer = shop.refunds.create(charge)
        assert refusal(answer) == (400, "refund_window_closed", "charge")
        assert message(answer) == "The charge ch_1 can be refunded for 180 days only."


class TestRefused:
    def test_it_is_told(self, shop):
        """A card that takes no refunds is told as declined."""
        answer = shop.refunds.create(paid(shop, card="refund_refused"))
        assert refusal(answer) == (402, "card_declined", "card")
        assert message(answer) == "The card was declined: card closed."

    def test_the_charge_stays(self, shop):
        """A refund that the card did not take leaves the charge as it was."""
        charge = paid(shop, card="refund_refused")
        shop.refunds.create(charge)
        assert shop.charges.retrieve(charge).body["amount_refunded"] == 0

    def test_the_balance_stays(self, shop, clock):
        """A refund that the card did not take leaves the balance as it was."""
        charge = paid(shop, 2000, card="refund_refused")
        clock.advance(days=2)
        shop.refunds.create(charge, 500)
        assert available(shop) == 2000

    def test_nothing_is_listed(self, shop):
        """A refund that the card did not take is not listed."""
        shop.refunds.create(paid(shop, card="refund_refused"))
        assert shop.refunds.list().body["data"] == []

    def test_no_event(self, shop):
        """A refund that the card did not take leaves no event."""
        shop.refunds.create(paid(shop, card="refund_refused"))
        assert listed(shop.events.list(type="charge.refunded"), "id") == []


class TestLook:
    def test_retrieve(self, shop):
        """A refund can be looked up by its id."""
        refund = shop.refunds.create(paid(shop), 700).body["id"]
        assert shop.refunds.retrieve(refund).body["amount"] == 700

    def test_refunds_of_others(self, shop, other):
        """A refund of another shop is not found."""
        refund = shop.refunds.create(paid(shop)).body["id"]
        assert refusal(other.refunds.retrieve(refund)) == (404, "resource_missing", "id")

    def test_list_of_one_charge(self, shop):
        """Refunds can be listed for one charge."""
        first, second = paid(shop), paid(shop)
        shop.refunds.create(first, 100)
        shop.refunds.create(second, 200)
        shop.refunds.create(first, 300)
        assert listed(shop.refunds.list(charge=first)) == [300, 100]

    def test_list_of_all(self, shop):
        """All refunds are listed, newest first."""
        first, second = paid(shop), paid(shop)
        shop.refunds.create(first, 100)
        shop.refunds.create(second, 200)
        assert listed(shop.refunds.list()) == [200, 100]
