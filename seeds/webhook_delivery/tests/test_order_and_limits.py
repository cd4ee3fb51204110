import pytest
from rehearsals import ELSEWHERE, HOOK, OTHER_HOOK, Turnstile, bodies, opened, states, subjects

from postbox import (
    CountingIds,
    HealthRules,
    LoadedChance,
    Postbox,
    RetrySchedule,
    Settings,
)
from postbox.errors import ConfigurationError
from postbox.messages import Response
from postbox.schedule import deal, spread, waves
from postbox.transport import WorkerLostError


def sequences(requests):
    """The numbers of the events that requests carried."""
    return [each["sequence"] for each in bodies(requests)]


def place(postbox, *numbers):
    """Publish that orders were placed."""
    postbox.publish_all("lumi", "order.placed", *[f"order/{number}" for number in numbers])


def test_events_of_one_object_arrive_in_order(postbox, line):
    """Events about one object arrive one after the other, in order."""
    postbox.register("lumi", HOOK)
    for kind in ("order.placed", "order.paid", "order.shipped"):
        postbox.publish("lumi", kind, "order/1")
    postbox.run_for(3)
    assert sequences(line.requests(HOOK)) == [1, 2, 3]


def test_one_event_of_an_object_at_a_time(postbox, line):
    """In one pass an object's endpoint gets only the first of its events."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.tick()
    assert sequences(line.requests(HOOK)) == [1]


def test_later_events_wait_for_the_first(postbox, line):
    """While an event is to be tried again, those behind it about the same object wait."""
    line.answer(HOOK, "500", "200")
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.run_for(10)
    assert sequences(line.requests(HOOK)) == [1, 1, 2]


def test_other_objects_do_not_wait(postbox, line):
    """An event that fails does not hold up other objects."""
    line.answer(HOOK, "500", "200")
    postbox.register("lumi", HOOK, max_in_flight=1)
    place(postbox, 1, 2)
    postbox.run_for(2)
    assert subjects(line.requests(HOOK)) == ["order/1", "order/2"]


def test_other_endpoints_do_not_wait(postbox, line):
    """An endpoint that fails does not hold up the others."""
    line.answer(HOOK, "500")
    postbox.register("lumi", HOOK)
    postbox.register("lumi", OTHER_HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.run_for(2)
    assert [sequences(line.requests(url)) for url in (HOOK, OTHER_HOOK)] == [[1], [1, 2]]


@pytest.mark.parametrize(
    ("strict", "arrived"),
    [
        pytest.param(False, [1, 2], id="passes"),
        pytest.param(True, [1], id="held-up"),
    ],
)
def test_behind_a_parked_event(postbox, line, strict, arrived):
    """Events pass one that was parked, unless the endpoint is strict."""
    line.answer(HOOK, "422", "200")
    postbox.register("lumi", HOOK, strict=strict)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.run_for(5)
    assert sequences(line.requests(HOOK)) == arrived


def test_strict_endpoint_goes_on_after_discarding(postbox, line):
    """At a strict endpoint an object goes on once the parked event was discarded."""
    line.answer(HOOK, "422", "200")
    postbox.register("lumi", HOOK, strict=True)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.tick()
    postbox.discard("lumi", "dlv_1")
    postbox.tick()
    assert sequences(line.requests(HOOK)) == [1, 2]


def test_strict_endpoint_goes_on_after_replaying(postbox, line):
    """At a strict endpoint the parked event comes before those behind it."""
    line.answer(HOOK, "422", "200")
    postbox.register("lumi", HOOK, strict=True)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.publish("lumi", "order.paid", "order/1")
    postbox.tick()
    postbox.replay("lumi", "dlv_1")
    postbox.run_for(2)
    assert sequences(line.requests(HOOK)) == [1, 1, 2]


@pytest.mark.parametrize(
    ("most", "count"),
    [
        pytest.param(1, 1, id="one"),
        pytest.param(3, 3, id="three"),
        pytest.param(5, 4, id="more-than-there-are"),
    ],
)
def test_how_much_an_endpoint_gets_at_a_time(postbox, line, most, count):
    """In one pass an endpoint gets no more than may be under way."""
    postbox.register("lumi", HOOK, max_in_flight=most)
    place(postbox, 1, 2, 3, 4)
    postbox.tick()
    assert len(line.requests(HOOK)) == count


def test_longest_overdue_first(postbox, line, clock):
    """Where not all can go at once, what has been due longest goes first."""
    line.answer(HOOK, "500", "200")
    postbox.register("lumi", HOOK, max_in_flight=1)
    place(postbox, 1)
    postbox.tick()
    clock.advance(seconds=6)
    place(postbox, 2)
    postbox.tick()
    assert subjects(line.requests(HOOK)) == ["order/1", "order/1"]


def test_equally_overdue(postbox, line):
    """Of what is due at the same time, what was published first goes first."""
    postbox.register("lumi", HOOK, max_in_flight=1)
    place(postbox, 2, 1, 3)
    postbox.tick()
    postbox.tick()
    assert subjects(line.requests(HOOK)) == ["order/2", "order/1"]


@pytest.mark.parametrize(
    ("batch", "first", "second"),
    [
        pytest.param(2, 1, 1, id="one-each"),
        pytest.param(3, 2, 1, id="odd-one-to-the-first"),
        pytest.param(4, 2, 2, id="even"),
        pytest.param(1, 1, 0, id="only-one"),
        pytest.param(9, 4, 4, id="more-than-there-is"),
    ],
)
def test_shares_of_two_endpoints(line, clock, batch, first, second):
    """What one pass can take is shared out evenly among endpoints."""
    postbox = opened(line, clock, batch=batch)
    postbox.register("lumi", HOOK, max_in_flight=9)
    postbox.register("lumi", OTHER_HOOK, max_in_flight=9)
    place(postbox, 1, 2, 3, 4)
    postbox.tick()
    assert [len(line.requests(url)) for url in (HOOK, OTHER_HOOK)] == [first, second]


def test_unused_shares_go_to_others(line, clock):
    """What one endpoint cannot use of its share goes to the other."""
    postbox = opened(line, clock, batch=4)
    postbox.register("lumi", HOOK, max_in_flight=9)
    postbox.register("oriel", ELSEWHERE)
    postbox.publish("oriel", "order.placed", "order/1")
    place(postbox, 1, 2, 3, 4)
    postbox.tick()
    assert [len(line.requests(url)) for url in (HOOK, ELSEWHERE)] == [3, 1]


DEALS = [
    pytest.param(5, {"a": 9, "b": 9}, {"a": 3, "b": 2}, id="odd-one"),
    pytest.param(6, {"a": 1, "b": 9}, {"a": 1, "b": 5}, id="modest-first"),
    pytest.param(7, {"a": 1, "b": 2, "c": 9}, {"a": 1, "b": 2, "c": 4}, id="two-modest"),
    pytest.param(8, {"a": 9, "b": 9, "c": 9}, {"a": 3, "b": 3, "c": 2}, id="two-odd"),
    pytest.param(9, {"a": 2, "b": 3}, {"a": 2, "b": 3}, id="enough"),
    pytest.param(0, {"a": 2}, {"a": 0}, id="nothing"),
    pytest.param(3, {}, {}, id="nobody"),
    pytest.param(3, {"a": 0, "b": 4}, {"a": 0, "b": 3}, id="no-demand"),
    pytest.param(
        12,
        {"a": 4, "b": 1, "c": 1, "d": 9},
        {"a": 4, "b": 1, "c": 1, "d": 6},
        id="one-left-to-want",
    ),
]


@pytest.mark.parametrize(("slots", "demands", "shares"), DEALS)
def test_sharing_out(slots, demands, shares):
    """Slots are shared out evenly, and none is left while somebody has use for it."""
    assert deal(slots, demands) == shares


@pytest.mark.parametrize(
    ("count", "window", "offsets"),
    [
        pytest.param(4, 1_000, [0, 250, 500, 750], id="even"),
        pytest.param(3, 1_000, [0, 333, 666], id="uneven"),
        pytest.param(1, 1_000, [0], id="one"),
        pytest.param(0, 1_000, [], id="none"),
        pytest.param(3, 0, [0, 0, 0], id="no-window"),
    ],
)
def test_spreading(count, window, offsets):
    """Starts are spread evenly over a window, the first at once."""
    assert spread(count, window) == offsets


@pytest.mark.parametrize(
    ("count", "size", "goes"),
    [
        pytest.param(6, 3, 2, id="even"),
        pytest.param(7, 3, 3, id="one-left"),
        pytest.param(1, 3, 1, id="fewer"),
        pytest.param(0, 3, 0, id="none"),
    ],
)
def test_goes(count, size, goes):
    """The last go may be smaller than the others."""
    assert waves(count, size) == goes


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"batch": 0}, id="no-batch"),
        pytest.param({"capacity": 0}, id="no-room"),
        pytest.param({"lease_s": 0}, id="no-lease"),
        pytest.param({"expire_s": 0}, id="old-at-once"),
        pytest.param({"poll_s": -1}, id="passes-without-a-pause"),
    ],
)
def test_settings_that_cannot_work(settings):
    """Settings that cannot work are refused."""
    with pytest.raises(ConfigurationError):
        Settings(**settings)


def test_settings_in_words():
    """Settings tell what is unusual about them."""
    settings = Settings(batch=7, schedule=RetrySchedule(attempts=2))
    assert str(settings) == (
        "schedule 2 attempt(s), pauses from 5 s times 2 up to 3600 s, 20 % jitter; batch 7"
    )


def test_rules_in_words():
    """The rules of rests tell themselves in words."""
    assert str(Settings(health=HealthRules(trip_after=2, rest_s=1.5))) == (
        "health a rest after 2 failure(s), from 1.5 s up to 3600 s, disabled after 6"
    )


def crash(postbox):
    """One pass in which the worker dies."""
    with pytest.raises(WorkerLostError):
        postbox.tick()


@pytest.mark.parametrize(
    ("wait", "count"),
    [
        pytest.param(119.999, 1, id="lease-runs"),
        pytest.param(120, 2, id="lease-is-over"),
        pytest.param(300, 2, id="long-over"),
    ],
)
def test_worker_dies(postbox, line, clock, wait, count):
    """What a dead worker was sending is sent again once its lease is over."""
    line.answer(HOOK, "crash", "200")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    crash(postbox)
    clock.advance(seconds=wait)
    postbox.tick()
    assert len(line.requests(HOOK)) == count


def test_lease_as_agreed(line, clock):
    """The lease of a worker is as long as agreed."""
    postbox = opened(line, clock, lease_s=7)
    line.answer(HOOK, "crash", "200")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    crash(postbox)
    postbox.run_for(10)
    assert line.arrivals(HOOK) == [0.0, 7.0]


def test_lost_attempt_counts(postbox, line, clock):
    """An attempt whose worker died counts as an attempt."""
    line.answer(HOOK, "crash", "200")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    crash(postbox)
    clock.advance(minutes=2)
    postbox.tick()
    assert [each.tried for each in postbox.attempts("lumi").items] == [2]


def test_lost_attempts_are_under_way(postbox, line, clock):
    """What a dead worker was sending takes up its place until the lease is over."""
    line.answer(HOOK, "crash", "200")
    postbox.register("lumi", HOOK, max_in_flight=2)
    place(postbox, 1, 2, 3, 4)
    crash(postbox)
    clock.advance(seconds=60)
    postbox.tick()
    assert len(line.requests(HOOK)) == 1


def test_probation_with_lost_attempts(line, clock):
    """On probation nothing is sent while attempts of a dead worker are under way."""
    rules = HealthRules(trip_after=1, rest_s=10)
    postbox = opened(line, clock, health=rules)
    line.answer(HOOK, "crash", "500")
    postbox.register("lumi", HOOK, max_in_flight=3)
    place(postbox, 1, 2)
    crash(postbox)
    place(postbox, 3, 4)
    postbox.run_for(40)
    assert line.arrivals(HOOK) == [0.0, 0.0]


def test_places_are_free_again(postbox, line, clock):
    """Once the lease is over, the places of a dead worker are free again."""
    line.answer(HOOK, "crash", "200")
    postbox.register("lumi", HOOK, max_in_flight=2)
    place(postbox, 1, 2, 3)
    crash(postbox)
    clock.advance(seconds=120)
    postbox.tick()
    assert subjects(line.requests(HOOK)) == ["order/1", "order/1", "order/2"]


class SlowDesk:
    """Takes longer than a lease over its first request, and meanwhile another worker makes a pass."""

    def __init__(self, postbox, clock, status=500):
        self.postbox, self.clock, self.status = postbox, clock, status
        self.answers = 0

    def __str__(self):
        return "a slow desk"

    def receive(self, _source, _request):
        self.answers += 1
        if self.answers == 1:
            self.clock.advance(minutes=3)
            self.postbox.tick()
            return Response(self.status)
        return Response(200)


def test_two_workers_at_one_delivery(postbox, line, clock):
    """What another worker has delivered meanwhile stays delivered."""
    line.connect(HOOK, SlowDesk(postbox, clock), "lumi")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    postbox.tick()
    assert states(postbox.deliveries("lumi", "evt_1")) == ["delivered"]


def test_late_worker_delivers_nothing(postbox, line, clock):
    """A worker that comes too late does not count a delivery that another one has made."""
    line.connect(HOOK, SlowDesk(postbox, clock, status=200), "lumi")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    assert str(postbox.tick()) == "0 delivered, 0 to be tried again, 0 parked, 0 put back"


class MeddlingDesk:
    """Something is done at the postbox while it answers."""

    def __init__(self, what, meddle):
        self.what, self.meddle = what, meddle

    def __str__(self):
        return self.what

    def receive(self, _source, _request):
        self.meddle()
        return Response(200)


def closing_desk(postbox):
    return MeddlingDesk("a desk that closes down", lambda: postbox.unregister("lumi", "ep_1"))


def test_endpoint_disabled_while_it_answers(postbox, line):
    """An endpoint that is disabled while it answers stays disabled."""
    meddle = MeddlingDesk("a desk that is disabled", lambda: postbox.disable("lumi", "ep_1"))
    line.connect(HOOK, meddle, "lumi")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    postbox.tick()
    assert postbox.endpoint("lumi", "ep_1").state.value == "disabled"


def test_mistake_of_our_own(postbox, line):
    """What goes wrong on our own side is not taken for a failure of the endpoint."""

    def stumble():
        raise ZeroDivisionError("our own mistake")

    line.connect(HOOK, MeddlingDesk("a desk that stumbles", stumble), "lumi")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    with pytest.raises(ZeroDivisionError):
        postbox.tick()
    assert postbox.attempts("lumi").items == []


def test_endpoint_removed_while_it_answers(postbox, line):
    """An endpoint that is removed in the middle of a pass gets nothing more in it."""
    line.connect(HOOK, closing_desk(postbox), "lumi")
    postbox.register("lumi", HOOK)
    place(postbox, 1, 2)
    postbox.tick()
    assert subjects(line.requests(HOOK)) == ["order/1"]


@pytest.fixture
def turnstile():
    return Turnstile()


@pytest.fixture
def shared(line, clock, turnstile):
    """A postbox that several workers use."""
    return Postbox(line, clock=clock, ids=CountingIds(), chance=LoadedChance(), lock=turnstile)


def test_two_workers_begin_at_once(shared, line, turnstile):
    """Two workers that begin at the same time do not send the same event twice."""
    shared.register("lumi", HOOK)
    place(shared, 1)
    turnstile.let_in(shared.tick)
    shared.tick()
    assert subjects(line.requests(HOOK)) == ["order/1"]


def test_two_people_replay_at_once(shared, line, turnstile):
    """A dead letter that two people replay at the same time is sent again once."""
    line.answer(HOOK, "422", "200")
    shared.register("lumi", HOOK)
    place(shared, 1)
    shared.tick()
    turnstile.let_in(lambda: shared.discard("lumi", "dlv_1"))
    with pytest.raises(Exception, match="dlv_1 is discarded, not parked"):
        shared.replay("lumi", "dlv_1")


def test_discarding_what_is_being_replayed(shared, line, turnstile):
    """A dead letter that somebody else replays first cannot be discarded."""
    line.answer(HOOK, "422", "200")
    shared.register("lumi", HOOK)
    place(shared, 1)
    shared.tick()
    turnstile.let_in(lambda: shared.replay("lumi", "dlv_1"))
    with pytest.raises(Exception, match="dlv_1 is waiting, not parked"):
        shared.discard("lumi", "dlv_1")


def test_subscribing_while_a_secret_changes(shared, line, turnstile):
    """A change of subscriptions does not undo a change of secrets that came in between."""
    shared.register("lumi", HOOK, secret="quiet-harbour")
    turnstile.let_in(lambda: shared.rotate_secret("lumi", "ep_1", "loud-mountain", overlap_s=0))
    shared.subscribe("lumi", "ep_1", "order.*")
    keys = shared.endpoint("lumi", "ep_1").keys
    assert [each.secret for each in keys.keys] == ["loud-mountain", "quiet-harbour"]


def test_registering_at_once(shared, turnstile):
    """Of two people who register one address at the same time, the second is refused."""
    turnstile.let_in(lambda: shared.register("lumi", HOOK))
    with pytest.raises(Exception, match="is registered already"):
        shared.register("lumi", HOOK)


def test_endpoint_comes_while_publishing(shared, turnstile):
    """An endpoint that is registered just before an event comes in gets it as well."""
    shared.register("lumi", HOOK)
    turnstile.let_in(lambda: shared.register("lumi", OTHER_HOOK))
    assert shared.publish("lumi", "order.placed", "order/1").deliveries == 2


def test_endpoint_removed_before_the_answer_counts(shared, line, turnstile):
    """What was delivered to an endpoint that is removed at the same moment is not counted."""
    remove = lambda: shared.unregister("lumi", "ep_1")  # noqa: E731
    line.connect(HOOK, MeddlingDesk("a desk", lambda: turnstile.let_in(remove)), "lumi")
    shared.register("lumi", HOOK)
    place(shared, 1)
    assert str(shared.tick()) == "0 delivered, 0 to be tried again, 0 parked, 0 put back"


def test_removing_while_a_secret_changes(shared, turnstile):
    """An endpoint can be removed at the moment at which its secret is changed."""
    shared.register("lumi", HOOK, secret="quiet-harbour")
    turnstile.let_in(lambda: shared.rotate_secret("lumi", "ep_1", "loud-mountain"))
    shared.unregister("lumi", "ep_1")
    assert shared.endpoints("lumi") == []


class WatchingIds(CountingIds):
    """Notes whether the postbox was closed to others when it numbered a delivery."""

    def __init__(self, turnstile):
        super().__init__()
        self.turnstile, self.closed = turnstile, []

    def next(self, prefix):
        if prefix == "dlv":
            self.closed.append(self.turnstile.inside > 0)
        return super().next(prefix)


def test_nobody_comes_in_between(line, clock, turnstile):
    """While an event is taken in for all its endpoints, nobody else comes in between."""
    ids = WatchingIds(turnstile)
    postbox = Postbox(line, clock=clock, ids=ids, chance=LoadedChance(), lock=turnstile)
    postbox.register("lumi", HOOK)
    postbox.register("lumi", OTHER_HOOK)
    assert postbox.publish("lumi", "order.placed", "order/1").deliveries == 2
    assert ids.closed == [True, True]
