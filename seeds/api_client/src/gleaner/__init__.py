"""Gleans what stands on paginated endpoints, politely."""

from gleaner.breaking import BreakerRules
from gleaner.client import AsyncClient, Client, Settings, open_async_client, open_client
from gleaner.faults import GleanerError
from gleaner.limiting import Rate
from gleaner.rehearsal import CountingIds, LoadedChance, ScriptedServer, VirtualTime, Wire
from gleaner.retrying import Backoff, SeededChance
from gleaner.timing import SystemClock
from gleaner.transport import StreamTransport
from gleaner.uploading import MemoryProgress

__all__ = [
    "AsyncClient",
    "Backoff",
    "BreakerRules",
    "Client",
    "CountingIds",
    "GleanerError",
    "LoadedChance",
    "MemoryProgress",
    "Rate",
    "ScriptedServer",
    "SeededChance",
    "Settings",
    "StreamTransport",
    "SystemClock",
    "VirtualTime",
    "Wire",
    "open_async_client",
    "open_client",
]
