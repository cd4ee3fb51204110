"""The modes beside the usual one: a ticket alone, and several bugs at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import maker

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Run

Made = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="session")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Made]:
    """Makes a challenge in a mode; its directory and opened key."""
    return maker(home, tmp_path_factory.mktemp("modes"))


@pytest.fixture(scope="session")
def by_ticket(made: Callable[..., Made]) -> Made:
    return made("--mode", "ticket")


@pytest.fixture(scope="session")
def several(made: Callable[..., Made]) -> Made:
    return made("--mode", "multi", "--bugs", "2")


@pytest.fixture(params=["by_ticket", pytest.param("several", marks=pytest.mark.slow)])
def challenge(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    """The learner's own copy of either."""
    path, key = request.getfixturevalue(request.param)
    return shutil.copytree(path, tmp_path / path.name), key


def fix(path: Path, bugs: list[dict[str, Any]]) -> None:
    for bug in bugs:
        subprocess.run(["git", "apply"], cwd=path, input=bug["fix_patch"].encode(), check=True)


def suite(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=path, env=env, capture_output=True, text=True, check=False)


def test_every_mode_is_proven_from_what_was_handed_out(run: Run, challenge: Made) -> None:
    told = run("verify", challenge[0])
    assert told.returncode == 0, told.stdout


@pytest.mark.slow
def test_every_mode_is_solved_by_its_fixes_and_by_nothing_less(run: Run, challenge: Made) -> None:
    path, key = challenge
    assert run("check", path).returncode == 1
    fix(path, key["bugs"])
    told = run("check", path)
    assert told.returncode == 0, told.stdout


@pytest.mark.slow
def test_of_several_tickets_it_is_said_how_many_more_there_are(run: Run, several: Made) -> None:
    assert ", and 1 more" in run(cwd=several[0]).stdout


def test_every_mode_reveals_its_answer(run: Run, challenge: Made) -> None:
    path, key = challenge
    told = run("reveal", path, "--yes").stdout
    for bug in key["bugs"]:
        assert bug["story"] in " ".join(told.split())


def test_with_a_ticket_alone_every_test_passes_and_what_fails_is_hidden(by_ticket: Made) -> None:
    path, key = by_ticket
    assert suite(path).returncode == 0
    (bug,) = key["bugs"]
    assert bug["failing"] == []
    assert bug["hidden"]
    assert not set(bug["hidden"]) & set(key["visible"])


def test_with_a_ticket_alone_the_pages_name_no_failing_test(by_ticket: Made) -> None:
    path, key = by_ticket
    pages = [(path / name).read_text() for name in ("README.md", ".vscode/launch.json")]
    for test in key["bugs"][0]["hidden"]:
        assert all(test.split("::")[-1].partition("[")[0] not in page for page in pages)
    assert "Write the test that fails" in pages[0]


def test_after_a_ticket_alone_a_test_that_shows_the_bug_is_revealed(
    run: Run, by_ticket: Made
) -> None:
    path, key = by_ticket
    name = key["bugs"][0]["hidden"][0].split("::")[-1].partition("[")[0]
    assert f"def {name}(" in run("reveal", path, "--yes", "--more").stdout


@pytest.mark.slow
def test_each_of_several_bugs_has_a_failing_test_of_its_own(several: Made) -> None:
    path, key = several
    one, other = key["bugs"]
    assert one["failing"]
    assert other["failing"]
    assert not {*one["failing"], *one["hidden"]} & {*other["failing"], *other["hidden"]}
    assert (path / "TICKET.md").read_text().count("**Reproduction**") == 2


@pytest.mark.slow
def test_each_of_several_bugs_has_a_level_and_the_hardest_counts(several: Made) -> None:
    _, key = several
    assert key["level"] == max(bug["level"] for bug in key["bugs"])
    assert key["measurements"] in [bug["measurements"] for bug in key["bugs"]]


@pytest.mark.slow
def test_each_fix_turns_its_own_tests_and_no_others(
    several: Made, run: Run, tmp_path: Path
) -> None:
    path, key = several
    for number, bug in enumerate(key["bugs"]):
        copy = shutil.copytree(path, tmp_path / str(number) / path.name)
        fix(copy, [bug])
        told = json.loads(run("check", copy, "--json").stdout)
        assert [each["fixed"] for each in told["bugs"]] == [number == 0, number == 1]


def test_the_number_of_bugs_is_for_several_alone(run: Run, tmp_path: Path) -> None:
    told = run("new", "ledger", "--bugs", "2", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (2, "")
    assert "--mode multi" in told.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_command_that_makes_it_again_names_mode_and_number(several: Made) -> None:
    assert several[1]["command"].endswith("--mode multi --bugs 2")
