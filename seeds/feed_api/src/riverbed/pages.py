"""Pages: from what was asked for to cards and the cursors on either side; unread counts work the same way."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from riverbed import cursors, loaders, people, queries
from riverbed.ambient import SECOND, Env
from riverbed.asks import ORDERS, SCOPES, Ask, Wish, choice, continued, limit_of, position, where
from riverbed.cache import Key
from riverbed.problems import FeedError, NoRowError, Problem
from riverbed.records import Circle, Page, Person, Position, Post, Talk, Unread
from riverbed.schema import Db, transaction
from riverbed.visibility import circle_of, hidden_authors, seen_post, visible

COUNTED_MOST = 99


class Source(NamedTuple):
    """A list of posts before anybody's visibility is looked at: its order, its condition, and which way it is read."""

    order: str
    condition: str
    args: Sequence[object]
    backwards: bool = False


def prepare(env: Env, space: str, viewer: str, wish: Wish) -> Ask:
    """One ask out of what a client sent. With a cursor, order, scope and filters are those of the list it belongs to."""
    if wish.after is not None and wish.before is not None:
        raise FeedError(Problem.BAD_CHOICE, "a page goes on after a cursor or before one, not both")
    order = choice("order", wish.order, ORDERS) if wish.order is not None else None
    scope = choice("scope", wish.scope, SCOPES) if wish.scope is not None else None
    limit = limit_of(wish.limit)
    text = wish.after if wish.after is not None else wish.before
    if text is None:
        return Ask(viewer, order or "latest", scope or "home", wish.filters, limit)
    cursor = _cursor(env, space, viewer, text)
    backwards = wish.before is not None
    ask = Ask(viewer, cursor.order, cursor.scope, cursor.filters, limit, cursor.at, backwards)
    return continued(ask, wish._replace(order=order, scope=scope))


def key_of(space: str, ask: Ask) -> Key:
    """What a page is kept under."""
    filters = tuple(ask.filters.items())
    return (space, ask.viewer, ask.order, ask.scope, filters, ask.limit, ask.start, ask.backwards)


def read_page(db: Db, env: Env, viewer: Person, ask: Ask) -> Page:
    """One page as it is now."""
    with db.lock:
        circle = circle_of(db.conn, viewer, env.clock.now())
        source = _source(db.conn, viewer, ask)
        found = _collect(db.conn, circle, source, ask.start, ask.limit + 1)
        more = len(found) > ask.limit
        posts = found[: ask.limit]
        if source.backwards:
            posts.reverse()
        cards = loaders.cards(db.conn, circle, posts)
    last = position(ask.order, posts[-1]) if posts else ask.start
    first = position(ask.order, posts[0]) if posts else ask.start
    goes_on = more or source.backwards
    return Page(
        cards,
        _written(env, viewer, ask, last) if goes_on else None,
        _written(env, viewer, ask, first),
        more,
    )


def plan(db: Db, viewer: Person, ask: Ask) -> list[str]:
    """How the database finds the page."""
    source = _source(db.conn, viewer, ask)
    return queries.plan(db.conn, source.condition, source.args, source.order)


def unread(db: Db, env: Env, viewer: Person) -> Unread:
    """How many posts of others have come into the viewer's home since the mark."""
    with db.lock:
        circle = circle_of(db.conn, viewer, env.clock.now())
        home = _home(db.conn, viewer)
        others = home._replace(
            condition=f"{home.condition} AND p.author_id <> ?",
            args=[*home.args, viewer.id],
            backwards=True,
        )
        found = _collect(db.conn, circle, others, mark_of(db.conn, viewer), COUNTED_MOST + 1)
        counted = found[:COUNTED_MOST]
        names = queries.people_by_id(db.conn, sorted({post.author_id for post in counted}))
    by_author: dict[str, int] = {}
    for post in counted:
        handle = names[post.author_id].handle
        by_author[handle] = by_author.get(handle, 0) + 1
    more = len(found) > COUNTED_MOST
    return Unread(len(counted), more, by_author)


def mark_of(conn: sqlite3.Connection, viewer: Person) -> Position:
    """Up to where the viewer has read; in the beginning up to when they joined."""
    try:
        return queries.mark(conn, viewer.id)
    except NoRowError:
        return Position(viewer.joined_at, 0)


def mark_read(db: Db, env: Env, viewer: Person, post_id: int | None) -> None:
    """Move the viewer's mark up to a post, or up to the newest one in their home. It never moves back."""
    conn = db.conn
    with transaction(db):
        now = env.clock.now()
        if post_id is not None:
            last, _ = seen_post(conn, viewer, post_id, now)
        else:
            newest = _collect(conn, circle_of(conn, viewer, now), _home(conn, viewer), None, 1)
            if not newest:
                return
            last = newest[0]
        mark = position("latest", last)
        seen = mark_of(conn, viewer)
        queries.set_mark(conn, viewer.id, max(mark, seen))


def talk(
    db: Db, env: Env, viewer: Person, post_id: int, after: int | None, limit: int | None
) -> Talk:
    """The comments of a post, oldest first, from the one after `after` on."""
    size = limit_of(limit)
    with db.lock:
        post, circle = seen_post(db.conn, viewer, post_id, env.clock.now())
        last_id = after if after is not None else 0
        found = queries.comments_after(db.conn, post.id, last_id, hidden_authors(circle), size + 1)
    kept = found[:size]
    has_more = len(found) > size
    return Talk(
        [loaders.comment_card(remark) for remark in kept], kept[-1].id if has_more else None
    )


def _home(conn: sqlite3.Connection, viewer: Person) -> Source:
    return _source(conn, viewer, Ask(viewer.handle, "latest", "home", {}, 1))


def _source(conn: sqlite3.Connection, viewer: Person, ask: Ask) -> Source:
    author = ask.filters.get("author")
    author_id = people.find(conn, viewer.space, str(author)).id if author is not None else None
    condition, args = where(ask, viewer, author_id)
    return Source(ask.order, condition, args, ask.backwards)


def _cursor(env: Env, space: str, viewer: str, text: str) -> cursors.Cursor:
    lifetime = env.settings.cursor_seconds * SECOND
    cursor = cursors.read(env.secret, text, env.clock.now(), lifetime)
    if cursor.space != space or cursor.viewer != viewer:
        raise FeedError(Problem.FOREIGN_CURSOR, "this cursor was given to somebody else")
    return cursor


def _written(env: Env, viewer: Person, ask: Ask, at: Position | None) -> str | None:
    if at is None:
        return None
    now = env.clock.now()
    about = viewer.space, viewer.handle, ask.order, ask.scope, ask.filters
    return cursors.write(env.secret, cursors.Cursor(*about, at, now))


def _collect(
    conn: sqlite3.Connection, circle: Circle, source: Source, start: Position | None, wanted: int
) -> list[Post]:
    """So many posts that belong into the viewer's pages, or as many as there are."""
    kept: list[Post] = []
    at = start
    while len(kept) < wanted:
        batch = _fetch(conn, source, at, wanted)
        kept += visible(conn, circle, batch)
        if len(batch) < wanted:
            break
        at = position(source.order, batch[-1])
    return kept[:wanted]


def _fetch(conn: sqlite3.Connection, source: Source, at: Position | None, limit: int) -> list[Post]:
    if at is None:
        first = queries.hottest if source.order == "top" else queries.newest
        return first(conn, source.condition, source.args, limit)
    if source.order == "top":
        further = queries.hotter if source.backwards else queries.cooler
    else:
        further = queries.newer if source.backwards else queries.older
    return further(conn, source.condition, source.args, at, limit)
