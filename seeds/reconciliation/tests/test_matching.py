import pytest
from asking import paired


@pytest.mark.parametrize(
    ("day", "state"),
    [("2027-03-09", "open"), ("2027-03-13", "matched"), ("2027-03-14", "open")],
    ids=["day-before", "last-day", "day-after"],
)
def test_the_usual_window(desk, day, state):
    """The bank may be up to three days later than the books, and not a day earlier."""
    desk.post("main", ["2027-03-10 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", [f"{day} | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "B1").state == state


@pytest.mark.parametrize(
    ("day", "state"),
    [("2027-03-07", "open"), ("2027-03-08", "matched")],
    ids=["too-early", "earliest"],
)
def test_an_agreed_window(desk, day, state):
    """Both ends of an agreed window belong to it."""
    desk.agree("main", early=2, late=1)
    desk.post("main", ["2027-03-10 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", [f"{day} | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "S1").state == state


@pytest.mark.parametrize(
    ("booked", "banked", "state"),
    [
        ("2027-03-05", "2027-03-08", "matched"),
        ("2027-03-03", "2027-03-05", "open"),
        ("2027-03-08", "2027-03-05", "matched"),
        ("2027-03-09", "2027-03-05", "open"),
    ],
    ids=["weekend", "midweek", "back", "back-far"],
)
def test_windows_of_working_days(desk, booked, banked, state):
    """Saturdays and Sundays do not count where working days were agreed."""
    desk.agree("main", early=1, late=1, working_days=True)
    desk.post("main", [f"{booked} | 75.00 EUR | RE-5"])
    desk.receive("main", "1", [f"{banked} | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "B1").state == state


@pytest.mark.parametrize(("late", "state"), [(9, "open"), (10, "matched")], ids=["nine", "ten"])
def test_two_weeks_of_working_days(desk, late, state):
    """From one Monday to the second next are ten working days."""
    desk.agree("main", late=late, working_days=True)
    desk.post("main", ["2027-03-01 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-15 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "S1").state == state


def test_the_nearest_day_before_or_after(desk):
    """A day later is nearer than two days earlier."""
    desk.agree("main", early=3)
    desk.post("main", ["2027-03-10 | 75.00 EUR | RE-5"])
    rows = ["2027-03-08 | 75.00 EUR | RE-5", "2027-03-11 | 75.00 EUR | RE-5"]
    desk.receive("main", "1", rows)
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == ["B1=S2"]


def test_the_order_of_the_books(desk):
    """Of matches that are equally near, that of the first line of the books is made first."""
    desk.post("main", ["2027-03-10 | 75.00 EUR | RE-5", "2027-03-05 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 75.00 EUR | RE-5", "2027-03-10 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == ["B1=S2", "B2=S1"]


@pytest.mark.parametrize(
    ("banked", "how"),
    [("99.50 EUR", "tolerated"), ("99.49 EUR", None), ("100.50 EUR", "tolerated")],
    ids=["less", "much-less", "more"],
)
def test_a_tolerance(desk, banked, how):
    """Amounts may be as far apart as was agreed, either way."""
    desk.agree("main", tolerance="0.50 EUR")
    desk.post("main", ["2027-03-10 | 100.00 EUR | RE-5"])
    desk.receive("main", "1", [f"2027-03-10 | {banked} | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert [each.how for each in desk.matches("main").rows] == ([how] if how else [])


@pytest.mark.parametrize(
    ("booked", "banked", "state"),
    [
        ("199.00", "197.01", "matched"),
        ("199.00", "197.00", "open"),
        ("199.99", "197.99", "open"),
        ("-199.00", "-197.01", "matched"),
    ],
    ids=["exactly", "beyond", "fraction", "outgoing"],
)
def test_a_percentage(desk, booked, banked, state):
    """A percentage is taken of the amount in the books; fractions of a cent are dropped."""
    desk.agree("main", percent="1")
    desk.post("main", [f"2027-03-10 | {booked} EUR | RE-5"])
    desk.receive("main", "1", [f"2027-03-10 | {banked} EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "B1").state == state


@pytest.mark.parametrize(
    ("banked", "state"), [("101.00", "matched"), ("101.01", "open")], ids=["within", "beyond"]
)
def test_the_larger_of_both_counts(desk, banked, state):
    """Of a tolerance and a percentage the one that allows more counts, and not their sum."""
    desk.agree("main", tolerance="0.50 EUR", percent="1")
    desk.post("main", ["2027-03-10 | 100.00 EUR | RE-5"])
    desk.receive("main", "1", [f"2027-03-10 | {banked} EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "S1").state == state


@pytest.mark.parametrize(
    ("terms", "state"),
    [({"tolerance": "0.50 EUR"}, "open"), ({"percent": "1"}, "matched")],
    ids=["tolerance", "percentage"],
)
def test_tolerances_and_other_currencies(desk, terms, state):
    """A tolerance holds in the currency of the account, a percentage in any."""
    desk.agree("main", **terms)
    desk.post("main", ["2027-03-10 | 100.00 USD | RE-5"])
    desk.receive("main", "1", ["2027-03-10 | 100.10 USD | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert desk.line("main", "B1").state == state


def test_without_a_reference_a_tolerance_is_of_no_use(desk):
    """Without a reference nothing but the very amount matches, whatever was agreed."""
    desk.agree("main", tolerance="5 EUR")
    desk.post("main", ["2027-03-10 | 75.00 EUR"])
    desk.receive("main", "1", ["2027-03-10 | 75.01 EUR"])
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == []


def test_the_very_amount_comes_first(desk):
    """A line with the very amount is taken before one that is merely near, even if it is later."""
    desk.agree("main", tolerance="0.50 EUR")
    desk.post("main", ["2027-03-10 | 100.00 EUR | RE-5", "2027-03-10 | 50.00 EUR | RE-5"])
    rows = [
        "2027-03-10 | 100.10 EUR | RE-5",
        "2027-03-13 | 100.00 EUR | RE-5",
        "2027-03-10 | 50.10 EUR | RE-5",
    ]
    desk.receive("main", "1", rows)
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == ["B1=S2", "B2=S3"]


def test_the_nearest_amount_comes_first(desk):
    """Among amounts that are merely near, the nearest is taken, even if it is later."""
    desk.agree("main", tolerance="0.50 EUR")
    desk.post("main", ["2027-03-10 | 100.00 EUR | RE-5"])
    rows = ["2027-03-10 | 99.70 EUR | RE-5", "2027-03-12 | 100.20 EUR | RE-5"]
    desk.receive("main", "1", rows)
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == ["B1=S2"]


def test_the_nearest_day_among_equal_amounts(desk):
    """Among amounts that are equally near, the nearest day decides."""
    desk.agree("main", tolerance="0.50 EUR")
    desk.post("main", ["2027-03-10 | 100.00 EUR | RE-5"])
    rows = ["2027-03-12 | 100.30 EUR | RE-5", "2027-03-11 | 99.70 EUR | RE-5"]
    desk.receive("main", "1", rows)
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == ["B1=S2"]


@pytest.mark.parametrize(
    "rows",
    [
        ["2027-03-10 | 40.00 EUR | RE-5", "2027-03-10 | 34.99 EUR | RE-5"],
        ["2027-03-10 | 40.00 EUR | RE-5", "2027-03-14 | 35.00 EUR | RE-5"],
    ],
    ids=["too-little", "too-late"],
)
def test_parts_that_do_not_fit(desk, rows):
    """Parts have the reference, the currency and the days of the whole, and come to its amount."""
    desk.post("main", ["2027-03-10 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", rows)
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == []


def test_a_part_in_another_currency(desk):
    """A part in another currency keeps the rest from being the whole."""
    desk.post("main", ["2027-03-10 | 75.00 EUR | RE-5"])
    rows = [
        "2027-03-10 | 40.00 EUR | RE-5",
        "2027-03-10 | 35.00 EUR | RE-5",
        "2027-03-10 | 1.00 USD | RE-5",
    ]
    desk.receive("main", "1", rows)
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == []


def test_parts_of_two_lines(desk):
    """Where two lines wait on either side, nothing is put together of parts."""
    desk.post("main", ["2027-03-10 | 75.00 EUR | RE-5", "2027-03-10 | 10.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-10 | 40.00 EUR | RE-5", "2027-03-10 | 45.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-31")
    assert paired(desk) == []
