"""`bugsquash watch`"""

from __future__ import annotations

import importlib
import shlex
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from generator.cli import _desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rich.console import RenderableType

    from generator.judge.challenge_directory import Found
    from generator.practice.watch.board import Board

_EXAMPLES = """
\b
Examples:
  bugsquash watch
  bugsquash watch challenges/ledger-abc1234
  bugsquash watch --poll      where saves are not noticed: network drives, some containers
"""


@click.command("watch", epilog=_EXAMPLES)
@_desk.DIRECTORY
@click.option(
    "--poll",
    is_flag=True,
    help="Look for saves every so often, and don't wait for the system to tell of them.",
)
def command(directory: Path, *, poll: bool) -> None:
    """The tests run again with every save, and the clock with them.

    Those that failed come first. Keys: d debug, h hint, n note, c check, f full output of the first failing test, p pause, q quit. Nothing is written to the challenge.
    """
    from generator import places
    from generator.cli import _screen, _status
    from generator.errors import UnfitError
    from generator.judge import challenge_directory
    from generator.practice import history
    from generator.practice.watch.board import Board
    from generator.practice.watch.loop import watch
    from generator.practice.watch.rounds import as_handed_out
    from generator.practice.watch.terminal import Keys

    places.sweep()
    found = challenge_directory.find(directory)
    begun = Board(history.begin(found), _status.title(found.root), first=as_handed_out(found))
    console = _screen.out()
    screen = _Live() if console.is_terminal else _Plain()
    with screen.shown():
        last = watch(found, begun, screen, Keys(), _actions(found, lambda: screen.board), poll=poll)
    if not found.root.is_dir():
        raise UnfitError(f"{found.root} is gone: there is nothing to watch any more.")
    _screen.tell(f"{last.session.challenge}  {_desk.clock(last.session)}")
    _screen.next_step(*_status.next_step(found, last.session))


def _actions(found: Found, board: Callable[[], Board]) -> dict[str, Callable[[], None]]:
    """What keys do while the terminal is theirs. Each is a command of its own, and waits to be read."""

    def command(name: str, *arguments: str) -> Callable[[], None]:
        return lambda: _run(name, *arguments)

    def first() -> list[str]:
        return [*board().failing, *board().broken][:1]

    def note() -> None:
        # Who thinks better of it goes back to the watch.
        with suppress(KeyboardInterrupt, click.Abort):
            text = click.prompt("note", default="", show_default=False)
            if text.strip():
                _run("note", "--dir", str(found.root), "--", text, read=False)

    return {
        # Where none fails it does not stop, and what it says stands there alone.
        "d": lambda: _run("debug", "--dir", str(found.root), *first(), read=not first()),
        "h": command("hint", str(found.root)),
        "n": note,
        "c": command("check", str(found.root)),
        "f": lambda: _full(found, first()),
    }


def _run(name: str, *arguments: str, read: bool = True) -> None:
    from generator.errors import BugsquashError

    module = importlib.import_module(f"generator.cli.{name}")
    try:
        module.command.main(list(arguments), prog_name=f"bugsquash {name}", standalone_mode=False)
    except SystemExit:
        pass
    except (BugsquashError, click.ClickException) as error:
        click.echo(f"bugsquash: {error}", err=True)
        read = True
    except (KeyboardInterrupt, click.Abort):
        return
    if read:
        _read()


def _full(found: Found, tests: list[str]) -> None:
    from generator import process

    command = [str(found.python), "-m", "pytest", "-x", "-p", "no:cacheprovider", *tests]
    click.echo(shlex.join(command))
    process.on_terminal(command, cwd=found.root)
    _read()


def _read() -> None:
    click.pause("any key goes back to the watch ")


class _Live:
    """The board as a whole screen, drawn anew in place."""

    def __init__(self) -> None:
        from rich.live import Live

        from generator.cli import _screen

        self._console = _screen.out()
        self._live = Live(console=self._console, screen=True, auto_refresh=False)
        self.board: Board

    @contextmanager
    def shown(self) -> Iterator[None]:
        """The screen is ours while the block runs."""
        with self._live:
            yield

    def show(self, board: Board) -> None:
        """Draw it."""
        self.board = board
        self._live.update(self._drawn(board), refresh=True)

    @contextmanager
    def away(self) -> Iterator[None]:
        """The terminal as it was before, while the block runs."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def _drawn(self, board: Board) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        from generator.practice.watch.board import lines

        told = lines(board, _desk.time_left(board.session))[: self._console.height]
        whole = [Text(line.text, line.style, overflow="fold") for line in told]
        height = sum(len(text.wrap(self._console, self._console.width)) for text in whole)
        if height > self._console.height:
            return Group(
                *(Text(line.text, line.style, no_wrap=True, overflow="ellipsis") for line in told)
            )
        return Group(*whole)


class _Plain:
    """In a pipe: the tests of every whole round, one after the other."""

    def __init__(self) -> None:
        self.board: Board

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Nothing to set up."""
        yield

    def show(self, board: Board) -> None:
        """Print it when a round is over that was not printed yet."""
        from generator.cli import _screen
        from generator.practice.watch.board import lines

        before = getattr(self, "board", None)
        self.board = board
        if board.running or (before is not None and not before.running):
            return
        # Without the keys: nobody can press them.
        for line in lines(board, _desk.time_left(board.session))[:-1]:
            _screen.tell(line.text)
        sys.stdout.flush()

    @contextmanager
    def away(self) -> Iterator[None]:
        """Nothing to give way."""
        yield
