"""`bugsquash reset`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLES = """
\b
Examples:
  bugsquash reset src/ledger/statements.py
  bugsquash reset
"""


@click.command("reset", epilog=_EXAMPLES)
@click.argument("files", nargs=-1, metavar="[FILE]...")
@_desk.ELSEWHERE
@_desk.SAYS_YES
def command(files: tuple[str, ...], directory: Path, *, yes: bool) -> None:
    """Put files back as they were handed out; without FILE, all of them.

    What lay there is kept aside, and new files stay. The clock runs on.
    """
    from generator.cli import _screen, _words
    from generator.judge import challenge_directory
    from generator.practice import history, reset
    from generator.practice.session import Kind

    found, key = challenge_directory.opened(directory)
    paths = reset.changed(found.root, key, files)
    if not paths:
        _screen.tell("Nothing to put back: all as it was handed out.")
        return
    _screen.tell_list("changed  ", map(_words.in_one_line, paths))
    question = f"Put {_words.count(len(paths), 'file')} back?"
    if not _desk.asked(question, yes=yes, who="reset"):
        return
    kept = reset.aside(key, len(history.session(found).events))
    reset.put_back(found.root, key, paths, kept)
    history.add(found, Kind.RESET, paths=paths)
    _screen.tell(f"put back; what lay there is in {kept}", copied=True)
