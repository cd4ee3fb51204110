import pytest
from crosscheck import Desk, FixedClock


@pytest.fixture
def clock():
    """Monday, 1 March 2027, nine in the morning."""
    return FixedClock()


@pytest.fixture
def desk(clock):
    """A desk with one account, in euros."""
    made = Desk(clock)
    made.open_account("main", "EUR")
    return made
