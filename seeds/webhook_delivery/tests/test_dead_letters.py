import pytest
from rehearsals import HOOK, OTHER_HOOK, opened, states, subjects, told

from postbox import HealthRules, RetrySchedule
from postbox.errors import (
    ConfigurationError,
    CursorError,
    EndpointError,
    NotParkedError,
    UnknownDeliveryError,
)


def reject(postbox, line, count):
    """An endpoint that rejects so many events and takes the next ones."""
    line.answer(HOOK, *["422"] * count, "200")
    postbox.register("lumi", HOOK, "order.placed", max_in_flight=9)
    postbox.publish_all(
        "lumi", "order.placed", *[f"order/{number}" for number in range(1, count + 1)]
    )
    postbox.tick()


def reject_two(postbox, line):
    """Two endpoints that reject an event each."""
    line.answer(HOOK, "422", "200")
    line.answer(OTHER_HOOK, "422", "200")
    postbox.register("lumi", HOOK, "order.placed")
    postbox.register("lumi", OTHER_HOOK, "invoice.sent")
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "invoice.sent", "invoice/1")
    postbox.tick()


def ids(page):
    """The deliveries of a page."""
    return [each.delivery_id for each in page.items]


def test_nothing_parked(postbox):
    """Where nothing was given up, the list of dead letters is empty."""
    page = postbox.parked("lumi")
    assert (page.items, page.cursor) == ([], None)


def test_dead_letters_oldest_first(postbox, line):
    """Dead letters are listed in the order of their publication."""
    reject(postbox, line, 3)
    assert ids(postbox.parked("lumi")) == ["dlv_1", "dlv_2", "dlv_3"]


@pytest.mark.parametrize(
    ("limit", "first", "second"),
    [
        pytest.param(1, ["dlv_1"], ["dlv_2"], id="one-a-page"),
        pytest.param(2, ["dlv_1", "dlv_2"], ["dlv_3"], id="two-a-page"),
        pytest.param(0, ["dlv_1"], ["dlv_2"], id="at-least-one"),
    ],
)
def test_pages_of_dead_letters(postbox, line, limit, first, second):
    """Dead letters can be read page by page, each of them once."""
    reject(postbox, line, 3)
    page = postbox.parked("lumi", limit=limit)
    following = postbox.parked("lumi", limit=limit, after=page.cursor)
    assert (ids(page), ids(following)) == (first, second)


def test_full_page_is_the_last(postbox, line):
    """A page that holds all dead letters is the last one."""
    reject(postbox, line, 2)
    assert postbox.parked("lumi", limit=2).cursor is None


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("2", id="bare-number"),
        pytest.param("cx", id="no-number"),
        pytest.param("", id="empty"),
        pytest.param("c-1", id="negative"),
        pytest.param("c²", id="raised-number"),
    ],
)
def test_invented_cursor(postbox, cursor):
    """A page cannot be asked for with an invented place."""
    with pytest.raises(CursorError) as refused:
        postbox.parked("lumi", after=cursor)
    assert str(refused.value) == f"“{cursor}” is not a place in this list"


def test_dead_letters_of_one_endpoint(postbox, line):
    """Dead letters can be listed for one endpoint alone."""
    reject_two(postbox, line)
    assert ids(postbox.parked("lumi", endpoint_id="ep_2")) == ["dlv_2"]


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        pytest.param("order.placed", ["dlv_1"], id="kind"),
        pytest.param("invoice.*", ["dlv_2"], id="group"),
        pytest.param("*", ["dlv_1", "dlv_2"], id="anything"),
        pytest.param("order.paid", [], id="none"),
        pytest.param("", [], id="empty-text"),
    ],
)
def test_dead_letters_of_one_kind(postbox, line, kind, found):
    """Dead letters can be listed by kind of event."""
    reject_two(postbox, line)
    assert ids(postbox.parked("lumi", kind=kind)) == found


def test_dead_letters_of_no_endpoint(postbox, line):
    """An empty text names no endpoint, and no endpoint has no dead letters."""
    reject(postbox, line, 1)
    assert ids(postbox.parked("lumi", endpoint_id="")) == []


def test_dead_letters_are_private(postbox, line):
    """A tenant does not see the dead letters of another."""
    reject(postbox, line, 1)
    assert ids(postbox.parked("oriel")) == []


def test_replaying_one(postbox, line):
    """A dead letter that is replayed is sent at the next pass."""
    reject(postbox, line, 1)
    postbox.replay("lumi", "dlv_1")
    postbox.tick()
    assert states(postbox.deliveries("lumi", "evt_1")) == ["delivered"]


def test_replayed_under_the_same_id(postbox, line):
    """A replayed event carries the id under which it was sent before."""
    reject(postbox, line, 1)
    postbox.replay("lumi", "dlv_1")
    postbox.tick()
    assert told(line.requests(HOOK), "Postbox-Event") == ["evt_1", "evt_1"]


def test_replayed_with_all_attempts(line, clock):
    """A replayed delivery has all its attempts again."""
    postbox = opened(line, clock, schedule=RetrySchedule(attempts=2))
    line.answer(HOOK, "500")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.run_for(5)
    postbox.replay("lumi", "dlv_1")
    postbox.run_for(10)
    assert line.arrivals(HOOK) == [0.0, 5.0, 5.0, 10.0]


def test_replayed_event_is_fresh(line, clock):
    """A replayed delivery has as much time as a new one."""
    postbox = opened(line, clock, expire_s=60)
    line.answer(HOOK, "422", "200")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.run_for(90)
    postbox.replay("lumi", "dlv_1")
    clock.advance(seconds=59)
    postbox.tick()
    assert states(postbox.deliveries("lumi", "evt_1")) == ["delivered"]


def test_replayed_is_no_longer_parked(postbox, line):
    """A dead letter that was replayed leaves the list, and its reason is forgotten."""
    reject(postbox, line, 2)
    replayed = postbox.replay("lumi", "dlv_1")
    assert (replayed.state.value, replayed.reason) == ("waiting", "")
    assert ids(postbox.parked("lumi")) == ["dlv_2"]


@pytest.mark.parametrize("action", ["replay", "discard"])
def test_only_dead_letters(postbox, line, action):
    """What is not parked can be neither replayed nor discarded."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    with pytest.raises(NotParkedError) as refused:
        getattr(postbox, action)("lumi", "dlv_1")
    assert str(refused.value) == "dlv_1 is delivered, not parked"


@pytest.mark.parametrize("action", ["replay", "discard"])
@pytest.mark.parametrize(
    ("tenant", "delivery_id"),
    [
        pytest.param("lumi", "dlv_9", id="never-made"),
        pytest.param("oriel", "dlv_1", id="other-tenant"),
    ],
)
def test_unknown_dead_letters(postbox, line, action, tenant, delivery_id):
    """A tenant can replay or discard only what is its own."""
    reject(postbox, line, 1)
    with pytest.raises(UnknownDeliveryError) as refused:
        getattr(postbox, action)(tenant, delivery_id)
    assert str(refused.value) == f"there is no delivery {delivery_id}"


def test_discarding(postbox, line):
    """A discarded dead letter leaves the list and is never sent."""
    reject(postbox, line, 1)
    postbox.discard("lumi", "dlv_1")
    postbox.run_for(5)
    assert ids(postbox.parked("lumi")) == []
    assert states(postbox.deliveries("lumi", "evt_1")) == ["discarded"]


def test_replaying_for_a_disabled_endpoint(postbox, line):
    """Nothing is replayed for an endpoint that is disabled."""
    reject(postbox, line, 1)
    postbox.disable("lumi", "ep_1")
    with pytest.raises(EndpointError) as refused:
        postbox.replay("lumi", "dlv_1")
    assert str(refused.value) == "ep_1 is disabled: enable it first"
    assert ids(postbox.parked("lumi")) == ["dlv_1"]


def test_replaying_for_a_resting_endpoint(line, clock):
    """What is replayed for an endpoint that rests waits for the end of the rest."""
    postbox = opened(line, clock, health=HealthRules(trip_after=1, rest_s=20))
    line.answer(HOOK, "422", "500", "200")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.placed", "order/2")
    postbox.tick()
    postbox.replay("lumi", "dlv_1")
    postbox.run_for(20)
    assert line.arrivals(HOOK)[2] == 20.0


REPLAYS = [
    pytest.param(3, {}, [0.0, 0.0, 0.0, 0.0, 20.0, 40.0], id="usual-minute"),
    pytest.param(2, {"over_s": 10}, [0.0, 0.0, 0.0, 5.0], id="ten-seconds"),
    pytest.param(3, {"over_s": 0}, [0.0] * 6, id="at-once"),
    pytest.param(1, {}, [0.0, 0.0], id="only-one"),
]


@pytest.mark.parametrize(("count", "options", "arrivals"), REPLAYS)
def test_replaying_all(postbox, line, count, options, arrivals):
    """Dead letters that are replayed together are spread over a while."""
    reject(postbox, line, count)
    postbox.replay_all("lumi", **options)
    postbox.run_for(60)
    assert line.arrivals(HOOK) == arrivals


def test_replaying_all_later(line, clock):
    """Dead letters that are replayed together late have all their time again."""
    postbox = opened(line, clock, expire_s=60)
    line.answer(HOOK, "422", "422", "200")
    postbox.register("lumi", HOOK)
    postbox.publish_all("lumi", "order.placed", "order/1", "order/2")
    postbox.run_for(100)
    postbox.replay_all("lumi", over_s=20)
    postbox.run_for(30)
    assert line.arrivals(HOOK) == [0.0, 0.0, 100.0, 110.0]


def test_replaying_all_in_order(postbox, line):
    """Dead letters that are replayed together go out in the order of their publication."""
    reject(postbox, line, 3)
    postbox.replay_all("lumi", over_s=30)
    postbox.run_for(30)
    assert subjects(line.requests(HOOK))[3:] == ["order/1", "order/2", "order/3"]


@pytest.mark.parametrize(
    ("options", "count", "left"),
    [
        pytest.param({}, 2, [], id="all"),
        pytest.param({"endpoint_id": "ep_2"}, 1, ["dlv_1"], id="one-endpoint"),
        pytest.param({"kind": "order.*"}, 1, ["dlv_2"], id="one-group"),
        pytest.param({"kind": "order.paid"}, 0, ["dlv_1", "dlv_2"], id="none"),
    ],
)
def test_replaying_some(postbox, line, options, count, left):
    """Dead letters can be replayed by endpoint or by kind."""
    reject_two(postbox, line)
    assert postbox.replay_all("lumi", **options) == count
    assert ids(postbox.parked("lumi")) == left


def test_replaying_all_is_private(postbox, line):
    """Replaying all dead letters of a tenant does not touch those of another."""
    reject(postbox, line, 1)
    assert postbox.replay_all("oriel") == 0


def test_replaying_all_or_none(postbox, line):
    """When one of several dead letters cannot be replayed, none is."""
    reject_two(postbox, line)
    postbox.disable("lumi", "ep_2")
    with pytest.raises(EndpointError):
        postbox.replay_all("lumi")
    assert ids(postbox.parked("lumi")) == ["dlv_1", "dlv_2"]


def test_replaying_over_less_than_no_time(postbox, line):
    """Dead letters cannot be spread over less than no time."""
    reject(postbox, line, 1)
    with pytest.raises(ConfigurationError):
        postbox.replay_all("lumi", over_s=-1)
    assert ids(postbox.parked("lumi")) == ["dlv_1"]


def test_parked_does_not_fill_the_backlog(line, clock):
    """Dead letters do not count as waiting."""
    postbox = opened(line, clock, capacity=1)
    reject(postbox, line, 1)
    assert postbox.depth("lumi", "ep_1") == 0
    assert postbox.publish("lumi", "order.placed", "order/2").deliveries == 1


def test_replayed_letters_are_copies(postbox, line):
    """Changing a dead letter that was handed out changes nothing at the postbox."""
    reject(postbox, line, 1)
    postbox.parked("lumi").items[0].reason = "never mind"
    assert postbox.parked("lumi").items[0].reason == "the endpoint rejected it with 422"
