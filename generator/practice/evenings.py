"""The days on which somebody practised: how many in a row, and a calendar. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, tzinfo

    from generator.practice.record import Record

_WEEKS = 26
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Evenings:
    """Days, each with how many challenges were begun on it."""

    days: Mapping[date, int]
    """In their order."""
    streak: int
    """So many days in a row up to today; while today is not over, up to yesterday."""
    longest: int
    weeks: tuple[tuple[date, ...], ...]
    """The calendar: the last half year, each week from Monday on, the current one up to today."""


def day(seconds: float, zone: tzinfo | None = None) -> date:
    """The day of a time since the epoch, in a time zone or the machine's own."""
    return datetime.fromtimestamp(seconds).astimezone(zone).date()


def evenings(records: Iterable[Record], today: date, zone: tzinfo | None = None) -> Evenings:
    """Of sessions that have begun."""
    days = Counter(day(one.begun, zone) for one in records)
    monday = today - today.weekday() * _DAY
    first = monday - (_WEEKS - 1) * 7 * _DAY
    return Evenings(
        days=dict(sorted(days.items())),
        streak=_run(days, today) or _run(days, today - _DAY),
        longest=max((_run(days, last) for last in days if last + _DAY not in days), default=0),
        weeks=tuple(
            tuple(
                one for weekday in range(7) if (one := first + (7 * week + weekday) * _DAY) <= today
            )
            for week in range(_WEEKS)
        ),
    )


def _run(days: Collection[date], last: date) -> int:
    """So many days in a row that end with this one."""
    length = 0
    while last - length * _DAY in days:
        length += 1
    return length
