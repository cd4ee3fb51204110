import pytest
from stage import HOST, OTHER_HOST, patient

from gleaner.faults import NotFoundError, RefusedError, UnknownAccountError


def test_a_document(client, server):
    """A document arrives as the server has it."""
    server.serve("/shop", {"name": "Acme", "open": True, "floors": 0})
    assert client.get("acme", "/shop") == {"name": "Acme", "open": True, "floors": 0}


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(0, id="nought"),
        pytest.param([], id="empty-list"),
        pytest.param("", id="empty-text"),
        pytest.param(False, id="no"),
    ],
)
def test_documents_that_look_like_nothing(client, server, document):
    """What looks like nothing is handed on as it is."""
    server.serve("/flag", document)
    assert client.get("acme", "/flag") == document


def test_not_there(client, server):
    """Asking for what is not there is refused at the first attempt."""
    with pytest.raises(NotFoundError, match="/nowhere was refused with 404"):
        client.get("acme", "/nowhere")
    assert len(server.requests("/nowhere")) == 1


@pytest.mark.parametrize("status", ["300", "302", "400", "401", "403", "409", "422"])
def test_refusals_are_final(client, server, status):
    """A refusal is told at once, since asking again would not change it."""
    server.serve("/shop", 1)
    server.script("/shop", status)
    with pytest.raises(RefusedError, match=f"/shop was refused with {status}"):
        client.get("acme", "/shop")
    assert len(server.requests("/shop")) == 1


def test_gone(client, server):
    """What is gone for good is as little there as what never was."""
    server.script("/shop", "410")
    with pytest.raises(NotFoundError, match="410"):
        client.get("acme", "/shop")


def test_unknown_account(client):
    """Nothing can be read for an account that was never connected."""
    with pytest.raises(UnknownAccountError, match="“nemo”"):
        client.get("nemo", "/shop")


@pytest.mark.parametrize(
    ("query", "target"),
    [
        pytest.param({"b": 2, "a": "x"}, "/shop?a=x&b=2", id="in-order"),
        pytest.param({"open": True, "old": False}, "/shop?old=false&open=true", id="yes-and-no"),
        pytest.param({"a": 0, "b": ""}, "/shop?a=0&b=", id="nought-and-empty"),
        pytest.param({"a": None}, "/shop", id="none"),
        pytest.param({"q": "a b&c"}, "/shop?q=a+b%26c", id="special"),
        pytest.param({}, "/shop", id="empty"),
    ],
)
def test_queries(client, server, query, target):
    """A query is sent in the order of its names, and without what has no value."""
    server.serve("/shop", 1)
    client.get("acme", "/shop", query)
    assert [each.target for each in server.requests("/shop")] == [target]


def test_the_token_is_sent(client, server):
    """Every request carries the token of its account."""
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    assert server.sent("/shop", "Authorization") == ["Bearer tok-acme"]


def test_two_accounts_have_two_tokens(client, server):
    """Two accounts at the same host send a token each."""
    server.serve("/shop", 1)
    client.connect("brio", HOST, "tok-brio")
    client.get("brio", "/shop")
    client.get("acme", "/shop")
    assert server.sent("/shop", "Authorization") == ["Bearer tok-brio", "Bearer tok-acme"]


def test_each_account_at_its_own_host(client, server):
    """An account is asked for at its own host."""
    server.serve(f"{HOST}/shop", "Acme")
    server.serve(f"{OTHER_HOST}/shop", "Coda")
    client.connect("coda", OTHER_HOST, "tok-coda")
    assert client.get("coda", "/shop") == "Coda"


def test_headers_of_the_account(client, server):
    """The headers that belong to an account are sent with each of its requests."""
    server.serve("/shop", 1)
    client.connect("brio", HOST, "tok-brio", headers={"Tenant": "b-17"})
    client.get("brio", "/shop")
    client.get("acme", "/shop")
    assert server.sent("/shop", "Tenant") == ["b-17", None]


def test_headers_cannot_hide_the_token(client, server):
    """A header of the account does not replace its token."""
    server.serve("/shop", 1)
    client.connect("brio", HOST, "tok-brio", headers={"Authorization": "none"})
    client.get("brio", "/shop")
    assert server.sent("/shop", "Authorization") == ["Bearer tok-brio"]


def test_headers_are_copied(client, server):
    """Headers that are changed after an account was connected are not sent."""
    server.serve("/shop", 1)
    headers = {"Tenant": "b-17"}
    client.connect("brio", HOST, "tok-brio", headers=headers)
    headers["Tenant"] = "b-18"
    client.get("brio", "/shop")
    assert server.sent("/shop", "Tenant") == ["b-17"]


def test_request_ids(client, server):
    """Every call has a request id of its own, which goes to the server."""
    server.serve("/shop", 1)
    client.get("acme", "/shop")
    client.get("acme", "/shop")
    assert server.sent("/shop", "Request-Id") == ["req_2", "req_3"]


def test_one_request_id_for_all_attempts(client, server):
    """All attempts and pages of one call have the same request id."""
    server.list("/orders", {"id": 1}, {"id": 2})
    server.script("/orders", "503")
    client.page("acme", "/orders", limit=1)
    assert server.sent("/orders", "Request-Id") == ["req_2", "req_2"]


def test_attempts_are_numbered(opened, server):
    """Attempts tell the server their number, from 1 on."""
    client = opened(patient(attempts=3))
    server.serve("/shop", 1)
    server.script("/shop", "503", "503")
    client.get("acme", "/shop")
    assert server.sent("/shop", "Attempt") == ["1", "2", "3"]
