"""Which family comes back, and when: the history replayed, the same each time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.practice.record import GIVEN_UP, LATE, OPEN, SEEN, SOLVED, Record
from generator.practice.review import rating, schedule
from generator.records import Family

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = 60.0
EVENING = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)


def played(
    family: str = "boundary",
    outcome: str = SOLVED,
    *,
    hints: int = 0,
    minutes: float = 40,
    at: datetime = EVENING,
) -> Record:
    """A challenge of an hour that was over after some minutes."""
    ended = None if outcome == OPEN else at.timestamp()
    spent = minutes * MINUTE
    return Record(
        challenge="shop-abc2345",
        begun=at.timestamp() - spent,
        ended=ended,
        minutes=60,
        level=3,
        families=(family,),
        outcome=outcome,
        reproduced=None,
        located=None,
        fixed=spent if outcome in {SOLVED, LATE} else None,
        spent=spent,
        hints=hints,
        points=None,
    )


def days(record: Record) -> int:
    """After so many days it comes back."""
    (due,) = schedule([record], UTC)
    return (due.day - EVENING.date()).days


@pytest.mark.parametrize(
    ("record", "rated"),
    [
        (played(outcome=GIVEN_UP), "Again"),
        (played(outcome=SEEN, minutes=5), "Again"),
        (played(outcome=LATE, minutes=70), "Hard"),
        (played(minutes=5, hints=3), "Hard"),
        (played(minutes=5, hints=2), "Good"),
        (played(minutes=30), "Good"),
        (played(minutes=29), "Easy"),
    ],
    ids=["given up", "seen", "late", "told where", "told how", "in half the time", "in less"],
)
def test_a_result_says_how_well_a_family_is_known(record: Record, rated: str) -> None:
    assert rating(record).name == rated


def test_the_better_it_went_the_later_it_comes_back() -> None:
    ways = (played(outcome=SEEN), played(hints=3), played(), played(minutes=10))
    waits = [days(one) for one in ways]
    assert waits == sorted(waits)
    assert waits[0] == 1
    assert waits[-1] > 2 * waits[0]


def test_each_success_in_its_time_makes_the_next_wait_longer() -> None:
    records, waits = [played()], []
    for _ in range(4):
        (due,) = schedule(records, UTC)
        waits.append((due.at - datetime.fromtimestamp(records[-1].ended or 0, UTC)).days)
        records.append(played(at=due.at))
    assert waits == sorted(set(waits))


def test_the_family_that_is_most_overdue_comes_first() -> None:
    records = [
        played("time", at=EVENING - timedelta(days=3)),
        played("money", at=EVENING - timedelta(days=9)),
        played("text", outcome=SEEN),
    ]
    assert [due.family for due in schedule(records, UTC)] == ["money", "time", "text"]


def test_of_a_challenge_with_several_families_each_is_practised() -> None:
    several = replace(played(), families=("boundary", "money"))
    assert [due.family for due in schedule([several, played("money")], UTC)] == [
        "boundary",
        "money",
    ]
    assert {due.family: due.practised for due in schedule([several, played("money")], UTC)} == {
        "boundary": 1,
        "money": 2,
    }


def test_what_goes_on_counts_for_nothing() -> None:
    assert schedule([played(outcome=OPEN)], UTC) == ()
    assert schedule([], UTC) == ()


def test_a_family_is_due_from_the_first_hour_of_its_day() -> None:
    (due,) = schedule([played(outcome=SEEN)], UTC)
    assert due.day == date(2026, 3, 3)
    assert (due.last, due.rating) == (date(2026, 3, 2), "again")


def test_days_are_those_of_the_place_where_one_practises() -> None:
    (due,) = schedule([played(outcome=SEEN, at=EVENING)], ZoneInfo("Asia/Tokyo"))
    assert (due.last, due.day) == (date(2026, 3, 3), date(2026, 3, 4))


RECORDS = st.lists(
    st.builds(
        lambda family, outcome, hints, minutes, at: replace(
            played(outcome=outcome, hints=hints, minutes=minutes, at=at), families=tuple(family)
        ),
        st.lists(st.sampled_from(list(Family)), max_size=3, unique=True),
        st.sampled_from([OPEN, SOLVED, LATE, SEEN, GIVEN_UP]),
        st.integers(0, 5),
        st.floats(0, 100_000),
        st.datetimes(datetime(1970, 3, 1), datetime(2900, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
    max_size=12,
)


@given(RECORDS)
def test_any_history_gives_each_family_one_day_whatever_order_it_is_told_in(
    records: Sequence[Record],
) -> None:
    dues = schedule(records, UTC)
    over = [one for one in records if one.outcome != OPEN]
    assert sorted(due.family for due in dues) == sorted(
        {name for one in over for name in one.families}
    )
    assert [due.at for due in dues] == sorted(due.at for due in dues)
    assert all(due.day > due.last for due in dues)
    if len({one.ended for one in over}) == len(over):
        assert schedule(records[::-1], UTC) == dues
