"""The SQL, written out. Every function takes the connection first and knows nothing of rules."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from riverbed.problems import NoRowError
from riverbed.records import Person, Position, Post, Remark

POST = "p.id, p.author_id, p.body, p.audience, p.created_at, p.edited_at, p.deleted_at, p.version, p.points, p.heat"


def rows(conn: sqlite3.Connection, sql: str, *args: object) -> list[sqlite3.Row]:
    """All rows."""
    return conn.execute(sql, args).fetchall()


def one(conn: sqlite3.Connection, sql: str, *args: object) -> sqlite3.Row:
    """The only row."""
    row: sqlite3.Row | None = conn.execute(sql, args).fetchone()
    if row is None:
        raise NoRowError(args)
    return row


def changed(conn: sqlite3.Connection, sql: str, *args: object) -> int:
    """How many rows a statement wrote."""
    return conn.execute(sql, args).rowcount


def added(conn: sqlite3.Connection, sql: str, *args: object) -> int:
    """The id of the row a statement inserted."""
    return int(conn.execute(sql, args).lastrowid or 0)


def marks(values: Sequence[object]) -> str:
    """Placeholders for an IN list."""
    return ", ".join("?" * len(values))


# people


def add_person(conn: sqlite3.Connection, space: str, handle: str, name: str, now: int) -> Person:
    """Insert a member."""
    sql = "INSERT INTO people (space, handle, name, joined_at) VALUES (?, ?, ?, ?)"
    return Person(added(conn, sql, space, handle, name, now), space, handle, name, now)


def person(conn: sqlite3.Connection, space: str, handle: str) -> Person:
    """A member by handle."""
    sql = "SELECT id, space, handle, name, joined_at FROM people WHERE space = ? AND handle = ?"
    return Person(*one(conn, sql, space, handle))


def people_named(conn: sqlite3.Connection, space: str, handles: Sequence[str]) -> list[Person]:
    """The members among these handles."""
    sql = f"""
        SELECT id, space, handle, name, joined_at FROM people
        WHERE space = ? AND handle IN ({marks(handles)}) ORDER BY id
    """
    return [Person(*row) for row in rows(conn, sql, space, *handles)]


def people_by_id(conn: sqlite3.Connection, ids: Sequence[int]) -> dict[int, Person]:
    """Members by id."""
    sql = f"SELECT id, space, handle, name, joined_at FROM people WHERE id IN ({marks(ids)})"
    return {row["id"]: Person(*row) for row in rows(conn, sql, *ids)}


def set_name(conn: sqlite3.Connection, person_id: int, name: str) -> None:
    """Change a member's name."""
    changed(conn, "UPDATE people SET name = ? WHERE id = ?", name, person_id)


# circles


def add_follow(conn: sqlite3.Connection, person_id: int, other_id: int, now: int) -> int:
    """Insert a follow, unless there is one."""
    sql = "INSERT OR IGNORE INTO follows (person_id, other_id, at) VALUES (?, ?, ?)"
    return changed(conn, sql, person_id, other_id, now)


def drop_follow(conn: sqlite3.Connection, person_id: int, other_id: int) -> int:
    """Delete a follow."""
    return changed(
        conn, "DELETE FROM follows WHERE person_id = ? AND other_id = ?", person_id, other_id
    )


def followed(conn: sqlite3.Connection, person_id: int) -> list[int]:
    """Whom a person follows."""
    sql = "SELECT other_id FROM follows WHERE person_id = ?"
    return [row["other_id"] for row in rows(conn, sql, person_id)]


def follow_counts(conn: sqlite3.Connection, person_id: int) -> tuple[int, int]:
    """Followers and followed."""
    sql = """
        SELECT (SELECT COUNT(*) FROM follows WHERE other_id = ?) AS followers,
               (SELECT COUNT(*) FROM follows WHERE person_id = ?) AS following
    """
    row = one(conn, sql, person_id, person_id)
    return row["followers"], row["following"]


def set_mute(conn: sqlite3.Connection, person_id: int, other_id: int, until: int | None) -> None:
    """Insert a mute, or replace it."""
    changed(
        conn,
        "INSERT OR REPLACE INTO mutes (person_id, other_id, until) VALUES (?, ?, ?)",
        person_id,
        other_id,
        until,
    )


def drop_mute(conn: sqlite3.Connection, person_id: int, other_id: int) -> int:
    """Delete a mute."""
    return changed(
        conn, "DELETE FROM mutes WHERE person_id = ? AND other_id = ?", person_id, other_id
    )


def mutes(conn: sqlite3.Connection, person_id: int) -> list[tuple[int, int | None]]:
    """A person's mutes, those that are over too."""
    sql = "SELECT other_id, until FROM mutes WHERE person_id = ?"
    return [(row["other_id"], row["until"]) for row in rows(conn, sql, person_id)]


def add_block(conn: sqlite3.Connection, person_id: int, other_id: int) -> int:
    """Insert a block, unless there is one."""
    sql = "INSERT OR IGNORE INTO blocks (person_id, other_id) VALUES (?, ?)"
    return changed(conn, sql, person_id, other_id)


def drop_block(conn: sqlite3.Connection, person_id: int, other_id: int) -> int:
    """Delete a block."""
    return changed(
        conn, "DELETE FROM blocks WHERE person_id = ? AND other_id = ?", person_id, other_id
    )


def blocked(conn: sqlite3.Connection, person_id: int) -> list[int]:
    """Everybody on the other end of a block, whoever set it."""
    sql = """
        SELECT other_id AS id FROM blocks WHERE person_id = ?
        UNION SELECT person_id AS id FROM blocks WHERE other_id = ?
    """
    return [row["id"] for row in rows(conn, sql, person_id, person_id)]


# posts


def add_post(
    conn: sqlite3.Connection, author: Person, body: str, audience: str, at: int, heat: int
) -> Post:
    """Insert a post."""
    sql = """
        INSERT INTO posts (space, author_id, body, audience, created_at, heat)
        VALUES (?, ?, ?, ?, ?, ?)
    """
    post_id = added(conn, sql, author.space, author.id, body, audience, at, heat)
    return Post(post_id, author.id, body, audience, at, None, None, 1, 0, heat)


def post(conn: sqlite3.Connection, space: str, post_id: int) -> Post:
    """A post by id, deleted or not."""
    sql = f"SELECT {POST} FROM posts AS p WHERE p.space = ? AND p.id = ?"
    return Post(*one(conn, sql, space, post_id))


def set_body(conn: sqlite3.Connection, post_id: int, body: str, version: int, now: int) -> None:
    """Write what a post says now."""
    sql = "UPDATE posts SET body = ?, version = ?, edited_at = ? WHERE id = ?"
    changed(conn, sql, body, version, now, post_id)


def set_deleted(conn: sqlite3.Connection, post_id: int, now: int) -> int:
    """Mark a post as deleted."""
    return changed(
        conn, "UPDATE posts SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL", now, post_id
    )


def set_heat(conn: sqlite3.Connection, post_id: int, points: int, heat: int) -> None:
    """Write points and rank of a post."""
    changed(conn, "UPDATE posts SET points = ?, heat = ? WHERE id = ?", points, heat, post_id)


def set_words(
    conn: sqlite3.Connection, post_id: int, tags: Sequence[str], mentioned: Sequence[int]
) -> None:
    """Replace what a post is found by."""
    changed(conn, "DELETE FROM tags WHERE post_id = ?", post_id)
    changed(conn, "DELETE FROM mentions WHERE post_id = ?", post_id)
    for tag in tags:
        changed(conn, "INSERT OR IGNORE INTO tags (post_id, tag) VALUES (?, ?)", post_id, tag)
    for person_id in mentioned:
        changed(
            conn,
            "INSERT OR IGNORE INTO mentions (post_id, person_id) VALUES (?, ?)",
            post_id,
            person_id,
        )


def mentioned_in(conn: sqlite3.Connection, post_id: int) -> list[int]:
    """Whom a post mentions."""
    return [
        row["person_id"]
        for row in rows(conn, "SELECT person_id FROM mentions WHERE post_id = ?", post_id)
    ]


def mentions_of(conn: sqlite3.Connection, person_id: int, post_ids: Sequence[int]) -> list[int]:
    """Which of the posts mention a person."""
    sql = f"SELECT post_id FROM mentions WHERE person_id = ? AND post_id IN ({marks(post_ids)})"
    return [row["post_id"] for row in rows(conn, sql, person_id, *post_ids)]


def add_revision(conn: sqlite3.Connection, post_id: int, version: int, body: str, now: int) -> None:
    """Keep an earlier text."""
    changed(
        conn,
        "INSERT INTO revisions (post_id, version, body, at) VALUES (?, ?, ?, ?)",
        post_id,
        version,
        body,
        now,
    )


def revisions(conn: sqlite3.Connection, post_id: int) -> list[tuple[int, str, int]]:
    """Earlier texts of a post, oldest first."""
    sql = "SELECT version, body, at FROM revisions WHERE post_id = ? ORDER BY version"
    return [(row["version"], row["body"], row["at"]) for row in rows(conn, sql, post_id)]


# pages: `where` and its arguments come from the ask, and always begin with the space


def newest(conn: sqlite3.Connection, where: str, args: Sequence[object], limit: int) -> list[Post]:
    """The first posts in order of time."""
    sql = (
        f"SELECT {POST} FROM posts AS p WHERE {where} ORDER BY p.created_at DESC, p.id DESC LIMIT ?"
    )
    return [Post(*row) for row in rows(conn, sql, *args, limit)]


def older(
    conn: sqlite3.Connection, where: str, args: Sequence[object], at: Position, limit: int
) -> list[Post]:
    """The posts that follow a place in order of time."""
    sql = (
        f"SELECT {POST} FROM posts AS p WHERE {where} AND "
        "p.created_at <= ? AND (p.created_at < ? OR p.id < ?) "
        "ORDER BY p.created_at DESC, p.id DESC LIMIT ?"
    )
    return [Post(*row) for row in rows(conn, sql, *args, at.key, at.key, at.id, limit)]


def newer(
    conn: sqlite3.Connection, where: str, args: Sequence[object], at: Position, limit: int
) -> list[Post]:
    """The posts that precede a place in order of time, nearest first."""
    sql = (
        f"SELECT {POST} FROM posts AS p WHERE {where} AND "
        "p.created_at >= ? AND (p.created_at > ? OR p.id > ?) "
        "ORDER BY p.created_at, p.id LIMIT ?"
    )
    return [Post(*row) for row in rows(conn, sql, *args, at.key, at.key, at.id, limit)]


def hottest(conn: sqlite3.Connection, where: str, args: Sequence[object], limit: int) -> list[Post]:
    """The first posts in order of rank."""
    sql = f"SELECT {POST} FROM posts AS p WHERE {where} ORDER BY p.heat DESC, p.id DESC LIMIT ?"
    return [Post(*row) for row in rows(conn, sql, *args, limit)]


def cooler(
    conn: sqlite3.Connection, where: str, args: Sequence[object], at: Position, limit: int
) -> list[Post]:
    """The posts that follow a place in order of rank."""
    sql = (
        f"SELECT {POST} FROM posts AS p WHERE {where} AND "
        "p.heat <= ? AND (p.heat < ? OR p.id < ?) "
        "ORDER BY p.heat DESC, p.id DESC LIMIT ?"
    )
    return [Post(*row) for row in rows(conn, sql, *args, at.key, at.key, at.id, limit)]


def hotter(
    conn: sqlite3.Connection, where: str, args: Sequence[object], at: Position, limit: int
) -> list[Post]:
    """The posts that precede a place in order of rank, nearest first."""
    sql = (
        f"SELECT {POST} FROM posts AS p WHERE {where} AND "
        "p.heat >= ? AND (p.heat > ? OR p.id > ?) "
        "ORDER BY p.heat, p.id LIMIT ?"
    )
    return [Post(*row) for row in rows(conn, sql, *args, at.key, at.key, at.id, limit)]


def plan(conn: sqlite3.Connection, where: str, args: Sequence[object], order: str) -> list[str]:
    """How SQLite would go about a first page."""
    column = "heat" if order == "top" else "created_at"
    sql = (
        f"SELECT {POST} FROM posts AS p WHERE {where} ORDER BY p.{column} DESC, p.id DESC LIMIT 20"
    )
    return [row["detail"] for row in rows(conn, f"EXPLAIN QUERY PLAN {sql}", *args)]


# reactions and comments


def reaction(conn: sqlite3.Connection, post_id: int, person_id: int) -> str | None:
    """A person's reaction to a post."""
    found = rows(
        conn, "SELECT kind FROM reactions WHERE post_id = ? AND person_id = ?", post_id, person_id
    )
    return found[0]["kind"] if found else None


def set_reaction(
    conn: sqlite3.Connection, post_id: int, person_id: int, kind: str, now: int
) -> None:
    """Insert a reaction, or replace it."""
    sql = "INSERT OR REPLACE INTO reactions (post_id, person_id, kind, at) VALUES (?, ?, ?, ?)"
    changed(conn, sql, post_id, person_id, kind, now)


def drop_reaction(conn: sqlite3.Connection, post_id: int, person_id: int) -> int:
    """Delete a reaction."""
    return changed(
        conn, "DELETE FROM reactions WHERE post_id = ? AND person_id = ?", post_id, person_id
    )


def reaction_counts(
    conn: sqlite3.Connection, post_ids: Sequence[int]
) -> list[tuple[int, str, int]]:
    """Post, kind and number, most frequent first."""
    sql = f"""
        SELECT post_id, kind, COUNT(*) AS count FROM reactions
        WHERE post_id IN ({marks(post_ids)}) GROUP BY post_id, kind ORDER BY count DESC, kind
    """
    return [(row["post_id"], row["kind"], row["count"]) for row in rows(conn, sql, *post_ids)]


def reactions_of(
    conn: sqlite3.Connection, person_id: int, post_ids: Sequence[int]
) -> list[tuple[int, str]]:
    """Post and kind of a person's reactions."""
    sql = f"SELECT post_id, kind FROM reactions WHERE person_id = ? AND post_id IN ({marks(post_ids)})"
    return [(row["post_id"], row["kind"]) for row in rows(conn, sql, person_id, *post_ids)]


def add_comment(conn: sqlite3.Connection, post_id: int, author_id: int, body: str, now: int) -> int:
    """Insert a comment."""
    sql = "INSERT INTO comments (post_id, author_id, body, created_at) VALUES (?, ?, ?, ?)"
    return added(conn, sql, post_id, author_id, body, now)


def comment(conn: sqlite3.Connection, comment_id: int) -> Remark:
    """A comment by id, unless it was deleted."""
    sql = """
        SELECT c.id, c.post_id, c.author_id, a.handle, c.body, c.created_at
        FROM comments AS c JOIN people AS a ON a.id = c.author_id
        WHERE c.id = ? AND c.deleted_at IS NULL
    """
    return Remark(*one(conn, sql, comment_id))


def drop_comment(conn: sqlite3.Connection, comment_id: int, now: int) -> int:
    """Mark a comment as deleted."""
    return changed(conn, "UPDATE comments SET deleted_at = ? WHERE id = ?", now, comment_id)


def comments_after(
    conn: sqlite3.Connection, post_id: int, last_id: int, hidden: Sequence[int], limit: int
) -> list[Remark]:
    """Comments of one post that come after an id."""
    sql = (
        "SELECT c.id, c.post_id, c.author_id, a.handle, c.body, c.created_at "
        "FROM comments AS c JOIN people AS a ON a.id = c.author_id "
        "WHERE c.post_id = ? AND c.deleted_at IS NULL AND c.id > ? "
        f"AND c.author_id NOT IN ({marks(hidden)}) ORDER BY c.id LIMIT ?"
    )
    return [Remark(*row) for row in rows(conn, sql, post_id, last_id, *hidden, limit)]


def latest_comments(
    conn: sqlite3.Connection, post_ids: Sequence[int], hidden: Sequence[int], each: int
) -> list[Remark]:
    """The last comments of every post, in the order in which they were written."""
    sql = f"""
        SELECT id, post_id, author_id, handle, body, created_at FROM (
            SELECT c.id, c.post_id, c.author_id, a.handle, c.body, c.created_at,
                   ROW_NUMBER() OVER (PARTITION BY c.post_id ORDER BY c.id DESC) AS place
            FROM comments AS c JOIN people AS a ON a.id = c.author_id
            WHERE c.post_id IN ({marks(post_ids)}) AND c.deleted_at IS NULL
              AND c.author_id NOT IN ({marks(hidden)}))
        WHERE place <= ? ORDER BY id
    """
    return [Remark(*row) for row in rows(conn, sql, *post_ids, *hidden, each)]


def comment_counts(
    conn: sqlite3.Connection, post_ids: Sequence[int], hidden: Sequence[int]
) -> dict[int, int]:
    """Number of comments by post."""
    sql = f"""
        SELECT post_id, COUNT(*) AS count FROM comments
        WHERE post_id IN ({marks(post_ids)}) AND deleted_at IS NULL AND author_id NOT IN ({marks(hidden)})
        GROUP BY post_id
    """
    return {row["post_id"]: row["count"] for row in rows(conn, sql, *post_ids, *hidden)}


# what was done, asked and seen


def add_action(conn: sqlite3.Connection, person_id: int, kind: str, now: int) -> None:
    """Note that something was done."""
    changed(
        conn, "INSERT INTO actions (person_id, kind, at) VALUES (?, ?, ?)", person_id, kind, now
    )


def actions(conn: sqlite3.Connection, person_id: int, kind: str) -> list[int]:
    """When something was done, oldest first."""
    sql = "SELECT at FROM actions WHERE person_id = ? AND kind = ? ORDER BY at"
    return [row["at"] for row in rows(conn, sql, person_id, kind)]


def drop_actions(conn: sqlite3.Connection, person_id: int, kind: str, upto: int) -> int:
    """Forget what was done up to a moment."""
    return changed(
        conn,
        "DELETE FROM actions WHERE person_id = ? AND kind = ? AND at <= ?",
        person_id,
        kind,
        upto,
    )


def request(conn: sqlite3.Connection, person_id: int, key: str) -> tuple[str, int]:
    """Digest and post of an earlier request."""
    row = one(
        conn, "SELECT digest, post_id FROM requests WHERE person_id = ? AND key = ?", person_id, key
    )
    return row["digest"], row["post_id"]


def add_request(
    conn: sqlite3.Connection, person_id: int, key: str, digest: str, post_id: int
) -> None:
    """Keep a request."""
    sql = "INSERT INTO requests (person_id, key, digest, post_id) VALUES (?, ?, ?, ?)"
    changed(conn, sql, person_id, key, digest, post_id)


def mark(conn: sqlite3.Connection, person_id: int) -> Position:
    """Up to where a person has read."""
    row = one(conn, "SELECT key, post_id FROM marks WHERE person_id = ?", person_id)
    return Position(row["key"], row["post_id"])


def set_mark(conn: sqlite3.Connection, person_id: int, at: Position) -> None:
    """Move a person's mark."""
    changed(
        conn,
        "INSERT OR REPLACE INTO marks (person_id, key, post_id) VALUES (?, ?, ?)",
        person_id,
        at.key,
        at.id,
    )


# notices


def add_notice(
    conn: sqlite3.Connection,
    space: str,
    person_id: int,
    kind: str,
    actor_id: int,
    post_id: int | None,
) -> None:
    """Insert a notice."""
    sql = "INSERT INTO notices (space, person_id, kind, actor_id, post_id) VALUES (?, ?, ?, ?, ?)"
    changed(conn, sql, space, person_id, kind, actor_id, post_id)


def due_notices(
    conn: sqlite3.Connection, space: str, most_failures: int, limit: int
) -> list[sqlite3.Row]:
    """Notices that were not sent yet, those that failed least first."""
    sql = """
        SELECT n.id, t.handle AS addressee, n.kind, a.handle AS actor, n.post_id, n.failures
        FROM notices AS n JOIN people AS t ON t.id = n.person_id JOIN people AS a ON a.id = n.actor_id
        WHERE n.space = ? AND n.sent_at IS NULL AND n.failures < ? ORDER BY n.failures, n.id LIMIT ?
    """
    return rows(conn, sql, space, most_failures, limit)


def set_sent(conn: sqlite3.Connection, notice_id: int, now: int) -> None:
    """Note that a notice is out."""
    changed(conn, "UPDATE notices SET sent_at = ? WHERE id = ?", now, notice_id)


def add_failure(conn: sqlite3.Connection, notice_id: int) -> None:
    """Count one more failed round."""
    changed(conn, "UPDATE notices SET failures = failures + 1 WHERE id = ?", notice_id)
