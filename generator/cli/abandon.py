"""`bugsquash abandon`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from pathlib import Path


_EXAMPLES = """
\b
Examples:
  bugsquash abandon
  bugsquash abandon challenges/ledger-abc1234 --yes
"""


@click.command("abandon", epilog=_EXAMPLES)
@_desk.DIRECTORY
@_desk.SAYS_YES
def command(directory: Path, *, yes: bool) -> None:
    """Give a challenge up without seeing the answer.

    Its clock stops, its files stay, and the history remembers.
    """
    from generator.cli import _screen
    from generator.judge import challenge_directory
    from generator.practice import history
    from generator.practice.session import Kind

    found = challenge_directory.find(directory)
    session = history.session(found)
    if session.ended is None:
        if not _desk.asked(f"Give {found.marker.id} up?", yes=yes, who="abandon"):
            _screen.next_step(_desk.here(found.root, "bugsquash check"))
            return
        session = history.add(found, Kind.ABANDONED)
    _screen.tell_list("", [_desk.standing(session), *_desk.used(session)])
    _screen.next_step(*_desk.after(found, session))
