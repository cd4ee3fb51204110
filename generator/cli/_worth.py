"""What `seeds check` found, on the screen and as JSON."""

from __future__ import annotations

import dataclasses
import shlex
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from generator import edits
from generator.admit import Refusal
from generator.cli import _difference, _screen, _words
from generator.trial.orders import ORDERS, REPETITIONS, Cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from generator.records import Mutant
    from generator.trial.orders import Wavering
    from generator.worth import Worth

_KINDS = ("family", "change", "operator")
_WORST = 5
"""Files named on the screen."""
_NAMED = 12
"""Tests named there."""
_NOT_HERE = (Refusal.UNREACHED, Refusal.SURVIVED)
"""They are told where the stages are, and as weak spots."""


def facts(worth: Worth) -> dict[str, Any]:
    """One JSON object with everything."""
    baseline = worth.baseline
    return {
        "seed": worth.seed.name,
        "modules": worth.profile.modules,
        "lines": worth.profile.lines,
        "tests": len(baseline.tests),
        "skipped": len(baseline.skipped),
        "left_out": {
            test: {"why": why.value, "what": what} for test, (why, what) in baseline.unfit.items()
        },
        "written": list(baseline.written),
        "unread": list(worth.unread),
        "suite_seconds": round(baseline.suite_seconds, 3),
        "waiting_seconds": round(_waiting(worth), 3),
        "orders": ORDERS,
        "repetitions": REPETITIONS,
        "wavering": [
            {**dataclasses.asdict(one), "cause": one.cause.name.lower()} for one in worth.wavering
        ],
        "coverage": dataclasses.asdict(worth.coverage),
        "stages": dataclasses.asdict(worth.stages),
        "refused": _names(worth.refused),
        "levels": {
            "admitted": worth.admitted,
            "watched": len(worth.watched),
            "by_level": _named(worth.levels),
            "to_be_had": _named(worth.to_be_had),
            "refused": _names(worth.refused_when_watched),
        },
        **{
            kind: {name: dataclasses.asdict(one) for name, one in _by(worth, kind).items()}
            for kind in _KINDS
        },
        "survivors": [
            _survivor(worth, mutant) for some in worth.survivors.values() for mutant in some
        ],
        "seconds": round(worth.seconds, 1),
        "jobs": worth.jobs,
        "known": worth.known,
    }


def _named(levels: Mapping[int, int]) -> dict[str, int]:
    return {str(level): count for level, count in levels.items()}


def _names(refused: Mapping[Refusal, int]) -> dict[str, int]:
    return {reason.name.lower(): count for reason, count in refused.items()}


def _by(worth: Worth, kind: str) -> Mapping[str, Any]:
    return worth.by(attrgetter(kind))


def _survivor(worth: Worth, mutant: Mutant) -> dict[str, Any]:
    return {
        "path": mutant.path,
        "line": mutant.line,
        "operator": mutant.operator,
        "function": mutant.function,
        "diff": edits.patch(worth.seed.contents, mutant.edits),
    }


def _waiting(worth: Worth) -> float:
    return sum(worth.baseline.waited.values())


def _sleeps(worth: Worth) -> bool:
    # A little of it is a busy machine's doing.
    return _waiting(worth) > max(5.0, 3 * worth.baseline.suite_seconds)


def tell(worth: Worth, asked: Sequence[str], *, survivors: bool) -> None:
    """For a person. `asked` is how they named the seed, and the options that its suite needs."""
    shown = [mutant for some in worth.survivors.values() for mutant in some] if survivors else []
    for mutant in shown:
        _difference.tell(worth.seed.contents, mutant)
    if shown:
        _screen.tell()
    _screen.tell_list("", _suite(worth), style="bold")
    _tell_tests(worth)
    _screen.tell_list("", _stages(worth), between="→")
    _tell_levels(worth)
    for kind in _KINDS:
        fits = {name: one.fit for name, one in _by(worth, kind).items() if one.fit}
        if fits:
            _screen.tell_list(f"{kind}: ", _counts(fits))
    _tell_refused(worth)
    _tell_survivors(worth)
    _screen.tell(_time(worth))
    if worth.survivors and not survivors:
        again = shlex.join(["bugsquash", "seeds", "check", *asked, "--survivors"])
        _screen.next_step(again, "each survivor")
    elif worth.stages.fit:
        _screen.next_step(shlex.join(["bugsquash", "new", *asked]))


def _suite(worth: Worth) -> Iterator[str]:
    yield worth.profile.name
    yield _words.count(worth.profile.lines, "line")
    waiting = f" and {_waiting(worth):.0f} s of waiting" if _sleeps(worth) else ""
    tests = _words.count(len(worth.baseline.tests), "test")
    yield f"{tests} in {worth.baseline.suite_seconds:.1f} s{waiting}"
    if worth.baseline.unfit:
        yield f"{len(worth.baseline.unfit):,} left out"
    if worth.wavering:
        yield f"flaky: {_words.count(len(worth.wavering), 'test')} in {ORDERS} orders"
    else:
        yield f"not flaky in {ORDERS} orders"
    if worth.coverage.statements:
        yield f"{100 * worth.coverage.executed // worth.coverage.statements} % of lines"


def _stages(worth: Worth) -> tuple[str, ...]:
    stages = worth.stages
    return (
        _words.count(stages.sites, "site"),
        f"{stages.reached:,} reached",
        f"{stages.caught:,} caught",
        f"{stages.fit:,} fit for an hour{' by the rules' if worth.sampled else ''}",
    )


_HOW = {
    Cause.ORDER: "hangs on the order: fails in {0.failed} of {0.runs}, and again when that is repeated",
    Cause.ITSELF: "fails in {0.failed} of {0.runs} runs in the same order",
}


def _how(one: Wavering) -> str:
    return _HOW[one.cause].format(one)


def _tell_tests(worth: Worth) -> None:
    _tell_counts("left out:", Counter(why.value for why, _ in worth.baseline.unfit.values()))
    for one in worth.wavering[:_NAMED]:
        _screen.tell(f"    {one.test}  {_how(one)}")
    if more := worth.wavering[_NAMED:]:
        _screen.tell(f"    … and {len(more):,} more: --json names all")


def _tell_levels(worth: Worth) -> None:
    if not worth.watched:
        return
    _screen.tell_list("levels  ", _levels(worth.levels))
    if worth.to_be_had != worth.levels:
        # Told by another of its failing tests, the same bug can be of another level.
        _screen.tell_list("    asked for with --level  ", _levels(worth.to_be_had))
    if worth.sampled:
        _screen.tell(
            f"    levels measured on a sample of {len(worth.watched):,}: --every-level takes all"
        )
        for reason, count in worth.refused_when_watched.items():
            _screen.tell(f"    {count:,} of these refused after all: {reason.value}")


def _levels(found: Mapping[int, int]) -> Iterable[str]:
    return _counts({f"{level}:": count for level, count in found.items()})


def _tell_refused(worth: Worth) -> None:
    refused = {
        reason.value: count for reason, count in worth.refused.items() if reason not in _NOT_HERE
    }
    _tell_counts("refused:", refused)


def _tell_survivors(worth: Worth) -> None:
    files = {_words.in_one_line(path): len(some) for path, some in worth.survivors.items()}
    total = _words.count(sum(files.values()), "survivor")
    most = ", most in" if len(files) > _WORST else ""
    _tell_counts(f"weak spots: {total}{most}", dict(list(files.items())[:_WORST]))


def _tell_counts(heading: str, counts: Mapping[str, int]) -> None:
    if not counts:
        return
    _screen.tell(heading)
    width = max(len(f"{count:,}") for count in counts.values())
    for name, count in counts.items():
        _screen.tell(f"    {count:{width},}  {name}")


def _time(worth: Worth) -> str:
    known = f"; {worth.known:,} of {worth.stages.reached:,} trials known from before"
    jobs = _words.count(worth.jobs, "job")
    return f"{_words.duration(worth.seconds)} with {jobs}{known if worth.known else ''}"


def _counts(some: Mapping[str, int]) -> Iterable[str]:
    return (f"{name} {count:,}" for name, count in some.items())
