import pytest
from builders import held, listed, message, paid, refusal

from paydesk import Request


class TestKeys:
    def test_no_key(self, api):
        """A request without an API key is refused."""
        answer = api.handle(Request("GET", "/v1/charges"))
        assert refusal(answer) == (401, "api_key_invalid", None)
        assert message(answer) == "No API key was given."

    def test_unknown_key(self, shop):
        """An API key that does not exist is refused."""
        answer = shop.request("GET", "/v1/charges", headers={"Authorization": "Bearer sk_77"})
        assert message(answer) == "There is no such API key."

    def test_another_scheme(self, shop):
        """An API key must be given as a bearer token."""
        answer = shop.request("GET", "/v1/charges", headers={"Authorization": "Basic sk_1"})
        assert message(answer) == "The API key must be given as a bearer token."

    def test_scheme_in_capitals(self, shop):
        """Capitals in the scheme of the header make no difference."""
        answer = shop.request("GET", "/v1/charges", headers={"Authorization": "BEARER sk_1"})
        assert answer.status == 200

    def test_blanks_around_the_key(self, shop):
        """Blanks around the API key make no difference."""
        answer = shop.request("GET", "/v1/charges", headers={"Authorization": " Bearer sk_1 "})
        assert answer.status == 200

    def test_blanks_before_the_key(self, shop):
        """Several blanks before the API key make no difference."""
        answer = shop.request("GET", "/v1/charges", headers={"Authorization": "Bearer   sk_1"})
        assert answer.status == 200

    def test_each_shop_has_its_own(self, shop, other):
        """What is charged with one key belongs to the shop of that key."""
        paid(shop, 2000)
        paid(other, 3000)
        assert listed(shop.charges.list()) == [2000]

    def test_unknown_paths_need_a_key_too(self, api):
        """Without an API key nobody learns which paths there are."""
        assert api.handle(Request("GET", "/v1/nothing")).status == 401


class TestReadOnly:
    def test_looking(self, api, shop):
        """A key for reading can look at charges."""
        charge = paid(shop, 2100)
        reader = api.issue_key(shop.account_id, read_only=True)
        assert reader.charges.retrieve(charge).body["amount"] == 2100

    def test_changing(self, api, shop):
        """A key for reading cannot charge a card."""
        reader = api.issue_key(shop.account_id, read_only=True)
        answer = reader.charges.create(2000, "eur", "visa")
        assert refusal(answer) == (403, "permission_denied", None)

    def test_other_keys_can(self, api, shop):
        """A second key of a shop can charge a card unless it is for reading."""
        office = api.issue_key(shop.account_id)
        assert office.charges.create(2000, "eur", "visa").status == 201

    def test_rolled(self, api, shop):
        """The new key in place of one for reading is for reading too."""
        reader = api.issue_key(shop.account_id, read_only=True)
        new = api.roll_key(reader.secret)
        assert new.charges.create(2000, "eur", "visa").status == 403


class TestRolling:
    def test_the_new_key(self, api, shop):
        """A new key sees what was charged with the old one."""
        paid(shop, 2000)
        new = api.roll_key(shop.secret)
        assert listed(new.charges.list()) == [2000]

    def test_a_day_of_grace(self, api, shop, clock):
        """An old key is good until one second before a day is over."""
        api.roll_key(shop.secret)
        clock.advance(days=1, seconds=-1)
        assert shop.charges.list().status == 200

    def test_after_a_day(self, api, shop, clock):
        """An old key is refused when its day of grace is over."""
        api.roll_key(shop.secret)
        clock.advance(days=1)
        answer = shop.charges.list()
        assert refusal(answer) == (401, "api_key_expired", None)

    def test_no_grace(self, api, shop):
        """An old key can be refused at once."""
        api.roll_key(shop.secret, grace=0)
        assert shop.charges.list().status == 401

    def test_used_before(self, api, shop, clock):
        """An old key is refused though it was used just before."""
        shop.charges.list()
        api.roll_key(shop.secret, grace=60)
        clock.advance(seconds=60)
        assert shop.charges.list().status == 401

    def test_the_new_key_stays(self, api, shop, clock):
        """A new key is good when the grace of the old one is over."""
        new = api.roll_key(shop.secret)
        clock.advance(days=2)
        assert new.charges.list().status == 200

    def test_rolled_again(self, api, shop, clock):
        """A key that is rolled again at once loses its grace."""
        api.roll_key(shop.secret)
        api.roll_key(shop.secret, grace=0)
        assert shop.charges.list().status == 401

    def test_unknown_keys(self, api):
        """A key that does not exist cannot be rolled."""
        with pytest.raises(ValueError, match="no such key"):
            api.roll_key("sk_77")


class TestPaths:
    def test_unknown(self, shop):
        """A path where nothing is served is not found."""
        answer = shop.get("/v1/lamps")
        assert refusal(answer) == (404, "resource_missing", None)
        assert message(answer) == "There is nothing at GET /v1/lamps."

    def test_too_long(self, shop):
        """A path that goes on behind a known one is not found."""
        assert shop.get("/v1/charges/ch_1/captures/more").status == 404

    def test_another_method(self, shop):
        """A path that can only be looked at takes no changes."""
        answer = shop.post("/v1/balance")
        assert refusal(answer) == (405, "method_not_allowed", None)
        assert message(answer) == "/v1/balance does not take POST requests."

    def test_slash_at_the_end(self, shop):
        """A slash at the end of a path makes no difference."""
        paid(shop, 2000)
        assert listed(shop.get("/v1/charges/")) == [2000]

    def test_requests_are_numbered(self, shop):
        """Each response names its request."""
        first, second = shop.charges.list(), shop.charges.list()
        assert (first.headers["Request-Id"], second.headers["Request-Id"]) == ("req_1", "req_2")

    def test_refused_requests_are_numbered(self, shop):
        """A refused request is named too."""
        assert shop.get("/v1/lamps").headers["Request-Id"] == "req_1"

    def test_ok(self, shop):
        """A response tells whether its request was carried out."""
        assert (shop.get("/v1/charges").ok, shop.get("/v1/lamps").ok) == (True, False)


class TestParameters:
    def test_all_missing(self, shop):
        """The first missing parameter is named."""
        assert refusal(shop.charges.create()) == (400, "parameter_missing", "amount")

    @pytest.mark.parametrize("name", ["amount", "currency", "card"])
    def test_one_missing(self, shop, name):
        """A charge needs amount, currency and card."""
        order = {"amount": 2000, "currency": "eur", "card": "visa"}
        del order[name]
        answer = shop.charges.create(**order)
        assert refusal(answer) == (400, "parameter_missing", name)
        assert message(answer) == f"The parameter {name} is required."

    @pytest.mark.parametrize("amount", ["2000", 20.5, True])
    def test_amounts_are_whole_numbers(self, shop, amount):
        """An amount must be a whole number."""
        answer = shop.charges.create(amount, "eur", "visa")
        assert refusal(answer) == (400, "parameter_invalid", "amount")
        assert message(answer) == "The parameter amount must be a whole number."

    def test_zero_is_there(self, shop):
        """An amount of zero is too small and not missing."""
        answer = shop.charges.create(0, "eur", "visa")
        assert refusal(answer) == (400, "amount_too_small", "amount")

    def test_negative_amounts(self, shop):
        """An amount cannot be negative."""
        answer = shop.charges.create(-1, "eur", "visa")
        assert message(answer) == "The parameter amount must be at least 0."

    def test_unknown_currency(self, shop):
        """A currency that we do not take is refused with those we do."""
        answer = shop.charges.create(2000, "xyz", "visa")
        assert message(answer) == "The parameter currency must be one of bhd, eur, gbp, jpy, usd."

    def test_unknown_parameter(self, shop):
        """A parameter that nobody knows is refused."""
        order = {"amount": 2000, "currency": "eur", "card": "visa", "colour": "blue"}
        answer = shop.post("/v1/charges", order)
        assert refusal(answer) == (400, "parameter_unknown", "colour")

    def test_unknown_parameters_come_last(self, shop):
        """A missing parameter is named before an unknown one."""
        answer = shop.post("/v1/charges", {"colour": "blue"})
        assert refusal(answer) == (400, "parameter_missing", "amount")

    def test_voids_take_none(self, shop):
        """A void takes no parameters."""
        answer = shop.post(f"/v1/charges/{held(shop)}/void", {"amount": 100})
        assert refusal(answer) == (400, "parameter_unknown", "amount")

    def test_cancellations_take_none(self, shop):
        """A cancellation of an intent takes no parameters."""
        answer = shop.post("/v1/intents/in_1/cancel", {"reason": "late"})
        assert refusal(answer) == (400, "parameter_unknown", "reason")

    def test_texts(self, shop):
        """A card must be a text."""
        answer = shop.charges.create(2000, "eur", 4242)
        assert message(answer) == "The parameter card must be a text."

    def test_empty_texts(self, shop):
        """A card cannot be an empty text."""
        assert refusal(shop.charges.create(2000, "eur", "")) == (400, "parameter_invalid", "card")

    def test_longest_text(self, shop):
        """A description can have 500 characters."""
        assert shop.charges.create(2000, "eur", "visa", description="d" * 500).status == 201

    def test_too_long_text(self, shop):
        """A description cannot have 501 characters."""
        answer = shop.charges.create(2000, "eur", "visa", description="d" * 501)
        assert message(answer) == (
            "The parameter description must not be longer than 500 characters."
        )

    def test_blank_texts(self, shop):
        """A description cannot consist of blanks."""
        answer = shop.charges.create(2000, "eur", "visa", description="  ")
        assert refusal(answer) == (400, "parameter_invalid", "description")

    def test_flags(self, shop):
        """Whether to capture must be told by yes or no."""
        answer = shop.charges.create(2000, "eur", "visa", capture="yes")
        assert refusal(answer) == (400, "parameter_invalid", "capture")

    def test_refused_parameters_charge_nothing(self, shop, network):
        """A request with a wrong parameter does not reach the card."""
        shop.charges.create(2000, "eur", "visa", capture="yes")
        assert network.statement("visa") == []

    def test_notes_are_a_set(self, shop):
        """Notes must be given as names and values."""
        answer = shop.charges.create(2000, "eur", "visa", metadata=["order"])
        assert refusal(answer) == (400, "parameter_invalid", "metadata")

    def test_no_list_of_notes(self, shop):
        """An empty list is no set of notes."""
        answer = shop.charges.create(2000, "eur", "visa", metadata=[])
        assert refusal(answer) == (400, "parameter_invalid", "metadata")

    def test_twenty_notes(self, shop):
        """A charge can have twenty notes."""
        notes = {f"n{number}": "x" for number in range(20)}
        assert shop.charges.create(2000, "eur", "visa", metadata=notes).status == 201

    def test_too_many_notes(self, shop):
        """A charge cannot have twenty-one notes."""
        notes = {f"n{number}": "x" for number in range(21)}
        answer = shop.charges.create(2000, "eur", "visa", metadata=notes)
        assert message(answer) == "The parameter metadata must not have more than 20 names."

    def test_too_many_notes_by_and_by(self, shop):
        """A charge cannot get its twenty-first note by a change."""
        charge = paid(shop, metadata={f"n{number}": "x" for number in range(20)})
        answer = shop.charges.update(charge, metadata={"one": "more"})
        assert refusal(answer) == (400, "parameter_invalid", "metadata")

    def test_one_for_another(self, shop):
        """A charge with twenty notes can get a new one in place of an old one."""
        charge = paid(shop, metadata={f"n{number}": "x" for number in range(20)})
        answer = shop.charges.update(charge, metadata={"n3": None, "one": "more"})
        assert answer.status == 200

    @pytest.mark.parametrize("length", [1, 40])
    def test_names_of_notes(self, shop, length):
        """The name of a note can have between one and forty characters."""
        answer = shop.charges.create(2000, "eur", "visa", metadata={"n" * length: "x"})
        assert answer.status == 201

    @pytest.mark.parametrize("length", [0, 41])
    def test_wrong_names_of_notes(self, shop, length):
        """The name of a note cannot be empty or have forty-one characters."""
        name = "n" * length
        answer = shop.charges.create(2000, "eur", "visa", metadata={name: "x"})
        assert refusal(answer) == (400, "parameter_invalid", f"metadata.{name}")

    def test_longest_note(self, shop):
        """A note can have 200 characters."""
        assert shop.charges.create(2000, "eur", "visa", metadata={"n": "x" * 200}).status == 201

    def test_too_long_note(self, shop):
        """A note cannot have 201 characters."""
        answer = shop.charges.create(2000, "eur", "visa", metadata={"n": "x" * 201})
        assert message(answer) == "The parameter metadata.n is too long."

    @pytest.mark.parametrize("note", [5, 0])
    def test_notes_are_texts(self, shop, note):
        """A note must be a text."""
        answer = shop.charges.create(2000, "eur", "visa", metadata={"n": note})
        assert message(answer) == "The parameter metadata.n must be a text."

    @pytest.mark.parametrize(
        "splits",
        ["half", "", ["half"], [{"account": "acct_1", "percent": 1}, "half"]],
        ids=["text", "empty", "texts", "mixed"],
    )
    def test_splits_are_a_list(self, shop, splits):
        """Splits must be given as a list of shares."""
        answer = shop.charges.create(2000, "eur", "visa", splits=splits)
        assert refusal(answer) == (400, "parameter_invalid", "splits")

    def test_splits_need_an_account(self, shop):
        """A split must name an account."""
        answer = shop.charges.create(2000, "eur", "visa", splits=[{"percent": 10}])
        assert refusal(answer) == (400, "parameter_missing", "splits")

    def test_splits_need_a_share(self, shop, other):
        """A split must have a share in per cent."""
        splits = [{"account": other.account_id}]
        answer = shop.charges.create(2000, "eur", "visa", splits=splits)
        assert refusal(answer) == (400, "parameter_missing", "splits")

    def test_splits_know_nothing_else(self, shop, other):
        """A split cannot have other parameters."""
        splits = [{"account": other.account_id, "percent": 10, "amount": 5}]
        answer = shop.charges.create(2000, "eur", "visa", splits=splits)
        assert message(answer) == "There is no parameter amount here."

    def test_whole_numbers_of_a_page(self, shop):
        """The size of a page must be a whole number."""
        assert refusal(shop.charges.list(limit="ten")) == (400, "parameter_invalid", "limit")

    def test_largest_page(self, shop):
        """The largest page is told to whom asks for a larger one."""
        answer = shop.charges.list(limit=101)
        assert message(answer) == "The parameter limit must be at most 100."

    def test_captures_know_their_parameters(self, shop):
        """A capture takes no parameters but its own."""
        answer = shop.post(f"/v1/charges/{held(shop)}/capture", {"amont": 5})
        assert refusal(answer) == (400, "parameter_unknown", "amont")

    @pytest.mark.parametrize(
        "path", ["/v1/refunds", "/v1/events", "/v1/balance", "/v1/balance/entries"]
    )
    def test_lists_know_their_parameters(self, shop, path):
        """What can be looked at takes no parameters but its own."""
        assert refusal(shop.get(path, {"colour": "blue"})) == (400, "parameter_unknown", "colour")

    @pytest.mark.parametrize("path", ["/v1/payouts", "/v1/intents", "/v1/refunds"])
    def test_new_things_know_their_parameters(self, shop, path):
        """What is created takes no parameters but its own."""
        order = {"amount": 2000, "currency": "eur", "charge": "ch_1", "colour": "blue"}
        if path == "/v1/refunds":
            del order["currency"]
        else:
            del order["charge"]
        assert refusal(shop.post(path, order)) == (400, "parameter_unknown", "colour")

    def test_changes_know_their_parameters(self, shop):
        """The amount of a charge cannot be changed."""
        answer = shop.post(f"/v1/charges/{paid(shop)}", {"amount": 5})
        assert refusal(answer) == (400, "parameter_unknown", "amount")

    def test_captures_are_listed_in_pages(self, shop):
        """A list of captures has a size like any other."""
        answer = shop.get(f"/v1/charges/{paid(shop)}/captures", {"limit": 0})
        assert refusal(answer) == (400, "parameter_invalid", "limit")


class TestTypes:
    def kind(self, answer):
        return answer.body["error"]["type"]

    def test_requests(self, shop):
        """A wrong parameter is an error of the request."""
        assert self.kind(shop.charges.create()) == "invalid_request_error"

    def test_authentication(self, api):
        """A missing API key is an error of authentication."""
        answer = api.handle(Request("GET", "/v1/charges"))
        assert self.kind(answer) == "authentication_error"

    def test_expired_keys(self, api, shop):
        """An expired API key is an error of authentication."""
        api.roll_key(shop.secret, grace=0)
        assert self.kind(shop.charges.list()) == "authentication_error"

    def test_permission(self, api, shop):
        """A change with a key for reading is an error of permission."""
        reader = api.issue_key(shop.account_id, read_only=True)
        assert self.kind(reader.charges.create()) == "permission_error"

    def test_cards(self, shop):
        """A declined card is an error of the card."""
        assert self.kind(shop.charges.create(2000, "eur", "declined_lost")) == "card_error"

    def test_reused_keys(self, shop):
        """A reused idempotency key is an error of idempotency."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        answer = shop.charges.create(2500, "eur", "visa", key="order-1")
        assert self.kind(answer) == "idempotency_error"

    def test_keys_in_use(self, shop, network):
        """An idempotency key in use is an error of idempotency."""
        what = "the charge is asked for again while the card network works on it"
        network.meanwhile(what, shop.charges.create, 2000, "eur", "visa", key="order-1")
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert self.kind(network.came_of_it()) == "idempotency_error"

    def test_silence(self, shop, network):
        """A silent network is an error of ours."""
        network.go_dead(3)
        assert self.kind(shop.charges.create(2000, "eur", "visa")) == "api_error"
