"""What a partner in the interviewer's chair is given."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from generator.practice import hints
from generator.practice.sheet import nudges, sheet
from generator.records import Mode

if TYPE_CHECKING:
    from tests.judge.conftest import Challenge


def test_it_holds_the_answer_the_nudges_and_the_rubric(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    text = sheet(challenge.key, None)
    assert bug.fix_patch.rstrip() in text
    assert f"In `{bug.function}`, `{bug.path}`, line {bug.lines[0]}." in text
    assert "(Pdb) p cart\n    ['a', 'b', 'c']" in text
    for heading in ("## Nudges", "## Questions", "## What a good answer names", "## Rubric"):
        assert heading in text
    assert "\n\n\n" not in text
    assert text.splitlines()[-1].startswith("- speaks: **1** silence · ")


@pytest.mark.parametrize("minutes", [60, 45, 10])
def test_the_nudges_come_one_after_the_other_within_the_time(
    challenge: Challenge, minutes: int
) -> None:
    request = replace(challenge.key.request, minutes=minutes)
    told = nudges(replace(challenge.key, request=request), None)
    at = [nudge.minute for nudge in told]
    assert at == sorted(set(at))
    assert 0 < at[0] < at[-1] < minutes


def test_the_nudges_are_the_rungs_of_the_hints_without_the_last(challenge: Challenge) -> None:
    said = [nudge.say for nudge in nudges(challenge.key, None)]
    assert said[1:] == [hints.rung(challenge.key, None, n)[0] for n in range(1, 5)]


def test_several_bugs_have_a_section_each(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    two = replace(challenge.key, bugs=(bug, replace(bug, function="")), mode=Mode.MULTI)
    text = sheet(two, None)
    assert re.findall(r"^## Bug \d", text, re.MULTILINE) == ["## Bug 1", "## Bug 2"]
    assert f"Outside of every function of `{bug.path}`, line" in text


def test_where_no_test_was_handed_out_reproducing_comes_first(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    key = replace(challenge.key, bugs=(replace(bug, failing=()),), mode=Mode.TICKET)
    assert "reproducing it comes first" in sheet(key, None)


def test_a_table_is_not_broken_by_what_it_holds(
    challenge: Challenge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "rung", lambda *_: ("a | b",))
    rows = [line for line in sheet(challenge.key, None).splitlines() if r"a \| b" in line]
    assert len(rows) == 4
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}
