"""A seed → all that is known of it before anything is chosen. What is known for the same content is not computed again."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator import enumerated
from generator.challenge.hiding import cut
from generator.errors import MissingMetadataError
from generator.records import BUDGET, Bench
from generator.trial import baseline as baselines
from generator.trial import metadata, store

if TYPE_CHECKING:
    from collections.abc import Callable

    from generator.records import Seed


def prepare(
    seed: Seed,
    operator: str | None,
    listen: Callable[[str], None],
    python: Path = Path(sys.executable),
    *,
    family: str | None = None,
    allow_failing: bool = False,
    budget: int = BUDGET,
) -> Bench:
    """Run the clean suite and enumerate the mutants, all or those of one operator or family.

    Raises UnfitError where the suite, or the interpreter that is to run it, can't serve.
    """
    listen("running the clean suite")
    measure = functools.partial(
        baselines.measure, python=python, allow_failing=allow_failing, budget=budget
    )
    seed = metadata.known(seed, python) or seed
    try:
        baseline = measure(seed)
    except MissingMetadataError:
        if not metadata.can_be_made(seed):
            raise
        listen("making the project's own metadata")
        seed = metadata.added(seed, python)
        baseline = measure(seed)
    listen("looking for places where a bug could be")
    found = enumerated.mutants(seed)
    chosen = tuple(
        one
        for one in found.mutants
        if operator in (None, one.operator) and family in (None, one.family)
    )
    return Bench(seed, baseline, chosen, _hideable(seed), tuple(map(str, found.unread)), python)


def _hideable(seed: Seed) -> frozenset[str]:
    """The test functions that can be cut out of their files."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"  # decides what parses
    code = store.code((Path(__file__).parent / "challenge" / "hiding").glob("*.py"))
    name = store.key("hideable", seed.digest, code, python)
    known = store.load("hideable", name)
    if known is None:
        known = sorted(cut.cuttable({path: seed.contents[path] for path in seed.tests}))
        store.save("hideable", name, known)
    return frozenset(known)
