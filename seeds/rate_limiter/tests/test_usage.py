import pytest

from tollgate import Policy, read_policy, with_key
from tollgate.clock import HOUR, MINUTE, NOON, FixedClock
from tollgate.gate import ask, open_gate
from tollgate.usage import Tally, Usage, batches, busiest, peak, refusal_rate, report, shares


def counted(*answers):
    """A tally of (minute after noon, tenant, key, route, passed) answers, each counting once."""
    tally = Tally()
    for minute, tenant, key, route, passed in answers:
        tally.count(tenant, key, route, NOON + minute * MINUTE, 1, passed)
    return tally


def told(lines):
    return [str(line) for line in lines]


class TestCounting:
    def test_answers_of_the_gate(self):
        """What the gate lets through and what it refuses are counted apart."""
        gate = open_gate(with_key(Policy(), "gw-1", "Glacier Water", "2/day"), clock=FixedClock())
        for _ in range(3):
            ask(gate, "gw-1")
        assert told(report(gate.tally)) == ["gw-1: 2 passed, 1 refused, 2 counted"]

    def test_price(self):
        """A report tells what requests counted for, and not only how many they were."""
        gate = open_gate(read_policy("tenant A\nkey k\ncost /pdf 7"), clock=FixedClock())
        ask(gate, "k", route="/pdf")
        ask(gate, "k", route="/ping")
        assert told(report(gate.tally)) == ["k: 2 passed, 0 refused, 8 counted"]

    def test_within_a_minute(self):
        """Answers within one minute are counted for its beginning."""
        tally = Tally()
        tally.count("acme", "k1", "/", NOON + 45_000, 1, True)
        assert peak(tally) == (NOON, 1)

    def test_prices_in_the_list(self):
        """The list of counts adds up what the requests of a minute counted for."""
        tally = Tally()
        tally.count("acme", "k1", "/pdf", NOON, 7, True)
        tally.count("acme", "k1", "/pdf", NOON + 1_000, 5, True)
        assert [usage.cost for _, usage in tally.lines()] == [12]

    def test_strangers(self):
        """Keys that nobody knows do not show in a report."""
        gate = open_gate(Policy(), clock=FixedClock())
        ask(gate, "zz-1")
        assert report(gate.tally) == []

    def test_refusals_count_for_nothing(self):
        """A refused request counts for nothing, however much it would have cost."""
        gate = open_gate(with_key(Policy(), "gw-1", "Glacier Water", "2/day"), clock=FixedClock())
        ask(gate, "gw-1", cost=3)
        assert told(report(gate.tally)) == ["gw-1: 0 passed, 1 refused, 0 counted"]

    def test_asked(self):
        """All requests are those that passed and those that were refused."""
        assert Usage("gw-1", passed=5, refused=2, cost=9).asked == 7


class TestReport:
    def test_most_requests_first(self):
        """A report begins with whoever asked most, refused or not."""
        tally = counted(
            (0, "a", "k1", "/", True), (0, "a", "k2", "/", False), (0, "a", "k2", "/", False)
        )
        assert [line.name for line in report(tally)] == ["k2", "k1"]

    def test_equally_many(self):
        """Those who asked equally often come by name."""
        tally = counted(
            (0, "a", "k3", "/", True), (0, "a", "k1", "/", True), (0, "a", "k2", "/", True)
        )
        assert [line.name for line in report(tally)] == ["k1", "k2", "k3"]

    @pytest.mark.parametrize(
        ("by", "lines"),
        [
            pytest.param("key", ["k1: 2", "k2: 1"], id="key"),
            pytest.param("tenant", ["acme: 2", "boreal: 1"], id="tenant"),
            pytest.param("route", ["/b: 2", "/a: 1"], id="route"),
        ],
    )
    def test_by(self, by, lines):
        """A report adds up by key, by tenant or by address, as it was asked for."""
        tally = counted(
            (0, "acme", "k1", "/A", True),
            (0, "acme", "k1", "/b/", True),
            (0, "boreal", "k2", "/b", True),
        )
        assert [f"{line.name}: {line.passed}" for line in report(tally, by=by)] == lines

    def test_one_tenant(self):
        """A report for one tenant leaves out the others, however the name is written."""
        tally = counted((0, "acme tools", "k1", "/", True), (0, "boreal", "k2", "/", True))
        assert [line.name for line in report(tally, tenant="ACME  Tools ")] == ["k1"]

    def test_nameless_tenant(self):
        """A report for a tenant without a name is empty."""
        assert report(counted((0, "acme", "k1", "/", True)), tenant="") == []

    def test_stretch_of_time(self):
        """A report from one moment to another has the first minute and not the last."""
        tally = counted(*((minute, "acme", f"k{minute}", "/", True) for minute in range(5)))
        lines = report(tally, since=NOON + MINUTE, until=NOON + 3 * MINUTE)
        assert [line.name for line in lines] == ["k1", "k2"]

    def test_since_the_beginning(self):
        """A report that begins at zero leaves nothing out and may end at zero, too."""
        tally = Tally()
        tally.count("acme", "k1", "/", 0, 1, True)
        assert report(tally, since=0, until=0) == []

    def test_busiest_keys(self):
        """The busiest keys are the first of the report, three of them unless asked otherwise."""
        tally = counted(*((0, "acme", f"k{n}", "/", True) for n in (1, 1, 2, 3, 4, 4)))
        assert [line.name for line in busiest(tally)] == ["k1", "k4", "k2"]

    def test_busiest_of_a_tenant(self):
        """The busiest keys of one tenant are its own."""
        tally = counted(
            (0, "acme", "k1", "/", True),
            (0, "boreal", "k2", "/", True),
            (1, "boreal", "k3", "/", True),
        )
        assert [line.name for line in busiest(tally, 1, tenant="Boreal")] == ["k2"]


class TestPeak:
    def test_busiest_minute(self):
        """The busiest minute is the one with the most requests of all keys together."""
        tally = counted(
            (1, "a", "k1", "/", True), (2, "a", "k1", "/", True), (2, "a", "k2", "/x", False)
        )
        assert peak(tally) == (NOON + 2 * MINUTE, 2)

    def test_earliest_of_several(self):
        """Of several minutes that were equally busy the earliest is told."""
        tally = counted((7, "a", "k1", "/", True), (3, "a", "k1", "/", True))
        assert peak(tally) == (NOON + 3 * MINUTE, 1)

    def test_peak_of_a_tenant(self):
        """The busiest minute of a tenant leaves out what others asked."""
        tally = counted(
            (1, "a", "k1", "/", True), (2, "b", "k2", "/", True), (2, "b", "k2", "/", True)
        )
        assert peak(tally, tenant="A") == (NOON + MINUTE, 1)

    def test_no_requests(self):
        """Where nobody asked there is no busiest minute."""
        assert peak(Tally()) == (0, 0)


class TestForgetting:
    def test_minutes_that_are_over(self):
        """Minutes that are over before a moment can be forgotten, and no others."""
        tally = counted((0, "a", "k1", "/", True), (1, "a", "k1", "/", True))
        assert tally.drop_before(NOON + MINUTE) == 1

    def test_minutes_that_run(self):
        """A minute that still runs is not forgotten."""
        tally = counted((0, "a", "k1", "/", True))
        tally.drop_before(NOON + MINUTE - 1)
        assert told(report(tally)) == ["k1: 1 passed, 0 refused, 1 counted"]

    def test_after_an_hour(self):
        """After forgetting a report tells only what came later."""
        tally = counted((0, "a", "k1", "/", True), (60, "a", "k2", "/", True))
        tally.drop_before(NOON + HOUR)
        assert [line.name for line in report(tally)] == ["k2"]


class TestFigures:
    @pytest.mark.parametrize(
        ("passed", "refused", "rate"),
        [
            pytest.param(1, 1, 50, id="half"),
            pytest.param(199, 1, 1, id="rounded-up"),
            pytest.param(200, 1, 0, id="rounded-down"),
            pytest.param(0, 3, 100, id="all"),
            pytest.param(0, 0, 0, id="nobody"),
        ],
    )
    def test_refusals_of_a_hundred(self, passed, refused, rate):
        """Refusals are told per hundred requests, with halves rounded up."""
        assert refusal_rate([Usage("k", passed=passed, refused=refused)]) == rate

    def test_refusals_of_several(self):
        """Refusals per hundred are counted over all lines together."""
        lines = [Usage("k1", passed=9, refused=1), Usage("k2", passed=0, refused=10)]
        assert refusal_rate(lines) == 55

    def test_shares_add_up(self):
        """Shares always add up to the whole, and what is left goes where most was cut off."""
        lines = [Usage("a", cost=3), Usage("b", cost=5), Usage("c", cost=3)]
        assert shares(lines) == {"a": 27, "b": 46, "c": 27}

    def test_last_unit_by_name(self):
        """Where the same was cut off the name decides who gets what is left."""
        lines = [Usage("z", cost=5), Usage("m", cost=5), Usage("a", cost=5)]
        assert shares(lines) == {"z": 33, "m": 33, "a": 34}

    def test_shares_of_a_bill(self):
        """Any amount can be shared out, not only a hundred."""
        assert shares([Usage("a", cost=3), Usage("b", cost=1)], 1_001) == {"a": 751, "b": 250}

    def test_shares_of_nothing(self):
        """Where nothing was counted nobody gets a share."""
        assert shares([Usage("a", refused=4), Usage("b")]) == {"a": 0, "b": 0}

    def test_packs_of_lines(self):
        """Lines for the billing department come in packs, with the rest in a pack of its own."""
        lines = [Usage(f"k{n}", passed=n) for n in range(1, 6)]
        assert batches(lines, 2) == [
            ["k1;1;0;0", "k2;2;0;0"],
            ["k3;3;0;0", "k4;4;0;0"],
            ["k5;5;0;0"],
        ]

    def test_full_packs_only(self):
        """Where lines fill their packs there is no empty one behind."""
        lines = [Usage("k1", 4, 1, 40), Usage("k2", 2, 0, 20)]
        assert batches(lines, 2) == [["k1;4;1;40", "k2;2;0;20"]]

    def test_nothing_to_pack(self):
        """Without lines there are no packs."""
        assert batches([], 10) == []
