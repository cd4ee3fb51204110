"""How records look from outside, in the present version of the API and in all earlier ones.

Records are presented as the present version has them. For a customer who stays with an earlier version the changes since then are
undone one after the other, newest first, on everything that is inside the body.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from paydesk import models
from paydesk.models import Charge, ChargeStatus, Event, Intent, IntentStatus, Stored
from paydesk.runtime import Clock, Ids
from paydesk.store import Page, Store
from paydesk.wire import Body

FIRST = "2025-03-01"
MILLISECONDS_GONE = "2025-09-15"
PARTIAL_CAPTURES = "2026-02-01"
LATEST = PARTIAL_CAPTURES
VERSIONS = (FIRST, MILLISECONDS_GONE, PARTIAL_CAPTURES)

CUSTOMERS_OWN = "metadata"


@singledispatch
def present(record: object) -> Body:
    """Show a record as the present version has it."""
    raise TypeError(f"nobody outside may see a {type(record).__name__}")


def _shown(record: Stored, kind: str, *names: str) -> Body:
    stamp = {"id": record.id, "object": kind, "created": record.created}
    return {**stamp, **{name: getattr(record, name) for name in names}}


@present.register
def _charge(charge: Charge) -> Body:
    amounts = ("amount", "amount_captured", "amount_refunded", "currency")
    body = _shown(charge, "charge", *amounts, "card", "description", "intent")
    body["status"] = charge.status.value
    body["metadata"] = dict(charge.metadata)
    body["splits"] = [{"account": split.account_id, "percent": split.percent} for split in charge.splits]
    if charge.status is ChargeStatus.AUTHORIZED:
        body["capture_before"] = charge.capture_before
    return body


@present.register
def _capture(capture: models.Capture) -> Body:
    return _shown(capture, "capture", "charge", "amount", "currency", "fee")


@present.register
def _refund(refund: models.Refund) -> Body:
    return _shown(refund, "refund", "charge", "amount", "currency", "reason")


@present.register
def _intent(intent: Intent) -> Body:
    body = _shown(intent, "intent", "amount", "currency", "attempts", "charge", "last_error")
    body["status"] = intent.status.value
    body["metadata"] = dict(intent.metadata)
    if intent.status is IntentStatus.REQUIRES_CARD:
        body["expires_at"] = intent.expires_at
    return body


@present.register
def _entry(entry: models.Entry) -> Body:
    amounts = ("amount", "fee", "net", "currency")
    return _shown(entry, "balance_entry", *amounts, "kind", "source", "available_on")


@present.register
def _payout(payout: models.Payout) -> Body:
    body = _shown(payout, "payout", "amount", "currency")
    body["status"] = "paid" if payout.paid else "pending"
    body["transfers"] = [
        {"amount": part, "sent": number <= payout.sent} for number, part in enumerate(payout.parts, start=1)
    ]
    return body


@present.register
def _event(event: Event) -> Body:
    return {**_shown(event, "event", "type"), "data": event.data}


@present.register(Page)
def _page(page: Page[Any]) -> Body:
    return {"object": "list", "data": [present(row) for row in page.rows], "has_more": page.has_more}


@present.register(dict)
def _balance(sums: Mapping[str, models.Summary]) -> Body:
    shown: Body = {"object": "balance"}
    for name in ("available", "pending"):
        shown[name] = [{"currency": code, "amount": getattr(each, name)} for code, each in sums.items()]
    return shown


@dataclass(frozen=True)
class Change:
    """What a version changed: `undo` makes one object of these kinds look as it did before."""

    version: str
    kinds: Collection[str]
    undo: Callable[[Body], None]


def _without_partial_captures(charge: Body) -> None:
    charge["captured"] = charge.pop("amount_captured") > 0
    charge.pop("capture_before", None)
    if charge["status"] in ("voided", "expired"):
        charge["status"] = "canceled"


def _in_milliseconds(stamped: Body) -> None:
    for name in ("created", "expires_at", "available_on"):
        if name in stamped:
            stamped[name] = stamped[name] * 1000


def _with_more(listed: Body) -> None:
    listed["more"] = listed.pop("has_more")


def _without_param(error: Body) -> None:
    error.pop("param", None)


STAMPED = ("charge", "capture", "refund", "intent", "balance_entry", "payout", "event")
CHANGES = (
    Change(PARTIAL_CAPTURES, ("charge",), _without_partial_captures),
    Change(MILLISECONDS_GONE, STAMPED, _in_milliseconds),
    Change(MILLISECONDS_GONE, ("list",), _with_more),
    Change(MILLISECONDS_GONE, ("error",), _without_param),
)


def render(body: Body, version: str) -> Body:
    """Show a body as a version has it. The body itself stays as it is."""
    shown = copy.deepcopy(body)
    for change in CHANGES:
        if version < change.version:
            _undo(change, shown)
    return shown


def _undo(change: Change, value: object) -> None:
    if isinstance(value, list):
        for item in value:
            _undo(change, item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name != CUSTOMERS_OWN:
                _undo(change, item)
        if value.get("object") in change.kinds:
            change.undo(value)


@dataclass(frozen=True)
class EventLog:
    """Keeps what happened."""

    store: Store
    clock: Clock
    ids: Ids

    def record(self, kind: str, subject: Stored) -> None:
        """Keep an event about a record as it is now."""
        self.store.events.add(
            Event(
                id=self.ids.next("evt"),
                account_id=subject.account_id,
                created=self.clock.now(),
                type=kind,
                data=present(subject),
            )
        )
