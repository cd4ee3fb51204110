"""The stages, from a seed to a challenge on the disk, as successive calls. Read it top to bottom."""

from __future__ import annotations

import shlex
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import admit, difficulty, key, machine, records, select
from generator.admit import Refusal
from generator.challenge import draft as drafts
from generator.challenge import publish, repository
from generator.errors import NothingFitsError, UnfitError
from generator.examine import examine, seen_by_tools
from generator.judge import verify
from generator.records import Bench, Candidate, Mode
from generator.retrace import retraced
from generator.trial import baseline as baselines
from generator.trial.engine import Engine
from generator.trial.watcher import Watcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.judge.verify import Check
    from generator.records import Request

Listener = Callable[[str], None]
"""Is told, in a few words, what is being done."""

NEAR_ENOUGH = 8
"""How many fit mutants are looked at for a level that was drawn and not asked for."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What was handed out."""

    key: key.AnswerKey
    directory: Path
    key_path: Path
    headline: str
    """The ticket's first line."""
    files: int
    source_lines: int
    suite_seconds: float
    candidates: tuple[Candidate, ...]
    """One for each bug."""
    command: str
    """The command line that makes the same again."""
    python: Path
    """The interpreter that runs its tests."""
    left_out: tuple[str, ...]
    """Tests that can't be relied on, on the clean code."""
    unread: tuple[str, ...]
    """Source files that could not be parsed, each as a sentence; the rest served."""


def candidates(bench: Bench, request: Request, listen: Listener) -> Iterator[Candidate]:
    """Fit mutants of the request's level, in the request's order; where several bugs are asked for, easier ones too.

    Where the level was drawn, the nearest ones serve too after a number of others. Raises NothingFitsError at the
    end, saying why nothing more fits.
    """
    with closing(Watcher(bench.seed, bench.baseline, bench.python)) as watcher:
        yield from _candidates(bench, watcher, request, listen)


def _candidates(
    bench: Bench, watcher: Watcher, request: Request, listen: Listener
) -> Iterator[Candidate]:
    seed, baseline = bench.seed, bench.baseline
    engine = Engine(
        seed,
        baseline,
        bench.python,
        jobs=machine.workers(),
        give_up_after=admit.most_failures(baseline),
    )
    refused: Counter[Refusal] = Counter()
    near: list[Candidate] = []
    executed = difficulty.executed_by(seed, baseline)
    for mutant, verdict in engine.verdicts(select.order(bench.mutants, request.random_seed)):
        listen(f"trying bugs: {refused.total() + 1}")
        reason = admit.refusal(bench, mutant, verdict) or seen_by_tools(seed, mutant)
        if reason is not None:
            refused[reason] += 1
            continue
        candidate = examine(
            bench, watcher, mutant, verdict, request, refused=refused, executed=executed
        )
        if isinstance(candidate, Refusal):
            refused[candidate] += 1
            continue
        if candidate.level == request.level:
            yield retraced(bench, watcher, candidate)
            refused[Refusal.UNSTEADY] += 1
            continue
        near.append(candidate)
        if request.strict and request.bugs > 1 and candidate.level < request.level:
            yield retraced(bench, watcher, candidate)
            continue
        refused[Refusal.WRONG_LEVEL] += 1
        if not request.strict and len(near) == NEAR_ENOUGH:
            break
    if not request.strict:
        for candidate in sorted(near, key=lambda one: abs(one.level - request.level)):
            yield retraced(bench, watcher, candidate)
    raise NothingFitsError(_nothing_fits(bench, request, refused, near))


def together(
    found: Iterable[Candidate], count: int, level: int | None = None
) -> Iterator[tuple[Candidate, ...]]:
    """Candidates by the number that a challenge takes. Several lie in different functions and share no failing test, and
    where a level is given, one at least is of that level; where a group is not wanted, its last member is replaced."""
    group: list[Candidate] = []
    for candidate in found:
        levels = {each.level for each in (candidate, *group)}
        if level is not None and len(group) == count - 1 and level not in levels:
            continue
        if all(_get_along(candidate, other) for other in group):
            group.append(candidate)
        if len(group) == count:
            yield tuple(group)
            group.pop()


def _get_along(one: Candidate, other: Candidate) -> bool:
    mine, theirs = one.mutant, other.mutant
    failing = [
        {records.function_of(failure.test) for failure in each.verdict.failures}
        for each in (one, other)
    ]
    return (mine.path, mine.function) != (theirs.path, theirs.function) and not (
        failing[0] & failing[1]
    )


def make(
    bench: Bench,
    request: Request,
    found: Iterable[tuple[Candidate, ...]],
    out: Path,
    *,
    target: str,
    listen: Listener,
) -> Challenge:
    """Write the first of these groups of candidates that stands a cold proof below `out`, each one a bug of it.

    `target` is how the person named the seed, for the command that makes the same again.
    """
    seed, baseline = bench.seed, bench.baseline
    challenge_id = key.id_for(request, seed.digest)
    limits = baselines.limits(baseline, baseline.tests)
    unproven: list[Check] = []
    with publish.place(out, challenge_id) as place:
        for candidates in _or_why_not(found, unproven):
            listen("writing the challenge and running it")
            draft = drafts.draft(bench, candidates, request, challenge_id)
            commit = repository.write(place.aside, draft.contents, seed.executable)
            answer = replace(
                draft.key,
                commit=commit,
                command=command(request, seed.name if seed.builtin else "PATH"),
            )
            proof = verify.verify(
                place.aside,
                answer,
                python=bench.python,
                limits=limits,
                jobs=machine.workers(),
            )
            if not proof.ok:
                unproven.append(proof.failed[0])
                place.clear()
                continue
            place.publish(
                key.seal(answer),
                bench.python,
                {
                    "suite_seconds": baseline.suite_seconds,
                    "memory": baseline.memory,
                    "waited": sum(baseline.waited.values()),
                },
            )
            return Challenge(
                key=answer,
                directory=place.directory,
                key_path=place.key,
                headline=draft.headline,
                files=len(draft.contents),
                source_lines=sum(draft.contents[path].count(b"\n") for path in answer.source),
                suite_seconds=baseline.suite_seconds,
                candidates=candidates,
                command=command(request, target, bench.python),
                python=bench.python,
                left_out=tuple(baseline.unfit),
                unread=bench.unread,
            )
    raise AssertionError("candidates end with an error that says why")


def _or_why_not(
    found: Iterable[tuple[Candidate, ...]], unproven: list[Check]
) -> Iterator[tuple[Candidate, ...]]:
    """The same; where there are no more, and some did not stand their proof, that is the reason to tell."""
    try:
        yield from found
    except UnfitError as error:
        if not unproven:
            raise
        last = unproven[-1]
        raise NothingFitsError(
            f"{len(unproven)} bugs were fit, but their challenges did not stand the proof; of the last: {last.name}: no. {last.why}"
        ) from error


def command(request: Request, target: str, python: Path = Path(sys.executable)) -> str:
    """The command line that makes the same challenge again."""
    words = ["bugsquash", "new", target, "--seed", str(request.random_seed)]
    if request.strict:
        words += ["--level", str(request.level)]
    if request.operator is not None:
        words += ["--operator", request.operator]
    if request.family is not None:
        words += ["--family", request.family]
    if request.mode is not Mode.FAILING_TEST:
        words += ["--mode", request.mode]
    if request.bugs > 1:
        words += ["--bugs", str(request.bugs)]
    if python != Path(sys.executable):
        words += ["--python", str(python)]
    if request.allow_failing:
        words += ["--allow-failing"]
    if request.budget != records.BUDGET:
        words += ["--budget", str(request.budget)]
    if request.minutes != 60:
        words += ["--minutes", str(request.minutes)]
    return shlex.join(words)


def _nothing_fits(
    bench: Bench, request: Request, refused: Counter[Refusal], near: list[Candidate]
) -> str:
    asked = {
        "--operator": request.operator and f" of {request.operator}",
        "--family": request.family and f" of the family {request.family}",
    }
    of = "".join(filter(None, asked.values()))
    name = bench.seed.name
    if not bench.mutants:
        left_out = " and ".join(option for option, told in asked.items() if told)
        return f"{name} has no place for a bug{of}. Leave {left_out} out, or choose another: bugsquash operators"
    levels = sorted({candidate.level for candidate in near})
    if levels:
        there = ", ".join(map(str, levels))
        return f"{name} has no bug{of} of level {request.level}; there are bugs of level {there}. Ask with --level for one of these."
    if request.strict and refused[Refusal.WRONG_LEVEL]:
        return (
            f"{name} has no bug{of} of level {request.level}. Ask for an easier one with --level."
        )
    reasons = ", ".join(f"{reason.value}: {count}" for reason, count in refused.most_common(3))
    return f"none of the {len(bench.mutants)} bugs{of} that {name} has room for makes a fair exercise ({reasons})."
