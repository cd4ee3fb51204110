"""A failing test, done again step by step: where it goes wrong, and a session in pdb that was really run."""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import process
from generator.debrief import Kind
from generator.records import Bench, Candidate, Failure, Frame, Trace, Verdict, VerdictKind
from generator.retrace import retraced
from generator.trial.watcher import Watcher
from tests.conftest import measured_seed, mutant_of, write
from tests.judge.conftest import MEASURED, QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.debrief import Debrief

SHOP = "src/shop/core.py"
SOURCE = '''\
import threading


def share(total, parts):
    """Divide into so many parts."""
    return total // parts


def shares(total, people):
    found = {}
    for person, parts in people.items():
        found[person] = share(
            total,
            parts,
        )
    return found


def discounted(total):
    if total > 100:
        return total - 10
    return total


def paid(prices):
    for price in prices:
        if price < 0:
            raise ValueError(f"{price} is no price")
        yield price * 2


async def fetched(number):
    doubled = number * 2
    return doubled


class Till:
    def __init__(self):
        self.total = 0

    def add(self, amount):
        self.total += amount
        return self


def counted(count):
    lines = ["x" * 99 for _ in range(count)]
    print("\\n".join(lines))
    return len(lines)


def in_a_thread(number):
    found = []

    def work():
        found.append(number + 1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return found[0]


LIMIT = sorted([3, 1, 2], key=lambda n: -n)[0]


def limited(number):
    return min(number, LIMIT)


def tidied(text):
    name = text.strip()
    if not name:
        raise ValueError("no name")
    return name


def up_to(numbers, limit):
    found = []
    for number in numbers:
        if number > limit:
            continue
        found.append(number)
    return found


class Silent:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        raise RuntimeError("no words")


def silent(number):
    made = Silent(number + 1)
    return made.number
'''
TESTS = """\
import asyncio

import pytest

from shop import core


def test_shares():
    assert core.shares(12, {"ann": 2, "bob": 3, "cid": 4}) == {"ann": 6, "bob": 4, "cid": 3}


def test_branch():
    assert core.discounted(100) == 100


def test_generator():
    assert list(core.paid([1, 2, 3])) == [2, 4, 6]


def test_refused():
    with pytest.raises(ValueError):
        list(core.paid([1, -1]))


def test_async():
    assert asyncio.run(core.fetched(2)) == 4


def test_till():
    till = core.Till()
    for amount in (1, 2, 3):
        till.add(amount)
    assert till.total == 6


def test_loud():
    assert core.counted(20_000) == 20_000


def test_thread():
    assert core.in_a_thread(1) == 2


def test_limited():
    assert core.limited(9) == 3


def test_tidied():
    assert core.tidied(" ann ") == "ann"


def test_up_to():
    assert core.up_to([1, 9, 2], 5) == [1, 2]


def test_silent():
    assert core.silent(1) == 2
"""
FILES = {"src/shop/__init__.py": "", SHOP: SOURCE, "tests/test_shop.py": TESTS}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with measured_seed(tmp_path_factory.mktemp("bench"), FILES) as (seed, baseline):
        yield Bench(seed, baseline, (), frozenset())


@pytest.fixture(scope="module")
def watcher(bench: Bench) -> Iterator[Watcher]:
    with closing(Watcher(bench.seed, bench.baseline, Path(sys.executable))) as watcher:
        yield watcher


def candidate(test: str, old: str, new: str) -> Candidate:
    failure = Failure(test, "AssertionError", "assert 1 == 2\n +  where", (Frame("t", 1, test),))
    return Candidate(
        mutant=mutant_of(SHOP, SOURCE, old, new),
        verdict=Verdict(VerdictKind.CAUGHT),
        witness=(f"tests/test_shop.py::{test}",),
        trace=Trace((), 1, None, {"number": "1"}, failure=failure),
        clean=Trace((), 1, None, {}),
        measurements=MEASURED,
        level=1,
        passed_over={},
    )


def told(bench: Bench, watcher: Watcher, *case: str) -> Debrief:
    debrief = retraced(bench, watcher, candidate(*case)).debrief
    assert debrief is not None
    return debrief


CASES = {
    "one of several calls": (
        *("test_shares", "total // parts", "total // parts if parts < 4 else 4"),
        *("b src/shop/core.py:6, parts == 4", "4"),
    ),
    "a branch": ("test_branch", "total > 100", "total >= 100", "b src/shop/core.py:20", "-> return total - 10"),
    "a generator": ("test_generator", "price * 2", "price * 2 + (price > 2)", "b src/shop/core.py:29, price == 3", "7"),
    "an exception that is missed": ("test_refused", "price < 0", "price < -1", "b src/shop/core.py:27, price == -1", "-> yield price * 2"),
    "a task": ("test_async", "number * 2", "number * 3", "b src/shop/core.py:33", "6"),
    "an attribute": ("test_till", "self.total += amount", "self.total += amount + (amount > 2)", "b src/shop/core.py:42, amount == 3", "7"),
    "megabytes of output": ("test_loud", "return len(lines)", "return len(lines) + 1", "b src/shop/core.py:49", "20001"),
    "a class that can't be shown": ("test_silent", "Silent(number + 1)", "Silent(number + 2)", "b src/shop/core.py:89", "3"),
}  # fmt: skip

AT_LEAST = {"one of several calls", "a branch", "an attribute"}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=name, marks=() if name in AT_LEAST else pytest.mark.slow)
        for name, case in CASES.items()
    ],
)
def test_pdb_stops_there_and_shows_the_wrong_value(
    bench: Bench, watcher: Watcher, home: Path, case: tuple[str, str, str, str, str]
) -> None:
    *bug, stop, shown = case
    debrief = told(bench, watcher, *bug)
    assert debrief.first is not None
    assert debrief.session[0].command == stop
    assert shown in debrief.session[-1].shows


_PYTEST_SAYS = re.compile(r"^>>>+ PDB .*>>>\n", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_session_is_what_a_learner_sees_in_the_same_place(
    bench: Bench, watcher: Watcher, home: Path, tmp_path: Path, case: tuple[str, ...]
) -> None:
    test, old, new, *_ = case
    debrief = told(bench, watcher, test, old, new)
    root = write(tmp_path / "challenge", {**FILES, SHOP: SOURCE.replace(old, new, 1)})
    run = process.run(
        [sys.executable, *shlex.split(f"-m pytest -p no:cacheprovider --trace {debrief.test}")],
        cwd=root,
        limits=replace(QUICK, cpu=20, file=1 << 30),
        env={**process.environment(tmp_path / "scratch"), "PYTHONPATH": str(root / "src")},
        stdin="\n".join([*(typed.command for typed in debrief.session), "q", ""]).encode(),
    )
    said = _PYTEST_SAYS.sub("", run.stdout.decode().replace(f"{root}/", ""))
    seen = said.split("(Pdb) ")[1:]
    assert [typed.shows.strip() for typed in debrief.session] == [
        text.strip() for text in seen[: len(debrief.session)]
    ]


def test_where_only_a_thread_goes_wrong_pdb_stops_at_what_comes_of_it(
    bench: Bench, watcher: Watcher, home: Path
) -> None:
    debrief = told(bench, watcher, "test_thread", "number + 1", "number + 2")
    assert debrief.first is not None
    assert debrief.session[-1].shows.strip() == "3"


def test_where_nothing_of_the_fault_runs_the_session_is_what_it_made(
    bench: Bench, watcher: Watcher, home: Path
) -> None:
    debrief = told(bench, watcher, "test_limited", "lambda n: -n", "lambda n: n")
    assert (debrief.first and debrief.first.kind, debrief.fault_to_first) == (Kind.RETURN, None)
    assert debrief.session[-1].shows.strip() == "1"


def test_where_there_is_no_difference_the_reason_is_told_and_pdb_asked_at_the_fault(
    bench: Bench, watcher: Watcher, home: Path
) -> None:
    debrief = told(bench, watcher, "test_silent", "Silent(number + 1)", "Silent(1 + number)")
    assert (debrief.first, debrief.chain) == (None, ())
    assert debrief.why_not == "the test passes with the bug in it"
    assert [(typed.command, typed.shows.strip()) for typed in debrief.session][2:] == [
        ("p number", "1")
    ]


def test_a_branch_is_told_by_the_lines_that_stand_there(
    bench: Bench, watcher: Watcher, home: Path
) -> None:
    debrief = told(bench, watcher, *CASES["a branch"][:3])
    assert debrief.first is not None
    assert (debrief.first.expected, debrief.first.actual) == ("return total", "return total - 10")


@pytest.mark.parametrize(
    ("bug", "asked"),
    [
        (("test_tidied", "return name", "return text"), "p name"),
        (("test_up_to", "continue", "break"), "p limit"),
    ],
    ids=["the right line", "the condition"],
)
def test_what_it_hangs_on_is_asked_for_too(
    bench: Bench, watcher: Watcher, home: Path, bug: tuple[str, str, str], asked: str
) -> None:
    session = told(bench, watcher, *bug).session
    assert asked in [typed.command for typed in session]


def test_the_end_of_the_test_is_told_in_a_line(bench: Bench, watcher: Watcher, home: Path) -> None:
    debrief = told(bench, watcher, *CASES["a branch"][:3])
    assert debrief.failure == "AssertionError: assert 1 == 2"
