"""In ticket mode: whether a test that the learner wrote shows the bug. It must fail on the source as it was handed out, and
pass on the clean one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator import seeds
from generator.judge import clean_tree, patches, rule
from generator.trial import suite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.key import AnswerKey
    from generator.process import Limits


class Shows(Enum):
    """What a learner's tests show."""

    NOTHING_WRITTEN = "no test of yours was found"
    DOES_NOT_RUN = "can't be run"
    PASSES_ON_BUGGY = "passes on the buggy source: it shows nothing yet"
    FAILS_ON_CLEAN = "fails on the buggy source, and would on the clean one too"
    THE_BUG = "fails on the buggy source and passes on the clean one"


@dataclass(frozen=True, slots=True)
class OwnTest:
    """What the learner's tests show, the test that shows most, and how it fails where that is to be mended."""

    shows: Shows
    test: str = ""
    message: str = ""

    @property
    def reproduced(self) -> bool:
        """Whether the bug is reproduced."""
        return self.shows is Shows.THE_BUG

    def to_json(self) -> dict[str, str]:
        """As in the result's document."""
        shows = self.shows.name.lower().replace("_", " ")
        return {"shows": shows, "test": self.test, "message": self.message}


def own_test(
    key: AnswerKey, submitted: Mapping[str, bytes], *, python: Path, limits: Limits
) -> OwnTest:
    """Run the tests among the submitted files that are new or changed, on the buggy and on the clean source.

    `submitted` holds contents by path: at least every Python file that is not the source under test.
    """
    written = {path: content for path, content in submitted.items() if _is_own(key, path, content)}
    files = tuple(sorted(path for path in written if _holds_tests(path)))
    if not files:
        return OwnTest(Shows.NOTHING_WRITTEN)
    clean = patches.applied(key.emitted, [bug.fix_patch for bug in key.bugs])

    def ran(source: Mapping[str, bytes]) -> suite.SuiteRun:
        tree = _tree(key, {**key.fixed, **source, **written}, files)
        return suite.run(tree, suite.Job(limits), python=python)

    on_buggy = ran(key.emitted)
    if not on_buggy.outcomes:
        why = on_buggy.broken[0][1] if on_buggy.broken else on_buggy.last_words
        return OwnTest(Shows.DOES_NOT_RUN, files[0], why)
    if not on_buggy.failures:
        return OwnTest(Shows.PASSES_ON_BUGGY, files[0])
    on_clean = ran(clean)
    passing = on_clean.of("passed")
    for failure in on_buggy.failures:
        if failure.test in passing:
            return OwnTest(Shows.THE_BUG, failure.test)
    first = next(iter(on_clean.failures), on_buggy.failures[0])
    return OwnTest(Shows.FAILS_ON_CLEAN, first.test, rule.message_of(first))


def _is_own(key: AnswerKey, path: str, content: bytes) -> bool:
    return (
        path.endswith(".py")
        and not clean_tree.is_source(key, path)
        and key.fixed.get(path) != content
    )


def _holds_tests(path: str) -> bool:
    return seeds.is_test(path) and PurePosixPath(path).name != "conftest.py"


def _tree(key: AnswerKey, contents: Mapping[str, bytes], files: tuple[str, ...]) -> suite.Tree:
    """A tree of these files, of which pytest is to collect some."""
    return suite.Tree(
        contents=contents,
        executable=key.executable,
        package=key.seed.package,
        import_root=key.seed.import_root,
        source=key.source,
        configuration=replace(key.seed.configuration, testpaths=files),
    )
