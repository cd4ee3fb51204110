import pytest

from sandglass.outcomes import InputError, NamingError


def test_default(box):
    """A default is given where there is no value."""
    box.put("cart:7", "two pears")

    assert box.get("cart:8", default="empty") == "empty"
    assert box.get("cart:7", default="empty") == "two pears"


def test_empty_default(box):
    """An empty default is a default too."""
    assert box.get("cart:7", default="") == ""


def test_empty_value(box):
    """An empty value is a value, so the default does not replace it."""
    box.put("note", "")

    assert box.get("note", default="none") == ""


def test_created_and_replaced(box):
    """A first write creates, the next one replaces."""
    first = box.put("a", "1")
    second = box.put("a", "2")

    assert (first.ok, first.code, first.revision) == (True, "created", 1)
    assert (second.ok, second.code, second.revision) == (True, "replaced", 2)
    assert box.get("a") == "2"


def test_delete(box):
    """A deleted key has no value any more."""
    box.put("a", "1")

    assert box.delete("a") is True
    assert box.get("a") is None


def test_delete_nothing(box):
    """To delete what is not there changes nothing and says so."""
    box.put("b", "1")

    assert box.delete("a") is False
    assert box.keys().keys == ("b",)


def test_delete_in_one_space(box):
    """To delete a key in one space leaves that of the other alone."""
    box.put("a", "here")
    box.put("a", "there", space="carts")
    box.delete("a", space="carts")

    assert box.get("a") == "here"
    assert box.get("a", space="carts") is None


def test_get_many(box):
    """Several keys are read at once, those that are not there left out."""
    box.put("b", "2")
    box.put("a", "1")

    assert box.get_many(["a", "x", "b"]) == {"a": "1", "b": "2"}
    assert box.get("A") is None


def test_get_many_empty_values(box):
    """To read several keys finds empty values too."""
    box.put("a", "")

    assert box.get_many(["a"]) == {"a": ""}


def test_get_many_in_a_space(box):
    """Several keys are read from the space that is asked for."""
    box.put("a", "here")
    box.put("a", "there", space="carts")

    assert box.get_many(["a"], space="carts") == {"a": "there"}


def test_get_many_counts_a_key_once(box):
    """A key that is named twice is read once."""
    box.put("a", "1")
    box.get_many(["a", " a "])

    assert box.look("a").hits == 1


def test_look(box):
    """To look at an entry shows all there is to know of it."""
    box.put("a", "1", ttl="90s", tags=["new", "Fruit"])
    box.clock.advance(seconds=30)

    seen = box.look("a")

    assert (seen.key, seen.value, seen.revision, seen.left) == ("a", "1", 1, 60_000)
    assert (seen.tags, seen.hits, seen.pinned) == (("fruit", "new"), 0, False)


def test_look_for_nothing(box):
    """There is nothing to look at where no entry is."""
    assert box.look("a") is None


def test_look_at_the_end(box):
    """At the very end of its time an entry is not to be seen any more."""
    box.put("a", "1", ttl=1_000)

    box.clock.advance(999)
    assert box.look("a").left == 1

    box.clock.advance(1)
    assert box.look("a") is None


def test_looking_is_no_use(box):
    """To look at an entry is neither a hit nor a use of it."""
    box.agree("main", entries=2)
    box.put("a", "1")
    box.put("b", "2")

    box.look("a")
    box.put("c", "3")

    assert box.keys().keys == ("b", "c")
    assert box.stats().hits == 0


def test_hits_of_an_entry(box):
    """An entry knows how often it was read."""
    box.put("a", "1")
    box.get("a")
    box.get("a")

    assert box.look("a").hits == 2


def test_delete_prefix(box):
    """All entries go whose keys begin alike, and no others."""
    box.put("user:1", "x")
    box.put("user:2", "x")
    box.put("users", "x")
    box.put("a:user:", "x")

    assert box.delete_prefix("user:") == 2
    assert box.keys().keys == ("a:user:", "users")


def test_delete_prefix_in_a_space(box):
    """To delete by prefix stays within the space."""
    box.put("user:1", "x")
    box.put("user:1", "x", space="carts")

    assert box.delete_prefix("user:", space="carts") == 1
    assert box.get("user:1") == "x"


def test_delete_prefix_does_not_count_what_ran_out(box):
    """What has run out is not counted among the deleted."""
    box.put("a1", "x", ttl="1s")
    box.put("a2", "x")
    box.clock.advance(seconds=1)

    assert box.delete_prefix("a") == 1


def test_keys_in_order(box):
    """Keys are listed in order, whenever they came."""
    for key in ("b", "c", "a"):
        box.put(key, "x")

    assert box.keys() == box.keys("")
    assert box.keys().keys == ("a", "b", "c")


def test_keys_that_are_the_prefix(box):
    """A key begins with itself, blanks before it left out."""
    box.put("user", "x", space="carts")

    assert box.keys(" user", space="CARTS").keys == ("user",)


def test_keys_after_an_empty_one(box):
    """A list can't go on after an empty key."""
    with pytest.raises(NamingError, match=r"^E_NAME: a key is not empty$"):
        box.keys(after="")


def test_keys_after_one_as_typed(box):
    """A list goes on after a key with blanks around it as after the key."""
    box.put("a", "x")
    box.put("b", "x")

    assert box.keys(after=" a ").keys == ("b",)


def test_keys_page_by_page(box):
    """The pages of a list follow on from one another, and the last one says so."""
    for key in ("a", "b", "c", "d", "e"):
        box.put(key, "x")

    first = box.keys(limit=2)
    second = box.keys(limit=2, after="b")
    third = box.keys(limit=2, after="d")

    assert (first.keys, first.next) == (("a", "b"), "b")
    assert (second.keys, second.next) == (("c", "d"), "d")
    assert (third.keys, third.next) == (("e",), None)


def test_a_page_that_is_just_full(box):
    """A list that just fills its page has no next one."""
    box.put("a", "x")
    box.put("b", "x")

    assert box.keys(limit=2).next is None


def test_keys_after_one_that_is_gone(box):
    """A list goes on after a key that was deleted meanwhile."""
    for key in ("a", "b", "c"):
        box.put(key, "x")
    box.delete("b")

    assert box.keys(after="b").keys == ("c",)


def test_keys_after_one_before_the_prefix(box):
    """To go on after a key that comes before the prefix begins with the prefix."""
    for key in ("a", "b", "c1"):
        box.put(key, "x")

    assert box.keys("c", after="a").keys == ("c1",)


def test_keys_that_ran_out(box):
    """What has run out is not listed, and does not fill a page."""
    box.put("a", "x", ttl="1s")
    box.put("b", "x")
    box.put("c", "x")
    box.clock.advance(seconds=1)

    page = box.keys(limit=2)

    assert (page.keys, page.next) == (("b", "c"), None)


def test_keys_of_a_space(box):
    """Each space lists its own keys."""
    box.put("a", "x")
    box.put("b", "x", space="carts")

    assert box.keys(space="carts").keys == ("b",)
    assert box.keys(space="parcels").keys == ()


def test_a_page_holds_a_hundred(box):
    """Without a limit a page of keys holds a hundred."""
    for number in range(101):
        box.put(f"k{number:03}", "x")

    page = box.keys()

    assert (len(page.keys), page.next) == (100, "k099")


def test_pages_of_nothing(box):
    """A page of keys holds one at least."""
    with pytest.raises(InputError, match=r"^E_INPUT: 0 is less than one$"):
        box.keys(limit=0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("\t a \n", "a"), ("a B", "a B"), ("cafe\u0301", "caf\u00e9"), ("\u00e9", "e\u0301")],
    ids=["blanks", "inside", "decomposed", "composed"],
)
def test_keys_as_typed(box, typed, meant):
    """Blanks around a key do not count, nor does how its accents are written."""
    box.put(typed, "x")

    assert box.get(meant) == "x"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "a key is not empty"),
        ("   ", "a key is not empty"),
        ("a" * 129, "a key has 128 characters at most"),
        ("a\nb", "a key has no control characters"),
    ],
    ids=["empty", "blank", "long", "control"],
)
def test_bad_keys(box, key, words):
    """A key that can't be one is refused, and nothing is kept."""
    with pytest.raises(NamingError, match=rf"^E_NAME: {words}$"):
        box.put(key, "x")

    assert box.footprint().entries == 0


def test_the_longest_key(box):
    """A key of 128 characters is not too long, blanks around it left out."""
    box.put(" " + "a" * 128 + " ", "x")

    assert box.get("a" * 128) == "x"


def test_spaces_without_a_name(box):
    """A space without a name does not stand for all of them."""
    words = r"^E_NAME: '' is no name for a space$"
    box.put("a", "x")

    with pytest.raises(NamingError, match=words):
        box.changes(space="")
    with pytest.raises(NamingError, match=words):
        box.watch(space="")
    with pytest.raises(NamingError, match=words):
        box.stats("")
    with pytest.raises(NamingError, match=words):
        box.dump(space="")


def test_spaces_as_typed_in_every_call(box):
    """Whatever is asked of a space, it is the same in capitals."""
    box.agree("CARTS", entries=5)
    box.put("a", "x", tags=["new"], space="carts")
    box.put("b", "x", space="carts")
    box.count("visits", space="CARTS")

    assert box.usage("CARTS").entries_left == 3
    assert box.counted("visits", space="CARTS").value == 1
    assert box.delete_tag("new", space="CARTS") == 1
    assert box.forget("visits", space="CARTS") == 1
    assert box.delete_prefix("", space="CARTS") == 1
    assert box.drop_space("CARTS") == 0
    assert box.spaces() == ["main"]


def test_prefixes_as_typed(box):
    """Blanks before a prefix do not count when keys are deleted by it."""
    box.put("a", "x")

    assert box.delete_prefix(" a") == 1


def test_spaces_as_typed(box):
    """Spaces are the same in capitals and with blanks around them."""
    box.put("a", "x", space=" CARTS ")

    assert box.spaces() == ["carts", "main"]


@pytest.mark.parametrize(
    "name",
    ["", "9lives", "my space", "a" * 33],
    ids=["empty", "digit", "blank", "long"],
)
def test_bad_spaces(box, name):
    """A space whose name can't be one is refused."""
    with pytest.raises(NamingError, match=rf"^E_NAME: '{name}' is no name for a space$"):
        box.get("a", space=name)


@pytest.mark.parametrize("name", ["a" * 32, "a_b-9"], ids=["long", "signs"])
def test_good_spaces(box, name):
    """A space is named by a letter, and letters, digits and lines after it, 32 in all."""
    box.put("a", "x", space=name)

    assert box.get("a", space=name) == "x"
