import pytest
from rehearsals import HOOK, bodies, opened, states, told

from postbox import RetrySchedule
from postbox.errors import ConfigurationError


def one_waiting(postbox):
    """One event for one endpoint of lumi."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")


SCHEDULES = [
    pytest.param({"attempts": 4}, [0.0, 5.0, 15.0, 35.0], id="doubling"),
    pytest.param({"attempts": 4, "factor": 1}, [0.0, 5.0, 10.0, 15.0], id="even"),
    pytest.param({"attempts": 4, "factor": 3, "first_s": 2}, [0.0, 2.0, 8.0, 26.0], id="tripling"),
    pytest.param({"attempts": 4, "longest_s": 10}, [0.0, 5.0, 15.0, 25.0], id="longest-pause"),
    pytest.param({"attempts": 4, "longest_s": 5}, [0.0, 5.0, 10.0, 15.0], id="longest-is-first"),
    pytest.param({"attempts": 1}, [0.0], id="only-one"),
]


@pytest.mark.parametrize(("plan", "arrivals"), SCHEDULES)
def test_when_attempts_arrive(line, clock, plan, arrivals):
    """Attempts arrive at the endpoint as the schedule has it."""
    postbox = opened(line, clock, schedule=RetrySchedule(**plan))
    line.answer(HOOK, "500")
    one_waiting(postbox)
    postbox.run_for(90)
    assert line.arrivals(HOOK) == arrivals


@pytest.mark.parametrize(
    ("percent", "chance", "arrivals"),
    [
        pytest.param(20, (0.0,), [0.0, 10.0, 30.0], id="never-shortened"),
        pytest.param(20, (0.5,), [0.0, 9.0, 27.0], id="half-of-it"),
        pytest.param(100, (0.9,), [0.0, 1.0, 3.0], id="nearly-all"),
        pytest.param(0, (0.5,), [0.0, 10.0, 30.0], id="no-jitter"),
        pytest.param(50, (0.8, 0.0), [0.0, 6.0, 26.0], id="drawn-anew"),
    ],
)
def test_pauses_are_shortened_by_chance(line, clock, percent, chance, arrivals):
    """Chance takes no more than the agreed share off a pause."""
    plan = RetrySchedule(first_s=10, attempts=3, jitter_percent=percent)
    postbox = opened(line, clock, *chance, schedule=plan)
    line.answer(HOOK, "500")
    one_waiting(postbox)
    postbox.run_for(60)
    assert line.arrivals(HOOK) == arrivals


def test_not_before_it_is_due(postbox, line, clock):
    """Nothing is sent a moment before it is due."""
    line.answer(HOOK, "500")
    one_waiting(postbox)
    postbox.tick()
    clock.advance(seconds=4.999)
    postbox.tick()
    assert line.arrivals(HOOK) == [0.0]


def test_exactly_when_it_is_due(postbox, line, clock):
    """An attempt is made at the very moment it is due."""
    line.answer(HOOK, "500", "200")
    one_waiting(postbox)
    postbox.tick()
    clock.advance(seconds=5)
    postbox.tick()
    assert line.arrivals(HOOK) == [0.0, 5.0]


def test_pause_begins_after_the_answer(postbox, line):
    """The pause before the next attempt begins when the last one has ended."""
    line.answer(HOOK, "timeout", "200")
    one_waiting(postbox)
    postbox.run_for(30)
    assert line.arrivals(HOOK) == [0.0, 15.0]


def test_last_attempt_fails(line, clock):
    """After the last attempt a delivery is parked with the reason."""
    postbox = opened(line, clock, schedule=RetrySchedule(attempts=2))
    line.answer(HOOK, "500", "502")
    one_waiting(postbox)
    postbox.run_for(10)
    assert str(postbox.parked("lumi").items[0]) == (
        "dlv_1 of order.placed order/1 #1 for ep_1: parked after 2 attempt(s) "
        "(the endpoint answered 502)"
    )


def test_last_attempt_succeeds(line, clock):
    """The last attempt counts like any other."""
    postbox = opened(line, clock, schedule=RetrySchedule(attempts=2))
    line.answer(HOOK, "500", "200")
    one_waiting(postbox)
    postbox.run_for(10)
    assert states(postbox.deliveries("lumi", "evt_1")) == ["delivered"]


def test_delivered_is_not_sent_again(postbox, line):
    """What was delivered is not sent again."""
    one_waiting(postbox)
    postbox.run_for(60)
    assert len(line.requests(HOOK)) == 1


def test_attempts_are_counted(postbox, line):
    """Every request tells which attempt it is."""
    line.answer(HOOK, "500", "timeout", "200")
    one_waiting(postbox)
    postbox.run_for(60)
    assert told(line.requests(HOOK), "Postbox-Attempt") == ["1", "2", "3"]


def test_id_stays_the_same(postbox, line):
    """All attempts of a delivery carry the same event id and the same body."""
    line.answer(HOOK, "500", "timeout", "200")
    one_waiting(postbox)
    postbox.run_for(60)
    requests = line.requests(HOOK)
    assert {each.headers["Postbox-Event"] for each in requests} == {"evt_1"}
    assert len({each.body for each in requests}) == 1


def test_each_attempt_is_signed_anew(postbox, line):
    """Each attempt is signed with the time at which it is made."""
    line.answer(HOOK, "500", "200")
    one_waiting(postbox)
    postbox.run_for(10)
    signed = [each.split(",")[0] for each in told(line.requests(HOOK), "Postbox-Signature")]
    assert signed == ["t=1793520000", "t=1793520005"]


PAUSES = [
    pytest.param("429 after 60", 60.0, id="longer-than-planned"),
    pytest.param("503 after 60", 60.0, id="unavailable-for-a-while"),
    pytest.param("429 after 2", 5.0, id="shorter-than-planned"),
    pytest.param("429 after 0", 5.0, id="no-pause-at-all"),
    pytest.param("429 after soon", 5.0, id="not-a-time"),
    pytest.param("429 after Sun 01 Nov 2026 08:01:30 GMT", 90.0, id="date"),
    pytest.param("429 after Sun 01 Nov 2026 07:59:00 GMT", 5.0, id="date-gone-by"),
    pytest.param("500 after 60", 5.0, id="pause-with-a-failure"),
    pytest.param("429", 5.0, id="nothing-asked"),
]


@pytest.mark.parametrize(("answer", "second"), PAUSES)
def test_pause_that_an_endpoint_asks_for(postbox, line, answer, second):
    """A pause that an endpoint asks for is kept, up to the longest planned one."""
    line.answer(HOOK, answer, "200")
    one_waiting(postbox)
    postbox.run_for(95)
    assert line.arrivals(HOOK) == [0.0, second]


@pytest.mark.parametrize(
    ("asked", "second"),
    [
        pytest.param(119, 119.0, id="shorter"),
        pytest.param(120, 120.0, id="longest"),
        pytest.param(121, 120.0, id="longer"),
    ],
)
def test_longest_pause_that_is_granted(line, clock, asked, second):
    """An endpoint is not left alone for longer than the longest planned pause."""
    postbox = opened(line, clock, schedule=RetrySchedule(longest_s=120))
    line.answer(HOOK, f"429 after {asked}", "200")
    one_waiting(postbox)
    postbox.run_for(125)
    assert line.arrivals(HOOK) == [0.0, second]


def test_setting_the_clock_back(postbox, line, clock):
    """Setting the time of day back does not delay an attempt."""
    line.answer(HOOK, "500", "200")
    one_waiting(postbox)
    postbox.tick()
    clock.set_wall(-3600)
    postbox.run_for(10)
    assert line.arrivals(HOOK) == [0.0, 5.0]


def test_setting_the_clock_forward(postbox, line, clock):
    """Setting the time of day forward does not hasten an attempt."""
    line.answer(HOOK, "500", "200")
    one_waiting(postbox)
    postbox.tick()
    clock.set_wall(3600)
    postbox.tick()
    assert line.arrivals(HOOK) == [0.0]


def test_broken_connection_is_opened_again(postbox, line):
    """A connection that breaks is opened again at once, within the same attempt."""
    line.answer(HOOK, "reset", "200")
    one_waiting(postbox)
    postbox.tick()
    assert told(line.requests(HOOK), "Postbox-Attempt") == ["1", "1"]


def test_clock_moves_while_a_connection_breaks(postbox, line):
    """A request that is sent once more still tells when it was signed first."""
    line.answer(HOOK, "reset in 3000 ms", "200")
    one_waiting(postbox)
    postbox.tick()
    signed = [each.split(",")[0] for each in told(line.requests(HOOK), "Postbox-Signature")]
    assert signed == ["t=1793520000", "t=1793520000"]


def test_same_request_after_a_broken_connection(postbox, line):
    """After a connection broke, the very same request is sent once more."""
    line.answer(HOOK, "reset in 3000 ms", "200")
    one_waiting(postbox)
    postbox.tick()
    first, second = told(line.requests(HOOK), "Postbox-Signature")
    assert first == second


def test_connection_breaks_again(postbox, line):
    """When the connection breaks again, the next attempt has to wait."""
    line.answer(HOOK, "reset", "reset", "200")
    one_waiting(postbox)
    postbox.run_for(10)
    assert line.arrivals(HOOK) == [0.0, 0.0, 5.0]


@pytest.mark.parametrize(
    ("count", "arrivals"),
    [
        pytest.param(0, [0.0, 5.0], id="never"),
        pytest.param(1, [0.0, 0.0, 5.0, 5.0], id="once"),
        pytest.param(3, [0.0, 0.0, 0.0, 0.0, 5.0, 5.0, 5.0, 5.0], id="three-times"),
    ],
)
def test_how_often_a_connection_is_opened_again(line, clock, count, arrivals):
    """A broken connection is opened again as often as agreed."""
    postbox = opened(line, clock, quick_retries=count, schedule=RetrySchedule(attempts=2))
    line.answer(HOOK, "reset")
    one_waiting(postbox)
    postbox.run_for(10)
    assert line.arrivals(HOOK) == arrivals


def test_timeout_is_not_repeated_at_once(postbox, line):
    """After a timeout nothing is sent until the pause is over."""
    line.answer(HOOK, "timeout", "200")
    one_waiting(postbox)
    postbox.tick()
    assert len(line.requests(HOOK)) == 1


@pytest.mark.parametrize(
    ("wait", "state"),
    [
        pytest.param(59.999, "delivered", id="just-in-time"),
        pytest.param(60, "parked", id="at-its-end"),
        pytest.param(61, "parked", id="later"),
    ],
)
def test_events_grow_old(line, clock, wait, state):
    """What could not be sent within the agreed time is parked unsent."""
    postbox = opened(line, clock, expire_s=60)
    one_waiting(postbox)
    clock.advance(seconds=wait)
    postbox.tick()
    assert states(postbox.deliveries("lumi", "evt_1")) == [state]


def test_reason_of_an_old_event(line, clock):
    """An event that grew too old is parked with that reason."""
    postbox = opened(line, clock, expire_s=60)
    one_waiting(postbox)
    clock.advance(minutes=2)
    postbox.tick()
    assert postbox.parked("lumi").items[0].reason == "expired before it could be delivered"
    assert line.requests(HOOK) == []


def test_events_grow_old_behind_slow_answers(line, clock):
    """An event that grows too old while others are sent is not sent any more."""
    postbox = opened(line, clock, expire_s=60)
    line.answer(HOOK, "200 in 61000 ms")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.placed", "order/2")
    assert str(postbox.tick()) == "1 delivered, 0 to be tried again, 1 parked, 0 put back"


def test_events_grow_old_between_attempts(line, clock):
    """The age of an event counts from its publication, however often it was tried."""
    postbox = opened(line, clock, expire_s=8)
    line.answer(HOOK, "500")
    one_waiting(postbox)
    postbox.run_for(20)
    assert line.arrivals(HOOK) == [0.0, 5.0]
    assert states(postbox.deliveries("lumi", "evt_1")) == ["parked"]


def test_whole_milliseconds(line, clock):
    """A pause that chance has shortened is a whole number of milliseconds."""
    postbox = opened(line, clock, 1 / 3)
    line.answer(HOOK, "500")
    one_waiting(postbox)
    postbox.tick()
    assert str(postbox.deliveries("lumi", "evt_1")[0].due_ms) == "4667"


def test_attempts_are_still_made_after_a_week_of_uptime(postbox, line, clock):
    """A postbox that has run for a week keeps its pauses."""
    clock.advance(days=7)
    line.answer(HOOK, "500", "200")
    one_waiting(postbox)
    postbox.run_for(10)
    assert line.arrivals(HOOK) == [604_800.0, 604_805.0]


@pytest.mark.parametrize(
    ("plan", "problem"),
    [
        pytest.param({"first_s": 0}, "longer than nothing", id="no-first-pause"),
        pytest.param({"longest_s": 4}, "the last the longest", id="longest-too-short"),
        pytest.param({"factor": 0.9}, "cannot shrink", id="shrinking"),
        pytest.param({"attempts": 0}, "at least one attempt", id="no-attempt"),
        pytest.param({"jitter_percent": -1}, "between 0 and 100", id="negative-jitter"),
        pytest.param({"jitter_percent": 101}, "between 0 and 100", id="too-much-jitter"),
    ],
)
def test_schedules_that_cannot_work(plan, problem):
    """A schedule that cannot work is refused."""
    with pytest.raises(ConfigurationError) as refused:
        RetrySchedule(**plan)
    assert problem in str(refused.value)


@pytest.mark.parametrize(
    ("attempt", "pause"),
    [
        pytest.param(1, 5_000, id="first"),
        pytest.param(2, 10_000, id="second"),
        pytest.param(10, 2_560_000, id="tenth"),
        pytest.param(11, 3_600_000, id="at-the-longest"),
        pytest.param(40, 3_600_000, id="far-out"),
    ],
)
def test_usual_pauses(attempt, pause):
    """The usual pauses double from five seconds up to an hour."""
    assert RetrySchedule().pause_ms(attempt) == pause


def test_a_schedule_in_words():
    """A schedule tells itself in words."""
    assert str(RetrySchedule(first_s=2.5, attempts=3)) == (
        "3 attempt(s), pauses from 2.5 s times 2 up to 3600 s, 20 % jitter"
    )


def test_headers_of_a_request(postbox, line):
    """A request says that its body is JSON."""
    one_waiting(postbox)
    postbox.tick()
    assert told(line.requests(HOOK), "Content-Type") == ["application/json"]


def test_request_id_travels(postbox, line):
    """A request carries the id of the request under which its event was published."""
    postbox.register("lumi", HOOK)
    with postbox.request("shop-771"):
        postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert told(line.requests(HOOK), "Postbox-Request") == ["shop-771"]


def test_run_reports_all_passes(postbox, line):
    """A run reports what all its passes achieved."""
    line.answer(HOOK, "500", "200")
    one_waiting(postbox)
    report = postbox.run_for(10)
    assert str(report) == "1 delivered, 1 to be tried again, 0 parked, 0 put back"


def test_run_reports_what_was_given_up(postbox, line):
    """A run also reports what was parked and what was put back."""
    line.answer(HOOK, "422", "410")
    postbox.register("lumi", HOOK, max_in_flight=3)
    postbox.publish_all("lumi", "order.placed", "order/1", "order/2", "order/3")
    report = postbox.run_for(3)
    assert str(report) == "0 delivered, 0 to be tried again, 2 parked, 1 put back"


def test_run_of_no_time_makes_one_pass(postbox, line):
    """A run of no time at all still makes one pass."""
    one_waiting(postbox)
    postbox.run_for(0)
    assert len(bodies(line.requests(HOOK))) == 1


def test_run_ends_on_time(postbox, clock):
    """A run is over when its time is over, though the next pass would be later."""
    postbox.run_for(2.5)
    assert clock.monotonic() == 2_500
