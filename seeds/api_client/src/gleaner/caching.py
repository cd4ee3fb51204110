"""Answers kept for a while, by account, and forgotten when the account writes."""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from gleaner.faults import GleanerError
from gleaner.metering import Meter
from gleaner.timing import SECOND, Clock
from gleaner.wire import Key, Locks, Request, Response, Send

_MAX_AGE = re.compile(r"max-age=(\d+)")


@dataclass(frozen=True)
class Entry:
    """One answer, to whom it was given, and until when it can be."""

    account: str
    target: str
    response: Response
    expires: int


class Cache:
    """The least recently used entries go first."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._epochs: Counter[str] = Counter()

    def get(self, key: Key, now: int) -> Response | None:
        """The answer that is kept, unless its time is over."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if now >= entry.expires:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry.response

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an answer. Where there is no room, the one goes that was not used for longest."""
        self._entries[key] = entry
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def epoch(self, account: str) -> int:
        """How often something of this account was forgotten."""
        return self._epochs[account]

    def forget(self, account: str, path: str | None = None) -> int:
        """Drop what is known of a path and of everything below it, or all of the account; return how much that was."""
        self._epochs[account] += 1
        dropped = 0
        for key, entry in list(self._entries.items()):
            if entry.account == account and (path is None or covers(path, entry.target)):
                del self._entries[key]
                dropped += 1
        return dropped


def key_of(request: Request) -> Key:
    """What makes two questions the same."""
    return request.account, request.target


def covers(path: str, target: str) -> bool:
    """Whether a target is the path or lies below it."""
    known = target.partition("?")[0]
    return known == path or known.startswith(path.rstrip("/") + "/")


def touched(path: str) -> str:
    """What a write to a path may change: `/orders/7` is also a line of `/orders`."""
    head, _, tail = path.rstrip("/").rpartition("/")
    return head if tail.isdecimal() and head else path


@dataclass
class Caching:
    """Answers what was answered a moment ago. Equal questions go one after the other, so that one asks for all."""

    send: Send
    cache: Cache
    clock: Clock
    meter: Meter
    ttl_ms: int
    """For answers that say nothing about it."""
    _locks: Locks = field(default_factory=Locks)

    async def __call__(self, request: Request) -> Response:
        """Answer a question from memory, or send it; a write is always sent."""
        if request.safe:
            return await self._read(request)
        return await self._write(request)

    async def _read(self, request: Request) -> Response:
        """Give the answer that is kept, or fetch another one and keep that for its time."""
        key = key_of(request)
        async with self._locks.holding(key):
            known = self.cache.get(key, self.clock.now())
            if known is not None and not request.fresh:
                self.meter.count(request.account, "hits")
                return known
            epoch = self.cache.epoch(request.account)
            response = await self.send(request)
            ttl = self._ttl(response)
            if ttl > 0 and epoch == self.cache.epoch(request.account):
                expires = self.clock.now() + ttl
                entry = Entry(request.account, request.target, response, expires)
                self.cache.put(key, entry)
            return response

    async def _write(self, request: Request) -> Response:
        """Send a write, and forget the answers that it may have changed."""
        try:
            response = await self.send(request)
        except GleanerError as error:
            if error.ambiguous:
                self.cache.forget(request.account, touched(request.path))
            raise
        self.cache.forget(request.account, touched(request.path))
        return response

    def _ttl(self, response: Response) -> int:
        """For how long an answer is kept: as its server says, else as the settings have it."""
        policy = response.header("Cache-Control")
        if policy is None:
            return self.ttl_ms
        if "no-store" in policy:
            return 0
        age = _MAX_AGE.search(policy)
        return int(age[1]) * SECOND if age is not None else self.ttl_ms
