"""What is told of past sessions, and of one that goes on nothing that the key alone knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from generator.practice.record import Group, Record, groups, record
from generator.practice.session import Kind
from generator.records import Mode
from tests.practice.test_session import MINUTE, RIGHT, SOLVED, UNSOLVED, session

if TYPE_CHECKING:
    from generator.practice.session import Session
    from tests.judge.conftest import Challenge

FAILS = {**UNSOLVED, "visible": False, "failed": True}
PASSES = {**SOLVED, "visible": True}


def told(challenge: Challenge, one: Session) -> Record:
    return record(one, challenge.key, now=30 * MINUTE)


def test_each_step_has_its_time_on_the_clock(challenge: Challenge) -> None:
    one = told(
        challenge,
        session(
            (5, Kind.BEGUN),
            (7, Kind.CHECKED, FAILS),
            (9, Kind.CAUSE, {**RIGHT, "function": "total"}),
            (10, Kind.PAUSED),
            (13, Kind.RESUMED),
            (15, Kind.CAUSE, RIGHT),
            (18, Kind.CHECKED, PASSES),
        ),
    )
    minutes = [at / MINUTE for at in (one.reproduced, one.located, one.fixed) if at is not None]
    assert minutes == [2, 7, 10]
    assert (one.outcome, one.points, one.families) == ("solved", 100, ("boundary",))


def test_a_failing_test_may_be_seen_by_watch_or_debugger_and_is_not_by_code_that_does_not_import(
    challenge: Challenge,
) -> None:
    stumbled = (1, Kind.CHECKED, {**UNSOLVED, "visible": False})
    seen = told(challenge, session((0, Kind.BEGUN), stumbled, (3, Kind.REPRODUCED)))
    assert seen.reproduced == 3 * MINUTE


def test_with_a_ticket_alone_only_an_own_test_reproduces_it(challenge: Challenge) -> None:
    shown = {**FAILS, "reproduced": True}
    lived = session((0, Kind.BEGUN), (1, Kind.CHECKED, FAILS), (4, Kind.CHECKED, shown))
    one = told(challenge, replace(lived, mode=Mode.TICKET))
    assert one.reproduced == 4 * MINUTE


def test_of_a_session_that_goes_on_nothing_is_told_that_is_a_secret(challenge: Challenge) -> None:
    lived = session((0, Kind.BEGUN), (1, Kind.CAUSE, RIGHT), (2, Kind.CHECKED, FAILS))
    one = told(challenge, lived)
    assert (one.outcome, one.spent) == ("open", 30 * MINUTE)
    assert (one.located, one.families, one.points, one.fixed) == (None, (), None, None)


def test_the_outcomes_are_told_apart(challenge: Challenge) -> None:
    ends: dict[str, tuple[float, Kind] | tuple[float, Kind, dict[str, Any]]] = {
        "solved": (5, Kind.CHECKED, PASSES),
        "solved late": (65, Kind.CHECKED, PASSES),
        "answer seen": (5, Kind.REVEALED),
        "given up": (5, Kind.ABANDONED),
    }
    for outcome, end in ends.items():
        assert told(challenge, session((0, Kind.BEGUN), end)).outcome == outcome
    without_end = session((0, Kind.BEGUN))
    assert record(without_end, challenge.key, now=61 * MINUTE).outcome == "time over"


def test_without_the_key_the_rest_is_told(challenge: Challenge) -> None:
    lived = session((0, Kind.BEGUN), (4, Kind.CHECKED, PASSES))
    one = record(lived, None, now=30 * MINUTE)
    assert (one.outcome, one.fixed, one.points) == ("solved", 4 * MINUTE, None)


def test_a_group_counts_what_is_over_and_the_median_of_what_was_fixed(challenge: Challenge) -> None:
    lived = [
        session((0, Kind.BEGUN), (4, Kind.CHECKED, PASSES)),
        session((0, Kind.BEGUN), (70, Kind.CHECKED, PASSES)),
        session((0, Kind.BEGUN), (5, Kind.REVEALED)),
        session((0, Kind.BEGUN)),
    ]
    records = [told(challenge, one) for one in lived]
    assert groups(records, lambda one: one.families) == (
        Group("boundary", 3, 1, None, None, 37 * MINUTE),
    )
