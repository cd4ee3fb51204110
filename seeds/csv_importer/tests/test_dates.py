from datetime import date

import pytest

from csv_importer.problems import CellError
from csv_importer.temporal import DateType, DurationType, MomentType, offset


@pytest.mark.parametrize(
    ("way", "text"),
    [
        ("day.month.year", "3.11.2025"),
        ("day/month/year", "03/11/2025"),
        ("month/day/year", "11/3/2025"),
        ("year-month-day", "2025-11-03"),
        ("yearmonthday", "20251103"),
        ("day month year", "3. Nov 2025"),
        ("spreadsheet", "45964"),
    ],
)
def test_given_one_way_of_writing_when_a_date_follows_it_then_it_is_read(way, text):
    """A date is read in the way of writing that was agreed."""
    assert DateType((way,)).parse(text) == date(2025, 11, 3)


def test_given_several_ways_when_both_fit_then_the_first_counts():
    """Where two ways of writing fit, the one named first counts."""
    assert DateType(("month/day/year", "day/month/year")).parse("04/05/2026") == date(2026, 4, 5)


def test_given_another_way_when_the_date_does_not_follow_then_it_is_refused():
    """A date written in a way that was not agreed is refused."""
    with pytest.raises(CellError, match="“2026/04/05” is not a date"):
        DateType().parse("2026/04/05")


@pytest.mark.parametrize("text", ["31.04.2026", "29.02.2025", "12.13.2025"])
def test_given_a_day_that_never_was_when_read_then_the_calendar_is_named(text):
    """Days that the calendar does not have are refused."""
    with pytest.raises(CellError, match=f"“{text}” is not in the calendar"):
        DateType().parse(text)


def test_given_a_leap_year_when_its_day_is_read_then_it_exists():
    """The twenty-ninth of February exists in leap years."""
    assert DateType().parse("29.02.2028") == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("text", "year"), [("01.06.68", 2068), ("01.06.69", 1969), ("01.06.05", 2005)]
)
def test_given_two_figures_when_read_then_the_century_is_the_usual_one(text, year):
    """Years of two figures below 69 are in this century, the others in the last."""
    assert DateType().parse(text) == date(year, 6, 1)


def test_given_another_turning_point_when_two_figures_are_read_then_it_counts():
    """The year from which two figures mean the last century can be agreed."""
    assert DateType(pivot=30).parse("15.08.30") == date(1930, 8, 15)


def test_given_a_column_when_shown_then_it_says_which_century_is_meant():
    """Whoever fills in a list reads what a date may look like, and where the last century ends."""
    assert str(DateType()) == "date written as day.month.year or year-month-day"
    narrow = DateType(("yearmonthday",), earliest=date(1950, 1, 1), pivot=30)
    told = "date written as yearmonthday, at least 1950-01-01, years from 30 on are of the 1900s"
    assert str(narrow) == told


@pytest.mark.parametrize(
    ("text", "month"), [("5 Mär 2026", 3), ("5 Oktober 2026", 10), ("5 dec 26", 12)]
)
def test_given_a_written_month_when_read_then_either_language_counts(text, month):
    """Months are understood as words, short or long, in English and German."""
    assert DateType(("day month year",)).parse(text) == date(2026, month, 5)


def test_given_an_unknown_month_when_read_then_it_is_no_date():
    """A month that nobody knows makes no date."""
    with pytest.raises(CellError, match="“5 Foo 2026” is not a date"):
        DateType(("day month year",)).parse("5 Foo 2026")


def test_given_words_when_a_written_month_is_due_then_they_are_no_date():
    """A text without a day is no date, even where months may be words."""
    with pytest.raises(CellError, match="“soon” is not a date"):
        DateType(("day month year", "spreadsheet")).parse("soon")


@pytest.mark.parametrize("text", ["01.01.2026", "31.12.2026"])
def test_given_a_first_and_last_day_when_met_then_both_are_accepted(text):
    """The first and the last day allowed are themselves allowed."""
    kind = DateType(earliest=date(2026, 1, 1), latest=date(2026, 12, 31))
    assert kind.parse(text).year == 2026


def test_given_a_first_day_when_the_day_before_comes_then_it_is_refused():
    """The day before the first day allowed is refused."""
    with pytest.raises(CellError, match="2025-12-31 is before 2026-01-01"):
        DateType(earliest=date(2026, 1, 1)).parse("31.12.2025")


def test_given_a_last_day_when_the_day_after_comes_then_it_is_refused():
    """The day after the last day allowed is refused."""
    with pytest.raises(CellError, match="2027-01-01 is after 2026-12-31"):
        DateType(latest=date(2026, 12, 31)).parse("01.01.2027")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("7:30", 450),
        ("7,5", 450),
        ("7.25 h", 435),
        ("7h05", 425),
        ("90 min", 90),
        ("8", 480),
        ("0:00", 0),
    ],
    ids=["clock", "comma", "point", "h", "minutes", "hours", "none"],
)
def test_given_a_length_of_time_when_read_then_it_is_in_minutes(text, minutes):
    """Hours may be written like a clock, with decimals, or as minutes."""
    assert DurationType().parse(text) == minutes


@pytest.mark.parametrize("text", ["7:60", "7:75", "-1", "long"])
def test_given_no_length_of_time_when_read_then_it_is_refused(text):
    """Sixty minutes behind a colon, negative hours and words are no length of time."""
    with pytest.raises(CellError, match="is not a length of time"):
        DurationType().parse(text)


def test_given_one_decimal_when_read_then_it_is_a_tenth_of_an_hour():
    """A single decimal means tenths of an hour."""
    assert DurationType().parse("0,1") == 6


@pytest.mark.parametrize(("text", "minutes"), [("1,33", 80), ("0,01", 1), ("2,67", 160)])
def test_given_odd_decimals_when_read_then_the_nearest_minute_counts(text, minutes):
    """Hundredths of an hour go to the nearest minute."""
    assert DurationType().parse(text) == minutes


def test_given_a_longest_time_when_met_then_it_is_accepted():
    """The longest time allowed is itself allowed."""
    assert DurationType(most=600).parse("10:00") == 600


def test_given_a_longest_time_when_exceeded_then_it_is_refused():
    """A minute longer than the longest time allowed is refused."""
    with pytest.raises(CellError, match="10:01 is longer than 10:00"):
        DurationType(most=600).parse("10:01")


@pytest.mark.parametrize(
    ("text", "minutes"), [("0:46", 60), ("0:45", 45), ("0:31", 45), ("0:00", 0)]
)
def test_given_quarters_of_an_hour_when_begun_then_they_count_whole(text, minutes):
    """Where time is counted by quarters of an hour, a quarter that was begun counts whole."""
    assert DurationType(step=15).parse(text) == minutes


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("07.04.2026 14:30", "2026-04-07T14:30:00+00:00"),
        ("2026-04-07T14:30:15", "2026-04-07T14:30:15+00:00"),
        ("2026-04-07 14:30:00.250", "2026-04-07T14:30:00+00:00"),
        ("07.04.2026", "2026-04-07T00:00:00+00:00"),
    ],
    ids=["german", "iso", "fraction", "midnight"],
)
def test_given_a_moment_without_zone_when_read_then_the_usual_zone_counts(text, moment):
    """A moment that names no zone is in the usual one, at midnight if it names no time."""
    assert MomentType().parse(text).isoformat() == moment


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-07-01 00:15 CEST", "2026-06-30T22:15:00+00:00"),
        ("2026-07-01T18:00+05:30", "2026-07-01T12:30:00+00:00"),
        ("01.07.2026 20:00 EST", "2026-07-02T01:00:00+00:00"),
        ("2026-07-01T09:00:00-0130", "2026-07-01T10:30:00+00:00"),
        ("2026-07-01T09:00Z", "2026-07-01T09:00:00+00:00"),
    ],
    ids=["summer", "india", "east-coast", "behind", "zulu"],
)
def test_given_a_named_zone_when_read_then_it_counts(text, time):
    """A moment with a zone is kept as the same moment in universal time."""
    assert MomentType(zone="JST").parse(text).isoformat() == time


def test_given_a_usual_zone_when_none_is_named_then_it_counts():
    """The zone of the office counts where a moment names none."""
    assert (
        MomentType(zone="CET").parse("15.01.2026 08:00").isoformat() == "2026-01-15T07:00:00+00:00"
    )


def test_given_seconds_since_1970_when_read_then_they_are_a_moment():
    """A count of ten figures is taken as seconds since 1970."""
    assert MomentType().parse("1775550615").isoformat() == "2026-04-07T08:30:15+00:00"


def test_given_thousandths_since_1970_when_read_then_they_are_a_moment():
    """A count of thirteen figures is taken as thousandths of a second since 1970."""
    assert MomentType().parse("1775550615250").isoformat() == "2026-04-07T08:30:15.250000+00:00"


@pytest.mark.parametrize(
    "text", ["07.04.2026 24:00", "07.04.2026 12:60", "07.04.2026 9:00:60", "07.04.2026 noon"]
)
def test_given_no_time_of_day_when_a_moment_is_read_then_it_is_refused(text):
    """A moment needs a time that a clock can show."""
    with pytest.raises(CellError, match="is not a date and time"):
        MomentType().parse(text)


@pytest.mark.parametrize("zone", ["XYZ", "+15:00", "+02:60"])
def test_given_an_unknown_zone_when_used_then_it_is_refused(zone):
    """Zones that exist nowhere are refused."""
    with pytest.raises(CellError, match="is not a time zone"):
        offset(zone)


@pytest.mark.parametrize(("zone", "minutes"), [("+14:00", 840), ("-0930", -570), ("ist", 330)])
def test_given_a_zone_when_used_then_its_distance_is_known(zone, minutes):
    """The distance of a zone from universal time is known to the minute."""
    found = offset(zone).utcoffset(None)
    assert found.total_seconds() == minutes * 60
