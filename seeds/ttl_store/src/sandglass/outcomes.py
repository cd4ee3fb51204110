"""What calls come to: refusals, which are raised and carry a code, and outcomes, which are handed back."""

from __future__ import annotations

from dataclasses import dataclass


class SandglassError(Exception):
    """The root of all refusals. The code is for programs, the words are for people."""

    code = "E"

    def __init__(self, words: str) -> None:
        super().__init__(f"{self.code}: {words}")


class InputError(SandglassError):
    """What was asked makes no sense, whatever the box holds."""

    code = "E_INPUT"


class NamingError(InputError):
    """A key, space, tag or owner that can't be one."""

    code = "E_NAME"


class SpanError(InputError):
    """A span of time nobody can read."""

    code = "E_SPAN"


class SnapshotError(InputError):
    """A text that is no snapshot, or is damaged."""

    code = "E_SNAP"


class RefusedError(SandglassError):
    """It makes sense, but not as things stand."""

    code = "E_REFUSED"


class FullError(RefusedError):
    """There is no room, and nothing may be evicted to make some."""

    code = "E_FULL"


class LeaseError(RefusedError):
    """A lock that is not held, or not any more."""

    code = "E_LEASE"


class ReuseError(RefusedError):
    """A request key that was used for something else."""

    code = "E_REUSE"


class MissingError(SandglassError):
    """It is not there."""

    code = "E_MISSING"


class GapError(MissingError):
    """Changes that are asked for are not kept any more."""

    code = "E_GAP"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a write. `revision` is that of the entry as it is now, 0 where there is none."""

    ok: bool
    code: str
    revision: int


@dataclass(frozen=True, slots=True)
class View:
    """An entry as it is, seen without touching it. `left` are milliseconds, None for ever."""

    key: str
    value: str
    revision: int
    left: int | None
    tags: tuple[str, ...]
    hits: int
    pinned: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Keys in order. `next` is to be handed in as `after`, None on the last page."""

    keys: tuple[str, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a key."""

    revision: int
    space: str
    key: str
    kind: str
    value: str | None
    at: int

    def __str__(self) -> str:
        value = "" if self.value is None else f" = {self.value}"
        return f"{self.revision} {self.kind} {self.space}/{self.key}{value}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes in order. `next` is where to go on; `gap` says that some before it were lost."""

    changes: tuple[Change, ...]
    next: int
    more: bool
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """How somebody stands with a lock. `left` are milliseconds, `place` is that in the line, from 1."""

    ok: bool
    code: str
    owner: str
    token: int
    left: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """A count within its window. `left` is what the limit leaves, `resets_in` milliseconds."""

    ok: bool
    value: int
    left: int | None
    resets_in: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a multi: the keys whose checks failed, or one outcome for each of its steps."""

    ok: bool
    code: str
    failed: tuple[str, ...]
    outcomes: tuple[str, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What a space holds and what still fits, None where there is no limit."""

    entries: int
    size: int
    entries_left: int | None
    size_left: int | None


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts since the last reset. `rate` is the share of hits in per cent, a dash before the first read."""

    hits: int
    misses: int
    written: int
    deleted: int
    expired: int
    evicted: int
    rate: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep let go of. `looked` counts the entries it had to look at."""

    expired: int
    looked: int
    leases: int
    watches: int
    counters: int
    requests: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a snapshot brought: entries taken in, and those left out, whose time was up or for which there was no place."""

    entries: int
    too_old: int
    left_out: int
    revision: int


@dataclass(frozen=True, slots=True)
class Footprint:
    """How many things of each kind are held inside. What has come and gone leaves nothing."""

    entries: int
    buckets: int
    tags: int
    bound: int
    spaces: int
    lists: int
    changes: int
    watches: int
    leases: int
    lines: int
    waiting: int
    counters: int
    requests: int
