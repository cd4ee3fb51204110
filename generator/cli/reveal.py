"""`bugsquash reveal`"""

from __future__ import annotations

import shlex
import sys
import time
from typing import TYPE_CHECKING

import click

from generator.cli import _desk, _page

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from generator.judge.challenge_directory import Found
    from generator.judge.reveal import Revelation
    from generator.key import AnswerKey
    from generator.practice.session import Session
    from generator.practice.writing import Beside

_MORE = "all that pdb shows, your change and your hour; --html: as a page"
_EXAMPLES = """
\b
Examples:
  bugsquash reveal
  bugsquash reveal challenges/ledger-abc1234 --yes
  bugsquash reveal --html              as a page, beside the history
  bugsquash reveal --html ~/page.html
"""


@click.command("reveal", epilog=_EXAMPLES)
@_desk.DIRECTORY
@_desk.SAYS_YES
@click.option("--more", is_flag=True, help="All of it, and your own change and hour.")
@_page.option("Write all of it as one page to FILE, - for stdout; left out, beside the history.")
@click.option(
    "--wrote",
    nargs=3,
    metavar="CAUSE UNSEEN SAFE",
    help="Your three sentences; at a terminal they are asked for.",
)
def command(
    directory: Path,
    *,
    yes: bool,
    more: bool,
    html: str | None,
    wrote: tuple[str, str, str] | None,
) -> None:
    """The answer, after asking: the change, its story, how pdb finds it.

    Before it is shown you write three sentences: the cause, why it was not seen, how the fix is safe. They are shown beside the key's
    own, and kept. What is fixed or stated after the answer was seen is worth nothing.
    """
    from generator.cli import _screen
    from generator.errors import UsageError
    from generator.judge import challenge_directory
    from generator.practice import history
    from generator.practice.session import Kind
    from generator.practice.writing import beside

    if more and html is not None:
        raise UsageError("--more and --html tell the same in two ways. Choose one.")
    found, key = challenge_directory.opened(directory)
    session = history.session(found)
    if html is not None:
        # Before it is said that the answer was seen: a name that can't be written to must not cost the hour.
        _page.look(html, _default(key))
    is_over = session.solved or session.revealed or session.left(time.time()) < 0
    question = f"Show the answer of {found.marker.id}? A bug is found once only."
    if not is_over and not _desk.asked(question, yes=yes, who="reveal"):
        _screen.next_step(_desk.here(found.root, "bugsquash check"))
        return
    yours = _written(session, wrote)
    if not session.revealed:
        # Before it is shown: whoever closes the pipe after the first line has seen it. While it still counts, what can't be
        # remembered is not shown.
        keep = _desk.kept if is_over else history.add
        if yours:
            keep(found, Kind.WROTE, **yours)
        session = keep(found, Kind.REVEALED, families=[bug.family for bug in key.bugs])
    written = beside(key, yours) if yours else ()
    if html is None:
        _tell(found, key, session, written, more=more)
    else:
        _write(found, key, session, written, html)


def _tell(
    found: Found, key: AnswerKey, session: Session, written: Sequence[Beside], *, more: bool
) -> None:
    from generator.cli import _aftermath, _screen
    from generator.judge import own_change
    from generator.practice import hour

    for answer in _revealed(key, session).answers:
        _aftermath.tell(answer, found.root, several=len(key.bugs) > 1, in_full=more)
    if more:
        _aftermath.tell_own(own_change.as_it_lies(key, found.root))
        _aftermath.tell_hour(hour.moments(session, key))
    for one in written:
        _screen.tell(one.question, style="bold")
        _screen.tell(f"  yours  {one.yours or '(nothing)'}")
        _screen.tell(f"  key    {one.own}")
        _screen.tell(f"  a good answer {one.rubric}", style="dim")
        _screen.tell()
    if more:
        _screen.next_step("bugsquash new", "the next one")
    else:
        _screen.next_step(_desk.here(found.root, "bugsquash reveal --more"), _MORE)


def _write(
    found: Found, key: AnswerKey, session: Session, written: Sequence[Beside], name: str
) -> None:
    from generator.cli import _aftermath, _words
    from generator.judge import own_change
    from generator.practice import hour
    from generator.practice.aftermath_page import Aftermath, page
    from generator.practice.record import record

    told = Aftermath(
        _revealed(key, session),
        own_change.as_it_lies(key, found.root),
        hour.moments(session, key),
        record(session, key, time.time()),
        written,
        # The page is read anywhere.
        f"cd {shlex.quote(str(found.root))} && {_aftermath.python(found.root)}",
    )
    about = f"the answer of {key.id}, {_words.count(len(key.bugs), 'bug')}"
    _page.write(page(told), name, _default(key), about)


def _default(key: AnswerKey) -> Path:
    from generator.practice import history

    return history.file().with_name(f"{key.id}.html")


def _revealed(key: AnswerKey, session: Session) -> Revelation:
    """The answer, with the learner's own test where there is one."""
    from generator.judge.reveal import reveal

    own = next((event.facts["own"] for event in session.checks if event.facts.get("own")), "")
    return reveal(key, own)


def _written(session: Session, told: tuple[str, str, str] | None) -> dict[str, str]:
    """The three sentences: as they are kept, as they are told, or as they are written now by whoever sits at the terminal."""
    from generator.practice.session import Kind
    from generator.practice.writing import QUESTIONS

    kept = [event.facts for event in session.of(Kind.WROTE)]
    if kept or session.revealed:
        return dict(kept[-1]) if kept else {}
    if told is not None:
        return dict(zip(QUESTIONS, told, strict=True))
    if not sys.stdin.isatty():
        return {}
    # What is asked is no part of the answer, where that goes into a file.
    aside = not sys.stdout.isatty()
    click.echo("Three sentences first; Enter leaves one out.", err=aside)
    answers = [
        click.prompt(
            asked,
            default="",
            show_default=False,
            prompt_suffix=" ",
            value_proc=_sentence,
            err=aside,
        )
        for asked in QUESTIONS.values()
    ]
    return dict(zip(QUESTIONS, answers, strict=True)) if any(answers) else {}


def _sentence(told: str) -> str:
    """As it was typed; a habitual `y` is none."""
    if len(told.split()) == 1:
        raise click.UsageError("that is one word. Write a sentence, or nothing.")
    return told
