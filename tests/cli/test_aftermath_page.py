"""`reveal --html`: what is asked and kept before it, where the page is written, and what is not written over."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from tests.cli.conftest import fix, terminal
from tests.cli.test_hour import SOURCE, refused, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def words(page: str) -> str:
    """What a reader sees of it."""
    return " ".join(unescape(re.sub("<[^>]*>", "", page.split("</style>")[1])).split())


def test_without_a_name_it_lies_beside_the_history(
    do: Run, mine: Path, challenge: Path, key: dict[str, Any]
) -> None:
    said(do("note", "the limit holds", cwd=challenge))
    fix(challenge, key)
    said(do("check", cwd=challenge))
    wrote = ("--wrote", "a wrong limit", "nobody asked", "all pass")
    first, next_step = said(do("reveal", "--html", *wrote, cwd=challenge, PATH="/nowhere"))
    file = mine / "state" / f"{challenge.name}.html"
    assert first.endswith(f"{challenge.name}.html   the answer of {challenge.name}, 1 bug")
    assert next_step == f"next  {file.as_uri()}   in your browser"
    page = words(file.read_text("utf-8"))
    (bug,) = key["bugs"]
    for told in (
        bug["story"],
        f"{bug['path']}, line {bug['lines'][0]}",
        bug["debrief"]["failure"],
        bug["debrief"]["session"][-1]["command"],
        f"cd '{challenge}' && ",
        "Your change",
        "noted: the limit holds",
        "the end: solved",
        "a wrong limit",
    ):
        assert told in page
    assert not list(challenge.rglob("*.html"))
    assert said(do("reveal", "--html", cwd=challenge))[0] == first


def test_the_answer_is_seen_with_the_page_and_not_before(
    do: Run, mine: Path, challenge: Path
) -> None:
    refused(do("reveal", "--html", cwd=challenge), 2, "Add --yes")
    assert not list((mine / "state").glob("*.html"))
    said(do("reveal", "--yes", "--html", "page.html", cwd=challenge))
    assert (challenge / "page.html").exists()
    assert "not solved: the answer was seen" in said(do(cwd=challenge))


@pytest.mark.slow
def test_a_name_that_can_not_be_written_costs_nothing(do: Run, challenge: Path) -> None:
    source = (challenge / SOURCE).read_text()
    refused(do("reveal", "--yes", "--html", SOURCE, cwd=challenge), 2, SOURCE, "Name another")
    assert (challenge / SOURCE).read_text() == source
    assert "not checked yet" in said(do(cwd=challenge))


@pytest.mark.slow
def test_on_stdout_there_is_the_page_and_nothing_else(do: Run, mine: Path, challenge: Path) -> None:
    told = do("reveal", "--yes", "--html", "-", cwd=challenge)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("<!doctype html>")
    assert told.stdout.endswith("</html>\n")
    assert "Nothing is known of it" in words(told.stdout)
    assert not list((mine / "state").glob("*.html"))


@pytest.mark.slow
def test_what_is_asked_is_no_part_of_the_page(mine: Path, challenge: Path, tmp_path: Path) -> None:
    with terminal(mine, challenge, "reveal", "--html", str(tmp_path / "page.html")) as screen:
        screen.expect(r"\[y/N\]")
        screen.sendline("y")
        for _ in range(3):
            screen.expect(r"\? ")
            screen.sendline("as I see it")
        screen.expect("page.html")
        screen.expect(pexpect.EOF)
    assert words((tmp_path / "page.html").read_text("utf-8")).count("as I see it") == 3


def test_more_and_a_page_are_not_told_at_once(do: Run, challenge: Path) -> None:
    refused(do("reveal", "--yes", "--more", "--html", cwd=challenge), 2, "--more", "--html")
    assert "not checked yet" in said(do(cwd=challenge))
    assert json.loads(do("history", "--json").stdout) == []
