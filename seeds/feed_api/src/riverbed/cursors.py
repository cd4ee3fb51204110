"""Cursors: where somebody is in which list, signed so that nobody can make one up."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import NamedTuple

from riverbed.problems import FeedError, Problem
from riverbed.records import Position

FORMAT = 2
SIGNATURE = 20


class Cursor(NamedTuple):
    """What a cursor carries: the list that was asked for, and the place in it."""

    space: str
    viewer: str
    order: str
    scope: str
    filters: dict[str, str | int | bool]
    at: Position
    issued_at: int


def write(secret: bytes, cursor: Cursor) -> str:
    """The cursor as opaque text."""
    content = {
        "f": FORMAT,
        "s": cursor.space,
        "v": cursor.viewer,
        "o": cursor.order,
        "c": cursor.scope,
        "w": cursor.filters,
        "k": cursor.at.key,
        "i": cursor.at.id,
        "t": cursor.issued_at,
    }
    packed = json.dumps(content, separators=(",", ":")).encode()
    body = base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
    return f"{body}.{signature(secret, body)}"


def read(secret: bytes, text: str, now: int, lifetime: int) -> Cursor:
    """Read a cursor of ours that is no older than `lifetime`."""
    cursor = _unpack(_verified(secret, text.strip()))
    if now - cursor.issued_at > lifetime:
        raise FeedError(
            Problem.EXPIRED_CURSOR, "this cursor is too old, start over from the first page"
        )
    return cursor


def signature(secret: bytes, body: str) -> str:
    """What proves that a body is ours."""
    return hmac.new(secret, body.encode(), hashlib.sha256).hexdigest()[:SIGNATURE]


def _verified(secret: bytes, text: str) -> str:
    body, dot, signed = text.rpartition(".")
    if not dot or not hmac.compare_digest(signed.encode(), signature(secret, body).encode()):
        raise FeedError(Problem.BAD_CURSOR, "this is no cursor of ours")
    return body


def _unpack(body: str) -> Cursor:
    padded = body + "=" * (-len(body) % 4)
    content = json.loads(base64.urlsafe_b64decode(padded))
    if content["f"] != FORMAT:
        raise FeedError(
            Problem.EXPIRED_CURSOR, "this cursor is from an earlier release, start over"
        )
    return Cursor(
        content["s"],
        content["v"],
        content["o"],
        content["c"],
        content["w"],
        Position(content["k"], content["i"]),
        content["t"],
    )
