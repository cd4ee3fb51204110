"""What every built-in seed has to be: large enough, told in a customer's words, green in any order, covered."""

from __future__ import annotations

import ast
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import pytest

from generator import seeds
from generator.challenge.tickets import narrate
from generator.challenge.tickets.symptom import is_told
from generator.challenge.tickets.telling import begins_again, leaves_unsaid
from generator.profile import profile
from generator.trial import baseline as baselines
from generator.trial import suite, tracing

if TYPE_CHECKING:
    from generator.records import Seed, Words

NAMES = seeds.builtin()
MODULE_FOR_ORDER = "order_of_tests"
ORDER = '''\
"""Runs the tests in the order that ORDER says: reversed, or shuffled by a number."""
import os
import random


def pytest_collection_modifyitems(items):
    order = os.environ["ORDER"]
    if order == "reversed":
        items.reverse()
    else:
        random.Random(order).shuffle(items)
'''


@pytest.fixture(scope="module", params=NAMES)
def seed(request: pytest.FixtureRequest) -> Seed:
    return seeds.load(request.param)


@pytest.fixture(scope="module")
def words(seed: Seed) -> Words:
    assert seed.words is not None
    return seed.words


@pytest.fixture(scope="module")
def tree(seed: Seed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp(seed.name)
    suite.write_tree(place, seed.contents)
    return place


def rules(seed: Seed) -> list[str]:
    return [
        (ast.get_docstring(node) or "").strip()
        for path in seed.tests
        for node in ast.walk(ast.parse(seed.contents[path]))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_a_seed_is_as_large_as_an_hour_allows(seed: Seed) -> None:
    found = profile(seed)
    assert 1000 <= found.lines <= 3000
    assert 8 <= found.modules <= 20
    assert found.tests >= 120


def test_every_test_states_its_rule_in_one_sentence_of_its_own(seed: Seed) -> None:
    told = rules(seed)
    assert all(re.fullmatch(r"[^\n]+[^.\n]\.", rule) for rule in told)
    assert len(set(told)) == len(told)


def test_every_module_has_an_area_in_a_customers_words(seed: Seed, words: Words) -> None:
    assert {PurePosixPath(path).stem for path in seed.source} <= words.areas.keys()


def test_no_two_seeds_share_their_customers() -> None:
    for kind in ("names", "companies"):
        everybody = [name for one in NAMES for name in getattr(seeds.load(one).words, kind)]
        assert len(set(everybody)) == len(everybody)


def passages(seed: Seed) -> set[tuple[str, ...]]:
    """Every ten lines in a row, without their indentation and the blank ones between."""
    texts = (seed.contents[path].decode() for path in (*seed.source, *seed.tests))
    files = ([line.strip() for line in text.split("\n") if line.strip()] for text in texts)
    return {tuple(lines[start : start + 10]) for lines in files for start in range(len(lines) - 9)}


def test_no_ten_lines_in_a_row_stand_in_two_seeds() -> None:
    for one, other in itertools.combinations(NAMES, 2):
        assert passages(seeds.load(one)).isdisjoint(passages(seeds.load(other)))


def test_there_are_people_enough_for_tickets_that_share_no_sentence(words: Words) -> None:
    assert len(words.names) >= 60
    assert len(words.companies) >= 40
    assert len(words.roles) >= 12
    assert all(len(operation.does) >= 3 for operation in words.operations.values())


@pytest.mark.slow
def test_nine_of_ten_tests_can_be_told_step_by_step(seed: Seed, words: Words) -> None:
    found = baselines.measure(seed)
    limits = baselines.limits(found, found.tests)
    traces = tracing.traces(suite.tree_of(seed), found.tests, limits=limits, watch=None)
    tellable = 0
    for trace in traces.values():
        calls = [call for call in trace.calls if is_told(words, call)]
        steps = narrate.repeated(narrate.worth_telling(words, calls))
        unsaid = begins_again(words, trace.calls) or leaves_unsaid(words, trace.calls)
        whole = not (trace.threaded or unsaid)
        tellable += whole and 0 < len(steps) <= narrate.STEPS_AT_MOST
    assert tellable >= 0.9 * len(found.tests)


def pytest_in(tree: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", *arguments]
    env = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", **environment}
    return subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("order", ["reversed", "1", "2"])
def test_the_suite_passes_in_any_order(tree: Path, order: str) -> None:
    (tree / f"{MODULE_FOR_ORDER}.py").write_text(ORDER)
    arguments = ("pytest", "-q", "-p", "no:cacheprovider", "-p", MODULE_FOR_ORDER)
    ran = pytest_in(tree, *arguments, ORDER=order, PYTHONPATH=str(tree))
    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
def test_nineteen_of_twenty_branches_are_covered(tree: Path) -> None:
    run = (
        "coverage",
        "run",
        "--branch",
        "--source=src",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
    )
    assert pytest_in(tree, *run).returncode == 0
    assert pytest_in(tree, "coverage", "json", "-q", "-o", "coverage.json").returncode == 0
    totals = json.loads((tree / "coverage.json").read_text())["totals"]
    assert totals["covered_branches"] >= 0.95 * totals["num_branches"]
    assert totals["percent_covered"] >= 95
