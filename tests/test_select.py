"""The order of a request: seeded, complete, and near the mix that real fixes have."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from generator import select
from generator.records import ChangeKind, Edit, Family, Mutant, Reach, Span


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
        assert abs(first[ChangeKind(kind)] / 40 - share) < 3, kind


def test_the_target_mix_is_a_whole() -> None:
    assert sum(select.TARGET_MIX.values()) == 100
    assert set(select.TARGET_MIX) == set(ChangeKind)


def test_first_draws_follow_the_reach_of_real_fixes() -> None:
    span, elsewhere = Span("a.py", 1, 1), Span("a.py", 9, 9)
    one = mutant(ChangeKind.NAME, "one", "a.py", 0)
    several = replace(one, operator="several", touched=(span, elsewhere))
    files = replace(several, operator="files", edits=(*one.edits, Edit("b.py", 0, 1, "")))
    crowd = [mutant(ChangeKind.NAME, "one", "a.py", site) for site in range(50)]
    some = [*crowd, several, files]
    first = Counter(next(select.order(some, seed)).reach for seed in range(4000))
    for reach, share in select.TARGET_REACH.items():
        assert abs(first[Reach(reach)] / 40 - share) < 3, reach


def test_what_lies_on_one_statement_is_one_place() -> None:
    swap = mutant(ChangeKind.NAME, "swap", "a.py", 0)
    swap = replace(swap, edits=(*swap.edits, Edit("a.py", 5, 6, "")), touched=(Span("a.py", 1, 1),))
    assert swap.reach is Reach.ONE_PLACE


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
