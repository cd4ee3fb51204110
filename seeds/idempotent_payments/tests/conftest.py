import pytest

from paydesk import CountingIds, ManualClock, PaymentsApi, SandboxBank, SandboxNetwork

MONDAY_NINE = 1_773_651_600


@pytest.fixture
def clock():
    """Monday, 16 March 2026, nine in the morning (UTC)."""
    return ManualClock(MONDAY_NINE)


@pytest.fixture
def network():
    """The card network of the sandbox."""
    return SandboxNetwork()


@pytest.fixture
def bank():
    """The bank of the sandbox."""
    return SandboxBank()


@pytest.fixture
def api(clock, network, bank):
    """The service, with nobody signed up."""
    return PaymentsApi(clock=clock, ids=CountingIds(), network=network, bank=bank)


@pytest.fixture
def shop(api):
    """A customer who pays no fees."""
    return api.sign_up("Kiosk Blau")


@pytest.fixture
def other(api, shop):
    """A second customer."""
    return api.sign_up("Atelier Nord")
