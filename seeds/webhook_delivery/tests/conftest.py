from collections.abc import Iterator

import pytest
from rehearsals import PLENTY, SECRET, Archive, Warehouse

from postbox import CountingIds, InMemoryTransport, LoadedChance, ManualClock, Postbox
from postbox.receiver import Inbox, OrderDesk


@pytest.fixture
def clock() -> ManualClock:
    """Sunday morning, 1 November 2026."""
    return ManualClock()


@pytest.fixture
def line(clock: ManualClock) -> InMemoryTransport:
    """Endpoints that answer 200 unless told otherwise."""
    return InMemoryTransport(clock)


@pytest.fixture
def postbox(line: InMemoryTransport, clock: ManualClock) -> Postbox:
    """A postbox with the usual settings, where chance never shortens a pause."""
    return Postbox(line, clock=clock, ids=CountingIds(), chance=LoadedChance())


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    """An empty inbox."""
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture
def desk(inbox: Inbox, clock: ManualClock) -> OrderDesk:
    """An order desk that trusts nobody yet."""
    return OrderDesk(inbox, clock=clock)


@pytest.fixture
def trusting(desk: OrderDesk) -> OrderDesk:
    """An order desk that trusts lumi."""
    desk.trust("lumi", SECRET)
    return desk


@pytest.fixture
def archive() -> Archive:
    """An archive with room."""
    return Archive(PLENTY)


@pytest.fixture
def warehouse() -> Warehouse:
    """A warehouse that listens."""
    return Warehouse(PLENTY)
