"""`review`: the family that is due comes back as a fresh challenge, and is not named."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.lived import change, days_pass
from tests.cli.screen import Terminal
from tests.cli.test_hour import refused, said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def family(do: Run, challenge: Path, key: dict[str, Any]) -> str:
    """That of a challenge whose answer was seen just now."""
    said(do("note", "begun", cwd=challenge))
    assert do("reveal", "--yes", cwd=challenge).returncode == 0
    return str(key["bugs"][0]["family"])


@pytest.mark.slow
def test_what_is_due_comes_back_and_is_not_named(
    do: Run, bank: Path, mine: Path, family: str
) -> None:
    days_pass(mine, 2)
    told = do("review", bank, "--minutes", "45", "--out", "Übung <b>")
    lines = said(told)
    assert lines[0] == "1 family is due; which this is of, is told once it is over"
    assert "45 minutes" in lines[1]
    assert "bugsquash review" in said(do("history"))[-1]
    assert lines[-1].startswith("next  cd ")
    assert not [line for line in lines if "--family" in line]
    (again,) = json.loads(do("history", "--json").stdout)
    assert again["families"] == [family]
    (made,) = [path for path in (bank.parent / "Übung <b>").iterdir() if path.name != ".keys"]
    key = json.loads(do("key", "show", made, "--json").stdout)
    assert {bug["family"] for bug in key["bugs"]} == {family}


@pytest.mark.slow
def test_with_a_seed_the_same_is_drawn_again(do: Run, bank: Path, mine: Path, family: str) -> None:
    days_pass(mine, 2)
    told = [
        json.loads(do("review", bank, "--seed", "3", "--out", out, "--json").stdout)
        for out in ("one", "two")
    ]
    assert told[0]["id"] == told[1]["id"]
    assert told[0]["random_seed"] == 3
    assert "family" not in told[0]


def test_where_nothing_is_due_it_says_when_and_what_else(do: Run, family: str) -> None:
    tomorrow = (datetime.now().astimezone() + timedelta(days=1)).date()
    told, next_step = said(do("review"))
    assert told == f"Nothing is due. The next one is in 1 day, {tomorrow}."
    assert "bugsquash new" in next_step
    assert json.loads(do("review", "--json").stdout) == {"path": None, "due": str(tomorrow)}


@pytest.mark.slow
def test_before_anything_was_practised_it_says_so(do: Run, tmp_path: Path) -> None:
    for asked in ((), ("--list",)):
        told, next_step = said(do("review", *asked))
        assert told == "No family was practised yet: a challenge counts once it is over."
        assert "bugsquash new" in next_step
    assert json.loads(do("review", "--json").stdout) == {"path": None, "due": None}
    assert json.loads(do("review", "--list", "--json").stdout) == []
    assert not (tmp_path / "challenges").exists()


@pytest.mark.slow
def test_of_a_challenge_that_goes_on_the_family_is_not_listed(
    do: Run, challenge: Path, key: dict[str, Any]
) -> None:
    said(do("note", "begun", cwd=challenge))
    assert json.loads(do("review", "--list", "--json").stdout) == []
    said(do("abandon", "--yes", cwd=challenge))
    (one,) = json.loads(do("review", "--list", "--json").stdout)
    assert one["family"] == key["bugs"][0]["family"]


@pytest.mark.slow
def test_the_list_says_when_each_family_is_due(do: Run, mine: Path, family: str) -> None:
    days_pass(mine, 3)
    today = datetime.now().astimezone().date()
    (one,) = json.loads(do("review", "--list", "--json").stdout)
    assert one == {
        "family": family,
        "due": str(today - timedelta(days=2)),
        "is_due": True,
        "practised": 1,
        "last": str(today - timedelta(days=3)),
        "rating": "again",
    }
    _, row, next_step = said(do("review", "--list"))
    assert row.split() == f"{family} 2 days ago 1 time {one['last']} again".split()
    assert "bugsquash review" in next_step


@pytest.mark.slow
def test_sixty_columns_are_enough_for_the_list(mine: Path, do: Run, family: str) -> None:
    longest = json.dumps({"families": ["concurrency", "transaction"]})
    change(mine, "UPDATE sessions SET challenge = 'gone-abc2345'")
    change(mine, "UPDATE events SET facts = ? WHERE kind = 'revealed'", longest)
    days_pass(mine, 123)
    screen = Terminal(mine, mine, "review", "--list", columns=60)
    assert screen.ended() == 0
    assert [line.split()[0] for line in screen.lines[:3]] == [
        "family",
        "concurrency",
        "transaction",
    ]
    assert screen.lines[1].endswith(" again")


@pytest.mark.slow
def test_where_the_first_can_not_be_made_the_next_one_is(
    do: Run, bank: Path, mine: Path, family: str
) -> None:
    # No operator of that family is there. Its key is gone, and what the history says of it holds.
    both = json.dumps({"families": ["performance", family]})
    change(mine, "UPDATE sessions SET challenge = 'gone-abc2345'")
    change(mine, "UPDATE events SET facts = ? WHERE kind = 'revealed'", both)
    days_pass(mine, 2)
    assert len(json.loads(do("review", "--list", "--json").stdout)) == 2
    told = json.loads(do("review", bank, "--json").stdout)
    key = json.loads(do("key", "show", told["path"], "--json").stdout)
    assert key["bugs"][0]["family"] == family


@pytest.mark.slow
def test_where_none_can_be_made_it_is_said_in_a_line(
    do: Run, bank: Path, mine: Path, family: str
) -> None:
    days_pass(mine, 2)
    change(mine, "UPDATE sessions SET challenge = 'gone-abc2345'")
    facts = json.dumps({"families": ["performance"]})
    change(mine, "UPDATE events SET facts = ? WHERE kind = 'revealed'", facts)
    refused(do("review", bank), 3, "performance", "bugsquash new")
    assert not (bank.parent / "challenges").exists()


@pytest.mark.slow
def test_what_is_wrong_with_the_project_is_said_and_not_that_nothing_fits(
    do: Run, mine: Path, family: str, tmp_path: Path
) -> None:
    days_pass(mine, 2)
    refused(do("review", "ledgr"), 2, "Did you mean 'ledger'?")
    refused(do("review", tmp_path / "nothing"), 2, "is not a directory")


def test_a_damaged_history_is_said(do: Run, mine: Path) -> None:
    (mine / "state").mkdir()
    (mine / "state" / "history.sqlite3").write_text("no database at all" * 100)
    for command in ("review", "history"):
        refused(do(command), 3, "history.sqlite3", "move it away")
