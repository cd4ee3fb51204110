"""The answer on the terminal: one screen first, the rest when it is asked for."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from rich.syntax import Syntax

from generator.cli import _screen, _words
from generator.judge import challenge_directory
from generator.judge.reveal import YOURS
from generator.practice import in_words
from generator.practice.session import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.judge.own_change import OwnChange
    from generator.judge.reveal import Answer
    from generator.practice.hour import Moment

_LINE = 100
"""Characters of one line that pdb prints."""


def tell(answer: Answer, root: Path, *, several: bool, in_full: bool) -> None:
    """One bug: what it is, where it went wrong, how pdb shows it, the fix; in full, with all that is known of it."""
    _title(answer, several=several)
    _screen.tell(answer.story)
    _screen.tell()
    _where(answer, in_full=in_full)
    _session(answer, root, in_full=in_full)
    _screen.tell()
    if in_full and answer.witness:
        _screen.tell("a test that shows it", style="bold")
        _code(answer.witness, "python")
        _screen.tell()
    _screen.tell("the fix", style="bold")
    _code(answer.diff.rstrip("\n") if in_full else "\n".join(_changed_lines(answer.diff)), "diff")
    _screen.tell()
    if in_full:
        _elsewhere(answer)


def _elsewhere(answer: Answer) -> None:
    if not answer.debrief.elsewhere:
        return
    _screen.tell("where the same mistake could have been made; these lines are right", style="bold")
    for place in answer.debrief.elsewhere:
        _screen.tell(f"  {place.path}:{place.line}  {place.function}")
        _screen.tell(f"      {place.text}", style="dim", copied=True)
    _screen.tell()


def tell_own(change: OwnChange) -> None:
    """What the learner changed."""
    _screen.tell("your change", style="bold")
    if not change.patch:
        _screen.tell("  none: the source is as it was handed out")
    else:
        _code(change.patch.rstrip("\n"), "diff")
        for path, function in change.beside:
            _screen.tell(f"  at no fault: {function or 'outside of every function'}, {path}")
    _screen.tell()


def tell_hour(moments: Sequence[Moment]) -> None:
    """What the learner did, by the clock."""
    if not moments:
        return
    _screen.tell("your hour", style="bold")
    for moment in moments:
        _screen.tell(f"  {clock(moment.at):>7}  {_words.in_one_line(moment.said)}")
    _screen.tell()


def _title(answer: Answer, *, several: bool) -> None:
    first, last = answer.lines
    where = f"line {first}" if first == last else f"lines {first} to {last}"
    number = f"bug {answer.n}: " if several else ""
    _screen.tell(
        f"{number}{answer.operator} ({answer.family}) in {answer.path}, {where}", style="bold"
    )


def _where(answer: Answer, *, in_full: bool) -> None:
    debrief = answer.debrief
    _screen.tell("where it went wrong: the deepest call first", style="bold")
    if debrief.why_not:
        _screen.tell(f"  not known: {debrief.why_not}")
    rows = in_words.rows(debrief)
    told = rows if in_full else [row for row in rows if row.said or row.depth == 0 or row.is_first]
    if len(told) < len(rows):
        _screen.tell(
            f"  {_words.count(len(rows) - len(told), 'call')} between, that only hand on, left out"
        )
    for depth, row in enumerate(told, start=1):
        style = "red" if row.is_first else None
        indent = "  " * depth
        _screen.tell(f"{indent}{row.function}  {row.where}", style)
        if row.said:
            _screen.tell(f"{indent}    {row.said}", style)
    if debrief.failure:
        _screen.tell(f"  in the end  {debrief.failure}")
    if travelled := in_words.travelled(debrief):
        _screen.tell(f"  {travelled}")
    _screen.tell()


def _session(answer: Answer, root: Path, *, in_full: bool) -> None:
    """Every command, and the values that it shows; in full, where pdb stands, too."""
    go = "" if root == Path.cwd() else f"cd {shlex.quote(_words.shown(root))} && "
    go += python(root)
    test = "the test below" if in_full else "the test of --more"
    alone = f", {test} in {YOURS}" if YOURS in answer.trace else ""
    _screen.tell(f"how pdb shows it{alone}, on the code as it was handed out", style="bold")
    _screen.tell(f"    {go}{answer.trace.removeprefix('python')}", copied=True)
    session = answer.debrief.session
    for number, typed in enumerate(session, start=1):
        _screen.tell(f"    (Pdb) {typed.command}", copied=True)
        is_value = typed.command.startswith("p ") or number == len(session)
        for line in typed.shows.splitlines() if is_value or in_full else ():
            cut = line if len(line) <= _LINE else f"{line[:_LINE]}…"
            _screen.tell(f"    {cut}", style="dim", copied=True)
    if in_full:
        _screen.tell("  and where the test fails")
        _screen.tell(f"    {go}{answer.post_mortem.removeprefix('python')}", copied=True)


def python(root: Path) -> str:
    """How to call the interpreter that runs a challenge's tests, from its directory."""
    return _words.interpreter(challenge_directory.interpreter(root), root)


def _changed_lines(diff: str) -> list[str]:
    return [
        line for line in diff.splitlines() if line[:1] in "+-" and line[:4] not in ("+++ ", "--- ")
    ]


def _code(text: str, language: str) -> None:
    _screen.out(copied=True).print(
        Syntax(text, language, theme="ansi_dark", background_color="default")
    )
