import pytest
from papers import issued, stage


@pytest.fixture
def brisk(office):
    """A customer with two per cent off within ten days."""
    office.enrol("Brisk Cycles", early="2% 10 days")
    return "Brisk Cycles"


class TestInTime:
    def test_less_the_discount(self, office, brisk):
        """Who pays in time may leave the discount out."""
        number = issued(office, brisk, "100.00")
        office.receive(brisk, "98.00")
        assert stage(office, number) == ("paid", "0.00 EUR")
        assert office.balance(brisk) == "0.00 EUR"

    def test_a_cent_too_little(self, office, brisk):
        """Who leaves out a cent more than the discount owes the discount too."""
        number = issued(office, brisk, "100.00")
        office.receive(brisk, "97.99")
        assert stage(office, number) == ("part paid", "2.01 EUR")

    def test_the_full_amount(self, office, brisk):
        """Who pays all of it in time has the discount on account."""
        issued(office, brisk, "100.00")
        payment = office.receive(brisk, "100.00")
        assert office.voucher(payment).left == "2.00 EUR"

    def test_the_last_day(self, office, brisk, clock):
        """The discount can be had on its last day."""
        number = issued(office, brisk, "100.00")
        clock.advance(days=10)
        office.receive(brisk, "98.00")
        assert stage(office, number)[0] == "paid"

    def test_a_day_late(self, office, brisk, clock):
        """The discount can't be had a day later."""
        number = issued(office, brisk, "100.00")
        clock.advance(days=11)
        office.receive(brisk, "98.00")
        assert stage(office, number) == ("part paid", "2.00 EUR")

    def test_day_of_arrival(self, office, brisk, clock):
        """What counts is the day on which the money arrived."""
        number = issued(office, brisk, "100.00")
        clock.advance(days=20)
        office.receive(brisk, "98.00", on="2026-03-12")
        assert stage(office, number)[0] == "paid"

    def test_the_last_part(self, office, brisk):
        """The discount goes to the payment that settles the rest."""
        number = issued(office, brisk, "100.00")
        office.receive(brisk, "50.00")
        payment = office.receive(brisk, "48.00")
        assert office.voucher(payment).spent_on == (f"{number}: 48.00 EUR, discount 2.00 EUR",)

    def test_a_cent_more_than_the_discount(self, office, brisk):
        """Where a cent more is owed than the discount, a cent settles it."""
        number = issued(office, brisk, "100.00")
        office.receive(brisk, "97.99")
        office.receive(brisk, "0.01")
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_no_more_than_the_discount(self, office, brisk, clock):
        """Where no more is owed than the discount, it is not granted."""
        number = issued(office, brisk, "100.00")
        clock.advance(days=20)
        office.receive(brisk, "98.00")
        office.receive(brisk, "1.00", on="2026-03-12")
        assert stage(office, number) == ("part paid", "1.00 EUR")

    def test_rounding(self, office):
        """The discount is rounded as agreed."""
        office.enrol("Quay Fish", early="2.5% 10 days", rounding="half even")
        number = issued(office, "Quay Fish", "0.20", "0.80")
        office.receive("Quay Fish", "0.97")
        assert stage(office, number) == ("part paid", "0.03 EUR")
        office.receive("Quay Fish", "0.01")
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_several_invoices(self, office, brisk):
        """Each invoice that a payment settles in time has its discount."""
        first, second = issued(office, brisk, "100.00"), issued(office, brisk, "50.00")
        office.receive(brisk, "147.00")
        assert (stage(office, first)[0], stage(office, second)[0]) == ("paid", "paid")

    def test_only_the_first(self, office, brisk):
        """An invoice that a payment does not settle in time has no discount, though the one before has."""
        issued(office, brisk, "100.00")
        second = issued(office, brisk, "50.00")
        office.receive(brisk, "146.99")
        assert stage(office, second) == ("part paid", "1.01 EUR")

    def test_the_agreement_of_its_day(self, office, brisk):
        """An invoice keeps the discount that was agreed when it was issued."""
        number = issued(office, brisk, "100.00")
        office.amend(brisk, early="5% 30 days")
        office.receive(brisk, "95.00")
        assert stage(office, number) == ("part paid", "5.00 EUR")

    def test_on_the_account(self, office, brisk):
        """A discount stands on the account beside its payment."""
        issued(office, brisk, "100.00")
        office.receive(brisk, "98.00")
        assert office.statement(brisk).lines[1:] == (
            "2026-03-02 payment PAY-2026-0001: -98.00 EUR, 2.00 EUR",
            "2026-03-02 discount INV-2026-0001: -2.00 EUR, 0.00 EUR",
        )

    def test_money_on_account(self, office, brisk):
        """An advance that is applied has the discount as well."""
        office.receive(brisk, "98.00")
        number = issued(office, brisk, "100.00")
        office.apply(brisk)
        assert stage(office, number)[0] == "paid"

    def test_credit_notes(self, office, brisk):
        """A credit note that is applied to another invoice has no discount."""
        returned = issued(office, brisk, "98.00")
        office.receive(brisk, "96.04")
        office.credit_all(returned, reason="Returned")
        number = issued(office, brisk, "98.00")
        office.apply(brisk)
        assert stage(office, number) == ("part paid", "1.96 EUR")


class TestTakenBack:
    def test_bounced(self, office, brisk):
        """When a payment bounces, its discount is owed again."""
        number = issued(office, brisk, "100.00")
        office.bounce(office.receive(brisk, "98.00").lower())
        assert stage(office, number) == ("open", "100.00 EUR")
        assert office.statement(brisk).lines[3:] == (
            "2026-03-02 discount taken back INV-2026-0001: 2.00 EUR, 2.00 EUR",
            "2026-03-02 bounced PAY-2026-0001: 98.00 EUR, 100.00 EUR",
        )

    def test_another_payment_bounced(self, office, brisk):
        """When an earlier part bounces, the discount of the last one stays."""
        number = issued(office, brisk, "100.00")
        first = office.receive(brisk, "50.00")
        office.receive(brisk, "48.00")
        office.bounce(first)
        assert stage(office, number) == ("part paid", "50.00 EUR")

    def test_all_credited(self, office, brisk):
        """When a discounted invoice is credited whole, the customer gets what was paid."""
        number = issued(office, brisk, "100.00")
        office.receive(brisk, "98.00")
        note = office.credit_all(number, reason="Returned")
        assert office.voucher(note).left == "98.00 EUR"
        assert office.balance(brisk) == "-98.00 EUR"

    def test_half_credited(self, office, brisk):
        """When half of a discounted invoice is credited, half of the discount is taken back."""
        number = issued(office, brisk, "50.00", "50.00")
        office.receive(brisk, "98.00")
        note = office.credit(number, 2, reason="Returned")
        assert office.voucher(note).left == "49.00 EUR"

    def test_credited_and_bounced(self, office, brisk):
        """When a payment bounces after a part was credited, only the rest of the discount comes back."""
        number = issued(office, brisk, "50.00", "50.00")
        payment = office.receive(brisk, "98.00")
        office.credit(number, 2, reason="Returned")
        office.bounce(payment)
        assert stage(office, number) == ("open", "99.00 EUR")
        assert office.balance(brisk) == "50.00 EUR"

    def test_on_the_account(self, office, brisk):
        """A discount that is taken back stands on the account."""
        number = issued(office, brisk, "50.00", "50.00")
        office.receive(brisk, "98.00")
        office.credit(number, 2, reason="Returned")
        assert office.statement(brisk).lines[3:] == (
            "2026-03-02 discount taken back INV-2026-0001: 1.00 EUR, 1.00 EUR",
            "2026-03-02 credit note CN-2026-0001: -50.00 EUR, -49.00 EUR",
        )

    def test_credited_before(self, office, brisk):
        """The discount is on what credit notes have left of an invoice."""
        number = issued(office, brisk, "50.00", "50.00")
        office.credit(number, 1, reason="Returned")
        office.receive(brisk, "49.00")
        assert stage(office, number) == ("paid", "0.00 EUR")
