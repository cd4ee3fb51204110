"""Which line of the buggy code is which of the clean one: through the edits, never by looking alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator import outline
from generator.edits import apply_to_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from generator.records import Edit


@dataclass(frozen=True, slots=True)
class Lines:
    """Of one file."""

    to_clean: Mapping[int, int]
    """Buggy line → clean line, of those that the edits leave alone."""
    edited: frozenset[int]
    """Lines of the clean file in statements that the edits reach."""
    edited_buggy: frozenset[int]
    """The same of the buggy file."""
    guilty: frozenset[int]
    """Lines of the buggy file where the fault is; where lines went, the one that took their place."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Of two trees. Files that it does not name are the same in both."""

    files: Mapping[str, Lines] = field(default_factory=dict)

    def is_edited(self, path: str, line: int) -> bool:
        """Whether a line of the clean file belongs to a statement that is another one in the buggy file, or is not there."""
        return path in self.files and line in self.files[path].edited

    def is_edited_buggy(self, path: str, line: int) -> bool:
        """The same of a line of the buggy file."""
        return path in self.files and line in self.files[path].edited_buggy

    def clean_line(self, path: str, line: int) -> int | None:
        """The line of the clean file that this one of the buggy file is; None for an edited one."""
        return self.files[path].to_clean.get(line) if path in self.files else line

    def buggy_line(self, path: str, line: int) -> int | None:
        """The line of the buggy file that this one of the clean file is; None for an edited one."""
        if path not in self.files:
            return line
        of_file = self.files[path].to_clean.items()
        return next((buggy for buggy, clean in of_file if clean == line), None)

    def is_guilty(self, path: str, line: int) -> bool:
        """Whether the fault is in this line of the buggy file."""
        return path in self.files and line in self.files[path].guilty


SAME = Alignment()
"""Of a tree with itself."""


def through(contents: Mapping[str, bytes], edits: Iterable[Edit]) -> Alignment:
    """Align the clean files with what the edits make of them. Both have to parse."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    return Alignment({path: _lines(contents[path], some) for path, some in by_path.items()})


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Lines that an edit reaches, in both files."""

    clean: range
    buggy: range


def _lines(source: bytes, edits: list[Edit]) -> Lines:
    ordered = sorted(edits, key=lambda edit: edit.start)
    buggy_source = apply_to_file(source, ordered)
    hunks = list(_hunks(source, ordered))
    ends = source.count(b"\n") + 2, buggy_source.count(b"\n") + 2
    to_clean = dict(_untouched(hunks, ends))
    edited = _whole(source, {line for hunk in hunks for line in hunk.clean})
    edited_buggy = _whole(buggy_source, {line for hunk in hunks for line in hunk.buggy})
    # What is another statement in one file is another in the other.
    both = {
        line: clean for line, clean in to_clean.items() if clean in edited or line in edited_buggy
    }
    edited_buggy |= both.keys()
    edited |= set(both.values())
    guilty = edited_buggy.union(hunk.buggy.start for hunk in hunks if not hunk.buggy)
    return Lines(
        {line: clean for line, clean in to_clean.items() if line not in both},
        frozenset(edited),
        frozenset(edited_buggy),
        frozenset(_whole(buggy_source, guilty)),
    )


def _hunks(source: bytes, ordered: list[Edit]) -> Iterator[_Hunk]:
    shift = 0
    for edit in ordered:
        first = source.count(b"\n", 0, edit.start) + 1
        last = source.count(b"\n", 0, edit.end) + 1
        longer = edit.text.count("\n") - (last - first)
        # Where whole lines go and come, the one after them is nobody's.
        starts_line = _at_line_start(source, edit.start)
        whole = _at_line_start(source, edit.end) and (
            edit.text.endswith("\n") or (not edit.text and starts_line)
        )
        beyond = last if whole else last + 1
        yield _Hunk(range(first, beyond), range(first + shift, beyond + shift + longer))
        shift += longer


def _at_line_start(source: bytes, offset: int) -> bool:
    return offset == 0 or source[offset - 1 : offset] == b"\n"


def _untouched(hunks: list[_Hunk], ends: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Buggy and clean line of all that no hunk holds."""
    clean = buggy = 1
    for hunk in [*hunks, _Hunk(range(ends[0], ends[0]), range(ends[1], ends[1]))]:
        yield from zip(range(buggy, hunk.buggy.start), range(clean, hunk.clean.start), strict=False)
        clean, buggy = max(clean, hunk.clean.stop), max(buggy, hunk.buggy.stop)


def _whole(source: bytes, lines: set[int]) -> set[int]:
    """These lines and those of the statements that they lie in."""
    return lines.union(*(span for span in outline.statements(source) if not lines.isdisjoint(span)))


def moved(before: bytes, after: bytes, line: int) -> int:
    """A line inside a function, in a file in which other functions have come, gone or changed."""
    function = outline.enclosing(outline.functions(before), line)
    there = {each.name: each for each in outline.functions(after)}
    if function is None or function.name not in there:
        return line
    return line + there[function.name].start - function.start
