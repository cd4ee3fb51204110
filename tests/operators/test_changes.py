"""Replace, remove, move and insert, alone and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
import pytest

from generator.changes import (
    Change,
    cut,
    drop_item,
    drop_operand,
    insert,
    move,
    remove,
    replace,
    swap,
    unwrap,
)
from generator.edits import apply
from generator.parsing import parse
from generator.project import Project
from tests.trees import every

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from generator.source import Source


def changed(source: Source, change: Change) -> str:
    edits = change.edits(lambda _: source)
    return apply({source.path: source.data}, edits).get(source.path, source.data).decode()


def inside(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """The statements of a block, or of one line."""
    block = node.body if isinstance(node, cst.If | cst.With | cst.FunctionDef) else node
    assert isinstance(block, cst.IndentedBlock | cst.SimpleStatementLine)
    return block.body


def module(text: str) -> tuple[Source, tuple[cst.CSTNode, ...]]:
    source = parse("m.py", text.encode())
    return source, tuple(source.module.body)


def body(source: Source) -> tuple[cst.CSTNode, ...]:
    return tuple(inside(every(cst.FunctionDef, source)[0]))


def test_a_replaced_node_keeps_its_parentheses_and_neighbours() -> None:
    source, _ = module("x = ( a  +  b ) # é\n")
    sum_ = every(cst.BinaryOperation, source)[0]
    assert changed(source, replace(sum_, cst.Name("c"))) == "x = ( c ) # é\n"
    assert changed(source, replace(sum_, "c", parentheses=True)) == "x = c # é\n"


def test_swapped_nodes_take_their_parentheses_along() -> None:
    source, _ = module("f((a), b)\n")
    one, other = (arg.value for arg in every(cst.Call, source)[0].args)
    assert changed(source, swap(one, other)) == "f(b, (a))\n"


def test_a_cut_takes_what_lies_between() -> None:
    source, _ = module("x = a - (b)  # c\n")
    node = every(cst.BinaryOperation, source)[0]
    assert changed(source, cut(node.left, node.right, after=True)) == "x = a  # c\n"
    assert changed(source, cut(node.left, node.right, upto=True, text="- ")) == "x = - (b)  # c\n"


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        ("a\n\nb\n\nc\n", 1, "a\n\nc\n"),
        ("a\n\n\nb\nc\n", 1, "a\n\n\nc\n"),
        ("a\nb\n\n\nc\n", 1, "a\n\n\nc\n"),
        ("a\n# of b\nb  # b\nc\n", 1, "a\nc\n"),
        ("a\n# alone\n\n# of b\nb\nc\n", 1, "a\n# alone\n\nc\n"),
        ("a\n\n\nb\n", 1, "a\n"),
        ("a\nb", 1, "a\n"),
        ("#!/bin/sh\n# of a\na\nb\n", 0, "#!/bin/sh\nb\n"),
        ("if a:\n    b\n    # foot\n\nc\n", 0, "c\n"),
        ("a\n@d\n# x\ndef b(): pass\nc\n", 1, "a\nc\n"),
        ('x = """\n# no comment"""\nb\nc\n', 1, 'x = """\n# no comment"""\nc\n'),
        ("a\r\n\r\nb\r\n\r\nc\r\n", 1, "a\r\n\r\nc\r\n"),
        ("a\n\x0c\nb\nc\n", 1, "a\n\x0c\nc\n"),
    ],
)
def test_a_removed_statement_takes_its_lines_along(before: str, gone: int, after: str) -> None:
    source, statements = module(before)
    assert changed(source, remove(statements[gone])) == after


@pytest.mark.parametrize(("gone", "after"), [(0, "b; c\n"), (1, "a; c\n"), (2, "a; b\n")])
def test_one_of_several_on_a_line_goes_alone(gone: int, after: str) -> None:
    source, statements = module("a; b; c\n")
    assert changed(source, remove(inside(statements[0])[gone])) == after


def test_the_only_statement_behind_a_colon_does_not_go() -> None:
    source, _ = module("if a: b\n")
    with pytest.raises(ValueError, match="only statement"):
        remove(every(cst.SimpleStatementSuite, source)[0].body[0]).edits(lambda _: source)


def test_a_moved_statement_takes_the_indentation_of_its_new_place() -> None:
    source, _ = module(
        'def f():\n    # why\n    x = """\n    in\n"""\n    if a:\n        b\n\n    c\n'
    )
    first, test, _ = body(source)
    inner = inside(test)[0]
    assert changed(source, move(first, after=inner)) == (
        'def f():\n    if a:\n        b\n        # why\n        x = """\n    in\n"""\n\n    c\n'
    )
    assert changed(source, move(inner, before=first)).startswith("def f():\n    b\n    # why\n")


def test_a_statement_moves_out_of_the_block_it_ends() -> None:
    source, _ = module("def f():\n    with a:\n        b\n        c\n    d\n")
    around, _ = body(source)
    last = inside(around)[-1]
    assert (
        changed(source, move(last, after=around))
        == "def f():\n    with a:\n        b\n    c\n    d\n"
    )


def test_a_move_past_the_end_of_a_file_without_a_line_end_leaves_it_so() -> None:
    source, (first, last) = module("a\nb")
    assert changed(source, move(first, after=last)) == "b\na"


def test_inserted_lines_are_indented_and_ended_like_their_neighbours() -> None:
    source, _ = module("def f():\r\n\ta\r\n\tb")
    first, last = body(source)
    assert (
        changed(source, insert("if x:\n\ty", after=first))
        == "def f():\r\n\ta\r\n\tif x:\r\n\t\ty\r\n\tb"
    )
    assert changed(source, insert("x", after=last)) == "def f():\r\n\ta\r\n\tb\r\n\tx"
    assert changed(source, insert("x", before=first)) == "def f():\r\n\tx\r\n\ta\r\n\tb"


@pytest.mark.parametrize("function", [insert, move])
def test_a_place_is_needed(function: Callable[..., Change]) -> None:
    with pytest.raises(TypeError, match="before"):
        function(cst.Pass())


def test_changes_add_up() -> None:
    source, (first, second, third) = module("a\nb\nc\n")
    both = remove(first) + replace(inside(third)[0], "d") + insert("e", after=second)
    assert changed(source, both) == "b\ne\nd\n"


def test_neighbouring_steps_become_one_edit() -> None:
    source, (first, second, _) = module("a\nb\nc\n")
    assert len(remove(first, second).edits(lambda _: source)) == 1


def test_two_steps_that_meet_are_refused() -> None:
    source, (first,) = module("a + b\n")
    node = every(cst.BinaryOperation, source)[0]
    with pytest.raises(ValueError, match="meet"):
        (replace(node, "x") + replace(node.left, "y")).edits(lambda _: source)
    assert first is not None


def test_one_change_may_reach_two_files() -> None:
    contents = {"a.py": b"from b import x\nx(1)\n", "b.py": "# é\ndef x(n): return n\n".encode()}
    project = Project(contents, tuple(contents))
    call, returned = (
        project.source(p).nodes(k)[0] for p, k in (("a.py", cst.Integer), ("b.py", cst.Return))
    )
    edits = (replace(call, "2") + replace(returned, "return -n")).edits(project.owner)
    assert apply(contents, edits) == {
        "a.py": b"from b import x\nx(2)\n",
        "b.py": "# é\ndef x(n): return -n\n".encode(),
    }


def test_what_is_done_to_the_first_statement_leaves_the_mark_of_the_file_alone() -> None:
    source, (first, second) = module("\ufeffwith a:\n    b\nc\n")
    assert changed(source, remove(first)) == "\ufeffc\n"
    assert changed(source, insert("d", before=first)) == "\ufeffd\nwith a:\n    b\nc\n"
    assert changed(source, move(second, before=first)) == "\ufeffc\nwith a:\n    b\n"
    assert isinstance(first, cst.With)
    assert isinstance(first.body, cst.IndentedBlock)
    assert changed(source, unwrap(first, first.body)) == "\ufeffb\nc\n"


def test_a_removal_within_another_one_goes_with_it() -> None:
    source, _ = module("def f():\n    if a:\n        b\n        c\n    d\n")
    around, last = body(source)
    inner = inside(around)[-1]
    change = move(inner, after=last) + remove(around)
    assert changed(source, change) == "def f():\n    d\n    c\n"
    change = move(inner, before=around) + remove(around)
    assert changed(source, change) == "def f():\n    c\n    d\n"


UNWRAPPED = [
    ("with a:\n    b\n    c\nd\n", "b\nc\nd\n"),
    ("x\n\n# why\nwith a:  # so\n    # first\n    b\n\n    c\n    # last\nd\n", "x\n\n# why\n# first\nb\n\nc\n# last\nd\n"),
    ("if x:\n\twith a:\n\t\tb(\n\t\t\tc\n\t\t)", "if x:\n\tb(\n\t\tc\n\t)"),
    ('with a:\n    b = """\n    c\n"""\n', 'b = """\n    c\n"""\n'),
]  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "after"), UNWRAPPED)
def test_a_block_takes_the_place_of_its_statement(before: str, after: str, end: str) -> None:
    source, _ = module(before.replace("\n", end))
    with_ = every(cst.With, source)[0]
    assert isinstance(with_.body, cst.IndentedBlock)
    assert changed(source, unwrap(with_, with_.body)) == after.replace("\n", end)


def test_several_blocks_take_the_place_of_their_statement_in_order() -> None:
    source, _ = module("try:\n    a\nexcept E:\n    b\nelse:\n    c\nd\n")
    found = every(cst.Try, source)[0]
    blocks = [each.body for each in (found, found.orelse) if each is not None]
    some = [each for each in blocks if isinstance(each, cst.IndentedBlock)]
    assert changed(source, unwrap(found, *some)) == "a\nc\nd\n"


ARGUMENTS = [
    ("f(a, b, c)", 0, "f(b, c)"),
    ("f(a, b, c)", 1, "f(a, c)"),
    ("f(a, b , c)", 2, "f(a, b )"),
    ("f(a, b,)", 1, "f(a,)"),
    ("f( a )", 0, "f()"),
    ("f(\n    a,\n    b,\n)", 0, "f(\n    b,\n)"),
    ("f(\n    a,  # one\n    # two\n    b,  # 2\n)", 1, "f(\n    a,  # one\n)"),
    ("f(\n    # one\n    a,\n    b,\n)", 0, "f(\n    b,\n)"),
    ("f(\n    a,  # one\n    b\n)", 1, "f(\n    a  # one\n)"),
    ("f(\n    a, b\n)", 1, "f(a)"),
    ("f(a, b,\n  c)", 1, "f(a,\n  c)"),
    ("f(a,\n  c)", 1, "f(a)"),
    ("f(a,\n  b,  # two\n  c)", 1, "f(a,\n  c)"),
]


@pytest.mark.parametrize(("before", "gone", "after"), ARGUMENTS)
def test_an_argument_goes_with_its_comma_and_its_line(before: str, gone: int, after: str) -> None:
    for end in ("\n", "\r\n"):
        source, _ = module(before.replace("\n", end) + end)
        call = every(cst.Call, source)[0]
        result = changed(source, drop_item(call.args[gone], call.args, call))
        assert result == after.replace("\n", end) + end


OPERANDS = [
    ("a and b and c", 1, "a and c"),
    ("(a or b)", 0, "(b)"),
    ("x and (a or b)", 1, "x"),
    ("not (a or b)", 0, "not b"),
    ("not (a or b == c)", 0, "not (b == c)"),
    ("x if(a and b)else y", 0, "x if b else y"),
    ("[1 for i in x if (a and\n b)]", 0, "[1 for i in x if b]"),
    ("(\n    a\n    and b  # two\n)", 1, "a"),
    ("(\n    a  # one\n    and b  # two\n    and c\n)", 1, "(\n    a  # one\n    and c\n)"),
    ("(\n    a  # one\n    and b  # two\n)", 1, "(\n    a  # one\n)"),
    ("(\n    # one\n    a\n    and b\n)", 0, "b"),
    ("a \\\n    and b", 1, "a"),
    ("(a and (yield))", 0, "((yield))"),
]


@pytest.mark.parametrize(("before", "gone", "after"), OPERANDS)
def test_an_operand_goes_with_what_only_it_needed(before: str, gone: int, after: str) -> None:
    source, _ = module(f"def f():\n    v = {before}\n")
    outer = next(
        n
        for n in every(cst.BooleanOperation, source)
        if not isinstance(source.parent(n), cst.BooleanOperation)
    )
    assert changed(source, drop_operand(outer, gone)) == f"def f():\n    v = {after}\n"
