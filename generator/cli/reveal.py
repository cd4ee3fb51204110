"""`bugsquash reveal`"""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from generator.judge.reveal import Answer
    from generator.practice.session import Session

_EXAMPLES = """
\b
Examples:
  bugsquash reveal
  bugsquash reveal challenges/ledger-abc1234 --yes
"""


@click.command("reveal", epilog=_EXAMPLES)
@_desk.DIRECTORY
@_desk.SAYS_YES
@click.option(
    "--wrote",
    nargs=3,
    metavar="CAUSE UNSEEN SAFE",
    help="Your three sentences; at a terminal they are asked for.",
)
def command(directory: Path, *, yes: bool, wrote: tuple[str, str, str] | None) -> None:
    """The answer, after asking: the change, its story, how pdb finds it.

    Before it is shown you write three sentences: the cause, why it was not seen, how the fix is safe. They are shown beside the key's
    own, and kept. What is fixed or stated after the answer was seen is worth nothing.
    """
    from generator.cli import _screen
    from generator.judge import challenge_directory
    from generator.judge.reveal import reveal
    from generator.practice import history
    from generator.practice.session import Kind
    from generator.practice.writing import beside

    found, key = challenge_directory.opened(directory)
    session = history.session(found)
    is_over = session.solved or session.revealed or session.left(time.time()) < 0
    question = f"Show the answer of {found.marker.id}? A bug is found once only."
    if not is_over and not _desk.asked(question, yes=yes, who="reveal"):
        _screen.next_step(_desk.here(found.root, "bugsquash check"))
        return
    yours = _written(session, wrote)
    if not session.revealed:
        # Before it is shown: whoever closes the pipe after the first line has seen it. While it still counts, what can't be
        # remembered is not shown.
        keep = _desk.kept if is_over else history.add
        if yours:
            keep(found, Kind.WROTE, **yours)
        keep(found, Kind.REVEALED, families=[bug.family for bug in key.bugs])
    own = next((event.facts["own"] for event in session.checks if event.facts.get("own")), "")
    for answer in reveal(key, own).answers:
        _tell(answer, found.root, several=len(key.bugs) > 1)
    for one in beside(key, yours) if yours else ():
        _screen.tell(one.question, style="bold")
        _screen.tell(f"  yours  {one.yours or '(nothing)'}")
        _screen.tell(f"  key    {one.own}")
        _screen.tell(f"  a good answer {one.rubric}", style="dim")
        _screen.tell()
    _screen.next_step("bugsquash new", "the next one")


def _written(session: Session, told: tuple[str, str, str] | None) -> dict[str, str]:
    """The three sentences: as they are kept, as they are told, or as they are written now by whoever sits at the terminal."""
    from generator.cli import _screen
    from generator.practice.session import Kind
    from generator.practice.writing import QUESTIONS

    kept = [event.facts for event in session.of(Kind.WROTE)]
    if kept or session.revealed:
        return dict(kept[-1]) if kept else {}
    if told is not None:
        return dict(zip(QUESTIONS, told, strict=True))
    if not sys.stdin.isatty():
        return {}
    _screen.tell("Three sentences first; Enter leaves one out.")
    answers = [
        click.prompt(asked, default="", show_default=False, prompt_suffix=" ", value_proc=_sentence)
        for asked in QUESTIONS.values()
    ]
    return dict(zip(QUESTIONS, answers, strict=True)) if any(answers) else {}


def _sentence(told: str) -> str:
    """As it was typed; a habitual `y` is none."""
    if len(told.split()) == 1:
        raise click.UsageError("that is one word. Write a sentence, or nothing.")
    return told


def _tell(answer: Answer, root: Path, *, several: bool) -> None:
    from rich.syntax import Syntax

    from generator.cli import _screen, _words
    from generator.judge import challenge_directory
    from generator.judge.reveal import YOURS

    go = "" if root == Path.cwd() else f"cd {shlex.quote(_words.shown(root))} && "
    go += _words.interpreter(challenge_directory.interpreter(root), root)
    first, last = answer.lines
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    number = f"bug {answer.n}: " if several else ""
    _screen.tell(
        f"{number}{answer.operator} ({answer.family}) in {answer.path}, {where}", style="bold"
    )
    _screen.tell(answer.story)
    _screen.tell()
    _screen.tell("the fix")
    _screen.out(copied=True).print(
        Syntax(answer.diff.rstrip("\n"), "diff", theme="ansi_dark", background_color="default")
    )
    _screen.tell()
    if answer.witness:
        _screen.tell("a test that shows it")
        _screen.out(copied=True).print(
            Syntax(answer.witness, "python", theme="ansi_dark", background_color="default")
        )
        _screen.tell()
    alone = f", with that test in {YOURS}" if YOURS in answer.trace else ""
    _screen.tell(f"how pdb finds it{alone}")
    _screen.tell(f"    {go}{answer.post_mortem.removeprefix('python')}", copied=True)
    _screen.tell(
        "        stops where the test fails: compare what is there with what the test expects"
    )
    _screen.tell(f"    {go}{answer.trace.removeprefix('python')}", copied=True)
    for typed in answer.debrief.session:
        _screen.tell(f"        (Pdb) {typed.command}", copied=True)
        for line in typed.shows.splitlines():
            _screen.tell(f"        {line}", copied=True)
    _screen.tell()
