import logging

import pytest
from stories import eur, funded

from ledger import Ledger, LedgerError
from ledger.runtime import RandomIds
from ledger.store import MemoryRecords


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, logger="ledger")
    return caplog


def test_a_booking_is_logged_under_its_request(ledger, log):
    """Everything done for one request is written down under the number of that request."""
    ledger.open_account("Print Shop", "EUR")
    log.clear()
    with ledger.request("REQ-5512"):
        ledger.deposit("Print Shop", eur("12.00"))
    assert {record.request_id for record in log.records} == {"REQ-5512"}


def test_a_call_without_a_request_gets_a_number(ledger, log):
    """Work without a request number is given one of its own."""
    ledger.open_account("Copy Shop", "EUR")
    ledger.open_account("Coffee Shop", "EUR")
    assert [record.request_id for record in log.records] == ["request-1", "request-2"]


def test_a_request_ends_with_its_work(ledger, log):
    """What happens after a request is not written down under its number."""
    with ledger.request("REQ-1"):
        ledger.open_account("Tea House", "EUR")
    ledger.freeze("Tea House")
    assert [record.request_id for record in log.records] == ["REQ-1", "request-1"]


def test_a_refusal_is_logged_with_its_reason(ledger, log):
    """A refusal is written down as a warning with its reason and request number."""
    funded(ledger, "Ice Stand", eur("3.00"))
    log.clear()
    with ledger.request("REQ-88"), pytest.raises(LedgerError):
        ledger.withdraw("Ice Stand", eur("4.00"))
    record = log.records[-1]
    assert (record.levelname, record.request_id) == ("WARNING", "REQ-88")
    assert (record.call, record.reason) == (
        "withdraw",
        "available balance is 3.00 EUR, 4.00 EUR needed",
    )


def test_a_transfer_is_logged_with_its_amount(ledger, log):
    """A transfer is written down with its number and amount."""
    funded(ledger, "Juice Bar", eur("30.00"))
    ledger.open_account("Fruit Farm", "EUR")
    transfer = ledger.transfer("Juice Bar", "Fruit Farm", eur("28.40"))
    record = log.records[-1]
    assert record.getMessage() == "transfer booked"
    assert (record.transfer, record.amount) == (transfer.id, "28.40 EUR")


def test_a_repeated_transfer_is_logged_as_such(ledger, log):
    """A repeated request is written down as a repetition of the first transfer."""
    funded(ledger, "Noodle Bar", eur("31.00"))
    ledger.open_account("Rice Farm", "EUR")
    ledger.transfer("Noodle Bar", "Rice Farm", eur("1.40"), key="N-1")
    ledger.transfer("Noodle Bar", "Rice Farm", eur("1.40"), key="N-1")
    record = log.records[-1]
    assert (record.getMessage(), record.key) == ("transfer repeated", "N-1")


def test_a_failed_announcement_is_logged(ledger, log):
    """An announcement that failed is written down with its reason."""
    funded(ledger, "Pie Shop", eur("6.00"))

    def refuse(_event):
        raise TimeoutError("nobody there")

    ledger.deliver(refuse)
    record = log.records[-1]
    assert (record.levelname, record.seq, record.reason) == ("WARNING", 1, "nobody there")


def test_numbers_are_never_given_twice():
    """Numbers given to bookings in daily use never repeat."""
    ids = RandomIds()
    assert len({ids.next("entry") for _ in range(100)}) == 100


def test_a_ledger_can_do_without_settings(log):
    """A ledger without further settings works with the time of day and its own numbers."""
    ledger = Ledger(MemoryRecords())
    account = ledger.open_account("Milk Bar", "EUR")
    assert account.opened_at.utcoffset().total_seconds() == 0
    assert log.records[-1].request_id.startswith("request-")
