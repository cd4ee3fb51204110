"""The values that go through the package. Rows are NamedTuples; what leaves it as JSON is a TypedDict."""

from __future__ import annotations

from typing import NamedTuple, TypedDict


class Quota(NamedTuple):
    """So many within so many seconds."""

    most: int
    seconds: int


class Settings(NamedTuple):
    """What may differ between installations. Times are in seconds."""

    posting: tuple[Quota, ...] = (Quota(5, 600), Quota(20, 86_400))
    commenting: tuple[Quota, ...] = (Quota(10, 60),)
    edit_seconds: int = 3_600
    cursor_seconds: int = 604_800
    cache_seconds: float = 30
    cache_size: int = 256


class Person(NamedTuple):
    """A member of one space."""

    id: int
    space: str
    handle: str
    name: str
    joined_at: int


class Post(NamedTuple):
    """A row of `posts`."""

    id: int
    author_id: int
    body: str
    audience: str
    created_at: int
    edited_at: int | None
    deleted_at: int | None
    version: int
    points: int
    heat: int


class Remark(NamedTuple):
    """A row of `comments`, with its author's handle."""

    id: int
    post_id: int
    author_id: int
    author: str
    body: str
    created_at: int


class Position(NamedTuple):
    """A place in an order: what it sorts by, and the id that settles ties."""

    key: int
    id: int


class Filters(TypedDict, total=False):
    """What a list is narrowed to. Times are ISO texts; `until` is not included."""

    author: str | None
    tag: str | None
    since: str | None
    until: str | None
    edited: bool | None


class Circle(NamedTuple):
    """Whom a viewer follows, and whom they don't want to see or are not to see."""

    viewer_id: int
    follows: frozenset[int]
    muted: frozenset[int]
    blocked: frozenset[int]


class CommentCard(TypedDict):
    """A comment as clients get it."""

    id: int
    author: str
    body: str
    at: str


class Card(TypedDict):
    """A post as clients get it, for one viewer."""

    id: int
    author: str
    name: str
    body: str
    audience: str
    at: str
    edited: bool
    version: int
    reactions: dict[str, int]
    mine: str | None
    comment_count: int
    comments: list[CommentCard]


class Page(NamedTuple):
    """Some cards. `next` goes into `after` and `back` into `before`; `more` says whether the way that was asked for goes on."""

    cards: list[Card]
    next: str | None
    back: str | None
    more: bool


class Talk(NamedTuple):
    """Some comments of one post, oldest first; `next` goes into `after`."""

    comments: list[CommentCard]
    next: int | None


class Profile(TypedDict):
    """A person as others see them."""

    handle: str
    name: str
    followers: int
    following: int
    followed_by_you: bool


class Unread(NamedTuple):
    """How much is new. `more` means that counting stopped."""

    total: int
    more: bool
    by_author: dict[str, int]


class Revision(NamedTuple):
    """What a post said before an edit."""

    version: int
    body: str
    at: str


class Share(NamedTuple):
    """A kind of reaction and its part of all, in per cent."""

    kind: str
    total: int
    percent: int


class Notice(NamedTuple):
    """Something to tell a person about. `key` is the same for every attempt of one delivery."""

    id: int
    to: str
    kind: str
    actor: str
    post_id: int | None
    key: str

    def __str__(self) -> str:
        about = f" on post {self.post_id}" if self.post_id is not None else ""
        return f"to {self.to}: {self.kind} by {self.actor}{about}"


class Delivery(NamedTuple):
    """What became of notices that were due."""

    sent: int
    failed: int
    parked: int


class Usage(NamedTuple):
    """What was asked of database and cache since the last look."""

    statements: int
    hits: int
    misses: int
