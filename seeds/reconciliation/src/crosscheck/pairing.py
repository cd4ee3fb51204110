"""Which lines belong together: both sides in one order, group by group, one pass after the other.

Each pass takes a bench and gives the next one. The strict passes come first; what they take off the bench is not there for
the later ones. A group is what has one key: a reference, or, without one, an amount.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Final

from crosscheck.lines import Line, Side, has_reference
from crosscheck.measures import Amount, days_between, total
from crosscheck.outcomes import How, Kind, Pair, Spot
from crosscheck.terms import Terms, allowance, in_window

if TYPE_CHECKING:
    from datetime import date

Apart = frozenset[tuple[str, str]]
"""Names of lines that somebody has taken apart: of the books, and of the bank."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One group: what still lies there, and what was found so far."""

    key: str
    terms: Terms
    apart: Apart
    books: tuple[Line, ...]
    bank: tuple[Line, ...]
    pairs: tuple[Pair, ...] = ()
    spots: tuple[Spot, ...] = ()

    @property
    def left(self) -> tuple[Line, ...]:
        """What lies there, the books first."""
        return self.books + self.bank


Fits = Callable[[Bench, Line, Line], bool]
Pass = Callable[[Bench], Bench]


def key(line: Line) -> str:
    """What the lines of a group have in common."""
    return line.key


def groups(
    books: Iterable[Line], bank: Iterable[Line], terms: Terms, apart: Apart
) -> Iterator[Bench]:
    """Go through both sides at once, a bench for each key; both have to be in order."""
    for name, lines in groupby(heapq.merge(books, bank, key=key), key=key):
        group = tuple(lines)
        yield Bench(name, terms, apart, _of(Side.BOOKS, group), _of(Side.BANK, group))


def _of(side: Side, lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of one side of a group."""
    return tuple(line for line in lines if line.side is side)


def together(bench: Bench, booked: Line, banked: Line) -> bool:
    """Whether nobody has taken these two apart."""
    return (booked.name, banked.name) not in bench.apart


def near(bench: Bench, booked: Line, banked: Line) -> bool:
    """Whether these two may belong together, going by their days and by what people say."""
    in_time = in_window(bench.terms, booked.day, banked.day)
    return in_time and together(bench, booked, banked)


def nearness(booked: Line, banked: Line) -> tuple[int, ...]:
    """What goes first: the nearest amount of one currency, then the nearest day, then what came first."""
    comparable = booked.amount.currency == banked.amount.currency
    gap = abs(banked.amount.minor - booked.amount.minor) if comparable else 0
    return gap, abs(days_between(booked.day, banked.day)), booked.number, banked.number


def couples(bench: Bench, fits: Fits) -> list[tuple[Line, Line]]:
    """Take two and two off the bench for as long as any fit, the nearest ones first."""
    fitting = [
        (booked, banked)
        for booked in bench.books
        for banked in bench.bank
        if fits(bench, booked, banked)
    ]
    taken: set[str] = set()
    found = []
    for booked, banked in sorted(fitting, key=lambda two: nearness(*two)):
        if taken.isdisjoint((booked.name, banked.name)):
            taken.update((booked.name, banked.name))
            found.append((booked, banked))
    return found


def without(bench: Bench, lines: Iterable[Line]) -> Bench:
    """The bench after these were taken off it."""
    gone = {line.name for line in lines}
    return replace(
        bench,
        books=tuple(line for line in bench.books if line.name not in gone),
        bank=tuple(line for line in bench.bank if line.name not in gone),
    )


def matched(bench: Bench, how: How, fits: Fits) -> Bench:
    """A pass that makes matches of one line and one other."""
    made = tuple(Pair(how, (one,), (two,)) for one, two in couples(bench, fits))
    rest = without(bench, (line for pair in made for line in pair.lines))
    return replace(rest, pairs=bench.pairs + made)


def spotted(bench: Bench, kind: Kind, fits: Fits) -> Bench:
    """A pass that finds lines which ought to be a match, and are not."""
    made = tuple(
        Spot(kind, (one,), (two,), _stake(kind, one, two)) for one, two in couples(bench, fits)
    )
    rest = without(bench, (line for spot in made for line in spot.books + spot.bank))
    return replace(rest, spots=bench.spots + made)


def _stake(kind: Kind, booked: Line, banked: Line) -> Amount:
    """What a finding is about: the difference of amounts, or else the amount in the books."""
    return banked.amount - booked.amount if kind is Kind.AMOUNT else booked.amount


def _exactly(bench: Bench, booked: Line, banked: Line) -> bool:
    """The same amount and currency, near in time: an exact match."""
    return booked.amount == banked.amount and near(bench, booked, banked)


def _tolerably(bench: Bench, booked: Line, banked: Line) -> bool:
    """Amounts no further apart than the tolerance or percentage that was agreed."""
    if booked.amount.currency != banked.amount.currency:
        return False
    gap = abs((banked.amount - booked.amount).minor)
    return gap <= allowance(bench.terms, booked.amount) and near(bench, booked, banked)


def _but_for_the_day(bench: Bench, booked: Line, banked: Line) -> bool:
    """The same amount on a day outside of the window, of lines with a reference."""
    return (
        has_reference(bench.key)
        and booked.amount == banked.amount
        and together(bench, booked, banked)
    )


def _but_for_the_amount(bench: Bench, booked: Line, banked: Line) -> bool:
    """Another amount of the same currency, within the window of days."""
    return booked.amount.currency == banked.amount.currency and near(bench, booked, banked)


def exact(bench: Bench) -> Bench:
    """Match what is the same, and near in time."""
    return matched(bench, How.EXACT, _exactly)


def in_parts(bench: Bench) -> Bench:
    """Match one line with all those of the other side, where they come to its amount."""
    few, many = sorted((bench.books, bench.bank), key=len)
    if len(few) != 1:
        return bench
    for booked in bench.books:
        for banked in bench.bank:
            if not _but_for_the_amount(bench, booked, banked):
                return bench
    whole = few[0].amount
    if total((line.amount for line in many), whole.currency) != whole:
        return bench
    pair = Pair(How.PARTS, bench.books, bench.bank)
    return replace(bench, books=(), bank=(), pairs=(*bench.pairs, pair))


def tolerated(bench: Bench) -> Bench:
    """Match what is no further apart than was agreed, the nearest amounts first."""
    return matched(bench, How.TOLERATED, _tolerably)


def other_day(bench: Bench) -> Bench:
    """Find what is the same, and too far away in time."""
    return spotted(bench, Kind.DAY, _but_for_the_day)


def other_amount(bench: Bench) -> Bench:
    """Find what is near in time, and differs by more than was agreed."""
    return spotted(bench, Kind.AMOUNT, _but_for_the_amount)


def other_currency(bench: Bench) -> Bench:
    """Find what is near in time; all that is left of it differs in currency."""
    return spotted(bench, Kind.CURRENCY, near)


PASSES: Final[tuple[Pass, ...]] = (
    exact,
    in_parts,
    tolerated,
    other_day,
    other_amount,
    other_currency,
)


def settle(bench: Bench) -> Bench:
    """Let all passes go over a bench."""
    return reduce(lambda before, step: step(before), PASSES, bench)


def is_awaited(terms: Terms, line: Line, through: date) -> bool:
    """Whether the counterpart of a line may still come."""
    patience = terms.late if line.side is Side.BOOKS else terms.early
    return days_between(line.day, through, working=terms.working_days) <= patience


def alone(line: Line, *, twice: bool) -> Spot:
    """What is wrong with a line that has no counterpart."""
    at = (line,) if line.side is Side.BOOKS else ()
    of_bank = (line,) if line.side is Side.BANK else ()
    missing = Kind.NOT_AT_BANK if line.side is Side.BOOKS else Kind.NOT_IN_BOOKS
    return Spot(Kind.TWICE if twice else missing, at, of_bank, line.amount)
