from builders import available, held, listed, paid, refusal, wanted


class TestSilence:
    def test_asked_three_times(self, shop, network, clock):
        """The card network is asked three times before a charge is given up."""
        network.go_dead(2)
        assert shop.charges.create(2000, "eur", "visa").status == 201
        assert clock.slept == [0.2, 0.4]
        assert clock.steady_ms() == 600

    def test_given_up(self, shop, network):
        """A charge is answered with status 503 where the network stays silent."""
        network.go_dead(3)
        answer = shop.charges.create(2000, "eur", "visa")
        assert refusal(answer) == (503, "network_unavailable", None)

    def test_no_pause_at_the_end(self, shop, network, clock):
        """There is no pause after the last attempt."""
        network.go_dead(3)
        shop.charges.create(2000, "eur", "visa")
        assert clock.slept == [0.2, 0.4]

    def test_nothing_is_kept(self, shop, network):
        """A charge that the network did not answer is not listed."""
        network.go_dead(3)
        shop.charges.create(2000, "eur", "visa")
        assert listed(shop.charges.list()) == []

    def test_lost_answers(self, shop, network):
        """A lost answer does not make the card pay twice."""
        network.lose_answers(1)
        shop.charges.create(2000, "eur", "visa")
        assert network.statement("visa") == ["held 20.00 EUR", "paid 20.00 EUR"]

    def test_declines_are_not_asked_again(self, shop, clock):
        """A declined card is not asked a second time."""
        shop.charges.create(2000, "eur", "declined_lost")
        assert clock.slept == []


class TestTryingAgain:
    def test_after_a_dead_line(self, shop, network):
        """A charge that failed for want of an answer can be repeated under its key."""
        network.go_dead(3)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert shop.charges.create(2000, "eur", "visa", key="order-1").status == 201

    def test_after_lost_answers(self, shop, network):
        """A charge whose answers were lost does not hold the money twice when it is repeated."""
        network.lose_answers(3)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert network.statement("visa") == ["held 20.00 EUR", "paid 20.00 EUR"]

    def test_only_for_the_same(self, shop, network):
        """A key whose request got no answer cannot be used for something else."""
        network.lose_answers(3)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        answer = shop.charges.create(2500, "eur", "visa", key="order-1")
        assert refusal(answer) == (409, "idempotency_key_reused", None)

    def test_at_once(self, shop, network):
        """A repetition need not wait after a request that failed for want of an answer."""
        network.go_dead(3)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        again = shop.charges.create(2000, "eur", "visa", key="order-1")
        assert "Idempotent-Replayed" not in again.headers

    def test_refunds(self, shop, network):
        """A refund whose answers were lost is paid back once when it is repeated."""
        charge = paid(shop)
        network.lose_answers(3)
        shop.refunds.create(charge, 700, key="back-1")
        shop.refunds.create(charge, 700, key="back-1")
        assert network.statement("visa")[2:] == ["returned 7.00 EUR"]

    def test_captures(self, shop, network):
        """A capture whose answers were lost is taken once when it is repeated."""
        charge = held(shop)
        network.lose_answers(3)
        shop.charges.capture(charge, 700, final=False, key="ship-1")
        shop.charges.capture(charge, 700, final=False, key="ship-1")
        assert network.statement("visa")[1:] == ["paid 7.00 EUR"]

    def test_two_captures(self, shop, network):
        """Two captures under two keys are both taken."""
        charge = held(shop)
        shop.charges.capture(charge, 700, final=False, key="ship-1")
        shop.charges.capture(charge, 700, final=False, key="ship-2")
        assert network.statement("visa")[1:] == ["paid 7.00 EUR", "paid 7.00 EUR"]


class TestNothingByHalves:
    def test_the_charge(self, shop, network):
        """A capture that the network did not answer leaves the charge as it was."""
        charge = held(shop)
        network.go_dead(3)
        shop.charges.capture(charge)
        shown = shop.charges.retrieve(charge).body
        assert (shown["status"], shown["amount_captured"]) == ("authorized", 0)

    def test_the_captures(self, shop, network):
        """A capture that the network did not answer is not listed."""
        charge = held(shop)
        network.go_dead(3)
        shop.charges.capture(charge)
        assert listed(shop.charges.captures(charge)) == []

    def test_the_balance(self, shop, network):
        """A capture that the network did not answer adds nothing to the balance."""
        charge = held(shop)
        network.go_dead(3)
        shop.charges.capture(charge)
        assert shop.balance.entries().body["data"] == []

    def test_the_events(self, shop, network):
        """A capture that the network did not answer leaves no event."""
        charge = held(shop)
        network.go_dead(3)
        shop.charges.capture(charge)
        assert listed(shop.events.list(), "type") == ["charge.authorized"]

    def test_the_refund(self, shop, network):
        """A refund that the network did not answer is not listed."""
        charge = paid(shop)
        network.go_dead(3)
        shop.refunds.create(charge)
        assert listed(shop.refunds.list()) == []

    def test_the_refunded_balance(self, shop, network, clock):
        """A refund that the network did not answer takes nothing from the balance."""
        charge = paid(shop)
        clock.advance(days=2)
        available(shop)
        network.go_dead(3)
        shop.refunds.create(charge)
        assert available(shop) == 2000

    def test_the_void(self, shop, network):
        """A void that the network did not answer leaves the charge authorized."""
        charge = held(shop)
        network.go_dead(3)
        assert shop.charges.void(charge).status == 503
        assert shop.charges.retrieve(charge).body["status"] == "authorized"

    def test_the_intent(self, shop, network):
        """An intent whose confirmation got no answer can be confirmed again."""
        intent = wanted(shop)
        network.go_dead(3)
        shop.intents.confirm(intent, "visa")
        assert shop.intents.confirm(intent, "visa").body["status"] == "succeeded"

    def test_a_charge_whose_capture_fails(self, shop, network):
        """A charge whose money could be held and not taken is not listed."""
        network.meanwhile("the line to the card network is cut", network.go_dead, 3)
        shop.charges.create(2000, "eur", "visa")
        assert listed(shop.charges.list()) == []


class TestRetryingClient:
    def test_it_tries_again(self, shop, network):
        """A client that tries again gets its charge when the network is back."""
        network.go_dead(4)
        assert shop.retrying(1).charges.create(2000, "eur", "visa").status == 201

    def test_it_gives_up(self, shop, network):
        """A client that tries again twice gives up after three requests."""
        network.go_dead(9)
        assert shop.retrying(2).charges.create(2000, "eur", "visa").status == 503
        assert shop.charges.create(2000, "eur", "visa").status == 201

    def test_one_charge_comes_of_it(self, shop, network):
        """A client that tries again after lost answers holds the money once."""
        network.lose_answers(4)
        shop.retrying(2).charges.create(2000, "eur", "visa")
        assert network.statement("visa") == ["held 20.00 EUR", "paid 20.00 EUR"]

    def test_pauses_grow(self, shop, network, clock):
        """A client that tries again waits half a second and then a second."""
        network.go_dead(9)
        shop.retrying(2).charges.create(2000, "eur", "visa")
        assert clock.slept == [0.2, 0.4, 0.5, 0.2, 0.4, 1.0, 0.2, 0.4]

    def test_faults_of_ours(self, shop, network):
        """A client tries again after a fault of ours."""

        def crash():
            raise RuntimeError

        network.meanwhile("something breaks while the card network is asked", crash)
        assert shop.retrying(1).charges.create(2000, "eur", "visa").status == 201

    def test_refusals_are_final(self, shop, clock):
        """A client does not try again what was refused."""
        assert shop.retrying(3).charges.create(20, "eur", "visa").status == 400
        assert clock.slept == []

    def test_two_requests_are_two(self, shop):
        """Two requests of a client that tries again are two charges."""
        patient = shop.retrying(2)
        patient.charges.create(2000, "eur", "visa")
        patient.charges.create(2000, "eur", "visa")
        assert listed(shop.charges.list()) == [2000, 2000]

    def test_own_keys_are_kept(self, shop):
        """A client that tries again leaves a key alone that it was given."""
        patient = shop.retrying(2)
        patient.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert listed(shop.charges.list()) == [2000]

    def test_it_waits_as_told(self, shop, network, clock):
        """A client waits as long as it is told to before it tries again."""
        network.meanwhile(
            "a patient program asks for the same charge while the card network works on it",
            shop.retrying(1).charges.create,
            *(2000, "eur", "visa"),
            key="order-1",
        )
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert clock.slept == [5.0]
        assert network.came_of_it().status == 409

    def test_patient_looking(self, shop):
        """A client that tries again looks things up like any other."""
        charge = paid(shop)
        assert shop.retrying(2).charges.retrieve(charge).status == 200
