from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from stories import eur, funded, gbp, usd

from ledger import Ledger
from ledger.errors import ConflictError, FundsError
from ledger.holds import HoldStatus
from ledger.runtime import CountingIds, FixedClock
from ledger.sqlite import SqliteRecords
from ledger.store import MemoryRecords, Store

KINDS = ["memory", "sqlite"]


class BrokenIds(CountingIds):
    """Fails when an id of one kind is asked for."""

    def __init__(self, broken):
        super().__init__()
        self.broken = broken

    def next(self, prefix):
        if prefix == self.broken:
            raise OSError("no more numbers")
        return super().next(prefix)


class FullRecords(MemoryRecords):
    """Has no room left for records of one kind."""

    full = None

    def put(self, key, record, about=()):
        if type(record).__name__ == self.full:
            raise OSError("no room left")
        super().put(key, record, about)


@pytest.fixture
def cramped():
    """Records that can be told to run out of room."""
    return FullRecords()


@pytest.fixture
def records(request):
    """Records of the kind a test asks for."""
    with closing(MemoryRecords() if request.param == "memory" else SqliteRecords()) as made:
        yield made


@pytest.fixture
def path(tmp_path):
    """Where a ledger is kept between two days of work."""
    return str(tmp_path / "books.db")


def test_balances_outlive_a_restart(path):
    """What was booked is still there after the system was restarted."""
    with closing(Ledger.open(path)) as ledger:
        funded(ledger, "Archive Fund", eur("77.70"), owner="Papier & Co")
    with closing(Ledger.open(path)) as ledger:
        assert ledger.balance("Archive Fund") == eur("77.70")
        assert ledger.account("Archive Fund").owner == "Papier & Co"


def test_holds_outlive_a_restart(path):
    """Money that was set aside stays set aside after a restart."""
    with closing(Ledger.open(path)) as ledger:
        funded(ledger, "Rental Fleet", usd("500.00"))
        ledger.place_hold("Rental Fleet", usd("120.00"))
    with closing(Ledger.open(path)) as ledger:
        assert ledger.available("Rental Fleet") == usd("380.00")


def test_limits_outlive_a_restart(path):
    """Overdraft and daily limit are the same after a restart."""
    with closing(Ledger.open(path)) as ledger:
        ledger.open_account("Wholesale", "GBP")
        ledger.set_overdraft("Wholesale", gbp("40.00"))
        ledger.set_daily_limit("Wholesale", gbp("15.00"))
    with closing(Ledger.open(path)) as ledger:
        account = ledger.account("Wholesale")
    assert (account.overdraft, account.daily_limit) == (gbp("40.00"), gbp("15.00"))


def test_closed_months_outlive_a_restart(path):
    """A month that was closed is still closed after a restart."""
    clock = FixedClock(datetime(2026, 3, 16, tzinfo=UTC))
    with closing(Ledger(SqliteRecords(path), clock=clock)) as ledger:
        ledger.close_month("2026-02")
    with closing(Ledger(SqliteRecords(path), clock=clock)) as ledger:
        assert ledger.closed_months() == ["2026-02"]


def test_request_keys_outlive_a_restart(path):
    """A request repeated after a restart is not paid again."""
    with closing(Ledger.open(path)) as ledger:
        funded(ledger, "Ticket Sales", eur("60.00"))
        ledger.open_account("Venue", "EUR")
        first = ledger.transfer("Ticket Sales", "Venue", eur("25.00"), key="SHOW-1")
    with closing(Ledger.open(path)) as ledger:
        again = ledger.transfer("Ticket Sales", "Venue", eur("25.00"), key="SHOW-1")
        assert again == first
        assert ledger.balance("Venue") == eur("25.00")


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_a_transfer_that_breaks_off_moves_nothing(records):
    """A transfer that breaks off half-way leaves all balances as they were."""
    ledger = Ledger(records, ids=BrokenIds("transfer"))
    funded(ledger, "Left Pocket", eur("30.00"))
    ledger.open_account("Right Pocket", "EUR")
    with pytest.raises(OSError, match="no more numbers"):
        ledger.transfer("Left Pocket", "Right Pocket", eur("12.00"))
    assert ledger.balance("Left Pocket") == eur("30.00")
    assert ledger.balance("Right Pocket") == eur("0")


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_a_hold_that_breaks_off_stays_in_force(records):
    """A capture that breaks off half-way leaves the money set aside."""
    ids = BrokenIds("nothing")
    ledger = Ledger(records, ids=ids)
    funded(ledger, "Deposit Box", eur("80.00"))
    ledger.open_account("Landlady", "EUR")
    hold = ledger.place_hold("Deposit Box", eur("20.00"))
    ids.broken = "entry"
    with pytest.raises(OSError, match="no more numbers"):
        ledger.capture_hold(hold.id, "Landlady")
    assert ledger.hold(hold.id).status is HoldStatus.ACTIVE


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_work_goes_on_after_a_broken_batch(records):
    """After a batch was refused the next transfers are booked as usual."""
    ledger = Ledger(records)
    funded(ledger, "Barn", eur("10.00"))
    ledger.open_account("Field", "EUR")
    with pytest.raises(FundsError):
        ledger.transfer("Barn", "Field", eur("10.50"), key="HAY")
    ledger.transfer("Barn", "Field", eur("9.50"), key="HAY")
    assert ledger.balance("Field") == eur("9.50")


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_entries_are_numbered_without_gaps(records):
    """Bookings are numbered one after the other without gaps."""
    ledger = Ledger(records)
    ledger.open_account("Mill", "EUR")
    seqs = [ledger.deposit("Mill", eur("1.00"), value_date=None).seq for _ in range(3)]
    assert seqs == [1, 2, 3]


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_a_reopened_month_is_forgotten(records):
    """A month that was reopened no longer counts as closed."""
    clock = FixedClock(datetime(2026, 3, 16, tzinfo=UTC))
    ledger = Ledger(records, clock=clock)
    ledger.close_month("2026-02")
    ledger.reopen_month("2026-02")
    assert ledger.closed_months() == []


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_an_outdated_account_is_not_written_back(records, clock):
    """Of two changes made to the same version of an account only the first is kept."""
    ledger = Ledger(records, clock=clock)
    account = ledger.open_account("Orchard", "EUR")
    store = Store(records)
    store.save_account(replace(account, version=2, owner="first"))
    with pytest.raises(ConflictError, match="Orchard was changed by somebody else"):
        store.save_account(replace(account, version=2, owner="second"))
    assert ledger.account("Orchard").owner == "first"


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_an_entry_reads_back_as_it_was_booked(records, clock):
    """A booking that is looked up later is the same in every detail."""
    ledger = Ledger(records, clock=clock)
    ledger.open_account("Vineyard", "EUR")
    entry = ledger.deposit("Vineyard", eur("5.55"), value_date=date(2026, 3, 3))
    assert ledger.entry(entry.id) == entry


@pytest.mark.parametrize("records", KINDS, indirect=True)
def test_part_of_a_job_can_fail_without_the_whole(records, clock):
    """When one step of a larger job fails and is skipped, the other steps are kept."""
    ledger = Ledger(records, clock=clock)
    account = ledger.open_account("Quarry", "EUR")
    store = Store(records)
    with store.transaction():
        store.save_account(replace(account, version=2, owner="kept"))
        with pytest.raises(ConflictError):
            store.save_account(replace(account, version=7))
    assert ledger.account("Quarry").owner == "kept"


def test_a_booking_that_cannot_be_announced_is_not_made(cramped):
    """A deposit that cannot be announced to other departments is not booked either."""
    ledger = Ledger(cramped)
    ledger.open_account("Stable", "EUR")
    cramped.full = "Event"
    with pytest.raises(OSError, match="no room left"):
        ledger.deposit("Stable", eur("14.00"))
    assert ledger.balance("Stable") == eur("0")


def test_a_transfer_whose_key_cannot_be_kept_is_not_made(cramped):
    """A transfer whose request key cannot be noted moves no money."""
    ledger = Ledger(cramped)
    funded(ledger, "Dairy", eur("90.00"))
    ledger.open_account("Cheese Cellar", "EUR")
    cramped.full = "Remembered"
    with pytest.raises(OSError, match="no room left"):
        ledger.transfer("Dairy", "Cheese Cellar", eur("26.00"), key="MILK-4")
    assert ledger.balance("Cheese Cellar") == eur("0")


def test_a_refund_that_cannot_be_booked_does_not_count(cramped):
    """A refund that could not be booked leaves the whole transfer refundable."""
    ledger = Ledger(cramped)
    funded(ledger, "Farm Shop", eur("70.00"))
    ledger.open_account("Beekeeper", "EUR")
    sent = ledger.transfer("Farm Shop", "Beekeeper", eur("38.00"))
    cramped.full = "Entry"
    with pytest.raises(OSError, match="no room left"):
        ledger.refund(sent.id)
    assert ledger.transfer_status(sent.id).refunded == eur("0")


def test_a_conversion_that_cannot_be_booked_keeps_the_quote(cramped, clock):
    """A quote stays usable when a conversion broke off before it was booked."""
    ledger = Ledger(cramped, clock=clock)
    funded(ledger, "Spice Trade", gbp("60.00"))
    ledger.open_account("Tea Trade", "USD")
    ledger.set_rate("GBP", "USD", "1.30")
    quote = ledger.quote("GBP", "USD")
    cramped.full = "Entry"
    with pytest.raises(OSError, match="no room left"):
        ledger.convert("Spice Trade", "Tea Trade", gbp("10.00"), quote.id)
    cramped.full = None
    deal = ledger.convert("Spice Trade", "Tea Trade", gbp("10.00"), quote.id)
    assert deal.bought == usd("13.00")
