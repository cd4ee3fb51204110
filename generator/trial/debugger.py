"""One test in pdb, in a tree: what is seen there by whoever types these commands; from the store where the same was typed before."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.trial import interpreter, store, suite, tracing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator import process


@dataclass(frozen=True, slots=True)
class Session:
    """What pdb itself shows, without its prompts and without what the test writes."""

    first: str
    """Where it stops first, as with `pytest --trace`; "" where it does not stop at all."""
    shown: tuple[str | None, ...]
    """After each command; None where it was not typed any more, because the test had ended."""


def debugged(
    tree: suite.Tree,
    test: str,
    commands: Sequence[str],
    *,
    limits: process.Limits,
    python: Path = Path(sys.executable),
    hash_seed: str = "0",
) -> Session | None:
    """Run this test of the tree as `pytest --trace` does, type these commands, one a line, and leave.

    `limits` are those of a plain run. Of a session that does not come to its end there is None.
    """
    about = tracing.digest(tree), interpreter.fingerprint(python), hash_seed
    name = store.key("debug", test, commands, *about)
    shown = store.load("sessions", name)
    if shown is None:
        job = suite.Job(
            limits.longer(tracing.SLOWER),
            wanted=(test,),
            task="debug",
            watch={"commands": list(commands)},
            hash_seed=hash_seed,
        )
        shown = suite.run(tree, job, python=python).sessions.get(test)
        if shown is None:
            return None
        store.save("sessions", name, shown)
    first, *answers = shown
    unseen = len(commands) - len(answers)
    return Session(first, (*answers, *[None] * unseen))
