"""The proof of a challenge, from the emitted files and the opened key alone: it fails what the key lists, passes the rest,
all passes after the fix, and nothing leaks."""

from __future__ import annotations

import contextvars
import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from generator import key as keys
from generator.judge import audit, challenge_directory, check, patches
from generator.process import Ended, Stop
from generator.records import function_of
from generator.trial import suite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from concurrent.futures import Future

    from generator.judge.challenge_directory import Listing
    from generator.key import AnswerKey
    from generator.process import Limits

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: its name, and where it does not, why, in a sentence."""

    name: str
    why: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return self.why is None


@dataclass(frozen=True, slots=True)
class Proof:
    """All that was looked at, in a fixed order."""

    id: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return all(check.ok for check in self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """What does not hold."""
        return tuple(check for check in self.checks if not check.ok)

    def to_json(self) -> dict[str, Any]:
        """`{id, ok, checks: [{name, ok, why}]}`."""
        checks = [{"name": one.name, "ok": one.ok, "why": one.why} for one in self.checks]
        return {"id": self.id, "ok": self.ok, "checks": checks}


def verify_challenge(directory: Path, *, jobs: int = 2) -> Proof:
    """The proof of the challenge around a directory.

    Raises UnfitError where its key is missing or sealed to somebody else, and what `challenge_directory.find` raises.
    """
    found, key = challenge_directory.opened(directory)
    return verify(found.root, key, python=found.python, limits=found.limits, jobs=jobs)


def verify(
    directory: Path,
    key: AnswerKey,
    *,
    python: Path = Path(sys.executable),
    limits: Limits | None = None,
    jobs: int = 2,
) -> Proof:
    """Prove the challenge that lies in a directory, `jobs` runs at a time. Nothing is written to it.

    Where the files are not those that the key knows, only that is said, and what leaks: the rest would prove nothing.
    What a run leaves behind (caches, bytecode) is no file of the challenge, but it leaks.
    """
    present = challenge_directory.listing(directory, {*key.fixed, *key.source})
    paths = present.files
    case = _Case(
        key,
        challenge_directory.read(directory, paths),
        challenge_directory.executable(directory, paths),
        python,
        limits or suite.start_up(),
    )
    why = _unread(present) or _other_files(case)
    files = Check("the files are those that the key knows", why)
    leaks = Check("nothing leaks", _leak(directory, key))
    if not files.ok:
        return Proof(key.id, (files, leaks))
    stop = Stop()
    with ThreadPoolExecutor(jobs) as pool, stop.covers():
        try:
            # First come, first run: whoever waits for this one has seen it start.
            as_handed_out = _submit(pool, partial(case.run, case.contents))
            looks = [
                (name, _submit(pool, partial(look, case, as_handed_out)))
                for name, look in _looks(key)
            ]
            looked = [Check(name, look.result()) for name, look in looks]
        except BaseException:
            # An interrupt above all: what runs is ended, what waits is not begun.
            stop.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return Proof(key.id, (files, *looked, leaks))


def _submit(pool: ThreadPoolExecutor, work: Callable[[], _T]) -> Future[_T]:
    # In the caller's context: what ends the caller's runs ends these.
    return pool.submit(contextvars.copy_context().run, work)


@dataclass(frozen=True, slots=True)
class _Case:
    key: AnswerKey
    contents: Mapping[str, bytes]
    executable: frozenset[str]
    python: Path
    limits: Limits

    def run(
        self,
        contents: Mapping[str, bytes],
        wanted: Iterable[str] | None = None,
        hash_seed: str = "0",
    ) -> suite.SuiteRun:
        facts = self.key.seed
        tree = suite.Tree(
            contents,
            self.executable,
            facts.package,
            facts.import_root,
            self.key.source,
            facts.configuration,
        )
        tests = None if wanted is None else tuple(wanted)
        return suite.run(
            tree, suite.Job(self.limits, wanted=tests, hash_seed=hash_seed), python=self.python
        )

    def fixed(self) -> dict[str, bytes]:
        return patches.applied(self.contents, [bug.fix_patch for bug in self.key.bugs])


def _unread(present: Listing) -> str | None:
    return next((f"{path}: {why}." for path, why in sorted(present.unread.items())), None)


def _other_files(case: _Case) -> str | None:
    key = case.key
    known = {**key.fixed, **key.emitted}
    if keys.tree_hash(known, key.executable) != key.tree:
        return "the key's own files do not add up to the hash it holds."
    if keys.tree_hash(case.contents, case.executable) == key.tree:
        return None
    for path in sorted(known.keys() | case.contents.keys()):
        if path not in case.contents:
            return f"{path} is missing."
        if path not in known:
            return f"{path} was not handed out."
        if known[path] != case.contents[path]:
            return f"{path} was changed after it was handed out."
    return "the executable bit of a file changed after it was handed out."


def _visible_suite(case: _Case, as_handed_out: Future[suite.SuiteRun]) -> str | None:
    run = as_handed_out.result()
    shown = set(run.outcomes) & set(case.key.tests)
    return _difference(run, case.key.visible, case.key.failing) or _named(
        shown - set(case.key.visible), "is hidden by the key, and the challenge contains it"
    )


def _whole_suite(case: _Case, _: Future[suite.SuiteRun]) -> str | None:
    hidden = [test for bug in case.key.bugs for test in bug.hidden]
    run = case.run({**case.contents, **case.key.originals}, reversed(case.key.tests), hash_seed="1")
    return _difference(run, case.key.tests, [*case.key.failing, *hidden])


def _alone(case: _Case, as_handed_out: Future[suite.SuiteRun]) -> str | None:
    """The tests that were told, each function in a process of its own; how they fail must not depend on company."""
    together = {failure.test: failure.exception for failure in as_handed_out.result().failures}
    for bug in case.key.bugs:
        told = bug.failing or bug.hidden[:1]
        whole = {} if bug.failing else case.key.originals
        for function in dict.fromkeys(map(function_of, told)):
            tests = [t for t in (*bug.failing, *bug.hidden) if function_of(t) == function]
            run = case.run({**case.contents, **whole}, tests, hash_seed="2")
            if why := _difference(run, tests, tests):
                return why
            for failure in run.failures:
                if failure.exception != together.get(failure.test, failure.exception):
                    return (
                        f"{failure.test} raises {failure.exception} alone, and not so in company."
                    )
    return None


def _each_patch(case: _Case, _: Future[suite.SuiteRun]) -> str | None:
    """Each fix applies by itself, and the bugs put into the fixed tree again give back what was handed out."""
    try:
        for bug in case.key.bugs:
            patches.applied(case.contents, [bug.fix_patch])
        again = patches.applied(case.fixed(), [bug.bug_patch for bug in case.key.bugs])
    except patches.PatchError as error:
        return f"a patch of the key does not apply: {error}."
    if again == case.contents:
        return None
    other = [path for path in again if again[path] != case.contents.get(path)]
    return f"the bug put into the fixed tree again gives another {other[0] if other else 'tree'}."


def _each_fix(case: _Case, _: Future[suite.SuiteRun]) -> str | None:
    """Of several bugs, every choice of fixes: each turns exactly its own tests, whatever the others do."""
    bugs = case.key.bugs
    for count in range(1, len(bugs)):
        for fixed in itertools.combinations(bugs, count):
            left = [bug for bug in bugs if bug not in fixed]
            try:
                source = patches.applied(case.contents, [bug.fix_patch for bug in fixed])
            except patches.PatchError as error:
                return f"a fix does not apply: {error}."
            run = case.run({**source, **case.key.originals}, case.key.tests)
            failing = [test for bug in left for test in (*bug.failing, *bug.hidden)]
            if why := _difference(run, case.key.tests, failing):
                numbers = ", ".join(str(bugs.index(bug) + 1) for bug in fixed)
                return f"with bug {numbers} fixed: {why}"
    return None


def _after_the_fix(case: _Case, _: Future[suite.SuiteRun]) -> str | None:
    """Hidden tests included, and by the judgement that a learner gets."""
    try:
        fixed = case.fixed()
    except patches.PatchError as error:
        return f"the fix does not apply: {error}."
    result = check.judge(case.key, fixed, python=case.python, limits=case.limits)
    if result.solved:
        return None
    run = case.run({**fixed, **case.key.originals}, case.key.tests)
    return _difference(run, case.key.tests, ()) or " ".join(
        ["the judge does not call it solved:", *result.problems]
    )


_LOOKS: tuple[tuple[str, Callable[[_Case, Future[suite.SuiteRun]], str | None]], ...] = (
    ("the visible suite fails what the key lists and passes the rest", _visible_suite),
    ("so does the whole suite, in another order", _whole_suite),
    ("the failing tests fail alone too", _alone),
    ("every patch applies", _each_patch),
    ("everything passes after the fix", _after_the_fix),
)

_SEVERAL = (("each fix turns its own tests and no others", _each_fix),)


def _looks(
    key: AnswerKey,
) -> tuple[tuple[str, Callable[[_Case, Future[suite.SuiteRun]], str | None]], ...]:
    return (*_LOOKS, *_SEVERAL) if len(key.bugs) > 1 else _LOOKS


def _difference(run: suite.SuiteRun, tests: Sequence[str], failing: Iterable[str]) -> str | None:
    """Where a run is not as expected: of `tests`, `failing` fail and all others pass."""
    if run.ended is not Ended.EXITED:
        return f"the run ended {run.ended.value}, in {run.unfinished or 'no test'}."
    if run.broken:
        return f"{run.broken[0][0]} can't be collected: {run.broken[0][1]}"
    if not run.finished:
        return f"the run ended early, in {run.unfinished or 'no test'}."
    passed, failed, expected = set(run.of("passed")), set(run.of("failed")), set(failing)
    return (
        _named(set(tests) - passed - failed, "was not run")
        or _named(expected & passed, "passes, and the key says it fails")
        or _named((failed & set(tests)) - expected, "fails, and the key does not say so")
    )


def _named(tests: set[str], what: str) -> str | None:
    if not tests:
        return None
    others = f" ({len(tests) - 1} more like it)" if len(tests) > 1 else ""
    return f"{min(tests)} {what}{others}."


def _leak(directory: Path, key: AnswerKey) -> str | None:
    findings = audit.audit(directory, key)
    if not findings:
        return None
    others = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{findings[0].where} {findings[0].what}{others}."
