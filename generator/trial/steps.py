"""One test, recorded step by step in a tree; from the store where the same was recorded before."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import execution, process
from generator.trial import interpreter, store, suite, told, tracing

if TYPE_CHECKING:
    from generator.execution import Execution

TIMES, BESIDE = 5, 10.0
"""The CPU time of a test that is recorded: so many times its own, and seconds beside. Then the record gets sparse. By far most
are through by then: what a challenge tells must not hang on how busy a machine is (see the child's `steps` for what it hangs on)."""
SLOWER = 20
"""By which the limits of a plain run are longer."""


def seconds(own: float) -> float:
    """CPU seconds for which a test is recorded line by line that takes `own` by itself."""
    return TIMES * own + BESIDE


def recorded(
    tree: suite.Tree,
    test: str,
    *,
    own: float,
    limits: process.Limits,
    python: Path = Path(sys.executable),
    hash_seed: str = "0",
    forked: tracing.Forked | None = None,
) -> Execution:
    """Run this test of the tree and tell what it did.

    `own` is the CPU seconds that it takes by itself, `limits` are those of a plain run of it. `forked` is asked first. Of a
    test that does not come to its end there is nothing.
    """
    wanted = {"seconds": seconds(own)}
    fingerprint = interpreter.fingerprint(python)
    name = store.key("steps", test, tracing.digest(tree), wanted, fingerprint, hash_seed)
    stored = store.load("steps", name)
    if stored is None:
        job = suite.Job(
            limits.longer(SLOWER),
            wanted=(test,),
            task="steps",
            watch=wanted,
            hash_seed=hash_seed,
        )
        run = (forked and forked(job)) or suite.run(tree, job, python=python)
        stored = _to_json(run, test)
        if stored["finished"]:
            store.save("steps", name, stored)
    return _from_json(stored)


def _to_json(run: suite.SuiteRun, test: str) -> dict[str, Any]:
    failure = run.outcomes[test].failure if test in run.outcomes else None
    return {
        "finished": test in run.outcomes and test in run.steps,
        "record": run.steps.get(test),
        "failure": told.from_failure(failure) if failure else None,
    }


def _from_json(stored: dict[str, Any]) -> Execution:
    if not stored["finished"]:
        return execution.NOTHING
    failure = stored["failure"] and told.as_failure(stored["failure"])
    return execution.read(stored["record"], failure)
