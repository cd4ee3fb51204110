"""When things are due, in buckets of time, so that whoever looks for what is due need not look at what is not."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandglass.runtime import SECOND

if TYPE_CHECKING:
    from sandglass.names import Address

GRAIN = 10 * SECOND


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, the earliest first, and at how many had to be looked to know."""

    addresses: tuple[Address, ...]
    looked: int


class Wheel:
    """Buckets of a fixed width. A bucket is there as long as something is in it."""

    __slots__ = ("_buckets", "_grain", "_numbers")

    def __init__(self, grain: int = GRAIN) -> None:
        self._grain = grain
        self._buckets: dict[int, dict[Address, int]] = {}
        self._numbers: list[int] = []

    def schedule(self, address: Address, due: int) -> None:
        """Have something come up at a time."""
        number = due // self._grain
        if number not in self._buckets:
            self._buckets[number] = {}
            insort(self._numbers, number)
        self._buckets[number][address] = due

    def cancel(self, address: Address, due: int) -> None:
        """Take something out that was to come up at a time."""
        number = due // self._grain
        bucket = self._buckets[number]
        del bucket[address]
        if not bucket:
            del self._buckets[number]
            del self._numbers[bisect_left(self._numbers, number)]

    def due(self, now: int, limit: int | None) -> Due:
        """What has come up by now, so many at most; at the same moment by space and key."""
        found: list[Address] = []
        looked = 0
        for number in self._numbers:
            if number > now // self._grain or (limit is not None and len(found) >= limit):
                break
            bucket = self._buckets[number]
            looked += len(bucket)
            ready = sorted((due, address) for address, due in bucket.items() if due <= now)
            found += [address for _, address in ready]
        return Due(tuple(found[:limit]), looked)

    def next(self) -> int | None:
        """When the earliest thing comes up."""
        if not self._numbers:
            return None
        return min(self._buckets[self._numbers[0]].values())

    def __len__(self) -> int:
        return len(self._buckets)
