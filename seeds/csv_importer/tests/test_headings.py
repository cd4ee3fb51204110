import pytest
from helpers import assert_counts, assert_problems, assert_rows, prices, run

from csv_importer import BANK_EXPORT, CUSTOMERS, PRICE_LIST, Upload
from csv_importer.columns import TextType
from csv_importer.dialect import Dialect
from csv_importer.headers import Mapping, map_header, matches, normalise_header
from csv_importer.layouts import Column, Schema
from csv_importer.problems import HeaderError, SetupError


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("  Credit_Limit ", "credit limit"),
        ("E-Mail", "e mail"),
        ("GÜLTIG  AB:", "gultig ab"),
        ("Straße", "strasse"),
        ("Price (EUR)", "price eur"),
        ("№ 1", "no 1"),
    ],
    ids=["snake", "dash", "capitals", "sharp-s", "brackets", "sign"],
)
def test_given_a_heading_when_compared_then_only_its_letters_count(text, compared):
    """Capitals, accents, dashes and brackets of a heading do not matter."""
    assert normalise_header(text) == compared


def test_given_other_names_when_mapped_then_each_column_is_found():
    """Columns are known by their German headings too, in any order."""
    found = map_header(["Preis", "Einheit", "Artikelnummer"], PRICE_LIST)
    assert str(found) == "price in column 1, unit in column 2, sku in column 3"


def test_given_a_heading_too_many_when_mapped_then_it_is_ignored():
    """Headings that nobody knows are left aside."""
    assert map_header(["sku", "Colour ", "price", ""], PRICE_LIST).ignored == ("Colour",)


def test_given_strict_headings_when_one_is_unknown_then_the_file_is_refused():
    """Where unknown headings are not wanted, a file that has one is refused."""
    with pytest.raises(HeaderError, match="line 1 has headings that nobody expects: Colour"):
        map_header(["sku", "Colour", "price"], PRICE_LIST, Mapping(unknown="refuse"))


def test_given_a_missing_heading_when_mapped_then_it_is_named():
    """A file without the headings that are needed is refused, and all of them are named."""
    with pytest.raises(HeaderError, match="line 1 has no heading for: number, name"):
        map_header(["e-mail", "land"], CUSTOMERS)


def test_given_the_same_column_twice_when_mapped_then_the_file_is_refused():
    """Two headings for one column are refused."""
    with pytest.raises(HeaderError, match="columns 1 and 3 are both headed as sku"):
        map_header(["sku", "price", "article"], PRICE_LIST)


def test_given_a_heading_mapped_by_hand_when_imported_then_it_counts(importer):
    """A heading can be assigned to a column by hand."""
    upload = Upload.of("vendor.csv", "Ref.;Cost", "V-8;61,00")
    run(importer, upload, mapping=Mapping({"ref": "sku", "COST": "price"}))
    assert_rows(importer, "price list", "sku", "V-8")


def test_given_a_column_mapped_by_hand_when_its_own_name_occurs_then_that_is_ignored():
    """A column that was assigned by hand is not looked for under its own name."""
    found = map_header(["sku", "price", "gross"], PRICE_LIST, Mapping({"gross": "price"}))
    assert str(found) == "sku in column 1, price in column 3"


def test_given_a_mapping_to_nowhere_when_imported_then_it_is_refused(importer):
    """A heading cannot be assigned to a column that the list does not have."""
    with pytest.raises(SetupError, match="“Colour” cannot be taken as paint"):
        run(importer, prices("A-1;1,00"), mapping=Mapping({"Colour": "paint"}))


def test_given_an_odd_wish_for_unknown_headings_when_imported_then_it_is_refused(importer):
    """Unknown headings can be ignored or refused and nothing else."""
    with pytest.raises(SetupError, match="can be ignored or refused, not “delete”"):
        run(importer, prices("A-1;1,00"), mapping=Mapping(unknown="delete"))


def test_given_lines_above_the_headings_when_imported_then_they_are_passed_over(importer):
    """What a bank writes above the headings is passed over."""
    upload = Upload.of(
        "bank.csv",
        "Account;DE89",
        "Period;April",
        "Buchungstag;Name;Betrag",
        "02.04.2026;Ott;-9,90",
    )
    assert_counts(run(importer, upload, BANK_EXPORT), imported=1)


def test_given_seven_lines_above_the_headings_when_imported_then_they_are_found(importer):
    """Headings are found down to the eighth line."""
    upload = Upload.of("deep.csv", *[f"note {n}" for n in range(7)], "sku;price", "D-1;1,00")
    assert_counts(run(importer, upload), imported=1)


def test_given_eight_lines_above_the_headings_when_imported_then_it_is_refused(importer):
    """Headings below the eighth line are not found."""
    upload = Upload.of("deep.csv", *[f"note {n}" for n in range(8)], "sku;price", "D-1;1,00")
    with pytest.raises(HeaderError, match="line 1 has no heading for: sku, price"):
        run(importer, upload)


def test_given_no_fitting_headings_when_imported_then_the_likeliest_line_is_named(importer):
    """Where no line has all headings, the one that has most of them is named."""
    upload = Upload.of("half.csv", "Prices of spring", "sku;name;unit", "A-1;Lid;kg")
    with pytest.raises(HeaderError, match="line 2 has no heading for: price"):
        run(importer, upload)


def test_given_cells_when_compared_with_a_list_then_known_headings_are_counted():
    """The headings that a list knows can be counted."""
    assert matches(["Land", "Firma", "Colour"], CUSTOMERS) == 2


def test_given_an_empty_last_heading_when_rows_lack_its_cell_then_they_are_whole(importer):
    """Rows need no cell below an empty heading at the end."""
    upload = Upload.of("wide.csv", "sku;price;", "E-1;1,00", "E-2;2,00;")
    assert_counts(run(importer, upload), imported=2)


def test_given_a_row_that_is_too_short_when_imported_then_it_is_put_aside(importer):
    """A row with fewer cells than headings is put aside."""
    upload = Upload.of("short.csv", "sku;price;unit", "E-1;1,00", "E-2;2,00;kg")
    assert_problems(run(importer, upload), "line 2: the line has 2 columns, 3 are needed")


def test_given_a_row_that_is_too_long_when_imported_then_it_is_put_aside(importer):
    """A row with more filled cells than headings is put aside."""
    upload = prices("E-1;1,00;kg", "E-2;2,00")
    assert_problems(run(importer, upload), "line 2: the line has 3 columns, only 2 have headings")


def test_given_only_empty_cells_too_many_when_imported_then_the_row_is_whole(importer):
    """Empty cells beyond the headings do no harm."""
    assert_counts(run(importer, prices("E-1;1,00;; ", "E-2;2,00")), imported=2)


def test_given_a_list_with_a_column_twice_when_made_then_it_is_refused():
    """A list cannot name a column twice."""
    with pytest.raises(SetupError, match="the stock list names a column twice"):
        Schema("stock list", (Column("bin", TextType()), Column("bin", TextType())), ("bin",))


def test_given_a_list_told_apart_by_nothing_when_made_then_it_is_refused():
    """Rows can be told apart only by columns that the list has."""
    with pytest.raises(
        SetupError, match="the stock list has no column shelf to tell rows apart by"
    ):
        Schema("stock list", (Column("bin", TextType()),), ("shelf",))


def test_given_a_column_that_is_not_there_when_asked_for_then_it_is_refused():
    """A column that a list does not have cannot be looked up."""
    with pytest.raises(SetupError, match="the price list has no column weight"):
        PRICE_LIST.column("weight")


def test_given_strict_headings_when_all_are_known_then_the_file_is_accepted():
    """Where unknown headings are not wanted, a file with known ones is accepted."""
    found = map_header(["sku", "price", " "], PRICE_LIST, Mapping(unknown="refuse"))
    assert str(found) == "sku in column 1, price in column 2"


def test_given_a_mapping_when_headings_are_counted_then_those_mapped_by_hand_count():
    """Headings assigned by hand count as known."""
    assert matches(["Ref", "Cost", "unit"], PRICE_LIST, Mapping({"ref": "sku"})) == 2


def test_given_nothing_but_remarks_when_imported_then_there_are_no_headings(importer):
    """A file of remarks has no headings."""
    upload = Upload.of("r.csv", "# prices", "# to follow")
    with pytest.raises(HeaderError, match="the file has no headings"):
        run(importer, upload, dialect=Dialect(comment="#"))
