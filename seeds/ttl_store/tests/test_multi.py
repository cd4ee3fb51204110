import pytest

from sandglass.outcomes import FullError, NamingError, ReuseError


def test_all_of_it(box):
    """Several writes are made as one, and each tells what became of it."""
    box.put("a", "1")
    box.put("b", "1")
    multi = box.multi()
    multi.put("a", "2")
    multi.put("c", "3")
    multi.delete("b")
    multi.delete("d")

    receipt = multi.commit()

    assert (receipt.ok, receipt.code, receipt.failed, receipt.revision) == (
        True,
        "committed",
        (),
        5,
    )
    assert receipt.outcomes == ("replaced", "created", "deleted", "missing")
    assert box.get_many(["a", "b", "c"]) == {"a": "2", "c": "3"}


def test_a_check_that_fails(box):
    """Nothing is written if something has changed, and what has is told."""
    box.put("a", "1")
    box.put("b", "2")
    multi = box.multi()
    multi.check("a", 1)
    multi.check("b", 1)
    multi.put("c", "3")

    receipt = multi.commit()

    assert (receipt.ok, receipt.code, receipt.failed, receipt.outcomes) == (
        False,
        "conflict",
        ("b",),
        (),
    )
    assert receipt.revision == 2
    assert box.get("c") is None


def test_all_checks_that_fail(box):
    """All keys are told that have changed, in the order they were checked."""
    box.put("a", "1")
    box.put("b", "2")
    multi = box.multi()
    multi.check("b", 7)
    multi.check("a", 7)

    assert multi.commit().failed == ("b", "a")


def test_a_check_that_nothing_is_there(box):
    """Revision 0 is that of a key that is not there."""
    multi = box.multi()
    multi.check("a", 0)
    multi.put("a", "1")

    assert multi.commit().code == "committed"


def test_a_check_of_what_ran_out(box):
    """A key that has run out is not there."""
    box.put("a", "1", ttl="5s")
    box.clock.advance(seconds=5)
    multi = box.multi()
    multi.check("a", 0)
    multi.put("a", "2")

    assert multi.commit().code == "committed"


def test_time_and_tags(box):
    """What is written among others has time and tags like anything else."""
    multi = box.multi()
    multi.put("a", "1", ttl="5s", tags=["Cart"])
    multi.put("b", "2")
    multi.commit()
    box.clock.advance(seconds=1)
    box.get("a")

    seen = box.look("a")
    assert (seen.left, seen.tags) == (4_000, ("cart",))
    seen = box.look("b")
    assert (seen.left, seen.tags) == (None, ())


def test_in_a_space(box):
    """Several writes are made in the space that was asked for, and checked there."""
    box.agree("carts", ttl="1m")
    box.put("a", "here")
    multi = box.multi(space="Carts")
    multi.check("a", 0)
    multi.put("a", "there")
    multi.delete("b")
    multi.commit()

    assert box.get("a") == "here"
    assert box.look("a", space="carts").left == 60_000


def test_keys_as_typed(box):
    """Blanks around keys do not count in several writes either."""
    box.put("a", "1")
    box.put("b", "1")
    multi = box.multi()
    multi.check(" a ", 1)
    multi.put(" a ", "2")
    multi.delete(" b ")

    assert multi.commit().outcomes == ("replaced", "deleted")


def test_none_of_it(box):
    """If one of several writes is refused none is made."""
    box.agree("main", size=10)
    box.put("a", "1", ttl="1m", tags=["cart"])
    multi = box.multi()
    multi.delete("a")
    multi.put("b", "1")
    multi.put("c", "1234567890")

    with pytest.raises(FullError, match=r"^E_FULL: c has 11 bytes, 10 are allowed in all$"):
        multi.commit()

    assert box.keys().keys == ("a",)
    seen = box.look("a")
    assert (seen.left, seen.tags) == (60_000, ("cart",))


def test_nothing_is_told_of_none_of_it(box):
    """If one of several writes is refused nobody hears of the others, and nothing counts."""
    box.agree("main", size=10)
    watch = box.watch()
    multi = box.multi()
    multi.put("b", "1")
    multi.put("c", "1234567890")
    with pytest.raises(FullError):
        multi.commit()

    assert box.poll(watch).changes == ()
    assert box.stats().written == 0
    assert box.put("d", "1").revision == 1


def test_the_account_of_none_of_it(box):
    """If one of several writes is refused the space holds what it held."""
    box.agree("main", size=10)
    box.put("a", "1")
    multi = box.multi()
    multi.put("a", "12")
    multi.put("a", "123")
    multi.put("b", "1")
    multi.put("c", "1234567890")
    with pytest.raises(FullError):
        multi.commit()

    used = box.usage()
    assert (used.entries, used.size) == (1, 2)
    assert box.get("a") == "1"


def test_time_goes_on_after_none_of_it(box):
    """If one of several writes is refused everything still runs out in time."""
    box.agree("main", size=10)
    box.put("a", "1", ttl="5s")
    multi = box.multi()
    multi.put("a", "2", ttl="1h")
    multi.put("c", "1234567890")
    with pytest.raises(FullError):
        multi.commit()
    box.clock.advance(seconds=5)

    assert box.sweep().expired == 1


def test_tags_after_none_of_it(box):
    """If one of several writes is refused tags are what they were."""
    box.agree("main", size=10)
    box.put("a", "1", tags=["cart"])
    multi = box.multi()
    multi.put("a", "2", tags=["order"])
    multi.put("c", "1234567890")
    with pytest.raises(FullError):
        multi.commit()

    assert box.delete_tag("order") == 0
    assert box.delete_tag("cart") == 1


def test_locks_after_none_of_it(box):
    """If one of several writes is refused, what was put under a lock still goes with it."""
    box.agree("main", size=10)
    box.lock("report", "ana")
    box.put_under("report", 1, "a", "1")
    multi = box.multi()
    multi.put("a", "2")
    multi.put("c", "1234567890")
    with pytest.raises(FullError):
        multi.commit()
    box.unlock("report", 1)

    assert box.get("a") is None


def test_the_order_of_use_after_none_of_it(box):
    """If one of several writes is refused the order of use is what it was."""
    box.agree("main", entries=3, size=8)
    for key in ("a", "b", "c"):
        box.put(key, "1")
    multi = box.multi()
    multi.put("a", "2")
    multi.put("x", "12345678")
    with pytest.raises(FullError):
        multi.commit()

    box.put("d", "1")
    box.put("e", "1")

    assert box.keys().keys == ("c", "d", "e")


def test_the_middle_after_none_of_it(box):
    """If one of several writes is refused, what stood in the middle of the order of use stands there again."""
    box.agree("main", entries=3, size=8)
    for key in ("a", "b", "c"):
        box.put(key, "1")
    multi = box.multi()
    multi.delete("b")
    multi.put("x", "12345678")
    with pytest.raises(FullError):
        multi.commit()

    box.delete("c")
    box.put("d", "1")
    box.put("e", "1")
    assert box.keys().keys == ("b", "d", "e")

    box.put("f", "1")
    box.put("g", "1")
    assert box.keys().keys == ("e", "f", "g")


def test_the_newest_after_none_of_it(box):
    """If one of several writes is refused, what was used last is still the last to go."""
    box.agree("main", entries=3, size=8)
    for key in ("a", "b", "c"):
        box.put(key, "1")
    multi = box.multi()
    multi.delete("b")
    multi.delete("c")
    multi.put("x", "12345678")
    with pytest.raises(FullError):
        multi.commit()
    box.put("d", "1")
    box.put("e", "1")

    assert box.keys().keys == ("c", "d", "e")


def test_a_renewal_is_not_taken_back(box):
    """What was renewed before is not undone with several writes that are refused."""
    box.agree("main", size=10)
    box.lock("report", "ana", ttl="10s")
    box.put_under("report", 1, "a", "1")
    box.renew("report", 1, ttl="1m")
    multi = box.multi()
    multi.put("a", "1234567890")
    with pytest.raises(FullError):
        multi.commit()

    assert box.look("a").left == 60_000


def test_a_refused_space(box):
    """If several writes are refused their space is not there."""
    box.limit(size=10)
    multi = box.multi(space="carts")
    multi.put("a", "1")
    multi.put("b", "1234567890")
    with pytest.raises(FullError):
        multi.commit()

    assert box.spaces() == ["main"]


def test_a_space_that_empties(box):
    """A space whose last entry is replaced keeps its counts."""
    box.put("a", "1", space="carts")
    box.get("a", space="carts")
    box.put("a", "2", space="carts")

    assert box.stats("carts").hits == 1


def test_a_request_twice(box):
    """A request that is sent again is not carried out again, and gets the same receipt."""
    first = box.multi(request="r-1")
    first.put("a", "1")
    first.commit()
    again = box.multi(request="r-1")
    again.put("a", "1")

    receipt = again.commit()

    assert (receipt.code, receipt.outcomes, receipt.revision) == ("committed", ("created",), 1)
    assert box.look("a").revision == 1


def test_a_request_for_a_day(box):
    """A request key is good for a day."""
    multi = box.multi(request="r-1")
    multi.put("a", "1")
    multi.commit()

    box.clock.advance(86_399_999)
    assert multi.commit().outcomes == ("created",)

    box.clock.advance(1)
    assert multi.commit().outcomes == ("replaced",)


def test_request_keys_of_spaces(box):
    """Two spaces can use the same request key."""
    one = box.multi(request="r-1")
    one.put("a", "1")
    one.commit()
    other = box.multi(request="r-1", space="carts")
    other.put("a", "1")

    assert other.commit().code == "committed"
    assert box.get("a", space="carts") == "1"


def test_a_request_key_for_another_value(box):
    """A request key can't be used for another value."""
    first = box.multi(request="r-1")
    first.put("a", "1")
    first.commit()
    other = box.multi(request="r-1")
    other.put("a", "2")

    with pytest.raises(ReuseError, match=r"^E_REUSE: r-1 was used for something else$"):
        other.commit()

    assert box.get("a") == "1"


def test_a_request_key_for_another_check(box):
    """A request key can't be used for another check."""
    first = box.multi(request="r-1")
    first.check("a", 0)
    first.commit()
    other = box.multi(request="r-1")
    other.check("a", 1)

    with pytest.raises(ReuseError, match=r"^E_REUSE: r-1 was used for something else$"):
        other.commit()


def test_a_request_key_for_another_time(box):
    """A request key can't be used for the same value with another ttl."""
    first = box.multi(request="r-1")
    first.put("a", "1", ttl="5s")
    first.commit()
    other = box.multi(request="r-1")
    other.put("a", "1", ttl="6s")

    with pytest.raises(ReuseError, match=r"^E_REUSE: r-1 was used for something else$"):
        other.commit()


def test_a_request_key_for_a_deletion(box):
    """A request key can't be used to delete another entry."""
    first = box.multi(request="r-1")
    first.delete("a")
    first.commit()
    other = box.multi(request="r-1")
    other.delete("b")

    with pytest.raises(ReuseError, match=r"^E_REUSE: r-1 was used for something else$"):
        other.commit()


def test_a_request_that_failed(box):
    """A request whose checks failed can be tried again under its key."""
    first = box.multi(request="r-1")
    first.check("a", 1)
    first.put("b", "2")
    first.commit()
    box.put("a", "1")

    assert first.commit().code == "committed"
    assert box.get("b") == "2"


def test_a_request_that_was_refused(box):
    """A request that was refused can be tried again under its key."""
    box.agree("main", size=4)
    multi = box.multi(request="r-1")
    multi.put("a", "12345")
    with pytest.raises(FullError):
        multi.commit()
    box.agree("main")

    assert multi.commit().code == "committed"


def test_sweeping_requests(box):
    """A sweep forgets requests after a day."""
    box.multi(request="r-1").commit()
    box.clock.advance(hours=1)
    box.multi(request="r-2").commit()
    box.clock.advance(hours=23)

    assert box.sweep().requests == 1
    assert box.footprint().requests == 1


def test_as_many_requests_as_may_be(box):
    """A hundred requests are remembered, those are forgotten first that were made first."""
    box.multi(request="r-0").commit()
    box.clock.advance(days=1)
    for number in range(1, 99):
        box.multi(request=f"r-{number}").commit()
    box.multi(request="r-0").commit()
    box.multi(request="r-99").commit()
    box.multi(request="r-100").commit()
    assert box.footprint().requests == 100

    known = box.multi(request="r-0")
    known.delete("x")
    with pytest.raises(ReuseError):
        known.commit()
    forgotten = box.multi(request="r-1")
    forgotten.delete("x")
    assert forgotten.commit().code == "committed"


def test_an_old_request_is_new_again(box):
    """A request that is carried out anew after a day is remembered as the newest."""
    first = box.multi(request="r-1")
    first.put("a", "1")
    first.commit()
    box.clock.advance(days=1)
    first.commit()
    box.clock.advance(hours=23)

    assert first.commit().outcomes == ("replaced",)
    assert box.look("a").revision == 2


def test_request_keys_as_typed(box):
    """Blanks around a request key do not count."""
    box.multi(request="r-1").commit()
    other = box.multi(request=" r-1 ")
    other.put("a", "1")

    with pytest.raises(ReuseError):
        other.commit()


def test_a_request_key_without_a_name(box):
    """A request key is not empty."""
    with pytest.raises(NamingError, match=r"^E_NAME: a key is not empty$"):
        box.multi(request="")
