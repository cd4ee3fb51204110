"""The public face. A box is one store; what is in it is told apart by space and key."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandglass import multi
from sandglass.accounts import Limits
from sandglass.counters import counter_key
from sandglass.engine import Engine
from sandglass.keeper import Write
from sandglass.names import (
    MAIN,
    Address,
    clean_key,
    clean_owner,
    clean_prefix,
    clean_space,
    clean_tags,
)
from sandglass.outcomes import (
    Batch,
    Footprint,
    Grant,
    InputError,
    Outcome,
    Page,
    Receipt,
    Restored,
    SpanError,
    Stats,
    Swept,
    Tally,
    Usage,
    View,
)
from sandglass.runtime import Clock, parse_span, request_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = 100
OFFSET_MOST = 14 * 60

Span = int | str
"""Milliseconds, or text such as `90s` or `1h 30m`."""


class Box:
    """An in-memory store. Safe to be used by several threads."""

    __slots__ = ("_engine", "clock")

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._engine = Engine(clock)

    # entries

    def put(
        self,
        key: str,
        value: str,
        *,
        ttl: Span | None = None,
        sliding: bool = False,
        tags: Iterable[str] = (),
        space: str = MAIN,
    ) -> Outcome:
        """Keep a value: `created` or `replaced`. Without a ttl it lives as is usual in the space, with 0 for ever."""
        address = _address(key, space)
        return self._engine.store(Write(*address, value, _span(ttl), sliding, clean_tags(tags)))

    def add(self, key: str, value: str, *, ttl: Span | None = None, space: str = MAIN) -> Outcome:
        """Keep a value where there is none: `created` or `exists`."""
        return self._engine.add(Write(*_address(key, space), value, _span(ttl)))

    def swap(self, key: str, value: str, *, revision: int, space: str = MAIN) -> Outcome:
        """Change a value that has this revision: `swapped`, `conflict` or `missing`. Time and tags stay as they are."""
        return self._engine.swap(_address(key, space), value, revision)

    def put_under(
        self,
        lock: str,
        token: int,
        key: str,
        value: str,
        *,
        tags: Iterable[str] = (),
        space: str = MAIN,
    ) -> Outcome:
        """Keep a value as long as the lock is held with this token, and refuse it where it is not."""
        write = Write(*_address(key, space), value, None, tags=clean_tags(tags))
        return self._engine.bind(write, clean_key(lock), token)

    def get(self, key: str, *, default: str | None = None, space: str = MAIN) -> str | None:
        """A value, or the default."""
        value = self._engine.read(_address(key, space))
        return default if value is None else value

    def get_many(self, keys: Iterable[str], *, space: str = MAIN) -> dict[str, str]:
        """The values of those keys that are there."""
        addresses = dict.fromkeys(_address(key, space) for key in keys)
        return self._engine.read_many(addresses)

    def look(self, key: str, *, space: str = MAIN) -> View | None:
        """An entry with all there is to know of it. Looking is no use: it counts for nothing."""
        return self._engine.view(_address(key, space))

    def touch(self, key: str, ttl: Span | None = None, *, space: str = MAIN) -> bool:
        """Give an entry a new time from now on; without one, what is usual in the space."""
        return self._engine.touch(_address(key, space), _span(ttl))

    def pin(self, key: str, *, space: str = MAIN) -> bool:
        """Spare an entry when others are evicted. It expires all the same."""
        return self._engine.pin(_address(key, space), True)

    def unpin(self, key: str, *, space: str = MAIN) -> bool:
        """Spare an entry no longer."""
        return self._engine.pin(_address(key, space), False)

    def delete(self, key: str, *, space: str = MAIN) -> bool:
        """Let an entry go."""
        return self._engine.delete(_address(key, space))

    def delete_prefix(self, prefix: str, *, space: str = MAIN) -> int:
        """Let all entries go whose keys begin like this."""
        return self._engine.delete_prefix(clean_space(space), clean_prefix(prefix))

    def delete_tag(self, tag: str, *, space: str = MAIN) -> int:
        """Let all entries go that have a tag."""
        return self._engine.delete_tag(clean_space(space), *clean_tags([tag]))

    def keys(
        self, prefix: str = "", *, after: str | None = None, limit: int = PAGE, space: str = MAIN
    ) -> Page:
        """Keys in order, page by page."""
        start = "" if after is None else clean_key(after)
        return self._engine.keys(clean_space(space), clean_prefix(prefix), start, _positive(limit))

    def multi(self, *, request: str | None = None, space: str = MAIN) -> Multi:
        """Begin to put together several writes that are to be made as one."""
        return Multi(self._engine, clean_space(space), request)

    # spaces and limits

    def agree(
        self,
        space: str,
        *,
        entries: int | None = None,
        size: int | None = None,
        ttl: Span | None = None,
        longest: Span | None = None,
        evicts: bool = True,
        utc_offset: int = 0,
    ) -> int:
        """Agree on the limits of a space, in place of all that was agreed before; the number of evicted entries comes back."""
        if abs(utc_offset) > OFFSET_MOST:
            raise InputError("no place is that far from UTC")
        limits = Limits(
            entries=_not_negative(entries),
            size=_not_negative(size),
            ttl=_span(ttl),
            longest=_span(longest) or None,
            evicts=evicts,
            utc_offset=utc_offset,
        )
        return self._engine.agree(clean_space(space), limits)

    def limit(self, *, entries: int | None = None, size: int | None = None) -> int:
        """Limit the whole box; the number of evicted entries comes back."""
        return self._engine.limit(Limits(_not_negative(entries), _not_negative(size)))

    def drop_space(self, space: str) -> int:
        """Let a space go with its limits and entries."""
        return self._engine.drop_space(clean_space(space))

    def spaces(self) -> list[str]:
        """All spaces that have entries or limits."""
        return self._engine.spaces()

    def usage(self, space: str = MAIN) -> Usage:
        """What a space holds and what still fits in."""
        return self._engine.usage(clean_space(space))

    # the feed

    def retain(self, changes: int) -> None:
        """Keep so many changes for those who come late."""
        if changes < 0:
            raise InputError(f"{changes} changes can't be kept")
        self._engine.retain(changes)

    def changes(
        self,
        since: int = 0,
        *,
        prefix: str = "",
        limit: int = PAGE,
        latest: bool = False,
        space: str | None = MAIN,
    ) -> Batch:
        """Changes after a revision. With `latest` only the last one of each key; with no space, of all of them."""
        where = None if space is None else clean_space(space)
        return self._engine.changes(
            since, where, clean_prefix(prefix), _positive(limit), latest=latest
        )

    def watch(self, prefix: str = "", *, since: int | None = None, space: str | None = MAIN) -> str:
        """Begin to watch keys, from a revision on or from now on. A watch ends when nobody polls it for ten minutes."""
        where = None if space is None else clean_space(space)
        return self._engine.watch(where, clean_prefix(prefix), since)

    def poll(
        self, watch: str, *, limit: int = PAGE, latest: bool = False, patience: Span = 0
    ) -> Batch:
        """What happened, as long as it is not acknowledged. With patience, wait for something to happen."""
        return self._engine.poll(watch, _positive(limit), parse_span(patience), latest=latest)

    def ack(self, watch: str, revision: int) -> int:
        """Acknowledge what was polled up to a revision, mostly the `next` of the batch; what is left comes back."""
        return self._engine.ack(watch, revision)

    def unwatch(self, watch: str) -> bool:
        """End a watch."""
        return self._engine.unwatch(watch)

    # locks

    def lock(self, name: str, owner: str, *, ttl: Span = "30s", patience: Span = 0) -> Grant:
        """Take a lock: `granted`, `renewed` where it is the owner's already, `held` where it is somebody else's."""
        times = _lasting(ttl), parse_span(patience)
        return self._engine.lock(clean_key(name), clean_owner(owner), *times)

    def queue(self, name: str, owner: str, *, ttl: Span = "30s", patience: Span = "1m") -> Grant:
        """Take a lock, or stand in line for it as long as the patience lasts: `queued`, with the place."""
        times = _lasting(ttl), _lasting(patience)
        return self._engine.queue(clean_key(name), clean_owner(owner), *times)

    def leave(self, name: str, owner: str) -> bool:
        """Leave the line."""
        return self._engine.leave(clean_key(name), clean_owner(owner))

    def renew(self, name: str, token: int, *, ttl: Span | None = None) -> Grant:
        """Hold a lock for longer: `renewed`, or `lost`. Without a ttl, as long as before."""
        return self._engine.renew(clean_key(name), token, None if ttl is None else _lasting(ttl))

    def unlock(self, name: str, token: int) -> Grant:
        """Give a lock back: `released`, or `lost`. What was put under it goes."""
        return self._engine.unlock(clean_key(name), token)

    def holder(self, name: str) -> Grant | None:
        """Who holds a lock."""
        return self._engine.holder(clean_key(name))

    # counters

    def count(
        self,
        name: str,
        by: int = 1,
        *,
        per: str = "day",
        limit: int | None = None,
        space: str = MAIN,
    ) -> Tally:
        """Count in a window: `minute`, `hour`, `day`, `month`, or the last `10m`. What would pass the limit is not counted."""
        key = counter_key(clean_space(space), name, per)
        return self._engine.bump(key, _positive(by), _not_negative(limit))

    def counted(self, name: str, *, per: str = "day", space: str = MAIN) -> Tally:
        """How far a counter is."""
        return self._engine.counted(counter_key(clean_space(space), name, per))

    def forget(self, name: str, *, space: str = MAIN) -> int:
        """Forget a counter in all its windows."""
        return self._engine.forget(clean_space(space), clean_key(name))

    # the whole

    def sweep(self, limit: int | None = None) -> Swept:
        """Let go of what is over; of entries so many at most. Somebody should do this now and then."""
        return self._engine.sweep(None if limit is None else _positive(limit))

    def next_due(self) -> int | None:
        """In how many milliseconds the next entry expires; 0 if there is something to sweep, None if nothing ever will."""
        return self._engine.next_due()

    def stats(self, space: str | None = None) -> Stats:
        """Hits, misses and changes, of one space or of all."""
        return self._engine.stats(None if space is None else clean_space(space))

    def reset_stats(self) -> None:
        """Begin to count anew."""
        self._engine.reset()

    def footprint(self) -> Footprint:
        """How many things of each kind are held inside."""
        return self._engine.footprint()

    def dump(self, *, space: str | None = None) -> str:
        """A snapshot, of one space or of all."""
        return self._engine.dump(None if space is None else clean_space(space))

    def restore(self, text: str, *, merge: bool = False) -> Restored:
        """Go back to a snapshot. With `merge` it is added to what there is, which has precedence."""
        return self._engine.restore(text, merge=merge)

    @contextmanager
    def request(self, request_id: str) -> Iterator[None]:
        """Whatever is done inside is logged with this request id."""
        with request_scope(request_id):
            yield


class Multi:
    """Writes that are to be made as one. Nothing happens before `commit`."""

    __slots__ = ("_checks", "_engine", "_request", "_space", "_steps")

    def __init__(self, engine: Engine, space: str, request: str | None) -> None:
        self._engine = engine
        self._space = space
        self._request = None if request is None else clean_key(request)
        self._checks: list[multi.Check] = []
        self._steps: list[Write | multi.Erase] = []

    def check(self, key: str, revision: int) -> None:
        """Make nothing of it unless this entry has this revision; 0 means that it must not be there."""
        self._checks.append(multi.Check(clean_key(key), revision))

    def put(
        self, key: str, value: str, *, ttl: Span | None = None, tags: Iterable[str] = ()
    ) -> None:
        """Keep a value."""
        write = Write(self._space, clean_key(key), value, _span(ttl), tags=clean_tags(tags))
        self._steps.append(write)

    def delete(self, key: str) -> None:
        """Let an entry go."""
        self._steps.append(multi.Erase(clean_key(key)))

    def commit(self) -> Receipt:
        """Make all of it, or nothing: `committed` or `conflict`. Under a request key it is made only once a day."""
        plan = multi.Plan(self._space, tuple(self._checks), tuple(self._steps), self._request)
        return self._engine.commit(plan)


def _address(key: str, space: str) -> Address:
    return clean_space(space), clean_key(key)


def _span(span: Span | None) -> int | None:
    return None if span is None else parse_span(span)


def _lasting(span: Span) -> int:
    """A span that is not over at once."""
    length = parse_span(span)
    if length == 0:
        raise SpanError("it has to last for a while")
    return length


def _positive(number: int) -> int:
    if number < 1:
        raise InputError(f"{number} is less than one")
    return number


def _not_negative(number: int | None) -> int | None:
    if number is not None and number < 0:
        raise InputError(f"{number} is less than nothing")
    return number
