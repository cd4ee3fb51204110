"""`bugsquash seeds`"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli import _options
from generator.records import BUDGET

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


_CHECK_EXAMPLES = """
\b
Examples:
  bugsquash seeds check ledger
  bugsquash seeds check ../shop --allow-failing
  bugsquash seeds check ../shop --survivors     what its tests don't notice
"""


@command.command("check", epilog=_CHECK_EXAMPLES)
@click.argument("target", metavar="SEED|PATH")
@_options.python
@_options.allow_failing
@_options.budget
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="How many trials run at once; as many as there are usable cores, or BUGSQUASH_JOBS, if left out.",
)
@click.option(
    "--every-level",
    is_flag=True,
    help="Measure the level of every fit mutant, and not of a sample where there are very many.",
)
@click.option("--survivors", is_flag=True, help="Show each mutant that no test notices.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object, survivors with their diffs."
)
def check(
    target: str,
    *,
    python: Path | None,
    allow_failing: bool,
    budget: int,
    jobs: int | None,
    every_level: bool,
    survivors: bool,
    as_json: bool,
) -> None:
    """What a codebase is worth as a seed. Tries every mutant.

    An interrupted check goes on where it stopped.
    """
    import sys

    from generator import machine, seeds
    from generator.appraise import Means, appraise
    from generator.cli import _screen, _worth

    means = Means(
        python.absolute() if python else Path(sys.executable),
        jobs or machine.workers(),
        allow_failing,
        budget,
        every_level,
    )
    seed = seeds.load(target)
    with _screen.stoppable_bar() as show:
        worth = appraise(seed, means, show)
    for sentence in worth.unread:
        click.echo(f"bugsquash: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps(_worth.facts(worth)))
    else:
        _worth.tell(
            worth,
            [target, *_needs(python, budget, allow_failing=allow_failing)],
            survivors=survivors,
        )


def _needs(python: Path | None, budget: int, *, allow_failing: bool) -> list[str]:
    return [
        *(["--python", str(python)] if python else []),
        *(["--allow-failing"] if allow_failing else []),
        *(["--budget", str(budget)] if budget != BUDGET else []),
    ]


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
