"""Amounts: whole numbers in the smallest unit of a currency, together with its code in small letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from paydesk import errors
from paydesk.errors import Failure

BASIS_POINTS = 10_000


@dataclass(frozen=True)
class Currency:
    """A currency we take, with the least and the most that one charge may be over."""

    code: str
    digits: int
    least: int
    most: int = 99_999_999


CURRENCIES: Mapping[str, Currency] = MappingProxyType(
    {
        currency.code: currency
        for currency in (
            Currency("bhd", 3, least=200),
            Currency("eur", 2, least=50),
            Currency("gbp", 2, least=30),
            Currency("jpy", 0, least=50, most=9_999_999),
            Currency("usd", 2, least=50),
        )
    }
)


def say(amount: int, currency: str) -> str:
    """Write an amount for people: 1999 of eur is 19.99 EUR."""
    digits = CURRENCIES[currency].digits
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(amount), 10**digits)
    decimals = f".{part:0{digits}}" if digits else ""
    return f"{sign}{whole}{decimals} {currency.upper()}"


def check_amount(amount: int, currency: str) -> Failure | None:
    """Tell what is wrong with the amount of a new charge."""
    known = CURRENCIES[currency]
    if amount < known.least:
        return errors.amount_too_small(say(known.least, currency))
    if amount > known.most:
        return errors.amount_too_large(say(known.most, currency))
    return None


def fee(amount: int, basis_points: int) -> int:
    """Work out our fee for an amount; a fraction of the smallest unit counts as a whole one."""
    return -(-amount * basis_points // BASIS_POINTS)


def allocate(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion to weights so that the shares add up to it.

    What is left after rounding down goes, one unit each, to those who lost most by it; among equals the first are served first.
    """
    whole = sum(weights)
    shares = [amount * weight // whole for weight in weights]
    left = amount - sum(shares)
    lost = [amount * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: -lost[place])
    for index in order[:left]:
        shares[index] += 1
    return shares


def in_parts(amount: int, most: int) -> list[int]:
    """Cut an amount into parts none of which is larger than the given limit."""
    full, rest = divmod(amount, most)
    parts = [most] * full
    if rest:
        parts.append(rest)
    return parts
