"""Drawings of an hour and of a bug's way, each with the table of what it shows. Pure.

Across they are measured in hundredths of whatever room there is, so that letters stay as large as they are on a phone and on a desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from generator import html
from generator.html.charts import Chart
from generator.practice.session import Kind, clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.debrief import Debrief, Distance
    from generator.practice.hour import Moment
    from generator.practice.record import Record

_ENVIRONMENT = html.environment("generator.practice")
_LEFT, _RIGHT = 2.0, 97.0
"""What stands at an end needs room for its mark."""
_LEAST, _MOST = 0.3, 0.7
"""Where the middle of three marks may stand, so that what is written at them has room."""
_MIDDLE = "middle"
_STEPS = (1, 2, 5, 10, 15, 20, 30, 60, 120)
_TICKS = 6
"""So many steps at most on the clock."""
_LONGER = 1.5
"""Of a challenge's time; an end that is later is drawn there."""
_LANES = {
    Kind.REPRODUCED: "seen to fail",
    Kind.NOTED: "notes",
    Kind.CAUSE: "causes",
    Kind.HINTED: "hints",
    Kind.CHECKED: "checks",
    Kind.RESET: "put back",
}
_TOP, _LANE = 24, 40


@dataclass(frozen=True, slots=True)
class Stop:
    """A place from left to right, and what is said there."""

    at: float
    said: str
    anchor: str = _MIDDLE
    is_fault: bool = False


def way(debrief: Debrief) -> Chart | None:
    """From the fault over the first wrong value to the failure, by the lines that are executed."""
    if debrief.first_to_failure is None:
        return None
    stops, counts = _stops(debrief.fault_to_first, debrief.first_to_failure)
    told = [f"{count:,} {'line' if count == 1 else 'lines'}" for count in counts]
    legs = [
        (Stop((one.at + other.at) / 2, said), f"{one.said} to {other.said}")
        for (one, other), said in zip(pairwise(stops), told, strict=True)
    ]
    title = "How far it travelled"
    drawn = _ENVIRONMENT.get_template("way.svg.j2").render(
        title=title, stops=stops, legs=[leg for leg, _ in legs]
    )
    rows = tuple((name, leg.said) for leg, name in legs)
    return Chart(title, Markup(drawn), ("from", "executed"), rows)  # noqa: S704 - escaped by its template


def _stops(before: Distance | None, after: Distance) -> tuple[list[Stop], list[int]]:
    """The marks, and how many lines lie between each and the next."""
    end = Stop(_RIGHT, "failure", "end")
    if before is None or before.lines == 0:
        name = "fault and first wrong value" if before else "first wrong value"
        return [Stop(_LEFT, name, "start", is_fault=before is not None), end], [after.lines]
    share = before.lines / (before.lines + after.lines)
    first = Stop(_place(min(_MOST, max(_LEAST, share))), "first wrong value")
    fault = Stop(_LEFT, "fault", "start", is_fault=True)
    return [fault, first, end], [before.lines, after.lines]


def _place(share: float) -> float:
    return round(_LEFT + (_RIGHT - _LEFT) * share, 2)


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that the learner did, where it is drawn."""

    at: float
    shape: str
    said: str


@dataclass(frozen=True, slots=True)
class Lane:
    """All that was done of one kind."""

    name: str
    y: int
    marks: tuple[Mark, ...]


def timeline(moments: Sequence[Moment], record: Record) -> Chart | None:
    """The hour by its clock: a lane for each kind of thing that was done, and the end."""
    if not moments:
        return None
    limit = 60.0 * record.minutes
    until = max(60.0, limit, *(moment.at for moment in moments), min(record.spent, _LONGER * limit))
    kinds = [kind for kind in _LANES if any(moment.kind is kind for moment in moments)]
    lanes = [
        Lane(_LANES[kind], _TOP + _LANE * number, tuple(_marks(moments, kind, until)))
        for number, kind in enumerate(kinds)
    ]
    title = "Minutes on the clock"
    drawn = _ENVIRONMENT.get_template("timeline.svg.j2").render(
        title=title,
        lanes=lanes,
        bottom=_TOP + _LANE * len(lanes) + 6,
        ticks=[Stop(_place(60 * tick / until), str(tick)) for tick in _ticks(until / 60)],
        limit=Stop(_place(limit / until), f"{record.minutes} minutes"),
        end=_end(record, until),
    )
    rows = [(clock(moment.at), moment.said) for moment in moments]
    rows.append((clock(record.spent), f"the end: {record.outcome}"))
    return Chart(title, Markup(drawn), ("clock", "what you did"), tuple(rows))  # noqa: S704 - escaped by its template


def _marks(moments: Sequence[Moment], kind: Kind, until: float) -> Iterator[Mark]:
    for moment in moments:
        if moment.kind is kind:
            shape = _SHAPES.get((kind, moment.is_right), "dot")
            yield Mark(_place(moment.at / until), shape, f"{clock(moment.at)} {moment.said}")


_SHAPES = {
    (Kind.NOTED, None): "ring",
    (Kind.CAUSE, True): "right",
    (Kind.CAUSE, False): "wrong",
    (Kind.HINTED, None): "triangle",
    (Kind.CHECKED, True): "right",
    (Kind.CHECKED, False): "wrong",
}


def _end(record: Record, until: float) -> Stop:
    at = _place(min(record.spent, until) / until)
    anchor = "start" if at < 50 else "end"
    return Stop(at, f"{record.outcome}, {clock(record.spent)}", anchor)


def _ticks(minutes: float) -> range:
    step = next((step for step in _STEPS if minutes / step <= _TICKS), int(minutes / _TICKS) + 1)
    return range(0, int(minutes) + 1, step)
