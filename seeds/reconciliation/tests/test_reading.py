import pytest
from asking import code, refusal


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (" 1,234.5 eur ", "1234.50 EUR"),
        ("0.05 EUR", "0.05 EUR"),
        ("12.30- EUR", "-12.30 EUR"),
        ("1,000,000 JPY", "1000000 JPY"),
        ("0.125 KWD", "0.125 KWD"),
    ],
    ids=["grouped", "cents", "minus-behind", "yen", "dinar"],
)
def test_amounts_in_the_books(desk, written, shown):
    """An amount is shown with the decimals of its currency, and its minus in front."""
    desk.post("main", [f"2027-03-01 | {written} | RE-1"])
    assert desk.line("main", "B1").amount == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [("1.234,50 EUR", "1234.50 EUR"), ("0,05- EUR", "-0.05 EUR")],
    ids=["grouped", "minus-behind"],
)
def test_amounts_of_a_bank_that_writes_commas(desk, written, shown):
    """A bank that writes commas before its decimals groups with points."""
    desk.set_style("main", mark=",")
    desk.receive("main", "1", [f"2027-03-01 | {written} | RE-1"])
    assert desk.line("main", "S1").amount == shown


@pytest.mark.parametrize(
    "written",
    ["-12- EUR", "12. EUR", "1,23 EUR"],
    ids=["two-signs", "open", "comma"],
)
def test_what_is_no_amount(desk, written):
    """What cannot be read as an amount is refused with its line."""
    refused = ("R301", f"line 1: {written} is not an amount")
    assert refusal(desk.post, "main", [f"2027-03-01 | {written} | RE-1"]) == refused


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("12.345 EUR", "12.345 EUR is finer than EUR is paid"),
        ("12.30 XAU", "XAU is not a currency we know"),
        ("0.00 EUR", "nothing moves by 0.00 EUR"),
    ],
    ids=["cents", "gold", "nothing"],
)
def test_amounts_that_cannot_be_paid(desk, written, why):
    """An amount is one that can be paid."""
    assert refusal(desk.post, "main", [f"2027-03-01 | {written}"]) == ("R301", f"line 1: {why}")


@pytest.mark.parametrize(
    ("written", "offset", "day"),
    [
        ("2027-03-01T23:30Z", 30, "2027-03-02"),
        ("2027-03-01T23:30Z", 29, "2027-03-01"),
        ("2027-03-01T00:15+02:00", 0, "2027-02-28"),
        ("2027-01-01t00:00z", -60, "2026-12-31"),
    ],
    ids=["past-midnight", "before", "other-zone", "new-year"],
)
def test_moments_of_the_bank(desk, written, offset, day):
    """A moment belongs to the day that it is at the bank."""
    desk.set_style("main", offset=offset)
    desk.receive("main", "1", [f"{written} | 5 EUR | RE-1"])
    assert desk.line("main", "S1").day == day


@pytest.mark.parametrize(
    ("written", "words"),
    [("2027-02-29", "2027-02-29"), ("", "nothing")],
    ids=["leap", "none"],
)
def test_what_is_no_day(desk, written, words):
    """A day that does not exist is refused with its line."""
    refused = ("R301", f"line 1: {words} is not a day")
    assert refusal(desk.post, "main", [f"{written} | 5 EUR"]) == refused


def test_a_moment_says_its_zone(desk):
    """A moment without a time zone is refused."""
    why = "2027-03-01T10:00 does not say which time zone it is meant in"
    refused = ("R301", f"line 1: {why}")
    assert refusal(desk.receive, "main", "1", ["2027-03-01T10:00 | 5 EUR"]) == refused


def test_reference_and_text(desk):
    """A line has a reference and a text, with single blanks between words."""
    desk.post("main", ["2027-03-01 | 5 EUR |  RE 1 | Rent   for March "])
    line = desk.line("main", "B1")
    assert (line.reference, line.text) == ("RE 1", "Rent for March")


@pytest.mark.parametrize(
    ("row", "count"), [("2027-03-01", 1), ("2027-03-01 | 5 EUR | a | b | c", 5)], ids=["1", "5"]
)
def test_the_columns_of_a_line(desk, row, count):
    """A line has two to four columns."""
    refused = ("R301", f"line 1: a line has 2 to 4 columns, not {count}")
    assert refusal(desk.post, "main", [row]) == refused


def test_lines_are_counted_with_the_empty_ones(desk):
    """A refusal counts lines as they were sent, empty ones too."""
    rows = ["2027-03-01 | 5 EUR", "", "  ", "2027-03-01 | 5"]
    assert refusal(desk.post, "main", rows) == ("R301", "line 4: 5 is not a currency we know")


def test_nothing_to_enter(desk):
    """A batch or a statement without a line is refused."""
    assert refusal(desk.post, "main", ["", " "]) == ("R304", "there is nothing to enter")
    assert code(desk.receive, "main", "1", []) == "R304"
    assert desk.statements("main") == ()


@pytest.mark.parametrize(
    ("booked", "banked"),
    [
        ("INV-2207", "inv 2207"),
        ("RE 0042", "RE42"),
        ("№ 5", "no 5"),
        ("RE_77", "re 77"),
        ("STRASSE 9", "Straße 9"),
    ],
    ids=["capitals", "zeros", "sign", "underline", "sharp-s"],
)
def test_references_that_are_the_same(desk, booked, banked):
    """Capitals, separators and zeros in front make no difference between references."""
    desk.post("main", [f"2027-03-01 | 5 EUR | {booked}"])
    desk.receive("main", "1", [f"2027-03-01 | 5 EUR | {banked}"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "B1").match == 1


@pytest.mark.parametrize(
    ("booked", "banked"),
    [("1-12", "11-2"), ("0", "")],
    ids=["moved", "none"],
)
def test_references_that_differ(desk, booked, banked):
    """Lines with different references are not taken together."""
    desk.post("main", [f"2027-03-01 | 5 EUR | {booked}"])
    desk.receive("main", "1", [f"2027-03-01 | 5 EUR | {banked}"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "B1").state == "open"


def test_a_reference_of_signs_is_none(desk):
    """A reference without a letter or a digit counts as none: the amount decides."""
    desk.post("main", ["2027-03-01 | 5 EUR | --"])
    desk.receive("main", "1", ["2027-03-01 | 5 EUR | ***", "2027-03-01 | 6 EUR | --"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "S1").state == "matched"
