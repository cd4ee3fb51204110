"""What happened to keys, numbered; and watches, which remember how far somebody has read.

Changes are noted while a call runs and published when it is through, so nobody hears of what was undone. So many of them are kept;
whoever comes back later than that is told that there is a gap.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from sandglass.outcomes import Batch, Change, FullError, GapError, InputError, MissingError
from sandglass.runtime import MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandglass.names import Address

HISTORY = 1_000
WATCHES_MOST = 32
WATCH_LASTS = 10 * MINUTE


class Feed:
    """The changes of a box. Their numbers follow one another without a hole."""

    __slots__ = ("_history", "_kept", "_pending", "floor", "revision")

    def __init__(self) -> None:
        self.revision = 0
        self.floor = 0
        self._kept = HISTORY
        self._history: deque[Change] = deque()
        self._pending: list[Change] = []

    def note(self, kind: str, address: Address, value: str | None, now: int) -> int:
        """Note a change, to be published or discarded, and give it its number."""
        revision = self.latest() + 1
        self._pending.append(Change(revision, *address, kind, value, now))
        return revision

    def latest(self) -> int:
        """The number of the last change, published or not."""
        return self.revision + len(self._pending)

    def publish(self) -> list[Change]:
        """Let everybody see what was noted."""
        self.revision = self.latest()
        published, self._pending = self._pending, []
        self._history.extend(published)
        self._trim()
        return published

    def discard(self) -> None:
        """Forget what was noted; its numbers are given out again."""
        self._pending = []

    def keep(self, changes: int) -> None:
        """Keep so many changes from now on."""
        self._kept = changes
        self._trim()

    def restart(self, revision: int) -> None:
        """Begin anew behind a revision: what led there is not known."""
        self._history.clear()
        self.revision = max(self.revision, revision)
        self.floor = self.revision

    def check(self, revision: int) -> None:
        """Whether somebody can go on reading from here."""
        if revision > self.revision:
            raise InputError(f"there is no revision {revision} yet")
        if revision < self.floor:
            raise GapError(f"changes up to {self.floor} are not kept any more")

    def read(
        self, since: int, space: str | None, prefix: str, limit: int, *, latest: bool = False
    ) -> Batch:
        """Changes after a revision, so many at most; with `latest` only the last one of each key."""
        self.check(since)
        changes = self._after(since, space, prefix)
        if latest:
            changes = _collapsed(changes)
        more = len(changes) > limit
        page = tuple(changes[:limit])
        return Batch(page, next=page[-1].revision if more else self.revision, more=more)

    def count(self, since: int, space: str | None, prefix: str) -> int:
        """How many changes there are after a revision."""
        return len(self._after(since, space, prefix))

    def __len__(self) -> int:
        return len(self._history)

    def _after(self, since: int, space: str | None, prefix: str) -> list[Change]:
        later = islice(self._history, since - self.floor, None)
        return [
            change
            for change in later
            if space in (None, change.space) and change.key.startswith(prefix)
        ]

    def _trim(self) -> None:
        while len(self._history) > self._kept:
            self.floor = self._history.popleft().revision


def _collapsed(changes: Iterable[Change]) -> list[Change]:
    """The last change of each key, in the order of these."""
    last: dict[Address, Change] = {}
    for change in changes:
        last.pop((change.space, change.key), None)
        last[change.space, change.key] = change
    return list(last.values())


class Watch:
    """Somebody who reads along. Everything up to `acked` has reached them."""

    __slots__ = ("acked", "gap", "prefix", "seen_at", "space")

    def __init__(self, space: str | None, prefix: str, acked: int, now: int) -> None:
        self.space = space
        self.prefix = prefix
        self.acked = acked
        self.gap = False
        self.seen_at = now

    def has_lapsed(self, now: int) -> bool:
        """Whether it has not been heard of for too long."""
        return now - self.seen_at >= WATCH_LASTS


class Watches:
    """All watches on a feed."""

    __slots__ = ("_feed", "_opened", "_rows")

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._opened = 0
        self._rows: dict[str, Watch] = {}

    def open(self, space: str | None, prefix: str, since: int | None, now: int) -> str:
        """Begin to watch, from a revision on or from now on, and get the name of the watch."""
        if since is None:
            since = self._feed.revision
        self._feed.check(since)
        self.lapse(now)
        if len(self._rows) >= WATCHES_MOST:
            raise FullError(f"there are {WATCHES_MOST} watches already")
        self._opened += 1
        name = f"w{self._opened}"
        self._rows[name] = Watch(space, prefix, since, now)
        return name

    def poll(self, name: str, limit: int, *, latest: bool, now: int) -> Batch:
        """What has not been acknowledged yet. Until it is, it comes again, and so does the word of a gap."""
        watch = self._find(name, now)
        watch.seen_at = now
        if watch.acked < self._feed.floor:
            watch.acked = self._feed.floor
            watch.gap = True
        batch = self._feed.read(watch.acked, watch.space, watch.prefix, limit, latest=latest)
        return replace(batch, gap=watch.gap)

    def ack(self, name: str, revision: int, now: int) -> int:
        """Acknowledge everything up to a revision; how many changes are left comes back. Late ones change nothing."""
        watch = self._find(name, now)
        watch.seen_at = now
        if revision > self._feed.revision:
            raise InputError(f"there is no revision {revision} yet")
        if revision >= watch.acked:
            watch.acked = revision
            watch.gap = watch.acked < self._feed.floor
        return self._feed.count(max(watch.acked, self._feed.floor), watch.space, watch.prefix)

    def close(self, name: str) -> bool:
        """End a watch."""
        return self._rows.pop(name, None) is not None

    def lapse(self, now: int) -> int:
        """End the watches of those who do not come any more."""
        lapsed = [name for name, watch in self._rows.items() if watch.has_lapsed(now)]
        for name in lapsed:
            del self._rows[name]
        return len(lapsed)

    def restart(self) -> None:
        """Everybody has missed something."""
        for watch in self._rows.values():
            watch.gap = True

    def __len__(self) -> int:
        return len(self._rows)

    def _find(self, name: str, now: int) -> Watch:
        watch = self._rows.get(name)
        if watch is None or watch.has_lapsed(now):
            raise MissingError(f"there is no watch {name}")
        return watch
