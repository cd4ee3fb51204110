"""What a seed is worth, counted from what was measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from generator import worth
from generator.admit import Refusal
from generator.cli import _worth
from generator.profile import Profile
from generator.records import (
    Baseline,
    ChangeKind,
    Configuration,
    Edit,
    Family,
    Mutant,
    Seed,
    Unfit,
    VerdictKind,
)
from generator.worth import Coverage, Judged, Stages, Watched, Worth

if TYPE_CHECKING:
    from collections.abc import Iterable

SEED = Seed(
    name="shop",
    root=Path(),
    builtin=False,
    package="shop",
    import_root=".",
    contents={"shop.py": b"import os\n\ndef buy(\n    a,\n):\n    if a:\n        return 1\n    return 2\n"},
    executable=frozenset(),
    source=("shop.py", "template.py"),
    tests=(),
    configuration=Configuration(None),
    digest="",
)  # fmt: skip
BASELINE = Baseline(
    tests=("t.py::test_buy",),
    skipped=(),
    seconds={},
    lines={"t.py::test_buy": {"shop.py": frozenset({6, 8})}},
    import_lines={"shop.py": frozenset({1, 3})},
    suite_seconds=1.0,
    memory=0,
    imported_from="shop.py",
)


def mutant(place: int, path: str = "shop.py", operator: str = "drop_guard") -> Mutant:
    edit = Edit(path, place, place + 1, "")
    return Mutant(operator, Family.LOGIC, ChangeKind.CONDITION, path, 1, "buy", (edit,), ())


CAUGHT, SURVIVED, UNREACHED = VerdictKind.CAUGHT, VerdictKind.SURVIVED, VerdictKind.UNREACHED
JUDGED = (
    Judged(mutant(1), CAUGHT, None),
    Judged(mutant(2), CAUGHT, None),
    Judged(mutant(3, operator="limit_edge"), CAUGHT, Refusal.TOO_LOUD),
    Judged(mutant(4), SURVIVED, Refusal.SURVIVED),
    Judged(mutant(5, "a.py"), SURVIVED, Refusal.SURVIVED),
    Judged(mutant(6, "b.py"), SURVIVED, Refusal.SURVIVED),
    Judged(mutant(7, "b.py"), SURVIVED, Refusal.SURVIVED),
    Judged(mutant(8), VerdictKind.BROKEN, Refusal.BROKEN),
    Judged(mutant(9), UNREACHED, Refusal.UNREACHED),
)


def of(judged: Iterable[Judged] = JUDGED, *watched: Watched) -> Worth:
    profile = Profile("shop", "shop", "", 1, 6, 1, {})
    return Worth(
        SEED, profile, BASELINE, (), Coverage(4, 5), tuple(judged), watched, 2, 1, 1, 0, ()
    )


def test_the_stages_count_what_came_that_far() -> None:
    assert of().stages == Stages(sites=9, reached=8, caught=3, fit=2)


def test_by_kind_the_most_fit_come_first() -> None:
    assert of().by(lambda one: one.operator) == {
        "drop_guard": Stages(sites=8, reached=7, caught=2, fit=2),
        "limit_edge": Stages(sites=1, reached=1, caught=1, fit=0),
    }
    assert next(iter(of().by(lambda one: one.operator))) == "drop_guard"


def test_survivors_are_grouped_by_file_the_worst_first() -> None:
    assert {path: len(some) for path, some in of().survivors.items()} == {
        "b.py": 2,
        "a.py": 1,
        "shop.py": 1,
    }
    assert list(of().survivors) == ["b.py", "a.py", "shop.py"]


def test_what_is_refused_once_it_was_watched_is_not_fit() -> None:
    watched = (Watched(mutant(1), Refusal.UNSTEADY), Watched(mutant(2), 4, frozenset({2, 4})))
    settled = of(worth.settled(JUDGED, watched), *watched)
    assert settled.stages == replace(of().stages, fit=1)
    assert settled.refused[Refusal.UNSTEADY] == 1
    assert settled.levels == {1: 0, 2: 0, 3: 0, 4: 1, 5: 0}
    assert settled.to_be_had == {1: 0, 2: 1, 3: 0, 4: 1, 5: 0}
    assert not settled.sampled


def test_of_a_sample_it_is_said_so() -> None:
    some = of(JUDGED, Watched(mutant(2), 4))
    assert some.sampled
    assert sum(some.levels.values()) == 1


def test_a_statement_is_covered_where_one_of_its_first_lines_runs() -> None:
    files = {**SEED.contents, "template.py": b"def {{ name }}():\n"}
    seed = replace(SEED, contents=files)
    assert worth.coverage(seed, BASELINE) == Coverage(executed=4, statements=5)


def test_json_names_what_was_left_out_and_why() -> None:
    unfit = {"t.py::test_asks": (Unfit.NEEDS_NETWORK, "example.org")}
    baseline = replace(BASELINE, unfit=unfit, written=("left.txt",))
    unread = ("template.py left out: line 1: invalid syntax",)
    told = _worth.facts(replace(of(()), baseline=baseline, unread=unread))
    assert told["left_out"] == {
        "t.py::test_asks": {"why": Unfit.NEEDS_NETWORK.value, "what": "example.org"}
    }
    assert told["written"] == ["left.txt"]
    assert told["unread"] == list(unread)
