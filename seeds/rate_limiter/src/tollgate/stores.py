"""Where states are kept: the seam, and the store in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol, TypeVar

from tollgate.decisions import State

T = TypeVar("T")
Change = Callable[[State | None], tuple[State | None, T]]


class Key(NamedTuple):
    """Whose count it is; a tenant's own counts have no key."""

    tenant: str
    key: str
    rule: str


class Store(Protocol):
    """Keeps states. An update is one step that nothing can come in between."""

    def update(self, key: Key, change: Change[T]) -> T:
        """Replace the state by what the change makes of it."""

    def read(self, key: Key) -> State | None:
        """Return the state as it stands."""

    def forget(self, tenant: str, key: str | None = None) -> int:
        """Drop the states of a tenant, or of one key, and tell how many."""

    def sweep(self, now: int) -> int:
        """Drop the states that say nothing any more, and tell how many."""

    def close(self) -> None:
        """Let go of what is open."""


class MemoryStore:
    """Keeps states in this process, at most so many of them."""

    def __init__(
        self,
        most: int = 100_000,
        make_lock: Callable[[], AbstractContextManager[object]] = threading.Lock,
    ) -> None:
        self._most = most
        self._states: dict[Key, State] = {}
        self._lock = make_lock()

    @classmethod
    def holding(cls, most: int) -> MemoryStore:
        """Make a store that keeps so many counts at most."""
        return cls(max(1, most))

    def update(self, key: Key, change: Change[T]) -> T:
        """Replace the state by what the change makes of it."""
        with self._lock:
            before = self._states.get(key)
            after, answer = change(before)
            if after is None:
                self._states.pop(key, None)
                return answer
            if before is None and len(self._states) >= self._most:
                self._make_room()
            self._states[key] = after
            return answer

    def read(self, key: Key) -> State | None:
        """Return the state as it stands."""
        with self._lock:
            return self._states.get(key)

    def forget(self, tenant: str, key: str | None = None) -> int:
        """Drop the states of a tenant, or of one key, and tell how many."""
        with self._lock:
            return self._drop(
                [
                    each
                    for each in self._states
                    if each.tenant == tenant and (key is None or each.key == key)
                ]
            )

    def sweep(self, now: int) -> int:
        """Drop the states that say nothing any more, and tell how many."""
        with self._lock:
            return self._drop([key for key, state in self._states.items() if state.until <= now])

    def close(self) -> None:
        """Let go of what is open."""
        with self._lock:
            self._states.clear()

    def _drop(self, keys: list[Key]) -> int:
        for key in keys:
            del self._states[key]
        return len(keys)

    def _make_room(self) -> None:
        soonest = min(self._states, key=lambda key: (self._states[key].until, key))
        del self._states[soonest]
