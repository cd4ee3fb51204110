"""The postroom: carries what happened to those who want to know, from the outbox, in order, at least once.

What happened was written down in the transaction in which it happened; here it only goes out. A receiver that fails is
left alone for a while and then gets the same message again. The third time that one message fails, it is parked, so
that those behind it get through.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from typing import Protocol

from counterfoil.records import Files, Message, Round
from counterfoil.runtime import MINUTE_MS, Diary, log_event

REST_MINUTES = (1, 5)
"""After the first failure and the second one; the third is the last."""

SIGNS = {"invoice.issued": 1, "credit.issued": -1}
"""What changes the taxes of a month, and which way."""

logger = logging.getLogger("counterfoil.postroom")


class DeliveryError(Exception):
    """A receiver could not take a message."""


class Receiver(Protocol):
    """Somebody who wants to know. A message may come twice; its key is the same then."""

    name: str
    """What the receiver is known by."""

    def take(self, message: Message) -> None:
        """Take a message in, or raise `DeliveryError`."""
        ...


class Tray:
    """A receiver for rehearsals: keeps what it gets, jams when it is told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._jams = 0
        self._taken: list[Message] = []

    def jam(self, times: int) -> None:
        """Fail so many times from now on."""
        self._jams = times

    def take(self, message: Message) -> None:
        """Keep a message, or jam."""
        if self._jams:
            self._jams -= 1
            raise DeliveryError(f"{self.name} is jammed")
        self._taken.append(message)

    def messages(self) -> list[str]:
        """What it got, in order."""
        return [str(message) for message in self._taken]


class TaxBook:
    """Keeps net and tax by month, from what is issued and credited. Hearing of something twice changes nothing."""

    name = "tax book"

    def __init__(self, files: Files) -> None:
        self._files = files

    def take(self, message: Message) -> None:
        """Enter what a message tells of taxes."""
        if message.kind not in SIGNS:
            return
        sign = SIGNS[message.kind]
        month = message.day.isoformat()[:7]
        told = message.details["taxes"]
        sums = {code: [sign * net, sign * tax] for code, (net, tax) in told.items()}
        with self._files.unit() as unit:
            unit.taxes.book(message.seq, month, message.details["currency"], sums)


@dataclass(frozen=True)
class Relayed:
    """What came of a round: messages taken, failures, messages given up."""

    taken: int = 0
    failed: int = 0
    parked: int = 0

    def __add__(self, other: Relayed) -> Relayed:
        return Relayed(
            self.taken + other.taken, self.failed + other.failed, self.parked + other.parked
        )


class Postroom:
    """Makes the rounds."""

    def __init__(self, files: Files, diary: Diary) -> None:
        self._files = files
        self._diary = diary
        self._lock = threading.Lock()
        self._receivers: dict[str, Receiver] = {}

    def subscribe(self, receiver: Receiver) -> None:
        """Have somebody told all that happens and has happened. Who subscribes again goes on where they were."""
        with self._lock:
            self._receivers[receiver.name] = receiver

    def relay(self, limit: int | None) -> Relayed:
        """Make one round: to each receiver what it has not had, so many messages at most."""
        with self._lock:
            rounds = [self._visit(receiver, limit) for receiver in self._receivers.values()]
        return sum(rounds, Relayed())

    def _visit(self, receiver: Receiver, limit: int | None) -> Relayed:
        """Bring a receiver the messages that it has not had."""
        with self._files.unit() as unit:
            state = unit.outbox.round_of(receiver.name)
            waiting = unit.outbox.after(state.position)
        done = Relayed()
        if self._diary.now_ms() < state.rests_until:
            return done
        for message in waiting[:limit]:
            try:
                receiver.take(message)
            except DeliveryError as error:
                state = self._failed(receiver, message, state, error)
                done += Relayed(failed=1, parked=0 if state.failures else 1)
                if state.failures:
                    break
            else:
                state = self._keep(receiver, Round(message.seq))
                done += Relayed(taken=1)
        return done

    def _failed(
        self, receiver: Receiver, message: Message, state: Round, error: DeliveryError
    ) -> Round:
        """Leave a receiver alone for a while, or pass over a message that has failed often enough."""
        failures = state.failures + 1
        facts = {"receiver": receiver.name, "seq": message.seq, "error": str(error)}
        log_event(logger, "delivery.failed", logging.WARNING, failures=failures, **facts)
        if failures > len(REST_MINUTES):
            with self._files.unit() as unit:
                unit.outbox.park(receiver.name, message)
                return self._keep(receiver, Round(message.seq))
        rest_ms = REST_MINUTES[failures - 1] * MINUTE_MS
        until = self._diary.now_ms() + rest_ms
        return self._keep(receiver, replace(state, failures=failures, rests_until=until))

    def _keep(self, receiver: Receiver, state: Round) -> Round:
        """Remember how far a receiver has come."""
        with self._files.unit() as unit:
            unit.outbox.keep_round(receiver.name, state)
        return state
