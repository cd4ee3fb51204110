"""What a reader asks for, brought into one form: the order, the scope, the filters, how many, and from where."""

from __future__ import annotations

from typing import NamedTuple

from riverbed.ambient import read_time
from riverbed.problems import FeedError, Problem
from riverbed.records import Filters, Person, Position, Post

ORDERS = ("latest", "top")
SCOPES = ("home", "everyone")
AUDIENCES = ("everyone", "followers", "mentioned", "me")
KINDS = {"like": 1, "laugh": 2, "love": 3}

LIMIT = 20
LIMIT_MOST = 100

Kept = dict[str, str | int | bool]
"""Filters in the form that cursors carry: handles and tags as they are kept, times in milliseconds."""


class Wish(NamedTuple):
    """A request for a page as it came in."""

    order: str | None
    scope: str | None
    filters: Kept
    limit: int | None = None
    after: str | None = None
    before: str | None = None


class Ask(NamedTuple):
    """The same with nothing left open: `start` is the place a cursor stands for."""

    viewer: str
    order: str
    scope: str
    filters: Kept
    limit: int
    start: Position | None = None
    backwards: bool = False


def choice(what: str, value: str, known: tuple[str, ...]) -> str:
    """One of the known values, however it is capitalised."""
    chosen = value.strip().lower()
    if chosen not in known:
        raise FeedError(Problem.BAD_CHOICE, f"{what} is one of {', '.join(known)}, not '{value}'")
    return chosen


def limit_of(limit: int | None) -> int:
    """How many to give: the usual number where none is named, and never more than the most."""
    if limit is None:
        return LIMIT
    if limit < 1:
        raise FeedError(Problem.BAD_LIMIT, f"a page has at least one entry, not {limit}")
    return min(limit, LIMIT_MOST)


def handle_of(text: str) -> str:
    """A handle as it is kept: lower case, without the sign in front."""
    return text.strip().removeprefix("@").lower()


def tag_of(text: str) -> str:
    """A tag as it is kept: in one case, without the sign in front."""
    return text.strip().removeprefix("#").casefold()


def kept_filters(filters: Filters | None) -> Kept:
    """The filters that were given. One that is None might as well not be there."""
    kept: Kept = {}
    given = filters if filters is not None else Filters()
    author, tag = given.get("author"), given.get("tag")
    since, until = given.get("since"), given.get("until")
    edited = given.get("edited")
    if author is not None:
        kept["author"] = handle_of(author)
    if tag is not None:
        kept["tag"] = tag_of(tag)
    if since is not None:
        kept["since"] = read_time(since)
    if until is not None:
        kept["until"] = read_time(until)
    if edited is not None:
        kept["edited"] = edited
    return kept


def continued(ask: Ask, wish: Wish) -> Ask:
    """Hold what was wished along with a cursor against what the cursor carries, which is in `ask`."""
    given = {"order": wish.order, "scope": wish.scope, **wish.filters}
    carried = {"order": ask.order, "scope": ask.scope, **ask.filters}
    for name, value in given.items():
        if value is not None and carried.get(name) != value:
            text = f"this cursor belongs to another list: {name} differs"
            raise FeedError(Problem.CURSOR_MISMATCH, text)
    return ask


def where(ask: Ask, viewer: Person, author_id: int | None) -> tuple[str, list[object]]:
    """The condition on posts that the ask comes to, and its arguments."""
    parts = ["p.space = ?", "p.deleted_at IS NULL"]
    args: list[object] = [viewer.space]
    if ask.scope == "home":
        parts.append(
            "(p.author_id = ? OR p.author_id IN (SELECT other_id FROM follows WHERE person_id = ?))"
        )
        args += [viewer.id, viewer.id]
    if author_id is not None:
        parts.append("p.author_id = ?")
        args.append(author_id)
    if "tag" in ask.filters:
        parts.append("EXISTS (SELECT 1 FROM tags AS t WHERE t.tag = ? AND t.post_id = p.id)")
        args.append(ask.filters["tag"])
    if "since" in ask.filters:
        parts.append("p.created_at >= ?")
        args.append(ask.filters["since"])
    if "until" in ask.filters:
        parts.append("p.created_at < ?")
        args.append(ask.filters["until"])
    if "edited" in ask.filters:
        parts.append("p.edited_at IS NOT NULL" if ask.filters["edited"] else "p.edited_at IS NULL")
    return " AND ".join(parts), args


def position(order: str, post: Post) -> Position:
    """Where a post stands in an order."""
    return Position(post.heat if order == "top" else post.created_at, post.id)
