"""One part of an expression in the place of the whole, and what operators ask before they do it."""

from __future__ import annotations

import libcst as cst
import pytest

from generator.changes import Change, drop_branch, fits, one_line, rewrite
from generator.edits import apply
from generator.operators import removal
from generator.operators.context import Context
from generator.operators.facts import Facts
from generator.operators.nodes import last_name, left_of
from generator.operators.repetition import would_repeat
from generator.project import Project
from tests.trees import every

PATH = "m.py"


def look(code: str, kind: type[cst.CSTNode], text: str) -> Context:
    """The context of the first node of that kind with that text."""
    project = Project({PATH: code.encode()}, (PATH,))
    source = project.source(PATH)
    node = next(node for node in source.nodes(kind) if source.text(node) == text)
    return Context(source, node, Facts(project))


def after(at: Context, change: Change) -> str:
    return apply({PATH: at.source.data}, change.edits(lambda _: at.source))[PATH].decode()


def call(at: Context) -> tuple[cst.Call, cst.BaseExpression]:
    assert isinstance(at.node, cst.Call)
    return at.node, at.node.args[0].value


ARGUMENTS = [
    ("x = f(a)\n", "f(a)", "x = a\n"),
    ("x = f( a )  # é\n", "f( a )", "x = a  # é\n"),
    ("x = 2 * f(a + b)\n", "f(a + b)", "x = 2 * (a + b)\n"),
    ("x = (f(a + b)) * 2\n", "(f(a + b))", "x = (a + b) * 2\n"),
    ("x = c and f(a < b)\n", "f(a < b)", "x = c and a < b\n"),
    ("x = f((a, b))\n", "f((a, b))", "x = (a, b)\n"),
    ("x = f(n for n in ns)\n", "f(n for n in ns)", "x = (n for n in ns)\n"),
    ("g(f(n for n in ns))\n", "f(n for n in ns)", "g(n for n in ns)\n"),
    ("x = f(\n    a,\n)\n", "f(\n    a,\n)", "x = a\n"),
    ("x = f(\n    a + b  # c\n)\n", "f(\n    a + b  # c\n)", "x = a + b\n"),
    ("x = f([\n    a,\n    b,\n])\n", "f([\n    a,\n    b,\n])", "x = [\n    a,\n    b,\n]\n"),
    (
        "x = f(\n    [\n        a,\n    ],\n)\n",
        "f(\n    [\n        a,\n    ],\n)",
        "x = [\n    a,\n]\n",
    ),
    ("x = f(g(a,\n        b))\nf\n", "f(g(a,\n        b))", "x = g(a, b)\nf\n"),
]


@pytest.mark.parametrize(("code", "text", "result"), ARGUMENTS)
def test_an_argument_takes_the_place_of_its_call(code: str, text: str, result: str) -> None:
    at = look(code, cst.Call, text)
    change = removal.unwrapped(at, *call(at))
    assert change is not None
    assert after(at, change) == result


def test_what_would_assign_a_name_to_itself_goes_with_its_comment() -> None:
    at = look("def f(x):\n    # tidy\n    x = g(x)\n\n    return x\n", cst.Call, "g(x)")
    change = removal.unwrapped(at, *call(at))
    assert change is not None
    assert after(at, change) == "def f(x):\n    return x\n"


STAYING = [
    ("def f(x, n):\n    return g(x, n)\n", "g(x, n)"),
    ("ok = x == g(x)\n", "g(x)"),
    ("n -= g(n)\n", "g(n)"),
    ("def f(x):\n    x = g(x)\n", "g(x)"),
]


@pytest.mark.parametrize(("code", "text"), STAYING)
def test_a_call_stays_where_something_would_be_left_over_or_absurd(code: str, text: str) -> None:
    at = look(code, cst.Call, text)
    assert removal.unwrapped(at, *call(at)) is None


LONG = "a_rather_long_name_for_a_value"
JOINED = [
    (f"x = g(\n    f({LONG}), {LONG}, {LONG}\n)\n", "a", f"x = g(a, {LONG}, {LONG})\n"),
    ("x = g(\n    f(b), c\n)\n", "a", "x = g(\n    a, c\n)\n"),
    (f"x = g(\n    f({LONG}),\n    {LONG},\n    {LONG},\n)\n", "a", None),
    (f"x = g(  # why\n    f({LONG}), {LONG}, {LONG}\n)\n", "a", None),
    (f"x = (\n    f({LONG})\n    and {LONG}\n    and {LONG}\n)\n", "a", f"x = a and {LONG} and {LONG}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "result"), JOINED)
def test_what_was_spread_for_its_length_alone_is_joined(
    code: str, text: str, result: str | None
) -> None:
    node = f"f({LONG})" if f"f({LONG})" in code else "f(b)"
    at = look(code, cst.Call, node)
    assert after(at, rewrite(at.node, text)) == (result or code.replace(node, text))


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("f(a)", "f(a)"),
        ("f(\n  a,\n  b\n)", "f(a, b)"),
        ("f(\n  a,\n)", None),
        ("f(\n  a  # b\n)", None),
        ("'''\n'''", None),
        ("a\n  .b()\r\n  .c()", "a.b().c()"),
    ],
)
def test_code_goes_on_one_line_where_nothing_is_lost(text: str, joined: str | None) -> None:
    assert one_line(text) == joined


def test_a_longer_name_has_to_fit_the_line() -> None:
    at = look(f"x = '{'y' * 60}', ab\n", cst.Name, "ab")
    assert fits(at.source, at.node, "abc")
    assert not fits(at.source, at.node, "a" * 40)
    assert fits(at.source, at.node, "c")


BRANCHES = [
    ("if a:\n    1\n\n# c\nelif b:\n    2\n\nmore\n", "b", "if a:\n    1\n\nmore\n"),
    ("if a:\n    1\nelif b:\n    2\nelse:\n    3\n", "b", "if a:\n    1\nelse:\n    3\n"),
    ("if a:\n    1\nelif b:\n    2\nelse:\n    3\n", "a", "if b:\n    2\nelse:\n    3\n"),
    ("if a: 1\nelif b: 2\n", "b", "if a: 1\n"),
    ("if a:\n    if c:\n        1\nelif b:\n    2", "b", "if a:\n    if c:\n        1\n"),
]


@pytest.mark.parametrize(("code", "test", "result"), BRANCHES)
def test_a_branch_goes_and_what_follows_takes_its_place(code: str, test: str, result: str) -> None:
    at = look(code, cst.Name, test)
    branch = at.parent()
    assert isinstance(branch, cst.If)
    assert after(at, drop_branch(branch)) == result


NONE = [
    ("def f(x=None):\n    x\n", True),
    ("def f(x: int | None):\n    x\n", True),
    ("def f(x: Optional[int]):\n    x\n", True),
    ("def f(x: int):\n    x\n", False),
    ("x = d.get(k)\nx\n", True),
    ("x = d.get(k, 1)\nx\n", False),
    ("x = getattr(o, 'n', None)\nx\n", True),
    ("x = next(xs, None)\nx\n", True),
    ("x = 1\nx\n", False),
]


@pytest.mark.parametrize(("code", "expected"), NONE)
def test_what_may_be_none_is_read_from_the_code(code: str, expected: bool) -> None:
    at = look(code, cst.Name, "x")
    use = [node for node in every(cst.Name, at.source) if at.source.is_read(node)][-1]
    assert use.value == "x"
    assert at.can_be_none(use) is expected


def test_the_attributes_that_may_be_none_are_known() -> None:
    code = (
        "class C:\n    a: int\n    b: int | None = 1\n\n    def __init__(self, c=None, d=1):\n"
        "        self.c = c\n        self.d = d\n        self.e = None\n        b: int = 2\n"
    )
    at = look(code, cst.Name, "self")
    described = at.facts.types.class_of(at.source, at.node)
    assert described is not None
    assert at.facts.nullability.nullable(described) == {"b", "c", "e"}


TESTED = [
    ("if x: ...\n", True), ("while not x: ...\n", True), ("a = 1 if x else 2\n", True), ("[n for n in ns if x and n]\n", True),
    ("assert x\n", True), ("a = x or 1\n", False), ("a = x if n else 1\n", False), ("f(x)\n", False),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), TESTED)
def test_where_only_the_truth_of_a_value_matters(code: str, expected: bool) -> None:
    assert look(code, cst.Name, "x").is_tested() is expected


READS = [
    ("f(a.b)\n", True), ("a.b()\n", False), ("a.b = 1\n", False), ("x, a.b = 1, 2\n", False), ("a.b += 1\n", False),
    ("x = a.b\n", True), ("del a.b\n", False), ("for a.b in x: ...\n", False), ("for x in a.b: ...\n", True),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), READS)
def test_what_is_read_is_neither_written_nor_called(code: str, expected: bool) -> None:
    at = look(code, cst.Attribute, "a.b")
    assert at.is_read(at.node) is expected


REPEATS = [
    ("a == x\n", "a", True), ("f(a, x)\n", "a", True), ("f(a, k=x)\n", "a", False), ("a = x\n", "a", True),
    ("b if c else x\n", "b", True), ("x.p + a.p\n", "a", True), ("f(x)\n", "a", False), ("a[x]\n", "a", False),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "expected"), REPEATS)
def test_what_would_stand_there_twice_is_seen(code: str, text: str, expected: bool) -> None:
    at = look(code, cst.Name, "x")
    assert would_repeat(at, at.node, text) is expected


def test_a_module_is_told_from_what_is_imported_from_one() -> None:
    code = "import re, os\nfrom m import TABLE\nre, os.path, TABLE, other\n"
    names = {node.value: node for node in every(cst.Name, look(code, cst.Name, "re").source)}
    at = look(code, cst.Attribute, "os.path")
    assert at.is_module(at.node)
    for name, expected in (("re", True), ("TABLE", False), ("other", False)):
        here = look(code, cst.Name, name)
        assert name in names
        assert here.is_module(here.node) is expected


def test_what_stands_alongside_is_the_statement_or_the_header() -> None:
    at = look("if f(x) and y:\n    z\n", cst.Name, "x")
    assert at.text(at.alongside(at.node)) == "f(x) and y"
    at = look("a = f(x)\n", cst.Name, "x")
    assert at.text(at.alongside(at.node)) == "a = f(x)"


@pytest.mark.parametrize(
    ("text", "name"),
    [("a", "a"), ("a.b", "b"), ("a.b(c)", "b"), ("a.b[0]", "b"), ("-a", "a"), ("a.b - c", "b_c"), ("1", "")],
)  # fmt: skip
def test_the_name_that_tells(text: str, name: str) -> None:
    assert last_name(cst.parse_expression(text)) == name


def test_in_a_chain_the_left_side_is_the_operand_before() -> None:
    comparison = cst.parse_expression("a < b <= c")
    assert isinstance(comparison, cst.Comparison)
    lefts = [left_of(comparison, each) for each in comparison.comparisons]
    assert [last_name(each) for each in lefts] == ["a", "b"]
