"""Mix the fields of a format up: two names in braces, the month and the day, or the minute, of a date."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import libcst as cst

from generator.changes import replace
from generator.operators import Example, operator
from generator.operators.nodes import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.changes import Change
    from generator.operators.context import Context

FIELD = re.compile(r"(?<!\{)\{(?P<name>\w+)(?P<kind>(?:![rsa])?(?::[^{}]*)?)\}(?!\})")
PARTS = re.compile(r"%[A-Za-z]")
SLIPS = {"%M": "%m", "%m": "%M", "%H": "%I", "%I": "%H", "%Y": "%y", "%y": "%Y", "%j": "%d"}
"""What else people write for a part of a date."""
CLOCK = frozenset({"%H", "%I", "%M", "%S", "%p"})
DATES = frozenset({"strftime", "strptime"})


@operator(
    family="text",
    change="constant",
    story="The letters and the order of the fields were written from memory, and what came out looked right on the day it was tried.",
    symptom="The parts of a text or of a date are all there, but one is where another belongs.",
    hint="Format a value whose parts are all different, such as the 31st at 14:05, and read the result slowly.",
    evidence=[
        "werkzeug: a date for a feed with the day before the month, %d-%m for %m-%d",
        "celery: a report with max and min the wrong way round",
    ],
    examples=[
        Example(
            "at = day.strftime('%Y-%m-%dT%H:%M:%SZ')\n", "at = day.strftime('%Y-%d-%mT%H:%M:%SZ')\n"
        ),
        Example('at = day.strftime( "%H:%M é" )\n', 'at = day.strftime( "%H:%m é" )\n'),
        Example(
            "at = strptime(\n    text,\n    '%Y%m%d',  # as banks do\n)\n",
            "at = strptime(\n    text,\n    '%y%m%d',  # as banks do\n)\n",
        ),
        Example(
            "text = 'max={0} min={1:.2f}'.format(most, least)\n",
            "text = 'max={1} min={0:.2f}'.format(most, least)\n",
        ),
        Example(
            "text = '{done} of {total}'.format(**found)\n",
            "text = '{total} of {done}'.format(**found)\n",
        ),
    ],
    untouched=[
        "text = '{a}'.format(a=1)\n",
        "text = '{} of {}'.format(a, b)\n",
        "text = '%Y-%m-%d'\n",
        "text = '{{a}} {b}'.format(b=1)\n",
        "day = x.strftime('%Z')\n",
    ],
)
def format_field(target: cst.SimpleString, at: Context) -> Iterator[Change]:
    """Yield the text with another field, or with two neighbours swapped."""
    text = at.text(target)
    others = _of_a_date(text) if _is_a_date(at) else _of_braces(text) if _is_filled(at) else ()
    for other in others:
        yield replace(target, other, parentheses=True)


def _is_a_date(at: Context) -> bool:
    call = at.parent(at.parent())
    return isinstance(call, cst.Call) and last_name(call.func) in DATES


def _is_filled(at: Context) -> bool:
    """Whether `.format` is called on a text."""
    match at.parent():
        case cst.Attribute(attr=cst.Name("format")) as method:
            return isinstance(at.parent(method), cst.Call)
    return False


def _of_braces(text: str) -> Iterator[str]:
    for one, other in pairwise(FIELD.finditer(text)):
        if one["name"] != other["name"]:
            yield _swapped(text, one.span("name"), other.span("name"))


def _of_a_date(text: str) -> Iterator[str]:
    parts = list(PARTS.finditer(text))
    for one, other in pairwise(parts):
        if {one[0], other[0]} == {"%m", "%d"}:
            yield _swapped(text, one.span(), other.span())
    for part in parts:
        slip = SLIPS.get(part[0])
        if slip is not None and slip not in text and _could_slip(part[0], text):
            yield text[: part.start()] + slip + text[part.end() :]


def _could_slip(part: str, text: str) -> bool:
    """Whether a month is not taken for the minute where no clock is read."""
    return part != "%m" or any(each in text for each in CLOCK)


def _swapped(text: str, one: tuple[int, int], other: tuple[int, int]) -> str:
    first, second = text[slice(*one)], text[slice(*other)]
    return text[: one[0]] + second + text[one[1] : other[0]] + first + text[other[1] :]
