import pytest

from sandglass.outcomes import FullError, NamingError


def test_add(box):
    """A value is added where there is none."""
    added = box.add("a", "1", ttl="5s")

    assert (added.ok, added.code, added.revision) == (True, "created", 1)
    seen = box.look("a")
    assert (seen.value, seen.left) == ("1", 5_000)


def test_add_where_something_is(box):
    """To add where a value is leaves it alone, and tells its revision."""
    box.put("a", "1")
    box.put("b", "2")

    added = box.add("a", "3")

    assert (added.ok, added.code, added.revision) == (False, "exists", 1)
    assert box.get("a") == "1"


def test_add_in_a_space(box):
    """What is in another space does not keep a value from being added."""
    box.put("a", "1")

    assert box.add("a", "2", space="carts").code == "created"
    assert box.get("a", space="carts") == "2"


def test_swap(box):
    """A value is swapped for another one if it has the revision that was seen."""
    seen = box.put("a", "1").revision

    swapped = box.swap("a", "2", revision=seen)

    assert (swapped.ok, swapped.code, swapped.revision) == (True, "swapped", 2)
    assert box.get("a") == "2"


def test_swap_too_late(box):
    """A value that somebody has changed meanwhile is not swapped, and its revision is told."""
    box.put("a", "1")
    box.put("a", "2")

    swapped = box.swap("a", "3", revision=1)

    assert (swapped.ok, swapped.code, swapped.revision) == (False, "conflict", 2)
    assert box.get("a") == "2"


def test_swap_nothing(box):
    """What is not there can't be swapped."""
    swapped = box.swap("a", "2", revision=0)

    assert (swapped.ok, swapped.code, swapped.revision) == (False, "missing", 0)
    assert box.get("a") is None


def test_a_swap_keeps_the_time(box):
    """A swapped value lives until its predecessor would have run out."""
    box.put("a", "1", ttl="10s")
    box.clock.advance(seconds=6)
    box.swap("a", "2", revision=1)

    assert box.look("a").left == 4_000

    box.clock.advance(seconds=4)
    assert box.sweep().expired == 1


def test_a_swap_keeps_the_rest(box):
    """A swapped value has tags, pin and hits of its predecessor."""
    box.put("a", "1", tags=["new"])
    box.pin("a")
    box.get("a")
    box.swap("a", "2", revision=1)

    seen = box.look("a")

    assert (seen.tags, seen.pinned, seen.hits) == (("new",), True, 1)
    assert box.delete_tag("new") == 1


def test_a_swap_keeps_the_longest_time(box):
    """The longest time counts from when an entry was put, not from its last swap."""
    box.agree("main", longest="1h")
    box.put("a", "1", ttl="10m")
    box.clock.advance(minutes=9)
    box.swap("a", "2", revision=1)
    box.touch("a", "2h")

    assert box.look("a").left == 3_060_000


def test_a_swap_is_use(box):
    """What was swapped a moment ago is not the first to go."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2")
    box.swap("a", "3", revision=1)
    box.put("c", "4")

    assert box.keys().keys == ("a", "c")


def test_a_swap_for_something_larger(box):
    """A larger value makes room for itself when it is swapped in."""
    box.agree("main", size=8)
    box.put("a", "123")
    box.put("b", "123")
    box.swap("a", "1234", revision=1)

    assert box.keys().keys == ("a",)
    assert box.usage().size == 5


def test_a_swap_for_something_too_large(box):
    """Where a larger value does not fit in, the old one stays as it was."""
    box.agree("main", size=8)
    box.put("a", "123", ttl="5s")

    with pytest.raises(FullError, match=r"^E_FULL: a has 9 bytes, 8 are allowed in all$"):
        box.swap("a", "12345678", revision=1)

    seen = box.look("a")
    assert (seen.value, seen.revision) == ("123", 1)


def test_swap_in_a_space(box):
    """A swap is for the space that is asked for."""
    box.put("a", "here")
    box.put("a", "there", space="carts")

    assert box.swap("a", "x", revision=1, space="carts").code == "conflict"
    assert box.swap("a", "x", revision=2, space="carts").code == "swapped"
    assert box.get("a") == "here"


def test_delete_tag(box):
    """All entries go that have a tag, and no others."""
    box.put("a", "1", tags=["user:7", "cart"])
    box.put("b", "2", tags=["user:7"])
    box.put("c", "3", tags=["user:71"])
    box.put("d", "4")

    assert box.delete_tag("user:7") == 2
    assert box.keys().keys == ("c", "d")


def test_other_tags_know_what_went(box):
    """An entry that went with one of its tags is gone from the others."""
    box.put("a", "1", tags=["cart", "user:7"])
    box.put("b", "2", tags=["user:7"])
    box.delete_tag("cart")

    assert box.delete_tag("user:7") == 1


@pytest.mark.parametrize("tag", ["cart", " CART "], ids=["plain", "typed"])
def test_tags_as_typed(box, tag):
    """Tags are the same in capitals and with blanks around them."""
    box.put("a", "1", tags=["Cart "])

    assert box.delete_tag(tag) == 1


def test_tags_of_a_new_value(box):
    """A new value has its own tags only."""
    box.put("a", "1", tags=["cart"])
    box.put("a", "2", tags=["order"])

    assert box.delete_tag("cart") == 0
    assert box.get("a") == "2"
    assert box.delete_tag("order") == 1


def test_tags_of_a_space(box):
    """A tag goes in the space that is asked for."""
    box.put("a", "here", tags=["cart"])
    box.put("a", "there", tags=["cart"], space="carts")

    assert box.delete_tag("cart", space="carts") == 1
    assert box.get("a") == "here"


def test_tags_once_and_in_order(box):
    """Tags are kept in order, each once."""
    box.put("a", "1", tags=["d", "b", "e", "a", "c", "B"])

    assert box.look("a").tags == ("a", "b", "c", "d", "e")


def test_as_many_tags_as_may_be(box):
    """An entry can have eight tags."""
    box.put("a", "1", tags=["1", "2", "3", "4", "5", "6", "7", "8", "8 "])

    assert len(box.look("a").tags) == 8


def test_too_many_tags(box):
    """An entry with nine tags is refused."""
    with pytest.raises(NamingError, match=r"^E_NAME: an entry has 8 tags at most$"):
        box.put("a", "1", tags=["1", "2", "3", "4", "5", "6", "7", "8", "9"])

    assert box.get("a") is None


def test_empty_tags(box):
    """A tag without a name is refused."""
    with pytest.raises(NamingError, match=r"^E_NAME: a tag is not empty$"):
        box.put("a", "1", tags=["cart", " "])
