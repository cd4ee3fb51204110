import pytest
from script import bodies

from riverbed import FeedError, Problem

AUDIENCES = [
    ("everyone", ["ada", "bo", "cy", "dee"]),
    ("followers", ["ada", "bo", "dee"]),
    ("mentioned", ["ada", "dee"]),
    ("me", ["ada"]),
]


@pytest.mark.parametrize(("audience", "readers"), AUDIENCES)
def test_who_finds_a_post(feed, audience, readers):
    """A post is on the pages of those it is for: bo follows, dee is mentioned, cy is a stranger."""
    feed.post("ada", "for @dee", audience)
    found = [who for who in ("ada", "bo", "cy", "dee") if bodies(feed.page(who, scope="everyone"))]
    assert found == readers


@pytest.mark.parametrize(("audience", "readers"), AUDIENCES)
def test_who_can_open_a_post(feed, audience, readers):
    """A post can be opened by those it is for, and does not exist for others."""
    feed.post("ada", "for @dee", audience)
    found = []
    for who in ("ada", "bo", "cy", "dee"):
        try:
            found.append(feed.read(who, 1)["body"] and who)
        except FeedError as error:
            assert (error.problem, str(error)) == (Problem.NO_SUCH_POST, "there is no post 1")
    assert found == readers


@pytest.mark.parametrize(
    "act",
    [
        lambda feed: feed.react("cy", 1, "like"),
        lambda feed: feed.unreact("cy", 1),
        lambda feed: feed.comment("cy", 1, "hm"),
        lambda feed: feed.talk("cy", 1),
        lambda feed: feed.history("cy", 1),
        lambda feed: feed.edit("cy", 1, "hm"),
        lambda feed: feed.delete("cy", 1),
        lambda feed: feed.breakdown("cy", 1),
        lambda feed: feed.mark_read("cy", 1),
    ],
    ids=["react", "unreact", "comment", "talk", "history", "edit", "delete", "breakdown", "mark"],
)
def test_an_unseen_post_does_not_exist(feed, act):
    """Who may not see a post can do nothing with it."""
    feed.post("ada", "for bo", "followers")
    with pytest.raises(FeedError, match="there is no post 1"):
        act(feed)


def test_a_number_nobody_has(feed):
    """A post that was never written does not exist."""
    with pytest.raises(FeedError, match="there is no post 7"):
        feed.read("bo", 7)


def test_a_post_of_another_space(feed):
    """A post of another space does not exist here."""
    feed.post("ada", "here")
    other = feed.beside("harbour")
    other.enrol(["ada"])
    with pytest.raises(FeedError, match="there is no post 1"):
        other.read("ada", 1)


def test_a_deleted_post_does_not_exist(feed):
    """A deleted post does not exist even for the person who wrote it."""
    feed.post("ada", "oops")
    feed.delete("ada", 1)
    with pytest.raises(FeedError, match="there is no post 1"):
        feed.read("ada", 1)


def test_blocked_people_open_nothing(feed):
    """After a block a post can't be opened, though it is for everyone."""
    feed.post("ada", "hi")
    feed.block("bo", "ada")
    with pytest.raises(FeedError, match="there is no post 1"):
        feed.read("bo", 1)


def test_a_mention_does_not_get_past_a_block(feed):
    """Who is blocked does not see a post that mentions them."""
    feed.block("ada", "dee")
    feed.post("ada", "about @dee", "mentioned")
    assert bodies(feed.page("dee", scope="everyone")) == []


def test_muted_people_can_be_opened(feed):
    """A post of somebody muted can be opened by its number."""
    feed.post("ada", "noise")
    feed.mute("bo", "ada")
    assert feed.read("bo", 1)["body"] == "noise"


def test_unfollowing_shuts_out(feed):
    """Who unfollows somebody does not see their posts for followers any more."""
    feed.post("ada", "for followers", "followers")
    assert bodies(feed.page("bo", scope="everyone")) == ["for followers"]
    feed.unfollow("bo", "ada")
    assert bodies(feed.page("bo", scope="everyone")) == []


def test_following_back_does_not_let_in(feed):
    """A post for followers is not for those whom its author follows."""
    feed.post("bo", "for followers", "followers")
    assert bodies(feed.page("ada", scope="everyone")) == []


def test_a_mention_that_was_edited_out(feed):
    """Who is not mentioned any more after an edit does not see the post any more."""
    feed.post("ada", "psst @dee", "mentioned")
    feed.edit("ada", 1, "psst @cy")
    assert bodies(feed.page("dee", scope="everyone")) == []
    assert bodies(feed.page("cy", scope="everyone")) == ["psst @cy"]


def test_mentions_in_any_case(feed):
    """Somebody is mentioned with capitals, too."""
    feed.post("ada", "psst @DEE", "mentioned")
    assert bodies(feed.page("dee", scope="everyone")) == ["psst @DEE"]


def test_mentions_of_nobody(feed):
    """A mention of somebody who is no member does no harm."""
    feed.post("ada", "psst @zed and @dee", "mentioned")
    assert bodies(feed.page("dee", scope="everyone")) == ["psst @zed and @dee"]


def test_mentions_on_one_page_only_count_for_their_post(feed):
    """Being mentioned in one post opens that one and no other."""
    feed.post("ada", "one @dee", "mentioned")
    feed.post("ada", "two @cy", "mentioned")
    assert bodies(feed.page("dee", scope="everyone")) == ["one @dee"]


def test_posts_for_oneself_stay_so(feed):
    """A post for oneself is not seen by those it mentions."""
    feed.post("ada", "note @bo", "me")
    assert bodies(feed.page("bo")) == []
