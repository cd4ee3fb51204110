"""Charts: what is drawn, what is said of it, and nothing that runs or comes from elsewhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from generator.html import charts
from generator.html.charts import Data

if TYPE_CHECKING:
    from collections.abc import Sequence

SVG = "{http://www.w3.org/2000/svg}"


def data(names: Sequence[str] = ("a", "b"), values: Sequence[float | None] = (1, None)) -> Data:
    return Data("Times", "name", names, {"first": values, "second": [3] * len(names)})


def read(chart: charts.Chart) -> ET.Element:
    return ET.fromstring(chart.svg.encode())  # noqa: S314 - it is our own


def parts(chart: charts.Chart, tag: str) -> list[ET.Element]:
    return list(read(chart).iter(SVG + tag))


def test_a_chart_is_also_a_table() -> None:
    chart = charts.lines(data())
    assert chart.head == ("name", "first", "second")
    assert chart.rows == (("a", "1", "3"), ("b", "", "3"))
    assert chart.legend == ("first", "second")


def test_each_value_says_what_it_is() -> None:
    for chart in (charts.lines(data()), charts.bars(data())):
        said = {title.text for title in parts(chart, "title")}
        assert {"a, first: 1", "a, second: 3", "b, second: 3"} <= said


def test_a_missing_value_is_not_drawn() -> None:
    assert len(parts(charts.lines(data()), "circle")) == 3


def test_the_whole_is_one_picture_with_a_name() -> None:
    root = read(charts.bars(data()))
    assert (root.get("role"), root.get("aria-label")) == ("img", "Times")
    assert not parts(charts.bars(data()), "desc")


def test_nothing_runs_nothing_comes_from_elsewhere_and_no_colour_is_its_own() -> None:
    for chart in (charts.lines(data()), charts.bars(data())):
        assert not parts(chart, "script")
        assert not parts(chart, "style")
        assert re.findall(r"https?://[^\"]*", chart.svg) == ["http://www.w3.org/2000/svg"]
        assert not re.search(r'(fill|stroke|id)="', chart.svg)


def test_the_same_is_drawn_the_same() -> None:
    assert charts.lines(data()) == charts.lines(data())


def test_lying_bars_stand_in_the_order_of_the_table() -> None:
    names = ("a", "b", "c")
    texts = parts(charts.bars(data(names, (1, 2, 3))), "text")
    heights = {text.text: float(text.get("y", "")) for text in texts if text.text in names}
    assert sorted(names, key=heights.__getitem__) == list(names)


def test_of_many_names_some_stand_below_and_all_are_in_the_table() -> None:
    names = [f"{number} Nov" for number in range(40)]
    chart = charts.lines(data(names, [1] * 40))
    shown = [text.text for text in parts(chart, "text") if text.text in names]
    assert 3 <= len(shown) <= 5
    assert [row[0] for row in chart.rows] == names


@given(
    st.lists(st.tuples(st.text(max_size=8), st.none() | st.floats(0, 1e6)), min_size=1, max_size=12)
)
def test_whatever_it_shows_is_escaped_and_well_formed(told: list[tuple[str, float | None]]) -> None:
    names = [name for name, _ in told] + ["<script>alert(1)</script>", "\0", "\udc80"]
    values = [value for _, value in told] + [None, 0, 7]
    for chart in (charts.lines(data(names, values)), charts.bars(data(names, values), top=5)):
        assert "<script" not in chart.svg
        assert read(chart).tag == SVG + "svg"
        assert len(chart.rows) == len(names)
