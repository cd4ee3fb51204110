"""Sessions are kept as they happen, whoever writes them and however that ends."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator.errors import UnfitError
from generator.judge import challenge_directory
from generator.practice import history
from generator.practice.session import Kind

if TYPE_CHECKING:
    from generator.judge.challenge_directory import Found
    from tests.judge.conftest import Challenge

ROOT = Path(__file__).parents[2]
WRITER = """\
import sys
from pathlib import Path
from generator.judge import challenge_directory
from generator.practice import history
from generator.practice.session import Kind

found = challenge_directory.find(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    history.add(found, Kind.NOTED, text=f"{sys.argv[3]} {number}")
    print(number, flush=True)
"""


@pytest.fixture
def found(challenge: Challenge) -> Found:
    return challenge_directory.find(challenge.root)


def writer(found: Found, count: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(found.root), str(count), name]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)


def notes(found: Found) -> list[str]:
    return [event.facts["text"] for event in history.session(found).of(Kind.NOTED)]


def test_asking_writes_nothing(found: Found) -> None:
    assert history.session(found).events == ()
    assert history.sessions() == ()
    assert not history.file().exists()


def test_the_first_piece_of_work_starts_the_clock(found: Found) -> None:
    history.add(found, Kind.NOTED, text="one")
    history.add(found, Kind.NOTED, text="two")
    session = history.session(found)
    assert [event.kind for event in session.events] == [Kind.BEGUN, Kind.NOTED, Kind.NOTED]
    assert history.sessions() == (session,)


def test_giving_up_unseen_starts_no_clock(found: Found) -> None:
    assert history.add(found, Kind.ABANDONED).begun is None


def test_a_clock_that_was_set_back_does_not_put_the_later_first(
    found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.add(found, Kind.NOTED, text="one")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 3600)
    one, two = history.add(found, Kind.NOTED, text="two").of(Kind.NOTED)
    assert two.at >= one.at


def test_two_at_once_lose_nothing(found: Found) -> None:
    with writer(found, 40, "a") as one, writer(found, 40, "b") as two:
        one.communicate()
        two.communicate()
    assert (one.returncode, two.returncode) == (0, 0)
    assert sorted(notes(found)) == sorted(f"{name} {n}" for name in "ab" for n in range(40))
    assert len(list(history.session(found).of(Kind.BEGUN))) == 1
    assert len(history.sessions()) == 1


def test_a_kill_loses_nothing_that_was_said_to_be_kept(found: Found) -> None:
    for moment in (1, 5, 20):
        before = len(notes(found))
        with writer(found, 10_000, "a") as one:
            assert one.stdout is not None
            told = [one.stdout.readline() for _ in range(moment)]
            one.send_signal(signal.SIGKILL)
            told += one.stdout.readlines()
        assert len(notes(found)) - before in (len(told), len(told) + 1)


def test_a_challenge_that_was_moved_keeps_its_session(found: Found, tmp_path: Path) -> None:
    history.add(found, Kind.NOTED, text="one")
    moved = challenge_directory.find(found.root.rename(tmp_path / "elsewhere"))
    history.add(moved, Kind.NOTED, text="two")
    assert notes(moved) == ["one", "two"]
    assert len(history.sessions()) == 1


def test_a_copy_has_a_session_of_its_own(found: Found, tmp_path: Path) -> None:
    history.add(found, Kind.NOTED, text="one")
    copied = challenge_directory.find(Path(shutil.copytree(found.root, tmp_path / "copy")))
    assert notes(copied) == []
    history.add(copied, Kind.NOTED, text="two")
    assert (notes(found), notes(copied)) == (["one"], ["two"])


def test_a_file_of_a_newer_version_is_left_alone(found: Found) -> None:
    history.add(found, Kind.NOTED, text="one")
    with closing(sqlite3.connect(history.file())) as kept:
        kept.execute(f"PRAGMA user_version = {history.LAYOUT + 1}")
    before = history.file().read_bytes()
    with pytest.raises(UnfitError, match="newer bugsquash"):
        history.add(found, Kind.NOTED, text="two")
    assert history.file().read_bytes() == before


def test_a_damaged_file_is_named_with_what_to_do(found: Found) -> None:
    history.file().parent.mkdir(parents=True)
    history.file().write_text("no database at all, though long enough to be looked at" * 40)
    with pytest.raises(UnfitError, match="move it away") as refused:
        history.add(found, Kind.NOTED, text="one")
    assert str(history.file()) in str(refused.value)


@pytest.mark.parametrize(
    "damage",
    [
        "kind = 'lost'",
        "facts = '{'",
        "facts = '[]'",
        "facts = '{}'",
        "at = 1e300",
        "at = 'yesterday'",
    ],
)
def test_an_event_that_is_none_is_damage_too(found: Found, damage: str) -> None:
    history.add(found, Kind.NOTED, text="one")
    with closing(sqlite3.connect(history.file())) as kept:
        kept.execute(f"UPDATE events SET {damage}")  # noqa: S608 - one of those above
        kept.commit()
    for told in (history.sessions, history.records, lambda: history.session(found)):
        with pytest.raises(UnfitError, match="move it away"):
            told()


def test_records_are_of_what_has_begun(found: Found) -> None:
    history.add(found, Kind.ABANDONED)
    assert history.records() == ()
    history.add(found, Kind.NOTED, text="one")
    assert [one.challenge for one in history.records()] == [found.marker.id]


def test_the_minutes_are_the_keys_and_not_those_of_a_file_that_anybody_may_edit(
    challenge: Challenge,
) -> None:
    marker = (challenge.root / ".bugsquash.json").read_text()
    challenge.write(".bugsquash.json", marker.replace('"minutes": 60', '"minutes": 6000'))
    found = challenge_directory.find(challenge.root)
    assert found.marker.minutes == 6000
    assert history.session(found).minutes == challenge.key.request.minutes


def test_what_can_not_be_kept_stands_behind_what_was(challenge: Challenge) -> None:
    found = challenge_directory.find(challenge.root)
    history.add(found, Kind.NOTED, text="the limit")
    known = history.unkept(found, Kind.REVEALED)
    assert [event.kind for event in known.events] == [Kind.BEGUN, Kind.NOTED, Kind.REVEALED]
    assert history.session(found).revealed is None
