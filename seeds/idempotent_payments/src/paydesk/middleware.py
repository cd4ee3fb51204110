"""What every request goes through before its view: the request log, authentication, versioning."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import replace

from paydesk import errors
from paydesk.errors import Failure
from paydesk.models import ApiKey
from paydesk.runtime import Clock, Ids, log_event, serving
from paydesk.store import LOCK_PATIENCE_MS, Store
from paydesk.versions import VERSIONS, render
from paydesk.wire import Request, Response, refused

AUTHORIZATION = "Authorization"
VERSION = "Paydesk-Version"
REQUEST_ID = "Request-Id"
SAFE = ("GET",)

Handler = Callable[[Request], Response]
Middleware = Callable[[Request, Handler], Response]

logger = logging.getLogger("paydesk.requests")


def chain(handler: Handler, *layers: Middleware) -> Handler:
    """Put middleware around a handler, the outermost first."""
    for layer in reversed(layers):
        handler = _around(layer, handler)
    return handler


def _around(layer: Middleware, inner: Handler) -> Handler:
    return lambda request: layer(request, inner)


def digest(secret: str) -> str:
    """Return what we keep of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class RequestLog:
    """Numbers requests, logs them, and turns what was raised on the way into error objects."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    def __call__(self, request: Request, proceed: Handler) -> Response:
        """Answer a request."""
        numbered = replace(request, id=self._ids.next("req"))
        with serving(numbered.id):
            started = self._clock.steady_ms()
            response = self._safely(numbered, proceed)
            log_event(
                logger,
                "request.finished",
                method=request.method,
                path=request.path,
                status=response.status,
                elapsed_ms=self._clock.steady_ms() - started,
            )
        return replace(response, headers={**response.headers, REQUEST_ID: numbered.id})

    def _safely(self, request: Request, proceed: Handler) -> Response:
        try:
            return proceed(request)
        except errors.LockTimeoutError as busy:
            return refused(errors.locked(str(busy), LOCK_PATIENCE_MS))
        except errors.StaleRecordError:
            return refused(errors.stale())
        except errors.NetworkUnavailableError:
            return refused(errors.unavailable())
        except Exception:
            logger.exception("request.crashed", extra={"request_id": request.id})
            return refused(errors.internal())


class Authentication:
    """Finds out whose request it is by the API key in its header."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def __call__(self, request: Request, proceed: Handler) -> Response:
        """Answer a request."""
        key = self._key(request)
        if isinstance(key, Failure):
            return refused(key)
        if key.read_only and request.method not in SAFE:
            return refused(errors.read_only())
        return proceed(replace(request, account_id=key.account_id))

    def _key(self, request: Request) -> ApiKey | Failure:
        header = request.header(AUTHORIZATION)
        if header is None:
            return errors.not_authenticated("No API key was given.")
        scheme, _, secret = header.strip().partition(" ")
        if scheme.lower() != "bearer":
            return errors.not_authenticated("The API key must be given as a bearer token.")
        key = self._store.keys.by_digest(digest(secret.strip()))
        if key is None:
            return errors.not_authenticated("There is no such API key.")
        if key.expired(self._clock.now()):
            return errors.key_expired()
        return key


class Versioning:
    """Shows responses as the customer's version of the API has them: the one asked for, or the one of the account."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, request: Request, proceed: Handler) -> Response:
        """Answer a request."""
        version = request.header(VERSION)
        if version is None:
            version = self._store.account(request.account_id).version
        if version not in VERSIONS:
            return refused(errors.unknown_version(version, VERSION))
        response = proceed(request)
        return replace(response, body=render(response.body, version), headers={**response.headers, VERSION: version})
