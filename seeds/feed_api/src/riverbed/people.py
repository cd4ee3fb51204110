"""Members, and whom they follow, mute and block."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence

from riverbed import cache, notices, queries
from riverbed.ambient import HOUR, Env
from riverbed.asks import handle_of
from riverbed.problems import FeedError, NoRowError, Problem
from riverbed.records import Person, Profile
from riverbed.schema import Db, transaction

HANDLE = re.compile(r"[a-z][a-z0-9_]{1,19}")


def find(conn: sqlite3.Connection, space: str, handle: str) -> Person:
    """A member of the space by handle."""
    wanted = handle_of(handle)
    try:
        return queries.person(conn, space, wanted)
    except NoRowError:
        raise FeedError(Problem.UNKNOWN_PERSON, f"nobody here is called {wanted}") from None


def other(conn: sqlite3.Connection, person: Person, handle: str) -> Person:
    """A member who is not the person."""
    found = find(conn, person.space, handle)
    if found.id == person.id:
        raise FeedError(Problem.ONESELF, "that would be yourself")
    return found


def join(db: Db, env: Env, space: str, handle: str, name: str) -> Person:
    """A new member. Handles are kept in lower case; the name is what others read."""
    conn = db.conn
    wanted = handle_of(handle)
    if not HANDLE.fullmatch(wanted):
        raise FeedError(
            Problem.BAD_HANDLE,
            f"'{wanted}' can't be a handle: 2 to 20 letters, digits and underscores",
        )
    with transaction(db):
        try:
            return queries.add_person(conn, space, wanted, name.strip() or wanted, env.clock.now())
        except sqlite3.IntegrityError:
            raise FeedError(Problem.HANDLE_TAKEN, f"{wanted} is taken") from None


def enrol(db: Db, env: Env, space: str, handles: Iterable[str]) -> list[Person]:
    """Several new members at once, or none of them."""
    with transaction(db):
        return [join(db, env, space, handle, "") for handle in handles]


def rename(db: Db, env: Env, person: Person, name: str) -> None:
    """Change the name that stands on cards."""
    conn = db.conn
    if not name.strip():
        raise FeedError(Problem.BAD_HANDLE, "a name can't be empty")
    with transaction(db):
        queries.set_name(conn, person.id, name.strip())
    cache.forget(env.shelf, person.space)


def follow(db: Db, env: Env, person: Person, handles: Sequence[str]) -> int:
    """Follow all of them, or none, and tell how many are new."""
    conn = db.conn
    new = 0
    now = env.clock.now()
    with transaction(db):
        wanted = [other(conn, person, handle) for handle in handles]
        apart = queries.blocked(conn, person.id)
        for whom in wanted:
            if whom.id in apart:
                raise FeedError(Problem.BLOCKED, f"you can't follow {whom.handle}")
        for whom in wanted:
            if queries.add_follow(conn, person.id, whom.id, now):
                new += 1
                notices.tell(conn, env, whom, "follow", person, None)
    cache.forget(env.shelf, person.space, person.handle)
    return new


def unfollow(db: Db, env: Env, person: Person, handle: str) -> bool:
    """Stop following somebody, and tell whether that changed anything."""
    conn = db.conn
    with transaction(db):
        whom = other(conn, person, handle)
        dropped = queries.drop_follow(conn, person.id, whom.id)
    cache.forget(env.shelf, person.space, person.handle)
    return dropped > 0


def mute(db: Db, env: Env, person: Person, handle: str, hours: int | None) -> int | None:
    """Keep somebody out of one's pages for some hours, or for good; the moment it ends comes back."""
    conn = db.conn
    if hours is not None and hours < 1:
        raise FeedError(Problem.BAD_TIME, f"a mute lasts an hour at least, not {hours}")
    until = None if hours is None else env.clock.now() + hours * HOUR
    with transaction(db):
        whom = other(conn, person, handle)
        queries.set_mute(conn, person.id, whom.id, until)
    cache.forget(env.shelf, person.space, person.handle)
    return until


def unmute(db: Db, env: Env, person: Person, handle: str) -> bool:
    """Let somebody back in, and tell whether they were muted."""
    conn = db.conn
    with transaction(db):
        whom = other(conn, person, handle)
        dropped = queries.drop_mute(conn, person.id, whom.id)
    cache.forget(env.shelf, person.space, person.handle)
    return dropped > 0


def block(db: Db, env: Env, person: Person, handle: str) -> None:
    """Part two people: neither sees or follows the other any more."""
    conn = db.conn
    with transaction(db):
        whom = other(conn, person, handle)
        queries.add_block(conn, person.id, whom.id)
        queries.drop_follow(conn, person.id, whom.id)
        queries.drop_follow(conn, whom.id, person.id)
    cache.forget(env.shelf, person.space, person.handle, whom.handle)


def unblock(db: Db, env: Env, person: Person, handle: str) -> bool:
    """Take back one's own block. Follows do not come back."""
    conn = db.conn
    with transaction(db):
        whom = other(conn, person, handle)
        dropped = queries.drop_block(conn, person.id, whom.id)
    cache.forget(env.shelf, person.space, person.handle, whom.handle)
    return dropped > 0


def profile(conn: sqlite3.Connection, viewer: Person, handle: str) -> Profile:
    """How a person appears to the viewer."""
    person = find(conn, viewer.space, handle)
    followers, following = queries.follow_counts(conn, person.id)
    return {
        "handle": person.handle,
        "name": person.name,
        "followers": followers,
        "following": following,
        "followed_by_you": person.id in queries.followed(conn, viewer.id),
    }
