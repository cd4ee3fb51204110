"""What is told of a session in pdb is what a terminal shows."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from generator import process, seeds
from generator.trial import debugger, suite
from generator.trial.watcher import Watcher
from tests.conftest import measured_seed, mutant_of, stored, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.trial.debugger import Session

SHOP = """\
class Cart:
    def __init__(self, prices):
        self.prices = prices

    def total(self):
        total = 0
        for price in self.prices:
            total += price
        return total


class Rude:
    def __repr__(self):
        raise RuntimeError("no")


class Slow:
    def __repr__(self):
        while True:
            pass


class Long:
    def __repr__(self):
        return "x" * 50_000


async def fetched(price):
    doubled = price * 2
    return doubled
"""
TESTS = """\
import asyncio
import sys
import unittest

import pytest

from shop.core import Cart, Long, Rude, Slow, fetched


def test_total():
    cart = Cart([1, 2, 3])
    assert cart.total() == 6


@pytest.mark.parametrize("price", [4, 5])
def test_one(price):
    cart = Cart([price])
    assert cart.total() == price


def test_prints(capsys):
    print("from the test")
    sys.stderr.write("and more")
    cart = Cart([])
    assert capsys.readouterr().out == "from the test\\n"
    assert cart.total() == 0


def test_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Cart([1]).total() == 1


def test_values():
    rude, slow, long, plain = Rude(), Slow(), Long(), object()
    assert rude


def test_catches_all():
    try:
        Cart([1]).total()
    except Exception:
        pass
    while True:
        pass


def test_stops_by_itself():
    import pdb
    pdb.set_trace()
    cart = Cart([7])
    assert cart.total() == 7


def test_awaits():
    assert asyncio.run(fetched(2)) == 4


async def test_async():
    assert await fetched(2) == 4


def test_fails():
    assert Cart([1]).total() == 2


@pytest.mark.skip
def test_skipped():
    pass


class TestOld(unittest.TestCase):
    def setUp(self):
        self.cart = Cart([2])

    def test_method(self):
        self.assertEqual(self.cart.total(), 2)


class TestOldAsync(unittest.IsolatedAsyncioTestCase):
    async def test_awaits(self):
        self.assertEqual(await fetched(1), 2)
"""
FILES = {
    "src/shop/__init__.py": "",
    "src/shop/core.py": SHOP,
    "tests/test_shop.py": TESTS,
    "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\npythonpath = ['src']\n",
}
LIMITS = process.Limits(wall=60, cpu=30)


def line_of(text: str, source: str = SHOP) -> int:
    return source[: source.index(text)].count("\n") + 1


ADDS = f"src/shop/core.py:{line_of('total += price')}"
AT_ADDS = f"> src/shop/core.py({line_of('total += price')})total()\n-> total += price\n"
BREAK = f"Breakpoint 1 at {ADDS}\n"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[suite.Tree]:
    root = tmp_path_factory.mktemp("debugged")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUGSQUASH_HOME", str(root / "home"))
        patch.setattr(tempfile, "tempdir", str(root))
        yield suite.tree_of(seeds.load(str(write(root / "project", FILES))))


@pytest.fixture
def session(tree: suite.Tree) -> Callable[..., Session]:
    def debugged(test: str, *commands: str) -> Session:
        found = debugger.debugged(tree, f"tests/test_shop.py::{test}", commands, limits=LIMITS)
        assert found is not None
        return found

    return debugged


def test_it_stops_at_the_first_line_of_the_test(session: Callable[..., Session]) -> None:
    found = session("test_total")
    assert found.first == (
        f"> tests/test_shop.py({line_of('cart = Cart([1', TESTS)})test_total()\n"
        "-> cart = Cart([1, 2, 3])\n"
    )
    assert found.shown == ()


def test_a_breakpoint_with_a_condition_shows_the_values_there(
    session: Callable[..., Session],
) -> None:
    found = session("test_total", f"b {ADDS}, price == 3", "c", "p total", "p self.prices")
    assert found.shown == (BREAK, AT_ADDS, "3\n", "[1, 2, 3]\n")


def test_a_breakpoint_is_ignored_as_often_as_asked(session: Callable[..., Session]) -> None:
    found = session("test_total", f"b {ADDS}", "ignore 1 1", "c", "p price")
    assert found.shown[0] == BREAK
    assert found.shown[2:] == (AT_ADDS, "2\n")


def test_that_a_temporary_breakpoint_is_deleted_is_said(session: Callable[..., Session]) -> None:
    found = session("test_total", f"tbreak {ADDS}", "c", "c")
    # Pytest captures this one line, unless it runs with `-s`: it comes before the capture is turned off again.
    assert found.shown[1:] == (f"Deleted breakpoint 1 at {ADDS}\n{AT_ADDS}", "")


def test_it_steps_into_a_call_and_returns_from_it(session: Callable[..., Session]) -> None:
    found = session("test_total", "n", "s", "r", "retval")
    *_, called, returned, value = found.shown
    assert (
        called
        == f"--Call--\n> src/shop/core.py({line_of('def total')})total()\n-> def total(self):\n"
    )
    at = line_of("return total")
    assert returned == f"--Return--\n> src/shop/core.py({at})total()->6\n-> return total\n"
    assert value == "6\n"


def test_of_a_parametrised_test_one_case_is_run(session: Callable[..., Session]) -> None:
    assert session("test_one[5]", "p price").shown == ("5\n",)


def test_a_method_of_unittest_stops_at_its_first_line(session: Callable[..., Session]) -> None:
    found = session("TestOld::test_method", "p self.cart.prices")
    assert found.first.startswith("> tests/test_shop.py(")
    assert "test_method()\n-> self.assertEqual" in found.first
    assert found.shown == ("[2]\n",)


def test_a_breakpoint_in_a_coroutine_is_reached(session: Callable[..., Session]) -> None:
    at = line_of("return doubled")
    found = session("test_awaits", f"b src/shop/core.py:{at}", "c", "p doubled")
    assert found.shown[1:] == (
        f"> src/shop/core.py({at})fetched()\n-> return doubled\n",
        "4\n",
    )


@pytest.mark.parametrize("test", ["test_async", "TestOldAsync::test_awaits", "test_skipped"])
@pytest.mark.slow
def test_where_pdb_does_not_stop_nothing_is_shown(
    session: Callable[..., Session], test: str
) -> None:
    found = session(test, "p 1")
    assert (found.first, found.shown) == ("", (None,))


def test_what_the_test_writes_is_not_shown(session: Callable[..., Session]) -> None:
    found = session("test_prints", "n", "n", "!print('typed')")
    lines = [text for text in [found.first, *found.shown] if text is not None]
    told = [line for text in lines for line in text.splitlines() if line.startswith("-> ")]
    assert [text.splitlines()[1:] for text in lines[:-1]] == [[line] for line in told]
    assert lines[-1] == "typed\n"


@pytest.mark.parametrize(
    ("test", "commands", "shown"),
    [
        ("test_total", ("c", "p 1", "c"), ("", None, None)),
        ("test_fails", ("c", "p 1"), ("", None)),
        ("test_total", ("p 1", "q", "p 2"), ("1\n", "", None)),
    ],
)
def test_commands_after_the_end_of_the_test_are_not_typed(
    session: Callable[..., Session],
    test: str,
    commands: tuple[str, ...],
    shown: tuple[str | None, ...],
) -> None:
    assert session(test, *commands).shown == shown


@pytest.mark.slow
def test_the_working_directory_of_the_test_does_not_matter(
    session: Callable[..., Session],
) -> None:
    assert session("test_elsewhere", "n", f"b {ADDS}", "c").shown[1:] == (BREAK, AT_ADDS)


def test_a_session_in_the_code_under_test_has_the_same_terminal(
    session: Callable[..., Session],
) -> None:
    found = session("test_stops_by_itself", "c", "n", "n", "p cart.prices")
    assert found.shown[-1] == "[7]\n"


def test_what_a_value_raises_is_told_by_pdb(session: Callable[..., Session]) -> None:
    found = session("test_values", "n", "p rude", "p plain", "p 1")
    assert found.shown[1:] == (
        "*** RuntimeError: no\n",
        "<object object at 0x…>\n",
        "1\n",
    )


@pytest.mark.slow
def test_what_is_long_is_cut(session: Callable[..., Session]) -> None:
    found = session("test_values", "n", *["p long"] * 30)
    texts = [text or "" for text in found.shown[1:]]
    assert texts[0] == "x" * 3999 + "…"
    assert texts[-1] == "…"
    assert sum(map(len, texts)) < 100_100


@pytest.mark.slow
def test_a_value_that_takes_for_ever_leaves_nothing(tree: suite.Tree) -> None:
    limits = process.Limits(wall=10, cpu=0.5)
    test = "tests/test_shop.py::test_values"
    before = stored("sessions")
    assert debugger.debugged(tree, test, ["n", "p slow"], limits=limits) is None
    assert stored("sessions") == before


def test_the_test_need_not_come_to_an_end(session: Callable[..., Session]) -> None:
    found = session("test_catches_all", f"b {ADDS}", "c", "p price")
    assert found.shown == (BREAK, AT_ADDS, "1\n")


@pytest.mark.slow
def test_nothing_of_a_session_stays_behind(
    session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands = f"b {ADDS}", "b", "c", "p price", "w"
    first = session("test_total", *commands)
    assert first.shown[1] == (
        f"Num Type         Disp Enb   Where\n1   breakpoint   keep yes   at {ADDS}\n"
    )
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "home"))
    assert session("test_total", *commands) == first


@pytest.mark.slow
def test_what_was_typed_before_is_not_typed_again(
    session: Callable[..., Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = session("test_total", "p 11")
    monkeypatch.setattr(suite, "run", None)
    assert session("test_total", "p 11") == first


@pytest.mark.slow
def test_the_project_s_own_settings_do_not_matter(tree: suite.Tree, tmp_path: Path) -> None:
    settings = {
        "pyproject.toml": FILES["pyproject.toml"] + "addopts = '--pdbcls=no:Debugger'\n",
        ".pdbrc": "p 'hello'\n",
    }
    other = seeds.load(str(write(tmp_path / "other", {**FILES, **settings})))
    found = debugger.debugged(
        suite.tree_of(other), "tests/test_shop.py::test_total", ["n"], limits=LIMITS
    )
    assert found is not None
    assert "hello" not in found.first
    assert found.first


@pytest.mark.slow
def test_with_a_mutant_the_lines_are_those_of_its_file(tmp_path: Path) -> None:
    files = {
        "src/shop/__init__.py": "",
        "src/shop/core.py": SHOP,
        "tests/test_shop.py": "from shop.core import Cart\n\n\ndef test_it():\n    assert Cart([1, 2]).total()\n",
    }
    longer = mutant_of("src/shop/core.py", SHOP, "= prices\n", "= prices\n        self.more = 5\n")
    test, at = "tests/test_shop.py::test_it", line_of("return total")
    with (
        measured_seed(tmp_path, files) as (seed, baseline),
        closing(Watcher(seed, baseline, Path(sys.executable))) as watcher,
    ):
        commands = f"b src/shop/core.py:{at}", "c", "p vars(self)"
        clean = watcher.debugged(None, test, commands)
        buggy = watcher.debugged(longer, test, commands)
    assert clean is not None
    assert buggy is not None
    where = f"> src/shop/core.py({at})total()\n"
    assert clean.shown[1:] == (f"{where}-> return total\n", "{'prices': [1, 2]}\n")
    assert buggy.shown[1:] == (f"{where}-> total += price\n", "{'prices': [1, 2], 'more': 5}\n")


SITTINGS = {
    "a condition": (
        "test_total",
        f"b {ADDS}, price == 3",
        "c",
        "p total",
        "pp vars(self)",
        "a",
        "w",
        "l",
        "ll",
        "b",
        "c",
    ),
    "all of it": (
        "test_total",
        "s",
        "s",
        "n",
        "n",
        "r",
        "n",
        "s",
        "r",
        "retval",
        "u",
        "p cart",
        "d",
        "until",
        "n",
        "n",
    ),
    "ignored": ("test_total", f"b {ADDS}", "ignore 1 2", "c", "p price", "cl 1", "disable 2", "c"),
    "with commands": (
        "test_total",
        f"b {ADDS}",
        "commands 1",
        "p price",
        "end",
        "c",
        "display total",
        "c",
        "c",
    ),
    "a breakpoint by name": ("test_total", "b Cart.total", "c", "whatis self", "source Cart", "c"),
    "wrong": (
        "test_total",
        "b src/shop/none.py:3",
        "b src/shop/core.py:1000",
        f"b {ADDS}, nope(",
        "p nope",
        "j 1000",
        "c",
    ),
    "statements": (
        "test_total",
        "n",
        "cart.prices.append(4)",
        "!x = 5",
        "p x, cart.prices",
        "for p in cart.prices: print(p)",
        "",
        "c",
    ),
    "debugged inside": (
        "test_total",
        "n",
        "debug cart.total()",
        "s",
        "s",
        "p self.prices",
        "q",
        "p 1",
    ),
    "parametrised": ("test_one[5]", "p price", "c"),
    "captured": ("test_prints", "b 28", "c", "p capsys.readouterr()", "c"),
    "coroutine": (
        "test_awaits",
        f"b src/shop/core.py:{line_of('return doubled')}",
        "c",
        "p doubled",
        "r",
        "c",
    ),
    "an async test": ("test_async", "p 1"),
    "unittest": ("TestOld::test_method", "p self.cart.prices", "s", "r", "n"),
    "values": ("test_values", "n", "p rude", "p plain", "pp [rude]", "p 1"),
    "fails": ("test_fails", "n", "n", "c"),
    "quits": ("test_total", "q", "p 1"),
    "stops by itself": ("test_stops_by_itself", "n", "n", "n", "p 1", "c"),
}


@pytest.mark.slow
@pytest.mark.parametrize("sitting", SITTINGS)
def test_it_is_what_a_terminal_shows(
    session: Callable[..., Session], tmp_path: Path, sitting: str
) -> None:
    test, *commands = SITTINGS[sitting]
    found = session(test, *commands)
    assert [found.first, *found.shown] == in_terminal(
        write(tmp_path / "project", FILES), test, commands
    )


def in_terminal(project: Path, test: str, commands: list[str]) -> list[str | None]:
    """What somebody sees who types these commands, in the same form."""
    pytest_ = ["-m", "pytest", "--trace", "-p", "no:cacheprovider", f"tests/test_shop.py::{test}"]
    learner = pexpect.spawn(
        sys.executable,
        pytest_,
        cwd=project,
        encoding="utf-8",
        dimensions=(200, 500),
        env={**os.environ, "TERM": "dumb", "HOME": str(project)},
    )
    shown: list[str | None] = []
    for command in [*commands, None]:
        ended = learner.expect([PROMPT, pexpect.EOF]) == 1
        said = pdb_s_own(learner.before or "", project, is_first=not shown)
        shown.append("" if ended else said)
        if ended or command is None:
            break
        learner.sendline(command)
    learner.close(force=True)
    return [*shown, *[None] * (1 + len(commands) - len(shown))]


PROMPT = r"\(+(?:Pdb|com)\)+ "
PYTEST_S = re.compile(r"^(?:.*\n)*>+ PDB .*>+\n")


def pdb_s_own(text: str, project: Path, *, is_first: bool) -> str:
    """Without the echo of what was typed, without what pytest says before pdb does, and wherever it ran."""
    text = text.replace("\r\n", "\n").replace(f"{project}/", "")
    typed = "" if is_first else text.partition("\n")[0] + "\n"
    return re.sub(r"\b0x[0-9a-f]{6,}", "0x…", PYTEST_S.sub("", text.removeprefix(typed)))
