"""A process that stays and forks once for each trial, and the tree that it works in. See the child's `server`."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import stat
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from generator import places, process
from generator.trial import baseline as baselines
from generator.trial import suite
from generator.views import Walls

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from generator.records import Baseline, Seed
    from generator.trial.swap import Swap

_READY = 120
"""Seconds that a server may take until it can serve."""
_GRACE = 10
"""Seconds that an answer may take beyond the trial's own wall-clock limit."""
_LIMITED = tuple(field.name for field in dataclasses.fields(process.Limits))
_PIECE = ("path", "name", "line", "new_line", "text", "futures", "made", "was")
"""What the child has to know of a swap."""
_BYTECODE = "__pycache__"
"""Goes by the time of change of its source, which no two mutants share."""


class Way(StrEnum):
    """How a fork comes to the mutant's code."""

    FUNCTIONS = "functions"
    COLLECTS = "collects"
    IMPORTS = "imports"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be run: the files that the mutant changes, as they are to be, and the tests in their order."""

    changed: Mapping[str, bytes]
    swaps: tuple[Swap, ...] | None
    tests: tuple[str, ...]
    give_up_after: int | None = None
    task: str = "run"
    """`run`, `trace` or `steps`, as of a job."""
    watch: Mapping[str, Any] | None = None
    slower: int = 1
    """How many times as long it may take as tests that nobody watches."""


class Server:
    """One process that stays, in a tree of its own."""

    def __init__(
        self, seed: Seed, baseline: Baseline, way: Way, python: Path, hash_seed: str = "0"
    ) -> None:
        """Start it and wait until it can serve. Raises GoneError where it can't."""
        self._baseline, self.way = baseline, way
        self._is_ready = False
        self._tree = suite.tree_of(seed)
        self._held = ExitStack()
        try:
            self._ground = _Ground(self._held.enter_context(places.scratch()), self._tree)
            self._service = self._started(python, hash_seed)
            self._held.callback(self._service.close)
            ready = self._ready()
            self.why_not = _why_not(ready)
            """What no fork of it would do as a process of its own does, or ""."""
            self._ground.settle()
        except BaseException:
            self._held.close()
            raise

    def _started(self, python: Path, hash_seed: str) -> process.Service:
        limits = baselines.limits(self._baseline, self._baseline.tests)
        job = suite.Job(limits, task=self.way, hash_seed=hash_seed)
        view = suite.view(self._ground.scratch, python)
        self._alone = view.walls is Walls.BUBBLEWRAP
        service = process.Service(
            [str(python), "-m", "bugsquash_child"],
            cwd=self._ground.root,
            limits=dataclasses.replace(limits, cpu=None),
            env=suite.environment(self._ground.scratch, job),
            errors=self._ground.errors,
            view=view,
        )
        told = suite.message(self._tree, job, self._ground.root, self._ground.report)
        service.say(json.dumps(told).encode())
        return service

    def _ready(self) -> dict[str, Any]:
        """Wait until it can serve; what it has to say of itself."""
        try:
            told: dict[str, Any] = json.loads(self._service.hear(_READY))
        except process.GoneError as error:
            said = self._ground.errors.read_text("utf-8", "replace").split("\n")
            raise process.GoneError(next(filter(None, reversed(said)), str(error))) from error
        return told

    def run(self, trial: Trial, stays: suite.Stays | None = None) -> suite.SuiteRun:
        """Fork, and read what the fork reports. What `stays` is made ready before the first fork; where
        that is not known, the report names it. Raises GoneError."""
        limits = _limits(self._baseline, trial.tests, self.way).longer(trial.slower)
        self._ground.report.unlink(missing_ok=True)
        request = {**self._asked(trial, limits), "names_what_stays": stays is None}
        if stays and not self._is_ready:
            request["stays"] = dataclasses.asdict(stays)
            self._is_ready = True
        with self._ground.changed(trial.changed):
            self._service.say(json.dumps(request).encode())
            told = json.loads(self._service.hear(limits.wall + _GRACE))
        if told["threads"] > 1:
            # What it has imported has started one. A lock that a thread holds is never released in a fork.
            raise process.GoneError("threads run beside the tests")
        ended = process.Ended[told["ended"].upper()]
        return suite.read(self._ground.report, process.Finished(told["status"], b"", b"", ended))

    def _asked(self, trial: Trial, limits: process.Limits) -> dict[str, Any]:
        further = {
            "idle": _idle(self._baseline, trial.tests),
            "each": _each(self._baseline, trial.tests) * trial.slower,
        }
        what = {
            "alone": self._alone,
            "limits": {name: getattr(limits, name) for name in _LIMITED} | further,
            "report": str(self._ground.report),
            "wanted": trial.tests,
            "give_up_after": trial.give_up_after,
            "task": trial.task,
            "watch": dict(trial.watch) if trial.watch else None,
        }
        if self.way is Way.FUNCTIONS:
            swaps = trial.swaps or ()
            pieces = [{name: getattr(each, name) for name in _PIECE} for each in swaps]
            return {**what, "pieces": pieces, "shifts": _shifts(swaps)}
        job = suite.Job(limits, wanted=trial.tests)
        told = suite.message(self._tree, job, self._ground.root, self._ground.report)
        return {**told, **what}

    def is_clean(self) -> bool:
        """Whether the last trial left nothing that the next would find."""
        return self._ground.is_clean()

    @property
    def pid(self) -> int:
        """Of the process that stays."""
        return self._service.pid

    def close(self) -> None:
        """End it and remove its tree."""
        self._held.close()


class _Ground:
    """A server's directory: the tree, and what a trial may fill and the next finds empty."""

    def __init__(self, scratch: Path, tree: suite.Tree) -> None:
        self.scratch = scratch
        self.root = scratch / "tree"
        self.report = scratch / "report"
        self.errors = scratch / "errors"
        self._contents = tree.contents
        self._changes = 0
        suite.write_tree(self.root, tree.contents, tree.executable)
        self._as_written = _facts_below(self.root)

    def settle(self) -> None:
        """What lies beside the tree now, before the first trial, is no trial's: bubblewrap hangs its mounts there, and what
        the tests make when they are imported is there for all."""
        self._there = _names(self.scratch)
        beside = [self.scratch / name for name in self._there if name != self.root.name]
        self._beside = {path: _facts_below(path) for path in beside if path.is_dir()}

    @contextmanager
    def changed(self, files: Mapping[str, bytes]) -> Iterator[None]:
        """The files lie there as given while the block runs, and as they were afterwards."""
        self._changes += 1
        try:
            for path, content in files.items():
                # Another time of change each: what was compiled of other content never passes for this one's.
                self._write(path, content, self._as_written[path][0] + self._changes * 10**9)
            yield
        finally:
            for path in files:
                # A trial that moved it away has not left the tree clean.
                with contextlib.suppress(OSError):
                    self._write(path, self._contents[path], self._as_written[path][0])

    def _write(self, path: str, content: bytes, modified: int) -> None:
        # Not emptied first: a file that was is brought to the disk as soon as it is closed (ext4), which takes longer.
        with (self.root / path).open("r+b") as file:
            file.write(content)
            file.truncate()
        os.utime(self.root / path, ns=(modified, modified))

    def is_clean(self) -> bool:
        """Whether all is as it was before the trial; what it made beside the tree is removed. No, where that can't be told."""
        try:
            os.truncate(self.errors, 0)
            for place, there in {self.scratch: self._there, **self._beside}.items():
                # Names and not paths: it is asked after every trial.
                for name in _names(place).difference(there):
                    _remove(place / name)
            before = {self.root: self._as_written, **self._beside}
            return all(_facts_below(place) == facts for place, facts in before.items())
        except OSError:
            return False


def _facts_below(directory: Path) -> dict[str, tuple[int, int, int]]:
    """Of each file, by its path from there, when it was changed, its size, its mode; of a directory, and this one, the mode."""
    start = len(str(directory)) + 1
    below = {path[start:]: facts for path, facts in _facts(str(directory))}
    return {"": (0, 0, directory.stat().st_mode), **below}


def _why_not(ready: Mapping[str, Any]) -> str:
    if ready["threads"] > 1:
        # A lock that another thread holds is never released in a fork.
        return "threads run before the first test"
    if ready["files"]:
        return "files are open before the first test"
    # What a mutant may change would have to be imported once more.
    return "it is imported before its tests are looked for" if ready.get("imported") else ""


def _names(directory: Path) -> frozenset[str]:
    with os.scandir(directory) as entries:
        return frozenset(entry.name for entry in entries)


def _facts(directory: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            at = entry.stat(follow_symlinks=False)
            if not stat.S_ISDIR(at.st_mode):
                yield entry.path, (at.st_mtime_ns, at.st_size, at.st_mode)
            elif entry.name != _BYTECODE:
                yield entry.path, (0, 0, at.st_mode)
                yield from _facts(entry.path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        places.remove_tree(path)
    else:
        path.unlink(missing_ok=True)


def _shifts(swaps: Sequence[Swap]) -> dict[str, list[tuple[int, int]]]:
    shifts: dict[str, list[tuple[int, int]]] = {}
    for each in swaps:
        shifts.setdefault(each.path, []).append((each.last, each.longer))
    return shifts


def _idle(baseline: Baseline, tests: Sequence[str]) -> float:
    """Seconds that a trial may neither work nor wait for a core: 5, and 4 times as long as its tests waited clean."""
    return 5 + 4 * baselines.waited(baseline, tests)


def _each(baseline: Baseline, tests: tuple[str, ...]) -> float:
    """CPU seconds that one test may take: a loop without end need not take what all of them together may."""
    return 1 + 6 * baselines.longest(baseline, tests)


def _limits(baseline: Baseline, tests: tuple[str, ...], way: Way) -> process.Limits:
    """As for a fresh process, but where the tests are collected already, nothing of it is start-up."""
    limits = baselines.limits(baseline, tests)
    if way is not Way.FUNCTIONS:
        return limits
    return dataclasses.replace(limits, cpu=0.3 + 6 * baselines.inside(baseline, tests))
