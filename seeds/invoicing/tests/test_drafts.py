import pytest
from counterfoil import Item
from counterfoil.problems import (
    LimitError,
    NothingError,
    StageError,
    UnknownError,
    WordingError,
)
from papers import goods, issued


class TestLines:
    def test_sum(self, office, hale):
        """An invoice comes to the sum of its lines and their taxes."""
        draft = office.draft(hale, Item("Desk", "120.00"), Item("Chair", "45.50", "2"))
        seen = office.preview(draft)
        assert (seen.net, seen.tax, seen.total) == ("211.00 EUR", "42.20 EUR", "253.20 EUR")

    def test_one_more(self, office, hale):
        """A line can be added to a draft."""
        draft = office.draft(hale, goods("10.00"))
        office.add(draft, goods("2.50", quantity="3"))
        assert office.preview(draft).lines == ("10.00 EUR + 0.00 EUR", "7.50 EUR + 0.00 EUR")

    def test_order(self, office, hale):
        """Lines stand in the order in which they were written."""
        draft = office.draft(hale, Item("Table", "1.00"), Item("Apple", "1.00"))
        office.add(draft, Item("Lamp", "1.00", "1.50"))
        assert office.look_at(draft).lines == ("1 x Table", "1 x Apple", "1.5 x Lamp")

    def test_as_written(self):
        """An item reads as quantity, text, price, tax and discount."""
        assert str(Item("Desk", "1.00")) == "1 x Desk at 1.00 (standard tax)"
        item = Item("Desk", "1.00", "2", "zero", "5%")
        assert str(item) == "2 x Desk at 1.00 (zero tax, less 5%)"

    def test_blanks_in_texts(self, office, hale):
        """Blanks that say nothing are left out of a line's text."""
        draft = office.draft(hale, Item("  Oak   table ", "1.00", "20"))
        assert office.look_at(draft).lines == ("20 x Oak table",)

    def test_parts_of_a_piece(self, office, hale):
        """A quantity may have three decimals."""
        draft = office.draft(hale, goods("8.00", quantity="0.125"))
        assert office.preview(draft).net == "1.00 EUR"

    def test_prices_with_four_decimals(self, office, hale):
        """A price may have four decimals, and the line is rounded once."""
        draft = office.draft(hale, goods("0.1275", quantity="1,000"))
        assert office.preview(draft).net == "127.50 EUR"

    def test_discount_of_a_line(self, office, hale):
        """A line's own discount is taken off before the line is rounded."""
        draft = office.draft(hale, goods("0.145", discount="50%"))
        assert office.preview(draft).net == "0.07 EUR"

    def test_all_of_a_line(self, office, hale):
        """A line with a discount of all of it costs nothing."""
        draft = office.draft(hale, goods("9.00", discount="100 %"), goods("1.00"))
        assert office.preview(draft).lines == ("0.00 EUR + 0.00 EUR", "1.00 EUR + 0.00 EUR")

    @pytest.mark.parametrize(
        ("about", "given"),
        [
            ({"price": "1.23456"}, "1.23456"),
            ({"price": "1.00", "quantity": "0.0001"}, "0.0001"),
            ({"price": "1.00", "quantity": "two"}, "two"),
            ({"price": "1.00", "discount": "1.005%"}, "1.005"),
            ({"price": "12,34"}, "12,34"),
        ],
        ids=["price", "quantity", "word", "discount", "comma"],
    )
    def test_figures_that_make_no_sense(self, office, hale, about, given):
        """Figures that can't be read are refused as they were written."""
        draft = office.draft(hale, goods("1.00"))
        with pytest.raises(WordingError) as problem:
            office.add(draft, goods(**about))
        assert problem.value.given == given
        assert office.preview(draft).total == "1.00 EUR"

    def test_quantity_of_nothing(self, office, hale):
        """A line over no pieces is refused."""
        with pytest.raises(NothingError, match="a quantity is needed"):
            office.draft(hale, goods("1.00", quantity="0"))

    def test_more_than_all(self, office, hale):
        """A line can't have more than all of it taken off."""
        with pytest.raises(LimitError, match=r"discount: 100 % at most, 100.01 % asked for"):
            office.draft(hale, goods("1.00", discount="100.01%"))

    def test_no_text(self, office, hale):
        """A line says what it is for."""
        with pytest.raises(NothingError, match="a text for each line is needed"):
            office.draft(hale, Item(" ", "1.00"))

    def test_long_texts(self, office, hale):
        """A line has eighty characters at most."""
        office.draft(hale, Item("x" * 80, "1.00"))
        with pytest.raises(LimitError, match="characters of a line: 80 at most, 81 asked for"):
            office.draft(hale, Item("x" * 81, "1.00"))

    def test_a_refused_draft(self, office, hale):
        """A draft that was refused for one of its lines is not kept."""
        with pytest.raises(NothingError):
            office.draft(hale, goods("1.00"), goods("1.00", quantity="0"))
        with pytest.raises(UnknownError, match="there is no draft 1"):
            office.look_at(1)

    def test_nothing_to_preview(self, office, hale):
        """A draft without lines comes to nothing that could be shown."""
        draft = office.draft(hale)
        with pytest.raises(NothingError, match="a line at least is needed"):
            office.preview(draft)


class TestTaxes:
    def test_codes(self, office, hale):
        """Each line is taxed by its own code, however it is written."""
        draft = office.draft(
            hale,
            Item("Book", "10.00", tax="Reduced"),
            Item("Stamp", "10.00", tax=" zero "),
            Item("Pen", "10.00"),
        )
        lines = ("10.00 EUR + 0.50 EUR", "10.00 EUR + 0.00 EUR", "10.00 EUR + 2.00 EUR")
        assert office.preview(draft).lines == lines

    def test_on_the_total(self, office, hale):
        """Taxes are rounded once for each code where nothing else was agreed."""
        draft = office.draft(hale, Item("Pin", "0.12"), Item("Nail", "0.12"))
        assert office.preview(draft).tax == "0.05 EUR"

    def test_line_by_line(self, office):
        """Taxes are rounded for each line where that was agreed."""
        office.enrol("Quay Fish", by_line=True)
        draft = office.draft("Quay Fish", Item("Pin", "0.12"), Item("Nail", "0.12"))
        assert office.preview(draft).tax == "0.04 EUR"

    def test_parts_of_a_tax(self, office, hale):
        """The tax on the total is divided among the lines without a rest."""
        draft = office.draft(hale, Item("Pin", "0.12"), Item("Nail", "0.12"))
        assert office.preview(draft).lines == ("0.12 EUR + 0.03 EUR", "0.12 EUR + 0.02 EUR")

    def test_codes_are_kept_apart(self, office, hale):
        """The tax of one code is not spread over the lines of another."""
        draft = office.draft(
            hale,
            Item("Pin", "0.12"),
            Item("Book", "100.00", tax="reduced"),
            Item("Nail", "0.12"),
        )
        lines = ("0.12 EUR + 0.03 EUR", "100.00 EUR + 5.00 EUR", "0.12 EUR + 0.02 EUR")
        assert office.preview(draft).lines == lines

    @pytest.mark.parametrize(
        ("way", "price", "net"),
        [
            ("half up", "0.125", "0.13 EUR"),
            ("half even", "0.125", "0.12 EUR"),
            ("half even", "0.135", "0.14 EUR"),
        ],
        ids=["up", "even-down", "even-up"],
    )
    def test_halves(self, office, way, price, net):
        """Half a cent goes the way that was agreed."""
        office.enrol("Quay Fish", rounding=way)
        draft = office.draft("Quay Fish", goods(price))
        assert office.preview(draft).net == net

    def test_halves_of_taxes(self, office):
        """Half a cent of tax goes to the even side where that was agreed."""
        office.enrol("Quay Fish", rounding="half even", by_line=True)
        draft = office.draft("Quay Fish", Item("Book", "0.50", tax="reduced"))
        assert office.preview(draft).tax == "0.02 EUR"

    def test_yen(self, office):
        """Taxes in yen have no decimals."""
        office.enrol("Kobo", currency="JPY")
        draft = office.draft("Kobo", Item("Cup", "333"))
        assert office.preview(draft).total == "400 JPY"

    def test_dinars(self, office):
        """Taxes in dinars have three decimals."""
        office.enrol("Souk", currency="KWD")
        draft = office.draft("Souk", Item("Cup", "1.115"))
        assert office.preview(draft).tax == "0.223 KWD"

    def test_unknown_codes(self, office, hale):
        """A tax that nobody has set is refused."""
        with pytest.raises(UnknownError, match="there is no tax luxury"):
            office.draft(hale, Item("Pearl", "1.00", tax="luxury"))

    def test_new_codes(self, office, hale):
        """A tax can be used from its first day on."""
        office.set_tax("Luxury ", " 33.3% ", "2026-03-02")
        draft = office.draft(hale, Item("Pearl", "100.00", tax="luxury"))
        assert office.preview(draft).tax == "33.30 EUR"

    def test_too_early_for_a_code(self, office, hale):
        """A tax can't be used before its first day."""
        office.set_tax("luxury", "33", "2026-03-03")
        with pytest.raises(UnknownError, match="there is no tax luxury"):
            office.draft(hale, Item("Pearl", "100.00", tax="luxury"))

    def test_new_rates(self, office, hale, clock):
        """A new rate holds from its day on, also for what was drafted before."""
        office.set_tax("standard", "21", "2026-03-04")
        draft = office.draft(hale, Item("Desk", "100.00"))
        clock.advance(days=1)
        assert office.preview(draft).tax == "20.00 EUR"
        clock.advance(days=1)
        assert office.preview(draft).tax == "21.00 EUR"

    def test_rates_before(self, office, hale):
        """An invoice dated back has the rate of its day."""
        office.set_tax("standard", "19", "2026-02-01")
        office.set_tax("standard", "21", "2026-03-01")
        draft = office.draft(hale, Item("Desk", "100.00"))
        assert office.invoice(office.issue(draft, on="2026-02-28")).tax == "19.00 EUR"

    def test_changed_rates(self, office, hale):
        """A rate that is set again for the same day replaces the one before."""
        office.set_tax("standard", "19", "2026-02-01")
        office.set_tax("standard", "22", "2026-02-01")
        draft = office.draft(hale, Item("Desk", "100.00"))
        assert office.preview(draft).tax == "22.00 EUR"

    def test_more_than_everything(self, office):
        """A tax is a hundred per cent at most."""
        office.set_tax("luxury", "100%", "2026-03-01")
        with pytest.raises(LimitError, match=r"tax: 100 % at most, 101 % asked for"):
            office.set_tax("luxury", "101", "2026-03-01")

    @pytest.mark.parametrize(
        ("code", "since"), [("a", "March"), (" ", "2026-03-01")], ids=["day", "code"]
    )
    def test_taxes_that_make_no_sense(self, office, code, since):
        """A tax needs a code and a day."""
        with pytest.raises((WordingError, NothingError)):
            office.set_tax(code, "1", since)


class TestDiscounts:
    def test_percentage(self, office, hale):
        """A percentage is taken off the whole invoice before taxes."""
        draft = office.draft(hale, Item("Desk", "80.00"), Item("Chair", "20.00"))
        office.allow(draft, " 10% ")
        seen = office.preview(draft)
        assert (seen.discount, seen.net, seen.tax) == ("10.00 EUR", "90.00 EUR", "18.00 EUR")

    def test_amount(self, office, hale):
        """An amount is taken off the whole invoice before taxes."""
        draft = office.draft(hale, Item("Desk", "80.00"), Item("Chair", "20.00"))
        office.allow(draft, " 25.00 ")
        assert office.preview(draft).total == "90.00 EUR"

    def test_spread(self, office, hale):
        """A discount is spread over the lines by what they cost, the odd cent to the largest rest."""
        draft = office.draft(hale, goods("1.00"), goods("1.00"), goods("4.00"))
        office.allow(draft, "0.10")
        assert [line.partition(" ")[0] for line in office.preview(draft).lines] == [
            "0.98",
            "0.98",
            "3.94",
        ]

    def test_spread_over_codes(self, office, hale):
        """A discount lowers the tax of each code by its part."""
        draft = office.draft(hale, Item("Desk", "75.00"), Item("Stamp", "25.00", tax="zero"))
        office.allow(draft, "40.00")
        assert office.preview(draft).tax == "9.00 EUR"

    def test_free_lines_take_no_part(self, office, hale):
        """A free line has no part in a discount."""
        draft = office.draft(hale, goods("0"), goods("3.00"))
        office.allow(draft, "1.00")
        assert office.preview(draft).lines == ("0.00 EUR + 0.00 EUR", "2.00 EUR + 0.00 EUR")

    def test_all_of_it(self, office, hale):
        """All of an invoice can be taken off."""
        draft = office.draft(hale, Item("Desk", "80.00"))
        office.allow(draft, "80.00")
        assert office.preview(draft).total == "0.00 EUR"

    def test_more_than_there_is(self, office, hale):
        """No more can be taken off than there is."""
        draft = office.draft(hale, Item("Desk", "80.00"))
        with pytest.raises(LimitError, match=r"discount: 100 % at most, 101 % asked for"):
            office.allow(draft, "101%")
        office.allow(draft, "80.01")
        with pytest.raises(LimitError, match=r"discount: 80.00 EUR at most, 80.01 EUR asked for"):
            office.preview(draft)

    def test_later_words(self, office, hale):
        """A later discount replaces an earlier one."""
        draft = office.draft(hale, goods("100.00"))
        office.allow(draft, "10%")
        office.allow(draft, "5.00")
        assert office.preview(draft).net == "95.00 EUR"

    def test_discount_of_nothing_at_all(self, office, hale):
        """A discount of nought takes a discount back."""
        draft = office.draft(hale, goods("100.00"))
        office.allow(draft, "10%")
        office.allow(draft, "0")
        assert office.preview(draft).net == "100.00 EUR"

    def test_currency_of_a_discount(self, office):
        """An amount off is in the currency of the invoice."""
        office.enrol("Kobo", currency="JPY")
        draft = office.draft("Kobo", goods("500"))
        with pytest.raises(WordingError, match=r"“5.5” is no amount"):
            office.allow(draft, "5.5")


class TestDiscarding:
    def test_gone(self, office, hale):
        """A draft that was thrown away stays on file as such."""
        draft = office.draft(hale, goods("1.00"))
        office.discard(draft)
        assert office.look_at(draft).stage == "discarded"

    def test_not_issued_any_more(self, office, hale):
        """A draft that was thrown away can't be issued."""
        draft = office.draft(hale, goods("1.00"))
        office.discard(draft)
        with pytest.raises(StageError, match="draft 1 is discarded and can't be issued") as problem:
            office.issue(draft)
        assert (problem.value.rule, problem.value.stage) == ("stage", "discarded")

    def test_not_changed_any_more(self, office, hale):
        """Nothing can be written on a draft that was thrown away."""
        draft = office.draft(hale, goods("1.00"))
        office.discard(draft)
        with pytest.raises(StageError, match="can't be changed"):
            office.add(draft, goods("1.00"))
        with pytest.raises(StageError, match="can't be changed"):
            office.allow(draft, "1%")

    def test_not_after_issuing(self, office, hale):
        """An invoice that counts can't be thrown away."""
        draft = office.draft(hale, goods("1.00"))
        office.issue(draft)
        with pytest.raises(StageError, match="INV-2026-0001 is open and can't be discarded"):
            office.discard(draft)

    def test_ids_are_not_given_twice(self, office, hale):
        """The id of a draft that was thrown away is not given again."""
        first = office.draft(hale, goods("1.00"))
        office.discard(first)
        assert office.draft(hale, goods("1.00")) == first + 1

    def test_no_number(self, office, hale):
        """A draft that was thrown away has taken no number."""
        office.discard(office.draft(hale, goods("1.00")))
        assert issued(office, hale, "1.00") == "INV-2026-0001"
