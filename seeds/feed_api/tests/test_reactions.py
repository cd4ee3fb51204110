import pytest
from script import lines

from riverbed import FeedError, Problem


@pytest.fixture
def tea(feed):
    """A post of ada."""
    feed.post("ada", "tea")
    return feed


def test_reacting(tea):
    """A reaction stands on the card, and one's own is marked."""
    assert tea.react("bo", 1, "love") == {"love": 1}
    (card,) = tea.page("bo").cards
    assert (card["reactions"], card["mine"]) == ({"love": 1}, "love")


def test_reactions_of_others_are_not_mine(tea):
    """Somebody else's reaction is not marked as one's own."""
    tea.react("cy", 1, "love")
    assert tea.page("bo").cards[0]["mine"] is None


def test_the_usual_reaction(tea):
    """Who reacts without saying how likes the post."""
    assert tea.react("bo", 1) == {"like": 1}


def test_reactions_add_up(tea):
    """Reactions are counted by kind, the most frequent first."""
    tea.react("bo", 1, "love")
    tea.react("cy", 1, "like")
    assert list(tea.react("dee", 1, "like").items()) == [("like", 2), ("love", 1)]


def test_equally_frequent_reactions(tea):
    """Equally frequent reactions stand in the order of the alphabet."""
    tea.react("bo", 1, "love")
    tea.react("cy", 1, "like")
    assert list(tea.react("dee", 1, "laugh")) == ["laugh", "like", "love"]


def test_one_reaction_each(tea):
    """Another reaction of the same person takes the place of the first."""
    tea.react("bo", 1, "love")
    assert tea.react("bo", 1, "laugh") == {"laugh": 1}
    assert tea.react("bo", 1, "laugh") == {"laugh": 1}


def test_taking_back(tea):
    """A reaction that was taken back is gone from the card."""
    tea.react("cy", 1, "like")
    tea.react("bo", 1, "like")
    assert tea.unreact("bo", 1) == {"like": 1}
    (card,) = tea.page("bo").cards
    assert (card["reactions"], card["mine"]) == ({"like": 1}, None)


def test_taking_back_nothing(tea):
    """Taking back a reaction one never left changes nothing."""
    tea.react("cy", 1, "like")
    assert tea.unreact("bo", 1) == {"like": 1}


def test_taking_back_nothing_leaves_the_rank(tea):
    """Taking back a reaction twice lowers a post once."""
    tea.react("cy", 1, "like")
    tea.react("bo", 1, "like")
    tea.unreact("bo", 1)
    tea.unreact("bo", 1)
    tea.post("ada", "new")
    assert lines(tea.page("bo", "top")) == ["1 ada: tea (like 1)", "2 ada: new"]


@pytest.mark.parametrize("kind", ["LOVE", " love "], ids=["capitals", "blanks"])
def test_kinds_in_any_form(tea, kind):
    """A kind of reaction is understood however it is typed."""
    assert tea.react("bo", 1, kind) == {"love": 1}


def test_unknown_kinds(tea):
    """A kind of reaction that does not exist is refused with those that do."""
    with pytest.raises(
        FeedError, match="reaction is one of like, laugh, love, not 'frown'"
    ) as caught:
        tea.react("bo", 1, "frown")
    assert caught.value.problem is Problem.BAD_CHOICE
    assert tea.read("bo", 1)["reactions"] == {}


def test_reactions_stay_with_their_post(tea):
    """Each card has the reactions to its own post."""
    tea.thread("ada", ["pot", "mug"])
    tea.react("bo", 1, "love")
    tea.react("bo", 3, "like")
    tea.react("cy", 3, "laugh")
    assert lines(tea.page("bo")) == [
        "3 ada: mug (laugh 1, like 1)",
        "2 ada: pot",
        "1 ada: tea (love 1)",
    ]


@pytest.mark.parametrize(
    ("kinds", "percents"),
    [
        (["like"], [("like", 1, 100)]),
        (["like", "love"], [("like", 1, 50), ("love", 1, 50)]),
        (["like", "love", "laugh"], [("laugh", 1, 34), ("like", 1, 33), ("love", 1, 33)]),
        (["like", "like", "love"], [("like", 2, 67), ("love", 1, 33)]),
        (
            ["like", "like", "like", "love", "love", "laugh"],
            [("like", 3, 50), ("love", 2, 33), ("laugh", 1, 17)],
        ),
        (["like"] * 6 + ["love"], [("like", 6, 86), ("love", 1, 14)]),
        (
            ["love"] * 3 + ["like"] * 3 + ["laugh"],
            [("like", 3, 43), ("love", 3, 43), ("laugh", 1, 14)],
        ),
        (
            ["love"] * 6 + ["like"] * 4 + ["laugh"],
            [("love", 6, 55), ("like", 4, 36), ("laugh", 1, 9)],
        ),
    ],
    ids=[
        "one",
        "half",
        "thirds",
        "two-one",
        "three-two-one",
        "six-one",
        "three-three-one",
        "six-four-one",
    ],
)
def test_parts_make_a_hundred(tea, kinds, percents):
    """The parts that each kind of reaction has add up to a hundred per cent."""
    fans = [f"fan{number}" for number in range(len(kinds))]
    tea.enrol(fans)
    for fan, kind in zip(fans, kinds, strict=True):
        tea.react(fan, 1, kind)
    assert tea.breakdown("ada", 1) == percents


def test_no_parts_of_nothing(tea):
    """Without reactions there are no parts."""
    assert tea.breakdown("ada", 1) == []


def test_only_authors_see_parts(tea):
    """How reactions are made up is shown to the author only."""
    with pytest.raises(FeedError, match="post 1 is not yours"):
        tea.breakdown("bo", 1)
