import pytest
from builders import held, message, paid, refusal


class TestCreate:
    def test_money_is_taken_at_once(self, shop):
        """A charge is captured at once unless asked otherwise."""
        charge = shop.charges.create(2000, "eur", "visa").body
        assert (charge["status"], charge["amount_captured"]) == ("captured", 2000)

    def test_status_of_the_response(self, shop):
        """A new charge is answered with status 201."""
        assert shop.charges.create(2000, "eur", "visa").status == 201

    def test_money_can_wait(self, shop):
        """A charge can be authorized first and captured later."""
        charge = shop.charges.create(2000, "eur", "visa", capture=False).body
        assert (charge["status"], charge["amount_captured"]) == ("authorized", 0)

    def test_end_of_an_authorization_is_told(self, shop):
        """An authorized charge tells that it must be captured within seven days."""
        charge = shop.charges.create(2000, "eur", "visa", capture=False).body
        assert charge["capture_before"] - charge["created"] == 604_800

    def test_captured_charges_have_no_end(self, shop):
        """A captured charge has no time to be captured before."""
        assert "capture_before" not in shop.charges.create(2000, "eur", "visa").body

    def test_card_is_held_and_paid(self, shop, network):
        """The holder of the card sees the money held and then paid."""
        shop.charges.create(2050, "eur", "visa")
        assert network.statement("visa") == ["held 20.50 EUR", "paid 20.50 EUR"]

    def test_authorized_money_is_only_held(self, shop, network):
        """The holder of the card does not pay before the capture."""
        held(shop, 2050)
        assert network.statement("visa") == ["held 20.50 EUR"]

    def test_decline(self, shop):
        """A declined card is answered with its reason."""
        answer = shop.charges.create(2000, "eur", "declined_insufficient_funds")
        assert refusal(answer) == (402, "card_declined", "card")
        assert message(answer) == "The card was declined: insufficient funds."

    def test_declined_charges_are_not_kept(self, shop):
        """A declined charge does not appear in the list of charges."""
        shop.charges.create(2000, "eur", "declined_stolen")
        assert shop.charges.list().body["data"] == []

    @pytest.mark.parametrize(
        ("amount", "currency"), [(50, "eur"), (30, "gbp"), (200, "bhd"), (50, "jpy")]
    )
    def test_least_amount(self, shop, amount, currency):
        """The least amount of a currency can be charged."""
        assert shop.charges.create(amount, currency, "visa").status == 201

    @pytest.mark.parametrize(
        ("amount", "currency", "least"),
        [(49, "eur", "0.50"), (199, "bhd", "0.200"), (49, "jpy", "50")],
    )
    def test_too_small(self, shop, amount, currency, least):
        """One unit less than the least amount cannot be charged."""
        answer = shop.charges.create(amount, currency, "visa")
        assert refusal(answer) == (400, "amount_too_small", "amount")
        assert message(answer) == f"The amount must be at least {least} {currency.upper()}."

    @pytest.mark.parametrize(("amount", "currency"), [(99_999_999, "eur"), (9_999_999, "jpy")])
    def test_largest_amount(self, shop, amount, currency):
        """The largest amount of a currency can be charged."""
        assert shop.charges.create(amount, currency, "visa").status == 201

    @pytest.mark.parametrize(
        ("amount", "currency", "most"),
        [(100_000_000, "usd", "999999.99"), (10_000_000, "jpy", "9999999")],
    )
    def test_too_large(self, shop, amount, currency, most):
        """One unit more than the largest amount cannot be charged."""
        answer = shop.charges.create(amount, currency, "visa")
        assert refusal(answer) == (400, "amount_too_large", "amount")
        assert message(answer) == f"The amount must be at most {most} {currency.upper()}."

    def test_refused_amounts_do_not_reach_the_card(self, shop, network):
        """A charge over too little never shows on the card."""
        shop.charges.create(10, "eur", "visa")
        assert network.statement("visa") == []

    def test_currency_in_capitals(self, shop):
        """Capitals and blanks around a currency make no difference."""
        assert shop.charges.create(2000, " EUR ", "visa").body["currency"] == "eur"

    def test_metadata_is_kept(self, shop):
        """Notes on a charge come back with it."""
        charge = paid(shop, metadata={"order": "2207"})
        assert shop.charges.retrieve(charge).body["metadata"] == {"order": "2207"}

    def test_empty_notes_are_left_out(self, shop):
        """A note without a value is not kept on a new charge."""
        charge = shop.charges.create(
            2000, "eur", "visa", metadata={"order": "2207", "gift": None}
        ).body
        assert charge["metadata"] == {"order": "2207"}

    def test_empty_texts_are_notes_too(self, shop):
        """A note can be an empty text."""
        charge = shop.charges.create(2000, "eur", "visa", metadata={"gift": ""}).body
        assert charge["metadata"] == {"gift": ""}

    def test_all_of_it(self, shop):
        """A charge shows all that was asked for."""
        assert shop.charges.create(2000, "eur", "visa").body == {
            "id": "ch_1",
            "object": "charge",
            "created": 1_773_651_600,
            "amount": 2000,
            "amount_captured": 2000,
            "amount_refunded": 0,
            "currency": "eur",
            "card": "visa",
            "description": None,
            "intent": None,
            "status": "captured",
            "metadata": {},
            "splits": [],
        }

    def test_description_is_kept(self, shop):
        """The description of a charge comes back with it."""
        charge = paid(shop, description="Two lamps")
        assert shop.charges.retrieve(charge).body["description"] == "Two lamps"

    def test_charges_are_numbered(self, shop):
        """Two charges have two ids."""
        assert paid(shop) != paid(shop)

    def test_what_the_caller_does_later(self, shop):
        """Notes that the caller changes after the request are not changed on the charge."""
        notes = {"order": "2207"}
        charge = paid(shop, metadata=notes)
        notes["order"] = "9999"
        assert shop.charges.retrieve(charge).body["metadata"] == {"order": "2207"}

    def test_what_the_caller_does_to_the_response(self, shop):
        """A response that the caller changes leaves the charge as it is."""
        charge = shop.charges.create(2000, "eur", "visa", metadata={"order": "2207"}).body
        charge["metadata"]["order"] = "9999"
        assert shop.charges.retrieve(charge["id"]).body["metadata"] == {"order": "2207"}


class TestRetrieve:
    def test_a_charge_is_found(self, shop):
        """A charge can be looked up by its id."""
        charge = paid(shop, 2150)
        assert shop.charges.retrieve(charge).body["amount"] == 2150

    def test_unknown_charge(self, shop):
        """A charge that does not exist is not found."""
        answer = shop.charges.retrieve("ch_77")
        assert refusal(answer) == (404, "resource_missing", "id")
        assert message(answer) == "No such charge: ch_77."

    def test_charges_of_others(self, shop, other):
        """A charge of another shop is not found."""
        charge = paid(shop)
        assert refusal(other.charges.retrieve(charge)) == (404, "resource_missing", "id")


class TestUpdate:
    def test_description(self, shop):
        """The description of a charge can be changed."""
        charge = paid(shop, description="Two lamps")
        assert shop.charges.update(charge, description="A lamp").body["description"] == "A lamp"

    def test_description_stays(self, shop):
        """A change of the notes leaves the description alone."""
        charge = paid(shop, description="Two lamps")
        updated = shop.charges.update(charge, metadata={"order": "2207"}).body
        assert updated["description"] == "Two lamps"

    def test_notes_are_merged(self, shop):
        """New notes are added to those that are there."""
        charge = paid(shop, metadata={"order": "2207", "floor": "3"})
        updated = shop.charges.update(charge, metadata={"floor": "4", "gift": "yes"}).body
        assert updated["metadata"] == {"order": "2207", "floor": "4", "gift": "yes"}

    def test_a_note_is_taken_off(self, shop):
        """A note that is sent without a value is taken off."""
        charge = paid(shop, metadata={"order": "2207", "floor": "3"})
        assert shop.charges.update(charge, metadata={"floor": None}).body["metadata"] == {
            "order": "2207"
        }

    def test_notes_stay(self, shop):
        """A change of the description leaves the notes alone."""
        charge = paid(shop, metadata={"order": "2207"})
        updated = shop.charges.update(charge, description="A lamp").body
        assert updated["metadata"] == {"order": "2207"}

    def test_no_notes_at_all_change_nothing(self, shop):
        """An empty set of notes takes none of the notes off."""
        charge = paid(shop, metadata={"order": "2207"})
        assert shop.charges.update(charge, metadata={}).body["metadata"] == {"order": "2207"}

    def test_changes_are_kept(self, shop):
        """A changed description is there when the charge is looked up again."""
        charge = paid(shop)
        shop.charges.update(charge, description="A lamp")
        assert shop.charges.retrieve(charge).body["description"] == "A lamp"

    def test_charges_of_others(self, shop, other):
        """A charge of another shop cannot be changed."""
        charge = paid(shop)
        answer = other.charges.update(charge, description="Mine")
        assert refusal(answer) == (404, "resource_missing", "id")


class TestVoid:
    def test_money_is_let_go(self, shop, network):
        """A voided charge lets go of the money on the card."""
        shop.charges.void(held(shop))
        assert network.statement("visa") == ["held 20.00 EUR", "released 20.00 EUR"]

    def test_lost_answers(self, shop, network):
        """A void whose answer was lost lets go of the money once."""
        charge = held(shop)
        network.lose_answers(1)
        shop.charges.void(charge)
        assert network.statement("visa") == ["held 20.00 EUR", "released 20.00 EUR"]

    def test_status(self, shop):
        """A charge can be voided before it is captured."""
        charge = held(shop)
        shop.charges.void(charge)
        assert shop.charges.retrieve(charge).body["status"] == "voided"

    def test_captured_charges(self, shop):
        """A captured charge cannot be voided."""
        answer = shop.charges.void(paid(shop))
        assert refusal(answer) == (400, "charge_not_voidable", "charge")
        assert message(answer) == "The charge ch_1 is captured."

    def test_twice(self, shop):
        """A charge cannot be voided a second time."""
        charge = held(shop)
        shop.charges.void(charge)
        assert message(shop.charges.void(charge)) == "The charge ch_1 is voided."

    def test_after_a_partial_capture(self, shop, network):
        """Voiding the rest of a charge keeps what was captured before."""
        charge = held(shop)
        shop.charges.capture(charge, 1500, final=False)
        voided = shop.charges.void(charge).body
        assert (voided["status"], voided["amount_captured"]) == ("captured", 1500)
        assert network.statement("visa")[-1] == "released 5.00 EUR"

    def test_charges_of_others(self, shop, other):
        """A charge of another shop cannot be voided."""
        assert refusal(other.charges.void(held(shop))) == (404, "resource_missing", "id")

    def test_lapsed_authorizations(self, shop, clock):
        """An authorization that has run out cannot be voided."""
        charge = held(shop)
        clock.advance(days=7)
        assert message(shop.charges.void(charge)) == "The charge ch_1 is expired."


class TestExpiry:
    def test_on_the_last_second(self, api, shop, clock):
        """An authorization is not given up before its seven days are over."""
        held(shop)
        clock.advance(days=7, seconds=-1)
        assert api.expire_authorizations() == 0

    def test_on_time(self, api, shop, clock):
        """An authorization is given up when its seven days are over."""
        charge = held(shop)
        clock.advance(days=7)
        assert api.expire_authorizations() == 1
        assert shop.charges.retrieve(charge).body["status"] == "expired"

    def test_money_is_let_go(self, api, shop, clock, network):
        """The card gets the money back when an authorization runs out."""
        held(shop)
        clock.advance(days=7)
        api.expire_authorizations()
        assert network.statement("visa")[-1] == "released 20.00 EUR"

    def test_only_once(self, api, shop, clock):
        """An authorization is given up only once."""
        held(shop)
        clock.advance(days=8)
        api.expire_authorizations()
        assert api.expire_authorizations() == 0

    def test_captured_charges_stay(self, api, shop, clock):
        """Captured charges do not run out."""
        paid(shop)
        clock.advance(days=30)
        assert api.expire_authorizations() == 0

    def test_partly_captured(self, api, shop, clock):
        """What was captured before an authorization ran out stays captured."""
        charge = held(shop)
        shop.charges.capture(charge, 500, final=False)
        clock.advance(days=7)
        api.expire_authorizations()
        assert shop.charges.retrieve(charge).body["status"] == "captured"

    def test_silent_network(self, api, shop, clock, network):
        """An authorization whose release failed is given up by the next run."""
        charge = held(shop)
        clock.advance(days=7)
        network.go_dead(3)
        assert api.expire_authorizations() == 0
        assert shop.charges.retrieve(charge).body["status"] == "authorized"
        assert api.expire_authorizations() == 1

    def test_the_others_go_on(self, api, shop, clock, network):
        """One authorization that cannot be released does not keep the others from being given up."""
        held(shop, 2000)
        held(shop, 3000)
        clock.advance(days=7)
        network.go_dead(3)
        assert api.expire_authorizations() == 1
        assert network.statement("visa")[-1] == "released 30.00 EUR"

    def test_longest_waiting_first(self, api, shop, clock, network):
        """Authorizations are given up in the order in which they ran out."""
        clock.advance(hours=2)
        held(shop, 2000)
        clock.set_wall(clock.now() - 3600)
        held(shop, 3000)
        clock.advance(days=9)
        api.expire_authorizations()
        assert network.statement("visa")[-2:] == ["released 30.00 EUR", "released 20.00 EUR"]

    def test_all_shops(self, api, shop, other, clock):
        """Authorizations of all shops are given up in one run."""
        held(shop)
        held(other)
        clock.advance(days=7)
        assert api.expire_authorizations() == 2
