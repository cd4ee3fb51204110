"""The public face: `AsyncClient`, and `Client` for those who have no event loop of their own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any, TypeVar

from gleaner.breaking import Board, BreakerReport, BreakerRules, Breaking
from gleaner.caching import Cache, Caching
from gleaner.faults import SettingsError
from gleaner.gathering import Sheaf, gather, latest, merged, together
from gleaner.limiting import AccountBook, Bucket, Gate, Gating, Limiting, Rate
from gleaner.metering import Meter, Usage, request_scope
from gleaner.paging import Ask, Harvest, Page, Pager
from gleaner.retrying import Backoff, Chance, Ids, RandomIds, Retrying, SeededChance
from gleaner.tallying import Tally, apportion, tally
from gleaner.timing import Clock, Deadline, SystemClock, to_ms
from gleaner.transport import Judging, Metering, Signing, StreamTransport, Timing
from gleaner.uploading import (
    Job,
    MemoryProgress,
    Progress,
    Receipt,
    Sink,
    Syncer,
    SyncReport,
    Uploader,
    batches,
)
from gleaner.wire import JSON, Item, Query, Request, Send, decode, encode, flatten, onion

T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """Everything that can be tuned, for all accounts together."""

    backoff: Backoff = field(default_factory=Backoff)
    breaker: BreakerRules = field(default_factory=BreakerRules)
    timeout_s: float = 10
    at_once: int = 4
    page_size: int = 50
    most_pages: int = 200
    cache_s: float = 0
    cache_entries: int = 256
    batch_rows: int = 100
    batch_bytes: int = 64_000
    rests: int = 1

    def check(self) -> None:
        """Refuse what makes no sense."""
        self.backoff.check()
        self.breaker.check()
        if self.timeout_s <= 0:
            raise SettingsError("a time-out is longer than nothing")
        if min(self.at_once, self.page_size, self.most_pages) < 1:
            raise SettingsError("there has to be one at least: at once, a page, pages")

    def __str__(self) -> str:
        return ", ".join(_differences(self)) or "as usual"


def _differences(settings: Any) -> Iterator[str]:
    usual = type(settings)()
    for each in fields(settings):
        value = getattr(settings, each.name)
        if isinstance(value, (Backoff, BreakerRules)):
            yield from _differences(value)
        elif value != getattr(usual, each.name):
            unit = " s" if each.name.endswith("_s") else ""
            yield f"{each.name.removesuffix('_s').replace('_', ' ')} {value}{unit}"


class AsyncClient:
    """Reads and writes for any number of accounts.

    A request goes through the layers from the cache to the transport and its answer comes back the same way;
    `onion` below has their order.
    """

    def __init__(
        self,
        transport: Send,
        settings: Settings,
        *,
        clock: Clock,
        ids: Ids,
        chance: Chance,
        progress: Progress,
    ) -> None:
        settings.check()
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._meter = meter = Meter()
        self._book = book = AccountBook()
        self._board = board = Board(settings.breaker)
        self._cache = cache = Cache(settings.cache_entries)
        gates: defaultdict[str, Gate] = defaultdict(lambda: Gate(settings.at_once))
        self._send = onion(
            transport,
            lambda send: Caching(send, cache, clock, meter, to_ms(settings.cache_s)),
            lambda send: Retrying(send, settings.backoff, clock, chance, ids, meter),
            lambda send: Limiting(send, book, clock, meter),
            lambda send: Gating(send, gates, clock),
            lambda send: Breaking(send, board, clock),
            lambda send: Timing(send, clock, to_ms(settings.timeout_s)),
            lambda send: Judging(send, clock),
            lambda send: Signing(send, book),
            lambda send: Metering(send, clock, meter),
        )
        self._uploader = Uploader(self._write, progress, clock, settings.rests)
        self._syncer = Syncer(self._pager(None), progress)

    async def connect(
        self,
        account: str,
        host: str,
        token: str,
        *,
        headers: Mapping[str, str] | None = None,
        rate: Rate | None = None,
        check: str | None = None,
    ) -> None:
        """Add an account. With `check`, a path, only if its token is good for that."""
        bucket = Bucket(rate, self._clock.now()) if rate is not None else None
        self._book.add(account, host, token, headers or {}, bucket)
        with self._scope():
            try:
                if check is not None:
                    await self._read(account, check, fresh=True)
            except BaseException:
                self._book.remove(account)
                raise

    def disconnect(self, account: str) -> None:
        """Remove an account and what is kept for it."""
        self._book.remove(account)
        self._cache.forget(account)

    def renew(self, account: str, token: str) -> None:
        """Give an account another token; attempts from now on use it."""
        self._book.of(account).token = token
        self._cache.forget(account)

    def accounts(self) -> list[str]:
        """List the accounts."""
        return self._book.names()

    async def get(
        self,
        account: str,
        path: str,
        query: Query | None = None,
        *,
        fresh: bool = False,
        deadline_s: float | None = None,
    ) -> JSON:
        """Read one document. `fresh`: not from memory."""
        deadline = self._deadline(deadline_s)
        with self._scope():
            return await self._read(account, path, flatten(query), fresh=fresh, deadline=deadline)

    async def page(
        self,
        account: str,
        path: str,
        query: Query | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """Read one page of a list."""
        most = self._settings.page_size
        limit = most if limit is None else limit
        if not 0 < limit <= most:
            raise SettingsError(f"a page has 1 to {most} items")
        pager = self._pager(None)
        ask = replace(pager.ask(account, path, query, after), limit=limit)
        with self._scope():
            return await pager.page(ask)

    async def fetch_all(
        self,
        account: str,
        path: str,
        query: Query | None = None,
        *,
        after: str | None = None,
        at_most: int | None = None,
        deadline_s: float | None = None,
    ) -> Harvest:
        """Read a list to its end, or until there are so many items."""
        pager = self._pager(self._deadline(deadline_s))
        with self._scope():
            return await pager.collect(pager.ask(account, path, query, after), at_most)

    async def fetch_many(
        self,
        account: str,
        paths: Sequence[str],
        query: Query | None = None,
        *,
        at_once: int | None = None,
        at_most: int | None = None,
        keep_going: bool = False,
        deadline_s: float | None = None,
    ) -> Sheaf:
        """Read several lists at the same time. `at_most` is for all of them together."""
        pager = self._pager(self._deadline(deadline_s))

        def collect(path: str, budget: int | None) -> Coroutine[Any, Any, Harvest]:
            return pager.collect(pager.ask(account, path, query, None), budget)

        with self._scope():
            return await gather(
                paths,
                collect,
                at_once=self._settings.at_once if at_once is None else at_once,
                at_most=at_most,
                keep_going=keep_going,
            )

    async def latest(
        self, account: str, paths: Sequence[str], count: int, *, by: str = "at"
    ) -> list[Item]:
        """The newest items of several lists."""
        sheaf = await self.fetch_many(account, paths)
        return latest(sheaf.items, by, count)

    async def timeline(self, account: str, paths: Sequence[str], *, by: str = "at") -> list[Item]:
        """Several lists as one, in the order of a field."""
        sheaf = await self.fetch_many(account, paths)
        return merged(sheaf.items, by)

    async def tally(self, account: str, paths: Sequence[str], *, by: str) -> Tally:
        """Add up the amounts of several lists, by a field of their items."""
        sheaf = await self.fetch_many(account, paths)
        return tally(sheaf.items, by)

    async def post(
        self,
        account: str,
        path: str,
        body: JSON,
        *,
        key: str | None = None,
        repeatable: bool = True,
    ) -> JSON:
        """Write. `repeatable`: the server knows a repeated request by its key."""
        with self._scope():
            return await self._write(account, path, body, key, repeatable=repeatable)

    async def upload(
        self,
        account: str,
        path: str,
        rows: Iterable[Item],
        job: str,
        *,
        batch_rows: int | None = None,
    ) -> Receipt:
        """Send rows in batches. A job that broke off goes on where it was when it is started again."""
        most_rows = self._settings.batch_rows if batch_rows is None else batch_rows
        packed = batches(rows, most_rows, self._settings.batch_bytes)
        with self._scope():
            return await self._uploader.upload(Job(job, account, path, packed))

    async def sync(self, account: str, paths: Sequence[str], sink: Sink) -> list[SyncReport]:
        """Hand what is new in some lists to a sink."""
        jobs = [partial(self._syncer.sync, account, path, sink) for path in paths]
        with self._scope():
            return await together(jobs, self._settings.at_once)

    def forget(self, account: str, path: str | None = None) -> int:
        """Forget answers of an account."""
        self._book.of(account)
        return self._cache.forget(account, path)

    def usage(self, account: str) -> Usage:
        """What was done for an account."""
        return self._meter.usage(account)

    def allowance(self, account: str) -> int | None:
        """How many requests of an account could go out at once; None where there is no limit."""
        bucket = self._book.of(account).bucket
        return bucket.available(self._clock.now()) if bucket is not None else None

    def bill(self, amount: int) -> dict[str, int]:
        """Divide an amount among the accounts by their requests."""
        requests = self._meter.counts("requests")
        return apportion(amount, requests)

    def breakers(self) -> list[BreakerReport]:
        """How the breakers of all hosts stand."""
        return self._board.reports(self._clock.now())

    def _scope(self) -> AbstractContextManager[str]:
        return request_scope(self._ids.next("req"))

    def _deadline(self, deadline_s: float | None) -> Deadline | None:
        """The moment at which a call has to be over."""
        if deadline_s is None:
            return None
        return Deadline(self._clock.now() + to_ms(deadline_s))

    def _pager(self, deadline: Deadline | None) -> Pager:
        """What reads the pages of a list, up to a deadline."""
        read = partial(self._read_page, deadline=deadline)
        return Pager(read, self._settings.page_size, self._settings.most_pages)

    async def _read_page(self, ask: Ask, *, deadline: Deadline | None) -> JSON:
        return await self._read(ask.account, ask.path, ask.params(), deadline=deadline)

    async def _read(
        self,
        account: str,
        path: str,
        query: tuple[tuple[str, str], ...] = (),
        *,
        fresh: bool = False,
        deadline: Deadline | None = None,
    ) -> JSON:
        host = self._book.of(account).host
        request = Request("GET", host, path, account, query, deadline=deadline, fresh=fresh)
        response = await self._send(request)
        return decode(response.body)

    async def _write(
        self, account: str, path: str, body: JSON, key: str | None, *, repeatable: bool = True
    ) -> JSON:
        request = Request(
            "POST",
            self._book.of(account).host,
            path,
            account,
            body=encode(body),
            key=key,
            repeatable=repeatable,
        )
        response = await self._send(request)
        return decode(response.body)


class Client:
    """The same for programs without an event loop: each call returns when it is done."""

    def __init__(self, inner: AsyncClient, clock: Clock) -> None:
        self._inner = inner
        self._runner = asyncio.Runner(loop_factory=clock.new_loop)

    def close(self) -> None:
        """Let go of the loop."""
        self._runner.close()

    def connect(
        self,
        account: str,
        host: str,
        token: str,
        *,
        headers: Mapping[str, str] | None = None,
        rate: Rate | None = None,
        check: str | None = None,
    ) -> None:
        """Add an account. With `check`, a path, only if its token is good for that."""
        self._run(
            self._inner.connect(account, host, token, headers=headers, rate=rate, check=check)
        )

    def disconnect(self, account: str) -> None:
        """Remove an account and what is kept for it."""
        self._inner.disconnect(account)

    def renew(self, account: str, token: str) -> None:
        """Give an account another token; attempts from now on use it."""
        self._inner.renew(account, token)

    def accounts(self) -> list[str]:
        """List the accounts."""
        return self._inner.accounts()

    def get(
        self,
        account: str,
        path: str,
        query: Query | None = None,
        *,
        fresh: bool = False,
        deadline_s: float | None = None,
    ) -> JSON:
        """Read one document. `fresh`: not from memory."""
        return self._run(self._inner.get(account, path, query, fresh=fresh, deadline_s=deadline_s))

    def page(
        self,
        account: str,
        path: str,
        query: Query | None = None,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """Read one page of a list."""
        return self._run(self._inner.page(account, path, query, after=after, limit=limit))

    def fetch_all(
        self,
        account: str,
        path: str,
        query: Query | None = None,
        *,
        after: str | None = None,
        at_most: int | None = None,
        deadline_s: float | None = None,
    ) -> Harvest:
        """Read a list to its end, or until there are so many items."""
        return self._run(
            self._inner.fetch_all(
                account, path, query, after=after, at_most=at_most, deadline_s=deadline_s
            )
        )

    def fetch_many(
        self,
        account: str,
        paths: Sequence[str],
        query: Query | None = None,
        *,
        at_once: int | None = None,
        at_most: int | None = None,
        keep_going: bool = False,
        deadline_s: float | None = None,
    ) -> Sheaf:
        """Read several lists at the same time. `at_most` is for all of them together."""
        return self._run(
            self._inner.fetch_many(
                account,
                paths,
                query,
                at_once=at_once,
                at_most=at_most,
                keep_going=keep_going,
                deadline_s=deadline_s,
            )
        )

    def latest(
        self, account: str, paths: Sequence[str], count: int, *, by: str = "at"
    ) -> list[Item]:
        """The newest items of several lists."""
        return self._run(self._inner.latest(account, paths, count, by=by))

    def timeline(self, account: str, paths: Sequence[str], *, by: str = "at") -> list[Item]:
        """Several lists as one, in the order of a field."""
        return self._run(self._inner.timeline(account, paths, by=by))

    def tally(self, account: str, paths: Sequence[str], *, by: str) -> Tally:
        """Add up the amounts of several lists, by a field of their items."""
        return self._run(self._inner.tally(account, paths, by=by))

    def post(
        self,
        account: str,
        path: str,
        body: JSON,
        *,
        key: str | None = None,
        repeatable: bool = True,
    ) -> JSON:
        """Write. `repeatable`: the server knows a repeated request by its key."""
        return self._run(self._inner.post(account, path, body, key=key, repeatable=repeatable))

    def upload(
        self,
        account: str,
        path: str,
        rows: Iterable[Item],
        job: str,
        *,
        batch_rows: int | None = None,
    ) -> Receipt:
        """Send rows in batches. A job that broke off goes on where it was when it is started again."""
        return self._run(self._inner.upload(account, path, rows, job, batch_rows=batch_rows))

    def sync(self, account: str, paths: Sequence[str], sink: Sink) -> list[SyncReport]:
        """Hand what is new in some lists to a sink."""
        return self._run(self._inner.sync(account, paths, sink))

    def forget(self, account: str, path: str | None = None) -> int:
        """Forget answers of an account."""
        return self._inner.forget(account, path)

    def usage(self, account: str) -> Usage:
        """What was done for an account."""
        return self._inner.usage(account)

    def allowance(self, account: str) -> int | None:
        """How many requests of an account could go out at once; None where there is no limit."""
        return self._inner.allowance(account)

    def bill(self, amount: int) -> dict[str, int]:
        """Divide an amount among the accounts by their requests."""
        return self._inner.bill(amount)

    def breakers(self) -> list[BreakerReport]:
        """How the breakers of all hosts stand."""
        return self._inner.breakers()

    def _run(self, call: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(call)


def open_async_client(
    transport: Send | None = None,
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    chance: Chance | None = None,
    progress: Progress | None = None,
) -> AsyncClient:
    """Put a client together; what is not given is the real thing."""
    return AsyncClient(
        transport if transport is not None else StreamTransport(),
        settings if settings is not None else Settings(),
        clock=clock if clock is not None else SystemClock(),
        ids=ids if ids is not None else RandomIds(),
        chance=chance if chance is not None else SeededChance(),
        progress=progress if progress is not None else MemoryProgress(),
    )


def open_client(
    transport: Send | None = None,
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    chance: Chance | None = None,
    progress: Progress | None = None,
) -> Client:
    """Put a client together for a program without an event loop."""
    clock = clock if clock is not None else SystemClock()
    inner = open_async_client(
        transport, settings, clock=clock, ids=ids, chance=chance, progress=progress
    )
    return Client(inner, clock)
