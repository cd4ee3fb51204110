import pytest
from stage import Settings, ids, patient, rows

from gleaner.faults import GivenUpError, LoopingError, MalformedError, SettingsError

BY_TEN = Settings(page_size=10)
KINDS = [pytest.param(True, id="cursors"), pytest.param(False, id="last-ids")]


def targets(server, path="/orders"):
    """What a path was asked for."""
    return [each.target for each in server.requests(path)]


class TestWholeLists:
    @pytest.mark.parametrize("cursors", KINDS)
    @pytest.mark.parametrize(
        ("count", "pages"),
        [
            pytest.param(0, 1, id="empty"),
            pytest.param(1, 1, id="one"),
            pytest.param(9, 1, id="nearly-a-page"),
            pytest.param(10, 1, id="a-page"),
            pytest.param(11, 2, id="one-more"),
            pytest.param(20, 2, id="two-pages"),
            pytest.param(35, 4, id="several"),
        ],
    )
    def test_every_item_once(self, opened, server, cursors, count, pages):
        """A list is read to its end, every item once and in order."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(count), cursors=cursors)
        harvest = client.fetch_all("acme", "/orders")
        assert ids(harvest.items) == list(range(1, count + 1))
        assert (harvest.pages, harvest.repeated, harvest.complete) == (pages, 0, True)

    def test_the_usual_page(self, client, server):
        """Without a setting, a page has fifty items."""
        server.list("/orders", *rows(51))
        client.fetch_all("acme", "/orders")
        assert targets(server) == ["/orders?limit=50", "/orders?after=c50&limit=50"]

    def test_going_on_after_the_last_id(self, opened, server):
        """Where the server has no cursors, the reader goes on after the last item's id."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(12, first=101), cursors=False)
        client.fetch_all("acme", "/orders")
        assert targets(server) == ["/orders?limit=10", "/orders?after=110&limit=10"]

    def test_the_query_goes_along(self, opened, server):
        """Every page is asked for with the same query."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(11))
        client.fetch_all("acme", "/orders", {"open": True})
        assert targets(server) == [
            "/orders?limit=10&open=true",
            "/orders?after=c10&limit=10&open=true",
        ]

    def test_the_query_stays_as_it_was(self, opened, server):
        """A query that is used twice begins at the first page both times."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(11))
        query = {"open": True}
        client.fetch_all("acme", "/orders", query)
        assert ids(client.fetch_all("acme", "/orders", query).items) == list(range(1, 12))
        assert query == {"open": True}

    def test_beginning_in_the_middle(self, opened, server):
        """A list can be read from a place on."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(15))
        harvest = client.fetch_all("acme", "/orders", after="13")
        assert (ids(harvest.items), harvest.complete) == ([14, 15], True)

    def test_a_page_that_fails(self, opened, server):
        """A page that fails once is asked for again, and those before it are not."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(25))
        server.script("/orders", "ok", "503", "ok")
        assert ids(client.fetch_all("acme", "/orders").items) == list(range(1, 26))
        assert len(server.requests("/orders")) == 4

    def test_a_page_that_stays_away(self, opened, server):
        """A list whose second page can't be had is not taken for a short one."""
        client = opened(patient(attempts=2))
        server.list("/orders", *rows(60))
        server.script("/orders", "ok", "500", "500")
        with pytest.raises(GivenUpError):
            client.fetch_all("acme", "/orders")

    @pytest.mark.parametrize("cursors", KINDS)
    def test_items_that_come_while_reading(self, opened, server, cursors):
        """An item that moved to the next page is counted once."""
        client = opened(BY_TEN)
        server.reply(
            "/orders",
            {"items": rows(3), "next": "p2"} if cursors else {"items": rows(3), "has_more": True},
            {"items": rows(3, first=3), "next": None},
        )
        harvest = client.fetch_all("acme", "/orders")
        assert (ids(harvest.items), harvest.repeated) == ([1, 2, 3, 4, 5], 1)

    def test_ids_of_two_kinds(self, opened, server):
        """The same id as a number and as a text is the same item."""
        client = opened(BY_TEN)
        server.reply(
            "/orders", {"items": [{"id": 1}], "next": "b"}, {"items": [{"id": "1"}], "next": None}
        )
        assert client.fetch_all("acme", "/orders").repeated == 1


class TestParts:
    @pytest.mark.parametrize(
        ("at_most", "asked", "complete"),
        [
            pytest.param(0, [], False, id="none"),
            pytest.param(1, ["limit=1"], False, id="one"),
            pytest.param(10, ["limit=10"], False, id="a-page"),
            pytest.param(11, ["limit=10", "after=c10&limit=1"], False, id="a-page-and-one"),
            pytest.param(14, ["limit=10", "after=c10&limit=4"], False, id="one-short"),
            pytest.param(15, ["limit=10", "after=c10&limit=5"], True, id="all"),
            pytest.param(16, ["limit=10", "after=c10&limit=6"], True, id="more-than-all"),
        ],
    )
    def test_so_many_and_no_more(self, opened, server, at_most, asked, complete):
        """No more is asked for than is wanted."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(15))
        harvest = client.fetch_all("acme", "/orders", at_most=at_most)
        assert len(harvest.items) == min(at_most, 15)
        assert targets(server) == [f"/orders?{each}" for each in asked]
        assert harvest.complete == complete

    def test_a_server_that_gives_too_much(self, opened, server):
        """A server that gives more than was asked for changes nothing."""
        client = opened(BY_TEN)
        server.reply("/orders", {"items": rows(5), "next": None})
        harvest = client.fetch_all("acme", "/orders", at_most=3)
        assert (ids(harvest.items), harvest.complete) == ([1, 2, 3], False)

    def test_repeated_items_do_not_count(self, opened, server):
        """Items that come again do not count towards the number that is wanted."""
        client = opened(BY_TEN)
        first, second = {"items": rows(3), "next": "b"}, {"items": rows(3, first=3), "next": "c"}
        server.reply("/orders", first, second)
        assert ids(client.fetch_all("acme", "/orders", at_most=5).items) == [1, 2, 3, 4, 5]
        assert targets(server) == ["/orders?limit=5", "/orders?after=b&limit=2"]

    @pytest.mark.parametrize(("most", "complete"), [(2, False), (3, True), (4, True)])
    def test_too_many_pages(self, opened, server, most, complete):
        """A list with more pages than the settings allow is left unfinished, and says so."""
        client = opened(Settings(page_size=10, most_pages=most))
        server.list("/orders", *rows(25))
        harvest = client.fetch_all("acme", "/orders")
        assert (len(harvest.items), harvest.complete) == (min(10 * most, 25), complete)


class TestOddPages:
    def test_going_round_in_circles(self, opened, server):
        """A list that leads back to itself is not read for ever."""
        client = opened(BY_TEN)
        server.reply("/orders", {"items": rows(1), "next": "b"}, {"items": rows(1), "next": "b"})
        with pytest.raises(LoopingError, match="comes back to the place “b”"):
            client.fetch_all("acme", "/orders")
        assert len(server.requests("/orders")) == 2

    def test_going_round_in_larger_circles(self, opened, server):
        """A list that leads back to an earlier page is not read for ever."""
        client = opened(BY_TEN)
        server.reply(
            "/orders",
            {"items": [{"id": 1}], "next": "b"},
            {"items": [{"id": 2}], "next": "c"},
            {"items": [{"id": 3}], "next": "b"},
        )
        with pytest.raises(LoopingError, match="“b”"):
            client.fetch_all("acme", "/orders")

    def test_leading_back_to_the_start(self, opened, server):
        """A list that leads back to the place where reading began is not read for ever."""
        client = opened(BY_TEN)
        server.reply("/orders", {"items": [{"id": 1}], "next": "a"})
        with pytest.raises(LoopingError, match="“a”"):
            client.fetch_all("acme", "/orders", after="a")

    def test_an_empty_page_in_the_middle(self, opened, server):
        """An empty page with a cursor does not end a list."""
        client = opened(BY_TEN)
        server.reply(
            "/orders",
            {"items": rows(1), "next": "b"},
            {"items": [], "next": "c"},
            {"items": rows(1, first=2), "next": None},
        )
        assert ids(client.fetch_all("acme", "/orders").items) == [1, 2]

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            pytest.param([], "did not answer with a page", id="a-list"),
            pytest.param({}, "did not answer with a page", id="no-items"),
            pytest.param({"items": None}, "did not answer with a page", id="none"),
            pytest.param({"items": "abc"}, "did not answer with a page", id="text"),
            pytest.param({"items": [{"name": "x"}]}, "an item without an id", id="no-id"),
            pytest.param({"items": [{"id": 1}, 7]}, "an item without an id", id="a-number"),
            pytest.param({"items": [], "has_more": True}, "more after an empty", id="promise"),
        ],
    )
    def test_no_pages(self, opened, server, body, message):
        """What is no page is refused."""
        client = opened(BY_TEN)
        server.reply("/orders", body)
        with pytest.raises(MalformedError, match=message):
            client.fetch_all("acme", "/orders")

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({"items": [{"id": 0}]}, id="nothing-said"),
            pytest.param({"items": [{"id": 0}], "has_more": False}, id="no-more"),
            pytest.param({"items": [{"id": 0}], "next": None}, id="no-cursor"),
            pytest.param({"items": [{"id": 0}], "next": ""}, id="empty-cursor"),
            pytest.param({"items": [{"id": 0}], "next": None, "has_more": True}, id="cursor-rules"),
        ],
    )
    def test_last_pages(self, opened, server, body):
        """A page that leads nowhere is the last one."""
        client = opened(BY_TEN)
        server.reply("/orders", body)
        assert client.fetch_all("acme", "/orders").complete
        assert len(server.requests("/orders")) == 1


class TestOnePage:
    def test_turning_pages(self, opened, server):
        """Pages can be turned by hand, each going on where the one before ended."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(5))
        first = client.page("acme", "/orders", limit=2)
        second = client.page("acme", "/orders", after=first.next, limit=2)
        third = client.page("acme", "/orders", after=second.next, limit=2)
        assert [ids(page.items) for page in (first, second, third)] == [[1, 2], [3, 4], [5]]
        assert third.next is None

    def test_after_nothing(self, client, server):
        """What follows an empty cursor is the first page."""
        server.list("/orders", *rows(2))
        assert ids(client.page("acme", "/orders", after="", limit=1).items) == [1]
        assert targets(server) == ["/orders?limit=1"]

    def test_the_size_of_a_page(self, opened, server):
        """A page is as large as the settings say where nothing else is asked for."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(15))
        assert len(client.page("acme", "/orders").items) == 10

    @pytest.mark.parametrize("limit", [1, 10])
    def test_sizes_that_fit(self, opened, server, limit):
        """A page may be as small as one item and as large as the settings say."""
        client = opened(BY_TEN)
        server.list("/orders", *rows(15))
        assert len(client.page("acme", "/orders", limit=limit).items) == limit

    @pytest.mark.parametrize("limit", [0, -1, 11])
    def test_sizes_that_do_not(self, opened, server, limit):
        """A page of no items, or of more than the settings say, is refused."""
        client = opened(BY_TEN)
        with pytest.raises(SettingsError, match="1 to 10 items"):
            client.page("acme", "/orders", limit=limit)
        assert server.requests("/orders") == []

    def test_a_query(self, client, server):
        """A single page takes the query along."""
        server.list("/orders", *rows(2))
        client.page("acme", "/orders", {"open": True}, limit=1)
        assert targets(server) == ["/orders?limit=1&open=true"]
