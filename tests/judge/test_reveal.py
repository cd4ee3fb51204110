"""The answer can be pasted as it is."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from generator import process
from generator.judge.patches import applied
from generator.judge.reveal import YOURS, reveal
from tests.judge.conftest import CARTS, QUICK, Challenge

if TYPE_CHECKING:
    from pathlib import Path


def test_the_answer_is_what_the_key_says(handed_out: Challenge) -> None:
    told = reveal(handed_out.key)
    (answer,) = told.answers
    bug = handed_out.key.bugs[0]
    assert (told.id, answer.n, answer.story) == ("shop-abc2345", 1, bug.story)
    assert answer.diff == bug.fix_patch
    assert answer.post_mortem == "python -m pytest --pdb tests/test_carts.py::test_full"
    assert answer.debrief == bug.debrief


def test_the_diff_is_the_fix(challenge: Challenge) -> None:
    (answer,) = reveal(challenge.key).answers
    mended = applied(challenge.contents(), [answer.diff])
    assert b"len(cart) < LIMIT" in mended[CARTS]


def test_a_test_id_is_quoted_for_the_shell(handed_out: Challenge) -> None:
    bug = replace(handed_out.key.bugs[0], failing=("tests/t.py::test_x[a'b-$c]",))
    (answer,) = reveal(replace(handed_out.key, bugs=(bug,))).answers
    assert shlex.split(answer.trace)[-1] == "tests/t.py::test_x[a'b-$c]"


def test_pdb_shows_what_the_answer_says(challenge: Challenge, tmp_path: Path) -> None:
    (answer,) = reveal(challenge.key).answers
    _, *words = shlex.split(answer.trace)
    typed = "\n".join([*(typed.command for typed in answer.debrief.session), "q", ""])
    environment = process.environment(tmp_path / "scratch")
    run = process.run(
        [sys.executable, *words],
        cwd=challenge.root,
        limits=replace(QUICK, cpu=10),
        env=environment,
        stdin=typed.encode(),
    )
    said = run.stdout.decode()
    shown = [typed.shows for typed in answer.debrief.session if typed.shows]
    assert shown
    places = [said.index(f"(Pdb) {value}{os.linesep}") for value in shown]
    assert places == sorted(places)


def test_where_no_failing_test_was_handed_out_a_file_with_one_is_shown(
    challenge: Challenge, tmp_path: Path
) -> None:
    bug = challenge.key.bugs[0]
    by_ticket = replace(bug, failing=(), hidden=(*bug.failing, *bug.hidden))
    (answer,) = reveal(replace(challenge.key, bugs=(by_ticket,))).answers
    assert answer.witness is not None
    (challenge.root / YOURS).write_text(answer.witness)
    run = process.run(
        [sys.executable, "-m", "pytest", "-q", YOURS],
        cwd=challenge.root,
        limits=replace(QUICK, cpu=10),
        env=process.environment(tmp_path / "scratch"),
    )
    assert b"1 failed in" in run.stdout
