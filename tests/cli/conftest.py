"""The command as a user runs it: the installed script, a real process, a home of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

BUGSQUASH = str(Path(sys.executable).with_name("bugsquash"))
Run = Callable[..., subprocess.CompletedProcess[str]]

BANK = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n',
    "src/bank/__init__.py": "",
    "src/bank/account.py": '''\
"""Accounts that hold whole cents."""


class RefusedError(Exception):
    """The bank says no."""


class Account:
    """Money in, money out."""

    def __init__(self, limit: int = 0) -> None:
        self.balance = 0
        self.limit = limit
        self.frozen = False
        self.history: list[tuple[str, int]] = []

    def pay_in(self, amount: int) -> None:
        """Add money."""
        if amount <= 0:
            raise RefusedError("an amount must be positive")
        self._book("in", amount)

    def pay_out(self, amount: int) -> None:
        """Take money."""
        if amount <= 0:
            raise RefusedError("an amount must be positive")
        if self.frozen or self.balance + self.limit < amount:
            raise RefusedError("not enough money")
        self._book("out", -amount)

    def _book(self, kind: str, amount: int) -> None:
        self.balance = self.balance + amount
        self.history.append((kind, amount))

    def statement(self, first: int = 0, count: int = 10) -> list[tuple[str, int]]:
        """Some movements, by size and then by kind."""
        chosen = self.history[first : first + count]
        return sorted(chosen, key=lambda entry: (entry[1], entry[0]))
''',
    "tests/test_account.py": """\
import pytest

from bank.account import Account, RefusedError


@pytest.fixture
def account():
    return Account(limit=50)


def test_pay_in_adds(account):
    account.pay_in(30)
    assert account.balance == 30


def test_nothing_is_no_payment(account):
    with pytest.raises(RefusedError):
        account.pay_in(0)


def test_pay_out_takes(account):
    account.pay_in(30)
    account.pay_out(10)
    assert account.balance == 20


def test_nothing_is_no_payout(account):
    with pytest.raises(RefusedError):
        account.pay_out(0)


def test_limit_may_be_used_up(account):
    account.pay_out(50)
    assert account.balance == -50


def test_limit_holds(account):
    with pytest.raises(RefusedError):
        account.pay_out(51)
    assert account.balance == 0


def test_frozen_account_pays_nothing(account):
    account.pay_in(100)
    account.frozen = True
    with pytest.raises(RefusedError):
        account.pay_out(1)


@pytest.mark.parametrize("amounts", [[3, 1, 2], [5, 4]], ids=["three", "two"])
def test_statement_is_sorted(account, amounts):
    for amount in amounts:
        account.pay_in(amount)
    assert account.statement() == [("in", amount) for amount in sorted(amounts)]


def test_equal_amounts_by_kind():
    account = Account()
    account.history = [("in", 5), ("gift", 5)]
    assert account.statement() == [("gift", 5), ("in", 5)]


def test_statement_has_pages(account):
    for amount in (1, 2, 3):
        account.pay_in(amount)
    assert account.statement(first=1, count=1) == [("in", 2)]


def test_a_page_has_ten_lines(account):
    for amount in range(1, 13):
        account.pay_in(amount)
    assert len(account.statement()) == 10
""",
}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One BUGSQUASH_HOME for all tests of a worker; what is measured once is not measured again by any."""
    home = tmp_path_factory.mktemp("home")
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = tmp_path_factory.getbasetemp().parent / "cache"
        shared.mkdir(exist_ok=True)
        (home / "cache").symlink_to(shared)
    return home


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """Run the command in an empty directory, as a pipe sees it."""

    def run_it(
        *arguments: str | Path, cwd: Path = tmp_path, timeout: float = 120, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BUGSQUASH, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "BUGSQUASH_HOME": str(home), **env},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    return run_it


def terminal(
    home: Path, cwd: Path, *arguments: str, columns: int = 80, rows: int = 24
) -> pexpect.spawn[str]:
    """A command on a pseudo-terminal of its own."""
    # What pytest-xdist tells its workers of theirs is not how large this one is.
    env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    env |= {"BUGSQUASH_HOME": str(home), "TERM": "xterm-256color"}
    return pexpect.spawn(
        BUGSQUASH,
        list(arguments),
        cwd=str(cwd),
        env=env,
        encoding="utf-8",
        dimensions=(rows, columns),
    )


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A small project with a passing suite."""
    return write_project(tmp_path / "bank", BANK)


def maker(home: Path, place: Path) -> Callable[..., tuple[Path, dict[str, Any]]]:
    """Makes challenges of the bank, with what `new` is asked; each one's directory and opened key."""
    project = write_project(place / "bank", BANK)
    env = {**os.environ, "BUGSQUASH_HOME": str(home)}

    def told(*arguments: str) -> dict[str, Any]:
        command = [BUGSQUASH, *arguments, "--json"]
        ran = subprocess.run(
            command, cwd=place, env=env, capture_output=True, text=True, check=True
        )
        facts: dict[str, Any] = json.loads(ran.stdout)
        return facts

    def make(*arguments: str) -> tuple[Path, dict[str, Any]]:
        path = told("new", str(project), "--seed", "40", *arguments)["path"]
        return Path(path), told("key", "show", path)

    return make


@pytest.fixture(scope="session")
def made(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A challenge as `new` left it, and its opened key."""
    return maker(home, tmp_path_factory.mktemp("made"))()


@pytest.fixture
def key(made: tuple[Path, dict[str, Any]]) -> dict[str, Any]:
    """Its opened key."""
    return made[1]


@pytest.fixture
def challenge(made: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """The learner's own copy, with a blank and an umlaut in its path."""
    return shutil.copytree(made[0], tmp_path / "my Übung" / made[0].name)


@pytest.fixture
def mine(home: Path, made: tuple[Path, dict[str, Any]], tmp_path: Path) -> Path:
    """A home with a history of its own, and with all that was measured in the other."""
    return shutil.copytree(home, tmp_path / "mine", ignore=lambda _, names: {"state"} & {*names})


@pytest.fixture
def do(run: Run, mine: Path) -> Run:
    """Run the command there."""
    return lambda *arguments, **how: run(*arguments, BUGSQUASH_HOME=str(mine), **how)


def fix(challenge: Path, key: dict[str, Any]) -> None:
    """Mend it as its key does."""
    for bug in key["bugs"]:
        patch = bug["fix_patch"].encode()
        subprocess.run(["git", "apply"], cwd=challenge, input=patch, check=True)


def write_project(root: Path, files: dict[str, str]) -> Path:
    """Write the files of a project."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root
