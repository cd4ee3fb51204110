import pytest
from asking import code, found, refusal

ROW = "2027-02-26 | 75.00 EUR | RE-5"


@pytest.fixture
def february(desk):
    """February is done: one match, a run through its last day."""
    desk.post("main", [ROW])
    desk.receive("main", "1", ["2027-02-26 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-02-28")
    return desk


@pytest.mark.parametrize(
    ("day", "refused"), [("2027-02-28", "R704"), ("2027-03-01", None)], ids=["last", "next"]
)
def test_nothing_is_entered_into_a_closed_month(february, day, refused):
    """Nothing is entered into a month that is closed; the next one is open."""
    february.close_month("main", "2027-02", by="Ana")
    assert code(february.post, "main", [f"{day} | 1 EUR"]) == refused


def test_a_closed_month_is_not_closed_again(february):
    """A month that is closed cannot be closed again."""
    february.close_month("main", "2027-02", by="Ana")
    refused = ("R701", "2027-02 is closed")
    assert refusal(february.close_month, "main", " 2027-02 ", by="Ana") == refused


@pytest.mark.parametrize(
    ("through", "refused"), [("2027-03-30", "R702"), ("2027-03-31", None)], ids=["before", "on"]
)
def test_a_month_is_compared_to_its_end(february, through, refused):
    """A month is closed after a run through its last day."""
    february.reconcile("main", through)
    assert code(february.close_month, "main", "2027-03", by="Ana") == refused


def test_a_month_without_a_run(desk):
    """Without a run nothing is closed, whatever was compared for others."""
    desk.open_account("second", "EUR")
    desk.reconcile("second", "2027-02-28")
    refused = ("R702", "there was no run through 2027-02-28 yet")
    assert refusal(desk.close_month, "main", "2027-02", by="Ana") == refused


def test_a_month_with_findings(february):
    """A month with findings that are not settled stays open."""
    february.post("main", ["2027-02-10 | 5 EUR | RE-6", "2027-02-28 | 6 EUR | RE-7"])
    february.reconcile("main", "2027-03-04")
    refused = ("R703", "up to 2027-02-28, findings that are not settled: 2")
    assert refusal(february.close_month, "main", "2027-02", by="Ana") == refused
    assert february.post("main", ["2027-02-28 | 1 EUR"]) == ("B4",)


def test_findings_of_the_next_month(february):
    """Findings about later days do not keep a month open."""
    february.post("main", ["2027-03-01 | 5 EUR | RE-6"])
    february.reconcile("main", "2027-03-10")
    february.close_month("main", "2027-02", by="Ana")
    assert found(february) == ["missing at the bank B2"]


def test_a_finding_that_reaches_into_the_next_month(february):
    """A finding keeps the month open in which the earlier of its lines lies."""
    february.post("main", ["2027-02-20 | 5 EUR | RE-6"])
    february.receive("main", "2", ["2027-03-02 | 5 EUR | RE-6"])
    february.reconcile("main", "2027-03-10")
    assert code(february.close_month, "main", "2027-02", by="Ana") == "R703"


def test_proposals_keep_a_month_open(february):
    """What is proposed and not confirmed is not settled."""
    february.set_limit("main", "0 EUR")
    february.post("main", ["2027-02-10 | 5 EUR | RE-6"])
    february.reconcile("main", "2027-03-04")
    february.accept("main", 1, by="Ana", reason="lost")
    assert code(february.close_month, "main", "2027-02", by="Ana") == "R703"


def test_a_match_of_a_closed_month(february):
    """A match with a line of a closed month cannot be taken apart."""
    february.close_month("main", "2027-02", by="Ana")
    refused = ("R606", "B1 belongs to a month that is closed")
    assert refusal(february.release, "main", 1, by="Ana") == refused
    assert february.line("main", "B1").state == "matched"


def test_a_match_that_reaches_into_the_next_month(february):
    """It is enough that one line of a match lies in a closed month."""
    february.agree("main", early=1)
    february.post("main", ["2027-03-01 | 5 EUR | RE-6"])
    february.receive("main", "2", ["2027-02-28 | 5 EUR | RE-6"])
    february.reconcile("main", "2027-03-01")
    february.close_month("main", "2027-02", by="Ana")
    refused = ("R606", "S2 belongs to a month that is closed")
    assert refusal(february.release, "main", 2, by="Ana") == refused


def test_what_was_written_off_in_a_closed_month(february):
    """What was written off in a closed month stays so."""
    february.post("main", ["2027-02-28 | 5 EUR | RE-6"])
    february.receive("main", "2", ["2027-02-28 | 6 EUR | RE-6"])
    february.reconcile("main", "2027-03-04")
    february.accept("main", 1, by="Ana", reason="lost")
    february.close_month("main", "2027-02", by="Ana")
    refused = ("R606", "B2 belongs to a month that is closed")
    assert refusal(february.undo, "main", 1, by="Ana") == refused
    assert february.finding("main", 1).status == "accepted"


def test_a_month_is_opened_again(february):
    """A month that was opened again takes lines."""
    february.close_month("main", "2027-02", by="Ana")
    february.reopen_month("main", " 2027-02", by="Ana")
    assert february.post("main", ["2027-02-28 | 5 EUR"]) == ("B2",)


def test_the_month_before_stays_closed(february):
    """Opening a month again leaves those closed that were closed before it."""
    february.close_month("main", "2027-01", by="Ana")
    february.close_month("main", "2027-02", by="Ana")
    february.reopen_month("main", "2027-02", by="Ana")
    assert code(february.post, "main", ["2027-01-31 | 5 EUR"]) == "R704"
    assert code(february.post, "main", ["2027-02-01 | 5 EUR"]) is None


def test_months_are_opened_from_the_last_one_on(february):
    """Only the month that was closed last can be opened again."""
    february.close_month("main", "2027-01", by="Ana")
    february.close_month("main", "2027-02", by="Ana")
    refused = ("R705", "2027-01 is not the month that was closed last")
    assert refusal(february.reopen_month, "main", "2027-01", by="Ana") == refused


def test_what_is_no_month(desk):
    """A month is written as year and number."""
    refused = ("R207", "2027-13 is not a month")
    assert refusal(desk.close_month, "main", "2027-13", by="Ana") == refused
    assert code(desk.close_month, "main", "", by="Ana") == "R207"


@pytest.mark.parametrize(
    ("month", "end"),
    [("2028-02", "2028-02-29"), ("2027-04", "2027-04-30")],
    ids=["leap", "thirty"],
)
def test_the_ends_of_months(desk, month, end):
    """A month ends with its last day."""
    refused = ("R702", f"there was no run through {end} yet")
    assert refusal(desk.close_month, "main", month, by="Ana") == refused


@pytest.mark.parametrize("what", ["close_month", "reopen_month"])
def test_nobody_closes_or_opens_a_month(february, what):
    """Somebody has to answer for the end of a month."""
    if what == "reopen_month":
        february.close_month("main", "2027-02", by="Ana")
    assert code(getattr(february, what), "main", "2027-02", by="") == "R601"
