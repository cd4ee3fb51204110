"""`bugsquash seeds`, for people choosing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from generator import seeds
from tests.cli.conftest import BANK, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


def test_the_list_has_every_built_in_seed_with_its_size(run: Run) -> None:
    told = run("seeds", "list").stdout
    for name in seeds.builtin():
        assert name in told
    assert told.splitlines()[-1].startswith("next  ")


def test_a_seed_is_shown_with_its_parts_and_without_what_it_costs_to_solve(run: Run) -> None:
    told = run("seeds", "show", "ledger").stdout
    assert "account statements" in told
    assert told.splitlines()[-1].endswith("bugsquash new ledger")


@pytest.mark.slow
def test_both_can_be_read_by_a_script(run: Run) -> None:
    listed = [json.loads(line) for line in run("seeds", "list", "--json").stdout.splitlines()]
    assert [one["name"] for one in listed] == list(seeds.builtin())
    assert json.loads(run("seeds", "show", "ledger", "--json").stdout) in listed


def test_a_project_of_ones_own_can_be_shown(run: Run, tmp_path: Path) -> None:
    project = write_project(tmp_path / "bank", BANK)
    assert run("seeds", "show", str(project)).stdout.startswith("bank · 2 modules, ")


def test_a_file_that_does_not_parse_is_a_module_without_lines(run: Run, tmp_path: Path) -> None:
    project = write_project(tmp_path / "bank", BANK)
    whole = json.loads(run("seeds", "show", str(project), "--json").stdout)
    write_project(project, {"src/bank/template.py": "def {{ name }}():\n"})
    odd = json.loads(run("seeds", "show", str(project), "--json").stdout)
    assert odd == {**whole, "modules": whole["modules"] + 1}


def test_an_unknown_seed_gets_the_nearest_name(run: Run) -> None:
    told = run("seeds", "show", "ledgr")
    assert (told.returncode, told.stdout) == (2, "")
    assert "Did you mean 'ledger'?" in told.stderr
