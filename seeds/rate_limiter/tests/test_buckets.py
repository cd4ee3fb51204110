from tollgate import rehearse


def told(decisions):
    return [decision.allowed for decision in decisions]


def last(rule, after, **options):
    return rehearse(rule, after, **options)[-1]


class TestTokenBucket:
    def test_a_burst_goes_through(self):
        """A full bucket lets exactly its burst through at one moment."""
        assert told(rehearse("60/minute burst 3", [0, 0, 0, 0])) == [True, True, True, False]

    def test_without_burst_the_limit_counts(self):
        """Without a burst a full bucket holds as many tokens as the limit."""
        assert told(rehearse("2/minute", [0, 0, 0])) == [True, True, False]

    def test_tokens_come_back(self):
        """One token comes back after its share of the time, and not a moment earlier."""
        answers = rehearse("6/minute burst 1", [0, 9.999, 10])
        assert told(answers) == [True, False, True]

    def test_a_rest_of_time_counts(self):
        """Time that is not enough for a whole token is not lost."""
        answers = rehearse("6/minute burst 2", [0, 0, 7, 14, 20])
        assert told(answers) == [True, True, False, True, True]

    def test_an_idle_hour(self):
        """After an idle hour there is one burst and no more."""
        answers = rehearse("600/minute burst 4", [0, 3600, 3600, 3600, 3600, 3600])
        assert told(answers) == [True, True, True, True, True, False]

    def test_what_is_left(self):
        """Each answer tells how many tokens are left, whole ones only."""
        answers = rehearse("6/minute burst 3", [0, 0, 5])
        assert [answer.remaining for answer in answers] == [2, 1, 0]

    def test_when_to_come_back(self):
        """A refusal names the time until the missing token is there."""
        assert last("6/minute burst 1", [0, 4]).retry_after == 6_000

    def test_when_to_come_back_for_more(self):
        """A request that counts several times waits for all the tokens it needs."""
        assert last("6/minute burst 5", [0, 0], cost=4).retry_after == 30_000

    def test_a_wait_is_rounded_up(self):
        """Where a wait does not come out even it is rounded up."""
        assert last("7/second burst 1", [0, 0]).retry_after == 143

    def test_full_again(self):
        """Each answer tells when the bucket will be full again."""
        assert last("6/minute burst 4", [0, 0, 5]).reset_after == 25_000

    def test_full_again_after_a_refusal(self):
        """A refusal tells, too, when the bucket will be full again."""
        assert last("6/minute burst 3", [0, 0], cost=2).reset_after == 20_000

    def test_larger_than_the_bucket(self):
        """A request that is larger than the bucket is refused without a time to come back."""
        assert str(last("60/minute burst 5", [0], cost=6)) == "refused (larger than the limit)"

    def test_as_large_as_the_bucket(self):
        """A request that empties the whole bucket goes through."""
        assert str(last("60/minute burst 5", [0], cost=5)) == "passed, 0 of 5 left"

    def test_no_requests_allowed(self):
        """Where no requests are allowed at all nobody is told to come back."""
        assert last("0/minute", [0]).retry_after is None

    def test_a_closed_tap(self):
        """A burst over a limit of nothing is used once and never filled again."""
        answers = rehearse("0/minute burst 1", [0, 86_400])
        assert [str(answer) for answer in answers] == [
            "passed, 0 of 1 left",
            "refused (larger than the limit)",
        ]

    def test_a_clock_that_is_behind(self):
        """A request from a clock that is behind neither earns tokens nor costs any."""
        answers = rehearse("6/minute burst 1", [20, 10, 30])
        assert told(answers) == [True, False, True]

    def test_limit_in_answers(self):
        """The limit in an answer is the burst."""
        assert last("100/minute burst 20", [0]).limit == 20

    def test_looking_costs_nothing(self):
        """A request that counts for nothing takes no token."""
        answers = rehearse("6/minute burst 2", [0, 0, 0], cost=0)
        assert [answer.remaining for answer in answers] == [2, 2, 2]


class TestLeakyBucket:
    def test_waiting_places(self):
        """One request is served and its burst waits; whoever comes next is refused."""
        answers = rehearse("2/second burst 2 by leaky bucket", [0, 0, 0, 0])
        assert told(answers) == [True, True, True, False]

    def test_turns(self):
        """Requests that come together get their turns one after the other."""
        answers = rehearse("4/second burst 3 by leaky bucket", [0, 0, 0, 0])
        assert [answer.wait for answer in answers] == [0, 250, 500, 750]

    def test_the_queue_moves(self):
        """Time that passes shortens the wait for the next turn."""
        assert last("2/second burst 2 by leaky bucket", [0, 0, 0.3]).wait == 700

    def test_nobody_waits_without_a_burst(self):
        """Without a burst the next request is refused until the one before is done."""
        answers = rehearse("2/second by leaky bucket", [0, 0.499, 0.5])
        assert told(answers) == [True, False, True]

    def test_room_again(self):
        """A refusal names the time until there is room in the queue."""
        assert last("2/second burst 1 by leaky bucket", [0, 0, 0.1]).retry_after == 400

    def test_places_left(self):
        """Each answer tells how many places are left."""
        answers = rehearse("2/second burst 3 by leaky bucket", [0, 0, 0.5])
        assert [answer.remaining for answer in answers] == [3, 2, 2]

    def test_empty_again(self):
        """Each answer tells when the queue will be empty."""
        assert last("2/second burst 3 by leaky bucket", [0, 0, 0.2]).reset_after == 1_300

    def test_heavy_requests(self):
        """A request that counts several times keeps the next one waiting as long."""
        answers = rehearse("1/second burst 5 by leaky bucket", [0, 0], cost=3)
        assert [answer.wait for answer in answers] == [0, 3_000]

    def test_more_than_the_queue_holds(self):
        """A request with more parts than the queue has places can never go through."""
        assert (
            last("1/second burst 2 by leaky bucket", [0], cost=4).reason == "larger than the limit"
        )

    def test_as_much_as_the_queue_holds(self):
        """A request that fills the whole queue goes through."""
        assert last("1/second burst 2 by leaky bucket", [0], cost=3).remaining == 0

    def test_full_queue_for_a_large_request(self):
        """A request as large as the whole queue waits until it is empty."""
        assert last("1/second burst 2 by leaky bucket", [0, 0], cost=3).retry_after == 3_000

    def test_places_left_after_a_refusal(self):
        """A refusal tells how many places are left for smaller requests."""
        assert last("2/second burst 2 by leaky bucket", [0, 0], cost=2).remaining == 1

    def test_an_idle_queue(self):
        """A queue that was idle is empty, and holds no more than before."""
        answers = rehearse("10/second burst 1 by leaky bucket", [0, 60, 60, 60])
        assert told(answers) == [True, True, True, False]

    def test_a_queue_and_a_clock_that_is_behind(self):
        """A request from a clock that is behind does not lengthen the queue of others."""
        assert last("1/second burst 9 by leaky bucket", [10, 8, 10]).wait == 2_000

    def test_a_stopped_queue(self):
        """A queue that serves nobody takes nobody in."""
        assert (
            str(last("0/second burst 3 by leaky bucket", [0])) == "refused (larger than the limit)"
        )

    def test_a_turn_is_told(self):
        """An answer that has to wait for its turn says how long."""
        assert str(last("2/second burst 2 by leaky bucket", [0, 0])) == (
            "passed, 1 of 3 left, its turn comes after 0.5 seconds"
        )
