from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import edits, machine, process
from generator.records import Baseline, Mutant, Seed, VerdictKind
from generator.trial import baseline, engine, suite
from generator.trial.engine import Engine
from generator.trial.forks import Forks
from generator.trial.server import Trial, Way
from generator.trial.swap import swaps
from generator.views import Walls
from tests.conftest import measured_seed, mutant_of, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATH = "src/shop/core.py"
CORE = """\
import functools
import threading

LOCK = threading.Lock()


def counted(call):
    @functools.wraps(call)
    def inner(*given):
        return call(*given)

    return inner


def first(n):
    return n + 1


@counted
def decorated(n):
    return n + 1


def fails(n):
    if n:
        raise ValueError("after")
    return n


class Till:
    @staticmethod
    def add(a, b):
        return a + b

    @property
    def empty(self):
        return True


def guarded(n):
    with LOCK:
        return n


def places(path):
    return path
"""
LATE = "def late(n):\n    return n + 1\n"
TESTS = """\
import inspect
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest

from shop import core


def test_first():
    assert core.first(1) == 2


def test_decorated():
    assert core.decorated(1) == 2


def test_add():
    assert core.Till.add(1, 2) == 3


def test_empty():
    assert core.Till().empty


def test_fails():
    core.first(1)
    core.fails(0)


def test_another_process():
    core.first(1)
    found = subprocess.run(
        [sys.executable, "-c", "from shop import core; print(core.first(1))"],
        env={"PYTHONPATH": "src"}, capture_output=True, text=True,
    )
    assert found.stdout == "2\\n"


def test_source():
    core.first(1)
    assert "n + 1" in inspect.getsource(core.first)


def test_late():
    from shop.late import late
    assert late(1) == 2


def test_guarded():
    assert core.guarded(1) == 1


def test_scratch_is_empty(tmp_path):
    assert core.places(1) == 1
    home = pathlib.Path.home()
    assert [path.name for path in home.iterdir()] == []
    (home / "left").mkdir()
    (home / "left" / "file").write_text("x")
    pathlib.Path(tempfile.gettempdir(), "left").write_text("x")
    assert tmp_path.name == "test_scratch_is_empty0"
    print("x" * 1000)


@pytest.fixture(scope="module")
def shared():
    made = []
    yield made
    made.clear()


def test_shared(shared):
    assert not shared
    shared.append(core.first(1))


def test_shared_again(shared):
    core.first(1)
"""
FILES = {
    "src/shop/__init__.py": "",
    PATH: CORE,
    "src/shop/late.py": LATE,
    "tests/test_shop.py": TESTS,
}


def mutant(old: str, new: str, path: str = PATH) -> Mutant:
    return mutant_of(path, FILES[path], old, new)


FIRST = mutant("return n + 1", "return n + 2")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seed, Baseline]]:
    with measured_seed(tmp_path_factory.mktemp("bench"), FILES) as both:
        yield both


@pytest.fixture
def forks(bench: tuple[Seed, Baseline], home: Path) -> Iterator[Forks]:
    with closing(Forks(*bench, Path(sys.executable))) as started:
        yield started


def trial(bench: tuple[Seed, Baseline], one: Mutant) -> Trial:
    seed, measured = bench
    return Trial(
        edits.apply(seed.contents, one.edits),
        swaps(seed, measured, one),
        engine.tests_that_matter(seed, measured, one),
    )


def pids(forks: Forks) -> list[int]:
    return [server.pid for server in forks.servers]


def failing(run: suite.SuiteRun | None) -> list[str]:
    assert run is not None
    return [failure.test.partition("::")[2] for failure in run.failures]


def test_whatever_looks_at_the_file_sees_the_mutant(
    bench: tuple[Seed, Baseline], forks: Forks
) -> None:
    run = forks.run(trial(bench, FIRST))
    assert failing(run) == ["test_first", "test_another_process", "test_source"]


def test_a_fork_leaves_nothing_to_the_next(bench: tuple[Seed, Baseline], forks: Forks) -> None:
    one = trial(bench, mutant("return path", "return path * 2"))
    assert [failing(forks.run(one)) for _ in range(3)] == [["test_scratch_is_empty"]] * 3
    assert failing(forks.run(trial(bench, mutant("return path", "return path or 1")))) == []


@pytest.mark.parametrize(
    ("one", "fails"),
    [
        (mutant("return True", "return False"), "test_empty"),
        pytest.param(mutant("return a + b", "return a - b"), "test_add", marks=pytest.mark.slow),
        pytest.param(
            mutant("return call(*given)", "return -call(*given)"),
            "test_decorated",
            marks=pytest.mark.slow,
        ),
        (mutant("return n + 1\n\n\ndef fails", "return n\n\n\ndef fails"), "test_decorated"),
        pytest.param(mutant("n + 1", "n", "src/shop/late.py"), "test_late", marks=pytest.mark.slow),
        pytest.param(mutant("@counted\n", ""), None, marks=pytest.mark.slow),
        (mutant("    @staticmethod", "    @classmethod"), "test_add"),
    ],
    ids=["property", "static", "closure", "wrapped", "imported late", "decorator", "class body"],
)
def test_each_way_shows_what_a_fresh_process_shows(
    bench: tuple[Seed, Baseline], forks: Forks, one: Mutant, fails: str | None
) -> None:
    asked = trial(bench, one)
    found = failing(forks.run(asked))
    assert found == ([fails] if fails else [])
    job = suite.Job(baseline.limits(bench[1], asked.tests), wanted=asked.tests)
    fresh = suite.run(suite.tree_of(bench[0]).with_files(asked.changed), job)
    assert failing(fresh) == found


MAKERS = """\
import functools


def counted(call):
    seen = []

    @functools.wraps(call)
    def inner(*given):
        seen.append(given)
        return call(*given)

    class Twice:
        def __call__(self, n):
            return call(n) * 2

    if call is abs:
        seen = [()]

    inner.seen = seen
    inner.twice = Twice()
    return inner


def begun():
    def numbers():
        yield 1
        yield 2

    return numbers()


@counted
def decorated(n):
    return n + 1


def fails(n):
    raise ValueError("below")


NUMBERS = begun()
"""
MADE = {
    "src/shop/__init__.py": "",
    PATH: MAKERS,
    "tests/test_shop.py": """\
from shop import core


def test_decorated():
    assert core.decorated(1) == 2


def test_twice():
    assert core.decorated.twice(1) == 4


def test_seen():
    core.decorated(7)
    assert core.decorated.seen[-1] == (7,)


def test_anew():
    assert core.counted(lambda n: n)(3) == 3


def test_abs():
    assert core.counted(abs).seen == [()]


def test_numbers():
    assert list(core.NUMBERS) == [1, 2]
""",
}


@pytest.fixture(scope="module")
def makers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seed, Baseline]]:
    with measured_seed(tmp_path_factory.mktemp("makers"), MADE) as both:
        yield both


@pytest.mark.parametrize(
    ("old", "new", "ways", "fail"),
    [
        ("return call(*given)", "return -call(*given)", ["functions"], ["decorated", "anew"]),
        pytest.param(
            "return call(n) * 2",
            "return call(n)",
            ["functions"],
            ["twice"],
            marks=pytest.mark.slow,
        ),
        (
            "seen.append(given)",
            "fails(\n            1\n        )",
            ["functions", "collects"],
            ["decorated", "seen", "anew"],
        ),
        pytest.param(
            "seen.append(given)",
            "seen.append(()) or fails(1)",
            ["functions"],
            ["decorated", "seen", "anew"],
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "yield 2", "yield 3", ["functions", "collects"], ["numbers"], marks=pytest.mark.slow
        ),
        ("seen = [()]", "seen = []", ["functions"], ["abs"]),
        pytest.param(
            "seen = [()]",
            "seen2 = [()]",
            ["functions", "collects"],
            ["abs"],
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "seen = [()]", "yield", ["functions", "collects"], ["abs"], marks=pytest.mark.slow
        ),
        ("inner.seen = seen", "inner.seen = []", ["collects"], ["seen", "abs"]),
    ],
    ids=[
        "closure",
        "method",
        "closes over less",
        "lines",
        "begun",
        "branch",
        "names",
        "generates",
        "ran",
    ],
)
@pytest.mark.slow
def test_what_was_made_before_the_tests_is_swapped_where_nothing_else_changes(
    makers: tuple[Seed, Baseline], home: Path, old: str, new: str, ways: list[str], fail: list[str]
) -> None:
    asked = trial(makers, mutant_of(PATH, MAKERS, old, new))
    with closing(Forks(*makers, Path(sys.executable))) as forks:
        run = forks.run(asked)
        assert [server.way for server in forks.servers] == ways
    assert run is not None
    assert failing(run) == [f"test_{name}" for name in fail]
    job = suite.Job(baseline.limits(makers[1], asked.tests), wanted=asked.tests)
    fresh = suite.run(suite.tree_of(makers[0]).with_files(asked.changed), job)
    assert run.failures == fresh.failures


@pytest.mark.parametrize(
    ("body", "through"),
    [
        # The function that raises stands below the one that became longer.
        (
            ["added = n", "fails(added)", "return added"],
            ["fails(added)", 'raise ValueError("after")'],
        ),
        # One that lies within it.
        (
            ["def inner():", "    fails(n)", "added = n", "inner()", "return added"],
            ["inner()", "fails(n)", 'raise ValueError("after")'],
        ),
    ],
)
def test_a_traceback_names_the_lines_of_the_file_as_it_is(
    bench: tuple[Seed, Baseline], home: Path, body: list[str], through: list[str]
) -> None:
    longer = mutant("return n + 1", "\n    ".join(body))
    assert swaps(*bench, longer)
    found = Engine(*bench).verdict(longer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUGSQUASH_HOME", str(home.parent / "other"))
        assert Engine(*bench, fresh=True).verdict(longer) == found
    lines = [frame.line for frame in found.failures[0].frames if frame.path == PATH]
    changed = edits.apply(bench[0].contents, longer.edits)[PATH].decode().splitlines()
    assert [changed[n - 1].strip() for n in lines] == through


@pytest.mark.parametrize(
    "code",
    [
        "open('src/shop/new.txt', 'w').close()",
        pytest.param("open('src/shop/late.py', 'a').write('#')", marks=pytest.mark.slow),
        pytest.param("__import__('shutil').rmtree('tests')", marks=pytest.mark.slow),
        pytest.param("__import__('os').chmod(__file__, 0o600)", marks=pytest.mark.slow),
        pytest.param("__import__('os').rename('src', 'other')", marks=pytest.mark.slow),
        pytest.param("__import__('os').mkdir('src/empty')", marks=pytest.mark.slow),
        "__import__('shutil').rmtree(__import__('os').path.expanduser('~'))",
        pytest.param(
            "__import__('os').chmod(__import__('os').environ['TMPDIR'], 0)", marks=pytest.mark.slow
        ),
    ],
)
def test_a_mutant_that_changes_the_tree_is_told_by_a_fresh_process_and_its_server_replaced(
    bench: tuple[Seed, Baseline], forks: Forks, code: str
) -> None:
    writes = mutant("    return path", f"    {code}\n    return path")
    assert failing(forks.run(trial(bench, FIRST)))
    before = set(pids(forks))
    assert forks.run(trial(bench, writes)) is None
    assert len(failing(forks.run(trial(bench, FIRST)))) == 3
    assert not before & set(pids(forks))


def test_what_a_tool_keeps_for_its_next_run_is_gone_in_the_next_fork(
    bench: tuple[Seed, Baseline], forks: Forks
) -> None:
    makes = (
        "    import os\n    os.makedirs(os.environ['HYPOTHESIS_STORAGE_DIRECTORY'] + '/examples')\n"
        "    return path"
    )
    one = trial(bench, mutant("    return path", makes))
    assert [failing(forks.run(one)) for _ in range(3)] == [[]] * 3


AT_IMPORT = {
    "a directory": (
        "import tempfile\nPLACE = tempfile.mkdtemp()\n",
        "assert os.listdir(PLACE) == []\n    open(PLACE + '/left', 'w').close()",
    ),
    "a file's place": (
        "import tempfile\nKEPT = tempfile.TemporaryFile()\n",
        "assert KEPT.tell() == 0\n    KEPT.write(b'left')\n    KEPT.flush()",
    ),
    "a module": ("", "assert 'colorsys' not in sys.modules\n    import colorsys"),
    "standard error": ("", "os.write(2, b'x' * (25 << 20))"),
    "shared memory": (
        "",
        "os.close(os.open('/dev/shm/left', os.O_CREAT | os.O_EXCL | os.O_WRONLY))",
    ),
}
"""What one test would leave to the next fork: what is made at import, and what the test does."""


@pytest.mark.parametrize("what", ["a directory", pytest.param("a module", marks=pytest.mark.slow)])
@pytest.mark.slow
def test_what_is_made_at_import_carries_nothing_from_fork_to_fork(
    make_seed: Callable[..., Seed], home: Path, what: str
) -> None:
    leaves_nothing(make_seed, what)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["a file's place", "standard error", "shared memory"])
def test_what_a_process_that_stays_has_open_carries_nothing_from_fork_to_fork(
    make_seed: Callable[..., Seed], home: Path, what: str
) -> None:
    if what == "shared memory" and machine.walls() is not Walls.BUBBLEWRAP:
        pytest.skip("without bubblewrap it is the machine's")
    leaves_nothing(make_seed, what)


def leaves_nothing(make_seed: Callable[..., Seed], what: str) -> None:
    """Mutants that change nothing survive, one after the other, whichever way they go."""
    makes, uses = AT_IMPORT[what]
    asks = f"\n\ndef test_asks():\n    core.first(1)\n    {uses}\n"
    pyproject = '[tool.pytest.ini_options]\npythonpath = ["src"]\naddopts = "-s"\n'
    tests = TESTS.replace("import inspect\n", f"import inspect\n{makes}", 1) + asks
    seed = make_seed({**FILES, "tests/test_shop.py": tests, "pyproject.toml": pyproject})
    measured = baseline.measure(seed)
    same = [mutant("return n + 1", f"return n + 1 * {one}") for one in ("1", "+1", "True")]
    imported = [mutant("LOCK = ", f"LOCK = {one} or ") for one in ("None", "0", "''")]
    engine = Engine(seed, measured)
    kinds = [verdict.kind for _, verdict in engine.verdicts([*same, *imported])]
    assert kinds == [VerdictKind.SURVIVED] * 6


@pytest.mark.slow
def test_an_expression_that_warns_when_it_is_compiled_warns_in_every_fork(
    make_seed: Callable[..., Seed], home: Path
) -> None:
    warns = (
        "\n\ndef test_warns():\n    import re\n    core.first(1)\n"
        "    with pytest.warns(FutureWarning):\n        assert re.compile('[[]x').match('[x')\n"
    )
    seed = make_seed({**FILES, "tests/test_shop.py": TESTS + warns})
    measured = baseline.measure(seed)
    same = trial((seed, measured), mutant("return n + 1", "return n + 1 * 1"))
    assert "tests/test_shop.py::test_warns" in same.tests
    with closing(Forks(seed, measured, Path(sys.executable))) as started:
        assert [failing(started.run(same)) for _ in range(3)] == [[]] * 3


@pytest.mark.slow
def test_what_waits_for_ever_is_ended_long_before_the_clock_and_its_verdict_is_kept(
    bench: tuple[Seed, Baseline], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = mutant("    with LOCK:\n", "    LOCK.acquire()\n    with LOCK:\n")
    begun = time.monotonic()
    assert Engine(*bench).verdict(twice).kind is VerdictKind.TIMED_OUT
    assert time.monotonic() - begun < 15
    monkeypatch.delattr(process, "_started")
    assert Engine(*bench).verdict(twice).kind is VerdictKind.TIMED_OUT


@pytest.mark.slow
def test_what_idles_where_tests_wait_for_something_is_asked_of_a_fresh_process(
    bench: tuple[Seed, Baseline], home: Path
) -> None:
    twice = mutant("    with LOCK:\n", "    LOCK.acquire()\n    with LOCK:\n")
    seed, measured = bench
    waiting = replace(measured, waited=dict.fromkeys(measured.tests, 0.6))
    assert Engine(seed, waiting).verdict(twice).kind is VerdictKind.TIMED_OUT
    # The clock has ended it, which says nothing of another day.
    assert stored("verdicts") == 0


def test_a_loop_without_end_does_not_take_the_time_of_all_tests(
    bench: tuple[Seed, Baseline], home: Path
) -> None:
    seed, measured = bench
    endless = mutant(
        "    return n + 1\n\n\n@counted", "    while True:\n        n += 1\n\n\n@counted"
    )
    slow = replace(measured, seconds=dict.fromkeys(measured.tests, 0.6))
    before = _cpu_of_children()
    assert Engine(seed, slow).verdict(endless).kind is VerdictKind.TIMED_OUT
    # One after the other the five that call it may take 18 s, and one of them 4.6 s.
    assert _cpu_of_children() - before < 12


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.slow
def test_a_verdict_says_nothing_of_other_tests(bench: tuple[Seed, Baseline], home: Path) -> None:
    seed, measured = bench
    assert Engine(seed, measured).verdict(FIRST).kind is VerdictKind.CAUGHT
    fewer = tuple(
        test for test in measured.tests if test.rpartition("::")[2] in {"test_fails", "test_add"}
    )
    other = Engine(seed, replace(measured, tests=fewer))
    assert other.verdict(FIRST).kind is VerdictKind.SURVIVED
    assert other.tried == [FIRST]


def test_what_works_for_ever_is_ended_at_its_share_of_cpu_time(
    bench: tuple[Seed, Baseline], forks: Forks
) -> None:
    run = forks.run(trial(bench, mutant("return True", "while True: pass")))
    assert run is not None
    assert run.ended is process.Ended.CPU


@pytest.mark.parametrize("victim", ["server", "fork"])
def test_a_server_or_fork_that_is_killed_costs_time_and_nothing_else(
    bench: tuple[Seed, Baseline], home: Path, victim: str
) -> None:
    slow = mutant("return True", "__import__('time').sleep(2)")
    with closing(Forks(*bench, Path(sys.executable))) as started:
        assert started.run(trial(bench, FIRST))
        (server,) = pids(started)
        killer = subprocess.Popen(
            [sys.executable, "-c", KILLER, str(server), victim], start_new_session=True
        )
        run = started.run(trial(bench, slow))
        assert killer.wait() == 0
        assert run is None
        assert len(failing(started.run(trial(bench, FIRST)))) == 3
    assert not children_of(server)


KILLER = """
import os, pathlib, signal, sys, time
server, victim = int(sys.argv[1]), sys.argv[2]
children = pathlib.Path(f"/proc/{server}/task/{server}/children")
for _ in range(1000):
    found = children.read_text().split()
    if found: break
    time.sleep(0.01)
time.sleep(0.3)
os.kill(server if victim == "server" else int(found[0]), signal.SIGKILL)
time.sleep(0.5)
status = [pathlib.Path(f"/proc/{one}/status") for one in found]
sys.exit(any(one.exists() and "(zombie)" not in one.read_text() for one in status))
"""


def children_of(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()] if file.exists() else []


def runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "(zombie)" not in status.read_text()


@pytest.mark.slow
def test_a_suite_that_leaves_a_thread_running_when_it_is_imported_is_not_forked(
    make_seed: Callable[..., Seed], home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    seed = make_seed({**FILES, "tests/conftest.py": thread})
    measured = baseline.measure(seed)
    with closing(Forks(seed, measured, Path(sys.executable))) as started:
        run = started.run(trial((seed, measured), FIRST))
        assert failing(run) == ["test_first", "test_another_process", "test_source"]
        assert [server.way for server in started.servers] == [Way.IMPORTS]
    said = "each mutant of project is imported anew, which is slower: threads run before the first test."
    assert caplog.messages == [said]


@pytest.mark.slow
def test_a_suite_that_does_not_pass_after_it_was_forked_is_imported_anew(
    make_seed: Callable[..., Seed], home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    alone = "\n\ndef test_alone():\n    import __main__, os\n    assert not hasattr(os, 'forked')\n"
    conftest = (
        "import os\nos.register_at_fork(after_in_child=lambda: setattr(os, 'forked', True))\n"
    )
    seed = make_seed({**FILES, "tests/test_shop.py": TESTS + alone, "tests/conftest.py": conftest})
    measured = baseline.measure(seed)
    with closing(Forks(seed, measured, Path(sys.executable))) as started:
        run = started.run(trial((seed, measured), FIRST))
        assert failing(run) == ["test_first", "test_another_process", "test_source"]
        assert [server.way for server in started.servers] == [Way.IMPORTS]
    assert [message.rpartition(": ")[2] for message in caplog.messages] == [
        "tests/test_shop.py::test_alone does not pass in a fork."
    ]


@pytest.mark.slow
def test_why_it_is_slower_is_said_whenever_it_is(
    make_seed: Callable[..., Seed], home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    thread = "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()\n"
    plugin = {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n'}
    seed = make_seed({**FILES, **plugin, "tests/conftest.py": thread})
    measured = baseline.measure(seed)
    for _ in range(2):
        caplog.clear()
        with closing(Forks(seed, measured, Path(sys.executable))) as started:
            started.run(trial((seed, measured), FIRST))
            started.run(trial((seed, measured), FIRST))
        assert len(caplog.messages) == 1


@pytest.mark.slow
def test_that_the_machine_killed_a_proof_is_not_remembered(
    make_seed: Callable[..., Seed], home: Path
) -> None:
    slow = "\n\ndef test_slow():\n    import time\n    core.first(1)\n    time.sleep(3)\n"
    seed = make_seed({**FILES, "tests/test_shop.py": TESTS + slow})
    measured = baseline.measure(seed)
    one = trial((seed, measured), FIRST)
    with closing(Forks(seed, measured, Path(sys.executable))) as started:
        asked = threading.Thread(target=started.prove)
        asked.start()
        until = time.monotonic() + 60
        while not (found := [fork for pid in pids(started) for fork in children_of(pid)]):
            assert time.monotonic() < until
            time.sleep(0.02)
        time.sleep(1)
        os.kill(found[0], signal.SIGKILL)
        asked.join()
    with closing(Forks(seed, measured, Path(sys.executable))) as started:
        assert failing(started.run(one)) == ["test_first", "test_another_process", "test_source"]
        assert Way.FUNCTIONS in [server.way for server in started.servers]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("files", "way"),
    [
        ({}, Way.COLLECTS),
        ({"tests/conftest.py": "import shop.late\n"}, Way.IMPORTS),
        ({"pytest.ini": "[pytest]\naddopts = -p shop.late\n"}, Way.IMPORTS),
    ],
    ids=["by tests", "by a conftest", "by a plugin of its own"],
)
def test_pytest_starts_anew_only_where_it_has_imported_the_project_before_it_collects(
    make_seed: Callable[..., Seed],
    home: Path,
    caplog: pytest.LogCaptureFixture,
    files: dict[str, str],
    way: Way,
) -> None:
    seed = make_seed({**FILES, **files})
    measured = baseline.measure(seed)
    with closing(Forks(seed, measured, Path(sys.executable))) as started:
        for written, found in (
            ("(n, by=2):\n    return n + by", ["test_late"]),
            ("(n, *_):\n    return n + 1", []),
        ):
            one = mutant("(n):\n    return n + 1", written, "src/shop/late.py")
            assert failing(started.run(trial((seed, measured), one))) == found
        assert [server.way for server in started.servers] == [way]
    assert caplog.messages == []


def test_what_can_not_be_imported_is_told_by_a_fork_unless_the_machine_may_be_the_reason(
    bench: tuple[Seed, Baseline], forks: Forks
) -> None:
    broken = forks.run(
        trial(bench, mutant("LOCK = threading.Lock()", "LOCK = threading.Nowhere()"))
    )
    assert broken is not None
    told = "AttributeError: module 'threading' has no attribute 'Nowhere'"
    assert [why for _, why in broken.broken] == [told]
    for error in ("BlockingIOError(11, 'no process')", "MemoryError()"):
        raises = mutant("LOCK = threading.Lock()", f"raise {error}")
        assert forks.run(trial(bench, raises)) is None


@pytest.mark.slow
def test_tests_of_any_name_are_collected_again(make_seed: Callable[..., Seed], home: Path) -> None:
    odd = (
        "import pytest\nfrom shop import late\n\n\n"
        "@pytest.mark.parametrize('n', ['a::b', '[x]', 'a]b', 'a b', 'é', 'x/y.py', '-k', '@z', '', '\\\\', '\\n'])\n"
        "def test_odd(n):\n    assert late.late(1) == 2\n"
    )
    seed = make_seed({**FILES, "tests/test_odd.py": odd})
    measured = baseline.measure(seed)
    one = mutant("(n):\n    return n + 1", "(n, by=2):\n    return n + by", "src/shop/late.py")
    tests = tuple(test for test in measured.tests if "test_odd" in test)
    assert len(tests) == 11
    asked = Trial(edits.apply(seed.contents, one.edits), None, tests)
    with closing(Forks(seed, measured, Path(sys.executable))) as started:
        run = started.run(asked)
        assert run is not None
        assert [failure.test for failure in run.failures] == list(tests)
        assert [server.way for server in started.servers] == [Way.COLLECTS]


def test_an_interpreter_that_can_not_serve_leaves_everything_to_fresh_processes(
    bench: tuple[Seed, Baseline],
    home: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = tmp_path / "python"
    broken.write_text(
        f'#!/bin/sh\ntest "$2" = bugsquash_child && echo no memory >&2 && exit 1\nexec {sys.executable} "$@"\n'
    )
    broken.chmod(0o755)
    with closing(Forks(*bench, broken)) as started:
        assert started.run(trial(bench, FIRST)) is None
    assert caplog.messages[0].endswith(": no memory.")


def test_closing_leaves_no_process_and_no_file(bench: tuple[Seed, Baseline], home: Path) -> None:
    with closing(Forks(*bench, Path(sys.executable))) as started:
        started.run(trial(bench, FIRST))
        started.run(trial(bench, mutant("@counted\n", "")))
        found = pids(started)
        assert len(found) == 2
    for pid in found:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    scratch = home.parent / "scratch" / f"bugsquash-{os.getuid()}"
    assert [path.name for path in scratch.iterdir()] == [".lock"]


@pytest.mark.slow
def test_a_server_ends_when_whoever_asked_is_killed(
    bench: tuple[Seed, Baseline], home: Path, tmp_path: Path
) -> None:
    deadline = time.monotonic() + 20
    with subprocess.Popen(
        [sys.executable, "-c", ASKER, str(bench[0].root)], stdout=subprocess.PIPE, text=True
    ) as asker:
        assert asker.stdout is not None
        server = int(asker.stdout.readline())
        while not (found := children_of(server)) and time.monotonic() < deadline:
            time.sleep(0.01)
        asker.kill()
    while any(map(runs, [server, *found])) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert found
    assert not any(map(runs, [server, *found]))


ASKER = """
import sys
from pathlib import Path
from generator import seeds
from generator.trial import baseline
from generator.trial.server import Server, Trial, Way

seed = seeds.load(sys.argv[1])
measured = baseline.measure(seed)
server = Server(seed, measured, Way.FUNCTIONS, Path(sys.executable))
print(server.pid, flush=True)
while True:
    server.run(Trial({}, (), measured.tests))
"""
