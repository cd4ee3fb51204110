"""When the next attempt is due, and how a crowd is kept from arriving all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from postbox.ambient import Chance, to_ms
from postbox.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Pauses that grow by a factor up to a longest one, each shortened a little by chance."""

    first_s: float = 5
    factor: float = 2
    longest_s: float = 3600
    attempts: int = 8
    jitter_percent: int = 20

    def __post_init__(self) -> None:
        if self.first_s <= 0 or self.longest_s < self.first_s:
            raise ConfigurationError("pauses have to be longer than nothing, the last the longest")
        if self.factor < 1:
            raise ConfigurationError("pauses cannot shrink from one attempt to the next")
        if self.attempts < 1:
            raise ConfigurationError("at least one attempt has to be made")
        if not 0 <= self.jitter_percent <= 100:
            raise ConfigurationError("jitter is a number of per cent between 0 and 100")

    def __str__(self) -> str:
        return (
            f"{self.attempts} attempt(s), pauses from {self.first_s:g} s times {self.factor:g} "
            f"up to {self.longest_s:g} s, {self.jitter_percent} % jitter"
        )

    def pause_ms(self, attempt: int) -> int:
        """Return the longest pause that may follow an attempt, counted from 1."""
        grown_s = self.first_s * self.factor ** (attempt - 1)
        return to_ms(min(grown_s, self.longest_s))

    def exhausted(self, attempt: int) -> bool:
        """Tell whether this was the last attempt."""
        return attempt >= self.attempts


@dataclass(slots=True)
class Scheduler:
    """Says when to try again."""

    schedule: RetrySchedule
    chance: Chance

    def next_due(self, now_ms: int, attempt: int, advice_ms: int | None) -> int | None:
        """Return when the attempt after this one is due, or None if there is none.

        An endpoint may ask for a longer pause than planned, never for a shorter one, and not for
        more than the longest.
        """
        if self.schedule.exhausted(attempt):
            return None
        pause = self.shortened(self.schedule.pause_ms(attempt))
        if advice_ms is not None:
            pause = max(pause, min(advice_ms, to_ms(self.schedule.longest_s)))
        return now_ms + pause

    def shortened(self, pause_ms: int) -> int:
        """Take up to the agreed share off a pause, by chance."""
        return pause_ms - int(pause_ms * self.schedule.jitter_percent * self.chance.draw() / 100)


def spread(count: int, window_ms: int) -> list[int]:
    """Return offsets that place so many starts evenly in a window, the first at once."""
    return [index * window_ms // count for index in range(count)]


def waves(count: int, size: int) -> int:
    """Return in how many goes so many are through if each takes so many at most."""
    return -(-count // size)


def deal(slots: int, demands: Mapping[str, int]) -> dict[str, int]:
    """Share slots out evenly; what one cannot use goes to the others, odd ones to the first."""
    dealt = dict.fromkeys(demands, 0)
    left = slots
    while left > 0:
        hungry = [name for name, wanted in demands.items() if dealt[name] < wanted]
        if not hungry:
            break
        share, odd = divmod(left, len(hungry))
        for index, name in enumerate(hungry):
            portion = share + (1 if index < odd else 0)
            given = min(portion, demands[name] - dealt[name])
            dealt[name] += given
            left -= given
    return dealt
