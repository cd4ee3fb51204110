import pytest
from builders import held, listed, message, paid, refusal


class TestCapture:
    def test_all_of_it(self, shop):
        """A capture takes all that was authorized by default."""
        captured = shop.charges.capture(held(shop, 2000)).body
        assert (captured["status"], captured["amount_captured"]) == ("captured", 2000)

    def test_a_part(self, shop):
        """A capture can take a part of what was authorized."""
        captured = shop.charges.capture(held(shop, 2000), 1250).body
        assert (captured["status"], captured["amount_captured"]) == ("captured", 1250)

    def test_the_rest_is_let_go(self, shop, network):
        """A final capture of a part lets go of the rest on the card."""
        shop.charges.capture(held(shop, 2000), 1250)
        assert network.statement("visa") == [
            "held 20.00 EUR",
            "paid 12.50 EUR",
            "released 7.50 EUR",
        ]

    def test_nothing_to_let_go(self, shop, network):
        """A capture of everything lets go of nothing."""
        shop.charges.capture(held(shop, 2000))
        assert network.statement("visa") == ["held 20.00 EUR", "paid 20.00 EUR"]

    def test_more_than_authorized(self, shop):
        """One cent more than was authorized cannot be captured."""
        answer = shop.charges.capture(held(shop, 2000), 2001)
        assert refusal(answer) == (400, "amount_too_large", "amount")
        assert message(answer) == "The amount must be at most 20.00 EUR."

    def test_exactly_what_was_authorized(self, shop):
        """Exactly what was authorized can be captured by amount."""
        assert shop.charges.capture(held(shop, 2000), 2000).body["status"] == "captured"

    @pytest.mark.parametrize("amount", [0, -5])
    def test_nothing(self, shop, amount):
        """A capture is over one cent at least."""
        answer = shop.charges.capture(held(shop), amount)
        assert refusal(answer) == (400, "parameter_invalid", "amount")

    def test_one_cent(self, shop):
        """A single cent can be captured."""
        assert shop.charges.capture(held(shop), 1).body["amount_captured"] == 1

    def test_twice(self, shop):
        """A charge that was captured for good cannot be captured again."""
        charge = held(shop)
        shop.charges.capture(charge, 500)
        answer = shop.charges.capture(charge, 500)
        assert refusal(answer) == (400, "charge_not_capturable", "charge")

    def test_refused_captures_change_nothing(self, shop):
        """A refused capture leaves the charge as it was."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 2001)
        assert shop.charges.retrieve(charge).body["amount_captured"] == 0

    def test_voided_charges(self, shop):
        """A voided charge cannot be captured."""
        charge = held(shop)
        shop.charges.void(charge)
        assert message(shop.charges.capture(charge)) == "The charge ch_1 is voided."

    def test_on_the_last_second(self, shop, clock):
        """A charge can be captured one second before its seven days are over."""
        charge = held(shop)
        clock.advance(days=7, seconds=-1)
        assert shop.charges.capture(charge).status == 200

    def test_too_late(self, shop, clock):
        """A charge cannot be captured any more when its seven days are over."""
        charge = held(shop)
        clock.advance(days=7)
        answer = shop.charges.capture(charge)
        assert refusal(answer) == (400, "charge_not_capturable", "charge")
        assert message(answer) == "The charge ch_1 is expired."

    def test_charges_of_others(self, shop, other):
        """A charge of another shop cannot be captured."""
        assert refusal(other.charges.capture(held(shop))) == (404, "resource_missing", "id")


class TestInSteps:
    def test_the_rest_stays(self, shop):
        """A capture that is not final keeps the rest authorized."""
        charge = shop.charges.capture(held(shop, 2000), 500, final=False).body
        assert (charge["status"], charge["amount_captured"]) == ("authorized", 500)

    def test_nothing_is_let_go(self, shop, network):
        """A capture that is not final lets go of nothing on the card."""
        shop.charges.capture(held(shop, 2000), 500, final=False)
        assert network.statement("visa") == ["held 20.00 EUR", "paid 5.00 EUR"]

    def test_steps_add_up(self, shop):
        """Captures of one charge add up."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 500, final=False)
        assert shop.charges.capture(charge, 700, final=False).body["amount_captured"] == 1200

    def test_the_rest_by_default(self, shop):
        """A capture without an amount takes what earlier ones left."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 500, final=False)
        assert shop.charges.capture(charge).body["amount_captured"] == 2000

    def test_the_last_step(self, shop):
        """A charge is captured for good when nothing of it is left."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 1500, final=False)
        assert shop.charges.capture(charge, 500, final=False).body["status"] == "captured"

    def test_more_than_the_rest(self, shop):
        """One cent more than earlier captures left cannot be captured."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 1500, final=False)
        answer = shop.charges.capture(charge, 501)
        assert message(answer) == "The amount must be at most 5.00 EUR."

    def test_captures_are_listed(self, shop):
        """Each step is listed as a capture of its own, newest first."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 500, final=False)
        shop.charges.capture(charge, 700, final=False)
        assert listed(shop.charges.captures(charge)) == [700, 500]

    def test_captures_of_one_charge(self, shop):
        """Captures of another charge are not listed."""
        charge = held(shop, 2000)
        paid(shop, 3000)
        shop.charges.capture(charge, 500)
        assert listed(shop.charges.captures(charge)) == [500]

    def test_captures_of_others(self, shop, other):
        """Captures of another shop's charge are not found."""
        assert refusal(other.charges.captures(paid(shop))) == (404, "resource_missing", "id")

    def test_captures_tell_their_charge(self, shop):
        """A capture names its charge and the fee taken."""
        charge = paid(shop, 2000)
        assert shop.charges.captures(charge).body["data"] == [
            {
                "id": "cap_1",
                "object": "capture",
                "created": 1_773_651_600,
                "charge": charge,
                "amount": 2000,
                "currency": "eur",
                "fee": 0,
            }
        ]

    def test_end_stays(self, shop, clock):
        """A capture in between does not give the authorization more time."""
        charge = held(shop, 2000)
        clock.advance(days=5)
        shop.charges.capture(charge, 500, final=False)
        clock.advance(days=2)
        assert message(shop.charges.capture(charge)) == "The charge ch_1 is expired."
