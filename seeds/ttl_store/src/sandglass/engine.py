"""The engine: one lock around everything, and one commit around every call that changes something.

A commit either goes through, and then its changes are published, counted and told to whoever waits, or it leaves no trace.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandglass import multi, snapshots
from sandglass.accounts import Accounts, Limits
from sandglass.counters import CounterKey, Counters
from sandglass.feed import Feed, Watches
from sandglass.keeper import Keeper, Write
from sandglass.leases import Leases
from sandglass.outcomes import (
    Batch,
    Footprint,
    Grant,
    Outcome,
    Page,
    Receipt,
    Restored,
    SandglassError,
    Stats,
    Swept,
    Tally,
    Usage,
    View,
)
from sandglass.runtime import MINUTE, Clock, note
from sandglass.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandglass.entries import Entry
    from sandglass.names import Address

BREATH = MINUTE
"""Whoever waits for changes polls so often meanwhile, so that the watch does not end."""

logger = logging.getLogger("sandglass")


class Engine:
    """Everything a box consists of, put together."""

    __slots__ = (
        "_accounts",
        "_changed",
        "_clock",
        "_counters",
        "_feed",
        "_keeper",
        "_leases",
        "_requests",
        "_table",
        "_watches",
    )

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed = threading.Condition(threading.RLock())
        self._accounts = Accounts()
        self._table = Table(self._accounts)
        self._feed = Feed()
        self._watches = Watches(self._feed)
        self._keeper = Keeper(self._table, self._feed)
        self._leases = Leases()
        self._counters = Counters()
        self._requests = multi.Requests()

    # entries

    def store(self, write: Write) -> Outcome:
        """Keep a value."""
        with self._commit() as now:
            return self._keeper.store(write, now)

    def add(self, write: Write) -> Outcome:
        """Keep a value where there is none."""
        with self._commit() as now:
            return self._keeper.add(write, now)

    def swap(self, address: Address, value: str, revision: int) -> Outcome:
        """Change a value if it has not been changed."""
        with self._commit() as now:
            return self._keeper.swap(address, value, revision, now)

    def bind(self, write: Write, name: str, token: int) -> Outcome:
        """Keep a value as long as a lock is held, which it has to be."""
        with self._commit() as now:
            until = self._leases.check(name, token, now)
            return self._keeper.bind(write, token, until, now)

    def read(self, address: Address) -> str | None:
        """The value of an entry."""
        with self._commit() as now:
            return self._keeper.read(address, now)

    def read_many(self, addresses: Iterable[Address]) -> dict[str, str]:
        """The values of those entries that are there, by key."""
        with self._commit() as now:
            found = {address[1]: self._keeper.read(address, now) for address in addresses}
        return {key: value for key, value in found.items() if value is not None}

    def view(self, address: Address) -> View | None:
        """An entry as it is."""
        with self._changed:
            return self._keeper.view(address, self._clock.now())

    def touch(self, address: Address, ttl: int | None) -> bool:
        """Give an entry a new time."""
        with self._commit() as now:
            return self._keeper.touch(address, ttl, now)

    def pin(self, address: Address, pinned: bool) -> bool:
        """Spare an entry from eviction, or no longer."""
        with self._commit() as now:
            return self._keeper.pin(address, pinned, now)

    def delete(self, address: Address) -> bool:
        """Let an entry go."""
        with self._commit() as now:
            return self._keeper.delete(address, now)

    def delete_prefix(self, space: str, prefix: str) -> int:
        """Let entries go by the beginning of their keys."""
        with self._commit() as now:
            return self._keeper.delete_prefix(space, prefix, now)

    def delete_tag(self, space: str, tag: str) -> int:
        """Let entries go by a tag."""
        with self._commit() as now:
            return self._keeper.delete_tag(space, tag, now)

    def keys(self, space: str, prefix: str, after: str, limit: int) -> Page:
        """Keys in order."""
        with self._commit() as now:
            return self._keeper.keys(space, prefix, after, limit, now)

    def commit(self, plan: multi.Plan) -> Receipt:
        """Carry out a multi, unless it was carried out already."""
        with self._commit() as now:
            receipt = self._requests.recall(plan, now)
            if receipt is None:
                receipt = multi.carry_out(plan, self._keeper, self._feed, now)
                self._requests.keep(plan, receipt, now)
            return receipt

    # spaces and limits

    def agree(self, space: str, limits: Limits) -> int:
        """Give a space its limits; how many entries had to go comes back."""
        with self._commit() as now:
            self._accounts.agree(space, limits)
            return self._keeper.trim(space, now)

    def limit(self, whole: Limits) -> int:
        """Give the box its limits; how many entries had to go comes back."""
        with self._commit() as now:
            self._accounts.whole = whole
            return self._keeper.trim(None, now)

    def drop_space(self, space: str) -> int:
        """Let a space go with all that is in it."""
        with self._commit() as now:
            count = self._keeper.delete_prefix(space, "", now)
            self._accounts.lift(space)
            return count

    def spaces(self) -> list[str]:
        """The spaces there are."""
        with self._changed:
            return self._accounts.names()

    def usage(self, space: str) -> Usage:
        """What a space holds."""
        with self._changed:
            return self._accounts.usage(space)

    # the feed

    def retain(self, changes: int) -> None:
        """Keep so many changes."""
        with self._changed:
            self._feed.keep(changes)

    def changes(
        self, since: int, space: str | None, prefix: str, limit: int, *, latest: bool
    ) -> Batch:
        """Changes after a revision."""
        with self._changed:
            return self._feed.read(since, space, prefix, limit, latest=latest)

    def watch(self, space: str | None, prefix: str, since: int | None) -> str:
        """Begin to watch."""
        with self._changed:
            return self._watches.open(space, prefix, since, self._clock.now())

    def poll(self, name: str, limit: int, patience: int, *, latest: bool) -> Batch:
        """What a watch has to tell; where that is nothing, wait for it."""
        with self._changed:
            deadline = self._clock.now() + patience
            while True:
                now = self._clock.now()
                batch = self._watches.poll(name, limit, latest=latest, now=now)
                if batch.changes or batch.gap or now >= deadline:
                    return batch
                self._changed.wait(self._clock.pause(min(BREATH, deadline - now)))

    def ack(self, name: str, revision: int) -> int:
        """Acknowledge what a watch has told."""
        with self._changed:
            return self._watches.ack(name, revision, self._clock.now())

    def unwatch(self, name: str) -> bool:
        """End a watch."""
        with self._changed:
            return self._watches.close(name)

    # locks

    def lock(self, name: str, owner: str, ttl: int, patience: int) -> Grant:
        """Take a lock; where it is held, wait for it."""
        with self._changed:
            deadline = self._clock.now() + patience
            while True:
                with self._commit() as now:
                    grant = self._extended(self._leases.acquire(name, owner, ttl, now), now)
                if grant.ok or now >= deadline:
                    return grant
                self._changed.wait(self._clock.pause(min(grant.left, deadline - now)))

    def queue(self, name: str, owner: str, ttl: int, patience: int) -> Grant:
        """Take a lock or stand in line for it."""
        with self._commit() as now:
            grant = self._leases.queue(name, owner, ttl, now + patience, now)
            return self._extended(grant, now)

    def leave(self, name: str, owner: str) -> bool:
        """Leave the line for a lock."""
        with self._changed:
            return self._leases.leave(name, owner, self._clock.now())

    def renew(self, name: str, token: int, ttl: int | None) -> Grant:
        """Hold a lock for longer."""
        with self._commit() as now:
            return self._extended(self._leases.renew(name, token, ttl, now), now)

    def unlock(self, name: str, token: int) -> Grant:
        """Give a lock back, and let go of what was bound to it."""
        with self._commit() as now:
            grant = self._leases.release(name, token, now)
            if grant.ok:
                self._keeper.release(token, now)
            return grant

    def holder(self, name: str) -> Grant | None:
        """Who has a lock."""
        with self._changed:
            return self._leases.holder(name, self._clock.now())

    # counters

    def bump(self, key: CounterKey, by: int, limit: int | None) -> Tally:
        """Count something."""
        with self._changed:
            utc_offset = self._accounts.limits(key[0]).utc_offset
            return self._counters.bump(key, by, limit, utc_offset, self._clock.now())

    def counted(self, key: CounterKey) -> Tally:
        """What was counted."""
        with self._changed:
            utc_offset = self._accounts.limits(key[0]).utc_offset
            return self._counters.read(key, utc_offset, self._clock.now())

    def forget(self, space: str, name: str) -> int:
        """Forget what was counted."""
        with self._changed:
            return self._counters.forget(space, name)

    # the whole

    def sweep(self, limit: int | None) -> Swept:
        """Let go of all that is over; of entries so many at most."""
        with self._commit() as now:
            due = self._keeper.expire(now, limit)
            swept = Swept(
                expired=len(due.addresses),
                looked=due.looked,
                leases=self._leases.sweep(now),
                watches=self._watches.lapse(now),
                counters=self._counters.sweep(now),
                requests=self._requests.sweep(now),
            )
        note(logger, "swept", expired=swept.expired, looked=swept.looked)
        return swept

    def next_due(self) -> int | None:
        """In how many milliseconds the next entry expires."""
        with self._changed:
            due = self._table.wheel.next()
            return None if due is None else max(0, due - self._clock.now())

    def stats(self, space: str | None) -> Stats:
        """How often what happened."""
        with self._changed:
            return self._accounts.stats(space)

    def reset(self) -> None:
        """Begin to count anew."""
        with self._changed:
            self._accounts.reset()

    def footprint(self) -> Footprint:
        """How many things are held inside."""
        with self._changed:
            return Footprint(
                entries=len(self._table),
                buckets=len(self._table.wheel),
                tags=len(self._table.tags),
                bound=len(self._table.bonds),
                spaces=len(self._accounts.names()),
                lists=self._table.lists(),
                changes=len(self._feed),
                watches=len(self._watches),
                leases=len(self._leases),
                lines=self._leases.lines(),
                waiting=self._leases.waiting(),
                counters=len(self._counters),
                requests=len(self._requests),
            )

    def dump(self, space: str | None) -> str:
        """What there is, as text; what is bound to a lock is left out."""
        with self._changed:
            now = self._clock.now()
            kept = [
                entry
                for name in self._accounts.names()
                if space in (None, name)
                for entry in self._table.oldest_first(name)
                if entry.token is None and not entry.is_over(now)
            ]
            limits = {
                name: agreed
                for name, agreed in self._accounts.agreed().items()
                if space in (None, name)
            }
            return snapshots.write(snapshots.Snapshot(self._feed.revision, limits, tuple(kept)))

    def restore(self, text: str, *, merge: bool) -> Restored:
        """Take in a snapshot: in place of what there is, or, with `merge`, where there is nothing."""
        snapshot = snapshots.read(text)
        with self._commit() as now:
            fresh = [entry for entry in snapshot.entries if not entry.is_over(now)]
            too_old = len(snapshot.entries) - len(fresh)
            if merge:
                taken = sum(self._keeper.adopt(entry, now) for entry in fresh)
            else:
                self._replace(snapshot, fresh, now)
                taken = len(self._table)
            return Restored(taken, too_old, len(fresh) - taken, self._feed.latest())

    def _replace(self, snapshot: snapshots.Snapshot, fresh: list[Entry], now: int) -> None:
        for name in self._accounts.names():
            for entry in list(self._table.oldest_first(name)):
                self._table.remove(entry)
            self._accounts.lift(name)
        for name, limits in snapshot.limits.items():
            self._accounts.agree(name, limits)
        self._feed.restart(snapshot.revision)
        self._watches.restart()
        for entry in fresh:
            self._table.put(entry)
        for space in (*self._accounts.names(), None):
            self._keeper.trim(space, now)

    def _extended(self, grant: Grant, now: int) -> Grant:
        """What is bound to a lock lives as long as it is held."""
        self._keeper.extend(grant.token, now + grant.left)
        return grant

    @contextmanager
    def _commit(self) -> Iterator[int]:
        with self._changed:
            try:
                yield self._clock.now()
            except BaseException as error:
                self._table.rewind()
                self._feed.discard()
                if isinstance(error, SandglassError):
                    note(logger, "refused", code=error.code)
                raise
            else:
                self._table.commit()
                changes = self._feed.publish()
                self._accounts.tally(changes)
                if changes:
                    note(logger, "committed", changes=len(changes), revision=self._feed.revision)
                self._changed.notify_all()
            finally:
                self._accounts.tidy()
