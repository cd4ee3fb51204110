"""Locks that run out. Whoever holds one has a token, and tokens only ever rise, so that a late writer can be told from the holder.

Nobody runs in the background: a lock whose time is up passes to the next in line when it is looked at, by a call or by a sweep.
"""

from __future__ import annotations

from collections import deque

from sandglass.outcomes import FullError, Grant, LeaseError
from sandglass.runtime import show_span

LINE_LONGEST = 4


class Lease:
    """A lock in somebody's hands."""

    __slots__ = ("expires_at", "owner", "token", "ttl")

    def __init__(self, owner: str, token: int, ttl: int, now: int) -> None:
        self.owner = owner
        self.token = token
        self.ttl = ttl
        self.expires_at = now + ttl

    def prolong(self, ttl: int, now: int) -> None:
        """Begin anew, for another span if need be."""
        self.ttl = ttl
        self.expires_at = now + ttl

    def grant(self, code: str, now: int, *, ok: bool = True) -> Grant:
        """What the holder is told, or with another code somebody else."""
        return Grant(ok, code, self.owner, self.token, self.expires_at - now)


class Waiter:
    """Somebody in a line, as long as they have patience."""

    __slots__ = ("owner", "ttl", "until")

    def __init__(self, owner: str, ttl: int, until: int) -> None:
        self.owner = owner
        self.ttl = ttl
        self.until = until


class Leases:
    """All locks by name. Those that nobody holds or waits for are not kept."""

    __slots__ = ("_held", "_last_token", "_lines")

    def __init__(self) -> None:
        self._held: dict[str, Lease] = {}
        self._lines: dict[str, deque[Waiter]] = {}
        self._last_token = 0

    def acquire(self, name: str, owner: str, ttl: int, now: int) -> Grant:
        """Take a lock if it is free. Who has it already has it for longer."""
        lease = self._settled(name, now)
        if lease is None:
            return self._give(name, owner, ttl, now).grant("granted", now)
        if lease.owner == owner:
            lease.prolong(ttl, now)
            return lease.grant("renewed", now)
        return lease.grant("held", now, ok=False)

    def queue(self, name: str, owner: str, ttl: int, until: int, now: int) -> Grant:
        """Take a lock, or stand in line for it. Who asks again keeps the place."""
        grant = self.acquire(name, owner, ttl, now)
        if grant.ok:
            return grant
        line = self._lines.setdefault(name, deque())
        for place, waiter in enumerate(line, start=1):
            if waiter.owner == owner:
                waiter.ttl, waiter.until = ttl, until
                return Grant(False, "queued", owner, 0, until - now, place)
        if len(line) >= LINE_LONGEST:
            raise FullError(f"{LINE_LONGEST} are waiting for {name} already")
        line.append(Waiter(owner, ttl, until))
        return Grant(False, "queued", owner, 0, until - now, len(line))

    def leave(self, name: str, owner: str, now: int) -> bool:
        """Leave the line."""
        self._settled(name, now)
        line = self._lines.get(name, deque())
        for waiter in line:
            if waiter.owner == owner:
                line.remove(waiter)
                self._forget_empty(name)
                return True
        return False

    def renew(self, name: str, token: int, ttl: int | None, now: int) -> Grant:
        """Hold a lock for longer; without a span, for as long as before."""
        lease = self._settled(name, now)
        if lease is None or lease.token != token:
            return Grant(False, "lost", "", 0, 0)
        lease.prolong(lease.ttl if ttl is None else ttl, now)
        return lease.grant("renewed", now)

    def release(self, name: str, token: int, now: int) -> Grant:
        """Give a lock back; the next in line has it at once."""
        lease = self._settled(name, now)
        if lease is None or lease.token != token:
            return Grant(False, "lost", "", 0, 0)
        del self._held[name]
        self._settled(name, now)
        return Grant(True, "released", lease.owner, token, 0)

    def holder(self, name: str, now: int) -> Grant | None:
        """Who has a lock."""
        lease = self._settled(name, now)
        return None if lease is None else lease.grant("held", now)

    def check(self, name: str, token: int, now: int) -> int:
        """Until when a lock is held with this token; somebody else's, or an old one, is refused."""
        lease = self._settled(name, now)
        if lease is None:
            raise LeaseError(f"nobody holds {name}")
        if lease.token != token:
            left = show_span(lease.expires_at - now)
            raise LeaseError(f"{name} is held by {lease.owner} for another {left}")
        return lease.expires_at

    def sweep(self, now: int) -> int:
        """Let go of what has run out; how many leases ended comes back."""
        ended = 0
        for name in list(self._held):
            token = self._held[name].token
            lease = self._settled(name, now)
            if lease is None or lease.token != token:
                ended += 1
        return ended

    def lines(self) -> int:
        """How many locks somebody waits for."""
        return len(self._lines)

    def waiting(self) -> int:
        """How many stand in all lines."""
        return sum(len(line) for line in self._lines.values())

    def __len__(self) -> int:
        return len(self._held)

    def _settled(self, name: str, now: int) -> Lease | None:
        """The lease of a lock as it is now: what has run out is over, and the next in line has it."""
        lease = self._held.get(name)
        if lease is not None and lease.expires_at <= now:
            del self._held[name]
        line = self._lines.get(name, deque())
        for waiter in list(line):
            if waiter.until <= now:
                line.remove(waiter)
        if name not in self._held and line:
            waiter = line.popleft()
            self._give(name, waiter.owner, waiter.ttl, now)
        self._forget_empty(name)
        return self._held.get(name)

    def _give(self, name: str, owner: str, ttl: int, now: int) -> Lease:
        self._last_token += 1
        lease = Lease(owner, self._last_token, ttl, now)
        self._held[name] = lease
        return lease

    def _forget_empty(self, name: str) -> None:
        line = self._lines.get(name)
        if line is not None and not line:
            del self._lines[name]
