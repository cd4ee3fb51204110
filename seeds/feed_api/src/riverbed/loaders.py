"""Cards for posts: whatever hangs on them is loaded for many posts at once, never post by post."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from riverbed import queries
from riverbed.ambient import say_time
from riverbed.records import Card, Circle, CommentCard, Post, Remark, Share
from riverbed.visibility import hidden_authors

CHUNK = 25
PREVIEW = 2


def chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    """The ids in lists that are short enough for one statement."""
    chunk: list[int] = []
    for each in ids:
        chunk.append(each)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def cards(conn: sqlite3.Connection, circle: Circle, posts: Sequence[Post]) -> list[Card]:
    """The posts as the viewer gets them, in their order."""
    ids = [post.id for post in posts]
    names = _authors(conn, posts)
    reactions = _reactions(conn, ids)
    mine = _mine(conn, circle, ids)
    counts = _comment_counts(conn, circle, ids)
    previews = _previews(conn, circle, ids)
    return [
        {
            "id": post.id,
            "author": names[post.author_id][0],
            "name": names[post.author_id][1],
            "body": post.body,
            "audience": post.audience,
            "at": say_time(post.created_at),
            "edited": post.edited_at is not None,
            "version": post.version,
            "reactions": reactions.get(post.id, {}),
            "mine": mine.get(post.id),
            "comment_count": counts.get(post.id, 0),
            "comments": previews.get(post.id, []),
        }
        for post in posts
    ]


def card(conn: sqlite3.Connection, circle: Circle, post: Post) -> Card:
    """One post as the viewer gets it."""
    return cards(conn, circle, [post])[0]


def comment_card(remark: Remark) -> CommentCard:
    """A comment as clients get it."""
    return {
        "id": remark.id,
        "author": remark.author,
        "body": remark.body,
        "at": say_time(remark.created_at),
    }


def tally(conn: sqlite3.Connection, post_id: int) -> dict[str, int]:
    """The reactions to one post, the most frequent first."""
    return _reactions(conn, [post_id]).get(post_id, {})


def shares(counts: dict[str, int]) -> list[Share]:
    """Each kind's part in whole per cent, a hundred in all: what rounding leaves goes to the largest fractions."""
    total = sum(counts.values())
    percents = {kind: count * 100 // total for kind, count in counts.items()}
    left = 100 - sum(percents.values())
    order = sorted(counts, key=lambda kind: (-(counts[kind] * 100 % total), kind))
    for kind in order[:left]:
        percents[kind] += 1
    return [Share(kind, count, percents[kind]) for kind, count in counts.items()]


def _authors(conn: sqlite3.Connection, posts: Sequence[Post]) -> dict[int, tuple[str, str]]:
    names: dict[int, tuple[str, str]] = {}
    for chunk in chunks(sorted({post.author_id for post in posts})):
        for person in queries.people_by_id(conn, chunk).values():
            names[person.id] = person.handle, person.name
    return names


def _reactions(conn: sqlite3.Connection, ids: Sequence[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for chunk in chunks(ids):
        for post_id, kind, count in queries.reaction_counts(conn, chunk):
            found.setdefault(post_id, {})[kind] = count
    return found


def _mine(conn: sqlite3.Connection, circle: Circle, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(ids):
        found.update(queries.reactions_of(conn, circle.viewer_id, chunk))
    return found


def _comment_counts(conn: sqlite3.Connection, circle: Circle, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for chunk in chunks(ids):
        found.update(queries.comment_counts(conn, chunk, hidden_authors(circle)))
    return found


def _previews(
    conn: sqlite3.Connection, circle: Circle, ids: Sequence[int]
) -> dict[int, list[CommentCard]]:
    found: dict[int, list[CommentCard]] = {}
    for chunk in chunks(ids):
        for remark in queries.latest_comments(conn, chunk, hidden_authors(circle), PREVIEW):
            found.setdefault(remark.post_id, []).append(comment_card(remark))
    return found
