import pytest
from helpers import assert_counts, assert_problems, assert_rows, prices, run

from csv_importer import Upload
from csv_importer.dialect import Dialect, count_outside_quotes, detect_delimiter, detect_dialect
from csv_importer.problems import UnreadableFileError
from csv_importer.records import split_cells


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("sku;price\nA;1,50\nB;2,75", ";"),
        ("sku,price\nA,1.50\nB,2.75", ","),
        ("sku\tprice\nA\t1,50", "\t"),
        ("sku|price\nA|3", "|"),
    ],
    ids=["semicolon", "comma", "tab", "bar"],
)
def test_given_a_sample_when_looked_at_then_the_separator_is_found(sample, delimiter):
    """The separator is the one that stands in every line equally often."""
    assert detect_dialect(sample).delimiter == delimiter


def test_given_decimal_commas_when_as_frequent_then_the_more_frequent_separator_wins():
    """Where two separators stand in every line, the one with more columns wins."""
    assert detect_delimiter(["1,5;a;x", "2,5;b;y"]) == ";"


def test_given_two_separators_with_as_many_columns_when_chosen_then_the_semicolon_wins():
    """Where comma and semicolon are equally likely, it is the semicolon."""
    assert detect_delimiter(["a,b;c", "d,e;f"]) == ";"


def test_given_one_separator_in_more_lines_when_chosen_then_it_wins():
    """A separator found in more lines wins over one found more often in a single line."""
    assert detect_delimiter(["a;b;c;d", "x,y", "z,w"]) == ","


def test_given_no_separator_when_chosen_then_it_is_the_usual_one():
    """A file with a single column is read with the usual separator."""
    assert detect_delimiter(["sku", "A-1"]) == ";"


def test_given_separators_in_quotes_when_counted_then_they_do_not_count():
    """Separators within quotes are part of the text."""
    assert count_outside_quotes('"a;b;c";d;"e;f"', ";") == 2


def test_given_single_quotes_when_looked_at_then_they_are_found():
    """Quotes of the other kind are found where they stand around cells."""
    assert detect_dialect("sku;name\n'A-1';'Lid; red'").quote == "'"


def test_given_no_quotes_when_looked_at_then_the_usual_ones_count():
    """A file without quotes is read as if it had the usual ones."""
    assert detect_dialect("sku;name\nA-1;Lid").quote == '"'


def test_given_an_announced_separator_when_looked_at_then_it_counts():
    """A separator announced in the first line counts, whatever stands below."""
    assert detect_dialect("SEP=|\na;b|c;d\ne;f|g;h").delimiter == "|"


def test_given_an_announced_separator_when_imported_then_its_line_is_no_row(importer):
    """The line that announces the separator is not a row."""
    upload = Upload.of("hint.csv", "sep=,", "sku,price", 'H-1,"3,20"')
    assert_counts(run(importer, upload), imported=1)


def test_given_nothing_but_empty_lines_when_looked_at_then_the_file_is_empty():
    """A file of empty lines is as good as empty."""
    with pytest.raises(UnreadableFileError, match="the file is empty"):
        detect_dialect("\n  \n")


def test_given_more_than_twenty_lines_when_looked_at_then_only_the_first_count():
    """Only the first twenty lines decide on the separator."""
    sample = "\n".join(["a,b"] * 20 + ["c;d;e"] * 60)
    assert detect_dialect(sample).delimiter == ","


def test_given_a_dialect_when_described_then_it_reads_well():
    """How a file is separated can be told in words."""
    assert str(Dialect("\t", "'")) == "columns separated by tab, quoted by '"


def test_given_a_chosen_dialect_when_imported_then_it_is_not_guessed(importer):
    """The separator that was chosen counts even if another one looks likelier."""
    upload = Upload.of("odd.csv", "sku/price", "S-1;S/1,00", "S-2;S/2,00")
    report = run(importer, upload, dialect=Dialect("/"))
    assert_problems(
        report,
        "line 2, sku: “S-1;S” is not written as it should be",
        "line 3, sku: “S-2;S” is not written as it should be",
    )


def test_given_remarks_when_imported_then_they_are_left_out(importer):
    """Lines that begin as remarks are no rows."""
    upload = prices("# spring prices", "R-1;4,00", "  # end")
    assert_counts(run(importer, upload, dialect=Dialect(comment="#")), imported=1)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a;b;c", ("a", "b", "c")),
        ("a;;", ("a", "", "")),
        ('a;"b;c";d', ("a", "b;c", "d")),
        ('"say ""hi""";x', ('say "hi"', "x")),
        ('monitor 19";x', ('monitor 19"', "x")),
        (' "padded" ;x', ("padded", "x")),
        ('"";x', ("", "x")),
    ],
    ids=["plain", "empty", "quoted", "doubled", "inch", "padded", "nothing"],
)
def test_given_a_line_when_taken_apart_then_its_cells_are_right(text, cells):
    """Quotes keep separators together, and doubled quotes stand for one."""
    assert split_cells(text).cells == cells


def test_given_text_behind_a_quote_when_taken_apart_then_it_is_marked():
    """Text behind a closing quote is a mistake in the line."""
    assert split_cells('"Bolt" M6;x').flaw == "there is text behind a closing quote"


def test_given_an_open_quote_when_taken_apart_then_it_is_unfinished():
    """A quote that is not closed leaves the line unfinished."""
    assert split_cells('A-1;"two lines').unfinished


def test_given_a_cell_over_two_lines_when_imported_then_it_is_one_row(importer):
    """A text in quotes may run over several lines."""
    upload = Upload.of(
        "long.csv", "sku;price;name", 'L-1;5,00;"Lamp', 'with shade"', "L-2;6,00;Bulb"
    )
    run(importer, upload)
    assert_rows(importer, "price list", "name", "Lamp with shade", "Bulb")


def test_given_a_row_over_two_lines_when_a_later_row_is_wrong_then_its_line_is_right(importer):
    """Rows behind one that runs over two lines keep the line numbers of the file."""
    upload = Upload.of("n.csv", "sku;name;price", 'L-1;"Lamp', 'tall";5,00', "L-2;Bulb;none")
    assert_problems(run(importer, upload), "line 4, price: “none” is not a number")


def test_given_a_quote_never_closed_when_imported_then_only_its_line_is_lost(importer):
    """A quote that is never closed costs its own line and no other."""
    upload = Upload.of("q.csv", "sku;name;price", 'Q-1;"Bolt;1,00', "Q-2;Nut;2,00", "Q-3;Pin;3,00")
    assert_counts(run(importer, upload), imported=2, malformed=1)


def test_given_a_quote_never_closed_when_imported_then_the_later_rows_keep_their_order(importer):
    """Lines that were looked at for the end of a quote are imported in their order."""
    upload = Upload.of("q.csv", "sku;name;price", 'Q-4;"Bolt;1,00', "Q-6;Nut;2,00", "Q-5;Pin;3,00")
    run(importer, upload)
    assert_rows(importer, "price list", "sku", "Q-6", "Q-5")


def test_given_a_cell_of_twenty_lines_when_imported_then_it_is_one_row(importer):
    """A row may run over twenty lines."""
    lines = ["x"] * 18
    upload = Upload.of("tall.csv", "price;sku;name", '1,00;T-1;"a', *lines, 'z"')
    assert_counts(run(importer, upload), imported=1)


def test_given_a_cell_of_more_lines_when_imported_then_the_quote_is_taken_as_open(importer):
    """A row over twenty-one lines is taken for a forgotten quote."""
    upload = Upload.of("tall.csv", "price;sku;name", '1,00;T-1;"a', *["x"] * 19, 'z"')
    report = run(importer, upload)
    assert report.problems_in(2)[0].message == "a quote is opened and never closed"


@pytest.mark.parametrize("row", ["A-1;boys'", "A-1;'tis", "A-1;'"], ids=["end", "start", "alone"])
def test_given_an_apostrophe_on_one_side_when_looked_at_then_it_is_no_quote(row):
    """An apostrophe on one side of a word is no quote."""
    assert detect_dialect(f"sku;name\n{row}").quote == '"'


def test_given_two_quoted_texts_in_a_cell_when_taken_apart_then_it_is_marked():
    """A second quoted text in the same cell is a mistake in the line."""
    assert split_cells('"" "Bolt";x').flaw == "there is text behind a closing quote"


def test_given_a_damaged_line_with_an_open_quote_when_imported_then_the_next_is_whole(importer):
    """A damaged line does not take the next one with it, even if it opens a quote."""
    upload = Upload.of("d.csv", "sku;name;price", 'A-1;"\x00;1,00', 'B-2;"Pin";2,00')
    assert_counts(run(importer, upload), imported=1, malformed=1)


def test_given_damage_in_the_second_line_of_a_row_when_imported_then_the_row_is_put_aside(importer):
    """A row over two lines is put aside if its second line is damaged."""
    upload = Upload.of("d.csv", "sku;name;price", 'A-1;"long', 'na\x00me";1,00', "B-2;Pin;2,00")
    assert_problems(run(importer, upload), "line 2: the line contains empty bytes")
