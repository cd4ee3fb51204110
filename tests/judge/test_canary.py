"""The tests that the judge adds."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.judge import canary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NAMES = st.from_regex(r"[a-z_]{1,200}", fullmatch=True)
TESTS = st.lists(
    st.builds("tests/test_{}.py::test_{}[{}]".format, st.sampled_from("abc"), NAMES, st.text()),
    min_size=1,
    unique=True,
).map(sorted)


@given(TESTS)
def test_a_canary_lies_among_the_tests_and_takes_no_files_name(tests: Sequence[str]) -> None:
    paths = {test.split("::", maxsplit=1)[0] for test in tests}
    bird = canary.draw(tests, paths)
    assert bird.path not in paths
    assert bird.path.startswith("tests/test_")
    assert len(bird.path) < 100
    assert [test for test in bird.among(tests) if test != bird.test] == list(tests)


@given(TESTS)
def test_a_canary_never_stands_between_tests_of_one_file(tests: Sequence[str]) -> None:
    files = [test.split("::", maxsplit=1)[0] for test in canary.draw(tests, ()).among(tests)]
    changes = sum(one != other for one, other in pairwise(files))
    assert changes == len(set(files)) - 1


def test_place_and_name_are_drawn() -> None:
    tests = [f"tests/test_{n}.py::test_{word}" for n, word in enumerate(("apple", "pear", "plum"))]
    drawn = [canary.draw(tests, ()) for _ in range(60)]
    assert len({bird.path for bird in drawn}) > 5
    assert {bird.among(tests).index(bird.test) for bird in drawn} == {0, 1, 2, 3}


def test_a_canary_is_called_what_the_project_calls_its_functions() -> None:
    tests = ["t/check_a.py::should_add", "t/check_a.py::TestOld::test_old"]
    assert {canary.draw(tests, ()).test.split("::")[1] for _ in range(20)} == {"should_add"}


HONEST = b"""from __future__ import annotations
import unittest


class Yes:
    def __init__(self, claims):
        self.claims = claims

    def __eq__(self, other):
        return self.claims or other == 1

    __hash__ = None


def test_plain(value):
    assert value == 1


def test_other_side(value):
    assert 1 == value, "a message"


def test_nested(value):
    assert [{"a": (1, value)}] == [{"a": (1, 1)}]


def test_among_others(value):
    assert value == 1 == value and not 1 == 2


class TestOld(unittest.TestCase):
    def test_old(self):
        self.assertEqual(self.value, 1)
"""
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import rewritten
claims = sys.argv[2] == "claims"
rewritten.TestOld.value = rewritten.Yes(claims)
for name, test in sorted(vars(rewritten).items()):
    if name.startswith("test_"):
        try:
            test(rewritten.Yes(claims))
            print(name)
        except AssertionError as error:
            assert "equal anything" in str(error)
try:
    rewritten.TestOld("test_old").test_old()
    print("test_old")
except AssertionError as error:
    assert "equal anything" in str(error)
"""


@pytest.mark.parametrize(("kind", "passing"), [("honest", 5), ("claims", 0)])
def test_an_honest_test_fails_for_a_value_that_equals_anything_and_for_no_other(
    tmp_path: Path, kind: str, passing: int
) -> None:
    (asked,) = canary.honest({"t.py": HONEST}, ["t.py::test_plain"]).values()
    (tmp_path / "rewritten.py").write_bytes(asked)
    told = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path), kind], capture_output=True, text=True, check=True
    )
    assert len(told.stdout.split()) == passing


def test_what_can_not_be_parsed_is_left_as_it_is() -> None:
    assert canary.honest({"t.py": b"def (:\n", "u.py": b""}, ["t.py::test_a"]) == {}
