"""The record of who did what, and the notices that go out; both are written together with what they tell of."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from crosscheck.ambient import Clock, current_request, log_event
from crosscheck.refusals import Refused
from crosscheck.shelf import next_number

if TYPE_CHECKING:
    from collections.abc import Callable

    from crosscheck.shelf import Shelf

TRIES_MOST: Final = 4
FIRST_PAUSE: Final = timedelta(minutes=2)
LONGEST_PAUSE: Final = timedelta(minutes=6)

logger = logging.getLogger("crosscheck.audit")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done."""

    number: int
    at: datetime
    account: str
    what: str
    by: str
    about: str
    request: str


class Posting(Enum):
    """How a notice stands."""

    WAITING = "waiting"
    UNDER_WAY = "under way"
    SENT = "sent"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that others want to know."""

    number: int
    account: str
    text: str
    due_at: datetime
    tries: int = 0
    posting: Posting = Posting.WAITING


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of an attempt to get notices out."""

    sent: int
    failed: int


def note(shelf: Shelf, clock: Clock, account: str, what: str, about: str, *, by: str = "") -> None:
    """Write down that something was done."""
    number = next_number(shelf, "entries")
    entry = Entry(number, clock.now(), account, what, by, about, current_request())
    shelf.entries[number] = entry


def announce(shelf: Shelf, clock: Clock, account: str, text: str) -> None:
    """Have a notice go out with the next delivery."""
    number = next_number(shelf, "notices")
    shelf.notices[number] = Notice(number, account, f"{account}: {text}", clock.now())


def deliver(shelf: Shelf, clock: Clock, take: Callable[[str], None], limit: int | None) -> Delivery:
    """Hand out the notices that are due, at most so many; those of one account in order, each of them once.

    Whoever takes them may be out of order (`OSError`); then the account waits, longer with each failure.
    """
    sent = failed = 0
    waiting: set[str] = set()
    for pending in _pending(shelf):
        if limit is not None and sent + failed >= limit:
            break
        account = pending.account
        notice = None if account in waiting else _claim(shelf, clock, pending.number)
        if notice is None:
            waiting.add(account)
            continue
        try:
            take(notice.text)
        except OSError as error:
            _put_off(shelf, clock, notice, error)
            waiting.add(account)
            failed += 1
        except BaseException:
            _keep(shelf, notice)
            raise
        else:
            _keep(shelf, replace(notice, posting=Posting.SENT))
            sent += 1
    return Delivery(sent, failed)


def _pending(shelf: Shelf) -> list[Notice]:
    """What has not gone out yet, nor was given up."""
    over = (Posting.SENT, Posting.PARKED)
    return [notice for notice in list(shelf.notices.values()) if notice.posting not in over]


def _claim(shelf: Shelf, clock: Clock, number: int) -> Notice | None:
    """Take a notice for this delivery, unless it is not due or another one has it."""
    with shelf.lock:
        notice = shelf.notices[number]
        if notice.posting is not Posting.WAITING or notice.due_at > clock.now():
            return None
        shelf.notices[number] = replace(notice, posting=Posting.UNDER_WAY)
    return notice


def _keep(shelf: Shelf, notice: Notice) -> None:
    """Write down how a notice stands now."""
    with shelf.lock:
        shelf.notices[notice.number] = notice


def _put_off(shelf: Shelf, clock: Clock, notice: Notice, error: OSError) -> None:
    """Try a notice again later, or park it after too many failures."""
    tries = notice.tries + 1
    log_event(logger, "notice.failed", logging.WARNING, notice=notice.number, error=str(error))
    if tries >= TRIES_MOST:
        _keep(shelf, replace(notice, posting=Posting.PARKED))
        return
    pause = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    _keep(shelf, replace(notice, tries=tries, due_at=clock.now() + pause))


def parked(shelf: Shelf) -> list[Notice]:
    """The notices that were given up."""
    return [one for one in shelf.notices.values() if one.posting is Posting.PARKED]


def unpark(shelf: Shelf, clock: Clock, number: int) -> None:
    """Try a notice again that was given up."""
    with shelf.lock:
        notice = shelf.notices.get(number)
        if notice is None or notice.posting is not Posting.PARKED:
            raise Refused("R901", number=number)
        _keep(shelf, replace(notice, tries=0, due_at=clock.now(), posting=Posting.WAITING))
