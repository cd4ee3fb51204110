"""`bugsquash check`"""

from __future__ import annotations

import json
import posixpath
import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.judge.check import Result
    from generator.judge.clean_tree import Ignored

_EXAMPLES = """
\b
Examples:
  bugsquash check
  bugsquash check challenges/ledger-abc1234 --json
"""
_LABEL = 25
_NAMED = 3
"""So many of a kind in one directory are named; of more, the place and the number are told."""
_LINES = 10
_ORDER = {"changed": 0, "deleted": 1, "added": 3}
"""What was handed out comes first, then what is not read, and last what is the learner's own."""


@click.command("check", epilog=_EXAMPLES)
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(directory: Path, *, as_json: bool) -> None:
    """What is fixed and what broke; exit 0 when solved, 1 when not.

    Everything is run on a clean tree. Only the source under test is yours to change: tests and settings are taken as they were handed out.
    """
    from generator import places
    from generator.cli import _screen
    from generator.judge.check import check

    places.sweep()
    with _screen.progress() as listen:
        listen("running all tests on a clean tree")
        result = check(directory)
    if as_json:
        click.echo(json.dumps(result.to_json()))
    else:
        for label, text, style in _lines(result):
            _screen.tell(f"{label + '  ':{_LABEL}}{text}".rstrip(), style=style)
        _screen.next_step(*_next(result, directory))
    sys.exit(result.exit_code)


def _lines(result: Result) -> Iterator[tuple[str, str, str | None]]:
    for problem in result.problems:
        yield "problem", problem, "red"
    yield from _failing(result)
    yield (
        "the rest, visible" if result.failing else "the visible tests",
        _tally([shown.state for shown in result.rest])
        if result.rest or not result.problems
        else "not run",
        None,
    )
    for shown in result.broke[:3]:
        yield f"  {shown.test}", shown.message, "red"
    if result.hidden:
        states = Counter(passed=result.hidden.passed, failed=result.hidden.failed)
        states["not run"] = result.hidden.not_run
        yield "hidden", _tally(states.elements()), None
        for rule in result.hidden.rules:
            yield "  rule", rule.rule, "red"
            if rule.expected is not None or rule.yours is not None:
                yield (
                    "",
                    f"expected {rule.expected or 'something else'}, yours {rule.yours or 'fails'}",
                    "red",
                )
    yield from _ignored(result)
    if result.change:
        files = result.change.files
        yield (
            "your change",
            f"{files} {'file' if files == 1 else 'files'}, +{result.change.added} -{result.change.removed}",
            None,
        )
    yield _verdict(result)


def _failing(result: Result) -> Iterator[tuple[str, str, str | None]]:
    for shown in result.failing:
        label = "the failing test" if len(result.failing) == 1 else shown.test
        passes = shown.state == "passed"
        text = (
            "passes"
            if passes
            else "not run"
            if shown.state == "not run"
            else f"fails: {shown.message}"
        )
        yield label, text, "green" if passes else "red"


def _tally(states: Iterable[str]) -> str:
    counted = Counter(states)
    total = sum(counted.values())
    if counted["passed"] == total:
        return f"{total:,} pass" if total else "none"
    parts = [f"{counted['passed']:,} of {total:,} pass"]
    parts += [f"{counted[state]:,} {state}" for state in ("failed", "not run") if counted[state]]
    return ", ".join(parts)


def _ignored(result: Result) -> Iterator[tuple[str, str, str | None]]:
    if not result.judged_hidden:
        yield "tests and settings", "taken as they lie here", None
    elif not result.ignored:
        yield "tests and settings", "untouched", None
    lines = list(_summed_up(result.ignored))
    for text, _ in lines[:_LINES]:
        yield "ignored", text, "yellow"
    if left := sum(number for _, number in lines[_LINES:]):
        yield "ignored", f"and {left:,} more; --json names each", "yellow"


def _summed_up(ignored: Iterable[Ignored]) -> Iterator[tuple[str, int]]:
    """What is told of ignored files, and of how many. Many of a kind below one directory are told in one line."""
    from generator.cli import _words

    alike: dict[tuple[int, str, str], list[str]] = {}
    for one in ignored:
        kind = (_ORDER.get(one.how, 2), one.path.partition("/")[0], one.how)
        alike.setdefault(kind, []).append(one.path)
    for (_, _, how), paths in sorted(alike.items()):
        if len(paths) > _NAMED:
            where = _words.in_one_line(posixpath.commonpath(paths))
            yield f"{where} ({len(paths):,} files, {how})", len(paths)
        else:
            yield from ((f"{_words.in_one_line(path)} ({how})", 1) for path in paths)


def _verdict(result: Result) -> tuple[str, str, str | None]:
    if result.solved:
        return "solved", f"level {result.level} of 5", "bold green"
    if result.judged_hidden:
        fixed = sum(bug.fixed for bug in result.bugs)
        several = f"{fixed} of {len(result.bugs)} bugs fixed" if len(result.bugs) > 1 else ""
        return "not solved yet", several, "bold"
    return "hidden tests not judged", result.unjudged or "", "yellow"


def _next(result: Result, directory: Path) -> tuple[str, str]:
    from generator.cli import _words
    from generator.judge import challenge_directory

    root = challenge_directory.around(directory)
    if result.solved:
        where = "" if root == Path.cwd() else f" {shlex.quote(_words.shown(root))}"
        return f"bugsquash reveal{where}", "the answer, and how it could have been found"
    go = "" if root == Path.cwd() else f"cd {shlex.quote(_words.shown(root))} && "
    if result.exit_code == 0:
        return f"{go}git diff", "then hand it in: the hidden tests are judged where the key is"
    run = f"{go}{_words.interpreter(challenge_directory.interpreter(root), root)} -m pytest -x"
    test = next(
        (shown.test for shown in (*result.failing, *result.broke) if shown.state != "passed"), None
    )
    file = test.partition("::")[0] if test else ""
    if any((one.path, one.how) == (file, "deleted") for one in result.ignored):
        restore = f"git checkout {result.commit[:10]} -- {shlex.quote(file)}"
        return f"{go}{restore}", "it holds the failing test"
    if test:
        return f"{run} --pdb {shlex.quote(test)}", ""
    unseen = "then read TICKET.md once more: the visible tests don't show all of it"
    return run, "" if result.problems else unseen
