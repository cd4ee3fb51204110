"""The history's page in a real browser, on a phone and on a desk, in light and in dark."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import pytest

from generator.practice.page import page
from generator.practice.record import LATE, OPEN, SEEN, SOLVED
from generator.practice.review import schedule
from generator.records import Family
from tests.html.browser import CHROMIUM, browser
from tests.practice.test_review import EVENING, MINUTE, played

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.html.browser import Page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]
PHONE, DESK = 390, 1280
LONG = "<script>alert(1)</script>" + "a_very_long_name" * 12


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with everything on it, and names as nobody would choose them."""
    outcomes = (SOLVED, LATE, SEEN, SOLVED)
    over = [
        replace(
            played(family, outcomes[n % 4], hints=n % 6, at=EVENING - timedelta(days=2 * n)),
            challenge=LONG if n == 3 else f"feed_api-abc234{n}",
            reproduced=2 * MINUTE,
            located=n * MINUTE,
            points=5 * n,
            level=n % 5 + 1,
        )
        for n, family in reversed([*enumerate(Family)])
    ]
    records = [*over, replace(played(LONG, SEEN), challenge=LONG), played(outcome=OPEN)]
    written = tmp_path_factory.mktemp("Übung <b>") / "page.html"
    written.write_text(page(records, schedule(records, UTC), EVENING, UTC), "utf-8")
    return written


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("profile")) as led:
        yield led


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nobody_scrolls_sideways(shown: Page, file: Path, width: int) -> None:
    shown.open(file, width=width)
    shown.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert shown.value("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_console_is_silent(shown: Page, file: Path, *, dark: bool) -> None:
    shown.open(file, width=PHONE, dark=dark)
    assert shown.trouble == []


def test_what_would_be_trouble_is_heard(shown: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<script>console.error('heard'); nothing()</script>")
    shown.open(bad, width=PHONE)
    assert len(shown.trouble) >= 2


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_paper_and_ink_follow_the_readers_choice(shown: Page, file: Path, *, dark: bool) -> None:
    shown.open(file, width=DESK, dark=dark)
    paper = brightness(shown, "document.body", "backgroundColor")
    for ink in ("document.body", "document.querySelector('caption')"):
        assert abs(brightness(shown, ink, "color") - paper) > 80
    bar = brightness(shown, "document.querySelector('.color-0 .rect')", "fill")
    assert abs(bar - paper) > 80
    assert (paper < 64) is dark


def brightness(shown: Page, element: str, what: str) -> float:
    """Of a colour, from 0 to 255."""
    colour = shown.value(f"getComputedStyle({element}).{what}")
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return 0.3 * red + 0.6 * green + 0.1 * blue


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_letters_in_charts_can_be_read(shown: Page, file: Path, width: int) -> None:
    shown.open(file, width=width)
    least = shown.value(
        "Math.min(...[...document.querySelectorAll('.chart text')]"
        ".map(one => one.getBoundingClientRect().height))"
    )
    assert least >= 11


def test_a_picture_can_be_taken_of_it(shown: Page, file: Path) -> None:
    shown.open(file, width=PHONE, dark=True)
    assert shown.picture().startswith(b"\x89PNG")
