"""Operators are found, and refused loudly where file, folder and function don't agree."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import libcst as cst
import pytest

from generator.operators import discover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

FIRST = {
    "drop_argument", "drop_conjunct", "drop_guard", "limit_edge", "sign_flip", "sort_tiebreak", "validate_after_mutate",
    "wrong_variable",
}  # fmt: skip

FILE = '''"""Does something."""
import libcst as cst
from generator.operators import operator
@operator(family="{family}", change="name", story="s", symptom="s", hint="h", evidence=[], examples=[], untouched=[])
def {name}(target: {wants}, at):
    yield from ()
'''


class Package:
    """A package of operators, somewhere else."""

    def __init__(self, root: Path) -> None:
        self.root = root / "strange"
        self.write("__init__.py", "")

    def write(self, path: str, text: str) -> None:
        where = self.root / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text)

    def operator(self, path: str, name: str, family: str = "logic", wants: str = "cst.If") -> None:
        self.write(path.partition("/")[0] + "/__init__.py", "")
        self.write(path, FILE.format(name=name, family=family, wants=wants))

    def load(self) -> ModuleType:
        importlib.invalidate_caches()
        return importlib.import_module("strange")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    monkeypatch.syspath_prepend(str(tmp_path))
    yield Package(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "strange"]:
        del sys.modules[name]


def test_the_first_eight_are_there_in_order() -> None:
    found = discover()
    assert set(found) >= FIRST
    assert list(found) == sorted(found)
    assert all(name == one.name for name, one in found.items())


def test_a_new_file_is_all_it_takes(package: Package) -> None:
    package.operator("logic/lose_it.py", "lose_it")
    package.write("helper.py", "")
    assert list(discover(package.load())) == ["lose_it"]


def test_a_union_asks_for_several_kinds_of_node(package: Package) -> None:
    package.operator("logic/lose_it.py", "lose_it", wants="cst.If | cst.While")
    assert discover(package.load())["lose_it"].wants == (cst.If, cst.While)


@pytest.mark.parametrize(
    ("path", "family", "message"),
    [
        ("logic/keep_it.py", "logic", "the operator is named lose_it"),
        ("money/lose_it.py", "logic", "the folder money"),
    ],
)
def test_a_name_or_a_family_in_the_wrong_place_is_refused(
    package: Package, path: str, family: str, message: str
) -> None:
    package.operator(path, "lose_it", family)
    with pytest.raises(ValueError, match=message):
        discover(package.load())


def test_a_file_without_an_operator_is_refused(package: Package) -> None:
    package.operator("logic/lose_it.py", "lose_it")
    package.write("logic/empty.py", "")
    with pytest.raises(ValueError, match="one operator a file, not 0"):
        discover(package.load())


def test_the_same_name_twice_is_refused(package: Package) -> None:
    package.operator("logic/lose_it.py", "lose_it")
    package.operator("money/lose_it.py", "lose_it", "money")
    with pytest.raises(ValueError, match="two operators are named lose_it"):
        discover(package.load())


def test_a_target_that_is_no_node_is_refused(package: Package) -> None:
    package.operator("logic/lose_it.py", "lose_it", wants="int")
    with pytest.raises(TypeError, match="node classes"):
        discover(package.load())
