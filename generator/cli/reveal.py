"""`bugsquash reveal`"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from generator.judge.reveal import Answer

_EXAMPLES = """
\b
Examples:
  bugsquash reveal
  bugsquash reveal challenges/ledger-abc1234 --yes
"""


@click.command("reveal", epilog=_EXAMPLES)
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@click.option("--yes", is_flag=True, help="Don't ask.")
def command(directory: Path, *, yes: bool) -> None:
    """The answer, after asking: the change, its story, how pdb finds it."""
    from generator.cli import _screen, _words
    from generator.errors import UsageError
    from generator.judge import challenge_directory
    from generator.judge.reveal import reveal

    found, key = challenge_directory.opened(directory)
    if not yes and not sys.stdin.isatty():
        raise UsageError("reveal asks first, and there is nobody to ask. Add --yes.")
    question = f"Show the answer of {found.marker.id}? A bug is found once only."
    if not yes and not click.confirm(question):
        _screen.next_step(f"bugsquash check {shlex.quote(_words.shown(found.root))}")
        return
    for answer in reveal(key).answers:
        _tell(answer, found.root, several=len(key.bugs) > 1)
    _screen.next_step("bugsquash new", "the next one")


def _tell(answer: Answer, root: Path, *, several: bool) -> None:
    from rich.syntax import Syntax

    from generator.cli import _screen, _words
    from generator.judge import challenge_directory

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
    _screen.tell("how pdb finds it")
    _screen.tell(f"    {go}{answer.post_mortem.removeprefix('python')}", copied=True)
    _screen.tell(
        "        stops where the test fails: compare what is there with what the test expects"
    )
    _screen.tell(f"    {go}{answer.trace.removeprefix('python')}", copied=True)
    for step in answer.steps:
        seen = f"  →  {step.shows}" if step.shows else ""
        _screen.tell(f"        (Pdb) {step.command}{seen}", copied=True)
    _screen.tell()
