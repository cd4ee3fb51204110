"""What the tests share: names, settings in few words, rows, a basket, and the helper that plays an async scenario."""

import asyncio

from gleaner import (
    Backoff,
    BreakerRules,
    CountingIds,
    LoadedChance,
    Settings,
    open_async_client,
)

HOST = "api.acme.test"
OTHER_HOST = "api.coda.test"
TOKEN = "tok-acme"
USUAL = Settings()


def patient(**backoff):
    """Settings with another backoff."""
    return Settings(backoff=Backoff(**backoff))


def guarded(attempts=1, **rules):
    """Settings with another breaker, and so many attempts."""
    return Settings(backoff=Backoff(attempts=attempts), breaker=BreakerRules(**rules))


def rows(count, first=1):
    """Items with ids from 1 on."""
    return [{"id": number} for number in range(first, first + count)]


def ids(items):
    """The ids alone."""
    return [item["id"] for item in items]


def outlined(sheaf):
    """Path by path, how much was read."""
    return [(each.path, each.harvest and len(each.harvest.items)) for each in sheaf.fetched]


def rehearsed(server, clock, settings=USUAL, **more):
    """An async client by the stopped clock, with acme connected at once."""
    return open_async_client(
        server, settings, clock=clock, ids=CountingIds(), chance=LoadedChance(), **more
    )


def play(clock, scenario):
    """Run a scenario to its end on the clock's own loop."""
    with asyncio.Runner(loop_factory=clock.new_loop) as runner:
        return runner.run(scenario)


class Basket:
    """Takes items; a full one takes nothing until it is emptied."""

    def __init__(self, room=1_000):
        self.room = room
        self.items = []

    def __str__(self):
        return "a basket" if self.room == 1_000 else f"a basket with room for {self.room}"

    def take(self, items):
        if len(self.items) + len(items) > self.room:
            raise OSError("the basket is full")
        self.items += items
