from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from stories import eur, funded, gbp, jpy, usd

from ledger import Ledger
from ledger.accounts import Kind, Status
from ledger.errors import (
    AccountError,
    AccountNotFoundError,
    AmountError,
    ConflictError,
    CurrencyError,
    FundsError,
)
from ledger.runtime import CountingIds, FixedClock
from ledger.store import MemoryRecords


def names(accounts):
    return [account.name for account in accounts]


def test_a_new_account_is_open_and_empty(ledger):
    """A new account is open, has the name and currency asked for and holds nothing."""
    account = ledger.open_account("Operating EUR", "eur", owner=" Nordlicht GmbH ")
    assert (account.name, account.owner) == ("Operating EUR", "Nordlicht GmbH")
    assert (account.currency, account.status) == ("EUR", Status.OPEN)
    assert ledger.balance("Operating EUR") == eur("0")


def test_account_names_are_tidied(ledger):
    """Superfluous blanks in the name of a new account are removed."""
    assert ledger.open_account("  Payroll   Berlin ", "EUR").name == "Payroll Berlin"


def test_accounts_are_found_however_their_name_is_written(ledger):
    """An account is found by its name regardless of capitals, accents and blanks."""
    ledger.open_account("Café Zürich", "CHF", owner="Café Zürich AG")
    assert ledger.account(" CAFE zurich ").owner == "Café Zürich AG"


def test_a_name_is_taken_once(ledger):
    """A second account cannot be opened under a name that differs only in its spelling."""
    ledger.open_account("Rent Deposits", "EUR")
    with pytest.raises(AccountError, match="there is already an account Rent deposits"):
        ledger.open_account("Rent deposits", "GBP")
    assert ledger.account("Rent Deposits").currency == "EUR"


@pytest.mark.parametrize("name", ["Tax", "Hafenkontor Nordwest Betriebsgesellschaft mbH und Co Kasse 1"], ids=["three", "sixty"])
def test_names_within_bounds_are_accepted(ledger, name):
    """Account names of three and of sixty characters are accepted."""
    assert ledger.open_account(name, "EUR").name == name


@pytest.mark.parametrize("name", ["Ab", "Hafenkontor Nordwest Betriebsgesellschaft mbH und Co Kasse 10"], ids=["two", "sixty-one"])
def test_names_out_of_bounds_are_refused(ledger, name):
    """Account names of two and of sixty-one characters are refused."""
    with pytest.raises(AccountError, match="3 to 60 characters"):
        ledger.open_account(name, "EUR")


def test_looking_up_a_missing_account(ledger):
    """Asking for an account that does not exist says so by name."""
    with pytest.raises(AccountNotFoundError, match="there is no account travel-eur"):
        ledger.balance("Travel EUR")


def test_customers_accounts_are_listed_by_name(ledger):
    """The list of accounts is in alphabetical order whatever the capitals."""
    for name in ("operating", "Payroll", "Escrow"):
        ledger.open_account(name, "EUR")
    assert names(ledger.accounts()) == ["Escrow", "operating", "Payroll"]


def test_house_accounts_are_not_listed(ledger):
    """The accounts that the house keeps for itself are left out of the customers' list."""
    funded(ledger, "Shop Till", eur("15.90"))
    assert names(ledger.accounts()) == ["Shop Till"]


def test_accounts_can_be_listed_by_owner(ledger):
    """A list for one company shows the accounts of that company only."""
    ledger.open_account("Hafen Main", "EUR", owner="Hafen KG")
    ledger.open_account("Bergbau Main", "EUR", owner="Bergbau AG")
    assert names(ledger.accounts(owner=" Hafen KG")) == ["Hafen Main"]


def test_accounts_can_be_listed_by_currency(ledger):
    """A list for one currency shows the accounts kept in it only."""
    ledger.open_account("London Sales", "GBP")
    ledger.open_account("Lyon Sales", "EUR")
    assert names(ledger.accounts(currency=" gbp")) == ["London Sales"]


def test_closed_accounts_are_listed_on_request(ledger):
    """Closed accounts appear in the list only when they are asked for."""
    ledger.open_account("Old Reserve", "EUR")
    ledger.close_account("Old Reserve")
    assert ledger.accounts() == []
    assert names(ledger.accounts(closed=True)) == ["Old Reserve"]


def test_a_frozen_account_sends_nothing(ledger):
    """Nothing can be paid out of a frozen account."""
    funded(ledger, "Fleet Costs", eur("300.00"))
    ledger.freeze("Fleet Costs")
    with pytest.raises(AccountError, match="Fleet Costs is frozen and cannot send money"):
        ledger.withdraw("Fleet Costs", eur("25.00"))
    assert ledger.balance("Fleet Costs") == eur("300.00")


def test_a_frozen_account_still_receives(ledger):
    """Money can be paid into a frozen account."""
    ledger.open_account("Grant Fund", "EUR")
    ledger.freeze("Grant Fund")
    ledger.deposit("Grant Fund", eur("64.20"))
    assert ledger.balance("Grant Fund") == eur("64.20")


def test_an_unfrozen_account_sends_again(ledger):
    """Once a freeze is lifted, money can be paid out again."""
    funded(ledger, "Events 2026", gbp("90.00"))
    ledger.freeze("Events 2026")
    ledger.unfreeze("Events 2026")
    ledger.withdraw("Events 2026", gbp("30.50"))
    assert ledger.balance("Events 2026") == gbp("59.50")


def test_an_account_with_money_cannot_be_closed(ledger):
    """An account that still holds a cent stays open."""
    funded(ledger, "Petty Cash", eur("0.01"))
    with pytest.raises(AccountError, match=r"Petty Cash still holds 0.01 EUR"):
        ledger.close_account("Petty Cash")
    assert ledger.account("Petty Cash").status is Status.OPEN


def test_an_account_with_held_money_cannot_be_closed(ledger):
    """An account on which money is still set aside cannot be closed."""
    ledger.open_account("Card Guarantee", "EUR")
    ledger.set_overdraft("Card Guarantee", eur("50.00"))
    ledger.place_hold("Card Guarantee", eur("12.00"))
    with pytest.raises(AccountError, match=r"Card Guarantee still has 12.00 EUR set aside"):
        ledger.close_account("Card Guarantee")


def test_a_closed_account_takes_no_deposit(ledger):
    """Nothing can be paid into a closed account."""
    ledger.open_account("Project Alpha", "EUR")
    ledger.close_account("Project Alpha")
    with pytest.raises(AccountError, match="Project Alpha is closed and cannot receive money"):
        ledger.deposit("Project Alpha", eur("5.00"))


def test_a_closed_account_keeps_its_terms(ledger):
    """The terms of a closed account cannot be changed, and it cannot be opened again."""
    ledger.open_account("Project Beta", "EUR")
    ledger.close_account("Project Beta")
    with pytest.raises(AccountError, match="Project Beta is closed"):
        ledger.unfreeze("Project Beta")


def test_the_overdraft_can_be_used_to_the_last_cent(ledger):
    """An account with an overdraft can be drawn down to exactly that limit."""
    funded(ledger, "Import Duties", eur("20.00"))
    ledger.set_overdraft("Import Duties", eur("100.00"))
    assert ledger.available("Import Duties") == eur("120.00")
    ledger.withdraw("Import Duties", eur("120.00"))
    assert ledger.balance("Import Duties") == eur("-100.00")


def test_the_overdraft_is_not_exceeded(ledger):
    """One cent beyond the overdraft is refused."""
    ledger.open_account("Harbour Fees", "EUR")
    ledger.set_overdraft("Harbour Fees", eur("40.00"))
    with pytest.raises(FundsError, match=r"available balance is 40.00 EUR, 40.01 EUR needed"):
        ledger.withdraw("Harbour Fees", eur("40.01"))


def test_an_overdraft_is_never_negative(ledger):
    """An overdraft below zero is refused and leaves the old one in force."""
    ledger.open_account("Sundry", "EUR")
    ledger.set_overdraft("Sundry", eur("10.00"))
    with pytest.raises(AmountError, match=r"a limit on Sundry cannot be -1.00 EUR"):
        ledger.set_overdraft("Sundry", eur("-1.00"))
    assert ledger.available("Sundry") == eur("10.00")


def test_an_overdraft_is_agreed_in_the_currency_of_the_account(ledger):
    """A limit in a foreign currency cannot be agreed on for an account."""
    ledger.open_account("Tokyo Office", "JPY")
    with pytest.raises(CurrencyError, match="Tokyo Office is kept in JPY, not USD"):
        ledger.set_daily_limit("Tokyo Office", usd("500.00"))


def test_an_overdraft_of_zero_ends_it(ledger):
    """An overdraft can be taken back to zero."""
    ledger.open_account("Seoul Office", "JPY")
    ledger.set_overdraft("Seoul Office", jpy("7000"))
    ledger.set_overdraft("Seoul Office", jpy("0"))
    assert ledger.available("Seoul Office") == jpy("0")


def test_two_people_do_not_overwrite_each_other(ledger):
    """Whoever changes an account on the basis of an outdated view is told so and changes nothing."""
    seen = ledger.open_account("Marketing", "EUR")
    ledger.set_overdraft("Marketing", eur("200.00"), expected_version=seen.version)
    with pytest.raises(ConflictError, match="Marketing was changed by somebody else"):
        ledger.set_overdraft("Marketing", eur("999.00"), expected_version=seen.version)
    assert ledger.account("Marketing").overdraft == eur("200.00")


def test_an_outdated_view_does_not_change_a_daily_limit(ledger):
    """A daily limit agreed on the basis of an outdated view of the account is refused."""
    seen = ledger.open_account("Purchasing", "EUR")
    ledger.freeze("Purchasing")
    with pytest.raises(ConflictError, match="Purchasing was changed by somebody else"):
        ledger.set_daily_limit("Purchasing", eur("80.00"), expected_version=seen.version)


def test_every_change_is_counted(ledger):
    """Each change of terms moves the version of an account on by one."""
    ledger.open_account("Innovation Lab", "EUR")
    ledger.freeze("Innovation Lab")
    assert ledger.unfreeze("Innovation Lab").version == 3


@pytest.mark.parametrize(
    ("kind", "balance"),
    [("asset", "-8.00"), ("expense", "-8.00"), ("equity", "8.00"), ("income", "8.00")],
    ids=["asset", "expense", "equity", "income"],
)
def test_each_kind_of_account_grows_on_its_own_side(ledger, kind, balance):
    """Money paid in raises what the house owes or earns and lowers what it owns or spends."""
    ledger.open_account("Special", "EUR", kind=kind)
    ledger.deposit("Special", eur("8.00"))
    assert ledger.balance("Special") == eur(balance)


def test_an_account_is_a_customers_account_by_default(ledger):
    """An account opened without further words is money owed to its owner."""
    assert ledger.open_account("Savings Plan", "EUR").kind is Kind.LIABILITY


def test_the_day_of_a_booking_is_the_day_where_the_books_are_kept():
    """A booking shortly before midnight elsewhere carries the date of the place where the books are kept."""
    late = FixedClock(datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    zone = timezone(timedelta(hours=2))
    ledger = Ledger(MemoryRecords(), clock=late, ids=CountingIds(), zone=zone)
    ledger.open_account("Night Sales", "EUR")
    assert ledger.deposit("Night Sales", eur("31.00")).value_date == date(2026, 4, 1)


def test_a_clock_set_in_another_zone_shows_the_same_moment():
    """A moment given in the time of another place is the same moment everywhere."""
    there = timezone(timedelta(hours=9))
    clock = FixedClock(datetime(2026, 3, 1, 3, 0, tzinfo=there))
    assert clock.now() == datetime(2026, 2, 28, 18, 0, tzinfo=UTC)


def test_a_clock_needs_a_time_zone():
    """A moment that does not say where in the world it is meant is refused."""
    with pytest.raises(ValueError, match="a moment needs a time zone"):
        FixedClock(datetime(2026, 3, 1, 3, 0))
