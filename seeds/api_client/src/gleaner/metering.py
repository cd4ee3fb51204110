"""Counters by account, spans, and log records that carry the request id."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

_REQUEST: ContextVar[str] = ContextVar("gleaner_request", default="-")
SPANS_KEPT = 100


@contextmanager
def request_scope(request_id: str) -> Iterator[str]:
    """Whatever is logged or sent inside belongs to this request id."""
    token = _REQUEST.set(request_id)
    try:
        yield request_id
    finally:
        _REQUEST.reset(token)


def request_id() -> str:
    """The request id of the scope."""
    return _REQUEST.get()


def facts(**fields: Any) -> dict[str, Any]:
    """The `extra` of a log record."""
    return {"request_id": request_id(), "fields": fields}


@dataclass(frozen=True)
class Usage:
    """What was done for one account so far."""

    account: str
    requests: int
    retries: int
    throttled: int
    failed: int
    hits: int
    waited_ms: int
    typical_ms: int | None
    slowest_ms: int | None


@dataclass
class Meter:
    """Collects; never in the way."""

    _counts: dict[str, Counter[str]] = field(default_factory=dict)
    _spans: dict[str, deque[int]] = field(default_factory=dict)

    def count(self, account: str, what: str, by: int = 1) -> None:
        """Add to a counter."""
        self._counts.setdefault(account, Counter())[what] += by

    def took(self, account: str, span_ms: int) -> None:
        """Note how long a request took. Only the last ones are kept."""
        self._spans.setdefault(account, deque(maxlen=SPANS_KEPT)).append(span_ms)

    def usage(self, account: str) -> Usage:
        """Sum an account up."""
        counts = self._counts.get(account, Counter())
        spans = self._spans.get(account, ())
        return Usage(
            account,
            requests=counts["requests"],
            retries=counts["retries"],
            throttled=counts["throttled"],
            failed=counts["failed"],
            hits=counts["hits"],
            waited_ms=counts["waited_ms"],
            typical_ms=percentile(spans, 50),
            slowest_ms=max(spans, default=None),
        )

    def counts(self, what: str) -> dict[str, int]:
        """One counter of all accounts for which anything was done."""
        return {name: each[what] for name, each in sorted(self._counts.items())}


def percentile(spans: Collection[int], percent: int) -> int | None:
    """The smallest span that is not exceeded by so many per cent of them."""
    if not spans:
        return None
    rank = -(-len(spans) * percent // 100)
    return sorted(spans)[rank - 1]
