"""`bugsquash sheet`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLES = """
\b
Examples:
  bugsquash sheet challenges/ledger-abc1234 --yes > sheet.md
"""


@click.command("sheet", epilog=_EXAMPLES)
@_desk.DIRECTORY
@_desk.SAYS_YES
def command(directory: Path, *, yes: bool) -> None:
    """For the partner in the interviewer's chair: nudges, questions, rubric.

    Made from the key, as Markdown where it goes into a file. It holds the answer, so it asks first; whoever is to be
    interviewed makes the challenge with a partner's key, or does not look.
    """
    from generator.cli import _screen
    from generator.judge import challenge_directory
    from generator.practice.sheet import sheet

    found, key = challenge_directory.opened(directory)
    question = f"This shows the answer of {found.marker.id} to the interviewer. Is that you?"
    if _desk.asked(question, yes=yes, who="sheet"):
        _screen.page(sheet(key, _desk.words(key)))
