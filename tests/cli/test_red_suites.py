"""A project some of whose tests fail, or pass only sometimes, before any bug goes in."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import BANK, write_project

if TYPE_CHECKING:
    from tests.cli.conftest import Run

RED = """

def test_red(account):
    account.pay_in(1)
    assert account.balance == 2
"""
WAVERING = """

def test_wavering(account):
    import os
    account.pay_in(1)
    assert os.environ["PYTHONHASHSEED"] == "0"
"""


def project(place: Path, more: str) -> Path:
    tests = BANK["tests/test_account.py"] + more
    return write_project(place / "bank", {**BANK, "tests/test_account.py": tests})


@pytest.mark.parametrize(
    ("more", "name"),
    [
        pytest.param(RED, "test_red", id="red"),
        pytest.param(WAVERING, "test_wavering", id="wavering", marks=pytest.mark.slow),
    ],
)
def test_they_are_named_with_the_way_out(run: Run, tmp_path: Path, more: str, name: str) -> None:
    for _ in range(2):
        told = run("new", project(tmp_path, more), cwd=tmp_path)
        assert (told.returncode, told.stdout) == (3, "")
        assert name in told.stderr
        assert "--allow-failing" in told.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"bank"}


@pytest.mark.slow
def test_left_out_they_are_in_no_part_of_the_challenge(run: Run, tmp_path: Path) -> None:
    bank = project(tmp_path, RED + WAVERING)
    told = run("new", bank, "--allow-failing", "--seed", "5", "--json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    path = Path(json.loads(told.stdout)["path"])
    key = json.loads(run("key", "show", path, "--json").stdout)
    tests = (path / "tests" / "test_account.py").read_text()
    for name in ("test_red", "test_wavering"):
        assert name not in tests
        assert not any(name in test for test in key["tests"])
    assert "--allow-failing" in key["command"]
    assert run("verify", path).returncode == 0
    patch = key["bugs"][0]["fix_patch"].encode()
    subprocess.run(["git", "apply"], cwd=path, input=patch, check=True)
    assert run("check", path).returncode == 0
    # What is known of the suite now does not make it fit without being asked.
    assert run("new", bank, cwd=tmp_path).returncode == 3


@pytest.mark.slow
def test_how_many_were_left_out_is_said(run: Run, tmp_path: Path) -> None:
    told = run("new", project(tmp_path, RED), "--allow-failing", "--seed", "5", cwd=tmp_path)
    assert "left out: 1 test that can't be relied on" in told.stdout
