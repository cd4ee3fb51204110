import pytest
from stage import HOST, OTHER_HOST, Settings, guarded, patient, rows

from gleaner import Rate
from gleaner.faults import GivenUpError, RestingError, SettingsError, ThrottledError


def lists(server, *paths, step="ok in 1000 ms"):
    """Lists of one item each, that take their time."""
    server.lists(paths, step)
    return list(paths)


def times(server, paths):
    """When the requests to several paths arrived."""
    return sorted(second for path in paths for second in server.arrivals(path))


class TestRates:
    def test_bursts(self, opened, server):
        """As many requests as the rate has go out at once."""
        client = opened(rate=Rate(3, 9))
        server.serve("/shop", 1)
        for _ in range(3):
            client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 0.0, 0.0]

    def test_beyond_the_burst(self, opened, server):
        """What goes beyond the burst is spread evenly."""
        client = opened(rate=Rate(3, 9))
        server.serve("/shop", 1)
        for _ in range(5):
            client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 0.0, 0.0, 3.0, 6.0]

    def test_uneven_rates(self, opened, server):
        """A turn that falls between two milliseconds is the later one."""
        client = opened(rate=Rate(3, 1))
        server.serve("/shop", 1)
        for _ in range(6):
            client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 0.0, 0.0, 0.334, 0.667, 1.0]

    def test_an_idle_hour(self, opened, server, clock):
        """An hour without requests brings no more than one burst."""
        client = opened(rate=Rate(2, 10))
        server.serve("/shop", 1)
        clock.advance(minutes=60)
        for _ in range(3):
            client.get("acme", "/shop")
        assert server.arrivals("/shop") == [3600.0, 3600.0, 3605.0]

    def test_at_the_same_time(self, opened, server):
        """Requests that are made at the same time get their turns one after the other."""
        client = opened(rate=Rate(1, 4))
        paths = lists(server, "/a", "/b", "/c", step="ok")
        client.fetch_many("acme", paths)
        assert times(server, paths) == [0.0, 4.0, 8.0]

    def test_allowance(self, opened, server, clock):
        """The allowance says how many requests could go out at once."""
        client = opened(rate=Rate(3, 9))
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.get("acme", "/shop")
        before = client.allowance("acme")
        clock.advance(3)
        assert (before, client.allowance("acme")) == (1, 2)

    def test_a_token_in_the_making(self, opened, server, clock):
        """A turn is not there before all of its time has passed."""
        client = opened(rate=Rate(1, 9))
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        clock.advance(8.999)
        before = client.allowance("acme")
        clock.advance(0.001)
        assert (before, client.allowance("acme")) == (0, 1)

    def test_no_rate(self, client):
        """An account without a rate has no allowance to tell."""
        assert client.allowance("acme") is None

    def test_each_account_has_its_own(self, opened, server):
        """What one account uses up is not missing for another."""
        client = opened(rate=Rate(1, 9))
        client.connect("brio", HOST, "tok-brio", rate=Rate(1, 9))
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.get("brio", "/shop")
        assert server.arrivals("/shop") == [0.0, 0.0]

    def test_retries_take_turns(self, opened, server):
        """Every attempt takes a turn of its own."""
        client = opened(rate=Rate(1, 9))
        server.serve("/shop", 1)
        server.script("/shop", "500")
        client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 9.0]

    def test_a_resting_host_takes_no_turn(self, opened, server):
        """A request that is not sent because the host rests takes no turn."""
        client = opened(guarded(failures=1), rate=Rate(2, 60))
        server.script("/shop", "500")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        with pytest.raises(RestingError):
            client.get("acme", "/shop")
        assert client.allowance("acme") == 1

    def test_giving_back_is_no_gift(self, opened, server, clock):
        """Turns that are given back make no burst larger than the rate."""
        client = opened(guarded(failures=1), rate=Rate(1, 5))
        server.script("/shop", "500")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        with pytest.raises(RestingError):
            client.get("acme", "/shop")
        clock.advance(15)
        assert client.allowance("acme") == 1

    def test_waiting_for_turns_is_counted(self, opened, server):
        """The time spent waiting for a turn is added up."""
        client = opened(rate=Rate(1, 4))
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.get("acme", "/shop")
        assert client.usage("acme").waited_ms == 4_000

    @pytest.mark.parametrize(
        "wrong", [pytest.param((0, 1), id="nothing"), pytest.param((1, 0), id="no-time")]
    )
    def test_without_sense(self, client, wrong):
        """A rate that lets nothing through is refused, and nothing is connected."""
        with pytest.raises(SettingsError):
            client.connect("brio", HOST, "tok-brio", rate=Rate(*wrong))
        assert client.accounts() == ["acme"]

    def test_going_beyond_the_servers_rate(self, client, server):
        """Whoever sends more than the server allows comes back when the server says so."""
        server.allow(HOST, 2, 10)
        server.serve("/shop", 1)
        for _ in range(3):
            client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 0.0, 0.0, 10.0]

    def test_keeping_to_the_servers_rate(self, opened, server):
        """Whoever keeps to the rate of the server is never throttled."""
        client = opened(rate=Rate(1, 5))
        server.allow(HOST, 2, 10)
        server.list("/orders", *rows(250))
        client.fetch_all("acme", "/orders")
        assert client.usage("acme").throttled == 0


class TestHolds:
    def test_a_throttled_account_pauses(self, client, server):
        """When one request is throttled, those of the same account that have not left yet wait as well."""
        server.list("/a", {"id": 1})
        server.list("/b", *rows(51))
        server.script("/a", "429 after 9 in 500 ms")
        server.script("/b", "ok in 1000 ms")
        client.fetch_many("acme", ["/a", "/b"])
        assert server.arrivals("/b") == [0.0, 9.5]

    def test_calls_after_it(self, opened, server):
        """A call that follows a throttled one waits for the rest of the pause."""
        client = opened(patient(attempts=1))
        server.serve("/shop", 1)
        server.script("/shop", "429 after 9")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 9.0]

    def test_other_accounts_go_on(self, opened, server):
        """The pause of one account is none for another at the same host."""
        client = opened(patient(attempts=1))
        client.connect("brio", HOST, "tok-brio")
        server.serve("/shop", 1)
        server.script("/shop", "429 after 9")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        client.get("brio", "/shop")
        assert server.arrivals("/shop") == [0.0, 0.0]

    def test_the_longest_pause_holds(self, client, server):
        """Of two pauses, the one that ends later is kept."""
        server.lists(["/a", "/b"])
        server.script("/a", "429 after 9 in 10 ms")
        server.script("/b", "429 after 3 in 20 ms")
        client.fetch_many("acme", ["/a", "/b"])
        assert (server.arrivals("/a"), server.arrivals("/b")) == ([0.0, 9.01], [0.0, 9.01])

    def test_a_pause_that_grows_meanwhile(self, opened, server):
        """Whoever waits for a turn keeps to a pause that was asked for in the meantime."""
        client = opened(rate=Rate(2, 4))
        server.lists(["/a", "/b", "/c"])
        server.script("/a", "429 after 20 in 1000 ms")
        client.fetch_many("acme", ["/a", "/b", "/c"])
        assert server.arrivals("/c") == [21.0]

    def test_throttled_without_advice(self, client, server):
        """Where the server does not say for how long, others of the account go on."""
        server.lists(["/a", "/b"])
        server.script("/a", "429")
        client.fetch_many("acme", ["/a", "/b"], at_once=1)
        assert server.arrivals("/b") == [0.5]

    def test_too_long_a_pause_is_still_kept_to(self, opened, server):
        """A pause that nobody waits for is kept to by those who come later."""
        client = opened(patient(patience_s=5))
        server.serve("/shop", 1)
        server.script("/shop", "429 after 30")
        with pytest.raises(ThrottledError):
            client.get("acme", "/shop")
        client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 30.0]


class TestGates:
    @pytest.mark.parametrize("at_once", [1, 2, 3])
    def test_so_many_at_a_time(self, opened, server, at_once):
        """No more requests are under way at a host than the settings allow."""
        client = opened(Settings(at_once=at_once))
        paths = lists(server, "/a", "/b", "/c", "/d", "/e")
        client.fetch_many("acme", paths, at_once=5)
        assert server.busiest() == at_once

    def test_the_usual_number(self, client, server):
        """Without a setting, four requests are under way at a time."""
        paths = lists(server, "/a", "/b", "/c", "/d", "/e", "/f")
        client.fetch_many("acme", paths, at_once=6)
        assert server.busiest() == 4

    def test_first_come_first_served(self, opened, server):
        """Requests get their places in the order in which they asked for them."""
        client = opened(Settings(at_once=1))
        paths = lists(server, "/c", "/a", "/d", "/b")
        client.fetch_many("acme", paths, at_once=4)
        assert [server.arrivals(path) for path in paths] == [[0.0], [1.0], [2.0], [3.0]]

    def test_a_free_place_is_taken_at_once(self, opened, server):
        """A place that becomes free is taken at that moment."""
        client = opened(Settings(at_once=2))
        paths = lists(server, "/a", "/b", "/c")
        server.script("/a", "ok in 3000 ms")
        client.fetch_many("acme", paths, at_once=3)
        assert server.arrivals("/c") == [1.0]

    def test_failures_free_their_places(self, opened, server):
        """A request that fails leaves its place to the next one."""
        client = opened(Settings(at_once=1))
        paths = lists(server, "/a", "/b")
        server.script("/a", "404")
        sheaf = client.fetch_many("acme", paths, at_once=2, keep_going=True)
        assert sheaf.missing == ["/a"]

    def test_pauses_take_no_place(self, opened, server):
        """Whoever pauses before another attempt lets others go first."""
        client = opened(Settings(at_once=1))
        paths = lists(server, "/a", "/b")
        server.script("/a", "500", "ok")
        client.fetch_many("acme", paths, at_once=2)
        assert server.arrivals("/b") == [0.0]

    @pytest.mark.parametrize("trouble", ["500", "503", "429"])
    def test_trouble_narrows_the_gate(self, opened, server, trouble):
        """After a sign of trouble, half as many requests are under way."""
        client = opened(patient(attempts=1))
        server.script("/x", trouble)
        with pytest.raises(GivenUpError):
            client.get("acme", "/x")
        client.fetch_many("acme", lists(server, "/a", "/b", "/c"), at_once=3)
        assert server.busiest() == 2

    def test_a_time_out_narrows_the_gate(self, opened, server):
        """A time-out is a sign of trouble as well."""
        client = opened(patient(attempts=1))
        server.script("/x", "hang")
        with pytest.raises(GivenUpError):
            client.get("acme", "/x")
        client.fetch_many("acme", lists(server, "/a", "/b", "/c"), at_once=3)
        assert server.busiest() == 2

    def test_a_refusal_does_not_narrow_it(self, opened, server):
        """A refusal is no sign of trouble."""
        client = opened(Settings(at_once=2))
        paths = lists(server, "/a", "/b")
        with pytest.raises(Exception, match="404"):
            client.get("acme", "/x")
        client.fetch_many("acme", paths)
        assert server.busiest() == 2

    def test_one_gets_through_at_least(self, opened, server):
        """However much trouble there is, one request gets through."""
        client = opened(patient(attempts=4))
        server.script("/x", *["429"] * 4)
        with pytest.raises(GivenUpError):
            client.get("acme", "/x")
        paths = lists(server, "/a", "/b")
        client.fetch_many("acme", paths)
        assert times(server, paths) == [3.5, 4.5]

    def test_it_widens_again(self, opened, server):
        """After as many answers as there are places, there is one place more."""
        client = opened(patient(attempts=1))
        server.serve("/shop", 1)
        server.script("/shop", "503")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        client.get("acme", "/shop")
        client.get("acme", "/shop")
        client.fetch_many("acme", lists(server, "/a", "/b", "/c", "/d"))
        assert server.busiest() == 3

    def test_one_place_at_a_time(self, opened, server):
        """After there was one more place, the answers are counted from nought."""
        client = opened(patient(attempts=1))
        server.serve("/shop", 1)
        server.script("/shop", "503")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        for _ in range(3):
            client.get("acme", "/shop")
        client.fetch_many("acme", lists(server, "/a", "/b", "/c", "/d"))
        assert server.busiest() == 3

    def test_not_too_early(self, opened, server):
        """One answer fewer, and there is no more place than before."""
        client = opened(patient(attempts=1))
        server.serve("/shop", 1)
        server.script("/shop", "503")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        client.get("acme", "/shop")
        client.fetch_many("acme", lists(server, "/a", "/b", "/c"))
        assert server.arrivals("/c") == [1.0]
        assert server.busiest() == 2

    def test_not_beyond_its_width(self, opened, server):
        """However well it goes, there are never more places than the settings have."""
        client = opened(Settings(at_once=2))
        server.serve("/shop", 1)
        for _ in range(9):
            client.get("acme", "/shop")
        client.fetch_many("acme", lists(server, "/a", "/b", "/c"), at_once=3)
        assert server.busiest() == 2

    def test_trouble_starts_the_count_anew(self, opened, server):
        """Answers from before the trouble do not count towards a new place."""
        client = opened(patient(attempts=1))
        server.serve("/shop", 1)
        server.script("/shop", "ok", "503", "ok")
        client.get("acme", "/shop")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        client.get("acme", "/shop")
        client.fetch_many("acme", lists(server, "/a", "/b", "/c"), at_once=3)
        assert server.busiest() == 2

    def test_each_host_has_its_own(self, opened, server):
        """A host with all its places taken keeps nobody from another."""
        client = opened(Settings(at_once=1))
        client.connect("coda", OTHER_HOST, "tok-coda")
        server.script(f"{HOST}/shop", "503")
        server.serve(f"{OTHER_HOST}/shop", 1)
        server.serve(f"{HOST}/shop", 1)
        client.get("acme", "/shop")
        client.get("coda", "/shop")
        assert server.arrivals("/shop") == [0.0, 0.5, 0.5]

    @pytest.mark.parametrize("wrong", ["at_once", "page_size", "most_pages"])
    def test_none_at_all(self, opened, wrong):
        """Settings that let nothing happen are refused when a client is opened."""
        with pytest.raises(SettingsError, match="one at least"):
            opened(Settings(**{wrong: 0}))
