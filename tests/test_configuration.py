from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from generator import configuration
from generator.errors import UnfitError
from generator.records import Configuration
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path


def read(**files: str) -> Configuration:
    names = {"pyproject": "pyproject.toml", "setup": "setup.cfg", "dotted": ".pytest.ini"}
    suffixed = {names.get(name, name.replace("_", ".")): text for name, text in files.items()}
    return configuration.read({name: text.encode() for name, text in suffixed.items()})


def test_without_a_section_there_is_no_file() -> None:
    nothing = Configuration(None)
    assert read() == nothing
    assert read(pyproject="[tool.ruff]\n", setup="[metadata]\n", tox_ini="[tox]\n") == nothing
    assert read(pyproject="[tool.pytest]\n") == nothing


@pytest.mark.parametrize("text", ["[tool]\npytest = 3\n", "tool = 3\n"])
def test_a_pyproject_of_another_shape_has_no_section(text: str) -> None:
    assert configuration.read({"pyproject.toml": text.encode()}) == Configuration(None)


def test_the_first_file_in_pytests_order_counts() -> None:
    files = {
        "pytest_toml": "",
        "pytest_ini": "",
        "dotted": "",
        "pyproject": "[tool.pytest.ini_options]\n",
        "tox_ini": "[pytest]\n",
        "setup": "[tool:pytest]\n",
    }
    order = []
    while files:
        order.append(read(**files).path)
        del files[next(iter(files))]
    assert order == [
        "pytest.toml",
        "pytest.ini",
        ".pytest.ini",
        "pyproject.toml",
        "tox.ini",
        "setup.cfg",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pytest_toml", "[pytest]\naddopts = ['-m', 'not slow']\ntestpaths = ['a', 'b']\npythonpath = ['src']\n"),
        ("pytest_ini", "[pytest]\naddopts = -m 'not slow'\ntestpaths =\n    a\n    b\npythonpath = src\n"),
        ("pyproject", "[tool.pytest.ini_options]\naddopts = \"-m 'not slow'\"\ntestpaths = 'a b'\npythonpath = 'src'\n"),
        ("pyproject", "[tool.pytest]\naddopts = ['-m', 'not slow']\ntestpaths = ['a', 'b']\npythonpath = ['src']\n"),
        ("setup", "[tool:pytest]\naddopts = -m 'not slow'\ntestpaths = a b\npythonpath = src\n"),
    ],
)  # fmt: skip
def test_all_ways_to_write_the_same_are_the_same(name: str, text: str) -> None:
    found = read(**{name: text})
    assert (found.addopts, found.testpaths, found.pythonpath) == (
        ("-m", "not slow"),
        ("a", "b"),
        ("src",),
    )


@pytest.mark.parametrize(
    ("addopts", "kept"),
    [
        ("-ra --cov --cov-report term-missing -q", "-ra -q"),
        ("--cov src --cov-report=xml --no-cov-on-fail --cov-fail-under 90 -x", "-x"),
        ("--cov -v", "-v"),
        ("-n 4 -v", "-v"),
        ("-nauto -n=2 --numprocesses=3 --dist loadfile --maxprocesses 2 -v", "-v"),
        ("--doctest-modules --doctest-glob '*.md' tests", "tests"),
        ("-p xdist -p no:randomly -p my.plugin -pxdist -pmine", "-p no:randomly -p my.plugin -pmine"),
        ("--randomly-seed 3 --randomly-dont-reorganize --random-order -v", "-v"),
        ("-m 'not slow' --nf --durations=3", "-m 'not slow' --nf --durations=3"),
        ("-k 'a and", "-k 'a and"),
    ],
)  # fmt: skip
def test_what_asks_for_plugins_kept_out_goes(addopts: str, kept: str) -> None:
    found = read(pytest_ini=f"[pytest]\naddopts = {addopts}\n")
    assert found.addopts == tuple(configuration._words(kept))


CASES = {
    "nothing": ({}, {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n'}),
    "no section": (
        {"pyproject.toml": "[project]\nname = 'x'\n\n\n"},
        {"pyproject.toml": "[project]\nname = 'x'\n\n\n\n[tool.pytest.ini_options]\npythonpath = [\"src\"]\n"},
    ),
    "no newline at the end": (
        {"pyproject.toml": "[project]\nname = 'x'"},
        {"pyproject.toml": "[project]\nname = 'x'\n\n[tool.pytest.ini_options]\npythonpath = [\"src\"]\n"},
    ),
    "nothing to do": ({"pytest.ini": "[pytest]\npythonpath = src lib"}, {}),
    "an option more": (
        {"pyproject.toml": "# é\r\n[tool.pytest.ini_options] # ours\r\nminversion = '8'\r\n[tool.x]\r\ny=[1,\r\n2]\r\n"},
        {"pyproject.toml": "# é\r\n[tool.pytest.ini_options] # ours\r\npythonpath = [\"src\"]\r\nminversion = '8'\r\n[tool.x]\r\ny=[1,\r\n2]\r\n"},
    ),
    "an empty section": (
        {"pyproject.toml": "[tool.pytest.ini_options]"},
        {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n'},
    ),
    "several lines": (
        {"pyproject.toml": "[tool.pytest.ini_options]\n  addopts = [\n'-ra', # all\n# cov\n'--cov',\n]\n\npythonpath=['lib']\nmarkers = ['a']\n"},
        {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["-ra"]\n\npythonpath = ["src", "lib"]\nmarkers = [\'a\']\n'},
    ),
    "a long string": (
        {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = """\n-ra\n--cov\n"""\npythonpath = "src"\n'},
        {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = ["-ra"]\npythonpath = "src"\n'},
    ),
    "native": (
        {"pyproject.toml": "[tool.pytest]\naddopts = ['-n4', '--junit-prefix', 'a \"b\"']\n"},
        {"pyproject.toml": '[tool.pytest]\npythonpath = ["src"]\naddopts = ["--junit-prefix", "a \\"b\\""]\n'},
    ),
    "pytest.toml": ({"pytest.toml": ""}, {"pytest.toml": '[pytest]\npythonpath = ["src"]\n\n'}),
    "an ini": (
        {"tox.ini": "[tox]\nenvlist = py\n[pytest]\naddopts =\n    -ra\n\n    --cov\n    # more\ntestpaths: t\n[x]\naddopts = --cov\n"},
        {"tox.ini": "[tox]\nenvlist = py\n[pytest]\npythonpath = src\naddopts = -ra\ntestpaths: t\n[x]\naddopts = --cov\n"},
    ),
    "an empty ini": ({"pytest.ini": "# ours\n"}, {"pytest.ini": "[pytest]\npythonpath = src\n# ours\n"}),
    "a cfg": (
        {"setup.cfg": "[tool:pytest]\npythonpath = lib\naddopts: --cov\n"},
        {"setup.cfg": "[tool:pytest]\npythonpath = src lib\naddopts =\n"},
    ),
    "required plugins": (
        {"pytest.ini": "[pytest]\npythonpath = src\nrequired_plugins = pytest-cov>=4 pytest-mock\n"},
        {"pytest.ini": "[pytest]\npythonpath = src\nrequired_plugins = pytest-mock\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_import_root_is_added_and_every_other_byte_stays(case: str) -> None:
    before, after = CASES[case]
    given = {name: text.encode() for name, text in before.items()}
    changed = configuration.with_import_root(given, "src")
    assert {name: text.decode() for name, text in changed.items()} == after
    assert configuration.with_import_root({**given, **changed}, "src") == {}


@pytest.mark.parametrize(
    "text",
    [
        "[tool]\npytest.ini_options.minversion = '8'\n",
        "[tool.pytest]\nini_options = {minversion = '8'}\n",
    ],
)
def test_a_section_that_can_not_be_edited_is_said_with_what_to_write(text: str) -> None:
    with pytest.raises(UnfitError, match=r'Write `pythonpath = \["src"\]` there'):
        configuration.with_import_root({"pyproject.toml": text.encode()}, "src")


OUTER = {
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--no-such-option'\n",
    "conftest.py": "",
}


@pytest.mark.parametrize("case", sorted(CASES.keys() - {"nothing to do", "required plugins"}))
def test_pytest_finds_the_package_inside_another_project(tmp_path: Path, case: str) -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/core.py": "",
        "t/test_a.py": "import shop.core\ndef test_a(): pass\n",
        **CASES[case][0],
    }
    contents = {name: text.encode() for name, text in files.items()}
    contents |= configuration.with_import_root(contents, "src")
    write(tmp_path, OUTER)
    inner = write(tmp_path / "inner", contents)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "t/test_a.py"],
        cwd=inner,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
