"""Compares what the books say with what the bank says, and keeps what comes of it."""

from crosscheck.ambient import FixedClock, Inbox
from crosscheck.desk import Desk
from crosscheck.refusals import Refused

__all__ = ["Desk", "FixedClock", "Inbox", "Refused"]
