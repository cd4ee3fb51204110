"""Thirty challenges on the ledger, by the documented command."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_thirty_challenges_are_made_proven_and_told_in_different_words() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.thirty_challenges"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout
    assert "30 made, 30 proven" in told.stdout
