import pytest
from counterfoil import FixedClock, InkStamp, Office, Tray


@pytest.fixture
def clock():
    """Monday morning, 2 March 2026."""
    return FixedClock()


@pytest.fixture
def stamps():
    """A stamp office that says yes."""
    return InkStamp()


@pytest.fixture
def office(clock, stamps):
    """An office with empty files."""
    house = Office(clock, stamps)
    yield house
    house.close()


@pytest.fixture
def hale(office):
    """A customer with the usual agreement."""
    office.enrol("Hale & Sons")
    return "Hale & Sons"


@pytest.fixture
def tray():
    """Where the auditor's messages end up."""
    return Tray("auditor")
