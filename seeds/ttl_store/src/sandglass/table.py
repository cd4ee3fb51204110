"""The table of entries: one place that keeps all indexes in step, and can go back to where a call began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandglass.entries import Bonds, Entry, KeyOrder, Recency, TagIndex
from sandglass.wheel import Wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandglass.accounts import Accounts
    from sandglass.names import Address


class Table:
    """Entries by space and key. Until the next commit it remembers what was in place of all that came and went."""

    __slots__ = (
        "_before",
        "_entries",
        "_recency",
        "_tick",
        "accounts",
        "bonds",
        "order",
        "tags",
        "wheel",
    )

    def __init__(self, accounts: Accounts) -> None:
        self.accounts = accounts
        self.wheel = Wheel()
        self.tags = TagIndex()
        self.bonds = Bonds()
        self.order = KeyOrder()
        self._entries: dict[Address, Entry] = {}
        self._recency: dict[str, Recency] = {}
        self._before: dict[Address, Entry | None] = {}
        self._tick = 0

    def find(self, address: Address) -> Entry | None:
        """The entry at an address, whether or not its time is up."""
        return self._entries.get(address)

    def put(self, entry: Entry) -> None:
        """Take in an entry, in place of the one at its address. It counts as used just now."""
        self._remember(entry.address)
        known = self._entries.get(entry.address)
        if known is not None:
            self._unlink(known)
        self._tick += 1
        entry.used = self._tick
        self._link(entry)

    def remove(self, entry: Entry) -> None:
        """Let an entry go."""
        self._remember(entry.address)
        self._unlink(entry)

    def use(self, entry: Entry) -> None:
        """Note that an entry was read."""
        recency = self._recency[entry.space]
        recency.remove(entry)
        self._tick += 1
        entry.used = self._tick
        entry.hits += 1
        recency.place(entry)

    def reschedule(self, entry: Entry, ttl: int | None, expires_at: int | None) -> None:
        """Have an entry expire at another time, or never."""
        if entry.expires_at is not None:
            self.wheel.cancel(entry.address, entry.expires_at)
        entry.ttl = ttl
        entry.expires_at = expires_at
        if expires_at is not None:
            self.wheel.schedule(entry.address, expires_at)

    def pin(self, entry: Entry, pinned: bool) -> None:
        """Spare an entry when others are evicted, or stop sparing it."""
        entry.pinned = pinned

    def candidate(self, space: str | None, spared: Address | None = None) -> Entry | None:
        """Who is to be evicted: of one space or, with None, of all; those that do not evict are left alone."""
        oldest: Entry | None = None
        for name, recency in self._recency.items():
            if space not in (None, name) or not self.accounts.limits(name).evicts:
                continue
            found = recency.candidate(spared)
            if found is not None and (oldest is None or found.used < oldest.used):
                oldest = found
        return oldest

    def oldest_first(self, space: str) -> Iterator[Entry]:
        """The entries of a space in the order of their use."""
        return iter(self._recency.get(space, Recency()))

    def commit(self) -> None:
        """What was done so far is done."""
        self._before = {}

    def rewind(self) -> None:
        """Put everything back to where it was at the last commit, the order of use included."""
        before, self._before = self._before, {}
        for address, entry in before.items():
            current = self._entries.get(address)
            if current is not None:
                self._unlink(current)
            if entry is not None:
                self._link(entry)

    def lists(self) -> int:
        """How many lists there are, of keys and of use."""
        return len(self.order) + len(self._recency)

    def __len__(self) -> int:
        return len(self._entries)

    def _remember(self, address: Address) -> None:
        """How an address was before it changes for the first time."""
        if address not in self._before:
            entry = self._entries.get(address)
            self._before[address] = None if entry is None else entry.copied()

    def _link(self, entry: Entry) -> None:
        self._entries[entry.address] = entry
        self._recency.setdefault(entry.space, Recency()).place(entry)
        self.order.add(entry)
        self.tags.add(entry)
        self.bonds.add(entry)
        if entry.expires_at is not None:
            self.wheel.schedule(entry.address, entry.expires_at)
        self.accounts.charge(entry.space, 1, entry.size)

    def _unlink(self, entry: Entry) -> None:
        del self._entries[entry.address]
        recency = self._recency[entry.space]
        recency.remove(entry)
        if recency.is_empty():
            del self._recency[entry.space]
        self.order.discard(entry)
        self.tags.discard(entry)
        self.bonds.discard(entry)
        if entry.expires_at is not None:
            self.wheel.cancel(entry.address, entry.expires_at)
        self.accounts.charge(entry.space, -1, -entry.size)
