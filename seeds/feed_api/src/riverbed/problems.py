"""What can be wrong with a call, as one enum carried by one exception."""

from __future__ import annotations

from enum import Enum


class Problem(Enum):
    """The value is what API clients switch on; the text beside it in the exception is for people."""

    BAD_HANDLE = "bad_handle"
    HANDLE_TAKEN = "handle_taken"
    UNKNOWN_PERSON = "unknown_person"
    ONESELF = "oneself"
    BLOCKED = "blocked"
    BAD_BODY = "bad_body"
    BAD_CHOICE = "bad_choice"
    BAD_LIMIT = "bad_limit"
    BAD_TIME = "bad_time"
    BAD_CURSOR = "bad_cursor"
    EXPIRED_CURSOR = "expired_cursor"
    FOREIGN_CURSOR = "foreign_cursor"
    CURSOR_MISMATCH = "cursor_mismatch"
    NO_SUCH_POST = "no_such_post"
    NOT_YOURS = "not_yours"
    TOO_LATE = "too_late"
    CONFLICT = "conflict"
    TOO_FAST = "too_fast"
    KEY_REUSED = "key_reused"


class FeedError(Exception):
    """The one exception customers get. `wait` is set where trying again later will do."""

    def __init__(self, problem: Problem, text: str, *, wait: int | None = None) -> None:
        super().__init__(text)
        self.problem = problem
        self.wait = wait


class NoRowError(LookupError):
    """A query for exactly one row found none. Never leaves the package."""


class ReceiverError(Exception):
    """Raised by a receiver of notices that can't take any at the moment."""
