"""What the screen of `watch` says, from what is known. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.practice.session import Session
    from generator.practice.watch.rounds import Round

_NAMED = 3
"""So many tests of a kind are named; of more the number is told."""
_PROBLEMS = 2
"""With these the whole is 24 lines at most."""
KEYS = {
    "d": "debug",
    "h": "hint",
    "n": "note",
    "c": "check",
    "f": "full",
    "p": "pause",
    "q": "quit",
}
DURING_A_RUN = frozenset("q")
"""What does something while tests run."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the screen and its style."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """What is known: the session, the last round, and how the tests stood at first."""

    session: Session
    heading: str
    round: Round | None = None
    first: Round | None = None
    """The first whole round: what passed there and fails now is newly broken."""
    running: bool = False
    note: str = ""
    """What there is to say beside it: why a round could not be run."""

    @property
    def failing(self) -> tuple[str, ...]:
        """The tests that fail and did so at first, or are new."""
        if self.round is None:
            return ()
        return tuple(test for test in self.round.of("failed") if test not in self.broken)

    @property
    def broken(self) -> tuple[str, ...]:
        """The tests that passed at first and fail now."""
        if self.round is None or self.first is None:
            return ()
        passed = set(self.first.of("passed"))
        return tuple(test for test in self.round.of("failed") if test in passed)

    @property
    def gone(self) -> tuple[str, ...]:
        """The tests that there were at first and that a whole round did not find any more."""
        if self.running or self.round is None or self.first is None or self.round.problems:
            return ()
        return tuple(test for test in self.first.states if test not in self.round.states)

    @property
    def reproduces(self) -> bool:
        """Whether the last round came to its end, and a test that failed at first was seen to fail."""
        if self.running or self.note or self.round is None or self.round.problems:
            return False
        return self.first is not None and not {*self.failing}.isdisjoint(self.first.of("failed"))

    @property
    def mended(self) -> tuple[str, ...]:
        """The tests that failed at first and pass now."""
        if self.round is None or self.first is None:
            return ()
        failed = set(self.first.of("failed"))
        return tuple(test for test in self.round.of("passed") if test in failed)


def lines(board: Board, clock: str) -> tuple[Line, ...]:
    """The screen from top to bottom; `clock` says how the time stands."""
    return (
        Line(f"{board.session.challenge}  {clock}", "bold"),
        Line(board.heading),
        Line(""),
        *_tests(board),
        Line(""),
        Line(_state(board), "dim"),
        Line("  ".join(f"{key} {what}" for key, what in _keys(board).items()), "dim"),
    )


def _keys(board: Board) -> dict[str, str]:
    said = KEYS | ({"p": "go on"} if board.session.paused else {})
    return {key: what for key, what in said.items() if not board.running or key in DURING_A_RUN}


def _tests(board: Board) -> Iterator[Line]:
    shown = board.round
    if board.note:
        yield Line(board.note, "red")
    if shown is None:
        return
    yield from (Line(problem, "red") for problem in shown.problems[:_PROBLEMS])
    yield from _named("broken", board.broken, shown, "bold red")
    yield from _named("fails", board.failing, shown, "red")
    yield from _named("passes now", board.mended, shown, "green")
    yield from _named("gone", board.gone, shown, "red")
    passed, skipped = len(shown.of("passed")), len(shown.of("skipped"))
    open_ = shown.total - len(shown.states)
    parts = [f"{passed:,} of {shown.total:,} pass"]
    parts += [f"{skipped:,} skipped"] if skipped else []
    parts += [f"{open_:,} {'to come' if board.running else 'not run'}"] if open_ > 0 else []
    whole = passed + skipped == shown.total > 0 and not board.gone
    yield Line(", ".join(parts), "green" if whole else "")


def _named(what: str, tests: tuple[str, ...], shown: Round, style: str) -> Iterator[Line]:
    """The first tests of a kind by name, and how the first of them failed."""
    for test in tests[:_NAMED]:
        yield Line(f"{what}  {test}", style)
        if test == tests[0] and shown.states.get(test) == "failed" and test in shown.messages:
            yield Line(f"  {shown.messages[test]}", style)
    if len(tests) > _NAMED:
        yield Line(f"{what}  and {len(tests) - _NAMED:,} more", style)


def _state(board: Board) -> str:
    if board.running:
        return "running"
    if board.session.paused:
        return "paused: nothing runs until you go on"
    took = f"{board.round.seconds:.1f} s, " if board.round else ""
    return f"{took}runs again when you save"
