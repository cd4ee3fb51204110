"""One test in pdb: the lines that are typed there, and what it writes after each.

Pytest starts it, as it does with `--trace` for a learner; all that is other is what stands in for the terminal.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, List, Optional

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from bugsquash_child.report import Report

ARGUMENTS = ("--trace", "--pdbcls", "pdb:Pdb")
"""Pytest's. The project's own options may name another debugger."""
EACH, ALL = 4_000, 100_000
"""Characters that are kept of what comes after one line, and after all."""


class _Terminal(io.StringIO):
    """Types one line after another and keeps what is written before each. Ends the process when there is none left."""

    def __init__(self, report: Report, test: str, lines: List[str]) -> None:
        super().__init__()
        self._report = report
        self._test = test
        self._lines = lines
        self._typed = 0
        self._latest = ""
        self._left = ALL
        self._shown: List[str] = []

    def write(self, text: str) -> int:
        """Show it."""
        self._latest = text
        return super().write(text)

    def readline(self, _size: Optional[int] = -1) -> str:  # type: ignore[override]
        """The next line: what was written just before is the prompt for it."""
        self._keep(self._latest)
        if self._typed == len(self._lines):
            self.say()
            # Code under test may catch whatever is raised here. What it would still do is of use to nobody.
            os._exit(0)
        self._typed += 1
        return self._lines[self._typed - 1] + "\n"

    def end(self) -> None:
        """The test is over, wherever the session has come to."""
        self._keep()
        self.say()

    def say(self) -> None:
        """Say what was shown at first and after each line that was typed."""
        self._report.say("session", test=self._test, shown=self._shown)

    def _keep(self, prompt: str = "") -> None:
        written = self.getvalue()
        self.seek(0)
        self.truncate()
        limit = max(1, min(EACH, self._left))
        text = self._report.scrub(written[: len(written) - len(prompt)], limit)
        self._left -= len(text)
        self._latest = ""
        self._shown.append(text)


class DebuggerPlugin:
    """Sits at pdb in the tests of a job whose task is `debug`; what it watches says which `commands` are typed."""

    def __init__(self, report: Report, commands: List[str]) -> None:
        self._report = report
        self._commands = commands
        self._terminal: Optional[_Terminal] = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """One session."""
        self._terminal = _Terminal(self._report, item.nodeid, self._commands)
        try:
            return (yield)
        finally:
            self._terminal.end()
            self._terminal = None

    def pytest_enter_pdb(self, pdb: Any) -> None:
        """Before its first line. Whoever else starts one meanwhile, such as the test itself, gets the same terminal."""
        pdb.stdin = pdb.stdout = self._terminal
        pdb.use_rawinput = False
        pdb.nosigint = True
        # From a file of the project's own.
        pdb.rcLines.clear()
