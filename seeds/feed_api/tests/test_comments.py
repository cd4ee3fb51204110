import pytest
from script import lines

from riverbed import FeedError, Problem


@pytest.fixture
def tea(feed):
    """A post of ada."""
    feed.post("ada", "tea")
    return feed


def said(talk):
    return [comment["body"] for comment in talk.comments]


def test_commenting(tea, clock):
    """A comment tells who said what, and when."""
    clock.advance(minutes=3)
    comment = tea.comment("bo", 1, " nice ")
    assert comment == {"id": 1, "author": "bo", "body": "nice", "at": "2026-05-04T09:03:00+00:00"}
    (card,) = tea.page("cy", scope="everyone").cards
    assert (card["comment_count"], card["comments"]) == (1, [comment])


@pytest.mark.parametrize(
    ("count", "shown"),
    [(1, ["c1"]), (2, ["c1", "c2"]), (3, ["c2", "c3"]), (4, ["c3", "c4"])],
)
def test_the_last_two_comments(tea, count, shown):
    """A card shows the last two comments, the older one first, and counts them all."""
    for number in range(1, count + 1):
        tea.comment("bo", 1, f"c{number}")
    (card,) = tea.page("bo").cards
    assert ([comment["body"] for comment in card["comments"]], card["comment_count"]) == (
        shown,
        count,
    )


def test_comments_stay_with_their_post(tea):
    """Each card has the comments on its own post."""
    tea.thread("ada", ["pot", "mug"])
    tea.comment("bo", 3, "m")
    tea.comment("bo", 1, "t1")
    tea.comment("cy", 1, "t2")
    page = tea.page("bo")
    assert lines(page) == ["3 ada: mug (1 said)", "2 ada: pot", "1 ada: tea (2 said)"]
    assert [[comment["body"] for comment in card["comments"]] for card in page.cards] == [
        ["m"],
        [],
        ["t1", "t2"],
    ]


@pytest.mark.parametrize(("length", "fits"), [(140, True), (141, False)])
def test_the_longest_comment(tea, length, fits):
    """A comment has up to 140 characters."""
    if fits:
        assert len(tea.comment("bo", 1, "x" * length)["body"]) == length
    else:
        with pytest.raises(FeedError, match="141 characters are too many, 140 will do"):
            tea.comment("bo", 1, "x" * length)


def test_an_empty_comment(tea):
    """A comment without text is refused."""
    with pytest.raises(FeedError, match="nothing to say"):
        tea.comment("bo", 1, " ")
    assert tea.page("bo").cards[0]["comment_count"] == 0


def test_taking_ones_comment_away(tea):
    """A comment that was taken away is not shown and not counted."""
    tea.comment("bo", 1, "one")
    tea.comment("bo", 1, "two")
    tea.uncomment("bo", 1)
    assert lines(tea.page("bo")) == ["1 ada: tea (1 said)"]
    assert said(tea.talk("bo", 1)) == ["two"]


def test_authors_keep_their_post_clean(tea):
    """Whoever wrote a post can take any comment under it away."""
    tea.comment("bo", 1, "one")
    tea.uncomment("ada", 1)
    assert said(tea.talk("bo", 1)) == []


def test_nobody_elses_comment_can_be_taken_away(tea):
    """A comment can't be taken away by a third person."""
    tea.comment("bo", 1, "one")
    with pytest.raises(FeedError, match="comment 1 is not yours") as caught:
        tea.uncomment("cy", 1)
    assert caught.value.problem is Problem.NOT_YOURS
    assert said(tea.talk("bo", 1)) == ["one"]


def test_taking_a_comment_away_twice(tea):
    """A comment that is gone can't be taken away again."""
    tea.comment("bo", 1, "one")
    tea.uncomment("bo", 1)
    with pytest.raises(FeedError, match="there is no comment 1"):
        tea.uncomment("bo", 1)


def test_taking_a_comment_away_lowers_once(tea):
    """Taking a comment away lowers its post by what it was worth."""
    tea.react("cy", 1, "like")
    tea.comment("bo", 1, "one")
    tea.uncomment("bo", 1)
    tea.post("ada", "new")
    assert lines(tea.page("bo", "top")) == ["1 ada: tea (like 1)", "2 ada: new"]


@pytest.fixture
def debate(tea):
    """Five comments, by bo and cy in turn."""
    for number in range(1, 6):
        tea.comment("bo" if number % 2 else "cy", 1, f"c{number}")
    return tea


def test_all_comments(debate):
    """All comments of a post can be read, oldest first."""
    talk = debate.talk("dee", 1)
    assert (said(talk), talk.next) == (["c1", "c2", "c3", "c4", "c5"], None)


@pytest.mark.parametrize(
    ("limit", "first", "second"),
    [
        (2, ["c1", "c2"], ["c3", "c4"]),
        (3, ["c1", "c2", "c3"], ["c4", "c5"]),
        (4, ["c1", "c2", "c3", "c4"], ["c5"]),
    ],
)
def test_comments_by_pages(debate, limit, first, second):
    """Comments can be read some at a time, each once."""
    talk = debate.talk("dee", 1, limit=limit)
    assert said(talk) == first
    assert said(debate.talk("dee", 1, talk.next, limit)) == second


@pytest.mark.parametrize(("limit", "leads"), [(4, 4), (5, None), (6, None)])
def test_where_comments_end(debate, limit, leads):
    """The comments lead on only where there are more."""
    assert debate.talk("dee", 1, limit=limit).next == leads


def test_comments_from_the_beginning(debate):
    """Comments after number zero are all comments."""
    assert len(debate.talk("dee", 1, 0).comments) == 5


def test_no_comments_at_a_time(debate):
    """Comments can't be read none at a time."""
    with pytest.raises(FeedError, match="at least one entry, not 0"):
        debate.talk("dee", 1, limit=0)


@pytest.mark.parametrize("act", ["mute", "block"])
def test_comments_of_hidden_people(debate, act):
    """Comments of people one muted or blocked are neither shown nor counted."""
    getattr(debate, act)("dee", "cy")
    assert said(debate.talk("dee", 1)) == ["c1", "c3", "c5"]
    (card,) = debate.page("dee", scope="everyone").cards
    assert (card["comment_count"], [comment["body"] for comment in card["comments"]]) == (
        3,
        ["c3", "c5"],
    )


def test_comments_of_those_who_blocked_one(debate):
    """Comments of people who blocked one are not shown either."""
    debate.block("cy", "dee")
    assert said(debate.talk("dee", 1)) == ["c1", "c3", "c5"]


def test_talk_of_one_post_only(debate):
    """The comments of a post have none of another one."""
    debate.post("cy", "mug")
    debate.comment("bo", 2, "m")
    assert said(debate.talk("dee", 2)) == ["m"]
    assert len(debate.talk("dee", 1).comments) == 5
