import pytest
from stage import Settings, patient

from gleaner import Backoff, Rate
from gleaner.faults import DeadlineError, GivenUpError, SettingsError, TimedOutError


def hasty(seconds, attempts=1):
    """Settings with another time-out."""
    return Settings(backoff=Backoff(attempts=attempts), timeout_s=seconds)


class TestTimeouts:
    def test_a_slow_answer(self, opened, server):
        """An answer that arrives within the time-out is taken."""
        client = opened(hasty(2))
        server.serve("/shop", "Acme")
        server.script("/shop", "ok in 1999 ms")
        assert client.get("acme", "/shop") == "Acme"

    def test_too_slow(self, opened, server, clock):
        """An answer that takes longer than the time-out is not waited for."""
        client = opened(hasty(2))
        server.serve("/shop", "Acme")
        server.script("/shop", "ok in 2001 ms")
        with pytest.raises(GivenUpError, match="no answer from /shop within 2 s"):
            client.get("acme", "/shop")
        assert clock.elapsed() == 2.0

    def test_the_request_is_broken_off(self, opened, server):
        """A request that timed out is broken off."""
        client = opened(hasty(2))
        server.script("/shop", "hang")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        assert server.abandoned() == 1

    def test_every_attempt_has_its_own(self, opened, server, clock):
        """Each attempt may take as long as the time-out."""
        client = opened(hasty(2, attempts=2))
        server.serve("/shop", "Acme")
        server.script("/shop", "hang", "ok in 1500 ms")
        assert client.get("acme", "/shop") == "Acme"
        assert clock.elapsed() == 4.0

    def test_the_usual_one(self, client, server):
        """Without a setting, an attempt may take ten seconds."""
        server.serve("/shop", "Acme")
        server.script("/shop", "hang", "ok in 9999 ms")
        client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 10.5]

    def test_waiting_for_a_turn_is_no_answer_time(self, opened, server):
        """The time-out does not run while a request waits for its turn."""
        client = opened(hasty(2), rate=Rate(1, 5))
        server.serve("/shop", "Acme")
        client.get("acme", "/shop")
        assert client.get("acme", "/shop") == "Acme"
        assert server.arrivals("/shop") == [0.0, 5.0]

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_of_nothing(self, opened, seconds):
        """A time-out that is over before it begins is refused when a client is opened."""
        with pytest.raises(SettingsError, match="longer than nothing"):
            opened(hasty(seconds))


class TestDeadlines:
    def test_in_time(self, client, server):
        """What is answered before the deadline is taken."""
        server.serve("/shop", "Acme")
        server.script("/shop", "ok in 2999 ms")
        assert client.get("acme", "/shop", deadline_s=3) == "Acme"

    def test_a_fraction(self, client, server, clock):
        """A deadline may be a fraction of a second."""
        server.script("/shop", "hang")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=0.25)
        assert clock.elapsed() == 0.25

    def test_too_late(self, client, server, clock):
        """A call ends at its deadline, however long the time-out is."""
        server.script("/shop", "hang")
        with pytest.raises(DeadlineError, match="no time for /shop"):
            client.get("acme", "/shop", deadline_s=3)
        assert clock.elapsed() == 3.0

    def test_no_time_at_all(self, client, server):
        """With a deadline of nought seconds nothing is sent."""
        server.serve("/shop", "Acme")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=0)
        assert server.requests("/shop") == []

    def test_for_all_attempts(self, client, server, clock):
        """The deadline is for all attempts together."""
        server.script("/shop", "500", "hang")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=3)
        assert clock.elapsed() == 3.0
        assert server.arrivals("/shop") == [0.0, 0.5]

    def test_no_pause_past_it(self, client, server, clock):
        """Nobody pauses only to come too late."""
        server.script("/shop", "429 after 5")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=4)
        assert clock.elapsed() == 0.0

    def test_a_pause_that_ends_on_it(self, client, server, clock):
        """A pause that ends exactly at the deadline is not begun."""
        server.script("/shop", "429 after 5")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=5)
        assert clock.elapsed() == 0.0

    def test_a_pause_that_would_end_too_late(self, client, server, clock):
        """Before every pause, the call looks how much time its deadline leaves."""
        server.script("/shop", "503", "503 in 2000 ms")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=3)
        assert clock.elapsed() == 2.5

    def test_a_pause_that_ends_before_it(self, client, server):
        """A pause that leaves a moment is waited for."""
        server.serve("/shop", "Acme")
        server.script("/shop", "429 after 5")
        assert client.get("acme", "/shop", deadline_s=5.001) == "Acme"

    def test_the_time_out_comes_first(self, opened, server, clock):
        """Where the deadline is farther than the time-out, it is the time-out that ends an attempt."""
        client = opened(hasty(2))
        server.script("/shop", "hang")
        with pytest.raises(GivenUpError, match="within 2 s"):
            client.get("acme", "/shop", deadline_s=60)
        assert clock.elapsed() == 2.0

    def test_for_all_pages(self, client, server, clock):
        """A list is read until its deadline, and not for that long a page."""
        server.list("/orders", *({"id": number} for number in range(1, 102)))
        server.script("/orders", "ok in 2000 ms", "ok in 2000 ms")
        with pytest.raises(DeadlineError):
            client.fetch_all("acme", "/orders", deadline_s=3)
        assert clock.elapsed() == 3.0

    def test_for_many_lists(self, client, server, clock):
        """Several lists have one deadline together."""
        server.lists(["/a", "/b", "/c"], "ok in 2000 ms")
        sheaf = client.fetch_many(
            "acme", ["/a", "/b", "/c"], at_once=1, keep_going=True, deadline_s=5
        )
        assert sheaf.missing == ["/c"]
        assert clock.elapsed() == 5.0

    def test_a_turn_that_comes_too_late(self, opened, server, clock):
        """Whoever would have to wait past the deadline for a turn is told so at once."""
        client = opened(rate=Rate(1, 10))
        server.serve("/shop", "Acme")
        client.get("acme", "/shop")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=9)
        assert clock.elapsed() == 0.0

    def test_a_turn_given_up_is_free(self, opened, server):
        """A turn that nobody waited for is there for the next request."""
        client = opened(rate=Rate(1, 10))
        server.serve("/shop", "Acme")
        client.get("acme", "/shop")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=9)
        client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 10.0]

    def test_a_turn_that_was_used_is_gone(self, opened, server):
        """A request that was under way when its deadline passed has used its turn."""
        client = opened(rate=Rate(1, 10))
        server.serve("/shop", "Acme")
        server.script("/shop", "hang")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=2)
        client.get("acme", "/shop")
        assert server.arrivals("/shop") == [0.0, 10.0]

    def test_a_passed_deadline_blames_nobody(self, client, server):
        """A deadline that passes is not held against the host."""
        server.script("/shop", "hang")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=1)
        assert client.breakers()[0].failures == 0

    def test_does_not_last(self, client, server):
        """The deadline of one call is not that of the next."""
        server.serve("/shop", "Acme")
        server.script("/shop", "hang", "ok in 5000 ms")
        with pytest.raises(DeadlineError):
            client.get("acme", "/shop", deadline_s=1)
        assert client.get("acme", "/shop") == "Acme"


def test_times_of_answers(client, server):
    """The times that answers took are summed up as a typical and a longest one."""
    server.serve("/shop", 1)
    server.script("/shop", "ok in 10 ms", "ok in 400 ms", "ok in 20 ms", "ok in 30 ms")
    for _ in range(4):
        client.get("acme", "/shop")
    usage = client.usage("acme")
    assert (usage.typical_ms, usage.slowest_ms) == (20, 400)


def test_looking_twice(client, server):
    """Looking at the times of answers does not change them."""
    server.serve("/shop", 1)
    server.script("/shop", "ok in 70 ms")
    client.get("acme", "/shop")
    client.usage("acme")
    assert client.usage("acme").slowest_ms == 70


def test_one_time_is_typical(client, server):
    """One answer alone is the typical one."""
    server.serve("/shop", 1)
    server.script("/shop", "ok in 70 ms")
    client.get("acme", "/shop")
    assert client.usage("acme").typical_ms == 70


def test_no_times_yet(client):
    """Before the first answer, no time is typical."""
    usage = client.usage("acme")
    assert (usage.typical_ms, usage.slowest_ms) == (None, None)


def test_times_are_not_those_of_pauses(opened, server):
    """The time of an answer does not include pauses and failures before it."""
    client = opened(patient(first_s=9))
    server.serve("/shop", 1)
    server.script("/shop", "503", "ok in 40 ms")
    client.get("acme", "/shop")
    assert client.usage("acme").slowest_ms == 40


def test_only_the_last_times_count(client, server):
    """Times from a hundred answers ago no longer count."""
    server.serve("/shop", 1)
    server.script("/shop", "ok in 900 ms")
    for _ in range(100):
        client.get("acme", "/shop")
    before = client.usage("acme").slowest_ms
    client.get("acme", "/shop")
    assert (before, client.usage("acme").slowest_ms) == (900, 0)


def test_timed_out_is_worth_another_attempt():
    """A time-out says of itself that another attempt may help, and that the server may have acted."""
    error = TimedOutError("/shop", 2_000)
    assert (error.retryable, error.ambiguous) == (True, True)
