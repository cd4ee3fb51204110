from datetime import UTC, datetime

import pytest
from helpers import assert_counts, assert_rows, prices, resume, run

from csv_importer import CUSTOMERS, Upload
from csv_importer.problems import AlreadyImportedError, ResumeError, UndoError, UnknownImportError


def told(entries):
    return [str(entry) for entry in entries]


def test_given_two_imports_when_listed_then_the_newest_is_on_top(importer, clock):
    """The latest import stands on top of the history."""
    run(importer, prices("A-1;1,00", name="march.csv"))
    clock.advance(minutes=5)
    run(importer, prices("B-2;2,00", "C-3;3,00", name="april.csv"))
    assert told(importer.history()) == [
        "import-2: april.csv, completed, 2 imported",
        "import-1: march.csv, completed, 1 imported",
    ]


def test_given_imports_of_one_moment_when_listed_then_their_numbers_decide(importer):
    """Imports of the same moment are listed by their numbers."""
    run(importer, prices("A-1;1,00"))
    run(importer, prices("B-2;2,00"))
    assert [entry.number for entry in importer.history(newest_first=False)] == [1, 2]


def test_given_a_limit_when_listed_then_only_so_many_come(importer):
    """The history can be cut short after the latest imports."""
    run(importer, prices("A-1;1,00"))
    run(importer, prices("B-2;2,00"))
    run(importer, prices("C-3;3,00"))
    assert [entry.number for entry in importer.history(limit=2)] == [3, 2]


def test_given_two_lists_when_one_is_listed_then_the_other_is_left_out(importer):
    """The history of a list leaves other lists out."""
    run(importer, prices("A-1;1,00"))
    run(importer, Upload.of("c.csv", "number;name", "1;Ott"), CUSTOMERS)
    assert told(importer.history("customer list")) == ["import-2: c.csv, completed, 1 imported"]


def test_given_a_first_moment_when_listed_then_an_import_of_that_moment_counts(importer, clock):
    """A history since a moment has the imports of that very moment too."""
    run(importer, prices("A-1;1,00"))
    clock.advance(minutes=10)
    run(importer, prices("B-2;2,00"))
    since = datetime(2026, 4, 7, 8, 40, tzinfo=UTC)
    assert [entry.number for entry in importer.history(since=since)] == [2]


def test_given_a_paused_import_when_listed_then_it_shows(importer):
    """A paused import stands in the history with the rows so far."""
    run(importer, prices("A-1;1,00", "B-2;2,00"), batch_size=1, pause_after=1)
    assert told(importer.history()) == ["import-1: prices.csv, paused, 1 imported"]


def test_given_a_resumed_import_when_listed_then_it_is_one_import(importer):
    """An import in two parts stands in the history once."""
    upload = prices("A-1;1,00", "B-2;2,00")
    run(importer, upload, batch_size=1, pause_after=1)
    resume(importer, "import-1", upload)
    assert told(importer.history()) == ["import-1: prices.csv, completed, 2 imported"]


def test_given_the_same_file_when_imported_again_then_it_is_refused(importer):
    """The very same file is not imported twice, whatever it is called."""
    run(importer, prices("A-1;1,00"))
    with pytest.raises(AlreadyImportedError, match=r"copy.csv was imported before, as import-1"):
        run(importer, prices("A-1;1,00", name="copy.csv"))


def test_given_a_changed_file_of_the_same_name_when_imported_then_it_is_new(importer):
    """A file of the same name with other rows is another file."""
    run(importer, prices("A-1;1,00"))
    assert_counts(run(importer, prices("B-2;1,00")), imported=1)


def test_given_the_same_file_when_wanted_again_then_it_is_imported(importer):
    """The same file is imported again where that is asked for."""
    run(importer, prices("A-1;1,00"))
    assert_counts(run(importer, prices("A-1;1,00"), again=True, existing="replace"), replaced=1)


def test_given_less_than_a_month_when_the_file_comes_again_then_it_is_refused(importer, clock):
    """A file is known until a second before thirty days have passed."""
    run(importer, prices("A-1;1,00"))
    clock.advance(days=29, hours=23, minutes=59, seconds=59)
    with pytest.raises(AlreadyImportedError, match="import-1"):
        run(importer, prices("A-1;1,00"))


def test_given_a_month_when_the_file_comes_again_then_it_is_imported(importer, clock):
    """A file is forgotten once thirty days have passed."""
    run(importer, prices("A-1;1,00"))
    clock.advance(days=30)
    assert_counts(run(importer, prices("A-1;1,00"), existing="skip"), skipped=1)


def test_given_the_same_file_for_another_list_when_imported_then_it_is_new(importer):
    """A file that went into one list can still go into another."""
    upload = Upload.of("both.csv", "number;sku;name;price", "1;A-1;Ott;5,00")
    run(importer, upload)
    assert_counts(run(importer, upload, CUSTOMERS), imported=1)


def test_given_an_import_when_taken_back_then_its_rows_go(importer):
    """Taking an import back removes its rows and no others."""
    run(importer, prices("A-1;1,00", "B-2;2,00"))
    run(importer, prices("C-3;3,00"))
    importer.undo("import-1")
    assert_rows(importer, "price list", "sku", "C-3")


def test_given_an_import_when_taken_back_then_the_rows_are_counted(importer):
    """Taking an import back tells how many rows went."""
    run(importer, prices("A-1;1,00", "B-2;2,00", "C-3;x"))
    assert importer.undo("IMPORT-1") == 2


def test_given_an_import_when_taken_back_then_history_tells(importer):
    """An import that was taken back stands in the history with no rows."""
    run(importer, prices("A-1;1,00"))
    importer.undo("import-1")
    assert told(importer.history()) == ["import-1: prices.csv, taken back, 0 imported"]


def test_given_an_import_taken_back_when_the_file_comes_again_then_it_is_new(importer):
    """A file whose import was taken back can be imported again."""
    run(importer, prices("A-1;1,00"))
    importer.undo("import-1")
    assert_counts(run(importer, prices("A-1;1,00")), imported=1)


def test_given_an_import_taken_back_when_taken_back_again_then_it_is_refused(importer):
    """An import can be taken back once."""
    run(importer, prices("A-1;1,00"))
    importer.undo("import-1")
    with pytest.raises(UndoError, match="import-1 is taken back, there is nothing to take back"):
        importer.undo("import-1")


def test_given_two_days_when_taken_back_then_it_still_works(importer, clock):
    """An import can be taken back up to two days after its end."""
    run(importer, prices("A-1;1,00"))
    clock.advance(hours=48)
    assert importer.undo("import-1") == 1


def test_given_more_than_two_days_when_taken_back_then_it_is_refused(importer, clock):
    """An import cannot be taken back a second after two days."""
    run(importer, prices("A-1;1,00"))
    clock.advance(days=2, seconds=1)
    with pytest.raises(UndoError, match="import-1 was finished more than 48 hours ago"):
        importer.undo("import-1")


def test_given_a_paused_import_taken_back_when_resumed_then_it_is_refused(importer):
    """An import that was taken back cannot be continued."""
    upload = prices("A-1;1,00", "B-2;2,00")
    run(importer, upload, batch_size=1, pause_after=1)
    importer.undo("import-1")
    with pytest.raises(ResumeError, match="import-1 is taken back and cannot be continued"):
        resume(importer, "import-1", upload)


def test_given_no_such_import_when_taken_back_then_it_is_refused(importer):
    """Only imports that were made can be taken back."""
    with pytest.raises(UnknownImportError, match="there is no import-3"):
        importer.undo("import-3")


def test_given_malformed_lines_when_imported_then_they_are_put_aside_as_they_were(importer):
    """A line that cannot be taken apart is put aside as it was, with the reason."""
    run(importer, prices("A-1;1,00", 'B-2;"2,00" net', "C-3"))
    assert told(importer.quarantine()) == [
        'line 3 “B-2;"2,00" net”: there is text behind a closing quote',
        "line 4 “C-3”: the line has 1 columns, 2 are needed",
    ]


def test_given_malformed_lines_of_two_imports_when_one_is_asked_for_then_only_its_lines_come(
    importer,
):
    """The lines put aside can be seen for one import alone."""
    run(importer, prices("A-1"))
    run(importer, prices("B-2;1,00", "C-3"))
    assert [line.raw for line in importer.quarantine("import-2")] == ["C-3"]


def test_given_a_rejected_row_when_imported_then_it_is_not_put_aside(importer):
    """A row that is rejected for its values is not put aside."""
    run(importer, prices("A-1;x", "B-2"))
    assert [line.line for line in importer.quarantine()] == [3]


def test_given_an_unreadable_line_when_put_aside_then_the_letter_is_replaced(importer):
    """A letter that cannot be read is shown as a question mark in the line put aside."""
    upload = Upload.of("x.csv", "sku;price", "Ö-1;1,00", encoding="cp1252")
    run(importer, upload, encoding="utf-8")
    assert [line.raw for line in importer.quarantine()] == ["?-1;1,00"]


def test_given_a_pause_when_resumed_then_malformed_lines_are_put_aside_once(importer):
    """A line put aside before a pause is not put aside again behind it."""
    upload = prices("A-1", "B-2;2,00", "C-3;3,00", "D-4")
    run(importer, upload, batch_size=1, pause_after=1)
    resume(importer, "import-1", upload)
    assert [line.raw for line in importer.quarantine("import-1")] == ["A-1", "D-4"]


def test_given_a_list_when_a_part_is_asked_for_then_it_comes(importer):
    """A list can be looked at in parts."""
    run(importer, prices("A-1;1,00", "B-2;2,00", "C-3;3,00", "D-4;4,00", "E-5;5,00"))
    assert [row["sku"] for row in importer.rows("price list", first=2, limit=2)] == ["B-2", "C-3"]


@pytest.mark.parametrize("first", [0, 1])
def test_given_a_list_when_it_is_read_from_the_start_then_the_first_row_comes(importer, first):
    """The first row of a list is the first to be seen."""
    run(importer, prices("A-1;1,00", "B-2;2,00"))
    assert [row["sku"] for row in importer.rows("price list", first=first, limit=1)] == ["A-1"]


def test_given_a_limit_of_none_at_all_when_a_list_is_read_then_nothing_comes(importer):
    """A part of zero rows is empty."""
    run(importer, prices("A-1;1,00"))
    assert importer.rows("price list", limit=0) == []


def test_given_replaced_rows_when_listed_then_they_count_as_imported(importer):
    """The history counts replaced rows along with new ones."""
    run(importer, prices("A-1;1,00"))
    run(importer, prices("A-1;9,00", "B-2;2,00", name="new.csv"), existing="replace")
    assert told(importer.history(limit=1)) == ["import-2: new.csv, completed, 2 imported"]
