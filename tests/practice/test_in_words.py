"""A debrief in sentences: what it is and what it should be, whatever there is to tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.debrief import NO_CALL, NO_EXCEPTION, NO_LINE, Debrief, Distance, Kind, Link, Wrong
from generator.practice import in_words

if TYPE_CHECKING:
    from generator.practice.in_words import Row


def wrong(kind: Kind, expected: str, actual: str, name: str = "") -> Wrong:
    return Wrong(kind, "src/a.py", "Cart.add", 7, 7, name, expected, actual)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (wrong(Kind.LOCAL, "2", "3", "n"), "n is 3, and should be 2"),
        (wrong(Kind.ATTRIBUTE, "2", "3", "self.n"), "self.n is 3, and should be 2"),
        (wrong(Kind.ARGUMENT, "2", "3", "n"), "is given n = 3, and should be given 2"),
        (wrong(Kind.RETURN, "2", "3"), "gives back 3, and should give back 2"),
        (wrong(Kind.BRANCH, "a()", "b()"), "goes on to b(), and should go on to a()"),
        (wrong(Kind.BRANCH, "a()", NO_LINE), "ends here, and should go on to a()"),
        (wrong(Kind.BRANCH, NO_LINE, "b()"), "goes on to b(), and should end here"),
        (wrong(Kind.EXCEPTION, "E(1)", "E(2)"), "raises E(2), and should raise E(1)"),
        (wrong(Kind.EXCEPTION, "E(1)", NO_EXCEPTION), "raises nothing, and should raise E(1)"),
        (wrong(Kind.EXCEPTION, NO_EXCEPTION, "E(2)"), "raises E(2), and should raise nothing"),
        (wrong(Kind.CALL, "f", "g", "g"), "calls g, and should call f"),
        (wrong(Kind.CALL, "f", NO_CALL, "f"), "calls nothing, and should call f"),
        (wrong(Kind.CALL, NO_CALL, "g", "g"), "calls g, and should call nothing"),
    ],
)
def test_every_kind_is_a_sentence(told: Wrong, sentence: str) -> None:
    assert in_words.sentence(told) == sentence


@given(st.text(), st.text(), st.text())
def test_two_values_stay_short_and_apart(same: str, expected: str, actual: str) -> None:
    first, second = in_words.beside(same + expected, same + actual)
    assert max(len(first), len(second)) <= 62
    assert (first == second) == (expected == actual)


def test_of_long_values_the_place_where_they_differ_is_shown() -> None:
    first, second = in_words.beside("[" + "1, " * 90 + "2]", "[" + "1, " * 90 + "3]")
    assert (first, second) == ("…, 1, 1, 1, 1, 1, 1, 2]", "…, 1, 1, 1, 1, 1, 1, 3]")


def rows(*wrongs: Wrong | None) -> list[Row]:
    chain = tuple(Link("src/a.py", n, f"f{n}", told) for n, told in enumerate(wrongs))
    first = wrong(Kind.LOCAL, "2", "3", "n")
    return in_words.rows(Debrief("t", "", first=first, chain=chain))


def test_the_last_call_of_the_chain_tells_the_first_difference() -> None:
    told = rows(None, wrong(Kind.RETURN, "7", "9"), wrong(Kind.RETURN, "4", "5"))
    assert [(row.depth, row.where, row.said, row.is_first) for row in told] == [
        (0, "src/a.py:0", "", False),
        (1, "src/a.py:1", "gives back 9, and should give back 7", False),
        (2, "src/a.py:2", "n is 3, and should be 2", True),
    ]


def test_what_passes_through_is_told_where_it_comes_from() -> None:
    raised = wrong(Kind.EXCEPTION, NO_EXCEPTION, "E(2)")
    assert [row.said for row in rows(raised, None, raised, wrong(Kind.RETURN, "2", "3"), None)] == [
        "",
        "",
        "raises E(2), and should raise nothing",
        "",
        "n is 3, and should be 2",
    ]


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (None, "The faulty line is not executed while the test runs: what it made was there before. From the first wrong value to the failure 9 lines are executed, in 1 call."),
        (Distance(0, 0), "The faulty line makes the first wrong value. From the first wrong value to the failure 9 lines are executed, in 1 call."),
        (Distance(2, 1), "From the faulty line to the first wrong value 1 line is executed, in 2 calls. From the first wrong value to the failure 9 lines are executed, in 1 call."),
    ],
)  # fmt: skip
def test_how_far_it_travelled_is_a_sentence(since: Distance | None, sentence: str) -> None:
    told = Debrief("t", "", fault_to_first=since, first_to_failure=Distance(1, 9))
    assert in_words.travelled(told) == sentence


def test_that_a_record_is_sparse_is_said() -> None:
    told = Debrief("t", "", fault_to_first=Distance(0, 0), first_to_failure=Distance(0, 0))
    assert (
        in_words.travelled(told)
        == "The faulty line makes the first wrong value. There the test fails."
    )
    sparse = replace(told, sparse=True)
    assert "only calls are known" in in_words.travelled(sparse)
    # Whether the faulty line was executed nobody knows then.
    assert "faulty line" not in in_words.travelled(replace(sparse, fault_to_first=None))


def test_the_sign_of_a_long_text_is_shown_only_where_nothing_else_tells_it_apart() -> None:
    one, other = "'aa… 900 characters, #00000001'", "'aa… 900 characters, #00000002'"
    assert in_words.beside(one, other) == (one, other)
    assert in_words.beside(one, other.replace("aa", "ab")) == ("'aa…'", "'ab…'")


def test_the_case_of_a_parametrised_test_is_named() -> None:
    told = Debrief("tests/t.py::test_a[3-day]", "", chain=(Link("tests/t.py", 3, "test_a", None),))
    assert [row.function for row in in_words.rows(told)] == ["test_a[3-day]"]


def test_of_what_is_not_known_nothing_is_said() -> None:
    assert in_words.travelled(Debrief("t", "", "no idea")) == ""
    assert in_words.rows(Debrief("t", "", "no idea")) == []
