"""Delivers events to webhook endpoints, at least once."""

from postbox.ambient import CountingIds, LoadedChance, ManualClock, SeededChance
from postbox.endpoints import HealthRules
from postbox.errors import PostboxError
from postbox.schedule import RetrySchedule
from postbox.service import Postbox, Settings, open_postbox
from postbox.transport import InMemoryTransport

__all__ = [
    "CountingIds",
    "HealthRules",
    "InMemoryTransport",
    "LoadedChance",
    "ManualClock",
    "Postbox",
    "PostboxError",
    "RetrySchedule",
    "SeededChance",
    "Settings",
    "open_postbox",
]
