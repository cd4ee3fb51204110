import pytest

from sandglass.outcomes import FullError, GapError, SnapshotError

OLD = """\
sandglass 1 7
entry ["main","a","1",5,1803888000,null]
entry ["carts","b","2",7,1803888000,1803888090]
end 3 0f1c6543
"""
"""From an older box: the same Monday, eight in the morning."""


def test_there_and_back(box):
    """What is in a snapshot is there again after it was restored."""
    box.put("a", "1")
    text = box.dump()
    box.put("a", "2")
    box.put("b", "3")

    restored = box.restore(text)

    assert (restored.entries, restored.too_old, restored.left_out, restored.revision) == (
        1,
        0,
        0,
        3,
    )
    assert box.keys().keys == ("a",)
    assert box.get("a") == "1"


def test_text_of_a_snapshot(box):
    """A snapshot is text with a heading, a line for each entry, and an end."""
    box.agree("carts", entries=5)
    box.put("a", "1", ttl="5s", tags=["x"], space="carts")

    assert box.dump().split("\n") == [
        "sandglass 2 1",
        'space {"entries":5,"evicts":true,"longest":null,"size":null,"space":"carts","ttl":null,"utc_offset":0}',
        'entry {"created_at":1803888000000,"expires_at":1803888005000,"key":"a","revision":1,"space":"carts","tags":["x"],"ttl":5000,"value":"1"}',
        "end 3 8dd95b1c",
        "",
    ]


def test_text_of_an_entry(box):
    """What is as usual about an entry is left out of a snapshot."""
    box.put("a", "1")

    line = box.dump().split("\n")[1]

    assert line == (
        'entry {"created_at":1803888000000,"key":"a","revision":1,"space":"main","value":"1"}'
    )


def test_all_about_an_entry(box):
    """An entry comes back with its time, tags, pin and revision."""
    box.put("z", "1")
    box.put("a", "1", ttl="1m", tags=["cart"])
    box.pin("a")
    text = box.dump()
    box.delete("a")
    box.clock.advance(seconds=20)
    box.restore(text)

    seen = box.look("a")

    assert (seen.revision, seen.left, seen.tags, seen.pinned) == (2, 40_000, ("cart",), True)


def test_not_pinned(box):
    """An entry that was not pinned comes back so."""
    box.put("a", "1")
    text = box.dump()
    box.pin("a")
    box.restore(text)

    assert box.look("a").pinned is False


def test_restored_entries_slide(box):
    """A sliding entry still slides after it was restored."""
    box.put("a", "1", ttl="10s", sliding=True)
    box.restore(box.dump())
    box.clock.advance(seconds=6)
    box.get("a")

    assert box.look("a").left == 10_000


def test_restored_entries_do_not_slide(box):
    """An entry that did not slide does not do so after it was restored."""
    box.put("a", "1", ttl="10s")
    box.restore(box.dump())
    box.clock.advance(seconds=6)
    box.get("a")

    assert box.look("a").left == 4_000


def test_the_longest_time_of_restored_entries(box):
    """The longest time of a restored entry counts from when it was put at first."""
    box.agree("main", longest="1h")
    box.put("a", "1", ttl="10m")
    box.clock.advance(minutes=5)
    box.restore(box.dump())
    box.touch("a", "3h")

    assert box.look("a").left == 3_300_000


def test_the_order_of_use(box):
    """After a restore the entry goes first that was not used for longest."""
    for key in ("a", "b", "c"):
        box.put(key, "x")
    box.get("a")
    box.restore(box.dump())
    box.agree("main", entries=2)

    assert box.keys().keys == ("a", "c")


def test_what_ran_out_before(box):
    """What has run out but was not swept yet is in no snapshot."""
    box.put("a", "1", ttl="5s")
    box.put("b", "2")
    box.clock.advance(seconds=5)

    assert box.restore(box.dump()).entries == 1


def test_what_ran_out_meanwhile(box):
    """What has run out since a snapshot was taken does not come back."""
    box.put("a", "1", ttl="5s")
    box.put("b", "2", ttl="6s")
    text = box.dump()
    box.clock.advance(seconds=5)

    restored = box.restore(text)

    assert (restored.entries, restored.too_old, restored.left_out) == (1, 1, 0)
    assert box.keys().keys == ("b",)


def test_what_is_under_a_lock(box):
    """What was put under a lock is in no snapshot, and is gone after a restore."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.put("b", "2")

    assert box.restore(box.dump()).entries == 1
    assert box.get("a") is None
    assert box.footprint().bound == 0


def test_one_space(box):
    """A snapshot can be of one space only."""
    box.agree("parcels", entries=7)
    box.put("a", "1")
    box.put("a", "2", space="carts")

    assert box.restore(box.dump(space="Carts")).entries == 1
    assert box.get("a") is None
    assert box.spaces() == ["carts", "main"]


def test_limits(box):
    """Limits of spaces come back with a snapshot."""
    box.agree("carts", entries=5, size=99, ttl="1m", longest="1h", evicts=False, utc_offset=60)
    text = box.dump()
    box.drop_space("carts")
    box.restore(text)

    used = box.usage("carts")
    assert (used.entries_left, used.size_left) == (5, 99)
    box.put("a", "1", space="carts")
    assert box.look("a", space="carts").left == 60_000
    assert box.count("visits", space="carts").resets_in == 54_000_000


def test_limits_that_refuse(box):
    """A space that refused rather than evicted does so after a restore."""
    box.agree("carts", entries=1, evicts=False)
    box.put("a", "1", space="carts")
    box.restore(box.dump())

    with pytest.raises(FullError, match=r"^E_FULL: no room for b in the space carts$"):
        box.put("b", "2", space="carts")


def test_other_limits(box):
    """Limits that were agreed on later are gone after a restore."""
    text = box.dump()
    box.agree("carts", entries=5)
    box.agree("main", entries=5)
    box.restore(text)

    assert box.spaces() == ["main"]
    assert box.usage().entries_left is None


def test_limits_as_usual(box):
    """A space whose limits were said to be as usual is there after a restore."""
    box.agree("carts")
    box.restore(box.dump())

    assert box.spaces() == ["carts", "main"]


def test_limits_of_the_main_space(box):
    """Limits of the main space come back as well."""
    box.agree("main", entries=5)
    text = box.dump()
    box.agree("main")
    box.restore(text)

    assert box.usage().entries_left == 5


def test_a_smaller_box(box):
    """In a box that may hold less by now the oldest entries of a snapshot have no place."""
    box.put("a", "1")
    box.put("b", "2")
    text = box.dump()
    box.limit(entries=1)

    restored = box.restore(text)

    assert (restored.entries, restored.left_out, restored.revision) == (1, 1, 4)
    assert box.keys().keys == ("b",)


def test_revisions_go_on(box):
    """After a restore revisions go on behind those that were."""
    box.put("a", "1")
    text = box.dump()
    box.put("a", "2")
    box.restore(text)

    assert box.put("b", "3").revision == 3
    assert box.swap("a", "4", revision=1).code == "swapped"


def test_revisions_go_on_behind_the_snapshot(box):
    """After a restore revisions go on behind those of the snapshot."""
    box.restore(OLD)

    assert box.put("c", "3").revision == 8


def test_watches_after_a_restore(box):
    """Who watches is told of a gap after a restore."""
    watch = box.watch()
    box.put("a", "1")
    box.ack(watch, 1)
    box.restore(box.dump())
    box.put("b", "2")

    batch = box.poll(watch)

    assert batch.gap is True
    assert [change.key for change in batch.changes] == ["b"]


def test_merge(box):
    """A snapshot that is merged adds what is missing, and leaves alone what is there."""
    box.put("a", "1")
    box.put("b", "2", ttl="1h", tags=["cart"])
    text = box.dump()
    box.put("a", "new")
    box.delete("b")
    box.put("c", "3")

    restored = box.restore(text, merge=True)

    assert (restored.entries, restored.too_old, restored.left_out) == (1, 0, 1)
    assert box.get_many(["a", "b", "c"]) == {"a": "new", "b": "2", "c": "3"}
    seen = box.look("b")
    assert (seen.left, seen.tags) == (3_600_000, ("cart",))


def test_merged_entries_are_new(box):
    """What comes from a merge has a new revision, and is told like any write."""
    box.put("a", "1")
    text = box.dump()
    box.delete("a")
    watch = box.watch()

    assert box.restore(text, merge=True).revision == 3
    assert box.look("a").revision == 3
    assert [change.kind for change in box.poll(watch).changes] == ["written"]


def test_limits_are_not_merged(box):
    """A merge leaves limits alone."""
    box.agree("carts", entries=5)
    text = box.dump()
    box.drop_space("carts")
    box.restore(text, merge=True)

    assert box.spaces() == ["main"]


def test_a_merge_without_room(box):
    """A merge for which there is no room adds nothing."""
    box.put("a", "1")
    box.put("b", "2")
    text = box.dump()
    box.delete_prefix("")
    box.agree("main", entries=1, evicts=False)

    with pytest.raises(FullError, match=r"^E_FULL: no room for b in the space main$"):
        box.restore(text, merge=True)

    assert box.keys().keys == ()


def test_a_snapshot_of_version_1(box):
    """Snapshots of older boxes can be read; their times are seconds."""
    restored = box.restore(OLD)

    assert (restored.entries, restored.revision) == (2, 7)
    seen = box.look("a")
    assert (seen.value, seen.revision, seen.left) == ("1", 5, None)
    seen = box.look("b", space="carts")
    assert (seen.revision, seen.left) == (7, 90_000)


def test_the_longest_time_since_version_1(box):
    """When an entry was put is known from older snapshots too."""
    box.restore(OLD)
    box.agree("carts", longest="1h")
    box.clock.advance(seconds=60)
    box.touch("b", "3h", space="carts")

    assert box.look("b", space="carts").left == 3_540_000


def test_changes_from_before_a_restore(box):
    """Who asks for changes from before a restore is told that they are not kept."""
    box.put("a", "1")
    text = box.dump()
    box.put("a", "2")
    box.restore(text)

    with pytest.raises(GapError, match=r"^E_GAP: changes up to 2 are not kept any more$"):
        box.changes(1)


def test_limits_of_one_space(box):
    """A snapshot of one space has its limits."""
    box.agree("carts", entries=5)
    text = box.dump(space="carts")
    box.drop_space("carts")
    box.restore(text)

    assert box.usage("carts").entries_left == 5


def test_spaces_in_order(box):
    """Spaces stand in a snapshot by name, whenever they came."""
    box.agree("parcels", entries=1)
    box.agree("carts", entries=1)
    box.put("b", "1", space="parcels")
    box.put("a", "1", space="carts")

    lines = box.dump().split("\n")

    assert ['"carts"' in line for line in lines[1:5]] == [True, False, True, False]


def test_limits_of_the_box(box):
    """Limits of the whole box are in no snapshot, nor are those of the main space while they are as usual."""
    box.agree("main")
    box.limit(entries=5)

    assert len(box.dump().split("\n")) == 3


def test_all_kinds_of_text(box):
    """Values come back whatever is in them."""
    box.put("a", 'line 1\nline 2\r\n\u2028 "quoted" \\ € é')
    box.put("b", "")
    box.restore(box.dump())

    assert box.get("a") == 'line 1\nline 2\r\n\u2028 "quoted" \\ € é'
    assert box.get("b") == ""


@pytest.mark.parametrize(
    "changed",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.rstrip("\n"),
    ],
    ids=["windows", "mark", "no_end"],
)
def test_text_that_was_on_its_way(box, changed):
    """Other line ends, a mark at the beginning and blank lines at the end do no harm."""
    box.put("a", "1")

    assert box.restore(changed(box.dump())).entries == 1


@pytest.mark.parametrize(
    "text",
    ["", "sandglass 2", "sandglass ² 1", "hourglass 2 1", "\nsandglass 2 1"],
    ids=["empty", "short", "sign", "name", "late"],
)
def test_no_snapshot(box, text):
    """A text that is no snapshot is refused, and everything stays."""
    box.put("a", "1")

    with pytest.raises(SnapshotError, match=r"^E_SNAP: this is no snapshot$"):
        box.restore(text)

    assert box.get("a") == "1"


def test_a_version_to_come(box):
    """A snapshot of a version nobody knows yet is refused."""
    with pytest.raises(SnapshotError, match=r"^E_SNAP: version 3 is not known$"):
        box.restore(box.dump().replace("sandglass 2", "sandglass 3"))


def test_a_snapshot_without_its_end(box):
    """A snapshot that was cut off is refused, and everything stays."""
    box.put("a", "1")
    text = box.dump()
    box.put("a", "2")

    with pytest.raises(SnapshotError, match=r"^E_SNAP: the end is missing$"):
        box.restore(text.partition("end")[0])

    assert box.get("a") == "2"


def test_a_snapshot_that_was_changed(box):
    """A snapshot somebody has changed is refused, and everything stays."""
    box.put("a", "1")
    text = box.dump().replace('"value":"1"', '"value":"9"')
    box.put("a", "2")

    with pytest.raises(SnapshotError, match=r"^E_SNAP: the checksum does not fit$"):
        box.restore(text)

    assert box.get("a") == "2"


def test_a_snapshot_that_lost_a_line(box):
    """A snapshot that has lost a line is refused."""
    box.put("a", "1")
    heading, _, end = box.dump().rstrip("\n").split("\n")

    with pytest.raises(SnapshotError, match=r"^E_SNAP: the checksum does not fit$"):
        box.restore(f"{heading}\n{end}\n")


@pytest.mark.parametrize(
    "text",
    [
        'sandglass 2 1\nentry {"key":"a"\nend 2 2f58de14\n',
        'sandglass 2 1\nentry {"key":"a"}\nend 2 e6436eaf\n',
        'sandglass 2 1\nspace {"space":"a","colour":"red"}\nend 2 1041417a\n',
        'sandglass 1 1\nentry ["main","a","1"]\nend 2 d25482d0\n',
    ],
    ids=["no_json", "no_value", "no_limit", "too_short"],
)
def test_a_line_nobody_can_read(box, text):
    """A snapshot with a line nobody can read is refused, and the line is named."""
    with pytest.raises(SnapshotError, match=r"^E_SNAP: line 2 can't be read$"):
        box.restore(text)
