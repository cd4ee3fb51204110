"""`bugsquash hint`"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


_EXAMPLES = """
\b
Examples:
  bugsquash hint
  bugsquash hint challenges/ledger-abc1234 --yes --json
"""


@click.command("hint", epilog=_EXAMPLES)
@_desk.DIRECTORY
@_desk.SAYS_YES
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(directory: Path, *, yes: bool, as_json: bool) -> None:
    """The next rung: area, kind, file, function, line. Says what it costs, and asks.

    The rungs that were taken are told again first; they cost nothing more. Once it is solved, given up or revealed there are none.
    """
    from generator.cli import _screen, _words
    from generator.judge import challenge_directory
    from generator.practice import hints, history
    from generator.practice.session import Kind

    found, key = challenge_directory.opened(directory)
    session, words = history.session(found), _desk.words(key)
    told = {number: hints.rung(key, words, number) for number in range(1, session.rung + 1)}
    if not as_json:
        _tell(told)
    number = session.rung + 1
    if session.ended or number > len(hints.COSTS):
        if as_json:
            click.echo(
                json.dumps({"rung": session.rung, "cost": 0, "texts": told.get(session.rung, ())})
            )
            return
        _screen.tell(_desk.standing(session) if session.ended else "That was the last rung.")
        _screen.next_step(*_desk.after(found, session))
        return
    cost = hints.COSTS[number - 1]
    price = f"{hints.KINDS[number - 1]}, costs {_words.count(cost, 'point')}"
    question = f"Rung {number} of {len(hints.COSTS)}, {price}. Take it?"
    if not _desk.asked(question, yes=yes, who="hint"):
        _screen.next_step(_desk.here(found.root, "bugsquash check"))
        return
    texts = hints.rung(key, words, number)
    history.add(found, Kind.HINTED, rung=number, cost=cost)
    if as_json:
        click.echo(json.dumps({"rung": number, "cost": cost, "texts": texts}))
        return
    _tell({number: texts})
    _screen.next_step(_desk.here(found.root, "bugsquash check"), "once you have an idea")


def _tell(rungs: Mapping[int, Iterable[str]]) -> None:
    from generator.cli import _screen

    for number, texts in rungs.items():
        for text in texts:
            _screen.tell(f"{number}  {text}")
