"""What can be wrong: problems are collected and reported, exceptions end the whole import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

KEPT = 100


class ImportStoppedError(Exception):
    """The import as a whole cannot go on. The message may be shown to whoever uploaded the file."""


class SetupError(ImportStoppedError):
    """The settings of an import contradict themselves."""


class UnreadableFileError(ImportStoppedError):
    """The file cannot be read as text in columns."""


class HeaderError(ImportStoppedError):
    """The headings do not fit the list."""


class ResumeError(ImportStoppedError):
    """An import cannot be continued with this file."""


class AlreadyImportedError(ImportStoppedError):
    """The very same file was imported before."""


class BusyError(ImportStoppedError):
    """Another import into the same list is under way."""


class UnknownImportError(ImportStoppedError):
    """There is no such import."""


class UndoError(ImportStoppedError):
    """An import cannot be taken back any more."""


class CellError(ValueError):
    """One cell cannot be understood; becomes a problem of its line."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Severity(Enum):
    """What a problem does to its line."""

    REJECTED = "rejected"
    MALFORMED = "malformed"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One finding in a file."""

    line: int
    column: str
    code: str
    message: str
    severity: Severity = Severity.REJECTED

    def __str__(self) -> str:
        place = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.message}"


class ProblemLog:
    """Collects the problems of one import; counts all of them and keeps the first for the report."""

    def __init__(self, keep: int = KEPT) -> None:
        self._keep = keep
        self._kept: list[Problem] = []
        self._by_code: Counter[str] = Counter()

    def add(self, problem: Problem) -> None:
        """Take one problem down."""
        self._by_code[problem.code] += 1
        if len(self._kept) < self._keep:
            self._kept.append(problem)

    def kept(self) -> tuple[Problem, ...]:
        """The problems for the report, in the order of the file."""
        return tuple(sorted(self._kept, key=lambda problem: (problem.line, problem.column)))

    def by_code(self) -> dict[str, int]:
        """How often each kind of problem occurred, the most frequent first."""
        return dict(sorted(self._by_code.items(), key=lambda item: (-item[1], item[0])))

    def restore(self, kept: Iterable[Problem], codes: dict[str, int]) -> None:
        """Go on from where an earlier part of the import ended."""
        self._kept = list(kept)[: self._keep]
        self._by_code = Counter(codes)


def error_list(problems: Iterable[Problem], delimiter: str = ";") -> str:
    """The problems as a file that can be opened in a spreadsheet."""
    rows = [("Line", "Column", "Problem")]
    rows += [(str(found.line), found.column or "-", found.message) for found in problems]
    return "\n".join(delimiter.join(_quoted(cell, delimiter) for cell in row) for row in rows)


def _quoted(cell: str, delimiter: str) -> str:
    if delimiter in cell or '"' in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell
