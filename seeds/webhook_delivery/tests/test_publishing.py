import pytest
from rehearsals import ELSEWHERE, HOOK, OTHER_HOOK, bodies, opened, states

from postbox.errors import (
    BacklogFullError,
    EventConflictError,
    PayloadTooLargeError,
    PublishError,
)


def test_receipt_of_a_first_event(postbox):
    """A receipt tells the number of the event among those of its object."""
    receipt = postbox.publish("lumi", "order.placed", "order/1")
    assert (receipt.event_id, receipt.sequence, receipt.repeated) == ("evt_1", 1, False)


def test_receipt_counts_deliveries(postbox):
    """A receipt tells how many endpoints will get the event."""
    postbox.register("lumi", HOOK, "order.*")
    postbox.register("lumi", OTHER_HOOK)
    assert postbox.publish("lumi", "order.placed", "order/1").deliveries == 2


def test_nobody_subscribed(postbox):
    """An event that nobody subscribed to is accepted all the same."""
    postbox.register("lumi", HOOK, "invoice.*")
    receipt = postbox.publish("lumi", "order.placed", "order/1")
    assert (receipt.sequence, receipt.deliveries) == (1, 0)


def test_events_of_one_object_are_numbered(postbox):
    """Events about one object are numbered without a gap."""
    numbers = [postbox.publish("lumi", "order.paid", "order/1").sequence for _ in range(3)]
    assert numbers == [1, 2, 3]


def test_objects_are_numbered_apart(postbox):
    """Each object has numbers of its own."""
    postbox.publish("lumi", "order.placed", "order/1")
    assert postbox.publish("lumi", "order.placed", "order/2").sequence == 1


def test_tenants_are_numbered_apart(postbox):
    """Two tenants may have objects of the same name."""
    postbox.publish("lumi", "order.placed", "order/1")
    assert postbox.publish("oriel", "order.placed", "order/1").sequence == 1


def test_blanks_around_an_object(postbox):
    """Blanks around the name of an object do not make it another object."""
    postbox.publish("lumi", "order.placed", "order/1")
    assert postbox.publish("lumi", "order.paid", "  order/1 ").sequence == 2


@pytest.mark.parametrize(
    ("kind", "usual"),
    [
        pytest.param("order.placed", "order.placed", id="plain"),
        pytest.param(" Order.Placed ", "order.placed", id="capitals-and-blanks"),
        pytest.param("order.line_item.added", "order.line_item.added", id="three-parts"),
    ],
)
def test_spelling_of_a_kind(postbox, line, kind, usual):
    """A kind of event is sent in its usual spelling."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", kind, "order/1")
    postbox.tick()
    assert bodies(line.requests(HOOK))[0]["kind"] == usual


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("order", id="one-part"),
        pytest.param("order.", id="open-end"),
        pytest.param("order.placed!", id="mark-at-the-end"),
        pytest.param("order.*", id="pattern"),
        pytest.param("", id="empty"),
        pytest.param("order..placed", id="empty-part"),
        pytest.param(".placed", id="open-beginning"),
        pytest.param("order.placed_", id="line-at-the-end"),
        pytest.param("_order.placed", id="line-at-the-beginning"),
        pytest.param("order_.placed", id="line-in-the-middle"),
    ],
)
def test_no_kind_of_event(postbox, kind):
    """What is no kind of event is not published."""
    with pytest.raises(PublishError) as refused:
        postbox.publish("lumi", kind, "order/1")
    assert str(refused.value) == f"“{kind}” is not a kind of event"


@pytest.mark.parametrize(
    ("subject", "event_id"),
    [
        pytest.param("", None, id="no-object"),
        pytest.param("   ", None, id="blank-object"),
        pytest.param("order/1", "", id="no-id"),
        pytest.param("order/1", "  ", id="blank-id"),
    ],
)
def test_id_and_object_are_needed(postbox, subject, event_id):
    """An event without a name for itself or for its object is refused."""
    with pytest.raises(PublishError):
        postbox.publish("lumi", "order.placed", subject, event_id=event_id)


def test_same_event_again(postbox):
    """Publishing the same event again under its id returns the first receipt."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1", {"total": 5}, event_id="a-1")
    again = postbox.publish("lumi", "order.placed", "order/1", {"total": 5}, event_id=" a-1 ")
    assert (again.sequence, again.deliveries, again.repeated) == (1, 1, True)


def test_receipt_of_a_repetition(postbox):
    """The receipt of a repeated event says so and counts its own deliveries only."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    postbox.publish("lumi", "order.placed", "order/2")
    again = postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    assert str(again) == "a-1 no. 1, for 1 endpoint(s), published before"


def test_repetition_where_tenants_share_an_id(postbox):
    """A repeated event gets its own receipt, though another tenant used the same id since."""
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.paid", "order/1", event_id="a-1")
    postbox.publish("oriel", "order.paid", "order/1", event_id="a-1")
    assert postbox.publish("lumi", "order.paid", "order/1", event_id="a-1").sequence == 2


def test_same_event_is_sent_once(postbox, line):
    """An event that is published twice under one id is sent once."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    postbox.run_for(5)
    assert len(line.requests(HOOK)) == 1


def test_repetition_uses_up_no_number(postbox):
    """A repeated event does not use up a number of its object."""
    postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    assert postbox.publish("lumi", "order.paid", "order/1").sequence == 2


@pytest.mark.parametrize(
    ("kind", "subject", "data"),
    [
        pytest.param("order.paid", "order/1", {"total": 5}, id="kind"),
        pytest.param("order.placed", "order/2", {"total": 5}, id="object"),
        pytest.param("order.placed", "order/1", {"total": 6}, id="data"),
    ],
)
def test_id_used_for_something_else(postbox, kind, subject, data):
    """An id that was used for another event is refused."""
    postbox.publish("lumi", "order.placed", "order/1", {"total": 5}, event_id="a-1")
    with pytest.raises(EventConflictError):
        postbox.publish("lumi", kind, subject, data, event_id="a-1")


def test_order_of_entries_does_not_matter(postbox):
    """An event is the same in whatever order its data is listed."""
    postbox.publish("lumi", "order.placed", "order/1", {"a": 1, "b": 2}, event_id="a-1")
    again = postbox.publish("lumi", "order.placed", "order/1", {"b": 2, "a": 1}, event_id="a-1")
    assert again.repeated is True


def test_ids_of_two_tenants(postbox):
    """Two tenants may use the same event id for different things."""
    postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    receipt = postbox.publish("oriel", "order.paid", "order/9", event_id="a-1")
    assert (receipt.sequence, receipt.repeated) == (1, False)


def test_other_tenants_events(postbox, line):
    """An endpoint gets no events of another tenant."""
    postbox.register("oriel", ELSEWHERE)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert line.requests(ELSEWHERE) == []


def test_data_changed_afterwards(postbox, line):
    """What is changed after publishing is not sent."""
    postbox.register("lumi", HOOK)
    data = {"lines": [{"sku": "lamp"}]}
    postbox.publish("lumi", "order.placed", "order/1", data)
    data["lines"][0]["sku"] = "chair"
    data["lines"].append({"sku": "table"})
    postbox.tick()
    assert bodies(line.requests(HOOK))[0]["data"] == {"lines": [{"sku": "lamp"}]}


def test_data_of_the_first_publication_counts(postbox, line):
    """What a repeated event is compared with is what was published, not what became of it."""
    data = {"lines": ["lamp"]}
    postbox.publish("lumi", "order.placed", "order/1", data, event_id="a-1")
    data["lines"].append("chair")
    with pytest.raises(EventConflictError):
        postbox.publish("lumi", "order.placed", "order/1", data, event_id="a-1")


def test_data_that_is_no_json(postbox):
    """Data that cannot be written as JSON is refused."""
    with pytest.raises(PublishError) as refused:
        postbox.publish("lumi", "order.placed", "order/1", {"when": object})
    assert str(refused.value) == "the data of an event has to be plain JSON"


def test_body_is_written_plainly(postbox, line):
    """A body lists its entries by name, without blanks, and keeps letters as they are."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1", {"name": "Bjørn", "city": "Łódź"})
    postbox.tick()
    assert line.requests(HOOK)[0].body.decode() == (
        '{"data":{"city":"Łódź","name":"Bjørn"},"id":"evt_1","kind":"order.placed",'
        '"object":"order/1","occurred_at":"2026-11-01T08:00:00.000+00:00","sequence":1,'
        '"tenant":"lumi"}'
    )


def test_time_of_an_event(postbox, line, clock):
    """An event tells when it was published, not when it was sent."""
    postbox.register("lumi", HOOK)
    clock.advance(seconds=1.25)
    postbox.publish("lumi", "order.placed", "order/1")
    clock.advance(minutes=3)
    postbox.tick()
    sent = bodies(line.requests(HOOK))[0]
    assert sent["occurred_at"] == "2026-11-01T08:00:01.250+00:00"


BODY_WITHOUT_DATA = 140


@pytest.mark.parametrize(
    ("largest", "accepted"),
    [
        pytest.param(BODY_WITHOUT_DATA - 1, False, id="one-byte-over"),
        pytest.param(BODY_WITHOUT_DATA, True, id="exactly"),
        pytest.param(BODY_WITHOUT_DATA + 1, True, id="one-byte-under"),
    ],
)
def test_largest_body(line, clock, largest, accepted):
    """A body may be as large as agreed, and no larger."""
    postbox = opened(line, clock, largest_body=largest)
    try:
        postbox.publish("lumi", "order.placed", "order/1")
    except PayloadTooLargeError:
        assert not accepted
    else:
        assert accepted


def test_too_large_leaves_nothing(line, clock):
    """An event that was too large does not use up a number."""
    postbox = opened(line, clock, largest_body=160)
    with pytest.raises(PayloadTooLargeError):
        postbox.publish("lumi", "order.placed", "order/1", {"note": "x" * 99})
    assert postbox.publish("lumi", "order.placed", "order/1").sequence == 1


def test_backlog_may_be_filled(line, clock):
    """An endpoint may have as much waiting as agreed."""
    postbox = opened(line, clock, capacity=2)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.placed", "order/2")
    assert postbox.depth("lumi", "ep_1") == 2


def test_backlog_is_full(line, clock):
    """An event that finds a backlog full is refused."""
    postbox = opened(line, clock, capacity=1)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    with pytest.raises(BacklogFullError) as refused:
        postbox.publish("lumi", "order.placed", "order/2")
    assert str(refused.value) == "ep_1 has 1 waiting"


def test_second_endpoint_is_full(line, clock):
    """A refused event leaves nothing behind at endpoints that had room for it."""
    postbox = opened(line, clock, capacity=1)
    postbox.register("lumi", HOOK, "invoice.*")
    postbox.register("lumi", OTHER_HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    with pytest.raises(BacklogFullError):
        postbox.publish("lumi", "invoice.sent", "invoice/1")
    assert postbox.depth("lumi", "ep_1") == 0


def test_refused_event_keeps_its_number_free(line, clock):
    """The number of an event that was refused goes to the next one."""
    postbox = opened(line, clock, capacity=1)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    with pytest.raises(BacklogFullError):
        postbox.publish("lumi", "order.paid", "order/1")
    postbox.tick()
    assert postbox.publish("lumi", "order.paid", "order/1").sequence == 2


def test_refused_event_may_come_again(line, clock):
    """An event that was refused for want of room can be published later under the same id."""
    postbox = opened(line, clock, capacity=1)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    with pytest.raises(BacklogFullError):
        postbox.publish("lumi", "order.placed", "order/2", event_id="a-2")
    postbox.tick()
    receipt = postbox.publish("lumi", "order.placed", "order/2", event_id="a-2")
    assert (receipt.deliveries, receipt.repeated) == (1, False)


def test_delivered_makes_room(line, clock):
    """What was delivered no longer counts as waiting."""
    postbox = opened(line, clock, capacity=1)
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert postbox.publish("lumi", "order.placed", "order/2").deliveries == 1


def test_several_at_once(postbox):
    """Events about several objects can be published at one go, in their order."""
    postbox.register("lumi", HOOK)
    receipts = postbox.publish_all("lumi", "order.placed", "order/2", "order/1", data={"total": 5})
    assert [str(each) for each in receipts] == [
        "evt_1 no. 1, for 1 endpoint(s)",
        "evt_2 no. 1, for 1 endpoint(s)",
    ]


def test_data_of_several_at_once(postbox, line):
    """All events that are published at one go carry the same data."""
    postbox.register("lumi", HOOK)
    postbox.publish_all("lumi", "order.placed", "order/2", "order/1", data={"total": 5})
    postbox.tick()
    assert [each["data"] for each in bodies(line.requests(HOOK))] == [{"total": 5}] * 2


def test_several_at_once_or_none(line, clock):
    """When there is no room for one of several events, none of them is taken in."""
    postbox = opened(line, clock, capacity=2)
    postbox.register("lumi", HOOK)
    with pytest.raises(BacklogFullError):
        postbox.publish_all("lumi", "order.placed", "order/1", "order/2", "order/3")
    assert postbox.depth("lumi", "ep_1") == 0


def test_none_of_several_uses_up_a_number(line, clock):
    """Events that were refused together leave the numbers of their objects free."""
    postbox = opened(line, clock, capacity=1)
    postbox.register("lumi", HOOK)
    with pytest.raises(BacklogFullError):
        postbox.publish_all("lumi", "order.placed", "order/1", "order/2")
    assert postbox.publish("lumi", "order.placed", "order/1").sequence == 1


def test_none_at_once(postbox):
    """Publishing about no object at all does nothing."""
    assert postbox.publish_all("lumi", "order.placed") == []


def test_progress_with_each_endpoint(postbox, line):
    """One can see how far an event has come with each endpoint."""
    line.answer(OTHER_HOOK, "503")
    postbox.register("lumi", HOOK)
    postbox.register("lumi", OTHER_HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    assert states(postbox.deliveries("lumi", "evt_1")) == ["delivered", "waiting"]


def test_progress_is_private(postbox):
    """A tenant sees no deliveries of another one's events."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1", event_id="a-1")
    assert postbox.deliveries("oriel", "a-1") == []
