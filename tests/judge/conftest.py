"""A small challenge, built by hand: three functions, nine tests, one bug, two hidden tests (one of them fails)."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from generator import configuration, index
from generator import key as keys
from generator.challenge import repository
from generator.debrief import Debrief, Typed
from generator.process import Limits
from generator.records import Measurements, Mode, Request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

QUICK = Limits(wall=30, cpu=3, memory=1 << 30, file=1 << 20)
CARTS = "src/shop/carts.py"
PRICES = "src/shop/prices.py"

_PRICES = b'''"""Prices in cents."""


def total(prices):
    """The sum of the prices."""
    return sum(prices)


def discounted(price, percent):
    """The price less a percentage."""
    return price - price * percent // 100
'''
_CLEAN = b'''"""Carts."""

LIMIT = 3


def may_add(cart):
    """Whether one more goes in."""
    return len(cart) < LIMIT
'''
_BUGGY = _CLEAN.replace(b"<", b"<=")
_TEST_PRICES = b"""import pytest

from shop import prices


def test_total():
    assert prices.total([1, 2]) == 3


def test_total_of_nothing():
    assert prices.total([]) == 0


@pytest.mark.parametrize("percent", [0, 10, 100])
def test_discount(percent):
    assert prices.discounted(200, percent) == 200 - 2 * percent
"""
_TEST_CARTS = b"""from shop.carts import may_add


def test_room():
    assert may_add([])


def test_full():
    assert may_add(["a", "b", "c"]) == False
"""
_HIDDEN = b'''

def test_refusal_of_the_fourth():
    """A cart of three is full.

    More than that nobody needs to know.
    """
    assert may_add([1, 2, 3]) == False


def test_overfull_stays_refused():
    assert may_add([1, 2, 3, 4]) == False
'''
_SETTINGS = b'[tool.pytest.ini_options]\npythonpath = ["src"]\ntestpaths = ["tests"]\n'
MEASURED = Measurements(
    traceback_in_file=False,
    traceback_in_function=False,
    depth=1,
    later_call=False,
    asked_in_file=False,
    words_in_function=False,
    executed_lines=1,
    suspect_rank=1,
    wrong_value=True,
    failing=1,
    places=1,
)
RANDOM_SEED = 7_316_717_653_133_062_491


@dataclass(frozen=True)
class Challenge:
    """A challenge on the disk, and its key."""

    root: Path
    key: keys.AnswerKey
    sealed: Path

    def write(self, path: str, text: str | bytes) -> None:
        """Put a file there, as a learner would."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def solve(self) -> None:
        """Apply the fix."""
        self.write(CARTS, _CLEAN)

    def contents(self) -> dict[str, bytes]:
        """What was handed out."""
        return {**self.key.fixed, **self.key.emitted}


def _files() -> dict[str, bytes]:
    return {
        "README.md": b"# Shop\n\nFind the bug.\n",
        "TICKET.md": b"# SHOP-1: A cart took four things\n\nThree is the limit.\n",
        ".gitignore": b"__pycache__/\n",
        ".vscode/launch.json": b"{}\n",
        ".bugsquash.json": b'{"format": 1, "id": "shop-abc2345", "mode": "failing-test", "minutes": 60}\n',
        "pyproject.toml": _SETTINGS,
        "run.sh": b"#!/bin/sh\nexec python -m pytest\n",
        "src/shop/__init__.py": b"",
        PRICES: _PRICES,
        CARTS: _BUGGY,
        "tests/test_prices.py": _TEST_PRICES,
        "tests/test_carts.py": _TEST_CARTS,
    }


def _key(contents: Mapping[str, bytes]) -> keys.AnswerKey:
    source = tuple(sorted(path for path in contents if path.startswith("src/")))
    prices = [f"tests/test_prices.py::test_{name}" for name in ("total", "total_of_nothing")]
    prices += [f"tests/test_prices.py::test_discount[{percent}]" for percent in (0, 10, 100)]
    carts = [
        f"tests/test_carts.py::test_{name}"
        for name in ("room", "full", "refusal_of_the_fourth", "overfull_stays_refused")
    ]
    bug = keys.Bug(
        operator="limit_edge",
        family="boundary",
        change="expression",
        story="The limit was read as 'up to' where the rule says 'fewer than'.",
        path=CARTS,
        function="may_add",
        lines=(8, 8),
        places=1,
        bug_patch=repository.patch({CARTS: _CLEAN}, {CARTS: _BUGGY}),
        fix_patch=repository.patch({CARTS: _BUGGY}, {CARTS: _CLEAN}),
        failing=("tests/test_carts.py::test_full",),
        hidden=("tests/test_carts.py::test_refusal_of_the_fourth",),
        level=1,
        measurements=MEASURED,
        debrief=Debrief(
            "tests/test_carts.py::test_full",
            "AssertionError: assert not True",
            session=(
                Typed(f"b {CARTS}:8", ""),
                Typed("c", ""),
                Typed("p cart", "['a', 'b', 'c']"),
                Typed("p LIMIT", "3"),
            ),
        ),
    )
    executable = frozenset({"run.sh"})
    return keys.AnswerKey(
        id="shop-abc2345",
        tool_version="0.1.0",
        python="{}.{}".format(*sys.version_info),
        seed=keys.SeedFacts("shop", "0" * 64, "shop", "src", configuration.read(contents)),
        request=Request("shop", RANDOM_SEED, 1),
        command="bugsquash new shop",
        mode=Mode.FAILING_TEST,
        level=1,
        selection={},
        measurements=MEASURED,
        bugs=(bug,),
        tests=(*carts, *prices),
        visible=(*carts[:2], *prices),
        originals={
            "tests/test_prices.py": _TEST_PRICES,
            "tests/test_carts.py": _TEST_CARTS + _HIDDEN,
        },
        fixed={path: content for path, content in contents.items() if path not in source},
        executable=executable,
        source=source,
        tree=keys.tree_hash(contents, executable),
        commit="",
        emitted={path: contents[path] for path in source},
    )


@pytest.fixture(scope="session")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Challenge:
    """The challenge as it was written, for copies; nobody writes to it."""
    root = tmp_path_factory.mktemp("made") / "shop-abc2345"
    contents = _files()
    key = _key(contents)
    commit = repository.write(root, contents, key.executable)
    return Challenge(root, replace(key, commit=commit), root)


@pytest.fixture
def challenge(handed_out: Challenge, tmp_path: Path, home: Path) -> Challenge:
    """A fresh challenge below `out`, with its key beside it and known to the index."""
    return place(handed_out, tmp_path / "out")


def place(handed_out: Challenge, out: Path) -> Challenge:
    """A copy of the challenge below `out`, times and all."""
    root = out / "shop-abc2345"
    shutil.copytree(handed_out.root, root, symlinks=True)
    sealed = out / ".keys" / "shop-abc2345.age"
    sealed.parent.mkdir()
    sealed.write_bytes(keys.seal(handed_out.key))
    index.remember(handed_out.key.id, sealed, root, sys.executable, suite_seconds=0.3)
    return Challenge(root, handed_out.key, sealed)
