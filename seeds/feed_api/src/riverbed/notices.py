"""Notices: who is told of what, and how they get out to a receiver that may be down."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable

from riverbed import queries
from riverbed.ambient import SECOND, Env, note
from riverbed.problems import ReceiverError
from riverbed.records import Delivery, Notice, Person, Post
from riverbed.schema import Db
from riverbed.visibility import circle_of, may_see, named_in

log = logging.getLogger("riverbed.notices")

ATTEMPTS = 3
PAUSE = 200
ROUNDS = 3

Receiver = Callable[[Notice], None]


def tell(
    conn: sqlite3.Connection, env: Env, person: Person, kind: str, actor: Person, post: Post | None
) -> None:
    """Put a notice down, unless it is about one's own doing, from somebody muted, or about what one may not see."""
    if person.id == actor.id:
        return
    circle = circle_of(conn, person, env.clock.now())
    if actor.id in circle.muted:
        return
    if post is not None and not may_see(circle, post, named_in(conn, circle, [post])):
        return
    queries.add_notice(
        conn, person.space, person.id, kind, actor.id, post.id if post is not None else None
    )


def deliver(
    db: Db, env: Env, space: str, receiver: Receiver, limit: int, seconds: float | None
) -> Delivery:
    """Hand what is due to the receiver, oldest first, for so many seconds at most.

    What the receiver does not take in several attempts counts as failed, and comes again another time; after some rounds it is parked
    for good. A notice is noted as sent once the receiver has it.
    """
    sent = failed = parked = 0
    end = None if seconds is None else env.clock.monotonic() + round(seconds * SECOND)
    for row in queries.due_notices(db.conn, space, ROUNDS, limit):
        now = env.clock.monotonic()
        if end is not None and now >= end:
            break
        about = row["addressee"], row["kind"], row["actor"], row["post_id"]
        notice = Notice(row["id"], *about, key="")
        if _handed_over(db, env, receiver, notice):
            sent += 1
            continue
        queries.add_failure(db.conn, notice.id)
        if row["failures"] + 1 >= ROUNDS:
            note(log, "notice parked", {"notice": notice.id, "to": notice.to}, logging.ERROR)
            parked += 1
        else:
            failed += 1
    return Delivery(sent, failed, parked)


def _handed_over(db: Db, env: Env, receiver: Receiver, notice: Notice) -> bool:
    """Try several times, under one key, with longer and longer pauses between."""
    key = env.keys.new_key()
    for attempt in range(ATTEMPTS):
        try:
            receiver(notice._replace(key=key))
            queries.set_sent(db.conn, notice.id, env.clock.now())
        except ReceiverError as error:
            fields = {"notice": notice.id, "attempt": attempt + 1, "reason": str(error)}
            note(log, "receiver down", fields, logging.WARNING)
            if attempt + 1 < ATTEMPTS:
                env.clock.sleep(PAUSE * 2**attempt)
        else:
            return True
    return False
