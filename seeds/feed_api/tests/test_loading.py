import pytest
from script import bodies, diary

PAGE = 10
"""The member, three for the circle, the posts, and five for what hangs on them."""


def statements(feed):
    return feed.usage().statements


@pytest.fixture
def busy(feed):
    """Twenty posts of two people with reactions and comments."""
    feed.backfill("ada", diary(*[f"a{number}" for number in range(10)]))
    feed.backfill("cy", diary(*[f"c{number}" for number in range(10)]))
    feed.react("dee", 1)
    feed.react("dee", 13)
    feed.comment("dee", 5, "hm")
    feed.usage()
    return feed


@pytest.mark.parametrize("limit", [1, 2, 10, 20])
def test_a_page_costs_the_same_whatever_its_length(busy, limit):
    """A page takes the same number of statements however many posts are on it."""
    busy.page("bo", limit=limit)
    assert statements(busy) == PAGE


@pytest.mark.parametrize("order", ["latest", "top"])
@pytest.mark.parametrize("scope", ["home", "everyone"])
def test_every_list_costs_the_same(busy, order, scope):
    """Every order and scope takes the same number of statements."""
    busy.page("bo", order, scope=scope)
    assert statements(busy) == PAGE


def test_a_following_page_costs_the_same(busy):
    """A following page takes as many statements as the first one."""
    cursor = busy.page("bo", limit=5).next
    busy.usage()
    busy.page("bo", limit=5, after=cursor)
    assert statements(busy) == PAGE


def test_narrow_posts_cost_one_more(busy):
    """Posts for few people take one statement more, however many there are."""
    busy.thread("ada", ["x", "y", "z"], "followers")
    busy.usage()
    busy.page("bo")
    assert statements(busy) == PAGE + 1


def test_an_empty_page_costs_less(feed):
    """A page without posts loads nothing that could hang on them."""
    feed.usage()
    feed.page("dee")
    assert statements(feed) == 5


@pytest.mark.parametrize(("posts", "more"), [(24, 0), (25, 0), (26, 4), (50, 4), (51, 8)])
def test_long_pages_load_in_parts(feed, posts, more):
    """What hangs on posts is loaded for twenty-five posts at a time, and none is left out."""
    feed.backfill("ada", diary(*[f"p{number}" for number in range(posts)]))
    feed.comment("bo", 1, "first")
    feed.react("bo", 1)
    feed.usage()
    page = feed.page("bo", limit=100)
    assert statements(feed) == PAGE + more
    assert (page.cards[-1]["comment_count"], page.cards[-1]["mine"]) == (1, "like")


def test_everything_hangs_on_its_post(busy):
    """On a long page every post has what belongs to it."""
    page = busy.page("bo")
    assert {card["id"] for card in page.cards if card["reactions"]} == {1, 13}
    assert {card["id"] for card in page.cards if card["comments"]} == {5}


def test_unread_costs_the_same_for_many(busy, clock):
    """Counting what is unread takes no more statements for many posts than for one."""
    clock.advance(minutes=2)
    busy.post("ada", "new")
    busy.usage()
    busy.unread("bo")
    one = statements(busy)
    busy.backfill("cy", [("2026-05-04T09:01", "x")] * 60)
    busy.usage()
    assert busy.unread("bo").total == 61
    assert statements(busy) == one


@pytest.mark.parametrize(
    ("order", "index"),
    [("latest", "posts_by_time"), ("top", "posts_by_heat")],
)
@pytest.mark.parametrize("scope", ["home", "everyone"])
def test_pages_are_found_by_an_index(feed, order, index, scope):
    """A page is found by an index and without sorting."""
    plan = feed.plan("bo", order, scope)
    assert plan[0] == f"SEARCH p USING INDEX {index} (space=?)"
    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")]


def test_pages_further_down_cost_the_same(feed):
    """The last of many pages takes no more statements than the second."""
    feed.backfill("ada", diary(*[f"p{number}" for number in range(60)]))
    first = feed.page("bo")
    second = feed.page("bo", after=first.next)
    feed.usage()
    third = feed.page("bo", after=second.next)
    assert (len(third.cards), third.more, statements(feed)) == (20, False, PAGE)
    assert bodies(third)[-1] == "p0"


def test_own_narrow_posts_cost_no_more(busy):
    """One's own posts for few people take no further statement."""
    busy.thread("ada", ["x", "y"], "followers")
    busy.usage()
    busy.page("ada", limit=2)
    assert statements(busy) == PAGE


@pytest.mark.parametrize(
    ("act", "arguments", "cost"),
    [
        ("rename", ("ada", "Ada"), 2),
        ("unfollow", ("bo", "ada"), 3),
        ("mute", ("bo", "ada"), 3),
        ("delete", ("ada", 1), 6),
    ],
    ids=["rename", "unfollow", "mute", "delete"],
)
def test_writing_is_counted(busy, act, arguments, cost):
    """Statements that change something are counted like those that read."""
    getattr(busy, act)(*arguments)
    assert statements(busy) == cost


def test_readers_in_any_form_have_a_plan(feed):
    """How a page is found can be asked for with a handle in any form."""
    assert feed.plan("@BO") == feed.plan("bo")
