"""The innermost layers, and HTTP/1.1 over asyncio streams."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from gleaner.faults import (
    ConnectionLostError,
    DeadlineError,
    MalformedError,
    NotFoundError,
    RefusedError,
    ThrottledError,
    TimedOutError,
    UnavailableError,
)
from gleaner.limiting import AccountBook
from gleaner.metering import Meter, request_id
from gleaner.timing import Clock, read_pause, to_seconds
from gleaner.wire import Request, Response, Send


@dataclass
class Timing:
    """Gives up waiting for an answer."""

    send: Send
    clock: Clock
    timeout_ms: int

    async def __call__(self, request: Request) -> Response:
        """Send, and wait for the answer as long as time-out and deadline allow; then the request is broken off."""
        span = self.timeout_ms
        if request.deadline is not None:
            span = min(span, request.deadline.left(self.clock.now()))
            if span == 0:
                raise DeadlineError(request.target)
        try:
            async with asyncio.timeout(to_seconds(span)):
                return await self.send(request)
        except TimeoutError as error:
            if span < self.timeout_ms:
                raise DeadlineError(request.target, ambiguous=True) from error
            raise TimedOutError(request.target, span) from error


@dataclass
class Judging:
    """Turns statuses into errors."""

    send: Send
    clock: Clock

    async def __call__(self, request: Request) -> Response:
        """Send, and turn every refusal, failure or advice of the server into an error."""
        response = await self.send(request)
        status = response.status
        if 200 <= status < 300:
            return response
        asked = response.header("Retry-After")
        advised = read_pause(asked, self.clock.wall()) if asked is not None else None
        if status == 429:
            raise ThrottledError(request.account, advised)
        if status in (404, 410):
            raise NotFoundError(status, request.target)
        if status >= 500 or status == 408:
            raise UnavailableError(status, request.target, advised)
        raise RefusedError(status, request.target)


@dataclass
class Signing:
    """Says who we are, by the token that is valid at this moment."""

    send: Send
    book: AccountBook

    async def __call__(self, request: Request) -> Response:
        """Send with the token, the headers of the account and the request id."""
        account = self.book.of(request.account)
        own = {"Authorization": f"Bearer {account.token}", "Request-Id": request_id()}
        return await self.send(request.with_headers({**account.headers, **own}))


@dataclass
class Metering:
    """Counts what really leaves, and how long the answers take."""

    send: Send
    clock: Clock
    meter: Meter

    async def __call__(self, request: Request) -> Response:
        """Send, and count the request and the time of its answer."""
        self.meter.count(request.account, "requests")
        started = self.clock.now()
        response = await self.send(request)
        self.meter.took(request.account, self.clock.now() - started)
        return response


Connect = Callable[[str, int], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class StreamTransport:
    """A connection for each request."""

    def __init__(self, connect: Connect = asyncio.open_connection) -> None:
        self._connect = connect

    async def __call__(self, request: Request) -> Response:
        """Write the request to a connection of its own, read the answer, hang up."""
        host, port = endpoint(request.host)
        try:
            reader, writer = await self._connect(host, port)
        except OSError as error:
            raise ConnectionLostError(f"{request.host} can't be reached") from error
        try:
            writer.write(head_of(request) + request.body)
            await writer.drain()
            return await read_response(reader)
        except (OSError, EOFError) as error:
            raise ConnectionLostError(f"the connection to {request.host} broke") from error
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def endpoint(host: str) -> tuple[str, int]:
    """Split a host from its port."""
    name, colon, port = host.rpartition(":")
    return (name, int(port)) if colon else (host, 80)


def head_of(request: Request) -> bytes:
    """Request line and headers."""
    own = {"Host": request.host, "Accept": "application/json", "Connection": "close"}
    if request.body:
        own["Content-Type"] = "application/json"
        own["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in {**request.headers, **own}.items()]
    return "\r\n".join([*lines, "", ""]).encode()


async def read_response(reader: asyncio.StreamReader) -> Response:
    """Read one response. Interim ones are passed over."""
    while True:
        status = _status(await _line(reader))
        headers = await _headers(reader)
        if status >= 200:
            break
    return Response(status, headers, await _body(reader, status, headers))


async def _line(reader: asyncio.StreamReader) -> str:
    """One line of an answer, without its end."""
    try:
        line = await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise MalformedError("a line of the answer has no end") from error
    return line.decode("latin-1").rstrip("\r\n")


def _status(line: str) -> int:
    """The status in the first line of an answer."""
    version, _, rest = line.partition(" ")
    code = rest[:3]
    if not version.startswith("HTTP/1.") or not code.isdecimal() or len(code) < 3:
        raise MalformedError(f"“{line}” is no status line")
    return int(code)


async def _headers(reader: asyncio.StreamReader) -> dict[str, str]:
    """The headers of an answer, each with all of its values."""
    headers: dict[str, str] = {}
    while line := await _line(reader):
        name, colon, value = line.partition(":")
        if not colon:
            raise MalformedError(f"“{line}” is no header")
        key, text = name.lower(), value.strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


async def _body(reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]) -> bytes:
    """The body of an answer, as its status and headers have it."""
    if status in (204, 304):
        return b""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader)
    length = headers.get("content-length")
    if length is None:
        return await reader.read()
    return await reader.readexactly(_number(length, 10))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    """A body in chunks, each behind its length."""
    parts: list[bytes] = []
    while size := _number((await _line(reader)).partition(";")[0], 16):
        parts.append(await reader.readexactly(size))
        await _line(reader)
    await _headers(reader)
    return b"".join(parts)


def _number(text: str, base: int) -> int:
    """The length of a body or a chunk."""
    try:
        return int(text, base)
    except ValueError as error:
        raise MalformedError(f"“{text}” is no length") from error
