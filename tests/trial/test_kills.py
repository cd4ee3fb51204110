"""`kill -9` at twenty random moments, of the whole, of a server, of a fork, or of whatever stands between them; and what is left
of what a mutant started, where the whole was killed or stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from generator import places, process, seeds
from generator.trial import baseline, suite
from generator.trial.engine import Engine
from generator.views import Walls
from tests.conftest import descendants, left_running, mutant_of, running, stored, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.records import Mutant

ROOT = Path(__file__).parents[2]
PATH = "shop/core.py"
CORE = """\
def double(n, by=2):
    return n * by


def note(text):
    return text
"""
FILES = {
    "shop/__init__.py": "",
    PATH: CORE,
    "tests/test_a.py": (
        "from shop.core import double, note\n\n\ndef test_double():\n    assert double(2) == 4\n\n\n"
        "def test_by():\n    assert double(2, 3) == 6\n\n\ndef test_note():\n    assert note('a') == 'a'\n"
    ),
}
MUTANTS = 300
KILLS = 20
TOLD = 60
"""Seconds that the last run, which nobody kills, may take."""


def mutant(number: int) -> Mutant:
    """Each unlike all others, told in one of three ways."""
    if number % 50 == 7:
        # By a fresh process: the tree is not as it was.
        return changed("return text", f"open('left-{number}', 'w').close()\n    return text")
    if number % 10 == 4:
        # Imported.
        return changed("by=2", f"by={number}")
    return changed("n * by", f"n * by + {number} % {1 + number % 2 * 1000}")


def expected(number: int) -> str:
    """Kind, and how many tests fail."""
    if number % 50 == 7:
        return "SURVIVED 0"
    if number % 10 == 4:
        return "CAUGHT 1"
    return "CAUGHT 2" if number % 2 else "SURVIVED 0"


def changed(old: str, new: str) -> Mutant:
    return mutant_of(PATH, CORE, old, new)


def worker(root: str) -> None:
    """What a command does: sweep, then try one mutant after the other. Says each verdict."""
    places.sweep()
    seed = seeds.load(root)
    trials = Engine(seed, baseline.measure(seed), jobs=2).verdicts(map(mutant, range(MUTANTS)))
    for number, (_, verdict) in enumerate(trials):
        sys.stdout.write(f"{number} {verdict.kind.name} {len(verdict.failures)}\n")
        sys.stdout.flush()


class Run:
    """One worker."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        code = "import sys; from tests.trial import test_kills; test_kills.worker(sys.argv[1])"
        command = [sys.executable, "-c", code, str(root)]
        self._out, self._errors = root.parent / "said", root.parent / "errors"
        with self._out.open("w") as out, self._errors.open("w") as errors:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=errors)

    def has_given_up(self) -> bool:
        """Whether even its question to the interpreter was killed, and killed again: on a slow machine."""
        return "was killed twice" in self._errors.read_text()

    def said(self) -> list[str]:
        return self._out.read_text().splitlines()

    def started(self) -> list[int]:
        """All that it has started, directly or not, and that still runs."""
        return list(descendants(self.process.pid))


def killed(run: Run, random: Random) -> bool:
    """Kill the whole, or something that it has started. Whether the whole has gone."""
    if random.random() < 0.4:
        run.process.kill()
        run.process.wait()
        return True
    victims = run.started()
    if victims:
        # It may have ended meanwhile.
        with contextlib.suppress(ProcessLookupError):
            os.kill(random.choice(victims), signal.SIGKILL)
    return False


@pytest.mark.slow
def test_what_is_killed_at_twenty_moments_loses_nothing_and_leaves_nothing(
    walls: Walls, home: Path, tmp_path: Path
) -> None:
    root = write(tmp_path / "project", FILES)
    scratch = tmp_path / "scratch"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    random = Random(20)  # noqa: S311 - must repeat
    baseline.measure(seeds.load(str(root)))
    run = Run(root, environment)
    for _ in range(KILLS):
        time.sleep(random.uniform(0, 1.2))
        finished = run.process.poll() is not None
        assert not finished or run.process.returncode == 0 or run.has_given_up()
        known = stored("verdicts")
        if finished or killed(run, random):
            assert left_running(scratch) == []
            # What is killed, and killed again when it is run again, is told as it was and not kept: on a slow machine.
            kept = [line for n, line in enumerate(run.said()) if line == f"{n} {expected(n)}"]
            assert stored("verdicts") >= max(known, len(kept))
            run = Run(root, environment)
    run.process.wait(TOLD)
    run = Run(root, environment)
    assert run.process.wait(TOLD) == 0
    places.sweep()
    (beside,) = scratch.iterdir()
    assert [path.name for path in beside.iterdir()] == [".lock"]
    assert run.said() == [f"{number} {expected(number)}" for number in range(MUTANTS)]


def test_a_fresh_process_that_something_kills_is_run_again(tmp_path: Path, home: Path) -> None:
    sleeps = "import time\n\n\ndef test_a():\n    time.sleep(1)\n"
    seed = seeds.load(str(write(tmp_path / "project", {**FILES, "tests/test_a.py": sleeps})))
    job = suite.Job(suite.start_up())
    with ThreadPoolExecutor() as pool:
        run = pool.submit(suite.run, suite.tree_of(seed), job)
        os.kill(next(filter(is_a_child_of_ours, descendants_for(20))), signal.SIGKILL)
        assert run.result().of("passed") == ("tests/test_a.py::test_a",)


def descendants_for(seconds: float) -> Iterator[int]:
    """All that there are, and are at any time from now on."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield from descendants(os.getpid())


def is_a_child_of_ours(pid: int) -> bool:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        # Not the shell or the walls that it stands behind.
        return words[0] == os.fsencode(sys.executable) and b"bugsquash_child" in words
    return False


STAYS = "__import__('subprocess').Popen(['sleep', '300'], start_new_session={})\n    {}"
WAITS = "__import__('time').sleep(300)"
SWEEP = "from generator import places; places.sweep()"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("waits") / "project", FILES)


@pytest.fixture
def scratch(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of this test alone; the home, and the baseline in it, is all tests'."""
    monkeypatch.setenv("BUGSQUASH_HOME", str(project.parent / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def waits(*, session: bool) -> Mutant:
    """It starts a program and waits; in a fork, as only a function differs."""
    return changed("return text", STAYS.format(session, WAITS))


def begun(scratch: Path) -> bool:
    """Whether the program runs."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if any("sleep 300" in command for command in running(scratch)):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize(
    "fresh",
    [pytest.param(False, id="fork"), pytest.param(True, id="fresh", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("session", [False, True], ids=["group", "session"])
def test_what_a_mutant_has_started_ends_with_a_stop(
    walls: Walls, project: Path, scratch: Path, *, fresh: bool, session: bool
) -> None:
    seed = seeds.load(str(project))
    engine = Engine(seed, baseline.measure(seed), fresh=fresh)
    stop = process.Stop()

    def tried() -> None:
        with stop.covers():
            engine.verdict(waits(session=session))

    with ThreadPoolExecutor() as pool:
        trial = pool.submit(tried)
        assert begun(scratch)
        stop.stop()
        with pytest.raises(process.StoppedError):
            trial.result(20)
    assert left_running(scratch) == []


def try_one(root: str, session: str, fresh: str) -> None:
    """What a command does with the mutant that waits."""
    seed = seeds.load(root)
    engine = Engine(seed, baseline.measure(seed), fresh=bool(fresh))
    engine.verdict(waits(session=bool(session)))


@pytest.mark.parametrize(
    "fresh",
    [pytest.param("", id="fork"), pytest.param("fresh", id="fresh", marks=pytest.mark.slow)],
)
@pytest.mark.parametrize("session", ["", "session"], ids=["group", "session"])
def test_of_a_command_that_is_killed_the_next_ends_what_is_left(
    walls: Walls, project: Path, scratch: Path, session: str, fresh: str
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)}
    code = "import sys; from tests.trial import test_kills; test_kills.try_one(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(project), session, fresh]
    with subprocess.Popen(command, env=environment) as killed:
        assert begun(scratch)
        killed.kill()
    if walls is Walls.BUBBLEWRAP or not fresh:
        # Nothing is left for it: the walls, or the server that has nobody to answer, have seen to that.
        assert left_running(scratch) == []
    subprocess.run([sys.executable, "-c", SWEEP], env=environment, check=True)
    assert left_running(scratch) == []
