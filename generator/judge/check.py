"""A learner's source → what it fixes, what it breaks, and what was not looked at.

What counts is what was expected to be seen, never an exit status: a test has passed when a run said so of it by its id
and that run's canary failed (see `canary`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.errors import UnfitError
from generator.judge import (
    as_it_lies,
    canary,
    challenge_directory,
    clean_tree,
    own_tests,
    patches,
    rule,
)
from generator.judge.challenge_directory import Listing
from generator.judge.problems import problems_of
from generator.judge.result import BugResult, Hidden, Result, Shown
from generator.records import Mode
from generator.trial import suite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from generator.judge.challenge_directory import Found
    from generator.key import AnswerKey
    from generator.process import Limits
    from generator.records import Failure

_ROUNDS = 3
"""How often the rest is run again without the test in which a run came to a bad end."""
_UNTRUSTED = "the run can't be trusted: a test that must fail did not. The source must leave pytest and the tests alone."
_CLAIMS = "a value that claims to equal anything"
_DISHONEST = f"the run can't be trusted: the source returns {_CLAIMS}."


def check(found: Found, *, limits: Limits | None = None) -> Result:
    """Judge a challenge as it lies there now. Nothing is written to it."""
    limits = limits or found.limits
    known = {*found.key.fixed, *found.key.source} if found.key else ()
    present = challenge_directory.listing(found.root, known)
    if found.key is None:
        return _visible_alone(found, present, limits)
    _refuse_shut(found.root, found.key, present)
    matter = [path for path in present.files if _matters(found.key, path)]
    submitted = challenge_directory.read(found.root, matter)
    result = judge(found.key, submitted, present, python=found.python, limits=limits)
    if found.key.mode is not Mode.TICKET:
        return result
    code = challenge_directory.read(found.root, _tests_among(found.key, present))
    own = own_tests.own_test(found.key, code, python=found.python, limits=limits)
    return dataclasses.replace(result, own=own)


def _tests_among(key: AnswerKey, present: Listing) -> list[str]:
    """The Python files that may hold the learner's own tests."""
    return [
        path
        for path in present.files
        if path.endswith(".py") and not clean_tree.is_source(key, path)
    ]


def _refuse_shut(root: Path, key: AnswerKey, present: Listing) -> None:
    """Source that may not be read is there, and can't be judged."""
    for path, why in present.unread.items():
        if why == challenge_directory.UNREADABLE and any(
            PurePosixPath(source).is_relative_to(path) for source in key.source
        ):
            raise UnfitError(f"{root / path} can't be read. Make it readable.")


def _matters(key: AnswerKey, path: str) -> bool:
    return path in key.fixed or clean_tree.is_source(key, path)


def judge(
    key: AnswerKey,
    submitted: Mapping[str, bytes],
    present: Listing | None = None,
    *,
    python: Path,
    limits: Limits,
) -> Result:
    """Judge a submission by the key alone.

    `submitted` holds the contents by path; `present` says what was there (default: what was submitted).
    """
    seen = _watched(key, submitted, python, limits)
    failing = set(key.failing)
    result = Result(
        id=key.id,
        mode=key.mode,
        level=key.level,
        minutes=key.request.minutes,
        bugs=tuple(
            BugResult(n, all(seen.state(test) == "passed" for test in (*bug.failing, *bug.hidden)))
            for n, bug in enumerate(key.bugs, start=1)
        ),
        failing=tuple(seen.shown(test) for test in key.failing),
        rest=tuple(seen.shown(test) for test in key.visible if test not in failing),
        hidden=_hidden(key, seen),
        ignored=clean_tree.ignored(key, present or Listing(tuple(submitted), {}), submitted),
        change=clean_tree.change(key, submitted),
        problems=seen.problems,
        commit=key.commit,
    )
    if result.solved and _is_dishonest(key, submitted, python, limits):
        unfixed = tuple(BugResult(bug.n, fixed=False) for bug in result.bugs)
        return dataclasses.replace(result, bugs=unfixed, problems=(_DISHONEST,))
    return result


def _hidden(key: AnswerKey, seen: _Seen) -> Hidden:
    states = {test: seen.state(test) for test in key.hidden}
    failed = [test for test, state in states.items() if state == "failed"]
    return Hidden(
        passed=list(states.values()).count("passed"),
        failed=len(failed),
        not_run=list(states.values()).count("not run"),
        broke=len(set(failed) - {test for bug in key.bugs for test in bug.hidden}),
        rules=tuple(
            rule.rule_of(key.originals, test, seen.failures.get(test)) for test in failed[:1]
        ),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What trustworthy runs said of the tests."""

    states: Mapping[str, str]
    failures: Mapping[str, Failure]
    problems: tuple[str, ...]

    def state(self, test: str) -> str:
        """Passed, failed, or not run. Every test of the key passed once, so one that is skipped now has failed."""
        told = self.states.get(test, "not run")
        return "failed" if told == "skipped" else told

    def shown(self, test: str) -> Shown:
        """The test as a screen shows it."""
        failure = self.failures.get(test)
        skipped = "skipped, which it was not before" if self.states.get(test) == "skipped" else ""
        return Shown(test, self.state(test), rule.message_of(failure) if failure else skipped)


def _watched(key: AnswerKey, submitted: Mapping[str, bytes], python: Path, limits: Limits) -> _Seen:
    """Run all tests of the key on the submitted source, without those in which a run comes to a bad end."""
    tree = clean_tree.clean_tree(key, submitted)
    named = frozenset(key.visible)
    ended: dict[str, str] = {}
    problems: tuple[str, ...] = ()
    for _ in range(_ROUNDS):
        tests = [test for test in key.tests if test not in ended]
        if not tests:
            break
        run, vouched = _run(tree, tests, python, limits)
        found = tuple(problems_of(run, named, limits))
        if not vouched and not found:
            return _Seen({}, {}, (_UNTRUSTED,))
        problems += tuple(one for one in found if one not in problems)
        if run.finished and vouched:
            states = {test: run.outcomes[test].outcome for test in tests if test in run.outcomes}
            failures = {failure.test: failure for failure in run.failures if failure.test in states}
            return _Seen({**ended, **states}, failures, problems)
        if run.unfinished not in tests:
            break
        ended[run.unfinished] = "failed"
    return _Seen(ended, {}, problems)


def _run(
    tree: suite.Tree, tests: Sequence[str], python: Path, limits: Limits
) -> tuple[suite.SuiteRun, bool]:
    """A run with a canary among the tests, and whether that failed as it must."""
    bird = canary.draw(tests, tree.contents)
    job = suite.Job(limits, wanted=bird.among(tests))
    run = suite.run(tree.with_files({bird.path: bird.content}), job, python=python)
    seen = run.outcomes.get(bird.test)
    vouched = (
        seen is not None
        and seen.failure is not None
        and seen.failure.exception == "AssertionError"
        and bird.right in seen.failure.message
    )
    return run, vouched


def _is_dishonest(
    key: AnswerKey, submitted: Mapping[str, bytes], python: Path, limits: Limits
) -> bool:
    """Whether a value of the submitted source claims to equal anything where the fixed source's does not."""
    tests = [test for bug in key.bugs for test in (*bug.failing, *bug.hidden)]
    asked = canary.honest(key.originals, tests)
    tests = [test for test in tests if test.split("::")[0] in asked]

    def claims(source: Mapping[str, bytes]) -> set[str]:
        tree = clean_tree.clean_tree(key, source).with_files(asked)
        run, _ = _run(tree, tests, python, limits)
        return {failure.test for failure in run.failures if _CLAIMS in failure.message}

    suspect = claims(submitted) if tests else set()
    if not suspect:
        return False
    fixed = patches.applied(key.emitted, [bug.fix_patch for bug in key.bugs])
    return bool(suspect - claims(fixed))


def _visible_alone(found: Found, present: Listing, limits: Limits) -> Result:
    """The visible tests as they lie there, and nothing else: there is no key."""
    tree = suite.tree_of(as_it_lies.seed(found.root, present))
    run = suite.run(tree, suite.Job(limits), python=found.python)
    tests = run.collected or tuple(run.outcomes)
    states = {test: one.outcome for test, one in run.outcomes.items()}
    if run.unfinished:
        states[run.unfinished] = "failed"
    failures = {failure.test: failure for failure in run.failures}
    seen = _Seen(states, failures, tuple(problems_of(run, frozenset(tests), limits)))
    skipped = set(run.of("skipped"))
    return Result(
        id=found.marker.id,
        mode=found.marker.mode,
        level=None,
        minutes=found.marker.minutes,
        bugs=(),
        failing=(),
        rest=tuple(seen.shown(test) for test in tests if test not in skipped),
        hidden=None,
        ignored=clean_tree.not_looked_at(present.unread),
        change=None,
        problems=seen.problems,
        unjudged=found.why_closed,
    )
