"""What is told of a bug after the hour, as the answer key keeps it. Standard library only."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VERSION = 1
"""Of the way in which executions are compared and distances are measured."""


NO_EXCEPTION, NO_CALL, NO_LINE = "no exception", "no call", "it ends"
"""What stands in the place of one that is not there."""


class Kind(StrEnum):
    """In what two executions differ."""

    BRANCH = "branch"
    """Another line comes next."""
    LOCAL = "local"
    """A local name stands for another value."""
    ATTRIBUTE = "attribute"
    """An attribute has another value."""
    ARGUMENT = "argument"
    """A call is given another value."""
    RETURN = "return"
    """A call gives back another value."""
    EXCEPTION = "exception"
    """One raises what the other does not."""
    CALL = "call"
    """Another function is called, or none."""


DEEDS = (Kind.BRANCH, Kind.CALL, Kind.EXCEPTION)
"""What is done or not, and has no value of its own."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is not as it should be."""

    kind: Kind
    path: str
    function: str
    """Qualified name."""
    line: int
    """In the buggy file: where it came about. Of an argument, where the function begins."""
    clean_line: int
    """The line that ran in its place in the clean file."""
    name: str
    """Of the local, the attribute (`self.total`), the parameter, the function that is called or not; or ""."""
    expected: str
    """The value that should have been, as text; of a branch, the line of the clean file that should have come next."""
    actual: str
    """The value that was; of a branch, the line of the buggy file that came next."""


@dataclass(frozen=True, slots=True)
class Distance:
    """What is executed in the project's functions between two events of the buggy run."""

    calls: int
    lines: int


@dataclass(frozen=True, slots=True)
class Link:
    """A call on the way from the test to the first difference, and the line of the buggy code that it was executing then."""

    path: str
    line: int
    function: str
    wrong: Wrong | None
    """The first wrong value of it after that."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A line typed in pdb, and what pdb says to it."""

    command: str
    shows: str


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the buggy code."""

    path: str
    line: int
    function: str
    text: str


@dataclass(frozen=True, slots=True)
class Debrief:
    """One bug in one failing test. Lines are those of the buggy files."""

    test: str
    failure: str
    """What the test ends in: `AssertionError: assert 3 == 2`."""
    why_not: str = ""
    """Where there is no first difference to show: why."""
    first: Wrong | None = None
    chain: tuple[Link, ...] = ()
    """From the test down to it."""
    fault_to_first: Distance | None = None
    """From the first execution of the fault; None where that did not run before, while the test did."""
    first_to_failure: Distance | None = None
    sparse: bool = False
    """From some place on only calls could be recorded, and no lines."""
    session: tuple[Typed, ...] = ()
    """What shows it in pdb, begun at the test's first line; it was really run."""
    elsewhere: tuple[Place, ...] = ()
    """Where a person could have made the same mistake."""
    version: int = VERSION

    def moved(self, move: Callable[[str, int], int]) -> Debrief:
        """The same where lines are others: `move` says of path and line which line it is."""

        def wrong(one: Wrong | None) -> Wrong | None:
            return one and replace(one, line=move(one.path, one.line))

        def session(text: str) -> str:
            return _LINE_IN_PDB.sub(
                lambda found: (
                    f"{found['path']}{found['mark']}{move(found['path'], int(found['line']))}"
                ),
                text,
            )

        return replace(
            self,
            first=wrong(self.first),
            chain=tuple(
                replace(link, line=move(link.path, link.line), wrong=wrong(link.wrong))
                for link in self.chain
            ),
            session=tuple(
                Typed(session(typed.command), session(typed.shows)) for typed in self.session
            ),
        )


_LINE_IN_PDB = re.compile(r"(?P<path>[\w./-]+\.py)(?P<mark>[:(])(?P<line>\d+)")
"""`src/shop/cart.py:12` of a breakpoint, `src/shop/cart.py(12)` of where pdb stands."""


def from_json(told: Mapping[str, Any]) -> Debrief:
    """The debrief that `dataclasses.asdict` made this of.

    Raises KeyError or TypeError where it did not.
    """
    return Debrief(
        **{
            **told,
            "first": _wrong(told["first"]),
            "chain": tuple(
                Link(**{**link, "wrong": _wrong(link["wrong"])}) for link in told["chain"]
            ),
            "fault_to_first": _distance(told["fault_to_first"]),
            "first_to_failure": _distance(told["first_to_failure"]),
            "session": tuple(Typed(**typed) for typed in told["session"]),
            "elsewhere": tuple(Place(**place) for place in told["elsewhere"]),
        }
    )


def _wrong(told: Mapping[str, Any] | None) -> Wrong | None:
    return None if told is None else Wrong(**{**told, "kind": Kind(told["kind"])})


def _distance(told: Mapping[str, Any] | None) -> Distance | None:
    return None if told is None else Distance(**told)
