"""`bugsquash verify`"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

_EXAMPLES = """
\b
Examples:
  bugsquash verify challenges/ledger-abc1234
  bugsquash verify challenges/*/
"""


@click.command("verify", epilog=_EXAMPLES)
@click.argument(
    "directories", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
def command(directories: tuple[Path, ...]) -> None:
    """The proof that challenges hold; exit 0 when all do.

    From the files and the opened key alone: the suite fails exactly what the key lists and passes the rest, everything passes after the fix, nothing leaks.
    """
    from generator import machine, places
    from generator.cli import _screen, _words
    from generator.judge.verify import verify_challenge

    places.sweep()
    bad: list[Path] = []
    for directory in directories:
        with _screen.progress() as listen:
            listen(f"proving {directory}")
            proof = verify_challenge(directory, jobs=machine.workers())
        _screen.tell(
            f"{proof.id}  {'holds' if proof.ok else 'does not hold'}",
            style="green" if proof.ok else "red",
        )
        for check in proof.failed:
            _screen.tell(f"    {check.name}: no. {check.why}")
        if not proof.ok:
            bad.append(directory)
    if bad:
        where = shlex.quote(_words.shown(bad[-1]))
        _screen.next_step(f"cd {where} && git status", "only an untouched challenge can be proven")
    else:
        _screen.next_step(f"bugsquash check {shlex.quote(_words.shown(directories[-1]))}")
    sys.exit(1 if bad else 0)
