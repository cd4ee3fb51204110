from __future__ import annotations

import itertools
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from generator import process
from generator.errors import UnfitError
from generator.records import Unfit, VerdictKind
from generator.trial import baseline, interpreter, suite
from generator.trial.engine import Engine
from tests.conftest import mutant_of, stored, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from generator.records import Seed

    MakeSeed = Callable[..., Seed]

CORE = """\
import functools

RATE = 2


def double(n):
    if n > 10:
        n = 10
    return n * RATE


class Shelf:
    slots = 3

    def __init__(self):
        self.items = []

    def add(self, item):
        self.items.append(item)


def never():
    return None
"""
TESTS = """\
import unittest
import pytest
from shop.core import Shelf, double

READY = double(1)


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


@pytest.mark.parametrize("n", [1, 11])
def test_double(n):
    assert double(n)


def test_first_user(shelf):
    pass


def test_second_user(shelf):
    assert shelf.items is not None


def test_dynamic_user(request):
    request.getfixturevalue("shelf").add(1)


def test_no_user():
    pass


class TestOld(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shelf = Shelf()

    def test_one(self):
        pass

    def test_two(self):
        self.shelf.add(2)


@pytest.mark.xfail
def test_expected():
    assert double(1) == 3


@pytest.mark.skip
def test_left_out():
    pass
"""


def files(tests: str, core: str = CORE) -> dict[str, str]:
    return {"src/shop/__init__.py": "", "src/shop/core.py": core, "tests/test_shop.py": tests}


def refused(
    make_seed: MakeSeed, tests: str, more: Mapping[str, str] = MappingProxyType({}), **how: Any
) -> str:
    with pytest.raises(UnfitError) as raised:
        baseline.measure(make_seed({**files(tests), **more}), **how)
    message = str(raised.value)
    assert "\n" not in message
    assert stored("baselines") == 0
    return message


def test_the_line_map_is_exact(home: Path, make_seed: MakeSeed) -> None:
    measured = baseline.measure(make_seed(files(TESTS)))
    lines = {
        test.partition("::")[2]: sorted(by_path.get("src/shop/core.py", ()))
        for test, by_path in measured.lines.items()
    }
    assert lines == {
        "test_double[1]": [7, 9],
        "test_double[11]": [7, 8, 9],
        "test_first_user": [16],
        "test_second_user": [16],
        "test_dynamic_user": [16, 19],
        "test_no_user": [],
        "TestOld::test_one": [16],
        "TestOld::test_two": [16, 19],
    }
    assert sorted(measured.import_lines["src/shop/core.py"]) == [1, 3, 6, 12, 13, 15, 18, 22]
    assert measured.file_lines == {"tests/test_shop.py": {"src/shop/core.py": {7, 9}}}
    assert sorted(measured.lines_outside_tests("src/shop/core.py"))[3:6] == [7, 9, 12]
    assert measured.tests == tuple(f"tests/test_shop.py::{name}" for name in lines)
    assert measured.skipped == (
        "tests/test_shop.py::test_expected",
        "tests/test_shop.py::test_left_out",
    )
    assert measured.unfit == {}
    assert set(measured.seconds) == set(measured.tests)
    assert measured.imported_from == "src/shop/__init__.py"
    assert measured.suite_seconds > sum(measured.seconds.values())
    assert measured.memory > 1 << 20


CALLS = "from shop.core import double\nREADY = double(1)\n"
PASSES = "def test_{}(): pass\n"


@pytest.mark.parametrize(
    ("more", "own"),
    [
        ({"tests/test_a.py": CALLS + PASSES.format("a")}, ["tests/test_a.py"]),
        ({"tests/test_a.py": CALLS + PASSES.format("a"), "tests/test_b.py": "import test_a\n" + PASSES.format("b")}, []),
        ({"tests/__init__.py": "", "tests/test_a.py": CALLS + PASSES.format("a"), "tests/test_b.py": "from tests.test_a import (\n    READY,\n)\n" + PASSES.format("b")}, []),
        ({"tests/helper.py": CALLS, "tests/test_a.py": "import helper\n" + PASSES.format("a")}, []),
        ({"tests/conftest.py": CALLS, "tests/test_a.py": PASSES.format("a")}, []),
        ({"src/shop/ready.py": CALLS, "tests/test_a.py": "import shop.ready\n" + PASSES.format("a")}, []),
    ],
    ids=["own", "imported", "imported from", "helper", "conftest", "project"],
)  # fmt: skip
@pytest.mark.slow
def test_what_a_test_file_runs_when_it_is_imported_is_its_own_unless_others_may_see_it(
    home: Path, make_seed: MakeSeed, more: Mapping[str, str], own: list[str]
) -> None:
    measured = baseline.measure(
        make_seed({"src/shop/__init__.py": "", "src/shop/core.py": CORE, **more})
    )
    assert list(measured.file_lines) == own
    assert measured.lines_outside_tests("src/shop/core.py") >= {7, 9}
    assert measured.import_lines["src/shop/core.py"].isdisjoint({7, 9}) is bool(own)


LAZY = """\
import functools


@functools.cache
def rates():
    return {"EUR": 1}


def rate(name):
    return rates()[name]
"""
FORKED = "import os\nFORKED = []\nos.register_at_fork(after_in_child=lambda: FORKED.append(1))\n"


@pytest.mark.parametrize(
    ("more", "processes"),
    [
        ("", 2),
        pytest.param("import os\n\ndef test_all_children_have_ended():\n    while True:\n        try: os.wait()\n        except ChildProcessError: return\n", 2, marks=pytest.mark.slow),
        pytest.param("import os, time\n\ndef test_that_leaves_a_process():\n    if not os.fork():\n        time.sleep(9)\n        os._exit(0)\n", 2, marks=pytest.mark.slow),
        pytest.param("import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()\ndef test_with_a_thread(): pass\n", 3, marks=pytest.mark.slow),
        pytest.param(FORKED + "def test_of_no_fork(): assert not FORKED\n", 3, marks=pytest.mark.slow),
        pytest.param(FORKED + "def test_that_ends_a_fork():\n    if FORKED: os._exit(0)\n", 3, marks=pytest.mark.slow),
        pytest.param(FORKED + "import threading\n\ndef test_that_hangs_in_a_fork():\n    if FORKED: threading.Event().wait()\n", 3, marks=pytest.mark.slow),
    ],
    ids=["fork", "waits for children", "leaves a child", "thread", "fails in a fork", "ends a fork", "hangs in a fork"],
)  # fmt: skip
def test_lines_that_move_with_the_order_of_the_tests_are_known(
    home: Path, make_seed: MakeSeed, monkeypatch: pytest.MonkeyPatch, more: str, processes: int
) -> None:
    tests = "from shop import core\n" + "".join(
        f"def test_{number}():\n    assert core.rate('EUR') == 1\n" for number in range(3)
    )
    began = Mock(side_effect=suite.run)
    monkeypatch.setattr(suite, "run", began)
    measured = baseline.measure(make_seed({**files(tests, LAZY), "tests/test_more.py": more}))
    assert measured.shared_lines == {"src/shop/core.py": {6}}
    executed = [measured.lines[test].get("src/shop/core.py") for test in measured.tests]
    assert [lines for lines in executed if lines] == [{6, 10}, {10}, {10}]
    assert began.call_count == processes


@pytest.mark.slow
def test_a_package_without_an_init_can_be_imported_by_a_test(
    make_seed: Callable[..., Seed], home: Path
) -> None:
    files = {
        "shop.py": "def total(): return 1\n",
        "tools/helper.py": "ONE = 1\n",
        "test_shop.py": "import shop\n\n\ndef test_a():\n    from tools import helper\n    assert shop.total() == helper.ONE\n",
    }
    assert baseline.measure(make_seed(files)).tests == ("test_shop.py::test_a",)


def test_what_was_measured_is_not_measured_again(
    home: Path, make_seed: MakeSeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    passing = "from shop.core import double\ndef test_one(): assert double(1) == 2\n"
    seed = make_seed(files(passing))
    first = baseline.measure(seed)
    with monkeypatch.context() as patch:
        patch.delattr(process, "run")
        assert baseline.measure(seed) == first
        assert baseline.measure(make_seed(files(passing), "elsewhere")) == first
        with pytest.raises(AttributeError):
            baseline.measure(make_seed(files(passing + "\n"), "other"))
    again = baseline.measure(make_seed(files(passing + "\n"), "other"))
    assert again.lines == first.lines


def test_a_red_suite_is_refused(home: Path, make_seed: MakeSeed) -> None:
    red = "import shop\ndef test_a(): assert 0\ndef test_b(): pass\ndef test_c(): assert 0\n"
    message = refused(make_seed, red)
    assert "has no passing test suite: 2 of 3 tests fail before any bug goes in" in message
    assert (
        "(tests/test_shop.py::test_a: AssertionError: assert 0, …). Fix them, or leave them out"
        in message
    )


FLAKY = """\
import os

def test_a():
    assert os.environ["PYTHONHASHSEED"] == "0"
"""


def test_a_flaky_suite_is_refused(home: Path, make_seed: MakeSeed) -> None:
    message = refused(make_seed, FLAKY)
    assert "is not steady: tests/test_shop.py::test_a passed once and not again" in message


ORDERED = """\
READY = []

def test_a():
    READY.append(1)

def test_b():
    assert READY
"""


@pytest.mark.slow
def test_tests_that_lean_on_earlier_ones_are_refused_or_left_out(
    home: Path, make_seed: MakeSeed
) -> None:
    message = refused(make_seed, ORDERED)
    assert "test_b passed once and not again in the reverse order" in message
    measured = baseline.measure(make_seed(files(ORDERED)), allow_failing=True)
    assert measured.tests == ("tests/test_shop.py::test_a",)


RENAMED = """\
import os, pytest

@pytest.mark.parametrize("n", [1], ids=[os.urandom(8).hex()])
def test_a(n): pass

def test_b(): pass
"""


@pytest.mark.slow
def test_tests_with_another_id_in_every_run_are_refused_or_left_out(
    home: Path, make_seed: MakeSeed
) -> None:
    message = refused(make_seed, RENAMED)
    assert "names its tests anew in every run: tests/test_shop.py::test_a[" in message
    measured = baseline.measure(make_seed(files(RENAMED)), allow_failing=True)
    assert measured.tests == ("tests/test_shop.py::test_b",)


@pytest.mark.slow
def test_where_no_test_can_be_relied_on_the_first_says_why(home: Path, make_seed: MakeSeed) -> None:
    red = "import pytest\n@pytest.fixture(autouse=True)\ndef built(): assert 0, 'no extension'\ndef test_a(): pass\n"
    message = refused(make_seed, red, allow_failing=True)
    assert (
        "has no test to rely on. Of tests/test_shop.py::test_a: it fails before any bug goes in"
        in message
    )
    assert "(AssertionError: no extension" in message


def test_what_pytest_is_made_of_is_refused(home: Path, make_seed: MakeSeed) -> None:
    seed = make_seed({"src/pluggy/__init__.py": "x = 1\n", "test_a.py": "def test_a(): pass\n"})
    with pytest.raises(UnfitError, match="pytest itself runs on pluggy"):
        baseline.measure(seed)


def test_a_suite_without_tests_is_refused(home: Path, make_seed: MakeSeed) -> None:
    message = refused(make_seed, "import shop\n")
    assert "has no tests that pytest collects and passes" in message


def test_a_suite_that_can_not_be_collected_is_refused(home: Path, make_seed: MakeSeed) -> None:
    message = refused(make_seed, "import no_such_module\n")
    assert "tests/test_shop.py can't be collected" in message
    assert "(ModuleNotFoundError: No module named 'no_such_module')" in message


@pytest.mark.slow
def test_a_conftest_beside_the_project_has_no_part_in_it(
    home: Path, make_seed: MakeSeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where its copies lie, that is. Behind better walls nothing of it is there.
    monkeypatch.setenv("BUGSQUASH_ISOLATION", "plain")
    (home.parent / "scratch" / "conftest.py").write_text("raise RuntimeError('somebody else')")
    seed = make_seed(
        {"shop/__init__.py": "", "tests/test_a.py": "import shop\ndef test_a(): pass\n"}
    )
    assert baseline.measure(seed).tests == ("tests/test_a.py::test_a",)


def test_a_conftest_that_fails_is_named(home: Path, make_seed: MakeSeed) -> None:
    broken = {"tests/conftest.py": "import no_such_module\n"}
    message = refused(make_seed, "def test_a(): pass\n", broken)
    assert "tests/conftest.py can't be collected" in message
    assert "(ModuleNotFoundError: No module named 'no_such_module')" in message


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"pytest.ini": "[pytest]\naddopts = --timeout=15 -q\n"},
         "pytest gives up (unrecognized arguments: --timeout=15). Install the plugin that knows them"),
        ({"pytest.ini": "[pytest]\nminversion = 99\n"}, "pytest gives up (pytest.ini: 'minversion' requires pytest-99"),
        ({"pytest.ini": "[pytest]\naddopts = -p no_such.plugin\n"}, "No module named 'no_such'). Install it here"),
        ({"conftest.py": "import no_such_module\n"}, "conftest.py can't be collected (ModuleNotFoundError: No module named 'no_such_module'). Install"),
        ({"conftest.py": "def pytest_configure(): 1 / 0\n"}, "pytest gives up (ZeroDivisionError: division by zero)."),
        ({"conftest.py": "import pytest\ndef pytest_configure(): raise pytest.UsageError('One\\ntwo.')\n"}, "pytest gives up (One)."),
        ({"conftest.py": "def pytest_collection_finish(): raise KeyError\n"}, "pytest gives up (KeyError)."),
    ],
)  # fmt: skip
def test_what_pytest_itself_stumbles_over_is_named(
    home: Path, make_seed: MakeSeed, more: dict[str, str], said: str
) -> None:
    message = refused(make_seed, "def test_a(): pass\n", more)
    assert said in message
    assert str(tempfile.gettempdir()) not in message.partition(":")[2]


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("while True: pass", "takes more than 2 s: it was stopped inside tests/test_shop.py::test_a"),
        ("import os; os._exit(0)", "ends early inside tests/test_shop.py::test_a"),
        ("import pytest; pytest.exit('enough')", "ends early inside tests/test_shop.py::test_a"),
        ("import os; os.kill(os.getpid(), 9)", "dies of a signal inside tests/test_shop.py::test_a"),
    ],
)  # fmt: skip
def test_a_suite_that_does_not_come_to_its_end_is_refused(
    home: Path, make_seed: MakeSeed, ending: str, said: str
) -> None:
    budget = 2 if "while" in ending else 60
    message = refused(
        make_seed, f"def test_a():\n    {ending}\ndef test_b(): pass\n", budget=budget
    )
    assert said in message


def test_a_suite_that_took_longer_than_it_may_now_is_refused(
    home: Path, make_seed: MakeSeed
) -> None:
    seed = make_seed(files("import shop\ndef test_a(): pass\n"))
    measured = baseline.measure(seed)
    with pytest.raises(UnfitError, match="--budget"):
        baseline.measure(seed, budget=measured.suite_seconds / 2)


NETWORK = """\
import asyncio, socket, urllib.request
import shop

def test_by_name():
    urllib.request.urlopen("http://example.org/rates", timeout=5)

def test_by_number():
    socket.create_connection(("192.0.2.7", 80), timeout=5)

def test_asyncio():
    asyncio.run(asyncio.open_connection("192.0.2.8", 443))

def test_what_stays_on_the_machine():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
    socket.getaddrinfo("localhost", 80)
    left, right = socket.socketpair()
    left.close(), right.close()

def test_that_does_without():
    try:
        socket.create_connection(("192.0.2.7", 80), timeout=5)
    except OSError as error:
        assert "unreachable" in str(error)
"""


def test_a_suite_that_needs_the_network_is_refused_with_the_host(
    home: Path, make_seed: MakeSeed
) -> None:
    message = refused(make_seed, NETWORK)
    assert "needs the network, which trials have not: 3 of 5 tests fail without it" in message
    assert "(tests/test_shop.py::test_by_name asks for example.org, …)" in message
    assert "--allow-failing" in message


def test_tests_that_need_the_network_can_be_left_out(home: Path, make_seed: MakeSeed) -> None:
    measured = baseline.measure(make_seed(files(NETWORK)), allow_failing=True)
    assert set(measured.unfit.values()) == {
        (Unfit.NEEDS_NETWORK, "example.org"),
        (Unfit.NEEDS_NETWORK, "192.0.2.7"),
        (Unfit.NEEDS_NETWORK, "192.0.2.8"),
    }
    assert [test.partition("::")[2] for test in measured.tests] == [
        "test_what_stays_on_the_machine",
        "test_that_does_without",
    ]


@pytest.mark.slow
def test_a_suite_that_asks_for_a_host_before_its_first_test_is_refused(
    home: Path, make_seed: MakeSeed
) -> None:
    early = "import socket\nsocket.gethostbyname('example.org')\ndef test_a(): pass\n"
    assert "It asks for example.org, and trials have no network." in refused(make_seed, early)


WRITES = """\
import os, pathlib, sqlite3, subprocess, sys
import pytest
import shop

@pytest.mark.parametrize("how", ["open", "database", "removal"])
def test_leaves_something(how):
    if how == "open":
        pathlib.Path("tests/out.json").write_text("{}")
    elif how == "database":
        sqlite3.connect("shop.db").execute("create table t (x)")
    else:
        os.remove("notes.txt")

def test_tidies_up():
    path = pathlib.Path("tests/passing.txt")
    path.write_text("")
    path.unlink()

def test_writes_elsewhere(tmp_path):
    (tmp_path / "a").write_text("")

def test_reads():
    assert pathlib.Path(__file__).read_text()
"""


def test_a_suite_that_writes_into_its_tree_is_refused_with_the_file(
    home: Path, make_seed: MakeSeed
) -> None:
    message = refused(make_seed, WRITES, {"notes.txt": "kept"})
    assert "writes into its own directory: tests/test_shop.py::test_leaves_something[open]" in (
        message
    )
    assert "leaves tests/out.json there, where the next run would meet it, …" in message
    assert "tmp_path" in message


@pytest.mark.slow
def test_tests_that_write_into_the_tree_can_be_left_out(home: Path, make_seed: MakeSeed) -> None:
    seed = make_seed({**files(WRITES), "notes.txt": "kept"})
    measured = baseline.measure(seed, allow_failing=True)
    assert sorted(told for _, told in measured.unfit.values()) == [
        "notes.txt",
        "shop.db",
        "tests/out.json",
    ]
    assert len(measured.tests) == 3
    # What was stored is no less refused than what was seen.
    with pytest.raises(UnfitError, match="writes into its own directory"):
        baseline.measure(seed)


@pytest.mark.slow
def test_what_no_test_alone_has_written_is_named_too(home: Path, make_seed: MakeSeed) -> None:
    by_a_program = (
        "import subprocess, shop\ndef test_a(): subprocess.run(['touch', 'left'], check=True)\n"
    )
    assert "writes into its own directory (left)" in refused(make_seed, by_a_program)
    seed = make_seed(files(by_a_program))
    assert len(baseline.measure(seed, allow_failing=True).tests) == 1
    with pytest.raises(UnfitError, match=r"writes into its own directory \(left\)"):
        baseline.measure(seed)


def test_an_installed_copy_is_refused(
    home: Path, make_seed: MakeSeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In a view with a /tmp of its own, what no interpreter knows to be installed there is not to be seen.
    monkeypatch.setenv("BUGSQUASH_ISOLATION", "plain")
    copy = write(tmp_path / "site", {"shop/__init__.py": "", "shop/core.py": CORE})
    conftest = {"tests/conftest.py": f"import sys; sys.path.insert(0, {str(copy)!r})\n"}
    for test in (
        "import shop\ndef test_a(): pass\n",
        "def test_a():\n    import shop\n",
    ):
        message = refused(make_seed, test, conftest)
        assert "import shop from an installed copy, not from this directory" in message


def test_an_interpreter_that_does_not_run_is_refused(home: Path, make_seed: MakeSeed) -> None:
    seed = make_seed(files("def test_a(): pass\n"))
    with pytest.raises(UnfitError, match="no Python interpreter at /nowhere/python"):
        baseline.measure(seed, python=Path("/nowhere/python"))
    with pytest.raises(UnfitError, match="can't run trials"):
        baseline.measure(seed, python=Path("/bin/false"))


def test_an_interpreter_that_something_kills_is_said_to_be_killed(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho '{}'\nkill -9 $$\n")
    python.chmod(0o755)
    with pytest.raises(UnfitError, match="python was killed twice"):
        interpreter.ask(python)


PASSING = "def test_a(): pass\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest.ini", "[pytest]\naddopts = --cov=shop -n 4 -m 'not slow' --strict-markers\nmarkers = slow: x\n"),
        ("tox.ini", "[pytest]\naddopts = -n auto\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = --doctest-modules --randomly-seed=3\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-p xdist --cov --cov-report term'\n"),
        ("pyproject.toml", "[tool.pytest]\naddopts = ['-x', '--cov']\nstrict_config = true\ndoctest_optionflags = ['ELLIPSIS']\n"),
        ("pytest.toml", "[pytest]\nrequired_plugins = ['pytest-cov']\naddopts = ['--strict-config']\n"),
        ("pytest.ini", "[pytest]\nfilterwarnings = error\nlooponfailroots = src\ncache_dir = x\nfaulthandler_timeout = 5\n"),
    ],
)  # fmt: skip
def test_a_configuration_that_asks_for_plugins_kept_out_serves(
    home: Path, make_seed: MakeSeed, name: str, text: str
) -> None:
    tree = suite.tree_of(make_seed({**files(PASSING), name: text}))
    ran = suite.run(tree, suite.Job(suite.start_up(), task="lines"))
    assert ran.finished
    assert ran.of("passed") == ran.collected == ("tests/test_shop.py::test_a",)


@pytest.mark.slow
def test_what_pytest_remembers_of_earlier_runs_is_empty_and_out_of_the_tree(
    home: Path, make_seed: MakeSeed
) -> None:
    # Without its cache plugin, `--ff` would be unknown, and so would the fixture.
    remembers = (
        "import os\n"
        "def test_a(cache): assert cache.get('ran', 0) == 0; cache.set('ran', 1)\n"
        "def test_b(cache): assert not str(cache.mkdir('x')).startswith(os.getcwd())\n"
    )
    seed = make_seed({**files(remembers), "pytest.ini": "[pytest]\naddopts = --ff\n"})
    tree = suite.tree_of(seed)
    for _ in range(2):
        ran = suite.run(tree, suite.Job(suite.start_up(), task="lines"))
        assert len(ran.of("passed")) == 2
        assert ran.written == ()


@pytest.mark.slow
def test_hypothesis_draws_the_same_in_every_run_and_keeps_no_example_in_the_tree(
    home: Path, make_seed: MakeSeed
) -> None:
    draws = (
        "import os\nfrom hypothesis import given, strategies as st\nseen = []\n"
        "@given(st.integers())\ndef test_fails(n): seen.append(n); assert n < 1000\n"
        "def test_says(): assert not os.path.exists('.hypothesis'); assert hash(tuple(seen)) == 0\n"
    )
    tree = suite.tree_of(make_seed(files(draws)))
    runs = [suite.run(tree, suite.Job(suite.start_up(), hash_seed=seed)) for seed in "01"]
    first, second = ([failure.message for failure in run.failures] for run in runs)
    assert first == second
    assert len(first) == 2
    assert "hash(" in first[1]


def test_options_of_the_project_count(home: Path, make_seed: MakeSeed) -> None:
    text = (
        "[pytest]\naddopts = -m 'not slow'\ntestpaths = more\nmarkers = slow: x\npythonpath = lib\n"
    )
    more = (
        "import pytest, helper\n@pytest.mark.slow\ndef test_slow(): assert 0\n"
        "def test_quick(cache): cache.set('a/b', 1)\n"
    )
    seed = make_seed(
        {**files(PASSING), "pytest.ini": text, "more/test_more.py": more, "lib/helper.py": ""}
    )
    assert baseline.measure(seed).tests == ("more/test_more.py::test_quick",)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.slow
def test_a_plugin_that_acts_only_where_it_is_named_is_imported_only_there(
    home: Path, make_seed: MakeSeed, *, named: bool
) -> None:
    plugin = "anyio"
    asks = (
        f"import sys\nfound = 'any' 'io' in sys.modules\ndef test_asks(): assert found is {named}\n"
    )
    pytest.importorskip(plugin)
    marked = f"import pytest\npytestmark = pytest.mark.{plugin}\nasync def test_async(): pass\n"
    more = {"tests/test_marked.py": marked} if named else {}
    seed = make_seed({**files(PASSING), "tests/test_asks.py": asks, **more})
    assert baseline.measure(seed).unfit == {}


def test_limits_leave_room_for_a_slow_machine(home: Path, make_seed: MakeSeed) -> None:
    measured = baseline.measure(make_seed(files(PASSING)), python=Path(sys.executable))
    limits = baseline.limits(measured, measured.tests)
    assert limits.cpu is not None
    assert limits.cpu > 3 * measured.suite_seconds
    assert limits.wall > limits.cpu


NEEDS_ROOM = """\
import mmap, tempfile, shop.core

def test_a_large_file():
    with tempfile.TemporaryFile() as file:
        file.truncate(100 << 20)
    assert shop.core.RATE == 2

def test_much_address_space():
    mmap.mmap(-1, 3 << 30).close()
    assert shop.core.RATE == 2

def test_neither():
    assert shop.core.RATE == 2
"""
LIST_WITHOUT_END = "RATE = [2]\nwhile True: RATE.append(bytes(64 << 20))"


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit memory")
@pytest.mark.slow
def test_trials_have_at_least_what_the_clean_suite_passes_under(
    home: Path, make_seed: MakeSeed
) -> None:
    seed = make_seed(files(NEEDS_ROOM))
    measured = baseline.measure(seed)
    assert len(measured.tests) == 3
    assert measured.roomy
    alike = mutant_of("src/shop/core.py", CORE, "RATE = 2", "RATE = 1 + 1")
    for fresh in (False, True):
        verdict = Engine(seed, measured, fresh=fresh).verdict(alike)
        assert (verdict.kind, verdict.failures) == (VerdictKind.SURVIVED, ())


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS does not limit memory")
@pytest.mark.slow
def test_a_suite_that_needs_no_more_keeps_a_list_without_end_small(
    home: Path, make_seed: MakeSeed
) -> None:
    seed = make_seed(files("from shop.core import RATE\n\ndef test_a(): assert RATE == 2\n"))
    measured = baseline.measure(seed)
    assert not measured.roomy
    limits = baseline.limits(measured, measured.tests)
    assert (limits.memory, limits.file) == (2 << 30, 64 << 20)
    endless = mutant_of("src/shop/core.py", CORE, "RATE = 2", LIST_WITHOUT_END)
    assert Engine(seed, measured).verdict(endless).kind is VerdictKind.OUT_OF_MEMORY


FAILS_BACKWARDS_ONCE = """\
import pathlib, sys

def test_a():
    assert pathlib.Path("number.txt").read_text() != "2"

def test_b():
    pass
"""


@pytest.mark.slow
def test_what_fails_once_is_not_laid_to_the_limits(
    home: Path, make_seed: MakeSeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, real = itertools.count(1), suite.run

    def run(tree: suite.Tree, job: suite.Job, *, python: Path) -> suite.SuiteRun:
        number = f"{next(numbers)}".encode()
        return real(tree.with_files({"number.txt": number}), job, python=python)

    monkeypatch.setattr(suite, "run", run)
    assert "is not steady" in refused(make_seed, FAILS_BACKWARDS_ONCE)


@pytest.mark.slow
def test_time_that_tests_wait_is_no_time_that_they_take_too_long(
    home: Path, make_seed: MakeSeed
) -> None:
    seed = make_seed(files(PASSING))
    measured = baseline.measure(seed)
    test = measured.tests[0]
    sleeps = replace(measured, waited={**measured.waited, test: measured.waited[test] + 45})
    more = baseline.limits(sleeps, (test,)).wall - baseline.limits(measured, (test,)).wall
    assert more == pytest.approx(4 * 45)
    assert baseline.limits(sleeps, measured.tests[1:]) == baseline.limits(
        measured, measured.tests[1:]
    )


SHARED = """\
import time, pytest
from shop.core import Shelf, double

@pytest.fixture(scope="session")
def slow():
    until = time.process_time() + 3
    while time.process_time() < until:
        pass

def test_double(slow):
    assert double(2) == 4

def test_shelf(slow):
    assert Shelf.slots == 3
"""


@pytest.mark.slow
def test_what_tests_share_may_take_its_time_whichever_of_them_runs_first(
    home: Path, make_seed: MakeSeed
) -> None:
    seed = make_seed(files(SHARED))
    measured = baseline.measure(seed)
    assert measured.set_up[""][0] > 3
    alike = mutant_of("src/shop/core.py", CORE, "n * RATE", "RATE * n")
    for fresh in (False, True):
        verdict = Engine(seed, measured, fresh=fresh).verdict(alike)
        assert (verdict.kind, verdict.ran) == (VerdictKind.SURVIVED, 1)


NEEDS_THE_FIRST = """\
import os, shop

seen = []

def test_a():
    seen.append(1)

def test_b():
    {}

def test_c():
    pass
"""


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["os._exit(0)", "while True: pass"])
def test_a_suite_that_comes_to_no_end_backwards_is_refused_whatever_is_left_out(
    home: Path, make_seed: MakeSeed, ending: str
) -> None:
    tests = NEEDS_THE_FIRST.format(f"if not seen:\n        {ending}")
    for allow_failing in (False, True):
        budget = 2 if "while" in ending else 60
        message = refused(make_seed, tests, allow_failing=allow_failing, budget=budget)
        assert "run again in the reverse order, it" in message
        assert "inside tests/test_shop.py::test_b" in message


@pytest.mark.slow
def test_a_file_that_is_importable_only_after_another_is_named(
    home: Path, make_seed: MakeSeed
) -> None:
    more = {
        "tests/a/helper.py": "",
        "tests/a/test_a.py": "def test_a(): pass\n",
        "tests/b/test_b.py": "import helper\ndef test_b(): pass\n",
    }
    message = refused(make_seed, "import shop\n", more)
    assert "in the reverse one tests/b/test_b.py can't be collected" in message


@pytest.mark.slow
def test_set_up_that_is_shared_and_needs_the_network_is_no_other_failure(
    home: Path, make_seed: MakeSeed
) -> None:
    shared = """\
import socket, pytest, shop

@pytest.fixture(scope="session")
def rates():
    return socket.create_connection(("192.0.2.7", 80), timeout=5)

def test_a(rates): pass
def test_b(rates): pass
def test_c(): pass
"""
    message = refused(make_seed, shared)
    assert "needs the network" in message
    assert "2 of 3 tests fail without it" in message


def test_a_probe_that_takes_no_for_an_answer_is_not_what_is_missing(
    home: Path, make_seed: MakeSeed
) -> None:
    probe = "import socket\ntry: socket.gethostbyname('example.org')\nexcept OSError: pass\n"
    message = refused(make_seed, "import no_such_module\n", {"tests/conftest.py": probe})
    assert "example.org" not in message
    assert "--python" in message


@pytest.mark.slow
def test_the_machines_own_address_is_no_other_host(home: Path, make_seed: MakeSeed) -> None:
    own = """\
import socket, shop

def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            return socket.gethostbyname(socket.gethostname())
        except OSError:
            return "127.0.0.1"

def test_server():
    with socket.create_server((own_address(), 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()
"""
    assert len(baseline.measure(make_seed(files(own))).tests) == 1


@pytest.mark.slow
def test_a_directory_that_is_cleared_is_blamed_on_its_test(home: Path, make_seed: MakeSeed) -> None:
    clears = "import shutil, shop\ndef test_a(): shutil.rmtree('data')\ndef test_b(): pass\n"
    message = refused(make_seed, clears, {"data/rows.txt": "1\n"})
    assert "tests/test_shop.py::test_a leaves data/rows.txt there" in message


@pytest.mark.slow
def test_how_many_tests_there_are_does_not_hang_on_what_is_known(
    home: Path, make_seed: MakeSeed
) -> None:
    tests = "import pytest, shop\ndef test_a(): assert 0\ndef test_b(): pass\n@pytest.mark.skip\ndef test_c(): pass\n"
    first = refused(make_seed, tests)
    seed = make_seed(files(tests))
    baseline.measure(seed, allow_failing=True)
    with pytest.raises(UnfitError) as again:
        baseline.measure(seed)
    assert "1 of 3 tests" in first
    assert "1 of 3 tests" in str(again.value)


@pytest.mark.slow
def test_what_a_short_test_takes_is_told_though_the_clock_of_a_limited_process_is_coarse(
    make_seed: MakeSeed, home: Path
) -> None:
    works = (
        "import time\nimport pytest\nfrom shop.core import double\n\n"
        "@pytest.mark.parametrize('n', range(40))\ndef test_works(n):\n    double(n)\n"
        "    begun = time.thread_time()\n    while time.thread_time() < begun + 0.001:\n        pass\n"
    )
    seed = make_seed({"src/shop/__init__.py": "", "src/shop/core.py": CORE, "test_shop.py": works})
    assert min(baseline.measure(seed).seconds.values()) >= 0.001
