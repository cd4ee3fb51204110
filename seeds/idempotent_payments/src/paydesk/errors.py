"""What can go wrong.

Services hand refusals back as values: a `Failure` has a code for programs, a message for people and, where one parameter is to
blame, its name. Exceptions are kept for what no caller can answer on the spot: a lock that is not to be had, a network that is silent.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ErrorType(StrEnum):
    """The kinds of errors a customer's program tells apart."""

    INVALID_REQUEST = "invalid_request_error"
    AUTHENTICATION = "authentication_error"
    PERMISSION = "permission_error"
    IDEMPOTENCY = "idempotency_error"
    CARD = "card_error"
    CONFLICT = "conflict_error"
    API = "api_error"


@dataclass(frozen=True)
class Failure:
    """A refusal on its way to the customer."""

    code: str
    message: str
    status: int = 400
    param: str | None = None
    type: ErrorType = ErrorType.INVALID_REQUEST
    retry_after_ms: int | None = None

    def to_object(self) -> dict[str, Any]:
        """Return the error object as it stands in a response."""
        told: dict[str, Any] = {"object": "error", "type": self.type.value, "code": self.code, "message": self.message}
        if self.param is not None:
            told["param"] = self.param
        return told


class PaydeskError(Exception):
    """Base of what is raised inside the service."""


class StoreError(PaydeskError):
    """The store cannot do what it was asked for."""


class DuplicateRecordError(StoreError):
    """A record of that id is there already."""


class StaleRecordError(StoreError):
    """The record was changed after it was read."""


class UnknownAccountError(StoreError):
    """There is no such account."""


class LockTimeoutError(StoreError):
    """Somebody else works on the object and does not let go of it."""


class OutsideError(PaydeskError):
    """A partner of ours did not do what we asked for."""


class NetworkTimeoutError(OutsideError):
    """The card network gave no answer; whether it did something is not known."""


class NetworkUnavailableError(OutsideError):
    """The card network gave no answer however often we asked."""


class BankUnavailableError(OutsideError):
    """The bank did not take the transfer."""


class CardDeclinedError(OutsideError):
    """The card network said no."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# requests as such


def unknown_path(method: str, path: str) -> Failure:
    """Nothing is served there."""
    return Failure("resource_missing", f"There is nothing at {method} {path}.", 404)


def method_not_allowed(method: str, path: str) -> Failure:
    """Something is served there, but not in this way."""
    return Failure("method_not_allowed", f"{path} does not take {method} requests.", 405)


def missing(param: str) -> Failure:
    """A required parameter is not there."""
    return Failure("parameter_missing", f"The parameter {param} is required.", param=param)


def unknown(param: str) -> Failure:
    """Nobody knows such a parameter."""
    return Failure("parameter_unknown", f"There is no parameter {param} here.", param=param)


def invalid(param: str, reason: str) -> Failure:
    """The value of a parameter is not usable."""
    return Failure("parameter_invalid", f"The parameter {param} {reason}.", param=param)


def not_among(param: str, choices: Collection[str]) -> Failure:
    """The value is none of those there are."""
    return invalid(param, f"must be one of {', '.join(sorted(choices))}")


def too_many(param: str, most: int) -> Failure:
    """There are more names in a set than we keep."""
    return invalid(param, f"must not have more than {most} names")


def no_such(kind: str, object_id: str, param: str = "id", status: int = 404) -> Failure:
    """The account has no object of that id."""
    return Failure("resource_missing", f"No such {kind}: {object_id}.", status, param)


# access


def not_authenticated(reason: str) -> Failure:
    """We cannot tell who is asking."""
    return Failure("api_key_invalid", reason, 401, type=ErrorType.AUTHENTICATION)


def key_expired() -> Failure:
    """The key was rolled, and its time of grace is over."""
    return Failure("api_key_expired", "This API key has expired.", 401, type=ErrorType.AUTHENTICATION)


def read_only() -> Failure:
    """The key may look at things and not change them."""
    return Failure("permission_denied", "This API key can only read.", 403, type=ErrorType.PERMISSION)


def unknown_version(version: str, header: str) -> Failure:
    """The API never looked like that."""
    return Failure("version_unknown", f"There is no API version {version}.", param=header)


# idempotency


def key_reused(key: str) -> Failure:
    """The idempotency key came before with a different request."""
    return Failure(
        "idempotency_key_reused",
        f"The idempotency key {key} was used for a different request.",
        409,
        type=ErrorType.IDEMPOTENCY,
    )


def in_progress(key: str, retry_after_ms: int) -> Failure:
    """The first request of that idempotency key is not finished."""
    return Failure(
        "idempotency_key_in_progress",
        f"A request with the idempotency key {key} is still being processed.",
        409,
        type=ErrorType.IDEMPOTENCY,
        retry_after_ms=retry_after_ms,
    )


# money


def amount_too_small(least: str) -> Failure:
    """Less than is worth charging."""
    return Failure("amount_too_small", f"The amount must be at least {least}.", param="amount")


def amount_too_large(most: str) -> Failure:
    """More than there is, or than we handle."""
    return Failure("amount_too_large", f"The amount must be at most {most}.", param="amount")


def balance_insufficient(available: str) -> Failure:
    """A payout of more than is available."""
    return Failure("balance_insufficient", f"Only {available} is available for payouts.", param="amount")


# payments


def card_declined(reason: str) -> Failure:
    """The card network said no."""
    return Failure("card_declined", f"The card was declined: {reason.replace('_', ' ')}.", 402, "card", ErrorType.CARD)


def wrong_state(code: str, kind: str, object_id: str, state: str) -> Failure:
    """The object has gone past the point where that can be done."""
    return Failure(code, f"The {kind} {object_id} is {state}.", param=kind)


def refund_window_closed(charge_id: str, days: int) -> Failure:
    """Too late for a refund."""
    return Failure(
        "refund_window_closed", f"The charge {charge_id} can be refunded for {days} days only.", param="charge"
    )


def locked(what: str, retry_after_ms: int) -> Failure:
    """Another request works on the same object."""
    return Failure(
        "lock_timeout",
        f"Another request is working on {what}.",
        409,
        type=ErrorType.CONFLICT,
        retry_after_ms=retry_after_ms,
    )


def stale() -> Failure:
    """The object changed while the request was served."""
    return Failure("object_changed", "The object was changed meanwhile.", 409, type=ErrorType.CONFLICT)


def unavailable() -> Failure:
    """The card network is silent."""
    return Failure("network_unavailable", "The card network does not answer.", 503, type=ErrorType.API)


def internal() -> Failure:
    """Our fault."""
    return Failure("internal_error", "Something went wrong on our side.", 500, type=ErrorType.API)
