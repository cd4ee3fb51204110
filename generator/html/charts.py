"""Charts as inline SVG, each with the table of what it shows.

pygal lays them out. Its style, script and comments are taken off: what it draws is coloured by the page's own style, in light and
in dark, and what its script would show when the mouse is over a value, the browser shows by itself.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pygal
from markupsafe import Markup
from pygal.style import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_WIDTH = 360
"""Of the drawing, so that its letters are about as large as drawn: on a phone it fills the screen, and on a desk there are several
beside each other."""
_HEIGHT = 200
_BAR = 12
_LAST = 24
"""Units beside the drawing, into which half of the last label reaches."""
_ROOM = 56
"""Units below and above lying bars."""
_LABELS = 5
"""So many at most below a chart; more would run into each other."""
_SVG = "http://www.w3.org/2000/svg"
_FOR_THE_SCRIPT = {"titles", "text-overlay", "tooltip-overlay"}
"""Classes of groups that only pygal's script would fill."""
_LOOK = {
    "css": (),
    "js": (),
    "truncate_label": -1,
    "style": Style(label_font_size=12, major_label_font_size=12),
}
"""Nothing of its own; the sizes of letters as the page's style has them, so that there is room for them."""

ET.register_namespace("", _SVG)
# It puts a finder of its plugins before every later import, of a kind that Python 3.11 warns of and 3.12 passes over.
sys.meta_path[:] = [
    finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)
]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and the same as a table: the heading of each column, and the rows."""

    title: str
    svg: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[str, ...] = ()
    """The names of its colours, where there are several."""


@dataclass(frozen=True, slots=True)
class Data:
    """What a chart shows: `names` of what stands beside each other, headed `over`, and for each series a value of each, or None."""

    title: str
    over: str
    names: Sequence[str]
    series: Mapping[str, Sequence[float | None]]
    told: Callable[[float], str] = "{:g}".format
    """A value in words."""
    axis: Callable[[float], str] = "{:g}".format
    """A value at the axis, where there is less room."""


def lines(data: Data, top: float | None = None) -> Chart:
    """One line for each series, from left to right; where a value is missing it is broken. The axis ends at `top`."""
    return _chart(pygal.Line, data, top=top, allow_interruptions=True, dots_size=3, height=_HEIGHT)


def bars(data: Data, top: float | None = None) -> Chart:
    """Lying bars, from top to bottom: there is room for names beside them."""
    height = _ROOM + _BAR * (len(data.series) + 1) * len(data.names)
    return _chart(pygal.HorizontalBar, data, top=top, height=height, upward=True)


def _chart(
    kind: Callable[..., pygal.graph.graph.Graph],
    data: Data,
    *,
    top: float | None = None,
    upward: bool = False,
    **options: object,
) -> Chart:
    names = [_printable(name) for name in data.names]
    order = -1 if upward else 1
    drawn = kind(
        **_LOOK,
        **options,
        width=_WIDTH,
        margin=8,
        margin_right=_LAST,
        max_scale=6,
        include_x_axis=True,
        range=(0, top) if top else None,
        show_legend=False,
        formatter=data.told,
        value_formatter=data.axis,
        x_labels=names[::order],
    )
    for name, values in data.series.items():
        drawn.add(name, list(values)[::order])
    rows = zip(names, *data.series.values(), strict=True)
    return Chart(
        title=data.title,
        svg=_inline(drawn.render(), data),
        head=(data.over, *data.series),
        rows=tuple(
            (name, *("" if value is None else data.told(value) for value in values))
            for name, *values in rows
        ),
        legend=tuple(data.series) if len(data.series) > 1 else (),
    )


def _inline(drawn: bytes, data: Data) -> Markup:
    """The drawing without what only pygal's script uses; where the mouse is over a value, the browser shows what it is."""
    root = ET.fromstring(drawn)  # noqa: S314 - it is our own
    for number, name in enumerate(data.series):
        for drawn_series in root.iterfind(
            f".//{{{_SVG}}}g[@class='series serie-{number} color-{number}']"
        ):
            for element in list(drawn_series.iter()):
                _say(element, name)
    for element in list(root.iter()):
        element.attrib.pop("id", None)
        for child in list(element):
            if _is_left_out(child):
                element.remove(child)
    _thin_out(root)
    root.attrib |= {"class": "chart", "role": "img", "aria-label": data.title}
    # Escaped where it was built, as XML is.
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704


def _say(element: ET.Element, series: str) -> None:
    """A title for whatever stands for a value of a series, from what pygal put down for its script."""
    told = {child.get("class"): child.text or "" for child in element if _tag(child) == "desc"}
    if not told:
        return
    for child in list(element):
        if _tag(child) == "desc":
            element.remove(child)
    ET.SubElement(
        element, f"{{{_SVG}}}title"
    ).text = f"{told.get('x_label', '')}, {series}: {told['value']}"


def _is_left_out(element: ET.Element) -> bool:
    return _tag(element) == "defs" or bool(_FOR_THE_SCRIPT & set(element.get("class", "").split()))


def _thin_out(root: ET.Element) -> None:
    """Of many names below a chart every second is left, or every third, and so on."""
    axis = root.find(f".//{{{_SVG}}}g[@class='axis x']")
    guides = [] if axis is None else list(axis)
    step = -(-len(guides) // _LABELS)
    for number, guide in enumerate(guides):
        if axis is not None and number % step:
            axis.remove(guide)


def _tag(element: ET.Element) -> str:
    return element.tag.removeprefix(f"{{{_SVG}}}")


def _printable(name: str) -> str:
    """XML has no way to write the rest."""
    return name if name.isprintable() else repr(name)[1:-1]
