"""The hour around a challenge, as a learner types it: where one stands, notes, hints, the way back, what it was worth."""

from __future__ import annotations

import json
import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.cli.conftest import BUGSQUASH, fix, terminal
from tests.cli.screen import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Run

SOURCE = "src/bank/account.py"


def said(told: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines of a command that went well."""
    assert told.returncode == 0, told.stderr
    assert told.stderr == ""
    return told.stdout.splitlines()


def refused(told: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert (told.returncode, told.stdout) == (status, "")
    assert told.stderr.startswith("bugsquash: ")
    assert len(told.stderr.splitlines()) == 1
    for word in words:
        assert word in told.stderr


def test_elsewhere_it_says_how_to_start(run: Run, tmp_path: Path) -> None:
    lines = said(run(BUGSQUASH_HOME=str(tmp_path / "fresh")))
    assert "bugsquash --help" in lines[0]
    assert lines[-1].startswith("next  ")
    assert "bugsquash new" in lines[-1]


@pytest.mark.slow
def test_elsewhere_it_names_what_is_not_finished(run: Run, challenge: Path, tmp_path: Path) -> None:
    run("note", "begun", cwd=challenge)
    (line,) = [line for line in said(run(cwd=tmp_path)) if challenge.parent.name in line]
    assert "0 of 60 minutes" in line
    run("abandon", "--yes", cwd=challenge)
    assert not [line for line in said(run(cwd=tmp_path)) if challenge.parent.name in line]


def test_inside_it_says_where_one_stands(run: Run, challenge: Path, key: dict[str, Any]) -> None:
    head, title, standing, next_step = said(run(cwd=challenge / "src"))
    assert head == f"{challenge.name} · level {key['level']} of 5 · 1 bug · 60 minutes, not begun"
    assert title in (challenge / "TICKET.md").read_text()
    assert standing == "not checked yet"
    assert next_step.startswith("next  ")


@pytest.mark.slow
def test_a_note_is_kept_with_its_time(run: Run, challenge: Path) -> None:
    said(run("note", "the balance is right", cwd=challenge))
    said(run("note", "the statement is not", "--dir", challenge))
    lines = said(run("note", cwd=challenge))
    assert [re.fullmatch(r" +0:0\d  (.+)", line)[1] for line in lines] == [  # type: ignore[index]
        "the balance is right",
        "the statement is not",
    ]
    told = json.loads(run("note", "--json", cwd=challenge).stdout)
    assert [note["text"] for note in told] == ["the balance is right", "the statement is not"]


def test_a_cause_is_stated_of_a_function_that_is_there(run: Run, challenge: Path) -> None:
    (line, *_) = said(run("note", "--cause", f"{SOURCE}:pay_in", "why", cwd=challenge))
    assert line.endswith(f"  root cause {SOURCE}:Account.pay_in: why")
    (line, *_) = said(run("note", "--cause", "account.py", "why", cwd=challenge / "src" / "bank"))
    assert line.endswith(f"  root cause {SOURCE}, outside of every function: why")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--cause", f"{SOURCE}:pay_on", "why"), ("pay_on", "Did you mean")),
        pytest.param(
            ("--cause", "src/bank/acount.py:pay_in", "why"),
            ("no file src/bank/acount.py",),
            marks=pytest.mark.slow,
        ),
        pytest.param(
            ("--cause", "/etc/hostname", "why"), ("no file /etc/hostname",), marks=pytest.mark.slow
        ),
        (("--cause", f"{SOURCE}:pay_in"), ("say why",)),
        pytest.param((" ",), ("empty note",), marks=pytest.mark.slow),
    ],
    ids=["function", "file", "outside", "no reason", "empty"],
)
def test_what_can_not_be_noted_is_said(
    run: Run, challenge: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    refused(run("note", *arguments, cwd=challenge), 2, *words)
    assert said(run("note", cwd=challenge)) == ["No notes yet."]


def test_a_cause_in_source_that_does_not_parse_is_refused(run: Run, challenge: Path) -> None:
    (challenge / SOURCE).write_text("def broken(:\n")
    refused(run("note", "--cause", f"{SOURCE}:broken", "why", cwd=challenge), 2, "can't be read")


def test_a_hint_says_what_it_costs_and_is_not_taken_unless_agreed(
    run: Run, challenge: Path, home: Path
) -> None:
    with terminal(home, challenge, "hint") as screen:
        screen.expect("Rung 1 of 5, the area, costs 3 points. Take it")
        screen.sendline("n")
        screen.expect(pexpect.EOF)
    assert "hint" not in said(run(cwd=challenge))[0]
    with terminal(home, challenge, "hint") as screen:
        screen.expect("Take it")
        screen.sendline("y")
        screen.expect("1  The first wrong value comes up")
        screen.expect(pexpect.EOF)
    assert said(run(cwd=challenge))[0].endswith("1 hint")


@pytest.mark.slow
def test_once_it_is_over_there_is_no_hint_to_pay_for(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    fix(challenge, key)
    said(run("check", cwd=challenge))
    assert said(run("hint", "--yes", cwd=challenge))[0] == "solved"
    told = json.loads(run("hint", "--yes", "--json", cwd=challenge).stdout)
    assert told == {"rung": 0, "cost": 0, "texts": []}


@pytest.mark.slow
def test_without_the_key_the_failing_test_is_not_called_broken(
    run: Run, challenge: Path, tmp_path: Path
) -> None:
    away = {"BUGSQUASH_HOME": str(tmp_path / "elsewhere")}
    run("check", cwd=challenge, **away)
    assert "not solved yet" in said(run(cwd=challenge, **away))


@pytest.mark.slow
def test_without_the_key_nobody_is_sent_to_an_answer(
    run: Run, challenge: Path, tmp_path: Path
) -> None:
    away = {"BUGSQUASH_HOME": str(tmp_path / "elsewhere")}
    assert said(run("abandon", "--yes", cwd=challenge, **away))[-1].endswith(
        "bugsquash new   the next one"
    )


@pytest.mark.slow
def test_check_sends_to_the_debugger_with_the_test_that_fails(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    test = key["bugs"][0]["failing"][0]
    told = run("check", cwd=challenge)
    assert f"bugsquash debug {test}" in told.stdout
    told = run("check", challenge, cwd=challenge.parent)
    assert f"bugsquash debug --dir {challenge.name} {test}" in told.stdout


@pytest.mark.slow
def test_hints_go_down_to_the_line_and_no_further(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    (bug,) = key["bugs"]
    told = [json.loads(run("hint", "--yes", "--json", cwd=challenge).stdout) for _ in range(6)]
    assert [one["cost"] for one in told] == [3, 5, 8, 12, 20, 0]
    assert bug["path"] in told[2]["texts"][0]
    assert bug["function"] in told[3]["texts"][0]
    assert str(bug["lines"][0]) in told[4]["texts"][0]
    assert told[5]["texts"] == told[4]["texts"]
    lines = said(run("hint", cwd=challenge))
    assert lines[:5] == [f"{n}  {one['texts'][0]}" for n, one in enumerate(told[:5], start=1)]


@pytest.mark.slow
def test_the_partners_sheet_is_markdown_and_no_part_of_the_hour(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    refused(run("sheet", cwd=challenge), 2, "--yes")
    lines = said(run("sheet", "--yes", cwd=challenge))
    assert lines[0] == f"# Partner's sheet: {challenge.name}"
    assert key["bugs"][0]["fix_patch"].splitlines()[0] in lines
    assert said(run(cwd=challenge))[0].endswith("not begun")


def test_an_answer_that_was_not_read_to_its_end_was_seen(
    run: Run, home: Path, challenge: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        env = {**os.environ, "BUGSQUASH_HOME": str(home)}
        command = [BUGSQUASH, "reveal", "--yes"]
        assert subprocess.run(command, cwd=challenge, env=env, stdout=full, check=False).returncode
    assert "not solved: the answer was seen" in said(run(cwd=challenge))


@pytest.mark.slow
def test_after_giving_up_nothing_counts(run: Run, challenge: Path, key: dict[str, Any]) -> None:
    run("note", "it is the limit", cwd=challenge)
    run("abandon", "--yes", cwd=challenge)
    fix(challenge, key)
    told = run("check", "--explain", cwd=challenge)
    assert told.returncode == 0
    assert "given up before" in told.stdout
    assert "0 of 100 points" in told.stdout
    assert any(line.endswith("given up · 0 points") for line in said(run("history")))


@pytest.mark.slow
def test_on_a_terminal_the_partners_sheet_is_laid_out(home: Path, challenge: Path) -> None:
    screen = Terminal(home, challenge, "sheet", "--yes", columns=60, rows=400)
    assert screen.ended() == 0
    text = "\n".join(screen.lines)
    assert challenge.name in text
    assert "they should have" in text
    assert "| minute |" not in text
    assert "```" not in text


@pytest.mark.slow
def test_in_a_pipe_nothing_is_taken_or_given_up_without_being_told(
    run: Run, challenge: Path
) -> None:
    for command in ("hint", "abandon"):
        refused(run(command, cwd=challenge), 2, "--yes")
    assert said(run(cwd=challenge))[0].endswith("not begun")


def test_reset_puts_back_what_was_handed_out_and_keeps_what_lay_there(
    run: Run, challenge: Path
) -> None:
    before = (challenge / SOURCE).read_bytes()
    (challenge / SOURCE).write_text("mine")
    (challenge / "README.md").unlink()
    (challenge / "scratch.py").write_text("mine too")
    lines = said(run("reset", "--yes", cwd=challenge / "src"))
    assert lines[0] == f"changed  README.md · {SOURCE}"
    assert (challenge / SOURCE).read_bytes() == before
    assert (challenge / "README.md").is_file()
    assert (challenge / "scratch.py").read_text() == "mine too"
    kept = lines[-1].partition("in ")[2]
    assert Path(kept, SOURCE).read_text() == "mine"
    assert said(run("reset", cwd=challenge)) == ["Nothing to put back: all as it was handed out."]


@pytest.mark.slow
def test_reset_of_one_file_leaves_the_others(run: Run, challenge: Path) -> None:
    (challenge / SOURCE).write_text("mine")
    (challenge / "README.md").write_text("mine")
    said(run("reset", "--yes", "account.py", cwd=challenge / "src" / "bank"))
    assert (challenge / SOURCE).read_text() != "mine"
    assert (challenge / "README.md").read_text() == "mine"
    refused(run("reset", "nothing.py", cwd=challenge), 2, "nothing.py")


@pytest.mark.slow
def test_check_says_the_time_and_what_it_is_worth(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    (bug,) = key["bugs"]
    run("note", "--cause", f"{bug['path']}:{bug['function']}", "why", cwd=challenge)
    run("hint", "--yes", cwd=challenge)
    fix(challenge, key)
    lines = said(run("check", "--explain", cwd=challenge))
    assert any(line.startswith("solved") and "0 of 60 minutes · 1 hint" in line for line in lines)
    assert lines[-2].split() == "worth 97 of 100 points".split()
    told = json.loads(run("check", "--json", cwd=challenge).stdout)["practice"]
    assert told["score"] == {
        "total": 97,
        "hints": 3,
        "parts": {"root cause": 43, "fix": 36, "no regressions": 21},
    }
    assert said(run(cwd=challenge))[-2] == "solved"


@pytest.mark.slow
def test_check_is_at_most_fifteen_lines_whatever_lies_there(
    run: Run, challenge: Path, home: Path
) -> None:
    source = (challenge / SOURCE).read_text()
    (challenge / SOURCE).write_text(source.replace("self.balance += ", "self.balance -= "))
    for name in "abcdefghijklmn":
        (challenge / name).mkdir()
        (challenge / name / "notes.txt").write_text("mine")
    told = run("check", cwd=challenge)
    assert told.returncode == 1
    assert len(told.stdout.splitlines()) <= 15
    assert "more; --json names each" in told.stdout
    assert len(run("check", "--explain", cwd=challenge).stdout.splitlines()) <= 15
    for columns in (60, 80):
        screen = Terminal(home, challenge, "check", "--explain", columns=columns, rows=40)
        assert screen.ended() == 1
        # At 60 the shortest that can be told breaks into more.
        assert len(screen.lines) <= (15 if columns == 80 else 19)


@pytest.mark.slow
def test_check_judges_where_nothing_can_be_kept(run: Run, challenge: Path, home: Path) -> None:
    with nothing_kept(home):
        told = run("check", cwd=challenge)
    assert told.returncode == 1
    assert "not solved yet" in told.stdout
    assert "can't be kept" in told.stderr


@pytest.mark.slow
def test_an_answer_that_can_not_be_remembered_is_not_shown_while_it_counts(
    run: Run, challenge: Path, home: Path
) -> None:
    with nothing_kept(home):
        refused(run("reveal", "--yes", cwd=challenge), 3, "can't be kept")


@contextmanager
def nothing_kept(home: Path) -> Iterator[None]:
    """While the block runs the history can't be written."""
    shut = home / "state" / "history.sqlite3"
    aside = shut.with_suffix(".aside")
    shut.parent.mkdir(exist_ok=True)
    if shut.exists():
        shut.rename(aside)
    shut.mkdir()
    try:
        yield
    finally:
        shut.rmdir()
        if aside.exists():
            aside.rename(shut)


def test_the_answer_comes_after_three_sentences_and_beside_them(
    run: Run, challenge: Path, key: dict[str, Any], home: Path
) -> None:
    fix(challenge, key)
    said(run("check", cwd=challenge))
    with terminal(home, challenge, "reveal", columns=200) as screen:
        # Solved: it does not ask whether.
        screen.expect("What was the cause")
        screen.sendline("y")
        screen.expect("that is one word")
        screen.expect("What was the cause")
        screen.sendline("the limit counts as room")
        screen.expect("Why was it not seen before")
        screen.sendline("")
        screen.expect("Why is the fix safe")
        screen.sendline("all tests pass")
        screen.expect("yours  the limit counts as room")
        screen.expect(f"key    {key['bugs'][0]['path']}")
        screen.expect(r"yours  \(nothing\)")
        screen.expect("yours  all tests pass")
        screen.expect(pexpect.EOF)
    again = said(run("reveal", cwd=challenge))
    assert "  yours  the limit counts as room" in again


def test_the_answer_is_one_screen_first_and_the_hour_is_told_with_more(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    fix(challenge, key)
    said(run("note", "the limit?", cwd=challenge))
    said(run("check", cwd=challenge))
    short, more = (said(run("reveal", *option, cwd=challenge)) for option in ((), ("--more",)))
    bug = key["bugs"][0]
    assert len(short) <= 40
    assert short[-1].split()[2:4] == ["reveal", "--more"]
    typed = [f"    (Pdb) {each['command']}" for each in bug["debrief"]["session"]]
    assert typed
    assert [line for line in short if line in typed] == typed
    assert [line for line in more if line in typed] == typed
    assert "your change" in more
    assert [line.split(maxsplit=1)[1] for line in more[more.index("your hour") :][1:3]] == [
        "noted: the limit?",
        "a check: solved",
    ]


@pytest.mark.slow
def test_what_is_solved_after_the_answer_was_seen_is_remembered_as_such(
    run: Run, challenge: Path, key: dict[str, Any]
) -> None:
    said(run("reveal", "--yes", cwd=challenge))
    fix(challenge, key)
    told = run("check", "--explain", cwd=challenge)
    assert told.stdout.splitlines()[-2].split() == "worth 0 of 100 points".split()
    assert "not solved: the answer was seen" in said(run(cwd=challenge))
    late = said(run("note", "--cause", SOURCE, "why", cwd=challenge))
    assert f"root cause {SOURCE}, outside of every function, which counts no more: why" in late[0]
    assert "bugsquash new" in late[-1]
    run("reset", "--yes", cwd=challenge)
    again = run("check", "--explain", cwd=challenge).stdout.splitlines()
    assert "as it stood when it was over" in again[-2]
    assert "bugsquash new" in again[-1]


@pytest.mark.parametrize("command", [("hint", "--yes"), ("reset", "--yes"), ("reveal", "--yes")])
def test_without_the_key_it_is_said_which_is_missing(
    run: Run, challenge: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    away = str(tmp_path / "elsewhere")
    refused(run(*command, cwd=challenge, BUGSQUASH_HOME=away), 3, "is not on this machine")


@pytest.mark.parametrize("command", ["hint", "check"])
def test_outside_of_a_challenge_it_is_said(run: Run, tmp_path: Path, command: str) -> None:
    refused(run(command, cwd=tmp_path), 2, "not inside a challenge")


@pytest.mark.slow
def test_sixty_columns_are_enough(run: Run, challenge: Path, home: Path) -> None:
    run("note", "a finding", cwd=challenge)
    for command in ((), ("check",)):
        with terminal(home, challenge, *command, columns=60) as screen:
            screen.expect(pexpect.EOF)
            shown = str(screen.before)
        assert shown.count("\n") <= 24


@pytest.mark.slow
def test_the_history_tells_each_step_and_no_secret(
    run: Run, challenge: Path, key: dict[str, Any], tmp_path: Path
) -> None:
    (bug,) = key["bugs"]

    run("check", cwd=challenge)
    before = len(json.loads(run("history", "--json", cwd=tmp_path).stdout))
    run("note", "--cause", f"{bug['path']}:{bug['function']}", "why", cwd=challenge)
    fix(challenge, key)
    run("check", cwd=challenge)
    records = json.loads(run("history", "--json", cwd=tmp_path).stdout)
    assert len(records) == before
    assert records[-1]["outcome"] == "solved"
    assert 0 <= records[-1]["located"] <= records[-1]["fixed"]
    lines = said(run("history", cwd=tmp_path))
    assert any(line.startswith(f"{challenge.name} · ") and "solved" in line for line in lines)
    assert f"family  {bug['family']}: " in "\n".join(lines)


def test_where_nothing_was_begun_the_history_says_how(run: Run, tmp_path: Path) -> None:
    lines = said(run("history", cwd=tmp_path, BUGSQUASH_HOME=str(tmp_path / "fresh")))
    assert lines[0] == "No challenge was begun yet."
