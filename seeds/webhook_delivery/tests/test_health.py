import pytest
from rehearsals import HOOK, OTHER_HOOK, opened, subjects

from postbox import HealthRules
from postbox.errors import EndpointError

QUICK = HealthRules(trip_after=2, rest_s=60, longest_rest_s=240, disable_after_trips=5)


def place(postbox, *numbers):
    """Publish that orders were placed."""
    postbox.publish_all("lumi", "order.placed", *[f"order/{number}" for number in numbers])


def failing(line, clock, *answers, most=1, **settings):
    """A postbox that is quick to give an endpoint a rest."""
    settings = {"health": QUICK, "poll_s": 5, **settings}
    postbox = opened(line, clock, **settings)
    line.answer(HOOK, *answers)
    postbox.register("lumi", HOOK, max_in_flight=most)
    return postbox


def state(postbox, endpoint_id="ep_1"):
    """The state of an endpoint in words."""
    return postbox.endpoint("lumi", endpoint_id).state.value


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        pytest.param(1, "open", id="one-before"),
        pytest.param(2, "tripped", id="exactly"),
    ],
)
def test_failures_in_a_row(line, clock, failures, expected):
    """An endpoint is given a rest after so many failures in a row."""
    postbox = failing(line, clock, "500")
    place(postbox, *range(failures))
    postbox.run_for(5 * (failures - 1))
    assert state(postbox) == expected


def test_usual_number_of_failures(postbox, line):
    """Usually an endpoint is given a rest after five failures in a row."""
    line.answer(HOOK, "500")
    postbox.register("lumi", HOOK, max_in_flight=4)
    place(postbox, 1, 2, 3, 4, 5)
    postbox.tick()
    assert state(postbox) == "open"
    postbox.tick()
    assert state(postbox) == "tripped"


def test_success_in_between(line, clock):
    """A success in between makes the count of failures start over."""
    postbox = failing(line, clock, "500", "200", "500", "200")
    place(postbox, 1, 2, 3)
    postbox.run_for(10)
    assert str(postbox.endpoint("lumi", "ep_1")) == f"ep_1 {HOOK} [*] open"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("422", id="rejected"),
        pytest.param("429 after 30", id="throttled"),
        pytest.param("503 after 30", id="unavailable-for-now"),
    ],
)
def test_what_is_no_failure(line, clock, answer):
    """An endpoint that answers sensibly is not given a rest, whatever it answers."""
    postbox = failing(line, clock, answer)
    place(postbox, 1, 2, 3)
    postbox.run_for(10)
    assert postbox.endpoint("lumi", "ep_1").failures == 0


def test_nothing_is_sent_during_a_rest(line, clock):
    """While an endpoint rests, it is sent nothing."""
    postbox = failing(line, clock, "500")
    place(postbox, 1, 2, 3)
    postbox.run_for(60)
    assert line.arrivals(HOOK) == [0.0, 5.0]


def test_rest_ends_on_time(line, clock):
    """After its rest an endpoint gets one attempt at a time."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2, 3, 4)
    postbox.tick()
    clock.advance(seconds=60)
    postbox.tick()
    assert line.arrivals(HOOK) == [0.0, 0.0, 60.0]


def test_rest_is_not_over(line, clock):
    """A moment before the end of its rest an endpoint is sent nothing."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    clock.advance(seconds=59.999)
    postbox.tick()
    assert (state(postbox), len(line.requests(HOOK))) == ("tripped", 2)


def test_events_wait_during_a_rest(line, clock):
    """What is published while an endpoint rests waits for it."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    place(postbox, 3)
    assert postbox.depth("lumi", "ep_1") == 3


def test_probation_ends_well(line, clock):
    """A success on probation opens an endpoint again."""
    postbox = failing(line, clock, "500", "500", "200", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    clock.advance(seconds=60)
    postbox.tick()
    assert state(postbox) == "open"


def test_probation_ends_badly(line, clock):
    """One failure on probation is enough for another rest."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    clock.advance(seconds=60)
    postbox.tick()
    assert state(postbox) == "tripped"


def test_endpoint_on_probation(line, clock):
    """An endpoint on probation does not rest any more."""
    postbox = failing(line, clock, "500", "500", "429 after 30", most=2)
    place(postbox, 1, 2)
    postbox.run_for(60)
    endpoint = postbox.endpoint("lumi", "ep_1")
    assert (endpoint.state.value, endpoint.reopens_ms) == ("on probation", None)


def test_rests_grow(line, clock):
    """Each rest is twice as long as the one before, up to the longest."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.run_for(800)
    assert line.arrivals(HOOK) == [0.0, 0.0, 60.0, 180.0, 420.0, 660.0]


def test_disabled_after_many_rests(line, clock):
    """An endpoint that fails after every rest is disabled in the end."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.run_for(700)
    endpoint = postbox.endpoint("lumi", "ep_1")
    assert (endpoint.state.value, endpoint.reason) == ("disabled", "tripped 5 times in a row")


def test_rest_starts_small_again(line, clock):
    """After a recovery the next rest is as short as the first one."""
    postbox = failing(line, clock, "500", "500", "500", "200", "500")
    place(postbox, 1, 2)
    postbox.run_for(200)
    assert state(postbox) == "open"
    place(postbox, 3, 4)
    postbox.run_for(5)
    assert postbox.endpoint("lumi", "ep_1").reopens_ms == 260_000


def test_setting_the_clock_does_not_end_a_rest(line, clock):
    """Setting the time of day neither shortens nor prolongs a rest."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    clock.set_wall(7200)
    postbox.tick()
    assert len(line.requests(HOOK)) == 2


def test_other_endpoints_are_fine(line, clock):
    """The failures of one endpoint do not count against another."""
    postbox = failing(line, clock, "500")
    postbox.register("lumi", OTHER_HOOK)
    place(postbox, 1, 2, 3)
    postbox.run_for(10)
    assert [state(postbox, name) for name in ("ep_1", "ep_2")] == ["tripped", "open"]


def test_trip_in_the_middle_of_a_pass(line, clock):
    """When an endpoint trips in the middle of a pass, the rest of the pass is put back."""
    postbox = failing(line, clock, "500", most=4)
    place(postbox, 1, 2, 3, 4)
    assert str(postbox.tick()) == "0 delivered, 2 to be tried again, 0 parked, 2 put back"


def test_disabled_by_hand(postbox, line):
    """An endpoint that was disabled by hand is sent nothing."""
    postbox.register("lumi", HOOK)
    postbox.disable("lumi", "ep_1")
    place(postbox, 1)
    postbox.run_for(5)
    assert line.requests(HOOK) == []


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        pytest.param({}, "disabled (by hand)", id="usual-reason"),
        pytest.param({"reason": "moving house"}, "disabled (moving house)", id="own-reason"),
    ],
)
def test_reason_for_disabling(postbox, options, shown):
    """The details of a disabled endpoint tell why."""
    postbox.register("lumi", HOOK, "order.*")
    postbox.disable("lumi", "ep_1", **options)
    assert str(postbox.endpoint("lumi", "ep_1")) == f"ep_1 {HOOK} [order.*] {shown}"


def test_disabled_does_not_reopen(line, clock):
    """An endpoint that is disabled while it rests does not open by itself."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    postbox.disable("lumi", "ep_1")
    postbox.run_for(120)
    assert state(postbox) == "disabled"


def test_enabled_again(postbox, line):
    """What waited for a disabled endpoint is sent once it is enabled."""
    postbox.register("lumi", HOOK)
    postbox.disable("lumi", "ep_1")
    place(postbox, 1)
    postbox.enable("lumi", "ep_1")
    postbox.tick()
    assert subjects(line.requests(HOOK)) == ["order/1"]


def test_enabled_endpoint_shows_no_reason(postbox):
    """An endpoint that was enabled no longer shows why it was disabled."""
    postbox.register("lumi", HOOK)
    postbox.disable("lumi", "ep_1", reason="moving house")
    postbox.enable("lumi", "ep_1")
    assert str(postbox.endpoint("lumi", "ep_1")) == f"ep_1 {HOOK} [*] open"


def test_enabling_forgets_failures(line, clock):
    """An endpoint that was enabled by hand starts with a clean record."""
    postbox = failing(line, clock, "500", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    enabled = postbox.enable("lumi", "ep_1")
    assert (enabled.state.value, enabled.trips, enabled.failures) == ("open", 0, 0)
    assert enabled.reopens_ms is None


def test_open_endpoint_cannot_be_enabled(postbox):
    """An endpoint that is open cannot be opened."""
    postbox.register("lumi", HOOK)
    with pytest.raises(EndpointError) as refused:
        postbox.enable("lumi", "ep_1")
    assert str(refused.value) == "ep_1 is open already"


PILES = [
    pytest.param(1, 3, [0.0, 10.0, 20.0], id="one-at-a-time"),
    pytest.param(2, 4, [0.0, 0.0, 15.0, 15.0], id="two-at-a-time"),
    pytest.param(2, 5, [0.0, 0.0, 10.0, 10.0, 20.0], id="odd-one-last"),
    pytest.param(3, 2, [0.0, 0.0], id="fewer-than-places"),
]


@pytest.mark.parametrize(("most", "count", "arrivals"), PILES)
def test_pile_after_enabling(postbox, line, most, count, arrivals):
    """What has piled up goes out over half a minute, as many at a time as may be under way."""
    postbox.register("lumi", HOOK, max_in_flight=most)
    postbox.disable("lumi", "ep_1")
    place(postbox, *range(count))
    postbox.enable("lumi", "ep_1")
    postbox.run_for(40)
    assert line.arrivals(HOOK) == arrivals


def test_pile_after_a_recovery(line, clock):
    """What has piled up during a rest does not go out all at once when it is over."""
    postbox = failing(line, clock, "500", "500", "200", most=2)
    place(postbox, 1, 2)
    postbox.tick()
    place(postbox, 3, 4, 5)
    clock.advance(seconds=60)
    postbox.run_for(30)
    assert line.arrivals(HOOK) == [0.0, 0.0, 60.0, 65.0, 65.0, 75.0, 75.0]


def test_pile_keeps_its_order(postbox, line):
    """What has piled up goes out in the order in which it was published."""
    postbox.register("lumi", HOOK, max_in_flight=1)
    postbox.disable("lumi", "ep_1")
    place(postbox, 3, 1, 2)
    postbox.enable("lumi", "ep_1")
    postbox.run_for(30)
    assert subjects(line.requests(HOOK)) == ["order/3", "order/1", "order/2"]


def test_pile_of_another_endpoint(postbox, line):
    """Enabling one endpoint does not delay what waits for another."""
    postbox.register("lumi", HOOK, max_in_flight=1)
    postbox.register("lumi", OTHER_HOOK, max_in_flight=5)
    postbox.disable("lumi", "ep_1")
    place(postbox, 1, 2, 3)
    postbox.enable("lumi", "ep_1")
    postbox.tick()
    assert len(line.requests(OTHER_HOOK)) == 3


def test_pauses_outlast_the_spreading(postbox, line, clock):
    """What has to wait longer for its next attempt is not sent earlier because of an enabling."""
    line.answer(HOOK, "429 after 50", "200")
    postbox.register("lumi", HOOK)
    place(postbox, 1)
    postbox.tick()
    postbox.disable("lumi", "ep_1")
    clock.advance(seconds=10)
    postbox.enable("lumi", "ep_1")
    postbox.run_for(60)
    assert line.arrivals(HOOK) == [0.0, 50.0]
