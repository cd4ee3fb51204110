"""`bugsquash key`"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

_EXAMPLES = """
\b
Examples:
  bugsquash key show challenges/ledger-abc1234
  bugsquash key show challenges/ledger-abc1234 --json | jq .bugs
"""


@click.group("key")
def command() -> None:
    """The sealed answer key of a challenge."""


@command.command("show", epilog=_EXAMPLES)
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The whole key as one JSON object.")
def show(directory: Path, *, as_json: bool) -> None:
    """The opened key: all that is known of a challenge. Spoils it."""
    from generator import key as keys
    from generator.cli import _screen, _words
    from generator.judge import challenge_directory

    found, key = challenge_directory.opened(directory)
    if as_json:
        click.echo(json.dumps(keys.to_json(key)))
        return
    _screen.tell(
        f"{key.id} · level {key.level} of 5 · {key.mode} · {key.request.minutes} minutes",
        style="bold",
    )
    for label, text in (
        ("sealed in", str(found.sealed)),
        ("made by", f"bugsquash {key.tool_version}, Python {key.python}"),
        ("again", key.command),
        ("tests", f"{len(key.tests)}, {len(key.visible)} of them visible"),
    ):
        _screen.tell(f"{label:12}{text}")
    for bug in key.bugs:
        _screen.tell(
            f"{'bug':12}{bug.operator} ({bug.family}, {bug.change}), {_words.count(bug.places, 'place')}"
        )
        _screen.tell(f"{'':12}{bug.path}:{bug.lines[0]}  {bug.function}")
        for label, tests in (("fails", bug.failing), ("fails hidden", bug.hidden)):
            for test in tests:
                _screen.tell(f"{label:14}{test}")
    where = shlex.quote(_words.shown(found.root))
    _screen.next_step(f"bugsquash reveal {where} --yes", "the change and its story")
