"""From what a person asked for to the challenge: every draw that was left open is made here, and recorded in the request."""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from generator import pipeline, places, seeds
from generator.errors import UsageError, nearest
from generator.operators import discover
from generator.records import Request

if TYPE_CHECKING:
    from pathlib import Path

    from generator.records import Mutant, Seed

_DRAWN_LEVELS = (2, 3, 4)
_DRAWS = 12
"""How often a random seed is drawn for a bug that was not used lately, before a used one serves."""
_REMEMBERED = 300


@dataclass(frozen=True, slots=True)
class Wish:
    """The arguments of `bugsquash new`; None is left to chance."""

    target: str | None
    level: int | None
    operator: str | None
    random_seed: int | None
    minutes: int
    out: Path


def fulfil(wish: Wish, listen: pipeline.Listener) -> pipeline.Challenge:
    """Make the challenge. With a random seed the same again; without one, a bug that was not used lately."""
    places.sweep()
    if wish.operator is not None and wish.operator not in discover():
        raise UsageError(
            f"no operator named '{wish.operator}'. {nearest(wish.operator, discover())}"
        )
    target = wish.target or _drawn_seed(wish)
    seed = seeds.load(target)
    bench = pipeline.prepare(seed, wish.operator, listen)
    used = _used(seed)
    for draw in itertools.count(1):
        request = _request(seed, wish)
        found = pipeline.candidates(bench, request, strict=wish.level is not None, listen=listen)
        first = next(found)
        if wish.random_seed is not None or draw == _DRAWS or _name(first.mutant) not in used:
            break
    challenge = pipeline.make(
        bench, request, itertools.chain([first], found), wish.out, target=target, listen=listen
    )
    _remember(seed, challenge.candidate.mutant, used)
    return challenge


def _drawn_seed(wish: Wish) -> str:
    names = seeds.builtin()
    random = Random(wish.random_seed) if wish.random_seed is not None else secrets.SystemRandom()  # noqa: S311
    return random.choice(names)


def _request(seed: Seed, wish: Wish) -> Request:
    random_seed = secrets.randbits(64) if wish.random_seed is None else wish.random_seed
    drawn = Random(f"level {random_seed}").choice(_DRAWN_LEVELS)  # noqa: S311 - a draw that must repeat
    level = drawn if wish.level is None else wish.level
    return Request(seed.name, random_seed, level, wish.operator, wish.minutes)


def _name(mutant: Mutant) -> str:
    return hashlib.sha256(repr(mutant.edits).encode()).hexdigest()[:16]


def _used_file(seed: Seed) -> Path:
    return places.state() / "used" / f"{seed.digest[:16]}.json"


def _used(seed: Seed) -> tuple[str, ...]:
    try:
        return tuple(json.loads(_used_file(seed).read_text("utf-8")))
    except (OSError, ValueError):
        return ()


def _remember(seed: Seed, mutant: Mutant, used: tuple[str, ...]) -> None:
    recent = [*used, _name(mutant)][-_REMEMBERED:]
    places.write_whole(_used_file(seed), json.dumps(recent).encode())
