"""A project whose code asks for its own version, and which nobody installed: a copy is, never the project itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import BANK, write_project

if TYPE_CHECKING:
    from tests.cli.conftest import Run

BACKEND = '''\
"""Builds the wheel with nothing but the standard library."""

import pathlib
import zipfile

INFO = "tellers_bank-4.2.dist-info"


def build_wheel(directory, config_settings=None, metadata_directory=None):
    pathlib.Path("left-by-the-build").write_text("")
    name = "tellers_bank-4.2-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(directory, name), "w") as wheel:
        wheel.write("src/bank/account.py", "bank/account.py")
        wheel.writestr("bank/__init__.py", "")
        wheel.writestr(INFO + "/METADATA", "Metadata-Version: 2.1\\nName: tellers-bank\\nVersion: 4.2\\n")
        wheel.writestr(INFO + "/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(INFO + "/RECORD", "")
    return name
'''
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "tellers-bank"
version = "4.2"
"""
AT_IMPORT = 'from importlib.metadata import version\n\n__version__ = version("tellers-bank")\n'
IN_A_TEST = """

def test_the_version_is_known():
    from importlib.metadata import version
    assert version("tellers-bank") == "4.2"
"""
WHERE_IT_IS_ASKED = {
    "at import": {"src/bank/__init__.py": AT_IMPORT},
    "in a test": {"tests/test_account.py": BANK["tests/test_account.py"] + IN_A_TEST},
}


def project(place: Path, changes: dict[str, str], backend: str = BACKEND) -> Path:
    pyproject = BANK["pyproject.toml"] + PYPROJECT
    files = {**BANK, "pyproject.toml": pyproject, "backend.py": backend, **changes}
    return write_project(place / "tellers", files)


def listing(root: Path) -> dict[str, int]:
    return {str(path): path.lstat().st_mtime_ns for path in root.rglob("*")}


@pytest.mark.slow
@pytest.mark.parametrize("changes", WHERE_IT_IS_ASKED.values(), ids=WHERE_IT_IS_ASKED)
def test_its_metadata_comes_from_a_copy_that_is_installed(
    run: Run, tmp_path: Path, changes: dict[str, str]
) -> None:
    tellers = project(tmp_path, changes)
    before = listing(tellers)
    told = run("new", tellers, "--seed", "3", "--json")
    assert told.returncode == 0, told.stderr
    assert listing(tellers) == before
    challenge = Path(json.loads(told.stdout)["path"])
    metadata = (challenge / "src/tellers_bank-4.2.dist-info/METADATA").read_text()
    assert metadata == "Metadata-Version: 2.1\nName: tellers-bank\nVersion: 4.2\n"
    assert str(tmp_path / "tellers") not in "".join(
        path.read_text() for path in challenge.rglob("*.dist-info/*")
    )
    assert run("verify", challenge).returncode == 0
    assert run("check", challenge).returncode == 1
    key = json.loads(run("key", "show", challenge, "--json").stdout)
    patch = key["bugs"][0]["fix_patch"].encode()
    subprocess.run(["git", "apply"], cwd=challenge, input=patch, check=True)
    assert run("check", challenge).returncode == 0


@pytest.mark.slow
def test_metadata_that_can_not_be_made_is_said_with_another_way(run: Run, tmp_path: Path) -> None:
    changes = WHERE_IT_IS_ASKED["at import"]
    tellers = project(tmp_path, changes, "raise RuntimeError('no compiler here')\n")
    told = run("new", tellers, "--seed", "3")
    assert (told.returncode, told.stdout) == (3, "")
    assert told.stderr.count("\n") == 1
    assert f"-m pip install --no-deps {tellers}" in told.stderr
    assert "bugsquash-" not in told.stderr, "the scratch directory is nobody's business"


@pytest.mark.slow
def test_metadata_of_something_else_stays_missing(run: Run, tmp_path: Path) -> None:
    changes = {"src/bank/__init__.py": AT_IMPORT.replace("tellers-bank", "no-such-thing")}
    told = run("new", project(tmp_path, changes), "--seed", "3")
    assert (told.returncode, told.stdout) == (3, "")
    assert "no-such-thing" in told.stderr
    assert "--python" in told.stderr


@pytest.mark.slow
def test_what_is_asked_of_a_project_that_can_not_be_installed_can_be_left_out(
    run: Run, tmp_path: Path
) -> None:
    asks = BANK["tests/test_account.py"] + IN_A_TEST
    files = {**BANK, "tests/test_account.py": asks}
    del files["pyproject.toml"]
    bare = write_project(tmp_path / "bare", {**files, "pytest.ini": "[pytest]\npythonpath = src\n"})
    told = run("new", bare, "--seed", "3")
    assert (told.returncode, told.stdout) == (3, "")
    assert "tellers-bank" in told.stderr
    assert run("new", bare, "--seed", "3", "--allow-failing").returncode == 0
