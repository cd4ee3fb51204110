import pytest
from counterfoil import Item
from counterfoil.problems import (
    LimitError,
    NothingError,
    TakenError,
    UnknownError,
    WordingError,
)
from papers import issued


class TestEnrolling:
    def test_found_by_name(self, office, hale):
        """A customer is found however the name is written."""
        number = issued(office, "  hale  & SONS ", "10.00")
        assert office.invoice(number).customer == "Hale & Sons"

    def test_twice(self, office, hale):
        """A name can't be given to a second customer."""
        with pytest.raises(TakenError, match="there is a customer HALE & sons already") as problem:
            office.enrol(" HALE  & sons")
        assert (problem.value.rule, problem.value.given) == ("taken", "HALE & sons")

    def test_unicode(self, office):
        """Capitals make no difference in other alphabets either."""
        office.enrol("Großmann")
        assert office.balance("GROSSMANN") == "0.00 EUR"

    def test_no_name(self, office):
        """A customer without a name can't be entered."""
        with pytest.raises(NothingError, match="a customer's name is needed") as problem:
            office.enrol("  ")
        assert problem.value.rule == "nothing"

    def test_unknown(self, office):
        """Nobody can be billed who was never entered."""
        with pytest.raises(UnknownError, match="there is no customer Nemo") as problem:
            office.draft("Nemo")
        assert (problem.value.rule, problem.value.what) == ("unknown", "customer")

    @pytest.mark.parametrize(
        ("currency", "nothing"), [("jpy", "0 JPY"), (" Kwd ", "0.000 KWD")], ids=["yen", "dinar"]
    )
    def test_currencies(self, office, currency, nothing):
        """Each currency is written with its own decimals."""
        office.enrol("Quay Fish", currency=currency)
        assert office.balance("Quay Fish") == nothing

    def test_unknown_currency(self, office):
        """A currency that the house does not keep is refused, and so is the customer."""
        with pytest.raises(WordingError, match="“XYZ” is no currency"):
            office.enrol("Quay Fish", currency="XYZ")
        with pytest.raises(UnknownError):
            office.balance("Quay Fish")

    @pytest.mark.parametrize(
        "wish",
        [
            {"terms": "soon"},
            {"early": "2%"},
            {"rounding": "down"},
            {"credit_limit": "much"},
        ],
        ids=["terms", "early", "rounding", "limit"],
    )
    def test_wishes_that_make_no_sense(self, office, wish):
        """Wishes that make no sense are refused as they were written."""
        with pytest.raises(WordingError) as problem:
            office.enrol("Quay Fish", **wish)
        assert (problem.value.rule, problem.value.given) == ("wording", next(iter(wish.values())))

    def test_discount_of_nothing(self, office):
        """A discount of nothing for early payers is not agreed on."""
        with pytest.raises(NothingError, match="a rate of discount is needed"):
            office.enrol("Quay Fish", early="0% 10 days")

    def test_all_or_nothing(self, office):
        """When one of two wishes makes no sense, the customer gets neither."""
        office.enrol("Quay Fish", terms="10 days")
        with pytest.raises(WordingError):
            office.amend("Quay Fish", terms="20 days", rounding="up")
        assert office.invoice(issued(office, "Quay Fish", "1.00")).due_on == "2026-03-12"


class TestAmending:
    def test_from_now_on(self, office, hale):
        """New terms hold for invoices that are issued afterwards."""
        before = issued(office, hale, "10.00")
        office.amend(hale, terms="10 days")
        after = issued(office, hale, "10.00")
        assert office.invoice(before).due_on == "2026-04-01"
        assert office.invoice(after).due_on == "2026-03-12"

    def test_drafts(self, office, hale):
        """New terms hold for what was drafted before and is issued afterwards."""
        draft = office.draft(hale, Item("Desk", "10.00"))
        office.amend(hale, terms="on receipt")
        assert office.invoice(office.issue(draft)).due_on == "2026-03-02"

    def test_the_rest_stays(self, office):
        """A new term of payment leaves the rest of an agreement alone."""
        office.enrol("Quay Fish", early="2% 10 days", credit_limit="50.00", by_line=True)
        office.amend("Quay Fish", terms="20 days")
        number = issued(office, "Quay Fish", "50.00")
        assert office.invoice(number).discount_until == "2026-03-12"
        with pytest.raises(LimitError):
            issued(office, "Quay Fish", "0.01")

    def test_taking_away(self, office):
        """An empty wish takes the discount for early payers away."""
        office.enrol("Quay Fish", early="2% 10 days")
        office.amend("Quay Fish", early=" ")
        assert office.invoice(issued(office, "Quay Fish", "50.00")).discount_until == ""

    def test_no_limit_any_more(self, office):
        """An empty limit is no limit."""
        office.enrol("Quay Fish", credit_limit="5.00")
        office.amend("Quay Fish", credit_limit="")
        assert office.invoice(issued(office, "Quay Fish", "50.00")).open == "50.00 EUR"

    def test_rounding_stays(self, office):
        """Who asks for taxes line by line keeps the agreed way of rounding."""
        office.enrol("Quay Fish", rounding="Half  Even")
        office.amend("Quay Fish", by_line=True)
        draft = office.draft("Quay Fish", Item("Pin", "0.025"), Item("Nail", "0.025"))
        assert office.preview(draft).net == "0.04 EUR"


class TestCreditLimits:
    def test_up_to_it(self, office):
        """A customer may owe as much as the limit."""
        office.enrol("Quay Fish", credit_limit="100.00")
        issued(office, "Quay Fish", "60.00")
        assert office.invoice(issued(office, "Quay Fish", "40.00")).stage == "open"

    def test_beyond_it(self, office):
        """A customer may not owe a cent more than the limit."""
        office.enrol("Quay Fish", credit_limit="100.00")
        issued(office, "Quay Fish", "60.00")
        draft = office.draft("Quay Fish", Item("Desk", "33.34"))
        with pytest.raises(LimitError, match=r"credit of Quay Fish: 100.00 EUR at most") as problem:
            office.issue(draft)
        assert (problem.value.limit, problem.value.given) == ("100.00 EUR", "100.01 EUR")
        assert problem.value.rule == "limit"
        assert office.balance("Quay Fish") == "60.00 EUR"

    def test_nothing_on_credit(self, office):
        """A limit of nought lets nothing be owed."""
        office.enrol("Quay Fish", credit_limit="0")
        with pytest.raises(LimitError):
            issued(office, "Quay Fish", "0.01")

    def test_paid_in_advance(self, office):
        """What waits on account may be used beyond the limit."""
        office.enrol("Quay Fish", credit_limit="0")
        office.receive("Quay Fish", "30.00")
        assert office.invoice(issued(office, "Quay Fish", "30.00")).stage == "open"

    def test_after_paying(self, office):
        """What was paid makes room for the next invoice."""
        office.enrol("Quay Fish", credit_limit="30.00")
        issued(office, "Quay Fish", "30.00")
        office.receive("Quay Fish", "10.00")
        assert office.invoice(issued(office, "Quay Fish", "10.00")).stage == "open"

    def test_other_currencies(self, office):
        """The limit is for what is owed in the customer's own currency."""
        office.enrol("Quay Fish", credit_limit="10.00")
        number = issued(office, "Quay Fish", "500.00", currency="USD")
        assert office.invoice(number).total == "500.00 USD"

    def test_no_number_is_lost(self, office):
        """An invoice refused for the limit takes no number."""
        office.enrol("Quay Fish", credit_limit="10.00")
        with pytest.raises(LimitError):
            issued(office, "Quay Fish", "11.00")
        assert issued(office, "Quay Fish", "10.00") == "INV-2026-0001"
