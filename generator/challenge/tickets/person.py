"""Who writes a ticket, and which of several phrasings it gets: chosen by the ticket's variant so that no two agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.records import Words

FAMILIES = 8
"""In how many ways one person's sentences can be worded at least; each table of frames has as many rows or more."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """The customer of one ticket. `rank` counts the persons, `family` the wordings of the same person's sentences."""

    full: str
    first: str
    role: str
    company: str
    rank: int
    family: int
    title: int

    def frame(self, frames: Sequence[T], shift: int) -> T:
        """The frame of a table that is this ticket's; two tickets of one person never get the same."""
        return frames[(self.family + shift + (2 * shift + 5) * self.rank) % len(frames)]


def person(words: Words, variant: int) -> Person:
    """Mixed radix: the lowest digit picks the name, the next the wording, the one above another family name.

    Different for any two variants below names² times FAMILIES.
    """
    if variant < 0:
        raise ValueError(f"a variant is not negative: {variant}")
    names, companies = words.names, _companies(words)
    above, rank = divmod(variant, len(names))
    shift, family = divmod(above, FAMILIES)
    given = [name.split()[0] for name in names]
    full = names[rank] if not shift else _renamed(names, rank, shift)
    alone = not shift and Counter(given)[given[rank]] == 1
    return Person(
        full=full,
        first=given[rank] if alone else full,
        role=words.roles[(variant * 7 + above) % len(words.roles)],
        company=companies[variant % len(companies)],
        rank=rank,
        family=family,
        title=variant // len(companies) + 5 * (variant % len(companies)),
    )


def _renamed(names: Sequence[str], rank: int, shift: int) -> str:
    other = names[(rank + shift) % len(names)].split(" ", 1)[-1]
    return f"{names[rank].split()[0]} {other}"


def _companies(words: Words) -> Sequence[str]:
    """Those without a full stop, which would look like the end of a sentence."""
    return [company for company in words.companies if "." not in company] or words.companies
