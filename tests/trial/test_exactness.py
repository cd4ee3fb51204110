"""The engine against fresh processes that run the whole suite, on a fixed sample. All of it: `tests/benchmarks/exactness.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.benchmarks import exactness

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = 15
"""Of each: there are a dozen of them, and each mutant costs a whole suite."""


@pytest.mark.slow
@pytest.mark.parametrize("name", exactness.MEASURED)
def test_forks_show_what_a_fresh_process_with_the_whole_suite_shows(
    home: Path, tmp_path: Path, name: str
) -> None:
    prepared = exactness.prepare(name, tmp_path)
    wrong = [one for one in exactness.compared(prepared, SAMPLE) if not one.agree]
    assert not wrong, "\n".join(exactness.shown(prepared, one) for one in wrong)
