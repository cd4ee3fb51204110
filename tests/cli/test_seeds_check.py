"""`bugsquash seeds check`: what a codebase is worth as a seed, by the real command on a small one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from generator import bench as benches
from generator import pipeline, seeds
from generator.errors import UnfitError
from generator.records import Request
from tests.cli.conftest import BANK, BUGSQUASH, write_project

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TILL = {
    "pyproject.toml": BANK["pyproject.toml"],
    "src/till/__init__.py": '''\
"""A till that holds whole cents."""


class Till:
    """Money in, money out."""

    def __init__(self) -> None:
        self.cents = 0

    def take(self, cents: int) -> None:
        """Put money in."""
        if cents <= 0:
            raise ValueError("nothing to take")
        self.cents = self.cents + cents

    def give(self, cents: int) -> None:
        """Take money out."""
        if cents > self.cents:
            raise ValueError("not enough")
        self.cents = self.cents - cents

    def is_full(self) -> bool:
        """Whether it is to be emptied."""
        return self.cents >= 1000

    def is_low(self) -> bool:
        """Whether change is to be brought."""
        return self.cents < 100
''',
    "tests/test_till.py": """\
import pytest

from till import Till


@pytest.fixture
def till():
    till = Till()
    till.take(50)
    return till


def test_take_adds(till):
    till.take(30)
    assert till.cents == 80


def test_nothing_can_not_be_taken(till):
    with pytest.raises(ValueError):
        till.take(0)


def test_give_takes_away(till):
    till.give(20)
    assert till.cents == 30


def test_all_can_be_given(till):
    till.give(50)
    assert till.cents == 0


def test_more_can_not_be_given(till):
    with pytest.raises(ValueError):
        till.give(51)


def test_a_full_till(till):
    assert not till.is_full()
    till.take(5000)
    assert till.is_full()
""",
    # Fails only where it is the last of the three: neither in their own order nor in the reverse.
    "tests/test_shared.py": """\
ran = []


def test_first():
    ran.append(1)


def test_second_comes_before_one_of_them():
    assert len(ran) < 2


def test_third():
    ran.append(3)
""",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of this file alone: how many verdicts are kept is counted, and in the one that all share are those of others."""
    return tmp_path_factory.mktemp("home-of-checks")


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("projects") / "till", TILL)


def verdicts(home: Path) -> set[tuple[int, str]]:
    """Those that are kept, as another process sees them: number of the row and name. What is measured again gets a new
    number. None while there is no file yet."""
    try:
        opened = sqlite3.connect(f"file:{home}/cache/results.sqlite3?mode=ro", uri=True)
        with contextlib.closing(opened) as store:
            return set(store.execute("SELECT rowid, name FROM results WHERE kind = 'verdicts'"))
    except sqlite3.OperationalError:
        return set()


@pytest.fixture(scope="module")
def stopped(
    home: Path, till: Path
) -> tuple[subprocess.CompletedProcess[str], set[tuple[int, str]]]:
    """A first check that was interrupted among the trials, and the verdicts that it had come to."""
    child = subprocess.Popen(
        [BUGSQUASH, "seeds", "check", till, "--jobs", "1"],
        env={**os.environ, "BUGSQUASH_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(verdicts(home)) < 3:
        assert child.poll() is None
        time.sleep(0.005)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=20)
    return subprocess.CompletedProcess(child.args, child.returncode, out, err), verdicts(home)


@pytest.fixture(scope="module")
def checked(
    stopped: tuple[subprocess.CompletedProcess[str], set[tuple[int, str]]], home: Path, till: Path
) -> subprocess.CompletedProcess[str]:
    """The same check again, to its end; what it measured is known to the tests that follow."""
    return subprocess.run(
        [BUGSQUASH, "seeds", "check", till, "--json"],
        env={**os.environ, "BUGSQUASH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.fixture(scope="module")
def facts(checked: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(checked.stdout)
    return found


@pytest.mark.slow
def test_an_interrupted_check_says_what_is_done_and_that_it_is_kept(
    stopped: tuple[subprocess.CompletedProcess[str], set[tuple[int, str]]],
) -> None:
    told, _ = stopped
    assert (told.returncode, told.stdout) == (130, "")
    assert re.fullmatch(
        r"bugsquash: stopped while trying bugs, \d+ of \d+ done\. What is done is kept: "
        r"the same command goes on from there\.\n",
        told.stderr,
    )


@pytest.mark.slow
def test_an_interrupted_check_goes_on_where_it_stopped(
    stopped: tuple[subprocess.CompletedProcess[str], set[tuple[int, str]]],
    facts: dict[str, Any],
    home: Path,
) -> None:
    _, kept = stopped
    assert 3 <= len(kept) < facts["stages"]["reached"]
    assert kept <= verdicts(home)
    assert 0 < facts["known"] <= len(kept)


def test_json_is_one_object_and_nothing_else(checked: subprocess.CompletedProcess[str]) -> None:
    assert checked.stdout.count("\n") == 1
    assert checked.stderr == ""


def test_the_funnel_adds_up(run: Run, till: Path, facts: dict[str, Any]) -> None:
    refused, stages = Counter(facts["refused"]), facts["stages"]
    not_caught = ("survived", "broken", "timed_out", "out_of_memory")
    assert stages["sites"] == run("mutants", till, "--json").stdout.count("\n")
    assert stages["sites"] - stages["reached"] == refused["unreached"] == 1
    assert stages["reached"] - stages["caught"] == sum(refused[why] for why in not_caught)
    assert stages["sites"] - stages["fit"] == refused.total()
    assert facts["levels"]["watched"] == facts["levels"]["admitted"] >= stages["fit"] > 0
    assert sum(facts["levels"]["by_level"].values()) == stages["fit"]


@pytest.mark.parametrize("kind", ["family", "change", "operator"])
def test_every_mutant_is_of_one_kind(facts: dict[str, Any], kind: str) -> None:
    for stage, count in facts["stages"].items():
        assert sum(one[stage] for one in facts[kind].values()) == count


@pytest.mark.parametrize(
    ("level", "strict", "counted"), [(3, False, "by_level"), (2, True, "to_be_had")]
)
def test_new_makes_exercises_of_the_same_mutants_and_levels(
    facts: dict[str, Any],
    till: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    level: int,
    strict: bool,
    counted: str,
) -> None:
    monkeypatch.setenv("BUGSQUASH_HOME", str(home))
    bench = benches.prepare(seeds.load(str(till)), None, lambda _: None)
    request = Request("till", 0, level, strict)
    found: Counter[str] = Counter()
    # Once there are no more, it says why.
    with contextlib.suppress(UnfitError):
        for candidate in pipeline.candidates(bench, request, lambda _: None):
            found[str(candidate.level)] += 1
    there = facts["levels"][counted]
    assert found == Counter({"2": there["2"]} if strict else there)


def test_a_test_that_hangs_on_the_order_is_named(
    facts: dict[str, Any], run: Run, till: Path
) -> None:
    (one,) = facts["wavering"]
    name = "tests/test_shared.py::test_second_comes_before_one_of_them"
    assert (one["test"], one["cause"], one["runs"]) == (name, "order", facts["orders"])
    told = run("seeds", "check", till).stdout
    assert "flaky: 1 test in 5 orders" in told
    assert f"{name}  hangs on the order: fails in {one['failed']} of 5, and again" in told


def test_the_lines_that_no_test_executes_are_missing(facts: dict[str, Any]) -> None:
    assert facts["coverage"] == {"executed": 14, "statements": 15}


@pytest.mark.slow
def test_survivors_carry_diffs_that_apply_and_that_no_test_notices(
    facts: dict[str, Any], tmp_path: Path
) -> None:
    assert [one["line"] for one in facts["survivors"]] == [12, 24]
    for one in facts["survivors"]:
        copy = write_project(tmp_path / f"{one['line']}", TILL)
        diff = one["diff"].encode()
        subprocess.run(["git", "apply"], cwd=copy, input=diff, check=True)
        assert (copy / one["path"]).read_text() != TILL[one["path"]]
        ran = subprocess.run(
            [str(Path(BUGSQUASH).with_name("python")), "-m", "pytest", "-q", "-p", "no:xdist"],
            cwd=copy,
            capture_output=True,
            check=False,
        )
        assert ran.returncode == 0


def test_a_pipe_gets_the_result_and_nothing_else(
    run: Run, till: Path, facts: dict[str, Any]
) -> None:
    told = run("seeds", "check", till)
    assert (told.returncode, told.stderr) == (0, "")
    assert "\x1b" not in told.stdout
    first, _, second, *_, last = told.stdout.splitlines()
    assert first.startswith("till · 15 lines · 9 tests in ")
    counts = "{sites} sites → {reached} reached → {caught} caught → {fit} fit for an hour"
    assert second == counts.format(**facts["stages"])
    assert last.endswith("--survivors   each survivor")
    shown = run("seeds", "check", till, "--survivors").stdout
    assert shown.startswith("src/till/__init__.py:12  validate_after_mutate  Till.take\n")
    assert "    -         return self.cents >= 1000\n" in shown


def test_a_narrow_terminal_has_progress_and_whole_items(
    facts: dict[str, Any], home: Path, till: Path
) -> None:
    env = {**os.environ, "BUGSQUASH_HOME": str(home), "TERM": "xterm-256color"}
    # pytest-xdist's workers say how large their own terminal is.
    sized = {name: value for name, value in env.items() if name not in ("COLUMNS", "LINES")}
    with pexpect.spawn(
        BUGSQUASH,
        ["seeds", "check", "."],
        cwd=str(till),
        env=sized,
        encoding="utf-8",
        dimensions=(24, 60),
    ) as screen:
        for stage in ("running the clean suite", "trying bugs", "measuring levels"):
            screen.expect(stage)
        screen.expect("till ·")
        screen.expect(pexpect.EOF)
        told = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", f"till ·{screen.before}")
    lines = [line.rstrip() for line in told.splitlines() if not line.startswith("next  ")]
    assert max(map(len, lines)) <= 60
    assert "operator: drop_guard 2 · limit_edge 2 · sign_flip 1 ·" in lines
    assert "    validate_after_mutate 1" in lines


@pytest.mark.slow
def test_an_unfit_suite_is_refused_as_new_refuses_it(run: Run, tmp_path: Path) -> None:
    red = {
        **TILL,
        "src/till/__init__.py": "def half(cents):\n    return cents > 1\n",
        "tests/test_till.py": "from till import half\n\n\ndef test_half():\n    assert half(5)\n",
        "tests/test_red.py": "def test_red():\n    assert 1 == 2\n",
    }
    write_project(tmp_path / "red", red)
    told = run("seeds", "check", "./red")
    assert (told.returncode, told.stdout) == (3, "")
    assert told.stderr == run("new", "./red").stderr
    assert "1 of 5 tests fail" in told.stderr
    rest = run("seeds", "check", "./red", "--allow-failing", "--budget", "60")
    assert rest.returncode == 0, rest.stderr
    assert "4 tests in" in rest.stdout
    assert "    1  it fails before any bug goes in\n" in rest.stdout
    # As it stands there, it is not refused.
    again = "seeds check ./red --allow-failing --budget 60 --survivors"
    assert again in rest.stdout.splitlines()[-1]


def test_an_unknown_seed_gets_the_nearest_name(run: Run) -> None:
    told = run("seeds", "check", "ledgr")
    assert (told.returncode, told.stdout) == (2, "")
    assert "Did you mean 'ledger'?" in told.stderr


@pytest.mark.parametrize("jobs", ["0", "many"])
def test_a_number_of_jobs_that_makes_no_sense_is_refused(run: Run, jobs: str) -> None:
    told = run("seeds", "check", "ledger", "--jobs", jobs)
    assert (told.returncode, told.stdout) == (2, "")
    assert "--jobs" in told.stderr
    assert told.stderr.count("\n") == 1
