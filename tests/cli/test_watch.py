"""`watch` and `debug` on a real terminal: the learner saves, and the screen says where one stands."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import BUGSQUASH, fix
from tests.cli.screen import Terminal
from tests.conftest import left_running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Run

READY = "runs again when you save"
SOURCE = "src/bank/account.py"


@pytest.fixture
def watch(home: Path, challenge: Path) -> Iterator[Callable[..., Terminal]]:
    """Watch the challenge, and leave at last."""
    started: list[Terminal] = []

    def start(*arguments: str, columns: int = 80) -> Terminal:
        started.append(Terminal(home, challenge, "watch", *arguments, columns=columns))
        started[-1].shows(READY)
        return started[-1]

    yield start
    for one in started:
        one.child.terminate(force=True)


def test_a_save_runs_the_tests_and_the_screen_says_what_came_of_it(
    watch: Callable[..., Terminal], challenge: Path, key: dict[str, Any]
) -> None:
    screen = watch()
    failing = key["bugs"][0]["failing"][0]
    assert any(line.startswith(f"fails  {failing}"[:70]) for line in screen.lines)
    fix(challenge, key)
    lines = screen.shows(f"passes now  {failing}"[:60])
    assert any(line.endswith(" pass") and " of " in line for line in lines)
    source = challenge / SOURCE
    source.write_text(source.read_text().replace("self.history.append", "self.history.remove"))
    assert any(line.startswith("broken  tests/") for line in screen.shows("broken  "))
    assert len(screen.lines) <= 24
    screen.press("q")
    assert screen.ended() == 0


def test_code_that_does_not_parse_is_named_and_survived(
    watch: Callable[..., Terminal], challenge: Path
) -> None:
    screen = watch()
    before = (challenge / SOURCE).read_text()
    (challenge / SOURCE).write_text(before + "\ndef (:\n")
    screen.shows("it does not import: SyntaxError", READY)
    (challenge / SOURCE).write_text(before)
    screen.shows_no_more("SyntaxError")
    screen.shows("fails  tests/", READY)


@pytest.mark.slow
def test_a_loop_without_end_is_ended_and_while_it_runs_nothing_but_quit_does_anything(
    watch: Callable[..., Terminal], challenge: Path
) -> None:
    screen = watch()
    before = (challenge / SOURCE).read_text()
    loops = before + "\n\nwhile True:\n    pass\n"
    (challenge / SOURCE).write_text(loops)
    screen.shows("running")
    screen.press("hn")
    assert not any("note:" in line or "Rung" in line for line in screen.for_a_while(1))
    screen.shows("it loops")
    (challenge / SOURCE).write_text(loops + "\n")
    screen.shows("running")
    screen.press("q")
    assert screen.ended() == 0


@pytest.mark.slow
def test_a_save_during_a_run_starts_over_at_once(
    watch: Callable[..., Terminal], challenge: Path, key: dict[str, Any]
) -> None:
    screen = watch()
    before = (challenge / SOURCE).read_text()
    loops = before + "\n\nwhile True:\n    pass\n"
    (challenge / SOURCE).write_text(loops)
    screen.shows("running")
    (challenge / SOURCE).write_text(before)
    fix(challenge, key)
    screen.shows("passes now", READY)
    assert not any("it loops" in line for line in screen.lines)


@pytest.mark.slow
def test_files_that_come_go_and_are_renamed_are_followed(
    watch: Callable[..., Terminal], challenge: Path
) -> None:
    screen = watch()
    (challenge / "tests" / "test_mine.py").write_text("def test_mine(): assert 1 == 2\n")
    screen.shows("fails  tests/test_mine.py::test_mine", READY)
    (challenge / "tests" / "test_mine.py").rename(challenge / "tests" / "test_other.py")
    screen.shows("fails  tests/test_other.py::test_mine", READY)
    (challenge / SOURCE).rename(challenge / "account.bak")
    screen.shows("it does not import", READY)
    (challenge / "account.bak").rename(challenge / SOURCE)
    screen.shows_no_more("it does not import")


@pytest.mark.slow
def test_sixty_columns_are_enough_and_names_are_whole_where_there_is_room(
    watch: Callable[..., Terminal], challenge: Path
) -> None:
    screen = watch(columns=60)
    long = f"test_{'and_what_it_says_' * 5}to_the_end"
    (challenge / "tests" / "test_mine.py").write_text(f"def {long}(): assert 1 == 2\n")
    screen.shows("fails  tests/", "to_the_end", READY)
    lines = screen.lines
    assert long in "".join(lines)
    assert all(len(line) <= 60 for line in lines)
    assert lines[-1].endswith("q quit")


@pytest.mark.slow
def test_a_pause_stops_the_clock_and_the_tests(
    watch: Callable[..., Terminal], challenge: Path, run: Run
) -> None:
    screen = watch()
    screen.press("p")
    screen.shows("paused: nothing runs until you go on", "p go on")
    assert "paused" in run(cwd=challenge).stdout
    (challenge / SOURCE).write_text((challenge / SOURCE).read_text() + "\n")
    assert not any("running" in line for line in screen.for_a_while(1))
    screen.press("p")
    screen.shows(READY, "p pause")


@pytest.mark.slow
def test_a_note_is_taken_in_between(
    watch: Callable[..., Terminal], challenge: Path, run: Run
) -> None:
    screen = watch()
    for better_not in ("\x03", "\x04"):
        screen.press("n")
        screen.shows("note:")
        screen.press(better_not)
        screen.shows_no_more("note:")
        screen.shows(READY)
    screen.press("n")
    screen.shows("note:")
    screen.press("the limit is not the cause\n")
    screen.shows_no_more("note:")
    assert "the limit is not the cause" in run("note", cwd=challenge).stdout


@pytest.mark.slow
def test_the_debugger_has_the_terminal_and_gives_it_back(
    watch: Callable[..., Terminal], challenge: Path
) -> None:
    screen = watch()
    screen.press("d")
    screen.shows("(Pdb)")
    (challenge / SOURCE).write_text((challenge / SOURCE).read_text() + "\n")
    assert not any("running" in line for line in screen.for_a_while(1))
    screen.press("q\n")
    screen.shows("running")
    screen.shows(READY)
    screen.press("c")
    screen.shows("any key goes back to the watch")
    screen.press(" ")
    screen.shows(READY)


def test_an_interruption_leaves_no_process_behind(
    watch: Callable[..., Terminal], tmp_path: Path, home: Path
) -> None:
    screen = watch()
    screen.child.sendintr()
    assert screen.ended() == 130
    assert left_running(home) == []


@pytest.mark.slow
def test_in_a_pipe_every_round_is_printed(home: Path, challenge: Path, key: dict[str, Any]) -> None:
    env = {**os.environ, "BUGSQUASH_HOME": str(home)}
    command = [BUGSQUASH, "watch", "--poll"]
    with subprocess.Popen(
        command, cwd=challenge, env=env, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        lines = iter(child.stdout.readline, "")
        assert any(line.startswith("fails  tests/") for line in lines)
        assert any(READY in line for line in lines)
        time.sleep(1)
        fix(challenge, key)
        assert any(line.startswith("passes now  tests/") for line in lines)
        child.send_signal(signal.SIGINT)
        child.stdout.read()
    assert child.returncode == 130


@pytest.mark.slow
def test_watching_starts_the_clock_and_writes_nothing_else(
    watch: Callable[..., Terminal], challenge: Path, run: Run
) -> None:
    before = {path: path.read_bytes() for path in challenge.rglob("*") if path.is_file()}
    assert "not begun" in run(cwd=challenge).stdout
    watch()
    assert re.search(r"· 59:\d\d left", run(cwd=challenge).stdout)
    assert {path: path.read_bytes() for path in challenge.rglob("*") if path.is_file()} == before


@pytest.mark.slow
def test_a_challenge_that_is_gone_is_said_and_nothing_else_goes_wrong(
    watch: Callable[..., Terminal], challenge: Path
) -> None:
    screen = watch(columns=200)
    shutil.rmtree(challenge)
    screen.shows(f"{challenge.name} is gone.")
    screen.press("q")
    assert screen.ended() == 3
    assert screen.lines[-1].endswith("is gone: there is nothing to watch any more.")


def test_debug_stops_where_the_failing_test_fails(home: Path, challenge: Path) -> None:
    screen = Terminal(home, challenge, "debug")
    screen.shows("(Pdb)", "->")
    screen.press("q\n")
    assert screen.ended() == 0


@pytest.mark.slow
def test_debug_blames_no_name_where_the_code_does_not_import(home: Path, challenge: Path) -> None:
    with (challenge / SOURCE).open("a") as source:
        source.write("\ndef (:\n")
    (challenge / "tests" / "conftest.py").write_text("import bank.account\n")
    screen = Terminal(home, challenge, "debug", columns=200)
    assert screen.ended() == 2
    assert any("pytest ran no test, for the reason above" in line for line in screen.lines)
    assert any("SyntaxError" in line for line in screen.lines)


@pytest.mark.slow
@pytest.mark.parametrize("test", ["tests/test_none.py::test_it", "tests/test_bank.py::test_non"])
def test_a_misspelt_test_starts_no_clock(do: Run, mine: Path, challenge: Path, test: str) -> None:
    screen = Terminal(mine, challenge, "debug", test, columns=200)
    assert screen.ended() == 2
    assert any(f"pytest finds no {test} here" in line for line in screen.lines)
    assert "not begun" in do(cwd=challenge).stdout


@pytest.mark.slow
def test_a_named_test_is_blamed_no_more_where_the_code_does_not_import(
    home: Path, challenge: Path, key: dict[str, Any]
) -> None:
    (challenge / "tests" / "conftest.py").write_text("import bank.nothing\n")
    screen = Terminal(home, challenge, "debug", key["bugs"][0]["failing"][0], columns=200)
    assert screen.ended() == 2
    assert any("pytest ran no test, for the reason above" in line for line in screen.lines)


def test_debug_needs_a_terminal(run: Run, challenge: Path) -> None:
    told = run("debug", cwd=challenge)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == "bugsquash: debug needs a terminal: it is there for you to type at.\n"


def test_a_debugger_that_is_not_installed_is_named_with_what_to_do(
    home: Path, challenge: Path
) -> None:
    screen = Terminal(home, challenge, "debug", "--with", "pudb", columns=300)
    assert screen.ended() == 3
    assert "-m pip install pudb" in "".join(screen.lines)


@pytest.mark.parametrize("command", ["watch", "debug"])
def test_outside_of_a_challenge_it_is_said(run: Run, tmp_path: Path, command: str) -> None:
    told = run(command, cwd=tmp_path)
    assert (told.returncode, told.stdout) == (2, "")
    assert "not inside a challenge" in told.stderr
