"""Stand-ins for trying things out by hand: a scripted server, drawn lots, a plain application."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tollgate.clock import http_date, parse_duration
from tollgate.errors import ConfigError
from tollgate.messages import Headers, Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class ScriptedServer:
    """Answers one request after the other as its script says."""

    def __init__(self, answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self._heard: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self._heard.append(request)
        place = min(len(self._heard), len(self._answers)) - 1
        return _answer(self._answers[place])

    def heard(self) -> list[Request]:
        """Return the requests that arrived."""
        return list(self._heard)


def scripted(answers: Sequence[str]) -> ScriptedServer:
    """Make a server that answers "200", "429 after 2s", "503 at <date>", "lost"; the last one for good."""
    if not answers:
        raise ConfigError("a script needs an answer")
    return ScriptedServer(answers)


def _answer(text: str) -> Response:
    status, _, rest = text.strip().partition(" ")
    if status == "lost":
        raise ConnectionError("the connection was lost")
    if status == "slow":
        raise TimeoutError("no answer came")
    return Response(int(status), _retry_header(rest.strip()))


def _retry_header(rest: str) -> Headers:
    word, _, value = rest.partition(" ")
    if word == "after":
        seconds = parse_duration(value) // 1_000
        return (("Retry-After", str(seconds)),)
    if word == "at":
        return (("retry-after", http_date(int(value))),)
    return ()


def lots(values: Sequence[float]) -> Callable[[], float]:
    """Make a source of chance that gives these values in turn; the last one for good."""
    rest = list(values)

    def draw() -> float:
        return rest.pop(0) if len(rest) > 1 else rest[0]

    return draw


def plain_app(
    text: str = "hello", *, status: str = "200 OK", fails: bool = False
) -> WSGIApplication:
    """Make an application that always answers the same, or always breaks."""

    def answer(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [("Content-Type", "text/plain")])
        if fails:
            raise RuntimeError("the application broke")
        return [text.encode()]

    return answer
