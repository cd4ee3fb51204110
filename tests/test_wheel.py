"""What is installed is whole: seeds and templates travel in the wheel, and the README's commands are those that run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from generator import seeds

ROOT = Path(__file__).parent.parent
CACHES = {".pytest_cache", ".coverage", ".mypy_cache", ".ruff_cache", ".hypothesis"}


def test_ci_runs_the_readmes_own_test_command() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest"
    assert f"    {command}\n" in (ROOT / "README.md").read_text()
    assert f"\n{command}\n" in (ROOT / ".ci" / "run").read_text()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(place), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (built,) = place.glob("*.whl")
    return built


def sources(directory: Path) -> set[str]:
    """What lies below a directory of the checkout and is not left over from a run."""
    files = [path.relative_to(directory) for path in directory.rglob("*") if path.is_file()]
    return {
        path.as_posix()
        for path in files
        if path.suffix != ".pyc" and not {"__pycache__", *CACHES} & {*path.parts}
    }


def test_the_wheel_holds_the_package_and_the_seeds_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == {f"generator/{name}" for name in sources(ROOT / "generator")} | {
        f"generator/_seeds/{name}" for name in sources(ROOT / "seeds")
    }


def test_an_unpacked_wheel_has_its_own_seeds(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path)
    code = "from generator import seeds; print(*(seeds.load(n).root for n in seeds.builtin()), sep='\\n')"
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.splitlines() == [
        str(tmp_path / "generator" / "_seeds" / name) for name in seeds.builtin()
    ]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment outside the checkout with the wheel and what it needs."""
    place = tmp_path_factory.mktemp("installed")
    venv.create(place / "env", with_pip=True)
    pip = [str(place / "env" / "bin" / "pip"), "install", "--quiet", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    return place / "env" / "bin"


@pytest.mark.slow
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
