import time
from datetime import datetime

import pytest
from rehearsals import HOOK, START_MS, START_S

from postbox import (
    HealthRules,
    LoadedChance,
    ManualClock,
    RetrySchedule,
    SeededChance,
    Settings,
    ambient,
    open_postbox,
)
from postbox.ambient import RandomIds, SystemClock, read_stamp, stamp, to_ms
from postbox.errors import ConfigurationError
from postbox.messages import Request, Response


@pytest.mark.parametrize(
    ("span", "passed"),
    [
        pytest.param({"seconds": 1.5}, 1_500, id="seconds"),
        pytest.param({"minutes": 2}, 120_000, id="minutes"),
        pytest.param({"hours": 3}, 10_800_000, id="hours"),
        pytest.param({"days": 1}, 86_400_000, id="day"),
        pytest.param({"seconds": 1, "minutes": 1, "hours": 1}, 3_661_000, id="all-together"),
        pytest.param({"seconds": -5}, 0, id="never-back"),
    ],
)
def test_both_times_move_together(clock, span, passed):
    """Both times move on by the same span."""
    clock.advance(**span)
    assert (clock.monotonic(), clock.wall() - START_MS) == (passed, passed)


@pytest.mark.parametrize("seconds", [-60, 60])
def test_setting_the_time_of_day(clock, seconds):
    """Setting the time of day leaves the other time alone."""
    clock.set_wall(seconds)
    assert (clock.monotonic(), clock.wall() - START_MS) == (0, seconds * 1000)


def test_clock_starts_where_one_wants():
    """A stopped clock can be started at any time of day."""
    assert ManualClock(5_000).wall() == 5_000


@pytest.mark.parametrize(
    ("wall", "text"),
    [
        pytest.param(0, "1970-01-01T00:00:00.000+00:00", id="beginning"),
        pytest.param(START_MS, "2026-11-01T08:00:00.000+00:00", id="start"),
        pytest.param(START_MS + 7, "2026-11-01T08:00:00.007+00:00", id="milliseconds"),
    ],
)
def test_times_as_they_travel(wall, text):
    """A time of day is written to the millisecond and read back as it was."""
    assert (stamp(wall), read_stamp(text)) == (text, wall)


@pytest.mark.parametrize(
    ("seconds", "ms"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(0.0015, 2, id="rounded"),
        pytest.param(2, 2_000, id="whole"),
        pytest.param(1.25, 1_250, id="part"),
    ],
)
def test_thousandths(seconds, ms):
    """A second has a thousand milliseconds."""
    assert to_ms(seconds) == ms


def test_running_time_of_the_machine(monkeypatch):
    """The machine's running time does not follow its time of day."""
    monkeypatch.setattr(time, "time_ns", lambda: 1_793_520_000_123_456_789)
    monkeypatch.setattr(time, "monotonic_ns", lambda: 77_987_654_321)
    assert SystemClock().monotonic() == 77_987


class StoppedDay(datetime):
    """It is always a quarter of a second past the start."""

    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(START_S + 0.25, tz)


def test_time_of_day_of_the_machine(monkeypatch):
    """The machine's time of day is told in milliseconds."""
    monkeypatch.setattr(ambient, "datetime", StoppedDay)
    assert SystemClock().wall() == START_MS + 250


def test_pause_of_the_machine(monkeypatch):
    """The machine's clock is asked to wait in seconds."""
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    SystemClock().sleep(250)
    assert pauses == [0.25]


def test_ids_cannot_be_guessed():
    """Random ids are never the same and tell what they are for."""
    ids = RandomIds()
    first, second = ids.next("evt"), ids.next("evt")
    assert first != second
    assert first.startswith("evt_")


def test_loaded_chance_begins_anew():
    """Loaded chance begins anew after its last number."""
    chance = LoadedChance((0.1, 0.2))
    assert [chance.draw() for _ in range(5)] == [0.1, 0.2, 0.1, 0.2, 0.1]


def test_loaded_chance_in_words():
    """Loaded chance tells what it will draw."""
    assert str(LoadedChance((0.5, 1))) == "chance at 0.5, 1"


def test_no_number_to_draw():
    """Chance needs at least one number to draw."""
    with pytest.raises(ConfigurationError):
        LoadedChance(())


def test_loaded_chance_keeps_its_numbers():
    """Loaded chance draws what it was given, whatever becomes of the list."""
    draws = [0.1, 0.2]
    chance = LoadedChance(draws)
    draws.clear()
    assert [chance.draw(), chance.draw()] == [0.1, 0.2]


def test_same_seed():
    """Chance repeats itself for the same seed."""
    first, second = SeededChance(7), SeededChance(7)
    assert [first.draw() for _ in range(3)] == [second.draw() for _ in range(3)]


def test_jitter_differs_from_event_to_event(line, clock):
    """Attempts that fail together are not tried again together."""
    plan = RetrySchedule(first_s=100, jitter_percent=50)
    settings = Settings(schedule=plan, poll_s=1)
    postbox = open_postbox(line, settings, clock=clock, chance=SeededChance(3))
    line.answer(HOOK, "500", "500", "500", "200")
    endpoint = postbox.register("lumi", HOOK, max_in_flight=3)
    postbox.publish_all("lumi", "order.placed", "order/1", "order/2", "order/3")
    postbox.run_for(100)
    later = line.arrivals(endpoint.url)[3:]
    assert len(set(later)) == 3
    assert all(50 <= each <= 100 for each in later)


RECORDS = [
    pytest.param(lambda postbox: postbox.publish("lumi", "order.paid", "order/1"), id="receipt"),
    pytest.param(lambda postbox: postbox.attempts("lumi"), id="page"),
    pytest.param(lambda postbox: postbox.attempts("lumi").items[0], id="line-of-the-log"),
    pytest.param(lambda postbox: postbox.record("lumi"), id="record"),
    pytest.param(lambda postbox: postbox.deliveries("lumi", "evt_1")[0].event, id="event"),
    pytest.param(lambda _: RetrySchedule(), id="schedule"),
    pytest.param(lambda _: HealthRules(), id="rules"),
    pytest.param(lambda _: Settings(), id="settings"),
    pytest.param(lambda _: Request(HOOK, {}, b""), id="request"),
    pytest.param(lambda _: Response(200), id="response"),
]


@pytest.mark.parametrize("ask", RECORDS)
def test_what_happened_cannot_be_changed(postbox, ask):
    """What was written down once can be neither changed nor added to."""
    postbox.register("lumi", HOOK)
    postbox.publish("lumi", "order.placed", "order/1")
    postbox.tick()
    record = ask(postbox)
    for name in [*record.__slots__, "remark"]:
        with pytest.raises((AttributeError, TypeError)):
            setattr(record, name, "changed")
    assert not hasattr(record, "__dict__")
