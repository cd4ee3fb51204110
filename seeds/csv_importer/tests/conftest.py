from collections.abc import Iterator

import pytest

from csv_importer import Importer
from csv_importer.runtime import FixedClock
from csv_importer.store import Store

pytest.register_assert_rewrite("helpers")


@pytest.fixture
def clock() -> FixedClock:
    """Tuesday, 7 April 2026, half past eight."""
    return FixedClock()


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty database."""
    store = Store()
    yield store
    store.close()


@pytest.fixture
def importer(store: Store, clock: FixedClock) -> Importer:
    """An importer with empty lists."""
    return Importer(store, clock=clock)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keep blanks out of the names of tests."""
    return "-".join(val.split()) or "blank" if isinstance(val, str) else None
