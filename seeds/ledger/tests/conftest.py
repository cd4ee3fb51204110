from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ledger import Ledger
from ledger.runtime import CountingIds, FixedClock
from ledger.sqlite import SqliteRecords
from ledger.store import MemoryRecords


@pytest.fixture
def clock() -> FixedClock:
    """Monday morning, 16 March 2026."""
    return FixedClock(datetime(2026, 3, 16, 9, 0, tzinfo=UTC))


@pytest.fixture
def ledger(clock: FixedClock) -> Ledger:
    """A ledger in memory."""
    return Ledger(MemoryRecords(), clock=clock, ids=CountingIds())


@pytest.fixture
def filed(clock: FixedClock) -> Iterator[Ledger]:
    """A ledger in a database."""
    ledger = Ledger(SqliteRecords(), clock=clock, ids=CountingIds())
    yield ledger
    ledger.close()
