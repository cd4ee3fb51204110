"""The learner's hour, moment by moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.practice.hour import moments
from generator.practice.session import Event, Kind, Session
from tests.judge.conftest import CARTS

if TYPE_CHECKING:
    from tests.judge.conftest import Challenge


def session(*events: Event) -> Session:
    begun = Event(1000.0, Kind.BEGUN, {})
    return Session(1, "shop-1", "/", "failing-test", 60, 1, (begun, *events))


def test_each_deed_is_told_with_the_time_on_the_clock(handed_out: Challenge) -> None:
    cause = {"path": CARTS, "text": "it lets one more in"}
    checked = {"fixed": [], "visible": False, "reproduced": None}
    told = moments(
        session(
            Event(1010.0, Kind.REPRODUCED, {}),
            Event(1020.0, Kind.NOTED, {"text": "the limit?"}),
            Event(1030.0, Kind.PAUSED, {}),
            Event(1530.0, Kind.RESUMED, {}),
            Event(1540.0, Kind.HINTED, {"rung": 3, "cost": 8}),
            Event(1550.0, Kind.CAUSE, {**cause, "function": "may_see"}),
            Event(1560.0, Kind.CAUSE, {**cause, "function": "may_add"}),
            Event(1570.0, Kind.CHECKED, {**checked, "solved": False, "broke": 2}),
            Event(1575.0, Kind.RESET, {"paths": []}),
            Event(1580.0, Kind.CHECKED, {**checked, "solved": True, "broke": 0}),
        ),
        handed_out.key,
    )
    assert [(moment.at, moment.said) for moment in told] == [
        (10.0, "a test was seen to fail"),
        (20.0, "noted: the limit?"),
        (40.0, "a hint: the file"),
        (50.0, f"the cause wrongly placed in may_see, {CARTS}: it lets one more in"),
        (60.0, f"the cause rightly placed in may_add, {CARTS}: it lets one more in"),
        (70.0, "a check: not solved, 2 others broken"),
        (75.0, "files put back as they were handed out"),
        (80.0, "a check: solved"),
    ]


def test_what_comes_after_the_answer_is_not_of_the_hour(handed_out: Challenge) -> None:
    told = session(
        Event(1010.0, Kind.REVEALED, {"families": []}), Event(1020.0, Kind.NOTED, {"text": "ah"})
    )
    assert moments(told, handed_out.key) == ()
