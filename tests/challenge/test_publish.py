"""A challenge appears whole or not at all."""

from __future__ import annotations

import fcntl
import sys
from pathlib import Path

import pytest

from generator import index
from generator.challenge import publish
from generator.errors import UnfitError, UsageError


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "home"))


def left_by_a_killed_command(out: Path, challenge: str) -> None:
    (out / ".making" / challenge).mkdir(parents=True)
    (out / ".making" / f"{challenge}.lock").touch()
    (out / ".keys").mkdir()
    (out / ".keys" / f"{challenge}.age").write_bytes(b"sealed")


def test_what_a_killed_command_left_is_swept_with_its_key(tmp_path: Path) -> None:
    left_by_a_killed_command(tmp_path, "shop-1")
    publish.sweep(tmp_path)
    assert list((tmp_path / ".making").iterdir()) == []
    assert list((tmp_path / ".keys").iterdir()) == []


def test_the_key_of_a_challenge_that_was_renamed_in_time_stays(tmp_path: Path) -> None:
    left_by_a_killed_command(tmp_path, "shop-1")
    (tmp_path / "shop-1").mkdir()
    publish.sweep(tmp_path)
    assert (tmp_path / ".keys" / "shop-1.age").exists()


def test_the_key_of_a_challenge_that_was_moved_stays(tmp_path: Path) -> None:
    left_by_a_killed_command(tmp_path, "shop-1")
    key = tmp_path / ".keys" / "shop-1.age"
    index.remember("shop-1", key, tmp_path / "elsewhere", "python")
    publish.sweep(tmp_path)
    assert key.exists()


def test_what_is_being_made_is_left_alone(tmp_path: Path) -> None:
    with publish.place(tmp_path, "shop-1") as place:
        place.aside.mkdir()
        publish.sweep(tmp_path)
        assert place.aside.exists()
        with pytest.raises(UsageError, match="being made"), publish.place(tmp_path, "shop-1"):
            pass
        assert place.aside.exists()


def test_a_lock_on_a_file_that_was_replaced_holds_nothing(tmp_path: Path) -> None:
    making = tmp_path / ".making"
    making.mkdir()
    with (making / "shop-1.lock").open("w") as stale:
        (making / "shop-1.lock").unlink()
        fcntl.flock(stale, fcntl.LOCK_EX)
        with publish.place(tmp_path, "shop-1") as place:
            assert place.id == "shop-1"


def test_nothing_stays_of_a_place_that_was_not_used(tmp_path: Path) -> None:
    with publish.place(tmp_path / "out", "shop-1"):
        pass
    assert not (tmp_path / "out").exists()


def test_a_key_is_for_its_owner_alone_and_lies_there_before_the_challenge(tmp_path: Path) -> None:
    with publish.place(tmp_path, "shop-1") as place:
        place.aside.mkdir()
        place.publish(b"sealed", Path(sys.executable), {})
    assert place.key.stat().st_mode & 0o777 == 0o600
    assert place.directory.is_dir()


def test_an_index_that_cannot_be_written_does_not_undo_a_challenge(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with publish.place(tmp_path / "out", "shop-1") as place:
        place.aside.mkdir()
        place.publish(b"sealed", Path(sys.executable), {})
    assert place.directory.is_dir()


def test_an_error_elsewhere_is_not_told_as_one_of_the_target(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), publish.place(tmp_path / "out", "shop-1"):
        (tmp_path / "other" / "file").read_text()
    with pytest.raises(UnfitError, match="can't be written"), publish.place(tmp_path / "out", "s"):
        (tmp_path / "out" / "no" / "file").write_text("")
