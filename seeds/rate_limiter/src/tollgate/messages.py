"""Requests and responses as values; `RateLimit-*` and `Retry-After` written by the server and read by the client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from tollgate.clock import SECOND, read_http_date, whole_seconds
from tollgate.decisions import Decision, Reason

Headers = tuple[tuple[str, str], ...]
_STATUS = {
    Reason.QUOTA: (429, "Too Many Requests"),
    Reason.TOO_BIG: (413, "Content Too Large"),
    Reason.UNKNOWN_KEY: (401, "Unauthorized"),
    Reason.EXPIRED_KEY: (401, "Unauthorized"),
    Reason.SUSPENDED: (403, "Forbidden"),
    Reason.UNAVAILABLE: (503, "Service Unavailable"),
}


@dataclass(frozen=True)
class Request:
    """What a client sends."""

    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def header(self, name: str) -> str | None:
        """Return a header, however it is written."""
        return header(self.headers.items(), name)

    def with_header(self, name: str, value: str) -> Request:
        """Return the request with one header more."""
        return replace(self, headers={**self.headers, name: value})


@dataclass(frozen=True)
class Response:
    """What a server answers."""

    status: int
    headers: Headers = ()
    body: str = ""

    def __str__(self) -> str:
        return f"{self.status}: {self.body}" if self.body else str(self.status)

    def header(self, name: str) -> str | None:
        """Return a header, however it is written."""
        return header(self.headers, name)


Transport = Callable[[Request], Response]


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """Return the first header of that name."""
    wanted = name.lower()
    for key, value in headers:
        if key.strip().lower() == wanted:
            return value.strip()
    return None


@dataclass(frozen=True)
class Advice:
    """What a response says about the next request; spans in milliseconds."""

    retry_after: int | None = None
    remaining: int | None = None
    reset_after: int | None = None


def status_of(reason: Reason) -> tuple[int, str]:
    """Return the status a refusal is told with."""
    return _STATUS.get(reason, (429, "Too Many Requests"))


def limit_headers(decision: Decision) -> Headers:
    """Write a decision as headers."""
    headers: list[tuple[str, str]] = []
    if decision.rule:
        headers += [
            ("RateLimit-Limit", str(decision.limit)),
            ("RateLimit-Remaining", str(decision.remaining)),
            ("RateLimit-Reset", str(whole_seconds(decision.reset_after))),
            ("RateLimit-Policy", f'{decision.limit};comment="{decision.rule}"'),
        ]
    if decision.retry_after is not None:
        headers.append(("Retry-After", str(max(1, whole_seconds(decision.retry_after)))))
    return tuple(headers)


def read_advice(headers: Iterable[tuple[str, str]], now: int) -> Advice:
    """Read what a response says about the next request."""
    pairs = list(headers)
    return Advice(
        retry_after=read_retry_after(header(pairs, "Retry-After"), now),
        remaining=_count(header(pairs, "RateLimit-Remaining")),
        reset_after=_seconds(header(pairs, "RateLimit-Reset")),
    )


def read_retry_after(value: str | None, now: int) -> int | None:
    """Read seconds or a date; what is neither counts as nothing."""
    if value is None:
        return None
    span = _seconds(value)
    if span is not None:
        return span
    at = read_http_date(value)
    return max(0, at - now) if at is not None else None


def _count(value: str | None) -> int | None:
    if value is None or not value.strip().isdecimal():
        return None
    return int(value)


def _seconds(value: str | None) -> int | None:
    count = _count(value)
    return count * SECOND if count is not None else None
