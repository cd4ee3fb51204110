import pytest
from stage import HOST, TOKEN, USUAL

from gleaner import CountingIds, LoadedChance, ScriptedServer, VirtualTime, open_client


@pytest.fixture
def clock():
    """Sunday morning, 1 March 2026."""
    return VirtualTime()


@pytest.fixture
def server(clock):
    """A server with nothing on it."""
    return ScriptedServer(clock)


@pytest.fixture
def opened(server, clock):
    """Opens clients with settings of their own; acme is connected to each of them."""
    clients = []

    def open_one(settings=USUAL, *draws, transport=server, rate=None, **more):
        chance = LoadedChance(*draws)
        client = open_client(
            transport, settings, clock=clock, ids=CountingIds(), chance=chance, **more
        )
        clients.append(client)
        client.connect("acme", HOST, TOKEN, rate=rate)
        return client

    yield open_one
    for client in clients:
        client.close()


@pytest.fixture
def client(opened):
    """A client with the usual settings."""
    return opened()
