"""How candidates become the bugs of one challenge, and what is said when none does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator import pipeline
from generator.errors import UnfitError
from generator.judge.verify import Check
from generator.records import (
    Candidate,
    ChangeKind,
    Edit,
    Failure,
    Family,
    Measurements,
    Mutant,
    Trace,
    Verdict,
    VerdictKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

MEASURED = Measurements(
    traceback_in_file=False,
    traceback_in_function=False,
    depth=2,
    later_call=False,
    asked_in_file=False,
    words_in_function=False,
    executed_lines=9,
    suspect_rank=1,
    wrong_value=True,
    failing=1,
    places=1,
)
NOTHING = Trace((), None, None, {})


def candidate(function: str, *failing: str) -> Candidate:
    edit = Edit("shop.py", 0, 1, function)
    mutant = Mutant(
        "drop_guard", Family.LOGIC, ChangeKind.STRUCTURE, "shop.py", 1, function, (edit,), ()
    )
    failures = tuple(Failure(test, "AssertionError", "", ()) for test in failing)
    verdict = Verdict(VerdictKind.CAUGHT, failures)
    return Candidate(mutant, verdict, failing[:1], NOTHING, NOTHING, MEASURED, 3, {})


PAY = candidate("pay", "t.py::test_pay", "t.py::test_twice[a]")
REFUND = candidate("refund", "t.py::test_refund")
TWICE = candidate("twice", "t.py::test_twice[b]")
AGAIN = candidate("pay", "t.py::test_again")


def test_bugs_of_one_challenge_share_no_failing_test_function() -> None:
    assert list(pipeline.together([PAY, TWICE, REFUND], 2)) == [(PAY, REFUND)]


def test_bugs_of_one_challenge_lie_in_different_functions() -> None:
    assert list(pipeline.together([PAY, AGAIN, REFUND], 2)) == [(PAY, REFUND)]


def test_where_a_group_does_not_hold_its_last_bug_is_replaced() -> None:
    assert list(pipeline.together([PAY, REFUND, candidate("hold", "t.py::test_hold")], 2)) == [
        (PAY, REFUND),
        (PAY, candidate("hold", "t.py::test_hold")),
    ]


def test_of_several_bugs_one_at_least_is_of_the_level_asked_for() -> None:
    hard = replace(candidate("hold", "t.py::test_hold"), level=PAY.level + 1)
    assert list(pipeline.together([PAY, REFUND, hard], 2, hard.level)) == [(PAY, hard)]
    assert list(pipeline.together([hard, PAY, REFUND], 2, hard.level)) == [
        (hard, PAY),
        (hard, REFUND),
    ]


def test_one_bug_is_a_group_of_one() -> None:
    assert list(pipeline.together([PAY, AGAIN], 1)) == [(PAY,), (AGAIN,)]


def none_left() -> Iterator[tuple[Candidate, ...]]:
    yield (PAY,)
    raise UnfitError("none of the 8 bugs makes a fair exercise.")


def test_where_no_challenge_stood_its_proof_that_is_the_reason() -> None:
    unproven = [Check("nothing leaks", "README.md holds the random seed.")]
    with pytest.raises(UnfitError, match=r"README\.md holds the random seed"):
        list(pipeline._or_why_not(none_left(), unproven))


def test_where_no_bug_fits_that_is_the_reason() -> None:
    with pytest.raises(UnfitError, match="none of the 8 bugs"):
        list(pipeline._or_why_not(none_left(), []))
