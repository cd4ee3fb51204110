"""What an hour needs of the machine: what is there, and what to do about what is not."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generator import key as keys
from generator import machine, places
from generator.challenge import repository
from generator.errors import BugsquashError
from generator.practice import history
from generator.trial import interpreter
from generator.views import Walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NARROWEST = 60
"""Columns of the narrowest terminal that everything fits in."""
_ROOM = 200 << 20
"""Bytes. A challenge and a run of it take far less; a disk that is nearly full takes other things down first."""
_EDITORS = ("code", "nvim", "vim", "emacs", "hx", "nano", "vi")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    told: str
    """What is there, or what is not."""
    remedy: str = ""
    """What to do, where what is told does not say it."""
    needed: bool = True
    """Nothing works without it."""
    fails: bool = False

    @property
    def fine(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.remedy or self.fails)


def examine() -> Iterator[Finding]:
    """Each thing in turn. What is looked at is left as it was."""
    for what, look in _LOOKS.items():
        try:
            yield from look(what)
        except (BugsquashError, OSError) as error:
            yield Finding(what, str(error), fails=True)


def _python(what: str) -> Iterator[Finding]:
    interpreter.ask(Path(sys.executable))
    yield Finding(what, f"{platform.python_version()} at {sys.executable}, with pytest")


def _git(what: str) -> Iterator[Finding]:
    with places.scratch() as scratch:
        told = repository.git("--version", cwd=scratch, home=scratch).stdout.decode(
            errors="replace"
        )
    yield Finding(what, told.strip().removeprefix("git version "))


def _editor(what: str) -> Iterator[Finding]:
    asked = os.environ.get("VISUAL", "").strip() or os.environ.get("EDITOR", "").strip()
    if asked:
        found = shutil.which(asked.split()[0])
        remedy = (
            ""
            if found
            else "EDITOR names a program that is not there. Install it, or name another."
        )
        yield Finding(what, asked, remedy, needed=False)
        return
    there = next(filter(shutil.which, _EDITORS), None)
    remedy = "" if there else "Install one, and name it with EDITOR."
    yield Finding(what, there or "none was found", remedy, needed=False)


def _terminal(what: str) -> Iterator[Finding]:
    if not sys.stdout.isatty():
        yield Finding(what, "none: this is a pipe")
        return
    columns, lines = shutil.get_terminal_size()
    encoding = sys.stdout.encoding
    told = f"{os.environ.get('TERM', 'unknown')}, {columns} by {lines}, {encoding}"
    remedies = [
        *(["Make it wider than that."] if columns < NARROWEST else []),
        *(
            ["Set PYTHONIOENCODING=utf-8, or a UTF-8 locale."]
            if not re.match("utf-?8", encoding, re.IGNORECASE)
            else []
        ),
    ]
    yield Finding(what, told, " ".join(remedies), needed=False)


def _places(what: str) -> Iterator[Finding]:
    for name, place in (
        ("data", places.data()),
        ("cache", places.cache()),
        ("state", places.state()),
    ):
        yield _place(f"{what}, {name}", place)
    with places.scratch() as scratch:
        yield _place(f"{what}, scratch", scratch)


def _place(what: str, place: Path) -> Finding:
    try:
        probe = place / f".probe-{os.getpid()}"
        places.write_whole(probe, b"bugsquash")
        probe.unlink()
    except OSError as error:
        told = f"{place} can't be written: {error.strerror}"
        return Finding(what, told, "Make it writable, or set BUGSQUASH_HOME (scratch: TMPDIR).")
    free = shutil.disk_usage(place).free
    remedy = "Make room, or set BUGSQUASH_HOME (scratch: TMPDIR)." if free < _ROOM else ""
    return Finding(what, f"{place}, {free >> 20:,} MiB free", remedy)


def _identity(what: str) -> Iterator[Finding]:
    keys.secret_number("doctor", "", 2)
    yield Finding(what, "keys of this machine can be opened")


def _history(what: str) -> Iterator[Finding]:
    yield Finding(what, f"{history.file()}, challenges: {len(history.sessions()):,}")


def _containment(what: str) -> Iterator[Finding]:
    held = machine.walls()
    better = list(Walls)[: list(Walls).index(held)]
    remedies = [machine.remedy(walls) for walls in better]
    asked = "BUGSQUASH_ISOLATION" in os.environ
    told = f"{held.value}{', as BUGSQUASH_ISOLATION asks' if asked else ''}"
    yield Finding(what, told, "" if asked or not remedies else f"{remedies[0]}.", needed=False)


_LOOKS: dict[str, Callable[[str], Iterator[Finding]]] = {
    "Python": _python,
    "git": _git,
    "editor": _editor,
    "terminal": _terminal,
    "writing": _places,
    "identity": _identity,
    "history": _history,
    "containment": _containment,
}
