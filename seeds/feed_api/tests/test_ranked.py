import pytest
from script import bodies, diary, lines, through


@pytest.fixture
def race(feed):
    """Three posts of ada, a minute apart."""
    feed.backfill("ada", diary("one", "two", "three"))
    return feed


def test_without_points_time_decides(race):
    """Posts that nobody reacted to rank by their time."""
    assert bodies(race.page("bo", "top")) == ["three", "two", "one"]


def test_points_lift(race):
    """A reaction lifts a post above newer ones."""
    race.react("bo", 1, "like")
    assert lines(race.page("bo", "top")) == ["1 ada: one (like 1)", "3 ada: three", "2 ada: two"]


@pytest.mark.parametrize(("kind", "minutes"), [("like", 6), ("laugh", 12), ("love", 18)])
@pytest.mark.parametrize(("ahead", "first"), [(-1, "old"), (0, "new"), (1, "new")])
def test_what_a_reaction_is_worth(feed, kind, minutes, ahead, first):
    """A reaction is worth six minutes for a like, twelve for a laugh and eighteen for love."""
    feed.backfill(
        "ada", [("2026-05-04T08:00", "old"), (f"2026-05-04T08:{minutes + ahead:02}", "new")]
    )
    feed.react("bo", 1, kind)
    assert bodies(feed.page("bo", "top"))[0] == first


def test_a_comment_is_worth_two_likes(feed):
    """A comment lifts a post by twelve minutes."""
    feed.backfill(
        "ada", [("2026-05-04T08:00", "old"), ("2026-05-04T08:11", "x"), ("2026-05-04T08:13", "y")]
    )
    feed.comment("bo", 1, "well")
    assert bodies(feed.page("bo", "top")) == ["y", "old", "x"]


def test_a_comment_taken_back_counts_no_more(feed):
    """A post goes back to its place when the comment under it is taken away."""
    feed.backfill("ada", [("2026-05-04T08:00", "old"), ("2026-05-04T08:01", "new")])
    feed.comment("bo", 1, "well")
    feed.uncomment("bo", 1)
    assert bodies(feed.page("bo", "top")) == ["new", "old"]


def test_own_comments_count_for_nothing(race):
    """Commenting one's own post does not lift it."""
    race.comment("ada", 1, "bump")
    assert bodies(race.page("bo", "top")) == ["three", "two", "one"]


def test_own_comments_taken_back_count_for_nothing(race):
    """Taking away one's own comment under one's own post does not lower it."""
    race.react("bo", 1, "like")
    race.comment("ada", 1, "bump")
    race.uncomment("ada", 1)
    assert bodies(race.page("bo", "top")) == ["one", "three", "two"]


def test_own_reactions_count_for_nothing(race):
    """Reacting to one's own post does not lift it."""
    race.react("ada", 1, "love")
    assert bodies(race.page("bo", "top")) == ["three", "two", "one"]


def test_a_reaction_taken_back_counts_no_more(race):
    """A post goes back to its place when the reaction is taken back."""
    race.react("bo", 1, "love")
    race.unreact("bo", 1)
    assert bodies(race.page("bo", "top")) == ["three", "two", "one"]


def test_a_changed_reaction_counts_once(feed):
    """Of a reaction that was changed only the last one counts."""
    feed.backfill("ada", [("2026-05-04T08:00", "old"), ("2026-05-04T08:07", "new")])
    feed.react("bo", 1, "love")
    feed.react("bo", 1, "like")
    assert bodies(feed.page("bo", "top")) == ["new", "old"]


def test_a_stronger_reaction_lifts_by_the_difference(feed):
    """Changing a like to love leaves a post eighteen minutes ahead of its time."""
    feed.backfill(
        "ada", [("2026-05-04T08:00", "old"), ("2026-05-04T08:17", "x"), ("2026-05-04T08:19", "y")]
    )
    feed.react("bo", 1, "like")
    feed.react("bo", 1, "love")
    assert bodies(feed.page("bo", "top")) == ["y", "old", "x"]


@pytest.fixture
def crowd(square):
    """Thirty more members, and three posts of ada within five hours."""
    square.enrol([f"fan{number}" for number in range(30)])
    return square


@pytest.mark.parametrize(
    ("loves", "minutes"),
    [(3, 54), (4, 64), (5, 70), (20, 160), (21, 160)],
)
def test_many_points_are_worth_less(crowd, loves, minutes):
    """The first ten points of a post are worth six minutes each, fifty more two each, and all others nothing."""
    at = [
        f"2026-05-04T0{3 + minute // 60}:{minute % 60:02}" for minute in (minutes - 1, minutes + 1)
    ]
    crowd.backfill("ada", [("2026-05-04T03:00", "old"), (at[0], "x"), (at[1], "y")])
    for number in range(loves):
        crowd.react(f"fan{number}", 1, "love")
    assert bodies(crowd.page("dee", "top", scope="everyone")) == ["y", "old", "x"]


def test_equal_ranks_go_by_number(feed):
    """Of posts of equal rank the newer one stands on top."""
    feed.thread("ada", ["a", "b", "c"])
    assert bodies(feed.page("bo", "top")) == ["c", "b", "a"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_every_post_once_by_rank(race, limit):
    """Turning from page to page by rank shows every post once."""
    race.react("bo", 2, "like")
    assert sum(through(race, "bo", limit, order="top"), []) == ["two", "three", "one"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_every_post_once_among_equal_ranks(feed, limit):
    """Turning from page to page by rank shows every post once though all rank equal."""
    feed.thread("ada", ["a", "b", "c", "d"])
    assert sum(through(feed, "bo", limit, order="top"), []) == ["d", "c", "b", "a"]


def test_back_by_rank(race):
    """Going back by rank gives the post just above."""
    race.react("bo", 1, "like")
    first = race.page("bo", "top", limit=2)
    last = race.page("bo", limit=2, after=first.next)
    page = race.page("bo", limit=1, before=last.back)
    assert (bodies(page), page.more) == (["three"], True)


def test_back_among_equal_ranks(feed):
    """Going back works among posts of equal rank."""
    feed.thread("ada", ["a", "b", "c", "d"])
    first = feed.page("bo", "top", limit=2)
    second = feed.page("bo", limit=2, after=first.next)
    assert bodies(feed.page("bo", limit=2, before=second.back)) == ["d", "c"]


def test_ranks_stay_while_time_goes_by(race, clock):
    """Ranks do not change because time goes by."""
    race.react("bo", 1, "like")
    clock.advance(hours=30)
    assert bodies(race.page("bo", "top")) == ["one", "three", "two"]


def test_a_new_post_starts_at_its_time(feed, clock):
    """A new post ranks above an older one with few points."""
    feed.post("ada", "old")
    feed.react("bo", 1, "like")
    clock.advance(minutes=7)
    feed.post("ada", "new")
    assert bodies(feed.page("bo", "top")) == ["new", "old"]


@pytest.mark.parametrize("order", ["TOP", " top "], ids=["capitals", "blanks"])
def test_the_ranked_order_in_any_case(race, order):
    """The ranked order is understood however it is typed, and following pages have it, too."""
    race.react("bo", 1, "like")
    first = race.page("bo", order, limit=1)
    assert bodies(first) == ["one"]
    assert bodies(race.page("bo", "top", limit=1, after=first.next)) == ["three"]
