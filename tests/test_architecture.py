"""Which way imports run, and what happens in one place only. Every file is parsed, none imported."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHILD = ROOT / "generator" / "trial" / "child"
FILES = sorted((ROOT / "generator").rglob("*.py"))
OURS = [path for path in FILES if not path.is_relative_to(CHILD)]

LAYERS = (
    {"records", "debrief", "errors"},
    {"views", "own_network", "leftover"},
    {
        "places",
        "process",
        "outline",
        "crashes",
        "edits",
        "guilt",
        "execution",
        "configuration",
        "index",
        "machine",
    },
    {"scopes", "source", "parsing", "project", "seeds", "divergence"},
    {"changes"},
    {"operators"},
    {
        "inject",
        "statements",
        "reparse",
        "no_go",
        "restated",
        "trial",
        "admit",
        "difficulty",
        "search",
        "select",
        "diagnostics",
        "key",
        "profile",
        "worth",
        "enumerated",
        "elsewhere",
    },
    {"challenge"},
    {"judge"},
    {"bench", "examine", "retrace", "pipeline"},
    {"practice", "classroom", "wish", "appraise", "catalogue", "html"},
    {"cli"},
)
"""Lowest first. A part imports from its own layer and from those below."""
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in OURS}


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


@functools.cache
def imports(path: Path) -> frozenset[str]:
    """Names of the modules this file imports, those under TYPE_CHECKING and inside functions included."""
    found = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            base = node.module or ""
            below = {f"{base}.{alias.name}" for alias in node.names}
            found |= {name if name in MODULES else base for name in below}
    return frozenset(found)


def at_run_time(path: Path) -> frozenset[str]:
    """The same without what only type checkers import."""
    tree = parsed(path)
    typing_only = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    names = set()
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            below = {f"{base}.{alias.name}" for alias in node.names}
            names |= {name if name in MODULES else base for name in below}
    return frozenset(names)


def part(module: str) -> str | None:
    """`generator.trial.suite` → `trial`."""
    names = module.split(".")
    return names[1] if names[0] == "generator" and len(names) > 1 else None


def test_every_part_has_its_layer() -> None:
    parts = {part(module) for module in MODULES} - {None}
    assert parts <= set(RANK)


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_upward(module: str) -> None:
    own = part(module)
    if own is None:
        return
    upward = {
        name
        for name in imports(MODULES[module])
        if (other := part(name)) is not None and RANK[other] > RANK[own]
    }
    assert upward == set()


def test_no_module_imports_itself_over_others() -> None:
    below = {
        module: {name for name in at_run_time(path) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    while free := [module for module, names in below.items() if not names & set(below)]:
        for module in free:
            del below[module]
    assert below == {}


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        (
            "libcst",
            (
                "generator/scopes.py",
                "generator/source.py",
                "generator/parsing.py",
                "generator/project.py",
                "generator/changes/",
                "generator/operators/",
                "generator/inject.py",
                "generator/reparse.py",
                "generator/statements.py",
                "generator/no_go.py",
            ),
        ),
        ("subprocess", ("generator/process.py",)),
        ("multiprocessing", ()),
        ("pytest", ("generator/trial/child/",)),
        ("coverage", ("generator/trial/child/bugsquash_child/covered.py",)),
        ("click", ("generator/cli/",)),
        ("rich", ("generator/cli/", "generator/practice/")),
        ("pygal", ("generator/html/charts.py",)),
        ("pygments", ("generator/html/code.py",)),
        ("fsrs", ("generator/practice/review.py",)),
    ],
)
def test_a_library_has_its_place(library: str, allowed: tuple[str, ...]) -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if library in {name.split(".")[0] for name in imports(path)}
    ]
    assert [user for user in users if not user.startswith(allowed)] == []


@pytest.mark.parametrize(
    "call", ["fork", "forkpty", "system", "popen", "posix_spawn", "execv", "execvp"]
)
def test_processes_are_started_nowhere_else(call: str) -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for path in FILES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and node.attr == call
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]
    doors = {"fork": "generator/trial/child/", "execvp": "generator/own_network.py"}
    allowed = doors.get(call, "-")
    assert [user for user in users if not user.startswith(allowed)] == []


@pytest.mark.parametrize("path", sorted(CHILD.rglob("*.py")), ids=lambda path: path.stem)
def test_the_child_stands_alone_and_is_old_python(path: Path) -> None:
    ast.parse(path.read_bytes(), feature_version=(3, 9))
    roots = {name.split(".")[0] for name in imports(path)}
    allowed = set(sys.stdlib_module_names) | {"pytest", "_pytest", "coverage", "bugsquash_child"}
    assert roots <= allowed


@pytest.mark.parametrize("values", ["records", "debrief"])
def test_values_need_the_standard_library_only(values: str) -> None:
    found = imports(ROOT / "generator" / f"{values}.py") - {"generator.debrief"}
    assert {name.split(".")[0] for name in found} <= set(sys.stdlib_module_names)


def test_help_comes_without_the_heavy_libraries() -> None:
    code = (
        "import sys; from generator.cli import cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        "print(sorted({'libcst', 'pytest', 'coverage', 'jinja2', 'generator.pipeline'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
