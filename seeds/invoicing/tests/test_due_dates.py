import pytest
from counterfoil.problems import UnknownError, WordingError
from papers import goods, issued


def due(office, terms, on):
    """The due day of an invoice of a customer with these terms."""
    office.enrol("Quay Fish", terms=terms)
    return office.invoice(issued(office, "Quay Fish", "1.00", on=on)).due_on


class TestTerms:
    @pytest.mark.parametrize(
        ("terms", "day"),
        [
            ("On  receipt", "2026-02-10"),
            ("1 day", "2026-02-11"),
            ("14 days", "2026-02-24"),
            ("2 Months", "2026-04-10"),
            ("11 months", "2027-01-11"),
            ("end of month", "2026-02-27"),
            ("30 days end of month", "2026-03-31"),
            ("2 months end of month", "2026-04-30"),
        ],
        ids=range(8),
    )
    def test_terms(self, office, terms, day):
        """Days or months are counted from the day of the invoice, to the month's end where agreed."""
        assert due(office, terms, "2026-02-10") == day

    @pytest.mark.parametrize(
        "terms",
        [" ", "1000 days", "30 days or so", "30 daysend of month"],
        ids=range(4),
    )
    def test_terms_that_make_no_sense(self, office, terms):
        """Terms that can't be read are refused as they were written."""
        with pytest.raises(WordingError, match="is no term of payment") as problem:
            office.enrol("Quay Fish", terms=terms)
        assert problem.value.given == terms

    def test_thirty_days(self, office, hale):
        """Without other terms thirty days are given."""
        assert office.invoice(issued(office, hale, "1.00")).due_on == "2026-04-01"

    def test_long_months(self, office, clock):
        """A month after the last of January is the last of February."""
        clock.turn_to("2028-03-01T09:00")
        assert due(office, "1 month", "2028-01-31") == "2028-02-29"

    def test_days_before_the_month_ends(self, office):
        """Days are counted first, and then the month they lead into is lived to its end."""
        assert due(office, "10 days end of month", "2026-02-27") == "2026-03-31"

    def test_last_days(self, office):
        """An invoice of the last day of a month is due on it at the end of the month."""
        assert due(office, "end of month", "2025-12-31") == "2025-12-31"


class TestDaysOff:
    def test_saturdays(self, office):
        """What falls on a Saturday is due on Monday."""
        assert due(office, "5 days", "2026-03-02") == "2026-03-09"

    def test_sundays(self, office):
        """What falls on a Sunday is due on Monday."""
        assert due(office, "6 days", "2026-03-02") == "2026-03-09"

    def test_fridays(self, office):
        """What falls on a Friday is due on Friday."""
        assert due(office, "4 days", "2026-03-02") == "2026-03-06"

    def test_month_ends(self, office):
        """A month that ends on a Sunday is over for payers on the Friday before."""
        assert due(office, "3 months end of month", "2026-02-02") == "2026-05-29"

    def test_holidays(self, office):
        """What falls on a holiday is due on the next working day."""
        office.close_on("2026-03-06")
        assert due(office, "4 days", "2026-03-02") == "2026-03-09"

    def test_holidays_in_a_row(self, office):
        """Holidays after a Sunday put a due day off further."""
        office.close_on("2026-03-09")
        office.close_on("2026-03-10")
        assert due(office, "5 days", "2026-03-02") == "2026-03-11"

    def test_holidays_at_the_end_of_a_month(self, office):
        """A holiday on the last day of a month brings the due day forward."""
        office.close_on("2026-03-31")
        assert due(office, "30 days end of month", "2026-02-16") == "2026-03-30"

    def test_a_holiday_twice(self, office):
        """A holiday that is entered twice is one holiday."""
        office.close_on("2026-03-06")
        office.close_on(" 2026-03-06 ")
        assert due(office, "4 days", "2026-03-02") == "2026-03-09"

    def test_promised_days(self, office, hale):
        """A holiday that is entered later leaves promised days alone."""
        number = issued(office, hale, "1.00")
        office.close_on("2026-04-01")
        assert office.invoice(number).due_on == "2026-04-01"
        assert office.invoice(issued(office, hale, "1.00")).due_on == "2026-04-02"


class TestEarlyDays:
    @pytest.mark.parametrize(
        ("early", "day"),
        [
            ("2% 10 days", "2026-03-12"),
            ("2 %  1 DAY", "2026-03-03"),
            ("0.5% 5 days", "2026-03-09"),
            ("2% 0 days", "2026-03-02"),
        ],
        ids=["ten", "one", "saturday", "none"],
    )
    def test_last_day(self, office, early, day):
        """The discount for early payers can be had up to a working day."""
        office.enrol("Quay Fish", early=early)
        assert office.invoice(issued(office, "Quay Fish", "1.00")).discount_until == day

    @pytest.mark.parametrize(
        "early",
        ["2 10 days", "2% 10 days or so"],
        ids=range(2),
    )
    def test_early_terms_that_make_no_sense(self, office, early):
        """A discount for early payers is a rate and a number of days."""
        with pytest.raises(WordingError, match="is no early payment discount"):
            office.enrol("Quay Fish", early=early)

    def test_dated_back(self, office):
        """The days of early payers are counted from the day of the invoice."""
        office.enrol("Quay Fish", early="2% 10 days")
        number = issued(office, "Quay Fish", "1.00", on="2026-02-23")
        assert office.invoice(number).discount_until == "2026-03-05"

    def test_no_discount(self, office, hale):
        """Without an agreement there is no day for early payers."""
        assert office.invoice(issued(office, hale, "1.00")).discount_until == ""

    def test_drafts(self, office):
        """A draft promises no discount yet."""
        office.enrol("Quay Fish", early="2% 10 days")
        assert office.look_at(office.draft("Quay Fish", goods("1.00"))).discount_until == ""

    def test_unknown_drafts(self, office):
        """A draft that nobody has begun is not found."""
        with pytest.raises(UnknownError, match="there is no draft 7") as problem:
            office.look_at(7)
        assert problem.value.given == "7"
