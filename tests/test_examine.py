"""Of several failing tests the one that serves the request is told, and among such the plainest."""

from __future__ import annotations

from pathlib import Path

from generator import examine
from generator.records import (
    Call,
    Candidate,
    ChangeKind,
    Configuration,
    Edit,
    Family,
    Measurements,
    Mutant,
    Request,
    Seed,
    Trace,
    Verdict,
    VerdictKind,
)

SEED = Seed(
    name="shop",
    root=Path("/shop"),
    builtin=False,
    package="shop",
    import_root=".",
    contents={"shop.py": b"def pay():\n    return 1\n"},
    executable=frozenset(),
    source=("shop.py",),
    tests=("test_shop.py",),
    configuration=Configuration(None),
    digest="",
)
MUTANT = Mutant(
    "o", Family.LOGIC, ChangeKind.NAME, "shop.py", 2, "pay", (Edit("shop.py", 0, 0, ""),), ()
)
MEASURED = Measurements(
    traceback_in_file=False,
    traceback_in_function=False,
    depth=3,
    later_call=False,
    asked_in_file=False,
    words_in_function=False,
    executed_lines=5,
    suspect_rank=1,
    wrong_value=True,
    failing=2,
    places=1,
)


def candidate(test: str, calls: int, level: int) -> Candidate:
    trace = Trace((Call("Shop.pay", "shop", {}, None, 1),) * calls, 2, None, {})
    return Candidate(
        mutant=MUTANT,
        verdict=Verdict(VerdictKind.CAUGHT),
        witness=(test,),
        trace=trace,
        clean=trace,
        measurements=MEASURED,
        level=level,
        passed_over={},
    )


LONG, SHORT = candidate("t.py::long", 9, 3), candidate("t.py::short", 2, 2)


def test_the_shorter_story_is_told_where_the_level_was_only_drawn() -> None:
    assert examine.best(SEED, [LONG, SHORT], Request("shop", 1, level=3)) is SHORT


def test_a_level_that_was_asked_for_is_kept() -> None:
    assert examine.best(SEED, [LONG, SHORT], Request("shop", 1, level=3, strict=True)) is LONG
