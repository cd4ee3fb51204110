import logging

import pytest
from asking import refusal
from crosscheck import Refused

ROW = "2027-02-01 | 20 EUR | A"


def told(desk, **which):
    """The history without numbers, times and request ids."""
    return [" ".join(row.split(" ")[4:]) for row in desk.history("main", **which).rows]


def test_what_came_in_is_recorded(desk):
    """The history tells which lines came in, and with which statement."""
    desk.post("main", [ROW, "2027-02-02 | 5 EUR"])
    desk.receive("main", "A-3", [ROW])
    assert told(desk) == ["post: B1, B2", "receive: A-3"]


def test_decisions_are_recorded(desk):
    """The history tells who has decided what."""
    desk.post("main", [ROW])
    desk.reconcile("main", "2027-02-10")
    desk.accept("main", 1, by="Ana", reason="lost")
    desk.undo("main", 1, by="Bo")
    assert told(desk)[1:] == [
        "reconcile: run 1",
        "accept by Ana: finding 1",
        "undo by Bo: finding 1",
    ]


def test_proposals_are_recorded(desk):
    """The history tells proposals, what was declined and what was confirmed."""
    desk.set_limit("main", "0 EUR")
    desk.post("main", [ROW])
    desk.reconcile("main", "2027-02-10")
    desk.accept("main", 1, by="Ana", reason="lost")
    desk.decline("main", 1, by="Bo")
    desk.accept("main", 1, by="Ana", reason="lost")
    desk.confirm("main", 1, by="Bo")
    assert told(desk)[2:] == [
        "propose by Ana: finding 1",
        "decline by Bo: finding 1",
        "propose by Ana: finding 1",
        "confirm by Bo: finding 1",
    ]


def test_matches_by_hand_are_recorded(desk):
    """The history tells who has matched what, and who took it apart."""
    desk.post("main", [ROW])
    desk.receive("main", "1", ["2027-02-01 | 20 EUR | Q"])
    desk.match("main", ["B1"], ["S1"], by="Ana")
    desk.release("main", 1, by="Bo")
    assert told(desk)[2:] == ["match by Ana: B1 S1", "release by Bo: match 1"]


def test_ends_of_months_are_recorded(desk):
    """The history tells who has closed a month, and who opened it again."""
    desk.reconcile("main", "2027-02-28")
    desk.close_month("main", "2027-02", by="Ana")
    desk.reopen_month("main", "2027-02", by="Bo")
    assert told(desk)[1:] == ["close by Ana: 2027-02", "reopen by Bo: 2027-02"]


def test_names_in_the_history(desk):
    """Names and months stand in the history without the blanks around them."""
    desk.post("main", [ROW])
    desk.reconcile("main", "2027-02-28")
    desk.accept("main", 1, by=" Ana", reason="lost")
    desk.undo("main", 1, by=" Bo ")
    desk.set_limit("main", "0 EUR")
    desk.accept("main", 1, by="Ana ", reason="lost")
    desk.decline("main", 1, by=" Bo")
    desk.accept("main", 1, by=" Ana", reason="lost")
    desk.confirm("main", 1, by=" Bo ")
    desk.close_month("main", " 2027-02 ", by=" Ana ")
    desk.reopen_month("main", " 2027-02 ", by=" Bo ")
    assert told(desk)[2:] == [
        "accept by Ana: finding 1",
        "undo by Bo: finding 1",
        "propose by Ana: finding 1",
        "decline by Bo: finding 1",
        "propose by Ana: finding 1",
        "confirm by Bo: finding 1",
        "close by Ana: 2027-02",
        "reopen by Bo: 2027-02",
    ]


def test_hands_in_the_history(desk):
    """Who has matched by hand stands in the history without the blanks around the name."""
    desk.post("main", [ROW])
    desk.receive("main", "1", ["2027-02-01 | 20 EUR | Q"])
    desk.match("main", ["B1"], ["S1"], by=" Ana ")
    desk.release("main", 1, by=" Bo ")
    assert told(desk)[2:] == ["match by Ana: B1 S1", "release by Bo: match 1"]


def test_requests_within_requests(desk):
    """After a request within another one the outer one goes on."""
    with desk.request("req-7"):
        with desk.request(" req-8 "):
            desk.post("main", [ROW])
        desk.post("main", [ROW])
    assert desk.history("main").rows == (
        "1 2027-03-01 09:00 req-8 post: B1",
        "2 2027-03-01 09:00 req-7 post: B2",
    )


def test_a_request_without_an_id(desk):
    """A request with a blank id has none."""
    with desk.request(" "):
        desk.post("main", [ROW])
    assert desk.history("main").rows[0].split()[3] == "-"


def test_after_a_request_that_failed(desk):
    """A request that fails does not leave its id to the next one."""
    with pytest.raises(Refused), desk.request("req-7"):
        desk.post("main", [])
    desk.post("main", [ROW])
    assert desk.history("main").rows[0].split()[3] == "-"


def test_the_history_of_one_person(desk):
    """The history can be read for one person, however the name is written."""
    desk.post("main", [ROW])
    desk.receive("main", "1", ["2027-02-01 | 20 EUR | Q"])
    desk.match("main", ["B1"], ["S1"], by="Ana")
    desk.release("main", 1, by="Bo")
    assert told(desk, by=" ANA ") == ["match by Ana: B1 S1"]


def test_the_history_of_nobody(desk):
    """What nobody answers for can be read apart."""
    desk.reconcile("main", "2027-02-28")
    desk.close_month("main", "2027-02", by="Ana")
    assert told(desk, by="") == ["reconcile: run 1"]


def test_the_history_page_by_page(desk):
    """The history is read on from its numbers."""
    for _ in range(3):
        desk.post("main", [ROW])
    page = desk.history("main", limit=2)
    assert (len(page.rows), page.next) == (2, 2)
    assert told(desk, after=2) == ["post: B3"]


def test_refusals_are_logged(desk, caplog):
    """A refusal is logged with its call and its code."""
    with desk.request("req-7"):
        refusal(desk.run, "main", 4)
    (record,) = caplog.records
    assert (record.getMessage(), record.levelno) == ("refused", logging.WARNING)
    assert (record.request_id, record.fields) == ("req-7", {"call": "run", "code": "R501"})


def test_what_comes_in_is_logged(desk, caplog):
    """What comes in is logged, and what was there already too."""
    caplog.set_level(logging.INFO, logger="crosscheck")
    desk.post("main", [ROW], key="k")
    desk.post("main", [ROW], key="k")
    desk.receive("main", "1", [ROW])
    desk.receive("main", "1", [ROW])
    assert [record.getMessage() for record in caplog.records] == [
        "batch.entered",
        "batch.repeated",
        "statement.entered",
        "statement.repeated",
    ]


def test_runs_are_logged(desk, caplog):
    """A run is logged with what it has matched, one that is repeated as such."""
    caplog.set_level(logging.INFO, logger="crosscheck.runs")
    desk.reconcile("main", "2027-02-10")
    desk.reconcile("main", "2027-02-10")
    done, repeated = caplog.records
    assert done.fields == {"account": "main", "run": 1, "matched": 0}
    assert (repeated.getMessage(), repeated.request_id) == ("run.repeated", "-")
