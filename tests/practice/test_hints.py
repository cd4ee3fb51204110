"""Each rung tells what it is for, and nothing of what a later one is for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import pytest

from generator import outline, seeds
from generator.debrief import Kind, Link, Wrong
from generator.operators import discover
from generator.practice import hints
from generator.records import Mode, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.key import AnswerKey, Bug
    from generator.records import Seed
    from tests.judge.conftest import Challenge

WORDS = Words("shop", "a shop", "SHO", {}, (), (), (), {}, frozenset())
RUNGS = range(1, len(hints.COSTS) + 1)


def told(key: AnswerKey, seed: Seed | None, bug: Bug) -> list[str]:
    words = seed.words if seed else None
    texts = [hints.rung(replace(key, bugs=(bug,)), words, number) for number in RUNGS]
    return [" ".join(each) for each in texts]


def bugs_of(seed: Seed, like: Bug) -> Iterator[Bug]:
    """A bug in every function of a seed."""
    for path in seed.source:
        for function in outline.functions(seed.contents[path]):
            yield replace(
                like, path=path, function=function.name, lines=(function.body, function.last)
            )


@pytest.mark.parametrize("name", seeds.builtin())
def test_no_rung_names_what_a_later_one_is_for(challenge: Challenge, name: str) -> None:
    seed = seeds.load(name)
    (like,) = challenge.key.bugs
    for bug in bugs_of(seed, like):
        area, kind, file, function, line = told(challenge.key, seed, bug)
        stem, last = PurePosixPath(bug.path).stem, bug.function.split(".")[-1]
        assert bug.path not in area + kind
        assert stem == "__init__" or not re.search(rf"\b{re.escape(stem)}\b", area), (
            area,
            bug.path,
        )
        assert "_" not in last or last not in area + kind + file.replace(bug.path, "")
        assert str(bug.lines[0]) not in re.findall(r"\d+", area + kind + file + function)
        assert (bug.path in file, bug.function in function) == (True, True)
        assert str(bug.lines[0]) in line


def test_how_to_look_for_a_kind_names_no_place_of_any_seed() -> None:
    told = " ".join(operator.hint for operator in discover().values())
    for name in seeds.builtin():
        seed = seeds.load(name)
        for path in seed.source:
            assert path not in told
            for function in outline.functions(seed.contents[path]):
                last = function.name.rpartition(".")[2]
                assert "_" not in last or last.startswith("__") or last not in told


def test_how_to_look_for_a_kind_is_the_same_wherever_it_lies(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    other = replace(bug, path="src/shop/prices.py", function="total", lines=(5, 5))
    assert told(challenge.key, None, bug)[1] == told(challenge.key, None, other)[1]


def test_every_operator_says_how_to_look_for_its_kind(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    for name, operator in discover().items():
        assert told(challenge.key, None, replace(bug, operator=name))[1] == operator.hint


@pytest.mark.parametrize(
    ("mode", "later", "depth", "said"),
    [
        (Mode.FAILING_TEST, False, 1, "one call below the test's own lines."),
        (Mode.TICKET, False, 4, "4 calls below what the customer does."),
        (Mode.FAILING_TEST, True, 4, "4 calls below the test's own lines, in an earlier step than the one that answers wrongly."),
    ],
)  # fmt: skip
def test_where_there_are_no_customers_words_the_area_is_how_deep_it_lies(
    challenge: Challenge, mode: Mode, later: bool, depth: int, said: str
) -> None:
    (bug,) = challenge.key.bugs
    measured = replace(bug.measurements, later_call=later, depth=depth)
    key = replace(challenge.key, mode=mode)
    assert told(key, None, replace(bug, measurements=measured))[0] == f"The fault lies {said}"


def traced(bug: Bug, path: str, *chain: str) -> Bug:
    """With the first wrong value in this file, so many calls below the test."""
    wrong = Wrong(Kind.LOCAL, path, "total", 6, 6, "n", "1", "2")
    links = tuple(Link(path, 6, function, None) for function in chain)
    return replace(bug, debrief=replace(bug.debrief, first=wrong, chain=links))


def test_the_area_is_that_of_the_first_wrong_value(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    words = replace(WORDS, areas={"prices": ("sums", ()), "carts": ("the basket", ())})
    (said,) = hints.rung(
        replace(challenge.key, bugs=(traced(bug, "src/shop/prices.py"),)), words, 1
    )
    assert said == "The first wrong value comes up in the part that deals with sums."


def test_the_area_of_the_first_wrong_value_does_not_name_the_guilty_file(
    challenge: Challenge,
) -> None:
    (bug,) = challenge.key.bugs
    words = replace(WORDS, areas={"prices": ("carts and sums", ("discounts", "the cart"))})
    (said,) = hints.rung(
        replace(challenge.key, bugs=(traced(bug, "src/shop/prices.py"),)), words, 1
    )
    assert said == "The first wrong value comes up in the part that deals with discounts."


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        (("test",), "in the test's own lines."),
        (("test", "a"), "one call below the test's own lines."),
        (("test", "a", "b"), "2 calls below the test's own lines."),
    ],
)
def test_without_customers_words_it_is_how_deep_the_first_wrong_value_lies(
    challenge: Challenge, chain: tuple[str, ...], said: str
) -> None:
    (bug,) = challenge.key.bugs
    first = told(challenge.key, None, traced(bug, "src/shop/prices.py", *chain))[0]
    assert first == f"The first wrong value comes up {said}"


def test_several_bugs_are_told_one_by_one(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    two = replace(challenge.key, bugs=(bug, replace(bug, path="src/shop/prices.py")))
    assert hints.rung(two, None, 3) == (
        "bug 1: It is in src/shop/carts.py.",
        "bug 2: It is in src/shop/prices.py.",
    )


def test_a_bug_outside_of_every_function_is_told_so(challenge: Challenge) -> None:
    (bug,) = challenge.key.bugs
    assert "outside of every function" in told(challenge.key, None, replace(bug, function=""))[3]
