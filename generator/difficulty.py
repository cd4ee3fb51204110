"""How hard a bug is to find, from what was measured of it. Pure; one table for all seeds; the version goes up when the
table changes, because a level is a promise to an instructor."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator import outline
from generator.records import Measurements, texts_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from generator.records import Baseline, Call, Frame, Mutant, Seed, Trace, Verdict

VERSION = 3

_POINTS: dict[str, tuple[int, ...]] = {
    # How many of the bounds a measurement reaches is its points.
    "depth": (2, 3, 5),
    "executed_lines": (100, 300),
    "suspect_rank": (4, 10, 20),
    "places": (2, 3),
}
_LATER_CALL = 2
_GROSS = 4
_LEVEL_BOUNDS = (4, 7, 9, 11)
_SHOWN_LEVELS = (5, 2, 1, 1, 1)
"""The highest level of a bug by how much shows its function: the traceback, the answer's words, the file of what was asked,
a step that all but calls it. Readers found those in minutes, whatever else was measured."""
_ALL_BUT_CALLED = 2
"""Calls between a step and the guilty function: a method of the public face that only hands on counts for nothing."""
_LONG_WAY = 4
_CALL_LEVELS = {(False, False): 2, (False, True): 3, (True, False): 3, (True, True): 5}
"""The highest level by whether the wrong answer comes from a later call than the one that runs the fault, and whether it is
a long way down to the fault (of a later call: more than all but called). Where the same call runs it, it is found by reading
downwards from there."""
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)+")
_WORDS_AT_LEAST = 10
"""Letters of a piece of text that somebody would look for in the code."""


def points(measured: Measurements) -> int:
    """The sum over the table, -1 to 16: up to two for how far the traceback is from the fault, then depth, lines, rank
    and places by their bounds, one each for a value that is only wrong and for a lone witness, and two where the wrong
    answer that is told comes from another call than the one that runs the fault."""
    traceback = 0 if measured.traceback_in_function else 1 if measured.traceback_in_file else 2
    by_bounds = sum(
        bisect_right(bounds, getattr(measured, name)) for name, bounds in _POINTS.items()
    )
    later = _LATER_CALL * measured.later_call
    witnesses = (measured.failing == 1) - (measured.failing > _GROSS)
    return traceback + by_bounds + later + measured.wrong_value + witnesses


def level(measured: Measurements) -> int:
    """1 (first evening) to 5."""
    by_points = 1 + bisect_right(_LEVEL_BOUNDS, points(measured))
    called = measured.depth <= _ALL_BUT_CALLED
    shown = (
        measured.traceback_in_function
        + measured.words_in_function
        + measured.asked_in_file
        + (called and not measured.later_call)
    )
    far = not called if measured.later_call else measured.depth >= _LONG_WAY
    return min(by_points, _SHOWN_LEVELS[shown], _CALL_LEVELS[measured.later_call, far])


def measure(
    seed: Seed,
    baseline: Baseline,
    mutant: Mutant,
    verdict: Verdict,
    visible: Collection[str],
    *,
    trace: Trace,
    told: tuple[Call, Call] | None,
) -> Measurements:
    """What is known of one mutant as the learner meets it: only the `visible` tests fail before their eyes.

    `trace` is that of one visible failing test on the buggy code, `told` the call whose wrong answer is
    told, on the clean and on the buggy code.
    """
    right, wrong = told or (None, None)
    guilty = mutant.path, mutant.function
    failures = [failure for failure in verdict.failures if failure.test in visible]
    frames = [frame for failure in failures for frame in failure.frames]
    return Measurements(
        traceback_in_file=any(frame.path == mutant.path for frame in frames),
        traceback_in_function=any(
            frame.path == mutant.path and frame.function == mutant.function for frame in frames
        ),
        depth=(wrong and wrong.depth) or trace.depth or 1,
        later_call=wrong is not None and wrong.depth is None and trace.depth is not None,
        asked_in_file=wrong is not None and _is_of(seed, mutant.path, wrong.module),
        words_in_function=any(call and call.raised_in == guilty for call in (right, wrong))
        or any(words in _texts(right, wrong) for words in _literal_words(seed, mutant)),
        executed_lines=_executed_lines(seed, baseline, visible),
        suspect_rank=suspect_rank(seed, baseline, mutant, visible),
        wrong_value=not any(_raised_in_source(seed, failure.frames) for failure in failures),
        failing=len(verdict.failures),
        places=mutant.places,
        version=VERSION,
    )


def _is_of(seed: Seed, path: str, module: str) -> bool:
    """Whether a file is the module, told by its place below the package."""
    inside = PurePosixPath(path).relative_to(seed.import_root).with_suffix("").parts
    return ".".join(inside) in {module, f"{seed.package}.{module}"}


def _texts(*calls: Call | None) -> str:
    """All text of what the calls gave back."""
    return "\n".join(text for call in calls if call for text in texts_in(call.result))


def _literal_words(seed: Seed, mutant: Mutant) -> Iterator[str]:
    """The runs of words in the texts that the guilty function writes, its docstring left out."""
    function = outline.enclosing(outline.functions(seed.contents[mutant.path]), mutant.line)
    for line, text in outline.texts(seed.contents[mutant.path]) if function else ():
        if function and function.body <= line <= function.last:
            yield from (run for run in _WORDS.findall(text) if len(run) >= _WORDS_AT_LEAST)


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


def suspect_rank(seed: Seed, baseline: Baseline, mutant: Mutant, failing: Collection[str]) -> int:
    """Rank of the guilty function among all executed ones by Ochiai's coefficient over the clean line map, 1 the most
    suspect; equal ones share the last of their ranks.

    Ochiai: failed(f) / sqrt(failed * (failed(f) + passed(f))), as used for fault localisation by Abreu, Zoeteweij and van
    Gemund (TAICPART 2007).
    """
    suspicion = {
        (path, function.name): _ochiai(baseline, path, function, failing)
        for path in seed.source
        for function in _functions(seed, path)
    }
    guilty = suspicion.get((mutant.path, mutant.function), 0.0)
    return max(1, sum(value >= guilty for value in suspicion.values()))


def _functions(seed: Seed, path: str) -> tuple[outline.Function, ...]:
    try:
        return outline.functions(seed.contents[path])
    except SyntaxError:
        return ()


def _ochiai(
    baseline: Baseline, path: str, function: outline.Function, failing: Collection[str]
) -> float:
    body = range(function.body, function.last + 1)
    executed_by = [
        test
        for test in baseline.tests
        if any(line in body for line in baseline.lines[test].get(path, ()))
    ]
    failed = sum(test in failing for test in executed_by)
    return failed / math.sqrt(len(failing) * len(executed_by)) if failed else 0.0
