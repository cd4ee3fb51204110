from datetime import date

import pytest
from stories import eur, funded, gbp, jpy

from ledger.errors import (
    AccountError,
    AmountError,
    CurrencyError,
    EntryError,
    FundsError,
    LimitError,
)


@pytest.fixture
def pair(ledger):
    """One account with money and one without."""
    funded(ledger, "Operating EUR", eur("2000.00"))
    ledger.open_account("Payroll", "EUR")
    return ledger


def test_a_transfer_moves_money_from_one_account_to_the_other(pair):
    """What leaves the paying account arrives on the receiving account."""
    transfer = pair.transfer("Operating EUR", "Payroll", eur("120.00"), reference="Invoice 2207")
    assert str(transfer) == "120.00 EUR from operating-eur to payroll"
    assert pair.balance("Operating EUR") == eur("1880.00")
    assert pair.balance("Payroll") == eur("120.00")


def test_a_transfer_can_be_looked_up(pair):
    """A transfer can be looked up afterwards with its amount and reference."""
    made = pair.transfer("Operating EUR", "Payroll", eur("71.00"), reference="Bonus  Q1")
    found = pair.transfer_status(made.id)
    assert (found.amount, found.reference) == (eur("71.00"), "Bonus Q1")


def test_an_unknown_transfer_is_reported(ledger):
    """Looking up a transfer that was never made says that there is none."""
    with pytest.raises(EntryError, match="there is no transfer transfer-8"):
        ledger.transfer_status("transfer-8")


def test_the_whole_balance_can_be_sent(ledger):
    """A transfer may use up the available balance exactly."""
    funded(ledger, "Escrow", gbp("333.33"))
    ledger.open_account("Seller", "GBP")
    ledger.transfer("Escrow", "Seller", gbp("333.33"))
    assert ledger.balance("Escrow") == gbp("0")


def test_a_transfer_needs_enough_money(ledger):
    """A transfer of one cent more than is available is refused and moves nothing."""
    funded(ledger, "Canteen", eur("45.00"))
    ledger.open_account("Supplier", "EUR")
    with pytest.raises(FundsError, match=r"available balance is 45.00 EUR, 45.01 EUR needed"):
        ledger.transfer("Canteen", "Supplier", eur("45.01"))
    assert ledger.balance("Supplier") == eur("0")


def test_held_money_cannot_be_sent(ledger):
    """Money that is set aside does not count as available for a transfer."""
    funded(ledger, "Hotel Float", eur("100.00"))
    ledger.open_account("Guest", "EUR")
    ledger.place_hold("Hotel Float", eur("30.00"))
    with pytest.raises(FundsError, match=r"available balance is 70.00 EUR"):
        ledger.transfer("Hotel Float", "Guest", eur("70.01"))


@pytest.mark.parametrize("amount", ["0", "-15.00"], ids=["zero", "negative"])
def test_a_transfer_moves_a_positive_amount(pair, amount):
    """A transfer of zero or less is refused."""
    with pytest.raises(AmountError, match="a transfer must be more than zero"):
        pair.transfer("Operating EUR", "Payroll", eur(amount))


def test_an_account_does_not_pay_itself(pair):
    """A transfer from an account to itself is refused."""
    with pytest.raises(AccountError, match="Operating EUR cannot pay itself"):
        pair.transfer("Operating EUR", "operating eur", eur("9.00"))


def test_a_transfer_stays_within_one_currency(pair):
    """A transfer to an account in another currency is refused."""
    pair.open_account("Kyoto Office", "JPY")
    with pytest.raises(CurrencyError, match="Kyoto Office is kept in JPY, not EUR"):
        pair.transfer("Operating EUR", "Kyoto Office", eur("16.00"))


def test_a_transfer_is_made_in_the_payers_currency(ledger):
    """A transfer of yen out of an account kept in euros is refused."""
    funded(ledger, "Lisbon Office", eur("10.00"))
    ledger.open_account("Osaka Office", "JPY")
    with pytest.raises(CurrencyError, match="Lisbon Office is kept in EUR, not JPY"):
        ledger.transfer("Lisbon Office", "Osaka Office", jpy("5"))


def test_a_frozen_payer_transfers_nothing(pair):
    """A transfer out of a frozen account is refused."""
    pair.freeze("Operating EUR")
    with pytest.raises(AccountError, match="is frozen and cannot send money"):
        pair.transfer("Operating EUR", "Payroll", eur("31.00"))


def test_a_frozen_payee_receives_a_transfer(pair):
    """A transfer into a frozen account arrives."""
    pair.freeze("Payroll")
    pair.transfer("Operating EUR", "Payroll", eur("32.00"))
    assert pair.balance("Payroll") == eur("32.00")


def test_a_closed_payee_receives_no_transfer(pair):
    """A transfer into a closed account is refused."""
    pair.close_account("Payroll")
    with pytest.raises(AccountError, match="Payroll is closed and cannot receive money"):
        pair.transfer("Operating EUR", "Payroll", eur("33.00"))


def test_a_transfer_can_be_dated_back(pair):
    """A transfer that is dated back counts from that day on."""
    pair.transfer("Operating EUR", "Payroll", eur("250.00"), value_date=date(2026, 3, 10))
    assert pair.balance("Payroll", date(2026, 3, 9)) == eur("0")
    assert pair.balance("Payroll", date(2026, 3, 10)) == eur("250.00")


def test_the_journal_describes_a_transfer(pair):
    """The entry of a transfer names both accounts and the reference."""
    transfer = pair.transfer("Operating EUR", "Payroll", eur("14.99"), reference="March wages")
    entry = pair.entry(transfer.entry_id)
    assert entry.description == "Transfer Operating EUR to Payroll"
    assert entry.reference == "March wages"


def test_the_daily_limit_can_be_used_up(pair):
    """Transfers within a day may reach the daily limit exactly."""
    pair.set_daily_limit("Operating EUR", eur("500.00"))
    pair.transfer("Operating EUR", "Payroll", eur("320.00"))
    pair.transfer("Operating EUR", "Payroll", eur("180.00"))
    assert pair.balance("Payroll") == eur("500.00")


def test_the_daily_limit_is_not_passed(pair):
    """A transfer that would pass the daily limit by a cent is refused."""
    pair.set_daily_limit("Operating EUR", eur("500.00"))
    pair.transfer("Operating EUR", "Payroll", eur("320.00"))
    with pytest.raises(LimitError, match=r"Operating EUR can send 180.00 EUR more today"):
        pair.transfer("Operating EUR", "Payroll", eur("180.01"))


def test_a_daily_limit_of_zero_stops_all_transfers(pair):
    """Nothing can be transferred out of an account whose daily limit is zero."""
    pair.set_daily_limit("Operating EUR", eur("0"))
    with pytest.raises(LimitError, match=r"can send 0.00 EUR more today, not 0.01 EUR"):
        pair.transfer("Operating EUR", "Payroll", eur("0.01"))


def test_a_daily_limit_can_be_lifted(pair):
    """Without a daily limit only the available balance counts."""
    pair.set_daily_limit("Operating EUR", eur("1.00"))
    pair.set_daily_limit("Operating EUR", None)
    pair.transfer("Operating EUR", "Payroll", eur("1700.00"))
    assert pair.balance("Payroll") == eur("1700.00")


def test_the_daily_limit_is_free_again_after_a_day(pair, clock):
    """Twenty-four hours after a transfer its amount no longer counts towards the daily limit."""
    pair.set_daily_limit("Operating EUR", eur("600.00"))
    pair.transfer("Operating EUR", "Payroll", eur("600.00"))
    clock.advance(hours=24)
    pair.transfer("Operating EUR", "Payroll", eur("599.00"))
    assert pair.balance("Payroll") == eur("1199.00")


def test_the_daily_limit_still_counts_a_second_before(pair, clock):
    """One second before a day has passed a transfer still counts towards the daily limit."""
    pair.set_daily_limit("Operating EUR", eur("610.00"))
    pair.transfer("Operating EUR", "Payroll", eur("610.00"))
    clock.advance(86_399)
    with pytest.raises(LimitError, match=r"can send 0.00 EUR more today"):
        pair.transfer("Operating EUR", "Payroll", eur("5.00"))


def test_incoming_transfers_do_not_use_the_daily_limit(pair):
    """Money received from others does not count towards an account's own daily limit."""
    pair.set_daily_limit("Payroll", eur("90.00"))
    pair.transfer("Operating EUR", "Payroll", eur("400.00"))
    pair.transfer("Payroll", "Operating EUR", eur("90.00"))
    assert pair.balance("Payroll") == eur("310.00")


def test_refunded_amounts_free_the_daily_limit(pair):
    """What was paid back of a transfer can be sent again on the same day."""
    pair.set_daily_limit("Operating EUR", eur("700.00"))
    sent = pair.transfer("Operating EUR", "Payroll", eur("700.00"))
    pair.refund(sent.id, eur("55.00"))
    pair.transfer("Operating EUR", "Payroll", eur("55.00"))
    assert pair.balance("Payroll") == eur("700.00")
