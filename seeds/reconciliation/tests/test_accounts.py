import pytest
from asking import code, refusal
from crosscheck import Desk


def test_an_account_begins_on_the_usual_terms(desk):
    """A new account lets the bank be three days late, and amounts be no cent apart."""
    agreed = desk.terms("main")
    assert (agreed.currency, agreed.tolerance, agreed.percent) == ("EUR", "0.00 EUR", "0.00 %")
    assert (agreed.early, agreed.late, agreed.working_days) == (0, 3, False)


def test_an_account_begins_with_the_usual_style(desk):
    """A new account reads decimals behind a point, keeps the hours of UTC and confirms nothing."""
    agreed = desk.terms("main")
    assert (agreed.mark, agreed.offset) == (".", 0)
    assert (agreed.confirm_above, agreed.version) == (None, 1)


def test_names_of_several_words(desk):
    """Blanks between the words of a name count for one."""
    desk.open_account("Petty   Cash", " chf ")
    assert desk.terms("petty cash").currency == "CHF"
    assert desk.post("PETTY CASH", ["2027-03-01 | 5 CHF"]) == ("B1",)


def test_there_is_one_account_of_a_name(desk):
    """A name that is taken is refused, and the account stays as it was."""
    desk.agree("main", late=9)
    assert refusal(desk.open_account, " MAIN", "USD") == (
        "R102",
        "the account main is there already",
    )
    assert desk.terms("main").late == 9


def test_an_account_has_a_name(desk):
    """An account without a name is refused."""
    assert refusal(desk.open_account, " ", "EUR") == ("R103", "an account needs a name")


def test_an_unknown_account(desk):
    """Nothing can be asked of an account that is not there."""
    assert refusal(desk.summary, "Side") == ("R101", "there is no account side")
    assert refusal(desk.summary, " ") == ("R101", "there is no account without a name")


def test_memory_for_no_line_at_all(clock):
    """A desk needs memory for one line at least."""
    assert refusal(Desk, clock, chunk=0) == (
        "R104",
        "at least one line has to fit into memory, not 0",
    )


def test_what_is_not_spoken_of_stays(desk):
    """An agreement on one thing leaves the others as they were."""
    desk.agree("main", tolerance="0.05 EUR", percent="1", early=2, late=4, working_days=True)
    desk.agree("main", late=6)
    agreed = desk.terms("main")
    assert (agreed.tolerance, agreed.percent) == ("0.05 EUR", "1.00 %")
    assert (agreed.early, agreed.late, agreed.working_days) == (2, 6, True)


def test_nought_is_an_agreement_too(desk):
    """What was agreed can be taken back to nothing."""
    desk.agree("main", tolerance="0.05 EUR", percent="1", early=2, late=4, working_days=True)
    desk.agree("main", tolerance="0 EUR", percent="0", early=0, late=0, working_days=False)
    agreed = desk.terms("main")
    assert (agreed.tolerance, agreed.percent) == ("0.00 EUR", "0.00 %")
    assert (agreed.early, agreed.late, agreed.working_days) == (0, 0, False)


def test_versions_of_an_agreement(desk):
    """Each agreement that makes a difference is a new version."""
    desk.agree("main", late=5)
    desk.agree("main", late=5)
    desk.agree("main", early=1)
    assert desk.terms("main").version == 3


def test_agreements_belong_to_their_account(desk):
    """What is agreed for one account does not hold for another one."""
    desk.open_account("second", "EUR")
    desk.agree("second", late=8)
    assert (desk.terms("main").late, desk.terms("second").late) == (3, 8)


def test_the_widest_window(desk):
    """A window may have up to sixty days."""
    desk.agree("main", early=60, late=60)
    assert (desk.terms("main").early, desk.terms("main").late) == (60, 60)


@pytest.mark.parametrize(("which", "days"), [("early", -1), ("late", 61)], ids=["below", "above"])
def test_a_window_has_its_bounds(desk, which, days):
    """A window of fewer than no days, or of more than sixty, is refused."""
    refused = ("R111", f"a window has 0 to 60 days, not {days}")
    assert refusal(desk.agree, "main", **{which: days}) == refused
    assert desk.terms("main").version == 1


def test_a_tolerance_is_not_negative(desk):
    """A tolerance below nothing is refused, and what else was agreed with it."""
    assert refusal(desk.agree, "main", tolerance="-0.01 EUR", late=9) == (
        "R112",
        "a tolerance is not negative",
    )
    assert code(desk.agree, "main", tolerance="", late=9) == "R201"
    assert desk.terms("main").late == 3


def test_percentages(desk):
    """A percentage has two decimals at most, and may have its sign."""
    desk.agree("main", percent=" 0.5 % ")
    assert desk.terms("main").percent == "0.50 %"
    desk.agree("main", percent="10")
    assert desk.terms("main").percent == "10.00 %"


@pytest.mark.parametrize(
    ("text", "words"),
    [("10.01", "10.01"), ("0.005", "0.005"), ("", "nothing")],
    ids=["more", "finer", "none"],
)
def test_what_is_no_percentage(desk, text, words):
    """A percentage above ten or below nothing is refused, as is what cannot be read."""
    refused = ("R116", f"{words} is not a percentage from 0 to 10")
    assert refusal(desk.agree, "main", percent=text) == refused


def test_a_style_is_changed_in_part(desk):
    """What the bank writes behind a comma has nothing to do with its clock."""
    desk.set_style("main", mark=",")
    desk.set_style("main", offset=60)
    assert (desk.terms("main").mark, desk.terms("main").offset) == (",", 60)
    desk.set_style("main", mark=".")
    assert (desk.terms("main").mark, desk.terms("main").offset) == (".", 60)
    desk.set_style("main", offset=0)
    assert desk.terms("main").offset == 0


def test_an_odd_mark(desk):
    """Decimals follow a point or a comma."""
    refused = ("R114", "decimals follow a point or a comma, not ;")
    assert refusal(desk.set_style, "main", mark=";") == refused
    assert code(desk.set_style, "main", mark="") == "R114"


@pytest.mark.parametrize("offset", [840, -840], ids=["ahead", "behind"])
def test_the_farthest_clocks(desk, offset):
    """A clock may be fourteen hours from UTC either way."""
    desk.set_style("main", offset=offset)
    assert desk.terms("main").offset == offset


@pytest.mark.parametrize("offset", [841, -841], ids=["ahead", "behind"])
def test_no_such_clock(desk, offset):
    """No clock is more than fourteen hours from UTC."""
    refused = ("R115", f"clocks are at most 840 minutes apart from UTC, not {offset}")
    assert refusal(desk.set_style, "main", offset=offset) == refused


def test_a_limit_is_set_and_lifted(desk):
    """A limit can be set, also to nothing, and lifted again."""
    desk.set_limit("main", "250 EUR")
    assert desk.terms("main").confirm_above == "250.00 EUR"
    desk.set_limit("main", "0 EUR")
    assert desk.terms("main").confirm_above == "0.00 EUR"
    desk.set_limit("main", None)
    assert desk.terms("main").confirm_above is None


def test_what_is_no_limit(desk):
    """A limit is an amount of the account's own currency, and not negative."""
    desk.set_limit("main", "7 EUR")
    assert code(desk.set_limit, "main", "5 GBP") == "R113"
    assert code(desk.set_limit, "main", "-5 EUR") == "R112"
    assert code(desk.set_limit, "main", "") == "R201"
    assert desk.terms("main").confirm_above == "7.00 EUR"
