"""Several writes as one: all of them, or none, and only if what they build on has not changed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sandglass.outcomes import Receipt, ReuseError
from sandglass.runtime import DAY

if TYPE_CHECKING:
    from sandglass.feed import Feed
    from sandglass.keeper import Keeper, Write
    from sandglass.names import Address

REQUEST_LASTS = DAY
REQUESTS_MOST = 100


@dataclass(frozen=True, slots=True)
class Check:
    """An entry has to have this revision; 0 means that there is none."""

    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class Erase:
    """An entry is to go."""

    key: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A multi, ready to be carried out in one space."""

    space: str
    checks: tuple[Check, ...]
    steps: tuple[Write | Erase, ...]
    request: str | None

    def fingerprint(self) -> str:
        """What is asked for, condensed."""
        told = {
            "checks": [asdict(check) for check in self.checks],
            "steps": [asdict(step) for step in self.steps],
        }
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Remembered:
    """A request that was carried out."""

    fingerprint: str
    receipt: Receipt
    until: int


class Requests:
    """The receipts of a day by space and request key, so many at most."""

    __slots__ = ("_rows",)

    def __init__(self) -> None:
        self._rows: dict[Address, Remembered] = {}

    def recall(self, plan: Plan, now: int) -> Receipt | None:
        """The receipt, if this was carried out before."""
        if plan.request is None:
            return None
        known = self._rows.get((plan.space, plan.request))
        if known is None or known.until <= now:
            return None
        if known.fingerprint != plan.fingerprint():
            raise ReuseError(f"{plan.request} was used for something else")
        return known.receipt

    def keep(self, plan: Plan, receipt: Receipt, now: int) -> None:
        """Remember that this was carried out. What failed may be tried again."""
        if plan.request is None or not receipt.ok:
            return
        address = plan.space, plan.request
        self._rows.pop(address, None)
        while len(self._rows) >= REQUESTS_MOST:
            del self._rows[next(iter(self._rows))]
        self._rows[address] = Remembered(plan.fingerprint(), receipt, now + REQUEST_LASTS)

    def sweep(self, now: int) -> int:
        """Forget what is older than a day."""
        old = [address for address, known in self._rows.items() if known.until <= now]
        for address in old:
            del self._rows[address]
        return len(old)

    def __len__(self) -> int:
        return len(self._rows)


def carry_out(plan: Plan, keeper: Keeper, feed: Feed, now: int) -> Receipt:
    """Check, then write. Whatever raises half-way has to be undone by the caller."""
    failed = tuple(
        check.key
        for check in plan.checks
        if keeper.revision((plan.space, check.key), now) != check.revision
    )
    if failed:
        return Receipt(False, "conflict", failed, (), feed.latest())
    outcomes = tuple(_done(step, plan.space, keeper, now) for step in plan.steps)
    return Receipt(True, "committed", (), outcomes, feed.latest())


def _done(step: Write | Erase, space: str, keeper: Keeper, now: int) -> str:
    if isinstance(step, Erase):
        return "deleted" if keeper.delete((space, step.key), now) else "missing"
    return keeper.store(step, now).code
