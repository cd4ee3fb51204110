"""A real pseudo-terminal and what its screen shows."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pexpect
import pyte

from tests.cli.conftest import terminal

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 60.0
"""Seconds: the machine may be busy with other tests."""


class Terminal:
    """A command on a terminal of its own."""

    def __init__(
        self, home: Path, cwd: Path, *arguments: str, columns: int = 80, rows: int = 24
    ) -> None:
        self.child = terminal(home, cwd, *arguments, columns=columns, rows=rows)
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without blanks at the ends and lines below the last."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip().split("\n")

    def shows(self, *words: str) -> list[str]:
        """Wait until all of the words are on the screen; its lines."""
        until = time.monotonic() + PATIENCE
        while not all(any(word in line for line in self.lines) for word in words):
            assert time.monotonic() < until, f"no {words} in:\n" + "\n".join(self.lines)
            self._hear(0.1)
        return self.lines

    def shows_no_more(self, word: str) -> list[str]:
        """Wait until a word is gone from the screen; its lines."""
        until = time.monotonic() + PATIENCE
        while any(word in line for line in self.lines):
            assert time.monotonic() < until, f"still {word} in:\n" + "\n".join(self.lines)
            self._hear(0.1)
        return self.lines

    def for_a_while(self, seconds: float) -> list[str]:
        """What the screen shows after some time, whatever that is."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._hear(0.05)
        return self.lines

    def press(self, keys: str) -> None:
        """Type."""
        self.child.send(keys)

    def ended(self) -> int:
        """Wait until the command is over; its exit status."""
        while self._hear(PATIENCE):
            pass
        return int(self.child.wait())

    def _hear(self, seconds: float) -> bool:
        try:
            self._stream.feed(self.child.read_nonblocking(65536, timeout=seconds))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True
