import logging
from datetime import datetime
from decimal import Decimal
from threading import Barrier, Event, Thread

import pytest
from helpers import assert_counts, assert_rows, prices, run

from csv_importer import CUSTOMERS, Importer, Job, Upload
from csv_importer.columns import Money, MoneyType
from csv_importer.layouts import Column, Schema
from csv_importer.problems import BusyError, Problem, error_list
from csv_importer.progress import Observer, Progress, ProgressLog
from csv_importer.runtime import Numbers, SystemClock
from csv_importer.temporal import MomentType

BAD = ("A-1;1,00", "B 2;x", "C-3;", "D-4;y", "E-5")


def test_given_a_report_when_summed_up_then_it_names_what_there_is(importer):
    """The summary of an import names every figure that is not zero."""
    report = run(importer, prices(*BAD))
    assert (
        report.summary() == "prices.csv completed: 1 imported, 3 rejected, 1 malformed of 5 lines"
    )


def test_given_a_clean_report_when_summed_up_then_it_is_short(importer):
    """The summary of a clean import names imported lines only."""
    assert (
        run(importer, prices("A-1;1,00")).summary() == "prices.csv completed: 1 imported of 1 lines"
    )


def test_given_a_report_when_counted_by_kind_then_the_most_frequent_is_first(importer):
    """Problems are counted by kind, the most frequent first and equals by name."""
    report = run(importer, prices(*BAD))
    assert list(report.by_code.items()) == [
        ("not-a-number", 2),
        ("malformed", 1),
        ("missing", 1),
        ("pattern", 1),
    ]


def test_given_fewer_problems_wanted_when_reported_then_the_first_ones_are_shown(importer):
    """A report that shows two problems shows the first two of the file."""
    report = run(importer, prices(*BAD), problems_shown=2)
    assert [problem.line for problem in report.problems] == [3, 3]


def test_given_fewer_problems_wanted_when_reported_then_all_are_counted(importer):
    """Problems that are not shown are counted all the same."""
    report = run(importer, prices(*BAD), problems_shown=1)
    assert sum(report.by_code.values()) == 5


def test_given_a_range_of_lines_when_asked_for_then_both_ends_belong_to_it(importer):
    """Problems of lines four to six include those of line four and line six."""
    report = run(importer, prices(*BAD))
    assert [problem.line for problem in report.problems_in(4, 6)] == [4, 5, 6]


def test_given_one_line_when_asked_for_then_only_its_problems_come(importer):
    """Problems can be seen for one line, in the order of the columns' names."""
    report = run(importer, prices(*BAD))
    assert [problem.column for problem in report.problems_in(3)] == ["price", "sku"]


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        (("A-1;1,00", "B-2;x", "C-3;3,00"), 34),
        (("A-1;x", "B-2", "C-3;1,00", "D-4;1,00"), 50),
        (("A-1;x",), 100),
        (("A-1;1,00",), 0),
        ((), 0),
    ],
    ids=["third", "half", "all", "none", "no-rows"],
)
def test_given_bad_lines_when_their_share_is_asked_for_then_it_is_rounded_up(importer, rows, share):
    """The share of bad lines is told in full per cent, rounded up, and is zero for a file without rows."""
    assert run(importer, prices(*rows)).rejected_percent() == share


def test_given_problems_when_listed_for_a_spreadsheet_then_each_has_a_line(importer):
    """The list of problems has one line for each, with a dash where no column is to blame."""
    report = run(importer, prices("A-1;x", "B-2"))
    assert report.error_list().splitlines() == [
        "Line;Column;Problem",
        "2;price;“x” is not a number",
        "3;-;the line has 1 columns, 2 are needed",
    ]


def test_given_a_separator_within_a_message_when_listed_then_it_is_quoted():
    """A message with the separator or with quotes in it is put in quotes."""
    problems = [Problem(4, "unit", "choice", "not one of kg, m"), Problem(5, "", "x", 'a "b"')]
    assert error_list(problems, ",").splitlines()[1:] == [
        '4,unit,"not one of kg, m"',
        '5,-,"a ""b"""',
    ]


def test_given_a_slow_import_when_reported_then_its_time_is_told(store, clock):
    """The time of an import is told in thousandths of a second."""

    class Slow(Observer):
        def advanced(self, _progress):
            clock.advance(seconds=1.25)

    report = run(Importer(store, clock=clock, observers=[Slow()]), prices("A-1;1,00"))
    assert report.duration_ms == 1250


def test_given_progress_when_every_third_line_is_wanted_then_messages_are_spaced(store, clock):
    """Where every third line is told, lines in between are not."""
    told = ProgressLog(every=3)
    importer = Importer(store, clock=clock, observers=[told])
    run(importer, prices("A-1;1", "B-2;x", "C-3;3", "D-4;4", "E-5;5", "F-6;6"), batch_size=1)
    assert told.messages() == [
        "import-1: prices.csv started",
        "import-1: line 4: 2 of 3 imported, 1 rejected",
        "import-1: line 7: 5 of 6 imported, 1 rejected",
        "import-1: completed",
    ]


def test_given_a_large_batch_when_it_passes_a_mark_then_it_is_told_once():
    """Progress that passes several marks at once is told once, and next at the mark that follows."""
    told = ProgressLog(every=10)
    for read in (25, 29, 30):
        told.advanced(Progress("import-4", read + 1, read, read, 0))
    assert told.messages() == [
        "import-4: line 26: 25 of 25 imported, 0 rejected",
        "import-4: line 31: 30 of 30 imported, 0 rejected",
    ]


def test_given_messages_when_the_last_are_asked_for_then_only_these_come(store, clock):
    """The last two messages can be seen alone."""
    told = ProgressLog(every=1)
    run(Importer(store, clock=clock, observers=[told]), prices("A-1;1", "B-2;2"), batch_size=1)
    assert told.messages(last=2) == [
        "import-1: line 3: 2 of 2 imported, 0 rejected",
        "import-1: completed",
    ]


@pytest.mark.parametrize(("last", "count"), [(0, 0), (1, 1), (9, 2)])
def test_given_few_messages_when_more_are_asked_for_then_all_come(last, count):
    """Whoever asks for more messages than there are gets all, and for zero none."""
    told = ProgressLog()
    told.started("import-1", "a.csv")
    told.finished("import-1", "completed")
    assert len(told.messages(last=last)) == count


def test_given_messages_when_the_reader_changes_them_then_the_log_does_not():
    """What a reader does to the messages does not change them."""
    told = ProgressLog()
    told.started("import-1", "a.csv")
    told.messages().clear()
    assert told.messages() == ["import-1: a.csv started"]


def test_given_an_observer_that_fails_when_imported_then_no_row_is_missing(store, clock, caplog):
    """Somebody who watches an import cannot spoil it."""

    class Broken(Observer):
        def advanced(self, _progress):
            raise RuntimeError("display is off")

    importer = Importer(store, clock=clock, observers=[Broken()])
    report = run(importer, prices("A-1;1", "B-2;2"), batch_size=1)
    assert "observer failed" in caplog.text
    assert_counts(report, imported=2)


def test_given_an_observer_that_fails_when_others_watch_then_they_are_told(store, clock):
    """Somebody who watches is told even where another one fails."""

    class Broken(Observer):
        def started(self, _import_id, _file):
            raise RuntimeError("display is off")

    told = ProgressLog()
    run(Importer(store, clock=clock, observers=[Broken(), told, Observer()]), prices("A-1;1"))
    assert told.messages() == ["import-1: prices.csv started", "import-1: completed"]


def test_given_a_bad_line_when_logged_then_import_and_line_are_named(importer, caplog):
    """The log names the import and the line of each problem."""
    caplog.set_level(logging.INFO, logger="csv_importer")
    run(importer, prices("A-1;1,00", "B-2;x"))
    facts = [(r.import_id, r.line, r.code) for r in caplog.records if r.message == "problem"]
    assert facts == [("import-1", 3, "not-a-number")]


def test_given_an_import_when_logged_then_its_end_is_told(importer, caplog):
    """The log tells how an import ended and at which line."""
    caplog.set_level(logging.INFO, logger="csv_importer")
    run(importer, prices("A-1;1,00", "B-2;2,00"), batch_size=1, pause_after=1)
    last = caplog.records[-1]
    assert (last.message, last.import_id, last.line, last.status) == (
        "import finished",
        "import-1",
        2,
        "paused",
    )


def test_given_a_list_being_filled_when_another_file_comes_then_it_is_refused(store, clock):
    """While one file goes into a list, another one for the same list is refused."""
    importer, answers = crossed(store, clock, Job(prices("B-2;2,00", name="late.csv"), PRICES))
    assert answers == ["prices.csv is still going into the short list"]
    assert_rows(importer, "short list", "sku", "A-1")


def test_given_a_list_being_filled_when_a_file_for_another_comes_then_both_arrive(store, clock):
    """While one file goes into a list, another list can be filled."""
    late = Job(Upload.of("c.csv", "number;name", "1;Ott"), CUSTOMERS)
    importer, _ = crossed(store, clock, late)
    assert_rows(importer, "customer list", "name", "Ott")


def test_given_a_list_that_was_filled_when_a_file_follows_then_it_is_imported(importer):
    """A list is free again after a file that was refused."""
    with pytest.raises(Exception, match="no heading for"):
        run(importer, Upload.of("bad.csv", "colour", "red"))
    assert_counts(run(importer, prices("A-1;1,00")), imported=1)


def test_given_many_at_once_when_numbers_are_drawn_then_none_comes_twice():
    """No two imports get the same number."""
    numbers, start, drawn = Numbers(40), Barrier(4), []

    def draw():
        start.wait(5)
        drawn.extend(numbers.next() for _ in range(25))

    threads = [Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert sorted(drawn) == list(range(41, 141))


def test_given_money_and_moments_when_stored_then_they_come_back(importer):
    """Sums of money and moments come back from the list as they went in."""
    columns = (Column("when", MomentType()), Column("paid", MoneyType()))
    upload = Upload.of("till.csv", "when;paid", "07.04.2026 08:15;$ 12,50")
    run(importer, upload, Schema("till list", columns, ("when",)))
    assert importer.rows("till list") == [
        {
            "when": datetime.fromisoformat("2026-04-07T08:15:00+00:00"),
            "paid": Money(Decimal("12.50"), "USD"),
        }
    ]


def test_given_the_usual_clock_when_asked_then_its_zone_is_universal_time():
    """Times are taken in universal time."""
    assert SystemClock().now().utcoffset().total_seconds() == 0


def test_given_an_importer_of_its_own_when_used_then_it_needs_nothing():
    """An importer can be tried without any preparation."""
    importer = Importer()
    report = run(importer, prices("A-1;1,00"))
    importer.close()
    assert_counts(report, imported=1)


PRICES = Schema(
    "short list",
    (Column("sku", CUSTOMERS.column("name").type), Column("price", MoneyType())),
    ("sku",),
)


def crossed(store, clock, late):
    """Run a late job while the first batch of an import is just written."""
    arrived, go_on, answers = Event(), Event(), []

    class Waiting(Observer):
        def advanced(self, progress):
            if progress.import_id == "import-1":
                arrived.set()
                go_on.wait(5)

    importer = Importer(store, clock=clock, observers=[Waiting()])
    first = Thread(target=run, args=(importer, prices("A-1;1,00"), PRICES))
    first.start()
    arrived.wait(5)
    try:
        importer.run(late)
    except BusyError as error:
        answers.append(str(error))
    finally:
        go_on.set()
        first.join(5)
    return importer, answers
