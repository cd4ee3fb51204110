"""The history as one HTML page. Pure: somebody else writes it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from markupsafe import Markup

from generator import html
from generator.html import charts
from generator.html.charts import Chart, Data
from generator.practice import hints, review
from generator.practice.evenings import day, evenings
from generator.practice.record import OPEN, SOLVED, groups, median
from generator.practice.session import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime, tzinfo

    from generator.practice.evenings import Evenings
    from generator.practice.record import Group, Record
    from generator.practice.review import Due

_ENVIRONMENT = html.environment("generator.practice")
_CHARTED = 40
"""The latest so many: more could not be told apart."""
_RUNGS = ("none", *hints.KINDS)
_BY: Mapping[str, Callable[[Record], tuple[str, ...]]] = {
    "level": lambda one: (str(one.level),) if one.level else (),
    "family": lambda one: one.families,
}


def page(
    records: Sequence[Record], dues: Sequence[Due], now: datetime, zone: tzinfo | None = None
) -> str:
    """The page over every session that has begun, the oldest first, and the families that come back. Days are those of the time
    zone, the machine's own where none is given."""
    over = [one for one in records if one.outcome != OPEN]
    today = now.astimezone(zone).date()
    lived = evenings(records, today, zone)
    text: str = _ENVIRONMENT.get_template("history.html.j2").render(
        now=now.astimezone(zone),
        over=len(over),
        solved=sum(one.outcome == SOLVED for one in over),
        median=_time(median(one.fixed for one in over)) or "none yet",
        lived=lived,
        figures=[_calendar(lived), *_figures(over, zone)] if records else [],
        families=[_family(due, today) for due in dues],
        challenges=[_challenge(one, zone) for one in reversed(records)],
    )
    return text


def _family(due: Due, today: date) -> tuple[str, ...]:
    when = "now" if review.due([due], today) else due.day.isoformat()
    return due.family, when, due.last.isoformat(), due.rating, f"{due.practised:,}"


def _challenge(one: Record, zone: tzinfo | None) -> tuple[str, ...]:
    return (
        one.challenge,
        day(one.begun, zone).isoformat(),
        one.outcome,
        ", ".join(one.families),
        str(one.level or ""),
        *map(_time, (one.reproduced, one.located, one.fixed)),
        str(one.hints or ""),
        "" if one.points is None else str(one.points),
    )


def _figures(over: Sequence[Record], zone: tzinfo | None) -> Iterator[Chart]:
    """Those that there is something to show for."""
    latest = over[-_CHARTED:]
    days = [f"{day(one.begun, zone):%d %b}" for one in latest]
    if latest:
        yield charts.lines(
            _times("Minutes to each step, by challenge", "begun", days, latest),
        )
    for name, by in _BY.items():
        if found := groups(over, by):
            names = [one.name for one in found]
            yield charts.bars(_times(f"Median minutes to each step, by {name}", name, names, found))
    if any(one.points is not None for one in latest):
        points = {"points": [one.points for one in latest]}
        yield charts.lines(Data("Points of 100, by challenge", "begun", days, points), top=100)
    if over:
        taken = Counter(one.hints for one in over)
        counts = [taken[rung] for rung in range(len(_RUNGS))]
        data = Data("Challenges by their last hint", "last hint", _RUNGS, {"challenges": counts})
        # Without an end, few of them would be counted in fifths.
        yield charts.bars(data, top=max(5, *counts))


def _times(
    title: str, over: str, names: Sequence[str], told: Sequence[Record] | Sequence[Group]
) -> Data:
    steps = {
        "reproduced": [_minutes(one.reproduced) for one in told],
        "located": [_minutes(one.located) for one in told],
        "fixed": [_minutes(one.fixed) for one in told],
    }
    return Data(title, over, names, steps, told=lambda minutes: clock(60 * minutes))


def _minutes(seconds: float | None) -> float | None:
    """To the tenth of a second or so: of differences that are smaller than any that is told, no axis can be made."""
    return None if seconds is None else round(seconds / 60, 3)


def _time(seconds: float | None) -> str:
    return "" if seconds is None else clock(seconds)


def _calendar(lived: Evenings) -> Chart:
    title = f"Evenings of the last {len(lived.weeks)} weeks"
    drawn = _ENVIRONMENT.get_template("calendar.svg.j2").render(title=title, lived=lived)
    shown = {one for week in lived.weeks for one in week}
    rows = [(one.isoformat(), str(count)) for one, count in lived.days.items() if one in shown]
    return Chart(title, Markup(drawn), ("day", "challenges"), tuple(rows[::-1]))  # noqa: S704 - escaped by its template
