from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from generator import admit
from generator.admit import Refusal
from generator.records import (
    Baseline,
    Bench,
    ChangeKind,
    Configuration,
    Failure,
    Family,
    Frame,
    Mutant,
    Seed,
    Span,
    Verdict,
    VerdictKind,
)

PATH = "src/shop/core.py"
SOURCE = b"""\
LIMIT = 3


def allowed(
    used,
    limit=LIMIT,
):
    return used < limit


class Stock:
    low = 2
"""
SEED = Seed(
    name="shop",
    root=Path("/shop"),
    builtin=False,
    package="shop",
    import_root="src",
    contents={PATH: SOURCE},
    executable=frozenset(),
    source=(PATH,),
    tests=("tests/test_shop.py",),
    configuration=Configuration(None),
    digest="",
)
TESTS = tuple(f"tests/test_shop.py::test_{n}" for n in range(40))
BASELINE = Baseline(
    tests=TESTS,
    skipped=(),
    seconds={},
    lines={test: {PATH: frozenset({8})} for test in TESTS},
    import_lines={PATH: frozenset({1, 4, 11, 12})},
    suite_seconds=1,
    memory=1,
    imported_from="src/shop/__init__.py",
)


def mutant(first: int, last: int | None = None) -> Mutant:
    span = Span(PATH, first, last or first)
    return Mutant("o", Family.LOGIC, ChangeKind.NAME, PATH, first, "", (), (span,))


def caught(*failures: Failure) -> Verdict:
    return Verdict(VerdictKind.CAUGHT, failures)


def failed(n: int = 0, exception: str = "AssertionError", line: int | None = None) -> Failure:
    frames = [Frame("tests/test_shop.py", 9, "test")]
    if line is not None:
        frames.append(Frame(PATH, line, "allowed"))
    return Failure(TESTS[n], exception, "", tuple(frames))


def refusal(verdict: Verdict, *, first: int = 8, baseline: Baseline = BASELINE) -> Refusal | None:
    bench = Bench(SEED, baseline, (), frozenset(TESTS))
    return admit.refusal(bench, mutant(first), verdict)


def test_a_quiet_bug_is_fit() -> None:
    assert refusal(caught(failed())) is None


@pytest.mark.parametrize("kind", [kind for kind in VerdictKind if kind is not VerdictKind.CAUGHT])
def test_what_no_test_fails_is_refused_by_its_name(kind: VerdictKind) -> None:
    assert refusal(Verdict(kind)) is Refusal[kind.name]


@pytest.mark.parametrize(
    ("tests", "most"), [(1, 3), (30, 3), (39, 3), (40, 4), (49, 4), (50, 5), (109, 10), (400, 10)]
)
def test_a_tenth_of_the_suite_may_fail_three_tests_at_least_and_ten_at_most(
    tests: int, most: int
) -> None:
    suite = dataclasses.replace(BASELINE, tests=tuple(map(str, range(tests))))
    assert admit.most_failures(suite) == most


def test_one_failure_more_than_a_tenth_is_too_loud() -> None:
    assert refusal(caught(*map(failed, range(4)))) is None
    assert refusal(caught(*map(failed, range(5)))) is Refusal.TOO_LOUD


def test_a_test_that_fails_twice_counts_once() -> None:
    assert refusal(caught(*map(failed, range(4)), failed(3))) is None


def test_a_test_id_with_white_space_is_refused() -> None:
    blank = dataclasses.replace(failed(), test="tests/test_shop.py::test_a[two words]")
    assert refusal(caught(failed(1), blank)) is Refusal.BLANK_IN_TEST_ID


@pytest.mark.parametrize("phase", ["setup", "teardown"])
def test_a_failure_outside_the_test_function_is_refused(phase: str) -> None:
    outside = dataclasses.replace(failed(), phase=phase)
    assert refusal(caught(outside)) is Refusal.NOT_IN_THE_TEST


@pytest.mark.parametrize(
    "exception", ["NameError", "UnboundLocalError", "AttributeError", "TypeError"]
)
def test_a_wrong_name_or_type_in_the_source_teaches_nothing(exception: str) -> None:
    for line in (1, 8, 11):
        assert refusal(caught(failed(exception=exception, line=line))) is Refusal.DIES
    assert refusal(caught(failed(exception=exception))) is None


def test_an_element_too_few_for_its_reader_teaches_nothing() -> None:
    lost = dataclasses.replace(
        failed(exception="ValueError", line=8),
        message="not enough values to unpack (expected 3, got 2)",
    )
    assert refusal(caught(lost)) is Refusal.DIES


def test_a_type_error_that_the_source_means_to_raise_is_fit() -> None:
    meant = SEED.contents[PATH].replace(
        b"    return", b"    raise TypeError('no number')\n    return"
    )
    bench = Bench(
        dataclasses.replace(SEED, contents={**SEED.contents, PATH: meant}),
        BASELINE,
        (),
        frozenset(TESTS),
    )
    line = meant.splitlines().index(b"    raise TypeError('no number')") + 1
    verdict = caught(failed(exception="TypeError", line=line))
    assert admit.refusal(bench, mutant(8), verdict) is None


def test_another_exception_at_the_changed_line_is_fit() -> None:
    assert refusal(caught(failed(exception="KeyError", line=8))) is None


@pytest.mark.parametrize("first", [8, 6])
def test_a_passing_test_has_to_execute_it_too(first: int) -> None:
    lonely = dataclasses.replace(
        BASELINE, lines={test: {} for test in TESTS} | {TESTS[0]: {PATH: frozenset({8})}}
    )
    verdict = caught(failed(0))
    assert refusal(verdict, first=first, baseline=lonely) is Refusal.ONLY_FAILING_TESTS
    assert refusal(verdict, first=first) is None


def test_for_a_class_body_any_line_of_the_file_counts() -> None:
    assert refusal(caught(failed()), first=12) is None


def test_the_first_reason_counts() -> None:
    blank = dataclasses.replace(failed(), test="a b", phase="setup")
    assert refusal(caught(blank)) is Refusal.BLANK_IN_TEST_ID


def with_tests_around(count: int) -> Bench:
    lines = {test: {PATH: frozenset({8} if n < count else {4})} for n, test in enumerate(TESTS)}
    around = dataclasses.replace(BASELINE, lines=lines)
    return Bench(SEED, around, (), frozenset(TESTS))


@pytest.mark.parametrize(
    ("failing", "around", "reason"),
    [(4, 11, Refusal.BREAKS_ITS_FUNCTION), (4, 12, None), (3, 4, None)],
    ids=["more-than-a-third", "a-third", "few"],
)
def test_a_function_that_fails_more_than_a_third_of_its_tests_is_not_handed_out(
    failing: int, around: int, reason: Refusal | None
) -> None:
    verdict = caught(*(failed(n) for n in range(failing)))
    assert admit.refusal(with_tests_around(around), mutant(8), verdict) is reason
