"""What a person can get wrong ends in one line that says what to do, the right exit code, and nothing written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import BANK, BUGSQUASH, Run, write_project

if TYPE_CHECKING:
    from pathlib import Path


def refused(told: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert told.returncode == status, told.stderr
    assert told.stdout == ""
    assert told.stderr.startswith("bugsquash: ")
    assert told.stderr.count("\n") == 1, told.stderr
    for word in words:
        assert word in told.stderr


def nothing_written(directory: Path) -> None:
    assert not (directory / "challenges").exists()


def test_an_unknown_seed_is_told_the_nearest(run: Run, tmp_path: Path) -> None:
    refused(run("new", "ledgr"), 2, "'ledgr'", "Did you mean 'ledger'?")
    nothing_written(tmp_path)


def test_an_unknown_command_is_told_the_nearest(run: Run) -> None:
    refused(run("chek"), 2, "'chek'", "Did you mean 'check'?")


def test_an_unknown_operator_is_told_which_exist(run: Run, tmp_path: Path) -> None:
    refused(
        run("new", "ledger", "--operator", "drop_gard"),
        2,
        "Did you mean 'drop_guard'?",
        "sign_flip",
    )
    refused(run("operators", "drop_gard"), 2, "Did you mean 'drop_guard'?")
    refused(run("operators", "drop_guard", "--stats"), 2, "--stats is over all operators")
    refused(run("operators", "--json"), 2, "--json goes with --stats")
    nothing_written(tmp_path)


@pytest.mark.parametrize("level", ["0", "6", "hard"])
def test_a_level_that_does_not_exist_is_refused(run: Run, tmp_path: Path, level: str) -> None:
    refused(run("new", "ledger", "--level", level), 2, "--level")
    nothing_written(tmp_path)


def test_a_directory_that_is_not_there(run: Run, tmp_path: Path) -> None:
    refused(run("new", "./nowhere"), 2, "./nowhere")
    nothing_written(tmp_path)


def test_a_path_without_tests(run: Run, tmp_path: Path) -> None:
    write_project(tmp_path / "bare", {"bare/__init__.py": "", "bare/core.py": "x = 1\n"})
    refused(run("new", "./bare"), 3, "no tests")
    nothing_written(tmp_path)


def test_test_files_that_hold_no_test(run: Run, tmp_path: Path) -> None:
    write_project(tmp_path / "bare", {"core.py": "x = 1\n", "test_core.py": "import core\n"})
    refused(run("new", "./bare"), 3, "no tests")
    nothing_written(tmp_path)


def test_a_red_suite_is_named(run: Run, tmp_path: Path) -> None:
    red = BANK | {"tests/test_red.py": "def test_red():\n    assert 1 == 2\n"}
    write_project(tmp_path / "red", red)
    refused(run("new", "./red"), 3, "1 of 13 tests fail", "tests/test_red.py::test_red")
    nothing_written(tmp_path)


@pytest.mark.slow
def test_a_suite_that_cannot_be_collected(run: Run, tmp_path: Path) -> None:
    broken = BANK | {"tests/test_broken.py": "import no_such_module\n"}
    write_project(tmp_path / "broken", broken)
    refused(run("new", "./broken"), 3, "tests/test_broken.py", "no_such_module")
    nothing_written(tmp_path)


UNFIT = {
    "network": ("import socket\n\ndef test_a():\n    socket.create_connection(('192.0.2.1', 9))\n", "192.0.2.1"),
    "writes": ("def test_a():\n    open('tests/left.txt', 'w').close()\n", "tests/left.txt"),
    "slow": ("def test_a():\n    while True: pass\n", "--budget"),
    "installed": ("import sys\nsys.path.insert(0, {site!r})\nfrom bank import account\n\ndef test_a(): pass\n", "installed copy"),
}  # fmt: skip


@pytest.mark.parametrize(("test", "said"), UNFIT.values(), ids=UNFIT)
@pytest.mark.slow
def test_a_suite_that_can_not_serve_is_refused_by_name(
    run: Run, tmp_path: Path, test: str, said: str
) -> None:
    source = {name: text for name, text in BANK.items() if name.startswith("src/")}
    site = write_project(
        tmp_path / "site", {name.removeprefix("src/"): text for name, text in source.items()}
    )
    files = {**source, "tests/test_bank.py": test.replace("{site!r}", repr(str(site)))}
    write_project(tmp_path / "unfit", files)
    budget = ["--budget", "2"] if "while" in test else []
    # What a test adds to its path by hand from below /tmp is not there behind the best walls.
    walls = {"BUGSQUASH_ISOLATION": "plain"} if said == "installed copy" else {}
    refused(run("new", "./unfit", *budget, **walls), 3, said)
    nothing_written(tmp_path)


def test_a_budget_of_nothing_is_refused(run: Run, tmp_path: Path) -> None:
    refused(run("new", "ledger", "--budget", "0"), 2, "--budget")
    nothing_written(tmp_path)


@pytest.mark.slow
def test_a_file_that_does_not_parse_is_left_out_and_the_rest_serves(
    run: Run, tmp_path: Path
) -> None:
    write_project(tmp_path / "odd", BANK | {"src/bank/template.py": "def {{ name }}():\n"})
    told = run("mutants", "./odd", "--json")
    assert told.returncode == 0
    assert "src/bank/template.py left out: line 1" in told.stderr
    assert '"path": "src/bank/account.py"' in told.stdout
    made = run("new", "./odd", "--seed", "1")
    assert made.returncode == 0
    assert "src/bank/template.py left out: line 1" in made.stderr


def test_one_file_that_does_not_parse_is_said_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def (:\n")
    refused(run("mutants", "bad.py"), 3, "bad.py", "line 1")


def test_a_range_of_lines_goes_with_a_file(run: Run, tmp_path: Path) -> None:
    refused(run("mutants", "ledger", "--lines", "1:4"), 2, "--lines")
    (tmp_path / "a.py").write_text("x = 1\n")
    refused(run("mutants", "a.py", "--lines", "four"), 2, "A:B")


@pytest.mark.parametrize("lines", ["0", "0:7", "7:1"])
def test_a_range_that_holds_no_line_is_refused(run: Run, tmp_path: Path, lines: str) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    refused(run("mutants", "a.py", "--lines", lines), 2, "--lines", f"'{lines}'")


@pytest.mark.parametrize("group", ["key", "seeds"])
def test_a_group_without_arguments_shows_its_help(run: Run, group: str) -> None:
    told = run(group)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == run(group, "--help").stdout


@pytest.mark.skipif(os.getuid() == 0, reason="root may read anything")
def test_an_unreadable_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "a.py").chmod(0)
    refused(run("mutants", "a.py"), 3, "a.py: Permission denied")


def test_a_temporary_directory_whose_place_is_taken(run: Run, bank: Path, tmp_path: Path) -> None:
    (tmp_path / f"bugsquash-{os.getuid()}").write_text("")
    refused(run("new", bank, "--seed", "1", TMPDIR=str(tmp_path)), 3, f"bugsquash-{os.getuid()}")
    nothing_written(tmp_path)


def test_a_working_directory_that_is_gone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    told = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$0" new .', BUGSQUASH],
        cwd=tmp_path / "gone",
        env={**os.environ, "BUGSQUASH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    refused(told, 3, "the directory you are in is gone")


@pytest.mark.skipif(os.getuid() == 0, reason="root may write anywhere")
def test_an_unwritable_target(run: Run, bank: Path, tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    refused(run("new", bank, "--seed", "1", "--out", shut), 3, "can't be written", str(shut))
    assert list(shut.iterdir()) == []


@pytest.mark.slow
def test_a_target_below_a_file(run: Run, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused(run("new", bank, "--seed", "1", "--out", "file/below"), 3, "can't be written")


def test_a_target_that_is_a_file(run: Run, bank: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    refused(run("new", bank, "--seed", "1", "--out", "file"), 2, "--out")
    assert (tmp_path / "file").read_text() == "kept"


@pytest.mark.slow
def test_an_existing_challenge_is_not_overwritten(run: Run, bank: Path, tmp_path: Path) -> None:
    assert run("new", bank, "--seed", "1").returncode == 0
    (made,) = (tmp_path / "challenges").glob("bank-*")
    (made / "notes.txt").write_text("mine")
    refused(run("new", bank, "--seed", "1"), 2, "exists")
    assert (made / "notes.txt").read_text() == "mine"
    assert sorted(path.name for path in (tmp_path / "challenges").iterdir()) == [".keys", made.name]


@pytest.mark.slow
def test_no_git_is_said_so(run: Run, bank: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "env"):
        (programs / name).symlink_to(str(shutil.which(name)))
    told = run("new", bank, "--seed", "1", PATH=str(programs))
    refused(told, 3, "git was not found")
    nothing_written(tmp_path)


@pytest.mark.slow
def test_damaged_results_are_set_aside_and_the_command_goes_on(
    run: Run, bank: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "own" / "cache"
    write_project(cache, {"results.sqlite3": "no database\n" * 999})
    made = run("new", bank, "--seed", "1", "--json", BUGSQUASH_HOME=str(tmp_path / "own"))
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["seed"] == "bank"
    assert made.stderr.startswith(f"bugsquash: {cache / 'results.sqlite3'} is damaged")
    assert made.stderr.count("\n") == 1
    assert (cache / "results-aside-1.sqlite3").read_text() == "no database\n" * 999


@pytest.mark.slow
def test_a_cache_that_can_not_be_made_costs_time_and_nothing_else(
    run: Run, bank: Path, tmp_path: Path
) -> None:
    write_project(tmp_path / "own", {"cache": "a file"})
    made = run("new", bank, "--seed", "1", BUGSQUASH_HOME=str(tmp_path / "own"))
    assert (made.returncode, made.stderr) == (0, "")


def test_check_outside_a_challenge(run: Run, tmp_path: Path) -> None:
    for command in (["check"], ["reveal", "--yes"], ["verify", "."], ["key", "show", "."]):
        refused(run(*command), 2, "challenge")


@pytest.mark.slow
def test_a_tampered_key(run: Run, bank: Path, tmp_path: Path) -> None:
    assert run("new", bank, "--seed", "1").returncode == 0
    (made,) = (tmp_path / "challenges").glob("bank-*")
    (key,) = (tmp_path / "challenges" / ".keys").glob("*.age")
    sealed = bytearray(key.read_bytes())
    sealed[-1] ^= 1
    key.write_bytes(bytes(sealed))
    for command in (
        ["check", made],
        ["reveal", made, "--yes"],
        ["verify", made],
        ["key", "show", made],
    ):
        refused(run(*command), 4, "damaged")
