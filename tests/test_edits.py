from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import edits
from generator.records import Edit
from tests.conftest import write

if TYPE_CHECKING:
    from pathlib import Path

TEXT = st.text(alphabet="ab é\n", max_size=40)


def edit(start: int, end: int, text: str, path: str = "a.py") -> Edit:
    return Edit(path, start, end, text)


@st.composite
def sources_with_edits(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    source = draw(TEXT).encode()
    ends = sorted(draw(st.sets(st.integers(0, len(source)), max_size=6)))
    pairs = list(zip(ends[::2], ends[1::2], strict=False))
    return source, [edit(start, end, draw(TEXT)) for start, end in pairs]


@given(sources_with_edits())
def test_all_bytes_outside_the_edits_stay_whatever_the_order(
    drawn: tuple[bytes, list[Edit]],
) -> None:
    source, some = drawn
    expected, at = b"", 0
    for one in some:
        expected += source[at : one.start] + one.text.encode()
        at = one.end
    expected += source[at:]
    assert edits.apply_to_file(source, some) == expected
    assert edits.apply_to_file(source, some[::-1]) == expected


@given(sources_with_edits())
def test_the_changed_lines_lie_in_the_edited_text_and_hold_every_change(
    drawn: tuple[bytes, list[Edit]],
) -> None:
    source, some = drawn
    if not some:
        return
    edited = edits.apply_to_file(source, some)
    first, last = edits.changed_lines(source, some)
    lines = edited.split(b"\n")
    assert 1 <= max(first, 1) <= max(last, 1) <= len(lines)
    before = b"\n".join(lines[: first - 1])
    assert source.startswith(before)


def test_only_changed_files_are_in_the_answer() -> None:
    contents = {"a.py": b"one", "b.py": b"two", "c.py": b"three"}
    changed = edits.apply(contents, [edit(0, 1, "O"), edit(3, 3, "!"), edit(0, 3, "2", "b.py")])
    assert changed == {"a.py": b"One!", "b.py": b"2"}


def test_an_edit_counts_bytes() -> None:
    assert edits.apply_to_file("é = 1".encode(), [edit(5, 6, "ü")]) == "é = ü".encode()


def test_lines_of_a_change_are_those_of_the_edited_text() -> None:
    source = b"a\nb\nc\nd\n"
    assert edits.changed_lines(source, [edit(2, 3, "B")]) == (2, 2)
    assert edits.changed_lines(source, [edit(2, 3, "x\ny"), edit(6, 7, "D")]) == (2, 5)
    assert edits.changed_lines(source, [edit(2, 4, "")]) == (2, 2)
    assert edits.changed_lines(source, [edit(6, 8, "")]) == (3, 3)


@pytest.mark.parametrize(
    ("source", "start", "end", "text"),
    [
        (b"a = 1\nb = 2\n", 4, 5, "3"),
        (b"a = 1\nb = 2", 10, 11, "3"),
        (b"a = 1\r\nb = 2\r\n", 4, 5, "3"),
        (b"# \xe9\x0c\rx\na = 1\n", 10, 11, "3"),
        (b"a = 1\nb = 2\n", 0, 6, ""),
    ],
    ids=["a line", "no newline at the end", "CRLF", "no UTF-8, and other line ends", "a line gone"],
)
def test_a_patch_is_one_that_git_applies(
    tmp_path: Path, source: bytes, start: int, end: int, text: str
) -> None:
    path = "some where/a.py"
    some = [edit(start, end, text, path)]
    patch = edits.patch({path: source}, some).encode("utf-8", "surrogateescape")
    write(tmp_path, {path: source})
    subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=tmp_path, input=patch, check=True)
    assert (tmp_path / path).read_bytes() == edits.apply({path: source}, some)[path]


def test_edits_that_change_nothing_are_one_edit() -> None:
    nothing = [edit(0, 0, ""), edit(1, 1, ""), edit(1, 2, "b"), edit(0, 2, "ab")]
    assert {edits.least(b"ab", one) for one in nothing} == {(nothing[0].path, 0, 0, b"")}


@given(st.text(alphabet="ab, é", max_size=12), st.data())
def test_edits_that_make_the_same_text_are_the_same_in_their_least_form(
    text: str, data: st.DataObject
) -> None:
    source = text.encode()
    some = st.integers(0, len(source))
    pieces = st.text(alphabet="ab, é", max_size=4)
    by_text: dict[bytes, set[tuple[str, int, int, bytes]]] = {}
    for _ in range(6):
        start, end = sorted((data.draw(some), data.draw(some)))
        one = edit(start, end, data.draw(pieces))
        path, first, last, new = edits.least(source, one)
        result = edits.apply_to_file(source, [one])
        assert source[:first] + new + source[last:] == result
        by_text.setdefault(result, set()).add((path, first, last, new))
    assert all(len(forms) == 1 for forms in by_text.values())
