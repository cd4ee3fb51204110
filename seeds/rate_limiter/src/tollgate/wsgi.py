"""The gate in front of a WSGI application."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from wsgiref.util import setup_testing_defaults

from tollgate.decisions import Decision, Reason
from tollgate.gate import Gate, ask, hand_back
from tollgate.logs import note
from tollgate.messages import Request, Response, limit_headers, status_of
from tollgate.policy import clean_route, covers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger("tollgate.wsgi")


@dataclass(frozen=True)
class Settings:
    """How the gate meets the web."""

    header: str = "X-API-Key"
    exempt: tuple[str, ...] = ("/health",)
    return_failures: bool = True
    longest_wait: int = 5_000


def guard(app: WSGIApplication, gate: Gate, settings: Settings | None = None) -> WSGIApplication:
    """Put the gate in front of an application."""
    chosen = settings if settings is not None else Settings()

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        route = str(environ.get("PATH_INFO", "/"))
        if _exempt(chosen, route):
            return app(environ, start_response)
        key = key_of(environ, chosen.header)
        decision = ask(gate, key, route=route)
        if not decision.allowed:
            return _refuse(decision, start_response)
        if decision.wait > chosen.longest_wait:
            hand_back(gate, key, route=route)
            return _refuse(_too_long(decision, chosen.longest_wait), start_response)
        if decision.wait > 0:
            gate.clock.sleep(decision.wait)
        return _serve(app, environ, start_response, _Visit(gate, key, route, decision, chosen))

    return guarded


@dataclass
class _Visit:
    """One request on its way through."""

    gate: Gate
    key: str
    route: str
    decision: Decision
    settings: Settings
    undone: bool = False

    def undo(self) -> None:
        """Hand the request back, once, where failures are not counted."""
        if self.settings.return_failures and not self.undone:
            self.undone = True
            hand_back(self.gate, self.key, route=self.route)


def key_of(environ: WSGIEnvironment, header: str = "X-API-Key") -> str:
    """Find the API key: in its header, as a bearer token, or in the address."""
    name = "HTTP_" + header.strip().upper().replace("-", "_")
    own = str(environ.get(name, "")).strip()
    if own:
        return own
    scheme, _, token = str(environ.get("HTTP_AUTHORIZATION", "")).strip().partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return parse_qs(str(environ.get("QUERY_STRING", ""))).get("api_key", [""])[0]


def _exempt(settings: Settings, route: str) -> bool:
    asked = clean_route(route)
    return any(covers(clean_route(free), asked) for free in settings.exempt)


def _too_long(decision: Decision, longest: int) -> Decision:
    return Decision(
        False,
        decision.limit,
        decision.remaining,
        retry_after=decision.wait - longest,
        reset_after=decision.reset_after,
        rule=decision.rule,
        reason=Reason.TOO_LONG,
    )


def _refuse(decision: Decision, start_response: StartResponse) -> Iterable[bytes]:
    status, phrase = status_of(decision.reason)
    problem: dict[str, object] = {"title": phrase, "detail": str(decision)}
    if decision.rule:
        problem["rule"] = decision.rule
    body = json.dumps(problem, ensure_ascii=False).encode()
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Content-Length", str(len(body))),
        *limit_headers(decision),
    ]
    start_response(f"{status} {phrase}", headers)
    return [body]


def _serve(
    app: WSGIApplication,
    environ: WSGIEnvironment,
    start_response: StartResponse,
    visit: _Visit,
) -> Iterable[bytes]:
    def start(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        if status.startswith("5"):
            visit.undo()
        return start_response(status, _merged(headers, visit.decision), exc_info)

    try:
        return app(environ, start)
    except Exception:
        note(logger, "application failed", key=visit.key, level=logging.ERROR, route=visit.route)
        visit.undo()
        raise


def _merged(headers: Sequence[tuple[str, str]], decision: Decision) -> list[tuple[str, str]]:
    present = {name.lower() for name, _ in headers}
    added = [pair for pair in limit_headers(decision) if pair[0].lower() not in present]
    return [*headers, *added]


def call_app(app: WSGIApplication, request: Request) -> Response:
    """Send a request to an application in this process."""
    path, _, query = request.path.partition("?")
    body = request.body.encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method.upper(),
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    for name, value in request.headers.items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    setup_testing_defaults(environ)
    answers: list[tuple[int, tuple[tuple[str, str], ...]]] = []

    def start(
        status: str, headers: list[tuple[str, str]], _exc_info: Any = None
    ) -> Callable[[bytes], object]:
        answers.append((int(status.split()[0]), tuple(headers)))
        return lambda _data: None

    chunks = app(environ, start)
    try:
        text = b"".join(chunks).decode()
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = answers[-1]
    return Response(status, headers, text)
