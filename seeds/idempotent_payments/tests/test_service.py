import logging

import pytest
from builders import message, paid, refusal

from paydesk import PaymentsApi
from paydesk.acquirer import pause_ms
from paydesk.money import allocate, fee, in_parts, say
from paydesk.runtime import ManualClock, RandomIds, SystemClock
from paydesk.versions import present


def records(caplog, event):
    return [record for record in caplog.records if record.message == event]


class TestLog:
    def test_requests(self, shop, caplog):
        """Each request is logged with method, path and status."""
        caplog.set_level(logging.INFO, "paydesk")
        shop.get("/v1/lamps")
        record = records(caplog, "request.finished")[0]
        assert (record.method, record.path, record.status) == ("GET", "/v1/lamps", 404)

    def test_numbers(self, shop, caplog):
        """What is logged of a request carries its number."""
        caplog.set_level(logging.INFO, "paydesk")
        answer = shop.charges.list()
        assert records(caplog, "request.finished")[0].request_id == answer.headers["Request-Id"]

    def test_outside_a_request(self, api, caplog):
        """What is logged outside a request carries no number."""
        caplog.set_level(logging.INFO, "paydesk")
        api.sign_up("Kiosk Blau")
        assert records(caplog, "account.opened")[0].request_id == "-"

    def test_after_a_request(self, api, shop, bank, clock, caplog):
        """What is logged after a request does not carry its number."""
        paid(shop)
        clock.advance(days=2)
        shop.payouts.create("eur")
        bank.close_after(0)
        api.send_payouts()
        assert records(caplog, "payout.delayed")[0].request_id == "-"

    def test_time_taken(self, shop, network, clock, caplog):
        """The log tells in milliseconds how long a request took."""
        caplog.set_level(logging.INFO, "paydesk")
        network.meanwhile("the card network takes its time", clock.advance, 1.25)
        shop.charges.create(2000, "eur", "visa")
        assert records(caplog, "request.finished")[0].elapsed_ms == 1250

    def test_time_taken_when_the_clock_is_set(self, shop, network, clock, caplog):
        """Setting the wall clock does not change how long a request took."""
        caplog.set_level(logging.INFO, "paydesk")
        network.meanwhile("the time of day is set back", clock.set_wall, clock.now() - 60)
        shop.charges.create(2000, "eur", "visa")
        assert records(caplog, "request.finished")[0].elapsed_ms == 0

    def test_repetitions(self, shop, caplog):
        """A repeated request is logged as such."""
        caplog.set_level(logging.INFO, "paydesk")
        shop.charges.create(2000, "eur", "visa", key="order-1")
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert len(records(caplog, "request.replayed")) == 1

    def test_silence(self, shop, network, caplog):
        """Each attempt that the network did not answer is logged."""
        network.go_dead(2)
        shop.charges.create(2000, "eur", "visa")
        assert [record.attempt for record in records(caplog, "network.silent")] == [1, 2]


class TestCrash:
    def test_it_is_told(self, shop, network):
        """A fault of ours is told as such and without details."""

        def crash():
            raise RuntimeError("secret detail")

        network.meanwhile("something breaks while the card network is asked", crash)
        answer = shop.charges.create(2000, "eur", "visa")
        assert refusal(answer) == (500, "internal_error", None)
        assert message(answer) == "Something went wrong on our side."

    def test_it_is_logged(self, shop, network, caplog):
        """A fault of ours is logged with its cause."""

        def crash():
            raise RuntimeError("secret detail")

        network.meanwhile("something breaks while the card network is asked", crash)
        shop.charges.create(2000, "eur", "visa")
        record = records(caplog, "request.crashed")[0]
        assert "secret detail" in str(record.exc_info[1])
        assert record.request_id == "req_1"

    def test_it_can_be_repeated(self, shop, network):
        """A request that met a fault of ours can be repeated under its key."""

        def crash():
            raise RuntimeError

        network.meanwhile("something breaks while the card network is asked", crash)
        shop.charges.create(2000, "eur", "visa", key="order-1")
        assert shop.charges.create(2000, "eur", "visa", key="order-1").status == 201

    def test_nothing_else_is_shown(self):
        """What is no record of ours is not shown."""
        with pytest.raises(TypeError, match="nobody outside may see a str"):
            present("secret")


class TestDefaults:
    def test_a_service_of_its_own(self):
        """A service can be started with nothing but defaults."""
        shop = PaymentsApi().sign_up("Kiosk Blau")
        assert shop.charges.create(2000, "eur", "visa").body["status"] == "captured"

    def test_system_clock(self, monkeypatch):
        """The clock of the machine is read in seconds and milliseconds."""
        clock, slept = SystemClock(), []
        monkeypatch.setattr("time.time", lambda: 1_773_651_600.9)
        monkeypatch.setattr("time.monotonic_ns", lambda: 5_250_900_000)
        monkeypatch.setattr("time.sleep", slept.append)
        clock.sleep(0.2)
        assert (clock.now(), clock.steady_ms(), slept) == (1_773_651_600, 5250, [0.2])

    def test_random_ids(self):
        """Random ids begin with what they stand for and differ."""
        first, second = RandomIds().next("ch"), RandomIds().next("ch")
        assert first.startswith("ch_")
        assert first != second

    def test_manual_clock(self):
        """A clock that is moved by hand counts all units."""
        clock = ManualClock(0)
        clock.advance(1, minutes=1, hours=1, days=1)
        assert (clock.now(), clock.steady_ms()) == (90_061, 90_061_000)

    def test_half_seconds(self):
        """A clock that is moved by hand tells full seconds only."""
        clock = ManualClock(10)
        clock.advance(0.75)
        assert (clock.now(), clock.steady_ms()) == (10, 750)


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [
            (1999, "eur", "19.99 EUR"),
            (5, "usd", "0.05 USD"),
            (500, "jpy", "500 JPY"),
            (1005, "bhd", "1.005 BHD"),
            (-50, "eur", "-0.50 EUR"),
            (0, "gbp", "0.00 GBP"),
        ],
        ids=["cents", "few", "yen", "fils", "debt", "nothing"],
    )
    def test_say(self, amount, currency, text):
        """Amounts are written with the decimals of their currency."""
        assert say(amount, currency) == text

    @pytest.mark.parametrize(
        ("amount", "weights", "shares"),
        [
            (100, [1, 1, 1], [34, 33, 33]),
            (101, [1, 1, 1], [34, 34, 33]),
            (10, [1, 2], [3, 7]),
            (0, [1, 1], [0, 0]),
            (5, [0, 1], [0, 5]),
            (1, [30, 70], [0, 1]),
            (5, [1, 2, 4], [1, 1, 3]),
            (1000, [334, 333, 333], [334, 333, 333]),
        ],
    )
    def test_allocate(self, amount, weights, shares):
        """Amounts are divided without losing or making a cent."""
        assert allocate(amount, weights) == shares

    @pytest.mark.parametrize(
        ("amount", "most", "parts"), [(7, 3, [3, 3, 1]), (6, 3, [3, 3]), (2, 3, [2]), (0, 3, [])]
    )
    def test_in_parts(self, amount, most, parts):
        """Amounts are cut into parts of which only the last is smaller."""
        assert in_parts(amount, most) == parts

    @pytest.mark.parametrize(
        ("amount", "points", "due"), [(100, 150, 2), (200, 150, 3), (1, 1, 1), (0, 150, 0)]
    )
    def test_fee(self, amount, points, due):
        """Fees are rounded up."""
        assert fee(amount, points) == due

    @pytest.mark.parametrize(
        ("attempt", "pause"), [(1, 200), (2, 400), (3, 800), (4, 1000), (9, 1000)]
    )
    def test_pause(self, attempt, pause):
        """Pauses double up to a second."""
        assert pause_ms(attempt) == pause
