"""Where pages are written: whole or not at all, over earlier ones and over nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from generator import html
from generator.errors import UnfitError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

PAGE = '<!doctype html>\n<meta name="generator" content="bugsquash">\n<p>one\n'


def test_an_earlier_page_is_written_over(tmp_path: Path) -> None:
    file = tmp_path / "Übung <b>" / "page.html"
    html.write(file, PAGE)
    html.write(file, PAGE + "two")
    assert file.read_text("utf-8") == PAGE + "two"
    assert list(file.parent.iterdir()) == [file]


def test_no_other_file_is_written_over(tmp_path: Path) -> None:
    mine = tmp_path / "notes.txt"
    mine.write_text("mine")
    for file in (mine, tmp_path):
        with pytest.raises(UsageError, match="no page of bugsquash"):
            html.write(file, PAGE)
    assert mine.read_text() == "mine"


def test_where_nothing_can_be_written_it_is_said_which_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UnfitError, match=r"page\.html can't be written: .*/file is no directory"):
        html.write(tmp_path / "file" / "page.html", PAGE)


def test_a_name_that_is_no_text_is_written_all_the_same(tmp_path: Path) -> None:
    html.write(tmp_path / "page.html", PAGE + "\udcff")
    assert "\\udcff" in (tmp_path / "page.html").read_text("utf-8")


def test_what_is_put_into_a_page_is_escaped() -> None:
    template = html.environment("generator.practice").from_string("{{ name }}")
    assert template.render(name="<script>&\"'") == "&lt;script&gt;&amp;&#34;&#39;"
