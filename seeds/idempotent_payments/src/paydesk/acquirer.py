"""Our partners: the card network and the bank, how we talk to them, and the sandbox that stands in for both."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from paydesk import errors
from paydesk.errors import CardDeclinedError, Failure, NetworkTimeoutError
from paydesk.money import say
from paydesk.runtime import Clock, Rehearsal, log_event

ATTEMPTS = 3
PAUSE_MS = 200
PAUSE_MOST_MS = 1000
BANK_LIMIT = 1_000_000

logger = logging.getLogger("paydesk.acquirer")


class CardNetwork(Protocol):
    """What the card network does for us. It answers a repeated message, known by its reference, as it did the first."""

    def authorize(self, reference: str, card: str, amount: int, currency: str) -> None:
        """Hold money on a card."""

    def capture(self, reference: str, authorization: str, amount: int) -> None:
        """Take held money."""

    def release(self, authorization: str) -> None:
        """Let go of what is held and not taken."""

    def refund(self, reference: str, authorization: str, amount: int) -> None:
        """Give taken money back."""


class Bank(Protocol):
    """What the bank does for us."""

    def transfer(self, account_id: str, amount: int, currency: str) -> None:
        """Pay out."""


class Acquirer:
    """Talks to the card network, and asks again where it gives no answer."""

    def __init__(self, network: CardNetwork, clock: Clock) -> None:
        self._network = network
        self._clock = clock

    def authorize(self, reference: str, card: str, amount: int, currency: str) -> Failure | None:
        """Ask for the money of a card. A decline is an answer, and handed back as such."""
        try:
            self._insist(lambda: self._network.authorize(reference, card, amount, currency))
        except CardDeclinedError as declined:
            return errors.card_declined(declined.reason)
        return None

    def capture(self, reference: str, authorization: str, amount: int) -> None:
        """Take money under an authorization."""
        self._insist(lambda: self._network.capture(reference, authorization, amount))

    def release(self, authorization: str) -> None:
        """Give up what is left of an authorization."""
        self._insist(lambda: self._network.release(authorization))

    def refund(self, reference: str, authorization: str, amount: int) -> None:
        """Send money back to the card; raises CardDeclinedError where the card takes none."""
        self._insist(lambda: self._network.refund(reference, authorization, amount))

    def _insist(self, send: Callable[[], None]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return send()
            except NetworkTimeoutError as silence:
                log_event(logger, "network.silent", level=logging.WARNING, attempt=attempt)
                if attempt == ATTEMPTS:
                    raise errors.NetworkUnavailableError from silence
            self._clock.sleep(pause_ms(attempt) / 1000)
        return None


def pause_ms(attempt: int) -> int:
    """Return how long to wait after a failed attempt: twice as long each time, within reason."""
    return min(PAUSE_MS << (attempt - 1), PAUSE_MOST_MS)


@dataclass
class _Authorization:
    card: str
    currency: str
    held: int
    taken: int = 0


class SandboxNetwork(Rehearsal):
    """A card network for trying things out.

    Cards whose name begins with `declined_` are declined for the reason behind it, and `refund_refused` takes payments but
    no refunds; all others are good. Answers can be lost on the way back, and the line can be dead altogether. What is planned for in between
    happens while an authorization is on its way.
    """

    def __init__(self) -> None:
        super().__init__()
        self._authorizations: dict[str, _Authorization] = {}
        self._answered: set[str] = set()
        self._statements: dict[str, list[str]] = defaultdict(list)
        self._lost = 0
        self._dead = 0

    def lose_answers(self, count: int) -> None:
        """Carry out the next messages and lose the answers."""
        self._lost = count

    def go_dead(self, count: int) -> None:
        """Let the next messages get lost before they arrive."""
        self._dead = count

    def statement(self, card: str) -> list[str]:
        """Return what the holder of a card sees, oldest first."""
        return list(self._statements[card])

    def authorize(self, reference: str, card: str, amount: int, currency: str) -> None:
        """Hold money on a card."""
        self._receive()
        if card.startswith("declined_"):
            raise CardDeclinedError(card.removeprefix("declined_"))
        if reference not in self._authorizations:
            self._authorizations[reference] = _Authorization(card, currency, amount)
            self._statements[card].append(f"held {say(amount, currency)}")
            self.play()
        self._answer()

    def capture(self, reference: str, authorization: str, amount: int) -> None:
        """Take held money."""
        self._receive()
        if reference not in self._answered:
            known = self._authorizations[authorization]
            known.taken += amount
            self._answered.add(reference)
            self._statements[known.card].append(f"paid {say(amount, known.currency)}")
        self._answer()

    def release(self, authorization: str) -> None:
        """Let go of what is held and not taken."""
        self._receive()
        known = self._authorizations[authorization]
        if authorization not in self._answered:
            self._answered.add(authorization)
            self._statements[known.card].append(f"released {say(known.held - known.taken, known.currency)}")
        self._answer()

    def refund(self, reference: str, authorization: str, amount: int) -> None:
        """Give taken money back."""
        self._receive()
        known = self._authorizations[authorization]
        if known.card == "refund_refused":
            raise CardDeclinedError("card_closed")
        if reference not in self._answered:
            self._answered.add(reference)
            self._statements[known.card].append(f"returned {say(amount, known.currency)}")
        self._answer()

    def _receive(self) -> None:
        if self._dead > 0:
            self._dead -= 1
            raise NetworkTimeoutError

    def _answer(self) -> None:
        if self._lost > 0:
            self._lost -= 1
            raise NetworkTimeoutError


class SandboxBank:
    """A bank for trying things out: takes every transfer until it is closed, and can close after so many."""

    def __init__(self) -> None:
        self._received: dict[str, list[str]] = defaultdict(list)
        self._left: int | None = None

    def close_after(self, transfers: int) -> None:
        """Take so many transfers more and then none."""
        self._left = transfers

    def reopen(self) -> None:
        """Take every transfer again."""
        self._left = None

    def received(self, account_id: str) -> list[str]:
        """Return the transfers an account got, oldest first."""
        return list(self._received[account_id])

    def transfer(self, account_id: str, amount: int, currency: str) -> None:
        """Pay out."""
        if self._left is not None:
            if self._left == 0:
                raise errors.BankUnavailableError(account_id)
            self._left -= 1
        self._received[account_id].append(say(amount, currency))
