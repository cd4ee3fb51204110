import pytest

from sandglass.outcomes import FullError, GapError, InputError, MissingError


def told(batch):
    """The changes of a batch as text."""
    return [str(change) for change in batch.changes]


def test_changes(box):
    """All that happened to keys is told in order, with numbers that follow one another."""
    box.put("a", "1")
    box.put("a", "2")
    box.delete("a")

    assert told(box.changes()) == [
        "1 written main/a = 1",
        "2 written main/a = 2",
        "3 deleted main/a",
    ]


def test_changes_of_the_kind_nobody_asked_for(box):
    """What ran out or had to make room is told too."""
    box.agree("main", entries=1)
    box.put("a", "1")
    box.put("b", "2", ttl="5s")
    box.clock.advance(seconds=5)
    box.get("b")

    assert told(box.changes(1)) == ["2 evicted main/a", "3 written main/b = 2", "4 expired main/b"]


def test_when_it_changed(box):
    """A change tells when it happened."""
    box.put("a", "1")
    box.clock.advance(seconds=5)
    box.put("a", "2")

    first, second = box.changes().changes

    assert second.at - first.at == 5_000


def test_changes_to_nothing(box):
    """A change to an empty value is told apart from a deletion."""
    box.put("a", "")
    box.delete("a")

    assert told(box.changes()) == ["1 written main/a = ", "2 deleted main/a"]


def test_changes_page_by_page(box):
    """Pages of changes follow on from one another, and the last one says so."""
    for value in ("1", "2", "3", "4"):
        box.put("a", value)

    first = box.changes(limit=3)
    second = box.changes(first.next, limit=3)

    assert (len(first.changes), first.next, first.more, first.gap) == (3, 3, True, False)
    assert (len(second.changes), second.next, second.more) == (1, 4, False)


def test_a_page_of_changes_that_is_just_full(box):
    """A page that holds all changes has none after it."""
    box.put("a", "1")
    box.put("a", "2")

    batch = box.changes(limit=2)

    assert (batch.more, batch.next) == (False, 2)


def test_changes_by_prefix(box):
    """Changes are told of keys that begin alike; the reader is past the others all the same."""
    box.put("user:1", "x")
    box.put("users", "x")
    box.put("user:2", "x")
    box.put("cart", "x")

    batch = box.changes(prefix="user:")

    assert told(batch) == ["1 written main/user:1 = x", "3 written main/user:2 = x"]
    assert batch.next == 4


def test_pages_by_prefix(box):
    """A page of some keys goes on where it ended, and not at the end of all changes."""
    box.put("a1", "x")
    box.put("b1", "x")
    box.put("a2", "x")
    box.put("a3", "x")

    first = box.changes(prefix="a", limit=2)

    assert (first.next, first.more) == (3, True)
    assert told(box.changes(first.next, prefix="a", limit=2)) == ["4 written main/a3 = x"]


def test_changes_by_space(box):
    """Changes are told of one space, or of all."""
    box.put("a", "1")
    box.put("b", "2", space="carts")

    assert told(box.changes(space="carts")) == ["2 written carts/b = 2"]
    assert told(box.changes()) == ["1 written main/a = 1"]
    assert len(box.changes(space=None).changes) == 2


def test_only_the_latest(box):
    """To whom only the last change of each key matters, the earlier ones are not told."""
    box.put("a", "1")
    box.put("b", "2")
    box.put("a", "3")
    box.put("b", "4")
    box.delete("b")

    assert told(box.changes(latest=True)) == ["3 written main/a = 3", "5 deleted main/b"]


def test_only_the_latest_of_each_space(box):
    """The same key in two spaces has two last changes."""
    box.put("a", "1")
    box.put("a", "2", space="carts")

    assert len(box.changes(latest=True, space=None).changes) == 2


def test_only_the_latest_page_by_page(box):
    """Pages of last changes miss nothing and tell nothing twice."""
    box.put("a", "1")
    box.put("b", "2")
    box.put("c", "3")
    box.put("a", "4")

    first = box.changes(latest=True, limit=2)
    second = box.changes(first.next, latest=True, limit=2)

    assert told(first) == ["2 written main/b = 2", "3 written main/c = 3"]
    assert told(second) == ["4 written main/a = 4"]
    assert (first.more, second.more) == (True, False)


def test_a_hundred_changes(box):
    """Without a limit a page of changes holds a hundred."""
    for number in range(101):
        box.put("a", str(number))

    assert len(box.changes().changes) == 100


def test_pages_of_no_changes(box):
    """A page of changes holds one at least."""
    with pytest.raises(InputError, match=r"^E_INPUT: 0 is less than one$"):
        box.changes(limit=0)
    with pytest.raises(InputError, match=r"^E_INPUT: 0 is less than one$"):
        box.poll(box.watch(), limit=0)


def test_too_old(box):
    """Who asks for changes that are not kept any more is told so."""
    box.retain(2)
    for value in ("1", "2", "3", "4"):
        box.put("a", value)

    with pytest.raises(GapError, match=r"^E_GAP: changes up to 2 are not kept any more$"):
        box.changes(1)

    assert told(box.changes(2)) == ["3 written main/a = 3", "4 written main/a = 4"]


def test_retain_less(box):
    """Where fewer changes are to be kept, the old ones go at once."""
    for value in ("1", "2", "3"):
        box.put("a", value)
    box.retain(1)

    with pytest.raises(GapError, match=r"^E_GAP: changes up to 2 are not kept any more$"):
        box.changes(1)


def test_retain_just_enough(box):
    """As many changes are kept as were asked for."""
    box.retain(3)
    for value in ("1", "2", "3"):
        box.put("a", value)

    assert len(box.changes().changes) == 3


def test_retain_nothing(box):
    """Nobody has to keep changes."""
    box.retain(0)
    box.put("a", "1")

    assert box.footprint().changes == 0
    assert box.changes(1).next == 1


def test_retain_less_than_nothing(box):
    """Less than no changes can't be kept."""
    with pytest.raises(InputError, match=r"^E_INPUT: -1 changes can't be kept$"):
        box.retain(-1)


def test_a_thousand_changes(box):
    """Unless something else was said a thousand changes are kept."""
    for number in range(1_001):
        box.put("a", str(number))

    assert box.footprint().changes == 1_000


def test_too_early(box):
    """Who asks for changes after one that is still to come is refused."""
    box.put("a", "1")

    with pytest.raises(InputError, match=r"^E_INPUT: there is no revision 2 yet$"):
        box.changes(2)


def test_watch(box):
    """Who watches hears of what happens from then on."""
    box.put("a", "1")
    watch = box.watch()
    box.put("a", "2")

    assert told(box.poll(watch)) == ["2 written main/a = 2"]


def test_watch_from_the_beginning(box):
    """Who watches from revision 0 hears of everything."""
    box.put("a", "1")
    watch = box.watch(since=0)
    box.put("a", "2")

    assert len(box.poll(watch).changes) == 2


def test_watch_a_space(box):
    """Who watches a space hears of nothing else."""
    watch = box.watch(space="carts")
    box.put("a", "1")
    box.put("a", "2", space="carts")

    assert told(box.poll(watch)) == ["2 written carts/a = 2"]


def test_watch_all_spaces(box):
    """Who watches no space in particular hears of all."""
    watch = box.watch(space=None)
    box.put("a", "1")
    box.put("a", "2", space="carts")

    assert len(box.poll(watch).changes) == 2


def test_again_until_acknowledged(box):
    """What was not acknowledged is told again."""
    watch = box.watch()
    box.put("a", "1")
    box.poll(watch)

    assert told(box.poll(watch)) == ["1 written main/a = 1"]


def test_acknowledged(box):
    """What was acknowledged is not told again."""
    watch = box.watch()
    box.put("a", "1")
    box.ack(watch, box.poll(watch).next)
    box.put("a", "2")

    assert told(box.poll(watch)) == ["2 written main/a = 2"]


def test_acknowledged_in_part(box):
    """Changes can be acknowledged one by one; how many are left is told."""
    watch = box.watch()
    for value in ("1", "2", "3"):
        box.put("a", value)

    assert box.ack(watch, 1) == 2
    assert told(box.poll(watch)) == ["2 written main/a = 2", "3 written main/a = 3"]
    assert box.ack(watch, 3) == 0


def test_what_is_left_by_prefix(box):
    """Of what is left only that counts which is watched."""
    watch = box.watch("a")
    box.put("a1", "x")
    box.put("b", "x")
    box.put("a2", "x")

    assert box.ack(watch, 1) == 1


def test_acknowledged_late(box):
    """An acknowledgement that comes late takes nothing back."""
    watch = box.watch()
    box.put("a", "1")
    box.put("a", "2")
    box.ack(watch, 2)

    assert box.ack(watch, 1) == 0
    assert told(box.poll(watch)) == []


def test_acknowledged_early(box):
    """What has not happened yet can't be acknowledged."""
    watch = box.watch()
    box.put("a", "1")

    with pytest.raises(InputError, match=r"^E_INPUT: there is no revision 2 yet$"):
        box.ack(watch, 2)

    assert len(box.poll(watch).changes) == 1


def test_poll_in_parts(box):
    """Who polls in parts gets the next part after acknowledging the last one."""
    watch = box.watch()
    for value in ("1", "2", "3"):
        box.put("a", value)

    first = box.poll(watch, limit=2)
    box.ack(watch, first.next)

    assert (first.more, first.next) == (True, 2)
    assert told(box.poll(watch, limit=2)) == ["3 written main/a = 3"]


def test_poll_the_latest(box):
    """Who polls can ask for the last change of each key only."""
    watch = box.watch()
    box.put("a", "1")
    box.put("a", "2")

    assert told(box.poll(watch, latest=True)) == ["2 written main/a = 2"]


def test_a_gap(box):
    """Who comes too late is told that something is missing, and gets what is left."""
    box.retain(2)
    watch = box.watch()
    for value in ("1", "2", "3"):
        box.put("a", value)

    batch = box.poll(watch)

    assert batch.gap is True
    assert told(batch) == ["2 written main/a = 2", "3 written main/a = 3"]


def test_no_gap(box):
    """Who comes just in time misses nothing."""
    box.retain(2)
    watch = box.watch()
    box.put("a", "1")
    box.put("a", "2")

    assert box.poll(watch).gap is False


def test_a_gap_until_acknowledged(box):
    """That something is missing is told until it is acknowledged."""
    box.retain(1)
    watch = box.watch()
    box.put("a", "1")
    box.put("a", "2")
    box.poll(watch)

    assert box.poll(watch).gap is True

    box.ack(watch, 2)
    assert box.poll(watch).gap is False


def test_a_gap_after_something_old(box):
    """To acknowledge what was before the gap does not close it."""
    box.retain(1)
    watch = box.watch()
    for value in ("1", "2", "3"):
        box.put("a", value)

    assert box.ack(watch, 1) == 1
    assert box.poll(watch).gap is True


def test_a_gap_that_was_not_polled(box):
    """An old acknowledgement after the gap was told does not close it."""
    box.retain(1)
    watch = box.watch()
    for value in ("1", "2", "3"):
        box.put("a", value)
    box.poll(watch)
    box.ack(watch, 1)

    assert box.poll(watch).gap is True


def test_a_gap_with_nothing_after_it(box):
    """A gap is closed by an acknowledgement though nothing came after it."""
    box.retain(0)
    watch = box.watch()
    box.put("a", "1")
    box.ack(watch, box.poll(watch).next)

    assert box.poll(watch).gap is False


def test_acknowledged_up_to_the_gap(box):
    """Who has acknowledged all that is lost has missed nothing."""
    box.retain(1)
    watch = box.watch()
    box.put("a", "1")
    box.put("a", "2")
    box.ack(watch, 1)

    assert box.poll(watch).gap is False


def test_spaces_as_typed(box):
    """Whoever asks for changes may type spaces in capitals."""
    watch = box.watch(space="CARTS")
    box.put("a", "x", space="carts")

    assert len(box.poll(watch).changes) == 1
    assert len(box.changes(space="CARTS").changes) == 1


def test_prefixes_as_typed(box):
    """Blanks before a prefix do not count for changes."""
    watch = box.watch(" user")
    box.put("user:1", "x")
    box.put("cart", "x")

    assert len(box.poll(watch).changes) == 1
    assert len(box.changes(prefix=" user").changes) == 1


def test_watch_from_too_far_back(box):
    """Nobody can watch from where changes are not kept any more."""
    box.retain(1)
    box.put("a", "1")
    box.put("a", "2")

    with pytest.raises(GapError, match=r"^E_GAP: changes up to 1 are not kept any more$"):
        box.watch(since=0)

    assert box.footprint().watches == 0


def test_unwatch(box):
    """A watch that was ended can't be polled."""
    watch = box.watch()

    assert box.unwatch(watch) is True
    with pytest.raises(MissingError, match=r"^E_MISSING: there is no watch w1$"):
        box.poll(watch)


def test_unwatch_twice(box):
    """A watch can be ended once."""
    watch = box.watch()
    box.unwatch(watch)

    assert box.unwatch(watch) is False


def test_names_of_watches(box):
    """A watch that has ended does not give its name to another one."""
    first = box.watch()
    box.unwatch(first)

    assert (first, box.watch()) == ("w1", "w2")


def test_a_watch_nobody_polls(box):
    """A watch that nobody polls for ten minutes ends."""
    watch = box.watch()
    box.clock.advance(minutes=10)

    with pytest.raises(MissingError, match=r"^E_MISSING: there is no watch w1$"):
        box.poll(watch)


def test_a_watch_polled_in_time(box):
    """A watch lives for ten minutes after each poll."""
    watch = box.watch()
    box.clock.advance(599_999)
    box.poll(watch)
    box.clock.advance(599_999)

    assert box.poll(watch).next == 0


def test_a_watch_acknowledged_in_time(box):
    """A watch lives for ten minutes after each acknowledgement."""
    watch = box.watch()
    box.clock.advance(minutes=9)
    box.ack(watch, 0)
    box.clock.advance(minutes=9)

    assert box.poll(watch).next == 0


def test_watches_are_swept(box):
    """A sweep ends the watches nobody polls."""
    box.watch()
    box.clock.advance(minutes=5)
    box.watch()
    box.clock.advance(minutes=5)

    assert box.sweep().watches == 1
    assert box.footprint().watches == 1


def test_too_many_watches(box):
    """There are 32 watches at most."""
    for _ in range(32):
        box.watch()

    with pytest.raises(FullError, match=r"^E_FULL: there are 32 watches already$"):
        box.watch()

    box.unwatch("w1")
    assert box.watch() == "w33"


def test_room_for_a_watch(box):
    """Watches that nobody polls make room for others."""
    for _ in range(32):
        box.watch()
    box.clock.advance(minutes=10)

    assert box.watch() == "w33"
    assert box.footprint().watches == 1


def test_patience(box):
    """Who polls with patience waits until it is over."""
    watch = box.watch()
    box.put("a", "1", ttl="30s")
    box.ack(watch, 1)

    assert told(box.poll(watch, patience="20s")) == []
    assert box.look("a").left == 10_000


def test_much_patience(box):
    """A watch does not end while somebody waits for it."""
    watch = box.watch()

    assert told(box.poll(watch, patience="15m")) == []
    assert box.footprint().watches == 1


def test_no_patience(box):
    """Without patience nobody waits."""
    watch = box.watch()
    box.put("a", "1", ttl="30s")
    box.ack(watch, 1)
    box.poll(watch)

    assert box.look("a").left == 30_000


def test_patience_that_is_not_needed(box):
    """Where something has happened already nobody waits."""
    watch = box.watch()
    box.put("a", "1", ttl="30s")

    assert len(box.poll(watch, patience="20s").changes) == 1
    assert box.look("a").left == 30_000


def test_patience_at_a_gap(box):
    """Who has missed something is told at once."""
    box.retain(1)
    watch = box.watch("x")
    box.put("a", "1")
    box.put("b", "1", ttl="30s")

    assert box.poll(watch, patience="20s").gap is True
    assert box.look("b").left == 30_000
