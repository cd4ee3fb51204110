"""`bugsquash review`"""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import TYPE_CHECKING, Any

import click

from generator.cli import _desk, _options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from generator.practice.review import Due
    from generator.wish import Wish

_EXAMPLES = """
\b
Examples:
  bugsquash review
  bugsquash review ledger --level 4
  bugsquash review ../shop --mode ticket --minutes 45
  bugsquash review --list
"""


@click.command("review", epilog=_EXAMPLES)
@_options.wish
@click.option("--list", "listed", is_flag=True, help="Only say when each family is due.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, listed: bool, as_json: bool, **asked: Any) -> None:
    """A fresh challenge of the family that is due.

    Spaced repetition: each family of bugs that you have practised comes back after days or weeks, the later the better it went, and the
    most overdue comes first. Which family it is, is told once the challenge is over.
    """
    from generator import wish
    from generator.cli import _made, _screen
    from generator.practice import history, review

    dues = review.schedule(history.records())
    today = _desk.today()
    if listed:
        _list(dues, today, as_json=as_json)
        return
    ripe = review.due(dues, today)
    if not ripe:
        _nothing_is_due(dues, today, as_json=as_json)
        return
    with _screen.progress() as listen:
        challenge = wish.fulfil_first(_wishes(wish.Wish(**asked), ripe), listen)
    if challenge is None:
        raise _nothing_fits(wish.Wish(**asked), ripe)
    if not as_json:
        are = "family is" if len(ripe) == 1 else "families are"
        _screen.tell(f"{len(ripe)} {are} due; which this is of, is told once it is over", "dim")
    _made.show(challenge, as_json=as_json, again=False)


def _wishes(asked: Wish, ripe: Sequence[Due]) -> Iterator[Wish]:
    """The family that is due first, from any seed that may serve, before the next one."""
    from generator import wish

    for due, target in itertools.product(ripe, wish.targets(asked)):
        yield dataclasses.replace(asked, family=due.family, target=target)


def _nothing_fits(asked: Wish, ripe: Sequence[Due]) -> Exception:
    from generator.errors import UnfitError

    where = asked.target or "the built-in seeds"
    level = f" at level {asked.level}" if asked.level else ""
    families = ", ".join(due.family for due in ripe)
    return UnfitError(
        f"of what is due ({families}) {where} can give no challenge{level}. Ask for another seed or level, or take any: bugsquash new"
    )


def _nothing_is_due(dues: Sequence[Due], today: date, *, as_json: bool) -> None:
    from generator.cli import _screen

    if as_json:
        click.echo(json.dumps({"path": None, "due": dues[0].day.isoformat() if dues else None}))
        return
    if dues:
        _screen.tell(f"Nothing is due. The next one is {_when(dues[0], today)}, {dues[0].day}.")
        _screen.next_step("bugsquash new", "any family")
        return
    _screen.tell("No family was practised yet: a challenge counts once it is over.")
    _screen.next_step("bugsquash new", "the first one")


def _list(dues: Sequence[Due], today: date, *, as_json: bool) -> None:
    from rich.table import Table

    from generator.cli import _screen, _words

    if as_json:
        click.echo(json.dumps([_to_json(due, today) for due in dues]))
        return
    if not dues:
        _nothing_is_due(dues, today, as_json=False)
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("family", "due", "practised", "last", "was"):
        table.add_column(heading)
    for due in dues:
        times = _words.count(due.practised, "time")
        table.add_row(due.family, _when(due, today), times, due.last.isoformat(), due.rating)
    _screen.out().print(table, soft_wrap=False)
    ripe = dues[0].day <= today
    _screen.next_step(*(("bugsquash review",) if ripe else ("bugsquash new", "any family")))


def _when(due: Due, today: date) -> str:
    """`today`, `3 days ago`, `in 1 day`."""
    from generator.cli import _words

    days = (due.day - today).days
    if not days:
        return "today"
    told = _words.count(abs(days), "day")
    return f"in {told}" if days > 0 else f"{told} ago"


def _to_json(due: Due, today: date) -> dict[str, object]:
    return {
        "family": due.family,
        "due": due.day.isoformat(),
        "is_due": due.day <= today,
        "practised": due.practised,
        "last": due.last.isoformat(),
        "rating": due.rating,
    }
