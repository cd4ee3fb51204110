import pytest


def test_what_is_open(desk):
    """A summary tells what is open on both sides."""
    desk.post("main", ["2027-02-01 | 20 EUR | A", "2027-02-02 | 5.50 EUR | B"])
    desk.receive("main", "1", ["2027-02-01 | 20 EUR | A", "2027-02-01 | 3 EUR | C"])
    desk.reconcile("main", "2027-02-10")
    summary = desk.summary("main")
    assert (summary.open_books, summary.open_bank) == ("5.50 EUR", "3.00 EUR")
    assert (summary.rounding, summary.unexplained) == ("0.00 EUR", "0.00 EUR")


def test_what_was_rounded(desk):
    """What tolerated matches are apart is summed up as rounding, more and less."""
    desk.agree("main", tolerance="1 EUR")
    desk.post("main", ["2027-02-01 | 20 EUR | A", "2027-02-01 | 30 EUR | B"])
    desk.receive("main", "1", ["2027-02-01 | 20.75 EUR | A", "2027-02-01 | 29.90 EUR | B"])
    desk.reconcile("main", "2027-02-10")
    assert desk.summary("main").unexplained == "0.00 EUR"
    desk.post("main", ["2027-02-03 | 1 EUR"])
    assert desk.summary("main").rounding == "0.65 EUR"


def test_rounding_that_was_taken_back(desk):
    """What was rounded for a match goes when the match is taken apart."""
    desk.agree("main", tolerance="1 EUR")
    desk.post("main", ["2027-02-01 | 20 EUR | A", "2027-02-01 | 30 EUR | B"])
    desk.receive("main", "1", ["2027-02-01 | 20.75 EUR | A", "2027-02-01 | 29.90 EUR | B"])
    desk.reconcile("main", "2027-02-10")
    desk.release("main", 1, by="Ana")
    summary = desk.summary("main")
    assert (summary.rounding, summary.unexplained) == ("-0.10 EUR", "0.00 EUR")


def test_rounding_in_other_currencies(desk):
    """What matches of other currencies are apart is not summed up."""
    desk.agree("main", percent="5")
    desk.post("main", ["2027-02-01 | 20 USD | A"])
    desk.receive("main", "1", ["2027-02-01 | 20.75 USD | A"])
    desk.reconcile("main", "2027-02-10")
    assert (desk.line("main", "B1").state, desk.summary("main").rounding) == ("matched", "0.00 EUR")


@pytest.mark.parametrize(
    ("books", "bank", "written_off"),
    [
        (["20 EUR"], [], "-20.00 EUR"),
        ([], ["-3.50 EUR"], "-3.50 EUR"),
        (["20 EUR"], ["19 EUR"], "-1.00 EUR"),
    ],
    ids=["books", "bank", "both"],
)
def test_what_was_written_off(desk, books, bank, written_off):
    """What the bank has more than the books is explained by what was written off."""
    desk.post("main", ["2027-02-01 | 1 EUR | X", *(f"2027-02-01 | {one} | A" for one in books)])
    desk.receive(
        "main", "1", ["2027-02-01 | 1 EUR | X", *(f"2027-02-01 | {one} | A" for one in bank)]
    )
    desk.reconcile("main", "2027-02-10")
    desk.accept("main", 1, by="Ana", reason="lost")
    summary = desk.summary("main")
    assert (summary.written_off, summary.unexplained) == (written_off, "0.00 EUR")


def test_written_off_one_after_the_other(desk):
    """What was written off is summed up."""
    desk.post("main", ["2027-02-01 | 20 EUR | A", "2027-02-01 | 3 EUR | B"])
    desk.reconcile("main", "2027-02-10")
    desk.accept("main", 1, by="Ana", reason="lost")
    desk.summary("main")
    desk.accept("main", 2, by="Ana", reason="lost")
    assert desk.summary("main").written_off == "-23.00 EUR"


def test_written_off_and_taken_back(desk):
    """What is not written off any more is open."""
    desk.post("main", ["2027-02-01 | 20 EUR | A"])
    desk.reconcile("main", "2027-02-10")
    desk.accept("main", 1, by="Ana", reason="lost")
    desk.undo("main", 1, by="Ana")
    summary = desk.summary("main")
    assert (summary.written_off, summary.open_books) == ("0.00 EUR", "20.00 EUR")


def test_confirmed_after_a_look(desk):
    """A summary that was read before a confirmation is not shown after it."""
    desk.set_limit("main", "0 EUR")
    desk.post("main", ["2027-02-01 | 20 EUR | A"])
    desk.reconcile("main", "2027-02-10")
    desk.accept("main", 1, by="Ana", reason="lost")
    desk.summary("main")
    desk.confirm("main", 1, by="Bo")
    assert desk.summary("main").written_off == "-20.00 EUR"


def test_a_summary_is_worked_out_once(desk):
    """As long as nothing changes, a summary is not worked out again."""
    assert desk.effort() == 0
    desk.summary("main")
    desk.summary("MAIN")
    assert desk.effort() == 1


def test_a_summary_is_up_to_date(desk):
    """A summary that was read before shows what has come in since."""
    desk.post("main", ["2027-02-01 | 20 EUR | A"])
    desk.summary("main")
    desk.post("main", ["2027-02-01 | 5 EUR | B"])
    assert desk.summary("main").books == "25.00 EUR"


def test_what_happens_elsewhere_is_no_reason(desk):
    """A summary is not worked out again for what happens at another account."""
    desk.open_account("second", "EUR")
    desk.summary("main")
    desk.post("second", ["2027-02-01 | 20 EUR | A"])
    desk.summary("main")
    assert desk.effort() == 1


def test_six_views_are_kept(desk):
    """Six views are kept; the oldest makes room for another one."""
    for month in range(1, 7):
        desk.turnover("main", "books", f"2027-0{month}")
    desk.turnover("main", "books", "2027-01")
    assert desk.effort() == 6
    desk.turnover("main", "books", "2027-07")
    desk.turnover("main", "books", "2027-02")
    assert desk.effort() == 7
    desk.turnover("main", "books", "2027-01")
    assert desk.effort() == 8


def test_counts_of_nothing_are_kept_too(desk):
    """Where nothing is wrong, that is not worked out again."""
    assert (desk.counts("main"), desk.counts("main")) == ({}, {})
    assert desk.effort() == 1


def test_counts_belong_to_who_asked(desk):
    """What somebody does to the counts they were given changes nothing for others."""
    desk.post("main", ["2027-02-01 | 20 EUR | A"])
    desk.reconcile("main", "2027-02-10")
    desk.counts("main").clear()
    assert desk.counts("main") == {"missing at the bank": 1}


@pytest.mark.parametrize("decision", ["accepted", "cleared"])
def test_counts_of_what_is_unsettled(desk, decision):
    """What is settled since the counts were read is not counted any more."""
    desk.post("main", ["2027-02-01 | 20 EUR | A"])
    desk.reconcile("main", "2027-02-10")
    desk.counts("main")
    if decision == "accepted":
        desk.accept("main", 1, by="Ana", reason="lost")
    else:
        desk.agree("main", late=60)
        desk.reconcile("main", "2027-02-11")
    assert desk.counts("main") == {}


def test_counts_after_a_later_run(desk):
    """A run that finds what was awaited before brings the counts up to date."""
    desk.post("main", ["2027-02-01 | 20 EUR | A"])
    desk.reconcile("main", "2027-02-02")
    desk.counts("main")
    desk.reconcile("main", "2027-02-10")
    assert desk.counts("main") == {"missing at the bank": 1}


def test_a_month_of_one_side(desk):
    """The turnover of a month tells what came in and what went out."""
    rows = ["2027-02-01 | 20 EUR", "2027-02-28 | -5.50 EUR", "2027-02-10 | 2 EUR"]
    desk.post("main", rows)
    turnover = desk.turnover("main", "books", "2027-02")
    assert (turnover.lines, turnover.incoming, turnover.outgoing) == (3, "22.00 EUR", "5.50 EUR")


@pytest.mark.parametrize(
    ("day", "lines"),
    [("2027-01-31", 0), ("2027-02-01", 1), ("2027-02-28", 1), ("2027-03-01", 0)],
    ids=["before", "first", "last", "after"],
)
def test_days_of_a_month(desk, day, lines):
    """The first and the last day belong to a month."""
    desk.receive("main", "1", [f"{day} | 20 EUR"])
    assert desk.turnover("main", "bank", "2027-02").lines == lines


def test_turnovers_of_both_sides(desk):
    """The turnovers of both sides are told apart."""
    desk.post("main", ["2027-02-01 | 20 EUR"])
    desk.receive("main", "1", ["2027-02-01 | 30 EUR"])
    desk.turnover("main", "books", "2027-02")
    assert desk.turnover("main", "bank", "2027-02").incoming == "30.00 EUR"


def test_turnovers_of_two_months(desk):
    """The turnovers of two months are told apart."""
    desk.post("main", ["2027-02-01 | 20 EUR", "2027-03-01 | 30 EUR"])
    desk.turnover("main", "books", "2027-02")
    assert desk.turnover("main", "books", "2027-03").incoming == "30.00 EUR"


def test_a_turnover_is_up_to_date(desk):
    """A turnover that was read before shows what has come in since."""
    desk.receive("main", "1", ["2027-02-01 | 20 EUR"])
    desk.turnover("main", "bank", "2027-02")
    desk.receive("main", "2", ["2027-02-03 | 5 EUR"])
    assert desk.turnover("main", "bank", "2027-02").incoming == "25.00 EUR"


def test_turnover_of_the_own_currency(desk):
    """A turnover is one of the account's own currency."""
    desk.post("main", ["2027-02-01 | 20 EUR", "2027-02-01 | 9 USD"])
    turnover = desk.turnover("main", " Books", " 2027-02")
    assert (turnover.lines, turnover.incoming) == (1, "20.00 EUR")
