import pytest

from csv_importer.columns import ChoiceType, TextType, YesNoType
from csv_importer.layouts import COUNTRY, EMAIL, PRICE_LIST, UNIT
from csv_importer.problems import CellError


def test_given_stray_blanks_when_text_is_read_then_they_go():
    """Blanks around a text are dropped, and those between words become one."""
    assert TextType().parse("\t Brass\xa0 hinge ") == "Brass hinge"


def test_given_capitals_when_text_is_read_then_all_letters_are():
    """Where capitals are wanted, small letters become capitals."""
    assert TextType(upper=True).parse("ab-12c") == "AB-12C"


def test_given_a_longest_text_when_it_just_fits_then_it_is_kept():
    """A text of exactly the greatest length is kept whole."""
    assert TextType(longest=6).parse("Zinc 8") == "Zinc 8"


def test_given_a_longest_text_when_one_letter_is_too_many_then_it_is_refused():
    """One letter more than fits is too many."""
    with pytest.raises(CellError, match="“Zinc 80” has 7 characters, 6 fit"):
        TextType(longest=6).parse("Zinc 80")


def test_given_a_shortest_text_when_it_is_just_long_enough_then_it_is_kept():
    """A text of exactly the least length is long enough."""
    assert TextType(shortest=3).parse("Elm") == "Elm"


def test_given_a_shortest_text_when_only_blanks_fill_it_then_it_is_refused():
    """Blanks do not make a text long enough."""
    with pytest.raises(CellError, match="“ok” is too short, 3 characters are needed"):
        TextType(shortest=3).parse("ok ")


def test_given_a_way_of_writing_when_the_text_differs_then_it_is_refused():
    """A mail address without a domain is refused."""
    with pytest.raises(CellError, match="“ana@office” is not written as it should be"):
        EMAIL.parse("ana@office")


def test_given_a_way_of_writing_when_the_text_follows_then_it_is_kept():
    """A mail address with a domain is kept as it is."""
    assert EMAIL.parse("ana@office.example") == "ana@office.example"


@pytest.mark.parametrize(
    ("text", "unit"), [("KG", "kg"), ("Stück", "piece"), (" h ", "hour"), ("m", "m")]
)
def test_given_a_choice_when_spelt_otherwise_then_it_is_understood(text, unit):
    """Units are understood in other spellings and capitals."""
    assert UNIT.parse(text) == unit


def test_given_a_choice_when_it_is_unknown_then_the_options_are_named():
    """A country that is not on the list is refused with the countries that are."""
    with pytest.raises(CellError, match="“Peru” is none of DE, AT, CH, FR, NL"):
        COUNTRY.parse("Peru")


def test_given_options_in_capitals_when_written_small_then_they_match():
    """Capitals do not matter when choosing."""
    assert ChoiceType(("Open", "Paid")).parse("PAID") == "Paid"


@pytest.mark.parametrize("text", ["yes", "Ja", "X", "1", "oui"])
def test_given_a_yes_in_any_language_when_read_then_it_is_yes(text):
    """Yes is understood in several languages and as a cross."""
    assert YesNoType().parse(text) is True


@pytest.mark.parametrize("text", ["no", "NEIN", "0", "false", " "])
def test_given_a_no_in_any_language_when_read_then_it_is_no(text):
    """No is understood in several languages, as a zero and as an empty cell."""
    assert YesNoType().parse(text) is False


def test_given_neither_yes_nor_no_when_read_then_it_is_refused():
    """Perhaps is neither yes nor no."""
    with pytest.raises(CellError, match="“perhaps” is neither yes nor no"):
        YesNoType().parse("perhaps")


@pytest.mark.parametrize("text", ["", "  ", "-", "N/A", "null"])
def test_given_an_empty_cell_when_the_column_has_a_usual_value_then_it_counts(text):
    """Cells that stand for nothing take the usual value of their column."""
    assert PRICE_LIST.column("unit").read(text) == "piece"


def test_given_an_empty_cell_when_the_column_is_needed_then_it_is_missing():
    """A dash in a column that must be filled counts as missing."""
    with pytest.raises(CellError, match="price is missing"):
        PRICE_LIST.column("price").read(" - ")


def test_given_a_zero_when_read_then_it_is_not_an_empty_cell():
    """A zero is a price and no empty cell."""
    assert str(PRICE_LIST.column("price").read("0")) == "0.00"
