"""The loop of `watch`: saves, keys and rounds come in, the board goes out. One thread decides; two others wait for files and
run tests, and hand what they have over a queue."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import watchfiles

from generator import process
from generator.errors import BugsquashError
from generator.practice import history
from generator.practice.session import Kind
from generator.practice.watch.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from generator.judge.challenge_directory import Found
    from generator.practice.watch.board import Board
    from generator.practice.watch.rounds import Round
    from generator.practice.watch.terminal import Keys

_TICK = 1.0
"""Seconds after which the clock on the screen is brought up to date."""
_GATHERED = 20
"""Milliseconds without a further save after which those before count as one."""
_AT_MOST = 200
"""Milliseconds that are waited for further ones."""


class Screen(Protocol):
    """Where the board is shown."""

    def show(self, board: Board) -> None:
        """Show it."""

    def away(self) -> AbstractContextManager[None]:
        """While the block runs the terminal belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class Saved:
    """Files have changed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What the run of that number has shown so far; `whole` when nothing more comes, `why_not` where it could not be run."""

    number: int
    round: Round | None
    whole: bool = False
    why_not: str = ""


class Bell:
    """Messages whose arrival can be waited for beside the terminal."""

    def __init__(self) -> None:
        self._messages: queue.SimpleQueue[Saved | Ran] = queue.SimpleQueue()
        self.rings, self._pulled = os.pipe()

    def ring(self, message: Saved | Ran) -> None:
        """Put a message in."""
        self._messages.put(message)
        os.write(self._pulled, b".")

    def heard(self) -> Iterator[Saved | Ran]:
        """The messages that are there."""
        os.read(self.rings, 4096)
        while not self._messages.empty():
            yield self._messages.get()

    def close(self) -> None:
        """Nobody rings any more."""
        os.close(self._pulled)
        os.close(self.rings)


class Runner:
    """Runs rounds in a thread of its own, always the newest one that was asked for."""

    def __init__(self, found: Found, bell: Bell) -> None:
        self._rounds, self._bell = Rounds(found), bell
        self._asked: queue.SimpleQueue[tuple[int, process.Stop] | None] = queue.SimpleQueue()
        self._stop = process.Stop()
        self.number = 0
        """Of the round that was asked for last."""
        self._thread = threading.Thread(target=self._work, name="rounds", daemon=True)
        self._thread.start()

    def start_over(self) -> None:
        """Run the tests on the files as they are now; a round that is under way ends at once."""
        self._stop.stop()
        self._stop = process.Stop()
        self.number += 1
        self._asked.put((self.number, self._stop))

    def close(self) -> None:
        """End what runs and what stays."""
        self._stop.stop()
        self._asked.put(None)
        self._thread.join()
        self._rounds.close()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            number, stop = asked
            with stop.covers(), contextlib.suppress(process.StoppedError):
                self._bell.ring(self._last(number))
                self._rounds.warm_up()

    def _last(self, number: int) -> Ran:
        """Run a round and tell what is known of it as it comes; returns the last there is to tell."""
        told = Ran(number, None, whole=True)
        try:
            for shown in self._rounds.run():
                self._bell.ring(Ran(number, shown))
                told = Ran(number, shown, whole=True)
        except (BugsquashError, OSError) as error:
            # A file that an editor puts another in the place of is gone for a moment; the save itself is still to come.
            return Ran(number, None, whole=True, why_not=str(error))
        return told


class _Matters(watchfiles.DefaultFilter):
    """What is no cache, no editor's dropping, and not what pytest makes its cache of when somebody runs it there."""

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        """Whether a change of this file is a save."""
        return "/pytest-cache-files-" not in path and super().__call__(change, path)


class Files:
    """Tells of saves below a directory, from a thread of its own."""

    def __init__(self, root: Path, bell: Bell, *, poll: bool) -> None:
        self._root, self._bell = root, bell
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(poll,), name="files", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no longer."""
        self._over.set()
        self._thread.join()

    def _watch(self, poll: bool) -> None:
        try:
            for _ in watchfiles.watch(
                self._root,
                watch_filter=_Matters(),
                debounce=_AT_MOST,
                step=_GATHERED,
                stop_event=self._over,
                force_polling=poll or None,
                raise_interrupt=False,
            ):
                self._bell.ring(Saved())
        except (OSError, RuntimeError):
            # The system watches no more files for this person: look at them every so often.
            if not poll:
                self._watch(poll=True)


def watch(
    found: Found,
    board: Board,
    screen: Screen,
    keys: Keys,
    actions: Mapping[str, Callable[[], None]],
    *,
    poll: bool = False,
) -> Board:
    """Show the board and keep it true until the person leaves; returns it as it was last.

    `actions` are what keys do while the terminal is theirs; `p` pauses, `q` leaves. Raises UnfitError where the history can't
    be kept.
    """
    with contextlib.ExitStack() as held:
        bell = Bell()
        held.callback(bell.close)
        runner = Runner(found, bell)
        held.callback(runner.close)
        held.callback(Files(found.root, bell, poll=poll).close)
        held.enter_context(keys.taken())
        runner.start_over()
        board = replace(board, running=True)
        waiting = False
        while True:
            screen.show(board)
            rung, key = keys.wait(bell.rings, _TICK)
            for message in bell.heard() if rung else ():
                if isinstance(message, Saved):
                    waiting = True
                elif message.number == runner.number:
                    board = _with(board, message)
                    if board.reproduces:
                        history.reproduce(found)
            if key == "q":
                return board
            if key == "p" and not board.running:
                history.add(found, Kind.RESUMED if board.session.paused else Kind.PAUSED)
            elif key in actions and not board.running:
                with screen.away(), keys.given_back():
                    actions[key]()
            board = replace(board, session=history.session(found))
            if waiting and not board.session.paused:
                runner.start_over()
                board, waiting = replace(board, running=True, note=""), False


def _with(board: Board, ran: Ran) -> Board:
    """The board with what a round has shown."""
    first = board.first
    if first is None and ran.whole and ran.round is not None and not ran.round.problems:
        first = ran.round
    return replace(
        board,
        round=ran.round or board.round,
        first=first,
        running=not ran.whole,
        note=ran.why_not,
    )
