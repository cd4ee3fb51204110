"""What a check found.

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
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.judge.clean_tree import Change, Ignored
    from generator.judge.own_tests import OwnTest
    from generator.judge.rule import Rule


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
