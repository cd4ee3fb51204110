from datetime import date

import pytest
from stories import eur, funded, gbp, jpy

from ledger.errors import CurrencyError, PeriodError
from ledger.periods import Period


@pytest.fixture
def books(filed):
    """An account that moved in January, February and March."""
    filed.open_account("Studio", "EUR")
    filed.deposit("Studio", eur("100.00"), value_date=date(2026, 1, 31))
    filed.deposit("Studio", eur("20.00"), value_date=date(2026, 2, 1))
    filed.deposit("Studio", eur("3.00"), value_date=date(2026, 3, 1))
    return filed


def test_a_balance_can_be_asked_for_a_past_day(books):
    """The balance on a past day includes that day's movements and nothing later."""
    assert books.balance("Studio", date(2026, 1, 31)) == eur("100.00")
    assert books.balance("Studio", date(2026, 2, 1)) == eur("120.00")


def test_a_balance_before_the_first_movement_is_zero(books):
    """Before its first movement an account holds nothing."""
    assert books.balance("Studio", date(2026, 1, 30)) == eur("0")


def test_balances_survive_closing(books):
    """Closing months changes no balance on any day."""
    books.close_month("2026-01")
    books.close_month("2026-02")
    assert books.balance("Studio") == eur("123.00")
    assert books.balance("Studio", date(2026, 1, 31)) == eur("100.00")
    assert books.balance("Studio", date(2026, 2, 28)) == eur("120.00")


def test_a_balance_within_a_closed_month_is_right(books):
    """The balance on a day within a closed month does not include the rest of that month."""
    books.close_month("2026-01")
    assert books.balance("Studio", date(2026, 1, 30)) == eur("0")


def test_accounts_opened_after_a_close_start_from_zero(books):
    """An account opened after a month was closed counts from its own first movement."""
    books.close_month("2026-01")
    funded(books, "New Studio", eur("44.00"))
    assert books.balance("New Studio") == eur("44.00")


def test_closing_keeps_the_balances_of_the_month(books):
    """A closed month keeps the balances of its last day."""
    assert books.close_month("2026-01").balances["studio"] == eur("100.00")


def test_months_are_closed_in_order(books):
    """A month cannot be closed before the one in which the books begin."""
    with pytest.raises(PeriodError, match="2026-01 must be closed before 2026-02"):
        books.close_month("2026-02")


def test_no_month_is_skipped(books):
    """After a close only the following month can be closed."""
    books.close_month("2025-12")
    with pytest.raises(PeriodError, match="2026-01 must be closed before 2026-02"):
        books.close_month("2026-02")


def test_a_month_is_closed_once(books):
    """A month that is closed cannot be closed again."""
    books.close_month("2026-01")
    with pytest.raises(PeriodError, match="2026-01 is already closed"):
        books.close_month("2026-01")


def test_a_running_month_is_not_closed(books):
    """A month cannot be closed on its last day."""
    with pytest.raises(PeriodError, match="2026-03 is not over yet"):
        books.close_month("2026-03")


def test_a_month_is_not_closed_on_its_last_day(ledger, clock):
    """On the thirty-first a month still waits for its close."""
    clock.advance(days=15)
    with pytest.raises(PeriodError, match="2026-03 is not over yet"):
        ledger.close_month("2026-03")


def test_a_month_is_closed_on_the_day_after(ledger, clock):
    """On the first of the next month a month can be closed."""
    clock.advance(days=16)
    ledger.close_month("2026-03")
    assert ledger.closed_months() == ["2026-03"]


def test_nothing_is_booked_into_a_closed_month(books):
    """A booking dated on the last day of a closed month is refused."""
    books.close_month("2026-01")
    with pytest.raises(PeriodError, match="2026-01 is closed"):
        books.deposit("Studio", eur("7.00"), value_date=date(2026, 1, 31))


def test_bookings_go_on_after_a_closed_month(books):
    """A booking dated on the first day after a closed month is accepted."""
    books.close_month("2026-01")
    books.deposit("Studio", eur("8.00"), value_date=date(2026, 2, 1))
    assert books.balance("Studio") == eur("131.00")


def test_the_year_may_end_between_two_closes(books):
    """After December the month to be closed is January."""
    books.close_month("2025-12")
    books.close_month("2026-01")
    assert books.closed_months() == ["2025-12", "2026-01"]


def test_the_last_closed_month_can_be_reopened(books):
    """After a month was reopened it accepts bookings again."""
    books.close_month("2026-01")
    books.reopen_month("2026-01")
    books.deposit("Studio", eur("9.00"), value_date=date(2026, 1, 15))
    assert books.balance("Studio", date(2026, 1, 31)) == eur("109.00")


def test_only_the_last_closed_month_is_reopened(books):
    """A month that was followed by another close cannot be reopened."""
    books.close_month("2026-01")
    books.close_month("2026-02")
    with pytest.raises(PeriodError, match="only the month closed last can be reopened"):
        books.reopen_month("2026-01")
    assert books.closed_months() == ["2026-01", "2026-02"]


def test_an_open_month_is_not_reopened(ledger):
    """When no month was closed none can be reopened."""
    with pytest.raises(PeriodError, match="not 2026-02"):
        ledger.reopen_month("2026-02")


def test_a_statement_over_closed_months_opens_right(books):
    """The opening balance of a statement is right when earlier months are closed."""
    books.close_month("2026-01")
    page = books.statement("Studio", date(2026, 2, 1), date(2026, 2, 28))
    assert (page.opening, page.closing) == (eur("100.00"), eur("120.00"))


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "March", "2026-3", "202603"])
def test_months_are_written_with_year_and_number(month):
    """Something that is not a year and a month is refused."""
    with pytest.raises(PeriodError, match="is not a month such as 2026-03"):
        Period.parse(month)


@pytest.mark.parametrize(
    ("month", "last"), [("2026-02", 28), ("2028-02", 29), ("2026-12", 31), ("2026-01", 31)]
)
def test_a_month_ends_on_its_last_day(month, last):
    """Every month has its proper last day, also in leap years."""
    assert Period.parse(f" {month} ").last.day == last


@pytest.fixture
def firm(ledger):
    """A small firm with rent, sales and a customer in the red."""
    ledger.open_account("Shop Rent", "EUR", kind="expense")
    ledger.open_account("Sales", "EUR", kind="income")
    ledger.open_account("Zeta", "EUR")
    ledger.open_account("alpha", "EUR")
    ledger.deposit("alpha", eur("500.00"), value_date=date(2026, 3, 2))
    ledger.post("Rent", debits={"Shop Rent": eur("120.00")}, credits={"Sales": eur("120.00")})
    ledger.post("Goods", debits={"Zeta": eur("60.00")}, credits={"alpha": eur("60.00")})
    return ledger


def test_debits_and_credits_agree(firm):
    """In a trial balance both columns come to the same total."""
    trial = firm.trial_balance("EUR")
    assert trial.debits == trial.credits == eur("680.00")


def test_a_trial_balance_is_ordered_by_kind_and_name(firm):
    """A trial balance lists what is owned before what is owed, earned and spent, each by name."""
    rows = firm.trial_balance("eur").rows
    assert [row.account for row in rows] == ["Bank EUR", "alpha", "Zeta", "Sales", "Shop Rent"]


def test_an_overdrawn_account_changes_columns(firm):
    """A customer in the red stands in the column of what is owed to the house."""
    rows = firm.trial_balance("EUR").rows
    assert str(rows[2]) == "Zeta: 60.00 EUR / 0.00 EUR"


def test_each_kind_has_its_column(firm):
    """Earnings stand on the right and expenses on the left of a trial balance."""
    rows = firm.trial_balance("EUR").rows
    assert str(rows[3]) == "Sales: 0.00 EUR / 120.00 EUR"
    assert str(rows[4]) == "Shop Rent: 120.00 EUR / 0.00 EUR"


def test_empty_accounts_are_left_out(firm):
    """Accounts without a balance are not listed in a trial balance."""
    firm.open_account("Idle", "EUR")
    assert len(firm.trial_balance("EUR").rows) == 5


def test_empty_accounts_are_listed_on_request(firm):
    """Accounts without a balance are listed in a trial balance when asked for."""
    firm.open_account("Idle Reserve", "EUR")
    rows = firm.trial_balance("EUR", include_empty=True).rows
    assert "Idle Reserve: 0.00 EUR / 0.00 EUR" in [str(row) for row in rows]


def test_a_trial_balance_covers_one_currency(firm):
    """Accounts in other currencies are not part of a trial balance."""
    funded(firm, "Glasgow", gbp("31.00"))
    rows = firm.trial_balance("GBP").rows
    assert [row.account for row in rows] == ["Bank GBP", "Glasgow"]


def test_a_trial_balance_of_a_past_day(firm):
    """A trial balance of a past day leaves out what was booked for later days."""
    trial = firm.trial_balance("EUR", date(2026, 3, 2))
    assert trial.debits == eur("500.00")
    assert trial.as_of == date(2026, 3, 2)


def test_a_trial_balance_is_of_today_by_default(ledger):
    """A trial balance without a date carries today's date."""
    assert ledger.trial_balance("SEK").as_of == date(2026, 3, 16)


def test_a_trial_balance_needs_a_known_currency(ledger):
    """A trial balance in an unknown currency is refused."""
    with pytest.raises(CurrencyError, match="EURO is not a currency"):
        ledger.trial_balance("Euro")


def test_the_trial_balance_agrees_after_a_conversion(ledger):
    """After a conversion with fee and remainder both columns still agree in each currency."""
    funded(ledger, "Yen Fund", jpy("9001"))
    ledger.open_account("Pound Fund", "GBP")
    ledger.set_rate("JPY", "GBP", "0.0052")
    ledger.set_conversion_fee("JPY", 70)
    ledger.convert("Yen Fund", "Pound Fund", jpy("9001"), ledger.quote("JPY", "GBP").id)
    for currency in ("JPY", "GBP"):
        trial = ledger.trial_balance(currency)
        assert trial.debits == trial.credits
