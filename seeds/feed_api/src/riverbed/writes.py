"""What people write: posts, edits, reactions and comments, within the quotas they have."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence

from riverbed import cache, loaders, notices, queries
from riverbed.ambient import MINUTE, SECOND, Env, read_time, say_time, whole_seconds
from riverbed.asks import AUDIENCES, KINDS, choice, tag_of
from riverbed.problems import FeedError, NoRowError, Problem
from riverbed.records import Card, CommentCard, Person, Post, Quota, Revision, Share
from riverbed.schema import Db, transaction
from riverbed.visibility import circle_of, own_post, seen_post

BODY_MOST = 280
COMMENT_MOST = 140
COMMENT_POINTS = 2
TAG = re.compile(r"#(\w+)")
MENTION = re.compile(r"@(\w+)")
STEPS = ((10, 6), (50, 2))
"""So many points, each worth so many minutes; what comes on top is worth nothing."""


def heat(created_at: int, points: int) -> int:
    """What the ranked order sorts by: minutes of time, plus minutes for points. It stays as it is while time goes by."""
    lift = 0
    left = points
    for count, minutes in STEPS:
        lift += min(left, count) * minutes
        left = max(left - count, 0)
    return created_at // MINUTE + lift


def post(db: Db, env: Env, author: Person, body: str, audience: str, request: str | None) -> Card:
    """Publish a post. The same request twice publishes it once."""
    conn = db.conn
    text = text_of(body, BODY_MOST)
    chosen = choice("audience", audience, AUDIENCES)
    with transaction(db):
        now = env.clock.now()
        if request is not None:
            known = _known(conn, author, request, text, chosen)
            if known is not None:
                return _shown(conn, env, author, known)
        _spend(conn, author, "post", env.settings.posting, 1, now)
        new = _insert(conn, env, author, text, chosen, now)
        if request is not None:
            queries.add_request(conn, author.id, request, digest_of(text, chosen), new.id)
        shown = _shown(conn, env, author, new)
    cache.forget(env.shelf, author.space)
    return shown


def thread(db: Db, env: Env, author: Person, bodies: Sequence[str], audience: str) -> list[Card]:
    """Publish several posts at one moment, or none of them."""
    conn = db.conn
    chosen = choice("audience", audience, AUDIENCES)
    with transaction(db):
        now = env.clock.now()
        _spend(conn, author, "post", env.settings.posting, len(bodies), now)
        new = [_insert(conn, env, author, text_of(body, BODY_MOST), chosen, now) for body in bodies]
        shown = loaders.cards(conn, circle_of(conn, author, now), new)
    cache.forget(env.shelf, author.space)
    return shown


def backfill(db: Db, env: Env, author: Person, old: Iterable[tuple[str, str]]) -> int:
    """Bring along posts from elsewhere with the time they were written: all or none. Nobody is told, no quota is spent."""
    conn = db.conn
    now = env.clock.now()
    ready = [(read_time(at), text_of(body, BODY_MOST)) for at, body in old]
    for at, _ in ready:
        if at > now:
            raise FeedError(Problem.BAD_TIME, f"{say_time(at)} is still to come")
    count = 0
    with transaction(db):
        for at, text in ready:
            new = queries.add_post(conn, author, text, "everyone", at, heat(at, 0))
            queries.set_words(conn, new.id, tags_in(text), [])
            count += 1
    cache.forget(env.shelf, author.space)
    return count


def edit(db: Db, env: Env, author: Person, post_id: int, body: str, seen: int | None) -> Card:
    """Change what a post says, for a while after it was written. `seen` is the version the author had before their eyes."""
    conn = db.conn
    text = text_of(body, BODY_MOST)
    with transaction(db):
        now = env.clock.now()
        old = own_post(conn, author, post_id, now)
        if seen is not None and seen != old.version:
            raise FeedError(
                Problem.CONFLICT,
                f"post {post_id} was changed meanwhile, it is at version {old.version}",
            )
        if now - old.created_at > env.settings.edit_seconds * SECOND:
            raise FeedError(Problem.TOO_LATE, f"post {post_id} can't be changed any more")
        if text != old.body:
            queries.add_revision(conn, post_id, old.version, old.body, now)
            queries.set_body(conn, post_id, text, old.version + 1, now)
            _index(conn, env, author, queries.post(conn, author.space, post_id))
        shown = _shown(conn, env, author, queries.post(conn, author.space, post_id))
    cache.forget(env.shelf, author.space)
    return shown


def delete(db: Db, env: Env, author: Person, post_id: int) -> None:
    """Take a post away."""
    conn = db.conn
    with transaction(db):
        now = env.clock.now()
        old = own_post(conn, author, post_id, now)
        queries.set_deleted(conn, old.id, now)
    cache.forget(env.shelf, author.space)


def history(db: Db, env: Env, viewer: Person, post_id: int) -> list[Revision]:
    """What a post said before, oldest first."""
    seen_post(db.conn, viewer, post_id, env.clock.now())
    return [
        Revision(version, body, say_time(at))
        for version, body, at in queries.revisions(db.conn, post_id)
    ]


def react(db: Db, env: Env, person: Person, post_id: int, kind: str) -> dict[str, int]:
    """Leave a reaction in place of the one before, and tell how all of them stand."""
    conn = db.conn
    chosen = choice("reaction", kind, tuple(KINDS))
    with transaction(db):
        now = env.clock.now()
        target, _ = seen_post(conn, person, post_id, now)
        before = queries.reaction(conn, post_id, person.id)
        queries.set_reaction(conn, post_id, person.id, chosen, now)
        _warm(conn, person, target, KINDS[chosen] - (KINDS[before] if before else 0))
        tally = loaders.tally(conn, post_id)
    cache.forget(env.shelf, person.space)
    return tally


def unreact(db: Db, env: Env, person: Person, post_id: int) -> dict[str, int]:
    """Take back one's reaction, if there is one, and tell how all of them stand."""
    conn = db.conn
    with transaction(db):
        target, _ = seen_post(conn, person, post_id, env.clock.now())
        before = queries.reaction(conn, post_id, person.id)
        if before is not None:
            queries.drop_reaction(conn, post_id, person.id)
            _warm(conn, person, target, -KINDS[before])
        tally = loaders.tally(conn, post_id)
    cache.forget(env.shelf, person.space)
    return tally


def breakdown(db: Db, env: Env, author: Person, post_id: int) -> list[Share]:
    """How the reactions to one's own post are made up."""
    own_post(db.conn, author, post_id, env.clock.now())
    return loaders.shares(loaders.tally(db.conn, post_id))


def comment(db: Db, env: Env, person: Person, post_id: int, body: str) -> CommentCard:
    """Say something under a post."""
    conn = db.conn
    text = text_of(body, COMMENT_MOST)
    with transaction(db):
        now = env.clock.now()
        target, _ = seen_post(conn, person, post_id, now)
        _spend(conn, person, "comment", env.settings.commenting, 1, now)
        comment_id = queries.add_comment(conn, post_id, person.id, text, now)
        _warm(conn, person, target, COMMENT_POINTS)
        author = queries.people_by_id(conn, [target.author_id])[target.author_id]
        notices.tell(conn, env, author, "comment", person, target)
        shown = loaders.comment_card(queries.comment(conn, comment_id))
    cache.forget(env.shelf, person.space)
    return shown


def uncomment(db: Db, env: Env, person: Person, comment_id: int) -> None:
    """Take a comment away: one's own, or one under one's own post."""
    conn = db.conn
    with transaction(db):
        now = env.clock.now()
        try:
            remark = queries.comment(conn, comment_id)
        except NoRowError:
            raise FeedError(Problem.NO_SUCH_POST, f"there is no comment {comment_id}") from None
        target, _ = seen_post(conn, person, remark.post_id, now)
        if person.id not in (remark.author_id, target.author_id):
            raise FeedError(Problem.NOT_YOURS, f"comment {comment_id} is not yours")
        queries.drop_comment(conn, comment_id, now)
        if remark.author_id != target.author_id:
            _set_points(conn, target, target.points - COMMENT_POINTS)
    cache.forget(env.shelf, person.space)


def text_of(body: str, most: int) -> str:
    """What was typed, without the blanks around it."""
    text = body.strip()
    if not text:
        raise FeedError(Problem.BAD_BODY, "there is nothing to say")
    if len(text) > most:
        raise FeedError(Problem.BAD_BODY, f"{len(text)} characters are too many, {most} will do")
    return text


def period(quota: Quota) -> int:
    """How far back a quota looks."""
    return quota.seconds * SECOND


def tags_in(text: str) -> list[str]:
    """The tags of a post, each once."""
    return sorted({tag_of(found) for found in TAG.findall(text)})


def digest_of(text: str, audience: str) -> str:
    """What tells a repeated request from another one under the same key."""
    return hashlib.sha256(json.dumps([text, audience]).encode()).hexdigest()


def _known(
    conn: sqlite3.Connection, author: Person, request: str, text: str, audience: str
) -> Post | None:
    try:
        digest, post_id = queries.request(conn, author.id, request)
    except NoRowError:
        return None
    if digest != digest_of(text, audience):
        raise FeedError(Problem.KEY_REUSED, f"the request {request} was another post")
    return queries.post(conn, author.space, post_id)


def _insert(
    conn: sqlite3.Connection, env: Env, author: Person, text: str, audience: str, now: int
) -> Post:
    new = queries.add_post(conn, author, text, audience, now, heat(now, 0))
    _index(conn, env, author, new)
    return new


def _index(conn: sqlite3.Connection, env: Env, author: Person, written: Post) -> None:
    """Note tags and mentions, and tell those who were not mentioned before."""
    handles = sorted({found.lower() for found in MENTION.findall(written.body)})
    named = queries.people_named(conn, author.space, handles)
    known = queries.mentioned_in(conn, written.id)
    queries.set_words(conn, written.id, tags_in(written.body), [person.id for person in named])
    for person in named:
        if person.id not in known and written.audience != "me":
            notices.tell(conn, env, person, "mention", author, written)


def _shown(conn: sqlite3.Connection, env: Env, viewer: Person, written: Post) -> Card:
    return loaders.card(conn, circle_of(conn, viewer, env.clock.now()), written)


def _warm(conn: sqlite3.Connection, person: Person, target: Post, points: int) -> None:
    """What people do to their own posts counts for nothing."""
    if person.id != target.author_id:
        _set_points(conn, target, target.points + points)


def _set_points(conn: sqlite3.Connection, target: Post, points: int) -> None:
    queries.set_heat(conn, target.id, points, heat(target.created_at, points))


def _spend(
    conn: sqlite3.Connection,
    person: Person,
    kind: str,
    quotas: Sequence[Quota],
    count: int,
    now: int,
) -> None:
    """Hold `count` more actions against every quota, and note them down."""
    done = queries.actions(conn, person.id, kind)
    for quota in quotas:
        if count > quota.most:
            raise FeedError(Problem.TOO_FAST, f"{count} at once are too many, {quota.most} will do")
        recent = [at for at in done if at > now - period(quota)]
        over = len(recent) + count - quota.most
        if over > 0:
            wait = whole_seconds(recent[over - 1] + period(quota) - now)
            raise FeedError(Problem.TOO_FAST, f"too much at once, try again in {wait} s", wait=wait)
    longest = max(map(period, quotas), default=0)
    queries.drop_actions(conn, person.id, kind, now - longest)
    for _ in range(count):
        queries.add_action(conn, person.id, kind, now)
