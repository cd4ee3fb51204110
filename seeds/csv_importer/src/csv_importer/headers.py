"""Headings: how they are compared, and which column of the list each belongs to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from csv_importer.layouts import Column, Schema
from csv_importer.problems import HeaderError, SetupError
from csv_importer.records import Record

PREAMBLE = 8
WORDS = re.compile(r"[^\W_]+")
UNKNOWN = ("ignore", "refuse")


def normalise_header(text: str) -> str:
    """A heading as it is compared."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return " ".join(WORDS.findall(plain))


@dataclass(frozen=True)
class Mapping:
    """Which heading of a file means which column, beyond the names that a list knows by itself."""

    names: dict[str, str] = field(default_factory=dict)
    unknown: str = "ignore"

    def check(self, schema: Schema) -> None:
        """Refuse columns that the list does not have."""
        if self.unknown not in UNKNOWN:
            raise SetupError(f"other headings can be ignored or refused, not “{self.unknown}”")
        known = {column.name for column in schema.columns}
        for heading, name in self.names.items():
            if name not in known:
                raise SetupError(
                    f"“{heading}” cannot be taken as {name}: the {schema} has no such column"
                )

    def wanted(self, schema: Schema) -> dict[str, str]:
        """Compared heading → column name; what was mapped by hand comes first."""
        wanted = {normalise_header(heading): name for heading, name in self.names.items()}
        mapped = set(self.names.values())
        for column in schema.columns:
            if column.name in mapped:
                continue
            for heading in column.headings():
                wanted.setdefault(normalise_header(heading), column.name)
        return wanted


@dataclass(frozen=True)
class HeaderMap:
    """Where each column stands in a file."""

    positions: dict[str, int]
    width: int
    ignored: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join(f"{name} in column {at + 1}" for name, at in self.positions.items())


def map_header(
    cells: Sequence[str], schema: Schema, mapping: Mapping | None = None, *, line: int = 1
) -> HeaderMap:
    """Find the columns of a list among the headings of a file."""
    mapping = mapping or Mapping()
    wanted = mapping.wanted(schema)
    positions: dict[str, int] = {}
    ignored: list[str] = []
    for position, cell in enumerate(cells):
        name = wanted.get(normalise_header(cell))
        if name is None:
            if cell.strip():
                ignored.append(cell.strip())
        elif name in positions:
            raise HeaderError(
                f"columns {positions[name] + 1} and {position + 1} are both headed as {name}"
            )
        else:
            positions[name] = position
    _check_complete(positions, schema.columns, line)
    if ignored and mapping.unknown == "refuse":
        raise HeaderError(f"line {line} has headings that nobody expects: {', '.join(ignored)}")
    return HeaderMap(positions, _width(cells), tuple(ignored))


def _width(cells: Sequence[str]) -> int:
    width = len(cells)
    while width > 0 and not cells[width - 1].strip():
        width -= 1
    return width


def _check_complete(positions: dict[str, int], columns: Sequence[Column], line: int) -> None:
    missing = [
        column.name for column in columns if column.required and column.name not in positions
    ]
    if missing:
        raise HeaderError(f"line {line} has no heading for: {', '.join(missing)}")


def find_header(
    records: Iterable[Record],
    schema: Schema,
    mapping: Mapping | None = None,
    *,
    preamble: int = PREAMBLE,
) -> tuple[HeaderMap, Iterator[Record]]:
    """Look for the headings among the first records; give them and the records behind them."""
    rest = iter(records)
    refusal: HeaderError | None = None
    best = -1
    for tried, record in enumerate(rest, start=1):
        try:
            return map_header(record.cells, schema, mapping, line=record.line), rest
        except HeaderError as error:
            known = matches(record.cells, schema, mapping)
            if known > best:
                best, refusal = known, error
        if tried >= preamble:
            break
    raise refusal or HeaderError("the file has no headings")


def matches(cells: Sequence[str], schema: Schema, mapping: Mapping | None = None) -> int:
    """How many cells are headings that the list knows."""
    wanted = (mapping or Mapping()).wanted(schema)
    return sum(1 for cell in cells if normalise_header(cell) in wanted)
