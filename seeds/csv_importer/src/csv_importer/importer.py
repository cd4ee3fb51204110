"""What other teams call: runs jobs and answers questions about imports."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from threading import Lock

from csv_importer import pipeline
from csv_importer import problems as stops
from csv_importer.columns import Value
from csv_importer.dialect import Dialect
from csv_importer.headers import Mapping
from csv_importer.layouts import Schema
from csv_importer.pipeline import Intake, Layout, TooManyProblemsError
from csv_importer.problems import Problem, ResumeError, SetupError, UnreadableFileError, error_list
from csv_importer.progress import Observer, Observers, Progress
from csv_importer.runtime import Clock, Numbers, SystemClock, log, milliseconds
from csv_importer.store import Checkpoint, Entry, ImportEntry, Quarantined, Store
from csv_importer.uploads import Upload, encoding_of

BATCH = 100
LARGEST_BATCH = 5000
LARGEST_FILE = 50_000_000
REPEAT_DAYS = 30
RESUME_HOURS = 24
UNDO_HOURS = 48
POLICIES = ("reject", "skip", "replace")
logger = logging.getLogger("csv_importer.importer")


class Status(Enum):
    """How an import ended."""

    COMPLETED = "completed"
    PAUSED = "paused"
    STOPPED = "stopped"
    REHEARSED = "rehearsed"
    ROLLED_BACK = "rolled back"
    BROKEN_OFF = "broken off"
    TAKEN_BACK = "taken back"


RESUMABLE = (Status.PAUSED.value, Status.STOPPED.value, Status.BROKEN_OFF.value)
FINAL = (Status.REHEARSED.value, Status.ROLLED_BACK.value, Status.TAKEN_BACK.value)


@dataclass(frozen=True)
class Job:
    """One file, the list it goes into, and how."""

    upload: Upload
    schema: Schema
    mapping: Mapping = field(default_factory=Mapping)
    dialect: Dialect | None = None
    encoding: str = ""
    batch_size: int = BATCH
    max_problems: int | None = None
    problems_shown: int = 100
    repeats: str = "reject"
    existing: str = "reject"
    dry_run: bool = False
    all_or_nothing: bool = False
    again: bool = False
    pause_after: int | None = None

    def check(self) -> None:
        """Refuse settings that make no sense."""
        if not 1 <= self.batch_size <= LARGEST_BATCH:
            raise SetupError(f"a batch has 1 to {LARGEST_BATCH} rows, not {self.batch_size}")
        if self.max_problems is not None and self.max_problems < 0:
            raise SetupError("the number of problems allowed cannot be below zero")
        if self.pause_after is not None and self.pause_after < 1:
            raise SetupError("an import can pause after one batch at the earliest")
        if self.pause_after is not None and (self.dry_run or self.all_or_nothing):
            raise SetupError("an import that keeps all or nothing cannot pause")
        for policy in (self.repeats, self.existing):
            if policy not in POLICIES:
                raise SetupError(f"rows can be handled by {', '.join(POLICIES)}, not by {policy}")
        self.mapping.check(self.schema)


@dataclass(frozen=True)
class ImportReport:
    """What became of a file."""

    import_id: str
    file: str
    status: Status
    read: int
    imported: int
    replaced: int
    skipped: int
    rejected: int
    malformed: int
    warnings: int
    last_line: int
    problems: tuple[Problem, ...]
    by_code: dict[str, int]
    started_at: datetime
    finished_at: datetime

    @property
    def accepted(self) -> int:
        """The rows that are in the list now thanks to the file."""
        return self.imported + self.replaced

    @property
    def duration_ms(self) -> int:
        """How long it took, in milliseconds."""
        return milliseconds(self.started_at, self.finished_at)

    def rejected_percent(self) -> int:
        """The share of lines that did not make it, rounded up."""
        if not self.read:
            return 0
        whole, rest = divmod((self.rejected + self.malformed) * 100, self.read)
        return whole + (1 if rest else 0)

    def problems_in(self, first: int, last: int | None = None) -> list[Problem]:
        """The problems of one line, or of a range of lines."""
        end = first if last is None else last
        return [problem for problem in self.problems if first <= problem.line <= end]

    def error_list(self, delimiter: str = ";") -> str:
        """The problems as a file for a spreadsheet."""
        return error_list(self.problems, delimiter)

    def summary(self) -> str:
        """The report in one sentence."""
        parts = [f"{self.imported} imported"]
        names = ("replaced", "skipped", "rejected", "malformed")
        others = {name: getattr(self, name) for name in names}
        parts += [f"{count} {name}" for name, count in others.items() if count]
        return f"{self.file} {self.status.value}: {', '.join(parts)} of {self.read} lines"


@dataclass(frozen=True)
class _Run:
    """An import under way."""

    job: Job
    entry: ImportEntry
    intake: Intake
    batches: Iterator[list[Entry]]


class _NothingKeptError(Exception):
    """Ends the outer savepoint without keeping anything."""


class Importer:
    """Imports files into lists and remembers what it did."""

    def __init__(
        self,
        store: Store | None = None,
        *,
        clock: Clock | None = None,
        observers: Iterable[Observer] = (),
        largest_file: int = LARGEST_FILE,
    ) -> None:
        self._store = store or Store()
        self._clock = clock or SystemClock()
        self._observers = Observers(observers)
        self._largest_file = largest_file
        self._numbers = Numbers(self._store.last_number())
        self._busy: dict[str, str] = {}
        self._lock = Lock()

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    # imports

    def run(self, job: Job) -> ImportReport:
        """Import a file."""
        job.check()
        self._check_size(job.upload)
        with self._exclusively(job.schema.name, job.upload.name):
            digest = job.upload.digest()
            if not job.again and not job.dry_run:
                self._check_first_time(job, digest)
            return self._import(job, self._entry(job, digest), None)

    def resume(self, import_id: str, job: Job) -> ImportReport:
        """Go on with an import that was paused, stopped or broken off."""
        job.check()
        entry = self._find(import_id)
        if job.schema.name != entry.list:
            raise ResumeError(f"{import_id} goes into the {entry.list}, not into the {job.schema}")
        if job.dry_run or job.all_or_nothing:
            raise ResumeError(f"{import_id} has begun already and can only be continued row by row")
        with self._exclusively(entry.list, job.upload.name):
            return self._import(job, entry, self._checkpoint(entry.import_id))

    def _entry(self, job: Job, digest: str) -> ImportEntry:
        now = self._clock.now()
        number = self._numbers.next()
        return ImportEntry(number, job.schema.name, job.upload.name, digest, "", now, now, 0)

    def _check_size(self, upload: Upload) -> None:
        if upload.size == 0:
            raise UnreadableFileError(f"{upload.name} is empty")
        if upload.size > self._largest_file:
            raise UnreadableFileError(
                f"{upload.name} has {upload.size} bytes, {self._largest_file} are allowed"
            )

    def _check_first_time(self, job: Job, digest: str) -> None:
        now = self._clock.now()
        for entry in reversed(self._store.imports(job.schema.name)):
            fresh = now < entry.started_at + timedelta(days=REPEAT_DAYS)
            if entry.digest == digest and fresh and entry.status not in FINAL:
                message = f"{job.upload.name} was imported before, as {entry.import_id}"
                raise stops.AlreadyImportedError(message)

    def _checkpoint(self, import_id: str) -> Checkpoint:
        entry = self._find(import_id)
        checkpoint = self._store.checkpoint(import_id)
        if checkpoint is None or entry.status not in RESUMABLE:
            raise ResumeError(f"{import_id} is {entry.status} and cannot be continued")
        if self._clock.now() >= checkpoint.at + timedelta(hours=RESUME_HOURS):
            raise ResumeError(f"{import_id} was left for more than {RESUME_HOURS} hours")
        return checkpoint

    @contextmanager
    def _exclusively(self, list_name: str, file: str) -> Iterator[None]:
        with self._lock:
            if list_name in self._busy:
                busy = self._busy[list_name]
                raise stops.BusyError(f"{busy} is still going into the {list_name}")
            self._busy[list_name] = file
        try:
            yield
        finally:
            with self._lock:
                del self._busy[list_name]

    def _import(self, job: Job, entry: ImportEntry, done: Checkpoint | None) -> ImportReport:
        found = stops.ProblemLog(job.problems_shown)
        intake = Intake(entry.import_id, self._clock.now(), job.max_problems, problems=found)
        if done is not None:
            intake.restore(done)
            intake.seen.load(self._store.keys_of(entry.list, entry.import_id))
        rows = pipeline.checked_rows(job.upload, self._layout(job), intake, done, job.repeats)
        run = _Run(job, entry, intake, pipeline.batched(rows, job.schema, job.batch_size))
        log(logger, "import started", entry.import_id, file=entry.file, list=entry.list)
        self._observers.tell(lambda o: o.started(entry.import_id, entry.file), entry.import_id)
        if job.dry_run or job.all_or_nothing:
            status = self._write_whole(run)
        else:
            status = self._write_parts(run, fresh=done is None)
        log(logger, "import finished", entry.import_id, intake.stamp.line, status=status.value)
        self._observers.tell(lambda o: o.finished(entry.import_id, status.value), entry.import_id)
        return self._report(run, status)

    def _layout(self, job: Job) -> Layout:
        encoding = encoding_of(job.upload, job.encoding)
        dialect = job.dialect or pipeline.dialect_of(job.upload, encoding)
        return Layout(encoding, dialect, job.schema, job.mapping)

    def _write_parts(self, run: _Run, *, fresh: bool) -> Status:
        try:
            if fresh:
                self._save(run, Status.BROKEN_OFF)
            status = self._write_batches(run)
        except TooManyProblemsError:
            status = Status.STOPPED
        except OSError as error:
            message = f"{run.entry.file} broke off; {run.entry.import_id} can be continued"
            raise UnreadableFileError(message) from error
        if status is Status.COMPLETED:
            self._store.drop_checkpoint(run.entry.import_id)
        self._record(run, status)
        return status

    def _write_whole(self, run: _Run) -> Status:
        status = Status.REHEARSED if run.job.dry_run else Status.ROLLED_BACK
        try:
            with self._store.savepoint("whole"):
                self._write_batches(run)
                if run.job.dry_run or run.intake.tally.bad:
                    raise _NothingKeptError
                self._store.drop_checkpoint(run.entry.import_id)
                status = Status.COMPLETED
        except (_NothingKeptError, TooManyProblemsError):
            logger.debug("nothing kept", extra={"import_id": run.entry.import_id, "line": 0})
        if not run.job.dry_run:
            self._record(run, status)
        return status

    def _write_batches(self, run: _Run) -> Status:
        for count, batch in enumerate(run.batches, start=1):
            is_last = count == run.job.pause_after
            with self._store.savepoint("batch"):
                self._write(run, batch)
                self._save(run, Status.PAUSED if is_last else Status.BROKEN_OFF)
            self._tell(run)
            if is_last:
                return Status.PAUSED
        self._put_aside(run.intake)
        return Status.COMPLETED

    def _write(self, run: _Run, batch: list[Entry]) -> None:
        entry, tally = run.entry, run.intake.tally
        written = self._store.write(entry.list, entry.import_id, batch, run.job.existing)
        for problem in written.refused:
            run.intake.rejected([problem])
        tally.imported += written.imported
        tally.replaced += written.replaced
        tally.skipped += written.skipped
        self._put_aside(run.intake)

    def _put_aside(self, intake: Intake) -> None:
        self._store.put_aside(intake.aside)
        intake.aside.clear()

    def _save(self, run: _Run, status: Status) -> None:
        self._store.save_checkpoint(run.intake.checkpoint(self._clock.now()))
        self._record(run, status)

    def _record(self, run: _Run, status: Status) -> None:
        tally = run.intake.tally
        imported = 0 if status is Status.ROLLED_BACK else tally.imported + tally.replaced
        now = self._clock.now()
        self._store.record(
            replace(run.entry, status=status.value, finished_at=now, imported=imported)
        )

    def _tell(self, run: _Run) -> None:
        tally = run.intake.tally
        line = run.intake.stamp.line
        news = Progress(run.entry.import_id, line, tally.read, tally.imported, tally.bad)
        self._observers.tell(lambda o: o.advanced(news), run.entry.import_id)

    def _report(self, run: _Run, status: Status) -> ImportReport:
        counts = run.intake.tally.counts()
        if status is Status.ROLLED_BACK:
            counts |= {"imported": 0, "replaced": 0}
        found = run.intake.problems
        return ImportReport(
            import_id=run.entry.import_id,
            file=run.entry.file,
            status=status,
            last_line=run.intake.stamp.line,
            problems=found.kept(),
            by_code=found.by_code(),
            started_at=run.entry.started_at,
            finished_at=self._clock.now(),
            **counts,
        )

    # questions

    def rows(
        self, list_name: str, *, first: int = 1, limit: int | None = None
    ) -> list[dict[str, Value]]:
        """The rows of a list."""
        return self._store.rows(list_name, first=first, limit=limit)

    def column(self, list_name: str, name: str) -> list[Value]:
        """The values of one column of a list."""
        return [row[name] for row in self._store.rows(list_name) if row.get(name) is not None]

    def quarantine(self, import_id: str = "") -> list[Quarantined]:
        """The lines put aside, of one import or of all."""
        return self._store.quarantined(import_id)

    def history(
        self,
        list_name: str = "",
        *,
        newest_first: bool = True,
        limit: int | None = None,
        since: datetime | None = None,
    ) -> list[ImportEntry]:
        """The imports so far."""
        entries = [
            entry
            for entry in self._store.imports(list_name)
            if since is None or entry.started_at >= since
        ]
        entries.sort(key=lambda entry: (entry.started_at, entry.number), reverse=newest_first)
        return entries[:limit]

    def undo(self, import_id: str) -> int:
        """Take an import back; tells how many rows went."""
        entry = self._find(import_id)
        name = entry.import_id
        if entry.status in FINAL:
            raise stops.UndoError(f"{name} is {entry.status}, there is nothing to take back")
        if self._clock.now() > entry.finished_at + timedelta(hours=UNDO_HOURS):
            raise stops.UndoError(f"{name} was finished more than {UNDO_HOURS} hours ago")
        with self._exclusively(entry.list, entry.file), self._store.savepoint("undo"):
            removed = self._store.remove_rows(entry.list, name)
            self._store.drop_checkpoint(name)
            self._store.record(replace(entry, status=Status.TAKEN_BACK.value, imported=0))
        log(logger, "import taken back", name, removed=removed)
        return removed

    def _find(self, import_id: str) -> ImportEntry:
        wanted = import_id.strip().lower()
        for entry in self._store.imports():
            if entry.import_id == wanted:
                return entry
        raise stops.UnknownImportError(f"there is no {import_id}")
