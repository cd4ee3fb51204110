"""Events, and the requests and answers they travel in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from postbox.ambient import read_stamp, stamp, to_ms
from postbox.errors import ConfigurationError, PublishError, UnreadableBodyError

ANYTHING = "*"
EVENT_HEADER = "Postbox-Event"
ATTEMPT_HEADER = "Postbox-Attempt"
REQUEST_HEADER = "Postbox-Request"
SIGNATURE_HEADER = "Postbox-Signature"

_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*(?:\.[a-z]+(?:_[a-z]+)*)+")
_PATTERN = re.compile(r"[a-z]+(?:_[a-z]+)*(?:\.[a-z]+(?:_[a-z]+)*)*\.\*")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to one object of a tenant."""

    event_id: str
    tenant: str
    kind: str
    subject: str
    sequence: int
    occurred_ms: int
    data: dict[str, Any] = field(default_factory=dict)


def check_kind(kind: str) -> str:
    """Return the kind of an event in its usual spelling: `order.paid`."""
    usual = kind.strip().lower()
    if not _KIND.fullmatch(usual):
        raise PublishError(f"“{kind}” is not a kind of event")
    return usual


def check_pattern(pattern: str) -> str:
    """Return a subscription in its usual spelling: a kind, `order.*` or `*`."""
    usual = pattern.strip().lower()
    if usual == ANYTHING or _KIND.fullmatch(usual) or _PATTERN.fullmatch(usual):
        return usual
    raise ConfigurationError(f"“{pattern}” is not something to subscribe to")


def matches(pattern: str, kind: str) -> bool:
    """Tell whether a subscription covers a kind of event."""
    if pattern in (ANYTHING, kind):
        return True
    return pattern.endswith(".*") and kind.startswith(pattern[:-1])


def encode(event: Event) -> bytes:
    """Write an event as the body of a request; equal events give equal bytes."""
    told = {
        "id": event.event_id,
        "tenant": event.tenant,
        "kind": event.kind,
        "object": event.subject,
        "sequence": event.sequence,
        "occurred_at": stamp(event.occurred_ms),
        "data": event.data,
    }
    return _canonical(told).encode()


def decode(body: bytes) -> Event:
    """Read an event out of the body of a request."""
    try:
        told = json.loads(body)
        return Event(
            event_id=str(told["id"]),
            tenant=str(told["tenant"]),
            kind=str(told["kind"]),
            subject=str(told["object"]),
            sequence=int(told["sequence"]),
            occurred_ms=read_stamp(told["occurred_at"]),
            data=dict(told["data"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableBodyError("the body is not an event") from error


def fingerprint(event: Event) -> str:
    """Condense what was published, to recognise it when it is published again."""
    told = _canonical([event.kind, event.subject, event.data])
    return hashlib.sha256(told.encode()).hexdigest()


def _canonical(value: object) -> str:
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise PublishError("the data of an event has to be plain JSON") from error


@dataclass(frozen=True, slots=True)
class Request:
    """What an endpoint is sent."""

    url: str
    headers: dict[str, str]
    body: bytes

    def __str__(self) -> str:
        event = decode(self.body)
        attempt = header(self.headers, ATTEMPT_HEADER)
        return f"{event.event_id} {event.kind} {event.subject} #{event.sequence}, try {attempt}"


@dataclass(frozen=True, slots=True)
class Response:
    """What an endpoint answered."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def __str__(self) -> str:
        return f"{self.status} {self.text}".rstrip()


def header(headers: Mapping[str, str], name: str) -> str | None:
    """Look a header up; capitals do not matter."""
    wanted = name.lower()
    for each, value in headers.items():
        if each.lower() == wanted:
            return value.strip()
    return None


def advised_pause(response: Response, wall_ms: int) -> int | None:
    """Return for how many milliseconds an answer asks to be left alone, if it does."""
    value = header(response.headers, "Retry-After")
    if value is None:
        return None
    if value.isdigit():
        return to_ms(int(value))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0, to_ms(moment.timestamp()) - wall_ms)
