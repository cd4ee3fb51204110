"""The order of a request: seeded, complete, and near the mix that real fixes have."""

from __future__ import annotations

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from generator import select
from generator.records import ChangeKind, Edit, Family, Mutant


def mutant(change: ChangeKind, operator: str, path: str, start: int) -> Mutant:
    return Mutant(
        operator, Family.LOGIC, change, path, 1, "f", (Edit(path, start, start + 1, ""),), ()
    )


def many(sites: int = 30) -> list[Mutant]:
    return [
        mutant(kind, f"{kind}_{number}", path, site)
        for kind in ChangeKind
        for number in range(2)
        for path in ("a.py", "b.py")
        for site in range(sites)
    ]


@given(st.integers(0, 2**64 - 1))
def test_every_mutant_comes_once(random_seed: int) -> None:
    mutants = many(2)
    assert Counter(select.order(mutants, random_seed)) == Counter(mutants)


def test_one_seed_gives_one_order_and_another_seed_another() -> None:
    assert list(select.order(many(), 7)) == list(select.order(many(), 7))
    assert list(select.order(many(), 7)) != list(select.order(many(), 8))


def test_the_order_does_not_hang_on_hash_order_or_input_classes() -> None:
    assert list(select.order(tuple(many()), 7)) == list(select.order(iter(many()), 7))


def test_first_draws_follow_the_target_mix() -> None:
    first = Counter(next(select.order(many(1), seed)).change for seed in range(4000))
    for kind, share in select.TARGET_MIX.items():
        assert abs(first[kind] / 40 - share) < 3, kind


def test_the_target_mix_is_a_whole() -> None:
    assert sum(select.TARGET_MIX.values()) == 100
    assert set(select.TARGET_MIX) == set(ChangeKind)


def test_a_long_file_does_not_crowd_out_a_short_one() -> None:
    long = [mutant(ChangeKind.NAME, "one", "long.py", site) for site in range(200)]
    short = [mutant(ChangeKind.NAME, "one", "short.py", site) for site in range(5)]
    heads = (itertools.islice(select.order(long + short, seed), 4) for seed in range(100))
    paths = Counter(each.path for head in heads for each in head)
    assert paths["short.py"] > 30  # 10, were they drawn by their numbers alone


def test_the_only_site_of_an_operator_does_not_come_up_again_and_again() -> None:
    rare = [mutant(ChangeKind.NAME, "rare", "a.py", 0)]
    common = [mutant(ChangeKind.NAME, "common", "a.py", site) for site in range(100)]
    first = Counter(next(select.order(rare + common, seed)).operator for seed in range(1000))
    assert 50 < first["rare"] < 150  # 500, were operators drawn evenly
