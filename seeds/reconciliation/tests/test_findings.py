import pytest
from asking import code, found, paired, refusal


def test_another_amount(desk):
    """Lines of one reference with different amounts are found together."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 57.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    (finding,) = desk.findings("main").rows
    assert (finding.kind, finding.books, finding.bank) == ("other amount", "B1", "S1")
    assert finding.amount == "-18.00 EUR"


def test_another_currency(desk):
    """Lines of one reference in different currencies are found together, at the amount in the books."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 81.20 USD | RE-5"])
    desk.reconcile("main", "2027-03-31")
    (finding,) = desk.findings("main").rows
    assert (finding.kind, finding.books, finding.bank) == ("other currency", "B1", "S1")
    assert finding.amount == "75.00 EUR"


def test_too_far_apart_to_be_one(desk):
    """Lines that differ in amount and are not near in time either are two findings."""
    banked = "57.00 EUR"
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", [f"2027-03-09 | {banked} | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == ["missing at the bank B1", "missing in the books S1"]


def test_the_same_amount_before_the_same_day(desk):
    """A line of the same amount on another day is nearer than one of another amount."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5", "2027-03-04 | 60.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-04 | 57.00 EUR | RE-5", "2027-03-09 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == ["other day B1 S2", "other amount B2 S1"]


def test_another_amount_before_another_currency(desk):
    """A line of the same currency is nearer than one of another."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-04 | 75.00 USD | RE-5", "2027-03-05 | 57.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == ["other amount B1 S2", "missing in the books S1"]


def test_the_nearest_of_several_foreign_lines(desk):
    """Of several lines in other currencies, the nearest in time is found together with the line."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-06 | 75.00 USD | RE-5", "2027-03-05 | 9.00 GBP | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk)[0] == "other currency B1 S2"


def test_without_a_reference_days_say_nothing(desk):
    """Without a reference, lines of the same amount far apart are two findings."""
    desk.post("main", ["2027-03-04 | 75.00 EUR"])
    desk.receive("main", "1", ["2027-03-09 | 75.00 EUR"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == ["missing at the bank B1", "missing in the books S1"]


def test_findings_in_the_order_of_references(desk):
    """Findings of one run are numbered in the order of their references, and of days within one."""
    rows = ["2027-03-04 | 1 EUR | B", "2027-03-05 | 2 EUR | A", "2027-03-03 | 3 EUR | B"]
    desk.post("main", rows)
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == [f"missing at the bank {name}" for name in ("B2", "B3", "B1")]


def test_the_few_lines_that_are_left(desk):
    """Lines stay in the order in which they came, however many between them are settled."""
    between = [f"2027-03-04 | {euros}.00 EUR | RE-{euros}" for euros in range(2, 8)]
    desk.post("main", ["2027-03-04 | 1 EUR | X", *between, "2027-03-04 | 8 EUR | X"])
    desk.receive("main", "1", between)
    desk.reconcile("main", "2027-03-31")
    desk.receive("main", "2", ["2027-03-04 | 9 EUR | X"])
    desk.reconcile("main", "2027-03-31")
    assert paired(desk)[-1] == "B1 B8=S7"


@pytest.mark.parametrize(
    ("through", "count"), [("2027-03-07", 0), ("2027-03-08", 1)], ids=["last-day", "day-after"]
)
def test_what_is_awaited(desk, through, count):
    """A line of the books is no finding as long as the bank may still follow."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", through)
    assert len(found(desk)) == count


@pytest.mark.parametrize(
    ("through", "awaited"), [("2027-03-06", 1), ("2027-03-07", 0)], ids=["last-day", "day-after"]
)
def test_what_is_awaited_of_the_books(desk, through, awaited):
    """A line of the bank is no finding as long as the books may follow."""
    desk.agree("main", early=2)
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR | RE-5"])
    assert desk.reconcile("main", through).awaited == awaited


def test_working_days_are_awaited(desk):
    """Where working days count, a Friday's line is awaited over the weekend."""
    desk.agree("main", late=1, working_days=True)
    desk.post("main", ["2027-03-05 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-08")
    assert found(desk) == []
    desk.reconcile("main", "2027-03-09")
    assert found(desk) == ["missing at the bank B1"]


def test_a_finding_keeps_its_number(desk):
    """What is found again keeps its number and the day it was found first."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.post("main", ["2027-03-04 | 10.00 EUR | RE-4"])
    desk.reconcile("main", "2027-03-20")
    first, second = desk.findings("main").rows
    assert (first.number, first.books, first.since) == (1, "B1", "2027-03-10")
    assert (second.number, second.books, second.since) == (2, "B2", "2027-03-20")


def test_the_last_run_that_saw_it(desk):
    """A finding tells which run has seen it last."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.reconcile("main", "2027-03-11")
    assert desk.finding("main", 1).run == 2


def test_findings_of_other_accounts_are_not_cleared(desk):
    """A run leaves the findings of other accounts alone."""
    desk.open_account("second", "EUR")
    desk.post("second", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("second", "2027-03-10")
    desk.reconcile("main", "2027-03-10")
    assert desk.finding("second", 1).status == "open"


def test_one_finding_takes_the_place_of_another(desk):
    """A line that is found in another way than before is another finding."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.receive("main", "1", ["2027-03-04 | 57.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-11")
    assert desk.finding("main", 1).status == "cleared"
    assert found(desk) == ["other amount B1 S1"]


def test_a_finding_comes_back(desk):
    """What was cleared and is found again has its old number and counts from the new day."""
    desk.agree("main", late=1)
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-06")
    desk.agree("main", late=9)
    desk.reconcile("main", "2027-03-07")
    desk.agree("main", late=1)
    run = desk.reconcile("main", "2027-03-08")
    assert (desk.finding("main", 1).status, desk.finding("main", 1).since) == ("open", "2027-03-08")
    assert run.fresh == 1


def test_each_account_numbers_its_own_findings(desk):
    """Findings are numbered within their account."""
    desk.open_account("second", "EUR")
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.post("second", ["2027-03-04 | 8.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.reconcile("second", "2027-03-10")
    assert desk.finding("second", 1).amount == "8.00 EUR"


def test_no_such_finding(desk):
    """A finding that is not there can neither be read nor written off."""
    assert refusal(desk.finding, "main", 1) == ("R604", "there is no finding 1")
    assert code(desk.accept, "main", 1, by="Ana", reason="lost") == "R604"


@pytest.mark.parametrize(
    ("books", "bank", "expected"),
    [(1, 2, ["there twice S2"]), (3, 1, ["there twice B2", "there twice B3"])],
    ids=["bank", "thrice"],
)
def test_what_is_there_twice(desk, books, bank, expected):
    """A line that says what a matched one says, and has no counterpart, is there twice."""
    row = "2027-03-04 | 75.00 EUR | RE-5"
    desk.post("main", [row] * books)
    if bank:
        desk.receive("main", "1", [row] * bank)
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == expected


@pytest.mark.parametrize(
    "other",
    [
        "2027-03-05 | 75.00 EUR | RE-5",
        "2027-03-04 | 57.00 EUR | RE-5",
        "2027-03-04 | 75 USD | RE-5",
        "2027-03-04 | 75.00 EUR | RE-6",
    ],
    ids=["day", "amount", "currency", "reference"],
)
def test_what_is_not_quite_there_twice(desk, other):
    """A line is there twice if reference, amount, currency and day are the same."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5", other])
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == ["missing at the bank B2"]


def test_there_twice_on_the_other_side(desk):
    """A line of the books is not there twice because the bank has one like it."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-05")
    desk.post("main", ["2027-03-05 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == ["missing at the bank B2"]


def test_missing_and_then_there_twice(desk):
    """A line that was missing and is there twice now is another finding."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"] * 2)
    desk.reconcile("main", "2027-03-10")
    desk.receive("main", "1", ["2027-03-05 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-11")
    assert (desk.finding("main", 2).status, found(desk)) == ("cleared", ["there twice B2"])


def test_there_twice_without_a_reference(desk):
    """Without a reference two lines that say the same may well be two payments."""
    desk.post("main", ["2027-03-04 | 75.00 EUR", "2027-03-04 | 75.00 EUR"])
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR"])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == ["missing at the bank B2"]


def test_there_twice_is_found_at_once(desk):
    """What is there twice is not awaited, though the bank may still be late."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"] * 2)
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-04")
    assert found(desk) == ["there twice B2"]


def test_there_twice_in_a_later_run(desk):
    """A line is there twice also where the first one was matched by an earlier run."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-04")
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-05")
    assert found(desk) == ["there twice B2"]


def test_there_twice_after_a_match_was_taken_apart(desk):
    """Where a match was taken apart, the second line takes the place of the first."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"] * 2)
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-04")
    desk.release("main", 1, by="Ana")
    desk.reconcile("main", "2027-03-31")
    assert (desk.line("main", "B2").match, found(desk)) == (2, ["there twice B1"])
