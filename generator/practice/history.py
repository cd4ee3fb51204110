"""All sessions, in one sqlite3 file of the state directory that any number of commands share.

An event is kept from the moment `add` returns: a kill loses nothing, and two terminals on one challenge see the same.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import places
from generator.errors import UnfitError
from generator.judge import challenge_directory
from generator.practice.record import record
from generator.practice.session import NEEDED, Event, Kind, Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.judge.challenge_directory import Found
    from generator.practice.record import Record

LAYOUT = 1
"""Of the file. A newer one is left alone."""
_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS sessions (
    number INTEGER PRIMARY KEY, challenge TEXT NOT NULL, path BLOB NOT NULL, mode TEXT NOT NULL, minutes INTEGER NOT NULL,
    level INTEGER);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL REFERENCES sessions,
    at REAL NOT NULL, kind TEXT NOT NULL, facts TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_of_session ON events (session, number);
PRAGMA user_version = {LAYOUT};
COMMIT;
"""
_PATIENCE = 10.0
"""Seconds to wait for another command's writing."""
_LATEST = 1e11
"""Seconds since the epoch. No calendar goes much further."""
_STARTS_NO_CLOCK = (Kind.BEGUN, Kind.ABANDONED, Kind.REVEALED, Kind.RESET)


def file() -> Path:
    """Where it is kept."""
    return places.state() / "history.sqlite3"


def session(found: Found) -> Session:
    """The session of the challenge around a directory. Nothing is written: it may not have begun.

    Raises UnfitError where the history can't be read.
    """
    if not file().exists():
        return _new(found)
    with _connection() as kept:
        return _session_of(kept, found)


def add(found: Found, kind: Kind, **facts: object) -> Session:
    """Keep something that happened just now; what is the first piece of work starts the clock. Returns the session with it.

    Raises UnfitError where the history can't be written.
    """
    with _connection() as kept:
        kept.execute("BEGIN IMMEDIATE")
        before = _session_of(kept, found)
        number = before.number or _begin(kept, before)
        # A clock that was set back must not put it before what it follows.
        now = max(time.time(), *(event.at for event in before.events[-1:]), 0.0)
        if before.begun is None and kind not in _STARTS_NO_CLOCK:
            _write(kept, number, now, Kind.BEGUN, {})
        _write(kept, number, now, kind, facts)
        kept.execute("COMMIT")
        return _session_of(kept, found)


def begin(found: Found) -> Session:
    """The session, with its clock running."""
    known = session(found)
    return known if known.begun is not None else add(found, Kind.BEGUN)


def reproduce(found: Found) -> Session:
    """The session, in which a failing test has been seen to fail."""
    known = session(found)
    return known if any(known.of(Kind.REPRODUCED)) else add(found, Kind.REPRODUCED)


def unkept(found: Found, kind: Kind, **facts: object) -> Session:
    """The session with this in it, as far as it can be read, for where nothing can be kept."""
    try:
        known = session(found)
    except UnfitError:
        known = _new(found)
    return replace(known, events=(*known.events, Event(time.time(), kind, facts)))


def sessions() -> tuple[Session, ...]:
    """Every session, the oldest first. Raises UnfitError where the history can't be read."""
    if not file().exists():
        return ()
    with _connection() as kept:
        rows = kept.execute("SELECT * FROM sessions ORDER BY number").fetchall()
        return tuple(_read(kept, row) for row in rows)


def records() -> tuple[Record, ...]:
    """What is told, as of now, of every session that has begun. Raises UnfitError where the history can't be read."""
    now = time.time()
    return tuple(
        record(session, challenge_directory.key_of(session.challenge, Path(session.path)), now)
        for session in sessions()
        if session.begun
    )


@contextmanager
def _connection() -> Iterator[sqlite3.Connection]:
    path = file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as kept:
            (layout,) = kept.execute("PRAGMA user_version").fetchone()
            if layout > LAYOUT:
                raise UnfitError(
                    f"{path} was written by a newer bugsquash. Use that one, or move the file away."
                )
            if layout < LAYOUT:
                kept.executescript(_TABLES)
            yield kept
    except (sqlite3.Error, OSError) as error:
        busy = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
        todo = (
            "Another command writes to it: try again"
            if busy
            else "Make it writable, or move it away where it is damaged"
        )
        raise UnfitError(f"the history {path} can't be kept: {error}. {todo}.") from error


def _session_of(kept: sqlite3.Connection, found: Found) -> Session:
    """The one of the challenge that lies here; of one that was moved here, the one of the place where it lies no more."""
    marker, path = found.marker, os.fsencode(found.root)
    rows = kept.execute(
        "SELECT * FROM sessions WHERE challenge = ? ORDER BY number", (marker.id,)
    ).fetchall()
    here = [row for row in rows if row[2] == path]
    moved = [row for row in rows if not os.path.lexists(row[2])]
    for row in (here or moved)[-1:]:
        return _read(kept, (*row[:2], path, *row[3:]))
    return _new(found)


def _new(found: Found) -> Session:
    marker, key = found.marker, found.key
    # The marker lies where anybody may edit it.
    minutes = key.request.minutes if key else marker.minutes
    return Session(0, marker.id, str(found.root), marker.mode, minutes, key.level if key else None)


def _begin(kept: sqlite3.Connection, new: Session) -> int:
    # A path need not be text.
    row = (new.challenge, os.fsencode(new.path), new.mode, new.minutes, new.level)
    statement = (
        "INSERT INTO sessions (challenge, path, mode, minutes, level) VALUES (?, ?, ?, ?, ?)"
    )
    kept.execute(statement, row)
    (number,) = kept.execute("SELECT last_insert_rowid()").fetchone()
    return int(number)


def _write(
    kept: sqlite3.Connection, session: int, at: float, kind: Kind, facts: dict[str, object]
) -> None:
    statement = "INSERT INTO events (session, at, kind, facts) VALUES (?, ?, ?, ?)"
    kept.execute(statement, (session, at, kind.value, json.dumps(facts)))


def _read(kept: sqlite3.Connection, row: tuple[int, str, bytes, str, int, int | None]) -> Session:
    statement = "SELECT at, kind, facts FROM events WHERE session = ? ORDER BY number"
    events = kept.execute(statement, row[:1]).fetchall()
    number, challenge, path, mode, minutes, level = row
    try:
        told = tuple(_event(*event) for event in events)
    except (ValueError, TypeError) as error:
        raise UnfitError(
            f"the history {file()} is damaged: {error}. Put back a copy of it, or move it away."
        ) from error
    return Session(number, challenge, os.fsdecode(path), mode, minutes, level, told)


def _event(at: float, kind: str, facts: str) -> Event:
    """Raises ValueError or TypeError for what is none."""
    if not 0 <= at < _LATEST:
        raise ValueError(f"{at} is no time")
    told = Event(at, Kind(kind), {**json.loads(facts)})
    if lacking := set(NEEDED.get(told.kind, ())) - told.facts.keys():
        raise ValueError(f"'{kind}' lacks {', '.join(sorted(lacking))}")
    return told
