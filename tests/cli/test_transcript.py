"""A learner's evening at a real terminal reads as its transcript says, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli import transcript

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_the_evening_reads_as_its_transcript_says(tmp_path: Path) -> None:
    assert transcript.recorded(tmp_path) == transcript.FILE.read_text("utf-8").splitlines()
