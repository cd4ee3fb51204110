import pytest
from helpers import assert_counts, assert_problems, assert_rows, prices, run

from csv_importer import BANK_EXPORT, CUSTOMERS, TIMESHEET, Upload
from csv_importer.duplicates import Seen, key_part
from csv_importer.problems import SetupError


def test_given_a_row_twice_when_imported_then_the_second_is_rejected(importer):
    """A row that occurs again in the same file is rejected with the line of the first."""
    report = run(importer, prices("A-1;1,00", "B-2;2,00", "a-1;3,00"))
    assert_problems(report, "line 4, sku: A-1 is in line 2 already")


def test_given_a_row_three_times_when_imported_then_both_repetitions_name_the_first(importer):
    """Every repetition of a row names the line of the first one."""
    report = run(importer, prices("A-1;1,00", "A-1;2,00", "A-1;3,00"))
    assert_problems(
        report, "line 3, sku: A-1 is in line 2 already", "line 4, sku: A-1 is in line 2 already"
    )


def test_given_repetitions_to_skip_when_imported_then_the_first_stays(importer):
    """Where repetitions are skipped, the first row stays."""
    report = run(importer, prices("A-1;1,00", "A-1;2,00"), repeats="skip")
    assert_counts(report, imported=1, skipped=1)


def test_given_repetitions_that_replace_when_imported_then_the_last_stays(importer):
    """Where repetitions replace, the last row stays."""
    run(importer, prices("A-1;1,00", "B-2;5,00", "A-1;2,00"), repeats="replace")
    assert [str(price) for price in importer.column("price list", "price")] == ["2.00", "5.00"]


def test_given_repetitions_that_replace_when_in_another_batch_then_they_replace_too(importer):
    """A repetition far below replaces the first row like one next to it."""
    upload = prices("A-1;1,00", "B-2;5,00", "A-1;2,00")
    assert_counts(run(importer, upload, repeats="replace", batch_size=2), imported=2, replaced=1)


def test_given_a_rejected_row_when_it_comes_again_in_order_then_it_is_imported(importer):
    """A row that was rejected does not stand in the way of its correction further down."""
    report = run(importer, prices("A-1;free", "A-1;2,00"))
    assert_counts(report, imported=1, rejected=1)


def test_given_movements_that_differ_in_one_part_when_imported_then_both_are(importer):
    """Two movements of a day with the same amount are different if their purposes are."""
    upload = Upload.of(
        "b.csv", "booked;amount;purpose", "01.04.2026;-5,00;Fee March", "01.04.2026;-5,00;Fee April"
    )
    assert_counts(run(importer, upload, BANK_EXPORT), imported=2)


def test_given_names_that_differ_in_capitals_when_imported_then_they_are_one(importer):
    """Capitals do not make two rows different."""
    upload = Upload.of(
        "t.csv",
        "name;day;start;end;billable",
        "Ida;06.04.2026;9:00;10:00;no",
        "IDA;06.04.2026;9:00;11:00;no",
    )
    assert_problems(
        run(importer, upload, TIMESHEET),
        "line 3, employee: IDA, 2026-04-06, 540 is in line 2 already",
    )


@pytest.mark.parametrize(("value", "part"), [("  Straße ", "strasse"), (None, ""), (0, "0")])
def test_given_a_value_when_compared_then_blanks_and_capitals_do_not_count(value, part):
    """Values are compared without capitals and blanks, and a zero differs from nothing."""
    assert key_part(value) == part


def test_given_a_short_memory_when_it_is_full_then_the_oldest_is_forgotten():
    """Where only two rows are remembered, the third drives out the first."""
    seen = Seen(2)
    seen.note("a", 2)
    seen.note("b", 3)
    seen.note("c", 4)
    assert [seen.earlier(key) for key in "abc"] == [0, 3, 4]


def test_given_a_short_memory_when_a_row_comes_again_then_it_counts_as_new():
    """A row that came again is not the next to be forgotten."""
    seen = Seen(2)
    seen.load([("a", 2), ("b", 3), ("a", 4), ("c", 5)])
    assert [seen.earlier(key) for key in "abc"] == [4, 0, 5]


def test_given_a_row_of_an_earlier_file_when_imported_then_it_is_rejected(importer):
    """A row that the list has already is rejected with the import that brought it."""
    run(importer, prices("A-1;1,00"))
    report = run(importer, prices("B-2;2,00", "A-1;9,00", name="more.csv"))
    assert_problems(report, "line 3: the list has this row already, since import-1")


def test_given_a_row_of_an_earlier_file_when_it_is_rejected_then_the_others_arrive(importer):
    """A row that the list has already does not keep its neighbours out."""
    run(importer, prices("B-2;1,00"))
    run(importer, prices("A-1;2,00", "B-2;9,00", "C-3;3,00", name="more.csv"))
    assert_rows(importer, "price list", "sku", "B-2", "A-1", "C-3")


def test_given_rows_to_skip_when_the_list_has_them_then_they_stay_as_they_are(importer):
    """Where known rows are skipped, the list keeps what it had."""
    run(importer, prices("A-1;1,00"))
    run(importer, prices("A-1;9,00"), existing="skip")
    assert [str(price) for price in importer.column("price list", "price")] == ["1.00"]


def test_given_rows_to_skip_when_the_list_has_them_then_they_are_counted(importer):
    """Known rows that are skipped are counted as skipped."""
    run(importer, prices("A-1;1,00"))
    report = run(importer, prices("A-1;9,00", "B-2;2,00"), existing="skip")
    assert_counts(report, imported=1, skipped=1)


def test_given_rows_to_replace_when_the_list_has_them_then_the_new_ones_count(importer):
    """Where known rows are replaced, the list has the new price in the old place."""
    run(importer, prices("A-1;1,00", "B-2;2,00"))
    run(importer, prices("A-1;9,00"), existing="replace")
    assert [str(price) for price in importer.column("price list", "price")] == ["9.00", "2.00"]


def test_given_replaced_rows_when_reported_then_they_count_as_accepted(importer):
    """New and replaced rows together are the accepted ones."""
    run(importer, prices("A-1;1,00"))
    report = run(importer, prices("A-1;9,00", "B-2;2,00", "C-3;3,00"), existing="replace")
    assert report.accepted == 3


def test_given_the_same_key_in_two_lists_when_imported_then_they_do_not_meet(importer):
    """A row of one list does not stand in the way of another list."""
    run(importer, prices("12;1,00"))
    assert_counts(run(importer, Upload.of("c.csv", "number;name", "12;Ott"), CUSTOMERS), imported=1)


@pytest.mark.parametrize(
    "wish", [{"repeats": "merge"}, {"existing": "merge"}], ids=["file", "list"]
)
def test_given_an_odd_wish_for_repetitions_when_imported_then_it_is_refused(importer, wish):
    """Repetitions can be rejected, skipped or taken as replacements and nothing else."""
    with pytest.raises(SetupError, match="by reject, skip, replace, not by merge"):
        run(importer, prices("A-1;1,00"), **wish)
