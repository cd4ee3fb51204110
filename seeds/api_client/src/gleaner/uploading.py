"""Rows up in batches, items down in pages, each going on where it was left."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from gleaner.faults import JobMismatchError, RestingError, SettingsError, UnfitRowError
from gleaner.metering import facts
from gleaner.paging import Pager
from gleaner.timing import Clock
from gleaner.wire import JSON, Item, Key, Locks, encode

log = logging.getLogger("gleaner.uploading")

Post = Callable[[str, str, JSON, str], Awaitable[JSON]]
"""Account, path, body and key."""


@dataclass(frozen=True)
class Mark:
    """How far a job has come."""

    fingerprint: str
    done: int


class Progress(Protocol):
    """Remembers, for longer than a process lives, how far things have come."""

    def job(self, key: Key) -> Mark | None:
        """How far an upload has come."""

    def mark_job(self, key: Key, mark: Mark) -> None:
        """An upload has come so far."""

    def place(self, key: Key) -> str | None:
        """The last item that was taken from a list."""

    def mark_place(self, key: Key, place: str) -> None:
        """Everything up to this item was taken."""


class MemoryProgress:
    """Remembers until the process ends."""

    def __init__(self) -> None:
        self._jobs: dict[Key, Mark] = {}
        self._places: dict[Key, str] = {}

    def job(self, key: Key) -> Mark | None:
        """How far an upload has come."""
        return self._jobs.get(key)

    def mark_job(self, key: Key, mark: Mark) -> None:
        """An upload has come so far."""
        self._jobs[key] = mark

    def place(self, key: Key) -> str | None:
        """The last item that was taken from a list."""
        return self._places.get(key)

    def mark_place(self, key: Key, place: str) -> None:
        """Everything up to this item was taken."""
        self._places[key] = place


class Sink(Protocol):
    """Takes items over. What it raises leaves them where they are."""

    def take(self, items: list[Item]) -> None:
        """Take a page's items, all or none."""


@dataclass(frozen=True)
class Receipt:
    """What an upload did."""

    job: str
    rows: int
    batches: int
    skipped: int
    """Batches that had been sent before."""


@dataclass
class SyncReport:
    """What a sync did."""

    path: str
    items: int = 0
    pages: int = 0
    place: str | None = None


def batches(rows: Iterable[Item], most_rows: int, most_bytes: int) -> list[list[Item]]:
    """Divide rows so that no batch has too many of them or is too long; their order stays."""
    if most_rows < 1:
        raise SettingsError("a batch has one row at least")
    packed: list[list[Item]] = []
    batch: list[Item] = []
    size = 0
    for number, row in enumerate(rows, start=1):
        length = len(encode(row))
        if length > most_bytes:
            raise UnfitRowError(number, f"has {length} bytes, {most_bytes} are allowed")
        if len(batch) >= most_rows or size + length > most_bytes:
            packed.append(batch)
            batch = []
            size = 0
        batch.append(row)
        size += length
    if batch:
        packed.append(batch)
    return packed


@dataclass(frozen=True)
class Job:
    """An upload under its name."""

    name: str
    account: str
    path: str
    batches: Sequence[Sequence[Item]]

    def fingerprint(self) -> str:
        """What makes a job the same job."""
        texts = [encode(list(batch)).decode() for batch in self.batches]
        return sha256("\n".join([self.path, *texts]).encode()).hexdigest()


@dataclass
class Uploader:
    """Sends batches, each of them once."""

    post: Post
    progress: Progress
    clock: Clock
    rests: int
    """How often a batch waits for its host to come back."""
    _locks: Locks = field(default_factory=Locks)

    async def upload(self, job: Job) -> Receipt:
        """Send the batches that were not sent yet, and note each; the job goes on where it broke off."""
        wanted = job.fingerprint()
        key = (job.account, job.name)
        async with self._locks.holding(key):
            mark = self.progress.job(key)
            if mark is not None and mark.fingerprint != wanted:
                raise JobMismatchError(job.name)
            skipped = mark.done if mark is not None else 0
            left = job.batches[skipped:]
            for number, batch in enumerate(left, start=skipped + 1):
                await self._send(job, batch, f"{job.name}-{number}")
                self.progress.mark_job(key, Mark(wanted, number))
        return Receipt(job.name, sum(map(len, left)), len(left), skipped)

    async def _send(self, job: Job, batch: Sequence[Item], key: str) -> None:
        """Send a batch. It may wait for a host that is given a rest."""
        for rests in range(self.rests + 1):
            try:
                await self.post(job.account, job.path, {"rows": list(batch)}, key)
            except RestingError as resting:
                if rests == self.rests:
                    raise
                log.info("upload waits", extra=facts(key=key, pause_ms=resting.opens_in_ms))
                await self.clock.sleep(resting.opens_in_ms)
            else:
                return


@dataclass
class Syncer:
    """Takes over what is new in a list."""

    pager: Pager
    progress: Progress
    _locks: Locks = field(default_factory=Locks)

    async def sync(self, account: str, path: str, sink: Sink) -> SyncReport:
        """Hand the new items of a list to the sink, page by page, and remember the place behind each."""
        key = (account, path)
        async with self._locks.holding(key):
            report = SyncReport(path, place=self.progress.place(key))
            after = report.place
            while report.pages < self.pager.most_pages:
                page = await self.pager.page(self.pager.ask(account, path, None, after))
                report.pages += 1
                place = page.end
                if place is not None:
                    sink.take(list(page.items))
                    self.progress.mark_place(key, place)
                    report.items += len(page.items)
                    report.place = place
                if not page.next:
                    break
                after = page.next
        return report
