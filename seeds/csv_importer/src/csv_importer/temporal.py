"""Cells with dates, moments, times of day and lengths of time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from csv_importer.columns import ColumnType, clean, range_text
from csv_importer.problems import CellError

PIVOT = 69
SPREADSHEET_START = date(1899, 12, 30)
MINUTES = 60
DAY = 24 * MINUTES
MILLISECONDS_FROM = 100_000_000_000
ZONES = {
    "UTC": 0, "Z": 0, "GMT": 0, "WET": 0, "BST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180,
    "EST": -300, "EDT": -240, "PST": -480, "IST": 330, "JST": 540,
}  # fmt: skip
NUMBERED = {
    "day.month.year": (r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})", (2, 1, 0)),
    "day/month/year": (r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", (2, 1, 0)),
    "month/day/year": (r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})", (2, 0, 1)),
    "year-month-day": (r"(\d{4})-(\d{1,2})-(\d{1,2})", (0, 1, 2)),
    "yearmonthday": (r"(\d{4})(\d{2})(\d{2})", (0, 1, 2)),
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
OTHER_MONTHS = {"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12}


@dataclass(frozen=True)
class DateType(ColumnType):
    """Days, written in one of several ways that are tried in turn."""

    formats: tuple[str, ...] = ("day.month.year", "year-month-day")
    earliest: date | None = None
    latest: date | None = None
    pivot: int = PIVOT

    def parse(self, text: str) -> date:
        """The day."""
        found = clean(text)
        for name in self.formats:
            day = read_date(found, name, self.pivot)
            if day is not None:
                self._check(day)
                return day
        raise CellError("not-a-date", f"“{found}” is not a date")

    def _check(self, day: date) -> None:
        if self.earliest is not None and day < self.earliest:
            raise CellError("too-early", f"{day} is before {self.earliest}")
        if self.latest is not None and day > self.latest:
            raise CellError("too-late", f"{day} is after {self.latest}")

    def __str__(self) -> str:
        bounds = range_text(self.earliest, self.latest)
        last_century = f", years from {self.pivot} on are of the 1900s"
        written = f"date written as {' or '.join(self.formats)}{bounds}"
        return written if self.pivot == PIVOT else written + last_century


def read_date(text: str, name: str, pivot: int = PIVOT) -> date | None:
    """The day in a text of one way of writing, or None where it is written otherwise."""
    if name in NUMBERED:
        return _numbered(text, name, pivot)
    return SPECIAL[name](text, pivot)


def _numbered(text: str, name: str, pivot: int) -> date | None:
    pattern, order = NUMBERED[name]
    found = re.fullmatch(pattern, text)
    if not found:
        return None
    year, month, day = (found.group(position + 1) for position in order)
    return real_date(full_year(year, pivot), int(month), int(day), text)


def _worded(text: str, pivot: int) -> date | None:
    found = re.fullmatch(r"(\d{1,2})\.? ([^\W\d]{3})[^\W\d]*\.? (\d{4}|\d{2})", text)
    if not found:
        return None
    day, word, year = found.groups()
    month = month_number(word)
    return real_date(full_year(year, pivot), month, int(day), text) if month else None


def _serial(text: str, _pivot: int) -> date | None:
    if not re.fullmatch(r"\d{4,5}", text):
        return None
    return SPREADSHEET_START + timedelta(days=int(text))


SPECIAL: dict[str, Callable[[str, int], date | None]] = {
    "day month year": _worded,
    "spreadsheet": _serial,
}


def month_number(word: str) -> int:
    """The month that a word begins like; 0 for none."""
    start = word[:3].casefold()
    if start in MONTHS:
        return MONTHS.index(start) + 1
    return OTHER_MONTHS.get(start, 0)


def full_year(year: str, pivot: int = PIVOT) -> int:
    """A year of two digits in the right century."""
    number = int(year)
    if len(year) > 2:
        return number
    return 1900 + number if number >= pivot else 2000 + number


def real_date(year: int, month: int, day: int, text: str) -> date:
    """The day, provided that the calendar has it."""
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("no-such-day", f"“{text}” is not in the calendar") from None


@dataclass(frozen=True)
class DurationType(ColumnType):
    """Lengths of time, kept as minutes, up to the next step where one is set."""

    most: int = DAY
    step: int = 1

    def parse(self, text: str) -> int:
        """The minutes."""
        minutes = to_step(read_duration(clean(text).lower()), self.step)
        if minutes > self.most:
            raise CellError("too-long", f"{in_hours(minutes)} is longer than {in_hours(self.most)}")
        return minutes

    def __str__(self) -> str:
        steps = f", in steps of {self.step} minutes" if self.step > 1 else ""
        return f"length of time, at most {in_hours(self.most)}{steps}"


def read_duration(text: str) -> int:
    """The minutes of 7:30, 7h30, 7,5 or 450 min."""
    if found := re.fullmatch(r"(\d+) ?min\.?", text):
        return int(found.group(1))
    if found := re.fullmatch(r"(\d+)(?::|h ?)(\d{1,2})(?: ?m(?:in)?)?", text):
        hours, minutes = int(found.group(1)), int(found.group(2))
        if minutes < MINUTES:
            return hours * MINUTES + minutes
    if found := re.fullmatch(r"(\d+)(?:[.,](\d{1,2}))? ?h?", text):
        hundredths = int((found.group(2) or "0").ljust(2, "0"))
        return int(found.group(1)) * MINUTES + (hundredths * MINUTES + 50) // 100
    raise CellError("not-a-duration", f"“{text}” is not a length of time")


def to_step(minutes: int, step: int) -> int:
    """The next full step."""
    steps, rest = divmod(minutes, step)
    return (steps + 1) * step if rest else minutes


def in_hours(minutes: int) -> str:
    """Minutes as hours and minutes."""
    hours, rest = divmod(minutes, MINUTES)
    return f"{hours}:{rest:02}"


@dataclass(frozen=True)
class MomentType(ColumnType):
    """Moments; those that do not name a zone are taken to be in `zone`."""

    formats: tuple[str, ...] = ("day.month.year", "year-month-day")
    zone: str = "UTC"

    def parse(self, text: str) -> datetime:
        """The moment, in UTC."""
        found = clean(text)
        if re.fullmatch(r"\d{10,13}", found):
            return from_epoch(int(found))
        local, zone = split_zone(found)
        day_text, _, time_text = local.replace("T", " ").partition(" ")
        day = DateType(self.formats).parse(day_text)
        hours, minutes, seconds = read_time(time_text, found)
        moment = datetime(
            day.year, day.month, day.day, hours, minutes, seconds, tzinfo=offset(zone or self.zone)
        )
        return moment.astimezone(UTC)

    def __str__(self) -> str:
        return f"{DateType(self.formats)} and time, in {self.zone} unless it says otherwise"


def from_epoch(number: int) -> datetime:
    """The moment so many seconds, or milliseconds, after the start of 1970."""
    if number >= MILLISECONDS_FROM:
        seconds, rest = divmod(number, 1000)
        return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=rest)
    return datetime.fromtimestamp(number, UTC)


def split_zone(text: str) -> tuple[str, str]:
    """A moment without its zone, and the zone if it names one."""
    found = re.fullmatch(r"(.*\d) ?([A-Za-z]{1,4}|[+-]\d{2}:?\d{2})", text)
    if not found or ":" not in found.group(1):
        return text, ""
    return found.group(1), found.group(2)


def offset(zone: str) -> timezone:
    """The distance of a zone from UTC."""
    if zone.upper() in ZONES:
        return timezone(timedelta(minutes=ZONES[zone.upper()]))
    found = re.fullmatch(r"([+-])(\d{2}):?(\d{2})", zone)
    if not found or int(found.group(2)) > 14 or int(found.group(3)) >= MINUTES:
        raise CellError("zone", f"“{zone}” is not a time zone")
    minutes = int(found.group(2)) * MINUTES + int(found.group(3))
    return timezone(timedelta(minutes=-minutes if found.group(1) == "-" else minutes))


def read_time(text: str, whole: str) -> tuple[int, int, int]:
    """Hours, minutes and seconds; midnight where there are none."""
    if not text:
        return 0, 0, 0
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", text)
    if not found:
        raise CellError("not-a-moment", f"“{whole}” is not a date and time")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    if hours >= 24 or minutes >= MINUTES or seconds >= MINUTES:
        raise CellError("not-a-moment", f"“{whole}” is not a date and time")
    return hours, minutes, seconds
