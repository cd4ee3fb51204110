"""A learner's evening at a real terminal, as a transcript: `python -m tests.cli.transcript > tests/cli/evening.txt`.

What differs from one evening to the next (times, ids, places) stands there as zeros and names.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from pathlib import Path

import pexpect
import pyte

from tests.cli.conftest import BANK, BUGSQUASH, write_project

FILE = Path(__file__).with_name("evening.txt")
COLUMNS, ROWS, LENGTH = 80, 24, 400
PATIENCE = 120.0
PROMPT = "$ "
EVENING = (
    "bugsquash",
    "bugsquash new ./bank --operator limit_edge --seed 1 --out .",
    "cd bank-*",
    "bugsquash",
    "cat TICKET.md",
    "bugsquash note 'the limit holds, so the amount it is'",
    "bugsquash hint",
    "y",
    "bugsquash check",
    "bugsquash note --cause src/bank/account.py:pay_out 'zero passes'",
    "bugsquash reveal",
    "n",
    "sed -i 's/if amount < 0/if amount < 60/' src/bank/account.py",
    "bugsquash check",
    "bugsquash reset --yes src/bank/account.py | head -1",
    "sed -i 's/if amount < 0/if amount <= 0/' src/bank/account.py",
    "bugsquash check",
    "bugsquash check --explain",
    "bugsquash reveal",
    "The guard of pay_out lets a payment of nothing through.",
    "Every other test pays something out.",
    "Only a payment of nothing is refused anew.",
    "bugsquash hint",
    "bugsquash abandon",
    "bugsquash sheet --yes | head -4",
    "bugsquash history",
    "bugsquash review --list",
    "bugsquash",
)
"""What is typed. The answers are to questions that the command before asks."""
_VARIES = (
    (re.compile(r"bank-\w{7}"), "bank-0000000"),
    (re.compile(r"\b\d+:\d\d\b"), "0:00"),
    (re.compile(r"\b\d+\.\d s\b"), "0.0 s"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "2000-01-01"),
)


def recorded(place: Path) -> list[str]:
    """The evening in an empty directory, as the terminal shows it, line by line."""
    write_project(place / "bank", BANK)
    shell = _Shell(place)
    for typed in EVENING:
        shell.type(typed)
    return [_the_same_each_time(line) for line in shell.lines]


def _the_same_each_time(line: str) -> str:
    for pattern, instead in _VARIES:
        line = pattern.sub(instead, line)
    return line


class _Shell:
    """One on a terminal of 80 columns, and all that it has shown."""

    def __init__(self, place: Path) -> None:
        env = {
            "PATH": f"{Path(BUGSQUASH).parent}:{os.environ['PATH']}",
            "HOME": str(place),
            "BUGSQUASH_HOME": str(place / ".bugsquash"),
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PS1": PROMPT,
        }
        self._child = pexpect.spawn(
            "sh", [], cwd=str(place), env=env, encoding="utf-8", dimensions=(ROWS, COLUMNS)
        )
        # Longer than the terminal: nothing scrolls out of sight.
        self._screen = pyte.Screen(COLUMNS, LENGTH)
        self._stream = pyte.Stream(self._screen)
        self._wait()

    def type(self, line: str) -> None:
        """Type a line, and wait until the next can be typed."""
        self._child.send(f"{line}\r")
        self._wait(since=self._screen.cursor.y)

    @property
    def lines(self) -> list[str]:
        """What was shown, without the prompt that waits at the end."""
        return [line.rstrip() for line in self._screen.display[: self._screen.cursor.y]]

    def _wait(self, since: int = -1) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                self._stream.feed(self._child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                cursor = self._screen.cursor
                line = self._screen.display[cursor.y][: cursor.x]
                if cursor.y > since and line.endswith((PROMPT, ": ", "? ")):
                    return
        raise AssertionError("no prompt in:\n" + "\n".join(self.lines))


def main() -> None:
    """Print it."""
    with tempfile.TemporaryDirectory() as place:
        sys.stdout.write("\n".join([*recorded(Path(place)), ""]))


if __name__ == "__main__":
    main()
