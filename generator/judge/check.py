"""A learner's source → what it fixes, what it breaks, and what was not looked at.

The result as JSON (`Result.to_json`), with names that stay:

    id, mode, minutes   of the challenge; `level` too, null where the key can't be opened
    solved              every bug fixed, nothing broken, the run trustworthy; false without the key
    judged_hidden       whether the key was there to judge by; if not, the visible tests alone were run, as they lie there
    bugs                [{n, fixed}]
    visible             {failing: {test: passed | failed | not run}, rest: {passed, failed: [tests], not_run}}
    hidden              {passed, failed, not_run, broke, rules: [{rule, expected, yours}]}, of failing ones the first; null without key
    ignored             [{path, how}]: what is not as handed out and has no say; how: changed, added, deleted, or why it is not
                        read: link not followed, not a file, not readable, too large
    change              {files, added, removed} against the source as handed out, or null
    problems            sentences: does not import, loops, ends the run early, eats memory, can't be trusted
    unjudged            why hidden tests were not judged, or null
    own_test            in ticket mode {shows, test, message}: what the learner's own tests show (see `own_tests`); else null

What counts is what was expected to be seen, never an exit status: a test has passed when a run said so of it by its id
and that run's canary failed (see `canary`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from generator import places, seeds
from generator.errors import UnfitError
from generator.judge import canary, challenge_directory, clean_tree, own_tests, patches, rule
from generator.judge.challenge_directory import Listing
from generator.process import Ended
from generator.records import Mode
from generator.trial import suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from generator.judge.challenge_directory import Found
    from generator.judge.clean_tree import Change, Ignored
    from generator.judge.own_tests import OwnTest
    from generator.judge.rule import Rule
    from generator.key import AnswerKey
    from generator.process import Limits
    from generator.records import Failure

_ROUNDS = 3
"""How often the rest is run again without the test in which a run came to a bad end."""
_UNTRUSTED = "the run can't be trusted: a test that must fail did not. The source must leave pytest and the tests alone."
_CLAIMS = "a value that claims to equal anything"
_DISHONEST = f"the run can't be trusted: the source returns {_CLAIMS}."


@dataclass(frozen=True, slots=True)
class Shown:
    """A visible test and what became of it: passed, failed or not run; how it failed, in one line."""

    test: str
    state: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class BugResult:
    """Whether all tests that the n-th bug (from 1) fails pass now."""

    n: int
    fixed: bool


@dataclass(frozen=True, slots=True)
class Hidden:
    """The tests that the challenge does not contain."""

    passed: int
    failed: int
    not_run: int
    broke: int
    """Those of them that fail and did not as handed out."""
    rules: tuple[Rule, ...]

    @property
    def total(self) -> int:
        """How many there are."""
        return self.passed + self.failed + self.not_run

    def to_json(self) -> dict[str, Any]:
        """As in the result's document."""
        return {
            **dataclasses.asdict(self),
            "rules": [dataclasses.asdict(one) for one in self.rules],
        }


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found. See the module's text."""

    id: str
    mode: str
    level: int | None
    minutes: int
    bugs: tuple[BugResult, ...]
    failing: tuple[Shown, ...]
    """The visible tests that fail as handed out; empty without the key."""
    rest: tuple[Shown, ...]
    """The other visible tests; without the key, all."""
    hidden: Hidden | None
    ignored: tuple[Ignored, ...]
    change: Change | None
    problems: tuple[str, ...]
    unjudged: str | None = None
    commit: str = ""
    """The one that was handed out; empty without the key."""
    own: OwnTest | None = None
    """In ticket mode, with the key."""

    @property
    def judged_hidden(self) -> bool:
        """Whether there was a key to judge by."""
        return self.hidden is not None

    @property
    def rest_passed(self) -> int:
        """How many of the other visible tests pass."""
        return _count(self.rest, "passed")

    @property
    def broke(self) -> tuple[Shown, ...]:
        """The other visible tests that fail now."""
        return tuple(shown for shown in self.rest if shown.state == "failed")

    @property
    def visible_pass(self) -> bool:
        """Whether every visible test was run and passes."""
        shown = (*self.failing, *self.rest)
        return not self.problems and _count(shown, "passed") == len(shown) > 0

    @property
    def solved(self) -> bool:
        """Every bug fixed, everything else as before, hidden tests included, and no doubt about the run."""
        return (
            self.hidden is not None
            and self.visible_pass
            and self.hidden.passed == self.hidden.total
            and all(bug.fixed for bug in self.bugs)
        )

    @property
    def exit_code(self) -> int:
        """0 when solved; without the key, when everything that could be judged is fine."""
        return 0 if self.solved or (not self.judged_hidden and self.visible_pass) else 1

    def to_json(self) -> dict[str, Any]:
        """The document that the module's text describes."""
        return {
            "id": self.id,
            "mode": self.mode,
            "level": self.level,
            "minutes": self.minutes,
            "solved": self.solved,
            "judged_hidden": self.judged_hidden,
            "bugs": [dataclasses.asdict(bug) for bug in self.bugs],
            "visible": {
                "failing": {shown.test: shown.state for shown in self.failing},
                "rest": {
                    "passed": self.rest_passed,
                    "failed": [shown.test for shown in self.broke],
                    "not_run": _count(self.rest, "not run"),
                },
            },
            "hidden": self.hidden.to_json() if self.hidden else None,
            "ignored": [dataclasses.asdict(one) for one in self.ignored],
            "change": dataclasses.asdict(self.change) if self.change else None,
            "problems": list(self.problems),
            "unjudged": self.unjudged,
            "own_test": self.own.to_json() if self.own else None,
        }


def _count(shown: Iterable[Shown], state: str) -> int:
    return sum(one.state == state for one in shown)


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
        found = tuple(_problems(run, named, limits))
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


def _problems(run: suite.SuiteRun, named: frozenset[str], limits: Limits) -> Iterable[str]:
    """What went wrong with a run as a whole, as sentences. Only the tests in `named` are named."""
    where = _where(run.unfinished, named)
    if run.ended is Ended.CPU:
        yield f"it loops {where}: stopped after {limits.cpu:.0f} s of CPU time."
    elif run.ended is Ended.WALL:
        yield f"it does not come to an end {where}: stopped after {limits.wall:.0f} s."
    elif run.ended is Ended.SIGNALLED:
        yield f"the run is killed {where}; it may use {(limits.memory or 0) >> 20} MiB."
    elif run.broken:
        yield f"it does not import: {_plain(run.broken[0][1])}"
    elif not run.finished:
        yield f"it ends the run early {where}."
    elif not run.outcomes:
        yield f"no test could be run: {_plain(run.last_words)}"
    hungry = [failure.test for failure in run.failures if failure.exception == "MemoryError"]
    if hungry:
        yield f"it runs out of memory {_where(hungry[0], named)}: the limit is {(limits.memory or 0) >> 20} MiB."


def _where(test: str | None, named: frozenset[str]) -> str:
    if test is None:
        return "before the first test"
    return f"in {test if test in named else 'a hidden test'}"


def _plain(why: str) -> str:
    """An error line as pytest shows it, without pytest's mark."""
    return why.removeprefix("E ").strip() or "nothing was said."


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
    code = [path for path in present.files if path.endswith(".py")]
    if not any(map(seeds.is_test, code)):
        raise UnfitError(
            f"{found.root} has no tests any more. Put them back: git checkout -- tests"
        )
    if all(map(seeds.is_test, code)):
        raise UnfitError(f"{found.root} has no source any more. Put it back: git checkout -- .")
    with places.scratch() as scratch:
        copy = scratch / found.root.name
        suite.write_tree(
            copy,
            challenge_directory.read(found.root, present.files),
            challenge_directory.executable(found.root, present.files),
        )
        tree = suite.tree_of(seeds.load(str(copy)))
    run = suite.run(tree, suite.Job(limits), python=found.python)
    tests = run.collected or tuple(run.outcomes)
    states = {test: one.outcome for test, one in run.outcomes.items()}
    if run.unfinished:
        states[run.unfinished] = "failed"
    failures = {failure.test: failure for failure in run.failures}
    seen = _Seen(states, failures, tuple(_problems(run, frozenset(tests), limits)))
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
