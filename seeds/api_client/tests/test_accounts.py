import pytest
from stage import HOST, TOKEN, Settings, patient

from gleaner import Rate
from gleaner.faults import AccountTakenError, GivenUpError, RefusedError, UnknownAccountError


def test_names(client):
    """Accounts are listed in the order of their names."""
    client.connect("coda", HOST, "tok-coda")
    client.connect("abel", HOST, "tok-abel")
    assert client.accounts() == ["abel", "acme", "coda"]


def test_taken(client):
    """A name that is taken can't be connected again."""
    with pytest.raises(AccountTakenError, match="“acme” already"):
        client.connect("acme", "api.other.test", "tok-other")


def test_what_was_there_stays(client, server):
    """An account that somebody tried to connect again is as it was."""
    server.serve("/shop", 1)
    with pytest.raises(AccountTakenError):
        client.connect("acme", HOST, "tok-other")
    client.get("acme", "/shop")
    assert server.sent("/shop", "Authorization") == [f"Bearer {TOKEN}"]


def test_connecting_asks_nobody(client, server):
    """Without a check, connecting sends nothing."""
    client.connect("brio", HOST, "tok-brio")
    assert client.usage("brio").requests == 0


class TestChecked:
    def test_a_good_token(self, client, server):
        """A token that is good for the check is connected."""
        server.serve("/me", 1)
        server.demand("/me", "tok-brio")
        client.connect("brio", HOST, "tok-brio", check="/me")
        assert client.accounts() == ["acme", "brio"]

    def test_a_bad_token(self, client, server):
        """A token that is refused leaves no account behind."""
        server.demand("/me", "tok-brio")
        with pytest.raises(RefusedError, match="/me was refused with 401"):
            client.connect("brio", HOST, "tok-none", check="/me")
        assert client.accounts() == ["acme"]

    def test_a_second_try(self, client, server):
        """After a token was refused, another one can be tried under the same name."""
        server.serve("/me", 1)
        server.demand("/me", "tok-brio")
        with pytest.raises(RefusedError):
            client.connect("brio", HOST, "tok-none", check="/me")
        client.connect("brio", HOST, "tok-brio", check="/me")
        assert client.accounts() == ["acme", "brio"]

    def test_nobody_answers(self, opened, server):
        """An account whose check was given up is not connected."""
        client = opened(patient(attempts=1))
        server.script("/me", "503")
        with pytest.raises(GivenUpError):
            client.connect("brio", HOST, "tok-brio", check="/me")
        assert client.accounts() == ["acme"]

    def test_the_check_is_a_request(self, client, server):
        """The check takes a turn of the account's rate."""
        server.serve("/me", 1)
        client.connect("brio", HOST, "tok-brio", rate=Rate(3, 60), check="/me")
        assert client.allowance("brio") == 2


class TestRenewing:
    def test_from_now_on(self, client, server):
        """A renewed token is used from then on."""
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.renew("acme", "tok-next")
        client.get("acme", "/shop")
        assert server.sent("/shop", "Authorization") == [f"Bearer {TOKEN}", "Bearer tok-next"]

    def test_what_the_old_one_saw(self, opened, server):
        """What was read with the old token is not told any more."""
        client = opened(Settings(cache_s=60))
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.renew("acme", "tok-next")
        server.serve("/shop", 2)
        assert client.get("acme", "/shop") == 2

    def test_unknown(self, client):
        """The token of an account that was never connected can't be renewed."""
        with pytest.raises(UnknownAccountError, match="“nemo”"):
            client.renew("nemo", "tok")


class TestDisconnecting:
    def test_it_is_gone(self, client):
        """After it was disconnected, nothing can be read for an account."""
        client.disconnect("acme")
        assert client.accounts() == []
        with pytest.raises(UnknownAccountError, match="“acme”"):
            client.get("acme", "/shop")

    def test_others_stay(self, client, server):
        """Disconnecting one account leaves the others alone."""
        server.serve("/shop", 1)
        client.connect("brio", HOST, "tok-brio")
        client.disconnect("brio")
        assert client.get("acme", "/shop") == 1

    def test_what_it_knew(self, opened, server):
        """What an account had read is forgotten when it is disconnected."""
        client = opened(Settings(cache_s=60))
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.disconnect("acme")
        client.connect("acme", HOST, "tok-next")
        server.serve("/shop", 2)
        assert client.get("acme", "/shop") == 2

    def test_what_it_used_up(self, opened, server):
        """An account that is connected anew has all of its allowance."""
        client = opened(rate=Rate(2, 60))
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.disconnect("acme")
        client.connect("acme", HOST, TOKEN, rate=Rate(2, 60))
        assert client.allowance("acme") == 2

    def test_usage_stays(self, client, server):
        """What was done for an account stays on the bill after it was disconnected."""
        server.serve("/shop", 1)
        client.get("acme", "/shop")
        client.disconnect("acme")
        assert client.bill(10) == {"acme": 10}

    def test_unknown(self, client):
        """What was never connected can't be disconnected."""
        with pytest.raises(UnknownAccountError, match="“nemo”"):
            client.disconnect("nemo")


@pytest.mark.parametrize("method", ["forget", "allowance"])
def test_unknown_accounts(client, method):
    """An account that was never connected has neither memory nor allowance."""
    with pytest.raises(UnknownAccountError, match="“nemo”"):
        getattr(client, method)("nemo")
