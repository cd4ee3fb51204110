"""Entries, and the structures that are threaded through them: recency lists, tags, keys in order.

All of these are told of an entry when it comes and when it goes, and hold nothing else: an empty row is taken out at once.
"""

from __future__ import annotations

import copy
from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING

from sandglass.names import Address, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Entry:
    """What is kept under a key. `newer` and `older` are its neighbours in the recency list of its space."""

    __slots__ = (
        "created_at",
        "expires_at",
        "hits",
        "key",
        "newer",
        "older",
        "pinned",
        "revision",
        "size",
        "sliding",
        "space",
        "tags",
        "token",
        "ttl",
        "used",
        "value",
    )

    def __init__(self, space: str, key: str, value: str, created_at: int) -> None:
        self.space = space
        self.key = key
        self.value = value
        self.size = size_of(key) + size_of(value)
        self.revision = 0
        self.created_at = created_at
        self.expires_at: int | None = None
        self.ttl: int | None = None
        self.sliding = False
        self.tags: tuple[str, ...] = ()
        self.pinned = False
        self.token: int | None = None
        self.hits = 0
        self.used = 0
        self.newer: Entry | None = None
        self.older: Entry | None = None

    @property
    def address(self) -> Address:
        """Space and key."""
        return self.space, self.key

    def is_over(self, now: int) -> bool:
        """Whether its time is up."""
        return self.expires_at is not None and self.expires_at <= now

    def left(self, now: int) -> int | None:
        """How long it has still to live, None for ever."""
        return None if self.expires_at is None else self.expires_at - now

    def copied(self) -> Entry:
        """The same entry, standing in no list."""
        other = copy.copy(self)
        other.newer = other.older = None
        return other

    def rewritten(self, value: str) -> Entry:
        """The same entry with another value."""
        other = self.copied()
        other.value = value
        other.size = size_of(self.key) + size_of(value)
        return other


class Recency:
    """The entries of one space in the order of their use, linked through themselves."""

    __slots__ = ("_newest", "_oldest")

    def __init__(self) -> None:
        self._newest: Entry | None = None
        self._oldest: Entry | None = None

    def place(self, entry: Entry) -> None:
        """Put an entry where its last use belongs, which is mostly at the new end."""
        older = self._newest
        while older is not None and older.used > entry.used:
            older = older.older
        newer = self._oldest if older is None else older.newer
        entry.older, entry.newer = older, newer
        if older is None:
            self._oldest = entry
        else:
            older.newer = entry
        if newer is None:
            self._newest = entry
        else:
            newer.older = entry

    def remove(self, entry: Entry) -> None:
        """Take an entry out."""
        if entry.older is None:
            self._oldest = entry.newer
        else:
            entry.older.newer = entry.newer
        if entry.newer is None:
            self._newest = entry.older
        else:
            entry.newer.older = entry.older
        entry.newer = entry.older = None

    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return self._oldest is None

    def candidate(self, spared: Address | None) -> Entry | None:
        """The entry that has not been used for the longest time and may be evicted."""
        for entry in self:
            if not entry.pinned and entry.address != spared:
                return entry
        return None

    def __iter__(self) -> Iterator[Entry]:
        entry = self._oldest
        while entry is not None:
            yield entry
            entry = entry.newer


class TagIndex:
    """Which keys have a tag, by space and tag."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[Address, dict[str, None]] = {}

    def add(self, entry: Entry) -> None:
        """Take in an entry under all of its tags."""
        for tag in entry.tags:
            self._rows.setdefault((entry.space, tag), {})[entry.key] = None

    def discard(self, entry: Entry) -> None:
        """Take an entry out; a tag that nobody has any more is forgotten."""
        for tag in entry.tags:
            row = self._rows[entry.space, tag]
            del row[entry.key]
            if not row:
                del self._rows[entry.space, tag]

    def keys(self, space: str, tag: str) -> list[str]:
        """The keys with a tag, in the order they got it."""
        return list(self._rows.get((space, tag), ()))

    def __len__(self) -> int:
        return len(self._rows)


class Bonds:
    """Which entries go when a lease goes, by the lease's token."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[int, dict[Address, Entry]] = {}

    def add(self, entry: Entry) -> None:
        """Bind an entry to its lease, if it has one."""
        if entry.token is not None:
            self._rows.setdefault(entry.token, {})[entry.address] = entry

    def discard(self, entry: Entry) -> None:
        """Unbind an entry."""
        if entry.token is not None:
            row = self._rows[entry.token]
            del row[entry.address]
            if not row:
                del self._rows[entry.token]

    def entries(self, token: int) -> list[Entry]:
        """The entries of a lease."""
        return list(self._rows.get(token, {}).values())

    def __len__(self) -> int:
        return len(self._rows)


class KeyOrder:
    """The keys of each space in order, so that a prefix is found without looking at the others."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = {}

    def add(self, entry: Entry) -> None:
        """Take in a key."""
        insort(self._rows.setdefault(entry.space, []), entry.key)

    def discard(self, entry: Entry) -> None:
        """Take a key out, and the row of a space with its last one."""
        row = self._rows[entry.space]
        del row[bisect_left(row, entry.key)]
        if not row:
            del self._rows[entry.space]

    def walk(self, space: str, prefix: str, after: str = "") -> Iterator[str]:
        """The keys with a prefix, those up to `after` left out. What comes or goes meanwhile does not show."""
        row = self._rows.get(space, [])
        start = max(bisect_left(row, prefix), bisect_right(row, after))
        for key in row[start:]:
            if not key.startswith(prefix):
                break
            yield key

    def __len__(self) -> int:
        return len(self._rows)
