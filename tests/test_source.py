"""A parsed module: where its nodes lie and whose names they read."""

from __future__ import annotations

import sys

import libcst as cst
import pytest

from generator.parsing import SourceError, parse
from generator.project import Project
from generator.source import Source
from tests.trees import every


def uses(text: str, name: str, *, inside: bool = True) -> int:
    """How often a name of the first function (or of the module) is read."""
    source = parse("m.py", text.encode())
    scope = source.scope(every(cst.FunctionDef, source)[0].body) if inside else source.module_scope
    return len(scope.uses[name])


@pytest.mark.parametrize(
    "text",
    [
        "x = 'é' + y\n",
        "\ufeffx = 'é' + y\n",
        "z\r\nx = 'é' + y",
        "z\n\x0c\n \x0cx = 'é' + y\n",
        "a = \\\n  y",
        "\x0cy",
    ],
)
def test_a_span_points_at_the_bytes_on_disk(text: str) -> None:
    source = parse("m.py", text.encode())
    name = next(n for n in every(cst.Name, source) if n.value == "y")
    start, end = source.span(name)
    assert source.data[start:end] == b"y"
    assert start == text.encode().rindex(b"y")
    assert source.text(name) == "y"


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a\nif\n", 2, "invalid syntax"),
        (b"a\n'\xe9'\n", 2, "not UTF-8"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", 2, "not UTF-8"),
        (b"def f(:\n", 1, "invalid syntax"),
        (b"x = 1\0\n", 1, "null byte"),
        (b"\nx = 'a' b'c'\n", 2, "cannot mix bytes"),
        (b"a\rb\r", 1, "layout"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as caught:
        parse("m.py", data)
    assert (caught.value.path, caught.value.line) == ("m.py", line)


@pytest.mark.slow
def test_code_nested_too_deeply_to_be_read_is_refused_and_does_not_crash() -> None:
    with pytest.raises(SourceError, match="can't be parsed"):
        parse("m.py", b"x = " + b" + ".join([b"1"] * 3000) + b"\n")


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax")
def test_syntax_of_a_newer_python_cannot_be_read() -> None:
    with pytest.raises(SourceError) as caught:
        parse("m.py", b"x = 1\ntype X = int\n")
    assert caught.value.line == 2


def test_what_only_the_compiler_refuses_cannot_be_read() -> None:
    with pytest.raises(SourceError) as caught:
        parse(
            "m.py",
            rb"""x = 1
y = "\N{no such character}"
""",
        )
    assert caught.value.line == 2


def test_a_span_leaves_out_parentheses_and_an_outer_one_has_them() -> None:
    source = parse("m.py", b"x = ((a))\n")
    name = source.nodes(cst.Name)[1]
    assert source.inner_text(name) == "a"
    assert source.text(name) == "((a))"


def test_the_lines_of_a_statement_have_its_comments_and_its_line_end() -> None:
    source = parse("m.py", b"a\n\n# one\n# two\nif b:  # three\n    c\n    # four\n\n# five\nd\n")
    start, end = source.lines_of(source.nodes(cst.If)[0])
    assert source.data[start:end] == b"# one\n# two\nif b:  # three\n    c\n    # four\n"


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ("def f(a):\n    return [a for b in a]\n", "a", 2),
        ("def f(a):\n    return [a for a in a]\n", "a", 1),
        ("def f(a):\n    def g():\n        nonlocal a\n        a = a + 1\n    return g\n", "a", 2),
        ("def f(a, b=a):\n    return a\n", "a", 1),
        ("def f(a):\n    return x.a(a=1)\n", "a", 0),
        ("def f(a):\n    return lambda b=a: b\n", "a", 1),
        ("def f(a):\n    class C:\n        a = a\n    return C\n", "a", 0),
        ("def f(a):\n    if (b := a):\n        return b\n", "b", 1),
        ("def f(a):\n    match a:\n        case [b, *c]:\n            return b\n", "b", 1),
        ("def f(a):\n    for b, (c, d) in a:\n        d\n", "d", 1),
        ("def f(a):\n    return [b for c in a if (b := c)] + [b]\n", "b", 2),
    ],
)
def test_a_name_is_read_where_python_reads_it(text: str, name: str, count: int) -> None:
    assert uses(text, name) == count


@pytest.mark.parametrize(
    ("text", "name", "count"),
    [
        ("import a.b\nprint(a.b.c)\n", "a", 1),
        ("from m import a as b\ndef f(x: 'b | None') -> list[b]: ...\n", "b", 2),
        ("import a\ndef f():\n    a = 1\n    return a\n", "a", 0),
        ("import a\ndef f():\n    global a\n    a = 1\n", "a", 1),
        ("a = 1\nclass C:\n    b = a\n    def f(self): return b\n", "a", 1),
        ("a = 1\nprint(f'{a!r:>{a}}')\n", "a", 2),
    ],
)
def test_a_name_of_the_module_is_read_from_inside(text: str, name: str, count: int) -> None:
    assert uses(text, name, inside=False) == count


def test_a_project_finds_modules_by_name() -> None:
    contents = {"src/p/__init__.py": b"", "src/p/m.py": b"x = 1\n", "src/p/bad.py": b"if\n"}
    project = Project(contents, tuple(contents), "src")
    found = project.module("p.m")
    assert isinstance(found, Source)
    assert project.name(found) == "p.m"
    assert project.owner(found.nodes(cst.Integer)[0]) is found
    assert project.module("p.bad") is None
    assert project.module("p.none") is None
    assert [each.path for each in project.readable()] == ["src/p/__init__.py", "src/p/m.py"]
