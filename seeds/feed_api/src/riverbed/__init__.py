"""The feed of a community: what people post, and what each of them gets to see."""

from riverbed.ambient import FixedClock
from riverbed.feed import Feed, open_feed
from riverbed.problems import FeedError, Problem, ReceiverError
from riverbed.records import Page, Quota, Settings

__all__ = [
    "Feed",
    "FeedError",
    "FixedClock",
    "Page",
    "Problem",
    "Quota",
    "ReceiverError",
    "Settings",
    "open_feed",
]
