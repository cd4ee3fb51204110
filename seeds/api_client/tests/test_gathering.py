import pytest
from stage import HOST, Settings, ids, outlined, patient, rows

from gleaner import Rate
from gleaner.faults import GivenUpError, MalformedError, NotFoundError, SettingsError


def dated(*pairs):
    """Items with an id and a day."""
    return [{"id": number, "at": f"2026-03-{day:02d}"} for number, day in pairs]


class TestManyLists:
    def test_in_the_order_asked_for(self, client, server):
        """Lists come back in the order in which they were asked for, whichever answers first."""
        server.list("/a", *rows(1))
        server.list("/b", *rows(2))
        server.list("/c", *rows(3))
        server.script("/a", "ok in 3000 ms")
        server.script("/b", "ok in 1000 ms")
        sheaf = client.fetch_many("acme", ["/b", "/a", "/c"])
        assert outlined(sheaf) == [("/b", 2), ("/a", 1), ("/c", 3)]

    def test_items_of_all(self, client, server):
        """The items of all lists follow one another, list by list."""
        server.list("/a", *rows(2))
        server.list("/b", *rows(2, first=8))
        server.script("/a", "ok in 1000 ms")
        assert ids(client.fetch_many("acme", ["/a", "/b"]).items) == [1, 2, 8, 9]

    def test_at_the_same_time(self, client, server, clock):
        """Lists are read at the same time."""
        server.lists(["/a", "/b", "/c"], "ok in 1000 ms")
        client.fetch_many("acme", ["/a", "/b", "/c"])
        assert clock.elapsed() == 1.0

    @pytest.mark.parametrize(("at_once", "seconds"), [(1, 5.0), (2, 3.0), (3, 2.0), (9, 2.0)])
    def test_so_many_at_once(self, client, server, clock, at_once, seconds):
        """So many lists are read at once, and the next one begins when one of them is done."""
        paths = ["/a", "/b", "/c", "/d", "/e"]
        server.lists(paths, "ok in 1000 ms")
        client.fetch_many("acme", paths, at_once=at_once)
        assert clock.elapsed() == seconds

    def test_none_at_once(self, client):
        """Reading none at a time is refused."""
        with pytest.raises(SettingsError, match="one at a time"):
            client.fetch_many("acme", ["/a"], at_once=0)

    def test_no_lists(self, client):
        """No lists have no items, and are complete."""
        sheaf = client.fetch_many("acme", [])
        assert (sheaf.items, sheaf.complete) == ([], True)

    def test_the_query_is_for_all(self, client, server):
        """All lists are asked with the same query."""
        server.list("/a", *rows(1))
        server.list("/b", *rows(1))
        client.fetch_many("acme", ["/a", "/b"], {"open": True})
        targets = [str(each) for path in ("/a", "/b") for each in server.requests(path)]
        assert targets == ["GET /a?limit=50&open=true", "GET /b?limit=50&open=true"]

    def test_incomplete(self, opened, server):
        """Lists are complete together only if each of them is."""
        client = opened(Settings(page_size=1, most_pages=2))
        server.list("/a", *rows(2))
        server.list("/b", *rows(3))
        assert not client.fetch_many("acme", ["/a", "/b"]).complete
        assert client.fetch_many("acme", ["/a", "/a"]).complete


class TestFailures:
    def test_the_first_failure_ends_it(self, client, server):
        """One list that can't be read ends the whole call."""
        server.list("/a", *rows(1))
        with pytest.raises(NotFoundError, match="/gone"):
            client.fetch_many("acme", ["/a", "/gone"])

    def test_the_others_are_broken_off(self, client, server, clock):
        """After the first failure the other requests are broken off at once."""
        server.script("/gone", "404 in 1000 ms")
        server.script("/a", "hang")
        server.script("/b", "hang")
        with pytest.raises(NotFoundError):
            client.fetch_many("acme", ["/a", "/gone", "/b"])
        assert (server.abandoned(), clock.elapsed()) == (2, 1.0)

    def test_nothing_more_is_begun(self, client, server):
        """After the first failure no other list is begun."""
        server.list("/b", *rows(1))
        with pytest.raises(NotFoundError):
            client.fetch_many("acme", ["/gone", "/b"], at_once=1)
        assert server.requests("/b") == []

    def test_places_are_free_again(self, opened, server, clock):
        """Requests that were broken off leave their places to others."""
        client = opened(Settings(at_once=2))
        server.serve("/shop", "Acme")
        server.script("/a", "hang")
        server.script("/gone", "404 in 1000 ms")
        with pytest.raises(NotFoundError):
            client.fetch_many("acme", ["/a", "/gone"])
        assert client.get("acme", "/shop") == "Acme"
        assert clock.elapsed() == 1.0

    def test_waiting_ones_leave_the_queue(self, opened, server):
        """Requests that were waiting for a place are not sent after the failure."""
        client = opened(Settings(at_once=2))
        server.list("/c", *rows(1))
        server.script("/a", "hang")
        server.script("/b", "hang")
        server.script("/gone", "404 in 1000 ms")
        with pytest.raises(NotFoundError):
            client.fetch_many("acme", ["/a", "/gone", "/b", "/c"], at_once=4)
        assert server.requests("/c") == []

    def test_pauses_are_broken_off(self, opened, server, clock):
        """A pause before another attempt does not hold a failure up."""
        client = opened(patient(first_s=15))
        server.script("/a", "500")
        server.script("/gone", "404 in 1000 ms")
        with pytest.raises(NotFoundError):
            client.fetch_many("acme", ["/a", "/gone"])
        assert clock.elapsed() == 1.0

    def test_turns_are_given_back(self, opened, server):
        """Turns of those who still waited for them are free after a failure."""
        client = opened(rate=Rate(1, 10))
        server.list("/a", *rows(1))
        server.script("/gone", "404")
        with pytest.raises(NotFoundError):
            client.fetch_many("acme", ["/gone", "/a"])
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        assert server.arrivals("/shop") == [10.0]

    def test_being_broken_off_blames_nobody(self, client, server):
        """Requests that we broke off are not held against their host."""
        server.script("/gone", "404 in 1000 ms")
        server.script("/a", "hang")
        with pytest.raises(NotFoundError):
            client.fetch_many("acme", ["/a", "/gone"])
        assert client.breakers()[0].failures == 0

    def test_keeping_going(self, client, server):
        """With failures allowed, what could be read is there and the rest is named."""
        server.list("/a", *rows(1))
        server.list("/c", *rows(2))
        sheaf = client.fetch_many("acme", ["/a", "/gone", "/c"], keep_going=True)
        assert outlined(sheaf) == [("/a", 1), ("/gone", None), ("/c", 2)]
        assert (sheaf.missing, sheaf.complete) == (["/gone"], False)

    def test_the_problem_is_told(self, client):
        """With failures allowed, each of them is told."""
        sheaf = client.fetch_many("acme", ["/gone"], keep_going=True)
        assert str(sheaf.fetched[0].problem) == "/gone?limit=50 was refused with 404"

    def test_an_empty_list_is_not_missing(self, client, server):
        """A list without items was read all the same."""
        server.list("/a")
        sheaf = client.fetch_many("acme", ["/a"], keep_going=True)
        assert (sheaf.missing, sheaf.complete) == ([], True)

    def test_nothing_can_be_read(self, opened, server):
        """When nothing at all could be read, there are no items."""
        client = opened(patient(attempts=1))
        server.script("/a", "500")
        server.script("/b", "500")
        sheaf = client.fetch_many("acme", ["/a", "/b"], keep_going=True)
        assert (sheaf.items, sheaf.missing) == ([], ["/a", "/b"])


class TestBudgets:
    @pytest.mark.parametrize(
        ("at_most", "read"),
        [
            pytest.param(9, [3, 3, 3], id="even"),
            pytest.param(10, [4, 3, 3], id="one-left"),
            pytest.param(11, [4, 4, 3], id="two-left"),
            pytest.param(2, [1, 1, 0], id="too-few"),
            pytest.param(0, [0, 0, 0], id="none"),
        ],
    )
    def test_divided(self, client, server, at_most, read):
        """A number of items is divided among the lists, and nothing of it is lost."""
        for path in ("/a", "/b", "/c"):
            server.list(path, *rows(20))
        sheaf = client.fetch_many("acme", ["/a", "/b", "/c"], at_most=at_most)
        assert outlined(sheaf) == list(zip(("/a", "/b", "/c"), read, strict=True))

    def test_of_no_lists(self, client):
        """A number of items can be divided among no lists."""
        assert client.fetch_many("acme", [], at_most=5).items == []


class TestOrder:
    def test_the_newest(self, client, server):
        """The newest items of several lists come first."""
        server.list("/a", *dated((1, 1), (2, 9)))
        server.list("/b", *dated((3, 4), (4, 7)))
        assert ids(client.latest("acme", ["/a", "/b"], 3)) == [2, 4, 3]

    def test_equally_new(self, client, server):
        """Of items that are equally new, the one with the smaller id comes first."""
        server.list("/a", *dated((10, 5), (3, 5)))
        server.list("/b", *dated((5, 5), (1, 4)))
        assert ids(client.latest("acme", ["/a", "/b"], 9)) == [3, 5, 10, 1]

    @pytest.mark.parametrize(("count", "found"), [(0, []), (1, [2]), (2, [2, 1]), (3, [2, 1])])
    def test_how_many(self, client, server, count, found):
        """As many of the newest are told as there are, and no more than are wanted."""
        server.list("/a", *dated((1, 1), (2, 2)))
        assert ids(client.latest("acme", ["/a"], count)) == found

    def test_by_another_field(self, client, server):
        """The newest can be found by another field."""
        server.list("/a", {"id": 1, "at": 1, "paid": 9}, {"id": 2, "at": 2, "paid": 8})
        assert ids(client.latest("acme", ["/a"], 1, by="paid")) == [1]

    def test_a_timeline(self, client, server):
        """A timeline has the items of all lists, the oldest first."""
        server.list("/a", *dated((1, 3), (2, 9)))
        server.list("/b", *dated((3, 1), (4, 7)))
        assert ids(client.timeline("acme", ["/a", "/b"])) == [3, 1, 4, 2]

    def test_ties_in_a_timeline(self, client, server):
        """In a timeline, items of the same time stand in the order of their ids."""
        server.list("/a", *dated((10, 5), (3, 5)))
        server.list("/b", *dated((5, 5)))
        assert ids(client.timeline("acme", ["/a", "/b"])) == [3, 5, 10]

    def test_a_timeline_by_another_field(self, client, server):
        """A timeline can go by another field."""
        server.list("/a", {"id": 1, "at": 1, "due": 9}, {"id": 2, "at": 2, "due": 8})
        assert ids(client.timeline("acme", ["/a"], by="due")) == [2, 1]

    def test_no_such_field(self, client, server):
        """Items without the field can't be put in order."""
        server.list("/a", {"id": 1, "at": 1}, {"id": 2})
        with pytest.raises(MalformedError, match="item 2 has no “at”"):
            client.timeline("acme", ["/a"])


def sold(number, amount, customer="ada", currency="EUR", **more):
    """One sale."""
    return {"id": number, "amount": amount, "customer": customer, "currency": currency, **more}


class TestTallies:
    def test_totals(self, client, server):
        """Amounts of several lists are added up."""
        server.list("/a", sold(1, 1_000), sold(2, 250))
        server.list("/b", sold(3, 400))
        tally = client.tally("acme", ["/a", "/b"], by="customer")
        assert (tally.total, tally.count, tally.currency) == (1_650, 3, "EUR")

    def test_groups(self, client, server):
        """Groups are told with the largest first, each with its share."""
        server.list("/a", sold(1, 300, "bo"), sold(2, 500), sold(3, 200, "bo"), sold(4, 1_000))
        tally = client.tally("acme", ["/a"], by="customer")
        rows_told = [(row.name, row.count, row.total, row.percent) for row in tally.rows]
        assert rows_told == [("ada", 2, 1_500, 75), ("bo", 2, 500, 25)]

    def test_equal_groups(self, client, server):
        """Groups that come to the same stand in the order of their names."""
        server.list("/a", sold(1, 300, "cy"), sold(2, 300, "bo"), sold(3, 300, "di"))
        tally = client.tally("acme", ["/a"], by="customer")
        assert [row.name for row in tally.rows] == ["bo", "cy", "di"]

    @pytest.mark.parametrize(
        ("amounts", "percents"),
        [
            pytest.param([1, 1, 1], [34, 33, 33], id="thirds"),
            pytest.param([2, 2, 3], [43, 29, 28], id="sevenths"),
            pytest.param([1, 199], [99, 1], id="a-half"),
            pytest.param([5], [100], id="one"),
            pytest.param([0, 0], [0, 0], id="nothing"),
        ],
    )
    def test_shares_make_a_hundred(self, client, server, amounts, percents):
        """The shares come to a hundred per cent, whatever the rounding."""
        sales = [sold(number, amount, f"c{number}") for number, amount in enumerate(amounts)]
        server.list("/a", *sales)
        tally = client.tally("acme", ["/a"], by="customer")
        assert [row.percent for row in tally.rows] == percents

    def test_refunds(self, client, server):
        """Refunds are taken off."""
        server.list("/a", sold(1, 1_000), sold(2, 300, kind="refund"), sold(3, 50, kind="sale"))
        assert client.tally("acme", ["/a"], by="customer").total == 750

    def test_more_refunds_than_sales(self, client, server):
        """A group with more refunds than sales has no share, and stands last."""
        server.list("/a", sold(1, 300, "bo", kind="refund"), sold(2, 500))
        tally = client.tally("acme", ["/a"], by="customer")
        assert [(row.name, row.total, row.percent) for row in tally.rows] == [
            ("ada", 500, 100),
            ("bo", -300, 0),
        ]

    @pytest.mark.parametrize(
        ("amounts", "mean"),
        [
            pytest.param([10, 20], 15, id="even"),
            pytest.param([10, 11], 11, id="a-half-up"),
            pytest.param([10, 10, 11], 10, id="a-third-down"),
            pytest.param([10, 11, 11], 11, id="two-thirds-up"),
            pytest.param([0], 0, id="nought"),
            pytest.param([-10, -11], -10, id="below-nought"),
        ],
    )
    def test_averages(self, client, server, amounts, mean):
        """The average is told to the nearest unit, and a half is rounded up."""
        server.list("/a", *(sold(number, amount) for number, amount in enumerate(amounts)))
        assert client.tally("acme", ["/a"], by="customer").average == mean

    def test_nothing_to_add_up(self, client, server):
        """Of nothing there is neither an average nor a currency."""
        server.list("/a")
        tally = client.tally("acme", ["/a"], by="customer")
        assert (tally.total, tally.average, tally.currency, tally.rows) == (0, None, None, [])

    def test_two_currencies(self, client, server):
        """Amounts of different currencies are not added up."""
        server.list("/a", sold(1, 100), sold(2, 100, currency="SEK"))
        with pytest.raises(Exception, match="EUR and SEK can't be added up"):
            client.tally("acme", ["/a"], by="customer")

    def test_without_the_field(self, client, server):
        """Items that lack the field by which they are grouped make a group of their own."""
        server.list("/a", sold(1, 100), {"id": 2, "amount": 40, "currency": "EUR"})
        tally = client.tally("acme", ["/a"], by="customer")
        assert [row.name for row in tally.rows] == ["ada", "other"]

    def test_by_another_group(self, client, server):
        """Items can be grouped by any of their fields."""
        server.list("/a", sold(1, 100, shop=7), sold(2, 40, shop=8), sold(3, 5, shop=7))
        tally = client.tally("acme", ["/a"], by="shop")
        assert [(row.name, row.total) for row in tally.rows] == [("7", 105), ("8", 40)]

    @pytest.mark.parametrize(
        "amount",
        [
            pytest.param(None, id="none"),
            pytest.param("12", id="text"),
            pytest.param(1.5, id="fraction"),
            pytest.param(True, id="yes"),
        ],
    )
    def test_no_amount(self, client, server, amount):
        """An item whose amount is no whole number is refused."""
        server.list("/a", sold(7, amount))
        with pytest.raises(MalformedError, match="item 7 has no amount"):
            client.tally("acme", ["/a"], by="customer")


class TestBills:
    def test_by_requests(self, client, server):
        """A bill is divided by how many requests each account made."""
        client.connect("brio", HOST, "tok-brio")
        server.serve("/shop", 1)
        for account in ("acme", "brio", "brio", "brio"):
            client.get(account, "/shop")
        assert client.bill(1_000) == {"acme": 250, "brio": 750}

    @pytest.mark.parametrize(
        ("amount", "parts"),
        [
            pytest.param(100, {"acme": 33, "brio": 67}, id="rounded"),
            pytest.param(101, {"acme": 34, "brio": 67}, id="other-way"),
            pytest.param(1, {"acme": 0, "brio": 1}, id="one-unit"),
            pytest.param(0, {"acme": 0, "brio": 0}, id="nothing"),
        ],
    )
    def test_to_the_last_unit(self, client, server, amount, parts):
        """A bill is divided to the last unit."""
        client.connect("brio", HOST, "tok-brio")
        server.serve("/shop", 1)
        for account in ("acme", "brio", "brio"):
            client.get(account, "/shop")
        assert client.bill(amount) == parts

    def test_equal_parts(self, client, server):
        """A bill is told by name, and of equal parts the first gets what is left over."""
        client.connect("brio", HOST, "tok-brio")
        client.connect("coda", HOST, "tok-coda")
        server.serve("/shop", 1)
        for account in ("coda", "acme", "brio"):
            client.get(account, "/shop")
        parts = list(client.bill(100).items())
        assert parts == [("acme", 34), ("brio", 33), ("coda", 33)]

    def test_nobody_asked(self, client):
        """Without requests there is nobody to pay a bill."""
        assert client.bill(100) == {}

    def test_idle_accounts(self, client, server):
        """An account without requests is not on the bill."""
        client.connect("brio", HOST, "tok-brio")
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        assert client.bill(70) == {"acme": 70}

    def test_negative(self, client):
        """A negative bill is refused."""
        with pytest.raises(SettingsError, match="not negative"):
            client.bill(-1)

    def test_retries_cost(self, opened, server):
        """Every attempt is a request on the bill."""
        client = opened(patient(attempts=2))
        client.connect("brio", HOST, "tok-brio")
        server.serve("/shop", 1)
        client.get("brio", "/shop")
        server.script("/shop", "500", "500")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        assert client.bill(30) == {"acme": 20, "brio": 10}
