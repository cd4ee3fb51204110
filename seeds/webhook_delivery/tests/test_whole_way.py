import pytest
from rehearsals import HOOK, NEXT_SECRET, OTHER_HOOK, SECRET, opened, states, told

from postbox import HealthRules, RetrySchedule
from postbox.errors import AttemptTimeoutError


@pytest.fixture
def joined(postbox, line, trusting):
    """A postbox whose events for lumi go to an order desk."""
    line.connect(HOOK, trusting, "lumi")
    postbox.register("lumi", HOOK, "order.*", secret=SECRET)
    return postbox


def order(postbox, number=1, total=100, **data):
    """Publish that an order was placed and paid."""
    postbox.publish("lumi", "order.placed", f"order/{number}", {"total": total, **data})
    postbox.publish("lumi", "order.paid", f"order/{number}", {"amount": total})


def test_order_arrives(joined, trusting):
    """What is published about an order arrives at the desk."""
    order(joined)
    joined.run_for(2)
    assert str(trusting.order("lumi", "order/1")) == (
        "order/1 paid: 100 of 100 EUR paid, 0 refunded, at event 2"
    )


def test_answer_gets_lost(postbox, line, trusting):
    """A payment whose answer got lost is sent again and counted once."""
    line.connect(HOOK, LosingDesk(trusting), "lumi")
    postbox.register("lumi", HOOK, secret=SECRET)
    order(postbox)
    postbox.run_for(30)
    assert trusting.takings("lumi") == {"EUR": 100}
    assert told(line.requests(HOOK), "Postbox-Event") == ["evt_1", "evt_1", "evt_2", "evt_2"]


class LosingDesk:
    """Loses every other answer."""

    def __init__(self, desk):
        self.desk, self.turn = desk, 0

    def __str__(self):
        return "the order desk, losing every other answer,"

    def receive(self, source, request):
        answer = self.desk.receive(source, request)
        self.turn += 1
        if self.turn % 2:
            raise AttemptTimeoutError("no answer")
        return answer


def test_desk_is_down_for_a_while(joined, line, trusting):
    """Events that could not be delivered while the desk was down arrive in order afterwards."""
    line.answer(HOOK, "500", "timeout", "200")
    order(joined)
    joined.run_for(60)
    assert trusting.order("lumi", "order/1").status == "paid"


@pytest.mark.parametrize("known", [SECRET, NEXT_SECRET])
def test_secret_is_changed_on_both_sides(joined, trusting, known):
    """While secrets overlap, the desk may go by either of them."""
    joined.rotate_secret("lumi", "ep_1", NEXT_SECRET)
    trusting.trust("lumi", known)
    order(joined)
    joined.run_for(2)
    assert trusting.order("lumi", "order/1").status == "paid"


def test_secret_is_changed_on_one_side(joined, trusting):
    """Events signed with a secret the desk does not know are tried again until it does."""
    joined.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=0)
    joined.publish("lumi", "order.placed", "order/1", {"total": 100})
    joined.run_for(4)
    trusting.trust("lumi", NEXT_SECRET)
    joined.run_for(10)
    assert trusting.order("lumi", "order/1").status == "placed"


def test_senders_clock_is_wrong(joined, clock, trusting):
    """Where both sides live by one clock, setting it does no harm."""
    clock.set_wall(-7200)
    order(joined)
    joined.run_for(2)
    assert trusting.order("lumi", "order/1").status == "paid"


def test_event_without_sense_is_parked(joined, trusting):
    """An event that makes no sense to the desk is parked with its answer."""
    joined.publish("lumi", "order.placed", "order/1", {"total": 100})
    joined.publish("lumi", "order.paid", "order/1", {"amount": 101})
    joined.run_for(2)
    assert [each.reason for each in joined.parked("lumi").items] == [
        "the endpoint rejected it with 422"
    ]


def test_orders_go_on_behind_a_parked_event(joined, trusting):
    """An order goes on behind an event that was parked."""
    joined.publish("lumi", "order.placed", "order/1", {"total": 100})
    joined.publish("lumi", "order.paid", "order/1", {"amount": 101})
    joined.publish("lumi", "order.paid", "order/1", {"amount": 100})
    joined.run_for(5)
    assert trusting.order("lumi", "order/1").sequence == 3


def test_replayed_after_later_events(joined, trusting):
    """A dead letter that is replayed after later events of its order changes nothing."""
    joined.publish("lumi", "order.placed", "order/1", {"total": 100})
    joined.publish("lumi", "order.paid", "order/1", {"amount": 101})
    joined.publish("lumi", "order.cancelled", "order/1")
    joined.run_for(5)
    joined.replay("lumi", "dlv_2")
    joined.tick()
    assert states(joined.deliveries("lumi", "evt_2")) == ["delivered"]
    assert str(trusting.order("lumi", "order/1")) == (
        "order/1 cancelled: 0 of 100 EUR paid, 0 refunded, at event 3"
    )


def test_payment_overtakes_its_order(joined, line, trusting):
    """A payment that overtakes its order is taken in once the order has arrived."""
    line.answer(HOOK, "422", "200")
    order(joined)
    joined.run_for(5)
    joined.replay("lumi", "dlv_1")
    joined.run_for(40)
    assert trusting.order("lumi", "order/1").status == "paid"


def test_early_payment_is_no_failure(joined, line):
    """That a payment came too early does not count against the desk."""
    line.answer(HOOK, "422", "200")
    order(joined)
    joined.run_for(3)
    assert joined.endpoint("lumi", "ep_1").failures == 0
    assert [each.outcome.value for each in joined.attempts("lumi").items] == [
        "rejected",
        "throttled",
    ]


def test_order_is_published_twice(joined, trusting):
    """A payment that is published twice under one id counts once."""
    joined.publish("lumi", "order.placed", "order/1", {"total": 100})
    joined.publish("lumi", "order.paid", "order/1", {"amount": 40}, event_id="pay-1")
    joined.publish("lumi", "order.paid", "order/1", {"amount": 40}, event_id="pay-1")
    joined.run_for(5)
    assert trusting.order("lumi", "order/1").paid == 40


def test_payment_under_a_new_id(joined, trusting):
    """A payment that is published under a new id counts again."""
    joined.publish("lumi", "order.placed", "order/1", {"total": 100})
    joined.publish("lumi", "order.paid", "order/1", {"amount": 40}, event_id="pay-1")
    joined.publish("lumi", "order.paid", "order/1", {"amount": 40}, event_id="pay-2")
    joined.run_for(5)
    assert trusting.order("lumi", "order/1").paid == 80


def test_worker_dies_and_the_order_arrives(joined, line, trusting):
    """An order whose worker died in the middle arrives all the same."""
    line.answer(HOOK, "crash", "200")
    order(joined)
    with pytest.raises(BaseException, match="the worker died"):
        joined.tick()
    joined.run_for(122)
    assert trusting.order("lumi", "order/1").status == "paid"


def test_desk_is_disabled_and_enabled(joined, trusting):
    """Orders that were placed while the desk was disabled arrive once it is enabled."""
    joined.disable("lumi", "ep_1")
    joined.publish_all("lumi", "order.placed", "order/1", "order/2", data={"total": 100})
    joined.publish_all("lumi", "order.paid", "order/1", "order/2", data={"amount": 100})
    joined.enable("lumi", "ep_1")
    joined.run_for(40)
    assert [each.status for each in trusting.orders("lumi")] == ["paid", "paid"]


def test_two_desks(joined, line, clock, trusting):
    """Two endpoints of one tenant get the same event under the same id."""
    joined.register("lumi", OTHER_HOOK, "order.placed", secret=SECRET)
    line.connect(OTHER_HOOK, trusting, "lumi")
    joined.publish("lumi", "order.placed", "order/1", {"total": 100})
    joined.tick()
    lines = joined.attempts("lumi").items
    assert [(each.event_id, each.endpoint_id) for each in lines] == [
        ("evt_1", "ep_1"),
        ("evt_1", "ep_2"),
    ]
    assert trusting.order("lumi", "order/1").total == 100


def test_sellers_share_what_was_paid(joined, trusting):
    """Sellers share what was paid, to the last cent."""
    order(joined, total=1001, sellers={"north": 1, "south": 1, "west": 1})
    joined.run_for(2)
    assert trusting.payouts("lumi", "order/1") == {"north": 334, "south": 334, "west": 333}


def test_warehouse_hears_of_a_published_order(joined, trusting, warehouse):
    """The warehouse hears of an order that was paid."""
    order(joined)
    joined.run_for(2)
    trusting.announce(warehouse)
    assert warehouse.texts == ["order/1: pack it"]


def test_desk_is_tried_out(joined):
    """The desk answers when it is tried out."""
    assert joined.ping("lumi", "ep_1") == ["fine"]


def test_desk_is_tried_out_with_a_wrong_secret(joined):
    """Trying the desk out shows that the secret is wrong."""
    joined.rotate_secret("lumi", "ep_1", NEXT_SECRET, overlap_s=0)
    assert joined.ping("lumi", "ep_1", tries=2) == ["the endpoint answered 401"] * 2


def test_long_outage(line, clock, trusting):
    """After a long outage orders arrive, few at first and then all of them."""
    rules = HealthRules(trip_after=2, rest_s=60)
    postbox = opened(line, clock, health=rules, schedule=RetrySchedule(longest_s=60), poll_s=5)
    line.connect(HOOK, trusting, "lumi")
    line.answer(HOOK, "500", "500", "500", "200")
    postbox.register("lumi", HOOK, secret=SECRET)
    for number in (1, 2, 3):
        order(postbox, number)
    postbox.run_for(300)
    assert [each.status for each in trusting.orders("lumi")] == ["paid"] * 3
    assert line.arrivals(HOOK)[:5] == [0.0, 0.0, 60.0, 180.0, 185.0]


def test_times_of_day_at_the_desk(joined, clock, trusting):
    """The desk lists orders by when their events happened, not by when they arrived."""
    joined.publish("lumi", "order.placed", "order/1", {"total": 5})
    clock.advance(seconds=1)
    joined.publish("lumi", "order.placed", "order/2", {"total": 5})
    clock.advance(minutes=1)
    joined.tick()
    changes = [(each.subject, each.changed_ms) for each in trusting.orders("lumi")]
    assert changes == [("order/2", 1_793_520_001_000), ("order/1", 1_793_520_000_000)]
