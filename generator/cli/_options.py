"""Options that several commands take, in the same words."""

from __future__ import annotations

from pathlib import Path

import click

from generator.records import BUDGET

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
