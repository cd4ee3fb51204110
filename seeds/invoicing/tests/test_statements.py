import logging

import pytest
from counterfoil.problems import DateError, NothingError, WordingError
from papers import issued


@pytest.fixture
def busy(office, hale):
    """A customer with five movements in February and March."""
    issued(office, hale, "100.00", on="2026-02-02")
    office.receive(hale, "10.00", on="2026-02-16")
    office.receive(hale, "20.00", on="2026-02-16")
    office.receive(hale, "30.00", on="2026-02-28")
    office.receive(hale, "40.00")
    return hale


class TestStatements:
    def test_movements(self, office, hale):
        """A statement lists each movement with what is owed after it."""
        issued(office, hale, "10.00")
        office.receive(hale, "4.00")
        seen = office.statement(hale)
        assert seen.lines == (
            "2026-03-02 invoice INV-2026-0001: 10.00 EUR, 10.00 EUR",
            "2026-03-02 payment PAY-2026-0001: -4.00 EUR, 6.00 EUR",
        )
        assert (seen.opening, seen.closing, seen.next) == ("0.00 EUR", "6.00 EUR", None)

    def test_by_day(self, office, hale):
        """Movements stand in the order of their days."""
        issued(office, hale, "10.00")
        office.receive(hale, "4.00", on="2026-02-28")
        assert [line[:10] for line in office.statement(hale).lines] == ["2026-02-28", "2026-03-02"]

    def test_on_one_day(self, office, hale):
        """Movements of one day stand in the order in which they were entered."""
        office.receive(hale, "4.00")
        issued(office, hale, "10.00")
        office.receive(hale, "3.00")
        kinds = [line.split()[1] for line in office.statement(hale).lines]
        assert kinds == ["payment", "invoice", "payment"]

    def test_from_a_day_on(self, office, busy):
        """What lies before the first day is in the opening balance."""
        seen = office.statement(busy, since="2026-02-28")
        assert (seen.opening, len(seen.lines), seen.closing) == ("70.00 EUR", 2, "0.00 EUR")

    def test_the_first_day(self, office, busy):
        """A statement begins with the movements of its first day."""
        seen = office.statement(busy, since="2026-02-16")
        assert (seen.opening, len(seen.lines)) == ("100.00 EUR", 4)

    def test_up_to_a_day(self, office, busy):
        """What lies after the last day is left out."""
        seen = office.statement(busy, until="2026-02-27")
        assert (seen.opening, len(seen.lines), seen.closing) == ("0.00 EUR", 3, "70.00 EUR")

    def test_the_last_day(self, office, busy):
        """A statement ends with the movements of its last day."""
        seen = office.statement(busy, until="2026-02-28")
        assert (len(seen.lines), seen.closing) == (4, "40.00 EUR")

    def test_one_day(self, office, busy):
        """A statement can be about a single day."""
        seen = office.statement(busy, since="2026-02-16", until="2026-02-16")
        assert (seen.opening, len(seen.lines), seen.closing) == ("100.00 EUR", 2, "70.00 EUR")

    def test_no_movements(self, office, busy):
        """Without movements, a statement closes as it opens."""
        seen = office.statement(busy, since="2026-02-20", until="2026-02-21")
        assert (seen.opening, seen.lines, seen.closing) == ("70.00 EUR", (), "70.00 EUR")

    def test_the_wrong_way_round(self, office, busy):
        """A statement can't end before it begins."""
        with pytest.raises(
            DateError, match="the end of a statement can't be earlier than"
        ) as problem:
            office.statement(busy, since="2026-02-20", until="2026-02-19")
        assert str(problem.value.limit) == "2026-02-20"

    def test_other_currencies(self, office, busy):
        """What is owed in another currency has statements of its own."""
        issued(office, busy, "5.00", currency="USD")
        seen = office.statement(busy, currency=" usd ")
        assert (seen.lines, seen.closing) == (
            ("2026-03-02 invoice INV-2026-0002: 5.00 USD, 5.00 USD",),
            "5.00 USD",
        )

    def test_days_that_are_none(self, office, hale):
        """The days of a statement are days."""
        with pytest.raises(WordingError, match="“spring” is no day"):
            office.statement(hale, since="spring")
        with pytest.raises(WordingError, match="“” is no day"):
            office.statement(hale, until="")

    def test_empty_days(self, office, hale):
        """An empty day is none, neither for a balance nor for a payment."""
        with pytest.raises(WordingError, match="“” is no day"):
            office.balance(hale, on="")
        with pytest.raises(WordingError, match="“” is no day"):
            office.receive(hale, "1.00", on="")


class TestPages:
    def test_first_page(self, office, busy):
        """The first page closes with what was owed after its last line."""
        seen = office.statement(busy, limit=2)
        assert (seen.opening, len(seen.lines), seen.closing) == ("0.00 EUR", 2, "90.00 EUR")

    def test_next_page(self, office, busy):
        """The next page opens as the page before closed, with the movement that follows."""
        first = office.statement(busy, limit=2)
        second = office.statement(busy, limit=2, after=first.next)
        assert (second.opening, second.lines[0]) == (
            "90.00 EUR",
            "2026-02-16 payment PAY-2026-0002: -20.00 EUR, 70.00 EUR",
        )

    def test_last_page(self, office, busy):
        """The last page has what is left, and none after it."""
        second = office.statement(busy, limit=2, after=office.statement(busy, limit=2).next)
        third = office.statement(busy, limit=2, after=second.next)
        assert (len(third.lines), third.closing, third.next) == (1, "0.00 EUR", None)

    def test_just_full(self, office, busy):
        """After a last page that is just full there is no other."""
        assert office.statement(busy, limit=5).next is None
        assert office.statement(busy, limit=4).next is not None

    def test_a_line_a_page(self, office, busy):
        """A page may have a single line."""
        assert len(office.statement(busy, limit=1).lines) == 1

    def test_twenty_lines(self, office, hale):
        """Without a limit a page has twenty lines."""
        for _ in range(21):
            office.receive(hale, "1.00")
        seen = office.statement(hale)
        assert (len(seen.lines), seen.closing) == (20, "-20.00 EUR")

    def test_pages_within_days(self, office, busy):
        """Pages can be turned within a span of days."""
        first = office.statement(busy, since="2026-02-16", until="2026-02-28", limit=2)
        second = office.statement(
            busy, since="2026-02-16", until="2026-02-28", limit=2, after=first.next
        )
        assert (second.opening, second.closing, second.next) == ("70.00 EUR", "40.00 EUR", None)

    def test_pages_without_lines(self, office, busy):
        """A page has a line at least."""
        with pytest.raises(NothingError, match="a line for each page is needed"):
            office.statement(busy, limit=0)

    @pytest.mark.parametrize("after", ["", "2026-02-16/x"], ids=range(2))
    def test_places_that_are_none(self, office, busy, after):
        """A page begins where another one ended."""
        with pytest.raises(WordingError):
            office.statement(busy, after=after)


class TestBalances:
    def test_at_the_end_of_a_day(self, office, busy):
        """A balance counts the movements of its day."""
        assert office.balance(busy, on="2026-02-27") == "70.00 EUR"
        assert office.balance(busy, on="2026-02-28") == "40.00 EUR"

    def test_after_an_invoice(self, office, hale):
        """A balance that was asked for before an invoice is another one after it."""
        assert office.balance(hale) == "0.00 EUR"
        issued(office, hale, "1.00")
        assert office.balance(hale) == "1.00 EUR"

    def test_after_a_payment(self, office, hale):
        """A balance that was asked for before a payment is another one after it."""
        assert office.balance(hale) == "0.00 EUR"
        office.receive(hale, "40.00")
        assert office.balance(hale) == "-40.00 EUR"

    def test_after_writing_off(self, office, hale):
        """A statement that was read before a write-off has another line after it."""
        number = issued(office, hale, "10.00")
        office.statement(hale)
        office.write_off(number, "Bankrupt")
        assert office.statement(hale).closing == "0.00 EUR"

    def test_looked_up_once(self, office, hale, caplog):
        """A balance that is asked for again is looked up again only after a change."""
        caplog.set_level(logging.DEBUG, logger="counterfoil.enquiries")
        for _ in range(2):
            office.balance(hale)
        assert len(caplog.records) == 1
        office.receive(hale, "1.00")
        for _ in range(2):
            office.balance(hale)
        assert len(caplog.records) == 2

    def test_looked_up_for_whom(self, office, hale, caplog):
        """A change of another customer's affairs makes nothing be looked up again."""
        caplog.set_level(logging.DEBUG, logger="counterfoil.enquiries")
        office.enrol("Quay Fish")
        office.balance(hale)
        office.receive("Quay Fish", "1.00")
        office.balance(hale)
        facts = [record.facts for record in caplog.records]
        assert facts == [{"customer": "hale & sons", "currency": "EUR"}]

    def test_after_a_refund(self, office, hale):
        """A balance that was asked for before a refund is another one after it."""
        office.receive(hale, "40.00")
        assert office.balance(hale) == "-40.00 EUR"
        office.refund(hale, "15.00")
        assert office.balance(hale) == "-25.00 EUR"

    def test_two_currencies(self, office, hale):
        """The balance in one currency is not given for another."""
        issued(office, hale, "10.00")
        issued(office, hale, "20.00", currency="USD")
        assert office.balance(hale) == "10.00 EUR"
        assert office.balance(hale, currency="USD") == "20.00 USD"

    def test_two_customers(self, office, hale):
        """The balance of one customer is not given for another."""
        office.enrol("Quay Fish")
        issued(office, hale, "10.00")
        assert office.balance(hale) == "10.00 EUR"
        assert office.balance("Quay Fish") == "0.00 EUR"

    def test_large_amounts(self, office, hale):
        """Large amounts are written with commas."""
        issued(office, hale, "1,234,567.5")
        assert office.balance(hale) == "1,234,567.50 EUR"
