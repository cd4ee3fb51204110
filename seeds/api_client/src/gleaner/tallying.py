"""Sums over what was gathered. Amounts are whole numbers of the currency's smallest unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gleaner.faults import MalformedError, MixedCurrenciesError, SettingsError
from gleaner.wire import Item

REFUND = "refund"


@dataclass(frozen=True)
class Row:
    """One group of a tally."""

    name: str
    count: int
    total: int
    percent: int


@dataclass(frozen=True)
class Tally:
    """Groups, the largest first, and what they come to."""

    currency: str | None
    total: int
    count: int
    average: int | None
    rows: list[Row]


def signed(item: Item) -> int:
    """The amount of an item as it counts: refunds count against the rest."""
    amount = item.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise MalformedError(f"item {item['id']} has no amount")
    return -amount if item.get("kind") == REFUND else amount


def tally(items: Sequence[Item], by: str) -> Tally:
    """Add items up, grouped by one of their fields."""
    totals: dict[str, int] = {}
    counts: dict[str, int] = {}
    currency: str | None = None
    for item in items:
        amount = signed(item)
        found = str(item.get("currency"))
        if currency is not None and found != currency:
            raise MixedCurrenciesError(currency, found)
        currency = found
        name = str(item.get(by, "other"))
        totals[name] = totals.get(name, 0) + amount
        counts[name] = counts.get(name, 0) + 1
    positive = {name: max(0, amount) for name, amount in totals.items()}
    percents = apportion(100, positive)
    rows = [Row(name, counts[name], totals[name], percents[name]) for name in totals]
    rows.sort(key=lambda row: (-row.total, row.name))
    total = sum(totals.values())
    return Tally(currency, total, len(items), average(total, len(items)), rows)


def average(total: int, count: int) -> int | None:
    """The mean to the nearest unit; a half goes up. Of nothing there is none."""
    if count == 0:
        return None
    return (2 * total + count) // (2 * count)


def apportion(amount: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Divide an amount by weights, to the last unit: what is left over goes to whoever lost most by rounding.

    Where all weights are nought, nobody gets anything.
    """
    if amount < 0:
        raise SettingsError("only what is not negative can be divided")
    whole = sum(weights.values())
    if whole == 0:
        return dict.fromkeys(weights, 0)
    parts = {name: amount * weight // whole for name, weight in weights.items()}
    remainder = amount - sum(parts.values())
    by_loss = sorted(weights, key=lambda name: (-(amount * weights[name] % whole), name))
    for name in by_loss[:remainder]:
        parts[name] += 1
    return parts
