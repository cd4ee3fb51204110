import pytest

from tollgate import Policy, read_policy, with_key, with_tenant
from tollgate.clock import FixedClock
from tollgate.gate import ask, ask_patiently, hand_back, look, open_gate, start_over, tidy
from tollgate.stores import MemoryStore


def one_key(rules, **options):
    """A gate for the key hh-1 of Harbour Hotels."""
    policy = with_key(Policy(), "hh-1", "Harbour Hotels", rules)
    return open_gate(policy, clock=options.pop("clock", FixedClock()), **options)


def two_keys(shared, own=""):
    """A gate for two keys of one tenant."""
    policy = with_tenant(Policy(), "Lumen Optics", shared)
    policy = with_key(
        with_key(policy, "lo-web", "Lumen Optics", own), "lo-app", "Lumen Optics", own
    )
    return open_gate(policy, clock=FixedClock())


class TestAsking:
    def test_no_limits(self):
        """A key without any limits is always let through."""
        assert str(ask(one_key(""), "hh-1")) == "passed, 0 of 0 left"

    def test_requests_add_up(self):
        """Requests of one key add up over time."""
        clock = FixedClock()
        gate = one_key("3/hour by fixed window", clock=clock)
        ask(gate, "hh-1")
        clock.advance(minutes=20)
        assert ask(gate, "hh-1").remaining == 1

    def test_own_limits_are_apart(self):
        """One key of a tenant does not use up what another key has."""
        gate = two_keys("", own="1/minute")
        ask(gate, "lo-web")
        assert ask(gate, "lo-app").allowed is True

    def test_shared_limits(self):
        """All keys of a tenant use up the tenant's limit together."""
        gate = two_keys("2/minute")
        ask(gate, "lo-web")
        ask(gate, "lo-app")
        assert ask(gate, "lo-web").allowed is False

    def test_tenants_are_apart(self):
        """Two tenants on one plan do not use up each other's quota."""
        gate = open_gate(
            read_policy(
                "plan basic\nlimit 1/day\ntenant Ada\nkey x\ntenant Bel on plan basic\nkey b-1\n"
                "tenant Cid on plan basic\nkey c-1"
            ),
            clock=FixedClock(),
        )
        ask(gate, "b-1")
        assert ask(gate, "c-1").allowed is True

    def test_price_of_one_request(self):
        """A request may say how much it counts for."""
        assert ask(one_key("50/day"), "hh-1", cost=12).remaining == 38

    def test_free_request(self):
        """A request that says it counts for nothing is free even where a price is set."""
        gate = open_gate(read_policy("tenant A\nkey k\nlimit 9/day\ncost / 4"), clock=FixedClock())
        assert ask(gate, "k", cost=0).remaining == 9

    def test_nobody_earns(self):
        """A request that counts less than nothing counts for nothing."""
        gate = one_key("9/day")
        ask(gate, "hh-1", cost=5)
        assert ask(gate, "hh-1", cost=-3).remaining == 4


class TestSeveralLimits:
    def test_tightest_is_told(self):
        """Among several limits the answer tells the one with the least left."""
        assert ask(one_key("5/second; 3/minute; 900/day"), "hh-1").rule == "3/minute"

    def test_equally_tight(self):
        """Among limits with the same rest the answer tells the one that takes longest."""
        answer = ask(one_key("5/minute by fixed window; 5/hour by fixed window"), "hh-1")
        assert answer.rule == "5/hour by fixed window"

    def test_refused_by_any(self):
        """A request has to pass all of the limits."""
        gate = one_key("5/second; 2/hour by fixed window")
        ask(gate, "hh-1")
        ask(gate, "hh-1")
        assert ask(gate, "hh-1").rule == "2/hour by fixed window"

    def test_refusal_costs_nothing(self):
        """A request that one limit refuses does not count against the others."""
        gate = one_key("10/day as daily; 1/minute as slow")
        ask(gate, "hh-1")
        ask(gate, "hh-1")
        assert [answer.remaining for answer in look(gate, "hh-1")] == [9, 0]

    def test_longest_refusal(self):
        """Where several limits refuse, the answer tells the one that takes longest."""
        gate = one_key("1/minute by fixed window as slow; 1/hour by fixed window as hourly")
        ask(gate, "hh-1")
        assert ask(gate, "hh-1").rule == "hourly"

    def test_longest_refusal_first(self):
        """It does not matter in which order limits refuse."""
        gate = one_key("1/hour by fixed window as hourly; 1/minute by fixed window as slow")
        ask(gate, "hh-1")
        assert ask(gate, "hh-1").retry_after == 3_600_000

    def test_impossible_by_one_limit(self):
        """What one limit can never let through is refused without a time, whatever others say."""
        gate = one_key("3/hour by fixed window; 2/day")
        ask(gate, "hh-1")
        assert str(ask(gate, "hh-1", cost=3)) == "refused (larger than the limit)"

    def test_later_limits_only_look(self):
        """After one limit has refused, those behind it do not count the request."""
        gate = one_key("1/minute by fixed window; 9/hour by fixed window")
        ask(gate, "hh-1")
        ask(gate, "hh-1")
        assert [answer.remaining for answer in look(gate, "hh-1")] == [0, 8]

    def test_longest_turn(self):
        """Among several queues the longest wait counts."""
        gate = one_key("2/second burst 4 by leaky bucket; 1/second burst 2 by leaky bucket; 2/day")
        ask(gate, "hh-1")
        assert ask(gate, "hh-1").wait == 1_000

    def test_same_rule_for_key_and_tenant(self):
        """A key's limit and a tenant's limit of the same text are counted apart."""
        gate = two_keys("4/day", own="4/day")
        ask(gate, "lo-web")
        ask(gate, "lo-app")
        assert [answer.remaining for answer in look(gate, "lo-web")] == [3, 2]


class TestLooking:
    def test_looking_is_free(self):
        """Looking up what is left uses nothing up."""
        gate = one_key("2/day")
        look(gate, "hh-1")
        assert look(gate, "hh-1")[0].remaining == 2

    def test_nothing_left(self):
        """Looking tells when nothing is left."""
        gate = one_key("1/day")
        ask(gate, "hh-1")
        assert look(gate, "hh-1")[0].remaining == 0

    def test_the_window_before(self):
        """Looking tells when a request of the window before will be forgotten."""
        clock = FixedClock()
        gate = one_key("4/minute by sliding counter", clock=clock)
        ask(gate, "hh-1")
        clock.advance(seconds=70)
        assert look(gate, "hh-1")[0].reset_after == 50_000

    def test_time_passes(self):
        """Looking takes into account the time that has passed."""
        clock = FixedClock()
        gate = one_key("6/minute burst 3", clock=clock)
        ask(gate, "hh-1", cost=3)
        clock.advance(seconds=20)
        assert look(gate, "hh-1")[0].remaining == 2


class TestHandingBack:
    @pytest.mark.parametrize(
        "rule",
        [
            "5/minute",
            "1/minute burst 4 by leaky bucket",
            "5/minute by fixed window",
            "5/minute by sliding log",
            "5/minute by sliding counter",
        ],
        ids=["tokens", "leaky", "fixed", "log", "counter"],
    )
    def test_every_way_of_counting(self, rule):
        """What is handed back can be used again, however it is counted."""
        gate = one_key(rule)
        ask(gate, "hh-1", cost=3)
        assert hand_back(gate, "hh-1", cost=2).remaining == 4

    @pytest.mark.parametrize(
        "rule",
        [
            "5/minute",
            "1/minute burst 4 by leaky bucket",
            "5/minute by fixed window",
            "5/minute by sliding log",
            "5/minute by sliding counter",
        ],
        ids=["tokens", "leaky", "fixed", "log", "counter"],
    )
    def test_no_more_than_was_taken(self, rule):
        """Handing back more than was used does not raise the limit."""
        gate = one_key(rule)
        ask(gate, "hh-1", cost=1)
        assert hand_back(gate, "hh-1", cost=4).remaining == 5

    def test_latest_first(self):
        """What is handed back from a log is what came last."""
        clock = FixedClock()
        gate = one_key("4/minute by sliding log", clock=clock)
        ask(gate, "hh-1", cost=2)
        clock.advance(seconds=30)
        ask(gate, "hh-1", cost=2)
        assert hand_back(gate, "hh-1", cost=3).reset_after == 30_000

    def test_part_of_the_latest(self):
        """What is handed back in part leaves the other part at its time."""
        clock = FixedClock()
        gate = one_key("9/minute by sliding log", clock=clock)
        ask(gate, "hh-1", cost=2)
        clock.advance(seconds=30)
        ask(gate, "hh-1", cost=5)
        assert hand_back(gate, "hh-1", cost=3).reset_after == 60_000

    def test_a_log_handed_back_whole(self):
        """A log from which everything was handed back is empty at once."""
        gate = one_key("4/minute by sliding log")
        ask(gate, "hh-1", cost=2)
        assert hand_back(gate, "hh-1", cost=2).reset_after == 0

    def test_over_several_older_requests(self):
        """A heavy request waits until just enough of the older ones have left the log."""
        clock = FixedClock()
        gate = one_key("4/minute by sliding log", clock=clock)
        for _ in range(3):
            ask(gate, "hh-1")
            clock.advance(seconds=10)
        assert ask(gate, "hh-1", cost=3).retry_after == 40_000

    def test_an_empty_log_refuses(self):
        """Where everything old has left the log nothing is left to wait for."""
        clock = FixedClock()
        gate = one_key("2/minute by sliding log", clock=clock)
        ask(gate, "hh-1")
        clock.advance(seconds=100)
        assert ask(gate, "hh-1", cost=3).reset_after == 0

    @pytest.mark.parametrize(
        ("rule", "seconds"),
        [
            pytest.param("6/minute burst 5", 10, id="tokens"),
            pytest.param("6/minute burst 5 by leaky bucket", 10, id="leaky"),
            pytest.param("6/minute by sliding log", 60, id="log"),
        ],
    )
    def test_how_long_the_rest_lasts(self, rule, seconds):
        """After handing back a count lasts as long as what is left of it."""
        clock = FixedClock()
        gate = one_key(rule, clock=clock)
        ask(gate, "hh-1")
        clock.advance(seconds=5)
        ask(gate, "hh-1", cost=2)
        hand_back(gate, "hh-1", cost=2)
        clock.advance(seconds=seconds - 5)
        assert tidy(gate) == 1

    def test_price_of_the_route(self):
        """Without a number as much is handed back as the address costs."""
        gate = open_gate(
            read_policy("tenant A\nkey k\nlimit 9/day\ncost /pdf 3"), clock=FixedClock()
        )
        ask(gate, "k", route="/pdf")
        ask(gate, "k", route="/pdf")
        assert hand_back(gate, "k", route="/pdf").remaining == 6

    def test_nothing_used(self):
        """Handing back what was never used changes nothing."""
        assert hand_back(one_key("3/day"), "hh-1").remaining == 3

    def test_handing_back_as_a_stranger(self):
        """A key that nobody knows has nothing to hand back."""
        assert hand_back(one_key("3/day"), "zz").reason == "unknown key"


class TestPatience:
    def test_waits_for_its_turn(self):
        """Whoever is patient enough gets through when there is room again."""
        gate = one_key("1/minute by fixed window")
        ask(gate, "hh-1")
        assert ask_patiently(gate, "hh-1", patience=60).allowed is True

    def test_not_patient_enough(self):
        """Whoever is not patient enough is told how long it would take."""
        gate = one_key("1/minute by fixed window")
        ask(gate, "hh-1")
        assert ask_patiently(gate, "hh-1", patience=59.9).retry_after == 60_000

    def test_no_waiting_for_the_impossible(self):
        """Nobody waits for what can never go through."""
        gate = one_key("4/minute")
        assert ask_patiently(gate, "hh-1", patience=600, cost=5).reason == "larger than the limit"

    def test_patience_on_a_route(self):
        """Patience counts the price of the address like any other request."""
        gate = open_gate(
            read_policy("tenant A\nkey k\nlimit 9/day\ncost /pdf 3"), clock=FixedClock()
        )
        assert ask_patiently(gate, "k", patience=5, route="/pdf").remaining == 6

    def test_time_spent_waiting(self):
        """The time spent waiting is over afterwards."""
        gate = one_key("1/minute by fixed window as slow; 9/hour by fixed window as hourly")
        ask(gate, "hh-1")
        ask_patiently(gate, "hh-1", patience=90)
        assert ask(gate, "hh-1").retry_after == 60_000


class TestForgetting:
    def test_start_over(self):
        """A key that starts over has its full quota again."""
        gate = one_key("2/day")
        ask(gate, "hh-1", cost=2)
        start_over(gate, " hh-1")
        assert look(gate, "hh-1")[0].remaining == 2

    def test_start_over_counts(self):
        """Starting over tells how many counts were forgotten."""
        gate = one_key("2/day; 8/week")
        ask(gate, "hh-1")
        assert start_over(gate, "hh-1") == 2

    def test_only_one_key(self):
        """When one key starts over the counts of its tenant stay."""
        gate = two_keys("6/day", own="2/day")
        ask(gate, "lo-web")
        start_over(gate, "lo-web")
        assert [answer.remaining for answer in look(gate, "lo-web")] == [2, 5]

    def test_whole_tenant(self):
        """When a tenant starts over the counts of all its keys go."""
        gate = two_keys("6/day", own="2/day")
        ask(gate, "lo-web")
        ask(gate, "lo-app")
        assert start_over(gate, "lo-app", whole_tenant=True) == 3

    def test_other_tenants_stay(self):
        """When a tenant starts over the counts of others stay."""
        gate = one_key("2/day")
        other = open_gate(
            with_key(Policy(), "zz-1", "Zephyr", "5/day"), store=gate.store, clock=gate.clock
        )
        ask(gate, "hh-1")
        ask(other, "zz-1")
        assert start_over(gate, "hh-1", whole_tenant=True) == 1

    def test_nothing_was_counted(self):
        """What was handed back without having been counted is nothing to forget."""
        gate = one_key("2/day")
        hand_back(gate, "hh-1")
        assert start_over(gate, "hh-1") == 0

    def test_stranger_starts_over(self):
        """A key that nobody knows has nothing to start over."""
        assert start_over(one_key("2/day"), "zz-1") == 0

    def test_tidying(self):
        """Tidying forgets a count in the moment in which it says nothing any more."""
        clock = FixedClock()
        gate = one_key("6/minute burst 2; 9/hour by fixed window", clock=clock)
        ask(gate, "hh-1")
        clock.advance(seconds=10)
        assert tidy(gate) == 1

    def test_tidying_too_early(self):
        """Tidying leaves alone what still counts."""
        clock = FixedClock()
        gate = one_key("6/minute burst 2", clock=clock)
        ask(gate, "hh-1")
        clock.advance(seconds=9.999)
        assert tidy(gate) == 0

    @pytest.mark.parametrize(
        ("rule", "seconds"),
        [
            pytest.param("4/minute", 15, id="tokens"),
            pytest.param("4/minute burst 3 by leaky bucket", 15, id="leaky"),
            pytest.param("4/minute by fixed window", 60, id="fixed"),
            pytest.param("4/minute by sliding log", 60, id="log"),
            pytest.param("4/minute by sliding counter", 120, id="counter"),
        ],
    )
    def test_how_long_a_count_lasts(self, rule, seconds):
        """A count may be forgotten when nothing of it can matter any more, and not before."""
        clock = FixedClock()
        gate = one_key(rule, clock=clock)
        ask(gate, "hh-1")
        clock.advance(seconds=seconds - 0.001)
        tidy(gate)
        clock.advance(seconds=0.001)
        assert tidy(gate) == 1

    def test_no_more_room(self):
        """When the store is full the count that ends first makes room for a new one."""
        gate = one_key("2/minute as soon; 2/day as late", store=MemoryStore.holding(2))
        ask(gate, "hh-1")
        policy = with_key(gate.policy, "hh-2", "Harbour Hotels", "3/hour")
        ask(open_gate(policy, store=gate.store, clock=gate.clock), "hh-2")
        assert [answer.remaining for answer in look(gate, "hh-1")] == [2, 1]

    def test_least_room(self):
        """A store has room for one count at least."""
        gate = one_key("5/day", store=MemoryStore.holding(0))
        ask(gate, "hh-1")
        assert ask(gate, "hh-1").remaining == 3

    def test_room_for_what_is_there(self):
        """In a full store known counts go on without making room."""
        gate = one_key("9/minute as soon; 9/day as late", store=MemoryStore.holding(2))
        ask(gate, "hh-1")
        ask(gate, "hh-1")
        assert [answer.remaining for answer in look(gate, "hh-1")] == [7, 7]

    def test_closing(self):
        """A gate that was closed begins with nothing counted."""
        gate = one_key("5/day")
        ask(gate, "hh-1")
        gate.store.close()
        assert look(gate, "hh-1")[0].remaining == 5
