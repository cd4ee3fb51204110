"""Requests and responses between the layers, and the formats of their bodies."""

from __future__ import annotations

import json
from asyncio import Lock
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias, TypedDict
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from gleaner.faults import MalformedError
from gleaner.timing import Deadline

JSON: TypeAlias = Any
Item: TypeAlias = dict[str, JSON]
Key: TypeAlias = tuple[str, str]
"""An account and the name of something of its own."""
Query: TypeAlias = dict[str, str | int | bool | None]


class PageBody(TypedDict, total=False):
    """A page of a list. A server has `next`, a cursor, or `has_more`, and goes on after the last item's id."""

    items: list[Item]
    next: str | None
    has_more: bool


@dataclass(frozen=True)
class Request:
    """One request of one account. Layers hand on changed copies."""

    method: str
    host: str
    path: str
    account: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    deadline: Deadline | None = None
    key: str | None = None
    """What makes a write recognisable to the server when it is repeated."""
    repeatable: bool = True
    fresh: bool = False

    @property
    def safe(self) -> bool:
        """Whether it only looks."""
        return self.method == "GET"

    @property
    def target(self) -> str:
        """Path and query as they stand in the request line."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    def with_headers(self, more: Mapping[str, str]) -> Request:
        """Add headers, or replace those of the same name."""
        return replace(self, headers={**self.headers, **more})


@dataclass(frozen=True)
class Response:
    """What came back."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """A header, whatever its spelling."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)


class Send(Protocol):
    """The coroutine that every layer is, and has inside."""

    def __call__(self, request: Request, /) -> Awaitable[Response]:
        """Answer the request, or raise a `GleanerError`."""


Layer: TypeAlias = Callable[[Send], Send]


def onion(core: Send, *layers: Layer) -> Send:
    """Wrap layers around a core, the first one outermost."""
    send = core
    for layer in reversed(layers):
        send = layer(send)
    return send


class Locks:
    """One lock for each thing of an account, for as long as somebody holds it or waits for it."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[Key, Lock] = WeakValueDictionary()

    def holding(self, key: Key) -> Lock:
        """The lock of a thing."""
        return self._known.setdefault(key, Lock())


def flatten(query: Query | None) -> tuple[tuple[str, str], ...]:
    """Put a query in the one order that makes equal queries equal. What is None is left out."""
    told = {name: value for name, value in (query or {}).items() if value is not None}
    return tuple(sorted((name, _text(value)) for name, value in told.items()))


def _text(value: str | int | bool) -> str:
    """A value as a query has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def encode(document: JSON) -> bytes:
    """Write a body: the same document always gives the same bytes."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def decode(body: bytes) -> JSON:
    """Read a body. An empty one is None."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError as error:
        raise MalformedError(f"the answer is no JSON: {error}") from error
