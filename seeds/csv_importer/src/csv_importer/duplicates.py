"""Rows that occur more than once in a file."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence

from csv_importer.columns import Value
from csv_importer.problems import Problem

REMEMBERED = 10_000


def key_of(values: dict[str, Value], columns: Sequence[str]) -> str:
    """What makes a row the same as another."""
    return json.dumps([key_part(values.get(name)) for name in columns], ensure_ascii=False)


def key_part(value: Value) -> str:
    """One value as it is compared."""
    if isinstance(value, str):
        return value.strip().casefold()
    return "" if value is None else str(value)


class Seen:
    """Remembers rows by their keys, the latest ones only."""

    def __init__(self, remember: int = REMEMBERED) -> None:
        self._remember = remember
        self._lines: OrderedDict[str, int] = OrderedDict()

    def __str__(self) -> str:
        return f"the latest {self._remember} rows"

    def earlier(self, key: str) -> int:
        """The line that had the same key, or 0."""
        return self._lines.get(key, 0)

    def note(self, key: str, line: int) -> None:
        """Remember a row; what was remembered longest goes."""
        self._lines[key] = line
        self._lines.move_to_end(key)
        while len(self._lines) > self._remember:
            self._lines.popitem(last=False)

    def load(self, lines: Iterable[tuple[str, int]]) -> None:
        """Remember rows of an earlier part of the import."""
        for key, line in lines:
            self.note(key, line)


def repeated(
    key_columns: Sequence[str], values: dict[str, Value], line: int, earlier: int
) -> Problem:
    """The problem of a row that was there before."""
    shown = ", ".join(str(values.get(name)) for name in key_columns if values.get(name) is not None)
    return Problem(line, key_columns[0], "repeated", f"{shown} is in line {earlier} already")
