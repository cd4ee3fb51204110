import pytest

from sandglass.outcomes import FullError, InputError


def test_the_oldest_goes(box):
    """Where a space is full, the entry goes that was not used for longest."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2")
    box.put("c", "3")

    assert box.keys().keys == ("b", "c")


def test_reading_is_use(box):
    """What was read a moment ago is not the first to go."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2")
    box.get("a")
    box.put("c", "3")

    assert box.keys().keys == ("a", "c")


def test_writing_is_use(box):
    """What was written a moment ago is not the first to go."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2")
    box.put("a", "3")
    box.put("c", "4")

    assert box.keys().keys == ("a", "c")


def test_use_in_the_middle(box):
    """The order of use holds when one out of the middle was read."""
    box.agree("main", entries=3)
    for key in ("a", "b", "c"):
        box.put(key, "x")
    box.get("b")
    box.put("d", "x")
    box.put("e", "x")

    assert box.keys().keys == ("b", "d", "e")


def test_replacing_evicts_nobody(box):
    """To replace an entry in a full space evicts nobody."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2")
    box.put("b", "3")

    assert box.keys().keys == ("a", "b")


def test_what_is_over_goes_first(box):
    """Where something has run out, nothing is evicted for a new entry."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2", ttl="5s")
    box.clock.advance(seconds=5)
    box.put("c", "3")

    assert box.keys().keys == ("a", "c")
    figures = box.stats()
    assert (figures.evicted, figures.expired) == (0, 1)


def test_no_entry_at_all(box):
    """A space for no entries takes in none."""
    box.agree("main", entries=0)

    with pytest.raises(FullError, match=r"^E_FULL: no room for a in the space main$"):
        box.put("a", "1")

    assert box.get("a") is None


def test_by_size(box):
    """Entries go until a new one fits in by its size."""
    box.agree("main", size=10)
    box.put("a", "123")
    box.put("b", "123")
    box.put("c", "12345")

    assert box.keys().keys == ("b", "c")
    assert box.usage().size == 10


def test_size_in_bytes(box):
    """The size of an entry is that of its key and value in UTF-8."""
    box.put("é", "añ€")

    assert box.usage().size == 8


def test_growing_evicts_others(box):
    """An entry that grows evicts others, and not itself."""
    box.agree("main", size=10)
    box.put("a", "123")
    box.put("b", "123")
    box.put("a", "12345")

    assert box.keys().keys == ("a", "b")

    box.put("a", "123456")
    assert box.keys().keys == ("a",)


def test_too_large_for_the_space(box):
    """For an entry that could never fit in nobody is evicted."""
    box.agree("main", size=10)
    box.put("a", "123")

    with pytest.raises(FullError, match=r"^E_FULL: b has 11 bytes, 10 are allowed in all$"):
        box.put("b", "1234567890")

    assert box.keys().keys == ("a",)


def test_just_fits_the_space(box):
    """An entry may be as large as its space."""
    box.agree("main", size=10)
    box.put("a", "123")
    box.put("b", "123456789")

    assert box.keys().keys == ("b",)


def test_refused_rather_than_evicted(box):
    """In a space that does not evict the new entry is refused."""
    box.agree("main", entries=1, evicts=False)
    box.put("a", "1")

    with pytest.raises(FullError, match=r"^E_FULL: no room for b in the space main$"):
        box.put("b", "2")

    assert box.keys().keys == ("a",)
    assert box.changes().next == 1


def test_replaced_where_nothing_is_evicted(box):
    """In a full space that does not evict an entry can be replaced by one that is no larger."""
    box.agree("main", size=4, evicts=False)
    box.put("a", "123")

    assert box.put("a", "456").code == "replaced"
    assert box.put("a", "7").code == "replaced"


def test_smaller_where_too_much_is_held(box):
    """In a space that holds more than it may an entry can still be made smaller."""
    box.agree("main", evicts=False)
    box.put("a", "12345")
    box.agree("main", size=3, evicts=False)

    assert box.put("a", "54321").code == "replaced"
    assert box.put("a", "123").code == "replaced"


def test_pinned(box):
    """A pinned entry is not evicted, the next one goes."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2")

    assert box.pin("a") is True
    box.put("c", "3")

    assert box.keys().keys == ("a", "c")
    assert box.look("a").pinned is True


def test_half_way_to_no_room(box):
    """Where there is no room in the end, nobody has been evicted for it."""
    box.agree("main", size=10)
    box.put("a", "1234")
    box.put("b", "1234")
    box.pin("b")

    with pytest.raises(FullError):
        box.put("c", "12345")

    assert box.keys().keys == ("a", "b")
    assert box.changes().next == 2


def test_pinned_entries_run_out(box):
    """A pinned entry runs out like any other."""
    box.put("a", "1", ttl="5s")
    box.pin("a")
    box.clock.advance(seconds=5)

    assert box.get("a") is None


def test_unpinned(box):
    """An entry that is no longer pinned is evicted like any other."""
    box.agree("main", entries=1)
    box.put("a", "1")
    box.pin("a")

    assert box.unpin("a") is True
    box.put("b", "2")

    assert box.keys().keys == ("b",)


def test_a_pin_stays(box):
    """A new value leaves an entry pinned."""
    box.put("a", "1")
    box.pin("a")
    box.put("a", "2")

    assert box.look("a").pinned is True


def test_pin_nothing(box):
    """What is not there can't be pinned."""
    assert box.pin("a") is False
    assert box.unpin("a") is False


def test_pin_in_a_space(box):
    """A pin is for the space that is asked for."""
    box.put("a", "here")
    box.put("a", "there", space="carts")
    box.pin("a", space="carts")

    assert box.look("a").pinned is False
    assert box.look("a", space="carts").pinned is True

    box.unpin("a", space="carts")
    assert box.look("a", space="carts").pinned is False


def test_the_whole_box(box):
    """Where the box is full, the entry goes that was not used for longest, of whatever space."""
    box.limit(entries=3)
    box.put("a", "1", space="carts")
    box.put("b", "2")
    box.put("c", "3")
    box.put("d", "4")

    assert box.get("a", space="carts") is None
    assert box.keys().keys == ("b", "c", "d")


def test_the_whole_box_by_use(box):
    """What was read in another space does not count as old."""
    box.limit(entries=2)
    box.put("a", "1", space="carts")
    box.put("b", "2")
    box.get("a", space="carts")
    box.put("c", "3")

    assert box.get("a", space="carts") == "1"
    assert box.keys().keys == ("c",)


def test_the_whole_box_by_size(box):
    """The box has a limit of size for all spaces together."""
    box.limit(size=10)
    box.put("a", "1234", space="carts")
    box.put("b", "1234")
    box.put("c", "1")

    assert box.get("a", space="carts") is None
    assert box.keys().keys == ("b", "c")


def test_what_goes_by_size(box):
    """Where the box is full it counts what all spaces hold, and how large the new entry is."""
    box.limit(size=10)
    box.put("a", "1", space="carts")
    box.put("b", "1234")
    box.put("c", "12345")

    assert box.get("a", space="carts") is None
    assert box.keys().keys == ("c",)


def test_room_is_not_swept_for_nothing(box):
    """Where there is room nobody looks for what is over."""
    box.put("a", "1", ttl="5s")
    box.clock.advance(seconds=5)
    box.put("b", "2")

    assert box.footprint().entries == 2


def test_no_size_at_all(box):
    """A space for no bytes takes in nothing, and keeps nothing."""
    box.put("a", "1")

    assert box.agree("main", size=0) == 1
    with pytest.raises(FullError, match=r"^E_FULL: b has 2 bytes, 0 are allowed in all$"):
        box.put("b", "1")


def test_too_large_for_the_box(box):
    """An entry larger than the box is refused, whatever its space may hold."""
    box.agree("main", size=100)
    box.limit(size=10)

    with pytest.raises(FullError, match=r"^E_FULL: a has 11 bytes, 10 are allowed in all$"):
        box.put("a", "1234567890")

    assert box.put("a", "123456789").code == "created"


def test_spaces_that_do_not_evict_are_left_alone(box):
    """Where the box is full, entries of spaces that do not evict stay."""
    box.agree("carts", evicts=False)
    box.limit(entries=2)
    box.put("a", "1", space="carts")
    box.put("b", "2")
    box.put("c", "3")

    assert box.get("a", space="carts") == "1"
    assert box.keys().keys == ("c",)


def test_no_room_in_the_box(box):
    """Where nobody may be evicted the box is full."""
    box.agree("carts", evicts=False)
    box.limit(entries=1)
    box.put("a", "1", space="carts")

    with pytest.raises(FullError, match=r"^E_FULL: no room for b in the box$"):
        box.put("b", "2")

    assert box.keys().keys == ()


def test_other_spaces_make_no_room(box):
    """Where a space is full, the entries of other spaces stay."""
    box.agree("carts", entries=1)
    box.put("a", "1")
    box.put("b", "2", space="carts")
    box.put("c", "3", space="carts")

    assert box.keys().keys == ("a",)
    assert box.keys(space="carts").keys == ("c",)


def test_less_than_before(box):
    """Where a space may hold less than before, the oldest entries go at once."""
    for key in ("a", "b", "c"):
        box.put(key, "x")
    box.get("a")

    assert box.agree("main", entries=1) == 2
    assert box.keys().keys == ("a",)


def test_just_what_is_held(box):
    """Where a space may hold just what it holds, nothing goes."""
    box.put("a", "123")
    box.put("b", "123")

    assert box.agree("main", entries=2, size=8) == 0
    assert box.keys().keys == ("a", "b")


def test_less_than_what_is_pinned(box):
    """Where a space may hold less than before, pinned entries stay."""
    for key in ("a", "b", "c"):
        box.put(key, "x")
    box.pin("a")
    box.pin("c")

    assert box.agree("main", entries=1) == 1
    assert box.keys().keys == ("a", "c")


def test_less_without_evicting(box):
    """Where a space does not evict, it keeps what it holds, however little it may."""
    box.put("a", "x")
    box.put("b", "x")

    assert box.agree("main", entries=1, evicts=False) == 0
    assert box.keys().keys == ("a", "b")


def test_less_when_some_ran_out(box):
    """Where a space may hold less than before, what has run out is not counted among the evicted."""
    box.put("a", "x")
    box.put("b", "x", ttl="5s")
    box.clock.advance(seconds=5)

    assert box.agree("main", entries=1) == 0
    assert box.keys().keys == ("a",)


def test_less_for_the_whole_box(box):
    """Where the box may hold less than before, the oldest entries go at once."""
    box.put("a", "x", space="carts")
    box.put("b", "x")
    box.put("c", "x", space="carts")

    assert box.limit(entries=2) == 1
    assert box.keys(space="carts").keys == ("c",)
    assert box.keys().keys == ("b",)


def test_limits_are_lifted(box):
    """Limits that are not named again are gone."""
    box.agree("main", entries=1, ttl="5s")
    box.agree("main")
    box.put("a", "x")
    box.put("b", "x")

    assert box.keys().keys == ("a", "b")
    assert box.look("a").left is None


def test_usage(box):
    """It is told what a space holds and what still fits in."""
    box.agree("main", entries=3, size=10)
    box.put("a", "123")
    box.put("b", "12")

    used = box.usage()

    assert (used.entries, used.size) == (2, 7)
    assert (used.entries_left, used.size_left) == (1, 3)


def test_usage_without_limits(box):
    """Where nothing is limited there is no end to what fits in."""
    box.put("a", "123", space="carts")

    used = box.usage("carts")

    assert (used.entries, used.entries_left, used.size_left) == (1, None, None)


def test_usage_of_nothing(box):
    """A space nobody has heard of holds nothing."""
    used = box.usage("carts")
    assert (used.entries, used.size) == (0, 0)


def test_usage_beyond_the_limit(box):
    """Where more is held than may be, nothing more fits in."""
    box.put("a", "123")
    box.put("b", "123")
    box.agree("main", entries=1, size=4, evicts=False)

    used = box.usage()
    assert (used.entries_left, used.size_left) == (0, 0)


def test_usage_where_nothing_fits(box):
    """A limit of nothing leaves nothing."""
    box.agree("main", entries=0, size=0)

    used = box.usage()
    assert (used.entries_left, used.size_left) == (0, 0)


@pytest.mark.parametrize("what", ["entries", "size"])
def test_limits_below_nothing(box, what):
    """A limit below nothing is refused."""
    with pytest.raises(InputError, match=r"^E_INPUT: -1 is less than nothing$"):
        box.agree("main", **{what: -1})


@pytest.mark.parametrize("what", ["entries", "size"])
def test_limits_of_the_box_below_nothing(box, what):
    """A limit of the box below nothing is refused."""
    with pytest.raises(InputError, match=r"^E_INPUT: -1 is less than nothing$"):
        box.limit(**{what: -1})


def test_spaces(box):
    """All spaces are listed that hold something or have limits, and the main one."""
    box.put("a", "x", space="parcels")
    box.agree("carts", entries=5)

    assert box.spaces() == ["carts", "main", "parcels"]


def test_spaces_that_are_empty(box):
    """A space without limits is gone with its last entry."""
    box.put("a", "x", space="parcels")
    box.agree("carts", entries=5)
    box.put("a", "x", space="carts")
    box.delete("a", space="parcels")
    box.delete("a", space="carts")

    assert box.spaces() == ["carts", "main"]


def test_spaces_that_were_only_read(box):
    """To read from a space does not make it one."""
    box.get("a", space="parcels")

    assert box.spaces() == ["main"]


def test_spaces_that_were_refused(box):
    """A write that was refused does not leave a space behind."""
    box.limit(entries=0)

    with pytest.raises(FullError):
        box.put("a", "x", space="parcels")

    assert box.spaces() == ["main"]


def test_drop_space(box):
    """A space that is dropped goes with its entries and limits."""
    box.agree("carts", entries=1)
    box.put("a", "x", space="carts")
    box.put("a", "x")

    assert box.drop_space("carts") == 1
    assert box.spaces() == ["main"]
    assert box.get("a") == "x"
    assert box.usage("carts").entries_left is None


def test_drop_the_main_space(box):
    """The main space stays when it is dropped, empty and without limits."""
    box.agree("main", entries=5)
    box.put("a", "x")

    box.limit(entries=7)

    assert box.drop_space("main") == 1
    assert box.spaces() == ["main"]
    assert box.usage().entries_left is None
