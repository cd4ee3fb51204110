"""The learner's repository: works alone, and its history tells nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import seeds
from generator.challenge import repository
from generator.records import Mode

if TYPE_CHECKING:
    from generator.records import Seed

SHOP = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "def total(prices):\n    return sum(prices)\n",
    "tests/test_cart.py": (
        "from shop.cart import total\n\n\n"
        "def test_total():\n    assert total([1, 2]) == 3\n\n\n"
        "def test_empty():\n    assert total([]) == 0\n"
    ),
    "README.md": "# Shop\n\nSells things.\n",
}
EXERCISE = repository.Exercise(
    "shop-abc1234",
    Mode.FAILING_TEST,
    3,
    60,
    ("tests/test_cart.py::test_total",),
    "# Wrong sum\n",
    customer=False,
)


def make_shop(root: Path) -> Seed:
    for path, text in SHOP.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return seeds.load(str(root))


@pytest.fixture
def contents(tmp_path: Path) -> dict[str, bytes]:
    seed = make_shop(tmp_path / "shop")
    buggy = {"src/shop/cart.py": b"def total(prices):\n    return sum(prices[1:])\n"}
    return repository.files(seed, buggy, {}, EXERCISE)


def test_the_page_says_what_stands_for_a_blank_in_the_ticket(tmp_path: Path) -> None:
    seed = make_shop(tmp_path / "shop")
    ticket = "# Petty cash\n\nNadia looks for “Petty␣␣Cash”.\n"
    for customer, says in ((True, True), (False, False)):
        exercise = replace(EXERCISE, ticket=ticket, customer=customer)
        page = repository.files(seed, {}, {}, exercise)["README.md"].decode()
        assert ("A ␣ in it is a blank." in page) is says


def git(root: Path, *arguments: str) -> str:
    told = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
    return told.stdout


def run_pytest(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_suite_runs_with_nothing_but_pytest(contents: dict[str, bytes], tmp_path: Path) -> None:
    repository.write(tmp_path / "out", contents, frozenset())
    told = run_pytest(tmp_path / "out")
    assert "1 failed, 1 passed" in told.stdout


@pytest.mark.slow
def test_an_outer_projects_settings_change_nothing(
    contents: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    repository.write(tmp_path / "out", contents, frozenset())
    assert "1 failed, 1 passed" in run_pytest(tmp_path / "out").stdout


def test_there_is_one_commit_and_it_holds_every_file(
    contents: dict[str, bytes], tmp_path: Path
) -> None:
    root = tmp_path / "out"
    commit = repository.write(root, contents, frozenset())
    assert git(root, "rev-list", "--all").split() == [commit]
    assert git(root, "status", "--porcelain", "--ignored") == ""
    assert set(git(root, "ls-files").splitlines()) == set(contents)


def test_the_commit_hangs_on_the_files_alone(
    contents: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = repository.write(tmp_path / "one", contents, frozenset())
    config = tmp_path / "gitconfig"
    config.write_text("[user]\nname = Somebody\nemail = s@example.com\n[core]\nautocrlf = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2021-03-03T03:03:03Z")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    backwards = dict(reversed(contents.items()))
    assert repository.write(tmp_path / "deep" / "two", backwards, frozenset()) == first


def test_no_reflog_hook_or_message_is_left_in_git(
    contents: dict[str, bytes], tmp_path: Path
) -> None:
    repository.write(tmp_path / "out", contents, frozenset())
    left = {path.name for path in (tmp_path / "out" / ".git").iterdir()}
    assert left <= {"HEAD", "branches", "config", "index", "objects", "refs"}


def test_all_files_have_one_time(contents: dict[str, bytes], tmp_path: Path) -> None:
    repository.write(tmp_path / "out", contents, frozenset())
    times = {
        (Path(directory) / name).stat().st_mtime
        for directory, _, names in os.walk(tmp_path / "out")
        for name in [*names, "."]
    }
    assert times == {repository.MOMENT}


def test_the_executable_bit_is_kept(contents: dict[str, bytes], tmp_path: Path) -> None:
    contents["run.sh"] = b"#!/bin/sh\n"
    repository.write(tmp_path / "out", contents, frozenset({"run.sh"}))
    assert os.access(tmp_path / "out" / "run.sh", os.X_OK)
    assert "100755" in git(tmp_path / "out", "ls-files", "-s", "run.sh")


def test_files_git_would_ignore_are_committed_too(
    contents: dict[str, bytes], tmp_path: Path
) -> None:
    contents[".gitignore"] = b"*.dat\n"
    contents["table.dat"] = b"\x00\xff"
    repository.write(tmp_path / "out", contents, frozenset())
    assert "table.dat" in git(tmp_path / "out", "ls-files").splitlines()


def test_the_readme_says_how_to_run_and_keeps_the_projects_own(contents: dict[str, bytes]) -> None:
    text = contents["README.md"].decode()
    assert 'python -m pytest -x "tests/test_cart.py::test_total"' in text
    assert "60 minutes" in text
    assert "src/shop" in text
    assert "Sells things." in text
    for way in ("--pdb", "--trace", "breakpoint()"):
        assert way in text


def test_the_launch_file_debugs_the_failing_test(contents: dict[str, bytes]) -> None:
    (debug,) = json.loads(contents[".vscode/launch.json"])["configurations"]
    assert (debug["type"], debug["module"]) == ("debugpy", "pytest")
    assert debug["args"] == ["-x", "-s", "tests/test_cart.py::test_total"]


def test_the_marker_tells_nothing_more_than_it_must(contents: dict[str, bytes]) -> None:
    marker = json.loads(contents[repository.MARKER])
    assert marker == {"format": 1, "id": "shop-abc1234", "mode": "failing-test", "minutes": 60}


def test_a_patch_applies_both_ways(tmp_path: Path) -> None:
    before = {"src/a.py": b"one\ntwo\nthree", "src/b c.py": "ü\r\nx\r\n".encode()}
    after = {"src/a.py": b"one\n2\nthree", "src/b c.py": "ü\r\ny\r\n".encode()}
    executable = frozenset({"src/a.py"})
    repository.write(tmp_path / "out", before, executable)
    change = repository.patch(before, after, executable)
    assert change.startswith("diff --git a/src/a.py b/src/a.py\n")
    for flags in ([], ["-R"]):
        command = ["git", "apply", *flags]
        told = subprocess.run(
            command, cwd=tmp_path / "out", input=change.encode(), check=True, capture_output=True
        )
        assert told.stderr == b""
        want = before if flags else after
        assert (tmp_path / "out" / "src/a.py").read_bytes() == want["src/a.py"]
        assert (tmp_path / "out" / "src/b c.py").read_bytes() == want["src/b c.py"]


def test_a_hidden_test_file_is_not_written(tmp_path: Path) -> None:
    seed = make_shop(tmp_path / "shop")
    kept = repository.files(seed, {}, {"tests/test_cart.py": None}, EXERCISE)
    assert "tests/test_cart.py" not in kept


def test_files_are_committed_byte_for_byte_whatever_their_attributes_say(
    contents: dict[str, bytes], tmp_path: Path
) -> None:
    contents[".gitattributes"] = b"* text=auto\n*.bat text eol=crlf\n"
    contents["make.bat"] = b"@echo off\r\n"
    contents["unix.bat"] = b"@echo on\n"
    root = tmp_path / "out"
    repository.write(root, contents, frozenset())
    for path in ("make.bat", "unix.bat"):
        command = ["git", "cat-file", "blob", f"HEAD:{path}"]
        told = subprocess.run(command, cwd=root, check=True, capture_output=True)
        assert told.stdout == contents[path]
    assert git(root, "status", "--porcelain") == ""
