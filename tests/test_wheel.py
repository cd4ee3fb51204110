"""What is installed is whole: seeds and templates travel in the wheel, and the README's commands are those that run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def test_ci_runs_the_readmes_own_test_command() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
    assert f"    {command}\n" in (ROOT / "README.md").read_text()
    assert f"\n{command}\n" in (ROOT / ".ci" / "run").read_text()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment outside the checkout with the wheel and what it needs."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(place), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    venv.create(place / "env", with_pip=True)
    pip = [str(place / "env" / "bin" / "pip"), "install", "--quiet", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    return place / "env" / "bin"


def test_the_wheel_makes_a_challenge_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    told = subprocess.run(
        [str(installed / "bugsquash"), "new", "ledger", "--seed", "1", "--json"],
        cwd=tmp_path,
        env={**os.environ, "BUGSQUASH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    facts = json.loads(told.stdout)
    assert Path(facts["path"]).is_relative_to(tmp_path)
    proof = subprocess.run(
        [str(installed / "bugsquash"), "verify", facts["path"]],
        env={**os.environ, "BUGSQUASH_HOME": str(tmp_path / "home")},
        check=False,
    )
    assert proof.returncode == 0


def test_the_wheel_holds_no_cache(installed: Path) -> None:
    (seeds,) = (installed.parent / "lib").glob("python*/site-packages/generator/_seeds")
    names = {path.name for path in seeds.rglob("*")}
    assert "seed.toml" in names
    assert not names & {".pytest_cache", ".coverage", ".mypy_cache", ".ruff_cache"}
