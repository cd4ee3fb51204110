import logging

import pytest
from rehearsals import ELSEWHERE, HOOK, OTHER_HOOK, START_MS, Archive, opened

from postbox import HealthRules, RetrySchedule
from postbox.errors import ConfigurationError, CursorError, UnknownEndpointError
from postbox.messages import Response


def deliver(postbox, count, *, kind="order.placed"):
    """Events for an endpoint of lumi, sent in one pass."""
    postbox.register("lumi", HOOK, max_in_flight=50)
    postbox.publish_all("lumi", kind, *[f"order/{number}" for number in range(1, count + 1)])
    postbox.tick()


def names(first, after):
    """The names of some orders."""
    return [f"order/{number}" for number in range(first, after)]


def events(page):
    """The events of a page of the log."""
    return [each.event_id for each in page.items]


@pytest.mark.parametrize(
    ("limit", "pages"),
    [
        pytest.param(2, [["evt_1", "evt_2"], ["evt_3", "evt_4"], ["evt_5"]], id="odd-one-left"),
        pytest.param(4, [["evt_1", "evt_2", "evt_3", "evt_4"], ["evt_5"]], id="four"),
        pytest.param(5, [["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]], id="just-full"),
        pytest.param(6, [["evt_1", "evt_2", "evt_3", "evt_4", "evt_5"]], id="not-full"),
    ],
)
def test_reading_page_by_page(postbox, limit, pages):
    """Page by page, every attempt is read once."""
    deliver(postbox, 5)
    page = postbox.attempts("lumi", limit=limit)
    found = [events(page)]
    while page.cursor is not None:
        page = postbox.attempts("lumi", limit=limit, after=page.cursor)
        found.append(events(page))
    assert found == pages


def test_reading_backwards(postbox):
    """The log can be read from its end, page by page."""
    deliver(postbox, 3)
    first = postbox.attempts("lumi", limit=2, newest_first=True)
    second = postbox.attempts("lumi", limit=2, newest_first=True, after=first.cursor)
    assert [events(first), events(second)] == [["evt_3", "evt_2"], ["evt_1"]]
    assert second.cursor is None


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(-5, id="negative"),
        pytest.param(0, id="none"),
        pytest.param(1, id="one"),
    ],
)
def test_smallest_page(postbox, limit):
    """A page holds at least one attempt."""
    deliver(postbox, 2)
    page = postbox.attempts("lumi", limit=limit)
    assert (len(page.items), page.has_more) == (1, True)


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(100, id="largest"),
        pytest.param(101, id="beyond-the-largest"),
    ],
)
def test_largest_page(postbox, limit):
    """A page holds at most 100 attempts."""
    postbox.register("lumi", HOOK, max_in_flight=50)
    for first in (0, 50, 100):
        postbox.publish_all("lumi", "order.placed", *names(first, first + 50))
    postbox.run_for(2)
    page = postbox.attempts("lumi", limit=limit)
    assert (len(page.items), page.has_more) == (100, True)


def test_usual_size_of_a_page(postbox):
    """Usually a page holds 20 attempts."""
    deliver(postbox, 21)
    page = postbox.attempts("lumi")
    assert (len(page.items), page.cursor) == (20, "c20")


def test_log_goes_on_meanwhile(postbox):
    """Attempts that are made while the log is read come on later pages."""
    deliver(postbox, 3)
    page = postbox.attempts("lumi", limit=2)
    postbox.publish("lumi", "order.placed", "order/4")
    postbox.tick()
    assert events(postbox.attempts("lumi", limit=9, after=page.cursor)) == ["evt_3", "evt_4"]


def test_empty_log(postbox):
    """A log without attempts is one empty page."""
    page = postbox.attempts("lumi")
    assert (page.items, page.has_more) == ([], False)


def test_place_in_the_log_that_was_made_up(postbox):
    """The log cannot be read on from a place that was never handed out."""
    with pytest.raises(CursorError):
        postbox.attempts("lumi", after="page 2")


def test_log_is_private(postbox):
    """A tenant reads only the attempts at its own endpoints."""
    deliver(postbox, 2)
    postbox.register("oriel", ELSEWHERE)
    postbox.publish("oriel", "order.placed", "order/1")
    postbox.tick()
    assert events(postbox.attempts("oriel")) == ["evt_3"]


def test_log_of_one_endpoint(postbox):
    """The log can be read for one endpoint alone."""
    deliver(postbox, 1)
    postbox.register("lumi", OTHER_HOOK)
    postbox.publish("lumi", "order.placed", "order/2")
    postbox.tick()
    assert events(postbox.attempts("lumi", endpoint_id="ep_2")) == ["evt_2"]


@pytest.mark.parametrize(
    ("outcome", "found"),
    [
        pytest.param("delivered", ["evt_1"], id="delivered"),
        pytest.param(" FAILED ", ["evt_2"], id="capitals-and-blanks"),
        pytest.param("gone", [], id="none"),
    ],
)
def test_log_of_one_outcome(postbox, line, outcome, found):
    """The log can be read for one outcome alone."""
    line.answer(HOOK, "200", "500")
    deliver(postbox, 2)
    assert events(postbox.attempts("lumi", outcome=outcome)) == found


@pytest.mark.parametrize("outcome", ["lost", ""])
def test_outcome_that_does_not_exist(postbox, outcome):
    """The log cannot be read for an outcome that does not exist."""
    with pytest.raises(ConfigurationError) as refused:
        postbox.attempts("lumi", outcome=outcome)
    assert str(refused.value) == f"“{outcome}” is no outcome of an attempt"


def test_log_of_no_endpoint(postbox):
    """An empty text names no endpoint, and nothing is logged of it."""
    deliver(postbox, 1)
    assert events(postbox.attempts("lumi", endpoint_id="")) == []


@pytest.mark.parametrize(
    ("window", "found"),
    [
        pytest.param({}, ["evt_1", "evt_2", "evt_3"], id="all"),
        pytest.param({"since_ms": START_MS + 10_000}, ["evt_2", "evt_3"], id="from-its-moment-on"),
        pytest.param({"since_ms": START_MS + 10_001}, ["evt_3"], id="from-a-moment-later"),
        pytest.param({"until_ms": START_MS + 10_000}, ["evt_1"], id="up-to-its-moment"),
        pytest.param({"until_ms": START_MS + 10_001}, ["evt_1", "evt_2"], id="up-to-a-bit-later"),
        pytest.param({"since_ms": 0}, ["evt_1", "evt_2", "evt_3"], id="from-the-beginning"),
        pytest.param({"until_ms": 0}, [], id="up-to-the-beginning"),
        pytest.param({"since_ms": START_MS, "until_ms": START_MS}, [], id="no-time"),
    ],
)
def test_log_of_a_time(postbox, line, window, found):
    """The log can be read for a time; its beginning belongs to it, its end does not."""
    postbox.register("lumi", HOOK, max_in_flight=3)
    line.answer(HOOK, "200", "200 in 10000 ms")
    postbox.publish_all("lumi", "order.placed", *names(1, 4))
    postbox.tick()
    assert events(postbox.attempts("lumi", **window)) == found


@pytest.mark.parametrize(("since", "until"), [(2, 1), (0, -1)])
def test_time_that_ends_before_it_begins(postbox, since, until):
    """A time that ends before it begins is refused."""
    with pytest.raises(ConfigurationError):
        postbox.attempts("lumi", since_ms=since, until_ms=until)


def test_log_tells_how_long_it_took(postbox, line):
    """The log tells how long each attempt took and when it ended."""
    line.answer(HOOK, "200 in 340 ms", "timeout")
    deliver(postbox, 2)
    lines = postbox.attempts("lumi").items
    assert [each.took_ms for each in lines] == [340, 10_000]
    assert [each.at_ms - START_MS for each in lines] == [340, 10_340]


class SettingDesk:
    """Sets the time of day while it answers."""

    def __init__(self, clock):
        self.clock = clock

    def __str__(self):
        return "a desk that sets the clock an hour ahead"

    def receive(self, _source, _request):
        self.clock.set_wall(3600)
        return Response(200)


def test_duration_does_not_follow_the_time_of_day(postbox, line, clock):
    """Setting the time of day during an attempt does not change how long it took."""
    line.connect(HOOK, SettingDesk(clock), "lumi")
    deliver(postbox, 1)
    assert [each.took_ms for each in postbox.attempts("lumi").items] == [0]


def test_record_of_a_new_endpoint(postbox):
    """An endpoint without attempts has a clean record."""
    postbox.register("lumi", HOOK)
    record = postbox.record("lumi", "ep_1")
    assert str(record) == "0 of 0 delivered (100 %), typically 0 ms, 0 ms at most"


@pytest.mark.parametrize(
    ("answers", "percent"),
    [
        pytest.param(["200"], 100, id="all"),
        pytest.param(["500"], 0, id="none"),
        pytest.param(["200", "500", "500", "200"], 50, id="half"),
        pytest.param(["200", "200", "500"], 67, id="two-thirds"),
        pytest.param(["200", "500", "500"], 33, id="one-third"),
        pytest.param(["200"] + ["422"] * 7, 13, id="half-is-rounded-up"),
    ],
)
def test_share_of_successes(postbox, line, answers, percent):
    """A record tells how many of a hundred attempts went well."""
    line.answer(HOOK, *answers)
    deliver(postbox, len(answers))
    assert postbox.record("lumi", "ep_1").success_percent == percent


@pytest.mark.parametrize(
    ("times", "typical", "slowest"),
    [
        pytest.param([300], 300, 300, id="one"),
        pytest.param([300, 100], 100, 300, id="lower-of-two"),
        pytest.param([900, 100, 200], 200, 900, id="middle-of-three"),
        pytest.param([40, 10, 30, 20], 20, 40, id="lower-middle-of-four"),
    ],
)
def test_times_of_a_record(postbox, line, times, typical, slowest):
    """A record tells the middle and the longest of all times."""
    line.answer(HOOK, *[f"200 in {each} ms" for each in times])
    deliver(postbox, len(times))
    record = postbox.record("lumi", "ep_1")
    assert (record.typical_ms, record.slowest_ms) == (typical, slowest)


def test_last_failure_of_a_record(postbox, line):
    """A record tells the failure that came last."""
    line.answer(HOOK, "500", "502", "200")
    deliver(postbox, 3)
    assert str(postbox.record("lumi", "ep_1")) == (
        "1 of 3 delivered (33 %), typically 0 ms, 0 ms at most, "
        "last failure the endpoint answered 502"
    )


def test_record_is_up_to_date(postbox, line):
    """A record counts every attempt that was made before one looks."""
    deliver(postbox, 1)
    postbox.record("lumi", "ep_1")
    postbox.publish("lumi", "order.placed", "order/2")
    postbox.tick()
    assert postbox.record("lumi", "ep_1").attempts == 2


def test_records_of_two_endpoints(postbox, line):
    """The record of one endpoint says nothing of another."""
    deliver(postbox, 2)
    postbox.register("lumi", OTHER_HOOK)
    postbox.record("lumi", "ep_1")
    assert postbox.record("lumi", "ep_2").attempts == 0


def test_record_of_a_tenant(postbox):
    """A tenant can see how all its endpoints have done together."""
    deliver(postbox, 2)
    postbox.register("lumi", OTHER_HOOK)
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.tick()
    assert postbox.record("lumi").attempts == 4


def test_records_of_two_tenants(postbox):
    """The record of one tenant says nothing of another."""
    deliver(postbox, 2)
    postbox.record("lumi")
    assert postbox.record("oriel").attempts == 0


def test_record_of_a_tenant_is_up_to_date(postbox):
    """The record of a tenant counts every attempt that was made before one looks."""
    deliver(postbox, 1)
    postbox.record("lumi")
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.tick()
    assert postbox.record("lumi").attempts == 2


def test_record_of_no_endpoint(postbox):
    """There is no record of an endpoint that does not exist."""
    with pytest.raises(UnknownEndpointError):
        postbox.record("lumi", "ep_1")


@pytest.mark.parametrize(
    ("count", "size", "packs"),
    [
        pytest.param(5, 2, [2, 2, 1], id="odd-one-left"),
        pytest.param(4, 2, [2, 2], id="even"),
        pytest.param(1, 2, [1], id="less-than-a-pack"),
        pytest.param(0, 2, [], id="nothing"),
        pytest.param(3, 1, [1, 1, 1], id="one-by-one"),
    ],
)
def test_packs_for_the_archive(postbox, archive, count, size, packs):
    """The archive gets all new lines, in packs of a size."""
    deliver(postbox, count)
    postbox.archive(archive, size=size)
    assert archive.sizes == packs


def test_usual_pack(postbox, archive):
    """Usually a pack holds 50 lines."""
    postbox.register("lumi", HOOK, max_in_flight=50)
    postbox.publish_all("lumi", "order.placed", *names(0, 50))
    postbox.publish("lumi", "order.placed", "order/50")
    postbox.run_for(1)
    assert postbox.archive(archive) == 51
    assert archive.sizes == [50, 1]


def test_archive_gets_each_line_once(postbox, archive):
    """A line that the archive has is not handed over again."""
    deliver(postbox, 2)
    postbox.archive(archive)
    postbox.publish("lumi", "order.placed", "order/3")
    postbox.tick()
    assert postbox.archive(archive) == 1


def test_archive_breaks_down(postbox):
    """What the archive could not keep is handed over again the next time."""
    archive = Archive(1)
    deliver(postbox, 5)
    with pytest.raises(OSError, match="no room left"):
        postbox.archive(archive, size=2)
    archive.room = 9
    assert postbox.archive(archive, size=2) == 3
    assert archive.sizes == [2, 2, 1]


def test_archived_packs_are_apart(postbox, archive):
    """A pack stays as it was handed over, whatever is handed over later."""
    deliver(postbox, 3)
    postbox.archive(archive, size=2)
    assert [[each.event_id for each in pack] for pack in archive.heard] == [
        ["evt_1", "evt_2"],
        ["evt_3"],
    ]


@pytest.mark.parametrize("size", [0, -1])
def test_packs_of_nothing(postbox, archive, size):
    """A pack holds at least one line."""
    deliver(postbox, 1)
    with pytest.raises(ConfigurationError):
        postbox.archive(archive, size=size)


@pytest.mark.parametrize(
    ("age", "dropped"),
    [
        pytest.param(59, 2, id="younger"),
        pytest.param(60, 1, id="exactly-as-old"),
        pytest.param(61, 1, id="older"),
        pytest.param(120, 0, id="all-kept"),
    ],
)
def test_trimming_the_log(postbox, line, archive, clock, age, dropped):
    """Lines that are older than agreed are dropped from the log."""
    line.answer(HOOK, "200", "200 in 60000 ms")
    deliver(postbox, 2)
    clock.advance(seconds=60)
    postbox.archive(archive)
    assert postbox.trim_log(age) == dropped
    assert len(postbox.attempts("lumi").items) == 2 - dropped


def test_only_archived_lines_are_trimmed(postbox, archive, clock):
    """A line that is not in the archive yet is not dropped, however old it is."""
    deliver(postbox, 2)
    postbox.archive(archive)
    postbox.publish("lumi", "order.placed", "order/3")
    postbox.tick()
    clock.advance(days=30)
    assert postbox.trim_log(60) == 2


def test_record_after_trimming(postbox, archive, clock):
    """A record tells only of lines that are still in the log."""
    deliver(postbox, 2)
    postbox.record("lumi", "ep_1")
    postbox.archive(archive)
    clock.advance(hours=1)
    postbox.trim_log(60)
    assert postbox.record("lumi", "ep_1").attempts == 0


def test_trimming_twice(postbox, archive, clock):
    """What was dropped once cannot be dropped again."""
    deliver(postbox, 1)
    postbox.archive(archive)
    clock.advance(hours=1)
    postbox.trim_log(60)
    assert postbox.trim_log(60) == 0


def facts(caplog, name):
    """One field of all records."""
    return [getattr(record, name, None) for record in caplog.records]


USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime"}


def written(caplog):
    """What was logged, with all its facts."""
    return [
        (record.getMessage(), {k: v for k, v in vars(record).items() if k not in USUAL})
        for record in caplog.records
    ]


def register(postbox):
    postbox.register("lumi", HOOK)


def publish(postbox):
    postbox.publish("lumi", "order.placed", "order/1")


def attempt(postbox):
    postbox.tick()


def disable(postbox):
    postbox.disable("lumi", "ep_1", reason="moving house")


def replay(postbox):
    postbox.replay("lumi", "dlv_1")


def replay_all(postbox):
    postbox.replay_all("lumi")


def discard(postbox):
    postbox.discard("lumi", "dlv_1")


FACTS = {"tenant": "lumi", "endpoint": "ep_1"}
STORIES = [
    pytest.param(
        ["200"],
        [register],
        ("endpoint registered", {**FACTS, "request_id": "req_1"}),
        id="register",
    ),
    pytest.param(
        ["200"],
        [register, publish],
        ("event published", {"tenant": "lumi", "event": "evt_1", "request_id": "req_2"}),
        id="publish",
    ),
    pytest.param(
        ["200 in 7 ms"],
        [register, publish, attempt],
        (
            "attempt made",
            {
                **FACTS,
                "delivery": "dlv_1",
                "outcome": "delivered",
                "took_ms": 7,
                "request_id": "req_2",
            },
        ),
        id="attempt",
    ),
    pytest.param(
        ["422"],
        [register, publish, attempt],
        (
            "delivery parked",
            {
                "delivery": "dlv_1",
                "reason": "the endpoint rejected it with 422",
                "request_id": "req_2",
            },
        ),
        id="park",
    ),
    pytest.param(
        ["410"],
        [register, disable],
        ("endpoint disabled", {**FACTS, "reason": "moving house", "request_id": "req_2"}),
        id="disable",
    ),
    pytest.param(
        ["422"],
        [register, publish, attempt, replay],
        ("delivery replayed", {"tenant": "lumi", "delivery": "dlv_1", "request_id": "req_3"}),
        id="replay",
    ),
    pytest.param(
        ["422"],
        [register, publish, attempt, replay_all],
        ("deliveries replayed", {"tenant": "lumi", "count": 1, "request_id": "req_3"}),
        id="replay-all",
    ),
    pytest.param(
        ["422"],
        [register, publish, attempt, discard],
        ("delivery discarded", {"tenant": "lumi", "delivery": "dlv_1", "request_id": "req_3"}),
        id="discard",
    ),
]


@pytest.mark.parametrize(("answers", "steps", "last"), STORIES)
def test_what_the_log_file_tells(postbox, line, clock, caplog, answers, steps, last):
    """The log file tells what happened last, with all that one wants to look for."""
    clock.advance(minutes=1)
    line.answer(HOOK, *answers)
    caplog.set_level(logging.INFO, "postbox")
    for step in steps:
        step(postbox)
    assert written(caplog)[-1] == last


def test_rest_and_recovery_in_the_log_file(line, clock, caplog):
    """The log file tells when an endpoint was given a rest, when that was over, and how it ended."""
    postbox = opened(line, clock, health=HealthRules(trip_after=1, rest_s=5))
    line.answer(HOOK, "500", "200")
    register(postbox)
    publish(postbox)
    caplog.set_level(logging.INFO, "postbox.endpoints")
    caplog.set_level(logging.INFO, "postbox.dispatcher")
    postbox.run_for(5)
    told = [(text, facts.get("endpoint"), facts.get("tenant")) for text, facts in written(caplog)]
    assert told == [
        ("attempt made", "ep_1", "lumi"),
        ("endpoint tripped", "ep_1", "lumi"),
        ("endpoint on probation", "ep_1", None),
        ("attempt made", "ep_1", "lumi"),
        ("endpoint recovered", "ep_1", "lumi"),
    ]


def test_records_of_the_log_file_carry_the_request(postbox, caplog):
    """What is logged while an event is published carries the id of the request."""
    caplog.set_level(logging.INFO, "postbox")
    with postbox.request("shop-12"):
        postbox.publish("lumi", "order.placed", "order/1")
    assert facts(caplog, "request_id") == ["shop-12"]
    assert facts(caplog, "event") == ["evt_1"]


def test_attempts_are_logged_under_their_request(postbox, caplog):
    """What is logged of an attempt carries the id of the request that published the event."""
    postbox.register("lumi", HOOK)
    with postbox.request("shop-12"):
        postbox.publish("lumi", "order.placed", "order/1")
    caplog.set_level(logging.INFO, "postbox")
    postbox.tick()
    assert facts(caplog, "request_id") == ["shop-12"]
    assert facts(caplog, "outcome") == ["delivered"]


def test_refusals_are_logged(postbox, caplog):
    """A refusal is logged as a warning with its reason."""
    with pytest.raises(UnknownEndpointError):
        postbox.disable("lumi", "ep_4")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "refused")
    ]
    assert facts(caplog, "problem") == ["there is no endpoint ep_4"]
    assert facts(caplog, "request_id") == ["req_1"]


def test_request_id_ends_with_the_request(postbox, caplog):
    """Once a request is over, its id is not used any more."""
    caplog.set_level(logging.INFO, "postbox")
    with postbox.request("shop-12"):
        pass
    postbox.publish("lumi", "order.placed", "order/1")
    assert facts(caplog, "request_id") == ["req_1"]


def test_log_counts_tries_up_to_parking(line, clock):
    """The log shows every attempt at an event until it is parked."""
    postbox = opened(line, clock, schedule=RetrySchedule(attempts=3))
    line.answer(HOOK, "500", "timeout", "502")
    deliver(postbox, 1)
    postbox.run_for(60)
    assert [str(each) for each in postbox.attempts("lumi").items] == [
        "evt_1 try 1 failed 500: the endpoint answered 500",
        "evt_1 try 2 failed: no answer within 10 seconds",
        "evt_1 try 3 failed 502: the endpoint answered 502",
    ]
