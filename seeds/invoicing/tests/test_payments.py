import pytest
from counterfoil.problems import (
    CurrencyError,
    DateError,
    LimitError,
    NothingError,
    RepeatError,
    StageError,
    UnknownError,
    WordingError,
)
from papers import goods, issued, stage


class TestPaying:
    def test_in_full(self, office, hale):
        """An invoice that was paid in full is paid."""
        number = issued(office, hale, "100.00")
        office.receive(hale, "100.00")
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_in_part(self, office, hale):
        """A part leaves the rest owed."""
        number = issued(office, hale, "100.00")
        office.receive(hale, "99.99")
        assert stage(office, number) == ("part paid", "0.01 EUR")

    def test_in_two_parts(self, office, hale):
        """The last part settles an invoice."""
        number = issued(office, hale, "100.00")
        office.receive(hale, "60.00")
        office.receive(hale, "40.00")
        assert stage(office, number) == ("paid", "0.00 EUR")

    def test_too_much(self, office, hale):
        """What was paid too much waits on account."""
        issued(office, hale, "100.00")
        payment = office.receive(hale, "130.00")
        assert office.voucher(payment).left == "30.00 EUR"
        assert office.balance(hale) == "-30.00 EUR"

    def test_numbers(self, office, hale, clock):
        """Payments are numbered by year."""
        assert office.receive(hale, "1.00") == "PAY-2026-0001"
        assert office.receive(hale, "1.00") == "PAY-2026-0002"
        clock.turn_to("2027-01-01T09:00")
        assert office.receive(hale, "1.00", on="2026-12-30") == "PAY-2027-0001"

    def test_oldest_first(self, office, hale, clock):
        """A payment settles first what has been due longest."""
        office.enrol("Quay Fish", terms="30 days")
        late = issued(office, "Quay Fish", "10.00")
        clock.advance(days=1)
        office.amend("Quay Fish", terms="10 days")
        soon = issued(office, "Quay Fish", "10.00")
        office.receive("Quay Fish", "12.00")
        assert (stage(office, soon)[0], stage(office, late)[1]) == ("paid", "8.00 EUR")

    def test_due_together(self, office, clock):
        """Of two invoices due on one day the one that was issued first is settled first."""
        office.enrol("Quay Fish", terms="end of month")
        later, sooner = (
            office.draft("Quay Fish", goods("10.00"), series=name) for name in ("AA", "ZZ")
        )
        first = office.issue(sooner)
        clock.advance(days=1)
        second = office.issue(later)
        office.receive("Quay Fish", "10.00")
        assert (stage(office, first)[0], stage(office, second)[0]) == ("paid", "open")

    def test_drafted_first(self, office, hale):
        """Of two invoices of one day the one that was drafted first is settled first."""
        first, second = (office.draft(hale, goods(price)) for price in ("10.00", "20.00"))
        later = office.issue(second)
        sooner = office.issue(first)
        office.receive(hale, "10.00")
        assert (stage(office, sooner)[0], stage(office, later)[0]) == ("paid", "open")

    def test_what_it_was_for(self, office, hale):
        """A payment tells what it was set off against."""
        first, second = issued(office, hale, "10.00"), issued(office, hale, "15.00")
        issued(office, hale, "20.00")
        seen = office.voucher(office.receive(hale, "25.00"))
        assert seen.spent_on == (f"{first}: 10.00 EUR", f"{second}: 15.00 EUR")

    def test_nothing_owed(self, office, hale):
        """A payment of somebody who owes nothing waits on account."""
        seen = office.voucher(office.receive(hale, "25.00"))
        assert (seen.amount, seen.left, seen.spent_on) == ("25.00 EUR", "25.00 EUR", ())

    def test_other_customers(self, office, hale):
        """A payment settles nothing of other customers."""
        office.enrol("Quay Fish")
        number = issued(office, "Quay Fish", "10.00")
        office.receive(hale, "10.00")
        assert stage(office, number) == ("open", "10.00 EUR")

    def test_other_currencies(self, office, hale):
        """A payment settles nothing in another currency."""
        number = issued(office, hale, "10.00", currency="USD")
        office.receive(hale, "10.00")
        assert stage(office, number) == ("open", "10.00 USD")
        office.receive(hale, "10.00", currency="usd ")
        assert stage(office, number) == ("paid", "0.00 USD")

    def test_nothing(self, office, hale):
        """A payment of nothing is none."""
        with pytest.raises(NothingError, match="a payment is needed"):
            office.receive(hale, "0.00")
        assert office.receive(hale, "1.00") == "PAY-2026-0001"

    @pytest.mark.parametrize("amount", ["1.005", "-1.00", ""], ids=["mil", "minus", "empty"])
    def test_amounts_that_make_no_sense(self, office, hale, amount):
        """Amounts that can't be read are refused as they were written."""
        with pytest.raises(WordingError, match="is no amount") as problem:
            office.receive(hale, amount)
        assert problem.value.given == amount

    def test_dated_back(self, office, hale):
        """A payment counts from the day on which it arrived."""
        issued(office, hale, "10.00", on="2026-02-20")
        office.receive(hale, "10.00", on="2026-02-27")
        assert office.balance(hale, on="2026-02-26") == "10.00 EUR"
        assert office.balance(hale, on="2026-02-27") == "0.00 EUR"

    def test_dated_forward(self, office, hale):
        """No payment arrives tomorrow."""
        with pytest.raises(DateError, match="a payment can't be later than 2026-03-02"):
            office.receive(hale, "10.00", on="2026-03-03")
        assert office.balance(hale) == "0.00 EUR"


class TestNamedInvoices:
    def test_named_first(self, office, hale):
        """An invoice that is named is settled before older ones."""
        older, newer = issued(office, hale, "10.00"), issued(office, hale, "20.00")
        office.receive(hale, "24.00", against=newer)
        assert (stage(office, newer)[0], stage(office, older)[1]) == ("paid", "6.00 EUR")

    def test_of_somebody_else(self, office, hale):
        """The invoice of somebody else can't be named."""
        office.enrol("Quay Fish")
        number = issued(office, "Quay Fish", "10.00")
        with pytest.raises(
            UnknownError, match="there is no invoice of this customer INV-2026-0001"
        ):
            office.receive(hale, "10.00", against=number)

    def test_in_another_currency(self, office, hale):
        """An invoice in another currency can't be named."""
        number = issued(office, hale, "10.00", currency="USD")
        with pytest.raises(CurrencyError, match="USD is wanted here, not EUR") as problem:
            office.receive(hale, "10.00", against=number)
        assert (problem.value.rule, problem.value.expected) == ("currency", "USD")

    def test_paid_already(self, office, hale):
        """A paid invoice can't be named, and the money is not taken."""
        number = issued(office, hale, "10.00")
        office.receive(hale, "10.00")
        with pytest.raises(StageError, match="INV-2026-0001 is paid and can't be paid"):
            office.receive(hale, "10.00", against=number)
        assert office.balance(hale) == "0.00 EUR"


class TestRequestKeys:
    def test_sent_twice(self, office, hale):
        """A payment that is sent twice under one key is taken once."""
        first = office.receive(hale, "10.00", key="bank-1")
        assert office.receive(hale, "10.00", key="bank-1") == first
        assert office.balance(hale) == "-10.00 EUR"

    def test_other_keys(self, office, hale):
        """Like payments under two keys are two."""
        office.receive(hale, "10.00", key="bank-1")
        office.receive(hale, "10.00", key="bank-2")
        assert office.balance(hale) == "-20.00 EUR"

    def test_empty_keys(self, office, hale):
        """An empty key is a key as well."""
        office.receive(hale, "10.00", key="")
        office.receive(hale, "10.00", key="")
        assert office.balance(hale) == "-10.00 EUR"

    @pytest.mark.parametrize(
        ("amount", "about"),
        [
            ("10.01", {}),
            ("10.00", {"on": "2026-03-01"}),
            ("10.00", {"currency": "USD"}),
            ("10.00", {"against": "INV-2026-0001"}),
        ],
        ids=["amount", "day", "currency", "invoice"],
    )
    def test_for_something_else(self, office, hale, amount, about):
        """A key that came with another payment is refused."""
        issued(office, hale, "30.00")
        office.receive(hale, "10.00", key="bank-1")
        with pytest.raises(
            RepeatError, match="the key bank-1 belongs to another request"
        ) as problem:
            office.receive(hale, amount, key="bank-1", **about)
        assert (problem.value.rule, problem.value.key) == ("repeat", "bank-1")
        assert office.balance(hale) == "20.00 EUR"

    def test_other_customers(self, office, hale):
        """The keys of two customers have nothing to do with each other."""
        office.enrol("Quay Fish")
        office.receive(hale, "10.00", key="bank-1")
        office.receive("Quay Fish", "15.00", key="bank-1")
        assert office.balance("Quay Fish") == "-15.00 EUR"

    def test_the_next_day(self, office, hale, clock):
        """A payment that is sent again the next day is still known."""
        office.receive(hale, "10.00", key="bank-1")
        clock.advance(days=1)
        assert office.receive(hale, "10.00", key="bank-1") == "PAY-2026-0001"

    def test_the_last_day(self, office, hale, clock):
        """A key is good for thirty days after its day."""
        office.receive(hale, "10.00", key="bank-1")
        clock.advance(days=30)
        assert office.receive(hale, "10.00", key="bank-1") == "PAY-2026-0001"

    def test_a_day_too_late(self, office, hale, clock):
        """After thirty-one days a key is new again."""
        office.receive(hale, "10.00", key="bank-1")
        clock.advance(days=31)
        assert office.receive(hale, "10.00", key="bank-1") == "PAY-2026-0002"

    def test_after_a_refusal(self, office, hale):
        """A key that came with a refused payment is free."""
        with pytest.raises(NothingError):
            office.receive(hale, "0.00", key="bank-1")
        assert office.receive(hale, "5.00", key="bank-1") == "PAY-2026-0001"


class TestBouncing:
    def test_owed_again(self, office, hale):
        """What a bounced payment settled is owed again."""
        number = issued(office, hale, "100.00")
        office.bounce(office.receive(hale, "100.00"))
        assert stage(office, number) == ("open", "100.00 EUR")
        assert office.balance(hale) == "100.00 EUR"

    def test_other_payments_stay(self, office, hale):
        """What other payments settled stays settled."""
        number = issued(office, hale, "100.00")
        office.receive(hale, "30.00")
        office.bounce(office.receive(hale, "70.00"))
        assert stage(office, number) == ("part paid", "70.00 EUR")

    def test_all_it_settled(self, office, hale):
        """A bounced payment opens all that it settled."""
        first, second = issued(office, hale, "10.00"), issued(office, hale, "20.00")
        office.bounce(office.receive(hale, "30.00"))
        assert (stage(office, first)[0], stage(office, second)[0]) == ("open", "open")

    def test_nothing_left(self, office, hale):
        """A bounced payment leaves nothing on account."""
        payment = office.receive(hale, "30.00")
        office.bounce(payment)
        seen = office.voucher(payment)
        assert (seen.left, seen.bounced, seen.spent_on) == ("0.00 EUR", True, ())

    def test_not_spent_later(self, office, hale):
        """What has bounced can't settle a later invoice."""
        office.bounce(office.receive(hale, "30.00"))
        number = issued(office, hale, "30.00")
        office.apply(hale)
        assert stage(office, number) == ("open", "30.00 EUR")

    def test_forgotten_parts(self, office, hale):
        """A bounced payment is not set off against anything any more."""
        issued(office, hale, "30.00")
        payment = office.receive(hale, "30.00")
        office.bounce(payment)
        assert office.voucher(payment).spent_on == ()

    def test_twice(self, office, hale):
        """A payment bounces once."""
        payment = office.receive(hale, "30.00")
        office.bounce(payment)
        with pytest.raises(StageError, match="PAY-2026-0001 is bounced and can't be bounced"):
            office.bounce(payment)
        assert office.balance(hale) == "0.00 EUR"

    def test_paid_out(self, office, hale):
        """A payment that was paid out in part can't bounce."""
        payment = office.receive(hale, "30.00")
        office.refund(hale, "0.01")
        with pytest.raises(StageError, match="paid out in part"):
            office.bounce(payment)
        assert office.voucher(payment).left == "29.99 EUR"

    def test_credit_notes(self, office, hale):
        """A credit note can't bounce."""
        note = office.credit_all(issued(office, hale, "5.00"), reason="Mistake")
        with pytest.raises(StageError, match="CN-2026-0001 is no payment and can't be bounced"):
            office.bounce(note)


class TestApplying:
    def test_an_advance(self, office, hale):
        """An advance settles a later invoice when it is applied."""
        payment = office.receive(hale, "30.00")
        number = issued(office, hale, "20.00")
        assert stage(office, number) == ("open", "20.00 EUR")
        office.apply(hale)
        assert stage(office, number) == ("paid", "0.00 EUR")
        assert office.voucher(payment).left == "10.00 EUR"

    def test_oldest_money_first(self, office, hale):
        """The oldest money is spent first."""
        newer = office.receive(hale, "30.00")
        older = office.receive(hale, "30.00", on="2026-02-02")
        issued(office, hale, "40.00")
        office.apply(hale)
        lefts = office.voucher(older).left, office.voucher(newer).left
        assert lefts == ("0.00 EUR", "20.00 EUR")

    def test_money_of_one_day(self, office, hale):
        """Of the money of one day what was entered first is spent first."""
        first, second = office.receive(hale, "30.00"), office.receive(hale, "30.00")
        issued(office, hale, "30.00")
        office.apply(hale)
        lefts = office.voucher(first).left, office.voucher(second).left
        assert lefts == ("0.00 EUR", "30.00 EUR")

    def test_all_currencies(self, office, hale):
        """Money on account is applied in each of its currencies."""
        office.receive(hale, "30.00", currency="USD")
        office.receive(hale, "30.00")
        euros, dollars = (
            issued(office, hale, "30.00"),
            issued(office, hale, "30.00", currency="USD"),
        )
        office.apply(hale)
        assert (stage(office, euros)[0], stage(office, dollars)[0]) == ("paid", "paid")

    def test_not_unasked(self, office, hale):
        """The next payment leaves older money on account alone."""
        older = office.receive(hale, "5.00")
        number = issued(office, hale, "20.00")
        office.receive(hale, "20.00")
        assert (stage(office, number)[0], office.voucher(older).left) == ("paid", "5.00 EUR")


class TestRefunds:
    def test_paid_out(self, office, hale):
        """What waits on account can be paid out."""
        payment = office.receive(hale, "30.00")
        assert office.refund(hale, "12.50") == "REF-2026-0001"
        assert (office.voucher(payment).left, office.balance(hale)) == ("17.50 EUR", "-17.50 EUR")

    def test_all_of_it(self, office, hale):
        """All that waits on account can be paid out."""
        office.receive(hale, "10.00")
        office.receive(hale, "20.00")
        office.refund(hale, "30.00")
        assert office.balance(hale) == "0.00 EUR"

    def test_more_than_there_is(self, office, hale):
        """No more than waits on account can be paid out."""
        office.receive(hale, "30.00")
        with pytest.raises(LimitError, match=r"refund: 30.00 EUR at most") as problem:
            office.refund(hale, "30.01")
        assert (problem.value.limit, problem.value.given) == ("30.00 EUR", "30.01 EUR")
        assert office.balance(hale) == "-30.00 EUR"

    def test_oldest_first(self, office, hale):
        """Refunds come out of the oldest money."""
        newer = office.receive(hale, "10.00")
        older = office.receive(hale, "10.00", on="2026-02-02")
        office.refund(hale, "15.00")
        lefts = office.voucher(older).left, office.voucher(newer).left
        assert lefts == ("0.00 EUR", "5.00 EUR")

    def test_other_currencies(self, office, hale):
        """Dollars can't be paid out of euros."""
        office.receive(hale, "30.00")
        with pytest.raises(LimitError, match=r"0.00 USD at most"):
            office.refund(hale, "1.00", currency="USD")

    def test_nothing(self, office, hale):
        """A refund of nothing is none."""
        office.receive(hale, "30.00")
        with pytest.raises(NothingError, match="a refund is needed"):
            office.refund(hale, "0")

    def test_credit_notes(self, office, hale):
        """What a credit note left on account can be paid out."""
        number = issued(office, hale, "30.00")
        office.receive(hale, "30.00")
        office.credit_all(number, reason="Returned")
        office.refund(hale, "30.00")
        assert office.balance(hale) == "0.00 EUR"
