import re
import time

import pytest
from script import bodies

from riverbed import FixedClock, open_feed
from riverbed.ambient import RandomKeys, SystemClock, read_time, say_time, whole_seconds


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1970-01-01T00:00", 0),
        ("1970-01-01", 0),
        (" 1970-01-01T00:00:01.5 ", 1_500),
        ("1970-01-01T01:00+01:00", 0),
        ("1969-12-31T23:59:59Z", -1_000),
        ("2026-05-04T09:00", 1_777_885_200_000),
    ],
    ids=["zero", "date", "fraction", "zone", "before", "monday"],
)
def test_times_are_read(text, at):
    """A time is read as milliseconds, as UTC where no zone is given."""
    assert read_time(text) == at


@pytest.mark.parametrize(
    ("at", "text"), [(0, "1970-01-01T00:00:00+00:00"), (1_500, "1970-01-01T00:00:01.500000+00:00")]
)
def test_times_are_told(at, text):
    """A moment is told in UTC."""
    assert say_time(at) == text


@pytest.mark.parametrize(("span", "seconds"), [(0, 0), (1, 1), (999, 1), (1_000, 1), (1_001, 2)])
def test_seconds_to_wait(span, seconds):
    """A wait is rounded up to full seconds."""
    assert whole_seconds(span) == seconds


def test_time_goes_by():
    """Waiting moves the time of day."""
    clock = FixedClock()
    clock.advance(hours=1, minutes=2, seconds=3.5)
    assert say_time(clock.now()) == "2026-05-04T10:02:03.500000+00:00"
    assert clock.monotonic() == 3_723_500


def test_a_clock_of_ones_own():
    """A clock can start at another time."""
    assert say_time(FixedClock("2030-01-01T12:00").now()) == "2030-01-01T12:00:00+00:00"


def test_the_time_of_day_is_set():
    """Setting the time of day lets no time go by."""
    clock = FixedClock()
    clock.put_to("2026-05-04T08:00")
    assert (say_time(clock.now()), clock.monotonic()) == ("2026-05-04T08:00:00+00:00", 0)


def test_the_machines_clock(monkeypatch):
    """The machine's clock tells milliseconds, and waits seconds."""
    slept = []
    monkeypatch.setattr(time, "time_ns", lambda: 1_777_885_200_123_456_789)
    monkeypatch.setattr(time, "monotonic_ns", lambda: 5_000_000)
    monkeypatch.setattr(time, "sleep", slept.append)
    clock = SystemClock()
    clock.sleep(200)
    assert (clock.now(), clock.monotonic(), slept) == (1_777_885_200_123, 5, [0.2])


def test_keys_are_hard_to_guess():
    """Keys of deliveries are long and never the same."""
    one, other = RandomKeys().new_key(), RandomKeys().new_key()
    assert one != other
    assert re.fullmatch("[0-9a-f]{16}", one)


def test_a_feed_with_nothing_set():
    """A feed needs no settings: it takes the machine's clock and a secret of its own."""
    feed = open_feed()
    feed.enrol(["ada"])
    feed.post("ada", "tea")
    page = feed.page("ada")
    assert bodies(page) == ["tea"]
    assert bodies(feed.page("ada", before=page.back)) == []
    feed.close()
