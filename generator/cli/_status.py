"""`bugsquash` alone: where one stands inside a challenge, and elsewhere how to start."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli import _desk, _screen, _words
from generator.records import TICKETS_BETWEEN

if TYPE_CHECKING:
    from generator.judge.challenge_directory import Found
    from generator.practice.session import Session

_UNFINISHED = 3
"""So many challenges that were begun are named."""


def tell() -> None:
    """Print it."""
    from generator.errors import UsageError
    from generator.judge import challenge_directory

    try:
        root = challenge_directory.around(Path.cwd())
    except UsageError:
        _elsewhere()
        return
    _inside(challenge_directory.find(root))


def _inside(found: Found) -> None:
    from generator.practice import history
    from generator.practice.session import Kind

    session = history.session(found)
    level = [f"level {found.key.level} of 5"] if found.key else []
    bugs = [_words.count(len(found.key.bugs), "bug")] if found.key else []
    _screen.tell_list("", [found.marker.id, *level, *bugs, _desk.time_left(session)], "bold")
    if heading := title(found.root):
        _screen.tell(heading)
    notes = sum(1 for _ in session.of(Kind.NOTED, Kind.CAUSE))
    if notes:
        _screen.tell(f"{_words.count(notes, 'note')}: bugsquash note")
    _screen.tell(_desk.standing(session))
    _screen.next_step(*next_step(found, session))


def next_step(found: Found, session: Session) -> tuple[str, str]:
    """What to do next where one stands, and what it is for."""
    if session.ended:
        return _desk.after(found, session)
    if session.begun is None:
        return _desk.here(found.root, "bugsquash watch"), "starts the clock and runs the tests"
    if session.left(time.time()) < 0:
        reveal = _desk.here(found.root, "bugsquash reveal")
        return reveal, "the answer; a fix still counts half until you see it"
    return _desk.here(found.root, "bugsquash check"), "what is fixed and what broke"


def title(root: Path) -> str:
    """The first ticket's heading, or what a transcript expects, and how many more there are; nothing where it was taken away."""
    try:
        first, *others = (root / "TICKET.md").read_text("utf-8", "replace").split(TICKETS_BETWEEN)
    except OSError:
        return ""
    told = ("# ", "Expected", "No error; expected")
    heading = next((line.lstrip("# ") for line in first.splitlines() if line.startswith(told)), "")
    return heading + (f", and {len(others)} more" if others else "")


def _elsewhere() -> None:
    from generator.practice import history

    _screen.tell("Fresh debugging exercises from clean Python code: bugsquash --help")
    begun = [
        session
        for session in history.sessions()
        if session.begun and not session.ended and Path(session.path).is_dir()
    ]
    for session in begun[-_UNFINISHED:]:
        _screen.tell(
            f"not finished  {_words.shown(Path(session.path))} · {_desk.clock(session)}",
            copied=True,
        )
    _screen.next_step("bugsquash new", "a challenge, and what to do with it")
