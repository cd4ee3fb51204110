"""What tests of every part need: a home of their own, and small codebases."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from generator import seeds
from generator.trial import store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from generator.records import Seed

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("quick")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data, cache, state and scratch of nobody else."""
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "bugsquash-home"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    return tmp_path / "bugsquash-home"


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files below a directory."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def stored(kind: str) -> int:
    """How many results of this kind are kept."""
    ((number,),) = store._ask("SELECT count(*) FROM results WHERE kind = ?", kind)
    return int(number)


@pytest.fixture
def make_seed(tmp_path: Path) -> Callable[..., Seed]:
    """Files, by path → the seed they make, in a directory named `project`."""

    def make(files: Mapping[str, str | bytes], name: str = "project") -> Seed:
        return seeds.load(str(write(tmp_path / name, files)))

    return make
