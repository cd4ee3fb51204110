"""A seed → what it is worth: every mutant is tried, and how hard those that are fit are is measured. What is known for the
same content is not measured again, so that a run that was interrupted goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from generator import admit, diagnostics, difficulty, places, profile, worth
from generator import bench as benches
from generator.admit import Refusal
from generator.examine import best, tellable, travelled
from generator.records import BUDGET, Request
from generator.trial import orders
from generator.trial.engine import Engine
from generator.trial.in_order import in_order
from generator.trial.watcher import Watcher
from generator.worth import Judged, Watched

if TYPE_CHECKING:
    from pathlib import Path

    from generator.records import Bench, Mutant, Seed, Verdict
    from generator.worth import Worth

Listener: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much; 0 where that is not known."""
Trial: TypeAlias = "tuple[Mutant, Verdict]"

WATCHED = 400
"""Of how many admitted mutants the level is measured, where not all are asked for: each takes a run or two of its own."""
_BATCH = 50
"""Mutants that the linter sees at once."""


@dataclass(frozen=True, slots=True)
class Means:
    """What an appraisal may use."""

    python: Path
    jobs: int
    allow_failing: bool = False
    budget: int = BUDGET
    every_level: bool = False
    """Measure the level of every admitted mutant, however many there are."""


def appraise(seed: Seed, means: Means, listen: Listener) -> Worth:
    """Raises UnfitError where the suite, or the interpreter that is to run it, can't serve."""
    began = time.monotonic()
    places.sweep()
    bench = benches.prepare(
        seed,
        None,
        lambda words: listen(words, 0, 0),
        means.python,
        allow_failing=means.allow_failing,
        budget=means.budget,
    )
    wavering = orders.wavering(
        bench.seed,
        bench.baseline,
        means.python,
        means.jobs,
        lambda done, of: listen("running other orders", done, of),
    )
    engine = Engine(
        bench.seed,
        bench.baseline,
        means.python,
        jobs=means.jobs,
        give_up_after=admit.most_failures(bench.baseline),
    )
    judged, by_the_rules = _judged(bench, engine, listen)
    admitted = [trial for trial in by_the_rules if judged[trial[0]].refusal is None]
    watched = _watched(bench, _some(admitted, means), means.jobs, listen)
    everything = tuple(judged[mutant] for mutant in bench.mutants)
    return worth.Worth(
        seed=bench.seed,
        profile=profile.profile(seed),
        baseline=bench.baseline,
        wavering=wavering,
        coverage=worth.coverage(bench.seed, bench.baseline),
        judged=worth.settled(everything, watched if len(watched) == len(admitted) else ()),
        watched=watched,
        admitted=len(admitted),
        seconds=time.monotonic() - began,
        jobs=means.jobs,
        known=worth.stages(everything).reached - len(engine.tried),
        unread=bench.unread,
    )


def _judged(
    bench: Bench, engine: Engine, listen: Listener
) -> tuple[dict[Mutant, Judged], list[Trial]]:
    """Every mutant, judged, and the trials of those that the rules admit, in the fixed order of the mutants."""
    mixed = list(bench.mutants)
    # The mutants of one file are alike: in their own order the time that remains could not be told from the time spent.
    Random(0).shuffle(mixed)  # noqa: S311 - any order serves
    judged: dict[Mutant, Judged] = {}
    admitted: dict[Mutant, Verdict] = {}
    for mutant, verdict in engine.verdicts(mixed):
        reason = admit.refusal(bench, mutant, verdict)
        failing = len({failure.test for failure in verdict.failures})
        judged[mutant] = Judged(mutant, verdict.kind, reason, failing)
        if reason is None:
            admitted[mutant] = verdict
        listen("trying bugs", len(judged), len(mixed))
    fit = [(mutant, admitted[mutant]) for mutant in bench.mutants if mutant in admitted]
    for first in range(0, len(fit), _BATCH):
        listen("asking the linter", first, len(fit))
        some = [mutant for mutant, _ in fit[first : first + _BATCH]]
        for mutant, found in zip(
            some, diagnostics.new_findings(bench.seed.contents, some), strict=True
        ):
            if found:
                judged[mutant] = replace(judged[mutant], refusal=Refusal.TOOL_SEES_IT)
    return judged, fit


def _some(admitted: list[Trial], means: Means) -> list[Trial]:
    """All of them, or a sample that is the same in every run."""
    if means.every_level or len(admitted) <= WATCHED:
        return admitted
    return Random(0).sample(admitted, WATCHED)  # noqa: S311 - must repeat


def _watched(bench: Bench, trials: list[Trial], jobs: int, listen: Listener) -> tuple[Watched, ...]:
    executed = difficulty.executed_by(bench.seed, bench.baseline)
    # As `new` draws where no level is asked for: of several tests that show a bug, the one most to the point is told.
    request = Request(bench.seed.name, random_seed=0, level=3)

    def watch(watcher: Watcher, trial: Trial) -> Watched:
        mutant, verdict = trial
        possible = tellable(bench, watcher, mutant, verdict, request, executed)
        if isinstance(possible, Refusal):
            return Watched(mutant, possible)
        told = travelled(bench, watcher, best(bench.seed, possible, request))
        levels = (travelled(bench, watcher, each).level for each in possible)
        return Watched(mutant, told.level, frozenset(levels))

    watched = []
    with closing(Watcher(bench.seed, bench.baseline, bench.python)) as watcher:
        for _, one in in_order(trials, partial(watch, watcher), jobs):
            watched.append(one)
            listen("measuring levels", len(watched), len(trials))
    return tuple(watched)
