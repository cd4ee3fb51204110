"""The history as a page: what it shows, and that it is one file that is safe to open."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from generator.practice.page import page
from generator.practice.record import OPEN, SEEN, Record
from generator.practice.review import schedule
from tests.practice.test_review import EVENING, MINUTE, RECORDS, played

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = EVENING + timedelta(days=1)
VOID = frozenset("meta link".split())
CONTAINERS = frozenset("table figure details".split())


class Reader(HTMLParser):
    """Reads a page, and holds that every element is closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(records: Sequence[Record]) -> Reader:
    return Reader(page(records, schedule(records, UTC), NOW, UTC))


def test_every_challenge_is_told_the_latest_first() -> None:
    two = [replace(played(), challenge=f"shop-{number}") for number in "12"]
    words = read(two).words
    assert words.index("shop-2") < words.index("shop-1")


def test_of_a_challenge_that_goes_on_no_family_is_told() -> None:
    records = [replace(played(outcome=OPEN), families=()), played("money", outcome=SEEN)]
    assert [word for word in read(records).words if word in {"boundary", "money"}].count(
        "boundary"
    ) == 0


def test_every_chart_has_a_table() -> None:
    told = read([replace(played(), reproduced=MINUTE, located=2 * MINUTE, points=64, hints=1)])
    assert told.tags.count("figure") == told.tags.count("svg") == told.tags.count("details") == 6
    assert told.tags.count("table") == 6 + 2
    assert ("aria-label", "Points of 100, by challenge") in told.attributes


def test_without_any_challenge_it_says_how_to_begin() -> None:
    told = read([])
    assert "No challenge was begun yet. " in "".join(told.words)
    assert not {"svg", "table"} & set(told.tags)


def test_it_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    text = page([played()], schedule([played()], UTC), NOW, UTC)
    assert not {"script", "img", "iframe", "object"} & set(Reader(text).tags)
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}
    assert "@import" not in text
    assert "url(" not in text


def test_the_same_history_is_the_same_page() -> None:
    records = [played(), played("money", outcome=SEEN)]
    assert page(records, (), NOW, UTC) == page(records, (), NOW, UTC)


def test_many_evenings_stay_a_small_file() -> None:
    many = [played(at=EVENING - timedelta(hours=30 * number)) for number in range(500, 0, -1)]
    assert len(page(many, schedule(many, UTC), NOW, UTC)) < 500_000


def test_times_that_are_all_but_none_can_be_shown() -> None:
    records = [replace(played(), fixed=fixed) for fixed in (0.0, 3e-322)]
    assert read(records).open == []


NASTY = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '" onload="alert(1)',
        "</svg><script>",
        "</title>",
        "{{ 7 * 7 }}",
        "\udc80\0",
    ]
) | st.text(max_size=9)


@given(RECORDS, st.lists(NASTY, min_size=1, max_size=3))
def test_whatever_a_name_holds_it_stays_text(records: list[Record], names: list[str]) -> None:
    nasty = [
        replace(one, challenge=names[0], outcome=one.outcome, families=(*names, *one.families))
        for one in [*records, played()]
    ]
    told = read(nasty)
    assert told.open == []
    assert "script" not in told.tags
    assert not [name for name, _ in told.attributes if name.startswith("on")]


@given(st.lists(st.floats(0, 7e9), max_size=6), st.none() | st.floats(0, 1e7))
def test_any_times_can_be_shown(ended: list[float], spent: float | None) -> None:
    records = [
        replace(
            played(at=datetime.fromtimestamp(at, UTC)), reproduced=spent, located=spent, fixed=spent
        )
        for at in sorted(ended)
    ]
    assert read(records).open == []
