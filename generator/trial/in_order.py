"""Several things at once, their answers one by one in the order of the things."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from generator import process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

_AHEAD = 4
"""With as many as are worked on, one that takes long kept the others idle: two of ten seconds, with mutants of sqlparse."""
Item = TypeVar("Item")
Answer = TypeVar("Answer")


def in_order(
    items: Iterable[Item], answer: Callable[[Item], Answer], jobs: int
) -> Iterator[tuple[Item, Answer]]:
    """Each item with its answer, in the order of the items, as soon as it and all before are known. `jobs` are worked on at
    once, at most four times as many wait for their turn or for one before them. Stopping the iteration ends the programs that
    the answers wait for."""
    waiting = iter(items)
    stop = process.Stop()

    def covered(item: Item) -> Answer:
        with stop.covers():
            return answer(item)

    with ThreadPoolExecutor(jobs) as pool:

        def started(count: int) -> list[tuple[Item, Future[Answer]]]:
            return [(each, pool.submit(covered, each)) for each in islice(waiting, count)]

        try:
            under_way = started(_AHEAD * jobs)
            while under_way:
                item, future = under_way.pop(0)
                found = future.result()
                under_way += started(1)
                yield item, found
        finally:
            # Whoever took the last answer has what they want; what runs beyond it is not waited for.
            stop.stop()
