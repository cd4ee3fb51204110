import logging

import pytest

from tollgate import Client, Policy, ask, call_app, guard, hand_back, open_gate, send, with_key
from tollgate.clock import FixedClock
from tollgate.logs import masked
from tollgate.messages import Request
from tollgate.rehearsal import lots, plain_app, scripted
from tollgate.retry import Jitter, Plan
from tollgate.sqlite import SqliteStore


@pytest.fixture
def records(caplog):
    """What was written to the log: event, tenant, key and rule."""
    caplog.set_level(logging.INFO, logger="tollgate")

    def written():
        return [(r.getMessage(), r.tenant, r.key, r.rule) for r in caplog.records]

    return written


def gate(rules="1/day", **options):
    policy = with_key(Policy(), "qw-live-7", "Quintana Wines", rules)
    return open_gate(policy, clock=FixedClock(), **options)


class TestMasks:
    @pytest.mark.parametrize(
        ("key", "shown"),
        [
            pytest.param("qw-live-7", "qw-…7", id="long"),
            pytest.param("abcdefg", "abc…g", id="seven"),
            pytest.param("abcdef", "a…", id="six"),
            pytest.param("", "-", id="none"),
        ],
    )
    def test_keys_are_hidden(self, key, shown):
        """Of a key only so much is shown in the log that nobody can use it."""
        assert masked(key) == shown


class TestRecords:
    def test_refusals(self, records):
        """A refusal is logged with tenant, hidden key and rule."""
        front = gate()
        ask(front, "qw-live-7")
        ask(front, "qw-live-7")
        assert records() == [("request refused", "quintana wines", "qw-…7", "1/day")]

    def test_level_of_a_refusal(self, caplog):
        """A refusal is logged as a warning with the time to wait."""
        caplog.set_level(logging.INFO, logger="tollgate")
        front = gate("1/minute by fixed window")
        ask(front, "qw-live-7")
        ask(front, "qw-live-7")
        assert [(r.levelname, r.retry_after) for r in caplog.records] == [("WARNING", 60_000)]

    def test_strangers(self, records):
        """A stranger's key is logged without a tenant."""
        ask(gate(), " stranger-5 ")
        assert records() == [("request turned away", "-", "str…5", "-")]

    def test_handing_back(self, records):
        """What is handed back is logged."""
        front = gate()
        ask(front, "qw-live-7")
        hand_back(front, "qw-live-7")
        assert records() == [("request handed back", "quintana wines", "qw-…7", "-")]

    def test_no_counts(self, caplog, tmp_path):
        """A node that cannot reach the shared counts logs its name and the problem as an error."""
        caplog.set_level(logging.INFO, logger="tollgate")
        front = gate(store=SqliteStore.shared(tmp_path / "limits.db"), node=" osaka ")
        front.store.close()
        ask(front, "qw-live-7")
        assert [(r.levelname, r.node, r.problem) for r in caplog.records] == [
            ("ERROR", "osaka", "the counters are closed")
        ]

    def test_broken_service(self, records):
        """A service that breaks is logged before the request is handed back."""
        with pytest.raises(RuntimeError, match="the application broke"):
            call_app(
                guard(plain_app(fails=True), gate()), Request(headers={"X-API-Key": "qw-live-7"})
            )
        assert [event for event, *_ in records()] == ["application failed", "request handed back"]

    def test_retries(self, caplog):
        """Each new attempt of a client is logged with the pause before it."""
        caplog.set_level(logging.INFO, logger="tollgate")
        plan = Plan(attempts=3, jitter=Jitter.NONE)
        send(Client(scripted(["503"]), plan, FixedClock(), lots([0.5])), Request())
        assert [getattr(r, "pause", r.getMessage()) for r in caplog.records] == [
            200,
            400,
            "gave up",
        ]
