import json
import logging

import pytest
from rehearsals import (
    HOOK,
    PLENTY,
    SECRET,
    START_S,
    Warehouse,
    order_event,
    order_request,
    sign,
    signed_request,
)

from postbox.messages import Request
from postbox.receiver import Inbox, OrderDesk
from postbox.receiver.application import divide

DAY = 86_400


def hand_in(desk, kind, data=None, **about):
    """A request about an order of lumi, and how it was answered."""
    return str(desk.receive("lumi", order_request(kind, data, **about)))


def placed(desk, total=100, **data):
    """An order that was placed."""
    return hand_in(desk, "order.placed", {"total": total, **data}, event_id="evt_placed")


def paid(desk, amount=100, *, sequence=2, event_id="evt_paid", **data):
    """A payment for that order."""
    data = {"amount": amount, **data}
    return hand_in(desk, "order.paid", data, sequence=sequence, event_id=event_id)


def test_placed_order(trusting):
    """An order is kept as it was placed."""
    placed(trusting, 4200, currency="sek ")
    assert str(trusting.order("lumi", "order/1")) == (
        "order/1 placed: 0 of 4200 SEK paid, 0 refunded, at event 1"
    )


def test_currency_that_is_not_told(trusting):
    """An order without a currency is in euros."""
    placed(trusting, 5)
    assert trusting.order("lumi", "order/1").currency == "EUR"


def test_free_order(trusting):
    """An order may cost nothing."""
    assert placed(trusting, 0) == "200 placed"


def test_same_event_twice(trusting):
    """An event that arrives twice is taken in once."""
    placed(trusting)
    paid(trusting, 40)
    assert paid(trusting, 40) == "200 duplicate"
    assert trusting.order("lumi", "order/1").paid == 40


def test_same_event_under_another_attempt(trusting):
    """A later attempt at the same event is answered as a duplicate."""
    event = order_event("order.placed", {"total": 5})
    answers = [
        trusting.receive("lumi", signed_request(event, attempt=attempt)) for attempt in (1, 2)
    ]
    assert [each.text for each in answers] == ["placed", "duplicate"]


def test_same_id_from_two_sources(trusting):
    """Two sources may use the same event id."""
    trusting.trust("oriel", SECRET)
    placed(trusting, 5)
    event = {**order_event("order.placed", {"total": 7}, event_id="evt_placed"), "tenant": "oriel"}
    assert str(trusting.receive("oriel", signed_request(event))) == "200 placed"


def test_same_order_of_two_sources(trusting):
    """Two sources may have orders of the same name."""
    trusting.trust("oriel", SECRET)
    placed(trusting, 5)
    trusting.order("lumi", "order/1")
    event = {**order_event("order.placed", {"total": 7}), "tenant": "oriel"}
    trusting.receive("oriel", signed_request(event))
    assert [trusting.order(name, "order/1").total for name in ("lumi", "oriel")] == [5, 7]


def test_order_that_is_not_known(trusting):
    """Of an order that is not known there are no details."""
    assert trusting.order("lumi", "order/9") is None


def test_event_comes_too_early(trusting):
    """An event for an order that is not known yet is asked for again in half a minute."""
    answer = trusting.receive("lumi", order_request("order.paid", {"amount": 5}, sequence=2))
    assert (answer.status, answer.text, answer.headers["Retry-After"]) == (
        503,
        "order/1 is not known yet",
        "30",
    )


def test_early_event_comes_again(trusting):
    """An event that came too early is taken in when it comes again."""
    paid(trusting, 100)
    placed(trusting)
    assert paid(trusting, 100) == "200 paid"


@pytest.mark.parametrize(
    ("sequence", "answer"),
    [
        pytest.param(4, "200 stale", id="older"),
        pytest.param(5, "200 stale", id="same"),
        pytest.param(6, "200 paid", id="next"),
        pytest.param(9, "200 paid", id="with-a-gap"),
    ],
)
def test_events_that_come_late(trusting, sequence, answer):
    """An event that is older than what is known of its order changes nothing."""
    placed(trusting)
    paid(trusting, 40, sequence=5)
    found = hand_in(trusting, "order.paid", {"amount": 60}, sequence=sequence, event_id="evt_late")
    assert found == answer


def test_late_event_is_remembered(trusting):
    """A late event that comes again is a duplicate."""
    placed(trusting)
    paid(trusting, 40, sequence=5)
    paid(trusting, 60, sequence=3, event_id="evt_late")
    assert paid(trusting, 60, sequence=3, event_id="evt_late") == "200 duplicate"


HISTORIES = [
    pytest.param([], "order.paid", "200 paid", id="pay-placed"),
    pytest.param([], "order.shipped", "422 order/1 is placed", id="ship-placed"),
    pytest.param([], "order.cancelled", "200 cancelled", id="cancel-placed"),
    pytest.param([], "order.refunded", "422 order/1 is placed", id="refund-placed"),
    pytest.param(["order.paid"], "order.shipped", "200 shipped", id="ship-paid"),
    pytest.param(["order.paid"], "order.cancelled", "200 cancelled", id="cancel-paid"),
    pytest.param(["order.paid"], "order.refunded", "200 paid", id="refund-paid"),
    pytest.param(
        ["order.paid"], "order.paid", "422 order/1 would be paid twice", id="pay-paid-again"
    ),
    pytest.param(
        ["order.paid", "order.shipped"], "order.shipped", "422 order/1 is shipped", id="ship-twice"
    ),
    pytest.param(
        ["order.paid", "order.shipped"],
        "order.cancelled",
        "422 order/1 is shipped",
        id="cancel-shipped",
    ),
    pytest.param(
        ["order.paid", "order.shipped"], "order.refunded", "200 shipped", id="refund-shipped"
    ),
    pytest.param(["order.cancelled"], "order.paid", "422 order/1 is cancelled", id="pay-cancelled"),
    pytest.param(
        ["order.cancelled"], "order.cancelled", "422 order/1 is cancelled", id="cancel-twice"
    ),
    pytest.param(
        ["order.paid", "order.cancelled"], "order.refunded", "200 cancelled", id="refund-cancelled"
    ),
    pytest.param([], "order.placed", "422 order/1 was placed before", id="place-twice"),
    pytest.param([], "invoice.sent", "200 ignored", id="something-else"),
]


@pytest.mark.parametrize(("history", "kind", "answer"), HISTORIES)
def test_what_may_happen_to_an_order(trusting, history, kind, answer):
    """What may happen to an order depends on what has happened to it before."""
    placed(trusting)
    data = {"total": 100, "amount": 100}
    for number, past in enumerate(history, start=2):
        hand_in(trusting, past, data, event_id=f"evt_{number}", sequence=number)
    assert hand_in(trusting, kind, data, event_id="evt_last", sequence=8) == answer


def test_refused_event_changes_nothing(trusting):
    """An event that makes no sense leaves the order as it was."""
    placed(trusting)
    paid(trusting, 60)
    paid(trusting, 41, sequence=3, event_id="evt_3")
    assert str(trusting.order("lumi", "order/1")) == (
        "order/1 placed: 60 of 100 EUR paid, 0 refunded, at event 2"
    )


def test_refused_event_is_not_remembered(trusting):
    """An event that was refused is looked at again when it comes again."""
    placed(trusting)
    hand_in(trusting, "order.shipped", sequence=5, event_id="evt_ship")
    paid(trusting, 100)
    assert hand_in(trusting, "order.shipped", sequence=5, event_id="evt_ship") == "200 shipped"


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        pytest.param([100], "paid: 100 of 100", id="at-once"),
        pytest.param([40, 60], "paid: 100 of 100", id="in-two-parts"),
        pytest.param([40, 59], "placed: 99 of 100", id="one-cent-missing"),
        pytest.param([0], "placed: 0 of 100", id="nothing"),
        pytest.param([100, 0], "paid: 100 of 100", id="nothing-more"),
    ],
)
def test_paying_in_parts(trusting, amounts, text):
    """An order is paid once the parts add up to its total."""
    placed(trusting)
    for number, amount in enumerate(amounts, start=2):
        paid(trusting, amount, sequence=number, event_id=f"evt_{number}")
    assert text in str(trusting.order("lumi", "order/1"))


@pytest.mark.parametrize(
    ("amount", "answer"),
    [
        pytest.param(None, "422 the amount is missing or no amount", id="missing"),
        pytest.param("5", "422 the amount is missing or no amount", id="text"),
        pytest.param(-1, "422 the amount is missing or no amount", id="negative"),
        pytest.param(1.5, "422 the amount is missing or no amount", id="part-of-a-cent"),
        pytest.param(0, "200 placed", id="nothing"),
        pytest.param(100, "200 paid", id="all"),
        pytest.param(101, "422 order/1 would be paid twice", id="one-cent-too-many"),
    ],
)
def test_amounts(trusting, amount, answer):
    """An amount is a whole number of cents, and not more than what is due."""
    placed(trusting)
    assert paid(trusting, amount) == answer


@pytest.mark.parametrize(
    ("currency", "answer"),
    [
        pytest.param("EUR", "200 paid", id="same"),
        pytest.param(" eur", "200 paid", id="same-in-small-letters"),
        pytest.param("USD", "422 order/1 is in EUR", id="other"),
        pytest.param("", "422 order/1 is in EUR", id="empty"),
    ],
)
def test_currency_of_a_payment(trusting, currency, answer):
    """An order is paid in its own currency."""
    placed(trusting)
    assert paid(trusting, 100, currency=currency) == answer


def test_currency_goes_without_saying(trusting):
    """A payment that names no currency is in that of its order."""
    placed(trusting, currency="SEK")
    assert paid(trusting, 100) == "200 paid"


@pytest.mark.parametrize(
    ("data", "refunded"),
    [
        pytest.param({}, 100, id="all"),
        pytest.param({"amount": 30}, 30, id="part"),
        pytest.param({"amount": 100}, 100, id="just-all"),
        pytest.param({"amount": 101}, 0, id="one-cent-too-many"),
        pytest.param({"amount": 0}, 0, id="nothing"),
        pytest.param({"amount": 30, "currency": "USD"}, 0, id="other-currency"),
    ],
)
def test_refunds(trusting, data, refunded):
    """What was paid can be given back, in part or as a whole."""
    placed(trusting)
    paid(trusting)
    hand_in(trusting, "order.refunded", data, sequence=3, event_id="evt_3")
    assert trusting.order("lumi", "order/1").refunded == refunded


@pytest.mark.parametrize(
    ("first", "second", "answer"),
    [
        pytest.param(60, 40, "200 paid", id="just-the-rest"),
        pytest.param(60, 41, "422 order/1 has only 40 left to refund", id="more-than-the-rest"),
    ],
)
def test_refunds_add_up(trusting, first, second, answer):
    """Refunds together are not more than what was paid."""
    placed(trusting)
    paid(trusting)
    hand_in(trusting, "order.refunded", {"amount": first}, sequence=3, event_id="evt_3")
    found = hand_in(trusting, "order.refunded", {"amount": second}, sequence=4, event_id="evt_4")
    assert found == answer


def test_takings(trusting):
    """Takings are what was paid and not given back, by currency."""
    for number, currency in enumerate(["EUR", "CHF", "EUR"]):
        data = {"total": 100, "amount": 100, "currency": currency}
        about = {"subject": f"order/{number}"}
        hand_in(trusting, "order.placed", data, event_id=f"a{number}", **about)
        hand_in(trusting, "order.paid", data, event_id=f"b{number}", sequence=2, **about)
    hand_in(trusting, "order.refunded", {"amount": 30}, event_id="c", sequence=3, subject="order/0")
    assert list(trusting.takings("lumi").items()) == [("CHF", 100), ("EUR", 170)]


def test_takings_of_a_source(trusting):
    """A source has no part in the takings of another."""
    placed(trusting)
    paid(trusting)
    assert trusting.takings("oriel") == {}


DIVISIONS = [
    pytest.param(100, {"north": 1, "south": 1}, {"north": 50, "south": 50}, id="halves"),
    pytest.param(101, {"north": 1, "south": 1}, {"north": 51, "south": 50}, id="odd-cent"),
    pytest.param(101, {"south": 2, "north": 2}, {"south": 50, "north": 51}, id="odd-cent-by-name"),
    pytest.param(100, {"north": 1, "south": 2}, {"north": 33, "south": 67}, id="odd-to-larger"),
    pytest.param(200, {"a": 1, "b": 1, "c": 1}, {"a": 67, "b": 67, "c": 66}, id="two-odd-cents"),
    pytest.param(5, {"north": 0, "south": 1}, {"north": 0, "south": 5}, id="no-share"),
    pytest.param(0, {"north": 1, "south": 1}, {"north": 0, "south": 0}, id="nothing"),
    pytest.param(5, {"north": 0}, {}, id="no-shares-at-all"),
    pytest.param(5, {}, {}, id="nobody"),
]


@pytest.mark.parametrize(("amount", "weights", "parts"), DIVISIONS)
def test_dividing(amount, weights, parts):
    """Parts are as large as their shares and add up to the whole."""
    assert divide(amount, weights) == parts


def test_payouts(trusting):
    """What an order has brought in is divided among its sellers."""
    placed(trusting, 101, sellers={"north": 2, "south": 1})
    paid(trusting, 101)
    assert trusting.payouts("lumi", "order/1") == {"north": 68, "south": 33}


def test_payouts_after_a_refund(trusting):
    """What was given back is not paid out."""
    placed(trusting, sellers={"north": 1, "south": 1})
    paid(trusting)
    hand_in(trusting, "order.refunded", {"amount": 40}, sequence=3, event_id="evt_3")
    assert trusting.payouts("lumi", "order/1") == {"north": 30, "south": 30}


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        pytest.param({}, {"house": 100}, id="none-named"),
        pytest.param({"sellers": None}, {"house": 100}, id="named-as-nobody"),
        pytest.param({"sellers": {}}, {}, id="empty-list"),
    ],
)
def test_orders_without_sellers(trusting, data, parts):
    """An order that names no sellers is the house's own."""
    placed(trusting, **data)
    paid(trusting)
    assert trusting.payouts("lumi", "order/1") == parts


def test_payouts_of_an_unknown_order(trusting):
    """An order that is not known pays nothing out."""
    assert trusting.payouts("lumi", "order/9") == {}


def test_orders_last_changed_first(trusting):
    """Orders are listed by their last change, and by name where it was at the same time."""
    for number, second in ((3, 5), (1, 5), (2, 9)):
        about = {"event_id": f"e{number}", "subject": f"order/{number}", "at": second}
        hand_in(trusting, "order.placed", {"total": 5}, **about)
    found = [each.subject for each in trusting.orders("lumi")]
    assert found == ["order/2", "order/1", "order/3"]


def test_orders_are_private(trusting):
    """A source sees no orders of another."""
    placed(trusting)
    assert trusting.orders("oriel") == []


def test_orders_are_copies(trusting):
    """Changing an order that was handed out changes nothing at the desk."""
    placed(trusting, sellers={"north": 1})
    order = trusting.order("lumi", "order/1")
    order.sellers["south"] = 9
    order.total = 1
    kept = trusting.order("lumi", "order/1")
    assert (kept.sellers, kept.total) == ({"north": 1}, 100)


def test_looking_before_a_change(trusting):
    """One sees the last change of an order, though one has looked before."""
    placed(trusting)
    trusting.order("lumi", "order/1")
    paid(trusting)
    assert trusting.order("lumi", "order/1").status == "paid"


def ready_to_pack(desk, *numbers):
    """Orders that were placed and paid."""
    for number in numbers:
        about = {"subject": f"order/{number}"}
        hand_in(desk, "order.placed", {"total": 5}, event_id=f"a{number}", **about)
        hand_in(desk, "order.paid", {"amount": 5}, event_id=f"b{number}", sequence=2, **about)


def test_warehouse_is_told(trusting, warehouse):
    """The warehouse is told which orders to pack, in the order of their payment."""
    ready_to_pack(trusting, 2, 1)
    trusting.announce(warehouse)
    assert warehouse.texts == ["order/2: pack it", "order/1: pack it"]


def test_warehouse_is_told_once(trusting, warehouse):
    """The warehouse is told everything once."""
    ready_to_pack(trusting, 1)
    trusting.announce(warehouse)
    assert trusting.announce(warehouse) == 0


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        pytest.param(1, 1, id="one"),
        pytest.param(3, 3, id="all"),
        pytest.param(9, 3, id="more-than-there-is"),
        pytest.param(0, 0, id="none"),
    ],
)
def test_how_much_the_warehouse_is_told(trusting, warehouse, limit, told):
    """The warehouse is told no more at a time than it wants to hear."""
    ready_to_pack(trusting, 1, 2, 3)
    assert trusting.announce(warehouse, limit=limit) == told


def test_usual_number_of_notices(trusting, warehouse):
    """Usually the warehouse hears up to 20 notices at a time."""
    ready_to_pack(trusting, *range(21))
    assert trusting.announce(warehouse) == 20


def test_warehouse_does_not_listen(trusting):
    """What the warehouse did not hear is told again, from there on."""
    warehouse = Warehouse(1)
    ready_to_pack(trusting, 1, 2, 3)
    assert trusting.announce(warehouse) == 1
    warehouse.room = 9
    assert trusting.announce(warehouse) == 2
    assert warehouse.texts == ["order/1: pack it", "order/2: pack it", "order/3: pack it"]


NOTICES = [
    pytest.param([("order.paid", {"amount": 40})], [], id="paid-in-part"),
    pytest.param([("order.cancelled", {})], [], id="cancelled-before-payment"),
    pytest.param(
        [("order.paid", {"amount": 100}), ("order.cancelled", {})],
        ["order/1: pack it", "order/1: put it back"],
        id="cancelled-after-payment",
    ),
    pytest.param(
        [("order.paid", {"amount": 100}), ("order.refunded", {"amount": 7})],
        ["order/1: pack it", "order/1: refunded 7 EUR"],
        id="refunded",
    ),
    pytest.param(
        [("order.paid", {"amount": 100}), ("order.shipped", {})], ["order/1: pack it"], id="shipped"
    ),
]


@pytest.mark.parametrize(("events", "texts"), NOTICES)
def test_what_the_warehouse_hears(trusting, warehouse, events, texts):
    """The warehouse hears what there is to do, and nothing else."""
    placed(trusting)
    for number, (kind, data) in enumerate(events, start=2):
        hand_in(trusting, kind, data, sequence=number, event_id=f"evt_{number}")
    trusting.announce(warehouse)
    assert warehouse.texts == texts


def test_order_that_was_placed_tells_when(trusting):
    """An order that was placed counts as changed when it was placed."""
    hand_in(trusting, "order.placed", {"total": 5}, at=9)
    assert trusting.orders("lumi")[0].changed_ms == START_S * 1000 + 9000


def test_order_that_was_paid_tells_when(trusting):
    """An order counts as changed when its last event happened."""
    placed(trusting)
    hand_in(trusting, "order.paid", {"amount": 5}, sequence=2, event_id="evt_2", at=30)
    assert trusting.orders("lumi")[0].changed_ms == START_S * 1000 + 30_000


class MoodyWarehouse(Warehouse):
    """Does not want to hear of one order."""

    name = "a moody warehouse"

    def __call__(self, notice):
        if notice.subject == "order/1":
            raise OSError("not again")
        super().__call__(notice)


def test_warehouse_does_not_want_to_hear(trusting, caplog):
    """While one notice cannot be told, those behind it wait, and the log file tells why."""
    ready_to_pack(trusting, 1, 2)
    assert trusting.announce(MoodyWarehouse(PLENTY)) == 0
    assert [(each.getMessage(), each.source, each.problem) for each in caplog.records] == [
        ("notice not told", "lumi", "not again")
    ]


def test_duplicate_is_not_told_again(trusting, warehouse):
    """A payment that arrives twice is told to the warehouse once."""
    placed(trusting)
    paid(trusting)
    paid(trusting)
    assert trusting.announce(warehouse) == 1


def test_desk_forgets_after_two_weeks(trusting, clock):
    """Event ids are forgotten once they are older than two weeks."""
    placed(trusting)
    clock.advance(days=14)
    assert trusting.tidy() == 0
    clock.advance(seconds=0.001)
    assert trusting.tidy() == 1


@pytest.mark.parametrize(
    ("wait", "count"),
    [
        pytest.param(60, 0, id="exactly-as-old"),
        pytest.param(60.001, 1, id="older"),
    ],
)
def test_agreed_memory(inbox, clock, wait, count):
    """How long a desk remembers event ids can be agreed."""
    desk = OrderDesk(inbox, clock=clock, memory_s=60)
    desk.trust("lumi", SECRET)
    placed(desk)
    clock.advance(seconds=wait)
    assert desk.tidy() == count


def test_duplicate_does_not_prolong_the_memory(trusting, clock):
    """A duplicate does not make the desk remember an event for longer."""
    event = order_event("order.placed", {"total": 5})
    trusting.receive("lumi", signed_request(event))
    clock.advance(days=10)
    late = signed_request(event, seconds=START_S + 10 * DAY)
    assert trusting.receive("lumi", late).text == "duplicate"
    clock.advance(days=5)
    assert trusting.tidy() == 1


def test_pings_are_not_kept(trusting):
    """A message that only tries the desk out leaves no trace."""
    event = order_event("postbox.ping")
    answers = [str(trusting.receive("lumi", signed_request(event))) for _ in range(2)]
    assert (answers, trusting.orders("lumi")) == (["200 pong", "200 pong"], [])


BODIES = [
    pytest.param({"kind": 5}, "200 ignored", id="kind-as-a-number"),
    pytest.param({"id": None}, "400 the body is not what the headers say", id="no-id"),
    pytest.param({"sequence": "first"}, "400 the body is not an event", id="number-in-words"),
    pytest.param({"occurred_at": "yesterday"}, "400 the body is not an event", id="no-time"),
    pytest.param({"occurred_at": 7}, "400 the body is not an event", id="time-as-a-number"),
    pytest.param({"data": 5}, "400 the body is not an event", id="no-data"),
    pytest.param({}, "200 placed", id="all-right"),
]


@pytest.mark.parametrize("missing", ["id", "tenant", "object", "data"])
def test_bodies_that_lack_something(trusting, missing):
    """A trusted request whose body lacks a part is answered as a bad request."""
    event = order_event("order.placed", {"total": 5})
    del event[missing]
    request = Request(HOOK, {}, json.dumps(event).encode())
    assert str(trusting.receive("lumi", resigned(request))) == "400 the body is not an event"


@pytest.mark.parametrize(("change", "answer"), BODIES)
def test_bodies_that_are_no_events(trusting, change, answer):
    """A trusted request whose body is no event is answered as a bad request."""
    event = order_event("order.placed", {"total": 5})
    proper = signed_request({**event, **change, "id": "evt_1"})
    odd = signed_request({**event, **change})
    request = proper if "id" not in change else resigned(odd)
    assert str(trusting.receive("lumi", request)) == answer


def resigned(request):
    """The request with the signature of a sender who calls it evt_1."""
    mark = f"t={START_S},v1={sign(SECRET, 'evt_1', START_S, request.body)}"
    headers = {**request.headers, "Postbox-Event": "evt_1", "Postbox-Signature": mark}
    return Request(HOOK, headers, request.body)


def test_desk_logs_under_the_senders_request(trusting, caplog):
    """What the desk logs carries the id of the request that the sender named."""
    caplog.set_level(logging.INFO, "postbox.receiver")
    placed(trusting)
    assert [record.request_id for record in caplog.records] == ["req_from_sender"]


USUAL = {*vars(logging.makeLogRecord({})), "message", "asctime"}


@pytest.mark.parametrize(
    ("kind", "headers", "told"),
    [
        pytest.param(
            "order.placed",
            {"Postbox-Signature": ""},
            (
                "request not trusted",
                {"problem": "the request carries no signature", "request_id": "req_from_sender"},
            ),
            id="not-trusted",
        ),
        pytest.param(
            "order.placed",
            {"Postbox-Request": "odd-1"},
            ("event taken in", {"event": "evt_1", "result": "placed", "request_id": "odd-1"}),
            id="taken-in",
        ),
        pytest.param(
            "order.placed",
            {"Postbox-Request": ""},
            ("event taken in", {"event": "evt_1", "result": "placed", "request_id": "-"}),
            id="without-a-request-id",
        ),
    ],
)
def test_what_the_desk_logs(trusting, caplog, kind, headers, told):
    """The desk logs what it took in and what it did not trust."""
    request = order_request(kind, {"total": 5})
    request.headers.update(headers)
    caplog.set_level(logging.INFO, "postbox.receiver")
    trusting.receive("lumi", request)
    text, facts = told
    (record,) = caplog.records
    found = {name: value for name, value in vars(record).items() if name not in USUAL}
    assert (record.getMessage(), found) == (text, {"source": "lumi", **facts})


def test_desk_logs_refusals(trusting, caplog):
    """The desk logs which event it refused and why."""
    placed(trusting)
    hand_in(trusting, "order.shipped", sequence=2, event_id="evt_2")
    assert [
        (each.getMessage(), each.source, each.event, each.problem) for each in caplog.records
    ] == [("event refused", "lumi", "evt_2", "order/1 is placed")]


def test_desk_opens_again(tmp_path, clock):
    """A desk that is opened again knows orders and event ids."""
    path = str(tmp_path / "desk.db")
    first = Inbox(path)
    desk = OrderDesk(first, clock=clock)
    desk.trust("lumi", SECRET)
    placed(desk)
    first.close()
    second = Inbox(path)
    desk = OrderDesk(second, clock=clock)
    desk.trust("lumi", SECRET)
    assert (placed(desk), desk.order("lumi", "order/1").total) == ("200 duplicate", 100)
    second.close()
