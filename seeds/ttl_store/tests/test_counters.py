import pytest

from sandglass.outcomes import InputError, SpanError


def test_count(box):
    """A counter counts by one, or by as much as is said."""
    box.count("visits")

    assert box.count("visits", 4).value == 5
    assert box.counted("visits").value == 5


def test_until_midnight(box):
    """Unless something else is said a counter begins anew at midnight, UTC."""
    tally = box.count("visits")

    assert tally.resets_in == 57_600_000

    box.clock.advance(57_599_999)
    assert box.counted("visits").value == 1

    box.clock.advance(1)
    assert box.counted("visits").value == 0


@pytest.mark.parametrize(
    ("per", "ms"),
    [("minute", 20_000), ("hour", 2_360_000), ("day", 56_360_000), ("month", 2_648_360_000)],
    ids=["minute", "hour", "day", "month"],
)
def test_windows_of_the_clock(box, per, ms):
    """Minutes, hours, days and months end when the clock says so."""
    box.clock.advance(minutes=20, seconds=40)

    assert box.count("visits", per=per).resets_in == ms

    box.clock.advance(ms - 1)
    assert box.counted("visits", per=per).value == 1

    box.clock.advance(1)
    assert box.counted("visits", per=per).value == 0


def test_windows_are_apart(box):
    """A counter counts apart in each of its windows."""
    box.count("visits", per="hour")
    box.count("visits", per="hour")
    box.count("visits", per="day")

    assert box.counted("visits", per="hour").value == 2
    assert box.counted("visits", per="day").value == 1


def test_counters_are_apart(box):
    """Counters of other names and spaces are others."""
    box.count("visits")
    box.count("orders", 2)
    box.count("visits", 3, space="carts")

    assert box.counted("visits").value == 1
    assert box.counted("orders").value == 2
    assert box.counted("visits", space="carts").value == 3


@pytest.mark.parametrize("per", ["DAY", " day ", "Day"], ids=["upper", "blanks", "title"])
def test_windows_as_typed(box, per):
    """Windows are the same in capitals and with blanks around them."""
    box.count("visits", per="day")

    assert box.count(" visits ", per=per).value == 2


def test_a_day_elsewhere(box):
    """A day ends at midnight where the space is, which may be hours before that in UTC."""
    box.agree("tokyo", utc_offset=540)

    assert box.count("visits", space="tokyo").resets_in == 25_200_000
    assert box.counted("visits", space="tokyo").resets_in == 25_200_000


def test_a_day_farther_west(box):
    """A day west of Greenwich ends later than in UTC."""
    box.agree("lima", utc_offset=-300)

    assert box.count("visits", space="lima").resets_in == 75_600_000


def test_an_hour_elsewhere(box):
    """An hour ends at half past where the space is half an hour off."""
    box.agree("delhi", utc_offset=330)

    assert box.count("visits", per="hour", space="delhi").resets_in == 1_800_000


def test_a_month_elsewhere(box):
    """A month ends at midnight where the space is."""
    box.agree("tokyo", utc_offset=540)

    assert box.count("visits", per="month", space="tokyo").resets_in == 2_617_200_000


def test_a_month_farther_west(box):
    """A month west of Greenwich ends later than in UTC."""
    box.agree("lima", utc_offset=-300)

    assert box.count("visits", per="month", space="lima").resets_in == 2_667_600_000


def test_the_month_before(box):
    """Where it is still February, the month ends within hours."""
    box.agree("lima", utc_offset=-600)

    assert box.count("visits", per="month", space="lima").resets_in == 7_200_000


@pytest.mark.parametrize(
    ("days", "ms"), [(337, 2_476_800_000), (703, 2_390_400_000)], ids=["leap", "usual"]
)
def test_a_short_month(box, days, ms):
    """February is over after 29 days in a leap year, and after 28 in others."""
    box.clock.advance(days=days)

    assert box.count("visits", per="month").resets_in == ms


def test_the_last_ten_seconds(box):
    """A moving window forgets what is older than its span."""
    box.count("visits", per="10s")
    box.clock.advance(seconds=4)
    box.count("visits", 2, per="10s")

    box.clock.advance(5_999)
    assert box.counted("visits", per="10s").value == 3

    box.clock.advance(1)
    assert box.counted("visits", per="10s").value == 2


def test_when_something_falls_away(box):
    """It is told when the oldest part of a moving count falls away."""
    box.count("visits", per="10s")
    box.clock.advance(seconds=4)

    assert box.count("visits", per="10s").resets_in == 6_000


def test_to_a_tenth(box):
    """A moving window goes by tenths of its span."""
    box.clock.advance(900)
    box.count("visits", per="10s")

    assert box.counted("visits", per="10s").resets_in == 9_100


def test_the_same_tenth(box):
    """What is counted within a tenth of a moving window falls away together."""
    box.count("visits", per="10s")
    box.clock.advance(999)
    box.count("visits", per="10s")
    box.clock.advance(9_001)

    assert box.counted("visits", per="10s").value == 0


def test_the_shortest_window(box):
    """A moving window can be ten milliseconds long."""
    box.count("visits", per="10ms")
    box.clock.advance(9)
    assert box.counted("visits", per="10ms").value == 1

    box.clock.advance(1)
    assert box.counted("visits", per="10ms").value == 0


def test_too_short_a_window(box):
    """A window of less than ten milliseconds is refused."""
    with pytest.raises(SpanError, match=r"^E_SPAN: a window has 10 ms at least$"):
        box.count("visits", per="9ms")


def test_no_window(box):
    """A window nobody has heard of is refused."""
    with pytest.raises(SpanError, match=r"^E_SPAN: 'fortnight' is no span of time$"):
        box.count("visits", per="fortnight")


def test_up_to_the_limit(box):
    """What reaches the limit is counted, what would pass it is not."""
    first = box.count("visits", 2, limit=3)
    second = box.count("visits", 1, limit=3)
    third = box.count("visits", 1, limit=3)

    assert (first.ok, first.value, first.left) == (True, 2, 1)
    assert (second.ok, second.value, second.left) == (True, 3, 0)
    assert (third.ok, third.value, third.left) == (False, 3, 0)
    assert box.counted("visits").value == 3


def test_too_much_at_once(box):
    """What would pass the limit at once is not counted in part."""
    box.count("visits", 2)

    tally = box.count("visits", 5, limit=4)

    assert (tally.ok, tally.value, tally.left) == (False, 2, 2)
    assert tally.resets_in == 57_600_000


def test_a_lower_limit(box):
    """Below what was counted already a limit leaves nothing."""
    box.count("visits", 5)

    assert box.count("visits", limit=3).left == 0


def test_a_limit_of_nothing(box):
    """A limit of nothing lets nothing through."""
    tally = box.count("visits", limit=0)

    assert (tally.ok, tally.left) == (False, 0)


def test_a_limit_that_moves_along(box):
    """In a moving window there is room again as soon as something has fallen away."""
    box.count("visits", per="10s", limit=2)
    box.clock.advance(seconds=5)
    box.count("visits", per="10s", limit=2)
    box.clock.advance(seconds=5)

    tally = box.count("visits", per="10s", limit=2)

    assert (tally.ok, tally.value, tally.resets_in) == (True, 2, 5_000)


def test_count_by_less_than_one(box):
    """A counter counts by one at least."""
    with pytest.raises(InputError, match=r"^E_INPUT: 0 is less than one$"):
        box.count("visits", 0)

    assert box.counted("visits").value == 0


def test_limits_below_nothing(box):
    """A count with a limit below nothing is refused."""
    with pytest.raises(InputError, match=r"^E_INPUT: -1 is less than nothing$"):
        box.count("visits", limit=-1)


def test_forget(box):
    """A counter that is forgotten begins anew in all its windows."""
    box.count("visits", per="hour")
    box.count("visits", per="day")
    box.count("orders")

    assert box.forget(" visits ") == 2
    assert box.counted("visits", per="hour").value == 0
    assert box.counted("orders").value == 1


def test_forget_in_a_space(box):
    """A counter is forgotten in the space that is asked for."""
    box.count("visits")
    box.count("visits", space="carts")

    assert box.forget("visits", space="carts") == 1
    assert box.counted("visits").value == 1


def test_asking_is_not_counting(box):
    """To ask for a counter makes none."""
    box.counted("visits")

    assert box.footprint().counters == 0


def test_a_refused_count_leaves_nothing(box):
    """What was not counted makes no counter."""
    box.count("visits", limit=0)

    assert box.footprint().counters == 0


def test_sweeping_counters(box):
    """A sweep forgets counters in which nothing counts any more."""
    box.count("visits", per="minute")
    box.count("visits", per="hour")
    box.count("visits", per="30s")
    box.clock.advance(minutes=1)

    assert box.sweep().counters == 2
    assert box.counted("visits", per="hour").value == 1


def test_sweeping_counters_in_use(box):
    """A sweep leaves counters alone of which something still counts."""
    box.count("visits", per="10s")
    box.clock.advance(seconds=6)
    box.count("visits", per="10s")
    box.clock.advance(seconds=6)

    assert box.sweep().counters == 0


@pytest.mark.parametrize("offset", [841, -841], ids=["east", "west"])
def test_too_far_from_utc(box, offset):
    """No space is more than fourteen hours from UTC."""
    with pytest.raises(InputError, match=r"^E_INPUT: no place is that far from UTC$"):
        box.agree("carts", utc_offset=offset)


@pytest.mark.parametrize("offset", [840, -840], ids=["east", "west"])
def test_as_far_from_utc_as_may_be(box, offset):
    """A space can be fourteen hours from UTC."""
    box.agree("carts", utc_offset=offset)

    assert box.spaces() == ["carts", "main"]
