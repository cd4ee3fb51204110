"""The database: imported rows, quarantined lines, imports and checkpoints."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from threading import RLock
from typing import Any

from csv_importer.columns import Money, Value
from csv_importer.problems import Problem, Severity

TABLES = (
    "CREATE TABLE IF NOT EXISTS rows (list TEXT, key TEXT, import_id TEXT, line INTEGER, position INTEGER,"
    " data TEXT, PRIMARY KEY (list, key))",
    "CREATE TABLE IF NOT EXISTS quarantine (import_id TEXT, line INTEGER, raw TEXT, reason TEXT, at TEXT)",
    "CREATE TABLE IF NOT EXISTS imports (number INTEGER PRIMARY KEY, list TEXT, file TEXT, digest TEXT,"
    " status TEXT, started_at TEXT, finished_at TEXT, imported INTEGER)",
    "CREATE TABLE IF NOT EXISTS checkpoints (import_id TEXT PRIMARY KEY, line INTEGER, stamp TEXT, at TEXT, data TEXT)",
)


@dataclass(frozen=True)
class Entry:
    """A row about to be written."""

    key: str
    line: int
    values: dict[str, Value]


@dataclass(frozen=True)
class Written:
    """What became of the rows of a batch."""

    imported: int = 0
    replaced: int = 0
    skipped: int = 0
    refused: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Quarantined:
    """A line that was kept aside as it was."""

    import_id: str
    line: int
    raw: str
    reason: str
    at: datetime

    def __str__(self) -> str:
        return f"line {self.line} “{self.raw}”: {self.reason}"


@dataclass(frozen=True)
class Checkpoint:
    """How far an import was committed."""

    import_id: str
    line: int
    stamp: str
    at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    codes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportEntry:
    """One import in the history."""

    number: int
    list: str
    file: str
    digest: str
    status: str
    started_at: datetime
    finished_at: datetime
    imported: int

    @property
    def import_id(self) -> str:
        """The number as people quote it."""
        return f"import-{self.number}"

    def __str__(self) -> str:
        return f"{self.import_id}: {self.file}, {self.status}, {self.imported} imported"


class Store:
    """Everything that imports leave behind, in SQLite."""

    def __init__(self, path: str = ":memory:") -> None:
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._lock = RLock()
        for table in TABLES:
            self._db.execute(table)

    def close(self) -> None:
        """Let go of the database."""
        self._db.close()

    @contextmanager
    def savepoint(self, name: str) -> Iterator[None]:
        """All that is written inside is kept, or none of it."""
        with self._lock:
            self._db.execute(f"SAVEPOINT {name}")
            try:
                yield
            except BaseException:
                self._db.execute(f"ROLLBACK TO {name}")
                raise
            finally:
                self._db.execute(f"RELEASE {name}")

    def _run(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(query, parameters).fetchall()

    # rows

    def write(self, list_name: str, import_id: str, entries: list[Entry], existing: str) -> Written:
        """Write a batch at once; one by one where a row is in the list already."""
        try:
            with self.savepoint("batch_rows"):
                for entry in entries:
                    self._insert(list_name, import_id, entry)
        except sqlite3.IntegrityError:
            return self._write_each(list_name, import_id, entries, existing)
        return Written(imported=len(entries))

    def _write_each(
        self, list_name: str, import_id: str, entries: list[Entry], existing: str
    ) -> Written:
        imported = replaced = skipped = 0
        refused: list[Problem] = []
        for entry in entries:
            owner = self._owner(list_name, entry.key)
            policy = "replace" if owner == import_id else existing
            if owner is None:
                self._insert(list_name, import_id, entry)
                imported += 1
            elif policy == "replace":
                self._replace(list_name, import_id, entry)
                replaced += 1
            elif policy == "skip":
                skipped += 1
            else:
                message = f"the list has this row already, since {owner}"
                refused.append(Problem(entry.line, "", "existing", message))
        return Written(imported, replaced, skipped, tuple(refused))

    def _owner(self, list_name: str, key: str) -> str | None:
        found = self._run("SELECT import_id FROM rows WHERE list = ? AND key = ?", list_name, key)
        return str(found[0][0]) if found else None

    def _insert(self, list_name: str, import_id: str, entry: Entry) -> None:
        self._db.execute(
            "INSERT INTO rows (list, key, import_id, line, position, data) VALUES (?, ?, ?, ?,"
            " (SELECT COALESCE(MAX(position), 0) + 1 FROM rows WHERE list = ?), ?)",
            (list_name, entry.key, import_id, entry.line, list_name, packed(entry.values)),
        )

    def _replace(self, list_name: str, import_id: str, entry: Entry) -> None:
        self._db.execute(
            "UPDATE rows SET import_id = ?, line = ?, data = ? WHERE list = ? AND key = ?",
            (import_id, entry.line, packed(entry.values), list_name, entry.key),
        )

    def rows(
        self, list_name: str, *, first: int = 1, limit: int | None = None
    ) -> list[dict[str, Value]]:
        """The rows of a list in the order of their arrival, or some of them."""
        found = self._run("SELECT data FROM rows WHERE list = ? ORDER BY position", list_name)
        start = max(first, 1) - 1
        end = len(found) if limit is None else start + limit
        return [unpacked(data) for (data,) in found[start:end]]

    def keys_of(self, list_name: str, import_id: str) -> list[tuple[str, int]]:
        """The keys and lines that one import has written."""
        found = self._run(
            "SELECT key, line FROM rows WHERE list = ? AND import_id = ?", list_name, import_id
        )
        return sorted(found, key=lambda row: row[1])

    def remove_rows(self, list_name: str, import_id: str) -> int:
        """Delete what one import has written; tells how many rows."""
        keys = self.keys_of(list_name, import_id)
        self._run("DELETE FROM rows WHERE list = ? AND import_id = ?", list_name, import_id)
        return len(keys)

    # quarantine

    def put_aside(self, lines: Iterable[Quarantined]) -> None:
        """Keep malformed lines."""
        with self._lock:
            self._db.executemany(
                "INSERT INTO quarantine VALUES (?, ?, ?, ?, ?)",
                [(q.import_id, q.line, readable(q.raw), q.reason, q.at.isoformat()) for q in lines],
            )

    def quarantined(self, import_id: str = "") -> list[Quarantined]:
        """The lines kept aside, of one import or of all."""
        found = self._run("SELECT import_id, line, raw, reason, at FROM quarantine")
        lines = [
            Quarantined(name, line, raw, reason, datetime.fromisoformat(at))
            for name, line, raw, reason, at in found
        ]
        wanted = [line for line in lines if not import_id or line.import_id == import_id]
        return sorted(wanted, key=lambda line: (line.at, line.import_id, line.line))

    # imports

    def last_number(self) -> int:
        """The highest number of an import."""
        return int(self._run("SELECT COALESCE(MAX(number), 0) FROM imports")[0][0])

    def record(self, entry: ImportEntry) -> None:
        """Keep an import, or its later state, in the history."""
        times = entry.started_at.isoformat(), entry.finished_at.isoformat()
        what = entry.number, entry.list, entry.file, entry.digest, entry.status
        query = "INSERT OR REPLACE INTO imports VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._run(query, *what, *times, entry.imported)

    def imports(self, list_name: str = "") -> list[ImportEntry]:
        """All imports, or those into one list, by their numbers."""
        found = self._run("SELECT * FROM imports ORDER BY number")
        entries = [_import_entry(row) for row in found]
        return [entry for entry in entries if not list_name or entry.list == list_name]

    # checkpoints

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep how far an import is."""
        found = checkpoint.problems
        data = {
            "counts": checkpoint.counts,
            "codes": checkpoint.codes,
            "problems": [((p.line, p.column, p.code, p.message), p.severity.value) for p in found],
        }
        where = checkpoint.import_id, checkpoint.line, checkpoint.stamp, checkpoint.at.isoformat()
        self._run(
            "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?)", *where, json.dumps(data)
        )

    def checkpoint(self, import_id: str) -> Checkpoint | None:
        """How far an import was committed, if it left off in between."""
        found = self._run("SELECT * FROM checkpoints WHERE import_id = ?", import_id)
        if not found:
            return None
        name, line, stamp, at, text = found[0]
        data = json.loads(text)
        data["at"] = datetime.fromisoformat(at)
        kept = [(Problem(*told), Severity(kind)) for told, kind in data["problems"]]
        data["problems"] = tuple(replace(problem, severity=kind) for problem, kind in kept)
        return Checkpoint(name, line, stamp, **data)

    def drop_checkpoint(self, import_id: str) -> None:
        """Forget how far an import was."""
        self._run("DELETE FROM checkpoints WHERE import_id = ?", import_id)


def _import_entry(row: tuple[Any, ...]) -> ImportEntry:
    number, list_name, file, digest, status, started, finished, imported = row
    start, end = datetime.fromisoformat(started), datetime.fromisoformat(finished)
    return ImportEntry(number, list_name, file, digest, status, start, end, imported)


def readable(raw: str) -> str:
    """A line as it can be stored, whatever could not be read in it."""
    return raw.encode("utf-8", errors="replace").decode("utf-8")


def packed(values: dict[str, Value]) -> str:
    """A row as text."""
    return json.dumps({name: _pack(value) for name, value in values.items()}, ensure_ascii=False)


def _pack(value: Value) -> object:
    if isinstance(value, Money):
        return {"money": [str(value.amount), value.currency]}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return value


def unpacked(data: str) -> dict[str, Value]:
    """A row out of its text."""
    return {name: _unpack(value) for name, value in json.loads(data).items()}


def _unpack(value: Any) -> Value:
    match value:
        case {"money": [amount, currency]}:
            return Money(Decimal(amount), currency)
        case {"decimal": text}:
            return Decimal(text)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
    return value  # type: ignore[no-any-return]
