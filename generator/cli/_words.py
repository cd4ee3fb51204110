"""Small texts that several commands print."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

from generator.practice import session

clock = session.clock


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 test`, `1,620 lines`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration(seconds: float) -> str:
    """`0.9 s`, `4 min 12 s`, `1 h 2 min`."""
    if seconds < 60:
        return f"{seconds:.{1 if seconds < 10 else 0}f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def program(name: str, seen_from: Path) -> str:
    """How to call a program of the running environment from a directory: its name where PATH leads to it, else the
    shorter of its two paths."""
    ours = Path(sys.executable).parent / name
    found = shutil.which(name)
    if found and Path(found).absolute() == ours:
        return name
    relative = os.path.relpath(ours, seen_from)
    return shlex.quote(min(str(ours), relative, key=len))


def interpreter(python: Path, seen_from: Path) -> str:
    """How to call the interpreter that runs a challenge's tests."""
    ours = Path(sys.executable)
    return program("python", seen_from) if python == ours else shlex.quote(str(python))


def pasteable(command: str) -> str:
    """A command line as it works here: `bugsquash` by its path where PATH does not lead to it."""
    if not command.startswith("bugsquash "):
        return command
    return program("bugsquash", Path.cwd()) + command.removeprefix("bugsquash")


def shown(path: Path) -> str:
    """A path as a person would type it from here."""
    relative = os.path.relpath(path)
    if relative.startswith("-"):
        # A command would take it for an option.
        return f"./{relative}"
    return str(path) if relative.startswith("../..") else relative


def in_one_line(name: str) -> str:
    """A file's name as it is, or escaped where it holds what would not show, or break the line."""
    return name if name.isprintable() else repr(name)[1:-1]
