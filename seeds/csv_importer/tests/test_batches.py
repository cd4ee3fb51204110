import pytest
from helpers import assert_counts, assert_problems, assert_rows, prices, resume, run

from csv_importer import CUSTOMERS, Importer, Upload
from csv_importer.problems import ResumeError, SetupError, UnknownImportError, UnreadableFileError
from csv_importer.store import Store

FIVE = ("A-1;1,00", "B-2;2,00", "C-3;3,00", "D-4;4,00", "E-5;5,00")


class Interrupted(Upload):
    """A file whose transfer breaks off behind so many bytes."""

    def chunks(self, size=30):
        yield from (self.content[:size], self.content[size : size + 1])
        if self.name != "whole.csv":
            raise OSError("connection lost")

    def digest(self):
        return Upload(self.name, self.content).digest()


def test_given_a_last_batch_that_is_not_full_when_imported_then_it_is_written_too(importer):
    """The rows of a last batch that is not full arrive as well."""
    run(importer, prices(*FIVE), batch_size=2)
    assert_rows(importer, "price list", "sku", "A-1", "B-2", "C-3", "D-4", "E-5")


@pytest.mark.parametrize("size", [1, 4, 5, 6, 5000])
def test_given_any_batch_size_when_imported_then_every_row_counts_once(importer, size):
    """However many rows go into a batch, every row is imported once."""
    assert_counts(run(importer, prices(*FIVE), batch_size=size), imported=5)


@pytest.mark.parametrize("size", [0, 5001])
def test_given_a_batch_of_no_sensible_size_when_imported_then_it_is_refused(importer, size):
    """A batch has between one row and five thousand."""
    with pytest.raises(SetupError, match=f"a batch has 1 to 5000 rows, not {size}"):
        run(importer, prices(*FIVE), batch_size=size)


def test_given_a_pause_when_reached_then_the_batches_so_far_are_kept(importer):
    """An import that pauses after two batches keeps the rows of both."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=2)
    assert_rows(importer, "price list", "sku", "A-1", "B-2", "C-3", "D-4")


def test_given_a_pause_when_reached_then_the_report_says_so(importer):
    """An import that pauses says so and tells the line it has come to."""
    report = run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    assert (report.status.value, report.last_line) == ("paused", 3)


def test_given_a_pause_after_nothing_when_imported_then_it_is_refused(importer):
    """An import cannot pause before its first batch."""
    with pytest.raises(SetupError, match="can pause after one batch at the earliest"):
        run(importer, prices(*FIVE), pause_after=0)


@pytest.mark.parametrize("wish", ["dry_run", "all_or_nothing"])
def test_given_all_or_nothing_when_a_pause_is_wanted_then_it_is_refused(importer, wish):
    """What is kept whole or not at all cannot pause."""
    with pytest.raises(SetupError, match="keeps all or nothing cannot pause"):
        run(importer, prices(*FIVE), pause_after=1, **{wish: True})


def test_given_a_paused_import_when_resumed_then_the_rest_arrives(importer):
    """A paused import goes on behind the last row that it kept."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    resume(importer, "import-1", prices(*FIVE), batch_size=2)
    assert_rows(importer, "price list", "sku", "A-1", "B-2", "C-3", "D-4", "E-5")


def test_given_a_paused_import_when_resumed_then_its_report_covers_both_parts(importer):
    """The report of an import in two parts counts the rows of both."""
    upload = prices("A-1;1,00", "B-2;x", "C-3;3,00", "D-4;4,00", "E-5;y")
    run(importer, upload, batch_size=2, pause_after=1)
    assert_counts(resume(importer, "import-1", upload), imported=3, rejected=2)


def test_given_a_paused_import_when_resumed_then_its_problems_cover_both_parts(importer):
    """The problems of an import in two parts are all told once."""
    upload = prices("A-1;1,00", "B-2;x", "C-3;3,00", "D-4;4,00", "E-5;y")
    run(importer, upload, batch_size=2, pause_after=1)
    report = resume(importer, "import-1", upload)
    assert_problems(
        report, "line 3, price: “x” is not a number", "line 6, price: “y” is not a number"
    )


def test_given_a_paused_import_when_paused_again_then_it_goes_on_a_second_time(importer):
    """An import can pause as often as wanted."""
    run(importer, prices(*FIVE), batch_size=1, pause_after=1)
    resume(importer, "import-1", prices(*FIVE), batch_size=1, pause_after=2)
    report = resume(importer, "import-1", prices(*FIVE), batch_size=1)
    assert_counts(report, imported=5)


def test_given_a_paused_import_when_resumed_then_its_name_may_be_written_loosely(importer):
    """Capitals and blanks around the number of an import do not matter."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=2)
    assert_counts(resume(importer, " Import-1 ", prices(*FIVE)), imported=5)


def test_given_a_repetition_across_the_pause_when_resumed_then_it_is_rejected(importer):
    """A row behind the pause that repeats one in front of it is rejected."""
    upload = prices("A-1;1,00", "B-2;2,00", "A-1;3,00")
    run(importer, upload, batch_size=2, pause_after=1)
    report = resume(importer, "import-1", upload)
    assert_problems(report, "line 4, sku: A-1 is in line 2 already")


def test_given_a_file_that_grew_when_resumed_then_the_new_rows_arrive(importer):
    """A file may have changed behind the line where the import paused."""
    run(importer, prices(*FIVE[:3]), batch_size=2, pause_after=1)
    report = resume(importer, "import-1", prices(*FIVE[:2], "X-9;9,00", "Y-8;8,00"))
    assert_counts(report, imported=4)


def test_given_another_beginning_when_resumed_then_it_is_refused(importer):
    """A file that differs in front of the pause cannot be continued with."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    with pytest.raises(ResumeError, match="the file is not the same up to line 3"):
        resume(importer, "import-1", prices("A-1;1,00", "B-2;7,77", *FIVE[2:]))


def test_given_a_shorter_file_when_resumed_then_it_is_refused(importer):
    """A file that ends before the pause cannot be continued with."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=2)
    with pytest.raises(ResumeError, match="the file is not the same up to line 5"):
        resume(importer, "import-1", prices(*FIVE[:2]))


def test_given_a_wrong_file_when_refused_then_the_right_one_can_still_follow(importer):
    """After a wrong file, the import can still be continued with the right one."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    with pytest.raises(ResumeError, match="not the same"):
        resume(importer, "import-1", prices("Z-0;1,00", *FIVE[1:]))
    assert_counts(resume(importer, "import-1", prices(*FIVE)), imported=5)


def test_given_less_than_a_day_when_resumed_then_it_goes_on(importer, clock):
    """A paused import can be continued until a second before a day has passed."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    clock.advance(hours=23, minutes=59, seconds=59)
    assert_counts(resume(importer, "import-1", prices(*FIVE)), imported=5)


def test_given_a_day_when_resumed_then_it_is_refused(importer, clock):
    """A paused import cannot be continued once a day has passed."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    clock.advance(days=1)
    with pytest.raises(ResumeError, match="import-1 was left for more than 24 hours"):
        resume(importer, "import-1", prices(*FIVE))


def test_given_a_second_pause_when_resumed_then_the_day_counts_from_it(importer, clock):
    """The day within which an import can be continued begins with its latest pause."""
    run(importer, prices(*FIVE), batch_size=1, pause_after=1)
    clock.advance(hours=20)
    resume(importer, "import-1", prices(*FIVE), batch_size=1, pause_after=1)
    clock.advance(hours=20)
    assert_counts(resume(importer, "import-1", prices(*FIVE)), imported=5)


def test_given_a_finished_import_when_resumed_then_it_is_refused(importer):
    """A completed import cannot be continued."""
    run(importer, prices(*FIVE))
    with pytest.raises(ResumeError, match="import-1 is completed and cannot be continued"):
        resume(importer, "import-1", prices(*FIVE))


def test_given_another_list_when_resumed_then_it_is_refused(importer):
    """An import cannot be continued into another list."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    with pytest.raises(ResumeError, match="goes into the price list, not into the customer list"):
        resume(importer, "import-1", prices(*FIVE), CUSTOMERS)


@pytest.mark.parametrize("wish", ["dry_run", "all_or_nothing"])
def test_given_a_begun_import_when_all_or_nothing_is_wanted_then_it_is_refused(importer, wish):
    """An import that has begun can no longer be kept whole or not at all."""
    run(importer, prices(*FIVE), batch_size=2, pause_after=1)
    with pytest.raises(ResumeError, match="has begun already"):
        resume(importer, "import-1", prices(*FIVE), **{wish: True})


def test_given_no_such_import_when_resumed_then_it_is_refused(importer):
    """An import that never was cannot be continued."""
    with pytest.raises(UnknownImportError, match="there is no import-7"):
        resume(importer, "import-7", prices(*FIVE))


def test_given_a_lost_connection_when_it_happens_then_the_import_can_be_continued(importer):
    """A transfer that breaks off is told with the import that can be continued."""
    upload = Interrupted("lost.csv", prices(*FIVE).content)
    with pytest.raises(UnreadableFileError, match=r"lost.csv broke off; import-1 can be continued"):
        run(importer, upload, batch_size=1)


def test_given_a_lost_connection_when_resumed_then_nothing_is_missing(importer):
    """An import whose transfer broke off goes on with the whole file."""
    with pytest.raises(UnreadableFileError, match="broke off"):
        run(importer, Interrupted("lost.csv", prices(*FIVE).content), batch_size=1)
    resume(importer, "import-1", prices(*FIVE))
    assert_rows(importer, "price list", "sku", "A-1", "B-2", "C-3", "D-4", "E-5")


def test_given_too_many_problems_when_met_then_the_import_stops(importer):
    """An import stops at the first bad line beyond those allowed."""
    upload = prices("A-1;1,00", "B-2;x", "C-3;y", "D-4;4,00")
    report = run(importer, upload, batch_size=1, max_problems=1)
    assert report.status.value == "stopped"
    assert_counts(report, imported=1, rejected=2)


def test_given_as_many_problems_as_allowed_when_met_then_the_import_goes_on(importer):
    """An import goes on with exactly as many bad lines as allowed."""
    upload = prices("A-1;1,00", "B-2;x", "C-3", "D-4;4,00")
    assert_counts(run(importer, upload, max_problems=2), imported=2, rejected=1, malformed=1)


def test_given_no_problems_allowed_when_there_is_one_then_the_import_stops(importer):
    """Where no bad line is allowed, the first one stops the import."""
    report = run(importer, prices("A-1;x", "B-2;2,00"), max_problems=0)
    assert report.status.value == "stopped"


def test_given_a_stopped_import_when_resumed_with_patience_then_it_ends(importer):
    """A stopped import can be continued with more bad lines allowed."""
    upload = prices("A-1;1,00", "B-2;x", "C-3;y", "D-4;4,00")
    run(importer, upload, batch_size=1, max_problems=1)
    assert_counts(resume(importer, "import-1", upload), imported=2, rejected=2)


def test_given_known_rows_when_they_are_too_many_then_the_batch_is_not_kept(importer):
    """A batch in which the import stops leaves nothing behind."""
    run(importer, prices("B-2;2,00"))
    run(importer, prices("A-1;1,00", "B-2;9,00"), max_problems=0)
    assert_rows(importer, "price list", "sku", "B-2")


def test_given_fewer_than_no_problems_allowed_when_imported_then_it_is_refused(importer):
    """Fewer bad lines than none cannot be allowed."""
    with pytest.raises(SetupError, match="cannot be below zero"):
        run(importer, prices(*FIVE), max_problems=-1)


def test_given_a_restart_when_resumed_then_the_import_goes_on(clock, tmp_path):
    """A paused import can be continued after a restart."""
    path = str(tmp_path / "lists.db")
    before = Store(path)
    run(Importer(before, clock=clock), prices(*FIVE), batch_size=2, pause_after=1)
    before.close()
    after = Importer(Store(path), clock=clock)
    report = resume(after, "import-1", prices(*FIVE))
    after.close()
    assert_counts(report, imported=5)


def test_given_a_restart_when_imported_then_numbers_go_on(clock, tmp_path):
    """The numbers of imports go on after a restart."""
    path = str(tmp_path / "lists.db")
    before = Store(path)
    run(Importer(before, clock=clock), prices("A-1;1,00"))
    before.close()
    after = Importer(Store(path), clock=clock)
    report = run(after, prices("B-2;1,00"))
    after.close()
    assert report.import_id == "import-2"


def test_given_rejected_and_malformed_lines_when_together_too_many_then_it_stops(importer):
    """Rejected and malformed lines count together against those allowed."""
    report = run(importer, prices("A-1;x", "B-2", "C-3;3,00"), max_problems=1)
    assert report.status.value == "stopped"
