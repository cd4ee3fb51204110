"""What the gate answers, and what it remembers between two requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from tollgate.clock import say


class Reason(StrEnum):
    """Why a request was refused."""

    NONE = ""
    QUOTA = "quota used up"
    TOO_BIG = "larger than the limit"
    UNKNOWN_KEY = "unknown key"
    EXPIRED_KEY = "key expired"
    SUSPENDED = "tenant suspended"
    UNAVAILABLE = "limits cannot be checked"
    TOO_LONG = "the turn comes too late"


@dataclass(frozen=True)
class Decision:
    """The answer to one request; all spans in milliseconds."""

    allowed: bool
    limit: int = 0
    remaining: int = 0
    retry_after: int | None = None
    reset_after: int = 0
    wait: int = 0
    rule: str = ""
    reason: Reason = Reason.NONE

    def __str__(self) -> str:
        if self.allowed:
            turn = f", its turn comes after {say(self.wait)}" if self.wait else ""
            return f"passed, {self.remaining} of {self.limit} left{turn}"
        if self.retry_after is None:
            return f"refused ({self.reason})"
        return f"refused ({self.reason}), try again after {say(self.retry_after)}"


def passed(
    limit: int, remaining: int, *, reset_after: int, wait: int = 0, rule: str = ""
) -> Decision:
    """Make the answer to a request that goes through."""
    return Decision(True, limit, remaining, reset_after=reset_after, wait=wait, rule=rule)


def refused(
    limit: int, remaining: int, *, retry_after: int | None, reset_after: int, rule: str = ""
) -> Decision:
    """Make the answer to a request that does not go through."""
    return Decision(
        False,
        limit,
        remaining,
        retry_after=retry_after,
        reset_after=max(0, reset_after),
        rule=rule,
        reason=Reason.QUOTA if retry_after is not None else Reason.TOO_BIG,
    )


def turned_away(reason: Reason, *, retry_after: int | None = None) -> Decision:
    """Make the answer to a request that was never counted."""
    return Decision(False, retry_after=retry_after, reason=reason)


UNLIMITED = Decision(True)


def strictest(decisions: Sequence[Decision]) -> Decision:
    """Return the answer that binds among several: a refusal, or else the tightest."""
    if not decisions:
        return UNLIMITED
    refusals = [decision for decision in decisions if not decision.allowed]
    if refusals:
        return _longest_refusal(refusals)
    tightest = min(decisions, key=lambda each: (each.remaining, -each.reset_after, each.rule))
    return replace(tightest, wait=max(each.wait for each in decisions))


def _longest_refusal(refusals: Sequence[Decision]) -> Decision:
    for refusal in refusals:
        if refusal.retry_after is None:
            return refusal
    return max(refusals, key=lambda each: (each.retry_after or 0, each.rule))


class Entry(NamedTuple):
    """Requests that came at one moment."""

    at: int
    cost: int


@dataclass(frozen=True)
class Bucket:
    """Tokens in a bucket, each worth as many parts as its rule's period has milliseconds."""

    level: int
    at: int
    until: int


@dataclass(frozen=True)
class Queue:
    """Work that waits in a leaky bucket, in the same parts."""

    level: int
    at: int
    until: int


@dataclass(frozen=True)
class Window:
    """Requests since a window began."""

    start: int
    used: int
    until: int


@dataclass(frozen=True)
class Log:
    """Every request of the last period, oldest first."""

    entries: tuple[Entry, ...]
    until: int


@dataclass(frozen=True)
class Counter:
    """Requests of this window and of the one before it."""

    start: int
    current: int
    previous: int
    until: int


State = Bucket | Queue | Window | Log | Counter
