"""`bugsquash operators`"""

from __future__ import annotations

import functools
import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.appraise import Listener
    from generator.operators import Operator

_EXAMPLES = """
\b
Examples:
  bugsquash operators
  bugsquash operators drop_guard
  bugsquash operators --stats        what they find in the built-in seeds
"""


@click.command("operators", epilog=_EXAMPLES)
@click.argument("name", required=False)
@click.option(
    "--stats",
    is_flag=True,
    help="Try every mutant of the built-in seeds: what each operator yields, and the mix of what new hands out.",
)
@click.option("--json", "as_json", is_flag=True, help="With --stats: print one JSON object.")
def command(name: str | None, *, stats: bool, as_json: bool) -> None:
    """The catalogue of bug patterns, or one with its story and examples."""
    from generator.errors import UsageError, nearest
    from generator.operators import discover

    found = discover()
    if stats and name is not None:
        raise UsageError("--stats is over all operators: leave out the name.")
    if as_json and not stats:
        raise UsageError("--json goes with --stats.")
    if stats:
        _measure(found, as_json=as_json)
    elif name is None:
        _list(found)
    elif name in found:
        _show(found[name])
    else:
        raise UsageError(f"no operator named '{name}'. {nearest(name, found)}")


def _measure(found: Mapping[str, Operator], *, as_json: bool) -> None:
    import json
    import sys
    from pathlib import Path

    from generator import catalogue, machine, seeds
    from generator.appraise import Means, appraise
    from generator.cli import _screen, _stats

    means = Means(Path(sys.executable), machine.workers(), every_level=True)
    with _screen.stoppable_bar() as show:
        worths = [
            appraise(seeds.load(name), means, functools.partial(_show_of, show, name))
            for name in seeds.builtin()
        ]
    measured = catalogue.stats(worths, found)
    if as_json:
        click.echo(json.dumps(_stats.facts(measured)))
    else:
        _stats.tell(measured)


def _show_of(show: Listener, seed: str, what: str, done: int, of: int) -> None:
    show(f"{seed}: {what}", done, of)


def _list(found: Mapping[str, Operator]) -> None:
    from rich.table import Table

    from generator.cli import _screen

    table = Table(box=None, pad_edge=False)
    for heading in ("operator", "family", "change", "what it does"):
        table.add_column(heading, no_wrap=heading != "what it does", overflow="fold")
    for one in found.values():
        table.add_row(one.name, one.family, one.change, one.doc.partition("\n")[0])
    _screen.out().print(table, soft_wrap=False)
    _screen.next_step(
        f"bugsquash operators {next(iter(found))}", "one of them, with its story and examples"
    )


def _show(one: Operator) -> None:
    from generator.cli import _screen

    _screen.tell(f"{one.name} · {one.family} · changes: {one.change}", style="bold")
    _screen.tell(one.doc)
    for label, text in (("story", one.story), ("symptom", one.symptom), ("hint", one.hint)):
        _screen.tell()
        _screen.tell(f"{label:9}{text}")
    _screen.tell()
    for line in one.evidence:
        _screen.tell(f"seen     {line}")
    for example in one.examples:
        for label, text in (("before", example.before), ("after", example.after)):
            _screen.tell()
            _screen.tell(label, style="dim")
            _screen.tell(textwrap.indent(text.rstrip("\n"), "    "), copied=True)
    _screen.tell()
    _screen.next_step(f"bugsquash new --operator {one.name}")
