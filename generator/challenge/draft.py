"""From a chosen mutant to everything that is written: the learner's files and the answer key. No files, no processes but git's
diff."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib import metadata
from random import Random
from typing import TYPE_CHECKING

from generator import configuration, edits, key
from generator.admit import tests_around
from generator.challenge import repository, wording
from generator.challenge.hiding import cut
from generator.operators import discover
from generator.records import function_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.records import Bench, Candidate, Request


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is handed out and kept back, but for what only the written repository can tell (the key's commit)."""

    contents: Mapping[str, bytes]
    headline: str
    key: key.AnswerKey


def draft(bench: Bench, candidate: Candidate, request: Request, challenge_id: str) -> Draft:
    """Choose what is hidden, write every text, and build the key."""
    seed, baseline = bench.seed, bench.baseline
    mutant = candidate.mutant
    hidden = hidden_functions(bench, candidate, request)
    cut_tests = cut.cut({path: seed.contents[path] for path in seed.tests}, hidden)
    buggy = edits.apply(seed.contents, mutant.edits)
    ticket = wording.write(
        bench,
        candidate,
        tests_around(seed, baseline, mutant),
        number=1000 + key.secret_number("ticket", challenge_id, 9000),
    )
    exercise = repository.Exercise(
        challenge_id, request.mode, candidate.level, request.minutes, candidate.visible, ticket
    )
    contents = repository.files(seed, buggy, cut_tests, exercise)
    first, last = edits.changed_lines(seed.contents[mutant.path], mutant.edits_of(mutant.path))
    before = {path: seed.contents[path] for path in buggy}
    bug = key.Bug(
        operator=mutant.operator,
        family=mutant.family,
        change=mutant.change,
        story=discover()[mutant.operator].story,
        path=mutant.path,
        function=mutant.function,
        lines=(first, last),
        places=mutant.places,
        bug_patch=repository.patch(before, buggy),
        fix_patch=repository.patch(buggy, before),
        failing=candidate.visible,
        hidden=tuple(f.test for f in candidate.verdict.failures if f.test not in candidate.visible),
        debrief=key.Debrief(f"{mutant.path}:{first}", candidate.trace.values),
    )
    fixed = {path: content for path, content in contents.items() if path not in seed.source}
    answer = key.AnswerKey(
        id=challenge_id,
        tool_version=metadata.version("bugsquash"),
        python="{}.{}".format(*sys.version_info),
        seed=key.SeedFacts(
            seed.name, seed.digest, seed.package, seed.import_root, configuration.read(contents)
        ),
        request=request,
        command="",
        mode=request.mode,
        level=candidate.level,
        selection={"mutants": len(bench.mutants), "passed_over": dict(candidate.passed_over)},
        measurements=candidate.measurements,
        bugs=(bug,),
        tests=baseline.tests,
        visible=tuple(test for test in baseline.tests if function_of(test) not in hidden),
        originals={path: seed.contents[path] for path in seed.tests},
        fixed=fixed,
        executable=seed.executable & contents.keys(),
        source=seed.source,
        emitted={path: contents[path] for path in seed.source},
        tree=key.tree_hash(contents, seed.executable & contents.keys()),
        commit="",
    )
    return Draft(contents, wording.headline(ticket), answer)


def hidden_functions(bench: Bench, candidate: Candidate, request: Request) -> frozenset[str]:
    """The test functions left out: all that the bug fails but the visible one, and a fifth of the passing ones that
    execute the guilty function."""
    failing = {function_of(failure.test) for failure in candidate.verdict.failures}
    shown = {function_of(test) for test in candidate.visible}
    around = {
        function_of(test) for test in tests_around(bench.seed, bench.baseline, candidate.mutant)
    }
    passing = sorted((around - failing) & bench.hideable)
    random = Random(f"{request.random_seed} hidden")  # noqa: S311 - must repeat
    return frozenset(failing - shown) | frozenset(random.sample(passing, round(len(passing) / 5)))
