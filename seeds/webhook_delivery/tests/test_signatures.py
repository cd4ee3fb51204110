import pytest
from rehearsals import (
    HOOK,
    NEXT_SECRET,
    SECRET,
    START_S,
    bodies,
    order_event,
    sign,
    signed_request,
    told,
)

from postbox.errors import (
    ConfigurationError,
    SignatureError,
    SignatureMalformedError,
    SignatureMismatchError,
    SignatureMissingError,
    TimestampRejectedError,
)
from postbox.messages import Request
from postbox.signing import Verifier

HOUR = 3600


def assert_signed(line, *secrets):
    """The last request is signed with exactly these secrets, in this order."""
    request = line.requests(HOOK)[-1]
    time, *found = request.headers["Postbox-Signature"].split(",")
    event_id = bodies([request])[0]["id"]
    seconds = int(time.removeprefix("t="))
    assert found == [f"v1={sign(each, event_id, seconds, request.body)}" for each in secrets]


def send(postbox, number=1):
    """An event that is sent at once."""
    postbox.publish("lumi", "order.placed", f"order/{number}")
    postbox.tick()


def test_requests_are_signed(postbox, line):
    """A request is signed over id, time and body with the secret of its endpoint."""
    postbox.register("lumi", HOOK, secret=SECRET)
    send(postbox)
    assert_signed(line, SECRET)


def test_request_tells_when_it_was_signed(postbox, line):
    """A request tells the second in which it was signed."""
    postbox.register("lumi", HOOK, secret=SECRET)
    send(postbox)
    assert told(line.requests(HOOK), "Postbox-Signature")[0].startswith(f"t={START_S},v1=")


def test_endpoint_without_a_secret_gets_one(postbox, line):
    """An endpoint that brings no secret is given one."""
    endpoint = postbox.register("lumi", HOOK)
    send(postbox)
    assert_signed(line, endpoint.keys.keys[0].secret)


def test_part_of_a_second_is_left_out(postbox, line, clock):
    """A signature tells the second that has begun, not the nearest."""
    postbox.register("lumi", HOOK)
    clock.advance(seconds=7.9)
    send(postbox)
    assert told(line.requests(HOOK), "Postbox-Signature")[0].startswith(f"t={START_S + 7},")


def test_time_of_day_is_signed(postbox, line, clock):
    """A signature tells the time of day, also after it was set."""
    postbox.register("lumi", HOOK)
    clock.set_wall(-500)
    send(postbox)
    assert told(line.requests(HOOK), "Postbox-Signature")[0].startswith(f"t={START_S - 500},")


@pytest.mark.parametrize(
    ("wait", "secrets"),
    [
        pytest.param(0, [NEXT_SECRET, SECRET], id="at-once"),
        pytest.param(HOUR - 0.001, [NEXT_SECRET, SECRET], id="just-before-the-end"),
        pytest.param(HOUR, [NEXT_SECRET], id="at-the-end"),
        pytest.param(2 * HOUR, [NEXT_SECRET], id="later"),
    ],
)
def test_two_secrets_overlap(postbox, line, clock, wait, secrets):
    """For a while after a change both secrets sign, the new one first."""
    postbox.register("lumi", HOOK, secret=SECRET)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=HOUR)
    clock.advance(seconds=wait)
    send(postbox)
    assert_signed(line, *secrets)


@pytest.mark.parametrize(
    ("hours", "count"),
    [
        pytest.param(23.99, 2, id="before-a-day-is-over"),
        pytest.param(24, 1, id="after-a-day"),
    ],
)
def test_usual_overlap(postbox, line, clock, hours, count):
    """Usually two secrets overlap for a day."""
    postbox.register("lumi", HOOK, secret=SECRET)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET)
    clock.advance(hours=hours)
    send(postbox)
    assert_signed(line, *[NEXT_SECRET, SECRET][:count])


def test_no_overlap(postbox, line):
    """Without an overlap only the new secret signs."""
    postbox.register("lumi", HOOK, secret=SECRET)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=0)
    send(postbox)
    assert_signed(line, NEXT_SECRET)


def test_changing_twice_in_a_row(postbox, line):
    """A second change leaves the end of the first secret where it was."""
    postbox.register("lumi", HOOK, secret=SECRET)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=60)
    postbox.rotate_secret("lumi", "ep_1", "third-secret", overlap_s=HOUR)
    postbox.run_for(60)
    send(postbox)
    assert_signed(line, "third-secret", NEXT_SECRET)


def test_three_secrets_at_a_time(postbox, line):
    """After two changes in a row all three secrets sign while their time lasts."""
    postbox.register("lumi", HOOK, secret=SECRET)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=60)
    postbox.rotate_secret("lumi", "ep_1", "third-secret", overlap_s=HOUR)
    postbox.run_for(59)
    send(postbox)
    assert_signed(line, "third-secret", NEXT_SECRET, SECRET)


def test_second_change_in_a_hurry(postbox, line):
    """A second change with a short overlap ends the first secret early as well."""
    postbox.register("lumi", HOOK, secret=SECRET)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=HOUR)
    postbox.rotate_secret("lumi", "ep_1", "third-secret", overlap_s=0)
    send(postbox)
    assert_signed(line, "third-secret")


@pytest.mark.parametrize(
    ("secret", "overlap", "problem"),
    [
        pytest.param("short", 60, "a secret needs at least 8 characters", id="short"),
        pytest.param(SECRET, 60, "the new secret is one of those in use", id="in-use"),
        pytest.param(
            NEXT_SECRET, -1, "secrets cannot overlap by less than nothing", id="negative-overlap"
        ),
    ],
)
def test_secrets_that_are_refused(postbox, line, secret, overlap, problem):
    """A change of secrets that is refused leaves the old one in use, alone."""
    postbox.register("lumi", HOOK, secret=SECRET)
    with pytest.raises(ConfigurationError) as refused:
        postbox.rotate_secret("lumi", "ep_1", secret, overlap_s=overlap)
    assert str(refused.value) == problem
    send(postbox)
    assert_signed(line, SECRET)


def test_retired_secret_may_come_back(postbox, line, clock):
    """A secret that went out of use can be used again."""
    postbox.register("lumi", HOOK, secret=SECRET)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=0)
    postbox.rotate_secret("lumi", "ep_1", SECRET, overlap_s=0)
    send(postbox)
    assert_signed(line, SECRET)


def test_waiting_events_get_the_new_secret(postbox, line):
    """What was published before a change is signed with the new secret when it is sent after."""
    line.answer(HOOK, "500", "200")
    postbox.register("lumi", HOOK, secret=SECRET)
    send(postbox)
    postbox.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=0)
    postbox.run_for(5)
    assert_signed(line, NEXT_SECRET)


@pytest.mark.parametrize(
    ("age", "status", "text"),
    [
        pytest.param(0, 200, "pong", id="now"),
        pytest.param(300, 200, "pong", id="oldest"),
        pytest.param(301, 401, "the request was signed 301 seconds ago", id="too-old"),
        pytest.param(-300, 200, "pong", id="farthest-ahead"),
        pytest.param(-301, 401, "the request was signed 301 seconds ahead", id="too-far-ahead"),
    ],
)
def test_age_of_a_signature(trusting, age, status, text):
    """A request may have been signed up to five minutes ago or ahead."""
    request = signed_request(order_event("postbox.ping"), seconds=START_S - age)
    answer = trusting.receive("lumi", request)
    assert (answer.status, answer.text) == (status, text)


@pytest.mark.parametrize(
    ("age", "status"),
    [
        pytest.param(0, 200, id="now"),
        pytest.param(10, 200, id="oldest"),
        pytest.param(11, 401, id="too-old"),
        pytest.param(-11, 401, id="too-far-ahead"),
    ],
)
def test_agreed_tolerance(desk, age, status):
    """How old a signature may be can be agreed for each source."""
    desk.trust("lumi", SECRET, tolerance_s=10)
    request = signed_request(order_event("postbox.ping"), seconds=START_S - age)
    assert desk.receive("lumi", request).status == status


def test_signature_grows_old(trusting, clock):
    """A request that was kept back is not trusted later."""
    request = signed_request(order_event("postbox.ping"))
    clock.advance(minutes=5, seconds=1)
    assert trusting.receive("lumi", request).status == 401


GOOD = sign(SECRET, "evt_1", START_S, b"{}")
HEADERS = [
    pytest.param("", "the request carries no signature", id="empty"),
    pytest.param("hello", "“hello” is not a signature", id="word"),
    pytest.param(f"v1={GOOD}", f"“v1={GOOD[:37]}” is not a signature", id="no-time"),
    pytest.param(f"t={START_S}", f"“t={START_S}” is not a signature", id="time-only"),
    pytest.param("t=soon,v1=00", "“t=soon,v1=00” is not a signature", id="time-in-words"),
    pytest.param("t=-5,v1=00", "“t=-5,v1=00” is not a signature", id="negative-time"),
    pytest.param("t=1,t=2,v1=00", "“t=1,t=2,v1=00” is not a signature", id="two-times"),
    pytest.param("t=²,v1=00", "“t=²,v1=00” is not a signature", id="raised-time"),
    pytest.param(
        f"t={START_S},v1=00,v1=ä",
        "a signature is written in plain letters and digits",
        id="second-with-umlaut",
    ),
    pytest.param(
        f"t={START_S},v1=ä", "a signature is written in plain letters and digits", id="umlaut"
    ),
    pytest.param(
        f"t={START_S},v1=00",
        "the signature was made with another secret or for another body",
        id="made-up",
    ),
    pytest.param(
        f"t={START_S},v2={GOOD}", f"“t={START_S},v2={GOOD[:24]}” is not a signature", id="version"
    ),
]


@pytest.mark.parametrize(("mark", "text"), HEADERS)
def test_signatures_that_are_not_trusted(trusting, mark, text):
    """A request whose signature cannot be read or is wrong is not trusted."""
    request = signed_request(order_event("postbox.ping"), header=mark)
    answer = trusting.receive("lumi", request)
    assert (answer.status, answer.text) == (401, text)


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        pytest.param("", SignatureMissingError, id="missing"),
        pytest.param("hello", SignatureMalformedError, id="malformed"),
        pytest.param(f"t={START_S},v1=ä", SignatureMalformedError, id="umlaut"),
        pytest.param(f"t={START_S - 900},v1=00", TimestampRejectedError, id="too-old"),
        pytest.param(f"t={START_S + 900},v1=00", TimestampRejectedError, id="too-far-ahead"),
        pytest.param(f"t={START_S},v1=00", SignatureMismatchError, id="made-up"),
    ],
)
def test_reasons_not_to_trust(clock, mark, reason):
    """Somebody who checks signatures can tell the reasons for which they are not trusted apart."""
    request = signed_request(order_event("postbox.ping"), header=mark)
    with pytest.raises(SignatureError) as refused:
        Verifier([SECRET], clock).verify(request.headers, request.body)
    assert type(refused.value) is reason


@pytest.mark.parametrize("missing", ["Postbox-Event", "Postbox-Signature"])
def test_missing_headers(trusting, missing):
    """A request that lacks its id or its signature is not trusted."""
    request = signed_request(order_event("postbox.ping"))
    del request.headers[missing]
    answer = trusting.receive("lumi", request)
    assert str(answer) == "401 the request carries no signature"


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(str.lower, id="small-letters"),
        pytest.param(str.upper, id="capitals"),
    ],
)
def test_capitals_of_headers(trusting, names):
    """Headers are found whatever capitals they are written with."""
    request = signed_request(order_event("postbox.ping"))
    renamed = {names(name): f" {value} " for name, value in request.headers.items()}
    answer = trusting.receive("lumi", Request(HOOK, renamed, request.body))
    assert answer.status == 200


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param(lambda body: body, 200, id="as-it-was"),
        pytest.param(lambda body: body + b" ", 401, id="blank-at-the-end"),
        pytest.param(lambda body: body.replace(b": ", b":"), 401, id="written-anew"),
        pytest.param(lambda body: body.replace(b"order/1", b"order/2"), 401, id="other-object"),
    ],
)
def test_exact_body_is_signed(trusting, change, status):
    """A signature holds for the very bytes of a body."""
    request = signed_request(order_event("postbox.ping"))
    answer = trusting.receive("lumi", Request(HOOK, request.headers, change(request.body)))
    assert answer.status == status


def test_id_is_signed(trusting):
    """A signature cannot be used for another event id."""
    request = signed_request(order_event("postbox.ping"))
    request.headers["Postbox-Event"] = "evt_2"
    assert trusting.receive("lumi", request).status == 401


@pytest.mark.parametrize(
    ("secret", "status"),
    [
        pytest.param(SECRET, 200, id="old-one"),
        pytest.param(NEXT_SECRET, 200, id="new-one"),
        pytest.param("somebody-else", 401, id="unknown-one"),
    ],
)
def test_receiver_knows_two_secrets(desk, secret, status):
    """A receiver may trust two secrets of a source at a time."""
    desk.trust("lumi", SECRET, NEXT_SECRET)
    request = signed_request(order_event("postbox.ping"), secret=secret)
    assert desk.receive("lumi", request).status == status


def test_several_signatures(trusting):
    """One good signature among several is enough."""
    event = order_event("postbox.ping")
    good = signed_request(event).headers["Postbox-Signature"]
    mark = good.replace(",v1=", ", v1=00, v1=").replace("t=", " t=")
    assert trusting.receive("lumi", signed_request(event, header=mark)).status == 200


def test_receiver_forgets_a_secret(trusting):
    """A secret that is no longer named is no longer trusted."""
    trusting.trust("lumi", NEXT_SECRET)
    assert trusting.receive("lumi", signed_request(order_event("postbox.ping"))).status == 401


def test_no_secret_to_trust(desk):
    """A source without a secret cannot be trusted."""
    with pytest.raises(ConfigurationError):
        desk.trust("lumi")
    with pytest.raises(ConfigurationError):
        desk.trust("lumi", "short")
    assert desk.receive("lumi", signed_request(order_event("postbox.ping"))).status == 404


def test_unknown_source(trusting):
    """Requests of a source that nobody expects are turned away."""
    answer = trusting.receive("oriel", signed_request(order_event("postbox.ping")))
    assert str(answer) == "404 nobody is expected from there"


def test_event_of_another_source(trusting):
    """A source cannot send events in the name of another."""
    event = {**order_event("order.placed", {"total": 5}), "tenant": "oriel"}
    answer = trusting.receive("lumi", signed_request(event))
    assert str(answer) == "400 the body is not what the headers say"
