import pytest

from tollgate import Policy, read_policy, with_key, with_tenant
from tollgate.clock import NOON, FixedClock
from tollgate.errors import PolicyError
from tollgate.gate import ask, look, open_gate
from tollgate.policy import describe, suspend


def refusal(text):
    with pytest.raises(PolicyError) as refused:
        read_policy(text)
    return str(refused.value)


def left(policy, key, route="/", clock=None):
    """What each limit still has for a key."""
    gate = open_gate(policy, clock=clock or FixedClock())
    return [(answer.rule, answer.remaining) for answer in look(gate, key, route=route)]


class TestReading:
    def test_a_whole_policy(self):
        """A policy is read line by line and told back in good order."""
        policy = read_policy(
            "# spring prices\n"
            "plan Gold\n"
            "  limit 10,000/day\n"
            "\n"
            "tenant Kestrel Couriers on plan gold\n"
            "  key kc-9 until 2026-12-31\n"
            "    limit 5/second burst 10   # peak\n"
            "cost /export 20\n"
        )
        assert describe(policy) == [
            "plan gold",
            "limit 10000/day",
            "tenant Kestrel Couriers on plan gold",
            "key kc-9 until 2026-12-31",
            "limit 5/second burst 10",
            "cost /export 20",
        ]

    def test_order_of_tenants_and_keys(self):
        """Tenants and their keys are told by name, whatever the order in the text."""
        policy = read_policy("tenant Zephyr\nkey z-2\nkey z-1\ntenant Aurora\nkey a-7")
        assert describe(policy) == [
            "tenant Aurora",
            "key a-7",
            "tenant Zephyr",
            "key z-1",
            "key z-2",
        ]

    def test_dear_routes_first(self):
        """Prices are told with the dearest first, and by address where they are equal."""
        policy = read_policy("cost /b 2\ncost /a 2\ncost /c 9")
        assert describe(policy) == ["cost /c 9", "cost /a 2", "cost /b 2"]

    def test_limits_below_each_other(self):
        """Limits in several lines add up, in their order."""
        policy = read_policy("tenant Aurora\nlimit 5/second\nlimit 90/hour; 700/day")
        assert describe(policy)[1:] == ["limit 5/second", "limit 90/hour", "limit 700/day"]

    def test_limits_of_a_plan(self):
        """Limits in several lines below a plan all belong to it."""
        policy = read_policy("plan basic\nlimit 5/second\nlimit 90/hour")
        assert describe(policy) == ["plan basic", "limit 5/second", "limit 90/hour"]

    def test_limits_of_a_key(self):
        """Limits in several lines below a key all belong to it."""
        policy = read_policy("tenant Aurora\nkey a-1\nlimit 2/second\nlimit 8/minute")
        assert describe(policy)[2:] == ["limit 2/second", "limit 8/minute"]

    def test_plan_below_its_tenant(self):
        """A plan may be explained further down than the tenant who has it."""
        policy = read_policy("tenant Aurora on plan Basic\nkey a-1\nplan basic\nlimit 3/hour")
        assert left(policy, "a-1") == [("3/hour", 3)]

    def test_suspended(self):
        """A tenant may be suspended in the policy."""
        assert "suspended" in describe(read_policy("tenant Aurora\nsuspended\nkey a-1"))

    def test_ragged_text(self):
        """Blanks and capitals of the words make no difference in a policy."""
        policy = read_policy(
            "PLAN  Gold\n  Limit   5/day\nTENANT   Fjord Fish   on plan   Gold\n"
            "Key  ff-1   until  2026-12-31\nKEY  ff-2\nCost   /pdf    4"
        )
        assert describe(policy) == [
            "plan gold",
            "limit 5/day",
            "tenant Fjord Fish on plan gold",
            "key ff-1 until 2026-12-31",
            "key ff-2",
            "cost /pdf 4",
        ]

    def test_blanks_in_a_name_given_twice(self):
        """Blanks before a plan do not make another tenant of the one who is there."""
        with pytest.raises(PolicyError, match="the tenant “Aurora” is there already"):
            read_policy("plan basic\ntenant Aurora\ntenant Aurora   on plan basic")

    def test_blanks_around_a_key_given_twice(self):
        """Blanks before a last day do not make another key of the one that is there."""
        with pytest.raises(PolicyError, match="the key “a-1” is there already"):
            read_policy("tenant Aurora\nkey a-1\nkey a-1   until 2026-12-31")

    def test_summary(self):
        """The summary of a policy counts tenants, keys and plans."""
        policy = read_policy("plan basic\ntenant Aurora\nkey a-1\nkey a-2\ntenant Boreal")
        assert str(policy) == "2 tenants, 2 keys, 1 plan"


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            pytest.param("tenant A\nquota 5", "line 2: “quota” begins no statement", id="word"),
            pytest.param("limit 5/day", "line 1: a limit needs a plan, a tenant", id="limit"),
            pytest.param("key a-1", "line 1: a key needs a tenant above it", id="key"),
            pytest.param("plan", "line 1: a plan needs a name", id="plan"),
            pytest.param("tenant", "line 1: a tenant needs a name", id="tenant"),
            pytest.param("tenant A\nkey a 1", "line 2: a key is one word", id="two-words"),
            pytest.param("tenant A\nkey", "line 2: a key is one word", id="no-word"),
            pytest.param("cost /export", "line 1: a cost is a route and", id="no-price"),
            pytest.param("cost 7", "line 1: a cost is a route and", id="no-route"),
            pytest.param("suspended", "line 1: “suspended” stands alone", id="suspended"),
            pytest.param("tenant A\nsuspended now", "line 2: “suspended” stands", id="more"),
        ],
    )
    def test_statements(self, text, problem):
        """What cannot be understood in a policy is named with its line."""
        assert problem in refusal(text)

    def test_rule_inside(self):
        """A mistake in a rule is named with the line of the policy and the column of the rule."""
        assert refusal("tenant A\n\nlimit 10/eon") == (
            "line 3: “10/eon”, column 4: a unit of time is missing"
        )

    def test_comments_count_as_lines(self):
        """Comments and empty lines count when a line is named."""
        assert refusal("# one\n\n# three\nnonsense").startswith("line 4:")

    def test_unknown_plan(self):
        """A tenant cannot have a plan that is nowhere explained."""
        assert (
            refusal("tenant A\ntenant B on plan Platinum") == "line 2: there is no plan “platinum”"
        )

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            pytest.param("plan x\nplan X", "the plan “X” is there already", id="plan"),
            pytest.param("tenant Ab\ntenant  aB", "the tenant “aB” is there already", id="tenant"),
            pytest.param("tenant A\nkey k\ntenant B\nkey k", "the key “k” is there", id="key"),
        ],
    )
    def test_twice(self, text, problem):
        """Plans, tenants and keys have names of their own."""
        assert problem in refusal(text)

    def test_a_day_that_does_not_exist(self):
        """The last day of a key has to be a day of the calendar."""
        assert refusal("tenant A\nkey k until 2026-02-30").startswith("line 2: “2026-02-30” is not")

    def test_keys_need_a_tenant_of_their_own(self):
        """Behind a plan a key needs a tenant again."""
        assert refusal("tenant A\nplan basic\nkey k").startswith("line 3: a key needs a tenant")


class TestWhoseLimits:
    def test_key_tenant_and_plan(self):
        """For a key count its own limits, then those of its tenant, then those of the plan."""
        policy = read_policy(
            "plan basic\nlimit 70/hour\ntenant Aurora on plan basic\nlimit 60/hour\n"
            "key a-1\nlimit 50/hour"
        )
        assert left(policy, "a-1") == [("50/hour", 50), ("60/hour", 60), ("70/hour", 70)]

    def test_keys_of_others(self):
        """Limits of one key are no limits of another."""
        policy = read_policy("tenant Aurora\nkey a-1\nlimit 5/hour\nkey a-2")
        assert left(policy, "a-2") == []

    def test_name_of_a_tenant(self):
        """Capitals and blanks make no difference in the name of a tenant."""
        policy = with_tenant(Policy(), "Fjord  Fish", "8/hour")
        policy = with_key(policy, "ff-1", " fjord fish")
        assert left(policy, "ff-1") == [("8/hour", 8)]

    def test_tenant_with_a_plan(self):
        """A tenant who joins a plan gets its limits, however the plan is written."""
        policy = with_tenant(read_policy("plan Gold\nlimit 9/day"), "Aurora", plan=" GOLD ")
        assert left(with_key(policy, "a-1", "Aurora"), "a-1") == [("9/day", 9)]

    def test_a_new_key_leaves_others_alone(self):
        """A new key takes nothing away from the keys that were there."""
        policy = with_key(with_key(Policy(), "b-1", "Boreal", "4/day"), "b-2", "Boreal", "6/day")
        assert left(policy, "b-1") == [("4/day", 4)]

    def test_blanks_around_a_key(self):
        """Blanks around a key do not belong to it."""
        assert left(with_key(Policy(), " c-1 ", "Corvus", "2/day"), "c-1\n") == [("2/day", 2)]

    def test_policy_given_before(self):
        """A policy that was extended stays as it was for those who use the old one."""
        before = with_key(Policy(), "d-1", "Dorado", "2/day")
        with_key(before, "d-2", "Dorado", "3/day")
        assert describe(before) == ["tenant Dorado", "key d-1", "limit 2/day"]


class TestRoutes:
    @pytest.mark.parametrize(
        ("route", "limits"),
        [
            pytest.param("/export", 1, id="itself"),
            pytest.param("/export/2026", 1, id="below"),
            pytest.param("/Export/", 1, id="other-writing"),
            pytest.param("export?year=2026", 1, id="with-question"),
            pytest.param(" /export ", 1, id="blanks"),
            pytest.param("/exports", 0, id="similar"),
            pytest.param("/", 0, id="above"),
        ],
    )
    def test_limit_on_a_route(self, route, limits):
        """A limit on an address holds for it and everything below it."""
        policy = read_policy("tenant Aurora\nlimit 4/hour on /export\nkey a-1")
        assert len(left(policy, "a-1", route)) == limits

    def test_limit_everywhere(self):
        """A limit without an address holds everywhere."""
        policy = read_policy("tenant Aurora\nlimit 4/hour\nkey a-1")
        assert left(policy, "a-1", "/search/trains") == [("4/hour", 4)]

    def test_same_rule_on_two_routes(self):
        """The same rule on two addresses is counted apart."""
        policy = read_policy("tenant A\nkey k\nlimit 4/hour on /in\nlimit 4/hour on /out")
        gate = open_gate(policy, clock=FixedClock())
        ask(gate, "k", route="/in")
        assert ask(gate, "k", route="/out").remaining == 3

    @pytest.mark.parametrize(
        ("route", "remaining"),
        [
            pytest.param("/report", 93, id="priced"),
            pytest.param("/report/yearly", 60, id="longer-address"),
            pytest.param("/report/monthly", 93, id="below"),
            pytest.param("/status", 99, id="not-priced"),
            pytest.param("/ping", 100, id="free"),
        ],
    )
    def test_prices(self, route, remaining):
        """A request counts as much as the longest priced address above it says, and otherwise once."""
        text = (
            "tenant A\nkey k\nlimit 100/hour\ncost /report 7\ncost /report/yearly 40\ncost /ping 0"
        )
        gate = open_gate(read_policy(text), clock=FixedClock())
        assert ask(gate, "k", route=route).remaining == remaining


class TestStopped:
    def test_last_day_of_a_key(self):
        """A key works until the end of its last day."""
        policy = read_policy("tenant A\nkey k until 2026-06-01")
        clock = FixedClock()
        gate = open_gate(policy, clock=clock)
        clock.advance(hours=11, minutes=59, seconds=59.999)
        assert ask(gate, "k").allowed is True

    def test_day_after(self):
        """With the day after its last one a key stops working."""
        gate = open_gate(
            read_policy("tenant A\nkey k until 2026-06-01"), clock=(clock := FixedClock())
        )
        clock.advance(hours=12)
        assert str(ask(gate, "k")) == "refused (key expired)"

    def test_moment_of_expiry(self):
        """A key that ends at a certain moment is refused from that moment on."""
        policy = with_key(Policy(), "k", "Aurora", until=NOON)
        assert ask(open_gate(policy, clock=FixedClock()), "k").reason == "key expired"

    def test_ended_long_ago(self):
        """A key may have ended at the very beginning of time."""
        policy = with_key(Policy(), "k", "Aurora", until=0)
        assert str(ask(open_gate(policy, clock=FixedClock()), "k")) == "refused (key expired)"

    def test_suspended_tenant(self):
        """All keys of a suspended tenant are refused."""
        policy = suspend(with_key(Policy(), "a-1", "Aurora"), " AURORA")
        assert (
            str(ask(open_gate(policy, clock=FixedClock()), "a-1")) == "refused (tenant suspended)"
        )

    def test_taken_up_again(self):
        """A tenant may be taken up again after being suspended."""
        policy = suspend(with_key(Policy(), "a-1", "Aurora"), "Aurora")
        policy = suspend(policy, "Aurora", suspended=False)
        assert ask(open_gate(policy, clock=FixedClock()), "a-1").allowed is True

    def test_suspending_a_stranger(self):
        """Suspending a tenant whom nobody knows changes nothing."""
        assert describe(suspend(with_tenant(Policy(), "Aurora"), "Boreal")) == ["tenant Aurora"]

    def test_unknown_key(self):
        """A key that nobody was given is refused."""
        gate = open_gate(with_key(Policy(), "a-1", "Aurora"), clock=FixedClock())
        assert str(ask(gate, "a-9")) == "refused (unknown key)"

    def test_unknown_key_has_no_limits(self):
        """Nobody can look up the limits of a key that was never given out."""
        gate = open_gate(Policy(), clock=FixedClock())
        assert [str(answer) for answer in look(gate, "x-1")] == ["refused (unknown key)"]
