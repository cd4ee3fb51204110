"""`history --html`: where the page is written, what is said of it, and what is not written over."""

from __future__ import annotations

import shlex
import subprocess
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.cli.conftest import BUGSQUASH, fix, terminal
from tests.cli.test_hour import refused, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.mark.slow
def test_without_a_name_it_lies_beside_the_history_and_is_written_anew(
    do: Run, mine: Path, challenge: Path, key: dict[str, Any], tmp_path: Path
) -> None:
    file = mine / "state" / "history.html"
    first, next_step = said(do("history", "--html", PATH="/nowhere"))
    assert first == "mine/state/history.html   no challenge yet"
    assert next_step == f"next  {file.as_uri()}   in your browser"
    assert "No challenge was begun yet" in file.read_text("utf-8")
    said(do("note", "begun", cwd=challenge))
    assert key["bugs"][0]["family"] not in page(do)
    fix(challenge, key)
    said(do("check", cwd=challenge))
    first, _ = said(do("history", "--html"))
    assert first == "mine/state/history.html   1 challenge"
    text = file.read_text("utf-8")
    assert challenge.name in text
    assert key["bugs"][0]["family"] in text
    assert page(do).count("<figure>") == text.count("<figure>") == 6
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".html"] == []


def page(do: Run) -> str:
    told = do("history", "--html", "-")
    assert (told.returncode, told.stderr) == (0, "")
    return told.stdout


def test_a_named_file_is_made_with_its_directory(do: Run, tmp_path: Path) -> None:
    name = "my Übung/<b> page.html"
    first, next_step = said(do("history", "--html", name))
    assert first.startswith(name)
    assert (tmp_path / name).read_text("utf-8").startswith("<!doctype html>")
    assert next_step.endswith(("in your browser", shlex.quote(name)))


@pytest.mark.slow
def test_a_file_that_is_no_page_is_left_as_it_is(do: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("mine")
    refused(do("history", "--html", "notes.md"), 2, "notes.md", "Name another")
    refused(do("history", "--html", "."), 2, "Name another")
    refused(do("history", "--html", "/dev/null"), 2, "Name another")
    refused(do("history", "--html", "notes.md/page.html"), 3, "is no directory")
    assert (tmp_path / "notes.md").read_text() == "mine"


def test_json_and_a_page_are_not_told_at_once(do: Run) -> None:
    refused(do("history", "--json", "--html"), 2, "--json", "--html")


def test_a_damaged_history_gives_no_page(do: Run, mine: Path) -> None:
    (mine / "state").mkdir()
    (mine / "state" / "history.sqlite3").write_text("no database at all" * 100)
    refused(do("history", "--html"), 3, "history.sqlite3")
    assert not (mine / "state" / "history.html").exists()


def test_who_reads_only_the_first_line_hears_no_complaint(mine: Path) -> None:
    command = f"'{BUGSQUASH}' history --html - | head -1"
    told = subprocess.run(
        ["/bin/sh", "-c", command],
        env={"BUGSQUASH_HOME": str(mine), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (told.stdout, told.stderr) == ("<!doctype html>\n", "")


def test_on_a_terminal_the_path_stays_in_one_piece(mine: Path, tmp_path: Path) -> None:
    name = "a_directory_with_a_long_name/" * 4 + "page.html"
    with terminal(mine, tmp_path, "history", "--html", name, columns=60) as screen:
        screen.expect(pexpect.EOF)
        shown = str(screen.before)
    assert shown.replace("\r", "").splitlines()[0].startswith(name)
