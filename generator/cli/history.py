"""`bugsquash history`"""

from __future__ import annotations

import dataclasses
import json
import time
from typing import TYPE_CHECKING

import click

from generator.cli import _desk, _page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.practice.record import Group, Record

_EXAMPLES = """
\b
Examples:
  bugsquash history
  bugsquash history --json
  bugsquash history --html             charts, beside the history
  bugsquash history --html ~/page.html
"""
_SHOWN = 10
"""The latest; --json has all."""


@click.command("history", epilog=_EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@_page.option("Write one page with charts to FILE, - for stdout; left out, beside the history.")
def command(*, as_json: bool, html: str | None) -> None:
    """Past challenges: the time to reproduce, to locate, to fix.

    By family and level, too. Family and points of a challenge are told once it is over.
    """
    from generator.cli import _screen
    from generator.errors import UsageError
    from generator.practice import history
    from generator.practice.record import groups

    if as_json and html is not None:
        raise UsageError("--json and --html tell the same in two ways. Choose one.")
    records = history.records()
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in records]))
        return
    if html is not None:
        _write(records, html)
        return
    if not records:
        _screen.tell("No challenge was begun yet.")
        _screen.next_step("bugsquash new")
        return
    for one in records[-_SHOWN:]:
        head, steps = _told(one)
        _screen.tell_list("", head)
        if steps:
            _screen.tell_list("    ", steps, "dim")
    for title, told in (
        ("level", groups(records, lambda one: [str(one.level)] if one.level else [])),
        ("family", groups(records, lambda one: one.families)),
    ):
        if told:
            _screen.tell_list(f"{title:8}", map(_in_words, told))
    _screen.next_step(*_next(records))


def _next(records: Sequence[Record]) -> tuple[str, str]:
    from generator.practice import review

    if review.due(review.schedule(records), _desk.today()):
        return "bugsquash review", "a family that is due again"
    return "bugsquash new", "the next one"


def _write(records: Sequence[Record], name: str) -> None:
    from datetime import datetime

    from generator.cli import _words
    from generator.practice import history, review
    from generator.practice.page import page

    text = page(records, review.schedule(records), datetime.now().astimezone())
    begun = _words.count(len(records), "challenge") if records else "no challenge yet"
    _page.write(text, name, history.file().with_suffix(".html"), begun)


def _told(one: Record) -> tuple[list[str], list[str]]:
    """Two rows: what it was and came to, and how long each step took."""
    from generator.cli import _words

    day = time.strftime("%Y-%m-%d", time.localtime(one.begun))
    level = [f"level {one.level}"] if one.level else []
    points = [] if one.points is None else [_words.count(one.points, "point")]
    steps = {"reproduced": one.reproduced, "located": one.located, "fixed": one.fixed}
    times = [f"{step} {_words.clock(at)}" for step, at in steps.items() if at is not None]
    hints = [_words.count(one.hints, "hint")] if one.hints else []
    outcome = (
        f"{one.outcome}, {_words.clock(one.spent)} so far" if one.outcome == "open" else one.outcome
    )
    return [one.challenge, day, *level, outcome, *points], times + hints


def _in_words(group: Group) -> str:
    from generator.cli import _words

    middle = f", {_words.clock(group.fixed)} to the fix" if group.fixed is not None else ""
    return f"{group.name}: {group.solved} of {group.count} in time{middle}"
