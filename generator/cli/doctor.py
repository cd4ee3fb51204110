"""`bugsquash doctor`"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from generator.practice.doctor import Finding

_LABEL = 17
_EXAMPLES = """
\b
Examples:
  bugsquash doctor
  bugsquash doctor --json
"""


@click.command("doctor", epilog=_EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
def command(*, as_json: bool) -> None:
    """What an hour needs: what is there, and what to do about what is not.

    Ends with 3 where something is missing without which nothing works.
    """
    from generator.cli import _screen
    from generator.errors import UnfitError
    from generator.practice import doctor

    found = []
    for finding in doctor.examine():
        found.append(finding)
        if as_json:
            continue
        style = None if finding.fine else "red" if finding.needed else "yellow"
        _screen.tell(f"{finding.what:{_LABEL}}{finding.told}", style, copied=True)
        if finding.remedy:
            _screen.tell(f"{'':{_LABEL}}{finding.remedy}", style)
    if as_json:
        click.echo(json.dumps([_to_json(one) for one in found]))
    missing = [one for one in found if one.needed and not one.fine]
    if not as_json:
        _screen.next_step(
            "bugsquash doctor" if missing else "bugsquash new",
            "once that is mended" if missing else "",
        )
    sys.exit(UnfitError.exit_code if missing else 0)


def _to_json(one: Finding) -> dict[str, object]:
    return {
        "what": one.what,
        "fine": one.fine,
        "needed": one.needed,
        "told": one.told,
        "remedy": one.remedy,
    }
