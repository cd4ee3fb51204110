"""What an operator does may not depend on line ends, encoding marks, indentation or what stands above."""

from __future__ import annotations

import ast
import importlib.util
import pathlib
import re
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.edits import apply, apply_to_file
from generator.inject import inject, mutants_of_file
from generator.operators import discover
from generator.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE = sorted(
    {
        example.before
        for one in discover().values()
        for example in one.examples
        if not example.others
    }
)
DRESSES: dict[str, Callable[[bytes], bytes]] = {
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "mark": lambda data: b"\xef\xbb\xbf" + data,
    "tabs": lambda data: re.sub(rb"(?m)^(?:    )+", lambda m: b"\t" * (len(m[0]) // 4), data),
    "above": lambda data: "été = 1; hiver = (1,  # 🐛\n  2)\n".encode() + data,
    "form feed": lambda data: b"spring = 1\n\x0c\n\x0cautumn = 2\n" + data,
    "class": lambda data: (
        b"class C:\n"
        + b"".join(b"    " + r for r in data.splitlines(keepends=True))
        + b"    c = 1\n"
    ),
}
COMMUTING = ("crlf", "mark", "above", "form feed")


def results(data: bytes) -> list[bytes]:
    found = mutants_of_file("example.py", data)
    assert not found.unread
    return sorted(apply_to_file(data, each.edits) for each in found.mutants)


@given(
    st.sampled_from(BEFORE),
    st.lists(st.sampled_from(COMMUTING), unique=True).map(
        lambda some: sorted(some, key=COMMUTING.index, reverse=True)
    ),
)
def test_dressing_a_file_and_changing_it_commute(before: str, dresses: list[str]) -> None:
    def dressed(data: bytes) -> bytes:
        for name in dresses:
            data = DRESSES[name](data)
        return data

    # Where the very first statement goes, the blank lines below it do too.
    plain = b"winter = 0\n" + before.encode()
    wanted = sorted(map(dressed, results(plain)))
    assert set(wanted) <= set(results(dressed(plain)))


@given(st.sampled_from(BEFORE), st.sampled_from(sorted(DRESSES)), st.booleans())
def test_every_mutant_is_sorted_compiles_and_differs(before: str, dress: str, ends: bool) -> None:
    data = DRESSES[dress](before.encode())
    data = data if ends else data.rstrip(b"\r\n")
    for each in mutants_of_file("example.py", data).mutants:
        for one, other in pairwise(each.edits):
            assert one.end < other.start
        assert all(edit.start <= edit.end <= len(data) for edit in each.edits)
        result = apply_to_file(data, each.edits)
        assert ast.dump(ast.parse(result)) != ast.dump(ast.parse(data))
        assert b"\r\n" not in data or not re.search(rb"(?<!\r)\n|\r(?!\n)", result)


MODULES = ("json.decoder", "csv", "bisect", "textwrap", "click.parser")
MORE_MODULES = (
    "json.encoder", "queue", "sched", "calendar", "packaging.version", "fractions", "shelve",
)  # fmt: skip


@pytest.mark.parametrize(
    "name", [*MODULES, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE_MODULES)]
)
def test_real_modules_stay_whole(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    data = pathlib.Path(spec.origin).read_bytes()
    found = mutants_of_file("m.py", data)
    tree = ast.dump(ast.parse(data))
    guarded = quiet_lines(ast.parse(data))
    for each in found.mutants[:: len(found.mutants) // 25 + 1]:
        result = apply_to_file(data, each.edits)
        compile(result, name, "exec", dont_inherit=True)
        assert ast.dump(ast.parse(result)) != tree
        assert each.touched
        if len(each.edits) == 1 and b"\n" not in data[each.edits[0].start : each.edits[0].end]:
            assert each.line not in guarded


@pytest.mark.slow
def test_a_formatter_finds_next_to_nothing_to_do(tmp_path: pathlib.Path) -> None:
    package = pathlib.Path(__file__).parents[2] / "seeds" / "ledger" / "src"
    contents = {path.name: path.read_bytes() for path in sorted(package.rglob("*.py"))}
    assert contents
    mutants = inject(Project(contents, tuple(contents)), discover()).mutants
    for each in mutants:
        for path, data in apply(contents, each.edits).items():
            (tmp_path / f"{each.operator}-{each.edits[0].start}-{len(data)}-{path}").write_bytes(
                data
            )
    command = ["ruff", "format", "--isolated", "--no-cache", "--line-length=100", "--check", "."]
    run = subprocess.run(
        [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    odd = run.stdout.count("unformatted: File would be reformatted")
    assert odd + run.stdout.count("Would reformat") <= len(mutants) * 0.02, run.stdout


def quiet_lines(tree: ast.Module) -> frozenset[int]:
    """The lines that hold nothing but a docstring, or lie in `__repr__`."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "__repr__":
            lines.update(range(node.lineno, (node.end_lineno or 0) + 1))
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) or not node.body:
            continue
        first = node.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            lines.update(range(first.lineno, (first.end_lineno or 0) + 1))
    return frozenset(lines)
