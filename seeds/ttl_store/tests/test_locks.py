import pytest

from sandglass.outcomes import FullError, LeaseError, NamingError, SpanError


def test_lock(box):
    """A lock that is free is granted, for half a minute unless something else is said."""
    grant = box.lock("report", "ana")

    assert (grant.ok, grant.code, grant.owner) == (True, "granted", "ana")
    assert (grant.token, grant.left, grant.place) == (1, 30_000, 0)


def test_lock_that_is_held(box):
    """A lock that somebody holds is not granted; who holds it and for how long is told."""
    box.lock("report", "ana")
    box.clock.advance(seconds=10)

    grant = box.lock("report", "ben")

    assert (grant.ok, grant.code, grant.owner, grant.left) == (False, "held", "ana", 20_000)


def test_lock_again(box):
    """Who takes a lock again holds it for longer, with the same token."""
    box.lock("report", "ana")
    box.clock.advance(seconds=10)

    grant = box.lock("report", "ana", ttl="1m")

    assert (grant.ok, grant.code, grant.token, grant.left) == (True, "renewed", 1, 60_000)


def test_lock_that_ran_out(box):
    """A lock can be taken by somebody else at the very moment it runs out."""
    box.lock("report", "ana")

    box.clock.advance(29_999)
    assert box.lock("report", "ben").code == "held"

    box.clock.advance(1)
    assert box.lock("report", "ben").code == "granted"


def test_tokens_rise(box):
    """Tokens rise from one holder to the next, over all locks."""
    box.lock("report", "ana")
    box.unlock("report", 1)
    box.lock("import", "ben")

    assert box.lock("report", "cy").token == 3


def test_unlock(box):
    """A lock that was given back is free."""
    box.lock("report", "ana")

    grant = box.unlock("report", 1)

    assert (grant.ok, grant.code, grant.owner, grant.token, grant.left) == (
        True,
        "released",
        "ana",
        1,
        0,
    )
    assert box.holder("report") is None


def test_unlock_with_an_old_token(box):
    """A lock can't be given back with a token of old."""
    box.lock("report", "ana")
    box.clock.advance(seconds=30)
    box.lock("report", "ben")

    grant = box.unlock("report", 1)

    assert (grant.ok, grant.code) == (False, "lost")
    assert box.holder("report").owner == "ben"


def test_unlock_nothing(box):
    """A lock that nobody took can't be given back."""
    grant = box.unlock("report", 1)

    assert (grant.ok, grant.code, grant.owner, grant.token, grant.left) == (False, "lost", "", 0, 0)


def test_holder(box):
    """It is told who holds a lock and for how long."""
    box.lock("report", "ana")
    box.clock.advance(seconds=10)

    grant = box.holder("report")

    assert (grant.ok, grant.code, grant.owner, grant.token, grant.left) == (
        True,
        "held",
        "ana",
        1,
        20_000,
    )


def test_renew(box):
    """Who renews a lock holds it as long as at first, from now on."""
    box.lock("report", "ana", ttl="1m")
    box.clock.advance(seconds=50)

    grant = box.renew("report", 1)

    assert (grant.ok, grant.code, grant.left) == (True, "renewed", 60_000)

    box.clock.advance(seconds=50)
    assert box.holder("report").owner == "ana"


def test_renew_for_a_while(box):
    """Who renews a lock can ask for another time, which is the usual one from then on."""
    box.lock("report", "ana", ttl="1m")
    box.renew("report", 1, ttl="10s")
    box.clock.advance(seconds=5)

    assert box.renew("report", 1).left == 10_000


def test_lock_again_for_a_while(box):
    """Who takes a lock again for another time renews it for that time later on."""
    box.lock("report", "ana", ttl="1m")
    box.lock("report", "ana", ttl="10s")

    assert box.renew("report", 1).left == 10_000


def test_renew_too_late(box):
    """A lock that has run out can't be renewed."""
    box.lock("report", "ana")
    box.clock.advance(seconds=30)

    grant = box.renew("report", 1)

    assert (grant.ok, grant.code, grant.left) == (False, "lost", 0)
    assert box.holder("report") is None


def test_renew_with_an_old_token(box):
    """A lock that somebody else holds by now can't be renewed."""
    box.lock("report", "ana")
    box.clock.advance(seconds=30)
    box.lock("report", "ben")
    box.clock.advance(seconds=10)

    assert box.renew("report", 1).code == "lost"
    assert box.holder("report").left == 20_000


def test_patience(box):
    """Who has patience gets a lock when its time is up."""
    box.lock("report", "ana", ttl="10s")

    grant = box.lock("report", "ben", patience="20s")

    assert (grant.code, grant.owner, grant.left) == ("granted", "ben", 30_000)


def test_too_little_patience(box):
    """Who has too little patience goes without the lock."""
    box.lock("report", "ana", ttl="10s")

    grant = box.lock("report", "ben", patience=9_999)

    assert (grant.code, grant.owner, grant.left) == ("held", "ana", 1)


def test_nobody_waits_longer_than_needed(box):
    """Who gets a lock does not go on waiting."""
    box.put("a", "1", ttl="1m")
    box.lock("report", "ana", ttl="10s")
    box.lock("report", "ben", patience="20s")

    assert box.look("a").left == 50_000


def test_patience_behind_a_line(box):
    """Who waits with patience has to let those go first who stand in line."""
    box.lock("report", "ana", ttl="10s")
    box.queue("report", "ben", ttl="5s")

    assert box.lock("report", "cy", patience="12s").owner == "ben"
    assert box.lock("report", "cy", patience="5s").owner == "cy"


def test_line(box):
    """Who stands in line is told the place, and until when it is kept."""
    box.lock("report", "ana")
    first = box.queue("report", "ben", patience="2m")
    second = box.queue("report", "cy")

    assert (first.ok, first.code, first.owner, first.place) == (False, "queued", "ben", 1)
    assert (first.token, first.left) == (0, 120_000)
    assert (second.place, second.left) == (2, 60_000)


def test_line_for_a_free_lock(box):
    """Nobody stands in line for a lock that is free."""
    grant = box.queue("report", "ana")

    assert (grant.ok, grant.code, grant.left) == (True, "granted", 30_000)
    assert box.footprint().waiting == 0


def test_next_in_line(box):
    """A lock that is given back goes to the first in line at once, for as long as they asked for."""
    box.lock("report", "ana")
    box.queue("report", "ben", ttl="7s")
    box.queue("report", "cy")
    box.unlock("report", 1)
    box.clock.advance(seconds=3)

    grant = box.holder("report")

    assert (grant.owner, grant.token, grant.left) == ("ben", 2, 4_000)


def test_next_in_line_by_time(box):
    """A lock that runs out goes to the first in line when somebody looks at it."""
    box.lock("report", "ana")
    box.queue("report", "ben")
    box.clock.advance(seconds=40)

    grant = box.holder("report")

    assert (grant.owner, grant.left) == ("ben", 30_000)


def test_the_place_is_kept(box):
    """Who asks again keeps the place, and has patience anew."""
    box.lock("report", "ana", ttl="5m")
    box.queue("report", "ben")
    box.queue("report", "cy")
    box.clock.advance(seconds=50)

    again = box.queue("report", "ben", ttl="3s")
    assert (again.place, again.left, again.owner) == (1, 60_000, "ben")

    box.clock.advance(seconds=50)
    box.unlock("report", 1)
    grant = box.holder("report")
    assert (grant.owner, grant.left) == ("ben", 3_000)


def test_patience_in_line(box):
    """Who has run out of patience is passed over."""
    box.lock("report", "ana", ttl="5m")
    box.queue("report", "ben", patience="10s")
    box.queue("report", "cy", patience="20s")
    box.clock.advance(seconds=10)
    box.unlock("report", 1)

    assert box.holder("report").owner == "cy"


def test_patience_in_line_to_the_last(box):
    """Who has a moment of patience left gets the lock."""
    box.lock("report", "ana", ttl="5m")
    box.queue("report", "ben", patience="10s")
    box.clock.advance(9_999)
    box.unlock("report", 1)

    assert box.holder("report").owner == "ben"


def test_the_line_is_over(box):
    """Where all have run out of patience the lock is free."""
    box.lock("report", "ana", ttl="5m")
    box.queue("report", "ben", patience="10s")
    box.clock.advance(seconds=10)
    box.unlock("report", 1)

    assert box.holder("report") is None
    held = box.footprint()
    assert (held.lines, held.waiting) == (0, 0)


def test_leave(box):
    """Who leaves the line lets the next one have the lock."""
    box.lock("report", "ana")
    box.queue("report", "ben")
    box.queue("report", "cy")

    assert box.leave("report", "ben") is True
    box.unlock("report", 1)
    assert box.holder("report").owner == "cy"


def test_leave_a_line_nobody_stands_in(box):
    """Who stands in no line can't leave it."""
    box.lock("report", "ana")

    assert box.leave("report", "ana") is False
    assert box.leave("import", "ana") is False


def test_the_last_one_leaves(box):
    """When the last one leaves, the line is gone."""
    box.lock("report", "ana")
    box.queue("report", "ben")
    box.leave("report", "ben")

    held = box.footprint()
    assert (held.lines, held.waiting) == (0, 0)


def test_the_longest_line(box):
    """Four can wait for a lock, a fifth one is refused."""
    box.lock("report", "ana")
    for owner in ("ben", "cy", "di"):
        box.queue("report", owner)

    assert box.queue("report", "ed").place == 4
    with pytest.raises(FullError, match=r"^E_FULL: 4 are waiting for report already$"):
        box.queue("report", "flo")


def test_a_full_line_knows_who_stands_in_it(box):
    """Who stands in a full line can ask for the place."""
    box.lock("report", "ana")
    for owner in ("ben", "cy", "di", "ed"):
        box.queue("report", owner)

    assert box.queue("report", "ed").place == 4


def test_sweeping_locks(box):
    """A sweep ends the locks whose time is up, and counts them."""
    box.lock("report", "ana", ttl="10s")
    box.lock("import", "ben", ttl="20s")
    box.clock.advance(seconds=10)

    assert box.sweep().leases == 1
    assert box.footprint().leases == 1


def test_sweeping_lines(box):
    """A sweep passes locks on to those in line."""
    box.lock("report", "ana", ttl="10s")
    box.queue("report", "ben")
    box.clock.advance(seconds=10)

    assert box.sweep().leases == 1
    box.clock.advance(seconds=20)
    assert box.holder("report").left == 10_000


def test_put_under_a_lock(box):
    """A value that was put under a lock is there as long as the lock is held."""
    box.lock("report", "ana")
    box.clock.advance(seconds=10)

    put = box.put_under("report", 1, "a", "1", tags=["now"])

    assert (put.ok, put.code, put.revision) == (True, "created", 1)
    seen = box.look("a")
    assert (seen.left, seen.tags) == (20_000, ("now",))


def test_put_under_a_lock_again(box):
    """A value that was put under a lock can be replaced under it."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")

    assert box.put_under("report", 1, "a", "2").code == "replaced"
    assert box.get("a") == "2"


def test_it_goes_with_the_lock(box):
    """What was put under a lock goes when the lock is given back, and only that."""
    box.lock("report", "ana")
    box.lock("import", "ben")
    box.put_under("report", 1, "a", "1")
    box.put_under("report", 1, "b", "2", space="carts")
    box.put_under("import", 2, "c", "3")
    box.put("d", "4")
    box.unlock("report", 1)

    assert box.keys().keys == ("c", "d")
    assert box.get("b", space="carts") is None


def test_a_token_of_another_lock(box):
    """A token is good for its own lock only, and for what was put under it."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")

    assert box.unlock("import", 1).code == "lost"
    assert box.get("a") == "1"


def test_it_runs_out_with_the_lock(box):
    """What was put under a lock runs out with it."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.clock.advance(seconds=30)

    assert box.get("a") is None
    assert box.stats().expired == 1


def test_it_lives_on_with_the_lock(box):
    """What was put under a lock lives on when the lock is renewed."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.clock.advance(seconds=20)
    box.renew("report", 1)
    box.clock.advance(seconds=29)

    assert box.get("a") == "1"
    assert box.look("a").left == 1_000


def test_it_lives_on_when_the_lock_is_taken_again(box):
    """What was put under a lock lives on when its owner takes the lock again."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.clock.advance(seconds=20)
    box.lock("report", "ana", patience="20s")

    assert box.look("a").left == 30_000


def test_it_lives_on_when_its_owner_would_stand_in_line(box):
    """What was put under a lock lives on when its owner asks for a place in the line."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.clock.advance(seconds=20)
    box.queue("report", "ana")

    assert box.look("a").left == 30_000


def test_it_is_swept_in_time(box):
    """What was put under a lock is swept when the renewed lock runs out, and not before."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.clock.advance(seconds=20)
    box.renew("report", 1)

    box.clock.advance(seconds=10)
    assert box.sweep().expired == 0

    box.clock.advance(seconds=20)
    assert box.sweep().expired == 1


def test_put_with_an_old_token(box):
    """Who has lost a lock can't put anything under it, and is told who has it."""
    box.lock("report", "ana")
    box.clock.advance(seconds=30)
    box.lock("report", "ben", ttl="1m 30s")

    with pytest.raises(LeaseError, match=r"^E_LEASE: report is held by ben for another 1m 30s$"):
        box.put_under("report", 1, "a", "1")

    assert box.get("a") is None


def test_put_under_a_lock_nobody_holds(box):
    """Nothing can be put under a lock that has run out."""
    box.lock("report", "ana")
    box.clock.advance(seconds=30)

    with pytest.raises(LeaseError, match=r"^E_LEASE: nobody holds report$"):
        box.put_under("report", 1, "a", "1")

    assert box.get("a") is None


def test_put_without_the_lock(box):
    """What was put under a lock and is replaced without it no longer goes with the lock."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.put("a", "2")
    box.unlock("report", 1)

    assert box.get("a") == "2"


def test_swap_under_a_lock(box):
    """What was put under a lock and swapped still goes with it."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    box.swap("a", "2", revision=1)
    box.unlock("report", 1)

    assert box.get("a") is None


def test_touch_under_a_lock(box):
    """What lives as long as a lock can't be given another time."""
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")

    with pytest.raises(LeaseError, match=r"^E_LEASE: a lives as long as its lock$"):
        box.touch("a", "1h")

    assert box.look("a").left == 30_000


def test_the_usual_time_under_a_lock(box):
    """What is put under a lock does not care about the times of its space."""
    box.agree("main", ttl="5s", longest="10s")
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")

    assert box.look("a").left == 30_000


@pytest.mark.parametrize("owner", ["ana  b", " ana b "], ids=["two", "around"])
def test_owners_as_typed(box, owner):
    """Blanks in an owner's name count as one, those around it do not."""
    box.lock("report", "ana b")

    assert box.lock("report", owner).code == "renewed"


@pytest.mark.parametrize(
    ("owner", "words"),
    [(" ", "an owner has a name"), ("a" * 65, "an owner has 64 characters at most")],
    ids=["blank", "long"],
)
def test_bad_owners(box, owner, words):
    """An owner whose name can't be one is refused."""
    with pytest.raises(NamingError, match=rf"^E_NAME: {words}$"):
        box.lock("report", owner)

    assert box.footprint().leases == 0


def test_the_longest_owner(box):
    """The name of an owner can have 64 characters."""
    assert box.lock("report", " " + "a" * 64 + " ").owner == "a" * 64


def test_names_of_locks_as_typed(box):
    """Blanks around the name of a lock do not count."""
    box.lock(" report ", "ana")
    box.put_under(" report ", 1, "a", "1")

    assert box.holder(" report ").owner == "ana"
    assert box.renew(" report ", 1).code == "renewed"
    assert box.unlock(" report ", 1).code == "released"


def test_lines_as_typed(box):
    """Blanks do not count for those in line either."""
    box.lock("report", "ana")
    box.queue(" report ", " ben b ")

    assert box.leave(" report ", "ben  b") is True


def test_locks_for_no_time(box):
    """A lock for no time at all is refused."""
    with pytest.raises(SpanError, match=r"^E_SPAN: it has to last for a while$"):
        box.lock("report", "ana", ttl="0s")

    assert box.holder("report") is None


def test_renew_for_no_time(box):
    """A lock can't be renewed for no time at all."""
    box.lock("report", "ana")

    with pytest.raises(SpanError, match=r"^E_SPAN: it has to last for a while$"):
        box.renew("report", 1, ttl=0)


def test_no_patience_in_line(box):
    """Who has no patience at all can't stand in line."""
    box.lock("report", "ana")

    with pytest.raises(SpanError, match=r"^E_SPAN: it has to last for a while$"):
        box.queue("report", "ben", patience=0)
