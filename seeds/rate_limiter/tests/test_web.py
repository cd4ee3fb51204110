import json
from wsgiref.validate import validator

import pytest

from tollgate import Policy, call_app, guard, read_policy, with_key
from tollgate.clock import NOON, FixedClock
from tollgate.decisions import Decision, Reason
from tollgate.gate import ask, look, open_gate
from tollgate.messages import (
    Request,
    Response,
    limit_headers,
    read_advice,
    read_retry_after,
    status_of,
)
from tollgate.policy import suspend
from tollgate.rehearsal import plain_app
from tollgate.retry import Client, Jitter, Plan, send
from tollgate.wsgi import Settings, key_of


def gate_for(rules, **options):
    policy = with_key(Policy(), "vg-1", "Verde Gardens", rules)
    return open_gate(policy, clock=FixedClock(), **options)


def get(app, path="/plants", key="vg-1"):
    return call_app(app, Request("GET", path, {"X-API-Key": key}))


def named(response, *names):
    return [response.header(name) for name in names]


class TestPassing:
    def test_answer_of_the_application(self):
        """A request within its limits gets the answer of the service."""
        response = get(guard(plain_app("42 roses"), gate_for("3/hour")))
        assert (response.status, response.body) == (200, "42 roses")

    def test_what_is_left_is_told(self):
        """An answer tells the limit, what is left and when the count begins anew."""
        app = guard(plain_app(), gate_for("3/hour by fixed window"))
        get(app)
        assert named(get(app), "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset") == [
            "3",
            "1",
            "3600",
        ]

    def test_rule_is_told(self):
        """An answer names the rule that applies."""
        response = get(guard(plain_app(), gate_for("3/hour as browse")))
        assert response.header("RateLimit-Policy") == '3;comment="browse"'

    def test_headers_of_the_application(self):
        """What the service itself says about its type is kept."""
        response = get(guard(plain_app(), gate_for("3/hour")))
        assert response.header("content-type") == "text/plain"

    def test_keys_without_limits(self):
        """An answer to a key without limits says nothing about limits."""
        response = get(guard(plain_app(), gate_for("")))
        assert response.headers == (("Content-Type", "text/plain"),)

    def test_gate_behind_a_gate(self):
        """What an inner gate says about its limit is not said twice by an outer one."""
        inner = guard(plain_app(), gate_for("9/hour by fixed window"))
        response = get(guard(inner, gate_for("3/hour by fixed window")))
        assert [value for name, value in response.headers if name == "RateLimit-Limit"] == ["9"]

    def test_prices_of_routes(self):
        """On the web, too, an address counts what it costs."""
        gate = open_gate(
            read_policy("tenant Verde Gardens\nkey vg-1\nlimit 10/day\ncost /export 6"),
            clock=FixedClock(),
        )
        response = get(guard(plain_app(), gate), "/export/plants")
        assert response.header("RateLimit-Remaining") == "4"

    @pytest.mark.parametrize(
        "path", ["/health", "/health/db", "/Health/"], ids=["it", "below", "writing"]
    )
    def test_free_of_the_gate(self, path):
        """Addresses that are free of the gate need no key."""
        assert get(guard(plain_app("fine"), gate_for("1/day")), path, key="").body == "fine"

    def test_not_free_of_the_gate(self):
        """An address that only begins like a free one needs a key."""
        assert get(guard(plain_app(), gate_for("1/day")), "/healthy", key="").status == 401

    def test_keeps_the_rules_of_the_web(self):
        """The gate keeps to the protocol between server and service."""
        app = validator(guard(validator(plain_app("ok")), gate_for("1/hour")))
        get(app)
        assert get(app).status == 429


class TestRefusing:
    def test_quota_used_up(self):
        """A request beyond its limit is told to come back, in full seconds."""
        app = guard(plain_app(), gate_for("7/minute burst 1"))
        get(app)
        response = get(app)
        assert (response.status, response.header("Retry-After")) == (429, "9")

    def test_service_is_left_alone(self):
        """The service never sees a refused request."""
        app = guard(plain_app(fails=True), gate_for("0/minute"))
        assert get(app).status == 413

    def test_words(self):
        """A refusal says in words what happened and by which rule."""
        app = guard(plain_app(), gate_for("1/minute by fixed window as slow"))
        get(app)
        assert json.loads(get(app).body) == {
            "title": "Too Many Requests",
            "detail": "refused (quota used up), try again after 1 minute",
            "rule": "slow",
        }

    def test_length(self):
        """A refusal tells its own length in bytes."""
        response = get(guard(plain_app(), gate_for("1/day")), key="naïve")
        assert response.header("Content-Length") == str(len(response.body.encode()))

    def test_unknown_key(self):
        """A key that was never given out is turned away as unknown."""
        response = get(guard(plain_app(), gate_for("1/day")), key="vg-7")
        assert (response.status, response.header("Retry-After")) == (401, None)

    def test_suspended(self):
        """A suspended tenant is forbidden to come in."""
        gate = gate_for("1/day")
        stopped = open_gate(suspend(gate.policy, "Verde Gardens"), clock=gate.clock)
        assert get(guard(plain_app(), stopped)).status == 403

    @pytest.mark.parametrize(
        ("reason", "status"),
        [
            pytest.param(Reason.QUOTA, 429, id="quota"),
            pytest.param(Reason.EXPIRED_KEY, 401, id="expired"),
            pytest.param(Reason.UNAVAILABLE, 503, id="blind"),
            pytest.param(Reason.NONE, 429, id="none"),
        ],
    )
    def test_statuses(self, reason, status):
        """Each kind of refusal has a number that programs understand."""
        assert status_of(reason)[0] == status

    def test_too_long_a_queue(self):
        """Whoever would wait too long for a turn is sent away and takes no place."""
        gate = gate_for("1/second burst 9 by leaky bucket")
        app = guard(plain_app(), gate, Settings(longest_wait=0))
        get(app)
        response = get(app)
        assert named(response, "Retry-After", "RateLimit-Remaining") == ["1", "8"]

    def test_until_the_wait_is_short_enough(self):
        """Whoever is sent away from a long queue may come back when the wait is short enough."""
        gate = gate_for("1/second burst 9 by leaky bucket")
        app = guard(plain_app(), gate, Settings(longest_wait=0))
        call_app(app, Request("GET", "/plants", {"X-API-Key": "vg-1"}))
        ask(gate, "vg-1", cost=4)
        patient = guard(plain_app(), gate, Settings(longest_wait=2_000))
        assert get(patient).header("Retry-After") == "3"

    def test_no_place_is_taken(self):
        """Whoever is sent away from a long queue leaves its place to others."""
        gate = gate_for("1/second burst 9 by leaky bucket")
        app = guard(plain_app(), gate, Settings(longest_wait=0))
        get(app)
        get(app)
        assert look(gate, "vg-1")[0].remaining == 9


class TestTurns:
    def test_served_in_turn(self):
        """Whoever waits in the queue is served when the turn comes."""
        gate = gate_for("1/second burst 3 by leaky bucket")
        app = guard(plain_app(), gate)
        get(app)
        get(app)
        assert look(gate, "vg-1")[0].reset_after == 1_000

    def test_just_not_too_long(self):
        """A wait as long as the longest one allowed is still made."""
        app = guard(
            plain_app(), gate_for("1/second burst 3 by leaky bucket"), Settings(longest_wait=1_000)
        )
        get(app)
        assert get(app).status == 200


class TestFailures:
    def test_failures_are_handed_back(self):
        """A request that the service failed to serve does not count."""
        gate = gate_for("3/hour")
        get(guard(plain_app(status="503 Service Unavailable"), gate))
        assert look(gate, "vg-1")[0].remaining == 3

    def test_mistakes_of_the_caller_count(self):
        """A request that was the caller's mistake counts."""
        gate = gate_for("3/hour")
        get(guard(plain_app(status="404 Not Found"), gate))
        assert look(gate, "vg-1")[0].remaining == 2

    def test_failures_may_count(self):
        """Failures count where that was agreed."""
        gate = gate_for("3/hour")
        app = guard(
            plain_app(status="500 Internal Server Error"), gate, Settings(return_failures=False)
        )
        get(app)
        assert look(gate, "vg-1")[0].remaining == 2

    def test_a_broken_service(self):
        """A request on which the service breaks does not count."""
        gate = gate_for("3/hour")
        with pytest.raises(RuntimeError, match="the application broke"):
            get(guard(plain_app(fails=True), gate))
        assert look(gate, "vg-1")[0].remaining == 3

    def test_failing_twice(self):
        """A request that fails and breaks as well is handed back only once."""
        gate = gate_for("5/hour")
        get(guard(plain_app(), gate))
        get(guard(plain_app(), gate))
        with pytest.raises(RuntimeError, match="the application broke"):
            get(guard(plain_app(status="500 Internal Server Error", fails=True), gate))
        assert look(gate, "vg-1")[0].remaining == 3

    def test_price_of_a_failure(self):
        """A failure hands back what its address costs, and once only."""
        text = "tenant Verde Gardens\nkey vg-1\nlimit 10/day\ncost /export 3"
        gate = open_gate(read_policy(text), clock=FixedClock())
        get(guard(plain_app(), gate), "/export")
        get(guard(plain_app(), gate), "/export")
        get(guard(plain_app(status="502 Bad Gateway"), gate), "/export")
        assert look(gate, "vg-1")[0].remaining == 4


class TestKeys:
    @pytest.mark.parametrize(
        ("environ", "key"),
        [
            pytest.param({"HTTP_X_API_KEY": " k-1 "}, "k-1", id="own-header"),
            pytest.param({"HTTP_AUTHORIZATION": "Bearer k-2"}, "k-2", id="bearer"),
            pytest.param({"HTTP_AUTHORIZATION": "bearer  k-3 "}, "k-3", id="small-letters"),
            pytest.param({"HTTP_AUTHORIZATION": " Bearer k-8"}, "k-8", id="blank-before"),
            pytest.param({"HTTP_AUTHORIZATION": "Basic a2V5"}, "", id="other-scheme"),
            pytest.param({"QUERY_STRING": "a=1&api_key=k-4"}, "k-4", id="address"),
            pytest.param({"QUERY_STRING": "api_key=k-5&api_key=k-6"}, "k-5", id="first-one"),
            pytest.param({}, "", id="none"),
            pytest.param(
                {"HTTP_AUTHORIZATION": "Bearer ", "QUERY_STRING": "api_key=k-7"}, "k-7", id="empty"
            ),
        ],
    )
    def test_places(self, environ, key):
        """A key may stand in its own header, as a bearer's token or in the address."""
        assert key_of(environ) == key

    def test_order_of_places(self):
        """The own header goes before the bearer's token, and that before the address."""
        environ = {
            "HTTP_X_API_KEY": "k-1",
            "HTTP_AUTHORIZATION": "Bearer k-2",
            "QUERY_STRING": "api_key=k-3",
        }
        assert key_of(environ) == "k-1"

    def test_other_header(self):
        """Another header may be agreed on for the key."""
        app = guard(plain_app("in"), gate_for("1/day"), Settings(header=" x-partner "))
        assert call_app(app, Request("GET", "/", {"X-Partner": "vg-1"})).body == "in"

    def test_key_in_the_address(self):
        """A key in the address is enough to come in."""
        app = guard(plain_app("in"), gate_for("1/day"))
        assert call_app(app, Request("GET", "/plants?api_key=vg-1")).body == "in"


class TestHeaders:
    def test_less_than_a_second(self):
        """Nobody is told to come back in less than a second."""
        decision = Decision(False, 5, 0, retry_after=0, rule="r", reason=Reason.QUOTA)
        assert limit_headers(decision)[-1] == ("Retry-After", "1")

    @pytest.mark.parametrize(
        ("value", "span"),
        [
            pytest.param("30", 30_000, id="seconds"),
            pytest.param(" 5 ", 5_000, id="blanks"),
            pytest.param("0", 0, id="at-once"),
            pytest.param("Mon, 01 Jun 2026 12:00:45 GMT", 45_000, id="a-date"),
            pytest.param("Mon, 01 Jun 2026 11:00:00 GMT", 0, id="a-past-date"),
            pytest.param("Mon, 01 Jun 2026 12:00:45 -0000", 45_000, id="no-zone"),
            pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", 0, id="the-first-date"),
            pytest.param("soon", None, id="a-word"),
            pytest.param("-5", None, id="negative"),
            pytest.param(None, None, id="nothing"),
        ],
    )
    def test_when_to_come_back(self, value, span):
        """The wish to come back later may be told in seconds or as a date, and nonsense counts as nothing."""
        assert read_retry_after(value, NOON) == span

    def test_reading_what_is_left(self):
        """What is left and when it begins anew can be read from an answer, however it is written."""
        advice = read_advice([("ratelimit-remaining", " 0 "), ("RATELIMIT-RESET", "12")], NOON)
        assert (advice.remaining, advice.reset_after) == (0, 12_000)

    def test_nothing_said(self):
        """An answer that says nothing about limits gives no advice."""
        advice = read_advice([("Content-Type", "text/plain")], NOON)
        assert (advice.retry_after, advice.remaining, advice.reset_after) == (None, None, None)

    def test_first_header_counts(self):
        """Where a header stands twice the first one counts."""
        response = Response(200, (("Set-Limit ", " 4 "), ("set-limit", "9")))
        assert response.header("SET-LIMIT") == "4"


class TestClientAndGate:
    def test_polite_client(self):
        """A client that waits as long as it is told gets through in the end."""
        gate = gate_for("1/minute by fixed window")
        app = guard(plain_app("served"), gate)
        get(app)
        plan = Plan(jitter=Jitter.NONE)
        client = Client(lambda request: call_app(app, request), plan, gate.clock)
        outcome = send(client, Request("GET", "/plants", {"X-API-Key": "vg-1"}))
        assert str(outcome) == "200: served after 2 attempts and 60000 ms"

    def test_body_arrives(self):
        """What a client sends reaches the service unchanged."""

        def echo(environ, start_response):
            start_response("200 OK", [])
            return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]

        assert call_app(echo, Request("post", "/", body="Grüße")).body == "Grüße"

    def test_method_and_path_arrive(self):
        """Kind, address and question of a request reach the service."""

        def echo(environ, start_response):
            start_response("200 OK", [])
            parts = (environ[name] for name in ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING"))
            return [" ".join(parts).encode()]

        assert call_app(echo, Request("put", "/a/b?c=d")).body == "PUT /a/b c=d"

    def test_service_is_closed(self):
        """A service that has to tidy up after an answer may do so."""

        class Pages(list):
            def close(self):
                closed.append(True)

        closed = []

        def pages(_environ, start_response):
            start_response("200 OK", [])
            return Pages([b"one ", b"two"])

        assert (call_app(pages, Request()).body, closed) == ("one two", [True])
