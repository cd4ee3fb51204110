from datetime import date

import pytest
from stories import eur, funded, gbp, usd

from ledger.errors import (
    AccountError,
    AccountNotFoundError,
    AmountError,
    CurrencyError,
    EntryError,
    FundsError,
    PeriodError,
)


@pytest.fixture
def office(ledger):
    """Two accounts that bookkeepers post between."""
    ledger.open_account("Rent", "EUR", kind="expense")
    ledger.open_account("Landlord", "EUR")
    return ledger


def test_a_balanced_entry_moves_both_accounts(office):
    """An entry by hand changes every account it names by the amount given."""
    office.post("March rent", debits={"Rent": eur("1450.00")}, credits={"Landlord": eur("1450.00")})
    assert office.balance("Rent") == eur("1450.00")
    assert office.balance("Landlord") == eur("1450.00")


def test_a_crooked_entry_is_refused(office):
    """An entry whose two sides differ by a cent is refused and changes nothing."""
    with pytest.raises(EntryError, match=r"debits of 10.00 EUR and credits of 9.99 EUR"):
        office.post("Typo", debits={"Rent": eur("10.00")}, credits={"Landlord": eur("9.99")})
    assert office.balance("Rent") == eur("0")


def test_each_currency_balances_by_itself(ledger):
    """An entry across currencies is refused when one of the currencies does not come out even."""
    ledger.open_account("Paris Till", "EUR", kind="asset")
    ledger.open_account("Paris Sales", "EUR", kind="income")
    ledger.open_account("Dover Till", "GBP", kind="asset")
    ledger.open_account("Dover Sales", "GBP", kind="income")
    with pytest.raises(EntryError, match=r"debits of 7.00 GBP and credits of 5.00 GBP"):
        ledger.post(
            "Day's takings",
            debits={"Paris Till": eur("5.00"), "Dover Till": gbp("7.00")},
            credits={"Paris Sales": eur("5.00"), "Dover Sales": gbp("5.00")},
        )


def test_several_amounts_on_one_side(office):
    """One side of an entry may be made up of several accounts."""
    office.open_account("Heating", "EUR", kind="expense")
    office.post(
        "Warm rent",
        debits={"Rent": eur("900.00"), "Heating": eur("85.50")},
        credits={"Landlord": eur("985.50")},
    )
    assert office.balance("Landlord") == eur("985.50")


@pytest.mark.parametrize("amount", ["0", "-3.00"], ids=["zero", "negative"])
def test_an_entry_moves_something_forwards(office, amount):
    """An entry with an amount of zero or less is refused."""
    with pytest.raises(AmountError, match="a posting must be more than zero"):
        office.post("Odd", debits={"Rent": eur(amount)}, credits={"Landlord": eur(amount)})


def test_an_empty_entry_is_refused(ledger):
    """An entry that moves nothing on any account is refused."""
    with pytest.raises(EntryError, match="an entry without postings says nothing"):
        ledger.post("Nothing", debits={}, credits={})


def test_an_entry_uses_each_accounts_own_currency(office):
    """An account cannot be posted to in a currency it is not kept in."""
    with pytest.raises(CurrencyError, match="Rent is kept in EUR, not USD"):
        office.post("Wrong", debits={"Rent": usd("4.00")}, credits={"Landlord": usd("4.00")})


def test_an_entry_names_existing_accounts(office):
    """An entry that names an unknown account is refused."""
    with pytest.raises(AccountNotFoundError, match="there is no account parking"):
        office.post("Park", debits={"Parking": eur("2.00")}, credits={"Landlord": eur("2.00")})


def test_an_entry_does_not_touch_closed_accounts(office):
    """An entry by hand cannot move a closed account."""
    office.close_account("Rent")
    with pytest.raises(AccountError, match="Rent is closed"):
        office.post("Late", debits={"Rent": eur("6.60")}, credits={"Landlord": eur("6.60")})


def test_texts_are_tidied(office):
    """Superfluous blanks in descriptions and references are removed."""
    entry = office.post(
        " April  rent ",
        debits={"Rent": eur("1.20")},
        credits={"Landlord": eur("1.20")},
        reference=" R  17 ",
    )
    assert (entry.description, entry.reference) == ("April rent", "R 17")


def test_a_reference_of_eighty_characters_is_kept(ledger):
    """A reference of exactly eighty characters is accepted."""
    ledger.open_account("Tenants", "EUR")
    assert ledger.deposit("Tenants", eur("3.10"), reference="7" * 80).reference == "7" * 80


def test_a_longer_reference_is_refused(ledger):
    """A reference of eighty-one characters is refused."""
    ledger.open_account("Tenants Two", "EUR")
    with pytest.raises(EntryError, match="at most 80 characters, not 81"):
        ledger.deposit("Tenants Two", eur("3.20"), reference="7" * 81)


def test_a_description_may_be_longer_than_a_reference(office):
    """A description may have up to one hundred and sixty characters."""
    text = "d" * 160
    moved = eur("4.40")
    assert (
        office.post(text, debits={"Rent": moved}, credits={"Landlord": moved}).description == text
    )


def test_entries_are_dated_today_unless_told_otherwise(ledger):
    """A booking without a date is dated on the day it is made."""
    ledger.open_account("Kiosk", "EUR")
    assert ledger.deposit("Kiosk", eur("2.75")).value_date == date(2026, 3, 16)


def test_nothing_is_dated_in_the_future(ledger):
    """A booking dated tomorrow is refused."""
    ledger.open_account("Bakery", "EUR")
    with pytest.raises(PeriodError, match="2026-03-17 lies in the future"):
        ledger.deposit("Bakery", eur("8.15"), value_date=date(2026, 3, 17))


def test_bookings_may_be_dated_back_ninety_days(ledger):
    """A booking may be dated back by ninety days."""
    ledger.open_account("Florist", "EUR")
    entry = ledger.deposit("Florist", eur("17.35"), value_date=date(2025, 12, 16))
    assert entry.value_date == date(2025, 12, 16)


def test_bookings_are_not_dated_back_further(ledger):
    """A booking dated back by ninety-one days is refused."""
    ledger.open_account("Brewery", "EUR")
    with pytest.raises(PeriodError, match="2025-12-15 is too long ago"):
        ledger.deposit("Brewery", eur("19.65"), value_date=date(2025, 12, 15))


def test_an_entry_by_hand_keeps_its_date(office):
    """An entry by hand stands under the date it was given."""
    moved = eur("5.05")
    entry = office.post(
        "Fine", debits={"Rent": moved}, credits={"Landlord": moved}, value_date=date(2026, 3, 2)
    )
    assert office.entry(entry.id).value_date == date(2026, 3, 2)


def test_an_unknown_entry_is_reported(ledger):
    """Asking for an entry that was never booked says that there is none."""
    with pytest.raises(EntryError, match="there is no entry entry-99"):
        ledger.entry("entry-99")


def test_a_reversal_undoes_an_entry(office):
    """A reversed entry leaves both balances as they were before."""
    moved = eur("730.00")
    entry = office.post("Twice", debits={"Rent": moved}, credits={"Landlord": moved})
    reversal = office.reverse(entry.id, "booked twice")
    assert reversal.description == "Reversal: booked twice"
    assert office.balance("Rent") == eur("0")
    assert office.balance("Landlord") == eur("0")


def test_a_reversal_carries_the_reference(ledger):
    """A reversal shows the reference of the booking it undoes."""
    ledger.open_account("Gallery", "EUR")
    entry = ledger.deposit("Gallery", eur("88.00"), reference="Lot 14")
    assert ledger.reverse(entry.id, "wrong lot").reference == "Lot 14"


def test_an_entry_is_reversed_once(ledger):
    """A booking that was reversed cannot be reversed again."""
    ledger.open_account("Theatre", "EUR")
    entry = ledger.deposit("Theatre", eur("41.50"))
    ledger.reverse(entry.id, "cancelled")
    with pytest.raises(EntryError, match="entry-1 has been reversed already"):
        ledger.reverse(entry.id, "cancelled again")
    assert ledger.balance("Theatre") == eur("0")


def test_reversing_one_entry_leaves_others_reversible(ledger):
    """Each of two bookings can be reversed on its own."""
    ledger.open_account("Cinema", "EUR")
    first = ledger.deposit("Cinema", eur("11.00"))
    second = ledger.deposit("Cinema", eur("13.00"))
    ledger.reverse(first.id, "test ticket")
    ledger.reverse(second.id, "test ticket")
    assert ledger.balance("Cinema") == eur("0")


def test_a_reversal_is_not_reversed(ledger):
    """A reversal cannot be reversed itself."""
    ledger.open_account("Museum", "EUR")
    entry = ledger.deposit("Museum", eur("23.40"))
    reversal = ledger.reverse(entry.id, "wrong account")
    with pytest.raises(EntryError, match="entry-2 is itself a reversal"):
        ledger.reverse(reversal.id, "right after all")


@pytest.mark.parametrize("reason", ["", "   "], ids=["empty", "blank"])
def test_a_reversal_needs_a_reason(ledger, reason):
    """A booking is not reversed without a reason."""
    ledger.open_account("Opera", "EUR")
    entry = ledger.deposit("Opera", eur("120.00"))
    with pytest.raises(EntryError, match="a reversal needs a reason"):
        ledger.reverse(entry.id, reason)


@pytest.mark.parametrize("amount", ["0", "-50.00"], ids=["zero", "negative"])
def test_deposits_are_positive(ledger, amount):
    """A deposit of zero or less is refused."""
    ledger.open_account("Garden Club", "EUR")
    with pytest.raises(AmountError, match="a deposit must be more than zero"):
        ledger.deposit("Garden Club", eur(amount))


def test_deposits_arrive_in_the_currency_of_the_account(ledger):
    """A deposit in another currency than the account's is refused."""
    ledger.open_account("Chess Club", "EUR")
    with pytest.raises(CurrencyError, match="Chess Club is kept in EUR, not GBP"):
        ledger.deposit("Chess Club", gbp("12.00"))


@pytest.mark.parametrize("amount", ["0", "-0.50"], ids=["zero", "negative"])
def test_withdrawals_are_positive(ledger, amount):
    """A withdrawal of zero or less is refused."""
    funded(ledger, "Rowing Club", eur("70.00"))
    with pytest.raises(AmountError, match="a withdrawal must be more than zero"):
        ledger.withdraw("Rowing Club", eur(amount))


def test_everything_can_be_withdrawn(ledger):
    """An account can be emptied to the last cent by a withdrawal."""
    funded(ledger, "Sailing Club", eur("512.34"))
    ledger.withdraw("Sailing Club", eur("512.34"))
    assert ledger.balance("Sailing Club") == eur("0")


def test_no_more_than_available_can_be_withdrawn(ledger):
    """A withdrawal of one cent more than is available is refused."""
    funded(ledger, "Tennis Club", eur("12.40"))
    with pytest.raises(FundsError, match=r"available balance is 12.40 EUR, 12.41 EUR needed"):
        ledger.withdraw("Tennis Club", eur("12.41"))


def test_the_bank_mirrors_deposits_and_withdrawals(ledger):
    """What customers pay in and out moves the house's bank account by the same amount."""
    funded(ledger, "Golf Club", eur("800.00"))
    ledger.withdraw("Golf Club", eur("150.25"), reference="Greenkeeper")
    assert ledger.balance("Bank EUR") == eur("649.75")
