"""Signatures: made on the way out, checked on the way in, with secrets that can be changed.

The header reads `t=<seconds>,v1=<hex>,v1=<hex>`: one signature for every secret in use, so that a
receiver may change over at any time while two secrets overlap.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from postbox.ambient import SECOND, Clock
from postbox.errors import (
    ConfigurationError,
    SignatureMalformedError,
    SignatureMismatchError,
    SignatureMissingError,
    TimestampRejectedError,
)
from postbox.messages import (
    ATTEMPT_HEADER,
    EVENT_HEADER,
    REQUEST_HEADER,
    SIGNATURE_HEADER,
    Event,
    Request,
    encode,
    header,
)

SHORTEST_SECRET = 8
TOLERANCE_S = 300


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret, and when it goes out of use, if that was decided."""

    secret: str
    retires_ms: int | None = None

    def usable(self, wall_ms: int) -> bool:
        """Tell whether the secret still signs."""
        return self.retires_ms is None or wall_ms < self.retires_ms


@dataclass(slots=True)
class KeyRing:
    """The secrets of one endpoint, newest first."""

    keys: list[SigningKey] = field(default_factory=list)

    def rotate(self, secret: str, wall_ms: int, overlap_ms: int) -> None:
        """Put a new secret to use and let those before it retire."""
        check_secret(secret)
        if overlap_ms < 0:
            raise ConfigurationError("secrets cannot overlap by less than nothing")
        if secret in [key.secret for key in self.usable(wall_ms)]:
            raise ConfigurationError("the new secret is one of those in use")
        until = wall_ms + overlap_ms
        older = [
            replace(key, retires_ms=until if key.retires_ms is None else min(key.retires_ms, until))
            for key in self.usable(wall_ms)
        ]
        self.keys = [SigningKey(secret), *older]

    def usable(self, wall_ms: int) -> list[SigningKey]:
        """Return the secrets that sign at this moment."""
        return [key for key in self.keys if key.usable(wall_ms)]

    def copy(self) -> KeyRing:
        """Return a ring that can be changed without changing this one."""
        return KeyRing(list(self.keys))


def check_secret(secret: str) -> str:
    """Refuse secrets that are no secrets."""
    if len(secret) < SHORTEST_SECRET:
        raise ConfigurationError(f"a secret needs at least {SHORTEST_SECRET} characters")
    return secret


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """Sign the id, the time in whole seconds and the exact bytes of a body."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Signer:
    """Turns an event into a request that its receiver can trust."""

    clock: Clock

    def seal(
        self, event: Event, url: str, keys: KeyRing, *, attempt: int, request_id: str
    ) -> Request:
        """Encode, sign and address an event."""
        body = encode(event)
        wall_ms = self.clock.wall()
        timestamp = wall_ms // SECOND
        made = [
            f"v1={signature(key.secret, event.event_id, timestamp, body)}"
            for key in keys.usable(wall_ms)
        ]
        headers = {
            "Content-Type": "application/json",
            EVENT_HEADER: event.event_id,
            ATTEMPT_HEADER: str(attempt),
            REQUEST_HEADER: request_id,
            SIGNATURE_HEADER: ",".join([f"t={timestamp}", *made]),
        }
        return Request(url, headers, body)


class Verifier:
    """Checks that a request was signed with a known secret, and lately."""

    def __init__(
        self, secrets: Iterable[str], clock: Clock, *, tolerance_s: int = TOLERANCE_S
    ) -> None:
        self._secrets = [check_secret(secret) for secret in secrets]
        self._clock = clock
        self._tolerance_s = tolerance_s

    def verify(self, headers: Mapping[str, str], body: bytes) -> str:
        """Return the id of the event that was signed."""
        event_id = header(headers, EVENT_HEADER)
        told = header(headers, SIGNATURE_HEADER)
        if not event_id or not told:
            raise SignatureMissingError("the request carries no signature")
        timestamp, signatures = _read(told)
        self._check_age(timestamp)
        known = [signature(secret, event_id, timestamp, body) for secret in self._secrets]
        for offered in signatures:
            if any(hmac.compare_digest(offered, each) for each in known):
                return event_id
        raise SignatureMismatchError(
            "the signature was made with another secret or for another body"
        )

    def _check_age(self, timestamp: int) -> None:
        age_s = self._clock.wall() // SECOND - timestamp
        if age_s > self._tolerance_s:
            raise TimestampRejectedError(f"the request was signed {age_s} seconds ago")
        if age_s < -self._tolerance_s:
            raise TimestampRejectedError(f"the request was signed {-age_s} seconds ahead")


def _read(told: str) -> tuple[int, list[str]]:
    timestamps: list[str] = []
    signatures: list[str] = []
    for part in told.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            timestamps.append(value)
        elif name == "v1":
            signatures.append(value)
    if len(timestamps) != 1 or not timestamps[0].isdecimal() or not signatures:
        raise SignatureMalformedError(f"“{told[:40]}” is not a signature")
    if not all(each.isascii() for each in signatures):
        raise SignatureMalformedError("a signature is written in plain letters and digits")
    return int(timestamps[0]), signatures
