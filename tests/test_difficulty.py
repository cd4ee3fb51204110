"""Levels come from measurements alone, by one table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from generator import difficulty
from generator.records import (
    JSON,
    Baseline,
    Bench,
    Call,
    ChangeKind,
    Configuration,
    Edit,
    Failure,
    Family,
    Frame,
    Measurements,
    Mutant,
    Seed,
    Span,
    Trace,
    Verdict,
    VerdictKind,
)

EASIEST = Measurements(
    traceback_in_file=True,
    traceback_in_function=True,
    depth=1,
    later_call=False,
    asked_in_file=True,
    words_in_function=True,
    executed_lines=5,
    suspect_rank=1,
    wrong_value=False,
    failing=5,
    places=1,
)
HARDEST = Measurements(
    traceback_in_file=False,
    traceback_in_function=False,
    depth=9,
    later_call=True,
    asked_in_file=False,
    words_in_function=False,
    executed_lines=900,
    suspect_rank=80,
    wrong_value=True,
    failing=1,
    places=4,
)

measurements = st.builds(
    Measurements,
    traceback_in_file=st.booleans(),
    traceback_in_function=st.booleans(),
    depth=st.integers(1, 30),
    later_call=st.booleans(),
    asked_in_file=st.booleans(),
    words_in_function=st.booleans(),
    executed_lines=st.integers(1, 2000),
    suspect_rank=st.integers(1, 300),
    wrong_value=st.booleans(),
    failing=st.integers(1, 20),
    places=st.integers(1, 5),
    words_elsewhere=st.booleans(),
    search_rank=st.integers(0, 300),
    crash=st.booleans(),
    infection=st.none() | st.integers(0, 3000),
    propagation=st.none() | st.integers(0, 3000),
)


def test_the_table_reaches_from_level_1_to_level_5() -> None:
    assert difficulty.level(EASIEST) == 1
    assert difficulty.level(HARDEST) == 5


@given(measurements)
def test_every_measurement_has_a_level(measured: Measurements) -> None:
    assert 1 <= difficulty.level(measured) <= 5


@given(measurements, st.sampled_from(["depth", "suspect_rank", "propagation"]))
def test_more_of_anything_is_never_easier(measured: Measurements, name: str) -> None:
    before = getattr(measured, name)
    assume(before is not None)
    harder = replace(measured, **{name: before + 7})
    assert difficulty.level(harder) >= difficulty.level(measured)


LEADS: dict[str, Any] = {
    "traceback_in_file": True,
    "traceback_in_function": True,
    "words_elsewhere": True,
    "asked_in_file": True,
    "crash": True,
    "depth": 2,
    "propagation": 10,
}


@pytest.mark.parametrize("name", LEADS)
def test_what_leads_to_the_fault_makes_it_easy_whatever_else_is_measured(name: str) -> None:
    assert difficulty.level(replace(HARDEST, **{name: LEADS[name]})) == 2


def test_where_it_is_not_known_how_far_the_value_travels_it_leads_nowhere() -> None:
    for lines in (None, 11):
        assert difficulty.level(replace(HARDEST, propagation=lines)) == 5


def test_words_of_the_answer_in_the_guilty_function_make_it_a_first_evenings() -> None:
    assert difficulty.level(replace(HARDEST, words_in_function=True)) == 1


@pytest.mark.parametrize(("rank", "level"), [(0, 5), (1, 2), (2, 3), (5, 3), (6, 5)])
def test_what_a_search_for_the_tickets_words_finds_is_not_hard(rank: int, level: int) -> None:
    assert difficulty.level(replace(HARDEST, search_rank=rank)) == level


@given(measurements, st.sampled_from(sorted(LEADS)), st.sampled_from(sorted(LEADS)))
def test_two_things_that_lead_there_make_it_a_first_evenings(
    measured: Measurements, one: str, other: str
) -> None:
    led = replace(measured, **{one: LEADS[one], other: LEADS[other]})
    assert difficulty.level(led) <= (1 if one != other else 2)


@given(measurements)
def test_no_level_is_higher_than_its_rank_allows(measured: Measurements) -> None:
    assert difficulty.level(measured) <= difficulty.at_most(measured.suspect_rank)


@pytest.mark.parametrize(
    ("depth", "later_call", "suspect_rank", "level"),
    [
        (4, False, 9, 2),
        (4, False, 10, 3),
        (5, False, 9, 2),
        (5, False, 10, 4),
        (30, False, 300, 4),
        (3, True, 10, 3),
        (4, True, 9, 3),
        (4, True, 10, 5),
        (5, True, 10, 5),
    ],
)
def test_suspects_depth_and_an_earlier_call_make_it_harder(
    depth: int, *, later_call: bool, suspect_rank: int, level: int
) -> None:
    measured = replace(HARDEST, depth=depth, later_call=later_call, suspect_rank=suspect_rank)
    assert difficulty.level(measured) == level


SOURCE = b"def a(x):\n    return x\n\n\ndef b(x):\n    return a(x)\n\n\ndef c(x):\n    return x\n"
SEED = Seed(
    name="small",
    root=Path("small"),
    builtin=False,
    package="small",
    import_root=".",
    contents={"small.py": SOURCE},
    executable=frozenset(),
    source=("small.py",),
    tests=("test_small.py",),
    configuration=Configuration(None),
    digest="",
)
MUTANT = Mutant(
    "limit_edge",
    Family.BOUNDARY,
    ChangeKind.EXPRESSION,
    "small.py",
    6,
    "b",
    (Edit("small.py", 50, 51, "y"),),
    (Span("small.py", 6, 6),),
)


def baseline(**lines: set[int]) -> Baseline:
    return Baseline(
        tests=tuple(lines),
        skipped=(),
        seconds={},
        lines={test: {"small.py": frozenset(numbers)} for test, numbers in lines.items()},
        import_lines={},
        suite_seconds=1.0,
        memory=1,
        imported_from="small.py",
    )


LINES = baseline(t1={2, 6})
BENCH = Bench(SEED, LINES, (), frozenset())


def failure(test: str, *frames: Frame) -> Failure:
    return Failure(test, "AssertionError", "", frames)


def test_the_function_only_the_failing_test_executes_is_the_first_suspect() -> None:
    lines = baseline(t1={2, 6}, t2={2}, t3={10})
    assert difficulty.suspect_rank(difficulty.executed_by(SEED, lines), MUTANT, ["t1"]) == 1


def test_equal_suspects_share_the_last_of_their_ranks() -> None:
    lines = baseline(t1={2, 6}, t2={10})
    assert difficulty.suspect_rank(difficulty.executed_by(SEED, lines), MUTANT, ["t1"]) == 2


def test_a_function_many_passing_tests_execute_is_less_suspect() -> None:
    lines = baseline(t1={2, 6}, t2={6}, t3={6})
    assert difficulty.suspect_rank(difficulty.executed_by(SEED, lines), MUTANT, ["t1"]) == 2


@pytest.mark.parametrize(
    ("frames", "wrong_value", "in_file", "in_function"),
    [
        ([Frame("test_small.py", 3, "test_b")], True, False, False),
        ([Frame("test_small.py", 3, "t"), Frame("small.py", 2, "a")], False, True, False),
        ([Frame("test_small.py", 3, "t"), Frame("small.py", 6, "b")], False, True, True),
    ],
    ids=["in-the-test", "elsewhere-in-the-file", "in-the-function"],
)
def test_where_the_traceback_ends_is_measured(
    frames: list[Frame], *, wrong_value: bool, in_file: bool, in_function: bool
) -> None:
    verdict = Verdict(VerdictKind.CAUGHT, (failure("t1", *frames),))
    trace = Trace((), 2, None, {})
    measured = difficulty.measure(
        BENCH,
        MUTANT,
        verdict,
        ["t1"],
        trace=trace,
        wrong=(),
        executed=difficulty.executed_by(SEED, LINES),
    )
    assert measured.wrong_value is wrong_value
    assert (measured.traceback_in_file, measured.traceback_in_function) == (in_file, in_function)
    assert (measured.depth, measured.executed_lines, measured.failing) == (2, 2, 1)


def told(depth: int | None, raised_in: tuple[str, str] | None = None) -> tuple[Call, Call]:
    right = Call("Shop.pay", "shop", {}, "Refused" if raised_in else None, None, {}, raised_in)
    return right, Call("Shop.pay", "shop", {}, None, 1, depth=depth)


@pytest.mark.parametrize(
    ("answer", "depth", "later", "message"),
    [
        (told(3), 3, False, False),
        (told(None), 2, True, False),
        (told(1, ("small.py", "b")), 1, False, True),
        (told(1, ("small.py", "a")), 1, False, False),
    ],
    ids=["same-call", "later-call", "message-there", "message-elsewhere"],
)
def test_how_far_the_wrong_answer_is_from_the_fault_is_measured(
    answer: tuple[Call, Call], depth: int, *, later: bool, message: bool
) -> None:
    verdict = Verdict(VerdictKind.CAUGHT, (failure("t1"),))
    measured = difficulty.measure(
        BENCH,
        MUTANT,
        verdict,
        ["t1"],
        trace=Trace((), 2, None, {}),
        wrong=[answer],
        executed=difficulty.executed_by(SEED, LINES),
    )
    assert (measured.depth, measured.later_call, measured.words_in_function) == (
        depth,
        later,
        message,
    )


SAYING = SEED.contents["small.py"].replace(
    b"    return a(x)", b'    return f"{a(x)} is unusually high, more than {x}"'
)


@pytest.mark.parametrize(
    ("source", "path", "result", "words", "in_file"),
    [
        (SAYING, "shop.py", {"text": "line 2: 7 is unusually high, more than 6"}, True, False),
        (SAYING, "small.py", {"items": ["7 is low"]}, False, True),
        (SEED.contents["small.py"], "shop.py", "7 is unusually high, more than 6", False, False),
    ],
    ids=["its-words", "its-file", "neither"],
)
def test_words_and_file_of_the_answer_that_lead_to_the_fault_are_measured(
    source: bytes, path: str, result: JSON, *, words: bool, in_file: bool
) -> None:
    answer = (
        Call("Shop.pay", path, {}, None, "7", depth=6),
        Call("Shop.pay", path, {}, None, result, depth=6),
    )
    measured = difficulty.measure(
        replace(BENCH, seed=replace(SEED, contents={"small.py": source})),
        MUTANT,
        Verdict(VerdictKind.CAUGHT, (failure("t1"),)),
        ["t1"],
        trace=Trace((), 2, None, {}),
        wrong=[answer],
        executed=difficulty.executed_by(SEED, LINES),
    )
    assert (measured.words_in_function, measured.asked_in_file) == (words, in_file)


@pytest.mark.parametrize(
    ("source", "alone", "elsewhere"),
    [
        (SAYING, True, False),
        (SAYING.replace(b"is unusually high", b"is unusually_high"), True, False),
        (SAYING.replace(b"return x", b"return ' is unusually high, more than '"), False, True),
    ],
    ids=["here-alone", "as-a-name", "elsewhere-too"],
)
def test_words_that_other_functions_write_too_lead_less(
    source: bytes, *, alone: bool, elsewhere: bool
) -> None:
    answer = Call("Shop.pay", "shop.py", {}, None, "it is unusually high, more than 6", depth=6)
    measured = difficulty.measure(
        replace(BENCH, seed=replace(SEED, contents={"small.py": source})),
        MUTANT,
        Verdict(VerdictKind.CAUGHT, (failure("t1"),)),
        ["t1"],
        trace=Trace((), 2, None, {}),
        wrong=[(answer, answer)],
        executed=difficulty.executed_by(SEED, LINES),
    )
    assert (measured.words_in_function, measured.words_elsewhere) == (alone, elsewhere)


def test_an_earlier_wrong_answer_is_seen_first() -> None:
    """Of two wrong answers the last is told; who follows the steps meets the other before it."""
    refused = (
        Call("Shop.order", "shop.py", {}, None, "ordered"),
        Call("Shop.order", "shop.py", {}, None, "7 is unusually high, more than 6", depth=6),
    )
    later = told(None)
    measured = difficulty.measure(
        replace(BENCH, seed=replace(SEED, contents={"small.py": SAYING})),
        MUTANT,
        Verdict(VerdictKind.CAUGHT, (failure("t1"),)),
        ["t1"],
        trace=Trace((), 6, None, {}),
        wrong=[refused, later],
        executed=difficulty.executed_by(SEED, LINES),
    )
    assert (measured.later_call, measured.words_in_function, measured.depth) == (False, True, 6)


def test_who_reads_a_wrong_text_is_led_to_where_it_is_written() -> None:
    measured = difficulty.measure(
        BENCH,
        replace(MUTANT, function="Money.__str__"),
        Verdict(VerdictKind.CAUGHT, (failure("t1"),)),
        ["t1"],
        trace=Trace((), 6, None, {}),
        wrong=[told(None)],
        executed=difficulty.executed_by(SEED, LINES),
    )
    assert measured.words_in_function
    assert difficulty.level(measured) <= 2
