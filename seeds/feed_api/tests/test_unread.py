import pytest
from script import bodies, diary

from riverbed import FeedError


def test_nothing_is_unread_at_first(feed):
    """Without posts there is nothing to read."""
    assert feed.unread("bo") == (0, False, {})


def test_new_posts_count(feed):
    """Posts of those one follows count as unread, by author."""
    feed.thread("ada", ["one", "two"])
    feed.post("cy", "three")
    assert feed.unread("bo") == (3, False, {"ada": 2, "cy": 1})


def test_own_posts_are_read(feed):
    """One's own posts are not unread."""
    feed.post("bo", "mine")
    assert feed.unread("bo").total == 0


def test_strangers_are_not_unread(feed):
    """Posts of people one does not follow are not unread."""
    feed.post("dee", "hello")
    assert feed.unread("bo").total == 0


def test_posts_from_before_one_joined(feed):
    """What was posted before one joined does not count as unread."""
    feed.backfill("ada", diary("old", "older"))
    assert feed.unread("bo").total == 0


def test_posts_from_after_one_joined(feed, clock):
    """Whoever joins later starts with nothing unread."""
    feed.post("ada", "early")
    clock.advance(minutes=1)
    feed.join("eve")
    feed.follow("eve", "ada")
    assert feed.unread("eve").total == 0
    clock.advance(minutes=1)
    feed.post("ada", "late")
    assert feed.unread("eve").by_author == {"ada": 1}


@pytest.mark.parametrize(
    ("hide", "left"), [("mute", {"cy": 1}), ("block", {"cy": 1}), ("unfollow", {"cy": 1})]
)
def test_hidden_people_are_not_unread(feed, hide, left):
    """Posts of those one muted, blocked or unfollowed are not unread any more."""
    feed.post("ada", "one")
    feed.post("cy", "two")
    assert feed.unread("bo").total == 2
    getattr(feed, hide)("bo", "ada")
    assert feed.unread("bo").by_author == left


@pytest.mark.parametrize(
    ("audience", "total"), [("everyone", 1), ("followers", 1), ("mentioned", 0), ("me", 0)]
)
def test_only_visible_posts_are_unread(feed, audience, total):
    """Posts that one may not see are not unread."""
    feed.post("ada", "hm", audience)
    assert feed.unread("bo").total == total


def test_deleted_posts_are_not_unread(feed):
    """A post that was deleted is not unread any more."""
    feed.thread("ada", ["one", "two"])
    assert feed.unread("bo").total == 2
    feed.delete("ada", 1)
    assert feed.unread("bo").total == 1


def test_an_edit_is_nothing_new(feed):
    """An edited post does not count as unread again."""
    feed.post("ada", "one")
    feed.mark_read("bo")
    feed.edit("ada", 1, "one!")
    assert feed.unread("bo").total == 0


def test_reading_everything(feed):
    """After reading everything nothing is unread until something new comes."""
    feed.thread("ada", ["one", "two"])
    assert feed.mark_read("bo") == (0, False, {})
    feed.post("ada", "three")
    assert feed.unread("bo").total == 1


@pytest.mark.parametrize(("post_id", "left"), [(1, 2), (2, 1), (3, 0)])
def test_reading_up_to_a_post(feed, post_id, left):
    """What is read up to a post includes that post, also among posts of one moment."""
    feed.thread("ada", ["one", "two", "three"])
    assert feed.mark_read("bo", post_id).total == left


def test_reading_never_goes_back(feed):
    """Opening an earlier post does not make later ones unread again."""
    feed.thread("ada", ["one", "two", "three"])
    feed.mark_read("bo", 2)
    assert feed.mark_read("bo", 1).total == 1


def test_reading_everything_with_an_empty_home(feed):
    """Reading everything where there is nothing does no harm."""
    assert feed.mark_read("dee") == (0, False, {})


def test_reading_is_ones_own_matter(feed):
    """What one has read is still unread for others."""
    feed.follow("dee", "ada")
    feed.post("ada", "one")
    feed.mark_read("bo")
    assert feed.unread("dee").total == 1


def test_reading_counts_what_one_wrote_oneself(feed):
    """One's own latest post moves the mark past what came before it."""
    feed.post("ada", "one")
    feed.post("bo", "two")
    assert feed.mark_read("bo").total == 0


@pytest.mark.parametrize(
    ("posts", "total", "more"), [(98, 98, False), (99, 99, False), (100, 99, True), (120, 99, True)]
)
def test_counting_stops(feed, clock, posts, total, more):
    """Up to 99 unread posts are counted, and beyond that it is said that there are more."""
    clock.advance(minutes=1)
    feed.backfill("ada", [("2026-05-04T09:00:30", "x")] * posts)
    assert feed.unread("bo") == (total, more, {"ada": total})


def test_a_later_post_by_time_is_unread(feed, clock):
    """What counts as unread is decided by time and not by number."""
    clock.advance(minutes=5)
    feed.post("ada", "five past")
    feed.mark_read("bo")
    feed.backfill("cy", [("2026-05-04T09:04", "four past")])
    assert feed.unread("bo").total == 0


def test_unread_of_nobody(feed):
    """Who is no member has nothing to read."""
    with pytest.raises(FeedError, match="nobody here is called zed"):
        feed.unread("zed")


def test_marking_leaves_pages_alone(feed):
    """What was read stays on the page."""
    feed.post("ada", "one")
    feed.mark_read("bo")
    assert bodies(feed.page("bo")) == ["one"]
