import pytest
from counterfoil.problems import NothingError, StageError
from papers import issued, stage


class TestDisputes:
    def test_put_aside(self, office, hale):
        """An invoice that a customer objects to is disputed."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Not ordered")
        assert stage(office, number) == ("disputed", "10.00 EUR")

    def test_passed_over(self, office, hale):
        """A payment passes a disputed invoice over."""
        first, second = issued(office, hale, "10.00"), issued(office, hale, "10.00")
        office.dispute(first, "Not ordered")
        office.receive(hale, "15.00")
        assert (stage(office, first)[0], stage(office, second)[0]) == ("disputed", "paid")

    def test_named(self, office, hale):
        """A disputed invoice that is named can be paid."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Not ordered")
        office.receive(hale, "10.00", against=number)
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_paid_in_part(self, office, hale):
        """A disputed invoice that is paid in part stays disputed."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Too much")
        office.receive(hale, "6.00", against=number)
        assert stage(office, number) == ("disputed", "4.00 EUR")

    def test_resolved(self, office, hale):
        """When a quarrel is over, an invoice is open again."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Not ordered")
        office.resolve(number)
        assert stage(office, number) == ("open", "10.00 EUR")

    def test_resolved_as_it_stands(self, office, hale):
        """What was paid during a quarrel counts when it is over."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Too much")
        office.receive(hale, "6.00", against=number)
        office.resolve(number)
        assert stage(office, number) == ("part paid", "4.00 EUR")

    def test_paid_invoices(self, office, hale):
        """A paid invoice can't be disputed."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "10.00")
        with pytest.raises(StageError, match="INV-2026-0001 is paid and can't be disputed"):
            office.dispute(number, "Not ordered")

    def test_twice(self, office, hale):
        """A disputed invoice can't be disputed again."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Not ordered")
        with pytest.raises(StageError, match="is disputed and can't be disputed"):
            office.dispute(number, "Not ordered")

    def test_nothing_to_resolve(self, office, hale):
        """Only a quarrel can be resolved."""
        number = issued(office, hale, "10.00")
        with pytest.raises(StageError, match="INV-2026-0001 is open and can't be resolved"):
            office.resolve(number)

    def test_reasons(self, office, hale):
        """A quarrel has a reason."""
        number = issued(office, hale, "10.00")
        with pytest.raises(NothingError, match="a reason is needed"):
            office.dispute(number, " ")
        assert stage(office, number)[0] == "open"

    def test_bounced_meanwhile(self, office, hale):
        """When a payment for a disputed invoice bounces, it stays disputed."""
        number = issued(office, hale, "10.00")
        payment = office.receive(hale, "6.00")
        office.dispute(number, "Too much")
        office.bounce(payment)
        assert stage(office, number) == ("disputed", "10.00 EUR")


class TestWritingOff:
    def test_given_up(self, office, hale):
        """What is written off is owed no more."""
        number = issued(office, hale, "10.00")
        office.write_off(number, "Bankrupt")
        assert stage(office, number) == ("written off", "0.00 EUR")
        assert office.balance(hale) == "0.00 EUR"

    def test_the_rest(self, office, hale):
        """Only what is still owed is written off."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "4.00")
        office.write_off(number.lower(), "Bankrupt")
        assert office.statement(hale).lines[-1] == (
            "2026-03-02 write-off INV-2026-0001: -6.00 EUR, 0.00 EUR"
        )

    def test_paid_invoices(self, office, hale):
        """A paid invoice can't be written off."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "10.00")
        with pytest.raises(StageError, match="INV-2026-0001 is paid and can't be written off"):
            office.write_off(number, "Bankrupt")

    def test_disputed_invoices(self, office, hale):
        """A disputed invoice can be written off."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Not ordered")
        office.write_off(number, "Not worth a quarrel")
        assert stage(office, number)[0] == "written off"

    def test_bounced_later(self, office, hale):
        """When a payment bounces after the rest was written off, only the payment is owed again."""
        number = issued(office, hale, "10.00")
        payment = office.receive(hale, "4.00")
        office.write_off(number, "Bankrupt")
        office.bounce(payment)
        assert stage(office, number) == ("open", "4.00 EUR")

    def test_one_of_two_bounced(self, office, hale):
        """When one of two payments bounces after the rest was written off, the other one still counts."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "3.00")
        payment = office.receive(hale, "4.00")
        office.write_off(number, "Bankrupt")
        office.bounce(payment)
        assert stage(office, number) == ("part paid", "4.00 EUR")

    def test_paid_after_all(self, office, hale):
        """An invoice that was written off in part is written off again when the rest is paid."""
        number = issued(office, hale, "10.00")
        payment = office.receive(hale, "4.00")
        office.write_off(number, "Bankrupt")
        office.bounce(payment)
        office.receive(hale, "4.00")
        assert stage(office, number) == ("written off", "0.00 EUR")

    def test_reasons(self, office, hale):
        """Nothing is written off without a reason."""
        number = issued(office, hale, "10.00")
        with pytest.raises(NothingError, match="a reason is needed"):
            office.write_off(number, "")
        assert stage(office, number)[0] == "open"


class TestWhatIsOutstanding:
    def test_list(self, office, hale, clock):
        """What is owed is listed with how long it has been overdue."""
        issued(office, hale, "10.00", on="2026-01-05")
        issued(office, hale, "20.00")
        office.receive(hale, "4.00")
        assert office.outstanding(hale) == [
            "INV-2026-0001: 6.00 EUR, part paid, 26 day(s) overdue",
            "INV-2026-0002: 20.00 EUR, open, 0 day(s) overdue",
        ]

    def test_due_today(self, office, hale, clock):
        """What is due today is not overdue."""
        issued(office, hale, "10.00")
        clock.advance(days=30)
        assert office.outstanding(hale) == ["INV-2026-0001: 10.00 EUR, open, 0 day(s) overdue"]
        clock.advance(days=1)
        assert office.outstanding(hale) == ["INV-2026-0001: 10.00 EUR, open, 1 day(s) overdue"]

    def test_disputed_ones_too(self, office, hale):
        """What is in dispute is still outstanding."""
        office.dispute(issued(office, hale, "10.00"), "Not ordered")
        assert office.outstanding(hale) == ["INV-2026-0001: 10.00 EUR, disputed, 0 day(s) overdue"]

    def test_settled_ones(self, office, hale):
        """What was paid, credited or written off is not outstanding."""
        paid, credited, lost = (issued(office, hale, "10.00") for _ in range(3))
        office.receive(hale, "10.00", against=paid)
        office.credit_all(credited, reason="Returned")
        office.write_off(lost, "Bankrupt")
        assert office.outstanding(hale) == []

    def test_by_currency(self, office, hale):
        """What is owed in another currency is listed apart."""
        issued(office, hale, "10.00")
        issued(office, hale, "20.00", currency="USD")
        assert office.outstanding(hale, currency="USD") == [
            "INV-2026-0002: 20.00 USD, open, 0 day(s) overdue"
        ]
