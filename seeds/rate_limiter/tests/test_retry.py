import pytest

from tollgate import Client, send
from tollgate.clock import NOON, FixedClock
from tollgate.errors import ConfigError
from tollgate.messages import Request
from tollgate.rehearsal import lots, scripted
from tollgate.retry import (
    Budget,
    GaveUp,
    Jitter,
    Plan,
    Purse,
    backoff,
    earn,
    jittered,
    pauses,
    spend,
)

STEADY = Plan(jitter=Jitter.NONE)
STOCK = Request("GET", "/stock/4711")
ORDER = Request("POST", "/orders", body="12 bolts")


def client(answers, plan=STEADY, *, draw=None, purse=None):
    """A client of a scripted server, and the server."""
    server = scripted(answers)
    return Client(
        server,
        plan,
        FixedClock(),
        draw or lots([1.0]),
        purse or Purse(),
        new_id=lambda: "order-88",
    ), server


def outcome(answers, plan=STEADY, request=STOCK, **options):
    return send(client(answers, plan, **options)[0], request)


class TestPauses:
    def test_later_and_later(self):
        """Each pause is twice as long as the one before."""
        assert pauses(Plan(attempts=5, base=300, jitter=Jitter.NONE)) == [300, 600, 1200, 2400]

    def test_cap(self):
        """No pause is longer than the longest that was planned."""
        plan = Plan(attempts=6, base=400, cap=1_000, jitter=Jitter.NONE)
        assert pauses(plan) == [400, 800, 1000, 1000, 1000]

    def test_one_attempt(self):
        """A plan of one attempt has no pauses."""
        assert pauses(Plan(attempts=1)) == []

    @pytest.mark.parametrize(
        ("attempt", "pause"),
        [
            pytest.param(0, 50, id="none-yet"),
            pytest.param(1, 50, id="first"),
            pytest.param(2, 150, id="second"),
            pytest.param(4, 1_350, id="fourth"),
        ],
    )
    def test_factor(self, attempt, pause):
        """The pause after the first attempt is the shortest, and it grows by the factor of the plan."""
        assert backoff(Plan(base=50, factor=3), attempt) == pause

    @pytest.mark.parametrize(
        ("jitter", "draw", "pause"),
        [
            pytest.param(Jitter.NONE, 0.25, 801, id="none"),
            pytest.param(Jitter.FULL, 0.25, 200, id="full"),
            pytest.param(Jitter.FULL, 0.0, 0, id="full-shortest"),
            pytest.param(Jitter.FULL, 1.0, 801, id="full-longest"),
            pytest.param(Jitter.EQUAL, 0.25, 500, id="equal"),
            pytest.param(Jitter.EQUAL, 0.0, 400, id="equal-shortest"),
            pytest.param(Jitter.EQUAL, 1.0, 801, id="equal-longest"),
        ],
    )
    def test_chance(self, jitter, draw, pause):
        """Chance shortens a pause not at all, down to nothing, or down to half, as planned."""
        assert jittered(Plan(base=801, jitter=jitter), 1, draw) == pause

    def test_chance_by_default(self):
        """Unless planned otherwise a pause is left to chance entirely."""
        assert pauses(Plan(attempts=3, base=1_000), 0.5) == [500, 1000]


class TestSending:
    def test_first_answer_stands(self):
        """A good answer at the first attempt is the end of it."""
        assert str(outcome(["200"])) == "200 after 1 attempts and 0 ms"

    @pytest.mark.parametrize(
        "answer", ["408", "425", "429", "500", "502", "503", "504", "lost", "slow"]
    )
    def test_passing_trouble(self, answer):
        """After trouble that may pass the request is sent again."""
        assert str(outcome([answer, "200"])) == "200 after 2 attempts and 200 ms"

    @pytest.mark.parametrize("status", ["400", "401", "403", "404", "413", "422", "501"])
    def test_final_answers(self, status):
        """An answer that will not change is not asked for again."""
        assert (
            str(outcome([status, "200"]))
            == f"{status} after 1 attempts and 0 ms, gave up: answer is final"
        )

    def test_redirections_stand(self):
        """An answer below 400 is good enough."""
        assert outcome(["399", "200"]).response.status == 399

    def test_number_of_attempts(self):
        """A request is sent as often as planned and no more."""
        assert str(outcome(["503"], Plan(attempts=3, jitter=Jitter.NONE))) == (
            "503 after 3 attempts and 600 ms, gave up: tried often enough"
        )

    def test_last_attempt_counts(self):
        """A good answer at the last attempt still counts."""
        plan = Plan(attempts=3, jitter=Jitter.NONE)
        assert outcome(["503", "503", "200"], plan).gave_up == GaveUp.NO

    def test_no_answer_at_all(self):
        """Where no answer ever came there is none to show."""
        assert str(outcome(["lost"], Plan(attempts=2, jitter=Jitter.NONE))) == (
            "no answer after 2 attempts and 200 ms, gave up: tried often enough"
        )

    def test_each_pause_has_its_draw(self):
        """Each pause is drawn anew."""
        plan = Plan(base=1_000, jitter=Jitter.FULL)
        assert outcome(["503", "503", "200"], plan, draw=lots([0.5, 0.25])).waited == 1_000

    def test_an_empty_script(self):
        """A rehearsal needs at least one answer of the server."""
        with pytest.raises(ConfigError, match="a script needs an answer"):
            scripted([])


class TestAdviceOfTheServer:
    def test_told_to_wait(self):
        """A server's wish to wait is followed when it is longer than the own pause."""
        assert outcome([" 429   after 7s ", "200"]).waited == 7_000

    def test_own_pause_is_longer(self):
        """The own pause is kept when the server would take less."""
        assert (
            outcome(["503 after 1s", "200"], Plan(base=2_500, jitter=Jitter.NONE)).waited == 2_500
        )

    def test_told_a_date(self):
        """A server may name the moment instead of a time to wait."""
        assert outcome([f"503 at {NOON + 9_000}", "200"]).waited == 9_000

    def test_a_date_that_is_over(self):
        """A moment that is over asks for no further wait."""
        assert outcome([f"503 at {NOON - 9_000}", "200"]).waited == 200

    def test_no_longer_than_planned(self):
        """Nobody waits longer than planned for the server's sake."""
        plan = Plan(jitter=Jitter.NONE, longest_wait=5_000)
        assert outcome(["503 after 6s", "200"], plan).gave_up == "asked to wait too long"

    def test_as_long_as_planned(self):
        """A wait as long as the longest one planned is accepted."""
        plan = Plan(jitter=Jitter.NONE, longest_wait=5_000)
        assert outcome(["503 after 5s", "200"], plan).waited == 5_000


class TestDeadline:
    def test_in_time(self):
        """A pause that ends with the time allowed is still made."""
        plan = Plan(base=500, deadline=1_500, jitter=Jitter.NONE)
        assert str(outcome(["503", "503", "200"], plan)) == "200 after 3 attempts and 1500 ms"

    def test_out_of_time(self):
        """No pause is begun that would go beyond the time allowed."""
        plan = Plan(base=500, deadline=1_499, jitter=Jitter.NONE)
        assert str(outcome(["503", "503", "200"], plan)) == (
            "503 after 2 attempts and 500 ms, gave up: out of time"
        )

    def test_no_time_at_all(self):
        """Where no time is allowed for waiting there is one attempt."""
        assert outcome(["503", "200"], Plan(deadline=0, jitter=Jitter.NONE)).attempts == 1


class TestSentTwice:
    def test_orders_are_not_repeated(self):
        """An order is not sent again by itself after trouble."""
        assert outcome(["503", "200"], request=ORDER).gave_up == "cannot be sent twice"

    def test_lost_orders(self):
        """An order whose answer was lost is not sent again by itself."""
        assert outcome(["lost", "200"], request=ORDER).attempts == 1

    def test_refused_orders(self):
        """An order that met a limit was not carried out and is sent again."""
        assert outcome(["429", "200"], request=ORDER).response.status == 200

    @pytest.mark.parametrize("method", ["get", "HEAD", "OPTIONS", "PUT", "DELETE"])
    def test_safe_requests(self, method):
        """Requests that may be repeated are, however they are written."""
        assert outcome(["503", "200"], request=Request(method, "/cart")).attempts == 2

    def test_orders_with_a_number(self):
        """An order that has a number of its own is sent again."""
        request = Request("POST", "/orders", {"idempotency-key": "po-31"})
        assert outcome(["503", "200"], request=request).attempts == 2

    def test_orders_with_an_empty_number(self):
        """An empty number does not make an order safe to repeat."""
        request = Request("POST", "/orders", {"Idempotency-Key": " "})
        assert outcome(["503", "200"], request=request).attempts == 1

    def test_number_made_for_an_order(self):
        """An order may be given a number so that it can be sent again."""
        sender, _ = client(["503", "200"])
        assert send(sender, ORDER, once_only=True).response.status == 200

    def test_same_number_every_time(self):
        """All attempts of one order carry the same number."""
        numbers = iter(["n-1", "n-2", "n-3"])
        server = scripted(["503", "lost", "200"])
        sender = Client(server, STEADY, FixedClock(), lots([1.0]), new_id=lambda: next(numbers))
        send(sender, ORDER, once_only=True)
        assert [each.headers for each in server.heard()] == [{"Idempotency-Key": "n-1"}] * 3

    def test_own_number_is_kept(self):
        """A number that an order has already is not replaced."""
        sender, server = client(["200"])
        send(sender, Request("POST", "/orders", {"idempotency-key": "po-32"}), once_only=True)
        assert [each.headers for each in server.heard()] == [{"idempotency-key": "po-32"}]

    def test_empty_number_is_replaced(self):
        """An empty number is replaced by one that was made for the order."""
        sender, server = client(["200"])
        send(sender, Request("POST", "/orders", {"Idempotency-Key": ""}), once_only=True)
        assert [each.headers for each in server.heard()] == [{"Idempotency-Key": "order-88"}]

    def test_no_number_unasked(self):
        """Without a wish for it no number is added."""
        sender, server = client(["200"])
        send(sender, ORDER)
        assert server.heard() == [ORDER]

    def test_body_and_path_stay(self):
        """A number that is added changes nothing else in an order."""
        sender, server = client(["200"])
        send(sender, ORDER, once_only=True)
        assert [(str(each), each.body) for each in server.heard()] == [("POST /orders", "12 bolts")]


class TestBudget:
    def test_used_up(self):
        """When too many retries were made lately a request is not sent again."""
        purse = Purse.of(1, earned=0)
        assert str(outcome(["503"], purse=purse)) == (
            "503 after 2 attempts and 200 ms, gave up: too many retries lately"
        )

    def test_shared_by_requests(self):
        """Requests of one client share what retries may be made."""
        sender, _ = client(["503", "503", "200"], purse=Purse.of(2, earned=0))
        send(sender, STOCK)
        assert sender.purse.credit == 0

    def test_only_retries_cost(self):
        """A good answer at once costs no retry and earns a part of one."""
        sender, _ = client(["200"], purse=Purse.of(3, earned=10))
        send(sender, STOCK)
        assert sender.purse.credit == 310

    def test_giving_up_costs_nothing(self):
        """Where a request is given up no retry is paid for."""
        sender, _ = client(["404"], purse=Purse.of(3, earned=0))
        send(sender, STOCK)
        assert sender.purse.credit == 300

    def test_last_attempt_is_not_paid(self):
        """Only attempts that are made after the first are paid for."""
        sender, _ = client(
            ["503"], Plan(attempts=3, jitter=Jitter.NONE), purse=Purse.of(5, earned=0)
        )
        send(sender, STOCK)
        assert sender.purse.credit == 300

    def test_earning(self):
        """Ten requests earn one retry."""
        budget = Budget(credit=0)
        for _ in range(10):
            budget = earn(budget)
        assert spend(budget) == (Budget(credit=0), True)

    def test_not_enough(self):
        """A part of a retry does not pay for one."""
        assert spend(Budget(credit=99)) == (Budget(credit=99), False)

    def test_most(self):
        """Retries can be saved up to a limit only."""
        assert earn(Budget(credit=995)).credit == 1_000

    def test_purse_is_empty(self):
        """An empty purse pays for nothing."""
        assert Purse.of(0).spend() is False

    def test_purse_pays(self):
        """A purse pays as many retries as it holds."""
        purse = Purse.of(2)
        assert [purse.spend(), purse.spend(), purse.spend()] == [True, True, False]

    def test_purse_earns(self):
        """A purse fills with what requests earn, up to the most it can hold."""
        purse = Purse.of(1, most=2, earned=60)
        purse.earn()
        purse.earn()
        assert purse.credit == 200
