"""Whether a test of the learner's own shows the bug: it fails on the source as handed out and passes on the clean one."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.judge.own_tests import OwnTest, Shows, own_test
from tests.judge.conftest import CARTS, QUICK

if TYPE_CHECKING:
    from tests.judge.conftest import Challenge

MINE = "tests/test_mine.py"
HEAD = "from shop.carts import may_add\n\n"
SHOWS_IT = HEAD + "def test_three_are_the_limit():\n    assert not may_add([1, 2, 3])\n"


def shown(challenge: Challenge, **written: str) -> OwnTest:
    """What these files show, beside all that was handed out."""
    code = {path: text for path, text in challenge.contents().items() if path.endswith(".py")}
    files = {path.replace("__", "/") + ".py": text.encode() for path, text in written.items()}
    green = replace(
        challenge.key, fixed={**challenge.key.fixed, "tests/test_carts.py": HEAD.encode()}
    )
    submitted = {**code, "tests/test_carts.py": HEAD.encode(), **files}
    return own_test(green, submitted, python=Path(sys.executable), limits=QUICK)


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        (SHOWS_IT, Shows.THE_BUG),
        (HEAD + "def test_room():\n    assert may_add([])\n", Shows.PASSES_ON_BUGGY),
        (HEAD + "def test_two():\n    assert not may_add([1, 2])\n", Shows.FAILS_ON_CLEAN),
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in [
                (SHOWS_IT + "def test_two():\n    assert not may_add([1, 2])\n", Shows.THE_BUG),
                (HEAD + "LIMIT = 3\n", Shows.DOES_NOT_RUN),
                ("def test_three(:\n", Shows.DOES_NOT_RUN),
                ("import nonsuch\n", Shows.DOES_NOT_RUN),
                ("import os\nos._exit(0)\n", Shows.DOES_NOT_RUN),
            ]
        ),
    ],
    ids=["shows it", "passes", "asks for something else", "shows it among others", "no test", "syntax", "import", "ends the run"],
)  # fmt: skip
def test_what_a_file_of_ones_own_shows(challenge: Challenge, text: str, shows: Shows) -> None:
    told = shown(challenge, tests__test_mine=text)
    assert (told.shows, told.reproduced) == (shows, shows is Shows.THE_BUG)


def test_the_test_that_shows_it_is_named(challenge: Challenge) -> None:
    told = shown(challenge, tests__test_mine=SHOWS_IT)
    assert told.to_json() == {
        "shows": "the bug",
        "test": f"{MINE}::test_three_are_the_limit",
        "message": "",
    }


@pytest.mark.slow
def test_a_test_added_to_a_file_that_was_handed_out_counts(challenge: Challenge) -> None:
    assert shown(challenge, tests__test_carts=SHOWS_IT).reproduced


@pytest.mark.slow
def test_a_conftest_of_ones_own_serves_them(challenge: Challenge) -> None:
    conftest = "import pytest\n\n@pytest.fixture\ndef cart():\n    return [1, 2, 3]\n"
    mine = HEAD + "def test_three(cart):\n    assert not may_add(cart)\n"
    assert shown(challenge, tests__conftest=conftest, tests__test_mine=mine).reproduced


@pytest.mark.slow
def test_the_learners_own_source_has_no_part_in_it(challenge: Challenge) -> None:
    source = {CARTS.removesuffix(".py").replace("/", "__"): "def may_add(cart): return True\n"}
    assert shown(challenge, tests__test_mine=SHOWS_IT, **source).reproduced


def test_where_nothing_was_written_that_is_said(challenge: Challenge) -> None:
    assert shown(challenge).shows is Shows.NOTHING_WRITTEN
