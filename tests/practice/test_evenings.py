"""Days in a row, and the calendar of the last half year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from generator.practice.evenings import day, evenings
from tests.practice.test_review import played

if TYPE_CHECKING:
    from generator.practice.record import Record

TODAY = date(2026, 3, 4)
"""A Wednesday."""


def on(*days_ago: int) -> list[Record]:
    return [
        played(at=datetime(2026, 3, 4, 12, tzinfo=UTC) - timedelta(days=ago)) for ago in days_ago
    ]


def test_a_streak_holds_while_today_is_not_over() -> None:
    assert evenings(on(3, 2, 1, 0), TODAY, UTC).streak == 4
    assert evenings(on(3, 2, 1), TODAY, UTC).streak == 3
    assert evenings(on(3, 2), TODAY, UTC).streak == 0


def test_two_on_one_day_are_one_day() -> None:
    lived = evenings(on(1, 0, 0), TODAY, UTC)
    assert (lived.streak, lived.days[TODAY]) == (2, 2)


def test_the_longest_run_need_not_be_the_last() -> None:
    assert evenings(on(9, 8, 7, 0), TODAY, UTC).longest == 3
    assert evenings([], TODAY, UTC).longest == 0


def test_the_calendar_ends_today_and_its_weeks_begin_on_monday() -> None:
    weeks = evenings([], TODAY, UTC).weeks
    assert len(weeks) == 26
    assert {week[0].weekday() for week in weeks} == {0}
    assert [len(week) for week in weeks] == [7] * 25 + [3]
    assert weeks[-1][-1] == TODAY


def test_a_day_is_that_of_the_place() -> None:
    late = datetime(2026, 3, 2, 23, tzinfo=UTC).timestamp()
    assert day(late, UTC) == date(2026, 3, 2)
    assert day(late, ZoneInfo("Europe/Berlin")) == date(2026, 3, 3)


@given(st.lists(st.integers(0, 400), max_size=20))
def test_no_streak_is_longer_than_the_longest(ago: list[int]) -> None:
    lived = evenings(on(*ago), TODAY, UTC)
    assert lived.streak <= lived.longest <= len(lived.days) == len(set(ago))
