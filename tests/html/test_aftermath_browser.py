"""The answer's page in a real browser: on a phone and on a desk, in light and in dark, and on paper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator.debrief import Kind, Link, Typed
from generator.practice.aftermath_page import page
from tests.html.browser import CHROMIUM, browser
from tests.html.test_browser import DESK, PHONE
from tests.practice.test_aftermath_page import ANSWER, DEBRIEF, OWN, TOLD, patch, told_of, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.html.browser import Page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]
LONG = "a_very_long_name" * 40
LEAST = 4.5
"""Contrast of letters with what is behind them, as the guidelines for accessibility have it."""
_CONTRAST = """
(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = colour => {
    const parts = colour.slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * parts[0] + .7152 * parts[1] + .0722 * parts[2];
  };
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgba(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest("title, caption")) continue;
    const ink = getComputedStyle(element)[element.closest("svg") ? "fill" : "color"];
    const [one, other] = [light(rgba(ink)), light(behind(element))].sort((a, b) => b - a);
    found.push([(one + .05) / (other + .05), element.outerHTML.slice(0, 80)]);
  }
  return found;
})()
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page as it should be, and one with values and lines as nobody wants them."""
    links = [
        Link(f"src/{LONG}.py", 1, LONG, wrong(Kind.LOCAL, LONG, f"[{LONG}]", f"({LONG})"))
        for _ in range(12)
    ]
    debrief = replace(
        DEBRIEF,
        failure=LONG,
        chain=(*links, *DEBRIEF.chain),
        session=(Typed(f"p {LONG}", f"{LONG}\n-> {LONG}"), *DEBRIEF.session),
        elsewhere=(replace(DEBRIEF.elsewhere[0], text=LONG, function=LONG),),
    )
    code = "def f(a: int) -> str:  # why\n    '''What.'''\n    return f'{a}' if a is None else 'x' + 12\n"
    hostile = told_of(
        operator=LONG,
        story=LONG,
        function=LONG,
        diff=patch(LONG, LONG, f"{LONG} + 1") + patch("x.py", "x = 1  # one", "x = 'a'"),
        witness=code + LONG,
        trace=f"python {LONG} tests/test_yours.py",
        debrief=debrief,
    )
    own = replace(OWN, patch=patch(LONG, LONG, f"{LONG} - 1") + OWN.patch)
    moments = [replace(moment, said=LONG) for moment in TOLD.moments]
    told = {
        "plain": told_of(witness=code, diff=ANSWER.diff + patch("x.py", "x = 1  # one", "x = 'a'")),
        "long": replace(hostile, own=own, moments=moments, python=LONG),
    }
    place = tmp_path_factory.mktemp("pages")
    for name, each in told.items():
        (place / f"{name}.html").write_text(page(each), "utf-8")
    return {name: place / f"{name}.html" for name in told}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as led:
        yield led


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", ["plain", "long"])
def test_nobody_scrolls_sideways(
    shown: Page, files: dict[str, Path], name: str, width: int
) -> None:
    shown.open(files[name], width=width)
    assert shown.value("document.documentElement.scrollWidth") == width
    assert shown.trouble == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_whatever_is_written_can_be_read(
    shown: Page, files: dict[str, Path], *, dark: bool
) -> None:
    shown.open(files["plain"], width=DESK, dark=dark)
    found = shown.value(_CONTRAST)
    assert len(found) > 100
    assert [one for one in found if one[0] < LEAST] == []


@pytest.mark.parametrize(("width", "columns"), [(PHONE, 1), (DESK, 2)])
def test_the_learners_change_stands_beside_the_fix_where_there_is_room(
    shown: Page, files: dict[str, Path], width: int, columns: int
) -> None:
    shown.open(files["plain"], width=width)
    lefts = shown.value(
        "[...document.querySelectorAll('.sides')[0].children].map(one => one.getBoundingClientRect().left)"
    )
    assert len(set(lefts)) == columns


def test_what_is_taken_off_and_added_is_told_without_colour(
    shown: Page, files: dict[str, Path]
) -> None:
    shown.open(files["plain"], width=PHONE)
    signs = shown.value(
        "[...document.querySelectorAll('.diff li.gone, .diff li.new')].map(one => one.querySelector('.sign').textContent)"
    )
    assert set(signs) == {"\N{MINUS SIGN}", "+"}
    lines = shown.value(
        "[...document.querySelectorAll('mark')].map(one => getComputedStyle(one).borderBottomStyle)"
    )
    assert set(lines) == {"solid"}


@pytest.mark.parametrize("name", ["plain", "long"])
def test_on_paper_nothing_is_dark_or_cut_off(
    shown: Page, files: dict[str, Path], name: str
) -> None:
    shown.open(files[name], width=DESK, dark=True)
    shown.on_paper()
    paper = shown.value("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    cut = shown.value(
        "[...document.querySelectorAll('pre, .diff, .values dd')]"
        ".filter(one => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)"
        ".map(one => one.outerHTML.slice(0, 80))"
    )
    assert cut == []
    assert [one for one in shown.value(_CONTRAST) if one[0] < LEAST] == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_letters_in_drawings_can_be_read_and_none_is_cut_off(
    shown: Page, files: dict[str, Path], width: int
) -> None:
    shown.open(files["plain"], width=width)
    boxes = shown.value(
        "[...document.querySelectorAll('svg.drawn')].flatMap(svg => [...svg.querySelectorAll('text')].map(one => {"
        "const box = one.getBoundingClientRect(), all = svg.getBoundingClientRect();"
        "return [box.height, box.left - all.left, all.right - box.right, one.textContent]}))"
    )
    assert len(boxes) > 10
    assert [box for box in boxes if box[0] < 11 or box[1] < -1 or box[2] < -1] == []
