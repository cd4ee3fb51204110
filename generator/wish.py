"""From what a person asked for to the challenge: every draw that was left open is made here, and recorded in the request."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from generator import bench as benches
from generator import pipeline, places, seeds
from generator.errors import NothingFitsError, UsageError, nearest
from generator.operators import discover
from generator.records import BUDGET, Mode, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from generator.records import Bench, Candidate, Mutant, Seed

_DRAWN_LEVELS = (2, 3, 3, 4, 4)
"""Level 2 is over in a few minutes for many."""
_DRAWS = 8
"""How many random seeds are drawn in search of a bug that was not used lately."""
_REMEMBERED = 300
_SEVERAL = 3
"""Bugs of a challenge that has several, where it was not said how many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The arguments of `bugsquash new`; None is left to chance."""

    target: str | None
    level: int | None
    random_seed: int | None
    minutes: int
    out: Path
    mode: Mode = Mode.FAILING_TEST
    bugs: int | None = None
    python: Path | None = None
    allow_failing: bool = False
    budget: int = BUDGET
    operator: str | None = None
    family: str | None = None


def fulfil_first(wishes: Iterable[Wish], listen: pipeline.Listener) -> pipeline.Challenge | None:
    """The challenge of the first of these wishes that has one; None where nothing fits any of them."""
    for wish in wishes:
        with contextlib.suppress(NothingFitsError):
            return fulfil(wish, listen)
    return None


def targets(wish: Wish) -> tuple[str, ...]:
    """What the challenge may be made from: the seed that is asked for, or all built-in ones, beginning with one that is drawn."""
    if wish.target is not None:
        return (wish.target,)
    names = seeds.builtin()
    first = names.index(_drawn_seed(wish))
    return (*names[first:], *names[:first])


def fulfil(wish: Wish, listen: pipeline.Listener) -> pipeline.Challenge:
    """Make the challenge. With a random seed the same again; without one, a bug that was not used lately."""
    places.sweep()
    if wish.operator is not None and wish.operator not in discover():
        raise UsageError(
            f"no operator named '{wish.operator}'. {nearest(wish.operator, discover())}"
        )
    if wish.bugs is not None and wish.mode is not Mode.MULTI:
        raise UsageError("--bugs is for several bugs at once. Add --mode multi.")
    target = wish.target or _drawn_seed(wish)
    seed = seeds.load(target)
    python = wish.python.absolute() if wish.python else Path(sys.executable)
    bench = benches.prepare(
        seed,
        wish.operator,
        listen,
        python,
        family=wish.family,
        allow_failing=wish.allow_failing,
        budget=wish.budget,
    )
    used = _used(seed)
    draw = _freshest(_draws(bench, wish, listen), used)
    found = pipeline.together(
        itertools.chain([draw.first], draw.others),
        draw.request.bugs,
        draw.request.level if draw.request.strict else None,
    )
    challenge = pipeline.make(bench, draw.request, found, wish.out, target=target, listen=listen)
    _remember(seed, [candidate.mutant for candidate in challenge.candidates], used)
    return challenge


@dataclass(frozen=True, slots=True)
class _Draw:
    request: Request
    first: Candidate
    others: Iterator[Candidate]


def _draws(bench: Bench, wish: Wish, listen: pipeline.Listener) -> Iterator[_Draw]:
    """One draw for each random seed: the one asked for, or several."""
    for _ in range(_DRAWS if wish.random_seed is None else 1):
        request = _request(bench.seed, wish)
        found = pipeline.candidates(bench, request, listen)
        yield _Draw(request, next(found), found)


def _freshest(draws: Iterator[_Draw], used: tuple[str, ...]) -> _Draw:
    """The first draw of a bug that was never used, or else the one whose use is longest ago."""
    seen = []
    for draw in draws:
        name = _name(draw.first.mutant)
        if name not in used:
            return draw
        seen.append((max(n for n, one in enumerate(used) if one == name), draw))
    return min(seen, key=lambda each: each[0])[1]


def _drawn_seed(wish: Wish) -> str:
    names = seeds.builtin()
    random = Random(wish.random_seed) if wish.random_seed is not None else secrets.SystemRandom()  # noqa: S311
    return random.choice(names)


def drawn_level(random_seed: int) -> int:
    """The level of a challenge for which none was asked for."""
    return Random(f"level {random_seed}").choice(_DRAWN_LEVELS)  # noqa: S311 - a draw that must repeat


def _request(seed: Seed, wish: Wish) -> Request:
    random_seed = secrets.randbits(64) if wish.random_seed is None else wish.random_seed
    level = drawn_level(random_seed) if wish.level is None else wish.level
    strict = wish.level is not None
    bugs = (wish.bugs or _SEVERAL) if wish.mode is Mode.MULTI else 1
    return Request(
        seed.name,
        random_seed,
        level,
        strict,
        wish.operator,
        wish.family,
        wish.minutes,
        wish.mode,
        bugs,
        wish.allow_failing,
        wish.budget,
    )


def _name(mutant: Mutant) -> str:
    """Of the place, not of what is done there: who has mended a line once knows it."""
    return hashlib.sha256(repr(mutant.touched).encode()).hexdigest()[:16]


def _used_file(seed: Seed) -> Path:
    return places.state() / "used" / f"{seed.digest[:16]}.json"


def _used(seed: Seed) -> tuple[str, ...]:
    try:
        return tuple(json.loads(_used_file(seed).read_text("utf-8")))
    except (OSError, ValueError):
        return ()


def _remember(seed: Seed, mutants: Sequence[Mutant], used: tuple[str, ...]) -> None:
    recent = [*used, *map(_name, mutants)][-_REMEMBERED:]
    # What was made is there; that it may be drawn again soon is no reason to fail.
    with contextlib.suppress(OSError):
        places.write_whole(_used_file(seed), json.dumps(recent).encode())
