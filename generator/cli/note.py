"""`bugsquash note`"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from generator.practice.session import Event, Session

_EXAMPLES = """
\b
Examples:
  bugsquash note "the balance is right, the statement is not"
  bugsquash note --cause src/ledger/statements.py:page "the cursor includes its own row"
  bugsquash note
"""


@click.command("note", epilog=_EXAMPLES)
@click.argument("text", required=False)
@_desk.ELSEWHERE
@click.option(
    "--cause",
    metavar="FILE:FUNCTION",
    help="This is the root cause; TEXT says why. FILE alone: outside of every function.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array of all notes.")
def command(text: str | None, directory: Path, *, cause: str | None, as_json: bool) -> None:
    """A hypothesis or a finding, with its time; without TEXT, all of them.

    The root cause counts when it is stated before the answer is seen. State it again when you know better: the last one counts, and of several bugs the last so many.
    """
    from generator.cli import _screen
    from generator.errors import UsageError
    from generator.judge import challenge_directory
    from generator.practice import causes, history
    from generator.practice.session import Kind

    found = challenge_directory.find(directory)
    if cause is not None and not text:
        raise UsageError('say why, too: bugsquash note --cause FILE:FUNCTION "why".')
    if text is not None and not text.strip():
        raise UsageError("an empty note says nothing.")
    if text is None:
        session = history.session(found)
    elif cause is None:
        session = history.add(found, Kind.NOTED, text=text)
    else:
        path, function = causes.place(found.root, cause)
        session = history.add(found, Kind.CAUSE, path=path, function=function, text=text)
    if as_json:
        click.echo(json.dumps([_to_json(session, event) for event in _notes(session)]))
        return
    shown = _notes(session) if text is None else _notes(session)[-1:]
    if not shown:
        _screen.tell("No notes yet.")
    for event in shown:
        _screen.tell(_line(session, event))
    if text is None or cause is None:
        return
    if session.ended:
        _screen.next_step(*_desk.after(found, session))
    else:
        _screen.next_step(_desk.here(found.root, "bugsquash check"), "once it is mended")


def _notes(session: Session) -> list[Event]:
    from generator.practice.session import Kind

    return list(session.of(Kind.NOTED, Kind.CAUSE))


def _line(session: Session, event: Event) -> str:
    from generator.cli import _words
    from generator.practice.session import Kind

    late = "" if session.counts(event) else ", which counts no more"
    cause = f"root cause {_place(event.facts)}{late}: " if event.kind is Kind.CAUSE else ""
    return f"{_words.clock(session.spent(event.at)):>7}  {cause}{event.facts['text']}"


def _place(facts: Mapping[str, str]) -> str:
    path, function = facts["path"], facts["function"]
    return f"{path}:{function}" if function else f"{path}, outside of every function"


def _to_json(session: Session, event: Event) -> dict[str, object]:
    return {"kind": event.kind.value, "seconds": round(session.spent(event.at), 1), **event.facts}
