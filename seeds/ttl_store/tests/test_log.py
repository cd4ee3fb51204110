import logging

import pytest

from sandglass.outcomes import FullError


def records(caplog, event):
    return [record for record in caplog.records if record.getMessage() == event]


def test_commits(box, caplog):
    """What was changed is logged, with the revision it led to."""
    caplog.set_level(logging.INFO, logger="sandglass")

    box.agree("main", entries=1)
    box.put("a", "1")
    box.put("b", "2")

    facts = [record.facts for record in records(caplog, "committed")]
    assert facts == [{"changes": 1, "revision": 1}, {"changes": 2, "revision": 3}]


def test_what_changes_nothing(box, caplog):
    """What changes nothing is not logged."""
    caplog.set_level(logging.INFO, logger="sandglass")

    box.get("a")

    assert caplog.records == []


def test_request_ids(box, caplog):
    """What is logged carries the id of its request, and only of that one."""
    caplog.set_level(logging.INFO, logger="sandglass")

    with box.request("req-17"):
        box.put("a", "1")
    box.put("b", "2")

    ids = [record.request_id for record in records(caplog, "committed")]
    assert ids == ["req-17", "-"]


def test_request_ids_within_others(box, caplog):
    """After a request within another one the outer one goes on."""
    caplog.set_level(logging.INFO, logger="sandglass")

    with box.request("req-1"):
        with box.request("req-2"):
            box.put("a", "1")
        box.put("b", "2")

    ids = [record.request_id for record in records(caplog, "committed")]
    assert ids == ["req-2", "req-1"]


def test_request_ids_after_a_refusal(box, caplog):
    """A request that was refused does not leave its id to the next one."""
    caplog.set_level(logging.INFO, logger="sandglass")
    box.agree("main", size=4)

    with pytest.raises(FullError), box.request("req-17"):
        box.put("a", "12345")
    box.put("b", "2")

    assert [record.request_id for record in records(caplog, "refused")] == ["req-17"]
    assert [record.request_id for record in records(caplog, "committed")] == ["-"]


def test_refusals(box, caplog):
    """A refusal is logged with its code."""
    caplog.set_level(logging.INFO, logger="sandglass")
    box.agree("main", size=4)

    with pytest.raises(FullError):
        box.put("a", "12345")

    assert [record.facts for record in records(caplog, "refused")] == [{"code": "E_FULL"}]


def test_sweeps(box, caplog):
    """A sweep is logged with what it found."""
    caplog.set_level(logging.INFO, logger="sandglass")
    box.put("a", "1", ttl="5s")
    box.put("b", "1", ttl="9s")
    box.clock.advance(seconds=5)

    box.sweep()

    assert [record.facts for record in records(caplog, "swept")] == [{"expired": 1, "looked": 2}]
