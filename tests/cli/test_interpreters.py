"""`--python`: a project whose dependencies another environment has."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import BANK, terminal, write_project

if TYPE_CHECKING:
    from tests.cli.conftest import Run

NEEDS = "import only_there\n"


def environment(place: Path, *, with_pytest: bool = True) -> Path:
    """An environment that has a module of its own, and what this one has; its interpreter."""
    venv.create(place)
    packages = next(place.glob("lib/python*/site-packages"))
    (packages / "only_there.py").write_text("")
    if with_pytest:
        (packages / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin" / "python"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    source = NEEDS + BANK["src/bank/account.py"]
    return write_project(tmp_path / "bank", {**BANK, "src/bank/account.py": source})


@pytest.mark.slow
def test_the_interpreter_that_has_the_dependencies_runs_everything(
    run: Run, home: Path, project: Path, tmp_path: Path
) -> None:
    python = environment(tmp_path / "env")
    told = run("new", project, "--seed", "5", "--python", python, "--json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    facts = json.loads(told.stdout)
    assert str(python) in facts["run"]
    path = Path(facts["path"])
    assert run("verify", path).returncode == 0
    checked = run("check", path)
    assert checked.returncode == 1
    with terminal(home, path, "debug") as screen:
        screen.expect("PDB post_mortem", timeout=60)
    key = json.loads(run("key", "show", path, "--json").stdout)
    patch = key["bugs"][0]["fix_patch"].encode()
    subprocess.run(["git", "apply"], cwd=path, input=patch, check=True)
    assert run("check", path).returncode == 0
    assert key["python"] == "{}.{}".format(*sys.version_info)


@pytest.mark.slow
def test_without_it_the_missing_dependency_is_named(
    run: Run, project: Path, tmp_path: Path
) -> None:
    told = run("new", project, cwd=tmp_path)
    assert (told.returncode, told.stdout) == (3, "")
    assert "only_there" in told.stderr
    assert "--python" in told.stderr


def test_an_interpreter_without_pytest_is_told_what_to_install(
    run: Run, project: Path, tmp_path: Path
) -> None:
    python = environment(tmp_path / "env", with_pytest=False)
    told = run("new", project, "--python", python, cwd=tmp_path)
    assert (told.returncode, told.stdout) == (3, "")
    needed = "pytest" if hasattr(sys, "monitoring") else "pytest coverage"
    assert f"Install it there: {python} -m pip install {needed}\n" in told.stderr


def test_an_interpreter_with_old_libraries_is_told_what_to_install(
    run: Run, project: Path, tmp_path: Path
) -> None:
    python = environment(tmp_path / "env", with_pytest=False)
    packages = next((tmp_path / "env").glob("lib/python*/site-packages"))
    for name, version in {"pytest": "6.2.5", "pluggy": "0.13.1", "coverage": "7.10.1"}.items():
        (packages / f"{name}.py").write_text("")
        about = packages / f"{name}-{version}.dist-info" / "METADATA"
        about.parent.mkdir()
        about.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    told = run("new", project, "--python", python, cwd=tmp_path)
    assert (told.returncode, told.stdout) == (3, "")
    assert told.stderr.splitlines()[-1] == (
        f"bugsquash: {python} has pytest 6.2.5, pluggy 0.13.1, and trials need pytest 7.0, pluggy 1.2 or later. "
        f"Install it there: {python} -m pip install 'pytest>=7.0' 'pluggy>=1.2'"
    )


def test_an_interpreter_that_is_not_there_is_named(run: Run, project: Path, tmp_path: Path) -> None:
    told = run("new", project, "--python", tmp_path / "nowhere", cwd=tmp_path)
    assert (told.returncode, told.stdout) == (3, "")
    assert f"there is no Python interpreter at {tmp_path / 'nowhere'}" in told.stderr
