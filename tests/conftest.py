"""What tests of every part need: a home of their own, and small codebases."""

from __future__ import annotations

import compileall
import contextlib
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from generator import machine, seeds
from generator.errors import UnfitError
from generator.records import ChangeKind, Edit, Family, Mutant, Span
from generator.trial import baseline, interpreter, store
from generator.views import Walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from generator.records import Baseline, Seed

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("quick", deadline=None, max_examples=40)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("quick")

# As an installed package is: processes that may not write the compiled files compile them each time.
compileall.compile_dir(interpreter.CHILD, quiet=1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data, cache, state and scratch of nobody else."""
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "bugsquash-home"))
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    return tmp_path / "bugsquash-home"


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files below a directory."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def stored(kind: str) -> int:
    """How many results of this kind are kept."""
    ((number,),) = store._ask("SELECT count(*) FROM results WHERE kind = ?", kind)
    return int(number)


@pytest.fixture
def make_seed(tmp_path: Path) -> Callable[..., Seed]:
    """Files, by path → the seed they make, in a directory named `project`."""

    def make(files: Mapping[str, str | bytes], name: str = "project") -> Seed:
        return seeds.load(str(write(tmp_path / name, files)))

    return make


@contextlib.contextmanager
def measured_seed(root: Path, files: Mapping[str, str | bytes]) -> Iterator[tuple[Seed, Baseline]]:
    """The seed that these files make, and its baseline, for a whole module: the home, below `root`, is a test's only where
    it has none of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUGSQUASH_HOME", str(root / "home"))
        seed = seeds.load(str(write(root / "project", files)))
        yield seed, baseline.measure(seed)


@pytest.fixture(
    params=[
        pytest.param(walls.value, marks=() if walls is Walls.BUBBLEWRAP else pytest.mark.slow)
        for walls in Walls
    ]
)
def walls(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Walls:
    """Each of the walls that stand on this machine; trials run behind them."""
    monkeypatch.setenv("BUGSQUASH_ISOLATION", request.param)
    try:
        return machine.walls()
    except UnfitError as missing:
        pytest.skip(str(missing))


def left_running(scratch: Path) -> list[str]:
    """The processes that have a place below this directory in their environment, once they have had time to die."""
    deadline = time.monotonic() + 5
    while (found := running(scratch)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def running(scratch: Path) -> list[str]:
    """Their commands, now."""
    return list(_with_in_environment(str(scratch)))


def _with_in_environment(text: str) -> Iterator[str]:
    for directory in Path("/proc").glob("[0-9]*"):
        # One that ends meanwhile; a zombie has none.
        with contextlib.suppress(OSError):
            if text.encode() in (directory / "environ").read_bytes():
                yield (directory / "cmdline").read_text().replace("\0", " ")


def mutant_of(path: str, source: str, old: str, new: str) -> Mutant:
    """The file `path`, which reads `source`, with the first `old` made `new`."""
    start = source.index(old)
    line = source.count("\n", 0, start) + 1
    span = Span(path, line, line + old.count("\n"))
    edit = Edit(path, start, start + len(old), new)
    return Mutant("o", Family.LOGIC, ChangeKind.NAME, path, line, "", (edit,), (span,))


def descendants(pid: int) -> Iterator[int]:
    """All that a process has started, directly or not, in whichever of its threads, and that still runs."""
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, file.read_text().split()):
                yield child
                yield from descendants(child)
