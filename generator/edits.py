"""Text edits: apply them, and say which lines they move. Bytes in, bytes out; nothing is re-printed."""

from __future__ import annotations

import difflib
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from generator.records import Edit


def apply_to_file(source: bytes, edits: Iterable[Edit]) -> bytes:
    """Splice the edits (all of one file, none overlapping) into its bytes."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        source = source[: edit.start] + edit.text.encode() + source[edit.end :]
    return source


def apply(contents: Mapping[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """The files that the edits change, by path, with the edits applied. Untouched files are not in the answer."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    return {path: apply_to_file(contents[path], some) for path, some in by_path.items()}


def least(source: bytes, edit: Edit) -> tuple[str, int, int, bytes]:
    """Path, first and last byte and new bytes of the smallest edit that makes the same text, as far to the left as it goes:
    of `f(a, a)`, taking out the first `a, ` or the last `, a` is one; what changes nothing stands at the start."""
    start, old, new = edit.start, source[edit.start : edit.end], edit.text.encode()
    tail = _common(old[::-1], new[::-1])
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    head = _common(old, new)
    start, old, new = start + head, old[head:], new[head:]
    moved = old or new
    if not moved:
        return edit.path, 0, 0, b""
    if not (old and new):
        while moved and start and source[start - 1] == moved[-1]:
            start, moved = start - 1, moved[-1:] + moved[:-1]
    end = start + len(old)
    return edit.path, start, end, moved if new and not old else new


def _common(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def changed_lines(
    source: bytes, edits: Sequence[Edit], others: Sequence[Edit] = ()
) -> tuple[int, int]:
    """First and last line (1-based) that the edits of one file reach in the text that `others` were applied to as well;
    where a whole line went, the line that took its place."""
    edited = apply_to_file(source, [*edits, *others])
    lines: list[int] = []
    shift = 0
    for edit in sorted([*edits, *others], key=lambda edit: edit.start):
        start = edit.start + shift
        end = start + len(edit.text.encode())
        shift = end - edit.end
        if edit in edits:
            lines += [
                edited.count(b"\n", 0, start) + 1,
                edited.count(b"\n", 0, max(start, end - 1)) + 1,
            ]
    last = edited.count(b"\n") + (not edited.endswith(b"\n"))
    return min(*lines, last), min(max(lines), last)


def patch(contents: Mapping[str, bytes], edits: Iterable[Edit]) -> str:
    """What the edits do, as a unified diff that `git apply` reads; bytes that are no UTF-8 as surrogates."""
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for path, changed in apply(contents, edits).items()
        for line in difflib.unified_diff(
            _lines(contents[path]), _lines(changed), f"a/{path}", f"b/{path}"
        )
    )


def _lines(source: bytes) -> list[str]:
    # Not `splitlines`: a form feed, or a lone carriage return, ends no line for git.
    return io.StringIO(source.decode("utf-8", "surrogateescape"), newline="\n").readlines()
