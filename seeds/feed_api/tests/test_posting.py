import pytest
from script import Phone, bodies, lines

from riverbed import FeedError, Problem, Quota, Settings


def test_posting_shows_the_card(feed):
    """Whoever posts gets the card as it stands."""
    card = feed.post("ada", "  hello  ", " Followers ")
    assert (card["id"], card["body"], card["audience"], card["version"]) == (
        1,
        "hello",
        "followers",
        1,
    )


@pytest.mark.parametrize("body", ["", " \n "], ids=["empty", "blank"])
def test_nothing_to_say(feed, body):
    """A post without text is refused."""
    with pytest.raises(FeedError, match="nothing to say") as caught:
        feed.post("ada", body)
    assert caught.value.problem is Problem.BAD_BODY


@pytest.mark.parametrize("length", [1, 280])
def test_the_longest_post(feed, length):
    """A post has up to 280 characters, blanks around it not counted."""
    assert len(feed.post("ada", " " + "x" * length + " ")["body"]) == length


def test_a_post_that_is_too_long(feed):
    """A post of 281 characters is refused."""
    with pytest.raises(FeedError, match="281 characters are too many, 280 will do"):
        feed.post("ada", "x" * 281)


def test_an_unknown_audience(feed):
    """An audience that does not exist is refused with those that do."""
    with pytest.raises(FeedError, match="everyone, followers, mentioned, me, not 'friends'"):
        feed.post("ada", "hi", "friends")


def test_posts_by_nobody(feed):
    """Who is no member can't post."""
    with pytest.raises(FeedError, match="nobody here is called zed"):
        feed.post("zed", "hi")


def test_a_refused_post_leaves_nothing(feed):
    """After a refused post the next one has the first number."""
    with pytest.raises(FeedError, match="too many"):
        feed.post("ada", "x" * 300)
    assert feed.post("ada", "short")["id"] == 1


# repeated requests


def test_the_same_request_twice(feed):
    """A request that is sent twice makes one post, and the second answer shows it."""
    feed.post("ada", "first")
    shown = feed.post("ada", "hi", request="r-1")
    again = feed.post("ada", " hi ", request="r-1")
    assert again == shown
    assert lines(feed.page("bo")) == ["2 ada: hi", "1 ada: first"]


def test_the_same_request_with_another_text(feed):
    """A request key can't be used for another text."""
    feed.post("ada", "hi", request="r-1")
    with pytest.raises(FeedError, match="the request r-1 was another post") as caught:
        feed.post("ada", "ho", request="r-1")
    assert caught.value.problem is Problem.KEY_REUSED


def test_the_same_request_for_others(feed):
    """A request key can't be used for another audience."""
    feed.post("ada", "hi", request="r-1")
    with pytest.raises(FeedError, match="was another post"):
        feed.post("ada", "hi", "me", request="r-1")


def test_request_keys_are_personal(feed):
    """Two people may use the same request key."""
    feed.post("ada", "hi", request="r-1")
    feed.post("cy", "ho", request="r-1")
    assert bodies(feed.page("bo")) == ["ho", "hi"]


def test_without_a_key_everything_is_new(feed):
    """Without a request key the same text twice makes two posts."""
    feed.post("ada", "hi")
    assert feed.post("ada", "hi")["id"] == 2


def test_an_empty_key_is_a_key(feed):
    """An empty request key is a key like any other."""
    feed.post("ada", "hi", request="")
    assert feed.post("ada", "hi", request="")["id"] == 1


def test_a_repeated_request_spends_no_quota(feed):
    """A repeated request does not count against the quota."""
    for number in range(5):
        feed.post("ada", f"p{number}", request=f"r-{number}")
    assert feed.post("ada", "p0", request="r-0")["id"] == 1


def test_a_refused_request_can_be_tried_again(feed, clock):
    """A request that was refused by the quota goes through when it is sent again later."""
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    with pytest.raises(FeedError, match="try again in 600 s"):
        feed.post("ada", "f", request="r-1")
    clock.advance(minutes=10)
    assert feed.post("ada", "f", request="r-1")["body"] == "f"


def test_a_repeated_request_shows_the_post_as_it_is(feed):
    """Repeating a request shows the post as it stands by then."""
    feed.post("ada", "hi", request="r-1")
    feed.react("bo", 1, "like")
    assert feed.post("ada", "hi", request="r-1")["reactions"] == {"like": 1}


# threads


def test_a_thread(feed):
    """The posts of a thread come one after the other."""
    cards = feed.thread("ada", ["one", " two ", "three"], "followers")
    assert [(card["id"], card["body"], card["audience"]) for card in cards] == [
        (1, "one", "followers"),
        (2, "two", "followers"),
        (3, "three", "followers"),
    ]


def test_all_of_a_thread_or_nothing(feed):
    """If one post of a thread is refused, none is published."""
    with pytest.raises(FeedError, match="nothing to say"):
        feed.thread("ada", ["one", "two", ""])
    assert bodies(feed.page("bo")) == []


def test_a_refused_thread_spends_no_quota(feed):
    """A refused thread does not count against the quota."""
    with pytest.raises(FeedError, match="nothing to say"):
        feed.thread("ada", ["one", "two", ""])
    assert len(feed.thread("ada", ["a", "b", "c", "d", "e"])) == 5


def test_a_refused_thread_tells_nobody(square):
    """If a thread is refused, nobody mentioned in it gets a notice."""
    with pytest.raises(FeedError, match="nothing to say"):
        square.thread("ada", ["psst @bo", ""])
    assert square.deliver(Phone()) == (0, 0, 0)


# old posts


def test_bringing_along(feed):
    """Old posts come with the time they were written, and are counted."""
    count = feed.backfill(
        "ada", [("2020-02-29T23:59:59", "leap"), ("2026-05-04T11:00+02:00", "now")]
    )
    assert count == 2
    assert [card["at"] for card in feed.page("bo").cards] == [
        "2026-05-04T09:00:00+00:00",
        "2020-02-29T23:59:59+00:00",
    ]


def test_nothing_from_the_future(feed):
    """Old posts can't be dated later than now, and then none is brought along."""
    with pytest.raises(FeedError, match="2026-05-04T09:00:01.00:00 is still to come"):
        feed.backfill("ada", [("2026-05-04T08:00", "old"), ("2026-05-04T09:00:01", "new")])
    assert bodies(feed.page("bo")) == []


def test_old_posts_without_text(feed):
    """If one of several old posts has no text, none is brought along."""
    with pytest.raises(FeedError, match="nothing to say"):
        feed.backfill("ada", [("2026-05-04T08:00", "old"), ("2026-05-04T08:01", " ")])
    assert bodies(feed.page("bo")) == []


def test_old_posts_spend_no_quota(feed):
    """Bringing along old posts does not count against the quota."""
    feed.backfill("ada", [("2026-05-04T08:59", "old")] * 30)
    assert feed.post("ada", "new")["id"] == 31


def test_old_posts_tell_nobody(square):
    """Who is mentioned in an old post gets no notice."""
    square.backfill("ada", [("2026-05-04T08:59", "hi @bo")])
    assert square.deliver(Phone()) == (0, 0, 0)


def test_old_posts_from_a_stream(feed):
    """Old posts may come one by one."""
    assert feed.backfill("ada", iter([("2026-05-04T08:00", "a"), ("2026-05-04T08:01", "b")])) == 2
    assert bodies(feed.page("bo")) == ["b", "a"]


# quotas


def test_five_posts_in_ten_minutes(feed):
    """Five posts within ten minutes are allowed, and a sixth one is refused."""
    for number in range(5):
        feed.post("ada", f"p{number}")
    with pytest.raises(FeedError, match="try again in 600 s") as caught:
        feed.post("ada", "p5")
    assert (caught.value.problem, caught.value.wait) == (Problem.TOO_FAST, 600)
    assert len(feed.page("bo").cards) == 5


@pytest.mark.parametrize(("seconds", "wait"), [(1, 599), (0.001, 600), (599, 1), (599.999, 1)])
def test_how_long_to_wait(feed, clock, seconds, wait):
    """A refused post says in whole seconds when to try again."""
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    clock.advance(seconds=seconds)
    with pytest.raises(FeedError, match=f"try again in {wait} s"):
        feed.post("ada", "f")


def test_after_ten_minutes(feed, clock):
    """A post of ten minutes ago does not count any more."""
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    clock.advance(seconds=600)
    assert feed.post("ada", "f")["id"] == 6


def test_the_oldest_post_makes_room(feed, clock):
    """As soon as the oldest of five posts is ten minutes old there is room for one."""
    feed.post("ada", "a")
    clock.advance(minutes=4)
    feed.thread("ada", ["b", "c", "d", "e"])
    clock.advance(minutes=6)
    assert feed.post("ada", "f")["id"] == 6
    with pytest.raises(FeedError, match="try again in 240 s"):
        feed.post("ada", "g")


def test_a_thread_needs_room_for_all(feed, clock):
    """A thread has to wait until there is room for all its posts."""
    feed.thread("ada", ["a", "b"])
    clock.advance(minutes=3)
    feed.thread("ada", ["c", "d"])
    with pytest.raises(FeedError, match="try again in 420 s"):
        feed.thread("ada", ["e", "f", "g"])
    with pytest.raises(FeedError, match="try again in 600 s"):
        feed.thread("ada", ["e", "f", "g", "h"])


def test_a_thread_that_never_fits(feed):
    """A thread that is longer than the quota is refused for good."""
    with pytest.raises(FeedError, match="6 at once are too many, 5 will do") as caught:
        feed.thread("ada", ["a", "b", "c", "d", "e", "f"])
    assert caught.value.wait is None


def test_twenty_posts_a_day(feed, clock):
    """After twenty posts within a day one has to wait for the next day."""
    for _ in range(4):
        feed.thread("ada", ["a", "b", "c", "d", "e"])
        clock.advance(minutes=10)
    with pytest.raises(FeedError, match=f"try again in {86_400 - 2_400} s"):
        feed.post("ada", "u")
    clock.advance(hours=23, minutes=20)
    assert feed.post("ada", "u")["id"] == 21


def test_quotas_are_personal(feed):
    """One person's posts do not count against another's quota."""
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    assert feed.post("cy", "hi")["id"] == 6


def test_deleting_gives_no_quota_back(feed):
    """A deleted post still counts against the quota."""
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    feed.delete("ada", 5)
    with pytest.raises(FeedError, match="too much at once"):
        feed.post("ada", "f")


def test_comments_have_their_own_quota(feed):
    """Posts do not count against the quota of comments."""
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    assert feed.comment("ada", 1, "and")["id"] == 1


def test_ten_comments_a_minute(feed, clock):
    """Ten comments within a minute are allowed, and an eleventh one is refused."""
    feed.post("ada", "a")
    for number in range(10):
        feed.comment("bo", 1, f"c{number}")
    clock.advance(seconds=59)
    with pytest.raises(FeedError, match="try again in 1 s"):
        feed.comment("bo", 1, "c10")
    clock.advance(seconds=1)
    assert feed.comment("bo", 1, "c10")["id"] == 11


@pytest.mark.parametrize(("most", "seconds"), [(1, 60), (2, 5)])
def test_quotas_are_a_setting(feed, most, seconds):
    """How much may be posted can be set."""
    feed.adjust(Settings(posting=(Quota(most, seconds),)))
    feed.thread("ada", ["x"] * most)
    with pytest.raises(FeedError, match=f"try again in {seconds} s"):
        feed.post("ada", "y")


def test_without_quotas(feed):
    """Without quotas as much can be posted as one likes."""
    feed.adjust(Settings(posting=()))
    assert len(feed.thread("ada", ["x"] * 40)) == 40
