"""Real projects, unpacked from their sdists: a challenge is made of each, proven, judged and solved."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import real_projects

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

PATIENCE = 1800


@pytest.mark.slow
@pytest.mark.parametrize(
    "project", real_projects.PROJECTS, ids=[project.name for project in real_projects.PROJECTS]
)
def test_a_project_from_its_sdist_serves_as_a_seed_or_is_told_why_not(
    run: Run, tmp_path: Path, project: real_projects.Project
) -> None:
    real_projects.serve(project, tmp_path, partial(run, timeout=PATIENCE))
