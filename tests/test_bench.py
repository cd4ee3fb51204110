"""What is known of a seed before anything is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import bench


@pytest.mark.parametrize("pattern", bench._ENUMERATE)
def test_the_code_that_a_list_hangs_on_is_there(pattern: str) -> None:
    assert list(Path(bench.__file__).parent.glob(pattern))
