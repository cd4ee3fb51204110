import pytest
from script import bodies, diary, lines

from riverbed import Settings


def hits(feed):
    usage = feed.usage()
    return usage.hits, usage.misses


@pytest.fixture
def warm(feed):
    """Two posts of ada, one of dee, and bo has read the page."""
    feed.backfill("ada", diary("one", "two"))
    feed.backfill("dee", [("2026-05-04T08:05", "three")])
    feed.page("bo")
    feed.unread("bo")
    feed.usage()
    return feed


def test_the_same_page_twice(warm):
    """A page that was read a moment ago comes without asking the database."""
    assert bodies(warm.page("bo")) == ["two", "one"]
    assert warm.usage() == (0, 1, 0)


def test_unread_twice(warm):
    """An unread count comes without asking the database the second time."""
    assert warm.unread("bo").total == 0
    assert warm.usage() == (0, 1, 0)


def test_counting_starts_over(warm):
    """After each look at the counts they start over."""
    warm.page("bo")
    warm.page("cy")
    assert hits(warm) == (1, 1)
    assert warm.usage() == (0, 0, 0)


@pytest.mark.parametrize(
    ("viewer", "wish", "found"),
    [
        ("ada", {}, ["two", "one"]),
        ("dee", {}, ["three"]),
        ("bo", {"order": "top"}, ["two", "one"]),
        ("bo", {"scope": "everyone"}, ["three", "two", "one"]),
        ("bo", {"limit": 1}, ["two"]),
        ("bo", {"filters": {"until": "2026-05-04T08:01"}}, ["one"]),
        ("bo", {"filters": {"author": "cy"}}, []),
    ],
    ids=["viewer", "other", "order", "scope", "limit", "until", "author"],
)
def test_another_page(warm, viewer, wish, found):
    """A page that differs in anything from one that was read is worked out afresh."""
    assert bodies(warm.page(viewer, **wish)) == found
    assert hits(warm) == (0, 1)


def test_pages_after_and_before_one_cursor(warm):
    """What follows a cursor is not taken for what precedes it."""
    cursor = warm.page("bo", limit=1).next
    assert bodies(warm.page("bo", after=cursor)) == ["one"]
    assert bodies(warm.page("bo", before=cursor)) == []


def test_pages_after_two_cursors(feed):
    """What follows one cursor is not taken for what follows another."""
    feed.backfill("ada", diary("one", "two", "three"))
    first = feed.page("bo", limit=1)
    second = feed.page("bo", limit=1, after=first.next)
    assert bodies(feed.page("bo", limit=1, after=second.next)) == ["one"]


def test_the_same_person_in_another_space(warm):
    """A page of one space is not shown to a namesake in another."""
    other = warm.beside("harbour")
    other.enrol(["bo"])
    assert bodies(other.page("bo")) == []
    assert other.unread("bo").total == 0


def test_the_same_page_in_other_words(warm):
    """A page asked for in other words is the same page."""
    warm.page("@BO", "latest", scope="home", limit=20)
    assert hits(warm) == (1, 0)


@pytest.mark.parametrize(("seconds", "found"), [(29.999, (1, 0)), (30, (0, 1))])
def test_half_a_minute(warm, clock, seconds, found):
    """A page is kept for half a minute."""
    clock.advance(seconds=seconds)
    warm.page("bo")
    assert hits(warm) == found


def test_reading_does_not_keep_a_page_alive(warm, clock):
    """A page that is read again and again is still worked out afresh after half a minute."""
    clock.advance(seconds=20)
    warm.page("bo")
    clock.advance(seconds=10)
    warm.page("bo")
    assert hits(warm) == (1, 1)


def test_setting_the_clock_does_not_keep_a_page_alive(warm, clock):
    """A page grows old though the time of day is put back."""
    clock.put_to("2026-05-03T09:00")
    clock.advance(seconds=30)
    warm.page("bo")
    assert hits(warm) == (0, 1)


def test_setting_the_clock_does_not_age_a_page(warm, clock):
    """A page does not grow old because the time of day is set."""
    clock.put_to("2026-05-06T09:00")
    warm.page("bo")
    assert hits(warm) == (1, 0)


@pytest.mark.parametrize(
    ("act", "arguments", "page"),
    [
        ("backfill", ["ada", [("2026-05-04T08:30", "new")]], ["4 ada: new", "2 ada: two", "1 ada: one"]),
        ("post", ["ada", "new"], ["4 ada: new", "2 ada: two", "1 ada: one"]),
        ("thread", ["ada", ["new"]], ["4 ada: new", "2 ada: two", "1 ada: one"]),
        ("delete", ["ada", 1], ["2 ada: two"]),
        ("react", ["cy", 1, "love"], ["2 ada: two", "1 ada: one (love 1)"]),
        ("comment", ["cy", 2, "hm"], ["2 ada: two (1 said)", "1 ada: one"]),
        ("follow", ["bo", "dee"], ["3 dee: three", "2 ada: two", "1 ada: one"]),
        ("unfollow", ["bo", "ada"], []),
        ("mute", ["bo", "ada"], []),
        ("block", ["bo", "ada"], []),
        ("block", ["ada", "bo"], []),
    ],
    ids=[
        "backfill", "post", "thread", "delete", "react", "comment", "follow", "unfollow", "mute", "block", "blocked",
    ],
)  # fmt: skip
def test_what_changes_a_page_shows_at_once(warm, act, arguments, page):
    """What changes a page is seen at once though the page was read a moment ago."""
    getattr(warm, act)(*arguments)
    assert lines(warm.page("bo")) == page


def test_an_edit_shows_at_once(feed):
    """An edit is seen at once though the page was read a moment ago."""
    feed.post("ada", "one")
    assert lines(feed.page("bo")) == ["1 ada: one"]
    feed.edit("ada", 1, "one!")
    assert lines(feed.page("bo")) == ["1 ada: one!"]


def test_what_is_undone_shows_at_once(feed):
    """What is taken back is seen at once though the page was read a moment ago."""
    feed.post("ada", "one")
    feed.react("bo", 1, "love")
    feed.comment("bo", 1, "hm")
    assert lines(feed.page("bo")) == ["1 ada: one (love 1, 1 said)"]
    feed.unreact("bo", 1)
    assert lines(feed.page("bo")) == ["1 ada: one (1 said)"]
    feed.uncomment("bo", 1)
    assert lines(feed.page("bo")) == ["1 ada: one"]


@pytest.mark.parametrize(
    ("act", "undo", "other"), [("mute", "unmute", "ada"), ("block", "unblock", "ada")]
)
def test_who_comes_back_shows_at_once(warm, act, undo, other):
    """Who is unmuted or unblocked is seen at once."""
    getattr(warm, act)("bo", other)
    assert bodies(warm.page("bo", scope="everyone")) == ["three"]
    getattr(warm, undo)("bo", other)
    assert bodies(warm.page("bo", scope="everyone")) == ["three", "two", "one"]


def test_who_was_unblocked_sees_at_once(warm):
    """Who is unblocked by somebody sees their posts at once."""
    warm.block("ada", "bo")
    assert bodies(warm.page("bo", scope="everyone")) == ["three"]
    warm.unblock("ada", "bo")
    assert bodies(warm.page("bo", scope="everyone")) == ["three", "two", "one"]


def test_new_posts_are_unread_at_once(warm):
    """A new post is unread at once though the count was read a moment ago."""
    warm.post("ada", "new")
    assert warm.unread("bo").total == 1


def test_what_was_read_is_read_at_once(warm):
    """What was marked as read does not stay unread."""
    warm.post("ada", "new")
    assert warm.unread("bo").total == 1
    warm.mark_read("bo")
    assert warm.unread("bo").total == 0


@pytest.mark.parametrize("act", ["follow", "unfollow", "mute", "unmute", "block", "unblock"])
def test_other_viewers_keep_their_pages(warm, act):
    """What two people have to do with each other leaves the pages of others as they were read."""
    getattr(warm, act)("cy", "dee")
    warm.page("bo")
    assert hits(warm) == (1, 0)


def test_marking_keeps_the_pages_of_others(warm):
    """Marking one's posts as read leaves the pages of others as they were read."""
    warm.page("ada")
    warm.mark_read("bo")
    warm.usage()
    warm.page("ada")
    assert hits(warm) == (1, 0)


def test_other_spaces_keep_their_pages(warm):
    """A post in one space leaves the pages of others as they were read."""
    other = warm.beside("harbour")
    other.enrol(["ada"])
    other.post("ada", "new")
    warm.page("bo")
    assert hits(warm) == (1, 0)


def test_a_refused_post_keeps_pages(warm):
    """A refused post leaves pages as they were read."""
    with pytest.raises(Exception, match="nothing to say"):
        warm.post("ada", "")
    warm.page("bo")
    assert hits(warm) == (1, 0)


def test_a_changed_card_is_ones_own(warm):
    """What a client does to its cards does not show on the next page."""
    page = warm.page("bo")
    page.cards[0]["body"] = "scribble"
    page.cards.clear()
    assert bodies(warm.page("bo")) == ["two", "one"]


def test_the_first_page_handed_out_is_ones_own(feed):
    """What a client does to the first page it gets does not show on the next."""
    feed.post("ada", "one")
    feed.react("bo", 1, "like")
    page = feed.page("bo")
    page.cards[0]["reactions"]["love"] = 7
    assert lines(feed.page("bo")) == ["1 ada: one (like 1)"]


def test_a_changed_count_is_ones_own(feed):
    """What a client does to its unread count does not show the next time."""
    feed.post("ada", "one")
    feed.unread("bo").by_author.clear()
    feed.unread("bo").by_author.clear()
    assert feed.unread("bo").by_author == {"ada": 1}


@pytest.fixture
def small(square):
    """A feed that keeps two pages."""
    square.adjust(Settings(cache_size=2))
    return square


def test_a_full_cache_gives_up_the_oldest(small):
    """Where no more pages can be kept, the one goes that was not read for longest."""
    for viewer in ("ada", "bo", "cy", "bo"):
        small.page(viewer)
    assert hits(small) == (1, 3)
    small.page("ada")
    assert hits(small) == (0, 1)


def test_a_page_that_is_read_stays(small):
    """A page that was read again stays where another has to go."""
    for viewer in ("ada", "bo", "ada", "cy", "ada"):
        small.page(viewer)
    assert hits(small) == (2, 3)
    small.page("bo")
    assert hits(small) == (0, 1)


def test_pages_that_are_too_old_go_first(small, clock):
    """Where one page has to go, one that is too old goes before one that is not."""
    small.page("ada")
    clock.advance(seconds=5)
    small.page("bo")
    clock.advance(seconds=5)
    small.page("ada")
    clock.advance(seconds=20)
    small.page("cy")
    small.usage()
    small.page("bo")
    assert hits(small) == (1, 0)


def test_a_page_that_was_worked_out_again_is_kept_again(warm, clock):
    """A page that was worked out afresh after half a minute is kept for another one."""
    clock.advance(seconds=31)
    warm.page("bo")
    clock.advance(seconds=29)
    warm.page("bo")
    assert hits(warm) == (1, 1)


@pytest.mark.parametrize(("seconds", "found"), [(0, (0, 1)), (0.5, (1, 0))])
def test_how_long_pages_are_kept_is_a_setting(square, clock, seconds, found):
    """How long pages are kept can be set, down to not at all."""
    square.adjust(Settings(cache_seconds=seconds))
    square.page("ada")
    square.usage()
    clock.advance(seconds=seconds and 0.499)
    square.page("ada")
    assert hits(square) == found


def test_a_smaller_cache_gives_up_the_oldest(warm):
    """Where fewer pages are to be kept than there are, only the latest ones stay."""
    warm.page("ada")
    warm.page("cy")
    warm.usage()
    warm.adjust(Settings(cache_size=1))
    warm.page("cy")
    assert hits(warm) == (1, 0)
    warm.page("ada")
    assert hits(warm) == (0, 1)


def test_a_write_while_a_page_is_worked_out(warm, monkeypatch):
    """A page that was overtaken by a post while it was worked out is not kept."""
    from riverbed import loaders

    plain = loaders.cards

    def slow(conn, circle, posts):
        monkeypatch.setattr(loaders, "cards", plain)
        made = plain(conn, circle, posts)
        warm.follow("bo", "dee")
        return made

    monkeypatch.setattr(loaders, "cards", slow)
    assert bodies(warm.page("bo", limit=5)) == ["two", "one"]
    assert bodies(warm.page("bo", limit=5)) == ["three", "two", "one"]
