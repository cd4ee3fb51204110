"""What the screen of a watch says."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from generator.practice.session import Event, Kind, Session
from generator.practice.watch.board import Board, lines
from generator.practice.watch.rounds import Round

SESSION = Session(1, "shop-abc2345", "/shop", "failing-test", 60, 1)
FIRST = Round({"test_a": "failed", "test_b": "passed", "test_c": "passed"}, total=3)
STATES = st.sampled_from(["passed", "failed", "skipped"])
ROUNDS = st.dictionaries(
    st.integers(0, 40).map("tests/test_a.py::test_{}".format), STATES, max_size=40
)


def shown(board: Board) -> list[str]:
    return [line.text for line in lines(board, "41:07 left")]


def after(states: dict[str, str], **more: object) -> Board:
    now = Round(states, dict.fromkeys(states, "assert 1 == 2"), total=3)
    return Board(SESSION, "The ticket", replace(now, **more), FIRST)  # type: ignore[arg-type]


def test_what_passed_as_handed_out_and_fails_now_is_newly_broken() -> None:
    told = shown(after({"test_a": "failed", "test_b": "failed", "test_c": "passed"}))
    assert told[3:7] == ["broken  test_b", "  assert 1 == 2", "fails  test_a", "  assert 1 == 2"]
    assert "1 of 3 pass" in told


def test_what_failed_as_handed_out_and_passes_now_is_named() -> None:
    told = shown(after({"test_a": "passed", "test_b": "passed", "test_c": "skipped"}))
    assert told[3] == "passes now  test_a"
    assert "2 of 3 pass, 1 skipped" in told


def test_a_test_of_ones_own_that_fails_is_not_called_broken() -> None:
    told = shown(after({"test_a": "passed", "test_mine": "failed"}))
    assert "fails  test_mine" in told


def test_what_failed_as_handed_out_is_reproduced_once_it_was_seen_to_fail() -> None:
    seen = after({"test_a": "failed"})
    assert seen.reproduces
    assert not replace(seen, running=True).reproduces
    assert not after({"test_a": "failed"}, problems=("it loops",)).reproduces
    assert not after({"test_a": "passed", "test_mine": "failed"}).reproduces


def test_tests_that_did_not_run_are_counted_as_such() -> None:
    assert "0 of 3 pass, 2 not run" in shown(after({"test_a": "failed"}))
    running = replace(after({"test_a": "failed"}), running=True)
    assert "0 of 3 pass, 2 to come" in shown(running)


def test_tests_that_are_not_there_any_more_are_named_and_it_is_not_green() -> None:
    gone = after({"test_b": "passed"}, total=1)
    told = lines(gone, "41:07 left")
    assert [line.text for line in told][3:6] == ["gone  test_a", "gone  test_c", "1 of 1 pass"]
    assert told[5].style != "green"
    assert "gone  test_a" not in shown(replace(gone, running=True))
    assert "gone  test_a" not in shown(after({}, problems=("it does not import",)))


def test_while_tests_run_only_quit_is_offered() -> None:
    assert shown(replace(after({}), running=True))[-1] == "q quit"
    assert shown(after({}))[-1].startswith("d debug")


def test_paused_it_offers_to_go_on() -> None:
    paused = replace(SESSION, events=(Event(0, Kind.BEGUN, {}), Event(1, Kind.PAUSED, {})))
    told = shown(replace(after({}), session=paused))
    assert told[-2] == "paused: nothing runs until you go on"
    assert "p go on" in told[-1]


@given(ROUNDS, ROUNDS, st.lists(st.text(max_size=90), max_size=9))
def test_whatever_happens_the_last_line_is_within_a_terminals_height(
    first: dict[str, str], now: dict[str, str], problems: list[str]
) -> None:
    round_ = Round(now, dict.fromkeys(now, "why"), tuple(problems), len(now))
    board = Board(SESSION, "The ticket", round_, Round(first, total=len(first)), note="why not")
    assert len(lines(board, "41:07 left")) <= 24
