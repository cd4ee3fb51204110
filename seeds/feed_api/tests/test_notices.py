import pytest
from script import Phone, lines

from riverbed import Quota, Settings


def delivered(feed):
    phone = Phone()
    feed.deliver(phone)
    return phone.read()


def test_followers_are_announced(square):
    """Who is followed gets a notice."""
    square.follow("bo", "ada", "cy")
    assert delivered(square) == ["to ada: follow by bo", "to cy: follow by bo"]


def test_followers_are_announced_once(square):
    """Who was followed already gets no notice again."""
    square.follow("bo", "ada")
    square.follow("bo", "ada", "cy")
    assert delivered(square) == ["to ada: follow by bo", "to cy: follow by bo"]


def test_a_refused_follow_is_not_announced(square):
    """If following is refused for one of several people, nobody gets a notice."""
    square.block("cy", "bo")
    with pytest.raises(Exception, match="can't follow cy"):
        square.follow("bo", "ada", "cy")
    assert delivered(square) == []


def test_mentions_are_announced(square):
    """Who is mentioned gets a notice, once for each post."""
    square.post("ada", "hi @bo and @cy and @bo")
    assert delivered(square) == [
        "to bo: mention by ada on post 1",
        "to cy: mention by ada on post 1",
    ]


def test_comments_are_announced(square):
    """Who wrote a post gets a notice of comments on it."""
    square.post("ada", "tea")
    square.comment("bo", 1, "nice")
    assert delivered(square) == ["to ada: comment by bo on post 1"]


def test_nobody_is_told_of_their_own_doing(square):
    """There are no notices about what one did oneself."""
    square.post("ada", "note to @ada")
    square.comment("ada", 1, "and")
    assert delivered(square) == []


@pytest.mark.parametrize(
    ("audience", "told"),
    [
        ("everyone", ["to bo: mention by ada on post 1"]),
        ("followers", ["to bo: mention by ada on post 1"]),
        ("mentioned", ["to bo: mention by ada on post 1"]),
        ("me", []),
    ],
)
def test_who_may_not_see_is_not_told(square, audience, told):
    """Who is mentioned in a post for its author alone gets no notice."""
    square.post("ada", "hi @bo", audience)
    assert delivered(square) == told


@pytest.mark.parametrize("act", ["mute", "block"])
def test_hidden_people_are_not_announced(square, act):
    """There are no notices from people one muted or blocked."""
    getattr(square, act)("bo", "ada")
    square.post("ada", "hi @bo")
    assert delivered(square) == []


def test_an_edit_tells_only_new_people(square):
    """After an edit only those get a notice who were not mentioned before."""
    square.post("ada", "hi @bo")
    square.edit("ada", 1, "hi @bo and @cy")
    assert delivered(square) == [
        "to bo: mention by ada on post 1",
        "to cy: mention by ada on post 1",
    ]


def test_notices_go_out_once(square):
    """A notice that went out does not go out again."""
    square.follow("bo", "ada")
    phone = Phone()
    assert square.deliver(phone) == (1, 0, 0)
    assert square.deliver(phone) == (0, 0, 0)
    assert phone.read() == ["to ada: follow by bo"]


@pytest.mark.parametrize(("down", "tries"), [(0, 1), (1, 2), (2, 3)])
def test_a_receiver_gets_three_tries(square, down, tries):
    """A receiver that takes a notice at the third try has it."""
    square.follow("bo", "ada")
    phone = Phone(down)
    assert square.deliver(phone) == (1, 0, 0)
    assert len(phone.tries) == tries


def test_a_receiver_that_is_down(square):
    """A notice that was not taken in three tries has failed, and comes again the next time."""
    square.follow("bo", "ada")
    phone = Phone(3)
    assert square.deliver(phone) == (0, 1, 0)
    assert square.deliver(phone) == (1, 0, 0)
    assert phone.read() == ["to ada: follow by bo"]


def test_every_try_has_the_same_key(square):
    """All tries of a notice carry one key, and other notices carry another."""
    square.follow("bo", "ada", "cy")
    phone = Phone(2)
    square.deliver(phone)
    keys = [notice.key for notice in phone.tries]
    assert (len(set(keys[:3])), len(set(keys))) == (1, 2)


def test_pauses_grow(square, clock):
    """Between tries there are pauses of a fifth and two fifths of a second, and none after the last."""
    square.follow("bo", "ada")
    start = clock.now()
    square.deliver(Phone(1))
    assert clock.now() - start == 200
    square.follow("bo", "cy")
    square.deliver(Phone(3))
    assert clock.now() - start == 800


def test_a_notice_is_given_up(square):
    """A notice that failed in three rounds is parked and does not come again."""
    square.follow("bo", "ada")
    phone = Phone(99)
    assert [square.deliver(phone) for _ in range(4)] == [(0, 1, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)]
    assert len(phone.tries) == 9


def test_one_failure_does_not_stop_the_others(square):
    """A notice that fails does not keep the others back."""
    square.follow("bo", "ada", "cy")
    phone = Phone(3)
    assert square.deliver(phone) == (1, 1, 0)
    assert phone.read() == ["to cy: follow by bo"]


def test_failed_notices_wait_in_line(square):
    """Notices that failed before go out after fresh ones."""
    square.follow("bo", "ada")
    phone = Phone(3)
    square.deliver(phone)
    square.follow("bo", "cy")
    square.deliver(phone)
    assert phone.read() == ["to cy: follow by bo", "to ada: follow by bo"]


@pytest.mark.parametrize(("limit", "sent"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_so_many_at_a_time(square, limit, sent):
    """No more notices go out at a time than wanted."""
    square.follow("bo", "ada", "cy", "dee")
    assert square.deliver(Phone(), limit) == (sent, 0, 0)


@pytest.mark.parametrize(
    ("seconds", "sent"),
    [(0, 0), (0.6, 1), (0.601, 2), (1.2, 2), (1.201, 3), (None, 3)],
)
def test_so_long_at_a_time(square, clock, seconds, sent):
    """Notices go out for so many seconds, and what was begun by then is finished."""
    square.follow("bo", "ada", "cy", "dee")
    clock.advance(minutes=1)

    class Slow(Phone):
        def __str__(self):
            return "a phone that takes 0.6 s for each notice"

        def __call__(self, notice):
            super().__call__(notice)
            clock.advance(seconds=0.6)

    assert square.deliver(Slow(), seconds=seconds).sent == sent


def test_the_clock_is_put_back(square, clock):
    """How long notices go out does not depend on the time of day being set."""
    square.follow("bo", "ada", "cy", "dee")

    class Setting(Phone):
        def __str__(self):
            return "a phone on which somebody sets the clock back a day"

        def __call__(self, notice):
            super().__call__(notice)
            clock.put_to("2026-05-03T09:00")
            clock.advance(seconds=5)

    assert square.deliver(Setting(), seconds=10).sent == 2


def test_notices_of_another_space(square):
    """Notices of one space do not go out with those of another."""
    square.follow("bo", "ada")
    other = square.beside("harbour")
    other.enrol(["xe", "ya"])
    other.follow("xe", "ya")
    assert delivered(other) == ["to ya: follow by xe"]
    assert delivered(square) == ["to ada: follow by bo"]


def test_other_failures_are_passed_on(square):
    """A receiver that breaks in an unknown way stops delivery, and the notice is still due."""
    square.follow("bo", "ada")

    class Broken(Phone):
        def __str__(self):
            return "a phone that is broken"

        def __call__(self, notice):
            raise RuntimeError("battery")

    with pytest.raises(RuntimeError, match="battery"):
        square.deliver(Broken())
    assert delivered(square) == ["to ada: follow by bo"]


def test_a_comment_over_quota_is_not_announced(square):
    """A comment that is refused is neither shown nor announced."""
    square.adjust(Settings(commenting=(Quota(1, 60),)))
    square.post("ada", "tea")
    square.comment("bo", 1, "one")
    with pytest.raises(Exception, match="try again in 60 s"):
        square.comment("bo", 1, "two")
    assert lines(square.page("ada")) == ["1 ada: tea (1 said)"]
    assert delivered(square) == ["to ada: comment by bo on post 1"]
