"""`bugsquash mutants`"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.inject import Injection
    from generator.records import Mutant

_EXAMPLES = """
\b
Examples:
  bugsquash mutants ledger
  bugsquash mutants ../shop
  bugsquash mutants shop/cart.py --lines 10:40 --json
"""


def _lines(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    if value is None:
        return None
    found = re.fullmatch(r"(\d+)(?::(\d+))?", value)
    if not found:
        raise click.BadParameter(f"'{value}' is not A:B, as in 10:40.")
    first = int(found[1])
    last = int(found[2] or first)
    if not 1 <= first <= last:
        raise click.BadParameter(f"'{value}' is no range: lines count from 1, and A is at most B.")
    return first, last


@click.command("mutants", epilog=_EXAMPLES)
@click.argument("target")
@click.option(
    "--lines",
    callback=_lines,
    metavar="A:B",
    help="Only what changes a line from A to B; for one file.",
)
@click.option(
    "--json", "as_json", is_flag=True, help="One JSON object a line, edits as byte offsets."
)
def command(target: str, lines: tuple[int, int] | None, *, as_json: bool) -> None:
    """Every bug that could be put in. Runs nothing.

    TARGET is a .py file, taken by itself, or a seed: a built-in name or a directory.
    """
    from generator.errors import UnfitError, UsageError

    contents: Mapping[str, bytes]
    if target.endswith(".py") and Path(target).is_file():
        contents, found = _of_file(Path(target), lines)
        if found.unread:
            one = found.unread[0]
            raise UnfitError(f"{one.path} does not parse: line {one.line}: {one.reason}")
    elif lines is not None:
        raise UsageError("--lines goes with one .py file.")
    else:
        contents, found = _of_seed(target)
    for one in found.unread:
        click.echo(f"bugsquash: {one}", err=True)
    if as_json:
        for mutant in found.mutants:
            click.echo(json.dumps(_facts(mutant)))
    else:
        _tell(contents, found)


def _of_file(path: Path, lines: tuple[int, int] | None) -> tuple[Mapping[str, bytes], Injection]:
    from generator import inject

    data = path.read_bytes()
    return {str(path): data}, inject.mutants_of_file(str(path), data, lines)


def _of_seed(target: str) -> tuple[Mapping[str, bytes], Injection]:
    from generator import enumerated, seeds

    seed = seeds.load(target)
    return seed.contents, enumerated.mutants(seed)


def _facts(mutant: Mutant) -> dict[str, Any]:
    return {
        "operator": mutant.operator,
        "family": mutant.family,
        "change": mutant.change,
        "path": mutant.path,
        "line": mutant.line,
        "function": mutant.function,
        "places": mutant.places,
        "edits": [dataclasses.asdict(edit) for edit in mutant.edits],
    }


def _tell(contents: Mapping[str, bytes], found: Injection) -> None:
    from generator.cli import _difference, _screen, _words

    for mutant in found.mutants:
        _difference.tell(contents, mutant)
    operators = len({mutant.operator for mutant in found.mutants})
    _screen.tell(
        f"{_words.count(len(found.mutants), 'mutant')} of {_words.count(operators, 'operator')}",
        style="bold",
    )
    name = found.mutants[0].operator if found.mutants else ""
    _screen.next_step(f"bugsquash operators {name}".rstrip(), "what it is about")
