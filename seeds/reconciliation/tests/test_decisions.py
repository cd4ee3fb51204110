import pytest
from asking import code, found, paired, refusal
from crosscheck import Desk, FixedClock


@pytest.fixture
def lost(desk):
    """A line of 75 euros that the bank has not got: finding 1."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    return desk


def test_who_wrote_it_off(lost):
    """Who wrote a difference off, and why, can be read later."""
    lost.accept("main", 1, by=" Ana  Ruiz ", reason=" lost cheque ")
    finding = lost.finding("main", 1)
    assert (finding.status, finding.by, finding.reason) == ("accepted", "Ana Ruiz", "lost cheque")


def test_a_reason_is_needed(lost):
    """Nothing is written off without a reason."""
    refused = ("R602", "a reason is needed")
    assert refusal(lost.accept, "main", 1, by="Ana", reason=" ") == refused
    assert lost.line("main", "B1").state == "open"


@pytest.mark.parametrize(
    ("above", "status"),
    [("75.00 EUR", "accepted"), ("74.99 EUR", "proposed")],
    ids=["exactly", "beyond"],
)
def test_a_limit(lost, above, status):
    """A difference above the limit has to be confirmed, one as large as the limit has not."""
    lost.set_limit("main", above)
    assert lost.accept("main", 1, by="Ana", reason="lost") == status


def test_a_limit_for_what_goes_out(desk):
    """A limit holds for what goes out as well as for what comes in."""
    desk.set_limit("main", "50 EUR")
    desk.receive("main", "1", ["2027-03-04 | -50.01 EUR | FEE"])
    desk.reconcile("main", "2027-03-10")
    assert desk.accept("main", 1, by="Ana", reason="fee") == "proposed"


@pytest.mark.parametrize(
    ("above", "status"), [("500 EUR", "proposed"), (None, "accepted")], ids=["limit", "none"]
)
def test_other_currencies_are_looked_at_twice(desk, above, status):
    """Where there is a limit, amounts of other currencies are always confirmed."""
    desk.set_limit("main", above)
    desk.post("main", ["2027-03-04 | 1.00 USD | RE-5"])
    desk.reconcile("main", "2027-03-10")
    assert desk.accept("main", 1, by="Ana", reason="lost") == status


def test_a_proposal_stays_over_runs(lost):
    """A run does not touch what is proposed, as long as it finds it."""
    lost.set_limit("main", "50 EUR")
    lost.accept("main", 1, by="Ana", reason="lost")
    lost.reconcile("main", "2027-03-20")
    assert (lost.finding("main", 1).status, lost.finding("main", 1).by) == ("proposed", "Ana")


def test_a_proposal_is_cleared(lost):
    """What is proposed is cleared like any other when the bank's line comes."""
    lost.set_limit("main", "50 EUR")
    lost.accept("main", 1, by="Ana", reason="lost")
    lost.receive("main", "1", ["2027-03-05 | 75.00 EUR | RE-5"])
    lost.reconcile("main", "2027-03-20")
    assert code(lost.confirm, "main", 1, by="Bo") == "R603"
    assert lost.line("main", "B1").state == "matched"


def test_somebody_else_confirms(lost):
    """What one person has proposed, another one confirms."""
    lost.set_limit("main", "50 EUR")
    lost.accept("main", 1, by="Ana", reason="lost")
    lost.confirm("main", 1, by="Bo")
    assert (found(lost), lost.line("main", "B1").state) == ([], "accepted")
    assert (lost.finding("main", 1).by, lost.finding("main", 1).reason) == ("Ana", "lost")


def test_nobody_confirms_alone(lost):
    """Nobody confirms what they have proposed themselves, however they write their name."""
    lost.set_limit("main", "50 EUR")
    lost.accept("main", 1, by="Ana Ruiz", reason="lost")
    refused = ("R605", "Ana Ruiz cannot confirm what Ana Ruiz proposed")
    assert refusal(lost.confirm, "main", 1, by="ANA  Ruiz") == refused
    assert lost.finding("main", 1).status == "proposed"


def test_nothing_to_confirm(lost):
    """What nobody has proposed cannot be confirmed."""
    assert refusal(lost.confirm, "main", 1, by="Bo") == ("R603", "finding 1 is open")


def test_a_proposal_is_declined(lost):
    """What was declined is open again, as if nobody had proposed it."""
    lost.set_limit("main", "50 EUR")
    lost.accept("main", 1, by="Ana", reason="lost")
    lost.decline("main", 1, by="Bo")
    finding = lost.finding("main", 1)
    assert (finding.status, finding.by, finding.reason) == ("open", "", "")


def test_it_is_taken_back(lost):
    """What was written off can be taken back: it is open again."""
    lost.accept("main", 1, by="Ana", reason="lost")
    lost.undo("main", 1, by="Bo")
    finding = lost.finding("main", 1)
    assert (finding.status, finding.by, finding.reason) == ("open", "", "")
    assert lost.line("main", "B1").state == "open"


def test_nothing_to_take_back(lost):
    """What was not written off cannot be taken back."""
    assert refusal(lost.undo, "main", 1, by="Bo") == ("R603", "finding 1 is open")


@pytest.mark.parametrize("what", ["undo", "confirm", "decline"])
def test_somebody_answers_for_every_decision(lost, what):
    """Nothing is decided by nobody."""
    lost.set_limit("main", None if what == "undo" else "50 EUR")
    lost.accept("main", 1, by="Ana", reason="lost")
    assert code(getattr(lost, what), "main", 1, by=" ") == "R601"
    assert lost.finding("main", 1).by == "Ana"


@pytest.fixture
def mixed(desk):
    """Lines that do not match by themselves: B1 and B2 in the books, S1 and S2 at the bank."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5", "2027-03-05 | 20.00 EUR | RE-6"])
    desk.receive("main", "1", ["2027-03-09 | 75.00 EUR | QQ", "2027-03-09 | 19.50 EUR | RR"])
    return desk


def test_a_match_by_hand(mixed):
    """Somebody may settle lines that no run takes together."""
    assert mixed.match("main", ["B1"], ["S1"], by="Ana") == 1
    (match,) = mixed.matches("main", how="by hand").rows
    assert (match.books, match.bank, match.gap, match.run) == ("B1", "S1", "0.00 EUR", None)


def test_a_match_by_hand_clears_findings(mixed):
    """Findings about lines that were matched by hand are cleared, and no others."""
    mixed.reconcile("main", "2027-03-31")
    mixed.match("main", ["b1"], [" S1 "], by="Ana")
    assert found(mixed) == ["missing at the bank B2", "missing in the books S2"]


def test_a_match_of_several_lines(mixed):
    """A match by hand may have several lines on either side."""
    mixed.agree("main", percent="1")
    mixed.match("main", ["B1", "B2"], ["S2", "S1"], by="Ana")
    assert (paired(mixed), mixed.matches("main").rows[0].gap) == (["B1 B2=S2 S1"], "-0.50 EUR")


def test_a_line_that_is_named_twice(mixed):
    """A line that is named twice counts once."""
    mixed.match("main", ["B1", "b1"], ["S1"], by="Ana")
    assert paired(mixed) == ["B1=S1"]


def test_how_far_a_match_by_hand_may_go(mixed):
    """By hand, lines may be matched that are as far apart as was agreed."""
    mixed.agree("main", tolerance="0.50 EUR")
    assert mixed.match("main", ["B2"], ["S2"], by="Ana") == 1


def test_how_far_apart_it_is(mixed):
    """A match that is refused leaves its lines open, and tells how far apart they are."""
    mixed.agree("main", tolerance="0.49 EUR")
    refused = ("R610", "both sides are -0.50 EUR apart")
    assert refusal(mixed.match, "main", ["B2"], ["S2"], by="Ana") == refused
    assert mixed.line("main", "B2").state == "open"


@pytest.mark.parametrize(
    ("books", "bank", "refused"),
    [
        ([], ["S1"], ("R608", "a match has lines on both sides")),
        (["B1"], [], ("R608", "a match has lines on both sides")),
        (["S1"], ["S1"], ("R612", "S1 is no line of the books")),
        (["B1"], ["B2"], ("R612", "B2 is no line of the bank")),
    ],
    ids=["no-books", "no-bank", "bank-for-books", "books-for-bank"],
)
def test_both_sides_of_a_match(mixed, books, bank, refused):
    """A match has lines of the books on the one side and lines of the bank on the other."""
    assert refusal(mixed.match, "main", books, bank, by="Ana") == refused


def test_one_line_in_two_matches(mixed):
    """A line that is matched cannot be matched again."""
    mixed.match("main", ["B1"], ["S1"], by="Ana")
    mixed.post("main", ["2027-03-09 | 75.00 EUR"])
    refused = ("R609", "S1 is matched")
    assert refusal(mixed.match, "main", ["B3"], ["S1"], by="Ana") == refused


def test_currencies_do_not_go_together(mixed):
    """Lines of different currencies are not matched, not even by hand."""
    mixed.post("main", ["2027-03-09 | 75.00 USD"])
    refused = ("R204", "EUR and USD do not go together")
    assert refusal(mixed.match, "main", ["B3"], ["S1"], by="Ana") == refused
    assert code(mixed.match, "main", ["B1", "B3"], ["S1"], by="Ana") == "R204"


def test_nobody_matches_by_hand(mixed):
    """A match by hand is somebody's."""
    assert code(mixed.match, "main", ["B1"], ["S1"], by="") == "R601"
    assert paired(mixed) == []


@pytest.fixture
def settled(desk):
    """Match 1, made by a run through 10 March."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    return desk


def test_runs_do_not_put_it_together_again(settled):
    """A run does not match again what somebody has taken apart."""
    settled.release("main", 1, by="Ana")
    settled.reconcile("main", "2027-03-20")
    settled.reconcile("main", "2027-03-21")
    assert found(settled) == ["missing at the bank B1", "missing in the books S1"]


def test_taken_apart_for_the_tolerance_too(desk):
    """What was taken apart is not matched as tolerable either."""
    desk.agree("main", tolerance="1 EUR")
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 75.50 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.release("main", 1, by="Ana")
    desk.reconcile("main", "2027-03-20")
    assert found(desk) == ["missing at the bank B1", "missing in the books S1"]


def test_parts_that_were_taken_apart(desk):
    """Parts that were taken apart are not put together again."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 25.00 EUR | RE-5", "2027-03-05 | 50.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.release("main", 1, by="Ana")
    desk.reconcile("main", "2027-03-20")
    assert (paired(desk), len(found(desk))) == ([], 3)


def test_found_with_something_else(desk):
    """A line that was taken apart from one may be found together with another."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5", "2027-03-04 | 9.00 USD | RE-5"])
    desk.receive("main", "1", ["2027-03-05 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.release("main", 1, by="Ana")
    desk.reconcile("main", "2027-03-20")
    assert found(desk) == ["other currency B2 S1", "missing at the bank B1"]


def test_each_account_has_its_own_lines_apart(settled):
    """What was taken apart at one account makes no difference at another one."""
    settled.release("main", 1, by="Ana")
    settled.open_account("second", "EUR")
    settled.post("second", ["2027-03-04 | 75.00 EUR | RE-5"])
    settled.receive("second", "1", ["2027-03-05 | 75.00 EUR | RE-5"])
    settled.reconcile("second", "2027-03-20")
    assert settled.line("second", "B1").match == 1


def test_findings_about_what_was_taken_apart(mixed):
    """What a match by hand has cleared is found again once the match was taken apart."""
    mixed.reconcile("main", "2027-03-31")
    mixed.match("main", ["B1"], ["S1"], by="Ana")
    mixed.release("main", 1, by="Ana")
    assert (mixed.reconcile("main", "2027-03-31").number, len(found(mixed))) == (2, 4)


def test_two_matches_taken_apart(settled):
    """What was taken apart first is kept apart when something else is, too."""
    settled.post("main", ["2027-03-11 | 9.00 EUR | RE-6"])
    settled.receive("main", "2", ["2027-03-11 | 9.00 EUR | RE-6"])
    settled.reconcile("main", "2027-03-11")
    settled.release("main", 1, by="Ana")
    settled.release("main", 2, by="Ana")
    settled.reconcile("main", "2027-03-20")
    assert paired(settled) == []


def test_no_such_match(settled):
    """A match that is not there cannot be taken apart."""
    assert refusal(settled.release, "main", 2, by="Ana") == ("R607", "there is no match 2")


class Failing(FixedClock):
    """A clock that cannot be read after it was asked so often."""

    left = 100

    def now(self):
        self.left -= 1
        if self.left < 0:
            raise TimeoutError("no time")
        return super().now()


@pytest.mark.parametrize(
    ("decision", "asked"),
    [
        (lambda desk: desk.post("main", ["2027-03-02 | 8 EUR"]), 0),
        (lambda desk: desk.receive("main", "2", ["2027-03-02 | 8 EUR"]), 0),
        (lambda desk: desk.accept("main", 4, by="Ana", reason="lost"), 1),
        (lambda desk: desk.undo("main", 1, by="Bo"), 0),
        (lambda desk: desk.match("main", ["B1"], ["S2"], by="Ana"), 0),
        (lambda desk: desk.release("main", 1, by="Ana"), 0),
        (lambda desk: desk.close_month("main", "2027-02", by="Ana"), 0),
        (lambda desk: desk.close_month("main", "2027-02", by="Ana"), 1),
        (lambda desk: desk.reopen_month("main", "2027-01", by="Ana"), 0),
    ],
    ids="post receive propose undo match release close announce reopen".split(),
)
def test_a_decision_that_breaks_off(decision, asked):
    """What cannot be recorded and announced is not done."""
    clock = Failing()
    desk = Desk(clock)
    desk.open_account("main", "EUR")
    desk.set_limit("main", "2 EUR")
    desk.post("main", [f"2027-03-01 | {euros} EUR | RE-{euros}" for euros in (5, 1, 7, 3, 2)])
    desk.receive("main", "1", ["2027-03-01 | 3 EUR | RE-3", "2027-03-31 | 5 EUR | Q"])
    desk.reconcile("main", "2027-03-31")
    desk.close_month("main", "2027-01", by="Ana")
    desk.accept("main", 1, by="Ana", reason="lost")
    desk.accept("main", 3, by="Ana", reason="lost")

    def standing():
        months = (
            code(desk.reopen_month, "main", "2027-02", by="Ana"),
            code(desk.close_month, "main", "2027-01", by="Ana"),
        )
        return months, desk.findings("main"), desk.matches("main"), desk.summary("main")

    before = standing()
    clock.left = asked
    with pytest.raises(TimeoutError, match="no time"):
        decision(desk)
    clock.left = 100
    assert standing() == before
