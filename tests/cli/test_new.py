"""`bugsquash new`: what is handed out, again and again the same, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import BUGSQUASH, Run, write_project

if TYPE_CHECKING:
    from subprocess import CompletedProcess


def made(told: CompletedProcess[str]) -> dict[str, Any]:
    assert told.returncode == 0, told.stderr
    facts: dict[str, Any] = json.loads(told.stdout)
    return facts


def opened(run: Run, challenge: dict[str, Any]) -> dict[str, Any]:
    return made(run("key", "show", challenge["path"], "--json"))


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def commit(root: Path) -> str:
    command = ["git", "rev-parse", "HEAD"]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


def pytest_in(root: Path, *arguments: str) -> CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_json_tells_what_a_script_needs(run: Run, bank: Path) -> None:
    told = run("new", bank, "--seed", "5", "--json")
    facts = made(told)
    assert told.stderr == ""
    assert set(facts) == {
        "id", "path", "key", "seed", "random_seed", "mode", "bugs", "level", "failing", "run"
    }  # fmt: skip
    assert facts["random_seed"] == 5
    assert facts["mode"] == "failing-test"
    assert 1 <= facts["level"] <= 5
    assert Path(facts["key"]).stat().st_mode & 0o777 == 0o600
    ran = subprocess.run(
        ["/bin/sh", "-c", facts["run"]], capture_output=True, text=True, input="q\n", check=False
    )
    assert facts["failing"][0].partition("[")[0].split("::")[-1] in ran.stdout
    assert "Pdb" in ran.stdout


@pytest.mark.slow
def test_the_repository_fails_as_the_key_says_and_passes_the_rest(run: Run, bank: Path) -> None:
    facts = made(run("new", bank, "--seed", "6", "--json"))
    key = opened(run, facts)
    told = pytest_in(Path(facts["path"]), "-rf")
    failed = {line.split()[1] for line in told.stdout.splitlines() if line.startswith("FAILED ")}
    assert failed == set(facts["failing"]) == set(key["bugs"][0]["failing"])
    assert f"{len(failed)} failed, {len(key['visible']) - len(failed)} passed" in told.stdout


@pytest.mark.slow
def test_one_seed_gives_one_challenge_wherever_and_however_it_is_made(
    run: Run, bank: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "a place with blanks ü"
    elsewhere.mkdir()
    one = made(run("new", bank, "--seed", "7", "--json", BUGSQUASH_JOBS="1", PYTHONHASHSEED="1"))
    two = made(
        run(
            "new",
            bank,
            "--seed",
            "7",
            "--json",
            cwd=elsewhere,
            BUGSQUASH_JOBS="3",
            PYTHONHASHSEED="2",
        )
    )
    assert one["path"] != two["path"]
    assert tree(Path(one["path"])) == tree(Path(two["path"]))
    assert commit(Path(one["path"])) == commit(Path(two["path"]))
    assert opened(run, one) == opened(run, two)


@pytest.mark.slow
def test_what_was_measured_before_changes_nothing(
    run: Run, bank: Path, tmp_path: Path, home: Path
) -> None:
    one = made(run("new", bank, "--seed", "7", "--json"))
    fresh = tmp_path / "home"
    shutil.copytree(home / "data", fresh / "data")
    two = made(
        run("new", bank, "--seed", "7", "--json", "--out", "again", BUGSQUASH_HOME=str(fresh))
    )
    assert tree(Path(one["path"])) == tree(Path(two["path"]))


@pytest.mark.slow
def test_without_a_seed_the_next_bug_is_another_one(run: Run, bank: Path, tmp_path: Path) -> None:
    home = {"BUGSQUASH_HOME": str(tmp_path / "home")}
    challenges = [made(run("new", bank, "--json", **home)) for _ in range(2)]
    shown = [run("key", "show", each["path"], "--json", **home) for each in challenges]
    patches = {made(each)["bugs"][0]["bug_patch"] for each in shown}
    assert len(patches) == 2


@pytest.mark.slow
def test_the_command_it_prints_makes_the_same_again(run: Run, bank: Path, tmp_path: Path) -> None:
    told = run("new", bank)
    assert told.returncode == 0
    (again,) = [line for line in told.stdout.splitlines() if line.startswith("again ")]
    words = again.split()[2:]
    run(*words, "--out", "second")
    (one,) = (tmp_path / "challenges").glob("bank-*")
    (two,) = (tmp_path / "second").glob("bank-*")
    assert tree(one) == tree(two)


def test_the_screen_is_at_most_twelve_lines_and_ends_with_a_next_step(
    run: Run, home: Path, bank: Path
) -> None:
    told = run("new", bank, "--seed", "8", COLUMNS="60")
    lines = told.stdout.splitlines()
    assert len(lines) <= 12
    assert lines[-1].startswith("next  cd ")
    assert "\x1b" not in told.stdout
    assert told.stderr == ""
    command = lines[-1].removeprefix("next  ")
    watched = subprocess.Popen(
        ["/bin/sh", "-c", command.replace("&& ", "&& exec ")],
        cwd=bank.parent,
        env={**os.environ, "BUGSQUASH_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with watched:
        assert watched.stdout is not None
        assert any(line.startswith("fails  ") for line in watched.stdout)
        watched.send_signal(signal.SIGINT)


@pytest.mark.slow
def test_explain_does_not_say_what_it_is(run: Run, bank: Path) -> None:
    told = run("new", bank, "--seed", "9", "--explain")
    facts = made(run("new", bank, "--seed", "9", "--json", "--explain", "--out", "second"))
    bug = opened(run, facts)["bugs"][0]
    for secret in (bug["operator"], bug["path"], bug["function"]):
        assert secret not in told.stdout
    assert "rank of the guilty function" in told.stdout
    assert set(facts["measurements"]) >= {"depth", "suspect_rank"}


@pytest.mark.slow
def test_the_seed_is_not_written_to(run: Run, bank: Path) -> None:
    before = tree(bank)
    assert run("new", bank, "--seed", "10").returncode == 0
    assert tree(bank) == before


@pytest.mark.slow
def test_a_challenge_below_its_own_project_is_not_part_of_it(run: Run, bank: Path) -> None:
    one = made(run("new", ".", "--seed", "11", "--json", cwd=bank))
    two = made(run("new", ".", "--seed", "11", "--json", "--out", "second", cwd=bank))
    assert one["id"] == two["id"]


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.5, 1.5, 2.5])
def test_a_killed_run_leaves_no_half_challenge(
    run: Run, bank: Path, home: Path, tmp_path: Path, moment: float
) -> None:
    command = [BUGSQUASH, "new", str(bank), "--seed", f"{int(moment * 10)}"]
    env = {**os.environ, "BUGSQUASH_HOME": str(home)}
    child = subprocess.Popen(
        command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(moment)
    child.send_signal(signal.SIGKILL)
    child.wait()
    challenges = tmp_path / "challenges"
    whole = list(challenges.glob("bank-*"))
    for path in whole:
        assert (challenges / ".keys" / f"{path.name}.age").exists()
        assert run("verify", path).returncode == 0
    after = made(run("new", bank, "--seed", "12", "--json"))
    names = {path.name for path in challenges.iterdir()}
    assert names == {".keys", Path(after["path"]).name, *(path.name for path in whole)}
    keys = {path.stem for path in (challenges / ".keys").iterdir()}
    assert keys == names - {".keys"}


def test_an_interrupted_run_ends_at_once_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    # A large seed and nothing known of it: it can't be done before the signal comes.
    fresh = tmp_path / "home"
    env = {**os.environ, "BUGSQUASH_HOME": str(fresh)}
    child = subprocess.Popen(
        [BUGSQUASH, "new", "ledger", "--out", "out"],
        cwd=tmp_path,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(1.5)
    child.send_signal(signal.SIGINT)
    _, stderr = child.communicate(timeout=10)
    assert child.returncode == 130
    assert stderr.strip() == "bugsquash: stopped. Nothing was left half done."
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_two_at_once_do_not_disturb_each_other(
    run: Run, bank: Path, home: Path, tmp_path: Path
) -> None:
    env = {**os.environ, "BUGSQUASH_HOME": str(home)}
    children = [
        subprocess.Popen(
            [BUGSQUASH, "new", str(bank), "--seed", str(seed), "--json"],
            cwd=tmp_path,
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in (21, 22, 22)
    ]
    told = [(child.communicate(timeout=120)[0], child.returncode) for child in children]
    good = [json.loads(out) for out, status in told if status == 0]
    assert sorted(status for _, status in told) == [0, 0, 2]
    assert {facts["random_seed"] for facts in good} == {21, 22}
    assert run("verify", *(facts["path"] for facts in good)).returncode == 0


def test_a_full_disk_leaves_nothing(run: Run, bank: Path, tmp_path: Path) -> None:
    # A file size limit stands in for a full disk: writes fail with an OSError in the same places.
    command = f'ulimit -f 1; trap "" XFSZ; exec "{BUGSQUASH}" new "{bank}" --seed 30'
    told = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=tmp_path,
        env={**os.environ, "BUGSQUASH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 3, told.stderr
    assert told.stderr.startswith("bugsquash: ")
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "challenges").exists()


@pytest.mark.slow
def test_the_emitted_suite_works_inside_another_project(
    run: Run, bank: Path, tmp_path: Path
) -> None:
    outer = write_project(tmp_path / "outer", {"pytest.ini": "[pytest]\naddopts = --nonsense\n"})
    facts = made(run("new", bank, "--seed", "31", "--json", cwd=outer))
    assert " passed" in pytest_in(Path(facts["path"])).stdout


@pytest.mark.slow
def test_a_learner_without_bugsquash_on_the_path_gets_commands_that_work(
    run: Run, bank: Path
) -> None:
    told = run("new", bank, "--seed", "32", PATH=os.defpath)
    assert told.returncode == 0, told.stderr
    assert "/bugsquash watch" in told.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    "several",
    [
        pytest.param([], id="one"),
        pytest.param(["--mode", "multi", "--bugs", "2"], id="several", marks=pytest.mark.slow),
    ],
)
def test_a_level_that_is_not_to_be_had_is_said_so(
    run: Run, bank: Path, tmp_path: Path, several: list[str]
) -> None:
    told = run("new", bank, "--seed", "1", "--level", "5", *several)
    assert (told.returncode, told.stdout) == (3, "")
    assert "bank has no bug of level 5" in told.stderr
    assert "--level" in told.stderr
    assert not (tmp_path / "challenges").exists()


@pytest.mark.slow
def test_of_a_family_that_was_asked_for_are_all_bugs(run: Run, bank: Path) -> None:
    facts = made(run("new", bank, "--seed", "3", "--family", "boundary", "--json"))
    key = opened(run, facts)
    assert {bug["family"] for bug in key["bugs"]} == {"boundary"}
    assert "--family boundary" in key["command"]


@pytest.mark.parametrize(
    "asked",
    [("--family",), pytest.param(("--operator", "--family"), marks=pytest.mark.slow)],
    ids=["family", "operator of another"],
)
def test_a_family_that_has_no_place_is_said_so(
    run: Run, bank: Path, asked: tuple[str, ...]
) -> None:
    names = {"--family": "performance", "--operator": "drop_guard"}
    told = run("new", bank, *(word for option in asked for word in (option, names[option])))
    assert (told.returncode, told.stdout) == (3, "")
    assert "no place for a bug" in told.stderr
    assert "of the family performance" in told.stderr
    assert f"Leave {' and '.join(asked)} out" in told.stderr
