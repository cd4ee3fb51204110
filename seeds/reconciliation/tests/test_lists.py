import pytest
from asking import code, found, paired, refusal


@pytest.fixture
def five(desk):
    """Five findings about lines of 50, 10, 40, 20 and 30 euros."""
    amounts = enumerate((50, 10, 40, 20, 30), start=1)
    desk.post("main", [f"2027-02-0{day} | {euros}.00 EUR | RE-{day}" for day, euros in amounts])
    desk.reconcile("main", "2027-02-20")
    return desk


def test_every_finding_is_on_one_page(five):
    """Page by page, every finding is read once."""
    first = five.findings("main", limit=2)
    second = five.findings("main", after=first.next, limit=2)
    third = five.findings("main", after=second.next, limit=2)
    seen = [row.number for row in (*first.rows, *second.rows, *third.rows)]
    assert (seen, third.next) == ([1, 2, 3, 4, 5], None)


def test_a_full_page_that_is_the_last(five):
    """After a page that holds all the rest, none follows."""
    assert five.findings("main", limit=5).next is None
    assert five.findings("main", after=3, limit=2).next is None


def test_the_usual_page(desk):
    """A page has twenty rows where nothing else is asked for."""
    desk.post("main", ["2027-02-01 | 1 EUR"] * 21)
    page = desk.lines("main", "books")
    assert (len(page.rows), page.next) == (20, 20)


@pytest.mark.parametrize("limit", [1, 100], ids=["shortest", "longest"])
def test_the_shortest_and_the_longest_page(five, limit):
    """A page may have one row, and a hundred."""
    assert len(five.findings("main", limit=limit).rows) == min(limit, 5)


@pytest.mark.parametrize("limit", [0, 101], ids=["none", "more"])
def test_what_is_no_page(five, limit):
    """A page of no rows or of more than a hundred is refused."""
    refused = ("R801", f"a page has 1 to 100 rows, not {limit}")
    assert refusal(five.findings, "main", limit=limit) == refused


@pytest.mark.parametrize(
    ("state", "expected"),
    [("Matched ", ["B1"]), (None, ["B1", "B2", "B3"])],
    ids=["matched", "all"],
)
def test_lines_of_one_state(desk, state, expected):
    """Lines can be listed by what has become of them."""
    desk.post("main", [f"2027-02-01 | {euros} EUR | RE-{euros}" for euros in (1, 2, 3)])
    desk.receive("main", "1", ["2027-02-01 | 1 EUR | RE-1"])
    desk.reconcile("main", "2027-02-10")
    desk.accept("main", 2, by="Ana", reason="lost")
    assert [row.name for row in desk.lines("main", "books", state=state).rows] == expected


def test_no_such_side(desk):
    """There are two sides only."""
    assert refusal(desk.lines, "main", "till") == ("R802", "till is none of books, bank")
    assert refusal(desk.lines, "main", " ") == ("R802", "nothing is none of books, bank")


def test_findings_of_one_kind(desk):
    """Findings can be listed by what is wrong."""
    desk.post("main", ["2027-02-01 | 1 EUR | A", "2027-02-01 | 2 EUR | B"])
    desk.receive("main", "1", ["2027-02-01 | 3 EUR | A", "2027-02-01 | 4 EUR | C"])
    desk.reconcile("main", "2027-02-10")
    assert found(desk, kind="Other  amount") == ["other amount B1 S1"]


@pytest.mark.parametrize(
    ("status", "numbers"),
    [(None, [3, 4, 5]), ("accepted", [1]), ("proposed", [3])],
    ids=["unsettled", "accepted", "proposed"],
)
def test_findings_of_one_status(five, status, numbers):
    """Findings can be listed by how they stand; else those that are unsettled are."""
    five.accept("main", 1, by="Ana", reason="lost")
    five.receive("main", "1", ["2027-02-02 | 10.00 EUR | RE-2"])
    five.reconcile("main", "2027-02-20")
    five.set_limit("main", "0 EUR")
    five.accept("main", 3, by="Ana", reason="lost")
    assert [row.number for row in five.findings("main", status=status).rows] == numbers


@pytest.mark.parametrize("which", ["kind", "status"])
def test_no_such_findings(desk, which):
    """A kind or a status that is none is refused."""
    assert code(desk.findings, "main", **{which: "strange"}) == "R802"
    assert code(desk.findings, "main", **{which: ""}) == "R802"


@pytest.mark.parametrize(("count", "numbers"), [(2, [1, 3]), (-1, [])])
def test_the_largest_findings(five, count, numbers):
    """The findings about most money come first."""
    assert [row.number for row in five.largest("main", count)] == numbers


def test_the_three_largest_findings(five):
    """Three of the largest findings are shown where no number is asked for."""
    assert [row.number for row in five.largest("main")] == [1, 3, 5]


def test_the_largest_that_go_out(desk):
    """What goes out is as large as what comes in."""
    desk.receive("main", "1", ["2027-02-01 | 20 EUR | A", "2027-02-01 | -30 EUR | B"])
    desk.reconcile("main", "2027-02-10")
    assert [row.amount for row in desk.largest("main")] == ["-30.00 EUR", "20.00 EUR"]


def test_equally_large_findings(desk):
    """Among findings that are equally large the one that was found first comes first."""
    desk.agree("main", late=1)
    desk.post("main", ["2027-02-01 | 20 EUR | C"])
    desk.reconcile("main", "2027-02-03")
    desk.agree("main", late=60)
    desk.reconcile("main", "2027-02-04")
    desk.agree("main", late=1)
    desk.post("main", ["2027-02-01 | 20 EUR | B", "2027-02-01 | -20 EUR | A"])
    desk.reconcile("main", "2027-02-05")
    assert [row.books for row in desk.largest("main")] == ["B1", "B3", "B2"]


def test_the_older_of_equally_large_findings(desk):
    """A finding that was cleared in between counts from the day it came back."""
    desk.agree("main", late=1)
    desk.post("main", ["2027-02-01 | 20 EUR | C"])
    desk.reconcile("main", "2027-02-03")
    desk.agree("main", late=4)
    desk.post("main", ["2027-01-20 | 20 EUR | D"])
    desk.reconcile("main", "2027-02-04")
    desk.agree("main", late=1)
    desk.reconcile("main", "2027-02-05")
    assert [row.books for row in desk.largest("main")] == ["B2", "B1"]


def test_the_largest_of_the_own_currency(desk):
    """Findings in other currencies are not among the largest."""
    desk.post("main", ["2027-02-01 | 9000 USD | A", "2027-02-01 | 1 EUR | B"])
    desk.reconcile("main", "2027-02-10")
    assert [row.books for row in desk.largest("main")] == ["B2"]


def test_matches_of_one_sort(desk):
    """Matches can be listed by how they were made."""
    how = "Tolerated"
    expected = ["B2=S2"]
    desk.agree("main", tolerance="1 EUR")
    desk.post("main", ["2027-02-01 | 1 EUR | A", "2027-02-01 | 2 EUR | B"])
    desk.receive("main", "1", ["2027-02-01 | 1 EUR | A", "2027-02-01 | 2.50 EUR | B"])
    desk.reconcile("main", "2027-02-10")
    assert paired(desk, how=how) == expected


def test_matches_page_by_page(desk):
    """Matches are read on from their numbers, and tell the run that made them."""
    rows = ["2027-02-01 | 1 EUR | A", "2027-02-01 | 2 EUR | B"]
    desk.post("main", rows)
    desk.receive("main", "1", rows)
    desk.reconcile("main", "2027-02-10")
    page = desk.matches("main", limit=1)
    (second,) = desk.matches("main", after=page.next, limit=1).rows
    assert (second.number, second.books, second.run) == (2, "B2", 1)


@pytest.mark.parametrize(
    ("now", "counts"),
    [(7, [5, 0, 0]), (8, [0, 5, 0]), (30, [0, 5, 0]), (31, [0, 0, 5])],
    ids=["seven", "eight", "thirty", "thirty-one"],
)
def test_ages_of_findings(clock, desk, now, counts):
    """Findings wait for up to seven days, for up to thirty, or for longer."""
    desk.post("main", ["2027-02-01 | 1 EUR"] * 5)
    desk.reconcile("main")
    clock.advance(days=now)
    ages = desk.ages("main")
    assert [age.days_most for age in ages] == [7, 30, None]
    assert [age.count for age in ages] == counts


def test_ages_are_counted_at_the_bank(clock, desk):
    """For how long a finding waits is counted by the clock of the bank."""
    desk.post("main", ["2027-02-01 | 1 EUR"])
    desk.reconcile("main")
    clock.advance(days=7, hours=14)
    desk.set_style("main", offset=60)
    assert [age.count for age in desk.ages("main")] == [0, 1, 0]


def test_what_is_at_stake(clock, desk):
    """Beside each age stands what is at stake, whichever way it goes, in the account's currency."""
    rows = ["2027-02-01 | 20 EUR | A", "2027-02-01 | -5.50 EUR | B", "2027-02-01 | 70 USD | C"]
    desk.post("main", rows)
    desk.reconcile("main")
    young, _, old = desk.ages("main")
    assert (young.count, young.stake) == (3, "25.50 EUR")
    assert (old.count, old.stake) == (0, "0.00 EUR")


def test_a_file_for_spreadsheets(desk):
    """Unsettled findings can be had as a file, with a comma before the decimals."""
    desk.post("main", ["2027-02-01 | 20 EUR | A", "2027-02-01 | -1234.50 EUR | B"])
    desk.receive("main", "1", ["2027-02-01 | 19 EUR | A"])
    desk.reconcile("main", "2027-02-10")
    assert desk.export("main").split("\n") == [
        "number;kind;books;bank;amount;since;status",
        "1;other amount;B1;S1;-1,00 EUR;2027-02-10;open",
        "2;missing at the bank;B2;;-1234,50 EUR;2027-02-10;open",
        "",
    ]
