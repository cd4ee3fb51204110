import pytest
from script import bodies, lines

from riverbed import FeedError, Problem


def test_joining(square):
    """A new member has a profile without followers."""
    assert square.join("Eve_2", " Eve Ek ") == {
        "handle": "eve_2",
        "name": "Eve Ek",
        "followers": 0,
        "following": 0,
        "followed_by_you": False,
    }


def test_a_member_without_a_name(square):
    """Who gives no name goes by the handle."""
    assert square.join("@Eve")["name"] == "eve"


@pytest.mark.parametrize("handle", ["ab", "a1", "a_b", "a2345678901234567890"])
def test_good_handles(square, handle):
    """A handle has two to twenty letters, digits and underscores."""
    assert square.join(handle)["handle"] == handle


@pytest.mark.parametrize(
    "handle",
    ["a", "", "1a", "_a", "a-b", "a b", "a.b", "aé", "a23456789012345678901"],
    ids=["short", "empty", "digit", "underscore", "dash", "blank", "dot", "accent", "long"],
)
def test_bad_handles(square, handle):
    """A handle that is too short, too long or has other signs is refused."""
    with pytest.raises(FeedError, match="can't be a handle") as caught:
        square.join(handle)
    assert caught.value.problem is Problem.BAD_HANDLE


@pytest.mark.parametrize("handle", ["ada", "ADA", "@ada"])
def test_taken_handles(square, handle):
    """A handle can be taken only once, in whatever form."""
    with pytest.raises(FeedError, match="ada is taken") as caught:
        square.join(handle)
    assert caught.value.problem is Problem.HANDLE_TAKEN


def test_the_same_handle_in_another_space(square):
    """A handle that is taken here is free in another space."""
    assert square.beside("harbour").join("ada", "Other Ada")["name"] == "Other Ada"


def test_many_members_at_once(square):
    """Several members can be enrolled at once."""
    assert square.enrol(["eve", "Fay"]) == ["eve", "fay"]
    assert square.profile("eve", "fay")["handle"] == "fay"


def test_all_members_or_none(square):
    """If one of several new members can't join, none does."""
    with pytest.raises(FeedError, match="ada is taken"):
        square.enrol(["eve", "ada", "fay"])
    with pytest.raises(FeedError, match="nobody here is called eve"):
        square.profile("bo", "eve")


def test_a_new_name(feed):
    """A changed name stands on the cards that were there before."""
    feed.post("ada", "hi")
    feed.rename("ada", " Ada L. ")
    assert feed.page("bo").cards[0]["name"] == "Ada L."


@pytest.mark.parametrize("name", ["", " "], ids=["empty", "blank"])
def test_no_empty_name(feed, name):
    """A name can't be changed to nothing, and the old one stays."""
    feed.rename("ada", "Ada")
    with pytest.raises(FeedError, match="can't be empty"):
        feed.rename("ada", name)
    assert feed.profile("bo", "ada")["name"] == "Ada"


def test_following_brings_posts_home(feed):
    """After following somebody, one has their earlier posts at home as well."""
    feed.post("dee", "hello")
    feed.follow("bo", "dee")
    assert lines(feed.page("bo")) == ["1 dee: hello"]


def test_following_tells_how_many_are_new(square):
    """Following tells how many of those named were not followed before."""
    assert square.follow("ada", "bo", "cy") == 2
    assert square.follow("ada", "bo", "dee") == 1
    assert square.follow("ada", "bo") == 0


def test_following_shows_in_profiles(square):
    """A profile counts followers and followed people."""
    square.follow("ada", "bo", "cy")
    square.follow("dee", "bo")
    profile = square.profile("ada", "bo")
    assert (profile["followers"], profile["following"], profile["followed_by_you"]) == (2, 0, True)
    profile = square.profile("bo", "ada")
    assert (profile["followers"], profile["following"], profile["followed_by_you"]) == (0, 2, False)


def test_following_all_or_nobody(square):
    """If one of several people can't be followed, nobody is."""
    with pytest.raises(FeedError, match="nobody here is called zed"):
        square.follow("ada", "bo", "zed", "cy")
    assert square.profile("ada", "ada")["following"] == 0


def test_following_stops_at_a_block(square):
    """If one of several people has blocked the follower, nobody is followed."""
    square.block("cy", "ada")
    with pytest.raises(FeedError, match="you can't follow cy") as caught:
        square.follow("ada", "bo", "cy")
    assert caught.value.problem is Problem.BLOCKED
    assert square.profile("ada", "ada")["following"] == 0


def test_unfollowing(feed):
    """After unfollowing somebody, their posts are not at home any more."""
    feed.thread("ada", ["one", "two"])
    feed.post("cy", "three")
    assert len(feed.page("bo").cards) == 3
    assert feed.unfollow("bo", "ada") is True
    assert lines(feed.page("bo")) == ["3 cy: three"]


def test_unfollowing_twice(feed):
    """Unfollowing tells whether it changed anything."""
    assert feed.unfollow("bo", "ada") is True
    assert feed.unfollow("bo", "ada") is False


@pytest.mark.parametrize("act", ["follow", "unfollow", "mute", "unmute", "block", "unblock"])
def test_nobody_follows_themselves(feed, act):
    """One can't follow, mute or block oneself."""
    with pytest.raises(FeedError, match="that would be yourself") as caught:
        getattr(feed, act)("bo", "Bo")
    assert caught.value.problem is Problem.ONESELF


def test_muting(feed):
    """Posts of somebody muted are not on pages."""
    feed.post("ada", "noise")
    feed.post("cy", "news")
    assert len(feed.page("bo").cards) == 2
    assert feed.mute("bo", "ada") is None
    assert lines(feed.page("bo")) == ["2 cy: news"]
    assert lines(feed.page("bo", scope="everyone")) == ["2 cy: news"]


def test_muting_is_ones_own_matter(feed):
    """Muting somebody changes nobody else's pages."""
    feed.post("ada", "noise")
    feed.mute("bo", "ada")
    assert lines(feed.page("cy", scope="everyone")) == ["1 ada: noise"]
    assert lines(feed.page("ada")) == ["1 ada: noise"]


def test_muting_leaves_following(feed):
    """Who is muted is still followed."""
    feed.mute("bo", "ada")
    assert feed.profile("bo", "ada")["followed_by_you"] is True


def test_unmuting(feed):
    """After unmuting somebody, their posts are back."""
    feed.post("ada", "noise")
    feed.mute("bo", "ada")
    assert lines(feed.page("bo")) == []
    assert feed.unmute("bo", "ada") is True
    assert lines(feed.page("bo")) == ["1 ada: noise"]
    assert feed.unmute("bo", "ada") is False


def test_muting_for_some_hours(feed):
    """A mute for some hours tells when it ends."""
    assert feed.mute("bo", "ada", 2) == "2026-05-04T11:00:00+00:00"


@pytest.mark.parametrize(
    ("seconds", "seen"), [(3599.999, []), (3600, ["noise"]), (3600.001, ["noise"])]
)
def test_the_end_of_a_mute(feed, clock, seconds, seen):
    """A mute for an hour is over when the hour is."""
    feed.post("ada", "noise")
    feed.mute("bo", "ada", 1)
    clock.advance(seconds=seconds)
    assert bodies(feed.page("bo")) == seen


@pytest.mark.parametrize("hours", [0, -1])
def test_a_mute_of_no_hours(feed, hours):
    """A mute that is over at once is refused and nobody is muted."""
    feed.post("ada", "noise")
    with pytest.raises(FeedError, match=f"an hour at least, not {hours}"):
        feed.mute("bo", "ada", hours)
    assert bodies(feed.page("bo")) == ["noise"]


def test_a_mute_can_be_made_longer(feed, clock):
    """Muting somebody again counts from then."""
    feed.post("ada", "noise")
    feed.mute("bo", "ada", 1)
    feed.mute("bo", "ada")
    clock.advance(hours=200)
    assert bodies(feed.page("bo")) == []


def test_blocking_goes_both_ways(feed):
    """After a block neither sees the other's posts."""
    feed.post("ada", "from ada")
    feed.post("bo", "from bo")
    assert len(feed.page("bo", scope="everyone").cards) == 2
    feed.block("ada", "bo")
    assert lines(feed.page("bo", scope="everyone")) == ["2 bo: from bo"]
    assert lines(feed.page("ada", scope="everyone")) == ["1 ada: from ada"]


def test_blocking_ends_following(square):
    """After a block neither follows the other, and that stays so after unblocking."""
    square.follow("ada", "bo")
    square.follow("bo", "ada")
    square.block("ada", "bo")
    assert square.unblock("ada", "bo") is True
    assert square.profile("ada", "bo")["followers"] == 0
    assert square.profile("ada", "ada")["followers"] == 0


def test_nobody_follows_whom_they_blocked(feed):
    """Who has blocked somebody can't follow them."""
    feed.block("bo", "dee")
    with pytest.raises(FeedError, match="you can't follow dee"):
        feed.follow("bo", "dee")


def test_unblocking(feed):
    """After unblocking, both see each other's posts again."""
    feed.post("ada", "from ada")
    feed.block("ada", "bo")
    assert lines(feed.page("bo", scope="everyone")) == []
    feed.unblock("ada", "bo")
    assert lines(feed.page("bo", scope="everyone")) == ["1 ada: from ada"]


def test_only_ones_own_block_can_be_lifted(feed):
    """A block can't be lifted by the one who was blocked."""
    feed.post("ada", "from ada")
    feed.block("ada", "bo")
    assert feed.unblock("bo", "ada") is False
    assert lines(feed.page("bo", scope="everyone")) == []


def test_spaces_do_not_mix(square):
    """Posts of one space are not seen in another."""
    other = square.beside("harbour")
    other.enrol(["ada", "zoe"])
    other.post("ada", "at the harbour")
    square.post("ada", "at the square")
    assert bodies(square.page("ada", scope="everyone")) == ["at the square"]
    assert bodies(other.page("ada", scope="everyone")) == ["at the harbour"]
