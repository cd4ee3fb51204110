import pytest
from stage import patient

from gleaner.faults import GivenUpError, RefusedError, UnavailableError, UnknownAccountError


def test_a_write(client, server):
    """What is written arrives, and the server's answer is handed on."""
    answer = client.post("acme", "/orders", {"sku": "A-1"})
    assert answer == {"number": 1}
    assert server.posted("/orders") == [{"sku": "A-1"}]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="empty"),
        pytest.param([1, 2], id="list"),
        pytest.param(None, id="none"),
        pytest.param(0, id="nought"),
        pytest.param({"name": "Åse"}, id="letters"),
    ],
)
def test_bodies(client, server, body):
    """Any JSON can be written."""
    client.post("acme", "/orders", body)
    assert server.posted("/orders") == [body]


def test_bodies_are_written_in_one_way(client, server):
    """The same body is always written with the same bytes."""
    client.post("acme", "/orders", {"b": 1, "a": [1, 2]})
    assert [str(each) for each in server.requests("/orders")] == ['POST /orders {"a":[1,2],"b":1}']


@pytest.mark.parametrize("failure", ["reset", "hang", "503", "429"])
def test_written_once(client, server, failure):
    """However often a write has to be sent, it is carried out once."""
    server.script("/orders", failure)
    client.post("acme", "/orders", {"sku": "A-1"})
    assert server.posted("/orders") == [{"sku": "A-1"}]


def test_one_key_for_all_attempts(client, server):
    """All attempts of a write have the same key."""
    server.script("/orders", "500", "503")
    client.post("acme", "/orders", {"sku": "A-1"})
    keys = server.sent("/orders", "Idempotency-Key")
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_two_writes_have_two_keys(client, server):
    """Two writes with the same content are two writes."""
    client.post("acme", "/orders", {"sku": "A-1"})
    client.post("acme", "/orders", {"sku": "A-1"})
    assert server.posted("/orders") == [{"sku": "A-1"}, {"sku": "A-1"}]


def test_a_key_of_ones_own(client, server):
    """A write that is repeated under a key of one's own is carried out once."""
    first = client.post("acme", "/orders", {"sku": "A-1"}, key="order-17")
    second = client.post("acme", "/orders", {"sku": "A-1"}, key="order-17")
    assert first == second == {"number": 1}
    assert server.sent("/orders", "Idempotency-Key") == ["order-17", "order-17"]


def test_an_empty_key_is_a_key(client, server):
    """Even an empty key of one's own is sent as it is."""
    client.post("acme", "/orders", {"sku": "A-1"}, key="")
    assert server.sent("/orders", "Idempotency-Key") == [""]


def test_reading_needs_no_key(client, server):
    """A request that only reads carries no key."""
    server.serve("/orders", 1)
    client.get("acme", "/orders")
    assert server.sent("/orders", "Idempotency-Key") == [None]


class TestUnrepeatable:
    def test_no_key(self, client, server):
        """A write that the server would not know again carries no key."""
        client.post("acme", "/orders", {"sku": "A-1"}, repeatable=False)
        assert server.sent("/orders", "Idempotency-Key") == [None]

    @pytest.mark.parametrize("failure", ["500", "502", "504"])
    def test_not_after_an_unclear_failure(self, client, server, failure):
        """A write that can't be known again is not repeated where it may have been carried out."""
        server.script("/orders", failure)
        with pytest.raises(UnavailableError, match=failure):
            client.post("acme", "/orders", {"sku": "A-1"}, repeatable=False)
        assert len(server.requests("/orders")) == 1

    @pytest.mark.parametrize("failure", ["reset", "hang"])
    def test_not_after_silence(self, client, server, failure):
        """A write that can't be known again is sent once where no answer came."""
        server.script("/orders", failure)
        with pytest.raises(Exception, match=r"reset|no answer"):
            client.post("acme", "/orders", {"sku": "A-1"}, repeatable=False)
        assert server.posted("/orders") == [{"sku": "A-1"}]

    @pytest.mark.parametrize(
        "failure", ["503", "429", pytest.param("429 after 2", id="429-with-advice")]
    )
    def test_where_nothing_was_done(self, client, server, failure):
        """A write that was surely not carried out is repeated in any case."""
        server.script("/orders", failure)
        client.post("acme", "/orders", {"sku": "A-1"}, repeatable=False)
        assert server.posted("/orders") == [{"sku": "A-1"}]


def test_refused(client, server):
    """A write that is refused is not repeated."""
    server.script("/orders", "422")
    with pytest.raises(RefusedError, match="/orders was refused with 422"):
        client.post("acme", "/orders", {"sku": "A-1"})
    assert len(server.requests("/orders")) == 1


def test_given_up(opened, server):
    """A write is given up after the attempts that the settings allow."""
    client = opened(patient(attempts=2))
    server.script("/orders", "503", "503")
    with pytest.raises(GivenUpError, match="after attempt 2"):
        client.post("acme", "/orders", {"sku": "A-1"})
    assert server.posted("/orders") == []


def test_for_nobody(client):
    """Nothing can be written for an account that was never connected."""
    with pytest.raises(UnknownAccountError, match="“nemo”"):
        client.post("nemo", "/orders", {})
