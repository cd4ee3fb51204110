import pytest
from script import bodies, diary

from riverbed import FeedError, FixedClock, Problem, Settings, open_feed


@pytest.fixture
def trio(feed):
    """Three posts of ada, each a tag and a minute of its own."""
    feed.backfill("ada", diary("one #x", "two #x", "three #x"))
    return feed


@pytest.fixture
def mark(trio):
    """The cursor after the first post of bo's page."""
    return trio.page("bo", limit=1).next


def test_cursors_are_opaque(trio):
    """A cursor shows neither names nor numbers."""
    cursor = trio.page("bo", limit=1).next
    assert "bo" not in cursor.split(".")[0][:20]
    assert cursor.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_one_cursor_serves_both_ways(trio):
    """With one cursor one can go on and go back."""
    first = trio.page("bo", limit=2)
    assert bodies(trio.page("bo", before=first.next)) == ["three #x"]
    assert bodies(trio.page("bo", after=first.next)) == ["one #x"]


def test_blanks_around_a_cursor(trio, mark):
    """Blanks around a cursor do no harm."""
    assert bodies(trio.page("bo", after=f" {mark} ")) == ["two #x", "one #x"]


@pytest.mark.parametrize("cursor", ["", "x", ".", "abc.def", "0"])
def test_made_up_cursors(trio, cursor):
    """A text that is no cursor is refused."""
    with pytest.raises(FeedError, match="no cursor of ours") as caught:
        trio.page("bo", after=cursor)
    assert caught.value.problem is Problem.BAD_CURSOR


def test_a_cursor_with_one_letter_changed(trio, mark):
    """A cursor in which one letter was changed is refused."""
    forged = ("f" if mark[0] != "f" else "e") + mark[1:]
    with pytest.raises(FeedError, match="no cursor of ours"):
        trio.page("bo", after=forged)


def test_a_cursor_signed_elsewhere(trio, clock):
    """A cursor that another installation gave out is refused."""
    other = open_feed(clock=clock, secret=b"something else")
    other.enrol(["bo"])
    other.thread("bo", ["a", "b"])
    cursor = other.page("bo", limit=1).next
    with pytest.raises(FeedError, match="no cursor of ours"):
        trio.page("bo", after=cursor)


def test_somebody_elses_cursor(trio, mark):
    """A cursor can't be used by another reader."""
    with pytest.raises(FeedError, match="given to somebody else") as caught:
        trio.page("cy", after=mark)
    assert caught.value.problem is Problem.FOREIGN_CURSOR


def test_a_cursor_of_another_space(trio, mark):
    """A cursor can't be used in another space."""
    other = trio.beside("harbour")
    other.enrol(["bo"])
    with pytest.raises(FeedError, match="given to somebody else"):
        other.page("bo", after=mark)


@pytest.mark.parametrize(("hours", "seconds"), [(167, 3599), (168, 0)])
def test_a_cursor_lasts_a_week(trio, mark, clock, hours, seconds):
    """A cursor can be used for a week."""
    clock.advance(hours=hours, seconds=seconds)
    assert bodies(trio.page("bo", after=mark)) == ["two #x", "one #x"]


def test_an_old_cursor(trio, mark, clock):
    """A cursor that is older than a week is refused."""
    clock.advance(hours=168, seconds=0.001)
    with pytest.raises(FeedError, match="too old, start over") as caught:
        trio.page("bo", after=mark)
    assert caught.value.problem is Problem.EXPIRED_CURSOR


def test_every_page_gives_fresh_cursors(trio, mark, clock):
    """Who keeps turning pages is not stopped by the age of the first cursor."""
    clock.advance(hours=160)
    second = trio.page("bo", limit=1, after=mark)
    clock.advance(hours=160)
    assert bodies(trio.page("bo", after=second.next)) == ["one #x"]


def test_how_long_cursors_last_is_a_setting(feed, clock):
    """How long cursors last can be set in seconds."""
    feed.adjust(Settings(cursor_seconds=60))
    feed.thread("bo", ["a", "b"])
    cursor = feed.page("bo", limit=1).next
    clock.advance(seconds=60)
    assert bodies(feed.page("bo", after=cursor)) == ["a"]
    clock.advance(seconds=1)
    with pytest.raises(FeedError, match="too old"):
        feed.page("bo", after=cursor)


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ({"order": "top"}, "order"),
        ({"scope": "everyone"}, "scope"),
        ({"filters": {"tag": "y"}}, "tag"),
        ({"filters": {"author": "cy"}}, "author"),
        ({"filters": {"edited": False}}, "edited"),
        ({"filters": {"since": "2026-05-04T07:00"}}, "since"),
    ],
    ids=["order", "scope", "tag", "author", "edited", "since"],
)
def test_a_cursor_of_another_list(trio, wish, name):
    """A cursor can't be taken to a list with another order, scope or filter."""
    cursor = trio.page("bo", limit=1, filters={"tag": "x"}).next
    with pytest.raises(FeedError, match=f"another list: {name} differs") as caught:
        trio.page("bo", after=cursor, **wish)
    assert caught.value.problem is Problem.CURSOR_MISMATCH


@pytest.mark.parametrize(
    "wish",
    [
        {"order": "latest"},
        {"order": "Latest"},
        {"scope": "home"},
        {"filters": {"tag": "#X"}},
        {"filters": {"tag": None}},
    ],
    ids=["order", "capital", "scope", "tag", "none"],
)
def test_saying_the_same_again(trio, wish):
    """Order, scope and filters may be repeated along with a cursor."""
    cursor = trio.page("bo", limit=1, filters={"tag": "x"}).next
    assert bodies(trio.page("bo", after=cursor, **wish)) == ["two #x", "one #x"]


def test_another_length_with_the_same_cursor(trio, mark):
    """Pages of one list may differ in length."""
    assert bodies(trio.page("bo", after=mark, limit=1)) == ["two #x"]
    assert bodies(trio.page("bo", after=mark, limit=2)) == ["two #x", "one #x"]


def test_cursors_outlive_a_restart(tmp_path):
    """With the same secret a cursor can be used after a restart."""
    path = str(tmp_path / "feed.db")
    feed = open_feed(path, clock=FixedClock(), secret=b"kept")
    feed.enrol(["bo"])
    feed.thread("bo", ["a", "b"])
    cursor = feed.page("bo", limit=1).next
    feed.close()
    again = open_feed(path, clock=FixedClock(), secret=b"kept")
    assert bodies(again.page("bo", after=cursor)) == ["a"]
    again.close()


def test_a_cursor_of_an_earlier_release(trio, monkeypatch):
    """A cursor of an earlier release is refused as too old."""
    monkeypatch.setattr("riverbed.cursors.FORMAT", 1)
    cursor = trio.page("bo", limit=1).next
    monkeypatch.undo()
    with pytest.raises(FeedError, match="from an earlier release"):
        trio.page("bo", after=cursor)


def test_an_empty_secret_is_a_secret(clock):
    """A cursor is good at every server with the same secret, were it an empty one."""
    one, other = (open_feed(clock=clock, secret=b"") for _ in range(2))
    for feed in (one, other):
        feed.enrol(["bo"])
        feed.thread("bo", ["a", "b"])
    assert bodies(other.page("bo", after=one.page("bo", limit=1).next)) == ["a"]
