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


def others(conn: sqlite3.Connection, person: Person, handles: Iterable[str]) -> list[Person]:
    """The members named, none of whom may be the person."""
    found = [find(conn, person.space, handle) for handle in handles]
    if person in found:
        raise FeedError(Problem.ONESELF, "that would be yourself")
    return found


def join(db: Db, env: Env, space: str, handle: str, name: str) -> Person:
    """A new member. Handles are kept in lower case; the name is what others read."""
    wanted = handle_of(handle)
    if not HANDLE.fullmatch(wanted):
        raise FeedError(
            Problem.BAD_HANDLE,
            f"'{wanted}' can't be a handle: 2 to 20 letters, digits and underscores",
        )
    with transaction(db) as conn:
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
    if not name.strip():
        raise FeedError(Problem.BAD_HANDLE, "a name can't be empty")
    with transaction(db) as conn:
        queries.set_name(conn, person.id, name.strip())
    cache.forget(env.shelf, person.space)


def follow(db: Db, env: Env, person: Person, handles: Sequence[str]) -> int:
    """Follow all of them, or none, and tell how many are new."""
    new = 0
    now = env.clock.now()
    with transaction(db) as conn:
        for other in others(conn, person, handles):
            if other.id in queries.blocked(conn, person.id):
                raise FeedError(Problem.BLOCKED, f"you can't follow {other.handle}")
            if queries.add_follow(conn, person.id, other.id, now):
                new += 1
                notices.tell(conn, env, other, "follow", person, None)
    cache.forget(env.shelf, person.space, person.handle)
    return new


def unfollow(db: Db, env: Env, person: Person, handle: str) -> bool:
    """Stop following somebody, and tell whether that changed anything."""
    with transaction(db) as conn:
        (other,) = others(conn, person, [handle])
        dropped = queries.drop_follow(conn, person.id, other.id)
    cache.forget(env.shelf, person.space, person.handle)
    return dropped > 0


def mute(db: Db, env: Env, person: Person, handle: str, hours: int | None) -> int | None:
    """Keep somebody out of one's pages for some hours, or for good; the moment it ends comes back."""
    if hours is not None and hours < 1:
        raise FeedError(Problem.BAD_TIME, f"a mute lasts an hour at least, not {hours}")
    until = None if hours is None else env.clock.now() + hours * HOUR
    with transaction(db) as conn:
        (other,) = others(conn, person, [handle])
        queries.set_mute(conn, person.id, other.id, until)
    cache.forget(env.shelf, person.space, person.handle)
    return until


def unmute(db: Db, env: Env, person: Person, handle: str) -> bool:
    """Let somebody back in, and tell whether they were muted."""
    with transaction(db) as conn:
        (other,) = others(conn, person, [handle])
        dropped = queries.drop_mute(conn, person.id, other.id)
    cache.forget(env.shelf, person.space, person.handle)
    return dropped > 0


def block(db: Db, env: Env, person: Person, handle: str) -> None:
    """Part two people: neither sees or follows the other any more."""
    with transaction(db) as conn:
        (other,) = others(conn, person, [handle])
        queries.add_block(conn, person.id, other.id)
        queries.drop_follow(conn, person.id, other.id)
        queries.drop_follow(conn, other.id, person.id)
    cache.forget(env.shelf, person.space, person.handle, other.handle)


def unblock(db: Db, env: Env, person: Person, handle: str) -> bool:
    """Take back one's own block. Follows do not come back."""
    with transaction(db) as conn:
        (other,) = others(conn, person, [handle])
        dropped = queries.drop_block(conn, person.id, other.id)
    cache.forget(env.shelf, person.space, person.handle, other.handle)
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
