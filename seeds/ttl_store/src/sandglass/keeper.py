"""The rules for entries: how long they live, who has to make room for whom, and what each call leaves behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandglass.entries import Entry
from sandglass.outcomes import FullError, LeaseError, Outcome, Page, View

if TYPE_CHECKING:
    from sandglass.feed import Feed
    from sandglass.names import Address
    from sandglass.table import Table
    from sandglass.wheel import Due


@dataclass(frozen=True, slots=True)
class Write:
    """What is to be kept. A `ttl` of None is that of the space, 0 means for ever."""

    space: str
    key: str
    value: str
    ttl: int | None
    sliding: bool = False
    tags: tuple[str, ...] = ()

    @property
    def address(self) -> Address:
        """Space and key."""
        return self.space, self.key


class Keeper:
    """Works on the table, and notes in the feed what it does. Its calls run inside one of the engine's commits."""

    __slots__ = ("_accounts", "_feed", "_table")

    def __init__(self, table: Table, feed: Feed) -> None:
        self._table = table
        self._accounts = table.accounts
        self._feed = feed

    def live(self, address: Address, now: int) -> Entry | None:
        """The entry at an address; one whose time is up goes on this occasion."""
        entry = self._table.find(address)
        if entry is None:
            return None
        if entry.is_over(now):
            self._drop(entry, "expired", now)
            return None
        return entry

    def revision(self, address: Address, now: int) -> int:
        """The revision of an entry, 0 where there is none."""
        entry = self.live(address, now)
        return 0 if entry is None else entry.revision

    def view(self, address: Address, now: int) -> View | None:
        """An entry as it is. Looking leaves no trace."""
        entry = self._table.find(address)
        if entry is None or entry.is_over(now):
            return None
        return View(
            key=entry.key,
            value=entry.value,
            revision=entry.revision,
            left=entry.left(now),
            tags=entry.tags,
            hits=entry.hits,
            pinned=entry.pinned,
        )

    def read(self, address: Address, now: int) -> str | None:
        """The value at an address: a hit or a miss. A sliding entry begins its time anew."""
        entry = self.live(address, now)
        if entry is None:
            self._accounts.count(address[0], "misses")
            return None
        self._accounts.count(address[0], "hits")
        self._table.use(entry)
        if entry.sliding:
            self._prolong(entry, entry.ttl, now)
        return entry.value

    def store(self, write: Write, now: int) -> Outcome:
        """Keep a value, whatever was there."""
        known = self.live(write.address, now)
        entry = self._made(write, now)
        self._settle(entry, known, now)
        return Outcome(True, "created" if known is None else "replaced", entry.revision)

    def add(self, write: Write, now: int) -> Outcome:
        """Keep a value where there is none."""
        known = self.live(write.address, now)
        if known is not None:
            return Outcome(False, "exists", known.revision)
        return self.store(write, now)

    def bind(self, write: Write, token: int, until: int, now: int) -> Outcome:
        """Keep a value for as long as a lease lasts."""
        known = self.live(write.address, now)
        entry = Entry(write.space, write.key, write.value, now)
        entry.tags = write.tags
        entry.token = token
        entry.expires_at = until
        self._settle(entry, known, now)
        return Outcome(True, "created" if known is None else "replaced", entry.revision)

    def swap(self, address: Address, value: str, revision: int, now: int) -> Outcome:
        """Change a value if nobody else has changed it. All else about the entry stays."""
        known = self.live(address, now)
        if known is None:
            return Outcome(False, "missing", 0)
        if known.revision != revision:
            return Outcome(False, "conflict", known.revision)
        entry = known.rewritten(value)
        self._settle(entry, known, now)
        return Outcome(True, "swapped", entry.revision)

    def adopt(self, entry: Entry, now: int) -> bool:
        """Take in an entry from elsewhere with all it has, unless there is one already."""
        if self.live(entry.address, now) is not None:
            return False
        self._settle(entry, None, now)
        return True

    def touch(self, address: Address, ttl: int | None, now: int) -> bool:
        """Give an entry a new time from now on."""
        entry = self.live(address, now)
        if entry is None:
            return False
        if entry.token is not None:
            raise LeaseError(f"{entry.key} lives as long as its lock")
        self._prolong(entry, self._lifetime(entry.space, ttl), now)
        return True

    def pin(self, address: Address, pinned: bool, now: int) -> bool:
        """Have an entry spared when others are evicted."""
        entry = self.live(address, now)
        if entry is None:
            return False
        self._table.pin(entry, pinned)
        return True

    def delete(self, address: Address, now: int) -> bool:
        """Let an entry go."""
        entry = self.live(address, now)
        if entry is None:
            return False
        self._drop(entry, "deleted", now)
        return True

    def delete_prefix(self, space: str, prefix: str, now: int) -> int:
        """Let all entries of a space go whose keys begin like this."""
        keys = self._table.order.walk(space, prefix)
        return sum(self.delete((space, key), now) for key in keys)

    def delete_tag(self, space: str, tag: str, now: int) -> int:
        """Let all entries of a space go that have a tag."""
        return sum(self.delete((space, key), now) for key in self._table.tags.keys(space, tag))

    def release(self, token: int, now: int) -> int:
        """Let all entries go that were bound to a lease."""
        return sum(self.delete(entry.address, now) for entry in self._table.bonds.entries(token))

    def extend(self, token: int, until: int) -> None:
        """Have all entries that are bound to a lease live as long as it does."""
        for entry in self._table.bonds.entries(token):
            self._table.reschedule(entry, None, until)

    def keys(self, space: str, prefix: str, after: str, limit: int, now: int) -> Page:
        """Keys in order, so many at most."""
        found: list[str] = []
        for key in self._table.order.walk(space, prefix, after):
            if self.live((space, key), now) is None:
                continue
            if len(found) == limit:
                return Page(tuple(found), found[-1])
            found.append(key)
        return Page(tuple(found), None)

    def expire(self, now: int, limit: int | None = None) -> Due:
        """Let entries go whose time is up, so many at most."""
        due = self._table.wheel.due(now, limit)
        for address in due.addresses:
            self.live(address, now)
        return due

    def trim(self, space: str | None, now: int) -> int:
        """Evict what is beyond the limits of a space or of the whole box."""
        self.expire(now)
        evicted = 0
        while self._accounts.is_over(space):
            victim = self._table.candidate(space)
            if victim is None:
                break
            self._drop(victim, "evicted", now)
            evicted += 1
        return evicted

    def _made(self, write: Write, now: int) -> Entry:
        entry = Entry(write.space, write.key, write.value, now)
        entry.tags = write.tags
        entry.sliding = write.sliding
        entry.ttl = self._lifetime(write.space, write.ttl)
        entry.expires_at = self._end(entry, entry.ttl, now)
        return entry

    def _settle(self, entry: Entry, known: Entry | None, now: int) -> None:
        """Make room for an entry, number it, and take it in. Whatever was pinned stays so."""
        if known is not None:
            entry.pinned = known.pinned
        self._make_room(entry, known, now)
        entry.revision = self._feed.note("written", entry.address, entry.value, now)
        self._table.put(entry)

    def _lifetime(self, space: str, ttl: int | None) -> int | None:
        """What was asked for, or what is usual in the space; None for ever."""
        if ttl is None:
            ttl = self._accounts.limits(space).ttl
        return ttl or None

    def _end(self, entry: Entry, ttl: int | None, now: int) -> int | None:
        """When an entry expires that begins its time now."""
        ends = []
        if ttl is not None:
            ends.append(now + ttl)
        longest = self._accounts.limits(entry.space).longest
        if longest is not None:
            ends.append(entry.created_at + longest)
        return min(ends, default=None)

    def _prolong(self, entry: Entry, ttl: int | None, now: int) -> None:
        self._table.reschedule(entry, ttl, self._end(entry, ttl, now))

    def _make_room(self, entry: Entry, known: Entry | None, now: int) -> None:
        """Evict until an entry fits in; what is over goes first. To make an entry smaller takes no room."""
        entries, size = (1, entry.size) if known is None else (0, entry.size - known.size)
        if size <= 0:
            return
        self._check_fits(entry)
        if self._accounts.crowded(entry.space, entries, size) is None:
            return
        self.expire(now)
        while (scope := self._accounts.crowded(entry.space, entries, size)) is not None:
            space = entry.space if scope == "space" else None
            victim = self._table.candidate(space, entry.address)
            if victim is None:
                where = "the box" if scope == "box" else f"the space {entry.space}"
                raise FullError(f"no room for {entry.key} in {where}")
            self._drop(victim, "evicted", now)

    def _check_fits(self, entry: Entry) -> None:
        """Nobody is evicted for an entry that would not fit into an empty space."""
        for limit in (self._accounts.limits(entry.space).size, self._accounts.whole.size):
            if limit is not None and entry.size > limit:
                raise FullError(f"{entry.key} has {entry.size} bytes, {limit} are allowed in all")

    def _drop(self, entry: Entry, kind: str, now: int) -> None:
        self._table.remove(entry)
        self._feed.note(kind, entry.address, None, now)
