"""Cutting test functions out of test files: what goes, what stays, and that nobody sees the seam."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.challenge.hiding.cut import UncuttableError, cut, cuttable

HELPERS = '''
"""What the tests share."""

import decimal
import json


def amount(text):
    return decimal.Decimal(text)


def body(value):
    return json.dumps(value)


class Base:
    def make(self):
        return 1

    def test_inherited(self):
        assert self.make()
'''

CONFTEST = """
import pathlib
import time

import pytest


@pytest.fixture
def clock():
    return time.monotonic()


@pytest.fixture
def folder(tmp_path):
    return pathlib.Path(tmp_path)


@pytest.fixture
def asked_by_name():
    return 1


@pytest.fixture
def unused():
    return 0


@pytest.fixture(autouse=True)
def always():
    yield
"""

SHOP = '''
"""The shop's rules."""

from __future__ import annotations

import contextlib
import re
from collections import (
    ChainMap,  # only here
    Counter,
    deque,
)
from typing import TYPE_CHECKING

import pytest

from tests.helpers import Base, amount, body

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 3
PATTERN = re.compile("a+")
NEVER_USED = 7


def even(count):
    return count == 0 or odd(count - 1)


def odd(count):
    return count != 0 and even(count - 1)


@pytest.fixture
def basket() -> Iterator[list[int]]:
    yield []


# the rule of the limit
@pytest.mark.parametrize("count", [1, 2])
def test_limit(count):
    assert count < LIMIT


def test_even(basket):
    assert even(len(basket))
    # and nothing else


def test_pattern():
    assert PATTERN.match("aa")


class TestAmounts:
    """Amounts."""

    currency = "EUR"

    def price(self):
        return amount("1.20")

    def test_price(self, clock):
        assert self.price()

    # compared by currency
    def test_currency(self):
        assert self.currency == "EUR"


class TestInherits(Base):
    def test_own(self):
        assert Counter([1]) and deque([2])


@pytest.mark.usefixtures("asked_by_name")
def test_body(folder):
    with contextlib.suppress(ValueError):
        assert body(ChainMap({}))
'''


def files(**sources: str) -> dict[str, bytes]:
    return {
        path.replace("__", "/") + ".py": dedent(source).lstrip("\n").encode()
        for path, source in sources.items()
    }


SUITE = {
    "tests/__init__.py": b"",
    **files(tests__helpers=HELPERS, tests__conftest=CONFTEST, tests__test_shop=SHOP),
}
CUTTABLE = sorted(cuttable(SUITE))


def shop(*names: str) -> str:
    """The file `test_shop` without these tests."""
    return after(SUITE, {f"tests/test_shop.py::{name}" for name in names})["tests/test_shop.py"]


def after(suite: dict[str, bytes], hide: set[str]) -> dict[str, str]:
    changed = {**suite, **cut(suite, hide)}
    return {path: content.decode() for path, content in changed.items() if content is not None}


def one(source: str, *hide: str) -> str | None:
    """A suite of a single file, with these tests cut out."""
    suite = files(test_one=source)
    return after(suite, {f"test_one.py::{name}" for name in hide}).get("test_one.py")


def defined_in(path: str, source: str) -> set[str]:
    found: set[str] = set()

    def walk(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef) and child.name.startswith("test"):
                found.add(prefix + child.name)
            walk(child, f"{prefix}{child.name}::" if isinstance(child, ast.ClassDef) else prefix)

    walk(ast.parse(source), f"{path}::")
    return found


def ruff(sources: dict[str, str], *arguments: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for path, source in sources.items():
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source)
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", "."]
        return subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False
        ).stdout


def findings(sources: dict[str, str]) -> Counter[tuple[str, str]]:
    out = ruff(sources, "check", "--select", "F,E9", "--output-format", "json")
    return Counter((each["code"], each["message"]) for each in json.loads(out))


def is_formatted(sources: dict[str, str]) -> bool:
    return "reformat" not in ruff(sources, "format", "--check", "--line-length", "100")


def test_hiding_nothing_changes_nothing() -> None:
    assert cut(SUITE, set()) == {}


def test_the_suite_under_test_is_clean_to_begin_with() -> None:
    plain = {path: content.decode() for path, content in SUITE.items()}
    assert is_formatted(plain)
    assert not findings(plain)


@settings(max_examples=12)
@given(st.sets(st.sampled_from(CUTTABLE)))
def test_whatever_is_hidden_the_rest_is_a_clean_suite_of_exactly_the_other_tests(
    hide: set[str],
) -> None:
    left = after(SUITE, hide)
    every = {name for path, content in SUITE.items() for name in defined_in(path, content.decode())}
    assert {name for path, text in left.items() for name in defined_in(path, text)} == every - hide
    assert not findings(left)
    assert is_formatted(left)


def test_everything_else_stays_byte_for_byte() -> None:
    removed = [line for line in SHOP.splitlines() if line and line not in shop("test_limit")]
    assert removed == [
        "LIMIT = 3",
        "# the rule of the limit",
        '@pytest.mark.parametrize("count", [1, 2])',
        "def test_limit(count):",
        "    assert count < LIMIT",
    ]


def test_a_comment_at_the_end_of_a_test_goes_with_it() -> None:
    assert "and nothing else" not in shop("test_even")


def test_helpers_that_call_each_other_go_together() -> None:
    assert "def odd" not in shop("test_even")


def test_a_fixture_that_only_the_cut_test_used_goes_with_its_imports() -> None:
    text = shop("test_even")
    assert "basket" not in text
    assert "TYPE_CHECKING" not in text


def test_what_nobody_ever_used_stays() -> None:
    assert "NEVER_USED" in shop("test_limit", "test_even", "test_pattern")
    assert "unused" in after(SUITE, set(CUTTABLE))["tests/conftest.py"]


def test_an_import_loses_only_the_names_that_are_no_longer_used() -> None:
    text = shop("test_body")
    assert "from collections import (\n    Counter,\n    deque,\n)" in text
    assert "from tests.helpers import Base, amount\n" in text


def test_the_last_name_of_a_line_goes_with_its_comma() -> None:
    source = """
    from json import dumps, loads


    def test_a():
        dumps(1)


    def test_b():
        loads("1")
    """
    assert (one(source, "test_b") or "").startswith("from json import dumps\n")
    assert (one(source, "test_a") or "").startswith("from json import loads\n")


def test_several_names_at_the_end_of_a_line_go_at_once() -> None:
    source = """
    from os import path, sep, stat


    def test_a():
        assert path


    def test_b():
        assert sep and stat
    """
    assert (one(source, "test_b") or "").startswith("from os import path\n\n\ndef test_a")


def test_a_helper_in_another_file_goes_once_nobody_imports_it() -> None:
    text = after(SUITE, {"tests/test_shop.py::test_body"})["tests/helpers.py"]
    assert "def body" not in text
    assert "import json" not in text
    assert "def amount" in text


def test_a_conftest_fixture_goes_once_nobody_asks_for_it() -> None:
    text = after(SUITE, {"tests/test_shop.py::test_body"})["tests/conftest.py"]
    assert "def folder" not in text
    assert "asked_by_name" not in text
    assert "def clock" in text


def test_an_automatic_fixture_stays() -> None:
    assert "def always" in after(SUITE, set(CUTTABLE))["tests/conftest.py"]


def test_a_fixture_asked_for_at_run_time_counts_as_used() -> None:
    source = """
    import pytest


    @pytest.fixture
    def rate():
        return 1


    def test_a(rate):
        assert rate


    def test_b(request):
        assert request.getfixturevalue("rate")
    """
    assert "def rate" in (one(source, "test_a") or "")


def test_a_fixture_whose_name_is_put_together_at_run_time_counts_as_used() -> None:
    source = """
    import pytest


    @pytest.fixture
    def rate_eur():
        return 1


    def test_a(rate_eur):
        assert rate_eur


    def test_b(request):
        assert request.getfixturevalue(f"rate_{'eur'}")
    """
    assert "def rate_eur" in (one(source, "test_a") or "")


def test_a_local_name_does_not_keep_an_import_alive() -> None:
    source = """
    import json


    def test_a():
        assert json


    def test_b():
        json = 3
        assert json
    """
    assert "import json" not in (one(source, "test_a") or "")


def test_a_parametrised_name_does_not_keep_an_import_alive() -> None:
    source = """
    import json

    import pytest


    def test_a():
        assert json


    @pytest.mark.parametrize("json", [1])
    def test_b(json):
        assert json
    """
    assert "import json" not in (one(source, "test_a") or "")


def test_a_quoted_annotation_keeps_its_import() -> None:
    source = """
    from decimal import Decimal


    def test_a():
        assert Decimal(1)


    def test_b():
        value: "Decimal | None" = None
        assert value is None
    """
    assert "import Decimal" in (one(source, "test_a") or "")


def test_what_a_module_exports_is_never_cut() -> None:
    source = """
    __all__ = ["helper"]


    def helper():
        return 1


    def test_a():
        assert helper()


    def test_b():
        assert True
    """
    assert "def helper" in (one(source, "test_a") or "")


def test_a_star_import_keeps_everything_of_its_module() -> None:
    suite = files(
        helpers="""
        def helper():
            return 1
        """,
        test_a="""
        from helpers import helper


        def test_a():
            assert helper()
        """,
        test_b="""
        from helpers import *


        def test_b():
            assert True
        """,
    )
    assert "def helper" in after(suite, {"test_a.py::test_a"})["helpers.py"]


def test_a_class_goes_with_its_last_test() -> None:
    text = shop("TestAmounts::test_price", "TestAmounts::test_currency")
    assert "TestAmounts" not in text


def test_a_class_keeps_the_methods_that_other_tests_call() -> None:
    assert "def price" not in shop("TestAmounts::test_price")
    assert "def price" in shop("TestAmounts::test_currency")


def test_a_class_that_inherits_tests_stays_without_its_own() -> None:
    assert "class TestInherits(Base):\n    pass\n" in shop("TestInherits::test_own")


def test_a_test_that_others_inherit_cannot_be_cut() -> None:
    assert "tests/helpers.py::Base::test_inherited" not in CUTTABLE
    with pytest.raises(UncuttableError, match="inherits"):
        cut(SUITE, {"tests/helpers.py::Base::test_inherited"})


def test_an_inherited_test_cannot_be_cut_where_it_is_collected() -> None:
    with pytest.raises(UncuttableError, match="not defined there"):
        cut(SUITE, {"tests/test_shop.py::TestInherits::test_inherited"})


def test_a_test_that_is_called_by_another_cannot_be_cut() -> None:
    suite = files(test_one="def test_a():\n    pass\n\n\ndef test_b():\n    test_a()\n")
    assert cuttable(suite) == {"test_one.py::test_b"}


def test_both_definitions_of_a_repeated_test_go() -> None:
    source = """
    def test_a():
        assert 1


    def test_a():
        assert 2


    def test_b():
        assert 3
    """
    assert one(source, "test_a") == "def test_b():\n    assert 3\n"


def test_a_file_without_a_test_left_goes() -> None:
    assert one("import os\n\n\ndef test_a():\n    assert os\n", "test_a") is None


def test_a_package_file_stays_without_its_tests() -> None:
    suite = {"tests/__init__.py": b"def test_a():\n    pass\n"}
    assert cut(suite, {"tests/__init__.py::test_a"}) == {"tests/__init__.py": b""}


def test_a_file_whose_helpers_are_used_elsewhere_stays_without_its_tests() -> None:
    suite = files(
        test_a="def helper():\n    return 1\n\n\ndef test_a():\n    assert helper()\n",
        test_b="from test_a import helper\n\n\ndef test_b():\n    assert helper()\n",
    )
    assert after(suite, {"test_a.py::test_a"})["test_a.py"] == "def helper():\n    return 1\n"


def test_a_test_in_an_emptied_branch_leaves_a_file_that_runs() -> None:
    source = """
    import sys

    if sys.platform == "win32":

        def test_a():
            pass
    else:

        def test_b():
            pass
    """
    assert defined_in("x", one(source, "test_a") or "") == {"x::test_b"}


def test_a_licence_above_the_first_test_stays() -> None:
    source = "# Copyright\ndef test_a():\n    pass\n\n\ndef test_b():\n    pass\n"
    assert (one(source, "test_a") or "").startswith("# Copyright\n")


def test_line_ends_and_encoding_stay() -> None:
    source = "# -*- coding: latin-1 -*-\r\nx = 'é'\r\n\r\n\r\ndef test_a():\r\n    pass\r\n\r\n\r\ndef test_b():\r\n    assert x\r\n"
    content = source.encode("latin-1")
    (changed,) = cut({"test_one.py": content}, {"test_one.py::test_a"}).values()
    assert changed == content.replace(b"def test_a():\r\n    pass\r\n\r\n\r\n", b"")


def test_a_file_that_is_not_python_is_left_alone() -> None:
    suite = {**files(test_one="def test_a():\n    pass\n"), "tests/broken.py": b"def ("}
    assert cut(suite, {"test_one.py::test_a"}) == {"test_one.py": None}
