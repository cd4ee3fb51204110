"""Run a tree's tests in a fresh process and read its report. Everything that runs code under test comes through here."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import machine, places, process, seeds, views
from generator.records import BUDGET
from generator.trial import interpreter, told
from generator.trial.interpreter import CHILD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from generator.records import Configuration, Failure, Seed


MEMORY, FILE = 4 << 30, 256 << 20
"""Bytes of address space and of any one file that a suite may take of which nothing is known."""


def start_up(budget: float = BUDGET) -> process.Limits:
    """Before anything is known of a suite but the CPU seconds it may take. Its own limits come from the baseline, where there
    is a table of all."""
    return process.Limits(wall=2.5 * budget, cpu=budget, memory=MEMORY, file=FILE)


_UNLESS_NAMED = ("anyio",)
"""Plugins of pytest's that do nothing unless a file of the project names them. Importing this one, which comes with one of our
own libraries, takes as long as importing pytest."""
_PYTEST_GAVE_UP = (3, 4)
"""Exit statuses of pytest's own: internal error, usage error."""

_NO_MEMORY = re.compile(
    rf"^(?:[\w.]*MemoryError\b|OSError: .*{re.escape(os.strerror(errno.ENOMEM))})", re.MULTILINE
)
"""How errors begin of a process that was given no memory. A system call says so in the second way."""
_COMPLAINT = re.compile(
    r"^(?:\S+: error: |INTERNALERROR> (?=[\w.]+(?::|$))|ERROR: (?!usage:)|E +)(.+)$", re.MULTILINE
)
"""Beside it stand a usage line, the configuration's place, the lines of a traceback."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Files to run tests in, and what must be known to run them."""

    contents: Mapping[str, bytes] = field(repr=False)
    executable: frozenset[str]
    package: str
    import_root: str
    source: tuple[str, ...]
    configuration: Configuration

    def with_files(self, changed: Mapping[str, bytes]) -> Tree:
        """The same tree with some files other or new."""
        return replace(self, contents={**self.contents, **changed})


def tree_of(seed: Seed) -> Tree:
    """The seed's own tree."""
    return Tree(
        seed.contents,
        seed.executable,
        seed.package,
        seed.import_root,
        seed.source,
        seed.configuration,
    )


@dataclass(frozen=True, slots=True)
class Job:
    """One run: which tests (None: all) in the order given, and what is recorded beside their outcomes."""

    limits: process.Limits
    wanted: tuple[str, ...] | None = None
    task: str = "run"
    """`run`; `lines` adds the line map; `trace` adds calls; `steps` adds all that a test does in the project's functions; `debug`
    types commands into pdb."""
    give_up_after: int | None = None
    watch: Mapping[str, Any] | None = None
    hash_seed: str = "0"
    then_mapped: bool = False
    """The tests run once more, in a fork and with the line map, where that can be had."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one test: passed, failed or skipped; CPU seconds."""

    outcome: str
    seconds: float
    waited: float = 0.0
    """Seconds that it took beyond those of its own CPU time."""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Stays:
    """What is the same whichever mutant is tried, so that a process that forks can do it once."""

    modules: tuple[str, ...] = ()
    """Imported from outside the tree, in that order."""
    patterns: tuple[tuple[str, int], ...] = ()
    """Regular expressions that were compiled, with their flags."""

    @classmethod
    def told(cls, facts: Mapping[str, Any]) -> Stays:
        """From a report."""
        patterns = tuple((pattern, flags) for pattern, flags in facts.get("patterns", ()))
        return cls(tuple(facts.get("modules", ())), patterns)


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """The report of one run, as far as it came."""

    collected: tuple[str, ...]
    outcomes: Mapping[str, Outcome]
    broken: tuple[tuple[str, str], ...]
    """Files that could not be imported or collected, each with its last line."""
    origin: str | None
    runs_on_it: bool
    """Pytest imported the package before it looked for any test: it is made of it."""
    lines: Mapping[str, Mapping[str, frozenset[int]]]
    """Context → path → lines; the empty context is import and set-up."""
    traces: tuple[Mapping[str, Any], ...]
    steps: Mapping[str, Mapping[str, Any]]
    """Test → its record, where that was asked for. See the child's `steps`."""
    sessions: Mapping[str, tuple[str, ...]]
    """Test → what pdb showed at its first stop and after each command that it came to, where that was asked for."""
    then_mapped: SuiteRun | None
    """The second run, with the line map, of a job that asks for one, as far as it came."""
    stays: Stays
    """Where it was asked for."""
    not_here: bool
    """A fork can't swap this: a function that changed is nowhere, or its new code does not fit."""
    unfinished: str | None
    """The test that was running when the run ended before its time."""
    hosts: Mapping[str, str]
    """Test → a host that it asked for and was not let through to; "" before the first test."""
    writes: Mapping[str, frozenset[str]]
    """Test → paths in the tree that it opened for writing, moved, removed."""
    written: tuple[str, ...]
    """Where the line map was asked for: what in the tree differs after the run, caches left out."""
    finished: bool
    """The run came to its own end."""
    gave_up: bool
    """It was ended before its last test because enough had failed."""
    ended: process.Ended
    cpu: float
    memory: int
    last_words: str
    cried: bool
    """It wrote to stderr that it was given no memory. What dies of that may come to speak of something else at last."""
    set_up: Mapping[str, tuple[float, float]]
    """Test file, or "" → what its tests, or all, share took to set up: CPU seconds, and seconds beyond these."""
    complaint: str | None
    """Why pytest itself could not do its work: an option it does not know, a conftest or a plugin that fails."""

    @property
    def failures(self) -> tuple[Failure, ...]:
        """How each failing test failed, in the order they ran."""
        return tuple(one.failure for one in self.outcomes.values() if one.failure)

    @property
    def starved(self) -> bool:
        """A test failed, or the rest could not be run, for want of memory."""
        said = [f"{failure.exception}: {failure.message}" for failure in self.failures]
        said += [why for _, why in self.broken]
        return any(map(_NO_MEMORY.match, said)) or (self.cried and not self.finished)

    def of(self, outcome: str) -> tuple[str, ...]:
        """The tests with this outcome, in the order they ran."""
        return tuple(test for test, one in self.outcomes.items() if one.outcome == outcome)


def run(tree: Tree, job: Job, *, python: Path = Path(sys.executable)) -> SuiteRun:
    """Write the tree to a scratch directory, run the job there in a fresh process, read the report."""
    return process.retried_if_killed(lambda: _run(tree, job, python))


def _run(tree: Tree, job: Job, python: Path) -> SuiteRun:
    with places.scratch() as scratch:
        root = scratch / "tree"
        write_tree(root, tree.contents, tree.executable)
        report = scratch / "report"
        finished = process.run(
            [str(python), "-m", "bugsquash_child"],
            cwd=root,
            limits=job.limits,
            env=environment(scratch, job),
            stdin=json.dumps(message(tree, job, root, report)).encode() + b"\n",
            view=view(scratch, python),
        )
        written = _differs(root, tree.contents) if job.task == "lines" else ()
        run = read(report, finished, written)
    return replace(run, complaint=run.complaint and run.complaint.replace(f"{root}/", ""))


def environment(scratch: Path, job: Job) -> dict[str, str]:
    """What a child gets to see of the world."""
    return process.environment(
        scratch,
        PYTHONPATH=str(CHILD),
        PYTHONHASHSEED=job.hash_seed,
        HYPOTHESIS_STORAGE_DIRECTORY=str(scratch / "hypothesis"),
    )


def view(scratch: Path, python: Path) -> views.View:
    """What a run of this interpreter, with a scratch directory of its own, sees of the machine."""
    programs = [python.parent, *map(Path, os.get_exec_path())]
    return views.View(machine.walls(), scratch, (CHILD, *programs, *interpreter.libraries(python)))


def _differs(root: Path, contents: Mapping[str, bytes]) -> tuple[str, ...]:
    """The files below `root` that are new or not as they were written, and those that are gone."""
    there = set(seeds.walk(root))
    kept = {path for path in contents if (root / path).is_file()}
    changed = {path for path in kept if _now(root / path) != contents[path]}
    return tuple(sorted(changed | (there - contents.keys()) | (contents.keys() - kept)))


def write_tree(
    root: Path, contents: Mapping[str, bytes], executable: frozenset[str] = frozenset()
) -> None:
    """Write files below a directory, making it and all between."""
    for directory in sorted({(root / path).parent for path in contents} | {root}):
        directory.mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        file = root / path
        file.write_bytes(content)
        file.chmod(0o755 if path in executable else 0o644)


def _now(file: Path) -> bytes | None:
    # A test may have taken away the permission to read it.
    try:
        return file.read_bytes()
    except OSError:
        return None


def message(tree: Tree, job: Job, root: Path, report: Path) -> dict[str, Any]:
    """What the child is to know of a job in a tree that lies at `root`."""
    files = {test.split("::")[0]: None for test in job.wanted or ()}
    return {
        "task": job.task,
        "tree": str(root),
        "report": str(report),
        "path": _search_path(tree),
        "package": tree.package,
        "source": list(tree.source),
        "configuration": tree.configuration.path,
        "addopts": list(tree.configuration.addopts),
        "arguments": list(files) or list(tree.configuration.testpaths),
        "wanted": None if job.wanted is None else list(job.wanted),
        "give_up_after": job.give_up_after,
        "watch": dict(job.watch) if job.watch else None,
        "keep_out": [plugin for plugin in _UNLESS_NAMED if not _is_named(plugin, tree)],
        "wall": job.limits.wall,
        "report_mapped": str(_mapped(report)) if job.then_mapped else None,
    }


def _mapped(report: Path) -> Path:
    return report.with_name(f"{report.name}-mapped")


def _is_named(plugin: str, tree: Tree) -> bool:
    return any(plugin.encode() in content for content in tree.contents.values())


def _search_path(tree: Tree) -> list[str]:
    # `python -m pytest` puts the working directory on the path, and so does a learner's run.
    return list(dict.fromkeys([tree.import_root, *tree.configuration.pythonpath, "."]))


def read(report: Path, finished: process.Finished, written: tuple[str, ...] = ()) -> SuiteRun:
    """What a child has put into its report, as far as it came, and how it ended."""
    lines = report.read_text("utf-8").splitlines() if report.exists() else []
    mapped = _mapped(report)
    events: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        event = _event(line)
        events.setdefault(event.pop("event", ""), []).append(event)
    end = events.get("end", [{}])[-1]
    return SuiteRun(
        collected=tuple(events.get("collected", [{"tests": []}])[-1]["tests"]),
        outcomes={test["test"]: _outcome(test) for test in events.get("test", [])},
        broken=tuple((one["what"], one["why"]) for one in events.get("broken", [])),
        origin=events.get("imported", [{"origin": None}])[-1]["origin"],
        runs_on_it=events.get("start", [{}])[-1].get("loaded", False),
        lines={one["test"]: told.as_lines(one["lines"]) for one in events.get("lines", [])},
        sessions={one["test"]: tuple(one["shown"]) for one in events.get("session", [])},
        then_mapped=read(mapped, finished) if mapped.exists() else None,
        traces=tuple(_traces(events)),
        steps={one.pop("test"): one for one in events.get("steps", [])},
        stays=Stays.told(events.get("stays", [{}])[-1]),
        not_here="not here" in events,
        unfinished=_unfinished(events),
        hosts={one["test"]: one["host"] for one in events.get("asked for", [])},
        writes=_writes(events.get("wrote", [])),
        written=written,
        finished=bool(end) and finished.ended is process.Ended.EXITED,
        gave_up="gave up" in events,
        ended=finished.ended,
        cpu=end.get("cpu", 0.0),
        memory=end.get("memory", 0),
        last_words=finished.last_words,
        cried=bool(_NO_MEMORY.search(finished.stderr.decode(errors="replace"))),
        set_up={file: (cpu, waited) for file, (cpu, waited) in end.get("set_up", {}).items()},
        complaint=_complaint(finished) if end.get("status") in _PYTEST_GAVE_UP else None,
    )


def _writes(events: Sequence[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    tests = {one["test"] for one in events}
    return {test: frozenset(one["path"] for one in events if one["test"] == test) for test in tests}


def _complaint(finished: process.Finished) -> str:
    """The line with which pytest says what is wrong."""
    found = _COMPLAINT.search((finished.stderr + finished.stdout).decode(errors="replace"))
    line = found[1] if found else finished.last_words
    return line.strip().rstrip(".")


def _unfinished(events: Mapping[str, list[dict[str, Any]]]) -> str | None:
    begun = [one["test"] for one in events.get("begin", [])]
    ended = {one["test"] for one in events.get("test", [])}
    return begun[-1] if begun and begun[-1] not in ended else None


def _event(line: str) -> dict[str, Any]:
    # The last line of a run that was killed can be cut.
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _traces(events: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    compared = {one["test"]: one["compared"] for one in events.get("compared", [])}
    return [{**trace, "compared": compared.get(trace["test"])} for trace in events.get("trace", [])]


def _outcome(event: Mapping[str, Any]) -> Outcome:
    failure = told.as_failure(event) if event["outcome"] == "failed" else None
    return Outcome(event["outcome"], event["seconds"], event["waited"], failure)
