import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from script import Phone, bodies, lines

from riverbed import FeedError, FixedClock, open_feed, queries, schema


def open_at(path, **options):
    return open_feed(str(path), clock=FixedClock(), secret=b"kept", **options)


def empty():
    return sqlite3.connect(":memory:", isolation_level=None)


def version_at(path):
    with contextlib.closing(sqlite3.connect(path)) as conn:
        return schema.version_of(conn)


def test_everything_is_kept(tmp_path):
    """After a restart everything is as it was."""
    feed = open_at(tmp_path / "feed.db")
    feed.enrol(["ada", "bo"])
    feed.follow("bo", "ada")
    feed.post("ada", "tea", "followers", "r-1")
    feed.react("bo", 1, "love")
    feed.comment("bo", 1, "nice")
    feed.mark_read("bo")
    feed.close()
    assert version_at(tmp_path / "feed.db") == 7
    again = open_at(tmp_path / "feed.db")
    assert lines(again.page("bo")) == ["1 ada: tea (love 1, 1 said)"]
    assert again.unread("bo").total == 0
    assert again.post("ada", "tea", "followers", "r-1")["id"] == 1
    again.close()


def test_quotas_outlive_a_restart(tmp_path):
    """A restart does not give a fresh quota."""
    feed = open_at(tmp_path / "feed.db")
    feed.enrol(["ada"])
    feed.thread("ada", ["a", "b", "c", "d", "e"])
    feed.close()
    assert version_at(tmp_path / "feed.db") == 7
    again = open_at(tmp_path / "feed.db")
    with pytest.raises(FeedError, match="try again in 600 s"):
        again.post("ada", "f")
    again.close()


def test_a_database_of_an_earlier_release(tmp_path):
    """Posts of an earlier release are there after an update, and ranked by their time."""
    path = tmp_path / "feed.db"
    conn = sqlite3.connect(path, isolation_level=None)
    schema.migrate(conn, 5)
    conn.execute(
        "INSERT INTO people (space, handle, name, joined_at) VALUES ('main', 'ada', 'Ada', 0)"
    )
    for body, at in [("new", 1_777_880_000_000), ("old", 1_777_870_000_000)]:
        conn.execute(
            "INSERT INTO posts (space, author_id, body, audience, created_at) VALUES ('main', 1, ?, 'everyone', ?)",
            (body, at),
        )
    conn.close()
    feed = open_at(path)
    assert bodies(feed.page("ada", "top")) == ["new", "old"]
    assert bodies(feed.page("ada")) == ["new", "old"]
    feed.close()


def test_migrations_run_once():
    """An up-to-date database is left alone."""
    conn = empty()
    assert schema.migrate(conn) == [1, 2, 3, 4, 5, 6, 7]
    assert schema.migrate(conn) == []
    assert schema.version_of(conn) == 7


@pytest.mark.parametrize(("upto", "done"), [(0, []), (1, [1]), (3, [1, 2, 3])])
def test_migrations_up_to_a_number(upto, done):
    """A database can be brought up to a certain version, and later to the newest."""
    conn = empty()
    assert schema.migrate(conn, upto) == done
    assert schema.version_of(conn) == upto
    assert schema.migrate(conn)[-1] == 7


def test_a_broken_migration(monkeypatch):
    """A migration that fails leaves the version before it, whole, and works once it is mended."""
    conn = empty()
    good = schema.MIGRATIONS[2]
    monkeypatch.setitem(
        schema.MIGRATIONS, 2, "CREATE TABLE half (id INTEGER); CREATE TABLE people (id INTEGER);"
    )
    with pytest.raises(sqlite3.Error):
        schema.migrate(conn)
    assert schema.version_of(conn) == 1
    monkeypatch.setitem(schema.MIGRATIONS, 2, good)
    assert schema.migrate(conn)[0] == 2
    assert not conn.execute("SELECT * FROM sqlite_master WHERE name = 'half'").fetchall()


FAILURES = [
    ("post", ("ada", "pot"), "set_words"),
    ("post", ("ada", "pot", "everyone", "r-1"), "add_request"),
    ("thread", ("ada", ["pot", "mug @bo"]), "add_notice"),
    ("backfill", ("ada", [("2026-05-04T08:00", "pot")]), "set_words"),
    ("edit", ("ada", 1, "pot @bo"), "set_body"),
    ("edit", ("ada", 1, "pot @cy"), "set_words"),
    ("edit", ("ada", 1, "pot @cy"), "add_notice"),
    ("react", ("bo", 1, "love"), "set_heat"),
    ("unreact", ("dee", 1), "set_heat"),
    ("comment", ("bo", 1, "hm"), "set_heat"),
    ("comment", ("bo", 1, "hm"), "add_notice"),
    ("uncomment", ("dee", 1), "set_heat"),
    ("follow", ("bo", "dee", "cy"), "add_notice"),
    ("block", ("bo", "ada"), "drop_follow"),
]


@pytest.mark.parametrize(
    ("act", "arguments", "broken"), FAILURES, ids=[f"{act}-{broken}" for act, _, broken in FAILURES]
)
def test_a_failure_in_the_middle(square, monkeypatch, act, arguments, broken):
    """If the database fails in the middle of a call, nothing of it is there, and trying again works."""
    square.post("ada", "tea @bo")
    square.react("dee", 1)
    square.comment("dee", 1, "well")
    square.post("dee", "mug")
    shown = lines(square.page("bo", "top", scope="everyone"))

    def full(*_):
        raise sqlite3.OperationalError("disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(queries, broken, full)
        with pytest.raises(sqlite3.OperationalError, match="disk is full"):
            getattr(square, act)(*arguments)
    assert lines(square.page("bo", "top", scope="everyone")) == shown
    assert square.history("ada", 1) == []
    assert square.profile("bo", "bo")["following"] == 0
    assert getattr(square, act)(*arguments) != shown


def test_notices_that_went_out_stay_out(tmp_path):
    """A notice that went out before a restart does not go out again, and one that failed does."""
    feed = open_at(tmp_path / "feed.db")
    feed.enrol(["ada", "bo", "cy"])
    feed.follow("bo", "ada", "cy")
    phone = Phone(3)
    assert feed.deliver(phone) == (1, 1, 0)
    feed.close()
    assert version_at(tmp_path / "feed.db") == 7
    again = open_at(tmp_path / "feed.db")
    assert again.deliver(phone) == (1, 0, 0)
    assert phone.read() == ["to cy: follow by bo", "to ada: follow by bo"]
    again.close()


READS = [
    ("page", ("bo",), "followed"),
    ("page", ("bo",), "people_by_id"),
    ("unread", ("bo",), "followed"),
    ("unread", ("bo",), "people_by_id"),
    ("talk", ("bo", 1), "followed"),
    ("talk", ("bo", 1), "comments_after"),
    ("post", ("bo", "pot"), "add_post"),
    ("mark_read", ("bo", 1), "mark"),
    ("follow", ("cy", "dee"), "blocked"),
]


@pytest.mark.parametrize(
    ("act", "arguments", "within"), READS, ids=[f"{act}-{within}" for act, _, within in READS]
)
def test_nobody_comes_between(feed, monkeypatch, act, arguments, within):
    """While a call reads or writes, no other thread can."""
    feed.post("ada", "tea")
    plain = getattr(queries, within)
    free = []

    def watched(*arguments):
        with ThreadPoolExecutor(1) as other:
            free.append(other.submit(feed._db.lock.acquire, blocking=False).result())
        return plain(*arguments)

    monkeypatch.setattr(queries, within, watched)
    getattr(feed, act)(*arguments)
    assert set(free) == {False}
