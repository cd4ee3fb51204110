"""The failing test under a debugger: which command that is, and what is missing for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator import process
from generator.errors import UnfitError, UsageError
from generator.records import Mode

if TYPE_CHECKING:
    from pathlib import Path

    from generator.judge.challenge_directory import Found

_LOOK = process.Limits(wall=60)
_FAILED = (1, 2)
"""Exit statuses of pytest: a test failed, or the person left the debugger in which it had."""
_UNKNOWN = 4
_RAN_NOTHING = (_UNKNOWN, 5)
"""Exit statuses of pytest: an id that it does not know or a conftest.py that it can't import, no test at all."""


@dataclass(frozen=True, slots=True)
class Debugger:
    """How pytest is told to use it, and the package that holds it, "" for the one that comes with Python."""

    package: str
    options: tuple[str, ...] = ()


DEBUGGERS = {
    "pdb": Debugger(""),
    "ipdb": Debugger("IPython", ("--pdbcls=IPython.terminal.debugger:TerminalPdb",)),
    "pudb": Debugger("pudb", ("--pdbcls=pudb.debugger:Debugger", "--capture=no")),
}


def failing_test(found: Found) -> str | None:
    """The first test that fails as handed out; None without the key, when pytest has to find one.

    Raises UsageError in ticket mode, where none does.
    """
    if found.marker.mode == Mode.TICKET:
        raise UsageError(
            "in ticket mode no test fails as handed out. Name your own: bugsquash debug tests/test_mine.py::test_it"
        )
    return found.key.failing[0] if found.key else None


def expect(found: Found, test: str) -> None:
    """Raise UsageError where pytest finds no test of that name, so that a slip of the finger starts no clock."""
    quietly = ["--collect-only", "-q", "-p", "no:cacheprovider"]
    listing = [str(found.python), "-m", "pytest", *quietly, test]
    told = process.run(listing, cwd=found.root, limits=_LOOK)
    # A conftest.py that does not import ends with the same status.
    if told.status == _UNKNOWN and b"not found:" in told.stderr:
        raise UsageError(
            f"pytest finds no {test} here. A test is named as pytest names it: tests/test_money.py::test_adds"
        )


def command(found: Found, test: str | None, name: str) -> list[str]:
    """Pytest, which stops in the debugger where the test fails. Raises UnfitError where the debugger is not installed."""
    debugger = DEBUGGERS[name]
    if debugger.package and not _is_there(found.python, debugger.package):
        raise UnfitError(
            f"{name} is not there for {found.python}. Install it: {found.python} -m pip install {name}"
        )
    named = [test] if test else []
    return [str(found.python), "-m", "pytest", "-x", "--pdb", *debugger.options, *named]


def run(found: Found, started: list[str]) -> bool:
    """Debug on the terminal until the person leaves; returns whether a test failed. Raises UsageError where none was run."""
    status = process.on_terminal(started, cwd=found.root)
    if status in _RAN_NOTHING:
        raise UsageError(
            "pytest ran no test, for the reason above. Where it found none: a test is named as pytest names it."
        )
    return status in _FAILED


def _is_there(python: Path, package: str) -> bool:
    look = f"import importlib.util as u, sys; sys.exit(u.find_spec({package!r}) is None)"
    return process.run([str(python), "-c", look], cwd=python.parent, limits=_LOOK).ok
