"""What follows from the events of a session: the clock, what counts, and what it is worth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.practice.score import score
from generator.practice.session import Event, Kind, Session
from generator.records import Mode

if TYPE_CHECKING:
    from tests.judge.conftest import Challenge

MINUTE = 60.0
UNSOLVED: dict[str, Any] = {"solved": False, "fixed": [], "broke": 0, "reproduced": False}
SOLVED = {**UNSOLVED, "solved": True, "fixed": [1]}
RIGHT = {"path": "src/shop/carts.py", "function": "may_add", "text": "the limit counts as room"}


def session(*happened: tuple[float, Kind] | tuple[float, Kind, dict[str, Any]]) -> Session:
    """Of these events, each with its minute."""
    events = tuple(Event(at * MINUTE, kind, dict(*facts)) for at, kind, *facts in happened)
    return Session(1, "shop-abc2345", "/shop", "failing-test", 60, 1, events)


def test_before_it_has_begun_no_time_is_spent() -> None:
    assert session().spent(99 * MINUTE) == 0
    assert session().left(99 * MINUTE) == 60 * MINUTE


def test_the_clock_stands_still_while_paused_and_after_the_end() -> None:
    one = session(
        (10, Kind.BEGUN), (15, Kind.PAUSED), (25, Kind.RESUMED), (30, Kind.CHECKED, SOLVED)
    )
    minutes = [one.spent(at * MINUTE) / MINUTE for at in (10, 12, 15, 20, 25, 27, 30, 99)]
    assert minutes == [0, 2, 5, 5, 5, 7, 10, 10]


def test_pausing_twice_is_pausing_once() -> None:
    one = session((0, Kind.BEGUN), (5, Kind.PAUSED), (6, Kind.PAUSED), (8, Kind.RESUMED))
    assert one.spent(10 * MINUTE) == 7 * MINUTE
    assert not one.paused


@given(
    st.lists(
        st.tuples(
            st.floats(0, 90),
            st.sampled_from([Kind.BEGUN, Kind.PAUSED, Kind.RESUMED, Kind.NOTED, Kind.ABANDONED]),
        ),
        max_size=8,
    ),
    st.floats(0, 100),
    st.floats(0, 100),
)
def test_time_spent_never_runs_backwards_and_never_faster_than_time(
    happened: list[tuple[float, Kind]], one: float, two: float
) -> None:
    lived = session(*sorted(happened, key=lambda event: event[0]))
    first, second = sorted((one * MINUTE, two * MINUTE))
    if lived.events and first < lived.events[-1].at:
        return
    gained = lived.spent(second) - lived.spent(first)
    assert -1e-6 <= gained <= second - first + 1e-6


def test_what_is_solved_after_the_answer_was_seen_is_not_solved() -> None:
    late = session((0, Kind.BEGUN), (5, Kind.REVEALED), (6, Kind.CHECKED, SOLVED))
    assert late.solved is None
    assert late.ended == late.revealed


def test_what_is_solved_after_it_was_given_up_is_not_solved(challenge: Challenge) -> None:
    late = session(
        (0, Kind.BEGUN), (5, Kind.ABANDONED), (6, Kind.CAUSE, RIGHT), (7, Kind.CHECKED, SOLVED)
    )
    assert late.solved is None
    assert points(challenge, late)["total"] == 0


def points(
    challenge: Challenge, one: Session, mode: Mode = Mode.FAILING_TEST
) -> dict[str, int | None]:
    worth = score(one, replace(challenge.key, mode=mode))
    return {part.name: part.points for part in worth.parts} | {"total": worth.total}


def test_everything_right_is_worth_a_hundred_points(challenge: Challenge) -> None:
    best = session((0, Kind.BEGUN), (9, Kind.CAUSE, RIGHT), (10, Kind.CHECKED, SOLVED))
    assert points(challenge, best) == {
        "root cause": 43,
        "fix": 36,
        "no regressions": 21,
        "total": 100,
    }


def test_with_a_ticket_alone_reproduction_counts_too(challenge: Challenge) -> None:
    shown = {**SOLVED, "reproduced": True}
    best = session((0, Kind.BEGUN), (9, Kind.CAUSE, RIGHT), (10, Kind.CHECKED, shown))
    assert points(challenge, best, Mode.TICKET) == {
        "reproduction": 30,
        "root cause": 30,
        "fix": 25,
        "no regressions": 15,
        "total": 100,
    }


def test_a_test_that_showed_it_once_need_not_show_it_again(challenge: Challenge) -> None:
    shown = {**UNSOLVED, "reproduced": True}
    one = session((0, Kind.BEGUN), (9, Kind.CHECKED, shown), (10, Kind.CHECKED, SOLVED))
    assert points(challenge, one, Mode.TICKET)["reproduction"] == 30


def test_nothing_is_given_for_code_that_nobody_touched(challenge: Challenge) -> None:
    assert points(challenge, session((0, Kind.BEGUN), (1, Kind.CHECKED, UNSOLVED)))["total"] == 0


def test_a_fix_after_the_time_counts_half(challenge: Challenge) -> None:
    late = session((0, Kind.BEGUN), (61, Kind.CHECKED, SOLVED))
    assert points(challenge, late)["fix"] == 18
    again = session((0, Kind.BEGUN), (59, Kind.CHECKED, SOLVED), (61, Kind.CHECKED, SOLVED))
    assert points(challenge, again)["fix"] == 36


def test_a_fix_that_is_gone_again_counts_nothing(challenge: Challenge) -> None:
    half = {**UNSOLVED, "fixed": [1], "broke": 1}
    gone = session((0, Kind.BEGUN), (5, Kind.CHECKED, half), (6, Kind.CHECKED, UNSOLVED))
    assert points(challenge, gone)["fix"] == 0


def test_once_it_is_solved_the_points_stand(challenge: Challenge) -> None:
    spoilt = session((0, Kind.BEGUN), (5, Kind.CHECKED, SOLVED), (6, Kind.CHECKED, UNSOLVED))
    assert points(challenge, spoilt)["total"] == 57


def test_what_broke_costs_the_points_for_no_regressions(challenge: Challenge) -> None:
    broke = {**SOLVED, "solved": False, "broke": 2}
    one = session((0, Kind.BEGUN), (5, Kind.CHECKED, broke))
    assert points(challenge, one) == {
        "root cause": 0,
        "fix": 36,
        "no regressions": 0,
        "total": 36,
    }


@pytest.mark.parametrize(("rungs", "left"), [(0, 57), (1, 54), (2, 49), (3, 41), (4, 29), (5, 9)])
def test_each_rung_costs_its_points(challenge: Challenge, rungs: int, left: int) -> None:
    hints = [(1, Kind.HINTED, {"rung": n, "cost": 0}) for n in range(1, rungs + 1)]
    one = session((0, Kind.BEGUN), *hints, (5, Kind.CHECKED, SOLVED))
    assert points(challenge, one)["total"] == left


def test_hints_never_make_it_less_than_nothing(challenge: Challenge) -> None:
    assert points(challenge, session((1, Kind.HINTED, {"rung": 5, "cost": 20})))["total"] == 0


@pytest.mark.parametrize(
    ("stated", "worth"),
    [
        ([RIGHT], 43),
        ([{**RIGHT, "function": "total"}], 0),
        ([{**RIGHT, "path": "src/shop/prices.py"}], 0),
        ([RIGHT, {**RIGHT, "function": "total"}], 0),
        ([{**RIGHT, "function": "total"}, RIGHT], 43),
    ],
    ids=["right", "another function", "another file", "changed for the worse", "changed for the better"],
)  # fmt: skip
def test_the_root_cause_that_was_stated_last_counts(
    challenge: Challenge, stated: list[dict[str, Any]], worth: int
) -> None:
    causes = [(n, Kind.CAUSE, facts) for n, facts in enumerate(stated)]
    assert points(challenge, session(*causes, (9, Kind.REVEALED)))["root cause"] == worth


def test_whether_a_cause_is_right_is_a_secret_until_it_is_over(challenge: Challenge) -> None:
    for stated in (RIGHT, {**RIGHT, "function": "total"}):
        checked = (2, Kind.CHECKED, UNSOLVED)
        going_on = session((0, Kind.BEGUN), (1, Kind.CAUSE, stated), checked)
        worth = score(going_on, challenge.key)
        assert worth.secret == ("root cause",)
        assert worth.total == 0
        assert {part.why for part in worth.parts if part.points is None} == {
            "stated: whether rightly is told when it is over"
        }


def test_what_comes_after_the_answer_is_worth_nothing(challenge: Challenge) -> None:
    late = session(
        (0, Kind.BEGUN), (5, Kind.REVEALED), (6, Kind.CAUSE, RIGHT), (7, Kind.CHECKED, SOLVED)
    )
    assert points(challenge, late)["total"] == 0


def test_of_two_bugs_each_has_its_share(challenge: Challenge) -> None:
    bug = challenge.key.bugs[0]
    other = replace(bug, path="src/shop/prices.py", function="total")
    two = replace(challenge, key=replace(challenge.key, bugs=(bug, other)))
    half = {**UNSOLVED, "fixed": [2]}
    one = session(
        (0, Kind.BEGUN), (3, Kind.CAUSE, RIGHT), (5, Kind.CHECKED, half), (6, Kind.ABANDONED)
    )
    assert points(two, one, Mode.MULTI) == {
        "root cause": 22,
        "fix": 18,
        "no regressions": 10,
        "total": 50,
    }


def test_of_two_bugs_the_two_places_that_were_stated_last_count(challenge: Challenge) -> None:
    bug = challenge.key.bugs[0]
    other = replace(bug, path="src/shop/prices.py", function="total")
    two = replace(challenge, key=replace(challenge.key, bugs=(bug, other)))
    also, wrong = ({**RIGHT, "path": other.path, "function": name} for name in ("total", "fee"))
    for stated, worth in {
        (0, 1): 43,
        (0, 1, 0): 43,
        (2, 0, 1): 43,
        (0, 2, 0): 22,
        (0, 1, 2): 22,
    }.items():
        causes = [(at, Kind.CAUSE, (RIGHT, also, wrong)[n]) for at, n in enumerate(stated, 1)]
        one = session((0, Kind.BEGUN), *causes, (9, Kind.REVEALED))
        assert points(two, one, Mode.MULTI)["root cause"] == worth, stated
