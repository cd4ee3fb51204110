"""From chosen mutants to everything that is written: the learner's files and the answer key. No files, no processes but git's
diff."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from random import Random
from typing import TYPE_CHECKING

from generator import configuration, edits, guilt, key
from generator.admit import tests_around
from generator.challenge import repository, wording
from generator.challenge.hiding import cut
from generator.debrief import Debrief
from generator.divergence import alignment
from generator.operators import discover
from generator.records import Mode, function_of
from generator.trial import interpreter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.records import Bench, Candidate, Request


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is handed out and kept back, but for what only the written repository can tell (the key's commit)."""

    contents: Mapping[str, bytes]
    headline: str
    key: key.AnswerKey


def draft(
    bench: Bench, candidates: Sequence[Candidate], request: Request, challenge_id: str
) -> Draft:
    """Choose what is hidden, write every text, and build the key. Several candidates become several bugs of one challenge."""
    seed, baseline = bench.seed, bench.baseline
    hidden = hidden_functions(bench, candidates, request)
    cut_tests = cut.cut({path: seed.contents[path] for path in seed.tests}, hidden)
    everything = [edit for candidate in candidates for edit in candidate.mutant.edits]
    buggy = edits.apply(seed.contents, everything)
    tests = {path: content for path, content in cut_tests.items() if content is not None}
    bugs = tuple(_bug(bench, one, candidates, request, tests) for one in candidates)
    tickets = [
        wording.write(bench, one, number=_number(challenge_id, n))
        for n, one in enumerate(candidates)
    ]
    hardest = max(candidates, key=lambda candidate: candidate.level)
    exercise = repository.Exercise(
        id=challenge_id,
        mode=request.mode,
        level=hardest.level,
        minutes=request.minutes,
        failing=tuple(test for bug in bugs for test in bug.failing),
        ticket=wording.joined(tickets),
        customer=seed.words is not None,
        bugs=len(bugs),
    )
    contents = repository.files(seed, buggy, cut_tests, exercise)
    fixed = {path: content for path, content in contents.items() if path not in seed.source}
    executable = seed.executable & contents.keys()
    answer = key.AnswerKey(
        id=challenge_id,
        tool_version=metadata.version("bugsquash"),
        python=interpreter.ask(bench.python).version,
        seed=key.SeedFacts(
            seed.name, seed.digest, seed.package, seed.import_root, configuration.read(contents)
        ),
        request=request,
        command="",
        mode=request.mode,
        level=hardest.level,
        selection={
            "mutants": len(bench.mutants),
            "passed_over": dict(candidates[-1].passed_over),
        },
        measurements=hardest.measurements,
        bugs=bugs,
        tests=baseline.tests,
        visible=tuple(test for test in baseline.tests if function_of(test) not in hidden),
        originals={path: seed.contents[path] for path in seed.tests},
        fixed=fixed,
        executable=executable,
        source=seed.source,
        emitted={path: contents[path] for path in seed.source},
        tree=key.tree_hash(contents, executable),
        commit="",
    )
    return Draft(contents, wording.headline(tickets), answer)


def _number(challenge_id: str, n: int) -> int:
    """Of the ticket: four digits, so that two on one desk rarely agree."""
    return 1000 + (key.secret_number("ticket", challenge_id, 9000) + n) % 9000


def _bug(
    bench: Bench,
    candidate: Candidate,
    among: Sequence[Candidate],
    request: Request,
    tests: Mapping[str, bytes],
) -> key.Bug:
    """One bug, as it lies in the emitted tree `among` others; `tests` are the test files from which some were cut."""
    contents, mutant = bench.seed.contents, candidate.mutant
    others = [edit for one in among if one is not candidate for edit in one.mutant.edits]
    emitted = {**contents, **edits.apply(contents, [*others, *mutant.edits])}
    without = {**contents, **edits.apply(contents, others)}
    alone = edits.apply(contents, mutant.edits)
    clean = {path: contents[path] for path in alone}
    first, last = guilt.guilty_lines(
        contents[mutant.path], mutant, [edit for edit in others if edit.path == mutant.path]
    )
    failing = [failure.test for failure in candidate.verdict.failures]
    shown = _shown(candidate, request)
    # What the ticket tells of comes first.
    kept_back = [*candidate.witness, *(test for test in failing if test not in candidate.witness)]
    return key.Bug(
        operator=mutant.operator,
        family=mutant.family,
        change=mutant.change,
        story=discover()[mutant.operator].story,
        path=mutant.path,
        function=mutant.function,
        lines=(first, last),
        places=mutant.places,
        bug_patch=repository.patch(clean, alone, bench.seed.executable),
        fix_patch=repository.patch(
            {path: emitted[path] for path in alone},
            {path: without[path] for path in alone},
            bench.seed.executable,
        ),
        failing=shown,
        hidden=tuple(test for test in kept_back if test not in shown),
        level=candidate.level,
        measurements=candidate.measurements,
        debrief=_debrief(candidate, {**contents, **alone}, {**emitted, **tests}),
    )


def _debrief(
    candidate: Candidate, before: Mapping[str, bytes], after: Mapping[str, bytes]
) -> Debrief:
    """With the lines of the files as they are handed out; in those that are not, as they were."""
    told = candidate.debrief or Debrief(candidate.witness[0], "")
    return told.moved(lambda path, line: alignment.moved(before[path], after[path], line))


def _shown(candidate: Candidate, request: Request) -> tuple[str, ...]:
    """The failing tests that the learner is given."""
    return () if request.mode is Mode.TICKET else candidate.witness


def hidden_functions(
    bench: Bench, candidates: Sequence[Candidate], request: Request
) -> frozenset[str]:
    """The test functions left out: all that the bugs fail but those that are shown, and a fifth of the passing ones that
    execute a guilty function. Tests that fail or waver on the clean code are taken out, too."""
    failing = {function_of(f.test) for one in candidates for f in one.verdict.failures}
    shown = {function_of(test) for one in candidates for test in _shown(one, request)}
    around = {
        function_of(test)
        for one in candidates
        for test in tests_around(bench.seed, bench.baseline, one.mutant)
    }
    unfit = {function_of(test) for test in bench.baseline.unfit}
    passing = sorted((around - failing - unfit) & bench.hideable)
    random = Random(f"{request.random_seed} hidden")  # noqa: S311 - must repeat
    drawn = random.sample(passing, round(len(passing) / 5))
    return frozenset(failing - shown) | frozenset(drawn) | (unfit & bench.hideable - shown)
