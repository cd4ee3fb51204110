"""What went wrong with a run of the tests as a whole, in sentences for whoever wrote the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.process import Ended

if TYPE_CHECKING:
    from collections.abc import Iterable

    from generator.process import Limits
    from generator.trial import suite


def problems_of(run: suite.SuiteRun, named: frozenset[str], limits: Limits) -> Iterable[str]:
    """What went wrong with a run as a whole, as sentences. Only the tests in `named` are named, and of the CPU time it is
    only said how long it was where `limits` has it."""
    where = _where(run.unfinished, named)
    if run.ended is Ended.CPU:
        after = f" after {limits.cpu:.0f} s of CPU time" if limits.cpu else ""
        yield f"it loops {where}: stopped{after}."
    elif run.ended is Ended.WALL:
        yield f"it does not come to an end {where}: stopped after {limits.wall:.0f} s."
    elif run.ended is Ended.SIGNALLED:
        yield f"the run is killed {where}; it may use {(limits.memory or 0) >> 20} MiB."
    elif run.broken:
        yield f"it does not import: {_plain(run.broken[0][1])}"
    elif not run.finished:
        yield f"it ends the run early {where}."
    elif not run.outcomes:
        yield f"no test could be run: {_plain(run.complaint or run.last_words)}"
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
