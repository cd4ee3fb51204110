"""`bugsquash seeds`"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from generator.profile import Profile


@click.group("seeds")
def command() -> None:
    """The codebases that bugs go into."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def list_(*, as_json: bool) -> None:
    """The built-in seeds, with their size."""
    from rich.table import Table

    from generator import seeds
    from generator.cli import _screen
    from generator.profile import profile

    found = [profile(seeds.load(name)) for name in seeds.builtin()]
    if as_json:
        for one in found:
            click.echo(json.dumps(dataclasses.asdict(one)))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("seed", "modules", "lines", "tests", "about"):
        table.add_column(
            heading,
            justify="right" if heading in {"modules", "lines", "tests"} else "left",
            no_wrap=heading != "about",
            overflow="fold",
        )
    for one in found:
        about = one.about.partition(":")[0].partition(". ")[0].rstrip(".") + "."
        table.add_row(one.name, f"{one.modules}", f"{one.lines:,}", f"{one.tests}", about)
    _screen.out().print(table, soft_wrap=False)
    _screen.next_step(f"bugsquash seeds show {found[0].name}", "what it is, and its parts")


@command.command("show")
@click.argument("name", metavar="SEED|PATH")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(name: str, *, as_json: bool) -> None:
    """One seed: what it is, and its parts."""
    from generator import seeds
    from generator.profile import profile

    seed = seeds.load(name)
    one = profile(seed)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(one)))
    else:
        _tell(one, name)


def _tell(one: Profile, target: str) -> None:
    import shlex

    from generator.cli import _screen, _words

    _screen.tell(
        f"{one.name} · {_words.count(one.modules, 'module')}, {_words.count(one.lines, 'line')} of code, "
        f"{_words.count(one.tests, 'test')}",
        style="bold",
    )
    if one.about:
        _screen.tell(one.about)
    for area, words in one.areas.items():
        _screen.tell(f"    {area}: {', '.join(words)}")
    _screen.next_step(f"bugsquash new {shlex.quote(target)}")
