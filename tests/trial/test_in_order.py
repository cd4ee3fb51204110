from __future__ import annotations

import threading
import time

from generator.trial.in_order import in_order


def test_the_answers_come_in_the_order_of_the_items() -> None:
    def late(item: int) -> int:
        time.sleep(0.01 * (5 - item))
        return -item

    assert list(in_order(range(5), late, jobs=5)) == [(n, -n) for n in range(5)]


def test_one_that_takes_long_leaves_no_worker_idle() -> None:
    """The first is answered only once five others are."""
    others = threading.Semaphore(0)

    def answer(item: int) -> bool:
        if item:
            others.release()
            return True
        return all(others.acquire(timeout=10) for _ in range(5))

    assert dict(in_order(range(8), answer, jobs=2))[0]


def test_not_all_that_there_is_to_do_is_begun_at_once() -> None:
    begun: list[int] = []
    first, _ = next(iter(in_order(range(1000), begun.append, jobs=2)))
    assert first == 0
    assert len(begun) < 20
