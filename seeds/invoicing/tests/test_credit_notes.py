import pytest
from counterfoil import Item
from counterfoil.problems import (
    LimitError,
    NothingError,
    StageError,
    StampError,
    UnknownError,
    WordingError,
)
from papers import goods, issued, stage


class TestCreditingLines:
    def test_one_line(self, office, hale):
        """A line is credited with its tax."""
        number = office.issue(office.draft(hale, Item("Desk", "100.00"), Item("Pen", "1.00")))
        note = office.credit(number, 1, reason="Broken")
        assert office.voucher(note).amount == "120.00 EUR"
        assert stage(office, number) == ("open", "1.20 EUR")

    def test_numbers(self, office, hale):
        """Credit notes are numbered in a row of their own."""
        number = issued(office, hale, "1.00", "1.00")
        assert office.credit(number, 1, reason="Broken") == "CN-2026-0001"
        assert office.credit(number, 2, reason="Broken") == "CN-2026-0002"

    def test_some_pieces(self, office, hale):
        """Some of the pieces of a line can be credited."""
        number = office.issue(office.draft(hale, goods("10.00", quantity="4")))
        note = office.credit(number, 1, quantity="1.5", reason="Broken")
        assert office.voucher(note).amount == "15.00 EUR"

    def test_the_rest(self, office, hale):
        """Without a quantity all that is left of a line is credited."""
        number = office.issue(office.draft(hale, goods("10.00", quantity="4")))
        office.credit(number, 1, quantity="1", reason="Broken")
        note = office.credit(number, 1, reason="Broken too")
        assert office.voucher(note).amount == "30.00 EUR"

    def test_parts_add_up(self, office, hale):
        """However a line is cut, its credit notes come to what was charged."""
        number = office.issue(office.draft(hale, Item("Trio", "0.50", "3", discount="33.33%")))
        parts = [office.credit(number, 1, quantity="1", reason="Broken") for _ in range(3)]
        amounts = [office.voucher(part).amount for part in parts]
        assert amounts == ["0.40 EUR", "0.40 EUR", "0.40 EUR"]
        assert stage(office, number) == ("credited", "0.00 EUR")

    def test_uneven_parts(self, office, hale):
        """The odd cent of a line goes to one of its parts."""
        number = office.issue(office.draft(hale, goods("0.3333", quantity="3")))
        parts = [office.credit(number, 1, quantity="1", reason="Broken") for _ in range(3)]
        assert [office.voucher(part).amount for part in parts] == [
            "0.33 EUR",
            "0.34 EUR",
            "0.33 EUR",
        ]

    def test_more_than_there_is(self, office, hale):
        """No more can be credited than is left of a line."""
        number = office.issue(office.draft(hale, goods("10.00", quantity="4")))
        office.credit(number, 1, quantity="1", reason="Broken")
        with pytest.raises(LimitError, match=r"credit for Goods: 3 at most") as problem:
            office.credit(number, 1, quantity="3.001", reason="Broken")
        assert (problem.value.limit, problem.value.given) == ("3", "3.001")
        assert stage(office, number) == ("open", "30.00 EUR")

    def test_just_what_is_left(self, office, hale):
        """Just what is left of a line can be credited."""
        number = office.issue(office.draft(hale, goods("10.00", quantity="4")))
        office.credit(number, 1, quantity="1", reason="Broken")
        office.credit(number, 1, quantity="3", reason="Broken")
        assert stage(office, number)[0] == "credited"

    @pytest.mark.parametrize("line", [0, 3])
    def test_lines_that_are_none(self, office, hale, line):
        """Only lines that an invoice has can be credited."""
        number = issued(office, hale, "1.00", "1.00")
        with pytest.raises(UnknownError, match=f"there is no line {line}"):
            office.credit(number, line, reason="Broken")

    def test_discounted_lines(self, office, hale):
        """A line is credited with its part of the discount taken off."""
        draft = office.draft(hale, Item("Desk", "80.00"), Item("Chair", "20.00"))
        office.allow(draft, "10%")
        note = office.credit(office.issue(draft), 2, reason="Broken")
        assert office.voucher(note).amount == "21.60 EUR"

    def test_free_lines(self, office, hale):
        """A credit note over nothing is not written."""
        number = issued(office, hale, "0", "5.00")
        with pytest.raises(NothingError, match="something to credit is needed"):
            office.credit(number, 1, reason="Broken")
        assert office.credit(number, 2, reason="Broken") == "CN-2026-0001"

    @pytest.mark.parametrize("quantity", ["0", "0.0001", ""], ids=["none", "grain", "empty"])
    def test_quantities_that_make_no_sense(self, office, hale, quantity):
        """A quantity to be credited is a figure above nought."""
        number = issued(office, hale, "5.00")
        with pytest.raises((NothingError, WordingError)):
            office.credit(number, 1, quantity=quantity, reason="Broken")

    def test_rounding(self, office):
        """A part of a line is rounded as agreed when the invoice was issued."""
        office.enrol("Quay Fish", rounding="half even")
        number = office.issue(office.draft("Quay Fish", goods("0.05", quantity="2")))
        office.amend("Quay Fish", rounding="half up")
        note = office.credit(number, 1, quantity="0.5", reason="Broken")
        assert office.voucher(note).amount == "0.02 EUR"

    def test_reasons(self, office, hale):
        """A credit note has a reason."""
        number = issued(office, hale, "5.00")
        with pytest.raises(NothingError, match="a reason is needed"):
            office.credit(number, 1, reason="  ")
        with pytest.raises(NothingError, match="a reason is needed"):
            office.credit_all(number, reason="")
        assert stage(office, number) == ("open", "5.00 EUR")

    def test_what_it_is_about(self, office, hale):
        """A credit note names its invoice and has a stamp."""
        number = issued(office, hale, "5.00")
        seen = office.voucher(office.credit(number, 1, reason="Broken"))
        assert (seen.kind, seen.about, seen.stamp) == ("credit note", number, "S-2")

    def test_what_is_stamped(self, office, hale, stamps):
        """Number and amount of a credit note are stamped."""
        office.credit(issued(office, hale, "5.00", "2.00"), 1, reason="Broken")
        assert stamps.asked[1:] == ["CN-2026-0001 5.00 EUR"]

    def test_without_a_stamp(self, office, hale, stamps):
        """A credit note that gets no stamp changes nothing and takes no number."""
        number = issued(office, hale, "5.00")
        stamps.script("refused")
        with pytest.raises(StampError):
            office.credit(number, 1, reason="Broken")
        assert stage(office, number) == ("open", "5.00 EUR")
        assert office.credit(number, 1, reason="Broken") == "CN-2026-0001"


class TestCreditingInvoices:
    def test_all_of_it(self, office, hale):
        """An invoice that is credited whole is credited and owed no more."""
        number = office.issue(office.draft(hale, Item("Desk", "100.00"), Item("Pen", "1.00")))
        office.credit_all(number, reason="Cancelled")
        assert stage(office, number) == ("credited", "0.00 EUR")
        assert office.balance(hale) == "0.00 EUR"

    def test_what_is_left(self, office, hale):
        """What was credited before is not credited again."""
        number = issued(office, hale, "10.00", "5.00")
        office.credit(number, 1, reason="Broken")
        note = office.credit_all(number, reason="Cancelled")
        assert office.voucher(note).amount == "5.00 EUR"

    def test_paid_invoices(self, office, hale):
        """The credit for a paid invoice waits on account."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "10.00")
        note = office.credit_all(number, reason="Returned")
        assert (stage(office, number)[0], office.voucher(note).left) == ("credited", "10.00 EUR")
        assert office.balance(hale) == "-10.00 EUR"

    def test_part_paid_invoices(self, office, hale):
        """The credit for a part paid invoice is set off first, and the rest waits."""
        number = issued(office, hale, "100.00")
        office.receive(hale, "30.00")
        note = office.credit_all(number, reason="Returned")
        assert (stage(office, number)[0], office.voucher(note).left) == ("credited", "30.00 EUR")

    def test_in_part_and_paid(self, office, hale):
        """An invoice that was credited in part and then paid is paid."""
        number = issued(office, hale, "60.00", "40.00")
        office.credit(number, 2, reason="Broken")
        office.receive(hale, "60.00")
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_paid_and_in_part(self, office, hale):
        """A paid invoice stays paid when a part of it is credited."""
        number = issued(office, hale, "60.00", "40.00")
        office.receive(hale, "100.00")
        office.credit(number, 2, reason="Broken")
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_twice(self, office, hale):
        """An invoice is credited whole once."""
        number = issued(office, hale, "10.00")
        office.credit_all(number, reason="Returned")
        with pytest.raises(StageError, match="INV-2026-0001 is credited and can't be credited"):
            office.credit_all(number, reason="Returned")

    def test_bounced_after_it(self, office, hale):
        """When the payment for a credited invoice bounces, its amount is owed, and the credit stays."""
        number = issued(office, hale, "10.00")
        payment = office.receive(hale, "10.00")
        office.credit_all(number, reason="Returned")
        office.bounce(payment)
        assert stage(office, number) == ("open", "10.00 EUR")
        office.apply(hale)
        assert stage(office, number) == ("credited", "0.00 EUR")

    def test_one_of_two_bounced(self, office, hale):
        """When one of two payments for a credited invoice bounces, the invoice is part paid."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "3.00")
        payment = office.receive(hale, "7.00")
        office.credit_all(number, reason="Returned")
        office.bounce(payment)
        assert stage(office, number) == ("part paid", "7.00 EUR")

    def test_spent_elsewhere(self, office, hale):
        """What a credit note left on account settles other invoices."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "10.00")
        note = office.credit_all(number, reason="Returned")
        other = issued(office, hale, "4.00")
        office.apply(hale)
        assert office.voucher(note).spent_on == (f"{other}: 4.00 EUR",)
        assert stage(office, other) == ("paid", "0.00 EUR")

    def test_disputed_invoices(self, office, hale):
        """A disputed invoice can be credited, and is settled by it."""
        number = issued(office, hale, "10.00")
        office.dispute(number, "Not ordered")
        office.credit_all(number, reason="Not ordered")
        assert stage(office, number)[0] == "credited"

    def test_written_off(self, office, hale):
        """What was written off can't be credited."""
        number = issued(office, hale, "10.00")
        office.write_off(number, "Bankrupt")
        with pytest.raises(StageError, match="is written off and can't be credited"):
            office.credit(number, 1, reason="Broken")

    def test_unknown(self, office):
        """An invoice that was never issued can't be credited."""
        with pytest.raises(UnknownError):
            office.credit_all("INV-2026-0001", reason="Broken")
