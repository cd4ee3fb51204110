"""Whether a clean suite can serve, and where it can't, the sentence that says why and what to do."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from generator import process
from generator.errors import MissingMetadataError, UnfitError
from generator.records import Unfit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.records import Baseline, Failure, Seed
    from generator.trial.suite import SuiteRun

UnfitTests = dict[str, tuple[Unfit, str]]
_LONG_ENOUGH = 120


def unfit_tests(run: SuiteRun) -> UnfitTests:
    """The tests of a clean run that can't be relied on: those that fail, and those that leave something in the tree."""
    found = {failure.test: _why_failing(run, failure) for failure in run.failures}
    written = set(run.written)
    for test in run.of("passed"):
        left = sorted(written.intersection(run.writes.get(test, ())))
        if left:
            found[test] = Unfit.WRITES, left[0]
    return found


def _why_failing(run: SuiteRun, failure: Failure) -> tuple[Unfit, str]:
    if run.hosts and any(words in failure.message for words in _NO_NETWORK):
        # Set-up that several tests share asks once, for the first of them.
        return Unfit.NEEDS_NETWORK, run.hosts.get(failure.test, next(iter(run.hosts.values())))
    if failure.test in run.hosts:
        return Unfit.NEEDS_NETWORK, run.hosts[failure.test]
    if failure.exception in _NO_METADATA:
        return Unfit.NEEDS_METADATA, failure.message
    first_line = failure.message.partition("\n")[0]
    return Unfit.FAILS, f"{failure.exception}: {first_line[:_LONG_ENOUGH]}".rstrip(": ")


def unsteady_tests(again: SuiteRun, wanted: Sequence[str]) -> UnfitTests:
    """Those of `wanted`, which passed before, that a second clean run does not find or does not see pass."""
    steady = set(again.of("passed")) - unfit_tests(again).keys()
    there = set(again.collected)
    return {
        test: (Unfit.WAVERS if test in there else Unfit.RENAMED, "")
        for test in wanted
        if test not in steady
    }


def ask_for_metadata(unfit: Mapping[str, tuple[Unfit, str]]) -> bool:
    """Whether some of them fail since a distribution's metadata is missing."""
    return any(why is Unfit.NEEDS_METADATA for why, _ in unfit.values())


def refuse_useless(seed: Seed, clean: SuiteRun, budget: float) -> None:
    """Raise UnfitError where nothing can be made of a clean run, whatever tests are left out."""
    where = _where(seed)
    if not clean.finished or (clean.unfinished and not clean.broken):
        inside = f" inside {clean.unfinished}" if clean.unfinished else ""
        if clean.ended in (process.Ended.CPU, process.Ended.WALL):
            raise UnfitError(
                f"the suite of {where} takes more than {budget:.0f} s: it was stopped{inside}. "
                "Give it more with --budget SECONDS, or run fewer tests (testpaths in its pytest configuration)."
            )
        raise _error(clean.last_words)(
            f"{where} has no passing test suite: its run {_ENDS[clean.ended]}{inside}, before any bug goes in. {clean.last_words}".rstrip()
        )
    if clean.broken:
        what, why = clean.broken[0]
        raise _error(why)(
            f"{where} has no passing test suite: {what} can't be collected ({why}). {_remedy(seed, clean, why)}".rstrip()
        )
    if clean.complaint is not None:
        why = clean.complaint
        raise _error(why)(
            f"{where} has no passing test suite: pytest gives up ({why}). {_remedy(seed, clean, why)}".rstrip()
        )
    if not clean.of("passed") and not clean.failures:
        raise _error(clean.last_words)(
            f"{where} has no tests that pytest collects and passes. {clean.last_words}".rstrip()
        )
    if clean.runs_on_it:
        raise UnfitError(
            f"pytest itself runs on {seed.package} and imports its own copy before any test begins, so a bug put here would not show. It can't serve."
        )
    if clean.origin is not None and Path(clean.origin).is_absolute():
        raise UnfitError(
            f"the tests import {seed.package} from an installed copy, not from this directory, so a bug put here would not show. "
            "Uninstall it there, or install this directory in editable mode."
        )


def refuse_unrepeatable(seed: Seed, again: SuiteRun) -> None:
    """Raise UnfitError where the second clean run, in the reverse order, does not come to its end: it says nothing of the
    tests that were still to come."""
    if again.broken:
        what, why = again.broken[0]
        raise UnfitError(
            f"the suite of {_where(seed)} hangs on its order: in the reverse one {what} can't be collected ({why}). "
            "Make each file importable by itself."
        )
    if not again.finished:
        inside = f" inside {again.unfinished}" if again.unfinished else ""
        how = _ENDS.get(again.ended, "takes longer than it may")
        raise UnfitError(
            f"the suite of {_where(seed)} passes once; run again in the reverse order, it {how}{inside}. "
            "Make its tests stand alone, or give it more time with --budget SECONDS."
        )


def refuse_unfit(seed: Seed, unfit: Mapping[str, tuple[Unfit, str]], ran: int) -> None:
    """Raise UnfitError where some tests of a clean suite, of `ran` in all, can't be relied on: of the gravest kind."""
    counts = Counter(why for why, _ in unfit.values())
    for why, sentence in _SENTENCES.items():
        if counts[why]:
            test, told = next((test, told) for test, (of, told) in unfit.items() if of is why)
            more = ", …" if counts[why] > 1 else ""
            facts = {"where": _where(seed), "count": counts[why], "ran": ran, "test": test}
            error = MissingMetadataError if why is Unfit.NEEDS_METADATA else UnfitError
            raise error(sentence.format(**facts, more=more, told=told))


def refuse_empty(seed: Seed, unfit: Mapping[str, tuple[Unfit, str]]) -> None:
    """Raise UnfitError where every test of a clean suite is among those that can't be relied on."""
    test, (why, told) = next(iter(unfit.items()))
    raise UnfitError(
        f"{_where(seed)} has no test to rely on. Of {test}: {why.value}{f' ({told})' if told else ''}."
    )


def refuse_written(seed: Seed, written: Sequence[str]) -> None:
    """Raise UnfitError where a clean run left something in its tree, though no test is known for it."""
    if written:
        raise UnfitError(
            f"the suite of {_where(seed)} writes into its own directory ({written[0]}), where the next run would meet it. "
            "Let it write to a temporary directory, or go on all the same with --allow-failing."
        )


def refuse_slow(seed: Seed, baseline: Baseline, budget: float) -> None:
    """Raise UnfitError where a suite that was measured before took longer than it may now."""
    if baseline.suite_seconds > budget:
        raise UnfitError(
            f"the suite of {_where(seed)} takes {baseline.suite_seconds:.0f} s, more than the {budget:.0f} s it may. "
            "Give it more with --budget SECONDS."
        )


_NO_NETWORK = ("Network is unreachable", "Temporary failure in name resolution")
"""What a test is told that asks for another host."""
_NO_METADATA = ("PackageNotFoundError", "DistributionNotFound")
_SENTENCES = {
    Unfit.NEEDS_METADATA: "{where} has no passing test suite: {count} of {ran} tests fail before any bug goes in, {test}{more} "
    "because of what is not installed ({told}). Install it there.",
    Unfit.FAILS: "{where} has no passing test suite: {count} of {ran} tests fail before any bug goes in ({test}: {told}{more}). "
    "Fix them, or leave them out with --allow-failing.",
    Unfit.NEEDS_NETWORK: "the suite of {where} needs the network, which trials have not: {count} of {ran} tests fail without it "
    "({test} asks for {told}{more}). Leave them out with --allow-failing.",
    Unfit.WRITES: "the suite of {where} writes into its own directory: {test} leaves {told} there, where the next run would "
    "meet it{more}. Let it write to tmp_path, or leave it out with --allow-failing.",
    Unfit.RENAMED: "the suite of {where} names its tests anew in every run: {test}{more} was there once and not again. "
    "Give its parameters ids that stay the same, or leave it out with --allow-failing.",
    Unfit.WAVERS: "the suite of {where} is not steady: {test}{more} passed once and not again in the reverse order, before "
    "any bug went in. "
    "Make it pass every time, or leave it out with --allow-failing.",
}
"""The gravest first."""

_INSTALL = "here, or name the interpreter that has it with --python."
_MENDS = {
    **dict.fromkeys(("No module named", *_NO_METADATA), f"Install it {_INSTALL}"),
    "unrecognized arguments": f"Install the plugin that knows them {_INSTALL}",
}
"""What mends it, by words of the reason."""

_ENDS = {
    process.Ended.EXITED: "ends early",
    process.Ended.SIGNALLED: "dies of a signal",
}


def _remedy(seed: Seed, clean: SuiteRun, why: str) -> str:
    if "" in clean.hosts and any(words in why for words in _NO_NETWORK):
        return f"It asks for {clean.hosts['']}, and trials have no network."
    if f"'{seed.package}." in why:
        return "Its directory lacks that module: it is made when the project is built. Build it in place first."
    return next((mends for words, mends in _MENDS.items() if words in why), "")


def _error(words: str) -> type[UnfitError]:
    return MissingMetadataError if any(name in words for name in _NO_METADATA) else UnfitError


def _where(seed: Seed) -> str:
    return seed.name if seed.builtin else str(seed.root)
