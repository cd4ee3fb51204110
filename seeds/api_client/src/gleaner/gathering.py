"""Many lists at the same time, and what they are put together to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from gleaner.faults import GleanerError, MalformedError, SettingsError
from gleaner.paging import Harvest
from gleaner.wire import JSON, Item

T = TypeVar("T")
Collect = Callable[[str, int | None], Awaitable[Harvest]]
"""Path and the most items wanted → the list."""


@dataclass(frozen=True)
class Fetched:
    """What came of one list."""

    path: str
    harvest: Harvest | None
    problem: GleanerError | None = None


@dataclass(frozen=True)
class Sheaf:
    """What came of several lists, in the order in which they were asked for."""

    fetched: list[Fetched]

    @property
    def items(self) -> list[Item]:
        """The items of all lists that could be read, one list after the other."""
        read = [each.harvest for each in self.fetched if each.harvest is not None]
        return [item for harvest in read for item in harvest.items]

    @property
    def missing(self) -> list[str]:
        """The lists that could not be read."""
        return [each.path for each in self.fetched if each.harvest is None]

    @property
    def complete(self) -> bool:
        """Whether every list was read to its end."""
        return all(each.harvest is not None and each.harvest.complete for each in self.fetched)


async def together(jobs: Sequence[Callable[[], Awaitable[T]]], at_once: int) -> list[T]:
    """Do jobs, so many at a time, and put their results in the order of the jobs.

    The first failure ends it all: what is under way is cancelled, and has let go of everything before the failure
    is raised.
    """
    waiting = deque(enumerate(jobs))
    results: dict[int, T] = {}

    async def work() -> None:
        while waiting:
            index, job = waiting.popleft()
            results[index] = await job()

    workers = [asyncio.create_task(work()) for _ in jobs[:at_once]]
    try:
        await asyncio.gather(*workers)
    except BaseException:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        raise
    return [results[index] for index in range(len(jobs))]


async def gather(
    paths: Sequence[str], collect: Collect, *, at_once: int, at_most: int | None, keep_going: bool
) -> Sheaf:
    """Read lists, so many at a time. With `keep_going`, a failure is a result like any other."""
    if at_once < 1:
        raise SettingsError("there has to be one at a time at least")

    async def fetch(path: str, budget: int | None) -> Fetched:
        try:
            return Fetched(path, await collect(path, budget))
        except GleanerError as error:
            if not keep_going:
                raise
            return Fetched(path, None, error)

    count = len(paths)
    budgets = [None] * count if at_most is None else portions(at_most, count)
    pairs = zip(paths, budgets, strict=True)
    return Sheaf(await together([partial(fetch, *pair) for pair in pairs], at_once))


def portions(total: int, count: int) -> list[int]:
    """Divide a number as evenly as it goes; the first ones get one more."""
    if count == 0:
        return []
    share, rest = divmod(total, count)
    return [share + (1 if index < rest else 0) for index in range(count)]


def latest(items: Sequence[Item], by: str, count: int) -> list[Item]:
    """The newest items, the newest first; of equally new ones, the one with the smaller id."""
    ordered = sorted(items, key=lambda item: item["id"])
    ordered.sort(key=lambda item: _field(item, by), reverse=True)
    return ordered[:count]


def merged(items: Sequence[Item], by: str) -> list[Item]:
    """All items in the order of a field; of those that are equal in it, the smaller id first."""
    return sorted(items, key=lambda item: (_field(item, by), item["id"]))


def _field(item: Item, name: str) -> JSON:
    """What items are sorted by."""
    if name not in item:
        raise MalformedError(f"item {item['id']} has no “{name}”")
    return item[name]
