"""The way of a file: bytes, lines, records, cells, values, checked rows, batches. Each stage is a generator."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime

from csv_importer.dialect import Dialect, detect_dialect
from csv_importer.duplicates import Seen, key_of, repeated
from csv_importer.headers import HeaderMap, Mapping, find_header
from csv_importer.layouts import Schema
from csv_importer.problems import (
    CellError,
    ImportStoppedError,
    Problem,
    ProblemLog,
    ResumeError,
    Severity,
)
from csv_importer.records import Record, read_records
from csv_importer.rules import Values, check_row, is_rejected
from csv_importer.runtime import log
from csv_importer.store import Checkpoint, Entry, Quarantined
from csv_importer.uploads import HEAD, Encoding, Upload, read_lines

logger = logging.getLogger("csv_importer.pipeline")


class TooManyProblemsError(ImportStoppedError):
    """More lines were rejected than allowed."""


@dataclass
class Tally:
    """What became of the rows of a file."""

    read: int = 0
    imported: int = 0
    replaced: int = 0
    skipped: int = 0
    rejected: int = 0
    malformed: int = 0
    warnings: int = 0

    @property
    def bad(self) -> int:
        """The rows that were kept out."""
        return self.rejected + self.malformed

    def counts(self) -> dict[str, int]:
        """All figures by their names."""
        return asdict(self)


@dataclass(frozen=True)
class Row:
    """One row on its way."""

    record: Record
    values: Values


class Stamp:
    """A fingerprint of the records read so far."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.line = 0

    def add(self, record: Record) -> None:
        """Take one more record in."""
        self._digest.update(record.raw.encode("utf-8", errors="surrogateescape"))
        self._digest.update(b"\n")
        self.line = record.last_line

    def value(self) -> str:
        """The fingerprint."""
        return self._digest.hexdigest()


@dataclass
class Intake:
    """What the stages of one import share: the figures, the problems and the lines put aside."""

    import_id: str
    now: datetime
    max_problems: int | None = None
    tally: Tally = field(default_factory=Tally)
    problems: ProblemLog = field(default_factory=ProblemLog)
    stamp: Stamp = field(default_factory=Stamp)
    seen: Seen = field(default_factory=Seen)
    aside: list[Quarantined] = field(default_factory=list)

    def malformed(self, record: Record, reason: str) -> None:
        """Put a line aside that cannot be taken apart."""
        self.tally.malformed += 1
        self.aside.append(Quarantined(self.import_id, record.line, record.raw, reason, self.now))
        self._note(Problem(record.line, "", "malformed", reason, Severity.MALFORMED))
        self._check_limit()

    def rejected(self, problems: Iterable[Problem]) -> None:
        """Keep a row out because of its problems."""
        self.tally.rejected += 1
        for problem in problems:
            self._note(problem)
        self._check_limit()

    def warned(self, problems: Iterable[Problem]) -> None:
        """Take down what does not keep a row out."""
        for problem in problems:
            self.tally.warnings += 1
            self._note(problem)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Go on with the figures of an earlier part."""
        self.tally = Tally(**checkpoint.counts)
        self.problems.restore(checkpoint.problems, checkpoint.codes)

    def checkpoint(self, at: datetime) -> Checkpoint:
        """How far the import is now."""
        return Checkpoint(
            self.import_id,
            self.stamp.line,
            self.stamp.value(),
            at,
            self.tally.counts(),
            self.problems.kept(),
            self.problems.by_code(),
        )

    def _note(self, problem: Problem) -> None:
        self.problems.add(problem)
        log(logger, "problem", self.import_id, problem.line, code=problem.code)

    def _check_limit(self) -> None:
        if self.max_problems is not None and self.tally.bad > self.max_problems:
            raise TooManyProblemsError(
                f"more than {self.max_problems} lines are not as they should be"
            )


@dataclass(frozen=True)
class Layout:
    """How one file is to be read."""

    encoding: Encoding
    dialect: Dialect
    schema: Schema
    mapping: Mapping


def dialect_of(upload: Upload, encoding: Encoding) -> Dialect:
    """Tell the dialect of a file from its first lines."""
    head = upload.head(HEAD)[len(encoding.mark) :]
    text = head.decode(encoding.name, errors="replace")
    lines = text.splitlines()
    if upload.size > HEAD and len(lines) > 1:
        lines.pop()
    return detect_dialect("\n".join(lines))


def records_of(upload: Upload, layout: Layout) -> tuple[HeaderMap, Iterator[Record]]:
    """The records of a file behind its headings."""
    lines = read_lines(upload.chunks(), layout.encoding)
    records = read_records(lines, layout.dialect)
    return find_header(records, layout.schema, layout.mapping)


def checked_rows(
    upload: Upload, layout: Layout, intake: Intake, done: Checkpoint | None, repeats: str
) -> Iterator[Row]:
    """All stages from the bytes to the rows that may be written."""
    header, records = records_of(upload, layout)
    fresh = behind(records, done, intake.stamp)
    formed = well_formed(fresh, header, intake)
    values = typed(formed, layout.schema, header, intake)
    valid = validated(values, layout.schema, intake)
    return distinct(valid, layout.schema, repeats, intake)


def behind(records: Iterable[Record], done: Checkpoint | None, stamp: Stamp) -> Iterator[Record]:
    """The records behind a checkpoint; those in front of it have to be the same as then."""
    end = done.line if done else 0
    verified = done is None
    for record in records:
        if record.line > end and not verified:
            check_stamp(done, stamp)
            verified = True
        stamp.add(record)
        if record.line > end:
            yield record
    if not verified:
        check_stamp(done, stamp)


def check_stamp(done: Checkpoint | None, stamp: Stamp) -> None:
    """Refuse to go on with a file that begins otherwise."""
    if done is not None and stamp.value() != done.stamp:
        raise ResumeError(f"the file is not the same up to line {done.line}")


def well_formed(records: Iterable[Record], header: HeaderMap, intake: Intake) -> Iterator[Record]:
    """Put records aside that are damaged or have too few or too many cells."""
    for record in records:
        intake.tally.read += 1
        reason = record.flaw or wrong_width(record, header.width)
        if reason:
            intake.malformed(record, reason)
        else:
            yield record


def wrong_width(record: Record, width: int) -> str:
    """What is wrong with the number of cells, if anything."""
    found = len(record.cells)
    if found < width:
        return f"the line has {found} columns, {width} are needed"
    if any(cell.strip() for cell in record.cells[width:]):
        return f"the line has {found} columns, only {width} have headings"
    return ""


def typed(
    records: Iterable[Record], schema: Schema, header: HeaderMap, intake: Intake
) -> Iterator[Row]:
    """Read the cells of each record as values."""
    for record in records:
        values, problems = read_values(record, schema, header)
        if problems:
            intake.rejected(problems)
        else:
            yield Row(record, values)


def read_values(record: Record, schema: Schema, header: HeaderMap) -> tuple[Values, list[Problem]]:
    """The values of one record and what is wrong with its cells."""
    values: Values = {}
    problems: list[Problem] = []
    for column in schema.columns:
        position = header.positions.get(column.name)
        text = "" if position is None else record.cells[position]
        try:
            values[column.name] = column.read(text)
        except CellError as error:
            problems.append(Problem(record.line, column.name, error.code, str(error)))
    return values, problems


def validated(rows: Iterable[Row], schema: Schema, intake: Intake) -> Iterator[Row]:
    """Apply the rules of the list."""
    today = intake.now.date()
    for row in rows:
        problems = check_row(row.values, schema.rules, line=row.record.line, today=today)
        if is_rejected(problems):
            intake.rejected(problems)
            continue
        intake.warned(problems)
        yield row


def distinct(rows: Iterable[Row], schema: Schema, repeats: str, intake: Intake) -> Iterator[Row]:
    """Deal with rows that were there before in the same file."""
    for row in rows:
        key = key_of(row.values, schema.key)
        earlier = intake.seen.earlier(key)
        if earlier and repeats == "reject":
            intake.rejected([repeated(schema.key, row.values, row.record.line, earlier)])
        elif earlier and repeats == "skip":
            intake.tally.skipped += 1
        else:
            intake.seen.note(key, row.record.line)
            yield row


def batched(rows: Iterable[Row], schema: Schema, size: int) -> Iterator[list[Entry]]:
    """Rows in groups, the last of which may be smaller."""
    batch: list[Entry] = []
    for row in rows:
        batch.append(Entry(key_of(row.values, schema.key), row.record.line, row.values))
        if len(batch) >= size:
            yield batch
            batch = []
    if batch:
        yield batch
