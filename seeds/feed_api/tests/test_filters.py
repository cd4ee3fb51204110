import pytest
from script import bodies, diary, lines, through

from riverbed import FeedError, Problem


@pytest.fixture
def talkers(feed):
    """Posts of ada and cy with tags."""
    feed.backfill("ada", diary("tea #Tea", "oak", "pot #tea #pots"))
    feed.backfill("cy", [("2026-05-04T08:01", "mug #pots"), ("2026-05-04T08:05", "gone")])
    return feed


def test_posts_of_one_author(talkers):
    """A list can be narrowed to one author."""
    assert lines(talkers.page("bo", filters={"author": "cy"})) == ["5 cy: gone", "4 cy: mug #pots"]


@pytest.mark.parametrize("author", ["cy", "CY", "@cy"])
def test_authors_in_any_form(talkers, author):
    """An author is found with capitals and with the sign in front."""
    assert bodies(talkers.page("bo", filters={"author": author}, limit=1)) == ["gone"]


def test_an_author_one_does_not_follow(talkers):
    """A stranger's posts are not in one's home even if asked for by name."""
    talkers.post("dee", "hello")
    assert lines(talkers.page("bo", filters={"author": "dee"})) == []
    assert bodies(talkers.page("bo", scope="everyone", filters={"author": "dee"})) == ["hello"]


def test_an_unknown_author(talkers):
    """An author who is no member is refused."""
    with pytest.raises(FeedError, match="nobody here is called zed"):
        talkers.page("bo", filters={"author": "zed"})


@pytest.mark.parametrize(
    "tag", ["tea", "#tea", "TEA", " #Tea "], ids=["plain", "sign", "capitals", "blanks"]
)
def test_posts_with_a_tag(talkers, tag):
    """A tag is found in any case, with or without the sign."""
    assert bodies(talkers.page("bo", filters={"tag": tag})) == ["pot #tea #pots", "tea #Tea"]


def test_tags_are_whole_words(talkers):
    """A part of a tag finds nothing."""
    assert bodies(talkers.page("bo", filters={"tag": "pot"})) == []


def test_all_filters_together(talkers):
    """Posts have to meet all filters at once."""
    assert bodies(talkers.page("bo", filters={"author": "ada", "tag": "pots"})) == [
        "pot #tea #pots"
    ]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("08:01", None, ["gone", "pot #tea #pots", "mug #pots", "oak"]),
        ("08:02", None, ["gone", "pot #tea #pots"]),
        (None, "08:01", ["tea #Tea"]),
        (None, "08:02", ["mug #pots", "oak", "tea #Tea"]),
        ("08:01", "08:02", ["mug #pots", "oak"]),
        ("08:05", "08:05", []),
    ],
    ids=["from-1", "from-2", "to-1", "to-2", "from-1-to-2", "nothing"],
)
def test_posts_of_some_time(talkers, since, until, found):
    """A time filter has its first moment and does not have its last."""
    day = "2026-05-04T"
    filters = {"since": since and day + since, "until": until and day + until}
    assert bodies(talkers.page("bo", filters=filters)) == found


@pytest.mark.parametrize(
    ("since", "found"),
    [
        ("2026-05-04T10:05+02:00", ["gone"]),
        ("2026-05-04T08:05Z", ["gone"]),
        ("2026-05-04T08:05:01", []),
    ],
    ids=["zone", "utc", "second"],
)
def test_times_with_zones(talkers, since, found):
    """A time with a zone is taken as the moment it means."""
    assert bodies(talkers.page("bo", filters={"since": since})) == found


def test_no_time(talkers):
    """A text that is no date is refused as a time."""
    with pytest.raises(FeedError, match="'soon' is not a date and time") as caught:
        talkers.page("bo", filters={"since": "soon"})
    assert caught.value.problem is Problem.BAD_TIME


@pytest.mark.parametrize(("edited", "found"), [(True, ["b!"]), (False, ["a"]), (None, ["b!", "a"])])
def test_edited_or_not(feed, edited, found):
    """A list can be narrowed to posts that were edited, and to those that were not."""
    feed.thread("ada", ["a", "b"])
    feed.edit("ada", 2, "b!")
    assert bodies(feed.page("bo", filters={"edited": edited})) == found


def test_filters_go_along_with_the_cursor(talkers):
    """The following pages are narrowed as the first one was."""
    assert through(talkers, "bo", 1, filters={"tag": "pots"}) == [["pot #tea #pots"], ["mug #pots"]]


def test_scope_and_order_go_along_with_the_cursor(talkers):
    """The following pages have the order and scope of the first one."""
    talkers.post("dee", "hello")
    talkers.react("bo", 1, "love")
    first = talkers.page("bo", "top", scope="everyone", limit=2)
    assert bodies(first) == ["hello", "tea #Tea"]
    assert bodies(talkers.page("bo", after=first.next, limit=2)) == ["gone", "pot #tea #pots"]


def test_a_tag_that_was_edited_in(feed):
    """A post is found by the tags it has after an edit, and no more by those it had before."""
    feed.post("ada", "so #new")
    feed.edit("ada", 1, "so #newer")
    assert bodies(feed.page("bo", filters={"tag": "newer"})) == ["so #newer"]
    assert bodies(feed.page("bo", filters={"tag": "new"})) == []


def test_ranked_with_a_filter(talkers):
    """A narrowed list can be in ranked order, too."""
    talkers.react("bo", 1, "like")
    assert bodies(talkers.page("bo", "top", filters={"tag": "tea"})) == [
        "tea #Tea",
        "pot #tea #pots",
    ]


@pytest.mark.parametrize("name", ["author", "since", "until"])
def test_empty_filters(talkers, name):
    """An empty author or time is refused and not taken for none at all."""
    with pytest.raises(FeedError, match="nobody here is called|is not a date and time"):
        talkers.page("bo", filters={name: ""})


@pytest.mark.parametrize("tag", ["", "#"], ids=["empty", "sign"])
def test_an_empty_tag(talkers, tag):
    """An empty tag finds nothing, not even a sign that stands alone."""
    talkers.post("ada", "a # b")
    assert bodies(talkers.page("bo", filters={"tag": tag})) == []
