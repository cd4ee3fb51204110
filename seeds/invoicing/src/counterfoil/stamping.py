"""Fiscal stamps: an office outside the house confirms each document before it counts.

The office may be busy, or its answer may get lost. It is asked again under the same key, so that one document never
gets two stamps.
"""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Protocol

from counterfoil.problems import StampError
from counterfoil.runtime import Clock, log_event

if TYPE_CHECKING:
    from counterfoil.money import Money

ATTEMPTS = 3
PAUSE_MS = 200
"""After the first busy answer; each further pause is five times as long."""

logger = logging.getLogger("counterfoil.stamping")


class StampBusyError(Exception):
    """No answer for now. Whether a stamp was given is not known."""


class StampRefusedError(Exception):
    """The document will not be stamped, however often one asks."""


class StampOffice(Protocol):
    """Where stamps come from."""

    def impress(self, key: str, text: str) -> str:
        """The stamp for a text; the same one for the same key."""
        ...


class InkStamp:
    """A stamp office for rehearsals: says yes until it is told otherwise."""

    def __init__(self) -> None:
        self._answers: list[str] = []
        self._given: dict[str, str] = {}
        self.asked: list[str] = []
        """The texts it was asked to stamp, each time it was asked."""

    def script(self, *answers: str) -> None:
        """Answer so for a while: `busy`, `lost` (given, but the answer is lost), `refused`; then yes again."""
        self._answers = list(answers)

    def impress(self, key: str, text: str) -> str:
        """The stamp for a text; the same one for the same key."""
        self.asked.append(text)
        answer = self._answers.pop(0) if self._answers else "yes"
        if answer == "busy":
            raise StampBusyError(text)
        if answer == "refused":
            raise StampRefusedError(text)
        stamp = self._given.setdefault(key, f"S-{len(self._given) + 1}")
        if answer == "lost":
            raise StampBusyError(text)
        return stamp


class Stamping:
    """Has documents stamped, and is patient about it."""

    def __init__(self, office: StampOffice, clock: Clock) -> None:
        self._office = office
        self._clock = clock
        self._requests = itertools.count(1)

    def stamp(self, number: str, total: Money) -> str:
        """The stamp for a document, after a few attempts if need be."""
        key = f"{number}/{next(self._requests)}"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._office.impress(key, f"{number} {total}")
            except StampBusyError:
                log_event(logger, "stamp.busy", logging.WARNING, number=number, attempt=attempt)
                if attempt < ATTEMPTS:
                    self._clock.sleep_ms(PAUSE_MS * 5 ** (attempt - 1))
            except StampRefusedError as refused:
                raise StampError(number, attempt) from refused
        raise StampError(number, ATTEMPTS)
