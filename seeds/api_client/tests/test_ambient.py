import asyncio
import logging
import time

import pytest
from stage import HOST, Settings, patient, play

from gleaner import Backoff, BreakerRules, Rate, ScriptedServer, SystemClock, open_client
from gleaner.faults import GivenUpError, SettingsError
from gleaner.metering import request_id
from gleaner.retrying import RandomIds, SeededChance


class TestClocks:
    def test_the_machines_running_time(self, monkeypatch):
        """The machine's running time is told in whole milliseconds."""
        monkeypatch.setattr(time, "monotonic", lambda: 12.3456)
        assert SystemClock().now() == 12_345

    def test_the_machines_time_of_day(self, monkeypatch):
        """The machine's time of day is told in whole milliseconds."""
        monkeypatch.setattr(time, "time", lambda: 1_772_352_000.9999)
        assert SystemClock().wall() == 1_772_352_000_999

    def test_the_machines_pauses(self, monkeypatch):
        """A pause on the machine's clock lasts for its milliseconds."""
        slept = []

        async def sleep(seconds):
            slept.append(seconds)

        monkeypatch.setattr(asyncio, "sleep", sleep)
        clock = SystemClock()
        play(clock, clock.sleep(250))
        assert slept == [0.25]


class TestChance:
    def test_the_same_seed(self):
        """Chance with the same seed draws the same numbers."""
        one, other = SeededChance(7), SeededChance(7)
        assert [one.draw() for _ in range(3)] == [other.draw() for _ in range(3)]

    def test_the_range(self):
        """Chance draws numbers from nought on that stay below one."""
        chance = SeededChance(7)
        assert all(0 <= chance.draw() < 1 for _ in range(50))

    def test_names(self):
        """Names that are made by chance say what they are for, and never repeat."""
        names = {RandomIds().next("key") for _ in range(50)}
        assert len(names) == 50
        assert all(name.startswith("key_") for name in names)


class TestSettings:
    @pytest.mark.parametrize(
        ("settings", "text"),
        [
            pytest.param(Settings(), "as usual", id="usual"),
            pytest.param(Settings(cache_s=60), "cache 60 s", id="one"),
            pytest.param(patient(attempts=2), "attempts 2", id="nested"),
            pytest.param(
                Settings(Backoff(first_s=1), BreakerRules(failures=2), at_once=1),
                "first 1 s, failures 2, at once 1",
                id="several",
            ),
        ],
    )
    def test_told(self, settings, text):
        """Settings tell where they are not the usual ones."""
        assert str(settings) == text


def test_rates_are_told():
    """A rate tells how much it lets through in which time."""
    assert str(Rate(3, 0.5)) == "3 in 0.5 s"


def test_the_real_thing():
    """A client that is given nothing is ready to use."""
    client = open_client()
    client.connect("acme", HOST, "tok")
    assert client.accounts() == ["acme"]
    client.close()


class TestLog:
    def told(self, caplog, message):
        """What the records with this message tell."""
        return [record for record in caplog.records if record.message == message]

    def test_attempts(self, client, server, caplog):
        """The log tells of every further attempt, with the request id."""
        caplog.set_level(logging.INFO, "gleaner")
        server.serve("/shop", 1)
        server.script("/shop", "503")
        client.get("acme", "/shop")
        (record,) = self.told(caplog, "trying again")
        assert (record.request_id, record.fields["attempt"]) == ("req_2", 1)

    def test_rests(self, opened, server, clock, caplog):
        """The log tells when a host is given a rest."""
        client = opened(Settings(Backoff(attempts=1), BreakerRules(failures=1)))
        server.script("/shop", "503")
        with pytest.raises(GivenUpError):
            client.get("acme", "/shop")
        (record,) = self.told(caplog, "breaker tripped")
        assert record.fields == {"host": HOST, "rest_ms": 30_000, "at": clock.now()}

    def test_outside_of_calls(self, client, caplog):
        """The request id of a call ends with the call."""
        client.connect("brio", HOST, "tok")
        assert request_id() == "-"


def test_scripts_are_checked(clock):
    """A script with a step that nobody understands is refused."""
    with pytest.raises(SettingsError, match="“maybe”"):
        ScriptedServer(clock).script("/shop", "maybe")


def test_everybody_waits(clock):
    """A rehearsal in which everybody waits for somebody else ends with a message."""

    async def forever():
        await asyncio.get_running_loop().create_future()

    with pytest.raises(RuntimeError, match="everybody waits"):
        play(clock, forever())
