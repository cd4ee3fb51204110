"""A Change: what an operator does at one site, said in terms of nodes, and turned into text edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from generator.records import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import libcst as cst

    from generator.source import Source


class Instruction(Protocol):
    """One step of a change."""

    @property
    def anchor(self) -> cst.CSTNode:
        """A node of the file that is changed."""

    def edits(self, source: Source) -> Iterator[Edit]:
        """The step as text edits of that file."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an operator does at one site, in one or several places and files. The first step is the bug itself;
    what follows only clears up after it."""

    steps: tuple[Instruction, ...]

    def __add__(self, other: Change) -> Change:
        return Change(self.steps + other.steps)

    def edits(self, owner: Callable[[cst.CSTNode], Source]) -> tuple[Edit, ...]:
        """The change as text edits: sorted, none overlapping, each doing something.

        Raises ValueError where two steps change the same text in different ways.
        """
        found: dict[Edit, None] = {}
        for step in self.steps:
            source = owner(step.anchor)
            found.update(
                (edit, None) for edit in step.edits(source) if _does_something(source, edit)
            )
        return _joined(sorted(found, key=lambda edit: (edit.path, edit.start, edit.end)))


def _does_something(source: Source, edit: Edit) -> bool:
    return source.data[edit.start : edit.end] != edit.text.encode()


def _joined(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Neighbouring edits as one. An insertion inside a removal, or two that overlap, can't both be done."""
    done: list[Edit] = []
    for edit in (each for each in edits if not _is_gone_anyway(each, edits)):
        last = done[-1] if done else None
        if last is None or last.path != edit.path or last.end < edit.start:
            done.append(edit)
        elif last.end > edit.start and not (last.text == edit.text == ""):
            raise ValueError(f"two steps of one change meet at {edit.path}:{edit.start}")
        else:
            done[-1] = Edit(edit.path, last.start, max(last.end, edit.end), last.text + edit.text)
    return tuple(done)


def _is_gone_anyway(edit: Edit, edits: Sequence[Edit]) -> bool:
    """Whether a removal lies within another one."""
    return not edit.text and any(
        not each.text
        and each is not edit
        and (each.path, each.start <= edit.start, edit.end <= each.end) == (edit.path, True, True)
        for each in edits
    )
