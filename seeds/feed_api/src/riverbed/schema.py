"""The database: opening it, its numbered migrations, and transactions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

MIGRATIONS: dict[int, str] = {
    1: """
        CREATE TABLE people (
            id INTEGER PRIMARY KEY AUTOINCREMENT, space TEXT NOT NULL, handle TEXT NOT NULL,
            name TEXT NOT NULL, joined_at INTEGER NOT NULL, UNIQUE (space, handle));
        CREATE TABLE posts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, space TEXT NOT NULL, author_id INTEGER NOT NULL,
            body TEXT NOT NULL, audience TEXT NOT NULL, created_at INTEGER NOT NULL, edited_at INTEGER,
            deleted_at INTEGER, version INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE follows (
            person_id INTEGER NOT NULL, other_id INTEGER NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (person_id, other_id)) WITHOUT ROWID;
    """,
    2: """
        CREATE TABLE reactions (
            post_id INTEGER NOT NULL, person_id INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (post_id, person_id)) WITHOUT ROWID;
        CREATE TABLE comments (
            id INTEGER PRIMARY KEY AUTOINCREMENT, post_id INTEGER NOT NULL, author_id INTEGER NOT NULL,
            body TEXT NOT NULL, created_at INTEGER NOT NULL, deleted_at INTEGER);
        CREATE INDEX comments_of_post ON comments (post_id, id);
    """,
    3: """
        CREATE TABLE mutes (
            person_id INTEGER NOT NULL, other_id INTEGER NOT NULL, until INTEGER,
            PRIMARY KEY (person_id, other_id)) WITHOUT ROWID;
        CREATE TABLE blocks (
            person_id INTEGER NOT NULL, other_id INTEGER NOT NULL,
            PRIMARY KEY (person_id, other_id)) WITHOUT ROWID;
        CREATE TABLE mentions (
            post_id INTEGER NOT NULL, person_id INTEGER NOT NULL, PRIMARY KEY (post_id, person_id)) WITHOUT ROWID;
        CREATE TABLE tags (
            post_id INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (tag, post_id)) WITHOUT ROWID;
    """,
    4: """
        CREATE TABLE actions (person_id INTEGER NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL);
        CREATE INDEX actions_of_person ON actions (person_id, kind, at);
        CREATE TABLE requests (
            person_id INTEGER NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, post_id INTEGER NOT NULL,
            PRIMARY KEY (person_id, key)) WITHOUT ROWID;
        CREATE TABLE revisions (
            post_id INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (post_id, version)) WITHOUT ROWID;
        CREATE TABLE marks (
            person_id INTEGER PRIMARY KEY, key INTEGER NOT NULL, post_id INTEGER NOT NULL);
    """,
    5: """
        CREATE TABLE notices (
            id INTEGER PRIMARY KEY AUTOINCREMENT, space TEXT NOT NULL, person_id INTEGER NOT NULL,
            kind TEXT NOT NULL, actor_id INTEGER NOT NULL, post_id INTEGER,
            failures INTEGER NOT NULL DEFAULT 0, sent_at INTEGER);
    """,
    6: """
        ALTER TABLE posts ADD COLUMN points INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE posts ADD COLUMN heat INTEGER NOT NULL DEFAULT 0;
        UPDATE posts SET heat = created_at / 60000;
    """,
    7: """
        CREATE INDEX posts_by_time ON posts (space, created_at, id) WHERE deleted_at IS NULL;
        CREATE INDEX posts_by_heat ON posts (space, heat, id) WHERE deleted_at IS NULL;
    """,
}

_COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE")


class Meter:
    """Counts statements that read or write rows."""

    def __init__(self) -> None:
        self.statements = 0

    def count(self, statement: str) -> None:
        """Told of every statement by SQLite."""
        if statement.lstrip().startswith(_COUNTED):
            self.statements += 1

    def take(self) -> int:
        """The count so far; it starts over."""
        taken, self.statements = self.statements, 0
        return taken


class Db(NamedTuple):
    """One connection, shared by the threads of a process."""

    conn: sqlite3.Connection
    lock: threading.RLock
    meter: Meter


def connect(path: str) -> Db:
    """Open a database and bring it up to date."""
    conn = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    conn.row_factory = sqlite3.Row
    migrate(conn)
    meter = Meter()
    conn.set_trace_callback(meter.count)
    return Db(conn, threading.RLock(), meter)


def version_of(conn: sqlite3.Connection) -> int:
    """The number of the last migration that was applied."""
    found: int = conn.execute("PRAGMA user_version").fetchone()[0]
    return found


def migrate(conn: sqlite3.Connection, upto: int | None = None) -> list[int]:
    """Apply the migrations that are missing, each with its number or not at all."""
    done = version_of(conn)
    last = max(MIGRATIONS) if upto is None else upto
    missing = [number for number in sorted(MIGRATIONS) if done < number <= last]
    for number in missing:
        try:
            conn.executescript(
                f"BEGIN; {MIGRATIONS[number]} PRAGMA user_version = {number}; COMMIT;"
            )
        except sqlite3.Error:
            conn.rollback()
            raise
    return missing


@contextmanager
def transaction(db: Db) -> Iterator[None]:
    """All that is written inside is kept, or none of it. One inside another is part of the outer one."""
    with db.lock:
        if db.conn.in_transaction:
            yield
            return
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            db.conn.execute("ROLLBACK")
            raise
        db.conn.execute("COMMIT")
