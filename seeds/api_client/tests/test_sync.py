import pytest
from stage import HOST, Basket, Settings, ids, patient, rows

from gleaner import MemoryProgress
from gleaner.faults import GivenUpError, NotFoundError

BY_TWO = Settings(page_size=2)


@pytest.fixture
def basket():
    """A basket with plenty of room."""
    return Basket()


@pytest.mark.parametrize(
    "cursors", [pytest.param(True, id="cursors"), pytest.param(False, id="ids")]
)
def test_the_first_time(opened, server, basket, cursors):
    """The first time, a whole list is taken over."""
    client = opened(BY_TWO)
    server.list("/orders", *rows(5), cursors=cursors)
    (report,) = client.sync("acme", ["/orders"], basket)
    assert ids(basket.items) == [1, 2, 3, 4, 5]
    assert (report.items, report.pages, report.place) == (5, 3, "5")


@pytest.mark.parametrize(
    "cursors", [pytest.param(True, id="cursors"), pytest.param(False, id="ids")]
)
def test_only_what_is_new(opened, server, basket, cursors):
    """The next time, only what is new is taken over."""
    client = opened(BY_TWO)
    server.list("/orders", *rows(3), cursors=cursors)
    client.sync("acme", ["/orders"], basket)
    server.add("/orders", *rows(2, first=4))
    (report,) = client.sync("acme", ["/orders"], basket)
    assert ids(basket.items) == [1, 2, 3, 4, 5]
    assert (report.items, report.place) == (2, "5")


def test_nothing_new(opened, server, basket):
    """Where nothing is new, the place stays where it was."""
    client = opened(BY_TWO)
    server.list("/orders", *rows(2))
    client.sync("acme", ["/orders"], basket)
    (report,) = client.sync("acme", ["/orders"], basket)
    assert (report.items, report.pages, report.place) == (0, 1, "2")


def test_an_empty_list(client, server, basket):
    """An empty list has no place to go on from."""
    server.list("/orders")
    (report,) = client.sync("acme", ["/orders"], basket)
    assert (report.items, report.place) == (0, None)


def test_after_an_empty_list(client, server, basket):
    """A list that was empty is taken over from its beginning."""
    server.list("/orders")
    client.sync("acme", ["/orders"], basket)
    server.add("/orders", *rows(2))
    client.sync("acme", ["/orders"], basket)
    assert ids(basket.items) == [1, 2]


def test_where_reading_goes_on(opened, server, basket):
    """Reading goes on after the last item that was taken."""
    client = opened(BY_TWO)
    server.list("/orders", *rows(3))
    client.sync("acme", ["/orders"], basket)
    client.sync("acme", ["/orders"], basket)
    targets = [each.target for each in server.requests("/orders")]
    assert targets == ["/orders?limit=2", "/orders?after=c2&limit=2", "/orders?after=3&limit=2"]


def test_a_full_basket(opened, server):
    """Items that could not be taken are offered again the next time."""
    client = opened(BY_TWO)
    basket = Basket(room=3)
    server.list("/orders", *rows(5))
    with pytest.raises(OSError, match="full"):
        client.sync("acme", ["/orders"], basket)
    basket.room = 9
    client.sync("acme", ["/orders"], basket)
    assert ids(basket.items) == [1, 2, 3, 4, 5]


def test_nothing_could_be_taken(opened, server):
    """Where not even the first page could be taken, the next time begins with it."""
    client = opened(BY_TWO)
    basket = Basket(room=1)
    server.list("/orders", *rows(3))
    with pytest.raises(OSError, match="full"):
        client.sync("acme", ["/orders"], basket)
    basket.room = 9
    assert client.sync("acme", ["/orders"], basket)[0].items == 3


def test_a_page_that_can_not_be_had(opened, server, basket):
    """When a page can't be had, what was taken before it is not taken again."""
    client = opened(Settings(page_size=2, backoff=patient(attempts=1).backoff))
    server.list("/orders", *rows(5))
    server.script("/orders", "ok", "503")
    with pytest.raises(GivenUpError):
        client.sync("acme", ["/orders"], basket)
    client.sync("acme", ["/orders"], basket)
    assert ids(basket.items) == [1, 2, 3, 4, 5]


def test_places_of_two_lists(opened, server, basket):
    """Every list has a place of its own."""
    client = opened(BY_TWO)
    server.list("/orders", *rows(3))
    server.list("/refunds", *rows(3))
    client.sync("acme", ["/orders"], basket)
    assert client.sync("acme", ["/refunds"], basket)[0].items == 3


def test_places_of_two_accounts(opened, server, basket):
    """Every account has places of its own."""
    client = opened(BY_TWO)
    client.connect("brio", HOST, "tok-brio")
    server.list("/orders", *rows(3))
    client.sync("acme", ["/orders"], basket)
    assert client.sync("brio", ["/orders"], basket)[0].items == 3


def test_in_another_client(opened, server, basket):
    """Another client with the same notes goes on where the first one was."""
    notes = MemoryProgress()
    server.list("/orders", *rows(3))
    opened(BY_TWO, progress=notes).sync("acme", ["/orders"], basket)
    assert opened(BY_TWO, progress=notes).sync("acme", ["/orders"], basket)[0].items == 0


def test_with_notes_of_its_own(opened, server, basket):
    """A client with notes of its own begins at the beginning."""
    server.list("/orders", *rows(3))
    opened(BY_TWO).sync("acme", ["/orders"], basket)
    assert opened(BY_TWO).sync("acme", ["/orders"], basket)[0].items == 3


@pytest.mark.parametrize(("most", "taken"), [(1, 2), (2, 4), (3, 5)])
def test_so_many_pages(opened, server, basket, most, taken):
    """One go takes no more pages than the settings allow."""
    client = opened(Settings(page_size=2, most_pages=most))
    server.list("/orders", *rows(5))
    assert client.sync("acme", ["/orders"], basket)[0].items == taken


def test_the_rest_in_another_go(opened, server, basket):
    """What one go left over is taken in the next."""
    client = opened(Settings(page_size=2, most_pages=1))
    server.list("/orders", *rows(3))
    client.sync("acme", ["/orders"], basket)
    client.sync("acme", ["/orders"], basket)
    assert ids(basket.items) == [1, 2, 3]


def test_uploads_and_syncs_keep_apart(client, server, basket):
    """The progress of an upload is none of a list of the same name."""
    server.list("/orders", *rows(2))
    client.upload("acme", "/orders", rows(2), "/orders")
    assert client.sync("acme", ["/orders"], basket)[0].items == 2


class TestSeveral:
    def test_the_same_list_twice(self, opened, server, basket):
        """A list that is named twice gives its items to the basket once."""
        client = opened(BY_TWO)
        server.list("/orders", *rows(5))
        server.script("/orders", *["ok in 500 ms"] * 4)
        reports = client.sync("acme", ["/orders", "/orders"], basket)
        assert ids(basket.items) == [1, 2, 3, 4, 5]
        assert [each.items for each in reports] == [5, 0]

    def test_at_the_same_time(self, client, server, basket, clock):
        """Several lists are taken over at the same time."""
        server.lists(["/a", "/b"], "ok in 500 ms")
        client.sync("acme", ["/a", "/b"], basket)
        assert clock.elapsed() == 0.5

    def test_reports(self, client, server, basket):
        """Reports stand in the order of the lists, whichever is done first."""
        server.list("/a", *rows(2))
        server.list("/b", *rows(3))
        server.script("/a", "ok in 900 ms")
        reports = client.sync("acme", ["/a", "/b"], basket)
        assert [(each.path, each.items) for each in reports] == [("/a", 2), ("/b", 3)]

    def test_one_that_fails(self, client, server, basket):
        """When one list can't be had, the others keep what was taken from them."""
        server.list("/a", *rows(2))
        server.script("/gone", "404 in 500 ms")
        with pytest.raises(NotFoundError):
            client.sync("acme", ["/a", "/gone"], basket)
        assert client.sync("acme", ["/a"], basket)[0].items == 0
        assert ids(basket.items) == [1, 2]

    def test_no_lists(self, client, basket):
        """No lists have no reports."""
        assert client.sync("acme", [], basket) == []
