"""`bugsquash operators`"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.operators import Operator

_EXAMPLES = """
\b
Examples:
  bugsquash operators
  bugsquash operators drop_guard
"""


@click.command("operators", epilog=_EXAMPLES)
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """The catalogue of bug patterns, or one with its story and examples."""
    from generator.errors import UsageError, nearest
    from generator.operators import discover

    found = discover()
    if name is None:
        _list(found)
    elif name in found:
        _show(found[name])
    else:
        raise UsageError(f"no operator named '{name}'. {nearest(name, found)}")


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
