import pytest

from sandglass.outcomes import InputError, SpanError


def test_lives_for_its_ttl(box):
    """An entry lives for its ttl and not a millisecond longer."""
    box.put("a", "1", ttl=5_000)

    box.clock.advance(4_999)
    assert box.get("a") == "1"

    box.clock.advance(1)
    assert box.get("a") is None


def test_a_new_value_has_its_own_time(box):
    """A new value lives for its own ttl, whatever the old one had."""
    box.put("a", "1", ttl="1m")
    box.clock.advance(seconds=50)
    box.put("a", "2", ttl="30s")

    assert box.look("a").left == 30_000

    box.put("a", "3")
    box.clock.advance(minutes=5)
    assert box.get("a") == "3"


def test_reading_does_not_prolong(box):
    """To read an entry does not make it live longer."""
    box.put("a", "1", ttl="10s")
    box.clock.advance(seconds=6)
    box.get("a")
    box.clock.advance(seconds=4)

    assert box.get("a") is None


def test_sliding(box):
    """The time of a sliding entry begins anew when it is read."""
    box.put("a", "1", ttl="10s", sliding=True)
    box.clock.advance(seconds=6)
    box.get("a")
    box.clock.advance(seconds=6)

    assert box.get("a") == "1"
    assert box.look("a").left == 10_000


def test_sliding_is_swept(box):
    """A sliding entry is swept at its new time and not at its old one."""
    box.put("a", "1", ttl="10s", sliding=True)
    box.clock.advance(seconds=6)
    box.get("a")

    box.clock.advance(seconds=6)
    assert box.sweep().expired == 0

    box.clock.advance(seconds=4)
    assert box.sweep().expired == 1


def test_touch(box):
    """A touched entry has a new time, counted from now."""
    box.put("a", "1", ttl="10s")
    box.clock.advance(seconds=6)

    assert box.touch("a", "20s") is True
    assert box.look("a").left == 20_000


def test_touch_for_ever(box):
    """With a ttl of nothing a touched entry lives for ever."""
    box.put("a", "1", ttl="10s")
    box.touch("a", 0)
    box.clock.advance(days=30)

    assert box.sweep().expired == 0
    assert box.get("a") == "1"


def test_touch_what_lives_for_ever(box):
    """An entry that lived for ever runs out once it was given a time."""
    box.put("a", "1")
    box.touch("a", "5s")
    box.clock.advance(seconds=5)

    assert box.sweep().expired == 1


def test_touch_nothing(box):
    """What is not there can't be touched."""
    assert box.touch("a", "5s") is False


def test_touch_as_usual(box):
    """A touch without a ttl gives the usual time of the space."""
    box.agree("main", ttl="1m")
    box.put("a", "1", ttl="10s")
    box.touch("a")

    assert box.look("a").left == 60_000


def test_touch_in_a_space(box):
    """A touch is for the space that is asked for."""
    box.put("a", "here", ttl="1m")
    box.put("a", "there", ttl="1m", space="carts")
    box.touch("a", "5s", space="carts")

    assert box.look("a").left == 60_000
    assert box.look("a", space="carts").left == 5_000


def test_touch_changes_how_far_it_slides(box):
    """A sliding entry that was touched slides by its new ttl."""
    box.put("a", "1", ttl="10s", sliding=True)
    box.touch("a", "1m")
    box.clock.advance(seconds=50)
    box.get("a")

    assert box.look("a").left == 60_000


def test_usual_time(box):
    """What is put without a ttl lives as is usual in its space."""
    box.agree("carts", ttl="30m")
    box.put("a", "1", space="carts")
    box.put("a", "1")

    assert box.look("a", space="carts").left == 1_800_000
    assert box.look("a").left is None


def test_for_ever_in_spite_of_the_usual_time(box):
    """With a ttl of nothing an entry lives for ever where a time is usual."""
    box.agree("carts", ttl="30m")
    box.put("a", "1", ttl=0, space="carts")

    assert box.look("a", space="carts").left is None


def test_no_usual_time(box):
    """A usual ttl of nothing is none."""
    box.agree("main", ttl="0s")
    box.put("a", "1")

    assert box.look("a").left is None


def test_longest_time(box):
    """Nothing lives longer than the longest time of its space."""
    box.agree("main", longest="1h")
    box.put("a", "1", ttl="2h")
    box.put("b", "2")
    box.put("c", "3", ttl="30m")

    assert box.look("a").left == 3_600_000
    assert box.look("b").left == 3_600_000
    assert box.look("c").left == 1_800_000


def test_sliding_to_the_longest_time(box):
    """A sliding entry slides up to the longest time since it was put."""
    box.agree("main", longest="25s")
    box.put("a", "1", ttl="10s", sliding=True)
    box.clock.advance(seconds=9)
    box.get("a")
    box.clock.advance(seconds=9)
    box.get("a")

    assert box.look("a").left == 7_000


def test_touch_to_the_longest_time(box):
    """A touch does not get an entry beyond the longest time since it was put."""
    box.agree("main", longest="1h")
    box.put("a", "1", ttl="10m")
    box.clock.advance(minutes=5)
    box.touch("a", "3h")

    assert box.look("a").left == 3_300_000


def test_no_longest_time(box):
    """A longest time of nothing is none."""
    box.agree("main", longest=0)
    box.put("a", "1", ttl="2h")

    assert box.look("a").left == 7_200_000


def test_sweep(box):
    """A sweep lets all go whose time is up, and nothing else."""
    box.put("a", "1", ttl="5s")
    box.put("b", "2", ttl="6s")
    box.put("c", "3")
    box.clock.advance(seconds=5)

    assert box.sweep().expired == 1
    assert box.footprint().entries == 2
    assert box.keys().keys == ("b", "c")


def test_sweep_in_parts(box):
    """A sweep with a limit lets those go first whose time was up first."""
    box.put("c", "x", ttl="5s")
    box.put("a", "x", ttl="35s")
    box.put("b", "x", ttl="20s")
    box.clock.advance(minutes=1)

    assert box.sweep(2).expired == 2
    assert [change.key for change in box.changes(3).changes] == ["c", "b"]
    assert box.sweep(2).expired == 1


def test_sweep_at_the_same_moment(box):
    """What runs out at the same moment is swept by space and key."""
    box.put("b", "x", ttl="5s")
    box.put("a", "x", ttl="5s")
    box.put("c", "x", ttl="4s")
    box.clock.advance(seconds=5)
    box.sweep()

    assert [change.key for change in box.changes(3).changes] == ["c", "a", "b"]


def test_sweep_a_part_of_a_moment(box):
    """A sweep with a limit takes only so many of those that run out at about the same time."""
    for key in ("a", "b", "c"):
        box.put(key, "x", ttl="5s")
    box.clock.advance(seconds=5)

    assert box.sweep(2).expired == 2
    assert box.footprint().entries == 1


def test_sweep_looks_only_at_what_may_be_due(box):
    """A sweep need not look at what is due much later."""
    box.put("a", "x", ttl="5s")
    box.put("b", "x", ttl="1h")
    box.put("c", "x", ttl="2h")
    box.put("d", "x")
    box.clock.advance(seconds=5)

    assert box.sweep().looked == 1


def test_sweep_stops_looking(box):
    """A sweep that has found enough does not look any further."""
    box.put("a", "x", ttl="5s")
    box.put("b", "x", ttl="1m")
    box.clock.advance(hours=1)

    assert box.sweep(1).looked == 1
    assert box.sweep(1).looked == 1


def test_sweep_of_less_than_one(box):
    """A sweep with a limit sweeps one at least."""
    with pytest.raises(InputError, match=r"^E_INPUT: 0 is less than one$"):
        box.sweep(0)


def test_next_due(box):
    """It is told when the next entry will run out."""
    box.put("a", "x", ttl="50s")
    box.put("b", "x", ttl="40s")
    box.put("c", "x", ttl="2h")
    box.clock.advance(seconds=10)

    assert box.next_due() == 30_000


def test_next_due_within_a_moment(box):
    """Of entries that run out shortly after one another the first one counts."""
    box.put("a", "x", ttl=1_900)
    box.put("b", "x", ttl=1_200)

    assert box.next_due() == 1_200


def test_nothing_due(box):
    """Where nothing will ever run out nothing is due."""
    box.put("a", "x")

    assert box.next_due() is None


def test_overdue(box):
    """What should have been swept already is due now."""
    box.put("a", "x", ttl="5s")
    box.clock.advance(seconds=60)

    assert box.next_due() == 0


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("250ms", 250),
        ("3h", 10_800_000),
        ("1d", 86_400_000),
        ("1h 30m", 5_400_000),
        ("1.5h", 5_400_000),
        ("0.0025s", 3),
        ("0.00249s", 2),
        (" 90 S ", 90_000),
        (90_000, 90_000),
    ],
    ids=[
        "ms", "h", "d", "two", "decimals", "half_up", "below_half", "typed", "number",
    ],
)  # fmt: skip
def test_spans(box, text, ms):
    """Spans of time are read as people write them, to the nearest millisecond."""
    box.put("a", "x", ttl=text)

    assert box.look("a").left == ms


@pytest.mark.parametrize(
    "text",
    ["", "90", "1w", "5s later", "1,5s"],
    ids=["empty", "bare", "weeks", "words", "comma"],
)
def test_spans_nobody_can_read(box, text):
    """A span of time nobody can read is refused, and nothing is kept."""
    with pytest.raises(SpanError, match=rf"^E_SPAN: '{text}' is no span of time$"):
        box.put("a", "x", ttl=text)

    assert box.get("a") is None


def test_less_than_nothing(box):
    """A span of less than nothing is refused."""
    with pytest.raises(SpanError, match=r"^E_SPAN: -1 ms is less than nothing$"):
        box.put("a", "x", ttl=-1)
