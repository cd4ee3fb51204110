"""Where a test on buggy code parts from the same test on clean code: one small bug for each rule, in processes that run."""

from __future__ import annotations

import sys
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import bench as benches
from generator import seeds, select
from generator.debrief import Distance, Kind, Wrong
from generator.divergence.find import Divergence, Reason, parted_by
from generator.trial.engine import Engine
from generator.trial.watcher import Watcher
from tests.conftest import measured_seed, mutant_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.records import Baseline, Mutant, Seed

PATH = "src/shop/core.py"
CORE = """\
import asyncio
import threading
import time
import uuid


RATE = 2


def price(count, each):
    total = count * each
    return total


def discounted(total):
    if total > 100:
        return total - 10
    return total


def weight(parcels):
    return sum(parcels) + 1


def shipped(parcels):
    heavy = weight(parcels)
    return f"{heavy} kg"


class Cart:
    def __init__(self):
        self.total = 0
        self.lines = []

    def add(self, cost):
        self.lines.append(cost)
        self.total = self.total + cost
        return len(self.lines)

    def empty(self):
        self.total = 0
        self.lines.clear()


def looked_up(table, key):
    found = table[key]
    return found


def guarded(table, key):
    try:
        return looked_up(table, key)
    except KeyError:
        return None


def longer(n):
    doubled = n * 2
    tripled = n * 3
    return doubled + tripled


def below(n):
    shifted = longer(n)
    result = shifted + 1
    return result


def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


def counted(n):
    while n > 0:
        yield n
        n -= 1


def gathered(n):
    return [each for each in counted(n)]


async def fetched(n):
    await asyncio.sleep(0)
    doubled = n * 2
    return doubled


async def all_fetched(numbers):
    return sum(await asyncio.gather(*[fetched(n) for n in numbers]))


def worked(n, results):
    squared = n * n
    results.append(squared)


def in_threads(numbers):
    results = []
    threads = [threading.Thread(target=worked, args=(n, results)) for n in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(results)


class Rude:
    def __init__(self, worth):
        self.worth = worth

    def _look(self, *_):
        while True:
            print("looked at")

    __repr__ = __str__ = __eq__ = __hash__ = _look


def polished(rude):
    rude.worth += 1
    return rude


def stamped(n):
    identity = uuid.uuid4()
    at = time.time()
    kinds = list({"a", "b", "c", "d"})
    tagged = (str(identity), at, kinds, n + 1)
    return tagged


def drawn():
    return time.perf_counter_ns() % 1000


def summed(n):
    total = 0
    for i in range(n):
        total += i
    return total


def rated(n):
    return n * RATE


def hidden(text):
    first = "x" * 200
    return [[[[[first + text]]]]]


def reported(log, n):
    log.append(n)
    doubled = n * 2
    return doubled
"""
TESTS = """\
import asyncio

from shop import core


def test_local():
    assert core.price(2, 3) == 6


def test_branch():
    assert core.discounted(100) == 100


def test_return():
    assert core.shipped([1, 2]) == "4 kg"


def test_attribute():
    cart = core.Cart()
    cart.add(3)
    assert cart.total == 3


def test_exception():
    assert core.guarded({"a": 1}, "a") == 1


def test_lines():
    assert core.below(1) == 6


def test_recursion():
    assert core.factorial(30) == 265252859812191058636308480000000


def test_generator():
    assert core.gathered(3) == [3, 2, 1]


def test_tasks():
    assert asyncio.run(core.all_fetched([1, 2, 3])) == 12


def test_threads():
    assert core.in_threads([2, 3]) == 13


def test_rude():
    worth = core.polished(core.Rude(1)).worth
    assert worth == 2


def test_stamped():
    assert core.stamped(1)[-1] == 2


def test_drawn():
    assert core.drawn() < 1000


def test_long_loop():
    assert core.summed(100_000) == 4999950000


def test_rated():
    assert core.rated(2) == 4


def test_hidden():
    assert core.hidden("a")[0][0][0][0][0].endswith("xa")


def test_reported():
    log = []
    assert core.reported(log, 2) == 4
    assert log == [2]
"""
FILES = {"src/shop/__init__.py": "", PATH: CORE, "tests/test_shop.py": TESTS}


def line_of(text: str, source: str = CORE) -> int:
    return source[: source.index(text)].count("\n") + 1


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seed, Baseline]]:
    with measured_seed(tmp_path_factory.mktemp("bench"), FILES) as both:
        yield both


@pytest.fixture(scope="module")
def watcher(bench: tuple[Seed, Baseline]) -> Iterator[Watcher]:
    with closing(Watcher(*bench, Path(sys.executable))) as watcher:
        yield watcher


def found(watcher: Watcher, test: str, old: str, new: str) -> Divergence | Reason:
    mutant = mutant_of(PATH, CORE, old, new)
    executions = watcher.executions(mutant, f"tests/test_shop.py::{test}")
    return parted_by(mutant, watcher.seed, executions)


def parted(watcher: Watcher, test: str, old: str, new: str) -> Divergence:
    divergence = found(watcher, test, old, new)
    assert isinstance(divergence, Divergence), divergence
    return divergence


def told(wrong: Wrong) -> tuple[Kind, str, str, str, str]:
    return wrong.kind, wrong.function, wrong.name, wrong.expected, wrong.actual


CASES = {
    "a wrong branch": (
        *("test_branch", "total > 100", "total >= 100"),
        (
            *(Kind.BRANCH, "discounted", ""),
            *(f"line {line_of('total - 10') + 1}", f"line {line_of('total - 10')}"),
        ),
    ),
    "a wrong local": (
        *("test_local", "count * each", "count + each"),
        (Kind.LOCAL, "price", "total", "6", "5"),
    ),
    "a wrong value returned": (
        *("test_return", "sum(parcels) + 1", "sum(parcels)"),
        (Kind.RETURN, "weight", "", "4", "3"),
    ),
    "an attribute that is set wrongly": (
        *("test_attribute", "self.total + cost", "self.total - cost"),
        (Kind.ATTRIBUTE, "Cart.add", "self.total", "3", "-3"),
    ),
    "an argument that is passed wrongly": (
        *("test_exception", "return looked_up(table, key)", "return looked_up(table, key + 'b')"),
        (Kind.ARGUMENT, "looked_up", "key", "'a'", "'ab'"),
    ),
    "an exception in place of a value": (
        *("test_exception", "found = table[key]", "found = table[[key][1]]"),
        (
            *(Kind.EXCEPTION, "looked_up", "", "no exception"),
            "IndexError('list index out of range')",
        ),
    ),
    "an exception that a C function raises for want of an argument": (
        *("test_return", "heavy = weight(parcels)", "heavy = weight()"),
        (
            *(Kind.EXCEPTION, "shipped", "", "no exception"),
            "TypeError(\"weight() missing 1 required positional argument: 'parcels'\")",
        ),
    ),
    "lines that are added": (
        *(
            "test_lines",
            "    doubled = n * 2\n",
            "    doubled = n\n    if n:\n        doubled += 2\n",
        ),
        (Kind.LOCAL, "longer", "doubled", "2", "3"),
    ),
    "lines that are removed, which shows further down": (
        *("test_lines", "    tripled = n * 3\n    return doubled + tripled", "    return doubled"),
        (Kind.RETURN, "longer", "", "5", "2"),
    ),
    "the last call of a recursion": (
        *("test_recursion", "if n <= 1:\n        return 1", "if n <= 1:\n        return 2"),
        (Kind.RETURN, "factorial", "", "1", "2"),
    ),
    "a generator that ends too early": (
        *("test_generator", "while n > 0", "while n > 1"),
        (Kind.BRANCH, "counted", "", f"line {line_of('yield n')}", "it ends"),
    ),
    "a generator that gives other values": (
        *("test_generator", "yield n", "yield n + 1"),
        (Kind.RETURN, "counted", "", "3", "4"),
    ),
    "a task": (
        *(
            "test_tasks",
            "doubled = n * 2\n    return doubled",
            "doubled = n * 3\n    return doubled",
        ),
        (Kind.LOCAL, "fetched", "doubled", "2", "3"),
    ),
    "a thread": (
        *("test_threads", "squared = n * n", "squared = n + n"),
        (Kind.LOCAL, "worked", "squared", "9", "6"),
    ),
    "a value that must not be looked at": (
        *("test_rude", "rude.worth += 1", "rude.worth += 2"),
        (Kind.ATTRIBUTE, "polished", "rude.worth", "2", "3"),
    ),
    "a loop that runs for long": (
        *("test_long_loop", "total += i", "total += i + (i > 50_000)"),
        (Kind.LOCAL, "summed", "total", "4999950000", "4999999999"),
    ),
    "a constant of the module": (
        *("test_rated", "RATE = 2", "RATE = 3"),
        (Kind.RETURN, "rated", "", "4", "6"),
    ),
    "an effect that is left out": (
        *("test_reported", "    log.append(n)\n", ""),
        (Kind.LOCAL, "reported", "log", "[2]", "[]"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_first_difference_is_named(
    watcher: Watcher, home: Path, case: tuple[str, str, str, tuple[Kind, str, str, str, str]]
) -> None:
    test, old, new, expected = case
    assert told(parted(watcher, test, old, new).first) == expected


def test_lines_are_named_in_either_file(watcher: Watcher, home: Path) -> None:
    first = parted(watcher, *CASES["lines that are added"][:3]).first
    assert first.line == first.clean_line + 2 == line_of("tripled = n * 3") + 1
    later = parted(watcher, *CASES["lines that are added"][:3]).later
    below = next(wrong for wrong in later if wrong.function == "below")
    assert below.line == below.clean_line + 2 == line_of("shifted = longer") + 2


def test_the_chain_leads_from_the_test_to_it_and_what_came_of_it_back(
    watcher: Watcher, home: Path
) -> None:
    divergence = parted(watcher, *CASES["a wrong value returned"][:3])
    test = line_of("core.shipped", TESTS)
    assert [(frame.path, frame.line, frame.function) for frame in divergence.chain] == [
        ("tests/test_shop.py", test, "test_return"),
        (PATH, line_of("heavy = weight"), "shipped"),
        (PATH, line_of("sum(parcels) + 1"), "weight"),
    ]
    # That the test says so itself is no news.
    (heavy,) = divergence.later
    assert told(heavy) == (Kind.LOCAL, "shipped", "heavy", "4", "3")
    assert [link.wrong for link in divergence.chain] == [None, heavy, None]


def test_a_branch_is_followed_by_the_value_it_led_to(watcher: Watcher, home: Path) -> None:
    later = parted(watcher, *CASES["a wrong branch"][:3]).later
    assert told(later[0]) == (Kind.RETURN, "discounted", "", "100", "90")


def test_a_task_is_reached_through_the_test_that_runs_its_loop(
    watcher: Watcher, home: Path
) -> None:
    chain = parted(watcher, *CASES["a task"][:3]).chain
    assert [frame.function for frame in chain] == ["test_tasks", "fetched"]


def test_distances_are_counted_in_calls_and_lines(watcher: Watcher, home: Path) -> None:
    # Fault: the loop over the list. First: what it came to. Then `shipped` goes on, and the test fails.
    divergence = parted(watcher, *CASES["a wrong value returned"][:3])
    assert divergence.fault_to_first == Distance(calls=0, lines=0)
    assert divergence.first_to_failure == Distance(calls=0, lines=1)
    divergence = parted(watcher, *CASES["the last call of a recursion"][:3])
    assert divergence.first_to_failure == Distance(calls=0, lines=0)
    # The lines that went would have run before the last one.
    effect = parted(watcher, *CASES["an effect that is left out"][:3])
    assert effect.fault_to_first == Distance(calls=0, lines=0)
    # Nothing of the fault is executed once the tests run.
    assert parted(watcher, *CASES["a constant of the module"][:3]).fault_to_first is None


def test_what_two_clean_runs_do_not_agree_on_is_no_difference(watcher: Watcher, home: Path) -> None:
    divergence = parted(
        watcher, "test_stamped", "kinds, n + 1)\n    return", "kinds, n + 2)\n    return"
    )
    first = divergence.first
    assert (first.kind, first.function, first.name) == (Kind.LOCAL, "stamped", "tagged")
    assert (first.expected[-3:], first.actual[-3:]) == (" 2)", " 3)")


REASONS = {
    Reason.PASSES: ("test_branch", "return total - 10", "return total - 11"),
    Reason.NOT_DETERMINISTIC: ("test_drawn", "% 1000", "% 1000 + 5000"),
    Reason.DID_NOT_FINISH: ("test_local", "total = count * each", "while True: pass"),
    Reason.NOTHING_SEEN: ("test_hidden", "[[[[[first + text]]]]]", "[[[[[first + 'b']]]]]"),
}


@pytest.mark.parametrize("reason", REASONS)
def test_where_there_is_none_the_reason_is_given(
    watcher: Watcher, home: Path, reason: Reason
) -> None:
    assert found(watcher, *REASONS[reason]) is reason


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ledger", "rate_limiter"])
def test_real_bugs_are_traced_to_the_guilty_function_or_one_that_it_feeds(
    home: Path, name: str
) -> None:
    bench = benches.prepare(seeds.load(name), None, lambda _: None)
    verdicts = Engine(bench.seed, bench.baseline).verdicts(select.order(bench.mutants, 1))
    caught = list(islice(((one, told) for one, told in verdicts if told.failures), 20))
    with closing(Watcher(bench.seed, bench.baseline, Path(sys.executable))) as watcher:
        found = [
            (one, parted_by(one, bench.seed, watcher.executions(one, told.failures[0].test)))
            for one, told in caught
        ]
    told = [(one, each) for one, each in found if isinstance(each, Divergence)]
    assert len(told) >= 0.95 * len(found), [each for each in found if each not in told]
    for mutant, divergence in told:
        assert _is_guilty(mutant, divergence) or divergence.fault_to_first is not None, (
            mutant,
            divergence,
        )


def _is_guilty(mutant: Mutant, divergence: Divergence) -> bool:
    first = divergence.first
    return first.path == mutant.path and first.function.startswith(mutant.function)
