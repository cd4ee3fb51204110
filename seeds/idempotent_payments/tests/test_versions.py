import pytest
from builders import held, listed, paid, refusal, wanted

OLDEST = "2025-03-01"
MIDDLE = "2025-09-15"
NEWEST = "2026-02-01"


class TestWhich:
    def test_the_newest(self, shop):
        """A new shop is answered in the newest version."""
        answer = shop.charges.list()
        assert answer.headers["Paydesk-Version"] == NEWEST

    def test_the_account_stays(self, api):
        """A shop stays with the version it signed up with."""
        shop = api.sign_up("Kiosk Blau", version=OLDEST)
        assert shop.charges.list().headers["Paydesk-Version"] == OLDEST

    def test_for_one_request(self, api):
        """Another version can be asked for with each request."""
        shop = api.sign_up("Kiosk Blau", version=OLDEST)
        assert "amount_captured" in shop.charges.create(2000, "eur", "visa", version=NEWEST).body

    def test_only_for_that_one(self, shop):
        """A version asked for once does not stay."""
        shop.charges.list(version=OLDEST)
        assert "has_more" in shop.charges.list().body

    def test_unknown_versions(self, shop):
        """A version that never was is refused."""
        answer = shop.charges.list(version="2025-04-01")
        assert refusal(answer) == (400, "version_unknown", "Paydesk-Version")

    def test_unknown_version_at_sign_up(self, api):
        """Nobody can sign up with a version that never was."""
        with pytest.raises(ValueError, match="no such version: 2024-01-01"):
            api.sign_up("Kiosk Blau", version="2024-01-01")


class TestBeforePartialCaptures:
    def test_captured(self, shop):
        """Before partial captures a charge told only whether it was captured."""
        charge = shop.charges.create(2000, "eur", "visa", version=MIDDLE).body
        assert charge["captured"] is True
        assert "amount_captured" not in charge

    def test_not_captured(self, shop):
        """Before partial captures an authorized charge told that it was not captured."""
        charge = shop.charges.create(2000, "eur", "visa", capture=False, version=MIDDLE).body
        assert charge["captured"] is False

    def test_no_end(self, shop):
        """Before partial captures a charge did not tell when its authorization lapses."""
        charge = shop.charges.create(2000, "eur", "visa", capture=False, version=MIDDLE).body
        assert "capture_before" not in charge

    def test_voided(self, shop):
        """Before partial captures a voided charge was called canceled."""
        assert shop.charges.void(held(shop), version=MIDDLE).body["status"] == "canceled"

    def test_expired(self, api, shop, clock):
        """Before partial captures an expired charge was called canceled."""
        charge = held(shop)
        clock.advance(days=7)
        api.expire_authorizations()
        assert shop.charges.retrieve(charge, version=MIDDLE).body["status"] == "canceled"

    def test_captured_status(self, shop):
        """A captured charge is called captured in all versions."""
        charge = paid(shop)
        assert shop.charges.retrieve(charge, version=OLDEST).body["status"] == "captured"

    def test_inside_lists(self, shop):
        """Charges in a list look as the version has them."""
        paid(shop)
        assert listed(shop.charges.list(version=MIDDLE), "captured") == [True]

    def test_inside_events(self, shop):
        """Charges in events look as the version has them."""
        shop.charges.void(held(shop))
        event = shop.events.list(limit=1, version=MIDDLE).body["data"][0]
        assert event["data"]["status"] == "canceled"

    def test_now(self, shop):
        """A charge in the newest version is voided and not canceled."""
        assert shop.charges.void(held(shop), version=NEWEST).body["status"] == "voided"


class TestBeforeSeconds:
    def test_charges(self, shop):
        """In the first version charges were dated in milliseconds."""
        charge = paid(shop)
        assert shop.charges.retrieve(charge, version=OLDEST).body["created"] == 1_773_651_600_000

    def test_seconds_after_that(self, shop):
        """From the second version on charges are dated in seconds."""
        charge = paid(shop)
        assert shop.charges.retrieve(charge, version=MIDDLE).body["created"] == 1_773_651_600

    def test_intents(self, shop):
        """In the first version the end of an intent was told in milliseconds."""
        intent = shop.intents.retrieve(wanted(shop), version=OLDEST).body
        assert intent["expires_at"] - intent["created"] == 3_600_000

    def test_lines_of_the_balance(self, shop):
        """In the first version lines of a balance were dated in milliseconds."""
        paid(shop)
        line = shop.balance.entries(version=OLDEST).body["data"][0]
        assert line["available_on"] - line["created"] == 172_800_000

    def test_captures(self, shop):
        """In the first version captures were dated in milliseconds."""
        path = f"/v1/charges/{paid(shop)}/captures"
        assert listed(shop.get(path, version=OLDEST), "created") == [1_773_651_600_000]

    def test_refunds(self, shop):
        """In the first version refunds were dated in milliseconds."""
        refund = shop.refunds.create(paid(shop)).body["id"]
        shown = shop.get(f"/v1/refunds/{refund}", version=OLDEST).body
        assert shown["created"] == 1_773_651_600_000

    def test_payouts(self, shop, clock):
        """In the first version payouts were dated in milliseconds."""
        paid(shop)
        clock.advance(days=2)
        payout = shop.payouts.create("eur").body["id"]
        shown = shop.get(f"/v1/payouts/{payout}", version=OLDEST).body
        assert shown["created"] == 1_773_824_400_000

    def test_nothing_to_hide(self, shop):
        """In the first version an error without a parameter looks as it does now."""
        answer = shop.get("/v1/lamps", version=OLDEST)
        assert refusal(answer) == (404, "resource_missing", None)

    def test_events(self, shop):
        """In the first version an event and the charge in it were dated in milliseconds."""
        held(shop)
        event = shop.events.list(version=OLDEST).body["data"][0]
        assert event["created"] == event["data"]["created"] == 1_773_651_600_000

    def test_lists(self, shop):
        """In the first version a list told under another name that there is more."""
        held(shop)
        held(shop)
        page = shop.charges.list(limit=1, version=OLDEST).body
        assert page["more"] is True
        assert "has_more" not in page

    def test_errors(self, shop):
        """In the first version an error did not name the parameter."""
        answer = shop.charges.create(20, "eur", "visa", version=OLDEST)
        assert refusal(answer) == (400, "amount_too_small", None)

    def test_errors_after_that(self, shop):
        """From the second version on an error names the parameter."""
        answer = shop.charges.create(20, "eur", "visa", version=MIDDLE)
        assert refusal(answer) == (400, "amount_too_small", "amount")

    def test_both_changes(self, shop):
        """The first version has the looks of both times."""
        charge = shop.charges.create(2000, "eur", "visa", version=OLDEST).body
        assert (charge["captured"], charge["created"]) == (True, 1_773_651_600_000)


class TestWhatStays:
    def test_notes_of_the_customer(self, shop):
        """Notes look the same in all versions, whatever their names."""
        charge = paid(shop, metadata={"object": "charge", "created": "today", "status": "voided"})
        assert shop.charges.retrieve(charge, version=OLDEST).body["metadata"] == {
            "object": "charge",
            "created": "today",
            "status": "voided",
        }

    def test_looking_in_an_old_version(self, shop):
        """Looking at a charge in an old version leaves it as it is."""
        charge = paid(shop)
        shop.charges.retrieve(charge, version=OLDEST)
        assert shop.charges.retrieve(charge).body["created"] == 1_773_651_600

    def test_events_keep_their_look(self, shop):
        """Looking at events in an old version leaves them as they are."""
        held(shop)
        shop.events.list(version=OLDEST)
        assert shop.events.list().body["data"][0]["data"]["created"] == 1_773_651_600

    def test_repetition_in_another_version(self, shop):
        """A repeated request is answered in the version it asks for."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        again = shop.charges.create(2000, "eur", "visa", key="order-1", version=OLDEST).body
        assert (again["captured"], again["created"]) == (True, 1_773_651_600_000)

    def test_first_in_an_old_version(self, shop):
        """A request made in an old version can be repeated in the newest."""
        shop.charges.create(2000, "eur", "visa", key="order-1", version=OLDEST)
        again = shop.charges.create(2000, "eur", "visa", key="order-1").body
        assert (again["amount_captured"], again["created"]) == (2000, 1_773_651_600)
