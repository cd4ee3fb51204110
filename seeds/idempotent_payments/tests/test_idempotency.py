import pytest
from builders import held, listed, message, paid, refusal, wanted


class TestRepetition:
    def test_the_same_response(self, shop):
        """A repeated request gets the response of the first."""
        first = shop.charges.create(2000, "eur", "visa", key="order-1")
        assert shop.charges.create(2000, "eur", "visa", key="order-1").body == first.body

    def test_nothing_is_done(self, shop):
        """A repeated request charges nothing a second time."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_the_status_too(self, shop):
        """A repeated request gets the status of the first."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert shop.charges.create(2000, "eur", "visa", key="order-1").status == 201

    def test_it_is_marked(self, shop):
        """The response of a repeated request is marked as such."""
        first = shop.charges.create(2000, "eur", "visa", key="order-1")
        again = shop.charges.create(2000, "eur", "visa", key="order-1")
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"

    def test_a_third_time(self, shop):
        """A request can be repeated as often as one likes."""
        for _ in range(3):
            shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_without_a_key(self, shop):
        """Two requests without a key are two charges."""
        shop.charges.create(2000, "eur", "visa")
        shop.charges.create(2000, "eur", "visa")
        assert listed(shop.charges.list()) == [2000, 2000]

    def test_two_keys(self, shop):
        """Two keys make two charges."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2000, "eur", "visa", key="order-2")
        assert listed(shop.charges.list()) == [2000, 2000]

    def test_keys_are_exact(self, shop):
        """Capitals tell two keys apart."""
        shop.charges.create(2000, "eur", "visa", key="order-a")
        shop.charges.create(2000, "eur", "visa", key="order-A")
        assert listed(shop.charges.list()) == [2000, 2000]

    def test_as_it_was_then(self, shop):
        """A repeated request is answered as the first was, whatever happened since."""
        first = shop.charges.create(2000, "eur", "visa", capture=False, key="order-1").body
        shop.charges.void(first["id"])
        again = shop.charges.create(2000, "eur", "visa", capture=False, key="order-1").body
        assert again["status"] == "authorized"

    def test_what_the_caller_does_to_the_response(self, shop):
        """A repetition does not show what the caller did to the first response."""
        first = shop.charges.create(2000, "eur", "visa", metadata={"order": "1"}, key="order-1")
        first.body["metadata"]["order"] = "9"
        again = shop.charges.create(2000, "eur", "visa", metadata={"order": "1"}, key="order-1")
        assert again.body["metadata"] == {"order": "1"}

    def test_what_the_caller_does_to_a_repetition(self, shop):
        """A second repetition does not show what the caller did to the first one."""
        for _ in range(2):
            answer = shop.charges.create(
                2000, "eur", "visa", metadata={"order": "1"}, key="order-1"
            )
            answer.body["metadata"].clear()
        again = shop.charges.create(2000, "eur", "visa", metadata={"order": "1"}, key="order-1")
        assert again.body["metadata"] == {"order": "1"}

    def test_order_of_the_parameters(self, shop):
        """The order of notes makes no difference to a repetition."""
        shop.charges.create(2000, "eur", "visa", metadata={"a": "1", "b": "2"}, key="order-1")
        again = shop.charges.create(
            2000, "eur", "visa", metadata={"b": "2", "a": "1"}, key="order-1"
        )
        assert again.status == 201

    def test_requests_have_their_own_numbers(self, shop):
        """A repeated request has a request number of its own."""
        first = shop.charges.create(2000, "eur", "visa", key="order-1")
        again = shop.charges.create(2000, "eur", "visa", key="order-1")
        assert first.headers["Request-Id"] != again.headers["Request-Id"]

    def test_refunds(self, shop):
        """A repeated refund gives nothing back a second time."""
        charge = paid(shop, 2000)
        shop.refunds.create(charge, 700, key="back-1")
        shop.refunds.create(charge, 700, key="back-1")
        assert shop.charges.retrieve(charge).body["amount_refunded"] == 700

    def test_captures(self, shop):
        """A repeated capture takes nothing a second time."""
        charge = held(shop, 2000)
        shop.charges.capture(charge, 700, final=False, key="ship-1")
        shop.charges.capture(charge, 700, final=False, key="ship-1")
        assert shop.charges.retrieve(charge).body["amount_captured"] == 700

    def test_intents(self, shop):
        """A repeated confirmation gets the response of the first."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "visa", key="pay-1")
        assert shop.intents.confirm(intent, "visa", key="pay-1").body["status"] == "succeeded"

    def test_payouts(self, shop, clock):
        """A repeated payout pays nothing out a second time."""
        paid(shop, 2000)
        clock.advance(days=2)
        shop.payouts.create("eur", 500, key="friday")
        shop.payouts.create("eur", 500, key="friday")
        assert shop.balance.retrieve("eur").body["available"][0]["amount"] == 1500

    def test_looking_needs_no_key(self, shop):
        """A key on a request that only looks makes no difference."""
        charge = held(shop)
        shop.request("GET", f"/v1/charges/{charge}", key="look")
        shop.charges.capture(charge)
        looked = shop.request("GET", f"/v1/charges/{charge}", key="look")
        assert looked.body["status"] == "captured"

    def test_header_in_small_letters(self, shop):
        """The key is found however its header is written."""
        order = {"amount": 2000, "currency": "eur", "card": "visa"}
        shop.request("POST", "/v1/charges", order, headers={"idempotency-key": "order-1"})
        shop.request("POST", "/v1/charges", order, headers={"IDEMPOTENCY-KEY": "order-1"})
        assert listed(shop.charges.list()) == [2000]


class TestOtherRequest:
    @pytest.mark.parametrize("change", ["amount", "currency", "card"])
    def test_another_body(self, shop, change):
        """A key that was used for another charge is refused."""
        order = {"amount": 2000, "currency": "eur", "card": "visa"}
        shop.charges.create(**order, key="order-1")
        other = {"amount": 2001, "currency": "usd", "card": "amex"}[change]
        answer = shop.charges.create(**{**order, change: other}, key="order-1")
        assert refusal(answer) == (409, "idempotency_key_reused", None)

    def test_it_is_told(self, shop):
        """A refused key is named."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        answer = shop.charges.create(2500, "eur", "visa", key="order-1")
        expected = "The idempotency key order-1 was used for a different request."
        assert message(answer) == expected

    def test_another_note(self, shop):
        """A key is refused where only a note differs."""
        shop.charges.create(2000, "eur", "visa", metadata={"order": "1"}, key="order-1")
        answer = shop.charges.create(2000, "eur", "visa", metadata={"order": "2"}, key="order-1")
        assert answer.status == 409

    def test_another_path(self, shop):
        """A key is refused where the same is asked of another charge."""
        first, second = held(shop), held(shop)
        shop.charges.capture(first, key="ship")
        assert shop.charges.capture(second, key="ship").status == 409

    def test_nothing_is_done(self, shop):
        """A request with a refused key charges nothing."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2500, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_the_first_stays(self, shop):
        """A refused key still repeats its first request."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2500, "eur", "visa", key="order-1")
        assert shop.charges.create(2000, "eur", "visa", key="order-1").body["amount"] == 2000

    def test_keys_belong_to_a_shop(self, shop, other):
        """Two shops can use the same key."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert other.charges.create(3500, "eur", "visa", key="order-1").body["amount"] == 3500

    def test_same_request_of_two_shops(self, shop, other):
        """The same request with the same key is carried out for each shop."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        other.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(other.charges.list()) == [2000]

    def test_two_keys_of_one_shop(self, api, shop):
        """A request can be repeated with another API key of the same shop."""
        office = api.issue_key(shop.account_id)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        office.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]


class TestKeys:
    def test_longest_key(self, shop):
        """A key can have 64 characters."""
        assert shop.charges.create(2000, "eur", "visa", key="k" * 64).status == 201

    def test_too_long(self, shop):
        """A key cannot have 65 characters."""
        answer = shop.charges.create(2000, "eur", "visa", key="k" * 65)
        assert refusal(answer) == (400, "parameter_invalid", "Idempotency-Key")

    def test_blanks(self, shop):
        """A key cannot consist of blanks."""
        answer = shop.charges.create(2000, "eur", "visa", key="  ")
        assert message(answer) == (
            "The parameter Idempotency-Key must have between 1 and 64 characters."
        )

    def test_no_characters(self, shop):
        """A key cannot be empty."""
        answer = shop.charges.create(2000, "eur", "visa", key="")
        assert refusal(answer) == (400, "parameter_invalid", "Idempotency-Key")

    def test_on_the_last_second(self, shop, clock):
        """A request can be repeated until one second before a day is over."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(days=1, seconds=-1)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_after_a_day(self, shop, clock):
        """A key is free again after a day."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(days=1)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000, 2000]

    def test_for_something_else(self, shop, clock):
        """A key can be used for something else after a day."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(days=1)
        assert shop.charges.create(2500, "eur", "visa", key="order-1").body["amount"] == 2500

    def test_a_new_charge_after_a_day(self, shop, clock, network):
        """A key that is used again after a day takes money from the card again."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(days=1)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.statement("visa").count("paid 20.00 EUR") == 2

    def test_repeating_gives_no_time(self, shop, clock):
        """A repetition does not make a key last longer."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(hours=20)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(hours=4)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000, 2000]

    def test_a_day_from_the_response(self, shop, clock, network):
        """A key lasts a day from its response, however long the card network took."""
        network.meanwhile("the card network takes half an hour", clock.advance, minutes=30)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(days=1, minutes=-10)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_purge(self, api, shop, clock):
        """Expired keys are cleared away and others stay."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2000, "eur", "visa", key="order-2")
        clock.advance(hours=23)
        shop.charges.create(2000, "eur", "visa", key="order-3")
        clock.advance(hours=1)
        assert api.purge_keys() == 2

    def test_purge_keeps_repetitions(self, api, shop, clock):
        """A request can still be repeated after expired keys were cleared away."""
        shop.charges.create(2000, "eur", "visa", key="order-1")
        clock.advance(hours=23)
        api.purge_keys()
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_nothing_to_purge(self, api):
        """There is nothing to clear away where no key was used."""
        assert api.purge_keys() == 0


class TestRefusedRequests:
    def test_declines_are_repeated(self, shop):
        """A declined charge is answered the same when it is repeated."""
        shop.charges.create(2000, "eur", "declined_lost", key="order-1")
        again = shop.charges.create(2000, "eur", "declined_lost", key="order-1")
        assert refusal(again) == (402, "card_declined", "card")
        assert again.headers["Idempotent-Replayed"] == "true"

    def test_a_decline_counts_once(self, shop):
        """A repeated confirmation counts as one declined card."""
        intent = wanted(shop)
        shop.intents.confirm(intent, "declined_lost", key="pay-1")
        shop.intents.confirm(intent, "declined_lost", key="pay-1")
        assert shop.intents.retrieve(intent).body["attempts"] == 1

    def test_mistakes_can_be_mended(self, shop):
        """A request that was refused for its parameters can be mended under the same key."""
        shop.charges.create(20, "eur", "visa", key="order-1")
        assert shop.charges.create(2000, "eur", "visa", key="order-1").body["amount"] == 2000

    def test_missing_charges_are_not_remembered(self, shop):
        """A refund of an unknown charge can be mended under the same key."""
        charge = paid(shop)
        shop.refunds.create("ch_77", key="back-1")
        assert shop.refunds.create(charge, key="back-1").status == 201

    def test_mistakes_are_not_marked(self, shop):
        """A request refused for its parameters is looked at anew each time."""
        shop.charges.create(20, "eur", "visa", key="order-1")
        again = shop.charges.create(20, "eur", "visa", key="order-1")
        assert "Idempotent-Replayed" not in again.headers


class TestAtTheSameTime:
    def repeat(self, network, shop, amount=2000, **options):
        what = "the charge is asked for again while the card network works on it"
        create = shop.charges.create
        network.meanwhile(what, create, amount, "eur", "visa", key="order-1", **options)

    def hang(self, network, clock, seconds):
        network.meanwhile("the card network takes its time", clock.advance, seconds)

    def test_the_second_waits(self, shop, network):
        """A repetition is refused while the first request is still being processed."""
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        answer = network.came_of_it()
        assert refusal(answer) == (409, "idempotency_key_in_progress", None)

    def test_it_is_told_when_to_come_back(self, shop, network):
        """A repetition that comes too early is told to come back after five seconds."""
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.came_of_it().headers["Retry-After"] == "5"

    def test_sooner_near_the_end(self, shop, network, clock):
        """A repetition is told to come back sooner where the first request is about to be given up."""
        self.hang(network, clock, 57.5)
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.came_of_it().headers["Retry-After"] == "3"

    def test_one_charge_comes_of_it(self, shop, network):
        """Two requests with one key at the same time make one charge."""
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_another_shop_need_not_wait(self, shop, other, network):
        """A request does not hold up another shop with the same key."""
        self.repeat(network, other)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.came_of_it().status == 201

    def test_another_request_is_refused_all_the_same(self, shop, network):
        """A key in use is refused for another request even before the first one is done."""
        self.repeat(network, shop, 2500)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert refusal(network.came_of_it()) == (409, "idempotency_key_reused", None)

    def test_a_hanging_request_is_overtaken(self, shop, network, clock):
        """A request that hangs for a minute does not keep its repetition from being carried out."""
        self.hang(network, clock, 60)
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.came_of_it().status == 201

    def test_one_second_less(self, shop, network, clock):
        """A request that hangs for less than a minute is not overtaken."""
        self.hang(network, clock, 59)
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.came_of_it().headers["Retry-After"] == "1"

    def test_the_wall_clock_is_set(self, shop, network, clock):
        """Setting the wall clock forward does not let a repetition overtake."""
        network.meanwhile("the time of day is set forward", clock.set_wall, clock.now() + 7200)
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        answer = network.came_of_it()
        assert refusal(answer) == (409, "idempotency_key_in_progress", None)

    def test_overtaken_requests_charge_once(self, shop, network, clock):
        """A request that hung and its repetition take the money once."""
        self.hang(network, clock, 120)
        self.repeat(network, shop)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.statement("visa") == ["held 20.00 EUR", "paid 20.00 EUR"]
        assert listed(shop.charges.list()) == [2000]

    def test_both_get_the_same_charge(self, shop, network, clock):
        """A request that hung is answered with the charge of the one that overtook it."""
        self.hang(network, clock, 120)
        self.repeat(network, shop)
        answer = shop.charges.create(2000, "eur", "visa", key="order-1")
        assert answer.body["id"] == network.came_of_it().body["id"]

    def test_the_quicker_response_stays(self, shop, network, clock):
        """The response of the request that overtook is the one that is repeated."""
        self.hang(network, clock, 120)
        self.repeat(network, shop, capture=False)
        network.meanwhile("500 of it are captured", shop.charges.capture, "ch_1", 500)
        shop.charges.create(2000, "eur", "visa", capture=False, key="order-1")
        again = shop.charges.create(2000, "eur", "visa", capture=False, key="order-1")
        assert again.body["status"] == "authorized"
