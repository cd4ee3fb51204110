import pytest

from tollgate import rehearse
from tollgate.clock import NOON


def passes(rule, after, **options):
    return [decision.allowed for decision in rehearse(rule, after, **options)]


def last(rule, after, **options):
    return rehearse(rule, after, **options)[-1]


class TestFixedWindow:
    def test_up_to_the_limit(self):
        """Within one window exactly as many requests pass as the limit says."""
        assert passes("3/minute by fixed window", [0, 20, 40, 59.9]) == [True, True, True, False]

    def test_a_new_window(self):
        """With the first moment of a new window the count begins anew."""
        assert passes("1/minute by fixed window", [0, 59.999, 60]) == [True, False, True]

    def test_windows_follow_the_calendar(self):
        """Windows begin on the full minute, whenever the first request comes."""
        assert passes("1/minute by fixed window", [50, 59, 60, 61]) == [True, False, True, False]

    def test_days_begin_at_midnight(self):
        """A daily limit begins anew at midnight."""
        assert last("5/day by fixed window", [0]).reset_after == 12 * 3_600_000

    def test_until_the_next_window(self):
        """A refusal by the window names the time until the next one."""
        assert last("2/minute by fixed window", [0, 0, 18.5]).retry_after == 41_500

    def test_left_in_the_window(self):
        """Each answer tells how many requests the window still has."""
        answers = rehearse("4/minute by fixed window", [0, 1, 2, 70])
        assert [answer.remaining for answer in answers] == [3, 2, 1, 3]

    def test_a_refusal_counts_nothing(self):
        """A request that was refused for its size leaves the rest to smaller ones."""
        answers = rehearse("5/minute by fixed window", [0, 0], cost=3)
        assert [answer.remaining for answer in answers] == [2, 2]

    def test_whole_window_at_once(self):
        """One request may use up the whole window."""
        assert str(last("8/minute by fixed window", [0], cost=8)) == "passed, 0 of 8 left"

    def test_more_than_a_window(self):
        """A request that counts more than a whole window is refused for good."""
        assert last("8/minute by fixed window", [0], cost=9).reason == "larger than the limit"

    def test_a_window_and_a_clock_that_is_behind(self):
        """A request from a clock that is behind counts in the newer window."""
        assert passes("1/minute by fixed window", [60, 59, 61]) == [True, False, False]


class TestSlidingLog:
    def test_any_stretch_of_time(self):
        """In no stretch as long as the period do more requests pass than the limit."""
        answers = passes("2/minute by sliding log", [40, 50, 60, 99.999, 100])
        assert answers == [True, True, False, False, True]

    def test_the_oldest_leaves_first(self):
        """A refusal waits until the oldest request is a full period old."""
        assert last("2/minute by sliding log", [5, 25, 30]).retry_after == 35_000

    def test_heavy_requests_wait_for_several(self):
        """A request that counts several times waits until enough older ones have left."""
        answers = rehearse("4/minute by sliding log", [0, 10, 20], cost=2)
        assert answers[-1].retry_after == 40_000

    def test_quiet_again(self):
        """The log is empty one period after its latest request."""
        assert last("5/minute by sliding log", [0, 10, 25]).reset_after == 60_000

    def test_quiet_after_a_refusal(self):
        """A refused request does not prolong the log."""
        assert last("1/minute by sliding log", [0, 15]).reset_after == 45_000

    def test_left_in_the_log(self):
        """What is left grows as old requests leave the log."""
        answers = rehearse("3/minute by sliding log", [0, 30, 61, 62])
        assert [answer.remaining for answer in answers] == [2, 1, 1, 0]

    def test_left_after_a_refusal(self):
        """A refusal by the log tells what is left for smaller requests."""
        assert last("5/minute by sliding log", [0, 0], cost=3).remaining == 2

    def test_never_fits_the_log(self):
        """A request larger than the whole log is refused without a time."""
        assert last("3/minute by sliding log", [0], cost=4).retry_after is None

    def test_looking_at_the_log(self):
        """Looking at the log does not keep it from getting empty."""
        assert last("3/minute by sliding log", [0, 30], cost=0).reset_after == 0


class TestSlidingCounter:
    def test_within_one_window(self):
        """At first the estimate counts every request of the window."""
        assert passes("2/minute by sliding counter", [0, 1, 2]) == [True, True, False]

    def test_the_window_before_fades(self):
        """Requests of the window before count by the part of it that is still in sight."""
        answers = rehearse("10/minute by sliding counter", [0] * 8 + [75])
        assert answers[-1].remaining == 3

    def test_full_windows_in_a_row(self):
        """Right after a full window there is no room, and soon there is room for one request only."""
        answers = passes("4/minute by sliding counter", [59] * 4 + [60, 60.001, 60.002])
        assert answers[4:] == [False, True, False]

    def test_a_window_long_ago(self):
        """A window that is not the one just before counts no more."""
        assert last("5/minute by sliding counter", [0] * 5 + [120]).remaining == 4

    def test_wait_within_the_window(self):
        """The wait ends where the window before has faded enough."""
        refused = last("4/minute by sliding counter", [0] * 4 + [60])
        assert refused.retry_after == 1

    def test_wait_is_honest(self):
        """Whoever comes back after the time that was named gets through, and not earlier."""
        answers = passes("4/minute by sliding counter", [0] * 4 + [62, 62, 75, 75.001])
        assert answers == [True, True, True, True, True, False, False, True]

    def test_wait_into_the_next_window(self):
        """Where this window is used up the wait goes on into the next one."""
        assert last("3/minute by sliding counter", [0, 0, 0, 48]).retry_after == 12_001

    def test_wait_for_half_a_window(self):
        """A heavy request waits until enough of the full window has faded."""
        assert last("6/minute by sliding counter", [0, 0, 0], cost=3).retry_after == 80_001

    def test_left_for_smaller_requests(self):
        """A refusal by the counter tells what is left for smaller requests."""
        assert last("5/minute by sliding counter", [0, 0], cost=3).remaining == 2

    def test_wait_for_the_whole_window(self):
        """A request as heavy as the limit waits until all of the full window has faded."""
        assert last("6/minute by sliding counter", [0, 0], cost=6).retry_after == 110_001

    def test_wait_for_the_last_place(self):
        """For the last place of this window the wait ends within it."""
        answer = last("2/minute by sliding counter", [0, 0, 75, 75])
        assert answer.retry_after == 15_001

    def test_a_counter_and_a_clock_that_is_behind(self):
        """A request from a clock that is behind is counted at the start of the newer window."""
        assert last("3/minute by sliding counter", [60, 59]).reset_after == 120_000

    def test_heavier_than_the_window(self):
        """A request heavier than the whole limit has no time to come back."""
        assert last("6/minute by sliding counter", [0], cost=7).retry_after is None

    def test_as_heavy_as_the_window(self):
        """A request as heavy as the whole limit passes an empty counter."""
        assert str(last("6/minute by sliding counter", [0], cost=6)) == "passed, 0 of 6 left"

    @pytest.mark.parametrize(
        ("after", "reset"),
        [
            pytest.param([10], 110_000, id="this-window"),
            pytest.param([10, 70], 110_000, id="both-windows"),
        ],
    )
    def test_forgotten(self, after, reset):
        """A request is forgotten at the end of the window after its own."""
        assert last("6/minute by sliding counter", after).reset_after == reset

    def test_looking_at_an_old_window(self):
        """Nothing is left to forget where nothing was counted."""
        assert last("6/minute by sliding counter", [10], cost=0).reset_after == 0


class TestRehearsal:
    def test_another_start(self):
        """A rehearsal may begin at any moment."""
        answer = last("1/hour by fixed window", [0], start=NOON + 45 * 60_000)
        assert answer.reset_after == 900_000

    def test_usual_cost(self):
        """A request counts once unless something else is said."""
        assert [d.remaining for d in rehearse("9/day by fixed window", [0, 0])] == [8, 7]

    def test_one_answer_each(self):
        """A rehearsal without requests has no answers."""
        assert rehearse("9/day", []) == []
