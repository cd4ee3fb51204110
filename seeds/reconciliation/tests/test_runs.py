import pytest
from asking import found, paired, refusal
from crosscheck import Desk

BOOKED = "2027-03-04 | 75.00 EUR | RE-5"


def test_what_a_run_tells(desk):
    """A run tells what it matched, what it found and what is still awaited."""
    rows = [
        "2027-03-04 | 75.00 EUR | RE-5",
        "2027-03-02 | 9.00 EUR | RE-6",
        "2027-03-09 | 8.00 EUR",
    ]
    desk.post("main", rows)
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR | RE-5"])
    run = desk.reconcile("main", "2027-03-10")
    assert (run.matched, run.findings, run.fresh, run.awaited) == (1, 1, 1, 1)
    assert (run.through, run.at, run.terms_version) == ("2027-03-10", "2027-03-01 09:00", 1)


def test_a_later_day_is_another_run(desk):
    """A run through a later day is another one."""
    desk.post("main", [BOOKED])
    desk.reconcile("main", "2027-03-10")
    assert desk.reconcile("main", "2027-03-11").number == 2


def test_later_lines_make_no_other_run(desk):
    """Lines after the last day make no difference to a run."""
    desk.reconcile("main", "2027-03-10")
    desk.post("main", ["2027-03-11 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-12 | 75.00 EUR | RE-5"])
    assert desk.reconcile("main", "2027-03-10").number == 1


def test_other_terms_are_another_run(desk):
    """What was agreed since is a reason to compare again."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-04 | 75.10 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.agree("main", tolerance="0.10 EUR")
    run = desk.reconcile("main", "2027-03-10")
    assert (run.number, run.terms_version, paired(desk)) == (2, 2, ["B1=S1"])


def test_the_state_of_affairs_before(desk):
    """Where all is again as the last run has left it, that one is the answer."""
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.receive("main", "1", ["2027-03-04 | 75.00 EUR | RE-5"])
    desk.reconcile("main", "2027-03-10")
    desk.release("main", 1, by="Ana")
    desk.match("main", ["B1"], ["S1"], by="Ana")
    assert desk.reconcile("main", "2027-03-10").number == 1


def test_a_run_does_not_go_back(desk):
    """A run through an earlier day than the last one is refused."""
    desk.reconcile("main", "2027-03-10")
    desk.reconcile("main", "2027-03-12")
    assert refusal(desk.reconcile, "main", "2027-03-11") == (
        "R502",
        "there was a run through 2027-03-12 already",
    )


def test_each_account_has_its_own_runs(desk):
    """Another account may be compared through an earlier day, and counts anew."""
    desk.open_account("second", "EUR")
    desk.reconcile("main", "2027-03-10")
    assert desk.reconcile("second", "2027-03-09").number == 1


def test_no_such_run(desk):
    """A run that was not made cannot be read."""
    made = desk.reconcile("main", "2027-03-10")
    assert desk.run("main", 1) == made
    assert refusal(desk.run, "main", 2) == ("R501", "there is no run 2")


def test_through_today(desk, clock):
    """Without a day a run goes through today."""
    clock.advance(days=4)
    assert desk.reconcile("main").through == "2027-03-05"


def test_through_a_day_with_blanks(desk):
    """Blanks around a day make no difference."""
    assert desk.reconcile("main", " 2027-03-10 ").through == "2027-03-10"


def test_through_no_day(desk):
    """A day that was left empty is none, and not today."""
    assert refusal(desk.reconcile, "main", "") == ("R205", "nothing is not a day")


@pytest.mark.parametrize(
    ("offset", "through"),
    [(-540, "2027-03-01"), (-541, "2027-02-28")],
    ids=["midnight", "behind"],
)
def test_today_at_the_bank(desk, offset, through):
    """Today is the day that it is at the bank of the account."""
    desk.set_style("main", offset=offset)
    assert desk.reconcile("main").through == through


@pytest.mark.parametrize(
    ("chunk", "spilled", "memory"),
    [(5, 0, 5), (4, 1, 4), (2, 2, 2)],
    ids=["all", "one-more", "pairs"],
)
def test_what_does_not_fit_into_memory(clock, chunk, spilled, memory):
    """A run keeps no more lines in memory than it may; the others wait in files."""
    desk = Desk(clock, chunk=chunk)
    desk.open_account("main", "EUR")
    desk.post("main", [f"2027-03-0{day} | {day}.00 EUR | RE-{day}" for day in (5, 3, 1, 4, 2)])
    run = desk.reconcile("main", "2027-03-31")
    assert (run.spilled, run.most_in_memory) == (spilled, memory)


def test_memory_makes_no_difference(clock):
    """However little fits into memory, findings come in the same order."""
    desk = Desk(clock, chunk=3)
    desk.open_account("main", "EUR")
    days = (5, 3, 8, 1, 4, 7, 2, 6)
    desk.post("main", [f"2027-03-0{day} | {day}.00 EUR | RE-{day}" for day in days])
    desk.reconcile("main", "2027-03-31")
    order = [f"missing at the bank B{days.index(day) + 1}" for day in range(1, 9)]
    assert found(desk) == order


def test_equal_lines_in_files(clock):
    """Lines of the same reference and day stay in the order they came, wherever they waited."""
    desk = Desk(clock, chunk=1)
    desk.open_account("main", "EUR")
    desk.post("main", [f"2027-03-02 | {cents}.00 EUR | RE-1" for cents in (6, 2, 5, 1, 4, 3)])
    desk.reconcile("main", "2027-03-31")
    assert found(desk) == [f"missing at the bank B{number}" for number in range(1, 7)]


def test_lines_come_back_from_files_as_they_were(clock):
    """Lines that waited in files are matched as any others."""
    desk = Desk(clock, chunk=1)
    desk.open_account("main", "EUR")
    rows = [
        "2027-03-04 | -7.50 EUR | ÉTÉ 1 | Zürich",
        "2027-03-05 | 100 JPY | 2",
        "2027-03-05 | 3 EUR",
    ]
    desk.post("main", rows)
    desk.receive("main", "1", list(reversed(rows)))
    desk.reconcile("main", "2027-03-31")
    assert sorted(paired(desk)) == ["B1=S3", "B2=S2", "B3=S1"]


def test_more_files_than_can_be_read_at_once(clock):
    """No more than four files are read at the same time: what is more is put together first."""
    desk = Desk(clock, chunk=1)
    desk.open_account("main", "EUR")
    desk.post("main", [f"2027-03-02 | {number}.00 EUR | RE-{number}" for number in range(8, 0, -1)])
    run = desk.reconcile("main", "2027-03-31")
    assert run.spilled == 9


def test_a_run_that_breaks_off(clock):
    """A run that cannot be finished leaves everything as it was."""

    class Stuck:
        calls = 0

        def now(self):
            self.calls += 1
            if self.calls == 3:
                raise TimeoutError("no time")
            return clock.now()

    desk = Desk(Stuck())
    desk.open_account("main", "EUR")
    desk.post("main", ["2027-03-04 | 75.00 EUR | RE-5"])
    with pytest.raises(TimeoutError, match="no time"):
        desk.reconcile("main", "2027-03-31")
    assert (found(desk), desk.runs("main").rows) == ([], ())
    assert desk.reconcile("main", "2027-03-31").number == 1
