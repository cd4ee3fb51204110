"""Getting money from cards and giving it back, over a gateway that may be slow, say no, or not answer at all.

What is asked for under one key happens once, however often it is asked: that is the gateway's promise, and the reason why a request
that was not answered is repeated under the key it had.
"""

from __future__ import annotations

import logging
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Protocol

from perennial.invoices import Invoice
from perennial.runtime import SECOND_MS, Clock, Ids, log_event
from perennial.values import Money

TRIES = 3
FIRST_PAUSE_S = 2
LONGEST_PAUSE_S = 3
PATIENCE_S = 30

logger = logging.getLogger("perennial.payments")


class GatewayError(Exception):
    """Anything a gateway can say but yes."""


class CardDeclinedError(GatewayError):
    """The card's bank says no; for good where trying again would be no use."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


class GatewayTimeoutError(GatewayError):
    """No answer. It may have happened or not."""


@dataclass(frozen=True)
class Receipt:
    """What a gateway gives for a payment."""

    id: str
    amount: Money


class Gateway(Protocol):
    """Who moves money."""

    def charge(self, card: str, amount: Money, key: str) -> Receipt:
        """Take it from the card."""
        ...

    def refund(self, receipt_id: str, amount: Money, key: str) -> Receipt:
        """Give it back to the card that a payment came from."""
        ...


class Cashier:
    """Deals with the gateway."""

    def __init__(self, gateway: Gateway, clock: Clock, ids: Ids) -> None:
        self._gateway = gateway
        self._clock = clock
        self._ids = ids

    def take(self, invoice: Invoice, card: str) -> Receipt:
        """Have a card pay what is due on a bill. A request that is not answered is repeated under its key; where none is, the bill keeps the key for the next day."""
        key = self._next_key(invoice)
        deadline = self._clock.monotonic() + PATIENCE_S * SECOND_MS
        attempt = 1
        while True:
            try:
                return self._gateway.charge(card, invoice.due, key)
            except GatewayTimeoutError:
                log_event(logger, "charge.unanswered", logging.WARNING, key=key, attempt=attempt)
                if not self._waits(attempt, deadline):
                    invoice.unsettled_key = key
                    raise
            except CardDeclinedError as declined:
                log_event(logger, "charge.declined", key=key, reason=str(declined))
                invoice.unsettled_key = None
                raise
            attempt += 1

    def give_back(self, receipt_id: str, amount: Money) -> Receipt:
        """Refund some of a payment to its card. A request that is not answered is repeated under its key."""
        key = self._ids.next("refund")
        deadline = self._clock.monotonic() + PATIENCE_S * SECOND_MS
        attempt = 1
        while True:
            try:
                return self._gateway.refund(receipt_id, amount, key)
            except GatewayTimeoutError:
                log_event(logger, "refund.unanswered", logging.WARNING, key=key, attempt=attempt)
                if not self._waits(attempt, deadline):
                    raise
            attempt += 1

    def _next_key(self, invoice: Invoice) -> str:
        """The key to ask for a payment under: a new one, unless an earlier request was not answered."""
        return invoice.unsettled_key if invoice.unsettled_key is not None else self._ids.next("pay")

    def _waits(self, attempt: int, deadline: int) -> bool:
        """Pause before the next request, longer each time; not where there is no other request, or none within our patience."""
        pause = min(FIRST_PAUSE_S * 2 ** (attempt - 1), LONGEST_PAUSE_S) * SECOND_MS
        if attempt >= TRIES or self._clock.monotonic() + pause > deadline:
            return False
        self._clock.sleep_ms(pause)
        return True


class SandboxGateway:
    """Cards for rehearsals: each says yes, until it is told what to say.

    `ok`, `declined` and `stolen` are answers; `silent` is a payment that does not happen and is not answered, `lost` one that happens
    and is not answered. The last word of a script stays.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scripts: dict[str, deque[str]] = {}
        self._answers: dict[str, Receipt] = {}
        self._refusals: dict[str, CardDeclinedError] = {}
        self._cards: dict[str, str] = {}
        self._statements: defaultdict[str, list[str]] = defaultdict(list)
        self._asked: defaultdict[str, list[int]] = defaultdict(list)
        self._answer_s = 0

    def script(self, card: str, *words: str) -> None:
        """Say how the card answers from now on."""
        self._scripts[card] = deque(words)

    def slow_down(self, seconds: int) -> None:
        """Let every answer take so long."""
        self._answer_s = seconds

    def statement(self, card: str) -> list[str]:
        """What the card's holder reads."""
        return list(self._statements[card])

    def requests(self, card: str) -> list[int]:
        """At which second of the rehearsal the card was asked for something."""
        return list(self._asked[card])

    def charge(self, card: str, amount: Money, key: str) -> Receipt:
        """Take it from the card."""
        return self._answer(card, amount, key, "paid")

    def refund(self, receipt_id: str, amount: Money, key: str) -> Receipt:
        """Give it back to the card."""
        return self._answer(self._cards[receipt_id], amount, key, "refunded")

    def _answer(self, card: str, amount: Money, key: str, verb: str) -> Receipt:
        self._asked[card].append(self._clock.monotonic() // SECOND_MS)
        self._clock.sleep_ms(self._answer_s * SECOND_MS)
        word = self._word(card)
        if word in ("declined", "stolen"):
            self._refusals[key] = CardDeclinedError(word, final=word == "stolen")
        if key in self._refusals:
            raise self._refusals[key]
        if word != "silent" and key not in self._answers:
            receipt = Receipt(f"rcpt_{len(self._answers) + 1}", amount)
            self._answers[key] = receipt
            self._cards[receipt.id] = card
            self._statements[card].append(f"{verb} {amount}")
        if word in ("silent", "lost"):
            raise GatewayTimeoutError(word)
        return self._answers[key]

    def _word(self, card: str) -> str:
        script = self._scripts.get(card)
        if not script:
            return "ok"
        return script.popleft() if len(script) > 1 else script[0]
