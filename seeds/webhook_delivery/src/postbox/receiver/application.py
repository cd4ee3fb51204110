"""The receiver: trust, decode, take in once, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from postbox.ambient import NO_REQUEST, Clock, SystemClock, Trail, request_scope, to_ms
from postbox.errors import (
    ConfigurationError,
    HandlerRefusedError,
    SignatureError,
    UnreadableBodyError,
)
from postbox.messages import REQUEST_HEADER, Event, Request, Response, decode, header
from postbox.receiver.inbox import Inbox, Notice, Order
from postbox.signing import TOLERANCE_S, Verifier

MEMORY_S = 14 * 86_400
COME_BACK_S = 30
PING_PREFIX = "postbox."
ALLOWED = {
    "order.paid": ("placed", "paid"),
    "order.shipped": ("paid",),
    "order.cancelled": ("placed", "paid"),
    "order.refunded": ("paid", "shipped", "cancelled"),
}
trail = Trail("postbox.receiver")


class TooEarlyError(Exception):
    """The order is not known here yet; its first event is still on the way."""


class OrderDesk:
    """Keeps orders of several sources."""

    def __init__(
        self, inbox: Inbox, *, clock: Clock | None = None, memory_s: float = MEMORY_S
    ) -> None:
        self._inbox = inbox
        self._clock = SystemClock() if clock is None else clock
        self._memory_ms = to_ms(memory_s)
        self._trusted: dict[str, Verifier] = {}
        self._steps: dict[str, Callable[[Order, Mapping[str, Any]], str]] = {
            "order.paid": _pay,
            "order.shipped": _ship,
            "order.cancelled": _cancel,
            "order.refunded": _refund,
        }

    def trust(self, source: str, *secrets: str, tolerance_s: int = TOLERANCE_S) -> None:
        """Trust requests of a source that are signed with any of these secrets, and no others."""
        if not secrets:
            raise ConfigurationError("a source cannot be trusted without a secret")
        self._trusted[source] = Verifier(secrets, self._clock, tolerance_s=tolerance_s)

    def receive(self, source: str, request: Request) -> Response:
        """Answer a request."""
        request_id = header(request.headers, REQUEST_HEADER) or NO_REQUEST
        with request_scope(request_id):
            verifier = self._trusted.get(source)
            if verifier is None:
                return Response(404, text="nobody is expected from there")
            try:
                event_id = verifier.verify(request.headers, request.body)
                event = decode(request.body)
            except SignatureError as error:
                trail.warn("request not trusted", source=source, problem=str(error))
                return Response(401, text=str(error))
            except UnreadableBodyError as error:
                return Response(400, text=str(error))
            if event.event_id != event_id or event.tenant != source:
                return Response(400, text="the body is not what the headers say")
            return self._answer(source, event)

    def _answer(self, source: str, event: Event) -> Response:
        if event.kind.startswith(PING_PREFIX):
            return Response(200, text="pong")
        try:
            text = self._take_in(source, event)
        except TooEarlyError as error:
            return Response(503, {"Retry-After": str(COME_BACK_S)}, str(error))
        except HandlerRefusedError as error:
            trail.warn("event refused", source=source, event=event.event_id, problem=str(error))
            return Response(422, text=str(error))
        trail.note("event taken in", source=source, event=event.event_id, result=text)
        return Response(200, text=text)

    def _take_in(self, source: str, event: Event) -> str:
        with self._inbox.transaction():
            if self._inbox.seen(source, event.event_id):
                return "duplicate"
            text = self._apply(source, event)
            self._inbox.remember(source, event.event_id, self._clock.wall())
            return text

    def _apply(self, source: str, event: Event) -> str:
        order = self._inbox.order(source, event.subject)
        if event.kind == "order.placed":
            if order is not None:
                raise HandlerRefusedError(f"{event.subject} was placed before")
            self._inbox.save_order(source, _place(event))
            return "placed"
        if event.kind not in self._steps:
            return "ignored"
        if order is None:
            raise TooEarlyError(f"{event.subject} is not known yet")
        if not _advance(order, event):
            return "stale"
        if order.status not in ALLOWED[event.kind]:
            raise HandlerRefusedError(f"{event.subject} is {order.status}")
        told = self._steps[event.kind](order, event.data)
        self._inbox.save_order(source, order)
        if told:
            self._inbox.enter(source, event.subject, told)
        return order.status

    def order(self, source: str, subject: str) -> Order | None:
        """Look an order up."""
        return self._inbox.order(source, subject)

    def orders(self, source: str) -> list[Order]:
        """List the orders of a source, the last changed first."""
        return self._inbox.orders(source)

    def takings(self, source: str) -> dict[str, int]:
        """Add up what a source has taken, by currency."""
        totals: dict[str, int] = {}
        for order in self._inbox.orders(source):
            totals[order.currency] = totals.get(order.currency, 0) + order.takings
        return dict(sorted(totals.items()))

    def payouts(self, source: str, subject: str) -> dict[str, int]:
        """Divide what an order has brought in among its sellers, odd cents to the largest."""
        order = self._inbox.order(source, subject)
        if order is None:
            return {}
        return divide(order.takings, order.sellers)

    def announce(self, tell: Callable[[Notice], None], *, limit: int = 20) -> int:
        """Tell the warehouse what is new, in order; where telling fails, the rest has to wait."""
        count = 0
        for notice in self._inbox.untold(limit):
            try:
                tell(notice)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong over there
                trail.warn("notice not told", source=notice.source, problem=str(error))
                break
            self._inbox.mark_told(notice.number)
            count += 1
        return count

    def tidy(self) -> int:
        """Forget ids that nobody can send again, and tell how many."""
        return self._inbox.forget_before(self._clock.wall() - self._memory_ms)


def divide(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide an amount by weights so that the parts add up to it."""
    whole = sum(weights.values())
    if whole == 0:
        return {}
    parts = {name: amount * weight // whole for name, weight in weights.items()}
    left = amount - sum(parts.values())
    for name in sorted(weights, key=lambda name: (-weights[name], name))[:left]:
        parts[name] += 1
    return parts


def _advance(order: Order, event: Event) -> bool:
    if event.sequence <= order.sequence:
        return False
    order.sequence = event.sequence
    order.changed_ms = event.occurred_ms
    return True


def _place(event: Event) -> Order:
    total = _amount(event.data, "total")
    sellers = event.data.get("sellers")
    return Order(
        event.subject,
        event.sequence,
        "placed",
        _currency(event.data),
        total,
        sellers={"house": 1} if sellers is None else sellers,
        changed_ms=event.occurred_ms,
    )


def _pay(order: Order, data: Mapping[str, Any]) -> str:
    amount = _amount(data, "amount")
    _check_currency(order, data)
    if order.paid + amount > order.total:
        raise HandlerRefusedError(f"{order.subject} would be paid twice")
    order.paid += amount
    if order.paid < order.total:
        return ""
    order.status = "paid"
    return "pack it"


def _ship(order: Order, _data: Mapping[str, Any]) -> str:
    order.status = "shipped"
    return ""


def _cancel(order: Order, _data: Mapping[str, Any]) -> str:
    was_paid = order.status == "paid"
    order.status = "cancelled"
    return "put it back" if was_paid else ""


def _refund(order: Order, data: Mapping[str, Any]) -> str:
    given = data.get("amount")
    amount = order.takings if given is None else _amount(data, "amount")
    _check_currency(order, data)
    if amount > order.takings:
        raise HandlerRefusedError(f"{order.subject} has only {order.takings} left to refund")
    order.refunded += amount
    return f"refunded {amount} {order.currency}"


def _amount(data: Mapping[str, Any], name: str) -> int:
    amount = data.get(name)
    if not isinstance(amount, int) or amount < 0:
        raise HandlerRefusedError(f"the {name} is missing or no amount")
    return amount


def _currency(data: Mapping[str, Any]) -> str:
    return str(data.get("currency", "EUR")).strip().upper()


def _check_currency(order: Order, data: Mapping[str, Any]) -> None:
    if "currency" in data and _currency(data) != order.currency:
        raise HandlerRefusedError(f"{order.subject} is in {order.currency}")
