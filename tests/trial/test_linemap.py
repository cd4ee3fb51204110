"""Which lines count for which test, by either way of collecting them; and that both ways come to the same."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from generator import seeds
from generator.errors import UnfitError
from generator.trial import baseline, interpreter, suite

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from generator.records import Seed

    MakeSeed = Callable[..., Seed]
    Lines = Mapping[str, list[int]]

MONITORING = hasattr(sys, "monitoring")
WAYS = ("monitored", "covered") if MONITORING else ("covered",)
BY_COVERAGE = """\
from bugsquash_child import covered, linemap
linemap.collector = lambda: covered.CoveredLines
"""


def begin_with(monkeypatch: pytest.MonkeyPatch, directory: Path, code: str) -> None:
    """From here on, runs begin with this code."""
    child = shutil.copytree(interpreter.CHILD, directory / "child")
    (child / "sitecustomize.py").write_text(code)
    monkeypatch.setattr(suite, "CHILD", child)


@pytest.fixture(params=WAYS)
def executed(
    request: pytest.FixtureRequest,
    home: Path,
    make_seed: MakeSeed,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[..., Lines]:
    """A module's text and its tests' → each test's name with the lines of the module that it executes."""
    if request.param == "covered":
        begin_with(monkeypatch, tmp_path, BY_COVERAGE)

    def run(core: str, tests: str, more: Mapping[str, str] | None = None) -> Lines:
        files = {"shop/__init__.py": "", "shop/core.py": core, "test_shop.py": tests}
        ran = suite.run(
            suite.tree_of(make_seed({**files, **(more or {})})),
            suite.Job(suite.start_up(), task="lines"),
        )
        assert ran.finished, ran.last_words
        assert ran.of("passed") == ran.collected
        return {
            test.partition("::")[2]: sorted(ran.lines.get(test, {}).get("shop/core.py", ()))
            for test in ran.collected
        }

    return run


def test_a_line_counts_for_every_test_that_executes_it(executed: Callable[..., Lines]) -> None:
    core = """\
def double(n):
    return n + n

def larger(n):
    if n > 1:
        n = double(n)
    return n
"""
    tests = """\
from shop.core import larger
def test_a(): larger(2), larger(1), larger(2)
def test_b(): larger(1)
def test_c(): larger(2)
def test_d(): pass
"""
    assert executed(core, tests) == {
        "test_a": [2, 5, 6, 7],
        "test_b": [5, 7],
        "test_c": [2, 5, 6, 7],
        "test_d": [],
    }


def test_a_function_of_one_line_counts_for_every_test_that_calls_it(
    executed: Callable[..., Lines],
) -> None:
    core = '''\
def one(): return 1
two = lambda: 2
def nothing():
    """Nothing."""
'''
    tests = """\
import pytest
from shop import core
@pytest.mark.parametrize("n", [0, 1, 2])
def test_a(n):
    for _ in range(n): core.one(), core.two(), core.nothing()
"""
    lines = executed(core, tests)
    assert lines == {"test_a[0]": [], "test_a[1]": [1, 2, 3], "test_a[2]": [1, 2, 3]}


def test_set_up_that_several_tests_share_counts_for_all_of_its_users(
    executed: Callable[..., Lines],
) -> None:
    core = """\
def opened():
    return []

def price():
    return 1
"""
    tests = """\
import pytest
from shop.core import opened, price

@pytest.fixture(scope="session")
def shop():
    price()
    return opened()

@pytest.fixture(scope="module")
def shelf(shop):
    return price()

def test_none(): pass
def test_first(shelf): pass
def test_second(shop): price()
def test_third(request): request.getfixturevalue("shop")
"""
    assert executed(core, tests) == {
        "test_none": [],
        "test_first": [2, 5],
        "test_second": [2, 5],
        "test_third": [2, 5],
    }


def test_a_generator_counts_for_the_tests_it_goes_on_in(executed: Callable[..., Lines]) -> None:
    core = """\
import contextlib

@contextlib.contextmanager
def opened():
    shelf = []
    try:
        yield shelf
    finally:
        shelf.clear()

def numbers():
    n = 0
    while n < 9:
        n += 1
        yield n

def echo():
    heard = None
    while True: heard = yield heard
"""
    tests = """\
import pytest
from shop import core

@pytest.fixture(scope="module")
def shelf():
    with core.opened() as shelf:
        yield shelf

counting, echoing = core.numbers(), core.echo()

def test_a(shelf): next(counting), next(echoing)
def test_b(): next(counting), echoing.send(1)
def test_c(shelf): pass
def test_d(): echoing.send(2)
"""
    assert executed(core, tests) == {
        "test_a": [5, 6, 7, 12, 13, 14, 15, 18, 19],
        "test_b": [13, 14, 15, 19],
        "test_c": [5, 6, 7],
        # It is the last of the module, and so the one that ends its set-up.
        "test_d": [9, 19],
    }


def test_an_error_thrown_into_a_generator_counts_for_the_test_that_throws_it(
    executed: Callable[..., Lines],
) -> None:
    core = """\
def kept(seen):
    try:
        yield
    except KeyError:
        yield
    finally:
        seen.clear()
"""
    tests = """\
from shop import core
first, second = core.kept([1]), core.kept([2])
def test_a(): next(first), next(second)
def test_b(): first.throw(KeyError)
def test_c(): first.close()
def test_d(): second.close()
"""
    assert executed(core, tests) == {
        "test_a": [2, 3],
        "test_b": [4, 5],
        "test_c": [7],
        "test_d": [4, 7],
    }


def test_a_thread_counts_for_the_tests_it_is_at_work_in(executed: Callable[..., Lines]) -> None:
    core = """\
def work(wanted, done):
    while (step := wanted.get()) is not None:
        step()
        done.put(1)

def wait(turns, done):
    for turn in turns: done.put(turn)

def a():
    return 1

def b():
    return 2
"""
    tests = """\
import queue, threading
import pytest
from shop import core

def started(target, *arguments):
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread

@pytest.fixture(scope="module", autouse=True)
def worker():
    wanted, done = queue.Queue(), queue.Queue()
    thread = started(core.work, wanted, done)
    def ask(step):
        wanted.put(step)
        done.get()
    yield ask
    wanted.put(None)
    thread.join()

turns, told = queue.Queue(), queue.Queue()

def test_first(worker): worker(core.a)
def test_second(worker): worker(core.b)
def test_of_its_own(): started(core.a).join()

def test_start():
    started(core.wait, iter(turns.get, None), told)
    turns.put(1)
    told.get()

def test_going_on():
    for turn in (2, 3):
        turns.put(turn)
        told.get()
"""
    lines = executed(core, tests)
    assert set(lines["test_first"]) >= {2, 3, 4, 10}
    assert set(lines["test_second"]) >= {2, 3, 4, 13}
    assert 10 not in lines["test_second"]
    assert set(lines["test_of_its_own"]) >= {10}
    assert set(lines["test_start"]) >= {7}
    assert set(lines["test_going_on"]) >= {7}


def test_a_busy_thread_loses_no_line_while_tests_change(executed: Callable[..., Lines]) -> None:
    core = """\
def spin(stop, turns):
    while not stop:
        turns[0] += 1
        turns[0] += 1
"""
    tests = """\
import sys, threading, time
import pytest
from shop import core

sys.setswitchinterval(1e-6)
stop, turns = [], [0]
threading.Thread(target=core.spin, args=[stop, turns]).start()

def teardown_module(): stop.append(1)

@pytest.mark.parametrize("n", range(40))
def test_a(n):
    begun = turns[0]
    while turns[0] < begun + 4: time.sleep(0)
"""
    lines = executed(core, tests)
    assert [test for test, seen in lines.items() if seen != [2, 3, 4]] == []


def test_a_task_counts_for_the_test_whose_loop_runs_it(executed: Callable[..., Lines]) -> None:
    core = """\
import asyncio

async def ask(n):
    await asyncio.sleep(0)
    if n:
        return await ask(n - 1)
    return n

async def each(items):
    async for item in items:
        async with asyncio.Lock():
            yield item

async def both():
    return await asyncio.gather(ask(0), ask(1))
"""
    tests = """\
import asyncio
from shop import core

async def two():
    for n in range(2): yield n

async def all_of(items):
    return [item async for item in core.each(items)]

def test_a(): assert asyncio.run(core.ask(0)) == 0
def test_b(): assert asyncio.run(all_of(two())) == [0, 1]
def test_c(): assert asyncio.run(core.both()) == [0, 0]
"""
    assert executed(core, tests) == {
        "test_a": [4, 5, 7],
        "test_b": [10, 11, 12],
        "test_c": [4, 5, 6, 7, 15],
    }


def test_code_that_a_test_makes_of_a_source_file_counts_for_it(
    executed: Callable[..., Lines],
) -> None:
    core = "rate = 2\n\ndef price(n):\n    return n * rate\n"
    tests = """\
import importlib, pathlib
from shop import core

def test_once_more():
    importlib.reload(core).price(1)

def test_compiled():
    made = {}
    exec(compile(pathlib.Path(core.__file__).read_bytes(), core.__file__, "exec"), made)
    assert made["price"](1) == 2

def test_without_a_file():
    exec("rate = 3\\n\\nrate += 1")
"""
    assert executed(core, tests) == {
        "test_once_more": [1, 3, 4],
        "test_compiled": [1, 3, 4],
        "test_without_a_file": [],
    }


def test_files_of_the_same_text_are_told_apart(executed: Callable[..., Lines]) -> None:
    core = "def price(n):\n    return n\n"
    tests = """\
from shop import core, other
def test_a(): other.price(1)
def test_b(): core.price(1)
"""
    lines = executed(core, tests, {"shop/other.py": core})
    assert lines == {"test_a": [], "test_b": [2]}


if MONITORING:

    @pytest.mark.slow
    @pytest.mark.parametrize("name", seeds.builtin())
    def test_both_ways_come_to_the_same_lines(
        home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
    ) -> None:
        # When garbage is collected is up to what else is in memory, and generators that go with it execute a last line.
        without_garbage = "import gc\ngc.disable()\n"
        ways = {"monitored": "", "covered": BY_COVERAGE}
        tree = suite.tree_of(seeds.load(name))
        ran = {}
        for way, code in ways.items():
            with monkeypatch.context() as patch:
                begin_with(patch, tmp_path / way, code + without_garbage)
                ran[way] = suite.run(tree, suite.Job(suite.start_up(), task="lines"))
        monitored, covered = ran["monitored"], ran["covered"]
        assert monitored.of("passed") == covered.of("passed") == covered.collected
        assert set(monitored.lines) == set(covered.lines)
        assert [test for test in covered.lines if monitored.lines[test] != covered.lines[test]] == (
            []
        )

    def test_lines_are_counted_where_coverage_is_missing(
        home: Path, make_seed: MakeSeed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        begin_with(monkeypatch, tmp_path, "import sys\nsys.modules['coverage'] = None\n")
        seed = make_seed({"shop.py": "rate = 1\n", "test_a.py": "import shop\ndef test_a(): pass"})
        ran = suite.run(suite.tree_of(seed), suite.Job(suite.start_up(), task="lines"))
        assert ran.of("passed") == ("test_a.py::test_a",)
        assert ran.lines[""] == {"shop.py": {1}}

    @pytest.mark.parametrize("executed", ["monitored"], indirect=True)
    def test_what_a_test_replaces_is_not_asked_for_lines(executed: Callable[..., Lines]) -> None:
        core = "def price(n):\n    return n\n"
        tests = """\
import os.path, unittest.mock
from shop import core

def test_a():
    made = {}
    with unittest.mock.patch.multiple(os.path, realpath=None, normpath=None, join=None):
        with unittest.mock.patch.multiple(os, lstat=None, stat=None, getcwd=None):
            core.price(1)
            exec(compile("def new(): return 1\\n", "/elsewhere/new.py", "exec"), made)
            made["new"]()
"""
        assert executed(core, tests) == {"test_a": [2]}

    def test_tools_of_the_suite_find_their_ids_free(home: Path, make_seed: MakeSeed) -> None:
        tests = """\
import cProfile, sys
import pytest, shop

@pytest.mark.parametrize("tool", [0, 1, 2, 3, 4])
def test_a(tool):
    sys.monitoring.use_tool_id(tool, "another")
    sys.monitoring.set_events(tool, sys.monitoring.events.LINE)
    sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, lambda *_: sys.monitoring.DISABLE)
    assert shop.price(1) == 1
    sys.monitoring.set_events(tool, 0)
    sys.monitoring.free_tool_id(tool)

def test_b():
    assert cProfile.Profile().runcall(shop.price, 1) == 1

def test_c():
    sys.settrace(None)
    assert shop.price(1) == 1
"""
        seed = make_seed({"shop.py": "def price(n):\n    return n\n", "test_a.py": tests})
        ran = suite.run(suite.tree_of(seed), suite.Job(suite.start_up(), task="lines"))
        assert ran.of("passed") == ran.collected
        assert [ran.lines[test] for test in ran.collected] == 7 * [{"shop.py": {2}}]

    def test_a_tool_that_was_there_first_keeps_its_id(
        home: Path, make_seed: MakeSeed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        first = (
            "import sys\nfor tool in (5, 4, 3, 1, 0): sys.monitoring.use_tool_id(tool, 'first')\n"
        )
        begin_with(monkeypatch, tmp_path, first)
        seed = make_seed({"shop.py": "rate = 1\n", "test_a.py": "import shop\ndef test_a(): pass"})
        ran = suite.run(suite.tree_of(seed), suite.Job(suite.start_up(), task="lines"))
        assert ran.lines[""] == {"shop.py": {1}}

    def test_tools_that_leave_no_id_are_named(
        home: Path, make_seed: MakeSeed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        begin_with(
            monkeypatch,
            tmp_path,
            "import sys\nfor tool in range(6): sys.monitoring.use_tool_id(tool, f'tool {tool}')\n",
        )
        seed = make_seed({"shop.py": "", "test_a.py": "import shop\ndef test_a(): pass\n"})
        with pytest.raises(UnfitError) as raised:
            baseline.measure(seed)
        message = str(raised.value)
        assert (
            "Every id of sys.monitoring is taken before the first test (tool 5, tool 4" in message
        )
        assert "--python" in message
        assert "\n" not in message
