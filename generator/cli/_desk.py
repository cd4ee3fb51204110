"""What the commands of the hour share: the challenge they are in, its clock in words, and who may be asked."""

from __future__ import annotations

import shlex
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import _words

if TYPE_CHECKING:
    from datetime import date

    from generator.judge.challenge_directory import Found
    from generator.key import AnswerKey
    from generator.practice.score import Score
    from generator.practice.session import Kind, Session
    from generator.records import Words

SAYS_YES = click.option("--yes", is_flag=True, help="Don't ask.")
DIRECTORY = click.argument("directory", type=click.Path(path_type=Path), default=".")
ELSEWHERE = click.option(
    "--dir",
    "directory",
    type=click.Path(path_type=Path),
    default=".",
    help="The challenge, where it is not the one around here.",
)


def asked(question: str, *, yes: bool, who: str) -> bool:
    """Whether the person at the terminal agrees. Raises UsageError where there is nobody to ask."""
    from generator.errors import UsageError

    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"{who} asks first, and there is nobody to ask. Add --yes.")
    return click.confirm(question, err=not sys.stdout.isatty())


def kept(found: Found, kind: Kind, **facts: object) -> Session:
    """The session with this in it; where it can't be kept, that is said and the command goes on."""
    from generator.errors import UnfitError
    from generator.practice import history

    try:
        return history.add(found, kind, **facts)
    except UnfitError as error:
        click.echo(f"bugsquash: {error}", err=True)
        return history.unkept(found, kind, **facts)


def words(key: AnswerKey) -> Words | None:
    """Those of the built-in seed that the challenge was made from; a project of one's own has none."""
    from generator import seeds

    return seeds.load(key.seed.name).words if key.seed.name in seeds.builtin() else None


def today() -> date:
    """The day it is here."""
    return datetime.now().astimezone().date()


def clock(session: Session) -> str:
    """`33 of 60 minutes`, as they stand now; what stopped the clock, where it stands."""
    now = time.time()
    minutes = int(session.spent(now) // 60)
    told = f"{minutes:,} of {_words.count(session.minutes, 'minute')}"
    if session.begun is None:
        return f"{_words.count(session.minutes, 'minute')}, not begun"
    if session.ended is None and session.left(now) < 0:
        return f"{told}: the time is over"
    if session.ended is None and session.paused:
        return f"{told}, paused"
    return told


def time_left(session: Session) -> str:
    """`41:07 left` while the clock runs, and the hints that were taken; else as `clock` has it."""
    left = session.left(time.time())
    if session.begun is None or session.ended or session.paused or left < 0:
        return " · ".join(used(session))
    return " · ".join([f"{_words.clock(left)} left", *used(session)[1:]])


def used(session: Session) -> list[str]:
    """The clock, and the hints that were taken."""
    hints = [_words.count(session.rung, "hint")] if session.rung else []
    return [clock(session), *hints]


def here(root: Path, command: str, option: str = "") -> str:
    """A command about a challenge, as it works from here; `option` is that which names a challenge, where it is no argument."""
    where = [option, shlex.quote(_words.shown(root))] if root != Path.cwd() else []
    return " ".join(filter(None, [command, *where]))


def after(found: Found, session: Session) -> tuple[str, str]:
    """The next step once it is over, and what it is for."""
    if session.revealed or found.key is None:
        return "bugsquash new", "the next one"
    why = "how it could have been found" if session.solved else "the answer"
    return here(found.root, "bugsquash reveal"), why


def standing(session: Session) -> str:
    """What is known of the outcome, in a line."""
    from generator.practice.session import Kind

    if session.solved:
        return "solved" + (", and the answer was seen" if session.revealed else "")
    if session.revealed:
        return "not solved: the answer was seen"
    if session.ended:
        return "given up"
    checks = list(session.of(Kind.CHECKED))
    if not checks:
        return "not checked yet"
    broke = checks[-1].facts["broke"]
    return "not solved yet" + (f", and {_words.count(broke, 'other test')} broken" if broke else "")


def to_json(session: Session, worth: Score | None) -> dict[str, object]:
    """`seconds` on the clock, those that are `left`, `hints` taken, and the `score` with its parts; null without the key, and of
    a part while it is a secret."""
    now = time.time()
    return {
        "seconds": round(session.spent(now), 1),
        "left": round(session.left(now), 1),
        "hints": session.rung,
        "score": {
            "total": worth.total,
            "hints": worth.hints,
            "parts": {part.name: part.points for part in worth.parts},
        }
        if worth
        else None,
    }
