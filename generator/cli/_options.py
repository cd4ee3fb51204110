"""Options that several commands take, in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.records import BUDGET, Mode

if TYPE_CHECKING:
    from collections.abc import Callable

python = click.option(
    "--python",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="INTERPRETER",
    help="The one that has the project's dependencies and pytest 7.0 or later (before Python 3.12 coverage too); this one if left out.",
)
allow_failing = click.option(
    "--allow-failing",
    is_flag=True,
    help="Leave out tests that fail or waver before any bug goes in, need the network, or write into the project.",
)
budget = click.option(
    "--budget",
    type=click.IntRange(min=1),
    default=BUDGET,
    show_default=True,
    metavar="SECONDS",
    help="CPU time that one run of the clean suite may take.",
)


def _mode(_context: click.Context, _parameter: click.Parameter, value: str) -> Mode:
    return Mode(value)


_WISH = (
    click.argument("target", metavar="[SEED|PATH]", required=False),
    click.option(
        "--level",
        type=click.IntRange(1, 5),
        help="How hard, 1 to 5. Left out, 2 to 4 is drawn, and the nearest there is.",
    ),
    click.option(
        "--seed",
        "random_seed",
        type=click.IntRange(0, 2**64 - 1),
        metavar="INT",
        help="Draw the same again.",
    ),
    click.option(
        "--minutes",
        type=click.IntRange(1, 24 * 60),
        default=60,
        show_default=True,
        help="Time for the learner.",
    ),
    click.option(
        "--mode",
        type=click.Choice([one.value for one in Mode]),
        default=Mode.FAILING_TEST.value,
        callback=_mode,
        show_default=True,
        help="What there is to go by: a failing test; a ticket alone, every test passing; several bugs at once.",
    ),
    click.option(
        "--bugs", type=click.IntRange(2, 4), help="How many, in mode multi; 3 if left out."
    ),
    python,
    allow_failing,
    budget,
    click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("challenges"),
        show_default=True,
        help="Directory in which the challenge's own directory is made.",
    ),
)


def wish(command: Callable[..., None]) -> Callable[..., None]:
    """What may be asked of a challenge that is to be made, each named like its field of Wish."""
    for option in reversed(_WISH):
        command = option(command)
    return command
