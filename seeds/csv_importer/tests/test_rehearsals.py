from helpers import assert_counts, assert_problems, assert_rows, prices, run

MIXED = ("A-1;1,00", "B-2;free", "C-3;3,00")


def test_given_a_rehearsal_when_run_then_the_report_is_the_same(importer):
    """A rehearsal reports what the import would do."""
    assert_counts(run(importer, prices(*MIXED), dry_run=True), imported=2, rejected=1)


def test_given_a_rehearsal_when_run_then_the_list_stays_empty(importer):
    """A rehearsal puts nothing into the list."""
    run(importer, prices(*MIXED), dry_run=True, batch_size=1)
    assert importer.rows("price list") == []


def test_given_a_rehearsal_when_lines_are_malformed_then_none_is_put_aside(importer):
    """A rehearsal puts no line aside."""
    run(importer, prices("A-1", "B-2;2,00"), dry_run=True)
    assert importer.quarantine() == []


def test_given_a_rehearsal_when_run_then_history_does_not_know_it(importer):
    """A rehearsal leaves no trace among the imports."""
    run(importer, prices(*MIXED), dry_run=True)
    assert importer.history() == []


def test_given_a_rehearsal_when_the_file_is_imported_then_it_counts_as_new(importer):
    """A file that was only rehearsed can be imported."""
    run(importer, prices("A-1;1,00"), dry_run=True)
    assert run(importer, prices("A-1;1,00")).status.value == "completed"


def test_given_an_imported_file_when_rehearsed_then_known_rows_show(importer):
    """A rehearsal of a known file tells which rows the list has already."""
    run(importer, prices("A-1;1,00"))
    report = run(importer, prices("A-1;1,00"), dry_run=True)
    assert_problems(report, "line 2: the list has this row already, since import-1")


def test_given_a_rehearsal_when_problems_are_too_many_then_it_ends_as_rehearsal(importer):
    """A rehearsal with too many bad lines is still a rehearsal."""
    report = run(importer, prices(*MIXED), dry_run=True, max_problems=0)
    assert report.status.value == "rehearsed"


def test_given_all_or_nothing_when_every_line_is_good_then_all_arrive(importer):
    """All rows arrive where everything is in order."""
    run(importer, prices("A-1;1,00", "C-3;3,00"), all_or_nothing=True)
    assert_rows(importer, "price list", "sku", "A-1", "C-3")


def test_given_all_or_nothing_when_every_line_is_good_then_it_is_completed(importer):
    """An import that keeps all rows is completed."""
    report = run(importer, prices("A-1;1,00"), all_or_nothing=True)
    assert report.status.value == "completed"


def test_given_all_or_nothing_when_a_later_line_is_bad_then_no_row_stays(importer):
    """One bad line further down takes back what was written before it."""
    run(importer, prices(*MIXED), all_or_nothing=True, batch_size=1)
    assert importer.rows("price list") == []


def test_given_all_or_nothing_when_a_line_is_malformed_then_no_row_stays(importer):
    """A line that cannot be taken apart counts as a bad one."""
    run(importer, prices("A-1;1,00", "B-2"), all_or_nothing=True)
    assert importer.rows("price list") == []


def test_given_all_or_nothing_when_nothing_stays_then_the_report_counts_no_row(importer):
    """A report of an import that kept nothing counts no imported row."""
    report = run(importer, prices(*MIXED), all_or_nothing=True)
    assert_counts(report, rejected=1)


def test_given_all_or_nothing_when_there_are_only_warnings_then_all_arrive(importer):
    """Warnings do not keep a whole import out."""
    report = run(importer, prices("A-1;25000"), all_or_nothing=True)
    assert_counts(report, imported=1, warnings=1)


def test_given_all_or_nothing_when_rows_are_replaced_then_old_prices_come_back(importer):
    """Prices that were replaced by a file that failed are the old ones again."""
    run(importer, prices("A-1;1,00"))
    run(importer, prices("A-1;9,00", "B-2;x"), all_or_nothing=True, existing="replace")
    assert [str(price) for price in importer.column("price list", "price")] == ["1.00"]


def test_given_a_failed_whole_when_corrected_then_the_file_can_come_again(importer):
    """A file of which nothing was kept may be imported again as it is."""
    run(importer, prices(*MIXED), all_or_nothing=True)
    assert_counts(run(importer, prices(*MIXED)), imported=2, rejected=1)


def test_given_a_failed_whole_when_looked_up_then_history_tells(importer):
    """An import of which nothing was kept stands in the history with no rows."""
    run(importer, prices(*MIXED), all_or_nothing=True)
    assert [str(entry) for entry in importer.history()] == [
        "import-1: prices.csv, rolled back, 0 imported"
    ]
