"""Real projects, unpacked from their sdists: a challenge is made of each, proven, judged and solved."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    subprocess.run([*pip, "--dest", str(tmp_path), request.param], check=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / sdist.name.removesuffix(".tar.gz")


@pytest.mark.slow
@pytest.mark.parametrize("project", ["cachetools", "toolz", "sqlparse"], indirect=True)
def test_a_project_from_its_sdist_serves_as_a_seed(run: Run, project: Path) -> None:
    told = run("new", project, "--seed", "1", "--json", timeout=900)
    assert told.returncode == 0, told.stderr
    challenge = json.loads(told.stdout)["path"]
    assert run("verify", challenge, timeout=900).returncode == 0
    assert run("check", challenge, timeout=900).returncode == 1
    key = json.loads(run("key", "show", challenge, "--json").stdout)
    for bug in key["bugs"]:
        subprocess.run(["git", "apply"], cwd=challenge, input=bug["fix_patch"].encode(), check=True)
    assert run("check", challenge, timeout=900).returncode == 0
