"""Everything that can go wrong, in one hierarchy: catch `PostboxError` to catch it all."""

from __future__ import annotations


class PostboxError(Exception):
    """Base of all errors raised on purpose by this package."""


class ConfigurationError(PostboxError):
    """A setting, schedule or registration that cannot work."""


class EndpointError(PostboxError):
    """Something about an endpoint."""


class UnknownEndpointError(EndpointError):
    """No such endpoint, or it belongs to another tenant."""


class EndpointExistsError(EndpointError):
    """The tenant has registered this URL before."""


class PublishError(PostboxError):
    """The event was not taken in; nothing of it was kept."""


class PayloadTooLargeError(PublishError):
    """The encoded event is larger than endpoints are asked to accept."""


class EventConflictError(PublishError):
    """The event id was used before, for something else."""


class BacklogFullError(PublishError):
    """An endpoint has as much waiting as it may have."""


class UnknownDeliveryError(PostboxError):
    """No such delivery, or it belongs to another tenant."""


class NotParkedError(PostboxError):
    """Only parked deliveries can be replayed or discarded."""


class LeaseLostError(PostboxError):
    """Somebody else has settled the delivery meanwhile."""


class CursorError(PostboxError):
    """A page was asked for with a cursor that was never handed out."""


class TransportError(PostboxError):
    """No answer came back from the endpoint."""


class ConnectionBrokenError(TransportError):
    """The connection broke before the request was read."""


class AttemptTimeoutError(TransportError):
    """The endpoint took too long; it may have done the work all the same."""


class SignatureError(PostboxError):
    """The request cannot be trusted."""


class SignatureMissingError(SignatureError):
    """There is no signature to check."""


class SignatureMalformedError(SignatureError):
    """The signature header cannot be read."""


class TimestampRejectedError(SignatureError):
    """The request was signed too long ago, or too far ahead."""


class SignatureMismatchError(SignatureError):
    """None of the signatures was made with a secret that is known here."""


class UnreadableBodyError(PostboxError):
    """The body is not an event."""


class HandlerRefusedError(PostboxError):
    """The event makes no sense to the receiver and never will."""
