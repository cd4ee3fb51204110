from collections.abc import Iterator

import pytest

from riverbed import Feed, FixedClock, open_feed
from riverbed.ambient import CountingKeys

SECRET = b"in the tests only"


@pytest.fixture
def clock() -> FixedClock:
    """Monday, 4 May 2026, 09:00."""
    return FixedClock()


@pytest.fixture
def square(clock: FixedClock) -> Iterator[Feed]:
    """A space with four members who don't know each other yet."""
    feed = open_feed(clock=clock, keys=CountingKeys(), secret=SECRET)
    feed.enrol(["ada", "bo", "cy", "dee"])
    yield feed
    feed.close()


@pytest.fixture
def feed(square: Feed) -> Feed:
    """The same, and bo follows ada and cy."""
    square.follow("bo", "ada", "cy")
    return square
