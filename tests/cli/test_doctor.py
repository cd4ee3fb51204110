"""`doctor` says what is there, and of what is not what to do about it."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pexpect

from tests.cli.conftest import BUGSQUASH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def findings(run: Run, status: int, **env: str) -> dict[str, dict[str, Any]]:
    told = run("doctor", "--json", **env)
    assert (told.returncode, told.stderr) == (status, "")
    return {one["what"]: one for one in json.loads(told.stdout)}


def test_where_all_is_well_it_says_so_and_what_is_next(run: Run, home: Path) -> None:
    told = run("doctor", EDITOR="sh -e", VISUAL="")
    assert told.returncode == 0, told.stdout
    lines = {line[:17].strip(): line[17:] for line in told.stdout.splitlines()}
    assert lines["Python"].endswith(", with pytest")
    assert lines["editor"] == "sh -e"
    assert lines["writing, state"].startswith(str(home / "state"))
    assert told.stdout.splitlines()[-1].endswith("bugsquash new")


def test_nothing_of_it_is_left(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "fresh"
    findings(run, 0, BUGSQUASH_HOME=str(home))
    left = [path.name for path in home.rglob("*") if path.is_file()]
    assert [name for name in left if "probe" in name] == []
    assert "history.sqlite3" not in left


def test_without_git_nothing_works(run: Run, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "bwrap", "setsid"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    git = findings(run, 3, PATH=str(programs))["git"]
    assert (git["fine"], git["needed"]) == (False, True)
    assert "Install it" in git["told"]


def test_an_editor_that_is_not_there_is_no_reason_to_stop(run: Run) -> None:
    editor = findings(run, 0, EDITOR="nonsuch --wait", VISUAL="")["editor"]
    assert (editor["fine"], editor["needed"]) == (False, False)
    assert editor["told"] == "nonsuch --wait"


def test_a_place_that_can_not_be_written_is_named(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "state").write_text("a file where a directory should be")
    state = findings(run, 3, BUGSQUASH_HOME=str(home))["writing, state"]
    assert str(home / "state") in state["told"]
    assert "BUGSQUASH_HOME" in state["remedy"]


def test_plain_containment_says_what_would_be_better(run: Run) -> None:
    asked = findings(run, 0, BUGSQUASH_ISOLATION="plain")["containment"]
    assert asked["told"] == "plain, as BUGSQUASH_ISOLATION asks"
    wrong = findings(run, 3, BUGSQUASH_ISOLATION="plane")["containment"]
    assert "Did you mean 'plain'" in wrong["told"]


def test_a_narrow_terminal_is_told(home: Path, tmp_path: Path) -> None:
    env = {**os.environ, "BUGSQUASH_HOME": str(home), "TERM": "xterm-256color"}
    # They would be believed before the terminal.
    for name in ("COLUMNS", "LINES"):
        env.pop(name, None)
    with pexpect.spawn(
        BUGSQUASH, ["doctor"], cwd=str(tmp_path), env=env, encoding="utf-8", dimensions=(24, 50)
    ) as screen:
        screen.expect("50 by 24")
        screen.expect("Make it wider")
        screen.expect(pexpect.EOF)
