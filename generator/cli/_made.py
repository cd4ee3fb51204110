"""What was made, on the screen and as JSON."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from generator.key import AnswerKey
    from generator.pipeline import Challenge


def show(challenge: Challenge, *, explain: bool = False, as_json: bool, again: bool = True) -> None:
    """Print it, and on stderr what source files were left out. `again` is for those who may know what was asked for: the
    command that makes the same."""
    for sentence in challenge.unread:
        click.echo(f"bugsquash: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps(_facts(challenge) | (_explained(challenge) if explain else {})))
    else:
        _tell(challenge, explain=explain, again=again)


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


def _tell(challenge: Challenge, *, explain: bool, again: bool) -> None:
    from generator.cli import _screen, _words

    key = challenge.key
    where = _words.shown(challenge.directory)
    _screen.tell(
        f"{key.id} · level {key.level} of 5 · {_words.count(len(key.bugs), 'bug')} · {_words.count(key.request.minutes, 'minute')}",
        style="bold",
    )
    _screen.tell(challenge.headline)
    _screen.tell(
        f"{where}   {_words.count(challenge.files, 'file')}, {_words.count(challenge.source_lines, 'line')} of source"
    )
    hidden = f", {len(key.hidden):,} of them hidden" if key.hidden else ""
    _screen.tell(
        f"{_failing(key)}, {challenge.suite_seconds:.1f} s; clean, all {len(key.tests):,} passed{hidden}"
    )
    _screen.tell("checked: fails as the key says, passes with the fix")
    if challenge.left_out:
        left = _words.count(len(challenge.left_out), "test")
        _screen.tell(f"left out: {left} that can't be relied on, before any bug goes in")
    if explain:
        _tell_choice(challenge)
    if again:
        _screen.tell(f"again {_words.pasteable(challenge.command)}", style="dim", copied=True)
    watch = f"{_words.program('bugsquash', challenge.directory)} watch"
    _screen.next_step(f"cd {shlex.quote(where)} && {watch}")


def _failing(key: AnswerKey) -> str:
    from generator.cli import _words

    tests = _words.count(len(key.visible), "test")
    if not key.failing:
        return f"none of {tests} fails"
    return f"{len(key.failing)} of {tests} {'fails' if len(key.failing) == 1 else 'fail'}"


_WORDS = ((True, "yes"), (False, "no"), (None, "?"))


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
        ("its rank where the ticket's words are searched for", measured.search_rank),
        ("lines from the fault to the first wrong value", measured.infection),
        ("lines from there to the failure", measured.propagation),
        ("a wrong value, no exception", measured.wrong_value),
        ("a crash, no refusal", measured.crash),
        ("tests that fail, hidden ones too", measured.failing),
        ("places a fix touches", measured.places),
    ):
        told = next((word for known, word in _WORDS if value is known), str(value))
        table.add_row(told, label)
    _screen.out().print(table)
