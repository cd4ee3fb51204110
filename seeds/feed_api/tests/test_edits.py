import pytest
from script import bodies, lines

from riverbed import FeedError, Problem, Settings


@pytest.fixture
def typo(feed):
    """A post of ada with a slip."""
    feed.post("ada", "helo #tea")
    return feed


def test_an_edit(typo, clock):
    """An edited post has the new text, is marked as edited and keeps its time."""
    clock.advance(minutes=2)
    card = typo.edit("ada", 1, " hello ")
    assert (card["body"], card["edited"], card["version"], card["at"]) == (
        "hello",
        True,
        2,
        "2026-05-04T09:00:00+00:00",
    )
    assert lines(typo.page("bo")) == ["1 ada: hello"]


def test_an_edit_without_a_change(typo):
    """An edit that changes nothing leaves no trace."""
    card = typo.edit("ada", 1, " helo #tea ")
    assert (card["edited"], card["version"]) == (False, 1)
    assert typo.history("ada", 1) == []


def test_history(typo, clock):
    """The texts before each edit are kept, oldest first."""
    clock.advance(minutes=1)
    typo.edit("ada", 1, "hello")
    clock.advance(minutes=1)
    typo.edit("ada", 1, "hello!")
    assert typo.history("bo", 1) == [
        (1, "helo #tea", "2026-05-04T09:01:00+00:00"),
        (2, "hello", "2026-05-04T09:02:00+00:00"),
    ]


@pytest.mark.parametrize("seconds", [0, 3599, 3600])
def test_an_hour_for_edits(typo, clock, seconds):
    """A post can be edited for an hour."""
    clock.advance(seconds=seconds)
    assert typo.edit("ada", 1, "hello")["body"] == "hello"


def test_too_late_for_an_edit(typo, clock):
    """After more than an hour an edit is refused and the text stays."""
    clock.advance(seconds=3600.001)
    with pytest.raises(FeedError, match="can't be changed any more") as caught:
        typo.edit("ada", 1, "hello")
    assert caught.value.problem is Problem.TOO_LATE
    assert bodies(typo.page("bo")) == ["helo #tea"]


def test_the_hour_counts_from_the_post(typo, clock):
    """An edit does not give another hour."""
    clock.advance(minutes=50)
    typo.edit("ada", 1, "hello")
    clock.advance(minutes=11)
    with pytest.raises(FeedError, match="can't be changed any more"):
        typo.edit("ada", 1, "hello!")


def test_time_for_edits_is_a_setting(feed, clock):
    """For how long posts can be edited can be set in seconds."""
    feed.adjust(Settings(edit_seconds=0))
    feed.post("ada", "a")
    assert feed.edit("ada", 1, "b")["body"] == "b"
    clock.advance(seconds=1)
    with pytest.raises(FeedError, match="can't be changed any more"):
        feed.edit("ada", 1, "c")


def test_an_edit_of_what_was_seen(typo):
    """An edit goes through where the version that was seen is the current one."""
    typo.edit("ada", 1, "hello", 1)
    assert typo.edit("ada", 1, "hello!", 2)["version"] == 3


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_an_edit_of_something_older(typo, seen):
    """An edit of a version that is not the current one is refused and changes nothing."""
    typo.edit("ada", 1, "hello")
    with pytest.raises(FeedError, match="changed meanwhile, it is at version 2") as caught:
        typo.edit("ada", 1, "hullo", seen)
    assert caught.value.problem is Problem.CONFLICT
    assert bodies(typo.page("bo")) == ["hello"]


def test_nobody_elses_post_can_be_edited(typo):
    """A post can be edited by its author only."""
    with pytest.raises(FeedError, match="post 1 is not yours") as caught:
        typo.edit("bo", 1, "hullo")
    assert caught.value.problem is Problem.NOT_YOURS


def test_an_edit_to_nothing(typo):
    """A post can't be emptied by an edit."""
    with pytest.raises(FeedError, match="nothing to say"):
        typo.edit("ada", 1, " ")
    assert bodies(typo.page("bo")) == ["helo #tea"]


def test_an_edit_keeps_reactions(typo):
    """Reactions and comments stay when a post is edited."""
    typo.react("bo", 1, "love")
    typo.comment("bo", 1, "typo?")
    typo.edit("ada", 1, "hello")
    assert lines(typo.page("bo")) == ["1 ada: hello (love 1, 1 said)"]


def test_an_edit_keeps_the_rank(typo):
    """A post keeps its rank when it is edited."""
    typo.post("ada", "newer")
    typo.react("bo", 1, "like")
    typo.edit("ada", 1, "hello")
    assert bodies(typo.page("bo", "top")) == ["hello", "newer"]


def test_deleting(typo):
    """A deleted post is on no page any more."""
    typo.post("ada", "other")
    assert len(typo.page("bo").cards) == 2
    typo.delete("ada", 1)
    assert bodies(typo.page("bo")) == ["other"]
    assert bodies(typo.page("bo", "top")) == ["other"]


def test_deleting_twice(typo):
    """A post that was deleted can't be deleted again."""
    typo.delete("ada", 1)
    with pytest.raises(FeedError, match="there is no post 1") as caught:
        typo.delete("ada", 1)
    assert caught.value.problem is Problem.NO_SUCH_POST


def test_nobody_elses_post_can_be_deleted(typo):
    """A post can be deleted by its author only, and stays otherwise."""
    with pytest.raises(FeedError, match="post 1 is not yours"):
        typo.delete("bo", 1)
    assert bodies(typo.page("bo")) == ["helo #tea"]


def test_numbers_are_not_used_again(typo):
    """The number of a deleted post is not given to another one."""
    typo.delete("ada", 1)
    assert typo.post("ada", "again")["id"] == 2


def test_deleted_posts_are_not_found_by_tag(typo):
    """A deleted post is not found by its tags any more."""
    typo.delete("ada", 1)
    assert bodies(typo.page("bo", filters={"tag": "tea"})) == []
