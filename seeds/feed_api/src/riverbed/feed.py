"""The public face: one object for one space, made of the functions of the other modules."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from riverbed import asks, cache, loaders, notices, pages, people, visibility, writes
from riverbed.ambient import (
    SECOND,
    Clock,
    Env,
    Keys,
    RandomKeys,
    SystemClock,
    note,
    request_scope,
    say_time,
)
from riverbed.notices import Receiver
from riverbed.problems import FeedError
from riverbed.records import (
    Card,
    CommentCard,
    Delivery,
    Filters,
    Page,
    Person,
    Profile,
    Revision,
    Settings,
    Share,
    Talk,
    Unread,
    Usage,
)
from riverbed.schema import Db, connect

log = logging.getLogger("riverbed.feed")


def open_feed(
    path: str = ":memory:",
    *,
    space: str = "main",
    clock: Clock | None = None,
    keys: Keys | None = None,
    secret: bytes | None = None,
    settings: Settings | None = None,
) -> Feed:
    """Open the database at `path` and bring it up to date. Cursors outlive the process only where a secret is given."""
    chosen = settings if settings is not None else Settings()
    env = Env(
        clock if clock is not None else SystemClock(),
        keys if keys is not None else RandomKeys(),
        secret if secret is not None else secrets.token_bytes(32),
        chosen,
        cache.Shelf(round(chosen.cache_seconds * SECOND), chosen.cache_size),
    )
    return Feed(connect(path), env, space)


class Feed:
    """The feed of one space. People are named by their handles throughout."""

    def __init__(self, db: Db, env: Env, space: str) -> None:
        self._db = db
        self._env = env
        self._space = space

    def beside(self, space: str) -> Feed:
        """The feed of another space in the same database."""
        return Feed(self._db, self._env, space)

    def adjust(self, settings: Settings) -> None:
        """Go by other settings in this space from now on. The cache, which all spaces share, takes them over."""
        self._env = self._env._replace(settings=settings)
        cache.resize(self._env.shelf, round(settings.cache_seconds * SECOND), settings.cache_size)

    def close(self) -> None:
        """Let go of the database."""
        self._db.conn.close()

    @contextmanager
    def request(self, request_id: str) -> Iterator[None]:
        """What is logged inside carries this id."""
        with request_scope(request_id):
            yield

    # people

    def join(self, handle: str, name: str = "") -> Profile:
        """A new member, with the name that others read."""
        with self._call("join", handle):
            person = people.join(self._db, self._env, self._space, handle, name)
            return people.profile(self._db.conn, person, person.handle)

    def enrol(self, handles: Iterable[str]) -> list[str]:
        """Several new members at once, or none."""
        with self._call("enrol", ""):
            return [
                person.handle for person in people.enrol(self._db, self._env, self._space, handles)
            ]

    def rename(self, handle: str, name: str) -> None:
        """Change the name that stands on a person's cards."""
        with self._call("rename", handle):
            people.rename(self._db, self._env, self._person(handle), name)

    def profile(self, viewer: str, handle: str) -> Profile:
        """How a person appears to the viewer."""
        with self._call("profile", viewer):
            return people.profile(self._db.conn, self._person(viewer), handle)

    def follow(self, handle: str, *others: str) -> int:
        """Follow others, all or none; how many are new comes back."""
        with self._call("follow", handle):
            return people.follow(self._db, self._env, self._person(handle), others)

    def unfollow(self, handle: str, other: str) -> bool:
        """Stop following; whether that changed anything comes back."""
        with self._call("unfollow", handle):
            return people.unfollow(self._db, self._env, self._person(handle), other)

    def mute(self, handle: str, other: str, hours: int | None = None) -> str | None:
        """Keep somebody out of one's pages, for good where no hours are given; the end comes back."""
        with self._call("mute", handle):
            until = people.mute(self._db, self._env, self._person(handle), other, hours)
            return say_time(until) if until is not None else None

    def unmute(self, handle: str, other: str) -> bool:
        """Let somebody back in; whether they were muted comes back."""
        with self._call("unmute", handle):
            return people.unmute(self._db, self._env, self._person(handle), other)

    def block(self, handle: str, other: str) -> None:
        """Part two people: neither sees or follows the other."""
        with self._call("block", handle):
            people.block(self._db, self._env, self._person(handle), other)

    def unblock(self, handle: str, other: str) -> bool:
        """Take back one's own block; whether there was one comes back."""
        with self._call("unblock", handle):
            return people.unblock(self._db, self._env, self._person(handle), other)

    # posts

    def post(
        self, handle: str, body: str, audience: str = "everyone", request: str | None = None
    ) -> Card:
        """Publish a post for everyone, for followers, for those it mentions, or for oneself."""
        with self._call("post", handle):
            return writes.post(self._db, self._env, self._person(handle), body, audience, request)

    def thread(self, handle: str, bodies: Sequence[str], audience: str = "everyone") -> list[Card]:
        """Publish several posts at one moment, or none."""
        with self._call("thread", handle):
            return writes.thread(self._db, self._env, self._person(handle), bodies, audience)

    def backfill(self, handle: str, old: Iterable[tuple[str, str]]) -> int:
        """Bring along posts from elsewhere, each with its time: all or none."""
        with self._call("backfill", handle):
            return writes.backfill(self._db, self._env, self._person(handle), old)

    def edit(self, handle: str, post_id: int, body: str, seen: int | None = None) -> Card:
        """Change what a post says, if it is still at the version that was seen."""
        with self._call("edit", handle, post=post_id):
            return writes.edit(self._db, self._env, self._person(handle), post_id, body, seen)

    def delete(self, handle: str, post_id: int) -> None:
        """Take a post away."""
        with self._call("delete", handle, post=post_id):
            writes.delete(self._db, self._env, self._person(handle), post_id)

    def read(self, viewer: str, post_id: int) -> Card:
        """One post by its number, also of somebody muted."""
        with self._call("read", viewer, post=post_id):
            post, circle = visibility.seen_post(
                self._db.conn, self._person(viewer), post_id, self._env.clock.now()
            )
            return loaders.card(self._db.conn, circle, post)

    def history(self, viewer: str, post_id: int) -> list[Revision]:
        """What a post said before its edits."""
        with self._call("history", viewer, post=post_id):
            return writes.history(self._db, self._env, self._person(viewer), post_id)

    # reactions and comments

    def react(self, handle: str, post_id: int, kind: str = "like") -> dict[str, int]:
        """Leave a reaction; how all of them stand comes back."""
        with self._call("react", handle, post=post_id):
            return writes.react(self._db, self._env, self._person(handle), post_id, kind)

    def unreact(self, handle: str, post_id: int) -> dict[str, int]:
        """Take one's reaction back; how the others stand comes back."""
        with self._call("unreact", handle, post=post_id):
            return writes.unreact(self._db, self._env, self._person(handle), post_id)

    def breakdown(self, handle: str, post_id: int) -> list[Share]:
        """How the reactions to one's own post are made up, in per cent."""
        with self._call("breakdown", handle, post=post_id):
            return writes.breakdown(self._db, self._env, self._person(handle), post_id)

    def comment(self, handle: str, post_id: int, body: str) -> CommentCard:
        """Say something under a post."""
        with self._call("comment", handle, post=post_id):
            return writes.comment(self._db, self._env, self._person(handle), post_id, body)

    def uncomment(self, handle: str, comment_id: int) -> None:
        """Take a comment away, one's own or one under one's own post."""
        with self._call("uncomment", handle, comment=comment_id):
            writes.uncomment(self._db, self._env, self._person(handle), comment_id)

    def talk(
        self, viewer: str, post_id: int, after: int | None = None, limit: int | None = None
    ) -> Talk:
        """The comments of a post, oldest first."""
        with self._call("talk", viewer, post=post_id):
            return pages.talk(self._db, self._env, self._person(viewer), post_id, after, limit)

    # pages

    def page(
        self,
        viewer: str,
        order: str | None = None,
        *,
        scope: str | None = None,
        filters: Filters | None = None,
        limit: int | None = None,
        after: str | None = None,
        before: str | None = None,
    ) -> Page:
        """A page of the viewer's home, or of everyone's posts: the latest first, or those that rank on top.

        `after` and `before` take the cursors of another page, and with them its order, scope and filters.
        """
        with self._call("page", viewer):
            wish = asks.Wish(order, scope, asks.kept_filters(filters), limit, after, before)
            ask = pages.prepare(self._env, self._space, asks.handle_of(viewer), wish)
            key = pages.key_of(self._space, ask)
            kept = cache.get(self._env.shelf, key, self._env.clock.monotonic())
            if isinstance(kept, Page):
                return kept
            generation = cache.generation(self._env.shelf, self._space)
            page = pages.read_page(self._db, self._env, self._person(viewer), ask)
            cache.put(self._env.shelf, key, page, self._env.clock.monotonic(), generation)
            return page

    def unread(self, viewer: str) -> Unread:
        """How much is new in the viewer's home."""
        with self._call("unread", viewer):
            key = (self._space, asks.handle_of(viewer), "unread")
            kept = cache.get(self._env.shelf, key, self._env.clock.monotonic())
            if isinstance(kept, Unread):
                return kept
            generation = cache.generation(self._env.shelf, self._space)
            count = pages.unread(self._db, self._env, self._person(viewer))
            cache.put(self._env.shelf, key, count, self._env.clock.monotonic(), generation)
            return count

    def mark_read(self, viewer: str, post_id: int | None = None) -> Unread:
        """Count as read what is there, or what is there up to a post; what is left comes back."""
        with self._call("mark_read", viewer):
            pages.mark_read(self._db, self._env, self._person(viewer), post_id)
        cache.forget(self._env.shelf, self._space, asks.handle_of(viewer))
        return self.unread(viewer)

    # operations

    def deliver(
        self, receiver: Receiver, limit: int = 50, seconds: float | None = None
    ) -> Delivery:
        """Hand notices that are due to a receiver."""
        with self._call("deliver", ""):
            return notices.deliver(self._db, self._env, self._space, receiver, limit, seconds)

    def usage(self) -> Usage:
        """What was asked of database and cache since the last look."""
        hits, misses = cache.take_counts(self._env.shelf)
        return Usage(self._db.meter.take(), hits, misses)

    def plan(self, viewer: str, order: str = "latest", scope: str = "everyone") -> list[str]:
        """How the database goes about finding a page."""
        wish = asks.Wish(order, scope, {})
        ask = pages.prepare(self._env, self._space, asks.handle_of(viewer), wish)
        return pages.plan(self._db, self._person(viewer), ask)

    def _person(self, handle: str) -> Person:
        return people.find(self._db.conn, self._space, handle)

    @contextmanager
    def _call(self, event: str, handle: str, **about: int) -> Iterator[None]:
        """Log how a call went."""
        fields = {"space": self._space, "by": handle, **about}
        try:
            yield
        except FeedError as error:
            note(log, event, {**fields, "problem": error.problem.value}, logging.WARNING)
            raise
        note(log, event, fields)
