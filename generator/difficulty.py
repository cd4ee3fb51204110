"""How hard a bug is to find, from what was measured of it. Pure; one table for all seeds; the version goes up when the
table changes, because a level is a promise to an instructor."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeAlias

from generator import edits, outline, search
from generator.crashes import is_crash
from generator.records import Measurements, texts_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from generator.records import Baseline, Bench, Call, Frame, Mutant, Seed, Trace, Verdict

VERSION = 6

ExecutedBy: TypeAlias = "Mapping[tuple[str, str], frozenset[str]]"
"""Path and name of a function → tests."""

_MANY_SUSPECTS = 10
"""Functions at least as suspect as the guilty one: fewer are looked through one by one."""
_FOUND_BY_SEARCH = ((1, 2), (5, 3))
"""Rank of a search → the highest level: of five challenges whose level two readers took for too high, two were found first
and two among the first five."""
_DEEP = 5
_DEEP_ALL_THE_SAME = 4
"""Calls from the test to the fault; of an earlier call than the one that answers wrongly, one less is as far."""
_ALL_BUT_CALLED = 2
"""A method of the public face that only hands on counts for nothing."""
_NEAR_THE_FAILURE = 10
"""Lines executed from the first wrong value to the failure, at most: who steps back from the failure sees it."""
_WRITES_THE_ANSWER = ("__str__", "__format__")
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)+")
_JOINTS = str.maketrans("_-", "  ")
"""`capture_before` is told as two words, and looked for as one."""
_WORDS_AT_LEAST = 8
"""Characters of a piece of text that somebody would look for in the code."""


def level(measured: Measurements) -> int:
    """1 (first evening) to 5: an order of what readers took for thirty such bugs, not a promise of minutes.

    Words of the answer that stand there and nowhere else are searched for in a minute, and make it 1. What leads to the
    fault otherwise (such words that stand elsewhere too; a traceback that passes through its file, or through the very
    function; an exception that nobody meant to raise; the file of what was asked; a step that all but calls it; a first wrong
    value right before the failure) makes it 1, or 2 where it is one thing alone, whatever else was measured. Otherwise it is 2, and one more each for many suspects and
    for a fault that lies deep (of few suspects: in an earlier call than the one that answers wrongly); where all three
    hold, it is 5; but no more than 2 where a search for the ticket's words finds it first, and 3 where among the first
    five. Executed lines, failing tests, places and the lines between fault and first wrong value are told, and do not count: the
    readers' times did not follow the first three, and the last is nearly always none.
    """
    leads = (
        measured.traceback_in_file,
        measured.traceback_in_function,
        measured.words_elsewhere,
        measured.asked_in_file,
        measured.crash,
        measured.depth <= _ALL_BUT_CALLED,
        measured.propagation is not None and measured.propagation <= _NEAR_THE_FAILURE,
    )
    if measured.words_in_function:
        return 1
    if any(leads):
        return 2 if sum(leads) == 1 else 1
    many = measured.suspect_rank >= _MANY_SUSPECTS
    deep = measured.depth >= (_DEEP_ALL_THE_SAME if measured.later_call else _DEEP)
    far = deep and (many or measured.later_call)
    otherwise = 2 + many + far + (many and deep and measured.later_call)
    return min(otherwise, _found_by_search(measured.search_rank))


def _found_by_search(rank: int) -> int:
    """The highest level of what a search finds so soon."""
    return next((most for last, most in _FOUND_BY_SEARCH if 0 < rank <= last), 5)


def at_most(rank: int) -> int:
    """The highest level that a bug of this suspect rank can have, whatever is still to be measured."""
    return 5 if rank >= _MANY_SUSPECTS else 3


def measure(
    bench: Bench,
    mutant: Mutant,
    verdict: Verdict,
    visible: Collection[str],
    *,
    trace: Trace,
    wrong: Sequence[tuple[Call, Call]],
    executed: ExecutedBy,
) -> Measurements:
    """What is known of one mutant as the learner meets it: only the `visible` tests fail before their eyes.

    `trace` is that of one visible failing test on the buggy code, `wrong` are its calls that a customer sees answer wrongly,
    on the clean and on the buggy code, the one that is told last; `executed` is what `executed_by` says.
    """
    answers = [call for pair in wrong for call in pair]
    told = wrong[-1][1] if wrong else None
    guilty = mutant.path, mutant.function
    failures = [failure for failure in verdict.failures if failure.test in visible]
    frames = [frame for failure in failures for frame in failure.frames]
    said = _said(bench.seed, mutant, _texts(answers))
    return Measurements(
        traceback_in_file=any(frame.path == mutant.path for frame in frames),
        traceback_in_function=any(
            frame.path == mutant.path and frame.function == mutant.function for frame in frames
        ),
        depth=(told and told.depth) or trace.depth or 1,
        later_call=trace.depth is not None
        and told is not None
        and all(call.depth is None for _, call in wrong),
        asked_in_file=told is not None and told.path == mutant.path,
        words_in_function=mutant.function.endswith(_WRITES_THE_ANSWER)
        or any(call.raised_in == guilty for call in answers)
        or any(places == {guilty} for places in said.values()),
        words_elsewhere=any(places != {guilty} for places in said.values()),
        executed_lines=_executed_lines(bench.seed, bench.baseline, visible),
        suspect_rank=suspect_rank(executed, mutant, visible),
        wrong_value=not any(_raised_in_source(bench.seed, failure.frames) for failure in failures),
        failing=len(verdict.failures),
        places=mutant.places,
        crash=any(is_crash(bench.seed, failure) for failure in failures),
        version=VERSION,
    )


def search_rank(bench: Bench, mutant: Mutant, witness: Sequence[str], ticket: str) -> int:
    """How soon a search of the buggy source finds the guilty function by the words of the ticket, of the witness's name, or
    both."""
    contents = {**bench.seed.contents, **edits.apply(bench.seed.contents, mutant.edits)}
    texts = search.functions(contents, bench.seed.source)
    names = search.words(" ".join(test.rpartition("::")[2] for test in witness))
    told = search.words(ticket)
    guilty = mutant.path, mutant.function
    return min(search.rank(guilty, texts, wanted) for wanted in (names, told, names | told))


def _texts(calls: Iterable[Call]) -> str:
    """All text of what the calls gave back."""
    return "\n".join(text for call in calls for text in texts_in(call.result)).translate(_JOINTS)


def _said(seed: Seed, mutant: Mutant, answers: str) -> dict[str, set[tuple[str, str]]]:
    """The runs of words that the guilty function writes and the answers hold → path and name of every function that
    writes them, "" for what stands in none."""
    written = [
        ((path, function.name if function else ""), text.translate(_JOINTS))
        for path in seed.source
        for line, text in _written(seed, path)
        for function in [outline.enclosing(_functions(seed, path), line)]
    ]
    guilty = mutant.path, mutant.function
    runs = {
        run
        for place, text in written
        if place == guilty
        for run in _WORDS.findall(text)
        if len(run) >= _WORDS_AT_LEAST and run in answers
    }
    return {run: {place for place, text in written if run in text} for run in runs}


def _written(seed: Seed, path: str) -> tuple[tuple[int, str], ...]:
    try:
        return outline.texts(seed.contents[path])
    except SyntaxError:
        return ()


def _raised_in_source(seed: Seed, frames: tuple[Frame, ...]) -> bool:
    return bool(frames) and frames[-1].path in seed.source


def _executed_lines(seed: Seed, baseline: Baseline, tests: Iterable[str]) -> int:
    executed = {
        (path, line)
        for test in tests
        for path, lines in baseline.lines[test].items()
        if path in seed.source
        for line in lines
    }
    return len(executed)


def executed_by(seed: Seed, baseline: Baseline) -> ExecutedBy:
    """Every function of the source → the tests that execute it on the clean code."""
    return {
        (path, function.name): frozenset(
            test
            for test in baseline.tests
            if not baseline.lines[test].get(path, frozenset()).isdisjoint(body)
        )
        for path in seed.source
        for function in _functions(seed, path)
        for body in [range(function.body, function.last + 1)]
    }


def suspect_rank(executed: ExecutedBy, mutant: Mutant, failing: Collection[str]) -> int:
    """Rank of the guilty function among all executed ones by Ochiai's coefficient over the clean line map, 1 the most
    suspect; equal ones share the last of their ranks.

    Ochiai: failed(f) / sqrt(failed * (failed(f) + passed(f))), as used for fault localisation by Abreu, Zoeteweij and van
    Gemund (TAICPART 2007).
    """
    suspicion = {name: _ochiai(tests, failing) for name, tests in executed.items()}
    guilty = suspicion.get((mutant.path, mutant.function), 0.0)
    return max(1, sum(value >= guilty for value in suspicion.values()))


def _functions(seed: Seed, path: str) -> tuple[outline.Function, ...]:
    try:
        return outline.functions(seed.contents[path])
    except SyntaxError:
        return ()


def _ochiai(tests: frozenset[str], failing: Collection[str]) -> float:
    failed = sum(test in tests for test in failing)
    return failed / math.sqrt(len(failing) * len(tests)) if failed else 0.0
