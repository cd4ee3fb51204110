import pytest
from papers import issued


@pytest.fixture
def late(office):
    """A customer whose invoices are due on receipt."""
    office.enrol("Late Bloom", terms="on receipt")
    return "Late Bloom"


class TestTheLadder:
    def test_three_days_late(self, office, late, clock):
        """The reminder goes out on the third day after the due day."""
        issued(office, late, "10.00")
        clock.advance(days=3)
        assert office.remind() == 1
        assert office.letters(late) == ["2026-03-05 reminder: INV-2026-0001: 10.00 EUR"]

    def test_two_days_late(self, office, late, clock):
        """Two days after the due day no reminder goes out."""
        issued(office, late, "10.00")
        clock.advance(days=2)
        assert office.remind() == 0
        assert office.letters(late) == []

    def test_demands(self, office, late, clock):
        """The demand goes out on the seventeenth day."""
        issued(office, late, "10.00")
        clock.advance(days=3)
        office.remind()
        clock.advance(days=13)
        assert office.remind() == 0
        clock.advance(days=1)
        office.remind()
        assert office.letters(late)[1:] == ["2026-03-19 demand: INV-2026-0001: 10.00 EUR"]

    def test_one_step_at_a_time(self, office, late, clock):
        """However late an invoice is, it climbs one step with each letter."""
        issued(office, late, "10.00", on="2026-01-02")
        office.remind()
        clock.advance(days=7)
        office.remind()
        clock.advance(days=7)
        office.remind()
        assert office.letters(late) == [
            "2026-03-02 reminder: INV-2026-0001: 10.00 EUR",
            "2026-03-09 demand: INV-2026-0001: 10.00 EUR",
            "2026-03-16 final demand: INV-2026-0001: 10.00 EUR",
        ]

    def test_final_demands(self, office, late, clock):
        """The final demand goes out on the thirty-first day."""
        issued(office, late, "10.00")
        for days in (3, 14, 13):
            clock.advance(days=days)
            office.remind()
        assert len(office.letters(late)) == 2
        clock.advance(days=1)
        assert office.remind() == 1

    def test_no_further(self, office, late, clock):
        """After the final demand no more letters go out."""
        issued(office, late, "10.00", on="2026-01-02")
        for _ in range(3):
            office.remind()
            clock.advance(days=7)
        assert office.remind() == 0

    def test_a_week_between(self, office, late, clock):
        """Between two letters about an invoice lies a week."""
        issued(office, late, "10.00", on="2026-01-02")
        office.remind()
        clock.advance(days=6)
        assert office.remind() == 0
        clock.advance(days=1)
        assert office.remind() == 1

    def test_twice_a_day(self, office, late, clock):
        """A second run on a day writes no second letter."""
        issued(office, late, "10.00", on="2026-01-02")
        assert (office.remind(), office.remind()) == (1, 0)


class TestLetters:
    def test_all_in_one(self, office, late, clock):
        """What a customer is late with goes into one letter."""
        issued(office, late, "10.00")
        issued(office, late, "20.00")
        clock.advance(days=3)
        assert office.remind() == 1
        assert office.letters(late) == [
            "2026-03-05 reminder: INV-2026-0001, INV-2026-0002: 30.00 EUR"
        ]

    def test_the_highest_step(self, office, late, clock):
        """A letter is as stern as the sternest step in it."""
        issued(office, late, "10.00", on="2026-02-02")
        office.remind()
        clock.advance(days=4)
        issued(office, late, "20.00")
        clock.advance(days=3)
        office.remind()
        assert (
            office.letters(late)[1] == "2026-03-09 demand: INV-2026-0001, INV-2026-0002: 30.00 EUR"
        )

    def test_own_ladders(self, office, late, clock):
        """In a stern letter, too, each invoice climbs a ladder of its own."""
        issued(office, late, "10.00", on="2026-02-02")
        office.remind()
        clock.advance(days=4)
        issued(office, late, "20.00")
        for days in (3, 14):
            clock.advance(days=days)
            office.remind()
        assert office.letters(late)[2:] == [
            "2026-03-23 final demand: INV-2026-0001, INV-2026-0002: 30.00 EUR"
        ]
        clock.advance(days=14)
        assert office.remind() == 1

    def test_what_is_still_owed(self, office, late, clock):
        """A letter is about what is still owed."""
        issued(office, late, "10.00")
        office.receive(late, "4.00")
        clock.advance(days=3)
        office.remind()
        assert office.letters(late) == ["2026-03-05 reminder: INV-2026-0001: 6.00 EUR"]

    def test_five_in_a_letter(self, office, late, clock):
        """Five invoices go into one letter."""
        for _ in range(5):
            issued(office, late, "1.00", on="2026-02-02")
        assert office.remind() == 1

    def test_six_make_two(self, office, late, clock):
        """The sixth invoice makes another letter."""
        for _ in range(6):
            issued(office, late, "1.00", on="2026-02-02")
        assert office.remind() == 2
        assert office.letters(late)[1] == "2026-03-02 reminder: INV-2026-0006: 1.00 EUR"

    def test_by_currency(self, office, late, clock):
        """What is owed in another currency makes another letter."""
        issued(office, late, "20.00", currency="USD")
        issued(office, late, "10.00")
        clock.advance(days=3)
        assert office.remind() == 2
        assert office.letters(late) == [
            "2026-03-05 reminder: INV-2026-0002: 10.00 EUR",
            "2026-03-05 reminder: INV-2026-0001: 20.00 USD",
        ]

    def test_by_customer(self, office, late, clock):
        """Each customer has letters of their own."""
        office.enrol("Alder Farm", terms="on receipt")
        issued(office, late, "10.00")
        issued(office, "Alder Farm", "20.00")
        clock.advance(days=3)
        assert office.remind() == 2
        assert office.letters("alder farm") == ["2026-03-05 reminder: INV-2026-0002: 20.00 EUR"]


class TestSpared:
    def test_disputed(self, office, late, clock):
        """No letters go out about what is in dispute."""
        office.dispute(issued(office, late, "10.00"), "Not ordered")
        clock.advance(days=3)
        assert office.remind() == 0

    def test_after_a_dispute(self, office, late, clock):
        """When a quarrel is over, letters go out again."""
        number = issued(office, late, "10.00")
        office.dispute(number, "Not ordered")
        clock.advance(days=3)
        office.resolve(number)
        assert office.remind() == 1

    def test_paid(self, office, late, clock):
        """No letters go out about what was paid."""
        issued(office, late, "10.00")
        office.receive(late, "10.00")
        clock.advance(days=3)
        assert office.remind() == 0

    def test_who_asked_for_it(self, office, late, clock):
        """Who has asked to be left alone gets no letters, and others do."""
        office.enrol("Alder Farm", terms="on receipt", reminders=False)
        issued(office, late, "10.00")
        issued(office, "Alder Farm", "20.00")
        clock.advance(days=3)
        assert office.remind() == 1
        assert office.letters("Alder Farm") == []

    def test_bounced(self, office, late, clock):
        """After a payment has bounced the letters go on where they were."""
        issued(office, late, "10.00", on="2026-02-02")
        office.remind()
        payment = office.receive(late, "10.00")
        clock.advance(days=7)
        assert office.remind() == 0
        office.bounce(payment)
        office.remind()
        assert office.letters(late)[1] == "2026-03-09 demand: INV-2026-0001: 10.00 EUR"
