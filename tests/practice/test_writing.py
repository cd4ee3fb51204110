"""The key's own sentences, beside which the learner's are put."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator.practice.writing import beside

if TYPE_CHECKING:
    from generator.key import AnswerKey
    from tests.judge.conftest import Challenge


def own(key: AnswerKey) -> dict[str, str]:
    return {each.question: each.own for each in beside(key, {})}


def with_hidden(key: AnswerKey, number: int) -> AnswerKey:
    """The key of a challenge in which so many more of the tests that notice the bug are hidden."""
    hidden = tuple(f"tests/test_more.py::test_{one}" for one in range(number))
    (bug,) = key.bugs
    visible = tuple(test for test in key.tests if test not in bug.hidden)
    tests = (*visible, *hidden)
    return replace(key, bugs=(replace(bug, hidden=hidden),), tests=tests, visible=visible)


@pytest.mark.parametrize(
    ("hidden", "notice", "pass_now"),
    [
        (0, "1 notices it.", "tests pass."),
        (1, "2 notice it.", "tests pass, the hidden one among them."),
        (3, "4 notice it.", "tests pass, the 3 hidden ones among them."),
    ],
)
def test_what_is_counted_reads_as_a_sentence(
    challenge: Challenge, hidden: int, notice: str, pass_now: str
) -> None:
    told = own(with_hidden(challenge.key, hidden))
    assert told["Why was it not seen before?"].endswith(notice)
    assert told["Why is the fix safe?"].endswith(pass_now)


@pytest.mark.parametrize(
    ("patch", "wrong"),
    [
        ("-    if n < 3:\n+    if n <= 3:\n", "it says `if n < 3:`, and should say `if n <= 3:`."),
        ("+    if n > 3:\n+        return\n", "`if n > 3:` and `return` are missing."),
        ("-    n = 0\n", "`n = 0` is too much."),
        ("+    a\n+    b\n+    c\n", "`a`, `b` and 1 more line are missing."),
        (
            "-    n = 0\n same\n same\n-    m = 0\n",
            "`n = 0` is too much. The fix changes one other place, too.",
        ),
    ],
)
def test_the_cause_names_the_place_what_it_says_there_and_the_story(
    challenge: Challenge, patch: str, wrong: str
) -> None:
    (bug,) = challenge.key.bugs
    bug = replace(bug, fix_patch=f"--- a/{bug.path}\n+++ b/{bug.path}\n@@ -8 +8 @@\n{patch}")
    cause = own(replace(challenge.key, bugs=(bug,)))["What was the cause?"]
    assert cause == f"{bug.path}, {bug.function}, line {bug.lines[0]}: {wrong} {bug.story}"


def test_of_several_places_the_cause_is_the_one_where_the_key_says_it_lies(
    challenge: Challenge,
) -> None:
    (bug,) = challenge.key.bugs
    head = f"--- a/{bug.path}\n+++ b/{bug.path}\n"
    patch = f"{head}@@ -1,2 +1,2 @@\n-import a\n+import b\n \n@@ -8 +8 @@\n-    n = a\n+    n = b\n"
    cause = own(replace(challenge.key, bugs=(replace(bug, fix_patch=patch),)))[
        "What was the cause?"
    ]
    assert "it says `n = a`, and should say `n = b`. The fix changes one other place, too." in cause
