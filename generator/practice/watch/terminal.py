"""The person's terminal: single keys as they are pressed, and the whole of it for somebody else for a while."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Keys:
    """Single keys of the terminal that standard input is; none where it is no terminal."""

    def __init__(self) -> None:
        self._fd = sys.stdin.fileno() if sys.stdin.isatty() else None
        self._before = termios.tcgetattr(self._fd) if self._fd is not None else None

    @contextmanager
    def taken(self) -> Iterator[None]:
        """While the block runs, keys come one by one and are not shown."""
        self._take()
        try:
            yield
        finally:
            self._give_back()

    @contextmanager
    def given_back(self) -> Iterator[None]:
        """While the block runs, inside of `taken`, the terminal is as it was before."""
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        if self._fd is not None:
            tty.setcbreak(self._fd, termios.TCSAFLUSH)

    def _give_back(self) -> None:
        # What was typed meanwhile is for nobody.
        if self._fd is not None and self._before is not None:
            termios.tcsetattr(self._fd, termios.TCSAFLUSH, self._before)

    def wait(self, woken: int, seconds: float) -> tuple[bool, str]:
        """Whether the pipe `woken` has something, and the key that was pressed, after `seconds` at most."""
        asked = [woken] if self._fd is None else [woken, self._fd]
        there, _, _ = select.select(asked, [], [], seconds)
        key = ""
        if self._fd is not None and self._fd in there:
            key = os.read(self._fd, 1024).decode(errors="replace")[:1]
        return woken in there, key
