import pytest

from tollgate import parse_rule, parse_rules
from tollgate.errors import RuleError
from tollgate.rules import Algorithm


def refusal(text):
    with pytest.raises(RuleError) as refused:
        parse_rule(text)
    return str(refused.value)


class TestReading:
    @pytest.mark.parametrize(
        ("text", "limit", "period"),
        [
            pytest.param("100/minute", 100, 60_000, id="a-minute"),
            pytest.param("5/second", 5, 1_000, id="a-second"),
            pytest.param("20 / hour", 20, 3_600_000, id="blanks"),
            pytest.param("7/day", 7, 86_400_000, id="a-day"),
            pytest.param("300/week", 300, 604_800_000, id="a-week"),
        ],
    )
    def test_limit_and_period(self, text, limit, period):
        """A rule is a number of requests and the time they are allowed in."""
        rule = parse_rule(text)
        assert (rule.limit, rule.period) == (limit, period)

    @pytest.mark.parametrize(
        ("text", "period"),
        [
            pytest.param("4 per 10 seconds", 10_000, id="ten-seconds"),
            pytest.param("4/15 min", 900_000, id="short-minutes"),
            pytest.param("4 per 2 hours", 7_200_000, id="two-hours"),
            pytest.param("4 per 250 ms", 250, id="a-quarter-second"),
        ],
    )
    def test_several_units(self, text, period):
        """The time of a rule may be several seconds, minutes or hours."""
        assert parse_rule(text).period == period

    @pytest.mark.parametrize(
        ("text", "limit"),
        [
            pytest.param("1,000/hour", 1_000, id="comma"),
            pytest.param("25_000/hour", 25_000, id="underscore"),
            pytest.param("10k/hour", 10_000, id="thousands"),
        ],
    )
    def test_long_numbers(self, text, limit):
        """Large numbers may be written with a comma or with a k for thousands."""
        assert parse_rule(text).limit == limit

    def test_capitals(self):
        """Capital letters make no difference in a rule."""
        rule = parse_rule("60 PER Minute BURST 5")
        assert (rule.limit, rule.period, rule.burst) == (60, 60_000, 5)

    def test_burst(self):
        """A burst is read from behind its word."""
        assert parse_rule("100/minute burst 20").burst == 20

    def test_no_burst(self):
        """A rule that names no burst has none."""
        assert parse_rule("30/minute").burst is None

    def test_burst_of_nothing(self):
        """A leaky bucket may have a burst of nobody, which is kept in its text."""
        assert str(parse_rule("2/second burst 0 by leaky bucket")) == (
            "2/second burst 0 by leaky bucket"
        )

    @pytest.mark.parametrize("algorithm", list(Algorithm), ids=lambda one: one.replace(" ", "-"))
    def test_ways_of_counting(self, algorithm):
        """Each way of counting is known by its two words."""
        assert parse_rule(f"9/minute by {algorithm}").algorithm == algorithm

    def test_usual_way_of_counting(self):
        """Without a word on counting a rule is a bucket of tokens."""
        assert parse_rule("9/minute").algorithm == "token bucket"

    def test_name(self):
        """A rule that has a name goes by its name."""
        assert parse_rule("40/minute as search").title == "search"

    def test_no_name(self):
        """A rule without a name goes by its text."""
        assert parse_rule("40 per 60 seconds burst 3").title == "40/minute burst 3"

    def test_no_requests_at_all(self):
        """A rule may allow no requests at all."""
        assert parse_rule("0/minute").limit == 0

    def test_most_requests(self):
        """A rule may go up to a thousand million requests."""
        assert parse_rule("1,000,000,000/day").limit == 1_000_000_000

    def test_longest_period(self):
        """The time of a rule may be up to 30 days."""
        assert str(parse_rule("6 per 30 days")) == "6/30 days"


class TestText:
    @pytest.mark.parametrize(
        ("text", "canonical"),
        [
            pytest.param("12 per 7 days", "12/week", id="a-week"),
            pytest.param("12 per 90 seconds", "12/90 seconds", id="ninety-seconds"),
            pytest.param("12 per 120 minutes", "12/2 hours", id="two-hours"),
            pytest.param("12 per 1500 ms", "12/1500 ms", id="odd-milliseconds"),
        ],
    )
    def test_largest_fitting_unit(self, text, canonical):
        """The text of a rule uses the largest unit that fits without a rest."""
        assert str(parse_rule(text)) == canonical

    def test_all_parts(self):
        """The text of a rule tells burst, way of counting and name in this order."""
        rule = parse_rule("5/second as checkout by leaky bucket burst 3")
        assert str(rule) == "5/second burst 3 by leaky bucket as checkout"

    @pytest.mark.parametrize(
        ("text", "capacity"),
        [
            pytest.param("100/minute", 100, id="tokens"),
            pytest.param("100/minute burst 20", 20, id="tokens-with-burst"),
            pytest.param("100/minute by leaky bucket", 1, id="leaky"),
            pytest.param("100/minute burst 4 by leaky bucket", 5, id="leaky-with-burst"),
        ],
    )
    def test_capacity(self, text, capacity):
        """At one moment a bucket of tokens gives its burst, and a leaky one serves one and queues its burst."""
        assert parse_rule(text).capacity == capacity


class TestMistakes:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            pytest.param("", "“”, column 1: a number of requests is missing", id="empty"),
            pytest.param("many/minute", "column 1: a number of requests is missing", id="words"),
            pytest.param("²/minute", "column 1: a number of requests is missing", id="raised"),
            pytest.param("10 minute", "column 4: “/” or “per” is missing", id="separator"),
            pytest.param("10/fortnight", "column 4: a unit of time is missing", id="unit"),
            pytest.param("10/", "column 4: a unit of time is missing", id="nothing-behind"),
            pytest.param("10/minute quickly", "column 11: “quickly” is not under", id="word"),
            pytest.param(
                "10/minute burst", "column 16: a number of requests behind “burst”", id="burst"
            ),
            pytest.param("10/minute by magic hat", "column 14: “magic hat” is not", id="counting"),
            pytest.param("10/minute as", "column 13: a name is missing", id="name"),
            pytest.param("10/minute by token", "column 14: “token” is not a way", id="one-word"),
        ],
    )
    def test_place_of_a_mistake(self, text, problem):
        """What cannot be read in a rule is named with its column."""
        assert problem in refusal(text)

    def test_given_twice(self):
        """Nothing may be given twice in one rule."""
        assert refusal("10/minute burst 5 burst 6").endswith("column 19: “burst” is given twice")

    @pytest.mark.parametrize(
        "counting",
        ["fixed window", "sliding log", "sliding counter"],
        ids=["fixed", "log", "counter"],
    )
    def test_windows_have_no_burst(self, counting):
        """Only buckets can have a burst."""
        assert refusal(f"10/minute burst 5 by {counting}").endswith(
            f"column 11: a {counting} has no burst"
        )

    def test_capitals_in_a_mistake(self):
        """A mistake is found at its column in capitals, too."""
        assert refusal("10/minute BURST 5 by fixed window").endswith(
            "column 11: a fixed window has no burst"
        )

    def test_bucket_needs_a_token(self):
        """A bucket of tokens needs room for one token at least."""
        assert refusal("10/minute burst 0").endswith("needs a burst of 1 or more")

    def test_bucket_of_one_token(self):
        """A bucket of tokens may be as small as one token."""
        assert parse_rule("10/minute burst 1").capacity == 1

    def test_too_many_requests(self):
        """A rule with more than a thousand million requests is refused."""
        assert refusal("1,000,000,001/day").endswith("must be 1000000000 or less")

    def test_empty_period(self):
        """A time of nothing is refused."""
        assert refusal("10 per 0 seconds").endswith("column 8: a period must be 1 or more")

    def test_period_too_long(self):
        """More than 30 days are refused as the time of a rule."""
        assert refusal("10 per 31 days").endswith("a period is 30 days at most")


class TestSeveralRules:
    def test_semicolons(self):
        """Several rules stand in a row with semicolons between them, in the order they were written."""
        rules = parse_rules("10/second; 500/hour ;2,000/day")
        assert [str(rule) for rule in rules] == ["10/second", "500/hour", "2000/day"]

    def test_stray_semicolon(self):
        """A semicolon at the end adds no rule."""
        assert len(parse_rules("10/second; 500/hour;")) == 2

    def test_place_in_the_row(self):
        """The column of a mistake counts from the start of the whole row."""
        with pytest.raises(RuleError, match="column 17: a unit of time is missing"):
            parse_rules("10/second;  500/eon")

    def test_same_rule_twice(self):
        """The same rule may not stand twice in a row."""
        with pytest.raises(RuleError, match="column 14: “10/minute” is there already"):
            parse_rules("10/minute;   10 per 60 seconds")

    def test_no_rule(self):
        """A row without any rule is refused."""
        with pytest.raises(RuleError, match="a rule is missing"):
            parse_rules(" ; ")
