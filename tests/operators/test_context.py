"""What operators are told about a place."""

from __future__ import annotations

import libcst as cst
import pytest

from generator.edits import apply
from generator.operators import removal
from generator.operators.context import Context
from generator.operators.facts import Facts
from generator.project import Project
from tests.trees import every, only

LEDGER = {
    "src/bank/__init__.py": "",
    "src/bank/money.py": (
        "from dataclasses import dataclass\n\n\n@dataclass(frozen=True)\nclass Money:\n    minor: int\n    currency: str = 'EUR'\n\n"
        "    @property\n    def text(self) -> str:\n        return ''\n\n    def plus(self, other: 'Money', *, rounding: str = 'up') -> 'Money':\n        return other\n"
    ),
    "src/bank/book.py": (
        "from . import money\nfrom .money import Money as Cash\n\nLIMIT = 3\n_hidden = 4\n\n\nclass Book:\n    def __init__(self, rows: list[Cash], name=''):\n"
        "        self.rows = rows\n        self.name: str = name\n\n    def total(self, first: Cash, *rest, sort=True, **more):\n        for row in self.rows:\n            here = row\n"
        "        one = self.rows[0]\n        some = self.rows[1:]\n        cents = first.minor\n        n = len(some)\n        made = money.Money(1)\n        TARGET\n        return self.total(first, sort=False)\n"
    ),
}


def look(
    kind: type[cst.CSTNode],
    text: str,
    files: dict[str, str] = LEDGER,
    path: str = "src/bank/book.py",
) -> Context:
    """The context of the first node of that kind with that text."""
    contents = {name: code.encode() for name, code in files.items()}
    project = Project(contents, tuple(contents), "src")
    source = project.source(path)
    node = next(node for node in source.nodes(kind) if source.text(node) == text)
    return Context(source, node, Facts(project))


def alone(text: str, kind: type[cst.CSTNode], what: str) -> Context:
    return look(kind, what, {"src/m.py": text}, "src/m.py")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("first", "Cash"),
        ("one", "Cash"),
        ("some", "list[Cash]"),
        ("cents", "int"),
        ("n", "int"),
        ("made", "Money"),
    ],
)
def test_types_are_read_from_annotations_literals_and_calls(name: str, kind: str) -> None:
    at = look(cst.Name, "TARGET")
    assert at.variables(at.node)[name].type == kind


def test_only_names_that_surely_have_a_value_are_offered() -> None:
    at = look(cst.Name, "TARGET")
    assert set(at.variables(at.node)) == {
        "self",
        "first",
        "rest",
        "sort",
        "more",
        "one",
        "some",
        "cents",
        "n",
        "made",
    }


def test_a_loop_variable_has_no_value_in_what_is_looped_over() -> None:
    at = alone("def f(rows):\n    for row in rows:\n        row\n", cst.Name, "rows")
    assert set(at.variables(at.node)) == {"rows"}


@pytest.mark.parametrize(
    ("call", "names", "defaults"),
    [
        (
            "self.total(first, sort=False)",
            ["first", "sort", "rest", "more"],
            ["sort", "rest", "more"],
        ),
        ("money.Money(1)", ["minor", "currency"], ["currency"]),
    ],
)
def test_the_signature_at_a_call_is_known(call: str, names: list[str], defaults: list[str]) -> None:
    at = look(cst.Call, call)
    signature = at.signature(only(cst.Call, at.node))
    assert signature is not None
    assert [each.name for each in signature.parameters] == names
    assert [each.name for each in signature.parameters if each.has_default] == defaults


def test_attributes_come_with_their_types() -> None:
    at = look(cst.Name, "TARGET")
    self_ = next(
        n
        for n in every(cst.Name, at.source)
        if n.value == "self" and at.around(cst.FunctionDef, node=n) is at.function
    )
    first = next(n for n in every(cst.Name, at.source) if n.value == "first")
    assert at.attributes(self_) == {"rows": "list[Cash]", "name": "str"}
    assert at.attributes(first) == {"minor": "int", "currency": "str", "text": "str"}


def test_attributes_are_found_where_the_maker_matches_patterns() -> None:
    text = "class C:\n    def __init__(self, n):\n        match n:\n            case 1:\n                self.n = 'a'\n        self.n\n"
    at = alone(text, cst.Attribute, "self.n")
    self_ = only(cst.Attribute, at.node).value
    assert at.attributes(self_) == {"n": "str"}


def test_the_surroundings_are_known() -> None:
    at = look(cst.Name, "TARGET")
    line = at.statement()
    assert at.function is not None
    assert at.klass is not None
    assert (at.function.name.value, at.klass.name.value) == ("total", "Book")
    assert at.text(at.before(line)[0]) == "made = money.Money(1)"
    assert at.text(at.after(line)[0]) == "return self.total(first, sort=False)"
    assert set(at.constants) == {"LIMIT"}
    assert "EUR" not in at.strings
    assert at.project.module("bank.money") is not None


ORPHANS = [
    ("def f(a, b):\n    g(a)\n    return b\n", "g(a)", ["a"]),
    ("def f(a):\n    g(a)\n    return a\n", "g(a)", []),
    ("from m import g\ng(1)\n", "g(1)", ["g"]),
    ("from m import g\ng(1)\ndef f(x: 'g'): ...\n", "g(1)", []),
    ("def _g(): ...\n_g()\n", "_g()", ["_g"]),
    ("def g(): ...\ng()\n", "g()", []),
    ("MOST = 3\ng(MOST)\n", "g(MOST)", ["MOST"]),
    ("class C:\n    def f(self): g(self)\n", "g(self)", []),
    ("def f():\n    a = 1\n    g([a for _ in x])\n", "g([a for _ in x])", ["a"]),
]


@pytest.mark.parametrize(("text", "call", "names"), ORPHANS)
def test_what_would_be_left_over_is_known(text: str, call: str, names: list[str]) -> None:
    at = alone(text, cst.Call, call)
    assert [each.name for each in removal.orphans(at, at.node)] == names
    assert removal.is_only_use(at, at.node) is bool(names)


CLEARINGS = [
    ("from m import a, g\ng(a)\na\n", "from m import a\ng(a)\na\n"),
    ("import a\nfrom m import g\ng(1)\n", "import a\ng(1)\n"),
    (
        "from m import (\n    a,\n    g,  # why\n)\ng(a)\na\n",
        "from m import (\n    a,\n)\ng(a)\na\n",
    ),
    ("def f(g):\n    g(1)\n", None),
    ("try:\n    from m import g\nexcept ImportError:\n    g = None\ng(1)\n", None),
]


@pytest.mark.parametrize(("text", "after"), CLEARINGS)
def test_imports_go_along_and_nothing_else_does(text: str, after: str | None) -> None:
    at = alone(text, cst.Call, "g(1)" if "g(1)" in text else "g(a)")
    change = removal.clearing(at, at.node)
    if after is None:
        assert change is None
    else:
        assert change is not None
        edits = change.edits(lambda _: at.source)
        assert apply({"src/m.py": text.encode()}, edits)["src/m.py"].decode() == after


UNCAUGHT = [
    ("except E as e:\n        g(e)\n        h()", "except E:\n        g(e)\n        h()"),
    ("except E as e:\n        g(e)\n        h(e)", "except E as e:\n        g(e)\n        h(e)"),
    ("except E as e:\n        g(1)\n        h()", "except E as e:\n        g(1)\n        h()"),
]


@pytest.mark.parametrize(("handler", "after"), UNCAUGHT)
def test_an_error_nobody_reads_any_more_loses_its_name(handler: str, after: str) -> None:
    text = f"def f():\n    try:\n        x()\n    {handler}\n    try:\n        x()\n    except E as e:\n        i(e)\n"
    at = alone(text, cst.Call, "g(e)" if "g(e)" in text else "g(1)")
    change = removal.clearing(at, at.node)
    assert change is not None
    result = apply({"src/m.py": text.encode()}, change.edits(lambda _: at.source))
    assert result.get("src/m.py", text.encode()).decode() == text.replace(handler, after)


COMPANIONS = [
    ("    a = 1\n    b = a + 1\n    g(b)\n", ["b = a + 1", "a = 1"]),
    ("    a = 1\n    g(a)\n    h(a)\n", []),
    ("    a = 1\n    a = 2\n    g(a)\n", []),
    ("    a, b = h()\n    g(a)\n    h(b)\n", []),
    ("    a: int = 1\n    g(a)\n", ["a: int = 1"]),
    ("    a = 1; h()\n    g(a)\n", []),
]


@pytest.mark.parametrize(("body", "lines"), COMPANIONS)
def test_assignments_that_only_served_what_goes_are_known(body: str, lines: list[str]) -> None:
    at = alone(f"def f():\n{body}", cst.Call, "g(b)" if "g(b)" in body else "g(a)")
    assert [at.text(each) for each in removal.companions(at, at.node)] == lines


def test_what_lies_within_a_node_is_found() -> None:
    at = alone("f(a, g(b))\nh(c)\n", cst.Call, "f(a, g(b))")
    assert [at.text(each) for each in at.within(at.node, cst.Call)] == ["f(a, g(b))", "g(b)"]
    assert [at.text(each) for each in at.within(at.node, cst.Arg, cst.Integer)] == [
        "a",
        "g(b)",
        "b",
    ]
