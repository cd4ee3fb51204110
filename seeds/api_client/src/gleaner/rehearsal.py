"""Rehearsals without network and without waiting: time that passes when nothing else is left to do, and a server that plays a script."""

from __future__ import annotations

import asyncio
import json
import re
import selectors
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl

from gleaner.faults import ConnectionLostError, SettingsError
from gleaner.timing import SECOND, Clock, to_ms, to_seconds
from gleaner.wire import JSON, Item, Request, Response, encode

START_WALL = 1_772_352_000 * SECOND
"""Sunday, 1 March 2026, 08:00 UTC."""
START_NOW = 50 * SECOND
_STEP = re.compile(
    r"(?P<what>\d{3}|ok|reset|hang)(?: after (?P<pause>.+?))?(?: in (?P<took>\d+) ms)?"
)


class VirtualTime:
    """Stands still until everybody waits, then jumps to whoever has to wait least."""

    def __init__(self) -> None:
        self.exact = to_seconds(START_NOW)
        self._wall_offset = START_WALL - START_NOW

    def now(self) -> int:
        """Milliseconds since some moment in the past."""
        return to_ms(self.exact)

    def wall(self) -> int:
        """Milliseconds since the epoch."""
        return self.now() + self._wall_offset

    async def sleep(self, pause_ms: int) -> None:
        """Wait, on this clock."""
        await asyncio.sleep(to_seconds(pause_ms))

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """Make a loop that goes by this clock."""
        return _VirtualLoop(self)

    def elapsed(self) -> float:
        """How many seconds have passed in all."""
        return to_seconds(self.now() - START_NOW)

    def advance(self, seconds: float = 0, *, minutes: float = 0) -> None:
        """Let time go by between two calls."""
        self.exact += seconds + 60 * minutes

    def set_wall(self, seconds: float) -> None:
        """Set the time of day forward, or back."""
        self._wall_offset += to_ms(seconds)


class _Jumping(selectors.SelectSelector):
    def __init__(self, clock: VirtualTime) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or timeout == 0:
            return events
        if timeout is None:
            raise RuntimeError("everybody waits for somebody else")
        self._clock.advance(max(0, timeout))
        return []


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self, clock: VirtualTime) -> None:
        super().__init__(_Jumping(clock))
        self._virtual = clock

    def time(self) -> float:
        return self._virtual.exact


class CountingIds:
    """Counts from 1, for each kind."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def next(self, prefix: str) -> str:
        """A new name."""
        self._counts[prefix] += 1
        return f"{prefix}_{self._counts[prefix]}"


class LoadedChance:
    """Draws what it was told to, over and over."""

    def __init__(self, *draws: float) -> None:
        self._draws = deque(draws or (0.0,))

    def __str__(self) -> str:
        return "chance that draws " + " and ".join(map(str, self._draws))

    def draw(self) -> float:
        """The next number."""
        self._draws.rotate(-1)
        return self._draws[-1]


@dataclass(slots=True)
class _List:
    items: list[Item]
    cursors: bool
    max_age: int | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """A request as it came in."""

    second: float
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        written = f" {self.body.decode()}" if self.body else ""
        return f"{self.method} {self.target}{written}"


class ScriptedServer:
    """Serves documents and lists by path, or by host and path where hosts differ.

    A script is a list of steps such as `503`, `429 after 7`, `500 in 900 ms`, `ok in 2000 ms`, `reset` or `hang`;
    when it is over, requests are answered in the ordinary way. What is posted under a key that was there before
    is answered as it was then.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._start = clock.now()
        self._documents: dict[str, tuple[JSON, str | None]] = {}
        self._lists: dict[str, _List] = {}
        self._replies: dict[str, deque[JSON]] = {}
        self._scripts: dict[str, deque[str]] = {}
        self._quotas: dict[str, tuple[int, int]] = {}
        self._counted: defaultdict[str, deque[int]] = defaultdict(deque)
        self._tokens: dict[str, str] = {}
        self._keys: dict[tuple[str, str], Response] = {}
        self._posted: defaultdict[str, list[JSON]] = defaultdict(list)
        self._arrivals: list[tuple[str, str, Arrival]] = []
        self._inside = 0
        self._busiest = 0
        self._abandoned = 0

    def serve(self, path: str, document: JSON, *, policy: str | None = None) -> None:
        """Have a document at a path, from now on; `policy` is its Cache-Control."""
        self._documents[path] = (document, policy)

    def list(
        self, path: str, *items: Item, cursors: bool = True, max_age: int | None = None
    ) -> None:
        """Have a list at a path. With cursors, or where the reader goes on after the last id."""
        self._lists[path] = _List(list(items), cursors, max_age)

    def lists(self, paths: Sequence[str], step: str = "ok") -> None:
        """Have a list of one item at each of these paths, the first answer being this step."""
        for path in paths:
            self.list(path, {"id": 1})
            self.script(path, step)

    def add(self, path: str, *items: Item) -> None:
        """Put more items at the end of a list."""
        self._lists[path].items += items

    def reply(self, path: str, *documents: JSON) -> None:
        """Answer the next requests to a path with these documents, one each."""
        self._replies[path] = deque(documents)

    def script(self, path: str, *steps: str) -> None:
        """Set how the next requests to a path are answered."""
        for step in steps:
            if not _STEP.fullmatch(step):
                raise SettingsError(f"“{step}” is not a step of a script")
        self._scripts[path] = deque(steps)

    def allow(self, host: str, requests: int, seconds: int) -> None:
        """Throttle whoever sends more to a host."""
        self._quotas[host] = (requests, seconds)

    def demand(self, path: str, token: str) -> None:
        """Refuse every other token at a path."""
        self._tokens[path] = token

    async def __call__(self, request: Request) -> Response:
        """Answer a request."""
        second = to_seconds(self._clock.now() - self._start)
        arrival = Arrival(second, request.method, request.target, request.headers, request.body)
        self._arrivals.append((request.host, request.path, arrival))
        self._inside += 1
        self._busiest = max(self._busiest, self._inside)
        try:
            return await self._answer(request)
        except asyncio.CancelledError:
            self._abandoned += 1
            raise
        finally:
            self._inside -= 1

    async def _answer(self, request: Request) -> Response:
        script = self._at(self._scripts, request)
        step = _STEP.fullmatch(script.popleft() if script else "ok")
        assert step is not None
        if step["took"]:
            await self._clock.sleep(int(step["took"]))
        if step["what"] == "hang":
            self._play(request)
            await self._clock.sleep(SECOND * SECOND)
        if step["what"] == "reset":
            self._play(request)
            raise ConnectionLostError("the connection was reset")
        headers = {"Retry-After": step["pause"]} if step["pause"] else {}
        if step["what"] != "ok":
            return Response(int(step["what"]), headers)
        throttled = self._throttled(request.host)
        return throttled if throttled is not None else self._play(request)

    def _throttled(self, host: str) -> Response | None:
        requests, seconds = self._quotas.get(host, (SECOND, 0))
        now, counted = self._clock.now(), self._counted[host]
        while counted and counted[0] <= now - seconds * SECOND:
            counted.popleft()
        if len(counted) >= requests:
            wait = counted[0] + seconds * SECOND - now
            return Response(429, {"Retry-After": str(-(-wait // SECOND))})
        counted.append(now)
        return None

    def _play(self, request: Request) -> Response:
        token = self._at(self._tokens, request)
        if token is not None and request.headers["Authorization"] != f"Bearer {token}":
            return Response(401)
        if not request.safe:
            return self._take(request)
        if replies := self._at(self._replies, request):
            return Response(200, {}, encode(replies.popleft()))
        known = self._at(self._lists, request)
        if known is not None:
            return _page(known, dict(parse_qsl(request.target.partition("?")[2])))
        found = self._at(self._documents, request)
        if found is None:
            return Response(404)
        document, policy = found
        return Response(200, {"Cache-Control": policy} if policy else {}, encode(document))

    def _take(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is not None and (request.path, key) in self._keys:
            return self._keys[request.path, key]
        posted = self._posted[request.path]
        posted.append(json.loads(request.body))
        response = Response(201, {}, encode({"number": len(posted)}))
        if key is not None:
            self._keys[request.path, key] = response
        return response

    def _at(self, table: Mapping[str, Any], request: Request) -> Any:
        return table.get(request.host + request.path, table.get(request.path))

    def requests(self, path: str) -> Sequence[Arrival]:
        """Every request to a path."""
        return [each for _, known, each in self._arrivals if known == path]

    def arrivals(self, path: str) -> Sequence[float]:
        """After how many seconds each request to a path arrived."""
        return [each.second for each in self.requests(path)]

    def sent(self, path: str, header: str) -> Sequence[str | None]:
        """What the requests to a path had in a header."""
        return [each.headers.get(header) for each in self.requests(path)]

    def posted(self, path: str) -> Sequence[JSON]:
        """What was written to a path, repetitions left out."""
        return [*self._posted[path]]

    def busiest(self) -> int:
        """How many requests there were at the same time, at most."""
        return self._busiest

    def abandoned(self) -> int:
        """How many requests were broken off by the other side."""
        return self._abandoned


def _page(known: _List, query: Mapping[str, str]) -> Response:
    start = _place(known, query["after"]) if "after" in query else 0
    size = int(query["limit"])
    items = known.items[start : start + size]
    more = start + size < len(known.items)
    body: dict[str, JSON] = {"items": items}
    if known.cursors:
        body["next"] = f"c{start + size}" if more else None
    else:
        body["has_more"] = more
    headers = {} if known.max_age is None else {"Cache-Control": f"max-age={known.max_age}"}
    return Response(200, headers, encode(body))


def _place(known: _List, after: str) -> int:
    """Behind which item a place lies; an id serves as well as a cursor."""
    ids = [str(item["id"]) for item in known.items]
    return ids.index(after) + 1 if after in ids else int(after.removeprefix("c"))


class Wire:
    """A network on which one answer waits, line by line. `told` is what was written to it."""

    def __init__(self) -> None:
        self._answer = b""
        self._cut = False
        self._told: list[bytes] = []
        self._called: list[tuple[str, int]] = []

    def say(self, *lines: str, cut: bool = False) -> None:
        """Have these lines as the answer; `cut`: without the last line's end."""
        self._answer = "\r\n".join(lines if cut else [*lines, ""]).encode("latin-1")

    def go_down(self) -> None:
        """Be unreachable."""
        self._cut = True

    async def connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """What a stream transport takes for opening connections."""
        self._called.append((host, port))
        if self._cut:
            raise OSError("network is unreachable")
        reader = asyncio.StreamReader(limit=200)
        reader.feed_data(self._answer)
        reader.feed_eof()
        return reader, cast("asyncio.StreamWriter", _Pen(self._told))

    def called(self) -> Sequence[str]:
        """Which hosts were called, with their ports."""
        return [f"{host}:{port}" for host, port in self._called]

    def told(self) -> Sequence[str]:
        """What was written, line by line."""
        return b"".join(self._told).decode().split("\r\n")


class _Pen:
    def __init__(self, told: list[bytes]) -> None:
        self._told = told

    def write(self, data: bytes) -> None:
        self._told.append(data)

    async def drain(self) -> None:
        return

    def close(self) -> None:
        return

    async def wait_closed(self) -> None:
        return
