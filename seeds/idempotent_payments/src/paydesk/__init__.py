"""Card payments behind a small HTTP-like interface: charges, captures, refunds, intents and payouts."""

from paydesk.acquirer import SandboxBank, SandboxNetwork
from paydesk.api import PaymentsApi
from paydesk.client import Client
from paydesk.runtime import CountingIds, ManualClock
from paydesk.store import RehearsalLocks
from paydesk.wire import Request, Response

__all__ = [
    "Client",
    "CountingIds",
    "ManualClock",
    "PaymentsApi",
    "RehearsalLocks",
    "Request",
    "Response",
    "SandboxBank",
    "SandboxNetwork",
]
