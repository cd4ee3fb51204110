"""How requests leave the house, and an in-memory stand-in for rehearsals."""

from __future__ import annotations

import re
from typing import Protocol

from postbox.ambient import SECOND, ManualClock
from postbox.errors import AttemptTimeoutError, ConfigurationError, ConnectionBrokenError
from postbox.messages import Request, Response

TIMEOUT_MS = 10 * SECOND
_STEP = re.compile(
    r"(?P<what>\d{3}|timeout|reset|crash)(?: after (?P<pause>[^,]+?))?(?: in (?P<took>\d+) ms)?"
)


class Transport(Protocol):
    """Carries one request to its URL."""

    def send(self, request: Request) -> Response:
        """Return the answer, or raise a `TransportError`."""


class Desk(Protocol):
    """Answers requests itself."""

    def receive(self, source: str, request: Request) -> Response:
        """Answer a request of a source."""


class WorkerLostError(BaseException):
    """The process that was sending died, in a rehearsal."""


class InMemoryTransport:
    """Answers as it was told to, URL by URL, and remembers what it was sent.

    A script is a list of steps such as `200`, `503 in 900 ms`, `429 after 30`, `timeout`, `reset`
    or `crash`; its last step stays. URLs without a script answer 200 at once.
    """

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._scripts: dict[str, list[str]] = {}
        self._desks: dict[str, tuple[Desk, str]] = {}
        self._sent: list[Request] = []
        self._arrivals: list[tuple[str, int]] = []

    def answer(self, url: str, *steps: str) -> None:
        """Set the script of a URL."""
        for step in steps:
            if not _STEP.fullmatch(step):
                raise ConfigurationError(f"“{step}” is not a step of a script")
        self._scripts[url] = list(steps)

    def connect(self, url: str, desk: Desk, source: str) -> None:
        """Let a desk answer the requests to a URL as those of a source."""
        self._desks[url] = desk, source

    def send(self, request: Request) -> Response:
        """Play the next step."""
        self._sent.append(request)
        self._arrivals.append((request.url, self._clock.monotonic()))
        script = self._scripts.get(request.url, [])
        step = (script.pop(0) if len(script) > 1 else script[0]) if script else "200"
        response = self._play(step)
        if response.status == 200 and request.url in self._desks:
            desk, source = self._desks[request.url]
            return desk.receive(source, request)
        return response

    def _play(self, step: str) -> Response:
        parts = _STEP.fullmatch(step)
        assert parts is not None
        what, pause, took = parts["what"], parts["pause"], parts["took"]
        if what == "crash":
            raise WorkerLostError("the worker died")
        if what == "timeout":
            self._clock.sleep(TIMEOUT_MS)
            raise AttemptTimeoutError(f"no answer within {TIMEOUT_MS // SECOND} seconds")
        self._clock.sleep(int(took or 0))
        if what == "reset":
            raise ConnectionBrokenError("the connection was reset")
        return Response(int(what), {"Retry-After": pause} if pause else {})

    def requests(self, url: str) -> list[Request]:
        """List what a URL was sent."""
        return [request for request in self._sent if request.url == url]

    def arrivals(self, url: str) -> list[float]:
        """List after how many seconds each request to a URL arrived."""
        return [at / SECOND for name, at in self._arrivals if name == url]
