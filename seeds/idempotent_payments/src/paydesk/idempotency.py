"""Requests that may be sent twice.

A customer marks a request with an idempotency key. The first request of a key is carried out and its response kept; a repetition gets
that response. Keys belong to an account: two customers who choose the same one do not meet. What a key was used for is known by the
request's fingerprint, so that a key taken for something else by mistake is noticed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from paydesk import errors
from paydesk.errors import Failure
from paydesk.runtime import DAY, Clock, Ids, log_event
from paydesk.wire import Request, Response, refused

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEY_LASTS = DAY
KEY_LONGEST = 64
LEASE_MS = 60_000
RETRY_AT_MOST_MS = 5_000
CARD_DECLINED = 402

ScopedKey = tuple[str, str]

logger = logging.getLogger("paydesk.idempotency")


@dataclass(frozen=True)
class KeyRecord:
    """What is known of one key. A request that works under it holds a lease, measured on the steady clock."""

    fingerprint: str
    reference: str
    expires_at: int
    holder: int = 0
    lease_ends_ms: int | None = None
    response: Response | None = None


class KeyStore:
    """The keys of all accounts."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._lock = threading.Lock()
        self._records: dict[ScopedKey, KeyRecord] = {}

    def claim(self, scoped: ScopedKey, key: str, fingerprint: str) -> KeyRecord | Response | Failure:
        """Take a key for a request: get the record to work under, the kept response, or a refusal.

        A key whose request never came to an end keeps its reference, so that our partners recognise the next attempt.
        """
        with self._lock:
            record = self._records.get(scoped)
            now, steady = self._clock.now(), self._clock.steady_ms()
            if record is None or record.expires_at <= now:
                record = KeyRecord(fingerprint, self._ids.next("ref"), now + KEY_LASTS)
            if record.fingerprint != fingerprint:
                return errors.key_reused(key)
            if record.response is not None:
                return record.response
            if record.lease_ends_ms is not None and steady < record.lease_ends_ms:
                left = record.lease_ends_ms - steady
                return errors.in_progress(key, min(left, RETRY_AT_MOST_MS))
            claimed = replace(record, holder=record.holder + 1, lease_ends_ms=steady + LEASE_MS)
            self._records[scoped] = claimed
            return claimed

    def keep(self, scoped: ScopedKey, claimed: KeyRecord, response: Response) -> None:
        """Keep the response for repetitions. From now on the key lasts its full time."""
        with self._lock:
            if self._holds(scoped, claimed):
                kept = replace(claimed, response=response, expires_at=self._clock.now() + KEY_LASTS)
                self._records[scoped] = kept

    def release(self, scoped: ScopedKey, claimed: KeyRecord) -> None:
        """Let the next request of the key try again; it has to ask for the same."""
        with self._lock:
            if self._holds(scoped, claimed):
                self._records[scoped] = replace(claimed, lease_ends_ms=None)

    def forget(self, scoped: ScopedKey, claimed: KeyRecord) -> None:
        """Give the key back unused: nothing was done under it."""
        with self._lock:
            if self._holds(scoped, claimed):
                del self._records[scoped]

    def _holds(self, scoped: ScopedKey, claimed: KeyRecord) -> bool:
        current = self._records.get(scoped)
        return current is not None and current.holder == claimed.holder

    def purge(self) -> int:
        """Forget expired keys; return how many."""
        with self._lock:
            now = self._clock.now()
            gone = 0
            for place, record in list(self._records.items()):
                if record.expires_at <= now:
                    del self._records[place]
                    gone += 1
            return gone


class Idempotency:
    """Middleware that carries out each marked request once. What it keeps is rendered, and so copied, further out."""

    def __init__(self, keys: KeyStore, ids: Ids) -> None:
        self._keys = keys
        self._ids = ids

    def __call__(self, request: Request, proceed: Callable[[Request], Response]) -> Response:
        """Answer a request."""
        key = request.header(HEADER)
        if request.method != "POST":
            return proceed(request)
        if key is None:
            return proceed(replace(request, reference=self._ids.next("ref")))
        if not key.strip() or len(key) > KEY_LONGEST:
            return refused(errors.invalid(HEADER, f"must have between 1 and {KEY_LONGEST} characters"))
        scoped_key = (request.account_id, key)
        claimed = self._keys.claim(scoped_key, key, request.fingerprint())
        if isinstance(claimed, Failure):
            return refused(claimed)
        if isinstance(claimed, Response):
            log_event(logger, "request.replayed", path=request.path)
            return replace(claimed, headers={**claimed.headers, REPLAYED: "true"})
        return self._first(request, scoped_key, claimed, proceed)

    def _first(
        self, request: Request, scoped: ScopedKey, claimed: KeyRecord, proceed: Callable[[Request], Response]
    ) -> Response:
        try:
            response = proceed(replace(request, reference=claimed.reference))
        except BaseException:
            self._keys.release(scoped, claimed)
            raise
        if response.ok or response.status == CARD_DECLINED:
            self._keys.keep(scoped, claimed, response)
        else:
            self._keys.forget(scoped, claimed)
        return response
