"""What a round of the watch shows, once a process stays that forks are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator.judge import challenge_directory
from generator.practice.watch.rounds import Round, Rounds
from tests.judge.conftest import CARTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.judge.conftest import Challenge

FULL = "tests/test_carts.py::test_full"


@pytest.fixture
def rounds(challenge: Challenge) -> Iterator[Rounds]:
    """After a first round, and warm."""
    running = Rounds(challenge_directory.find(challenge.root))
    list(running.run())
    running.warm_up()
    assert running._server is not None
    yield running
    running.close()


def last(rounds: Rounds) -> Round:
    *_, shown = rounds.run()
    return shown


def test_the_test_that_failed_comes_first_and_alone(challenge: Challenge, rounds: Rounds) -> None:
    challenge.solve()
    first, whole = rounds.run()
    assert dict(first.states) == {FULL: "passed"}
    assert whole.of("failed") == ()


def _adds(challenge: Challenge) -> None:
    challenge.write("tests/test_mine.py", "def test_mine():\n    assert False\n")


def _edits(challenge: Challenge) -> None:
    challenge.write("tests/test_mine.py", "def test_mine():\n    assert 1 == 2\n")
    challenge.write("tests/test_carts.py", "def test_room():\n    assert False\n")


def _deletes(challenge: Challenge) -> None:
    (challenge.root / CARTS).unlink()


def _renames(challenge: Challenge) -> None:
    (challenge.root / CARTS).rename(challenge.root / "src/shop/baskets.py")


def _sets(challenge: Challenge) -> None:
    challenge.write("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "--nowhere"\n')


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (_adds, "tests/test_mine.py::test_mine"),
        (_edits, "tests/test_carts.py::test_room"),
        (_deletes, "No module named 'shop.carts'"),
        (_renames, "No module named 'shop.carts'"),
        (_sets, "--nowhere"),
    ],
)
def test_what_a_fork_can_not_tell_a_fresh_process_is_asked(
    challenge: Challenge, rounds: Rounds, change: Callable[[Challenge], None], seen: str
) -> None:
    change(challenge)
    shown = last(rounds)
    assert seen in shown.of("failed") or seen in " ".join(shown.problems)


@pytest.mark.slow
def test_a_breakpoint_stops_nothing_where_nobody_can_debug(
    challenge: Challenge, rounds: Rounds
) -> None:
    challenge.solve()
    text = (challenge.root / CARTS).read_text()
    challenge.write(CARTS, text.replace("    return", "    breakpoint()\n    return"))
    assert last(rounds).of("failed") == ()
