"""What the catalogue comes to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import catalogue, select
from generator.admit import Refusal
from generator.operators import discover
from generator.records import ChangeKind, Edit, Family, Mutant, Span, VerdictKind
from generator.worth import Judged, Watched

if TYPE_CHECKING:
    from generator.worth import Worth

SHARES = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 50), min_size=1)


def judged(site: int, refusal: Refusal | None, failing: int, change: ChangeKind) -> Judged:
    edits, touched = (Edit("a.py", site, site + 1, ""),), (Span("a.py", site, site),)
    name = "drop_guard" if change is ChangeKind.STRUCTURE else "wrong_variable"
    mutant = Mutant(name, Family.LOGIC, change, "a.py", site, "f", edits, touched)
    return Judged(mutant, VerdictKind.CAUGHT, refusal, failing)


def worth(*every: Judged) -> Worth:
    fit = [one for one in every if one.refusal is None]
    levels = [Watched(one.mutant, 1 + n % 5, frozenset({1 + n % 5})) for n, one in enumerate(fit)]
    return cast("Worth", SimpleNamespace(judged=every, watched=tuple(levels)))


EVERY = (
    *(judged(n, None, n % 5, ChangeKind.STRUCTURE) for n in range(10)),
    *(judged(20 + n, None, 2, ChangeKind.NAME) for n in range(10)),
    judged(40, Refusal.TOO_LOUD, 99, ChangeKind.NAME),
)


def test_each_operator_is_counted_and_refused_mutants_are_not_loud() -> None:
    found = catalogue.stats([worth(*EVERY)], discover())
    assert [one.operator for one in found.operators] == list(discover())
    by_name = {one.operator: one for one in found.operators}
    assert by_name["wrong_variable"] == catalogue.Yield("wrong_variable", 11, 11, 10, 1, 2)
    assert by_name["drop_guard"].failing == 2
    assert by_name["limit_edge"] == catalogue.Yield("limit_edge", 0, 0, 0, 0, None)


def test_the_seeds_in_which_an_operator_is_fit_are_counted() -> None:
    refused = worth(judged(40, Refusal.TOO_LOUD, 99, ChangeKind.NAME))
    found = catalogue.stats([worth(*EVERY), refused, worth(*EVERY)], discover())
    lived_in = {one.operator: one.seeds for one in found.operators}
    assert (lived_in["wrong_variable"], lived_in["limit_edge"]) == (2, 0)


def test_only_what_is_fit_is_drawn_and_always_the_same() -> None:
    some = worth(*EVERY)
    found = catalogue.stats([some], discover())
    fit = {one.mutant for one in EVERY if one.refusal is None}
    assert len(found.drawn) == catalogue.DRAWS
    assert set(found.drawn) <= fit
    assert found.drawn == catalogue.stats([some], discover()).drawn
    both = select.TARGET_MIX["structure"] + select.TARGET_MIX["name"]
    assert found.kinds["structure"] + found.kinds["name"] == pytest.approx(100)
    assert 0 < found.divergence < 1 - both / 200
    assert found.reaches["one place"] == 100


def test_without_anything_fit_there_is_nothing_to_tell() -> None:
    for nothing in ([], [worth(judged(40, Refusal.TOO_LOUD, 99, ChangeKind.NAME))]):
        found = catalogue.stats(nothing, discover())
        assert (found.drawn, found.failing) == ((), None)


@given(SHARES, SHARES)
def test_divergence_is_a_distance_between_nought_and_one(
    one: dict[str, int], other: dict[str, int]
) -> None:
    between = catalogue.divergence(one, other)
    assert -1e-9 <= between <= 1 + 1e-9
    assert between == pytest.approx(catalogue.divergence(other, one))
    twice = {name: 2 * share for name, share in one.items()}
    assert catalogue.divergence(one, twice) == pytest.approx(0, abs=1e-9)
    if not one.keys() & other.keys():
        assert between == pytest.approx(1)


def test_divergence_of_a_half_and_a_whole() -> None:
    assert catalogue.divergence({"a": 1, "b": 1}, {"a": 1}) == pytest.approx(0.3113, abs=1e-4)
