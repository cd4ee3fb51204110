from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from generator import places, process
from generator.records import (
    Baseline,
    ChangeKind,
    Edit,
    Family,
    Mutant,
    Seed,
    Span,
    Verdict,
    VerdictKind,
)
from generator.trial import baseline, engine, interpreter, suite
from generator.trial.engine import Engine
from tests.conftest import measured_seed, mutant_of, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(places.__file__).parents[1]
CORE = """\
LIMIT = 3


def allowed(used, limit=LIMIT):
    if used < limit:
        return True
    return False


def unused(n):
    return n + 1


def loose(n):
    return n * 1


class Stock:
    low = 2

    def is_low(self, n):
        return n < self.low
"""
TESTS = """\
import os
import subprocess
import sys
import threading
import time
import unittest

import pytest

from shop.core import Stock, allowed, loose


@pytest.mark.parametrize("used, expected", [(2, True), (3, False)])
def test_allowed(used, expected):
    assert allowed(used) is expected


class TestPlain:
    def test_two(self):
        assert allowed(2)


class TestOld(unittest.TestCase):
    def test_method(self):
        self.assertFalse(allowed(3))


def test_loose():
    loose(2)


def test_low():
    assert Stock().is_low(1)
    assert not Stock().is_low(2)


def test_that_leaves_things_behind(tmp_path):
    print("noise", flush=True)
    os.write(1, b"noise")
    assert subprocess.run(["cat"], capture_output=True).stdout == b""
    open(os.path.expanduser("~/left.txt"), "x").close()
    os.environ["HOME"] = "/nowhere"
    os.chdir(tmp_path)
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    subprocess.Popen(["sleep", "300"])
    allowed(1)
    loose(1)


def test_after_it():
    assert os.read(0, 1) == b""
    assert allowed(0)


@pytest.mark.xfail
def test_expected():
    assert allowed(3)


def test_left_out():
    if not allowed(1):
        pytest.skip("closed")
"""
CONFTEST = """\
def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.name == "test_low")
"""
FILES = {
    "src/shop/__init__.py": "from shop import core\n",
    "src/shop/core.py": CORE,
    "tests/test_shop.py": TESTS,
    "tests/conftest.py": CONFTEST,
}
PATH = "src/shop/core.py"


def mutant(old: str, new: str) -> Mutant:
    return mutant_of(PATH, CORE, old, new)


EDGE = mutant("used < limit", "used <= limit")
MUTANTS = {
    "caught": EDGE,
    "unreached": mutant("n + 1", "n - 1"),
    "survived": mutant("n * 1", "n ** 1"),
    "in a class body": mutant("low = 2", "low = 3"),
    "a default": mutant("limit=LIMIT", "limit=LIMIT + 1"),
    "import error": mutant("LIMIT = 3", "import no_such_module"),
    "syntax error": mutant("used < limit", "used < < limit"),
    "exit at import": mutant("LIMIT = 3", "raise SystemExit(0)"),
    "os._exit at import": mutant("LIMIT = 3", "import os; os._exit(0)"),
    "os._exit in a test": mutant("return n * 1", "import os; os._exit(0)"),
    "pytest.exit in a test": mutant("return n * 1", "import pytest; pytest.exit('x')"),
    "interrupt in a test": mutant("return n * 1", "raise KeyboardInterrupt"),
    "skip where there was none": mutant("return True", "return used != 1"),
    "endless": mutant("return n * 1", "while True: pass"),
    "greedy": mutant("return n * 1", "return bytearray(3 << 30)"),
}

STEPS = [mutant("return n * 1", f"return n * {number}") for number in range(2, 8)]


FRESH_OR_NOT = [
    pytest.param(True, id="fresh", marks=pytest.mark.slow),
    pytest.param(False, id="forks"),
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Seed, Baseline]]:
    with measured_seed(tmp_path_factory.mktemp("bench"), FILES) as both:
        yield both


@pytest.fixture(scope="module", params=FRESH_OR_NOT)
def verdicts(
    bench: tuple[Seed, Baseline],
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Verdict]]:
    with pytest.MonkeyPatch.context() as patch:
        # Neither knows what the other found.
        patch.setenv("BUGSQUASH_HOME", str(tmp_path_factory.mktemp("home")))
        yield _verdicts(bench, fresh=request.param)


def _verdicts(bench: tuple[Seed, Baseline], *, fresh: bool) -> dict[str, Verdict]:
    trials = Engine(*bench, jobs=2, fresh=fresh)
    found = list(trials.verdicts(MUTANTS.values()))
    assert [tried for tried, _ in found] == list(MUTANTS.values())
    return dict(zip(MUTANTS, [verdict for _, verdict in found], strict=True))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("caught", VerdictKind.CAUGHT),
        ("unreached", VerdictKind.UNREACHED),
        ("survived", VerdictKind.SURVIVED),
        ("in a class body", VerdictKind.CAUGHT),
        ("a default", VerdictKind.CAUGHT),
        ("import error", VerdictKind.BROKEN),
        ("syntax error", VerdictKind.BROKEN),
        ("exit at import", VerdictKind.BROKEN),
        ("os._exit at import", VerdictKind.BROKEN),
        ("os._exit in a test", VerdictKind.BROKEN),
        ("pytest.exit in a test", VerdictKind.BROKEN),
        ("interrupt in a test", VerdictKind.BROKEN),
        ("skip where there was none", VerdictKind.BROKEN),
        ("endless", VerdictKind.TIMED_OUT),
        ("greedy", VerdictKind.OUT_OF_MEMORY),
    ],
)
def test_outcomes_are_told_apart(
    verdicts: dict[str, Verdict], name: str, kind: VerdictKind
) -> None:
    if name == "greedy" and sys.platform == "darwin":
        pytest.skip("macOS does not limit memory")
    assert verdicts[name].kind is kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("MemoryError", VerdictKind.OUT_OF_MEMORY),
        ("OSError: [Errno 12] Cannot allocate memory: 't'", VerdictKind.OUT_OF_MEMORY),
        ("ValueError: no MemoryError", VerdictKind.BROKEN),
    ],
)
def test_a_run_that_dies_for_want_of_memory_is_not_called_broken(
    tmp_path: Path, words: str, kind: VerdictKind
) -> None:
    stderr = f"{words}\nRuntimeError: Failed to process unraisable exception\n".encode()
    died = process.Finished(1, b"", stderr, process.Ended.EXITED)
    run = suite.read(tmp_path / "report", died)
    assert engine.verdict_of(run, ("tests/test_shop.py::test_loose",)).kind is kind


def test_all_failing_tests_are_named_with_how_they_fail(verdicts: dict[str, Verdict]) -> None:
    failures = {failure.test: failure for failure in verdicts["caught"].failures}
    assert list(failures) == [
        "tests/test_shop.py::test_allowed[3-False]",
        "tests/test_shop.py::TestOld::test_method",
    ]
    plain, old = failures.values()
    assert (plain.exception, plain.phase) == ("AssertionError", "call")
    assert plain.message.startswith("assert True is False")
    assert [frame.function for frame in plain.frames] == ["test_allowed"]
    assert old.frames[0].function == "TestOld.test_method"


def test_a_broken_trial_says_why(verdicts: dict[str, Verdict]) -> None:
    assert "No module named 'no_such_module'" in verdicts["import error"].detail
    assert "the run ends inside tests/test_shop.py::test_loose" in (
        verdicts["os._exit in a test"].detail
    )


def test_only_tests_that_execute_a_touched_line_run(
    bench: tuple[Seed, Baseline], verdicts: dict[str, Verdict]
) -> None:
    assert engine.tests_that_matter(*bench, MUTANTS["survived"]) == (
        "tests/test_shop.py::test_loose",
        "tests/test_shop.py::test_that_leaves_things_behind",
    )
    assert verdicts["survived"].ran == 2
    assert verdicts["unreached"].ran == 0


@pytest.mark.parametrize("name", ["in a class body", "a default"])
def test_what_runs_at_import_is_tried_with_all_tests(
    bench: tuple[Seed, Baseline], verdicts: dict[str, Verdict], name: str
) -> None:
    seed, measured = bench
    assert engine.tests_that_matter(seed, measured, MUTANTS[name]) == measured.tests
    assert verdicts[name].ran == len(measured.tests)


@pytest.mark.parametrize("fresh", FRESH_OR_NOT)
def test_a_function_that_is_called_at_import_is_tried_with_all_tests(
    make_seed: Callable[..., Seed], home: Path, fresh: bool
) -> None:
    core = "def tripled(n):\n    return n * 3\n\n\nNINE = tripled(3)\n"
    tests = (
        "from shop import core\n\n\ndef test_nine():\n    assert core.NINE == 9\n\n\n"
        "def test_nothing():\n    assert core.tripled(0) == 0\n"
    )
    seed = make_seed({"shop/__init__.py": "", "shop/core.py": core, "test_shop.py": tests})
    start = core.index("3\n\n")
    twice = Mutant(
        operator="o",
        family=Family.LOGIC,
        change=ChangeKind.CONSTANT,
        path="shop/core.py",
        line=2,
        function="tripled",
        edits=(Edit("shop/core.py", start, start + 1, "2"),),
        touched=(Span("shop/core.py", 2, 2),),
    )
    verdict = Engine(seed, baseline.measure(seed), fresh=fresh).verdict(twice)
    assert [failure.test for failure in verdict.failures] == ["test_shop.py::test_nine"]


@pytest.mark.parametrize("fresh", FRESH_OR_NOT)
@pytest.mark.slow
def test_what_one_test_makes_and_others_find_is_tried_with_all_tests(
    home: Path, make_seed: Callable[..., Seed], fresh: bool
) -> None:
    lazy = (
        "import functools\n\n\n@functools.cache\ndef rates():\n    return {'EUR': 1}\n\n\n"
        "def rate(name):\n    return rates()[name]\n"
    )
    tests = "from shop import core\n\n\n" + "\n\n".join(
        f"def test_{name}():\n    assert core.rate('EUR') == 1\n"
        for name in ("first", "second", "third")
    )
    seed = make_seed(
        {"src/shop/__init__.py": "", "src/shop/core.py": lazy, "tests/test_shop.py": tests}
    )
    measured = baseline.measure(seed)
    assert measured.shared_lines == {"src/shop/core.py": {6}}
    one = dataclasses.replace(
        mutant_of("src/shop/core.py", lazy, "{'EUR': 1}", "{'EUR': 2}"),
        touched=(Span("src/shop/core.py", 6, 6),),
    )
    assert engine.tests_that_matter(seed, measured, one) == measured.tests
    assert len(Engine(seed, measured, fresh=fresh).verdict(one).failures) == 3


@pytest.mark.parametrize("fresh", FRESH_OR_NOT)
@pytest.mark.slow
def test_a_function_that_a_test_file_calls_when_it_is_imported_is_tried_with_the_tests_of_that_file(
    make_seed: Callable[..., Seed], home: Path, fresh: bool
) -> None:
    core = "def times(n):\n    def inner(of):\n        return of * n\n    return inner\n"
    made = "from shop import core\n\nDOUBLE = core.times(2)\n\n\n"
    seed = make_seed(
        {
            "shop/__init__.py": "",
            "shop/core.py": core,
            "test_made.py": made + "def test_made():\n    assert DOUBLE(2) == 4\n",
            "test_other.py": "def test_other():\n    pass\n",
            "test_calls.py": "from shop import core\n\n\ndef test_calls():\n    core.times(3)\n",
        }
    )
    once = mutant_of("shop/core.py", core, "return inner", "return lambda of: of")
    measured = baseline.measure(seed)
    matter = ("test_calls.py::test_calls", "test_made.py::test_made")
    assert engine.tests_that_matter(seed, measured, once) == matter
    verdict = Engine(seed, measured, fresh=fresh).verdict(once)
    assert [failure.test for failure in verdict.failures] == ["test_made.py::test_made"]


def test_the_number_of_workers_changes_nothing(
    bench: tuple[Seed, Baseline],
    verdicts: dict[str, Verdict],
    home: Path,
) -> None:
    some = ["caught", "unreached", "syntax error", "survived"]
    alone = Engine(*bench, jobs=1).verdicts(MUTANTS[name] for name in some)
    assert [verdict for _, verdict in alone] == [verdicts[name] for name in some]


def test_a_known_verdict_starts_no_process(
    bench: tuple[Seed, Baseline],
    verdicts: dict[str, Verdict],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(process, "_started")
    trials = Engine(*bench)
    for name in ("caught", "import error", "endless"):
        assert trials.verdict(MUTANTS[name]) == verdicts[name]
    with pytest.raises(NameError):
        trials.verdict(mutant("used < limit", "used != limit"))


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(
    bench: tuple[Seed, Baseline], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys; from generator import seeds; from tests.trial.test_engine import *\n"
        "seed = seeds.load(sys.argv[1])\n"
        "for _ in Engine(seed, baseline.measure(seed)).verdicts(STEPS): print(flush=True)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", code, str(bench[0].root)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert [child.stdout.readline() for _ in range(2)] == [b"\n", b"\n"]
        child.kill()
    real, tried = suite.run, []

    def run(tree: suite.Tree, job: suite.Job, *, python: Path) -> suite.SuiteRun:
        tried.append(tree.contents[PATH])
        return real(tree, job, python=python)

    monkeypatch.setattr(suite, "run", run)
    verdicts = list(Engine(*bench, fresh=True).verdicts(STEPS))
    assert [verdict.kind for _, verdict in verdicts] == [VerdictKind.SURVIVED] * len(STEPS)
    assert len(tried) <= len(STEPS) - 2


@pytest.mark.parametrize(("held_up", "kind"), [(1, VerdictKind.CAUGHT), (2, VerdictKind.TIMED_OUT)])
@pytest.mark.slow
def test_a_trial_that_the_clock_has_ended_gets_a_second_chance_and_its_verdict_is_not_kept(
    bench: tuple[Seed, Baseline],
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    held_up: int,
    kind: VerdictKind,
) -> None:
    real, runs = suite.run, 0

    def runs_are_held_up(tree: suite.Tree, job: suite.Job, *, python: Path) -> suite.SuiteRun:
        nonlocal runs
        runs += 1
        run = real(tree, job, python=python)
        return dataclasses.replace(run, ended=process.Ended.WALL) if runs <= held_up else run

    monkeypatch.setattr(suite, "run", runs_are_held_up)
    trials = Engine(*bench, fresh=True)
    assert trials.verdict(EDGE).kind is kind
    assert runs == 2
    trials.verdict(EDGE)
    assert runs == held_up + 1


def test_a_trial_that_has_seen_enough_gives_up(bench: tuple[Seed, Baseline]) -> None:
    trials = Engine(*bench, give_up_after=1)
    verdict = trials.verdict(mutant("used < limit", "used > limit"))
    assert verdict.kind is VerdictKind.CAUGHT
    assert (len(verdict.failures), verdict.ran) == (2, 3)


@pytest.mark.slow
@pytest.mark.parametrize("fresh", FRESH_OR_NOT)
def test_whether_a_mutant_is_noticed_is_what_its_verdict_says(
    bench: tuple[Seed, Baseline], verdicts: dict[str, Verdict], home: Path, fresh: bool
) -> None:
    found = Engine(*bench, jobs=2, fresh=fresh).noticed(MUTANTS.values())
    unseen = (VerdictKind.SURVIVED, VerdictKind.UNREACHED)
    assert [noticed for _, noticed in found] == [
        verdict.kind not in unseen for verdict in verdicts.values()
    ]


def test_who_stops_early_does_not_wait(bench: tuple[Seed, Baseline], home: Path) -> None:
    seed, measured = bench
    # A trial that would take a minute.
    slow = dataclasses.replace(measured, seconds=dict.fromkeys(measured.tests, 9.0))
    hanging = mutant("return n * 1", "import time; time.sleep(60)")
    others = [mutant("return n * 1", f"import time; time.sleep({n})") for n in range(60, 90)]
    asked: list[Mutant] = []

    def mutants() -> Iterator[Mutant]:
        for one in [EDGE, hanging, *others]:
            asked.append(one)
            yield one

    begun = time.monotonic()
    for tried, verdict in Engine(seed, slow, jobs=2).verdicts(mutants()):
        assert (tried, verdict.kind) == (EDGE, VerdictKind.CAUGHT)
        break
    assert time.monotonic() - begun < 20
    assert others[-1] not in asked
    assert stored("verdicts") == 1


def test_ending_all_programs_leaves_no_verdict(bench: tuple[Seed, Baseline], home: Path) -> None:
    trials = Engine(*bench)
    interpreter.fingerprint()
    timer = threading.Timer(1, process.stop_all)
    timer.start()
    with pytest.raises(process.StoppedError):
        trials.verdict(mutant("return n * 1", "import time; time.sleep(60)"))
    assert stored("verdicts") == 0


def snapshot(root: Path) -> dict[str, tuple[int, int, bytes]]:
    found = [path for path in root.rglob("*") if path.is_file()]
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_mode, path.read_bytes())
        for path in found
    }


def test_nothing_is_written_into_the_seed(
    home: Path, make_seed: Callable[..., Seed], tmp_path: Path
) -> None:
    seed = make_seed(FILES)
    before = snapshot(seed.root)
    directories = [seed.root, *[path for path in seed.root.rglob("*") if path.is_dir()]]
    for directory in directories:
        directory.chmod(0o555)
    assert Engine(seed, baseline.measure(seed)).verdict(EDGE).failures
    for directory in directories:
        directory.chmod(0o755)
    assert snapshot(seed.root) == before
    shutil.rmtree(seed.root)
    scratch = tmp_path / "scratch" / f"bugsquash-{os.getuid()}"
    assert [path.name for path in scratch.iterdir()] == [".lock"]
