"""Comparing two records: only what differs is told, and what differs first is told first."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import execution
from generator.debrief import Kind
from generator.divergence.alignment import SAME, Alignment, Lines
from generator.divergence.find import Divergence, Reason, parted
from generator.execution import Executions
from generator.records import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from generator.execution import Execution

PATH, TESTS = "src/shop.py", "tests/test_shop.py"
FAILURE = Failure("t", "AssertionError", "", ())
CALL, LINE, RETURN, YIELD, RESUME, RAISE, UNWIND, THIN = range(8)


@dataclass(frozen=True)
class Node:
    """A call: the number of its function, its arguments, its lines with what they change and whom they call, its result."""

    function: int
    arguments: tuple[tuple[str, str], ...]
    steps: tuple[tuple[int, tuple[tuple[str, str], ...], tuple[Node, ...]], ...]
    returned: str


VALUES = st.integers(0, 3).map(str)
NAMES = st.sampled_from(["a", "b", "self.c"])
CHANGES = st.dictionaries(NAMES, VALUES, max_size=2).map(lambda found: tuple(found.items()))


def nodes(deep: int) -> st.SearchStrategy[Node]:
    inner = st.lists(nodes(deep - 1), max_size=2).map(tuple) if deep else st.just(())
    steps = st.lists(st.tuples(st.integers(1, 8), CHANGES, inner), max_size=3).map(tuple)
    return st.builds(Node, st.integers(0, 3), CHANGES, steps, VALUES)


TREES = nodes(2)


class Script:
    """Writes the record that a test makes whose only call is this one."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.texts: dict[str, int] = {}
        self.events: list[list[Any]] = []
        self.count = 1

    def read(self, root: Node, failure: Failure | None) -> Execution:
        self.events += [[CALL, 0, -1, 0, 0, 0, []], [LINE, 0, 1, []]]
        self.call(root, 0, 1)
        self.events += [[RETURN, 0, 1, self.text("None"), []]]
        codes = [[TESTS, "test", 1], *([PATH, f"f{n}", 10 * n] for n in range(4))]
        return execution.read(
            {
                "codes": codes,
                "names": list(self.names),
                "texts": list(self.texts),
                "streams": [["main", "", ""]],
                "events": self.events,
                "why_sparse": "",
                "ended": False,
                "lost": 0,
            },
            failure,
        )

    def text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def changes(self, changes: Sequence[tuple[str, str]]) -> list[int]:
        return [
            number
            for name, text in changes
            for number in (self.names.setdefault(name, len(self.names)), self.text(text))
        ]

    def call(self, node: Node, caller: int, line: int) -> None:
        number, self.count = self.count, self.count + 1
        arguments = self.changes([("self", "Shop"), *node.arguments])
        self.events.append([CALL, number, caller, line, node.function + 1, -1, arguments])
        changed: Sequence[tuple[str, str]] = ()
        line = 0
        for offset, changes, inner in node.steps:
            line = 10 * node.function + offset
            self.events.append([LINE, number, line, self.changes(changed)])
            for each in inner:
                self.call(each, number, line)
            changed = changes
        told = self.changes(changed)
        self.events.append([RETURN, number, line, self.text(node.returned), told])


def record(root: Node, failure: Failure | None = None) -> Execution:
    return Script().read(root, failure)


def compared(
    clean: Execution, again: Execution, buggy: Execution, aligned: Alignment = SAME
) -> Divergence | Reason:
    return parted(Executions(clean, again, buggy), aligned, frozenset({PATH}))


def find(clean: Node, buggy: Node, aligned: Alignment = SAME) -> Divergence | Reason:
    return compared(record(clean), record(clean), record(buggy, FAILURE), aligned)


def alterations(node: Node) -> Iterator[tuple[Node, tuple[Kind, str, str]]]:
    """Each tree in which one value is another, and what is wrong in it."""
    function = f"f{node.function}"
    for arguments, name in _altered(node.arguments):
        yield replace(node, arguments=arguments), (Kind.ARGUMENT, function, name)
    for n, (line, changes, inner) in enumerate(node.steps):
        for i, each in enumerate(inner):
            for altered, wrong in alterations(each):
                step = line, changes, (*inner[:i], altered, *inner[i + 1 :])
                yield replace(node, steps=(*node.steps[:n], step, *node.steps[n + 1 :])), wrong
        for altered_changes, name in _altered(changes):
            step = line, altered_changes, inner
            kind = Kind.ATTRIBUTE if "." in name else Kind.LOCAL
            steps = (*node.steps[:n], step, *node.steps[n + 1 :])
            yield replace(node, steps=steps), (kind, function, name)
    yield replace(node, returned="altered"), (Kind.RETURN, function, "")


def _altered(
    changes: tuple[tuple[str, str], ...],
) -> Iterator[tuple[tuple[tuple[str, str], ...], str]]:
    for n, (name, _) in enumerate(changes):
        yield (*changes[:n], (name, "altered"), *changes[n + 1 :]), name


@given(TREES)
def test_equal_records_do_not_part(root: Node) -> None:
    assert find(root, root) in (Reason.NOT_REACHED, Reason.NOTHING_SEEN)


@given(TREES, st.data())
def test_the_one_value_that_was_altered_is_found(root: Node, data: st.DataObject) -> None:
    altered, (kind, function, name) = data.draw(st.sampled_from(list(alterations(root))))
    found = find(root, altered)
    assert isinstance(found, Divergence)
    first = found.first
    assert (first.kind, first.function, first.name) == (kind, function, name)
    assert (first.actual, first.expected == "altered") == ("altered", False)


@given(TREES, st.data())
def test_what_differs_between_two_clean_runs_is_left_out(root: Node, data: st.DataObject) -> None:
    altered, _ = data.draw(st.sampled_from(list(alterations(root))))
    found = compared(record(root), record(altered), record(altered, FAILURE))
    assert found is Reason.NOT_DETERMINISTIC


@pytest.mark.parametrize(
    ("clean", "again", "noisy", "wrong"),
    [
        (
            "P(id='r-7bf3', of=1)",
            "P(id='r-a07a', of=1)",
            "P(id='r-1e07', of=1)",
            "P(id='r-1', of=2)",
        ),
        (
            "P(at=datetime.datetime(2026, 1, 2, 3, 4, 59), of=1)",
            "P(at=datetime.datetime(2026, 1, 2, 3, 4, 59, 7), of=1)",
            "P(at=datetime.datetime(2026, 1, 2, 3, 5), of=1)",
            "P(at=datetime.datetime(2026, 1, 2, 3, 5), of=2)",
        ),
        ("P(at=12.5, of=1)", "P(at=12.75, of=1)", "P(at=13, of=1)", "P(at=12.5e-07, of=2)"),
        (
            "['2026-01-02T03:04:05Z', 1]",
            "['2026-01-02T03:04:06Z', 1]",
            "['2026-01-03T00:00:00.5Z', 1]",
            "['2026-01-02T03:04:05Z', 2]",
        ),
    ],
)
def test_beside_what_changes_from_run_to_run_the_rest_of_a_value_is_compared(
    clean: str, again: str, noisy: str, wrong: str
) -> None:
    def found(last: str) -> Divergence | Reason:
        first, second = (record(replace(LEAF, returned=text)) for text in (clean, again))
        buggy = record(replace(LEAF, returned=last), FAILURE)
        return compared(first, second, buggy)

    assert found(noisy) is Reason.NOT_DETERMINISTIC
    assert isinstance(found(wrong), Divergence)


LEAF = Node(1, (), ((1, (("a", "1"),), ()), (2, (), ())), "1")
ROOT = Node(0, (("a", "1"),), ((1, (), (LEAF,)), (3, (("b", "2"),), ())), "3")


def edited(first: int, last: int) -> Alignment:
    """Lines of `shop.py` that are edited, none of them moved."""
    lines = frozenset(range(first, last + 1))
    same = {line: line for line in range(1, 60) if line not in lines}
    return Alignment({PATH: Lines(same, lines, lines, lines)})


def test_another_line_is_a_branch_unless_it_is_an_edited_one() -> None:
    other = replace(ROOT, steps=(ROOT.steps[0], (4, *ROOT.steps[1][1:])))
    found = find(ROOT, other)
    assert isinstance(found, Divergence)
    assert (found.first.kind, found.first.line) == (Kind.BRANCH, 1)
    assert (found.first.expected, found.first.actual) == ("line 3", "line 4")
    assert find(ROOT, other, edited(3, 4)) is Reason.NOTHING_SEEN


def test_a_call_that_an_edited_line_leaves_out_is_told_if_nothing_else_is() -> None:
    without = replace(ROOT, steps=((1, (), ()), ROOT.steps[1]))
    found = find(ROOT, without, edited(1, 1))
    assert isinstance(found, Divergence)
    assert (found.first.kind, found.first.name) == (Kind.CALL, "f1")
    assert (found.first.expected, found.first.actual) == ("f1", "no call")
    wrong = replace(without, returned="4")
    found = find(ROOT, wrong, edited(1, 1))
    assert isinstance(found, Divergence)
    assert found.first.kind is Kind.RETURN


def test_a_call_that_another_line_leaves_out_is_the_difference() -> None:
    found = find(ROOT, replace(ROOT, steps=((1, (), ()), ROOT.steps[1]), returned="4"))
    assert isinstance(found, Divergence)
    assert found.first.kind is Kind.CALL


def test_names_that_the_edit_brings_along_are_no_difference() -> None:
    other = replace(ROOT, steps=(ROOT.steps[0], (3, (("b", "2"), ("new", "1")), ())))
    assert find(ROOT, other) in (Reason.NOT_REACHED, Reason.NOTHING_SEEN)


@pytest.mark.parametrize(
    ("clean", "again", "buggy", "reason"),
    [
        (record(ROOT), record(ROOT), record(ROOT), Reason.PASSES),
        (record(ROOT), record(ROOT), execution.NOTHING, Reason.DID_NOT_FINISH),
        (record(ROOT, FAILURE), record(ROOT), record(ROOT, FAILURE), Reason.NOT_DETERMINISTIC),
        (
            *(record(ROOT), record(ROOT)),
            *(replace(record(ROOT, FAILURE), is_cut=True), Reason.TOO_LONG),
        ),
        (record(ROOT), record(ROOT), record(ROOT, FAILURE), Reason.NOT_REACHED),
    ],
)
def test_the_reason_fits(
    clean: Execution, again: Execution, buggy: Execution, reason: Reason
) -> None:
    assert compared(clean, again, buggy) is reason


def test_a_fault_that_only_threads_reach_is_told_apart() -> None:
    buggy = record(ROOT, FAILURE)
    main, *_ = buggy.streams
    for kind, reason in (("thread", Reason.ONLY_IN_THREADS), ("task", Reason.NOTHING_SEEN)):
        apart = replace(buggy, streams=(replace(main, roots=()), replace(main, kind=kind)))
        found = compared(record(ROOT), record(ROOT), apart, edited(1, 3))
        assert found is reason


def test_calls_are_numbered_anew_where_some_came_to_nothing() -> None:
    script = Script()
    script.count = 7
    assert script.read(ROOT, None) == record(ROOT)


def test_beside_threads_a_value_that_they_may_have_changed_comes_last() -> None:
    """When the list was seen with the first entry in it hangs on which thread came first."""
    shared = replace(ROOT, steps=((1, (("a", "[1]"),), ()), (2, (), (LEAF,))))
    wrong = replace(LEAF, returned="2")
    late = replace(ROOT, steps=((1, (("a", "[]"),), ()), (2, (("a", "[1]"),), (wrong,))))
    plain = find(shared, late)
    assert isinstance(plain, Divergence)
    assert plain.first.kind is Kind.LOCAL
    buggy = record(late, FAILURE)
    thread = replace(buggy.streams[0], kind="thread", roots=())
    buggy = replace(buggy, streams=(*buggy.streams, thread))
    clean = record(shared)
    threaded = compared(clean, clean, buggy)
    assert isinstance(threaded, Divergence)
    assert threaded.first.kind is Kind.RETURN


def test_a_call_that_comes_of_a_wrong_answer_comes_after_it() -> None:
    """`amount if side is self.normal_side() else -amount`: whether the sign is turned hangs on what the first call said."""
    wrong = replace(LEAF, returned="2")
    turned = Node(2, (), (), "-1")
    clean = replace(ROOT, steps=((1, (), (LEAF,)), ROOT.steps[1]))
    buggy = replace(ROOT, steps=((1, (), (wrong, turned)), ROOT.steps[1]))
    found = find(clean, buggy)
    assert isinstance(found, Divergence)
    assert (found.first.kind, found.first.function) == (Kind.RETURN, "f1")


def test_a_record_without_lines_is_compared_by_calls_and_results() -> None:
    sparse = _without_lines(record(ROOT))
    same = compared(record(ROOT), record(ROOT), _without_lines(record(ROOT, FAILURE)))
    assert same is Reason.TOO_LONG
    other = replace(ROOT, steps=((1, (), (replace(LEAF, returned="2"),)), ROOT.steps[1]))
    found = compared(sparse, sparse, record(other, FAILURE))
    assert isinstance(found, Divergence)
    assert (found.first.kind, found.first.function) == (Kind.RETURN, "f1")


def test_in_an_edited_file_a_record_without_lines_tells_results_before_calls() -> None:
    sparse = _without_lines(record(ROOT))
    other = replace(ROOT, steps=((1, (), ()), ROOT.steps[1]), returned="4")
    found = compared(sparse, sparse, _without_lines(record(other, FAILURE)), edited(1, 1))
    assert isinstance(found, Divergence)
    assert (found.first.kind, found.first.function) == (Kind.RETURN, "f0")


def _without_lines(whole: Execution) -> Execution:
    calls = tuple(
        replace(
            call,
            arguments=None,
            thin_from=0,
            looked=False,
            steps=tuple(replace(step, line=0, changed={}) for step in call.steps),
        )
        for call in whole.calls
    )
    return replace(whole, calls=calls, sparse="time")


def test_a_deep_recursion_is_compared_to_its_bottom() -> None:
    deep = LEAF
    other = replace(LEAF, returned="2")
    for _ in range(3000):
        deep = Node(0, (), ((1, (), (deep,)),), "1")
        other = Node(0, (), ((1, (), (other,)),), "1")
    found = compared(_deep_record(deep), _deep_record(deep), _deep_record(other, FAILURE))
    assert isinstance(found, Divergence)
    assert found.first.function == "f1"
    assert len(found.chain) == 3002


def _deep_record(root: Node, failure: Failure | None = None) -> Execution:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        return record(root, failure)
    finally:
        sys.setrecursionlimit(limit)
