import pytest
from rehearsals import HOOK, bodies, states

ANSWERS = [
    pytest.param("200", "delivered", "delivered", id="ok"),
    pytest.param("204", "delivered", "delivered", id="no-content"),
    pytest.param("299", "delivered", "delivered", id="last-success"),
    pytest.param("199", "waiting", "failed", id="before-success"),
    pytest.param("300", "waiting", "failed", id="after-success"),
    pytest.param("301", "waiting", "failed", id="moved"),
    pytest.param("400", "parked", "rejected", id="bad-request"),
    pytest.param("401", "waiting", "failed", id="not-trusted"),
    pytest.param("404", "waiting", "failed", id="not-found"),
    pytest.param("409", "waiting", "failed", id="conflict"),
    pytest.param("410", "parked", "gone", id="gone"),
    pytest.param("413", "parked", "rejected", id="too-large"),
    pytest.param("415", "parked", "rejected", id="wrong-type"),
    pytest.param("422", "parked", "rejected", id="makes-no-sense"),
    pytest.param("429", "waiting", "failed", id="too-many"),
    pytest.param("429 after 9", "waiting", "throttled", id="too-many-for-now"),
    pytest.param("429 after 0", "waiting", "throttled", id="too-many-this-moment"),
    pytest.param("500", "waiting", "failed", id="broken"),
    pytest.param("503", "waiting", "failed", id="unavailable"),
    pytest.param("503 after 9", "waiting", "throttled", id="unavailable-for-now"),
    pytest.param("timeout", "waiting", "failed", id="no-answer"),
    pytest.param("reset", "waiting", "failed", id="broken-connection"),
]


@pytest.mark.parametrize(("answer", "state", "_outcome"), ANSWERS)
def test_what_becomes_of_a_delivery(postbox, line, answer, state, _outcome):
    """The answer decides whether a delivery is done, tried again or parked."""
    line.answer(HOOK, answer)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert states(postbox.deliveries("lumi", "evt_1")) == [state]


@pytest.mark.parametrize(("answer", "_state", "outcome"), ANSWERS)
def test_what_the_log_says_of_an_attempt(postbox, line, answer, _state, outcome):
    """The log tells what came of an attempt."""
    line.answer(HOOK, answer)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert [each.outcome.value for each in postbox.attempts("lumi").items] == [outcome]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        pytest.param("200", "evt_1 try 1 delivered 200", id="delivered"),
        pytest.param("500", "evt_1 try 1 failed 500: the endpoint answered 500", id="failed"),
        pytest.param("410", "evt_1 try 1 gone 410: the endpoint is gone", id="gone"),
        pytest.param(
            "422", "evt_1 try 1 rejected 422: the endpoint rejected it with 422", id="rejected"
        ),
        pytest.param(
            "429 after 9", "evt_1 try 1 throttled 429: the endpoint asked for a pause", id="pause"
        ),
        pytest.param("timeout", "evt_1 try 1 failed: no answer within 10 seconds", id="timeout"),
        pytest.param("reset", "evt_1 try 1 failed: the connection was reset", id="reset"),
    ],
)
def test_lines_of_the_log(postbox, line, answer, text):
    """A line of the log tells event, attempt, outcome, status and reason."""
    line.answer(HOOK, answer)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert [str(each) for each in postbox.attempts("lumi").items] == [text]


@pytest.mark.parametrize(
    ("answer", "report"),
    [
        pytest.param("200", (1, 0, 0, 0), id="delivered"),
        pytest.param("500", (0, 1, 0, 0), id="to-be-tried-again"),
        pytest.param("429 after 9", (0, 1, 0, 0), id="pause"),
        pytest.param("422", (0, 0, 1, 0), id="parked"),
        pytest.param("410", (0, 0, 1, 0), id="gone"),
    ],
)
def test_report_of_a_pass(postbox, line, answer, report):
    """A pass reports how many were delivered, deferred, parked and put back."""
    line.answer(HOOK, answer)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    done = postbox.tick()
    assert (done.delivered, done.deferred, done.parked, done.released) == report


def test_reason_while_waiting(postbox, line):
    """A delivery that waits for its next attempt tells what went wrong last."""
    line.answer(HOOK, "500")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert str(postbox.deliveries("lumi", "evt_1")[0]) == (
        "dlv_1 of order.placed order/1 #1 for ep_1: waiting after 1 attempt(s) "
        "(the endpoint answered 500)"
    )


def test_gone_endpoint_is_disabled(postbox, line):
    """An endpoint that says it is gone is disabled."""
    line.answer(HOOK, "410")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    endpoint = postbox.endpoint("lumi", "ep_1")
    assert str(endpoint) == f"ep_1 {HOOK} [*] disabled (the endpoint is gone)"


def test_rest_of_a_pass_for_a_gone_endpoint(postbox, line):
    """When an endpoint is gone, what was to be sent in the same pass is put back untried."""
    line.answer(HOOK, "410")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.placed", "order/2")
    assert str(postbox.tick()) == "0 delivered, 0 to be tried again, 1 parked, 1 put back"


def test_put_back_untried_costs_no_attempt(postbox, line):
    """What was put back untried has all its attempts left."""
    line.answer(HOOK, "410", "200")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.placed", "order/2")
    postbox.tick()
    assert [each.attempts for each in postbox.deliveries("lumi", "evt_2")] == [0]


@pytest.mark.parametrize(
    ("answers", "tries", "findings"),
    [
        pytest.param(("200",), 1, ["fine"], id="fine"),
        pytest.param(("500",), 1, ["the endpoint answered 500"], id="broken"),
        pytest.param(("timeout", "200"), 3, ["no answer within 10 seconds", "fine"], id="second"),
        pytest.param(("404",), 2, ["the endpoint answered 404"] * 2, id="never"),
        pytest.param(("200",), 0, [], id="no-try"),
    ],
)
def test_trying_an_endpoint_out(postbox, line, answers, tries, findings):
    """An endpoint can be tried out until it answers well, so many times at most."""
    line.answer(HOOK, *answers)
    postbox.register("lumi", HOOK)
    assert postbox.ping("lumi", "ep_1", tries=tries) == findings


def test_tries_are_one_message(postbox, line):
    """However often an endpoint is tried out at one go, it sees one message."""
    line.answer(HOOK, "500", "500", "200")
    postbox.register("lumi", HOOK)
    postbox.ping("lumi", "ep_1", tries=3)
    requests = line.requests(HOOK)
    assert [each.headers["Postbox-Event"] for each in requests] == ["ping_1"] * 3
    assert [each.headers["Postbox-Attempt"] for each in requests] == ["1", "2", "3"]


def test_what_a_try_is_about(postbox, line):
    """A message that tries an endpoint out is about that endpoint."""
    postbox.register("lumi", HOOK)
    postbox.ping("lumi", "ep_1")
    assert [(each["kind"], each["object"]) for each in bodies(line.requests(HOOK))] == [
        ("postbox.ping", "ep_1")
    ]


def test_trying_out_leaves_no_trace(postbox, line):
    """Trying an endpoint out neither shows in the log nor counts as a failure."""
    line.answer(HOOK, "500")
    postbox.register("lumi", HOOK)
    postbox.ping("lumi", "ep_1", tries=9)
    assert postbox.attempts("lumi").items == []
    assert postbox.endpoint("lumi", "ep_1").failures == 0
