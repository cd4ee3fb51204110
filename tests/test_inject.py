"""From source files to mutants: order, places, and what is left alone."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import libcst as cst
import pytest

from generator import bench, enumerated, seeds
from generator.changes import insert, remove, replace
from generator.edits import apply_to_file
from generator.inject import Unread, inject, mutants, mutants_of_file
from generator.operators import Example, Operator, discover, operator
from generator.project import Project
from generator.records import Mutant, Span
from tests.cli.conftest import BANK, write_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from generator.changes import Change
    from generator.operators.context import Context


def one_for(kind: type[cst.CSTNode], make: Callable[[Any], Change]) -> dict[str, Operator]:
    """An operator that does one thing to every node of a kind."""

    def try_out(target: Any, at: Context) -> Iterator[Change]:
        yield make(target)

    try_out.__annotations__ = {"target": kind}
    made = operator(
        family="logic",
        change="name",
        story="",
        symptom="",
        hint="",
        evidence=[],
        examples=[Example("", "")],
        untouched=[],
    )(try_out)
    return {"try_out": made}


NAMES = one_for(cst.Name, lambda node: replace(node, "changed"))
NUMBERS = one_for(cst.Integer, lambda node: replace(node, "99"))
LINES = one_for(cst.SimpleStatementLine, remove)


def changed(text: str, operators: dict[str, Operator]) -> list[str]:
    data = text.encode()
    found = mutants_of_file("m.py", data, operators=operators)
    return [apply_to_file(data, each.edits).decode() for each in found.mutants]


def the_only(text: str, operators: dict[str, Operator]) -> Mutant:
    (found,) = mutants_of_file("m.py", text.encode(), operators=operators).mutants
    return found


@pytest.mark.parametrize(
    "text",
    [
        '"""Up to 1."""\n',
        "def f():\n    '''1'''\n",
        "def f(a: Literal[1]) -> Literal[1]: ...\n",
        "x: Literal[1]\n",
        "class C:\n    def __repr__(self):\n        return str(1)\n",
        "logger.info('%s', 1)\n",
        "self._logger.debug('%s', 1)\n",
        "logging.getLogger(__name__)\nlog.warning(str(1))\n",
        "log_event(logger, amount=1)\n",
        "raise Refused(f'{1}', 1)\n",
        "assert a, 1\n",
        "warnings.warn(str(1), stacklevel=1)\n",
        "if TYPE_CHECKING:\n    x = 1\n",
        "if __name__ == '__main__':\n    sys.exit(1)\n",
        "__all__ = [1]\n",
        "__version__ = str(1)\n",
        "Row: TypeAlias = 'dict[1]'\nT = TypeVar('T', bound=1)\n",
        "@overload\ndef f(x=1): ...\n",
    ],
)
def test_no_go_zones_are_left_alone(text: str) -> None:
    assert changed(text, NUMBERS) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("raise Refused(1)\nx\n", 2),
        ("logger.info(1)\nx\n", 2),
        ("__all__ = ['x']\nx\n", 1),
        ("if TYPE_CHECKING:\n    import a\n    import b\n", 0),
    ],
)
def test_a_whole_statement_can_go_even_if_it_raises_or_logs(text: str, count: int) -> None:
    assert len(changed(text, LINES)) == count


def test_what_fails_to_parse_is_not_a_mutant() -> None:
    assert changed("x = 1\n", one_for(cst.Integer, lambda node: replace(node, "("))) == []
    assert changed("def f():\n    x = 1\n", LINES) == []


def test_what_means_the_same_is_not_a_mutant() -> None:
    assert changed("x = 1\n", one_for(cst.Integer, lambda node: replace(node, "(1)"))) == []
    assert changed("x = 1\n", one_for(cst.Integer, lambda node: replace(node, "1"))) == []
    assert changed("x = 1\n", one_for(cst.Integer, lambda node: replace(node, "True"))) == [
        "x = True\n"
    ]


def test_the_same_edit_is_listed_once() -> None:
    twice = {**NUMBERS, "other": NUMBERS["try_out"]}
    assert changed("x = 1\n", twice) == ["x = 99\n"]


def test_the_same_text_is_credited_to_the_narrower_pattern() -> None:
    first = one_for(cst.Arg, lambda node: replace(node, "b"))["try_out"]
    whole = one_for(cst.Expr, lambda node: replace(node, "f(b)"))["try_out"]
    named = {
        name: dataclasses.replace(one, name=name, general=general)
        for name, one, general in (("a", first, True), ("z", whole, False))
    }
    for some in (named, dict(reversed(named.items()))):
        (only,) = mutants_of_file("m.py", b"f(a)\n", operators=some).mutants
        assert only.operator == "z"


def test_mutants_come_in_the_order_of_their_places() -> None:
    contents = {"b.py": b"x = 1\ny = 2\n", "a.py": b"x = 1\n"}
    found = inject(Project(contents, tuple(contents)), {**discover(), **NUMBERS}).mutants
    assert [(each.path, each.line) for each in found] == [("a.py", 1), ("b.py", 1), ("b.py", 2)]


def test_a_file_that_cannot_be_read_is_reported_and_the_rest_serves() -> None:
    contents = {"bad.py": b"x = (\n", "good.py": b"x = 1\n"}
    found = inject(Project(contents, tuple(contents)), NUMBERS)
    assert [each.path for each in found.mutants] == ["good.py"]
    assert [type(each) for each in found.unread] == [Unread]
    assert found.unread[0].path == "bad.py"


@pytest.mark.parametrize(
    ("text", "operators", "function", "line", "touched"),
    [
        ("x = (\n  1,\n)\n", NUMBERS, "", 2, (1, 3)),
        ("if (x or\n    1):\n    y\n", NUMBERS, "", 2, (1, 2)),
        ("class C:\n    def f(self, a=1):\n        pass\n", NUMBERS, "C.f", 2, (2, 2)),
        ("try:\n    x\nexcept (A,\n        e(1)):\n    y\n", NUMBERS, "", 4, (3, 4)),
        (
            "def f():\n    x = 0\n    def g():\n        return 1\n",
            one_for(cst.Return, lambda n: replace(n, "return 2")),
            "f.g",
            4,
            (4, 4),
        ),
        ("if a: b = 1\n", NUMBERS, "", 1, (1, 1)),
        (
            "def f():\n    x\n\n    # why\n    if y:\n        pass\n",
            one_for(cst.If, remove),
            "f",
            5,
            (5, 6),
        ),
        (
            "def f():\n    x = (1,\n      2)\n",
            one_for(cst.Tuple, lambda n: replace(n, "3")),
            "f",
            2,
            (2, 3),
        ),
        ("a\nif b:\n    c\n", one_for(cst.If, lambda n: insert("d", after=n)), "", 4, (2, 2)),
        (
            "def f():\n    a\ndef g():\n    return b\n",
            one_for(cst.Return, lambda n: insert("d", before=n)),
            "g",
            4,
            (4, 4),
        ),
        (
            'def f():\n    """What it does."""\n    return b\n',
            one_for(cst.Return, lambda n: insert("d", before=n)),
            "f",
            3,
            (3, 3),
        ),
        (
            "def f():\n    a\n    b: int\n    global c\n    return c\n",
            one_for(cst.Return, lambda n: insert("d", before=n)),
            "f",
            5,
            (2, 2),
        ),
        (
            "def f():\n    if a:\n        b: int\n    return c\n",
            one_for(cst.Return, lambda n: insert("d", before=n)),
            "f",
            4,
            (2, 2),
        ),
    ],
)
def test_a_mutant_knows_its_function_and_the_lines_a_test_must_reach(
    text: str, operators: dict[str, Operator], function: str, line: int, touched: tuple[int, int]
) -> None:
    found = the_only(text, operators)
    assert (found.function, found.line, found.touched) == (
        function,
        line,
        (Span("m.py", *touched),),
    )


def test_a_move_touches_the_statement_and_its_new_neighbour() -> None:
    text = "def f(self, n):\n    if n > self.left:\n        raise Full\n    self.left -= n\n    return n\n"
    found = the_only(text, {"validate_after_mutate": discover()["validate_after_mutate"]})
    assert found.touched == (Span("m.py", 2, 3), Span("m.py", 4, 4))
    assert found.places == 2


def test_the_bug_is_named_and_not_the_import_that_goes_with_it() -> None:
    text = (
        "import a\nfrom m import Bad\n\n\ndef f(n):\n    if n:\n        raise Bad\n    return n\n"
    )
    found = the_only(text, {"drop_guard": discover()["drop_guard"]})
    assert (found.line, found.function, found.places) == (6, "f", 2)


@pytest.mark.parametrize(
    ("lines", "count"), [((1, 1), 1), ((2, 2), 0), ((2, 9), 1), ((1, 3), 2), ((50, 60), 0)]
)
def test_lines_choose_the_mutants_that_change_them(lines: tuple[int, int], count: int) -> None:
    assert len(mutants_of_file("m.py", b"x = 1\n\ny = 2", lines, NUMBERS).mutants) == count


def test_a_removed_block_is_met_by_each_of_its_lines() -> None:
    text = b"def f(n):\n    if n:\n        raise Bad\n    return n\n"
    one = {"drop_guard": discover()["drop_guard"]}
    assert [len(mutants_of_file("m.py", text, (n, n), one).mutants) for n in (1, 2, 3, 4)] == [
        0,
        1,
        1,
        0,
    ]


def test_mutants_are_the_same_every_time() -> None:
    text = (
        "def f(start, end, limit):\n    if start < limit and end < limit:\n        return end\n    return start - end\n"
        * 3
    ).encode()
    assert mutants_of_file("m.py", text) == mutants_of_file("m.py", text)


@pytest.mark.slow
def test_a_long_module_is_no_reason_to_wait() -> None:
    part = "def f{n}(start, end, limit=3):\n    if start >= limit or end >= limit:\n        raise ValueError(start)\n    total = start - end\n    return g(total, limit=limit)\n\n\n"
    data = "".join(part.format(n=n) for n in range(140)).encode()
    started = time.process_time()
    found = mutants_of_file("m.py", data)
    assert time.process_time() - started < 6
    assert len(found.mutants) > 500
    assert (
        len({ast.dump(ast.parse(apply_to_file(data, each.edits))) for each in found.mutants[:50]})
        == 50
    )


def test_a_bench_tells_of_files_left_out_also_when_it_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "home"))
    write_project(tmp_path / "odd", BANK | {"src/bank/template.py": "x = 1\ndef {{ name }}():\n"})
    seed = seeds.load(str(tmp_path / "odd"))
    told = [bench.prepare(seed, None, lambda _: None).unread for _ in range(2)]
    assert told == [("src/bank/template.py left out: line 2: invalid syntax",)] * 2


def test_known_mutants_hang_on_all_the_code_that_makes_them() -> None:
    package = Path(enumerated.__file__).parent
    listed = {file for pattern in enumerated._CODE for file in package.glob(pattern)}
    code = "import sys, generator.inject; print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('generator.')))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {Path(file) for file in told.stdout.split()} - listed - {package / "errors.py"}


def test_a_list_of_mutants_that_is_known_is_the_same_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUGSQUASH_HOME", str(tmp_path / "home"))
    write_project(tmp_path / "odd", BANK | {"src/bank/template.py": "x = 1\ndef {{ name }}():\n"})
    seed = seeds.load(str(tmp_path / "odd"))
    found = enumerated.mutants(seed)
    assert found == mutants(seed)
    monkeypatch.delattr("generator.inject.mutants")
    assert enumerated.mutants(seed) == found


@pytest.mark.slow
def test_what_stands_in_for_the_world_is_spared() -> None:
    seed = seeds.load("rate_limiter")
    assert seed.words is not None
    assert seed.words.spared == {"rehearsal", "clock.FixedClock"}
    found = {(mutant.path, mutant.function.partition(".")[0]) for mutant in mutants(seed).mutants}
    assert "src/tollgate/retry.py" in {path for path, _ in found}
    assert "src/tollgate/rehearsal.py" not in {path for path, _ in found}
    assert ("src/tollgate/clock.py", "parse_duration") in found
    assert ("src/tollgate/clock.py", "FixedClock") not in found
