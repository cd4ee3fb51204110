"""Who may see what, and who wants to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from riverbed import queries
from riverbed.problems import FeedError, NoRowError, Problem
from riverbed.records import Circle, Person, Post


def circle_of(conn: sqlite3.Connection, viewer: Person, now: int) -> Circle:
    """The viewer's circle as it is at this moment."""
    muted = [
        other for other, until in queries.mutes(conn, viewer.id) if until is None or until > now
    ]
    return Circle(
        viewer.id,
        frozenset(queries.followed(conn, viewer.id)),
        frozenset(muted),
        frozenset(queries.blocked(conn, viewer.id)),
    )


def may_see(circle: Circle, post: Post, named: frozenset[int]) -> bool:
    """Whether the rules let the viewer see a post. `named` are the posts that mention them."""
    if post.deleted_at is not None:
        return False
    if post.author_id == circle.viewer_id:
        return True
    if post.author_id in circle.blocked:
        return False
    if post.audience == "followers":
        return post.author_id in circle.follows or post.id in named
    if post.audience == "mentioned":
        return post.id in named
    return post.audience == "everyone"


def wants_to_see(circle: Circle, post: Post, named: frozenset[int]) -> bool:
    """Whether a post belongs into the viewer's pages: they may see it and have not muted its author."""
    return post.author_id not in circle.muted and may_see(circle, post, named)


def named_in(conn: sqlite3.Connection, circle: Circle, posts: Sequence[Post]) -> frozenset[int]:
    """Those of the posts that mention the viewer, asked only for posts where it matters."""
    narrow = [
        post.id
        for post in posts
        if post.audience != "everyone" and post.author_id != circle.viewer_id
    ]
    return frozenset(queries.mentions_of(conn, circle.viewer_id, narrow)) if narrow else frozenset()


def visible(conn: sqlite3.Connection, circle: Circle, posts: Sequence[Post]) -> list[Post]:
    """The posts that belong into the viewer's pages, in their order."""
    named = named_in(conn, circle, posts)
    return [post for post in posts if wants_to_see(circle, post, named)]


def seen_post(
    conn: sqlite3.Connection, viewer: Person, post_id: int, now: int
) -> tuple[Post, Circle]:
    """A post by its number, for somebody who may see it. To all others it does not exist."""
    circle = circle_of(conn, viewer, now)
    try:
        post = queries.post(conn, viewer.space, post_id)
    except NoRowError:
        raise FeedError(Problem.NO_SUCH_POST, f"there is no post {post_id}") from None
    if not may_see(circle, post, named_in(conn, circle, [post])):
        raise FeedError(Problem.NO_SUCH_POST, f"there is no post {post_id}")
    return post, circle


def own_post(conn: sqlite3.Connection, author: Person, post_id: int, now: int) -> Post:
    """A post by its number, for the person who wrote it."""
    post, _ = seen_post(conn, author, post_id, now)
    if post.author_id != author.id:
        raise FeedError(Problem.NOT_YOURS, f"post {post_id} is not yours")
    return post


def hidden_authors(circle: Circle) -> list[int]:
    """Whose comments the viewer does not get."""
    return sorted((circle.muted | circle.blocked) - {circle.viewer_id})
