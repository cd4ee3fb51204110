"""The frozen values that flow from a seed to a challenge. Standard library only, no behaviour beyond what a value can say of itself."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from generator.debrief import Debrief

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


BUDGET = 120
"""Seconds that a clean suite may take, where nothing else is said."""


def function_of(test: str) -> str:
    """The node id of a test function, parametrised cases together: `path::Class::name`."""
    return test.partition("[")[0]


def texts_in(value: JSON) -> Iterator[str]:
    """All text inside a described value (see `Call`)."""
    match value:
        case str():
            yield value
        case list():
            yield from (text for each in value for text in texts_in(each))
        case dict():
            yield from (text for each in value.values() for text in texts_in(each))


class Family(StrEnum):
    """What a bug is about."""

    BOUNDARY = "boundary"
    LOGIC = "logic"
    ARGUMENTS = "arguments"
    DATAFLOW = "dataflow"
    EXCEPTIONS = "exceptions"
    TRANSACTION = "transaction"
    TIME = "time"
    MONEY = "money"
    TEXT = "text"
    CONCURRENCY = "concurrency"
    STATE = "state"
    ITERATION = "iteration"
    CONTRACT = "contract"
    PERFORMANCE = "performance"


class Mode(StrEnum):
    """What the learner is given."""

    FAILING_TEST = "failing-test"
    """One bug and a test that fails because of it."""
    TICKET = "ticket"
    """One bug, a green suite, and a ticket from which it is reproduced."""
    MULTI = "multi"
    """Several bugs, each with a failing test of its own."""


class ChangeKind(StrEnum):
    """What the edit does to the code, as studies of real fixes count it."""

    NAME = "name"
    ARGUMENT = "argument"
    CALL = "call"
    CONSTANT = "constant"
    EXPRESSION = "expression"
    CONDITION = "condition"
    ELEMENT = "element"
    STRUCTURE = "structure"


class Reach(StrEnum):
    """How far a fix has to go."""

    ONE_PLACE = "one place"
    SEVERAL_PLACES = "several places in one file"
    SEVERAL_FILES = "two files or more"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the bytes `start:end` of the file `path` (relative to the seed, `/` between names) with `text`."""

    path: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Lines `first` to `last` (1-based, both included) of the clean file `path`."""

    path: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mutant:
    """A seed with one operator applied at one site."""

    operator: str
    family: Family
    change: ChangeKind
    path: str
    line: int
    function: str
    """Qualified name of the innermost function around the first edit (`Class.method`), or "" at module level."""
    edits: tuple[Edit, ...]
    """Sorted by path and start; no two overlap."""
    touched: tuple[Span, ...]
    """The whole statements (headers of compound ones) that the edits lie in: a test that executes none of these
    lines can't notice the mutant."""

    @property
    def places(self) -> int:
        """How many separate places a fix has to touch."""
        return len(self.edits)

    @property
    def reach(self) -> Reach:
        """One statement, several, or several files."""
        if len({edit.path for edit in self.edits}) > 1:
            return Reach.SEVERAL_FILES
        return Reach.SEVERAL_PLACES if len(self.touched) > 1 else Reach.ONE_PLACE

    def edits_of(self, path: str) -> tuple[Edit, ...]:
        """The edits of one file."""
        return tuple(edit for edit in self.edits if edit.path == path)


TICKETS_BETWEEN = "\n---\n\n"
"""What stands between the tickets of several bugs in TICKET.md."""


@dataclass(frozen=True, slots=True)
class Operation:
    """How a customer speaks of one public operation of a built-in seed. The texts are jinja2 templates over the
    operation's parameters, `shows` also over `result`; the `macros` of the words are known in them."""

    noun: str
    does: tuple[str, ...]
    shows: str | None = None
    asks: bool = False
    """It only looks: nothing is different afterwards."""


@dataclass(frozen=True, slots=True)
class Words:
    """A built-in seed's `seed.toml`: the words from which tickets are made."""

    title: str
    about: str
    ticket: str
    areas: Mapping[str, tuple[str, tuple[str, ...]]]
    """Module name → (its area's name, further words a customer uses)."""
    names: tuple[str, ...]
    roles: tuple[str, ...]
    companies: tuple[str, ...]
    operations: Mapping[str, Operation]
    silent: frozenset[str]
    """Operations that need no telling: without them the story is the same."""
    macros: str = ""
    """What several phrases say alike, as jinja2 macros over the same values."""
    spared: frozenset[str] = frozenset()
    """Modules, and classes and functions as `module.name`, that no bug goes into: what stands in for the world in tests
    and demonstrations."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What pytest is told by the seed itself."""

    path: str | None
    """The file pytest reads its options from, or None."""
    addopts: tuple[str, ...] = ()
    """The seed's own `addopts` without those that ask for plugins we keep out (cov, xdist, randomly, doctest)."""
    testpaths: tuple[str, ...] = ()
    pythonpath: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seed:
    """A clean codebase, read once; nothing is written back."""

    name: str
    root: Path
    builtin: bool
    package: str
    """The import name that the tests exercise; where there are several, the one with the most code."""
    import_root: str
    """The directory that goes on `sys.path`: `src`, or `.`."""
    contents: Mapping[str, bytes] = field(repr=False)
    """Every file that belongs to the seed, by relative path."""
    executable: frozenset[str]
    source: tuple[str, ...]
    """The `.py` files under the import root that are not tests: where bugs go, and all that is accepted back."""
    tests: tuple[str, ...]
    configuration: Configuration
    digest: str
    """SHA-256 over paths, modes and contents."""
    words: Words | None = None


class Unfit(Enum):
    """Why a test of the clean suite can't be relied on."""

    NEEDS_METADATA = "it asks for the metadata of a distribution that is not installed"
    FAILS = "it fails before any bug goes in"
    NEEDS_NETWORK = "it fails where no other host can be reached"
    WRITES = "it leaves something in the project's own directory"
    RENAMED = "its id is another one in every run"
    WAVERS = "it passed once and not again"


@dataclass(frozen=True, slots=True)
class Baseline:
    """The clean run of a seed's suite."""

    tests: tuple[str, ...]
    """Node ids that pass, in the suite's order."""
    skipped: tuple[str, ...]
    seconds: Mapping[str, float]
    """Node id → CPU seconds of set-up, call and tear-down."""
    lines: Mapping[str, Mapping[str, frozenset[int]]]
    """Node id → path → lines executed while that test ran. Lines executed at import belong to no test."""
    import_lines: Mapping[str, frozenset[int]]
    """Path → lines executed before and between the tests (import, module-level set-up), for all of them."""
    suite_seconds: float
    """CPU seconds of the whole run, start-up and collection included."""
    memory: int
    """Peak resident bytes."""
    imported_from: str
    """Where the package came from, relative to the tree, or an absolute path outside it."""
    unfit: Mapping[str, tuple[Unfit, str]] = field(default_factory=dict)
    """Node id → why it can't be relied on, and the host or file that shows it: no trial runs it, no challenge contains
    it."""
    file_lines: Mapping[str, Mapping[str, frozenset[int]]] = field(default_factory=dict)
    """Test file → path → lines that its own statements executed while it was imported: for the tests in it. No other file
    imports it."""
    shared_lines: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Path → lines that a test executes or not depending on what ran before it: what the first makes, the others find
    (a cached value, a lazy import). For all tests."""
    waited: Mapping[str, float] = field(default_factory=dict)
    """Node id → seconds that it took beyond those of its own CPU time: asleep, or for another program."""
    written: tuple[str, ...] = ()
    """Paths in the tree that are not as they were after the run."""
    set_up: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Test file, or "" → CPU seconds of what its tests, or all, share and the first of them sets up, and seconds beyond those.
    They count for that first test too."""
    roomy: bool = False
    """Tests fail under the limits of memory and file size that trials have otherwise, and pass under wider ones."""

    def lines_outside_tests(self, path: str) -> frozenset[int]:
        """The lines of a source file that were executed before and between the tests."""
        own = (lines.get(path, frozenset()) for lines in self.file_lines.values())
        return self.import_lines.get(path, frozenset()).union(*own)


@dataclass(frozen=True, slots=True)
class Frame:
    """One line of a traceback inside the project, tests included."""

    path: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class Failure:
    """How one test failed."""

    test: str
    exception: str
    """Class name of what was raised, e.g. `AssertionError`."""
    message: str
    """Its first lines, shortened."""
    frames: tuple[Frame, ...]
    """From the test to where it was raised; project files only."""
    phase: str = "call"
    """setup, call or teardown."""


class VerdictKind(Enum):
    """What a trial showed."""

    CAUGHT = "tests fail because of the mutant"
    SURVIVED = "every test that executes the changed lines passes"
    UNREACHED = "no test executes the changed lines"
    BROKEN = "it dies while it is imported or collected, or ends the run early"
    TIMED_OUT = "it ran into the time limit"
    OUT_OF_MEMORY = "it ran into the memory limit"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one trial."""

    kind: VerdictKind
    failures: tuple[Failure, ...] = ()
    ran: int = 0
    """How many tests were run."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call from a test into the package, as it was observed.

    Values are described as JSON: `None`, booleans, numbers and strings as they are; everything else as an object with
    `type` (class name) and, where they apply, `text` (its own `str`: Money, Decimal, dates, the value of an enum),
    `fields` (public attributes of dataclasses and named tuples), `items` (the first 50 of a list, tuple or set) or
    `entries` (the first 50 pairs of a mapping), and `length`.
    """

    operation: str
    """Qualified name of the callee."""
    path: str
    """Its file, relative to the tree."""
    arguments: Mapping[str, JSON]
    """Parameter → described value. Of a method of a value with a `str` of its own (Money), that value is `subject`."""
    raised: str | None
    """Class name of the exception it ended with, or None."""
    result: JSON
    """The described return value, or the message of the exception."""
    defaults: Mapping[str, JSON] = field(default_factory=dict)
    """Parameter → described default, of those that have one."""
    raised_in: tuple[str, str] | None = None
    """Path and qualified name of the package's function that raised the exception it ended with."""
    depth: int | None = None
    """Fewest project calls between the test and the guilty function in this call, counting that one; None where it was
    not entered."""
    altered: bool = False
    """Whether the list, dictionary or set that it gave was changed later."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One test, watched from outside while it ran."""

    calls: tuple[Call, ...]
    depth: int | None
    """Fewest project calls between the test and the guilty function, counting that one; None when never entered."""
    compared: tuple[str, JSON, JSON] | None
    """The comparison that failed: operator, left and right value, described."""
    values: Mapping[str, str]
    """Names on the changed line → `repr` when it was first executed; only where a line was asked for."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Parametrised arguments of the test → `repr`."""
    failure: Failure | None = None
    threaded: bool = False
    """Threads of the test call the package too; their calls are left out, since their order is nobody's promise."""
    finished: bool = True
    """False for a test that did not come to its end within its limits: nothing may be concluded from it."""


@dataclass(frozen=True, slots=True)
class Measurements:
    """What difficulty is judged by. Everything here was measured."""

    traceback_in_file: bool
    traceback_in_function: bool
    depth: int
    """Calls between the test and the fault, in the call whose wrong answer is told if it enters the guilty function."""
    later_call: bool
    """The wrong answer that is told comes from a call that does not enter the guilty function: an earlier one did."""
    asked_in_file: bool
    """The call whose wrong answer is told is defined in the guilty file: who looks it up sees the fault."""
    words_in_function: bool
    """The guilty function raises the refusal that came or was due, or it alone holds words of the answer: looked for, they
    lead there."""
    executed_lines: int
    """Source lines that the visible failing test executes."""
    suspect_rank: int
    """Rank of the guilty function by Ochiai among all functions (1 = most suspect; ties share the worse rank)."""
    wrong_value: bool
    """The test sees a wrong value, not an exception from the project."""
    failing: int
    places: int
    words_elsewhere: bool = False
    """It holds words of the answer that other functions hold too."""
    search_rank: int = 0
    """Rank of the guilty function where the source is searched for the words of the ticket, of the test's name, or of both; the
    best of these. 0 where that was not measured."""
    crash: bool = False
    """The test ends in an exception that the project does not mean to raise: it is read where it happened."""
    infection: int | None = None
    """Lines that are executed between the fault and the first wrong value; None where that is not known."""
    propagation: int | None = None
    """Lines that are executed between the first wrong value and the failure of the test; None likewise."""
    version: int = 6
    """Of the table that makes a level of these."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, after every draw is made: enough to make the same challenge again."""

    seed: str
    random_seed: int
    level: int
    strict: bool = False
    """The level was asked for. One that was drawn is a wish: the nearest serves too."""
    operator: str | None = None
    family: str | None = None
    minutes: int = 60
    mode: Mode = Mode.FAILING_TEST
    bugs: int = 1
    allow_failing: bool = False
    budget: int = BUDGET
    """Seconds that the clean suite may take."""


@dataclass(frozen=True, slots=True)
class Bench:
    """A seed with all that is known of it before anything is chosen."""

    seed: Seed
    baseline: Baseline
    mutants: tuple[Mutant, ...]
    """All, or those of the operator or family asked for, in the fixed order of `inject`."""
    hideable: frozenset[str]
    """The test functions that can be taken out of their files."""
    unread: tuple[str, ...] = ()
    """Of each source file that no bug can go into: `path left out: line N: reason`."""
    python: Path = Path(sys.executable)
    """The interpreter that runs the tests."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mutant that is fit, with all that was measured of it."""

    mutant: Mutant
    verdict: Verdict
    witness: tuple[str, ...]
    """The failing tests that are told: the cases of one test function. Unless there is only a ticket, they stay visible."""
    trace: Trace
    """Of the first of them on the buggy code."""
    clean: Trace
    """The same on the clean code."""
    measurements: Measurements
    level: int
    passed_over: Mapping[str, int]
    """Reason → how many mutants before it, in the request's order, were not taken."""
    debrief: Debrief | None = None
    """Once it is known that it is handed out."""
