import base64
import json
from datetime import date

import pytest
from stories import bhd, eur, funded, gbp, jpy, usd

from ledger.errors import CursorError, PeriodError


def march(day):
    return date(2026, 3, day)


def amounts(lines):
    return [str(line.amount) for line in lines]


@pytest.fixture
def till(ledger):
    """An account with five deposits of 1 to 5 yen, three of them on 10 March."""
    ledger.open_account("Museum Till", "JPY")
    for yen, day in ((1, 5), (2, 10), (3, 10), (4, 10), (5, 12)):
        ledger.deposit("Museum Till", jpy(str(yen)), value_date=march(day))
    return ledger


def test_a_statement_lists_movements_by_date(ledger):
    """Movements are listed by date even when they were booked in another order."""
    ledger.open_account("Bookshop", "EUR")
    ledger.deposit("Bookshop", eur("14.90"), value_date=march(11))
    ledger.deposit("Bookshop", eur("9.95"), value_date=march(4))
    assert amounts(ledger.statement("Bookshop").lines) == ["9.95 EUR", "14.90 EUR"]


def test_movements_of_one_day_keep_their_order(till):
    """Movements of the same day are listed in the order in which they were booked."""
    page = till.statement("Museum Till", march(10), march(10))
    assert amounts(page.lines) == ["2 JPY", "3 JPY", "4 JPY"]


def test_the_newest_movement_can_come_first(till):
    """On request the newest movement comes first, also among those of one day."""
    page = till.statement("Museum Till", newest_first=True)
    assert amounts(page.lines) == ["5 JPY", "4 JPY", "3 JPY", "2 JPY", "1 JPY"]


def test_outgoing_movements_are_negative(ledger):
    """Money that left an account stands on its statement with a minus."""
    funded(ledger, "Dentist", gbp("240.00"))
    ledger.withdraw("Dentist", gbp("88.30"), reference="Lab bill")
    line = ledger.statement("Dentist").lines[1]
    assert str(line) == "2026-03-16 Withdrawal Lab bill, -88.30 GBP"


def test_every_line_shows_the_balance_after_it(till):
    """Each line of a statement shows the balance after its movement."""
    lines = till.statement("Museum Till").lines
    assert [line.balance for line in lines] == [jpy("1"), jpy("3"), jpy("6"), jpy("10"), jpy("15")]


def test_balances_stay_with_their_lines_when_the_newest_comes_first(till):
    """Showing the newest movement first does not change the balance beside it."""
    page = till.statement("Museum Till", newest_first=True, limit=2)
    assert [line.balance for line in page.lines] == [jpy("15"), jpy("10")]


def test_first_and_last_day_belong_to_a_statement(till):
    """Movements on the first and on the last day of a statement are shown."""
    page = till.statement("Museum Till", march(5), march(12))
    assert amounts(page.lines) == ["1 JPY", "2 JPY", "3 JPY", "4 JPY", "5 JPY"]


def test_days_outside_do_not_belong_to_a_statement(till):
    """Movements before the first and after the last day of a statement are left out."""
    page = till.statement("Museum Till", march(6), march(11))
    assert amounts(page.lines) == ["2 JPY", "3 JPY", "4 JPY"]


def test_a_statement_opens_with_the_balance_before_it(till):
    """The opening balance is what the account held at the end of the day before."""
    page = till.statement("Museum Till", march(12))
    assert (page.opening, page.closing) == (jpy("10"), jpy("15"))


def test_a_statement_closes_with_the_balance_of_its_last_day(till):
    """The closing balance is what the account held at the end of the last day."""
    page = till.statement("Museum Till", end=march(10))
    assert (page.opening, page.closing) == (jpy("0"), jpy("10"))


def test_a_quiet_time_has_an_empty_statement(till):
    """A statement over days without movements is empty and keeps the balance."""
    page = till.statement("Museum Till", march(13), march(15))
    assert (page.lines, page.opening, page.closing) == ((), jpy("15"), jpy("15"))


def test_a_statement_of_one_day(till):
    """A statement may begin and end on the same day."""
    assert amounts(till.statement("Museum Till", march(12), march(12)).lines) == ["5 JPY"]


def test_a_statement_does_not_run_backwards(till):
    """A statement that ends before it begins is refused."""
    with pytest.raises(PeriodError, match="from 2026-03-12 to 2026-03-11"):
        till.statement("Museum Till", march(12), march(11))


def test_a_statement_shows_only_its_own_account(till):
    """Movements of other accounts do not appear on a statement."""
    funded(till, "Cloakroom", jpy("700"))
    assert amounts(till.statement("Cloakroom").lines) == ["700 JPY"]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_every_movement_is_on_exactly_one_page(till, limit):
    """Every movement appears on exactly one page of a statement, whatever the page size."""
    seen = []
    marker = None
    for _ in range(10):
        page = till.statement("Museum Till", limit=limit, page=marker)
        seen += amounts(page.lines)
        marker = page.next_page
        if marker is None:
            break
    assert seen == ["1 JPY", "2 JPY", "3 JPY", "4 JPY", "5 JPY"]


@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_can_be_turned_backwards_in_time(till, limit):
    """Every movement appears on exactly one page when the newest comes first."""
    seen = []
    marker = None
    for _ in range(10):
        page = till.statement("Museum Till", limit=limit, page=marker, newest_first=True)
        seen += amounts(page.lines)
        marker = page.next_page
        if marker is None:
            break
    assert seen == ["5 JPY", "4 JPY", "3 JPY", "2 JPY", "1 JPY"]


def test_a_full_last_page_is_the_last(till):
    """A page that ends exactly with the last movement is not followed by an empty one."""
    assert till.statement("Museum Till", limit=5).next_page is None


def test_a_page_is_followed_by_another(till):
    """A page that leaves a single movement over is followed by another page."""
    page = till.statement("Museum Till", limit=4)
    assert amounts(till.statement("Museum Till", limit=4, page=page.next_page).lines) == ["5 JPY"]


def test_a_page_has_twenty_five_lines_by_default(ledger):
    """A statement shows twenty-five movements on a page unless told otherwise."""
    ledger.open_account("Vending", "BHD")
    for _ in range(26):
        ledger.deposit("Vending", bhd("0.250"))
    assert len(ledger.statement("Vending").lines) == 25


def test_the_largest_page_is_accepted(till):
    """A page of two hundred movements can be asked for."""
    assert len(till.statement("Museum Till", limit=200).lines) == 5


@pytest.mark.parametrize("limit", [0, 201], ids=["zero", "too-many"])
def test_a_page_has_a_sensible_size(till, limit):
    """A page of no movements or of more than two hundred is refused."""
    with pytest.raises(CursorError, match=f"1 to 200 lines, not {limit}"):
        till.statement("Museum Till", limit=limit)


def test_a_later_booking_does_not_disturb_paging(till):
    """A movement booked while pages are being turned does not repeat or hide others."""
    page = till.statement("Museum Till", limit=3)
    till.deposit("Museum Till", jpy("9"), value_date=march(3))
    rest = till.statement("Museum Till", limit=3, page=page.next_page)
    assert amounts(rest.lines) == ["4 JPY", "5 JPY"]


def test_a_page_belongs_to_its_account(till):
    """The next page of one account cannot be asked of another account."""
    till.open_account("Second Till", "JPY")
    marker = till.statement("Museum Till", limit=1).next_page
    with pytest.raises(CursorError, match="belongs to another statement"):
        till.statement("Second Till", limit=1, page=marker)


def test_a_page_belongs_to_its_days(till):
    """The next page of one statement cannot be asked of a statement over other days."""
    marker = till.statement("Museum Till", march(5), march(12), limit=1).next_page
    with pytest.raises(CursorError, match="belongs to another statement"):
        till.statement("Museum Till", march(5), march(11), limit=1, page=marker)


def test_a_page_belongs_to_its_order(till):
    """The next page of a statement cannot be asked in the opposite order."""
    marker = till.statement("Museum Till", limit=1).next_page
    with pytest.raises(CursorError, match="belongs to another statement"):
        till.statement("Museum Till", limit=1, page=marker, newest_first=True)


@pytest.mark.parametrize(
    "marker",
    ["%%%", "bm90IGpzb24=", "", "WzFd", "MTI="],
    ids=["junk", "text", "empty", "short", "number"],
)
def test_an_unreadable_page_is_refused(till, marker):
    """A damaged reference to a page is refused."""
    with pytest.raises(CursorError, match="this page marker cannot be read"):
        till.statement("Museum Till", page=marker)


def test_a_page_on_an_impossible_day_is_refused(till):
    """A reference to a page whose date does not exist is refused."""
    content = json.dumps(["museum-till", "None", "None", "asc", "2026-02-30", 1])
    marker = base64.urlsafe_b64encode(content.encode()).decode()
    with pytest.raises(CursorError, match="cannot be read"):
        till.statement("Museum Till", page=marker)


def test_blanks_around_a_page_reference_do_not_matter(till):
    """A reference to the next page may be copied with blanks around it."""
    marker = till.statement("Museum Till", limit=4).next_page
    page = till.statement("Museum Till", page=f" {marker}\n")
    assert amounts(page.lines) == ["5 JPY"]


@pytest.fixture
def salon(ledger):
    """A hairdresser's March with two payments in and two out, and one payment in February."""
    ledger.open_account("Salon Rosa", "EUR")
    ledger.deposit("Salon Rosa", eur("500.00"), value_date=date(2026, 2, 28))
    ledger.deposit("Salon Rosa", eur("1240.50"), reference="Cards; week 9", value_date=march(1))
    ledger.withdraw("Salon Rosa", eur("310.00"), reference="Rent")
    ledger.withdraw("Salon Rosa", eur("42.25"))
    ledger.deposit("Salon Rosa", eur("75.00"))
    return ledger


def test_a_summary_adds_up_what_came_in_and_went_out(salon):
    """The summary of a month adds up incoming and outgoing money separately."""
    summary = salon.summary("Salon Rosa", "2026-03")
    assert (summary.incoming, summary.outgoing) == (eur("1315.50"), eur("352.25"))
    assert summary.movements == 4


def test_a_summary_leads_from_opening_to_closing(salon):
    """The summary of a month shows the balances before and after it."""
    summary = salon.summary("Salon Rosa", "2026-03")
    assert (summary.opening, summary.closing) == (eur("500.00"), eur("1463.25"))


def test_a_summary_names_the_largest_movement(ledger):
    """The largest movement of a month is found by its size, whichever way the money went."""
    ledger.open_account("Carpenter", "USD")
    ledger.set_overdraft("Carpenter", usd("900.00"))
    ledger.deposit("Carpenter", usd("410.00"))
    ledger.withdraw("Carpenter", usd("411.00"), reference="Saw")
    assert ledger.summary("Carpenter", " 2026-03 ").largest.reference == "Saw"


def test_among_equals_the_latest_movement_is_the_largest(ledger):
    """Of several movements of equal size the one booked last counts as the largest."""
    ledger.open_account("Plumber", "USD")
    ledger.deposit("Plumber", usd("60.00"), reference="first")
    ledger.deposit("Plumber", usd("60.00"), reference="second")
    assert ledger.summary("Plumber", "2026-03").largest.reference == "second"


def test_an_empty_month_has_an_empty_summary(salon):
    """The summary of a month without movements counts nothing and names no largest movement."""
    summary = salon.summary("Salon Rosa", "2026-01")
    assert (summary.movements, summary.incoming, summary.largest) == (0, eur("0"), None)


def test_a_month_can_be_exported(salon):
    """The export of a month has a heading and one line for each movement."""
    assert salon.export_statement("Salon Rosa", "2026-03").splitlines() == [
        "date,description,reference,amount,balance",
        "2026-03-01,Deposit,Cards; week 9,1240.50,1740.50",
        "2026-03-16,Withdrawal,Rent,-310.00,1430.50",
        "2026-03-16,Withdrawal,,-42.25,1388.25",
        "2026-03-16,Deposit,,75.00,1463.25",
    ]


def test_exports_suit_other_countries(salon):
    """An export can use semicolons between its columns and a comma for the decimals."""
    export = salon.export_statement("Salon Rosa", "2026-03", delimiter=";", decimal_mark=",")
    assert export.splitlines()[1] == '2026-03-01;Deposit;"Cards; week 9";1240,50;1740,50'


def test_an_emptied_account_is_exported_without_a_sign(ledger):
    """After an account was emptied its export shows a balance of zero without a minus."""
    funded(ledger, "Pop-up Store", jpy("5200"))
    ledger.withdraw("Pop-up Store", jpy("5200"))
    export = ledger.export_statement("Pop-up Store", "2026-03")
    assert export.endswith("5200,5200\n2026-03-16,Withdrawal,,-5200,0\n")
