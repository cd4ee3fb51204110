"""`bugsquash check`"""

from __future__ import annotations

import json
import posixpath
import shlex
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from generator.judge.challenge_directory import Found
    from generator.judge.clean_tree import Ignored
    from generator.judge.result import Result
    from generator.practice.score import Score
    from generator.practice.session import Session

_Line: TypeAlias = "tuple[str, str, str | None]"
"""Label, text and style."""

_EXAMPLES = """
\b
Examples:
  bugsquash check
  bugsquash check challenges/ledger-abc1234 --json
"""
_LABEL = 25
_NAMED = 3
"""So many of a kind in one directory are named; of more, the place and the number are told."""
_AT_MOST = 15
"""Lines on the screen, with those that a line breaks into, and the next step."""
_ORDER = {"changed": 0, "deleted": 1, "added": 3}
"""What was handed out comes first, then what is not read, and last what is the learner's own."""


@click.command("check", epilog=_EXAMPLES)
@click.argument("directory", type=click.Path(path_type=Path), default=".")
@click.option("--explain", is_flag=True, help="Say what it is worth, too: points, of 100.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(directory: Path, *, explain: bool, as_json: bool) -> None:
    """What is fixed and what broke; exit 0 when solved, 1 when not.

    Everything is run on a clean tree. Only the source under test is yours to change: tests and settings are taken as they were handed out.
    """
    from generator import places
    from generator.cli import _screen
    from generator.judge import challenge_directory
    from generator.judge.check import check
    from generator.practice.score import score

    places.sweep()
    found = challenge_directory.find(directory)
    with _screen.progress() as listen:
        listen("running all tests on a clean tree")
        result = check(found)
    session = _kept(found, result)
    worth = score(session, found.key) if found.key else None
    if as_json:
        told = _desk.to_json(session, worth)
        click.echo(json.dumps({**result.to_json(), "practice": told}))
    else:
        explained = _explained(worth, session, solved=result.solved) if explain else []
        todo = _next(result, found, session)
        below = _rows(explained) + sum(map(_screen.rows, _screen.next_lines(*todo)))
        for line in [*_lines(result, session, below), *explained]:
            _screen.tell(_told(line), style=line[2])
        _screen.next_step(*todo)
    sys.exit(result.exit_code)


def _kept(found: Found, result: Result) -> Session:
    """The session with this check in it, even where it can't be kept."""
    from generator.practice.session import Kind

    facts = {
        "solved": result.solved,
        "fixed": [bug.n for bug in result.bugs if bug.fixed],
        # Without the key nobody knows which of them failed as handed out.
        "broke": len(result.broke) + result.hidden.broke if result.hidden else 0,
        "reproduced": result.own is not None and result.own.reproduced,
        "own": result.own.test if result.own and result.own.reproduced else "",
        "visible": result.visible_pass,
        "failed": any(shown.state == "failed" for shown in result.failing),
    }
    return _desk.kept(found, Kind.CHECKED, **facts)


def _explained(worth: Score | None, session: Session, *, solved: bool) -> list[_Line]:
    if worth is None:
        return [("worth", "nobody knows without the key", None)]
    parts: list[_Line] = [
        (part.name, f"{_points(part.points)} of {part.of:3}  {part.why}", None)
        for part in worth.parts
    ]
    hints: list[_Line] = [("hints", f"{-worth.hints:3}", None)] if worth.hints else []
    without = f", without the {worth.secret[0]}" if worth.secret else ""
    then = ", as it stood when it was over" if session.ended and not solved else ""
    return [*parts, *hints, ("worth", f"{worth.total:3} of 100 points{without}{then}", "bold")]


def _points(points: int | None) -> str:
    return "  ?" if points is None else f"{points:3}"


def _told(line: _Line) -> str:
    label, text, _ = line
    return f"{label + '  ':{_LABEL}}{text}".rstrip()


def _rows(lines: Iterable[_Line]) -> int:
    """How many lines they are on this screen."""
    from generator.cli import _screen

    return sum(_screen.rows(_told(line)) for line in lines)


def _lines(result: Result, session: Session, below: int) -> list[_Line]:
    """What is told of a result; of long lists so much that it fits, with so many lines `below` it."""
    broke: list[_Line] = [(f"  {shown.test}", shown.message, "red") for shown in result.broke]
    before: list[_Line] = [("problem", problem, "red") for problem in result.problems]
    rest = [_rest(result)]
    after = [*_hidden(result), *_own(result)]
    last = [*_changed(result), _verdict(result, session)]
    room = _AT_MOST - below - _rows([*before, *rest, *after, *last])
    failing, broke, ignored = _trimmed(
        [list(_failing(result)), broke, list(_ignored(result))], room
    )
    return [*before, *failing, *rest, *broke, *after, *ignored, *last]


def _trimmed(lists: list[list[_Line]], room: int) -> list[list[_Line]]:
    """Of each list so many that all together have room, one at least; the longest gives way first, and says how many it leaves
    out."""
    sizes = [len(lines) for lines in lists]
    while True:
        shown = [_first(lines, size) for lines, size in zip(lists, sizes, strict=True)]
        if max(sizes) <= 1 or sum(map(_rows, shown)) <= room:
            return shown
        sizes[sizes.index(max(sizes))] -= 1


def _first(lines: list[_Line], size: int) -> list[_Line]:
    """The first so many, in the last of them how many more there are."""
    if len(lines) == size:
        return lines
    *before, (label, text, style) = lines[:size]
    more = f"and {len(lines) - size:,} more; --json names each"
    return [*before, (label, f"{text}, {more}", style)]


def _rest(result: Result) -> _Line:
    told = _tally([shown.state for shown in result.rest])
    label = "the rest, visible" if result.failing else "the visible tests"
    return label, told if result.rest or not result.problems else "not run", None


def _hidden(result: Result) -> Iterator[_Line]:
    if result.hidden is None:
        return
    states = Counter(passed=result.hidden.passed, failed=result.hidden.failed)
    states["not run"] = result.hidden.not_run
    yield "hidden", _tally(states.elements()), None
    for rule in result.hidden.rules:
        yield "  rule", rule.rule, "red"
        if rule.expected is not None or rule.yours is not None:
            told = f"expected {rule.expected or 'something else'}, yours {rule.yours or 'fails'}"
            yield "", told, "red"


def _own(result: Result) -> Iterator[_Line]:
    if result.own is None:
        return
    own = result.own
    where = f"{own.test} " if own.test else ""
    why = f": {own.message}" if own.message else ""
    yield "your own test", f"{where}{own.shows.value}{why}", "green" if own.reproduced else None


def _changed(result: Result) -> Iterator[_Line]:
    if result.change:
        files = result.change.files
        size = f"{files} {'file' if files == 1 else 'files'}, +{result.change.added} -{result.change.removed}"
        yield "your change", size, None


def _failing(result: Result) -> Iterator[_Line]:
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
        return f"{total:,} {'passes' if total == 1 else 'pass'}" if total else "none"
    parts = [f"{counted['passed']:,} of {total:,} pass"]
    parts += [f"{counted[state]:,} {state}" for state in ("failed", "not run") if counted[state]]
    return ", ".join(parts)


def _ignored(result: Result) -> Iterator[_Line]:
    if not result.judged_hidden:
        yield "tests and settings", "taken as they lie here", None
    elif not result.ignored:
        yield "tests and settings", "untouched", None
    # A test of one's own is told by what it shows.
    own = result.own.test.partition("::")[0] if result.own else ""
    for text, _ in _summed_up(one for one in result.ignored if one.path != own):
        yield "ignored", text, "yellow"


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


def _verdict(result: Result, session: Session) -> _Line:
    used = " · ".join(_desk.used(session))
    if result.solved:
        return "solved", f"level {result.level} of 5 · {used}{_too_late(session)}", "bold green"
    if result.judged_hidden:
        fixed = sum(bug.fixed for bug in result.bugs)
        several = f"{fixed} of {len(result.bugs)} bugs fixed · " if len(result.bugs) > 1 else ""
        return "not solved yet", several + used, "bold"
    return "hidden tests not judged", result.unjudged or "", "yellow"


def _too_late(session: Session) -> str:
    if session.solved:
        return ""
    return " · the answer was seen before" if session.revealed else " · given up before"


def _next(result: Result, found: Found, session: Session) -> tuple[str, str]:
    from generator.cli import _words
    from generator.judge import challenge_directory

    if result.solved or session.ended:
        return _desk.after(found, session)
    root = found.root
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
        debug = _desk.here(root, "bugsquash debug", "--dir")
        return f"{debug} {shlex.quote(test)}", ""
    if result.own and not result.own.test and not result.problems:
        return run, "once you have written a test in tests/ that fails as the ticket says"
    return (run, "") if result.problems else _look_further(run, root, session)


def _look_further(run: str, root: Path, session: Session) -> tuple[str, str]:
    """Where all visible tests pass, and hidden ones don't."""
    from generator.cli import _words
    from generator.practice.hints import COSTS

    unseen = "the visible tests don't show all of it"
    if session.rung == len(COSTS):
        return run, f"then read TICKET.md once more: {unseen}"
    price = f"rung {session.rung + 1} costs {_words.count(COSTS[session.rung], 'point')}"
    return _desk.here(root, "bugsquash hint"), f"{unseen}; {price}"
