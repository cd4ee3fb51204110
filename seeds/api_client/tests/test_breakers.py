import pytest
from stage import OTHER_HOST, Settings, guarded

from gleaner import Backoff, BreakerRules
from gleaner.faults import (
    DeadlineError,
    GivenUpError,
    GleanerError,
    NotFoundError,
    RestingError,
    SettingsError,
    ThrottledError,
)

NO_RETRIES = Backoff(attempts=1)


def fail(client, times, path="/shop", account="acme"):
    """So many calls that are given up."""
    for _ in range(times):
        with pytest.raises(GivenUpError):
            client.get(account, path)


def state(client, index=0):
    """How a breaker stands, in a word."""
    return client.breakers()[index].state.value


def test_one_short_of_tripping(opened, server):
    """One failure fewer than it takes leaves the breaker closed."""
    client = opened(guarded(failures=3))
    server.serve("/shop", "Acme")
    server.script("/shop", "500", "500")
    fail(client, 2)
    assert client.get("acme", "/shop") == "Acme"


def test_tripping(opened, server):
    """After so many failures the host is not asked any more."""
    client = opened(guarded(failures=3))
    server.script("/shop", *["500"] * 3)
    fail(client, 3)
    with pytest.raises(RestingError, match=r"api.acme.test is given a rest for another 30 s"):
        client.get("acme", "/shop")
    assert len(server.requests("/shop")) == 3


def test_the_usual_rules(opened, server):
    """Without a setting it takes five failures."""
    client = opened(guarded())
    server.script("/shop", *["500"] * 5)
    fail(client, 4)
    before = state(client)
    fail(client, 1)
    assert (before, state(client)) == ("closed", "open")


def test_attempts_count(opened, server):
    """Every attempt that fails counts, and the call ends when the breaker trips."""
    client = opened(guarded(attempts=4, failures=2))
    server.script("/shop", *["500"] * 4)
    with pytest.raises(RestingError):
        client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 0.5]


@pytest.mark.parametrize("failure", ["500", "503", "408", "reset", "hang"])
def test_what_counts(opened, server, failure):
    """Whatever the host has to answer for counts as a failure."""
    client = opened(guarded(failures=1))
    server.script("/shop", failure)
    fail(client, 1)
    assert state(client) == "open"


@pytest.mark.parametrize("answer", ["404", "400", "401", "429"])
def test_what_does_not_count(opened, server, answer):
    """A host that refuses is well."""
    client = opened(guarded(failures=1))
    server.script("/shop", answer)
    with pytest.raises(GleanerError):
        client.get("acme", "/shop")
    assert state(client) == "closed"


def test_success_wipes_failures_out(opened, server):
    """An answer in between wipes the failures before it out."""
    client = opened(guarded(failures=2))
    server.serve("/shop", "Acme")
    server.script("/shop", "500", "ok", "500", "ok")
    fail(client, 1)
    client.get("acme", "/shop")
    fail(client, 1)
    assert client.get("acme", "/shop") == "Acme"


def test_a_refusal_wipes_failures_out(opened, server):
    """A refusal in between shows that the host is well again."""
    client = opened(guarded(failures=2))
    server.script("/shop", "500", "404")
    fail(client, 1)
    with pytest.raises(NotFoundError):
        client.get("acme", "/shop")
    assert client.breakers()[0].failures == 0


def test_old_failures_are_forgotten(opened, server, clock):
    """A failure counts until the window has passed, and no longer."""
    client = opened(guarded(failures=2, window_s=60))
    server.script("/shop", "500", "500")
    fail(client, 1)
    clock.advance(60)
    fail(client, 1)
    assert state(client) == "closed"


def test_failures_within_the_window(opened, server, clock):
    """A moment before the window has passed, a failure still counts."""
    client = opened(guarded(failures=2, window_s=60))
    server.script("/shop", "500", "500")
    fail(client, 1)
    clock.advance(59.999)
    fail(client, 1)
    assert state(client) == "open"


def test_the_rest(opened, server, clock):
    """A moment before the rest is over, nothing is sent."""
    client = opened(guarded(failures=1, rest_s=30))
    server.script("/shop", "500")
    fail(client, 1)
    clock.advance(29.5)
    with pytest.raises(RestingError, match=r"another 0.5 s"):
        client.get("acme", "/shop")


def test_the_end_of_the_rest(opened, server, clock):
    """When the rest is over, the host is asked again."""
    client = opened(guarded(failures=1, rest_s=30))
    server.serve("/shop", "Acme")
    server.script("/shop", "500")
    fail(client, 1)
    clock.advance(30)
    assert client.get("acme", "/shop") == "Acme"
    assert state(client) == "closed"


def test_the_time_of_day_does_not_matter(opened, server, clock):
    """Setting the time of day does not shorten a rest."""
    client = opened(guarded(failures=1))
    server.script("/shop", "500")
    fail(client, 1)
    clock.set_wall(3_600)
    with pytest.raises(RestingError, match="another 30 s"):
        client.get("acme", "/shop")


def test_a_failed_probe(opened, server, clock):
    """A probe that fails brings twice the rest."""
    client = opened(guarded(failures=3, rest_s=30))
    server.script("/shop", *["500"] * 4)
    fail(client, 3)
    clock.advance(30)
    fail(client, 1)
    assert client.breakers()[0].opens_in_ms == 60_000


def test_the_longest_rest(opened, server, clock):
    """Rests do not grow beyond the longest one."""
    client = opened(guarded(failures=1, rest_s=30, longest_rest_s=100))
    server.script("/shop", *["500"] * 4)
    rests = []
    for _ in range(4):
        fail(client, 1)
        rests.append(client.breakers()[0].opens_in_ms)
        clock.advance(100)
    assert rests == [30_000, 60_000, 100_000, 100_000]


def test_recovery_forgets_former_rests(opened, server, clock):
    """After a recovery, the next rest is as short as the first."""
    client = opened(guarded(failures=1, rest_s=30))
    server.serve("/shop", "Acme")
    server.script("/shop", "500", "ok", "500")
    fail(client, 1)
    clock.advance(30)
    client.get("acme", "/shop")
    fail(client, 1)
    report = client.breakers()[0]
    assert (report.opens_in_ms, report.trips) == (30_000, 1)


def test_recovery_forgets_former_failures(opened, server, clock):
    """After a recovery it takes all of the failures again."""
    client = opened(guarded(failures=2, rest_s=10))
    server.serve("/shop", "Acme")
    server.script("/shop", "500", "500", "ok", "500")
    fail(client, 2)
    clock.advance(10)
    client.get("acme", "/shop")
    fail(client, 1)
    assert state(client) == "closed"


def test_two_proofs(opened, server, clock):
    """Where two proofs are asked for, one is not enough."""
    client = opened(guarded(failures=1, proofs=2))
    server.serve("/shop", "Acme")
    server.script("/shop", "500")
    fail(client, 1)
    clock.advance(30)
    client.get("acme", "/shop")
    before = state(client)
    client.get("acme", "/shop")
    assert (before, state(client)) == ("half open", "closed")


def test_proofs_start_anew(opened, server, clock):
    """Proofs from before another trip do not count."""
    client = opened(guarded(failures=1, rest_s=10, proofs=2))
    server.serve("/shop", "Acme")
    server.script("/shop", "500", "ok", "500")
    fail(client, 1)
    clock.advance(10)
    client.get("acme", "/shop")
    fail(client, 1)
    clock.advance(20)
    client.get("acme", "/shop")
    assert state(client) == "half open"


def test_a_probe_that_is_refused(opened, server, clock):
    """A probe that meets with a refusal has shown that the host is well."""
    client = opened(guarded(failures=1))
    server.script("/shop", "500", "404")
    fail(client, 1)
    clock.advance(30)
    with pytest.raises(NotFoundError):
        client.get("acme", "/shop")
    assert state(client) == "closed"


def test_a_probe_that_is_broken_off(opened, server, clock):
    """A probe that its caller breaks off makes room for another one."""
    client = opened(guarded(failures=1))
    server.serve("/shop", "Acme")
    server.script("/shop", "500", "hang")
    fail(client, 1)
    clock.advance(30)
    with pytest.raises(DeadlineError):
        client.get("acme", "/shop", deadline_s=1)
    assert client.get("acme", "/shop") == "Acme"


def test_one_probe_at_a_time(opened, server, clock):
    """While a probe is under way, nobody else gets through."""
    client = opened(guarded(failures=1))
    server.list("/a", {"id": 1})
    server.list("/b", {"id": 1})
    server.script("/a", "500", "ok in 500 ms")
    fail(client, 1, "/a")
    clock.advance(30)
    sheaf = client.fetch_many("acme", ["/a", "/b"], keep_going=True)
    assert sheaf.missing == ["/b"]


def test_two_probes_at_a_time(opened, server, clock):
    """Where two probes are allowed, a third has to wait."""
    client = opened(Settings(NO_RETRIES, BreakerRules(failures=1, probes=2), at_once=8))
    server.lists(["/a", "/b", "/c"], "ok in 500 ms")
    server.script("/x", "500")
    fail(client, 1, "/x")
    clock.advance(30)
    sheaf = client.fetch_many("acme", ["/a", "/b", "/c"], keep_going=True)
    assert sheaf.missing == ["/c"]


def test_stragglers_are_ignored(opened, server, clock):
    """A failure of a request from before the trip does not prolong the rest."""
    client = opened(guarded(failures=1))
    server.script("/a", "500 in 100 ms")
    server.script("/c", "500 in 5000 ms")
    client.fetch_many("acme", ["/a", "/c"], keep_going=True)
    assert client.breakers()[0].opens_in_ms == 25_100


def test_late_successes_are_ignored(opened, server):
    """An answer to a request from before the trip does not end the rest."""
    client = opened(guarded(failures=2))
    server.list("/c", {"id": 1})
    server.script("/a", "500 in 100 ms")
    server.script("/b", "500 in 100 ms")
    server.script("/c", "ok in 5000 ms")
    client.fetch_many("acme", ["/a", "/b", "/c"], keep_going=True)
    assert state(client) == "open"


def test_a_late_probe_is_ignored(opened, server, clock):
    """A probe that succeeds after another one has failed does not end the new rest."""
    client = opened(guarded(failures=1, probes=2))
    server.script("/x", "500")
    fail(client, 1, "/x")
    clock.advance(30)
    server.list("/b", {"id": 1})
    server.script("/a", "500 in 100 ms")
    server.script("/b", "ok in 500 ms")
    client.fetch_many("acme", ["/a", "/b"], keep_going=True)
    assert state(client) == "open"


def test_each_host_has_its_own(opened, server):
    """The rest of one host is none for another."""
    client = opened(guarded(failures=1))
    client.connect("coda", OTHER_HOST, "tok-coda")
    server.serve(f"{OTHER_HOST}/shop", "Coda")
    server.script("api.acme.test/shop", "500")
    fail(client, 1)
    assert client.get("coda", "/shop") == "Coda"


def test_accounts_of_one_host_share_it(opened, server):
    """What one account found out about a host is true for the others there."""
    client = opened(guarded(failures=1))
    client.connect("brio", "api.acme.test", "tok-brio")
    server.script("/shop", "500")
    fail(client, 1)
    with pytest.raises(RestingError):
        client.get("brio", "/shop")


def test_a_resting_host_is_not_retried(opened, server, clock):
    """Nobody makes pauses for a host that rests."""
    client = opened(guarded(attempts=4, failures=1))
    server.script("/shop", "500")
    with pytest.raises(RestingError):
        client.get("acme", "/shop")
    assert clock.elapsed() == 0.5


def test_reports_are_in_order(opened, server):
    """Breakers are listed by host, each with its own failures."""
    client = opened(guarded(failures=3))
    client.connect("abel", "api.abel.test", "tok-abel")
    server.script("/shop", "500", "500", "500")
    fail(client, 2)
    fail(client, 1, account="abel")
    reports = client.breakers()
    assert [(each.host, each.failures) for each in reports] == [
        ("api.abel.test", 1),
        ("api.acme.test", 2),
    ]


def test_no_time_left_when_closed(opened, server, clock):
    """A breaker that is not open has no rest left to report."""
    client = opened(guarded(failures=1))
    server.serve("/shop", "Acme")
    server.script("/shop", "500")
    fail(client, 1)
    clock.advance(45)
    client.get("acme", "/shop")
    assert client.breakers()[0].opens_in_ms == 0


def test_a_rest_that_is_over_is_reported(opened, server, clock):
    """A rest that nobody has put to the test yet has no time left."""
    client = opened(guarded(failures=1))
    server.script("/shop", "500")
    fail(client, 1)
    clock.advance(45)
    report = client.breakers()[0]
    assert (report.state.value, report.opens_in_ms) == ("open", 0)


def test_being_throttled_is_no_failure(opened, server):
    """A host that throttles us is not given a rest."""
    client = opened(guarded(failures=1))
    server.script("/shop", "429 after 90")
    with pytest.raises(ThrottledError):
        client.get("acme", "/shop")
    assert client.breakers()[0].failures == 0


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"failures": 0}, id="no-failure"),
        pytest.param({"probes": 0}, id="no-probe"),
        pytest.param({"proofs": 0}, id="no-proof"),
        pytest.param({"rest_s": 0}, id="no-rest"),
        pytest.param({"rest_s": 20, "longest_rest_s": 10}, id="longest-is-shorter"),
    ],
)
def test_rules_without_sense(opened, wrong):
    """Rules for breakers that make no sense are refused when a client is opened."""
    with pytest.raises(SettingsError):
        opened(guarded(**wrong))


def test_rules_that_just_make_sense(opened, server):
    """The longest rest may be as short as the first."""
    client = opened(guarded(failures=1, rest_s=20, longest_rest_s=20))
    server.script("/shop", "500")
    fail(client, 1)
    assert client.breakers()[0].opens_in_ms == 20_000
