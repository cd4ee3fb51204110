"""What can go wrong, as callers see it.

Programs switch on `code`, people read the message. The classes say who is to do something about it; nothing else is ever raised on
purpose out of a command or a query.
"""

from __future__ import annotations


class BillingError(Exception):
    """The root of all refusals."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class InvalidRequestError(BillingError):
    """Something about the request itself makes no sense."""


class NotFoundError(BillingError):
    """No such thing, or not with this merchant."""


class ConflictError(BillingError):
    """It would have to be done to something that is in another state, or that exists already."""


class CouponError(ConflictError):
    """A coupon that does not apply, or not any more."""


class LimitError(BillingError):
    """More than the merchant has agreed to."""
