"""Rows up in batches, items down in pages, each going on where it was left."""

from __future__ import annotations

import logging
from asyncio import Lock
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol
from weakref import WeakValueDictionary

from gleaner.faults import JobMismatchError, RestingError, SettingsError, UnfitRowError
from gleaner.metering import facts
from gleaner.paging import Ask, Pager
from gleaner.timing import Clock
from gleaner.wire import JSON, Item, Locks, RowsBody, encode

log = logging.getLogger("gleaner.uploading")

Post = Callable[[str, str, RowsBody, str], Awaitable[JSON]]
"""Account, path, body and key."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a job has come."""

    fingerprint: str
    done: int


class Progress(Protocol):
    """Remembers, for longer than a process lives, how far things have come."""

    def job(self, account: str, job: str) -> Mark | None:
        """How far an upload has come."""

    def mark_job(self, account: str, job: str, mark: Mark) -> None:
        """An upload has come so far."""

    def place(self, account: str, path: str) -> str | None:
        """The last item that was taken from a list."""

    def mark_place(self, account: str, path: str, place: str) -> None:
        """Everything up to this item was taken."""


class MemoryProgress:
    """Remembers until the process ends."""

    def __init__(self) -> None:
        self._jobs: dict[tuple[str, str], Mark] = {}
        self._places: dict[tuple[str, str], str] = {}

    def job(self, account: str, job: str) -> Mark | None:
        """How far an upload has come."""
        return self._jobs.get((account, job))

    def mark_job(self, account: str, job: str, mark: Mark) -> None:
        """An upload has come so far."""
        self._jobs[account, job] = mark

    def place(self, account: str, path: str) -> str | None:
        """The last item that was taken from a list."""
        return self._places.get((account, path))

    def mark_place(self, account: str, path: str, place: str) -> None:
        """Everything up to this item was taken."""
        self._places[account, path] = place


class Sink(Protocol):
    """Takes items over. What it raises leaves them where they are."""

    def take(self, items: list[Item]) -> None:
        """Take a page's items, all or none."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an upload did."""

    job: str
    rows: int
    batches: int
    skipped: int
    """Batches that had been sent before."""


@dataclass(slots=True)
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
        if batch and (len(batch) >= most_rows or size + length > most_bytes):
            packed.append(batch)
            batch, size = [], 0
        batch.append(dict(row))
        size += length
    if batch:
        packed.append(batch)
    return packed


def fingerprint(path: str, packed: Sequence[Sequence[Item]]) -> str:
    """What makes a job the same job."""
    parts = [path, *(encode(list(batch)).decode() for batch in packed)]
    return sha256("\n".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Uploader:
    """Sends batches, each of them once."""

    post: Post
    progress: Progress
    clock: Clock
    rests: int
    """How often a batch waits for its host to come back."""
    _locks: Locks = field(default_factory=WeakValueDictionary)

    async def upload(
        self, account: str, path: str, packed: Sequence[Sequence[Item]], job: str
    ) -> Receipt:
        """Send what was not sent yet."""
        wanted = fingerprint(path, packed)
        lock = self._locks.setdefault((account, job), Lock())
        async with lock:
            mark = self.progress.job(account, job)
            if mark is not None and mark.fingerprint != wanted:
                raise JobMismatchError(job)
            skipped = mark.done if mark is not None else 0
            for number, batch in enumerate(packed[skipped:], start=skipped + 1):
                await self._send(account, path, batch, f"{job}-{number}")
                self.progress.mark_job(account, job, Mark(wanted, number))
        sent = packed[skipped:]
        return Receipt(job, sum(map(len, sent)), len(sent), skipped)

    async def _send(self, account: str, path: str, batch: Sequence[Item], key: str) -> None:
        for rests in range(self.rests + 1):
            try:
                await self.post(account, path, {"rows": list(batch)}, key)
            except RestingError as resting:
                if rests == self.rests:
                    raise
                log.info("upload waits", extra=facts(key=key, pause_ms=resting.opens_in_ms))
                await self.clock.sleep(resting.opens_in_ms)
            else:
                return


@dataclass(frozen=True, slots=True)
class Syncer:
    """Takes over what is new in a list."""

    pager: Pager
    progress: Progress
    _locks: Locks = field(default_factory=WeakValueDictionary)

    async def sync(self, account: str, path: str, sink: Sink) -> SyncReport:
        """Hand new items to the sink, page by page, and remember the place behind each."""
        lock = self._locks.setdefault((account, path), Lock())
        async with lock:
            report = SyncReport(path, place=self.progress.place(account, path))
            after = report.place
            while report.pages < self.pager.most_pages:
                ask = Ask(account, path, after=after, limit=self.pager.page_size)
                page = await self.pager.page(ask)
                report.pages += 1
                place = page.end
                if place is not None:
                    sink.take(list(page.items))
                    self.progress.mark_place(account, path, place)
                    report.items += len(page.items)
                    report.place = place
                if page.next is None:
                    break
                after = page.next
        return report
