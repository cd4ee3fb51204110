"""Lines to records: cells, quotes and rows that run over several lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from csv_importer.dialect import Dialect
from csv_importer.uploads import Line

MOST_LINES = 20
UNCLOSED = "a quote is opened and never closed"
STRAY = "there is text behind a closing quote"


@dataclass(frozen=True)
class Record:
    """One row of the file, from its first line to its last."""

    line: int
    last_line: int
    cells: tuple[str, ...]
    raw: str
    flaw: str = ""


@dataclass(frozen=True)
class Cells:
    """A text taken apart."""

    cells: tuple[str, ...]
    unfinished: bool = False
    flaw: str = ""


class _Splitter:
    """Takes a text apart, one character after the other."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._cells: list[str] = []
        self._cell: list[str] = []
        self._quoted = False
        self._closed = False
        self._flaw = ""

    def split(self, text: str) -> Cells:
        """All cells of a text."""
        position = 0
        while position < len(text):
            position += self._take(text[position], text[position + 1 : position + 2])
        self._end_cell()
        return Cells(tuple(self._cells), self._quoted, self._flaw)

    def _take(self, char: str, following: str) -> int:
        if self._quoted:
            return self._take_quoted(char, following)
        if char == self._dialect.delimiter:
            self._end_cell()
        elif self._opens(char):
            self._quoted = True
            self._cell.clear()
        elif not self._closed:
            self._cell.append(char)
        elif not char.isspace():
            self._flaw = STRAY
        return 1

    def _take_quoted(self, char: str, following: str) -> int:
        if char != self._dialect.quote:
            self._cell.append(char)
            return 1
        if following == self._dialect.quote:
            self._cell.append(char)
            return 2
        self._quoted, self._closed = False, True
        return 1

    def _opens(self, char: str) -> bool:
        return char == self._dialect.quote and not self._closed and not "".join(self._cell).strip()

    def _end_cell(self) -> None:
        self._cells.append("".join(self._cell))
        self._cell.clear()
        self._closed = False


def split_cells(text: str, dialect: Dialect | None = None) -> Cells:
    """Take one text apart into its cells."""
    return _Splitter(dialect or Dialect()).split(text)


def read_records(
    lines: Iterable[Line], dialect: Dialect, most_lines: int = MOST_LINES
) -> Iterator[Record]:
    """Lines to records; empty lines and remarks are left out."""
    reader = _Reader(lines, dialect, most_lines)
    skip = 1 if dialect.hint else 0
    while line := reader.next():
        if line.number <= skip or is_left_out(line.text, dialect):
            continue
        yield reader.record(line)


def is_left_out(text: str, dialect: Dialect) -> bool:
    """Whether a line is empty or a remark."""
    if dialect.comment and text.lstrip().startswith(dialect.comment):
        return True
    return not text.strip()


class _Reader:
    def __init__(self, lines: Iterable[Line], dialect: Dialect, most_lines: int) -> None:
        self._lines = iter(lines)
        self._handed_back: deque[Line] = deque()
        self._dialect = dialect
        self._most_lines = most_lines

    def next(self) -> Line | None:
        if self._handed_back:
            return self._handed_back.popleft()
        return next(self._lines, None)

    def record(self, line: Line) -> Record:
        """The record that begins with a line."""
        if line.flaw:
            return Record(line.number, line.number, (), line.text, line.flaw)
        held, found = self._whole(line)
        if found.unfinished:
            self._handed_back.extendleft(reversed(held[1:]))
            return Record(line.number, line.number, (), line.text, UNCLOSED)
        raw = "\n".join(part.text for part in held)
        flaw = found.flaw or next((part.flaw for part in held if part.flaw), "")
        return Record(line.number, held[-1].number, found.cells, raw, flaw)

    def _whole(self, line: Line) -> tuple[list[Line], Cells]:
        held = [line]
        found = split_cells(line.text, self._dialect)
        while found.unfinished and len(held) < self._most_lines:
            following = self.next()
            if following is None:
                break
            held.append(following)
            found = split_cells("\n".join(part.text for part in held), self._dialect)
        return held, found
