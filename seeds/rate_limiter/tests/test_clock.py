import time

import pytest

from tollgate.clock import (
    NOON,
    FixedClock,
    SystemClock,
    http_date,
    moment,
    parse_duration,
    read_day,
    read_http_date,
    say,
    to_ms,
    whole_seconds,
)
from tollgate.errors import DurationError


class TestDurations:
    @pytest.mark.parametrize(
        ("text", "span"),
        [
            pytest.param("90s", 90_000, id="seconds"),
            pytest.param("2 minutes", 120_000, id="words"),
            pytest.param("1h 30m", 5_400_000, id="two-pieces"),
            pytest.param("1.5 sec", 1_500, id="fraction"),
            pytest.param(" 1 DAY ", 86_400_000, id="capitals"),
            pytest.param("250ms", 250, id="milliseconds"),
            pytest.param("0s", 0, id="nothing"),
        ],
    )
    def test_reading(self, text, span):
        """A length of time may be written short, in words, with a fraction and in several pieces."""
        assert parse_duration(text) == span

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            pytest.param("  ", "a length of time is missing", id="empty"),
            pytest.param("five minutes", "“five minutes” is not a length of time", id="words"),
            pytest.param("5 parsecs", "“parsecs” is not a unit of time", id="unit"),
            pytest.param("5s and more", "“5s and more” is not a length", id="more"),
        ],
    )
    def test_nonsense(self, text, problem):
        """What is not a length of time is refused with a reason."""
        with pytest.raises(DurationError, match=problem):
            parse_duration(text)

    @pytest.mark.parametrize(
        ("span", "words"),
        [
            pytest.param(0, "0 seconds", id="nothing"),
            pytest.param(-5, "0 seconds", id="less-than-nothing"),
            pytest.param(1_000, "1 second", id="one"),
            pytest.param(1_250, "1.25 seconds", id="fraction"),
            pytest.param(100, "0.1 seconds", id="tenth"),
            pytest.param(60_000, "1 minute", id="minute"),
            pytest.param(3_725_000, "1 hour 2 minutes 5 seconds", id="pieces"),
            pytest.param(172_800_000, "2 days", id="days"),
        ],
    )
    def test_in_words(self, span, words):
        """A length of time is told in days, hours, minutes and seconds, without what is zero."""
        assert say(span) == words

    @pytest.mark.parametrize(
        ("span", "seconds"),
        [
            pytest.param(0, 0, id="nothing"),
            pytest.param(1, 1, id="a-little"),
            pytest.param(1_000, 1, id="even"),
            pytest.param(1_001, 2, id="a-little-more"),
            pytest.param(-1_500, 0, id="over"),
        ],
    )
    def test_full_seconds(self, span, seconds):
        """A wait in full seconds is never too short."""
        assert whole_seconds(span) == seconds

    def test_fractions_of_seconds(self):
        """Fractions of a second are rounded to the nearest thousandth."""
        assert to_ms(0.0146) == 15


class TestMoments:
    def test_start_of_rehearsals(self):
        """A rehearsal begins at noon on the first of June 2026."""
        assert moment(FixedClock().now()) == "2026-06-01 12:00:00"

    def test_time_goes_by(self):
        """A stopped clock can be moved on by days, hours, minutes and seconds."""
        clock = FixedClock()
        clock.advance(2.5, minutes=3, hours=4, days=1)
        assert clock.now() - NOON == 86_400_000 + 4 * 3_600_000 + 3 * 60_000 + 2_500

    def test_no_way_back(self):
        """A stopped clock that is told to pause for less than nothing stays where it is."""
        clock = FixedClock()
        clock.sleep(-50)
        assert clock.now() == NOON

    def test_clock_of_the_machine(self):
        """The clock of the machine goes by the machine."""
        before = time.time_ns() // 1_000_000
        clock = SystemClock()
        clock.sleep(0)
        assert clock.now() - before in range(60_000)

    def test_dates_on_the_web(self):
        """Dates on the web are written in English and in universal time."""
        assert http_date(NOON + 999) == "Mon, 01 Jun 2026 12:00:00 GMT"

    def test_dates_from_elsewhere(self):
        """A date with another time zone is understood."""
        assert read_http_date("Mon, 01 Jun 2026 14:00:00 +0200") == NOON

    def test_no_date(self):
        """A date that does not exist is no date."""
        assert read_http_date("Mon, 99 Jun 2026 14:00:00 GMT") is None

    def test_end_of_a_day(self):
        """A day ends with the midnight behind it."""
        assert read_day(" 2026-06-01 ") == NOON + 12 * 3_600_000
