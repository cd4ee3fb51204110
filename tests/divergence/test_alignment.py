"""Lines are aligned through the edit, whatever it puts in or takes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import edits
from generator.divergence import alignment
from generator.records import Edit

PATH = "shop.py"
SOURCE = b"""\
def pay(cart):
    total = sum(cart)
    if total > 100:
        total -= 10
    shown = (
        total,
        "EUR",
    )
    return shown
"""


def edit(old: str, new: str) -> Edit:
    start = SOURCE.index(old.encode())
    return Edit(PATH, start, start + len(old), new)


def lines(*some: Edit) -> alignment.Lines:
    return alignment.through({PATH: SOURCE}, some).files[PATH]


@pytest.mark.parametrize(
    ("change", "edited", "edited_buggy", "guilty"),
    [
        (edit("> 100", ">= 100"), {3}, {3}, {3}),
        (edit("        total -= 10\n", "        pass\n        total = 0\n"), {4}, {4, 5}, {4, 5}),
        (edit("    if total > 100:\n        total -= 10\n", ""), {3, 4}, set(), {3, 4, 5, 6}),
        (edit("    return", "    total = 1\n    return"), {9}, {9, 10}, {9, 10}),
        (edit("    return shown", "    total = 1\n    return shown"), {9}, {9, 10}, {9, 10}),
        (edit('"EUR"', '"USD"'), {5, 6, 7, 8}, {5, 6, 7, 8}, {5, 6, 7, 8}),
    ],
)
def test_a_statement_that_the_edit_reaches_is_edited_as_a_whole(
    change: Edit, edited: set[int], edited_buggy: set[int], guilty: set[int]
) -> None:
    found = lines(change)
    told = found.edited, found.edited_buggy, found.guilty
    assert list(map(set, told)) == [edited, edited_buggy, guilty]


def test_files_without_edits_are_the_same_in_both() -> None:
    aligned = alignment.through({PATH: SOURCE}, [edit("> 100", ">= 100")])
    assert aligned.clean_line("other.py", 7) == 7
    assert not aligned.is_edited("other.py", 3)
    assert aligned.clean_line(PATH, 3) is None


STATEMENTS = st.lists(
    st.sampled_from(["a = 1", "b = 2", "call()", "x = [\n    1,\n]"]), min_size=2, max_size=12
)


@given(st.data(), STATEMENTS)
def test_lines_that_are_aligned_read_the_same_and_none_is_lost(
    data: st.DataObject, statements: list[str]
) -> None:
    source = "".join(f"{each}\n" for each in statements).encode()
    starts = [0]
    for each in statements:
        starts.append(starts[-1] + len(each) + 1)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(statements)), max_size=4)))
    changes = [
        Edit(
            PATH,
            starts[a],
            starts[b],
            data.draw(st.sampled_from(["", "new()\n", "p = 1\nq = 2\n"])),
        )
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    if not changes:
        return
    buggy = edits.apply_to_file(source, changes).splitlines()
    found = alignment.through({PATH: source}, changes).files[PATH]
    clean = source.splitlines()
    for line, of_clean in found.to_clean.items():
        if line <= len(buggy):
            assert buggy[line - 1] == clean[of_clean - 1]
    assert found.edited.union(found.to_clean.values()) >= {*range(1, len(clean) + 1)}
    assert found.edited_buggy.union(found.to_clean) >= {*range(1, len(buggy) + 1)}
