"""The engine's verdicts against the reference: a fresh process, the whole file replaced, the whole suite.

    python -m tests.benchmarks.exactness [NAMES...] [--sample N] [--state DIR]

Names are built-in seeds and projects of `real_projects`; without any, the built-in seeds, cachetools, toolz and sqlparse. Of each
the first N mutants in the seeded order are tried, or all. The engine names all failing tests, and answers in another run,
which stops at the first failure, whether any test notices. Compared are the kind (reached by no test or caught by none is the
same) and the set of failing tests, never a message: those of clean code can hold random ids. What timed out is repeated
with ten times the limit, by both. Where they disagree the reference is repeated ten times: tests in which it disagrees with
itself, since a mutant can leave them to chance, say nothing. Prints each disagreement with its diff, and one line a name; ends
with 1 where there is one.

What is known lies in `--state`, so that a run that was killed goes on: what the reference found stays when the engine changes.
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from generator import bench, edits, machine, process, seeds, select
from generator.records import VerdictKind
from generator.trial import baseline as baselines
from generator.trial import engine, interpreter, store, suite
from generator.trial.engine import Engine, verdict_of
from tests.benchmarks import real_projects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.records import Baseline, Bench, Mutant, Verdict

RANDOM_SEED = 1
BUILT_IN = seeds.builtin()
PROJECTS = {project.name: project for project in real_projects.PROJECTS}
SURVIVED = VerdictKind.SURVIVED.name
LIMITS = dict.fromkeys((VerdictKind.TIMED_OUT.name, VerdictKind.OUT_OF_MEMORY.name), "LIMIT")
"""What runs on for ever and takes memory meets one of the two first, whichever is lower."""
MEASURED = (*BUILT_IN, "cachetools", "toolz", "sqlparse")
REFERENCE = 1
"""To be raised where what the reference does changes."""
PATIENCE = 10
REPEATS = 40
"""Of a test of cachetools that a mutant lets fail by chance, 746 times in 3,000, ten runs of the reference told nothing."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way says of a mutant, as far as it is compared."""

    kind: str
    failing: tuple[str, ...] = ()
    detail: str = ""

    def without(self, unsteady: frozenset[str]) -> Outcome:
        """What it says of the other tests."""
        failing = tuple(test for test in self.failing if test not in unsteady)
        survived = self.kind == VerdictKind.CAUGHT.name and not failing
        kind = SURVIVED if survived else LIMITS.get(self.kind, self.kind)
        return replace(self, kind=kind, failing=failing, detail="")

    def __str__(self) -> str:
        return "\n      ".join([f"{self.kind} {self.detail}".strip(), *self.failing])


@dataclass(frozen=True, slots=True)
class Compared:
    """A mutant and what all say of it: the reference, the engine, and whether the engine has noticed it."""

    mutant: Mutant
    reference: Outcome
    engine: Outcome
    noticed: bool
    unsteady: frozenset[str] = frozenset()
    """Tests that the mutant leaves to chance, as far as it is known."""

    @property
    def agree(self) -> bool:
        """Whether there is nothing to look into."""
        expected = self.reference.without(self.unsteady)
        if self.engine.without(self.unsteady) != expected:
            return False
        noticed = expected.kind != SURVIVED
        return self.noticed is noticed or bool(self.unsteady and not noticed)


def compared(prepared: Bench, sample: int | None) -> Iterator[Compared]:
    """Each mutant of the sample, tried in every way."""
    mutants = tuple(islice(select.order(prepared.mutants, RANDOM_SEED), sample))
    found = tuple(_compared(prepared, mutants))
    late = [one.mutant for one in found if _timed_out(one)]
    # They wait more than they work.
    with _elsewhere(), ThreadPoolExecutor(2 * machine.workers()) as pool:
        patient = dict(
            zip(late, pool.map(lambda one: _patiently(prepared, one), late), strict=True)
        )
    for first in found:
        one = patient.get(first.mutant, first)
        yield one if one.agree else replace(one, unsteady=_unsteady(prepared, one))


def _timed_out(one: Compared) -> bool:
    return VerdictKind.TIMED_OUT.name in (one.reference.kind, one.engine.kind)


def _patiently(prepared: Bench, mutant: Mutant) -> Compared:
    """The same with ten times the limits."""
    patient = replace(prepared, baseline=_with_patience(prepared, mutant))
    (one,) = _compared(patient, (mutant,))
    return one


def _unsteady(prepared: Bench, one: Compared) -> frozenset[str]:
    again = [_tried(prepared, one.mutant)[0] for _ in range(REPEATS)]
    failing = [set(told.failing) for told in [one.reference, *again]]
    return frozenset(failing[0].union(*failing) - failing[0].intersection(*failing))


def _compared(prepared: Bench, mutants: tuple[Mutant, ...]) -> Iterator[Compared]:
    trials = Engine(prepared.seed, prepared.baseline, prepared.python, jobs=machine.workers())
    verdicts = [_outcome(verdict) for _, verdict in trials.verdicts(mutants)]
    noticed = [answer for _, answer in trials.noticed(mutants)]
    with ThreadPoolExecutor(machine.workers()) as pool:
        references = pool.map(lambda mutant: reference(prepared, mutant), mutants)
        for mutant, told, verdict, answer in zip(
            mutants, references, verdicts, noticed, strict=True
        ):
            yield Compared(mutant, told, verdict, answer)


def reference(prepared: Bench, mutant: Mutant) -> Outcome:
    """What every passing test of the suite shows in a fresh process. Known, or tried."""
    seed, baseline = prepared.seed, prepared.baseline
    name = store.key(
        REFERENCE,
        seed.digest,
        [(edit.path, edit.start, edit.end, edit.text) for edit in mutant.edits],
        interpreter.ask(prepared.python).installed.hex(),
        baseline.tests,
    )
    known = store.load("reference", name)
    if known is not None:
        return Outcome(known["kind"], tuple(known["failing"]), known["detail"])
    told, lasts = _tried(prepared, mutant)
    if lasts:
        facts = {"kind": told.kind, "failing": told.failing, "detail": told.detail}
        store.save("reference", name, facts)
    return told


def _tried(prepared: Bench, mutant: Mutant) -> tuple[Outcome, bool]:
    """What a run shows, and whether it was not the clock that ended it."""
    seed, baseline = prepared.seed, prepared.baseline
    tree = suite.tree_of(seed).with_files(edits.apply(seed.contents, mutant.edits))
    job = suite.Job(baselines.limits(baseline, baseline.tests), wanted=baseline.tests)
    run = suite.run(tree, job, python=prepared.python)
    return _outcome(verdict_of(run, baseline.tests)), run.ended is not process.Ended.WALL


def _outcome(verdict: Verdict) -> Outcome:
    unseen = verdict.kind in (VerdictKind.UNREACHED, VerdictKind.SURVIVED)
    kind = VerdictKind.SURVIVED if unseen else verdict.kind
    return Outcome(kind.name, tuple(sorted({one.test for one in verdict.failures})), verdict.detail)


def _with_patience(prepared: Bench, mutant: Mutant) -> Baseline:
    """A baseline whose tests take so long that each limit of this mutant is ten times as high, or a little more."""
    baseline = prepared.baseline
    seconds = {test: PATIENCE * taken for test, taken in baseline.seconds.items()}
    waited = {test: PATIENCE * baseline.waited.get(test, 0.0) for test in baseline.tests}
    # Where the engine holds that no test reaches it, the reference still has to be asked with more patience.
    (first, *_) = engine.tests_that_matter(prepared.seed, baseline, mutant) or baseline.tests
    # What a limit has beside its share of these.
    seconds[first] += PATIENCE * 0.05
    waited[first] += PATIENCE * 1.25
    start_up = max(0.5, baseline.suite_seconds - sum(baseline.seconds.values()))
    return replace(
        baseline,
        seconds=seconds,
        waited=waited,
        suite_seconds=sum(seconds.values()) + PATIENCE * (start_up + 0.4),
    )


@contextmanager
def _elsewhere() -> Iterator[None]:
    """What is known of a trial with other limits, apart from the rest."""
    before = os.environ["BUGSQUASH_HOME"]
    os.environ["BUGSQUASH_HOME"] = f"{before}/patient"
    try:
        yield
    finally:
        os.environ["BUGSQUASH_HOME"] = before


def prepare(name: str, place: Path) -> Bench:
    """The subject of that name with its baseline and its mutants."""
    if name in BUILT_IN:
        return bench.prepare(seeds.load(name), None, lambda _: None)
    project = PROJECTS[name]
    root = real_projects.fetch(project, place)
    python = real_projects.environment(project, place)
    return bench.prepare(
        seeds.load(str(root)),
        None,
        lambda _: None,
        python,
        allow_failing="--allow-failing" in project.options,
    )


def shown(prepared: Bench, one: Compared) -> str:
    """A disagreement, for whoever looks for its cause."""
    rows = [f"  {one.mutant.path}:{one.mutant.line} {one.mutant.operator}"]
    for path, content in edits.apply(prepared.seed.contents, one.mutant.edits).items():
        clean = prepared.seed.contents[path].decode(errors="replace").splitlines()
        changed = content.decode(errors="replace").splitlines()
        lines = list(difflib.unified_diff(clean, changed, n=1, lineterm=""))
        rows += [f"    {line}" for line in lines[2:]]
    rows += [f"    reference: {one.reference}", f"    engine: {one.engine}"]
    rows += [f"    noticed: {one.noticed}"]
    return "\n".join(rows)


def disagreements(name: str, prepared: Bench, sample: int | None) -> int:
    """Compare, print, count."""
    kinds: Counter[str] = Counter()
    wrong = 0
    for one in compared(prepared, sample):
        kinds[one.reference.kind.lower()] += 1
        if not one.agree:
            wrong += 1
            print(shown(prepared, one), flush=True)
    found = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    tried = f"{kinds.total()} of {len(prepared.mutants)} mutants"
    print(f"{name:14} {tried}: {found}; {wrong} disagreements", flush=True)
    return wrong


def main() -> None:
    """Compare one after the other, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", default=MEASURED)
    parser.add_argument(
        "--sample", type=int, metavar="N", help="how many of each; all, if left out"
    )
    parser.add_argument("--state", type=Path, help="kept; by default a temporary directory")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - {*BUILT_IN, *PROJECTS}:
        parser.error(f"nothing is named {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as scratch:
        state = (arguments.state or Path(scratch)).absolute()
        os.environ["BUGSQUASH_HOME"] = str(state / "home")
        wrong = sum(
            disagreements(name, prepare(name, state), arguments.sample) for name in arguments.names
        )
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
