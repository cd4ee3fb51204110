import pytest
from script import bodies, diary, lines, through

from riverbed import FeedError, Problem


@pytest.fixture
def week(feed):
    """Five posts of ada, a minute apart."""
    feed.backfill("ada", diary("one", "two", "three", "four", "five"))
    return feed


def test_latest_first(week):
    """The latest post stands on top of a page."""
    assert lines(week.page("bo")) == [
        "5 ada: five",
        "4 ada: four",
        "3 ada: three",
        "2 ada: two",
        "1 ada: one",
    ]


def test_time_decides_and_not_the_number(feed):
    """A post that was brought along later stands where its time puts it."""
    feed.backfill("ada", [("2026-05-04T08:30", "late")])
    feed.backfill("ada", [("2026-05-04T08:10", "early")])
    assert lines(feed.page("bo")) == ["1 ada: late", "2 ada: early"]


def test_ties_go_by_number(feed):
    """Of posts of one moment the one that was written last stands on top."""
    feed.thread("ada", ["one", "two", "three"])
    assert bodies(feed.page("bo")) == ["three", "two", "one"]


@pytest.mark.parametrize(
    ("limit", "pages"),
    [
        (1, [["five"], ["four"], ["three"], ["two"], ["one"]]),
        (2, [["five", "four"], ["three", "two"], ["one"]]),
        (3, [["five", "four", "three"], ["two", "one"]]),
        (4, [["five", "four", "three", "two"], ["one"]]),
        (5, [["five", "four", "three", "two", "one"]]),
        (6, [["five", "four", "three", "two", "one"]]),
    ],
)
def test_every_post_once(week, limit, pages):
    """Turning from page to page shows every post once, however many fit on a page."""
    assert through(week, "bo", limit) == pages


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5])
def test_every_post_once_among_ties(feed, limit):
    """Turning from page to page shows every post once though all are of one moment."""
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    assert sum(through(feed, "bo", limit), []) == ["e", "d", "c", "b", "a"]


def test_ties_across_two_pages(feed):
    """A page goes on among posts of one moment, and then with those before."""
    feed.backfill("ada", [*diary("old"), *[("2026-05-04T08:05", word) for word in ("x", "y", "z")]])
    assert through(feed, "bo", 2) == [["z", "y"], ["x", "old"]]


def test_a_full_last_page_says_so(week):
    """A page that has the last post has no next page."""
    page = week.page("bo", limit=5)
    assert (page.more, page.next) == (False, None)


def test_a_page_with_one_left_says_so(week):
    """A page leads on where a single post is left."""
    page = week.page("bo", limit=4)
    assert page.more
    assert bodies(week.page("bo", after=page.next)) == ["one"]


def test_back_to_the_page_before(week):
    """Going back from the second page shows the first one again in the same order."""
    first = week.page("bo", limit=2)
    second = week.page("bo", limit=2, after=first.next)
    assert bodies(week.page("bo", limit=2, before=second.back)) == ["five", "four"]


def test_back_gives_the_nearest(week):
    """Going back gives the posts just above, not those at the very top."""
    far = week.page("bo", limit=3)
    last = week.page("bo", limit=2, after=far.next)
    page = week.page("bo", limit=2, before=last.back)
    assert (bodies(page), page.more) == (["four", "three"], True)


def test_back_to_the_very_top(week):
    """A page that reaches the top has nothing above it."""
    first = week.page("bo", limit=3)
    second = week.page("bo", limit=3, after=first.next)
    page = week.page("bo", limit=3, before=second.back)
    assert (bodies(page), page.more) == (["five", "four", "three"], False)


def test_forth_again_after_going_back(week):
    """After going back, the next page is the one that was there before."""
    first = week.page("bo", limit=2)
    second = week.page("bo", limit=2, after=first.next)
    again = week.page("bo", limit=2, before=second.back)
    assert bodies(week.page("bo", limit=2, after=again.next)) == ["three", "two"]


def test_back_among_ties(feed):
    """Going back works among posts of one moment."""
    feed.thread("ada", ["a", "b", "c", "d"])
    first = feed.page("bo", limit=2)
    second = feed.page("bo", limit=2, after=first.next)
    assert bodies(feed.page("bo", limit=1, before=second.back)) == ["c"]


def test_new_posts_come_by_going_back(week, clock):
    """Who goes back from the top gets what was posted since."""
    top = week.page("bo", limit=2)
    clock.advance(minutes=1)
    week.post("ada", "six")
    assert lines(week.page("bo", before=top.back)) == ["6 ada: six"]


def test_a_new_post_of_the_same_moment_comes_too(feed):
    """A post of the same moment as the top one counts as new."""
    feed.post("ada", "first")
    top = feed.page("bo")
    feed.post("ada", "second")
    assert bodies(feed.page("bo", before=top.back)) == ["second"]


def test_nothing_new(week):
    """Going back from the top gives an empty page from which one can go back again."""
    top = week.page("bo", limit=2)
    page = week.page("bo", before=top.back)
    assert (page.cards, page.more) == ([], False)
    week.post("ada", "six")
    assert bodies(week.page("bo", before=page.back)) == ["six"]


def test_an_empty_page_leads_on(week):
    """From an empty page above the top one gets back to where one was."""
    top = week.page("bo", limit=2)
    page = week.page("bo", before=top.back)
    assert bodies(week.page("bo", limit=1, after=page.next)) == ["four"]


def test_an_empty_home(feed):
    """A home without posts is an empty page that leads nowhere."""
    page = feed.page("bo")
    assert page == ([], None, None, False)


def test_a_new_post_does_not_shift_pages(week, clock):
    """Something posted meanwhile does not shift the following page."""
    first = week.page("bo", limit=2)
    clock.advance(minutes=1)
    week.post("ada", "six")
    assert bodies(week.page("bo", limit=2, after=first.next)) == ["three", "two"]


def test_a_post_deleted_meanwhile_is_left_out(week):
    """A post deleted while somebody pages is not on the following page."""
    first = week.page("bo", limit=2)
    week.delete("ada", 3)
    assert bodies(week.page("bo", limit=2, after=first.next)) == ["two", "one"]


def test_the_post_at_the_border_is_deleted(week):
    """The following page begins at the same place though the last post before it was deleted."""
    first = week.page("bo", limit=2)
    week.delete("ada", 4)
    assert bodies(week.page("bo", limit=2, after=first.next)) == ["three", "two"]


def test_the_rest_is_deleted(week):
    """A following page is empty and the last one where all that was left got deleted."""
    first = week.page("bo", limit=4)
    week.delete("ada", 1)
    page = week.page("bo", limit=4, after=first.next)
    assert (bodies(page), page.more, page.next) == ([], False, None)


def test_an_edited_post_keeps_its_place(feed, clock):
    """An edit changes the text of a post and not its place."""
    feed.post("ada", "one")
    clock.advance(minutes=1)
    feed.post("ada", "two")
    clock.advance(minutes=1)
    feed.edit("ada", 1, "one!")
    assert lines(feed.page("bo")) == ["2 ada: two", "1 ada: one!"]


def test_own_posts_are_at_home(feed):
    """One's own posts are in one's home."""
    feed.post("bo", "mine")
    assert lines(feed.page("bo")) == ["1 bo: mine"]


def test_strangers_are_not_at_home(feed):
    """Posts of people one does not follow are not in one's home."""
    feed.post("dee", "hello")
    assert lines(feed.page("bo")) == []


def test_everyone_has_strangers_too(feed):
    """The list of everyone has posts of people one does not follow."""
    feed.post("dee", "hello")
    feed.post("ada", "hi")
    assert lines(feed.page("bo", scope="everyone")) == ["2 ada: hi", "1 dee: hello"]


def test_scope_and_order_are_read_in_any_case(feed):
    """Order and scope are understood however they are capitalised."""
    feed.post("dee", "hello")
    assert lines(feed.page("bo", "LATEST", scope=" Everyone ")) == ["1 dee: hello"]


def test_viewers_are_named_in_any_case(week):
    """A reader is known with capitals and with the sign in front, too."""
    assert bodies(week.page(" @Bo ", limit=1)) == ["five"]


def test_a_page_of_usual_length(feed):
    """A page has twenty posts where nothing else is asked for."""
    feed.backfill("ada", diary(*[f"p{number}" for number in range(21)]))
    page = feed.page("bo")
    assert (len(page.cards), page.more) == (20, True)


@pytest.mark.parametrize("scope", ["HOME", " home"], ids=["capitals", "blank"])
def test_home_is_home_in_any_case(feed, scope):
    """One's home is one's home however it is capitalised."""
    feed.post("dee", "hello")
    assert lines(feed.page("bo", scope=scope)) == []


@pytest.mark.parametrize(("limit", "length"), [(99, 99), (100, 100), (101, 100), (5000, 100)])
def test_no_page_is_longer_than_a_hundred(feed, limit, length):
    """A page has a hundred posts at most, whatever is asked for."""
    feed.backfill("ada", [("2026-05-04T08:00", "x")] * 102)
    assert len(feed.page("bo", limit=limit).cards) == length


@pytest.mark.parametrize("limit", [0, -1])
def test_no_page_without_entries(week, limit):
    """A page of no posts at all can't be asked for."""
    with pytest.raises(FeedError, match=f"at least one entry, not {limit}"):
        week.page("bo", limit=limit)


@pytest.mark.parametrize(
    ("wish", "text"),
    [
        ({"order": "best"}, "order is one of latest, top, not 'best'"),
        ({"scope": "here"}, "scope is one of home, everyone, not 'here'"),
    ],
    ids=["order", "scope"],
)
def test_unknown_lists(week, wish, text):
    """An order or a scope that does not exist is refused with those that do."""
    with pytest.raises(FeedError, match=text) as caught:
        week.page("bo", **wish)
    assert caught.value.problem is Problem.BAD_CHOICE


def test_one_way_at_a_time(week):
    """A page goes on in one direction and not in both."""
    page = week.page("bo", limit=2)
    with pytest.raises(FeedError, match="not both"):
        week.page("bo", after=page.next, before=page.back)


def test_nobody_reads_without_being_a_member(week):
    """Who is no member gets no page."""
    with pytest.raises(FeedError, match="nobody here is called zed") as caught:
        week.page("zed")
    assert caught.value.problem is Problem.UNKNOWN_PERSON


def test_hidden_posts_do_not_make_a_page_short(feed):
    """Posts that one may not see take up no place on a page."""
    feed.post("dee", "seen")
    feed.thread("ada", ["h1", "h2", "h3", "h4"], "me")
    page = feed.page("bo", scope="everyone", limit=1)
    assert (bodies(page), page.more) == (["seen"], False)


def test_hidden_posts_between_pages(feed):
    """Posts that one may not see neither end a list early nor repeat any."""
    for body, audience in [
        ("a", "everyone"),
        ("x", "me"),
        ("b", "everyone"),
        ("y", "me"),
        ("c", "everyone"),
    ]:
        feed.post("ada", body, audience)
    assert through(feed, "bo", 1) == [["c"], ["b"], ["a"]]


def test_a_card(feed, clock):
    """A card tells who wrote what for whom, and when."""
    feed.rename("ada", "Ada K.")
    clock.advance(minutes=7)
    feed.post("ada", "hello", "followers")
    (card,) = feed.page("bo").cards
    assert card == {
        "id": 1,
        "author": "ada",
        "name": "Ada K.",
        "body": "hello",
        "audience": "followers",
        "at": "2026-05-04T09:07:00+00:00",
        "edited": False,
        "version": 1,
        "reactions": {},
        "mine": None,
        "comment_count": 0,
        "comments": [],
    }
