"""A challenge as it is really made: proved, not solved as handed out, solved with the fix of its key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from generator import process
from generator.judge import challenge_directory, patches
from generator.judge.challenge_directory import find
from generator.judge.check import check
from generator.judge.verify import verify_challenge

LEDGER = Path(__file__).parents[2] / "seeds" / "ledger"


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_a_real_challenge_is_proved_and_solved_by_its_fix(
    home: Path, tmp_path: Path, seed: str
) -> None:
    command = [str(Path(sys.executable).with_name("bugsquash")), "new", str(LEDGER)]
    made = process.run(
        [*command, "--seed", seed, "--out", str(tmp_path / "out")],
        cwd=tmp_path,
        limits=process.Limits(wall=300),
    )
    assert made.ok, made.last_words
    (root,) = (path for path in (tmp_path / "out").iterdir() if path.name != ".keys")
    proof = verify_challenge(root)
    assert proof.ok, proof.failed
    _, key = challenge_directory.opened(root)
    result = check(find(root))
    assert [shown.state for shown in result.failing] == ["failed"] * len(key.failing)
    assert (result.broke, result.problems, result.solved) == ((), (), False)
    for path, content in patches.applied(key.emitted, [bug.fix_patch for bug in key.bugs]).items():
        (root / path).write_bytes(content)
    assert check(find(root)).solved
