"""A seed → all that is known of it before anything is chosen. What is known for the same content is not computed again."""

from __future__ import annotations

import dataclasses
import functools
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import inject
from generator.challenge.hiding import cut
from generator.errors import MissingMetadataError
from generator.operators import discover
from generator.records import BUDGET, Bench, ChangeKind, Edit, Family, Mutant, Span
from generator.trial import baseline as baselines
from generator.trial import metadata, store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.records import Seed

_ENUMERATE = (
    *("operators/**/*.py", "inject.py", "source.py", "outline.py", "edits.py", "records.py"),
    "challenge/hiding/*.py",
)
"""The code that the lists hang on."""


def prepare(
    seed: Seed,
    operator: str | None,
    listen: Callable[[str], None],
    python: Path = Path(sys.executable),
    *,
    allow_failing: bool = False,
    budget: int = BUDGET,
) -> Bench:
    """Run the clean suite and enumerate the mutants, all or those of one operator.

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
    known = _enumerated(seed)
    mutants = tuple(_mutant(told) for told in known["mutants"])
    chosen = tuple(one for one in mutants if operator in (None, one.operator))
    return Bench(
        seed, baseline, chosen, frozenset(known["hideable"]), tuple(known["unread"]), python
    )


def _enumerated(seed: Seed) -> dict[str, Any]:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"  # decides what parses
    name = store.key("enumerated", seed.digest, _code(), version("libcst"), python)
    known = store.load("enumerated", name)
    if known is None:
        tests = {path: seed.contents[path] for path in seed.tests}
        found = inject.mutants(seed, discover())
        known = {
            "mutants": [dataclasses.asdict(mutant) for mutant in found.mutants],
            "hideable": sorted(cut.cuttable(tests)),
            "unread": [
                f"{one.path} left out: line {one.line}: {one.reason}" for one in found.unread
            ],
        }
        store.save("enumerated", name, known)
    return dict(known)


@functools.cache
def _code() -> str:
    package = Path(__file__).parent
    return store.code(file for pattern in _ENUMERATE for file in package.glob(pattern))


def _mutant(told: Mapping[str, Any]) -> Mutant:
    return Mutant(
        **{
            **told,
            "family": Family(told["family"]),
            "change": ChangeKind(told["change"]),
            "edits": tuple(Edit(**edit) for edit in told["edits"]),
            "touched": tuple(Span(**span) for span in told["touched"]),
        }
    )
