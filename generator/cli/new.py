"""`bugsquash new`"""

from __future__ import annotations

from typing import Any

import click

from generator.cli import _options
from generator.records import Family

_EXAMPLES = """
\b
Examples:
  bugsquash new                        a built-in seed, level 2 to 4
  bugsquash new ledger --level 4
  bugsquash new ../shop                your own project, if its pytest suite passes
  bugsquash new ledger --seed 7        the same challenge every time
  bugsquash new --mode ticket          no test fails: reproduce it from the ticket
  bugsquash new --mode multi --bugs 2
"""
_FAMILIES = [one.value for one in Family]


@click.command("new", epilog=_EXAMPLES)
@_options.wish
@click.option(
    "--operator", metavar="NAME", help="Only bugs of this pattern; see: bugsquash operators"
)
@click.option(
    "--family",
    type=click.Choice(_FAMILIES),
    metavar="NAME",
    help=f"Only bugs that are about this: {', '.join(_FAMILIES)}.",
)
@click.option(
    "--explain", is_flag=True, help="Say how it was chosen and measured (not what it is)."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(*, explain: bool, as_json: bool, **asked: Any) -> None:
    """Make a fresh challenge.

    A repository with one or more bugs, a ticket, and its sealed key.
    """
    from generator import wish
    from generator.cli import _made, _screen

    with _screen.progress() as listen:
        challenge = wish.fulfil(wish.Wish(**asked), listen)
    _made.show(challenge, explain=explain, as_json=as_json)
