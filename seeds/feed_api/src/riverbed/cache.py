"""A small cache of what viewers read, forgotten whenever it may have changed.

Entries are kept by space and viewer first, so that either can be forgotten as a whole. What is put in and what is handed out are
copies: callers do as they like with theirs.
"""

from __future__ import annotations

import threading
from collections import Counter
from copy import deepcopy

from riverbed.records import Page, Unread

Key = tuple[str, str, *tuple[object, ...]]
"""Space, viewer, and whatever else the answer depends on."""


class Shelf:
    """Where answers are kept. `generations` tell a reader whether its answer was overtaken by a write."""

    def __init__(self, lifetime: int, size: int) -> None:
        self.lifetime = lifetime
        self.size = size
        self.lock = threading.Lock()
        self.values: dict[Key, Page | Unread] = {}
        self.expiry: dict[Key, int] = {}
        self.generations: Counter[str] = Counter()
        self.hits = 0
        self.misses = 0


def get(shelf: Shelf, key: Key, now: int) -> Page | Unread | None:
    """A copy of what is kept under the key, unless it is too old."""
    with shelf.lock:
        if key not in shelf.values or now >= shelf.expiry[key]:
            shelf.misses += 1
            return None
        shelf.hits += 1
        # What was used last goes last: the first one is the one to give up.
        shelf.values[key] = shelf.values.pop(key)
        return deepcopy(shelf.values[key])


def generation(shelf: Shelf, space: str) -> int:
    """To be asked before an answer is worked out, and handed in with it."""
    with shelf.lock:
        return shelf.generations[space]


def put(shelf: Shelf, key: Key, value: Page | Unread, now: int, generation: int) -> None:
    """Keep a copy, unless something was written since."""
    with shelf.lock:
        if shelf.generations[key[0]] != generation:
            return
        for old in list(shelf.values):
            if now >= shelf.expiry[old]:
                del shelf.values[old]
                del shelf.expiry[old]
        shelf.values[key] = deepcopy(value)
        shelf.expiry[key] = now + shelf.lifetime
        _trim(shelf)


def resize(shelf: Shelf, lifetime: int, size: int) -> None:
    """Keep answers for another time from now on, and another number of them."""
    with shelf.lock:
        shelf.lifetime = lifetime
        shelf.size = size
        _trim(shelf)


def forget(shelf: Shelf, space: str, *viewers: str) -> None:
    """Let go of what these viewers read, or everybody in the space where none is named."""
    with shelf.lock:
        shelf.generations[space] += 1
        for key in list(shelf.values):
            if key[0] == space and (not viewers or key[1] in viewers):
                del shelf.values[key]
                del shelf.expiry[key]


def take_counts(shelf: Shelf) -> tuple[int, int]:
    """Hits and misses so far; counting starts over."""
    with shelf.lock:
        taken = shelf.hits, shelf.misses
        shelf.hits = shelf.misses = 0
        return taken


def _trim(shelf: Shelf) -> None:
    while len(shelf.values) > shelf.size:
        oldest = next(iter(shelf.values))
        del shelf.values[oldest], shelf.expiry[oldest]
