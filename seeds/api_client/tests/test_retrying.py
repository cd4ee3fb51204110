import pytest
from stage import patient

from gleaner.faults import GivenUpError, SettingsError, ThrottledError

START = "Sun, 01 Mar 2026 08:00"


def test_a_second_attempt(client, server):
    """What fails once is asked for again."""
    server.serve("/shop", "Acme")
    server.script("/shop", "503")
    assert client.get("acme", "/shop") == "Acme"


@pytest.mark.parametrize(
    ("plan", "arrivals"),
    [
        pytest.param({}, [0.0, 0.5, 1.5, 3.5], id="usual"),
        pytest.param({"first_s": 2, "factor": 3}, [0.0, 2.0, 8.0, 26.0], id="tripling"),
        pytest.param({"first_s": 2, "factor": 1}, [0.0, 2.0, 4.0, 6.0], id="even"),
        pytest.param({"first_s": 4, "longest_s": 6}, [0.0, 4.0, 10.0, 16.0], id="longest"),
        pytest.param({"first_s": 4, "longest_s": 4}, [0.0, 4.0, 8.0, 12.0], id="longest-is-first"),
        pytest.param({"first_s": 9, "longest_s": 4}, [0.0, 4.0, 8.0, 12.0], id="longest-is-less"),
        pytest.param({"first_s": 0}, [0.0, 0.0, 0.0, 0.0], id="no-pause"),
        pytest.param({"attempts": 2}, [0.0, 0.5], id="two"),
        pytest.param({"attempts": 1}, [0.0], id="only-one"),
    ],
)
def test_when_attempts_are_made(opened, server, plan, arrivals):
    """The pauses between attempts grow as the settings say, up to the longest one."""
    client = opened(patient(**plan))
    server.script("/shop", *["500"] * 9)
    with pytest.raises(GivenUpError, match=f"given up after attempt {len(arrivals)}"):
        client.get("acme", "/shop")
    assert server.arrivals("/shop") == arrivals


@pytest.mark.parametrize(
    ("percent", "draws", "arrivals"),
    [
        pytest.param(20, (0.0,), [0.0, 10.0, 30.0], id="never-shortened"),
        pytest.param(20, (0.5,), [0.0, 9.0, 27.0], id="half-of-it"),
        pytest.param(100, (0.9,), [0.0, 1.0, 3.0], id="nearly-all"),
        pytest.param(0, (0.5,), [0.0, 10.0, 30.0], id="none"),
        pytest.param(50, (0.8, 0.0), [0.0, 6.0, 26.0], id="drawn-anew"),
    ],
)
def test_jitter(opened, server, percent, draws, arrivals):
    """Chance shortens a pause by no more than the share that was agreed on."""
    client = opened(patient(attempts=3, first_s=10, jitter_percent=percent), *draws)
    server.serve("/shop", 1)
    server.script("/shop", "500", "500")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == arrivals


@pytest.mark.parametrize("failure", ["500", "502", "503", "504", "408", "reset", "429"])
def test_what_is_tried_again(client, server, failure):
    """Failures that pass are worth another attempt."""
    server.serve("/shop", "Acme")
    server.script("/shop", failure)
    assert client.get("acme", "/shop") == "Acme"
    assert server.arrivals("/shop") == [0.0, 0.5]


def test_the_last_failure_is_told(opened, server):
    """Whoever gives up tells what the last attempt met with."""
    client = opened(patient(attempts=2))
    server.script("/shop", "500", "503")
    with pytest.raises(GivenUpError, match=r"after attempt 2: /shop is not available \(503\)"):
        client.get("acme", "/shop")


def test_attempts_start_anew(opened, server):
    """The attempts of one call are not counted against the next."""
    client = opened(patient(attempts=2))
    server.serve("/shop", "Acme")
    server.script("/shop", "500", "500", "500")
    with pytest.raises(GivenUpError):
        client.get("acme", "/shop")
    assert client.get("acme", "/shop") == "Acme"
    assert server.arrivals("/shop") == [0.0, 0.5, 0.5, 1.0]


@pytest.mark.parametrize(
    ("advice", "second"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param(" 7 ", 7.0, id="blanks"),
        pytest.param("0", 0.0, id="nought"),
        pytest.param(f"{START}:09 GMT", 9.0, id="date"),
        pytest.param(f"{START}:00 GMT", 0.0, id="now"),
        pytest.param("Sun, 01 Mar 2026 07:59:00 GMT", 0.0, id="past"),
        pytest.param("Sun, 01 Mar 2026 09:00:04 +0100", 4.0, id="zone"),
        pytest.param("Sun, 01 Mar 2026 08:00:05 -0000", 5.0, id="no-zone"),
        pytest.param("soon", 0.5, id="nonsense"),
        pytest.param("1.5", 0.5, id="fraction"),
        pytest.param("-3", 0.5, id="negative"),
        pytest.param("²", 0.5, id="no-ordinary-number"),
        pytest.param("60", 60.0, id="all-our-patience"),
    ],
)
def test_retry_after(client, server, advice, second):
    """A server that says when to come back is asked again exactly then."""
    server.serve("/shop", 1)
    server.script("/shop", f"429 after {advice}")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, second]


def test_a_date_is_read_off_the_time_of_day(client, server, clock):
    """A date in a server's advice is compared with the time of day, which may have been set."""
    server.serve("/shop", 1)
    clock.set_wall(-20)
    server.script("/shop", f"429 after {START}:00 GMT")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 20.0]


def test_setting_the_clock_changes_no_pause(client, server, clock):
    """A pause given in seconds does not depend on the time of day."""
    server.serve("/shop", 1)
    clock.set_wall(86_400)
    server.script("/shop", "503 after 12")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 12.0]


def test_advice_counts_from_the_answer(client, server):
    """The pause that a server asks for begins when its answer is there."""
    server.serve("/shop", 1)
    server.script("/shop", "429 after 5 in 1000 ms")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 6.0]


def test_advice_is_not_shortened(opened, server):
    """Chance does not shorten a pause that the server asked for."""
    client = opened(patient(jitter_percent=100), 0.5)
    server.serve("/shop", 1)
    server.script("/shop", "429 after 10")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 10.0]


def test_no_patience(client, server, clock):
    """A server that asks for more than our patience is not waited for."""
    server.script("/shop", "429 after 61")
    with pytest.raises(ThrottledError, match="asks for a pause of 61 s"):
        client.get("acme", "/shop")
    assert clock.elapsed() == 0.0


def test_patience_is_a_setting(opened, server):
    """How long a server may ask us to wait is a setting."""
    client = opened(patient(patience_s=5))
    server.serve("/shop", 1)
    server.script("/shop", "429 after 5", "429 after 6")
    with pytest.raises(ThrottledError, match="6 s"):
        client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 5.0]


def test_backoff_goes_on_after_advice(client, server):
    """After a pause that was asked for, the next pause of our own is that of the second failure."""
    server.serve("/shop", 1)
    server.script("/shop", "429 after 3", "500")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 3.0, 4.0]


def test_a_long_pause_is_advised_by_date(opened, server):
    """A pause of more than a day is read off a date in full."""
    client = opened(patient(patience_s=200_000))
    server.serve("/shop", 1)
    server.script("/shop", "503 after Mon, 02 Mar 2026 08:00:01 GMT")
    client.get("acme", "/shop")
    assert server.arrivals("/shop") == [0.0, 86_401.0]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"attempts": 0}, id="no-attempt"),
        pytest.param({"first_s": -1}, id="negative-pause"),
        pytest.param({"factor": 0.5}, id="shrinking"),
        pytest.param({"jitter_percent": 101}, id="too-much-jitter"),
        pytest.param({"jitter_percent": -1}, id="negative-jitter"),
    ],
)
def test_backoffs_without_sense(opened, wrong):
    """A backoff that makes no sense is refused when a client is opened."""
    with pytest.raises(SettingsError):
        opened(patient(**wrong))


@pytest.mark.parametrize(
    "edge",
    [
        pytest.param({"attempts": 1}, id="one-attempt"),
        pytest.param({"first_s": 0, "factor": 1}, id="no-pause"),
        pytest.param({"jitter_percent": 100}, id="all-jitter"),
    ],
)
def test_backoffs_that_just_make_sense(opened, server, edge):
    """A client with a backoff at the edge of what makes sense can be used."""
    server.serve("/shop", "Acme")
    assert opened(patient(**edge)).get("acme", "/shop") == "Acme"


class TestCounting:
    def test_retries(self, client, server):
        """Retries are counted apart from the requests."""
        server.serve("/shop", 1)
        server.script("/shop", "500", "429 after 3")
        client.get("acme", "/shop")
        usage = client.usage("acme")
        assert (usage.requests, usage.retries, usage.throttled) == (3, 2, 1)

    def test_waiting(self, client, server):
        """The time spent in pauses is added up."""
        server.serve("/shop", 1)
        server.script("/shop", "500", "429 after 3")
        client.get("acme", "/shop")
        assert client.usage("acme").waited_ms == 3_500

    def test_whole_milliseconds(self, opened, server):
        """Pauses that were shortened by chance are counted in whole milliseconds."""
        client = opened(patient(first_s=0.005, jitter_percent=50), 0.5)
        server.serve("/shop", 1)
        server.script("/shop", "500")
        client.get("acme", "/shop")
        assert client.usage("acme").waited_ms == 4

    def test_advice_from_the_past(self, client, server):
        """A pause that was over before it began is no waiting."""
        server.serve("/shop", 1)
        server.script("/shop", "503 after Sun, 01 Mar 2026 07:59:00 GMT")
        client.get("acme", "/shop")
        assert client.usage("acme").waited_ms == 0

    def test_giving_up(self, opened, server):
        """What was given up is counted once a call, whatever the attempts."""
        client = opened(patient(attempts=3))
        server.script("/shop", "500", "500", "500")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        usage = client.usage("acme")
        assert (usage.failed, usage.retries, usage.requests) == (1, 2, 3)

    def test_by_account(self, client, server):
        """Each account has counters of its own."""
        server.serve("/shop", 1)
        client.connect("brio", "api.acme.test", "tok-brio")
        server.script("/shop", "500")
        client.get("brio", "/shop")
        assert (client.usage("acme").requests, client.usage("brio").requests) == (0, 2)
