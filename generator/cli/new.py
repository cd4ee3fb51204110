"""`bugsquash new`"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.cli import _options

if TYPE_CHECKING:
    from generator.key import AnswerKey
    from generator.pipeline import Challenge

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


@click.command("new", epilog=_EXAMPLES)
@click.argument("target", metavar="[SEED|PATH]", required=False)
@click.option(
    "--level",
    type=click.IntRange(1, 5),
    help="How hard, 1 to 5. Left out, 2 to 4 is drawn, and the nearest there is.",
)
@click.option(
    "--operator", metavar="NAME", help="Only bugs of this pattern; see: bugsquash operators"
)
@click.option(
    "--seed",
    "random_seed",
    type=click.IntRange(0, 2**64 - 1),
    metavar="INT",
    help="Draw the same again.",
)
@click.option(
    "--minutes",
    type=click.IntRange(1, 24 * 60),
    default=60,
    show_default=True,
    help="Time for the learner.",
)
@click.option(
    "--mode",
    type=click.Choice(["failing-test", "ticket", "multi"]),
    default="failing-test",
    show_default=True,
    help="What there is to go by: a failing test; a ticket alone, every test passing; several bugs at once.",
)
@click.option("--bugs", type=click.IntRange(2, 4), help="How many, in mode multi; 3 if left out.")
@_options.python
@_options.allow_failing
@_options.budget
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("challenges"),
    show_default=True,
    help="Directory in which the challenge's own directory is made.",
)
@click.option(
    "--explain", is_flag=True, help="Say how it was chosen and measured (not what it is)."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    target: str | None,
    level: int | None,
    operator: str | None,
    *,
    random_seed: int | None,
    minutes: int,
    mode: str,
    bugs: int | None,
    python: Path | None,
    allow_failing: bool,
    budget: int,
    out: Path,
    explain: bool,
    as_json: bool,
) -> None:
    """Make a fresh challenge.

    A repository with one or more bugs, a ticket, and its sealed key.
    """
    from generator import wish
    from generator.cli import _screen
    from generator.records import Mode

    asked = wish.Wish(
        target,
        level,
        operator,
        random_seed,
        minutes,
        out,
        Mode(mode),
        bugs,
        python,
        allow_failing,
        budget,
    )
    with _screen.progress() as listen:
        challenge = wish.fulfil(asked, listen)
    for sentence in challenge.unread:
        click.echo(f"bugsquash: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps(_facts(challenge) | (_explained(challenge) if explain else {})))
    else:
        _tell(challenge, explain=explain)


def _run(challenge: Challenge) -> str:
    from generator.cli import _words
    from generator.records import function_of

    python = _words.interpreter(challenge.python, challenge.directory)
    if not challenge.key.failing:
        return f"{python} -m pytest"
    function = function_of(challenge.key.failing[0])
    return f"{python} -m pytest -x --pdb {shlex.quote(function)}"


def _facts(challenge: Challenge) -> dict[str, Any]:
    key = challenge.key
    return {
        "id": key.id,
        "path": str(challenge.directory),
        "key": str(challenge.key_path),
        "seed": key.seed.name,
        "random_seed": key.request.random_seed,
        "mode": key.mode,
        "bugs": len(key.bugs),
        "level": key.level,
        "failing": list(key.failing),
        "run": f"cd {shlex.quote(str(challenge.directory))} && {_run(challenge)}",
    }


def _explained(challenge: Challenge) -> dict[str, Any]:
    import dataclasses

    return {
        "selection": dict(challenge.key.selection),
        "measurements": dataclasses.asdict(challenge.key.measurements),
    }


def _tell(challenge: Challenge, *, explain: bool) -> None:
    from generator.cli import _screen, _words

    key = challenge.key
    where = _words.shown(challenge.directory)
    _screen.tell(
        f"{key.id} · level {key.level} of 5 · {_words.count(len(key.bugs), 'bug')} · {key.request.minutes} minutes",
        style="bold",
    )
    _screen.tell(challenge.headline)
    _screen.tell(
        f"{where}   {_words.count(challenge.files, 'file')}, {_words.count(challenge.source_lines, 'line')} of source"
    )
    _screen.tell(
        f"{_failing(key)}, {challenge.suite_seconds:.1f} s; clean, all {len(key.tests):,} passed"
    )
    _screen.tell("checked: fails as the key says, passes with the fix")
    if challenge.left_out:
        left = _words.count(len(challenge.left_out), "test")
        _screen.tell(f"left out: {left} that can't be relied on, before any bug goes in")
    if explain:
        _tell_choice(challenge)
    _screen.tell(f"again {_words.pasteable(challenge.command)}", style="dim", copied=True)
    first = _run(challenge) if key.failing else "cat TICKET.md"
    _screen.next_step(f"cd {shlex.quote(where)} && {first}")


def _failing(key: AnswerKey) -> str:
    from generator.cli import _words

    tests = _words.count(len(key.visible), "test")
    if not key.failing:
        return f"none of {tests} fails"
    return f"{len(key.failing)} of {tests} {'fails' if len(key.failing) == 1 else 'fail'}"


def _tell_choice(challenge: Challenge) -> None:
    from rich.table import Table

    from generator.admit import Refusal
    from generator.cli import _screen

    passed_over = challenge.key.selection["passed_over"]
    table = Table(box=None, pad_edge=False, title_justify="left", show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for name, number in passed_over.items():
        table.add_row(f"{number:,}", f"passed over: {Refusal[name.upper()].value}")
    made = challenge.key.selection["mutants"]
    table.add_row(f"{sum(passed_over.values()) + 1:,}", f"tried, of {made:,} that could be made")
    measured = challenge.key.measurements
    for label, value in (
        ("the traceback shows the guilty function", measured.traceback_in_function),
        ("the traceback shows the guilty file", measured.traceback_in_file),
        ("calls between test and fault", measured.depth),
        ("source lines the failing test executes", measured.executed_lines),
        ("rank of the guilty function among suspects", measured.suspect_rank),
        ("a wrong value, no exception", measured.wrong_value),
        ("tests that fail, hidden ones too", measured.failing),
        ("places a fix touches", measured.places),
    ):
        told = (
            {True: "yes", False: "no"}.get(value, str(value))
            if isinstance(value, bool)
            else str(value)
        )
        table.add_row(told, label)
    _screen.out().print(table)
