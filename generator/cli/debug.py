"""`bugsquash debug`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from pathlib import Path

_EXAMPLES = """
\b
Examples:
  bugsquash debug
  bugsquash debug tests/test_money.py::test_shares_add_up
  bugsquash debug --with pudb
"""


@click.command("debug", epilog=_EXAMPLES)
@click.argument("test", metavar="[NODEID]", required=False)
@_desk.ELSEWHERE
@click.option(
    "--with",
    "debugger",
    type=click.Choice(["pdb", "ipdb", "pudb"]),
    default="pdb",
    show_default=True,
    help="The debugger to use.",
)
def command(test: str | None, directory: Path, *, debugger: str) -> None:
    """The failing test under the debugger, which stops where it fails.

    To stop earlier, write breakpoint() where you want to. NODEID is a test as pytest names it; without it, the first that fails.
    """
    from generator.cli import _screen
    from generator.errors import UsageError
    from generator.judge import challenge_directory
    from generator.practice import debugger as debugging
    from generator.practice import history

    found = challenge_directory.find(directory)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("debug needs a terminal: it is there for you to type at.")
    if test and history.session(found).begun is None:
        debugging.expect(found, test)
    started = debugging.command(found, test or debugging.failing_test(found), debugger)
    history.begin(found)
    if debugging.run(found, started):
        history.reproduce(found)
    _screen.next_step(_desk.here(found.root, "bugsquash note", "--dir"), "what you found")
