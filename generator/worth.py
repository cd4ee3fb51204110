"""What a codebase is worth as a seed, from what was measured of it. Pure: nothing is run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from generator import outline
from generator.admit import Refusal
from generator.records import VerdictKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from generator.profile import Profile
    from generator.records import Baseline, Mutant, Seed
    from generator.trial.orders import Wavering


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant, what its trial showed, and why it is refused, if it is. Whether it can be told and how hard it is are not
    in here."""

    mutant: Mutant
    kind: VerdictKind
    refusal: Refusal | None
    failing: int = 0
    """How many tests fail, as far as it was looked into: of a mutant that too many tests notice, not all."""


@dataclass(frozen=True, slots=True)
class Watched:
    """An admitted mutant whose failing tests were watched: its level, or why it is refused after all."""

    mutant: Mutant
    found: int | Refusal
    """The level is that of the failing test which `new` tells where no level is asked for."""
    levels: frozenset[int] = frozenset()
    """Those that its failing tests make of it: each of them can be asked for."""


@dataclass(frozen=True, slots=True)
class Stages:
    """How many mutants come how far."""

    sites: int
    reached: int
    caught: int
    fit: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """Statements of the source, and how many of them the suite executes, import included."""

    executed: int
    statements: int


@dataclass(frozen=True, slots=True)
class Worth:
    """The whole answer."""

    seed: Seed
    profile: Profile
    baseline: Baseline
    wavering: tuple[Wavering, ...]
    coverage: Coverage
    judged: tuple[Judged, ...]
    """Every mutant, in the fixed order of `inject`. Those that are refused once they were watched say so, where all that
    are admitted were watched."""
    watched: tuple[Watched, ...]
    admitted: int
    """Fit as far as the verdict and the tools say."""
    seconds: float
    jobs: int
    known: int
    """Of how many mutants the verdict was known before."""
    unread: tuple[str, ...]
    """Of each source file that no bug can go into: `path left out: line N: reason`."""

    @property
    def sampled(self) -> bool:
        """Levels were measured of some only."""
        return len(self.watched) < self.admitted

    @property
    def stages(self) -> Stages:
        """Of all mutants."""
        return stages(self.judged)

    @property
    def levels(self) -> Mapping[int, int]:
        """Each level → how many of those that were watched."""
        found = Counter(one.found for one in self.watched)
        return {level: found[level] for level in range(1, 6)}

    @property
    def to_be_had(self) -> Mapping[int, int]:
        """Each level → how many of those that were watched make an exercise of it, if it is asked for."""
        return {level: sum(level in one.levels for one in self.watched) for level in range(1, 6)}

    @property
    def refused(self) -> Mapping[Refusal, int]:
        """Why mutants are not handed out → how many, the most frequent first."""
        return _counted(one.refusal for one in self.judged)

    @property
    def refused_when_watched(self) -> Mapping[Refusal, int]:
        """The same of those that were watched."""
        return _counted(one.found for one in self.watched)

    @property
    def survivors(self) -> Mapping[str, tuple[Mutant, ...]]:
        """File → the mutants in it that run and that no test notices; the file with the most first."""
        mutants = [one.mutant for one in self.judged if one.kind is VerdictKind.SURVIVED]
        files = Counter(mutant.path for mutant in mutants)
        return {
            path: tuple(mutant for mutant in mutants if mutant.path == path)
            for path, _ in sorted(files.items(), key=lambda each: (-each[1], each[0]))
        }

    def by(self, kind: Callable[[Mutant], str]) -> Mapping[str, Stages]:
        """The stages of the mutants of each kind; that with the most fit ones first."""
        kinds = {kind(one.mutant) for one in self.judged}
        found = {
            name: stages(one for one in self.judged if kind(one.mutant) == name) for name in kinds
        }
        return dict(sorted(found.items(), key=lambda each: (-each[1].fit, each[0])))


def stages(judged: Iterable[Judged]) -> Stages:
    """How many of these come how far."""
    some = list(judged)
    return Stages(
        sites=len(some),
        reached=sum(one.kind is not VerdictKind.UNREACHED for one in some),
        caught=sum(one.kind is VerdictKind.CAUGHT for one in some),
        fit=sum(one.refusal is None for one in some),
    )


def settled(judged: Iterable[Judged], watched: Iterable[Watched]) -> tuple[Judged, ...]:
    """The same mutants; those that are refused once they were watched say so."""
    late = {one.mutant: one.found for one in watched if isinstance(one.found, Refusal)}
    return tuple(replace(one, refusal=late.get(one.mutant, one.refusal)) for one in judged)


def coverage(seed: Seed, baseline: Baseline) -> Coverage:
    """Of the source files that parse."""
    executed = statements = 0
    for path in seed.source:
        there = _statements(seed.contents[path])
        lines = baseline.lines_outside_tests(path).union(
            *(mapped.get(path, frozenset()) for mapped in baseline.lines.values())
        )
        statements += len(there)
        executed += sum(not lines.isdisjoint(one) for one in there)
    return Coverage(executed, statements)


def _statements(source: bytes) -> tuple[range, ...]:
    try:
        return outline.statements(source)
    except (SyntaxError, ValueError):
        return ()


def _counted(found: Iterable[object]) -> Mapping[Refusal, int]:
    return dict(Counter(one for one in found if isinstance(one, Refusal)).most_common())
